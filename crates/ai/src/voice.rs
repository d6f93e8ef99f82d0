//! Voice activity: when somebody speaks.
//!
//! Three observations per frame of 16 ms decide together: the score of the `earshot` network, the
//! level of the sound between 150 Hz and the top, and the noise floor of the seconds around.
//!
//! - The network's score depends on the level, so several instances listen at once, each 6 dB
//!   louder than the one before, and the score for the local speech level is read between the two
//!   that fit. Each is cheap: all five need about 1 s for an hour of sound.
//! - The network says *whether* there is speech, 30 to 100 ms late; the level says *when* it begins
//!   and ends. So ranges are islands of level above the noise floor which the network confirms.
//! - Rumble and clicks below the voice would raise the level, so it is measured after a high pass.

mod islands;
mod level;

use earshot::Detector;
use footage::time::{SourceRange, SourceTime, Ticks};

use islands::Frames;
use level::HighPass;

/// Samples per second that [`VoiceActivity::push`] takes.
pub const SAMPLE_RATE: u32 = 16_000;

/// Samples per frame, given by the network.
const FRAME: usize = 256;

/// How many instances listen, each 6.02 dB (a factor of 2) above the one before.
const GAINS: usize = 5;

/// Finds the ranges with speech in a stream of sound.
///
/// ```
/// use ai::voice::VoiceActivity;
///
/// let mut voice = VoiceActivity::new();
/// for _ in 0..10 {
///     voice.push(&[0.0; 1600]);
/// }
/// assert!(voice.finish().is_empty(), "silence is not speech");
/// ```
pub struct VoiceActivity {
    high_pass: HighPass,
    detectors: Vec<Detector>,
    /// Samples that do not fill a frame yet.
    rest: Vec<f32>,
    frames: Frames,
    samples: u64,
}

impl std::fmt::Debug for VoiceActivity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VoiceActivity")
            .field("samples", &self.samples)
            .finish_non_exhaustive()
    }
}

impl Default for VoiceActivity {
    fn default() -> Self {
        Self::new()
    }
}

impl VoiceActivity {
    /// Returns a detector that has heard nothing; its first sample is at time 0.
    pub fn new() -> Self {
        Self {
            high_pass: HighPass::new(),
            detectors: (0..GAINS).map(|_| Detector::default()).collect(),
            rest: Vec::with_capacity(FRAME),
            frames: Frames::default(),
            samples: 0,
        }
    }

    /// Hears the next samples: mono, 16 kHz, −1..=1. Values that are not finite count as silence.
    pub fn push(&mut self, samples: &[f32]) {
        self.samples += samples.len() as u64;
        for &sample in samples {
            let sample = if sample.is_finite() { sample } else { 0.0 };
            self.rest.push(self.high_pass.next(sample));
            if self.rest.len() == FRAME {
                self.hear_frame();
            }
        }
    }

    /// Returns the ranges with speech: sorted, disjoint, at least 0.2 s apart.
    pub fn finish(mut self) -> Vec<SourceRange> {
        let end = self.samples;
        // The network looks at whole frames and answers late; silence lets it finish.
        self.rest.resize(FRAME, 0.0);
        self.hear_frame();
        self.frames
            .speech()
            .into_iter()
            .map(|(from, to)| {
                let time = |frame: usize| {
                    let sample = ((frame * FRAME) as u64).min(end);
                    SourceTime::ZERO + Ticks::from_samples(sample as i64, SAMPLE_RATE)
                };
                SourceRange::new(time(from), time(to))
            })
            .filter(|range| !range.is_empty())
            .collect()
    }

    fn hear_frame(&mut self) {
        let mut scores = [0.0; GAINS];
        let mut louder = [0.0_f32; FRAME];
        let mut gain = 1.0;
        for (detector, score) in self.detectors.iter_mut().zip(&mut scores) {
            for (to, from) in louder.iter_mut().zip(&self.rest) {
                *to = (from * gain).clamp(-1.0, 1.0);
            }
            *score = detector.predict_f32(&louder);
            gain *= 2.0;
        }
        self.frames.push(level::decibels(&self.rest), scores);
        self.rest.clear();
    }
}
