//! One attempt to send a request.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use tokio::select;
use tokio::time::{Instant, timeout_at};

use super::answer::{self, Response, ServiceAnswer};
use super::auth::Credentials;
use super::download::{self, Download};
use super::failure::{self, AttemptFailure, Delivery, idle_message, out_of_time};
use super::payload::{Pulse, Pump, PumpError};
use super::prepared::PreparedRequest;
use super::redact;
use super::service::Service;
use super::trace::{AttemptTrace, FailedAttempt};
use wharf_core::body::Digest;
use wharf_core::clock::until;
use wharf_core::error::{Error, Kind, Result};

/// The upper bound of time limits, so that adding one to the current time does not overflow.
const LONGEST_IDLE: Duration = Duration::from_secs(86_400);

/// The part of the answer that is read before it is returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadMode {
    /// All of it.
    Whole,
    /// The beginning; the rest is streamed.
    Stream,
}

/// The successful result of an attempt.
pub(super) enum Reply {
    /// For [`ReadMode::Whole`].
    Whole(ServiceAnswer),
    /// For [`ReadMode::Stream`].
    Stream(Download),
}

/// Sends a request once and reads the answer.
pub(super) async fn once(
    service: &Service,
    request: &PreparedRequest<'_>,
    credentials: &Credentials,
    deadline: Option<Instant>,
    number: u32,
    mode: ReadMode,
) -> Result<Reply, FailedAttempt> {
    let options = &service.options;
    let shown = if request.authenticated {
        redact::url(&request.url, &request.asked)
    } else {
        redact::bearer_url(&request.url)
    };
    let mut watched = AttemptTrace::new(
        options.observer.clone(),
        Arc::clone(&request.secrets),
        request.method.clone(),
        shown,
        number,
    );
    watched.wants_detail(options.detail, request.authenticated.then(|| request.url.authority()));
    let opened = open(service, request, credentials, deadline, mode, &mut watched).await;
    let read = match opened {
        Ok((response, _)) if mode == ReadMode::Stream => {
            return download::stream(request, options, response, deadline, number, watched).map(Reply::Stream);
        }
        Ok((mut response, sent)) => {
            let status = response.status().as_u16();
            let idle = request.idle.unwrap_or(options.idle_timeout);
            let bytes = answer::read(&mut response, request.longest, idle, deadline, &mut watched).await;
            let secrets = Arc::clone(&request.secrets);
            let headers = std::mem::take(response.headers_mut());
            match bytes {
                Ok(bytes) if (options.is_failure)(&bytes) && request.authenticated => {
                    let status = StatusCode::from_u16(status).unwrap_or_default();
                    let content = answer::of_error(&bytes);
                    Err(AttemptFailure::of_answer(options.error_parser, request, status, &headers, &content))
                }
                Ok(bytes) => {
                    Ok(ServiceAnswer { status, headers, bytes, sent, tries: number, backend: options.backend, secrets })
                }
                Err(mut failure) => {
                    failure.details.status = Some(status);
                    failure.details.request_id = failure::request_id(&headers, &request.secrets);
                    Err(failure)
                }
            }
        }
        Err(failure) => Err(failure),
    };
    read.map(Reply::Whole).map_err(|mut failure| {
        // Where no answer names the request, the name that it was sent with has to do.
        let details = &mut failure.details;
        details.request_id =
            details.request_id.take().or_else(|| failure::request_id(&request.headers, &request.secrets));
        FailedAttempt { watched: Box::new(watched), failure }
    })
}

/// Sends a request and waits for the head of a successful answer.
async fn open(
    service: &Service,
    request: &PreparedRequest<'_>,
    credentials: &Credentials,
    deadline: Option<Instant>,
    mode: ReadMode,
    watched: &mut AttemptTrace,
) -> Result<(Response, Option<Digest>), AttemptFailure> {
    let options = &service.options;
    let unsent = |error: Error| AttemptFailure::own(Delivery::NotSent, error);
    let client = service.clients.of(&request.url, options, &service.secrets).await.map_err(unsent)?;
    credentials.headers().values().for_each(|value| service.secrets.learn(value));
    request.headers.values().filter(|value| value.is_sensitive()).for_each(|value| request.secrets.learn(value));
    let pulse = Arc::new(Pulse::new());
    let (content, pump) = request.payload.start(&pulse, watched.sent()).await.map_err(unsent)?;
    let headers = headers(request, &service.headers, credentials, mode);
    watched.sends(&headers, request.payload.at_hand().cloned());
    let call = client.request(request.method.clone(), request.url.clone()).headers(headers).body(content).send();
    // Connecting has a limit of its own, after which it is known that nothing was sent.
    let connecting = options.connect_timeout.saturating_add(Duration::from_secs(1));
    let idle = request.idle.unwrap_or(options.idle_timeout).max(connecting).min(LONGEST_IDLE);
    let (response, sent) = exchange(call, pump, &pulse, idle, deadline, request).await?;
    let mut response = Response::from(response);
    let status = response.status();
    watched.head(status.as_u16(), failure::request_id(response.headers(), &request.secrets));
    watched.gets(response.headers());
    if status.is_success() {
        return if is_part(&response) {
            Err(AttemptFailure::of_part(mode == ReadMode::Stream))
        } else {
            Ok((response, sent))
        };
    }
    let content = answer::read_error(&mut response, options.idle_timeout, deadline, watched).await;
    Err(AttemptFailure::of_answer(options.error_parser, request, status, response.headers(), &content))
}

