//! What uploads to all networks have in common.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use secrecy::SecretString;
use task::Cancel;

use crate::error::Error;

/// How a post gets to a network, one step after the other; each call of the outbox is one call here.
/// The caller keeps what each step gives before it takes the next one: then a crash between any two
/// leaves a question that [`position`](Network::position) or [`look`](Network::look) answers, and
/// nothing is posted twice.
///
/// | the outbox's call | here |
/// |---|---|
/// | open, send, ask | [`open`](Network::open), [`send`](Network::send), [`position`](Network::position) |
/// | post, look | [`post`](Network::post), [`look`](Network::look) |
/// | check | [`state`](Network::state) |
///
/// Calls wait for the network, and end with [`Error::Cancelled`] soon after `cancel`.
/// [`Error::may_have_acted`] tells a refusal, after which nothing was done, from an unknown outcome.
pub trait Network {
    /// What is posted, in the network's own terms.
    type Draft;

    /// Returns by how many seconds this machine's clock was ahead of the network's at its last answer;
    /// `None` when that told no time.
    fn clock_ahead_secs(&self) -> Option<i64>;

    /// Returns the most bytes that one call of [`send`](Network::send) takes of a file of `bytes`. A
    /// call from byte `from` on is the last one exactly when `from` and this reach the file's end.
    fn part(&self, bytes: u64) -> u64;

    /// Opens an upload. Nobody sees anything of it, so that it may be repeated when its answer is
    /// lost.
    fn open(
        &self,
        token: &SecretString,
        draft: &Self::Draft,
        source: &Source,
        cancel: &Cancel,
    ) -> Result<Session, Error>;

    /// Asks how far an upload is, and whether it was posted. This is the answer to every unknown
    /// outcome of [`send`](Network::send). `stored` is what was confirmed before, from where a
    /// network goes on that does not tell.
    fn position(
        &self,
        token: &SecretString,
        session: &Session,
        source: &Source,
        stored: u64,
        cancel: &Cancel,
    ) -> Result<Position, Error>;

    /// Sends one part from byte `from` on. The caller reads [`position`](Network::position) after a
    /// failure, never sends the same bytes blindly.
    fn send(
        &self,
        token: &SecretString,
        session: &Session,
        source: &Source,
        from: u64,
        cancel: &Cancel,
    ) -> Result<Position, Error>;

    /// Makes the post, with what was uploaded if anything was: where that takes a call of its own.
    /// Elsewhere the last part has posted, and this asks whether it has. `since` is when the post
    /// was due: none of it is older.
    ///
    /// An unknown outcome is never repeated before [`look`](Network::look) found nothing.
    fn post(
        &self,
        token: &SecretString,
        _draft: &Self::Draft,
        upload: Option<(&Session, &Source)>,
        _since: SystemTime,
        cancel: &Cancel,
    ) -> Result<Position, Error> {
        match upload {
            Some((session, source)) => self.position(token, session, source, source.bytes, cancel),
            None => Ok(Position::Gone),
        }
    }

    /// Looks for a post whose answer was lost, and returns the network's name of it; `None` when it
    /// is not there (yet: lists lag behind).
    fn look(
        &self,
        token: &SecretString,
        draft: &Self::Draft,
        upload: Option<(&Session, &Source)>,
        since: SystemTime,
        cancel: &Cancel,
    ) -> Result<Option<String>, Error> {
        match self.post(token, draft, upload, since, cancel)? {
            Position::Posted { remote } => Ok(Some(remote)),
            Position::Stored(_)
            | Position::Uploaded
            | Position::Working { .. }
            | Position::Gone => Ok(None),
        }
    }

    /// Reads what became of a post, which was made of `draft`.
    fn state(
        &self,
        token: &SecretString,
        draft: &Self::Draft,
        remote: &str,
        cancel: &Cancel,
    ) -> Result<State, Error>;
}

/// What became of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// How far the network is with it.
    pub progress: Progress,
    /// Who may see it, where the network says so: `Account` although it was posted for everybody is
    /// what networks do to posts of apps that they have not audited.
    pub audience: Option<Audience>,
    /// The name by which the post is linked to, where it is another than that of posting and is
    /// known by now.
    pub public_name: Option<String>,
}

