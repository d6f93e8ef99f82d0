//! The parts of a score; formulas and weights are listed in [`super`].

use footage::time::{SourceRange, TICKS_PER_SECOND, Ticks};

use super::ramp;
use super::windows::{Moments, Unit, Window};
use crate::sentences::{Ending, PAUSE};

/// How far from the start of a stretch its first sentence may be to count as its hook.
const HOOK_WITHIN: Ticks = Ticks(TICKS_PER_SECOND * 3 / 2);
/// A pause after the last word that closes well.
const CLOSING_PAUSE: Ticks = Ticks(TICKS_PER_SECOND / 2);
/// What laughter and applause add at most to a score of 1.
const LAUGHTER_BONUS: f64 = 0.1;
/// The share of the wish in the score.
const WISH_SHARE: f64 = 0.6;

/// The parts of one window, `None` where they cannot be measured.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Parts {
    pub(super) hook: Option<f64>,
    pub(super) completeness: Option<f64>,
    pub(super) speech: Option<f64>,
    pub(super) energy: Option<f64>,
    pub(super) variation: Option<f64>,
    pub(super) faces: Option<f64>,
    pub(super) rhythm: Option<f64>,
    pub(super) information: Option<f64>,
    pub(super) length: Option<f64>,
    pub(super) laughter: Option<f64>,
    pub(super) wish: Option<f64>,
}

impl Parts {
    /// Returns every part by name.
    pub(super) fn named(&self) -> [(&'static str, Option<f64>); 11] {
        [
            ("hook", self.hook),
            ("completeness", self.completeness),
            ("speech", self.speech),
            ("energy", self.energy),
            ("variation", self.variation),
            ("faces", self.faces),
            ("rhythm", self.rhythm),
            ("information", self.information),
            ("length", self.length),
            ("laughter", self.laughter),
            ("wish", self.wish),
        ]
    }

    /// Returns the score in 0..=100.
    pub(super) fn score(&self) -> f64 {
        let weighted = [
            (self.hook, 0.18),
            (self.completeness, 0.16),
            (self.speech, 0.08),
            (self.energy, 0.10),
            (self.variation, 0.06),
            (self.faces, 0.08),
            (self.rhythm, 0.06),
            (self.information, 0.10),
            (self.length, 0.08),
        ];
        let (mut sum, mut weights) = (0.0, 0.0);
        for (part, weight) in weighted {
            if let Some(part) = part {
                sum += part * weight;
                weights += weight;
            }
        }
        let base = if weights > 0.0 { sum / weights } else { 0.0 };
        let base = (base + LAUGHTER_BONUS * self.laughter.unwrap_or(0.0)).min(1.0);
        100.0
            * match self.wish {
                Some(wish) => base * (1.0 - WISH_SHARE) + wish * WISH_SHARE,
                None => base,
            }
    }
}

impl Moments<'_> {
    /// Returns the parts of `window`.
    pub(super) fn parts(&self, window: &Window) -> Parts {
        let range = window.range;
        let units = self.units.get(window.units.clone()).unwrap_or_default();
        let minutes = range.duration().secs().max(1e-9) / 60.0;
        let (laughs, claps) = self.measures.reactions(range);
        let reactions = laughs + claps;
        let rhythm = [
            self.measures
                .cuts(range)
                .map(|cuts| ramp(cuts as f64 / minutes, 0.0, 10.0)),
            self.measures
                .motion_ratio(range)
                .map(|ratio| ramp(ratio, 0.5, 2.0)),
        ];
        let measured: Vec<f64> = rhythm.into_iter().flatten().collect();
        Parts {
            hook: self.has_words.then(|| hook(range, units)),
            completeness: Some(match window.clean {
                Some(clean) => clean,
                None => completeness(units),
            }),
            speech: self
                .measures
                .speech_share(range)
                .map(|share| ramp(share, 0.3, 0.85)),
            energy: self
                .measures
                .level_above_median(range)
                .map(|above| ramp(above, -3.0, 6.0)),
            variation: self
                .measures
                .level_deviation(range)
                .map(|deviation| ramp(deviation, 1.0, 5.0)),
            faces: self.measures.faces(range).map(|(share, height)| {
                let size = height.map_or(1.0, |height| ramp(height, 0.05, 0.25));
                share * (0.5 + 0.5 * size)
            }),
            rhythm: (!measured.is_empty())
                .then(|| measured.iter().sum::<f64>() / measured.len() as f64),
            information: self.information(window),
            length: Some(self.length_fit(window.played)),
            laughter: Some(if reactions > 0 {
                (0.4 + 0.2 * reactions as f64).min(1.0)
            } else {
                0.0
            }),
            wish: self.best_relevance.map(|best| {
                let mean = self
                    .told(&window.units)
                    .map_or(0.0, |(_, relevance)| relevance);
                let most = self.most_relevant(&window.units).0;
                ((0.6 * most + 0.4 * mean) / best).clamp(0.0, 1.0)
            }),
        }
    }

    fn information(&self, window: &Window) -> Option<f64> {
        let (own, _) = self.told(&window.units)?;
        let (mean, _) = self.told(&(0..self.units.len()))?;
        (mean > 0.0).then(|| ramp(own / mean, 0.7, 1.4))
    }

    /// Returns 1 between 15 % and 60 % of the way from the shortest to the longest length, and
    /// down to 0.4 at both.
    fn length_fit(&self, played: Ticks) -> f64 {
        let (min, max) = (self.bounds.min.secs(), self.bounds.max.secs());
        if max <= min {
            return 1.0;
        }
        let at = ((played.secs() - min) / (max - min)).clamp(0.0, 1.0);
        let off = if at < 0.15 {
            (0.15 - at) / 0.15
        } else {
            ((at - 0.6) / 0.4).max(0.0)
        };
        1.0 - 0.6 * off
    }
}

/// Four fifths of the first sentence's promise and one fifth of the second's.
fn hook(range: SourceRange, units: &[Unit]) -> f64 {
    match units {
        [first, rest @ ..] if first.start - range.start <= HOOK_WITHIN => {
            let second = rest.first().map_or(0.0, |unit| unit.opening.hook);
            0.8 * first.opening.hook + 0.2 * second
        }
        _ => 0.0,
    }
}

/// Half for the start, half for the end; a pause outside makes 15 % of each.
fn completeness(units: &[Unit]) -> f64 {
    let (Some(first), Some(last)) = (units.first(), units.last()) else {
        return 0.0;
    };
    let end = match last.ending {
        Ending::Full | Ending::Exclamation => 1.0,
        Ending::Question | Ending::Pause => 0.7,
        Ending::Cue => 0.4,
        Ending::Parted => 0.1,
    };
    let before = if first.pause_before >= PAUSE {
        0.15
    } else {
        0.0
    };
    let after = if last.pause_after >= CLOSING_PAUSE {
        0.15
    } else {
        0.0
    };
    f64::midpoint(0.85 * first.opening.start + before, 0.85 * end + after)
}
