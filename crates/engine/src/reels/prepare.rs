//! Everything before the first frame is rendered: from a file to sequences in a project.

use std::path::Path;

use footage::Analysis;
use footage::words::Transcript;
use protocol::documents::{ReasonDocument, StepDocument};
use protocol::error::{ApiError, ErrorCode};
use protocol::progress::Step;
use story::candidates::{Request, Suggestions, Wish, WishMethod};
use story::sentences::language_of;
use story::text::Language;
use task::{Cancel, Progress};

use super::compose::{Composed, Material};
use super::found::Found;
use super::journey::{self, Journey};
use super::words::Words;
use super::{CaptionSource, ReelsOptions, document};
use crate::sources::{Listened, Looked};
use crate::steps::{Finished, StepName};
use crate::worker::Request as WorkerRequest;
use crate::{Engine, Error, presets};

const SUGGEST: StepName = StepName {
    name: "suggest",
    version: 3,
};

/// Raised whenever the same candidates would give another project.
const COMPOSE_VERSION: u32 = 4;

/// A source with its candidates as sequences of a project.
pub(crate) struct Prepared {
    /// The source.
    pub(crate) listened: Listened,
    /// Its words.
    pub(crate) words: Words,
    /// Why there are these reels.
    pub(crate) suggestions: Suggestions,
    /// The project.
    pub(crate) composed: Composed,
    /// The steps so far.
    pub(crate) steps: Vec<StepDocument>,
}

impl Prepared {
    /// Returns what the user should know about the whole.
    pub(crate) fn notes(&self) -> Vec<ReasonDocument> {
        all_notes(
            &self.listened.analysis,
            &self.words.notes,
            &self.suggestions.notes,
        )
    }
}

/// A source of which is known what it holds, and which moments could become reels.
pub(crate) struct Examined {
    /// The source.
    pub(crate) listened: Listened,
    /// Its words.
    pub(crate) words: Words,
    /// Why there are these reels.
    pub(crate) suggestions: Suggestions,
    /// The steps so far.
    pub(crate) steps: Vec<StepDocument>,
}

impl Examined {
    /// Returns what reels are made from.
    pub(crate) fn material<'a>(
        &'a self,
        options: &ReelsOptions,
        preset: &'a presets::Preset,
    ) -> Material<'a> {
        let analysis = &self.listened.analysis;
        let video = analysis.streams.chosen_video();
        Material {
            path: &self.listened.path,
            fingerprint: &self.listened.fingerprint,
            analysis,
            transcript: self.words.transcript.as_ref(),
            format: options.format(video.and_then(|(_, video)| video.rate)),
            preset: Some(preset).filter(|_| options.captions != CaptionSource::Off),
            lengths: (options.min, options.max),
            untitled: "Reel",
        }
    }

    /// Returns what the user should know about the whole.
    pub(crate) fn notes(&self) -> Vec<ReasonDocument> {
        all_notes(
            &self.listened.analysis,
            &self.words.notes,
            &self.suggestions.notes,
        )
    }
}

impl Engine {
    /// Returns the suggested reels of a file as sequences of a project, going on where an earlier
    /// run ended. `digest` names the options.
    pub(crate) fn prepare(
        &self,
        input: &Path,
        options: &ReelsOptions,
        preset: &presets::Preset,
        digest: &str,
        cancel: &Cancel,
        journey: &Journey,
    ) -> Result<Prepared, Error> {
        let examined = self.examine(input, options, cancel, journey)?;
        journey.begin(Step::Compose, 1);
        let material = examined.material(options, preset);
        let candidates = &examined.suggestions.candidates;
        let key = project_key(&material, candidates, digest)?;
        let compose = || self.compose(&key, &material, candidates);
        let (composed, composing) = journey::timed(compose)?;
        let found = Found::of(&examined, options, self.paths())?;
        self.note_found(
            &composed,
            candidates,
            &found,
            &examined.listened.fingerprint,
        )?;
        let mut steps = examined.steps;
        steps.push(StepDocument {
            name: Step::Compose.name().to_owned(),
            seconds: composing.seconds(),
            reused: composed.reused,
        });
        Ok(Prepared {
            listened: examined.listened,
            words: examined.words,
            suggestions: examined.suggestions,
            composed,
            steps,
        })
    }

    /// Looks, listens, writes down the words and suggests, going on where an earlier run ended.
    pub(crate) fn examine(
        &self,
        input: &Path,
        options: &ReelsOptions,
        cancel: &Cancel,
        journey: &Journey,
    ) -> Result<Examined, Error> {
        journey.begin(Step::Probe, 1);
        let looked = self.look(input, crate::Streams::default(), cancel)?;
        if looked.result.probe.streams.video.is_none() {
            return Err(media::Error::NoVideo.into());
        }
        self.examined(looked, options, cancel, journey)
    }

    /// Examines a source for a library: like [`Engine::examine`], but sound alone comes in, too,
    /// without suggestions. Words are looked for in it only where somebody speaks.
    pub(crate) fn bring_in(
        &self,
        input: &Path,
        options: &ReelsOptions,
        cancel: &Cancel,
        journey: &Journey,
    ) -> Result<Examined, Error> {
        journey.begin(Step::Probe, 1);
        let looked = self.look(input, crate::Streams::default(), cancel)?;
        self.examined(looked, options, cancel, journey)
    }

