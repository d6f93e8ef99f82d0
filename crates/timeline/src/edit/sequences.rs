//! Sequences as a whole.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::edit::carve::unlocked;
use crate::edit::draft::Draft;
use crate::edit::library::not_blank;
use crate::edit::tracks::empty_track;
use crate::edit::{EditError, Label, Verb};
use crate::ids::{LinkId, PresetId, SequenceId};
use crate::project::{Format, Framing, Sequence, TrackKind};

/// Adds an empty sequence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AddSequence {
    /// Name as shown.
    pub name: String,
    /// Frame size and rate.
    pub format: Format,
    /// What its tracks carry, the bottom one first.
    pub tracks: Vec<TrackKind>,
}

/// Removes a sequence and all that is in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RemoveSequence {
    /// The sequence.
    pub sequence: SequenceId,
}

/// Gives a sequence another name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RenameSequence {
    /// The sequence.
    pub sequence: SequenceId,
    /// Its new name.
    pub name: String,
}

/// Adds a copy of a sequence, with identities of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DuplicateSequence {
    /// What to copy.
    pub sequence: SequenceId,
    /// The copy's name.
    pub name: String,
}

/// Changes a sequence's frame. Crops grow to the new shape around their centre, as far as the
/// picture allows; refused when a locked track holds some.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetSequenceFormat {
    /// The sequence.
    pub sequence: SequenceId,
    /// Its new frame.
    pub format: Format,
}

/// Gives a sequence another style.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetSequencePreset {
    /// The sequence.
    pub sequence: SequenceId,
    /// The style; `None` for the plain one.
    pub preset: Option<PresetId>,
}

/// Puts a sequence's captions higher or lower than its style does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetCaptionAnchor {
    /// The sequence.
    pub sequence: SequenceId,
    /// Vertical centre of the cards as a fraction of the frame's height, within 0..=1; `None` for
    /// the style's.
    pub anchor: Option<f64>,
}

impl Verb for AddSequence {
    fn label(&self) -> Label {
        Label::AddSequence
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let mut ids = draft.ids();
        let id = ids.sequence();
        let tracks = self.tracks.iter().map(|kind| empty_track(&mut ids, *kind));
        let sequence = Sequence {
            id,
            name: not_blank(&self.name)?,
            format: self.format,
            tracks: tracks.collect(),
            captions: BTreeMap::new(),
            preset: None,
            caption_anchor: None,
            markers: Vec::new(),
        };
        draft.project.sequences.insert(id, Arc::new(sequence));
        Ok(())
    }
}

impl Verb for RemoveSequence {
    fn label(&self) -> Label {
        Label::RemoveSequence
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let removed = draft.project.sequences.remove(&self.sequence);
        removed
            .map(|_| ())
            .ok_or(EditError::NoSequence(self.sequence))
    }
}

impl Verb for RenameSequence {
    fn label(&self) -> Label {
        Label::RenameSequence
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        draft.sequence(self.sequence)?.sequence.name = not_blank(&self.name)?;
        Ok(())
    }
}

impl Verb for DuplicateSequence {
    fn label(&self) -> Label {
        Label::DuplicateSequence
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let original = draft.project.sequences.get(&self.sequence);
        let original = original.ok_or(EditError::NoSequence(self.sequence))?;
        let mut copy = Sequence::clone(original);
        copy.name = not_blank(&self.name)?;
        let mut ids = draft.ids();
        copy.id = ids.sequence();
        let mut links: BTreeMap<LinkId, LinkId> = BTreeMap::new();
        for track in copy.tracks.iter_mut().map(Arc::make_mut) {
            track.id = ids.track();
            for clip in &mut track.clips {
                clip.id = ids.clip();
                if let Some(link) = &mut clip.link {
                    *link = *links.entry(*link).or_insert_with(|| ids.link());
                }
            }
        }
        for marker in &mut copy.markers {
            marker.id = ids.marker();
        }
        draft.project.sequences.insert(copy.id, Arc::new(copy));
        Ok(())
    }
}

impl Verb for SetSequenceFormat {
    fn label(&self) -> Label {
        Label::SetSequenceFormat
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let sequence = draft.sequence(self.sequence)?;
        let before = sequence.sequence.format.aspect();
        sequence.sequence.format = self.format;
        let Some(aspect) = self.format.aspect().filter(|own| Some(*own) != before) else {
            // The same shape, or not sound and refused as such when the result is checked.
            return Ok(());
        };
        for track in &mut sequence.sequence.tracks {
            let is_cropped = |framing: &Framing| matches!(framing, Framing::Crop(_));
            if !track.clips.iter().any(|clip| is_cropped(&clip.framing)) {
                continue;
            }
            for clip in &mut unlocked(track)?.clips {
                let video = sequence
                    .media
                    .get(&clip.media)
                    .and_then(|media| media.video);
                if let (Framing::Crop(path), Some(video)) = (&mut clip.framing, video) {
                    path.reshape(aspect, f64::from(video.width), f64::from(video.height));
                }
            }
        }
        Ok(())
    }
}

impl Verb for SetSequencePreset {
    fn label(&self) -> Label {
        Label::SetSequencePreset
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        if let Some(preset) = self.preset
            && !draft.project.presets.contains_key(&preset)
        {
            return Err(EditError::NoPreset(preset));
        }
        draft.sequence(self.sequence)?.sequence.preset = self.preset;
        Ok(())
    }
}

impl Verb for SetCaptionAnchor {
    fn label(&self) -> Label {
        Label::SetCaptionAnchor
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        draft.sequence(self.sequence)?.sequence.caption_anchor = self.anchor;
        Ok(())
    }
}
