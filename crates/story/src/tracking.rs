//! Follows faces over time: which detection is the same person as before.
//!
//! Detections are matched to tracks by where each face is expected (its last place plus its
//! velocity), by overlap and by size, with the assignment of least total cost (Kuhn 1955; the
//! shortest augmenting path form of Jonker and Volgenant 1987). A track ends where a shot starts or
//! when its face was not seen for [`LONGEST_GAP`].
//!
//! ```
//! use footage::picture::PixelBox;
//! use footage::time::SourceTime;
//! use story::tracking::{ShotMark, Tracker};
//!
//! let mut tracker = Tracker::new((1280, 720));
//! let face = PixelBox { x: 100.0, y: 80.0, w: 60.0, h: 80.0 };
//! let first = tracker.push(SourceTime::ZERO, ShotMark::Starts, vec![(face, 0.9)]);
//! let later = SourceTime::from_secs(0.2);
//! let second = tracker.push(later, ShotMark::Continues, vec![(face, 0.9)]);
//! assert_eq!(first.boxes[0].track, second.boxes[0].track);
//! ```

use std::collections::BTreeMap;

use footage::picture::{FaceBox, FaceSample, PixelBox, Shot, TrackId};
use footage::time::{SourceTime, Ticks};

use crate::tracking::assignment::assign;

mod assignment;

/// Longest time that a face may be out of sight and still keep its track: one missed sample at
/// the lowest sampling rate of two per second, with room for uneven frame times.
pub const LONGEST_GAP: Ticks = Ticks(Ticks::SECOND.0 * 5 / 4);

/// Prediction stops here: a face that is out of sight rarely goes on at the same speed.
const LONGEST_PREDICTION_SECS: f64 = 0.6;
/// Speed in face widths per second that a new face is given: a walk across the picture, far away.
const UNKNOWN_SPEED: f64 = 4.0;
/// Share of a new velocity measurement that is believed; detectors jitter by 1–2 % of a box.
const VELOCITY_GAIN: f64 = 0.5;
/// Detections that overlap more than this are one face found twice.
const DUPLICATE_IOU: f64 = 0.45;
/// Largest factor between the widths of one face in two samples.
const LARGEST_SIZE_RATIO: f64 = 1.9;
/// Cost of leaving a detection without a track: above every cost that passes the gates.
const UNMATCHED_COST: f64 = 10.0;
/// Cost above which a match is refused.
const FORBIDDEN_COST: f64 = 1.0e6;
/// Below this certainty a new face outside a shot's start counts half until it is seen again.
const SURE_SCORE: f32 = 0.75;

/// Whether a sampled picture is the first one of a shot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShotMark {
    /// A shot starts between the sample before and this one.
    Starts,
    /// The shot of the sample before goes on.
    Continues,
}

/// Gives each face of a source a track. Push samples in order of time.
#[derive(Debug, Clone)]
pub struct Tracker {
    width: f64,
    height: f64,
    next_track: u32,
    tracks: Vec<Track>,
}

#[derive(Debug, Clone, Copy)]
struct Track {
    id: TrackId,
    seen: SourceTime,
    pixels: PixelBox,
    velocity: (f64, f64),
    samples: u32,
}

impl Track {
    fn predicted(&self, time: SourceTime) -> PixelBox {
        let secs = (time - self.seen).secs().min(LONGEST_PREDICTION_SECS);
        PixelBox {
            x: self.pixels.x + self.velocity.0 * secs,
            y: self.pixels.y + self.velocity.1 * secs,
            ..self.pixels
        }
    }

    /// Returns how unlikely it is that `face` is this track's face, `FORBIDDEN_COST` when it
    /// cannot be.
    fn cost(&self, time: SourceTime, face: PixelBox) -> f64 {
        let size = self.pixels.w.max(1.0);
        let ratio = (face.w.max(1.0) / size).max(size / face.w.max(1.0));
        if ratio > LARGEST_SIZE_RATIO {
            return FORBIDDEN_COST;
        }
        let expected = self.predicted(time);
        let distance_to = |from: PixelBox| {
            let dx = face.center_x() - from.center_x();
            let dy = face.center_y() - from.center_y();
            (dx * dx + dy * dy).sqrt() / size.max(face.w)
        };
        let secs = (time - self.seen).secs();
        // A brisk walk takes a face over its own width in about half a second; one that was fast
        // already may turn or speed up by half; of a new one the speed is not known.
        let speed = if self.samples < 2 {
            UNKNOWN_SPEED
        } else {
            let (dx, dy) = self.velocity;
            (dx * dx + dy * dy).sqrt() / size
        };
        let reach = 0.6 + (2.0 + 1.5 * speed) * secs.min(LONGEST_PREDICTION_SECS / 2.0);
        let distance = distance_to(expected);
        if distance.min(distance_to(self.pixels)) > reach {
            return FORBIDDEN_COST;
        }
        (1.0 - expected.iou(face)) + distance + 0.7 * (ratio - 1.0)
    }

