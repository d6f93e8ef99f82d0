use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, TransactionBehavior, params};

use crate::{Error, Outbox};

/// A post for one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    /// Identity.
    pub id: i64,
    /// The post.
    pub post: i64,
    /// The account.
    pub account: i64,
    /// The state machine, as JSON.
    pub entry: String,
    /// When it has something to do; none when nothing is left.
    pub wake: Option<i64>,
    /// The network's name of the post.
    pub remote: Option<String>,
    /// Where the post can be seen.
    pub url: Option<String>,
    /// What is wrong with it, as JSON.
    pub error: Option<String>,
    /// When it last changed.
    pub updated_at: i64,
}

/// A state that is written down.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    /// The state machine, as JSON.
    pub entry: &'a str,
    /// When it has something to do.
    pub wake: Option<i64>,
    /// What led to it, for the journal.
    pub what: &'a str,
}

/// What becomes of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The state machine, as JSON.
    pub entry: String,
    /// When it has something to do.
    pub wake: Option<i64>,
    /// What led to it, for the journal.
    pub what: String,
    /// The network's name of the post.
    pub remote: Option<String>,
    /// Where the post can be seen.
    pub url: Option<String>,
    /// What is wrong with it, as JSON.
    pub error: Option<String>,
}

const COLUMNS: &str = "id, post, account, entry, wake, remote, url, error, updated_at";

impl Outbox {
    /// Lets `change` decide what becomes of an entry, and writes it down with its journal line
    /// before this returns; nobody else may write in between. `None` changes nothing. Returns the
    /// entry as it is then.
    pub fn change_entry<E: From<Error>>(
        &self,
        id: i64,
        now: i64,
        change: impl FnOnce(&EntryRow) -> Result<Option<Change>, E>,
    ) -> Result<EntryRow, E> {
        self.with(|connection| {
            let failed = |error| self.classed(error);
            let transaction = connection
                .transaction_with_behavior(TransactionBehavior::Immediate)
                .map_err(failed)?;
            let row = find(&transaction, id).map_err(failed)?;
            let row = row.ok_or(Error::Missing {
                what: "entry of the outbox",
                id,
            })?;
            let Some(change) = change(&row)? else {
                return Ok(row);
            };
            let write = || {
                transaction.execute(
                    "UPDATE entries SET entry = ?2, wake = ?3, remote = ?4, url = ?5, error = ?6,
                         updated_at = ?7
                     WHERE id = ?1",
                    params![
                        id,
                        change.entry,
                        change.wake,
                        change.remote,
                        change.url,
                        change.error,
                        now
                    ],
                )?;
                let written = Written {
                    entry: &change.entry,
                    wake: change.wake,
                    what: &change.what,
                };
                write_journal(&transaction, id, &written, now)
            };
            write().map_err(failed)?;
            transaction.commit().map_err(failed)?;
            Ok(EntryRow {
                entry: change.entry,
                wake: change.wake,
                remote: change.remote,
                url: change.url,
                error: change.error,
                updated_at: now,
                ..row
            })
        })
    }

    /// Returns an entry.
    pub fn entry(&self, id: i64) -> Result<EntryRow, Error> {
        self.with(|connection| {
            let found = find(connection, id).map_err(|error| self.classed(error))?;
            found.ok_or(Error::Missing {
                what: "entry of the outbox",
                id,
            })
        })
    }

    /// Returns every entry, the oldest first.
    pub fn entries(&self) -> Result<Vec<EntryRow>, Error> {
        self.rows(&format!("SELECT {COLUMNS} FROM entries ORDER BY id"), &[])
    }

