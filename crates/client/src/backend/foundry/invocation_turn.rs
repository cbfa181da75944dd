//! A turn of an agent that speaks `invocations`.
//!
//! The answer is the agent's own: a content, a stream of events, or 202 and an id by which it is asked until it says
//! that it has ended. The end of a content or stream is the end of the turn.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::BytesMut;
use futures_util::future::BoxFuture;
use tokio::time::{Instant, sleep_until};

use super::capabilities::CAPABILITIES;
use super::client::FoundryClient;
use super::errors::passing;
use super::message::{ReplyContent, SendingMessage, SentMessage};
use super::response_reader::agent_error;
use super::turn_outcome::TurnOutcome;
use super::turn_records::{TurnRecord, TurnRecords};
use crate::backend::Feature;
use crate::backend::follow_pace::FollowPace;
use crate::backend::text_blocks::TextBlocks;
use crate::backend::turn::{RunningTurn, ToolAnswer, TurnEnd, TurnEvent};
use crate::http::{Class, ServerEvent, ServerEvents, ServiceAnswer};
use wharf_core::advice::Step;
use wharf_core::body::Body;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Event, EventKind, Provider, SessionId, Timestamp, TurnStatus};
use wharf_wire::foundry::FoundryOperation;
use wharf_wire::foundry::invocations::{self, InvocationStatus, NOT_IMPLEMENTED, status};
use wharf_wire::foundry::responses::{DONE, ResponseError, kind};
use wharf_wire::json;

/// How often an invocation is asked for, unless the service asks for another pause \[azd\].
const POLL: Duration = Duration::from_secs(2);

/// The longest pause that the service can ask for \[azd\].
const LONGEST_POLL: Duration = Duration::from_secs(30);

/// Answers in succession that tell nothing about an invocation, after which it is given up: a 404 can come before it is
/// known, and an answer may lack a status.
const FRUITLESS: u32 = 15;

/// The most bytes of a JSON answer that is examined before it is passed on: it may be an error.
const EXAMINED: usize = 4 << 20;

/// The code of a turn that accepted the work.
const ACCEPTED: u16 = 202;

/// A turn that is being followed.
pub(super) struct InvocationTurn {
    client: Arc<FoundryClient>,
    session: SessionId,
    outcome: TurnOutcome,
    id: Option<String>,
    phase: InvocationPhase,
    /// Whether the service has taken the message.
    begun: bool,
    /// The status of the invocation, as it was reported last.
    status: Option<String>,
    text: TextBlocks,
    pace: FollowPace,
    /// Successive answers without a status.
    fruitless: u32,
    reconnects: u32,
}

enum InvocationPhase {
    /// The message is on its way.
    Sending(SendingMessage),
    /// The content comes.
    Content(Body),
    /// A JSON content comes, which is passed on when it is complete.
    Json(Body, BytesMut),
    /// The content of a 202 comes, which has the id to ask by.
    Accepted(Body, BytesMut),
    /// Events come. The error is that of the last one that reported one.
    Events(Box<ServerEvents>, Option<ResponseError>),
    /// The invocation is to be asked for, not before then.
    Waiting(Instant),
    /// The invocation is being asked for.
    Asking(BoxFuture<'static, Result<ServiceAnswer>>),
    /// The connection was closed.
    Left,
}

impl InvocationTurn {
    /// Returns a turn whose message is on its way.
    pub(super) fn new(
        client: &Arc<FoundryClient>,
        session: &SessionId,
        records: TurnRecords,
        sent: SendingMessage,
    ) -> Self {
        InvocationTurn {
            client: Arc::clone(client),
            session: session.clone(),
            outcome: TurnOutcome::new(client, session, records),
            id: None,
            phase: InvocationPhase::Sending(sent),
            begun: false,
            status: None,
            text: TextBlocks::new(session, "invocation"),
            pace: FollowPace::new(),
            fruitless: 0,
            reconnects: 0,
        }
    }

    /// Returns the turn, which begins with this event.
    pub(super) fn after(mut self, event: Event) -> Self {
        self.outcome.push([event]);
        self
    }

    /// Returns a turn that was begun before.
    pub(super) fn of_record(
        client: &Arc<FoundryClient>,
        session: &SessionId,
        records: TurnRecords,
        record: TurnRecord,
    ) -> Self {
        let turn = Self::new(client, session, records, Box::pin(std::future::pending()));
        InvocationTurn { id: Some(record.id), phase: InvocationPhase::Waiting(Instant::now()), begun: true, ..turn }
    }

