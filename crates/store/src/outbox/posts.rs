use rusqlite::{OptionalExtension as _, Row, Transaction, TransactionBehavior, params};

use super::entries::{Written, write_journal};
use crate::{Error, Outbox};

/// A post that is to be kept.
#[derive(Debug, Clone, Copy)]
pub struct NewPost<'a> {
    /// What makes a rerun the same post; none for a post that is always new.
    pub key: Option<&'a str>,
    /// The file.
    pub path: &'a str,
    /// Its length.
    pub bytes: u64,
    /// Its identity.
    pub fingerprint: &'a str,
    /// Texts and choices, as JSON.
    pub content: &'a str,
}

/// A post for one account that is to be kept.
#[derive(Debug, Clone, Copy)]
pub struct NewEntry<'a> {
    /// The account.
    pub account: i64,
    /// Its first state.
    pub written: Written<'a>,
}

/// A post's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostRow {
    /// Identity.
    pub id: i64,
    /// What makes a rerun the same post.
    pub key: Option<String>,
    /// The file.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// Its identity.
    pub fingerprint: String,
    /// Texts and choices, as JSON.
    pub content: String,
}

/// A post that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its identity.
    pub post: i64,
    /// Its entries, in the order of the accounts asked for.
    pub entries: Vec<i64>,
}

impl Outbox {
    /// Keeps a post and its entries. With a key that is known the post is the one of before, and
    /// only entries for further accounts are new; when `is_same` says that it is another one,
    /// [`Error::KeyTaken`].
    pub fn save_post(
        &self,
        post: &NewPost<'_>,
        entries: &[NewEntry<'_>],
        now: i64,
        is_same: impl FnOnce(&PostRow) -> bool,
    ) -> Result<Kept, Error> {
        self.with(|connection| {
            let work = || {
                let transaction =
                    connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                let known = match post.key {
                    Some(key) => by_key(&transaction, key)?,
                    None => None,
                };
                let id = match known {
                    Some(known) if !is_same(&known) => {
                        return Ok(Err(Error::KeyTaken {
                            key: known.key.unwrap_or_default(),
                        }));
                    }
                    Some(known) => known.id,
                    None => insert(&transaction, post, now)?,
                };
                let mut ids = Vec::new();
                for entry in entries {
                    ids.push(insert_entry(&transaction, id, entry, now)?);
                }
                transaction.commit()?;
                Ok(Ok(Kept {
                    post: id,
                    entries: ids,
                }))
            };
            work().map_err(|error| self.classed(error))?
        })
    }

    /// Returns the post of a key.
    pub fn post_by_key(&self, key: &str) -> Result<Option<PostRow>, Error> {
        self.with(|connection| by_key(connection, key).map_err(|error| self.classed(error)))
    }

    /// Returns a post.
    pub fn post(&self, id: i64) -> Result<PostRow, Error> {
        self.with(|connection| {
            let found = connection
                .query_row(
                    "SELECT id, key, path, bytes, fingerprint, content FROM posts WHERE id = ?1",
                    [id],
                    row,
                )
                .optional()
                .map_err(|error| self.classed(error))?;
            found.ok_or(Error::Missing { what: "post", id })
        })
    }
}

fn by_key(connection: &rusqlite::Connection, key: &str) -> rusqlite::Result<Option<PostRow>> {
    connection
        .query_row(
            "SELECT id, key, path, bytes, fingerprint, content FROM posts WHERE key = ?1",
            [key],
            row,
        )
        .optional()
}

fn insert(transaction: &Transaction<'_>, post: &NewPost<'_>, now: i64) -> rusqlite::Result<i64> {
    transaction.query_row(
        "INSERT INTO posts (key, path, bytes, fingerprint, content, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id",
        params![
            post.key,
            post.path,
            post.bytes as i64,
            post.fingerprint,
            post.content,
            now
        ],
        |row| row.get(0),
    )
}

fn insert_entry(
    transaction: &Transaction<'_>,
    post: i64,
    entry: &NewEntry<'_>,
    now: i64,
) -> rusqlite::Result<i64> {
    let known: Option<i64> = transaction
        .query_row(
            "SELECT id FROM entries WHERE post = ?1 AND account = ?2",
            [post, entry.account],
            |row| row.get(0),
        )
        .optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    let written = &entry.written;
    let id = transaction.query_row(
        "INSERT INTO entries (post, account, entry, wake, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5) RETURNING id",
        params![post, entry.account, written.entry, written.wake, now],
        |row| row.get(0),
    )?;
    write_journal(transaction, id, written, now)?;
    Ok(id)
}

fn row(row: &Row<'_>) -> rusqlite::Result<PostRow> {
    let bytes: i64 = row.get(3)?;
    Ok(PostRow {
        id: row.get(0)?,
        key: row.get(1)?,
        path: row.get(2)?,
        bytes: bytes as u64,
        fingerprint: row.get(4)?,
        content: row.get(5)?,
    })
}
