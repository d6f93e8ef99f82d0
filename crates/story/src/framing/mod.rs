//! Crop paths: which part of a wide picture a vertical frame shows, moving like a calm camera.
//!
//! Each shot gets a subject: the face that is seen longest, largest and most centrally, together
//! with the others that fit beside it. The crop is as high as the picture. It stands still when one
//! position serves the whole shot; else it moves seldom and softly, within [`MAX_SPEED`] and
//! [`MAX_ACCELERATION`], and jumps only where a shot starts, or where a segment starts after a part
//! that is left out.
//!
//! Map: [`frame`] the entry · `subject` who is to be seen when · `path` where the crop goes ·
//! `keys` how that is written down · [`cover_moment`] which moment shows a face best ·
//! [`faces_shown`] where faces are in the finished frame.

use footage::Analysis;
use footage::picture::{FaceSample, PixelBox};
use footage::time::{SourceRange, SourceTime, Ticks};
use timeline::crop::CropPath;
use timeline::project::{Format, Framing};

pub use self::cover::cover_moment;
use self::keys::KeyWriter;
use self::path::{Bounds, Plan};
pub use self::shown::{faces_shown, hidden_share, mouth};

mod cover;
mod keys;
mod path;
mod shown;
mod subject;

/// Highest speed of the crop in its own widths per second; the limit of a smooth crop is 0.6.
pub const MAX_SPEED: f64 = 0.55;
/// Highest acceleration in widths per second²; the limit of a smooth crop is 1.2, and a path that
/// is sampled at another rate than its keys can show up to a tenth more than it has.
pub const MAX_ACCELERATION: f64 = 1.0;

/// Largest relative difference between two aspect ratios that count as the same shape.
const SAME_SHAPE: f64 = 0.01;
/// Left-out parts shorter than this are planned through, so that the crop does not differ on both
/// sides of a removed pause.
const JOINED_GAP: Ticks = Ticks(2 * Ticks::SECOND.0);
/// Steps of planning: a tenth of a second.
const STEP: Ticks = Ticks(Ticks::SECOND.0 / 10);

/// Returns how `segments` of a source fill a frame of `format`.
///
/// `picture` is the width and height of the source's picture as shown. The path is in source time
/// and serves all the segments, which may come in any order. A picture of the frame's shape is
/// shown whole; one that is narrower, or that is upright itself, is [`Framing::Fit`].
pub fn frame(
    analysis: &Analysis,
    picture: (u32, u32),
    segments: &[SourceRange],
    format: &Format,
) -> Framing {
    let (width, height) = (f64::from(picture.0), f64::from(picture.1));
    if width <= 0.0 || height <= 0.0 || format.height == 0 || format.width == 0 {
        return Framing::Fit;
    }
    let aspect = f64::from(format.width) / f64::from(format.height);
    let relative = width / height / aspect;
    let largest = largest_crop(width, height, aspect);
    if (relative - 1.0).abs() <= SAME_SHAPE {
        return Framing::Crop(CropPath::still(largest));
    }
    // Who films upright has framed for an upright frame already.
    if relative < 1.0 || width < height {
        return Framing::Fit;
    }

    let bounds = Bounds {
        crop: largest.w,
        range: width - largest.w,
    };
    let mut writer = KeyWriter::new(largest);
    for (shot, spans) in spans(analysis, segments) {
        let samples = samples_in(&analysis.faces, shot);
        let cast = subject::cast(samples, &spans, (width, height), bounds);
        for span in spans {
            let needs = cast.needs(span, bounds);
            let plan = Plan::new(&needs, bounds, writer.position());
            writer.write(span, &plan);
        }
    }
    let path = writer.finish();
    Framing::Crop(if path.keys.is_empty() {
        CropPath::still(largest)
    } else {
        path
    })
}

/// Returns the largest centred box of an aspect ratio in a picture.
fn largest_crop(width: f64, height: f64, aspect: f64) -> PixelBox {
    let (w, h) = if width / height >= aspect {
        (height * aspect, height)
    } else {
        (width, width / aspect)
    };
    PixelBox {
        x: (width - w) / 2.0,
        y: (height - h) / 2.0,
        w,
        h,
    }
}

/// Returns the shots that segments touch, each with the stretches of it that need a path.
fn spans(analysis: &Analysis, segments: &[SourceRange]) -> Vec<(SourceRange, Vec<SourceRange>)> {
    let mut needed: Vec<SourceRange> = segments
        .iter()
        .copied()
        .filter(|segment| !segment.is_empty())
        .collect();
    needed.sort_by_key(|segment| (segment.start, segment.end));

    let mut shots: Vec<SourceRange> = analysis.shots.iter().map(|shot| shot.range).collect();
    shots.retain(|shot| !shot.is_empty());
    shots.sort_by_key(|shot| shot.start);
    // What no shot covers is a shot of its own, so that every segment has a path.
    let ends = (
        needed.first().map_or(SourceTime::ZERO, |first| first.start),
        needed.iter().map(|segment| segment.end).max(),
    );
    let Some(last_end) = ends.1 else {
        return Vec::new();
    };
    let mut tiles = Vec::with_capacity(shots.len() + 2);
    let mut covered = ends.0;
    for shot in shots {
        if shot.start > covered {
            tiles.push(SourceRange::new(covered, shot.start));
        }
        let rest = SourceRange::new(shot.start.max(covered.min(shot.end)), shot.end);
        if !rest.is_empty() {
            tiles.push(if shot.start >= covered { shot } else { rest });
        }
        covered = covered.max(shot.end);
    }
    if covered < last_end {
        tiles.push(SourceRange::new(covered, last_end));
    }

    tiles
        .into_iter()
        .filter_map(|tile| {
            let parts = needed.iter().filter_map(|s| s.intersection(tile));
            let joined = joined(parts);
            (!joined.is_empty()).then_some((tile, joined))
        })
        .collect()
}

/// Returns sorted ranges with those joined that nearly touch.
fn joined(parts: impl Iterator<Item = SourceRange>) -> Vec<SourceRange> {
    let mut result: Vec<SourceRange> = Vec::new();
    for part in parts {
        match result.last_mut() {
            Some(last) if part.start - last.end <= JOINED_GAP => {
                last.end = last.end.max(part.end);
            }
            _ => result.push(part),
        }
    }
    result
}

/// Returns the samples within a range, of samples in order of time.
pub(crate) fn samples_in(samples: &[FaceSample], range: SourceRange) -> &[FaceSample] {
    let first = samples.partition_point(|sample| sample.time < range.start);
    let last = samples.partition_point(|sample| sample.time < range.end);
    samples.get(first..last.max(first)).unwrap_or_default()
}
