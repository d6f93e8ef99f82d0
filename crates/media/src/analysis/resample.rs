//! Sound for the speech models: any rate to 16 kHz mono.

/// Samples per second that speech models take.
pub(crate) const RATE: u32 = 16_000;
/// Phases of the filter that are tabulated; between two of them values are mixed.
const PHASES: usize = 256;
/// Zero crossings of the sinc on each side.
const CROSSINGS: f64 = 16.0;

/// A windowed-sinc resampler (J. O. Smith, "Digital Audio Resampling") without delay: output
/// sample `n` is the sound at `n / 16000` s.
pub(crate) struct Resampler {
    from: u32,
    /// `PHASES + 1` rows of `taps` weights.
    table: Vec<f32>,
    taps: usize,
    /// Input kept, and the position of its first sample.
    kept: Vec<f32>,
    first: i64,
    /// Next output sample.
    next: i64,
}

impl Resampler {
    /// Returns a resampler from `from` samples per second.
    pub(crate) fn new(from: u32) -> Self {
        let from = from.max(1);
        let cutoff = (f64::from(RATE) / f64::from(from)).min(1.0) * 0.96;
        let half = (CROSSINGS / cutoff).ceil();
        let taps = (half as usize) * 2;
        let mut table = Vec::with_capacity((PHASES + 1) * taps);
        for phase in 0..=PHASES {
            let fraction = phase as f64 / PHASES as f64;
            let start = table.len();
            for tap in 0..taps {
                let x = tap as f64 - half + 1.0 - fraction;
                let angle = std::f64::consts::PI * x * cutoff;
                let sinc = if angle.abs() < 1e-9 {
                    1.0
                } else {
                    angle.sin() / angle
                };
                let window = (std::f64::consts::FRAC_PI_2 * x / half)
                    .cos()
                    .max(0.0)
                    .powi(2);
                table.push((sinc * window) as f32);
            }
            // Unity gain at zero frequency for every phase: no ripple on steady levels.
            let row = table.get_mut(start..).unwrap_or_default();
            let sum: f32 = row.iter().sum();
            for weight in row {
                *weight /= sum;
            }
        }
        let lead = taps / 2;
        Self {
            from,
            table,
            taps,
            kept: vec![0.0; lead],
            first: -(lead as i64),
            next: 0,
        }
    }

    /// Takes `input` and appends what can be computed to `out`.
    pub(crate) fn push(&mut self, input: &[f32], out: &mut Vec<f32>) {
        if self.from == RATE {
            out.extend_from_slice(input);
            return;
        }
        self.kept.extend_from_slice(input);
        let end = self.first + self.kept.len() as i64;
        loop {
            let scaled = self.next * i64::from(self.from);
            let whole = scaled.div_euclid(i64::from(RATE));
            let fraction = scaled.rem_euclid(i64::from(RATE)) as f32 / RATE as f32;
            let begin = whole - (self.taps / 2) as i64 + 1;
            if begin + self.taps as i64 > end {
                break;
            }
            out.push(self.value((begin - self.first) as usize, fraction));
            self.next += 1;
        }
        let keep_from =
            (self.next * i64::from(self.from)).div_euclid(i64::from(RATE)) - (self.taps / 2) as i64;
        let drop = (keep_from - self.first).clamp(0, self.kept.len() as i64);
        self.kept.drain(..drop as usize);
        self.first += drop;
    }

    /// Appends the rest, as if silence followed.
    pub(crate) fn finish(&mut self, out: &mut Vec<f32>) {
        if self.from != RATE {
            self.push(&vec![0.0; self.taps / 2], out);
        }
    }

    fn value(&self, begin: usize, fraction: f32) -> f32 {
        let place = fraction * PHASES as f32;
        let row = (place as usize).min(PHASES - 1);
        let mix = place - row as f32;
        let input = self.kept.get(begin..).unwrap_or_default();
        let weights = self.table.get(row * self.taps..).unwrap_or_default();
        let next = self.table.get((row + 1) * self.taps..).unwrap_or_default();
        let mut low = 0.0;
        let mut high = 0.0;
        for ((&sample, &a), &b) in input.iter().zip(weights).zip(next).take(self.taps) {
            low += sample * a;
            high += sample * b;
        }
        low + (high - low) * mix
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(rate: u32, hertz: f64, secs: f64) -> Vec<f32> {
        (0..(f64::from(rate) * secs) as u32)
            .map(|n| (std::f64::consts::TAU * hertz * f64::from(n) / f64::from(rate)).sin() as f32)
            .collect()
    }

    #[test]
    fn a_tone_keeps_its_phase_level_and_length() {
        for rate in [8000, 16_000, 22_050, 44_100, 48_000, 96_000] {
            let mut resampler = Resampler::new(rate);
            let mut out = Vec::new();
            for chunk in tone(rate, 440.0, 1.0).chunks(777) {
                resampler.push(chunk, &mut out);
            }
            resampler.finish(&mut out);
            let expect = tone(RATE, 440.0, 1.0);
            assert!(
                (out.len() as i64 - 16_000).abs() <= 2,
                "{rate}: {}",
                out.len()
            );
            let worst = out
                .iter()
                .zip(&expect)
                .take(15_900)
                .skip(100)
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f32::max);
            assert!(worst < 0.003, "{rate} Hz: {worst}");
        }
    }

    #[test]
    fn what_16_khz_cannot_hold_is_removed() {
        let mut resampler = Resampler::new(48_000);
        let mut out = Vec::new();
        resampler.push(&tone(48_000, 12_000.0, 0.5), &mut out);
        let loudest = out.iter().skip(200).fold(0.0_f32, |m, s| m.max(s.abs()));
        assert!(loudest < 0.01, "alias of 12 kHz: {loudest}");
    }
}
