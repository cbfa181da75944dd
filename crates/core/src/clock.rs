//! Waits for deadlines that may not be set.

use tokio::time::{Instant, sleep_until};

/// Completes at `at`; never if it is `None`.
pub async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}
