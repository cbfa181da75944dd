//! The record of turns: what happened in them, written as they go on, and read by other processes.
//!
//! A text that is being written is recorded by its deltas, now and then, and as a whole when it is complete; its deltas
//! go then. A session keeps [`MOST`] bytes: the oldest turns go first, then the beginning of the one that runs.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use tokio::time::Instant;

use super::db::{fault, micros, timestamp};
use super::home::LocalHome;
use super::running::is_alive;
use crate::backend::program_turn::{end_id, word_of};
use crate::backend::turn::TurnEnd;
use wharf_core::advice::Step;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Encoding, Event, EventKind, SessionId, Timestamp, TurnStatus};
use wharf_core::platform;
use wharf_core::utf8::unfinished;

/// Bytes that are recorded of a session, at most.
const MOST: usize = 4 << 20;

/// Bytes that an event counts for besides its text.
const EVENT: usize = 100;

/// Bytes of a prompt that are recorded: the rest is left out.
const PROMPT: usize = 1 << 20;

/// The time between two writes while a turn goes on.
const PAUSE: Duration = Duration::from_millis(200);

/// Bytes that one event of standard error collects, at most.
const STDERR: usize = 64 << 10;

/// Writes a turn into the record.
pub(super) struct TurnRecorder {
    home: Arc<LocalHome>,
    /// The row of the turn.
    turn: TurnRow,
    /// The id of the turn.
    id: String,
    /// The events to write.
    pending: VecDeque<PendingEvent>,
    /// The text that is being written: the deltas of all others go.
    open: String,
    /// The time of the last write.
    written: Instant,
    /// The number of the next event of standard error.
    number: u64,
    /// Whether a write failed: from then on, only the end is written.
    is_broken: bool,
}

/// The numbers of a turn's rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct TurnRow {
    pub(super) session: i64,
    pub(super) turn: i64,
}

struct PendingEvent {
    id: String,
    kind: EventKind,
    at: Timestamp,
    text: Vec<u8>,
    continues: bool,
}

impl PendingEvent {
    fn len(&self) -> usize {
        self.text.len() + EVENT
    }
}

/// Records that a turn begins, within the transaction that holds its session.
///
/// # Errors
/// `conflict` while another turn goes on in the session.
pub(super) fn begin(
    tx: &Transaction<'_>,
    row: i64,
    session: &SessionId,
    id: &str,
    prompt: &str,
    at: Timestamp,
) -> Result<TurnRow> {
    let doing = "starting a turn";
    end_abandoned(tx, row).map_err(|e| fault(doing, &e))?;
    let running: Option<String> = tx
        .query_row("SELECT id FROM turn WHERE session = ?1 AND NOT ended", [row], |row| row.get(0))
        .optional()
        .map_err(|e| fault(doing, &e))?;
    if let Some(running) = running {
        let session = Some(session.as_str());
        return Err(Error::conflict(format!("the agent of the session is at work: {running}")).hint(format!(
            "follow its turn: {}, or stop it: {}",
            Step::FollowTurn { session },
            Step::Interrupt { session }
        )));
    }
    let process = std::process::id();
    let mut kept = prompt.as_bytes().get(..PROMPT).unwrap_or(prompt.as_bytes());
    kept = kept.get(..kept.len() - unfinished(kept)).unwrap_or_default();
    let insert = || {
        tx.execute(
            "INSERT INTO turn (session, id, process, started) VALUES (?1, ?2, ?3, ?4)",
            params![row, id, process, platform::process_start(process)],
        )?;
        let turn = TurnRow { session: row, turn: tx.last_insert_rowid() };
        let user = PendingEvent { id: id.to_owned(), kind: EventKind::User, at, text: kept.to_vec(), continues: false };
        turn.insert(tx, &user)?;
        turn.prune(tx)?;
        Ok(turn)
    };
    insert().map_err(|e| fault(doing, &e))
}

