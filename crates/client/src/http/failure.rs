//! Failed attempts, and the errors that they become.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION};
use reqwest::{StatusCode, Url};
use serde_json::Value;

use super::class::Class;
use super::prepared::PreparedRequest;
use super::redact::Secrets;
use super::{address, redact, retry_after};
use wharf_core::advice::{Setting, Step};
use wharf_core::error::{Cause, Details, Error, Kind};

/// Headers with the id of a request, in order of preference: those of the services, then those of gateways. The last
/// one is set by the client, and Azure's services repeat it. One table for all services, because gateways and logins
/// answer in the place of any of them.
const REQUEST_IDS: [&str; 5] =
    ["request-id", "x-request-id", "x-ms-request-id", "apim-request-id", "x-ms-client-request-id"];

/// An error as the service describes it.
#[derive(Debug, Default, Clone)]
pub struct ServiceError {
    /// A machine-readable code.
    pub code: Option<String>,
    /// A message for people.
    pub message: Option<String>,
    /// The service's id for the request, if the content has it.
    pub request_id: Option<String>,
    /// The kind of error, if the service is more specific than the status.
    pub kind: Option<Kind>,
    /// Whether a retry may help, if the service is more specific than the status.
    pub retry: Option<bool>,
    /// The next step for the user, if the backend knows a better one than the status gives.
    pub hint: Option<String>,
    /// Whether the service did nothing, if its answer says more about that than the status.
    pub not_executed: Option<bool>,
}

/// Parses the error of a service from the status, the headers, and at most 64 KiB of content, which may be cut off,
/// empty, or from another program.
pub type ErrorParser = fn(StatusCode, &HeaderMap, &[u8]) -> ServiceError;

/// Parses the two shapes that most services share: `{"error": {"code" or "type", "message"}}`, and these fields
/// without `error` around them.
pub(crate) fn parse_common_error(_: StatusCode, _: &HeaderMap, content: &[u8]) -> ServiceError {
    let Ok(Value::Object(outer)) = serde_json::from_slice(content) else { return ServiceError::default() };
    let inner = outer.get("error").and_then(Value::as_object).unwrap_or(&outer);
    let text = |name: &str| inner.get(name).and_then(Value::as_str).map(str::to_owned);
    ServiceError { code: text("code").or_else(|| text("type")), message: text("message"), ..ServiceError::default() }
}

/// The progress of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
    /// No connection was made: nothing was sent.
    NotSent,
    /// The service rejected the request before it acted.
    Rejected,
    /// The service answered something else.
    Answered,
    /// Something may have been sent, and the effect is unknown.
    Unknown,
}

/// The part of an answer's content that was read.
pub(super) struct AnswerContent {
    pub(super) bytes: Bytes,
    /// Whether the content is longer than the part that was read.
    pub(super) is_cut: bool,
}

/// A failed attempt.
#[derive(Debug)]
pub(super) struct AttemptFailure {
    pub(super) delivery: Delivery,
    pub(super) kind: Kind,
    pub(super) message: String,
    hint: Option<String>,
    pub(super) details: Box<Details>,
    /// The errors of the HTTP library.
    cause: Option<Cause>,
    /// An error of another module (a source, the certificates), which is passed on unchanged.
    own: Option<Box<Error>>,
}

/// The attempts of a request before it failed.
pub(super) struct RequestHistory {
    pub(super) class: Class,
    pub(super) tries: u32,
    /// Whether an attempt may have had an effect although its answer was lost.
    pub(super) lost: bool,
    /// Whether an attempt may have had an effect although it was answered with an error.
    pub(super) ambiguous: bool,
    backend: &'static str,
    secrets: Arc<Secrets>,
}

impl RequestHistory {
    pub(super) fn new(request: &PreparedRequest<'_>, backend: &'static str) -> Self {
        RequestHistory {
            class: request.class,
            tries: request.tried,
            lost: false,
            ambiguous: false,
            backend,
            secrets: Arc::clone(&request.secrets),
        }
    }
}

/// Returns whether a service refuses requests with this status because of its load.
const fn is_overload(status: u16) -> bool {
    matches!(status, 429 | 503 | 529)
}

