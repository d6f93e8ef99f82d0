//! Models: what the manifest knows, what is here, and how it gets here.

use std::path::{Path, PathBuf};

use online::{Digest, Download, download, file_digest_matches};
use protocol::error::{ApiError, ErrorCode};
use serde::{Deserialize, Serialize};
use task::{Cancel, Progress};

use crate::worker::Request;
use crate::{Engine, Error};

const MANIFEST: &str = include_str!("../../../models/manifest.toml");

/// What a model is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// Speech to words.
    Speech,
    /// Sentences to vectors.
    Embedding,
    /// Voice activity.
    Voice,
    /// Faces in pictures.
    Face,
}

/// A file of a model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelFile {
    /// Its name in the model's folder.
    pub name: String,
    /// Where it is fetched from.
    pub url: String,
    /// `sha256:HEX` or `sha1:HEX`.
    pub digest: String,
    /// Length in bytes, when known.
    pub size: Option<u64>,
}

/// A model that the manifest knows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Stable name, as `--model` takes it.
    pub id: String,
    /// What it is for.
    pub kind: ModelKind,
    /// What it is good for, in a sentence.
    #[serde(rename = "use")]
    pub purpose: String,
    /// Its licence.
    pub licence: String,
    /// Languages it knows; empty for all or none.
    #[serde(default)]
    pub languages: Vec<String>,
    /// Whether it is the one to offer first for its kind.
    #[serde(default)]
    pub default: bool,
    /// Its files.
    #[serde(rename = "file")]
    pub files: Vec<ModelFile>,
}

/// A model as `crealia models list` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelStatus {
    /// Stable name.
    pub id: String,
    /// What it is for.
    pub kind: ModelKind,
    /// What it is good for.
    #[serde(rename = "use")]
    pub purpose: String,
    /// Its licence.
    pub licence: String,
    /// Size of its files in bytes, when known.
    pub size: Option<u64>,
    /// Where it is; null when it is not here.
    pub path: Option<PathBuf>,
    /// Whether the user added the file by hand.
    pub added: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    model: Vec<Model>,
}

/// Returns every model that the manifest knows.
///
/// # Panics
/// Never in a build whose tests passed: the manifest is compiled in, and a test reads it.
pub fn known() -> Vec<Model> {
    #[expect(
        clippy::expect_used,
        reason = "the text is compiled in and a test parses it"
    )]
    let manifest: Manifest =
        toml::from_str(MANIFEST).expect("BUG: models/manifest.toml does not parse");
    manifest.model
}

impl Engine {
    /// Returns every known model and every one that the user added.
    pub fn models(&self) -> Vec<ModelStatus> {
        let folder = self.paths().models();
        let mut list: Vec<ModelStatus> = known()
            .into_iter()
            .map(|model| {
                let path = self.installed(&model);
                let size = model.files.iter().map(|file| file.size).sum();
                ModelStatus {
                    id: model.id,
                    kind: model.kind,
                    purpose: model.purpose,
                    licence: model.licence,
                    size,
                    path,
                    added: false,
                }
            })
            .collect();
        for id in added(&folder) {
            if list.iter().any(|model| model.id == id) {
                continue;
            }
            let path = folder.join(&id);
            list.push(ModelStatus {
                kind: kind_of(&path),
                purpose: "added by hand".to_owned(),
                licence: "as stated where it came from".to_owned(),
                size: Some(content(&path).iter().map(|file| length(file)).sum()),
                path: Some(path),
                added: true,
                id,
            });
        }
        list
    }

    /// Fetches a model, going on where an earlier call ended.
    pub fn download_model(
        &self,
        id: &str,
        cancel: &Cancel,
        progress: &Progress,
    ) -> Result<PathBuf, Error> {
        let model = known_model(id)?;
        let folder = self.paths().models().join(id);
        let count = model.files.len() as f64;
        for (index, file) in model.files.iter().enumerate() {
            let part = progress.part(index as f64 / count, (index + 1) as f64 / count);
            let wanted = Download {
                url: self.endpoints().model(&file.url),
                target: folder.join(&file.name),
                size: file.size,
                digest: Some(digest_of(file)?),
            };
            download(&wanted, cancel, &part)?;
        }
        Ok(folder)
    }

