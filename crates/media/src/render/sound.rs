//! The sound of a render: mixed once, brought to level, encoded, measured as it decodes.

use std::collections::BTreeMap;
use std::path::Path;

use footage::sound::Loudness;
use timeline::ids::MediaId;

use super::limiter::Limiter;
use super::loudness::{Meter, Peaks};
use super::mix::mix;
use super::plan::Plan;
use super::store::Store;
use super::watch::Watch;
use super::{RATE, RenderSource};
use crate::encode::aac::{Encoded, Encoder, decode};
use crate::error::Result;

/// Integrated loudness that networks play at, in LUFS.
pub(crate) const TARGET_LUFS: f64 = -14.0;
/// How far the result may be off, in LU.
pub(crate) const TOLERANCE_LU: f64 = 1.0;
/// True peak that must not be exceeded after the encode, in dBTP.
pub(crate) const MOST_DBTP: f64 = -1.0;
/// True peak that the limiter keeps: the encoder adds up to about half a decibel.
pub(crate) const CEILING_DBTP: f64 = -1.5;
/// Gain that is never exceeded, in dB: what needs more is noise.
pub(crate) const MOST_GAIN_DB: f64 = 40.0;
/// How close the level must be before the encode, in LU.
const CLOSE_LU: f64 = 0.3;
/// Attempts at a level that the limiter takes back in part.
const ATTEMPTS: usize = 6;

/// Samples of a mix whose loudness can be measured: one block of 0.4 s (ITU-R BS.1770-4), and what
/// the encoder may add.
const MEASURABLE: i64 = RATE as i64 * 2 / 5 + 4096;
/// Most corrections of what the encoder adds to peaks and takes from the level; usually none.
const CORRECTIONS: usize = 3;

/// Encoded sound and how it was made.
pub(super) struct Sound {
    pub(super) encoded: Encoded,
    pub(super) level: ExpectedLevel,
}

/// How loud a written file must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExpectedLevel {
    /// As loud as networks play.
    OnTarget,
    /// At most that: it would need more than the largest gain, or its rare peaks leave no room (a
    /// few clicks in silence cannot be loud).
    AtMost,
    /// Nothing is heard in the mix.
    Silent,
    /// Too short for loudness to be measured.
    Unmeasured,
}

/// Makes the sound of a plan. `scratch` names a file that may be used meanwhile.
pub(super) fn make(
    plan: &Plan,
    sources: &BTreeMap<MediaId, RenderSource>,
    scratch: &Path,
    watch: &Watch,
) -> Result<Sound> {
    let mut meter = Meter::new(Peaks::Skipped)?;
    let mut dry = Store::new(scratch.with_extension("mix"));
    mix(plan, sources, watch, |block| {
        meter.add(block)?;
        dry.append(block)
    })?;
    let mixed = meter.result()?;
    let mut level = Level::towards(mixed);
    let mut wet = level.reach(&mut dry, scratch, watch)?;
    let mut encoded = encode(&mut wet, watch)?;
    // Sound is encoded before it meets the pictures, so a correction costs little.
    let mut decoded = measure(&encoded, watch)?;
    for _ in 0..CORRECTIONS {
        if !level.correct(decoded) {
            break;
        }
        wet = level.reach(&mut dry, scratch, watch)?;
        encoded = encode(&mut wet, watch)?;
        decoded = measure(&encoded, watch)?;
    }
    let level = match mixed.integrated_lufs {
        None if plan.samples < MEASURABLE => ExpectedLevel::Unmeasured,
        None => ExpectedLevel::Silent,
        Some(_) if level.explains(decoded) => ExpectedLevel::AtMost,
        Some(_) => ExpectedLevel::OnTarget,
    };
    Ok(Sound { encoded, level })
}

fn encode(samples: &mut Store, watch: &Watch) -> Result<Encoded> {
    let mut encoder = Encoder::new()?;
    samples.read(|block| {
        watch.step();
        encoder.add(block, watch)
    })?;
    encoder.finish(watch)
}

fn measure(encoded: &Encoded, watch: &Watch) -> Result<Loudness> {
    let mut meter = Meter::new(Peaks::Measured)?;
    decode(encoded, watch, |samples| meter.add(samples))?;
    meter.result()
}

/// A gain and a ceiling on the way to the wanted level.
struct Level {
    /// `None` for silence, which is left alone.
    gain_db: Option<f64>,
    ceiling_dbtp: f64,
    /// Whether a gain was found that peaks or the largest gain do not let through.
    capped: bool,
    /// How much loudness the limiter took at last, in LU.
    taken_lu: f64,
    mixed_lufs: f64,
}

impl Level {
    fn towards(mix: Loudness) -> Self {
        let wanted = mix.integrated_lufs.map(|lufs| TARGET_LUFS - lufs);
        Self {
            gain_db: wanted.map(|gain| gain.min(MOST_GAIN_DB)),
            ceiling_dbtp: CEILING_DBTP,
            taken_lu: 0.0,
            mixed_lufs: mix.integrated_lufs.unwrap_or_default(),
            capped: wanted.is_some_and(|gain| gain > MOST_GAIN_DB),
        }
    }

