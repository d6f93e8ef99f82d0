//! Covers, thumbnails, filmstrips and waveforms, by their addresses.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use footage::Fingerprint;
use footage::time::Ticks;
use protocol::error::{ApiError, ErrorCode};
use protocol::studio::picture::Picture;
use protocol::studio::view::ProjectId;
use timeline::ids::SequenceId;
use timeline::project::{Project, Sequence};
use timeline::time::SequenceTime;

use super::covers::Sheet;
use super::shown::{check_renderable, no_sequence};
use super::{Inner, lock};
use crate::Error;
use crate::reels::found::sequence_hash;

/// The latest moment that is asked for, in milliseconds: a day.
const MOST_MILLIS: u64 = 86_400_000;

/// A picture, or what else an address names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureBytes {
    /// What it is.
    pub mime: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Returns the part of an address that changes with a source's content.
pub(crate) fn version(source: &Fingerprint) -> &str {
    source.0.get(..12).unwrap_or("0")
}

/// Returns the part of a cover's address that changes with how the sequence looks.
pub(crate) fn look(project: &Project, sequence: &Sequence) -> Result<String, Error> {
    let style = sequence.preset.and_then(|id| project.presets.get(&id));
    let clips = sequence.tracks.iter().flat_map(|track| &track.clips);
    let sources: BTreeSet<&Fingerprint> = clips
        .filter_map(|clip| Some(&project.media.get(&clip.media)?.fingerprint))
        .collect();
    let looks = (sequence_hash(sequence)?, style, sources);
    let digest = blake3::hash(&serde_json::to_vec(&looks)?).to_hex();
    Ok(digest.get(..16).unwrap_or_default().to_owned())
}

impl Inner {
    /// Returns what an address names.
    pub(crate) fn picture(&self, address: &str) -> Result<PictureBytes, Error> {
        let picture = Picture::parse(address).ok_or_else(|| {
            ApiError::new(ErrorCode::Unknown, format!("{address:?} is no address"))
        })?;
        let (mime, file) = match picture {
            Picture::Thumbnail(project, media) => {
                let found = self.found(project, media)?;
                ("image/jpeg", found.and_then(|found| found.thumbnail))
            }
            Picture::Filmstrip(project, media) => {
                let found = self.found(project, media)?;
                let filmstrip = found.and_then(|found| found.filmstrip);
                ("image/jpeg", filmstrip.map(|(picture, _)| picture))
            }
            Picture::Waveform(project, media) => {
                let found = self.found(project, media)?;
                (
                    "application/octet-stream",
                    found.and_then(|found| found.waveform),
                )
            }
            Picture::Cover(project, sequence) => {
                let drawn = self.drawn_cover(project, sequence, address);
                let cover = match drawn {
                    Some(cover) => cover,
                    None => self.cover(project, sequence)?,
                };
                ("image/jpeg", Some(cover))
            }
            Picture::Frame(project, sequence, millis) => {
                ("image/jpeg", Some(self.frame(project, sequence, millis)?))
            }
        };
        let gone = |detail: String| {
            ApiError::new(ErrorCode::NotFound, detail).hint("import the source again")
        };
        let file = file.ok_or_else(|| gone(format!("there is no {address}")))?;
        let bytes =
            std::fs::read(&file).map_err(|error| gone(format!("{}: {error}", file.display())))?;
        Ok(PictureBytes { mime, bytes })
    }

    /// Returns the folder of covers.
    pub(crate) fn covers(&self) -> PathBuf {
        self.engine.paths().cache_root().join("covers")
    }

    /// Returns the file of a cover as it looked at the version that the address ends with, without
    /// opening the project: the list shows many.
    fn drawn_cover(
        &self,
        project: ProjectId,
        sequence: SequenceId,
        address: &str,
    ) -> Option<PathBuf> {
        let version = address.rsplit('/').next()?;
        let is_plain = version.chars().all(|letter| letter.is_ascii_hexdigit());
        let name = format!("{}-{}-{version}.jpg", project.0, sequence.0);
        let file = self.covers().join(name);
        (is_plain && file.is_file()).then_some(file)
    }

    /// Returns the file of a cover as the sequence looks now, drawing it when it is not there.
    fn cover(&self, project: ProjectId, sequence: SequenceId) -> Result<PathBuf, Error> {
        self.drawn(project, sequence, None)
    }

    /// Returns the file of a frame as the sequence looks now, drawing it when it is not there.
    fn frame(
        &self,
        project: ProjectId,
        sequence: SequenceId,
        millis: u64,
    ) -> Result<PathBuf, Error> {
        self.drawn(project, sequence, Some(millis))
    }

    /// Returns the file of a frame at a moment in milliseconds; without one, of the cover.
    fn drawn(
        &self,
        project: ProjectId,
        sequence: SequenceId,
        millis: Option<u64>,
    ) -> Result<PathBuf, Error> {
        let session = self.session(project)?;
        let present = lock(&session).present().clone();
        let shown = present.sequences.get(&sequence);
        let shown = shown.ok_or_else(|| no_sequence(sequence))?;
        let covers = self.covers();
        let stem = format!("{}-{}-", project.0, sequence.0);
        // Frames and cover of one look go together.
        let kept = format!("{stem}{}", look(&present, shown)?);
        let file = covers.join(match millis {
            Some(millis) => format!("{kept}-{millis}.jpg"),
            None => format!("{kept}.jpg"),
        });
        if file.is_file() {
            return Ok(file);
        }
        check_renderable(shown)?;
        let sheet = Sheet {
            sequence,
            at: millis.map(moment),
            file: file.clone(),
            project: present,
        };
        self.drawing.draw(&self.engine, &sheet)?;
        sweep(&covers, &stem, Some(&kept));
        Ok(file)
    }

    /// Removes the covers of a project.
    pub(crate) fn sweep_covers(&self, project: ProjectId) {
        sweep(&self.covers(), &format!("{}-", project.0), None);
    }

    /// Draws the covers of a project's reels in the background, the best one first.
    pub(crate) fn draw_covers(self: &Arc<Self>, project: ProjectId) {
        let inner = Arc::downgrade(self);
        std::thread::spawn(move || {
            let reels = inner.upgrade().and_then(|inner| {
                let session = inner.sessions.get(project)?;
                let reels = inner.reels(&lock(&session));
                reels.ok()
            });
            for reel in reels.unwrap_or_default() {
                let Some(inner) = inner.upgrade() else { return };
                // One that cannot be drawn says why when the window asks for it.
                drop(inner.cover(project, reel.sequence));
            }
        });
    }
}

/// Returns a moment of a sequence in milliseconds.
fn moment(millis: u64) -> SequenceTime {
    let millis = i64::try_from(millis.min(MOST_MILLIS)).unwrap_or_default();
    SequenceTime::ZERO + Ticks::from_nanos(millis * 1_000_000)
}

/// Removes the covers of what a sequence looked like before.
fn sweep(covers: &Path, stem: &str, kept: Option<&str>) {
    let Ok(entries) = std::fs::read_dir(covers) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_kept = kept.is_some_and(|kept| name.starts_with(kept));
        if name.starts_with(stem) && !is_kept {
            // What stays is removed with the cache.
            drop(std::fs::remove_file(entry.path()));
        }
    }
}
