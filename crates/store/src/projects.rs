//! Projects: snapshots and the journal of what came after them.
//!
//! An edit is in the journal before it is acknowledged. Opening reads the latest snapshot and the
//! entries after it; replaying them is the caller's, with the same `apply` that made them.

use rusqlite::{Connection, OptionalExtension, params};

use crate::reels::{self, FindRow, ReelRow};
use crate::{Error, Library};

/// A project's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectRow {
    /// Identity.
    pub id: i64,
    /// Name as shown.
    pub name: String,
    /// Unix milliseconds of the first save.
    pub created_at: i64,
    /// Unix milliseconds of the last one.
    pub updated_at: i64,
}

/// What is needed to bring a project back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// Number of the last entry that the snapshot holds.
    pub seq: u64,
    /// Digest of the snapshot's project.
    pub hash: String,
    /// The snapshot as JSON.
    pub project: String,
    /// Version of the program that wrote the snapshot; empty where that was not noted.
    pub app_version: String,
    /// Entries after the snapshot as JSON, in order.
    pub entries: Vec<(u64, String)>,
}

/// A snapshot to store.
#[derive(Debug, Clone, Copy)]
pub struct Snapshot<'a> {
    /// Number of the last entry that it holds; 0 for a new project.
    pub seq: u64,
    /// Digest of the project.
    pub hash: &'a str,
    /// The project as JSON.
    pub project: &'a str,
    /// Version of the program that writes it.
    pub app_version: &'a str,
}

/// What is written together: all of it or nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Change<'a> {
    /// Journal entries, each following the one before.
    pub entries: &'a [(u64, String)],
    /// Where they lead, when that is to be kept too.
    pub snapshot: Option<Snapshot<'a>>,
    /// Reels that they made.
    pub reels: &'a [ReelRow],
    /// What was found in their source.
    pub find: Option<&'a FindRow>,
}

/// What is kept beside a project.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside<'a> {
    /// Why there are these sequences.
    pub reels: &'a [ReelRow],
    /// What was found in its sources.
    pub finds: &'a [FindRow],
}

/// Snapshots that are kept of a project, so that one that cannot be read costs little.
const SNAPSHOTS_KEPT: i64 = 5;

impl Library {
    /// Makes a project from its first snapshot, the entries after it and the snapshot of where they
    /// lead, all or nothing. `key` names it for later runs of the same job: when there is a project
    /// of that key already, its identity is returned and nothing is made.
    pub fn create_project(
        &self,
        key: Option<&str>,
        name: &str,
        first: Snapshot<'_>,
        entries: &[(u64, String)],
        last: Option<Snapshot<'_>>,
        now: i64,
    ) -> Result<i64, Error> {
        self.with(|connection| {
            let transaction =
                connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            let made = transaction.execute(
                "INSERT INTO projects (key, name, created_at, updated_at) VALUES (?1, ?2, ?3, ?3)
                 ON CONFLICT (key) DO NOTHING",
                params![key, name, now],
            )?;
            if made == 0 {
                let there = "SELECT id FROM projects WHERE key = ?1";
                return Ok(transaction.query_row(there, [key], |row| row.get(0))?);
            }
            let id = transaction.last_insert_rowid();
            insert_snapshot(&transaction, id, first)?;
            append(&transaction, id, entries)?;
            if let Some(last) = last {
                insert_snapshot(&transaction, id, last)?;
            }
            transaction.commit()?;
            Ok(id)
        })
    }

    /// Makes a project of a snapshot, with the colour and the place of project `from`, all or nothing.
    /// What was exported is the other's.
    pub fn copy_project(
        &self,
        from: i64,
        name: &str,
        snapshot: Snapshot<'_>,
        beside: &Beside<'_>,
        now: i64,
    ) -> Result<i64, Error> {
        self.with(|connection| {
            let transaction =
                connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            let made = transaction.execute(
                "INSERT INTO projects (name, created_at, updated_at, colour, place)
                 SELECT ?2, ?3, ?3, colour, place FROM projects WHERE id = ?1",
                params![from, name, now],
            )?;
            if made == 0 {
                return Err(Error::Missing {
                    what: "project",
                    id: from,
                });
            }
            let id = transaction.last_insert_rowid();
            insert_snapshot(&transaction, id, snapshot)?;
            reels::insert(&transaction, id, beside.reels)?;
            for find in beside.finds {
                reels::insert_find(&transaction, id, find)?;
            }
            transaction.commit()?;
            Ok(id)
        })
    }

    /// Returns the project that was made under `key`.
    pub fn project_by_key(&self, key: &str) -> Result<Option<i64>, Error> {
        self.with(|connection| {
            Ok(connection
                .query_row("SELECT id FROM projects WHERE key = ?1", [key], |row| {
                    row.get(0)
                })
                .optional()?)
        })
    }

