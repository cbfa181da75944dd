//! Waits for deadlines that may not be set, and lengths of time.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Completes at `at`; never if it is `None`.
pub async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Returns a length of time in whole milliseconds.
pub fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
