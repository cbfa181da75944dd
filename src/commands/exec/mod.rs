//! `wharf exec`: run a command in a session.

pub(super) mod environment;
pub(super) mod excerpt;
mod input;
pub(super) mod sink;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};
use tokio::time::{Instant, timeout};

use self::sink::{ExecSink, RunningSink};
use super::Cx;
use super::cx::Signals;
use super::session_name::SessionUse;
use wharf_client::backend::Feature;
use wharf_client::backend::exec::{
    CommandEnd, CommandEvent, CommandLine, CommandStatus, NewCommand, ProgramInput, RunningCommand, TerminalSize,
};
use wharf_core::clock::until;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::ExecStatus;
use wharf_core::platform::{RawMode, Signal};
use wharf_transfer::cancellation::cancel_error;

/// The time that a command has to end after a signal.
const PATIENCE: Duration = Duration::from_secs(9);

/// The time that a command has to end after it was killed.
const LAST: Duration = Duration::from_secs(1);

pub(super) const EXAMPLES: &str = "Examples:\n  \
    wharf exec SESSION -- python3 job.py --fast\n  \
    wharf exec SESSION -w data -e LANG=C -- sort -u names.txt\n  \
    wharf exec SESSION -i -- sh <setup.sh\n  \
    wharf exec SESSION -it -- bash\n  \
    wharf exec SESSION --language python code.py\n\n\
    The exit status is the command's own; 125 if wharf fails, 126 or 127 if the\n\
    command cannot be started.";

#[derive(Debug, Args)]
pub(super) struct ExecArgs {
    /// Session; : is the one of --session or WHARF_SESSION
    #[arg(value_name = "SESSION")]
    target: String,

    /// Working directory; a relative path lies under the session's home
    #[arg(short = 'w', long, visible_alias = "workdir", value_name = "DIR")]
    cwd: Option<String>,

    /// Set a variable; without =VALUE it is passed on from here
    #[arg(short, long, value_name = "NAME[=VALUE]")]
    env: Vec<OsString>,

    /// Read variables from a file, one NAME=VALUE per line
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    env_file: Vec<PathBuf>,

    /// Pass stdin on to the command
    #[arg(short, long)]
    interactive: bool,

    /// Give the command a terminal
    #[arg(short, long)]
    tty: bool,

    /// Run a script with sh -c in the session
    #[arg(long, value_name = "SCRIPT", conflicts_with = "language")]
    shell: Option<String>,

    /// Run code with an interpreter: a file, or - for stdin
    #[arg(long, value_name = "LANGUAGE", conflicts_with_all = ["cwd", "env", "env_file", "interactive", "tty"])]
    language: Option<String>,

    /// Command and its arguments, after --
    #[arg(value_name = "COMMAND", trailing_var_arg = true)]
    command: Vec<OsString>,
}

impl ExecArgs {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        let backend = cx.backend()?;
        let exec = backend.require_exec()?;
        if self.tty {
            backend.require(Feature::ExecTerminal)?;
        }
        if self.language.is_some() {
            backend.require(Feature::ExecLanguage)?;
        }
        let until = cx.settings()?.deadline;
        let env = environment::read(&self.env, &self.env_file, until)?;
        let cwd = self.cwd.as_deref().map(|cwd| cx.resolve(cwd)).transpose()?;
        let command = command_line(self.shell, self.language, self.command, until)?;
        let session = cx.session(&self.target, SessionUse::Change("Run a command in")).await?;
        let sink = ExecSink::new(cx, &session, backend.capabilities().backend, command.words(), self.tty)?;
        let terminal = self.tty.then(input::terminal_size);
        let input = if self.interactive { input::stdin(self.tty)? } else { ProgramInput::Empty };
        let raw = (self.tty && self.interactive).then(RawMode::of_stdin).flatten();
        let mut signals = cx.signals();
        let started =
            exec.start(&session, NewCommand { command, cwd, env, withheld: Vec::new(), input, terminal }).await?;
        let result = follow(cx, &mut signals, started, sink.begin(), self.tty).await;
        drop(raw);
        result
    }
}

