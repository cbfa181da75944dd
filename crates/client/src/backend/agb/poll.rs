//! Pauses between status requests for work that the service does in the background.

use std::time::Duration;

use tokio::time::Instant;

/// Pauses between status requests: each is twice as long as the one before, up to a maximum.
pub(super) struct PollTimer {
    pause: Duration,
    longest: Duration,
    end: Instant,
}

impl PollTimer {
    pub(super) fn new(first: Duration, longest: Duration, all: Duration) -> Self {
        PollTimer { pause: first, longest, end: Instant::now() + all }
    }

    /// Waits for the next interval; returns whether there is time for another request.
    pub(super) async fn wait(&mut self) -> bool {
        let now = Instant::now();
        if now >= self.end {
            return false;
        }
        tokio::time::sleep_until((now + self.pause).min(self.end)).await;
        self.pause = (self.pause * 2).min(self.longest);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn patience_ends_in_time_and_begins_with_short_pauses() {
        let start = Instant::now();
        let mut patience =
            PollTimer::new(Duration::from_millis(10), Duration::from_millis(40), Duration::from_millis(100));
        let mut looks = Vec::new();
        while patience.wait().await {
            looks.push(start.elapsed().as_millis());
        }
        assert_eq!(looks, [10, 30, 70, 100]);
    }
}
