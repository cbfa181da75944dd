//! What happens in sessions: events, and the status that follows from them.
//!
//! A message starts a turn. What the turn does says the message itself, see `script.rs`, or the agent's command, see
//! `agent_command.rs`. Messages wait in a queue while a turn goes on; all else that clients send counts at once.
//!
//! Time passes only when a request looks. All of it goes with the server.

use std::collections::{HashMap, VecDeque};
use std::mem;
use std::sync::{Arc, Mutex};

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::event_log::{EventLog, LoggedEvent, StreamFrame};
use super::session_state::primary_thread;
use super::usage::SessionUsage;
use crate::answer::now;
use crate::script::{self, AgentToolCall, TurnStep};
use wharf_client::backend::expiry;
use wharf_core::model::Timestamp;
use wharf_core::random;
use wharf_core::sync::lock;
use wharf_wire::anthropic::events::{kind, stop};
use wharf_wire::anthropic::sessions::{SessionBudget, status};
use wharf_wire::anthropic::{AnthropicSession, Nullable, SessionEvent};

/// The agents of all sessions that have events.
#[derive(Default)]
pub(super) struct AgentSimulation {
    sessions: Mutex<HashMap<String, SimulatedSession>>,
    /// Whether a command plays the agent.
    commanded: bool,
}

/// A session with its agent.
#[derive(Default)]
pub(super) struct SimulatedSession {
    /// The events that have happened.
    log: EventLog,
    /// The time of the last event.
    last: Option<Timestamp>,
    /// The events of clients that the agent has not read, each also as clients read it.
    queue: VecDeque<(SessionEvent, Arc<LoggedEvent>)>,
    state: ActivityState,
    turn: Option<Turn>,
    /// The time at which the agent began to work, if it works.
    since: Option<Timestamp>,
    /// The turn that waits for its command to be started.
    command: Option<CommandTurn>,
    commanded: bool,
    usage: SessionUsage,
    budget: Option<Value>,
    /// The fields that name its primary thread.
    thread: Vec<(&'static str, Value)>,
}

/// A turn for the agent's command.
pub(super) struct CommandTurn {
    /// The client's message.
    pub(super) text: String,
    /// Resolves when the client interrupts the turn.
    pub(super) interrupted: oneshot::Receiver<()>,
}

/// The end of the agent's command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CommandOutcome {
    Done,
    Interrupted,
    /// The command failed, with the reason.
    Failed(String),
}

/// The activity of an agent and its end; without a time it lasts until an interrupt.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum ActivityState {
    #[default]
    Idle,
    Running(Option<Timestamp>),
    Rescheduling(Option<Timestamp>),
    Over,
}

/// The work of the agent for a message.
#[derive(Default)]
struct Turn {
    /// The remaining steps.
    steps: VecDeque<TurnStep>,
    /// The length in bytes of the text that the model reads next.
    read: usize,
    /// The id of the request to the model that is under way.
    request: Option<String>,
    /// Whether the agent has said something.
    said: bool,
    /// The tools that wait for the client.
    pending: Vec<PendingTool>,
    /// Whether the turn pauses because of the budget.
    paused: bool,
    /// The message that the command writes: its id and its text so far.
    message: Option<(Arc<str>, String)>,
    /// Interrupts the command.
    interrupt: Option<oneshot::Sender<()>>,
}

/// A tool that waits for the client.
struct PendingTool {
    /// The id of the event that uses it.
    id: String,
    /// The type of the answer: a confirmation, or a result.
    answer: &'static str,
    answered: Option<SessionEvent>,
}

impl AgentSimulation {
    /// Returns a simulation in which turns are the work of a command, or that of a script in the message.
    pub(super) fn new(commanded: bool) -> Self {
        AgentSimulation { commanded, ..AgentSimulation::default() }
    }

