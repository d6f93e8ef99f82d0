use serde::{Deserialize, Serialize};

use crate::outbox::preflight::Preflight;
use crate::outbox::way::{Posting, ReadBack, Way};
use crate::outbox::{LATEST_MS, RETRIES};

/// A moment: milliseconds since 1970 in UTC.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct UnixMs(pub u64);

impl UnixMs {
    pub(crate) const fn plus(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    pub(crate) const fn minus(self, ms: u64) -> Self {
        Self(self.0.saturating_sub(ms))
    }
}

/// What the user sees of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It waits for the user.
    Draft,
    /// It waits for its time.
    Scheduled,
    /// It is being posted.
    Publishing,
    /// It is on the network.
    Published,
    /// It is not on the network, and will not be without the user.
    Failed,
    /// The user called it off before anything was posted.
    Cancelled,
    /// It may be on the network; the user decides.
    Uncertain,
}

/// How far the work is, by what the network has confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Nothing is there.
    New,
    /// An upload is open, with this many bytes stored.
    Opened {
        /// Bytes.
        stored: u64,
    },
    /// All is there that the post needs.
    Uploaded,
    /// The post is there.
    Posted {
        /// The network's name of it.
        remote: String,
    },
}

/// Whether the post may be on the network although nothing says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// It is not.
    None,
    /// An answer that would have told was lost.
    Possible,
}

/// A call to a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// Opens the upload.
    Open,
    /// Sends the part that begins here, of at most [`Entry::part`] bytes.
    Send {
        /// Byte.
        from: u64,
    },
    /// Asks the upload how far it is, and whether it was posted.
    Ask,
    /// Makes the post.
    Post,
    /// Looks for the post among the account's own.
    Look,
    /// Gets a new access token.
    Refresh,
    /// Sets the cover of the post that is there. Done twice it does no harm.
    SetCover,
    /// Reads what became of the post.
    Check,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing: it is over, or the user's turn.
    Nothing,
    /// Nothing before this moment.
    Wait(UnixMs),
    /// This call, now, after [`Entry::begun`] is written down.
    Do(Call),
}

/// What a call came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The upload is open.
    Opened,
    /// So many bytes are stored.
    Stored(u64),
    /// All bytes are stored, and nothing is posted.
    Uploaded,
    /// All bytes are stored, nothing is posted, and the network works on them before it can be.
    Working {
        /// Milliseconds before which the network does not want to be asked again.
        after_ms: u64,
    },
    /// The post is there.
    Posted(String),
    /// The network knows nothing of the upload.
    Gone,
    /// The post is not among the account's own.
    NotFound,
    /// There is a new token.
    Refreshed,
    /// The post has its cover.
    CoverSet,
    /// What became of the post.
    Checked(Verdict),
    /// The network refused, and did nothing.
    Refused(Refusal),
    /// Nobody knows whether the network did anything: no answer, one that cannot be read, a server
    /// error, the program's end.
    Unknown,
}

/// Why a network refuses, by what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The same later, not before this many milliseconds have passed.
    Later {
        /// Milliseconds.
        after_ms: u64,
    },
    /// The same at this moment: a quota is used up until then.
    At(UnixMs),
    /// The token is not good (any more).
    Token,
    /// The post as it is will never be taken.
    Never,
}

/// What became of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The network works on it.
    Processing,
    /// It can be seen by whom it was meant for.
    Live,
    /// It was refused after all.
    Rejected,
    /// The network does not know it, or not yet: its lists lag behind what it took.
    Missing,
}

/// Who chose when an entry is posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timing {
    /// Nobody: it was to be posted when it was ordered.
    AtOnce,
    /// The user, or nobody knows any more.
    #[default]
    Chosen,
}

/// The cover of a post, where that is set by a call of its own once the post is there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cover {
    /// None is set so: the network chooses it, or it goes with the upload.
    #[default]
    Unchosen,
    /// It is to be set.
    Wanted,
    /// It is set.
    Set,
    /// It was not set, and will not be: the post is there all the same.
    Missed {
        /// Why, in words; empty until somebody says so.
        why: String,
    },
}

