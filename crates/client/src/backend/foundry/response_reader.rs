//! What the events of a response mean.
//!
//! Events are numbered. One that came before is left out, and a hole in the numbers means that events were lost, except
//! for the events that end a response, which count in any case.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};

use serde_json::Value;
use serde_json::value::RawValue;

use crate::backend::page::unreadable;
use crate::backend::turn::TurnEnd;
use crate::http::ServerEvent;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Encoding, Event, EventKind, Provider, SessionId, Timestamp, TokenUsage, ToolCall, TurnStatus};
use wharf_wire::foundry::responses::{
    DONE, DeltaEvent, ErrorEvent, EventEnvelope, ItemEvent, OutputItem, OutputPart, ResponseAnswer, ResponseError,
    ResponseUsage, StateEvent, TextEvent, item, kind, part, status,
};
use wharf_wire::json;

/// Texts and calls of a response that are remembered, at most.
const MOST: usize = 10_000;

/// What comes of a frame of the stream.
#[derive(Debug)]
pub(super) enum Reading {
    /// Nothing new.
    Nothing,
    /// This happened.
    Events(Vec<Event>),
    /// Events before this one are missing.
    Gap,
    /// This happened, and the response ended.
    Ended(Vec<Event>, Box<TurnEnd>),
    /// The response belongs to this other session.
    OtherSession(String),
}

/// Reads the events of a response.
pub(super) struct ResponseReader {
    session: SessionId,
    id: Option<String>,
    /// The number of the last event.
    last: Option<u64>,
    /// Whether an event came that has no number.
    has_unnumbered: bool,
    /// The status of the response, as it was reported last.
    status: Option<String>,
    /// The whole texts that came, by item and part.
    texts: HashMap<String, TextMark>,
    hasher: RandomState,
    /// Makes a text from the service safe to be shown in an error.
    scrub: Box<dyn Fn(&str) -> String + Send + Sync>,
}

/// What is remembered of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct TextMark {
    length: usize,
    hash: u64,
}

/// What the output of a response tells of how it ended.
#[derive(Default)]
struct OutputSummary {
    /// Calls that wait for an approval.
    approvals: BTreeMap<String, ToolCall>,
    /// Calls of functions that were not answered.
    calls: BTreeMap<String, ToolCall>,
    /// The words of a refusal.
    refusal: Option<String>,
    /// Whether the agent said anything else.
    has_text: bool,
}

impl ResponseReader {
    pub(super) fn new(session: &SessionId, scrub: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        ResponseReader {
            session: session.clone(),
            id: None,
            last: None,
            has_unnumbered: false,
            status: None,
            texts: HashMap::new(),
            hasher: RandomState::new(),
            scrub: Box::new(scrub),
        }
    }

    /// Returns a reader of a response that exists.
    pub(super) fn of(session: &SessionId, id: String, scrub: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        ResponseReader { id: Some(id), ..ResponseReader::new(session, scrub) }
    }

    /// Returns the id of the response, once it is known.
    pub(super) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Returns the number of the last event that came.
    pub(super) fn last(&self) -> Option<u64> {
        self.last
    }

    /// Returns whether an event came without a number: a stream that is resumed may repeat it.
    pub(super) fn has_unnumbered(&self) -> bool {
        self.has_unnumbered
    }

