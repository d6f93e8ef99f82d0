//! What is checked of a post before its time: whether its account can be posted to.

use serde::{Deserialize, Serialize};

use crate::outbox::entry::{Entry, State, Timing, UnixMs};

/// How long after its time a post is late: the user set the clock, or nothing ran. Milliseconds.
pub const LATE_MS: u64 = 10 * 60_000;

/// A check of a post that waits for its time, so that its user hears of what has to be mended while
/// there is time for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preflight {
    /// A day before.
    DayBefore,
    /// An hour before.
    HourBefore,
}

impl Preflight {
    const ALL: [Self; 2] = [Self::DayBefore, Self::HourBefore];

    /// Returns how long before the post's time it is, in milliseconds.
    pub const fn ahead_ms(self) -> u64 {
        match self {
            Self::DayBefore => 24 * 3_600_000,
            Self::HourBefore => 3_600_000,
        }
    }
}

impl Entry {
    /// Returns when it is to be checked before the time that its user chose; `None` when it is not.
    pub fn preflight_at(&self) -> Option<UnixMs> {
        let waits = self.state == State::Scheduled && self.timing == Timing::Chosen;
        let due = self.due.filter(|_| waits)?;
        // Its time has come, and it waits for something else.
        if self.not_before.is_some_and(|moment| moment >= due) {
            return None;
        }
        let mut all = Preflight::ALL.into_iter();
        let next = all.find(|check| self.preflight.is_none_or(|last| last < *check))?;
        Some(due.minus(next.ahead_ms()))
    }

    /// Returns whether it is to be checked now, before its time.
    pub fn is_preflight_due(&self, now: UnixMs) -> bool {
        let is_ahead = self.due.is_some_and(|due| due > now);
        is_ahead && self.preflight_at().is_some_and(|moment| moment <= now)
    }

    /// Returns it once it was checked: the checks whose time has come are done.
    #[must_use]
    pub fn after_preflight(self, now: UnixMs) -> Self {
        let Some(due) = self.due else { return self };
        let mut all = Preflight::ALL.into_iter().rev();
        let done = all.find(|check| due.minus(check.ahead_ms()) <= now);
        Self {
            preflight: done.or(self.preflight),
            ..self
        }
    }

    /// Returns whether it was to be posted a while ago and was not begun.
    pub fn is_late(&self, now: UnixMs) -> bool {
        let late = self.due.map(|due| due.plus(LATE_MS));
        self.state == State::Scheduled && late.is_some_and(|late| late < now)
    }

    /// Returns whether the moment that its user chose is still to come at `now`.
    pub fn is_early(&self, now: UnixMs) -> bool {
        let is_ahead = self.due.is_some_and(|due| due > now);
        self.state == State::Scheduled && self.timing == Timing::Chosen && is_ahead
    }

    /// Returns it when it is not to be begun before a moment, although its time has come.
    #[must_use]
    pub fn put_off(self, until: UnixMs) -> Self {
        Self {
            not_before: self.not_before.max(Some(until)),
            ..self
        }
    }

    /// Returns it once the clock was set back by so many milliseconds since it was written down: what
    /// it waits for is as far away as it was then. Its own time stays.
    #[must_use]
    pub fn set_back(self, by_ms: u64) -> Self {
        Self {
            not_before: self.not_before.map(|moment| moment.minus(by_ms)),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Network;
    use crate::outbox::{Next, Way};

    const HOUR: u64 = 3_600_000;

    fn due_in(hours: u64) -> Entry {
        let way = Way::of(Network::YouTube);
        Entry::new(way, 10, 10).at(UnixMs((100 + hours) * HOUR))
    }

    #[test]
    fn a_post_is_checked_a_day_and_an_hour_before() {
        let at = |hours: u64| UnixMs((100 + hours) * HOUR);
        let entry = due_in(72);
        assert_eq!(entry.preflight_at(), Some(at(48)));
        assert!(!entry.is_preflight_due(at(47)) && entry.is_preflight_due(at(48)));
        assert_eq!(
            entry.next(at(48)),
            Next::Wait(at(72)),
            "not before its time"
        );
        let entry = entry.after_preflight(at(48));
        assert_eq!(entry.preflight_at(), Some(at(71)));
        let entry = entry.after_preflight(at(71));
        assert_eq!(entry.preflight_at(), None);
        assert_eq!(
            entry.clone().at(at(90)).preflight_at(),
            Some(at(66)),
            "a new time"
        );
        // One does for both where its time is near.
        assert!(due_in(0).after_preflight(at(0)).preflight_at().is_none());
        let near = due_in(72).after_preflight(at(71));
        assert_eq!(near.preflight_at(), None);
        // Nor is what was to go out at once, or waits although its time has come.
        assert_eq!(due_in(72).due(at(0)).preflight_at(), None);
        assert_eq!(due_in(72).put_off(at(73)).preflight_at(), None);
        // What has begun is not checked.
        let call = crate::outbox::Call::Open;
        assert_eq!(due_in(72).begun(call).preflight_at(), None);
    }

    #[test]
    fn a_clock_that_was_set_back_lengthens_no_wait() {
        let now = UnixMs(100 * HOUR);
        let entry = due_in(0).put_off(UnixMs(130 * HOUR));
        assert_eq!(entry.next(now), Next::Wait(UnixMs(130 * HOUR)));
        let entry = entry.set_back(30 * HOUR);
        assert!(matches!(entry.next(now), Next::Do(_)));
        assert_eq!(entry.due, Some(now), "its own time stays");
    }

    #[test]
    fn a_post_that_was_to_begin_is_late() {
        let entry = due_in(0);
        assert!(!entry.is_late(UnixMs(100 * HOUR + LATE_MS)));
        assert!(entry.is_late(UnixMs(100 * HOUR + LATE_MS + 1)));
        let now = UnixMs(99 * HOUR);
        assert!(entry.is_early(now));
        assert!(
            !entry.due(UnixMs(100 * HOUR)).is_early(now),
            "nobody chose it"
        );
    }
}