    /// Copies a model file or folder of the user's into the program's folder under `id`.
    pub fn add_model(&self, id: &str, from: &Path) -> Result<PathBuf, Error> {
        let refused = |message: String, hint: &str| {
            Error::from(ApiError::new(ErrorCode::Usage, message).hint(hint))
        };
        let plain = !id.is_empty()
            && id
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
            && !id.starts_with('.');
        if !plain {
            return Err(refused(
                format!("{id:?} is no model id"),
                "use letters, digits, hyphens, dots and underscores",
            ));
        }
        let files = if from.is_dir() {
            content(from)
        } else {
            vec![from.to_owned()]
        };
        if files.is_empty() || !from.exists() {
            let message = format!("there is no model at {}", from.display());
            return Err(ApiError::new(ErrorCode::NotFound, message)
                .hint("name a ggml file, or a folder with model.safetensors")
                .into());
        }
        let folder = self.paths().models().join(id);
        let own = known().into_iter().find(|model| model.id == id);
        // A folder of a known model may hold a download that did not come to its end.
        let is_there = match &own {
            Some(model) => self.installed(model).is_some(),
            None => folder.exists(),
        };
        if is_there {
            let message = format!("there is a model {id} already");
            return Err(refused(
                message,
                "choose another id, or delete that model's folder",
            ));
        }
        let named = match &own {
            Some(model) => files_of(model, &files)?,
            None => under_own_names(files),
        };
        let staging = self.paths().models().join(format!(".{id}.partial"));
        let renamed = || {
            if folder.exists() {
                std::fs::remove_dir_all(&folder)?;
            }
            std::fs::rename(&staging, &folder)
        };
        let outcome = copy_all(&named, &staging)
            .map_err(|error| copy_failed(&error).into())
            .and_then(|()| self.check_usable(&staging))
            .and_then(|()| renamed().map_err(|error| copy_failed(&error).into()));
        if outcome.is_err() {
            // Whatever was copied is useless alone; a second failure changes nothing.
            drop(std::fs::remove_dir_all(&staging));
        }
        outcome.map(|()| folder)
    }

    /// Returns why the model in a folder cannot be used.
    fn check_usable(&self, folder: &Path) -> Result<(), Error> {
        match kind_of(folder) {
            ModelKind::Embedding => {
                let request = Request::Embed {
                    model: folder.to_owned(),
                    texts: Vec::new(),
                };
                let nothing = (&Cancel::new(), &Progress::silent());
                self.worker()
                    .call::<Vec<Vec<f32>>>(&request, nothing.0, nothing.1)?;
                Ok(())
            }
            ModelKind::Speech | ModelKind::Voice | ModelKind::Face => {
                ai::speech::verify_model(&speech_file(folder)?)?;
                Ok(())
            }
        }
    }

    /// Checks a model's files against the manifest, or an added one for being readable.
    pub fn verify_model(&self, id: &str) -> Result<(), Error> {
        let Some(model) = known().into_iter().find(|model| model.id == id) else {
            let path = self.model_path(id)?;
            return self.check_usable(&path);
        };
        let folder = self.installed(&model).ok_or_else(|| missing(id))?;
        for file in &model.files {
            let path = folder.join(&file.name);
            let sound = file_digest_matches(&path, &digest_of(file)?).map_err(|error| {
                ApiError::new(
                    ErrorCode::ModelUnusable,
                    format!("{}: {error}", path.display()),
                )
                .hint("download the model again")
            })?;
            if !sound {
                let message = format!("{} is damaged: its digest differs", path.display());
                return Err(ApiError::new(ErrorCode::ModelUnusable, message)
                    .hint(format!("delete it and run `crealia models download {id}`"))
                    .into());
            }
        }
        Ok(())
    }