impl TurnRecorder {
    /// Returns what records a turn that has begun.
    pub(super) fn new(home: &Arc<LocalHome>, turn: TurnRow, id: &str) -> Self {
        TurnRecorder {
            home: Arc::clone(home),
            turn,
            id: id.to_owned(),
            pending: VecDeque::new(),
            open: String::new(),
            written: Instant::now(),
            number: 1,
            is_broken: false,
        }
    }

    /// Returns when the next write is due.
    pub(super) fn due(&self) -> Option<Instant> {
        (!self.pending.is_empty()).then(|| self.written + PAUSE)
    }

    /// Takes a piece of a text, or a whole text, all of whose pieces were taken before.
    pub(super) fn text(&mut self, event: &Event) {
        let (id, text) = (event.id.clone().unwrap_or_default(), event.text_bytes());
        if event.kind == EventKind::TextDelta {
            if self.open != id {
                self.open.clone_from(&id);
            }
            match self.pending.back_mut() {
                Some(last) if last.kind == EventKind::TextDelta && last.id == id => last.text.extend_from_slice(&text),
                _ => self.push(id, EventKind::TextDelta, text.into_owned(), false),
            }
        } else {
            self.open.clear();
            self.pending.retain(|event| event.id != id);
            self.push(id, event.kind, text.into_owned(), event.continues);
        }
    }

    /// Takes a block of standard error.
    pub(super) fn stderr(&mut self, block: &[u8]) {
        match self.pending.back_mut() {
            Some(last) if last.kind == EventKind::Stderr && last.text.len() < STDERR => {
                last.text.extend_from_slice(block);
            }
            _ => {
                let id = format!("{}-stderr-{}", self.id, self.number);
                self.number += 1;
                self.push(id, EventKind::Stderr, block.to_vec(), false);
            }
        }
    }

    fn push(&mut self, id: String, kind: EventKind, text: Vec<u8>, continues: bool) {
        if self.is_broken {
            return;
        }
        self.pending.push_back(PendingEvent { id, kind, at: Timestamp::now(), text, continues });
        let mut bytes: usize = self.pending.iter().map(PendingEvent::len).sum();
        while bytes > MOST && self.pending.len() > 1 {
            bytes -= self.pending.pop_front().map_or(0, |event| event.len());
        }
    }

    /// Writes what was taken.
    ///
    /// # Errors
    /// Those of the database. After one, nothing but the end is recorded.
    pub(super) fn write(&mut self) -> Result<()> {
        self.written = Instant::now();
        let written = self.commit(|_, _| Ok(()));
        self.is_broken |= written.is_err();
        written
    }

    /// Writes how the turn ended, and returns that: a turn that was interrupted by another process ended so, whatever
    /// its program made of it.
    ///
    /// # Errors
    /// Beside it, those of the database, unless it had one before.
    pub(super) fn end(&mut self, at: Timestamp, mut end: TurnEnd) -> (TurnEnd, Result<()>) {
        self.open.clear();
        let id = self.id.clone();
        let mut close = |tx: &Transaction<'_>, turn: TurnRow| {
            let asked = "SELECT interrupted FROM turn WHERE seq = ?1";
            if tx.query_row(asked, [turn.turn], |row| row.get(0)).optional()?.unwrap_or(false) {
                end.status = TurnStatus::Interrupted;
                end.error = Some(interrupted());
            }
            turn.close(tx, &id, at, &end)
        };
        let mut written = self.commit(&mut close);
        if written.is_err() {
            // Without the rest it may fit.
            drop(self.commit(&mut close));
        }
        if self.is_broken {
            written = Ok(());
        }
        (end, written)
    }

    fn commit(&mut self, also: impl FnOnce(&Transaction<'_>, TurnRow) -> rusqlite::Result<()>) -> Result<()> {
        let doing = "recording a turn";
        let pending = std::mem::take(&mut self.pending);
        let (turn, open) = (self.turn, &self.open);
        let db = self.home.db()?;
        db.write_unsynced(doing, |tx| {
            let write = || {
                tx.execute(
                    "DELETE FROM event WHERE turn = ?1 AND kind = ?2 AND id <> ?3",
                    params![turn.turn, EventKind::TextDelta.name(), open],
                )?;
                pending.iter().try_for_each(|event| turn.insert(tx, event))?;
                turn.prune(tx)?;
                also(tx, turn)
            };
            write().map_err(|e| fault(doing, &e))
        })?;
        db.trim_log()
    }
}