    /// Returns the current status of a session, without changing anything.
    pub(super) fn status(&self, session: &str) -> &'static str {
        let mut sessions = lock(&self.sessions);
        let state = sessions.get_mut(session).map_or(ActivityState::Idle, |simulated| {
            simulated.advance();
            simulated.state
        });
        state.word()
    }

    /// Returns the status of a session that was created this moment, before time passes.
    pub(super) fn first_status(&self, session: &str) -> &'static str {
        lock(&self.sessions).get(session).map_or(ActivityState::Idle, |simulated| simulated.state).word()
    }

    pub(super) fn is_over(&self, session: &str) -> bool {
        self.status(session) == status::TERMINATED
    }

    /// Looks at a session, or does something to it.
    pub(super) fn with<T>(&self, session: &str, act: impl FnOnce(&mut SimulatedSession) -> T) -> T {
        let mut sessions = lock(&self.sessions);
        let new = || SimulatedSession { commanded: self.commanded, ..SimulatedSession::default() };
        let simulated = sessions.entry(session.to_owned()).or_insert_with(new);
        simulated.advance();
        act(simulated)
    }

    /// Writes what a session has used into its object.
    pub(super) fn show_usage(&self, session: &mut AnthropicSession) {
        if let Some(simulated) = lock(&self.sessions).get(&session.id) {
            let active = simulated.usage.active_seconds();
            session.stats = json!({ "active_seconds": active, "duration_seconds": active });
            session.usage = simulated.usage.shown();
        }
    }
}

impl ActivityState {
    fn word(self) -> &'static str {
        match self {
            ActivityState::Idle => status::IDLE,
            ActivityState::Running(_) => status::RUNNING,
            ActivityState::Rescheduling(_) => status::RESCHEDULING,
            ActivityState::Over => status::TERMINATED,
        }
    }
}

/// Returns whether the answer to the request that sends an event of this type has the time when it was dealt with
/// \[docs\]. Events of other types are on the stream twice: when they are queued, and when they are dealt with.
pub(super) fn is_immediate(kind: &str) -> bool {
    [kind::OUTCOME, kind::RESULT, kind::CUSTOM_RESULT].contains(&kind)
}

impl SimulatedSession {
    /// Returns an event of the history: all that happened, and behind it what waits.
    pub(super) fn event(&self, index: usize) -> Option<&Arc<LoggedEvent>> {
        let past = self.log.history();
        past.get(index).or_else(|| self.queue.get(index.checked_sub(past.len())?).map(|(_, logged)| logged))
    }

    /// Returns how many events the history has.
    pub(super) fn history_len(&self) -> usize {
        self.log.history().len() + self.queue.len()
    }

    /// Returns the history.
    pub(super) fn history(&self) -> impl Iterator<Item = &Arc<LoggedEvent>> {
        (0..self.history_len()).filter_map(|index| self.event(index))
    }

    /// Returns what its streams are sent.
    pub(super) fn log(&self) -> &EventLog {
        &self.log
    }

    /// Adds an event that happens now.
    pub(super) fn happens(&mut self, event: SessionEvent) {
        self.happened(event, now());
    }

    /// Adds its deletion, and forgets what happened before.
    pub(super) fn deleted(&mut self) {
        self.happens(SessionEvent::of(kind::DELETED));
        self.log.clear();
    }

    /// Adds an event that happened at a time, or at that of the event before it if that is later: an event is never
    /// reported as older than the one before it, whatever the length of a turn or the system's clock say. Returns its
    /// id.
    fn happened(&mut self, mut event: SessionEvent, at: Timestamp) -> String {
        let id = event.id.take().unwrap_or_else(event_id);
        event.id = Some(id.clone());
        let at = self.last.map_or(at, |last| last.max(at));
        self.last = Some(at);
        event.processed_at = Nullable::Value(at);
        self.log.happened(&event);
        id
    }

