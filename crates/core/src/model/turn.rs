//! A turn of an agent: the object `result`.

use serde::Serialize;

use super::{Cost, Provider, SessionId, Timestamp, TokenUsage, ToolCall};
use crate::error::Error;

/// What came of a message to an agent.
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
    /// How the turn ended.
    pub status: TurnStatus,
    /// Why the agent stopped, in the provider's word.
    pub stop_reason: Option<String>,
    /// The agent's whole text.
    pub text: String,
    /// Calls of tools that wait for an answer.
    pub pending: Vec<ToolCall>,
    /// Calls of tools that were denied.
    pub denied: Vec<ToolCall>,
    /// How many tools were called.
    pub tools: u64,
    /// How many events came.
    pub events: u64,
    /// How often a broken stream was resumed.
    pub reconnects: u32,
    /// The tokens of the turn.
    pub usage: Option<TokenUsage>,
    /// What the turn cost.
    pub cost: Option<Cost>,
    /// When the message was sent.
    pub started_at: Timestamp,
    /// How long the turn took, in milliseconds.
    pub duration_ms: u64,
    /// Why it did not complete.
    pub error: Option<Error>,
    /// The provider's own object.
    pub provider: Provider,
}

/// How a turn ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TurnStatus {
    /// By itself, and all of its text arrived.
    Completed,
    /// It waits for an answer that wharf cannot give, or a tool was denied.
    NeedsAction,
    /// The agent failed.
    Failed,
    /// The agent refused.
    Refused,
    /// A budget or limit was reached.
    Limited,
    /// It was interrupted.
    Interrupted,
    /// The time limit ran out.
    TimedOut,
    /// Its end was not learned.
    Unknown,
}
