//! Sentences from words.
//!
//! A sentence ends with `.`, `!`, `?` or `…`, abbreviations and decimals aside. Where a transcript
//! has no punctuation, pauses and cues end it. A sentence longer than [`LONGEST`] is parted at its
//! best pause or comma, so that moments can be built from it.

use std::ops::Range;

use footage::Analysis;
use footage::time::{SourceRange, SourceTime, TICKS_PER_SECOND, Ticks};
use footage::words::{Transcript, Word, joined};
use serde::{Deserialize, Serialize};

use crate::sounds::is_marked;
use crate::text::{Language, fold, folded_words, guess_language};

/// A silence between words that ends a sentence where there is no punctuation.
pub const PAUSE: Ticks = Ticks(TICKS_PER_SECOND * 7 / 10);
/// A silence that ends a sentence whatever the punctuation says.
pub const LONG_PAUSE: Ticks = Ticks(TICKS_PER_SECOND * 3 / 2);
/// A sentence longer than this is parted.
pub const LONGEST: Ticks = Ticks(TICKS_PER_SECOND * 20);
/// The most that a sentence's range reaches into the silence before it.
const BEFORE: Ticks = Ticks(TICKS_PER_SECOND * 15 / 100);
/// The most that a sentence's range reaches into the silence after it.
const AFTER: Ticks = Ticks(TICKS_PER_SECOND * 3 / 10);

/// How a sentence ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// With a point or an ellipsis.
    Full,
    /// With `?`.
    Question,
    /// With `!`.
    Exclamation,
    /// With a pause and no punctuation, or at the end of the transcript.
    Pause,
    /// At the end of a cue, without punctuation or a pause.
    Cue,
    /// In the middle: it was parted for its length.
    Parted,
}

/// A sentence of a transcript.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sentence {
    /// From the first word's start to the last word's end and a little into the silence around;
    /// never into another word.
    pub range: SourceRange,
    /// Positions of its words in the transcript.
    pub words: Range<usize>,
    /// Its words, separated by spaces where its script has them. Marks such as `[Music]` are left
    /// out.
    pub text: String,
    /// How it ends.
    pub ending: Ending,
}

/// Returns the language of a transcript: as it says, else guessed from its words.
pub fn language_of(transcript: &Transcript) -> Language {
    match &transcript.language {
        Some(code) => Language::from_code(code),
        None => guess_language(transcript.words.iter().map(|word| word.text.as_str())),
    }
}

/// Returns the sentences of a transcript in order. Marks such as `[Music]` are part of none.
pub fn sentences(transcript: &Transcript, analysis: &Analysis) -> Vec<Sentence> {
    let words = &transcript.words;
    let language = language_of(transcript);
    let marking = marking(words);
    let mut sentences = Vec::new();
    let mut start = 0;
    for (index, word) in words.iter().enumerate() {
        if is_marked(&word.text) {
            close(words, start..index, Ending::Pause, &mut sentences);
            start = index + 1;
            continue;
        }
        let next = words.get(index + 1);
        let ending = match next {
            Some(next) => {
                let before = words.get(start..index).unwrap_or_default().last();
                ending(before, word, next, (marking, language))
            }
            None => Some(punctuation(&word.text).unwrap_or(Ending::Pause)),
        };
        if let Some(ending) = ending {
            close(words, start..index + 1, ending, &mut sentences);
            start = index + 1;
        }
    }
    let end = SourceTime(analysis.duration.0);
    for sentence in &mut sentences {
        sentence.range = padded(words, &sentence.words, end);
    }
    sentences
}

/// Whether a transcript has punctuation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Marking {
    /// At least one end of a sentence in 40 words.
    Punctuated,
    /// Less.
    Bare,
}

fn marking(words: &[Word]) -> Marking {
    let ends = words
        .iter()
        .filter(|word| punctuation(&word.text).is_some())
        .count();
    if ends * 40 >= words.len() {
        Marking::Punctuated
    } else {
        Marking::Bare
    }
}

