//! YouTube, as the outbox calls it.

use online::consent::Dialect;
use online::secrets::Secret;
use online::upload::{Audience, Network as _, Planned, Source, State};
use online::youtube::{self, Api, Channel, Draft, Notify};
use posts::outbox::{Call, Outcome, Refusal};
use posts::{Answer, Network, Privacy};
use protocol::error::{ApiError, ErrorCode};
use task::Cancel;

use super::orders::Content;
use super::port::{Guide, Identity, Port, Reply, Work, judged, make};
use super::still::Moment;

/// The names that `--network-option` may give.
const OPTIONS: &[&str] = &["category", "cover", "language", "notify", "tags"];

/// YouTube.
pub(crate) struct YouTube {
    api: Api,
    endpoints: online::YouTube,
}

impl YouTube {
    pub(crate) fn new(endpoints: &online::YouTube) -> Result<Self, online::Error> {
        Ok(Self {
            api: Api::new(endpoints.clone())?,
            endpoints: endpoints.clone(),
        })
    }

    fn set_cover(&self, work: &Work<'_>, cancel: &Cancel) -> Result<Reply, online::Error> {
        let (Some(video), Some(picture)) = (work.remote, work.picture) else {
            return Ok(Reply::of(Outcome::Refused(Refusal::Never)));
        };
        self.api
            .set_thumbnail(&work.token, video, picture, cancel)?;
        Ok(Reply::of(Outcome::CoverSet))
    }
}

impl Port for YouTube {
    fn guide(&self) -> Guide {
        let notes = [
            "make an OAuth client of the type “Desktop app” at console.cloud.google.com and enable \
             YouTube Data API v3 and YouTube Analytics API for its project",
            "no redirect has to be registered",
            "while the consent screen is in “Testing”, consent ends after 7 days",
            "until Google has audited the project for YouTube's API, every video that it uploads is \
             private",
        ];
        Guide {
            redirects: Vec::new(),
            notes: notes.map(str::to_owned).to_vec(),
        }
    }

    fn dialect(&self) -> Dialect {
        youtube::dialect(&self.endpoints)
    }

    fn scopes(&self) -> &'static [&'static str] {
        youtube::SCOPES
    }

    fn needed(&self) -> &'static [&'static str] {
        youtube::SCOPES.get(..1).unwrap_or_default()
    }

    fn part(&self, bytes: u64) -> u64 {
        self.api.part(bytes)
    }

    fn options(&self) -> &'static [&'static str] {
        OPTIONS
    }

    fn misused(&self, content: &Content) -> Option<ApiError> {
        content
            .outside()
            .or_else(|| content.unanswered(&["notify"]))
    }

    fn who(&self, token: &Secret, cancel: &Cancel) -> Result<Option<Identity>, online::Error> {
        let channel = self.api.channel(token, cancel)?;
        let identity = |Channel { id, title, handle }| Identity {
            remote: id,
            name: title,
            handle,
        };
        Ok(channel.map(identity))
    }

    fn make(&self, call: Call, work: &Work<'_>, cancel: &Cancel) -> Result<Reply, online::Error> {
        if call == Call::SetCover {
            return self.set_cover(work, cancel);
        }
        let draft = draft(work.content);
        make(&self.api, &draft, call, work, cancel, |state| {
            judge(draft.privacy, state)
        })
    }

    fn cover(&self, content: &Content) -> Option<Moment> {
        let at_ms = content.cover_ms()?;
        Some(Moment {
            at_ms,
            most_bytes: youtube::LONGEST_THUMBNAIL,
        })
    }

    fn plan(&self, content: &Content, source: &Source) -> Result<Vec<Planned>, online::Error> {
        self.api.plan(&draft(content), source)
    }

    fn clock_ahead_secs(&self) -> Option<i64> {
        self.api.clock_ahead_secs()
    }

    fn url(&self, remote: &str) -> Option<String> {
        Some(format!("https://youtu.be/{remote}"))
    }
}

/// Returns what became of a video that was to be seen by `wanted`.
fn judge(wanted: youtube::Privacy, state: State) -> Reply {
    let is_hidden =
        wanted != youtube::Privacy::Private && state.audience == Some(Audience::Account);
    let reply = judged(
        Network::YouTube,
        state.progress,
        "look at the video in YouTube Studio",
    );
    Reply {
        remark: reply.remark.or_else(|| is_hidden.then(made_private)),
        ..reply
    }
}

fn draft(content: &Content) -> Draft {
    let option = |name: &str| content.options.get(name).cloned();
    let is = |answer: Answer| answer == Answer::Yes;
    Draft {
        title: content.title.clone(),
        description: content.caption.clone(),
        tags: content.tags(),
        category: option("category"),
        language: option("language"),
        privacy: privacy(content),
        publish_at: None,
        made_for_kids: content.made_for_kids.map(is),
        synthetic: content.synthetic.map(is),
        notify: match content.answer("notify") {
            Some(Answer::No) => Notify::Nobody,
            Some(Answer::Yes) | None => Notify::Subscribers,
        },
        cover_ms: content.cover_ms(),
    }
}

/// Returns who may see a video; private unless chosen otherwise. What YouTube does not have was
/// refused before.
fn privacy(content: &Content) -> youtube::Privacy {
    match content.privacy {
        Some(Privacy::Public) => youtube::Privacy::Public,
        Some(Privacy::Unlisted) => youtube::Privacy::Unlisted,
        _ => youtube::Privacy::Private,
    }
}

fn made_private() -> ApiError {
    ApiError::new(
        ErrorCode::MadePrivate,
        "YouTube made the video private, as it does with apps that it has not audited",
    )
    .hint("have the app audited, or upload the video by hand in YouTube Studio")
}

/// Returns what a reason of YouTube's means, and what to do about it.
pub(super) fn explained(reason: &str) -> Option<(&'static str, &'static str)> {
    Some(match reason {
        "youtubeSignupRequired" => (
            "the account has no channel, or none any more",
            "make a channel on YouTube, or connect another account: \
             `crealia accounts connect youtube`",
        ),
        "channelClosed" | "authenticatedUserAccountClosed" | "uploaderAccountClosed" => (
            "the channel was closed",
            "connect another account: `crealia accounts connect youtube`",
        ),
        "channelSuspended" | "authenticatedUserAccountSuspended" | "uploaderAccountSuspended" => (
            "the channel is suspended",
            "see to the channel in YouTube Studio, then post again",
        ),
        _ => return None,
    })
}
