//! What `probe`, `analyse` and `reels` print with `--json`.

use std::collections::BTreeMap;

use footage::picture::Transition;
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::seconds::Seconds;

/// The version of every document here.
pub const VERSION: u32 = 1;

/// A range as `[start, end]`.
pub type Range = [Seconds; 2];

/// The document of `crealia probe`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProbeDocument {
    /// Version of the document.
    pub version: u32,
    /// The file as it was named.
    pub source: String,
    /// Identity of its content.
    pub fingerprint: String,
    /// Container format.
    pub container: Option<String>,
    /// Length over the chosen streams.
    pub duration: Seconds,
    /// The chosen video stream as shown.
    pub video: Option<VideoDocument>,
    /// Every stream.
    pub streams: Vec<StreamDocument>,
}

/// The chosen picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VideoDocument {
    /// Width as shown.
    pub width: u32,
    /// Height as shown.
    pub height: u32,
    /// Frames per second; null when unknown.
    pub fps: Option<f64>,
    /// Whether frame times are uneven.
    pub vfr: bool,
    /// Clockwise turn that was applied: 0, 90, 180 or 270.
    pub rotation: u16,
}

/// One stream of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StreamDocument {
    /// `video`, `audio`, `text` or `other`.
    pub kind: String,
    /// Position among its kind: what `--video-stream` and `--audio-stream` take.
    pub index: usize,
    /// Codec in words.
    pub codec: String,
    /// Language, when tagged.
    pub language: Option<String>,
    /// Whether this stream is used.
    pub chosen: bool,
    /// Width as shown, for video.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub width: Option<u32>,
    /// Height as shown, for video.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub height: Option<u32>,
    /// Frames per second, for video.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fps: Option<f64>,
    /// Samples per second, for audio.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sample_rate: Option<u32>,
    /// Channels, for audio.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub channels: Option<u32>,
}

/// The document of `crealia analyse`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnalysisDocument {
    /// Version of the document.
    pub version: u32,
    /// The file as it was named.
    pub source: String,
    /// Every stream.
    pub streams: Vec<StreamDocument>,
    /// Length over the chosen streams.
    pub duration: Seconds,
    /// The chosen picture; null without one.
    pub video: Option<VideoDocument>,
    /// Programme loudness.
    pub loudness: LoudnessDocument,
    /// Silent ranges.
    pub silences: Vec<Range>,
    /// Ranges with speech.
    pub speech: Vec<Range>,
    /// Shots that tile the whole length.
    pub shots: Vec<ShotDocument>,
    /// Faces at every sampled time.
    pub faces: Vec<FacesDocument>,
    /// Who speaks when, of those who are seen.
    pub speakers: Vec<SpeakerDocument>,
    /// Motion over time.
    pub motion: MotionDocument,
}

/// Programme loudness.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LoudnessDocument {
    /// Integrated loudness in LUFS; null for silence.
    pub integrated_lufs: Option<f64>,
    /// True peak in dBTP; null for silence.
    pub true_peak_dbtp: Option<f64>,
}

/// A shot.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ShotDocument {
    /// First moment.
    pub start: Seconds,
    /// First moment after.
    pub end: Seconds,
    /// How it begins.
    pub transition_in: Transition,
}

/// Faces at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FacesDocument {
    /// When.
    pub t: Seconds,
    /// The faces; empty when there are none.
    pub boxes: Vec<FaceDocument>,
}

/// A face.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FaceDocument {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
    /// Certainty in 0..=1.
    pub score: f64,
    /// Which face it is; unique in the file.
    pub track: u32,
    /// How much its mouth moved since the sample before, in 0..=1.
    pub mouth: f64,
}

/// A stretch of speech by somebody who is seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpeakerDocument {
    /// When it begins.
    pub start: Seconds,
    /// When it ends.
    pub end: Seconds,
    /// Whose face.
    pub track: u32,
}

/// Motion over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MotionDocument {
    /// Time between values.
    pub step: Seconds,
    /// Mean absolute luma difference in 0..=1.
    pub values: Vec<f64>,
}

/// `DIR/reels.json`, and the document of `crealia reels`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReelsDocument {
    /// Version of the document.
    pub version: u32,
    /// The source's absolute path.
    pub source: String,
    /// Identity of its content.
    pub fingerprint: String,
    /// Digest of the options that decide how the reels look.
    pub options: String,
    /// The source's length.
    pub duration: Seconds,
    /// The project that holds the reels' sequences.
    pub project: i64,
    /// Where the words came from; null without words.
    pub transcript: Option<TranscriptDocument>,
    /// What is to be known about all of them, such as a wish that nothing fits.
    pub notes: Vec<ReasonDocument>,
    /// The reels, best first.
    pub reels: Vec<ReelDocument>,
    /// How long each step took in this run.
    pub steps: Vec<StepDocument>,
}

