//! The tool that runs a command in a session.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::time::{Instant, timeout};

use super::call::McpCall;
use super::results::ToolOutput;
use crate::commands::exec::environment::is_name;
use crate::commands::exec::excerpt::{Excerpt, texts};
use wharf_client::backend::exec::{
    CommandEnd, CommandEvent, CommandLine, CommandStatus, NewCommand, OutputStream, ProgramInput, RunningCommand,
};
use wharf_core::clock::until;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Encoding, SessionId};
use wharf_core::platform::Signal;
use wharf_transfer::cancellation::cancel_error;

/// The bytes of each stream in a result; the middle of a longer one is missing.
pub(super) const STREAM_BYTES: usize = 32 << 10;

/// The default time limit of a command.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// The time that a command has to end after a signal, and after it was killed.
const PATIENCE: Duration = Duration::from_secs(5);
const LAST: Duration = Duration::from_secs(1);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExecArguments {
    session_id: String,
    command: Vec<String>,
    cwd: Option<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    stdin_text: Option<String>,
    timeout_seconds: Option<u64>,
}

pub(super) async fn run(call: &McpCall<'_>) -> Result<ToolOutput> {
    let arguments: ExecArguments = call.read()?;
    let session: SessionId = arguments.session_id.parse()?;
    if arguments.command.first().is_none_or(String::is_empty) {
        return Err(Error::usage("the name of the program is empty"));
    }
    let mut texts = arguments.command.iter().chain(arguments.env.values());
    if texts.any(|text| text.contains('\0')) {
        return Err(Error::usage("a command, its arguments and variables cannot contain NUL")
            .hint("pass it on in stdinText or in a file"));
    }
    if let Some(name) = arguments.env.keys().find(|name| !is_name(name)) {
        return Err(Error::usage(format!("invalid variable: {name:?}"))
            .hint("a name has letters, digits and underscores, and does not begin with a digit"));
    }
    let input = match arguments.stdin_text {
        None => ProgramInput::Empty,
        Some(text) => {
            let limited = call.host.limits.check_text("stdinText", &text);
            limited.map_err(|error| {
                error.hint("upload it in a file with session_file_upload, and let the command read that")
            })?;
            ProgramInput::of(text)
        }
    };
    let command = NewCommand {
        command: CommandLine::Argv(arguments.command.into_iter().map(OsString::from).collect()),
        cwd: arguments.cwd.as_deref().map(|cwd| call.host.cx.resolve(cwd)).transpose()?,
        env: arguments.env.into_iter().map(|(name, value)| (name, value.into())).collect(),
        withheld: call.host.cx.settings()?.secret_variables(),
        input,
        terminal: None,
    };
    let limit = arguments.timeout_seconds.map_or(TIME_LIMIT, Duration::from_secs);
    let started = call.backend.require_exec()?.start(&session, command).await?;
    let run = CommandRun { command: started, stdout: StreamOutput::new(), stderr: StreamOutput::new(), stopping: None };
    run.follow(call, Instant::now().checked_add(limit)).await
}

/// A command that runs.
struct CommandRun {
    command: Box<dyn RunningCommand>,
    stdout: StreamOutput,
    stderr: StreamOutput,
    stopping: Option<CommandStop>,
}

/// Why a command is being stopped, and when the next step is due.
#[derive(Clone, Copy)]
struct CommandStop {
    why: Kind,
    due: Instant,
    killed: bool,
}

/// The output of a command on one stream.
struct StreamOutput {
    bytes: u64,
    excerpt: Excerpt,
}

impl StreamOutput {
    fn new() -> Self {
        StreamOutput { bytes: 0, excerpt: Excerpt::new(STREAM_BYTES) }
    }
}

impl CommandRun {
    /// Collects the output of the command until it ends, and stops it after `deadline` and when the call is cancelled.
    async fn follow(mut self, call: &McpCall<'_>, deadline: Option<Instant>) -> Result<ToolOutput> {
        let _guard = call.cancellation.register();
        loop {
            let due = self.stopping.map_or(deadline, |stopping| Some(stopping.due));
            let why = tokio::select! {
                event = self.command.next() => match event {
                    Ok(CommandEvent::Output(stream, bytes)) => {
                        let output = match stream {
                            OutputStream::Stdout => &mut self.stdout,
                            OutputStream::Stderr => &mut self.stderr,
                        };
                        output.bytes += bytes.len() as u64;
                        output.excerpt.push(&bytes);
                        continue;
                    }
                    Ok(CommandEvent::Ended(end)) => return Ok(self.finish(Some(end), None).await),
                    Err(error) => return Ok(self.finish(None, Some(error)).await),
                },
                why = call.cancellation.cancelled(), if self.stopping.is_none() => why.kind(),
                () = until(due) => Kind::Deadline,
            };
            match self.stopping {
                None => self.stop(why, Signal::Terminate).await,
                Some(CommandStop { why, killed: false, .. }) => self.stop(why, Signal::Kill).await,
                Some(CommandStop { .. }) => {
                    let error = Error::new(Kind::Unavailable, "the command did not end")
                        .hint("it was asked to end, and may still be running in the session");
                    return Ok(self.finish(None, Some(error)).await);
                }
            }
        }
    }

    /// Sends a signal. If that fails, the next step is due at once.
    async fn stop(&mut self, why: Kind, signal: Signal) {
        let killed = signal == Signal::Kill;
        let patience = if killed { LAST } else { PATIENCE };
        let sent = timeout(patience, self.command.signal(signal)).await.is_ok_and(|sent| sent.is_ok());
        let due = Instant::now() + if sent { patience } else { Duration::ZERO };
        self.stopping = Some(CommandStop { why, due, killed });
    }

    /// Returns the result of a command that ended, or whose end is not known.
    async fn finish(mut self, end: Option<CommandEnd>, error: Option<Error>) -> ToolOutput {
        let why = self.stopping.map(|stopping| stopping.why);
        if why.is_some() && end.is_some() {
            // Processes that the command started may have ignored the signal that ended it.
            drop(timeout(LAST, self.command.signal(Signal::Kill)).await);
        }
        let (code, error) = match end {
            None => (None, error),
            Some(CommandEnd { status: CommandStatus::NotStarted(code, error), .. }) => (Some(code), Some(error)),
            Some(CommandEnd { status, cut, .. }) => (Some(status.code()), cut),
        };
        let timed_out = why == Some(Kind::Deadline);
        let error = match why {
            Some(why) if !timed_out => Some(cancel_error(why).hint("the command was stopped")),
            _ => error,
        };
        let truncated = self.stdout.excerpt.is_cut() || self.stderr.excerpt.is_cut();
        let (stdout, stderr, encoding) = texts(self.stdout.excerpt.take(), self.stderr.excerpt.take());
        let fields = [
            // A command that was stopped has no status of its own.
            ("exit_code", json!(code.filter(|_| why.is_none()))),
            ("stdout", Value::String(stdout)),
            ("stderr", Value::String(stderr)),
            ("encoding", json!((encoding == Encoding::Base64).then_some(encoding))),
            ("stdout_bytes", json!(self.stdout.bytes)),
            ("stderr_bytes", json!(self.stderr.bytes)),
            ("truncated", json!(truncated)),
            ("timed_out", json!(timed_out)),
        ];
        let fields: Map<_, _> = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        ToolOutput { fields, error }
    }
}