/// Returns the command line for the arguments.
fn command_line(
    shell: Option<String>,
    language: Option<String>,
    words: Vec<OsString>,
    until: Option<std::time::Instant>,
) -> Result<CommandLine> {
    match (shell, language) {
        (Some(script), _) if words.is_empty() => Ok(CommandLine::Script(script)),
        (Some(_), _) => Err(Error::usage("--shell takes the whole script as its value")
            .hint("quote it, or leave out --shell to run the words as they are")),
        (None, Some(language)) => {
            let code = environment::read_code(&words, until)?;
            Ok(CommandLine::Code { language, code })
        }
        (None, None) if words.first().is_none_or(|name| name.is_empty()) => {
            Err(Error::usage("a command is missing").hint("write it after `--`: `wharf exec SESSION -- ls -l`"))
        }
        (None, None) => Ok(CommandLine::Argv(words)),
    }
}

/// Why a command is being stopped, and when the next step is due: to kill it, or to give up.
struct Stopping {
    why: Kind,
    next: Instant,
    killed: bool,
}

impl Stopping {
    fn new(why: Kind) -> Self {
        Stopping { why, next: Instant::now() + PATIENCE, killed: false }
    }
}

/// Passes on the output of a command until it ends, and stops it if wharf is asked to stop.
///
/// # Errors
/// Those of the output; that of a command that did not end by itself.
pub(super) async fn follow(
    cx: &Cx,
    signals: &mut Signals,
    mut command: Box<dyn RunningCommand>,
    mut sink: RunningSink<'_>,
    tty: bool,
) -> Result<()> {
    let _guard = cx.cancellation.register();
    let mut resized = input::resizes(tty);
    let mut stopping: Option<Stopping> = None;
    // The next signal to send to the command.
    let mut pending: Option<Signal> = None;
    // Whether stdout was closed by its reader.
    let mut unread = false;
    loop {
        let due = stopping.as_ref().map(|it| it.next);
        // A service may be slow to deliver a signal. A failed one is followed by the next step.
        let event = if let Some(signal) = pending {
            tokio::select! {
                sent = command.signal(signal) => FollowEvent::Sent(sent),
                heard = signals.next() => FollowEvent::Heard(heard.signal),
                () = until(due) => FollowEvent::Overdue,
            }
        } else {
            // A command has to wait for a slow reader of its output, as if it wrote to the reader itself, unless it is
            // being stopped.
            let takes = !sink.is_waiting() || stopping.is_some();
            tokio::select! {
                passed = sink.progress(), if !unread => FollowEvent::Passed(passed),
                event = command.next(), if takes => FollowEvent::Command(event),
                heard = signals.next() => FollowEvent::Heard(heard.signal),
                error = cx.cancellation.cancelled(), if stopping.is_none() => FollowEvent::Cancelled(error.kind()),
                () = until(due) => FollowEvent::Overdue,
                Some(size) = resized.recv() => FollowEvent::Resized(size),
            }
        };
        match event {
            FollowEvent::Command(Ok(CommandEvent::Output(..))) if unread || sink.is_waiting() => {
                // The output is not read any more, or not in time.
            }
            FollowEvent::Command(Ok(CommandEvent::Output(stream, bytes))) => match sink.write(stream, &bytes) {
                Ok(()) => {}
                Err(error) => {
                    drop(timeout(PATIENCE, command.signal(Signal::Terminate)).await);
                    return Err(error);
                }
            },
            FollowEvent::Passed(Ok(())) => {}
            FollowEvent::Passed(Err(error)) if error.kind() == Kind::Closed => {
                unread = true;
                if stopping.is_none() {
                    (stopping, pending) = (Some(Stopping::new(Kind::Closed)), Some(Signal::Pipe));
                }
            }
            FollowEvent::Passed(Err(error)) => {
                drop(timeout(PATIENCE, command.signal(Signal::Terminate)).await);
                return Err(error.hint("the command was stopped: what it did until then stays"));
            }
            FollowEvent::Command(Ok(CommandEvent::Ended(end))) => {
                if stopping.is_some() {
                    // Processes that the command started may have ignored the signal that ended it.
                    drop(timeout(LAST, command.signal(Signal::Kill)).await);
                }
                return finish(cx, signals, sink, command.id(), end, stopping.map(|it| it.why)).await;
            }
            FollowEvent::Command(Err(error)) => {
                if let Some(stopping) = stopping {
                    return give_up(sink, command.id(), stopping.why).await;
                }
                sink.finish(command.id(), ExecStatus::Unknown, None, Some(&error))?;
                cx.close_output(signals, sink.close(), None).await?;
                return Err(error);
            }
            FollowEvent::Heard(signal) => {
                if stopping.as_ref().is_some_and(|it| it.why != Kind::Closed) {
                    // The second signal: leave at once.
                    drop(timeout(LAST, command.signal(Signal::Kill)).await);
                    return give_up(sink, command.id(), signal.kind()).await;
                }
                (stopping, pending) = (Some(Stopping::new(signal.kind())), Some(signal));
            }
            FollowEvent::Cancelled(why) => (stopping, pending) = (Some(Stopping::new(why)), Some(Signal::Terminate)),
            FollowEvent::Sent(sent) => {
                pending = None;
                if let (Err(error), Some(stopping)) = (sent, &stopping)
                    && error.kind() == Kind::Unsupported
                {
                    let why = stopping.why;
                    return give_up(sink, command.id(), why).await;
                }
            }
            FollowEvent::Overdue => {
                let Some(it) = &mut stopping else { continue };
                if it.killed {
                    let why = it.why;
                    return give_up(sink, command.id(), why).await;
                }
                (it.killed, it.next) = (true, Instant::now() + LAST);
                pending = Some(Signal::Kill);
            }
            FollowEvent::Resized(size) => command.resize(size),
        }
    }
}

