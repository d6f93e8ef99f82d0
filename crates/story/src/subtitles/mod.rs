//! Subtitle files: SubRip and WebVTT as they are found in the wild, and the words in them.
//!
//! ```
//! let file = story::subtitles::parse("1\r\n0:00:01,5 --> 0:00:03,000\r\n<i>Bonjour</i> !\r\n")?;
//! assert_eq!(file.cues[0].text, "Bonjour !");
//! # Ok::<(), story::subtitles::SubtitleError>(())
//! ```

mod decode;
mod markup;
mod rolling;
mod spread;
#[cfg(test)]
mod tests;
mod timing;
mod tokens;

use std::fmt;

use footage::time::{SourceRange, SourceTime};
use serde::{Deserialize, Serialize};

pub use decode::decode_text;
pub use spread::{Heard, transcript_from_cues};

/// A text that is shown for some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cue {
    /// When it is shown; never empty.
    pub range: SourceRange,
    /// Plain text: markup removed, entities decoded, lines separated by `\n`; never blank.
    pub text: String,
    /// The text in pieces that start at times of their own, in order; empty when the file gives
    /// none. The pieces joined are the text.
    pub pieces: Vec<Piece>,
}

/// A piece of a cue that starts at a time of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// When it starts.
    pub start: SourceTime,
    /// Its text, with the spaces around it.
    pub text: String,
}

/// The cues of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subtitles {
    /// The cues in order of their start, then of their end, then of the file.
    pub cues: Vec<Cue>,
    /// The language that the file's header names.
    pub language: Option<String>,
    /// What was left out, in the file's order: worth telling the user, since its text is missing.
    pub dropped: Vec<Dropped>,
}

/// A cue that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// Line of its times, from 1.
    pub line: usize,
    /// Why.
    pub reason: DropReason,
}

/// Why a cue was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DropReason {
    /// The line of times cannot be read.
    UnreadableTime,
    /// It starts or ends before 0.
    NegativeTime,
    /// It ends where it starts or before.
    ReversedTime,
    /// It holds no text.
    NoText,
}

impl fmt::Display for DropReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnreadableTime => "its times cannot be read",
            Self::NegativeTime => "it has a negative time",
            Self::ReversedTime => "it does not end after its start",
            Self::NoText => "it holds no text",
        })
    }
}

/// Why a subtitle file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubtitleError {
    /// Nothing but blanks.
    #[error("the subtitle file is empty")]
    Empty,
    /// Not one line of times: probably another kind of file.
    #[error("the file holds no line of times such as 00:00:01,000 --> 00:00:02,000")]
    NoTimes,
    /// It should be WebVTT but does not begin with the word.
    #[error("a WebVTT file begins with WEBVTT")]
    NoHeader,
    /// There are cues but none can be used.
    #[error("none of the {} cues can be used; line {}: {}", .0.len() + 1, .1.line, .1.reason)]
    NoUsableCue(
        /// All but the first.
        Vec<Dropped>,
        /// The first.
        Dropped,
    ),
    /// Bytes that are no text.
    #[error("the file is not text: a zero byte at offset {offset}")]
    NotText {
        /// Position of the first byte that no text holds.
        offset: usize,
    },
    /// UTF-16 with half a character.
    #[error("the file says it is UTF-16 but does not hold whole characters")]
    BrokenUtf16,
}

/// Reads WebVTT when the text begins with `WEBVTT`, else SubRip: files are often misnamed.
pub fn parse(text: &str) -> Result<Subtitles, SubtitleError> {
    match parse_vtt(text) {
        Err(SubtitleError::NoHeader) => parse_srt(text),
        result => result,
    }
}

/// Reads SubRip. Accepts missing indices, dots for commas, missing hours, blank lines in the text.
pub fn parse_srt(text: &str) -> Result<Subtitles, SubtitleError> {
    let lines: Vec<&str> = lines(text);
    let mut times = Vec::new();
    for (position, line) in lines.iter().enumerate() {
        if let Some(read) = timing::timing_line(line) {
            times.push((position, read));
        }
    }
    let mut found = Found::default();
    let mut index_before = None;
    for (cue, (position, read)) in times.iter().enumerate() {
        let text_end = times.get(cue + 1).map_or(lines.len(), |(next, _)| *next);
        let mut body = lines
            .get(position + 1..text_end)
            .unwrap_or_default()
            .to_vec();
        let index_here = position
            .checked_sub(1)
            .and_then(|before| lines.get(before))
            .and_then(|line| index(line));
        if cue + 1 < times.len() {
            drop_next_index(&mut body, index_here.or(index_before));
        }
        index_before = index_here.or(index_before.and_then(|index: u64| index.checked_add(1)));
        found.add(position + 1, *read, &body.join("\n"), &markup::SRT);
    }
    found.finish(text)
}

