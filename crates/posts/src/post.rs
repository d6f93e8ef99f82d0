//! A post as it is to be checked: its texts, its choices, what is known of its file.

use footage::time::FrameRate;
use serde::{Deserialize, Serialize};

use crate::limits::Limits;
use crate::network::Network;

/// A post for one network.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Post {
    /// The title; empty for none.
    pub title: String,
    /// The text below it.
    pub caption: String,
    /// Hashtags that follow the caption, with or without `#`.
    pub hashtags: Vec<String>,
    /// Keywords that no reader sees: YouTube's tags.
    pub keywords: Vec<String>,
    /// Who may see it; none when the user has not chosen.
    pub privacy: Option<Privacy>,
    /// What has to be told about it.
    pub disclosures: Disclosures,
    /// The video file; none for a post without one.
    pub video: Option<Video>,
    /// How many pictures it has.
    pub pictures: u32,
}

impl Post {
    /// Returns the caption as it is sent: with those hashtags after it that are not in it.
    pub fn text(&self) -> String {
        let present: Vec<String> = crate::text::hashtags(&self.caption)
            .into_iter()
            .filter_map(|range| self.caption.get(range))
            .map(bare)
            .collect();
        let mut missing: Vec<&str> = Vec::new();
        for tag in self.hashtags.iter().map(|tag| without_sign(tag)) {
            let is_new = !missing.iter().any(|known| bare(known) == bare(tag));
            if !tag.is_empty() && is_new && !present.contains(&bare(tag)) {
                missing.push(tag);
            }
        }
        let tags: Vec<String> = missing.iter().map(|tag| format!("#{tag}")).collect();
        let caption = self.caption.trim_end();
        match (caption.is_empty(), tags.is_empty()) {
            (_, true) => self.caption.clone(),
            (true, false) => tags.join(" "),
            (false, false) => format!("{caption}\n\n{}", tags.join(" ")),
        }
    }
}

/// Returns the text that `network` shows below a video: the caption; where posts have no title and
/// there is no caption, the title.
pub fn text_on<'a>(network: Network, title: &'a str, caption: &'a str) -> &'a str {
    let has_title = Limits::of(network).text.title.is_some();
    if has_title || !caption.trim().is_empty() {
        caption
    } else {
        title
    }
}

fn without_sign(tag: &str) -> &str {
    tag.trim().trim_start_matches(['#', '＃'])
}

fn bare(tag: &str) -> String {
    without_sign(tag).to_lowercase()
}

/// Who may see a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Privacy {
    /// Everybody.
    Public,
    /// Whoever has the link.
    Unlisted,
    /// Those who follow the account.
    Followers,
    /// Those who follow the account and are followed by it.
    Friends,
    /// Members who are connected with the author.
    Connections,
    /// The account itself: TikTok's `SELF_ONLY`.
    Private,
}

impl Privacy {
    /// Returns its name, such as `public`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Unlisted => "unlisted",
            Self::Followers => "followers",
            Self::Friends => "friends",
            Self::Connections => "connections",
            Self::Private => "private",
        }
    }
}

/// An answer to a question that has no default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Yes.
    Yes,
    /// No.
    No,
}

/// What has to be told about a post. Absent is unanswered, and sent as such where a network lets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Disclosures {
    /// Whether it is made for children.
    pub made_for_kids: Option<Answer>,
    /// Whether pictures or voices in it are made by AI and look real.
    pub synthetic: Option<Answer>,
    /// Whether it advertises the author's own brand.
    pub own_brand: Option<Answer>,
    /// Whether somebody paid for it.
    pub paid_partnership: Option<Answer>,
}

/// What is known of a video file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Video {
    /// Its size.
    pub bytes: u64,
    /// Its length in milliseconds.
    pub duration_ms: u64,
    /// Width of the picture as shown, in pixels.
    pub width: u32,
    /// Height of the picture as shown, in pixels.
    pub height: u32,
    /// Frames per second.
    pub rate: FrameRate,
    /// The kind of file.
    pub container: Container,
    /// The format of the picture.
    pub codec: VideoCodec,
    /// The sound; none for a silent file.
    pub audio: Option<Audio>,
}

/// What is known of a file's sound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audio {
    /// Its format.
    pub codec: AudioCodec,
    /// How many channels.
    pub channels: u16,
    /// Samples per second.
    pub sample_rate: u32,
}

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Container {
    /// MPEG-4.
    Mp4,
    /// QuickTime.
    Mov,
    /// WebM.
    WebM,
    /// Any other.
    Other,
}

/// A format of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VideoCodec {
    /// AVC, H.264.
    H264,
    /// HEVC, H.265.
    Hevc,
    /// AV1.
    Av1,
    /// VP8.
    Vp8,
    /// VP9.
    Vp9,
    /// Any other.
    Other,
}

/// A format of the sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AudioCodec {
    /// AAC.
    Aac,
    /// Opus.
    Opus,
    /// MP3.
    Mp3,
    /// Any other.
    Other,
}

/// What an account may do beyond or short of its network's limits.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Standing {
    /// Whether it has a paid tier with longer texts.
    pub tier: Tier,
    /// The longest video in milliseconds that the network names for it: TikTok's
    /// `max_video_post_duration_sec`.
    pub longest_ms: Option<u64>,
    /// The choices of privacy that the network names for it: TikTok's `privacy_level_options`.
    pub privacy: Option<Vec<Privacy>>,
    /// Whether the app has passed the network's audit; unknown at first.
    pub audited: Option<Answer>,
}

/// A tier of accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// What everybody has.
    #[default]
    Standard,
    /// Paid for: X Premium.
    Paid,
}
