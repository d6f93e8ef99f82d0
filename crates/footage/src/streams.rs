//! What a file holds, and which of its streams are used.

use serde::{Deserialize, Serialize};

use crate::time::{FrameRate, SourceTime, Ticks};

/// The streams of a source.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Streams {
    /// Container, such as `Quicktime`, as the demuxer names it.
    pub container: Option<String>,
    /// Every stream, in the file's order.
    pub all: Vec<Stream>,
    /// Position in `all` of the chosen video stream: largest area, then default flag, then first.
    pub video: Option<usize>,
    /// Position in `all` of the chosen audio stream: default flag, then most channels.
    pub audio: Option<usize>,
}

impl Streams {
    /// Returns the chosen video stream.
    pub fn chosen_video(&self) -> Option<(&Stream, &VideoStream)> {
        let stream = self.all.get(self.video?)?;
        match &stream.kind {
            StreamKind::Video(video) => Some((stream, video)),
            StreamKind::Audio(_) | StreamKind::Text { .. } | StreamKind::Other => None,
        }
    }

    /// Returns the chosen audio stream.
    pub fn chosen_audio(&self) -> Option<(&Stream, &AudioStream)> {
        let stream = self.all.get(self.audio?)?;
        match &stream.kind {
            StreamKind::Audio(audio) => Some((stream, audio)),
            StreamKind::Video(_) | StreamKind::Text { .. } | StreamKind::Other => None,
        }
    }
}

/// One stream of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stream {
    /// Position among the streams of its own kind, from 0: the number `--video-stream` takes.
    pub index: usize,
    /// Identity in the file as GStreamer names it.
    pub id: String,
    /// Codec as a media type, such as `video/x-h264`.
    pub codec: String,
    /// Codec in words, such as `H.264 (High Profile)`.
    pub codec_name: String,
    /// ISO 639 language, when tagged.
    pub language: Option<String>,
    /// Whether the file flags it as default.
    pub default: bool,
    /// What kind of stream it is.
    pub kind: StreamKind,
}

/// What is particular to each kind of stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamKind {
    /// Moving pictures.
    Video(VideoStream),
    /// Sound.
    Audio(AudioStream),
    /// Timed text. `readable` is false for subtitles that are pictures.
    Text {
        /// Whether the text can be read as words.
        readable: bool,
    },
    /// Anything else: metadata, attachments.
    Other,
}

/// A video stream.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts of a stream, not states"
)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VideoStream {
    /// Width as shown, in square pixels.
    pub width: u32,
    /// Height as shown, in square pixels.
    pub height: u32,
    /// Width as coded, before rotation and pixel aspect.
    pub coded_width: u32,
    /// Height as coded, before rotation and pixel aspect.
    pub coded_height: u32,
    /// Pixel aspect ratio as coded (width : height of one pixel).
    pub pixel_aspect: (u32, u32),
    /// Nominal rate; `None` when it cannot be known.
    pub rate: Option<FrameRate>,
    /// Whether frame times are uneven.
    pub vfr: bool,
    /// Clockwise turn that shows the picture upright: 0, 90, 180 or 270.
    pub rotation: u16,
    /// Whether the picture is mirrored left to right before that turn.
    pub mirrored: bool,
    /// Bits per component.
    pub depth: u8,
    /// Whether the transfer function is PQ or HLG.
    pub hdr: bool,
    /// Chroma subsampling as in `4:2:0`, when known.
    pub chroma: Option<String>,
    /// Whether frames are interlaced.
    pub interlaced: bool,
    /// Longest distance between key frames found, when measured.
    pub gop: Option<Ticks>,
}

/// An audio stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AudioStream {
    /// Samples per second.
    pub sample_rate: u32,
    /// Number of channels.
    pub channels: u32,
    /// First sample's moment, where it differs from 0.
    pub start: SourceTime,
}
