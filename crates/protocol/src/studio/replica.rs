//! The window's copy of a project: it follows [`Edited`] events by applying the same edits.

use std::sync::Arc;

use timeline::history::History;
use timeline::journal::{self, EntryKind};
use timeline::project::Project;

use super::view::{Edited, HistoryView, Opened, ProjectId};

/// A copy that is the engine's project as of entry [`seq`](Replica::seq).
#[derive(Debug, Clone)]
pub struct Replica {
    id: ProjectId,
    seq: u64,
    history: History,
    view: HistoryView,
}

/// The copy no longer is the project: the window asks for the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    /// Entries are missing in between.
    #[error("entry {found} came where {expected} should")]
    Missing {
        /// The entry that comes next.
        expected: u64,
        /// The entry that came.
        found: u64,
    },
    /// The edit is refused here, or leads elsewhere.
    #[error("entry {seq} leads to another project here")]
    Diverged {
        /// The entry.
        seq: u64,
    },
}

impl Replica {
    /// Returns a copy of a project that was just opened.
    pub fn new(opened: &Opened) -> Self {
        Self {
            id: opened.id,
            seq: opened.seq,
            history: History::new(Project::clone(&opened.project)),
            view: opened.history.clone(),
        }
    }

    /// Returns which project it is.
    pub fn id(&self) -> ProjectId {
        self.id
    }

    /// Returns the project.
    pub fn project(&self) -> &Arc<Project> {
        self.history.present()
    }

    /// Returns the number of the last entry that it has followed.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Returns what can be undone and redone.
    pub fn history(&self) -> &HistoryView {
        &self.view
    }

    /// Follows a change; one that it already has is passed over.
    ///
    /// # Errors
    /// When it cannot be followed: the copy is then left as it was. Undo and redo beyond what this
    /// copy has seen are such a case.
    pub fn follow(&mut self, edited: &Edited) -> Result<(), Lost> {
        if edited.project != self.id || edited.seq <= self.seq {
            return Ok(());
        }
        if edited.seq != self.seq + 1 {
            return Err(Lost::Missing {
                expected: self.seq + 1,
                found: edited.seq,
            });
        }
        let diverged = Lost::Diverged { seq: edited.seq };
        let mut ahead = self.history.clone();
        match &edited.kind {
            EntryKind::Edit(edit) => {
                ahead.edit(edit).map_err(|_refused| diverged)?;
            }
            EntryKind::Undo => {
                ahead.undo().ok_or(diverged)?;
            }
            EntryKind::Redo => {
                ahead.redo().ok_or(diverged)?;
            }
            EntryKind::Restore(_) => return Err(diverged),
        }
        if journal::hash(ahead.present()) != edited.hash {
            return Err(diverged);
        }
        self.history = ahead;
        self.seq = edited.seq;
        self.view = edited.history.clone();
        Ok(())
    }
}
