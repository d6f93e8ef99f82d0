//! What one pass hears: loudness, level, silences, peaks, and mono sound for the models.

use ebur128::{Channel, EbuR128, Mode};
use footage::sound::{Loudness, LoudnessCurve, Waveform};
use footage::time::{SourceRange, SourceTime, Ticks};

use super::resample::Resampler;
use crate::channels::Place;
use crate::error::{Error, Result};
use crate::true_peak::TruePeak;

/// Below this a window is silent, in dBFS RMS.
const SILENCE_DBFS: f64 = -35.0;
/// Shortest silence.
const SILENCE_LEAST: f64 = 0.4;
/// Hops of 5 ms in a silence window of 50 ms: edges are exact to one hop.
const WINDOW_HOPS: usize = 10;
const HOPS_PER_SECOND: u32 = 200;
/// Hops in one value of the level curve (0.1 s).
const CURVE_HOPS: usize = 20;
/// Hops in one peak of the waveform (50 per second).
const PEAK_HOPS: usize = 4;
/// Mono samples that are handed on at once: a tenth of a second, so few messages and little waiting.
const HANDED_ON: usize = super::resample::RATE as usize / 10;
/// How far sound may come after the end that the file declares. A time beyond is damaged: filling
/// the gap before it would take for ever.
const PLAUSIBLE_SECS: f64 = 10.0;
/// Level of digital silence in the curve.
const FLOOR_DBFS: f32 = -120.0;

/// What was heard.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Heard {
    pub(crate) loudness: Loudness,
    pub(crate) curve: LoudnessCurve,
    pub(crate) silences: Vec<SourceRange>,
    pub(crate) waveform: Waveform,
}

/// Takes mono sound at 16 kHz, piece by piece.
pub(crate) type HandOn<'a> = &'a mut dyn FnMut(&[f32]) -> Result<()>;

/// Measures sound as it comes, in order of time.
pub(crate) struct Ear {
    meter: EbuR128,
    true_peak: TruePeak,
    rate: u32,
    channels: usize,
    duration: Ticks,
    /// Weight of each channel in the mono mix.
    mix: Vec<f32>,
    /// Samples per channel so far, from source time 0.
    frames: i64,
    hop: Hop,
    hops: u64,
    window: std::collections::VecDeque<f64>,
    /// The silence that may still grow, in hops.
    silent: Option<(u64, u64)>,
    silences: Vec<SourceRange>,
    curve: Vec<f32>,
    curve_energy: f64,
    peaks: Vec<u8>,
    peak: f32,
    resampler: Resampler,
    mono: Vec<f32>,
    /// Mono sound that was not handed on yet.
    voice: Vec<f32>,
}

#[derive(Default)]
struct Hop {
    /// Sum of squares per channel.
    energy: Vec<f64>,
    peak: f32,
    frames: u32,
}

impl Ear {
    /// Returns an ear for interleaved sound of `rate` with one place per channel, in a source of
    /// length `duration`.
    pub(crate) fn new(rate: u32, places: &[Place], duration: Ticks) -> Result<Self> {
        let channels = places.len();
        let mut meter = EbuR128::new(channels as u32, rate, Mode::I).map_err(meter_error)?;
        let map: Vec<Channel> = places.iter().map(|place| place.meter).collect();
        if channels > 2 {
            meter.set_channel_map(&map).map_err(meter_error)?;
        }
        let total: f32 = places.iter().map(|place| place.mix).sum();
        Ok(Self {
            meter,
            true_peak: TruePeak::new(rate, channels),
            rate,
            channels,
            duration,
            mix: places
                .iter()
                .map(|place| place.mix / total.max(1e-6))
                .collect(),
            frames: 0,
            hop: Hop {
                energy: vec![0.0; channels],
                ..Hop::default()
            },
            hops: 0,
            window: std::collections::VecDeque::with_capacity(WINDOW_HOPS + 1),
            silent: None,
            silences: Vec::new(),
            curve: Vec::new(),
            curve_energy: 0.0,
            peaks: Vec::new(),
            peak: 0.0,
            resampler: Resampler::new(rate),
            mono: Vec::new(),
            voice: Vec::new(),
        })
    }

