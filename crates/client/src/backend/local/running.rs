//! Commands that run in sessions: which they are, and how they are ended.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use rusqlite::Connection;
use tokio::time::Instant;

use super::capabilities::CAPABILITIES;
use super::db::fault;
use super::home::LocalHome;
use super::session_lock::SessionRow;
use wharf_core::advice::Step;
use wharf_core::config::env;
use wharf_core::error::{Error, Result};
use wharf_core::model::{RemotePath, SessionId};
use wharf_core::platform::{self, Signal};
use wharf_core::sync::lock;

/// The time between asking the commands of a session to end and killing them.
const PATIENCE: Duration = Duration::from_secs(10);

/// The commands of this process, each with its home, that have ended and whose rows could not be deleted, as on a full
/// disk. The rows name this process, which is alive.
static UNDELETED: Mutex<BTreeSet<(PathBuf, String)>> = Mutex::new(BTreeSet::new());

impl LocalHome {
    /// Notes that a command of this process has ended although it still has a row.
    pub(super) fn note_undeleted(&self, command: &str) {
        lock(&UNDELETED).insert((self.path.clone(), command.to_owned()));
    }

    /// Deletes the rows of commands of this process that have ended, if there are any.
    pub(super) fn delete_undeleted(&self) -> Result<()> {
        // Not locked during the transaction: others lock it while they hold the connection.
        let own: Vec<_> = lock(&UNDELETED).iter().filter(|(home, _)| *home == self.path).cloned().collect();
        if own.is_empty() {
            return Ok(());
        }
        let doing = "deleting the records of commands";
        self.db()?.write_unsynced(doing, |tx| {
            let delete = |command| tx.execute("DELETE FROM command WHERE id = ?1", [command]).map(drop);
            own.iter().try_for_each(|(_, command)| delete(command)).map_err(|e| fault(doing, &e))
        })?;
        lock(&UNDELETED).retain(|entry| !own.contains(entry));
        Ok(())
    }

    /// Returns the directory of results on this machine: its path is `WHARF_OUTPUTS` of all commands of a session, and
    /// of those of no other.
    pub(super) fn outputs(&self, id: &SessionId) -> Result<PathBuf> {
        let outputs: RemotePath = CAPABILITIES.outputs.parse()?;
        Ok(self.disk()?.session_path(id).join(outputs.relative()))
    }

    /// Returns the processes that lead the commands that run in a session, which has this row.
    ///
    /// A row whose process has ended may be that of a command whose process was not noted: wharf was killed, or the disk
    /// was full, just after it had started the command. What the command has started is found by its environment.
    pub(super) fn running(&self, connection: &Connection, row: i64, id: &SessionId) -> Result<Vec<u32>> {
        let commands = self.commands(connection, row).map_err(|e| fault("looking for running commands", &e))?;
        let (alive, dead): (Vec<_>, Vec<_>) =
            commands.into_iter().partition(|(process, started)| is_alive(*process, started.as_deref()));
        let mut running: BTreeSet<_> = alive.into_iter().map(|(process, _)| process).collect();
        if !dead.is_empty() {
            running.extend(platform::group_leaders_with(env::OUTPUTS, &self.outputs(id)?));
        }
        Ok(running.into_iter().collect())
    }

