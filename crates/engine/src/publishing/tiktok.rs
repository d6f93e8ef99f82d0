//! TikTok, as the outbox calls it.

use std::time::Duration;

use online::consent::Dialect;
use online::secrets::Secret;
use online::tiktok::{self, Account, Api, Draft, Interaction};
use online::upload::{Audience, Network as _, Planned, Progress, Source, State};
use posts::outbox::{Call, Outcome, Verdict};
use posts::{Answer, Network, Privacy};
use protocol::error::{ApiError, ErrorCode};
use protocol::studio::posting::{CreatorView, Interaction as Switch};
use task::Cancel;

use super::orders::Content;
use super::port::{Guide, Identity, Port, Reply, Work, judged, make};

/// The names that `--network-option` may give.
const OPTIONS: &[&str] = &[
    "comments",
    "cover",
    "duets",
    "own-brand",
    "paid-partnership",
    "stitches",
];
/// Those of them that are answered with yes or no.
const ANSWERED: &[&str] = &[
    "comments",
    "duets",
    "own-brand",
    "paid-partnership",
    "stitches",
];
/// What posting cannot do without.
const NEEDED: &[&str] = &["video.publish"];
/// Where the account's videos are.
const SITE: &str = "https://www.tiktok.com";

/// TikTok.
pub(crate) struct TikTok {
    api: Api,
    endpoints: online::TikTok,
}

impl TikTok {
    pub(crate) fn new(endpoints: &online::TikTok) -> Result<Self, online::Error> {
        Ok(Self {
            api: Api::new(endpoints.clone())?,
            endpoints: endpoints.clone(),
        })
    }
}

impl Port for TikTok {
    fn guide(&self) -> Guide {
        let notes = [
            "make an app at developers.tiktok.com with the products Login Kit (for desktop) and \
             Content Posting API (with Direct Post)"
                .to_owned(),
            format!("give it the scopes {}", tiktok::SCOPES.join(", ")),
            "its client key is what --client-id takes; its secret is needed, too".to_owned(),
            "until TikTok has audited the app, it posts for the account alone (--privacy private), \
             for at most 5 accounts a day, and only while the account itself is set to private"
                .to_owned(),
            "TikTok takes about 15 posts of an account a day, through all apps together".to_owned(),
        ];
        Guide {
            redirects: vec![tiktok::REDIRECT.to_owned()],
            notes: notes.to_vec(),
        }
    }

    fn dialect(&self) -> Dialect {
        tiktok::dialect(&self.endpoints)
    }

    fn scopes(&self) -> &'static [&'static str] {
        tiktok::SCOPES
    }

    fn needed(&self) -> &'static [&'static str] {
        NEEDED
    }

    fn part(&self, bytes: u64) -> u64 {
        self.api.part(bytes)
    }

    fn options(&self) -> &'static [&'static str] {
        OPTIONS
    }

    fn misused(&self, content: &Content) -> Option<ApiError> {
        content.outside().or_else(|| content.unanswered(ANSWERED))
    }

    fn who(&self, token: &Secret, cancel: &Cancel) -> Result<Option<Identity>, online::Error> {
        let Account { id, name, username } = self.api.account(token, cancel)?;
        let username = username.filter(|name| !name.is_empty());
        Ok(Some(Identity {
            remote: id,
            name,
            handle: username.map(|name| format!("@{name}")),
        }))
    }

    fn creator(
        &self,
        token: &Secret,
        cancel: &Cancel,
    ) -> Result<Option<CreatorView>, online::Error> {
        Ok(Some(creator(self.api.creator(token, cancel)?)))
    }

    fn make(&self, call: Call, work: &Work<'_>, cancel: &Cancel) -> Result<Reply, online::Error> {
        let draft = draft(work.content);
        let page = work.handle.map(|handle| format!("{SITE}/{handle}"));
        let judge = |state: State| judge(&draft, state, page.as_deref());
        let mut reply = make(&self.api, &draft, call, work, cancel, judge)?;
        if matches!(reply.outcome, Outcome::Posted(_)) {
            // Until the video has a name of its own it is to be found there.
            reply.url = page;
        }
        Ok(reply)
    }

    fn plan(&self, content: &Content, source: &Source) -> Result<Vec<Planned>, online::Error> {
        self.api.plan(&draft(content), source)
    }

    fn clock_ahead_secs(&self) -> Option<i64> {
        self.api.clock_ahead_secs()
    }

    /// The name of a publication leads nowhere; that of its video is told later.
    fn url(&self, _remote: &str) -> Option<String> {
        None
    }
}

