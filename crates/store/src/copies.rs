//! The library's last good copies: one per day, each whole and checked.
//!
//! They lie in `backups` beside the library. When the library is found damaged, the newest copy
//! that is sound takes its place.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use crate::migrations::{self, LATEST};
use crate::{Error, Library, library};

/// How many days are kept.
pub const KEPT: usize = 7;

/// What every copy's name begins with; the day follows.
const PREFIX: &str = "library-";

/// Returns the folder of the copies of the library at `path`.
pub fn folder(path: &Path) -> PathBuf {
    path.with_file_name("backups")
}

impl Library {
    /// Makes the copy of `day`, such as `2026-11-28`, unless it is there; forgets the oldest ones.
    /// Returns the copy when it was made.
    pub fn keep_copy(&self, day: &str) -> Result<Option<PathBuf>, Error> {
        let folder = folder(self.path());
        let target = folder.join(format!("{PREFIX}{day}.db"));
        if target.exists() {
            return Ok(None);
        }
        let failed = |error: &std::io::Error| Error::from_io(&folder, error);
        std::fs::create_dir_all(&folder).map_err(|error| failed(&error))?;
        let partial = folder.join(format!(".{day}.partial"));
        if partial.exists() {
            // Left by a copy that was killed.
            std::fs::remove_file(&partial).map_err(|error| failed(&error))?;
        }
        let made = copy(self.path(), &partial).and_then(|()| {
            std::fs::File::open(&partial)
                .and_then(|file| file.sync_all())
                .and_then(|()| std::fs::rename(&partial, &target))
                .map_err(|error| failed(&error))
        });
        if let Err(error) = made {
            // It may not exist; the first failure is the one to tell.
            drop(std::fs::remove_file(&partial));
            return Err(error);
        }
        for old in list(&folder).into_iter().skip(KEPT) {
            std::fs::remove_file(&old).map_err(|error| failed(&error))?;
        }
        Ok(Some(target))
    }
}

/// Returns the copies in `folder`, the newest first.
pub(crate) fn list(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut copies: Vec<PathBuf> = entries
        .flatten()
        .filter(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with(PREFIX) && name.ends_with(".db")
        })
        .map(|entry| entry.path())
        .collect();
    copies.sort();
    copies.reverse();
    copies
}

/// Copies through a connection of its own, so that nobody waits, and checks what came of it.
fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    let source = Connection::open_with_flags(
        from,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    let classified = |error| library::unusable(to, error);
    source
        .execute("VACUUM INTO ?1", [to.to_string_lossy()])
        .map_err(classified)?;
    drop(source);
    check(to)
}

/// Returns an error unless the database at `path` is sound and of a schema that this build knows.
pub(crate) fn check(path: &Path) -> Result<(), Error> {
    let copy = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let found = migrations::version(&copy)?;
    if found > LATEST {
        return Err(Error::Newer {
            path: path.to_owned(),
            found,
            known: LATEST,
        });
    }
    library::quick_check(&copy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projects::Snapshot;

    fn project(library: &Library, name: &str) {
        let first = Snapshot {
            seq: 0,
            hash: "h",
            project: "{}",
            app_version: "1.0.0",
        };
        library
            .create_project(None, name, first, &[], None, 1)
            .unwrap();
    }

    #[test]
    fn a_damaged_library_gives_way_to_its_newest_sound_copy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library.db");
        let opened = Library::open(&path).unwrap();
        for (day, name) in [("2026-01-01", "One"), ("2026-01-02", "Two")] {
            project(&opened.library, name);
            assert!(opened.library.keep_copy(day).unwrap().is_some());
            assert!(
                opened.library.keep_copy(day).unwrap().is_none(),
                "once a day"
            );
        }
        project(&opened.library, "Three");
        drop(opened.library);
        std::fs::write(
            &path,
            b"damaged beyond use, and longer than a header is.....",
        )
        .unwrap();
        // The newest copy is damaged too.
        std::fs::write(
            super::folder(&path).join("library-2026-01-02.db"),
            b"not a database at all",
        )
        .unwrap();
        let opened = Library::open(&path).unwrap();
        assert!(opened.set_aside.unwrap().restored);
        let names: Vec<String> = opened
            .library
            .projects()
            .unwrap()
            .into_iter()
            .map(|row| row.name)
            .collect();
        assert_eq!(names, ["One"], "as of the last good copy");
    }

    #[test]
    fn a_week_of_copies_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library.db");
        let library = Library::open(&path).unwrap().library;
        for day in 1..=10 {
            library.keep_copy(&format!("2026-01-{day:02}")).unwrap();
        }
        let kept = list(&super::folder(&path));
        assert_eq!(kept.len(), KEPT);
        assert!(kept[0].ends_with("library-2026-01-10.db"));
    }
}
