//! Telling a worker that is stuck from one that is busy.
//!
//! A worker watches its own pipelines and tells when they stand still. This is for what cannot tell:
//! a worker that was stopped, or whose decoder neither goes on nor ends. One that computes is left
//! alone, however long it says nothing.

use std::time::{Duration, Instant};

use protocol::error::{ApiError, ErrorCode};

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
    since: Instant,
    /// What it had spent when half of [`LONGEST`] was over.
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

    /// Returns why the worker has to be given up, if it has.
    pub(super) fn verdict(&mut self) -> Option<ApiError> {
        let lasts = self.since.elapsed();
        if lasts < LONGEST / 2 {
            return None;
        }
        // Where that cannot be told nobody is given up.
        let spent = owner::spent_ticks(self.process)?;
        let Some(before) = self.spent else {
            self.spent = Some(spent);
            return None;
        };
        if lasts < LONGEST {
            return None;
        }
        if spent.saturating_sub(before) > IDLE_TICKS {
            self.end();
            return None;
        }
        let message = format!("the worker has done nothing for {} s", LONGEST.as_secs());
        let hint =
            "run the same command again; if it stops at the same place, the file is damaged there";
        Some(ApiError::new(ErrorCode::Stalled, message).hint(hint))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Stillness {
        fn after(process: u32, silent: Duration, spent: Option<u64>) -> Self {
            Self {
                process,
                since: Instant::now().checked_sub(silent).unwrap(),
                spent,
            }
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn who_neither_speaks_nor_works_is_given_up() {
        let own = std::process::id();
        let spent = owner::spent_ticks(own).unwrap();
        let check = |silent: u64, spent: Option<u64>, given_up: bool| {
            let mut still = Stillness::after(own, Duration::from_secs(silent), spent);
            let verdict = still.verdict().map(|error| error.code);
            let expect = given_up.then_some(ErrorCode::Stalled);
            assert_eq!(verdict, expect, "{silent} s, {spent:?} ticks before");
        };
        check(0, Some(spent), false);
        check(25, Some(spent), false);
        check(41, Some(spent), true);
        // The first look of the second half.
        check(41, None, false);
        let mut busy = Stillness::after(own, Duration::from_secs(41), Some(0));
        busy.spent = spent.checked_sub(IDLE_TICKS + 1);
        if busy.spent.is_some() {
            assert!(busy.verdict().is_none(), "it computes");
            assert!(
                busy.since.elapsed() < Duration::from_secs(1),
                "and begins anew"
            );
        }
    }
}
