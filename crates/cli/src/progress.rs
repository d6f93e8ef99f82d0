//! Progress on standard error: a line that renews itself, a line per step, or JSON.

use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};

use engine::reels::Listener;
use protocol::progress::{ProgressEvent, Step};
use task::Progress;

use crate::arguments::Quiet;
use crate::output::{self, Style, clock};

/// Finer steps than this are not worth a line of JSON.
const PERCENT: f64 = 0.5;

/// Who hears of progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Nobody.
    Nobody,
    /// A person at a terminal.
    Terminal,
    /// A person who reads a file later.
    Log,
    /// A script.
    Script,
}

impl Audience {
    /// Returns who listens, given `--quiet` and the style of the output.
    pub(crate) fn of(style: Style, quiet: Quiet) -> Self {
        match style {
            _ if quiet.quiet => Self::Nobody,
            Style::Json => Self::Script,
            Style::Text if std::io::stderr().is_terminal() => Self::Terminal,
            Style::Text => Self::Log,
        }
    }
}

#[derive(Default)]
struct Told {
    input: String,
    place: Option<(Step, u32)>,
    percent: f64,
}

/// Returns a listener that tells `audience`.
pub(crate) fn listener(audience: Audience) -> Listener {
    let told = Mutex::new(Told::default());
    Arc::new(move |event: &ProgressEvent| {
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        let place = Some((event.step, event.item));
        let new = told.place != place || told.input != event.input;
        let moved = (event.total_percent - told.percent).abs() >= PERCENT;
        if !new && !moved && event.total_percent < 100.0 {
            return;
        }
        *told = Told {
            input: event.input.clone(),
            place,
            percent: event.total_percent,
        };
        match audience {
            Audience::Terminal => renew(&sentence(event)),
            Audience::Log if new => output::note(&sentence(event)),
            Audience::Nobody | Audience::Log => {}
            Audience::Script => {
                if let Ok(json) = serde_json::to_string(event) {
                    output::note(&json);
                }
            }
        }
    })
}

/// Returns a progress for work of a single step.
pub(crate) fn single(audience: Audience, input: &str, step: Step) -> Progress {
    let listener = listener(audience);
    let began = std::time::Instant::now();
    let input = input.to_owned();
    Progress::new(move |fraction| {
        let elapsed = began.elapsed().as_secs_f64();
        listener(&ProgressEvent {
            input: input.clone(),
            step,
            item: 1,
            of: 1,
            percent: fraction * 100.0,
            total_percent: fraction * 100.0,
            elapsed,
            eta: (fraction > 0.03).then(|| elapsed / fraction * (1.0 - fraction)),
        });
    })
}

/// Clears the line that renews itself.
pub(crate) fn clear(audience: Audience) {
    if audience == Audience::Terminal {
        renew("");
    }
}

fn sentence(event: &ProgressEvent) -> String {
    let items = if event.of > 1 {
        format!(" {} of {}", event.item, event.of)
    } else {
        String::new()
    };
    let eta = event
        .eta
        .map(|secs| format!(", about {} left", clock(secs)))
        .unwrap_or_default();
    format!(
        "{}: {}{items} — {:.0} %{eta}",
        event.input,
        event.step.words(),
        event.total_percent
    )
}

fn renew(text: &str) {
    let mut terminal = std::io::stderr().lock();
    // Progress that cannot be shown is no reason to stop.
    drop(write!(terminal, "\r\x1b[2K{text}").and_then(|()| terminal.flush()));
}
