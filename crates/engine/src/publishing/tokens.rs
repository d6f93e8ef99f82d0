//! Tokens: kept in the vault, refreshed early, by one process at a time.

use std::cell::{Cell, RefCell};
use std::fs::{File, TryLockError};
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use online::consent::{App, Ask, Keeping, Kept, Stale, Tokens};
use online::secrets::Secret;
use posts::outbox::UnixMs;
use protocol::error::{ApiError, ErrorCode};
use store::outbox::{AccountRow, AccountState, CallRow};
use task::Cancel;

use super::port::Port;
use super::{Publishing, locked_out, millis, outcome};
use crate::Error;

/// How long before its end a token is refreshed.
const EARLY: Duration = Duration::from_mins(5);

/// Returns a moment as tokens have it.
pub(super) fn system_time(moment: UnixMs) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(moment.0)
}

impl Publishing {
    pub(super) fn tokens_name(&self, network: &str, remote: &str) -> Result<String, Error> {
        self.shared_name(&format!("{network}/{remote}/tokens"))
    }

    fn app_name(&self, network: &str) -> Result<String, Error> {
        self.shared_name(&format!("{network}/app"))
    }

    fn session_name(&self, entry: i64) -> Result<String, Error> {
        self.own_name(&format!("upload/{entry}"))
    }

    /// Has something done where an account's tokens are kept; `ask` gets new ones.
    fn at_tokens<R>(
        &self,
        network: &str,
        remote: &str,
        ask: Ask<'_>,
        act: impl FnOnce(&Keeping<'_>) -> Result<R, online::Error>,
    ) -> Result<R, Error> {
        let name = self.tokens_name(network, remote)?;
        // The account has no number yet when its first tokens come.
        let hash = blake3::hash(name.as_bytes()).to_hex();
        let lock = self.lock_path(&format!("account-{hash}"));
        let secrets = self.safe.secrets()?;
        let keeping = Keeping {
            ask,
            secrets: secrets.as_ref(),
            name: &name,
            lock: &lock,
        };
        match act(&keeping) {
            Err(online::Error::Cancelled) => Err(Error::Cancelled),
            done => Ok(done?),
        }
    }

    /// Returns an account's tokens as they are kept.
    pub(super) fn kept(&self, account: &AccountRow) -> Result<Option<Kept>, Error> {
        self.at_tokens(&account.network, &account.remote, &unasked, |keeping| {
            keeping.tokens()
        })
    }

    /// Keeps the tokens of a new consent.
    pub(super) fn keep(
        &self,
        network: &str,
        remote: &str,
        kept: &Kept,
        cancel: &Cancel,
    ) -> Result<(), Error> {
        self.at_tokens(network, remote, &unasked, |keeping| {
            keeping.keep(kept, cancel)
        })
    }

    pub(super) fn erase_tokens(&self, account: &AccountRow, cancel: &Cancel) -> Result<(), Error> {
        self.at_tokens(&account.network, &account.remote, &unasked, |keeping| {
            keeping.forget(cancel)
        })
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
        if !self.is_refreshed_first(&kept) {
            return Ok(Some(kept.access));
        }
        match self.refresh(port, account, self.ends_soon(), cancel)? {
            Ok(fresh) => Ok(Some(fresh)),
            Err(_refused) => Ok(Some(kept.access)),
        }
    }

    /// Returns whether new tokens are asked for before these are used.
    pub(super) fn is_refreshed_first(&self, kept: &Kept) -> bool {
        kept.refresh.is_some() && kept.is(self.ends_soon())
    }

    fn ends_soon(&self) -> Stale<'static> {
        Stale::EndsBefore(system_time(self.now()) + EARLY)
    }

    /// Gets a new access token in place of a stale one. The inner error is the network's.
    pub(super) fn refresh(
        &self,
        port: &dyn Port,
        account: &AccountRow,
        stale: Stale<'_>,
        cancel: &Cancel,
    ) -> Result<Result<Secret, online::Error>, Error> {
        let app = self.app_of(&account.network)?;
        let asked = RefCell::new(None);
        let is_refused = Cell::new(false);
        let ask = |token: &Secret| {
            let began = self.now();
            // Not left in the middle: the old refresh token may have ended with the call.
            let answer = port.refresh(&app, token, &Cancel::new());
            let noted = outcome::audited(answer.as_ref().map(|_| "new tokens".to_owned()));
            asked.replace(Some((noted, began)));
            is_refused.set(answer.is_err());
            answer
        };
        let renewed =
            self.at_tokens(
                &account.network,
                &account.remote,
                &ask,
                |keeping| match keeping.tokens()? {
                    Some(_) => keeping.renewed(stale, system_time(self.now()), cancel),
                    None => Err(no_tokens()),
                },
            );
        if let Some((noted, began)) = asked.take() {
            self.note_call(account, None, "refresh", noted, began);
        }
        match renewed {
            Ok(kept) => Ok(Ok(kept.access)),
            Err(Error::Online(error))
                if is_refused.get() || matches!(error, online::Error::TokenRefused { .. }) =>
            {
                Ok(Err(error))
            }
            // The vault's, or the user's.
            Err(error) => Err(error),
        }
    }

    /// Takes a lock; `None` while another process, or another thread of this one, has it.
    pub(super) fn try_lock(&self, name: &str) -> Result<Option<File>, Error> {
        let path = self.lock_path(name);
        let failed = |error: &std::io::Error| locked_out(&path, error);
        let file = File::create(&path).map_err(|error| failed(&error))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(failed(&error).into()),
        }
    }

    fn lock_path(&self, name: &str) -> PathBuf {
        self.locks.join(format!("outbox-{name}"))
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
        self.note(&CallRow {
            account: Some(account.id),
            entry,
            ..self.called(&account.network, call, outcome, began)
        });
    }

    /// Notes a call that belongs to no account, like [`note_call`](Self::note_call).
    pub(super) fn note_app_call(&self, network: &str, call: &str, outcome: String, began: UnixMs) {
        self.note(&self.called(network, call, outcome, began));
    }

    fn called(&self, network: &str, call: &str, outcome: String, began: UnixMs) -> CallRow {
        CallRow {
            at: millis(began),
            network: network.to_owned(),
            account: None,
            entry: None,
            call: call.to_owned(),
            outcome,
            millis: millis(self.now()).saturating_sub(millis(began)),
        }
    }

    fn note(&self, call: &CallRow) {
        drop(self.outbox.note_call(call));
    }
}

/// The refusal of an account whose tokens are not here.
pub(super) fn no_tokens() -> online::Error {
    online::Error::TokenRefused {
        code: "no_tokens".to_owned(),
        description: "the account's tokens are not here".to_owned(),
    }
}

/// Asks nobody: nothing is renewed.
fn unasked(_token: &Secret) -> Result<Tokens, online::Error> {
    Err(no_tokens())
}
