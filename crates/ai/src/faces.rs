//! Faces: where they are in a picture.
//!
//! The detector is YuNet, a network of 50,000 weights that are embedded. It sees faces from every
//! side but behind, in the dark, and from about twelve pixels on up to the whole picture. It looks at
//! colour: in luma alone it misses a third of small and turned faces.
//! [`FaceDetector`] looks at one picture, which costs some 11 ms of a processor; [`FaceScanner`]
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

/// Smallest height in pixels of a face in the picture that is looked at: YuNet was made for faces of ten
/// pixels on, and what is about as small is as often a pattern, or a figure on a shelf.
const SMALLEST: f64 = 12.0;
/// Smallest certainty of a face, where nothing is known of the picture.
const SURE: f32 = 0.6;
/// Two boxes that share more than this are one face, as YuNet's authors have it.
const SAME_FACE: f64 = 0.3;

/// A picture of so many bytes per pixel, rows from top to bottom without padding.
#[derive(Debug, Clone, Copy)]
pub struct Image<'a, const CHANNELS: usize> {
    width: u32,
    height: u32,
    pixels: &'a [u8],
}

/// A picture of luma.
pub type GrayImage<'a> = Image<'a, 1>;

/// A picture in red, green and blue.
pub type ColourImage<'a> = Image<'a, 3>;

impl<'a, const CHANNELS: usize> Image<'a, CHANNELS> {
    /// Returns the picture that `pixels` holds.
    ///
    /// Fails with [`Error::PictureMalformed`] when a side is 0 or the number of bytes differs.
    pub fn new(width: u32, height: u32, pixels: &'a [u8]) -> Result<Self, Error> {
        let bytes = width as usize * height as usize * CHANNELS;
        if width == 0 || height == 0 || pixels.len() != bytes {
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
    fn cut(&self, region: PixelBox, factor: f64) -> OwnedImage<CHANNELS> {
        if factor >= 0.5 {
            return self.scaled(region, factor);
        }
        // Two pixels of each side at a time: more would be skipped, and small faces with them.
        let half = self.scaled(region, 0.5);
        let half = half.view();
        half.cut(half.whole(), factor * 2.0)
    }

    /// Returns the part inside `region`, scaled by `factor` with a linear filter.
    fn scaled(&self, region: PixelBox, factor: f64) -> OwnedImage<CHANNELS> {
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
        let mut pixels = Vec::with_capacity(width as usize * height as usize * CHANNELS);
        let line = self.width as usize * CHANNELS;
        for y in 0..height {
            let rows = Taps::new(y0, f64::from(y), step_y, self.height);
            let [above, below] = rows.at.map(|row| {
                let from = row * line;
                self.pixels.get(from..from + line).unwrap_or_default()
            });
            for taps in &columns {
                let [left, right] = taps.at.map(|x| x * CHANNELS);
                for channel in 0..CHANNELS {
                    let at = |row: &[u8], x: usize| row.get(x).copied().map_or(0.0, f32::from);
                    let mixed = |row: &[u8]| {
                        let (left, right) = (at(row, left + channel), at(row, right + channel));
                        left * (1.0 - taps.share) + right * taps.share
                    };
                    let (top, low) = (mixed(above), mixed(below));
                    pixels.push((top * (1.0 - rows.share) + low * rows.share + 0.5) as u8);
                }
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
struct OwnedImage<const CHANNELS: usize> {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

impl<const CHANNELS: usize> OwnedImage<CHANNELS> {
    fn view(&self) -> Image<'_, CHANNELS> {
        Image {
            width: self.width,
            height: self.height,
            pixels: &self.pixels,
        }
    }
}

/// A face that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detection {
    /// Where it is, clipped to the picture.
    pub pixels: PixelBox,
    /// Certainty in 0..=1: the geometric mean of how surely it is a face and has this box.
    pub score: f32,
}

/// Finds faces in pictures.
///
/// ```
/// use ai::faces::{ColourImage, FaceDetector};
///
/// let detector = FaceDetector::new()?;
/// let gray = vec![128; 320 * 180 * 3];
/// let faces = detector.detect(ColourImage::new(320, 180, &gray)?);
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
    pub fn detect(&self, image: ColourImage<'_>) -> Vec<Detection> {
        self.at_least(image, SURE)
    }

    /// Returns what has at least a certainty, most certain first, each face once.
    fn at_least(&self, image: ColourImage<'_>, score: f32) -> Vec<Detection> {
        let (width, height) = (f64::from(image.width), f64::from(image.height));
        let factor = (f64::from(USUAL_SIDE) / width.max(height)).min(1.0);
        let scaled = (factor < 1.0).then(|| image.cut(image.whole(), factor));
        let small = scaled.as_ref().map_or(image, OwnedImage::view);
        let across = width / f64::from(small.width);
        let down = height / f64::from(small.height);
        let found = self.network.look(small, score).into_iter();
        let found = found.filter(|(pixels, _)| pixels.h >= SMALLEST);
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
        let check = |width, height, count: usize| {
            let pixels = vec![0; count * 3];
            let gray = GrayImage::new(width, height, &pixels[..count]).err();
            let colour = ColourImage::new(width, height, &pixels).err();
            for refused in [gray, colour] {
                assert!(
                    matches!(refused, Some(Error::PictureMalformed { .. })),
                    "{width}×{height} with {count} pixels"
                );
            }
        };
        check(0, 4, 0);
        check(4, 0, 0);
        check(4, 4, 15);
        check(4, 4, 17);
    }

    #[test]
    fn any_size_is_looked_at_without_a_crash() {
        let detector = FaceDetector::new().unwrap();
        for (width, height) in [(1, 1), (39, 400), (40, 40), (41, 63), (50, 50), (97, 123)] {
            let bytes = 0..width * height * 3;
            let pixels: Vec<u8> = bytes.map(|i| (i * 7 % 251) as u8).collect();
            let image = ColourImage::new(width, height, &pixels).unwrap();
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
        let colours: Vec<u8> = pixels.iter().flat_map(|&v| [v, v + 1, v + 2]).collect();
        let coloured = ColourImage::new(10, 10, &colours).unwrap();
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
        for factor in [0.5, 1.0, 2.0] {
            let gray = image.cut(region, factor);
            let coloured = coloured.cut(region, factor);
            assert_eq!((gray.width, gray.height), (coloured.width, coloured.height));
            for (told, of) in coloured.pixels.chunks(3).zip(gray.pixels) {
                assert_eq!(told, [of, of + 1, of + 2], "each channel like one alone");
            }
        }
    }
}
