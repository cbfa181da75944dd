//! Errors.

use serde::{Deserialize, Serialize};

use super::{Extra, or_default};

/// The body of an answer that is an error, and the data of a stream's frame `error` \[types, docs\].
/// The edge answers other things: a page, nothing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AnthropicError {
    /// `error`.
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    pub kind: String,
    /// The error.
    pub error: AnthropicErrorBody,
    /// The id of the request; without this field, the header [`REQUEST_ID`](super::REQUEST_ID) has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// The error.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AnthropicErrorBody {
    /// A word that goes with the status, such as `not_found_error`.
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    pub kind: String,
    /// A sentence for people.
    #[serde(default, deserialize_with = "or_default")]
    pub message: String,
    /// More.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<AnthropicErrorDetails>,
    /// Fields that these types do not name.
    #[serde(flatten)]
    pub extra: Extra,
}

/// More about an error.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct AnthropicErrorDetails {
    /// A word for programs, of [`code`] or another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// Fields that these types do not name.
    #[serde(flatten)]
    pub extra: Extra,
}

impl AnthropicError {
    /// Returns an error with this status.
    pub fn of(status: u16, code: Option<&str>, message: &str, request_id: &str) -> Self {
        let details = code.map(|code| AnthropicErrorDetails { error_code: Some(code.to_owned()), extra: Extra::new() });
        let (kind, message) = (kind_of(status).to_owned(), message.to_owned());
        let error = AnthropicErrorBody { kind, message, details, extra: Extra::new() };
        AnthropicError { kind: "error".to_owned(), error, request_id: Some(request_id.to_owned()) }
    }

    /// Returns the code of the error.
    pub fn code(&self) -> Option<&str> {
        self.error.details.as_ref()?.error_code.as_deref()
    }
}

/// Words for programs, in `details.error_code` \[types\].
pub mod code {
    /// 400: a user's upload, whose content the service never gives back.
    pub const NOT_DOWNLOADABLE: &str = "file_not_downloadable";
    /// 404: its time is over.
    pub const EXPIRED: &str = "file_expired";
    /// 400: the organisation's room for files is used up.
    pub const STORAGE_QUOTA: &str = "storage_quota_exceeded";
    /// 400: metadata that is not a map of text to text, or too much of it.
    pub const INVALID_METADATA: &str = "invalid_metadata";
    /// 404: an environment that is not there.
    pub const NO_ENVIRONMENT: &str = "environment_not_found";
    /// 400: an environment that was archived cannot be changed.
    pub const ENVIRONMENT_ARCHIVED: &str = "environment_archived";
    /// 400: a session gets a budget when it is created, and never later \[types\].
    pub const BUDGET_CREATE_ONLY: &str = "budget_create_only";
    /// 400: a new budget that the session has spent already \[types\].
    pub const BUDGET_NOT_RAISED: &str = "budget_not_raised";
    /// 400: a budget for a model without a list price \[types\].
    pub const NOT_BUDGETABLE: &str = "model_not_budgetable";
    /// 400: the body came too slowly, and nothing was done.
    pub const BODY_TIMEOUT: &str = "request_body_timeout";
    /// 429: a limit on money, which waiting does not help against.
    pub const SPEND_LIMITS: [&str; 2] = ["enforced_spend_limit_reached", "contract_spend_limit_reached"];
}

/// Returns the type of an error with this status \[docs\].
pub const fn kind_of(status: u16) -> &'static str {
    match status {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        409 => "conflict_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        504 => "timeout_error",
        529 => "overloaded_error",
        400..=499 => "invalid_request_error",
        _ => "api_error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_may_lack_all_but_its_envelope() {
        let text = r#"{"type":"error","error":{"type":"not_found_error","message":"m","new":1},"request_id":"req_1"}"#;
        let read: AnthropicError = serde_json::from_str(text).unwrap();
        assert_eq!((read.error.message.as_str(), read.code()), ("m", None));
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
        let bare: AnthropicError = serde_json::from_str(r#"{"error":{"message":null,"details":null}}"#).unwrap();
        assert_eq!((bare.error.kind.as_str(), bare.request_id), ("", None));
    }

    #[test]
    fn a_code_is_found_where_there_is_one() {
        let made = AnthropicError::of(400, Some(code::NOT_DOWNLOADABLE), "m", "req_1");
        let read: AnthropicError = serde_json::from_value(serde_json::to_value(&made).unwrap()).unwrap();
        assert_eq!((read.error.kind.as_str(), read.code()), ("invalid_request_error", Some("file_not_downloadable")));
    }
}
