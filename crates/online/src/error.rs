use std::path::{Path, PathBuf};

use crate::networks::upload::Advice;

/// What can go wrong on the way to the network, to its servers, and to the keychain. No error holds
/// a secret.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address is not an https address (plain http is for loopback only).
    #[error("{url} is not an address that may be fetched from")]
    Address {
        /// The address.
        url: String,
    },
    /// The server cannot be reached, or the connection broke.
    #[error("{url} cannot be reached: {detail}")]
    Unreachable {
        /// The address.
        url: String,
        /// What happened.
        detail: String,
    },
    /// The server answered with an error.
    #[error("{url} answered with status {status}")]
    Status {
        /// The address.
        url: String,
        /// The HTTP status.
        status: u16,
    },
    /// Nothing came for as long as the call may take.
    #[error("{url} did not answer in time")]
    Stalled {
        /// The address.
        url: String,
    },
    /// The file that came is not the expected one.
    #[error("{url} is not the expected file: {detail}")]
    Mismatch {
        /// The address.
        url: String,
        /// What differs.
        detail: String,
    },
    /// The disk is full.
    #[error("the disk is full while writing {path}")]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be written or read.
    #[error("{path} cannot be written: {detail}")]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        detail: String,
    },
    /// The text that replaces the networks' addresses cannot be used.
    #[error("the endpoints cannot be used: {detail}")]
    Endpoints {
        /// What is wrong with it.
        detail: String,
    },
    /// An answer names an address outside the network it came from.
    #[error("the answer names {url}, which is not the network's")]
    ForeignAddress {
        /// The address without its query.
        url: String,
    },
    /// The system offers no keychain.
    #[error("there is no keychain: {detail}")]
    NoKeychain {
        /// What the system said.
        detail: String,
    },
    /// The keychain is locked, and the user did not unlock it.
    #[error("the keychain is locked: {detail}")]
    KeychainLocked {
        /// What the system said.
        detail: String,
    },
    /// The keychain failed.
    #[error("the keychain failed: {detail}")]
    Keychain {
        /// What the system said.
        detail: String,
    },
    /// A secret in the keychain is not as it was written.
    #[error("the secret {name} is damaged; connect the account again")]
    DamagedSecret {
        /// Its name.
        name: String,
    },
    /// The passphrase does not open the file of secrets, or the file was changed.
    #[error("the passphrase does not open {path}")]
    WrongPassphrase {
        /// The file.
        path: PathBuf,
    },
    /// The file of secrets is none.
    #[error("{path} is not a file of secrets, or is damaged")]
    DamagedSecrets {
        /// The file.
        path: PathBuf,
    },
    /// The system gives no random numbers.
    #[error("the system gives no random numbers: {detail}")]
    NoRandomness {
        /// What the system said.
        detail: String,
    },
    /// Every port that the app's registered redirects allow is taken.
    #[error("the ports {ports:?} are all taken by other programs")]
    PortsTaken {
        /// The ports.
        ports: Vec<u16>,
    },
    /// The network's apps need a client secret, and there is none.
    #[error("this network needs the app's client secret")]
    ClientSecretMissing,
    /// The user said no on the network's page.
    #[error("consent was declined on the network's page")]
    ConsentDeclined,
    /// Nobody answered on the network's page in time.
    #[error("no answer came from the browser within {secs} s")]
    ConsentTimedOut {
        /// How long was waited.
        secs: u64,
    },
    /// The network's page refused to ask: the app, its redirect or its scopes are wrong.
    #[error("the network refused to ask for consent: {code}{}", colon(.description))]
    ConsentRefused {
        /// The network's code.
        code: String,
        /// The network's words, if any.
        description: String,
    },
    /// The network gives no token: the code, the refresh token or the app is not valid (any more).
    #[error("the network gives no token: {code}{}", colon(.description))]
    TokenRefused {
        /// The network's code, such as `invalid_grant`.
        code: String,
        /// The network's words, if any.
        description: String,
    },
    /// The network's answer is not what it should be.
    #[error("{url} gave an answer that cannot be read: {detail}")]
    Malformed {
        /// The address.
        url: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The network refuses a call.
    #[error("the network refuses ({status}): {reason}{}", colon(.message))]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The network's code of the reason, if any.
        reason: String,
        /// The network's words, if any.
        message: String,
        /// What can be done about it.
        advice: Advice,
    },
    /// The file that is posted is not what it was when the post was made.
    #[error("{path} changed since the post was made")]
    SourceChanged {
        /// The file.
        path: PathBuf,
    },
    /// Stopped on request; what came so far is kept for the next try.
    #[error("cancelled")]
    Cancelled,
}

impl From<task::Cancelled> for Error {
    fn from(_: task::Cancelled) -> Self {
        Self::Cancelled
    }
}

impl Error {
    /// Returns whether the network may have done what it was asked although the call failed: no
    /// answer came, or one that says nothing of it, such as a trouble of the server's own, whatever
    /// the status it comes with. A refusal was not done.
    pub fn may_have_acted(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::Stalled { .. }
            | Self::Malformed { .. }
            | Self::Cancelled
            | Self::Refused {
                status: 200..=299,
                advice: Advice::Retry(_),
                ..
            } => true,
            Self::Status { status, .. } | Self::Refused { status, .. } => *status >= 500,
            _ => false,
        }
    }

    /// Returns what the system's error on a file means.
    pub(crate) fn from_io(path: &Path, error: &std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::StorageFull {
            Self::Full {
                path: path.to_owned(),
            }
        } else {
            Self::Unwritable {
                path: path.to_owned(),
                detail: error.to_string(),
            }
        }
    }
}

fn colon(description: &str) -> String {
    if description.is_empty() {
        String::new()
    } else {
        format!(": {description}")
    }
}