    /// Listens to a source and writes down its words; suggests what can be made of it where there are
    /// pictures.
    fn examined(
        &self,
        looked: Finished<Looked>,
        options: &ReelsOptions,
        cancel: &Cancel,
        journey: &Journey,
    ) -> Result<Examined, Error> {
        let mut steps = vec![step_document(Step::Probe, &looked)];
        let looked = looked.result;
        let has_picture = looked.probe.streams.video.is_some();
        journey.expect(looked.probe.duration, options);

        journey.begin(Step::Analyse, 1);
        let listened = self.listen(looked, cancel, &journey.progress(Step::Analyse, 1))?;
        steps.push(step_document(Step::Analyse, &listened));
        let listened = listened.result;

        let mut words = Words::default();
        // A song of which nothing is spoken would keep the speech model busy for minutes.
        if has_picture || !listened.analysis.speech.is_empty() {
            journey.begin(Step::Transcribe, 1);
            let progress = journey.progress(Step::Transcribe, 1);
            let found = self.words(&listened, options, cancel, &progress)?;
            steps.push(step_document(Step::Transcribe, &found));
            words = found.result;
        }
        if let Some(transcript) = &words.transcript {
            let json = serde_json::to_string(transcript)?;
            let revision = &transcript.revision.0;
            self.library()
                .store_transcript(&listened.fingerprint.0, revision, &json)?;
        }
        let mut suggestions = Suggestions::default();
        if has_picture {
            journey.begin(Step::Suggest, 1);
            let suggested = self.suggest(&listened, &words, options, cancel)?;
            steps.push(step_document(Step::Suggest, &suggested));
            suggestions = suggested.result;
            if suggestions.candidates.is_empty() {
                let message = "nothing in this source can be made into a reel".to_owned();
                return Err(ApiError::new(ErrorCode::CorruptMedia, message)
                    .hint("it may be too short: try a smaller --min")
                    .into());
            }
        }
        Ok(Examined {
            listened,
            words,
            suggestions,
            steps,
        })
    }

    fn suggest(
        &self,
        listened: &Listened,
        words: &Words,
        options: &ReelsOptions,
        cancel: &Cancel,
    ) -> Result<Finished<Suggestions>, Error> {
        let embedding = options.wish.as_ref().and_then(|_| self.embedding_model());
        let transcript = words.transcript.as_ref();
        let count = options.count.of(listened.analysis.duration);
        let parameters = (
            transcript.map(|transcript| &transcript.revision),
            (count, options.min, options.max, &options.wish),
            &embedding,
            &words.sounds,
            crate::sources::ANALYSE.version,
        );
        self.step(
            &listened.fingerprint,
            SUGGEST,
            &parameters,
            cancel,
            |_| true,
            || {
                let wish =
                    self.wish(listened, transcript, options, embedding.as_deref(), cancel)?;
                let request = Request {
                    count,
                    min: options.min,
                    max: options.max,
                    wish,
                    sounds: words.sounds.clone(),
                };
                Ok(story::candidates::suggest(
                    &listened.analysis,
                    transcript,
                    &request,
                ))
            },
        )
    }

    fn wish(
        &self,
        listened: &Listened,
        transcript: Option<&Transcript>,
        options: &ReelsOptions,
        embedding: Option<&Path>,
        cancel: &Cancel,
    ) -> Result<Option<Wish>, Error> {
        let Some(text) = options.wish.clone() else {
            return Ok(None);
        };
        let sentences = transcript
            .map(|transcript| story::sentences::sentences(transcript, &listened.analysis))
            .unwrap_or_default();
        let Some(model) = embedding.filter(|_| !sentences.is_empty()) else {
            let language = transcript.map_or(Language::Other, language_of);
            let relevance = story::wish::by_words_in(language, &text, &sentences);
            return Ok(Some(Wish {
                text,
                method: WishMethod::Words,
                relevance,
            }));
        };
        let mut texts = vec![text.clone()];
        texts.extend(sentences.iter().map(|sentence| sentence.text.clone()));
        let request = WorkerRequest::Embed {
            model: model.to_owned(),
            texts,
        };
        let mut vectors: Vec<Vec<f32>> =
            self.worker().call(&request, cancel, &Progress::silent())?;
        let wished = if vectors.is_empty() {
            Vec::new()
        } else {
            vectors.remove(0)
        };
        let relevance = story::wish::by_embeddings(&wished, &vectors);
        Ok(Some(Wish {
            text,
            method: WishMethod::Embeddings,
            relevance,
        }))
    }
}

/// A project is made again when anything that it is made from differs.
fn project_key(
    material: &Material<'_>,
    candidates: &[story::candidates::Candidate],
    digest: &str,
) -> Result<String, Error> {
    let revision = material.transcript.map(|transcript| &transcript.revision);
    let made_from = (
        COMPOSE_VERSION,
        candidates,
        revision,
        material.format,
        digest,
    );
    let made_from = serde_json::to_vec(&made_from)?;
    Ok(format!(
        "{}/{}",
        material.fingerprint.0,
        blake3::hash(&made_from).to_hex()
    ))
}

fn step_document<T>(step: Step, finished: &Finished<T>) -> StepDocument {
    StepDocument {
        name: step.name().to_owned(),
        seconds: finished.seconds,
        reused: finished.reused,
    }
}

fn all_notes(
    analysis: &Analysis,
    words: &[ReasonDocument],
    suggestions: &[story::candidates::Reason],
) -> Vec<ReasonDocument> {
    let damage = analysis.damage.iter().map(|detail| ReasonDocument {
        code: "source_damaged".to_owned(),
        text: format!("the file is damaged and was used up to the damage: {detail}"),
        values: std::collections::BTreeMap::new(),
    });
    let words = words.iter().cloned();
    damage
        .chain(words)
        .chain(suggestions.iter().map(document::reason))
        .collect()
}
