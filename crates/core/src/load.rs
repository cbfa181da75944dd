//! How often a service refused requests because of its load.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts the answers by which a service asked for fewer requests. Clones count together: the client of the service
/// counts, and a transfer decides by it how many files it moves at once.
#[derive(Debug, Clone, Default)]
pub struct ServiceLoad(Arc<AtomicU64>);

impl ServiceLoad {
    /// Counts a refusal.
    pub fn refuse(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns the number of refusals so far.
    pub fn refusals(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
