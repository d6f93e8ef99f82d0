//! Tokens: kept in the vault, refreshed early, by one process at a time.

use std::fs::{File, TryLockError};
use std::time::Duration;

use online::consent::{App, Tokens};
use online::secrets::{ExposeSecret as _, Secret};
use posts::outbox::UnixMs;
use protocol::error::{ApiError, ErrorCode};
use serde::{Deserialize, Serialize};
use store::outbox::{AccountRow, AccountState, CallRow};
use task::Cancel;

use super::port::Port;
use super::{Publishing, locked_out, millis, outcome};
use crate::Error;

/// How long before its end a token is refreshed, in milliseconds.
const EARLY_MS: u64 = 5 * 60_000;
/// How often a process looks whether another has done with an account.
const GLANCE: Duration = Duration::from_millis(50);

/// An account's tokens. Not printed, and kept in the vault only.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    access: String,
    refresh: Option<String>,
    /// When the access token ends, if that was told.
    expires_at: Option<u64>,
    /// When the refresh token ends, if that was told.
    refresh_expires_at: Option<u64>,
}

impl Kept {
    pub(super) fn of(tokens: &Tokens, now: UnixMs) -> Self {
        let end = |life: Option<Duration>| life.map(|life| now.0 + life.as_millis() as u64);
        Self {
            access: tokens.access.expose_secret().to_owned(),
            refresh: tokens
                .refresh
                .as_ref()
                .map(|token| token.expose_secret().to_owned()),
            expires_at: end(tokens.expires_in),
            refresh_expires_at: end(tokens.refresh_expires_in),
        }
    }

    pub(super) fn access(&self) -> Secret {
        Secret::from(self.access.as_str())
    }

    /// Returns the token that ends a consent.
    pub(super) fn longest(&self) -> Secret {
        Secret::from(self.refresh.as_deref().unwrap_or(&self.access))
    }

    pub(super) fn is_stale(&self, now: UnixMs) -> bool {
        self.refresh.is_some() && self.expires_at.is_some_and(|end| end <= now.0 + EARLY_MS)
    }
}

impl Publishing {
    pub(super) fn tokens_name(&self, network: &str, remote: &str) -> Result<String, Error> {
        self.secret_name(&format!("{network}/{remote}/tokens"))
    }

    fn app_name(&self, network: &str) -> Result<String, Error> {
        self.secret_name(&format!("{network}/app"))
    }

    fn session_name(&self, entry: i64) -> Result<String, Error> {
        self.secret_name(&format!("upload/{entry}"))
    }

    /// Returns an account's tokens as they are kept.
    pub(super) fn kept(&self, account: &AccountRow) -> Result<Option<Kept>, Error> {
        let name = self.tokens_name(&account.network, &account.remote)?;
        match self.safe.secrets()?.get(&name)? {
            None => Ok(None),
            Some(text) => match serde_json::from_str(text.expose_secret()) {
                Ok(kept) => Ok(Some(kept)),
                // What serde says may hold a piece of the token.
                Err(_shape) => Err(online::Error::DamagedSecret { name }.into()),
            },
        }
    }

    pub(super) fn keep(&self, network: &str, remote: &str, kept: &Kept) -> Result<(), Error> {
        let text = Secret::from(serde_json::to_string(kept)?);
        let name = self.tokens_name(network, remote)?;
        Ok(self.safe.secrets()?.set(&name, &text)?)
    }

    pub(super) fn erase_tokens(&self, account: &AccountRow) -> Result<(), Error> {
        let name = self.tokens_name(&account.network, &account.remote)?;
        Ok(self.safe.secrets()?.remove(&name)?)
    }

    /// Returns the app of a network, or what to do about that there is none.
    pub(super) fn app_of(&self, network: &str) -> Result<App, Error> {
        let row = self.outbox.app(network)?.ok_or_else(|| {
            ApiError::new(
                ErrorCode::AppRefused,
                format!("there is no app for {network} yet"),
            )
            .hint(format!(
                "register one and give it with `crealia accounts app {network} --client-id ID`"
            ))
        })?;
        Ok(App {
            client_id: row.client_id,
            client_secret: self.safe.secrets()?.get(&self.app_name(network)?)?,
        })
    }

    pub(super) fn keep_app_secret(
        &self,
        network: &str,
        secret: Option<&Secret>,
    ) -> Result<(), Error> {
        let name = self.app_name(network)?;
        let secrets = self.safe.secrets()?;
        match secret {
            Some(secret) => secrets.set(&name, secret)?,
            None => secrets.remove(&name)?,
        }
        Ok(())
    }