/// Returns the punctuation that ends `word`; quotes, brackets and dashes after it aside.
pub(crate) fn punctuation(word: &str) -> Option<Ending> {
    let after = |c: char| c.is_whitespace() || "\"»”’')]-–—".contains(c);
    let word = word.trim_end_matches(after);
    match word.chars().next_back()? {
        '?' | '？' | '؟' => Some(Ending::Question),
        '!' | '！' => Some(Ending::Exclamation),
        '.' | '…' | '。' | '।' => Some(Ending::Full),
        _ => None,
    }
}

/// Returns how a sentence ends between `word` and `next`, if it does; `before` is the word before
/// in the same sentence.
fn ending(
    before: Option<&Word>,
    word: &Word,
    next: &Word,
    (marking, language): (Marking, Language),
) -> Option<Ending> {
    let gap = next.range.start - word.range.end;
    let stops = punctuation(&next.text).is_some() && !next.text.chars().any(char::is_alphanumeric);
    if stops {
        // A lone `?` still belongs to this sentence.
        return None;
    }
    if let Some(ending) = punctuation(&word.text) {
        let goes_on = match ending {
            Ending::Full => {
                let before = before.map(|before| before.text.as_str());
                is_abbreviation(&word.text, &next.text, language)
                    || is_initial(before, &word.text, &next.text, language)
                    || (gap <= PAUSE && next.text.starts_with(char::is_lowercase))
            }
            _ => gap <= PAUSE && next.text.starts_with(char::is_lowercase),
        };
        return (!goes_on || gap > LONG_PAUSE).then_some(ending);
    }
    let begins = next.starts_cue || next.text.starts_with(char::is_uppercase);
    if gap > LONG_PAUSE || (gap > PAUSE && (marking == Marking::Bare || begins)) {
        Some(Ending::Pause)
    } else if marking == Marking::Bare && next.starts_cue {
        Some(Ending::Cue)
    } else {
        None
    }
}

/// Whether `word` is the initial of a name, such as `J.`, and not a letter that ends a sentence, as
/// in "We chose plan B. Then it failed."
///
/// It is one where a sentence starts, after a title or another initial, and between two words that
/// look like a name.
fn is_initial(before: Option<&str>, word: &str, next: &str, language: Language) -> bool {
    let is_capital = |word: &str| {
        let letters = word.trim_start_matches(|c: char| !c.is_alphanumeric());
        letters.strip_suffix('.').is_some_and(|letter| {
            let mut chars = letter.chars();
            chars.next().is_some_and(char::is_uppercase) && chars.next().is_none()
        })
    };
    // "I." answers a question about who.
    if !is_capital(word) || fold(word).ends_with("i.") {
        return false;
    }
    let Some(before) = before else { return true };
    let folded = fold(before);
    let title = folded
        .strip_suffix('.')
        .is_some_and(|stem| language.lists(|tables| tables.titles, stem));
    let named = before.starts_with(char::is_uppercase)
        && before.ends_with(char::is_alphabetic)
        && next.starts_with(char::is_uppercase)
        && folded_words(next)
            .first()
            .is_some_and(|word| !language.lists(|tables| tables.stop, word));
    title || is_capital(before) || named
}

/// Whether the point of `word` belongs to it: `M.`, `Dr.`, `U.S.`, `3.`, `etc.` mid-sentence.
fn is_abbreviation(word: &str, next: &str, language: Language) -> bool {
    let Some(stem) = fold(word).strip_suffix('.').map(str::to_owned) else {
        return false;
    };
    let stem = stem.trim_start_matches(|c: char| !c.is_alphanumeric());
    if stem.ends_with('.') {
        // An ellipsis of three points.
        return false;
    }
    let continues = !next.starts_with(char::is_uppercase);
    let dotted = stem.contains('.')
        && stem
            .split('.')
            .all(|part| part.chars().count() == 1 && part.chars().all(char::is_alphabetic));
    // "No." and "n." end sentences as words of their own when a sentence follows.
    let is_title = language.lists(|tables| tables.titles, stem);
    let may_be_word = matches!(
        stem,
        "no" | "ex" | "fig" | "vol" | "p" | "col" | "gen" | "rep"
    );
    (is_title && (!may_be_word || next.starts_with(|c: char| c.is_ascii_digit())))
        || (dotted && continues)
        || (language.lists(|tables| tables.abbreviations, stem) && continues)
}

