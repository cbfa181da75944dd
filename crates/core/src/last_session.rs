//! The session that was created last at each service, which `@last` names.
//!
//! They are kept in one small file, `last-sessions.json` in `WHARF_HOME`, an entry for each service and agent. It is
//! changed under a lock on a second file and replaced as a whole. A file that cannot be read counts as an empty one: the
//! next session that is created replaces it.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use serde::{Deserialize, Deserializer, Serialize};

use crate::error::{Error, Kind, Result};
use crate::model::SessionId;
use crate::{platform, staging};

/// The name of the file.
const NAME: &str = "last-sessions.json";

/// The name of the file that is locked while the other one is changed.
const LOCK: &str = "last-sessions.lock";

/// The highest number of services and agents that are kept. An emulator has another address each time.
const KEPT: usize = 100;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// The sessions that were created last, each at another service or for another agent.
pub struct LastSessions {
    dir: PathBuf,
}

/// The session that was created last at one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastSession {
    /// The service or store: see `Backend::origin` of the client.
    pub origin: String,
    /// The agent, if sessions are found only through theirs.
    pub agent: Option<String>,
    /// The session.
    #[serde(deserialize_with = "session_id")]
    pub session: SessionId,
    /// The title that it was created with.
    pub title: Option<String>,
}

fn session_id<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<SessionId, D::Error> {
    String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
}

impl LastSessions {
    /// Creates a handle on the file in `dir`.
    pub fn new(dir: PathBuf) -> Self {
        LastSessions { dir }
    }

    /// Returns the session that was created last at a service for an agent.
    ///
    /// # Errors
    /// `io` if there is a file that cannot be read.
    pub fn of(&self, origin: &str, agent: Option<&str>) -> Result<Option<LastSession>> {
        Ok(self.read()?.into_iter().find(|last| last.origin == origin && last.agent.as_deref() == agent))
    }

    /// Records that a session was created, in place of the one before it.
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub fn set(&self, last: LastSession) -> Result<()> {
        let doing = |e: io::Error| self.failed("writing", &e);
        platform::create_private_dir(&self.dir).map_err(doing)?;
        let _lock = self.lock().map_err(doing)?;
        let mut all = self.read()?;
        all.retain(|known| known.origin != last.origin || known.agent != last.agent);
        all.insert(0, last);
        all.truncate(KEPT);
        let text = serde_json::to_vec(&all).map_err(|e| {
            Error::new(Kind::Internal, format!("the last sessions could not be written as JSON: {e}")).caused_by(&e)
        })?;
        let dir = Dir::open_ambient_dir(&self.dir, ambient_authority()).map_err(doing)?;
        staging::write_private(&dir, NAME, &text).map_err(doing)
    }

    /// Locks the file until the returned one is dropped.
    fn lock(&self) -> io::Result<File> {
        platform::lock_private(&self.dir.join(LOCK))
    }

    /// Reads the entries, newest first. A file that other users can write to is not trusted, and counts as empty.
    fn read(&self) -> Result<Vec<LastSession>> {
        let doing = |e: io::Error| self.failed("reading", &e);
        let file = match platform::open_regular(&self.dir.join(NAME)) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other.map_err(doing)?,
        };
        if !platform::is_private(&file.metadata().map_err(doing)?) {
            return Ok(Vec::new());
        }
        let mut text = Vec::new();
        file.take(LARGEST).read_to_end(&mut text).map_err(doing)?;
        Ok(serde_json::from_slice(&text).unwrap_or_default())
    }

    fn failed(&self, doing: &str, error: &io::Error) -> Error {
        let path = self.dir.join(NAME);
        Error::io(format!("{doing} the record of the last sessions `{}`", path.display()), error)
            .hint("remove it, or name the session by its id")
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn last(origin: &str, agent: Option<&str>, session: &str) -> LastSession {
        let (agent, session) = (agent.map(str::to_owned), session.parse().unwrap());
        LastSession { origin: origin.to_owned(), agent, session, title: None }
    }

    fn session(all: &LastSessions, origin: &str, agent: Option<&str>) -> Option<String> {
        all.of(origin, agent).unwrap().map(|last| last.session.to_string())
    }

    #[test]
    fn each_service_and_agent_has_a_last_session() {
        let dir = tempfile::tempdir().unwrap();
        let all = LastSessions::new(dir.path().join("a/home"));
        assert_eq!(session(&all, "one", None), None);
        assert!(!all.dir.exists(), "nothing is made before there is something to keep");
        for (origin, agent, id) in [
            ("one", None, "s1"),
            ("two", None, "s2"),
            ("two", Some("a"), "s3"),
            ("two", Some("b"), "s4"),
            ("one", None, "s5"),
        ] {
            all.set(last(origin, agent, id)).unwrap();
        }
        assert_eq!(session(&all, "one", None).as_deref(), Some("s5"));
        assert_eq!(session(&all, "two", None).as_deref(), Some("s2"));
        assert_eq!(session(&all, "two", Some("a")).as_deref(), Some("s3"));
        assert_eq!(session(&all, "two", Some("b")).as_deref(), Some("s4"));
        assert_eq!(session(&all, "three", None), None);
        let mode = |name: &str| all.dir.join(name).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(NAME), mode(LOCK), mode("")), (0o600, 0o600, 0o700));
    }

    #[test]
    fn the_oldest_services_are_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let all = LastSessions::new(dir.path().to_owned());
        for number in 0..=KEPT {
            all.set(last(&format!("origin {number}"), None, "s1")).unwrap();
        }
        assert_eq!(session(&all, "origin 0", None), None);
        assert_eq!(session(&all, "origin 1", None).as_deref(), Some("s1"));
        assert_eq!(all.read().unwrap().len(), KEPT);
    }

    #[test]
    fn a_file_that_is_damaged_or_of_others_is_not_believed_and_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let all = LastSessions::new(dir.path().to_owned());
        for text in ["", "{", r#"[{"origin":"one","agent":null,"session":"-x","title":null}]"#] {
            all.set(last("one", None, "s1")).unwrap();
            std::fs::write(dir.path().join(NAME), text).unwrap();
            assert_eq!(session(&all, "one", None), None, "{text}");
        }
        all.set(last("one", None, "s2")).unwrap();
        assert_eq!(session(&all, "one", None).as_deref(), Some("s2"));
        std::fs::set_permissions(dir.path().join(NAME), std::fs::Permissions::from_mode(0o666)).unwrap();
        assert_eq!(session(&all, "one", None), None);
    }

    #[test]
    fn many_at_once_lose_no_entry() {
        let dir = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let all = LastSessions::new(dir.path().to_owned());
                scope.spawn(move || {
                    for number in 0..5 {
                        all.set(last(&format!("origin {thread}"), None, &format!("s{number}"))).unwrap();
                    }
                });
            }
        });
        let all = LastSessions::new(dir.path().to_owned());
        for thread in 0..8 {
            assert_eq!(session(&all, &format!("origin {thread}"), None).as_deref(), Some("s4"));
        }
    }
}