impl State {
    /// Returns a state of which nothing more is known.
    pub(crate) fn of(progress: Progress) -> Self {
        Self {
            progress,
            audience: None,
            public_name: None,
        }
    }
}

/// How far a network is with a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// It is being worked on.
    Processing,
    /// It can be watched.
    Processed,
    /// It could not be read; the network's reason, such as `codec`.
    Failed(String),
    /// It was refused; the network's reason, such as `copyright`.
    Rejected(String),
    /// There is none of that name (any more).
    Gone,
}

/// Who may see a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Everybody.
    Everybody,
    /// Whoever has the link.
    Link,
    /// The account alone.
    Account,
}

/// An upload that is under way. Whoever has it may send to it: it is kept like a token.
#[derive(Debug, Clone)]
pub struct Session(pub SecretString);

/// How far an upload is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Position {
    /// This many bytes are stored.
    Stored(u64),
    /// All bytes are stored, and nothing is posted.
    Uploaded,
    /// All bytes are stored, and the network works on them before they can be posted.
    Working {
        /// How long to wait before it is asked again, if the network says so.
        after: Option<Duration>,
    },
    /// All bytes are there, and this is the post.
    Posted {
        /// The network's name of the post.
        remote: String,
    },
    /// The network has forgotten the upload: nothing was posted by it.
    Gone,
}

/// The file that is posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Where it is.
    pub path: PathBuf,
    /// How long it was when the post was made.
    pub bytes: u64,
}

impl Source {
    /// Returns at most `longest` bytes from `from` on. A file that has another length by now is
    /// refused: the network would be told another length than it gets.
    pub(crate) fn part(&self, from: u64, longest: u64) -> Result<Vec<u8>, Error> {
        let failed = |error: &std::io::Error| Error::from_io(&self.path, error);
        let mut file = std::fs::File::open(&self.path).map_err(|error| failed(&error))?;
        let length = file.metadata().map_err(|error| failed(&error))?.len();
        if length != self.bytes || from > length {
            return Err(self.changed());
        }
        file.seek(SeekFrom::Start(from))
            .map_err(|error| failed(&error))?;
        let wanted = longest.min(length - from);
        let mut part = Vec::with_capacity(wanted as usize);
        let read = file.take(wanted).read_to_end(&mut part);
        read.map_err(|error| failed(&error))?;
        if part.len() as u64 == wanted {
            Ok(part)
        } else {
            Err(self.changed())
        }
    }

    fn changed(&self) -> Error {
        Error::SourceChanged {
            path: self.path.clone(),
        }
    }

    /// Returns the media type that the file's name says.
    pub(crate) fn media_type(&self) -> &'static str {
        let ending = self.path.extension().and_then(|ending| ending.to_str());
        match ending.map(str::to_ascii_lowercase).as_deref() {
            Some("mp4" | "m4v") => "video/mp4",
            Some("mov") => "video/quicktime",
            Some("webm") => "video/webm",
            _ => "application/octet-stream",
        }
    }
}

/// A call that would be made, without its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The method.
    pub method: &'static str,
    /// The address; what only an answer will tell of it is `…`.
    pub url: String,
    /// The fields of its head that matter, the token as `…`.
    pub headers: Vec<(&'static str, String)>,
    /// Its body when it is text.
    pub body: Option<String>,
}

/// Stands in a plan for what is secret or only an answer will tell.
pub(crate) const UNSAID: &str = "…";

/// Returns the field of a planned call's head that holds the token.
pub(crate) fn planned_token() -> (&'static str, String) {
    ("Authorization", format!("Bearer {UNSAID}"))
}

/// What a network's refusal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// The user changes the post.
    Fix,
    /// The user sees to the account or the app on the network's pages: credits, a suspension, an
    /// audit, a permission.
    Account,
    /// The account is not there any more: deleted, closed, or without what posts belong to. Nothing
    /// that is done here brings it back.
    Gone,
    /// The token is refreshed, else the account is connected again.
    Reconnect,
    /// The same is tried again, not before this time has passed if any is said.
    Retry(Option<Duration>),
    /// The network's daily quota of the app is used up until its reset.
    QuotaReset,
    /// The account has posted all it may for a day.
    Tomorrow,
}
