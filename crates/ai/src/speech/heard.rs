//! From what the model wrote about a piece to its segments.
//!
//! The model marks where a segment begins and ends by timestamp tokens. whisper.cpp can follow them
//! from window to window, and aborts the program when it has 0.11 to 0.15 s to align: its median
//! filter is wider than that. So it is told to take each piece as one segment, and what it would do
//! with the timestamps is done here.

use footage::time::{SourceRange, SourceTime, Ticks};

use super::words::{Segment, Token};

/// Length of one step of the timestamp tokens.
const STEP: Ticks = Ticks(Ticks::SECOND.0 / 50);
/// Sound at the end of a piece that is too short to listen to again; whisper.cpp's own limit.
const LEAST_REST: Ticks = Ticks(Ticks::SECOND.0 / 10);

/// How much further the model listens at least when its text ran out of room: nobody says that much
/// in less, so it repeats itself.
const LEAST_STEP: Ticks = Ticks::SECOND;

/// A token as the model wrote it; times are in hundredths of a second from the start of the piece,
/// negative where unknown.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub(super) id: i32,
    pub(super) bytes: Vec<u8>,
    /// When the alignment leaves it.
    pub(super) left: i64,
    /// When it begins and ends by its neighbours' timestamps.
    pub(super) about: (i64, i64),
    pub(super) probability: f32,
}

/// The vocabulary's numbers that structure a text: below `end` is text, from `zero` on timestamps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marks {
    /// "End of text".
    pub(super) end: i32,
    /// The timestamp 0.
    pub(super) zero: i32,
}

impl Marks {
    fn timestamp(self, token: &Written) -> Option<Ticks> {
        (token.id >= self.zero).then(|| Ticks(STEP.0 * i64::from(token.id - self.zero)))
    }
}

/// What was understood of a piece.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub(super) segments: Vec<Segment>,
    /// Where the model stopped before the piece's end: from there on it has to listen again.
    pub(super) rest: Option<SourceTime>,
}

/// Returns the segments in what was written about `piece`.
pub(super) fn heard(
    mut written: &[Written],
    marks: Marks,
    piece: SourceRange,
    no_speech: f32,
) -> Heard {
    let at = |length: Ticks| (piece.start + length).min(piece.end);
    let last = written
        .iter()
        .enumerate()
        .rev()
        .find_map(|(index, token)| Some((index, marks.timestamp(token)?)))
        .filter(|(_, time)| *time > Ticks::ZERO);
    let ended = written.last().is_some_and(|token| token.id == marks.end);
    let mut rest = None;
    if let Some((index, time)) = last {
        let before = index.checked_sub(1).and_then(|before| written.get(before));
        let opens = before.is_some_and(|token| marks.timestamp(token).is_some());
        let nothing_follows = written
            .iter()
            .skip(index + 1)
            .all(|token| token.id >= marks.end);
        let again = if !ended {
            // The text ran out of room.
            Some(at(time.max(LEAST_STEP)))
        } else if opens && nothing_follows {
            // A segment was begun and not written.
            Some(at(time))
        } else {
            None
        };
        rest = again.filter(|time| piece.end - *time > LEAST_REST);
        if !ended && rest.is_some() {
            written = written.get(..=index).unwrap_or(written);
        }
    }
    let mut segments = Vec::new();
    let mut open = Open::at(at(Ticks::ZERO));
    for token in written {
        if let Some(time) = marks.timestamp(token) {
            segments.extend(open.closed(at(time), no_speech));
            open = Open::at(at(time));
        } else if token.id < marks.end {
            open.take(token, piece);
        }
    }
    segments.extend(open.closed(piece.end, no_speech));
    Heard { segments, rest }
}

/// A segment on its way.
struct Open {
    start: SourceTime,
    left: SourceTime,
    tokens: Vec<Token>,
}

impl Open {
    fn at(start: SourceTime) -> Self {
        Self {
            start,
            left: start,
            tokens: Vec::new(),
        }
    }

