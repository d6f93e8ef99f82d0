//! Apps and accounts: registered, connected, checked, disconnected.

use std::sync::Arc;
use std::time::Duration;

use online::consent::{App, Consent, Kept, Language, Stale};
use online::secrets::Secret;
use online::upload::Advice;
use posts::Network;
use protocol::error::{ApiError, ErrorCode};
use protocol::publishing::{AccountDocument, AppDocument, DisconnectedDocument};
use protocol::studio::posting::{AccountId, CreatorView};
use store::outbox::{AccountRow, AccountState, AppRow, Seen};
use task::Cancel;

use super::port::{Identity, Port};
use super::tokens::{no_tokens, system_time};
use super::{Publishing, documents, millis, outcome};
use crate::Error;

/// How long the user has to answer on the network's page.
const PATIENCE: Duration = Duration::from_mins(5);

impl Publishing {
    /// Asks a network about its app, keeps the app unless the network does not accept it, and returns
    /// what is to be done there.
    pub fn register_app(
        &self,
        network: &str,
        client_id: &str,
        secret: Option<&Secret>,
        cancel: &Cancel,
    ) -> Result<AppDocument, Error> {
        let network = network_named(network)?;
        let port = (self.ports)(network)?;
        let client_id = client_id.trim();
        if client_id.is_empty() {
            let message = "the app's identifier is empty";
            return Err(ApiError::new(ErrorCode::Usage, message).into());
        }
        // Asked before it is kept: a slip of the pen does not take the place of an app that works.
        let app = App {
            client_id: client_id.to_owned(),
            client_secret: secret.cloned(),
        };
        let began = self.now();
        let asked = port.accepts(&app, cancel);
        let noted = asked.as_ref().map(|accepted| match accepted {
            true => "accepted".to_owned(),
            false => "not accepted".to_owned(),
        });
        self.note_app_call(network.id(), "app", outcome::audited(noted), began);
        let accepted = match asked {
            Ok(accepted) => Some(accepted),
            Err(online::Error::Cancelled) => return Err(Error::Cancelled),
            Err(error @ online::Error::ClientSecretMissing) => {
                return Err(outcome::failure(network, &error).into());
            }
            // It is kept all the same: connecting an account tells more.
            Err(_cannot_be_asked) => None,
        };
        if accepted == Some(false) {
            let message = format!("{network} does not accept the app {client_id}");
            return Err(ApiError::new(ErrorCode::AppRefused, message)
                .hint("compare its identifier and secret with what the network shows")
                .into());
        }
        // The secret first: an app without its secret would be refused.
        self.keep_app_secret(network.id(), secret)?;
        let row = AppRow {
            network: network.id().to_owned(),
            client_id: client_id.to_owned(),
        };
        self.outbox.save_app(&row, millis(self.now()))?;
        let guide = port.guide();
        Ok(AppDocument {
            network: network.id().to_owned(),
            client_id: client_id.to_owned(),
            redirects: guide.redirects,
            notes: guide.notes,
            accepted,
        })
    }

    /// Asks for consent in the browser and keeps the account. `show` gets the address to open. What it
    /// comes to is in the audit log, whatever it is.
    pub fn connect(
        &self,
        network: &str,
        language: Language,
        cancel: &Cancel,
        show: impl FnOnce(&str),
    ) -> Result<AccountDocument, Error> {
        let network = network_named(network)?;
        let began = self.now();
        match self.connected(network, language, cancel, show) {
            Ok((row, document)) => {
                self.note_call(&row, None, "connect", "connected".to_owned(), began);
                Ok(document)
            }
            Err(error) => {
                // The words may be the network's; the code is enough to know what went wrong.
                let noted = format!("failed: {}", error.to_api().code.name());
                self.note_app_call(network.id(), "connect", noted, began);
                Err(error)
            }
        }
    }

