//! The clock of the outbox, which tests turn by hand.

use std::time::Duration;

use posts::outbox::UnixMs;
use task::Cancel;

use crate::clock::now_millis;

/// How often a wait looks whether it is to stop, and whether the clock was set.
const GLANCE: Duration = Duration::from_millis(100);

/// Tells the time and waits.
pub(crate) trait Clock: Send + Sync {
    /// Returns the time.
    fn now(&self) -> UnixMs;

    /// Waits until a moment, or until there is to be an end.
    fn wait(&self, until: UnixMs, cancel: &Cancel);

    /// Waits so many milliseconds for what others do meanwhile.
    fn pause(&self, millis: u64, cancel: &Cancel) {
        self.wait(UnixMs(self.now().0 + millis), cancel);
    }
}

/// The machine's clock. What sleeps with the machine is late, not lost.
#[derive(Debug)]
pub(crate) struct WallClock;

impl Clock for WallClock {
    fn now(&self) -> UnixMs {
        UnixMs(u64::try_from(now_millis()).unwrap_or_default())
    }

    fn wait(&self, until: UnixMs, cancel: &Cancel) {
        while !cancel.is_cancelled() {
            let left = until.0.saturating_sub(self.now().0);
            if left == 0 {
                return;
            }
            std::thread::sleep(GLANCE.min(Duration::from_millis(left)));
        }
    }
}
