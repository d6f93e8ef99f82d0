//! The one place that reads the wall clock.

use std::time::{SystemTime, UNIX_EPOCH};

/// Returns Unix milliseconds.
pub(crate) fn now_millis() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
