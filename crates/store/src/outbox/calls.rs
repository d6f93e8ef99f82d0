use rusqlite::params;

use crate::{Error, Outbox};

/// A call to a network, without secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRow {
    /// When it began.
    pub at: i64,
    /// The network.
    pub network: String,
    /// For which account; none before it is known.
    pub account: Option<i64>,
    /// For which entry; none for a call that belongs to no post.
    pub entry: Option<i64>,
    /// What was called.
    pub call: String,
    /// What it came to.
    pub outcome: String,
    /// How long it took, in milliseconds.
    pub millis: i64,
}

impl Outbox {
    /// Notes a call.
    pub fn note_call(&self, call: &CallRow) -> Result<(), Error> {
        self.with(|connection| {
            connection
                .execute(
                    "INSERT INTO calls (at, network, account, entry, call, outcome, millis)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    params![
                        call.at,
                        call.network,
                        call.account,
                        call.entry,
                        call.call,
                        call.outcome,
                        call.millis
                    ],
                )
                .map_err(|error| self.classed(error))?;
            Ok(())
        })
    }

    /// Returns the calls since a moment, the oldest first.
    pub fn calls_since(&self, since: i64) -> Result<Vec<CallRow>, Error> {
        self.with(|connection| {
            let rows = || {
                let mut statement = connection.prepare_cached(
                    "SELECT at, network, account, entry, call, outcome, millis FROM calls
                     WHERE at >= ?1 ORDER BY id",
                )?;
                let rows = statement.query_map([since], |row| {
                    Ok(CallRow {
                        at: row.get(0)?,
                        network: row.get(1)?,
                        account: row.get(2)?,
                        entry: row.get(3)?,
                        call: row.get(4)?,
                        outcome: row.get(5)?,
                        millis: row.get(6)?,
                    })
                })?;
                rows.collect::<rusqlite::Result<Vec<_>>>()
            };
            rows().map_err(|error| self.classed(error))
        })
    }

    /// Forgets the calls before a moment, and the journal lines of entries that are over since.
    pub fn forget_before(&self, moment: i64) -> Result<(), Error> {
        self.with(|connection| {
            let mut work = || {
                let transaction = connection.transaction()?;
                transaction.execute("DELETE FROM calls WHERE at < ?1", [moment])?;
                transaction.execute(
                    "DELETE FROM journal WHERE entry IN
                         (SELECT id FROM entries WHERE wake IS NULL AND updated_at < ?1)",
                    [moment],
                )?;
                transaction.commit()
            };
            work().map_err(|error| self.classed(error))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::tests::outbox;

    #[test]
    fn old_calls_are_forgotten() {
        let (_folder, outbox) = outbox();
        let call = |at| CallRow {
            at,
            network: "x".to_owned(),
            account: None,
            entry: None,
            call: "refresh".to_owned(),
            outcome: "done".to_owned(),
            millis: 12,
        };
        outbox.note_call(&call(1)).unwrap();
        outbox.note_call(&call(5)).unwrap();
        outbox.forget_before(5).unwrap();
        assert_eq!(outbox.calls_since(0).unwrap(), [call(5)]);
    }
}
