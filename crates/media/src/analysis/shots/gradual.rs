//! Dissolves.
//!
//! During a dissolve every frame is a linear mix of the frame before it began and the frame after
//! it ended (Zhang et al., "Automatic partitioning of full-motion video", 1993, call for a second
//! threshold on the accumulated change; the linear test is what tells a mix from motion). Looks are
//! taken about 12 times a second and windows of several lengths are tried around each of them. Where
//! one end is a flat colour it is a fade: see `fades`.

use std::collections::VecDeque;

use footage::picture::Transition;
use footage::time::{SourceTime, Ticks};

use super::Boundary;
use super::look::Look;

/// Time between the looks that are kept.
const STEP_SECS: f64 = 0.08;
/// Half lengths of the windows tried, in steps: changes of 0.3 s to 2.1 s.
const HALVES: [usize; 7] = [2, 3, 4, 6, 8, 10, 13];
/// The longest half length.
const LONGEST: usize = 13;
/// Steps in which only the clearest of several responses counts.
const RIVALS: usize = 12;
/// Steps kept: the longest window, as much before and after it, and the rivals.
const KEPT: usize = 4 * LONGEST + 1;
/// A gradual change is reported at most this long after its middle where looks come every
/// [`STEP_SECS`].
pub(crate) const LATEST_SECS: f64 = 6.0;

/// Smallest change over the whole window, as mean difference of luma plus chroma.
const LEAST_CHANGE: f32 = 14.0;
/// Largest part of the change that a linear mix leaves unexplained.
const LINEAR: f32 = 0.2;
/// Largest change before and after, as part of the change inside.
const CALM: f32 = 0.4;
/// Pictures that correlate more than this show the same scene in another light.
const SAME: f32 = 0.55;

#[derive(Debug, Clone, Copy)]
struct Response {
    middle: SourceTime,
    strength: f32,
}

/// Finds dissolves and fades.
#[derive(Default)]
pub(crate) struct Gradual {
    looks: VecDeque<Look>,
    next: Option<SourceTime>,
    /// One per step; `None` where nothing responds.
    responses: VecDeque<Option<Response>>,
    /// Recent hard cuts: no gradual change spans one.
    cuts: VecDeque<SourceTime>,
    found: VecDeque<Boundary>,
}

impl Gradual {
    /// Takes the next frame.
    pub(crate) fn push(&mut self, look: &Look) {
        if self.next.is_some_and(|next| look.time < next) {
            return;
        }
        let step = Ticks::from_secs(STEP_SECS);
        // Half a step early is better than one frame late, again and again.
        self.next = Some(look.time + Ticks(step.0 * 9 / 10));
        self.looks.push_back(look.clone());
        if self.looks.len() > KEPT {
            self.looks.pop_front();
        }
        if self.looks.len() > 2 * LONGEST {
            let response = self.respond(self.looks.len() - 1 - 2 * LONGEST);
            self.take(response);
        }
    }

    /// Takes a hard cut.
    pub(crate) fn cut(&mut self, time: SourceTime) {
        self.cuts.push_back(time);
        if self.cuts.len() > 64 {
            self.cuts.pop_front();
        }
    }

    /// Takes the end of the source.
    pub(crate) fn finish(&mut self) {
        let count = self.looks.len();
        for center in count.saturating_sub(2 * LONGEST)..count {
            let response = self.respond(center);
            self.take(response);
        }
        for _ in 0..=RIVALS {
            self.take(None);
        }
    }

    /// Returns the moment before which no boundary will be found any more: a change is decided
    /// `2 * LONGEST + RIVALS` steps after its middle, which is within the looks kept.
    pub(crate) fn undecided(&self) -> Option<SourceTime> {
        Some(self.looks.front()?.time)
    }

    /// Returns the next boundary found.
    pub(crate) fn next_found(&mut self) -> Option<Boundary> {
        self.found.pop_front()
    }

    /// Returns the clearest mix whose middle is the look at `center`.
    fn respond(&self, center: usize) -> Option<Response> {
        let mut best: Option<Response> = None;
        for half in HALVES {
            let Some(response) = self.window(center, half) else {
                continue;
            };
            if best.is_none_or(|best| response.strength > best.strength) {
                best = Some(response);
            }
        }
        best
    }

    fn window(&self, center: usize, half: usize) -> Option<Response> {
        let a = self.looks.get(center.checked_sub(half)?)?;
        let b = self.looks.get(center + half)?;
        let middle = self.looks.get(center)?;
        let change = a.distance(b);
        if change < LEAST_CHANGE {
            return None;
        }
        let mut off = middle.off_mix(a, b, 0.5);
        // Points between the ends and the middle: a hard cut in the middle is not a mix.
        for quarter in [half / 2, half - half / 2] {
            let share = (half - quarter) as f32 / (2 * half) as f32;
            let early = self.looks.get(center - quarter)?;
            let late = self.looks.get(center + quarter)?;
            off = off
                .max(early.off_mix(a, b, share))
                .max(late.off_mix(a, b, 1.0 - share));
        }
        let off = off / change;
        if off > LINEAR {
            return None;
        }
        let reach = half.max(3);
        let before = self
            .looks
            .get((center - half).saturating_sub(reach))
            .map_or(0.0, |look| look.distance(a));
        let last = self.looks.len() - 1;
        let after = self
            .looks
            .get((center + half + reach).min(last))
            .map_or(0.0, |look| look.distance(b));
        if before.max(after) > CALM * change {
            return None;
        }
        if a.is_flat() || b.is_flat() {
            return None;
        }
        if a.likeness(b) > SAME || a.difference(b) < LEAST_CHANGE * 0.7 {
            return None;
        }
        if self.cuts.iter().any(|&cut| a.time < cut && cut <= b.time) {
            return None;
        }
        Some(Response {
            middle: middle.time,
            strength: change * (1.0 - 2.0 * off) * (1.0 - before.max(after) / change),
        })
    }

    /// Keeps the clearest of the responses around each step.
    fn take(&mut self, response: Option<Response>) {
        self.responses.push_back(response);
        if self.responses.len() > 2 * RIVALS + 1 {
            self.responses.pop_front();
        }
        let Some(index) = self.responses.len().checked_sub(1 + RIVALS) else {
            return;
        };
        let Some(Some(own)) = self.responses.get(index).copied() else {
            return;
        };
        let beaten = self.responses.iter().enumerate().any(|(other, response)| {
            response.is_some_and(|response| {
                response.strength > own.strength
                    || (response.strength >= own.strength && other < index)
            })
        });
        if !beaten {
            self.found.push_back(Boundary {
                time: own.middle,
                transition: Transition::Dissolve,
            });
        }
    }
}
