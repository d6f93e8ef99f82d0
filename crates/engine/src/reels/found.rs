//! What is kept beside a project for the window: why there are these reels, and what was found in
//! their sources.

use std::path::{Path, PathBuf};

use footage::Fingerprint;
use footage::words::TranscriptRevision;
use protocol::documents::ReasonDocument;
use serde::{Deserialize, Serialize};
use store::projects::Change;
use store::reels::{FindRow, ReelRow};
use story::candidates::Candidate;
use timeline::ids::MediaId;
use timeline::project::Sequence;

use super::ReelsOptions;
use super::compose::Composed;
use super::prepare::Examined;
use crate::clock::now_millis;
use crate::worker::AnalysisFiles;
use crate::{Engine, Error, Paths};

/// What was found in a source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Found {
    /// The words that its reels are bound to.
    pub(crate) revision: Option<TranscriptRevision>,
    /// Language of the words.
    pub(crate) language: Option<String>,
    /// Number of words.
    pub(crate) words: usize,
    /// What was wished for; blank for nothing.
    pub(crate) wish: String,
    /// What the user should know about the suggestions.
    pub(crate) notes: Vec<ReasonDocument>,
    /// A typical frame, when there is a picture.
    pub(crate) thumbnail: Option<PathBuf>,
    /// Frames at even distances, when there is a picture, and how they are divided.
    pub(crate) filmstrip: Option<(PathBuf, media::Filmstrip)>,
    /// Peaks, when there is sound.
    pub(crate) waveform: Option<PathBuf>,
    /// A light copy, when the source is heavy.
    pub(crate) proxy: Option<PathBuf>,
    /// Loudness of the whole in LUFS, when there is sound.
    pub(crate) loudness: Option<f64>,
}

impl Found {
    /// Returns what was found, with its files named as seen from the cache: the program's folder may be
    /// moved or copied.
    pub(crate) fn of(
        examined: &Examined,
        options: &ReelsOptions,
        paths: &Paths,
    ) -> Result<Self, Error> {
        let cache = paths.cache_root();
        let within = |file: &Path| file.strip_prefix(&cache).unwrap_or(file).to_owned();
        let transcript = examined.words.transcript.as_ref();
        let files = &examined.listened.files;
        Ok(Self {
            revision: transcript.map(|transcript| transcript.revision.clone()),
            language: transcript.and_then(|transcript| transcript.language.clone()),
            words: transcript.map_or(0, |transcript| transcript.words.len()),
            wish: options.wish.clone().unwrap_or_default(),
            notes: examined.notes(),
            thumbnail: files.thumbnail.as_deref().map(within),
            filmstrip: filmstrip(files)?.map(|(file, grid)| (within(&file), grid)),
            waveform: files.waveform.as_deref().map(within),
            proxy: (files.proxy.as_deref())
                .filter(|proxy| proxy.is_file())
                .map(within),
            loudness: examined.listened.analysis.loudness.integrated_lufs,
        })
    }

    /// Returns what a row keeps, its files found from where the cache is now; `None` for one that another
    /// version wrote in another shape: it is found again by the next import.
    pub(crate) fn read(row: &FindRow, paths: &Paths) -> Option<Self> {
        let mut found: Self = serde_json::from_str(&row.found).ok()?;
        let cache = paths.cache_root();
        // Earlier versions named files from the root: such a name stays as it is.
        let file = |name: &mut PathBuf| *name = cache.join(&*name);
        let files = [
            found.thumbnail.as_mut(),
            found.filmstrip.as_mut().map(|(name, _)| name),
            found.waveform.as_mut(),
            found.proxy.as_mut(),
        ];
        files.into_iter().flatten().for_each(file);
        Some(found)
    }

    /// Returns the row that keeps it.
    pub(crate) fn row(&self, media: MediaId, source: &Fingerprint) -> Result<FindRow, Error> {
        Ok(FindRow {
            media: media.0,
            fingerprint: source.0.clone(),
            found: serde_json::to_string(self)?,
        })
    }
}

fn filmstrip(files: &AnalysisFiles) -> Result<Option<(PathBuf, media::Filmstrip)>, Error> {
    let (Some(picture), Some(grid)) = (&files.filmstrip, &files.filmstrip_grid) else {
        return Ok(None);
    };
    let grid = std::fs::read(grid).unwrap_or_default();
    let grid: Option<media::Filmstrip> = serde_json::from_slice(&grid)?;
    Ok(grid.map(|grid| (picture.clone(), grid)))
}

/// Returns the digest of a sequence: equal ones look alike.
pub(crate) fn sequence_hash(sequence: &Sequence) -> Result<String, Error> {
    let digest = blake3::hash(&serde_json::to_vec(sequence)?).to_hex();
    Ok(digest.get(..32).unwrap_or_default().to_owned())
}

/// Returns the row of a sequence that was made of a candidate.
pub(crate) fn reel_row(
    sequence: &Sequence,
    media: MediaId,
    candidate: &Candidate,
) -> Result<ReelRow, Error> {
    Ok(ReelRow {
        sequence: sequence.id.0,
        media: media.0,
        candidate: serde_json::to_string(candidate)?,
        made: sequence_hash(sequence)?,
        verdict: "open".to_owned(),
        exported: None,
    })
}

impl Engine {
    /// Keeps what the window shows of a composed project; what it knows already stays.
    pub(crate) fn note_found(
        &self,
        composed: &Composed,
        candidates: &[Candidate],
        found: &Found,
        source: &Fingerprint,
    ) -> Result<(), Error> {
        if composed.reused && !self.library().reels(composed.id)?.is_empty() {
            return Ok(());
        }
        let reels = composed
            .sequences
            .iter()
            .zip(candidates)
            .map(|(sequence, candidate)| reel_row(sequence, composed.media, candidate))
            .collect::<Result<Vec<_>, _>>()?;
        let find = found.row(composed.media, source)?;
        let change = Change {
            reels: &reels,
            find: Some(&find),
            ..Change::default()
        };
        Ok(self
            .library()
            .change_project(composed.id, &change, now_millis())?)
    }
}
