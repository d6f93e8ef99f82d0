//! Lines of times: `00:00:01,000 --> 00:00:02,000`.

use footage::time::{SourceRange, SourceTime, TICKS_PER_SECOND};

use super::DropReason;

/// Reads a line of times, or returns `None` when the line is something else.
///
/// A line of text may hold an arrow too, such as `10 → 20 euros`, so a line of times begins with a
/// digit or a sign and has a clock on both sides.
pub(super) fn timing_line(line: &str) -> Option<Result<SourceRange, DropReason>> {
    let line = line.trim();
    if !line.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+') {
        return None;
    }
    let (start, rest) = arrow(line)?;
    // What follows the end are settings (WebVTT) or coordinates (SubRip).
    let end = rest.split_whitespace().next().unwrap_or_default();
    let (Some(start), Some(end)) = (signed_time(start.trim()), signed_time(end)) else {
        return Some(Err(DropReason::UnreadableTime));
    };
    Some(if start < SourceTime::ZERO || end < SourceTime::ZERO {
        Err(DropReason::NegativeTime)
    } else if end <= start {
        Err(DropReason::ReversedTime)
    } else {
        Ok(SourceRange { start, end })
    })
}

/// Splits a line at the arrow between two times, or returns `None` when it is part of a text.
fn arrow(line: &str) -> Option<(&str, &str)> {
    // To the second or finer: "10:30 → 11:00" tells opening hours.
    let is_fine = |clock: &str| clock.split([':', ',', '.']).count() >= 3;
    let standard = line.split_once("-->");
    let (start, rest) = standard
        .or_else(|| line.split_once("->"))
        .or_else(|| line.split_once('→'))?;
    let start = start.trim();
    let end = rest.split_whitespace().next().unwrap_or_default();
    let clocks = start.contains(':') && end.contains(':');
    let is_time_line = if standard.is_some() {
        // A start alone is a line of times whose end is damaged.
        clocks || (is_fine(start) && time(start).is_some())
    } else {
        clocks && is_fine(start) && is_fine(end)
    };
    is_time_line.then_some((start, rest))
}

fn signed_time(text: &str) -> Option<SourceTime> {
    match text.strip_prefix('-') {
        Some(text) => time(text).map(|time| SourceTime(-time.0)),
        None => time(text.strip_prefix('+').unwrap_or(text)),
    }
}

/// Reads `h:mm:ss.fff`, `mm:ss.fff` or `h:mm:ss`, with a comma or a dot, spaces around the colons.
pub(super) fn time(text: &str) -> Option<SourceTime> {
    let (clock, fraction) = match text.split_once([',', '.']) {
        Some((clock, fraction)) => (clock, fraction.trim()),
        None => (text, ""),
    };
    let mut parts = clock.split(':').map(|part| number(part.trim()));
    let (a, b, c) = (parts.next()?, parts.next()?, parts.next());
    if parts.next().is_some() {
        return None;
    }
    let (hours, minutes, seconds) = match c {
        Some(seconds) => (a?, b?, seconds?),
        None => (0, a?, b?),
    };
    if minutes > 59 || seconds > 59 {
        return None;
    }
    let mut ticks = (hours * 3600 + minutes * 60 + seconds) * TICKS_PER_SECOND;
    if !fraction.is_empty() {
        // Nanoseconds are finer than any file; digits beyond are cut.
        if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let digits: String = fraction
            .chars()
            .chain("000000000".chars())
            .take(9)
            .collect();
        ticks += footage::time::Ticks::from_nanos(digits.parse().ok()?).0;
    }
    Some(SourceTime(ticks))
}

/// At most 6 digits: an hour count of a million is beyond what ticks hold.
fn number(text: &str) -> Option<i64> {
    let is_number = (1..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}
