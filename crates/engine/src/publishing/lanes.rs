//! Which posts are under way at once: each in one process alone, and few of one account.
//!
//! Threads that have nothing to do wait for one of them, which looks for work for all: a post that is
//! due does not wait for a long upload, and a quiet outbox is asked once in two seconds, by whatever
//! number of threads.

use std::fs::File;
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

    /// Returns the next post that has something to do; `None` when there is to be an end.
    pub(super) fn next_due(
        &self,
        watch: &Watch,
        span: Span,
        cancel: &Cancel,
    ) -> Result<Option<(i64, Lease)>, Error> {
        // One looks for all; the others wait here.
        let mut last_swept = watch
            .last_swept
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        while !cancel.is_cancelled() {
            let now = self.now();
            if last_swept.is_none_or(|last| now.0.abs_diff(last.0) > SWEEP_MS) {
                // What stays is forgotten next time; posts do not wait for it.
                drop(self.outbox.forget_before(millis(now) - AUDIT_MS));
                *last_swept = Some(now);
            }
            self.heed_clock(now)?;
            // Those that are under way count, too.
            for row in self.outbox.due_entries(millis(now), LANES + 1)? {
                if let Some(lease) = self.lease(&row)? {
                    return Ok(Some((row.id, lease)));
                }
            }
            match span {
                Span::Once => return Ok(None),
                Span::Always => self.clock.wait(UnixMs(now.0 + POLL_MS), cancel),
            }
        }
        Ok(None)
    }
}