    /// Reads a frame of the stream. `takes_gap` accepts one although events before it are missing.
    ///
    /// # Errors
    /// `unavailable` for a frame that is not an event, or lacks what is relied on.
    pub(super) fn read(&mut self, frame: &ServerEvent, takes_gap: bool) -> Result<Reading> {
        let data = frame.data.as_bytes();
        if frame.data.is_empty() || frame.data == DONE {
            return Ok(Reading::Nothing);
        }
        let text: &RawValue = self.parsed(json::page(data), data)?;
        let event: EventEnvelope = self.parsed(json::page(data), data)?;
        let kind = event.kind.unwrap_or_else(|| frame.name.clone());
        if let Some(error) = event.error {
            return Ok(self.failed(&kind, text, error));
        }
        let ends = matches!(&*kind, kind::COMPLETED | kind::FAILED | kind::INCOMPLETE | kind::CANCELLED | kind::ERROR);
        if let Some(number) = event.sequence_number
            && !ends
        {
            let due = self.last.map_or(0, |last| last.saturating_add(1));
            if number < due {
                return Ok(Reading::Nothing);
            }
            if number > due && !takes_gap {
                return Ok(Reading::Gap);
            }
            self.last = Some(number);
        }
        self.has_unnumbered |= event.sequence_number.is_none();
        let of = |event_kind| Event {
            provider_type: Some(kind.clone()),
            provider: Provider::of(&text),
            ..self.event(event_kind)
        };
        match &*kind {
            kind::ERROR => {
                let error: ErrorEvent = self.parsed(json::page(data), data)?;
                Ok(self.failed(&kind, text, ResponseError { code: error.code, message: error.message }))
            }
            kind::COMPLETED | kind::FAILED | kind::INCOMPLETE | kind::CANCELLED => {
                let state: StateEvent<'_> = self.parsed(json::page(data), data)?;
                let response = self.response(state.response)?;
                if let Some(other) = self.other_session(&response) {
                    return Ok(Reading::OtherSession(other));
                }
                let word = kind.trim_start_matches("response.");
                let word = response.status.clone().unwrap_or_else(|| word.to_owned());
                let event = of(EventKind::Status);
                let (mut events, end) = self.finish(response, &word, state.response)?;
                events.push(Event { status: Some(word), ..last_event(event, &end) });
                Ok(Reading::Ended(events, Box::new(end)))
            }
            kind::CREATED | kind::QUEUED | kind::IN_PROGRESS => {
                let state: StateEvent<'_> = self.parsed(json::page(data), data)?;
                let event = of(EventKind::Status);
                let response = self.response(state.response)?;
                if let Some(other) = self.other_session(&response) {
                    self.id.get_or_insert(response.id);
                    return Ok(Reading::OtherSession(other));
                }
                self.id.get_or_insert(response.id);
                let is_new = response.status.is_some() && response.status != self.status;
                self.status = response.status.clone().or_else(|| self.status.take());
                let status = response.status;
                Ok(if is_new { Reading::Events(vec![Event { status, ..event }]) } else { Reading::Nothing })
            }
            kind::TEXT_DELTA | kind::REFUSAL_DELTA => {
                let piece: DeltaEvent = self.parsed(json::page(data), data)?;
                let id = Some(text_id(piece.item_id.as_deref(), piece.content_index));
                let event = of(EventKind::TextDelta);
                Ok(Reading::Events(vec![Event {
                    id,
                    text: Some(piece.delta),
                    encoding: Some(Encoding::Utf8),
                    ..event
                }]))
            }
            kind::TEXT_DONE | kind::REFUSAL_DONE => {
                let whole: TextEvent = self.parsed(json::page(data), data)?;
                let id = text_id(whole.item_id.as_deref(), whole.content_index);
                let event = of(EventKind::Text);
                self.remember(&id, &whole.text);
                Ok(Reading::Events(vec![Event {
                    id: Some(id),
                    text: Some(whole.text),
                    encoding: Some(Encoding::Utf8),
                    ..event
                }]))
            }
            kind::ITEM_DONE => {
                let done: ItemEvent<'_> = self.parsed(json::page(data), data)?;
                let found: OutputItem = self.parsed(json::page(done.item.get().as_bytes()), data)?;
                Ok(Reading::Events(item_events(&found, &of(EventKind::Other))))
            }
            _ => Ok(Reading::Events(vec![of(EventKind::Other)])),
        }
    }

