//! The document.

use std::collections::BTreeMap;
use std::sync::Arc;

use footage::Fingerprint;
use footage::time::{FrameRate, SourceRange, SourceTime, Ticks};
use serde::{Deserialize, Serialize};

use crate::caption::Captions;
use crate::crop::CropPath;
use crate::ids::{ClipId, LinkId, MarkerId, MediaId, PresetId, SequenceId, TrackId};
use crate::style::{CaptionStyle, StylePreset};
use crate::time::{SequenceRange, SequenceTime};

/// All that a user edits together. Holds no selection, zoom or playhead.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Project {
    /// Name as shown.
    pub name: String,
    /// Sources that clips refer to.
    pub media: BTreeMap<MediaId, Arc<Media>>,
    /// Sequences; a reel is one.
    pub sequences: BTreeMap<SequenceId, Arc<Sequence>>,
    /// Styles that sequences refer to.
    pub presets: BTreeMap<PresetId, Arc<StylePreset>>,
    /// The next identity to give out; above every one in use.
    pub next_id: u64,
}

/// A source as the project knows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Media {
    /// Identity.
    pub id: MediaId,
    /// Where the file was last seen.
    pub path: String,
    /// What its content was.
    pub fingerprint: Fingerprint,
    /// Its length.
    pub duration: Ticks,
    /// Its picture, when it has one.
    pub video: Option<MediaVideo>,
    /// Whether it has sound.
    pub audio: bool,
}

/// A source's picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaVideo {
    /// Width as shown.
    pub width: u32,
    /// Height as shown.
    pub height: u32,
    /// Nominal rate.
    pub rate: FrameRate,
}

/// The frame that a sequence is made in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Format {
    /// Width in pixels, even and above 0.
    pub width: u32,
    /// Height in pixels, even and above 0.
    pub height: u32,
    /// Frames per second.
    pub rate: FrameRate,
}

impl Format {
    /// Returns width over height; `None` when either is 0.
    pub fn aspect(self) -> Option<f64> {
        (self.width > 0 && self.height > 0).then(|| f64::from(self.width) / f64::from(self.height))
    }
}

/// Tracks that play together: a reel, or any other cut.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sequence {
    /// Identity.
    pub id: SequenceId,
    /// Name as shown.
    pub name: String,
    /// Frame size and rate.
    pub format: Format,
    /// Tracks, the bottom one first.
    pub tracks: Vec<Arc<Track>>,
    /// Captions by source. A source without an entry shows none.
    pub captions: BTreeMap<MediaId, Captions>,
    /// Style; `None` for the plain one.
    pub preset: Option<PresetId>,
    /// Vertical centre of the cards as a fraction of the frame's height, in place of the style's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption_anchor: Option<f64>,
    /// Markers sorted by time.
    pub markers: Vec<Marker>,
}

/// What a track carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrackKind {
    /// The main picture.
    Video,
    /// Pictures over it.
    Overlay,
    /// Speech and the sources' own sound.
    Voice,
    /// Music.
    Music,
}

impl TrackKind {
    /// Returns whether it carries pictures; the other kinds carry sound.
    pub fn is_picture(self) -> bool {
        match self {
            Self::Video | Self::Overlay => true,
            Self::Voice | Self::Music => false,
        }
    }
}

/// Clips in a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Track {
    /// Identity.
    pub id: TrackId,
    /// What it carries.
    pub kind: TrackKind,
    /// Clips sorted by start; they do not overlap.
    pub clips: Vec<Clip>,
    /// Whether it is left out of playback and export.
    pub muted: bool,
    /// Whether edits of its clips are refused.
    pub locked: bool,
}

/// A playback speed as a fraction of the source's; both above 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Speed {
    /// Numerator.
    pub num: u32,
    /// Denominator.
    pub den: u32,
}

impl Speed {
    /// As recorded.
    pub const NORMAL: Self = Self { num: 1, den: 1 };
    /// The largest numerator and denominator; finer steps than 1 in 10,000 cannot be heard.
    pub const MAX_TERM: u32 = 10_000;

    /// Returns the same speed in lowest terms; unchanged when a term is 0.
    #[must_use]
    pub fn reduced(self) -> Self {
        let (mut divisor, mut rest) = (self.num, self.den);
        while rest > 0 {
            (divisor, rest) = (rest, divisor % rest);
        }
        if divisor == 0 {
            return self;
        }
        Self {
            num: self.num / divisor,
            den: self.den / divisor,
        }
    }