    async fn advance(&mut self) -> Result<()> {
        match &mut self.phase {
            InvocationPhase::Sending(sent) => match sent.await {
                Ok(sent) => {
                    self.begun = true;
                    self.take_answer(sent)
                }
                // The agent has had the message: its failure is an end.
                Err(error) if error.kind() == Kind::AgentFailed => {
                    self.begun = true;
                    self.fail(error);
                    Ok(())
                }
                Err(error) => Err(error),
            },
            InvocationPhase::Content(body) => {
                if let Some(block) = body.next().await? {
                    let events = self.text.push(&block);
                    self.outcome.push(events);
                } else {
                    self.complete(None);
                }
                Ok(())
            }
            InvocationPhase::Json(body, read) => {
                if let Some(block) = body.next().await? {
                    read.extend_from_slice(&block);
                    if read.len() > EXAMINED {
                        self.pass_on();
                    }
                    return Ok(());
                }
                let text = std::mem::take(read);
                let failure = error_in(&text);
                if failure.is_none() {
                    let events = self.text.push(&text);
                    self.outcome.push(events);
                }
                self.complete(failure);
                Ok(())
            }
            InvocationPhase::Accepted(body, read) => match body.next().await? {
                Some(block) if read.len() + block.len() <= EXAMINED => {
                    read.extend_from_slice(&block);
                    Ok(())
                }
                Some(_) => Err(Error::new(Kind::Unavailable, "the answer to the message is too long")),
                None => {
                    let reported: Option<InvocationStatus> = json::object(read).ok();
                    self.id = reported.and_then(|reported| reported.invocation_id);
                    self.accept(None);
                    Ok(())
                }
            },
            InvocationPhase::Events(stream, failure) => match stream.next().await? {
                Some(frame) => {
                    if let Some(error) = error_of_frame(&frame) {
                        *failure = Some(error);
                    }
                    self.take_frame(&frame);
                    Ok(())
                }
                None if stream.was_cut() => {
                    Err(Error::new(Kind::Unavailable, "the stream ended in the middle of an event"))
                }
                None => {
                    let failure = failure.take();
                    self.complete(failure);
                    Ok(())
                }
            },
            InvocationPhase::Waiting(due) => {
                sleep_until(*due).await;
                let Some(id) = &self.id else {
                    return Err(Error::new(Kind::Unavailable, "the agent accepted the work without an id"));
                };
                let asked = Arc::clone(&self.client).read_invocation(self.session.clone(), id.clone());
                self.phase = InvocationPhase::Asking(Box::pin(asked));
                Ok(())
            }
            InvocationPhase::Asking(asked) => {
                let answer = asked.await;
                self.take_look(answer)
            }
            InvocationPhase::Left => Err(Error::new(Kind::Interrupted, "the connection to the agent was closed")),
        }
    }

    /// Passes on a JSON content that is too long to be examined, as it comes.
    fn pass_on(&mut self) {
        if let InvocationPhase::Json(body, read) = std::mem::replace(&mut self.phase, InvocationPhase::Left) {
            self.phase = InvocationPhase::Content(body);
            let events = self.text.push(&read);
            self.outcome.push(events);
        }
    }

    /// Takes what came of asking for the invocation.
    fn take_look(&mut self, answer: Result<ServiceAnswer>) -> Result<()> {
        match answer {
            Ok(answer) => self.take_status(&answer),
            Err(error) if error.kind() == Kind::NotFound => {
                let look = Step::ReadLog { session: Some(self.session.as_str()) };
                let error = error.hint(format!("the agent may still be working: {look}"));
                // The agent has no way to be asked; any other 404 may pass.
                if error.message().contains(NOT_IMPLEMENTED) {
                    let error = error.context("the agent accepted the work, and its state cannot be requested");
                    return Err(error.of_kind(Kind::Unavailable));
                }
                self.tells_nothing(error.of_kind(Kind::Unavailable))
            }
            Err(error) if error.kind() == Kind::AgentFailed => {
                self.fail(error);
                Ok(())
            }
            Err(error) => {
                self.reconnects += 1;
                self.phase = InvocationPhase::Waiting(self.pace.failed(passing(error)?)?);
                Ok(())
            }
        }
    }

