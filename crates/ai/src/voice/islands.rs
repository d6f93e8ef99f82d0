//! From frames to ranges: islands of level that the network confirms.
//!
//! The constants were chosen in the middle of a plateau: each may move by a quarter without a
//! change in the figures of `tests/voice.rs`.

use super::GAINS;
use super::level::{local_percentile, smoothed};

/// Level in dBFS to which the loud part of the speech is brought before the score is read.
const SPEECH_LEVEL: f32 = -22.0;
/// Decibels between two instances of the network.
const GAIN_STEP: f32 = 6.02;
/// Frames by which a score lags behind the sound: the network sees 48 ms and two frames before.
const LAG: usize = 2;
/// A range needs a score of this once to be speech by itself.
const SURE: f32 = 0.85;
/// A range with this score is speech when a sure one is near.
const LIKELY: f32 = 0.6;
/// What near means, in frames (1.5 s).
const NEAR: usize = 94;
/// Below this score nobody speaks.
const DOUBT: f32 = 0.4;
/// How long the score may be doubtful inside speech, in frames (0.4 s): drawn-out fillers score
/// low.
const DOUBT_LENGTH: usize = 25;
/// The range of levels around a frame must be this wide in decibels: steady noise is narrower.
const CONTRAST: f32 = 8.0;
/// Where between floor and top a frame counts as sounding.
const SHARE: f32 = 0.3;
/// The same in decibels over the floor, at least and at most: a loud bang must not deafen.
const OVER_FLOOR: (f32, f32) = (3.0, 7.0);
/// Reach of floor and top in frames (4.8 s).
const LEVEL_REACH: usize = 300;
/// Reach of the speech level in frames (15 s).
const GAIN_REACH: usize = 940;
/// Frames between two readings of floor, top and speech level.
const LEVEL_STEP: usize = 16;
/// Dips of level shorter than this many frames (0.22 s) are within speech: stops and breaths.
const DIP: usize = 14;
/// Gaps shorter than this many frames (0.2 s) are merged.
const GAP: usize = 13;
/// Ranges shorter than this many frames (0.15 s) are dropped.
const SHORTEST: usize = 9;

/// What was observed of each frame.
#[derive(Debug, Default)]
pub(super) struct Frames {
    levels: Vec<f32>,
    /// Scores per frame in 0..=255, quietest instance first.
    scores: Vec<[u8; GAINS]>,
}

impl Frames {
    pub(super) fn push(&mut self, level: f32, scores: [f32; GAINS]) {
        self.levels.push(level);
        self.scores
            .push(scores.map(|score| (score * 255.0).round() as u8));
    }

    /// Returns the ranges with speech as frames `from..to`.
    pub(super) fn speech(&self) -> Vec<(usize, usize)> {
        let score = self.score();
        let sounding = self.sounding();
        let islands = joined(runs(&sounding), DIP);
        let parts: Vec<(usize, usize)> = islands
            .into_iter()
            .flat_map(|island| without_doubt(island, &score))
            .collect();
        let best = |&(from, to): &(usize, usize)| {
            let scores = score.get(from..to).unwrap_or_default();
            scores.iter().copied().fold(0.0, f32::max)
        };
        let sure: Vec<(usize, usize)> = parts
            .iter()
            .copied()
            .filter(|part| best(part) >= SURE)
            .collect();
        let near = |&(from, to): &(usize, usize)| {
            let next = sure.partition_point(|other| other.0 < to);
            let after = sure.get(next).is_some_and(|other| other.0 - to < NEAR);
            let before = next.checked_sub(1).and_then(|i| sure.get(i));
            after || before.is_some_and(|other| from.saturating_sub(other.1) < NEAR)
        };
        let speech = parts
            .iter()
            .copied()
            .filter(|part| best(part) >= SURE || (best(part) >= LIKELY && near(part)))
            .collect();
        let mut ranges = joined(speech, GAP);
        ranges.retain(|(from, to)| to - from >= SHORTEST);
        ranges
    }

    /// Returns the score for the local speech level, brought to the time of the sound.
    fn score(&self) -> Vec<f32> {
        let loud = local_percentile(&self.levels, 0.9, GAIN_REACH, LEVEL_STEP);
        let raw: Vec<f32> = self
            .scores
            .iter()
            .zip(loud)
            .map(|(scores, loud)| {
                let gain = ((SPEECH_LEVEL - loud) / GAIN_STEP).clamp(0.0, (GAINS - 1) as f32);
                let below = gain as usize;
                let at = |i: usize| scores.get(i).map_or(0.0, |&score| f32::from(score) / 255.0);
                let share = gain - below as f32;
                at(below) * (1.0 - share) + at((below + 1).min(GAINS - 1)) * share
            })
            .collect();
        let last = raw.last().copied().unwrap_or_default();
        let mut aligned = raw.get(LAG..).unwrap_or_default().to_vec();
        aligned.resize(raw.len(), last);
        smoothed(&aligned, 2)
    }

