//! Why a project has these sequences, and what was found in its sources.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{Error, Library};

/// A suggested sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReelRow {
    /// The sequence.
    pub sequence: u64,
    /// The source it was found in.
    pub media: u64,
    /// Why it was suggested, as JSON.
    pub candidate: String,
    /// Digest of the sequence as it was made.
    pub made: String,
    /// `open`, `kept` or `rejected`.
    pub verdict: String,
    /// Its last exported file.
    pub exported: Option<ExportedRow>,
}

/// A file that a sequence was exported to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedRow {
    /// Its path.
    pub path: String,
    /// Unix milliseconds.
    pub at: i64,
    /// Digest of the sequence as it was exported.
    pub hash: String,
}

/// What was found in a source of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindRow {
    /// The source.
    pub media: u64,
    /// Identity of its content.
    pub fingerprint: String,
    /// What was found, as JSON.
    pub found: String,
}

impl Library {
    /// Returns the suggested sequences of a project.
    pub fn reels(&self, project: i64) -> Result<Vec<ReelRow>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT sequence, media, candidate, made, verdict, exported, exported_at,
                     exported_hash
                 FROM reels WHERE project_id = ?1 ORDER BY sequence",
            )?;
            let rows = statement.query_map([project], reel_row)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Notes a verdict on sequences.
    pub fn judge_reels(&self, project: i64, sequences: &[u64], verdict: &str) -> Result<(), Error> {
        self.with(|connection| {
            let transaction = connection.transaction()?;
            for sequence in sequences {
                let changed = transaction.execute(
                    "UPDATE reels SET verdict = ?3 WHERE project_id = ?1 AND sequence = ?2",
                    params![project, *sequence as i64, verdict],
                )?;
                if changed == 0 {
                    return Err(Error::Missing {
                        what: "reel",
                        id: *sequence as i64,
                    });
                }
            }
            transaction.commit()?;
            Ok(())
        })
    }

    /// Notes the last file that a sequence was exported to. One that was never suggested has no row
    /// and keeps none.
    pub fn note_export(
        &self,
        project: i64,
        sequence: u64,
        exported: &ExportedRow,
    ) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute(
                "UPDATE reels SET exported = ?3, exported_at = ?4, exported_hash = ?5
                 WHERE project_id = ?1 AND sequence = ?2",
                params![
                    project,
                    sequence as i64,
                    exported.path,
                    exported.at,
                    exported.hash
                ],
            )?;
            Ok(())
        })
    }

    /// Returns what was found in the sources of a project.
    pub fn finds(&self, project: i64) -> Result<Vec<FindRow>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT media, fingerprint, found FROM finds WHERE project_id = ?1 ORDER BY media",
            )?;
            let rows = statement.query_map([project], find_row)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Returns what was found in one source of a project.
    pub fn find(&self, project: i64, media: u64) -> Result<Option<FindRow>, Error> {
        self.with(|connection| {
            Ok(connection
                .query_row(
                    "SELECT media, fingerprint, found FROM finds
                     WHERE project_id = ?1 AND media = ?2",
                    params![project, media as i64],
                    find_row,
                )
                .optional()?)
        })
    }

    /// Returns the fingerprints of all sources of projects that are not in the bin.
    pub fn sources_in_use(&self) -> Result<Vec<String>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT DISTINCT fingerprint FROM finds JOIN projects ON projects.id = project_id
                 WHERE binned_at IS NULL",
            )?;
            let rows = statement.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

pub(crate) fn insert(connection: &Connection, project: i64, rows: &[ReelRow]) -> Result<(), Error> {
    for row in rows {
        connection.execute(
            "INSERT INTO reels (project_id, sequence, media, candidate, made, verdict)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (project_id, sequence) DO NOTHING",
            params![
                project,
                row.sequence as i64,
                row.media as i64,
                row.candidate,
                row.made,
                row.verdict
            ],
        )?;
    }
    Ok(())
}

pub(crate) fn insert_find(
    connection: &Connection,
    project: i64,
    row: &FindRow,
) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO finds (project_id, media, fingerprint, found) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (project_id, media) DO UPDATE SET fingerprint = ?3, found = ?4",
        params![project, row.media as i64, row.fingerprint, row.found],
    )?;
    Ok(())
}

fn reel_row(row: &Row<'_>) -> rusqlite::Result<ReelRow> {
    let path: Option<String> = row.get(5)?;
    let at: Option<i64> = row.get(6)?;
    let hash: Option<String> = row.get(7)?;
    let exported = path
        .zip(at)
        .zip(hash)
        .map(|((path, at), hash)| ExportedRow { path, at, hash });
    Ok(ReelRow {
        sequence: row.get::<_, i64>(0)? as u64,
        media: row.get::<_, i64>(1)? as u64,
        candidate: row.get(2)?,
        made: row.get(3)?,
        verdict: row.get(4)?,
        exported,
    })
}

fn find_row(row: &Row<'_>) -> rusqlite::Result<FindRow> {
    Ok(FindRow {
        media: row.get::<_, i64>(0)? as u64,
        fingerprint: row.get(1)?,
        found: row.get(2)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projects::{Change, Snapshot};

    #[test]
    fn a_reel_keeps_its_verdict_and_its_export() {
        let library = Library::in_memory().unwrap();
        let first = Snapshot {
            seq: 0,
            hash: "h",
            project: "{}",
            app_version: "1.0.0",
        };
        let project = library
            .create_project(None, "Talk", first, &[], None, 1)
            .unwrap();
        let reel = ReelRow {
            sequence: 3,
            media: 1,
            candidate: "{}".to_owned(),
            made: "m".to_owned(),
            verdict: "open".to_owned(),
            exported: None,
        };
        let find = FindRow {
            media: 1,
            fingerprint: "f".to_owned(),
            found: "{}".to_owned(),
        };
        let change = Change {
            reels: std::slice::from_ref(&reel),
            find: Some(&find),
            ..Change::default()
        };
        library.change_project(project, &change, 2).unwrap();
        library.judge_reels(project, &[3], "kept").unwrap();
        let exported = ExportedRow {
            path: "/a.mp4".to_owned(),
            at: 9,
            hash: "x".to_owned(),
        };
        library.note_export(project, 3, &exported).unwrap();
        library.change_project(project, &change, 3).unwrap();
        let kept = ReelRow {
            verdict: "kept".to_owned(),
            exported: Some(exported),
            ..reel
        };
        assert_eq!(library.reels(project).unwrap(), [kept], "not overwritten");
        assert_eq!(library.find(project, 1).unwrap(), Some(find));
        assert_eq!(library.sources_in_use().unwrap(), ["f"]);
        let missing = library.judge_reels(project, &[3, 4], "open").unwrap_err();
        assert!(matches!(missing, Error::Missing { id: 4, .. }));
        assert_eq!(
            library.reels(project).unwrap()[0].verdict,
            "kept",
            "all or none"
        );
    }
}
