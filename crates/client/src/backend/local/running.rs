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

/// How long a session whose commands were asked to end may take before they are killed.
const PATIENCE: Duration = Duration::from_secs(10);

/// Returns the processes of the commands that run in a session.
pub(super) fn running(connection: &Connection, session: i64) -> rusqlite::Result<Vec<u32>> {
    let rows: Vec<(u32, Option<String>)> = connection
        .prepare_cached("SELECT process, started FROM command WHERE session = ?1")?
        .query_map([session], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let alive =
        |(process, started): &(u32, Option<String>)| started.is_some() && platform::process_start(*process) == *started;
    Ok(rows.into_iter().filter(alive).map(|(process, _)| process).collect())
}

/// Fails with `conflict` while a command runs in a session.
pub(super) fn refuse_running(connection: &Connection, session: i64, id: &SessionId) -> Result<()> {
    let running = running(connection, session).map_err(|e| fault("looking for running commands", &e))?;
    if running.is_empty() {
        return Ok(());
    }
    Err(Error::conflict(format!("a command is running in the session `{id}`: process {}", list(&running)))
        .hint(format!("wait for it, or stop it: {}", Step::DeleteSession { id: Some(id.as_str()), force: true })))
}

fn list(processes: &[u32]) -> String {
    processes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Asks the commands of a session to end, kills those that do not, and waits until all have ended.
pub(super) async fn interrupt(home: &LocalHome, id: &SessionId) -> Result<()> {
    // A session that is not there, or is left from a failed deletion, runs nothing.
    let Ok(SessionRow { seq: session, .. }) = home.live(id) else { return Ok(()) };
    let own = std::process::id();
    let begun = Instant::now();
    let mut signal = Signal::Terminate;
    loop {
        let running = home.db()?.read("looking for running commands", |c| running(c, session))?;
        if running.is_empty() {
            return Ok(());
        }
        if begun.elapsed() > PATIENCE * 2 {
            return Err(Error::conflict("a command in the session does not end")
                .hint(format!("end it yourself: {}", list(&running))));
        }
        if begun.elapsed() > PATIENCE {
            signal = Signal::Kill;
        }
        for process in running.into_iter().filter(|process| *process != own) {
            platform::signal_group(process, signal).map_err(|e| Error::io("stopping a command", &e))?;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
