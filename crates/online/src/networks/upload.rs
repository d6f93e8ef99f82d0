//! What uploads to all networks have in common.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use task::Cancel;

use crate::error::Error;

/// How a post gets to a network, one step after the other. The caller keeps what each step gives
/// before it takes the next one: then a crash between any two leaves a question that
/// [`position`](Network::position) answers, and nothing is posted twice.
///
/// Calls wait for the network, and end with [`Error::Cancelled`] soon after `cancel`.
pub trait Network {
    /// What is posted, in the network's own terms.
    type Draft;
    /// What became of it.
    type State;

    /// Opens an upload. Nobody sees anything of it, so that it may be repeated when its answer is
    /// lost.
    fn open(
        &self,
        token: &SecretString,
        draft: &Self::Draft,
        source: &Source,
        cancel: &Cancel,
    ) -> Result<Session, Error>;

    /// Asks how far an upload is. This is the answer to every unknown outcome of
    /// [`send`](Network::send).
    fn position(
        &self,
        token: &SecretString,
        session: &Session,
        source: &Source,
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

    /// Reads what became of a post.
    fn state(
        &self,
        token: &SecretString,
        remote: &str,
        cancel: &Cancel,
    ) -> Result<Self::State, Error>;
}

/// An upload that is under way. Whoever has it may send to it: it is kept like a token.
#[derive(Debug, Clone)]
pub struct Session(pub SecretString);

/// How far an upload is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Position {
    /// This many bytes are stored.
    Stored(u64),
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

/// What a network's refusal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// The user changes the post.
    Fix,
    /// The token is refreshed, else the account is connected again.
    Reconnect,
    /// The same is tried again, not before this time has passed if any is said.
    Retry(Option<Duration>),
    /// The network's daily quota of the app is used up until its reset.
    QuotaReset,
    /// The account has posted all it may for a day.
    Tomorrow,
}
