//! Captions bound to words, and the cards that are drawn from them.

use std::collections::{BTreeMap, BTreeSet};

use footage::time::SourceTime;
use footage::words::{TranscriptRevision, WordId};
use serde::{Deserialize, Serialize};

use crate::ids::{ClipId, MediaId};
use crate::time::SequenceRange;

/// What a sequence shows of one source's transcript.
///
/// Bound to words and not to sequence time, so that recuts keep the user's corrections.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Captions {
    /// The transcript that the word ids belong to.
    pub revision: TranscriptRevision,
    /// The user's corrections by word.
    pub corrections: BTreeMap<WordId, Correction>,
    /// Words that start a new card whatever the layout would do.
    pub breaks: BTreeSet<WordId>,
}

/// A user's correction of one word.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// Text to show in place of what was heard; never empty.
    pub text: Option<String>,
    /// Whether the word is left out of the captions.
    pub hidden: bool,
    /// Whether the word is emphasised.
    pub emphasis: bool,
}

/// A word of a transcript as it falls in a sequence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlacedWord {
    /// The source it is spoken in.
    pub media: MediaId,
    /// The clip that plays it.
    pub clip: ClipId,
    /// The word.
    pub word: WordId,
    /// Its text, corrected.
    pub text: String,
    /// When it is heard; clipped to the clip.
    pub range: SequenceRange,
    /// When it starts in the source.
    pub source_start: SourceTime,
    /// Whether its times were shared out from a longer cue.
    pub estimated: bool,
    /// Whether it is emphasised.
    pub emphasis: bool,
    /// Whether a card must start here: a cue, a user's break or a cut.
    pub breaks: bool,
}

/// A word on a card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CardWord {
    /// Text as shown, without spaces around it.
    pub text: String,
    /// When it is spoken, within the card's range.
    pub range: SequenceRange,
    /// Whether it is emphasised.
    pub emphasis: bool,
}

/// Words that are shown together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// When it is shown; cards do not overlap.
    pub range: SequenceRange,
    /// Its words in order, at least one.
    pub words: Vec<CardWord>,
}