    /// Returns the entries of a post.
    pub fn entries_of(&self, post: i64) -> Result<Vec<EntryRow>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM entries WHERE post = ?1 ORDER BY id");
        self.rows(&sql, &[&post])
    }

    /// Returns the entries that have something to do by `now`, of each account at most `most`, the one
    /// that waits longest first.
    pub fn due_entries(&self, now: i64, most: u32) -> Result<Vec<EntryRow>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM (
                 SELECT *, row_number() OVER (PARTITION BY account ORDER BY wake, id) AS place
                 FROM entries WHERE wake <= ?1)
             WHERE place <= ?2 ORDER BY wake, id"
        );
        self.rows(&sql, &[&now, &most])
    }

    /// Returns the entries with something to do that were written down after `moment`: by a clock that
    /// was set back since.
    pub fn entries_after(&self, moment: i64) -> Result<Vec<EntryRow>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM entries WHERE wake IS NOT NULL AND updated_at > ?1 ORDER BY id"
        );
        self.rows(&sql, &[&moment])
    }

    /// Returns the entries that will ever have something to do.
    pub fn unfinished_entries(&self) -> Result<Vec<EntryRow>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM entries WHERE wake IS NOT NULL ORDER BY wake, id");
        self.rows(&sql, &[])
    }

    /// Returns what led to each state of an entry, in order.
    pub fn journal(&self, id: i64) -> Result<Vec<String>, Error> {
        self.with(|connection| {
            let rows = || {
                let mut statement = connection
                    .prepare_cached("SELECT what FROM journal WHERE entry = ?1 ORDER BY seq")?;
                let rows = statement.query_map([id], |row| row.get(0))?;
                rows.collect::<rusqlite::Result<Vec<_>>>()
            };
            rows().map_err(|error| self.classed(error))
        })
    }

    fn rows(&self, sql: &str, values: &[&dyn rusqlite::ToSql]) -> Result<Vec<EntryRow>, Error> {
        self.with(|connection| {
            let rows = || {
                let mut statement = connection.prepare_cached(sql)?;
                let rows = statement.query_map(values, row)?;
                rows.collect::<rusqlite::Result<Vec<_>>>()
            };
            rows().map_err(|error| self.classed(error))
        })
    }
}

/// Adds a line to an entry's journal.
pub(super) fn write_journal(
    transaction: &Transaction<'_>,
    id: i64,
    written: &Written<'_>,
    now: i64,
) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO journal (entry, seq, at, what, state)
         SELECT ?1, coalesce(max(seq), 0) + 1, ?2, ?3, ?4 FROM journal WHERE entry = ?1",
        params![id, now, written.what, written.entry],
    )?;
    Ok(())
}

fn find(connection: &Connection, id: i64) -> rusqlite::Result<Option<EntryRow>> {
    connection
        .query_row(
            &format!("SELECT {COLUMNS} FROM entries WHERE id = ?1"),
            [id],
            row,
        )
        .optional()
}

