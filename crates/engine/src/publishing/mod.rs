//! Publishing: accounts, posts, and the outbox that gets them onto the networks, each at most once.
//!
//! What to do next is `posts::outbox`'s to say. This module writes it down in `outbox.db`, calls, and
//! writes down what came of it; a file lock per post keeps two programs from working at one. Tokens
//! and upload sessions are in the [`Vault`], never in the database.
//!
//! Map: `accounts` who may be posted to · `orders` what is to be posted · `still` a frame of it · `executor` the calls ·
//! `lanes` what is under way at once · `preflight` what is checked before · `aside` what cannot be gone on with · `outcome` what an answer means · `port` a network, and `youtube`, `tiktok`,
//! `x` · `place` knowing a copy · `views` what the window shows.

mod accounts;
mod aside;
mod clock;
mod documents;
mod executor;
mod lanes;
mod moment;
mod orders;
mod outcome;
mod place;
mod port;
mod preflight;
mod still;
#[cfg(test)]
mod tests;
mod tiktok;
mod tokens;
mod vault;
mod views;
mod x;
mod youtube;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use posts::outbox::{Entry, Next, UnixMs};
use protocol::error::{ApiError, ErrorCode};
use protocol::studio::posting::ShutVault;
use store::Outbox;
use store::outbox::{Change, EntryRow};

use crate::{Engine, Error};

pub use executor::{Listener, Span};
pub use moment::{parse as parse_moment, rfc3339};
pub use online::consent::Language;
pub use online::secrets::Secret;
pub use orders::{Order, Ordered, Probed, Targets};
pub use posts::outbox::State;
pub use posts::{Answer, Privacy};
pub use vault::Vault;

use clock::{Clock, WallClock};
use port::Ports;
use still::Stills;
use vault::Safe;

/// Accounts and posts over one folder of data.
pub struct Publishing {
    outbox: Outbox,
    locks: PathBuf,
    safe: Safe,
    clock: Arc<dyn Clock>,
    ports: Ports,
    stills: Stills,
}

impl std::fmt::Debug for Publishing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Publishing")
            .field("outbox", &self.outbox.path())
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// Opens the outbox. In a copied or restored folder what is not over becomes uncertain.
    pub fn publishing(&self, vault: Vault) -> Result<Publishing, Error> {
        let engine = self.clone();
        Publishing::over(
            &self.paths().outbox(),
            self.paths().locks(),
            Safe::new(vault, self.paths()),
            Arc::new(WallClock),
            port::at(self.endpoints().networks().clone()),
            Box::new(move |path, moment, cancel| engine.still(path, moment, cancel)),
        )
    }
}

impl Publishing {
    fn over(
        path: &Path,
        locks: PathBuf,
        safe: Safe,
        clock: Arc<dyn Clock>,
        ports: Ports,
        stills: Stills,
    ) -> Result<Self, Error> {
        std::fs::create_dir_all(&locks).map_err(|error| locked_out(&locks, &error))?;
        let publishing = Self {
            outbox: Outbox::open(path)?,
            locks,
            safe,
            clock,
            ports,
            stills,
        };
        publishing.recognise_place()?;
        Ok(publishing)
    }

    /// Keeps secrets in a file that a passphrase seals, or opens the one that is there.
    ///
    /// # Errors
    /// [`ErrorCode::WrongPassphrase`] when it is not the file's, or too short for a new one.
    pub fn open_secret_file(&self, passphrase: Secret) -> Result<(), Error> {
        self.safe.open_file(passphrase)
    }

    /// Returns what the user has to do before secrets can be kept or read, as far as that was tried.
    pub fn shut_vault(&self) -> Option<ShutVault> {
        self.safe.shut()
    }

    fn now(&self) -> UnixMs {
        self.clock.now()
    }

    /// Lets `change` decide what becomes of an entry and writes it down; `None` changes nothing.
    fn change(
        &self,
        id: i64,
        what: &str,
        change: impl FnOnce(&EntryRow, Entry) -> Option<Entry>,
    ) -> Result<(EntryRow, Entry), Error> {
        self.change_with(id, what, |row, entry| {
            let entry = change(row, entry)?;
            Some((entry, Marks::of(row)))
        })
    }

    /// Like [`change`](Self::change), with what is told beside the state.
    fn change_with(
        &self,
        id: i64,
        what: &str,
        change: impl FnOnce(&EntryRow, Entry) -> Option<(Entry, Marks)>,
    ) -> Result<(EntryRow, Entry), Error> {
        let now = millis(self.now());
        let row = self.outbox.change_entry(id, now, |row| {
            let Some((entry, marks)) = change(row, read(row)?) else {
                return Ok::<_, Error>(None);
            };
            Ok(Some(Change {
                wake: wake(&entry),
                entry: serde_json::to_string(&entry)?,
                what: what.to_owned(),
                remote: marks.remote,
                url: marks.url,
                error: match &marks.error {
                    Some(error) => Some(serde_json::to_string(error)?),
                    None => None,
                },
            }))
        })?;
        let entry = read(&row)?;
        Ok((row, entry))
    }
}

/// What is told of an entry beside its state.
#[derive(Debug, Clone, Default)]
struct Marks {
    remote: Option<String>,
    url: Option<String>,
    error: Option<ApiError>,
}

impl Marks {
    /// Returns those of before.
    fn of(row: &EntryRow) -> Self {
        Self {
            remote: row.remote.clone(),
            url: row.url.clone(),
            error: error_of(row),
        }
    }
}

/// Returns what is wrong with an entry, as it was written down.
fn error_of(row: &EntryRow) -> Option<ApiError> {
    row.error
        .as_deref()
        .and_then(|error| serde_json::from_str(error).ok())
}

/// Reads a state machine that was written down.
fn read(row: &EntryRow) -> Result<Entry, Error> {
    Ok(serde_json::from_str(&row.entry)?)
}

/// Returns when an entry has something to do; what has to be done at once has been due since ever.
fn wake(entry: &Entry) -> Option<i64> {
    let moment = match entry.next(UnixMs(0)) {
        Next::Nothing => return None,
        Next::Wait(moment) => moment,
        Next::Do(_) => UnixMs(0),
    };
    let preflight = entry.preflight_at().unwrap_or(moment);
    Some(millis(moment.min(preflight)))
}

/// Returns a moment as the database has it.
fn millis(moment: UnixMs) -> i64 {
    i64::try_from(moment.0).unwrap_or(i64::MAX)
}

fn locked_out(path: &Path, error: &std::io::Error) -> ApiError {
    ApiError::new(
        ErrorCode::Unwritable,
        format!("{}: {error}", path.display()),
    )
    .hint("check the folder in CREALIA_HOME and its permissions")
}
