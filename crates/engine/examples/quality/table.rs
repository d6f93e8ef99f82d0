//! Figures and goals.

/// Whether a figure reaches its goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Met,
    Missed,
    /// It is told, and has no goal of its own.
    Told,
}

/// A measured figure.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    what: String,
    value: String,
    goal: String,
    verdict: Verdict,
}

impl Figure {
    /// Returns a figure that is to be at least `goal`.
    pub(crate) fn at_least(what: &str, value: f64, goal: f64) -> Self {
        Self::judged(
            what,
            value,
            &format!("≥ {goal}"),
            Verdict::of(|| value >= goal),
        )
    }

    /// Returns a figure that is to be at most `goal`.
    pub(crate) fn at_most(what: &str, value: f64, goal: f64) -> Self {
        Self::judged(
            what,
            value,
            &format!("≤ {goal}"),
            Verdict::of(|| value <= goal),
        )
    }

    /// Returns a count that is to be all of `of`.
    pub(crate) fn all(what: &str, count: usize, of: usize) -> Self {
        Self {
            what: what.to_owned(),
            value: format!("{count} of {of}"),
            goal: "all".to_owned(),
            verdict: Verdict::of(|| count == of),
        }
    }

    /// Returns a count that is to be none.
    pub(crate) fn none(what: &str, count: usize) -> Self {
        Self {
            what: what.to_owned(),
            value: count.to_string(),
            goal: "none".to_owned(),
            verdict: Verdict::of(|| count == 0),
        }
    }

    /// Returns a figure without a goal.
    pub(crate) fn told(what: &str, value: String) -> Self {
        Self {
            what: what.to_owned(),
            value,
            goal: String::new(),
            verdict: Verdict::Told,
        }
    }

    fn judged(what: &str, value: f64, goal: &str, verdict: Verdict) -> Self {
        Self {
            what: what.to_owned(),
            value: format!("{value:.3}"),
            goal: goal.to_owned(),
            verdict,
        }
    }
}

impl Verdict {
    fn of(is_met: impl FnOnce() -> bool) -> Self {
        if is_met() { Self::Met } else { Self::Missed }
    }
}

/// Prints the name of a row that begins.
#[expect(
    clippy::print_stdout,
    reason = "the figures are what this program is for"
)]
pub(crate) fn heading(row: &str) {
    println!("\n{row}");
}

/// Prints a line about one file.
#[expect(
    clippy::print_stdout,
    reason = "the figures are what this program is for"
)]
pub(crate) fn line(text: &str) {
    println!("  {text}");
}

/// Prints all figures with their goals and the commands that print them.
#[expect(
    clippy::print_stdout,
    reason = "the figures are what this program is for"
)]
pub(crate) fn print(figures: &[(&str, Figure)]) {
    let (figure, goal) = ("figure", "goal");
    println!("\n{:58} {figure:>12}  {goal:10}        command", "what");
    for (row, found) in figures {
        let mark = match found.verdict {
            Verdict::Met => "met",
            Verdict::Missed => "MISSED",
            Verdict::Told => "",
        };
        println!(
            "{:58} {:>12}  {:10} {mark:6} cargo xtask bench quality {row}",
            found.what, found.value, found.goal
        );
    }
}
