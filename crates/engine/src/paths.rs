//! Where the program keeps its own things: all below one folder that the caller passes in.

use std::path::{Path, PathBuf};

use footage::Fingerprint;
use protocol::error::{ApiError, ErrorCode};

/// The places below the program's folder.
#[derive(Debug, Clone)]
pub struct Paths {
    home: PathBuf,
}

impl Paths {
    /// Returns the places below `home`.
    pub fn new(home: impl Into<PathBuf>) -> Self {
        Self { home: home.into() }
    }

    /// Returns the folder itself.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Returns the database of projects, footage and jobs.
    pub fn library(&self) -> PathBuf {
        self.home.join("library.db")
    }

    /// Returns the folder of models that were downloaded.
    pub fn models(&self) -> PathBuf {
        self.home.join("models")
    }

    /// Returns the folder of what can be made again.
    pub fn cache_root(&self) -> PathBuf {
        self.home.join("cache")
    }

    /// Returns the folder of files made from one source; it may be deleted at any time.
    pub fn cache(&self, source: &Fingerprint) -> PathBuf {
        self.cache_root().join(&source.0)
    }

    /// Returns the folder of lock files, one per output folder in use.
    pub(crate) fn locks(&self) -> PathBuf {
        self.home.join("locks")
    }
}

/// Returns a path as text, or an error that names `what` it is: documents and the database hold
/// text, so a name that is none could not be found again.
pub(crate) fn text<'a>(path: &'a Path, what: &str) -> Result<&'a str, ApiError> {
    path.to_str().ok_or_else(|| {
        let message = format!("the name of {what} is not valid UTF-8: {}", path.display());
        ApiError::new(ErrorCode::Unreadable, message).hint("rename it and try again")
    })
}