    /// Takes the answer to the message.
    fn take_answer(&mut self, sent: SentMessage) -> Result<()> {
        if let Some(other) = sent.session.filter(|other| other != self.session.as_str()) {
            let other = json::excerpt(&other);
            let what =
                format!("the service let the agent work in another session: {other:?} instead of {}", self.session);
            return Err(Error::new(Kind::Conflict, what));
        }
        self.id = sent.invocation;
        if let Some(id) = &self.id {
            self.text = TextBlocks::new(&self.session, id);
        }
        self.phase = match sent.answer {
            ReplyContent::Content(answer) if sent.status == ACCEPTED && self.id.is_none() => {
                InvocationPhase::Accepted(answer.body.unhashed(), BytesMut::new())
            }
            ReplyContent::Content(_) if sent.status == ACCEPTED => {
                self.accept(sent.retry_after);
                return Ok(());
            }
            ReplyContent::Content(answer) => {
                let kind = answer.media_type();
                let is_json = kind == "application/json" || kind.ends_with("+json");
                let body = answer.piecewise().unhashed();
                if is_json { InvocationPhase::Json(body, BytesMut::new()) } else { InvocationPhase::Content(body) }
            }
            ReplyContent::Events(stream) => InvocationPhase::Events(Box::new(stream), None),
        };
        Ok(())
    }

    /// Takes that the agent accepted the work.
    fn accept(&mut self, asked: Option<Duration>) {
        if let Some(id) = &self.id {
            self.outcome.record(invocations::PROTOCOL, id, None);
        }
        let event = Event { status: Some("accepted".to_owned()), ..self.event(EventKind::Status) };
        self.outcome.push([event]);
        self.wait(asked);
    }

    /// Waits before the invocation is asked for, as the service asks for it.
    fn wait(&mut self, asked: Option<Duration>) {
        let pause = asked.map_or(POLL, |asked| asked.min(LONGEST_POLL));
        self.phase = InvocationPhase::Waiting(Instant::now() + pause);
    }

    /// Takes an answer with the status of the invocation.
    ///
    /// # Errors
    /// `unavailable` if there were too many in succession without one.
    fn take_status(&mut self, answer: &ServiceAnswer) -> Result<()> {
        let reported: Option<InvocationStatus> = json::object(&answer.bytes).ok();
        let Some(word) = reported.as_ref().and_then(|reported| reported.status.clone()) else {
            return match reported.and_then(|reported| reported.error) {
                Some(error) => {
                    self.complete(Some(error));
                    Ok(())
                }
                None => self.tells_nothing(Error::new(Kind::Unavailable, "the agent's answers have no status")),
            };
        };
        self.pace.succeeded();
        self.fruitless = 0;
        let text: Option<Box<serde_json::value::RawValue>> = json::object(&answer.bytes).ok();
        let provider = text.as_ref().map(Provider::of).unwrap_or_default();
        if self.status.as_ref() != Some(&word) {
            self.status = Some(word.clone());
            let event =
                Event { status: Some(word.clone()), provider: provider.clone(), ..self.event(EventKind::Status) };
            self.outcome.push([event]);
        }
        let end = |status| TurnEnd { stop_reason: Some(word.clone()), provider, ..TurnEnd::new(status) };
        match &*word.to_ascii_lowercase() {
            status::COMPLETED => {
                let events = self.text.push(&answer.bytes);
                self.outcome.push(events);
                self.finish(end(TurnStatus::Completed));
            }
            status::FAILED => {
                let error = self.agent_error(reported.and_then(|reported| reported.error).unwrap_or_default());
                self.finish(TurnEnd { error: Some(error), ..end(TurnStatus::Failed) });
            }
            status::CANCELLED => self.finish(end(TurnStatus::Interrupted)),
            _ => self.wait(answer.retry_after()),
        }
        Ok(())
    }

    /// Takes an answer that tells nothing.
    ///
    /// # Errors
    /// `error`, if there were too many in succession.
    fn tells_nothing(&mut self, error: Error) -> Result<()> {
        self.fruitless += 1;
        if self.fruitless >= FRUITLESS {
            return Err(error);
        }
        self.wait(None);
        Ok(())
    }

    /// Takes an event of the agent's stream, whose data is opaque: a line of text.
    fn take_frame(&mut self, frame: &ServerEvent) {
        if frame.data == DONE {
            return;
        }
        let mut line = frame.data.clone().into_bytes();
        line.push(b'\n');
        let text: Option<Box<serde_json::value::RawValue>> = json::read(frame.data.as_bytes()).ok();
        let provider = text.as_ref().map(Provider::of).unwrap_or_default();
        let mut events = self.text.push(&line);
        if let Some(event) = events.last_mut() {
            event.provider = provider;
            event.provider_type = Some(frame.name.clone()).filter(|name| !name.is_empty());
        }
        self.outcome.push(events);
    }

