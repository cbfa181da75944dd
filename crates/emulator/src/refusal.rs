//! An answer that says no, before a dialect puts it into its own form.

use hyper::{Method, StatusCode};

use wharf_core::error::{Error, Kind};
use wharf_wire::url::unescape;

/// What a dialect's calls end with.
pub(super) type Result<T, E = Refusal> = std::result::Result<T, E>;

/// An answer that says no.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    /// A word for programs.
    pub(super) code: Option<String>,
    /// A sentence for people.
    pub(super) message: String,
    /// What it is, where it is the store that says no.
    pub(super) kind: Option<Kind>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Refusal { status, code: None, message: message.into(), kind: None }
    }

    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// A path that is there, and not for this method.
    pub(super) fn method(method: &Method) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, format!("this path takes no {method}"))
    }

    pub(super) fn code(mut self, code: &str) -> Self {
        self.code = Some(code.to_owned());
        self
    }
}

/// What the store says no with. A service that has another status for it says so in its dialect.
impl From<Error> for Refusal {
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
        Refusal { kind: Some(error.kind()), ..Self::new(status, error.message()) }
    }
}

/// A part of a path, without its escapes.
pub(super) fn segment(text: &str) -> Result<String> {
    unescape(text).filter(|text| !text.is_empty()).ok_or_else(|| Refusal::bad("a part of the path is empty or no text"))
}
