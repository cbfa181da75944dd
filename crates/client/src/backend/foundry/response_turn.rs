//! A turn of an agent that speaks `responses`.
//!
//! The agent goes on when the connection breaks, if the service runs its response in the background: the stream is then
//! resumed after the last event. Where it cannot be, the response itself is read until it has ended.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::time::error::Elapsed;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use super::capabilities::CAPABILITIES;
use super::client::FoundryClient;
use super::errors::passing;
use super::message::{ANSWER_MAX, ReplyContent, SendingMessage, SentMessage, read_answer};
use super::response_reader::{Reading, ResponseReader};
use super::turn_outcome::TurnOutcome;
use super::turn_records::{TurnRecord, TurnRecords};
use crate::backend::Feature;
use crate::backend::follow_pace::FollowPace;
use crate::backend::turn::{RunningTurn, ToolAnswer, TurnEnd, TurnEvent};
use crate::http::{Class, ServerEvent, ServerEvents};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Event, SessionId, TurnStatus};
use wharf_wire::foundry::FoundryOperation;
use wharf_wire::foundry::responses::{self, parameter};
use wharf_wire::json;

/// How long the stream may bring no event before it is opened again.
const QUIET: Duration = Duration::from_secs(60);

/// How often a response that cannot be streamed is read.
const POLL: Duration = Duration::from_secs(2);

/// How long a response that belongs to another session may take to be cancelled.
const PATIENCE: Duration = Duration::from_secs(5);

/// A turn that is being followed.
pub(super) struct ResponseTurn {
    client: Arc<FoundryClient>,
    session: SessionId,
    conversation: Option<String>,
    outcome: TurnOutcome,
    reader: ResponseReader,
    phase: ResponsePhase,
    /// Whether the service has taken the message.
    begun: bool,
    /// Whether the agent goes on when the connection breaks.
    is_background: bool,
    /// Whether the response is to be cancelled once its id is known.
    interrupts: bool,
    /// Whether the agent was asked to stop.
    is_stopped: bool,
    /// Whether the id of the response was kept for other processes.
    is_recorded: bool,
    /// Why the connection to an agent broke that stops then.
    broken: Option<Error>,
    /// Whether events are missing also after the stream was resumed.
    takes_gap: bool,
    /// When an event came last, or the stream was opened.
    fresh: Instant,
    pace: FollowPace,
    reconnects: u32,
}

