//! Which turns run in sessions, on this machine's disk.
//!
//! The service has no list of the responses and invocations of a session. So that another process can follow or stop a
//! turn, its id is kept in a file from when it is known until the next turn of the session. Only the user can read it.
//! A file that cannot be read or written counts as missing.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use wharf_core::body::hex;
use wharf_core::model::{SessionId, Timestamp};
use wharf_core::platform;
use wharf_core::staging;

/// The longest file, in bytes.
const LONGEST: u64 = 16 * 1024;

/// The files that are read, at most.
const MANY: usize = 10_000;

/// The time after which a record is removed, in seconds: a session is gone after 30 days.
const OLD: i64 = 30 * 24 * 3600;

/// The version of the file format.
const VERSION: u8 = 1;

/// The turns of an agent's sessions that were begun on this machine.
#[derive(Debug, Clone)]
pub(super) struct TurnRecords {
    /// The directory; none where nothing is kept.
    dir: Option<PathBuf>,
    /// The service and the agent.
    scope: String,
}

/// A turn that was begun.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TurnRecord {
    version: u8,
    scope: String,
    session: String,
    /// The name of the protocol.
    pub(super) protocol: String,
    /// The id of the response or invocation.
    pub(super) id: String,
    /// The conversation.
    pub(super) conversation: Option<String>,
    began_at: Timestamp,
    /// Whether its end is known.
    pub(super) ended: bool,
}

impl TurnRecords {
    /// Returns the records in `dir` for an agent of a service.
    pub(super) fn new(dir: Option<PathBuf>, endpoint: &str, agent: &str) -> Self {
        TurnRecords { dir, scope: format!("{endpoint} {agent}") }
    }

    /// Keeps a turn that was begun, and forgets those of the session that ended.
    pub(super) fn begin(&self, session: &SessionId, protocol: &str, id: &str, conversation: Option<&str>) {
        let record = TurnRecord {
            version: VERSION,
            scope: self.scope.clone(),
            session: session.as_str().to_owned(),
            protocol: protocol.to_owned(),
            id: id.to_owned(),
            conversation: conversation.map(str::to_owned),
            began_at: Timestamp::now(),
            ended: false,
        };
        let _ = self.write(session, &record);
    }

    /// Keeps that a turn ended.
    pub(super) fn end(&self, session: &SessionId, id: &str) {
        if let Some(record) = self.of(session).into_iter().find(|record| record.id == id) {
            let _ = self.write(session, &TurnRecord { ended: true, ..record });
        }
    }

    /// Returns the turns of a session, the newest first.
    pub(super) fn of(&self, session: &SessionId) -> Vec<TurnRecord> {
        let Some(dir) = self.opened() else { return Vec::new() };
        let prefix = self.prefix(session);
        let mut found: Vec<TurnRecord> =
            names(&dir).filter(|name| name.starts_with(&prefix)).filter_map(|name| read(&dir, &name)).collect();
        found.retain(|record| record.scope == self.scope && record.session == session.as_str());
        found.sort_by_key(|record| std::cmp::Reverse(record.began_at));
        found
    }

    fn opened(&self) -> Option<Dir> {
        let dir = Dir::open_ambient_dir(self.dir.as_ref()?, ambient_authority()).ok()?;
        platform::foreign_owner(&dir).is_none().then_some(dir)
    }

    fn prefix(&self, session: &SessionId) -> String {
        format!("{}-", hashed(&format!("{} {session}", self.scope)))
    }

    fn write(&self, session: &SessionId, record: &TurnRecord) -> std::io::Result<()> {
        let Some(path) = &self.dir else { return Ok(()) };
        let dir = staging::open_private_dir(path)?;
        let prefix = self.prefix(session);
        let name = format!("{prefix}{}.json", hashed(&record.id));
        staging::write_private(&dir, &name, &serde_json::to_vec(record)?)?;
        if !record.ended {
            let is_over = |other: &str| {
                let Some(found) = read(&dir, other) else { return false };
                let age = Timestamp::now().as_second().saturating_sub(found.began_at.as_second());
                age > OLD || (found.ended && other.starts_with(&prefix))
            };
            for other in names(&dir).filter(|other| *other != name && is_over(other)) {
                let _ = dir.remove_file(other);
            }
        }
        Ok(())
    }
}

fn names(dir: &Dir) -> impl Iterator<Item = String> {
    let entries = dir.entries().into_iter().flatten().flatten().take(MANY);
    entries.filter_map(|entry| entry.file_name().into_string().ok()).filter(|name| !name.starts_with('.'))
}

fn read(dir: &Dir, name: &str) -> Option<TurnRecord> {
    // No pipe that another program left there.
    let file = platform::open_regular_below(dir, Path::new(name)).ok()?;
    let mut content = Vec::new();
    file.take(LONGEST).read_to_end(&mut content).ok()?;
    let record: TurnRecord = serde_json::from_slice(&content).ok()?;
    (record.version == VERSION).then_some(record)
}

/// Returns 32 hexadecimal digits of a hash.
fn hashed(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    hex(hash.get(..16).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_turn_of_a_session_is_kept_and_those_that_ended_before_are_forgotten() {
        let home = tempfile::tempdir().unwrap();
        let records = TurnRecords::new(Some(home.path().join("turns")), "https://service.test", "a1");
        let (session, other): (SessionId, SessionId) = ("s1".parse().unwrap(), "s2".parse().unwrap());
        assert!(records.of(&session).is_empty());
        records.begin(&session, "responses", "r1", None);
        records.begin(&session, "responses", "r2", Some("c1"));
        records.begin(&other, "responses", "r9", None);
        let ids =
            |session| records.of(session).iter().map(|record| (record.id.clone(), record.ended)).collect::<Vec<_>>();
        assert_eq!(ids(&session), [("r2".to_owned(), false), ("r1".to_owned(), false)]);
        records.end(&session, "r2");
        records.end(&session, "unknown");
        assert_eq!(ids(&session), [("r2".to_owned(), true), ("r1".to_owned(), false)]);
        records.begin(&session, "invocations", "r3", None);
        assert_eq!(ids(&session), [("r3".to_owned(), false), ("r1".to_owned(), false)]);
        assert_eq!(ids(&other), [("r9".to_owned(), false)]);
        let elsewhere = TurnRecords::new(Some(home.path().join("turns")), "https://service.test", "a2");
        assert!(elsewhere.of(&session).is_empty());
        assert!(TurnRecords::new(None, "https://service.test", "a1").of(&session).is_empty());
    }
}