    /// Reads the response itself, as an answer that is not a stream has it. Returns how it ended, if it has.
    ///
    /// # Errors
    /// `unavailable` for an answer that lacks what is relied on.
    pub(super) fn read_whole(&mut self, answer: &[u8]) -> Result<Reading> {
        let text: &RawValue = self.parsed(json::page(answer), answer)?;
        // An answer of 200 can be an error alone.
        if json::page::<ResponseAnswer<'_>>(answer).is_err()
            && let Some(error) = self.parsed::<EventEnvelope>(json::page(answer), answer)?.error
        {
            return Ok(self.failed(kind::ERROR, text, error));
        }
        let response = self.response(text)?;
        self.id.get_or_insert_with(|| response.id.clone());
        if let Some(other) = self.other_session(&response) {
            return Ok(Reading::OtherSession(other));
        }
        let Some(word) = response.status.clone() else {
            return Err(unreadable("response", text, "it has no status"));
        };
        let is_new = self.status.as_ref() != Some(&word);
        self.status = Some(word.clone());
        let event =
            Event { status: Some(word.clone()), provider: Provider::of(&text), ..self.event(EventKind::Status) };
        match &*word {
            status::COMPLETED | status::FAILED | status::INCOMPLETE | status::CANCELLED => {
                let (mut events, end) = self.finish(response, &word, text)?;
                events.push(last_event(event, &end));
                Ok(Reading::Ended(events, Box::new(end)))
            }
            _ if is_new => Ok(Reading::Events(vec![event])),
            _ => Ok(Reading::Nothing),
        }
    }

    fn event(&self, kind: EventKind) -> Event {
        Event { at: Some(Timestamp::now()), ..Event::new(kind, &self.session) }
    }

    fn parsed<T>(&self, read: Result<T, json::JsonError>, data: &[u8]) -> Result<T> {
        read.map_err(|error| {
            let shown = (self.scrub)(&String::from_utf8_lossy(data));
            let what = format!("the service sent an event that cannot be read ({error}): {}", json::excerpt(&shown));
            Error::new(Kind::Unavailable, what)
        })
    }

