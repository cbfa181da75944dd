//! Programs that really run in sessions (`--exec`): processes of this machine in a session's directory, as this user.
//!
//! A program finds the session's directories by its working directory and its variables. Absolute paths within it are
//! the machine's own: no sandbox keeps it in the session.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::session::{AgbSession, home};
use wharf_client::backend::exec::RunningCommand;
use wharf_client::backend::exec::{CommandEvent, CommandLine, CommandStatus, NewCommand, OutputStream, ProgramInput};
use wharf_client::backend::local::Local;
use wharf_client::backend::{Backend as _, Feature};
use wharf_core::config::env;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::RemotePath;
use wharf_core::platform::{self, Signal};
use wharf_core::sync::lock;
use wharf_wire::agb as wire;

/// The variable that marks the processes of a session, whatever their parents and groups are.
const MARK: &str = "WHARF_SERVE_SESSION";

/// How long processes that were killed may take to disappear.
const PATIENCE: Duration = Duration::from_secs(2);

/// Runs programs in sessions, and ends what they leave running.
pub(super) struct ProgramRunner {
    backend: Arc<Local>,
    /// A directory that goes with the server.
    scratch: PathBuf,
    /// The sessions in which something was started.
    used: Mutex<HashSet<String>>,
    /// How often code ran in each session.
    counts: Mutex<HashMap<String, u64>>,
    /// Calls that are under way. They go on where the client no longer waits, as on the service.
    calls: Mutex<JoinSet<()>>,
}

/// A program to run in a session.
pub(super) struct SessionProgram<'a> {
    /// The program, which is not looked up, and its arguments.
    pub(super) argv: Vec<OsString>,
    pub(super) cwd: RemotePath,
    /// Variables, which have names that a shell accepts.
    pub(super) env: Vec<(&'a str, &'a str)>,
    /// After this time, the program and its process group are killed.
    pub(super) limit: Duration,
}

/// What a program wrote, up to [`wire::MESSAGE_MAX`] bytes a stream, and how it ended.
pub(super) struct ProgramResult {
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
    /// None where its time was over.
    pub(super) code: Option<i64>,
}

impl ProgramRunner {
    pub(super) fn new(backend: Arc<Local>, scratch: PathBuf) -> Self {
        let (used, counts, calls) = (Mutex::default(), Mutex::default(), Mutex::default());
        ProgramRunner { backend, scratch, used, counts, calls }
    }

    /// Returns a directory for files of the server's own.
    pub(super) fn scratch(&self) -> &Path {
        &self.scratch
    }

    /// Returns the number of a run of code in a session, which is the next one.
    pub(super) fn count(&self, id: &str) -> u64 {
        let mut counts = lock(&self.counts);
        let count = counts.entry(id.to_owned()).or_default();
        *count += 1;
        *count
    }

    /// Runs a program to its end.
    ///
    /// # Errors
    /// Where it cannot be started, or how it ended is not known.
    pub(super) async fn run(&self, found: &AgbSession, program: SessionProgram<'_>) -> Result<ProgramResult> {
        let limit = program.limit;
        let command = self.start(found, program).await?;
        let (sender, receiver) = oneshot::channel();
        let call = async move { drop(sender.send(finish(command, limit).await)) };
        {
            let mut calls = lock(&self.calls);
            while calls.try_join_next().is_some() {}
            calls.spawn(call);
        }
        receiver.await.unwrap_or_else(|_| Err(Error::new(Kind::Terminated, "the server has stopped")))
    }