    fn saw(&mut self, time: SourceTime, face: PixelBox) {
        let secs = (time - self.seen).secs();
        if secs > 0.0 {
            let measured = (
                (face.center_x() - self.pixels.center_x()) / secs,
                (face.center_y() - self.pixels.center_y()) / secs,
            );
            let gain = if self.samples < 2 { 1.0 } else { VELOCITY_GAIN };
            self.velocity.0 += (measured.0 - self.velocity.0) * gain;
            self.velocity.1 += (measured.1 - self.velocity.1) * gain;
        }
        self.seen = time;
        self.pixels = face;
        self.samples += 1;
    }
}

impl Tracker {
    /// Returns a tracker for a picture of `(width, height)` pixels.
    pub fn new(picture: (u32, u32)) -> Self {
        Self {
            width: f64::from(picture.0),
            height: f64::from(picture.1),
            next_track: 0,
            tracks: Vec::new(),
        }
    }

    /// Returns the sample with each detection on its track, largest first.
    ///
    /// `detections` are boxes in picture space with their certainty in 0..=1. Boxes are clipped to
    /// the picture; what lies outside it, and the weaker one of two that overlap, is left out.
    pub fn push(
        &mut self,
        time: SourceTime,
        shot: ShotMark,
        detections: Vec<(PixelBox, f32)>,
    ) -> FaceSample {
        if shot == ShotMark::Starts {
            self.tracks.clear();
        }
        self.tracks
            .retain(|track| time - track.seen <= LONGEST_GAP && track.seen < time);

        let faces = self.distinct(detections);
        let costs: Vec<Vec<f64>> = faces
            .iter()
            .map(|(face, _)| self.tracks.iter().map(|t| t.cost(time, *face)).collect())
            .collect();
        let matches = assign(&costs, self.tracks.len(), UNMATCHED_COST);

        let mut boxes = Vec::with_capacity(faces.len());
        for (&(pixels, score), matched) in faces.iter().zip(matches) {
            let known = matched.and_then(|index| self.tracks.get_mut(index));
            let (id, sureness) = if let Some(track) = known {
                track.saw(time, pixels);
                (track.id, 1.0)
            } else {
                let doubtful = shot == ShotMark::Continues && score < SURE_SCORE;
                (self.start(time, pixels), if doubtful { 0.5 } else { 1.0 })
            };
            boxes.push(FaceBox {
                pixels,
                score: score * sureness,
                track: id,
                mouth: 0.0,
            });
        }
        FaceSample { time, boxes }
    }

    fn start(&mut self, time: SourceTime, pixels: PixelBox) -> TrackId {
        let id = TrackId(self.next_track);
        self.next_track += 1;
        self.tracks.push(Track {
            id,
            seen: time,
            pixels,
            velocity: (0.0, 0.0),
            samples: 1,
        });
        id
    }

    /// Returns the faces inside the picture, each once, largest first.
    fn distinct(&self, detections: Vec<(PixelBox, f32)>) -> Vec<(PixelBox, f32)> {
        let mut found: Vec<(PixelBox, f32)> = detections
            .into_iter()
            .map(|(pixels, score)| (pixels.clipped(self.width, self.height), score))
            .filter(|(pixels, score)| pixels.area() > 0.0 && score.is_finite())
            .map(|(pixels, score)| (pixels, score.clamp(0.0, 1.0)))
            .collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.x.total_cmp(&b.0.x)));
        let mut kept: Vec<(PixelBox, f32)> = Vec::with_capacity(found.len());
        for (pixels, score) in found {
            if kept
                .iter()
                .all(|(other, _)| other.iou(pixels) < DUPLICATE_IOU)
            {
                kept.push((pixels, score));
            }
        }
        kept.sort_by(|a, b| {
            let by_area = b.0.area().total_cmp(&a.0.area());
            by_area.then(a.0.x.total_cmp(&b.0.x))
        });
        kept
    }
}

/// Returns `samples` without flicker: faces that were found once and doubted, while the samples
/// around them in the same shot show nothing there.
///
/// A lone face stays where its shot has no more than two samples, and where the detector is sure.
#[must_use]
pub fn without_flicker(mut samples: Vec<FaceSample>, shots: &[Shot]) -> Vec<FaceSample> {
    let mut seen: BTreeMap<TrackId, u32> = BTreeMap::new();
    for face in samples.iter().flat_map(|sample| &sample.boxes) {
        *seen.entry(face.track).or_default() += 1;
    }
    let shot_of = |time: SourceTime| shots.partition_point(|shot| shot.range.start <= time);
    let mut in_shot: BTreeMap<usize, u32> = BTreeMap::new();
    for sample in &samples {
        *in_shot.entry(shot_of(sample.time)).or_default() += 1;
    }
    for sample in &mut samples {
        let sampled = in_shot.get(&shot_of(sample.time)).copied().unwrap_or(0);
        sample.boxes.retain(|face| {
            let once = seen.get(&face.track).copied().unwrap_or(0) <= 1;
            !(once && sampled > 2 && face.score < SURE_SCORE)
        });
    }
    samples
}
