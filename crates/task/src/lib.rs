//! Cancellation and progress for long work.
//!
//! Every long call of the lower layers takes a [`Cancel`] and a [`Progress`]. Both are cheap to
//! clone, may cross threads, and know nothing of who listens.
//!
//! ```
//! use task::{Cancel, Cancelled, Progress};
//!
//! fn count(cancel: &Cancel, progress: &Progress) -> Result<u32, Cancelled> {
//!     for step in 0..10 {
//!         cancel.check()?;
//!         progress.report(f64::from(step + 1) / 10.0);
//!     }
//!     Ok(10)
//! }
//!
//! let cancel = Cancel::new();
//! assert_eq!(count(&cancel, &Progress::silent()), Ok(10));
//! cancel.cancel();
//! assert_eq!(count(&cancel, &Progress::silent()), Err(Cancelled));
//! ```

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The work was stopped on request. This is an outcome, not a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cancelled;

impl std::fmt::Display for Cancelled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cancelled")
    }
}

impl std::error::Error for Cancelled {}

/// A request to stop or to rest, shared between the one who asks and the one who works.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<Asked>);

#[derive(Debug, Default)]
struct Asked {
    stop: AtomicBool,
    rest: AtomicBool,
}

impl Cancel {
    /// Returns a request that has not been made yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for the work to stop. Asking again changes nothing.
    pub fn cancel(&self) {
        self.0.stop.store(true, Ordering::SeqCst);
    }

    /// Returns whether a stop was asked for.
    pub fn is_cancelled(&self) -> bool {
        self.0.stop.load(Ordering::SeqCst)
    }

    /// Asks for the work to rest until [`Cancel::resume`]. Work that cannot rest goes on.
    pub fn pause(&self) {
        self.0.rest.store(true, Ordering::SeqCst);
    }

    /// Asks for the work to go on.
    pub fn resume(&self) {
        self.0.rest.store(false, Ordering::SeqCst);
    }

    /// Returns whether the work is to rest.
    pub fn is_paused(&self) -> bool {
        self.0.rest.load(Ordering::SeqCst)
    }

    /// Returns an error once a stop was asked for, so that `?` leaves the work.
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.is_cancelled() {
            Err(Cancelled)
        } else {
            Ok(())
        }
    }
}

/// A listener for the finished fraction of some work.
#[derive(Clone)]
pub struct Progress {
    listener: Arc<dyn Fn(f64) + Send + Sync>,
    from: f64,
    to: f64,
}

impl std::fmt::Debug for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Progress({}..{})", self.from, self.to)
    }
}

impl Progress {
    /// Returns a progress that calls `listener` with fractions in 0..=1.
    pub fn new(listener: impl Fn(f64) + Send + Sync + 'static) -> Self {
        Self {
            listener: Arc::new(listener),
            from: 0.0,
            to: 1.0,
        }
    }

    /// Returns a progress that nobody listens to.
    pub fn silent() -> Self {
        Self::new(|_| {})
    }

    /// Tells the finished fraction of this work. Values outside 0..=1 are clamped, NaN is ignored.
    pub fn report(&self, fraction: f64) {
        if fraction.is_nan() {
            return;
        }
        (self.listener)(self.from + fraction.clamp(0.0, 1.0) * (self.to - self.from));
    }

    /// Returns the progress of a part that spans `from..to` of this work.
    #[must_use]
    pub fn part(&self, from: f64, to: f64) -> Self {
        let span = self.to - self.from;
        Self {
            listener: Arc::clone(&self.listener),
            from: self.from + from * span,
            to: self.from + to * span,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn parts_nest_and_clamp() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&seen);
        let progress = Progress::new(move |fraction| sink.lock().unwrap().push(fraction));
        let second_half = progress.part(0.5, 1.0);
        second_half.part(0.0, 0.5).report(1.0);
        second_half.report(7.0);
        second_half.report(f64::NAN);
        assert_eq!(
            *seen.lock().unwrap(),
            [0.75, 1.0],
            "a quarter into the second half, then its end"
        );
    }
}
