//! The networks' limits as data: each with where it was read and how sure it is.
//!
//! A number that turns out to be wrong is changed in its network's file, and nowhere else.

mod facebook;
mod instagram;
mod linkedin;
mod tiktok;
mod x;
mod youtube;

use footage::time::FrameRate;
use serde::{Deserialize, Serialize};

use crate::count::Unit;
use crate::network::Network;
use crate::post::{AudioCodec, Container, Privacy, VideoCodec};

/// How a fact is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The network's own documentation says so.
    Documented,
    /// The network's own machine-readable description says so.
    Specified,
    /// Working public clients keep to it.
    SeenInCode,
    /// Said by others, or remembered.
    Unverified,
}

impl Status {
    /// Returns whether the network itself said so.
    pub const fn is_confirmed(self) -> bool {
        matches!(self, Self::Documented | Self::Specified)
    }
}

/// A value with where it is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact<T> {
    /// The value.
    pub value: T,
    /// How it is known.
    pub status: Status,
    /// Where it was read.
    pub source: &'static str,
}

impl<T> Fact<T> {
    const fn documented(value: T, source: &'static str) -> Self {
        Self::new(value, Status::Documented, source)
    }

    const fn specified(value: T, source: &'static str) -> Self {
        Self::new(value, Status::Specified, source)
    }

    const fn seen(value: T, source: &'static str) -> Self {
        Self::new(value, Status::SeenInCode, source)
    }

    const fn unverified(value: T, source: &'static str) -> Self {
        Self::new(value, Status::Unverified, source)
    }

    const fn new(value: T, status: Status, source: &'static str) -> Self {
        Self {
            value,
            status,
            source,
        }
    }
}

/// The longest text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Longest {
    /// How long it may be.
    pub length: u64,
    /// In what.
    pub unit: Unit,
}

/// A range, both ends allowed; an end that is absent is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds<T> {
    /// The least.
    pub least: Option<T>,
    /// The most.
    pub most: Option<T>,
}

impl<T> Bounds<T> {
    const fn between(least: T, most: T) -> Self {
        Self {
            least: Some(least),
            most: Some(most),
        }
    }

    const fn at_most(most: T) -> Self {
        Self {
            least: None,
            most: Some(most),
        }
    }
}

/// How a limit on pixels is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sides {
    /// Width is width.
    AsWritten,
    /// The longer side is compared with the longer one.
    EitherWay,
}

/// Width and height in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pixels {
    /// Pixels per line.
    pub width: u32,
    /// Lines.
    pub height: u32,
}

/// A ratio of width to height, as written: 9:16.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ratio {
    /// Of the width.
    pub width: u32,
    /// Of the height.
    pub height: u32,
}

/// What a network takes as text. Where a limit is absent none is known.
#[derive(Debug, Clone, PartialEq)]
pub struct TextLimits {
    /// The title; absent where posts have none.
    pub title: Option<Fact<Longest>>,
    /// Whether a post needs a title.
    pub title_required: Option<Fact<()>>,
    /// Characters that title and caption may not hold.
    pub forbidden: Option<Fact<&'static [char]>>,
    /// The caption, hashtags included: description, message, post text.
    pub caption: Fact<Longest>,
    /// The caption for accounts of a paid tier.
    pub caption_paid: Option<Fact<Longest>>,
    /// All keywords together, for YouTube's tags.
    pub keywords: Option<Fact<Longest>>,
    /// The most hashtags, and what becomes of more.
    pub hashtags: Option<Fact<Hashtags>>,
    /// The most people mentioned.
    pub mentions: Option<Fact<u64>>,
    /// The most cashtags.
    pub cashtags: Option<Fact<u64>>,
}

/// The most hashtags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hashtags {
    /// How many.
    pub most: u64,
    /// What the network does with a post that has more.
    pub beyond: Beyond,
}

/// What happens beyond a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beyond {
    /// The post is refused.
    Refused,
    /// The post is taken; the network ignores all of them, or shows it otherwise.
    Ignored,
}

/// What a network takes as a video file.
#[derive(Debug, Clone, PartialEq)]
pub struct VideoLimits {
    /// Bytes.
    pub bytes: Fact<Bounds<u64>>,
    /// Milliseconds.
    pub duration_ms: Option<Fact<Bounds<u64>>>,
    /// The most milliseconds to count as a short vertical video.
    pub short_ms: Option<Fact<u64>>,
    /// Frames per second.
    pub rate: Option<Fact<Bounds<FrameRate>>>,
    /// Pixels.
    pub pixels: Option<Fact<Bounds<Pixels>>>,
    /// Whether the pixels are meant as written, or turned as well.
    pub sides: Sides,
    /// What becomes of a video with more pixels.
    pub beyond_pixels: Beyond,
    /// Width to height.
    pub ratio: Option<Fact<Bounds<Ratio>>>,
    /// The ratio that is advised.
    pub advised_ratio: Option<Fact<Ratio>>,
    /// The most bits per second, picture and sound together.
    pub bits_per_second: Option<Fact<u64>>,
    /// Kinds of file.
    pub containers: Option<Fact<&'static [Container]>>,
    /// Formats of the picture.
    pub video: Option<Fact<&'static [VideoCodec]>>,
    /// Formats of the sound.
    pub audio: Option<Fact<&'static [AudioCodec]>>,
    /// The most channels of sound.
    pub channels: Option<Fact<u16>>,
    /// The most samples per second.
    pub sample_rate: Option<Fact<u32>>,
}

/// Who may see a post.
#[derive(Debug, Clone, PartialEq)]
pub struct PrivacyLimits {
    /// What can be chosen.
    pub choices: Fact<&'static [Privacy]>,
    /// Whether the user has to choose, since the network forbids a default.
    pub must_choose: Option<Fact<()>>,
    /// What is left when the app has not passed the network's audit.
    pub unaudited: Option<Fact<Unaudited>>,
}

/// What a network does to the posts of an app that it has not audited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unaudited {
    /// It refuses what is not private.
    RefusesOthers,
    /// It takes them and makes them private.
    MakesPrivate,
}

/// All limits of a network.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// The network.
    pub network: Network,
    /// Texts.
    pub text: TextLimits,
    /// The video.
    pub video: VideoLimits,
    /// Whether a post needs a video or a picture.
    pub media_required: Option<Fact<()>>,
    /// Who may see it.
    pub privacy: PrivacyLimits,
}

impl Limits {
    /// Returns the limits of a network.
    pub fn of(network: Network) -> Self {
        match network {
            Network::YouTube => youtube::limits(),
            Network::TikTok => tiktok::limits(),
            Network::Instagram => instagram::limits(),
            Network::Facebook => facebook::limits(),
            Network::X => x::limits(),
            Network::LinkedIn => linkedin::limits(),
        }
    }
}

const fn characters(length: u64) -> Longest {
    Longest {
        length,
        unit: Unit::Characters,
    }
}

const fn per_second(frames: u32) -> FrameRate {
    FrameRate {
        num: frames,
        den: 1,
    }
}

const fn ratio(width: u32, height: u32) -> Ratio {
    Ratio { width, height }
}

const fn pixels(width: u32, height: u32) -> Pixels {
    Pixels { width, height }
}

const VERTICAL: Ratio = ratio(9, 16);
