//! What happens in the background: saving, telling boards that changed, copies, the bin.

use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

use protocol::studio::view::ProjectId;

use super::{Inner, dates, lock};
use crate::clock::now_millis;
use crate::{Database, Error};

/// How often it is looked whether something is to be saved.
const TICK: Duration = Duration::from_secs(1);

/// A board is told when nothing was edited for that long: its covers are drawn anew.
const CALM: Duration = Duration::from_secs(2);

/// How long a project stays in the bin.
const BIN_MILLIS: i64 = 30 * 24 * 3600 * 1000;

/// The threads that work until the studio is closed.
#[derive(Default)]
pub(crate) struct Background {
    /// Dropped to end the ticking.
    alive: Option<SyncSender<()>>,
    /// Wakes the one who follows edits for the preview.
    follow: Option<SyncSender<()>>,
    threads: Vec<JoinHandle<()>>,
}

/// Starts them.
pub(crate) fn start(inner: &Arc<Inner>) {
    let (alive, gone) = sync_channel::<()>(0);
    let (follow, followed) = sync_channel::<()>(1);
    let ticking = Arc::downgrade(inner);
    let following = Arc::downgrade(inner);
    let mut background = lock(&inner.background);
    background.alive = Some(alive);
    background.follow = Some(follow);
    background.threads = vec![
        std::thread::spawn(move || tick(&ticking, &gone)),
        std::thread::spawn(move || follow_edits(&following, &followed)),
    ];
}

/// Ends them.
pub(crate) fn stop(inner: &Inner) {
    let threads = {
        let mut background = lock(&inner.background);
        background.alive = None;
        background.follow = None;
        std::mem::take(&mut background.threads)
    };
    for thread in threads {
        // One that panicked has ended, too.
        drop(thread.join());
    }
}

fn tick(inner: &Weak<Inner>, gone: &Receiver<()>) {
    if let Some(inner) = inner.upgrade() {
        // Without today's copy there is yesterday's; the next start tries again.
        drop(inner.keep_copy());
    }
    while gone.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        let Some(inner) = inner.upgrade() else {
            return;
        };
        inner.save_due();
        inner.tell_boards();
        inner.look_at_outbox();
    }
}

fn follow_edits(inner: &Weak<Inner>, followed: &Receiver<()>) {
    while followed.recv().is_ok() {
        let Some(inner) = inner.upgrade() else {
            return;
        };
        inner.follow_now();
    }
}

impl Inner {
    /// Has the preview follow an edit of a project, soon and not here.
    pub(crate) fn follow(&self, project: ProjectId) {
        let shows = self.preview.shows();
        if shows.is_some_and(|(shown, _)| shown == project)
            && let Some(follow) = &lock(&self.background).follow
        {
            // A wake-up that is there already serves for this edit, too.
            follow.try_send(()).ok();
        }
    }

    /// Tells the boards of projects that were edited and are calm now.
    fn tell_boards(&self) {
        let now = self.now();
        let calm: BTreeSet<ProjectId> = (self.sessions.all().iter())
            .filter_map(|session| {
                let mut session = lock(session);
                let due = session.changed_before(now, CALM);
                due.then(|| session.id())
            })
            .collect();
        for project in calm {
            // The window asks for the whole when it misses something.
            drop(self.tell_board(project));
        }
    }

    /// Keeps today's copy of the database.
    fn keep_copy(&self) -> Result<(), Error> {
        if self.engine.database() == Database::Writable {
            self.engine.library().keep_copy(&dates::day(now_millis()))?;
        }
        Ok(())
    }

    /// Does at the start what is due by then.
    pub(crate) fn tidy_up(&self) -> Result<(), Error> {
        let library = self.engine.library();
        for id in library.binned_before(now_millis() - BIN_MILLIS)? {
            library.delete_binned(id)?;
        }
        library.forget_ended_orders()?;
        self.count_projects()
    }
}
