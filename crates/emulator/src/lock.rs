//! Locks that a panic does not poison: each change under them is complete.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Returns what a lock protects, even if a thread panicked while it held the lock.
pub(super) fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
