//! Integer time: ticks of 1/705,600,000 s.
//!
//! That many ticks a second are whole for every usual frame rate (the 1000/1001 variants too) and
//! sample rate, and stay below 2⁵³ for 147 days, so they cross JSON safely. The unit is the
//! "flick" of Facebook's OculusVR, 2018.

use std::ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign};

use serde::{Deserialize, Serialize};

/// Ticks in one second.
pub const TICKS_PER_SECOND: i64 = 705_600_000;

/// A length of time in ticks. May be negative as a difference.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Ticks(pub i64);

impl Ticks {
    /// No time.
    pub const ZERO: Self = Self(0);
    /// One second.
    pub const SECOND: Self = Self(TICKS_PER_SECOND);

    /// Returns the nearest tick count to `secs` seconds.
    pub fn from_secs(secs: f64) -> Self {
        Self((secs * TICKS_PER_SECOND as f64).round() as i64)
    }

    /// Returns the length in seconds.
    pub fn secs(self) -> f64 {
        self.0 as f64 / TICKS_PER_SECOND as f64
    }

    /// Returns the nearest tick count to `nanos` nanoseconds.
    pub fn from_nanos(nanos: i64) -> Self {
        Self(round_div(i128::from(nanos) * 441, 625))
    }

    /// Returns the length in nanoseconds, rounded to the nearest: ticks × 625 / 441.
    pub fn nanos(self) -> i64 {
        round_div(i128::from(self.0) * 625, 441)
    }

    /// Returns the length of `count` samples at `rate` samples per second.
    pub fn from_samples(count: i64, rate: u32) -> Self {
        Self(round_div(
            i128::from(count) * i128::from(TICKS_PER_SECOND),
            i128::from(rate.max(1)),
        ))
    }

    /// Returns the nearest whole number of samples at `rate` samples per second.
    pub fn samples(self, rate: u32) -> i64 {
        round_div(
            i128::from(self.0) * i128::from(rate),
            i128::from(TICKS_PER_SECOND),
        )
    }

    /// Returns this length scaled by `num / den`, rounded to the nearest tick.
    ///
    /// # Panics
    /// When `den` is 0.
    #[must_use]
    pub fn scaled(self, num: i64, den: i64) -> Self {
        Self(round_div(
            i128::from(self.0) * i128::from(num),
            i128::from(den),
        ))
    }

    /// Returns the length without its sign.
    #[must_use]
    pub fn abs(self) -> Self {
        Self(self.0.abs())
    }
}

impl Add for Ticks {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Ticks {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl AddAssign for Ticks {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl SubAssign for Ticks {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}

impl Neg for Ticks {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Mul<i64> for Ticks {
    type Output = Self;
    fn mul(self, factor: i64) -> Self {
        Self(self.0 * factor)
    }
}

impl std::iter::Sum for Ticks {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

/// A moment in a source, in ticks from its start.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct SourceTime(pub i64);

impl SourceTime {
    /// The start of the source.
    pub const ZERO: Self = Self(0);

    /// Returns the nearest moment to `secs` seconds.
    pub fn from_secs(secs: f64) -> Self {
        Self(Ticks::from_secs(secs).0)
    }

    /// Returns the moment in seconds.
    pub fn secs(self) -> f64 {
        Ticks(self.0).secs()
    }

    /// Returns the length from the start of the source.
    pub fn since_start(self) -> Ticks {
        Ticks(self.0)
    }
}

impl Add<Ticks> for SourceTime {
    type Output = Self;
    fn add(self, length: Ticks) -> Self {
        Self(self.0 + length.0)
    }
}

impl Sub<Ticks> for SourceTime {
    type Output = Self;
    fn sub(self, length: Ticks) -> Self {
        Self(self.0 - length.0)
    }
}

impl Sub for SourceTime {
    type Output = Ticks;
    fn sub(self, other: Self) -> Ticks {
        Ticks(self.0 - other.0)
    }
}

/// A half-open range `start..end` of a source.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct SourceRange {
    /// First moment inside.
    pub start: SourceTime,
    /// First moment after.
    pub end: SourceTime,
}

impl SourceRange {
    /// Returns the range `start..end`; an end before the start gives an empty range at `start`.
    pub fn new(start: SourceTime, end: SourceTime) -> Self {
        Self {
            start,
            end: end.max(start),
        }
    }