    /// Takes the key off a project, so that a later run of its job makes another.
    pub fn release_project_key(&self, key: &str) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute("UPDATE projects SET key = NULL WHERE key = ?1", [key])?;
            Ok(())
        })
    }

    /// Returns the row of a project.
    pub fn project_row(&self, id: i64) -> Result<ProjectRow, Error> {
        self.with(|connection| {
            connection
                .query_row(
                    "SELECT id, name, created_at, updated_at FROM projects WHERE id = ?1",
                    [id],
                    project_row,
                )
                .optional()?
                .ok_or(Error::Missing {
                    what: "project",
                    id,
                })
        })
    }

    /// Returns the latest snapshot of a project and the entries after it.
    pub fn load_project(&self, id: i64) -> Result<Saved, Error> {
        self.load_project_before(id, None)?.ok_or(Error::Missing {
            what: "project",
            id,
        })
    }

    /// Returns the latest snapshot before entry `before`, for one that cannot be read, and the
    /// entries after it; `None` when there is none.
    pub fn load_project_before(
        &self,
        id: i64,
        before: Option<u64>,
    ) -> Result<Option<Saved>, Error> {
        self.with(|connection| {
            let bound = before.map_or(i64::MAX, |seq| seq as i64);
            let found: Option<(i64, String, String, String)> = connection
                .query_row(
                    "SELECT seq, hash, project, app_version FROM snapshots
                     WHERE project_id = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT 1",
                    params![id, bound],
                    |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
                )
                .optional()?;
            let Some((seq, hash, project, app_version)) = found else {
                return Ok(None);
            };
            let mut statement = connection.prepare_cached(
                "SELECT seq, entry FROM journal WHERE project_id = ?1 AND seq > ?2 ORDER BY seq",
            )?;
            let entries = statement
                .query_map(params![id, seq], |row| {
                    Ok((row.get::<_, i64>(0)? as u64, row.get(1)?))
                })?
                .collect::<Result<_, _>>()?;
            Ok(Some(Saved {
                seq: seq as u64,
                hash,
                project,
                app_version,
                entries,
            }))
        })
    }

    /// Appends journal entries, each following the one before; all or none are stored.
    pub fn append_journal(
        &self,
        id: i64,
        entries: &[(u64, String)],
        now: i64,
    ) -> Result<(), Error> {
        let change = Change {
            entries,
            ..Change::default()
        };
        self.change_project(id, &change, now)
    }

    /// Writes a change of a project, all or nothing.
    pub fn change_project(&self, id: i64, change: &Change<'_>, now: i64) -> Result<(), Error> {
        self.with(|connection| {
            let transaction =
                connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            append(&transaction, id, change.entries)?;
            if let Some(snapshot) = change.snapshot {
                insert_snapshot(&transaction, id, snapshot)?;
                prune(&transaction, id)?;
            }
            reels::insert(&transaction, id, change.reels)?;
            if let Some(find) = change.find {
                reels::insert_find(&transaction, id, find)?;
            }
            if !change.entries.is_empty() {
                transaction.execute(
                    "UPDATE projects SET updated_at = ?2 WHERE id = ?1",
                    params![id, now],
                )?;
            }
            transaction.commit()?;
            Ok(())
        })
    }

    /// Stores a snapshot; entries up to it are no longer replayed.
    pub fn store_snapshot(&self, id: i64, snapshot: Snapshot<'_>) -> Result<(), Error> {
        let change = Change {
            snapshot: Some(snapshot),
            ..Change::default()
        };
        self.change_project(id, &change, 0)
    }

    /// Renames a project in the list.
    pub fn rename_project(&self, id: i64, name: &str, now: i64) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute(
                "UPDATE projects SET name = ?2, updated_at = ?3 WHERE id = ?1",
                params![id, name, now],
            )?;
            Ok(())
        })
    }
}

pub(crate) fn list(connection: &Connection) -> Result<Vec<ProjectRow>, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT id, name, created_at, updated_at FROM projects WHERE binned_at IS NULL
         ORDER BY updated_at DESC, id DESC",
    )?;
    let rows = statement.query_map([], project_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn project_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<ProjectRow> {
    Ok(ProjectRow {
        id: row.get(0)?,
        name: row.get(1)?,
        created_at: row.get(2)?,
        updated_at: row.get(3)?,
    })
}

fn append(connection: &Connection, id: i64, entries: &[(u64, String)]) -> Result<(), Error> {
    let mut last: i64 = connection.query_row(
        "SELECT MAX(COALESCE((SELECT MAX(seq) FROM journal WHERE project_id = ?1), 0),
                    COALESCE((SELECT MAX(seq) FROM snapshots WHERE project_id = ?1), 0))",
        [id],
        |row| row.get(0),
    )?;
    for (seq, entry) in entries {
        if *seq as i64 != last + 1 {
            return Err(Error::OutOfOrder {
                project: id,
                seq: *seq,
            });
        }
        last = *seq as i64;
        connection.execute(
            "INSERT INTO journal (project_id, seq, entry) VALUES (?1, ?2, ?3)",
            params![id, last, entry],
        )?;
    }
    Ok(())
}

