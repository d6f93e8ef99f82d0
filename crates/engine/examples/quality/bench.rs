//! The program's own analysis, for whoever measures it.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use engine::{Endpoints, Engine, Paths, Streams, WorkerCommand};
use footage::Analysis;
use task::{Cancel, Progress};
use testkit::Clip;

use crate::speed::Rivals;

/// An engine in an empty folder, and where things are.
pub(crate) struct Bench {
    engine: Engine,
    /// The shared material.
    pub(crate) shared: PathBuf,
    /// What was made for an earlier run is kept here.
    pub(crate) made: PathBuf,
    /// What speed is measured against.
    pub(crate) rivals: Option<Rivals>,
    /// Removed with everything in it when the bench ends.
    _home: tempfile::TempDir,
}

impl Bench {
    /// Returns a bench that knows no result of an earlier run.
    pub(crate) fn open(rivals: Option<Rivals>) -> Result<Self> {
        let shared = testkit::shared().context("the figures are those of the shared material")?;
        // The target folder: made files are as easily made again as what was compiled.
        let program = std::env::current_exe()?;
        let target = program.ancestors().nth(3).context("no target folder")?;
        let made = target.join("bench/quality");
        std::fs::create_dir_all(&made)?;
        let home = tempfile::tempdir_in(&made)?;
        let worker = WorkerCommand {
            program,
            arguments: vec![crate::WORKER.to_owned()],
        };
        let opened = Engine::open(Paths::new(home.path()), worker, Endpoints::default())?;
        Ok(Self {
            engine: opened.engine,
            shared,
            made,
            rivals,
            _home: home,
        })
    }

    /// Returns what the program finds in a file.
    pub(crate) fn analysis(&self, path: &Path) -> Result<Analysis> {
        let told = || path.display().to_string();
        let cancel = Cancel::new();
        let looked = self.engine.look(path, Streams::default(), &cancel);
        let looked = looked.with_context(told)?.result;
        let listened = self.engine.listen(looked, &cancel, &Progress::silent());
        Ok(listened.with_context(told)?.result.analysis().clone())
    }

    /// Returns an annotated film's file, wherever it lies in the shared material. A moving GIF is
    /// shown as a film is: what is measured here is not whether its container is read.
    pub(crate) fn film(&self, name: &str) -> Result<PathBuf> {
        let folders = ["media/video", "media/video/media3", "media/derived"];
        let mut files = folders
            .iter()
            .map(|folder| self.shared.join(folder).join(name));
        let file = files
            .find(|file| file.is_file())
            .with_context(|| format!("{name} is not among the shared material"))?;
        if file.extension().is_none_or(|kind| kind != "gif") {
            return Ok(file);
        }
        Clip::new(name)
            .input(&["-i", &file.to_string_lossy()])
            .options("-c:v libx264 -crf 14 -pix_fmt yuv420p")
            .file(&self.made)
    }
}
