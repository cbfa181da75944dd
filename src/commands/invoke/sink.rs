//! Where a turn goes: the agent's text as it is written, events, or one object.

use std::cell::Cell;
use std::collections::{HashMap, VecDeque};
use std::io::{self, IsTerminal};

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::text::TurnText;
use crate::commands::Cx;
use crate::output::{Captured, Format, OutputRelays, TerminalText, escape, human};
use wharf_client::backend::turn::{RunningTurn, TurnEnd};
use wharf_core::clock::millis;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Event, EventKind, SessionId, Timestamp, ToolCall, TurnResult, TurnStatus};

/// Calls of tools that are remembered until they are answered, and of those that were denied.
const MOST_CALLS: usize = 1000;

/// Messages that are remembered as not shown.
const MOST_HIDDEN: usize = 100;

/// Bytes that wait for a reader that stalls while the turn is being stopped: more is not shown.
const BACKLOG: usize = 1 << 20;

/// The form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TurnForm {
    /// The text on stdout, and everything else on stderr.
    Text,
    /// The text alone.
    Quiet,
    /// A line for each event, and the result.
    Events,
    /// The result.
    Object,
    /// The provider's events.
    Raw,
}

/// The output of a turn.
pub(super) struct TurnSink<'a> {
    cx: &'a Cx,
    session: SessionId,
    backend: &'static str,
    form: TurnForm,
    /// Takes the result instead of stdout.
    result: Option<&'a Cell<Option<TurnResult>>>,
    started_at: Timestamp,
    started: Instant,
    /// The whole text, for a result that is an object.
    text: TurnText,
    /// The message that is being written, and how much of it was.
    preview: Option<ShownPreview>,
    /// Messages whose beginning was not shown while another one was being written.
    hidden: VecDeque<Option<String>>,
    /// Makes text safe for the terminal that it goes to.
    escape: Option<TerminalText>,
    /// The same of stderr.
    escape_errors: Option<TerminalText>,
    events: u64,
    tools: u64,
    denied: Vec<ToolCall>,
    /// Calls of tools that were not answered yet.
    calls: HashMap<String, (Instant, ToolCall)>,
    /// What was written and is to be passed on.
    captured: Captured,
    waiting: Bytes,
    /// The same for stderr.
    waiting_errors: Vec<u8>,
    relays: OutputRelays,
    /// Whether the reader of stdout went away: the turn goes on without it.
    unread: bool,
}

/// What was shown of a message before all of it was there: enough to tell whether its text begins so.
struct ShownPreview {
    id: Option<String>,
    len: usize,
    hash: Sha256,
    ends_line: bool,
}

impl ShownPreview {
    fn new(id: Option<String>) -> Self {
        ShownPreview { id, len: 0, hash: Sha256::new(), ends_line: true }
    }

    fn push(&mut self, piece: &[u8]) {
        self.len += piece.len();
        self.hash.update(piece);
        self.ends_line = piece.last().map_or(self.ends_line, |last| *last == b'\n');
    }

    /// Returns what follows in the whole text; `None` if that begins in another way.
    fn rest_of(self, text: &[u8]) -> Option<&[u8]> {
        let (begin, rest) = text.split_at_checked(self.len)?;
        (Sha256::digest(begin) == self.hash.finalize()).then_some(rest)
    }
}

impl<'a> TurnSink<'a> {
    /// Determines the form.
    pub(super) fn new(
        cx: &'a Cx,
        session: &SessionId,
        backend: &'static str,
        result: Option<&'a Cell<Option<TurnResult>>>,
    ) -> Self {
        let form = match cx.out.object_format() {
            Some(Format::Raw) => TurnForm::Raw,
            Some(Format::Jsonl) => TurnForm::Events,
            Some(_) => TurnForm::Object,
            None if cx.out.is_quiet() => TurnForm::Quiet,
            None => TurnForm::Text,
        };
        TurnSink {
            cx,
            session: session.clone(),
            backend,
            form,
            result,
            started_at: Timestamp::now(),
            started: Instant::now(),
            text: TurnText::default(),
            preview: None,
            hidden: VecDeque::new(),
            escape: io::stdout().is_terminal().then(TerminalText::default),
            escape_errors: io::stderr().is_terminal().then(TerminalText::default),
            events: 0,
            tools: 0,
            denied: Vec::new(),
            calls: HashMap::new(),
            captured: cx.out.capture(),
            waiting: Bytes::new(),
            waiting_errors: Vec::new(),
            relays: cx.out.relays(),
            unread: false,
        }
    }