    pub(super) fn secret(&self, name: &str) -> Result<Option<Secret>, Error> {
        Ok(self.safe.secrets()?.get(name)?)
    }

    pub(super) fn session(&self, entry: i64) -> Result<Option<Secret>, Error> {
        let name = self.session_name(entry)?;
        Ok(self.safe.secrets()?.get(&name)?)
    }

    pub(super) fn keep_session(&self, entry: i64, session: &Secret) -> Result<(), Error> {
        let name = self.session_name(entry)?;
        Ok(self.safe.secrets()?.set(&name, session)?)
    }

    pub(super) fn erase_session(&self, entry: i64) -> Result<(), Error> {
        let name = self.session_name(entry)?;
        Ok(self.safe.secrets()?.remove(&name)?)
    }

    /// Returns an account's access token, refreshed when it is about to end. That a refresh fails is
    /// not told here: as long as the token lives it is good, and the network says when it is not.
    pub(super) fn token(
        &self,
        port: &dyn Port,
        account: &AccountRow,
        cancel: &Cancel,
    ) -> Result<Option<Secret>, Error> {
        if account.state == AccountState::Disconnected {
            return Ok(None);
        }
        let Some(kept) = self.kept(account)? else {
            return Ok(None);
        };
        if !kept.is_stale(self.now()) {
            return Ok(Some(kept.access()));
        }
        match self.refresh(port, account, Some(&kept.access()), cancel)? {
            Ok(fresh) => Ok(Some(fresh)),
            Err(_refused) => Ok(Some(kept.access())),
        }
    }

    /// Gets a new access token in place of `stale`, one process after the other: who finds another
    /// one takes that. The inner error is the network's; new tokens are kept before they are used.
    pub(super) fn refresh(
        &self,
        port: &dyn Port,
        account: &AccountRow,
        stale: Option<&Secret>,
        cancel: &Cancel,
    ) -> Result<Result<Secret, online::Error>, Error> {
        let _turn = self.turn(&format!("account-{}", account.id), cancel)?;
        let gone = || online::Error::TokenRefused {
            code: "no_refresh_token".to_owned(),
            description: "the account has no refresh token".to_owned(),
        };
        let Some(kept) = self.kept(account)? else {
            return Ok(Err(gone()));
        };
        if stale.is_some_and(|stale| stale.expose_secret() != kept.access) {
            return Ok(Ok(kept.access()));
        }
        let Some(token) = kept.refresh.as_deref().map(Secret::from) else {
            return Ok(Err(gone()));
        };
        let app = self.app_of(&account.network)?;
        // The refresh token may be for one use: what cannot be kept is not asked for.
        self.keep(&account.network, &account.remote, &kept)?;
        let began = self.now();
        // Not left in the middle: the old refresh token may have ended with the call.
        let asked = port.refresh(&app, &token, &Cancel::new());
        let noted = outcome::audited(asked.as_ref().map(|_| "new tokens".to_owned()));
        let fresh = match asked {
            Ok(tokens) => {
                let mut fresh = Kept::of(&tokens, self.now());
                fresh.refresh_expires_at = fresh.refresh_expires_at.or(kept.refresh_expires_at);
                self.keep(&account.network, &account.remote, &fresh)?;
                Ok(fresh.access())
            }
            Err(error) => Err(error),
        };
        self.note_call(account, None, "refresh", noted, began);
        Ok(fresh)
    }

    /// Waits until no other process is at it; the lock ends with its process.
    fn turn(&self, name: &str, cancel: &Cancel) -> Result<File, Error> {
        loop {
            if let Some(file) = self.try_lock(name)? {
                return Ok(file);
            }
            cancel.check()?;
            std::thread::sleep(GLANCE);
        }
    }

    /// Takes a lock; `None` while another process, or another thread of this one, has it.
    pub(super) fn try_lock(&self, name: &str) -> Result<Option<File>, Error> {
        let path = self.locks.join(format!("outbox-{name}"));
        let failed = |error: &std::io::Error| locked_out(&path, error);
        let file = File::create(&path).map_err(|error| failed(&error))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(failed(&error).into()),
        }
    }

    /// Notes a call that began at `began`, after what it came to is written down. A note that cannot
    /// be written is left out: what the network did counts, and nothing may throw that away.
    pub(super) fn note_call(
        &self,
        account: &AccountRow,
        entry: Option<i64>,
        call: &str,
        outcome: String,
        began: UnixMs,
    ) {
        drop(self.outbox.note_call(&CallRow {
            at: millis(began),
            network: account.network.clone(),
            account: Some(account.id),
            entry,
            call: call.to_owned(),
            outcome,
            millis: millis(self.now()).saturating_sub(millis(began)),
        }));
    }
}
