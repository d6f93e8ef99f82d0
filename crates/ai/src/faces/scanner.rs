//! The faces of a film's sampled frames.

use footage::picture::PixelBox;
use footage::time::{SourceTime, Ticks};

use super::follow::Head;
use super::{ColourImage, Detection, FaceDetector, GrayImage, SURE};
use crate::Error;

/// Smallest certainty of a face that is where one was seen before.
const SURE_WHEN_KNOWN: f32 = 0.4;
/// How long a head is followed whose face was not seen again: people look aside while they talk.
const FOLLOWED: Ticks = Ticks(12 * Ticks::SECOND.0);
/// Certainty of a face that is only followed.
const FOLLOWED_SCORE: f32 = 0.5;
/// Certainty from which on a face that was seen once is followed.
const SURE_AT_ONCE: f32 = 0.8;
/// Two boxes that share more than this are the same face, a moment later.
const SAME_FACE: f64 = 0.2;
/// How far a head may be from where it was followed to, in its widths, when its face turns up again
/// beside that place: what was followed was the wall behind a quick turn. Heads of two people
/// are farther apart, but for one before the other, which [`LIKE`] tells.
const STRAYED: f64 = 1.0;
/// Largest ratio of widths of such a face before and after.
const STRAYED_SIZE: f64 = 1.5;
/// Correlation from which on such a face is the same person's.
const LIKE: f64 = 0.6;

/// Whether a frame belongs to the same shot as the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Continuity {
    /// The first frame of a shot: nothing is known about where the faces are.
    ShotStart,
    /// A later frame of the shot.
    SameShot,
}

/// Finds the faces of a film's sampled frames.
///
/// Where a face was, a less certain one is believed; one that turns away is followed by how the
/// head looks.
#[derive(Debug)]
pub struct FaceScanner {
    detector: FaceDetector,
    known: Vec<Known>,
}

#[derive(Debug, Clone)]
struct Known {
    pixels: PixelBox,
    /// When its face was seen.
    seen: SourceTime,
    /// The head of a face that was seen twice or was sure at once: others may be no face at all.
    head: Option<Head>,
}

impl FaceScanner {
    /// Returns a scanner that has seen nothing.
    pub fn new() -> Result<Self, Error> {
        Ok(Self {
            detector: FaceDetector::new()?,
            known: Vec::new(),
        })
    }

    /// Returns the faces of the frame at `time`, which is given in colour and in luma, both of one
    /// size. Frames come in order of time.
    pub fn look(
        &mut self,
        time: SourceTime,
        continuity: Continuity,
        colour: ColourImage<'_>,
        image: GrayImage<'_>,
    ) -> Vec<Detection> {
        if continuity == Continuity::ShotStart {
            self.known.clear();
        }
        self.follow(image);
        let mut found = self.detector.at_least(colour, SURE_WHEN_KNOWN);
        found.retain(|face| face.score >= SURE || self.is_known(face.pixels));
        self.remember(time, image, &mut found);
        found
    }

    /// Follows the known heads to the next picture, which is of the same shot.
    pub fn follow(&mut self, image: GrayImage<'_>) {
        for known in &mut self.known {
            known.head = known.head.take().and_then(|head| head.next(image));
            if let Some(head) = &known.head {
                known.pixels = head.face;
            }
        }
    }

    fn is_known(&self, pixels: PixelBox) -> bool {
        self.known.iter().any(|known| same(known.pixels, pixels))
    }

    /// Notes what was found, and adds the heads that are followed to it.
    fn remember(&mut self, time: SourceTime, image: GrayImage<'_>, found: &mut Vec<Detection>) {
        let faces: Vec<Known> = found
            .iter()
            .map(|face| {
                let sure = face.score >= SURE_AT_ONCE || self.is_known(face.pixels);
                Known {
                    pixels: face.pixels,
                    seen: time,
                    head: sure.then(|| Head::of(image, face.pixels)),
                }
            })
            .collect();
        let new: Vec<PixelBox> = found
            .iter()
            .map(|face| face.pixels)
            .filter(|pixels| !self.is_known(*pixels))
            .collect();
        self.known.retain(|known| {
            let seen_again = found.iter().any(|face| same(face.pixels, known.pixels))
                || new.iter().any(|face| known.strayed_from(image, *face));
            !seen_again && known.head.is_some() && time - known.seen <= FOLLOWED
        });
        found.extend(self.known.iter().map(|known| Detection {
            pixels: known.pixels,
            score: FOLLOWED_SCORE,
        }));
        self.known.extend(faces);
    }
}

