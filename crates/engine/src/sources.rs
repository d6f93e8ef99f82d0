//! Looking at one source: probe and analysis as durable steps, and their documents.

use std::path::{Path, PathBuf};

use footage::streams::{Stream, StreamKind};
use footage::time::Ticks;
use footage::{Analysis, Fingerprint};
use media::{Probe, StreamChoice};
use protocol::documents::{
    AnalysisDocument, FaceDocument, FacesDocument, LoudnessDocument, MotionDocument, ProbeDocument,
    ShotDocument, StreamDocument, VERSION, VideoDocument,
};
use protocol::error::{ApiError, ErrorCode};
use task::{Cancel, Progress};

use crate::reels::document::range_document;
use crate::steps::{Finished, StepName};
use crate::worker::{AnalysisFiles, Request, Weight};
use crate::{Engine, Error};

const PROBE: StepName = StepName {
    name: "probe",
    version: 2,
};
pub(crate) const ANALYSE: StepName = StepName {
    name: "analyse",
    version: 3,
};

/// A source longer than this between key frames is slow to seek in.
const LONG_GOP: Ticks = Ticks(2 * Ticks::SECOND.0);

/// Which streams to use; `None` leaves it to the rule.
pub type Streams = StreamChoice;

/// A source that was identified and probed.
#[derive(Debug, Clone)]
pub struct Looked {
    /// Its absolute path.
    pub(crate) path: PathBuf,
    /// Its path as it was named, links and all, made absolute.
    pub(crate) named: PathBuf,
    /// Its identity.
    pub(crate) fingerprint: Fingerprint,
    /// What it holds.
    pub(crate) probe: Probe,
}

/// A source that was analysed.
#[derive(Debug, Clone)]
pub struct Listened {
    /// Its absolute path.
    pub(crate) path: PathBuf,
    /// Its path as it was named, links and all, made absolute.
    pub(crate) named: PathBuf,
    /// Its identity.
    pub(crate) fingerprint: Fingerprint,
    /// What it holds.
    pub(crate) probe: Probe,
    /// What was measured.
    pub(crate) analysis: Analysis,
    /// Files made on the way.
    pub(crate) files: AnalysisFiles,
}

impl Engine {
    /// Returns what the file at `path` holds.
    pub fn look(
        &self,
        path: &Path,
        choice: StreamChoice,
        cancel: &Cancel,
    ) -> Result<Finished<Looked>, Error> {
        let named = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let file = self.identify(path)?;
        let path = file.path.clone();
        let found = self.step(
            &file.fingerprint,
            PROBE,
            &choice,
            cancel,
            |_| true,
            || {
                let request = Request::Probe {
                    path: path.clone(),
                    choice,
                };
                self.worker()
                    .call::<Probe>(&request, cancel, &Progress::silent())
            },
        )?;
        self.note_source(&file, Some(found.result.duration.0))?;
        let looked = Looked {
            path,
            named,
            fingerprint: file.fingerprint,
            probe: found.result,
        };
        Ok(Finished {
            result: looked,
            seconds: found.seconds,
            reused: found.reused,
        })
    }

    /// Returns what an earlier pass over a source found, if there was one.
    pub(crate) fn heard(&self, looked: &Looked) -> Result<Option<Analysis>, Error> {
        self.known(&looked.fingerprint, ANALYSE, &looked.probe)
    }

    /// Returns what one pass over a source finds.
    pub fn listen(
        &self,
        looked: Looked,
        cancel: &Cancel,
        progress: &Progress,
    ) -> Result<Finished<Listened>, Error> {
        let Looked {
            path,
            named,
            fingerprint,
            probe,
        } = looked;
        // Another choice of streams is another analysis: its files must not replace these.
        let choice = blake3::hash(&serde_json::to_vec(&probe)?).to_hex();
        let choice = choice.get(..16).unwrap_or_default();
        let folder = self.paths().cache(&fingerprint).join(choice);
        let files = AnalysisFiles::in_folder(&folder, &probe, weight(&probe));
        let wanted = files.clone();
        let stands = move |analysis: &Analysis| wanted.exist_for(analysis);
        let found = self.step(&fingerprint, ANALYSE, &probe, cancel, stands, || {
            std::fs::create_dir_all(&folder).map_err(|error| {
                ApiError::new(
                    ErrorCode::Unwritable,
                    format!("{}: {error}", folder.display()),
                )
                .hint("check the folder in CREALIA_HOME and its permissions")
            })?;
            let request = Request::Analyse {
                path: path.clone(),
                probe: probe.clone(),
                files: files.clone(),
            };
            let analysis = self.worker().call::<Analysis>(&request, cancel, progress)?;
            self.unchanged(&path, &fingerprint)?;
            Ok(analysis)
        })?;
        let listened = Listened {
            path: path.clone(),
            named: named.clone(),
            fingerprint: fingerprint.clone(),
            probe: probe.clone(),
            analysis: found.result,
            files: files.clone(),
        };
        Ok(Finished {
            result: listened,
            seconds: found.seconds,
            reused: found.reused,
        })
    }
}

