//! The loop that sends a request again.

use std::time::Duration;

use super::attempt::{self, Mode, Reply};
use super::auth::Credentials;
use super::failure::{Failure, Fate, Tale};
use super::pace::Closed;
use super::prepared::Prepared;
use super::service::Service;
use super::trace::Failed;
use wharf_core::error::Result;

/// Sends a request until it is answered or there is nothing more to try.
pub(super) async fn run(service: &Service, request: Prepared<'_>, mode: Mode) -> Result<Reply> {
    let options = &service.options;
    let deadline = service.pace.deadline();
    let auth = options.auth.as_deref().filter(|_| request.home);
    let mut credentials = match auth {
        Some(auth) => attempt::in_time(deadline, auth.credentials()).await?,
        None => Credentials::default(),
    };
    let mut tale = Tale::new(&request, options.backend);
    let mut may_renew = true;
    let mut retries = request.tried;
    loop {
        if let Err(Closed(wait)) = service.pace.ready().await {
            return Err(Failure::told_to_wait(wait).into_error(&tale));
        }
        tale.tries += 1;
        let Failed { mut watched, failure } =
            match attempt::once(service, &request, &credentials, deadline, tale.tries, mode).await {
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
            service.pace.hold(asked);
        }
        let worth_it = failure.may_be_tried_again(request.class) && request.payload.can_be_sent();
        let wait = service.pace.wait(retries, failure.details.retry_after).filter(|_| worth_it);
        let Some(wait) = wait else { return Err(failure.into_error(&tale)) };
        retries += 1;
        watched.again_in(Some(wait));
        drop(watched);
        tokio::time::sleep(wait).await;
    }
}
