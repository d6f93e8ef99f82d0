//! What a worker does for each request.

use std::path::{Path, PathBuf};

use footage::Analysis;
use media::{AnalyseRequest, Outputs, Probe};
use protocol::error::{ApiError, ErrorCode};
use serde::{Deserialize, Serialize};
use story::tracking::without_flicker;
use task::{Cancel, Progress};

use super::Request;
use super::witness::{self, Testimony, Witness};
use crate::Error;
use crate::reels::write_whole;

/// Files that the analysis leaves in the cache.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AnalysisFiles {
    /// A typical frame, when there is a picture.
    pub(crate) thumbnail: Option<PathBuf>,
    /// Frames at even distances in one picture.
    pub(crate) filmstrip: Option<PathBuf>,
    /// How that picture is divided, as JSON.
    pub(crate) filmstrip_grid: Option<PathBuf>,
    /// Peaks for drawing, when there is sound: see [`protocol::studio::picture::Picture`].
    pub(crate) waveform: Option<PathBuf>,
    /// 16 kHz mono signed 16-bit samples, for the speech model, when there is sound.
    pub(crate) speech: Option<PathBuf>,
    /// A light copy, when the source is heavy.
    pub(crate) proxy: Option<PathBuf>,
}

/// Whether a source needs a light copy for editing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// It plays as it is.
    Light,
    /// It needs a proxy.
    Heavy,
}

impl AnalysisFiles {
    /// Returns the files for a source in its cache folder.
    pub(crate) fn in_folder(folder: &Path, probe: &Probe, weight: Weight) -> Self {
        let picture = probe.streams.video.is_some();
        let for_picture = |name: &str| picture.then(|| folder.join(name));
        let sound = probe.streams.audio.is_some();
        let for_sound = |name: &str| sound.then(|| folder.join(name));
        Self {
            thumbnail: for_picture("thumbnail.jpg"),
            filmstrip: for_picture("filmstrip.jpg"),
            filmstrip_grid: for_picture("filmstrip.json"),
            waveform: for_sound("waveform.bin"),
            speech: for_sound("speech.pcm"),
            proxy: for_picture("proxy.mp4").filter(|_| weight == Weight::Heavy),
        }
    }

    /// Returns whether all are there that an analysis leaves; damage leaves no proxy.
    pub(crate) fn exist_for(&self, analysis: &Analysis) -> bool {
        let proxy = self.proxy.as_ref().filter(|_| analysis.damage.is_none());
        let all = [
            self.thumbnail.as_ref(),
            self.filmstrip.as_ref(),
            self.filmstrip_grid.as_ref(),
            self.waveform.as_ref(),
            self.speech.as_ref(),
            proxy,
        ];
        all.into_iter().flatten().all(|path| path.is_file())
    }
}

/// Does what `request` asks for and returns the answer as JSON.
pub(super) fn perform(
    request: Request,
    cancel: &Cancel,
    progress: &Progress,
) -> Result<serde_json::Value, Error> {
    Ok(match request {
        Request::Probe { path, choice } => {
            media::init()?;
            serde_json::to_value(media::probe(&path, &choice)?)?
        }
        Request::Analyse { path, probe, files } => {
            serde_json::to_value(analyse(&path, &probe, &files, cancel, progress)?)?
        }
        Request::TextStream { path } => {
            media::init()?;
            serde_json::to_value(media::read_text_stream(&path)?)?
        }
        Request::Transcribe {
            model,
            model_id,
            samples,
            language,
            speech,
        } => {
            let mut sound = ai::speech::PcmFile::open(&samples)?;
            let options = ai::speech::Options {
                model_id,
                language,
                ..ai::speech::Options::default()
            };
            serde_json::to_value(ai::speech::transcribe_from(
                &model, &mut sound, &options, &speech, cancel, progress,
            )?)?
        }
        Request::Embed { model, texts } => {
            let embedder = ai::meaning::SentenceEmbedder::load(&model)?;
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            serde_json::to_value(embedder.embed(&texts, cancel)?)?
        }
        Request::Render(request) => {
            serde_json::to_value(media::render(&request, cancel, progress)?)?
        }
        Request::Capabilities => {
            media::init()?;
            serde_json::to_value(media::capabilities())?
        }
        Request::Preview | Request::Covers => {
            let message = "what stays is served by commands, not as one piece of work";
            return Err(ApiError::new(ErrorCode::Internal, message).into());
        }
    })
}

fn analyse(
    path: &Path,
    probe: &Probe,
    files: &AnalysisFiles,
    cancel: &Cancel,
    progress: &Progress,
) -> Result<Analysis, Error> {
    media::init()?;
    let picture = probe
        .streams
        .chosen_video()
        .map_or((0, 0), |(_, video)| (video.width, video.height));
    let mut witness = Witness::new(picture, cancel)?;
    let outputs = Outputs {
        thumbnail: files.thumbnail.clone(),
        filmstrip: files.filmstrip.clone(),
        speech_pcm: files.speech.clone(),
        proxy: files.proxy.clone(),
    };
    let request = AnalyseRequest {
        outputs,
        face_size: 2 * ai::faces::USUAL_SIDE,
        faces_per_second: witness::PICTURES_PER_SECOND,
        ..AnalyseRequest::new(probe.clone())
    };
    let measured = media::analyse(path, &request, &mut witness, cancel, progress);
    let Testimony { faces, speech } = witness.testimony()?;
    let measured = measured?;
    if let Some(path) = &files.filmstrip_grid {
        write_whole(path, &serde_json::to_vec(&measured.filmstrip)?)?;
    }
    if let Some(path) = &files.waveform {
        let mut bytes = measured.waveform.rate.to_le_bytes().to_vec();
        bytes.extend_from_slice(&measured.waveform.peaks);
        write_whole(path, &bytes)?;
    }
    Ok(Analysis {
        faces: without_flicker(faces, &measured.shots),
        speech,
        streams: measured.streams,
        duration: measured.duration,
        loudness: measured.loudness,
        loudness_curve: measured.loudness_curve,
        silences: measured.silences,
        shots: measured.shots,
        motion: measured.motion,
        waveform: measured.waveform,
        damage: measured.damage,
    })
}
