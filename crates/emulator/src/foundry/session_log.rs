//! The log of a session: what its turns did, and what the agent's program writes to stderr.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;

use serde_json::json;
use tokio::sync::watch;

use super::agent_work::WorkEnd;
use crate::answer::now;
use wharf_core::model::{SessionId, Timestamp};
use wharf_core::sync::lock;

/// The lines of a session that are kept.
pub(super) const KEPT: usize = 1_000;

/// The longest line, in bytes. A longer one is cut.
const LINE_MAX: usize = 4096;

/// The logs of all sessions in which something happened.
#[derive(Default)]
pub(super) struct SessionLogs(Mutex<HashMap<SessionId, SessionLog>>);

#[derive(Default)]
pub(super) struct SessionLog {
    pub(super) lines: VecDeque<SessionLogLine>,
    /// The number of the first of them.
    pub(super) first: usize,
    /// When the last was written: no two lines have one time.
    last: Option<Timestamp>,
    /// What the agent wrote to stderr after its last line.
    rest: String,
    pub(super) changed: watch::Sender<()>,
}

#[derive(Clone)]
pub(super) struct SessionLogLine {
    at: Timestamp,
    pub(super) stream: LogStream,
    message: String,
}

/// Where a line comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LogStream {
    Stderr,
    Status,
}

impl SessionLogs {
    pub(super) fn with<T>(&self, session: &SessionId, act: impl FnOnce(&mut SessionLog) -> T) -> T {
        act(lock(&self.0).entry(session.clone()).or_default())
    }

    /// Adds a line.
    pub(super) fn line(&self, session: &SessionId, stream: LogStream, message: impl Into<String>) {
        self.with(session, |log| log.add(stream, message.into()));
    }

    /// Takes what the agent writes to stderr, which need not end with a line.
    pub(super) fn write(&self, session: &SessionId, text: &str) {
        self.with(session, |log| {
            log.rest.push_str(text);
            while let Some(end) = log.rest.find('\n').or_else(|| (log.rest.len() > LINE_MAX).then_some(LINE_MAX)) {
                let end = whole(&log.rest, end);
                let line: String = log.rest.drain(..end).collect();
                if log.rest.starts_with('\n') {
                    log.rest.remove(0);
                }
                log.add(LogStream::Stderr, line);
            }
        });
    }

    /// Adds what became of a turn, which `what` names.
    pub(super) fn end(&self, session: &SessionId, what: &str, end: &WorkEnd) {
        self.with(session, |log| {
            let rest = std::mem::take(&mut log.rest);
            if !rest.is_empty() {
                log.add(LogStream::Stderr, rest);
            }
            let how = match end {
                WorkEnd::Completed => "completed".to_owned(),
                WorkEnd::Raised => "failed: the handler raised an exception: asked for".to_owned(),
                WorkEnd::Failed(why) => format!("failed: {why}"),
                WorkEnd::Incomplete => "incomplete: max_output_tokens".to_owned(),
                WorkEnd::Cancelled => "cancelled".to_owned(),
            };
            log.add(LogStream::Stderr, format!("{what} {how}"));
        });
    }

    /// Forgets the log of a session that was deleted, which ends its streams.
    pub(super) fn forget(&self, session: &SessionId) {
        lock(&self.0).remove(session);
    }
}

impl SessionLog {
    fn add(&mut self, stream: LogStream, mut message: String) {
        message.truncate(whole(&message, LINE_MAX));
        let at = match self.last {
            Some(last) if now() <= last => last.checked_add(jiff::SignedDuration::from_micros(1)).unwrap_or(last),
            _ => now(),
        };
        self.last = Some(at);
        self.lines.push_back(SessionLogLine { at, stream, message });
        if self.lines.len() > KEPT {
            self.lines.pop_front();
            self.first += 1;
        }
        self.changed.send_replace(());
    }
}

impl SessionLogLine {
    pub(super) fn frame(&self) -> String {
        frame(self.at, self.stream, &self.message)
    }
}

/// Returns the length of the beginning of a text that has at most `most` bytes and whole characters.
fn whole(text: &str, most: usize) -> usize {
    (0..=most.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}

/// Returns a line as an event.
pub(super) fn frame(at: Timestamp, stream: LogStream, message: &str) -> String {
    let stream = match stream {
        LogStream::Stderr => "stderr",
        LogStream::Status => "status",
    };
    let event = json!({ "timestamp": at, "stream": stream, "message": message });
    format!("event: log\ndata: {event}\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_keeps_its_last_lines_and_cuts_long_ones() {
        let (logs, session) = (SessionLogs::default(), "a.s".parse().unwrap());
        for text in ["one\ntw", "o\n", &"é".repeat(LINE_MAX)] {
            logs.write(&session, text);
        }
        logs.end(&session, "It", &WorkEnd::Completed);
        let lines = || logs.with(&session, |log| log.lines.iter().map(|line| line.message.clone()).collect::<Vec<_>>());
        assert_eq!(lines()[..2], ["one", "two"]);
        assert_eq!(lines().last().unwrap(), "It completed");
        assert!(lines().iter().all(|line| line.len() <= LINE_MAX));
        for number in 0..KEPT {
            logs.line(&session, LogStream::Status, number.to_string());
        }
        assert_eq!((lines().len(), lines()[0].as_str()), (KEPT, "0"));
        let times = logs.with(&session, |log| log.lines.iter().map(|line| line.at).collect::<Vec<_>>());
        assert!(times.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