    /// Returns how much sound was taken.
    pub(crate) fn position(&self) -> SourceTime {
        SourceTime(Ticks::from_samples(self.frames, self.rate).0)
    }

    /// Takes interleaved samples that start at `at`. A gap before them counts as silence; what was
    /// heard already is left out. Mono sound goes to `each`.
    pub(crate) fn hear(&mut self, at: SourceTime, samples: &[f32], each: HandOn<'_>) -> Result<()> {
        let due = self.plausible(at.since_start().samples(self.rate));
        // Timestamps of some containers jitter by milliseconds: that is no gap.
        let slack = i64::from(self.rate) / 50;
        let mut samples = samples;
        if due - self.frames > slack || self.frames == 0 {
            self.skip_to(due, each)?;
        }
        if self.frames - due > slack {
            let known = ((self.frames - due) as usize).saturating_mul(self.channels);
            samples = samples.get(known.min(samples.len())..).unwrap_or_default();
        }
        self.meter.add_frames_f32(samples).map_err(meter_error)?;
        self.true_peak.add(samples);
        self.level(samples);
        self.hand_on(each)
    }

    /// Returns `due`, or the next frame where it is too late to be true.
    fn plausible(&self, due: i64) -> i64 {
        let latest = self.duration + Ticks::from_secs(PLAUSIBLE_SECS);
        if due > latest.samples(self.rate) {
            self.frames
        } else {
            due
        }
    }

    /// Returns what was heard up to the source's end; silence fills the rest.
    pub(crate) fn finish(mut self, each: HandOn<'_>) -> Result<Heard> {
        self.skip_to(self.duration.samples(self.rate), each)?;
        self.resampler.finish(&mut self.voice);
        if !self.voice.is_empty() {
            each(&self.voice)?;
        }
        if self.hop.frames > 0 {
            self.end_hop();
        }
        if !self.hops.is_multiple_of(CURVE_HOPS as u64) {
            let count = (self.hops % CURVE_HOPS as u64) as f64;
            self.curve.push(dbfs(self.curve_energy / count));
        }
        if !self.hops.is_multiple_of(PEAK_HOPS as u64) {
            self.peaks.push(peak_byte(self.peak));
        }
        self.end_silence();
        let integrated = self.meter.loudness_global().map_err(meter_error)?;
        let peak = self.true_peak.peak();
        let mut silences = std::mem::take(&mut self.silences);
        for silence in &mut silences {
            silence.end = silence.end.min(SourceTime::ZERO + self.duration);
        }
        silences.retain(|silence| silence.duration().secs() >= SILENCE_LEAST - 0.0025);
        Ok(Heard {
            loudness: Loudness {
                integrated_lufs: integrated.is_finite().then_some(integrated),
                true_peak_dbtp: (peak > 0.0).then(|| 20.0 * peak.log10()),
            },
            curve: LoudnessCurve {
                step: Ticks::from_secs(0.1),
                values: self.curve,
            },
            silences,
            waveform: Waveform {
                rate: HOPS_PER_SECOND / PEAK_HOPS as u32,
                peaks: self.peaks,
            },
        })
    }

    fn skip_to(&mut self, frames: i64, each: HandOn<'_>) -> Result<()> {
        let at_once = (self.rate as usize / 10).max(1);
        let silence = vec![0.0; at_once * self.channels];
        while self.frames < frames {
            let count = ((frames - self.frames) as usize).min(at_once);
            self.level(silence.get(..count * self.channels).unwrap_or(&silence));
            self.hand_on(each)?;
        }
        Ok(())
    }

    /// Hands on the mono sound once there is enough of it.
    fn hand_on(&mut self, each: HandOn<'_>) -> Result<()> {
        if self.voice.len() >= HANDED_ON {
            each(&self.voice)?;
            self.voice.clear();
        }
        Ok(())
    }

