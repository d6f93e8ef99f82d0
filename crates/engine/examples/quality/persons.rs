//! Who is who in annotated films: faces of one person, sample after sample within a shot.

use footage::picture::{FaceBox, FaceSample, PixelBox, TrackId};
use footage::time::{SourceTime, Ticks};
use testkit::truth::Annotated;

/// A face that is annotated for a shorter time is a slip of the detector that annotated.
const SHORTEST_SECS: f64 = 1.0;
/// Longest time between two annotations of one person.
const GAP_SECS: f64 = 1.05;
/// Two boxes of one person, one sample apart, share at least this.
const SAME: f64 = 0.15;

/// A person in one shot.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) places: Vec<(f64, PixelBox)>,
}

/// Returns the persons of a film.
pub(crate) fn persons(film: &Annotated) -> Vec<Person> {
    let shot = |time: f64| film.cuts.iter().filter(|cut| **cut <= time + 1e-6).count();
    let mut open: Vec<Person> = Vec::new();
    let mut all: Vec<Person> = Vec::new();
    for (time, faces) in &film.samples {
        let (kept, over): (Vec<_>, Vec<_>) = open.into_iter().partition(|person| {
            let last = person.places.last().map_or(f64::MIN, |place| place.0);
            shot(last) == shot(*time) && time - last <= GAP_SECS.max(1.05 * film.step)
        });
        all.extend(over);
        open = kept;
        let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
        for (face, ([x, y, w, h], _)) in faces.iter().enumerate() {
            let pixels = PixelBox {
                x: *x,
                y: *y,
                w: *w,
                h: *h,
            };
            for (known, person) in open.iter().enumerate() {
                let last = person
                    .places
                    .last()
                    .map_or(PixelBox::default(), |place| place.1);
                let shared = last.iou(pixels);
                if shared >= SAME {
                    pairs.push((shared, face, known));
                }
            }
        }
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (mut used, mut taken) = (Vec::new(), Vec::new());
        for (_, face, known) in pairs {
            if used.contains(&face) || taken.contains(&known) {
                continue;
            }
            if let (Some(person), Some(([x, y, w, h], _))) = (open.get_mut(known), faces.get(face))
            {
                person.places.push((
                    *time,
                    PixelBox {
                        x: *x,
                        y: *y,
                        w: *w,
                        h: *h,
                    },
                ));
            }
            used.push(face);
            taken.push(known);
        }
        for (face, ([x, y, w, h], _)) in faces.iter().enumerate() {
            if !used.contains(&face) {
                let pixels = PixelBox {
                    x: *x,
                    y: *y,
                    w: *w,
                    h: *h,
                };
                open.push(Person {
                    places: vec![(*time, pixels)],
                });
            }
        }
    }
    all.extend(open);
    all.retain(|person| {
        let first = person.places.first().map_or(0.0, |place| place.0);
        let last = person.places.last().map_or(0.0, |place| place.0);
        last - first + film.step >= SHORTEST_SECS - 1e-6
            && person.places.len() as f64 * film.step >= 0.5 * SHORTEST_SECS
    });
    all
}

/// Longest time between two samples of a face that are bridged, and the time that it is taken to
/// stay where it was first and last seen: as the crop does.
const BRIDGE: Ticks = Ticks(Ticks::SECOND.0 * 3 / 2);
const HOLD: Ticks = Ticks(Ticks::SECOND.0 * 6 / 10);

/// Returns the tracks that the program has at a moment, each with its place.
pub(crate) fn tracks_at(samples: &[FaceSample], time: f64) -> Vec<(TrackId, PixelBox)> {
    let time = SourceTime::from_secs(time);
    let after = samples.partition_point(|sample| sample.time <= time);
    let before: Vec<&FaceSample> = samples
        .iter()
        .take(after)
        .rev()
        .take_while(|s| time - s.time <= BRIDGE)
        .collect();
    let later: Vec<&FaceSample> = samples
        .iter()
        .skip(after)
        .take_while(|s| s.time - time <= BRIDGE)
        .collect();
    let first = |side: &[&FaceSample], track: TrackId| -> Option<(SourceTime, PixelBox)> {
        side.iter().find_map(|sample| {
            let face = sample.boxes.iter().find(|face| face.track == track)?;
            Some((sample.time, face.pixels))
        })
    };
    let mut ids: Vec<TrackId> = before
        .iter()
        .chain(&later)
        .flat_map(|sample| sample.boxes.iter().map(|face: &FaceBox| face.track))
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter()
        .filter_map(|track| {
            let place = match (first(&before, track), first(&later, track)) {
                (Some((from, a)), Some((to, b))) if to - from <= BRIDGE => {
                    let share = (time - from).0 as f64 / (to - from).0.max(1) as f64;
                    Some(between(a, b, share))
                }
                (Some((from, pixels)), _) if time - from <= HOLD => Some(pixels),
                (_, Some((to, pixels))) if to - time <= HOLD => Some(pixels),
                _ => None,
            };
            Some((track, place?))
        })
        .collect()
}

fn between(a: PixelBox, b: PixelBox, share: f64) -> PixelBox {
    let mix = |a: f64, b: f64| a + (b - a) * share;
    PixelBox {
        x: mix(a.x, b.x),
        y: mix(a.y, b.y),
        w: mix(a.w, b.w),
        h: mix(a.h, b.h),
    }
}
