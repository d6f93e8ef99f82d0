//! What is spoken in a cue and what is only marked.

use std::collections::{BTreeMap, BTreeSet};

use footage::words::is_unspaced;
use unicode_segmentation::UnicodeSegmentation;

use crate::sentences::punctuation;
use crate::sounds::{NOTES, SoundKind, described_sound, named_sound};

/// Puts a space-like gap before French `?` and a lone dash that no line is broken at.
const NARROW_SPACE: char = '\u{202f}';

/// Who speaks when it is nobody with a name; in English and French, as labels have them.
const ROLES: &[&str] = &[
    "ALL",
    "BOTH",
    "BOY",
    "ENFANT",
    "FEMME",
    "GIRL",
    "HOMME",
    "HOST",
    "INTERVIEWER",
    "JOURNALISTE",
    "MAN",
    "NAR",
    "NARR",
    "NARRATEUR",
    "NARRATOR",
    "NARRATRICE",
    "REPORTER",
    "SPEAKER",
    "TOUS",
    "VO",
    "VOICEOVER",
    "VOIX",
    "WOMAN",
];

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

/// Where in a line a text goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Before its first word: a dash there is a speaker's, a name in capitals may be a label.
    LineStart,
    /// Between a label and the first word.
    Labelled,
    /// After a word.
    Inside,
}

impl Place {
    /// Returns the place behind `text` that begins here.
    pub(super) fn after(self, text: &str) -> Self {
        let (starts, last_line) = match text.rsplit_once('\n') {
            Some((_, last_line)) => (Self::LineStart, last_line),
            None => (self, text),
        };
        if last_line.trim().is_empty() {
            starts
        } else {
            Self::Inside
        }
    }
}

/// What was read of a cue.
struct Read {
    tokens: Vec<Token>,
    place: Place,
    /// Whether the line opens with a dash.
    dialogue: bool,
    /// Before the next word.
    changes_speaker: SpeakerChange,
    /// A quotation mark or bracket that the next word begins with.
    opening: String,
}