/// Reads WebVTT after <https://www.w3.org/TR/webvtt1/>, with the tolerance of [`parse_srt`].
pub fn parse_vtt(text: &str) -> Result<Subtitles, SubtitleError> {
    let lines = lines(text);
    let header = lines.first().copied().unwrap_or_default();
    let is_header = header
        .strip_prefix("WEBVTT")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']));
    if !is_header {
        return Err(if text.trim_matches(is_blank).is_empty() {
            SubtitleError::Empty
        } else {
            SubtitleError::NoHeader
        });
    }
    let mut found = Found::default();
    let mut rest = lines.iter().enumerate().skip(1).peekable();
    while let Some((_, line)) = rest.next_if(|(_, line)| !line.is_empty() && !line.contains("-->"))
    {
        if let Some(code) = line.strip_prefix("Language:") {
            found.file.language = Some(code.trim().to_owned()).filter(|code| !code.is_empty());
        }
    }
    while let Some((position, line)) = rest.next() {
        if let Some(read) = timing::timing_line(line) {
            let mut body: Vec<&str> = Vec::new();
            while let Some((_, line)) =
                rest.next_if(|(_, line)| !line.is_empty() && timing::timing_line(line).is_none())
            {
                body.push(line);
            }
            // Where a line of blanks parts two cues, the next one's identifier was read as text.
            let next_has_times = rest
                .peek()
                .is_some_and(|(_, line)| timing::timing_line(line).is_some());
            if next_has_times
                && body.len() >= 2
                && body
                    .get(body.len() - 2)
                    .is_some_and(|line| line.trim().is_empty())
            {
                body.pop();
            }
            found.add(position + 1, read, &body.join("\n"), &markup::VTT);
        } else if is_block(line) {
            while rest
                .next_if(|(_, line)| !line.is_empty() && !line.contains("-->"))
                .is_some()
            {}
        }
    }
    found.finish(text)
}

/// The cues read so far.
#[derive(Default)]
struct Found {
    file: Subtitles,
}

impl Found {
    fn add(
        &mut self,
        line: usize,
        read: Result<SourceRange, DropReason>,
        body: &str,
        dialect: &markup::Dialect,
    ) {
        let cue = read.and_then(|range| {
            let (text, pieces) = markup::plain(body, range, dialect);
            if text.is_empty() {
                Err(DropReason::NoText)
            } else {
                Ok(Cue {
                    range,
                    text,
                    pieces,
                })
            }
        });
        match cue {
            Ok(cue) => self.file.cues.push(cue),
            Err(reason) => self.file.dropped.push(Dropped { line, reason }),
        }
    }

    fn finish(mut self, text: &str) -> Result<Subtitles, SubtitleError> {
        if self.file.cues.is_empty() {
            let mut dropped = self.file.dropped.into_iter();
            return Err(match dropped.next() {
                Some(first) => SubtitleError::NoUsableCue(dropped.collect(), first),
                None if text.trim_matches(is_blank).is_empty() => SubtitleError::Empty,
                None => SubtitleError::NoTimes,
            });
        }
        // Stable, so that cues of the same time keep the file's order.
        self.file
            .cues
            .sort_by_key(|cue| (cue.range.start, cue.range.end));
        Ok(self.file)
    }
}

/// Splits at any of `\r\n`, `\n`, `\r`; a leading byte order mark is left out.
fn lines(text: &str) -> Vec<&str> {
    let text = text.trim_start_matches('\u{feff}');
    let mut lines = Vec::new();
    for line in text.split('\n') {
        lines.extend(line.strip_suffix('\r').unwrap_or(line).split('\r'));
    }
    lines
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}' || c == '\0'
}

fn is_block(line: &str) -> bool {
    ["NOTE", "STYLE", "REGION"].iter().any(|name| {
        line.strip_prefix(name)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
    })
}

fn index(line: &str) -> Option<u64> {
    line.trim().parse().ok()
}

/// Takes the next cue's index off the end of this cue's text.
///
/// A number after a blank line, or alone, is an index; one right after text is only when it
/// continues the count, so that a text such as `1984` stays where indices are missing.
fn drop_next_index(body: &mut Vec<&str>, index_before: Option<u64>) {
    let lines = body
        .iter()
        .rposition(|line| !line.trim().is_empty())
        .map_or(0, |last| last + 1);
    let touches_times = lines == body.len();
    let Some(text) = body.get(..lines) else {
        return;
    };
    let Some(number) = text.last().and_then(|line| index(line)) else {
        return;
    };
    let after_blank = text
        .len()
        .checked_sub(2)
        .and_then(|before| text.get(before))
        .is_some_and(|line| line.trim().is_empty());
    let continues = index_before.is_some_and(|before| before.checked_add(1) == Some(number));
    if continues || (touches_times && after_blank) {
        body.truncate(lines - 1);
    }
}
