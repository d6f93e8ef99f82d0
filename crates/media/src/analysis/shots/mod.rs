//! Finding where shots begin, while frames come in.
//!
//! Hard cuts: the difference to the frame before that block motion does not explain stands out
//! from its neighbours, and the picture before does not come back within a few frames (a flash).
//! Gradual changes: see [`gradual`] and [`fades`]. Decisions need frames that come later, so a boundary is known
//! only after a while: everything before [`Shots::settled`] is final.

mod fades;
mod gradual;
pub(crate) mod look;

use std::collections::VecDeque;

use footage::picture::{Shot, Transition};
use footage::time::{SourceRange, SourceTime, Ticks};

use fades::Fades;
use gradual::Gradual;
use look::Look;

/// Frames on each side that a cut is compared with.
const AROUND: usize = 8;
/// Frames after which a picture that comes back was only interrupted by a flash.
const FLASH: usize = 5;
/// Share of the picture that a new shot changes at least: captions and pictures in the picture that
/// pop up leave the rest as it is.
const LEAST_CHANGED: f32 = 0.35;
/// Boundaries are at least this far apart.
const LEAST_SHOT: f64 = 0.15;

/// A place where a shot begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Boundary {
    pub(crate) time: SourceTime,
    pub(crate) transition: Transition,
}

/// Finds boundaries.
#[derive(Default)]
pub(crate) struct Shots {
    /// Recent looks, each with its difference to the one before.
    recent: VecDeque<(Look, f32)>,
    gradual: Gradual,
    fades: Fades,
    found: Vec<Boundary>,
    seen: Option<SourceTime>,
}

impl Shots {
    /// Takes the next frame.
    pub(crate) fn push(&mut self, look: Look) {
        self.seen = Some(look.time);
        let difference = self
            .recent
            .back()
            .map_or(0.0, |(before, _)| look.difference(before));
        self.gradual.push(&look);
        self.fades.push(&look);
        self.recent.push_back((look, difference));
        if self.recent.len() > 2 * AROUND + 1 {
            self.recent.pop_front();
        }
        if self.recent.len() > AROUND {
            // The newest frame with enough frames after it; early frames have fewer before.
            self.judge(self.recent.len() - 1 - AROUND);
        }
        self.collect();
    }

    /// Takes the end of the source.
    pub(crate) fn finish(&mut self) {
        let newest = self.recent.len();
        for index in newest.saturating_sub(AROUND).max(1)..newest {
            self.judge(index);
        }
        self.gradual.finish();
        self.fades.finish();
        self.collect();
        self.seen = None;
    }

    /// Returns the moment before which boundaries are final; `None` after the end: all are.
    pub(crate) fn settled(&self) -> Option<SourceTime> {
        self.seen.map(|seen| {
            let sure = seen - Ticks::from_secs(gradual::LATEST_SECS);
            // Where frames are rare, the looks that a decision needs span more time than that.
            let sure = sure.min(self.gradual.undecided().unwrap_or(sure));
            let sure = sure.min(self.fades.undecided().unwrap_or(sure));
            sure.max(SourceTime(i64::MIN / 2))
        })
    }

    /// Returns the boundaries found so far, sorted.
    pub(crate) fn boundaries(&self) -> &[Boundary] {
        &self.found
    }

    /// Returns the shots that tile `0..duration`.
    pub(crate) fn shots(&self, duration: Ticks) -> Vec<Shot> {
        let end = SourceTime::ZERO + duration;
        let mut shots = Vec::with_capacity(self.found.len() + 1);
        let mut start = SourceTime::ZERO;
        let mut transition_in = Transition::None;
        for boundary in &self.found {
            if boundary.time <= start || boundary.time >= end {
                continue;
            }
            shots.push(Shot {
                range: SourceRange::new(start, boundary.time),
                transition_in,
            });
            start = boundary.time;
            transition_in = boundary.transition;
        }
        if start < end {
            shots.push(Shot {
                range: SourceRange::new(start, end),
                transition_in,
            });
        }
        shots
    }

    fn judge(&mut self, index: usize) {
        if let Some(time) = self.cut_at(index) {
            self.gradual.cut(time);
            self.add(Boundary {
                time,
                transition: Transition::Cut,
            });
        }
    }

    /// Returns the time of the frame at `index` when a shot begins there by a hard cut.
    fn cut_at(&self, index: usize) -> Option<SourceTime> {
        let (look, score) = self.recent.get(index)?;
        let (before, _) = self.recent.get(index.checked_sub(1)?)?;
        let score = *score;
        // Dark or pale pictures differ little in numbers even when nothing in them is the same.
        let contrast = look.contrast.max(before.contrast);
        if score < 4.0 + 0.2 * contrast.min(50.0) {
            return None;
        }
        let mut around: Vec<f32> = (index.saturating_sub(AROUND)..=index + AROUND)
            .filter(|&other| other != index && other > 0)
            .filter_map(|other| self.recent.get(other).map(|(_, score)| *score))
            .collect();
        around.sort_by(f32::total_cmp);
        let usual = around.get(around.len() / 2).copied().unwrap_or(0.0);
        let high = around
            .get((around.len() * 7 / 8).min(around.len().saturating_sub(1)))
            .copied()
            .unwrap_or(0.0);
        let likeness = look.likeness(before);
        // A whip pan or a fast fall also stands out, but something of the picture stays.
        let above = if likeness < 0.3 { 1.8 } else { 3.0 };
        // Two who sit alike before the same wall are alike, but nothing else in the take moves so.
        let alike = if score > 8.0 * high + 3.0 { 0.9 } else { 0.75 };
        if score < 2.5 * usual + 4.0 || score < above * high + 3.0 || likeness > alike {
            return None;
        }
        if look.changed(before) < LEAST_CHANGED {
            return None;
        }
        // A flash: some frame just before looks like some frame just after.
        for back in 1..=FLASH {
            let Some(earlier) = index.checked_sub(back).and_then(|i| self.recent.get(i)) else {
                break;
            };
            for ahead in 0..FLASH {
                if back + ahead < 2 {
                    continue;
                }
                let Some(later) = self.recent.get(index + ahead) else {
                    break;
                };
                let returned = later.0.difference(&earlier.0);
                if returned < 0.4 * score && later.0.likeness(&earlier.0) > 0.8 {
                    return None;
                }
            }
        }
        Some(look.time)
    }

    fn collect(&mut self) {
        while let Some(boundary) = self.gradual.next_found() {
            self.add(boundary);
        }
        while let Some(boundary) = self.fades.next_found() {
            self.add(boundary);
        }
    }

    fn add(&mut self, boundary: Boundary) {
        let near = self
            .found
            .iter()
            .position(|known| (known.time - boundary.time).abs().secs() < LEAST_SHOT);
        if let Some(near) = near {
            // A hard cut is exact, a gradual change is not.
            if boundary.transition == Transition::Cut
                && let Some(known) = self.found.get_mut(near)
                && known.transition != Transition::Cut
            {
                *known = boundary;
            }
        } else {
            let place = self
                .found
                .partition_point(|known| known.time < boundary.time);
            self.found.insert(place, boundary);
        }
    }
}

#[cfg(test)]
mod tests;
