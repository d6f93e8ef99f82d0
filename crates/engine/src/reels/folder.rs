//! The output folder: whose it is, and names that appear only when their content is whole.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use footage::Fingerprint;
use protocol::documents::ReelsDocument;
use protocol::error::{ApiError, ErrorCode};
use store::outputs::OutputRow;

use crate::clock::now_millis;
use crate::{Engine, Error};

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

impl Engine {
    /// Makes `folder` and takes it for reels of `source` with `options`, or says whose it is.
    pub(crate) fn take_folder(
        &self,
        folder: &Path,
        source: &Fingerprint,
        options: &str,
        existing: Existing,
    ) -> Result<(), Error> {
        std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
        let folder = folder
            .canonicalize()
            .map_err(|error| unwritable(folder, &error))?;
        let wanted = OutputRow {
            source: source.0.clone(),
            options: options.to_owned(),
        };
        let name = folder.to_string_lossy();
        let noted = self.library().output(&name)?;
        let held = holding(&folder);
        let same = match &held {
            Held::Reels { source, options } => {
                *source == wanted.source && *options == wanted.options
            }
            Held::Pieces => noted.as_ref() == Some(&wanted),
            Held::Nothing => true,
        };
        if !same && existing == Existing::Refuse {
            let message = format!(
                "{} holds reels of another source or other options",
                folder.display()
            );
            return Err(ApiError::new(ErrorCode::OutputExists, message)
                .hint("name another folder with --out, or replace them with --force")
                .into());
        }
        if !same {
            clear(&folder)?;
        }
        self.library().note_output(&name, &wanted, now_millis())?;
        Ok(())
    }
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

fn pieces(folder: &Path) -> Vec<PathBuf> {
    let Ok(list) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    list.flatten()
        .filter(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let Some(rest) = name.trim_start_matches('.').strip_prefix("reel-") else {
                return false;
            };
            rest.as_bytes().first().is_some_and(u8::is_ascii_digit)
                && ["mp4", "srt", "vtt", "ass", "jpg", "partial"]
                    .iter()
                    .any(|extension| Path::new(rest).extension().is_some_and(|e| e == *extension))
        })
        .map(|entry| entry.path())
        .collect()
}

fn clear(folder: &Path) -> Result<(), Error> {
    let document = folder.join(DOCUMENT);
    let mut files = pieces(folder);
    if document.exists() {
        files.push(document);
    }
    for file in files {
        std::fs::remove_file(&file).map_err(|error| unwritable(&file, &error))?;
    }
    Ok(())
}

/// Removes what a killed run left unfinished in `folder`, and reels beyond `count`.
pub(crate) fn sweep(folder: &Path, count: usize) -> Result<(), Error> {
    for file in pieces(folder) {
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let number = name
            .trim_start_matches(".reel-")
            .trim_start_matches("reel-")
            .chars()
            .take_while(char::is_ascii_digit)
            .collect::<String>()
            .parse::<usize>()
            .unwrap_or_default();
        if name.starts_with('.') || number > count {
            std::fs::remove_file(&file).map_err(|error| unwritable(&file, &error))?;
        }
    }
    Ok(())
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
    fn only_own_files_are_swept() {
        let folder = tempfile::tempdir().unwrap();
        let all = [
            "reel-01.mp4",
            "reel-02.mp4",
            "reel-03.srt",
            ".reel-01.mp4.partial",
            "reel-notes.txt",
            "holiday.mp4",
            "reel-9.psd",
        ];
        for name in all {
            std::fs::write(folder.path().join(name), b"x").unwrap();
        }
        sweep(folder.path(), 2).unwrap();
        let mut left: Vec<String> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(
            left,
            [
                "holiday.mp4",
                "reel-01.mp4",
                "reel-02.mp4",
                "reel-9.psd",
                "reel-notes.txt"
            ]
        );
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
}