    /// Returns whether it is between a hundredth of and a hundred times the source's speed, with
    /// both terms in `1..=`[`MAX_TERM`](Self::MAX_TERM).
    pub fn is_playable(self) -> bool {
        let terms = 1..=Self::MAX_TERM;
        terms.contains(&self.num)
            && terms.contains(&self.den)
            && self.num <= self.den * 100
            && self.den <= self.num * 100
    }
}

impl Default for Speed {
    fn default() -> Self {
        Self::NORMAL
    }
}

/// How a clip's picture fills the frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Framing {
    /// The whole picture, over a blurred copy where its shape differs from the frame's.
    Fit,
    /// A part of the picture with the frame's shape.
    Crop(CropPath),
}

/// A stretch of a source on a track.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Clip {
    /// Identity.
    pub id: ClipId,
    /// The source.
    pub media: MediaId,
    /// When it starts in the sequence.
    pub start: SequenceTime,
    /// What part of the source plays; never empty, within the source.
    pub source: SourceRange,
    /// How fast.
    pub speed: Speed,
    /// How its picture fills the frame; of no effect on sound.
    pub framing: Framing,
    /// Gain in decibels, −60..=24; of no effect on pictures.
    pub gain_db: f64,
    /// Fade from silence or black at the start.
    pub fade_in: Ticks,
    /// Fade to silence or black at the end.
    pub fade_out: Ticks,
    /// Clips that it moves with.
    pub link: Option<LinkId>,
    /// Whether it plays.
    pub enabled: bool,
}

impl Clip {
    /// Returns the length in the sequence: the source's length over the speed, rounded down so
    /// that the parts of a clip never outlast the whole.
    ///
    /// # Panics
    /// When the speed is 0.
    pub fn duration(&self) -> Ticks {
        let scaled = i128::from(self.source.duration().0) * i128::from(self.speed.den);
        Ticks(scaled.div_euclid(i128::from(self.speed.num)) as i64)
    }

    /// Returns when it plays.
    pub fn range(&self) -> SequenceRange {
        SequenceRange::new(self.start, self.start + self.duration())
    }

    /// Returns the source's moment that plays at `time`; before and after the clip it goes on.
    pub fn source_time(&self, time: SequenceTime) -> SourceTime {
        self.source.start
            + (time - self.start).scaled(i64::from(self.speed.num), i64::from(self.speed.den))
    }

    /// Returns when the source's moment `time` plays; before and after the clip it goes on.
    pub fn sequence_time(&self, time: SourceTime) -> SequenceTime {
        self.start
            + (time - self.source.start)
                .scaled(i64::from(self.speed.den), i64::from(self.speed.num))
    }
}

impl Clip {
    /// Returns when it plays what it plays of `range`; `None` when that is nothing.
    pub fn plays(&self, range: SourceRange) -> Option<SequenceRange> {
        let played = self.source.intersection(range)?;
        let whole = self.range();
        let clamped = |time| self.sequence_time(time).clamp(whole.start, whole.end);
        let range = SequenceRange::new(clamped(played.start), clamped(played.end));
        (!range.is_empty()).then_some(range)
    }
}

/// A named moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// Identity.
    pub id: MarkerId,
    /// When.
    pub at: SequenceTime,
    /// What it says.
    pub label: String,
}

impl Sequence {
    /// Returns the tracks whose clips are heard as speech: the voice tracks, or the video tracks
    /// when no voice track holds a clip.
    pub fn speaking_tracks(&self) -> impl Iterator<Item = &Arc<Track>> {
        let mut voices = self.tracks_of(TrackKind::Voice);
        let kind = if voices.any(|track| !track.clips.is_empty()) {
            TrackKind::Voice
        } else {
            TrackKind::Video
        };
        self.tracks_of(kind)
    }

    /// Returns how its captions look, given its preset's style.
    pub fn caption_style(&self, style: &CaptionStyle) -> CaptionStyle {
        CaptionStyle {
            anchor: self.caption_anchor.unwrap_or(style.anchor),
            ..style.clone()
        }
    }

    /// Returns when the last clip ends.
    pub fn duration(&self) -> Ticks {
        let ends = self.tracks.iter().filter_map(|track| track.clips.last());
        ends.map(|clip| clip.range().end.since_start())
            .max()
            .unwrap_or_default()
    }

    /// Returns the tracks of one kind, the bottom one first.
    pub fn tracks_of(&self, kind: TrackKind) -> impl Iterator<Item = &Arc<Track>> {
        self.tracks.iter().filter(move |track| track.kind == kind)
    }

    /// Returns a clip and its track.
    pub fn clip(&self, id: ClipId) -> Option<(&Track, &Clip)> {
        self.tracks
            .iter()
            .find_map(|track| Some((track.as_ref(), track.clips.iter().find(|c| c.id == id)?)))
    }
}
