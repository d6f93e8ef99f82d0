//! Speech to text: words with times, by a Whisper model in ggml format.
//!
//! Only the ranges in which somebody speaks are heard, in pieces of at most 30 s cut in pauses, so
//! silence gives no words. Word times come from the decoder's attention by dynamic time warping,
//! which whisper.cpp turns off silently under flash attention, so that is off.

mod heard;
mod model_file;
mod pieces;
mod sound;
mod words;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use footage::time::{SourceRange, SourceTime};
use footage::words::{Transcript, TranscriptOrigin, TranscriptRevision};
use task::{Cancel, Progress};
use whisper_rs::{
    DtwMode, DtwModelPreset, DtwParameters, FullParams, SamplingStrategy, WhisperContext,
    WhisperContextParameters, WhisperError, WhisperState,
};

use crate::Error;
use heard::{Heard, Marks, Written};
pub use model_file::{SpeechModel, verify_model};
pub use sound::{PcmFile, Sound};
use words::Segment;

/// Samples per second that [`transcribe`] takes.
pub const SAMPLE_RATE: u32 = 16_000;

/// Memory for the alignment of one piece; reserved, and used only as far as needed. The largest
/// preset (23 heads × 1500 × 448 values) needs it several times over.
const ALIGNMENT_BYTES: usize = 512 << 20;

/// Pieces that are listened to for the language.
const LANGUAGE_PIECES: usize = 3;

/// How to transcribe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The model's id in the manifest, for [`Transcript::origin`].
    pub model_id: String,
    /// ISO 639-1 code of the language that is spoken, such as `fr`; `None`: the model finds out.
    pub language: Option<String>,
    /// Threads to use; by default as many as the computer has, up to 8.
    pub threads: NonZeroUsize,
}

impl Default for Options {
    fn default() -> Self {
        let most = NonZeroUsize::MIN.saturating_add(7);
        Self {
            model_id: String::new(),
            language: None,
            threads: std::thread::available_parallelism()
                .map_or(NonZeroUsize::MIN, |n| n.min(most)),
        }
    }
}

/// Writes down what is said in `samples` (mono, 16 kHz, −1..=1; the first at time 0): see
/// [`transcribe_from`].
pub fn transcribe(
    model: &Path,
    mut samples: &[f32],
    options: &Options,
    speech: &[SourceRange],
    cancel: &Cancel,
    progress: &Progress,
) -> Result<Transcript, Error> {
    transcribe_from(model, &mut samples, options, speech, cancel, progress)
}

/// Writes down what is said in `sound`, within the ranges of `speech` (sorted, disjoint, as
/// [`crate::voice`] finds them). One piece of at most half a minute is in memory at a time.
///
/// Without speech the transcript is empty and the model is not loaded. Fails with
/// [`Error::Cancelled`], [`Error::ModelMissing`], [`Error::ModelUnusable`],
/// [`Error::LanguageUnknown`], [`Error::Failed`], or what reading the sound says.
pub fn transcribe_from(
    model: &Path,
    sound: &mut dyn Sound,
    options: &Options,
    speech: &[SourceRange],
    cancel: &Cancel,
    progress: &Progress,
) -> Result<Transcript, Error> {
    cancel.check()?;
    let about = verify_model(model)?;
    let language = wanted_language(options.language.as_deref(), &about)?;
    let pieces = pieces::pieces(speech, sound)?;
    if pieces.is_empty() {
        progress.report(1.0);
        return Ok(transcript(options, language, &[], speech));
    }
    let context = load(model, &about)?;
    let mut state = context
        .create_state()
        .map_err(|error| unusable(model, &error))?;
    cancel.check()?;
    let mut hearing = Hearing {
        sound,
        threads: options.threads.get().min(64) as i32,
        marks: Marks {
            end: context.token_eot(),
            zero: context.token_beg(),
        },
        most_tokens: context.n_text_ctx() / 2 - 5,
        cancel,
    };
    let language = match language {
        Some(language) => language,
        None => hearing.language(&mut state, &pieces)?,
    };
    let mut segments = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        let share = |done: usize| done as f64 / pieces.len() as f64;
        let part = progress.part(share(index), share(index + 1));
        segments.extend(hearing.piece(&mut state, *piece, &language, &part)?);
        part.report(1.0);
    }
    Ok(transcript(options, Some(language), &segments, speech))
}

fn transcript(
    options: &Options,
    language: Option<String>,
    segments: &[Segment],
    speech: &[SourceRange],
) -> Transcript {
    let words = words::words(segments, speech);
    Transcript {
        revision: TranscriptRevision::of(&words, language.as_deref()),
        origin: TranscriptOrigin::Model {
            id: options.model_id.clone(),
        },
        language,
        words,
    }
}

