//! The tracks and markers of a sequence.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::edit::draft::{Draft, Ids};
use crate::edit::{EditError, Label, Verb};
use crate::ids::{MarkerId, SequenceId, TrackId};
use crate::project::{Marker, Track, TrackKind};
use crate::time::SequenceTime;

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

/// Returns a new track without clips.
pub(super) fn empty_track(ids: &mut Ids<'_>, kind: TrackKind) -> Arc<Track> {
    Arc::new(Track {
        id: ids.track(),
        kind,
        clips: Vec::new(),
        muted: false,
        locked: false,
    })
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
