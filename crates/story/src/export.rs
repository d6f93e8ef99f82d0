//! Caption files: SubRip, WebVTT and Advanced SubStation Alpha.
//!
//! ```
//! use story::export::{CaptionCue, srt};
//! use timeline::caption::{Card, CardWord};
//! use timeline::time::{SequenceRange, SequenceTime};
//!
//! let range = SequenceRange::new(SequenceTime::from_secs(1.0), SequenceTime::from_secs(2.5));
//! let word = CardWord { text: "Hello".to_owned(), range, emphasis: false };
//! let cue = CaptionCue::new(Card { range, words: vec![word] });
//! assert_eq!(srt(&[cue]), "1\n00:00:01,000 --> 00:00:02,500\nHello\n\n");
//! ```

use footage::words::{joined, touch};
use timeline::caption::Card;
use timeline::time::SequenceTime;

mod substation;

pub use substation::ass;

/// Characters above which a card without given lines is written on two.
const ONE_LINE: usize = 32;

/// A card and how it is broken into lines.
#[derive(Debug, Clone, PartialEq)]
pub struct CaptionCue {
    /// What is shown and when.
    pub card: Card,
    /// The lines; together they hold the card's words in order.
    pub lines: Vec<String>,
    /// Where it stands in the frame; `None` for where the style puts it.
    pub place: Option<Place>,
}

/// Where a card was drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Middle of its box in pixels of the frame, from the left.
    pub x: f64,
    /// Middle of its box in pixels of the frame, from the top.
    pub y: f64,
    /// Size of its letters in pixels.
    pub letter_size: f64,
}

impl CaptionCue {
    /// Returns the card with new lines before the words at `starts`, and where it was drawn.
    ///
    /// The lines hold the words as they are: drawing may change their case, break long ones and
    /// leave out letters that no font has.
    pub fn drawn(card: Card, starts: &[usize], place: Place) -> Self {
        let mut lines: Vec<String> = Vec::new();
        for (position, word) in card.words.iter().enumerate() {
            match lines.last_mut() {
                Some(line) if !starts.contains(&position) => {
                    if !touch(line, &word.text) {
                        line.push(' ');
                    }
                    line.push_str(&word.text);
                }
                _ => lines.push(word.text.clone()),
            }
        }
        Self {
            card,
            lines,
            place: Some(place),
        }
    }

    /// Returns the card on one line, or on two of about the same length when it is long.
    pub fn new(card: Card) -> Self {
        let texts: Vec<&str> = card.words.iter().map(|word| word.text.as_str()).collect();
        let line = |words: &[&str]| joined(words.iter().copied());
        let whole = line(&texts);
        let length = |words: &[&str]| line(words).chars().count();
        let lines = if whole.chars().count() <= ONE_LINE || texts.len() < 2 {
            vec![whole]
        } else {
            let uneven = |at: &usize| {
                let (first, second) = texts.split_at(*at);
                length(first).abs_diff(length(second))
            };
            let at = (1..texts.len()).min_by_key(uneven).unwrap_or(1);
            let (first, second) = texts.split_at(at);
            vec![line(first), line(second)]
        };
        Self {
            card,
            lines,
            place: None,
        }
    }
}

/// Returns the cues as SubRip. The format knows no escapes; an arrow in the text, which would read
/// as a time line, becomes `→`.
pub fn srt(cues: &[CaptionCue]) -> String {
    let mut text = String::new();
    for (index, cue) in cues.iter().enumerate() {
        let (start, end) = milliseconds(&cue.card);
        let times = format!("{} --> {}", clock(start, ','), clock(end, ','));
        let lines = lines(cue).join("\n").replace("-->", "→");
        let number = index + 1;
        for part in [number.to_string(), times, lines, String::new()] {
            text.push_str(&part);
            text.push('\n');
        }
    }
    text
}

/// Returns the cues as WebVTT.
pub fn vtt(cues: &[CaptionCue]) -> String {
    let mut text = String::from("WEBVTT\n\n");
    for cue in cues {
        let (start, end) = milliseconds(&cue.card);
        let times = format!("{} --> {}", clock(start, '.'), clock(end, '.'));
        let lines = lines(cue).join("\n");
        let escaped = lines
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        for part in [times, escaped, String::new()] {
            text.push_str(&part);
            text.push('\n');
        }
    }
    text
}

/// Returns the lines without breaks inside and without empty ones, which would end a cue.
fn lines(cue: &CaptionCue) -> Vec<String> {
    cue.lines
        .iter()
        .map(|line| {
            line.split(['\n', '\r'])
                .collect::<Vec<_>>()
                .join(" ")
                .trim()
                .to_owned()
        })
        .filter(|line| !line.is_empty())
        .collect()
}

/// Returns when a card is shown in whole milliseconds, for at least one.
fn milliseconds(card: &Card) -> (i64, i64) {
    let start = rounded(card.range.start, 1000);
    (start, rounded(card.range.end, 1000).max(start + 1))
}

/// Returns a time in units of `1 / per_second` s, rounded to the nearest; negative times give 0.
fn rounded(time: SequenceTime, per_second: u32) -> i64 {
    time.since_start().samples(per_second).max(0)
}

fn clock(milliseconds: i64, point: char) -> String {
    let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000);
    let (minutes, hours) = (seconds / 60 % 60, seconds / 3600);
    format!(
        "{hours:02}:{minutes:02}:{:02}{point}{rest:03}",
        seconds % 60
    )
}
