//! The loop that sends a request again.

use std::time::Duration;

use super::attempt::{self, ReadMode, Reply};
use super::auth::Credentials;
use super::failure::{AttemptFailure, Delivery, RequestHistory};
use super::pace::{Closed, Pace};
use super::prepared::PreparedRequest;
use super::service::Service;
use super::trace::FailedAttempt;
use wharf_core::error::Result;

/// Sends a request until it is answered or no retry is due.
pub(super) async fn run(service: &Service, request: PreparedRequest<'_>, mode: ReadMode) -> Result<Reply> {
    let options = &service.options;
    let deadline = service.pace.deadline();
    let auth = options.auth.as_deref().filter(|_| request.authenticated);
    let mut credentials = match auth {
        Some(auth) => attempt::in_time(deadline, auth.credentials()).await?,
        None => Credentials::default(),
    };
    let mut history = RequestHistory::new(&request, options.backend);
    let mut may_renew = true;
    let mut retries = request.tried;
    // The time that the service asked for so far.
    let mut obeyed = Duration::ZERO;
    loop {
        if let Err(Closed(wait)) = service.pace.ready().await {
            return Err(AttemptFailure::told_to_wait(wait).into_error(&history));
        }
        history.tries += 1;
        let FailedAttempt { mut watched, failure } =
            match attempt::once(service, &request, &credentials, deadline, history.tries, mode).await {
                Ok(reply) => {
                    service.pace.answered();
                    return Ok(reply);
                }
                Err(failed) => failed,
            };
        history.lost |= failure.delivery == Delivery::Unknown;
        history.ambiguous |= failure.is_ambiguous();
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
        let asked = Pace::asked(failure.details.retry_after).filter(|_| failure.delivery == Delivery::Rejected);
        if let Some(asked) = asked {
            service.pace.hold(asked);
        }
        if failure.is_overload() {
            options.load.refuse();
        }
        let worth_it = failure.may_be_tried_again(request.class) && request.payload.can_be_sent();
        let wait = match asked {
            // A service that says when to come back is obeyed: that is no failed try.
            Some(asked) => service.pace.wait_as_asked(asked, &mut obeyed),
            None => service.pace.wait(retries, failure.details.retry_after),
        };
        let Some(wait) = wait.filter(|_| worth_it) else { return Err(failure.into_error(&history)) };
        retries += u32::from(asked.is_none());
        watched.again_in(Some(wait));
        drop(watched);
        tokio::time::sleep(wait).await;
    }
}