fn row(row: &Row<'_>) -> rusqlite::Result<EntryRow> {
    Ok(EntryRow {
        id: row.get(0)?,
        post: row.get(1)?,
        account: row.get(2)?,
        entry: row.get(3)?,
        wake: row.get(4)?,
        remote: row.get(5)?,
        url: row.get(6)?,
        error: row.get(7)?,
        updated_at: row.get(8)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::tests::outbox;
    use crate::outbox::{NewEntry, NewPost, PostRow, Seen};

    fn account(outbox: &Outbox, remote: &str) -> i64 {
        let seen = Seen {
            network: "youtube",
            remote,
            name: "Atelier",
            handle: None,
            scopes: &[],
        };
        outbox.save_account(&seen, 1).unwrap()
    }

    fn post<'a>(key: Option<&'a str>, content: &'a str) -> NewPost<'a> {
        NewPost {
            key,
            path: "/a/reel.mp4",
            bytes: 5,
            fingerprint: "f",
            content,
        }
    }

    fn same(_known: &PostRow) -> bool {
        true
    }

    fn entry(account: i64) -> NewEntry<'static> {
        let written = Written {
            entry: "{}",
            wake: Some(10),
            what: "scheduled",
        };
        NewEntry { account, written }
    }

    #[test]
    fn a_key_is_one_post() {
        let (_folder, outbox) = outbox();
        let (a, b) = (account(&outbox, "a"), account(&outbox, "b"));
        let first = outbox
            .save_post(&post(Some("k"), "{}"), &[entry(a)], 1, same)
            .unwrap();
        let again = outbox
            .save_post(&post(Some("k"), "{}"), &[entry(b), entry(a)], 2, same)
            .unwrap();
        assert_eq!(again.post, first.post);
        assert_eq!(
            again.entries[1], first.entries[0],
            "at most one per account"
        );
        assert_eq!(outbox.entries_of(first.post).unwrap().len(), 2);
        let other = outbox.save_post(&post(Some("k"), "{1}"), &[entry(a)], 3, |_| false);
        assert!(matches!(other, Err(Error::KeyTaken { .. })), "{other:?}");
        let new = outbox
            .save_post(&post(None, "{}"), &[entry(a)], 4, same)
            .unwrap();
        assert_ne!(new.post, first.post, "without a key each is a post");
        assert_eq!(
            outbox.post_by_key("k").unwrap().map(|post| post.id),
            Some(first.post)
        );
        assert_eq!(outbox.post(new.post).unwrap().key, None);
    }

    #[test]
    fn a_change_and_its_journal_are_one() {
        let (_folder, outbox) = outbox();
        let a = account(&outbox, "a");
        let id = outbox
            .save_post(&post(None, "{}"), &[entry(a)], 1, same)
            .unwrap()
            .entries[0];
        let due = |now| outbox.due_entries(now, 9).unwrap().len();
        assert_eq!((due(9), due(10)), (0, 1));
        let changed = outbox
            .change_entry(id, 20, |row| {
                assert_eq!(row.entry, "{}");
                Ok::<_, Error>(Some(Change {
                    entry: "{\"a\":1}".to_owned(),
                    wake: None,
                    what: "posted".to_owned(),
                    remote: Some("v".to_owned()),
                    url: None,
                    error: None,
                }))
            })
            .unwrap();
        assert_eq!(changed, outbox.entry(id).unwrap());
        assert_eq!(outbox.journal(id).unwrap(), ["scheduled", "posted"]);
        assert_eq!(due(i64::MAX), 0);
        let refused = outbox.change_entry(id, 30, |_| {
            Err(Error::Missing {
                what: "anything",
                id: 0,
            })
        });
        assert!(refused.is_err());
        assert_eq!(changed, outbox.entry(id).unwrap(), "nothing is half done");
        assert_eq!(outbox.journal(id).unwrap().len(), 2);
    }

    #[test]
    fn no_account_hides_what_another_has_to_do() {
        let (_folder, outbox) = outbox();
        let (a, b) = (account(&outbox, "a"), account(&outbox, "b"));
        let mut ids = Vec::new();
        for account in [a, a, a, b] {
            let kept = outbox.save_post(&post(None, "{}"), &[entry(account)], 20, same);
            ids.push(kept.unwrap().entries[0]);
        }
        let due = |most| {
            let rows = outbox.due_entries(10, most).unwrap();
            rows.iter().map(|row| row.id).collect::<Vec<_>>()
        };
        assert_eq!(due(9), ids);
        assert_eq!(due(2), [ids[0], ids[1], ids[3]]);
        assert_eq!(outbox.due_entries(9, 2).unwrap(), []);
        let later = |moment| outbox.entries_after(moment).unwrap().len();
        assert_eq!((later(19), later(20)), (4, 0));
    }

    #[test]
    fn changes_of_several_processes_follow_each_other() {
        let (folder, outbox) = outbox();
        let a = account(&outbox, "a");
        let id = outbox
            .save_post(&post(None, "{}"), &[entry(a)], 1, same)
            .unwrap()
            .entries[0];
        let path = folder.path().join("outbox.db");
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let mine = Outbox::open(&path).unwrap();
                    for _ in 0..10 {
                        let change = |row: &EntryRow| {
                            Ok::<_, Error>(Some(Change {
                                entry: row.entry.clone() + ".",
                                wake: None,
                                what: "grew".to_owned(),
                                remote: None,
                                url: None,
                                error: None,
                            }))
                        };
                        mine.change_entry(id, 2, change).unwrap();
                    }
                });
            }
        });
        assert_eq!(outbox.entry(id).unwrap().entry.len(), 2 + 40);
        assert_eq!(outbox.journal(id).unwrap().len(), 41);
    }
}