    /// Takes the end of the agent's answer, which reports a failure or none.
    fn complete(&mut self, failure: Option<ResponseError>) {
        match failure {
            Some(failure) => self.fail(self.agent_error(failure)),
            None => self.finish(TurnEnd::new(TurnStatus::Completed)),
        }
    }

    fn fail(&mut self, error: Error) {
        self.finish(TurnEnd { error: Some(error), ..TurnEnd::new(TurnStatus::Failed) });
    }

    /// Takes the end of the turn.
    fn finish(&mut self, end: TurnEnd) {
        let events = self.text.finish();
        self.outcome.push(events);
        if let Some(error) = &end.error {
            let status = Some(status::FAILED.to_owned());
            self.outcome.push([Event { status, error: Some(error.clone()), ..self.event(EventKind::Error) }]);
        }
        self.outcome.end(end);
    }

    fn agent_error(&self, failure: ResponseError) -> Error {
        agent_error(failure, |text| self.client.http.scrub(text))
    }

    fn event(&self, kind: EventKind) -> Event {
        Event { at: Some(Timestamp::now()), ..Event::new(kind, &self.session) }
    }
}

/// Returns the error that an answer of 200 reports \[azd\].
fn error_in(answer: &[u8]) -> Option<ResponseError> {
    let reported: InvocationStatus = json::object(answer).ok()?;
    reported.error
}

/// Returns the error that an event of the agent's stream reports.
fn error_of_frame(frame: &ServerEvent) -> Option<ResponseError> {
    let reported: Option<InvocationStatus> = json::object(frame.data.as_bytes()).ok();
    match reported.and_then(|reported| reported.error) {
        Some(error) => Some(error),
        None if frame.name == kind::ERROR => {
            let message = Some(frame.data.clone()).filter(|data| !data.is_empty());
            Some(json::object(frame.data.as_bytes()).unwrap_or(ResponseError { code: None, message }))
        }
        None => None,
    }
}

#[async_trait]
impl RunningTurn for InvocationTurn {
    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn agent(&self) -> Option<&str> {
        self.client.agent.as_deref()
    }

    fn has_begun(&self) -> bool {
        self.begun
    }

    fn reconnects(&self) -> u32 {
        self.reconnects
    }

    async fn next(&mut self) -> Result<TurnEvent> {
        loop {
            if let Some(event) = self.outcome.next(self.id.as_deref()).await {
                return Ok(event);
            }
            self.advance().await?;
        }
    }

    async fn answer(&mut self, _call: &str, _answer: ToolAnswer) -> Result<()> {
        Err(CAPABILITIES.unsupported(Feature::InvokeTools))
    }

    /// Cancels an invocation that the agent accepted. Otherwise closes the connection, after which the agent may still be
    /// working: the service does not say.
    async fn interrupt(&mut self) -> Result<()> {
        if self.outcome.has_ended() {
            return Ok(());
        }
        if let (InvocationPhase::Waiting(_) | InvocationPhase::Asking(_), Some(id)) = (&self.phase, &self.id) {
            return self.client.cancel_invocation(&self.session, id).await;
        }
        self.phase = InvocationPhase::Left;
        Err(Error::new(Kind::Unavailable, "the agent cannot be stopped"))
    }
}

impl FoundryClient {
    async fn read_invocation(self: Arc<Self>, session: SessionId, id: String) -> Result<ServiceAnswer> {
        let request = self.call(Class::Safe, FoundryOperation::GetInvocation, &[&id])?;
        request.query(invocations::SESSION, session.as_str()).at_most(EXAMINED).send().await
    }

    /// Cancels an invocation.
    ///
    /// # Errors
    /// Those of the service; `unsupported` if the agent cannot cancel.
    pub(super) async fn cancel_invocation(&self, session: &SessionId, id: &str) -> Result<()> {
        let request = self.call(Class::Idempotent, FoundryOperation::CancelInvocation, &[id])?;
        match request.query(invocations::SESSION, session.as_str()).send().await {
            Ok(_) => Ok(()),
            Err(error) if error.message().contains(NOT_IMPLEMENTED) => {
                Err(error.context("the agent cannot be stopped").of_kind(Kind::Unsupported))
            }
            Err(error) => Err(error),
        }
    }
}
