//! Which projects are open, and what follows from every step in one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use protocol::error::{ApiError, ErrorCode};
use protocol::studio::event::{Event, Notice};
use protocol::studio::view::{Access, Edited, Opened, Place, ProjectId};
use timeline::edit::Edit;
use timeline::journal::EntryKind;

use super::session::{Beside, Failing, Session};
use super::{Inner, lock};
use crate::{Database, Error};

/// The open projects.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<BTreeMap<ProjectId, Arc<Mutex<Session>>>>);

impl Sessions {
    /// Returns a project that is open.
    pub(crate) fn get(&self, id: ProjectId) -> Option<Arc<Mutex<Session>>> {
        lock(&self.0).get(&id).map(Arc::clone)
    }

    /// Returns every open project.
    pub(crate) fn all(&self) -> Vec<Arc<Mutex<Session>>> {
        lock(&self.0).values().map(Arc::clone).collect()
    }

    /// Lets go of a project without writing anything; a later opening reads it anew.
    pub(crate) fn forget(&self, id: ProjectId) {
        lock(&self.0).remove(&id);
    }
}

impl Inner {
    /// Returns the time of all paces.
    pub(crate) fn now(&self) -> Duration {
        self.began.elapsed()
    }

    /// Returns a project, opening it when it is not.
    pub(crate) fn session(&self, id: ProjectId) -> Result<Arc<Mutex<Session>>, Error> {
        let mut open = lock(&self.sessions.0);
        if let Some(session) = open.get(&id) {
            return Ok(Arc::clone(session));
        }
        let session = Session::open(&self.engine, id, self.now())?;
        let session = Arc::new(Mutex::new(session));
        open.insert(id, Arc::clone(&session));
        // A crash may have left entries that want a snapshot.
        self.wake_upkeep();
        Ok(session)
    }

    pub(crate) fn open_project(self: &Arc<Self>, id: ProjectId) -> Result<Opened, Error> {
        let session = self.session(id)?;
        let opened = {
            let mut session = lock(&session);
            session.watch();
            let (board, sources) = self.board(&session)?;
            Opened {
                id,
                access: self.access(&session),
                project: Arc::clone(session.present()),
                seq: session.seq(),
                hash: session.hash().clone(),
                history: session.view(),
                board,
                sources,
                place: self.place(id)?,
            }
        };
        self.look_for_sources(id);
        Ok(opened)
    }

    fn access(&self, session: &Session) -> Access {
        match (session.access(), self.engine.database()) {
            (Access::Writable, Database::Newer) => Access::Newer {
                version: String::new(),
            },
            (access, _) => access.clone(),
        }
    }

    fn place(&self, id: ProjectId) -> Result<Option<Place>, Error> {
        let stored = self.engine.seen(self.engine.library().place(id.0))?;
        // One that another version wrote in another shape is no loss.
        Ok(stored.and_then(|json| serde_json::from_str(&json).ok()))
    }

    pub(crate) fn save_place(&self, id: ProjectId, place: &Place) -> Result<(), Error> {
        let json = serde_json::to_string(place)?;
        Ok(self.engine.library().save_place(id.0, &json)?)
    }

    /// Applies an edit of the user's.
    pub(crate) fn apply_edit(&self, id: ProjectId, base: u64, edit: Edit) -> Result<Edited, Error> {
        let session = self.session(id)?;
        let mut session = lock(&session);
        session.check_base(base)?;
        self.step(
            &mut session,
            EntryKind::Edit(edit),
            &Beside::default(),
            Failing::Keep,
        )
    }

    /// Undoes or redoes.
    pub(crate) fn turn(&self, id: ProjectId, kind: EntryKind) -> Result<Edited, Error> {
        let session = self.session(id)?;
        self.step(&mut lock(&session), kind, &Beside::default(), Failing::Keep)
    }

    /// Takes a step in an open project, and tells of it.
    pub(crate) fn step(
        &self,
        session: &mut MutexGuard<'_, Session>,
        kind: EntryKind,
        beside: &Beside,
        failing: Failing,
    ) -> Result<Edited, Error> {
        self.check_database()?;
        let now = self.now();
        let before = Arc::clone(session.present());
        let stepped = session.step(&self.engine, kind, beside, failing, now);
        let stepped = stepped.inspect_err(|error| {
            if error.to_api().code == ErrorCode::Conflict {
                self.sessions.forget(session.id());
            }
        })?;
        if let Some(error) = stepped.unsaved {
            self.tell_unsaved(&error);
        }
        self.tell_step(session, &stepped.edited);
        let after = session.present();
        let same_reels = before.sequences.keys().eq(after.sequences.keys());
        if !(same_reels && before.media.len() == after.media.len()) {
            // The board shows others now. The window asks for the whole when it misses something.
            drop(self.tell_board_of(session));
        }
        Ok(stepped.edited)
    }

    /// Tells of a step.
    pub(crate) fn tell_step(&self, session: &Session, edited: &Edited) {
        if session.is_watched() {
            self.events.tell(&Event::Edited(edited.clone()));
        }
        self.follow(session.id());
        self.wake_upkeep();
    }

    /// Returns an error when the whole database may only be read.
    pub(crate) fn check_database(&self) -> Result<(), Error> {
        match self.engine.database() {
            Database::Writable => Ok(()),
            Database::Newer => {
                let message = "a newer version of the program wrote the database: \
                               it can be read and not changed";
                Err(ApiError::new(ErrorCode::DatabaseNewer, message)
                    .hint("update the program")
                    .into())
            }
        }
    }

    fn tell_unsaved(&self, error: &Error) {
        let error = error.to_api();
        let before = lock(&self.unsaved).replace(error.clone());
        if before.is_none() {
            let notice = Notice::SaveFailed(error);
            self.events.tell(&Event::Notice(notice));
        }
    }

    /// Writes what waits, and snapshots that are due.
    pub(crate) fn save_due(&self) {
        let now = self.now();
        let mut all_saved = true;
        for session in self.sessions.all() {
            let mut session = lock(&session);
            match session.save_when_due(&self.engine, now) {
                Ok(snapshot) => {
                    if snapshot {
                        // The list is only older than it could be.
                        drop(self.note_summary(&session));
                    }
                }
                Err(error) => {
                    all_saved = false;
                    self.tell_unsaved(&error);
                }
            }
        }
        if all_saved && lock(&self.unsaved).take().is_some() {
            self.events.tell(&Event::Notice(Notice::SaveRecovered));
        }
    }

    /// Writes everything down; the first failure is told when all was tried.
    pub(crate) fn save_all(&self) -> Result<(), Error> {
        let now = self.now();
        let mut outcome = Ok(());
        for session in self.sessions.all() {
            let mut session = lock(&session);
            let saved = session
                .save(&self.engine, now)
                .and_then(|()| self.note_summary(&session));
            outcome = outcome.and(saved);
        }
        outcome
    }
}
