//! Responses of an agent: the protocol of the `OpenAI` Responses API \[recorded; runtime, the agent server packages of
//! Microsoft\].
//!
//! A response is an agent's turn. It is streamed as events with numbers, and one that runs in the background and is
//! stored can be read again from any number on.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::json::{count, lenient};

/// The name of the protocol in the definition of an agent's version.
pub const PROTOCOL: &str = "responses";

/// The session in which a response was created, as a header of the answer \[runtime\].
pub const SESSION_HEADER: &str = "x-agent-session-id";

/// Query parameters of a stored response.
pub mod parameter {
    /// Whether events are wanted, and not the response itself: `true`.
    pub const STREAM: &str = "stream";
    /// The number of the last event that came: those after it are sent.
    pub const STARTING_AFTER: &str = "starting_after";
}

/// The code of a 409 while another response of the same conversation is created \[runtime\].
pub const CONVERSATION_LOCKED: &str = "conversation_locked";

/// The data of the frame with which some services end a stream. It says nothing about the response.
pub const DONE: &str = "[DONE]";

/// The words of [`ResponseAnswer::status`] \[runtime\].
pub mod status {
    /// It has not begun.
    pub const QUEUED: &str = "queued";
    /// It runs.
    pub const IN_PROGRESS: &str = "in_progress";
    /// It ended by itself.
    pub const COMPLETED: &str = "completed";
    /// The agent failed.
    pub const FAILED: &str = "failed";
    /// It was cut short, by a limit or a filter.
    pub const INCOMPLETE: &str = "incomplete";
    /// It was cancelled.
    pub const CANCELLED: &str = "cancelled";
}

/// The types of events that are read. Others are passed on.
pub mod kind {
    /// The response exists.
    pub const CREATED: &str = "response.created";
    /// The response waits.
    pub const QUEUED: &str = "response.queued";
    /// The agent works.
    pub const IN_PROGRESS: &str = "response.in_progress";
    /// A piece of a text.
    pub const TEXT_DELTA: &str = "response.output_text.delta";
    /// A whole text.
    pub const TEXT_DONE: &str = "response.output_text.done";
    /// A piece of a refusal.
    pub const REFUSAL_DELTA: &str = "response.refusal.delta";
    /// A whole refusal.
    pub const REFUSAL_DONE: &str = "response.refusal.done";
    /// A whole item of the output.
    pub const ITEM_DONE: &str = "response.output_item.done";
    /// The response ended by itself.
    pub const COMPLETED: &str = "response.completed";
    /// The agent failed.
    pub const FAILED: &str = "response.failed";
    /// The response was cut short.
    pub const INCOMPLETE: &str = "response.incomplete";
    /// The response was cancelled. Not in the types; the status is.
    pub const CANCELLED: &str = "response.cancelled";
    /// The agent, or the service, failed, in a stream that began well.
    pub const ERROR: &str = "error";
}

/// The types of items of an output that are read.
pub mod item {
    /// A message of the agent.
    pub const MESSAGE: &str = "message";
    /// The agent thinks.
    pub const REASONING: &str = "reasoning";
    /// A call of a function that is the caller's or the agent's own.
    pub const FUNCTION_CALL: &str = "function_call";
    /// A call of a tool of a server.
    pub const MCP_CALL: &str = "mcp_call";
    /// A call of such a tool that waits for an approval.
    pub const APPROVAL_REQUEST: &str = "mcp_approval_request";
    /// How the type of a call ends.
    pub const CALL: &str = "_call";
    /// How the type of an answer to a call ends.
    pub const CALL_OUTPUT: &str = "_call_output";
}

/// The types of the parts of a message.
pub mod part {
    /// A text of a user.
    pub const INPUT_TEXT: &str = "input_text";
    /// An image of a user.
    pub const INPUT_IMAGE: &str = "input_image";
    /// A file of a user.
    pub const INPUT_FILE: &str = "input_file";
    /// A text of the agent.
    pub const OUTPUT_TEXT: &str = "output_text";
    /// A refusal of the agent.
    pub const REFUSAL: &str = "refusal";
}