impl Looked {
    /// Returns the document of `crealia probe`; `source` is the file as it was named.
    pub fn document(&self, source: &str) -> ProbeDocument {
        ProbeDocument {
            version: VERSION,
            source: source.to_owned(),
            fingerprint: self.fingerprint.0.clone(),
            container: self.probe.streams.container.clone(),
            duration: self.probe.duration.into(),
            video: video(&self.probe.streams),
            streams: streams(&self.probe.streams),
        }
    }
}

impl Listened {
    /// Returns the document of `crealia analyse`; `source` is the file as it was named.
    pub fn document(&self, source: &str) -> AnalysisDocument {
        let analysis = &self.analysis;
        let faces = analysis.faces.iter().map(|sample| FacesDocument {
            t: sample.time.into(),
            boxes: sample.boxes.iter().map(face).collect(),
        });
        let shots = analysis.shots.iter().map(|shot| ShotDocument {
            start: shot.range.start.into(),
            end: shot.range.end.into(),
            transition_in: shot.transition_in,
        });
        AnalysisDocument {
            version: VERSION,
            source: source.to_owned(),
            streams: streams(&analysis.streams),
            duration: analysis.duration.into(),
            video: video(&analysis.streams),
            loudness: LoudnessDocument {
                integrated_lufs: analysis.loudness.integrated_lufs,
                true_peak_dbtp: analysis.loudness.true_peak_dbtp,
            },
            silences: analysis
                .silences
                .iter()
                .map(|range| range_document(*range))
                .collect(),
            speech: analysis
                .speech
                .iter()
                .map(|range| range_document(*range))
                .collect(),
            shots: shots.collect(),
            faces: faces.collect(),
            motion: MotionDocument {
                step: analysis.motion.step.into(),
                values: analysis
                    .motion
                    .values
                    .iter()
                    .map(|value| f64::from(*value))
                    .collect(),
            },
        }
    }
}

/// Returns whether a source needs a proxy to be edited smoothly (see *Heavy source* in the
/// product's terms).
fn weight(probe: &Probe) -> Weight {
    let Some((stream, video)) = probe.streams.chosen_video() else {
        return Weight::Light;
    };
    let large = u64::from(video.coded_width) * u64::from(video.coded_height) > 1920 * 1088;
    let fast = video.rate.is_some_and(|rate| rate.fps() > 60.5);
    let deep = video.depth > 8
        || video
            .chroma
            .as_deref()
            .is_some_and(|chroma| chroma == "4:2:2");
    let slow_codec =
        ["video/x-h265", "video/x-av1", "video/x-vp9"].contains(&stream.codec.as_str());
    let sparse = video.gop.is_some_and(|gop| gop > LONG_GOP);
    if large || fast || deep || slow_codec || sparse {
        Weight::Heavy
    } else {
        Weight::Light
    }
}

fn video(streams: &footage::streams::Streams) -> Option<VideoDocument> {
    let (_, video) = streams.chosen_video()?;
    Some(VideoDocument {
        width: video.width,
        height: video.height,
        fps: video.rate.map(footage::time::FrameRate::fps),
        vfr: video.vfr,
        rotation: video.rotation,
    })
}

fn streams(streams: &footage::streams::Streams) -> Vec<StreamDocument> {
    streams
        .all
        .iter()
        .enumerate()
        .map(|(position, stream)| {
            let chosen = [streams.video, streams.audio].contains(&Some(position));
            stream_document(stream, chosen)
        })
        .collect()
}

#[expect(clippy::fn_params_excessive_bools, reason = "one flag of the document")]
fn stream_document(stream: &Stream, chosen: bool) -> StreamDocument {
    let mut document = StreamDocument {
        kind: String::new(),
        index: stream.index,
        codec: stream.codec_name.clone(),
        language: stream.language.clone(),
        chosen,
        width: None,
        height: None,
        fps: None,
        sample_rate: None,
        channels: None,
    };
    let kind = match &stream.kind {
        StreamKind::Video(video) => {
            document.width = Some(video.width);
            document.height = Some(video.height);
            document.fps = video.rate.map(footage::time::FrameRate::fps);
            "video"
        }
        StreamKind::Audio(audio) => {
            document.sample_rate = Some(audio.sample_rate);
            document.channels = Some(audio.channels);
            "audio"
        }
        StreamKind::Text { .. } => "text",
        StreamKind::Other => "other",
    };
    kind.clone_into(&mut document.kind);
    document
}

fn face(face: &footage::picture::FaceBox) -> FaceDocument {
    FaceDocument {
        x: face.pixels.x,
        y: face.pixels.y,
        w: face.pixels.w,
        h: face.pixels.h,
        score: f64::from(face.score),
        track: face.track.0,
    }
}