    fn connected(
        &self,
        network: Network,
        language: Language,
        cancel: &Cancel,
        show: impl FnOnce(&str),
    ) -> Result<(AccountRow, AccountDocument), Error> {
        let port = (self.ports)(network)?;
        let app = self.app_of(network.id())?;
        let told = |error: online::Error| outcome::failure(network, &error);
        let consent = Consent::begin(port.dialect(), app, port.scopes(), language, PATIENCE);
        let consent = consent.map_err(told)?;
        show(consent.address().as_str());
        let tokens = match consent.wait(cancel) {
            Err(online::Error::Cancelled) => return Err(Error::Cancelled),
            waited => waited.map_err(told)?,
        };
        let now = self.now();
        let identity = match port.who(&tokens.access, cancel) {
            Err(online::Error::Cancelled) => return Err(Error::Cancelled),
            Err(online::Error::Refused {
                advice: Advice::Gone,
                ..
            }) => None,
            Err(error) => {
                let missing = not_granted(port.as_ref(), tokens.scopes.as_deref());
                return Err(if missing.is_empty() {
                    told(error).into()
                } else {
                    unknown_without(network, &missing).into()
                });
            }
            Ok(identity) => identity,
        };
        let identity = identity.ok_or_else(|| {
            ApiError::new(
                ErrorCode::NotConnected,
                format!("there is nothing on {network} that could be posted to"),
            )
            .hint("make a channel there first, or choose another account on its page")
        })?;
        let asked = || port.scopes().iter().map(|scope| (*scope).to_owned());
        let scopes = tokens.scopes.clone().unwrap_or_else(|| asked().collect());
        // Tokens before the row: a row without tokens would be of no use.
        let kept = Kept::new(tokens, system_time(now));
        self.keep(network.id(), &identity.remote, &kept, cancel)?;
        let id = self
            .outbox
            .save_account(&seen(network, &identity, &scopes), millis(now))?;
        self.clear_trouble(id)?;
        let row = self.outbox.account(id)?;
        let document = documents::account(&row, port.scopes());
        Ok((row, document))
    }

    /// Returns the accounts that are connected, or were until their consent ended.
    pub fn accounts(&self) -> Result<Vec<AccountDocument>, Error> {
        let rows = self.outbox.accounts()?.into_iter();
        rows.filter(|row| row.state != AccountState::Disconnected)
            .map(|row| {
                let port = (self.ports)(documents::network(&row)?)?;
                Ok(documents::account(&row, port.scopes()))
            })
            .collect()
    }

    /// Asks the networks about accounts: those of `wanted` (`NETWORK[:ACCOUNT]`), else all.
    pub fn check_accounts(
        &self,
        wanted: Option<&str>,
        cancel: &Cancel,
    ) -> Result<Vec<Result<AccountDocument, ApiError>>, Error> {
        let rows = self.outbox.accounts()?.into_iter();
        let rows = rows.filter(|row| {
            row.state != AccountState::Disconnected
                && wanted.is_none_or(|wanted| is_named(row, wanted))
        });
        let rows: Vec<AccountRow> = rows.collect();
        if let (Some(wanted), true) = (wanted, rows.is_empty()) {
            return Err(unknown(wanted).into());
        }
        // A vault that stays shut is no account's fault.
        self.safe.secrets()?;
        let mut checked = Vec::new();
        for row in rows {
            cancel.check()?;
            let outcome = match self.check(&row, cancel) {
                Ok(document) => Ok(document),
                Err(Error::Cancelled) => return Err(Error::Cancelled),
                Err(error) => Err(error.to_api().input(format!(
                    "{}:{}",
                    row.network,
                    documents::short_name(&row)
                ))),
            };
            checked.push(outcome);
        }
        Ok(checked)
    }