    /// Returns the processes of the commands in a session that have not ended as far as this process knows, with the time
    /// at which each was started.
    fn commands(&self, connection: &Connection, row: i64) -> rusqlite::Result<Vec<(u32, Option<String>)>> {
        let rows: Vec<(String, u32, Option<String>)> = connection
            .prepare_cached("SELECT id, process, started FROM command WHERE session = ?1")?
            .query_map([row], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let undeleted = lock(&UNDELETED);
        let has_ended = |command: &str| undeleted.iter().any(|(home, other)| *home == self.path && other == command);
        let going_on = rows.into_iter().filter(|(command, ..)| !has_ended(command));
        Ok(going_on.map(|(_, process, started)| (process, started)).collect())
    }

    /// Fails with `conflict` while a command runs in a session, which has this row; the hint names the `step` that stops
    /// it.
    pub(super) fn refuse_running(
        &self,
        connection: &Connection,
        row: i64,
        id: &SessionId,
        step: Step<'_>,
    ) -> Result<()> {
        let running = self.running(connection, row, id)?;
        if running.is_empty() {
            return Ok(());
        }
        Err(Error::conflict(format!("a command is running in the session `{id}`: process {}", list(&running)))
            .hint(format!("wait for it, or stop it: {step}")))
    }
}

/// Returns whether a process lives that was started at this time.
pub(super) fn is_alive(process: u32, started: Option<&str>) -> bool {
    started.is_some() && platform::process_start(process).as_deref() == started
}

/// Asks everything that runs in a session to end, and notes that its turn was interrupted.
///
/// # Errors
/// `not_found`; those of the database, and the system's where a process is another user's.
pub(super) fn ask_to_end(home: &LocalHome, id: &SessionId) -> Result<()> {
    let session = home.live(id)?.seq;
    let running = home.db()?.read_with(|c| home.running(c, session, id))?;
    if running.is_empty() {
        return Ok(());
    }
    note_interrupted(home, session);
    signal_all(&running, Signal::Terminate)
}

/// Notes that the turn of a session was interrupted. Where that fails, the turn is one that failed.
fn note_interrupted(home: &LocalHome, session: i64) {
    let doing = "interrupting a turn";
    let interrupted = "UPDATE turn SET interrupted = 1 WHERE session = ?1 AND NOT ended";
    let _ = home.db().and_then(|db| {
        db.write_unsynced(doing, |tx| tx.execute(interrupted, [session]).map(drop).map_err(|e| fault(doing, &e)))
    });
}

/// Sends a signal to the process groups, but not to that of this process.
fn signal_all(processes: &[u32], signal: Signal) -> Result<()> {
    let own = std::process::id();
    processes.iter().filter(|process| **process != own).try_for_each(|process| {
        platform::signal_group(*process, signal).map_err(|e| Error::io("stopping a command", &e))
    })
}

fn list(processes: &[u32]) -> String {
    processes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Asks the commands of a session to end, kills those that do not, and waits until all have ended.
///
/// # Errors
/// `conflict` if one of them started this process, which would wait for itself, or does not end.
pub(super) async fn interrupt(home: &LocalHome, id: &SessionId) -> Result<()> {
    // A session that is not there, or is left from a failed deletion, runs nothing.
    let Ok(SessionRow { seq: session, .. }) = home.live(id) else { return Ok(()) };
    let begun = Instant::now();
    let (mut signal, mut noted) = (Signal::Terminate, false);
    loop {
        let running = home.db()?.read_with(|c| home.running(c, session, id))?;
        if running.is_empty() {
            return Ok(());
        }
        if let Some(process) = running.iter().find(|process| platform::belongs_to(**process)) {
            return Err(Error::conflict(format!("the session `{id}` runs the command that this process belongs to"))
                .hint(format!("delete the session from outside, or after process {process} has ended")));
        }
        if begun.elapsed() > PATIENCE * 2 {
            return Err(Error::conflict("a command in the session does not end")
                .hint(format!("end it yourself: {}", list(&running))));
        }
        if begun.elapsed() > PATIENCE {
            signal = Signal::Kill;
        }
        if !noted {
            note_interrupted(home, session);
            noted = true;
        }
        signal_all(&running, signal)?;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::hold::Hold;
    use super::super::{Durability, Local};
    use super::*;
    use crate::backend::{NewSession, Sessions};

    #[tokio::test]
    async fn a_command_whose_row_cannot_be_deleted_does_not_run_any_more() {
        let dir = tempfile::tempdir().unwrap();
        let store = Local::new(dir.path().join("home"), CAPABILITIES.limits, Durability::Synced);
        let id: SessionId = "s1".parse().unwrap();
        store.sessions.create(NewSession { id: Some(id.clone()), ..NewSession::default() }).await.unwrap();
        let home = Arc::clone(&store.sessions.home);
        let rows = || {
            home.db().unwrap().read("", |c| c.query_row("SELECT count(*) FROM command", [], |row| row.get::<_, i64>(0)))
        };
        let fail = |fails: bool| home.db().unwrap().read("", |c| c.pragma_update(None, "query_only", fails)).unwrap();

        let hold = Hold::new(&home, &id, "exec_1".to_owned(), |_, _| Ok(())).unwrap();
        assert!(store.sessions.delete(&id, false).await.is_err_and(|error| error.to_string().contains("is running")));
        fail(true);
        drop(hold);
        fail(false);
        assert_eq!(rows().unwrap(), 1);
        store.sessions.check_delete(&id).await.unwrap();
        // The next command of this process deletes it.
        drop(Hold::new(&home, &id, "exec_2".to_owned(), |_, _| Ok(())).unwrap());
        assert_eq!(rows().unwrap(), 0);
    }
}
