//! Transcripts: words with times.
//!
//! In scripts that are written without spaces ([`is_unspaced`]) a word may be a single character;
//! [`joined`] puts words together as their scripts do.

use serde::{Deserialize, Serialize};

use crate::time::{SourceRange, SourceTime};

/// The identity of a word within one transcript revision.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct WordId(pub u32);

/// The identity of one run of transcription: a digest of its language, words and times.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TranscriptRevision(pub String);

impl TranscriptRevision {
    /// Returns the identity of `words` in a language: a digest of it, their texts and times, FNV-1a
    /// with 128 bits (<https://datatracker.ietf.org/doc/html/draft-eastlake-fnv>), in hexadecimal
    /// digits.
    pub fn of(words: &[Word], language: Option<&str>) -> Self {
        const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
        const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
        let mut digest = OFFSET;
        let mut add = |bytes: &[u8]| {
            for byte in bytes {
                digest = (digest ^ u128::from(*byte)).wrapping_mul(PRIME);
            }
        };
        if let Some(language) = language {
            add(language.as_bytes());
            add(&[0]);
        }
        for word in words {
            add(word.text.as_bytes());
            // No text holds a zero byte, so a text and the times after it cannot be confused.
            add(&[0]);
            add(&word.range.start.0.to_le_bytes());
            add(&word.range.end.0.to_le_bytes());
        }
        Self(format!("{digest:032x}"))
    }
}

/// Where a transcript came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum TranscriptOrigin {
    /// A speech model heard it.
    Model {
        /// The model's id in the manifest.
        id: String,
    },
    /// A subtitle file beside the source, or one that the user named.
    Sidecar {
        /// The file's name, without folders.
        name: String,
    },
    /// A text stream in the source.
    Embedded,
}

/// A word as spoken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// Identity within the revision.
    pub id: WordId,
    /// Text with its punctuation, no spaces around it.
    pub text: String,
    /// When it is spoken; never empty.
    pub range: SourceRange,
    /// Whether the times were shared out from a longer cue and not measured.
    pub estimated: bool,
    /// Whether the transcript starts a new sentence, cue or paragraph here.
    pub starts_cue: bool,
    /// Certainty in 0..=1 where the model gives one.
    pub confidence: Option<f32>,
}

/// The words of a source, in order of their start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transcript {
    /// Identity of this run.
    pub revision: TranscriptRevision,
    /// Where it came from.
    pub origin: TranscriptOrigin,
    /// ISO 639-1 language, when known.
    pub language: Option<String>,
    /// Words sorted by start; they do not overlap.
    pub words: Vec<Word>,
}

impl Transcript {
    /// Returns the word with identity `id`.
    pub fn word(&self, id: WordId) -> Option<&Word> {
        // Ids are usually positions; fall back to a search for transcripts that were edited.
        match self.words.get(id.0 as usize) {
            Some(word) if word.id == id => Some(word),
            _ => self.words.iter().find(|word| word.id == id),
        }
    }

    /// Returns the words that overlap `range`.
    pub fn words_in(&self, range: SourceRange) -> &[Word] {
        let first = self
            .words
            .partition_point(|word| word.range.end <= range.start);
        let last = self
            .words
            .partition_point(|word| word.range.start < range.end);
        self.words.get(first..last.max(first)).unwrap_or_default()
    }

    /// Returns the word that is being spoken at `time`.
    pub fn word_at(&self, time: SourceTime) -> Option<&Word> {
        let after = self.words.partition_point(|word| word.range.start <= time);
        let word = self.words.get(after.checked_sub(1)?)?;
        word.range.contains(time).then_some(word)
    }
}

/// Returns whether a letter belongs to a script that is written without spaces between words: Han,
/// kana, Thai, Lao, Burmese, Khmer.
pub fn is_unspaced(letter: char) -> bool {
    matches!(letter,
        '\u{0e00}'..='\u{0eff}'     // Thai, Lao
        | '\u{1000}'..='\u{109f}'   // Burmese
        | '\u{1780}'..='\u{17ff}'   // Khmer
        | '\u{3040}'..='\u{30ff}'   // Hiragana, Katakana
        | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{9fff}'   // Han
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

/// Returns whether two words that follow one another are written without a space between them.
pub fn touch(before: &str, after: &str) -> bool {
    let (Some(last), Some(first)) = (before.chars().next_back(), after.chars().next()) else {
        return true;
    };
    is_wide_mark(last) || is_wide_mark(first) || (is_unspaced(last) && is_unspaced(first))
}

/// Returns words in one line, separated by spaces where their scripts have them.
pub fn joined<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut line = String::new();
    for word in words {
        if !touch(&line, word) {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// Returns whether a mark is as wide as an ideograph, its own space within it.
fn is_wide_mark(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff65}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, start: f64, end: f64) -> Word {
        Word {
            id: WordId(0),
            text: text.to_owned(),
            range: SourceRange::from_secs(start, end),
            estimated: false,
            starts_cue: false,
            confidence: None,
        }
    }

    #[test]
    fn a_revision_follows_language_texts_and_times_and_nothing_else() {
        let words = [word("Bonjour", 0.0, 0.5), word("à", 0.5, 0.7)];
        let revision = TranscriptRevision::of(&words, None);
        assert_eq!(revision.0.len(), 32, "128 bits in hexadecimal");
        assert_eq!(
            TranscriptRevision::of(&[], None).0,
            "6c62272e07bb014262b821756295c58d",
            "nothing gives the offset basis of FNV-1a"
        );
        let mut other = words.clone();
        other[0].confidence = Some(0.5);
        assert_eq!(TranscriptRevision::of(&other, None), revision);
        other[0].text = "Bonsoir".to_owned();
        assert_ne!(
            TranscriptRevision::of(&other, None),
            revision,
            "another text"
        );
        let french = TranscriptRevision::of(&words, Some("fr"));
        assert_ne!(french, revision, "another language");
        let moved = [word("Bonjour", 0.0, 0.5), word("à", 0.5, 0.8)];
        assert_ne!(
            TranscriptRevision::of(&moved, None),
            revision,
            "another time"
        );
    }

    #[test]
    fn words_are_joined_as_their_scripts_are_written() {
        let check = |words: &[&str], expect: &str| {
            assert_eq!(joined(words.iter().copied()), expect, "line of {words:?}");
        };
        check(&["so", "it", "goes"], "so it goes");
        check(&["今", "日", "は、", "いい"], "今日は、いい");
        check(&["ไป", "ไหน"], "ไปไหน");
        check(&["你", "好", "Rust", "。"], "你好 Rust。");
        check(&["안녕", "하세요"], "안녕 하세요");
        check(&[], "");
    }
}
