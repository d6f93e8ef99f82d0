//! Tokens as they are kept, and their renewal: by one at a time, whatever process it is in.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, SystemTime};

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use task::Cancel;

use crate::consent::Tokens;
use crate::error::Error;
use crate::runtime::CANCEL_POLL;
use crate::secrets::{Secret, Secrets};

/// Tokens with the moments at which they end, by this machine's clock.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Goes with every call.
    pub access: SecretString,
    /// Gets the next access token; absent where the network gives none.
    pub refresh: Option<SecretString>,
    /// When the access token ends, if told.
    pub ends: Option<SystemTime>,
    /// When the refresh token ends, if told.
    pub refresh_ends: Option<SystemTime>,
    /// What was granted, when the network says so.
    pub scopes: Option<Vec<String>>,
    /// The account's identity where the network gave it beside the tokens.
    pub account: Option<String>,
}

/// Which access token will not do.
#[derive(Debug, Clone, Copy)]
pub enum Stale<'a> {
    /// One that ends before this moment.
    EndsBefore(SystemTime),
    /// This one, which the network refused.
    Refused(&'a SecretString),
    /// Whichever it is.
    Any,
}

/// Gets new tokens with a refresh token, such as by [`refresh`](crate::consent::refresh).
pub type Ask<'a> = &'a dyn Fn(&SecretString) -> Result<Tokens, Error>;

/// Where an account's tokens are kept, and by whom they are renewed.
#[derive(Clone, Copy)]
pub struct Keeping<'a> {
    /// Asks the network. It is not to be left in the middle, with its answer.
    pub ask: Ask<'a>,
    /// Where secrets are kept.
    pub secrets: &'a dyn Secrets,
    /// The name of the account's tokens among them.
    pub name: &'a str,
    /// A file that whoever changes the account's tokens holds locked, one per account. It is made
    /// when there is none, holds nothing, and stays.
    pub lock: &'a Path,
}

impl Kept {
    /// Returns tokens as they are kept when a network gave them at `now`.
    pub fn new(tokens: Tokens, now: SystemTime) -> Self {
        let after = |time: Option<Duration>| time.and_then(|time| now.checked_add(time));
        Self {
            access: tokens.access,
            refresh: tokens.refresh,
            ends: after(tokens.expires_in),
            refresh_ends: after(tokens.refresh_expires_in),
            scopes: tokens.scopes,
            account: tokens.account,
        }
    }

    /// Returns whether the access token will not do.
    pub fn is(&self, stale: Stale<'_>) -> bool {
        match stale {
            Stale::EndsBefore(moment) => self.ends.is_some_and(|ends| ends < moment),
            Stale::Refused(token) => token.expose_secret() == self.access.expose_secret(),
            Stale::Any => true,
        }
    }

    /// Returns when nothing can be done any more without a new consent, if told: when the token ends that
    /// gets the next ones, or the only one.
    pub fn consent_ends(&self) -> Option<SystemTime> {
        match self.refresh {
            Some(_) => self.refresh_ends,
            None => self.ends,
        }
    }

    /// Returns the token that ends the consent.
    pub fn longest(&self) -> &SecretString {
        self.refresh.as_ref().unwrap_or(&self.access)
    }

    /// Returns these with what a renewal does not tell again.
    fn after(mut self, before: Self) -> Self {
        self.refresh_ends = self.refresh_ends.or(before.refresh_ends);
        self.scopes = self.scopes.or(before.scopes);
        self.account = self.account.or(before.account);
        self
    }

    fn written(&self, name: &str) -> Result<Secret, Error> {
        let secs = |moment: Option<SystemTime>| {
            let since = moment.and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
            since.map(|since| since.as_secs())
        };
        let refresh = self.refresh.as_ref().map(SecretString::expose_secret);
        let written = Written {
            access: self.access.expose_secret().into(),
            refresh: refresh.map(Into::into),
            ends: secs(self.ends),
            refresh_ends: secs(self.refresh_ends),
            scopes: self.scopes.clone(),
            account: self.account.clone(),
        };
        let text = serde_json::to_string(&written).map_err(|_shape| damaged(name))?;
        Ok(text.into())
    }

