//! Builders for tests.

use footage::Analysis;
use footage::sound::{Loudness, LoudnessCurve, Waveform};
use footage::streams::Streams;
use footage::time::{SourceRange, SourceTime, Ticks};
use footage::words::{Transcript, TranscriptOrigin, TranscriptRevision, Word, WordId};

/// Returns an analysis of `secs` seconds in which nothing was found.
pub(crate) fn quiet(secs: f64) -> Analysis {
    Analysis {
        streams: Streams::default(),
        duration: Ticks::from_secs(secs),
        loudness: Loudness::default(),
        loudness_curve: LoudnessCurve::default(),
        silences: Vec::new(),
        speech: Vec::new(),
        shots: Vec::new(),
        faces: Vec::new(),
        motion: footage::picture::Motion::default(),
        waveform: Waveform::default(),
        damage: None,
    }
}

/// Returns the words of a script: `_` is a pause of half a second, `|` starts a new cue.
///
/// A word lasts 0.1 s and 0.05 s per letter, with 0.05 s after it.
pub(crate) fn transcript(language: &str, script: &str) -> Transcript {
    let mut words: Vec<Word> = Vec::new();
    let mut at = SourceTime::ZERO;
    let mut starts_cue = true;
    for token in script.split_whitespace() {
        match token {
            "_" => at = at + Ticks::from_secs(0.5),
            "|" => starts_cue = true,
            text => {
                let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
                let end = at + Ticks::from_secs(0.1 + 0.05 * letters as f64);
                words.push(Word {
                    id: WordId(words.len() as u32),
                    text: text.to_owned(),
                    range: SourceRange::new(at, end),
                    estimated: false,
                    starts_cue,
                    confidence: None,
                });
                starts_cue = false;
                at = end + Ticks::from_secs(0.05);
            }
        }
    }
    Transcript {
        revision: TranscriptRevision::of(&words, Some(language)),
        origin: TranscriptOrigin::Model {
            id: "test".to_owned(),
        },
        language: Some(language.to_owned()),
        words,
    }
}
