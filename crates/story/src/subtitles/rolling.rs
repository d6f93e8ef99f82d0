//! Lines that scroll up: rolling captions give each line again, above the next one.

use footage::time::{TICKS_PER_SECOND, Ticks};

use super::Cue;

/// How far apart two cues may be for a repeated line to be the same line scrolling up.
const ROLL_UP_GAP: Ticks = Ticks(TICKS_PER_SECOND / 10);
/// In a cue shorter than this nothing can be said; rolling captions pause there for a moment.
const SHORTEST_SAID: Ticks = Ticks(TICKS_PER_SECOND / 10);
/// The least number of words that surely are the same line and not said again.
const SURE_REPEAT: usize = 3;
/// How many cues in a row repeat the one before where captions roll.
const ROLLING_RUN: usize = 3;
/// How many do in a file of which they are at least one in [`ROLLING_SHARE`].
const ROLLING_FEW: usize = 2;
const ROLLING_SHARE: usize = 5;

/// Whether the lines of a file scroll up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rolling {
    /// They do: every repeated line is the same line.
    Yes,
    /// Not that it is known: a short line such as "No." may well be said twice.
    No,
}

/// Returns whether the lines of a file, whose cues are sorted, scroll up: it has times of words, or
/// several cues repeat the end of the one before and go on, or repeat it for a moment. Where
/// somebody says "No." again and again, the cues do neither.
pub(super) fn rolling(sorted: &[&Cue]) -> Rolling {
    if sorted.iter().any(|cue| !cue.pieces.is_empty()) {
        return Rolling::Yes;
    }
    let (mut n_repeats, mut run, mut longest) = (0, 0, 0);
    for pair in sorted.windows(2) {
        let [before, cue] = pair else { continue };
        let repeated = scrolled_bytes(before, cue, 1);
        if repeated > 0 && (repeated < cue.text.len() || is_moment(cue)) {
            n_repeats += 1;
            run += 1;
            longest = longest.max(run);
        } else {
            run = 0;
        }
    }
    let many = n_repeats >= ROLLING_FEW && n_repeats * ROLLING_SHARE >= sorted.len();
    if longest >= ROLLING_RUN || many {
        Rolling::Yes
    } else {
        Rolling::No
    }
}

/// Returns how many bytes of `cue` are lines of the cue before that scrolled up.
pub(super) fn repeated_bytes(before: &Cue, cue: &Cue, rolling: Rolling) -> usize {
    let sure = rolling == Rolling::Yes || is_moment(before) || is_moment(cue);
    scrolled_bytes(before, cue, if sure { 1 } else { SURE_REPEAT })
}

/// Whether a cue is shorter than anything that is said.
fn is_moment(cue: &Cue) -> bool {
    cue.range.duration() < SHORTEST_SAID
}

/// Returns how many bytes of `cue` repeat the end of the cue before, when the lines have
/// `least_words` together.
fn scrolled_bytes(before: &Cue, cue: &Cue, least_words: usize) -> usize {
    if cue.range.start > before.range.end + ROLL_UP_GAP || cue.range.start == before.range.start {
        return 0;
    }
    let joined: String = if cue.pieces.is_empty() {
        cue.text.clone()
    } else {
        cue.pieces.iter().map(|piece| piece.text.as_str()).collect()
    };
    let earlier: Vec<&str> = before.text.lines().map(str::trim).collect();
    let mut repeated = 0;
    let mut bytes = 0;
    let mut read: Vec<&str> = Vec::new();
    for line in joined.split_inclusive('\n') {
        bytes += line.len();
        if line.trim().is_empty() {
            continue;
        }
        read.push(line.trim());
        let n_words: usize = read
            .iter()
            .map(|line| line.split_whitespace().count())
            .sum();
        if earlier.ends_with(&read) && n_words >= least_words {
            repeated = bytes;
        }
    }
    repeated
}
