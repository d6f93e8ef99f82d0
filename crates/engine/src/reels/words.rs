//! Where the words come from: a speech model, a subtitle file, a text stream, or nowhere.

use std::path::{Path, PathBuf};

use footage::time::SourceRange;
use footage::words::{Transcript, TranscriptOrigin};
use footage::{Analysis, Fingerprint};
use protocol::documents::ReasonDocument;
use protocol::error::{ApiError, ErrorCode};
use serde::{Deserialize, Serialize};
use story::sounds::Sound;
use story::subtitles::{Cue, Dropped, SubtitleError, decode_text, parse, transcript_from_cues};
use story::text::Language;
use task::{Cancel, Progress};

use super::options::{CaptionSource, ReelsOptions};
use crate::models::SpeechModel;
use crate::sources::{ANALYSE, Listened};
use crate::steps::{Finished, StepName};
use crate::worker::Request;
use crate::{Engine, Error};

const TRANSCRIBE: StepName = StepName {
    name: "transcribe",
    version: 4,
};

/// Subtitles of a day of speech take a tenth of this.
const MOST_BYTES: u64 = 16 << 20;

/// What is known of what was said.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Words {
    /// The words; `None` when there are none to be had.
    pub(crate) transcript: Option<Transcript>,
    /// Sounds that subtitles mark.
    pub(crate) sounds: Vec<Sound>,
    /// What is to be told, such as a subtitle file that cannot be read.
    pub(crate) notes: Vec<ReasonDocument>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Origin<'a> {
    Model {
        id: &'a str,
        file: Fingerprint,
        language: Option<&'a str>,
    },
    Subtitles {
        name: String,
        digest: String,
        language: Option<&'a str>,
    },
    Embedded {
        language: Option<&'a str>,
    },
}

impl Engine {
    /// Returns the words of a source, from the best place that has them.
    pub(crate) fn words(
        &self,
        listened: &Listened,
        options: &ReelsOptions,
        cancel: &Cancel,
        progress: &Progress,
    ) -> Result<Finished<Words>, Error> {
        let language = options.language.as_deref();
        if let CaptionSource::File(path) = &options.captions {
            let subtitles = read_subtitles(path)?;
            return self.words_of_subtitles(listened, &subtitles, language, cancel);
        }
        let model = self.speech_model(options.model.as_deref())?;
        if let (Some(model), Some(samples)) = (model, &listened.files.speech) {
            return self.words_of_model(listened, &model, samples, language, cancel, progress);
        }
        let mut notes = Vec::new();
        // A link to a file in a store has its subtitles beside the link.
        let mut beside = sidecars(&listened.named, language);
        if listened.named != listened.path {
            beside.extend(sidecars(&listened.path, language));
        }
        for sidecar in beside {
            match read_subtitles(&sidecar.path) {
                Ok(subtitles) => {
                    // A file that says what it is in is not in what the user speaks.
                    let own = sidecar.language.as_deref();
                    let language = own.or(language);
                    return self.words_of_subtitles(listened, &subtitles, language, cancel);
                }
                Err(error) => notes.push(unreadable_note(&sidecar.path, &error)),
            }
        }
        let mut found = self.words_of_text_stream(listened, language, cancel)?;
        found.result.notes.splice(0..0, notes);
        Ok(found)
    }

    /// Returns the words of `origin` that an earlier run wrote down, or those that `work` finds.
    fn transcribe(
        &self,
        listened: &Listened,
        origin: &Origin<'_>,
        cancel: &Cancel,
        work: impl FnOnce() -> Result<Words, Error>,
    ) -> Result<Finished<Words>, Error> {
        let parameters = (origin, ANALYSE.version);
        let source = &listened.fingerprint;
        self.step(source, TRANSCRIBE, &parameters, cancel, |_| true, work)
    }

    fn words_of_model(
        &self,
        listened: &Listened,
        model: &SpeechModel,
        samples: &Path,
        language: Option<&str>,
        cancel: &Cancel,
        progress: &Progress,
    ) -> Result<Finished<Words>, Error> {
        let file = crate::fingerprint(&model.path)?;
        let origin = Origin::Model {
            id: &model.id,
            file,
            language,
        };
        self.transcribe(listened, &origin, cancel, || {
            let request = Request::Transcribe {
                model: model.path.clone(),
                model_id: model.id.clone(),
                samples: samples.to_owned(),
                language: language.map(str::to_owned),
                speech: listened.analysis.speech.clone(),
            };
            let transcript: Transcript = self.worker().call(&request, cancel, progress)?;
            let sounds = story::sounds::sounds_in_words(&transcript);
            Ok(Words {
                transcript: spoken(transcript),
                sounds,
                notes: Vec::new(),
            })
        })
    }