/// The body of a call that creates a response.
#[derive(Debug, Clone, Serialize)]
pub struct NewResponse {
    /// A text, or a list of messages.
    pub input: Value,
    /// The session. A member `session_id`, and a query, are ignored by the runtime.
    pub agent_session_id: String,
    /// The conversation that the response goes on with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    /// Whether the answer is a stream of events.
    pub stream: bool,
    /// Whether the agent goes on when the client leaves. Needs `store`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub background: bool,
    /// Whether the response can be read later; the service stores by default.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub store: bool,
}

/// A response.
#[derive(Debug, Deserialize)]
pub struct ResponseAnswer<'a> {
    /// The id.
    pub id: String,
    /// A word of [`status`].
    #[serde(default, deserialize_with = "lenient")]
    pub status: Option<String>,
    /// What the agent said and called, in order.
    #[serde(default, borrow, deserialize_with = "lenient")]
    pub output: Option<Vec<&'a RawValue>>,
    /// What went wrong.
    #[serde(default, deserialize_with = "failure")]
    pub error: Option<ResponseError>,
    /// Why it was cut short.
    #[serde(default, deserialize_with = "lenient")]
    pub incomplete_details: Option<IncompleteDetails>,
    /// The tokens; none where the agent does not count them.
    #[serde(default, deserialize_with = "lenient")]
    pub usage: Option<ResponseUsage>,
    /// The session.
    #[serde(default, deserialize_with = "lenient")]
    pub agent_session_id: Option<String>,
}

/// What went wrong.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ResponseError {
    /// A word for programs. Some agents answer numbers.
    #[serde(default, deserialize_with = "lenient")]
    pub code: Option<Value>,
    /// A sentence for people.
    #[serde(default, deserialize_with = "lenient")]
    pub message: Option<String>,
}

/// Reads what went wrong: an object, or a text. Anything else says nothing.
pub(super) fn failure<'de, D: Deserializer<'de>>(from: D) -> Result<Option<ResponseError>, D::Error> {
    let text = <&'de RawValue>::deserialize(from)?.get();
    let said: Option<String> = serde_json::from_str(text).ok();
    Ok(match said {
        Some(said) => {
            Some(said).filter(|said| !said.is_empty()).map(|said| ResponseError { code: None, message: Some(said) })
        }
        // A list would do for a struct.
        None => Some(text).filter(|text| text.starts_with('{')).and_then(|text| serde_json::from_str(text).ok()),
    })
}

fn word<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    lenient(from).map(Option::unwrap_or_default)
}

fn parts<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<OutputPart>, D::Error> {
    let text = <&'de RawValue>::deserialize(from)?.get();
    if let Ok(listed) = serde_json::from_str::<Vec<&RawValue>>(text) {
        let read = |part: &&RawValue| serde_json::from_str(part.get()).unwrap_or_default();
        return Ok(listed.iter().map(read).collect());
    }
    let said: Option<String> = serde_json::from_str(text).ok();
    Ok(said.map(|text| OutputPart { text: Some(text), ..OutputPart::default() }).into_iter().collect())
}

/// Why a response was cut short.
#[derive(Debug, Deserialize)]
pub struct IncompleteDetails {
    /// `max_output_tokens`, `content_filter` or another.
    #[serde(default, deserialize_with = "lenient")]
    pub reason: Option<String>,
}

/// The tokens of a response.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct ResponseUsage {
    /// Tokens that were read, with those from the cache.
    #[serde(default, deserialize_with = "count")]
    pub input_tokens: Option<u64>,
    /// Tokens that were written.
    #[serde(default, deserialize_with = "count")]
    pub output_tokens: Option<u64>,
    /// Parts of the tokens that were read.
    #[serde(default, deserialize_with = "lenient")]
    pub input_tokens_details: Option<InputTokens>,
}

/// Parts of the tokens that were read.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct InputTokens {
    /// Tokens from the cache.
    #[serde(default, deserialize_with = "count")]
    pub cached_tokens: Option<u64>,
    /// Tokens written to the cache.
    #[serde(default, deserialize_with = "count")]
    pub cache_write_tokens: Option<u64>,
}

