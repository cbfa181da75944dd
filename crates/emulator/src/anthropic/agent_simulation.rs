//! What happens in sessions, where nothing runs: events, and the status that follows from them.
//!
//! A message makes its session run, and idle again at once. A message whose whole text is one of
//! these asks for something else:
//!
//! | text | the session |
//! |---|---|
//! | `sleep 2s` | runs for two seconds |
//! | `sleep` | runs until it is interrupted |
//! | `reschedule 2s`, `reschedule` | the same, as `rescheduling` |
//! | `fail` | is terminated, with an error |
//!
//! Time passes only when a request looks. All of it goes with the server.

use std::collections::HashMap;
use std::sync::Mutex;

use serde_json::{Value, json};
use tokio::sync::watch;

use crate::answer::now;
use wharf_client::backend::expiry;
use wharf_core::config::duration;
use wharf_core::model::Timestamp;
use wharf_core::random;
use wharf_core::sync::lock;
use wharf_wire::anthropic::events::{kind, stop};
use wharf_wire::anthropic::sessions::status;
use wharf_wire::anthropic::{Nullable, SessionEvent};

/// All sessions to which something happened.
#[derive(Default)]
pub(super) struct AgentSimulation(Mutex<HashMap<String, SimulatedSession>>);

/// One of them.
pub(super) struct SimulatedSession {
    /// All that happened, the oldest first.
    pub(super) events: Vec<SessionEvent>,
    state: ActivityState,
    changed: watch::Sender<()>,
}

/// What it does, and until when; until it is interrupted where there is no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ActivityState {
    Idle,
    Running(Option<Timestamp>),
    Rescheduling(Option<Timestamp>),
    Over,
}

impl Default for SimulatedSession {
    fn default() -> Self {
        SimulatedSession { events: Vec::new(), state: ActivityState::Idle, changed: watch::Sender::new(()) }
    }
}

