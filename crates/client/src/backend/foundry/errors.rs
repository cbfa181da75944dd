//! Errors of the service, and hints for them.

use crate::http::{HeaderMap, ServiceError, StatusCode, parse_common_error};
use wharf_core::advice::{Setting, Step};
use wharf_core::error::{Error, Kind, Result};
use wharf_wire::foundry as wire;

/// Parses an error of the service. Gateways state in a header why a session could not answer.
pub(super) fn parse(status: StatusCode, headers: &HeaderMap, content: &[u8]) -> ServiceError {
    let mut reported = parse_common_error(status, headers, content);
    let reason = headers.get(wire::GATEWAY_REASON).and_then(|reason| reason.to_str().ok()).map(str::to_owned);
    // Gateways have the better word for what they answer themselves.
    reported.code = reason.or(reported.code);
    let answer: Option<wire::FoundryError> = serde_json::from_slice(content).ok();
    // A 404 of a gateway or of another service says nothing about what was asked for.
    let is_foreign = answer.is_none() && reported.code.is_none();
    reported.request_id = answer.and_then(|answer| answer.error.additional_info).and_then(|info| info.request_id);
    if is_foreign && status == StatusCode::NOT_FOUND {
        (reported.kind, reported.hint) =
            (Some(Kind::Unavailable), Some(format!("check that this is the right address: {}", Setting::BaseUrl)));
        return reported;
    }
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let is_not_ready = reported.code.as_deref().is_some_and(|code| wire::NOT_READY.contains(&code));
    // A sandbox that is suspended has not had the request; its container would say so (?).
    let is_asleep = reported.code.as_deref() == Some(wire::SANDBOX_IDLE) && header(wire::CONTAINER).is_none();
    reported.retry = is_not_ready.then_some(true);
    if is_not_ready || is_asleep {
        reported.not_executed = Some(true);
    } else if is_foreign && status.is_server_error() {
        // A proxy answers 503 also if the connection broke on which it had passed the request on.
        reported.not_executed = Some(false);
    }
    let is_upstream = header(wire::ERROR_SOURCE) == Some(wire::UPSTREAM);
    // Agents answer these themselves without a source, and gateways do instead of them.
    let is_refused = header(wire::CONTAINER).is_some() && matches!(status.as_u16(), 429 | 503);
    if is_upstream || (is_refused && !is_not_ready) {
        // The agent has had the request, whatever its answer is.
        (reported.retry, reported.not_executed) = (Some(false), Some(false));
        if is_upstream && status.is_server_error() {
            let is_missing = reported.code.as_deref() == Some("not_implemented");
            reported.kind = Some(if is_missing { Kind::Unsupported } else { Kind::AgentFailed });
        }
    }
    let diagnose = Step::Diagnose { backend: Some("foundry") };
    reported.hint = reported.code.as_deref().and_then(advice).or(match status.as_u16() {
        401 => {
            Some(format!("the token has to be one of Microsoft Entra for https://ai.azure.com: see {diagnose}"))
        }
        403 => Some(format!(
            "sessions need the role Foundry User on the project; Owner or Contributor alone is not enough: see {diagnose}"
        )),
        500..=599 => header(wire::ERROR_SOURCE).and_then(fault_of),
        _ => None,
    });
    reported
}

/// Returns an error of which the cause may pass.
///
/// # Errors
/// The error, if it will not.
pub(super) fn passing(error: Error) -> Result<Error> {
    let passes = match error.status() {
        Some(status) if status >= 400 => matches!(status, 408 | 424 | 429) || status >= 500,
        // An answer that was cut off has the status that it began with.
        _ => error.kind() == Kind::Unavailable,
    };
    if passes { Ok(error) } else { Err(error) }
}

/// Returns the hint for whose fault an error is.
fn fault_of(source: &str) -> Option<String> {
    match source {
        wire::UPSTREAM => {
            Some(format!("the fault is the agent's, not the service's: {}", Step::ReadLog { session: None }))
        }
        wire::PLATFORM => Some("the fault is the platform's, not the agent's: run the command again later".to_owned()),
        wire::USER => Some("the fault is in the request, not in the agent".to_owned()),
        _ => None,
    }
}