    /// Passes an event on.
    ///
    /// # Errors
    /// `io` where stdout takes no more.
    pub(super) fn event(&mut self, mut event: Event) -> Result<()> {
        self.events += 1;
        event.seq = self.events;
        match event.kind {
            EventKind::ToolCall if event.thread.is_none() => self.tools += 1,
            EventKind::Text if event.thread.is_none() && matches!(self.form, TurnForm::Events | TurnForm::Object) => {
                self.text.push(&event);
            }
            _ => {}
        }
        if let Some(call) = event.tool.as_ref().filter(|call| call.permission.as_deref() == Some("deny")) {
            self.denied(call);
        }
        if self.waiting.len() + self.waiting_errors.len() > BACKLOG {
            return Ok(());
        }
        let written = match self.form {
            TurnForm::Events => self.cx.out.one(&event).and_then(|()| self.cx.out.flush()),
            TurnForm::Raw => match event.provider.text() {
                Some(text) => self.write(&format!("{text}\n")),
                // As in a listing, an event without an object of the provider's is shown itself.
                None => self.cx.out.one(&event).and_then(|()| self.cx.out.flush()),
            },
            TurnForm::Object => Ok(()),
            TurnForm::Text | TurnForm::Quiet => self.show(&event),
        };
        self.collect();
        written
    }

