//! One entry that cannot be gone on with is put aside, so that it does not stop the others.

use posts::outbox::State;
use protocol::error::{ApiError, ErrorCode};
use protocol::publishing::EntryDocument;
use store::outbox::{AccountRow, Change, EntryRow};

use super::executor::jitter;
use super::{Marks, Publishing, documents, error_of, millis, outcome, read};
use crate::Error;

/// Whose fault it is that an entry cannot be worked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// Everybody's: the vault, the database, the disk, the user who stops it.
    All,
    /// The keychain gave no answer, for this entry or for all.
    Keychain,
    /// This entry's.
    Entry,
}

impl Fault {
    fn of(error: &Error) -> Self {
        use online::Error as E;
        match error {
            Error::Store(store::Error::Missing { .. } | store::Error::Malformed { .. }) => {
                Self::Entry
            }
            Error::Online(E::Keychain { .. }) => Self::Keychain,
            Error::Cancelled
            | Error::Store(_)
            | Error::Online(
                E::Cancelled
                | E::NoKeychain { .. }
                | E::KeychainLocked { .. }
                | E::WrongPassphrase { .. }
                | E::DamagedSecrets { .. }
                | E::NoRandomness { .. }
                | E::Full { .. }
                | E::Unwritable { .. },
            ) => Self::All,
            Error::Api(told) => match told.code {
                ErrorCode::KeychainUnusable
                | ErrorCode::WrongPassphrase
                | ErrorCode::Unwritable
                | ErrorCode::DiskFull
                | ErrorCode::DatabaseNewer
                | ErrorCode::DatabaseUnusable
                | ErrorCode::Cancelled => Self::All,
                _ => Self::Entry,
            },
            Error::Online(_) | Error::Json(_) | Error::Media(_) | Error::Ai(_) | Error::Edit(_) => {
                Self::Entry
            }
        }
    }
}

impl Publishing {
    /// Puts an entry aside that could not be worked at, with words; returns the error when it is not
    /// this entry's alone.
    pub(super) fn put_aside(&self, id: i64, error: Error) -> Result<(), Error> {
        let fault = match Fault::of(&error) {
            Fault::All => return Err(error),
            // A keychain that gives nothing else either is nobody's in particular.
            Fault::Keychain => match self.generation_name().map(|name| self.secret(&name)) {
                Ok(Ok(_)) => Fault::Keychain,
                Ok(Err(_)) | Err(_) => return Err(error),
            },
            Fault::Entry => Fault::Entry,
        };
        let row = self.outbox.entry(id)?;
        let Ok(_) = read(&row) else {
            return self.put_out_of_reach(&row);
        };
        let told = error.to_api();
        // It would be damaged the next time too; the others' tokens are not touched.
        if fault == Fault::Entry && self.session(id).is_err() {
            self.forget_session(&row);
        }
        let now = self.now();
        let network = self.network_of(id).ok();
        self.change_with(id, "put aside", |row, entry| {
            let mut entry = match fault {
                Fault::Keychain => entry.held_up(now, jitter(id, now)),
                Fault::Entry | Fault::All => entry.broken(),
            };
            entry.cover.explain(&told.message);
            let error = match network {
                Some(network) => outcome::told(network, id, &entry, Some(told)),
                None => Some(told),
            };
            let marks = Marks {
                error,
                ..Marks::of(row)
            };
            Some((entry, marks))
        })?;
        Ok(())
    }

    /// Leaves an entry that cannot be read as it is, and never looks at it again by itself.
    pub(super) fn put_out_of_reach(&self, row: &EntryRow) -> Result<(), Error> {
        let error = serde_json::to_string(&unreadable(row.id))?;
        self.outbox
            .change_entry(row.id, millis(self.now()), |row| {
                Ok::<_, Error>(Some(Change {
                    entry: row.entry.clone(),
                    wake: None,
                    what: "cannot be read".to_owned(),
                    remote: row.remote.clone(),
                    url: row.url.clone(),
                    error: Some(error),
                }))
            })?;
        Ok(())
    }
}

/// Returns how an entry stands that cannot be read: nobody knows how far it came.
pub(super) fn unreadable_document(row: &EntryRow, account: &AccountRow) -> EntryDocument {
    EntryDocument {
        id: row.id,
        network: account.network.clone(),
        account: documents::short_name(account).to_owned(),
        state: State::Uncertain,
        step: None,
        remote_id: row.remote.clone().filter(|remote| !remote.is_empty()),
        url: row.url.clone(),
        attempts: 0,
        next_attempt_at: None,
        error: Some(error_of(row).unwrap_or_else(|| unreadable(row.id)).into()),
    }
}

fn unreadable(id: i64) -> ApiError {
    ApiError::new(
        ErrorCode::Uncertain,
        format!("what was written down of post {id} cannot be read, so it may have been posted"),
    )
    .hint("look on the network before you post it again")
}
