//! One request and its answer, with what faults make of them.

use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::header::{EXPECT, HeaderValue, LOCATION, RETRY_AFTER};
use hyper::{Response, StatusCode};
use thiserror::Error;

use super::answer::{self, HttpResponse, Interruption, LoggedBody, RequestEntry};
use super::connection::Connection;
use super::dialect::{Dialect, FALLBACK};
use super::event_stream;
use super::faults::{FailureEffect, FaultPlan, Faults, Position, REQUESTED};
use super::guard;
use super::log::{Log, LogLine};
use super::request::{self, ApiRequest, RequestBody, ResponseFault, UploadCut};
use super::token::AccessKey;
use wharf_wire::url::Query;

/// How much of a request is read away so that a client that is still sending sees its answer.
const DRAIN: u64 = 1 << 30;

/// Why a request is refused whose key is not the server's.
const WRONG_KEY: &str = "this server runs commands and accepts only the key that it was started with";

/// What all connections share.
pub(super) struct ServerState {
    pub(super) dialects: Vec<Box<dyn Dialect>>,
    pub(super) access: AccessKey,
    pub(super) faults: Faults,
    pub(super) log: Option<Arc<Log>>,
    pub(super) patience: Duration,
}

/// A connection that ends without an answer.
#[derive(Debug, Error)]
#[error("the connection ends here")]
pub(super) struct ConnectionClosed;

/// Answers one request.
///
/// # Errors
/// Where no answer is to be sent, and the connection ends.
pub(super) async fn serve(
    shared: Arc<ServerState>,
    line: Arc<Connection>,
    request: hyper::Request<Incoming>,
) -> Result<Response<LoggedBody>, ConnectionClosed> {
    let (head, incoming) = request.into_parts();
    let path = head.uri.path();
    let dialect = shared.dialects.iter().find(|dialect| dialect.claims(path)).map_or(FALLBACK, AsRef::as_ref);
    let operation = dialect.operation(&head.method, path);
    let key = || {
        let admitted = dialect.is_signed(&head.method, path) || shared.access.admits(&head.headers);
        admitted.then_some(()).ok_or_else(|| (StatusCode::UNAUTHORIZED, WRONG_KEY.to_owned()))
    };
    if let Err((status, why)) = guard::check(head.version, &head.uri, &head.headers).and_then(|()| key()) {
        let body = RequestBody::new(incoming, |_| None, line);
        let entry = RequestEntry::new(LogLine::of(&head.method, &head.uri, operation), &body, shared.log.as_ref());
        return Ok(entry.watch(dialect.failure(status, None, &why)));
    }
    let up = dialect.is_upload(operation);
    let (plan, body) = if shared.faults.concern_a_part(operation, dialect.parts(operation)) {
        let body = RequestBody::new(incoming, |_| None, Arc::clone(&line));
        let part = dialect.part(operation, &body).await;
        (shared.faults.plan(part.unwrap_or(operation)), body)
    } else {
        let plan = shared.faults.plan(operation);
        let body = RequestBody::new(incoming, |len| request_cut(&plan, up, len), Arc::clone(&line));
        (plan, body)
    };
    let mut entry = RequestEntry::new(LogLine::of(&head.method, &head.uri, operation), &body, shared.log.as_ref());
    entry.line.faults.clone_from(&plan.specs);

    // Even a sleep of no time takes until the clock's next tick.
    if !plan.latency.is_zero() {
        tokio::time::sleep(plan.latency).await;
    }
    let answer = match &plan.failure {
        Some(FailureEffect::Reset { at: Position::Start, keep: false }) => {
            line.reset();
            return Err(ConnectionClosed);
        }
        Some(FailureEffect::Stall(Position::Start)) => std::future::pending().await,
        Some(failure @ FailureEffect::Status { at: Some(Position::Start), .. }) => instead(failure, dialect),
        failure => {
            // A client that asked first sends nothing before the answer to that.
            let asked_first = head.headers.contains_key(EXPECT);
            let answer = match (failure.as_ref().and_then(|failure| refusal(failure, dialect)), head.uri.query()) {
                (Some(answer), _) => answer,
                (None, query) => match Query::parse(query.unwrap_or_default()) {
                    None => dialect.failure(StatusCode::BAD_REQUEST, None, "the query is not UTF-8"),
                    Some(query) => {
                        let (page, bytes_written) = (plan.page, plan.bytes_written);
                        let response_fault = ResponseFault {
                            page,
                            bytes_written,
                            inside: plan.inside,
                            sync: plan.sync,
                            result: plan.result,
                        };
                        let path = path.to_owned();
                        let body = Arc::clone(&body);
                        let request = ApiRequest {
                            method: head.method,
                            path,
                            query,
                            headers: head.headers,
                            body,
                            upgrade: head.extensions.get().cloned(),
                            response_fault,
                        };
                        dialect.answer(request).await
                    }
                },
            };
            if !asked_first || body.taken() > 0 {
                body.drain(DRAIN).await;
            }
            answer
        }
    };
    if line.is_reset() || body.is_broken() {
        return Err(ConnectionClosed);
    }
    let answer = if plan.chunked { answer::chunked(answer) } else { answer };
    let mut answer = after(plan.failure, up, answer, dialect, &line).await?;
    for (name, value) in plan.headers {
        answer.headers_mut().insert(name, value);
    }
    Ok(entry.watch(answer))
}

