use online::upload::Advice;
use protocol::error::{ApiError, ErrorCode};

/// What to do when nothing moves.
pub(crate) const STALLED: &str =
    "run the same command again; if it stops at the same place, the file is damaged there";

/// What can go wrong in the engine.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The work was stopped on request: an outcome, not a failure.
    #[error("cancelled")]
    Cancelled,
    /// An error that already has its code and words, such as one from the worker.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// Media could not be read or written.
    #[error(transparent)]
    Media(#[from] media::Error),
    /// A model could not be used.
    #[error(transparent)]
    Ai(#[from] ai::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A download.
    #[error(transparent)]
    Online(#[from] online::Error),
    /// An edit that the engine itself made was refused: a bug.
    #[error("an own edit was refused: {0}")]
    Edit(#[from] timeline::edit::EditError),
    /// JSON that the engine itself wrote cannot be read or written: a bug.
    #[error("an own record cannot be read: {0}")]
    Json(#[from] serde_json::Error),
}

impl From<task::Cancelled> for Error {
    fn from(_: task::Cancelled) -> Self {
        Self::Cancelled
    }
}

impl Error {
    /// Returns the error as the outside sees it.
    pub fn to_api(&self) -> ApiError {
        match self {
            Self::Cancelled => ApiError::new(ErrorCode::Cancelled, "cancelled"),
            Self::Api(error) => error.clone(),
            Self::Media(error) => media_error(error),
            Self::Ai(error) => ai_error(error),
            Self::Store(error) => store_error(error),
            Self::Online(error) => of_network(error),
            Self::Edit(_) | Self::Json(_) => {
                ApiError::new(ErrorCode::Internal, self.to_string()).hint(REPORT)
            }
        }
    }

    /// Returns whether this is a cancellation.
    pub fn is_cancelled(&self) -> bool {
        self.to_api().code == ErrorCode::Cancelled
    }
}

/// Returns why an edit of the user's was refused.
pub(crate) fn refused(error: &timeline::edit::EditError) -> ApiError {
    use timeline::edit::EditError as E;
    let hint = match error {
        E::Locked(_) => "unlock the track first",
        E::Occupied(_) => "make room there first",
        E::MediaInUse(_) | E::PresetInUse(_) => "remove what uses it first",
        E::CaptionsAttached(_) => "remap or detach them first",
        _ => "",
    };
    ApiError::new(ErrorCode::EditRefused, error.to_string()).hint(hint)
}

const REPORT: &str = "this is a fault of the program: please report it with the message";

fn media_error(error: &media::Error) -> ApiError {
    use media::Error as E;
    let install = |package: &Option<String>| match package {
        Some(package) => format!("install the package {package}"),
        None => "install the GStreamer plugin for it, or convert the file to H.264".to_owned(),
    };
    let (code, hint) = match error {
        E::NotFound { .. } => (ErrorCode::NotFound, "check the path".to_owned()),
        E::NotAFile { .. } => (ErrorCode::NotAFile, "name a video file".to_owned()),
        E::Unreadable { .. } => (
            ErrorCode::Unreadable,
            "check its permissions and the disk".to_owned(),
        ),
        E::Empty { .. } => (
            ErrorCode::EmptyFile,
            "copy or download the file again".to_owned(),
        ),
        E::UnknownFormat { .. } => (
            ErrorCode::CorruptMedia,
            "name a video file, or convert it to MP4".to_owned(),
        ),
        E::NoStreams | E::NoAudio => (
            ErrorCode::NoStreams,
            "name a file with picture or sound".to_owned(),
        ),
        E::NoVideo => (
            ErrorCode::NoVideo,
            "reels need moving pictures; sound alone is not made into reels yet".to_owned(),
        ),
        E::StillPicture => (
            ErrorCode::NoVideo,
            "name a video; reels are cut from moving pictures".to_owned(),
        ),
        E::Untimed => (
            ErrorCode::CorruptMedia,
            "put it into a container at its frame rate: `ffmpeg -r 25 -i FILE -c copy FILE.mp4`"
                .to_owned(),
        ),
        E::NoSuchStream { .. } => (
            ErrorCode::NoSuchStream,
            "`crealia probe` lists the streams".to_owned(),
        ),
        E::UnsupportedCodec { package, .. } => (ErrorCode::UnsupportedCodec, install(package)),
        E::MissingElement { package, .. } => (ErrorCode::MissingPlugin, install(package)),
        E::Start { .. } => (
            ErrorCode::MissingPlugin,
            "install GStreamer 1.22 or newer".to_owned(),
        ),
        E::Corrupt { .. } => (
            ErrorCode::CorruptMedia,
            "copy the file again, or repair it by remuxing".to_owned(),
        ),
        E::Protected { .. } => (
            ErrorCode::UnsupportedCodec,
            "use a file without copy protection".to_owned(),
        ),
        E::Stalled { .. } => (ErrorCode::Stalled, STALLED.to_owned()),
        E::DiskFull { .. } => (
            ErrorCode::DiskFull,
            "free some space and run the same command again".to_owned(),
        ),
        E::Unwritable { .. } => (
            ErrorCode::Unwritable,
            "check the folder and its permissions".to_owned(),
        ),
        E::Encoder { .. } => (
            ErrorCode::EncoderFailed,
            "try `--encoder x264enc`; `crealia doctor` lists what is there".to_owned(),
        ),
        E::Verify { .. } => (
            ErrorCode::VerifyFailed,
            "run the same command again".to_owned(),
        ),
        E::Request { .. } | E::Pipeline { .. } => (ErrorCode::Internal, REPORT.to_owned()),
        E::Cancelled => (ErrorCode::Cancelled, String::new()),
    };
    ApiError::new(code, error.to_string()).hint(hint)
}

fn ai_error(error: &ai::Error) -> ApiError {
    use ai::Error as E;
    let (code, hint) = match error {
        E::Cancelled => (ErrorCode::Cancelled, ""),
        E::ModelMissing { .. } => (
            ErrorCode::ModelMissing,
            "`crealia models list` shows what is there",
        ),
        E::ModelUnusable { .. } | E::Failed { .. } => (
            ErrorCode::ModelUnusable,
            "download the model again or choose another with --model",
        ),
        E::Unreadable { .. } => (
            ErrorCode::ModelUnusable,
            "check its permissions and the disk",
        ),
        E::LanguageUnknown { .. } => (
            ErrorCode::Usage,
            "use `--language auto` or a two-letter code such as `fr`",
        ),
        _ => (ErrorCode::Internal, REPORT),
    };
    ApiError::new(code, error.to_string()).hint(hint)
}

fn store_error(error: &store::Error) -> ApiError {
    use store::Error as E;
    let (code, hint) = match error {
        E::Newer { .. } => (
            ErrorCode::DatabaseNewer,
            "update the program, or set CREALIA_HOME to another folder",
        ),
        E::Full { .. } => (
            ErrorCode::DiskFull,
            "free some space and run the same command again",
        ),
        E::Unusable { .. } => (
            ErrorCode::DatabaseUnusable,
            "check the folder in CREALIA_HOME and its permissions",
        ),
        E::Missing {
            what: "entry of the outbox",
            ..
        } => (ErrorCode::Unknown, "`crealia outbox list` lists them"),
        E::Missing { .. } => (ErrorCode::Unknown, "`crealia projects` lists them"),
        E::Damaged { .. } => (
            ErrorCode::DatabaseUnusable,
            "it knows what was posted, so nothing takes its place by itself: move it away to begin \
             anew, and look on the networks before you post again",
        ),
        E::KeyTaken { .. } => (
            ErrorCode::Usage,
            "use another --key for another file, text or choice",
        ),
        E::Malformed { .. } | E::OutOfOrder { .. } => (ErrorCode::Internal, REPORT),
        E::Sqlite(_) => (ErrorCode::DatabaseUnusable, "run `crealia doctor`"),
    };
    ApiError::new(code, error.to_string()).hint(hint)
}

pub(crate) fn of_network(error: &online::Error) -> ApiError {
    use online::Error as E;
    let (code, hint) = match error {
        E::Address { .. } => (ErrorCode::Usage, "use an https address"),
        E::Unreachable { .. } | E::Stalled { .. } | E::Status { .. } => (
            ErrorCode::DownloadFailed,
            "check the connection and run the same command again: it goes on where it ended",
        ),
        E::Mismatch { .. } => (
            ErrorCode::DownloadFailed,
            "the file at the source is another one: download it by hand and use `crealia models add`",
        ),
        E::Full { .. } => (
            ErrorCode::DiskFull,
            "free some space and run the same command again",
        ),
        E::Unwritable { .. } => (
            ErrorCode::Unwritable,
            "check the folder in CREALIA_HOME and its permissions",
        ),
        E::Cancelled => (ErrorCode::Cancelled, ""),
        E::Endpoints { .. } => (
            ErrorCode::Usage,
            "mend the file that CREALIA_ENDPOINTS names, or unset the variable",
        ),
        E::ForeignAddress { .. } | E::Malformed { .. } => (
            ErrorCode::NetworkUnreachable,
            "try again later; when it stays, please report it with the message",
        ),
        E::NoKeychain { .. } => (
            ErrorCode::KeychainUnusable,
            "start a keychain such as GNOME Keyring, or set CREALIA_SECRETS=file and \
             CREALIA_PASSPHRASE_FILE to keep secrets in a sealed file",
        ),
        E::KeychainLocked { .. } | E::Keychain { .. } => {
            (ErrorCode::KeychainUnusable, "unlock the keychain")
        }
        E::WrongPassphrase { .. } => (
            ErrorCode::WrongPassphrase,
            "check the file that CREALIA_PASSPHRASE_FILE names",
        ),
        E::DamagedSecrets { .. } => (
            ErrorCode::KeychainUnusable,
            "move it away and connect the accounts again",
        ),
        E::DamagedSecret { .. } => (ErrorCode::NotConnected, ""),
        E::PortsTaken { .. } => (ErrorCode::AppRefused, "end what uses them and try again"),
        E::ClientSecretMissing => (
            ErrorCode::AppRefused,
            "give it with `crealia accounts app NETWORK --client-id ID --client-secret-stdin`",
        ),
        E::ConsentDeclined | E::ConsentTimedOut { .. } => (
            ErrorCode::NoConsent,
            "run the same command again and agree on the network's page",
        ),
        E::ConsentRefused { .. } => (
            ErrorCode::AppRefused,
            "compare the app's identifier and redirects with what the network shows",
        ),
        E::TokenRefused { code, .. } if code.contains("client") => (
            ErrorCode::AppRefused,
            "compare the app's identifier and secret with what the network shows",
        ),
        E::TokenRefused { .. } => (
            ErrorCode::NotConnected,
            "connect the account again: `crealia accounts connect NETWORK`",
        ),
        E::Refused { advice, .. } => refusal(*advice),
        E::SourceChanged { .. } => (
            ErrorCode::SourceChanged,
            "post it anew when it is what you want to post",
        ),
        E::NoRandomness { .. } => (ErrorCode::Internal, REPORT),
    };
    ApiError::new(code, error.to_string()).hint(hint)
}

/// Returns what a network's refusal is for the user.
fn refusal(advice: Advice) -> (ErrorCode, &'static str) {
    match advice {
        Advice::Fix => (
            ErrorCode::PostRefused,
            "change what the network names, then post again",
        ),
        Advice::Account => (
            ErrorCode::PostRefused,
            "see to the account or the app on the network's own pages, then post again",
        ),
        Advice::Gone => (
            ErrorCode::AccountGone,
            "look on the network whether the account is still there, or connect another: \
             `crealia accounts connect NETWORK`",
        ),
        Advice::Reconnect => (
            ErrorCode::NotConnected,
            "connect the account again: `crealia accounts connect NETWORK`",
        ),
        Advice::Retry(_) => (
            ErrorCode::NetworkUnreachable,
            "the network has trouble or wants to be asked less often: try again later",
        ),
        Advice::QuotaReset | Advice::Tomorrow => (
            ErrorCode::Postponed,
            "the network takes no more today: it goes on by itself when `crealia outbox run` runs",
        ),
    }
}
