//! What the service says of an error, and what to do about it.

use crate::http::{HeaderMap, ServiceError, StatusCode, parse_common_error};
use wharf_core::error::Kind;
use wharf_wire::anthropic::error::{AnthropicError, code};

/// Reads an error in the service's own words. What its edge answers need not be JSON.
pub(super) fn parse(status: StatusCode, headers: &HeaderMap, content: &[u8]) -> ServiceError {
    let mut told = parse_common_error(status, headers, content);
    let answer: Option<AnthropicError> = serde_json::from_slice(content).ok();
    if status == StatusCode::NOT_FOUND && answer.is_none() {
        // A 404 of a gateway or of another service says nothing about what was asked for.
        (told.kind, told.hint) = (Some(Kind::Unavailable), Some("is this the right address? see --base-url"));
        return told;
    }
    if let Some(answer) = answer {
        if let Some(code) = answer.code() {
            told.code = Some(code.to_owned());
        }
        told.request_id = answer.request_id;
    }
    let known = told.code.as_deref().and_then(advice);
    if let Some((kind, hint)) = known {
        (told.kind, told.hint) = (kind, Some(hint));
    }
    match told.code.as_deref() {
        // The body came too slowly, and nothing was done.
        Some(code::BODY_TIMEOUT) => (told.retry, told.not_executed) = (Some(true), true),
        // Waiting does not help.
        Some(code) if code::SPEND_LIMITS.contains(&code) => told.retry = Some(false),
        _ => {}
    }
    if told.hint.is_none() {
        (told.kind, told.hint) = match status.as_u16() {
            401 => (None, Some("the key or token is not taken: see `wharf doctor -b anthropic`")),
            402 => (Some(Kind::Limit), Some("look at the plan and its billing in the provider's console")),
            403 => (None, Some("this key or token may not do that: is it of the right workspace?")),
            404 => (told.kind, told.message.as_deref().and_then(whereabouts)),
            _ => (told.kind, None),
        };
    }
    told
}

/// What an error with a code of its own is, where its status says something else, and the next step.
fn advice(code: &str) -> Option<(Option<Kind>, &'static str)> {
    Some(match code {
        code::NOT_DOWNLOADABLE => (Some(Kind::Unsupported), UPLOADED),
        code::EXPIRED => (Some(Kind::NotFound), "its time is over: upload it again"),
        code::STORAGE_QUOTA => {
            (Some(Kind::Limit), "delete stored files that are not needed any more: `wharf files ls`, `wharf files rm`")
        }
        code::BODY_TIMEOUT => (Some(Kind::Unavailable), "the content came too slowly: run the command again"),
        code::NO_ENVIRONMENT => (Some(Kind::NotFound), "name one that there is: --environment, WHARF_ENVIRONMENT"),
        "environment_archived" => (Some(Kind::Conflict), "name another one: --environment, WHARF_ENVIRONMENT"),
        "organization_not_enrolled_in_beta" => {
            (Some(Kind::Auth), "the organisation of this key has no access to managed agents yet")
        }
        "organization_on_hold" => (Some(Kind::Auth), "the organisation of this key is on hold: ask its administrators"),
        code if code::SPEND_LIMITS.contains(&code) => {
            (Some(Kind::Limit), "waiting does not help: raise the limit in the provider's console")
        }
        _ => return None,
    })
}

/// Where to look for what is not there, as far as the service says what that is.
fn whereabouts(message: &str) -> Option<&'static str> {
    let message = message.to_ascii_lowercase();
    let hints = [
        ("resource", "`wharf resources list SESSION` shows what is mounted"),
        ("session", "`wharf sessions list` shows those that are there"),
        ("file", "`wharf files ls` shows the stored files, `wharf files ls SESSION:/` what is in a session"),
    ];
    hints.into_iter().find(|(what, _)| message.contains(what)).map(|(_, hint)| hint)
}

/// Why an upload cannot be had back.
pub(super) const UPLOADED: &str = "the service hands out what an agent made, and never what a user uploaded: keep the \
    original; `wharf files ls --scope-id SESSION` shows what can be fetched";

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> ServiceError {
        parse(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.as_bytes())
    }

    fn coded(status: u16, code: &str) -> ServiceError {
        let error = format!(r#"{{"type":"invalid_request_error","message":"m","details":{{"error_code":"{code}"}}}}"#);
        read(status, &format!(r#"{{"type":"error","error":{error},"request_id":"req_1"}}"#))
    }

    #[test]
    fn errors_are_read_in_the_services_words() {
        let told =
            read(404, r#"{"type":"error","error":{"type":"not_found_error","message":"m"},"request_id":"req_1"}"#);
        assert_eq!((told.code.as_deref(), told.message.as_deref()), (Some("not_found_error"), Some("m")));
        assert_eq!((told.request_id.as_deref(), told.kind, told.retry), (Some("req_1"), None, None));
        assert_eq!(told.hint, None);
        for (message, hint) in [
            ("Session `s` not found.", "sessions list"),
            ("File `f` not found.", "files ls"),
            ("Resource `r` not found.", "resources list"),
        ] {
            let told =
                read(404, &format!(r#"{{"type":"error","error":{{"type":"not_found_error","message":"{message}"}}}}"#));
            assert!(told.hint.is_some_and(|text| text.contains(hint)), "{message}");
        }
        for stranger in ["", "<html>Not Found</html>", "{}", r#"{"message":"Not Found"}"#] {
            assert_eq!(read(404, stranger).kind, Some(Kind::Unavailable), "{stranger}");
        }
        let page = read(413, "<html>too large</html>");
        assert!(page.code.is_none() && page.message.is_none() && page.hint.is_none());
    }

    #[test]
    fn a_code_says_more_than_a_status() {
        for (status, code, kind) in [
            (400, "file_not_downloadable", Kind::Unsupported),
            (400, "storage_quota_exceeded", Kind::Limit),
            (404, "file_expired", Kind::NotFound),
            (400, "environment_archived", Kind::Conflict),
            (400, "organization_not_enrolled_in_beta", Kind::Auth),
            (429, "enforced_spend_limit_reached", Kind::Limit),
        ] {
            let told = coded(status, code);
            assert_eq!((told.kind, told.code.as_deref()), (Some(kind), Some(code)));
            assert!(told.hint.is_some(), "{code}");
        }
        assert_eq!(coded(400, "of_tomorrow").kind, None);
    }

    #[test]
    fn money_is_not_waited_for_and_a_slow_body_is_sent_again() {
        assert_eq!(coded(429, "contract_spend_limit_reached").retry, Some(false));
        assert_eq!(coded(429, "ramp_limit_exceeded").retry, None);
        let slow = coded(400, "request_body_timeout");
        assert_eq!((slow.retry, slow.not_executed, slow.kind), (Some(true), true, Some(Kind::Unavailable)));
        assert_eq!(read(402, "{}").kind, Some(Kind::Limit));
    }
}
