//! What happens in a session: the object `event`.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::{Encoding, Provider, SessionId, Timestamp};
use crate::error::Error;

/// An event in a session, or a block of a command's output: the object `event`.
#[derive(Debug, Clone, Serialize)]
pub struct Event {
    /// The kind of event.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// The provider's id of the event.
    pub id: Option<String>,
    /// The number of the event in this run of wharf, counted from 1.
    pub seq: u64,
    /// The time of the event, or of its arrival.
    pub at: Option<Timestamp>,
    /// The session.
    pub session: SessionId,
    /// The agent's thread.
    pub thread: Option<String>,
    /// The text that was said, thought, written or answered.
    pub text: Option<String>,
    /// The encoding of `text`.
    pub encoding: Option<Encoding>,
    /// Whether the text goes on with the next event of this kind, without a line break in between.
    #[serde(skip)]
    pub continues: bool,
    /// The tool that was called, or that answered.
    pub tool: Option<ToolCall>,
    /// The session's new status, in the provider's word.
    pub status: Option<String>,
    /// The reason why the agent stopped, in the provider's word.
    pub stop_reason: Option<String>,
    /// The tokens that were used.
    pub usage: Option<TokenUsage>,
    /// The cost.
    pub cost: Option<Cost>,
    /// The error.
    pub error: Option<Error>,
    /// The provider's name for the event's type.
    pub provider_type: Option<String>,
    /// The provider's own object.
    pub provider: Provider,
}

impl Event {
    /// Returns an event without anything but its kind and session.
    pub fn new(kind: EventKind, session: &SessionId) -> Self {
        Event {
            kind,
            id: None,
            seq: 0,
            at: None,
            session: session.clone(),
            thread: None,
            text: None,
            encoding: None,
            continues: false,
            tool: None,
            status: None,
            stop_reason: None,
            usage: None,
            cost: None,
            error: None,
            provider_type: None,
            provider: Provider::default(),
        }
    }

    /// Returns the bytes that `text` stands for; none where there is no text.
    pub fn text_bytes(&self) -> Cow<'_, [u8]> {
        let text = self.text.as_deref().unwrap_or_default();
        match self.encoding {
            Some(Encoding::Base64) => STANDARD.decode(text).map_or(Cow::Borrowed(text.as_bytes()), Cow::Owned),
            _ => Cow::Borrowed(text.as_bytes()),
        }
    }
}

/// The kind of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// A user said something.
    User,
    /// A piece of a text that the agent is writing.
    TextDelta,
    /// A whole text of the agent.
    Text,
    /// The agent thinks.
    Thinking,
    /// The agent calls a tool.
    ToolCall,
    /// A tool answered.
    ToolResult,
    /// The agent waits for a confirmation or for the result of a tool.
    NeedsAction,
    /// A block of standard output.
    Stdout,
    /// A block of standard error.
    Stderr,
    /// The session's status changed.
    Status,
    /// Tokens were used.
    Usage,
    /// An error.
    Error,
    /// An event that has no kind of its own here.
    Other,
}

impl EventKind {
    /// Returns the word in output and in filters.
    pub const fn name(self) -> &'static str {
        match self {
            EventKind::User => "user",
            EventKind::TextDelta => "text_delta",
            EventKind::Text => "text",
            EventKind::Thinking => "thinking",
            EventKind::ToolCall => "tool_call",
            EventKind::ToolResult => "tool_result",
            EventKind::NeedsAction => "needs_action",
            EventKind::Stdout => "stdout",
            EventKind::Stderr => "stderr",
            EventKind::Status => "status",
            EventKind::Usage => "usage",
            EventKind::Error => "error",
            EventKind::Other => "other",
        }
    }
}

impl Serialize for EventKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A call of a tool.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ToolCall {
    /// The provider's id of the call.
    pub id: Option<String>,
    /// The tool.
    pub name: Option<String>,
    /// The input of the call, as the provider's JSON text.
    pub input: Option<Box<RawValue>>,
    /// The permission to run it, in the provider's word.
    pub permission: Option<String>,
    /// Whether the call failed.
    pub is_error: Option<bool>,
}

/// Tokens and time that an agent used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct TokenUsage {
    /// Tokens that were read, without those from the cache.
    pub input_tokens: Option<u64>,
    /// Tokens that were written.
    pub output_tokens: Option<u64>,
    /// Tokens that were read from the cache.
    pub cache_read_tokens: Option<u64>,
    /// Tokens that were written to the cache.
    pub cache_write_tokens: Option<u64>,
    /// Seconds in which the session was active.
    pub active_seconds: Option<f64>,
}

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// The amount, as a decimal number.
    pub amount: String,
    /// The currency, as ISO 4217 has it.
    pub currency: String,
    /// Whether it is a list price, which may differ from what is billed.
    pub list_price: bool,
}
