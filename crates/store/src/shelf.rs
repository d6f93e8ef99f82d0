//! The list of projects: colours, what was put away, the bin.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{Error, Library};

/// A project as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShelfRow {
    /// Identity.
    pub id: i64,
    /// Name as shown.
    pub name: String,
    /// Unix milliseconds of the last save.
    pub updated_at: i64,
    /// Its colour's name.
    pub colour: Option<String>,
    /// Unix milliseconds of when it was put away.
    pub archived_at: Option<i64>,
    /// Unix milliseconds of when it was put into the bin.
    pub binned_at: Option<i64>,
    /// What it holds, as of its last save; `None` when nobody counted.
    pub summary: Option<Summary>,
}

/// What a project holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Number of sources.
    pub sources: u32,
    /// Number of sequences.
    pub reels: u32,
    /// Address of a picture.
    pub cover: Option<String>,
}

impl Library {
    /// Returns every project, those in the bin too, the latest change first.
    pub fn shelf(&self) -> Result<Vec<ShelfRow>, Error> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, name, updated_at, colour, archived_at, binned_at, sources, reels, cover
                 FROM projects ORDER BY updated_at DESC, id DESC",
            )?;
            let rows = statement.query_map([], shelf_row)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Notes what a project holds.
    pub fn note_summary(&self, id: i64, summary: &Summary) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute(
                "UPDATE projects SET sources = ?2, reels = ?3, cover = ?4 WHERE id = ?1",
                params![id, summary.sources, summary.reels, summary.cover],
            )?;
            Ok(())
        })
    }

    /// Gives a project a colour, or takes it away.
    pub fn colour_project(&self, id: i64, colour: Option<&str>) -> Result<(), Error> {
        self.with(|connection| {
            let set = "UPDATE projects SET colour = ?2 WHERE id = ?1";
            found(connection.execute(set, params![id, colour])?, id)
        })
    }

    /// Notes since when projects are put away; all or none are changed.
    pub fn archive_projects(&self, ids: &[i64], since: Option<i64>) -> Result<(), Error> {
        self.each(
            ids,
            "UPDATE projects SET archived_at = ?2 WHERE id = ?1",
            since,
        )
    }

    /// Notes since when projects are in the bin; all or none are changed.
    pub fn bin_projects(&self, ids: &[i64], since: Option<i64>) -> Result<(), Error> {
        self.each(
            ids,
            "UPDATE projects SET binned_at = ?2 WHERE id = ?1",
            since,
        )
    }

    fn each(&self, ids: &[i64], set: &str, value: Option<i64>) -> Result<(), Error> {
        self.with(|connection| {
            let transaction = connection.transaction()?;
            for id in ids {
                found(transaction.execute(set, params![id, value])?, *id)?;
            }
            transaction.commit()?;
            Ok(())
        })
    }

    /// Deletes a project that is in the bin, with all that hangs on it; returns whether it was
    /// there.
    pub fn delete_binned(&self, id: i64) -> Result<bool, Error> {
        self.with(|connection| {
            let delete = "DELETE FROM projects WHERE id = ?1 AND binned_at IS NOT NULL";
            Ok(connection.execute(delete, [id])? > 0)
        })
    }

    /// Returns the projects that are in the bin since before `time`.
    pub fn binned_before(&self, time: i64) -> Result<Vec<i64>, Error> {
        self.with(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT id FROM projects WHERE binned_at < ?1")?;
            let rows = statement.query_map([time], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Notes where the user is in a project; `place` is JSON.
    pub fn save_place(&self, id: i64, place: &str) -> Result<(), Error> {
        self.with(|connection| {
            let set = "UPDATE projects SET place = ?2 WHERE id = ?1";
            found(connection.execute(set, params![id, place])?, id)
        })
    }

    /// Returns where the user was in a project as JSON.
    pub fn place(&self, id: i64) -> Result<Option<String>, Error> {
        self.with(|connection| place(connection, id))
    }
}

fn place(connection: &Connection, id: i64) -> Result<Option<String>, Error> {
    Ok(connection
        .query_row("SELECT place FROM projects WHERE id = ?1", [id], |row| {
            row.get(0)
        })
        .optional()?
        .flatten())
}

fn found(changed: usize, id: i64) -> Result<(), Error> {
    match changed {
        0 => Err(Error::Missing {
            what: "project",
            id,
        }),
        _ => Ok(()),
    }
}

fn shelf_row(row: &Row<'_>) -> rusqlite::Result<ShelfRow> {
    let sources: Option<u32> = row.get(6)?;
    let reels: Option<u32> = row.get(7)?;
    let cover: Option<String> = row.get(8)?;
    Ok(ShelfRow {
        id: row.get(0)?,
        name: row.get(1)?,
        updated_at: row.get(2)?,
        colour: row.get(3)?,
        archived_at: row.get(4)?,
        binned_at: row.get(5)?,
        summary: sources.zip(reels).map(|(sources, reels)| Summary {
            sources,
            reels,
            cover,
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projects::Snapshot;

    fn project(library: &Library, name: &str) -> i64 {
        let first = Snapshot {
            seq: 0,
            hash: "h",
            project: "{}",
            app_version: "1.0.0",
        };
        library
            .create_project(None, name, first, &[], None, 1)
            .unwrap()
    }

    #[test]
    fn only_what_is_in_the_bin_is_deleted() {
        let library = Library::in_memory().unwrap();
        let (kept, gone) = (project(&library, "Kept"), project(&library, "Gone"));
        library.bin_projects(&[gone], Some(50)).unwrap();
        assert_eq!(library.binned_before(50).unwrap(), [] as [i64; 0]);
        assert_eq!(library.binned_before(51).unwrap(), [gone]);
        assert!(!library.delete_binned(kept).unwrap());
        assert!(library.delete_binned(gone).unwrap());
        let left: Vec<i64> = library.shelf().unwrap().iter().map(|row| row.id).collect();
        assert_eq!(left, [kept]);
    }

    #[test]
    fn of_several_projects_all_or_none_are_changed() {
        let library = Library::in_memory().unwrap();
        let id = project(&library, "Talk");
        let missing = library.archive_projects(&[id, 99], Some(5)).unwrap_err();
        assert!(matches!(missing, Error::Missing { id: 99, .. }));
        assert_eq!(library.shelf().unwrap()[0].archived_at, None);
        library.colour_project(id, Some("green")).unwrap();
        library.save_place(id, "{}").unwrap();
        let summary = Summary {
            sources: 1,
            reels: 8,
            cover: None,
        };
        library.note_summary(id, &summary).unwrap();
        let row = library.shelf().unwrap().remove(0);
        assert_eq!(row.colour.as_deref(), Some("green"));
        assert_eq!(row.summary, Some(summary));
        assert_eq!(library.place(id).unwrap().as_deref(), Some("{}"));
    }
}
