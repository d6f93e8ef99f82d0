use std::path::PathBuf;

/// What can go wrong while fetching.
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
    /// Nothing came for 30 s.
    #[error("{url} sent nothing for 30 s")]
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
    /// Stopped on request; what came so far is kept for the next try.
    #[error("cancelled")]
    Cancelled,
}

impl From<task::Cancelled> for Error {
    fn from(_: task::Cancelled) -> Self {
        Self::Cancelled
    }
}