/// Adds the sentence of `words`, parted where it is too long.
fn close(words: &[Word], range: Range<usize>, ending: Ending, sentences: &mut Vec<Sentence>) {
    let Some(inside) = words.get(range.clone()) else {
        return;
    };
    let (Some(first), Some(last)) = (inside.first(), inside.last()) else {
        return;
    };
    if last.range.end - first.range.start > LONGEST
        && let Some(part) = best_parting(inside)
    {
        let middle = range.start + part;
        close(words, range.start..middle, Ending::Parted, sentences);
        close(words, middle..range.end, ending, sentences);
        return;
    }
    sentences.push(Sentence {
        range: SourceRange::new(first.range.start, last.range.end),
        words: range,
        text: joined(inside.iter().map(|word| word.text.as_str())),
        ending,
    });
}

/// Returns the position of the word before which a long run of words is best parted: a long gap,
/// a comma, a new cue, near the middle.
pub(crate) fn best_parting(words: &[Word]) -> Option<usize> {
    let first = words.first()?.range.start;
    let length = (words.last()?.range.end - first).secs().max(1e-6);
    let mut best: Option<(f64, usize)> = None;
    for (index, pair) in words.windows(2).enumerate() {
        let [before, after] = pair else { continue };
        let gap = (after.range.start - before.range.end).secs().min(0.7);
        let comma = if before.text.ends_with([',', ';', ':', '—', '–']) {
            0.5
        } else {
            0.0
        };
        let cue = if after.starts_cue { 0.2 } else { 0.0 };
        let at = (after.range.start - first).secs() / length;
        let score = gap + comma + cue - (at - 0.5).abs() * 3.0;
        if best.is_none_or(|(most, _)| score > most) {
            best = Some((score, index + 1));
        }
    }
    best.map(|(_, index)| index)
}

