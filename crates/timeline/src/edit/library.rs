//! The project's name, its media and its presets.

use std::sync::Arc;

use footage::Fingerprint;
use footage::time::Ticks;
use serde::{Deserialize, Serialize};

use crate::edit::carve::unlocked;
use crate::edit::draft::Draft;
use crate::edit::{EditError, Label, Verb};
use crate::ids::{MediaId, PresetId};
use crate::project::{Clip, Framing, Media, MediaVideo, Track};
use crate::style::{CaptionStyle, StylePreset};

/// Gives the project another name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RenameProject {
    /// The new name.
    pub name: String,
}

/// What the project records of a source; see [`Media`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewMedia {
    /// Where the file is.
    pub path: String,
    /// What its content is.
    pub fingerprint: Fingerprint,
    /// Its length, above 0.
    pub duration: Ticks,
    /// Its picture, when it has one.
    pub video: Option<MediaVideo>,
    /// Whether it has sound.
    pub audio: bool,
}

/// Adds a source that clips can refer to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AddMedia {
    /// The source.
    pub source: NewMedia,
}

/// Says that a source is another file now. Crops are scaled to the new picture's size; refused
/// when clips play what the new file does not have, and when a locked track of any sequence holds
/// crops to scale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RelinkMedia {
    /// The source.
    pub media: MediaId,
    /// What it is now.
    pub source: NewMedia,
}

/// Removes a source that no clip plays, and what captions there are of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RemoveMedia {
    /// The source.
    pub media: MediaId,
}

/// What a preset is made of; see [`StylePreset`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewPreset {
    /// Stable name, unlike that of any other preset.
    pub name: String,
    /// One sentence on what it is for.
    pub description: String,
    /// Captions.
    pub caption: CaptionStyle,
}

/// Adds a preset that sequences can refer to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AddPreset {
    /// The preset.
    pub preset: NewPreset,
}

/// Changes a preset for all sequences that use it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UpdatePreset {
    /// The preset.
    pub id: PresetId,
    /// What it is now.
    pub preset: NewPreset,
}

/// Removes a preset that no sequence uses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RemovePreset {
    /// The preset.
    pub id: PresetId,
}

/// Returns the text without the spaces around it, which must leave something.
pub(super) fn not_blank(text: &str) -> Result<String, EditError> {
    match text.trim() {
        "" => Err(EditError::BlankText),
        text => Ok(text.to_owned()),
    }
}

impl NewMedia {
    fn media(&self, id: MediaId) -> Arc<Media> {
        Arc::new(Media {
            id,
            path: self.path.clone(),
            fingerprint: self.fingerprint.clone(),
            duration: self.duration,
            video: self.video,
            audio: self.audio,
        })
    }
}

impl NewPreset {
    fn preset(&self, id: PresetId) -> Result<Arc<StylePreset>, EditError> {
        Ok(Arc::new(StylePreset {
            id,
            name: not_blank(&self.name)?,
            description: self.description.clone(),
            caption: self.caption.clone(),
        }))
    }
}

impl Verb for RenameProject {
    fn label(&self) -> Label {
        Label::RenameProject
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        draft.project.name = not_blank(&self.name)?;
        Ok(())
    }
}

impl Verb for AddMedia {
    fn label(&self) -> Label {
        Label::AddMedia
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let id = draft.ids().media();
        draft.project.media.insert(id, self.source.media(id));
        Ok(())
    }
}

impl Verb for RelinkMedia {
    fn label(&self) -> Label {
        Label::RelinkMedia
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let before = draft.media(self.media)?.video;
        let after = self.source.video;
        let media = self.source.media(self.media);
        draft.project.media.insert(self.media, media);
        if let (Some(before), Some(after)) = (before, after)
            && (before.width, before.height) != (after.width, after.height)
        {
            scale_crops(draft, self.media, before, after)?;
        }
        Ok(())
    }
}

fn scale_crops(
    draft: &mut Draft,
    media: MediaId,
    before: MediaVideo,
    after: MediaVideo,
) -> Result<(), EditError> {
    let (width, height) = (f64::from(after.width), f64::from(after.height));
    let scale_x = width / f64::from(before.width);
    let scale_y = height / f64::from(before.height);
    for sequence in draft.project.sequences.values_mut() {
        let is_cropped =
            |clip: &Clip| clip.media == media && matches!(clip.framing, Framing::Crop(_));
        let has_crops = |track: &Track| track.clips.iter().any(is_cropped);
        if !sequence.tracks.iter().any(|track| has_crops(track)) {
            continue;
        }
        let sequence = Arc::make_mut(sequence);
        let Some(aspect) = sequence.format.aspect() else {
            continue;
        };
        for track in sequence.tracks.iter_mut().filter(|track| has_crops(track)) {
            for clip in &mut unlocked(track)?.clips {
                if clip.media == media
                    && let Framing::Crop(path) = &mut clip.framing
                {
                    path.scale(scale_x, scale_y);
                    path.reshape(aspect, width, height);
                }
            }
        }
    }
    Ok(())
}

impl Verb for RemoveMedia {
    fn label(&self) -> Label {
        Label::RemoveMedia
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        draft.media(self.media)?;
        for sequence in draft.project.sequences.values_mut() {
            let mut clips = sequence.tracks.iter().flat_map(|track| &track.clips);
            if clips.any(|clip| clip.media == self.media) {
                return Err(EditError::MediaInUse(self.media));
            }
            if sequence.captions.contains_key(&self.media) {
                Arc::make_mut(sequence).captions.remove(&self.media);
            }
        }
        draft.project.media.remove(&self.media);
        Ok(())
    }
}

impl Verb for AddPreset {
    fn label(&self) -> Label {
        Label::AddPreset
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let id = draft.ids().preset();
        let preset = self.preset.preset(id)?;
        draft.project.presets.insert(id, preset);
        Ok(())
    }
}

impl Verb for UpdatePreset {
    fn label(&self) -> Label {
        Label::UpdatePreset
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let place = draft.project.presets.get_mut(&self.id);
        *place.ok_or(EditError::NoPreset(self.id))? = self.preset.preset(self.id)?;
        Ok(())
    }
}

impl Verb for RemovePreset {
    fn label(&self) -> Label {
        Label::RemovePreset
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let mut sequences = draft.project.sequences.values();
        if sequences.any(|sequence| sequence.preset == Some(self.id)) {
            return Err(EditError::PresetInUse(self.id));
        }
        let removed = draft.project.presets.remove(&self.id);
        removed.map(|_| ()).ok_or(EditError::NoPreset(self.id))
    }
}
