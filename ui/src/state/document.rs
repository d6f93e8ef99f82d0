//! The opened project: the engine's, with the user's newest edits already in it.
//!
//! Edits are shown at once and sent in order, one at a time, each with the number of the last entry
//! that this copy has followed. When the engine knows a newer project the copy is read again and
//! what was not kept yet is tried on it; what no longer fits is taken back and told.

use std::collections::BTreeMap;
use std::sync::Arc;

use footage::words::Transcript;
use leptos::prelude::*;
use protocol::error::{ApiError, ErrorCode};
use protocol::studio::calls::{ApplyEdit, GetTranscript, OpenProject, Redo, SavePlace, Undo};
use protocol::studio::view::{
    Access, Board, Edited, HistoryView, Opened, Place as KeptPlace, ProjectId, SourceView,
};
use timeline::edit::{Edit, EditError};
use timeline::ids::{MediaId, SequenceId};
use timeline::project::{Project, Sequence};

use super::told::{Done, Told};
use crate::state::edits::{Act, Copy, Heard};
use crate::{ipc, task};

/// The opened project. Lives as long as the page; opening another fills it anew.
#[derive(Debug, Clone, Copy)]
pub struct Document {
    /// Which project is open.
    pub open: RwSignal<Option<ProjectId>>,
    /// The project as it is shown: with edits under way, and with the drag that goes on.
    pub project: RwSignal<Arc<Project>>,
    /// What can be undone and redone.
    pub history: RwSignal<HistoryView>,
    /// The reels.
    pub board: RwSignal<Board>,
    /// The sources.
    pub sources: RwSignal<Vec<SourceView>>,
    /// Whether it may be changed.
    pub access: RwSignal<Access>,
    /// The words of the sources, as far as they are read.
    pub transcripts: RwSignal<BTreeMap<MediaId, Arc<Transcript>>>,
    /// The sequence in the editor.
    pub sequence: RwSignal<Option<SequenceId>>,
    /// Where the user was when the project was last open.
    pub place: RwSignal<Option<KeptPlace>>,
    copy: StoredValue<Copy>,
    told: Told,
}

/// Returns the opened project.
pub fn use_document() -> Document {
    super::taken()
}

impl Document {
    pub(super) fn new(told: Told) -> Self {
        Self {
            open: RwSignal::new(None),
            project: RwSignal::new(Arc::new(Project::default())),
            history: RwSignal::new(HistoryView::default()),
            board: RwSignal::new(Board::default()),
            sources: RwSignal::new(Vec::new()),
            access: RwSignal::new(Access::Writable),
            transcripts: RwSignal::new(BTreeMap::new()),
            sequence: RwSignal::new(None),
            place: RwSignal::new(None),
            copy: StoredValue::new(Copy::default()),
            told,
        }
    }

    /// Returns which project is open, untracked.
    pub fn id(&self) -> Option<ProjectId> {
        self.open.get_untracked()
    }

    /// Returns whether it may be changed, tracked.
    pub fn is_writable(&self) -> bool {
        self.access.with(|access| *access == Access::Writable)
    }

    /// Returns whether it may be changed, untracked.
    pub fn is_writable_now(&self) -> bool {
        self.access
            .with_untracked(|access| *access == Access::Writable)
    }

    /// Returns the sequence in the editor, tracked.
    pub fn open_sequence(&self) -> Option<Arc<Sequence>> {
        let id = self.sequence.get()?;
        self.project
            .with(|project| project.sequences.get(&id).cloned())
    }

    /// Opens a project in place of the one that is open.
    ///
    /// # Errors
    /// What the engine says; what was open stays.
    pub async fn open(self, id: ProjectId) -> Result<(), ApiError> {
        let opened = ipc::call(OpenProject { project: id }).await?;
        self.fill(opened);
        Ok(())
    }

    /// Forgets the opened project.
    pub fn close(&self) {
        self.open.set(None);
        self.sequence.set(None);
        self.copy.set_value(Copy::default());
    }

