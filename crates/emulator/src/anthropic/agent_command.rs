//! The agent's work where a command does it (`--agent-command`).

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use futures_util::TryStreamExt as _;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::agent_simulation::{AgentSimulation, CommandOutcome, CommandTurn, SimulatedSession};
use super::body_source::BodySource;
use super::session_state::{OutputFile, SessionRegistry};
use crate::agent_program::AgentProgram;
use crate::api_error::ApiResult;
use crate::runner::ProgramSession;
use wharf_client::backend::exec::OutputStream;
use wharf_client::backend::local::Local;
use wharf_client::backend::{FetchOptions, PutOptions};
use wharf_core::error::Result;
use wharf_core::model::{EntryKind, RemotePath, SessionId, SessionPath, Timestamp};
use wharf_core::random;
use wharf_core::sync::lock;
use wharf_wire::anthropic::resources::{OUTPUTS, UPLOADS};

/// The directory with the mounted files and the outputs below it.
const HOME: &str = "/mnt/session";

/// The command that does the agent's work.
pub(super) struct AgentCommand {
    program: AgentProgram,
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
        program: AgentProgram,
        backend: Arc<Local>,
        simulation: Arc<AgentSimulation>,
        sessions: Arc<SessionRegistry>,
        changing: Arc<tokio::sync::Mutex<()>>,
    ) -> Self {
        let (results, turns) = (Mutex::default(), Mutex::default());
        AgentCommand { program, backend, simulation, sessions, changing, results, turns }
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
        self.program.end(session).await;
    }

    /// Kills what runs in sessions.
    pub(super) async fn end_all(&self) {
        let mut turns = std::mem::take(&mut *lock(&self.turns));
        turns.shutdown().await;
        self.program.end_all().await;
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
        let program_session = ProgramSession { id: session, session: &id, home: HOME.parse()? };
        let say = |stream, part: &str| {
            if stream == OutputStream::Stdout && !part.is_empty() {
                self.simulation.with(session, |life| life.command_says(part));
            }
        };
        let mut interrupted: oneshot::Receiver<()> = turn.interrupted;
        let ended = tokio::select! {
            biased;
            Ok(()) = &mut interrupted => None,
            ended = self.program.run(program_session, UPLOADS.parse()?, turn.text, say) => Some(ended),
        };
        Ok(match ended {
            None => {
                self.program.end(session).await;
                CommandOutcome::Interrupted
            }
            Some(Ok(())) => CommandOutcome::Done,
            Some(Err(why)) => CommandOutcome::Failed(why),
        })
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
