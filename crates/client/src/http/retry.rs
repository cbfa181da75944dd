//! When a request is sent again, and the loop that does it.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::Http;
use super::attempt::{self, Failed, Mode, Reply};
use super::auth::Credentials;
use super::failure::{Failure, Fate, Tale};
use super::limiter::{Closed, LONGEST_WAIT};
use super::request::Parts;
use wharf_core::error::Result;

/// The ceiling of the first pause.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The ceiling of every pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// What it means to send a request twice. There is no default: whoever makes a request says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// It changes nothing: sent again whenever that may help.
    Safe,
    /// Twice is the same as once: sent again whenever that may help, although the first may have
    /// done its work already.
    Idempotent,
    /// Twice is two: sent again only if nothing was sent (no connection was made) or if the service
    /// refused before it acted (429, 503, and 529, which Anthropic answers when it is overloaded).
    /// Where the answer is lost, the error says that it may have happened, and this, which tells
    /// people how to look: "see `wharf sessions list`".
    Once(&'static str),
}

/// Sends a request until it is answered or there is nothing more to try.
pub(super) async fn run(http: &Http, request: Parts<'_>, mode: Mode) -> Result<Reply> {
    let service = &*http.0;
    let options = &service.options;
    let deadline = options.deadline.map(Instant::from_std);
    let auth = options.auth.as_deref().filter(|_| request.home);
    let mut credentials = match auth {
        Some(auth) => attempt::in_time(deadline, auth.credentials()).await?,
        None => Credentials::default(),
    };
    let mut tale = Tale::new(&request, options.backend);
    let mut may_renew = true;
    let mut left = options.retries;
    loop {
        if let Err(Closed(wait)) = service.limiter.ready(deadline).await {
            return Err(Failure::told_to_wait(wait).into_error(&tale));
        }
        tale.tries += 1;
        let Failed { mut watched, failure } =
            match attempt::once(http, &request, &credentials, deadline, tale.tries, mode).await {
                Ok(reply) => return Ok(reply),
                Err(failed) => failed,
            };
        tale.lost |= failure.fate == Fate::Lost;
        watched.failed(&failure);
        if let Some(auth) =
            auth.filter(|_| failure.details.status == Some(401) && may_renew && request.payload.can_be_sent())
        {
            may_renew = false;
            if let Some(others) = attempt::in_time(deadline, auth.renew(&credentials)).await? {
                watched.again_in(Some(Duration::ZERO));
                credentials = others;
                continue;
            }
        }
        if let (Some(asked), Fate::Refused) = (failure.details.retry_after, failure.fate) {
            service.limiter.hold(asked);
        }
        let wait = pause(&failure, options.retries - left, random());
        let in_time = deadline.is_none_or(|deadline| Instant::now() + wait < deadline);
        let worth_it = failure.may_be_tried_again(request.class) && request.payload.can_be_sent();
        if left == 0 || !worth_it || !in_time || wait > LONGEST_WAIT {
            return Err(failure.into_error(&tale));
        }
        left -= 1;
        watched.again_in(Some(wait));
        drop(watched);
        tokio::time::sleep(wait).await;
    }
}

/// How long to wait after a try: what the service asks for, else a random part of a ceiling that
/// doubles (full jitter), so that many who failed together do not come back together.
fn pause(failure: &Failure, retries: u32, random: u64) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(1_u32.checked_shl(retries).unwrap_or(u32::MAX));
    failure.details.retry_after.unwrap_or_else(|| part(doubled.min(LONGEST_PAUSE), random))
}

/// From nothing (for 0) to the whole (for the largest number).
pub(super) fn part(whole: Duration, random: u64) -> Duration {
    // 53 bits are what a double holds exactly.
    #[allow(clippy::cast_precision_loss, reason = "both have 53 bits")]
    let share = (random >> 11) as f64 / ((1_u64 << 53) - 1) as f64;
    whole.mul_f64(share)
}

/// A random number; where the system gives none, the clock's small digits must do.
pub(super) fn random() -> u64 {
    getrandom::u64().unwrap_or_else(|_| {
        Timestamp::now().as_nanosecond().to_le_bytes().iter().fold(0, |all, byte| u64::from(*byte) | all << 8)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn failed(retry_after: Option<Duration>) -> Failure {
        let mut failure = Failure::new(Fate::Answered, "failed");
        failure.details.retry_after = retry_after;
        failure
    }

    proptest! {
        #[test]
        fn a_pause_is_anything_up_to_a_ceiling_that_doubles(retries in 0..100_u32, random: u64) {
            let ceiling = [500, 1000, 2000, 4000].get(retries as usize).copied().unwrap_or(8000);
            prop_assert!(pause(&failed(None), retries, random) <= Duration::from_millis(ceiling));
        }
    }

    #[test]
    fn the_jitter_is_full_and_the_service_is_obeyed() {
        assert_eq!(pause(&failed(None), 3, 0), Duration::ZERO);
        assert_eq!(pause(&failed(None), 3, u64::MAX), Duration::from_secs(4));
        let half = pause(&failed(None), 3, u64::MAX / 2);
        assert!(half > Duration::from_millis(1999) && half < Duration::from_millis(2001), "{half:?}");
        let asked = Duration::from_secs(7);
        assert_eq!(pause(&failed(Some(asked)), 0, 3), asked);
    }
}
