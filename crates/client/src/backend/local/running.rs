//! Commands that run in sessions: which they are, and how they are ended.

use std::time::Duration;

use rusqlite::Connection;
use tokio::time::Instant;

use super::db::fault;
use super::home::LocalHome;
use super::session_lock::SessionRow;
use wharf_core::advice::Step;
use wharf_core::error::{Error, Result};
use wharf_core::model::SessionId;
use wharf_core::platform::{self, Signal};

/// The time between asking the commands of a session to end and killing them.
const PATIENCE: Duration = Duration::from_secs(10);

/// Returns the processes of the commands that run in a session.
pub(super) fn running(connection: &Connection, session: i64) -> rusqlite::Result<Vec<u32>> {
    let rows: Vec<(u32, Option<String>)> = connection
        .prepare_cached("SELECT process, started FROM command WHERE session = ?1")?
        .query_map([session], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let alive = |(process, started): &(u32, Option<String>)| is_alive(*process, started.as_deref());
    Ok(rows.into_iter().filter(alive).map(|(process, _)| process).collect())
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
    let doing = "looking for running commands";
    let running = home.db()?.read(doing, |c| running(c, session))?;
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

/// Fails with `conflict` while a command runs in a session; the hint names the `step` that stops it.
pub(super) fn refuse_running(connection: &Connection, session: i64, id: &SessionId, step: Step<'_>) -> Result<()> {
    let running = running(connection, session).map_err(|e| fault("looking for running commands", &e))?;
    if running.is_empty() {
        return Ok(());
    }
    Err(Error::conflict(format!("a command is running in the session `{id}`: process {}", list(&running)))
        .hint(format!("wait for it, or stop it: {step}")))
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
        let running = home.db()?.read("looking for running commands", |c| running(c, session))?;
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
