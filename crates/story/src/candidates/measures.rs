//! Sums over the source, so that any stretch is measured without walking over it.

use footage::Analysis;
use footage::time::{SourceRange, SourceTime, TICKS_PER_SECOND, Ticks};
use footage::words::{Transcript, Word};

use super::trim::Pauses;
use crate::sounds::{Sound, SoundKind, is_marked};

/// Levels up to this are silence.
const SILENT_DBFS: f64 = -50.0;
/// Levels this far below the mean of what is heard are pauses and do not count, as in the
/// relative gate of EBU R 128.
const GATE_DB: f64 = 12.0;
/// Mean motion below this is a still picture.
const STILL: f64 = 0.002;

/// What was measured, ready to be asked about any range.
pub(super) struct Measures<'a> {
    pub(super) analysis: &'a Analysis,
    pub(super) duration: SourceTime,
    /// When somebody speaks: speech that was heard, and words.
    pub(super) speech: Cover,
    /// Where nothing may be parted: words, and marks such as `[Music]` among them.
    pub(super) words: Cover,
    /// Silences that may be cut.
    pub(super) pauses: Pauses,
    /// Level per second in dBFS.
    level: Option<Series>,
    motion: Option<Series>,
    faces: Option<Faces>,
    /// Where shots begin, the first aside.
    cuts: Option<Vec<SourceTime>>,
    /// Middles of laughter and applause; `None` when the source marks no sounds at all.
    laughter: Vec<SourceTime>,
    applause: Vec<SourceTime>,
}

impl<'a> Measures<'a> {
    pub(super) fn new(
        analysis: &'a Analysis,
        transcript: Option<&Transcript>,
        mut sounds: Vec<Sound>,
    ) -> Self {
        let duration = SourceTime(analysis.duration.0);
        let whole = SourceRange::new(SourceTime::ZERO, duration);
        let all = transcript.map_or(&[][..], |transcript| &transcript.words);
        let within = |word: &Word| word.range.intersection(whole);
        let spoken = all.iter().filter(|word| !is_marked(&word.text));
        let words = Cover::new(all.iter().filter_map(within).collect());
        let heard = analysis.speech.iter();
        let speech = Cover::new(
            heard
                .filter_map(|range| range.intersection(whole))
                .chain(spoken.filter_map(within))
                .collect(),
        );
        sounds.sort_by_key(|sound| (sound.range.start, sound.range.end, sound.kind));
        sounds.dedup();
        let pauses = Pauses::new(&analysis.silences, &speech, &words, &sounds);
        let middles = |kind: SoundKind| -> Vec<SourceTime> {
            let mut middles: Vec<SourceTime> = sounds
                .iter()
                .filter(|sound| sound.kind == kind)
                .map(|sound| sound.range.start + Ticks(sound.range.duration().0 / 2))
                .collect();
            middles.sort();
            middles
        };
        let motion = &analysis.motion;
        let still = motion.values.iter().map(|value| Some(f64::from(*value)));
        let curve = &analysis.loudness_curve;
        Self {
            analysis,
            duration,
            pauses,
            level: Series::new(curve.step, sounding(&curve.values)),
            motion: Series::new(motion.step, still),
            faces: Faces::new(analysis),
            cuts: (!analysis.shots.is_empty()).then(|| {
                let starts = analysis.shots.iter().map(|shot| shot.range.start);
                starts.filter(|start| *start > SourceTime::ZERO).collect()
            }),
            laughter: middles(SoundKind::Laughter),
            applause: middles(SoundKind::Applause),
            speech,
            words,
        }
    }

    /// Whether nothing is said, heard, moves or is looked at: one stretch is as good as another.
    pub(super) fn is_silent_and_still(&self) -> bool {
        let still = self
            .motion
            .as_ref()
            .is_none_or(|motion| motion.most < STILL);
        self.level.is_none()
            && still
            && self.speech.ranges.is_empty()
            && self.words.ranges.is_empty()
            && self.cuts.as_ref().is_none_or(Vec::is_empty)
            && self.faces.as_ref().is_none_or(Faces::none)
            && self.laughter.is_empty()
            && self.applause.is_empty()
    }

