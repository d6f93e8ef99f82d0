//! Renders a sequence into a verified MP4.
//!
//! A sequence with one layer of pictures is built by an own graph from the same
//! [`Sequence`] value that everything edits. Decision: GStreamer Editing Services costs 1.14–1.24 ×
//! ffmpeg for one layer, with whole-pixel crops only; it comes with overlays and transitions.
//! Rejected: one pipeline with both streams per clip (sound and picture starve each other at
//! seeks), `concat` (its segments shift by a frame at cuts).
//!
//! ```text
//! per clip:  filesrc ─ parsebin ─ decodebin ─ videoconvert ─ deinterlace ─ videoflip ─ appsink
//!                                                                                        │ frames by source time
//!            appsrc ─ reframe ─ captions ─ queue ─ x264enc ─ h264parse ─ queue ─┐  ◀─────┘
//!            appsrc (AAC packets) ──────────────────────────────────────────────┴ mp4mux ─ filesink
//!                 ▲
//! per clip:  filesrc ─ parsebin ─ decodebin ─ audioconvert ─ audioresample ─ appsink
//!            └─▶ mix ─▶ loudness ─▶ gain and limiter ─▶ AAC ─▶ measured as decoded ─▶ (once more)
//! ```
//!
//! Terms: a *span* is what a clip fills of the sequence's frame or sample grid. A *reader's time* is
//! GStreamer's running time when a file is read from its start: edit lists applied, what
//! `source time + start` is.

pub(crate) mod cover;
pub(crate) mod limiter;
mod loudness;
pub(crate) mod mix;
pub(crate) mod output;
mod pictures;
pub(crate) mod plan;
pub(crate) mod player;
mod reader;
mod sound;
mod spare;
mod store;
pub(crate) mod watch;

use std::collections::BTreeMap;
use std::path::PathBuf;

use footage::sound::Loudness;
use footage::time::{FrameRate, Ticks};
use serde::{Deserialize, Serialize};
use task::{Cancel, Progress};
use timeline::caption::Card;
use timeline::ids::MediaId;
use timeline::project::Sequence;
use timeline::style::CaptionStyle;
use timeline::time::SequenceTime;

pub use crate::captions::{DrawnCard, DrawnLine};
pub use crate::encode::EncoderChoice;
pub use crate::verify::Check;

pub(crate) use loudness::{Meter, Peaks};
pub(crate) use reader::RATE;
pub(crate) use sound::{
    CEILING_DBTP, ExpectedLevel, MOST_DBTP, MOST_GAIN_DB, TARGET_LUFS, TOLERANCE_LU,
};

use crate::error::Result;

/// A sequence to render and all that it refers to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RenderRequest {
    /// What to render: at most one layer of pictures.
    pub sequence: Sequence,
    /// The sources of its clips.
    pub sources: BTreeMap<MediaId, RenderSource>,
    /// The captions to draw, sorted, not overlapping.
    pub cards: Vec<Card>,
    /// How captions look; `None` draws none.
    pub caption_style: Option<CaptionStyle>,
    /// The MP4 file to write. An existing one is replaced once the new one is verified.
    pub output: PathBuf,
    /// The cover image to write, if any.
    pub cover: Option<Cover>,
    /// Which video encoder.
    pub encoder: EncoderChoice,
}

/// Where a source is and which of its streams are used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RenderSource {
    /// The file.
    pub path: PathBuf,
    /// The video stream.
    pub video: Option<RenderVideo>,
    /// The audio stream's identity as GStreamer names it (`footage::streams::Stream::id`).
    pub audio: Option<String>,
    /// Running time of source time 0 when the file is read from its start: see
    /// [`crate::Probe::origin`].
    pub start: Ticks,
}

/// The video stream of a source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RenderVideo {
    /// Its identity as GStreamer names it (`footage::streams::Stream::id`).
    pub id: String,
    /// Width of picture space: as shown, in square pixels.
    pub width: u32,
    /// Height of picture space.
    pub height: u32,
}

/// A cover image to write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cover {
    /// The JPEG file to write.
    pub path: PathBuf,
    /// Around when to look for the sharpest frame; `None` looks around the first caption.
    pub at: Option<SequenceTime>,
}

/// A rendered and verified file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rendered {
    /// The file.
    pub file: PathBuf,
    /// Its cover, when one was asked for, with the moment that it shows.
    pub cover: Option<(PathBuf, SequenceTime)>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Frames per second.
    pub rate: FrameRate,
    /// Length of the pictures.
    pub duration: Ticks,
    /// Number of frames.
    pub frames: i64,
    /// The video encoder's element.
    pub encoder: String,
    /// As measured in the written file.
    pub loudness: Loudness,
    /// Captions as really drawn.
    pub captions: Vec<DrawnCard>,
    /// What was verified.
    pub checks: Vec<Check>,
}

/// Renders a sequence. The file has its final name only when it is verified; after a failure or a
/// cancellation nothing is left.
///
/// # Errors
/// [`Error::Request`](crate::Error::Request) for a sequence that cannot be built here, otherwise
/// what the sources, the encoders, the disk or the verification say.
pub fn render(request: &RenderRequest, cancel: &Cancel, progress: &Progress) -> Result<Rendered> {
    start()?;
    output::render(request, cancel, progress)
}

/// Gets ready to render or preview.
pub(crate) fn start() -> Result<()> {
    crate::init()?;
    crate::reframe::Shot::register();
    Ok(())
}