/// Returns whether an answer is a partial content. This client requests complete contents only, so that the length of
/// a part cannot be verified (RFC 9110, section 15.3.7).
fn is_part(response: &Response) -> bool {
    response.status() == StatusCode::PARTIAL_CONTENT || response.headers().contains_key(CONTENT_RANGE)
}

/// Returns the headers of a request. Later ones replace earlier ones: those of every request, those of this request,
/// those that the user added, the credentials. The last two go to the service only.
fn headers(request: &PreparedRequest<'_>, extra: &HeaderMap, credentials: &Credentials, mode: ReadMode) -> HeaderMap {
    let (accept, packing) = match mode {
        ReadMode::Whole => ("application/json", "gzip"),
        // The length of a packed answer is not that of the file.
        ReadMode::Stream => ("*/*", "identity"),
    };
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static(accept));
    headers.extend(request.headers.clone());
    if request.authenticated {
        headers.extend(extra.clone());
        headers.extend(credentials.headers().clone());
    }
    if request.payload.is_empty() && [Method::POST, Method::PUT, Method::PATCH].contains(&request.method) {
        // RFC 9110, section 8.6; the HTTP library leaves it out.
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(packing));
    headers
}

/// Sends the content and waits for the head of the answer. An unsuccessful answer ends the upload at once: the
/// service does not need the rest of the content.
async fn exchange(
    call: impl Future<Output = reqwest::Result<reqwest::Response>>,
    pump: Pump<'_>,
    pulse: &Pulse,
    idle: Duration,
    deadline: Option<Instant>,
    request: &PreparedRequest<'_>,
) -> Result<(reqwest::Response, Option<Digest>), AttemptFailure> {
    let mut call = std::pin::pin!(call);
    let mut pump = std::pin::pin!(pump);
    let (mut response, mut pumped) = (None, None);
    loop {
        if let (Some(_), Some(Ok(_))) = (&response, &pumped) {
            break;
        }
        select! {
            biased;
            result = &mut pump, if pumped.is_none() => match result {
                Ok(summary) => pumped = Some(Ok(summary)),
                // The answer, or its failure, says why.
                Err(PumpError::NotTaken) => pumped = Some(Err(())),
                // Without its last block the content was never whole: the service cannot have acted.
                Err(PumpError::Source(error)) => return Err(AttemptFailure::own(Delivery::NotSent, error)),
            },
            result = &mut call, if response.is_none() => match result {
                Ok(answer) if answer.status().is_success() => response = Some(answer),
                Ok(answer) => return Ok((answer, None)),
                Err(error) => return Err(AttemptFailure::of_call(&error, &request.url)),
            },
            () = pulse.stops_for(idle) => return Err(AttemptFailure::new(Delivery::Unknown, idle_message(slow(pulse, pumped.is_some()), idle))),
            () = until(deadline) => return Err(AttemptFailure::too_late(Delivery::Unknown)),
        }
        if let (Some(_), Some(Err(()))) = (&response, &pumped) {
            return Err(AttemptFailure::new(Delivery::Unknown, "the service answered before it had the whole content"));
        }
    }
    match (response, pumped) {
        (Some(response), Some(Ok(sent))) => Ok((response, sent)),
        _ => {
            Err(AttemptFailure::own(Delivery::Unknown, Error::new(Kind::Internal, "a request ended without an answer")))
        }
    }
}

/// Returns which side keeps the other waiting, for the message of an idle timeout.
fn slow(pulse: &Pulse, all_is_sent: bool) -> &'static str {
    match (all_is_sent, pulse.is_hungry()) {
        (true, _) => "the service answered",
        (false, true) => "the source gave",
        (false, false) => "the service took",
    }
}

/// Runs other work that has to end before the deadline.
pub(super) async fn in_time<T>(deadline: Option<Instant>, work: impl Future<Output = Result<T>>) -> Result<T> {
    match deadline {
        Some(deadline) => {
            timeout_at(deadline, work).await.unwrap_or_else(|_| Err(Error::new(Kind::Deadline, out_of_time())))
        }
        None => work.await,
    }
}
