//! Level of sound, and the filter before it.

use std::f64::consts::PI;

/// Corner of the high pass in Hz: below a man's lowest second harmonic, above rumble and hum.
const CORNER_HZ: f64 = 150.0;

/// Two second-order Butterworth high passes in a row, after R. Bristow-Johnson, "Cookbook formulae
/// for audio EQ biquad filter coefficients".
#[derive(Debug)]
pub(super) struct HighPass {
    b: [f64; 3],
    a: [f64; 2],
    stages: [[f64; 4]; 2],
}

impl HighPass {
    pub(super) fn new() -> Self {
        let w = 2.0 * PI * CORNER_HZ / f64::from(super::SAMPLE_RATE);
        let alpha = w.sin() * std::f64::consts::FRAC_1_SQRT_2;
        let a0 = 1.0 + alpha;
        let side = f64::midpoint(1.0, w.cos()) / a0;
        Self {
            b: [side, -2.0 * side, side],
            a: [-2.0 * w.cos() / a0, (1.0 - alpha) / a0],
            stages: [[0.0; 4]; 2],
        }
    }

    pub(super) fn next(&mut self, sample: f32) -> f32 {
        let [b0, b1, b2] = self.b;
        let [a1, a2] = self.a;
        let mut x = f64::from(sample);
        for [x1, x2, y1, y2] in &mut self.stages {
            let y = b0 * x + b1 * *x1 + b2 * *x2 - a1 * *y1 - a2 * *y2;
            (*x2, *x1, *y2, *y1) = (*x1, x, *y1, y);
            x = y;
        }
        x as f32
    }
}

/// Returns the root mean square in dBFS, −100 for digital silence.
pub(super) fn decibels(samples: &[f32]) -> f32 {
    let power: f32 = samples.iter().map(|sample| sample * sample).sum();
    10.0 * (power / samples.len().max(1) as f32 + 1e-10).log10()
}

/// Returns the mean over `2 × reach + 1` values around each value; the ends repeat.
pub(super) fn smoothed(values: &[f32], reach: usize) -> Vec<f32> {
    let last = values.len().saturating_sub(1);
    let at = |i: usize| values.get(i.min(last)).copied().unwrap_or_default();
    (0..values.len())
        .map(|i| {
            let sum: f32 = (0..=2 * reach)
                .map(|k| at((i + k).saturating_sub(reach)))
                .sum();
            sum / (2 * reach + 1) as f32
        })
        .collect()
}

/// Returns a percentile (0..=1) of the values within `reach` of each value, worked out every
/// `step` values and held in between.
pub(super) fn local_percentile(values: &[f32], share: f32, reach: usize, step: usize) -> Vec<f32> {
    let mut found = Vec::with_capacity(values.len());
    let mut sorted = Vec::new();
    for at in (0..values.len()).step_by(step.max(1)) {
        let around = values
            .get(at.saturating_sub(reach)..(at + reach).min(values.len()))
            .unwrap_or_default();
        sorted.clear();
        sorted.extend_from_slice(around);
        let rank = (share * sorted.len().saturating_sub(1) as f32).round() as usize;
        let value = if sorted.is_empty() {
            0.0
        } else {
            *sorted.select_nth_unstable_by(rank, f32::total_cmp).1
        };
        let until = (at + step).min(values.len());
        found.resize(until, value);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level_after_filter(hz: f64) -> f32 {
        let mut filter = HighPass::new();
        let tone: Vec<f32> = (0..16_000)
            .map(|i| (2.0 * PI * hz * f64::from(i) / 16_000.0).sin() as f32)
            .map(|sample| filter.next(sample))
            .collect();
        decibels(&tone[8000..])
    }

    #[test]
    fn rumble_goes_and_voice_stays() {
        // A full-scale sine has −3 dBFS RMS.
        assert!(level_after_filter(50.0) < -35.0, "mains hum is gone");
        assert!(
            (level_after_filter(150.0) + 9.0).abs() < 0.2,
            "−3 dB twice at the corner"
        );
        assert!(
            (level_after_filter(1000.0) + 3.0).abs() < 0.1,
            "voice is untouched"
        );
    }

    #[test]
    fn percentiles_are_local() {
        let values: Vec<f32> = (0..100).map(|i| if i < 50 { 0.0 } else { 1.0 }).collect();
        let high = local_percentile(&values, 0.9, 10, 1);
        assert!(
            high[20] < 0.5 && high[80] > 0.5,
            "each half has its own level"
        );
        assert_eq!(local_percentile(&[], 0.5, 3, 4), Vec::<f32>::new());
    }

    #[test]
    fn smoothing_keeps_the_mean_and_the_length() {
        assert_eq!(smoothed(&[0.0, 3.0, 0.0], 1), [1.0, 1.0, 1.0]);
        assert_eq!(smoothed(&[], 1), Vec::<f32>::new());
    }
}
