//! Why an edit was refused.

use serde::{Deserialize, Serialize};

use crate::ids::{ClipId, MarkerId, MediaId, PresetId, SequenceId, TrackId};
use crate::violations::Violation;

/// Why an edit was refused. The project is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EditError {
    /// The project has no such source.
    #[error("there is no source {}", .0.0)]
    NoMedia(MediaId),
    /// The project has no such sequence.
    #[error("there is no sequence {}", .0.0)]
    NoSequence(SequenceId),
    /// The sequence has no such track.
    #[error("there is no track {}", .0.0)]
    NoTrack(TrackId),
    /// The sequence has no such clip.
    #[error("there is no clip {}", .0.0)]
    NoClip(ClipId),
    /// The sequence has no such marker.
    #[error("there is no marker {}", .0.0)]
    NoMarker(MarkerId),
    /// The project has no such preset.
    #[error("there is no preset {}", .0.0)]
    NoPreset(PresetId),
    /// The sequence shows no captions of that source.
    #[error("no captions of source {} are attached", .0.0)]
    NoCaptions(MediaId),
    /// The sequence already shows captions of that source from another transcript: remap or detach
    /// them first.
    #[error("captions of source {} are attached from another transcript", .0.0)]
    CaptionsAttached(MediaId),
    /// The clip has no crop key at that time, or it is its last.
    #[error("clip {} has no crop key there that could be removed", .0.0)]
    NoCropKey(ClipId),
    /// Clips play the source: remove them first.
    #[error("source {} is in use", .0.0)]
    MediaInUse(MediaId),
    /// Sequences use the preset: give them another one first.
    #[error("preset {} is in use", .0.0)]
    PresetInUse(PresetId),
    /// The edit would change a locked track: unlock it first.
    #[error("track {} is locked", .0.0)]
    Locked(TrackId),
    /// Something is already there on a track that takes only what fits.
    #[error("track {} is occupied there", .0.0)]
    Occupied(TrackId),
    /// The edit names nothing to act on.
    #[error("nothing is selected")]
    NothingSelected,
    /// Nothing lies where the edit would act.
    #[error("there is nothing at that place")]
    NothingThere,
    /// No clip follows the one that is named without a gap.
    #[error("clip {} has no neighbour at its end", .0.0)]
    NoNeighbour(ClipId),
    /// There is no track of the kind so far up or down.
    #[error("there is no other track of that kind there")]
    NoLane,
    /// Trimming would leave nothing of the clip: delete it instead.
    #[error("nothing of clip {} would be left", .0.0)]
    NothingLeft(ClipId),
    /// The clip carries sound, and the edit is for pictures.
    #[error("clip {} shows no picture", .0.0)]
    NoPicture(ClipId),
    /// A name or a text is empty.
    #[error("the text is blank")]
    BlankText,
    /// A time is further than 147 days away.
    #[error("a time is out of range")]
    TimeOutOfRange,
    /// The speed is not within a hundredth and a hundred, or too fine.
    #[error("the speed cannot be played")]
    SpeedOutOfRange,
    /// A batch holds another batch.
    #[error("a batch cannot hold another batch")]
    NestedBatch,
    /// The result would break an invariant.
    #[error("the result would not be sound: {0}")]
    Breaks(Violation),
}

impl EditError {
    /// Returns the stable code that a program can act on.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoMedia(_) => "no_media",
            Self::NoSequence(_) => "no_sequence",
            Self::NoTrack(_) => "no_track",
            Self::NoClip(_) => "no_clip",
            Self::NoMarker(_) => "no_marker",
            Self::NoPreset(_) => "no_preset",
            Self::NoCaptions(_) => "no_captions",
            Self::CaptionsAttached(_) => "captions_attached",
            Self::NoCropKey(_) => "no_crop_key",
            Self::MediaInUse(_) => "media_in_use",
            Self::PresetInUse(_) => "preset_in_use",
            Self::Locked(_) => "locked",
            Self::Occupied(_) => "occupied",
            Self::NothingSelected => "nothing_selected",
            Self::NothingThere => "nothing_there",
            Self::NoNeighbour(_) => "no_neighbour",
            Self::NoLane => "no_lane",
            Self::NothingLeft(_) => "nothing_left",
            Self::NoPicture(_) => "no_picture",
            Self::BlankText => "blank_text",
            Self::TimeOutOfRange => "time_out_of_range",
            Self::SpeedOutOfRange => "speed_out_of_range",
            Self::NestedBatch => "nested_batch",
            Self::Breaks(violation) => violation.rule.code(),
        }
    }
}