    fn response<'a>(&self, text: &'a RawValue) -> Result<ResponseAnswer<'a>> {
        let response: ResponseAnswer<'a> = self.parsed(json::page(text.get().as_bytes()), text.get().as_bytes())?;
        match &self.id {
            Some(id) if *id != response.id => {
                let what =
                    format!("the service sent another response: {} instead of {id}", json::excerpt(&response.id));
                Err(Error::new(Kind::Unavailable, what))
            }
            _ => Ok(response),
        }
    }

    fn other_session(&self, response: &ResponseAnswer<'_>) -> Option<String> {
        response.agent_session_id.clone().filter(|id| id != self.session.as_str())
    }

    fn mark(&self, text: &str) -> TextMark {
        TextMark { length: text.len(), hash: self.hasher.hash_one(text) }
    }

    fn remember(&mut self, id: &str, text: &str) {
        if self.texts.len() < MOST {
            self.texts.insert(id.to_owned(), self.mark(text));
        }
    }

    /// Returns the texts of a response that did not come before, and how it ended.
    fn finish(&mut self, response: ResponseAnswer<'_>, word: &str, text: &RawValue) -> Result<(Vec<Event>, TurnEnd)> {
        self.id.get_or_insert_with(|| response.id.clone());
        let mut outcome = OutputSummary::default();
        let mut events = Vec::new();
        for item in response.output.iter().flatten() {
            let found: OutputItem = self.parsed(json::page(item.get().as_bytes()), item.get().as_bytes())?;
            outcome.take(&found);
            if found.kind != item::MESSAGE {
                continue;
            }
            for (number, said) in found.content.iter().flatten().enumerate() {
                let Some(said) = text_of(said) else { continue };
                let id = text_id(found.id.as_deref(), u64::try_from(number).ok());
                if self.texts.get(&id) == Some(&self.mark(said)) {
                    continue;
                }
                // It did not come as an event, or not as it is.
                self.remember(&id, said);
                events.push(Event {
                    id: Some(id),
                    text: Some(said.to_owned()),
                    encoding: Some(Encoding::Utf8),
                    ..self.event(EventKind::Text)
                });
            }
        }
        let end = self.end_of(response, word, outcome);
        Ok((events, TurnEnd { provider: Provider::of(&text), ..end }))
    }

    fn end_of(&self, response: ResponseAnswer<'_>, word: &str, outcome: OutputSummary) -> TurnEnd {
        let usage = response.usage.map(used);
        let end = |status, error| TurnEnd { error, usage, stop_reason: Some(word.to_owned()), ..TurnEnd::new(status) };
        match word {
            status::COMPLETED => {
                if let Some(call) = outcome.approvals.values().next() {
                    let name = call.name.as_deref().unwrap_or("a tool");
                    let error = Error::new(Kind::NeedsAction, format!("the agent waits for an approval: {name}"));
                    let pending = outcome.approvals.into_values().collect();
                    return TurnEnd { pending, ..end(TurnStatus::NeedsAction, Some(error)) };
                }
                if let Some(call) = outcome.calls.values().next() {
                    let name = call.name.as_deref().unwrap_or("a function");
                    let error =
                        Error::new(Kind::NeedsAction, format!("the agent waits for the result of a function: {name}"));
                    let pending = outcome.calls.into_values().collect();
                    return TurnEnd { pending, ..end(TurnStatus::NeedsAction, Some(error)) };
                }
                match outcome.refusal.filter(|_| !outcome.has_text) {
                    Some(why) => {
                        let why = (self.scrub)(&why);
                        let error =
                            Error::new(Kind::AgentFailed, format!("the agent refused: {}", json::excerpt(&why)));
                        end(TurnStatus::Refused, Some(error))
                    }
                    None => end(TurnStatus::Completed, None),
                }
            }
            status::CANCELLED => end(TurnStatus::Interrupted, None),
            status::INCOMPLETE => {
                let reason = response.incomplete_details.and_then(|details| details.reason);
                let what = match &reason {
                    Some(reason) => format!("the agent's response is incomplete: {}", json::excerpt(reason)),
                    None => "the agent's response is incomplete".to_owned(),
                };
                let ended = end(TurnStatus::Failed, Some(Error::new(Kind::AgentFailed, what)));
                TurnEnd { stop_reason: reason.or(ended.stop_reason), ..ended }
            }
            _ => end(TurnStatus::Failed, Some(self.error_of(response.error.unwrap_or_default()))),
        }
    }

    fn failed(&mut self, kind: &str, text: &RawValue, error: ResponseError) -> Reading {
        let error = self.error_of(error);
        let event = Event {
            status: Some(status::FAILED.to_owned()),
            error: Some(error.clone()),
            provider_type: Some(kind.to_owned()),
            provider: Provider::of(&text),
            ..self.event(EventKind::Error)
        };
        let end = TurnEnd {
            error: Some(error),
            stop_reason: Some(status::FAILED.to_owned()),
            ..TurnEnd::new(TurnStatus::Failed)
        };
        Reading::Ended(vec![event], Box::new(end))
    }

    /// Returns the error of an agent that failed.
    pub(super) fn error_of(&self, error: ResponseError) -> Error {
        agent_error(error, &self.scrub)
    }
}

/// Returns the events of an item of the output. `like` has what they share.
fn item_events(found: &OutputItem, like: &Event) -> Vec<Event> {
    let call = || called(found);
    match &*found.kind {
        item::MESSAGE => vec![like.clone()],
        item::REASONING => vec![Event { kind: EventKind::Thinking, ..like.clone() }],
        item::APPROVAL_REQUEST => {
            vec![Event { kind: EventKind::NeedsAction, tool: Some(call()), ..like.clone() }]
        }
        item::FUNCTION_CALL => vec![Event { kind: EventKind::ToolCall, tool: Some(call()), ..like.clone() }],
        name if name.ends_with(item::CALL_OUTPUT) => {
            let tool = ToolCall { id: found.call_id.clone(), ..ToolCall::default() };
            vec![answered(found, tool, like)]
        }
        name if name.ends_with(item::CALL) => {
            let tool = call();
            let is_error = found.error.as_ref().map(|error| !error.is_null());
            let result = ToolCall { id: tool.id.clone(), is_error, ..ToolCall::default() };
            let called = Event { kind: EventKind::ToolCall, tool: Some(tool), ..like.clone() };
            vec![called, Event { provider: Provider::default(), ..answered(found, result, like) }]
        }
        _ => vec![like.clone()],
    }
}