    pub(super) fn check(
        &self,
        row: &AccountRow,
        cancel: &Cancel,
    ) -> Result<AccountDocument, Error> {
        let network = documents::network(row)?;
        let port = (self.ports)(network)?;
        let now = || millis(self.now());
        let began = self.now();
        let asked = self.ask_for(port.as_ref(), row, cancel, |token| port.who(token, cancel))?;
        let noted = outcome::audited(asked.as_ref().map(|_| "there".to_owned()));
        self.note_call(row, None, "who", noted, began);
        match asked {
            Ok(Some(identity)) => {
                let scopes = row.scopes.clone();
                let seen = seen(network, &identity, &scopes);
                self.outbox.note_account(row.id, &seen, now())?;
                self.outbox
                    .set_account_state(row.id, AccountState::Connected, now())?;
                let row = self.outbox.account(row.id)?;
                Ok(documents::account(&row, port.scopes()))
            }
            Ok(None) => self.ended(row, network, &nothing_there()),
            Err(error) => self.ended(row, network, &error),
        }
    }

    /// Asks a network what an account may do at this moment; `None` where it does not say.
    ///
    /// # Errors
    /// [`ErrorCode::NotConnected`] when the consent has ended, what the network says otherwise.
    pub fn creator(&self, id: AccountId, cancel: &Cancel) -> Result<Option<CreatorView>, Error> {
        let row = self.outbox.account(id.0)?;
        let network = documents::network(&row)?;
        let port = (self.ports)(network)?;
        let began = self.now();
        let ask = |token: &Secret| port.creator(token, cancel);
        let asked = self.ask_for(port.as_ref(), &row, cancel, ask)?;
        if !matches!(asked, Ok(None)) {
            let noted = outcome::audited(asked.as_ref().map(|_| "told".to_owned()));
            self.note_call(&row, None, "creator", noted, began);
        }
        asked.or_else(|error| self.ended(&row, network, &error))
    }

    /// Notes that a consent has ended, if that is what a network says; returns what it says as an
    /// error.
    fn ended<T>(
        &self,
        row: &AccountRow,
        network: Network,
        error: &online::Error,
    ) -> Result<T, Error> {
        let told = outcome::failure(network, error);
        if told.code.ends_consent() {
            let now = millis(self.now());
            self.outbox
                .set_account_state(row.id, AccountState::Expired, now)?;
        }
        match error {
            online::Error::Cancelled => Err(Error::Cancelled),
            _ => Err(told.into()),
        }
    }

    /// Asks a network with an account's token, and with a new one when that is refused.
    fn ask_for<T>(
        &self,
        port: &dyn Port,
        row: &AccountRow,
        cancel: &Cancel,
        ask: impl Fn(&Secret) -> Result<T, online::Error>,
    ) -> Result<Result<T, online::Error>, Error> {
        let Some(token) = self.token(port, row, cancel)? else {
            return Ok(Err(no_tokens()));
        };
        let asked = ask(&token);
        let is_refused = matches!(
            &asked,
            Err(online::Error::Refused {
                advice: Advice::Reconnect,
                ..
            })
        );
        if !is_refused {
            return Ok(asked);
        }
        let fresh = self.refresh(port, row, Stale::Refused(&token), cancel)?;
        Ok(fresh.and_then(|fresh| ask(&fresh)))
    }

    /// Ends the consent for an account and erases what is kept of it. What was posted stays.
    pub fn disconnect(&self, wanted: &str, cancel: &Cancel) -> Result<DisconnectedDocument, Error> {
        let row = self.one_account(wanted)?;
        let port = (self.ports)(documents::network(&row)?)?;
        let revoked = match self.kept(&row)? {
            None => false,
            Some(kept) => {
                let began = self.now();
                let app = self.app_of(&row.network)?;
                let asked = port.revoke(&app, kept.longest(), cancel);
                let noted = outcome::audited(asked.as_ref().map(|()| "revoked".to_owned()));
                self.note_call(&row, None, "revoke", noted, began);
                match asked {
                    Ok(()) => true,
                    Err(online::Error::Cancelled) => return Err(Error::Cancelled),
                    // Erased all the same: the user does not want it here any more.
                    Err(_cannot_be_told) => false,
                }
            }
        };
        self.erase_tokens(&row, cancel)?;
        for entry in self.outbox.entries()? {
            if entry.account == row.id {
                self.erase_session(entry.id)?;
            }
        }
        let now = millis(self.now());
        self.outbox
            .set_account_state(row.id, AccountState::Disconnected, now)?;
        Ok(DisconnectedDocument {
            network: row.network.clone(),
            account: documents::short_name(&row).to_owned(),
            revoked,
        })
    }

