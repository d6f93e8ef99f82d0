//! Which files become jobs, and which are refused at once.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use footage::Fingerprint;
use protocol::error::{ApiError, ErrorCode};
use protocol::studio::view::{Imported, JobId, ProjectId};

use super::jobs::Task;
use super::{Inner, lock};
use crate::Error;

/// Endings that media files have: what is taken of a folder, and what a dialog offers first.
pub const ENDINGS: [&str; 33] = [
    "3g2", "3gp", "aac", "ac3", "aif", "aiff", "avi", "flac", "flv", "m2ts", "m4a", "m4v", "mka",
    "mkv", "mov", "mp3", "mp4", "mpe", "mpeg", "mpg", "mts", "mxf", "oga", "ogg", "ogm", "ogv",
    "opus", "ts", "vob", "wav", "webm", "wmv", "y4m",
];

/// How files that are neither video nor sound begin, and what they are.
const OTHERS: [(&[u8], &str); 9] = [
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "an archive or document"),
    (b"\x1f\x8b", "an archive"),
    (b"7z\xbc\xaf", "an archive"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "a database"),
];

/// A file that will be imported.
struct Taken {
    path: PathBuf,
    fingerprint: Fingerprint,
}

impl Inner {
    /// Imports files, as a job each.
    pub(crate) fn import(
        self: &Arc<Self>,
        project: Option<ProjectId>,
        paths: &[String],
    ) -> Result<Imported, Error> {
        let mut refused = Vec::new();
        let mut known = match project {
            Some(project) => self.sources_of(project)?,
            None => BTreeSet::new(),
        };
        let mut taken = Vec::new();
        for path in paths.iter().flat_map(|path| files(Path::new(path))) {
            let path = match path {
                Ok(path) => path,
                Err(error) => {
                    refused.push(error);
                    continue;
                }
            };
            match self.look_at(&path) {
                Ok(fingerprint) if known.insert(fingerprint.clone()) => {
                    taken.push(Taken { path, fingerprint });
                }
                Ok(_) => {
                    let message = format!("{} is in the project already", path.display());
                    refused.push(
                        ApiError::new(ErrorCode::AlreadyThere, message)
                            .input(path.to_string_lossy()),
                    );
                }
                Err(error) => refused.push(error.to_api().input(path.to_string_lossy())),
            }
        }
        let Some(first) = taken.first() else {
            return Ok(Imported {
                project: None,
                jobs: Vec::new(),
                refused,
            });
        };
        let project = match project {
            Some(project) => project,
            None => self.create_project(&stem(&first.path))?,
        };
        let mut jobs: Vec<JobId> = Vec::new();
        for Taken { path, fingerprint } in taken {
            let title = super::board::file_name(&path.to_string_lossy());
            let task = Task::Import {
                project,
                path: path.to_string_lossy().into_owned(),
                fingerprint,
            };
            jobs.push(self.order(task, &title)?);
        }
        self.pump();
        Ok(Imported {
            project: Some(project),
            jobs,
            refused,
        })
    }

    /// Imports the demo video into a project of its own.
    pub(crate) fn import_demo(self: &Arc<Self>) -> Result<Imported, Error> {
        let demo = self.options.demo.clone().ok_or_else(|| {
            ApiError::new(ErrorCode::NotFound, "the demo video is not installed")
                .hint("import a video of your own")
        })?;
        let imported = self.import(None, &[demo.to_string_lossy().into_owned()])?;
        match (imported.project, imported.refused.first()) {
            (None, Some(error)) => Err(error.clone().into()),
            _ => Ok(imported),
        }
    }

    /// Returns what is in a project, or on its way into it.
    fn sources_of(&self, id: ProjectId) -> Result<BTreeSet<Fingerprint>, Error> {
        let session = self.session(id)?;
        let mut known: BTreeSet<Fingerprint> = {
            let session = lock(&session);
            session.check_writable()?;
            let media = session.present().media.values();
            media.map(|media| media.fingerprint.clone()).collect()
        };
        known.extend(self.jobs.importing(id));
        Ok(known)
    }
}