    fn level(&mut self, samples: &[f32]) {
        self.mono.clear();
        for frame in samples.chunks_exact(self.channels.max(1)) {
            let mut mono = 0.0;
            for ((&sample, energy), weight) in frame.iter().zip(&mut self.hop.energy).zip(&self.mix)
            {
                *energy += f64::from(sample) * f64::from(sample);
                self.hop.peak = self.hop.peak.max(sample.abs());
                mono += sample * weight;
            }
            self.mono.push(mono);
            self.hop.frames += 1;
            self.frames += 1;
            // Hop ends fall on the nearest sample, so that they never drift.
            let end = (self.hops as i64 + 1) * i64::from(self.rate);
            if self.frames * i64::from(HOPS_PER_SECOND) >= end {
                self.end_hop();
            }
        }
        self.resampler.push(&self.mono, &mut self.voice);
    }

    fn end_hop(&mut self) {
        let frames = f64::from(self.hop.frames.max(1));
        let energy = loudest_pair(&self.hop.energy) / frames;
        let peak = self.hop.peak;
        self.hop.energy.fill(0.0);
        self.hop.peak = 0.0;
        self.hop.frames = 0;
        self.hops += 1;

        self.window.push_back(energy);
        if self.window.len() > WINDOW_HOPS {
            self.window.pop_front();
        }
        if self.window.len() == WINDOW_HOPS {
            let mean = self.window.iter().sum::<f64>() / WINDOW_HOPS as f64;
            if 10.0 * mean.log10() < SILENCE_DBFS {
                self.silent_window(self.hops - WINDOW_HOPS as u64, self.hops);
            }
        }
        self.curve_energy += energy;
        if self.hops.is_multiple_of(CURVE_HOPS as u64) {
            self.curve.push(dbfs(self.curve_energy / CURVE_HOPS as f64));
            self.curve_energy = 0.0;
        }
        self.peak = self.peak.max(peak);
        if self.hops.is_multiple_of(PEAK_HOPS as u64) {
            self.peaks.push(peak_byte(self.peak));
            self.peak = 0.0;
        }
    }

    /// Takes a window that is silent as a whole: silences are the union of such windows.
    fn silent_window(&mut self, from: u64, to: u64) {
        match &mut self.silent {
            Some((_, end)) if from <= *end => *end = to,
            _ => {
                self.end_silence();
                self.silent = Some((from, to));
            }
        }
    }

    fn end_silence(&mut self) {
        let Some((from, to)) = self.silent.take() else {
            return;
        };
        let at = |hop: u64| SourceTime(Ticks::from_samples(hop as i64, HOPS_PER_SECOND).0);
        let range = SourceRange::new(at(from), at(to));
        if range.duration().secs() >= SILENCE_LEAST - 0.0025 {
            self.silences.push(range);
        }
    }
}

/// Returns the mean energy of the two loudest channels: speech in the centre of a surround mix is
/// not made quiet by its silent neighbours.
fn loudest_pair(energy: &[f64]) -> f64 {
    match *energy {
        [] => 0.0,
        [only] => only,
        [left, right] => f64::midpoint(left, right),
        _ => {
            let (mut first, mut second) = (0.0_f64, 0.0_f64);
            for &value in energy {
                if value > first {
                    second = first;
                    first = value;
                } else if value > second {
                    second = value;
                }
            }
            f64::midpoint(first, second)
        }
    }
}

fn dbfs(energy: f64) -> f32 {
    if energy <= 0.0 {
        FLOOR_DBFS
    } else {
        ((10.0 * energy.log10()) as f32).max(FLOOR_DBFS)
    }
}

fn peak_byte(peak: f32) -> u8 {
    (peak.min(1.0) * 255.0).round() as u8
}

