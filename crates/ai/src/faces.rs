//! Faces: where they are in a picture.
//!
//! The detector is YuNet, a network of 50,000 weights that are embedded. It sees faces from every
//! side but behind, in the dark, and from about ten pixels on up to the whole picture.
//! [`FaceDetector`] looks at one picture, which costs some 16 ms of a processor; [`FaceScanner`]
//! looks at the sampled frames of a film, and follows the heads that were found where no face is
//! seen for a while.

mod follow;
mod lips;
mod network;
mod scanner;

use footage::picture::PixelBox;

use crate::Error;
pub use lips::movement;
use network::Network;
pub use scanner::{Continuity, FaceScanner};

/// The longer side in pixels of the picture that is looked at. A larger one is scaled down, a smaller
/// one is looked at as it is.
pub const USUAL_SIDE: u32 = 640;

/// Smallest certainty of a face, where nothing is known of the picture.
const SURE: f32 = 0.6;
/// Two boxes that share more than this are one face, as YuNet's authors have it.
const SAME_FACE: f64 = 0.3;

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

    /// Returns all of it.
    fn whole(&self) -> PixelBox {
        PixelBox {
            x: 0.0,
            y: 0.0,
            w: f64::from(self.width),
            h: f64::from(self.height),
        }
    }

    /// Returns the part inside `region`, scaled by `factor`.
    fn cut(&self, region: PixelBox, factor: f64) -> OwnedImage {
        if factor >= 0.5 {
            return self.scaled(region, factor);
        }
        // Two pixels of each side at a time: more would be skipped, and small faces with them.
        let half = self.scaled(region, 0.5);
        let half = GrayImage {
            width: half.width,
            height: half.height,
            pixels: &half.pixels,
        };
        half.cut(half.whole(), factor * 2.0)
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

/// A picture that owns its pixels.
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
    /// Certainty in 0..=1: the geometric mean of how surely it is a face and has this box.
    pub score: f32,
}

/// Finds faces in pictures of luma.
///
/// ```
/// use ai::faces::{FaceDetector, GrayImage};
///
/// let detector = FaceDetector::new()?;
/// let gray = vec![128; 320 * 180];
/// let faces = detector.detect(GrayImage::new(320, 180, &gray)?);
/// assert!(faces.is_empty(), "a gray wall has no face");
/// # Ok::<(), ai::Error>(())
/// ```
#[derive(Debug)]
pub struct FaceDetector {
    network: Network,
}

impl FaceDetector {
    /// Returns a detector with the embedded weights.
    pub fn new() -> Result<Self, Error> {
        Ok(Self {
            network: Network::embedded()?,
        })
    }

    /// Returns the faces of a picture, most certain first, each face once.
    pub fn detect(&self, image: GrayImage<'_>) -> Vec<Detection> {
        self.at_least(image, SURE)
    }

    /// Returns what has at least a certainty, most certain first, each face once.
    fn at_least(&self, image: GrayImage<'_>, score: f32) -> Vec<Detection> {
        let (width, height) = (f64::from(image.width), f64::from(image.height));
        let factor = (f64::from(USUAL_SIDE) / width.max(height)).min(1.0);
        let small = image.cut(image.whole(), factor);
        let across = width / f64::from(small.width);
        let down = height / f64::from(small.height);
        let found = self.network.look(&small, score).into_iter();
        let found = found.map(|(pixels, score)| Detection {
            pixels: pixels.scaled(across, down),
            score,
        });
        let mut found = distinct(found.collect());
        for face in &mut found {
            face.pixels = face.pixels.clipped(width, height);
        }
        found.retain(|face| face.pixels.area() > 0.0);
        found
    }
}

/// Returns each face once, by the most certain box of it, most certain first.
fn distinct(mut found: Vec<Detection>) -> Vec<Detection> {
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<Detection> = Vec::new();
    for face in found {
        let is_known = |known: &Detection| known.pixels.iou(face.pixels) > SAME_FACE;
        if !kept.iter().any(is_known) {
            kept.push(face);
        }
    }
    kept
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
        let detector = FaceDetector::new().unwrap();
        for (width, height) in [(1, 1), (39, 400), (40, 40), (41, 63), (50, 50), (97, 123)] {
            let pixels: Vec<u8> = (0..width * height).map(|i| (i * 7 % 251) as u8).collect();
            let image = GrayImage::new(width, height, &pixels).unwrap();
            for face in detector.at_least(image, 0.0) {
                assert!((0.0..=1.0).contains(&face.score), "{face:?}");
                let inside = face.pixels.clipped(f64::from(width), f64::from(height));
                assert_eq!(inside, face.pixels, "within {width}×{height}");
            }
        }
    }

    #[test]
    fn of_two_boxes_of_one_face_the_surer_one_stays() {
        let face = |x: f64, score: f32| Detection {
            pixels: PixelBox {
                x,
                y: 0.0,
                w: 50.0,
                h: 60.0,
            },
            score,
        };
        let found = vec![face(0.0, 0.7), face(4.0, 0.9), face(200.0, 0.6)];
        assert_eq!(distinct(found), [face(4.0, 0.9), face(200.0, 0.6)]);
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
