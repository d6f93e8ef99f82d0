//! Who is to be seen when.

use std::collections::BTreeMap;

use footage::picture::{FaceSample, PixelBox, TrackId};
use footage::time::{SourceRange, SourceTime, Ticks};

use super::STEP;
use super::path::{Bounds, Need, Pace};

/// Between two samples of one face it is taken to move evenly, up to this long.
const LONGEST_BRIDGE: Ticks = Ticks(Ticks::SECOND.0 * 3 / 2);
/// A face is taken to stay where it was first and last seen for this long.
const HOLD: Ticks = Ticks(Ticks::SECOND.0 * 6 / 10);
/// A face that takes over for a shorter time than this is worth no move of the crop.
const SHORTEST_STAY: Ticks = Ticks(2 * Ticks::SECOND.0);
/// Weight of such a face.
const BRIEF_WEIGHT: f64 = 0.05;
/// Weight of such a face when nobody is seen before and after, so that the crop has time.
const ALONE_WEIGHT: f64 = 0.4;
/// A face moves when its box moves by more than this share of its width in a second.
const STATIC_SHARE: f64 = 0.02;
/// Smallest width of a second face beside the first, as a share of the first's.
const PARTNER_SIZE: f64 = 0.45;
/// Smallest share of the first face's time in which a second one is seen.
const PARTNER_PRESENCE: f64 = 0.4;
/// Largest width of several faces together, as a share of the crop's.
const GROUP_WIDTH: f64 = 0.9;
/// Share of a face's box that may be cut off each side while the face counts as inside.
const SHRUNK: f64 = 0.05;

/// The faces of a shot, the most important first.
pub(super) struct Cast {
    faces: Vec<Face>,
    /// Those that are shown together.
    group: Vec<TrackId>,
}

struct Face {
    track: TrackId,
    places: Vec<(SourceTime, PixelBox)>,
    weight: f64,
}

impl Face {
    fn at(&self, time: SourceTime) -> Option<PixelBox> {
        let after = self.places.partition_point(|(at, _)| *at <= time);
        let before = after
            .checked_sub(1)
            .and_then(|index| self.places.get(index));
        match (before, self.places.get(after)) {
            (Some(&(from, a)), Some(&(to, b))) if to - from <= LONGEST_BRIDGE => {
                let share = (time - from).0 as f64 / (to - from).0.max(1) as f64;
                let blend = |a: f64, b: f64| a + (b - a) * share;
                Some(PixelBox {
                    x: blend(a.x, b.x),
                    y: blend(a.y, b.y),
                    w: blend(a.w, b.w),
                    h: blend(a.h, b.h),
                })
            }
            (Some(&(from, pixels)), _) if time - from <= HOLD => Some(pixels),
            (_, Some(&(to, pixels))) if to - time <= HOLD => Some(pixels),
            _ => None,
        }
    }

    fn mean_width(&self) -> f64 {
        let sum: f64 = self.places.iter().map(|(_, pixels)| pixels.w).sum();
        sum / self.places.len().max(1) as f64
    }
}

/// Returns the faces that `samples` of one shot show within `spans`, ranked.
pub(super) fn cast(
    samples: &[FaceSample],
    spans: &[SourceRange],
    picture: (f64, f64),
    bounds: Bounds,
) -> Cast {
    let near = |time: SourceTime| {
        let inside = |span: &SourceRange| span.start - HOLD <= time && time <= span.end + HOLD;
        spans.iter().any(inside)
    };
    let seen: Vec<&FaceSample> = samples.iter().filter(|sample| near(sample.time)).collect();
    let mut faces: BTreeMap<TrackId, Face> = BTreeMap::new();
    for sample in &seen {
        for found in &sample.boxes {
            let face = faces.entry(found.track).or_insert_with(|| Face {
                track: found.track,
                places: Vec::new(),
                weight: 0.0,
            });
            face.places.push((sample.time, found.pixels));
            let off_centre = (found.pixels.center_x() / picture.0 - 0.5).abs() * 2.0;
            let certainty = f64::from(found.score).clamp(0.1, 1.0);
            // Squared, because doubtful detections are mostly wrong.
            face.weight += found.pixels.w * certainty * certainty * (1.0 - 0.3 * off_centre);
        }
    }
    let mut faces: Vec<Face> = faces.into_values().collect();
    if seen.len() > 4 {
        faces.retain(|face| face.places.len() > 1);
    }
    faces.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.track.cmp(&b.track)));
    let group = group(&faces, bounds);
    Cast { faces, group }
}

