//! The agent's work where a command does it (`--agent-command`).

use std::collections::HashMap;
use std::ffi::OsString;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::agent_simulation::{AgentSimulation, CommandOutcome, CommandTurn, SimulatedSession};
use super::body_source::BodySource;
use super::session_state::{OutputFile, SessionRegistry};
use crate::api_error::ApiResult;
use crate::runner::{ProgramEnvironment, ProgramRunner, ProgramSession, SessionProgram, take_text};
use wharf_client::backend::exec::{CommandEvent, CommandStatus, OutputStream, ProgramInput};
use wharf_client::backend::local::Local;
use wharf_client::backend::{FetchOptions, MkdirOptions, PutOptions};
use wharf_core::error::Result;
use wharf_core::model::{EntryKind, RemotePath, SessionId, SessionPath, Timestamp};
use wharf_core::random;
use wharf_core::sync::lock;
use wharf_wire::anthropic::resources::OUTPUTS;

/// The directory in which the command runs, with the mounted files and the outputs below it.
const HOME: &str = "/mnt/session";

/// The longest text of a turn, in bytes: it is one message, which stays in memory.
const TEXT_MAX: usize = 16 << 20;

/// How much of what the command writes to stderr an error quotes.
const QUOTED: usize = 1024;

/// The command that does the agent's work.
pub(super) struct AgentCommand {
    argv: Vec<OsString>,
    runner: ProgramRunner,
    backend: Arc<Local>,
    simulation: Arc<AgentSimulation>,
    sessions: Arc<SessionRegistry>,
    changing: Arc<tokio::sync::Mutex<()>>,
    /// What the sessions' directories of results held after the last turn.
    results: Mutex<HashMap<String, CollectedFiles>>,
    turns: Mutex<JoinSet<()>>,
}

/// The files of a directory of results, by their paths in it.
type CollectedFiles = HashMap<String, CollectedFile>;

/// A file that has become an output.
#[derive(Clone)]
struct CollectedFile {
    size: Option<u64>,
    modified: Option<Timestamp>,
    /// The id of the output.
    id: String,
}

impl AgentCommand {
    pub(super) fn new(
        argv: Vec<OsString>,
        runner: ProgramRunner,
        backend: Arc<Local>,
        simulation: Arc<AgentSimulation>,
        sessions: Arc<SessionRegistry>,
        changing: Arc<tokio::sync::Mutex<()>>,
    ) -> Self {
        let (results, turns) = (Mutex::default(), Mutex::default());
        AgentCommand { argv, runner, backend, simulation, sessions, changing, results, turns }
    }

    /// Starts the command if a turn of the session waits for it.
    pub(super) fn start(self: &Arc<Self>, session: &str) {
        let Some(turn) = self.simulation.with(session, SimulatedSession::next_command) else { return };
        let mut turns = lock(&self.turns);
        while turns.try_join_next().is_some() {}
        turns.spawn(Arc::clone(self).work(session.to_owned(), turn));
    }

    /// Kills what runs in a session.
    pub(super) async fn end(&self, session: &str) {
        lock(&self.results).remove(session);
        self.runner.end(session).await;
    }

    /// Kills what runs in sessions.
    pub(super) async fn end_all(&self) {
        let mut turns = std::mem::take(&mut *lock(&self.turns));
        turns.shutdown().await;
        self.runner.end_all().await;
    }

    /// Does the work of a turn, and of those that wait behind it.
    async fn work(self: Arc<Self>, session: String, turn: CommandTurn) {
        let mut next = Some(turn);
        while let Some(turn) = next {
            let mut outcome = self.run(&session, turn).await.unwrap_or_else(|e| CommandOutcome::Failed(e.to_string()));
            if let Err(refusal) = self.collect(&session).await
                && outcome == CommandOutcome::Done
            {
                outcome = CommandOutcome::Failed(format!("keeping the outputs: {}", refusal.message));
            }
            self.simulation.with(&session, |simulated| simulated.command_ended(outcome));
            // Looked at again, it has begun the next turn.
            next = self.simulation.with(&session, SimulatedSession::next_command);
        }
    }

