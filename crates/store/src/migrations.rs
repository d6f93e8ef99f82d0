//! Numbered, forward-only migrations; `user_version` says how many were applied.

use rusqlite::Connection;

use crate::Error;

const STEPS: &[&str] = &[
    include_str!("../migrations/001_library.sql"),
    include_str!("../migrations/002_studio.sql"),
    include_str!("../migrations/003_same.sql"),
];

/// The newest schema version that this build knows.
pub const LATEST: i64 = STEPS.len() as i64;

/// Returns the schema version of an open database.
pub(crate) fn version(connection: &Connection) -> Result<i64, Error> {
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

/// Brings the schema up to `target`, one transaction per migration.
pub(crate) fn migrate_to(connection: &mut Connection, target: i64) -> Result<(), Error> {
    for (index, sql) in STEPS.iter().enumerate() {
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
        let mut stepped = Connection::open_in_memory().unwrap();
        for target in 1..=LATEST {
            migrate_to(&mut stepped, target).unwrap();
            assert_eq!(
                version(&stepped).unwrap(),
                target,
                "each migration counts itself"
            );
        }
        let mut fresh = Connection::open_in_memory().unwrap();
        migrate_to(&mut fresh, LATEST).unwrap();
        assert_eq!(schema(&stepped), schema(&fresh));
        assert!(!schema(&fresh).is_empty());
    }

    #[test]
    fn migrating_twice_changes_nothing() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate_to(&mut connection, LATEST).unwrap();
        let before = schema(&connection);
        migrate_to(&mut connection, LATEST).unwrap();
        assert_eq!(before, schema(&connection));
    }
}