    fn take(&mut self, token: &Written, piece: SourceRange) {
        let time = |hundredths: i64| {
            let length = Ticks(hundredths.max(0) * (Ticks::SECOND.0 / 100));
            (piece.start + length).min(piece.end)
        };
        let (from, to) = token.about;
        let range = if token.left >= 0 {
            let until = time(token.left).max(self.left);
            let range = SourceRange::new(self.left, until);
            self.left = until;
            Some(range)
        } else if from >= 0 && to >= from {
            Some(SourceRange::new(time(from), time(to)))
        } else {
            None
        };
        self.tokens.push(Token {
            bytes: token.bytes.clone(),
            range,
            probability: token.probability,
        });
    }

    fn closed(self, end: SourceTime, no_speech: f32) -> Option<Segment> {
        (!self.tokens.is_empty()).then(|| Segment {
            tokens: self.tokens,
            range: SourceRange::new(self.start, end.max(self.start)),
            no_speech,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKS: Marks = Marks {
        end: 1000,
        zero: 2000,
    };

    /// Tokens separated by spaces: numbers are timestamps in seconds, `.` ends the text, all else is
    /// text that the alignment leaves 0.1 s after the token before it.
    fn written(text: &str) -> Vec<Written> {
        let mut clock = 0;
        text.split(' ')
            .map(|word| {
                let time = word.parse::<f64>().ok();
                let id = match time {
                    Some(time) => MARKS.zero + (time * 50.0).round() as i32,
                    None if word == "." => MARKS.end,
                    None => 7,
                };
                if let Some(time) = time {
                    clock = (time * 100.0).round() as i64;
                } else {
                    clock += 10;
                }
                Written {
                    id,
                    bytes: word.as_bytes().to_vec(),
                    left: clock,
                    about: (-1, -1),
                    probability: 0.9,
                }
            })
            .collect()
    }

    /// The segments of a piece that starts at 100 s and lasts 10 s, and where to listen again.
    fn check(text: &str, expect: &str) {
        let piece = SourceRange::from_secs(100.0, 110.0);
        let heard = heard(&written(text), MARKS, piece, 0.0);
        let seconds = |time: SourceTime| time.since_start().secs() - 100.0;
        let mut shown: Vec<_> = heard
            .segments
            .iter()
            .map(|segment| {
                let words: Vec<_> = segment
                    .tokens
                    .iter()
                    .map(|token| String::from_utf8_lossy(&token.bytes).into_owned())
                    .collect();
                let (start, end) = (seconds(segment.range.start), seconds(segment.range.end));
                format!("{start:.2}-{end:.2} {}", words.join(" "))
            })
            .collect();
        shown.extend(heard.rest.map(|time| format!("again {:.2}", seconds(time))));
        assert_eq!(shown.join(" | "), expect, "{text}");
    }

    #[test]
    fn timestamps_part_segments() {
        check("0 one two 2.5 .", "0.00-2.50 one two");
        check(
            "0 one 2.5 2.9 two 4 4 three 9.9 .",
            "0.00-2.50 one | 2.90-4.00 two | 4.00-9.90 three",
        );
        check("0 one two .", "0.00-10.00 one two");
        check("0 one 2.5 2.5 two .", "0.00-2.50 one | 2.50-10.00 two");
        check(".", "");
    }

    #[test]
    fn what_the_model_did_not_get_to_is_listened_to_again() {
        // A segment that is begun and not written.
        check("0 one 2.5 2.5 .", "0.00-2.50 one | again 2.50");
        check("0 one 9.94 9.94 .", "0.00-9.94 one");
        // No room for more text.
        check("0 one 2.5 2.5 two three", "0.00-2.50 one | again 2.50");
        check("0 one two three", "0.00-10.00 one two three");
        // As much text in no time is a repetition.
        check("0 one 0.5 0.5 two", "0.00-0.50 one | again 1.00");
        // The last timestamp is the piece's end.
        check("0 one 9.94", "0.00-9.94 one");
    }

    #[test]
    fn the_alignment_places_tokens_after_one_another() {
        let piece = SourceRange::from_secs(100.0, 110.0);
        let heard = heard(&written("0 one two 2 2 three 3 ."), MARKS, piece, 0.0);
        let ranges: Vec<_> = heard
            .segments
            .iter()
            .flat_map(|segment| &segment.tokens)
            .map(|token| token.range)
            .collect();
        let expect = [(100.0, 100.1), (100.1, 100.2), (102.0, 102.1)];
        assert_eq!(
            ranges,
            expect.map(|(from, to)| Some(SourceRange::from_secs(from, to)))
        );
    }
}
