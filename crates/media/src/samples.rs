//! Samples as GStreamer hands them over.

/// Appends the 32-bit floats of `bytes` (little-endian) to `into`. What is no number counts as
/// silence: a single one would make every sum after it no number either.
pub(crate) fn read(bytes: &[u8], into: &mut Vec<f32>) {
    let samples = bytes.as_chunks::<4>().0.iter();
    into.extend(samples.map(|bytes| {
        let sample = f32::from_le_bytes(*bytes);
        if sample.is_finite() { sample } else { 0.0 }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_silent() {
        let stored = [0.5, f32::NAN, -1.5, f32::INFINITY, f32::NEG_INFINITY, 0.25];
        let bytes: Vec<u8> = stored
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        let mut found = vec![1.0];
        read(&bytes, &mut found);
        assert_eq!(found, [1.0, 0.5, 0.0, -1.5, 0.0, 0.0, 0.25]);
    }
}
