//! Faces: where they are in a picture.
//!
//! The detector is SeetaFace (a funnel-structured cascade; Wu et al. 2016) as ported by the
//! `rustface` crate, whose model is embedded. [`FaceDetector`] looks at one picture or a part of
//! it; [`FaceScanner`] decides how much of each sampled frame is looked at, because a whole look
//! costs 60 to 135 ms of a processor, a fine one three times and a coarse one a third of that, and
//! the surroundings of a known face 2 ms.
//!
//! The cascade's window is 40 pixels. A whole look is at a picture of [`USUAL_SIDE`], in which that
//! is the face of somebody who is seen to the knees; a fine one at a picture twice as large. The
//! larger the picture that is given, the more the fine look and the surroundings show.

mod cascade;
mod follow;
mod lips;
mod scanner;

use footage::picture::PixelBox;

use crate::Error;
use cascade::Cascades;
pub use lips::movement;
pub use scanner::{Continuity, FaceScanner};

/// The side of the cascade's window in pixels: the smallest face in the picture that it is given.
const WINDOW: f64 = 40.0;

/// The longer side in pixels of the picture that a whole look is at. A smaller picture is looked at as
/// it is.
pub const USUAL_SIDE: u32 = 640;

/// A picture of luma: one byte per pixel, rows from top to bottom without padding.
#[derive(Debug, Clone, Copy)]
pub struct GrayImage<'a> {
    width: u32,
    height: u32,
    pixels: &'a [u8],
}

impl<'a> GrayImage<'a> {
    /// Returns the picture that `pixels` holds.
    ///
    /// Fails with [`Error::PictureMalformed`] when a side is 0 or the number of pixels differs.
    pub fn new(width: u32, height: u32, pixels: &'a [u8]) -> Result<Self, Error> {
        if width == 0 || height == 0 || pixels.len() != width as usize * height as usize {
            return Err(Error::PictureMalformed {
                width,
                height,
                bytes: pixels.len(),
            });
        }
        Ok(Self {
            width,
            height,
            pixels,
        })
    }

    /// Returns the width in pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Returns the height in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Returns the part inside `region`, scaled by `factor`.
    fn cut(&self, region: PixelBox, factor: f64) -> OwnedImage {
        if factor >= 0.5 {
            return self.scaled(region, factor);
        }
        // Two pixels of each side at a time: more would be skipped, and small faces with them.
        let half = self.scaled(region, 0.5);
        let picture = GrayImage {
            width: half.width,
            height: half.height,
            pixels: &half.pixels,
        };
        let whole = PixelBox {
            x: 0.0,
            y: 0.0,
            w: f64::from(half.width),
            h: f64::from(half.height),
        };
        picture.cut(whole, factor * 2.0)
    }

    /// Returns the part inside `region`, scaled by `factor` with a linear filter.
    fn scaled(&self, region: PixelBox, factor: f64) -> OwnedImage {
        let x0 = region.x.floor().max(0.0);
        let y0 = region.y.floor().max(0.0);
        let w = (region.w.min(f64::from(self.width) - x0)).max(1.0);
        let h = (region.h.min(f64::from(self.height) - y0)).max(1.0);
        let width = ((w * factor).round() as u32).max(1);
        let height = ((h * factor).round() as u32).max(1);
        let step_x = w / f64::from(width);
        let step_y = h / f64::from(height);
        let columns: Vec<Taps> = (0..width)
            .map(|x| Taps::new(x0, f64::from(x), step_x, self.width))
            .collect();
        let mut pixels = Vec::with_capacity(width as usize * height as usize);
        for y in 0..height {
            let rows = Taps::new(y0, f64::from(y), step_y, self.height);
            let [above, below] = rows.at.map(|row| {
                let from = row * self.width as usize;
                self.pixels
                    .get(from..from + self.width as usize)
                    .unwrap_or_default()
            });
            for taps in &columns {
                let [left, right] = taps.at;
                let at = |row: &[u8], x: usize| row.get(x).copied().map_or(0.0, f32::from);
                let top = at(above, left) * (1.0 - taps.share) + at(above, right) * taps.share;
                let low = at(below, left) * (1.0 - taps.share) + at(below, right) * taps.share;
                pixels.push((top * (1.0 - rows.share) + low * rows.share + 0.5) as u8);
            }
        }
        OwnedImage {
            width,
            height,
            pixels,
        }
    }
}

/// The two source pixels that a scaled pixel is mixed from. Scaling down to less than half would
/// skip pixels.
#[derive(Debug, Clone, Copy)]
struct Taps {
    at: [usize; 2],
    share: f32,
}

