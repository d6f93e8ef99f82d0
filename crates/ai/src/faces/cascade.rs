//! The cascade at work: which scaled pictures it looks at, in two threads, and what they agree on.

use std::io::Cursor;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use footage::picture::PixelBox;

use super::{Area, GrayImage, OwnedImage, USUAL_SIDE, WINDOW};
use crate::Error;

/// SeetaFace frontal detector 1.0, BSD-2-Clause, as shipped by `rustface` (see `build.rs`).
static MODEL: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/seeta_fd_frontal.bin"));

/// The cascade's sum of scores from which on something is a face: on dlib's photographs 2.0 finds
/// 98 % of the faces without a false one.
pub(super) const THRESHOLD: f64 = 2.0;

/// Scale between two levels of the pyramid.
const PYRAMID: f32 = 0.8;

/// Two boxes that share more than this are one face.
const SAME_FACE: f64 = 0.3;

/// The size in pixels to which an expected face is brought.
const EXPECTED_FACE: f64 = 60.0;

/// One picture for one thread, and how its pixels lie in the picture that was asked for.
#[derive(Debug)]
pub(super) struct Look {
    image: OwnedImage,
    /// Largest face in pixels of `image`; the levels of the pyramid above it are left out.
    largest: u32,
    x: f64,
    y: f64,
    factor: f64,
}

type Found = (PixelBox, f64);

/// Returns what has to be looked at for an area.
///
/// The pyramid of a whole picture is shared out: its two largest levels cost as much as all
/// others together, so they are one look and the rest, begun at 0.64 of the size, is another.
pub(super) fn looks(image: GrayImage<'_>, area: Area) -> Vec<Look> {
    let whole = PixelBox {
        x: 0.0,
        y: 0.0,
        w: f64::from(image.width),
        h: f64::from(image.height),
    };
    let usual = (f64::from(USUAL_SIDE) / whole.w.max(whole.h)).min(1.0);
    match area {
        Area::Whole => {
            let rest = f64::from(PYRAMID * PYRAMID);
            // 40 / 0.8 is the size at which the second level ends; the margin keeps rounding out.
            let two_levels = (WINDOW / f64::from(PYRAMID)) as u32 + 1;
            vec![
                look(image, whole, usual, two_levels),
                look(image, whole, usual * rest, u32::MAX),
            ]
        }
        Area::Coarse => vec![look(image, whole, usual * 0.5, u32::MAX)],
        Area::Fine => {
            // Two halves for two threads; a face on the seam is whole in one of them.
            let overlap = 2.0 * WINDOW / (2.0 * usual);
            let wide = whole.w >= whole.h;
            let half = f64::midpoint(whole.w.max(whole.h), overlap);
            let halves = if wide {
                [
                    PixelBox { w: half, ..whole },
                    PixelBox {
                        x: whole.w - half,
                        w: half,
                        ..whole
                    },
                ]
            } else {
                [
                    PixelBox { h: half, ..whole },
                    PixelBox {
                        y: whole.h - half,
                        h: half,
                        ..whole
                    },
                ]
            };
            let up_to_whole = 2 * WINDOW as u32 - 1;
            halves
                .map(|half| look(image, half, 2.0 * usual, up_to_whole))
                .into()
        }
        Area::Around { region, face } => {
            let region = region.clipped(whole.w, whole.h);
            if region.area() <= 0.0 {
                return Vec::new();
            }
            let factor = (EXPECTED_FACE / face.max(1.0)).clamp(0.1, 4.0);
            vec![look(image, region, factor, u32::MAX)]
        }
    }
}

fn look(image: GrayImage<'_>, region: PixelBox, factor: f64, largest: u32) -> Look {
    let cut = image.cut(region, factor);
    Look {
        factor: f64::from(cut.width) / region.w.min(f64::from(image.width)).max(1.0),
        image: cut,
        largest,
        x: region.x.floor().max(0.0),
        y: region.y.floor().max(0.0),
    }
}

/// Returns each face once, with the sum of the scores of all boxes that show it, most certain
/// first. The cascade does the same within one look.
pub(super) fn distinct(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by(|a, b| b.1.total_cmp(&a.1));
    let mut kept: Vec<Found> = Vec::new();
    for (pixels, score) in found {
        match kept.iter_mut().find(|face| same_face(face.0, pixels)) {
            Some(face) => face.1 += score,
            None => kept.push((pixels, score)),
        }
    }
    kept.retain(|face| face.1 >= THRESHOLD);
    kept.sort_by(|a, b| b.1.total_cmp(&a.1));
    kept
}

fn same_face(a: PixelBox, b: PixelBox) -> bool {
    a.iou(b) > SAME_FACE
}

/// The cascade in two threads. `rustface`'s detectors cannot move between threads, so each is
/// made where it works.
#[derive(Debug)]
pub(super) struct Cascades {
    workers: Vec<Worker>,
}

#[derive(Debug)]
struct Worker {
    looks: Option<SyncSender<Look>>,
    found: Receiver<Vec<Found>>,
    thread: Option<JoinHandle<()>>,
}