impl Inner {
    /// Returns which source a file is, or why it is no media at the first look.
    fn look_at(&self, path: &Path) -> Result<Fingerprint, Error> {
        let identified = self.engine.identify(path)?;
        let mut head = Vec::new();
        // What cannot be read any more is told by the job.
        if let Ok(file) = File::open(path)
            && file.take(4096).read_to_end(&mut head).is_ok()
            && let Some(what) = other_than_media(&head)
        {
            let message = format!("{} is {what}, no video and no sound", path.display());
            return Err(ApiError::new(ErrorCode::CorruptMedia, message)
                .hint("choose a video or a sound file")
                .into());
        }
        Ok(identified.fingerprint)
    }
}

/// Returns a file itself, or the media files that lie directly in a folder.
fn files(path: &Path) -> Vec<Result<PathBuf, ApiError>> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    if !path.is_dir() {
        return vec![Ok(path)];
    }
    let refuse = |code, message: String, hint: &str| {
        let error = ApiError::new(code, message).hint(hint);
        vec![Err(error.input(path.to_string_lossy()))]
    };
    let entries = match std::fs::read_dir(&path) {
        Ok(entries) => entries,
        Err(error) => {
            let message = format!("{} cannot be read: {error}", path.display());
            return refuse(ErrorCode::Unreadable, message, "check its permissions");
        }
    };
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|file| is_media_name(file) && file.is_file())
        .collect();
    if files.is_empty() {
        let message = format!("there is no video and no sound in {}", path.display());
        return refuse(ErrorCode::NotAFile, message, "choose the files themselves");
    }
    files.sort();
    files.into_iter().map(Ok).collect()
}

fn is_media_name(path: &Path) -> bool {
    let hidden = path
        .file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with('.'));
    let ending = path.extension().map(std::ffi::OsStr::to_ascii_lowercase);
    let is_media = |ending: std::ffi::OsString| ENDINGS.iter().any(|known| ending == *known);
    !hidden && ending.is_some_and(is_media)
}

/// Returns what a file is by its first bytes when that is surely neither video nor sound.
fn other_than_media(head: &[u8]) -> Option<&'static str> {
    let known = OTHERS.iter().find(|(begin, _)| head.starts_with(begin));
    if let Some((_, what)) = known {
        return Some(what);
    }
    let whole = match std::str::from_utf8(head) {
        Ok(text) => text,
        // A letter may be cut at the end.
        Err(error) if head.len() - error.valid_up_to() < 4 => {
            std::str::from_utf8(head.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    let is_text = !whole.is_empty()
        && !whole
            .chars()
            .any(|letter| letter.is_control() && !"\r\n\t\u{c}".contains(letter));
    // A list of pictures (Y4M) begins with text.
    (is_text && !whole.starts_with("YUV4MPEG2")).then_some("a text")
}

fn stem(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    match stem.trim() {
        "" => "Video".to_owned(),
        stem => stem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_surely_no_media_is_told_apart() {
        for (head, expected) in [
            (&b"Hello, this is a letter.\n"[..], Some("a text")),
            ("d\u{e9}j\u{e0} vu".as_bytes(), Some("a text")),
            (b"\x89PNG\r\n\x1a\n", Some("a picture")),
            (b"\0\0\0\x20ftypisom", None),
            (b"\x1aE\xdf\xa3", None),
            (b"RIFF\x10\0\0\0AVI ", None),
            (b"YUV4MPEG2 W320", None),
            (b"ID3\x04\0\0\0\0\0\x15TSSE", None),
            (b"RIFF\x10\0\0\0WAVEfmt \x10\0", None),
            (b"fLaC\0\0\0\x22", None),
            (b"", None),
        ] {
            assert_eq!(other_than_media(head), expected, "{head:?}");
        }
    }

    #[test]
    fn a_folder_stands_for_the_media_in_it() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "b.MP4",
            "a.mov",
            "c.mp3",
            "D.FLAC",
            "notes.txt",
            ".hidden.mp4",
        ] {
            std::fs::write(folder.path().join(name), b"x").unwrap();
        }
        std::fs::create_dir(folder.path().join("deeper.mp4")).unwrap();
        let found: Vec<String> = files(folder.path())
            .into_iter()
            .map(|file| super::super::board::file_name(&file.unwrap().to_string_lossy()))
            .collect();
        assert_eq!(found, ["D.FLAC", "a.mov", "b.MP4", "c.mp3"]);
        let empty = tempfile::tempdir().unwrap();
        let refused = files(empty.path()).remove(0).unwrap_err();
        assert_eq!(refused.code, ErrorCode::NotAFile);
    }
}