    /// Shows an edit without keeping it: what a drag would do. `None` shows what is kept.
    ///
    /// # Errors
    /// Why the edit would be refused; what is kept is shown then.
    pub fn preview_edit(&self, edit: Option<&Edit>) -> Result<(), EditError> {
        let kept = self.copy.with_value(Copy::shown);
        let result = edit.map_or_else(
            || Ok(Arc::clone(&kept)),
            |edit| edit.apply(&kept).map(Arc::new),
        );
        match result {
            Ok(project) => {
                self.project.set(project);
                Ok(())
            }
            Err(error) => {
                if !Arc::ptr_eq(&self.project.get_untracked(), &kept) {
                    self.project.set(kept);
                }
                Err(error)
            }
        }
    }

    /// Does an edit as one step: at once here, and in its turn in the engine.
    ///
    /// # Errors
    /// Why it is refused; then nothing is changed, and the user is told.
    pub fn commit(&self, edit: impl Into<Edit>) -> Result<(), EditError> {
        let edit = edit.into();
        if let Some(error) = self.why_not() {
            self.told.failed(&error);
            return Ok(());
        }
        let done = self.copy.try_update_value(|copy| copy.act(Act::Edit(edit)));
        let result = done.unwrap_or(Ok(()));
        if let Err(error) = &result {
            self.told.refused(error);
        }
        self.show();
        self.send();
        result
    }

    /// Goes one step back.
    pub fn undo(&self) {
        if self
            .history
            .with_untracked(|history| history.undo.is_empty())
            && self.copy.with_value(Copy::is_settled)
        {
            return;
        }
        self.step(Act::Undo);
    }

    /// Goes one undone step forward.
    pub fn redo(&self) {
        self.step(Act::Redo);
    }

    /// Notes where the user is, to come back to.
    pub fn save_place(&self, place: KeptPlace) {
        let Some(project) = self.id() else { return };
        task::spawn(async move {
            // Where one was is a courtesy: a failure to note it is in the log of the engine.
            drop(ipc::call(SavePlace { project, place }).await);
        });
    }

    /// Reads the words of a source again.
    pub fn read_transcript(&self, media: MediaId) {
        let own = *self;
        let Some(project) = self.id() else { return };
        task::spawn(async move {
            let read = ipc::call(GetTranscript { project, media }).await;
            if own.id() != Some(project) {
                return;
            }
            match read {
                Ok(Some(transcript)) => own.transcripts.update(|all| {
                    all.insert(media, Arc::new(transcript));
                }),
                Ok(None) => own.transcripts.update(|all| {
                    all.remove(&media);
                }),
                Err(error) => own.told.failed(&error),
            }
        });
    }

    pub(super) fn heard(&self, edited: &Edited) {
        if self.id() != Some(edited.project) {
            return;
        }
        let heard = self.copy.try_update_value(|copy| copy.heard(edited));
        self.after(heard.unwrap_or(Heard::Followed));
        self.show();
    }

    pub(super) fn board_changed(&self, project: ProjectId, board: Board, sources: Vec<SourceView>) {
        if self.id() != Some(project) {
            return;
        }
        // The first reel of a project that was empty is the one to edit.
        if self.sequence.with_untracked(Option::is_none) {
            self.sequence
                .set(board.reels.first().map(|reel| reel.sequence));
        }
        self.board.set(board);
        // Words come when a source's import or another transcription ends.
        let newly: Vec<MediaId> = self.sources.with_untracked(|known| {
            let words = |media| {
                known
                    .iter()
                    .find(|own| own.media == media)
                    .map_or(0, |own| own.words)
            };
            let changed = sources.iter().filter(|own| own.words != words(own.media));
            changed.map(|own| own.media).collect()
        });
        self.sources.set(sources);
        for media in newly {
            self.read_transcript(media);
        }
    }

