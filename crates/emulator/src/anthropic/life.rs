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
//! Time passes only when somebody looks. All of it goes with the server.

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
pub(super) struct Lives(Mutex<HashMap<String, Life>>);

/// One of them.
pub(super) struct Life {
    /// All that happened, the oldest first.
    pub(super) events: Vec<SessionEvent>,
    state: State,
    changed: watch::Sender<()>,
}

/// What it does, and until when; until it is interrupted where there is no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    Running(Option<Timestamp>),
    Rescheduling(Option<Timestamp>),
    Over,
}

impl Default for Life {
    fn default() -> Self {
        Life { events: Vec::new(), state: State::Idle, changed: watch::Sender::new(()) }
    }
}

impl Lives {
    /// What a session does, now and without a trace.
    pub(super) fn status(&self, session: &str) -> &'static str {
        let mut lives = lock(&self.0);
        let state = lives.get_mut(session).map_or(State::Idle, |life| {
            life.advance();
            life.state
        });
        state.word()
    }

    /// The same, before time passes: what a session does that was made this moment.
    pub(super) fn first_status(&self, session: &str) -> &'static str {
        lock(&self.0).get(session).map_or(State::Idle, |life| life.state).word()
    }

    pub(super) fn is_over(&self, session: &str) -> bool {
        self.status(session) == status::TERMINATED
    }

    /// Looks at a session, or does something to it.
    pub(super) fn with<T>(&self, session: &str, act: impl FnOnce(&mut Life) -> T) -> T {
        let mut lives = lock(&self.0);
        let life = lives.entry(session.to_owned()).or_default();
        life.advance();
        act(life)
    }
}

impl State {
    fn word(self) -> &'static str {
        match self {
            State::Idle => status::IDLE,
            State::Running(_) => status::RUNNING,
            State::Rescheduling(_) => status::RESCHEDULING,
            State::Over => status::TERMINATED,
        }
    }
}

impl Life {
    /// Something happens, now.
    pub(super) fn happens(&mut self, event: SessionEvent) {
        self.happened(event, now());
    }

    /// Something happened at that time, or when the event before it did: what follows another is
    /// never told to be older, whatever a turn's length or the system's clock say.
    fn happened(&mut self, mut event: SessionEvent, at: Timestamp) {
        if event.id.is_none() {
            event.id = random::id("sevt").ok();
        }
        let before = self.events.last().and_then(|event| event.processed_at.value().copied());
        event.processed_at = Nullable::Value(before.map_or(at, |before| before.max(at)));
        self.events.push(event);
        self.changed.send_replace(());
    }

