//! What can go wrong.

use std::path::PathBuf;

use task::Cancelled;

/// A failure of a model or its files.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The work was stopped on request.
    #[error("cancelled")]
    Cancelled,
    /// A model file is not there.
    #[error("there is no model at {}", path.display())]
    ModelMissing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A model file is there and is not what it should be: truncated, corrupt, of another kind, or
    /// without weights. Downloading it again helps.
    #[error("the model {} cannot be used: {reason}", path.display())]
    ModelUnusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file of a model cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The wanted language is not one that the model knows.
    #[error("the model does not know the language `{language}`")]
    LanguageUnknown {
        /// What was asked for.
        language: String,
    },
    /// A picture has no pixels, or not as many as its size says.
    #[error("a picture of {width}×{height} comes with {bytes} bytes")]
    PictureMalformed {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// Bytes given.
        bytes: usize,
    },
    /// A model failed while it worked, for lack of memory or by a fault of its library.
    #[error("the {model} model failed: {reason}")]
    Failed {
        /// Which kind of model.
        model: &'static str,
        /// What its library says.
        reason: String,
    },
}

impl From<Cancelled> for Error {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl Error {
    /// Returns the error for a file of a model that could not be opened or read.
    pub(crate) fn from_io(path: &std::path::Path, source: std::io::Error) -> Self {
        let path = path.to_path_buf();
        if source.kind() == std::io::ErrorKind::NotFound {
            Self::ModelMissing { path }
        } else {
            Self::Unreadable { path, source }
        }
    }
}
