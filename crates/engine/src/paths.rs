//! Where the program keeps its own things: all below one folder that the caller passes in.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use footage::Fingerprint;
use protocol::error::{ApiError, ErrorCode};

/// The identity under which the platform keeps this program's data.
pub const IDENTITY: &str = "studio.crealia";

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

    /// Returns the places of a session: below the folder that is `named` by the user, as in
    /// `CREALIA_HOME`, else below the platform's folder for `data`. An empty name is none.
    ///
    /// # Errors
    /// When there is neither.
    pub fn of_session(named: Option<&OsStr>, data: Option<&Path>) -> Result<Self, ApiError> {
        if let Some(named) = named.filter(|named| !named.is_empty()) {
            let home = std::path::absolute(named).map_err(|error| {
                let message = format!("CREALIA_HOME: {error}");
                ApiError::new(ErrorCode::DatabaseUnusable, message)
            })?;
            return Ok(Self::new(home));
        }
        let data = data.ok_or_else(|| {
            ApiError::new(ErrorCode::DatabaseUnusable, "there is no home folder")
                .hint("set CREALIA_HOME to a folder for the program's data")
        })?;
        Ok(Self::new(data.join(IDENTITY)))
    }

    /// Returns the folder itself.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Returns the database of projects, footage and jobs.
    pub fn library(&self) -> PathBuf {
        self.home.join("library.db")
    }

    /// Returns the database of accounts and posts.
    pub fn outbox(&self) -> PathBuf {
        self.home.join("outbox.db")
    }

    /// Returns the sealed file of secrets, for who has no keychain.
    pub fn secrets(&self) -> PathBuf {
        self.home.join("secrets.sealed")
    }

    /// Returns the folder of files that were rendered to be posted, one folder per job.
    pub fn posts(&self) -> PathBuf {
        self.home.join("posts")
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
        ApiError::new(ErrorCode::BadFileName, message)
            .hint("rename it and try again")
            .input(path.to_string_lossy())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_users_folder_comes_before_the_platforms() {
        let home = |named: Option<&str>, data: Option<&str>| {
            let paths = Paths::of_session(named.map(OsStr::new), data.map(Path::new));
            paths.map(|paths| paths.home().to_owned())
        };
        assert_eq!(home(Some("/a"), Some("/b")).unwrap(), Path::new("/a"));
        let own = Path::new("/b").join(IDENTITY);
        assert_eq!(home(None, Some("/b")).unwrap(), own);
        assert_eq!(home(Some(""), Some("/b")).unwrap(), own, "empty is none");
        assert!(home(Some("a"), None).unwrap().is_absolute());
        let none = home(None, None).unwrap_err();
        assert!(none.hint.contains("CREALIA_HOME"), "what to do");
    }
}
