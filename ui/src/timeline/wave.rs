//! Waveforms: peaks over time, as [`protocol::studio::picture`] describes their bytes.

/// The peaks of a source.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Wave {
    per_sec: f64,
    peaks: Vec<u8>,
}

impl Wave {
    /// Reads a waveform; `None` when the bytes are none.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let (head, peaks) = bytes.split_first_chunk::<4>()?;
        let per_sec = f64::from(u32::from_le_bytes(*head));
        (per_sec > 0.0).then(|| Self {
            per_sec,
            peaks: peaks.to_vec(),
        })
    }

    /// Returns the largest peak between two moments in seconds, 0..=1; at least one peak is looked
    /// at.
    pub(crate) fn peak(&self, from_secs: f64, to_secs: f64) -> f64 {
        let place = |secs: f64| (secs * self.per_sec).clamp(0.0, self.peaks.len() as f64);
        let first = place(from_secs).floor() as usize;
        let last = (place(to_secs).ceil() as usize).max(first + 1);
        let peaks = self.peaks.get(first..last.min(self.peaks.len()));
        let largest = peaks.unwrap_or_default().iter().max();
        f64::from(largest.copied().unwrap_or(0)) / 255.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peaks_are_read_and_the_largest_counts() {
        let wave = Wave::read(&[2, 0, 0, 0, 0, 51, 255, 102]).expect("a waveform");
        let check = |from: f64, to: f64, expect: f64| {
            let found = wave.peak(from, to);
            assert!((found - expect).abs() < 1e-9, "{from} to {to}: {found}");
        };
        check(0.0, 0.5, 0.0);
        check(0.0, 1.0, 0.2);
        check(0.6, 0.61, 0.2);
        check(0.0, 9.0, 1.0);
        check(9.0, 10.0, 0.0);
        assert_eq!(Wave::read(&[0, 0, 0, 0, 1]), None, "no peaks per second");
        assert_eq!(Wave::read(&[1, 0]), None, "cut off");
    }
}
