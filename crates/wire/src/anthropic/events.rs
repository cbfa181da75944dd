//! What happens in sessions \[types, docs\].

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Extra, Nullable, given_time, or_default};
use wharf_core::model::Timestamp;

/// The most events on a page, and the default \[skill\].
pub const PAGE_MAX: usize = 1000;

/// The query parameter with one of the types that a listing wants, as often as needed \[recorded\].
pub const TYPES: &str = "types[]";

/// The query parameter with the time from which a listing wants events \[recorded\].
pub const SINCE: &str = "created_at[gte]";

/// The query parameters of a listing \[recorded\].
pub const FILTERS: &[&str] =
    &[TYPES, "order", "limit", "page", "created_at[gt]", SINCE, "created_at[lt]", "created_at[lte]"];

/// The query parameter of a stream with a type to be previewed: `agent.message`, `agent.thinking`.
pub const DELTAS: &str = "event_deltas[]";

/// The words for what an event is, as far as a program that follows a session needs them. An open
/// set: a type that is not known is not an error.
pub mod kind {
    /// A message of the user.
    pub const MESSAGE: &str = "user.message";
    /// The agent is to stop what it does; the session is idle after it.
    pub const INTERRUPT: &str = "user.interrupt";
    /// A tool may be used, or not.
    pub const CONFIRMATION: &str = "user.tool_confirmation";
    /// The result of a tool of the client.
    pub const CUSTOM_RESULT: &str = "user.custom_tool_result";
    /// The result of a tool, in a self-hosted environment.
    pub const RESULT: &str = "user.tool_result";
    /// The definition of an outcome.
    pub const OUTCOME: &str = "user.define_outcome";
    /// A word to the agent beside the user's.
    pub const SYSTEM: &str = "system.message";
    /// The agent's text: `content`.
    pub const AGENT_MESSAGE: &str = "agent.message";
    /// The agent uses a tool of the service: `name`, `input`, `evaluated_permission`.
    pub const TOOL_USE: &str = "agent.tool_use";
    /// The result of such a tool: `tool_use_id`, `content`, `is_error`.
    pub const TOOL_RESULT: &str = "agent.tool_result";
    /// The agent uses a tool of the client: `name`, `input`.
    pub const CUSTOM_TOOL_USE: &str = "agent.custom_tool_use";
    /// The usage of the session so far: `usage`, `budget`.
    pub const USAGE: &str = "session.usage";
    /// A thread waits; of the primary one, before a pause of the session for its budget.
    pub const THREAD_IDLE: &str = "session.thread_status_idle";
    /// A request to the model begins.
    pub const REQUEST_START: &str = "span.model_request_start";
    /// It ended: `model_request_start_id`, `model_usage`, `is_error`.
    pub const REQUEST_END: &str = "span.model_request_end";
    /// Of a stream only: a preview of the event in `event` begins.
    pub const PREVIEW_START: &str = "event_start";
    /// Of a stream only: a part of the event `event_id`, in `delta`.
    pub const PREVIEW_DELTA: &str = "event_delta";
    /// The session works.
    pub const RUNNING: &str = "session.status_running";
    /// The session waits, for the reason in `stop_reason`.
    pub const IDLE: &str = "session.status_idle";
    /// The service retries after a failure.
    pub const RESCHEDULED: &str = "session.status_rescheduled";
    /// The session ended; no event follows.
    pub const TERMINATED: &str = "session.status_terminated";
    /// A failure: `error`, with `retry_status`.
    pub const ERROR: &str = "session.error";
    /// The session was changed.
    pub const UPDATED: &str = "session.updated";
    /// The session was deleted; the stream ends.
    pub const DELETED: &str = "session.deleted";
    /// The agent thinks.
    pub const THINKING: &str = "agent.thinking";
    /// The agent uses a tool of an MCP server.
    pub const MCP_TOOL_USE: &str = "agent.mcp_tool_use";
    /// A tool of an MCP server answered.
    pub const MCP_TOOL_RESULT: &str = "agent.mcp_tool_result";
    /// On a stream only: the service is still there.
    pub const PING: &str = "ping";
    /// On a stream only: the stream failed.
    pub const STREAM_ERROR: &str = "error";
    /// All that a listing can be asked for \[types\].
    pub const LISTED: [&str; 41] = [
        "agent.custom_tool_use",
        "agent.mcp_tool_result",
        "agent.mcp_tool_use",
        "agent.message",
        "agent.thinking",
        "agent.thread_context_compacted",
        "agent.thread_message_received",
        "agent.thread_message_sent",
        "agent.tool_result",
        "agent.tool_use",
        "session.error",
        "session.status_idle",
        "session.status_rescheduled",
        "session.status_running",
        "session.status_terminated",
        "session.thread_created",
        "session.thread_status_idle",
        "session.thread_status_rescheduled",
        "session.thread_status_running",
        "session.thread_status_terminated",
        "session.updated",
        "session.usage",
        "span.model_request_end",
        "span.model_request_start",
        "span.outcome_evaluation_end",
        "span.outcome_evaluation_ongoing",
        "span.outcome_evaluation_start",
        "system.message",
        "user.custom_tool_result",
        "user.define_outcome",
        "user.interrupt",
        "user.message",
        "user.tool_confirmation",
        "user.tool_result",
        "workflow_run.created",
        "workflow_run.error",
        "workflow_run.phase_ended",
        "workflow_run.phase_started",
        "workflow_run.status_ended",
        "workflow_run.status_idle",
        "workflow_run.status_running",
    ];
    /// All that a client may send.
    pub const SENT: [&str; 7] = [MESSAGE, INTERRUPT, CONFIRMATION, CUSTOM_RESULT, RESULT, OUTCOME, SYSTEM];
}

