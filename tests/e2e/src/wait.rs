//! Waiting for what happens outside the page.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// How often one looks.
pub(crate) const PAUSE: Duration = Duration::from_millis(50);

/// Looks until something is found, or patience ends.
pub(crate) fn until<T>(
    patience: Duration,
    what: &str,
    mut look: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let start = Instant::now();
    while start.elapsed() < patience {
        if let Some(found) = look()? {
            return Ok(found);
        }
        std::thread::sleep(PAUSE);
    }
    bail!("never seen: {what}")
}
