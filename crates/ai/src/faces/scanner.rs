//! How much of each sampled frame is looked at.

use footage::picture::PixelBox;
use footage::time::{SourceTime, Ticks};

use super::follow::Head;
use super::{Area, Detection, FaceDetector, GrayImage, USUAL_SIDE, WINDOW};
use crate::Error;

/// Time between two looks at the whole picture within a shot.
const WHOLE_EVERY: Ticks = Ticks(4 * Ticks::SECOND.0);
/// Time between two looks at the whole picture after a known face was lost.
const WHOLE_AFTER_LOSS: Ticks = Ticks::SECOND;
/// Time between two coarse looks, which notice large faces that come into the picture.
const COARSE_EVERY: Ticks = Ticks(2 * Ticks::SECOND.0);
/// How long a head is followed whose face was not seen again: people look aside while they talk.
const FOLLOWED: Ticks = Ticks(12 * Ticks::SECOND.0);
/// Certainty of a face that is only followed.
const FOLLOWED_SCORE: f32 = 0.5;
/// Certainty from which on a face that was seen once is followed.
const SURE: f32 = 0.8;
/// How long the place of a lost face is still looked at: people turn away and back.
const REMEMBERED: Ticks = Ticks(2 * Ticks::SECOND.0);
/// The looked-at region around a known face, in sizes of the face.
const ENLARGED: f64 = 2.0;
/// Where a face is larger than so many windows of a whole look, others beside it are no smaller than one.
const NEAR: f64 = 1.5;
/// Smallest certainty of a face that only a fine look shows: there is much more to take for one.
const SURE_WHEN_SMALL: f32 = 0.7;
/// Two boxes that share more than this are the same face, a moment later.
const SAME_FACE: f64 = 0.2;

/// Whether a frame belongs to the same shot as the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Continuity {
    /// The first frame of a shot: nothing is known about where the faces are.
    ShotStart,
    /// A later frame of the shot.
    SameShot,
}

/// Finds the faces of a film's sampled frames at bearable cost.
///
/// The whole picture is looked at when a shot starts, every 4 s, and within 1 s after a face was
/// lost, and closely where that shows nobody near; every 2 s a coarse look notices large faces that
/// come in; in between only the surroundings of known faces are looked at. A face that turns away is
/// followed by how the head looks.
#[derive(Debug)]
pub struct FaceScanner {
    detector: FaceDetector,
    known: Vec<Known>,
    /// Times of the last whole look and the last whole or coarse look in this shot.
    whole: Option<SourceTime>,
    coarse: SourceTime,
    lost: bool,
}

#[derive(Debug, Clone)]
struct Known {
    pixels: PixelBox,
    /// When its face was seen.
    seen: SourceTime,
    /// The head, as long as it is seen, of a face that was seen twice or was sure at once: others may be
    /// no face at all.
    head: Option<Head>,
}

impl FaceScanner {
    /// Returns a scanner that has seen nothing.
    pub fn new() -> Result<Self, Error> {
        Ok(Self {
            detector: FaceDetector::new()?,
            known: Vec::new(),
            whole: None,
            coarse: SourceTime::ZERO,
            lost: false,
        })
    }

    /// Returns the faces of the frame at `time`, in pixels of the full picture, which is `scale`
    /// times as large as `image`. Frames come in order of time.
    pub fn look(
        &mut self,
        time: SourceTime,
        continuity: Continuity,
        image: GrayImage<'_>,
        scale: f64,
    ) -> Result<Vec<Detection>, Error> {
        if continuity == Continuity::ShotStart {
            self.known.clear();
            self.whole = None;
        }
        self.follow(image);
        let areas = self.areas(time);
        if areas.contains(&Area::Whole) {
            self.whole = Some(time);
            self.coarse = time;
        } else if areas.contains(&Area::Coarse) {
            self.coarse = time;
        }
        let mut found = self.detector.detect(image, &areas)?;
        if areas.contains(&Area::Whole) && !any_near(image, &found) {
            let mut small = self.detector.detect(image, &[Area::Fine])?;
            small.retain(|face| face.score >= SURE_WHEN_SMALL);
            small.retain(|face| found.iter().all(|known| !same(known.pixels, face.pixels)));
            found.extend(small);
        }
        self.remember(time, image, &mut found);
        Ok(found
            .into_iter()
            .map(|face| Detection {
                pixels: PixelBox {
                    x: face.pixels.x * scale,
                    y: face.pixels.y * scale,
                    w: face.pixels.w * scale,
                    h: face.pixels.h * scale,
                },
                score: face.score,
            })
            .collect())
    }