    /// Returns the one account that `wanted` (`NETWORK[:ACCOUNT]`) names.
    pub(super) fn one_account(&self, wanted: &str) -> Result<AccountRow, Error> {
        network_named(wanted.split(':').next().unwrap_or_default())?;
        let rows = self.outbox.accounts()?.into_iter();
        let mut rows =
            rows.filter(|row| row.state != AccountState::Disconnected && is_named(row, wanted));
        let first = rows.next().ok_or_else(|| unknown(wanted))?;
        let others: Vec<String> = rows
            .map(|row| documents::short_name(&row).to_owned())
            .collect();
        if others.is_empty() {
            return Ok(first);
        }
        let message = format!("{wanted} names several accounts");
        Err(ApiError::new(ErrorCode::Usage, message)
            .hint(format!(
                "name one: {}:{} or {}",
                first.network,
                documents::short_name(&first),
                others.join(", ")
            ))
            .into())
    }

    /// Returns what is particular to an account's network.
    pub(super) fn port_of(&self, row: &AccountRow) -> Result<Arc<dyn Port>, Error> {
        (self.ports)(documents::network(row)?)
    }
}

/// The refusal of an account that has nothing any more that could be posted to, such as a channel.
fn nothing_there() -> online::Error {
    online::Error::Refused {
        status: 200,
        reason: "nothing_there".to_owned(),
        message: "there is nothing of it that could be posted to".to_owned(),
        advice: Advice::Gone,
    }
}

/// Returns the network of a name.
pub(super) fn network_named(name: &str) -> Result<Network, ApiError> {
    Network::from_id(name).ok_or_else(|| {
        let all: Vec<&str> = Network::ALL.iter().map(|network| network.id()).collect();
        ApiError::new(ErrorCode::Usage, format!("there is no network {name}"))
            .hint(format!("the networks are {}", all.join(", ")))
    })
}

fn seen<'a>(network: Network, identity: &'a Identity, scopes: &'a [String]) -> Seen<'a> {
    Seen {
        network: network.id(),
        remote: &identity.remote,
        name: &identity.name,
        handle: identity.handle.as_deref(),
        scopes,
    }
}

/// Returns whether `NETWORK[:ACCOUNT]` names an account: by its handle, its name or the network's
/// name of it.
fn is_named(row: &AccountRow, wanted: &str) -> bool {
    let (network, account) = match wanted.split_once(':') {
        Some((network, account)) => (network, Some(account)),
        None => (wanted, None),
    };
    let bare = |name: &str| name.trim_start_matches('@').to_lowercase();
    row.network == network
        && account.is_none_or(|account| {
            row.remote == account
                || bare(&row.name) == bare(account)
                || row
                    .handle
                    .as_deref()
                    .is_some_and(|handle| bare(handle) == bare(account))
        })
}

/// Returns what the user did not grant of what the program asked for; nothing where the network does
/// not say what was granted.
fn not_granted(port: &dyn Port, granted: Option<&[String]>) -> Vec<&'static str> {
    let Some(granted) = granted else {
        return Vec::new();
    };
    documents::missing(port.scopes(), granted)
}

/// Returns that nobody can tell whose account it is with what was granted.
fn unknown_without(network: Network, missing: &[&str]) -> ApiError {
    let message = format!(
        "{network} does not tell whose account it is: {} was not granted",
        missing.join(", ")
    );
    ApiError::new(ErrorCode::NotConnected, message).hint("connect again and allow everything")
}

fn unknown(wanted: &str) -> ApiError {
    let network = wanted.split(':').next().unwrap_or_default();
    ApiError::new(
        ErrorCode::NotConnected,
        format!("no account {wanted} is connected"),
    )
    .hint(format!(
        "`crealia accounts list` shows them, `crealia accounts connect {network}` connects one"
    ))
}
