//! What is told of posts and accounts.

use posts::Network;
use posts::outbox::{Call, Cancelled, Entry, Next, State, UnixMs};
use protocol::error::{ApiError, ErrorCode};
use protocol::publishing::{AccountDocument, EntryDocument, LoggedCallDocument};
use store::outbox::{AccountRow, AccountState, CallRow, EntryRow};

use super::aside::unreadable_document;
use super::moment::rfc3339;
use super::{Marks, Publishing, error_of, outcome, read};
use crate::Error;

impl Publishing {
    /// Returns every post for every account, the oldest first.
    pub fn list(&self) -> Result<Vec<EntryDocument>, Error> {
        let rows = self.outbox.entries()?;
        rows.iter().map(|row| self.document(row)).collect()
    }

    /// Returns these posts.
    pub fn entries(&self, ids: &[i64]) -> Result<Vec<EntryDocument>, Error> {
        let one = |id: &i64| self.document(&self.outbox.entry(*id)?);
        ids.iter().map(one).collect()
    }

    /// Returns the calls that were made to networks, the oldest first; those of 90 days are kept.
    pub fn calls(&self) -> Result<Vec<LoggedCallDocument>, Error> {
        let accounts = self.outbox.accounts()?;
        let named = |id: i64| accounts.iter().find(|account| account.id == id);
        let document = |call: CallRow| LoggedCallDocument {
            at: moment(call.at),
            network: call.network,
            account: call
                .account
                .and_then(named)
                .map(|account| short_name(account).to_owned()),
            post: call.entry,
            call: call.call,
            outcome: call.outcome,
            millis: call.millis,
        };
        let calls = self.outbox.calls_since(i64::MIN)?;
        Ok(calls.into_iter().map(document).collect())
    }

    /// Says of an uncertain post whether it is on the network.
    pub fn resolve(&self, id: i64, is_there: posts::Answer) -> Result<EntryDocument, Error> {
        let mut late = false;
        let network = self.network_of(id)?;
        let (row, _) = self.change_with(id, "resolved by the user", |row, entry| {
            if entry.state != State::Uncertain {
                late = true;
                return None;
            }
            let remote = match is_there {
                posts::Answer::Yes => Some(row.remote.clone().unwrap_or_default()),
                posts::Answer::No => None,
            };
            let entry = entry.resolved(remote);
            let marks = Marks {
                error: outcome::told(network, id, &entry, None),
                ..Marks::of(row)
            };
            Some((entry, marks))
        })?;
        if late {
            let message = format!("post {id} is not uncertain");
            return Err(ApiError::new(ErrorCode::TooLate, message)
                .hint("`crealia outbox list` shows which are")
                .into());
        }
        self.forget_session(&row);
        self.document(&row)
    }

    /// Calls a post off, as long as nothing of it can be on the network.
    pub fn cancel(&self, id: i64) -> Result<EntryDocument, Error> {
        let mut outcome = Cancelled::Yes;
        let (row, _) = self.change(id, "cancelled by the user", |_, entry| {
            let was = entry.state;
            let (entry, found) = entry.cancelled();
            // Calling off twice is calling off.
            outcome = if was == State::Cancelled {
                Cancelled::Yes
            } else {
                found
            };
            (found == Cancelled::Yes).then_some(entry)
        })?;
        let late = |message: String, hint: &str| {
            Err(ApiError::new(ErrorCode::TooLate, message).hint(hint).into())
        };
        match outcome {
            Cancelled::Yes => self.document(&row),
            Cancelled::TooLate => late(
                format!("post {id} may be on the network already"),
                "`crealia outbox list` shows how it stands",
            ),
            Cancelled::Over => late(
                format!("post {id} is over"),
                "`crealia outbox list` shows how it ended",
            ),
        }
    }

    /// Returns how a post for one account stands.
    pub(super) fn document(&self, row: &EntryRow) -> Result<EntryDocument, Error> {
        let account = self.outbox.account(row.account)?;
        Ok(self.document_of(row, &account))
    }

    /// Returns how a post for this account stands.
    pub(super) fn document_of(&self, row: &EntryRow, account: &AccountRow) -> EntryDocument {
        let Ok(entry) = read(row) else {
            // The others are told all the same.
            return unreadable_document(row, account);
        };
        let now = self.now();
        EntryDocument {
            id: row.id,
            network: account.network.clone(),
            account: short_name(account).to_owned(),
            state: entry.state,
            step: step(&entry),
            remote_id: row.remote.clone().filter(|remote| !remote.is_empty()),
            url: row.url.clone(),
            attempts: entry.attempts,
            next_attempt_at: match entry.next(now) {
                Next::Wait(moment) => Some(rfc3339(moment)),
                Next::Nothing | Next::Do(_) => None,
            },
            error: error_of(row).map(Into::into),
        }
    }

    pub(super) fn network_of(&self, id: i64) -> Result<Network, Error> {
        let row = self.outbox.entry(id)?;
        network(&self.outbox.account(row.account)?)
    }

    /// Forgets an upload that is of no more use. One that stays is forgotten by the network in days.
    pub(super) fn forget_session(&self, row: &EntryRow) {
        drop(self.erase_session(row.id));
    }
}

/// Returns an account's network.
pub(super) fn network(account: &AccountRow) -> Result<Network, Error> {
    Network::from_id(&account.network).ok_or_else(|| {
        let message = format!("the account {} is of no known network", account.id);
        ApiError::new(ErrorCode::Internal, message).into()
    })
}

/// Returns what `--to NETWORK:ACCOUNT` takes.
pub(super) fn short_name(account: &AccountRow) -> &str {
    account.handle.as_deref().unwrap_or(&account.remote)
}

/// Returns a moment of the database in words.
fn moment(millis: i64) -> String {
    rfc3339(UnixMs(u64::try_from(millis).unwrap_or_default()))
}

/// Returns which of the scopes asked for were not granted.
pub(super) fn missing(asked: &[&'static str], granted: &[String]) -> Vec<&'static str> {
    let is_missing = |scope: &&&str| !granted.iter().any(|own| own == **scope);
    asked.iter().filter(is_missing).copied().collect()
}

/// Returns an account as it is told, with what it lacks of the scopes asked for.
pub(super) fn account(row: &AccountRow, asked: &[&'static str]) -> AccountDocument {
    AccountDocument {
        network: row.network.clone(),
        account: short_name(row).to_owned(),
        remote_id: row.remote.clone(),
        name: row.name.clone(),
        state: match row.state {
            AccountState::Connected => "connected",
            AccountState::Expired => "expired",
            AccountState::Disconnected => "disconnected",
        }
        .to_owned(),
        scopes: row.scopes.clone(),
        missing_scopes: (missing(asked, &row.scopes).into_iter())
            .map(str::to_owned)
            .collect(),
        connected_at: moment(row.connected_at),
        checked_at: moment(row.checked_at),
    }
}

/// Returns the call that is under way or comes next.
fn step(entry: &Entry) -> Option<String> {
    let next = match entry.next(UnixMs(u64::MAX)) {
        Next::Do(call) => Some(call),
        Next::Nothing | Next::Wait(_) => None,
    };
    entry.in_flight.or(next).map(|call| name(call).to_owned())
}

/// Returns a call's name, for good.
pub(super) const fn name(call: Call) -> &'static str {
    match call {
        Call::Open => "open",
        Call::Send { .. } => "send",
        Call::Ask => "ask",
        Call::Post => "post",
        Call::Look => "look",
        Call::Refresh => "refresh",
        Call::SetCover => "cover",
        Call::Check => "check",
    }
}
