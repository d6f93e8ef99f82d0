//! Which stretches of sound the model hears at once.

use footage::time::{SourceRange, SourceTime, Ticks};

use super::sound::Sound;
use crate::Error;

/// Longest piece. The model looks at 30 s at once; the rest is for the padding.
const LONGEST: Ticks = Ticks(28 * Ticks::SECOND.0);
/// Speech further apart than this is heard in separate pieces: long silence invites invention.
const LONGEST_PAUSE: Ticks = Ticks(5 * Ticks::SECOND.0);
/// Sound that is heard before and after the speech: onsets are soft.
const PADDING: Ticks = Ticks(Ticks::SECOND.0 / 5);
/// Speech without a pause is cut at the quietest moment in this much of a piece's end.
const CUT_WITHIN: Ticks = Ticks(8 * Ticks::SECOND.0);
/// Samples per level for finding that moment (50 ms).
const STEP: usize = super::SAMPLE_RATE as usize / 20;

/// Returns the pieces that cover all `speech`: sorted, disjoint, at most 28.4 s, cut in pauses where
/// there are any.
pub(super) fn pieces(
    speech: &[SourceRange],
    sound: &mut dyn Sound,
) -> Result<Vec<SourceRange>, Error> {
    let end = SourceTime::ZERO + Ticks::from_samples(sound.length() as i64, super::SAMPLE_RATE);
    let mut pieces: Vec<SourceRange> = Vec::new();
    for range in speech {
        let Some(mut rest) = range.intersection(SourceRange::new(SourceTime::ZERO, end)) else {
            continue;
        };
        while rest.duration() > LONGEST {
            let last = SourceRange::new(rest.start + LONGEST - CUT_WITHIN, rest.start + LONGEST);
            let cut = quietest(sound, last)?;
            pieces.push(SourceRange::new(rest.start, cut));
            rest.start = cut;
        }
        match pieces.last_mut() {
            Some(last)
                if rest.end - last.start <= LONGEST && rest.start - last.end <= LONGEST_PAUSE =>
            {
                last.end = rest.end;
            }
            _ => pieces.push(rest),
        }
    }
    Ok(padded(&pieces, end))
}

/// Pads each piece into the silence around it, at most to the middle between two.
fn padded(pieces: &[SourceRange], end: SourceTime) -> Vec<SourceRange> {
    let mut all = Vec::with_capacity(pieces.len());
    let mut free = SourceTime::ZERO;
    for (index, piece) in pieces.iter().enumerate() {
        let limit = pieces.get(index + 1).map_or(end, |next| {
            piece.end + (next.start - piece.end).scaled(1, 2)
        });
        let padded = SourceRange::new(
            (piece.start - PADDING).max(free),
            (piece.end + PADDING).min(limit),
        );
        free = padded.end;
        all.push(padded);
    }
    all
}

fn quietest(sound: &mut dyn Sound, within: SourceRange) -> Result<SourceTime, Error> {
    let sample = |time: SourceTime| time.since_start().samples(super::SAMPLE_RATE) as usize;
    let from = sample(within.start);
    let part = sound.read(from..sample(within.end))?;
    let power = |chunk: &[f32]| chunk.iter().map(|sample| sample * sample).sum::<f32>();
    let cut = part
        .chunks_exact(STEP)
        .enumerate()
        .min_by(|a, b| power(a.1).total_cmp(&power(b.1)))
        .map_or(within.end, |(index, _)| {
            let middle = from + index * STEP + STEP / 2;
            SourceTime::ZERO + Ticks::from_samples(middle as i64, super::SAMPLE_RATE)
        });
    Ok(cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ranges and pieces in seconds; the sound is a tone with a dip at 25 s.
    fn check(speech: &[(f64, f64)], expect: &[(f64, f64)], reason: &str) {
        let samples: Vec<f32> = (0..16_000 * 100)
            .map(|i| {
                if (399_500..400_500).contains(&i) {
                    0.0
                } else {
                    0.5
                }
            })
            .collect();
        let speech: Vec<SourceRange> = speech
            .iter()
            .map(|&(from, to)| SourceRange::from_secs(from, to))
            .collect();
        let found: Vec<(f64, f64)> = pieces(&speech, &mut samples.as_slice())
            .unwrap()
            .iter()
            .map(|piece| {
                let round = |time: SourceTime| (time.secs() * 10.0).round() / 10.0;
                (round(piece.start), round(piece.end))
            })
            .collect();
        assert_eq!(found, expect, "{reason}");
    }

    #[test]
    fn pieces_are_cut_in_pauses() {
        check(&[], &[], "no speech, no piece");
        check(&[(0.0, 3.0)], &[(0.0, 3.2)], "one range, padded");
        check(
            &[(1.0, 9.0), (10.0, 20.0), (21.0, 27.0)],
            &[(0.8, 27.2)],
            "short pauses are bridged",
        );
        check(
            &[(1.0, 20.0), (21.0, 40.0)],
            &[(0.8, 20.2), (20.8, 40.2)],
            "no longer than a window",
        );
        check(
            &[(1.0, 5.0), (15.0, 20.0)],
            &[(0.8, 5.2), (14.8, 20.2)],
            "a long pause is not heard",
        );
        check(
            &[(1.0, 40.0)],
            &[(0.8, 25.0), (25.0, 40.2)],
            "without a pause at the quietest moment",
        );
        check(
            &[(99.0, 130.0)],
            &[(98.8, 100.0)],
            "no further than the sound",
        );
    }
}
