//! Commands: programs of this machine in a session's directory, as this user. No sandbox keeps them there.

use std::ffi::OsString;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::params;
use tokio::time::Instant;

use super::capabilities::CAPABILITIES;
use super::db::fault;
use super::disk::{follow, refused};
use super::home::LocalHome;
use super::session_lock::PAUSE;
use super::sessions::mark_used;
use crate::backend::exec::{CommandEvent, CommandLine, CommandStatus, Exec, NewCommand, RunningCommand, TerminalSize};
use crate::backend::{Capabilities, Feature};
use wharf_core::clock::until;
use wharf_core::config::env;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{RemotePath, SessionId, SessionPath};
use wharf_core::platform::process::{Program, ProgramEvent, RunningProgram, start_failure};
use wharf_core::platform::{self, Signal};
use wharf_core::random;

/// How often a session with a limited idle time is noted as used while a command runs: this often in that time.
const RENEWALS: u32 = 4;

/// The commands of a home.
pub(super) struct LocalExec {
    pub(super) home: Arc<LocalHome>,
}

/// A command that runs in a session, which cannot be deleted meanwhile.
struct LocalCommand {
    program: RunningProgram,
    hold: Hold,
}

/// A record that something works in a session.
struct Hold {
    home: Arc<LocalHome>,
    session: SessionId,
    /// The number of the session's row.
    seq: i64,
    id: String,
    /// How often the session's idle time begins anew, where it is limited.
    renewal: Option<Duration>,
    /// When the session was last noted as used.
    renewed: Instant,
}

#[async_trait]
impl Exec for LocalExec {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    async fn start(&self, session: &SessionId, command: NewCommand) -> Result<Box<dyn RunningCommand>> {
        let mut argv = match command.command {
            CommandLine::Argv(argv) => argv,
            CommandLine::Script(script) => vec!["sh".into(), "-c".into(), script.into()],
            CommandLine::Code { .. } => return Err(CAPABILITIES.unsupported(Feature::ExecLanguage)),
        };
        let hold = Hold::new(&self.home, session)?;
        let at = SessionPath { session: session.clone(), path: command.cwd.unwrap_or_else(RemotePath::root) };
        let disk = self.home.disk()?;
        let dir = disk.session(session)?;
        let doing = || format!("entering the working directory `{at}`");
        let cwd = follow(&dir, &at.path).map_err(|e| refused(doing(), &e))?;
        if !dir.metadata(cwd.relative()).map_err(|e| refused(doing(), &e))?.is_dir() {
            return Err(Error::conflict(format!("the working directory is not a directory: `{at}`")));
        }
        let outputs: RemotePath = CAPABILITIES.outputs.parse()?;
        match dir.create_dir(outputs.relative()) {
            Err(e) if e.kind() != io::ErrorKind::AlreadyExists => {
                return Err(refused(format!("creating the directory of results `{outputs}`"), &e));
            }
            _ => {}
        }
        let root = disk.session_path(session);
        let own = [
            (env::SESSION, session.as_str().into()),
            (env::BACKEND, CAPABILITIES.backend.into()),
            (env::OUTPUTS, root.join(outputs.relative()).into_os_string()),
        ];
        let own = own.into_iter().map(|(name, value)| (OsString::from(name), value));
        let env: Vec<_> = own.chain(command.env.into_iter().map(|(name, value)| (name.into(), value))).collect();
        let cwd = root.join(cwd.relative());
        let program = Program { argv: &argv, cwd: &cwd, env: &env, input: command.input, terminal: command.terminal };
        match RunningProgram::start(program) {
            Ok(program) => {
                // The command may have filled the disk by now. The row names this process until then, which holds the
                // session as well.
                drop(hold.record(&program));
                Ok(Box::new(LocalCommand { program, hold }))
            }
            Err(e) => {
                let name = argv.swap_remove(0);
                Ok(Box::new(NotStarted(Some(not_started(&name, &e)))))
            }
        }
    }
}