/// Returns what became of a video of the account whose page this is.
fn judge(draft: &Draft, state: State, page: Option<&str>) -> Reply {
    let is_public = draft.privacy == tiktok::Privacy::PublicToEveryone;
    let is_unseen = state.progress == Progress::Processed && state.public_name.is_none();
    if is_public && is_unseen {
        return Reply {
            remark: Some(in_review()),
            // Asked for a few minutes more: mostly the name is there by then.
            ..Reply::of(Outcome::Checked(Verdict::Missing))
        };
    }
    let url = page.zip(state.public_name.as_deref());
    let is_hidden =
        state.progress == Progress::Processed && state.audience == Some(Audience::Account);
    let reply = judged(
        Network::TikTok,
        state.progress,
        "look at the notifications in TikTok's app",
    );
    Reply {
        url: url.map(|(page, name)| format!("{page}/video/{name}")),
        remark: reply.remark.or_else(|| is_hidden.then(only_you)),
        ..reply
    }
}

fn only_you() -> ApiError {
    ApiError::new(ErrorCode::OnlyYou, "only you can see the video on TikTok").hint(
        "as you chose, and all that an app may post that TikTok has not audited: change it in TikTok's app",
    )
}

fn draft(content: &Content) -> Draft {
    let is = |answer: Answer| answer == Answer::Yes;
    let interaction = |name: &str| match content.answer(name) {
        Some(Answer::Yes) => Interaction::Allowed,
        // TikTok wants each to be off until the user switches it on.
        Some(Answer::No) | None => Interaction::Off,
    };
    Draft {
        title: content.text(Network::TikTok).to_owned(),
        privacy: privacy(content),
        comments: interaction("comments"),
        duets: interaction("duets"),
        stitches: interaction("stitches"),
        duration: content.duration_ms.map(Duration::from_millis),
        cover_ms: content.cover_ms(),
        paid_partnership: content.answer("paid-partnership").map(is),
        own_brand: content.answer("own-brand").map(is),
        made_with_ai: content.synthetic.map(is),
    }
}

/// Returns what an account may do, as it is shown.
fn creator(told: tiktok::Creator) -> CreatorView {
    let switches = [
        (Switch::Comment, told.comments),
        (Switch::Duet, told.duets),
        (Switch::Stitch, told.stitches),
    ];
    let choice = |privacy: &tiktok::Privacy| match privacy {
        tiktok::Privacy::PublicToEveryone => Privacy::Public,
        tiktok::Privacy::MutualFollowFriends => Privacy::Friends,
        tiktok::Privacy::FollowerOfCreator => Privacy::Followers,
        tiktok::Privacy::SelfOnly => Privacy::Private,
    };
    CreatorView {
        name: told.nickname,
        handle: Some(told.username)
            .filter(|name| !name.is_empty())
            .map(|name| format!("@{name}")),
        privacy: told.privacy.iter().map(choice).collect(),
        switched_off: switches
            .into_iter()
            .filter(|(_, account)| *account == Interaction::Off)
            .map(|(switch, _)| switch)
            .collect(),
        longest_ms: told
            .longest
            .map(|longest| u64::try_from(longest.as_millis()).unwrap_or(u64::MAX)),
    }
}

