//! What is wrong with a post, as values; the window has the words, the `Display` is for the
//! command line.

use std::fmt;

use footage::time::FrameRate;
use serde::{Deserialize, Serialize};

use crate::count::Unit;
use crate::limits::{Pixels, Ratio, Status};
use crate::network::Network;
use crate::post::{AudioCodec, Container, Privacy, VideoCodec};

/// Something that a network will not take, or will take otherwise than meant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// The network.
    pub network: Network,
    /// What is wrong.
    pub code: Code,
    /// What was measured.
    pub measured: Measure,
    /// What is allowed.
    pub limit: Measure,
    /// What the network does with such a post.
    pub severity: Severity,
    /// How the limit is known: an unconfirmed one may be wrong.
    pub status: Status,
    /// What can be done.
    pub remedy: Remedy,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// There is no title where one is needed.
    TitleMissing,
    /// The title is too long.
    TitleTooLong,
    /// The title holds a character that is refused.
    TitleCharacter,
    /// There is no caption and nothing else.
    Empty,
    /// The caption with its hashtags is too long.
    CaptionTooLong,
    /// The caption holds a character that is refused.
    CaptionCharacter,
    /// The keywords together are too long.
    KeywordsTooLong,
    /// There are too many hashtags.
    TooManyHashtags,
    /// A hashtag cannot be one: it holds a space or has no letter.
    BadHashtag,
    /// Too many people are mentioned.
    TooManyMentions,
    /// There are too many cashtags.
    TooManyCashtags,
    /// The network takes no post without a video or a picture.
    MediaMissing,
    /// The file is too large.
    TooManyBytes,
    /// The file is too small to be taken.
    TooFewBytes,
    /// The video is too long.
    TooLong,
    /// The video is too short.
    TooShort,
    /// The video is too long to count as a short one.
    NoShort,
    /// The frame rate is out of bounds.
    FrameRate,
    /// The picture has too many pixels on a side.
    TooManyPixels,
    /// The picture has too few pixels on a side.
    TooFewPixels,
    /// The picture is too wide or too high for its other side.
    AspectRatio,
    /// The picture has another form than is advised.
    NotAdvisedRatio,
    /// The bit rate is too high.
    BitRate,
    /// The kind of file is not taken.
    Container,
    /// The format of the picture is not taken.
    VideoCodec,
    /// The format of the sound is not taken.
    AudioCodec,
    /// The sound has too many channels.
    AudioChannels,
    /// The sound has too many samples per second.
    AudioRate,
    /// Who may see it has to be chosen.
    PrivacyMissing,
    /// The network or the account does not have this choice.
    PrivacyUnavailable,
    /// The network has not audited the app: it refuses or hides what is not private.
    Unaudited,
}

/// What the network does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It takes the post, but not as meant.
    Warns,
    /// It refuses the post.
    Refuses,
}

/// What can be done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// The text is changed to this one, which fits.
    Shorten(String),
    /// The text is written anew.
    Rewrite,
    /// The file is exported again for this network.
    ExportAgain,
    /// A shorter or longer piece is chosen.
    Recut,
    /// One of these is chosen.
    Choose(Vec<Privacy>),
}

/// A measured or allowed value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// There is nothing to measure.
    Nothing,
    /// A length of text.
    Text {
        /// How long.
        length: u64,
        /// In what.
        unit: Unit,
    },
    /// A number of things.
    Count(u64),
    /// Bytes.
    Bytes(u64),
    /// Milliseconds.
    Millis(u64),
    /// Frames per second.
    Rate(FrameRate),
    /// Bits per second.
    BitsPerSecond(u64),
    /// Samples per second.
    SampleRate(u32),
    /// Pixels.
    Pixels(Pixels),
    /// Width to height.
    Ratio(Ratio),
    /// Characters.
    Characters(Vec<char>),
    /// Words as written.
    Words(String),
    /// Kinds of file.
    Containers(Vec<Container>),
    /// Formats of the picture.
    VideoCodecs(Vec<VideoCodec>),
    /// Formats of the sound.
    AudioCodecs(Vec<AudioCodec>),
    /// Choices of who may see it.
    Privacy(Vec<Privacy>),
}

