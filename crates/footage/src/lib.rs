//! What was measured in a source: plain data, no files, no clock.
//!
//! Terms: a *source* is a file of the user; it is never changed. *Source time* starts at 0 with
//! the earliest presentation time over the chosen streams, edit lists applied. *Picture space* is
//! pixels of the picture as shown: rotation and mirroring applied, square pixels, x right, y down.
//!
//! Map: [`time`] ticks, times and ranges · [`streams`] what a file holds · [`words`] transcripts ·
//! [`picture`] shots, faces, motion · [`sound`] loudness, silences, speech, waveform ·
//! [`Analysis`] all that one pass over a source finds · [`calendar`] dates of days.
//!
//! ```
//! use footage::time::{SourceTime, Ticks};
//!
//! let frame = Ticks::from_secs(1.0 / 25.0);
//! assert_eq!((SourceTime::from_secs(2.0) + frame).secs(), 2.04);
//! ```

pub mod calendar;
pub mod picture;
pub mod sound;
pub mod streams;
pub mod time;
pub mod words;

use serde::{Deserialize, Serialize};

use picture::{FaceSample, Motion, Shot};
use sound::{Loudness, LoudnessCurve, Waveform};
use streams::Streams;
use time::{SourceRange, Ticks};

/// The identity of a source's content: a BLAKE3 hex digest over size, modification time and the
/// first, middle and last MiB.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(pub String);

/// All that one pass over a source finds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// What the file holds and which streams were chosen.
    pub streams: Streams,
    /// Length over the chosen streams.
    pub duration: Ticks,
    /// Programme loudness of the chosen audio stream.
    pub loudness: Loudness,
    /// Loudness over time, for emphasis. Empty without sound.
    pub loudness_curve: LoudnessCurve,
    /// Ranges below −35 dBFS RMS (50 ms window) for at least 0.4 s, sorted, disjoint.
    pub silences: Vec<SourceRange>,
    /// Ranges with speech, sorted, disjoint, gaps under 0.2 s merged.
    pub speech: Vec<SourceRange>,
    /// Shots that tile `0..duration`. Empty without a picture.
    pub shots: Vec<Shot>,
    /// Faces at every sampled time, sorted by time.
    pub faces: Vec<FaceSample>,
    /// Amount of motion over time. Empty without a picture.
    pub motion: Motion,
    /// Peaks for drawing. Empty without sound.
    pub waveform: Waveform,
    /// What is wrong with the file where decoding ended early; all the above reaches that far.
    pub damage: Option<String>,
}
