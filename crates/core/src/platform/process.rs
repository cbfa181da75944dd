//! Running a program in a process group of its own, with its output as a stream of events.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio::time::{Duration, Instant};

use super::{OutputProbe, OutputReader, Signal, TerminalSize};
use crate::clock::until;

/// The maximum number of bytes in an event.
const CHUNK: usize = 64 << 10;

/// The maximum number of bytes that are read after a program has ended. It exceeds what a system buffers of the
/// program's output, and limits the output of processes that it left behind.
const REST: u64 = 1 << 20;

/// The time to wait for output after a program has ended: since the last byte, and in total. The output may pass
/// through another process, such as `tee` after a shell's `exec > >(tee log)`.
const QUIET: Duration = Duration::from_millis(100);
const LAST: Duration = Duration::from_secs(1);

/// A program to start.
pub struct Program<'a> {
    /// The program and its arguments. The program is searched in `PATH` unless it contains a slash.
    pub argv: &'a [OsString],
    /// The working directory.
    pub cwd: &'a Path,
    /// Variables that are added to this process's environment.
    pub env: &'a [(OsString, OsString)],
    /// Variables of this process's environment that it does not inherit.
    pub withheld: &'a [String],
    /// The standard input of the program.
    pub input: ProgramInput,
    /// The size of the program's terminal; `None` for pipes instead of a terminal.
    pub terminal: Option<TerminalSize>,
}

/// The standard input of a program.
pub enum ProgramInput {
    /// Empty input.
    Empty,
    /// The standard input of this process.
    Inherited,
    /// Blocks of bytes; the input ends when the sender is dropped.
    Stream(mpsc::Receiver<Bytes>),
}

impl ProgramInput {
    /// Returns an input with this content.
    pub fn of(content: impl Into<Bytes>) -> Self {
        let (sender, input) = mpsc::channel(1);
        // The channel has room for it, and the input ends with it.
        drop(sender.try_send(content.into()));
        ProgramInput::Stream(input)
    }
}

/// An output stream of a program. A program in a terminal has only `Stdout`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputStream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// An event of a running program.
#[derive(Debug)]
pub enum ProgramEvent {
    /// The program wrote to a stream.
    Output(OutputStream, Bytes),
    /// The program ended. Later output of other processes in its group is not read.
    Ended(ExitStatus),
}

/// Returns the exit status that shells use for a program that could not be started: 127 if it does not exist, else 126.
pub fn start_failure(error: &io::Error) -> u8 {
    if error.kind() == io::ErrorKind::NotFound { 127 } else { 126 }
}

/// A running program. If it is dropped before the program has ended, the process group is killed.
pub struct RunningProgram {
    child: Child,
    process: u32,
    stdout: Pipe,
    stderr: Pipe,
    status: Option<ExitStatus>,
    /// Once the program has ended: when to stop waiting after the last output, and when to stop in any case.
    wait: Option<(Instant, Instant)>,
}

/// An output stream and the limits for reading it.
#[derive(Default)]
struct Pipe {
    reader: Option<Box<dyn AsyncRead + Unpin + Send>>,
    probe: Option<OutputProbe>,
    buffer: BytesMut,
    /// The bytes that remain to be read, once waiting is over.
    left: Option<u64>,
    /// The maximum number of bytes to read, once the program has ended.
    rest: Option<u64>,
}

impl RunningProgram {
    /// Starts a program.
    ///
    /// # Errors
    /// `NotFound` if the program does not exist, `PermissionDenied` if it cannot be executed, `Unsupported` for a
    /// terminal on a system without pseudo-terminals.
    pub fn start(program: Program<'_>) -> io::Result<Self> {
        let Some((name, args)) = program.argv.split_first() else { return Err(io::ErrorKind::InvalidInput.into()) };
        if let Some(size) = program.terminal {
            return Self::in_terminal(program, size);
        }
        let mut command = Command::new(name);
        command.args(args).current_dir(program.cwd);
        for name in program.withheld {
            command.env_remove(name);
        }
        command.envs(program.env.iter().map(|(name, value)| (name, value)));
        command.stdin(match program.input {
            ProgramInput::Empty => Stdio::null(),
            ProgramInput::Inherited => Stdio::inherit(),
            ProgramInput::Stream(_) => Stdio::piped(),
        });
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn()?;
        if let (ProgramInput::Stream(blocks), Some(stdin)) = (program.input, child.stdin.take()) {
            tokio::spawn(feed(blocks, stdin, |_| b""));
        }
        let (stdout, stderr) = (Pipe::of(child.stdout.take())?, Pipe::of(child.stderr.take())?);
        Ok(Self::of(child, stdout, stderr))
    }

