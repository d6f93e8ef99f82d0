use rusqlite::{OptionalExtension as _, Row, params};

use crate::{Error, Outbox};

/// An app that the user registered with a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppRow {
    /// The network.
    pub network: String,
    /// The app's public identifier.
    pub client_id: String,
}

/// How an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountState {
    /// It can be posted to.
    Connected,
    /// Its consent has ended: it has to be connected again.
    Expired,
    /// The user disconnected it.
    Disconnected,
}

impl AccountState {
    /// Returns the state's stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::Expired => "expired",
            Self::Disconnected => "disconnected",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Connected, Self::Expired, Self::Disconnected]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// What a network says of an account.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The network.
    pub network: &'a str,
    /// The network's name of it.
    pub remote: &'a str,
    /// Its name as shown.
    pub name: &'a str,
    /// Its handle, if it has one.
    pub handle: Option<&'a str>,
    /// What the user granted.
    pub scopes: &'a [String],
}

/// An account's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// Identity.
    pub id: i64,
    /// The network.
    pub network: String,
    /// The network's name of it.
    pub remote: String,
    /// Its name as shown.
    pub name: String,
    /// Its handle, if it has one.
    pub handle: Option<String>,
    /// What the user granted.
    pub scopes: Vec<String>,
    /// How it stands.
    pub state: AccountState,
    /// When it was last connected.
    pub connected_at: i64,
    /// When the network was last asked about it.
    pub checked_at: i64,
}

impl Outbox {
    /// Keeps the app of a network in place of the one before.
    pub fn save_app(&self, app: &AppRow, now: i64) -> Result<(), Error> {
        self.with(|connection| {
            connection
                .execute(
                    "INSERT INTO apps (network, client_id, registered_at) VALUES (?1, ?2, ?3)
                     ON CONFLICT (network) DO UPDATE SET client_id = ?2, registered_at = ?3",
                    params![app.network, app.client_id, now],
                )
                .map_err(|error| self.classed(error))?;
            Ok(())
        })
    }

    /// Returns the app of a network.
    pub fn app(&self, network: &str) -> Result<Option<AppRow>, Error> {
        self.with(|connection| {
            connection
                .query_row(
                    "SELECT network, client_id FROM apps WHERE network = ?1",
                    [network],
                    |row| {
                        Ok(AppRow {
                            network: row.get(0)?,
                            client_id: row.get(1)?,
                        })
                    },
                )
                .optional()
                .map_err(|error| self.classed(error))
        })
    }

    /// Keeps an account that was connected, new or again, and returns its identity.
    pub fn save_account(&self, seen: &Seen<'_>, now: i64) -> Result<i64, Error> {
        let scopes = serde_json::to_string(seen.scopes).map_err(malformed)?;
        self.with(|connection| {
            connection
                .query_row(
                    "INSERT INTO accounts
                         (network, remote, name, handle, scopes, state, connected_at, checked_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, 'connected', ?6, ?6)
                     ON CONFLICT (network, remote) DO UPDATE SET name = ?3, handle = ?4,
                         scopes = ?5, state = 'connected', connected_at = ?6, checked_at = ?6
                     RETURNING id",
                    params![
                        seen.network,
                        seen.remote,
                        seen.name,
                        seen.handle,
                        scopes,
                        now
                    ],
                    |row| row.get(0),
                )
                .map_err(|error| self.classed(error))
        })
    }

    /// Notes what a network says of an account that is connected.
    pub fn note_account(&self, id: i64, seen: &Seen<'_>, now: i64) -> Result<(), Error> {
        self.with(|connection| {
            connection
                .execute(
                    "UPDATE accounts SET name = ?2, handle = ?3, checked_at = ?4 WHERE id = ?1",
                    params![id, seen.name, seen.handle, now],
                )
                .map_err(|error| self.classed(error))?;
            Ok(())
        })
    }

    /// Notes how an account stands.
    pub fn set_account_state(&self, id: i64, state: AccountState, now: i64) -> Result<(), Error> {
        self.with(|connection| {
            connection
                .execute(
                    "UPDATE accounts SET state = ?2, checked_at = ?3 WHERE id = ?1",
                    params![id, state.name(), now],
                )
                .map_err(|error| self.classed(error))?;
            Ok(())
        })
    }

    /// Returns an account.
    pub fn account(&self, id: i64) -> Result<AccountRow, Error> {
        let found = self
            .accounts()?
            .into_iter()
            .find(|account| account.id == id);
        found.ok_or(Error::Missing {
            what: "account",
            id,
        })
    }

    /// Returns every account that was ever connected, in the order in which they first were.
    pub fn accounts(&self) -> Result<Vec<AccountRow>, Error> {
        self.with(|connection| {
            let rows = || {
                let mut statement = connection.prepare_cached(
                    "SELECT id, network, remote, name, handle, scopes, state, connected_at,
                         checked_at
                     FROM accounts ORDER BY id",
                )?;
                let rows = statement.query_map([], account)?;
                rows.collect::<rusqlite::Result<Vec<_>>>()
            };
            rows().map_err(|error| self.classed(error))
        })
    }
}

fn malformed(source: serde_json::Error) -> Error {
    Error::Malformed {
        what: "list of scopes",
        source,
    }
}

fn account(row: &Row<'_>) -> rusqlite::Result<AccountRow> {
    let wrong = |column: usize, error: Box<dyn std::error::Error + Send + Sync>| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, error)
    };
    let scopes: String = row.get(5)?;
    let state: String = row.get(6)?;
    Ok(AccountRow {
        id: row.get(0)?,
        network: row.get(1)?,
        remote: row.get(2)?,
        name: row.get(3)?,
        handle: row.get(4)?,
        scopes: serde_json::from_str(&scopes).map_err(|error| wrong(5, error.into()))?,
        state: AccountState::from_name(&state)
            .ok_or_else(|| wrong(6, format!("unknown account state {state:?}").into()))?,
        connected_at: row.get(7)?,
        checked_at: row.get(8)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::tests::outbox;

    #[test]
    fn an_account_connected_again_is_the_same() {
        let (_folder, outbox) = outbox();
        let scopes = ["a".to_owned(), "b".to_owned()];
        let mut seen = Seen {
            network: "youtube",
            remote: "UC1",
            name: "Atelier",
            handle: None,
            scopes: &scopes,
        };
        let id = outbox.save_account(&seen, 1).unwrap();
        outbox
            .set_account_state(id, AccountState::Expired, 2)
            .unwrap();
        assert_eq!(outbox.account(id).unwrap().state, AccountState::Expired);
        seen.name = "Petit atelier";
        seen.handle = Some("@atelier");
        assert_eq!(outbox.save_account(&seen, 3).unwrap(), id);
        let row = outbox.account(id).unwrap();
        assert_eq!((row.name.as_str(), row.connected_at), ("Petit atelier", 3));
        assert_eq!(row.state, AccountState::Connected);
        assert_eq!(row.scopes, scopes);
        seen.network = "x";
        assert_ne!(outbox.save_account(&seen, 4).unwrap(), id);
        assert_eq!(outbox.accounts().unwrap().len(), 2);
        assert!(outbox.account(99).is_err());
    }

    #[test]
    fn a_network_has_one_app() {
        let (_folder, outbox) = outbox();
        assert_eq!(outbox.app("x").unwrap(), None);
        for client_id in ["first", "second"] {
            let app = AppRow {
                network: "x".to_owned(),
                client_id: client_id.to_owned(),
            };
            outbox.save_app(&app, 1).unwrap();
            assert_eq!(outbox.app("x").unwrap(), Some(app));
        }
    }
}