/// Returns the range of `run` with up to half of the gaps around it, in `0..end`.
fn padded(words: &[Word], run: &Range<usize>, end: SourceTime) -> SourceRange {
    let inside = words.get(run.clone()).unwrap_or_default();
    let (Some(first), Some(last)) = (inside.first(), inside.last()) else {
        return SourceRange::default();
    };
    let previous_end = run
        .start
        .checked_sub(1)
        .and_then(|before| words.get(before))
        .map_or(SourceTime::ZERO, |word| word.range.end);
    let next_start = words.get(run.end).map_or(end, |word| word.range.start);
    let before = (first.range.start - previous_end).0.max(0) / 2;
    let after = (next_start - last.range.end).0.max(0) / 2;
    SourceRange::new(
        first.range.start - Ticks(before).min(BEFORE),
        last.range.end + Ticks(after).min(AFTER),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{quiet, transcript};

    /// `script` is words with `_` for half a second of pause and `|` for a new cue.
    fn check(language: &str, script: &str, expect: &[&str]) {
        let found: Vec<String> = sentences(&transcript(language, script), &quiet(600.0))
            .into_iter()
            .map(|sentence| sentence.text)
            .collect();
        assert_eq!(found, expect, "sentences of {script:?}");
    }

    #[test]
    fn punctuation_ends_sentences() {
        check(
            "en",
            "One two. Three? Four!",
            &["One two.", "Three?", "Four!"],
        );
        check(
            "en",
            "He said \"stop.\" Then he left…",
            &["He said \"stop.\"", "Then he left…"],
        );
        check("fr", "Ça va ? Oui.", &["Ça va ?", "Oui."]);
        check(
            "en",
            "Well... maybe not. Fine.",
            &["Well... maybe not.", "Fine."],
        );
    }

    #[test]
    fn abbreviations_and_numbers_do_not() {
        check(
            "fr",
            "M. Durand et Mme. Petit. Voilà.",
            &["M. Durand et Mme. Petit.", "Voilà."],
        );
        check(
            "en",
            "Dr. Smith paid 3.50 dollars. J. Doe too.",
            &["Dr. Smith paid 3.50 dollars.", "J. Doe too."],
        );
        check(
            "en",
            "Pens, paper, etc. are here. Pens, etc. Then ink.",
            &["Pens, paper, etc. are here.", "Pens, etc.", "Then ink."],
        );
        check(
            "en",
            "The U.S. economy grew. No. 5 lost. No. He won.",
            &["The U.S. economy grew.", "No. 5 lost.", "No.", "He won."],
        );
    }

    #[test]
    fn a_single_capital_is_an_initial_only_in_a_name() {
        check(
            "en",
            "We chose plan B. Then it failed. Vitamin C. It helps.",
            &[
                "We chose plan B.",
                "Then it failed.",
                "Vitamin C.",
                "It helps.",
            ],
        );
        check(
            "en",
            "J. R. R. Tolkien wrote. Mr. J. Doe read. John F. Kennedy spoke.",
            &[
                "J. R. R. Tolkien wrote.",
                "Mr. J. Doe read.",
                "John F. Kennedy spoke.",
            ],
        );
        check(
            "fr",
            "Voir la section C. Puis M. Durand arrive. Elle aime Vanessa B. Ils partent.",
            &[
                "Voir la section C.",
                "Puis M. Durand arrive.",
                "Elle aime Vanessa B.",
                "Ils partent.",
            ],
        );
        check(
            "en",
            "Who was it? I. Then he left.",
            &["Who was it?", "I.", "Then he left."],
        );
    }

    #[test]
    fn scripts_without_spaces_keep_without() {
        check(
            "ja",
            "今 日 は 。 雨 だ 。 Rust だ",
            &["今日は。", "雨だ。", "Rust だ"],
        );
    }

    #[test]
    fn pauses_and_cues_end_what_has_no_punctuation() {
        check(
            "en",
            "one two _ _ three four | five six",
            &["one two", "three four", "five six"],
        );
        check(
            "en",
            "One two _ three four. Five.",
            &["One two three four.", "Five."],
        );
        check(
            "en",
            "One two _ _ _ _ three four. Five.",
            &["One two", "three four.", "Five."],
        );
    }

    #[test]
    fn marks_belong_to_no_sentence() {
        check(
            "en",
            "One two. [Laughter] Three four.",
            &["One two.", "Three four."],
        );
    }

    #[test]
    fn a_long_sentence_is_parted_at_its_pause() {
        let script = format!("{} word, _ {} end.", "word ".repeat(40), "word ".repeat(35));
        let found = sentences(&transcript("en", &script), &quiet(600.0));
        assert_eq!(found.len(), 2, "one parting is enough");
        assert_eq!(found[0].ending, Ending::Parted);
        assert!(
            found[0].text.ends_with("word,"),
            "parted at the comma and the pause"
        );
    }

    #[test]
    fn ranges_reach_into_silence_only() {
        let transcript = transcript("en", "One two. _ _ _ _ Three four. Five.");
        let found = sentences(&transcript, &quiet(600.0));
        let words = &transcript.words;
        assert_eq!(
            found[0].range.end - words[1].range.end,
            AFTER,
            "a long gap gives all"
        );
        assert_eq!(words[2].range.start - found[1].range.start, BEFORE);
        assert!(
            found[1].range.end <= words[4].range.start,
            "no neighbour is touched"
        );
    }
}