fn meter_error(cause: ebur128::Error) -> Error {
    Error::Pipeline {
        detail: format!("loudness meter: {cause}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stereo() -> Vec<Place> {
        use gstreamer_audio::AudioChannelPosition as At;
        crate::channels::places(&[At::FrontLeft, At::FrontRight])
    }

    /// Hears tone where `sounding(seconds)` holds, silence elsewhere.
    fn hear(secs: f64, sounding: impl Fn(f64) -> bool) -> Heard {
        let mut ear = Ear::new(48_000, &stereo(), Ticks::from_secs(secs)).unwrap();
        let samples: Vec<f32> = (0..(secs * 48_000.0) as u32)
            .flat_map(|n| {
                let t = f64::from(n) / 48_000.0;
                let value = if sounding(t) {
                    0.5 * (std::f64::consts::TAU * 1000.0 * t).sin() as f32
                } else {
                    0.0
                };
                [value, value]
            })
            .collect();
        let mut voice = 0;
        let mut each = |part: &[f32]| {
            voice += part.len();
            Ok(())
        };
        for (index, chunk) in samples.chunks(2048).enumerate() {
            let at = SourceTime(Ticks::from_samples(index as i64 * 1024, 48_000).0);
            ear.hear(at, chunk, &mut each).unwrap();
        }
        let heard = ear.finish(&mut each).unwrap();
        assert!(
            (f64::from(voice as u32) - secs * 16_000.0).abs() <= 2.0,
            "mono sound is complete"
        );
        heard
    }

    #[test]
    fn silences_have_exact_edges_and_a_least_length() {
        let heard = hear(5.0, |t| {
            !(1.0..1.5).contains(&t) && !(2.0..2.3).contains(&t) && t < 4.5
        });
        let found: Vec<(f64, f64)> = heard
            .silences
            .iter()
            .map(|silence| (silence.start.secs(), silence.end.secs()))
            .collect();
        assert_eq!(found.len(), 2, "0.3 s is too short: {found:?}");
        for (found, expect) in found.iter().zip([(1.0, 1.5), (4.5, 5.0)]) {
            assert!((found.0 - expect.0).abs() <= 0.006, "{found:?}");
            assert!((found.1 - expect.1).abs() <= 0.006, "{found:?}");
        }
        assert_eq!(heard.curve.values.len(), 50);
        assert_eq!(heard.waveform.peaks.len(), 250);
        assert_eq!(heard.waveform.peaks[10], 128, "a peak of 0.5");
        assert!(
            (heard.curve.values[2] - -9.03).abs() < 0.05,
            "RMS of a sine at 0.5"
        );
    }

    #[test]
    fn digital_silence_has_no_loudness() {
        let heard = hear(1.0, |_| false);
        assert_eq!(heard.loudness, Loudness::default());
        assert_eq!(heard.silences, [SourceRange::from_secs(0.0, 1.0)]);
    }

    #[test]
    fn gaps_count_as_silence() {
        let heard = hear_at(3.5, &[0.5, 2.5]).0;
        assert_eq!(
            heard.silences,
            [
                SourceRange::from_secs(0.0, 0.5),
                SourceRange::from_secs(1.5, 2.5)
            ]
        );
    }

    /// Hears a second of sound at each of `times`; returns also the lengths of the mono pieces.
    fn hear_at(secs: f64, times: &[f64]) -> (Heard, Vec<usize>) {
        let mut ear = Ear::new(8000, &stereo(), Ticks::from_secs(secs)).unwrap();
        let mut pieces = Vec::new();
        let mut each = |part: &[f32]| {
            pieces.push(part.len());
            Ok(())
        };
        let loud = vec![0.5; 16_000];
        for at in times {
            ear.hear(SourceTime::from_secs(*at), &loud, &mut each)
                .unwrap();
        }
        (ear.finish(&mut each).unwrap(), pieces)
    }

    #[test]
    fn a_long_gap_is_handed_on_in_small_pieces() {
        let (heard, pieces) = hear_at(600.0, &[0.0, 599.0]);
        let total: usize = pieces.iter().sum();
        assert!((total as i64 - 9_600_000).abs() <= 2, "{total}");
        let longest = pieces.into_iter().max().unwrap();
        assert!(longest <= 16_000 + 2 * HANDED_ON, "{longest}");
        assert_eq!(heard.silences, [SourceRange::from_secs(1.0, 599.0)]);
    }

    #[test]
    fn a_time_far_beyond_the_end_is_no_gap() {
        let (heard, pieces) = hear_at(4.0, &[0.0, 1.0e7, 2.0]);
        let total: usize = pieces.iter().sum();
        assert!((total as i64 - 64_000).abs() <= 2, "{total}");
        assert_eq!(heard.silences, [SourceRange::from_secs(3.0, 4.0)]);
    }
}
