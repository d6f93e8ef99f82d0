//! The output folder: whose it is, and names that appear only when their content is whole.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use footage::Fingerprint;
use protocol::documents::{ReelDocument, ReelsDocument};
use protocol::error::{ApiError, ErrorCode};
use store::outputs::OutputRow;

use crate::clock::now_millis;
use crate::{Engine, Error, paths};

/// What happens to a folder that holds something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It is refused.
    Refuse,
    /// Its files of the same names are replaced.
    Replace,
}

/// The document of a folder of reels.
pub const DOCUMENT: &str = "reels.json";

/// Returns the names of the files of reel `number`, from 1, without their extensions.
pub(crate) fn stem(number: usize) -> String {
    format!("reel-{number:02}")
}

/// Extensions of the files of a reel.
const EXTENSIONS: [&str; 5] = ["mp4", "jpg", "srt", "vtt", "ass"];

/// A folder that this run alone writes to.
#[derive(Debug)]
pub(crate) struct Taken {
    /// The folder's absolute path.
    pub(crate) path: PathBuf,
    wanted: OutputRow,
    /// Locked until it is dropped, also when the process is killed.
    _lock: File,
}

impl Engine {
    /// Makes `folder` and takes it for reels of `source` with `options`, or says whose it is.
    ///
    /// Nothing in it is touched before [`Self::begin_replacing`]: the job may still turn out
    /// impossible.
    /// `kept` are files that the job reads; a folder where it would write over them is refused.
    pub(crate) fn take_folder(
        &self,
        folder: &Path,
        kept: &[&Path],
        source: &Fingerprint,
        options: &str,
        existing: Existing,
    ) -> Result<Taken, Error> {
        std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
        let path = folder
            .canonicalize()
            .map_err(|error| unwritable(folder, &error))?;
        let name = paths::text(&path, "the output folder")?.to_owned();
        for kept in kept {
            let kept = kept.canonicalize().unwrap_or_else(|_| (*kept).to_owned());
            if kept.parent() == Some(&path) && Piece::of(&kept).is_some() {
                let message = format!("{} would be replaced by a reel", kept.display());
                return Err(ApiError::new(ErrorCode::OutputExists, message)
                    .hint("name another folder with --out, or rename that file")
                    .into());
            }
        }
        let lock = self.lock_folder(&path)?;
        let wanted = OutputRow {
            source: source.0.clone(),
            options: options.to_owned(),
        };
        let noted = self.library().output(&name)?;
        let same = match holding(&path) {
            Held::Reels { source, options } => source == wanted.source && options == wanted.options,
            Held::Pieces => noted.as_ref() == Some(&wanted),
            Held::Nothing => true,
        };
        if !same && existing == Existing::Refuse {
            let message = format!(
                "{} holds reels of another source or other options",
                path.display()
            );
            return Err(ApiError::new(ErrorCode::OutputExists, message)
                .hint("name another folder with --out, or replace them with --force")
                .into());
        }
        Ok(Taken {
            path,
            wanted,
            _lock: lock,
        })
    }

    /// Locks a folder against other runs of the program.
    fn lock_folder(&self, folder: &Path) -> Result<File, Error> {
        let locks = self.paths().locks();
        let name = blake3::hash(folder.as_os_str().as_encoded_bytes());
        let path = locks.join(name.to_hex().as_str());
        let lock = std::fs::create_dir_all(&locks)
            .and_then(|()| File::create(&path))
            .map_err(|error| unwritable(&path, &error))?;
        match lock.try_lock() {
            Ok(()) => Ok(lock),
            Err(std::fs::TryLockError::WouldBlock) => {
                let message = format!("another run is making reels in {}", folder.display());
                Err(ApiError::new(ErrorCode::OutputBusy, message)
                    .hint("wait until it is done, or name another folder with --out")
                    .into())
            }
            Err(std::fs::TryLockError::Error(error)) => Err(unwritable(&path, &error).into()),
        }
    }

    /// Makes way for the first new file: a document that would describe other files goes away, and
    /// whose the folder is now is noted. The reels of before stay until new ones take their names.
    pub(crate) fn begin_replacing(&self, taken: &Taken) -> Result<(), Error> {
        let name = taken.path.to_string_lossy();
        self.library()
            .note_output(&name, &taken.wanted, now_millis())?;
        let document = taken.path.join(DOCUMENT);
        if document.exists() {
            remove(&document)?;
        }
        Ok(())
    }
}

