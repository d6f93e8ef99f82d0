//! Which posts are under way at once: each in one process alone, and few of one account.
//!
//! Threads that have nothing to do wait for one of them, which looks for work for all: a post that is
//! due does not wait for a long upload, and a quiet outbox is asked once in two seconds, by whatever
//! number of threads.

use std::fs::File;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use posts::outbox::UnixMs;
use store::outbox::EntryRow;
use task::Cancel;

use super::executor::Span;
use super::{Publishing, millis};
use crate::Error;

/// How many posts of an account are under way at once, in all processes: a long upload does not hold
/// up the next post, and no network sees a crowd.
pub(super) const LANES: u32 = 2;
/// How often new posts of other processes are looked for, in milliseconds.
pub(super) const POLL_MS: u64 = 2_000;
/// How often it is looked whether a thread of this run is done, whose account takes another post by
/// then, in milliseconds.
const GLANCE_MS: u64 = 100;
/// How long the audit log is kept, in milliseconds: 90 days.
const AUDIT_MS: i64 = 90 * 24 * 3_600_000;
/// How often what is older is forgotten, in milliseconds.
const SWEEP_MS: u64 = 3_600_000;

/// A post that nobody else works at, as long as this lives.
pub(super) struct Lease {
    _entry: File,
    _lane: File,
}

/// What the threads of one run know together.
#[derive(Default)]
pub(super) struct Watch {
    last_swept: Mutex<Option<UnixMs>>,
    /// How many posts the run's threads work at.
    under_way: AtomicUsize,
    /// Whether a thread failed in what concerns all.
    has_failed: AtomicBool,
}

/// A post that a thread of the run works at, as long as this lives.
pub(super) struct Busy<'a>(&'a Watch);

impl Watch {
    fn busy(&self) -> Busy<'_> {
        self.under_way.fetch_add(1, Ordering::SeqCst);
        Busy(self)
    }

    /// Lets the other threads begin nothing more.
    pub(super) fn fail(&self) {
        self.has_failed.store(true, Ordering::SeqCst);
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // What a thread died of is no other's to go on with.
            self.0.fail();
        }
        self.0.under_way.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Publishing {
    /// Returns the right to work at a post; `None` while another has it, or its account is busy.
    pub(super) fn lease(&self, row: &EntryRow) -> Result<Option<Lease>, Error> {
        let Some(entry) = self.try_lock(&format!("entry-{}", row.id))? else {
            return Ok(None);
        };
        for lane in 0..LANES {
            if let Some(lane) = self.try_lock(&format!("lane-{}-{lane}", row.account))? {
                return Ok(Some(Lease {
                    _entry: entry,
                    _lane: lane,
                }));
            }
        }
        Ok(None)
    }

    /// Returns the next post that has something to do; `None` when there is to be an end. A run that
    /// is to end once nothing is due does not while one of its threads works at a post: what becomes
    /// due meanwhile, no other run would begin.
    pub(super) fn next_due<'a>(
        &self,
        watch: &'a Watch,
        span: Span,
        cancel: &Cancel,
    ) -> Result<Option<(i64, Lease, Busy<'a>)>, Error> {
        // One looks for all; the others wait here.
        let mut last_swept = watch
            .last_swept
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        while !cancel.is_cancelled() && !watch.has_failed.load(Ordering::SeqCst) {
            let now = self.now();
            if last_swept.is_none_or(|last| now.0.abs_diff(last.0) > SWEEP_MS) {
                self.sweep(now);
                *last_swept = Some(now);
            }
            // Before it is looked for work: what a thread leaves after that is looked for again.
            let under_way = watch.under_way.load(Ordering::SeqCst);
            self.heed_clock(now)?;
            // Those that are under way count, too.
            for row in self.outbox.due_entries(millis(now), LANES + 1)? {
                if let Some(lease) = self.lease(&row)? {
                    return Ok(Some((row.id, lease, watch.busy())));
                }
            }
            match span {
                Span::Once if under_way == 0 => return Ok(None),
                Span::Once => self.pause(watch, under_way, cancel),
                Span::Always => self.clock.wait(UnixMs(now.0 + POLL_MS), cancel),
            }
        }
        Ok(None)
    }

    /// Waits before it is looked for work again, or until a thread of the run is done.
    fn pause(&self, watch: &Watch, under_way: usize, cancel: &Cancel) {
        for _ in 0..POLL_MS / GLANCE_MS {
            if cancel.is_cancelled() || watch.under_way.load(Ordering::SeqCst) != under_way {
                return;
            }
            self.clock.pause(GLANCE_MS, cancel);
        }
    }

    /// Forgets what the audit log has kept for long enough. What cannot be forgotten now is forgotten
    /// next time; posts do not wait for it.
    pub(super) fn sweep(&self, now: UnixMs) {
        drop(self.outbox.forget_before(millis(now) - AUDIT_MS));
    }
}