/// The reasons why a session is idle: `stop_reason.type`. An open set.
pub mod stop {
    /// The turn is complete.
    pub const END_TURN: &str = "end_turn";
    /// The agent waits for answers to the events in `event_ids`, after which the turn goes on.
    pub const REQUIRES_ACTION: &str = "requires_action";
    /// The agent gave up after errors.
    pub const RETRIES_EXHAUSTED: &str = "retries_exhausted";
    /// The model refused.
    pub const REFUSAL: &str = "refusal";
    /// The session's budget is used up; no event resumes it \[skill\].
    pub const BUDGET_REACHED: &str = "budget_reached";
}

/// An event. Beside its type, most of what it holds is its type's own and lies in `extra`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SessionEvent {
    /// A word of [`kind`] or another.
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    pub kind: String,
    /// The id: `sevt_...`; none before the event is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The fields of this kind of event.
    #[serde(flatten)]
    pub extra: Extra,
    /// The time of processing; null while an event of a client waits.
    #[serde(default, skip_serializing_if = "Nullable::is_absent", deserialize_with = "given_time")]
    pub processed_at: Nullable<Timestamp>,
}

impl SessionEvent {
    /// Returns an event of a type, without fields.
    pub fn of(kind: &str) -> Self {
        SessionEvent { kind: kind.to_owned(), id: None, extra: Extra::new(), processed_at: Nullable::Absent }
    }

    /// Ends what a session does.
    pub fn interrupt() -> Self {
        Self::of(kind::INTERRUPT)
    }

    /// Returns a user's text.
    pub fn message(text: &str) -> Self {
        Self::of(kind::MESSAGE).with("content", json!([{ "type": "text", "text": text }]))
    }

    /// Adds a field.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.extra.insert(name.to_owned(), value);
        self
    }
}

/// The body of a call that sends events.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SendEvents {
    /// The events, in order.
    pub events: Vec<SessionEvent>,
    /// Fields that these types do not name.
    #[serde(flatten)]
    pub extra: Extra,
}

impl SendEvents {
    /// Returns a request with one event.
    pub fn one(event: SessionEvent) -> Self {
        SendEvents { events: vec![event], extra: Extra::new() }
    }
}

/// The answer: the same events with their names.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SentEvents {
    /// The events; may be missing \[types\].
    #[serde(default, deserialize_with = "or_default")]
    pub data: Vec<SessionEvent>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_hold_what_their_type_has() {
        let text = r#"{"type":"session.status_idle","id":"sevt_1","stop_reason":{"type":"end_turn"},"stop_details":null,"processed_at":"2026-11-20T09:02:05Z"}"#;
        let read: SessionEvent = serde_json::from_str(text).unwrap();
        assert_eq!(read.extra["stop_reason"]["type"], stop::END_TURN);
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
        let sent = SendEvents::one(SessionEvent::interrupt());
        assert_eq!(serde_json::to_string(&sent).unwrap(), r#"{"events":[{"type":"user.interrupt"}]}"#);
        let message = serde_json::to_string(&SessionEvent::message("hi")).unwrap();
        assert_eq!(message, r#"{"type":"user.message","content":[{"type":"text","text":"hi"}]}"#);
        assert!(serde_json::from_str::<SentEvents>("{}").unwrap().data.is_empty());
    }
}
