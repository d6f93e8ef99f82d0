//! From tokens to words with times.
//!
//! Times by dynamic time warping: whisper.cpp writes into each text token the moment at which the
//! alignment leaves it, which is where the next token begins (its first alignment row belongs to
//! the "no timestamps" token before the text). So a word begins where the token before it ends.
//! Within a pause the alignment is arbitrary; voice activity then says where a word begins or ends.

use footage::time::{SourceRange, SourceTime, Ticks};
use footage::words::{Word, WordId, is_unspaced};

/// Shortest word.
const SHORTEST: Ticks = Ticks(Ticks::SECOND.0 / 50);
/// Longest that a word without a known end lasts.
const LONGEST: Ticks = Ticks(2 * Ticks::SECOND.0);
/// Punctuation that belongs to the word after it, and to the word before it, after OpenAI's
/// `prepend_punctuations` and `append_punctuations`, with guillemets, dashes and closing marks.
const BEFORE: &str = "\"'“‘¿¡([{«‹-–—";
const AFTER: &str = "\"'.。,，!！?？:：;；…”’)]}»›、%";

/// A text token of the model.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    /// Its bytes: a character may be split over several tokens.
    pub(super) bytes: Vec<u8>,
    /// When it begins and ends, where the model told.
    pub(super) range: Option<SourceRange>,
    /// Probability in 0..=1.
    pub(super) probability: f32,
}

/// A run of tokens that the model gave as one segment.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Segment {
    pub(super) tokens: Vec<Token>,
    /// When it is spoken, as the model's timestamps say.
    pub(super) range: SourceRange,
    /// Probability in 0..=1 that nobody speaks.
    pub(super) no_speech: f32,
}

/// A word on its way.
#[derive(Debug, Clone)]
struct Draft {
    text: String,
    range: Option<SourceRange>,
    probabilities: Vec<f32>,
    starts_cue: bool,
    segment: SourceRange,
}

/// Returns the words of the segments, sorted, without overlap, none of them empty.
pub(super) fn words(segments: &[Segment], speech: &[SourceRange]) -> Vec<Word> {
    let mut drafts: Vec<Draft> = segments
        .iter()
        .filter(|segment| is_heard(segment))
        .flat_map(spelled)
        .collect();
    drop_loops(&mut drafts);
    timed(drafts, speech)
}

/// Returns whether a segment is speech: OpenAI's rule (likely silence *and* unlikely text), and no
/// description of a sound, such as `[Music]`, `(applause)` or `♪`.
fn is_heard(segment: &Segment) -> bool {
    let count = segment.tokens.len().max(1) as f32;
    let certainty = segment
        .tokens
        .iter()
        .map(|token| token.probability.max(f32::MIN_POSITIVE).ln())
        .sum::<f32>()
        / count;
    if segment.no_speech > 0.6 && certainty < -1.0 {
        return false;
    }
    let bytes: Vec<u8> = segment
        .tokens
        .iter()
        .flat_map(|token| token.bytes.iter().copied())
        .collect();
    let text = String::from_utf8_lossy(&bytes);
    let text = text.trim();
    let described =
        [('[', ']'), ('(', ')'), ('*', '*'), ('♪', '♪')]
            .iter()
            .any(|&(open, close)| {
                let inner = text.strip_prefix(open).and_then(|t| t.strip_suffix(close));
                inner.is_some_and(|inner| !inner.contains([open, close]))
            });
    !described && text.chars().any(char::is_alphanumeric)
}

/// Splits a segment into words: at spaces, and between characters of scripts without spaces.
fn spelled(segment: &Segment) -> Vec<Draft> {
    let mut words: Vec<Draft> = Vec::new();
    let mut glue = false;
    for unit in units(&segment.tokens) {
        let text = unit.text.trim().to_owned();
        let spaced = unit.text.starts_with(char::is_whitespace);
        if text.is_empty() {
            // A lone space separates what follows.
            glue = false;
            words.push(unit.draft(String::new(), segment));
            continue;
        }
        let only = |set: &str| text.chars().all(|letter| set.contains(letter));
        let before = words.last().is_some_and(|word| !word.text.is_empty());
        let attaches = only(AFTER) && before && !glue && !(spaced && opens(&text));
        let continues = before && !spaced && !text.starts_with(is_unspaced);
        match words.last_mut() {
            Some(word) if attaches || continues || (glue && before) => {
                // French puts a space before `?` and after `«`: it must not break there.
                if spaced {
                    word.text.push('\u{a0}');
                }
                word.text.push_str(&text);
                word.probabilities.push(unit.probability);
                word.range = joined(word.range, unit.range);
                if glue {
                    glue = only(BEFORE);
                }
            }
            _ => {
                glue = only(BEFORE);
                words.push(unit.draft(text, segment));
            }
        }
    }
    words.retain(|word| word.text.chars().any(char::is_alphanumeric));
    if let Some(first) = words.first_mut() {
        first.starts_cue = true;
    }
    words
}