impl Taken {
    /// Removes every file of a reel that `document` does not name: others' reels, and captions that
    /// there are no longer.
    pub(crate) fn sweep(&self, document: &ReelsDocument) -> Result<(), Error> {
        let named: BTreeSet<&str> = document.reels.iter().flat_map(files_of).collect();
        for (file, _) in pieces(&self.path) {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            if !named.contains(&*name) {
                remove(&file)?;
            }
        }
        Ok(())
    }
}

/// Returns the names of the files of a reel.
fn files_of(reel: &ReelDocument) -> impl Iterator<Item = &str> {
    let captions = &reel.captions;
    let all = [
        Some(&reel.file),
        Some(&reel.cover),
        captions.srt.as_ref(),
        captions.vtt.as_ref(),
        captions.ass.as_ref(),
    ];
    all.into_iter().flatten().map(String::as_str)
}

enum Held {
    /// No reels.
    Nothing,
    /// Reels without their document: an earlier run was stopped.
    Pieces,
    /// A finished folder.
    Reels { source: String, options: String },
}

fn holding(folder: &Path) -> Held {
    let document = folder.join(DOCUMENT);
    if document.exists() {
        let read = std::fs::read(&document)
            .ok()
            .and_then(|bytes| serde_json::from_slice::<ReelsDocument>(&bytes).ok());
        return match read {
            Some(document) => Held::Reels {
                source: document.fingerprint,
                options: document.options,
            },
            None => Held::Reels {
                source: String::new(),
                options: String::new(),
            },
        };
    }
    if pieces(folder).is_empty() {
        Held::Nothing
    } else {
        Held::Pieces
    }
}

/// A file of a reel by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    /// It has its name.
    Finished,
    /// It has a temporary one.
    Unfinished,
}

impl Piece {
    /// Returns what a file is by its name; `None` for every name that this program does not give.
    fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        // What a renderer writes of a file that is to wait has one dot more.
        let bare = name.trim_start_matches('.');
        let (whole, piece) = if bare.len() < name.len() {
            (bare.split_once(".partial")?.0, Self::Unfinished)
        } else {
            (name, Self::Finished)
        };
        let (before, extension) = whole.rsplit_once('.')?;
        let number: usize = before.strip_prefix("reel-")?.parse().ok()?;
        let own = number > 0 && stem(number) == before && EXTENSIONS.contains(&extension);
        own.then_some(piece)
    }
}

fn pieces(folder: &Path) -> Vec<(PathBuf, Piece)> {
    let Ok(list) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    list.flatten()
        .filter_map(|entry| Some((entry.path(), Piece::of(&entry.path())?)))
        .collect()
}

fn remove(file: &Path) -> Result<(), Error> {
    std::fs::remove_file(file).map_err(|error| unwritable(file, &error).into())
}

/// Removes temporary files that a render left which was stopped or died.
pub(crate) fn sweep_unfinished(folder: &Path) -> Result<(), Error> {
    for (file, piece) in pieces(folder) {
        if piece == Piece::Unfinished {
            remove(&file)?;
        }
    }
    Ok(())
}

/// Returns the name under which a finished file waits until it may take the place of another.
pub(crate) fn waiting(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.partial-made"))
}

/// Removes what is left of a file that was to wait until it may take the place of `path`.
pub(crate) fn sweep_waiting(path: &Path) {
    let waiting = waiting(path);
    let name = waiting.file_name().unwrap_or_default().to_string_lossy();
    // What the renderer writes of it has one dot more.
    let rendering = format!(".{name}");
    let Some(Ok(entries)) = path.parent().map(std::fs::read_dir) else {
        return;
    };
    for entry in entries.flatten() {
        let found = entry.file_name();
        let found = found.to_string_lossy();
        if found == name || found.starts_with(&rendering) {
            // One that stays is hidden; what went wrong before is the one to tell.
            drop(std::fs::remove_file(entry.path()));
        }
    }
}

/// Gives a finished file its name.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), Error> {
    std::fs::rename(from, to).map_err(|error| unwritable(to, &error).into())
}

/// Writes `content` to `path` so that the name appears only with the whole content on disk.
pub fn write_whole(path: &Path, content: &[u8]) -> Result<(), Error> {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".partial");
    let partial = path.with_file_name(name);
    let written = File::create(&partial)
        .and_then(|mut file| {
            file.write_all(content)?;
            file.sync_all()
        })
        .and_then(|()| std::fs::rename(&partial, path));
    written.map_err(|error| {
        // The partial file may not exist; the first failure is the one to tell.
        drop(std::fs::remove_file(&partial));
        unwritable(path, &error).into()
    })
}

