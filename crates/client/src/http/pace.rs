//! The pace of all work on a service: how long to wait between tries, and until when nothing is sent.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;
use wharf_core::sync::lock;

/// The ceiling of the first pause.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The ceiling of every pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// The longest wait before a try. A service that asks for more gets no further try, and no other request
/// until then: the error says how long it takes.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// The shortest pause that a service asks for. With less, its answer is a failed try like others.
const SHORTEST_ASKED: Duration = Duration::from_millis(100);

/// The longest total of the pauses that a service may ask for before one request.
const LONGEST_OBEYED: Duration = Duration::from_secs(120);

/// What a waiting time is cut to, far above [`LONGEST_WAIT`]: one day.
pub(super) const LONGEST_NOTE: Duration = Duration::from_secs(86_400);

/// The number of retries and the waiting times before them, for all work on one service.
pub struct Pace {
    retries: u32,
    deadline: Option<Instant>,
    /// Until when nothing is sent.
    held: Mutex<Option<Instant>>,
    /// Whether a request has waited as long as it may, and none was answered since then.
    is_exhausted: AtomicBool,
}

/// The service asked for a longer wait than [`Pace::ready`] waits.
#[derive(Debug, PartialEq, Eq)]
pub struct Closed(pub Duration);

impl Pace {
    /// Returns the pace of work that is tried again `retries` times and not past `deadline`.
    pub fn new(retries: u32, deadline: Option<std::time::Instant>) -> Self {
        Pace {
            retries,
            deadline: deadline.map(Instant::from_std),
            held: Mutex::default(),
            is_exhausted: AtomicBool::new(false),
        }
    }

    /// Returns when everything must be done.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Returns how long to wait before the next try, after `retries` of them failed as well: what the service
    /// `asked` for, else a random part of a ceiling that doubles (full jitter), so that clients that failed
    /// together do not come back together. `None` where no further try is due: all were used, or the wait is
    /// too long or ends past the deadline.
    pub fn wait(&self, retries: u32, asked: Option<Duration>) -> Option<Duration> {
        let wait = pause(asked, retries, random());
        let in_time = self.deadline.is_none_or(|deadline| Instant::now() + wait < deadline);
        (retries < self.retries && wait <= LONGEST_WAIT && in_time).then_some(wait)
    }

    /// Returns how long to wait for a service that refused a request and said when to come back; the wait is added to
    /// `obeyed`. It is not a failed try, so that a service under load does not make requests fail. `None` if no further
    /// try is due: none is wanted, the waits are too long, or this one ends past the deadline. After a request that waited
    /// in vain, others do not wait until one is answered.
    pub(super) fn wait_as_asked(&self, asked: Duration, obeyed: &mut Duration) -> Option<Duration> {
        *obeyed = obeyed.saturating_add(asked);
        if *obeyed > LONGEST_OBEYED {
            self.is_exhausted.store(true, Ordering::Relaxed);
        }
        self.wait(0, Some(asked)).filter(|_| !self.is_exhausted.load(Ordering::Relaxed))
    }

    /// Notes that a request was answered.
    pub(super) fn answered(&self) {
        self.is_exhausted.store(false, Ordering::Relaxed);
    }

    /// Returns the pause that a service asked for, if it is one.
    pub(super) fn asked(pause: Option<Duration>) -> Option<Duration> {
        pause.filter(|pause| *pause >= SHORTEST_ASKED)
    }

    /// Sends nothing for `wait` from now on. A later end is kept: two answers may be out of order.
    pub fn hold(&self, wait: Duration) {
        let until = Instant::now() + wait.min(LONGEST_NOTE);
        let mut held = lock(&self.held);
        *held = Some(held.map_or(until, |held| held.max(until)));
    }

    /// Returns the time until requests may be sent again.
    fn remaining(&self) -> Duration {
        let held = *lock(&self.held);
        held.map_or(Duration::ZERO, |until| until.saturating_duration_since(Instant::now()))
    }

    /// Waits until requests may go out. Waiting requests do not go out at the same moment: each waits up to a
    /// tenth longer, a second at most.
    ///
    /// # Errors
    /// Where the wait is too long, or ends past the deadline.
    pub async fn ready(&self) -> Result<(), Closed> {
        loop {
            let left = self.remaining();
            if left.is_zero() {
                return Ok(());
            }
            if left > LONGEST_WAIT || self.deadline.is_some_and(|deadline| Instant::now() + left >= deadline) {
                return Err(Closed(left));
            }
            let spread = (left / 10).min(Duration::from_secs(1));
            tokio::time::sleep(left + part(spread, random())).await;
        }
    }
}

