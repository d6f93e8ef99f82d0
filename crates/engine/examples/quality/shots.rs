//! Shots of films whose cuts were checked by eye.

use anyhow::Result;
use footage::picture::{Shot, Transition};
use testkit::truth::{self, Cuts, Gradual};

use crate::bench::Bench;
use crate::table::{Figure, line};

/// Stretches that look like cuts and are none, from the notes of the annotations: explosions that
/// go white, a title that appears, a bird that falls, a camera that is torn round.
const TRAPS: &[(&str, f64, f64)] = &[
    ("mp4parser_tos_remux.mp4", 12.08, 13.34),
    ("mp4parser_tos_remux.mp4", 17.91, 18.38),
    ("moviepy_bbb_0_30.webm", 17.5, 18.5),
    ("moviepy_bbb_0_30.webm", 20.2, 20.9),
    ("mp4parser_davidappend_v2.mp4", 6.4, 7.2),
];

/// How many were found, of how many there are, among how many that were told.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Score {
    pub(crate) hits: usize,
    pub(crate) truth: usize,
    pub(crate) told: usize,
}

impl Score {
    /// Returns the harmonic mean of precision and recall; 1 where there is nothing to find.
    pub(crate) fn f1(self) -> f64 {
        let all = self.truth + self.told;
        if all == 0 {
            return 1.0;
        }
        2.0 * self.hits as f64 / all as f64
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.hits += other.hits;
        self.truth += other.truth;
        self.told += other.told;
    }
}

/// Boundaries by kind.
pub(crate) struct Found {
    pub(crate) cuts: Vec<f64>,
    pub(crate) gradual: Vec<(f64, Transition)>,
}

impl Found {
    pub(crate) fn of(shots: &[Shot]) -> Self {
        let mut found = Self {
            cuts: Vec::new(),
            gradual: Vec::new(),
        };
        for shot in shots {
            let time = shot.range.start.secs();
            match shot.transition_in {
                Transition::Cut => found.cuts.push(time),
                kind @ (Transition::Dissolve | Transition::Fade) => {
                    found.gradual.push((time, kind));
                }
                Transition::None => {}
            }
        }
        found
    }

    /// Judges the cuts: each true one is found once, within one frame.
    pub(crate) fn cuts(&self, truth: &[f64], fps: f64) -> Score {
        let mut open = self.cuts.clone();
        let mut hits = 0;
        for cut in truth {
            // A little over a frame: times of containers are rounded.
            let near = open
                .iter()
                .position(|found| (found - cut).abs() <= 1.05 / fps);
            if let Some(near) = near {
                open.remove(near);
                hits += 1;
            }
        }
        Score {
            hits,
            truth: truth.len(),
            told: self.cuts.len(),
        }
    }

    /// Judges the gradual changes: each true one holds one boundary; returns how many of those
    /// that were found are marked as what they are, too.
    pub(crate) fn gradual(&self, truth: &[Gradual]) -> (Score, usize) {
        let mut open = self.gradual.clone();
        let (mut hits, mut marked) = (0, 0);
        for change in truth {
            // Ends of a change are seen a frame or two early or late.
            let (from, to) = (change.from - 0.1, change.to + 0.1);
            let inside = open.iter().position(|(time, _)| (from..=to).contains(time));
            if let Some(inside) = inside {
                let (_, kind) = open.remove(inside);
                hits += 1;
                let is_dissolve = change.kind.contains("dissolve");
                marked += usize::from(is_dissolve == (kind == Transition::Dissolve));
            }
        }
        let score = Score {
            hits,
            truth: truth.len(),
            told: self.gradual.len(),
        };
        (score, marked)
    }
}

/// Measures the row.
pub(crate) fn measure(bench: &Bench) -> Result<Vec<Figure>> {
    let mut all = Score::default();
    let (mut trapped, mut gradual, mut marked) = (0, 0, 0);
    for film in truth::cuts(&bench.shared)? {
        let Cuts {
            file,
            fps,
            cuts,
            gradual: changes,
        } = film;
        let analysis = bench.analysis(&bench.film(&file)?)?;
        let found = Found::of(&analysis.shots);
        let score = found.cuts(&cuts, fps);
        let (changed, right) = found.gradual(&changes);
        // A trap may end where a real cut is.
        let is_cut = |time: f64| cuts.iter().any(|cut| (cut - time).abs() <= 1.05 / fps);
        let in_traps = |time: &&f64| {
            let mut traps = TRAPS.iter().filter(|(name, _, _)| *name == file);
            traps.any(|(_, from, to)| (*from..*to).contains(*time)) && !is_cut(**time)
        };
        trapped += found.cuts.iter().filter(in_traps).count();
        gradual += changes.len();
        marked += right;
        line(&format!(
            "{file:32} {} of {} cuts, {} told: {:.2?}; {} of {} gradual, told: {:.2?}",
            score.hits,
            score.truth,
            score.told,
            found.cuts,
            changed.hits,
            changed.truth,
            found.gradual
        ));
        all.add(score);
    }
    Ok(vec![
        Figure::at_least("cuts, F1 at ±1 frame", all.f1(), 0.94),
        Figure::none("cuts told in traps", trapped),
        Figure::all("dissolves and fades marked as such", marked, gradual),
    ])
}