/// Returns the faces that fit in one crop with the first one most of the time.
fn group(faces: &[Face], bounds: Bounds) -> Vec<TrackId> {
    let Some((first, others)) = faces.split_first() else {
        return Vec::new();
    };
    let mut members = vec![first];
    for other in others {
        if other.mean_width() < PARTNER_SIZE * first.mean_width() {
            continue;
        }
        let mut together = 0_usize;
        let mut fitting = 0_usize;
        for (time, _) in &first.places {
            let Some(pixels) = other.at(*time) else {
                continue;
            };
            together += 1;
            let boxes = members.iter().filter_map(|member| member.at(*time));
            let union = boxes.fold(pixels, union);
            fitting += usize::from(union.w <= GROUP_WIDTH * bounds.crop);
        }
        let lasting = together as f64 >= PARTNER_PRESENCE * first.places.len() as f64;
        if lasting && together > 0 && fitting as f64 >= 0.9 * together as f64 {
            members.push(other);
        }
    }
    members.into_iter().map(|member| member.track).collect()
}

fn union(a: PixelBox, b: PixelBox) -> PixelBox {
    let (x, y) = (a.x.min(b.x), a.y.min(b.y));
    PixelBox {
        x,
        y,
        w: (a.x + a.w).max(b.x + b.w) - x,
        h: (a.y + a.h).max(b.y + b.h) - y,
    }
}

/// What is to be seen at one moment.
#[derive(Clone, Copy)]
struct View {
    lead: TrackId,
    pixels: PixelBox,
    /// The left and right of the part that must be inside.
    kept: (f64, f64),
}

impl Cast {
    /// Returns what the crop has to show at each step of `span`, both ends included; `None` where
    /// nobody is seen.
    pub(super) fn needs(&self, span: SourceRange, bounds: Bounds) -> Vec<Option<Need>> {
        let steps = (span.duration().0.max(1) as u64).div_ceil(STEP.0 as u64) as i64;
        let times = (0..=steps).map(|step| (span.start + STEP * step).min(span.end));
        let views: Vec<Option<View>> = times.map(|time| self.view(time, bounds)).collect();
        let weights = self.weights(&views);
        let paces = paces(&views);
        views
            .iter()
            .zip(weights)
            .zip(paces)
            .map(|((view, weight), pace)| {
                view.map(|view| Need::new(view.kept, view.pixels.center_x(), weight, pace, bounds))
            })
            .collect()
    }

    fn view(&self, time: SourceTime, bounds: Bounds) -> Option<View> {
        let mut present = self
            .faces
            .iter()
            .filter_map(|face| Some((face.track, face.at(time)?)));
        let (lead, pixels) = present.next()?;
        let kept = |pixels: PixelBox| {
            let shrunk = pixels.shrunk(SHRUNK);
            (shrunk.x, shrunk.x + shrunk.w)
        };
        let mut view = View {
            lead,
            pixels,
            kept: kept(pixels),
        };
        if self.group.contains(&lead) {
            for (track, other) in present.filter(|(track, _)| self.group.contains(track)) {
                let both = union(view.pixels, other);
                if track != lead && both.w <= GROUP_WIDTH * bounds.crop {
                    view.pixels = both;
                    // Each face gives of its own width; a share of both would be most of a face.
                    let own = kept(other);
                    view.kept = (view.kept.0.min(own.0), view.kept.1.max(own.1));
                }
            }
        }
        Some(view)
    }

    /// Returns how much each step counts: faces that take over only briefly count little.
    fn weights(&self, views: &[Option<View>]) -> Vec<f64> {
        let main = self.faces.first().map(|face| face.track);
        let mut weights = Vec::with_capacity(views.len());
        let runs: Vec<&[Option<View>]> = views
            .chunk_by(|a, b| a.map(|view| view.lead) == b.map(|view| view.lead))
            .collect();
        let lead_of = |index: Option<usize>| {
            let run = runs.get(index?)?;
            run.first().copied().flatten().map(|view| view.lead)
        };
        for (index, run) in runs.iter().enumerate() {
            let lead = lead_of(Some(index));
            let alone =
                lead_of(index.checked_sub(1)).is_none() && lead_of(Some(index + 1)).is_none();
            let weight = if lead == main || STEP * run.len() as i64 >= SHORTEST_STAY {
                1.0
            } else if alone {
                ALONE_WEIGHT
            } else {
                BRIEF_WEIGHT
            };
            weights.extend(std::iter::repeat_n(weight, run.len()));
        }
        weights
    }
}

/// Returns the subject's pace at each step: static where there is some second around it in which
/// its box moves less than [`STATIC_SHARE`] of its width.
fn paces(views: &[Option<View>]) -> Vec<Pace> {
    let second = (Ticks::SECOND.0 / STEP.0) as usize;
    let mut paces = vec![Pace::Moving; views.len()];
    let window = (second + 1).min(views.len().max(1));
    for (start, seen) in views.windows(window).enumerate() {
        let mut places = seen.iter().flatten();
        let Some(first) = places.next() else {
            continue;
        };
        let (mut low, mut high) = (first.pixels.center_x(), first.pixels.center_x());
        for view in places {
            low = low.min(view.pixels.center_x());
            high = high.max(view.pixels.center_x());
        }
        if high - low < STATIC_SHARE * first.pixels.w {
            for pace in paces.iter_mut().skip(start).take(window) {
                *pace = Pace::Static;
            }
        }
    }
    paces
}