impl Taps {
    fn new(origin: f64, index: f64, step: f64, limit: u32) -> Self {
        let center = (origin + (index + 0.5) * step - 0.5).clamp(0.0, f64::from(limit - 1));
        let first = center.floor();
        Self {
            at: [first as usize, (first as usize + 1).min(limit as usize - 1)],
            share: (center - first) as f32,
        }
    }
}

/// A picture that owns its pixels, for work in another thread.
#[derive(Debug, Clone)]
struct OwnedImage {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

/// A face that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detection {
    /// Where it is, clipped to the picture.
    pub pixels: PixelBox,
    /// Certainty in 0..=1: `s / (s + 2)` for the cascade's sum of scores `s`, so that its usual
    /// threshold of 2 gives 0.5, 8 gives 0.8 and 38 gives 0.95.
    pub score: f32,
}

/// How much of a picture is looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Area {
    /// All of it; faces from a 16th of [`USUAL_SIDE`], or 40 pixels of a smaller picture.
    Whole,
    /// All of it at half that size; faces of twice that, at a third to a quarter of the cost.
    Coarse,
    /// All of it at twice that size; faces of half that and up to where a whole look begins.
    Fine,
    /// A part where a face of about `face` pixels is expected, enlarged when that is small.
    Around {
        /// The part.
        region: PixelBox,
        /// The expected size of the face in pixels.
        face: f64,
    },
}

/// Finds faces in pictures of luma.
///
/// ```
/// use ai::faces::{Area, FaceDetector, GrayImage};
///
/// let mut detector = FaceDetector::new()?;
/// let gray = vec![128; 320 * 180];
/// let faces = detector.detect(GrayImage::new(320, 180, &gray)?, &[Area::Whole])?;
/// assert!(faces.is_empty(), "a gray wall has no face");
/// # Ok::<(), ai::Error>(())
/// ```
#[derive(Debug)]
pub struct FaceDetector {
    cascades: Cascades,
}

impl FaceDetector {
    /// Returns a detector with the embedded model. It keeps two threads, which share the work.
    pub fn new() -> Result<Self, Error> {
        Ok(Self {
            cascades: Cascades::start()?,
        })
    }

    /// Returns the faces in the given areas of a picture, most certain first, each face once.
    pub fn detect(
        &mut self,
        image: GrayImage<'_>,
        areas: &[Area],
    ) -> Result<Vec<Detection>, Error> {
        let looks = areas
            .iter()
            .flat_map(|&area| cascade::looks(image, area))
            .collect();
        let found = self.cascades.run(looks)?;
        let (width, height) = (f64::from(image.width), f64::from(image.height));
        Ok(cascade::distinct(found)
            .into_iter()
            .map(|(pixels, score)| Detection {
                pixels: pixels.clipped(width, height),
                score: (score / (score + cascade::THRESHOLD)) as f32,
            })
            .filter(|face| face.pixels.area() > 0.0)
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_pictures_are_refused() {
        for (width, height, bytes) in [(0, 4, 0), (4, 0, 0), (4, 4, 15), (4, 4, 17)] {
            let pixels = vec![0; bytes];
            let refused = GrayImage::new(width, height, &pixels);
            assert!(
                matches!(refused, Err(Error::PictureMalformed { .. })),
                "{width}×{height} with {bytes} bytes"
            );
        }
    }

    #[test]
    fn any_size_is_looked_at_without_a_crash() {
        let mut detector = FaceDetector::new().unwrap();
        for (width, height) in [(1, 1), (39, 400), (40, 40), (41, 63), (50, 50), (97, 123)] {
            let pixels: Vec<u8> = (0..width * height).map(|i| (i * 7 % 251) as u8).collect();
            let image = GrayImage::new(width, height, &pixels).unwrap();
            let around = Area::Around {
                region: PixelBox {
                    x: -5.0,
                    y: f64::from(height) - 3.0,
                    w: 70.0,
                    h: 70.0,
                },
                face: 25.0,
            };
            detector
                .detect(image, &[Area::Whole, Area::Coarse, around])
                .unwrap();
        }
    }

    #[test]
    fn cutting_keeps_what_is_there() {
        let pixels: Vec<u8> = (0..100).map(|i| (i % 10) * 20).collect();
        let image = GrayImage::new(10, 10, &pixels).unwrap();
        let region = PixelBox {
            x: 2.0,
            y: 3.0,
            w: 4.0,
            h: 2.0,
        };
        let same = image.cut(region, 1.0);
        assert_eq!((same.width, same.height), (4, 2));
        assert_eq!(same.pixels, [40, 60, 80, 100, 40, 60, 80, 100]);
        let twice = image.cut(region, 2.0);
        assert_eq!((twice.width, twice.height), (8, 4));
        assert_eq!(twice.pixels[1..3], [45, 55], "a ramp stays a ramp");
    }
}
