//! Running commands in sessions.

use std::ffi::OsString;

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::{Map, Value};

use super::Capabilities;
use wharf_core::error::{Error, Result};
use wharf_core::model::{Provider, RemotePath, SessionId};
use wharf_core::platform::Signal;
pub use wharf_core::platform::TerminalSize;
pub use wharf_core::platform::process::{OutputStream, ProgramInput};

/// A command to run in a session.
pub struct NewCommand {
    /// The command.
    pub command: CommandLine,
    /// The working directory; the backend's home for relative paths where there is none.
    pub cwd: Option<RemotePath>,
    /// Variables of its environment.
    pub env: Vec<(String, OsString)>,
    /// Variables of this process that it does not inherit, if it runs on this machine.
    pub withheld: Vec<String>,
    /// The input.
    pub input: ProgramInput,
    /// The size of its terminal. For a backend that has `Feature::ExecTerminal`.
    pub terminal: Option<TerminalSize>,
}

/// The command line or the code of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandLine {
    /// A program and its arguments, which no shell reads.
    Argv(Vec<OsString>),
    /// A script for `sh -c` on the session's side.
    Script(String),
    /// Code for an interpreter. For a backend that has `Feature::ExecLanguage`.
    Code {
        /// The language, by the caller's word for it.
        language: String,
        /// The code.
        code: String,
    },
}

impl CommandLine {
    /// Returns the words as text, for people and for the object `exec`.
    pub fn words(&self) -> Vec<String> {
        match self {
            CommandLine::Argv(argv) => argv.iter().map(wharf_core::platform::shown).collect(),
            CommandLine::Script(text) | CommandLine::Code { code: text, .. } => vec![text.clone()],
        }
    }
}

/// An event of a running command.
#[derive(Debug)]
pub enum CommandEvent {
    /// It wrote something.
    Output(OutputStream, Bytes),
    /// It ended: nothing follows.
    Ended(CommandEnd),
}

/// The end of a command.
#[derive(Debug)]
pub struct CommandEnd {
    /// Its exit status, or the signal that ended it.
    pub status: CommandStatus,
    /// The results that an interpreter displayed, by MIME type.
    pub results: Option<Vec<Map<String, Value>>>,
    /// The provider's own object.
    pub provider: Provider,
    /// The reason why output may be missing, if it is.
    pub cut: Option<Error>,
}

impl From<CommandStatus> for CommandEnd {
    /// Returns the end of a command of which nothing but its status is known.
    fn from(status: CommandStatus) -> Self {
        CommandEnd { status, results: None, provider: Provider::default(), cut: None }
    }
}

/// The status of a command that ended.
#[derive(Debug)]
pub enum CommandStatus {
    /// It ended with this status.
    Exited(u8),
    /// This signal ended it.
    Signaled(i32),
    /// It could not be started: the status that a shell has for that (126 or 127), and why.
    NotStarted(u8, Error),
}

impl CommandStatus {
    /// Returns the status as a shell has it.
    pub fn code(&self) -> u8 {
        match self {
            CommandStatus::Exited(code) | CommandStatus::NotStarted(code, _) => *code,
            CommandStatus::Signaled(signal) => u8::try_from(128 + signal).unwrap_or(u8::MAX),
        }
    }
}

/// A command that runs in a session. Dropped before it ended, it is stopped as far as that needs no waiting.
#[async_trait]
pub trait RunningCommand: Send {
    /// Returns the backend's name for this run.
    fn id(&self) -> Option<&str>;
    /// Returns the next event. Nothing is lost where the future is dropped.
    ///
    /// # Errors
    /// Where it is not known any more what the command does: its status was not learned.
    async fn next(&mut self) -> Result<CommandEvent>;
    /// Sends a signal to the command and all that it started.
    ///
    /// # Errors
    /// Where the signal may not have arrived; `unsupported` where nothing can stop the command.
    async fn signal(&mut self, signal: Signal) -> Result<()>;
    /// Changes the size of its terminal.
    fn resize(&self, size: TerminalSize) {
        let _ = size;
    }
}

/// Running commands in sessions.
#[async_trait]
pub trait Exec: Send + Sync {
    /// Returns what the backend can do.
    fn capabilities(&self) -> &'static Capabilities;
    /// Starts a command, at most once. A backend that starts it by a request does so with its first event, so that a
    /// signal finds what is to be stopped.
    ///
    /// # Errors
    /// Everything but the command's own failures, here or with the first event. A command that cannot be started ends
    /// with [`CommandStatus::NotStarted`], or with the status that a shell has for that.
    async fn start(&self, session: &SessionId, command: NewCommand) -> Result<Box<dyn RunningCommand>>;
}
