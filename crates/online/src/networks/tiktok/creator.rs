use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What an account may do at this moment, and what has to be shown of it before the user posts:
/// its name, its choices, none of them taken beforehand.
///
/// Source: TikTok for Developers, "Query Creator Info" and the content sharing guidelines. The names
/// of its fields, beside that of the longest video, are not confirmed: what is missing is not
/// restricted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Creator {
    /// The name that is shown.
    pub nickname: String,
    /// The name in addresses.
    pub username: String,
    /// Where its picture is, for two hours.
    pub avatar: Option<String>,
    /// Who may be let see a post; empty when TikTok does not say.
    pub privacy: Vec<Privacy>,
    /// Whether posts may have comments.
    pub comments: Interaction,
    /// Whether posts may have duets.
    pub duets: Interaction,
    /// Whether posts may have stitches.
    pub stitches: Interaction,
    /// The longest video.
    pub longest: Option<Duration>,
}

/// Who may see a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Privacy {
    /// Everybody.
    PublicToEveryone,
    /// Who follows the account and is followed by it.
    MutualFollowFriends,
    /// Who follows the account.
    FollowerOfCreator,
    /// The account: all that TikTok lets apps post that it has not audited.
    SelfOnly,
}

/// Whether others may do something with a post.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Interaction {
    /// They may.
    Allowed,
    /// They may not: what holds until the user says otherwise.
    #[default]
    Off,
}

impl Interaction {
    pub(super) fn is_off(self) -> bool {
        self == Self::Off
    }

    /// Returns what is left of it where the account may switch it off for all posts.
    pub(super) fn within(self, account: Self) -> Self {
        match account {
            Self::Allowed => self,
            Self::Off => Self::Off,
        }
    }
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(super) struct Answered {
    creator_nickname: String,
    creator_username: String,
    creator_avatar_url: Option<String>,
    privacy_level_options: Vec<String>,
    comment_disabled: bool,
    duet_disabled: bool,
    stitch_disabled: bool,
    max_video_post_duration_sec: Option<u64>,
}

impl From<Answered> for Creator {
    fn from(answered: Answered) -> Self {
        let interaction = |is_disabled| {
            if is_disabled {
                Interaction::Off
            } else {
                Interaction::Allowed
            }
        };
        // Choices that came later than this program are none for it.
        let known = |name: &String| serde_json::from_value(name.as_str().into()).ok();
        Self {
            nickname: answered.creator_nickname,
            username: answered.creator_username,
            avatar: answered.creator_avatar_url,
            privacy: answered
                .privacy_level_options
                .iter()
                .filter_map(known)
                .collect(),
            comments: interaction(answered.comment_disabled),
            duets: interaction(answered.duet_disabled),
            stitches: interaction(answered.stitch_disabled),
            longest: answered
                .max_video_post_duration_sec
                .map(Duration::from_secs),
        }
    }
}