/// Where words came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranscriptDocument {
    /// `model`, `sidecar` or `embedded`.
    pub origin: String,
    /// The model's id or the file's name.
    pub name: Option<String>,
    /// Language, when known.
    pub language: Option<String>,
    /// Number of words.
    pub words: usize,
}

/// How long a step took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepDocument {
    /// The step's name.
    pub name: String,
    /// Seconds of wall time in this run.
    pub seconds: f64,
    /// Whether an earlier run had done it.
    pub reused: bool,
}

/// Why something is so, with the numbers behind it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReasonDocument {
    /// Stable name.
    pub code: String,
    /// In English.
    pub text: String,
    /// The numbers and words it follows from.
    pub values: BTreeMap<String, serde_json::Value>,
}

/// A finished reel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReelDocument {
    /// The video.
    pub file: String,
    /// What it is about.
    pub title: String,
    /// Where it starts in the source.
    pub start: Seconds,
    /// Where it ends in the source.
    pub end: Seconds,
    /// The source ranges it plays, in order.
    pub segments: Vec<Range>,
    /// Its length.
    pub duration: Seconds,
    /// 0..=100.
    pub score: f64,
    /// What the score is made of, each in 0..=1.
    pub parts: BTreeMap<String, f64>,
    /// Why it was chosen.
    pub reasons: Vec<ReasonDocument>,
    /// Its words, in reel time.
    pub words: Vec<WordDocument>,
    /// The crop path: linear between entries; two entries with the same `t` are a cut.
    pub crop: Vec<CropDocument>,
    /// Caption files and layout.
    pub captions: CaptionsDocument,
    /// The cover picture.
    pub cover: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Frames per second.
    pub fps: f64,
    /// Measured on the finished file; null for silence.
    pub loudness_lufs: Option<f64>,
    /// Measured on the finished file; null for silence.
    pub true_peak_dbtp: Option<f64>,
    /// What was checked on the finished file.
    pub checks: Vec<CheckDocument>,
    /// The encoder that made it.
    pub encoder: String,
    /// Identity of its sequence in the project.
    pub sequence: u64,
}

/// A word in a reel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WordDocument {
    /// Its text.
    pub text: String,
    /// When it starts in the reel.
    pub start: Seconds,
    /// When it ends in the reel.
    pub end: Seconds,
    /// When it starts in the source.
    pub source_start: Seconds,
    /// Whether the times were shared out from a longer cue.
    pub estimated: bool,
}

/// The crop at one moment of a reel, in source pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CropDocument {
    /// When, in the reel.
    pub t: Seconds,
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

/// A reel's captions. The files are null when it has none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaptionsDocument {
    /// SubRip file.
    pub srt: Option<String>,
    /// WebVTT file.
    pub vtt: Option<String>,
    /// Advanced SubStation Alpha file.
    pub ass: Option<String>,
    /// What was drawn, where and when, in output pixels.
    pub layout: Vec<LayoutDocument>,
}

/// A drawn caption.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayoutDocument {
    /// When it appears in the reel.
    pub start: Seconds,
    /// When it goes.
    pub end: Seconds,
    /// Where it is, outline and plate included.
    #[serde(rename = "box")]
    pub bounds: BoxDocument,
    /// Its lines.
    pub lines: Vec<String>,
}

/// A box in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BoxDocument {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

/// Something that was checked on a finished file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckDocument {
    /// Stable name.
    pub code: String,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was found.
    pub value: String,
    /// What is allowed.
    pub limit: String,
}

/// One input's outcome among several.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Outcome<T> {
    /// It failed.
    Failed(Failure),
    /// It was done.
    Done(T),
}

/// The document for several inputs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Results<T> {
    /// One per input, in their order.
    pub results: Vec<Outcome<T>>,
}

/// `DIR/index.json`: where each input's reels are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexDocument {
    /// Version of the document.
    pub version: u32,
    /// One per input, in their order.
    pub inputs: Vec<IndexEntry>,
}

/// An input's place in `index.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexEntry {
    /// The source's path as it was named.
    pub source: String,
    /// Its `reels.json`, relative to the index; null when it failed.
    pub reels: Option<String>,
    /// Why it failed.
    pub error: Option<crate::error::ApiError>,
}
