//! What a worker does for each request.

use std::path::{Path, PathBuf};

use ai::faces::{Continuity, FaceScanner, GrayImage};
use ai::voice::VoiceActivity;
use footage::Analysis;
use footage::picture::{FaceSample, PixelBox};
use footage::time::SourceTime;
use media::{AnalyseRequest, FacePicture, Observer, Outputs, Probe, ShotStart};
use protocol::error::{ApiError, ErrorCode};
use serde::{Deserialize, Serialize};
use story::tracking::{ShotMark, Tracker, without_flicker};
use task::{Cancel, Progress};

use super::Request;
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
    let mut witness = Witness {
        faces: FaceScanner::new()?,
        tracker: Tracker::new(picture),
        voice: VoiceActivity::new(),
        samples: Vec::new(),
        failure: None,
        cancel: cancel.clone(),
    };
    let outputs = Outputs {
        thumbnail: files.thumbnail.clone(),
        filmstrip: files.filmstrip.clone(),
        speech_pcm: files.speech.clone(),
        proxy: files.proxy.clone(),
    };
    let request = AnalyseRequest {
        outputs,
        ..AnalyseRequest::new(probe.clone())
    };
    let measured = media::analyse(path, &request, &mut witness, cancel, progress);
    if let Some(failure) = witness.failure {
        return Err(failure);
    }
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
        faces: without_flicker(witness.samples, &measured.shots),
        speech: witness.voice.finish(),
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

/// Sees the faces and hears the voices while the file is decoded once.
struct Witness {
    faces: FaceScanner,
    tracker: Tracker,
    voice: VoiceActivity,
    samples: Vec<FaceSample>,
    failure: Option<Error>,
    cancel: Cancel,
}

impl Witness {
    fn look(&mut self, frame: &FacePicture) -> Result<FaceSample, Error> {
        let image = GrayImage::new(frame.width, frame.height, &frame.gray)?;
        let (continuity, mark) = match frame.shot {
            ShotStart::Starts => (Continuity::ShotStart, ShotMark::Starts),
            ShotStart::Continues => (Continuity::SameShot, ShotMark::Continues),
        };
        let found = self.faces.look(frame.time, continuity, image, 1.0)?;
        let (across, down) = frame.scale;
        let faces = found.into_iter().map(|face| {
            let PixelBox { x, y, w, h } = face.pixels;
            (
                PixelBox {
                    x: x * across,
                    y: y * down,
                    w: w * across,
                    h: h * down,
                },
                face.score,
            )
        });
        Ok(self.tracker.push(frame.time, mark, faces.collect()))
    }
}

impl Observer for Witness {
    fn picture(&mut self, frame: FacePicture) {
        if self.failure.is_some() {
            return;
        }
        match self.look(&frame) {
            Ok(sample) => self.samples.push(sample),
            Err(error) => {
                self.failure = Some(error);
                // The rest of the pass would be thrown away.
                self.cancel.cancel();
            }
        }
    }

    fn voice(&mut self, samples: &[f32], _start: SourceTime) {
        self.voice.push(samples);
    }
}
