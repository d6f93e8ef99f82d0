//! Everything that can be done to a project, as data.
//!
//! [`Edit`] is the whole vocabulary: the window applies an edit to its copy while a drag goes on,
//! the engine applies the same edit to keep it, and the journal stores it. Applying never changes
//! the project it is given, so a failed edit leaves nothing behind.
//!
//! Rules that hold for every verb:
//! - New identities come from [`Project::next_id`], so that equal projects and equal edits give
//!   equal results everywhere; [`Applied::created`] lists them.
//! - A *ripple* moves everything later on all tracks and the markers by the same length. What lies
//!   across the moment is split, so that nothing slips against anything else.
//! - A locked track refuses whatever would change its clips: a ripple, and another frame or file
//!   whose crops would have to follow, too.
//! - Linked clips move, split, slip and change speed together; their edges are trimmed together
//!   where they lie at the same moment. To cut picture and sound apart, unlink them first.
//! - A clip starts exactly where an edit says. At speeds other than the source's its end may fall
//!   short by less than one tick of the source.
//!
//! Map: `library` name, media, presets · `sequences` sequences · `tracks` tracks and markers · `place` insert,
//! move, split, delete · `shape` trim, roll, slip, speed · `look` framing, gain, fades, links ·
//! `captions` corrections · `speech` cutting by words · `carve` what they all cut with.

mod captions;
mod carve;
mod draft;
mod error;
mod label;
mod library;
mod look;
mod place;
mod sequences;
mod shape;
mod speech;
mod tracks;

use serde::{Deserialize, Serialize};

pub use captions::{
    AttachCaptions, CorrectWord, DetachCaptions, RemapCaptions, SetCardBreaks, SetWordsEmphasis,
    SetWordsHidden,
};
pub use draft::{Applied, Created};
pub use error::EditError;
pub use label::Label;
pub use library::{
    AddMedia, AddPreset, NewMedia, NewPreset, RelinkMedia, RemoveMedia, RemovePreset,
    RenameProject, UpdatePreset,
};
pub use look::{
    LinkClips, RemoveCropKey, SetCropKey, SetEnabled, SetFades, SetFraming, SetGain, UnlinkClips,
};
pub use place::{
    InsertClip, InsertMode, Lift, MoveClips, MoveMode, RippleDelete, RippleDeleteRange, Split,
    SplitScope,
};
pub use sequences::{
    AddSequence, DuplicateSequence, RemoveSequence, RenameSequence, SetCaptionAnchor,
    SetSequenceFormat, SetSequencePreset,
};
pub use shape::{Edge, Later, Roll, SetSpeed, Slip, Trim};
pub use speech::{DeleteWords, RestoreRange};
pub use tracks::{
    AddMarker, AddTrack, MoveMarker, RemoveMarker, RemoveTrack, RenameMarker, SetTrackLocked,
    SetTrackMuted,
};

use crate::project::Project;
use crate::violations::MAX_TIME;
use draft::Draft;

/// One change of a project. Each variant's payload says what it does.
#[expect(
    missing_docs,
    reason = "each variant is documented on the payload it is named after"
)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edit {
    RenameProject(RenameProject),
    AddMedia(AddMedia),
    RelinkMedia(RelinkMedia),
    RemoveMedia(RemoveMedia),
    AddPreset(AddPreset),
    UpdatePreset(UpdatePreset),
    RemovePreset(RemovePreset),
    AddSequence(AddSequence),
    RemoveSequence(RemoveSequence),
    RenameSequence(RenameSequence),
    DuplicateSequence(DuplicateSequence),
    SetSequenceFormat(SetSequenceFormat),
    SetSequencePreset(SetSequencePreset),
    SetCaptionAnchor(SetCaptionAnchor),
    AddTrack(AddTrack),
    RemoveTrack(RemoveTrack),
    SetTrackMuted(SetTrackMuted),
    SetTrackLocked(SetTrackLocked),
    AddMarker(AddMarker),
    MoveMarker(MoveMarker),
    RenameMarker(RenameMarker),
    RemoveMarker(RemoveMarker),
    InsertClip(InsertClip),
    MoveClips(MoveClips),
    Split(Split),
    Lift(Lift),
    RippleDelete(RippleDelete),
    RippleDeleteRange(RippleDeleteRange),
    Trim(Trim),
    Roll(Roll),
    Slip(Slip),
    SetSpeed(SetSpeed),
    SetFraming(SetFraming),
    SetCropKey(SetCropKey),
    RemoveCropKey(RemoveCropKey),
    SetGain(SetGain),
    SetFades(SetFades),
    SetEnabled(SetEnabled),
    LinkClips(LinkClips),
    UnlinkClips(UnlinkClips),
    AttachCaptions(AttachCaptions),
    DetachCaptions(DetachCaptions),
    RemapCaptions(RemapCaptions),
    CorrectWord(CorrectWord),
    SetWordsHidden(SetWordsHidden),
    SetWordsEmphasis(SetWordsEmphasis),
    SetCardBreaks(SetCardBreaks),
    DeleteWords(DeleteWords),
    RestoreRange(RestoreRange),
    Batch(Batch),
}

/// Several edits as one step: all of them or none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// What the history calls the step.
    pub label: Label,
    /// The edits in order, at least one, none of them a batch. Each sees what those before it made.
    pub edits: Vec<Edit>,
}

impl Edit {
    /// Returns the project after this edit; `project` itself is left as it was.
    pub fn apply(&self, project: &Project) -> Result<Project, EditError> {
        Ok(self.apply_with(project)?.project)
    }

