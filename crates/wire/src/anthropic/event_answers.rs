//! What a client reads of events. A field that is required here is one that the client relies on.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::events::stop;
use wharf_core::model::Timestamp;

/// The fields that every event has.
#[derive(Debug, Clone, Deserialize)]
pub struct EventAnswer {
    /// A word of [`super::events::kind`] or another.
    #[serde(rename = "type")]
    pub kind: String,
    /// The id; none or empty for previews and for some interrupts \[skill\].
    #[serde(default)]
    pub id: Option<String>,
    /// The time of processing; none while an event of a client waits.
    #[serde(default)]
    pub processed_at: Option<Timestamp>,
    /// The thread that it is a copy of.
    #[serde(default)]
    pub session_thread_id: Option<String>,
}

/// An event with content: of a user, of an agent.
#[derive(Debug, Deserialize)]
pub struct MessageAnswer {
    /// Blocks, of which those of type `text` are read.
    pub content: Vec<BlockAnswer>,
}

/// A block of content.
#[derive(Debug, Deserialize)]
pub struct BlockAnswer {
    /// `text`, `redacted`, `image`, `document` or another.
    #[serde(rename = "type")]
    pub kind: String,
    /// The text of a block of that type.
    #[serde(default)]
    pub text: Option<String>,
}

/// A call of a tool.
#[derive(Debug, Deserialize)]
pub struct ToolUseAnswer {
    /// The tool.
    pub name: String,
    /// The server of a tool of an MCP server.
    #[serde(default)]
    pub mcp_server_name: Option<String>,
    /// The input of the tool.
    pub input: Box<RawValue>,
    /// `allow`, `ask`, `deny` or another; none where nothing is evaluated.
    #[serde(default)]
    pub evaluated_permission: Option<String>,
}

/// The result of a tool.
#[derive(Debug, Deserialize)]
pub struct ToolResultAnswer {
    /// The call.
    #[serde(alias = "mcp_tool_use_id", alias = "custom_tool_use_id")]
    pub tool_use_id: String,
    /// The answer.
    #[serde(default)]
    pub content: Option<Vec<BlockAnswer>>,
    /// Whether it failed.
    #[serde(default)]
    pub is_error: Option<bool>,
}

/// An answer of a client to a call of a tool.
#[derive(Debug, Deserialize)]
pub struct ToolAnswerEvent {
    /// The call.
    #[serde(alias = "custom_tool_use_id")]
    pub tool_use_id: String,
}

/// A session that became idle.
#[derive(Debug, Deserialize)]
pub struct IdleAnswer {
    /// The reason of the stop.
    pub stop_reason: StopReason,
    /// More about a refusal.
    #[serde(default)]
    pub stop_details: Option<StopDetails>,
}

/// The reason why a session is idle.
#[derive(Debug, Clone, Deserialize)]
pub struct StopReason {
    /// A word of [`super::events::stop`] or another.
    #[serde(rename = "type")]
    pub kind: String,
    /// The events that wait for an answer, where the reason is `requires_action`.
    #[serde(default)]
    pub event_ids: Vec<String>,
}

impl StopReason {
    /// Returns whether the turn goes on once the client has answered: of all reasons, known or not, this is the only
    /// one \[types\].
    pub fn is_open(&self) -> bool {
        self.kind == stop::REQUIRES_ACTION
    }
}

/// More about a refusal.
#[derive(Debug, Deserialize)]
pub struct StopDetails {
    /// The category of the refusal.
    #[serde(default)]
    pub category: Option<String>,
    /// The explanation.
    #[serde(default)]
    pub explanation: Option<String>,
}

/// An event about an error.
#[derive(Debug, Deserialize)]
pub struct ErrorEventAnswer {
    /// The error.
    pub error: EventError,
}

/// An error in a session.
#[derive(Debug, Deserialize)]
pub struct EventError {
    /// The kind of error, an open set.
    #[serde(rename = "type")]
    pub kind: String,
    /// The message.
    #[serde(default)]
    pub message: Option<String>,
    /// Whether the service tries again.
    pub retry_status: RetryStatus,
}

/// Whether the service tries again.
#[derive(Debug, Deserialize)]
pub struct RetryStatus {
    /// `retrying`, `exhausted`, `terminal` or another.
    #[serde(rename = "type")]
    pub kind: String,
}

/// An event with the usage of a session so far.
#[derive(Debug, Deserialize)]
pub struct UsageEventAnswer {
    /// The numbers, each of which may be missing.
    pub usage: UsageAnswer,
}

/// The cumulative usage of a session; every field may be missing \[types\].
#[derive(Debug, Clone, Default, Deserialize)]
pub struct UsageAnswer {
    /// Tokens read, without those from the cache.
    #[serde(default)]
    pub input_tokens: Option<u64>,
    /// Tokens written.
    #[serde(default)]
    pub output_tokens: Option<u64>,
    /// Tokens read from the cache.
    #[serde(default)]
    pub cache_read_input_tokens: Option<u64>,
    /// Tokens written to the cache.
    #[serde(default)]
    pub cache_creation: Option<CacheCreation>,
    /// Seconds in which the session was active.
    #[serde(default)]
    pub active_seconds: Option<f64>,
    /// The list price.
    #[serde(default)]
    pub list_cost: Option<ListCost>,
}

/// Tokens written to the cache, by how long they are kept.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub struct CacheCreation {
    /// For an hour.
    #[serde(default)]
    pub ephemeral_1h_input_tokens: u64,
    /// For five minutes.
    #[serde(default)]
    pub ephemeral_5m_input_tokens: u64,
}

/// A list price.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ListCost {
    /// Minor units: `"2500"` is 25 dollars \[types\].
    pub amount: String,
    /// `USD`.
    pub currency: String,
}

/// A request to a model that ended.
#[derive(Debug, Deserialize)]
pub struct ModelRequestAnswer {
    /// The usage of the request.
    #[serde(default)]
    pub model_usage: Option<ModelUsage>,
}

/// The usage of one request to a model.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub struct ModelUsage {
    /// Tokens read, without those from the cache.
    #[serde(default)]
    pub input_tokens: Option<u64>,
    /// Tokens written.
    #[serde(default)]
    pub output_tokens: Option<u64>,
    /// Tokens read from the cache.
    #[serde(default)]
    pub cache_read_input_tokens: Option<u64>,
    /// Tokens written to the cache.
    #[serde(default)]
    pub cache_creation_input_tokens: Option<u64>,
}

/// The beginning of an event that is previewed.
#[derive(Debug, Deserialize)]
pub struct PreviewStart {
    /// The event that will come.
    pub event: EventAnswer,
}

/// A piece of an event that is previewed.
#[derive(Debug, Deserialize)]
pub struct PreviewDelta {
    /// The event that will come.
    pub event_id: String,
    /// The piece.
    pub delta: ContentDelta,
}

/// A piece of content.
#[derive(Debug, Deserialize)]
pub struct ContentDelta {
    /// The piece of a block.
    #[serde(default)]
    pub content: Option<BlockAnswer>,
}

/// The events that a client sent, as the service stored them.
#[derive(Debug, Deserialize)]
pub struct SentAnswer {
    /// The events with their ids; may be missing \[recorded\].
    #[serde(default)]
    pub data: Option<Vec<EventAnswer>>,
}