    /// Returns the share of `range` with speech, or `None` when nobody speaks in the source.
    pub(super) fn speech_share(&self, range: SourceRange) -> Option<f64> {
        let share = self.speech.within(range).secs() / range.duration().secs().max(1e-9);
        (!self.speech.ranges.is_empty()).then_some(share)
    }

    /// Returns the mean level over `range` above the source's median, in dB.
    pub(super) fn level_above_median(&self, range: SourceRange) -> Option<f64> {
        let level = self.level.as_ref()?;
        Some(level.mean(range)? - level.median)
    }

    /// Returns the standard deviation of the level per second over `range`, in dB.
    pub(super) fn level_deviation(&self, range: SourceRange) -> Option<f64> {
        self.level.as_ref()?.deviation(range)
    }

    /// Returns the motion over `range` over the source's median.
    pub(super) fn motion_ratio(&self, range: SourceRange) -> Option<f64> {
        let motion = self.motion.as_ref()?;
        Some(motion.mean(range)? / motion.median.max(STILL))
    }

    /// Returns the number of cuts inside `range`.
    pub(super) fn cuts(&self, range: SourceRange) -> Option<usize> {
        self.cuts.as_ref().map(|cuts| count_within(cuts, range))
    }

    /// Returns the last cut in `after..=until`.
    pub(super) fn last_cut(&self, after: SourceTime, until: SourceTime) -> Option<SourceTime> {
        let cuts = self.cuts.as_ref()?;
        let before = cuts.partition_point(|cut| *cut <= until);
        let cut = cuts.get(before.checked_sub(1)?)?;
        (*cut > after).then_some(*cut)
    }

    /// Returns the first cut in `from..before`.
    pub(super) fn first_cut(&self, from: SourceTime, before: SourceTime) -> Option<SourceTime> {
        let cuts = self.cuts.as_ref()?;
        let cut = cuts.get(cuts.partition_point(|cut| *cut < from))?;
        (*cut < before).then_some(*cut)
    }

    /// Returns how often people laugh and how often they clap within `range`.
    pub(super) fn reactions(&self, range: SourceRange) -> (usize, usize) {
        (
            count_within(&self.laughter, range),
            count_within(&self.applause, range),
        )
    }

    /// Returns the share of looks at `range` that found a face, and the mean height of the largest
    /// face over the picture's, where known. `None` where nothing was looked at.
    pub(super) fn faces(&self, range: SourceRange) -> Option<(f64, Option<f64>)> {
        self.faces.as_ref()?.within(range)
    }

    /// Returns the quietest moment of `range`, or `None` without sound.
    pub(super) fn quietest(&self, range: SourceRange) -> Option<SourceTime> {
        let curve = &self.analysis.loudness_curve;
        let step = curve.step.0;
        if step <= 0 {
            return None;
        }
        let first = range.start.0.max(0).div_euclid(step);
        let last = range.end.0.max(0).div_euclid(step);
        let mut best: Option<(f32, i64)> = None;
        for index in first..=last {
            let Some(value) = curve.values.get(usize::try_from(index).ok()?) else {
                break;
            };
            if best.is_none_or(|(least, _)| *value < least) {
                best = Some((*value, index));
            }
        }
        best.map(|(_, index)| SourceTime(index * step + step / 2))
    }
}

/// Returns the levels that are heard; `None` for pauses and silence.
fn sounding(levels: &[f32]) -> impl Iterator<Item = Option<f64>> {
    let heard = |level: &f32| f64::from(*level) > SILENT_DBFS;
    let (mut n, mut sum) = (0.0, 0.0);
    for level in levels.iter().filter(|level| heard(level)) {
        n += 1.0;
        sum += f64::from(*level);
    }
    let gate = sum / f64::max(n, 1.0) - GATE_DB;
    levels
        .iter()
        .map(move |level| (heard(level) && f64::from(*level) >= gate).then(|| f64::from(*level)))
}