    /// Somebody who wants to know when something happened.
    pub(super) fn watch(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// When it will be idle without anybody's doing.
    pub(super) fn until(&self) -> Option<Timestamp> {
        match self.state {
            State::Running(until) | State::Rescheduling(until) => until,
            State::Idle | State::Over => None,
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.state == State::Over
    }

    /// Does what time has brought.
    fn advance(&mut self) {
        if let Some(until) = self.until().filter(|until| *until <= Timestamp::now()) {
            self.idle(until);
        }
    }

    fn idle(&mut self, at: Timestamp) {
        self.state = State::Idle;
        let event = SessionEvent::of(kind::IDLE).with("stop_reason", json!({ "type": stop::END_TURN }));
        self.happened(event.with("stop_details", Value::Null), at);
    }

    /// Takes an event that a client sent; it is `event` from now on in the history. Returns when.
    pub(super) fn takes(&mut self, event: SessionEvent) -> Option<Timestamp> {
        let asked = asked(&event);
        let what = event.kind.clone();
        self.happens(event);
        let taken = self.events.last().and_then(|event| event.processed_at.value().copied());
        match (what.as_str(), asked) {
            (kind::INTERRUPT, _) if matches!(self.state, State::Running(_) | State::Rescheduling(_)) => {
                self.idle(now());
            }
            (kind::MESSAGE, Asked::Fail) => {
                let retry = json!({ "type": "terminal" });
                let error = json!({ "type": "unknown_error", "message": "asked for", "retry_status": retry });
                self.happens(SessionEvent::of(kind::ERROR).with("error", error));
                self.end();
            }
            (kind::MESSAGE | kind::OUTCOME, Asked::Reschedule(until)) => {
                self.happens(SessionEvent::of(kind::RESCHEDULED));
                self.state = State::Rescheduling(until);
            }
            (kind::MESSAGE | kind::OUTCOME, Asked::Run(until)) => {
                self.happens(SessionEvent::of(kind::RUNNING));
                self.state = State::Running(until);
            }
            _ => {}
        }
        taken
    }

    /// It ends for good.
    pub(super) fn end(&mut self) {
        self.state = State::Over;
        self.happens(SessionEvent::of(kind::TERMINATED));
    }
}

/// What a message asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Run(Option<Timestamp>),
    Reschedule(Option<Timestamp>),
    Fail,
}

fn asked(event: &SessionEvent) -> Asked {
    let content = event.extra.get("content").and_then(|content| content.get(0));
    let text = content.and_then(|block| block.get("text")?.as_str()).unwrap_or_default().trim();
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let until = match (rest, duration::parse(rest)) {
        ("", _) => Some(None),
        // Where time itself ends before, nobody waits for it.
        (_, Ok(time)) => Some(expiry(now(), time)),
        (_, Err(_)) => None,
    };
    match (word, until) {
        ("sleep", Some(until)) => Asked::Run(until),
        ("reschedule", Some(until)) => Asked::Reschedule(until),
        ("fail", Some(None)) => Asked::Fail,
        _ => Asked::Run(Some(now())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(lives: &Lives) -> Vec<String> {
        lives.with("s", |life| life.events.iter().map(|event| event.kind.clone()).collect())
    }

    #[test]
    fn a_message_is_done_at_once_and_one_that_asks_to_sleep_is_not() {
        let lives = Lives::default();
        assert_eq!(lives.status("s"), "idle");
        lives.with("s", |life| life.takes(SessionEvent::message("hello")));
        assert_eq!((lives.first_status("s"), lives.status("s")), ("running", "idle"));
        assert_eq!(kinds(&lives), ["user.message", "session.status_running", "session.status_idle"]);
        lives.with("s", |life| life.takes(SessionEvent::message("sleep")));
        assert_eq!(lives.status("s"), "running");
        lives.with("s", |life| life.takes(SessionEvent::interrupt()));
        assert_eq!(lives.status("s"), "idle");
        lives.with("s", |life| life.takes(SessionEvent::message("sleep 1h")));
        assert_eq!(lives.status("s"), "running");
        lives.with("s", |life| life.takes(SessionEvent::message("reschedule 1h")));
        assert_eq!(lives.status("s"), "rescheduling");
        lives.with("s", |life| life.takes(SessionEvent::message("fail")));
        assert!(lives.is_over("s"));
        assert_eq!(kinds(&lives).last().map(String::as_str), Some("session.status_terminated"));
    }

    #[test]
    fn no_event_is_older_than_the_one_before_it() {
        let lives = Lives::default();
        for text in ["hello", "sleep 1ms", "reschedule", "hello"] {
            lives.with("s", |life| life.takes(SessionEvent::message(text)));
            lives.with("s", |life| life.takes(SessionEvent::interrupt()));
            lives.status("s");
        }
        // A clock that was set back.
        lives.with("s", |life| life.happened(SessionEvent::of(kind::UPDATED), Timestamp::UNIX_EPOCH));
        let times: Vec<_> =
            lives.with("s", |life| life.events.iter().map(|event| event.processed_at.value().copied()).collect());
        assert!(times.iter().all(Option::is_some) && times.is_sorted(), "{times:?}");
    }

    #[test]
    fn only_the_whole_text_asks_for_something() {
        assert_eq!(asked(&SessionEvent::message("sleep 99999999h")), Asked::Run(None));
        for text in ["sleep well", "failed", "please sleep 2s", ""] {
            assert!(matches!(asked(&SessionEvent::message(text)), Asked::Run(Some(_))), "{text}");
        }
        assert_eq!(asked(&SessionEvent::message("sleep")), Asked::Run(None));
        assert_eq!(asked(&SessionEvent::message("fail")), Asked::Fail);
    }
}
