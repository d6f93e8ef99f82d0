//! Numbered, forward-only migrations; `user_version` says how many were applied.

use rusqlite::Connection;

use crate::Error;

/// The migrations of one file, the first first.
pub(crate) type Steps = &'static [&'static str];

/// Those of `library.db`.
pub(crate) const LIBRARY: Steps = &[
    include_str!("../migrations/001_library.sql"),
    include_str!("../migrations/002_studio.sql"),
    include_str!("../migrations/003_same.sql"),
];

/// Those of `outbox.db`.
pub(crate) const OUTBOX: Steps = &[
    include_str!("../migrations/outbox/001_outbox.sql"),
    include_str!("../migrations/outbox/002_copies.sql"),
];

/// The newest schema version of the library that this build knows.
pub const LATEST: i64 = latest(LIBRARY);

/// Returns the newest schema version of a file.
pub(crate) const fn latest(steps: Steps) -> i64 {
    steps.len() as i64
}

/// Returns the schema version of an open database.
pub(crate) fn version(connection: &Connection) -> Result<i64, Error> {
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

/// Brings the schema up to `target`, one transaction per migration.
pub(crate) fn migrate_to(
    connection: &mut Connection,
    steps: Steps,
    target: i64,
) -> Result<(), Error> {
    for (index, sql) in steps.iter().enumerate() {
        let number = index as i64 + 1;
        if number > target {
            break;
        }
        let transaction =
            connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        // Read inside the lock: another process may have migrated while this one waited.
        if version(&transaction)? >= number {
            continue;
        }
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(connection: &Connection) -> Vec<String> {
        let mut rows = connection
            .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name")
            .unwrap();
        rows.query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    }

    #[test]
    fn upgrading_step_by_step_equals_a_fresh_schema() {
        for steps in [LIBRARY, OUTBOX] {
            let mut stepped = Connection::open_in_memory().unwrap();
            for target in 1..=latest(steps) {
                migrate_to(&mut stepped, steps, target).unwrap();
                assert_eq!(
                    version(&stepped).unwrap(),
                    target,
                    "each migration counts itself"
                );
            }
            let mut fresh = Connection::open_in_memory().unwrap();
            migrate_to(&mut fresh, steps, latest(steps)).unwrap();
            assert_eq!(schema(&stepped), schema(&fresh));
            assert!(!schema(&fresh).is_empty());
        }
    }

    #[test]
    fn migrating_twice_changes_nothing() {
        for steps in [LIBRARY, OUTBOX] {
            let mut connection = Connection::open_in_memory().unwrap();
            migrate_to(&mut connection, steps, latest(steps)).unwrap();
            let before = schema(&connection);
            migrate_to(&mut connection, steps, latest(steps)).unwrap();
            assert_eq!(before, schema(&connection));
        }
    }
}