impl TurnRow {
    fn insert(self, tx: &Transaction<'_>, event: &PendingEvent) -> rusqlite::Result<()> {
        tx.prepare_cached(
            "INSERT INTO event (session, turn, id, kind, at, text, continues) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            self.session,
            self.turn,
            event.id,
            event.kind.name(),
            micros(event.at),
            event.text,
            event.continues
        ])
        .map(drop)
    }

    /// Records the end of the turn.
    fn close(self, tx: &Transaction<'_>, id: &str, at: Timestamp, end: &TurnEnd) -> rusqlite::Result<()> {
        tx.execute(
            "INSERT INTO event (session, turn, id, kind, at, status, stop_reason, error)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM turn WHERE seq = ?2 AND NOT ended",
            params![
                self.session,
                self.turn,
                end_id(id),
                EventKind::Status.name(),
                micros(at),
                word_of(end.status),
                end.stop_reason,
                end.error.as_ref().map(Error::message),
            ],
        )?;
        tx.execute("UPDATE turn SET ended = 1 WHERE seq = ?1", [self.turn]).map(drop)
    }

    /// Removes what a session must not keep: the oldest turns, then the beginning of this one.
    fn prune(self, tx: &Transaction<'_>) -> rusqlite::Result<()> {
        let mut events =
            tx.prepare_cached("SELECT seq, turn, length(text) FROM event WHERE session = ?1 ORDER BY seq DESC")?;
        let mut rows = events.query([self.session])?;
        let (mut bytes, mut cut) = (0, None);
        while let Some(row) = rows.next()? {
            let (seq, turn, len): (i64, i64, Option<u32>) = (row.get(0)?, row.get(1)?, row.get(2)?);
            bytes += usize::try_from(len.unwrap_or(0)).unwrap_or(MOST) + EVENT;
            if bytes > MOST {
                cut = Some((seq, turn));
                break;
            }
        }
        drop(rows);
        let Some((seq, turn)) = cut else { return Ok(()) };
        let older = turn.min(self.turn - 1);
        tx.execute("DELETE FROM turn WHERE session = ?1 AND seq <= ?2", [self.session, older])?;
        if turn == self.turn {
            let user = EventKind::User.name();
            tx.execute("DELETE FROM event WHERE turn = ?1 AND seq <= ?2 AND kind <> ?3", params![turn, seq, user])?;
        }
        Ok(())
    }
}

fn interrupted() -> Error {
    Error::new(Kind::Interrupted, "the agent was interrupted")
}

/// Returns how a recorded turn ended, for the event that ends it.
pub(super) fn end_of(event: &Event) -> TurnEnd {
    let status = match event.status.as_deref() {
        Some("completed") => TurnStatus::Completed,
        Some("interrupted") => TurnStatus::Interrupted,
        _ => TurnStatus::Failed,
    };
    TurnEnd { stop_reason: event.stop_reason.clone(), error: event.error.clone(), ..TurnEnd::new(status) }
}

