//! Settings, models, and what takes how much room.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lettering::SafeArea;
use protocol::error::{ApiError, ErrorCode};
use protocol::studio::calls::Reveal;
use protocol::studio::event::Event;
use protocol::studio::settings::{Language, Settings};
use protocol::studio::view::{CaptionLook, JobId, ModelView, NetworkArea, ProjectId, StorageView};
use timeline::ids::{MediaId, SequenceId};

use super::jobs::Task;
use super::{Inner, lock};
use crate::models::{self, ModelKind, ModelStatus};
use crate::{Engine, Error, presets};

/// The settings' name in the database.
const SETTINGS: &str = "window";

/// Files of a source's cache that a project in use needs; the rest is made again when it is needed.
const KEPT: [&str; 5] = [
    "thumbnail.jpg",
    "filmstrip.jpg",
    "filmstrip.json",
    "waveform.bin",
    "proxy.mp4",
];

impl Engine {
    /// Returns what the user chose in the window.
    pub fn settings(&self) -> Result<Settings, Error> {
        let stored = self.seen(self.library().setting(SETTINGS))?;
        // Settings that cannot be read are not worth a start that fails.
        Ok(stored
            .and_then(|json| serde_json::from_str(&json).ok())
            .unwrap_or_default())
    }
}

impl Inner {
    /// Returns what the user chose.
    pub(crate) fn settings(&self) -> Result<Settings, Error> {
        self.engine.settings()
    }

    /// Returns the window's language: the one that the user chose, else the system's.
    pub(crate) fn language(&self) -> Result<Language, Error> {
        let system = || Language::of_system(self.options.system_language.as_deref());
        Ok(self.settings()?.language.unwrap_or_else(system))
    }

    /// Keeps what the user chose.
    pub(crate) fn save_settings(&self, settings: &Settings) -> Result<(), Error> {
        let json = serde_json::to_string(settings)?;
        self.engine.library().save_setting(SETTINGS, &json)?;
        self.events.tell(&Event::Settings(settings.clone()));
        Ok(())
    }

    /// Returns the models that the program can use.
    pub(crate) fn model_views(&self) -> Vec<ModelView> {
        let listed = self.engine.models();
        let taken = |kind| preferred(&listed, kind);
        let (speech, embedding) = (taken(ModelKind::Speech), taken(ModelKind::Embedding));
        let views = listed.iter().filter_map(|model| {
            let (kind, preferred) = match model.kind {
                ModelKind::Speech => ("speech", &speech),
                ModelKind::Embedding => ("embedding", &embedding),
                ModelKind::Voice | ModelKind::Face => return None,
            };
            Some(ModelView {
                id: model.id.clone(),
                kind: kind.to_owned(),
                purpose: model.purpose.clone(),
                licence: model.licence.clone(),
                bytes: model.size.unwrap_or_default(),
                host: self.host(&model.id),
                path: (model.path.as_ref()).map(|path| path.to_string_lossy().into_owned()),
                preferred: preferred.as_ref() == Some(&model.id),
            })
        });
        views.collect()
    }

    /// Returns where a model would be fetched from.
    fn host(&self, id: &str) -> String {
        let known = models::known().into_iter().find(|model| model.id == id);
        let url = known.and_then(|model| Some(model.files.first()?.url.clone()));
        let url = url.map(|url| self.engine.endpoints().model(&url));
        let after_scheme = url
            .as_deref()
            .and_then(|url| url.split_once("://"))
            .map(|(_, rest)| rest.split('/').next().unwrap_or_default().to_owned());
        after_scheme.unwrap_or_default()
    }

    /// Fetches a model, as a job.
    pub(crate) fn download(self: &Arc<Self>, id: &str) -> Result<JobId, Error> {
        let is_it = |task: &Task| matches!(task, Task::Download { model } if model == id);
        if let Some(job) = self.jobs.has(is_it) {
            return Ok(job);
        }
        if !models::known().iter().any(|model| model.id == id) {
            let message = format!("there is no model {id} to fetch");
            return Err(ApiError::new(ErrorCode::ModelMissing, message).into());
        }
        let task = Task::Download {
            model: id.to_owned(),
        };
        let job = self.order(task, id)?;
        self.pump();
        Ok(job)
    }

    /// Returns what takes how much room.
    pub(crate) fn storage(&self) -> StorageView {
        let paths = self.engine.paths();
        let cache = size(&paths.cache_root());
        let models = size(&paths.models());
        StorageView {
            library: size(paths.home()).saturating_sub(cache + models),
            cache,
            models,
            logs: size(&self.options.logs),
            free: free(paths.home()),
        }
    }