impl Cover {
    /// Returns it when nothing more is done for it.
    pub(crate) fn given_up(self) -> Self {
        match self {
            Self::Wanted => Self::Missed { why: String::new() },
            Self::Unchosen | Self::Set | Self::Missed { .. } => self,
        }
    }

    /// Says why it was not set, unless that is said.
    pub fn explain(&mut self, words: &str) {
        if let Self::Missed { why } = self
            && why.is_empty()
        {
            words.clone_into(why);
        }
    }
}

/// Why an entry failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The network refused the post.
    Refused,
    /// The network could not be reached, in as many tries as are made.
    Unreachable,
    /// The account has to be connected again.
    Reconnect,
    /// The network took the post and then refused it.
    Rejected,
    /// Its time had passed for too long when the program could post it.
    Missed,
    /// The user says that it is not on the network.
    NotPublished,
    /// What was written down of it, or of its account, cannot be used.
    Broken,
}

/// Why an entry cannot be called off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancelled {
    /// It is off.
    Yes,
    /// It may be on the network already.
    TooLate,
    /// It is over.
    Over,
}

/// One post for one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// How its network posts.
    pub way: Way,
    /// What the user sees.
    pub state: State,
    /// How far it is.
    pub place: Place,
    /// Whether it may be on the network.
    pub doubt: Doubt,
    /// Bytes of the file; 0 for a post without one.
    pub bytes: u64,
    /// The most bytes of a part.
    pub part: u64,
    /// When it is to be posted.
    pub due: Option<UnixMs>,
    /// Who chose that moment.
    #[serde(default)]
    pub timing: Timing,
    /// Nothing is called before.
    pub not_before: Option<UnixMs>,
    /// The call that was begun and has no outcome.
    pub in_flight: Option<Call>,
    /// How often the present step failed.
    pub attempts: u32,
    /// How often the post was not among the account's own.
    pub looks: u32,
    /// How often its upload was opened.
    pub openings: u32,
    /// How often the network was found still working on what it has: the upload, then the post.
    #[serde(default)]
    pub works: u32,
    /// The last check before its time.
    #[serde(default)]
    pub preflight: Option<Preflight>,
    /// How often in a row the network did not know the post that it took.
    #[serde(default)]
    pub missing: u32,
    /// Its cover.
    #[serde(default)]
    pub cover: Cover,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// The most bytes that this upload had: only more are progress.
    #[serde(default)]
    pub(crate) reached: u64,
    pub(crate) asks: Asks,
    pub(crate) token: Token,
}

/// Whether the upload has to be asked before anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Asks {
    Nothing,
    First,
}

/// Whether the token was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Token {
    Good,
    Refused,
    /// A new one is there that has not been taken yet.
    New,
}

impl Entry {
    /// Returns a draft of `bytes` (0 without a file), sent in parts of at most `part` bytes.
    pub fn new(way: Way, bytes: u64, part: u64) -> Self {
        Self {
            way,
            state: State::Draft,
            place: Place::New,
            doubt: Doubt::None,
            bytes,
            part: part.max(1),
            due: None,
            timing: Timing::AtOnce,
            not_before: None,
            in_flight: None,
            attempts: 0,
            looks: 0,
            openings: 0,
            works: 0,
            missing: 0,
            preflight: None,
            cover: Cover::Unchosen,
            failure: None,
            reached: 0,
            asks: Asks::Nothing,
            token: Token::Good,
        }
    }

    /// Returns it with a cover that is set once the post is there.
    #[must_use]
    pub fn with_cover(self) -> Self {
        Self {
            cover: Cover::Wanted,
            ..self
        }
    }

    /// Returns whether its file is of use: to post it, now or again, or for its cover.
    pub fn needs_file(&self) -> bool {
        match self.state {
            State::Published => self.cover == Cover::Wanted,
            State::Cancelled => false,
            State::Draft
            | State::Scheduled
            | State::Publishing
            | State::Failed
            | State::Uncertain => true,
        }
    }