    fn areas(&self, time: SourceTime) -> Vec<Area> {
        let around = self.known.iter().map(|known| {
            let PixelBox { w, h, .. } = known.pixels;
            let side = w.max(h) * ENLARGED;
            Area::Around {
                region: PixelBox {
                    x: known.pixels.center_x() - side / 2.0,
                    y: known.pixels.center_y() - side / 2.0,
                    w: side,
                    h: side,
                },
                face: w.max(h),
            }
        });
        let Some(whole) = self.whole else {
            return vec![Area::Whole];
        };
        let since = time - whole;
        if since >= WHOLE_EVERY || (self.lost && since >= WHOLE_AFTER_LOSS) {
            // Faces below the window's size are known from an enlarged region only.
            return around.chain([Area::Whole]).collect();
        }
        if time - self.coarse >= COARSE_EVERY {
            return around.chain([Area::Coarse]).collect();
        }
        around.collect()
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

    /// Notes what was found, and adds the heads that are followed to it.
    fn remember(&mut self, time: SourceTime, image: GrayImage<'_>, found: &mut Vec<Detection>) {
        let (again, mut unseen): (Vec<Known>, Vec<Known>) = std::mem::take(&mut self.known)
            .into_iter()
            .partition(|known| found.iter().any(|face| same(face.pixels, known.pixels)));
        let faces = found.iter().map(|face| {
            let known = again.iter().any(|known| same(face.pixels, known.pixels));
            let sure = known || face.score >= SURE;
            Known {
                pixels: face.pixels,
                seen: time,
                head: sure.then(|| Head::of(image, face.pixels)),
            }
        });
        let faces: Vec<Known> = faces.collect();
        unseen.retain(|known| {
            let longest = if known.is_followed() {
                FOLLOWED
            } else {
                REMEMBERED
            };
            time - known.seen <= longest
        });
        self.lost = unseen.iter().any(|known| !known.is_followed());
        for known in unseen.iter().filter(|known| known.is_followed()) {
            if found.iter().all(|face| !same(face.pixels, known.pixels)) {
                found.push(Detection {
                    pixels: known.pixels,
                    score: FOLLOWED_SCORE,
                });
            }
        }
        self.known = faces;
        self.known.extend(unseen);
    }
}

impl Known {
    fn is_followed(&self) -> bool {
        self.head.is_some()
    }
}

fn same(a: PixelBox, b: PixelBox) -> bool {
    a.iou(b) > SAME_FACE
}

/// Returns whether a face is large enough for all near it to be seen by a whole look, too.
fn any_near(image: GrayImage<'_>, found: &[Detection]) -> bool {
    let usual = f64::from(USUAL_SIDE) / f64::from(image.width().max(image.height()));
    let near = NEAR * WINDOW / usual.min(1.0);
    found.iter().any(|face| face.pixels.w >= near)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole_looks(faces: &[(f64, f64)], until: f64) -> Vec<f64> {
        let mut scanner = FaceScanner::new().unwrap();
        let mut looks = Vec::new();
        let mut at = 0.0;
        while at < until {
            let time = SourceTime::from_secs(at);
            let areas = scanner.areas(time);
            if areas.contains(&Area::Whole) {
                looks.push(at);
                scanner.whole = Some(time);
                scanner.coarse = time;
            } else if areas.contains(&Area::Coarse) {
                scanner.coarse = time;
            }
            let seen = faces.iter().any(|(from, to)| (*from..*to).contains(&at));
            let face = Detection {
                pixels: PixelBox {
                    x: 100.0,
                    y: 50.0,
                    w: 60.0,
                    h: 60.0,
                },
                score: 0.9,
            };
            let pixels = vec![90; 640 * 360];
            let wall = GrayImage::new(640, 360, &pixels).unwrap();
            let mut found = if seen { vec![face] } else { Vec::new() };
            scanner.remember(time, wall, &mut found);
            scanner.follow(wall);
            at += 0.25;
        }
        looks
    }

    #[test]
    fn the_whole_picture_is_looked_at_rarely() {
        assert_eq!(
            whole_looks(&[(0.0, 9.0)], 9.0),
            [0.0, 4.0, 8.0],
            "a face that stays"
        );
        assert_eq!(whole_looks(&[], 9.0), [0.0, 4.0, 8.0], "no face");
        assert_eq!(
            whole_looks(&[(0.0, 1.5)], 9.0),
            [0.0, 1.75, 2.75, 6.75],
            "a face that goes: looked for at once, and again for 2 s"
        );
    }

    #[test]
    fn a_new_shot_starts_afresh() {
        let mut scanner = FaceScanner::new().unwrap();
        let pixels = vec![90; 160 * 90];
        let image = GrayImage::new(160, 90, &pixels).unwrap();
        let at = SourceTime::from_secs;
        scanner
            .look(at(0.0), Continuity::ShotStart, image, 4.0)
            .unwrap();
        scanner
            .look(at(0.2), Continuity::SameShot, image, 4.0)
            .unwrap();
        assert_eq!(scanner.whole, Some(at(0.0)));
        scanner
            .look(at(0.4), Continuity::ShotStart, image, 4.0)
            .unwrap();
        assert_eq!(scanner.whole, Some(at(0.4)), "a cut asks for a whole look");
    }
}