/// Returns what a shell would make of a program that cannot be started.
fn not_started(name: &OsString, error: &io::Error) -> CommandStatus {
    let name = platform::shown(name);
    let why = if error.kind() == io::ErrorKind::NotFound {
        Error::not_found(format!("command not found: `{name}`"))
            .hint("check the name and PATH; a script needs the interpreter that its first line names")
    } else {
        Error::io(format!("running `{name}`"), error)
    };
    CommandStatus::NotStarted(start_failure(error), why)
}

/// A command that could not be started.
struct NotStarted(Option<CommandStatus>);

#[async_trait]
impl RunningCommand for NotStarted {
    fn id(&self) -> Option<&str> {
        None
    }

    async fn next(&mut self) -> Result<CommandEvent> {
        let status = self.0.take().ok_or_else(|| Error::new(Kind::Internal, "a command ended twice"))?;
        Ok(CommandEvent::Ended(status.into()))
    }

    async fn signal(&mut self, _signal: Signal) -> Result<()> {
        Ok(())
    }
}

#[async_trait]
impl RunningCommand for LocalCommand {
    fn id(&self) -> Option<&str> {
        Some(&self.hold.id)
    }

    async fn next(&mut self) -> Result<CommandEvent> {
        loop {
            let renewal = self.hold.renewal.map(|renewal| self.hold.renewed + renewal);
            tokio::select! {
                event = self.program.next() => {
                    return match event.map_err(|e| Error::io("reading what the command writes", &e))? {
                        ProgramEvent::Output(stream, bytes) => Ok(CommandEvent::Output(stream, bytes)),
                        ProgramEvent::Ended(status) => {
                            let exited = || CommandStatus::Exited(platform::exit_status(status));
                            let status = platform::ending_signal(status).map_or_else(exited, CommandStatus::Signaled);
                            Ok(CommandEvent::Ended(status.into()))
                        }
                    };
                }
                () = until(renewal) => self.hold.renew()?,
            }
        }
    }

    async fn signal(&mut self, signal: Signal) -> Result<()> {
        self.program.signal(signal).map_err(|e| Error::io("stopping the command", &e))
    }

    fn resize(&self, size: TerminalSize) {
        // The program keeps its old size.
        drop(self.program.resize(size));
    }
}

impl Hold {
    fn new(home: &Arc<LocalHome>, session: &SessionId) -> Result<Self> {
        let id = random::id("exec")?;
        let process = std::process::id();
        let doing = "starting a command";
        let (seq, ttl) = home.db()?.write_unsynced(doing, |tx| {
            let (seq, ttl) = mark_used(tx, session, PAUSE)?;
            tx.execute(
                "INSERT INTO command (session, id, process, started) VALUES (?1, ?2, ?3, ?4)",
                params![seq, id, process, platform::process_start(process)],
            )
            .map_err(|e| fault(doing, &e))?;
            Ok((seq, ttl))
        })?;
        let renewal = ttl.map(|ttl| ttl / RENEWALS);
        Ok(Hold { home: Arc::clone(home), session: session.clone(), seq, id, renewal, renewed: Instant::now() })
    }

    /// Notes which process works in the session: what holds it where this process is killed.
    fn record(&self, program: &RunningProgram) -> Result<()> {
        let process = program.process();
        let doing = "starting a command";
        self.home.db()?.write_unsynced(doing, |tx| {
            tx.execute(
                "UPDATE command SET process = ?3, started = ?4 WHERE session = ?1 AND id = ?2",
                params![self.seq, self.id, process, platform::process_start(process)],
            )
            .map(drop)
            .map_err(|e| fault(doing, &e))
        })
    }

    fn renew(&mut self) -> Result<()> {
        self.renewed = Instant::now();
        self.home.db()?.write_unsynced("renewing a session", |tx| mark_used(tx, &self.session, PAUSE).map(drop))
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let doing = "ending a command";
        // A row that stays behind counts for nothing once its process has ended.
        let _ = self.home.db().and_then(|db| {
            db.write_unsynced(doing, |tx| {
                drop(mark_used(tx, &self.session, PAUSE));
                tx.execute("DELETE FROM command WHERE session = ?1 AND id = ?2", params![self.seq, self.id])
                    .map(drop)
                    .map_err(|e| fault(doing, &e))
            })?;
            db.trim_log()
        });
    }
}
