//! What the history calls a step.

use serde::{Deserialize, Serialize};

/// What the history calls a step: a key; the window owns the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "the variants are the verbs, and their words are in the window"
)]
pub enum Label {
    RenameProject,
    AddMedia,
    RelinkMedia,
    RemoveMedia,
    AddPreset,
    UpdatePreset,
    RemovePreset,
    AddSequence,
    RemoveSequence,
    RenameSequence,
    DuplicateSequence,
    SetSequenceFormat,
    SetSequencePreset,
    SetCaptionAnchor,
    AddTrack,
    RemoveTrack,
    MuteTrack,
    UnmuteTrack,
    LockTrack,
    UnlockTrack,
    AddMarker,
    MoveMarker,
    RenameMarker,
    RemoveMarker,
    InsertClip,
    MoveClips,
    Split,
    Lift,
    RippleDelete,
    Trim,
    RippleTrim,
    Roll,
    Slip,
    SetSpeed,
    SetFraming,
    SetCropKey,
    RemoveCropKey,
    SetGain,
    SetFades,
    EnableClips,
    DisableClips,
    LinkClips,
    UnlinkClips,
    AttachCaptions,
    DetachCaptions,
    RemapCaptions,
    CorrectWord,
    HideWords,
    ShowWords,
    EmphasiseWords,
    PlainWords,
    BreakCard,
    JoinCards,
    DeleteWords,
    RestoreRange,
    /// Goes back to a named version.
    RestoreVersion,
    /// Makes a reel from a candidate.
    MakeReel,
    /// Removes silences, fillers or retakes.
    Clean,
    /// Several edits of what is selected.
    EditSelection,
}
