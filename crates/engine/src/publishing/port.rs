//! What the outbox needs of a network, the same for all.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use online::consent::{App, Dialect, Tokens, accepts, refresh, revoke};
use online::secrets::Secret;
use online::upload::{Network as Steps, Planned, Position, Progress, Session, Source, State};
use posts::Network;
use posts::outbox::{Call, Outcome, Refusal, UnixMs, Verdict};
use protocol::error::{ApiError, ErrorCode};
use protocol::studio::posting::CreatorView;
use task::Cancel;

use super::orders::Content;
use super::still::Moment;
use super::tiktok::{self, TikTok};
use super::x::{self, X};
use super::youtube::{self, YouTube};
use crate::Error;

/// Opens what is particular to a network.
pub(crate) type Ports = Box<dyn Fn(Network) -> Result<Arc<dyn Port>, Error> + Send + Sync>;

/// A network, as the outbox calls it.
pub(crate) trait Port: Send + Sync {
    /// Returns what an app has to know before it is registered.
    fn guide(&self) -> Guide;

    /// Returns how the network speaks OAuth 2.
    fn dialect(&self) -> Dialect;

    /// Returns what the program asks for.
    fn scopes(&self) -> &'static [&'static str];

    /// Returns what posting cannot do without.
    fn needed(&self) -> &'static [&'static str];

    /// Returns the most bytes of a part of a file of `bytes`.
    fn part(&self, bytes: u64) -> u64;

    /// Returns the names that `--network-option` may give.
    fn options(&self) -> &'static [&'static str];

    /// Returns what is wrong with a post's options, if anything.
    fn misused(&self, content: &Content) -> Option<ApiError>;

    /// Returns what the network takes otherwise than meant, or charges more for: whole sentences that
    /// begin with its name.
    fn notices(&self, _content: &Content) -> Vec<String> {
        Vec::new()
    }

    /// Returns what the network charges for a post, in millionths of a US dollar.
    fn price(&self, _content: &Content) -> Option<u64> {
        None
    }

    /// Returns whose token it is; `None` for an account that cannot be posted to.
    fn who(&self, token: &Secret, cancel: &Cancel) -> Result<Option<Identity>, online::Error>;

    /// Returns what the account of a token may do at this moment; `None` where the network does not
    /// say, which is not asked then.
    fn creator(
        &self,
        _token: &Secret,
        _cancel: &Cancel,
    ) -> Result<Option<CreatorView>, online::Error> {
        Ok(None)
    }

    /// Makes one call of the outbox. What the network refuses or leaves open is an error.
    fn make(&self, call: Call, work: &Work<'_>, cancel: &Cancel) -> Result<Reply, online::Error>;

    /// Returns what is set as the cover of a post by a call of its own, once the post is there;
    /// `None` where nothing is.
    fn cover(&self, _content: &Content) -> Option<Moment> {
        None
    }

    /// Returns the calls that a post takes when none fails.
    fn plan(&self, content: &Content, source: &Source) -> Result<Vec<Planned>, online::Error>;

    /// Returns by how many seconds this machine's clock was ahead of the network's at its last answer;
    /// `None` when that told no time.
    fn clock_ahead_secs(&self) -> Option<i64>;

    /// Returns where a post can be seen.
    fn url(&self, remote: &str) -> Option<String>;

    /// Gets new tokens.
    fn refresh(&self, app: &App, token: &Secret, cancel: &Cancel) -> Result<Tokens, online::Error> {
        refresh(&self.dialect(), app, token, cancel)
    }

    /// Ends a consent.
    fn revoke(&self, app: &App, token: &Secret, cancel: &Cancel) -> Result<(), online::Error> {
        revoke(&self.dialect(), app, token, cancel)
    }

    /// Asks whether the network accepts the app.
    fn accepts(&self, app: &App, cancel: &Cancel) -> Result<bool, online::Error> {
        accepts(&self.dialect(), app, cancel)
    }
}

/// What an app has to know before it is registered.
#[derive(Debug, Clone)]
pub(crate) struct Guide {
    /// The redirects to register, exactly as written.
    pub(crate) redirects: Vec<String>,
    /// Kind of app, audits, what they change.
    pub(crate) notes: Vec<String>,
}

/// An account, as its network knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The network's name of it.
    pub(crate) remote: String,
    /// Its name as shown.
    pub(crate) name: String,
    /// Its handle, if it has one.
    pub(crate) handle: Option<String>,
}

/// What a call works on.
pub(crate) struct Work<'a> {
    /// Goes with the call.
    pub(crate) token: Secret,
    /// Texts and choices.
    pub(crate) content: &'a Content,
    /// The file.
    pub(crate) source: &'a Source,
    /// The upload that is under way.
    pub(crate) session: Option<Secret>,
    /// How much of the file the network has confirmed.
    pub(crate) stored: u64,
    /// When the post was due: none of it is older.
    pub(crate) since: UnixMs,
    /// The network's name of the post.
    pub(crate) remote: Option<&'a str>,
    /// The account's handle, if it has one.
    pub(crate) handle: Option<&'a str>,
    /// The JPEG for its cover, where that is set.
    pub(crate) picture: Option<&'a [u8]>,
}

/// What a call came to.
#[derive(Debug)]
pub(crate) struct Reply {
    /// For the state machine.
    pub(crate) outcome: Outcome,
    /// An upload that was opened.
    pub(crate) session: Option<Secret>,
    /// What the network made of the post beside that.
    pub(crate) remark: Option<ApiError>,
    /// Where the post can be seen, as the answer tells; else [`Port::url`] does.
    pub(crate) url: Option<String>,
}