/// An event while a command runs.
enum FollowEvent {
    /// The command wrote output, ended or failed.
    Command(Result<CommandEvent>),
    /// A block was passed on, or stdout failed.
    Passed(Result<()>),
    /// A signal was sent to the command.
    Sent(Result<()>),
    /// This process received a signal.
    Heard(Signal),
    /// wharf was cancelled for this reason.
    Cancelled(Kind),
    /// The next step of stopping the command is due.
    Overdue,
    /// The size of the terminal changed.
    Resized(TerminalSize),
}

/// Reports the end of a command.
async fn finish(
    cx: &Cx,
    signals: &mut Signals,
    mut sink: RunningSink<'_>,
    id: Option<&str>,
    end: CommandEnd,
    why: Option<Kind>,
) -> Result<()> {
    let (status, error) = match (why, &end.status) {
        (Some(why), _) => (stopped_status(why), Some(stopped_error(why))),
        (None, CommandStatus::NotStarted(_, error)) => (ExecStatus::Unknown, Some(error.clone())),
        (None, _) => (ExecStatus::Exited, end.cut.clone()),
    };
    let code = (why.is_none() && end.cut.is_none()).then(|| end.status.code());
    sink.finish(id, status, Some(end), error.as_ref())?;
    match cx.close_output(signals, sink.close(), why.map(|_| LAST)).await {
        Err(failed) if why.is_none() => return Err(failed.hint("the command has ended; its output is not whole")),
        _ => {}
    }
    if let Some(code) = code {
        cx.status.set(code);
    }
    error.map_or(Ok(()), Err)
}

/// Reports a command that may still be running.
async fn give_up(mut sink: RunningSink<'_>, id: Option<&str>, why: Kind) -> Result<()> {
    let error = stopped_error(why).hint("the command was asked to end, and may still be running in the session");
    sink.finish(id, stopped_status(why), None, Some(&error))?;
    // A stalled reader must not delay the end.
    drop(timeout(LAST, sink.close()).await);
    Err(error)
}

fn stopped_status(why: Kind) -> ExecStatus {
    if why == Kind::Deadline { ExecStatus::TimedOut } else { ExecStatus::Killed }
}

fn stopped_error(why: Kind) -> Error {
    match why {
        Kind::Closed => Error::new(why, "stdout was closed by its reader"),
        why => cancel_error(why).hint("the command was stopped"),
    }
}
