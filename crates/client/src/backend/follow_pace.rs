//! How often a turn that cannot be seen is asked for again.

use std::time::Duration;

use tokio::time::Instant;

use wharf_core::error::{Error, Kind, Result};

/// The pause before a broken stream is resumed: it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The longest of these pauses.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Failures in succession after which a turn is given up.
const FRUITLESS: u32 = 12;

/// Counts failures of a turn that is followed, and tells when to try again.
pub(super) struct FollowPace {
    pause: Duration,
    fruitless: u32,
}

impl FollowPace {
    pub(super) fn new() -> Self {
        FollowPace { pause: FIRST_PAUSE, fruitless: 0 }
    }

    /// Notes that something came.
    pub(super) fn succeeded(&mut self) {
        *self = Self::new();
    }

    /// Returns when to try again after a failure.
    ///
    /// # Errors
    /// `error`, if there were too many in succession, or it will not pass.
    pub(super) fn failed(&mut self, error: Error) -> Result<Instant> {
        self.fruitless += 1;
        if self.fruitless > FRUITLESS || !passes(&error) {
            return Err(error);
        }
        let due = Instant::now() + self.pause;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        Ok(due)
    }
}

/// Returns whether a failure may pass.
fn passes(error: &Error) -> bool {
    match error.status() {
        Some(status) if status >= 400 => matches!(status, 408 | 424 | 429) || status >= 500,
        // An answer that was cut off has the status that it began with.
        _ => error.kind() == Kind::Unavailable,
    }
}