    /// Starts a program, whose time is for the caller to limit.
    pub(super) async fn start(
        &self,
        found: &AgbSession,
        program: SessionProgram<'_>,
    ) -> Result<Box<dyn RunningCommand>> {
        lock(&self.used).insert(found.id.clone());
        let root = self.backend.session_directory(&found.session.id)?;
        let own_home = root.join(home().relative());
        let outputs = own_home.join("outputs");
        let own: [(&str, OsString); 5] = [
            (env::PATH, env::any(env::PATH).unwrap_or_else(|| "/usr/bin:/bin".into())),
            ("LANG", "C.UTF-8".into()),
            ("HOME", own_home.into()),
            ("TMPDIR", root.join("tmp").into()),
            (env::OUTPUTS, outputs.into()),
        ];
        let asked = program.env.into_iter().map(|(name, value)| (name, value.into()));
        let env = own.into_iter().chain(asked).chain([(MARK, found.id.as_str().into())]);
        let assignment = |(name, value): (&str, OsString)| {
            let mut word = OsString::from(format!("{name}="));
            word.push(value);
            word
        };
        // The environment of this process, which may hold secrets, is not that of a session.
        let clean = ["/usr/bin/env", "-i"].map(OsString::from).into_iter();
        let argv = clean.chain(env.map(assignment)).chain(program.argv).collect();
        let new = NewCommand {
            command: CommandLine::Argv(argv),
            cwd: Some(program.cwd),
            env: Vec::new(),
            input: ProgramInput::Empty,
            terminal: None,
        };
        let exec = self.backend.exec().ok_or_else(|| self.backend.capabilities().unsupported(Feature::Exec))?;
        exec.start(&found.session.id, new).await
    }

    /// Kills everything that runs in a session.
    pub(super) async fn end(&self, id: &str) {
        lock(&self.counts).remove(id);
        if lock(&self.used).remove(id) {
            kill_all(&[id.to_owned()]).await;
        }
    }

    /// Kills everything that runs in sessions.
    pub(super) async fn end_all(&self) {
        let used: Vec<_> = lock(&self.used).drain().collect();
        kill_all(&used).await;
        let mut calls = std::mem::take(&mut *lock(&self.calls));
        drop(timeout(PATIENCE, async { while calls.join_next().await.is_some() {} }).await);
        calls.shutdown().await;
    }
}

/// A server that is cancelled leaves nothing running either, but for what starts at this moment.
impl Drop for ProgramRunner {
    fn drop(&mut self) {
        let used: Vec<_> = lock(&self.used).drain().collect();
        kill(&used);
    }
}

/// Kills the processes of sessions until there are none.
async fn kill_all(sessions: &[String]) {
    let begun = Instant::now();
    while kill(sessions) && begun.elapsed() < PATIENCE {
        sleep(Duration::from_millis(5)).await;
    }
}

/// Kills the processes of sessions, and returns whether there were any.
fn kill(sessions: &[String]) -> bool {
    if sessions.is_empty() {
        return false;
    }
    let processes = platform::processes_with(MARK, sessions);
    for process in &processes {
        // It may have ended meanwhile.
        drop(platform::send_signal(*process, Signal::Kill));
    }
    !processes.is_empty()
}

/// Waits for the end of a command, or for the end of its time.
async fn finish(mut command: Box<dyn RunningCommand>, limit: Duration) -> Result<ProgramResult> {
    let mut result = ProgramResult { stdout: Vec::new(), stderr: Vec::new(), code: None };
    let read = async {
        loop {
            match command.next().await? {
                CommandEvent::Output(stream, bytes) => {
                    let kept = match stream {
                        OutputStream::Stdout => &mut result.stdout,
                        OutputStream::Stderr => &mut result.stderr,
                    };
                    let room = wire::MESSAGE_MAX.saturating_sub(kept.len());
                    kept.extend_from_slice(bytes.get(..room.min(bytes.len())).unwrap_or_default());
                }
                CommandEvent::Ended(end) => break Ok(end.status),
            }
        }
    };
    let ended: Option<Result<CommandStatus>> = timeout(limit, read).await.ok();
    match ended.transpose()? {
        // Dropped, the command is killed with its process group.
        None => {}
        Some(CommandStatus::NotStarted(_, error)) => return Err(error),
        Some(status) => result.code = Some(status.code().into()),
    }
    Ok(result)
}