/// Returns the language to decode in, or `None` when it has to be found out.
fn wanted_language(wanted: Option<&str>, model: &SpeechModel) -> Result<Option<String>, Error> {
    match wanted {
        None if model.multilingual => Ok(None),
        None => Ok(Some("en".to_owned())),
        Some(code) => {
            // The library takes text without NUL only.
            let known = !code.contains('\0') && whisper_rs::get_lang_id(code).is_some();
            if known && (model.multilingual || code == "en") {
                Ok(Some(code.to_owned()))
            } else {
                Err(Error::LanguageUnknown {
                    language: code.to_owned(),
                })
            }
        }
    }
}

fn load(model: &Path, about: &SpeechModel) -> Result<WhisperContext, Error> {
    // Without this whisper.cpp writes to the standard error of the program.
    whisper_rs::install_logging_hooks();
    let mut parameters = WhisperContextParameters::new();
    parameters
        .flash_attn(false)
        .use_gpu(cfg!(any(
            feature = "cuda",
            feature = "vulkan",
            feature = "metal"
        )))
        .dtw_parameters(DtwParameters {
            mode: alignment(about),
            dtw_mem_size: ALIGNMENT_BYTES,
        });
    WhisperContext::new_with_params(model, parameters).map_err(|error| unusable(model, &error))
}

/// Returns the attention heads that align text with sound. OpenAI published them per model; for
/// models of other shapes (distilled ones) the upper half of the layers serves, OpenAI's default.
fn alignment(model: &SpeechModel) -> DtwMode<'static> {
    use DtwModelPreset as Preset;
    let shape = (model.encoder_layers, model.decoder_layers);
    let preset = match (shape, model.multilingual, model.mel_bands) {
        ((4, 4), true, _) => Preset::Tiny,
        ((4, 4), false, _) => Preset::TinyEn,
        ((6, 6), true, _) => Preset::Base,
        ((6, 6), false, _) => Preset::BaseEn,
        ((12, 12), true, _) => Preset::Small,
        ((12, 12), false, _) => Preset::SmallEn,
        ((24, 24), true, _) => Preset::Medium,
        ((24, 24), false, _) => Preset::MediumEn,
        ((32, 32), _, 80) => Preset::LargeV2,
        ((32, 32), _, _) => Preset::LargeV3,
        ((32, 4), _, _) => Preset::LargeV3Turbo,
        _ => {
            return DtwMode::TopMost {
                n_top: (model.decoder_layers / 2).max(1) as i32,
            };
        }
    };
    DtwMode::ModelPreset {
        model_preset: preset,
    }
}

/// What every piece is heard with.
struct Hearing<'a> {
    sound: &'a mut dyn Sound,
    threads: i32,
    marks: Marks,
    /// Tokens about one piece: one less than whisper.cpp would write before it calls it a loop and
    /// aligns the text with as much of the piece as the last timestamp says.
    most_tokens: i32,
    cancel: &'a Cancel,
}