    /// Returns whether text waits to be passed on: until then, no event is taken.
    pub(super) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty() || !self.waiting_errors.is_empty()
    }

    /// Passes on what waits; on a terminal that shows both streams, in the order of the events. Nothing is lost where
    /// the future is dropped.
    ///
    /// # Errors
    /// `io` where stdout takes no more. A reader that went away is no error.
    pub(super) async fn pass(&mut self) -> Result<()> {
        if !self.waiting.is_empty() && !self.unread {
            match self.relays.send_stdout(&self.waiting).await {
                Err(error) if error.kind() == Kind::Closed => self.unread = true,
                sent => sent?,
            }
        }
        self.waiting = Bytes::new();
        if !self.waiting_errors.is_empty() {
            // If the reader of stderr is gone, the turn goes on without it.
            drop(self.relays.send_stderr(&Bytes::copy_from_slice(&self.waiting_errors)).await);
            self.waiting_errors.clear();
        }
        Ok(())
    }

    /// Waits until everything was written.
    ///
    /// # Errors
    /// As [`TurnSink::pass`].
    pub(super) async fn close(mut self) -> Result<()> {
        self.pass().await?;
        drop(self.relays.stderr.finish().await);
        self.cx.out.settle_stderr();
        match self.relays.stdout.finish().await {
            Err(error) if error.kind() == Kind::Closed => Ok(()),
            finished => finished,
        }
    }

    /// Takes what was written.
    fn collect(&mut self) {
        let written = self.captured.take();
        if self.waiting.is_empty() {
            self.waiting = written.into();
        } else if !written.is_empty() {
            self.waiting = [&self.waiting, &*written].concat().into();
        }
    }

    /// Notes a call that was denied.
    pub(super) fn denied(&mut self, call: &ToolCall) {
        if self.denied.len() < MOST_CALLS {
            self.denied.push(call.clone());
        }
    }

    /// Returns whether a tool was denied.
    pub(super) fn has_denied(&self) -> bool {
        !self.denied.is_empty()
    }

    fn show(&mut self, event: &Event) -> Result<()> {
        if event.thread.is_some() {
            return Ok(());
        }
        match event.kind {
            EventKind::TextDelta => {
                let id = &event.id;
                // One message at a time: another one that is written meanwhile is shown when it is complete.
                if self.hidden.contains(id) {
                    return Ok(());
                }
                if self.preview.as_ref().is_some_and(|preview| preview.id != *id) {
                    self.hidden.truncate(MOST_HIDDEN - 1);
                    self.hidden.push_front(id.clone());
                    return Ok(());
                }
                let piece = event.text_bytes();
                self.preview.get_or_insert_with(|| ShownPreview::new(id.clone())).push(&piece);
                self.write_bytes(&piece)
            }
            EventKind::Text => {
                let text = event.text_bytes();
                let is_previewed = self.preview.as_ref().is_some_and(|preview| preview.id == event.id);
                if !is_previewed {
                    self.end_line()?;
                }
                match self.preview.take().map(|preview| preview.rest_of(&text)) {
                    Some(Some(rest)) => self.write_bytes(rest)?,
                    // The preview was of another text than what was said at last.
                    Some(None) => self.write("\n").and_then(|()| self.write_bytes(&text))?,
                    None => self.write_bytes(&text)?,
                }
                if text.ends_with(b"\n") || text.is_empty() || event.continues { Ok(()) } else { self.write("\n") }
            }
            EventKind::Stderr => {
                if self.form == TurnForm::Text {
                    let block = event.text_bytes();
                    let safe = self.escape_errors.as_mut().map(|escape| escape.push(&block));
                    let block = safe.as_deref().map_or(&*block, str::as_bytes);
                    self.waiting_errors.extend_from_slice(block);
                }
                Ok(())
            }
            EventKind::ToolCall => {
                self.end_line()?;
                if let Some((id, call)) = event.tool.as_ref().and_then(|call| Some((call.id.clone()?, call)))
                    && self.calls.len() < MOST_CALLS
                {
                    self.calls.insert(id, (Instant::now(), call.clone()));
                }
                Ok(())
            }
            EventKind::ToolResult => {
                let answered = event.tool.as_ref().and_then(|result| {
                    let (since, call) = self.calls.remove(result.id.as_deref()?)?;
                    let outcome = if result.is_error == Some(true) { "failed" } else { "ok" };
                    Some(format!("{} ... {outcome} {:.1}s", human::tool(&call), since.elapsed().as_secs_f64()))
                });
                if let Some(line) = answered {
                    self.say(&line);
                }
                Ok(())
            }
            // A request to the model is over: a message that it began and that did not come will not come.
            EventKind::Usage => self.end_line(),
            // One that ends the turn is reported as its end.
            EventKind::Error if event.status.is_none() => {
                if let Some(error) = &event.error {
                    self.say(&match event.provider_type {
                        Some(_) => format!("the service reports: {error}"),
                        None => error.to_string(),
                    });
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Prints a line on stderr, where the text is not all that is wanted.
    pub(super) fn say(&mut self, line: &str) {
        if self.form != TurnForm::Text || self.cx.out.machine_errors() {
            return;
        }
        let line = human::cut_to_terminal(line);
        self.waiting_errors.extend_from_slice(format!("{}\n", escape::for_terminal(&line)).as_bytes());
    }

    /// Ends the line of a message whose end did not come.
    fn end_line(&mut self) -> Result<()> {
        match self.preview.take() {
            Some(preview) if !preview.ends_line => self.write("\n"),
            _ => Ok(()),
        }
    }

    fn write(&mut self, text: &str) -> Result<()> {
        self.write_bytes(text.as_bytes())
    }

    fn write_bytes(&mut self, bytes: &[u8]) -> Result<()> {
        let safe = self.escape.as_mut().map(|escape| escape.push(bytes));
        let out = &self.cx.out;
        out.bytes(safe.as_deref().map_or(bytes, str::as_bytes)).and_then(|()| out.flush())
    }

    /// Prepares what ends the output of a turn that is done or was stopped; [`TurnSink::close`] writes it.
    ///
    /// # Errors
    /// As [`TurnSink::conclude`].
    pub(super) fn finish(&mut self, turn: &dyn RunningTurn, end: TurnEnd, was_stopped: bool) -> Result<()> {
        self.end_line()?;
        if self.form == TurnForm::Text {
            let took = self.started.elapsed();
            self.say(&human::turn(took, was_stopped, end.usage.as_ref(), end.cost.as_ref()));
        }
        self.conclude(Some(turn), end)
    }

    /// Prepares what ends the output, when everything is decided; [`TurnSink::close`] writes it.
    ///
    /// # Errors
    /// Where it cannot be written in the output format.
    pub(super) fn conclude(&mut self, turn: Option<&dyn RunningTurn>, end: TurnEnd) -> Result<()> {
        let id = turn.and_then(RunningTurn::id);
        self.end_line()?;
        self.collect();
        if !matches!(self.form, TurnForm::Events | TurnForm::Object) {
            return Ok(());
        }
        if self.text.is_lossy() {
            self.cx.out.note(
                "note: the agent's text is not UTF-8, and U+FFFD stands for other bytes in `text`; \
                 the events of --format jsonl have them",
            );
        }
        let result = TurnResult {
            object: "result",
            id: id.map(str::to_owned),
            session: self.session.clone(),
            backend: self.backend,
            agent: turn.and_then(RunningTurn::agent).map(str::to_owned),
            conversation: turn.and_then(RunningTurn::conversation).map(str::to_owned),
            status: end.status,
            stop_reason: end.stop_reason,
            text: std::mem::take(&mut self.text).into_string(),
            pending: end.pending,
            denied: std::mem::take(&mut self.denied),
            tools: self.tools,
            events: self.events,
            reconnects: turn.map_or(0, RunningTurn::reconnects),
            usage: end.usage,
            cost: end.cost,
            started_at: self.started_at,
            duration_ms: millis(self.started.elapsed()),
            error: end.error,
            provider: end.provider,
        };
        if let Some(slot) = self.result {
            slot.set(Some(result));
            return Ok(());
        }
        let written = self.cx.out.last(result).and_then(|()| self.cx.out.flush());
        self.collect();
        written
    }
}

/// Returns the end of a turn that was not learned.
pub(super) fn unknown_end(status: TurnStatus, error: &Error) -> TurnEnd {
    TurnEnd { error: Some(error.clone()), ..TurnEnd::new(status) }
}
