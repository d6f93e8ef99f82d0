//! Planes of I420 pictures and their scaling between pixels.

use fast_image_resize as fir;
use fast_image_resize::images::{
    TypedCroppedImage, TypedCroppedImageMut, TypedImage, TypedImageRef,
};
use fast_image_resize::pixels::U8;
use footage::picture::PixelBox;
use gstreamer as gst;
use gstreamer_video as gst_video;
use gstreamer_video::prelude::*;

use super::kernel::Kernel;

/// One plane that is read.
#[derive(Clone, Copy)]
pub(crate) struct Plane<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) stride: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// One plane that is written.
pub(crate) struct PlaneMut<'a> {
    pub(crate) bytes: &'a mut [u8],
    pub(crate) stride: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// The planes Y, U and V of a picture that is read.
pub(crate) struct Planes<'a>(pub(super) [Plane<'a>; 3]);

/// The planes Y, U and V of a picture that is written.
pub(crate) struct PlanesMut<'a>(pub(crate) [PlaneMut<'a>; 3]);

/// Where a plane's samples lie in the picture: luma covers it at full size.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Siting {
    /// One sample per pixel.
    Luma,
    /// Half size, samples on the left column of each pair (MPEG-2, H.264's default).
    Chroma,
}

pub(super) const SITINGS: [Siting; 3] = [Siting::Luma, Siting::Chroma, Siting::Chroma];

impl<'a> Planes<'a> {
    pub(crate) fn of(frame: &'a gst_video::VideoFrameRef<&gst::BufferRef>) -> Option<Self> {
        let strides = frame.plane_stride().to_vec();
        let plane = |index: u32| {
            Some(Plane {
                bytes: frame.plane_data(index).ok()?,
                stride: u32::try_from(*strides.get(index as usize)?).ok()?,
                width: frame.comp_width(index),
                height: frame.comp_height(index),
            })
        };
        Some(Self([plane(0)?, plane(1)?, plane(2)?]))
    }
}

impl<'a> PlanesMut<'a> {
    pub(super) fn of(frame: &'a mut gst_video::VideoFrameRef<&mut gst::BufferRef>) -> Option<Self> {
        let shape = |index: u32| {
            Some((
                u32::try_from(*frame.plane_stride().get(index as usize)?).ok()?,
                frame.comp_width(index),
                frame.comp_height(index),
            ))
        };
        let shapes = [shape(0)?, shape(1)?, shape(2)?];
        let [y, u, v, _] = frame.planes_data_mut();
        let plane = |bytes: &'a mut [u8], (stride, width, height): (u32, u32, u32)| PlaneMut {
            bytes,
            stride,
            width,
            height,
        };
        let [sy, su, sv] = shapes;
        Some(Self([plane(y, sy), plane(u, su), plane(v, sv)]))
    }

    /// Scales the light above black (16) and the colour around grey (128) by `light`.
    pub(super) fn dim(&mut self, light: f64) {
        for (plane, zero) in self.0.iter_mut().zip([16.0, 128.0, 128.0]) {
            let mut table = [0_u8; 256];
            for (code, out) in table.iter_mut().enumerate() {
                *out = (zero + (code as f64 - zero) * light).round() as u8;
            }
            plane.map(&table);
        }
    }
}

impl PlaneMut<'_> {
    /// Replaces every sample by its entry in `table`.
    pub(super) fn map(&mut self, table: &[u8; 256]) {
        for row in self.rows() {
            for sample in row {
                // The table has an entry for each value of a byte.
                *sample = table.get(usize::from(*sample)).copied().unwrap_or(*sample);
            }
        }
    }

    /// Returns the rows without their padding.
    pub(super) fn rows(&mut self) -> impl Iterator<Item = &mut [u8]> {
        let width = self.width as usize;
        self.bytes
            .chunks_mut((self.stride as usize).max(1))
            .take(self.height as usize)
            .filter_map(move |row| row.get_mut(..width))
    }
}

/// Scales parts of planes; keeps its buffers between pictures.
#[derive(Default)]
pub(super) struct Scaler {
    kernel: Kernel,
    resizer: fir::Resizer,
}

