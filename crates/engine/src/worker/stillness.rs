//! Telling a worker that is stuck from one that is busy.
//!
//! A worker watches its own pipelines and tells when they stand still. This is for what cannot tell:
//! a worker that was stopped, or whose decoder neither goes on nor ends. One that computes is left
//! alone, however long it says nothing.

use std::time::{Duration, Instant};

use protocol::error::{ApiError, ErrorCode};

use crate::error::STALLED;
use crate::owner;

/// How long a worker may say nothing and do nothing: longer than the 30 s after which it tells so
/// itself.
const LONGEST: Duration = Duration::from_secs(40);
/// What a process may spend in the second half of that and still does nothing, in clock ticks of 10 ms:
/// threads that wait wake up now and then.
const IDLE_TICKS: u64 = 15;

/// What is known of a silent worker.
#[derive(Debug)]
pub(super) struct Stillness {
    process: u32,
    /// When it said something, or was last looked at.
    since: Instant,
    /// What it had spent when it was looked at.
    spent: Option<u64>,
}

impl Stillness {
    pub(super) fn of(process: u32) -> Self {
        Self {
            process,
            since: Instant::now(),
            spent: None,
        }
    }

    /// Begins anew: the worker said something, or was not to.
    pub(super) fn end(&mut self) {
        *self = Self::of(self.process);
    }

    /// Returns why the worker has to be given up, if it has: it is looked at after each half of
    /// [`LONGEST`]. Who was stopped itself meanwhile, as by Ctrl-Z, does not judge before that.
    pub(super) fn verdict(&mut self) -> Option<ApiError> {
        if self.since.elapsed() < LONGEST / 2 {
            return None;
        }
        // Where that cannot be told nobody is given up.
        let spent = owner::spent_ticks(self.process)?;
        self.since = Instant::now();
        let before = self.spent.replace(spent)?;
        if spent.saturating_sub(before) > IDLE_TICKS {
            self.end();
            return None;
        }
        let message = format!("the worker has done nothing for {} s", LONGEST.as_secs());
        Some(ApiError::new(ErrorCode::Stalled, message).hint(STALLED))
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn who_neither_speaks_nor_works_is_given_up() {
        let own = std::process::id();
        let code = |still: &mut Stillness| still.verdict().map(|error| error.code);
        let later = |still: &mut Stillness| {
            still.since = Instant::now().checked_sub(LONGEST / 2).unwrap();
        };
        let mut still = Stillness::of(own);
        assert_eq!(code(&mut still), None, "not yet");
        assert_eq!(still.spent, None, "nor is it looked at");
        later(&mut still);
        assert_eq!(code(&mut still), None, "it is looked at twice");
        let spent = still.spent.unwrap();
        assert!(spent <= owner::spent_ticks(own).unwrap(), "{spent}");
        assert_eq!(code(&mut still), None, "not yet");
        later(&mut still);
        assert_eq!(code(&mut still), Some(ErrorCode::Stalled));
        still.end();
        later(&mut still);
        assert_eq!(code(&mut still), None, "it spoke, and all begins anew");
    }

    #[test]
    fn who_works_is_not_given_up() {
        let mut still = Stillness::of(std::process::id());
        still.spent = Some(0);
        // Works, by the processor's own clock, for longer than one who waits.
        while owner::spent_ticks(still.process).unwrap() <= IDLE_TICKS {
            std::hint::black_box((0..100_000_u64).sum::<u64>());
        }
        still.since = Instant::now().checked_sub(LONGEST / 2).unwrap();
        assert!(still.verdict().is_none(), "it computes");
        assert_eq!(still.spent, None, "and all begins anew");
    }
}