    fn words_of_subtitles(
        &self,
        listened: &Listened,
        subtitles: &SubtitleFile,
        language: Option<&str>,
        cancel: &Cancel,
    ) -> Result<Finished<Words>, Error> {
        let origin = Origin::Subtitles {
            name: subtitles.name.clone(),
            digest: subtitles.digest.clone(),
            language,
        };
        self.transcribe(listened, &origin, cancel, || {
            let origin = TranscriptOrigin::Sidecar {
                name: subtitles.name.clone(),
            };
            let language = language.or(subtitles.language.as_deref());
            let mut words = heard(&subtitles.cues, &listened.analysis, origin, language);
            words.notes.extend(dropped_note(subtitles));
            Ok(words)
        })
    }

    fn words_of_text_stream(
        &self,
        listened: &Listened,
        language: Option<&str>,
        cancel: &Cancel,
    ) -> Result<Finished<Words>, Error> {
        let origin = Origin::Embedded { language };
        self.transcribe(listened, &origin, cancel, || {
            let texts = listened.analysis.streams.all.iter();
            let readable = footage::streams::StreamKind::Text { readable: true };
            if !texts.clone().any(|stream| stream.kind == readable) {
                return Ok(Words::default());
            }
            let request = Request::TextStream {
                path: listened.path.clone(),
            };
            let texts: Vec<(SourceRange, String)> =
                self.worker().call(&request, cancel, &Progress::silent())?;
            let cues: Vec<Cue> = texts
                .into_iter()
                .map(|(range, text)| Cue {
                    range,
                    text,
                    pieces: Vec::new(),
                })
                .collect();
            Ok(heard(
                &cues,
                &listened.analysis,
                TranscriptOrigin::Embedded,
                language,
            ))
        })
    }
}

fn heard(
    cues: &[Cue],
    analysis: &Analysis,
    origin: TranscriptOrigin,
    language: Option<&str>,
) -> Words {
    let heard = transcript_from_cues(cues, &analysis.speech, origin, language);
    Words {
        transcript: spoken(heard.transcript),
        sounds: heard.sounds,
        notes: Vec::new(),
    }
}

/// Returns the transcript when it has words.
fn spoken(transcript: Transcript) -> Option<Transcript> {
    (!transcript.words.is_empty()).then_some(transcript)
}

/// A subtitle file as read.
pub(super) struct SubtitleFile {
    name: String,
    pub(super) digest: String,
    cues: Vec<Cue>,
    language: Option<String>,
    dropped: Vec<Dropped>,
}

pub(super) fn read_subtitles(path: &Path) -> Result<SubtitleFile, Error> {
    let bad = |detail: String| {
        ApiError::new(
            ErrorCode::BadSubtitles,
            format!("{} cannot be used: {detail}", path.display()),
        )
        .hint("name an .srt or .vtt file, or use `--captions off`")
    };
    let bytes = read_small(path).map_err(|error| bad(error.to_string()))?;
    let told = |error: SubtitleError| bad(error.to_string());
    let subtitles = parse(&decode_text(&bytes).map_err(told)?).map_err(told)?;
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let digest = blake3::hash(&bytes).to_hex().to_string();
    let language = subtitles.language.or_else(|| language_in(&name));
    Ok(SubtitleFile {
        name,
        digest,
        cues: subtitles.cues,
        language,
        dropped: subtitles.dropped,
    })
}

/// Reads a file that is no longer than subtitles are: a video named by mistake must not fill the
/// memory, nor a pipe wait for ever.
fn read_small(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::{Error, ErrorKind, Read};
    if !std::fs::metadata(path)?.is_file() {
        return Err(Error::new(ErrorKind::InvalidInput, "it is not a file"));
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path)?;
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        let message = format!("it is longer than {} MiB", MOST_BYTES >> 20);
        return Err(Error::new(ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}

/// A subtitle file beside a source.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Sidecar {
    path: PathBuf,
    /// The code of the language that its name tells.
    language: Option<String>,
}

/// Returns the subtitle files beside a source, those in the wanted language first, then those that
/// name none: `talk.srt`, `talk.vtt`, then `talk.fr.srt`, `talk.eng.sdh.srt` and the like in order of
/// their names.
fn sidecars(source: &Path, wanted: Option<&str>) -> Vec<Sidecar> {
    let (Some(folder), Some(stem)) = (source.parent(), source.file_stem()) else {
        return Vec::new();
    };
    let stem = stem.to_string_lossy();
    let Ok(list) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let wanted = wanted.and_then(language_code);
    let mut found: Vec<(u8, usize, String, Sidecar)> = list
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let rest = name
                .strip_prefix(&*stem)?
                .strip_prefix('.')?
                .to_ascii_lowercase();
            let (middle, extension) = rest.rsplit_once('.').unwrap_or(("", &rest));
            let language = match tag(middle)? {
                Tag::Plain => None,
                Tag::Language(code) => Some(code),
            };
            let rank = match &language {
                Some(_) if language == wanted => 0,
                None => 1,
                Some(_) => 2,
            };
            let path = entry.path();
            (matches!(extension, "srt" | "vtt") && path.is_file())
                .then(|| (rank, middle.len(), rest.clone(), Sidecar { path, language }))
        })
        .collect();
    found.sort();
    found.into_iter().map(|(.., sidecar)| sidecar).collect()
}

