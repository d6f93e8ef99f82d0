use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Draft;

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

impl Privacy {
    /// Returns TikTok's name of it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::PublicToEveryone => "PUBLIC_TO_EVERYONE",
            Self::MutualFollowFriends => "MUTUAL_FOLLOW_FRIENDS",
            Self::FollowerOfCreator => "FOLLOWER_OF_CREATOR",
            Self::SelfOnly => "SELF_ONLY",
        }
    }
}

impl Creator {
    /// Returns what the account may not do of a post: TikTok's reason, and words.
    pub(super) fn refusal(&self, draft: &Draft) -> Option<(&'static str, String)> {
        if !self.privacy.is_empty() && !self.privacy.contains(&draft.privacy) {
            let offered: Vec<&str> = self.privacy.iter().map(|choice| choice.name()).collect();
            let words = format!("the account offers {}", offered.join(", "));
            return Some(("privacy_level_option_mismatch", words));
        }
        let switches = [
            ("comment_disabled", draft.comments, self.comments),
            ("duet_disabled", draft.duets, self.duets),
            ("stitch_disabled", draft.stitches, self.stitches),
        ];
        let is_refused = |(_, wanted, account): &&(_, Interaction, Interaction)| {
            account.is_off() && !wanted.is_off()
        };
        if let Some((reason, ..)) = switches.iter().find(is_refused) {
            return Some((reason, "the account has switched it off".to_owned()));
        }
        let longest = self.longest?;
        let duration = draft.duration.filter(|duration| *duration > longest)?;
        let words = format!(
            "the account may post {} s, and the video has {:.1} s",
            longest.as_secs(),
            duration.as_secs_f64()
        );
        Some(("duration_check_failed", words))
    }
}

impl Interaction {
    pub(super) fn is_off(self) -> bool {
        self == Self::Off
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
