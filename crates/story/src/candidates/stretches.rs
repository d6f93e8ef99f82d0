//! Stretches that could become candidates where runs of sentences are too few, or there are none.

use std::ops::Range;

use footage::time::{SourceRange, SourceTime, Ticks};

use super::edges::{Edge, Partings, edges};
use super::select::SHARED;
use super::windows::{Moments, Window, keep_best};
use super::{AT_LEAST, Bounds};

impl Moments<'_> {
    /// Returns stretches between pauses and, where the source may be parted anywhere, between cuts,
    /// words and quiet moments.
    pub(super) fn between_edges(&self, partings: Partings) -> Vec<Window> {
        let (starts, ends) = edges(self.measures, self.bounds, partings);
        let mut all = Vec::new();
        for start in &starts {
            let (least, most) = (start.time + self.bounds.min, start.time + self.bounds.max);
            let first = ends.partition_point(|end| end.time < least);
            let after = ends.partition_point(|end| end.time <= most);
            let mut here: Vec<Window> = Vec::new();
            for end in ends.get(first..after).unwrap_or_default() {
                here.push(self.stretch(*start, *end));
            }
            if here.is_empty() && partings == Partings::Anywhere {
                here.extend(self.longest_from(*start));
            }
            keep_best(here, &mut all);
        }
        all
    }

    /// Returns the longest stretch from `start` or from a moment near it: where the end would be
    /// inside a word, both move to one side of it.
    fn longest_from(&self, start: Edge) -> Option<Window> {
        let Bounds { min, max } = self.bounds;
        let words = &self.measures.words;
        let end = (start.time + max).min(self.measures.duration);
        let places = match words.around(end) {
            None => vec![(start.time, end)],
            Some(word) => vec![
                (start.time.min(word.start - min), word.start),
                (start.time.max(word.end - max), word.end),
            ],
        };
        let fits = |(from, to): &(SourceTime, SourceTime)| {
            *from >= SourceTime::ZERO && *to - *from >= min && words.around(*from).is_none()
        };
        let moved = |(from, _): &(SourceTime, SourceTime)| (*from - start.time).0.abs();
        let (from, to) = places.into_iter().filter(fits).min_by_key(moved)?;
        let clean = if from == start.time { start.clean } else { 0.0 };
        let start = Edge { time: from, clean };
        let end = Edge {
            time: to,
            clean: 0.0,
        };
        Some(self.stretch(start, end))
    }

    /// Returns a stretch for each start, of a length within the bounds and with both ends between
    /// two words, wherever there is one at all.
    pub(super) fn between_words(&self) -> Vec<Window> {
        let Bounds { min, max } = self.bounds;
        let places = self.measures.words.borders(self.measures.duration);
        let stretch = |from: &SourceRange| {
            let next = places.partition_point(|to| to.end < from.start + min);
            let to = places.get(next).filter(|to| to.start <= from.end + max)?;
            let start = from.end.min(to.end - min);
            let end = to.end.min(start + max);
            let edge = |time| Edge { time, clean: 0.0 };
            Some(self.stretch(edge(start), edge(end)))
        };
        places.iter().filter_map(stretch).collect()
    }

    /// Returns the run of whole sentences whose length is nearest to the bounds; without sentences
    /// the stretch between two words.
    pub(super) fn nearest(&self) -> Window {
        let Bounds { min, max } = self.bounds;
        let borders = || {
            let borders = self.measures.words.borders(self.measures.duration);
            let times: Vec<SourceTime> = borders.iter().flat_map(|at| [at.start, at.end]).collect();
            (times.clone(), times)
        };
        let (starts, ends) = if self.units.is_empty() {
            borders()
        } else {
            self.units.iter().map(|unit| (unit.start, unit.end)).unzip()
        };
        let mut best: Option<(Ticks, SourceRange)> = None;
        for start in starts {
            let after = ends.partition_point(|end| *end < start + min);
            let last = after.checked_sub(1).and_then(|last| ends.get(last));
            for end in last.into_iter().chain(ends.get(after)) {
                if *end <= start {
                    continue;
                }
                let range = SourceRange::new(start, *end);
                let played = range.duration() - self.measures.pauses.removable(range);
                let off = (min - range.duration()).max(played - max);
                if best.is_none_or(|(least, _)| off < least) {
                    best = Some((off, range));
                }
            }
        }
        match best {
            Some((_, range)) => {
                let units = self.units_in(range);
                let clean = units.is_empty().then_some(0.0);
                self.window(range, units, clean)
            }
            None => self.whole(),
        }
    }

    /// Returns windows of one length, evenly placed: where nothing tells one from another. They
    /// share up to a fifth of their length where fewer than the least number fit side by side.
    pub(super) fn even(&self, count: usize) -> Vec<Window> {
        let duration = self.measures.duration.since_start();
        let middle = Ticks(i64::midpoint(self.bounds.min.0, self.bounds.max.0));
        let length = Ticks(duration.0 / (count.max(1) as i64))
            .clamp(self.bounds.min, middle)
            .min(duration);
        let apart = (duration.0 / length.0.max(1)).min(count as i64);
        let least = count.min(AT_LEAST) as i64;
        let starts: Vec<Ticks> = if apart >= least {
            (0..apart)
                .map(|index| duration.scaled(index, apart))
                .collect()
        } else {
            let room = duration - length;
            let step = length.0 - length.0 / SHARED;
            let steps = (room.0 / step.max(1)).min(least - 1);
            (0..=steps)
                .map(|index| room.scaled(index, steps.max(1)))
                .collect()
        };
        starts
            .into_iter()
            .map(|start| {
                let end = (SourceTime(start.0) + length).min(self.measures.duration);
                self.window(SourceRange::new(end - length, end), 0..0, Some(0.0))
            })
            .collect()
    }

    fn stretch(&self, start: Edge, end: Edge) -> Window {
        let range = SourceRange::new(start.time, end.time);
        let clean = f64::midpoint(start.clean, end.clean);
        self.window(range, self.units_in(range), Some(clean))
    }

    fn units_in(&self, range: SourceRange) -> Range<usize> {
        let first = self.units.partition_point(|unit| unit.start < range.start);
        let after = self.units.partition_point(|unit| unit.end <= range.end);
        first..after.max(first)
    }
}
