//! Where the sound to transcribe comes from.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::Error;

/// Bytes of a stored sample.
const SAMPLE_BYTES: u64 = 2;

/// Mono sound at [`super::SAMPLE_RATE`] that is read piece by piece; its first sample is at time 0.
pub trait Sound {
    /// Returns the number of samples.
    fn length(&self) -> usize;

    /// Returns the samples in `range`, in −1..=1; fewer where the sound ends before.
    fn read(&mut self, range: Range<usize>) -> Result<Vec<f32>, Error>;
}

impl Sound for &[f32] {
    fn length(&self) -> usize {
        self.len()
    }

    fn read(&mut self, range: Range<usize>) -> Result<Vec<f32>, Error> {
        let end = range.end.min(self.len());
        Ok(self.get(range.start..end).unwrap_or_default().to_vec())
    }
}

/// A file of raw signed 16-bit little-endian samples. Only what is asked for is in memory.
#[derive(Debug)]
pub struct PcmFile {
    file: File,
    path: PathBuf,
    length: usize,
}

impl PcmFile {
    /// Opens the file `path`. Fails with [`Error::Unreadable`].
    pub fn open(path: &Path) -> Result<Self, Error> {
        let opened = File::open(path).and_then(|file| {
            let bytes = file.metadata()?.len();
            Ok((file, bytes))
        });
        let (file, bytes) = opened.map_err(|source| unreadable(path, source))?;
        Ok(Self {
            file,
            path: path.to_owned(),
            length: (bytes / SAMPLE_BYTES) as usize,
        })
    }
}

impl Sound for PcmFile {
    fn length(&self) -> usize {
        self.length
    }

    fn read(&mut self, range: Range<usize>) -> Result<Vec<f32>, Error> {
        let count = range.end.min(self.length).saturating_sub(range.start);
        let mut bytes = vec![0; count * SAMPLE_BYTES as usize];
        self.file
            .seek(SeekFrom::Start(range.start as u64 * SAMPLE_BYTES))
            .and_then(|_| self.file.read_exact(&mut bytes))
            .map_err(|source| unreadable(&self.path, source))?;
        let samples = bytes.as_chunks::<2>().0.iter();
        Ok(samples
            .map(|sample| f32::from(i16::from_le_bytes(*sample)) / 32_768.0)
            .collect())
    }
}

fn unreadable(path: &Path, source: std::io::Error) -> Error {
    Error::Unreadable {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_gives_the_pieces_that_are_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("speech.pcm");
        let stored: Vec<u8> = (0..1000_i16).flat_map(|n| (n * 32).to_le_bytes()).collect();
        std::fs::write(&path, stored).unwrap();
        let mut file = PcmFile::open(&path).unwrap();
        assert_eq!(file.length(), 1000);
        let value = |n: i16| f32::from(n * 32) / 32_768.0;
        assert_eq!(file.read(500..502).unwrap(), [value(500), value(501)]);
        assert_eq!(file.read(0..1).unwrap(), [0.0], "back at the start");
        assert_eq!(file.read(999..2000).unwrap(), [value(999)], "up to the end");
        assert_eq!(file.read(1500..2000).unwrap(), [0.0; 0], "beyond it");
        let none = PcmFile::open(&folder.path().join("none.pcm"));
        assert!(matches!(none, Err(Error::Unreadable { .. })), "{none:?}");
    }
}