    /// Returns the range between two moments in seconds.
    pub fn from_secs(start: f64, end: f64) -> Self {
        Self::new(SourceTime::from_secs(start), SourceTime::from_secs(end))
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
    pub fn contains(self, time: SourceTime) -> bool {
        self.start <= time && time < self.end
    }

    /// Returns what both ranges hold, or `None` when that is empty.
    pub fn intersection(self, other: Self) -> Option<Self> {
        let start = self.start.max(other.start);
        let end = self.end.min(other.end);
        (start < end).then_some(Self { start, end })
    }
}

/// A rational frame rate in frames per second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FrameRate {
    /// Numerator, above 0.
    pub num: u32,
    /// Denominator, above 0.
    pub den: u32,
}

impl FrameRate {
    /// Returns the rate `num / den`, or `None` when either is 0.
    pub fn new(num: u32, den: u32) -> Option<Self> {
        (num > 0 && den > 0).then_some(Self { num, den })
    }

    /// Returns the rate as a number.
    pub fn fps(self) -> f64 {
        f64::from(self.num) / f64::from(self.den)
    }

    /// Returns the start of frame `index`, rounded to the nearest tick.
    pub fn frame_start(self, index: i64) -> Ticks {
        Ticks(round_div(
            i128::from(index) * i128::from(self.den) * i128::from(TICKS_PER_SECOND),
            i128::from(self.num),
        ))
    }

    /// Returns the length of one frame, rounded to the nearest tick.
    pub fn frame_duration(self) -> Ticks {
        self.frame_start(1)
    }

    /// Returns the index of the frame that is shown at `time`.
    pub fn frame_at(self, time: Ticks) -> i64 {
        let ticks_times_num = i128::from(time.0) * i128::from(self.num);
        let index =
            ticks_times_num.div_euclid(i128::from(self.den) * i128::from(TICKS_PER_SECOND)) as i64;
        // Frame starts are rounded to ticks, so the quotient may be one short at a start.
        if self.frame_start(index + 1) <= time {
            index + 1
        } else {
            index
        }
    }

    /// Returns the number of frames nearest to `length`.
    pub fn frames_in(self, length: Ticks) -> i64 {
        round_div(
            i128::from(length.0) * i128::from(self.num),
            i128::from(self.den) * i128::from(TICKS_PER_SECOND),
        )
    }

    /// Returns `time` moved to the nearest frame start.
    #[must_use]
    pub fn snap(self, time: Ticks) -> Ticks {
        self.frame_start(self.frames_in(time))
    }
}

fn round_div(num: i128, den: i128) -> i64 {
    let doubled = num * 2 + den;
    doubled.div_euclid(den * 2) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn usual_rates_are_whole() {
        for (num, den) in [
            (24, 1),
            (25, 1),
            (30, 1),
            (50, 1),
            (60, 1),
            (24_000, 1001),
            (30_000, 1001),
        ] {
            let rate = FrameRate::new(num, den).unwrap();
            let exact = TICKS_PER_SECOND * i64::from(den) % i64::from(num);
            assert_eq!(exact, 0, "{num}/{den} has whole ticks per frame");
            assert_eq!(rate.frame_at(rate.frame_start(1000)), 1000);
        }
        for rate in [
            8000_u32, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000,
        ] {
            assert_eq!(
                TICKS_PER_SECOND % i64::from(rate),
                0,
                "{rate} Hz has whole ticks"
            );
        }
    }

    proptest! {
        #[test]
        fn nanos_round_trip_within_one_nanosecond(nanos in -1_000_000_000_000_000_i64..1_000_000_000_000_000) {
            let back = Ticks::from_nanos(nanos).nanos();
            prop_assert!((back - nanos).abs() <= 1);
        }

        #[test]
        fn ticks_survive_nanos(ticks in -1_000_000_000_000_i64..1_000_000_000_000) {
            // A nanosecond is shorter than a tick, so nothing is lost on the way.
            prop_assert_eq!(Ticks::from_nanos(Ticks(ticks).nanos()), Ticks(ticks));
        }

        #[test]
        fn a_frame_contains_its_times(index in 0_i64..1_000_000, num in 1_u32..120_000, den in 1_u32..1002) {
            let rate = FrameRate::new(num, den).unwrap();
            prop_assume!(rate.frame_duration() > Ticks(1));
            prop_assert_eq!(rate.frame_at(rate.frame_start(index)), index);
            prop_assert_eq!(rate.frame_at(rate.frame_start(index + 1) - Ticks(1)), index);
        }
    }
}