    fn fill(&self, opened: Opened) {
        let is_other = self.id() != Some(opened.id);
        let lost = self.copy.try_update_value(|copy| copy.fill(&opened));
        if is_other {
            self.transcripts.set(BTreeMap::new());
            let place = opened.place.clone();
            let known = place.as_ref().and_then(|place| place.sequence);
            let first = opened.board.reels.first().map(|reel| reel.sequence);
            let any = opened.project.sequences.keys().next().copied();
            let is_there = |id: &SequenceId| opened.project.sequences.contains_key(id);
            self.sequence.set(known.filter(is_there).or(first).or(any));
            self.place.set(place);
        }
        self.access.set(opened.access);
        self.board.set(opened.board);
        self.open.set(Some(opened.id));
        self.show();
        let read: Vec<MediaId> = opened
            .sources
            .iter()
            .filter(|source| source.words > 0)
            .map(|source| source.media)
            .collect();
        self.sources.set(opened.sources);
        for media in read {
            if is_other
                || self
                    .transcripts
                    .with_untracked(|all| !all.contains_key(&media))
            {
                self.read_transcript(media);
            }
        }
        self.tell_lost(&lost.unwrap_or_default());
    }

    fn step(&self, act: Act) {
        if let Some(error) = self.why_not() {
            self.told.failed(&error);
            return;
        }
        // An undo is refused by the engine only.
        self.copy.try_update_value(|copy| copy.act(act));
        self.send();
    }

    /// Returns why nothing may be changed.
    fn why_not(&self) -> Option<ApiError> {
        let is_writable = self
            .access
            .with_untracked(|access| *access == Access::Writable);
        (!is_writable).then(|| ApiError::new(ErrorCode::ReadOnly, "the project is read-only"))
    }

    /// Shows what is kept, with what is under way.
    fn show(&self) {
        let (project, history) = self.copy.with_value(|copy| (copy.shown(), copy.history()));
        if !Arc::ptr_eq(&self.project.get_untracked(), &project) {
            self.project.set(project);
        }
        if self.history.with_untracked(|own| *own != history) {
            self.history.set(history);
        }
    }

    /// Sends the first waiting act, unless one is under way.
    fn send(&self) {
        let own = *self;
        let Some(id) = self.id() else { return };
        let Some(Some((base, act))) = self.copy.try_update_value(Copy::next) else {
            return;
        };
        task::spawn(async move {
            let answer = match act {
                Act::Edit(edit) => {
                    let project = id;
                    ipc::call(ApplyEdit {
                        project,
                        base,
                        edit,
                    })
                    .await
                }
                Act::Undo => ipc::call(Undo { project: id }).await,
                Act::Redo => ipc::call(Redo { project: id }).await,
            };
            if own.id() != Some(id) {
                return;
            }
            match answer {
                Ok(edited) => {
                    let heard = own.copy.try_update_value(|copy| copy.answered(&edited));
                    own.after(heard.unwrap_or(Heard::Followed));
                }
                Err(error) if error.code == ErrorCode::Conflict => {
                    own.copy.update_value(Copy::again);
                    own.after(Heard::Lost);
                    return;
                }
                Err(error) => {
                    let lost = own.copy.try_update_value(Copy::refused);
                    if error.code != ErrorCode::NothingToUndo {
                        own.told.failed(&error);
                    }
                    own.tell_lost(&lost.unwrap_or_default());
                }
            }
            own.show();
            own.send();
        });
    }

    fn after(&self, heard: Heard) {
        if heard == Heard::Followed {
            return;
        }
        let own = *self;
        let Some(id) = self.id() else { return };
        task::spawn(async move {
            match ipc::call(OpenProject { project: id }).await {
                Ok(opened) if own.id() == Some(id) => {
                    own.fill(opened);
                    own.send();
                }
                Ok(_) => {}
                Err(error) => own.told.failed(&error),
            }
        });
    }

    /// Tells that edits which were shown could not be kept.
    fn tell_lost(&self, lost: &[EditError]) {
        if !lost.is_empty() {
            self.told.done(Done::Reloaded);
        }
    }
}
