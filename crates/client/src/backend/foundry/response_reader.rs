//! What the events of a response mean.
//!
//! Events are numbered. A stream that is resumed may repeat events, which are left out, and a hole in the numbers means
//! that events were lost, except for the events that end a response, which count in any case. Some agents number from 1,
//! leave numbers out, or give many events the same one: a hole that a resumed stream has as well is none, and numbers
//! that do not grow say nothing.
//!
//! A text can come in pieces, whole, in its item, and in the response. Items may have another id each time, so that
//! texts are compared, not ids.

use std::borrow::Cow;
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

/// Texts of a response that are remembered, at most.
const MOST: usize = 10_000;

/// Texts that did not come whole, at most.
const MOST_PIECES: usize = 100;

/// The most bytes of these.
const PIECES: usize = 16 << 20;

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
    /// The number of the last event before the stream was resumed: it may repeat those up to here.
    repeats: Option<u64>,
    /// Whether the numbers have holes without a loss.
    has_holes: bool,
    /// Whether a number was larger than the one before it.
    grows: bool,
    /// The event before this one.
    previous: Option<TextMark>,
    /// Whether the number of an event is missing or did not grow.
    has_unnumbered: bool,
    /// The status of the response, as it was reported last.
    status: Option<String>,
    /// How often each whole text came.
    texts: HashMap<TextMark, usize>,
    /// How often each came without its item.
    unclaimed: HashMap<TextMark, usize>,
    /// Texts of which only pieces came, by item and part.
    pieces: Vec<(String, String)>,
    hasher: RandomState,
    /// Makes a text from the service safe to be shown in an error.
    scrub: Box<dyn Fn(&str) -> String + Send + Sync>,
}