/// What stands between a source's name and the extension of its subtitles.
enum Tag {
    /// Nothing that tells a language.
    Plain,
    /// Its code.
    Language(String),
}

/// Returns what a tag tells; `None` when it holds something else than a language and notes such as
/// `sdh`.
fn tag(middle: &str) -> Option<Tag> {
    const NOTES: [&str; 4] = ["sdh", "cc", "hi", "forced"];
    let mut found = Tag::Plain;
    let parts = middle.split('.').filter(|part| !part.is_empty());
    for part in parts.filter(|part| !NOTES.contains(part)) {
        found = Tag::Language(language_code(part)?);
    }
    Some(found)
}

fn language_in(name: &str) -> Option<String> {
    let (stem, _) = name.rsplit_once('.')?;
    stem.rsplit('.').find_map(language_code)
}

/// Returns the two letters of `fr`, `fre`, `fr-CA`, `pt_BR`; `None` for anything else.
fn language_code(text: &str) -> Option<String> {
    let code = text.split(['-', '_']).next()?.to_ascii_lowercase();
    // Three letters may be any word: only those of a language that is known here count.
    if let Some(known) = Language::from_code(&code).code() {
        return Some(known.to_owned());
    }
    let letters = code.len() == 2 && code.chars().all(|letter| letter.is_ascii_alphabetic());
    letters.then_some(code)
}

/// Returns what is to be told of cues that were left out.
fn dropped_note(subtitles: &SubtitleFile) -> Option<ReasonDocument> {
    let first = subtitles.dropped.first()?;
    let count = subtitles.dropped.len();
    let name = &subtitles.name;
    Some(ReasonDocument {
        code: "subtitle_cues_dropped".to_owned(),
        text: format!(
            "{count} cues of {name} cannot be used, the first at line {}: {}",
            first.line, first.reason
        ),
        values: [
            ("file".to_owned(), name.as_str().into()),
            ("count".to_owned(), count.into()),
            ("line".to_owned(), first.line.into()),
        ]
        .into(),
    })
}

fn unreadable_note(path: &Path, error: &Error) -> ReasonDocument {
    let file = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    ReasonDocument {
        code: "subtitles_unreadable".to_owned(),
        text: error.to_api().message,
        values: [("file".to_owned(), serde_json::Value::String(file))].into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sidecars_are_found_in_the_wanted_language_then_plain_then_tagged() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "été 1.mp4",
            "été 1.fr-CA.srt",
            "été 1.eng.sdh.srt",
            "été 1.de.srt",
            "été 1.vtt",
            "été 1.notes.srt",
            "été 12.srt",
        ] {
            std::fs::write(folder.path().join(name), b"").unwrap();
        }
        let names = |wanted: Option<&str>| -> Vec<String> {
            let found = sidecars(&folder.path().join("été 1.mp4"), wanted);
            let name = |sidecar: &Sidecar| sidecar.path.file_name().unwrap().to_owned();
            let names = found
                .iter()
                .map(|sidecar| name(sidecar).into_string().unwrap());
            names.collect()
        };
        let (plain, french, english, german) = (
            "été 1.vtt",
            "été 1.fr-CA.srt",
            "été 1.eng.sdh.srt",
            "été 1.de.srt",
        );
        assert_eq!(names(None), [plain, german, french, english]);
        assert_eq!(names(Some("fr")), [french, plain, german, english]);
        assert_eq!(names(Some("en")), [english, plain, german, french]);
        assert_eq!(names(Some("es")), [plain, german, french, english]);
        assert_eq!(language_in("été 1.fr-CA.srt").as_deref(), Some("fr"));
        assert_eq!(language_in("été 1.eng.sdh.srt").as_deref(), Some("en"));
        assert_eq!(language_in("été 1.srt"), None);
    }

    #[test]
    fn only_files_as_small_as_subtitles_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("film.srt");
        std::fs::File::create(&path)
            .unwrap()
            .set_len(MOST_BYTES + 1)
            .unwrap();
        for bad in [path.as_path(), folder.path()] {
            let error = read_subtitles(bad).err().unwrap().to_api();
            assert_eq!(error.code, ErrorCode::BadSubtitles, "{}", error.message);
        }
    }
}