    #[cfg(unix)]
    fn in_terminal(program: Program<'_>, size: TerminalSize) -> io::Result<Self> {
        let fault = |e: pty_process::Error| match e {
            pty_process::Error::Io(e) => e,
            e => io::Error::other(e),
        };
        let (pty, pts) = pty_process::open().map_err(fault)?;
        pty.resize(pty_process::Size::new(size.rows, size.columns)).map_err(fault)?;
        let Some((name, args)) = program.argv.split_first() else { return Err(io::ErrorKind::InvalidInput.into()) };
        let command = pty_process::Command::new(name).args(args).current_dir(program.cwd);
        let command = program.withheld.iter().fold(command, pty_process::Command::env_remove);
        let command = command.envs(program.env.iter().map(|(name, value)| (name, value)));
        let child = command.spawn(pts).map_err(fault)?;
        let probe = OutputProbe::of(&pty)?;
        let (reader, writer) = pty.into_split();
        // The writer stays open without input: a program would treat a closed terminal as a hang-up.
        match program.input {
            ProgramInput::Stream(blocks) => drop(tokio::spawn(feed(blocks, writer, end_of_input))),
            ProgramInput::Empty | ProgramInput::Inherited => {}
        }
        let stdout = Pipe { reader: Some(Box::new(reader)), probe: Some(probe), ..Pipe::default() };
        Ok(Self::of(child, stdout, Pipe::default()))
    }

    #[cfg(not(unix))]
    fn in_terminal(_: Program<'_>, _: TerminalSize) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn of(child: Child, stdout: Pipe, stderr: Pipe) -> Self {
        let process = child.id().unwrap_or_default();
        RunningProgram { child, process, stdout, stderr, status: None, wait: None }
    }

    /// Returns the process id, which is also the id of the process group.
    pub fn process(&self) -> u32 {
        self.process
    }

    /// Returns the next event. Cancel safe: dropping the future loses no event.
    ///
    /// # Errors
    /// Fails if the output cannot be read or the process cannot be waited for.
    pub async fn next(&mut self) -> io::Result<ProgramEvent> {
        loop {
            if let Some(status) = self.status
                && self.stdout.is_drained()
                && self.stderr.is_drained()
            {
                return Ok(ProgramEvent::Ended(status));
            }
            let (stdout, stderr) = (&mut self.stdout, &mut self.stderr);
            let waited = self.wait.map(|(quiet, last)| quiet.min(last));
            tokio::select! {
                bytes = stdout.read(), if !stdout.is_drained() => {
                    if let Some(bytes) = bytes? {
                        return Ok(self.output(OutputStream::Stdout, bytes));
                    }
                }
                bytes = stderr.read(), if !stderr.is_drained() => {
                    if let Some(bytes) = bytes? {
                        return Ok(self.output(OutputStream::Stderr, bytes));
                    }
                }
                status = self.child.wait(), if self.status.is_none() => {
                    self.status = Some(status?);
                    self.stdout.note_end();
                    self.stderr.note_end();
                    let now = Instant::now();
                    self.wait = Some((now + QUIET, now + LAST));
                }
                () = until(waited) => {
                    self.wait = None;
                    self.stdout.leave_rest();
                    self.stderr.leave_rest();
                }
            }
        }
    }

    fn output(&mut self, stream: OutputStream, bytes: Bytes) -> ProgramEvent {
        if let Some((quiet, _)) = &mut self.wait {
            *quiet = Instant::now() + QUIET;
        }
        ProgramEvent::Output(stream, bytes)
    }

    /// Sends a signal to the process group, including processes that the program left behind.
    ///
    /// # Errors
    /// Those of the system. A group that has ended is not an error.
    pub fn signal(&self, signal: Signal) -> io::Result<()> {
        super::signal_group(self.process, signal)
    }

    /// Changes the size of the program's terminal.
    ///
    /// # Errors
    /// Those of the system; fails if the program has no terminal.
    pub fn resize(&self, size: TerminalSize) -> io::Result<()> {
        self.stdout.probe.as_ref().map_or(Ok(()), |terminal| terminal.resize(size))
    }
}

impl Drop for RunningProgram {
    fn drop(&mut self) {
        if self.status.is_none() {
            drop(self.signal(Signal::Kill));
        }
    }
}

