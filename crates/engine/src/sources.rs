//! Looking at one source: probe and analysis as durable steps, and their documents.

use std::path::{Path, PathBuf};
use std::time::Duration;

use footage::streams::{Stream, StreamKind, VideoStream};
use footage::time::Ticks;
use footage::{Analysis, Fingerprint};
use media::{Probe, StreamChoice};
use protocol::documents::{
    AnalysisDocument, FaceDocument, FacesDocument, LoudnessDocument, MotionDocument, ProbeDocument,
    ShotDocument, SpeakerDocument, StreamDocument, VERSION, VideoDocument,
};
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
    version: 5,
};

/// A source longer than this between key frames is slow to seek in.
const LONG_GOP: Ticks = Ticks(2 * Ticks::SECOND.0);
/// A source whose groups of pictures take longer to decode is slow to seek in: a picture is there within
/// 200 ms, and the way to the window takes 50 of them.
const SLOW_GROUP: Duration = Duration::from_millis(150);

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
        // A file that is gone by now fails where it is read.
        let bytes = std::fs::metadata(&path).map_or(0, |about| about.len());
        let files = AnalysisFiles::in_folder(&folder, &probe, weight(&probe, bytes));
        let wanted = files.clone();
        let stands = move |analysis: &Analysis| wanted.exist_for(analysis);
        let found = self.step(&fingerprint, ANALYSE, &probe, cancel, stands, || {
            std::fs::create_dir_all(&folder)
                .map_err(|error| media::Error::writing(&folder, &error))?;
            let request = Request::Analyse {
                path: path.clone(),
                probe: probe.clone(),
                files: files.clone(),
            };
            let analysis = self.worker().call(&request, cancel, progress);
            self.undisturbed(&path, &fingerprint, analysis)
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
    /// Returns what was measured.
    pub fn analysis(&self) -> &Analysis {
        &self.analysis
    }

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
            speakers: story::speaking::turns(analysis).iter().map(turn).collect(),
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

/// Returns whether a source of so many bytes needs a proxy to be edited smoothly (see *Heavy source* in
/// the product's terms, and [`group_cost`]).
fn weight(probe: &Probe, bytes: u64) -> Weight {
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
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let slow_group = group_cost(video, bytes, probe.duration, cores) > SLOW_GROUP;
    if large || fast || deep || slow_codec || sparse || slow_group {
        Weight::Heavy
    } else {
        Weight::Light
    }
}

/// Returns about how long a group of pictures takes to decode: what a seek to its end waits for.
///
/// The two constants are a line through 1080p H.264 at 4, 8, 16 and 24 Mbit/s, decoded by `avdec_h264`
/// on two cores of a server (2.7, 3.7, 6.4 and 8.3 ms per picture). More than eight cores help no more:
/// each takes a picture of its own.
fn group_cost(video: &VideoStream, bytes: u64, duration: Ticks, cores: usize) -> Duration {
    const PER_MEGAPIXEL: f64 = 0.63e-3;
    const PER_MEGABIT: f64 = 8.1e-3;
    const MEASURED_CORES: f64 = 2.0;
    let (Some(group), Some(rate)) = (video.gop, video.rate) else {
        return Duration::ZERO;
    };
    let (group, whole) = (group.secs(), duration.secs());
    if whole <= 0.0 {
        return Duration::ZERO;
    }
    let area = f64::from(video.coded_width) * f64::from(video.coded_height);
    let megapixels = area * rate.fps() * group / 1e6;
    let megabits = bytes as f64 * 8.0 * group / whole / 1e6;
    let secs = megapixels * PER_MEGAPIXEL + megabits * PER_MEGABIT;
    let faster = cores.clamp(1, 8) as f64 / MEASURED_CORES;
    Duration::try_from_secs_f64(secs / faster).unwrap_or(Duration::MAX)
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
        mouth: f64::from(face.mouth),
    }
}

fn turn(turn: &story::speaking::Turn) -> SpeakerDocument {
    SpeakerDocument {
        start: turn.range.start.into(),
        end: turn.range.end.into(),
        track: turn.track.0,
    }
}

#[cfg(test)]
mod tests {
    use footage::time::FrameRate;

    use super::*;

    fn video(height: u32, gop: Option<Ticks>) -> VideoStream {
        VideoStream {
            width: height * 16 / 9,
            height,
            coded_width: height * 16 / 9,
            coded_height: height,
            pixel_aspect: (1, 1),
            rate: FrameRate::new(30, 1),
            vfr: false,
            rotation: 0,
            mirrored: false,
            depth: 8,
            hdr: false,
            chroma: None,
            interlaced: false,
            gop,
        }
    }

    #[test]
    fn groups_that_take_long_to_decode_make_a_source_heavy() {
        let check = |height: u32, megabits: f64, gop: f64, cores: usize, is_slow: bool| {
            let video = video(height, Some(Ticks::from_secs(gop)));
            let bytes = (megabits * 1e6 / 8.0 * 60.0) as u64;
            let cost = group_cost(&video, bytes, Ticks::from_secs(60.0), cores);
            let found = cost > SLOW_GROUP;
            assert_eq!(
                found, is_slow,
                "{height}p, {megabits} Mbit/s, {gop} s: {cost:?}"
            );
        };
        check(1080, 24.0, 2.0, 2, true);
        check(1080, 8.0, 2.0, 2, true);
        check(1080, 8.0, 1.0, 2, false);
        check(1080, 24.0, 0.5, 2, false);
        check(360, 2.0, 2.0, 2, false);
        // More cores decode as much in less time.
        check(1080, 8.0, 2.0, 8, false);
        check(1080, 24.0, 2.0, 64, false);
        check(1080, 50.0, 2.0, 64, true);
    }

    #[test]
    fn a_group_of_unknown_length_or_a_source_without_one_costs_nothing() {
        let cost = |gop, duration| group_cost(&video(1080, gop), 1 << 30, duration, 2);
        assert_eq!(cost(None, Ticks::SECOND), Duration::ZERO);
        assert_eq!(cost(Some(Ticks::SECOND), Ticks::ZERO), Duration::ZERO);
    }
}
