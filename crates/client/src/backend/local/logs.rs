//! The log of a session: what the agents of its recorded turns wrote to standard error.

use std::collections::VecDeque;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::{BoxStream, try_unfold};

use super::events::LocalEvents;
use super::home::LocalHome;
use crate::backend::turn::{EventQuery, Events, Followed, LogKind, LogQuery, Logs};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Encoding, Event, EventKind, SessionId, Timestamp};

/// The longest line, in bytes: a longer one is several.
const LONGEST: usize = 64 * 1024;

/// The logs of a home's sessions.
pub(super) struct LocalLogs(LocalEvents);

impl LocalLogs {
    pub(super) fn new(home: &Arc<LocalHome>) -> Self {
        LocalLogs(LocalEvents { home: Arc::clone(home) })
    }
}

#[async_trait]
impl Logs for LocalLogs {
    async fn read(&self, session: &SessionId, query: &LogQuery) -> Result<BoxStream<'_, Result<Event>>> {
        if query.kind == LogKind::System {
            return Err(Error::new(Kind::Unsupported, "no platform runs the agents of local sessions")
                .hint("the log of kind `console` has what they write"));
        }
        let reader = LineReader {
            session: session.clone(),
            followed: self.0.follow(session, &EventQuery::default()),
            query: query.clone(),
            has_caught_up: false,
            at: None,
            rest: Vec::new(),
            lines: VecDeque::new(),
        };
        let lines = try_unfold(reader, |mut reader| async move {
            let line = reader.next().await?;
            Ok(line.map(|line| (line, reader)))
        });
        Ok(lines.boxed())
    }
}

/// Finds the lines in the events of a session.
struct LineReader<'a> {
    session: SessionId,
    followed: BoxStream<'a, Result<Followed>>,
    query: LogQuery,
    /// Whether all was read that had been written.
    has_caught_up: bool,
    /// When the last block was written.
    at: Option<Timestamp>,
    /// A line whose end did not come yet.
    rest: Vec<u8>,
    /// Lines that were found and not returned yet.
    lines: VecDeque<Event>,
}

impl LineReader<'_> {
    async fn next(&mut self) -> Result<Option<Event>> {
        loop {
            if (self.has_caught_up || self.query.tail.is_none())
                && let Some(line) = self.lines.pop_front()
            {
                return Ok(Some(line));
            }
            if self.has_caught_up && !self.query.follow {
                return Ok(None);
            }
            match self.followed.next().await.transpose()? {
                Some(Followed::Event(event, _)) if event.kind == EventKind::Stderr => {
                    self.at = event.at;
                    self.push(&event.text_bytes());
                }
                // A turn that begins or ends ends the line of the one before it.
                Some(Followed::Event(event, _)) if matches!(event.kind, EventKind::User | EventKind::Status) => {
                    self.end_line();
                }
                Some(Followed::CaughtUp) => {
                    if !self.query.follow {
                        self.end_line();
                    }
                    self.has_caught_up = true;
                }
                Some(_) => {}
                None if self.has_caught_up && self.rest.is_empty() => return Ok(None),
                None => {
                    self.end_line();
                    self.has_caught_up = true;
                }
            }
        }
    }

    fn push(&mut self, block: &[u8]) {
        for part in block.split_inclusive(|byte| *byte == b'\n') {
            self.rest.extend_from_slice(part);
            if part.ends_with(b"\n") || self.rest.len() > LONGEST {
                self.end_line();
            }
        }
    }

    fn end_line(&mut self) {
        let mut line = std::mem::take(&mut self.rest);
        if line.is_empty() {
            return;
        }
        if line.ends_with(b"\n") {
            line.pop();
        }
        let (text, encoding) = Encoding::encode(&line);
        self.lines.push_back(Event {
            at: self.at,
            text: Some(text),
            encoding: Some(encoding),
            ..Event::new(EventKind::Stderr, &self.session)
        });
        // Of what was written before, only the end is wanted.
        if let Some(tail) = self.query.tail.filter(|_| !self.has_caught_up) {
            while self.lines.len() > tail as usize {
                self.lines.pop_front();
            }
        }
    }
}
