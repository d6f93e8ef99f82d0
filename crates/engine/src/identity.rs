//! Which source a file is: by its own identity, or because the user said so of a copy.

use std::path::{Path, PathBuf};

use footage::Fingerprint;
use protocol::error::{ApiError, ErrorCode};
use store::sources::Sighting;

use crate::clock::now_millis;
use crate::fingerprint::{Prints, fingerprint, prints};
use crate::{Database, Engine, Error, paths};

/// A file that was identified.
#[derive(Debug, Clone)]
pub(crate) struct Identified {
    /// Its absolute path.
    pub(crate) path: PathBuf,
    /// The source that it is.
    pub(crate) fingerprint: Fingerprint,
    /// Its own identity and content.
    prints: Prints,
}

impl Engine {
    /// Returns which source a file is, or why it cannot be used.
    pub(crate) fn identify(&self, path: &Path) -> Result<Identified, Error> {
        paths::text(path, "the file")?;
        let prints = prints(path)?;
        let absolute = path.canonicalize().map_err(|error| {
            ApiError::new(
                ErrorCode::Unreadable,
                format!("{}: {error}", path.display()),
            )
            .hint("check the path")
        })?;
        paths::text(&absolute, "a folder of the file")?;
        let same = self.seen(self.library().same_source(&prints.fingerprint.0))?;
        Ok(Identified {
            path: absolute,
            fingerprint: same.map_or_else(|| prints.fingerprint.clone(), Fingerprint),
            prints,
        })
    }

    /// Returns whether the file at `path` is a source.
    pub(crate) fn is_source(&self, path: &Path, source: &Fingerprint) -> Result<bool, Error> {
        let print = fingerprint(path)?;
        Ok(print == *source || self.seen(self.library().is_same(&print.0, &source.0))?)
    }

    /// Returns an error when the file is no longer what it was.
    pub(crate) fn unchanged(&self, path: &Path, before: &Fingerprint) -> Result<(), Error> {
        if self.is_source(path, before)? {
            return Ok(());
        }
        let message = format!("{} changed while it was being read", path.display());
        Err(ApiError::new(ErrorCode::SourceChanged, message)
            .hint("wait until it is complete and run the same command again")
            .into())
    }

    /// Returns what came of work on a file, unless the file changed meanwhile: then a result is of
    /// nothing that is there, and a failure has its cause.
    pub(crate) fn undisturbed<T>(
        &self,
        path: &Path,
        before: &Fingerprint,
        outcome: Result<T, Error>,
    ) -> Result<T, Error> {
        if outcome.as_ref().is_err_and(Error::is_cancelled) {
            return outcome;
        }
        self.unchanged(path, before).and(outcome)
    }

    /// Takes a file for a source when it holds the same, whenever it was written; `None` when it does
    /// not. From then on it stands for that source everywhere, so that nothing is computed again.
    pub(crate) fn take_for(
        &self,
        file: Identified,
        source: &Fingerprint,
    ) -> Result<Option<Identified>, Error> {
        let own = &file.prints.fingerprint.0;
        let library = self.library();
        if *own != source.0 && !library.is_same(own, &source.0)? {
            if library.source_content(&source.0)?.as_ref() != Some(&file.prints.content) {
                return Ok(None);
            }
            library.note_same(own, &source.0)?;
        }
        Ok(Some(Identified {
            fingerprint: source.clone(),
            ..file
        }))
    }

    /// Notes where a source is.
    pub(crate) fn note_source(
        &self,
        file: &Identified,
        duration_ticks: Option<i64>,
    ) -> Result<(), Error> {
        if self.database() == Database::Newer {
            return Ok(());
        }
        let name = file.path.file_name().unwrap_or_default().to_string_lossy();
        let sighting = Sighting {
            path: &file.path.to_string_lossy(),
            name: &name,
            content: &file.prints.content,
            duration_ticks,
        };
        let library = self.library();
        Ok(library.note_source(&file.fingerprint.0, &sighting, now_millis())?)
    }

    /// Notes what a source holds when nobody did so far, to know a copy of it again.
    pub(crate) fn note_content(&self, path: &Path, source: &Fingerprint) -> Result<(), Error> {
        if self.database() == Database::Newer || self.library().source_content(&source.0)?.is_some()
        {
            return Ok(());
        }
        let prints = prints(path)?;
        Ok(self.library().note_content(&source.0, &prints.content)?)
    }
}
