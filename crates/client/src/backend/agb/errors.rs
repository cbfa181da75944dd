//! Errors of the service, and hints for them.
//!
//! A failure has its own status, or is reported in the envelope of an HTTP 200.

use crate::http::{HeaderMap, ServiceError, StatusCode, kind_of};
use wharf_core::advice::{Setting, Step};
use wharf_core::error::{Error, Kind};
use wharf_core::model::SessionPath;
use wharf_wire::agb as wire;

/// Returns whether an answer with a successful status is a failure: only an envelope that reports success is one.
pub(super) fn is_failure(content: &[u8]) -> bool {
    !wire::AgbEnvelope::read(content).is_some_and(|envelope| envelope.success)
}

/// Parses an error of the service.
pub(super) fn parse(status: StatusCode, _: &HeaderMap, content: &[u8]) -> ServiceError {
    let envelope = wire::AgbEnvelope::read(content);
    // A gateway's page, and whatever else has no name that the service gives.
    let Some(envelope) = envelope.filter(|envelope| envelope.code.is_some() || envelope.request_id.is_some()) else {
        let lost = status == StatusCode::NOT_FOUND || status.is_success();
        return ServiceError {
            kind: lost.then_some(Kind::Unavailable),
            hint: lost.then(|| format!("check that this is the right address: {} and AGB_ENDPOINT", Setting::BaseUrl)),
            ..ServiceError::default()
        };
    };
    let inner = envelope.http_status_code.and_then(|status| u16::try_from(status).ok());
    let inner = inner.and_then(|status| StatusCode::from_u16(status).ok()).filter(|status| status.as_u16() >= 400);
    let status = if status.is_success() { inner.unwrap_or(status) } else { status };
    let code = envelope.code.as_deref().unwrap_or_default();
    let throttled = status == StatusCode::TOO_MANY_REQUESTS || code.starts_with(wire::code::THROTTLED);
    let kind = if envelope.is_not_found() {
        Kind::NotFound
    } else if throttled {
        Kind::Limit
    } else if [wire::code::UNAUTHORIZED, wire::code::DENIED].contains(&code) {
        Kind::Auth
    } else {
        kind_of(status)
    };
    ServiceError {
        hint: hint(kind, code),
        kind: Some(kind),
        retry: (throttled || status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED).then_some(true),
        code: envelope.code,
        message: envelope.message,
        request_id: envelope.request_id,
        // Who is throttled was turned away at the door.
        not_executed: throttled.then_some(true),
    }
}

fn hint(kind: Kind, code: &str) -> Option<String> {
    Some(match kind {
        Kind::Auth => {
            format!("the key is wrong, or may not do that: see {}", Step::Diagnose { backend: Some("agb") })
        }
        Kind::NotFound if code == wire::code::NO_SESSION => {
            format!("unused sessions are deleted after a while: {} lists the existing ones", Step::ListSessions)
        }
        _ => return None,
    })
}

/// Adds the paths that may be left in a session to an error.
pub(super) fn naming_left(error: Error, left: &[SessionPath]) -> Error {
    if left.is_empty() {
        return error;
    }
    let left: Vec<String> = left.iter().map(SessionPath::to_string).collect();
    let what = format!("{}; temporary files may be left: `{}`", error.message(), left.join("`, `"));
    error.with_message(what).leaving(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report_of(status: u16, body: &str) -> ServiceError {
        parse(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.as_bytes())
    }

    #[test]
    fn only_what_says_success_is_one() {
        for good in [r#"{"success":true}"#, r#"{"Success":true,"Data":1}"#, r#"{"body":{"success":true}}"#] {
            assert!(!is_failure(good.as_bytes()), "{good}");
        }
        for bad in [r#"{"success":"true"}"#, r#"{"success":false}"#, "{}", "", "<html>", "[]", r#"{"data":[]}"#] {
            assert!(is_failure(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn a_failure_is_read_by_its_code_and_its_status_wherever_they_stand() {
        for (status, body, kind, retry) in [
            (400, r#"{"code":"InvalidMcpSession.NotFound","message":"m"}"#, Kind::NotFound, None),
            (200, r#"{"code":"InvalidMcpSession.NotFound","success":false}"#, Kind::NotFound, None),
            (200, r#"{"code":"","requestId":"r","message":"Session not found"}"#, Kind::NotFound, None),
            (200, r#"{"Code":"Throttling.User","Success":false}"#, Kind::Limit, Some(true)),
            (200, r#"{"code":"x","httpStatusCode":500}"#, Kind::Unavailable, Some(true)),
            (200, r#"{"code":"AccessDenied"}"#, Kind::Auth, None),
            (403, r#"{"code":"x"}"#, Kind::Auth, None),
            (400, r#"{"code":"InvalidParameter","message":"m"}"#, Kind::Usage, None),
            (200, r#"{"code":"InvalidParameter","httpStatusCode":400}"#, Kind::Usage, None),
            (200, r#"{"code":"ok","success":false}"#, Kind::Unavailable, None),
            (501, r#"{"code":"NotImplemented"}"#, Kind::Unavailable, None),
        ] {
            let reported = report_of(status, body);
            assert_eq!((reported.kind, reported.retry), (Some(kind), retry), "{status} {body}");
        }
        let whole = report_of(400, r#"{"code":"c","message":"m","requestId":"r"}"#);
        assert_eq!((whole.code.as_deref(), whole.message.as_deref()), (Some("c"), Some("m")));
        assert_eq!(whole.request_id.as_deref(), Some("r"));
    }

    #[test]
    fn a_gateway_that_knows_no_page_says_nothing_about_a_session() {
        for body in ["<html>Not Found</html>", "", r#"{"message":"Not Found"}"#] {
            assert_eq!(report_of(404, body).kind, Some(Kind::Unavailable), "{body}");
        }
        assert_eq!(report_of(502, "<html>").kind, None);
        assert_eq!(report_of(200, "<html>").kind, Some(Kind::Unavailable));
    }
}
