//! Errors as the outside sees them: a stable code, what is wrong, what to do.

use serde::{Deserialize, Serialize};

/// What kind of failure it is. A code exists only where somebody acts differently on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The input does not exist.
    NotFound,
    /// The input is a folder, a pipe or a device.
    NotAFile,
    /// The input may not be read.
    Unreadable,
    /// A name of a file or folder is no text that could be written down.
    BadFileName,
    /// The input holds no bytes.
    EmptyFile,
    /// The input is no media file, or is damaged beyond use.
    CorruptMedia,
    /// The input has no stream that can be used.
    NoStreams,
    /// The input has no picture, which this job needs.
    NoVideo,
    /// The asked-for stream is not in the input.
    NoSuchStream,
    /// No decoder for the input's format is known.
    UnsupportedCodec,
    /// The input changed while it was being read.
    SourceChanged,
    /// A subtitle file cannot be read.
    BadSubtitles,
    /// The output folder holds something else.
    OutputExists,
    /// Another run is writing to the output folder.
    OutputBusy,
    /// The output cannot be written.
    Unwritable,
    /// The disk is full.
    DiskFull,
    /// A GStreamer plugin is missing.
    MissingPlugin,
    /// No model with that id or at that place.
    ModelMissing,
    /// The model cannot be used.
    ModelUnusable,
    /// A download failed.
    DownloadFailed,
    /// No such preset, project or job.
    Unknown,
    /// The encoder failed.
    EncoderFailed,
    /// A finished file did not pass its checks.
    VerifyFailed,
    /// Nothing moved for too long.
    Stalled,
    /// The worker process died.
    WorkerDied,
    /// The database was written by a newer version.
    DatabaseNewer,
    /// The database cannot be used.
    DatabaseUnusable,
    /// The project was changed elsewhere in between.
    Conflict,
    /// There is no step to undo or redo.
    NothingToUndo,
    /// An edit cannot be done to the project as it is.
    EditRefused,
    /// What was opened may only be read.
    ReadOnly,
    /// The input is in the project already.
    AlreadyThere,
    /// An account is not connected, or its consent has ended.
    NotConnected,
    /// An account is not on its network any more.
    AccountGone,
    /// A network does not accept the app: its identifier, its secret or its settings.
    AppRefused,
    /// Nobody gave consent on the network's page.
    NoConsent,
    /// A network does not take the post as it is.
    PostRefused,
    /// A network cannot be reached.
    NetworkUnreachable,
    /// There is no keychain, or it stays locked.
    KeychainUnusable,
    /// A passphrase is not the one that sealed a file, or too short for a new one.
    WrongPassphrase,
    /// A post is there, and its account alone can see it, as was chosen.
    OnlyYou,
    /// A post is there, and can be seen by fewer than was meant.
    MadePrivate,
    /// A post is there, without the cover that was chosen for it.
    CoverNotSet,
    /// A post is there, and the network has not shown it to everybody yet.
    InReview,
    /// A post may be there, and nobody can tell but the user.
    Uncertain,
    /// A post was not made in time.
    Missed,
    /// The machine's clock is wrong.
    ClockWrong,
    /// A post waits: for a quota, or for the network to be well again.
    Postponed,
    /// It is too late for this to be done to a post.
    TooLate,
    /// The system's browser cannot be opened.
    BrowserUnusable,
    /// The system's file browser cannot be opened.
    FileBrowserUnusable,
    /// The command line is wrong.
    Usage,
    /// Stopped on request.
    Cancelled,
    /// Everything else: a bug in the program.
    Internal,
}

impl ErrorCode {
    /// Returns the code as scripts see it.
    pub fn name(self) -> String {
        // The serde name is the only place the spelling lives.
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(name)) => name,
            _ => "internal".to_owned(),
        }
    }

    /// Returns whether nothing of an account's goes on until it, or another one, is connected anew.
    pub const fn ends_consent(self) -> bool {
        matches!(self, Self::NotConnected | Self::AccountGone)
    }

    /// Returns the exit status of a command that ends with this error.
    ///
    /// 1 an input failed · 2 usage · 3 environment: plugin, model, disk, database,
    /// network, keychain · 130 cancelled.
    pub fn exit_status(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::MissingPlugin
            | Self::ModelMissing
            | Self::ModelUnusable
            | Self::DownloadFailed
            | Self::DiskFull
            | Self::DatabaseNewer
            | Self::DatabaseUnusable
            | Self::NetworkUnreachable
            | Self::KeychainUnusable
            | Self::WrongPassphrase
            | Self::ClockWrong => 3,
            Self::Cancelled => 130,
            Self::NotFound
            | Self::NotAFile
            | Self::Unreadable
            | Self::BadFileName
            | Self::EmptyFile
            | Self::CorruptMedia
            | Self::NoStreams
            | Self::NoVideo
            | Self::NoSuchStream
            | Self::UnsupportedCodec
            | Self::SourceChanged
            | Self::BadSubtitles
            | Self::OutputExists
            | Self::OutputBusy
            | Self::Unwritable
            | Self::Unknown
            | Self::EncoderFailed
            | Self::VerifyFailed
            | Self::Stalled
            | Self::WorkerDied
            | Self::Conflict
            | Self::NothingToUndo
            | Self::EditRefused
            | Self::ReadOnly
            | Self::AlreadyThere
            | Self::NotConnected
            | Self::AccountGone
            | Self::AppRefused
            | Self::NoConsent
            | Self::PostRefused
            | Self::OnlyYou
            | Self::MadePrivate
            | Self::CoverNotSet
            | Self::InReview
            | Self::Uncertain
            | Self::Missed
            | Self::Postponed
            | Self::TooLate
            | Self::BrowserUnusable
            | Self::FileBrowserUnusable
            | Self::Internal => 1,
        }
    }
}

/// A failure as it crosses a process or language boundary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiError {
    /// What kind it is.
    pub code: ErrorCode,
    /// What is wrong, in English.
    pub message: String,
    /// What to do, in English; empty where nothing can be done.
    pub hint: String,
    /// Which input it concerns.
    pub input: Option<String>,
}

impl ApiError {
    /// Returns an error without a hint.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: String::new(),
            input: None,
        }
    }

    /// Returns the error with what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Returns the error with the input it concerns.
    #[must_use]
    pub fn input(mut self, input: impl Into<String>) -> Self {
        self.input = Some(input.into());
        self
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        if !self.hint.is_empty() {
            write!(f, " ({})", self.hint)?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}

/// A failed document: `{"error": …}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What went wrong.
    pub error: ApiError,
}
