//! One open project: its history, and the journal that makes it safe.

use std::time::Duration;

use protocol::error::{ApiError, ErrorCode};
use protocol::studio::view::{Access, Edited, HistoryView, ProjectId};
use store::projects::{Change, Snapshot};
use store::reels::{FindRow, ReelRow};
use timeline::history::History;
use timeline::journal::{self, Due, Entry, EntryKind, Pace, ProjectHash};
use timeline::project::Project;

use crate::clock::now_millis;
use crate::error::refused;
use crate::projects::{APP_VERSION, Loaded};
use crate::{Engine, Error};

/// An open project.
pub(crate) struct Session {
    id: ProjectId,
    access: Access,
    history: History,
    seq: u64,
    hash: ProjectHash,
    pace: Pace,
    /// What is not in the journal yet because it could not be written.
    pending: Pending,
    watched: bool,
    /// When its board last changed without being told.
    changed: Option<Duration>,
}

#[derive(Default)]
struct Pending {
    entries: Vec<(u64, String)>,
    /// A snapshot has to go with them: a replay could not reach what they go back to.
    snapshot: bool,
}

/// What happens to a step that cannot be written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failing {
    /// It is kept in memory, and tried again.
    Keep,
    /// It is taken back.
    TakeBack,
}

/// What is written together with a step.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    /// Reels that it made.
    pub(crate) reels: Vec<ReelRow>,
    /// What was found in a source.
    pub(crate) find: Option<FindRow>,
}

/// A step, and why it is not in the journal if it is not.
pub(crate) struct Stepped {
    pub(crate) edited: Edited,
    pub(crate) unsaved: Option<Error>,
}

impl Session {
    /// Opens a project; what was replayed becomes part of a snapshot, so that the journal's tail is
    /// empty.
    pub(crate) fn open(engine: &Engine, id: ProjectId, now: Duration) -> Result<Self, Error> {
        let Loaded {
            history,
            seq,
            replayed,
            access,
        } = engine.load_project(id.0)?;
        let hash = journal::hash(history.present());
        let mut session = Self {
            id,
            access,
            history,
            seq,
            hash,
            pace: Pace::new(now),
            pending: Pending::default(),
            watched: false,
            changed: None,
        };
        if replayed > 0 && session.access == Access::Writable {
            session.pending.snapshot = true;
            // It is only tidier with the snapshot: the replay works the next time, too.
            drop(session.save(engine, now));
        }
        Ok(session)
    }

    pub(crate) fn id(&self) -> ProjectId {
        self.id
    }

    pub(crate) fn access(&self) -> &Access {
        &self.access
    }

    pub(crate) fn present(&self) -> &std::sync::Arc<Project> {
        self.history.present()
    }

    pub(crate) fn seq(&self) -> u64 {
        self.seq
    }

    pub(crate) fn hash(&self) -> &ProjectHash {
        &self.hash
    }

    /// Returns whether the window hears of its changes.
    pub(crate) fn is_watched(&self) -> bool {
        self.watched
    }

    /// Notes that the window has opened it.
    pub(crate) fn watch(&mut self) {
        self.watched = true;
    }

    /// Returns whether there are steps to undo.
    pub(crate) fn has_past(&self) -> bool {
        self.history.past().next().is_some()
    }

    /// Forgets the steps before the present: it becomes the ground of the history, after a crash
    /// too, since a snapshot of it is due.
    pub(crate) fn stand_here(&mut self) {
        self.history = History::new(Project::clone(self.history.present()));
        self.pending.snapshot = true;
    }

    /// Returns what can be undone and redone.
    pub(crate) fn view(&self) -> HistoryView {
        HistoryView {
            undo: (self.history.past().rev())
                .take(HistoryView::SHOWN)
                .collect(),
            redo: self.history.undone().take(HistoryView::SHOWN).collect(),
        }
    }

    /// Returns an error when the project may only be read.
    pub(crate) fn check_writable(&self) -> Result<(), Error> {
        let (message, hint) = match &self.access {
            Access::Writable => return Ok(()),
            Access::Newer { version } => (
                format!("version {version} wrote this project: it can only be read here"),
                "update the program",
            ),
            Access::Damaged { lost } => (
                format!(
                    "{lost} entries of this project's journal are damaged: it can only be read"
                ),
                "a copy of the database from `backups` in the program's folder may hold them",
            ),
        };
        Err(ApiError::new(ErrorCode::ReadOnly, message)
            .hint(hint)
            .into())
    }

    /// Returns an error unless `base` is the last entry.
    pub(crate) fn check_base(&self, base: u64) -> Result<(), Error> {
        if base == self.seq {
            return Ok(());
        }
        let message = format!("entry {base} is not the last one, which is {}", self.seq);
        Err(ApiError::new(ErrorCode::Conflict, message)
            .hint("open the project again")
            .into())
    }