fn count_within(sorted: &[SourceTime], range: SourceRange) -> usize {
    let before = sorted.partition_point(|time| *time < range.start);
    let until = sorted.partition_point(|time| *time < range.end);
    until.saturating_sub(before)
}

/// Sorted, disjoint ranges with their running length.
pub(super) struct Cover {
    pub(super) ranges: Vec<SourceRange>,
    /// Length of all ranges before each.
    before: Vec<Ticks>,
}

impl Cover {
    pub(super) fn new(mut ranges: Vec<SourceRange>) -> Self {
        ranges.retain(|range| !range.is_empty());
        ranges.sort_by_key(|range| (range.start, range.end));
        let mut merged: Vec<SourceRange> = Vec::with_capacity(ranges.len());
        for range in ranges {
            match merged.last_mut() {
                // Ranges that only touch stay apart: a cut between two words is allowed.
                Some(last) if range.start < last.end => last.end = last.end.max(range.end),
                _ => merged.push(range),
            }
        }
        let mut sum = Ticks::ZERO;
        let before = merged
            .iter()
            .map(|range| {
                let before = sum;
                sum += range.duration();
                before
            })
            .collect();
        Self {
            ranges: merged,
            before,
        }
    }

    /// Returns how much of `range` is covered.
    pub(super) fn within(&self, range: SourceRange) -> Ticks {
        self.until(range.end) - self.until(range.start)
    }

    /// Returns the range that holds `time` strictly inside: cutting there would part it.
    pub(super) fn around(&self, time: SourceTime) -> Option<SourceRange> {
        let next = self.ranges.partition_point(|range| range.end <= time);
        let range = self.ranges.get(next)?;
        (range.start < time).then_some(*range)
    }

    /// Returns the end of the last range that starts before `time`, or 0.
    pub(super) fn end_before(&self, time: SourceTime) -> SourceTime {
        let next = self.ranges.partition_point(|range| range.start < time);
        next.checked_sub(1)
            .and_then(|last| self.ranges.get(last))
            .map_or(SourceTime::ZERO, |range| range.end)
    }

    /// Returns the start of the first range at or after `time`.
    pub(super) fn start_after(&self, time: SourceTime) -> Option<SourceTime> {
        let next = self.ranges.partition_point(|range| range.start < time);
        self.ranges.get(next).map(|range| range.start)
    }

    /// Returns what lies between the ranges, before the first and after the last, in `0..end`.
    pub(super) fn gaps(&self, end: SourceTime) -> Vec<SourceRange> {
        let mut gaps = self.borders(end);
        gaps.retain(|gap| !gap.is_empty());
        gaps
    }

    /// Returns the same with the moments at which two ranges touch, or touch the ends.
    pub(super) fn borders(&self, end: SourceTime) -> Vec<SourceRange> {
        let mut gaps = Vec::with_capacity(self.ranges.len() + 1);
        let mut free = SourceTime::ZERO;
        for range in &self.ranges {
            gaps.push(SourceRange::new(free, range.start));
            free = range.end;
        }
        gaps.push(SourceRange::new(free, end));
        gaps
    }

    fn until(&self, time: SourceTime) -> Ticks {
        let next = self.ranges.partition_point(|range| range.start < time);
        let Some(last) = next.checked_sub(1) else {
            return Ticks::ZERO;
        };
        match (self.ranges.get(last), self.before.get(last)) {
            (Some(range), Some(before)) => *before + (range.end.min(time) - range.start),
            _ => Ticks::ZERO,
        }
    }
}

/// A curve in blocks of at least a second, with running sums.
struct Series {
    block: Ticks,
    /// Number of blocks with a value, sum of the values and of their squares: before each block,
    /// and after the last.
    sums: Vec<[f64; 3]>,
    median: f64,
    most: f64,
}