/// Quotation marks that look the same on both sides open when a space is before them.
fn opens(text: &str) -> bool {
    text.chars().all(|letter| "\"'".contains(letter))
}

/// Tokens whose bytes are whole characters together.
#[derive(Debug)]
struct Unit {
    text: String,
    range: Option<SourceRange>,
    probability: f32,
}

impl Unit {
    fn draft(self, text: String, segment: &Segment) -> Draft {
        Draft {
            text,
            range: self.range,
            probabilities: vec![self.probability],
            starts_cue: false,
            segment: segment.range,
        }
    }
}

fn units(tokens: &[Token]) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut bytes: Vec<u8> = Vec::new();
    let mut range = None;
    let mut probability = 1.0_f32;
    for (index, token) in tokens.iter().enumerate() {
        bytes.extend_from_slice(&token.bytes);
        range = joined(range, token.range);
        probability = probability.min(token.probability);
        let text = match std::str::from_utf8(&bytes) {
            Ok(text) => text.to_owned(),
            // The rest of the character is in the next token.
            Err(error) if error.error_len().is_none() && index + 1 < tokens.len() => continue,
            // The model made up bytes that are no text.
            Err(_) => String::from_utf8_lossy(&bytes).replace('\u{fffd}', ""),
        };
        units.push(Unit {
            text,
            range: range.take(),
            probability,
        });
        bytes.clear();
        probability = 1.0;
    }
    units
}

fn joined(a: Option<SourceRange>, b: Option<SourceRange>) -> Option<SourceRange> {
    match (a, b) {
        (Some(a), Some(b)) => Some(SourceRange::new(a.start.min(b.start), a.end.max(b.end))),
        (range, None) | (None, range) => range,
    }
}

/// Keeps one of the repeats of a phrase that a model in a loop says again and again: at least four
/// times, and eight words or more in all, so that "no, no, no, no" stays.
fn drop_loops(words: &mut Vec<Draft>) {
    let key = |word: &Draft| -> String {
        let letters = word.text.chars().filter(|letter| letter.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let keys: Vec<String> = words.iter().map(key).collect();
    let mut keep = vec![true; keys.len()];
    let mut at = 0;
    while at < keys.len() {
        let mut next = at + 1;
        for length in 1..=12 {
            let phrase = keys.get(at..at + length).unwrap_or_default();
            if phrase.is_empty() {
                break;
            }
            let repeats = (1..=keys.len())
                .take_while(|n| {
                    let from = at + n * length;
                    keys.get(from..from + length) == Some(phrase)
                })
                .count();
            if repeats >= 3 && (repeats + 1) * length >= 8 {
                let end = at + (repeats + 1) * length;
                if let Some(repeated) = keep.get_mut(at + length..end) {
                    repeated.fill(false);
                }
                next = end;
                break;
            }
        }
        at = next;
    }
    let mut keep = keep.into_iter();
    words.retain(|_| keep.next().unwrap_or(true));
}

/// Gives every word a range: the alignment's where there is one, kept out of pauses.
fn timed(drafts: Vec<Draft>, speech: &[SourceRange]) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::with_capacity(drafts.len());
    let mut free = SourceTime::ZERO;
    let onsets: Vec<Option<SourceTime>> = drafts
        .iter()
        .map(|draft| draft.range.map(|range| range.start))
        .collect();
    for (index, draft) in drafts.into_iter().enumerate() {
        let told = draft.range.is_some();
        let range = draft.range.unwrap_or_else(|| {
            let next = onsets.iter().skip(index + 1).find_map(|onset| *onset);
            let end = next.unwrap_or(draft.segment.end).max(free);
            SourceRange::new(free.max(draft.segment.start), end)
        });
        let range = spoken(range, speech);
        let start = range.start.max(free);
        let end = range.end.min(start + LONGEST).max(start + SHORTEST);
        free = end;
        let count = draft.probabilities.len().max(1) as f32;
        words.push(Word {
            id: WordId(words.len() as u32),
            text: draft.text,
            range: SourceRange::new(start, end),
            estimated: !told,
            starts_cue: draft.starts_cue,
            confidence: Some((draft.probabilities.iter().sum::<f32>() / count).clamp(0.0, 1.0)),
        });
    }
    words
}

/// Returns the part of a word's range in which somebody speaks: where it touches speech most.
/// A word in a pause that the voice detector heard nothing of keeps its range.
fn spoken(range: SourceRange, speech: &[SourceRange]) -> SourceRange {
    let first = speech.partition_point(|voice| voice.end <= range.start);
    speech
        .iter()
        .skip(first)
        .take_while(|voice| voice.start < range.end)
        .filter_map(|voice| voice.intersection(range))
        .max_by_key(|part| part.duration())
        .unwrap_or(range)
}

#[cfg(test)]
#[path = "words_tests.rs"]
mod tests;