    /// Runs the command to its end.
    async fn run(&self, session: &str, turn: CommandTurn) -> Result<CommandOutcome> {
        let id: SessionId = session.parse()?;
        let path: RemotePath = OUTPUTS.parse()?;
        let outputs = SessionPath { session: id.clone(), path };
        self.backend.session_files().mkdir(&outputs, MkdirOptions { parents: true, mode: None, bulk: true }).await?;
        let home: RemotePath = HOME.parse()?;
        let (stdin, input) = mpsc::channel(1);
        // The channel has room for it.
        drop(stdin.try_send(Bytes::from(turn.text)));
        drop(stdin);
        let program_session = ProgramSession { id: session, session: &id, home: home.clone() };
        let program = SessionProgram {
            argv: self.argv.clone(),
            cwd: home,
            env: ProgramEnvironment::Whole,
            input: ProgramInput::Stream(input),
            limit: Duration::MAX,
        };
        let mut command = self.runner.start(program_session, program).await?;
        let (mut text, mut stderr, mut written) = (Vec::new(), Vec::new(), 0);
        let mut interrupted: oneshot::Receiver<()> = turn.interrupted;
        let status = loop {
            tokio::select! {
                biased;
                Ok(()) = &mut interrupted => {
                    // Dropped, the command is killed with its process group.
                    drop(command);
                    self.runner.end(session).await;
                    return Ok(CommandOutcome::Interrupted);
                }
                event = command.next() => match event? {
                    CommandEvent::Output(OutputStream::Stdout, bytes) => {
                        written += bytes.len();
                        if written > TEXT_MAX {
                            drop(command);
                            self.runner.end(session).await;
                            let most = TEXT_MAX >> 20;
                            return Ok(CommandOutcome::Failed(format!("the agent's command wrote more than {most} MiB")));
                        }
                        text.extend_from_slice(&bytes);
                        self.say(session, &take_text(&mut text, false));
                    }
                    CommandEvent::Output(OutputStream::Stderr, bytes) => {
                        stderr.extend_from_slice(&bytes);
                        stderr.drain(..stderr.len().saturating_sub(QUOTED));
                    }
                    CommandEvent::Ended(end) => break end.status,
                },
            }
        };
        self.say(session, &take_text(&mut text, true));
        let quoted = String::from_utf8_lossy(&stderr);
        let quoted = if quoted.trim().is_empty() { String::new() } else { format!(": {}", quoted.trim()) };
        Ok(match status {
            CommandStatus::Exited(0) => CommandOutcome::Done,
            CommandStatus::Exited(code) => {
                CommandOutcome::Failed(format!("the agent's command ended with status {code}{quoted}"))
            }
            CommandStatus::Signaled(signal) => {
                CommandOutcome::Failed(format!("signal {signal} ended the agent's command{quoted}"))
            }
            CommandStatus::NotStarted(_, error) => CommandOutcome::Failed(error.to_string()),
        })
    }

    fn say(&self, session: &str, part: &str) {
        if !part.is_empty() {
            self.simulation.with(session, |simulated| simulated.command_says(part));
        }
    }

    /// Makes outputs of the files in the directory of results that are new or changed. A changed one takes the place of
    /// the output that it was.
    async fn collect(&self, session: &str) -> ApiResult<()> {
        let id: SessionId = session.parse()?;
        let directory: RemotePath = OUTPUTS.parse()?;
        let files = self.backend.session_files();
        let at = SessionPath { session: id.clone(), path: directory.clone() };
        let entries: Vec<_> = files.list(&at, true).await?.try_collect().await?;
        let before = lock(&self.results).get(session).cloned().unwrap_or_default();
        let mut after = CollectedFiles::new();
        let mut new = Vec::new();
        for entry in entries.into_iter().filter(|entry| entry.kind == EntryKind::File) {
            let path = entry.path.as_str();
            let name = path.strip_prefix(OUTPUTS).unwrap_or(path).trim_start_matches('/').to_owned();
            let (size, modified) = (entry.size, entry.modified_at);
            match before.get(&name) {
                Some(known) if (known.size, known.modified) == (size, modified) => {
                    after.insert(name, known.clone());
                }
                _ => {
                    let output = random::id("file")?;
                    let from = SessionPath { session: id.clone(), path: entry.path };
                    let to = SessionPath { session: id.clone(), path: OutputFile::path(&output)? };
                    let body = files.fetch(&from, FetchOptions::default()).await?.body;
                    let source = BodySource::new(name.clone(), body);
                    let options = PutOptions { keep_existing: true, bulk: true, expires_in: None };
                    let put = files.put(&to, &source, options).await?;
                    new.push(OutputFile::object(session, &output, &name, put.sent.bytes));
                    after.insert(name, CollectedFile { size, modified, id: output });
                }
            }
        }
        let is_old = |output: &str| {
            before.values().any(|known| known.id == output) && !after.values().any(|kept| kept.id == output)
        };
        let _changing = self.changing.lock().await;
        let mut kept = self.sessions.load(session)?;
        kept.outputs.retain(|output| !is_old(&output.file.id));
        for file in new {
            kept.add_output(file);
        }
        self.sessions.save(&mut kept)?;
        lock(&self.results).insert(session.to_owned(), after);
        Ok(())
    }
}
