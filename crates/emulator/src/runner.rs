//! Programs that really run in sessions (`--exec`, `--agent-command`): processes of this machine in a session's
//! directory, as this user.
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

use wharf_client::backend::exec::RunningCommand;
use wharf_client::backend::exec::{CommandEvent, CommandLine, CommandStatus, NewCommand, OutputStream, ProgramInput};
use wharf_client::backend::local::Local;
use wharf_client::backend::{Backend as _, Feature};
use wharf_core::config::env;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{RemotePath, SessionId};
use wharf_core::platform;
use wharf_core::sync::lock;
use wharf_core::utf8::unfinished;

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

/// A session in which programs run.
pub(super) struct ProgramSession<'a> {
    /// Its id in the protocol, which its processes are marked with.
    pub(super) id: &'a str,
    /// Its id in the store.
    pub(super) session: &'a SessionId,
    /// The directory with the directory of results.
    pub(super) home: RemotePath,
}

/// A program to run in a session.
pub(super) struct SessionProgram<'a> {
    /// The program, which is looked up only with [`ProgramEnvironment::Whole`], and its arguments.
    pub(super) argv: Vec<OsString>,
    pub(super) cwd: RemotePath,
    pub(super) env: ProgramEnvironment<'a>,
    pub(super) input: ProgramInput,
    /// After this time, the program and its process group are killed, if [`ProgramRunner::run`] runs it.
    pub(super) limit: Duration,
}

/// The environment of a program.
pub(super) enum ProgramEnvironment<'a> {
    /// That of this process: the person who started the server chose the program.
    Whole,
    /// The session's own, and these variables, which have names that a shell accepts: a client chose the program, and
    /// this process may have secrets in its environment.
    Clean(Vec<(&'a str, &'a str)>),
}

/// The most bytes of a stream that are kept.
const KEPT: usize = wharf_wire::agb::MESSAGE_MAX;

/// What a program wrote, up to [`KEPT`] bytes a stream, and how it ended.
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
    pub(super) async fn run(&self, session: ProgramSession<'_>, program: SessionProgram<'_>) -> Result<ProgramResult> {
        let limit = program.limit;
        let command = self.start(session, program).await?;
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
        session: ProgramSession<'_>,
        program: SessionProgram<'_>,
    ) -> Result<Box<dyn RunningCommand>> {
        lock(&self.used).insert(session.id.to_owned());
        let root = self.backend.session_directory(session.session)?;
        let own_home = root.join(session.home.relative());
        let outputs = own_home.join("outputs");
        let (argv, env) = match program.env {
            ProgramEnvironment::Whole => {
                let own = [(env::OUTPUTS, outputs.into_os_string()), (MARK, session.id.into())];
                (program.argv, own.map(|(name, value)| (name.to_owned(), value)).into())
            }
            ProgramEnvironment::Clean(asked) => {
                let own: [(&str, OsString); 5] = [
                    (env::PATH, env::any(env::PATH).unwrap_or_else(|| "/usr/bin:/bin".into())),
                    ("LANG", "C.UTF-8".into()),
                    ("HOME", own_home.into()),
                    ("TMPDIR", root.join("tmp").into()),
                    (env::OUTPUTS, outputs.into()),
                ];
                let asked = asked.into_iter().map(|(name, value)| (name, value.into()));
                let env = own.into_iter().chain(asked).chain([(MARK, session.id.into())]);
                let assignment = |(name, value): (&str, OsString)| {
                    let mut word = OsString::from(format!("{name}="));
                    word.push(value);
                    word
                };
                let clean = ["/usr/bin/env", "-i"].map(OsString::from).into_iter();
                (clean.chain(env.map(assignment)).chain(program.argv).collect(), Vec::new())
            }
        };
        let new = NewCommand {
            command: CommandLine::Argv(argv),
            cwd: Some(program.cwd),
            env,
            withheld: Vec::new(),
            input: program.input,
            terminal: None,
        };
        let exec = self.backend.exec().ok_or_else(|| self.backend.capabilities().unsupported(Feature::Exec))?;
        exec.start(session.session, new).await
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
    !sessions.is_empty() && platform::kill_processes_with(MARK, sessions)
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
                    let room = KEPT.saturating_sub(kept.len());
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

/// Takes the text out of what was read. A character that is not whole yet stays, unless nothing follows.
pub(super) fn take_text(read: &mut Vec<u8>, ended: bool) -> String {
    let kept = if ended { 0 } else { unfinished(read) };
    let rest = read.split_off(read.len() - kept);
    String::from_utf8_lossy(&std::mem::replace(read, rest)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_that_comes_in_two_blocks_is_one() {
        for text in ["aé", "漢", "😀b", "é漢😀"] {
            for size in 1..=text.len() {
                let (mut read, mut text_so_far) = (Vec::new(), String::new());
                for block in text.as_bytes().chunks(size) {
                    read.extend_from_slice(block);
                    text_so_far.push_str(&take_text(&mut read, false));
                }
                text_so_far.push_str(&take_text(&mut read, true));
                assert_eq!((text_so_far.as_str(), read.len()), (text, 0), "{size}");
            }
        }
        let mut cut = b"a\xe6\xbc".to_vec();
        assert_eq!((take_text(&mut cut, false).as_str(), take_text(&mut cut, true).as_str()), ("a", "\u{fffd}"));
        assert_eq!(take_text(&mut b"\xff\x80\x80\x80\x80".to_vec(), false).chars().count(), 5);
    }
}