    /// Returns when it will go on by itself.
    pub(super) fn until(&self) -> Option<Timestamp> {
        match self.state {
            ActivityState::Running(until) | ActivityState::Rescheduling(until) => until,
            ActivityState::Idle | ActivityState::Over => None,
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.state == ActivityState::Over
    }

    /// Returns whether it pauses because its cost has reached its budget.
    pub(super) fn is_paused(&self) -> bool {
        self.turn.as_ref().is_some_and(|turn| turn.paused)
    }

    /// Returns whether it waits for answers of the client.
    pub(super) fn requires_action(&self) -> bool {
        self.turn.as_ref().is_some_and(|turn| !turn.pending.is_empty())
    }

    /// Returns what it has cost, in cents.
    pub(super) fn cost(&self) -> u64 {
        self.usage.cost()
    }

    /// Takes over what the session says about itself. A turn that pauses goes on where the budget allows it.
    pub(super) fn prepare(&mut self, session: &AnthropicSession) {
        self.budget.clone_from(&session.budget);
        let name = json!(session.agent.name);
        self.thread = vec![("session_thread_id", primary_thread(&session.id).into()), ("agent_name", name)];
        if !self.is_capped()
            && let Some(turn) = self.turn.as_mut().filter(|turn| turn.paused)
        {
            (turn.paused, turn.said) = (false, true);
            self.works(now());
        }
    }

    /// Returns the cap of the budget, in cents.
    fn cap(&self) -> Option<u64> {
        SessionBudget::deserialize(self.budget.as_ref()?).ok()?.cap()
    }

    fn is_capped(&self) -> bool {
        self.cap().is_some_and(|cap| self.usage.cost() >= cap)
    }

    /// Applies what has happened since the last call.
    fn advance(&mut self) {
        loop {
            if let Some(until) = self.until().filter(|until| *until <= Timestamp::now()) {
                self.go_on(until);
            } else if self.state == ActivityState::Idle
                && self.turn.is_none()
                && let Some((event, _)) = self.queue.pop_front()
            {
                self.process(event);
            } else {
                break;
            }
        }
    }

    /// Takes an event that a client sent. Returns when it was dealt with, if it was.
    pub(super) fn takes(&mut self, mut event: SessionEvent) -> Option<Timestamp> {
        event.processed_at = Nullable::Null;
        let logged = LoggedEvent::of(&event);
        if !is_immediate(&event.kind) {
            self.log.send(StreamFrame::Event(Arc::clone(&logged)));
        }
        let waits = [kind::MESSAGE, kind::OUTCOME, kind::SYSTEM].contains(&event.kind.as_str());
        if waits && (self.turn.is_some() || !self.queue.is_empty()) {
            self.queue.push_back((event, logged));
            return None;
        }
        self.process(event)
    }

    fn process(&mut self, event: SessionEvent) -> Option<Timestamp> {
        self.happens(event.clone());
        let at = self.last;
        match event.kind.as_str() {
            kind::INTERRUPT => self.interrupt(),
            kind::CONFIRMATION => self.answered(event, "tool_use_id"),
            kind::CUSTOM_RESULT => self.answered(event, "custom_tool_use_id"),
            kind::MESSAGE | kind::OUTCOME => self.begin(&text(&event)),
            _ => {}
        }
        at
    }

    /// Begins a turn.
    fn begin(&mut self, text: &str) {
        let at = now();
        let mut turn = Turn { read: text.len(), ..Turn::default() };
        if self.commanded {
            let (interrupt, interrupted) = oneshot::channel();
            turn.interrupt = Some(interrupt);
            self.command = Some(CommandTurn { text: text.to_owned(), interrupted });
        } else {
            turn.steps = script::steps(text).into();
        }
        self.turn = Some(turn);
        self.works(at);
        self.request(at);
        if self.commanded {
            self.state = ActivityState::Running(None);
        }
    }

    /// Goes on with the turn, until it waits or ends.
    fn go_on(&mut self, at: Timestamp) {
        if matches!(self.state, ActivityState::Rescheduling(_)) {
            self.works(at);
        }
        while let Some(turn) = self.turn.as_mut().filter(|turn| !turn.steps.is_empty()) {
            // A request that has begun is paid for; the next one is not made.
            if turn.request.is_none() && self.is_capped() {
                return self.pause(at);
            }
            let Some(step) = self.turn.as_mut().and_then(|turn| turn.steps.pop_front()) else { break };
            match step {
                TurnStep::Say(text) => self.say(&text, at),
                TurnStep::Work(time) => {
                    self.request(at);
                    self.state = ActivityState::Running(time.and_then(|time| expiry(at, time)));
                    return;
                }
                TurnStep::Reschedule(time) => {
                    self.end_request(at, 0, true);
                    self.happened(SessionEvent::of(kind::RESCHEDULED), at);
                    self.state = ActivityState::Rescheduling(time.and_then(|time| expiry(at, time)));
                    return;
                }
                TurnStep::Tool(call) => {
                    self.request(at);
                    let id = self.happened(tool_use(&call, "allow", "always_allow"), at);
                    self.end_request(at, 0, false);
                    self.happened(tool_result(&id, "ok", false), at);
                }
                TurnStep::Ask(_) | TurnStep::Custom(_) => return self.ask(step, at),
                TurnStep::Refuse => {
                    self.end_request(at, 0, false);
                    let details = json!({
                        "type": "refusal",
                        "category": "general_harms",
                        "explanation": "asked for",
                    });
                    return self.finish(json!({ "type": stop::REFUSAL }), details, at);
                }
                TurnStep::Exhaust => {
                    self.error("model_overloaded_error", "asked for", "retrying", at);
                    return self.exhaust("model_overloaded_error", "asked for", at);
                }
                TurnStep::Budget => {
                    self.end_request(at, 0, false);
                    self.usage.cost_at_least(self.cap().unwrap_or_default());
                    return self.pause(at);
                }
                TurnStep::Fail => {
                    self.end_request(at, 0, true);
                    self.error("unknown_error", "asked for", "terminal", at);
                    return self.end();
                }
            }
        }
        match &self.turn {
            Some(turn) if !turn.said => self.say(script::ANSWER, at),
            _ => {}
        }
        self.finish_well(at);
    }

    /// Says a text.
    fn say(&mut self, text: &str, at: Timestamp) {
        self.request(at);
        let id = self.preview();
        for part in text.split_inclusive(char::is_whitespace) {
            self.log.send(StreamFrame::PreviewDelta { event: Arc::clone(&id), text: part.to_owned() });
        }
        self.message(&id, text, at);
    }

    /// Begins the preview of a message. Returns the message's id.
    fn preview(&mut self) -> Arc<str> {
        let event: Arc<str> = event_id().into();
        self.log.send(StreamFrame::PreviewStart { event: Arc::clone(&event), kind: kind::AGENT_MESSAGE });
        event
    }

    /// Adds the message that a preview, or a command, has written.
    fn message(&mut self, id: &str, text: &str, at: Timestamp) {
        let content = json!([{ "type": "text", "text": text }]);
        let message = SessionEvent::of(kind::AGENT_MESSAGE).with("content", content);
        self.happened(SessionEvent { id: Some(id.to_owned()), ..message }, at);
        self.end_request(at, text.len(), false);
        if let Some(turn) = &mut self.turn {
            turn.said = true;
        }
    }

    /// Uses a tool that waits for the client, and those after it that do.
    fn ask(&mut self, first: TurnStep, at: Timestamp) {
        self.request(at);
        let mut next = Some(first);
        while let Some(step) = next {
            let (use_of, answer) = match step {
                TurnStep::Ask(call) => (tool_use(&call, "ask", "always_ask"), kind::CONFIRMATION),
                TurnStep::Custom(AgentToolCall { name, input }) => {
                    let tool = SessionEvent::of(kind::CUSTOM_TOOL_USE).with("name", name.into());
                    (tool.with("input", input.into()), kind::CUSTOM_RESULT)
                }
                _ => break,
            };
            let id = self.happened(use_of, at);
            let Some(turn) = &mut self.turn else { return };
            turn.pending.push(PendingTool { id, answer, answered: None });
            next = match turn.steps.front() {
                Some(TurnStep::Ask(_) | TurnStep::Custom(_)) => turn.steps.pop_front(),
                _ => None,
            };
        }
        self.end_request(at, 0, false);
        self.wait(at);
    }

    /// Waits for the answers that are missing.
    fn wait(&mut self, at: Timestamp) {
        let pending = self.turn.iter().flat_map(|turn| &turn.pending);
        let ids: Vec<_> = pending.filter(|tool| tool.answered.is_none()).map(|tool| tool.id.clone()).collect();
        self.idle(json!({ "type": stop::REQUIRES_ACTION, "event_ids": ids }), Value::Null, at);
    }

    /// Takes the answer to a tool. One that nothing waits for changes nothing.
    fn answered(&mut self, event: SessionEvent, key: &str) {
        let Some(turn) = &mut self.turn else { return };
        let id = event.extra.get(key).and_then(Value::as_str);
        let is_it = |tool: &&mut PendingTool| {
            tool.answer == event.kind && Some(tool.id.as_str()) == id && tool.answered.is_none()
        };
        let Some(tool) = turn.pending.iter_mut().find(is_it) else { return };
        tool.answered = Some(event);
        let at = now();
        if turn.pending.iter().any(|tool| tool.answered.is_none()) {
            return self.wait(at);
        }
        let answers = mem::take(&mut turn.pending);
        self.works(at);
        let mut results = Vec::new();
        for (id, answer) in answers.into_iter().filter_map(|tool| Some((tool.id, tool.answered?))) {
            let field = |name: &str| answer.extra.get(name).and_then(Value::as_str).unwrap_or_default();
            if answer.kind == kind::CUSTOM_RESULT {
                results.push(text(&answer));
            } else if field("result") == "allow" {
                self.happened(tool_result(&id, "ok", false), at);
            } else {
                let why = field("deny_message");
                self.happened(tool_result(&id, if why.is_empty() { "denied" } else { why }, true), at);
            }
        }
        results.retain(|result| !result.is_empty());
        if let Some(turn) = self.turn.as_mut().filter(|_| !results.is_empty()) {
            turn.read = results.iter().map(String::len).sum();
            turn.steps.push_front(TurnStep::Say(results.join("\n")));
        }
    }

    /// Ends the turn because the client wants that. A pause for the budget goes on \[skill\].
    fn interrupt(&mut self) {
        let at = now();
        match &mut self.turn {
            Some(turn) if !turn.paused => match turn.interrupt.take() {
                // The turn ends when the command has.
                Some(interrupt) => drop(interrupt.send(())),
                None if self.commanded => {}
                None => {
                    self.end_request(at, 0, false);
                    self.finish(json!({ "type": stop::END_TURN }), Value::Null, at);
                }
            },
            _ => {}
        }
    }

    /// Returns the turn that waits for its command.
    pub(super) fn next_command(&mut self) -> Option<CommandTurn> {
        self.command.take()
    }

    /// Takes a part of the text that the command writes.
    pub(super) fn command_says(&mut self, part: &str) {
        let Some(turn) = &mut self.turn else { return };
        let (id, mut text) = turn.message.take().unwrap_or_else(|| (self.preview(), String::new()));
        text.push_str(part);
        self.log.send(StreamFrame::PreviewDelta { event: Arc::clone(&id), text: part.to_owned() });
        if let Some(turn) = &mut self.turn {
            turn.message = Some((id, text));
        }
    }

    /// Ends the turn of the command.
    pub(super) fn command_ended(&mut self, outcome: CommandOutcome) {
        let at = now();
        let message = self.turn.as_mut().and_then(|turn| turn.message.take());
        match outcome {
            CommandOutcome::Done => {
                match message {
                    Some((id, text)) => self.message(&id, &text, at),
                    None => self.end_request(at, 0, false),
                }
                self.finish_well(at);
            }
            CommandOutcome::Interrupted => {
                self.end_request(at, message.map_or(0, |(_, text)| text.len()), false);
                self.finish(json!({ "type": stop::END_TURN }), Value::Null, at);
            }
            CommandOutcome::Failed(why) => self.exhaust("unknown_error", &why, at),
        }
    }

    /// Goes to work.
    fn works(&mut self, at: Timestamp) {
        self.happened(SessionEvent::of(kind::RUNNING), at);
        self.since.get_or_insert(at);
        self.state = ActivityState::Running(Some(at));
    }

    /// Begins a request to the model, where none is under way.
    fn request(&mut self, at: Timestamp) {
        if self.turn.as_ref().is_some_and(|turn| turn.request.is_none()) {
            let id = self.happened(SessionEvent::of(kind::REQUEST_START), at);
            if let Some(turn) = &mut self.turn {
                turn.request = Some(id);
            }
        }
    }

    /// Ends the request to the model that is under way.
    fn end_request(&mut self, at: Timestamp, written: usize, is_error: bool) {
        let Some(turn) = &mut self.turn else { return };
        let Some(id) = turn.request.take() else { return };
        let usage = self.usage.request(mem::take(&mut turn.read), written);
        let event = SessionEvent::of(kind::REQUEST_END).with("model_request_start_id", id.into());
        self.happened(event.with("model_usage", usage).with("is_error", is_error.into()), at);
    }

    fn error(&mut self, kind: &str, message: &str, retry: &str, at: Timestamp) {
        let error = json!({ "type": kind, "message": message, "retry_status": { "type": retry } });
        self.happened(SessionEvent::of(kind::ERROR).with("error", error), at);
    }

    /// Gives up after failures. What waits in the queue is not answered.
    fn exhaust(&mut self, kind: &str, message: &str, at: Timestamp) {
        self.end_request(at, 0, true);
        self.error(kind, message, "exhausted", at);
        for (event, _) in mem::take(&mut self.queue) {
            self.happened(event, at);
        }
        self.finish(json!({ "type": stop::RETRIES_EXHAUSTED }), Value::Null, at);
    }

    /// Ends the turn, or pauses it where the budget is reached.
    fn finish_well(&mut self, at: Timestamp) {
        if self.is_capped() {
            self.pause(at);
        } else {
            self.finish(json!({ "type": stop::END_TURN }), Value::Null, at);
        }
    }

    /// Ends the turn.
    fn finish(&mut self, reason: Value, details: Value, at: Timestamp) {
        self.rest(at);
        self.tell_usage(at);
        self.turn = None;
        self.idle(reason, details, at);
    }

    /// Pauses the turn because the budget is reached. A session without one has nothing that could be raised: its turn
    /// ends.
    fn pause(&mut self, at: Timestamp) {
        let reason = json!({ "type": stop::BUDGET_REACHED });
        let event = SessionEvent::of(kind::THREAD_IDLE).with("stop_reason", reason.clone());
        let thread = self.thread.clone();
        let event = thread.into_iter().fold(event, |event, (name, value)| event.with(name, value));
        self.happened(event.with("stop_details", Value::Null), at);
        self.rest(at);
        self.tell_usage(at);
        match self.turn.as_mut().filter(|_| self.budget.is_some()) {
            Some(turn) => turn.paused = true,
            None => self.turn = None,
        }
        self.idle(reason, Value::Null, at);
    }

    fn rest(&mut self, at: Timestamp) {
        if let Some(since) = self.since.take() {
            self.usage.worked(since, at);
        }
    }

    fn tell_usage(&mut self, at: Timestamp) {
        let event = SessionEvent::of(kind::USAGE).with("usage", self.usage.shown());
        self.happened(event.with("budget", json!(self.budget)), at);
    }

    fn idle(&mut self, reason: Value, details: Value, at: Timestamp) {
        self.rest(at);
        self.state = ActivityState::Idle;
        let event = SessionEvent::of(kind::IDLE).with("stop_reason", reason);
        self.happened(event.with("stop_details", details), at);
    }

    /// Ends the session.
    pub(super) fn end(&mut self) {
        self.rest(now());
        self.turn = None;
        self.state = ActivityState::Over;
        self.happens(SessionEvent::of(kind::TERMINATED));
    }
}

fn event_id() -> String {
    // Where a system has no random bytes the names of events are the least of its troubles.
    random::id("sevt").unwrap_or_else(|_| "sevt_0".to_owned())
}

/// Returns the texts of an event's content.
fn text(event: &SessionEvent) -> String {
    let blocks = event.extra.get("content").and_then(Value::as_array).into_iter().flatten();
    let texts: Vec<_> = blocks.filter_map(|block| block.get("text")?.as_str()).collect();
    texts.join("\n")
}

fn tool_use(call: &AgentToolCall, permission: &str, evaluation: &str) -> SessionEvent {
    SessionEvent::of(kind::TOOL_USE)
        .with("name", call.name.clone().into())
        .with("input", call.input.clone().into())
        .with("evaluated_permission", permission.into())
        .with("evaluation", json!({ "type": evaluation }))
}

fn tool_result(id: &str, text: &str, is_error: bool) -> SessionEvent {
    SessionEvent::of(kind::TOOL_RESULT)
        .with("tool_use_id", id.into())
        .with("content", json!([{ "type": "text", "text": text }]))
        .with("is_error", is_error.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(simulation: &AgentSimulation) -> Vec<String> {
        simulation.with("s", |simulated| simulated.history().map(|event| event.kind.clone()).collect())
    }

    #[test]
    fn a_message_is_done_at_once_and_one_that_asks_to_sleep_is_not() {
        let simulation = AgentSimulation::default();
        let take = |event| simulation.with("s", |simulated| simulated.takes(event));
        assert_eq!(simulation.status("s"), "idle");
        take(SessionEvent::message("hello"));
        assert_eq!((simulation.first_status("s"), simulation.status("s")), ("running", "idle"));
        let turn = [
            "user.message",
            "session.status_running",
            "span.model_request_start",
            "agent.message",
            "span.model_request_end",
            "session.usage",
            "session.status_idle",
        ];
        assert_eq!(kinds(&simulation), turn);
        take(SessionEvent::message("sleep"));
        assert_eq!(simulation.status("s"), "running");
        take(SessionEvent::interrupt());
        assert_eq!(simulation.status("s"), "idle");
        take(SessionEvent::message("sleep 99999999h"));
        assert_eq!(simulation.status("s"), "running");
        take(SessionEvent::message("reschedule 1h"));
        assert_eq!(simulation.status("s"), "running", "it waits in the queue");
        take(SessionEvent::interrupt());
        assert_eq!(simulation.status("s"), "rescheduling");
        take(SessionEvent::message("fail"));
        take(SessionEvent::interrupt());
        assert!(simulation.is_over("s"));
        assert_eq!(kinds(&simulation).last().map(String::as_str), Some("session.status_terminated"));
    }

    #[test]
    fn no_event_is_older_than_the_one_before_it() {
        let simulation = AgentSimulation::default();
        for text in ["hello", "sleep 1ms", "reschedule", "hello"] {
            simulation.with("s", |simulated| simulated.takes(SessionEvent::message(text)));
            simulation.status("s");
            simulation.with("s", |simulated| simulated.takes(SessionEvent::interrupt()));
            simulation.status("s");
        }
        // A clock that was set back.
        simulation.with("s", |simulated| simulated.happened(SessionEvent::of(kind::UPDATED), Timestamp::UNIX_EPOCH));
        let times: Vec<_> = simulation.with("s", |simulated| simulated.history().map(|event| event.at).collect());
        assert!(times.iter().all(Option::is_some) && times.is_sorted(), "{times:?}");
    }

    #[test]
    fn an_event_of_a_client_is_on_the_stream_twice_and_in_the_history_once() {
        let simulation = AgentSimulation::default();
        let (from, _receiver) = simulation.with("s", |simulated| simulated.log().subscribe());
        for text in ["sleep", "hello"] {
            let event = SessionEvent { id: Some(format!("sevt_{text}")), ..SessionEvent::message(text) };
            simulation.with("s", |simulated| simulated.takes(event));
        }
        let seen = |text: &str| {
            simulation.with("s", |simulated| {
                let frames: Vec<_> =
                    simulated.log().read(from, usize::MAX).unwrap().iter().map(StreamFrame::text).collect();
                let frames = frames.iter().filter(|frame| frame.contains(text));
                assert_eq!(simulated.history().filter(|event| event.json.get().contains(text)).count(), 1);
                frames.map(|frame| !frame.contains("\"processed_at\":null")).collect::<Vec<_>>()
            })
        };
        assert_eq!((seen("sevt_sleep"), seen("sevt_hello")), (vec![false, true], vec![false]));
        simulation.with("s", |simulated| simulated.takes(SessionEvent::interrupt()));
        assert_eq!(seen("sevt_hello"), [false, true]);
    }
}