fn pause(asked: Option<Duration>, retries: u32, random: u64) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(1_u32.checked_shl(retries).unwrap_or(u32::MAX));
    asked.unwrap_or_else(|| part(doubled.min(LONGEST_PAUSE), random))
}

/// Returns a share of `whole`: nothing for 0, all of it for the largest number.
fn part(whole: Duration, random: u64) -> Duration {
    // 53 bits are what a double holds exactly.
    #[allow(clippy::cast_precision_loss, reason = "both have 53 bits")]
    let share = (random >> 11) as f64 / ((1_u64 << 53) - 1) as f64;
    whole.mul_f64(share)
}

/// Returns a random number; where the system gives none, the clock's small digits.
fn random() -> u64 {
    getrandom::u64().unwrap_or_else(|_| {
        Timestamp::now().as_nanosecond().to_le_bytes().iter().fold(0, |all, byte| u64::from(*byte) | all << 8)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_pause_is_anything_up_to_a_ceiling_that_doubles(retries in 0..100_u32, random: u64) {
            let ceiling = [500, 1000, 2000, 4000].get(retries as usize).copied().unwrap_or(8000);
            prop_assert!(pause(None, retries, random) <= Duration::from_millis(ceiling));
        }
    }

    #[test]
    fn the_jitter_is_full_and_the_service_is_obeyed() {
        assert_eq!(pause(None, 3, 0), Duration::ZERO);
        assert_eq!(pause(None, 3, u64::MAX), Duration::from_secs(4));
        let half = pause(None, 3, u64::MAX / 2);
        assert!(half > Duration::from_millis(1999) && half < Duration::from_millis(2001), "{half:?}");
        let asked = Duration::from_secs(7);
        assert_eq!(pause(Some(asked), 0, 3), asked);
    }

    #[tokio::test(start_paused = true)]
    async fn no_try_follows_the_last_retry_the_deadline_or_a_wait_of_minutes() {
        let pace = Pace::new(2, None);
        assert!(pace.wait(0, None).is_some() && pace.wait(1, None).is_some());
        assert_eq!((pace.wait(2, None), pace.wait(u32::MAX, None)), (None, None));
        assert_eq!(pace.wait(0, Some(LONGEST_WAIT)), Some(LONGEST_WAIT));
        assert_eq!(pace.wait(0, Some(LONGEST_WAIT + Duration::from_millis(1))), None);
        let soon = Pace { deadline: Some(Instant::now() + Duration::from_secs(9)), ..Pace::new(2, None) };
        assert_eq!(soon.wait(0, Some(Duration::from_secs(8))), Some(Duration::from_secs(8)));
        assert_eq!(soon.wait(0, Some(Duration::from_secs(9))), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_service_that_refuses_for_minutes_is_not_waited_for_by_each_request() {
        let pace = Pace::new(1, None);
        let minute = Duration::from_secs(60);
        let mut obeyed = Duration::ZERO;
        let waits = std::iter::from_fn(|| pace.wait_as_asked(minute, &mut obeyed)).count();
        assert_eq!(waits, 2);
        assert_eq!(pace.wait_as_asked(minute, &mut Duration::default()), None);
        pace.answered();
        assert_eq!(pace.wait_as_asked(minute, &mut Duration::default()), Some(minute));
        assert_eq!(Pace::new(0, None).wait_as_asked(minute, &mut Duration::default()), None);
    }

    #[tokio::test(start_paused = true)]
    async fn all_requests_wait_for_the_latest_end_and_not_much_longer() {
        let pace = Pace::new(0, None);
        pace.ready().await.unwrap();
        let start = Instant::now();
        pace.hold(Duration::from_secs(5));
        pace.hold(Duration::from_secs(2));
        let (a, b) = tokio::join!(pace.ready(), pace.ready());
        assert!(a.is_ok() && b.is_ok());
        let took = start.elapsed();
        assert!(took >= Duration::from_secs(5) && took <= Duration::from_millis(5510), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn no_request_waits_for_an_hour_or_past_the_deadline() {
        let pace = Pace::new(0, None);
        pace.hold(Duration::from_secs(10));
        let soon = Pace { deadline: Some(Instant::now() + Duration::from_secs(9)), ..Pace::new(0, None) };
        soon.hold(Duration::from_secs(10));
        assert_eq!(soon.ready().await, Err(Closed(Duration::from_secs(10))));
        pace.hold(Duration::from_secs(3600));
        assert_eq!(pace.ready().await, Err(Closed(Duration::from_secs(3600))));
        pace.hold(Duration::MAX);
        assert_eq!(pace.ready().await, Err(Closed(LONGEST_NOTE)));
    }
}
