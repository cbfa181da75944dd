//! The program that does an agent's work (`--agent-command`), in front of any store and for every dialect.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::runner::{ProgramEnvironment, ProgramRunner, ProgramSession, SessionProgram, take_text};
use wharf_client::backend::MkdirOptions;
use wharf_client::backend::exec::{CommandEvent, CommandStatus, OutputStream, ProgramInput};
use wharf_client::backend::local::Local;
use wharf_core::error::{Error, Kind};
use wharf_core::model::{RemotePath, SessionPath};

/// The longest text of a turn, in bytes: it is one message, which stays in memory.
const TEXT_MAX: usize = 16 << 20;

/// How much of what the program writes to stderr an error quotes.
const QUOTED: usize = 1024;

/// The program, and what runs it.
pub(super) struct AgentProgram {
    argv: Vec<OsString>,
    runner: ProgramRunner,
    backend: Arc<Local>,
}

impl AgentProgram {
    /// Returns the program with these words, which runs in sessions of a store. `scratch` is a directory that goes with
    /// the server.
    pub(super) fn new(argv: Vec<OsString>, backend: Arc<Local>, scratch: PathBuf) -> Self {
        AgentProgram { argv, runner: ProgramRunner::new(Arc::clone(&backend), scratch), backend }
    }

    /// Runs the program to its end in a directory of the session, with the text of a message on stdin. `hear` gets what it writes, in whole characters.
    /// Dropped before, the program is killed with its process group; [`AgentProgram::end`] kills the rest.
    ///
    /// # Errors
    /// Why the turn failed.
    pub(super) async fn run(
        &self,
        session: ProgramSession<'_>,
        cwd: RemotePath,
        text: String,
        hear: impl FnMut(OutputStream, &str),
    ) -> Result<(), String> {
        let id = session.id.to_owned();
        let ended = self.try_run(session, cwd, text, hear).await;
        if ended.as_ref().is_err_and(|error| error.kind() == Kind::Limit) {
            self.runner.end(&id).await;
        }
        ended.map_err(|error| error.to_string())
    }

    async fn try_run(
        &self,
        session: ProgramSession<'_>,
        cwd: RemotePath,
        text: String,
        mut hear: impl FnMut(OutputStream, &str),
    ) -> Result<(), Error> {
        for path in [session.home.join("outputs"), cwd.clone()].into_iter().filter(|path| !path.is_root()) {
            let at = SessionPath { session: session.session.clone(), path };
            let options = MkdirOptions { parents: true, mode: None, bulk: true };
            self.backend.session_files().mkdir(&at, options).await?;
        }
        let program = SessionProgram {
            argv: self.argv.clone(),
            cwd,
            env: ProgramEnvironment::Whole,
            input: ProgramInput::of(text),
            limit: Duration::MAX,
        };
        let mut command = self.runner.start(session, program).await?;
        let (mut stdout, mut stderr, mut quoted, mut written) = (Vec::new(), Vec::new(), Vec::new(), 0);
        let status = loop {
            match command.next().await? {
                CommandEvent::Output(OutputStream::Stdout, bytes) => {
                    written += bytes.len();
                    if written > TEXT_MAX {
                        let most = TEXT_MAX >> 20;
                        return Err(Error::new(Kind::Limit, format!("the agent's command wrote more than {most} MiB")));
                    }
                    stdout.extend_from_slice(&bytes);
                    hear(OutputStream::Stdout, &take_text(&mut stdout, false));
                }
                CommandEvent::Output(OutputStream::Stderr, bytes) => {
                    quoted.extend_from_slice(&bytes);
                    quoted.drain(..quoted.len().saturating_sub(QUOTED));
                    stderr.extend_from_slice(&bytes);
                    hear(OutputStream::Stderr, &take_text(&mut stderr, false));
                }
                CommandEvent::Ended(end) => break end.status,
            }
        };
        hear(OutputStream::Stdout, &take_text(&mut stdout, true));
        hear(OutputStream::Stderr, &take_text(&mut stderr, true));
        let quoted = String::from_utf8_lossy(&quoted);
        let quoted = if quoted.trim().is_empty() { String::new() } else { format!(": {}", quoted.trim()) };
        let failed = |what: String| Err(Error::new(Kind::AgentFailed, what));
        match status {
            CommandStatus::Exited(0) => Ok(()),
            CommandStatus::Exited(code) => failed(format!("the agent's command ended with status {code}{quoted}")),
            CommandStatus::Signaled(signal) => failed(format!("signal {signal} ended the agent's command{quoted}")),
            CommandStatus::NotStarted(_, error) => Err(error),
        }
    }

    /// Kills what runs under an id.
    pub(super) async fn end(&self, id: &str) {
        self.runner.end(id).await;
    }

    /// Kills everything that runs.
    pub(super) async fn end_all(&self) {
        self.runner.end_all().await;
    }
}