/// Returns who may see a video. What TikTok does not have was refused before, as was no choice.
fn privacy(content: &Content) -> tiktok::Privacy {
    match content.privacy {
        Some(Privacy::Public) => tiktok::Privacy::PublicToEveryone,
        Some(Privacy::Friends) => tiktok::Privacy::MutualFollowFriends,
        Some(Privacy::Followers) => tiktok::Privacy::FollowerOfCreator,
        Some(Privacy::Private | Privacy::Unlisted | Privacy::Connections) | None => {
            tiktok::Privacy::SelfOnly
        }
    }
}

fn in_review() -> ApiError {
    ApiError::new(
        ErrorCode::InReview,
        "TikTok has the video and does not show it to everybody yet",
    )
    .hint("its moderators look at public videos first, which may take hours: look in TikTok's app")
}

/// Returns what a reason of TikTok's means, and what to do about it.
pub(super) fn explained(reason: &str) -> Option<(&'static str, &'static str)> {
    const TRY_ANOTHER: &str = "export the video for TikTok again, then post it";
    const TOMORROW: &str = "it goes on by itself when `crealia outbox run` runs";
    Some(match reason {
        "unaudited_client_can_only_post_to_private_accounts" => (
            "it has not audited the app, which may post for the account alone, and only while the \
             account itself is set to private",
            "set the account to private in TikTok's app and use --privacy private, or have the app \
             audited",
        ),
        "privacy_level_option_mismatch" | "privacy_level_not_authorized" => (
            "the account does not have this choice of who may see it",
            "choose another with --privacy",
        ),
        "comment_disabled" => (
            "the account has no comments",
            "leave --network-option comments=yes out, or allow them in TikTok's app",
        ),
        "duet_disabled" => (
            "the account has no duets",
            "leave --network-option duets=yes out, or allow them in TikTok's app",
        ),
        "stitch_disabled" => (
            "the account has no stitches",
            "leave --network-option stitches=yes out, or allow them in TikTok's app",
        ),
        "duration_check_failed" => (
            "the video is longer than the account may post",
            "choose a shorter piece",
        ),
        "file_format_check_failed" => ("it does not read the format of the file", TRY_ANOTHER),
        "frame_rate_check_failed" => ("it does not take the frame rate", TRY_ANOTHER),
        "picture_size_check_failed" => ("it does not take the size of the picture", TRY_ANOTHER),
        "spam_risk_too_many_posts" => (
            "the account has posted as often as apps may in a day",
            TOMORROW,
        ),
        "spam_risk_too_many_pending_share" => (
            "too many videos wait in the account's inbox",
            "post or discard them in TikTok's app",
        ),
        "reached_active_user_cap" => (
            "the app has posted for as many accounts as it may in a day",
            TOMORROW,
        ),
        "spam_risk_user_banned_from_posting" => (
            "the account may not post",
            "see to the account in TikTok's app, then post again",
        ),
        "spam_risk" | "spam_risk_text" => (
            "it takes the post for spam",
            "write another text, and post less often",
        ),
        "publish_cancelled" => ("it was called off there", "post it again if you want it"),
        "auth_removed" => (
            "the account has ended the app's consent",
            "connect it again: `crealia accounts connect tiktok`",
        ),
        "internal" | "internal_error" => ("it has trouble of its own", "post it again later"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_posted_wider_than_chosen() {
        let of = |privacy| {
            super::privacy(&Content {
                privacy,
                ..Content::default()
            })
        };
        assert_eq!(of(Some(Privacy::Public)), tiktok::Privacy::PublicToEveryone);
        assert_eq!(
            of(Some(Privacy::Friends)),
            tiktok::Privacy::MutualFollowFriends
        );
        assert_eq!(
            of(Some(Privacy::Followers)),
            tiktok::Privacy::FollowerOfCreator
        );
        for other in [Some(Privacy::Private), Some(Privacy::Unlisted), None] {
            assert_eq!(of(other), tiktok::Privacy::SelfOnly, "{other:?}");
        }
    }
}
