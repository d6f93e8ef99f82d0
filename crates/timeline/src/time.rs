//! Time in a sequence. It is a type of its own: only a clip converts it to source time.

use std::ops::{Add, Sub};

use footage::time::Ticks;
use serde::{Deserialize, Serialize};

/// A moment in a sequence, in ticks from its start.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct SequenceTime(pub i64);

impl SequenceTime {
    /// The start of the sequence.
    pub const ZERO: Self = Self(0);

    /// Returns the nearest moment to `secs` seconds.
    pub fn from_secs(secs: f64) -> Self {
        Self(Ticks::from_secs(secs).0)
    }

    /// Returns the moment in seconds.
    pub fn secs(self) -> f64 {
        Ticks(self.0).secs()
    }

    /// Returns the length from the start of the sequence.
    pub fn since_start(self) -> Ticks {
        Ticks(self.0)
    }
}

impl Add<Ticks> for SequenceTime {
    type Output = Self;
    fn add(self, length: Ticks) -> Self {
        Self(self.0 + length.0)
    }
}

impl Sub<Ticks> for SequenceTime {
    type Output = Self;
    fn sub(self, length: Ticks) -> Self {
        Self(self.0 - length.0)
    }
}

impl Sub for SequenceTime {
    type Output = Ticks;
    fn sub(self, other: Self) -> Ticks {
        Ticks(self.0 - other.0)
    }
}

/// A half-open range `start..end` of a sequence.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct SequenceRange {
    /// First moment inside.
    pub start: SequenceTime,
    /// First moment after.
    pub end: SequenceTime,
}

impl SequenceRange {
    /// Returns the range `start..end`; an end before the start gives an empty range at `start`.
    pub fn new(start: SequenceTime, end: SequenceTime) -> Self {
        Self {
            start,
            end: end.max(start),
        }
    }

    /// Returns the length.
    pub fn duration(self) -> Ticks {
        self.end - self.start
    }

    /// Returns whether nothing is inside.
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// Returns whether `time` is inside.
    pub fn contains(self, time: SequenceTime) -> bool {
        self.start <= time && time < self.end
    }

    /// Returns whether both ranges share a moment.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}