/// What is remembered of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
            repeats: None,
            has_holes: false,
            grows: false,
            previous: None,
            has_unnumbered: false,
            status: None,
            texts: HashMap::new(),
            unclaimed: HashMap::new(),
            pieces: Vec::new(),
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

    /// Takes the id of the response, if it is not known yet.
    pub(super) fn identify(&mut self, id: String) {
        self.id.get_or_insert(id);
    }

    /// Notes that a stream begins, which may repeat events.
    pub(super) fn begin_stream(&mut self) {
        self.repeats = self.last;
    }

    /// Returns whether an event came without a number that counts: a stream that is resumed may repeat it.
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
        let text: &RawValue = match json::page(data) {
            Ok(text) => text,
            Err(_) if frame.name == kind::ERROR => {
                let error = ResponseError { code: None, message: Some(frame.data.clone()) };
                return Ok(self.failed(kind::ERROR, None, error));
            }
            Err(error) => return self.parsed(Err(error), data),
        };
        // The provider's own text stays as it is.
        let whole = json::with_whole_characters(data);
        let data: &[u8] = &whole;
        let event: EventEnvelope = self.parsed(json::page(data), data)?;
        let kind = event.kind.unwrap_or_else(|| frame.name.clone());
        if let Some(error) = event.error {
            return Ok(self.failed(&kind, Some(text), error));
        }
        let ends = matches!(&*kind, kind::COMPLETED | kind::FAILED | kind::INCOMPLETE | kind::CANCELLED | kind::ERROR);
        if !ends {
            if self.is_repeated(frame, &kind, event.sequence_number) {
                return Ok(Reading::Nothing);
            }
            if let Some(reading) = self.take_number(event.sequence_number, takes_gap) {
                return Ok(reading);
            }
        }
        let of = |event_kind| Event {
            provider_type: Some(kind.clone()),
            provider: Provider::of(&text),
            ..self.event(event_kind)
        };
        match &*kind {
            kind::ERROR => {
                let error: ErrorEvent = self.parsed(json::page(data), data)?;
                Ok(self.failed(&kind, Some(text), ResponseError { code: error.code, message: error.message }))
            }
            kind::COMPLETED | kind::FAILED | kind::INCOMPLETE | kind::CANCELLED => {
                let state: StateEvent<'_> = self.parsed(json::page(data), data)?;
                let response = self.response(state.response)?;
                if let Some(other) = self.other_session(&response) {
                    return Ok(Reading::OtherSession(other));
                }
                // Without an output, what is missing may be the text.
                let has_output = response.output.as_ref().is_some_and(|output| !output.is_empty());
                if !has_output && !takes_gap && self.skips(event.sequence_number) {
                    return Ok(Reading::Gap);
                }
                // An event that ends a response may hold a status of before.
                let word = response.status.clone().filter(|word| ending(word).is_some());
                let word = word.unwrap_or_else(|| kind.trim_start_matches("response.").to_owned());
                let event = of(EventKind::Status);
                let (mut events, end) = self.finish(response, &word, state.response);
                events.push(Event { status: Some(word), ..last_event(event, &end) });
                Ok(Reading::Ended(events, Box::new(end)))
            }
            kind::CREATED | kind::QUEUED | kind::IN_PROGRESS => {
                let state: StateEvent<'_> = self.parsed(json::page(data), data)?;
                let response = self.response(state.response)?;
                Ok(self.take_state(response, of(EventKind::Status)))
            }
            kind::TEXT_DELTA | kind::REFUSAL_DELTA => {
                let Ok(piece) = json::page::<DeltaEvent>(data) else {
                    return Ok(Reading::Events(vec![of(EventKind::Other)]));
                };
                let id = text_id(piece.item_id.as_deref(), piece.content_index);
                let event = of(EventKind::TextDelta);
                self.add_piece(&id, &piece.delta);
                Ok(Reading::Events(vec![Event {
                    id: Some(id),
                    text: Some(piece.delta),
                    encoding: Some(Encoding::Utf8),
                    ..event
                }]))
            }
            kind::TEXT_DONE | kind::REFUSAL_DONE => {
                let Ok(whole) = json::page::<TextEvent>(data) else {
                    return Ok(Reading::Events(vec![of(EventKind::Other)]));
                };
                let id = text_id(whole.item_id.as_deref(), whole.content_index);
                let event = of(EventKind::Text);
                let mark = self.remember(&id, &whole.text);
                *self.unclaimed.entry(mark).or_default() += 1;
                Ok(Reading::Events(vec![Event {
                    id: Some(id),
                    text: Some(whole.text),
                    encoding: Some(Encoding::Utf8),
                    ..event
                }]))
            }
            kind::ITEM_DONE => {
                let done: Option<ItemEvent<'_>> = json::page(data).ok();
                let found: Option<OutputItem> = done.and_then(|done| json::page(done.item.get().as_bytes()).ok());
                let like = of(EventKind::Other);
                Ok(Reading::Events(found.map_or_else(|| vec![like.clone()], |found| self.take_item(&found, &like))))
            }
            _ => Ok(Reading::Events(vec![of(EventKind::Other)])),
        }
    }

    /// Takes the response as an event before its end has it.
    fn take_state(&mut self, response: ResponseAnswer<'_>, event: Event) -> Reading {
        let other = self.other_session(&response);
        self.id.get_or_insert(response.id);
        if let Some(other) = other {
            return Reading::OtherSession(other);
        }
        let is_new = response.status.is_some() && response.status != self.status;
        self.status = response.status.clone().or_else(|| self.status.take());
        let status = response.status;
        if is_new { Reading::Events(vec![Event { status, ..event }]) } else { Reading::Nothing }
    }

    /// Returns whether an event is the one before it once more. A piece may come twice with one number, if all numbers
    /// are alike.
    fn is_repeated(&mut self, frame: &ServerEvent, kind: &str, number: Option<u64>) -> bool {
        let is_piece = matches!(kind, kind::TEXT_DELTA | kind::REFUSAL_DELTA);
        let mark = self.mark(&frame.data);
        let is_same = self.previous.replace(mark) == Some(mark) && number.is_some() && number == self.last;
        is_same && (self.grows || !is_piece)
    }

    /// Takes the number of an event. Returns what comes of it, if the event itself does not count.
    fn take_number(&mut self, number: Option<u64>, takes_gap: bool) -> Option<Reading> {
        match (number, self.last) {
            _ if self.has_unnumbered => {}
            (Some(number), _) if self.repeats.is_some_and(|last| number <= last) => return Some(Reading::Nothing),
            (Some(number), Some(last)) if number > last => {
                if number > last.saturating_add(1) && !self.has_holes {
                    if !takes_gap {
                        return Some(Reading::Gap);
                    }
                    self.has_holes = true;
                }
                self.grows = true;
                self.last = Some(number);
            }
            (Some(number), None) => self.last = Some(number),
            (_, _) => self.has_unnumbered = true,
        }
        None
    }

    /// Returns whether events are missing before the one with this number.
    fn skips(&self, number: Option<u64>) -> bool {
        let is_relied_on = !self.has_unnumbered && !self.has_holes;
        is_relied_on && matches!((number, self.last), (Some(number), Some(last)) if number > last.saturating_add(1))
    }

    /// Takes a whole item. Returns its events, with the texts that did not come before. `like` has what they share.
    fn take_item(&mut self, found: &OutputItem, like: &Event) -> Vec<Event> {
        let mut events = item_events(found, like);
        for (id, said) in texts_of(found) {
            let mark = self.mark(said);
            if let Some(times) = self.unclaimed.get_mut(&mark).filter(|times| **times > 0) {
                *times -= 1;
            } else {
                self.remember(&id, said);
                events.push(self.said(id, said));
            }
        }
        events
    }

    /// Reads the response itself, as an answer that is not a stream has it. Returns how it ended, if it has.
    ///
    /// # Errors
    /// `unavailable` for an answer that lacks what is relied on.
    pub(super) fn read_whole(&mut self, answer: &[u8]) -> Result<Reading> {
        let text: &RawValue = self.parsed(json::page(answer), answer)?;
        let whole = json::with_whole_characters(answer);
        let whole: &RawValue = self.parsed(json::page(&whole), answer)?;
        // An answer of 200 can be an error alone.
        if json::page::<ResponseAnswer<'_>>(whole.get().as_bytes()).is_err()
            && let Some(error) = self.parsed::<EventEnvelope>(json::page(whole.get().as_bytes()), answer)?.error
        {
            return Ok(self.failed(kind::ERROR, Some(text), error));
        }
        let response = self.response(whole)?;
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
        match ending(&word) {
            Some(_) => {
                let (mut events, end) = self.finish(response, &word, text);
                events.push(last_event(event, &end));
                Ok(Reading::Ended(events, Box::new(end)))
            }
            None if is_new => Ok(Reading::Events(vec![event])),
            None => Ok(Reading::Nothing),
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
            _ if response.id.is_empty() => Err(unreadable("response", text, "its id is empty")),
            Some(id) if *id != response.id => {
                let what =
                    format!("the service sent another response: {} instead of {id}", json::excerpt(&response.id));
                Err(Error::new(Kind::Unavailable, what))
            }
            _ => Ok(response),
        }
    }

    fn other_session(&self, response: &ResponseAnswer<'_>) -> Option<String> {
        response.agent_session_id.clone().filter(|id| !id.is_empty() && id != self.session.as_str())
    }

    fn mark(&self, text: &str) -> TextMark {
        TextMark { length: text.len(), hash: self.hasher.hash_one(text) }
    }

    /// Notes that a whole text came.
    fn remember(&mut self, id: &str, text: &str) -> TextMark {
        self.pieces.retain(|(of, _)| of != id);
        let mark = self.mark(text);
        if self.texts.len() < MOST {
            *self.texts.entry(mark).or_default() += 1;
        }
        mark
    }

    fn add_piece(&mut self, id: &str, piece: &str) {
        let held: usize = self.pieces.iter().map(|(_, text)| text.len()).sum();
        if held + piece.len() > PIECES {
            return;
        }
        let is_full = self.pieces.len() >= MOST_PIECES;
        match self.pieces.iter_mut().find(|(of, _)| of == id) {
            Some((_, text)) => text.push_str(piece),
            None if is_full => {}
            None => self.pieces.push((id.to_owned(), piece.to_owned())),
        }
    }

    fn said(&self, id: String, text: &str) -> Event {
        Event {
            id: Some(id),
            text: Some(text.to_owned()),
            encoding: Some(Encoding::Utf8),
            ..self.event(EventKind::Text)
        }
    }

    /// Returns the texts of a response that did not come before, and how it ended.
    fn finish(&mut self, response: ResponseAnswer<'_>, word: &str, text: &RawValue) -> (Vec<Event>, TurnEnd) {
        self.id.get_or_insert_with(|| response.id.clone());
        let mut outcome = OutputSummary::default();
        let mut events = Vec::new();
        let mut came = std::mem::take(&mut self.texts);
        let mut has_text = !came.is_empty();
        for item in response.output.iter().flatten() {
            let Ok(found) = json::page::<OutputItem>(item.get().as_bytes()) else { continue };
            outcome.take(&found);
            for (id, said) in texts_of(&found) {
                has_text = true;
                match came.get_mut(&self.mark(said)).filter(|times| **times > 0) {
                    Some(times) => *times -= 1,
                    // It did not come as an event, or not as it is.
                    None => events.push(self.said(id, said)),
                }
            }
        }
        // Some agents write a text in pieces and never whole.
        if !has_text && ending(word) == Some(status::COMPLETED) {
            for (id, text) in std::mem::take(&mut self.pieces) {
                outcome.has_text = true;
                events.push(self.said(id, &text));
            }
        }
        let end = self.end_of(response, word, outcome);
        (events, TurnEnd { provider: Provider::of(&text), ..end })
    }

    fn end_of(&self, response: ResponseAnswer<'_>, word: &str, outcome: OutputSummary) -> TurnEnd {
        let usage = response.usage.map(used);
        let end = |status, error| TurnEnd { error, usage, stop_reason: Some(word.to_owned()), ..TurnEnd::new(status) };
        match ending(word).unwrap_or(word) {
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

    fn failed(&mut self, kind: &str, text: Option<&RawValue>, error: ResponseError) -> Reading {
        let error = self.error_of(error);
        let event = Event {
            status: Some(status::FAILED.to_owned()),
            error: Some(error.clone()),
            provider_type: Some(kind.to_owned()),
            provider: text.as_ref().map(Provider::of).unwrap_or_default(),
            ..self.event(EventKind::Error)
        };
        let end = TurnEnd {
            error: Some(error),
            stop_reason: Some(status::FAILED.to_owned()),
            ..TurnEnd::new(TurnStatus::Failed)
        };
        Reading::Ended(vec![event], Box::new(end))
    }

    fn error_of(&self, error: ResponseError) -> Error {
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
            let is_error = found.error.as_ref().map(|_| true);
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
                for said in &found.content {
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

/// Returns the texts of a message, with their ids.
fn texts_of(found: &OutputItem) -> impl Iterator<Item = (String, &str)> {
    let parts = found.content.iter().filter(|_| found.kind == item::MESSAGE).enumerate();
    parts.filter_map(|(number, said)| Some((text_id(found.id.as_deref(), u64::try_from(number).ok()), text_of(said)?)))
}

/// Returns the word of [`status`] that ends a response, if this is one, in any case.
fn ending(word: &str) -> Option<&'static str> {
    let all = [status::COMPLETED, status::FAILED, status::INCOMPLETE, status::CANCELLED];
    all.into_iter().find(|ending| word.eq_ignore_ascii_case(ending))
}

fn text_of(part: &OutputPart) -> Option<&str> {
    match &*part.kind {
        part::OUTPUT_TEXT | "" => part.text.as_deref(),
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
    let input = found.arguments.as_ref().map(|arguments| {
        let text: Option<Cow<'_, str>> = serde_json::from_str(arguments.get()).ok();
        text.and_then(|text| json::read(text.as_bytes()).ok()).unwrap_or_else(|| arguments.clone())
    });
    let id = found.call_id.clone().or_else(|| found.id.clone());
    ToolCall { id, name: Some(name), input, permission: None, is_error: None }
}

fn answered(found: &OutputItem, tool: ToolCall, like: &Event) -> Event {
    let text = found.output.as_ref().map(|output| {
        let text: Option<String> = serde_json::from_str(output.get()).ok();
        text.unwrap_or_else(|| output.get().to_owned())
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
