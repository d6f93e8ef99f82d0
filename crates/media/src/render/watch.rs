//! Watching long work: cancellation, failure of a sibling thread, standstill.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;
use task::Cancel;

use crate::error::{Error, Result};

/// How long nothing may move.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often waiting work looks up; well below the second in which a cancellation must act.
pub(crate) const GLANCE: gst::ClockTime = gst::ClockTime::from_mseconds(50);

/// Whether to go on, shared by the threads of one render.
#[derive(Debug, Clone)]
pub(crate) struct Watch {
    cancel: Cancel,
    /// Another one who may ask for the work to stop.
    also: Option<Cancel>,
    given_up: Arc<AtomicBool>,
    steps: Arc<AtomicU64>,
}

impl Watch {
    pub(crate) fn new(cancel: &Cancel) -> Self {
        Self {
            cancel: cancel.clone(),
            also: None,
            given_up: Arc::default(),
            steps: Arc::default(),
        }
    }

    /// Returns a watch of work that either of two may stop.
    pub(crate) fn of_both(one: &Cancel, other: &Cancel) -> Self {
        Self {
            also: Some(other.clone()),
            ..Self::new(one)
        }
    }

    /// Returns an error once the work is cancelled or given up.
    pub(crate) fn check(&self) -> Result<()> {
        let asked = (std::iter::once(&self.cancel).chain(&self.also)).any(Cancel::is_cancelled);
        if asked || self.given_up.load(Ordering::SeqCst) {
            return Err(Error::Cancelled);
        }
        Ok(())
    }

    /// Tells the other threads to stop.
    pub(crate) fn give_up(&self) {
        self.given_up.store(true, Ordering::SeqCst);
    }

    /// Notes that something moved.
    pub(crate) fn step(&self) {
        self.steps.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn steps(&self) -> u64 {
        self.steps.load(Ordering::Relaxed)
    }
}

/// A longer time between two looks is not counted whole: the process was stopped meanwhile, or the
/// machine slept.
const LONGEST_LOOK: Duration = Duration::from_secs(1);

/// Counts the time in which this process ran: a user may stop it and let it go on.
#[derive(Debug, Clone)]
pub(crate) struct Stopwatch {
    looked: Instant,
    ran: Duration,
}

impl Stopwatch {
    pub(crate) fn new() -> Self {
        Self {
            looked: Instant::now(),
            ran: Duration::ZERO,
        }
    }

    /// Looks, and returns the time that was counted; to be called a few times a second.
    pub(crate) fn look(&mut self) -> Duration {
        let now = Instant::now();
        self.count(now.saturating_duration_since(self.looked));
        self.looked = now;
        self.ran
    }

    fn count(&mut self, passed: Duration) {
        self.ran += passed.min(LONGEST_LOOK);
    }
}

/// Notices a standstill.
pub(crate) struct Patience {
    watch: Stopwatch,
    seen: u64,
    stage: &'static str,
}

impl Patience {
    pub(crate) fn new(stage: &'static str) -> Self {
        Self {
            watch: Stopwatch::new(),
            seen: 0,
            stage,
        }
    }

    /// Returns an error when `steps` has not changed for long.
    pub(crate) fn check(&mut self, steps: u64) -> Result<()> {
        if steps != self.seen {
            *self = Self {
                seen: steps,
                ..Self::new(self.stage)
            };
        } else if self.watch.look() > PATIENCE {
            return Err(Error::Stalled {
                stage: self.stage.to_owned(),
                secs: PATIENCE.as_secs(),
            });
        }
        Ok(())
    }
}

/// A pipeline that is stopped when dropped.
pub(crate) struct Running(pub(crate) gst::Pipeline);

impl Drop for Running {
    fn drop(&mut self) {
        // A failing stop leaves nothing to do: the pipeline is gone either way.
        if self.0.set_state(gst::State::Null).is_err() {
            gst::warning!(gst::CAT_DEFAULT, "a pipeline did not stop");
        }
    }
}

impl Running {
    pub(crate) fn bus(&self) -> Result<gst::Bus> {
        self.0.bus().ok_or_else(|| broken("a pipeline has no bus"))
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "so that it can be named in `map_err`"
)]
pub(crate) fn broken(detail: impl ToString) -> Error {
    Error::Pipeline {
        detail: detail.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_in_which_the_process_was_stopped_does_not_count() {
        let mut watch = Stopwatch::new();
        watch.count(Duration::from_millis(50));
        watch.count(Duration::from_hours(1));
        assert!(
            watch.ran < Duration::from_secs(2),
            "an hour asleep is no standstill"
        );
        for _ in 0..40 {
            watch.count(Duration::from_secs(1));
        }
        assert!(watch.ran > PATIENCE, "time that it ran counts");
    }
}