/// Returns the hint for an error code.
fn advice(code: &str) -> Option<String> {
    let text = match code {
        "not_found" => {
            let (sessions, files) = (Step::ListSessions, Step::ListFiles { session: None });
            return Some(format!("{sessions} shows the sessions, {files} what is in one"));
        }
        "session_not_accessible" => {
            let identity = Setting::UserIdentity;
            return Some(format!(
                "it belongs to another identity: use the same {identity} or token as at its creation"
            ));
        }
        "preview_feature_required" => {
            let header = Setting::Header.to("'Foundry-Features: NAME=V1Preview'");
            return Some(format!("the call needs an opt-in: {header}"));
        }
        "session_not_ready" | "ReadinessTimeout" => {
            "the session's sandbox did not start: run the command again, or create a new session"
        }
        wire::responses::CONVERSATION_LOCKED => {
            "another response of this conversation runs: wait for its end, or begin another conversation"
        }
        "SandboxIdle" => "the session's sandbox was suspended and is coming back: run the command again",
        "SandboxNotFound" => "the session's sandbox no longer exists: create a new session",
        "AgentVersionNotReady" => "the agent's version is being deployed: run the command again later",
        "AgentVersionProvisioningFailed" => "the agent's version could not be deployed: deploy it again",
        "QuotaExceeded" | "RegionalQuotaExceeded" => {
            "delete sessions that are no longer needed, or ask for a larger quota"
        }
        _ => return None,
    };
    Some(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_read_in_the_services_words_and_in_its_gateways() {
        let body = br#"{"error":{"code":"not_found","message":"m","additionalInfo":{"request_id":"r1"}}}"#;
        let reported = parse(StatusCode::NOT_FOUND, &HeaderMap::new(), body);
        assert_eq!((reported.code.as_deref(), reported.request_id.as_deref()), (Some("not_found"), Some("r1")));
        assert_eq!(reported.retry, None);
        assert!(reported.hint.unwrap().contains(&Step::ListSessions.to_string()));
        let mut headers = HeaderMap::new();
        headers.insert(wire::GATEWAY_REASON, "SandboxIdle".parse().unwrap());
        let reported = parse(StatusCode::BAD_GATEWAY, &headers, b"");
        assert_eq!(reported.code.as_deref(), Some("SandboxIdle"));
        assert!(reported.hint.unwrap().contains("suspended"));
    }

    #[test]
    fn an_error_says_whose_fault_it_is() {
        let fault = |source: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(wire::ERROR_SOURCE, source.parse().unwrap());
            let body = br#"{"error":{"code":"internal_error","message":"m"}}"#;
            let reported = parse(StatusCode::INTERNAL_SERVER_ERROR, &headers, body);
            (reported.kind, reported.hint.unwrap_or_default())
        };
        let (kind, hint) = fault("upstream");
        assert!(kind == Some(Kind::AgentFailed) && hint.contains("the agent's") && hint.contains("ReadLog"), "{hint}");
        let (kind, hint) = fault("platform");
        assert!(kind.is_none() && hint.contains("the platform's"), "{hint}");
        assert!(fault("user").1.contains("the request"));
        assert_eq!(fault("else").1, "");
    }

    #[test]
    fn a_404_of_something_else_says_nothing_about_a_session() {
        for body in ["", "<html>Not Found</html>", "{}", r#"{"message":"Not Found"}"#] {
            let reported = parse(StatusCode::NOT_FOUND, &HeaderMap::new(), body.as_bytes());
            assert_eq!(reported.kind, Some(Kind::Unavailable), "{body}");
        }
        for body in [r#"{"error":{"code":null,"message":"m"}}"#, r#"{"code":"not_found","message":"m"}"#] {
            assert_eq!(parse(StatusCode::NOT_FOUND, &HeaderMap::new(), body.as_bytes()).kind, None, "{body}");
        }
    }

    #[test]
    fn a_session_that_is_not_ready_is_asked_again_and_a_missing_role_is_named() {
        let body = br#"{"error":{"code":"session_not_ready","message":"m"}}"#;
        let reported = parse(StatusCode::FAILED_DEPENDENCY, &HeaderMap::new(), body);
        assert_eq!(reported.retry, Some(true));
        assert_eq!(parse(StatusCode::FAILED_DEPENDENCY, &HeaderMap::new(), b"{}").retry, None);
        let reported = parse(StatusCode::FORBIDDEN, &HeaderMap::new(), b"{}");
        assert!(reported.hint.unwrap().contains("Foundry User"));
    }
}