impl AttemptFailure {
    pub(super) fn new(delivery: Delivery, message: impl Into<String>) -> Self {
        AttemptFailure {
            delivery,
            kind: Kind::Unavailable,
            message: message.into(),
            hint: None,
            details: Box::new(Details { retryable: true, ..Details::default() }),
            cause: None,
            own: None,
        }
    }

    /// Sets the cause; [`AttemptFailure::into_error`] masks it.
    pub(super) fn caused_by(self, cause: Cause) -> Self {
        AttemptFailure { cause: Some(cause), ..self }
    }

    /// Returns a failure that a retry does not fix.
    fn for_good(delivery: Delivery, kind: Kind, message: impl Into<String>) -> Self {
        AttemptFailure { kind, details: Box::default(), ..Self::new(delivery, message) }
    }

    /// Returns the failure for an error of another module, which a retry does not fix.
    pub(super) fn own(delivery: Delivery, error: Error) -> Self {
        let failure = Self::for_good(delivery, error.kind(), error.message());
        AttemptFailure { own: Some(Box::new(error)), ..failure }
    }

    /// Returns the failure of an attempt that exceeded `--timeout`.
    pub(super) fn too_late(delivery: Delivery) -> Self {
        Self::for_good(delivery, Kind::Deadline, out_of_time())
    }

    /// Returns the failure of a request that is not sent because the service asked for a long wait.
    pub(super) fn told_to_wait(wait: Duration) -> Self {
        let message = "the service asked for a pause when it answered an earlier request";
        let details = Details { retry_after: Some(wait), retryable: true, ..Details::default() };
        AttemptFailure { kind: Kind::Limit, details: Box::new(details), ..Self::new(Delivery::Rejected, message) }
    }

    /// Returns the failure of an answer that violates the protocol.
    pub(super) fn protocol(delivery: Delivery, message: impl Into<String>) -> Self {
        Self::for_good(delivery, Kind::Unavailable, message)
    }

    /// Returns the failure of a partial content in answer to a complete request: `unverified` for a file.
    pub(super) fn of_part(of_file: bool) -> Self {
        let kind = if of_file { Kind::Unverified } else { Kind::Unavailable };
        AttemptFailure {
            hint: Some("a cache or a proxy on the way may keep parts of answers".to_owned()),
            ..Self::for_good(
                Delivery::Answered,
                kind,
                "the service answered a request for the whole content with a part of it",
            )
        }
    }

    /// Returns the failure of an answer that ended early or never started.
    pub(super) fn cut_off(error: &reqwest::Error) -> Self {
        let failure = Self::new(Delivery::Unknown, format!("the answer was cut off: {}", reason(error)));
        AttemptFailure { cause: library_cause(error), ..failure }
    }

    /// Returns the failure of an attempt without an answer.
    pub(super) fn of_call(error: &reqwest::Error, url: &Url) -> Self {
        AttemptFailure { cause: library_cause(error), ..Self::unanswered(error, url) }
    }

