//! What an event of the service means.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::client::parsed;
use crate::backend::turn::Awaited;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Cost, Encoding, Event, EventKind, Provider, SessionId, TokenUsage, ToolCall};
use wharf_wire::anthropic::event_answers::{
    BlockAnswer, ErrorEventAnswer, EventAnswer, IdleAnswer, ListCost, MessageAnswer, ModelRequestAnswer, ModelUsage,
    PreviewDelta, PreviewStart, StopReason, ToolAnswerEvent, ToolResultAnswer, ToolUseAnswer, UsageAnswer,
    UsageEventAnswer,
};
use wharf_wire::anthropic::events::kind;
use wharf_wire::json;

/// An event as it is shown, and what it means for the turn.
#[derive(Debug)]
pub(super) struct EventView {
    pub(super) event: Event,
    pub(super) meaning: Meaning,
}

impl EventView {
    /// Removes secrets from what becomes an error.
    pub(super) fn without_secrets(mut self, scrub: impl Fn(&str) -> String) -> Self {
        let safe = |error: &Error| Error::new(error.kind(), scrub(error.message()));
        self.event.error = self.event.error.as_ref().map(safe);
        self.meaning = match self.meaning {
            Meaning::Failing(error) => Meaning::Failing(safe(&error)),
            Meaning::Idle(reason, why) => {
                let kind = scrub(&reason.kind);
                Meaning::Idle(StopReason { kind, ..reason }, why.map(|why| scrub(&why)))
            }
            other => other,
        };
        self
    }
}

/// What an event means for the turn in which it happens.
#[derive(Debug)]
pub(super) enum Meaning {
    /// Nothing.
    None,
    /// A message of a user was read by the agent.
    Read,
    /// The session is idle for this reason, which a service may explain.
    Idle(StopReason, Option<String>),
    /// The session runs.
    Running,
    /// The service gave up: an end of the turn follows.
    Failing(Error),
    /// The session ended.
    Terminated,
    /// The session was deleted.
    Deleted,
    /// The agent calls a tool. Where the turn then waits for the call, it waits for this.
    ToolCall(Awaited),
    /// This call was answered.
    Answered(String),
    /// A request to a model used tokens.
    Used(ModelUsage),
    /// An event that is previewed begins.
    PreviewStart,
    /// An event that is previewed goes on.
    PreviewDelta,
}

/// Reads an event.
///
/// # Errors
/// `unavailable` for a known type that lacks what is relied on.
pub(super) fn read(session: &SessionId, envelope: &EventAnswer, text: &RawValue) -> Result<EventView> {
    let of = |kind| Event {
        id: envelope.id.clone().filter(|id| !id.is_empty()),
        at: envelope.processed_at,
        thread: envelope.session_thread_id.clone(),
        provider_type: Some(envelope.kind.clone()),
        provider: Provider::of(&text),
        ..Event::new(kind, session)
    };
    let said = |kind, text: String| Event { text: Some(text), encoding: Some(Encoding::Utf8), ..of(kind) };
    let plain = |event| Ok(EventView { event, meaning: Meaning::None });
    match envelope.kind.as_str() {
        kind::MESSAGE => {
            let text = joined(&body::<MessageAnswer>(text)?.content);
            let meaning = if envelope.processed_at.is_some() { Meaning::Read } else { Meaning::None };
            Ok(EventView { event: said(EventKind::User, text), meaning })
        }
        kind::AGENT_MESSAGE => plain(said(EventKind::Text, joined(&body::<MessageAnswer>(text)?.content))),
        kind::THINKING => plain(of(EventKind::Thinking)),
        kind::TOOL_USE | kind::MCP_TOOL_USE | kind::CUSTOM_TOOL_USE => {
            let call: ToolUseAnswer = body(text)?;
            let is_ours = envelope.kind == kind::CUSTOM_TOOL_USE;
            let awaits = if is_ours { Awaited::Result } else { Awaited::Confirmation };
            let name = match (envelope.kind.as_str(), call.mcp_server_name) {
                // A server names its tools as it likes: without its own name, one could pass for another's.
                (kind::MCP_TOOL_USE, Some(server)) => format!("{server}/{}", call.name),
                (kind::MCP_TOOL_USE, None) => return Err(without_server(envelope)),
                _ => call.name,
            };
            let tool = ToolCall {
                id: envelope.id.clone(),
                name: Some(name),
                input: Some(call.input),
                permission: call.evaluated_permission,
                is_error: None,
            };
            Ok(EventView {
                event: Event { tool: Some(tool), ..of(EventKind::ToolCall) },
                meaning: Meaning::ToolCall(awaits),
            })
        }
        kind::TOOL_RESULT | kind::MCP_TOOL_RESULT => {
            let result: ToolResultAnswer = body(text)?;
            let id = result.tool_use_id;
            let tool = ToolCall { id: Some(id.clone()), is_error: result.is_error, ..ToolCall::default() };
            let answered = joined(&result.content.unwrap_or_default());
            let event = Event { tool: Some(tool), ..said(EventKind::ToolResult, answered) };
            Ok(EventView { event, meaning: Meaning::Answered(id) })
        }
        kind::CONFIRMATION | kind::CUSTOM_RESULT | kind::RESULT => {
            let meaning = Meaning::Answered(body::<ToolAnswerEvent>(text)?.tool_use_id);
            Ok(EventView { event: of(EventKind::Other), meaning })
        }
        kind::IDLE => {
            let idle: IdleAnswer = body(text)?;
            let kind = if idle.stop_reason.is_open() { EventKind::NeedsAction } else { EventKind::Status };
            let event =
                Event { status: Some("idle".to_owned()), stop_reason: Some(idle.stop_reason.kind.clone()), ..of(kind) };
            let why = idle.stop_details.and_then(|details| details.explanation.or(details.category));
            Ok(EventView { event, meaning: Meaning::Idle(idle.stop_reason, why) })
        }
        kind::RUNNING => Ok(EventView { event: status(of(EventKind::Status), "running"), meaning: Meaning::Running }),
        kind::RESCHEDULED => plain(status(of(EventKind::Status), "rescheduling")),
        kind::TERMINATED => {
            Ok(EventView { event: status(of(EventKind::Status), "terminated"), meaning: Meaning::Terminated })
        }
        kind::DELETED => Ok(EventView { event: status(of(EventKind::Status), "deleted"), meaning: Meaning::Deleted }),
        kind::ERROR => {
            let ErrorEventAnswer { error } = body(text)?;
            let message = error.message.filter(|message| !message.is_empty()).unwrap_or_else(|| error.kind.clone());
            let shown = Error::new(Kind::AgentFailed, message);
            // A status that is not known is waited on: only the two known ones end a turn.
            let gave_up = matches!(error.retry_status.kind.as_str(), "exhausted" | "terminal");
            let meaning = if gave_up { Meaning::Failing(shown.clone()) } else { Meaning::None };
            Ok(EventView { event: Event { error: Some(shown), ..of(EventKind::Error) }, meaning })
        }
        kind::USAGE => {
            let UsageEventAnswer { usage } = body(text)?;
            let cost = usage.list_cost.as_ref().map(cents).transpose()?.flatten().map(list_price);
            plain(Event { usage: Some(used(&usage)), cost, ..of(EventKind::Usage) })
        }
        kind::REQUEST_END => {
            let usage = body::<ModelRequestAnswer>(text)?.model_usage;
            let meaning = usage.map_or(Meaning::None, Meaning::Used);
            Ok(EventView { event: Event { usage: usage.map(of_request), ..of(EventKind::Usage) }, meaning })
        }
        kind::PREVIEW_START => {
            let start: PreviewStart = body(text)?;
            let event = Event { id: start.event.id, ..of(EventKind::Other) };
            Ok(EventView { event, meaning: Meaning::PreviewStart })
        }
        kind::PREVIEW_DELTA => {
            let PreviewDelta { event_id, delta } = body(text)?;
            let piece = delta.content.and_then(|block| block.text).unwrap_or_default();
            let event = Event { id: Some(event_id), ..said(EventKind::TextDelta, piece) };
            Ok(EventView { event, meaning: Meaning::PreviewDelta })
        }
        _ => plain(of(EventKind::Other)),
    }
}