    /// Deletes what can be made again. What a running job uses stays, and what shows the sources of
    /// projects: finding it again would take as long as an import.
    pub(crate) fn clear_cache(&self) -> Result<StorageView, Error> {
        let in_use: BTreeSet<String> = self
            .engine
            .library()
            .sources_in_use()?
            .into_iter()
            .collect();
        let root = self.engine.paths().cache_root();
        let is_idle = self.jobs.is_idle();
        let _rest = self.drawing.rest();
        for folder in entries(&root) {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            if folder == self.covers() {
                remove(&folder)?;
            } else if in_use.contains(&*name) {
                if is_idle {
                    thin(&folder)?;
                }
            } else if is_idle {
                remove(&folder)?;
            }
        }
        Ok(self.storage())
    }

    /// Returns the file or folder to show in the system's file browser.
    pub(crate) fn reveal_target(&self, what: &Reveal) -> Result<PathBuf, Error> {
        let path = match what {
            Reveal::Export(job) => self
                .jobs
                .view(*job)
                .and_then(|view| view.output)
                .map(PathBuf::from),
            Reveal::Reel(project, sequence) => self.exported_file(*project, *sequence)?,
            Reveal::Media(project, media) => Some(self.media_file(*project, *media)?),
            Reveal::Logs => Some(self.options.logs.clone()),
            Reveal::Home => Some(self.engine.paths().home().to_owned()),
        };
        let path = path.ok_or_else(|| {
            ApiError::new(ErrorCode::NotFound, "it was not exported yet").hint("export it first")
        })?;
        if path.exists() {
            return Ok(path);
        }
        let message = format!("{} is no longer there", path.display());
        Err(ApiError::new(ErrorCode::NotFound, message)
            .hint("it was moved, renamed or deleted")
            .into())
    }

    fn exported_file(
        &self,
        project: ProjectId,
        sequence: SequenceId,
    ) -> Result<Option<PathBuf>, Error> {
        let rows = self.engine.library().reels(project.0)?;
        let row = rows.into_iter().find(|row| row.sequence == sequence.0);
        Ok(row
            .and_then(|row| row.exported)
            .map(|exported| PathBuf::from(exported.path)))
    }

    fn media_file(&self, project: ProjectId, media: MediaId) -> Result<PathBuf, Error> {
        let session = self.session(project)?;
        let present = lock(&session).present().clone();
        Ok(PathBuf::from(&super::board::source(&present, media)?.path))
    }
}

/// Returns the model that is taken unless another is asked for: the best that is here, else the one
/// to offer first.
fn preferred(listed: &[ModelStatus], kind: ModelKind) -> Option<String> {
    let here = listed
        .iter()
        .filter(|model| model.kind == kind && model.path.is_some());
    let best = here.max_by_key(|model| (model.added, model.size.unwrap_or_default()));
    let offered = || {
        let known = models::known().into_iter();
        known
            .filter(|model| model.kind == kind && model.default)
            .map(|model| model.id)
            .next()
    };
    best.map(|model| model.id.clone()).or_else(offered)
}

/// Returns the caption styles that ship.
pub(crate) fn caption_looks() -> Vec<CaptionLook> {
    let presets = presets::list().into_iter();
    presets
        .map(|preset| CaptionLook {
            name: preset.name,
            description: preset.description,
            style: preset.caption,
        })
        .collect()
}

/// Returns what each network covers of a frame.
pub(crate) fn safe_areas() -> Vec<NetworkArea> {
    let universal = std::iter::once(("universal", SafeArea::UNIVERSAL));
    universal
        .chain(SafeArea::NETWORKS)
        .map(|(network, area)| NetworkArea {
            network: network.to_owned(),
            top: area.top,
            bottom: area.bottom,
            left: area.left,
            right: area.right,
        })
        .collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default()
}

/// Returns the bytes of the files below a folder; links are not followed.
fn size(folder: &Path) -> u64 {
    let sizes = entries(folder).into_iter().map(|path| {
        let Ok(about) = path.symlink_metadata() else {
            return 0;
        };
        if about.is_dir() {
            size(&path)
        } else {
            about.len()
        }
    });
    sizes.sum()
}

#[cfg(unix)]
fn free(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail * disk.f_frsize)
}

#[cfg(not(unix))]
fn free(_folder: &Path) -> Option<u64> {
    None
}

/// Removes all from a source's cache but what shows it.
fn thin(folder: &Path) -> Result<(), Error> {
    for path in entries(folder) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            thin(&path)?;
        } else if !KEPT.contains(&&*name) {
            remove(&path)?;
        }
    }
    Ok(())
}

fn remove(path: &Path) -> Result<(), Error> {
    let removed = if path.is_dir() {
        std::fs::remove_dir_all(path)
    } else {
        std::fs::remove_file(path)
    };
    removed.map_err(|error| {
        ApiError::new(
            ErrorCode::Unwritable,
            format!("{} cannot be removed: {error}", path.display()),
        )
        .hint("check its permissions")
        .into()
    })
}