    /// Returns the speech model to use: the one asked for, else the best that is here, else none.
    pub(crate) fn speech_model(&self, asked: Option<&str>) -> Result<Option<SpeechModel>, Error> {
        if let Some(id) = asked {
            let path = speech_file(&self.model_path(id)?)?;
            return Ok(Some(SpeechModel {
                id: id.to_owned(),
                path,
            }));
        }
        let here = self
            .models()
            .into_iter()
            .filter(|model| model.kind == ModelKind::Speech);
        // One added by hand was meant to be used; among the known ones larger is more accurate.
        let best = here
            .filter(|model| model.path.is_some())
            .max_by_key(|model| (model.added, model.size.unwrap_or_default()));
        match best {
            Some(ModelStatus {
                id,
                path: Some(path),
                ..
            }) => Ok(Some(SpeechModel {
                id,
                path: speech_file(&path)?,
            })),
            _ => Ok(None),
        }
    }

    /// Returns the folder of the sentence embedding model, when it is here.
    pub(crate) fn embedding_model(&self) -> Option<PathBuf> {
        let models = self.models();
        models
            .into_iter()
            .filter(|model| model.kind == ModelKind::Embedding)
            .find_map(|m| m.path)
    }

    fn model_path(&self, id: &str) -> Result<PathBuf, Error> {
        let listed = self.models().into_iter().find(|model| model.id == id);
        match listed {
            Some(ModelStatus {
                path: Some(path), ..
            }) => Ok(path),
            Some(_) | None => Err(missing(id).into()),
        }
    }

    fn installed(&self, model: &Model) -> Option<PathBuf> {
        let folder = self.paths().models().join(&model.id);
        model
            .files
            .iter()
            .all(|file| folder.join(&file.name).is_file())
            .then_some(folder)
    }
}

/// A speech model that is here.
#[derive(Debug, Clone)]
pub(crate) struct SpeechModel {
    /// Its id.
    pub(crate) id: String,
    /// Its file.
    pub(crate) path: PathBuf,
}

fn known_model(id: &str) -> Result<Model, Error> {
    known()
        .into_iter()
        .find(|model| model.id == id)
        .ok_or_else(|| {
            let ids: Vec<String> = known().into_iter().map(|model| model.id).collect();
            ApiError::new(
                ErrorCode::Usage,
                format!("the manifest knows no model {id}"),
            )
            .hint(format!("it knows {}", ids.join(", ")))
            .into()
        })
}

fn missing(id: &str) -> ApiError {
    let hint = if known().iter().any(|model| model.id == id) {
        format!("run `crealia models download {id}`")
    } else {
        "`crealia models list` shows what there is".to_owned()
    };
    ApiError::new(
        ErrorCode::ModelMissing,
        format!("the model {id} is not here"),
    )
    .hint(hint)
}

fn digest_of(file: &ModelFile) -> Result<Digest, Error> {
    Digest::parse(&file.digest).ok_or_else(|| {
        ApiError::new(
            ErrorCode::Internal,
            format!("bad digest {:?} in the manifest", file.digest),
        )
        .into()
    })
}

fn added(folder: &Path) -> Vec<String> {
    let Ok(list) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut ids: Vec<String> = list
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|id| !id.starts_with('.'))
        .filter(|id| {
            content(&folder.join(id))
                .iter()
                .any(|file| file.extension().is_none_or(|extension| extension != "part"))
        })
        .collect();
    ids.sort();
    ids
}

fn content(folder: &Path) -> Vec<PathBuf> {
    let Ok(list) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = list
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    files
}

fn kind_of(folder: &Path) -> ModelKind {
    let is_weights = |name: &str| folder.join(name).is_file();
    if is_weights("model.safetensors") || is_weights("tokenizer.json") || is_weights("config.json")
    {
        ModelKind::Embedding
    } else {
        ModelKind::Speech
    }
}

fn speech_file(folder: &Path) -> Result<PathBuf, Error> {
    content(folder)
        .into_iter()
        .find(|file| file.extension().is_some_and(|extension| extension == "bin"))
        .ok_or_else(|| {
            let message = format!("there is no ggml file (.bin) in {}", folder.display());
            ApiError::new(ErrorCode::ModelUnusable, message)
                .hint("add a whisper.cpp model file")
                .into()
        })
}

