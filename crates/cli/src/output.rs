//! What is printed where.

use std::io::{ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use protocol::error::{ApiError, Failure};
use serde::Serialize;

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// For people.
    Text,
    /// One JSON document.
    Json,
}

impl From<crate::arguments::Json> for Style {
    fn from(json: crate::arguments::Json) -> Self {
        if json.json { Self::Json } else { Self::Text }
    }
}

/// Prints a result to standard output: `text` for people, `document` for scripts.
pub(crate) fn result(style: Style, document: &impl Serialize, text: impl FnOnce() -> String) {
    match style {
        Style::Text => line(&text()),
        Style::Json => match serde_json::to_string_pretty(document) {
            Ok(json) => line(&json),
            Err(error) => {
                note(&format!("the result cannot be written as JSON: {error}"));
                LOST.store(true, Ordering::Relaxed);
            }
        },
    }
}

/// Prints a failure and returns the exit status that goes with it.
pub(crate) fn failure(style: Style, error: &ApiError) -> u8 {
    match style {
        Style::Text => note(&words(error)),
        Style::Json => result(
            style,
            &Failure {
                error: error.clone(),
            },
            String::new,
        ),
    }
    error.code.exit_status()
}

/// Returns a failure in one line.
pub(crate) fn words(error: &ApiError) -> String {
    let input = error
        .input
        .as_ref()
        .map(|input| format!("{input}: "))
        .unwrap_or_default();
    let message = &error.message;
    // Many messages begin with the path that is the input.
    let start = if message.starts_with(input.trim_end_matches(": ")) {
        ""
    } else {
        &input
    };
    let hint = if error.hint.is_empty() {
        String::new()
    } else {
        format!(" — {}", error.hint)
    };
    format!("crealia: {start}{message}{hint}")
}

/// Whether a result could not be printed.
static LOST: AtomicBool = AtomicBool::new(false);

/// Prints a line to standard output. A reader that went away wants no more; the work goes on.
pub(crate) fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        Err(error) => {
            note(&format!("crealia: the result cannot be printed: {error}"));
            LOST.store(true, Ordering::Relaxed);
        }
    }
}

/// Returns the exit status of a command that ended with `status`: lost results are a failure.
pub(crate) fn status(status: u8) -> u8 {
    if status == 0 && LOST.load(Ordering::Relaxed) {
        1
    } else {
        status
    }
}

/// Tells of something beside the result: a sentence for people, one JSON object for scripts.
pub(crate) fn aside(style: Style, code: &str, text: &str) {
    match style {
        Style::Text => note(&format!("crealia: {text}")),
        Style::Json => note(&serde_json::json!({"note": {"code": code, "text": text}}).to_string()),
    }
}

/// Prints a line to standard error.
pub(crate) fn note(text: &str) {
    // There is nowhere left to tell when this fails.
    drop(writeln!(std::io::stderr().lock(), "{text}"));
}

/// Returns seconds as `m:ss`.
pub(crate) fn clock(secs: f64) -> String {
    let whole = secs.max(0.0).round() as u64;
    if whole >= 3600 {
        return format!("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
    }
    format!("{}:{:02}", whole / 60, whole % 60)
}
