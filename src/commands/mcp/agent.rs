//! The tools for the agents of sessions: messages and confirmations.

use std::pin::pin;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::bounded::{BoundedText, shorten_texts};
use super::call::McpCall;
use super::results::{ToolOutput, fields};
use super::sessions::create_for_agent;
use crate::commands::invoke::text::MessageJoiner;
use crate::commands::invoke::turn::{FOREIGN, look_at_agent};
use crate::output::human;
use wharf_client::backend::Feature;
use wharf_client::backend::turn::{MessageProtocol, NewMessage, RunningTurn, SendGate, ToolAnswer, TurnEnd, TurnEvent};
use wharf_core::advice::Step;
use wharf_core::clock::until;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Event, EventKind, SessionId, ToolCall, TurnStatus};
use wharf_transfer::cancellation::cancel_error;

/// The default time limit of a turn.
const TIME_LIMIT: Duration = Duration::from_secs(600);

/// The time that an agent has to stop once it was interrupted.
const PATIENCE: Duration = Duration::from_secs(6);

/// The time between two notifications about a text that is being written.
const INTERVAL: Duration = Duration::from_millis(250);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InvokeArguments {
    agent_name: Option<String>,
    input_text: String,
    agent_version: Option<String>,
    conversation_id: Option<String>,
    session_id: Option<String>,
    protocol: Option<Protocol>,
    stream: Option<bool>,
    timeout_seconds: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Protocol {
    Responses,
    Invocations,
}

pub(super) async fn invoke(call: &McpCall<'_>) -> Result<ToolOutput> {
    let arguments: InvokeArguments = call.read()?;
    let turns = call.backend.require_turns()?;
    let gate = SendGate::default();
    let message = NewMessage {
        text: arguments.input_text,
        conversation: arguments.conversation_id,
        protocol: arguments.protocol.map(|protocol| match protocol {
            Protocol::Responses => MessageProtocol::Responses,
            Protocol::Invocations => MessageProtocol::Invocations,
        }),
        gate: gate.clone(),
        ..NewMessage::default()
    };
    if message.text.trim().is_empty() {
        return Err(Error::usage("inputText is empty"));
    }
    turns.check(&message)?;
    let session = match arguments.session_id {
        Some(id) if arguments.agent_version.is_none() => id.parse()?,
        Some(_) => {
            return Err(Error::new(Kind::Unsupported, "agentVersion is for a new session")
                .hint("leave out sessionId or agentVersion: a session keeps the version that it was created with"));
        }
        None => create_for_agent(call, arguments.agent_name, arguments.agent_version).await?.id,
    };
    let mut turn = TurnRun::new(call, &session, arguments.stream.unwrap_or(true), arguments.timeout_seconds);
    let started = turn.start(&gate, turns.start(&session, message)).await;
    let output = match started {
        Ok(running) => turn.follow(running).await,
        Err(error) => ToolOutput::from(error),
    };
    call.host.cx.forget_untimed_synced(&session);
    Ok(with_session(output, &session))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConfirmArguments {
    session_id: String,
    tool_use_id: String,
    decision: ToolDecision,
    message: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum ToolDecision {
    Allow,
    Deny,
}

/// Answers a call of a tool, and follows the turn to its end or to the next question.
pub(super) async fn confirm(call: &McpCall<'_>) -> Result<ToolOutput> {
    let ConfirmArguments { session_id, tool_use_id, decision, message } = call.read()?;
    let session: SessionId = session_id.parse()?;
    let turns = call.backend.require_turns()?;
    let answer = match (decision, message) {
        (ToolDecision::Allow, None) => ToolAnswer::Allow,
        (ToolDecision::Deny, message) => ToolAnswer::Deny(message),
        (ToolDecision::Allow, Some(_)) => return Err(Error::usage("message is for deny").hint("leave it out")),
    };
    if tool_use_id.is_empty() {
        return Err(Error::usage("toolUseId is empty"));
    }
    turns.answer(&session, &tool_use_id, answer).await?;
    let mut turn = TurnRun { answered: Some(tool_use_id), ..TurnRun::new(call, &session, true, None) };
    let output = match turn.start(&SendGate::default(), turns.follow(&session)).await {
        Ok(running) => turn.follow(running).await,
        Err(error) => ToolOutput::from(error),
    };
    Ok(with_session(output, &session))
}

fn with_session(mut output: ToolOutput, session: &SessionId) -> ToolOutput {
    output.fields.insert("session".to_owned(), json!(session));
    output
}

/// Why a turn is being stopped, and when it is given up.
#[derive(Clone, Copy)]
struct TurnHalt {
    why: Kind,
    until: Instant,
}

/// A turn that is followed for a call.
struct TurnRun<'a> {
    call: &'a McpCall<'a>,
    session: &'a SessionId,
    /// Whether progress is reported.
    reports: bool,
    deadline: Option<Instant>,
    text: BoundedText,
    joiner: MessageJoiner,
    events: u64,
    /// The time of the last notification.
    reported: Option<Instant>,
    /// The call of a tool that was answered: the service may name it once more.
    answered: Option<String>,
    halt: Option<TurnHalt>,
}

impl<'a> TurnRun<'a> {
    fn new(call: &'a McpCall<'a>, session: &'a SessionId, reports: bool, seconds: Option<u64>) -> Self {
        let limit = seconds.map_or(TIME_LIMIT, Duration::from_secs);
        TurnRun {
            call,
            session,
            reports,
            deadline: Instant::now().checked_add(limit),
            text: BoundedText::new(call.host.limits.text),
            joiner: MessageJoiner::default(),
            events: 0,
            reported: None,
            answered: None,
            halt: None,
        }
    }

    /// Waits for what is due next: the time limit, or the end of the patience with an agent that was stopped.
    fn due(&self) -> Option<Instant> {
        self.halt.map_or(self.deadline, |halt| Some(halt.until))
    }

    /// Begins the turn. If it is stopped before the message was sent, the message is not sent.
    ///
    /// # Errors
    /// Those of `start`; that of the cancellation.
    async fn start(
        &mut self,
        gate: &SendGate,
        start: impl Future<Output = Result<Box<dyn RunningTurn>>>,
    ) -> Result<Box<dyn RunningTurn>> {
        let _guard = self.call.cancellation.register();
        self.call.host.cx.forget_untimed_synced(self.session);
        let mut start = pin!(start);
        loop {
            let why = tokio::select! {
                started = &mut start => return match (started, self.halt) {
                    (Err(error), Some(halt)) if gate.close() && !error.is_uncertain() => {
                        Err(cancel_error(halt.why).hint("nothing was sent to the agent"))
                    }
                    (started, _) => started,
                },
                why = self.call.cancellation.cancelled(), if self.halt.is_none() => why.kind(),
                () = until(self.due()) => Kind::Deadline,
            };
            if let Some(halt) = self.halt {
                let error = cancel_error(halt.why);
                return Err(if gate.close() {
                    error.hint("nothing was sent to the agent")
                } else {
                    error.hint(format!("the agent may be working: {}", self.look()))
                });
            }
            self.halt = Some(TurnHalt { why, until: Instant::now() + PATIENCE });
            gate.close();
        }
    }

    /// Follows the turn to its end, or until it waits for answers.
    async fn follow(mut self, mut turn: Box<dyn RunningTurn>) -> ToolOutput {
        let _guard = self.call.cancellation.register();
        if self.halt.is_some() {
            self.interrupt(&mut turn).await;
        }
        let mut foreign: Option<Instant> = None;
        loop {
            let why = tokio::select! {
                event = turn.next() => match event {
                    Ok(TurnEvent::Event(event)) => {
                        foreign = None;
                        self.take(&event).await;
                        continue;
                    }
                    Ok(TurnEvent::Waits(_)) if self.halt.is_some() => continue,
                    Ok(TurnEvent::Waits(calls)) => {
                        let is_answered = |call: &ToolCall| self.answered.is_some() && call.id == self.answered;
                        let calls: Vec<_> =
                            calls.into_iter().map(|pending| pending.call).filter(|call| !is_answered(call)).collect();
                        if calls.is_empty() {
                            foreign = Some(Instant::now() + FOREIGN);
                            continue;
                        }
                        let end = TurnEnd { pending: calls, ..TurnEnd::new(TurnStatus::NeedsAction) };
                        return self.finish(&*turn, end);
                    }
                    Ok(TurnEvent::Ended(end)) => return self.finish(&*turn, *end),
                    Err(error) => return self.fail(&*turn, error),
                },
                why = self.call.cancellation.cancelled(), if self.halt.is_none() => why.kind(),
                () = until(self.due()) => Kind::Deadline,
                () = until(foreign), if self.halt.is_none() => Kind::NeedsAction,
            };
            if let Some(halt) = self.halt {
                let hint = format!("the agent was asked to stop, and may still be working: {}", self.look());
                let error = stop_error(halt.why).hint(hint);
                return self.fail(&*turn, error);
            }
            self.halt = Some(TurnHalt { why, until: Instant::now() + PATIENCE });
            self.interrupt(&mut turn).await;
        }
    }

    /// Interrupts the agent. Where the service does not hear of it, that shows when the turn does not end.
    async fn interrupt(&self, turn: &mut Box<dyn RunningTurn>) {
        tokio::select! {
            _ = turn.interrupt() => {}
            () = until(self.due()) => {}
        }
    }

    async fn take(&mut self, event: &Event) {
        self.events += 1;
        if event.thread.is_some() {
            return;
        }
        let message = match event.kind {
            EventKind::Text => {
                self.joiner.join(event, |text| self.text.push(text));
                None
            }
            EventKind::ToolCall => event.tool.as_ref().map(human::tool),
            _ => None,
        };
        let is_due = self.reported.is_none_or(|reported| reported.elapsed() >= INTERVAL);
        if self.reports && (message.is_some() || is_due) {
            self.reported = Some(Instant::now());
            self.call.progress.report(self.events, None, message).await;
        }
    }

    /// Returns how to find out what the agent does.
    fn look(&self) -> Step<'_> {
        look_at_agent(&*self.call.backend, self.session)
    }

    /// Returns the result of a turn that ended, or that waits for answers.
    fn finish(self, turn: &dyn RunningTurn, end: TurnEnd) -> ToolOutput {
        let error = match (self.halt, end.status) {
            (Some(halt), _) => Some(stop_error(halt.why).hint("the agent was stopped")),
            (None, TurnStatus::Completed) => None,
            (None, TurnStatus::NeedsAction) if !end.pending.is_empty() => None,
            (None, TurnStatus::Interrupted) => Some(Error::new(Kind::Interrupted, "the agent was interrupted")),
            (None, _) => Some(end.error.unwrap_or_else(|| Error::new(Kind::AgentFailed, "the agent failed"))),
        };
        let stop_reason = end.stop_reason.map_or_else(|| json!(end.status), Value::String);
        let most = usize::try_from(self.call.host.limits.text).unwrap_or(usize::MAX);
        let pending = end.pending.iter().map(|call| {
            let mut call = fields(call)?;
            shorten_texts(&mut call, most);
            Ok(Value::Object(call))
        });
        let output = pending.collect::<Result<Vec<_>>>().map(|pending| {
            let mut fields = self.text.into_fields();
            let note = self.joiner.is_lossy().then(|| {
                let text =
                    "the text is not UTF-8: U+FFFD in `text` stands for other bytes, which `bytes` and `sha256` count";
                if self.call.backend.capabilities().has(Feature::Events) {
                    format!("{text}; session_events has them in base64")
                } else {
                    text.to_owned()
                }
            });
            let more = [
                ("note", json!(note)),
                ("stop_reason", stop_reason),
                ("conversation", json!(turn.conversation())),
                ("pending", if pending.is_empty() { Value::Null } else { Value::Array(pending) }),
                ("usage", json!(end.usage)),
                ("cost", json!(end.cost)),
            ];
            fields.extend(more.map(|(name, value)| (name.to_owned(), value)));
            fields
        });
        output.map_or_else(ToolOutput::from, |fields| ToolOutput { fields, error })
    }

    /// Returns the result of a turn whose end was not learned.
    fn fail(self, turn: &dyn RunningTurn, error: Error) -> ToolOutput {
        let error = if turn.has_begun() {
            let still = format!("the agent may still be working: {}", self.look());
            error.or_hint(still)
        } else {
            error
        };
        let end = TurnEnd { error: Some(error), ..TurnEnd::new(TurnStatus::Unknown) };
        TurnRun { halt: None, ..self }.finish(turn, end)
    }
}

/// Returns the error of a turn that was stopped.
fn stop_error(why: Kind) -> Error {
    match why {
        Kind::NeedsAction => Error::new(why, "the agent waits for an answer of another client"),
        Kind::Deadline => Error::new(why, "timeoutSeconds ran out"),
        why => cancel_error(why),
    }
}
