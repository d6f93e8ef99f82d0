//! The time since a course began.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use footage::time::Ticks;
use gstreamer as gst;
use gstreamer::prelude::*;

use crate::sync::lock;

/// How long sound may take to begin, or to go on, before the machine's clock takes over.
const PATIENCE: Duration = Duration::from_millis(1500);

/// A clock that starts once, by the sound or by the machine.
pub(super) struct Clock(Mutex<Beat>);

/// What gives the time.
enum Beat {
    /// Sound is about to begin.
    Waiting { since: Instant },
    /// The machine, since it was `from`.
    Machine { since: Instant, from: Ticks },
    /// The device that plays the sound.
    Device {
        pipeline: gst::Pipeline,
        /// The time since the course began when the pipeline started.
        from: Ticks,
        /// The last time it told, and when that was new.
        told: Ticks,
        seen: Instant,
    },
}

impl Clock {
    /// Returns a clock that waits for sound.
    pub(super) fn waiting() -> Self {
        Self(Mutex::new(Beat::Waiting {
            since: Instant::now(),
        }))
    }

    /// Lets the machine take over from where the clock is.
    pub(super) fn leave_to_machine(&self) {
        let mut beat = lock(&self.0);
        let from = beat.elapsed().unwrap_or_default();
        *beat = Beat::machine(from);
    }

    /// Lets a playing pipeline with a sound device give the time: its running time after `from`.
    pub(super) fn follow(&self, pipeline: &gst::Pipeline, from: Ticks) {
        let mut beat = lock(&self.0);
        // It may stand a moment where sound joins behind it, and never goes back.
        let told = beat.elapsed().unwrap_or_default();
        *beat = Beat::Device {
            pipeline: pipeline.clone(),
            from,
            told,
            seen: Instant::now(),
        };
    }

    /// Returns whether the machine gives the time.
    pub(super) fn is_by_machine(&self) -> bool {
        matches!(*lock(&self.0), Beat::Machine { .. })
    }

    /// Returns the time since the start; `None` before it.
    pub(super) fn elapsed(&self) -> Option<Ticks> {
        lock(&self.0).elapsed()
    }
}

impl Beat {
    fn machine(from: Ticks) -> Self {
        Self::Machine {
            since: Instant::now(),
            from,
        }
    }

    fn elapsed(&mut self) -> Option<Ticks> {
        match self {
            Self::Waiting { since } => {
                if since.elapsed() < PATIENCE {
                    return None;
                }
                *self = Self::machine(Ticks::ZERO);
                Some(Ticks::ZERO)
            }
            Self::Machine { since, from } => {
                let nanos = i64::try_from(since.elapsed().as_nanos()).unwrap_or(i64::MAX);
                Some(*from + Ticks::from_nanos(nanos))
            }
            Self::Device {
                pipeline,
                from,
                told,
                seen,
            } => {
                let now = pipeline.current_running_time().map_or(*told, |time| {
                    *from + Ticks::from_nanos(i64::try_from(time.nseconds()).unwrap_or(i64::MAX))
                });
                if now > *told {
                    *told = now;
                    *seen = Instant::now();
                } else if seen.elapsed() > PATIENCE {
                    // A device that was unplugged must not hold the pictures.
                    let from = *told;
                    *self = Self::machine(from);
                    return Some(from);
                }
                Some(*told)
            }
        }
    }
}