impl Hearing<'_> {
    fn samples(&mut self, piece: SourceRange) -> Result<Vec<f32>, Error> {
        let sample = |time: SourceTime| time.since_start().samples(SAMPLE_RATE).max(0) as usize;
        let mut samples = self.sound.read(sample(piece.start)..sample(piece.end))?;
        // whisper.cpp gives nothing for less than 0.1 s, and is unsure below a second.
        samples.resize(samples.len().max(SAMPLE_RATE as usize), 0.0);
        Ok(samples)
    }

    /// Returns the language that the longest pieces together are most likely in.
    fn language(
        &mut self,
        state: &mut WhisperState,
        pieces: &[SourceRange],
    ) -> Result<String, Error> {
        let mut longest: Vec<SourceRange> = pieces.to_vec();
        longest.sort_by_key(|piece| std::cmp::Reverse(piece.duration()));
        let mut sums: Vec<f32> = Vec::new();
        for piece in longest.into_iter().take(LANGUAGE_PIECES) {
            self.cancel.check()?;
            let threads = self.threads as usize;
            state
                .pcm_to_mel(&self.samples(piece)?, threads)
                .map_err(|error| failed(&error))?;
            let (_, odds) = state
                .lang_detect(0, threads)
                .map_err(|error| failed(&error))?;
            sums.resize(sums.len().max(odds.len()), 0.0);
            for (sum, odd) in sums.iter_mut().zip(odds) {
                *sum += odd;
            }
        }
        sums.iter()
            .enumerate()
            .max_by(|a, b| a.1.total_cmp(b.1))
            .and_then(|(id, _)| whisper_rs::get_lang_str(id as i32))
            .map(str::to_owned)
            .ok_or_else(|| failed(&"no language was found"))
    }

    /// Returns what is said in a piece: the model may need to be asked more than once.
    fn piece(
        &mut self,
        state: &mut WhisperState,
        piece: SourceRange,
        language: &str,
        progress: &Progress,
    ) -> Result<Vec<Segment>, Error> {
        let mut segments = Vec::new();
        let mut rest = Some(piece.start);
        while let Some(start) = rest {
            let done = (start - piece.start).secs() / piece.duration().secs().max(f64::EPSILON);
            progress.report(done);
            let range = SourceRange::new(start, piece.end);
            let heard = self.heard(state, range, language)?;
            segments.extend(heard.segments);
            rest = heard.rest.filter(|next| *next > start);
        }
        Ok(segments)
    }

    fn heard(
        &mut self,
        state: &mut WhisperState,
        piece: SourceRange,
        language: &str,
    ) -> Result<Heard, Error> {
        self.cancel.check()?;
        let mut parameters = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
        parameters.set_n_threads(self.threads);
        parameters.set_language(Some(language));
        // A mistake in one piece must not be carried into the next.
        parameters.set_no_context(true);
        parameters.set_suppress_nst(true);
        parameters.set_token_timestamps(true);
        // The whole piece is aligned at once, also when the text ends for want of room: see `heard`.
        parameters.set_single_segment(true);
        parameters.set_max_tokens(self.most_tokens);
        parameters.set_print_special(false);
        parameters.set_print_progress(false);
        parameters.set_print_realtime(false);
        parameters.set_print_timestamps(false);
        let cancel = self.cancel.clone();
        // The boxed type matters: whisper-rs 0.16 hands the callback a pointer to a box of this
        // very type and reads it as the type given here.
        let abort: Box<dyn FnMut() -> bool> = Box::new(move || cancel.is_cancelled());
        parameters.set_abort_callback_safe::<_, Box<dyn FnMut() -> bool>>(abort);
        let samples = self.samples(piece)?;
        let result = state.full(parameters, &samples);
        // An abort makes the decoder fail, so cancellation is asked first.
        self.cancel.check()?;
        result.map_err(|error| failed(&error))?;
        let Some(segment) = state.get_segment(0) else {
            return Ok(Heard::default());
        };
        let written: Vec<Written> = (0..segment.n_tokens())
            .map_while(|index| segment.get_token(index))
            .map(|token| {
                let about = token.token_data();
                Written {
                    id: token.token_id(),
                    bytes: token.to_bytes().unwrap_or_default().to_vec(),
                    left: about.t_dtw,
                    about: (about.t0, about.t1),
                    probability: about.p,
                }
            })
            .collect();
        let no_speech = segment.no_speech_probability();
        Ok(heard::heard(&written, self.marks, piece, no_speech))
    }
}

fn unusable(model: &Path, error: &WhisperError) -> Error {
    Error::ModelUnusable {
        path: PathBuf::from(model),
        reason: error.to_string(),
    }
}

fn failed(reason: &dyn std::fmt::Display) -> Error {
    Error::Failed {
        model: "speech",
        reason: reason.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MULTILINGUAL: SpeechModel = SpeechModel {
        encoder_layers: 4,
        decoder_layers: 4,
        mel_bands: 80,
        multilingual: true,
    };
    const ENGLISH: SpeechModel = SpeechModel {
        multilingual: false,
        ..MULTILINGUAL
    };

    fn check(wanted: Option<&str>, model: &SpeechModel, expect: Result<Option<&str>, ()>) {
        let found = wanted_language(wanted, model);
        match (&found, expect) {
            (Ok(found), Ok(expect)) => assert_eq!(found.as_deref(), expect),
            (Err(Error::LanguageUnknown { language }), Err(())) => {
                assert_eq!(Some(language.as_str()), wanted);
            }
            _ => panic!("{wanted:?}: {found:?}"),
        }
    }

    #[test]
    fn languages_are_those_of_the_model() {
        check(None, &MULTILINGUAL, Ok(None));
        check(None, &ENGLISH, Ok(Some("en")));
        check(Some("fr"), &MULTILINGUAL, Ok(Some("fr")));
        check(Some("fr"), &ENGLISH, Err(()));
        check(Some("en"), &ENGLISH, Ok(Some("en")));
        check(Some("xx"), &MULTILINGUAL, Err(()));
        check(Some("f\0r"), &MULTILINGUAL, Err(()));
    }
}