    /// Returns whether a level below the wanted one is all that can be had: the gain is the largest,
    /// or the limiter took at least what is missing.
    fn explains(&self, decoded: Loudness) -> bool {
        let Some(lufs) = decoded.integrated_lufs else {
            return false;
        };
        let missing = TARGET_LUFS - lufs;
        let largest = self.gain_db.is_some_and(|gain| gain >= MOST_GAIN_DB);
        missing > TOLERANCE_LU * 0.9 && (largest || self.taken_lu >= missing - TOLERANCE_LU / 2.0)
    }

    /// Returns the limited samples; the limiter takes loudness away, so the gain may need to rise.
    fn reach(&mut self, dry: &mut Store, scratch: &Path, watch: &Watch) -> Result<Store> {
        let mut attempt = 1;
        let mut before: Option<(f64, f64)> = None;
        loop {
            let mut wet = Store::new(scratch.with_extension("level"));
            let mut meter = Meter::new(Peaks::Skipped)?;
            let smallest = self.apply(dry, watch, |block| {
                meter.add(block)?;
                wet.append(block)
            })?;
            let (Some(gain), Some(lufs)) = (self.gain_db, meter.result()?.integrated_lufs) else {
                return Ok(wet);
            };
            let off = TARGET_LUFS - lufs;
            self.taken_lu = if smallest < 1.0 {
                (self.mixed_lufs + gain - lufs).max(0.0)
            } else {
                0.0
            };
            if smallest >= 1.0 || off.abs() <= CLOSE_LU || self.capped {
                return Ok(wet);
            }
            if attempt >= ATTEMPTS || gain >= MOST_GAIN_DB {
                self.capped = off > TOLERANCE_LU / 2.0;
                return Ok(wet);
            }
            // What the limiter holds back answers less than one to one: by how much shows in how
            // far the last step came.
            let answered = match before {
                Some((gain_before, lufs_before)) if gain > gain_before => {
                    ((lufs - lufs_before) / (gain - gain_before)).clamp(0.25, 1.0)
                }
                _ => 0.75,
            };
            before = Some((gain, lufs));
            self.gain_db = Some((gain + off / answered).min(MOST_GAIN_DB));
            attempt += 1;
        }
    }

    fn apply(
        &self,
        dry: &mut Store,
        watch: &Watch,
        mut each: impl FnMut(&[f32]) -> Result<()>,
    ) -> Result<f32> {
        let linear = |db: f64| 10_f64.powf(db / 20.0);
        let gain = linear(self.gain_db.unwrap_or(0.0));
        let mut limiter = Limiter::new(gain, linear(self.ceiling_dbtp));
        let mut out = Vec::new();
        dry.read(|block| {
            watch.check()?;
            watch.step();
            out.clear();
            limiter.process(block, &mut out);
            each(&out)
        })?;
        out.clear();
        limiter.finish(&mut out);
        each(&out)?;
        Ok(limiter.smallest_gain())
    }

    /// Changes the aim by what the encoder did; returns whether another encode is needed.
    fn correct(&mut self, decoded: Loudness) -> bool {
        let over = decoded.true_peak_dbtp.map_or(0.0, |peak| peak - MOST_DBTP);
        let mut again = false;
        if over > 0.0 {
            self.ceiling_dbtp -= over + 0.3;
            again = true;
        }
        if let (Some(gain), Some(lufs), false) =
            (self.gain_db, decoded.integrated_lufs, self.capped)
        {
            let off = TARGET_LUFS - lufs;
            // Half of the tolerance: the last measurement may differ a little.
            if off.abs() > TOLERANCE_LU / 2.0 {
                self.gain_db = Some((gain + off).min(MOST_GAIN_DB));
                again = true;
            }
        }
        again
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loudness(lufs: f64) -> Loudness {
        Loudness {
            integrated_lufs: Some(lufs),
            true_peak_dbtp: Some(-1.5),
        }
    }

    fn explained(mixed: f64, taken_lu: f64, decoded: f64) -> bool {
        let mut level = Level::towards(loudness(mixed));
        level.taken_lu = taken_lu;
        level.explains(loudness(decoded))
    }

    #[test]
    fn only_the_largest_gain_and_the_limiter_excuse_a_low_level() {
        assert!(!explained(-20.0, 0.0, -14.1), "on target");
        assert!(
            !explained(-20.0, 0.0, -17.0),
            "an encoder that loses 3 LU is at fault"
        );
        assert!(explained(-20.0, 5.0, -17.0), "peaks leave no room");
        assert!(
            !explained(-20.0, 1.0, -17.0),
            "the limiter took less than is missing"
        );
        assert!(explained(-65.0, 0.0, -25.0), "more gain would be noise");
    }
}
