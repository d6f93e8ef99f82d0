//! The identity of a source's content.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::time::UNIX_EPOCH;

use footage::Fingerprint;
use protocol::error::{ApiError, ErrorCode};

use crate::Error;

const MIB: u64 = 1 << 20;

/// What tells a file from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Prints {
    /// Its identity.
    pub(crate) fingerprint: Fingerprint,
    /// Its identity whenever it was written: a BLAKE3 digest over its size and first, middle and
    /// last MiB.
    pub(crate) content: String,
}

/// Returns the fingerprint of the file at `path`: a BLAKE3 digest over its size, modification time
/// and first, middle and last MiB.
pub fn fingerprint(path: &Path) -> Result<Fingerprint, Error> {
    Ok(prints(path)?.fingerprint)
}

/// Returns what tells the file at `path` from others.
pub(crate) fn prints(path: &Path) -> Result<Prints, Error> {
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    if !metadata.is_file() {
        let message = format!("{} is not a file", path.display());
        let hint = if metadata.is_dir() {
            "name the video files in it"
        } else {
            "name a video file"
        };
        return Err(ApiError::new(ErrorCode::NotAFile, message)
            .hint(hint)
            .into());
    }
    let size = metadata.len();
    if size == 0 {
        let message = format!("{} is empty", path.display());
        return Err(ApiError::new(ErrorCode::EmptyFile, message)
            .hint("copy or download the file again")
            .into());
    }
    let mut content = blake3::Hasher::new();
    content.update(&size.to_le_bytes());
    let mut hasher = content.clone();
    let modified = metadata
        .modified()
        .map_err(|error| unreadable(path, &error))?;
    let since = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
    hasher.update(&since.as_nanos().to_le_bytes());
    let mut file = File::open(path).map_err(|error| unreadable(path, &error))?;
    for start in [
        0,
        (size / 2).saturating_sub(MIB / 2),
        size.saturating_sub(MIB),
    ] {
        file.seek(SeekFrom::Start(start))
            .map_err(|error| unreadable(path, &error))?;
        let mut block = Vec::new();
        file.by_ref()
            .take(MIB)
            .read_to_end(&mut block)
            .map_err(|error| unreadable(path, &error))?;
        hasher.update(&block);
        content.update(&block);
    }
    Ok(Prints {
        fingerprint: Fingerprint(hasher.finalize().to_hex().to_string()),
        content: content.finalize().to_hex().to_string(),
    })
}

fn unreadable(path: &Path, error: &std::io::Error) -> ApiError {
    if error.kind() == std::io::ErrorKind::NotFound {
        return ApiError::new(
            ErrorCode::NotFound,
            format!("{} does not exist", path.display()),
        )
        .hint("check the path");
    }
    ApiError::new(
        ErrorCode::Unreadable,
        format!("{} cannot be read: {error}", path.display()),
    )
    .hint("check its permissions and the disk")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_and_time_make_the_identity() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("été 1.mp4");
        std::fs::write(&path, vec![7; 5_000_000]).unwrap();
        let before = fingerprint(&path).unwrap();
        let moved = folder.path().join("moved.mp4");
        std::fs::rename(&path, &moved).unwrap();
        assert_eq!(
            before,
            fingerprint(&moved).unwrap(),
            "a moved file is the same"
        );
        let mut bytes = std::fs::read(&moved).unwrap();
        bytes[2_500_000] = 8;
        std::fs::write(&moved, bytes).unwrap();
        assert_ne!(
            before,
            fingerprint(&moved).unwrap(),
            "changed content is another"
        );
    }

    #[test]
    fn a_copy_holds_the_same_whenever_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let (path, copy) = (folder.path().join("a.mp4"), folder.path().join("b.mp4"));
        std::fs::write(&path, vec![7; 5_000_000]).unwrap();
        std::fs::copy(&path, &copy).unwrap();
        let early = UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
        File::options()
            .write(true)
            .open(&copy)
            .and_then(|file| file.set_modified(early))
            .unwrap();
        let (own, other) = (prints(&path).unwrap(), prints(&copy).unwrap());
        assert_ne!(own.fingerprint, other.fingerprint);
        assert_eq!(own.content, other.content);
        std::fs::write(&copy, vec![8; 5_000_000]).unwrap();
        assert_ne!(own.content, prints(&copy).unwrap().content);
    }

    #[test]
    fn what_is_no_file_is_said_so() {
        let folder = tempfile::tempdir().unwrap();
        let code = |path: &Path| fingerprint(path).unwrap_err().to_api().code;
        assert_eq!(code(folder.path()), ErrorCode::NotAFile);
        assert_eq!(code(&folder.path().join("no.mp4")), ErrorCode::NotFound);
        let empty = folder.path().join("empty.mp4");
        std::fs::write(&empty, b"").unwrap();
        assert_eq!(code(&empty), ErrorCode::EmptyFile);
    }
}