/// What every event has. The data of a frame holds the type; the frame's own name may lack.
#[derive(Debug, Deserialize)]
pub struct EventEnvelope {
    /// A word of [`kind`] or another.
    #[serde(rename = "type", default, deserialize_with = "lenient")]
    pub kind: Option<String>,
    /// Counts from 0, without holes \[runtime\].
    #[serde(default, deserialize_with = "count")]
    pub sequence_number: Option<u64>,
    /// An error object, which some gateways send in a stream.
    #[serde(default, deserialize_with = "failure")]
    pub error: Option<ResponseError>,
}

/// An event with a response: its creation, its ends.
#[derive(Debug, Deserialize)]
pub struct StateEvent<'a> {
    /// The response.
    #[serde(borrow)]
    pub response: &'a RawValue,
}

/// An event with a piece of a text.
#[derive(Debug, Deserialize)]
pub struct DeltaEvent {
    /// The item of the output.
    #[serde(default, deserialize_with = "lenient")]
    pub item_id: Option<String>,
    /// The number of the part in the item.
    #[serde(default, deserialize_with = "count")]
    pub content_index: Option<u64>,
    /// The piece.
    pub delta: String,
}

/// An event with a whole text.
#[derive(Debug, Deserialize)]
pub struct TextEvent {
    /// The item of the output.
    #[serde(default, deserialize_with = "lenient")]
    pub item_id: Option<String>,
    /// The number of the part in the item.
    #[serde(default, deserialize_with = "count")]
    pub content_index: Option<u64>,
    /// The text.
    #[serde(alias = "refusal")]
    pub text: String,
}

/// An event with an item of the output.
#[derive(Debug, Deserialize)]
pub struct ItemEvent<'a> {
    /// The item.
    #[serde(borrow)]
    pub item: &'a RawValue,
}

/// An event of type [`kind::ERROR`].
#[derive(Debug, Deserialize)]
pub struct ErrorEvent {
    /// A word for programs.
    #[serde(default, deserialize_with = "lenient")]
    pub code: Option<Value>,
    /// A sentence for people.
    #[serde(default, deserialize_with = "lenient")]
    pub message: Option<String>,
}

/// An item of an output.
#[derive(Debug, Deserialize)]
pub struct OutputItem {
    /// A word of [`item`] or another; empty where there is none.
    #[serde(rename = "type", default, deserialize_with = "word")]
    pub kind: String,
    /// The id.
    #[serde(default, deserialize_with = "lenient")]
    pub id: Option<String>,
    /// The parts of a message. Some agents write a text instead.
    #[serde(default, deserialize_with = "parts")]
    pub content: Vec<OutputPart>,
    /// The id by which an answer names the call.
    #[serde(default, deserialize_with = "lenient")]
    pub call_id: Option<String>,
    /// What is called.
    #[serde(default, deserialize_with = "lenient")]
    pub name: Option<String>,
    /// What it is called with, as text that is JSON. Some agents write the JSON itself.
    #[serde(default)]
    pub arguments: Option<Box<RawValue>>,
    /// What a call answered.
    #[serde(default)]
    pub output: Option<Box<RawValue>>,
    /// Why a call failed.
    #[serde(default)]
    pub error: Option<Box<RawValue>>,
    /// Which approval a call came of.
    #[serde(default, deserialize_with = "lenient")]
    pub approval_request_id: Option<String>,
    /// The server of a tool.
    #[serde(default, deserialize_with = "lenient")]
    pub server_label: Option<String>,
}

/// A part of a message of the agent.
#[derive(Debug, Default, Deserialize)]
pub struct OutputPart {
    /// A word of [`part`] or another; empty where there is none.
    #[serde(rename = "type", default, deserialize_with = "word")]
    pub kind: String,
    /// The text of an [`part::OUTPUT_TEXT`].
    #[serde(default, deserialize_with = "lenient")]
    pub text: Option<String>,
    /// The text of a [`part::REFUSAL`].
    #[serde(default, deserialize_with = "lenient")]
    pub refusal: Option<String>,
}

/// A conversation.
#[derive(Debug, Deserialize)]
pub struct ConversationAnswer {
    /// The id.
    pub id: String,
}