impl Reply {
    /// Returns one that says nothing else.
    pub(crate) fn of(outcome: Outcome) -> Self {
        Self {
            outcome,
            session: None,
            remark: None,
            url: None,
        }
    }
}

/// Makes a call of the outbox at a network; `judge` says what the state of a post means.
pub(crate) fn make<N: Steps>(
    network: &N,
    draft: &N::Draft,
    call: Call,
    work: &Work<'_>,
    cancel: &Cancel,
    judge: impl FnOnce(State) -> Reply,
) -> Result<Reply, online::Error> {
    let Work {
        token,
        source,
        stored,
        ..
    } = work;
    let session = work.session.clone().map(Session);
    let since = UNIX_EPOCH + Duration::from_millis(work.since.0);
    let upload = session.as_ref().map(|session| (session, *source));
    match (call, &session) {
        (Call::Open, _) => {
            let opened = network.open(token, draft, source, cancel)?;
            Ok(Reply {
                session: Some(opened.0),
                ..Reply::of(Outcome::Opened)
            })
        }
        // An upload whose name is lost cannot be gone on with, and what is posted has a file: its text
        // never goes out alone, nor is it what the post is known by.
        (Call::Send { .. } | Call::Ask | Call::Post | Call::Look, None) => {
            Ok(Reply::of(Outcome::Gone))
        }
        (Call::Send { from }, Some(session)) => {
            let sent = network.send(token, session, source, from, cancel)?;
            Ok(Reply::of(outcome(sent)))
        }
        (Call::Ask, Some(session)) => {
            let asked = network.position(token, session, source, *stored, cancel)?;
            Ok(Reply::of(outcome(asked)))
        }
        (Call::Post, Some(_)) => {
            let posted = network.post(token, draft, upload, since, cancel)?;
            Ok(Reply::of(outcome(posted)))
        }
        (Call::Look, Some(_)) => {
            let found = network.look(token, draft, upload, since, cancel)?;
            Ok(Reply::of(found.map_or(Outcome::NotFound, Outcome::Posted)))
        }
        (Call::Check, _) => {
            let remote = work.remote.unwrap_or_default();
            Ok(judge(network.state(token, draft, remote, cancel)?))
        }
        // Tokens are no matter of the post, and who sets covers by a call does so before.
        (Call::Refresh | Call::SetCover, _) => Ok(Reply::of(Outcome::Refused(Refusal::Never))),
    }
}

/// Returns what the state of a post on a network means; `look` says where more can be seen of it.
pub(super) fn judged(network: Network, progress: Progress, look: &str) -> Reply {
    let told = |words: String| {
        let words = words.trim_end_matches([':', ' ']).to_owned();
        Some(ApiError::new(ErrorCode::PostRefused, words).hint(look))
    };
    let why = |reason: String| {
        let known = explained(network, &reason);
        known.map_or(reason, |(words, _)| words.to_owned())
    };
    let (verdict, remark) = match progress {
        Progress::Processing => (Verdict::Processing, None),
        Progress::Processed => (Verdict::Live, None),
        Progress::Failed(reason) => {
            let words = format!("{network} cannot read the video: {}", why(reason));
            (Verdict::Rejected, told(words))
        }
        Progress::Rejected(reason) => {
            let words = format!("{network} rejected the video: {}", why(reason));
            (Verdict::Rejected, told(words))
        }
        // Right after an upload the list may not have it yet.
        Progress::Gone => {
            let words = format!("{network} does not show the post that it took");
            (Verdict::Missing, told(words))
        }
    };
    Reply {
        remark,
        ..Reply::of(Outcome::Checked(verdict))
    }
}

/// Returns what a network's reason means, and what to do about it, where more is known of it than
/// what the network says.
pub(super) fn explained(network: Network, reason: &str) -> Option<(&'static str, &'static str)> {
    match network {
        Network::TikTok => tiktok::explained(reason),
        Network::X => x::explained(reason),
        Network::YouTube => youtube::explained(reason),
        Network::Instagram | Network::Facebook | Network::LinkedIn => None,
    }
}

fn outcome(position: Position) -> Outcome {
    match position {
        Position::Stored(bytes) => Outcome::Stored(bytes),
        Position::Uploaded => Outcome::Uploaded,
        Position::Working { after } => Outcome::Working {
            after_ms: after.map_or(0, |after| after.as_millis() as u64),
        },
        Position::Posted { remote } => Outcome::Posted(remote),
        Position::Gone => Outcome::Gone,
    }
}

/// Returns what opens each network once: its connections are kept between calls.
pub(crate) fn at(endpoints: online::Endpoints) -> Ports {
    let opened: Mutex<BTreeMap<Network, Arc<dyn Port>>> = Mutex::default();
    Box::new(move |network| {
        let mut opened = opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(port) = opened.get(&network) {
            return Ok(Arc::clone(port));
        }
        let port = open(network, &endpoints)?;
        opened.insert(network, Arc::clone(&port));
        Ok(port)
    })
}

/// Opens a network that can be posted to.
fn open(network: Network, endpoints: &online::Endpoints) -> Result<Arc<dyn Port>, Error> {
    match network {
        Network::YouTube => Ok(Arc::new(YouTube::new(&endpoints.youtube)?)),
        Network::TikTok => Ok(Arc::new(TikTok::new(&endpoints.tiktok)?)),
        Network::X => Ok(Arc::new(X::new(&endpoints.x)?)),
        Network::Instagram | Network::Facebook | Network::LinkedIn => {
            let message = format!("{network} cannot be posted to yet");
            Err(ApiError::new(ErrorCode::Usage, message)
                .hint("youtube, tiktok and x can")
                .into())
        }
    }
}
