//! One pace for all requests to a service: who is told to wait makes all others wait.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::retry::random;

/// The longest that a service can make wharf wait before a try. Who asks for more gets no further
/// try, and neither does anybody else until then: the error says how long it takes.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// What a waiting time is cut to, far above [`LONGEST_WAIT`]: one day.
pub(super) const LONGEST_NOTE: Duration = Duration::from_secs(86_400);

/// Until when nothing is sent.
#[derive(Default)]
pub struct Limiter(Mutex<Option<Instant>>);

/// A service that wants to be left alone for longer than anybody waits.
#[derive(Debug, PartialEq, Eq)]
pub struct Closed(pub Duration);

impl Limiter {
    /// Sends nothing for `wait` from now on. A later end is kept: two answers may be out of order.
    pub fn hold(&self, wait: Duration) {
        let until = Instant::now() + wait.min(LONGEST_NOTE);
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *held = Some(held.map_or(until, |held| held.max(until)));
    }

    /// How long it is from now until requests may go out again.
    fn remaining(&self) -> Duration {
        let held = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.map_or(Duration::ZERO, |until| until.saturating_duration_since(Instant::now()))
    }

    /// Comes back when requests may go out. Not all at the same moment: everybody waits up to a tenth
    /// longer, a second at most.
    ///
    /// # Errors
    /// Where that is too long, or past `deadline`.
    pub async fn ready(&self, deadline: Option<Instant>) -> Result<(), Closed> {
        loop {
            let left = self.remaining();
            if left.is_zero() {
                return Ok(());
            }
            if left > LONGEST_WAIT || deadline.is_some_and(|deadline| Instant::now() + left >= deadline) {
                return Err(Closed(left));
            }
            let spread = (left / 10).min(Duration::from_secs(1));
            tokio::time::sleep(left + super::retry::part(spread, random())).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn everybody_waits_for_the_latest_end_and_not_much_longer() {
        let limiter = Limiter::default();
        limiter.ready(None).await.unwrap();
        let start = Instant::now();
        limiter.hold(Duration::from_secs(5));
        limiter.hold(Duration::from_secs(2));
        let (a, b) = tokio::join!(limiter.ready(None), limiter.ready(None));
        assert!(a.is_ok() && b.is_ok());
        let took = start.elapsed();
        assert!(took >= Duration::from_secs(5) && took <= Duration::from_millis(5510), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_an_hour_or_past_the_deadline() {
        let limiter = Limiter::default();
        limiter.hold(Duration::from_secs(10));
        let soon = Instant::now() + Duration::from_secs(9);
        assert_eq!(limiter.ready(Some(soon)).await, Err(Closed(Duration::from_secs(10))));
        limiter.hold(Duration::from_secs(3600));
        assert_eq!(limiter.ready(None).await, Err(Closed(Duration::from_secs(3600))));
        limiter.hold(Duration::MAX);
        assert_eq!(limiter.ready(None).await, Err(Closed(LONGEST_NOTE)));
    }
}
