//! The asynchronous runtime, which ends at this crate's edge: callers wait.

use std::time::Duration;

use task::Cancel;

use crate::error::Error;

/// How often a waiting call looks whether it is to stop.
pub(crate) const CANCEL_POLL: Duration = Duration::from_millis(50);

/// Returns a runtime on the caller's thread.
pub(crate) fn start() -> Result<tokio::runtime::Runtime, Error> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::Unreachable {
            url: "loopback".to_owned(),
            detail: error.to_string(),
        })
}

/// Waits for what comes, or for the request to stop.
pub(crate) async fn unless_cancelled<T>(
    next: impl Future<Output = Result<T, Error>>,
    cancel: &Cancel,
) -> Result<T, Error> {
    tokio::select! {
        outcome = next => outcome,
        () = cancelled(cancel) => Err(Error::Cancelled),
    }
}

/// Returns once something is to stop.
pub(crate) async fn cancelled(cancel: &Cancel) {
    while !cancel.is_cancelled() {
        tokio::time::sleep(CANCEL_POLL).await;
    }
}