fn body<'a, T: Deserialize<'a>>(text: &'a RawValue) -> Result<T> {
    parsed(text, "event")
}

fn without_server(envelope: &EventAnswer) -> Error {
    let id = envelope.id.as_deref().unwrap_or_default();
    Error::new(Kind::Unavailable, format!("event that cannot be read: {id:?}: missing field `mcp_server_name`"))
}

fn status(event: Event, word: &str) -> Event {
    Event { status: Some(word.to_owned()), ..event }
}

/// Returns the texts among blocks.
fn joined(blocks: &[BlockAnswer]) -> String {
    blocks.iter().filter(|block| block.kind == "text").filter_map(|block| block.text.as_deref()).collect()
}

/// Returns the numbers of a session's usage.
pub(super) fn used(usage: &UsageAnswer) -> TokenUsage {
    let written = |cache: wharf_wire::anthropic::event_answers::CacheCreation| {
        cache.ephemeral_1h_input_tokens.saturating_add(cache.ephemeral_5m_input_tokens)
    };
    TokenUsage {
        input_tokens: usage.input_tokens,
        output_tokens: usage.output_tokens,
        cache_read_tokens: usage.cache_read_input_tokens,
        cache_write_tokens: usage.cache_creation.map(written),
        active_seconds: usage.active_seconds,
    }
}

/// Returns the numbers of one request.
pub(super) fn of_request(usage: ModelUsage) -> TokenUsage {
    TokenUsage {
        input_tokens: usage.input_tokens,
        output_tokens: usage.output_tokens,
        cache_read_tokens: usage.cache_read_input_tokens,
        cache_write_tokens: usage.cache_creation_input_tokens,
        active_seconds: None,
    }
}

/// Returns the cents of a list price; none in another currency than US dollars, which is the only one \[types\].
///
/// # Errors
/// `unavailable` for an amount that is not a whole number of cents.
pub(super) fn cents(cost: &ListCost) -> Result<Option<u64>> {
    if cost.currency != "USD" {
        return Ok(None);
    }
    let unreadable = |_| {
        let amount = json::excerpt(&cost.amount);
        Error::new(Kind::Unavailable, format!("a list price that cannot be read: {amount:?}"))
    };
    cost.amount.parse().map(Some).map_err(unreadable)
}

/// Returns a list price.
pub(super) fn list_price(cents: u64) -> Cost {
    Cost { amount: format!("{}.{:02}", cents / 100, cents % 100), currency: "USD".to_owned(), list_price: true }
}
