//! A gain and a look-ahead limiter of true peaks.
//!
//! True peaks are estimated on 4 × oversampled signals (ITU-R BS.1770-4, annex 2). The gain that a
//! peak needs is held from `AHEAD` before it and reached along a raised ramp, so that nothing
//! clicks; afterwards it recovers slowly.

use std::collections::VecDeque;

use super::RATE;
use crate::true_peak::{Phase, SIDE, TAPS, phases, value};

/// Samples that the limiter sees ahead: 5 ms.
const AHEAD: usize = RATE as usize / 200;
/// Time constant of the recovery in samples: 100 ms.
const RECOVERY: f32 = RATE as f32 * 0.1;
/// Below this fraction of the ceiling no peak between samples reaches it: for band-limited sound
/// 4 × oversampling finds at most about 6 dB more than the samples show.
const QUIET: f32 = 0.5;

/// Applies a gain and keeps true peaks under a ceiling. Output is aligned with input: what goes in
/// first comes out first, the last samples by [`Limiter::finish`].
pub(crate) struct Limiter {
    gain: f32,
    ceiling: f32,
    phases: Vec<Phase>,
    /// The last samples of each side, gain applied, for the interpolator.
    recent: [Recent; 2],
    /// The first frames, until there are enough of them to mirror what is before them; `None` after that.
    first: Option<Vec<[f32; 2]>>,
    /// Frames that wait for what comes after them.
    waiting: VecDeque<[f32; 2]>,
    /// Gains that frames need, with a falling order for the sliding minimum: (frame, gain).
    minima: VecDeque<(u64, f32)>,
    /// Held minima whose mean is the gain in use.
    ramp: VecDeque<f32>,
    ramp_sum: f64,
    /// The recovering gain.
    held: f32,
    /// Frames seen.
    seen: u64,
    reduced: f32,
}

impl Limiter {
    /// Returns a limiter that multiplies by `gain` and keeps under `ceiling` (both linear).
    pub(crate) fn new(gain: f64, ceiling: f64) -> Self {
        Self {
            gain: gain as f32,
            ceiling: ceiling as f32,
            phases: phases(4),
            recent: [Recent::default(), Recent::default()],
            first: Some(Vec::with_capacity(SIDE)),
            waiting: VecDeque::new(),
            minima: VecDeque::new(),
            ramp: VecDeque::from(vec![1.0; AHEAD]),
            ramp_sum: AHEAD as f64,
            held: 1.0,
            seen: 0,
            reduced: 1.0,
        }
    }

    /// Limits interleaved stereo samples; returns what is ready.
    pub(crate) fn process(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        for frame in samples.chunks_exact(2) {
            if let [left, right] = frame {
                let frame = [left * self.gain, right * self.gain];
                let Some(first) = &mut self.first else {
                    self.push(frame, out);
                    continue;
                };
                first.push(frame);
                if first.len() == SIDE {
                    self.begin(out);
                }
            }
        }
    }

    /// Takes in the first frames behind their mirror, as the meters of true peaks do: silence would
    /// make an edge, and an edge has a peak of its own.
    fn begin(&mut self, out: &mut Vec<f32>) {
        let Some(first) = self.first.take() else {
            return;
        };
        for frame in first.iter().skip(1).rev() {
            self.peak(*frame);
        }
        for frame in first {
            self.push(frame, out);
        }
    }

    /// Returns the samples that still waited.
    pub(crate) fn finish(&mut self, out: &mut Vec<f32>) {
        self.begin(out);
        let waiting = self.waiting.len();
        let before = out.len();
        let mirrored: Vec<[f32; 2]> = self.waiting.iter().rev().take(SIDE).copied().collect();
        let silence = std::iter::repeat([0.0, 0.0]);
        for frame in mirrored.into_iter().chain(silence).take(Self::DELAY) {
            self.push(frame, out);
        }
        out.truncate(before + waiting * 2);
    }

    /// Frames between in and out: the look-ahead and half of the interpolator.
    const DELAY: usize = AHEAD + SIDE;

    /// Returns the smallest gain used so far.
    pub(crate) fn smallest_gain(&self) -> f32 {
        self.reduced
    }

    /// Adds a frame to the interpolator; returns the peak that is then in its middle.
    fn peak(&mut self, frame: [f32; 2]) -> f32 {
        let mut peak = 0.0_f32;
        for (recent, sample) in self.recent.iter_mut().zip(frame) {
            recent.push(sample, self.ceiling * QUIET);
            peak = peak.max(recent.peak(&self.phases));
        }
        peak
    }

    fn push(&mut self, frame: [f32; 2], out: &mut Vec<f32>) {
        self.waiting.push_back(frame);
        let peak = self.peak(frame);
        let needed = if peak > self.ceiling {
            self.ceiling / peak
        } else {
            1.0
        };
        // The smallest gain that any frame of the look-ahead needs.
        while self.minima.back().is_some_and(|(_, gain)| *gain >= needed) {
            self.minima.pop_back();
        }
        self.minima.push_back((self.seen, needed));
        self.seen += 1;
        while self
            .minima
            .front()
            .is_some_and(|(frame, _)| frame + (AHEAD as u64) < self.seen)
        {
            self.minima.pop_front();
        }
        let floor = self.minima.front().map_or(1.0, |(_, gain)| *gain);
        self.held = floor.min(self.held + (1.0 - self.held) / RECOVERY);
        // The mean over the look-ahead turns the step into a ramp that ends at the peak.
        let oldest = self.ramp.pop_front().unwrap_or(1.0);
        self.ramp.push_back(self.held);
        self.ramp_sum += f64::from(self.held) - f64::from(oldest);
        if self.waiting.len() <= Self::DELAY {
            return;
        }
        if let Some([left, right]) = self.waiting.pop_front() {
            let gain = ((self.ramp_sum / AHEAD as f64) as f32).min(1.0);
            self.reduced = self.reduced.min(gain);
            out.extend([left * gain, right * gain]);
        }
    }
}

