//! The output of a command: bytes as they arrive, events, or one object.

use std::cell::Cell;
use std::future::pending;
use std::io::{self, IsTerminal};

use bytes::Bytes;
use tokio::time::Instant;

use super::Cx;
use super::excerpt::{self, Excerpt};
use crate::output::{Captured, Format, OutputRelays, TerminalText};
use wharf_client::backend::exec::{CommandEnd, CommandStatus, OutputStream};
use wharf_core::clock::millis;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Encoding, Event, EventKind, ExecResult, ExecStatus, Provider, SessionId, Timestamp};
use wharf_core::utf8::unfinished;

/// The maximum number of bytes of each stream in the object.
const KEPT: usize = 1 << 20;

/// The properties of a command before it is started.
pub(in crate::commands) struct ExecSink<'a> {
    cx: &'a Cx,
    session: SessionId,
    backend: &'static str,
    command: Vec<String>,
    form: Form,
    /// Whether the command has a terminal of its own, whose output goes to this terminal unchanged.
    tty: bool,
    /// Takes the object instead of stdout, for a command that goes on where stdout is closed by its reader.
    result: Option<&'a Cell<Option<ExecResult>>>,
}

/// The form of the output.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Both streams as they arrive.
    Bytes,
    /// A line for each block, then the object.
    Events,
    /// One object.
    Object,
}

/// The output of a running command.
pub(in crate::commands) struct RunningSink<'a> {
    sink: ExecSink<'a>,
    started_at: Timestamp,
    started: Instant,
    stdout: StreamSink,
    stderr: StreamSink,
    events: u64,
    /// Objects in the output format, on their way to stdout.
    captured: Captured,
    /// The next block to pass on.
    waiting: Option<(OutputStream, Bytes)>,
    relays: OutputRelays,
    /// Whether stdout was closed by its reader, and the command goes on without it.
    unread: bool,
}

/// An output stream of the command.
struct StreamSink {
    bytes: u64,
    kept: Excerpt,
    /// The start of a character that continues in the next block.
    rest: Vec<u8>,
    /// Escapes text for a terminal; `None` to pass bytes unchanged.
    escape: Option<TerminalText>,
}

impl<'a> ExecSink<'a> {
    /// Chooses the form of the output.
    ///
    /// # Errors
    /// `unsupported` for `--format raw`; `io` if an object is wanted and stdout is closed.
    pub(in crate::commands) fn new(
        cx: &'a Cx,
        session: &SessionId,
        backend: &'static str,
        command: Vec<String>,
        tty: bool,
    ) -> Result<Self> {
        let form = match cx.out.object_format() {
            Some(Format::Raw) => {
                return Err(Error::new(Kind::Unsupported, "--format raw is not available for a command's output")
                    .hint("leave it out: the output is passed on as it is"));
            }
            Some(Format::Jsonl) => Form::Events,
            Some(_) => Form::Object,
            // Unlike a download, this does not fail if stdout looks closed. Many programs run others with stdout on a
            // `/dev/null` that is open in both directions, which is indistinguishable, and a command has other effects
            // than its output.
            None => Form::Bytes,
        };
        if form != Form::Bytes {
            cx.out.expect_bytes()?;
        }
        Ok(ExecSink { cx, session: session.clone(), backend, command, form, tty, result: None })
    }

    /// Puts the object there instead of printing it. A reader that closes stdout is not an error then.
    pub(in crate::commands) fn with_result(self, result: &'a Cell<Option<ExecResult>>) -> Self {
        ExecSink { result: Some(result), ..self }
    }

    /// Returns the sink for the command, which has just been started.
    pub(in crate::commands) fn begin(self) -> RunningSink<'a> {
        let stream = |is_terminal: bool| StreamSink {
            bytes: 0,
            kept: Excerpt::new(KEPT),
            rest: Vec::new(),
            escape: (is_terminal && !self.tty).then(TerminalText::default),
        };
        let (stdout, stderr) = (stream(io::stdout().is_terminal()), stream(io::stderr().is_terminal()));
        let captured = self.cx.out.capture();
        let relays = self.cx.out.relays();
        RunningSink {
            sink: self,
            started_at: Timestamp::now(),
            started: Instant::now(),
            stdout,
            stderr,
            events: 0,
            captured,
            waiting: None,
            relays,
            unread: false,
        }
    }
}

