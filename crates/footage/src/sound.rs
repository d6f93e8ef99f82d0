//! What was heard: loudness, waveform.

use serde::{Deserialize, Serialize};

use crate::time::{SourceRange, Ticks};

/// Programme loudness after ITU-R BS.1770-4 and EBU R 128.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Loudness {
    /// Integrated loudness in LUFS; `None` for silence or no sound.
    pub integrated_lufs: Option<f64>,
    /// True peak in dBTP; `None` for digital silence or no sound.
    pub true_peak_dbtp: Option<f64>,
}

/// Level over time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LoudnessCurve {
    /// Time between values.
    pub step: Ticks,
    /// RMS in dBFS per step, −120 for digital silence; the first value is for `0..step`.
    pub values: Vec<f32>,
}

impl LoudnessCurve {
    /// Returns the mean over `range` in dBFS, or `None` where nothing was measured.
    pub fn mean(&self, range: SourceRange) -> Option<f32> {
        mean_over(self.step, &self.values, range)
    }
}

/// Peaks for drawing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Waveform {
    /// Peaks per second.
    pub rate: u32,
    /// Largest absolute sample per step, 0..=255 for 0..=1.
    pub peaks: Vec<u8>,
}

pub(crate) fn mean_over(step: Ticks, values: &[f32], range: SourceRange) -> Option<f32> {
    if step.0 <= 0 {
        return None;
    }
    let first = range.start.0.max(0).div_euclid(step.0) as usize;
    let last = (range.end.0.max(0) as u64).div_ceil(step.0 as u64) as usize;
    let values = values.get(first..last.min(values.len()))?;
    if values.is_empty() {
        return None;
    }
    Some(values.iter().sum::<f32>() / values.len() as f32)
}