    fn read(name: &str, secret: &Secret) -> Result<Self, Error> {
        let written: Written<'_> =
            serde_json::from_str(secret.expose_secret()).map_err(|_shape| damaged(name))?;
        let moment = |secs: Option<u64>| {
            secs.and_then(|secs| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(secs)))
        };
        Ok(Self {
            access: written.access.into_owned().into(),
            refresh: written.refresh.map(|token| token.into_owned().into()),
            ends: moment(written.ends),
            refresh_ends: moment(written.refresh_ends),
            scopes: written.scopes,
            account: written.account,
        })
    }
}

impl Keeping<'_> {
    /// Returns the account's tokens, or `None` when there are none.
    pub fn tokens(&self) -> Result<Option<Kept>, Error> {
        let secret = self.secrets.get(self.name)?;
        secret
            .map(|secret| Kept::read(self.name, &secret))
            .transpose()
    }

    /// Keeps the tokens of a new consent.
    pub fn keep(&self, tokens: &Kept, cancel: &Cancel) -> Result<(), Error> {
        let _turn = self.turn(cancel)?;
        self.secrets.set(self.name, &tokens.written(self.name)?)
    }

    /// Forgets the account's tokens.
    pub fn forget(&self, cancel: &Cancel) -> Result<(), Error> {
        let _turn = self.turn(cancel)?;
        self.secrets.remove(self.name)
    }

    /// Returns tokens whose access token is not `stale`, renewed at `now` where they have to be: by
    /// one at a time, whatever process it is in. Who waited for its turn finds what the other got
    /// and asks nothing. New tokens are kept before they are returned.
    ///
    /// An account without tokens, and one whose tokens cannot be read, is [`Error::DamagedSecret`].
    pub fn renewed(
        &self,
        stale: Stale<'_>,
        now: SystemTime,
        cancel: &Cancel,
    ) -> Result<Kept, Error> {
        let known = self.tokens()?.ok_or_else(|| damaged(self.name))?;
        if !known.is(stale) {
            return Ok(known);
        }
        let _turn = self.turn(cancel)?;
        // Meanwhile another may have been here.
        let before = self.tokens()?.ok_or_else(|| damaged(self.name))?;
        if !before.is(stale) {
            return Ok(before);
        }
        let token = before.refresh.clone().ok_or_else(|| Error::TokenRefused {
            code: "invalid_grant".to_owned(),
            description: "there is no refresh token".to_owned(),
        })?;
        // The refresh token may be for one use: what cannot be kept is not asked for.
        self.secrets.set(self.name, &before.written(self.name)?)?;
        let tokens = (self.ask)(&token)?;
        let renewed = Kept::new(tokens, now).after(before);
        self.secrets.set(self.name, &renewed.written(self.name)?)?;
        Ok(renewed)
    }

    /// Waits until nobody else changes the account's tokens; the turn ends with the result, and with
    /// the process at the latest.
    fn turn(&self, cancel: &Cancel) -> Result<File, Error> {
        let failed = |error: std::io::Error| Error::from_io(self.lock, &error);
        if let Some(folder) = self.lock.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let file = File::options()
            .create(true)
            .append(true)
            .open(self.lock)
            .map_err(failed)?;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(std::fs::TryLockError::WouldBlock) => {
                    cancel.check()?;
                    std::thread::sleep(CANCEL_POLL);
                }
                Err(std::fs::TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
    }
}

impl std::fmt::Debug for Keeping<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keeping")
            .field("name", &self.name)
            .field("lock", &self.lock)
            .finish_non_exhaustive()
    }
}

fn damaged(name: &str) -> Error {
    Error::DamagedSecret {
        name: name.to_owned(),
    }
}

/// The text of tokens that are kept; seconds since 1970.
#[derive(Serialize, Deserialize)]
struct Written<'a> {
    access: std::borrow::Cow<'a, str>,
    refresh: Option<std::borrow::Cow<'a, str>>,
    ends: Option<u64>,
    refresh_ends: Option<u64>,
    scopes: Option<Vec<String>>,
    account: Option<String>,
}