impl RunningSink<'_> {
    /// Returns whether a block waits to be passed on. Until then, no other one is accepted.
    pub(super) fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    /// Passes on the waiting block, below what was written to the other stream before. Cancel safe: if the future is
    /// dropped, the block still waits.
    ///
    /// # Errors
    /// `closed` if stdout was closed by its reader; `io` from stdout.
    async fn pass(&mut self) -> Result<()> {
        if let Some((stream, block)) = &self.waiting {
            match stream {
                OutputStream::Stdout if self.unread => {}
                OutputStream::Stdout => match self.relays.send_stdout(block).await {
                    Err(error) if self.goes_on_without(&error) => self.unread = true,
                    sent => sent?,
                },
                // If the reader of stderr is gone, the command goes on without it.
                OutputStream::Stderr => drop(self.relays.send_stderr(block).await),
            }
        }
        self.waiting = None;
        Ok(())
    }

    /// Passes on the waiting block; without one, completes only if stdout fails. Cancel safe.
    ///
    /// # Errors
    /// Those of [`RunningSink::pass`].
    pub(super) async fn progress(&mut self) -> Result<()> {
        if self.is_waiting() {
            return self.pass().await;
        }
        if self.unread {
            return pending().await;
        }
        let error = self.relays.stdout.failed().await;
        self.unread = self.goes_on_without(&error);
        if self.unread { Ok(()) } else { Err(error) }
    }

    /// Returns whether the command goes on after this error of stdout.
    fn goes_on_without(&self, error: &Error) -> bool {
        self.sink.result.is_some() && error.kind() == Kind::Closed
    }

    /// Waits until all output is written.
    ///
    /// # Errors
    /// Those of [`RunningSink::pass`].
    pub(super) async fn close(mut self) -> Result<()> {
        self.pass().await?;
        let rest = self.captured.take();
        if !rest.is_empty() {
            self.waiting = Some((OutputStream::Stdout, rest.into()));
            self.pass().await?;
        }
        drop(self.relays.stderr.finish().await);
        self.sink.cx.out.settle_stderr();
        match self.relays.stdout.finish().await {
            Err(error) if self.goes_on_without(&error) => Ok(()),
            finished => finished,
        }
    }

    /// Accepts a block, which [`RunningSink::pass`] passes on.
    ///
    /// # Errors
    /// Fails if the block cannot be written in the output format.
    pub(super) fn write(&mut self, stream: OutputStream, bytes: &Bytes) -> Result<()> {
        let sink = match stream {
            OutputStream::Stdout => &mut self.stdout,
            OutputStream::Stderr => &mut self.stderr,
        };
        sink.bytes += bytes.len() as u64;
        match (self.sink.form, stream) {
            (Form::Object, _) => {
                sink.kept.push(bytes);
                Ok(())
            }
            (Form::Events, _) => {
                sink.kept.push(bytes);
                let mut block = std::mem::take(&mut sink.rest);
                block.extend_from_slice(bytes);
                let whole = block.len() - unfinished(&block);
                sink.rest = block.split_off(whole);
                self.event(stream, &block)
            }
            (Form::Bytes, stream) => {
                let safe = sink.escape.as_mut().map(|escape| escape.push(bytes));
                self.waiting = Some((stream, safe.map_or_else(|| bytes.clone(), Bytes::from)));
                Ok(())
            }
        }
    }

    fn event(&mut self, stream: OutputStream, bytes: &[u8]) -> Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.events += 1;
        let (text, encoding) = Encoding::encode(bytes);
        let kind = if stream == OutputStream::Stdout { EventKind::Stdout } else { EventKind::Stderr };
        self.sink.cx.out.one(&Event {
            seq: self.events,
            at: Some(Timestamp::now()),
            text: Some(text),
            encoding: Some(encoding),
            ..Event::new(kind, &self.sink.session)
        })?;
        self.sink.cx.out.flush()?;
        let mut line = self.waiting.take().map(|(_, line)| line.to_vec()).unwrap_or_default();
        line.append(&mut self.captured.take());
        self.waiting = Some((OutputStream::Stdout, line.into()));
        Ok(())
    }

    /// Prepares the end of the output, once the result is known; [`RunningSink::close`] writes it.
    ///
    /// # Errors
    /// Those of [`RunningSink::write`].
    pub(super) fn finish(
        &mut self,
        id: Option<&str>,
        status: ExecStatus,
        end: Option<CommandEnd>,
        error: Option<&Error>,
    ) -> Result<()> {
        if self.sink.form == Form::Events {
            for (stream, rest) in [
                (OutputStream::Stdout, std::mem::take(&mut self.stdout.rest)),
                (OutputStream::Stderr, std::mem::take(&mut self.stderr.rest)),
            ] {
                self.event(stream, &rest)?;
            }
        }
        if self.sink.form == Form::Bytes {
            return Ok(());
        }
        let (exit_code, signal) = match end.as_ref().map(|end| &end.status) {
            Some(CommandStatus::Signaled(signal)) => (end.as_ref().map(|end| end.status.code()), Some(*signal)),
            Some(status) => (Some(status.code()), None),
            None => (None, None),
        };
        let is_cut = end.as_ref().is_some_and(|end| end.cut.is_some());
        let (results, provider) = end.map_or((None, Provider::default()), |end| (end.results, end.provider));
        let truncated = is_cut || self.stdout.kept.is_cut() || self.stderr.kept.is_cut();
        let (stdout, stderr, encoding) = excerpt::texts(self.stdout.kept.take(), self.stderr.kept.take());
        let result = ExecResult {
            object: "exec",
            id: id.map(str::to_owned),
            session: self.sink.session.clone(),
            backend: self.sink.backend,
            command: std::mem::take(&mut self.sink.command),
            status,
            exit_code,
            signal,
            stdout: Some(stdout),
            stderr: Some(stderr),
            encoding,
            stdout_bytes: self.stdout.bytes,
            stderr_bytes: self.stderr.bytes,
            truncated,
            results,
            started_at: self.started_at,
            duration_ms: millis(self.started.elapsed()),
            error: error.cloned(),
            provider,
        };
        if let Some(slot) = self.sink.result {
            slot.set(Some(result));
            return Ok(());
        }
        self.sink.cx.out.one(&result)?;
        self.sink.cx.out.flush()
    }
}
