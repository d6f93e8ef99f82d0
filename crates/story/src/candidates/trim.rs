//! Long silences inside a moment, cut down.

use footage::time::{SourceRange, TICKS_PER_SECOND, Ticks};

use super::Bounds;
use super::measures::Cover;
use crate::sounds::{Sound, SoundKind};

/// A silence longer than this is cut down.
const LONGEST_SILENCE: Ticks = Ticks(TICKS_PER_SECOND * 12 / 10);
/// What stays of it on each side.
const KEPT_PER_SIDE: Ticks = Ticks(TICKS_PER_SECOND / 4);

/// The parts of silences that can be taken out: between words, with nobody speaking or laughing.
pub(super) struct Pauses {
    removable: Vec<SourceRange>,
    /// Length of all before each, and after the last.
    before: Vec<Ticks>,
}

impl Pauses {
    pub(super) fn new(
        silences: &[SourceRange],
        speech: &Cover,
        words: &Cover,
        sounds: &[Sound],
    ) -> Self {
        let heard = sounds
            .iter()
            .filter(|sound| sound.kind != SoundKind::Other)
            .map(|sound| sound.range);
        let said = speech.ranges.iter().chain(&words.ranges).copied();
        let occupied = Cover::new(said.chain(heard).collect());
        let silent = Cover::new(silences.to_vec());
        let mut removable = Vec::new();
        // Only between two ranges with speech: what stands before or after is no pause.
        for pair in occupied.ranges.windows(2) {
            let [a, b] = pair else { continue };
            let gap = SourceRange::new(a.end, b.start);
            let first = silent
                .ranges
                .partition_point(|range| range.end <= gap.start);
            let inside = silent.ranges.get(first..).unwrap_or_default();
            for silence in inside.iter().take_while(|range| range.start < gap.end) {
                if let Some(silence) = silence.intersection(gap)
                    && silence.duration() > LONGEST_SILENCE
                {
                    removable.push(SourceRange::new(
                        silence.start + KEPT_PER_SIDE,
                        silence.end - KEPT_PER_SIDE,
                    ));
                }
            }
        }
        let mut sum = Ticks::ZERO;
        let mut before = vec![sum];
        for range in &removable {
            sum += range.duration();
            before.push(sum);
        }
        Self { removable, before }
    }

    /// Returns how much of `range` can be taken out.
    pub(super) fn removable(&self, range: SourceRange) -> Ticks {
        let (first, after) = self.inside(range);
        match (self.before.get(first), self.before.get(after)) {
            (Some(first), Some(after)) => *after - *first,
            _ => Ticks::ZERO,
        }
    }

    /// Returns what is played of `range`: long silences cut down, but not below the shortest
    /// length, where they are cut less, the shortest ones first.
    pub(super) fn segments(&self, range: SourceRange, bounds: Bounds) -> Vec<SourceRange> {
        let (first, after) = self.inside(range);
        let mut cuts = self
            .removable
            .get(first..after)
            .unwrap_or_default()
            .to_vec();
        let played = range.duration() - self.removable(range);
        let mut missing = (bounds.min - played).max(Ticks::ZERO);
        let mut by_length: Vec<usize> = (0..cuts.len()).collect();
        by_length.sort_by_key(|index| cuts.get(*index).map(|cut| cut.duration()));
        for index in by_length {
            let Some(cut) = cuts.get_mut(index) else {
                continue;
            };
            let given_back = missing.min(cut.duration());
            missing -= given_back;
            cut.start = cut.start + given_back;
        }
        let mut segments = Vec::with_capacity(cuts.len() + 1);
        let mut start = range.start;
        for cut in cuts.iter().filter(|cut| !cut.is_empty()) {
            segments.push(SourceRange::new(start, cut.start));
            start = cut.end;
        }
        segments.push(SourceRange::new(start, range.end));
        segments
    }

    /// Returns the positions of what lies whole in `range`, with something kept on both sides.
    fn inside(&self, range: SourceRange) -> (usize, usize) {
        let first = self
            .removable
            .partition_point(|cut| cut.start <= range.start);
        let after = self.removable.partition_point(|cut| cut.end < range.end);
        (first, after.max(first))
    }
}