/// Splits the text of a cue, whose lines are separated by `\n`, from `place` on.
///
/// A name in capitals before a colon is left out where it is one of the file's [`labels`], stands
/// after a dash or is a role such as `NAR`.
pub(super) fn tokens(text: &str, place: Place, labels: &BTreeSet<String>) -> Vec<Token> {
    let mut read = Read {
        tokens: Vec::new(),
        place,
        dialogue: false,
        changes_speaker: SpeakerChange::No,
        opening: String::new(),
    };
    let mut token = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if token.chars().all(is_speaker_sign)
            && read.place == Place::LineStart
            && let Some((label, after)) = speaker_label(rest)
            && (read.dialogue || !token.is_empty() || labels.contains(label) || is_role(label))
        {
            read.dialogue |= !token.is_empty();
            token.clear();
            read.changes_speaker = SpeakerChange::Yes;
            read.place = Place::Labelled;
            rest = after;
            continue;
        }
        if let Some((kind, after)) = mark(rest, &token) {
            read.end(&mut token);
            // The two notes around a line of song are one mark.
            if kind != SoundKind::Music || !read.tokens.contains(&Token::Mark(kind)) {
                read.tokens.push(Token::Mark(kind));
            }
            rest = after;
            continue;
        }
        if c.is_whitespace() {
            read.end(&mut token);
        } else {
            token.push(c);
        }
        if c == '\n' {
            read.place = Place::LineStart;
            read.dialogue = false;
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    read.end(&mut token);
    read.tokens
}

impl Read {
    /// Takes what stands between two spaces, if anything.
    fn end(&mut self, token: &mut String) {
        let token = std::mem::take(token);
        let said = token.trim_start_matches(is_speaker_sign);
        let signs = token.strip_suffix(said).unwrap_or_default();
        // The minus of a number is none.
        let is_sign = !signs.is_empty()
            && (signs.contains('>') || !said.starts_with(|c: char| c.is_ascii_digit()));
        let parts = is_sign && (signs.contains(">>") || self.may_change_speaker());
        if parts {
            self.changes_speaker = SpeakerChange::Yes;
            if self.place == Place::Inside {
                // What follows may begin with a label again.
                self.place = Place::LineStart;
            } else {
                self.dialogue = true;
            }
        }
        let said = if parts { said } else { &token };
        if said.is_empty() {
            return;
        }
        self.place = Place::Inside;
        if said.chars().any(char::is_alphanumeric) {
            let said = format!("{}{said}", std::mem::take(&mut self.opening));
            for text in unspaced_words(&said) {
                self.tokens.push(Token::Word {
                    text,
                    changes_speaker: self.changes_speaker,
                });
                self.changes_speaker = SpeakerChange::No;
            }
        } else if said.starts_with(['«', '“', '"', '(', '¿', '¡']) && !said.ends_with('»') {
            self.opening = format!("{said}{NARROW_SPACE}");
        } else if let Some(Token::Word { text, .. }) = self.tokens.last_mut() {
            text.push(NARROW_SPACE);
            text.push_str(said);
        }
    }

    /// Whether a dash is a speaker's here and not one inside a sentence: where a line starts, and in
    /// `- Oui. - Non.` after a sentence.
    fn may_change_speaker(&self) -> bool {
        let mut said = self.tokens.iter().rev();
        let last = said.find_map(|token| match token {
            Token::Word { text, .. } => Some(text),
            Token::Mark(_) => None,
        });
        self.place != Place::Inside
            || (self.dialogue && last.is_some_and(|last| punctuation(last).is_some()))
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

/// Whether a sign stands before what another speaker says: a dash, or `>` of `>>`.
fn is_speaker_sign(c: char) -> bool {
    is_dash(c) || c == '>'
}

/// Reads a mark of a sound at the start of `text` and returns what follows; `before` is what stands
/// before it without a space. Asterisks are marks only around whole words.
fn mark<'a>(text: &'a str, before: &str) -> Option<(SoundKind, &'a str)> {
    const LONGEST: usize = 120;
    let inside = |open: char, close: char| text.strip_prefix(open)?.split_once(close);
    let short = |(inside, _): &(&str, &str)| inside.len() <= LONGEST;
    if let Some((inside, after)) = inside('[', ']').filter(short) {
        return Some((named_sound(inside).unwrap_or(SoundKind::Other), after));
    }
    let starred = || starred(text).filter(|_| before.chars().all(is_speaker_sign));
    if let Some((inside, after)) = inside('(', ')').or_else(starred).filter(short)
        && inside.split_whitespace().count() <= 6
        && let Some(kind) = described_sound(inside)
    {
        return Some((kind, after));
    }
    let after = text.strip_prefix(NOTES)?;
    Some((SoundKind::Music, after))
}

/// Reads `*…*` at the start of `text`, without spaces at its ends, and returns what is inside and
/// what follows.
fn starred(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix('*')?;
    let closes = |at: &usize| {
        let before = text.get(..*at).unwrap_or_default();
        before.ends_with(|c: char| !c.is_whitespace())
    };
    let close = text.match_indices('*').map(|(at, _)| at).find(closes)?;
    let (inside, after) = text.split_at_checked(close)?;
    (!inside.starts_with(char::is_whitespace)).then_some((inside, after.strip_prefix('*')?))
}

/// Returns the names in capitals that stand before a colon on at least two lines of `texts`: one
/// that comes only once, such as `IMPORTANT:`, may well be said.
pub(super) fn labels<'a>(texts: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for text in texts {
        let ends = text.match_indices('\n').map(|(end, _)| end + 1);
        for start in std::iter::once(0).chain(ends) {
            let line = text.get(start..).unwrap_or_default();
            let opens = |c: char| is_speaker_sign(c) || c.is_whitespace();
            if let Some((label, _)) = speaker_label(line.trim_start_matches(opens)) {
                *counts.entry(label).or_default() += 1;
            }
        }
    }
    counts.retain(|_, count| *count >= 2);
    counts.into_keys().map(str::to_owned).collect()
}

/// Whether a label is a role, such as `NARRATOR` or `MAN 2`.
fn is_role(label: &str) -> bool {
    let mut words = label.split_whitespace();
    let is_number = |word: &str| word.chars().all(|c| c.is_ascii_digit() || c == '#');
    words.next().is_some_and(|first| ROLES.contains(&first)) && words.all(is_number)
}

/// Reads `NAR:` or `JEAN-PIERRE :` at the start of a line and returns the name and what follows.
///
/// At most 3 words, all in capitals, with text after them that is not.
fn speaker_label(line: &str) -> Option<(&str, &str)> {
    const LONGEST: usize = 30;
    let (colon, _) = line
        .char_indices()
        .take(LONGEST + 1)
        .find(|(_, c)| *c == ':')?;
    let (label, after) = (line.get(..colon)?, line.get(colon + 1..)?);
    let may_be =
        |c: char| c.is_uppercase() || c.is_ascii_digit() || " \u{a0}\u{202f}.'-#".contains(c);
    let is_label = (2..=LONGEST).contains(&label.trim().len())
        && label.split_whitespace().count() <= 3
        && label.chars().filter(|c| c.is_alphabetic()).count() >= 2
        && label.chars().all(may_be);
    let speaks = after.starts_with(char::is_whitespace) && after.chars().any(char::is_lowercase);
    (is_label && speaks).then_some((label.trim(), after))
}