    /// Returns for each frame whether something sounds above the noise.
    fn sounding(&self) -> Vec<bool> {
        let levels = smoothed(&self.levels, 2);
        let floor = local_percentile(&levels, 0.05, LEVEL_REACH, LEVEL_STEP);
        let top = local_percentile(&levels, 0.85, LEVEL_REACH, LEVEL_STEP);
        levels
            .iter()
            .zip(floor.iter().zip(top))
            .map(|(&level, (&floor, top))| {
                let contrast = top - floor;
                let over = (SHARE * contrast).clamp(OVER_FLOOR.0, OVER_FLOOR.1);
                contrast >= CONTRAST && level >= floor + over
            })
            .collect()
    }
}

fn runs(frames: &[bool]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, _) in frames.iter().enumerate().filter(|(_, on)| **on) {
        match runs.last_mut() {
            Some(last) if last.1 == at => last.1 = at + 1,
            _ => runs.push((at, at + 1)),
        }
    }
    runs
}

fn joined(ranges: Vec<(usize, usize)>, gap: usize) -> Vec<(usize, usize)> {
    let mut all: Vec<(usize, usize)> = Vec::new();
    for (from, to) in ranges {
        match all.last_mut() {
            Some(last) if from - last.1 < gap => last.1 = to,
            _ => all.push((from, to)),
        }
    }
    all
}

/// Returns the parts of an island that remain when longer stretches of doubt are cut out. Short
/// doubt at its ends stays: the level knows the edges better than the network.
fn without_doubt((from, to): (usize, usize), score: &[f32]) -> Vec<(usize, usize)> {
    let certain = score
        .iter()
        .enumerate()
        .take(to)
        .skip(from)
        .filter(|(_, score)| **score >= DOUBT)
        .map(|(at, _)| (at, at + 1))
        .collect();
    let mut parts = joined(certain, DOUBT_LENGTH);
    if let Some(first) = parts.first_mut()
        && first.0 - from <= DOUBT_LENGTH
    {
        first.0 = from;
    }
    if let Some(last) = parts.last_mut()
        && to - last.1 <= DOUBT_LENGTH
    {
        last.1 = to;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One letter per 10 frames: `.` noise, `#` sure speech, `~` likely speech, `n` loud noise.
    fn check(drawing: &str, expect: &[(usize, usize)], reason: &str) {
        let mut frames = Frames::default();
        for letter in drawing.chars() {
            let (level, score) = match letter {
                '#' => (-20.0, 0.95),
                '~' => (-22.0, 0.7),
                'n' => (-20.0, 0.1),
                _ => (-50.0, 0.1),
            };
            for _ in 0..10 {
                frames.push(level, [score; GAINS]);
            }
        }
        // The alignment of the scores moves what is asked for by at most a few frames.
        let found = frames.speech();
        let near = |a: usize, b: usize| a.abs_diff(b * 10) <= 3;
        let equal = found.len() == expect.len()
            && found
                .iter()
                .zip(expect)
                .all(|(a, b)| near(a.0, b.0) && near(a.1, b.1));
        assert!(equal, "{drawing}: {found:?} for {expect:?}: {reason}");
    }

    #[test]
    fn ranges_follow_level_and_score() {
        check("......................", &[], "noise");
        check("......####......", &[(6, 10)], "speech");
        check("......nnnn......", &[], "a loud noise is no speech");
        check("......####.####......", &[(6, 15)], "a short dip is merged");
        check(
            "......####...####......",
            &[(6, 10), (13, 17)],
            "a pause is kept",
        );
        check(
            "......####...~~~......",
            &[(6, 10), (13, 16)],
            "likely speech counts near sure speech",
        );
        check(
            "......####...................~~~......",
            &[(6, 10)],
            "and does not alone",
        );
        check("......####nnnnnnnn....", &[(6, 10)], "noise after speech");
        check(
            "######################",
            &[],
            "without contrast there is no evidence",
        );
    }

    #[test]
    fn nothing_is_found_in_nothing() {
        assert_eq!(Frames::default().speech(), []);
    }
}
