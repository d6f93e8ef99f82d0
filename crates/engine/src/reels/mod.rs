//! The main job: a long video in, finished reels out.
//!
//! Map: [`ReelsOptions`] what a user may say · `words` where words come from · `compose` candidates
//! to sequences · `prepare` both in order · `captions` cards and where they stand · `finish` sequences
//! to files · `found` what is kept of them for the window · `folder` names that appear whole · `document` `reels.json` · `journey` progress, ETA.

pub(crate) mod captions;
pub(crate) mod compose;
pub(crate) mod document;
pub(crate) mod finish;
mod folder;
pub(crate) mod found;
pub(crate) mod journey;
mod options;
pub(crate) mod prepare;
mod words;

use std::path::PathBuf;
use std::sync::Arc;

use footage::words::{Transcript, TranscriptOrigin};
use protocol::Seconds;
use protocol::documents::{ReelsDocument, StepDocument, TranscriptDocument, VERSION};
use protocol::progress::{ProgressEvent, Step};
use store::jobs::JobState;
use task::Cancel;

use crate::clock::now_millis;
use crate::identity::Identified;
use crate::{Engine, Error, presets};
use journey::Journey;

pub use finish::{RenderedSequence, SequenceOrder};
pub use folder::{DOCUMENT, Existing, write_whole};
pub use media::EncoderChoice;
pub use media::encode::VIDEO_ENCODERS;
pub use options::{Aspect, CaptionSource, Count, ReelsOptions};

/// Hears how far a job is.
pub type Listener = Arc<dyn Fn(&ProgressEvent) + Send + Sync>;

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
        let Identified {
            path, fingerprint, ..
        } = self.identify(&order.input)?;
        // What is wrong with an option is told before minutes of work.
        let digest = order.options.digest()?;
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
        let prepared = self.prepare(&order.input, options, preset, digest, cancel, journey)?;
        let style = (options.captions != CaptionSource::Off).then_some(&preset.caption);
        let candidates = &prepared.suggestions.candidates;
        let listened = &prepared.listened;

        // What a killed run left.
        folder::sweep_unfinished(&taken.path)?;
        let rendering = journey::Stopwatch::start();
        let mut reels = Vec::new();
        let mut all_reused = true;
        for (index, candidate) in candidates.iter().enumerate() {
            let number = index + 1;
            journey.item(Step::Render, number, candidates.len());
            let progress = journey.progress(Step::Render, number);
            let made = self.finish_reel(
                &finish::Reel {
                    listened,
                    composed: &prepared.composed,
                    candidate,
                    index,
                    transcript: prepared.words.transcript.as_ref(),
                    style,
                    encoder: &options.encoder,
                    taken,
                },
                cancel,
                &progress,
            )?;
            all_reused &= made.reused;
            reels.push(made.result);
        }
        let mut steps = prepared.steps.clone();
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
            project: prepared.composed.id,
            transcript: prepared.words.transcript.as_ref().map(transcript_document),
            notes: prepared.notes(),
            reels,
            steps,
        };
        let mut json = serde_json::to_vec_pretty(&document)?;
        json.push(b'\n');
        self.begin_replacing(taken)?;
        taken.sweep(&document)?;
        write_whole(&taken.path.join(DOCUMENT), &json)?;
        journey.done();
        Ok(document)
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