impl Pipe {
    fn of<R: OutputReader + 'static>(reader: Option<R>) -> io::Result<Self> {
        let probe = reader.as_ref().map(OutputProbe::of).transpose()?;
        let reader = reader.map(|reader| Box::new(reader) as Box<dyn AsyncRead + Unpin + Send>);
        Ok(Pipe { reader, probe, ..Pipe::default() })
    }

    fn is_drained(&self) -> bool {
        self.reader.is_none() || self.left == Some(0)
    }

    /// Limits further reading because the program has ended.
    fn note_end(&mut self) {
        self.rest = Some(REST.max(self.waiting()));
    }

    /// Stops waiting: only bytes that are available now are still read.
    fn leave_rest(&mut self) {
        self.left = Some(self.waiting().min(self.rest.unwrap_or(0)));
    }

    fn waiting(&self) -> u64 {
        self.probe.as_ref().map_or(0, OutputProbe::waiting)
    }

    fn count(&mut self, read: u64) {
        let Some(rest) = self.rest.map(|rest| rest.saturating_sub(read)) else { return };
        self.rest = Some(rest);
        match self.left.map(|left| left.saturating_sub(read)) {
            // A terminal makes its output available in parts.
            Some(0) => self.left = Some(self.waiting().min(rest)),
            None if rest == 0 => self.left = Some(0),
            left => self.left = left,
        }
    }

    /// Returns the next bytes; `None` at the end.
    async fn read(&mut self) -> io::Result<Option<Bytes>> {
        let Some(reader) = &mut self.reader else { return Ok(None) };
        self.buffer.reserve(CHUNK);
        let limit = self.left.or(self.rest).unwrap_or(u64::MAX);
        let read = reader.as_mut().take(limit).read_buf(&mut self.buffer).await;
        match read {
            Ok(0) => self.reader = None,
            Ok(read) => self.count(read as u64),
            // Linux reports this error when all processes have closed the terminal.
            Err(e) if e.raw_os_error() == Some(super::TERMINAL_CLOSED) => self.reader = None,
            Err(e) => return Err(e),
        }
        let bytes = self.buffer.split().freeze();
        Ok((!bytes.is_empty()).then_some(bytes))
    }
}

/// Ctrl-D: the terminal passes on the pending part of a line. If that part is empty, the reader sees the end of the
/// input.
#[cfg(unix)]
const PASS_ON: u8 = 4;

/// Returns the bytes that end the input of a terminal after `last`.
#[cfg(unix)]
fn end_of_input(last: u8) -> &'static [u8] {
    if matches!(last, b'\n' | b'\r' | PASS_ON) { &[PASS_ON] } else { &[PASS_ON, PASS_ON] }
}

