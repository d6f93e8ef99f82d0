//! Captions: which transcript is shown, and the user's corrections of it.

use std::collections::BTreeMap;

use footage::words::{TranscriptRevision, WordId};
use serde::{Deserialize, Serialize};

use crate::caption::{Captions, Correction};
use crate::edit::draft::Draft;
use crate::edit::library::not_blank;
use crate::edit::{EditError, Label, Verb};
use crate::ids::{MediaId, SequenceId};

/// Shows a source's transcript as captions. Refused when another transcript of it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttachCaptions {
    /// The sequence.
    pub sequence: SequenceId,
    /// The source.
    pub media: MediaId,
    /// The transcript.
    pub revision: TranscriptRevision,
}

/// Shows no captions of a source any more, and forgets the corrections of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DetachCaptions {
    /// The sequence.
    pub sequence: SequenceId,
    /// The source.
    pub media: MediaId,
}

/// Shows another transcript of a source and keeps the corrections of the words that it still has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RemapCaptions {
    /// The sequence.
    pub sequence: SequenceId,
    /// The source.
    pub media: MediaId,
    /// The new transcript.
    pub revision: TranscriptRevision,
    /// From the old transcript's words to the new one's. Corrections of words that are not here
    /// are lost. Of several that become one, it takes the first one's text, any emphasis and
    /// break, and is hidden when all are.
    pub words: BTreeMap<WordId, WordId>,
}

/// Shows another text in place of what was heard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CorrectWord {
    /// The sequence.
    pub sequence: SequenceId,
    /// The source.
    pub media: MediaId,
    /// The word.
    pub word: WordId,
    /// What to show; `None` for what was heard.
    pub text: Option<String>,
}

/// Leaves words out of the captions, or shows them again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetWordsHidden {
    /// The sequence.
    pub sequence: SequenceId,
    /// The source.
    pub media: MediaId,
    /// The words.
    pub words: Vec<WordId>,
    /// Whether they are left out.
    pub hidden: bool,
}

/// Emphasises words, or not any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetWordsEmphasis {
    /// The sequence.
    pub sequence: SequenceId,
    /// The source.
    pub media: MediaId,
    /// The words.
    pub words: Vec<WordId>,
    /// Whether they are emphasised.
    pub emphasis: bool,
}

/// Starts a new card at words, or leaves that to the layout again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetCardBreaks {
    /// The sequence.
    pub sequence: SequenceId,
    /// The source.
    pub media: MediaId,
    /// The words.
    pub words: Vec<WordId>,
    /// Whether a card starts at each.
    pub breaks: bool,
}

impl Verb for AttachCaptions {
    fn label(&self) -> Label {
        Label::AttachCaptions
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        draft.media(self.media)?;
        let captions = &mut draft.sequence(self.sequence)?.sequence.captions;
        let attached = captions.entry(self.media).or_insert_with(|| Captions {
            revision: self.revision.clone(),
            ..Captions::default()
        });
        if attached.revision != self.revision {
            return Err(EditError::CaptionsAttached(self.media));
        }
        Ok(())
    }
}

impl Verb for DetachCaptions {
    fn label(&self) -> Label {
        Label::DetachCaptions
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let captions = &mut draft.sequence(self.sequence)?.sequence.captions;
        let detached = captions.remove(&self.media);
        detached
            .map(|_| ())
            .ok_or(EditError::NoCaptions(self.media))
    }
}

impl Verb for RemapCaptions {
    fn label(&self) -> Label {
        Label::RemapCaptions
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let captions = attached(draft, self.sequence, self.media)?;
        let mut origins: BTreeMap<WordId, Vec<WordId>> = BTreeMap::new();
        for (old, new) in &self.words {
            origins.entry(*new).or_default().push(*old);
        }
        let old = std::mem::take(captions);
        captions.revision = self.revision.clone();
        for (new, origins) in origins {
            if origins.iter().any(|word| old.breaks.contains(word)) {
                captions.breaks.insert(new);
            }
            let found = || origins.iter().filter_map(|word| old.corrections.get(word));
            let merged = Correction {
                text: found().find_map(|correction| correction.text.clone()),
                hidden: found().filter(|correction| correction.hidden).count() == origins.len(),
                emphasis: found().any(|correction| correction.emphasis),
            };
            if merged != Correction::default() {
                captions.corrections.insert(new, merged);
            }
        }
        Ok(())
    }
}

fn attached(
    draft: &mut Draft,
    sequence: SequenceId,
    media: MediaId,
) -> Result<&mut Captions, EditError> {
    let captions = &mut draft.sequence(sequence)?.sequence.captions;
    captions.get_mut(&media).ok_or(EditError::NoCaptions(media))
}

/// Changes the corrections of words; one that corrects nothing any more is forgotten.
fn correct(
    captions: &mut Captions,
    words: &[WordId],
    change: impl Fn(&mut Correction),
) -> Result<(), EditError> {
    if words.is_empty() {
        return Err(EditError::NothingSelected);
    }
    for word in words {
        let correction = captions.corrections.entry(*word).or_default();
        change(correction);
        if *correction == Correction::default() {
            captions.corrections.remove(word);
        }
    }
    Ok(())
}

impl Verb for CorrectWord {
    fn label(&self) -> Label {
        Label::CorrectWord
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let text = self.text.as_deref().map(not_blank).transpose()?;
        let captions = attached(draft, self.sequence, self.media)?;
        correct(captions, &[self.word], |correction| {
            correction.text.clone_from(&text);
        })
    }
}

impl Verb for SetWordsHidden {
    fn label(&self) -> Label {
        if self.hidden {
            Label::HideWords
        } else {
            Label::ShowWords
        }
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let captions = attached(draft, self.sequence, self.media)?;
        correct(captions, &self.words, |correction| {
            correction.hidden = self.hidden;
        })
    }
}

impl Verb for SetWordsEmphasis {
    fn label(&self) -> Label {
        if self.emphasis {
            Label::EmphasiseWords
        } else {
            Label::PlainWords
        }
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let captions = attached(draft, self.sequence, self.media)?;
        correct(captions, &self.words, |correction| {
            correction.emphasis = self.emphasis;
        })
    }
}

impl Verb for SetCardBreaks {
    fn label(&self) -> Label {
        if self.breaks {
            Label::BreakCard
        } else {
            Label::JoinCards
        }
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        if self.words.is_empty() {
            return Err(EditError::NothingSelected);
        }
        let breaks = &mut attached(draft, self.sequence, self.media)?.breaks;
        for word in &self.words {
            if self.breaks {
                breaks.insert(*word);
            } else {
                breaks.remove(word);
            }
        }
        Ok(())
    }
}
