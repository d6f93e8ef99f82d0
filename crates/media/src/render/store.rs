//! Samples between the passes over a mix: in memory for a reel, in a file for long sequences.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Interleaved stereo samples that stay in memory: three minutes, 69 MB.
const IN_MEMORY: usize = 3 * 60 * super::RATE as usize * 2;
/// Samples handed out at once.
const BLOCK: usize = 1 << 16;

/// Interleaved stereo samples, written once, then read from the start any number of times.
pub(super) struct Store {
    memory: Vec<f32>,
    spill: Option<Spill>,
    path: PathBuf,
    limit: usize,
}

/// The file that holds what does not fit; it goes away with the store.
struct Spill {
    file: BufWriter<File>,
    path: PathBuf,
}

impl Drop for Spill {
    fn drop(&mut self) {
        // The file may be gone with its folder: nothing is left either way.
        drop(std::fs::remove_file(&self.path));
    }
}

impl Store {
    /// Returns an empty store that spills to `path`.
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            memory: Vec::new(),
            spill: None,
            path,
            limit: IN_MEMORY,
        }
    }

    pub(super) fn append(&mut self, samples: &[f32]) -> Result<()> {
        if self.spill.is_none() {
            if self.memory.len() + samples.len() <= self.limit {
                self.memory.extend_from_slice(samples);
                return Ok(());
            }
            let file = File::options()
                .read(true)
                .write(true)
                .create(true)
                .truncate(true)
                .open(&self.path)
                .map_err(|cause| Error::writing(&self.path, &cause))?;
            let mut spill = Spill {
                file: BufWriter::new(file),
                path: self.path.clone(),
            };
            write(&mut spill.file, &self.memory, &self.path)?;
            self.memory = Vec::new();
            self.spill = Some(spill);
        }
        match &mut self.spill {
            Some(spill) => write(&mut spill.file, samples, &self.path),
            None => Ok(()),
        }
    }

    /// Hands every block of samples to `each`, from the start.
    pub(super) fn read(&mut self, mut each: impl FnMut(&[f32]) -> Result<()>) -> Result<()> {
        let path = &self.path;
        let Some(spill) = &mut self.spill else {
            return self.memory.chunks(BLOCK).try_for_each(each);
        };
        let failed = |cause: std::io::Error| Error::reading(path, &cause);
        let unwritten = |cause: std::io::Error| Error::writing(path, &cause);
        spill.file.flush().map_err(unwritten)?;
        let file = spill.file.get_mut();
        file.rewind().map_err(failed)?;
        let mut reader = BufReader::new(file);
        let mut bytes = vec![0; BLOCK * size_of::<f32>()];
        let mut samples = Vec::with_capacity(BLOCK);
        loop {
            let count = fill(&mut reader, &mut bytes).map_err(failed)?;
            let Some(read) = bytes.get(..count).filter(|read| !read.is_empty()) else {
                break;
            };
            samples.clear();
            samples.extend(
                read.chunks_exact(4)
                    .map(|sample| f32::from_le_bytes(sample.try_into().unwrap_or_default())),
            );
            each(&samples)?;
        }
        Ok(())
    }
}

fn fill(reader: &mut impl Read, bytes: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest)? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}

fn write(file: &mut impl Write, samples: &[f32], path: &Path) -> Result<()> {
    let mut bytes = Vec::with_capacity(size_of_val(samples));
    for sample in samples {
        bytes.extend_from_slice(&sample.to_le_bytes());
    }
    file.write_all(&bytes)
        .map_err(|cause| Error::writing(path, &cause))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_spills_reads_back_the_same_twice_and_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spill");
        let mut store = Store::new(path.clone());
        store.limit = 1000;
        let all: Vec<f32> = (0..200_000).map(|i| i as f32).collect();
        for part in all.chunks(777) {
            store.append(part).unwrap();
        }
        assert!(path.exists(), "too much for memory");
        for _ in 0..2 {
            let mut back = Vec::new();
            store
                .read(|block| {
                    back.extend_from_slice(block);
                    Ok(())
                })
                .unwrap();
            assert_eq!(back, all);
        }
        drop(store);
        assert!(!path.exists());
    }
}
