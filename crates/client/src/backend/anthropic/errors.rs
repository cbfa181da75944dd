//! Errors of the service, and hints for them.

use crate::http::{HeaderMap, HeaderValue, ServiceError, StatusCode, parse_common_error};
use wharf_core::advice::{Setting, Step};
use wharf_core::error::Kind;
use wharf_wire::anthropic::SHOULD_RETRY;
use wharf_wire::anthropic::error::{AnthropicError, code};

/// Parses an error of the service. Errors of its edge servers need not be JSON. A header overrides what the status
/// implies about retries.
pub(super) fn parse(status: StatusCode, headers: &HeaderMap, content: &[u8]) -> ServiceError {
    let reported = read(status, headers, content);
    match headers.get(SHOULD_RETRY).map(HeaderValue::as_bytes) {
        Some(b"true") => ServiceError { retry: Some(true), ..reported },
        Some(b"false") => ServiceError { retry: Some(false), ..reported },
        _ => reported,
    }
}

fn read(status: StatusCode, headers: &HeaderMap, content: &[u8]) -> ServiceError {
    let mut reported = parse_common_error(status, headers, content);
    let answer: Option<AnthropicError> = serde_json::from_slice(content).ok();
    if status == StatusCode::NOT_FOUND && answer.is_none() {
        // A 404 of a gateway or of another service says nothing about what was asked for.
        (reported.kind, reported.hint) =
            (Some(Kind::Unavailable), Some(format!("check that this is the right address: {}", Setting::BaseUrl)));
        return reported;
    }
    if let Some(answer) = answer {
        if let Some(code) = answer.code() {
            reported.code = Some(code.to_owned());
        }
        reported.request_id = answer.request_id;
    }
    let known = reported.code.as_deref().and_then(advice);
    if let Some((kind, hint)) = known {
        (reported.kind, reported.hint) = (kind, Some(hint));
    }
    match reported.code.as_deref() {
        // The body came too slowly, and nothing was done.
        Some(code::BODY_TIMEOUT) => (reported.retry, reported.not_executed) = (Some(true), Some(true)),
        // Waiting does not help.
        Some(code) if code::SPEND_LIMITS.contains(&code) => reported.retry = Some(false),
        _ => {}
    }
    if reported.hint.is_none() {
        (reported.kind, reported.hint) = match status.as_u16() {
            401 => {
                let diagnose = Step::Diagnose { backend: Some("anthropic") };
                (None, Some(format!("the key or token is not accepted: see {diagnose}")))
            }
            402 => (Some(Kind::Limit), Some("look at the plan and its billing in the provider's console".to_owned())),
            403 => (None, Some("this key or token may not do that: is it of the right workspace?".to_owned())),
            404 => (reported.kind, reported.message.as_deref().and_then(whereabouts)),
            _ => (reported.kind, None),
        };
    }
    reported
}

/// Returns the kind of an error with a specific code, if it differs from that of its status, and the hint.
fn advice(code: &str) -> Option<(Option<Kind>, String)> {
    let environment = |what: &str| format!("{what}: {}, WHARF_ENVIRONMENT", Setting::Environment);
    let (kind, hint) = match code {
        code::NOT_DOWNLOADABLE => (Kind::Unsupported, uploaded()),
        code::EXPIRED => (Kind::NotFound, "the file has expired: upload it again".to_owned()),
        code::STORAGE_QUOTA => {
            let (list, delete) = (Step::ListStoredFiles { scope: None }, Step::DeleteStoredFile { id: None });
            (Kind::Limit, format!("delete stored files that are no longer needed: {list}, {delete}"))
        }
        code::BODY_TIMEOUT => (Kind::Unavailable, "the content came too slowly: run the command again".to_owned()),
        code::BUDGET_CREATE_ONLY => {
            (Kind::Usage, format!("only a new session gets a budget: {}", Setting::MaxCost.to("USD")))
        }
        code::BUDGET_NOT_RAISED => {
            (Kind::Usage, "name an amount above what the session has cost, or null to remove its budget".to_owned())
        }
        code::NOT_BUDGETABLE => {
            let without = Setting::MaxCost;
            (Kind::Unsupported, format!("its model has no list price: choose another agent, or leave out {without}"))
        }
        code::NO_ENVIRONMENT => (Kind::NotFound, environment("name one that exists")),
        "environment_archived" => (Kind::Conflict, environment("name another one")),
        "organization_not_enrolled_in_beta" => {
            (Kind::Auth, "the organisation of this key has no access to managed agents yet".to_owned())
        }
        "organization_on_hold" => {
            (Kind::Auth, "the organisation of this key is on hold: ask its administrators".to_owned())
        }
        code if code::SPEND_LIMITS.contains(&code) => {
            (Kind::Limit, "waiting does not help: raise the limit in the provider's console".to_owned())
        }
        _ => return None,
    };
    Some((Some(kind), hint))
}