/// Writes blocks to `sink` until they end or the reader is gone; then writes what `end` returns for the last byte.
async fn feed(mut blocks: mpsc::Receiver<Bytes>, mut sink: impl AsyncWrite + Unpin, end: impl Fn(u8) -> &'static [u8]) {
    let mut last = b'\n';
    while let Some(block) = blocks.recv().await {
        last = block.last().copied().unwrap_or(last);
        if sink.write_all(&block).await.is_err() {
            return;
        }
    }
    // The reader may have exited already.
    drop(sink.write_all(end(last)).await);
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn start(words: &[&str], input: ProgramInput, terminal: Option<TerminalSize>) -> io::Result<RunningProgram> {
        let argv: Vec<OsString> = words.iter().map(OsString::from).collect();
        RunningProgram::start(Program { argv: &argv, cwd: Path::new("/"), env: &[], withheld: &[], input, terminal })
    }

    async fn end(mut program: RunningProgram) -> (Vec<u8>, Vec<u8>, ExitStatus) {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        loop {
            match program.next().await.unwrap() {
                ProgramEvent::Output(OutputStream::Stdout, bytes) => stdout.extend(bytes),
                ProgramEvent::Output(OutputStream::Stderr, bytes) => stderr.extend(bytes),
                ProgramEvent::Ended(status) => return (stdout, stderr, status),
            }
        }
    }

    #[tokio::test]
    async fn both_streams_arrive_whole_and_unchanged() {
        let script = r"printf '\377\0a' >&2; head -c 3000000 /dev/zero; exit 7";
        let (stdout, stderr, status) = end(start(&["sh", "-c", script], ProgramInput::Empty, None).unwrap()).await;
        assert_eq!((stdout.len(), &stderr[..], status.code()), (3_000_000, &b"\xff\0a"[..], Some(7)));
    }

    #[tokio::test]
    async fn input_reaches_the_program_and_ends() {
        let (sender, receiver) = mpsc::channel(1);
        let program = start(&["cat"], ProgramInput::Stream(receiver), None).unwrap();
        sender.send(Bytes::from_static(b"one\0")).await.unwrap();
        drop(sender);
        assert_eq!(end(program).await.0, b"one\0");
    }

    #[tokio::test]
    async fn a_process_left_in_the_background_holds_nothing_up() {
        let begun = Instant::now();
        let program = start(&["sh", "-c", "sleep 30 & echo done"], ProgramInput::Empty, None).unwrap();
        let group = program.process();
        assert_eq!(end(program).await.0, b"done\n");
        assert!(begun.elapsed() < Duration::from_secs(10));
        super::super::signal_group(group, Signal::Kill).unwrap();
    }

    #[tokio::test]
    async fn what_others_pass_on_after_the_end_is_read() {
        let begun = Instant::now();
        let script = "(sleep 0.03; seq 3) &";
        let (stdout, _, _) = end(start(&["sh", "-c", script], ProgramInput::Empty, None).unwrap()).await;
        assert_eq!(stdout, b"1\n2\n3\n");
        // What goes on for longer, or forever, does not hold it up.
        for script in ["while :; do echo x; sleep 0.01; done & echo first", "yes x & echo first"] {
            let program = start(&["sh", "-c", script], ProgramInput::Empty, None).unwrap();
            let group = program.process();
            let (stdout, _, _) = end(program).await;
            super::super::signal_group(group, Signal::Kill).unwrap();
            assert!(stdout.len() < 4 << 20, "{} bytes", stdout.len());
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    }

    #[tokio::test]
    async fn a_terminal_passes_on_a_last_line_without_a_newline() {
        for (input, wanted) in [("", ""), ("a\n", "a\r\n"), ("a\nbc", "a\r\nbc")] {
            let (sender, receiver) = mpsc::channel(1);
            let size = TerminalSize { rows: 24, columns: 80 };
            let program = start(&["sh", "-c", "stty -echo; echo; cat"], ProgramInput::Stream(receiver), Some(size));
            let mut program = program.unwrap();
            // Its echo is off by then.
            assert!(matches!(program.next().await.unwrap(), ProgramEvent::Output(..)));
            sender.send(Bytes::from_static(input.as_bytes())).await.unwrap();
            drop(sender);
            let (stdout, _, _) = tokio::time::timeout(Duration::from_secs(10), end(program)).await.expect(input);
            assert_eq!(String::from_utf8(stdout).unwrap(), wanted);
        }
    }

    #[tokio::test]
    async fn a_terminal_that_is_held_open_loses_nothing() {
        for _ in 0..20 {
            let size = TerminalSize { rows: 24, columns: 80 };
            let script = "trap '' HUP; sleep 30 & head -c 30000 /dev/zero | tr '\\0' x; echo end";
            let program = start(&["sh", "-c", script], ProgramInput::Empty, Some(size)).unwrap();
            let group = program.process();
            let (stdout, _, _) = end(program).await;
            super::super::signal_group(group, Signal::Kill).unwrap();
            assert_eq!((stdout.len(), &stdout[30_000..]), (30_005, &b"end\r\n"[..]));
        }
    }

    #[tokio::test]
    async fn a_terminal_has_the_size_that_was_asked_for() {
        let size = TerminalSize { rows: 33, columns: 77 };
        let program = start(&["stty", "size"], ProgramInput::Empty, Some(size)).unwrap();
        let (stdout, _, status) = end(program).await;
        assert_eq!((&stdout[..], status.code()), (&b"33 77\r\n"[..], Some(0)));
    }

    #[tokio::test]
    async fn a_program_that_is_dropped_ends_with_its_group() {
        let mut program = start(&["sh", "-c", "echo go; sleep 60 & wait"], ProgramInput::Empty, None).unwrap();
        assert!(matches!(program.next().await.unwrap(), ProgramEvent::Output(..)));
        let process = program.process();
        assert!(super::super::process_start(process).is_some());
        drop(program);
        let begun = Instant::now();
        while super::super::process_start(process).is_some() {
            assert!(begun.elapsed() < Duration::from_secs(10), "it still runs");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(
            start(&["/no/such"], ProgramInput::Empty, None).err().map(|e| e.kind()),
            Some(io::ErrorKind::NotFound)
        );
    }
}