/// Returns where a fault cuts a request of `len` bytes off.
fn request_cut(plan: &FaultPlan, up: bool, len: Option<u64>) -> Option<UploadCut> {
    let (at, then) = match plan.failure.as_ref().filter(|_| up)? {
        FailureEffect::Reset { at, keep: true } => (at, request::UploadInterruption::Keep),
        FailureEffect::Reset { at, keep: false } => (at, request::UploadInterruption::Reset),
        FailureEffect::Stall(at) => (at, request::UploadInterruption::Stall),
        _ => return None,
    };
    (*at != Position::End).then(|| UploadCut { at: at.offset_in(len), then })
}

/// Returns the answer to a request of which nothing is done.
fn refusal(failure: &FailureEffect, dialect: &dyn Dialect) -> Option<HttpResponse> {
    let refused =
        matches!(failure, FailureEffect::Status { at: None, .. } | FailureEffect::Endless | FailureEffect::Redirect(_));
    refused.then(|| instead(failure, dialect))
}

/// Returns the answer that a fault gives instead of the dialect's own.
fn instead(failure: &FailureEffect, dialect: &dyn Dialect) -> HttpResponse {
    match failure {
        FailureEffect::Status { status, retry_after, code, .. } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut answer = dialect.failure(status, code.as_deref(), REQUESTED);
            if let Some(seconds) = retry_after {
                answer.headers_mut().insert(RETRY_AFTER, (*seconds).into());
            }
            answer
        }
        FailureEffect::Redirect(url) => {
            let mut answer = answer::empty(StatusCode::TEMPORARY_REDIRECT);
            if let Ok(url) = HeaderValue::from_str(url) {
                answer.headers_mut().insert(LOCATION, url);
            }
            answer
        }
        FailureEffect::Endless
        | FailureEffect::Reset { .. }
        | FailureEffect::Truncate(_)
        | FailureEffect::Stall(_)
        | FailureEffect::Stream(_) => answer::endless(),
    }
}

/// Applies a fault to an answer.
async fn after(
    failure: Option<FailureEffect>,
    up: bool,
    answer: HttpResponse,
    dialect: &dyn Dialect,
    line: &Arc<Connection>,
) -> Result<HttpResponse, ConnectionClosed> {
    let (at, then) = match failure {
        Some(failure @ FailureEffect::Status { at: Some(Position::End), .. }) => return Ok(instead(&failure, dialect)),
        Some(FailureEffect::Reset { at, .. }) if !up || at == Position::End => (at, Interruption::Reset),
        Some(FailureEffect::Stall(at)) if !up || at == Position::End => (at, Interruption::Stall),
        Some(FailureEffect::Truncate(at)) => (at, Interruption::End),
        Some(FailureEffect::Stream(fault)) => return Ok(event_stream::with_fault(answer, fault, Arc::clone(line))),
        _ => return Ok(answer),
    };
    let len = answer::length(&answer);
    match then {
        Interruption::Reset if at == Position::End || len == Some(0) => {
            answer::worked(answer).await;
            line.reset();
            Err(ConnectionClosed)
        }
        Interruption::Stall if at == Position::End || len == Some(0) => std::future::pending().await,
        Interruption::End if len == Some(0) => Ok(answer),
        _ => Ok(answer::cut(answer, at.offset_in(len), then, Arc::clone(line))),
    }
}
