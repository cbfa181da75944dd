//! Where a command's output goes: bytes as they come, events, or one object.

use std::collections::VecDeque;
use std::io::{self, IsTerminal};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use tokio::time::Instant;

use super::Cx;
use crate::output::{Captured, Format, Relay, TerminalText};
use wharf_client::backend::exec::{CommandEnd, CommandStatus, OutputStream};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Encoding, ExecResult, ExecStatus, OutputEvent, Provider, SessionId, Timestamp};
use wharf_core::utf8::unfinished;

/// Bytes of each stream that the object keeps: half from the beginning, half from the end.
const KEPT: usize = 1 << 20;

/// What is known of a command before it is started.
pub(super) struct ExecSink<'a> {
    cx: &'a Cx,
    session: SessionId,
    backend: &'static str,
    command: Vec<String>,
    form: Form,
    /// Whether the command has a terminal of its own, whose text drives this one.
    tty: bool,
}

/// The form of the output.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Both streams as they come.
    Bytes,
    /// A line for each block, and the object.
    Events,
    /// One object.
    Object,
}

/// The output of a command that runs.
pub(super) struct RunningSink<'a> {
    sink: ExecSink<'a>,
    started_at: Timestamp,
    started: Instant,
    stdout: StreamSink,
    stderr: StreamSink,
    events: u64,
    /// What goes to stdout by way of the command's output format.
    captured: Captured,
    /// The block that is to be passed on next.
    waiting: Option<(OutputStream, Bytes)>,
    relays: Relays,
}

/// The standard streams of this process.
struct Relays {
    stdout: Relay,
    stderr: Relay,
}

/// One stream.
#[derive(Default)]
struct StreamSink {
    bytes: u64,
    kept: Excerpt,
    /// The beginning of a character that the next block continues.
    rest: Vec<u8>,
    /// Makes text safe for the terminal that it goes to; none where bytes pass unchanged.
    escape: Option<TerminalText>,
}

/// The beginning and the end of a stream.
#[derive(Default)]
struct Excerpt {
    first: Vec<u8>,
    last: VecDeque<u8>,
    truncated: bool,
}

impl<'a> ExecSink<'a> {
    /// Determines the form.
    ///
    /// # Errors
    /// `unsupported` for `--format raw`.
    pub(super) fn new(
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
            // Many programs run others with stdout on a `/dev/null` that is open for reading too, which looks like
            // a stdout that was closed. A command is run for more than its output, so that this is no reason to fail.
            None => Form::Bytes,
        };
        Ok(ExecSink { cx, session: session.clone(), backend, command, form, tty })
    }

    /// Returns the sink of the command, which was started now.
    pub(super) fn begin(self) -> RunningSink<'a> {
        let stream = |is_terminal: bool| StreamSink {
            escape: (is_terminal && !self.tty).then(TerminalText::default),
            ..StreamSink::default()
        };
        let (stdout, stderr) = (stream(io::stdout().is_terminal()), stream(io::stderr().is_terminal()));
        let captured = self.cx.out.capture();
        RunningSink {
            sink: self,
            started_at: Timestamp::now(),
            started: Instant::now(),
            stdout,
            stderr,
            events: 0,
            captured,
            waiting: None,
            relays: Relays { stdout: Relay::stdout(), stderr: Relay::stderr() },
        }
    }
}