fn unwritable(path: &Path, error: &std::io::Error) -> ApiError {
    if error.kind() == std::io::ErrorKind::StorageFull {
        return ApiError::new(
            ErrorCode::DiskFull,
            format!("no space left to write {}", path.display()),
        )
        .hint("free some space and run the same command again");
    }
    ApiError::new(
        ErrorCode::Unwritable,
        format!("{} cannot be written: {error}", path.display()),
    )
    .hint("check the folder and its permissions, or name another with --out")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_the_program_gives_are_its_own() {
        let piece = |name: &str| Piece::of(Path::new(name));
        assert_eq!(piece("reel-01.mp4"), Some(Piece::Finished));
        assert_eq!(piece("reel-100.srt"), Some(Piece::Finished));
        for partial in ["", "-faststart", "-sound", "-made"] {
            let name = format!(".reel-02.mp4.partial{partial}");
            assert_eq!(piece(&name), Some(Piece::Unfinished), "{name}");
        }
        for rendering in [
            "..reel-02.mp4.partial-made.partial",
            "..reel-02.mp4.partial-made.partial-faststart",
            "..reel-02.jpg.partial-made.partial",
        ] {
            assert_eq!(piece(rendering), Some(Piece::Unfinished), "{rendering}");
        }
        for foreign in [
            "reel-07-edited.mp4",
            "reel-2025-01.mp4",
            "reel-1.mp4",
            "reel-00.mp4",
            "reel-001.mp4",
            "reel-9.psd",
            "reel-01.mp4.bak",
            ".reel-01.mp4",
            "reel-notes.txt",
            "holiday.mp4",
        ] {
            assert_eq!(piece(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn what_waited_for_a_name_is_swept_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            ".a.mp4.partial-made",
            "..a.mp4.partial-made.partial",
            "..a.mp4.partial-made.partial-faststart",
            ".a.mp4",
            ".b.mp4.partial-made",
            "a.mp4",
        ] {
            std::fs::write(folder.path().join(name), b"x").unwrap();
        }
        sweep_waiting(&folder.path().join("a.mp4"));
        let left = testkit::names(folder.path()).unwrap();
        assert_eq!(left, [".a.mp4", ".b.mp4.partial-made", "a.mp4"]);
    }

    #[test]
    fn a_name_appears_only_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reels.json");
        write_whole(&path, b"{}").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"{}");
        let error = write_whole(Path::new("/proc/none/reels.json"), b"{}").unwrap_err();
        assert_eq!(error.to_api().code, ErrorCode::Unwritable);
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing else is left"
        );
    }

    #[test]
    fn a_changed_document_never_makes_way_for_other_reels() {
        let folder = tempfile::tempdir().unwrap();
        let whole = serde_json::json!({
            "version": 1, "source": "/talk.mp4", "fingerprint": "f00d", "options": "0ffe",
            "duration": 32.0, "project": 7, "transcript": null, "notes": [], "reels": [],
            "steps": [{"name": "probe", "seconds": 0.5, "reused": false}],
        });
        let text = serde_json::to_vec(&whole).unwrap();
        let held = |content: &[u8]| {
            std::fs::write(folder.path().join(DOCUMENT), content).unwrap();
            match holding(folder.path()) {
                Held::Reels { source, options } => (source, options),
                Held::Nothing | Held::Pieces => panic!("the folder is somebody's"),
            }
        };
        assert_eq!(held(&text), ("f00d".to_owned(), "0ffe".to_owned()));
        let mut kept = 0;
        for seed in 0..1_000 {
            for mangled in [
                testkit::mangle::bytes(&text, seed),
                serde_json::to_vec(&testkit::mangle::document(&whole, seed)).unwrap(),
            ] {
                let (source, options) = held(&mangled);
                let told: serde_json::Value = serde_json::from_slice(&mangled).unwrap_or_default();
                let is_told = |name: &str, text: &str| text.is_empty() || told[name] == text;
                assert!(is_told("fingerprint", &source), "{seed}: {source}");
                assert!(is_told("options", &options), "{seed}: {options}");
                kept += usize::from(source == "f00d" && options == "0ffe");
            }
        }
        assert!((10..1_500).contains(&kept), "{kept} are still whole");
    }
}