    fn unanswered(error: &reqwest::Error, url: &Url) -> Self {
        let place = address::origin(url);
        if !error.is_connect() {
            return Self::new(
                Delivery::Unknown,
                format!("the connection broke before an answer came ({}): {place}", reason(error)),
            );
        }
        if let Some(tls) = causes(error).find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
            let failure = Self::protocol(Delivery::NotSent, format!("no secure connection ({tls}): {place}"));
            let hint = match tls {
                rustls::Error::InvalidCertificate(_) => {
                    let own = Setting::CaCert.to("FILE");
                    format!("the certificate is not trusted here; `{own}` adds a certificate authority")
                }
                _ => "check that the address is right and that the service supports TLS".to_owned(),
            };
            return AttemptFailure { hint: Some(hint), ..failure };
        }
        let why = if error.is_timeout() {
            format!("no connection within {}", Setting::ConnectTimeout)
        } else {
            reason(error)
        };
        AttemptFailure {
            hint: Some("check the address, the network and the proxy variables".to_owned()),
            ..Self::new(Delivery::NotSent, format!("cannot reach the service ({why}): {place}"))
        }
    }

    /// Returns the failure of an answer without a 2xx status. `content` is the part of its content that was read.
    pub(super) fn of_answer(
        error_parser: ErrorParser,
        request: &PreparedRequest<'_>,
        status: StatusCode,
        headers: &HeaderMap,
        content: &AnswerContent,
    ) -> Self {
        let (url, secrets) = (&request.url, &request.secrets);
        let reported = error_parser(status, headers, &content.bytes);
        let says = reported.message.filter(|text| !text.trim().is_empty()).map(|text| secrets.excerpt(&text));
        let says = says.or_else(|| foreign_excerpt(headers, content, secrets));
        let mut message = format!("the service answered {}", status.as_u16());
        message.push_str(&status.canonical_reason().map(|reason| format!(" {reason}")).unwrap_or_default());
        if status.is_redirection() {
            message.push_str(&redirect_target(url, headers));
        }
        if let Some(says) = says {
            message = format!("{message}: {says}");
        }
        let refused = reported.not_executed.unwrap_or(is_overload(status.as_u16()));
        let default_again = refused || matches!(status.as_u16(), 408 | 500 | 502 | 504) || status.as_u16() >= 520;
        let retry = reported.retry.unwrap_or(default_again);
        AttemptFailure {
            kind: reported.kind.unwrap_or_else(|| kind_of(status)),
            hint: reported.hint.or_else(|| hint(status)),
            details: Box::new(Details {
                backend: None,
                status: Some(status.as_u16()),
                code: reported.code.map(|code| secrets.excerpt(&code)),
                request_id: request_id(headers, secrets).or_else(|| reported.request_id.map(|id| secrets.excerpt(&id))),
                retryable: retry,
                retry_after: retry_after::asked(headers, Timestamp::now()),
                uncertain: false,
                tries: 0,
                left: Vec::new(),
            }),
            ..Self::new(if refused { Delivery::Rejected } else { Delivery::Answered }, message)
        }
    }

    /// Returns whether the service refused the request because of its load.
    pub(super) fn is_overload(&self) -> bool {
        self.delivery == Delivery::Rejected && self.details.status.is_some_and(is_overload)
    }

    /// Returns whether sending the request again is allowed and may help.
    pub(super) fn may_be_tried_again(&self, class: Class) -> bool {
        match class {
            Class::Safe | Class::Idempotent => self.details.retryable,
            Class::Once(_) => self.details.retryable && matches!(self.delivery, Delivery::NotSent | Delivery::Rejected),
        }
    }

    /// Returns whether the effect of the request is unknown: 5xx and 408 come from gateways as well, which do not
    /// know what the service did. An agent that failed has had the request, and one that lacks a feature has not used it.
    pub(super) fn is_ambiguous(&self) -> bool {
        self.delivery == Delivery::Answered
            && matches!(self.details.status, Some(408 | 500..=599))
            && !matches!(self.kind, Kind::AgentFailed | Kind::Unsupported)
    }

    /// Returns the error for the caller, without secrets.
    pub(super) fn into_error(self, history: &RequestHistory) -> Error {
        let scrub = |text: &str| history.secrets.scrub(text, false);
        let uncertain = history.lost || self.delivery == Delivery::Unknown;
        let ambiguous = history.ambiguous || self.is_ambiguous();
        let unsure = match history.class {
            Class::Once(look) if uncertain || ambiguous => {
                Some(format!("it may have taken effect, and was not sent again; {look} shows whether it did"))
            }
            Class::Idempotent if uncertain => Some("an earlier try may have taken effect".to_owned()),
            Class::Safe | Class::Once(_) | Class::Idempotent => None,
        };
        let mut message = scrub(&self.message);
        message.push_str(&after_tries(history.tries));
        if unsure.is_some() && matches!(history.class, Class::Once(_)) {
            message = format!("{message}; it may have taken effect");
        }
        let mut error = match self.own {
            Some(own) => *own,
            None => Error::new(self.kind, message).details(Details {
                backend: Some(history.backend),
                code: self.details.code.as_deref().map(scrub),
                request_id: self.details.request_id.as_deref().map(scrub),
                uncertain: unsure.is_some() || ambiguous && matches!(history.class, Class::Idempotent),
                tries: history.tries,
                ..*self.details
            }),
        };
        let asked = self.details.retry_after.filter(|_| self.details.retryable);
        let asked = asked
            .map(|wait| format!("the service asks to wait for {} s before the next try", wait.as_secs_f64().ceil()));
        if let Some(cause) = self.cause {
            let shown = |text: &str| redact::only_origins(&history.secrets.excerpt(text), None);
            error = error.with_cause(cause.map(&shown));
        }
        if let Some(hint) = unsure.or(asked).or(self.hint) {
            error = error.hint(hint);
        }
        error
    }
}