/// Returns the event that ends a response: an error, if the response failed.
fn last_event(event: Event, end: &TurnEnd) -> Event {
    match (&end.error, end.status) {
        (Some(error), TurnStatus::Failed) => Event { kind: EventKind::Error, error: Some(error.clone()), ..event },
        _ => Event { usage: end.usage, ..event },
    }
}

/// Returns the error of an agent that reported this one.
pub(super) fn agent_error(error: ResponseError, scrub: impl Fn(&str) -> String) -> Error {
    let code = error.code.and_then(|code| match code {
        Value::String(word) => Some(word),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    });
    let what = match (error.message.filter(|text| !text.trim().is_empty()), code) {
        (Some(message), Some(code)) => format!("{message} ({code})"),
        (Some(message), None) => message,
        (None, Some(code)) => code,
        (None, None) => "no reason is given".to_owned(),
    };
    let what = scrub(&what);
    Error::new(Kind::AgentFailed, format!("the agent failed: {}", json::excerpt(&what)))
}

impl OutputSummary {
    fn take(&mut self, found: &OutputItem) {
        let id = || found.call_id.clone().or_else(|| found.id.clone()).unwrap_or_default();
        match &*found.kind {
            item::MESSAGE => {
                // What was called before, the agent had answered itself.
                self.calls.clear();
                for said in found.content.iter().flatten() {
                    match &*said.kind {
                        part::REFUSAL => self.refusal.clone_from(&said.refusal),
                        _ => self.has_text |= said.text.as_deref().is_some_and(|text| !text.is_empty()),
                    }
                }
            }
            item::APPROVAL_REQUEST => {
                self.approvals.insert(found.id.clone().unwrap_or_default(), called(found));
            }
            item::MCP_CALL => {
                if let Some(approval) = &found.approval_request_id {
                    self.approvals.remove(approval);
                }
            }
            item::FUNCTION_CALL => {
                self.calls.insert(id(), called(found));
            }
            name if name.ends_with(item::CALL_OUTPUT) => {
                self.calls.remove(&id());
            }
            _ => {}
        }
    }
}

/// Returns the id of a text: that of its item, with the number of the part if it is not the first.
fn text_id(item: Option<&str>, number: Option<u64>) -> String {
    let item = item.unwrap_or_default();
    match number.unwrap_or(0) {
        0 => item.to_owned(),
        number => format!("{item}.{number}"),
    }
}

fn text_of(part: &OutputPart) -> Option<&str> {
    match &*part.kind {
        part::OUTPUT_TEXT => part.text.as_deref(),
        part::REFUSAL => part.refusal.as_deref(),
        _ => None,
    }
}

/// Returns the call that an item is.
fn called(found: &OutputItem) -> ToolCall {
    let named = found.name.clone().unwrap_or_else(|| found.kind.trim_end_matches(item::CALL).to_owned());
    let name = match &found.server_label {
        Some(server) if !server.is_empty() => format!("{server}/{named}"),
        _ => named,
    };
    // Text that is not JSON is shown as a text.
    let input = found.arguments.as_ref().and_then(|arguments| match json::read(arguments.as_bytes()) {
        Ok(input) => Some(input),
        Err(_) => serde_json::value::to_raw_value(arguments).ok(),
    });
    let id = found.call_id.clone().or_else(|| found.id.clone());
    ToolCall { id, name: Some(name), input, permission: None, is_error: None }
}

fn answered(found: &OutputItem, tool: ToolCall, like: &Event) -> Event {
    let text = found.output.as_ref().filter(|output| !output.is_null()).map(|output| match output {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    let encoding = text.as_ref().map(|_| Encoding::Utf8);
    Event { kind: EventKind::ToolResult, tool: Some(tool), text, encoding, ..like.clone() }
}

fn used(usage: ResponseUsage) -> TokenUsage {
    let cached = usage.input_tokens_details.and_then(|details| details.cached_tokens);
    TokenUsage {
        input_tokens: usage.input_tokens.map(|all| all.saturating_sub(cached.unwrap_or(0))),
        output_tokens: usage.output_tokens,
        cache_read_tokens: cached,
        cache_write_tokens: usage.input_tokens_details.and_then(|details| details.cache_write_tokens),
        active_seconds: None,
    }
}
