use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use crate::migrations::{self, LATEST};
use crate::{Error, copies, projects};

/// How long to wait for another process that writes.
const PATIENCE: Duration = Duration::from_secs(15);

/// An open `library.db`.
#[derive(Debug)]
pub struct Library {
    connection: Mutex<Connection>,
    path: PathBuf,
}

/// The outcome of opening.
#[derive(Debug)]
pub struct Opened {
    /// The database.
    pub library: Library,
    /// What became of a damaged file.
    pub set_aside: Option<SetAside>,
}

/// A damaged file that was moved out of the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// Where it is kept.
    pub path: PathBuf,
    /// Whether the last good copy took its place; else a new file was begun.
    pub restored: bool,
}

impl Library {
    /// Opens or makes the database at `path`.
    ///
    /// A damaged file is moved aside, never deleted; its last good [copy](crate::copies) takes its
    /// place, else a new one is begun. A file of a newer version is left alone and refused with
    /// [`Error::Newer`].
    pub fn open(path: &Path) -> Result<Opened, Error> {
        let whole = |library| Opened {
            library,
            set_aside: None,
        };
        let is_damaged = |opened: &Result<Self, Error>| matches!(opened, Err(e) if e.is_damage());
        let opened = Self::open_sound(path);
        if !is_damaged(&opened) {
            return opened.map(whole);
        }
        // Of several programs that find it damaged, one begins anew and the others use that.
        let turn = path.with_extension("lock");
        let turn = std::fs::File::create(&turn).map_err(|error| Error::from_io(&turn, &error))?;
        turn.lock().map_err(|error| Error::from_io(path, &error))?;
        let opened = Self::open_sound(path);
        if !is_damaged(&opened) {
            return opened.map(whole);
        }
        let aside = set_aside(path)?;
        let restored = restore(path)?;
        Ok(Opened {
            library: Self::open_sound(path)?,
            set_aside: Some(SetAside {
                path: aside,
                restored,
            }),
        })
    }

    /// Opens the database at `path` to look at it: whatever version wrote it, not a byte of it is
    /// changed. What this version does not know of it may be missing or refused.
    pub fn open_to_look(path: &Path) -> Result<Self, Error> {
        // The log's index cannot always be made beside a file that may only be read; `immutable`
        // needs none, and then the log itself is not read.
        let plain = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
            .map_err(Error::from)
            .and_then(|connection| migrations::version(&connection).map(|_| connection));
        let connection = match plain {
            Ok(connection) => connection,
            Err(_cannot_read_the_log) => Connection::open_with_flags(
                format!("file:{}?immutable=1", escaped(path)),
                OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI,
            )
            .map_err(|error| unusable(path, error))?,
        };
        connection.busy_timeout(PATIENCE)?;
        Ok(Self {
            connection: Mutex::new(connection),
            path: path.to_owned(),
        })
    }

    /// Returns an empty database without a file.
    pub fn in_memory() -> Result<Self, Error> {
        let mut connection = Connection::open_in_memory()?;
        connection.pragma_update(None, "foreign_keys", true)?;
        migrations::migrate_to(&mut connection, migrations::LIBRARY, LATEST)?;
        Ok(Self {
            connection: Mutex::new(connection),
            path: PathBuf::from(":memory:"),
        })
    }

    fn open_sound(path: &Path) -> Result<Self, Error> {
        let connection = open_file(path, migrations::LIBRARY, "normal")?;
        Ok(Self {
            connection: Mutex::new(connection),
            path: path.to_owned(),
        })
    }

    /// Returns the file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `work` on the connection and gives its errors their class.
    pub(crate) fn with<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        work(&mut self.lock()).map_err(|error| classified(&self.path, error))
    }

    /// Returns the result of SQLite's full integrity check; `ok` when sound.
    pub fn integrity(&self) -> Result<String, Error> {
        self.with(|connection| {
            Ok(connection.query_row("PRAGMA integrity_check", [], |row| row.get(0))?)
        })
    }

    /// Returns the project list, the latest change first.
    pub fn projects(&self) -> Result<Vec<projects::ProjectRow>, Error> {
        self.with(|connection| projects::list(connection))
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // SQLite rolls back an unfinished transaction, so a poisoned lock holds a sound connection.
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens or makes a database, checks that it is sound and brings it up to date. `synchronous` is
/// SQLite's word for how much a power cut may cost.
pub(crate) fn open_file(
    path: &Path,
    steps: migrations::Steps,
    synchronous: &str,
) -> Result<Connection, Error> {
    opened(path, steps, synchronous).map_err(|error| classified(path, error))
}

fn opened(path: &Path, steps: migrations::Steps, synchronous: &str) -> Result<Connection, Error> {
    let known = migrations::latest(steps);
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    let found = migrations::version(&connection)?;
    if found > known {
        return Err(Error::Newer {
            path: path.to_owned(),
            found,
            known,
        });
    }
    write_ahead(&connection)?;
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    quick_check(&connection)?;
    migrations::migrate_to(&mut connection, steps, known)?;
    Ok(connection)
}

/// Switches to a write-ahead log. SQLite does not wait for its turn there, so this does: two
/// programs may start on a new file at once.
fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    let start = Instant::now();
    loop {
        match connection.pragma_update(None, "journal_mode", "wal") {
            Err(error)
                if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy)
                    && start.elapsed() < PATIENCE =>
            {
                std::thread::sleep(Duration::from_millis(20));
            }
            outcome => return outcome,
        }
    }
}

