//! Sources that were ever looked at, and their transcripts.

use rusqlite::{OptionalExtension, params};

use crate::{Error, Library};

impl Library {
    /// Notes that the content `fingerprint` was seen at `path`.
    pub fn note_source(
        &self,
        fingerprint: &str,
        path: &str,
        name: &str,
        duration_ticks: Option<i64>,
        now: i64,
    ) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute(
                "INSERT INTO sources (fingerprint, path, name, duration, seen_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (fingerprint) DO UPDATE SET path = ?2, name = ?3,
                     duration = COALESCE(?4, duration), seen_at = ?5",
                params![fingerprint, path, name, duration_ticks, now],
            )?;
            Ok(())
        })
    }

    /// Returns where the content `fingerprint` was last seen.
    pub fn source_path(&self, fingerprint: &str) -> Result<Option<String>, Error> {
        self.with(|connection| {
            Ok(connection
                .query_row(
                    "SELECT path FROM sources WHERE fingerprint = ?1",
                    [fingerprint],
                    |row| row.get(0),
                )
                .optional()?)
        })
    }

    /// Stores a transcript as JSON under its revision.
    pub fn store_transcript(
        &self,
        source: &str,
        revision: &str,
        transcript: &str,
    ) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute(
                "INSERT INTO transcripts (source, revision, transcript) VALUES (?1, ?2, ?3)
                 ON CONFLICT (source, revision) DO UPDATE SET transcript = ?3",
                params![source, revision, transcript],
            )?;
            Ok(())
        })
    }

    /// Returns a transcript as JSON.
    pub fn transcript(&self, source: &str, revision: &str) -> Result<Option<String>, Error> {
        self.with(|connection| {
            Ok(connection
                .query_row(
                    "SELECT transcript FROM transcripts WHERE source = ?1 AND revision = ?2",
                    [source, revision],
                    |row| row.get(0),
                )
                .optional()?)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transcript_is_found_by_its_revision() {
        let library = Library::in_memory().unwrap();
        library.store_transcript("f", "r1", "{}").unwrap();
        assert_eq!(
            library.transcript("f", "r1").unwrap().as_deref(),
            Some("{}")
        );
        assert_eq!(library.transcript("f", "r2").unwrap(), None);
    }

    #[test]
    fn a_moved_file_is_the_same_source() {
        let library = Library::in_memory().unwrap();
        library
            .note_source("f", "/a/x.mp4", "x.mp4", Some(5), 1)
            .unwrap();
        library
            .note_source("f", "/b/y.mp4", "y.mp4", None, 2)
            .unwrap();
        assert_eq!(
            library.source_path("f").unwrap().as_deref(),
            Some("/b/y.mp4")
        );
        assert_eq!(library.source_path("g").unwrap(), None);
    }
}