impl AgentSimulation {
    /// Returns the current status of a session, without changing anything.
    pub(super) fn status(&self, session: &str) -> &'static str {
        let mut simulation = lock(&self.0);
        let state = simulation.get_mut(session).map_or(ActivityState::Idle, |life| {
            life.advance();
            life.state
        });
        state.word()
    }

    /// Returns the status of a session that was created this moment, before time passes.
    pub(super) fn first_status(&self, session: &str) -> &'static str {
        lock(&self.0).get(session).map_or(ActivityState::Idle, |life| life.state).word()
    }

    pub(super) fn is_over(&self, session: &str) -> bool {
        self.status(session) == status::TERMINATED
    }

    /// Looks at a session, or does something to it.
    pub(super) fn with<T>(&self, session: &str, act: impl FnOnce(&mut SimulatedSession) -> T) -> T {
        let mut simulation = lock(&self.0);
        let life = simulation.entry(session.to_owned()).or_default();
        life.advance();
        act(life)
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

impl SimulatedSession {
    /// Adds an event that happens now.
    pub(super) fn happens(&mut self, event: SessionEvent) {
        self.happened(event, now());
    }

    /// Adds an event that happened at a time, or at that of the event before it if that is later: an event is never
    /// reported as older than the one before it, whatever the length of a turn or the system's clock say.
    fn happened(&mut self, mut event: SessionEvent, at: Timestamp) {
        if event.id.is_none() {
            event.id = random::id("sevt").ok();
        }
        let before = self.events.last().and_then(|event| event.processed_at.value().copied());
        event.processed_at = Nullable::Value(before.map_or(at, |before| before.max(at)));
        self.events.push(event);
        self.changed.send_replace(());
    }

    /// Returns a receiver that is notified of each event.
    pub(super) fn watch(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Returns when it will be idle by itself.
    pub(super) fn until(&self) -> Option<Timestamp> {
        match self.state {
            ActivityState::Running(until) | ActivityState::Rescheduling(until) => until,
            ActivityState::Idle | ActivityState::Over => None,
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.state == ActivityState::Over
    }

    /// Applies what has happened since the last call.
    fn advance(&mut self) {
        if let Some(until) = self.until().filter(|until| *until <= Timestamp::now()) {
            self.idle(until);
        }
    }

    fn idle(&mut self, at: Timestamp) {
        self.state = ActivityState::Idle;
        let event = SessionEvent::of(kind::IDLE).with("stop_reason", json!({ "type": stop::END_TURN }));
        self.happened(event.with("stop_details", Value::Null), at);
    }

    /// Takes an event that a client sent; it is `event` from now on in the history. Returns when.
    pub(super) fn takes(&mut self, event: SessionEvent) -> Option<Timestamp> {
        let instruction = instruction(&event);
        let what = event.kind.clone();
        self.happens(event);
        let taken = self.events.last().and_then(|event| event.processed_at.value().copied());
        match (what.as_str(), instruction) {
            (kind::INTERRUPT, _)
                if matches!(self.state, ActivityState::Running(_) | ActivityState::Rescheduling(_)) =>
            {
                self.idle(now());
            }
            (kind::MESSAGE, Instruction::Fail) => {
                let retry = json!({ "type": "terminal" });
                let error = json!({ "type": "unknown_error", "message": "asked for", "retry_status": retry });
                self.happens(SessionEvent::of(kind::ERROR).with("error", error));
                self.end();
            }
            (kind::MESSAGE | kind::OUTCOME, Instruction::Reschedule(until)) => {
                self.happens(SessionEvent::of(kind::RESCHEDULED));
                self.state = ActivityState::Rescheduling(until);
            }
            (kind::MESSAGE | kind::OUTCOME, Instruction::Run(until)) => {
                self.happens(SessionEvent::of(kind::RUNNING));
                self.state = ActivityState::Running(until);
            }
            _ => {}
        }
        taken
    }

    /// Ends the session.
    pub(super) fn end(&mut self) {
        self.state = ActivityState::Over;
        self.happens(SessionEvent::of(kind::TERMINATED));
    }
}

/// What a message asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Instruction {
    Run(Option<Timestamp>),
    Reschedule(Option<Timestamp>),
    Fail,
}

fn instruction(event: &SessionEvent) -> Instruction {
    let content = event.extra.get("content").and_then(|content| content.get(0));
    let text = content.and_then(|block| block.get("text")?.as_str()).unwrap_or_default().trim();
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let until = match (rest, duration::parse(rest)) {
        ("", _) => Some(None),
        // Where time itself ends before, no request waits for it.
        (_, Ok(time)) => Some(expiry(now(), time)),
        (_, Err(_)) => None,
    };
    match (word, until) {
        ("sleep", Some(until)) => Instruction::Run(until),
        ("reschedule", Some(until)) => Instruction::Reschedule(until),
        ("fail", Some(None)) => Instruction::Fail,
        _ => Instruction::Run(Some(now())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(simulation: &AgentSimulation) -> Vec<String> {
        simulation.with("s", |life| life.events.iter().map(|event| event.kind.clone()).collect())
    }

    #[test]
    fn a_message_is_done_at_once_and_one_that_asks_to_sleep_is_not() {
        let simulation = AgentSimulation::default();
        assert_eq!(simulation.status("s"), "idle");
        simulation.with("s", |life| life.takes(SessionEvent::message("hello")));
        assert_eq!((simulation.first_status("s"), simulation.status("s")), ("running", "idle"));
        assert_eq!(kinds(&simulation), ["user.message", "session.status_running", "session.status_idle"]);
        simulation.with("s", |life| life.takes(SessionEvent::message("sleep")));
        assert_eq!(simulation.status("s"), "running");
        simulation.with("s", |life| life.takes(SessionEvent::interrupt()));
        assert_eq!(simulation.status("s"), "idle");
        simulation.with("s", |life| life.takes(SessionEvent::message("sleep 1h")));
        assert_eq!(simulation.status("s"), "running");
        simulation.with("s", |life| life.takes(SessionEvent::message("reschedule 1h")));
        assert_eq!(simulation.status("s"), "rescheduling");
        simulation.with("s", |life| life.takes(SessionEvent::message("fail")));
        assert!(simulation.is_over("s"));
        assert_eq!(kinds(&simulation).last().map(String::as_str), Some("session.status_terminated"));
    }

    #[test]
    fn no_event_is_older_than_the_one_before_it() {
        let simulation = AgentSimulation::default();
        for text in ["hello", "sleep 1ms", "reschedule", "hello"] {
            simulation.with("s", |life| life.takes(SessionEvent::message(text)));
            simulation.with("s", |life| life.takes(SessionEvent::interrupt()));
            simulation.status("s");
        }
        // A clock that was set back.
        simulation.with("s", |life| life.happened(SessionEvent::of(kind::UPDATED), Timestamp::UNIX_EPOCH));
        let times: Vec<_> =
            simulation.with("s", |life| life.events.iter().map(|event| event.processed_at.value().copied()).collect());
        assert!(times.iter().all(Option::is_some) && times.is_sorted(), "{times:?}");
    }

    #[test]
    fn only_the_whole_text_asks_for_something() {
        assert_eq!(instruction(&SessionEvent::message("sleep 99999999h")), Instruction::Run(None));
        for text in ["sleep well", "failed", "please sleep 2s", ""] {
            assert!(matches!(instruction(&SessionEvent::message(text)), Instruction::Run(Some(_))), "{text}");
        }
        assert_eq!(instruction(&SessionEvent::message("sleep")), Instruction::Run(None));
        assert_eq!(instruction(&SessionEvent::message("fail")), Instruction::Fail);
    }
}