/// Why a picture could not be scaled.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScaleError {
    #[error("plane of a wrong size: {0}")]
    Plane(#[from] fir::ImageBufferError),
    #[error("box outside of the plane: {0}")]
    Crop(#[from] fir::CropBoxError),
    #[error("{0}")]
    Resize(#[from] fir::ResizeError),
}

impl Scaler {
    /// Stretches `part` of a picture (in its luma pixels) over the whole of another.
    pub(super) fn scale(
        &mut self,
        from: &Planes<'_>,
        part: PixelBox,
        to: &mut PlanesMut<'_>,
    ) -> Result<(), ScaleError> {
        for ((from, to), siting) in from.0.iter().zip(&mut to.0).zip(SITINGS) {
            let (width, height) = (to.width, to.height);
            let part = plane_part(part, siting, from, width);
            self.sharp(from, part, to, [0, 0, width, height])?;
        }
        Ok(())
    }

    /// Stretches `part` of a plane over `area` of another by the Catmull-Rom filter: the bicubic
    /// one with B = 0, C = 0.5; ffmpeg's default has C = 0.6.
    pub(super) fn sharp(
        &mut self,
        from: &Plane<'_>,
        part: PixelBox,
        to: &mut PlaneMut<'_>,
        area: [u32; 4],
    ) -> Result<(), ScaleError> {
        if self.kernel.scale(from, part, to, area) {
            return Ok(());
        }
        self.plane(from, part, to, area, fir::FilterType::CatmullRom)
    }

    /// Stretches `part` of a plane over `area` (left, top, width, height) of another.
    pub(super) fn plane(
        &mut self,
        from: &Plane<'_>,
        part: PixelBox,
        to: &mut PlaneMut<'_>,
        [left, top, width, height]: [u32; 4],
        filter: fir::FilterType,
    ) -> Result<(), ScaleError> {
        let image = TypedImageRef::<U8>::from_buffer(from.stride, from.height, from.bytes)?;
        // A view without the padding: filters must not reach into it at the right edge.
        let source = TypedCroppedImage::new(image, 0, 0, from.width, from.height)?;
        let image = TypedImage::<U8>::from_buffer(to.stride, to.height, to.bytes)?;
        let mut target = TypedCroppedImageMut::new(image, left, top, width, height)?;
        let options = fir::ResizeOptions::new()
            .resize_alg(fir::ResizeAlg::Convolution(filter))
            .crop(part.x, part.y, part.w, part.h);
        // Typed: the untyped call compiles every kind of pixel into this crate, a minute of it.
        self.resizer.resize_typed(&source, &mut target, &options)?;
        Ok(())
    }
}

/// Returns a box of luma pixels as a box of a plane's samples, within the plane.
///
/// With samples on the left column, chroma sample `c` sits at luma 2c + 0.5 (edges count from 0),
/// so plane coordinate = luma / 2 + 1/4 on both sides of the scale; for a scale of
/// s = part width / frame width the box starts at x / 2 + (1 − s) / 4.
pub(super) fn plane_part(
    part: PixelBox,
    siting: Siting,
    plane: &Plane<'_>,
    target_width: u32,
) -> PixelBox {
    let part = match siting {
        Siting::Luma => part,
        Siting::Chroma => {
            let scale = part.w / f64::from((target_width * 2).max(1));
            PixelBox {
                x: part.x / 2.0 + (1.0 - scale) / 4.0,
                y: part.y / 2.0,
                w: part.w / 2.0,
                h: part.h / 2.0,
            }
        }
    };
    within(part, f64::from(plane.width), f64::from(plane.height))
}

/// Returns the box moved, and if need be shrunk, into `width` × `height`; at least one sample.
fn within(part: PixelBox, width: f64, height: f64) -> PixelBox {
    let w = part.w.clamp(1.0_f64.min(width), width);
    let h = part.h.clamp(1.0_f64.min(height), height);
    // The sum of a clamped position and its size may exceed the plane by the last bit.
    let fit = |position: f64, size: f64, whole: f64| {
        let position = position.clamp(0.0, whole - size);
        if position + size > whole {
            position.next_down().max(0.0)
        } else {
            position
        }
    };
    PixelBox {
        x: fit(part.x, w, width),
        y: fit(part.y, h, height),
        w,
        h,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane(bytes: &[u8], width: u32, height: u32) -> Plane<'_> {
        Plane {
            bytes,
            stride: width,
            width,
            height,
        }
    }

    #[test]
    fn boxes_stay_inside_whatever_they_ask_for() {
        let bytes = vec![0; 100 * 50];
        let plane = plane(&bytes, 100, 50);
        for (x, y, w, h) in [
            (-5.0, 0.0, 50.0, 50.0),
            (70.3, 0.0, 33.7, 50.0),
            (0.0, 0.0, 1000.0, 1000.0),
            (99.9, 49.9, 0.0, 0.0),
            (66.666_666_666, 1.1, 33.333_333_334, 48.9),
        ] {
            for siting in [Siting::Luma, Siting::Chroma] {
                let part = plane_part(PixelBox { x, y, w, h }, siting, &plane, 54);
                assert!(part.x >= 0.0 && part.y >= 0.0, "{part:?}");
                assert!(
                    part.x + part.w <= 100.0 && part.y + part.h <= 50.0,
                    "{part:?}"
                );
                assert!(part.w >= 1.0 && part.h >= 1.0, "{part:?}");
            }
        }
    }

    #[test]
    fn half_a_pixel_moves_an_edge_by_half_a_step() {
        // A ramp shows sub-pixel positions as fractions of its slope.
        let bytes: Vec<u8> = (0..64 * 4).map(|i| ((i % 64) * 4) as u8).collect();
        let source = plane(&bytes, 64, 4);
        let mut out = vec![0; 16 * 4];
        let mut scaler = Scaler::default();
        let mut shown = |x: f64| {
            let mut target = PlaneMut {
                bytes: &mut out,
                stride: 16,
                width: 16,
                height: 4,
            };
            let part = PixelBox {
                x,
                y: 0.0,
                w: 16.0,
                h: 4.0,
            };
            scaler
                .plane(
                    &source,
                    part,
                    &mut target,
                    [0, 0, 16, 4],
                    fir::FilterType::CatmullRom,
                )
                .unwrap();
            i32::from(out[8])
        };
        assert_eq!(shown(20.0), 28 * 4, "whole pixels are copied");
        assert_eq!(shown(20.5), 28 * 4 + 2, "half a pixel is half the slope");
        assert_eq!(shown(20.25), 28 * 4 + 1, "and a quarter a quarter");
    }
}