/// Returns which of `files` are those of a model of the manifest, by their content, under the names
/// that the manifest gives them.
fn files_of(model: &Model, files: &[PathBuf]) -> Result<Vec<(PathBuf, String)>, Error> {
    let find = |wanted: &ModelFile| {
        let digest = digest_of(wanted)?;
        let found = files
            .iter()
            .find(|file| file_digest_matches(file, &digest).unwrap_or(false));
        found
            .map(|file| (file.clone(), wanted.name.clone()))
            .ok_or_else(|| {
                let message = format!(
                    "{} of the model {} is not among them",
                    wanted.name, model.id
                );
                Error::from(
                    ApiError::new(ErrorCode::ModelUnusable, message).hint(format!(
                        "run `crealia models download {}`, or add these files under another id",
                        model.id
                    )),
                )
            })
    };
    model.files.iter().map(find).collect()
}

fn under_own_names(files: Vec<PathBuf>) -> Vec<(PathBuf, String)> {
    let name = |file: &PathBuf| Some(file.file_name()?.to_string_lossy().into_owned());
    files
        .into_iter()
        .filter_map(|file| name(&file).map(|name| (file, name)))
        .collect()
}

fn copy_failed(error: &std::io::Error) -> ApiError {
    let code = if error.kind() == std::io::ErrorKind::StorageFull {
        ErrorCode::DiskFull
    } else {
        ErrorCode::Unwritable
    };
    ApiError::new(code, format!("the model cannot be copied: {error}"))
        .hint("check the disk and the folder in CREALIA_HOME")
}

fn copy_all(files: &[(PathBuf, String)], staging: &Path) -> std::io::Result<()> {
    if staging.exists() {
        // Left by a copy that was killed.
        std::fs::remove_dir_all(staging)?;
    }
    std::fs::create_dir_all(staging)?;
    for (file, name) in files {
        std::fs::copy(file, staging.join(name))?;
    }
    Ok(())
}

fn length(file: &Path) -> u64 {
    std::fs::metadata(file).map_or(0, |metadata| metadata.len())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_manifest_is_sound() {
        let models = known();
        let ids: BTreeSet<&str> = models.iter().map(|model| model.id.as_str()).collect();
        assert_eq!(ids.len(), models.len(), "no id twice");
        for model in &models {
            assert!(!model.files.is_empty(), "{} has files", model.id);
            for file in &model.files {
                assert!(
                    Digest::parse(&file.digest).is_some(),
                    "{}: {}",
                    model.id,
                    file.digest
                );
                assert!(
                    file.url.starts_with("https://"),
                    "{}: {}",
                    model.id,
                    file.url
                );
            }
        }
        for kind in [ModelKind::Speech, ModelKind::Embedding] {
            let first = models
                .iter()
                .filter(|model| model.kind == kind && model.default)
                .count();
            assert_eq!(first, 1, "one {kind:?} model is offered first");
        }
    }

    #[test]
    fn a_changed_manifest_is_refused_in_words_or_its_digests_are() {
        let (mut read, mut refused) = (0, 0);
        for seed in 0..500 {
            let mangled = testkit::mangle::bytes(MANIFEST.as_bytes(), seed);
            let Ok(text) = std::str::from_utf8(&mangled) else {
                continue;
            };
            let manifest = match toml::from_str::<Manifest>(text) {
                Ok(manifest) => manifest,
                Err(error) => {
                    assert!(!error.message().is_empty(), "{seed}");
                    refused += 1;
                    continue;
                }
            };
            read += 1;
            for file in manifest.model.iter().flat_map(|model| &model.files) {
                if let Err(error) = digest_of(file) {
                    let told = error.to_api().message;
                    assert!(told.contains("digest"), "{seed}: {told}");
                }
            }
        }
        assert!(read > 10 && refused > 100, "{read} read, {refused} refused");
    }
}
