//! Fades: out to one colour, in from it, or both.
//!
//! A picture that fades keeps its drawing while its contrast falls to nothing (Lienhart, "Reliable
//! transition detection in videos", 1999, finds fades by the standard deviation of luma). So every
//! frame without contrast is looked around: a fade is where the contrast of one and the same drawing
//! came down over several frames, or goes up from there. A flash and a cut to black come down at once.

use std::collections::VecDeque;

use footage::picture::Transition;
use footage::time::{SourceTime, Ticks};

use super::Boundary;
use super::look::Look;

/// Longest fade out, and longest fade in.
const LONGEST: Ticks = Ticks(Ticks::SECOND.0 * 5 / 2);
/// Shortest of either.
const SHORTEST: Ticks = Ticks(Ticks::SECOND.0 * 12 / 100);
/// Longest stretch of one colour between a fade out and a fade in that belong together.
const HOLD: Ticks = Ticks(Ticks::SECOND.0);
/// Frames of a fade, with the one at its top.
const FEWEST: usize = 4;
/// Contrast that is none beside that of the pictures before and after: grain and captions stay.
const FAINT: f32 = 0.1;
/// Frames without a rise after which the top is reached.
const LEVEL: usize = 3;
/// Share by which the contrast of one frame is above that of the frame before while it rises.
const RISE: f32 = 1.01;
/// Smallest change from the top to one colour, as mean difference of luma plus chroma.
const LEAST_CHANGE: f32 = 8.0;
/// Pictures that correlate less than this are not the same drawing.
const DRAWING: f32 = 0.6;
/// Pictures that correlate more than this show the same scene, which only went dark for a moment.
const SAME: f32 = 0.55;

/// One side of a stretch without contrast: how a picture came to it or out of it.
#[derive(Debug, Clone)]
struct Ramp {
    top: Look,
}

/// Finds fades.
#[derive(Default)]
pub(crate) struct Fades {
    looks: VecDeque<Look>,
    /// Stretches without contrast that are to be judged once what follows is known.
    open: VecDeque<(SourceTime, SourceTime)>,
    flat_since: Option<SourceTime>,
    found: VecDeque<Boundary>,
}

impl Fades {
    /// Takes the next frame.
    pub(crate) fn push(&mut self, look: &Look) {
        if look.is_flat() {
            self.flat_since.get_or_insert(look.time);
        } else if let Some(since) = self.flat_since.take() {
            self.open.push_back((since, look.time));
        }
        let time = look.time;
        self.looks.push_back(look.clone());
        while let Some(&(since, until)) = self.open.front() {
            if time - until < LONGEST {
                break;
            }
            self.open.pop_front();
            self.judge(since, until);
        }
        let needed = self.open.front().map(|open| open.0).or(self.flat_since);
        // A long stretch of one colour has no fade out that belongs to what follows.
        let oldest = needed.unwrap_or(time).max(time - LONGEST - HOLD) - LONGEST;
        while self.looks.front().is_some_and(|look| look.time < oldest) {
            self.looks.pop_front();
        }
    }

    /// Takes the end of the source.
    pub(crate) fn finish(&mut self) {
        while let Some((since, until)) = self.open.pop_front() {
            self.judge(since, until);
        }
    }

    /// Returns the moment before which no boundary will be found any more; `None` where only the
    /// newest frame's time counts.
    pub(crate) fn undecided(&self) -> Option<SourceTime> {
        let newest = self.looks.back()?.time;
        let running = self.flat_since.map(|since| (since, newest));
        let (since, until) = self.open.front().copied().or(running)?;
        Some(if until - since <= HOLD {
            since - LONGEST
        } else {
            until
        })
    }

    /// Returns the next boundary found.
    pub(crate) fn next_found(&mut self) -> Option<Boundary> {
        self.found.pop_front()
    }

    /// Judges the stretch of one colour from `since` up to `until`.
    fn judge(&mut self, since: SourceTime, until: SourceTime) {
        let first = self.looks.partition_point(|look| look.time < since);
        let after = self.looks.partition_point(|look| look.time < until);
        let before: Vec<&Look> = self.looks.iter().take(first).rev().collect();
        let later: Vec<&Look> = self.looks.iter().skip(after).collect();
        let out = self.looks.get(first).and_then(|flat| ramp(flat, &before));
        let last = after.checked_sub(1).and_then(|index| self.looks.get(index));
        let Some(back) = last.and_then(|flat| ramp(flat, &later)) else {
            return;
        };
        let out = out.filter(|_| until - since <= HOLD);
        let starts = out.as_ref().map_or(until, |out| out.top.time);
        if out.is_some_and(|out| out.top.likeness(&back.top) > SAME) {
            return;
        }
        self.found.push_back(Boundary {
            time: SourceTime(i64::midpoint(starts.0, back.top.time.0)),
            transition: Transition::Fade,
        });
    }
}

/// Returns how the picture rises from one colour, over frames that go away from it in time.
fn ramp(flat: &Look, frames: &[&Look]) -> Option<Ramp> {
    let mut top = *frames.first()?;
    let (mut count, mut level) = (1, 0);
    for frame in frames {
        if (frame.time - flat.time).abs() > LONGEST || level >= LEVEL {
            break;
        }
        if frame.contrast > top.contrast * RISE {
            top = frame;
            count += 1 + level;
            level = 0;
        } else {
            level += 1;
        }
    }
    let lasts = (top.time - flat.time).abs();
    if count < FEWEST
        || lasts < SHORTEST
        || flat.contrast > FAINT.max(5.0 / top.contrast) * top.contrast
    {
        return None;
    }
    if top.distance(flat) < LEAST_CHANGE {
        return None;
    }
    // Half way up it is the same drawing, in less light.
    let half = frames
        .iter()
        .take_while(|frame| frame.time != top.time)
        .min_by(|a, b| {
            let off = |look: &Look| (look.contrast - top.contrast / 2.0).abs();
            off(a).total_cmp(&off(b))
        })?;
    (half.likeness(top) >= DRAWING).then(|| Ramp { top: top.clone() })
}