/// Returns the turns of a session that have no end and never will: nothing records them, and their program has ended.
pub(super) fn abandoned(connection: &Connection, session: i64) -> rusqlite::Result<Vec<(TurnRow, String)>> {
    let open: Vec<(i64, String, u32, Option<String>)> = connection
        .prepare_cached("SELECT seq, id, process, started FROM turn WHERE session = ?1 AND NOT ended")?
        .query_map([session], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut abandoned = Vec::new();
    for (turn, id, process, started) in open {
        let works = || -> rusqlite::Result<bool> {
            let command = connection
                .prepare_cached("SELECT process, started FROM command WHERE session = ?1 AND id = ?2")?
                .query_row(params![session, id], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            Ok(command.is_some_and(|(process, started): (u32, Option<String>)| is_alive(process, started.as_deref())))
        };
        if !is_alive(process, started.as_deref()) && !works()? {
            abandoned.push((TurnRow { session, turn }, id));
        }
    }
    Ok(abandoned)
}

/// Ends the turns that are [`abandoned`]. What was written of a text is all of it.
pub(super) fn end_abandoned(tx: &Transaction<'_>, session: i64) -> rusqlite::Result<()> {
    for (turn, id) in abandoned(tx, session)? {
        let deltas: Vec<(String, Vec<u8>)> = tx
            .prepare("SELECT id, text FROM event WHERE turn = ?1 AND kind = ?2 ORDER BY seq")?
            .query_map(params![turn.turn, EventKind::TextDelta.name()], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        if let Some((text, _)) = deltas.first() {
            let whole = PendingEvent {
                id: text.clone(),
                kind: EventKind::Text,
                at: Timestamp::now(),
                text: deltas.iter().flat_map(|(_, piece)| piece.iter().copied()).collect(),
                continues: false,
            };
            tx.execute(
                "DELETE FROM event WHERE turn = ?1 AND kind = ?2",
                params![turn.turn, EventKind::TextDelta.name()],
            )?;
            turn.insert(tx, &whole)?;
        }
        let why = Error::new(Kind::AgentFailed, "wharf was killed during the turn, and how it ended is not known");
        let end = TurnEnd { error: Some(why), ..TurnEnd::new(TurnStatus::Failed) };
        turn.close(tx, &id, Timestamp::now(), &end)?;
    }
    Ok(())
}

/// The recorded events to read.
#[derive(Debug, Clone, Copy)]
pub(super) struct EventRows {
    /// Those of this session.
    pub(super) session: i64,
    /// Those of this turn alone.
    pub(super) turn: Option<i64>,
    /// Those after this one.
    pub(super) after: i64,
    /// Those at this time or later.
    pub(super) since: Option<Timestamp>,
    /// The highest number of events.
    pub(super) limit: i64,
}

impl EventRows {
    /// Returns all events of a session.
    pub(super) fn of(session: i64) -> Self {
        EventRows { session, turn: None, after: 0, since: None, limit: i64::MAX }
    }

    /// Reads events, the oldest first, with the numbers of their rows.
    pub(super) fn read(&self, connection: &Connection, id: &SessionId) -> rusqlite::Result<Vec<(i64, Event)>> {
        connection
            .prepare_cached(
                "SELECT * FROM event WHERE session = ?1 AND seq > ?2 AND (?3 IS NULL OR turn = ?3)
                    AND (?4 IS NULL OR at >= ?4) ORDER BY seq LIMIT ?5",
            )?
            .query_map(params![self.session, self.after, self.turn, self.since.map(micros), self.limit], |row| {
                Ok((row.get("seq")?, event_of(row, id)?))
            })?
            .collect()
    }
}

fn event_of(row: &Row<'_>, session: &SessionId) -> rusqlite::Result<Event> {
    let kind: String = row.get("kind")?;
    let kinds = [EventKind::User, EventKind::TextDelta, EventKind::Text, EventKind::Stderr, EventKind::Status];
    let kind = kinds.into_iter().find(|known| known.name() == kind).unwrap_or(EventKind::Other);
    let text: Option<Vec<u8>> = row.get("text")?;
    let (text, encoding) = text.map(|text| Encoding::encode(&text)).unzip();
    let status: Option<String> = row.get("status")?;
    let error: Option<String> = row.get("error")?;
    let of =
        if status.as_deref() == Some(word_of(TurnStatus::Interrupted)) { Kind::Interrupted } else { Kind::AgentFailed };
    Ok(Event {
        id: row.get("id")?,
        at: timestamp(row.get("at")?),
        text,
        encoding,
        continues: row.get("continues")?,
        status,
        stop_reason: row.get("stop_reason")?,
        error: error.map(|message| Error::new(of, message)),
        ..Event::new(kind, session)
    })
}