impl Code {
    /// Returns what is wrong, in English.
    const fn words(self) -> &'static str {
        match self {
            Self::TitleMissing => "needs a title",
            Self::TitleTooLong => "the title is too long",
            Self::TitleCharacter => "the title holds a character that is refused",
            Self::Empty => "the post is empty",
            Self::CaptionTooLong => "the caption with its hashtags is too long",
            Self::CaptionCharacter => "the caption holds a character that is refused",
            Self::KeywordsTooLong => "the keywords together are too long",
            Self::TooManyHashtags => "too many hashtags",
            Self::BadHashtag => "not a hashtag",
            Self::TooManyMentions => "too many people are mentioned",
            Self::TooManyCashtags => "too many cashtags",
            Self::MediaMissing => "needs a video or a picture",
            Self::TooManyBytes => "the file is too large",
            Self::TooFewBytes => "the file is too small",
            Self::TooLong => "the video is too long",
            Self::TooShort => "the video is too short",
            Self::NoShort => "the video is too long to count as a short one",
            Self::FrameRate => "the frame rate is out of bounds",
            Self::TooManyPixels => "the picture is too large",
            Self::TooFewPixels => "the picture is too small",
            Self::AspectRatio => "the picture is too wide or too high",
            Self::NotAdvisedRatio => "the picture has another form than is advised",
            Self::BitRate => "the bit rate is too high",
            Self::Container => "this kind of file is not taken",
            Self::VideoCodec => "this format of the picture is not taken",
            Self::AudioCodec => "this format of the sound is not taken",
            Self::AudioChannels => "the sound has too many channels",
            Self::AudioRate => "the sound has too many samples per second",
            Self::PrivacyMissing => "who may see it has to be chosen",
            Self::PrivacyUnavailable => "this choice of who may see it is not to be had",
            Self::Unaudited => "the network has not audited this app: only private posts",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.network, self.code.words())?;
        match (&self.measured, &self.limit) {
            (Measure::Nothing, Measure::Nothing) => {}
            (Measure::Nothing, limit) => write!(f, " ({limit})")?,
            (measured, Measure::Nothing) => write!(f, " ({measured})")?,
            (measured, limit) => write!(f, " ({measured}; allowed: {limit})")?,
        }
        if !self.status.is_confirmed() {
            f.write_str(" [unconfirmed limit]")?;
        }
        Ok(())
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => Ok(()),
            Self::Text { length, unit } => write!(f, "{length} {unit}"),
            Self::Count(count) => write!(f, "{count}"),
            Self::Bytes(bytes) => write!(f, "{bytes} bytes"),
            Self::Millis(millis) => write!(f, "{}.{:03} s", millis / 1000, millis % 1000),
            Self::Rate(rate) if rate.den == 1 => write!(f, "{} fps", rate.num),
            Self::Rate(rate) => write!(f, "{}/{} fps", rate.num, rate.den),
            Self::BitsPerSecond(bits) => write!(f, "{} kbit/s", bits / 1000),
            Self::SampleRate(rate) => write!(f, "{rate} Hz"),
            Self::Pixels(pixels) if pixels.height == u32::MAX => {
                write!(f, "{} pixels wide", pixels.width)
            }
            Self::Pixels(pixels) => write!(f, "{}×{} pixels", pixels.width, pixels.height),
            Self::Ratio(ratio) => write!(f, "{}:{}", ratio.width, ratio.height),
            Self::Characters(characters) => {
                list(f, characters, |c, f| write!(f, "{}", c.escape_default()))
            }
            Self::Words(words) => write!(f, "“{words}”"),
            Self::Containers(containers) => list(f, containers, |c, f| write!(f, "{c:?}")),
            Self::VideoCodecs(codecs) => list(f, codecs, |c, f| write!(f, "{c:?}")),
            Self::AudioCodecs(codecs) => list(f, codecs, |c, f| write!(f, "{c:?}")),
            Self::Privacy(choices) => list(f, choices, |c, f| write!(f, "{c:?}")),
        }
    }
}

fn list<T>(
    f: &mut fmt::Formatter<'_>,
    items: &[T],
    write: impl Fn(&T, &mut fmt::Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        write(item, f)?;
    }
    Ok(())
}
