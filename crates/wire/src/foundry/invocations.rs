//! Invocations of an agent: bytes in, and what the agent answers \[contract; runtime, the agent server packages of
//! Microsoft; azd\].
//!
//! The session is named by the query parameter [`SESSION`] alone: a member of the body and a header are ignored
//! \[runtime\]. The answer is the agent's own: JSON, text, a stream of events, or 202 and an id to ask by.

use serde::Deserialize;

use super::responses::{ResponseError, failure};
use crate::json::lenient;

/// The name of the protocol in the definition of an agent's version.
pub const PROTOCOL: &str = "invocations";

/// The query parameter that names the session.
pub const SESSION: &str = "agent_session_id";

/// The id of the invocation, as a header of the answer.
pub const ID_HEADER: &str = "x-agent-invocation-id";

/// What the message of a 404 contains if the agent cannot be asked for an invocation, or cannot cancel one
/// \[runtime\]. Other 404s may come before the invocation is known.
pub const NOT_IMPLEMENTED: &str = "not implemented";

/// The words of [`InvocationStatus::status`] that end an invocation \[azd\]. Any other says that it goes on.
pub mod status {
    /// It ended by itself.
    pub const COMPLETED: &str = "completed";
    /// The agent failed.
    pub const FAILED: &str = "failed";
    /// It was cancelled.
    pub const CANCELLED: &str = "cancelled";
}

/// What an answer says of an invocation. Everything else in it is the agent's own.
#[derive(Debug, Deserialize)]
pub struct InvocationStatus {
    /// A word of [`status`] or another.
    #[serde(default, deserialize_with = "lenient")]
    pub status: Option<String>,
    /// The id, as the agent has it.
    #[serde(default, deserialize_with = "lenient")]
    pub invocation_id: Option<String>,
    /// What went wrong. An answer of 200 with it is a failure \[azd\].
    #[serde(default, deserialize_with = "failure")]
    pub error: Option<ResponseError>,
}
