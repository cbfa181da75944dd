//! An error of the API, before a dialect puts it into its own form.

use hyper::{Method, StatusCode};

use wharf_core::error::{Error, Kind};
use wharf_wire::route::NoRoute;

/// What a dialect's calls end with.
pub(super) type ApiResult<T> = Result<T, ApiError>;

/// An error of the API.
#[derive(Debug)]
pub(super) struct ApiError {
    pub(super) status: StatusCode,
    /// A word for programs.
    pub(super) code: Option<String>,
    /// A sentence for people.
    pub(super) message: String,
    /// What it is, where it is the store that says no.
    pub(super) kind: Option<Kind>,
}

impl ApiError {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        ApiError { status, code: None, message: message.into(), kind: None }
    }

    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// Returns the error for a request that matches no operation.
    pub(super) fn no_route(error: NoRoute, method: &Method) -> Self {
        match error {
            NoRoute::Path => Self::not_found("unknown path"),
            NoRoute::Method => Self::new(StatusCode::METHOD_NOT_ALLOWED, format!("this path takes no {method}")),
            NoRoute::Parameter => Self::bad("a part of the path is empty or no text"),
        }
    }

    pub(super) fn code(mut self, code: &str) -> Self {
        self.code = Some(code.to_owned());
        self
    }
}

/// What the store says no with. A service that has another status for it says so in its dialect.
impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let status = match error.kind() {
            Kind::Usage => StatusCode::BAD_REQUEST,
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::Conflict => StatusCode::CONFLICT,
            Kind::Limit => StatusCode::PAYLOAD_TOO_LARGE,
            Kind::Unsupported => StatusCode::NOT_IMPLEMENTED,
            Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        ApiError { kind: Some(error.kind()), ..Self::new(status, error.message()) }
    }
}