    /// Takes a step: it is in the journal when this returns, unless the result says otherwise.
    pub(crate) fn step(
        &mut self,
        engine: &Engine,
        kind: EntryKind,
        beside: &Beside,
        failing: Failing,
        now: Duration,
    ) -> Result<Stepped, Error> {
        self.check_writable()?;
        let before = self.history.clone();
        let nothing = |what: &str| {
            ApiError::new(
                ErrorCode::NothingToUndo,
                format!("there is nothing to {what}"),
            )
        };
        match &kind {
            EntryKind::Edit(edit) => {
                self.history.edit(edit).map_err(|error| refused(&error))?;
            }
            EntryKind::Undo => {
                self.history.undo().ok_or_else(|| nothing("undo"))?;
            }
            EntryKind::Redo => {
                self.history.redo().ok_or_else(|| nothing("redo"))?;
            }
            EntryKind::Restore(name) => {
                let unknown = |error: timeline::history::UnknownVersion| {
                    ApiError::new(ErrorCode::Unknown, error.to_string())
                };
                self.history.restore(name).map_err(unknown)?;
            }
        }
        let hash = journal::hash(self.history.present());
        let entry = Entry {
            seq: self.seq + 1,
            app_version: APP_VERSION.to_owned(),
            kind,
            result_hash: hash.clone(),
        };
        let line = (entry.seq, serde_json::to_string(&entry)?);
        let paced = self.pace.clone();
        let due = self.pace.entry(&entry.kind, now);
        let owed = self.pending.snapshot;
        self.pending.snapshot |= due == Due::First;
        self.pending.entries.push(line);
        self.seq = entry.seq;
        self.hash = hash;
        let saved = self.write(engine, beside, now);
        let unsaved = match saved {
            Ok(()) => None,
            Err(error) if failing == Failing::Keep && !is_elsewhere(&error) => Some(error),
            Err(error) => {
                self.history = before;
                self.pace = paced;
                self.seq -= 1;
                self.hash = journal::hash(self.history.present());
                self.pending.entries.pop();
                self.pending.snapshot = owed;
                return Err(if is_elsewhere(&error) {
                    conflict(&error).into()
                } else {
                    error
                });
            }
        };
        self.changed = Some(now);
        let edited = Edited {
            project: self.id,
            seq: self.seq,
            kind: entry.kind,
            hash: self.hash.clone(),
            history: self.view(),
        };
        Ok(Stepped { edited, unsaved })
    }

    /// Returns whether something waits to be written.
    pub(crate) fn is_unsaved(&self) -> bool {
        !self.pending.entries.is_empty()
    }

    /// Writes what waits, and a snapshot when one is due; returns whether there was one.
    pub(crate) fn save_when_due(&mut self, engine: &Engine, now: Duration) -> Result<bool, Error> {
        let due = self.pending.snapshot || self.pace.due(now) == Due::Now;
        if !(due || self.is_unsaved()) || self.access != Access::Writable {
            return Ok(false);
        }
        self.pending.snapshot |= due;
        self.write(engine, &Beside::default(), now)?;
        Ok(due)
    }

    /// Writes what waits, and a snapshot when there are entries since the last one.
    pub(crate) fn save(&mut self, engine: &Engine, now: Duration) -> Result<(), Error> {
        let owed = self.owes_snapshot(now);
        if !(owed || self.is_unsaved()) || self.access != Access::Writable {
            return Ok(());
        }
        self.pending.snapshot = owed;
        self.write(engine, &Beside::default(), now)
    }

    /// Returns whether something is to be written or told sooner or later, with no new step.
    pub(crate) fn awaits_upkeep(&self, now: Duration) -> bool {
        let is_owed = self.owes_snapshot(now) || self.is_unsaved();
        let is_unwritten = self.access == Access::Writable && is_owed;
        is_unwritten || self.changed.is_some()
    }

    /// Returns whether there are entries since the last snapshot.
    fn owes_snapshot(&self, now: Duration) -> bool {
        // A pace long ago: whatever came since is due.
        let long_after = now + journal::TIME_PER_SNAPSHOT;
        self.pending.snapshot || self.pace.due(long_after) == Due::Now
    }

    /// Returns since when its board waits to be told, and takes the note away.
    pub(crate) fn changed_before(&mut self, now: Duration, calm: Duration) -> bool {
        let due = self.changed.is_some_and(|changed| now >= changed + calm);
        if due {
            self.changed = None;
        }
        due
    }

    fn write(&mut self, engine: &Engine, beside: &Beside, now: Duration) -> Result<(), Error> {
        let project = if self.pending.snapshot {
            Some(serde_json::to_string(&**self.history.present())?)
        } else {
            None
        };
        let snapshot = project.as_deref().map(|project| Snapshot {
            seq: self.seq,
            hash: &self.hash.0,
            project,
            app_version: APP_VERSION,
        });
        let change = Change {
            entries: &self.pending.entries,
            snapshot,
            reels: &beside.reels,
            find: beside.find.as_ref(),
        };
        engine
            .library()
            .change_project(self.id.0, &change, now_millis())?;
        if self.pending.snapshot {
            self.pace = Pace::new(now);
        }
        self.pending = Pending::default();
        Ok(())
    }
}

/// Returns whether another program wrote to the project, or took it away.
fn is_elsewhere(error: &Error) -> bool {
    matches!(
        error,
        Error::Store(store::Error::OutOfOrder { .. } | store::Error::Missing { .. })
    )
}

fn conflict(error: &Error) -> ApiError {
    ApiError::new(
        ErrorCode::Conflict,
        format!("the project was changed elsewhere: {error}"),
    )
    .hint("open the project again")
}
