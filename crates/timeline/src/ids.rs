//! Identities within a project, given out by a counter in the project.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta] $name:ident),+ $(,)?) => {$(
        #[$doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);
    )+};
}

id!(
    /// A source that the project uses.
    MediaId,
    /// A sequence.
    SequenceId,
    /// A track of a sequence.
    TrackId,
    /// A clip on a track.
    ClipId,
    /// Clips that move and are cut together, such as a picture and its sound.
    LinkId,
    /// A style preset.
    PresetId,
    /// A marker on a sequence.
    MarkerId,
);
