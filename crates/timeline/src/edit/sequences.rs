//! Sequences, their tracks and markers.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::edit::draft::{Draft, Ids};
use crate::edit::library::not_blank;
use crate::edit::{EditError, Label, Verb};
use crate::ids::{LinkId, MarkerId, PresetId, SequenceId, TrackId};
use crate::project::{Format, Framing, Marker, Sequence, Track, TrackKind};
use crate::time::SequenceTime;

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
/// picture allows.
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

/// Adds an empty track.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AddTrack {
    /// The sequence.
    pub sequence: SequenceId,
    /// What it carries.
    pub kind: TrackKind,
    /// How many tracks lie below it; more than there are puts it on top.
    pub position: usize,
}

/// Removes a track and its clips.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RemoveTrack {
    /// The sequence.
    pub sequence: SequenceId,
    /// The track.
    pub track: TrackId,
}

/// Says whether a track is left out of playback and export.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetTrackMuted {
    /// The sequence.
    pub sequence: SequenceId,
    /// The track.
    pub track: TrackId,
    /// Whether it is left out.
    pub muted: bool,
}

/// Says whether edits of a track's clips are refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetTrackLocked {
    /// The sequence.
    pub sequence: SequenceId,
    /// The track.
    pub track: TrackId,
    /// Whether they are refused.
    pub locked: bool,
}

/// Adds a marker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AddMarker {
    /// The sequence.
    pub sequence: SequenceId,
    /// When.
    pub at: SequenceTime,
    /// What it says; may be empty.
    pub label: String,
}

/// Moves a marker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MoveMarker {
    /// The sequence.
    pub sequence: SequenceId,
    /// The marker.
    pub marker: MarkerId,
    /// Where to.
    pub to: SequenceTime,
}

/// Changes what a marker says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RenameMarker {
    /// The sequence.
    pub sequence: SequenceId,
    /// The marker.
    pub marker: MarkerId,
    /// What it says; may be empty.
    pub label: String,
}

/// Removes a marker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RemoveMarker {
    /// The sequence.
    pub sequence: SequenceId,
    /// The marker.
    pub marker: MarkerId,
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
            markers: Vec::new(),
        };
        draft.project.sequences.insert(id, Arc::new(sequence));
        Ok(())
    }
}

fn empty_track(ids: &mut Ids<'_>, kind: TrackKind) -> Arc<Track> {
    Arc::new(Track {
        id: ids.track(),
        kind,
        clips: Vec::new(),
        muted: false,
        locked: false,
    })
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
        sequence.sequence.format = self.format;
        let Some(aspect) = self.format.aspect() else {
            // Not sound, and refused as such when the result is checked.
            return Ok(());
        };
        for track in &mut sequence.sequence.tracks {
            let is_cropped = |framing: &Framing| matches!(framing, Framing::Crop(_));
            if !track.clips.iter().any(|clip| is_cropped(&clip.framing)) {
                continue;
            }
            for clip in &mut Arc::make_mut(track).clips {
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

impl Verb for AddTrack {
    fn label(&self) -> Label {
        Label::AddTrack
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let mut sequence = draft.sequence(self.sequence)?;
        let track = empty_track(&mut sequence.ids, self.kind);
        let tracks = &mut sequence.sequence.tracks;
        tracks.insert(self.position.min(tracks.len()), track);
        Ok(())
    }
}

impl Verb for RemoveTrack {
    fn label(&self) -> Label {
        Label::RemoveTrack
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let mut sequence = draft.sequence(self.sequence)?;
        sequence.unlocked(self.track)?;
        let tracks = &mut sequence.sequence.tracks;
        tracks.retain(|track| track.id != self.track);
        Ok(())
    }
}

impl Verb for SetTrackMuted {
    fn label(&self) -> Label {
        if self.muted {
            Label::MuteTrack
        } else {
            Label::UnmuteTrack
        }
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        track(draft, self.sequence, self.track)?.muted = self.muted;
        Ok(())
    }
}

impl Verb for SetTrackLocked {
    fn label(&self) -> Label {
        if self.locked {
            Label::LockTrack
        } else {
            Label::UnlockTrack
        }
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        track(draft, self.sequence, self.track)?.locked = self.locked;
        Ok(())
    }
}

/// Returns a track to change it and not its clips, which a lock does not refuse.
fn track(draft: &mut Draft, sequence: SequenceId, id: TrackId) -> Result<&mut Track, EditError> {
    let tracks = &mut draft.sequence(sequence)?.sequence.tracks;
    let track = tracks.iter_mut().find(|track| track.id == id);
    Ok(Arc::make_mut(track.ok_or(EditError::NoTrack(id))?))
}

impl Verb for AddMarker {
    fn label(&self) -> Label {
        Label::AddMarker
    }

    fn times(&self) -> Vec<i64> {
        vec![self.at.0]
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        let mut sequence = draft.sequence(self.sequence)?;
        let marker = Marker {
            id: sequence.ids.marker(),
            at: self.at,
            label: self.label.clone(),
        };
        sequence.sequence.markers.push(marker);
        Ok(())
    }
}

impl Verb for MoveMarker {
    fn label(&self) -> Label {
        Label::MoveMarker
    }

    fn times(&self) -> Vec<i64> {
        vec![self.to.0]
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        marker(draft, self.sequence, self.marker)?.at = self.to;
        Ok(())
    }
}

impl Verb for RenameMarker {
    fn label(&self) -> Label {
        Label::RenameMarker
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        marker(draft, self.sequence, self.marker)?
            .label
            .clone_from(&self.label);
        Ok(())
    }
}

impl Verb for RemoveMarker {
    fn label(&self) -> Label {
        Label::RemoveMarker
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        marker(draft, self.sequence, self.marker)?;
        let markers = &mut draft.sequence(self.sequence)?.sequence.markers;
        markers.retain(|marker| marker.id != self.marker);
        Ok(())
    }
}

fn marker(draft: &mut Draft, sequence: SequenceId, id: MarkerId) -> Result<&mut Marker, EditError> {
    let markers = &mut draft.sequence(sequence)?.sequence.markers;
    let marker = markers.iter_mut().find(|marker| marker.id == id);
    marker.ok_or(EditError::NoMarker(id))
}
