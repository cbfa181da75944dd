//! A turn of an agent: the object `result`.

use serde::Serialize;

use super::{Cost, Provider, SessionId, Timestamp, TokenUsage, ToolCall};
use crate::error::Error;

/// The result of a message to an agent: the object `result`.
#[derive(Debug, Serialize)]
pub struct TurnResult {
    /// The name of the object's type.
    #[serde(rename = "type")]
    pub object: &'static str,
    /// The provider's id of the message or response.
    pub id: Option<String>,
    /// The session.
    pub session: SessionId,
    /// The backend.
    pub backend: &'static str,
    /// The agent.
    pub agent: Option<String>,
    /// The conversation.
    pub conversation: Option<String>,
    /// The way in which the turn ended.
    pub status: TurnStatus,
    /// The reason why the agent stopped, in the provider's word.
    pub stop_reason: Option<String>,
    /// The agent's whole text.
    pub text: String,
    /// Calls of tools that wait for an answer.
    pub pending: Vec<ToolCall>,
    /// Calls of tools that were denied.
    pub denied: Vec<ToolCall>,
    /// The number of calls of tools.
    pub tools: u64,
    /// The number of events that arrived.
    pub events: u64,
    /// The number of times that a broken stream was resumed.
    pub reconnects: u32,
    /// The tokens of the turn.
    pub usage: Option<TokenUsage>,
    /// The cost of the turn.
    pub cost: Option<Cost>,
    /// The time at which the message was sent.
    pub started_at: Timestamp,
    /// The duration of the turn, in milliseconds.
    pub duration_ms: u64,
    /// The reason why the turn did not complete.
    pub error: Option<Error>,
    /// The provider's own object.
    pub provider: Provider,
}

/// The way in which a turn ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TurnStatus {
    /// The turn ended by itself, and all of its text arrived.
    Completed,
    /// The turn waits for an answer that wharf cannot give, or a tool was denied.
    NeedsAction,
    /// The agent failed.
    Failed,
    /// The agent refused.
    Refused,
    /// A budget or limit was reached.
    Limited,
    /// The turn was interrupted.
    Interrupted,
    /// The time limit ran out.
    TimedOut,
    /// The end of the turn is unknown.
    Unknown,
}