/// Returns the message of an idle timeout.
pub(super) fn idle_message(who: &str, idle: Duration) -> String {
    format!("{who} nothing for {} s", idle.as_secs_f64())
}

/// Returns the message of a command that exceeded its time limit.
pub(super) fn out_of_time() -> String {
    format!("{} ran out", Setting::Timeout)
}

/// Returns the suffix of a message about several attempts.
pub fn after_tries(tries: u32) -> String {
    if tries > 1 { format!(" (after {tries} tries)") } else { String::new() }
}

/// Returns whether an answer with a successful status reports a failure, as in some services.
pub type FailureCheck = fn(&[u8]) -> bool;

/// Returns the kind of an error by its status. 400 and 422 are `usage`: in practice the service rejects a name, path
/// or number that the user gave, and its message tells which.
pub fn kind_of(status: StatusCode) -> Kind {
    match status.as_u16() {
        400 | 422 => Kind::Usage,
        401 | 403 => Kind::Auth,
        404 => Kind::NotFound,
        409 | 412 => Kind::Conflict,
        413 | 429 | 507 => Kind::Limit,
        // 408 and 5xx, and whatever the protocol does not know.
        _ => Kind::Unavailable,
    }
}

fn hint(status: StatusCode) -> Option<String> {
    let diagnose = Step::Diagnose { backend: None };
    Some(match status.as_u16() {
        401 => format!("the credentials are missing, wrong or expired: see {diagnose}"),
        403 => format!("these credentials lack permission: see {diagnose}"),
        407 => "the proxy needs a user name and a password: `http://user:password@host:port`".to_owned(),
        408 | 500..=599 => "the service has a problem: run the command again later".to_owned(),
        429 => format!("run the command again later, or lower {}", Setting::Jobs),
        300..=399 => {
            format!(
                "redirects are not followed, so that credentials reach one service only: check {}",
                Setting::BaseUrl
            )
        }
        _ => return None,
    })
}

/// Returns the origin of a redirect's target: the rest of the URL may be a secret.
fn redirect_target(url: &Url, headers: &HeaderMap) -> String {
    let target = headers.get(LOCATION).and_then(|value| value.to_str().ok()).and_then(|text| url.join(text).ok());
    target.map(|target| format!(" and points to {}", address::origin(&target))).unwrap_or_default()
}

/// Returns the content type and the beginning of an answer that is not from the service itself, such as a gateway's
/// error page.
fn foreign_excerpt(headers: &HeaderMap, content: &AnswerContent, secrets: &Secrets) -> Option<String> {
    if let Ok(mut value) = serde_json::from_slice::<Value>(&content.bytes) {
        redact::json(&mut value);
        return Some(secrets.excerpt(&value.to_string()));
    }
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("no content type");
    let kind = secrets.excerpt(kind);
    let text = String::from_utf8_lossy(&content.bytes);
    let says = secrets.excerpt(&without_tags(&secrets.scrub(&text, content.is_cut)));
    match says.is_empty() {
        true if content.bytes.is_empty() => None,
        true => Some(format!("no JSON ({kind})")),
        false => Some(format!("no JSON ({kind}): {says}")),
    }
}

/// Returns the text of a web page without its tags.
fn without_tags(text: &str) -> String {
    let mut inside = false;
    let keep = |c: char| match c {
        '<' => {
            inside = true;
            Some(' ')
        }
        '>' if inside => {
            inside = false;
            None
        }
        c => Some(c).filter(|_| !inside),
    };
    text.chars().filter_map(keep).collect()
}