/// Returns the hint for a missing object, if the service reports its type.
fn whereabouts(message: &str) -> Option<String> {
    let message = message.to_ascii_lowercase();
    if message.contains("resource") {
        Some(format!("{} shows what is mounted", Step::ListResources { session: None }))
    } else if message.contains("session") {
        Some(format!("{} lists the existing ones", Step::ListSessions))
    } else if message.contains("file") {
        let (stored, inside) = (Step::ListStoredFiles { scope: None }, Step::ListFiles { session: None });
        Some(format!("{stored} shows the stored files, {inside} what is in a session"))
    } else {
        None
    }
}

/// Returns the reason why an upload cannot be downloaded.
pub(super) fn uploaded() -> String {
    let list = Step::ListStoredFiles { scope: Some("SESSION") };
    format!(
        "the service returns what an agent made, never what a user uploaded: keep the original; {list} shows what can be \
         fetched"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, body: &str) -> ServiceError {
        parse(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.as_bytes())
    }

    fn coded(status: u16, code: &str) -> ServiceError {
        let error = format!(r#"{{"type":"invalid_request_error","message":"m","details":{{"error_code":"{code}"}}}}"#);
        answered(status, &format!(r#"{{"type":"error","error":{error},"request_id":"req_1"}}"#))
    }

    #[test]
    fn errors_are_read_in_the_services_words() {
        let reported =
            answered(404, r#"{"type":"error","error":{"type":"not_found_error","message":"m"},"request_id":"req_1"}"#);
        assert_eq!((reported.code.as_deref(), reported.message.as_deref()), (Some("not_found_error"), Some("m")));
        assert_eq!((reported.request_id.as_deref(), reported.kind, reported.retry), (Some("req_1"), None, None));
        assert_eq!(reported.hint, None);
        for (message, hint) in [
            ("Session `s` not found.", Step::ListSessions),
            ("File `f` not found.", Step::ListStoredFiles { scope: None }),
            ("Resource `r` not found.", Step::ListResources { session: None }),
        ] {
            let reported = answered(
                404,
                &format!(r#"{{"type":"error","error":{{"type":"not_found_error","message":"{message}"}}}}"#),
            );
            assert!(reported.hint.is_some_and(|text| text.contains(&hint.to_string())), "{message}");
        }
        for stranger in ["", "<html>Not Found</html>", "{}", r#"{"message":"Not Found"}"#] {
            assert_eq!(answered(404, stranger).kind, Some(Kind::Unavailable), "{stranger}");
        }
        let page = answered(413, "<html>too large</html>");
        assert!(page.code.is_none() && page.message.is_none() && page.hint.is_none());
    }

    #[test]
    fn a_code_says_more_than_a_status() {
        for (status, code, kind) in [
            (400, "file_not_downloadable", Kind::Unsupported),
            (400, "storage_quota_exceeded", Kind::Limit),
            (404, "file_expired", Kind::NotFound),
            (400, "environment_archived", Kind::Conflict),
            (400, "budget_create_only", Kind::Usage),
            (400, "budget_not_raised", Kind::Usage),
            (400, "model_not_budgetable", Kind::Unsupported),
            (400, "organization_not_enrolled_in_beta", Kind::Auth),
            (429, "enforced_spend_limit_reached", Kind::Limit),
        ] {
            let reported = coded(status, code);
            assert_eq!((reported.kind, reported.code.as_deref()), (Some(kind), Some(code)));
            assert!(reported.hint.is_some(), "{code}");
        }
        assert_eq!(coded(400, "of_tomorrow").kind, None);
    }

    #[test]
    fn the_services_header_overrules_its_status() {
        let retry = |value: &str| {
            let headers = HeaderMap::from_iter([(SHOULD_RETRY.parse().unwrap(), value.parse().unwrap())]);
            parse(StatusCode::INTERNAL_SERVER_ERROR, &headers, b"").retry
        };
        assert_eq!((retry("true"), retry("false"), retry("maybe")), (Some(true), Some(false), None));
    }

    #[test]
    fn money_is_not_waited_for_and_a_slow_body_is_sent_again() {
        assert_eq!(coded(429, "contract_spend_limit_reached").retry, Some(false));
        assert_eq!(coded(429, "ramp_limit_exceeded").retry, None);
        let slow = coded(400, "request_body_timeout");
        assert_eq!((slow.retry, slow.not_executed, slow.kind), (Some(true), Some(true), Some(Kind::Unavailable)));
        assert_eq!(answered(402, "{}").kind, Some(Kind::Limit));
    }
}