impl Cascades {
    pub(super) fn start() -> Result<Self, Error> {
        let workers = (0..2).map(|_| Worker::start()).collect::<Result<_, _>>()?;
        Ok(Self { workers })
    }

    pub(super) fn run(&mut self, looks: Vec<Look>) -> Result<Vec<Found>, Error> {
        let mut waiting: Vec<usize> = Vec::new();
        let mut found = Vec::new();
        let count = self.workers.len();
        for (index, look) in looks.into_iter().enumerate() {
            let worker = index % count;
            // One look per worker at a time, so that neither channel can fill up.
            if waiting.contains(&worker) {
                found.extend(self.reply(worker)?);
                waiting.retain(|other| *other != worker);
            }
            let sender = self.workers.get(worker).and_then(|w| w.looks.as_ref());
            sender
                .ok_or_else(stopped)?
                .send(look)
                .map_err(|_closed| stopped())?;
            waiting.push(worker);
        }
        for worker in waiting {
            found.extend(self.reply(worker)?);
        }
        Ok(found)
    }

    fn reply(&self, worker: usize) -> Result<Vec<Found>, Error> {
        let worker = self.workers.get(worker).ok_or_else(stopped)?;
        worker.found.recv().map_err(|_closed| stopped())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.looks = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has already been told by the panic hook.
            drop(thread.join());
        }
    }
}

impl Worker {
    fn start() -> Result<Self, Error> {
        let model = rustface::read_model(Cursor::new(MODEL)).map_err(|error| Error::Failed {
            model: "face",
            reason: format!("the embedded model cannot be read: {error}"),
        })?;
        let (looks, inbox) = sync_channel::<Look>(1);
        let (outbox, found) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("faces".to_owned())
            .spawn(move || {
                let mut detector = rustface::create_detector_with_model(model);
                detector.set_pyramid_scale_factor(PYRAMID);
                // Looks are weighed together, so even a weak score must come through here.
                detector.set_score_thresh(f64::MIN_POSITIVE);
                while let Ok(look) = inbox.recv() {
                    if outbox.send(found_in(&mut *detector, &look)).is_err() {
                        break;
                    }
                }
            })
            .map_err(|error| Error::Failed {
                model: "face",
                reason: format!("no thread can be started: {error}"),
            })?;
        Ok(Self {
            looks: Some(looks),
            found,
            thread: Some(thread),
        })
    }
}

fn stopped() -> Error {
    Error::Failed {
        model: "face",
        reason: "its thread has stopped".to_owned(),
    }
}

fn found_in(detector: &mut dyn rustface::Detector, look: &Look) -> Vec<Found> {
    let OwnedImage {
        width,
        height,
        ref pixels,
    } = look.image;
    let shorter = width.min(height);
    if f64::from(shorter) < WINDOW {
        return Vec::new();
    }
    detector.set_max_face_size(largest_safe(shorter, look.largest));
    detector
        .detect(&rustface::ImageData::new(pixels, width, height))
        .into_iter()
        .map(|face| {
            let bbox = face.bbox();
            let pixels = PixelBox {
                x: look.x + f64::from(bbox.x()) / look.factor,
                y: look.y + f64::from(bbox.y()) / look.factor,
                w: f64::from(bbox.width()) / look.factor,
                h: f64::from(bbox.height()) / look.factor,
            };
            (pixels, face.score())
        })
        .collect()
}

/// Returns the largest face size for which no level of the pyramid is smaller than the window.
///
/// `rustface` subtracts the window from the level's size without a check, and both the scale and
/// the size are rounded, so the walk is repeated here with the same arithmetic.
fn largest_safe(shorter: u32, largest: u32) -> u32 {
    let window = WINDOW as f32;
    let limit = window / shorter.min(largest) as f32;
    let mut scale = 1.0_f32;
    let mut safe = None;
    while scale >= limit {
        if (shorter as f32 * scale) < window {
            // The level before is the last one: any size between the two stops after it.
            return safe.map_or(WINDOW as u32, |safe: f32| (window / safe).floor() as u32);
        }
        safe = Some(scale);
        scale *= PYRAMID;
    }
    shorter.min(largest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: f64, y: f64, side: f64) -> PixelBox {
        PixelBox {
            x,
            y,
            w: side,
            h: side,
        }
    }

    #[test]
    fn boxes_of_one_face_add_their_scores() {
        let found = vec![
            (square(0.0, 0.0, 50.0), 1.5),
            (square(3.0, 2.0, 50.0), 4.0),
            (square(200.0, 0.0, 50.0), 1.9),
        ];
        assert_eq!(
            distinct(found),
            [(square(3.0, 2.0, 50.0), 5.5)],
            "the better box stays, and a weak lonely one goes"
        );
    }

    #[test]
    fn no_level_is_smaller_than_the_window() {
        for shorter in 40..2000 {
            for largest in [51, u32::MAX] {
                let size = largest_safe(shorter, largest);
                let limit = 40.0 / shorter.min(size) as f32;
                let mut scale = 1.0_f32;
                while scale >= limit {
                    assert!(
                        (shorter as f32 * scale) as u32 >= 40,
                        "{shorter} at {scale} for faces up to {size}"
                    );
                    scale *= PYRAMID;
                }
            }
        }
    }
}
