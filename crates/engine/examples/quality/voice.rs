//! Speech: how many runs, where their edges are, and none where nobody speaks.

use std::path::Path;

use anyhow::Result;
use testkit::truth::{self, Spoken};

use crate::bench::Bench;
use crate::table::{Figure, line};

/// Recordings in which nobody speaks.
const EMPTY: &[&str] = &[
    "vad/aeneas_n.wav",
    "vad/aeneas_zero.wav",
    "nospeech_leopard_empty.wav",
    "nospeech_wt_empty.mp3",
    "nospeech_wt_empty.wav",
];

fn speech(bench: &Bench, path: &Path) -> Result<Vec<(f64, f64)>> {
    let analysis = bench.analysis(path)?;
    let ranges = analysis.speech.iter();
    Ok(ranges
        .map(|range| (range.start.secs(), range.end.secs()))
        .collect())
}

/// Measures the row.
pub(crate) fn measure(bench: &Bench) -> Result<Vec<Figure>> {
    let counts = truth::speech_runs(&bench.shared)?;
    let mut right = 0;
    for (file, runs) in &counts {
        let found = speech(bench, file)?;
        line(&format!("{:32} {} runs of {runs}", name(file), found.len()));
        right += usize::from(found.len() == *runs);
    }
    let mut errors: Vec<f64> = Vec::new();
    for Spoken { file, words } in truth::spoken(&bench.shared)? {
        let found = speech(bench, &file)?;
        let truth = truth::runs(&words);
        let nearest = |edge: f64, edges: &[f64]| {
            edges
                .iter()
                .map(|found| (found - edge).abs())
                .fold(f64::MAX, f64::min)
        };
        let starts: Vec<f64> = found.iter().map(|run| run.0).collect();
        let ends: Vec<f64> = found.iter().map(|run| run.1).collect();
        for (start, end) in &truth {
            errors.push(nearest(*start, &starts));
            errors.push(nearest(*end, &ends));
        }
        line(&format!(
            "{:52} {} runs, {} found",
            name(&file),
            truth.len(),
            found.len()
        ));
    }
    errors.sort_by(f64::total_cmp);
    let within = errors.iter().filter(|error| **error <= 0.2).count();
    let median = errors.get(errors.len() / 2).copied().unwrap_or(f64::NAN);
    let mut longest = 0.0_f64;
    for file in EMPTY {
        let found = speech(bench, &bench.shared.join("media/speech").join(file))?;
        let total: f64 = found.iter().map(|(from, to)| to - from).sum();
        line(&format!("{file:32} {total:.2} s of speech"));
        longest = longest.max(total);
    }
    Ok(vec![
        Figure::all(
            "recordings with the given number of runs",
            right,
            counts.len(),
        ),
        Figure::at_least(
            "edges within 200 ms",
            within as f64 / errors.len().max(1) as f64,
            0.85,
        ),
        Figure::at_most("distance of edges, median in s", median, 0.08),
        Figure::at_most("speech in empty recordings, most in s", longest, 0.1),
    ])
}

fn name(file: &Path) -> String {
    file.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
