//! What a user chose.

use rusqlite::{OptionalExtension, params};

use crate::{Error, Library};

impl Library {
    /// Returns the setting called `name` as JSON.
    pub fn setting(&self, name: &str) -> Result<Option<String>, Error> {
        self.with(|connection| {
            Ok(connection
                .query_row(
                    "SELECT value FROM settings WHERE name = ?1",
                    [name],
                    |row| row.get(0),
                )
                .optional()?)
        })
    }

    /// Keeps the setting called `name`; `value` is JSON.
    pub fn save_setting(&self, name: &str, value: &str) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute(
                "INSERT INTO settings (name, value) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET value = ?2",
                params![name, value],
            )?;
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_value_counts() {
        let library = Library::in_memory().unwrap();
        assert_eq!(library.setting("window").unwrap(), None);
        library.save_setting("window", "1").unwrap();
        library.save_setting("window", "2").unwrap();
        assert_eq!(library.setting("window").unwrap().as_deref(), Some("2"));
    }
}
