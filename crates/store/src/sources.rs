//! Sources that were ever looked at, and their transcripts.

use rusqlite::{OptionalExtension, params};

use crate::{Error, Library};

/// Where and how a source was seen.
#[derive(Debug, Clone, Copy)]
pub struct Sighting<'a> {
    /// Its path.
    pub path: &'a str,
    /// Its name as shown.
    pub name: &'a str,
    /// Digest of what it holds, whenever it was written.
    pub content: &'a str,
    /// Its length, when that is known.
    pub duration_ticks: Option<i64>,
}

impl Library {
    /// Notes that the source `fingerprint` was seen.
    pub fn note_source(
        &self,
        fingerprint: &str,
        sighting: &Sighting<'_>,
        now: i64,
    ) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute(
                "INSERT INTO sources (fingerprint, path, name, content, duration, seen_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (fingerprint) DO UPDATE SET path = ?2, name = ?3, content = ?4,
                     duration = COALESCE(?5, duration), seen_at = ?6",
                params![
                    fingerprint,
                    sighting.path,
                    sighting.name,
                    sighting.content,
                    sighting.duration_ticks,
                    now
                ],
            )?;
            Ok(())
        })
    }

    /// Notes what a known source holds.
    pub fn note_content(&self, fingerprint: &str, content: &str) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute(
                "UPDATE sources SET content = ?2 WHERE fingerprint = ?1",
                [fingerprint, content],
            )?;
            Ok(())
        })
    }

    /// Returns the digest of what a source holds, when it was noted.
    pub fn source_content(&self, fingerprint: &str) -> Result<Option<String>, Error> {
        self.with(|connection| {
            Ok(connection
                .query_row(
                    "SELECT content FROM sources WHERE fingerprint = ?1",
                    [fingerprint],
                    |row| row.get(0),
                )
                .optional()?
                .flatten())
        })
    }

    /// Notes that the file of identity `print` stands for a source.
    pub fn note_same(&self, print: &str, source: &str) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute(
                "INSERT INTO same_sources (print, source) VALUES (?1, ?2)
                 ON CONFLICT (print, source) DO NOTHING",
                [print, source],
            )?;
            Ok(())
        })
    }

    /// Returns whether the file of identity `print` stands for a source.
    pub fn is_same(&self, print: &str, source: &str) -> Result<bool, Error> {
        self.with(|connection| {
            Ok(connection.query_row(
                "SELECT EXISTS (SELECT 1 FROM same_sources WHERE print = ?1 AND source = ?2)",
                [print, source],
                |row| row.get(0),
            )?)
        })
    }

    /// Returns the source that the file of identity `print` stands for, the first one of several.
    pub fn same_source(&self, print: &str) -> Result<Option<String>, Error> {
        self.with(|connection| {
            Ok(connection
                .query_row(
                    "SELECT source FROM same_sources WHERE print = ?1 ORDER BY rowid LIMIT 1",
                    [print],
                    |row| row.get(0),
                )
                .optional()?)
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
        let sighting = |path, duration_ticks| Sighting {
            path,
            name: "x.mp4",
            content: "c",
            duration_ticks,
        };
        let seen = sighting("/a/x.mp4", Some(5));
        library.note_source("f", &seen, 1).unwrap();
        let seen = sighting("/b/y.mp4", None);
        library.note_source("f", &seen, 2).unwrap();
        assert_eq!(
            library.source_path("f").unwrap().as_deref(),
            Some("/b/y.mp4")
        );
        assert_eq!(library.source_path("g").unwrap(), None);
        let content = |source| library.source_content(source).unwrap();
        assert_eq!(content("f").as_deref(), Some("c"));
        assert_eq!(content("g"), None);
    }

    #[test]
    fn a_file_may_stand_for_several_sources() {
        let library = Library::in_memory().unwrap();
        for source in ["g", "f", "g"] {
            library.note_same("copy", source).unwrap();
        }
        assert_eq!(library.same_source("copy").unwrap().as_deref(), Some("g"));
        assert!(library.is_same("copy", "f").unwrap());
        assert!(!library.is_same("f", "copy").unwrap(), "not the other way");
        assert_eq!(library.same_source("other").unwrap(), None);
    }
}
