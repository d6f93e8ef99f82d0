//! Folders of reels, and what they were made from.

use rusqlite::{OptionalExtension, params};

use crate::{Error, Library};

/// What a folder of reels was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputRow {
    /// The source's fingerprint.
    pub source: String,
    /// The options' digest.
    pub options: String,
}

impl Library {
    /// Returns what `folder` was made from.
    pub fn output(&self, folder: &str) -> Result<Option<OutputRow>, Error> {
        self.with(|connection| {
            Ok(connection
                .query_row(
                    "SELECT source, options FROM outputs WHERE folder = ?1",
                    [folder],
                    |row| {
                        Ok(OutputRow {
                            source: row.get(0)?,
                            options: row.get(1)?,
                        })
                    },
                )
                .optional()?)
        })
    }

    /// Notes what `folder` is being made from.
    pub fn note_output(&self, folder: &str, row: &OutputRow, now: i64) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute(
                "INSERT INTO outputs (folder, source, options, made_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (folder) DO UPDATE SET source = ?2, options = ?3, made_at = ?4",
                params![folder, row.source, row.options, now],
            )?;
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_note_counts() {
        let library = Library::in_memory().unwrap();
        assert_eq!(library.output("/r").unwrap(), None);
        let row = |options: &str| OutputRow {
            source: "f".into(),
            options: options.into(),
        };
        library.note_output("/r", &row("a"), 1).unwrap();
        library.note_output("/r", &row("b"), 2).unwrap();
        assert_eq!(library.output("/r").unwrap(), Some(row("b")));
    }
}
