//! When a stream that broke, or a turn that cannot be seen, is asked for again.

use std::time::Duration;

use tokio::time::Instant;

use wharf_core::error::{Error, Result};

/// The pause before a broken stream is opened again: it doubles up to [`LONGEST_PAUSE`], as in the official clients of
/// Anthropic \[recorded\].
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The longest of these pauses.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Failures in succession after which it is given up.
const FRUITLESS: u32 = 12;

/// Counts failures in succession, and tells when to try again.
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
    /// `error`, if there were too many in succession.
    pub(super) fn failed(&mut self, error: Error) -> Result<Instant> {
        self.fruitless += 1;
        if self.fruitless > FRUITLESS {
            return Err(error);
        }
        let due = Instant::now() + self.pause;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        Ok(due)
    }
}
