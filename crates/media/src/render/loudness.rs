//! Loudness of interleaved stereo after ITU-R BS.1770-4 and EBU R 128.

use ebur128::{EbuR128, Mode};
use footage::sound::Loudness;

use super::RATE;
use super::watch::broken;
use crate::error::Result;
use crate::true_peak::TruePeak;

/// A running measurement.
pub(crate) struct Meter {
    state: EbuR128,
    true_peak: Option<TruePeak>,
}

/// Whether true peaks are measured: they cost several times the loudness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peaks {
    Measured,
    Skipped,
}

impl Meter {
    pub(crate) fn new(peaks: Peaks) -> Result<Self> {
        Ok(Self {
            state: EbuR128::new(2, RATE, Mode::I).map_err(broken)?,
            true_peak: (peaks == Peaks::Measured).then(|| TruePeak::new(RATE, 2)),
        })
    }

    /// Adds interleaved stereo samples at [`RATE`].
    pub(crate) fn add(&mut self, samples: &[f32]) -> Result<()> {
        if let Some(true_peak) = &mut self.true_peak {
            true_peak.add(samples);
        }
        self.state.add_frames_f32(samples).map_err(broken)
    }

    /// Returns what was measured; the true peak is `None` when skipped.
    pub(crate) fn result(self) -> Result<Loudness> {
        let integrated = self.state.loudness_global().map_err(broken)?;
        let peak = self
            .true_peak
            .map(|measured| 20.0 * measured.peak().log10());
        Ok(Loudness {
            // Below the absolute gate nothing is left to integrate.
            integrated_lufs: finite(integrated),
            true_peak_dbtp: peak.and_then(finite),
        })
    }
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_scale_sine_is_three_below_and_silence_is_nothing() {
        // EBU Tech 3341, case 1: a 1 kHz stereo sine at −23 dBFS measures −23 LUFS.
        let amplitude = 10_f32.powf(-23.0 / 20.0);
        let sine: Vec<f32> = (0..RATE * 20)
            .flat_map(|i| {
                let turn = (i % 48) as f32 / 48.0;
                let sample = amplitude * (std::f32::consts::TAU * turn).sin();
                [sample, sample]
            })
            .collect();
        let mut meter = Meter::new(Peaks::Measured).unwrap();
        meter.add(&sine).unwrap();
        let loudness = meter.result().unwrap();
        let (lufs, peak) = (
            loudness.integrated_lufs.unwrap(),
            loudness.true_peak_dbtp.unwrap(),
        );
        assert!((lufs + 23.0).abs() < 0.1, "{lufs}");
        assert!((peak + 23.0).abs() < 0.1, "{peak}");

        let mut meter = Meter::new(Peaks::Measured).unwrap();
        meter.add(&vec![0.0; 96_000 * 5]).unwrap();
        assert_eq!(meter.result().unwrap(), Loudness::default());
    }
}
