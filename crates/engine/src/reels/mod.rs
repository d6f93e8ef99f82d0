//! The main job: a long video in, finished reels out.
//!
//! Map: [`ReelsOptions`] what a user may say · `words` where words come from · `compose` candidates
//! to sequences · `captions` cards and where they stand · `finish` sequences to files · `folder`
//! names that appear whole · `document` `reels.json` · `journey` progress and ETA.

mod captions;
mod compose;
pub(crate) mod document;
mod finish;
mod folder;
mod journey;
mod options;
mod words;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use footage::Analysis;
use footage::words::{Transcript, TranscriptOrigin};
use protocol::Seconds;
use protocol::documents::{
    ReasonDocument, ReelsDocument, StepDocument, TranscriptDocument, VERSION,
};
use protocol::error::{ApiError, ErrorCode};
use protocol::progress::{ProgressEvent, Step};
use store::jobs::JobState;
use story::candidates::{Request, Suggestions, Wish, WishMethod};
use story::sentences::language_of;
use story::text::Language;
use task::{Cancel, Progress};

use crate::clock::now_millis;
use crate::sources::Listened;
use crate::steps::{Finished, StepName};
use crate::worker::Request as WorkerRequest;
use crate::{Engine, Error, presets};
use compose::Material;
use journey::Journey;
use words::Words;

pub use finish::{RenderedSequence, SequenceOrder};
pub use folder::{DOCUMENT, Existing, write_whole};
pub use media::EncoderChoice;
pub use media::encode::VIDEO_ENCODERS;
pub use options::{Aspect, CaptionSource, ReelsOptions};

/// Hears how far a job is.
pub type Listener = Arc<dyn Fn(&ProgressEvent) + Send + Sync>;

const SUGGEST: StepName = StepName {
    name: "suggest",
    version: 2,
};

/// Raised whenever the same candidates would give another project.
const COMPOSE_VERSION: u32 = 2;

/// What one run of the main job is to do.
#[derive(Debug, Clone)]
pub struct ReelsOrder {
    /// The source.
    pub input: PathBuf,
    /// Where the reels go.
    pub folder: PathBuf,
    /// How they are to be.
    pub options: ReelsOptions,
    /// What happens when the folder holds something else.
    pub existing: Existing,
}

impl Engine {
    /// Makes reels, going on where an earlier run of the same order ended.
    pub fn make_reels(
        &self,
        order: &ReelsOrder,
        cancel: &Cancel,
        listener: &Listener,
    ) -> Result<ReelsDocument, Error> {
        let preset = presets::find(order.options.preset.as_deref())?;
        let (path, fingerprint) = crate::sources::identify(&order.input)?;
        // What is wrong with an option is told before minutes of work.
        let digest = options_digest(order)?;
        self.speech_model(order.options.model.as_deref())?;
        let mut kept = vec![path.as_path()];
        if let CaptionSource::File(subtitles) = &order.options.captions {
            kept.push(subtitles);
        }
        let taken =
            self.take_folder(&order.folder, &kept, &fingerprint, &digest, order.existing)?;
        let folder = &taken.path;
        let title = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let key = format!("reels/{}/{digest}/{}", fingerprint.0, folder.display());
        let job = self
            .library()
            .start_job("reels", &key, &title, self.owner(), now_millis())?;
        let input = order.input.to_string_lossy().into_owned();
        let journey = Journey::new(input, Arc::clone(listener), self.clone(), job);
        let outcome = self.run(order, &preset, &digest, &taken, cancel, &journey);
        if outcome.is_err() {
            // A worker that died could not. The failure itself is the one to tell.
            folder::sweep_unfinished(folder).ok();
        }
        let (state, error) = match &outcome {
            Ok(_) => (JobState::Done, None),
            Err(error) if error.is_cancelled() => (JobState::Cancelled, None),
            Err(error) => (
                JobState::Failed,
                Some(serde_json::to_string(&error.to_api())?),
            ),
        };
        self.library()
            .end_job(job, state, error.as_deref(), now_millis())?;
        outcome
    }

