//! The moment for a reel's cover: a face that is whole, large and surely one.

use footage::Analysis;
use footage::picture::{FaceBox, FaceSample, Shot};
use footage::time::{SourceRange, SourceTime, Ticks};
use timeline::project::{Clip, Framing, Sequence, TrackKind};
use timeline::time::SequenceTime;

use super::samples_in;

/// Time kept from cuts and from the reel's ends: movement and fades spoil those frames.
const FROM_EDGES: Ticks = Ticks(Ticks::SECOND.0 * 2 / 5);
/// A face of this share of the crop's height fills a cover; a larger one is not better.
const LARGE: f64 = 0.3;

/// Returns the moment of a sequence that shows a face best, or `None` where it shows none whole.
///
/// Of equally good moments the first one counts, so the answer is the same every time.
pub fn cover_moment(analysis: &Analysis, sequence: &Sequence) -> Option<SequenceTime> {
    let clips = sequence
        .tracks_of(TrackKind::Video)
        .flat_map(|track| &track.clips);
    let mut best: Option<(f64, SequenceTime)> = None;
    for clip in clips.filter(|clip| clip.enabled) {
        for sample in samples_in(&analysis.faces, clip.source) {
            let value = value(analysis, clip, sample);
            if value > best.map_or(0.0, |(value, _)| value) {
                best = Some((value, clip.sequence_time(sample.time)));
            }
        }
    }
    best.map(|(_, moment)| moment)
}

/// Returns how good a cover the clip makes at a sample's moment, 0..=1.
fn value(analysis: &Analysis, clip: &Clip, sample: &FaceSample) -> f64 {
    let calm = |range: SourceRange| {
        sample.time - range.start >= FROM_EDGES && range.end - sample.time >= FROM_EDGES
    };
    if !calm(clip.source) || shot_at(&analysis.shots, sample.time).is_some_and(|shot| !calm(shot)) {
        return 0.0;
    }
    let shown = match &clip.framing {
        Framing::Crop(path) => path.at(sample.time),
        Framing::Fit => None,
    };
    let value = |face: &FaceBox| {
        let score = f64::from(face.score);
        match shown {
            Some(crop) if !crop.holds(face.pixels) => 0.0,
            Some(crop) => score * (face.pixels.h / crop.h.max(1.0) / LARGE).min(1.0),
            None => score,
        }
    };
    sample.boxes.iter().map(value).fold(0.0, f64::max)
}

/// Returns the one of `shots`, which are sorted and disjoint, that is shown at `time`.
fn shot_at(shots: &[Shot], time: SourceTime) -> Option<SourceRange> {
    let ended = shots.partition_point(|shot| shot.range.end <= time);
    let range = shots.get(ended)?.range;
    range.contains(time).then_some(range)
}