/// The last [`TAPS`] samples of one channel.
struct Recent {
    /// Written twice, so that the last ones always lie together.
    twice: [f32; 2 * TAPS],
    /// Where the oldest one is.
    oldest: usize,
    /// For how many more samples one that is not quiet is among them.
    loud_for: usize,
}

impl Default for Recent {
    fn default() -> Self {
        Self {
            twice: [0.0; 2 * TAPS],
            oldest: 0,
            loud_for: 0,
        }
    }
}

impl Recent {
    fn push(&mut self, sample: f32, quiet: f32) {
        for place in [self.oldest, self.oldest + TAPS] {
            if let Some(place) = self.twice.get_mut(place) {
                *place = sample;
            }
        }
        self.oldest = (self.oldest + 1) % TAPS;
        self.loud_for = if sample.abs() < quiet {
            self.loud_for.saturating_sub(1)
        } else {
            TAPS
        };
    }

    /// Returns the largest magnitude from the middle sample to the next one, or 0 when all is quiet.
    fn peak(&self, phases: &[Phase]) -> f32 {
        if self.loud_for == 0 {
            return 0.0;
        }
        let window = self.twice.get(self.oldest..self.oldest + TAPS);
        let window = window.unwrap_or_default();
        let middle = window.get(TAPS / 2 - 1).copied().unwrap_or_default();
        phases.iter().fold(middle.abs(), |peak, phase| {
            peak.max(value(window, phase).abs())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::loudness::{Meter, Peaks};
    use super::*;

    fn limit(samples: &[f32], gain: f64, ceiling: f64) -> Vec<f32> {
        let mut limiter = Limiter::new(gain, ceiling);
        let mut out = Vec::new();
        for part in samples.chunks(1234) {
            limiter.process(part, &mut out);
        }
        limiter.finish(&mut out);
        out
    }

    fn true_peak(samples: &[f32]) -> f64 {
        let mut meter = Meter::new(Peaks::Measured).unwrap();
        meter.add(samples).unwrap();
        meter.result().unwrap().true_peak_dbtp.unwrap()
    }

    fn tone(step: f32, count: usize) -> Vec<f32> {
        (0..count)
            .flat_map(|i| {
                let sample = (step * i as f32 + 0.7).sin();
                [sample, -sample]
            })
            .collect()
    }

    #[test]
    fn what_is_under_the_ceiling_only_gets_the_gain_and_stays_in_place() {
        let tone = tone(0.05, 30_000);
        let out = limit(&tone, 0.25, 0.5);
        assert_eq!(out.len(), tone.len());
        for (before, after) in tone.iter().zip(&out) {
            assert!((before * 0.25 - after).abs() < 1e-6);
        }
    }

    #[test]
    fn no_true_peak_gets_through() {
        // A tone near a quarter of the rate peaks between its samples.
        let mut hidden = tone(std::f32::consts::FRAC_PI_2 - 0.0001, 96_000);
        // Bursts with hard edges in a quiet bed.
        let mut bursts = tone(0.03, 96_000);
        for (i, sample) in bursts.iter_mut().enumerate() {
            *sample *= if (i / 5000) % 3 == 0 { 1.0 } else { 0.05 };
        }
        let mut clicks = vec![0.0; 96_000];
        for click in clicks.iter_mut().skip(9_000).step_by(20_001) {
            *click = 1.0;
        }
        let mut seed = 1_u32;
        let mut noise: Vec<f32> = (0..192_000)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 8) as f32 / (1 << 23) as f32 - 1.0
            })
            .collect();
        for (name, samples) in [
            ("noise", &mut noise),
            ("hidden", &mut hidden),
            ("bursts", &mut bursts),
            ("clicks", &mut clicks),
        ] {
            let ceiling_db = -1.5;
            let out = limit(samples, 4.0, 10_f64.powf(ceiling_db / 20.0));
            let peak = true_peak(&out);
            assert!(peak <= ceiling_db + 0.3, "{name}: {peak} dBTP");
            assert!(peak > ceiling_db - 1.5, "{name}: not squashed, {peak} dBTP");
        }
    }

    #[test]
    fn the_gain_recovers() {
        let mut samples = vec![0.1; 96_000 * 2];
        samples[20_000] = 1.0;
        let out = limit(&samples, 2.0, 0.5);
        assert!(out[20_000] <= 0.501, "the peak is held");
        assert!((out[0] - 0.2).abs() < 1e-6, "long before nothing happens");
        let last = out[out.len() - 2];
        assert!((last - 0.2).abs() < 0.001, "a second later neither: {last}");
    }
}