fn insert_snapshot(connection: &Connection, id: i64, snapshot: Snapshot<'_>) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO snapshots (project_id, seq, hash, project, app_version)
         VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (project_id, seq) DO UPDATE SET hash = ?3, project = ?4, app_version = ?5",
        params![
            id,
            snapshot.seq as i64,
            snapshot.hash,
            snapshot.project,
            snapshot.app_version
        ],
    )?;
    Ok(())
}

/// Forgets all but the latest snapshots, and entries that no kept snapshot needs.
fn prune(connection: &Connection, id: i64) -> Result<(), Error> {
    connection.execute(
        "DELETE FROM snapshots WHERE project_id = ?1 AND seq NOT IN
             (SELECT seq FROM snapshots WHERE project_id = ?1 ORDER BY seq DESC LIMIT ?2)",
        params![id, SNAPSHOTS_KEPT],
    )?;
    connection.execute(
        "DELETE FROM journal WHERE project_id = ?1
             AND seq <= (SELECT MIN(seq) FROM snapshots WHERE project_id = ?1)",
        [id],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(seq: u64) -> (u64, String) {
        (seq, format!("{{\"seq\":{seq}}}"))
    }

    fn snapshot<'a>(seq: u64, hash: &'a str, project: &'a str) -> Snapshot<'a> {
        Snapshot {
            seq,
            hash,
            project,
            app_version: "1.2.3",
        }
    }

    #[test]
    fn entries_follow_the_latest_snapshot() {
        let library = Library::in_memory().unwrap();
        let first = snapshot(0, "h0", "{}");
        let id = library
            .create_project(Some("k"), "Talk", first, &[], None, 1)
            .unwrap();
        library
            .append_journal(id, &[entry(1), entry(2), entry(3)], 2)
            .unwrap();
        library
            .store_snapshot(id, snapshot(2, "h2", "{\"n\":2}"))
            .unwrap();
        let saved = library.load_project(id).unwrap();
        assert_eq!((saved.seq, saved.hash.as_str()), (2, "h2"));
        assert_eq!(saved.entries, [entry(3)], "only the tail is replayed");
        assert_eq!(saved.app_version, "1.2.3");
        let earlier = library.load_project_before(id, Some(2)).unwrap().unwrap();
        assert_eq!((earlier.seq, earlier.entries.len()), (0, 3), "one before");
        assert_eq!(library.project_by_key("k").unwrap(), Some(id));
    }

    #[test]
    fn a_key_names_one_project_until_it_is_released() {
        let library = Library::in_memory().unwrap();
        let first = snapshot(0, "h0", "{}");
        let last = snapshot(1, "h1", "{\"n\":1}");
        let make = || library.create_project(Some("k"), "Talk", first, &[entry(1)], Some(last), 1);
        let id = make().unwrap();
        assert_eq!(make().unwrap(), id, "who comes second gets the first one's");
        assert_eq!(library.projects().unwrap().len(), 1);
        assert_eq!(
            library.load_project(id).unwrap().seq,
            1,
            "nothing to replay"
        );
        library.release_project_key("k").unwrap();
        assert_ne!(make().unwrap(), id);
    }

    #[test]
    fn a_gap_in_the_journal_is_refused_whole() {
        let library = Library::in_memory().unwrap();
        let first = snapshot(0, "h0", "{}");
        let id = library
            .create_project(None, "Talk", first, &[], None, 1)
            .unwrap();
        let error = library
            .append_journal(id, &[entry(1), entry(3)], 2)
            .unwrap_err();
        assert!(matches!(error, Error::OutOfOrder { seq: 3, .. }), "{error}");
        assert!(
            library.load_project(id).unwrap().entries.is_empty(),
            "nothing half-written"
        );
    }

    #[test]
    fn a_long_journal_keeps_few_snapshots_and_what_they_need() {
        let library = Library::in_memory().unwrap();
        let id = library
            .create_project(None, "Talk", snapshot(0, "h", "{}"), &[], None, 1)
            .unwrap();
        for seq in 1..=20 {
            let change = Change {
                entries: &[entry(seq)],
                snapshot: Some(snapshot(seq, "h", "{}")),
                ..Change::default()
            };
            library.change_project(id, &change, 2).unwrap();
        }
        let mut kept = Vec::new();
        let mut before = None;
        while let Some(saved) = library.load_project_before(id, before).unwrap() {
            assert_eq!(
                saved.seq + saved.entries.len() as u64,
                20,
                "nothing missing"
            );
            before = Some(saved.seq);
            kept.push(saved.seq);
        }
        assert_eq!(kept, [20, 19, 18, 17, 16]);
    }

    #[test]
    fn a_missing_project_is_named() {
        let library = Library::in_memory().unwrap();
        assert!(matches!(
            library.load_project(9),
            Err(Error::Missing { id: 9, .. })
        ));
    }
}
