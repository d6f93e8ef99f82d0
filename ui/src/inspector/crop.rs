//! Crops: boxes of the frame's shape within a picture, by place and zoom.

use footage::picture::PixelBox;
use timeline::project::{Format, MediaVideo};

/// The closest zoom that is offered.
pub(crate) const CLOSEST: f64 = 4.0;

/// A crop by what a person sets: how close, and where in the room that is left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Crop {
    /// 1 for as much of the picture as the frame's shape allows.
    pub(crate) zoom: f64,
    /// 0 at the left edge, 1 at the right one.
    pub(crate) x: f64,
    /// 0 at the top, 1 at the bottom.
    pub(crate) y: f64,
}

impl Crop {
    /// The middle of the picture.
    pub(crate) const MIDDLE: Self = Self {
        zoom: 1.0,
        x: 0.5,
        y: 0.5,
    };

    /// Returns what a box is; `None` when frame or picture have no size.
    pub(crate) fn of(pixels: PixelBox, video: MediaVideo, format: Format) -> Option<Self> {
        let (width, height, largest) = measures(video, format)?;
        let place = |from: f64, room: f64| {
            if room > 0.5 {
                (from / room).clamp(0.0, 1.0)
            } else {
                0.5
            }
        };
        Some(Self {
            zoom: largest / pixels.w.max(1.0),
            x: place(pixels.x, width - pixels.w),
            y: place(pixels.y, height - pixels.h),
        })
    }

    /// Returns its box; `None` when frame or picture have no size.
    pub(crate) fn pixels(self, video: MediaVideo, format: Format) -> Option<PixelBox> {
        let (width, height, largest) = measures(video, format)?;
        let w = largest / self.zoom.clamp(1.0, CLOSEST * 10.0);
        let h = w / format.aspect()?;
        Some(PixelBox {
            x: (width - w).max(0.0) * self.x.clamp(0.0, 1.0),
            y: (height - h).max(0.0) * self.y.clamp(0.0, 1.0),
            w,
            h,
        })
    }
}

/// Returns the picture's width and height, and the width of the largest crop.
fn measures(video: MediaVideo, format: Format) -> Option<(f64, f64, f64)> {
    let aspect = format.aspect()?;
    let (width, height) = (f64::from(video.width), f64::from(video.height));
    let largest = width.min(height * aspect);
    (largest > 0.0).then_some((width, height, largest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use timeline::FrameRate;

    use super::*;

    const RATE: FrameRate = FrameRate { num: 25, den: 1 };
    const VIDEO: MediaVideo = MediaVideo {
        width: 1920,
        height: 1080,
        rate: RATE,
    };
    const REEL: Format = Format {
        width: 1080,
        height: 1920,
        rate: RATE,
    };

    #[test]
    fn the_middle_is_as_high_as_the_picture() {
        let pixels = Crop::MIDDLE.pixels(VIDEO, REEL).expect("sizes");
        assert!((pixels.h - 1080.0).abs() < 1e-9 && (pixels.w - 607.5).abs() < 1e-9);
        assert!((pixels.x - 656.25).abs() < 1e-9 && pixels.y.abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn a_crop_is_its_box_and_stays_within(
            zoom in 1.05..4.0_f64,
            x in 0.0..1.0_f64,
            y in 0.0..1.0_f64,
        ) {
            let crop = Crop { zoom, x, y };
            let pixels = crop.pixels(VIDEO, REEL).expect("sizes");
            prop_assert!(pixels.x >= 0.0 && pixels.x + pixels.w <= 1920.001);
            prop_assert!(pixels.y >= 0.0 && pixels.y + pixels.h <= 1080.001);
            prop_assert!((pixels.w / pixels.h - 0.5625).abs() < 1e-9);
            let back = Crop::of(pixels, VIDEO, REEL).expect("sizes");
            prop_assert!((back.zoom - zoom).abs() < 1e-6);
            prop_assert!((back.x - x).abs() < 1e-6 && (back.y - y).abs() < 1e-6);
        }
    }
}
