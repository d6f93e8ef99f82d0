//! Values that several threads share.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Returns what `mutex` guards, also after a thread panicked with it.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic in a streaming thread leaves plain values behind: they stay usable.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