    fn run(
        &self,
        order: &ReelsOrder,
        preset: &presets::Preset,
        digest: &str,
        taken: &folder::Taken,
        cancel: &Cancel,
        journey: &Journey,
    ) -> Result<ReelsDocument, Error> {
        let options = &order.options;
        let mut steps = Vec::new();
        journey.begin(Step::Probe, 1);
        let looked = self.look(&order.input, crate::Streams::default(), cancel)?;
        steps.push(step_document(Step::Probe, &looked));
        if looked.result.probe.streams.video.is_none() {
            return Err(media::Error::NoVideo.into());
        }
        journey.expect(looked.result.probe.duration, options);

        journey.begin(Step::Analyse, 1);
        let listened = self.listen(looked.result, cancel, &journey.progress(Step::Analyse, 1))?;
        steps.push(step_document(Step::Analyse, &listened));
        let listened = listened.result;

        journey.begin(Step::Transcribe, 1);
        let progress = journey.progress(Step::Transcribe, 1);
        let words = self.words(&listened, options, cancel, &progress)?;
        steps.push(step_document(Step::Transcribe, &words));
        let words = words.result;
        if let Some(transcript) = &words.transcript {
            let json = serde_json::to_string(transcript)?;
            let revision = &transcript.revision.0;
            self.library()
                .store_transcript(&listened.fingerprint.0, revision, &json)?;
        }

        journey.begin(Step::Suggest, 1);
        let suggested = self.suggest(&listened, &words, options, cancel)?;
        steps.push(step_document(Step::Suggest, &suggested));
        let Suggestions { candidates, notes } = suggested.result;
        if candidates.is_empty() {
            let message = "nothing in this source can be made into a reel".to_owned();
            return Err(ApiError::new(ErrorCode::CorruptMedia, message)
                .hint("it may be too short: try a smaller --min")
                .into());
        }

        journey.begin(Step::Compose, 1);
        let rate = listened
            .analysis
            .streams
            .chosen_video()
            .and_then(|(_, video)| video.rate);
        let captions = (options.captions != CaptionSource::Off)
            .then_some(words.transcript.as_ref())
            .flatten();
        let material = Material {
            path: &listened.path,
            fingerprint: &listened.fingerprint,
            analysis: &listened.analysis,
            captions,
            format: options.format(rate),
            preset,
            lengths: (options.min, options.max),
        };
        let key = project_key(&material, &candidates, digest)?;
        let (composed, composing) = journey::timed(|| self.compose(&key, &material, &candidates))?;
        steps.push(composing.document(Step::Compose));

        self.clear_for(taken, candidates.len())?;
        let folder = &taken.path;
        let rendering = journey::Stopwatch::start();
        let mut reels = Vec::new();
        let mut all_reused = true;
        for (index, candidate) in candidates.iter().enumerate() {
            let number = index + 1;
            journey.item(Step::Render, number, candidates.len());
            let progress = journey.progress(Step::Render, number);
            let made = self.finish_reel(
                &finish::Reel {
                    listened: &listened,
                    composed: &composed,
                    candidate,
                    index,
                    transcript: captions,
                    style: &preset.caption,
                    encoder: &options.encoder,
                    folder,
                },
                cancel,
                &progress,
            )?;
            all_reused &= made.reused;
            reels.push(made.result);
        }
        steps.push(StepDocument {
            name: Step::Render.name().to_owned(),
            seconds: rendering.seconds(),
            reused: all_reused,
        });

        let document = ReelsDocument {
            version: VERSION,
            source: listened.path.to_string_lossy().into_owned(),
            fingerprint: listened.fingerprint.0.clone(),
            options: digest.to_owned(),
            duration: Seconds::from(listened.analysis.duration),
            project: composed.id,
            transcript: words.transcript.as_ref().map(transcript_document),
            notes: all_notes(&listened.analysis, &words.notes, &notes),
            reels,
            steps,
        };
        let mut json = serde_json::to_vec_pretty(&document)?;
        json.push(b'\n');
        write_whole(&folder.join(DOCUMENT), &json)?;
        journey.done();
        Ok(document)
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
        let parameters = (
            transcript.map(|transcript| &transcript.revision),
            (options.count, options.min, options.max, &options.wish),
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
                    count: options.count,
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

/// Returns the digest of all that decides how reels look, a subtitle file's content included.
fn options_digest(order: &ReelsOrder) -> Result<String, Error> {
    let subtitles = match &order.options.captions {
        CaptionSource::File(path) => Some(words::read_subtitles(path)?.digest),
        CaptionSource::Auto | CaptionSource::Off => None,
    };
    let json = serde_json::to_vec(&(&order.options, subtitles))?;
    Ok(blake3::hash(&json).to_hex().to_string())
}

/// A project is made again when anything that it is made from differs.
fn project_key(
    material: &Material<'_>,
    candidates: &[story::candidates::Candidate],
    digest: &str,
) -> Result<String, Error> {
    let revision = material.captions.map(|transcript| &transcript.revision);
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

fn transcript_document(transcript: &Transcript) -> TranscriptDocument {
    let (origin, name) = match &transcript.origin {
        TranscriptOrigin::Model { id } => ("model", Some(id.clone())),
        TranscriptOrigin::Sidecar { name } => ("sidecar", Some(name.clone())),
        TranscriptOrigin::Embedded => ("embedded", None),
    };
    TranscriptDocument {
        origin: origin.to_owned(),
        name,
        language: transcript.language.clone(),
        words: transcript.words.len(),
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
