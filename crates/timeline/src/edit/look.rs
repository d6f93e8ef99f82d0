//! Framing, gain, fades, enabling, links.

use std::collections::BTreeSet;

use footage::picture::PixelBox;
use footage::time::{SourceTime, Ticks};
use serde::{Deserialize, Serialize};

use crate::crop::{CropKey, CropPath};
use crate::edit::draft::{Draft, SequenceDraft};
use crate::edit::{EditError, Label, Verb};
use crate::ids::{ClipId, SequenceId};
use crate::project::{Clip, Framing};

/// Says how a clip's picture fills the frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetFraming {
    /// The sequence.
    pub sequence: SequenceId,
    /// The clip, on a track of pictures.
    pub clip: ClipId,
    /// How it fills the frame.
    pub framing: Framing,
}

/// Sets the crop at one moment, in place of any key there. A clip that was fitted shows that crop
/// all the time from then on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetCropKey {
    /// The sequence.
    pub sequence: SequenceId,
    /// The clip, on a track of pictures.
    pub clip: ClipId,
    /// When, in source time.
    pub at: SourceTime,
    /// What is shown; it has the frame's shape.
    pub pixels: PixelBox,
}

/// Removes the crop keys at one moment; the last one stays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RemoveCropKey {
    /// The sequence.
    pub sequence: SequenceId,
    /// The clip.
    pub clip: ClipId,
    /// When, in source time.
    pub at: SourceTime,
}

/// Sets a clip's gain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetGain {
    /// The sequence.
    pub sequence: SequenceId,
    /// The clip.
    pub clip: ClipId,
    /// Decibels, −60..=24.
    pub gain_db: f64,
}

/// Sets a clip's fades; together they are no longer than the clip.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetFades {
    /// The sequence.
    pub sequence: SequenceId,
    /// The clip.
    pub clip: ClipId,
    /// Length of the fade at its start.
    pub fade_in: Ticks,
    /// Length of the fade at its end.
    pub fade_out: Ticks,
}

/// Says whether clips play. What is linked to them is left as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetEnabled {
    /// The sequence.
    pub sequence: SequenceId,
    /// The clips.
    pub clips: Vec<ClipId>,
    /// Whether they play.
    pub enabled: bool,
}

/// Links clips with each other, and with nothing else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinkClips {
    /// The sequence.
    pub sequence: SequenceId,
    /// The clips, at least two.
    pub clips: Vec<ClipId>,
}

/// Takes clips, and what is linked to them, apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnlinkClips {
    /// The sequence.
    pub sequence: SequenceId,
    /// The clips.
    pub clips: Vec<ClipId>,
}

impl Verb for SetFraming {
    fn label(&self) -> Label {
        Label::SetFraming
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let mut sequence = draft.sequence(self.sequence)?;
        picture(&mut sequence, self.clip)?.framing = self.framing.clone();
        Ok(())
    }
}

/// Returns a clip to change its picture.
fn picture<'a>(sequence: &'a mut SequenceDraft<'_>, id: ClipId) -> Result<&'a mut Clip, EditError> {
    let (track, _) = sequence.sequence.clip(id).ok_or(EditError::NoClip(id))?;
    if !track.kind.is_picture() {
        return Err(EditError::NoPicture(id));
    }
    sequence.clip_mut(id)
}

impl Verb for SetCropKey {
    fn label(&self) -> Label {
        Label::SetCropKey
    }

    fn times(&self) -> Vec<i64> {
        vec![self.at.0]
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let mut sequence = draft.sequence(self.sequence)?;
        let clip = picture(&mut sequence, self.clip)?;
        let key = CropKey {
            at: self.at,
            pixels: self.pixels,
        };
        match &mut clip.framing {
            Framing::Fit => clip.framing = Framing::Crop(CropPath { keys: vec![key] }),
            Framing::Crop(path) => {
                path.keys.retain(|other| other.at != self.at);
                let position = path.keys.partition_point(|other| other.at < self.at);
                path.keys.insert(position, key);
            }
        }
        Ok(())
    }
}

impl Verb for RemoveCropKey {
    fn label(&self) -> Label {
        Label::RemoveCropKey
    }

    fn times(&self) -> Vec<i64> {
        vec![self.at.0]
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let mut sequence = draft.sequence(self.sequence)?;
        let clip = picture(&mut sequence, self.clip)?;
        let Framing::Crop(path) = &mut clip.framing else {
            return Err(EditError::NoCropKey(self.clip));
        };
        let before = path.keys.len();
        path.keys.retain(|key| key.at != self.at);
        if path.keys.is_empty() || path.keys.len() == before {
            return Err(EditError::NoCropKey(self.clip));
        }
        Ok(())
    }
}

impl Verb for SetGain {
    fn label(&self) -> Label {
        Label::SetGain
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let mut sequence = draft.sequence(self.sequence)?;
        sequence.clip_mut(self.clip)?.gain_db = self.gain_db;
        Ok(())
    }
}

impl Verb for SetFades {
    fn label(&self) -> Label {
        Label::SetFades
    }

    fn times(&self) -> Vec<i64> {
        vec![self.fade_in.0, self.fade_out.0]
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let mut sequence = draft.sequence(self.sequence)?;
        let clip = sequence.clip_mut(self.clip)?;
        clip.fade_in = self.fade_in;
        clip.fade_out = self.fade_out;
        Ok(())
    }
}

impl Verb for SetEnabled {
    fn label(&self) -> Label {
        if self.enabled {
            Label::EnableClips
        } else {
            Label::DisableClips
        }
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        if self.clips.is_empty() {
            return Err(EditError::NothingSelected);
        }
        let mut sequence = draft.sequence(self.sequence)?;
        for id in &self.clips {
            sequence.clip_mut(*id)?.enabled = self.enabled;
        }
        Ok(())
    }
}

impl Verb for LinkClips {
    fn label(&self) -> Label {
        Label::LinkClips
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let mut sequence = draft.sequence(self.sequence)?;
        let clips: BTreeSet<ClipId> = self.clips.iter().copied().collect();
        if clips.len() < 2 {
            return Err(EditError::NothingSelected);
        }
        let link = sequence.ids.link();
        for id in clips {
            sequence.clip_mut(id)?.link = Some(link);
        }
        Ok(())
    }
}

impl Verb for UnlinkClips {
    fn label(&self) -> Label {
        Label::UnlinkClips
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let mut sequence = draft.sequence(self.sequence)?;
        for id in sequence.with_linked(&self.clips)? {
            sequence.clip_mut(id)?.link = None;
        }
        Ok(())
    }
}