/// Returns the service's id for a request. A proxy may have merged two headers into `a, a`.
pub(super) fn request_id(headers: &HeaderMap, secrets: &Secrets) -> Option<String> {
    REQUEST_IDS.iter().find_map(|name| {
        let value = headers.get(*name)?.to_str().ok()?;
        value.split(',').map(str::trim).find(|piece| !piece.is_empty()).map(|id| secrets.excerpt(id))
    })
}

/// Returns an error and all its causes, the error itself first.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| cause(*error))
}

/// Returns the cause of an error. An I/O error does not report the error that it wraps as its source.
fn cause<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

/// Returns the causes of an error of the HTTP library, without the error itself, whose text repeats the URL.
fn library_cause(error: &reqwest::Error) -> Option<Cause> {
    error.source().map(Cause::of)
}

/// Returns the message of the innermost cause, which is the most specific one.
pub(super) fn reason(error: &reqwest::Error) -> String {
    let text = causes(error).last().map(ToString::to_string).unwrap_or_default();
    let text = text.split(" (os error ").next().unwrap_or_default();
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_lowercase().to_string()).unwrap_or_default();
    first + letters.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_its_kind() {
        for (statuses, kind_) in [
            (&[401, 403][..], Kind::Auth),
            (&[404], Kind::NotFound),
            (&[409, 412], Kind::Conflict),
            (&[413, 429, 507], Kind::Limit),
            (&[408, 500, 501, 502, 503, 504, 529], Kind::Unavailable),
            (&[400, 422], Kind::Usage),
            (&[402, 405, 410, 424, 301, 304], Kind::Unavailable),
        ] {
            for status in statuses {
                assert_eq!(kind_of(StatusCode::from_u16(*status).unwrap()), kind_, "{status}");
            }
        }
    }

    #[test]
    fn strangers_are_quoted_in_one_short_line() {
        let mut html = HeaderMap::new();
        let foreign_excerpt = |headers: &HeaderMap, text: &[u8]| {
            let content = AnswerContent { bytes: Bytes::copy_from_slice(text), is_cut: false };
            foreign_excerpt(headers, &content, &Secrets::default())
        };
        html.insert(CONTENT_TYPE, "text/html; charset=utf-8".parse().unwrap());
        let page = b"<html><head><title>502 Bad\x1b[31m Gateway</title></head>\n<body>nginx</body></html>";
        assert_eq!(
            foreign_excerpt(&html, page).unwrap(),
            "no JSON (text/html; charset=utf-8): 502 Bad [31m Gateway nginx"
        );
        assert_eq!(foreign_excerpt(&html, b"<html>").unwrap(), "no JSON (text/html; charset=utf-8)");
        assert_eq!(foreign_excerpt(&HeaderMap::new(), b""), None);
        let long = foreign_excerpt(&HeaderMap::new(), "ä".repeat(5000).as_bytes()).unwrap();
        assert!(long.chars().count() < 250 && long.ends_with('…'));
    }

    #[test]
    fn the_common_envelope_reads_both_shapes() {
        let read = |text: &str| {
            let reported = parse_common_error(StatusCode::BAD_REQUEST, &HeaderMap::new(), text.as_bytes());
            (reported.code, reported.message)
        };
        let both = (Some("c".to_owned()), Some("m".to_owned()));
        assert_eq!(read(r#"{"error": {"code": "c", "message": "m"}}"#), both);
        assert_eq!(read(r#"{"type": "error", "error": {"type": "c", "message": "m"}}"#), both);
        assert_eq!(read(r#"{"code": "c", "message": "m"}"#), both);
        assert_eq!(read("<html>"), (None, None));
        assert_eq!(read(r#"{"error": "x", "code": null}"#), (None, None));
    }

    #[test]
    fn request_ids_are_found_by_any_name() {
        for (name, value, id) in
            [("request-id", "req_1", "req_1"), ("apim-request-id", "a, a", "a"), ("x-ms-request-id", " ,b", "b")]
        {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            assert_eq!(request_id(&headers, &Secrets::default()).as_deref(), Some(id));
        }
    }
}
