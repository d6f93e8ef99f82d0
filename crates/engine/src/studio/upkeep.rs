//! What happens in the background: saving, telling boards that changed, copies, the bin.

use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use protocol::studio::view::ProjectId;

use super::session::Session;
use super::{Inner, dates, lock, posting};
use crate::clock::now_millis;
use crate::{Database, Error};

/// How long after an edit it is looked what is to be written or told, and how often until all is.
const TICK: Duration = Duration::from_secs(1);

/// A board is told when nothing was edited for that long: its covers are drawn anew.
const CALM: Duration = Duration::from_secs(2);

/// How long a project stays in the bin.
const BIN_MILLIS: i64 = 30 * 24 * 3600 * 1000;

/// The threads that work until the studio is closed.
#[derive(Default)]
pub(crate) struct Background {
    /// Wakes the one who writes and tells what is due; dropped to end it.
    due: Option<SyncSender<()>>,
    /// Wakes the one who follows edits for the preview.
    follow: Option<SyncSender<()>>,
    threads: Vec<JoinHandle<()>>,
}

/// Starts them.
pub(crate) fn start(inner: &Arc<Inner>) {
    let (due, woken) = sync_channel::<()>(1);
    let (follow, followed) = sync_channel::<()>(1);
    let keeping = Arc::downgrade(inner);
    let following = Arc::downgrade(inner);
    let mut background = lock(&inner.background);
    background.due = Some(due);
    background.follow = Some(follow);
    background.threads = vec![
        std::thread::spawn(move || keep_up(&keeping, &woken)),
        std::thread::spawn(move || follow_edits(&following, &followed)),
    ];
}

/// Ends them.
pub(crate) fn stop(inner: &Inner) {
    let threads = {
        let mut background = lock(&inner.background);
        background.due = None;
        background.follow = None;
        std::mem::take(&mut background.threads)
    };
    for thread in threads {
        // One that panicked has ended, too.
        drop(thread.join());
    }
}

/// Writes and tells what is due. While nothing is, it sleeps until an edit wakes it; only what other
/// programs leave in the outbox, of which nothing tells, is looked for meanwhile.
fn keep_up(inner: &Weak<Inner>, woken: &Receiver<()>) {
    if let Some(inner) = inner.upgrade() {
        // Without today's copy there is yesterday's; the next start tries again.
        drop(inner.keep_copy());
    }
    let mut next = Instant::now() + TICK;
    loop {
        match woken.recv_timeout(next.saturating_duration_since(Instant::now())) {
            // Edits that go on and on put off nothing.
            Ok(()) => next = next.min(Instant::now() + TICK),
            Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => {
                let Some(inner) = inner.upgrade() else {
                    return;
                };
                inner.save_due();
                inner.tell_boards();
                inner.look_at_outbox();
                let pause = if inner.awaits_upkeep() {
                    TICK
                } else {
                    posting::LOOK
                };
                next = Instant::now() + pause;
            }
        }
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

    /// Has what an edit left be written and told soon.
    pub(crate) fn wake_upkeep(&self) {
        if let Some(due) = &lock(&self.background).due {
            // A wake-up that is there already serves for this, too.
            due.try_send(()).ok();
        }
    }

    /// Returns whether anything waits to be written or told.
    fn awaits_upkeep(&self) -> bool {
        let now = self.now();
        let waits = |session: &Arc<Mutex<Session>>| lock(session).awaits_upkeep(now);
        self.sessions.all().iter().any(waits)
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
