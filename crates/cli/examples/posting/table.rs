//! How the matrix is shown.

use std::fmt::Write as _;

use anyhow::Result;
use testkit::strict::matrix::{First, NAMES};

use crate::cell::{Ended, Left, Met};
use crate::matrix::{Line, Results};

/// What the matrix is for, counted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    cells: usize,
    /// More than one post.
    doubles: usize,
    /// None, and none told as failed or in doubt.
    lost: usize,
    /// Something left to do when the time was over.
    stuck: usize,
    /// Told as failed although it is there: posted again it would be two.
    denied: usize,
    /// Nothing went wrong.
    unmet: usize,
}

impl Sums {
    pub(crate) fn of(results: &Results) -> Self {
        let mut sums = Self {
            cells: results.len(),
            ..Self::default()
        };
        for ended in results.values() {
            let is_told = matches!(ended.state.as_str(), "failed" | "uncertain");
            let is_told = is_told && !ended.words.is_empty();
            let is_left = ended.left == Left::Something;
            sums.doubles += usize::from(ended.published > 1);
            sums.lost += usize::from(ended.published == 0 && !is_told && !is_left);
            sums.stuck += usize::from(is_left);
            sums.denied += usize::from(ended.published > 0 && ended.state == "failed");
            sums.unmet += usize::from(ended.met == Met::No);
        }
        sums
    }

    /// Returns whether nothing speaks against it.
    pub(crate) fn are_clean(&self) -> bool {
        let Self {
            cells: _,
            doubles,
            lost,
            stuck,
            denied,
            unmet,
        } = self;
        [doubles, lost, stuck, denied, unmet]
            .iter()
            .all(|sum| **sum == 0)
    }
}

/// Returns the matrix as a table, its sums, and in words what ended otherwise than published.
pub(crate) fn shown(lines: &[Line], results: &Results) -> Result<String> {
    let mut text = String::new();
    let mut told = String::new();
    write!(text, "{:38}", "")?;
    for name in NAMES {
        write!(text, " {name:>9}")?;
    }
    for (number, line) in lines.iter().enumerate() {
        let lead = match line.row.first {
            First::Nothing => String::new(),
            First::Lost(step) => format!(" after a lost {step:?}"),
            First::TokenEnded => " of an ended token".to_owned(),
        };
        let step = format!("{:?}{lead}", line.row.step).to_lowercase();
        let head = format!("{} {step}", line.network);
        write!(text, "\n{head:38}")?;
        for name in NAMES {
            let ended = results.get(&(number, name));
            write!(text, " {:>9}", ended.map_or("", mark))?;
            if let Some(ended) = ended.filter(|ended| mark(ended) != PUBLISHED) {
                write!(told, "\n{head}, {name}: {}: {}", ended.state, ended.words)?;
            }
        }
    }
    let Sums {
        cells,
        doubles,
        lost,
        stuck,
        denied,
        unmet,
    } = Sums::of(results);
    write!(
        text,
        "\n\n{PUBLISHED} published once · {FAILED} told in words, and not published · {UNCERTAIN} left to \
         the user in words\n{cells} cells: {doubles} doubles, {lost} lost, {stuck} stuck; {denied} told as \
         failed although published, {unmet} in which nothing went wrong\n{told}"
    )?;
    Ok(text)
}

const PUBLISHED: &str = "1";
const FAILED: &str = "failed";
const UNCERTAIN: &str = "unsure";

/// Returns what a cell shows.
fn mark(ended: &Ended) -> &'static str {
    if ended.published > 1 {
        return "DOUBLE";
    }
    if ended.left == Left::Something {
        return "STUCK";
    }
    if ended.met == Met::No {
        return "NOT MET";
    }
    match (ended.state.as_str(), ended.published) {
        ("published", 1) => PUBLISHED,
        ("uncertain", _) if !ended.words.is_empty() => UNCERTAIN,
        ("failed", 0) if !ended.words.is_empty() => FAILED,
        ("failed", _) => "DENIED",
        _ => "LOST",
    }
}
