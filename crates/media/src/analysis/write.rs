//! Files that appear only when complete.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use image::codecs::jpeg::JpegEncoder;

use super::picture::Rgb;
use crate::error::{Error, Result};

/// Quality of JPEG files, in 1..=100.
const JPEG_QUALITY: u8 = 82;

/// A file under a temporary name beside its final one; removed unless it is kept.
pub(crate) struct Pending {
    target: PathBuf,
    partial: PathBuf,
    kept: bool,
}

impl Pending {
    /// Plans the file `target`.
    pub(crate) fn new(target: &Path) -> Self {
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        Self {
            target: target.to_owned(),
            partial: target.with_file_name(name),
            kept: false,
        }
    }

    /// Returns the temporary name.
    pub(crate) fn partial(&self) -> &Path {
        &self.partial
    }

    /// Gives the complete file its name.
    pub(crate) fn keep(mut self) -> Result<()> {
        let synced = File::open(&self.partial).and_then(|file| file.sync_all());
        synced
            .and_then(|()| std::fs::rename(&self.partial, &self.target))
            .map_err(|cause| Error::writing(&self.target, &cause))?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if !self.kept {
            // It may never have been made; whatever is left has a name that nobody reads.
            drop(std::fs::remove_file(&self.partial));
        }
    }
}

/// A file that somebody else needs for a while; it goes away with this value.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// Returns the hidden name `.NAME` + `suffix` beside `target`.
    pub(crate) fn beside(target: &Path, suffix: &str) -> Self {
        let mut name = std::ffi::OsString::from(".");
        name.push(target.file_name().unwrap_or_default());
        name.push(suffix);
        Self(target.with_file_name(name))
    }

    /// Returns where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Mostly gone already, or never made.
        drop(std::fs::remove_file(&self.0));
    }
}

/// Writes `picture` as JPEG.
pub(crate) fn jpeg(target: &Path, picture: &Rgb) -> Result<()> {
    let pending = Pending::new(target);
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY)
        .encode(
            &picture.samples,
            picture.width,
            picture.height,
            image::ExtendedColorType::Rgb8,
        )
        .map_err(|cause| Error::Encoder {
            encoder: "jpeg".to_owned(),
            detail: cause.to_string(),
        })?;
    std::fs::write(pending.partial(), bytes).map_err(|cause| Error::writing(target, &cause))?;
    pending.keep()
}

/// Raw sound that grows.
pub(crate) struct Pcm {
    pending: Pending,
    file: BufWriter<File>,
}

impl Pcm {
    /// Starts the file `target`.
    pub(crate) fn new(target: &Path) -> Result<Self> {
        let pending = Pending::new(target);
        let file =
            File::create(pending.partial()).map_err(|cause| Error::writing(target, &cause))?;
        Ok(Self {
            pending,
            file: BufWriter::new(file),
        })
    }

    /// Appends samples in −1..=1.
    pub(crate) fn push(&mut self, samples: &[f32]) -> Result<()> {
        for sample in samples {
            let value = (sample * 32_767.0).round().clamp(-32_768.0, 32_767.0) as i16;
            self.file
                .write_all(&value.to_le_bytes())
                .map_err(|cause| Error::writing(&self.pending.target, &cause))?;
        }
        Ok(())
    }

    /// Completes the file.
    pub(crate) fn finish(mut self) -> Result<()> {
        self.file
            .flush()
            .map_err(|cause| Error::writing(&self.pending.target, &cause))?;
        self.pending.keep()
    }
}
