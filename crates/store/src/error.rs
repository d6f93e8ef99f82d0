use std::path::{Path, PathBuf};

/// What can go wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file was written by a newer version of the program.
    #[error("{path} was written by a newer version (schema {found}, this version knows {known})")]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its schema version.
        found: i64,
        /// The newest schema this version knows.
        known: i64,
    },
    /// The disk is full.
    #[error("the disk is full while writing {path}")]
    Full {
        /// The database.
        path: PathBuf,
    },
    /// The file is damaged, and nothing can stand in for it.
    #[error("{path} is damaged")]
    Damaged {
        /// The database.
        path: PathBuf,
    },
    /// A post of this key is there and is another one.
    #[error("the key {key} belongs to another post")]
    KeyTaken {
        /// The key.
        key: String,
    },
    /// The file or its folder cannot be read or written.
    #[error("{path} cannot be used: {detail}")]
    Unusable {
        /// The database.
        path: PathBuf,
        /// What the system said.
        detail: String,
    },
    /// Stored JSON does not have the expected shape.
    #[error("a stored {what} cannot be read: {source}")]
    Malformed {
        /// What was read.
        what: &'static str,
        /// Where it went wrong.
        source: serde_json::Error,
    },
    /// A row that has to be there is not.
    #[error("no {what} {id}")]
    Missing {
        /// What was looked for.
        what: &'static str,
        /// Its identity.
        id: i64,
    },
    /// A journal entry does not follow the one before it.
    #[error("journal entry {seq} of project {project} is out of order")]
    OutOfOrder {
        /// The project.
        project: i64,
        /// The entry.
        seq: u64,
    },
    /// Anything else SQLite reports.
    #[error("database: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

impl Error {
    /// Returns what the system's error on a database's file or folder means.
    pub fn from_io(path: &Path, error: &std::io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                Self::Full { path }
            }
            _ => Self::Unusable {
                path,
                detail: error.to_string(),
            },
        }
    }

    /// Returns whether the file's content is damaged, so that it has to be set aside.
    pub(crate) fn is_damage(&self) -> bool {
        match self {
            Self::Sqlite(rusqlite::Error::SqliteFailure(failure, _)) => matches!(
                failure.code,
                rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase
            ),
            _ => false,
        }
    }
}
