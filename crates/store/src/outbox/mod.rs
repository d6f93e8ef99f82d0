//! `outbox.db`: accounts, posts, and what became of each post for each account.
//!
//! A commit is on the disk when a call returns (`synchronous=FULL`): what is written before a call
//! to a network is there after a power cut. The file is neither copied nor replaced when it is
//! damaged: a copy knows less than the networks do, and could post twice. No secret is in it.

mod accounts;
mod calls;
mod entries;
mod posts;
mod profile;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;

use crate::{Error, library, migrations};

pub use accounts::{AccountRow, AccountState, AppRow, Seen};
pub use calls::CallRow;
pub use entries::{Change, EntryRow, Written};
pub use posts::{Kept, NewEntry, NewPost, PostRow};
pub use profile::Profile;

/// An open `outbox.db`.
#[derive(Debug)]
pub struct Outbox {
    connection: Mutex<Connection>,
    path: PathBuf,
}

impl Outbox {
    /// Opens or makes the database at `path`. A damaged one is refused with [`Error::Damaged`] and
    /// left alone.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let opened = library::open_file(path, migrations::OUTBOX, "full");
        let connection = opened.map_err(|error| {
            if error.is_damage() {
                Error::Damaged {
                    path: path.to_owned(),
                }
            } else {
                error
            }
        })?;
        Ok(Self {
            connection: Mutex::new(connection),
            path: path.to_owned(),
        })
    }

    /// Returns the file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn with<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        // SQLite rolls back an unfinished transaction, so a poisoned lock holds a sound connection.
        let mut connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        work(&mut connection)
    }

    /// Gives SQLite's error its class.
    fn classed(&self, error: rusqlite::Error) -> Error {
        library::classified(&self.path, error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn outbox() -> (tempfile::TempDir, Outbox) {
        let folder = tempfile::tempdir().unwrap();
        let outbox = Outbox::open(&folder.path().join("outbox.db")).unwrap();
        (folder, outbox)
    }

    #[test]
    fn every_commit_reaches_the_disk() {
        let (_folder, outbox) = outbox();
        let pragma = |name: &str| {
            outbox
                .with(|connection| {
                    let sql = format!("PRAGMA {name}");
                    connection
                        .query_row(&sql, [], |row| row.get::<_, rusqlite::types::Value>(0))
                        .map_err(Error::from)
                })
                .unwrap()
        };
        assert_eq!(pragma("synchronous"), 2.into(), "2 is FULL");
        assert_eq!(pragma("journal_mode"), "wal".to_owned().into());
    }

    #[test]
    fn a_damaged_file_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outbox.db");
        let bytes = b"this is no database, and nothing may stand in for it";
        std::fs::write(&path, bytes).unwrap();
        let error = Outbox::open(&path).unwrap_err();
        assert!(matches!(error, Error::Damaged { .. }), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
    }

    #[test]
    fn a_newer_file_is_refused() {
        let (folder, outbox) = outbox();
        outbox
            .with(|connection| {
                connection
                    .pragma_update(None, "user_version", 99)
                    .map_err(Error::from)
            })
            .unwrap();
        drop(outbox);
        let error = Outbox::open(&folder.path().join("outbox.db")).unwrap_err();
        assert!(matches!(error, Error::Newer { found: 99, .. }), "{error}");
    }
}
