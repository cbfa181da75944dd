//! What keeps a session while something works in it, and how a program is started there.

use std::ffi::OsString;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Transaction, params};
use tokio::time::Instant;

use super::capabilities::CAPABILITIES;
use super::db::{Db, fault};
use super::disk::{Durability, follow, refused};
use super::home::LocalHome;
use super::session_lock::PAUSE;
use super::sessions::mark_used;
use wharf_core::clock::until;
use wharf_core::config::env;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{RemotePath, SessionId, SessionPath};
use wharf_core::platform::process::{Program, ProgramEvent, ProgramInput, RunningProgram};
use wharf_core::platform::{self, Signal, TerminalSize};

/// How often a session with a limited idle time is noted as used while a program runs: this often in that time.
const RENEWALS: u32 = 4;

/// A record that something works in a session, which neither expires nor is deleted meanwhile.
pub(super) struct Hold {
    home: Arc<LocalHome>,
    session: SessionId,
    /// The number of the session's row.
    seq: i64,
    id: String,
    /// The interval at which the session's idle time is renewed, if it is limited.
    renewal: Option<Duration>,
    /// The time at which the use of the session was last recorded.
    renewed: Instant,
}

impl Hold {
    /// Holds a session. `also` is done in the same transaction, with the number of the session's row.
    ///
    /// # Errors
    /// `not_found`; those of `also` and of the database.
    pub(super) fn new(
        home: &Arc<LocalHome>,
        session: &SessionId,
        id: String,
        also: impl FnOnce(&Transaction<'_>, i64) -> Result<()>,
    ) -> Result<Self> {
        home.delete_undeleted()?;
        let process = std::process::id();
        let doing = "starting a command";
        let (seq, ttl) = home.db()?.write_unsynced(doing, |tx| {
            let (seq, ttl) = mark_used(tx, session, PAUSE)?;
            also(tx, seq)?;
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

    /// Holds a session in a store of this process alone, whose disk has no room for the record: room is made by commands.
    ///
    /// # Errors
    /// `unrecorded`, why there is no record, in a store that other processes use; `not_found`.
    pub(super) fn without_record(
        home: &Arc<LocalHome>,
        session: &SessionId,
        id: String,
        unrecorded: Error,
    ) -> Result<Self> {
        if home.durability == Durability::Synced || unrecorded.kind() != Kind::Io {
            return Err(unrecorded);
        }
        let seq = home.live(session)?.seq;
        Ok(Hold { home: Arc::clone(home), session: session.clone(), seq, id, renewal: None, renewed: Instant::now() })
    }

    /// Returns the name of the record.
    pub(super) fn id(&self) -> &str {
        &self.id
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

    fn renew(&mut self) {
        self.renewed = Instant::now();
        let renew = |tx: &Transaction<'_>| mark_used(tx, &self.session, PAUSE).map(drop);
        // Where that fails, as on a full disk, the record still keeps the session.
        let _ = self.home.db().and_then(|db| db.write_unsynced("renewing a session", renew));
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let doing = "ending a command";
        let deleted = self.home.db().and_then(|db| {
            db.write_unsynced(doing, |tx| {
                drop(mark_used(tx, &self.session, PAUSE));
                tx.execute("DELETE FROM command WHERE session = ?1 AND id = ?2", params![self.seq, self.id])
                    .map(drop)
                    .map_err(|e| fault(doing, &e))
            })
        });
        match deleted {
            Ok(()) => drop(self.home.db().and_then(Db::trim_log)),
            Err(_) => self.home.note_undeleted(&self.id),
        }
    }
}

/// A command line that is to hold a session while it runs.
pub(super) struct HeldCommand<'a> {
    /// The program and its arguments.
    pub(super) argv: &'a [OsString],
    /// The working directory, in the session.
    pub(super) cwd: RemotePath,
    /// Variables that it gets besides those that name the session.
    pub(super) env: Vec<(String, OsString)>,
    /// Variables of this process that it does not inherit.
    pub(super) withheld: &'a [String],
    /// The input.
    pub(super) input: ProgramInput,
    /// The size of its terminal, if it has one.
    pub(super) terminal: Option<TerminalSize>,
}

/// A program that runs in a session and holds it.
pub(super) struct HeldProgram {
    program: RunningProgram,
    hold: Hold,
}

impl HeldProgram {
    /// Starts a program. The inner error is the system's where the program cannot be started.
    ///
    /// # Errors
    /// Those of the session's directories.
    pub(super) fn start(hold: Hold, program: HeldCommand<'_>) -> Result<io::Result<Self>> {
        let at = SessionPath { session: hold.session.clone(), path: program.cwd };
        let disk = hold.home.disk()?;
        let dir = disk.session(&hold.session)?;
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
        let root = disk.session_path(&hold.session);
        let own = [
            (env::SESSION, hold.session.as_str().into()),
            (env::BACKEND, CAPABILITIES.backend.into()),
            (env::OUTPUTS, hold.home.outputs(&hold.session)?.into_os_string()),
        ];
        let own = own.into_iter().map(|(name, value)| (OsString::from(name), value));
        let env: Vec<_> = own.chain(program.env.into_iter().map(|(name, value)| (name.into(), value))).collect();
        let cwd = root.join(cwd.relative());
        let HeldCommand { argv, withheld, input, terminal, .. } = program;
        Ok(RunningProgram::start(Program { argv, cwd: &cwd, env: &env, withheld, input, terminal }).map(|program| {
            // The program may have filled the disk by now. The row names this process until then, which holds the
            // session as well.
            drop(hold.record(&program));
            HeldProgram { program, hold }
        }))
    }

    /// Returns the name of the record that holds the session.
    pub(super) fn id(&self) -> &str {
        self.hold.id()
    }

    /// Returns the next event. Nothing is lost where the future is dropped.
    ///
    /// # Errors
    /// `io` where the program's output cannot be read.
    pub(super) async fn next(&mut self) -> Result<ProgramEvent> {
        loop {
            let renewal = self.hold.renewal.map(|renewal| self.hold.renewed + renewal);
            tokio::select! {
                event = self.program.next() => return event.map_err(|e| Error::io("reading what the command writes", &e)),
                () = until(renewal) => self.hold.renew(),
            }
        }
    }

    /// Sends a signal to the program and all that it started.
    ///
    /// # Errors
    /// `io` where the system refuses.
    pub(super) fn signal(&self, signal: Signal) -> Result<()> {
        self.program.signal(signal).map_err(|e| Error::io("stopping the command", &e))
    }

    /// Changes the size of the program's terminal.
    pub(super) fn resize(&self, size: TerminalSize) {
        // The program keeps its old size.
        drop(self.program.resize(size));
    }
}
