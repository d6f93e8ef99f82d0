//! Transcripts: words with times.

use serde::{Deserialize, Serialize};

use crate::time::{SourceRange, SourceTime};

/// The identity of a word within one transcript revision.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct WordId(pub u32);

/// The identity of one run of transcription: a digest of its words and times.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TranscriptRevision(pub String);

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