/// Returns an error that [is damage](Error::is_damage) unless SQLite finds the file sound.
pub(crate) fn quick_check(connection: &Connection) -> Result<(), Error> {
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" {
        return Ok(());
    }
    Err(Error::Sqlite(rusqlite::Error::SqliteFailure(
        rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT),
        Some(verdict),
    )))
}

/// Puts the newest sound copy in the place of a library that was set aside.
fn restore(path: &Path) -> Result<bool, Error> {
    for copy in copies::list(&copies::folder(path)) {
        // One that is damaged or newer stays where it is, and an older one serves.
        if copies::check(&copy).is_err() {
            continue;
        }
        let partial = path.with_extension("restored");
        std::fs::copy(&copy, &partial)
            .and_then(|_| std::fs::rename(&partial, path))
            .map_err(|error| Error::from_io(path, &error))?;
        return Ok(true);
    }
    Ok(false)
}

/// Returns a path as SQLite's URIs want it.
fn escaped(path: &Path) -> String {
    let text = path.to_string_lossy();
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '%' => escaped.push_str("%25"),
            '?' => escaped.push_str("%3f"),
            '#' => escaped.push_str("%23"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

fn set_aside(path: &Path) -> Result<PathBuf, Error> {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let mut number = 1;
    let mut target = path.with_file_name(format!("{name}.damaged-{number}"));
    while target.exists() {
        number += 1;
        target = path.with_file_name(format!("{name}.damaged-{number}"));
    }
    std::fs::rename(path, &target).map_err(|error| Error::from_io(path, &error))?;
    for suffix in ["-wal", "-shm"] {
        let side = path.with_file_name(format!("{name}{suffix}"));
        if side.exists() {
            let beside = target.with_file_name(format!(
                "{}{suffix}",
                target.file_name().unwrap_or_default().to_string_lossy()
            ));
            std::fs::rename(&side, beside).map_err(|error| Error::from_io(path, &error))?;
        }
    }
    Ok(target)
}

pub(crate) fn classified(path: &Path, error: Error) -> Error {
    match error {
        Error::Sqlite(inner) => unusable(path, inner),
        other => other,
    }
}

pub(crate) fn unusable(path: &Path, error: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode::{CannotOpen, DiskFull, PermissionDenied, ReadOnly};
    use rusqlite::ffi;
    match error.sqlite_error() {
        // The second is of the log's index, which takes its room before it is used.
        Some(
            ffi::Error { code: DiskFull, .. }
            | ffi::Error {
                extended_code: ffi::SQLITE_IOERR_SHMSIZE,
                ..
            },
        ) => Error::Full {
            path: path.to_owned(),
        },
        Some(ffi::Error {
            code: CannotOpen | PermissionDenied | ReadOnly,
            ..
        }) => Error::Unusable {
            path: path.to_owned(),
            detail: error.to_string(),
        },
        _ => Error::Sqlite(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_file_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library.db");
        let connection = Connection::open(&path).unwrap();
        connection
            .pragma_update(None, "user_version", LATEST + 7)
            .unwrap();
        drop(connection);
        let before = std::fs::read(&path).unwrap();
        let error = Library::open(&path).unwrap_err();
        assert!(
            matches!(error, Error::Newer { found, .. } if found == LATEST + 7),
            "{error}"
        );
        assert_eq!(before, std::fs::read(&path).unwrap(), "not a byte changed");
    }

    #[test]
    fn a_newer_file_can_be_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("100% new? #1.db");
        let library = Library::open(&path).unwrap().library;
        library.save_setting("window", "{}").unwrap();
        drop(library);
        let connection = Connection::open(&path).unwrap();
        connection
            .pragma_update(None, "user_version", LATEST + 1)
            .unwrap();
        drop(connection);
        let before = std::fs::read(&path).unwrap();
        let library = Library::open_to_look(&path).unwrap();
        assert_eq!(library.setting("window").unwrap().as_deref(), Some("{}"));
        assert!(library.save_setting("window", "1").is_err());
        drop(library);
        assert_eq!(before, std::fs::read(&path).unwrap(), "not a byte changed");
    }

    #[test]
    fn a_damaged_file_is_set_aside_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library.db");
        std::fs::write(&path, b"this is no database, but somebody may want it back").unwrap();
        let opened = Library::open(&path).unwrap();
        let aside = opened.set_aside.expect("told where it went");
        assert!(!aside.restored, "there is no copy");
        assert!(
            std::fs::read(aside.path)
                .unwrap()
                .starts_with(b"this is no database")
        );
        assert_eq!(opened.library.integrity().unwrap(), "ok");
        drop(opened.library);
        assert!(
            Library::open(&path).unwrap().set_aside.is_none(),
            "the new file is sound"
        );
    }

    #[test]
    fn many_may_open_a_new_file_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library.db");
        std::thread::scope(|scope| {
            let opening: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| Library::open(&path)))
                .collect();
            for opened in opening {
                let opened = opened.join().unwrap().unwrap();
                assert!(opened.set_aside.is_none());
            }
        });
    }

    #[test]
    fn a_full_disk_is_said_so_wherever_it_is_met() {
        use rusqlite::ffi;
        for code in [ffi::SQLITE_FULL, ffi::SQLITE_IOERR_SHMSIZE] {
            let failure = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
            let error = unusable(Path::new("library.db"), failure);
            assert!(matches!(error, Error::Full { .. }), "{code}: {error}");
        }
    }

    #[test]
    fn an_unwritable_folder_is_said_so() {
        let error = Library::open(Path::new("/proc/nowhere/library.db")).unwrap_err();
        assert!(matches!(error, Error::Unusable { .. }), "{error}");
    }
}
