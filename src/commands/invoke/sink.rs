//! Where a turn goes: the agent's text as it is written, events, or one object.

use std::collections::HashMap;
use std::io::{self, IsTerminal};

use bytes::Bytes;
use tokio::time::Instant;

use crate::commands::Cx;
use crate::output::{Captured, Format, Relay, TerminalText, human};
use wharf_client::backend::turn::TurnEnd;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Event, EventKind, Provider, SessionId, Timestamp, ToolCall, TurnResult, TurnStatus};

/// Calls of tools that are remembered until they are answered, and of those that were denied.
const MOST_CALLS: usize = 1000;

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
    started_at: Timestamp,
    started: Instant,
    /// The whole text, for a result that is an object.
    text: String,
    /// The message that is being written, and how much of it was.
    preview: Option<ShownPreview>,
    /// Makes text safe for the terminal that it goes to.
    escape: Option<TerminalText>,
    events: u64,
    tools: u64,
    denied: Vec<ToolCall>,
    /// Calls of tools that were not answered yet.
    calls: HashMap<String, (Instant, ToolCall)>,
    /// What was written and is to be passed on.
    captured: Captured,
    waiting: Bytes,
    relay: Relay,
    /// Whether the reader of stdout went away: the turn goes on without it.
    unread: bool,
}

struct ShownPreview {
    id: Option<String>,
    text: String,
}

impl<'a> TurnSink<'a> {
    /// Determines the form.
    pub(super) fn new(cx: &'a Cx, session: &SessionId, backend: &'static str) -> Self {
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
            started_at: Timestamp::now(),
            started: Instant::now(),
            text: String::new(),
            preview: None,
            escape: io::stdout().is_terminal().then(TerminalText::default),
            events: 0,
            tools: 0,
            denied: Vec::new(),
            calls: HashMap::new(),
            captured: cx.out.capture(),
            waiting: Bytes::new(),
            relay: Relay::stdout(),
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
                self.text.push_str(event.text.as_deref().unwrap_or_default());
            }
            _ => {}
        }
        if let Some(call) = event.tool.as_ref().filter(|call| call.permission.as_deref() == Some("deny")) {
            self.denied(call);
        }
        let written = match self.form {
            TurnForm::Events => self.cx.out.one(&event).and_then(|()| self.cx.out.flush()),
            TurnForm::Raw => event.provider.text().map_or(Ok(()), |text| self.write(&format!("{text}\n"))),
            TurnForm::Object => Ok(()),
            TurnForm::Text | TurnForm::Quiet => self.show(&event),
        };
        self.collect();
        written
    }

    /// Returns whether text waits to be passed on: until then, no event is taken.
    pub(super) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Passes on what waits. Nothing is lost where the future is dropped.
    ///
    /// # Errors
    /// `io` where stdout takes no more. A reader that went away is no error.
    pub(super) async fn pass(&mut self) -> Result<()> {
        if !self.waiting.is_empty() && !self.unread {
            match self.relay.send(&self.waiting).await {
                Err(error) if error.kind() == Kind::Closed => self.unread = true,
                sent => sent?,
            }
        }
        self.waiting = Bytes::new();
        Ok(())
    }

    /// Waits until everything was written.
    ///
    /// # Errors
    /// As [`TurnSink::pass`].
    pub(super) async fn close(mut self) -> Result<()> {
        self.pass().await?;
        match self.relay.finish().await {
            Err(error) if error.kind() == Kind::Closed => Ok(()),
            finished => finished,
        }
    }

    /// Takes what was written.
    fn collect(&mut self) {
        let written = self.captured.take();
        if !written.is_empty() {
            let mut all = self.waiting.to_vec();
            all.extend_from_slice(&written);
            self.waiting = all.into();
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
                let piece = event.text.as_deref().unwrap_or_default();
                if self.preview.as_ref().is_some_and(|preview| preview.id != event.id) {
                    self.end_line()?;
                }
                let preview =
                    self.preview.get_or_insert_with(|| ShownPreview { id: event.id.clone(), text: String::new() });
                preview.text.push_str(piece);
                self.write(piece)
            }
            EventKind::Text => {
                let text = event.text.as_deref().unwrap_or_default();
                let written = self.preview.take().filter(|preview| preview.id == event.id);
                match written.as_ref().map(|preview| text.strip_prefix(preview.text.as_str())) {
                    Some(Some(rest)) => self.write(rest)?,
                    // The preview was of another text than what was said at last.
                    Some(None) => self.write(&format!("\n{text}"))?,
                    None => self.write(text)?,
                }
                if text.ends_with('\n') || text.is_empty() { Ok(()) } else { self.write("\n") }
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
            EventKind::Error => {
                if let Some(error) = &event.error {
                    self.say(&format!("the service reports: {error}"));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Prints a line on stderr, where the text is not all that is wanted.
    pub(super) fn say(&self, line: &str) {
        if self.form == TurnForm::Text {
            self.cx.out.note_now(human::cut_to_terminal(line));
        }
    }

    /// Ends the line of a message whose end did not come.
    fn end_line(&mut self) -> Result<()> {
        match self.preview.take() {
            Some(preview) if !preview.text.is_empty() && !preview.text.ends_with('\n') => self.write("\n"),
            _ => Ok(()),
        }
    }

    fn write(&mut self, text: &str) -> Result<()> {
        let safe = self.escape.as_mut().map(|escape| escape.push(text.as_bytes()));
        let out = &self.cx.out;
        out.bytes(safe.as_deref().unwrap_or(text).as_bytes()).and_then(|()| out.flush())
    }

    /// Prepares what ends the output, when everything is decided; [`TurnSink::close`] writes it.
    ///
    /// # Errors
    /// Where it cannot be written in the output format.
    pub(super) fn finish(
        &mut self,
        id: Option<&str>,
        reconnects: u32,
        pending: Vec<ToolCall>,
        end: TurnEnd,
    ) -> Result<()> {
        let has_ended = id.is_some() && end.status != TurnStatus::Unknown;
        self.end_line()?;
        self.collect();
        if self.form == TurnForm::Text && has_ended {
            let took = self.started.elapsed();
            self.say(&human::turn(took, end.usage.as_ref(), end.cost.as_ref()));
        }
        if !matches!(self.form, TurnForm::Events | TurnForm::Object) {
            return Ok(());
        }
        let result = TurnResult {
            object: "result",
            id: id.map(str::to_owned),
            session: self.session.clone(),
            backend: self.backend,
            agent: None,
            conversation: None,
            status: end.status,
            stop_reason: end.stop_reason,
            text: std::mem::take(&mut self.text),
            pending,
            denied: std::mem::take(&mut self.denied),
            tools: self.tools,
            events: self.events,
            reconnects,
            usage: end.usage,
            cost: end.cost,
            started_at: self.started_at,
            duration_ms: u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX),
            error: end.error,
            provider: Provider::default(),
        };
        let written = self.cx.out.one(&result).and_then(|()| self.cx.out.flush());
        self.collect();
        written
    }
}

/// Returns the end of a turn that was not learned.
pub(super) fn unknown_end(status: TurnStatus, error: &Error) -> TurnEnd {
    TurnEnd { error: Some(error.clone()), ..TurnEnd::new(status) }
}