impl Series {
    /// Returns the curve, or `None` without a single value.
    fn new(step: Ticks, values: impl Iterator<Item = Option<f64>>) -> Option<Self> {
        if step <= Ticks::ZERO {
            return None;
        }
        let per_block = (TICKS_PER_SECOND / step.0).max(1);
        let values: Vec<Option<f64>> = values
            .map(|value| value.filter(|value| value.is_finite()))
            .collect();
        let blocks: Vec<Option<f64>> = values
            .chunks(per_block as usize)
            .map(|chunk| {
                let inside: Vec<f64> = chunk.iter().flatten().copied().collect();
                let n = inside.len() as f64;
                (!inside.is_empty()).then(|| inside.iter().sum::<f64>() / n)
            })
            .collect();
        let mut sorted: Vec<f64> = blocks.iter().flatten().copied().collect();
        sorted.sort_by(f64::total_cmp);
        let median = *sorted.get(sorted.len() / 2)?;
        let most = *sorted.last()?;
        let mut sums = vec![[0.0; 3]];
        let mut sum = [0.0; 3];
        for value in blocks {
            if let Some(value) = value {
                let [n, values, squares] = sum;
                sum = [n + 1.0, values + value, squares + value * value];
            }
            sums.push(sum);
        }
        Some(Self {
            block: step * per_block,
            sums,
            median,
            most,
        })
    }

    /// Returns the number of values in blocks that touch `range`, their sum and their squares'.
    fn sum(&self, range: SourceRange) -> Option<[f64; 3]> {
        let last = self.sums.len().checked_sub(1)?;
        let first = usize::try_from(range.start.0.max(0) / self.block.0).ok()?;
        let after = usize::try_from(range.end.0.max(0) / self.block.0).ok()? + 1;
        let (a, b) = (self.sums.get(first)?, self.sums.get(after.min(last))?);
        let sum = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
        (sum[0] > 0.0).then_some(sum)
    }

    fn mean(&self, range: SourceRange) -> Option<f64> {
        self.sum(range).map(|[n, sum, _]| sum / n)
    }

    fn deviation(&self, range: SourceRange) -> Option<f64> {
        let [n, sum, squares] = self.sum(range)?;
        let mean = sum / n;
        Some((squares / n - mean * mean).max(0.0).sqrt())
    }
}

/// Looks for faces with running sums.
struct Faces {
    times: Vec<SourceTime>,
    /// Number of looks with a face, and sum of the largest faces' heights, before each look.
    sums: Vec<(usize, f64)>,
    picture_height: Option<f64>,
}

impl Faces {
    fn new(analysis: &Analysis) -> Option<Self> {
        if analysis.faces.is_empty() {
            return None;
        }
        let mut sums = vec![(0, 0.0)];
        let (mut n, mut heights) = (0, 0.0);
        for sample in &analysis.faces {
            let tallest = sample.boxes.iter().map(|face| face.pixels.h);
            let height = tallest.fold(0.0, f64::max);
            n += usize::from(!sample.boxes.is_empty());
            heights += height;
            sums.push((n, heights));
        }
        Some(Self {
            times: analysis.faces.iter().map(|sample| sample.time).collect(),
            sums,
            picture_height: analysis
                .streams
                .chosen_video()
                .map(|(_, video)| f64::from(video.height))
                .filter(|height| *height > 0.0),
        })
    }

    fn none(&self) -> bool {
        self.sums.last().is_none_or(|(n, _)| *n == 0)
    }

    fn within(&self, range: SourceRange) -> Option<(f64, Option<f64>)> {
        let first = self.times.partition_point(|time| *time < range.start);
        let after = self.times.partition_point(|time| *time < range.end);
        if after <= first {
            return None;
        }
        let (a, b) = (self.sums.get(first)?, self.sums.get(after)?);
        let found = b.0 - a.0;
        let share = found as f64 / (after - first) as f64;
        let height = self
            .picture_height
            .filter(|_| found > 0)
            .map(|picture| (b.1 - a.1) / found as f64 / picture);
        Some((share, height))
    }
}