enum ResponsePhase {
    /// The message is on its way.
    Sending(SendingMessage),
    /// Events come.
    Open(Box<ServerEvents>),
    /// The stream is to be resumed, not before then.
    Broken(Instant),
    /// The stream is being resumed.
    Resuming(SendingMessage),
    /// The response is to be read, not before then.
    Waiting(Instant),
    /// The response is being read.
    Reading(BoxFuture<'static, Result<Bytes>>),
    /// The agent works in another session, and is being stopped: the id of the response, and the error.
    Leaving(BoxFuture<'static, (Option<String>, Error)>),
}

impl ResponseTurn {
    /// Returns a turn whose message is on its way.
    pub(super) fn new(
        client: &Arc<FoundryClient>,
        session: &SessionId,
        conversation: Option<String>,
        records: TurnRecords,
        sent: SendingMessage,
    ) -> Self {
        let scrubber = Arc::clone(client);
        ResponseTurn {
            client: Arc::clone(client),
            session: session.clone(),
            conversation,
            outcome: TurnOutcome::new(client, session, records),
            reader: ResponseReader::new(session, move |text| scrubber.http.scrub(text)),
            phase: ResponsePhase::Sending(sent),
            begun: false,
            is_background: true,
            interrupts: false,
            is_stopped: false,
            is_recorded: false,
            broken: None,
            takes_gap: false,
            fresh: Instant::now(),
            pace: FollowPace::new(),
            reconnects: 0,
        }
    }

    /// Returns the turn, which begins with this event.
    pub(super) fn after(mut self, event: Event) -> Self {
        self.outcome.push([event]);
        self
    }

    /// Returns a turn that was begun before, which is followed from its start.
    pub(super) fn of_record(
        client: &Arc<FoundryClient>,
        session: &SessionId,
        records: TurnRecords,
        record: TurnRecord,
    ) -> Self {
        let pending = Box::pin(std::future::pending());
        let scrubber = Arc::clone(client);
        ResponseTurn {
            reader: ResponseReader::of(session, record.id, move |text| scrubber.http.scrub(text)),
            phase: ResponsePhase::Broken(Instant::now()),
            begun: true,
            is_recorded: true,
            ..Self::new(client, session, record.conversation, records, pending)
        }
    }

    /// Goes on by a step. Each waits once, and changes the phase after that: the future can be dropped at any time.
    async fn advance(&mut self) -> Result<()> {
        match &mut self.phase {
            ResponsePhase::Sending(sent) => match sent.await {
                Ok(sent) => {
                    self.begun = true;
                    self.is_background = sent.is_background;
                    self.take_answer(sent);
                    Ok(())
                }
                // The agent has had the message: its failure is an end.
                Err(error) if error.kind() == Kind::AgentFailed => {
                    self.begun = true;
                    self.outcome.end(TurnEnd { error: Some(error), ..TurnEnd::new(TurnStatus::Failed) });
                    Ok(())
                }
                Err(error) => Err(error),
            },
            ResponsePhase::Open(stream) => {
                let next = if self.is_background {
                    // A stream may be silent, or say only that it is there, while events are lost on the way.
                    timeout_at(self.fresh + QUIET, stream.next()).await
                } else {
                    Ok(stream.next().await)
                };
                self.take_frame(next)
            }
            ResponsePhase::Broken(due) => {
                sleep_until(*due).await;
                // Without numbers, a stream that is resumed would repeat what came.
                self.phase = match self.reader.id() {
                    Some(id) if !self.reader.has_unnumbered() => {
                        let resumed = Arc::clone(&self.client).resume(id.to_owned(), self.reader.last());
                        ResponsePhase::Resuming(Box::pin(resumed))
                    }
                    _ => ResponsePhase::Waiting(Instant::now()),
                };
                Ok(())
            }
            ResponsePhase::Resuming(resumed) => match resumed.await {
                Ok(sent) => {
                    self.take_answer(sent);
                    Ok(())
                }
                // It was not created as a stream, or not in the background.
                Err(error) if matches!(error.status(), Some(400 | 404 | 405 | 501)) => {
                    self.phase = ResponsePhase::Waiting(Instant::now());
                    Ok(())
                }
                Err(error) => {
                    self.phase = ResponsePhase::Broken(self.pace.failed(passing(error)?)?);
                    Ok(())
                }
            },
            ResponsePhase::Waiting(due) => {
                sleep_until(*due).await;
                let Some(id) = self.reader.id() else {
                    return Err(self
                        .broken
                        .take()
                        .unwrap_or_else(|| Error::new(Kind::Unavailable, "the response has no id")));
                };
                self.phase = ResponsePhase::Reading(Box::pin(Arc::clone(&self.client).read_response(id.to_owned())));
                Ok(())
            }
            ResponsePhase::Reading(read) => {
                let answer = read.await;
                self.take_whole(answer)
            }
            ResponsePhase::Leaving(left) => {
                let (id, error) = left.await;
                self.phase = ResponsePhase::Broken(Instant::now());
                if let Some(id) = id {
                    self.reader.identify(id);
                }
                Err(error)
            }
        }
    }

    /// Takes what came of waiting for an event of the stream.
    fn take_frame(&mut self, next: std::result::Result<Result<Option<ServerEvent>>, Elapsed>) -> Result<()> {
        match next {
            Err(_) => {
                self.phase = ResponsePhase::Broken(Instant::now());
                Ok(())
            }
            Ok(Ok(Some(frame))) => match self.reader.read(&frame, self.takes_gap) {
                Ok(Reading::Gap) => {
                    self.takes_gap = true;
                    self.broke(Error::new(Kind::Unavailable, "events of the stream are missing"))
                }
                Ok(reading) => {
                    self.take(reading);
                    Ok(())
                }
                // The agent stops if the stream is left.
                Err(error) if !self.is_background => {
                    self.broken = Some(error);
                    Ok(())
                }
                // It would come again: only the response itself can tell more.
                Err(error) if self.reader.id().is_some() => {
                    self.broken = Some(error);
                    self.phase = ResponsePhase::Waiting(Instant::now());
                    Ok(())
                }
                Err(error) => Err(error),
            },
            Ok(Ok(None)) => {
                self.broke(Error::new(Kind::Unavailable, "the stream ended before the response was complete"))
            }
            Ok(Err(error)) => self.broke(error),
        }
    }

    /// Takes what came of reading the response.
    fn take_whole(&mut self, answer: Result<Bytes>) -> Result<()> {
        match answer {
            Ok(answer) => {
                self.phase = ResponsePhase::Waiting(Instant::now() + POLL);
                let reading = self.reader.read_whole(&answer)?;
                self.pace.succeeded();
                self.take(reading);
                Ok(())
            }
            Err(error) if self.reader.id().is_none() => Err(error),
            Err(error) if matches!(error.status(), Some(400 | 404)) => Err(self.broken.take().unwrap_or(error)),
            Err(error) => {
                self.phase = ResponsePhase::Waiting(self.pace.failed(passing(error)?)?);
                Ok(())
            }
        }
    }

    /// Takes an answer with the response, as a stream or whole.
    fn take_answer(&mut self, sent: SentMessage) {
        match sent.session.filter(|other| other != self.session.as_str()) {
            Some(other) => self.leave(other, Some(sent.answer)),
            None => match sent.answer {
                ReplyContent::Events(stream) => {
                    self.fresh = Instant::now();
                    self.reader.begin_stream();
                    self.phase = ResponsePhase::Open(Box::new(stream));
                }
                ReplyContent::Content(answer) => self.phase = ResponsePhase::Reading(Box::pin(read_answer(answer))),
            },
        }
    }

    /// Takes what came.
    fn take(&mut self, reading: Reading) {
        match reading {
            Reading::Nothing | Reading::Gap => {}
            Reading::Events(events) => {
                self.fresh = Instant::now();
                self.pace.succeeded();
                self.takes_gap = false;
                self.outcome.push(events);
            }
            Reading::Ended(events, end) => {
                self.outcome.push(events);
                let end = self.unless_broken(*end);
                self.outcome.end(end);
            }
            Reading::OtherSession(other) => self.leave(other, None),
        }
    }

    /// Says why the service stopped an agent that was not to be stopped.
    fn unless_broken(&mut self, end: TurnEnd) -> TurnEnd {
        match self.broken.take() {
            Some(error) if end.status == TurnStatus::Interrupted && !self.is_stopped => {
                let error = error.context("the connection broke, and the service stopped the agent");
                TurnEnd { error: Some(error), ..TurnEnd::new(TurnStatus::Failed) }
            }
            _ => end,
        }
    }

    /// Prepares what follows after the stream broke.
    ///
    /// # Errors
    /// `error`, where nothing helps.
    fn broke(&mut self, error: Error) -> Result<()> {
        if self.reader.id().is_none() {
            return Err(error);
        }
        self.reconnects += 1;
        let due = self.pace.failed(passing(error.clone())?)?;
        if self.is_background {
            self.phase = ResponsePhase::Broken(due);
        } else {
            self.broken = Some(error);
            self.phase = ResponsePhase::Waiting(due);
        }
        Ok(())
    }

    /// Begins to stop an agent that works in another session. Its response may be known by this answer alone.
    fn leave(&mut self, other: String, answer: Option<ReplyContent>) {
        let (client, session, known) =
            (Arc::clone(&self.client), self.session.clone(), self.reader.id().map(str::to_owned));
        self.phase = ResponsePhase::Leaving(Box::pin(async move {
            let id = match (known, answer) {
                // Without it, the agent cannot be stopped.
                (None, Some(answer)) => timeout(PATIENCE, id_in(&session, answer)).await.unwrap_or_default(),
                (known, _) => known,
            };
            let cancelled = match &id {
                Some(id) => timeout(PATIENCE, client.cancel_response(id)).await.is_ok_and(|answer| answer.is_ok()),
                None => false,
            };
            let other = json::excerpt(&other);
            let what = format!("the service let the agent work in another session: {other:?} instead of {session}");
            let error = Error::new(Kind::Conflict, what);
            (id, if cancelled { error.hint("the agent was stopped") } else { error })
        }));
    }
}

/// Returns the id of the response that an answer begins with.
async fn id_in(session: &SessionId, answer: ReplyContent) -> Option<String> {
    let mut reader = ResponseReader::new(session, str::to_owned);
    match answer {
        ReplyContent::Events(mut stream) => drop(reader.read(&stream.next().await.ok()??, true)),
        ReplyContent::Content(answer) => drop(reader.read_whole(&read_answer(answer).await.ok()?)),
    }
    reader.id().map(str::to_owned)
}

#[async_trait]
impl RunningTurn for ResponseTurn {
    fn id(&self) -> Option<&str> {
        self.reader.id()
    }

    fn agent(&self) -> Option<&str> {
        self.client.agent.as_deref()
    }

    fn has_begun(&self) -> bool {
        self.begun
    }

    fn conversation(&self) -> Option<&str> {
        self.conversation.as_deref()
    }

    fn reconnects(&self) -> u32 {
        self.reconnects
    }

    async fn next(&mut self) -> Result<TurnEvent> {
        loop {
            // Before an event tells that the agent works.
            if let Some(id) = self.reader.id().filter(|_| !self.is_recorded) {
                self.outcome.record(responses::PROTOCOL, id, self.conversation.as_deref());
                self.is_recorded = true;
            }
            if let Some(event) = self.outcome.next(self.reader.id()).await {
                return Ok(event);
            }
            if self.interrupts && self.reader.id().is_some() {
                // Where the service does not hear of it, that shows when the turn does not end.
                drop(self.interrupt().await);
                self.interrupts = false;
                continue;
            }
            self.advance().await?;
        }
    }

    async fn answer(&mut self, _call: &str, _answer: ToolAnswer) -> Result<()> {
        Err(CAPABILITIES.unsupported(Feature::InvokeTools))
    }

    async fn interrupt(&mut self) -> Result<()> {
        if self.outcome.has_ended() {
            return Ok(());
        }
        self.is_stopped = true;
        let Some(id) = self.reader.id().map(str::to_owned) else {
            self.interrupts = true;
            return Err(Error::new(Kind::Conflict, "the agent has not begun"));
        };
        if self.is_background {
            if let Some(answer) = self.client.cancel_response(&id).await?
                && let Ok(Reading::Ended(events, end)) = self.reader.read_whole(&answer)
            {
                self.outcome.push(events);
                self.outcome.end(*end);
            }
        } else {
            // The service stops an agent whose client leaves [runtime].
            self.phase = ResponsePhase::Waiting(Instant::now());
        }
        Ok(())
    }
}

impl FoundryClient {
    /// Opens the stream of a response after the event with this number, or from its start.
    async fn resume(self: Arc<Self>, id: String, after: Option<u64>) -> Result<SentMessage> {
        let mut request = self.call(Class::Safe, FoundryOperation::GetResponse, &[&id])?;
        request = request.query(parameter::STREAM, "true");
        if let Some(after) = after {
            request = request.query(parameter::STARTING_AFTER, &after.to_string());
        }
        // The request names no session: the answer has the container's own.
        Ok(SentMessage { session: None, ..SentMessage::new(request.fetch().await?, true) })
    }

    /// Reads a response.
    async fn read_response(self: Arc<Self>, id: String) -> Result<Bytes> {
        let request = self.call(Class::Safe, FoundryOperation::GetResponse, &[&id])?;
        Ok(request.at_most(ANSWER_MAX).send().await?.bytes)
    }

    /// Cancels a response. Returns it, unless it had ended before.
    ///
    /// # Errors
    /// Those of the service.
    pub(super) async fn cancel_response(&self, id: &str) -> Result<Option<Bytes>> {
        let request = self.call(Class::Idempotent, FoundryOperation::CancelResponse, &[id])?;
        match request.at_most(ANSWER_MAX).send().await {
            Ok(answer) => Ok(Some(answer.bytes)),
            // It is complete [runtime].
            Err(error) if error.status() == Some(400) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