impl RunningSink<'_> {
    /// Returns whether a block waits to be passed on: until then, no other one is taken.
    pub(super) fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    /// Passes the block on that waits. Nothing is lost where the future is dropped.
    ///
    /// # Errors
    /// `closed` where the reader of stdout went away; `io` where stdout takes no more.
    async fn pass(&mut self) -> Result<()> {
        if let Some((stream, block)) = &self.waiting {
            match stream {
                OutputStream::Stdout => self.relays.stdout.send(block).await?,
                // A reader of stderr that went away misses it; the command goes on.
                OutputStream::Stderr => drop(self.relays.stderr.send(block).await),
            }
        }
        self.waiting = None;
        Ok(())
    }

    /// Passes the block on that waits; where none waits, completes only when stdout takes no more. Nothing is lost
    /// where the future is dropped.
    ///
    /// # Errors
    /// As [`RunningSink::pass`].
    pub(super) async fn progress(&mut self) -> Result<()> {
        if self.is_waiting() { self.pass().await } else { Err(self.relays.stdout.failed().await) }
    }

    /// Waits until everything was written.
    ///
    /// # Errors
    /// As [`RunningSink::pass`].
    pub(super) async fn close(mut self) -> Result<()> {
        self.pass().await?;
        let rest = self.captured.take();
        if !rest.is_empty() {
            self.relays.stdout.send(&rest.into()).await?;
        }
        drop(self.relays.stderr.finish().await);
        self.relays.stdout.finish().await
    }

    /// Takes a block, which [`RunningSink::pass`] passes on.
    ///
    /// # Errors
    /// Where it cannot be written in the output format.
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
        let (text, encoding) = encode(bytes);
        let name = if stream == OutputStream::Stdout { "stdout" } else { "stderr" };
        self.sink.cx.out.one(&OutputEvent::new(name, self.events, &self.sink.session, &text, encoding))?;
        self.sink.cx.out.flush()?;
        let mut line = self.waiting.take().map(|(_, line)| line.to_vec()).unwrap_or_default();
        line.append(&mut self.captured.take());
        self.waiting = Some((OutputStream::Stdout, line.into()));
        Ok(())
    }

    /// Prepares what ends the output, when everything is decided; [`RunningSink::close`] writes it.
    ///
    /// # Errors
    /// As [`RunningSink::write`].
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
        let truncated = is_cut || self.stdout.kept.truncated || self.stderr.kept.truncated;
        let (stdout, stderr) =
            (std::mem::take(&mut self.stdout.kept).bytes(), std::mem::take(&mut self.stderr.kept).bytes());
        let texts = (std::str::from_utf8(&stdout), std::str::from_utf8(&stderr));
        let (stdout, stderr, encoding) = match texts {
            (Ok(stdout), Ok(stderr)) => (stdout.to_owned(), stderr.to_owned(), Encoding::Utf8),
            _ => (STANDARD.encode(&stdout), STANDARD.encode(&stderr), Encoding::Base64),
        };
        self.sink.cx.out.one(&ExecResult {
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
            duration_ms: u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX),
            error: error.cloned(),
            provider,
        })?;
        self.sink.cx.out.flush()
    }
}

impl Excerpt {
    fn push(&mut self, bytes: &[u8]) {
        let room = (KEPT / 2).saturating_sub(self.first.len()).min(bytes.len());
        let (head, tail) = bytes.split_at(room);
        self.first.extend_from_slice(head);
        self.last.extend(tail);
        if let Some(over) = self.last.len().checked_sub(KEPT / 2).filter(|over| *over > 0) {
            self.last.drain(..over);
            self.truncated = true;
        }
    }

    /// Returns what was kept. Where the middle is missing, no character is cut in two there.
    fn bytes(mut self) -> Vec<u8> {
        if self.truncated {
            self.first.truncate(self.first.len() - unfinished(&self.first));
            while self.last.front().is_some_and(|byte| byte & 0xc0 == 0x80) {
                self.last.pop_front();
            }
        }
        self.first.extend(self.last);
        self.first
    }
}

fn encode(bytes: &[u8]) -> (String, Encoding) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), Encoding::Utf8),
        Err(_) => (STANDARD.encode(bytes), Encoding::Base64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_keeps_both_ends_and_whole_characters() {
        let mut excerpt = Excerpt::default();
        let text = "ä".repeat(KEPT) + "end";
        for block in text.as_bytes().chunks(1001) {
            excerpt.push(block);
        }
        assert!(excerpt.truncated);
        let kept = String::from_utf8(excerpt.bytes()).unwrap();
        assert!(kept.starts_with("ää") && kept.ends_with("äend") && kept.len() <= KEPT, "{}", kept.len());
        let mut small = Excerpt::default();
        small.push(b"\xff");
        assert_eq!((small.truncated, small.bytes()), (false, vec![0xff]));
    }
}
