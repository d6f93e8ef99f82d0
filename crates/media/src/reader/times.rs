//! Frame times: nominal rate and evenness.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use footage::time::FrameRate;

/// Rates that cameras and programs write, most usual first.
const USUAL: [(u32, u32); 19] = [
    (25, 1),
    (30, 1),
    (30_000, 1001),
    (24, 1),
    (24_000, 1001),
    (50, 1),
    (60, 1),
    (60_000, 1001),
    (15, 1),
    (12, 1),
    (25, 2),
    (10, 1),
    (48, 1),
    (100, 1),
    (120, 1),
    (120_000, 1001),
    (240, 1),
    (20, 1),
    (15_000, 1001),
];

/// Packets arrive in decoding order: no codec reorders over more than 16 frames.
const REORDER: usize = 17;

/// Differences between the times of successive frames, counted.
#[derive(Debug, Default)]
pub(crate) struct FrameTimes {
    waiting: BinaryHeap<Reverse<i64>>,
    last: Option<i64>,
    /// Count and sum in nanoseconds by difference in 10 µs.
    deltas: BTreeMap<i64, (u32, i64)>,
    count: u32,
    untimed: u32,
}

impl FrameTimes {
    /// Takes the time of one frame in nanoseconds, in any order that a codec may use.
    pub(crate) fn push(&mut self, nanos: i64) {
        self.waiting.push(Reverse(nanos));
        if self.waiting.len() > REORDER {
            self.shift();
        }
    }

    /// Takes a frame without a time: some containers only time some frames.
    pub(crate) fn push_untimed(&mut self) {
        self.untimed += 1;
    }

    /// Forgets the last time, because the next frame does not follow it (after a seek).
    pub(crate) fn restart(&mut self) {
        while !self.waiting.is_empty() {
            self.shift();
        }
        self.last = None;
    }

    /// Returns whether all frames have one and the same time.
    pub(crate) fn is_still(&mut self) -> bool {
        self.restart();
        self.count == 0
    }

    fn shift(&mut self) {
        let Some(Reverse(time)) = self.waiting.pop() else {
            return;
        };
        if let Some(last) = self.last {
            let delta = time - last;
            if delta > 0 {
                let (count, sum) = self.deltas.entry(delta / 10_000).or_default();
                *count += 1;
                *sum += delta;
                self.count += 1;
            }
        }
        self.last = Some(time);
    }

    /// Returns the nominal rate and whether times are uneven. `declared` is what the file says:
    /// it decides only where it agrees with the times or there are none.
    pub(crate) fn rate(&mut self, declared: Option<FrameRate>) -> (Option<FrameRate>, bool) {
        self.restart();
        if self.count == 0 || self.untimed > self.count {
            return (
                declared.filter(|rate| (1.0..=300.0).contains(&rate.fps())),
                false,
            );
        }
        let median = self.median() as f64 * 1e-5;
        // Containers that count in milliseconds shift each time by up to one.
        let tolerance = (median * 0.1).max(0.0012);
        let (mut even, mut even_time) = (0_u32, 0_i64);
        for (&delta, &(count, sum)) in &self.deltas {
            if (delta as f64 * 1e-5 - median).abs() <= tolerance {
                even += count;
                even_time += sum;
            }
        }
        // A few odd times at the start or at an edit do not make a file uneven.
        let vfr = f64::from(self.count - even) > (f64::from(self.count) * 0.03).max(3.0);
        let step = if vfr || even == 0 {
            median
        } else {
            even_time as f64 * 1e-9 / f64::from(even)
        };
        let fps = 1.0 / step;
        let close = |rate: &FrameRate, within: f64| (rate.fps() / fps - 1.0).abs() < within;
        // Few frames or coarse times leave the mean uncertain by about this much.
        let doubt = (0.001 / (step * f64::from(self.count)) + 0.0003).min(0.02);
        let declared =
            declared.filter(|rate| close(rate, if vfr { 0.02 } else { doubt.max(0.003) }));
        let usual = || {
            USUAL
                .iter()
                .filter_map(|&(num, den)| FrameRate::new(num, den))
                .filter(|rate| close(rate, if vfr { 0.02 } else { doubt }))
                .min_by(|a, b| (a.fps() - fps).abs().total_cmp(&(b.fps() - fps).abs()))
        };
        let exact = || FrameRate::new((fps * 1000.0).round() as u32, 1000);
        (declared.or_else(usual).or_else(exact), vfr)
    }

    fn median(&self) -> i64 {
        let mut left = self.count / 2;
        for (&delta, &(count, _)) in &self.deltas {
            if left < count {
                return delta.max(1);
            }
            left -= count;
        }
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(times: impl IntoIterator<Item = f64>, declared: Option<(u32, u32)>, expect: &str) {
        let mut frames = FrameTimes::default();
        for time in times {
            frames.push((time * 1e9).round() as i64);
        }
        let declared = declared.and_then(|(num, den)| FrameRate::new(num, den));
        let (rate, vfr) = frames.rate(declared);
        let rate = rate.unwrap();
        let kind = if vfr { "uneven" } else { "even" };
        assert_eq!(format!("{}/{} {kind}", rate.num, rate.den), expect);
    }

    #[test]
    fn rates_come_from_the_times_when_the_file_lies() {
        let at = |fps: f64| (0..120).map(move |n| f64::from(n) / fps);
        check(at(25.0), Some((25, 1)), "25/1 even");
        check(at(30_000.0 / 1001.0), None, "30000/1001 even");
        check(at(30.0), Some((1000, 1)), "30/1 even");
        check(at(50.0), None, "50/1 even");
        // Matroska rounds to milliseconds.
        let millis = |n| (f64::from(n) / 29.97 * 1000.0).round() / 1000.0;
        check((0..120).map(millis), None, "30000/1001 even");
    }

    #[test]
    fn uneven_times_are_seen_and_keep_the_usual_step() {
        let phone = (0..200).map(|n| f64::from(n + n / 9) / 30.0);
        check(phone, None, "30/1 uneven");
    }

    #[test]
    fn a_pause_does_not_change_the_rate() {
        for fps in [60, 30, 25] {
            let pause = |n| if n < 3000 { 0.0 } else { 2.0 };
            let times = (0..6000).map(|n| f64::from(n) / f64::from(fps) + pause(n));
            check(times, None, &format!("{fps}/1 even"));
        }
    }

    #[test]
    fn decoding_order_does_not_matter() {
        let order = [0, 3, 1, 2, 6, 4, 5, 9, 7, 8, 12, 10, 11];
        check(order.map(|n| f64::from(n) / 25.0), None, "25/1 even");
    }
}
