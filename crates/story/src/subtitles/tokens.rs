//! What is spoken in a cue and what is only marked.

use footage::words::is_unspaced;
use unicode_segmentation::UnicodeSegmentation;

use crate::sounds::{SoundKind, named_sound};

/// Puts a space-like gap before French `?` that no line is broken at.
const NARROW_SPACE: char = '\u{202f}';

/// A part of a cue's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A spoken word with its punctuation.
    Word {
        /// The text.
        text: String,
        /// Whether a dash or `>>` stands before it.
        changes_speaker: SpeakerChange,
    },
    /// A sound in brackets.
    Mark(SoundKind),
}

/// Whether another speaker begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SpeakerChange {
    /// The same goes on, or it is not known.
    No,
    /// Another begins.
    Yes,
}

impl SpeakerChange {
    pub(super) fn is_yes(self) -> bool {
        self == Self::Yes
    }
}

impl Token {
    /// Returns how long it takes to say, in letters: one for the word, one per letter, two more
    /// per digit, which is said as a word.
    pub(super) fn weight(&self) -> i64 {
        match self {
            Self::Word { text, .. } => {
                1 + text
                    .chars()
                    .map(|c| match c {
                        c if c.is_ascii_digit() => 3,
                        c if c.is_alphanumeric() => 1,
                        '%' | '€' | '$' | '£' => 6,
                        _ => 0,
                    })
                    .sum::<i64>()
            }
            Self::Mark(_) => 0,
        }
    }
}

/// Splits the text of a cue, whose lines are separated by `\n`.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut spoken = String::new();
    let mut rest = text;
    let mut at_line_start = true;
    while let Some(c) = rest.chars().next() {
        if at_line_start && let Some(after) = speaker_label(rest) {
            rest = after;
            spoken.push_str(" \u{2014} ");
            at_line_start = false;
            continue;
        }
        if let Some((kind, after)) = mark(rest) {
            words(&std::mem::take(&mut spoken), &mut tokens);
            // The two notes around a line of song are one mark.
            if tokens
                .iter()
                .all(|token| *token != Token::Mark(SoundKind::Music))
                || kind != SoundKind::Music
            {
                tokens.push(Token::Mark(kind));
            }
            rest = after;
        } else {
            spoken.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
        at_line_start = c == '\n' || (at_line_start && (c.is_whitespace() || is_dash(c)));
    }
    words(&spoken, &mut tokens);
    tokens
}

fn words(spoken: &str, tokens: &mut Vec<Token>) {
    let mut changes_speaker = SpeakerChange::No;
    let mut opening = String::new();
    for token in spoken.split_whitespace() {
        if token.chars().all(|c| is_dash(c) || c == '>') {
            changes_speaker = SpeakerChange::Yes;
        } else if token.chars().any(char::is_alphanumeric) {
            // "-Hello" in dialogues; a hyphen inside a word stays.
            let trimmed = token.trim_start_matches(|c| is_dash(c) || c == '>');
            if trimmed.len() < token.len() && !trimmed.starts_with(|c: char| c.is_ascii_digit()) {
                changes_speaker = SpeakerChange::Yes;
            }
            let said = if changes_speaker.is_yes() {
                trimmed
            } else {
                token
            };
            let said = format!("{}{said}", std::mem::take(&mut opening));
            for text in unspaced_words(&said) {
                tokens.push(Token::Word {
                    text,
                    changes_speaker,
                });
                changes_speaker = SpeakerChange::No;
            }
        } else if token.starts_with(['«', '“', '"', '(', '¿', '¡']) && !token.ends_with('»') {
            opening = format!("{token}{NARROW_SPACE}");
        } else if let Some(Token::Word { text, .. }) = tokens.last_mut() {
            text.push(NARROW_SPACE);
            text.push_str(token);
        }
    }
}

/// Splits a phrase of a script without spaces into its characters, katakana words whole, each with
/// the marks that belong to it. Anything else is one word.
///
/// Without a dictionary there are no better borders, and speech models give no better ones.
fn unspaced_words(phrase: &str) -> Vec<String> {
    if !phrase.contains(is_unspaced) {
        return vec![phrase.to_owned()];
    }
    let mut words: Vec<String> = Vec::new();
    let mut opening = String::new();
    let mut unspaced_before = false;
    for part in phrase.split_word_bounds() {
        let spoken = part.chars().any(char::is_alphanumeric);
        let unspaced = part.starts_with(is_unspaced);
        let starts = (unspaced || unspaced_before) && spoken && !part.starts_with(never_starts);
        if !spoken && part.starts_with(opens) {
            opening.push_str(part);
            continue;
        }
        match words.last_mut() {
            Some(word) if opening.is_empty() && !starts => word.push_str(part),
            _ => words.push(format!("{}{part}", std::mem::take(&mut opening))),
        }
        unspaced_before = unspaced;
    }
    if let Some(word) = words.last_mut() {
        word.push_str(&opening);
    }
    words
}

/// Whether a mark belongs to the word after it.
fn opens(c: char) -> bool {
    matches!(
        c,
        '「' | '『'
            | '（'
            | '【'
            | '〈'
            | '《'
            | '“'
            | '‘'
            | '('
            | '['
            | '«'
            | '¿'
            | '¡'
            | NARROW_SPACE
    )
}

/// Whether a letter belongs to the one before it: small kana and the sign of a long vowel.
fn never_starts(c: char) -> bool {
    matches!(
        c,
        'ー' | 'ぁ' | 'ぃ' | 'ぅ' | 'ぇ' | 'ぉ' | 'っ' | 'ゃ' | 'ゅ' | 'ょ' | 'ゎ' | '々'
    )
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '–' | '—' | '‐' | '―')
}

/// Reads a mark of a sound at the start of `text` and returns what follows.
fn mark(text: &str) -> Option<(SoundKind, &str)> {
    const LONGEST: usize = 120;
    let inside = |open: char, close: char| {
        text.strip_prefix(open)?
            .split_once(close)
            .filter(|(inside, _)| inside.len() <= LONGEST)
    };
    if let Some((inside, after)) = inside('[', ']') {
        return Some((named_sound(inside).unwrap_or(SoundKind::Other), after));
    }
    let named = inside('(', ')').or_else(|| inside('*', '*'));
    if let Some((inside, after)) = named
        && inside.split_whitespace().count() <= 6
        && let Some(kind) = named_sound(inside)
    {
        return Some((kind, after));
    }
    let after = text.strip_prefix(['♪', '♫', '♩', '♬'])?;
    Some((SoundKind::Music, after))
}

/// Reads `NAR:` or `JEAN-PIERRE :` at the start of a line and returns what follows.
///
/// At most 3 words, all in capitals, with text after them that is not.
fn speaker_label(line: &str) -> Option<&str> {
    let (label, after) = line.split_once(':')?;
    let is_label = (2..=30).contains(&label.trim().len())
        && !label.contains('\n')
        && label.split_whitespace().count() <= 3
        && label.chars().filter(|c| c.is_alphabetic()).count() >= 2
        && label
            .chars()
            .all(|c| c.is_uppercase() || c.is_ascii_digit() || " .'-#".contains(c));
    let speaks = after.starts_with([' ', '\n']) && after.chars().any(char::is_lowercase);
    (is_label && speaks).then_some(after)
}
