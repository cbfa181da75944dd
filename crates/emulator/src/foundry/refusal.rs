//! Errors: those of the gateway, and those of the runtime in which an agent's container answers. Each has a form of its
//! own.

use hyper::StatusCode;
use hyper::header::HeaderValue;
use serde_json::{Map, Value, json};

use crate::answer::{self, HttpResponse};
use crate::api_error::ApiError;
use wharf_core::error::Error;
use wharf_wire::foundry as wire;

/// Why a call of the service is refused.
pub(super) enum Refusal {
    /// By the gateway.
    Gateway(ApiError),
    /// By the runtime.
    Runtime(RuntimeError),
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Refusal::Gateway(error)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Refusal::Gateway(error.into())
    }
}

impl From<RuntimeError> for Refusal {
    fn from(error: RuntimeError) -> Self {
        Refusal::Runtime(error)
    }
}

/// An error in the runtime's form \[runtime\].
pub(super) struct RuntimeError {
    status: StatusCode,
    source: &'static str,
    error: Map<String, Value>,
    headers: Vec<(&'static str, String)>,
    /// Whether it names the request.
    names_request: bool,
}

impl RuntimeError {
    /// Returns an error of the client about a response.
    pub(super) fn invalid(code: &str, message: &str, param: Option<&str>) -> Self {
        Self::of_responses(StatusCode::BAD_REQUEST, code, message, param)
    }

    /// Returns an error of the client about a response, with this status.
    pub(super) fn of_responses(status: StatusCode, code: &str, message: &str, param: Option<&str>) -> Self {
        let error = json!({ "code": code, "message": message, "param": param, "type": "invalid_request_error" });
        RuntimeError { source: "user", ..Self::new(status, error) }
    }

    /// Returns an error of the agent in the short form of invocations.
    pub(super) fn of_agent(status: StatusCode, code: &str, message: &str) -> Self {
        Self::new(status, json!({ "code": code, "message": message }))
    }

    /// Returns the error for an agent that raised an exception before it answered.
    pub(super) fn raised() -> Self {
        let error = json!({ "message": "internal server error", "type": "server_error", "code": "server_error", "param": null });
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, error)
    }

    fn new(status: StatusCode, error: Value) -> Self {
        let error = if let Value::Object(error) = error { error } else { Map::new() };
        RuntimeError { status, source: wire::UPSTREAM, error, headers: Vec::new(), names_request: false }
    }

    /// Adds a field.
    pub(super) fn with(mut self, name: &str, value: Value) -> Self {
        self.error.insert(name.to_owned(), value);
        self
    }

    /// Adds a header.
    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Adds the request's id.
    pub(super) fn naming_request(mut self) -> Self {
        self.names_request = true;
        self
    }

    /// Returns the answer to the request with this id.
    pub(super) fn answer(mut self, request_id: &str) -> HttpResponse {
        if self.names_request {
            self.error.insert("additionalInfo".to_owned(), json!({ "request_id": request_id }));
        }
        let mut answer = answer::json(self.status, &json!({ "error": self.error }));
        for (name, value) in self.headers {
            set(&mut answer, name, &value);
        }
        answer.headers_mut().insert(wire::ERROR_SOURCE, HeaderValue::from_static(self.source));
        answer
    }
}

/// Returns whose fault an error of the gateway is.
pub(super) fn source_of(status: StatusCode) -> &'static str {
    let user = status.is_client_error() && !matches!(status.as_u16(), 408 | 424 | 429);
    if user { wire::USER } else { wire::PLATFORM }
}

/// Sets a header of an answer, if the value can be one.
pub(super) fn set(answer: &mut HttpResponse, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
}