    /// Returns whether it can be given a time.
    ///
    /// What the network took is never posted by the same entry again, not even when the network
    /// rejected it afterwards: the first one is still there, and only the user, who makes a new post,
    /// can want a second one beside it.
    pub fn takes_time(&self) -> bool {
        let is_open = matches!(self.state, State::Draft | State::Scheduled | State::Failed);
        let is_there = matches!(self.place, Place::Posted { .. });
        is_open && !is_there && self.failure != Some(Failure::Rejected)
    }

    /// Returns it to be posted at a moment that the user chose. One that
    /// [takes none](Self::takes_time) is returned as it is.
    #[must_use]
    pub fn at(self, moment: UnixMs) -> Self {
        self.timed(moment, Timing::Chosen)
    }

    /// Returns it to be posted at once, which is `now`. One that [takes no time](Self::takes_time) is
    /// returned as it is.
    #[must_use]
    pub fn due(self, now: UnixMs) -> Self {
        self.timed(now, Timing::AtOnce)
    }

    fn timed(self, moment: UnixMs, timing: Timing) -> Self {
        if !self.takes_time() {
            return self;
        }
        let asks = match self.place {
            // What was uploaded before it failed may still be there.
            Place::Opened { .. } => Asks::First,
            Place::New | Place::Uploaded | Place::Posted { .. } => Asks::Nothing,
        };
        Self {
            state: State::Scheduled,
            due: Some(moment),
            timing,
            not_before: None,
            attempts: 0,
            looks: 0,
            openings: 0,
            reached: 0,
            works: 0,
            preflight: None,
            failure: None,
            token: Token::Good,
            asks,
            ..self
        }
    }

    /// Returns what is to be done at `now`.
    pub fn next(&self, now: UnixMs) -> Next {
        match self.state {
            State::Scheduled => match self.due {
                Some(due) if due > now => {
                    return Next::Wait(self.not_before.map_or(due, |moment| moment.max(due)));
                }
                Some(_) => {}
                None => return Next::Nothing,
            },
            State::Publishing => {}
            State::Published if self.has_to_check() => {}
            State::Draft
            | State::Published
            | State::Failed
            | State::Cancelled
            | State::Uncertain => return Next::Nothing,
        }
        match self.not_before {
            Some(moment) if moment > now => Next::Wait(moment),
            _ => Next::Do(self.call()),
        }
    }

    /// Returns whether its time has passed for so long that it is left to the user.
    pub fn is_missed(&self, now: UnixMs) -> bool {
        let latest = self.due.map(|due| due.plus(LATEST_MS));
        self.state == State::Scheduled && latest.is_some_and(|latest| latest < now)
    }

    fn has_to_check(&self) -> bool {
        self.not_before.is_some() && self.attempts <= RETRIES
    }

    /// Returns the call that the present place asks for.
    fn call(&self) -> Call {
        if self.token == Token::Refused {
            return Call::Refresh;
        }
        if self.doubt == Doubt::Possible && self.way.posting == Posting::ByCall {
            // A post without a file has no upload that could tell.
            return match self.way.read_back {
                ReadBack::Upload | ReadBack::LateUpload if self.bytes > 0 => Call::Ask,
                ReadBack::Upload | ReadBack::LateUpload | ReadBack::OwnPosts | ReadBack::User => {
                    Call::Look
                }
            };
        }
        if self.asks == Asks::First {
            return Call::Ask;
        }
        match self.place {
            Place::New if self.bytes == 0 => Call::Post,
            Place::New => Call::Open,
            Place::Opened { stored } if stored >= self.bytes => Call::Ask,
            Place::Opened { stored } => Call::Send { from: stored },
            Place::Uploaded => Call::Post,
            Place::Posted { .. } if self.cover == Cover::Wanted => Call::SetCover,
            Place::Posted { .. } => Call::Check,
        }
    }
}
