//! A turn that is followed by its record: one that another process runs, or the last one.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::OptionalExtension;
use tokio::time::sleep;

use super::capabilities::CAPABILITIES;
use super::db::fault;
use super::home::LocalHome;
use super::record::{self, EventRows};
use super::running::ask_to_end;
use crate::backend::Feature;
use crate::backend::turn::{RunningTurn, ToolAnswer, TurnEvent};
use wharf_core::advice::Step;
use wharf_core::error::{Error, Result};
use wharf_core::model::{Event, EventKind, SessionId};

/// The pauses between two looks at a record: the first one after something happened, and the longest one.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(1));

/// Events that are read at once.
const EVENTS: i64 = 16;

/// A record that is read as it grows.
pub(super) struct RecordReader {
    home: Arc<LocalHome>,
    id: SessionId,
    rows: EventRows,
    pause: Duration,
}

impl RecordReader {
    pub(super) fn new(home: &Arc<LocalHome>, id: &SessionId, rows: EventRows) -> Self {
        RecordReader {
            home: Arc::clone(home),
            id: id.clone(),
            rows: EventRows { limit: EVENTS, ..rows },
            pause: PAUSES.0,
        }
    }

    /// Reads the next events; none if there are none yet.
    ///
    /// # Errors
    /// `not_found` if the session is gone.
    pub(super) fn read(&mut self) -> Result<Vec<Event>> {
        let read = self.home.recorded(&self.id, &self.rows)?;
        if let Some((last, _)) = read.last() {
            self.rows.after = *last;
            self.pause = PAUSES.0;
        }
        Ok(read.into_iter().map(|(_, event)| event).collect())
    }

    /// Fails with `not_found` if the turn whose events are read is not recorded any more.
    fn check_turn(&self) -> Result<()> {
        let turn = self.rows.turn;
        let is_there = self
            .home
            .db()?
            .read("reading a turn", |c| c.prepare_cached("SELECT 1 FROM turn WHERE seq = ?1")?.exists([turn]))?;
        if is_there {
            Ok(())
        } else {
            Err(Error::not_found("the turn is not recorded any more: later ones took its place"))
        }
    }

    /// Waits before the next look, each time longer.
    pub(super) async fn wait(&mut self) {
        sleep(self.pause).await;
        self.pause = (self.pause * 2).min(PAUSES.1);
    }
}

impl LocalHome {
    /// Reads recorded events with the numbers of their rows, after ending turns whose processes were killed.
    ///
    /// # Errors
    /// `not_found` if the session is gone, or is another one of this name.
    pub(super) fn recorded(&self, id: &SessionId, rows: &EventRows) -> Result<Vec<(i64, Event)>> {
        if self.live(id)?.seq != rows.session {
            return Err(super::db::unknown(id));
        }
        self.settle_turns(rows.session)?;
        self.db()?.read("reading events", |c| rows.read(c, id))
    }

    fn settle_turns(&self, session: i64) -> Result<()> {
        let doing = "ending a turn whose process was killed";
        if self.db()?.read(doing, |c| record::abandoned(c, session))?.is_empty() {
            return Ok(());
        }
        self.db()?.write_unsynced(doing, |tx| record::end_abandoned(tx, session).map_err(|e| fault(doing, &e)))
    }
}

/// A turn that is followed by its record.
pub(super) struct RecordedTurn {
    turn: String,
    reader: RecordReader,
    ready: VecDeque<TurnEvent>,
}

impl RecordedTurn {
    /// Returns the turn of a session that runs, or the last one.
    ///
    /// # Errors
    /// `not_found`; `conflict` if there was none yet.
    pub(super) fn last(home: &Arc<LocalHome>, session: &SessionId) -> Result<Self> {
        let row = home.live(session)?.seq;
        let last: Option<(i64, String)> = home.db()?.read("reading a turn", |c| {
            c.query_row("SELECT seq, id FROM turn WHERE session = ?1 ORDER BY seq DESC LIMIT 1", [row], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()
        })?;
        let (seq, turn) = last.ok_or_else(|| {
            Error::conflict("the agent of this session has read no message yet")
                .hint(format!("send one: {}", Step::Invoke { session: Some(session.as_str()) }))
        })?;
        let rows = EventRows { turn: Some(seq), ..EventRows::of(row) };
        Ok(RecordedTurn { turn, reader: RecordReader::new(home, session, rows), ready: VecDeque::new() })
    }
}

#[async_trait]
impl RunningTurn for RecordedTurn {
    fn id(&self) -> Option<&str> {
        Some(&self.turn)
    }

    fn reconnects(&self) -> u32 {
        0
    }

    async fn next(&mut self) -> Result<TurnEvent> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(event);
            }
            let events = self.reader.read()?;
            if events.is_empty() {
                self.reader.check_turn()?;
                self.reader.wait().await;
            }
            for event in events {
                let end = (event.kind == EventKind::Status).then(|| record::end_of(&event));
                self.ready.push_back(TurnEvent::Event(Box::new(event)));
                self.ready.extend(end.map(|end| TurnEvent::Ended(Box::new(end))));
            }
        }
    }

    async fn answer(&mut self, _call: &str, _answer: ToolAnswer) -> Result<()> {
        Err(CAPABILITIES.unsupported(Feature::InvokeTools))
    }

    async fn interrupt(&mut self) -> Result<()> {
        ask_to_end(&self.reader.home, &self.reader.id)
    }
}
