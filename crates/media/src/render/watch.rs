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
    given_up: Arc<AtomicBool>,
    steps: Arc<AtomicU64>,
}

impl Watch {
    pub(crate) fn new(cancel: &Cancel) -> Self {
        Self {
            cancel: cancel.clone(),
            given_up: Arc::default(),
            steps: Arc::default(),
        }
    }

    /// Returns an error once the work is cancelled or given up.
    pub(crate) fn check(&self) -> Result<()> {
        if self.cancel.is_cancelled() || self.given_up.load(Ordering::SeqCst) {
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

/// Notices a standstill.
pub(crate) struct Patience {
    since: Instant,
    seen: u64,
    stage: &'static str,
}

impl Patience {
    pub(crate) fn new(stage: &'static str) -> Self {
        Self {
            since: Instant::now(),
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
        } else if self.since.elapsed() > PATIENCE {
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
