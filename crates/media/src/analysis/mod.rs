//! All that one decode of a source finds.
//!
//! ```text
//!                    ┌ queue ─ decodebin ─ videoconvert ─ tee ┬ appsink        looks, faces, strip
//! filesrc ─ parsebin ┤                                        └ proxy branch   (see proxy)
//!                    ├ queue ─ decodebin ─ audioconvert ─ audioresample ─ appsink    loudness, speech
//!                    └ dropped                                                 every other stream
//! ```
//!
//! One thread looks, one listens, the caller's thread runs the observer and the watchdog. Full-size
//! frames are only read where they lie: small pictures are averaged straight from the planes.

mod pass;
mod picture;
mod planes;
mod proxy;
mod resample;
mod run;
mod sense;
mod shots;
mod sound;
mod write;

use std::path::{Path, PathBuf};

use footage::picture::{Motion, Shot};
use footage::sound::{Loudness, LoudnessCurve, Waveform};
use footage::streams::Streams;
use footage::time::{SourceRange, SourceTime, Ticks};
use serde::{Deserialize, Serialize};
use task::{Cancel, Progress};

pub use picture::Filmstrip;

use crate::error::Result;
use crate::probe::Probe;

/// Files to write beside the measurements. A file has its final name only when it is complete.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outputs {
    /// A JPEG of a telling frame, at most 640 pixels long.
    pub thumbnail: Option<PathBuf>,
    /// A JPEG sheet of small frames: see [`Filmstrip`].
    pub filmstrip: Option<PathBuf>,
    /// Mono sound at 16 kHz as raw signed 16-bit little-endian samples from source time 0.
    pub speech_pcm: Option<PathBuf>,
    /// A small upright H.264 MP4 without sound, key frames at most 0.5 s apart.
    pub proxy: Option<PathBuf>,
}

/// What to analyse.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnalyseRequest {
    /// What [`crate::probe()`] found; its chosen streams are decoded.
    pub probe: Probe,
    /// Longer side of the pictures for face detection, in pixels; never larger than the source.
    pub face_size: u32,
    /// Pictures per second for face detection, up to 10; 0 for none.
    pub faces_per_second: f64,
    /// Files to write.
    pub outputs: Outputs,
}

impl AnalyseRequest {
    /// Returns a request with face pictures of 640 pixels twice a second and no files.
    pub fn new(probe: Probe) -> Self {
        Self {
            probe,
            face_size: 640,
            faces_per_second: 2.0,
            outputs: Outputs::default(),
        }
    }
}

/// Whether a picture is the first of its shot that an observer gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ShotStart {
    /// The shot of the picture before goes on.
    Continues,
    /// A new shot began since the picture before, or this is the first picture.
    Starts,
}

/// An upright picture with square pixels for face detection.
#[derive(Debug, Clone, PartialEq)]
pub struct FacePicture {
    /// When it is shown.
    pub time: SourceTime,
    /// Whether it is the first of its shot.
    pub shot: ShotStart,
    /// Luma, row by row.
    pub gray: Vec<u8>,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Factors from its columns and rows to picture space.
    pub scale: (f64, f64),
    pub(crate) colour: planes::Colour,
}

impl FacePicture {
    /// Returns red, green and blue of each pixel, row by row.
    pub fn rgb(&self) -> Vec<u8> {
        self.colour.rgb(&self.gray, self.width as usize)
    }
}

/// Takes pictures and sound while a source is analysed. Each kind comes in order of time.
pub trait Observer {
    /// Takes a picture: at least as often as asked for, and within 0.1 s after each shot's start.
    fn picture(&mut self, picture: FacePicture);
    /// Takes mono sound at 16 kHz; calls follow each other without a gap from source time 0.
    fn voice(&mut self, samples: &[f32], start: SourceTime);
}

/// What one pass found: everything but faces and speech, which need models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The probe's streams, with rate, evenness and key frames as measured.
    pub streams: Streams,
    /// Length over the chosen streams.
    pub duration: Ticks,
    /// Programme loudness.
    pub loudness: Loudness,
    /// Level over time; empty without sound.
    pub loudness_curve: LoudnessCurve,
    /// Silent ranges; empty without sound.
    pub silences: Vec<SourceRange>,
    /// Shots; empty without a picture.
    pub shots: Vec<Shot>,
    /// Motion; empty without a picture.
    pub motion: Motion,
    /// Peaks; empty without sound.
    pub waveform: Waveform,
    /// How the filmstrip is divided, when one was written.
    pub filmstrip: Option<Filmstrip>,
    /// Frames decoded.
    pub frames: u64,
    /// What is wrong with the file where decoding ended early; the measurements reach that far.
    pub damage: Option<String>,
}

/// Decodes the chosen streams of `path` once and measures all that [`Measured`] holds.
pub fn analyse(
    path: &Path,
    request: &AnalyseRequest,
    observer: &mut dyn Observer,
    cancel: &Cancel,
    progress: &Progress,
) -> Result<Measured> {
    run::run(path, request, observer, cancel, progress)
}