    /// Returns the project after this edit, and the identities that it gave out.
    ///
    /// A caller that builds a [`Batch`] whose edits name what earlier ones create applies them one
    /// by one to a copy: the batch gives out the same identities.
    pub fn apply_with(&self, project: &Project) -> Result<Applied, EditError> {
        let mut draft = Draft::new(project);
        self.run(&mut draft)?;
        Ok(draft.applied())
    }

    /// Returns what the history calls a step made of this edit.
    pub fn label(&self) -> Label {
        self.verb().label()
    }

    fn run(&self, draft: &mut Draft) -> Result<(), EditError> {
        let verb = self.verb();
        // Within this bound no sum or product below can overflow.
        if verb
            .times()
            .iter()
            .any(|time| !(-MAX_TIME..=MAX_TIME).contains(time))
        {
            return Err(EditError::TimeOutOfRange);
        }
        let before = draft.project.clone();
        verb.apply(draft)?;
        draft.settle(&before);
        draft.check(&before)
    }

    fn verb(&self) -> &dyn Verb {
        match self {
            Self::RenameProject(verb) => verb,
            Self::AddMedia(verb) => verb,
            Self::RelinkMedia(verb) => verb,
            Self::RemoveMedia(verb) => verb,
            Self::AddPreset(verb) => verb,
            Self::UpdatePreset(verb) => verb,
            Self::RemovePreset(verb) => verb,
            Self::AddSequence(verb) => verb,
            Self::RemoveSequence(verb) => verb,
            Self::RenameSequence(verb) => verb,
            Self::DuplicateSequence(verb) => verb,
            Self::SetSequenceFormat(verb) => verb,
            Self::SetSequencePreset(verb) => verb,
            Self::SetCaptionAnchor(verb) => verb,
            Self::AddTrack(verb) => verb,
            Self::RemoveTrack(verb) => verb,
            Self::SetTrackMuted(verb) => verb,
            Self::SetTrackLocked(verb) => verb,
            Self::AddMarker(verb) => verb,
            Self::MoveMarker(verb) => verb,
            Self::RenameMarker(verb) => verb,
            Self::RemoveMarker(verb) => verb,
            Self::InsertClip(verb) => verb,
            Self::MoveClips(verb) => verb,
            Self::Split(verb) => verb,
            Self::Lift(verb) => verb,
            Self::RippleDelete(verb) => verb,
            Self::RippleDeleteRange(verb) => verb,
            Self::Trim(verb) => verb,
            Self::Roll(verb) => verb,
            Self::Slip(verb) => verb,
            Self::SetSpeed(verb) => verb,
            Self::SetFraming(verb) => verb,
            Self::SetCropKey(verb) => verb,
            Self::RemoveCropKey(verb) => verb,
            Self::SetGain(verb) => verb,
            Self::SetFades(verb) => verb,
            Self::SetEnabled(verb) => verb,
            Self::LinkClips(verb) => verb,
            Self::UnlinkClips(verb) => verb,
            Self::AttachCaptions(verb) => verb,
            Self::DetachCaptions(verb) => verb,
            Self::RemapCaptions(verb) => verb,
            Self::CorrectWord(verb) => verb,
            Self::SetWordsHidden(verb) => verb,
            Self::SetWordsEmphasis(verb) => verb,
            Self::SetCardBreaks(verb) => verb,
            Self::DeleteWords(verb) => verb,
            Self::RestoreRange(verb) => verb,
            Self::Batch(verb) => verb,
        }
    }
}

macro_rules! into_edit {
    ($($payload:ident),+ $(,)?) => {$(
        impl From<$payload> for Edit {
            fn from(payload: $payload) -> Self {
                Self::$payload(payload)
            }
        }
    )+};
}

into_edit!(
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
    SetTrackMuted,
    SetTrackLocked,
    AddMarker,
    MoveMarker,
    RenameMarker,
    RemoveMarker,
    InsertClip,
    MoveClips,
    Split,
    Lift,
    RippleDelete,
    RippleDeleteRange,
    Trim,
    Roll,
    Slip,
    SetSpeed,
    SetFraming,
    SetCropKey,
    RemoveCropKey,
    SetGain,
    SetFades,
    SetEnabled,
    LinkClips,
    UnlinkClips,
    AttachCaptions,
    DetachCaptions,
    RemapCaptions,
    CorrectWord,
    SetWordsHidden,
    SetWordsEmphasis,
    SetCardBreaks,
    DeleteWords,
    RestoreRange,
    Batch,
);

/// What every payload of [`Edit`] does.
trait Verb {
    /// Returns what the history calls it.
    fn label(&self) -> Label;

    /// Returns the times that it carries, in ticks, for the check against overflow.
    fn times(&self) -> Vec<i64> {
        Vec::new()
    }

    /// Changes the draft. What it leaves may still break an invariant: that is checked after it.
    fn apply(&self, draft: &mut Draft) -> Result<(), EditError>;
}

impl Verb for Batch {
    fn label(&self) -> Label {
        self.label
    }

    fn apply(&self, draft: &mut Draft) -> Result<(), EditError> {
        if self.edits.is_empty() {
            return Err(EditError::NothingSelected);
        }
        for edit in &self.edits {
            if matches!(edit, Edit::Batch(_)) {
                return Err(EditError::NestedBatch);
            }
            edit.run(draft)?;
        }
        Ok(())
    }
}