impl Known {
    /// Returns whether a face that was found beside the place of this head is its face.
    fn strayed_from(&self, image: GrayImage<'_>, face: PixelBox) -> bool {
        let Some(head) = &self.head else {
            return false;
        };
        let dx = face.center_x() - self.pixels.center_x();
        let dy = face.center_y() - self.pixels.center_y();
        let (narrow, wide) = (face.w.min(self.pixels.w), face.w.max(self.pixels.w));
        dx.hypot(dy) <= STRAYED * wide
            && wide <= STRAYED_SIZE * narrow
            && head.likeness(image, face) >= LIKE
    }
}

fn same(a: PixelBox, b: PixelBox) -> bool {
    a.iou(b) > SAME_FACE
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACE: PixelBox = PixelBox {
        x: 60.0,
        y: 30.0,
        w: 40.0,
        h: 50.0,
    };

    fn coloured(gray: &[u8]) -> Vec<u8> {
        gray.iter().flat_map(|value| [*value; 3]).collect()
    }

    /// Remembers a face of a certainty at second 0 and returns what is told at a later second, in
    /// which a picture that stays the same shows no face.
    fn told(score: f32, later: f64) -> Vec<Detection> {
        let pixels: Vec<u8> = (0..160 * 90)
            .map(|i| (i % 160 * 3 + i / 160 * 5) as u8)
            .collect();
        let image = GrayImage::new(160, 90, &pixels).unwrap();
        let mut scanner = FaceScanner::new().unwrap();
        let mut found = vec![Detection {
            pixels: FACE,
            score,
        }];
        scanner.remember(SourceTime::ZERO, image, &mut found);
        assert_eq!(found.len(), 1, "a face is told once");
        let colours = coloured(&pixels);
        let colour = ColourImage::new(160, 90, &colours).unwrap();
        let later = SourceTime::from_secs(later);
        scanner.look(later, Continuity::SameShot, colour, image)
    }

    #[test]
    fn a_sure_face_is_followed_for_a_while_and_a_doubtful_one_is_not() {
        let followed = told(0.9, 11.0);
        assert_eq!(followed.len(), 1, "{followed:?}");
        assert!(followed[0].pixels.iou(FACE) > 0.9, "{followed:?}");
        assert!(followed[0].score < SURE, "it was not seen");
        assert_eq!(told(0.9, 13.0), [], "too long");
        assert_eq!(told(0.7, 1.0), [], "seen once, and not sure");
    }

    /// Draws a face with features at the left edge `left`, before a wall of stripes.
    fn drawn(left: usize, features: fn(usize, usize) -> u8) -> Vec<u8> {
        let stripes = |i: usize| (i % 160 * 2 + 20) as u8;
        let mut pixels: Vec<u8> = (0..160 * 90).map(stripes).collect();
        for y in 0..50 {
            for x in 0..40 {
                pixels[(y + 30) * 160 + left + x] = features(x, y);
            }
        }
        pixels
    }

    #[test]
    fn a_face_beside_the_place_that_its_head_was_followed_to_is_no_second_person() {
        let one = |x: usize, y: usize| {
            if (8..14).contains(&y) && x % 20 > 6 {
                30
            } else {
                210
            }
        };
        let other = |x: usize, y: usize| if x > 20 || y > 40 { 30 } else { 210 };
        let check = |features: fn(usize, usize) -> u8, expect: usize| {
            let mut scanner = FaceScanner::new().unwrap();
            let before = drawn(20, one);
            let image = GrayImage::new(160, 90, &before).unwrap();
            let face = |left: f64| Detection {
                pixels: PixelBox { x: left, ..FACE },
                score: 0.9,
            };
            scanner.remember(SourceTime::ZERO, image, &mut vec![face(20.0)]);
            // It was not followed: the place where it was is still told.
            let after = drawn(56, features);
            let image = GrayImage::new(160, 90, &after).unwrap();
            let mut found = vec![face(56.0)];
            scanner.remember(SourceTime::from_secs(0.5), image, &mut found);
            assert_eq!(found.len(), expect, "{found:?}");
        };
        check(one, 1);
        check(other, 2);
    }

    #[test]
    fn a_new_shot_starts_afresh() {
        let pixels: Vec<u8> = (0..160 * 90).map(|i| (i % 160) as u8).collect();
        let image = GrayImage::new(160, 90, &pixels).unwrap();
        let mut scanner = FaceScanner::new().unwrap();
        let mut found = vec![Detection {
            pixels: FACE,
            score: 0.9,
        }];
        scanner.remember(SourceTime::ZERO, image, &mut found);
        let later = SourceTime::from_secs(0.5);
        let colours = coloured(&pixels);
        let colour = ColourImage::new(160, 90, &colours).unwrap();
        let found = scanner.look(later, Continuity::ShotStart, colour, image);
        assert_eq!(found, []);
        assert!(scanner.known.is_empty());
    }
}
