//! A session of the store, as this protocol has it.

use std::collections::HashSet;
use std::sync::Mutex;

use crate::runner::ProgramSession;
use wharf_core::model::{RemotePath, Session, SessionPath, SessionStatus};
use wharf_core::sync::lock;
use wharf_wire::agb as wire;

/// The label that marks a session of this protocol, and names the image it was made from.
pub(super) const IMAGE: &str = "agb.image";

/// Directories that every session has. Commands run in the first, which is where relative paths are.
pub(super) const DIRECTORIES: [&str; 2] = ["/home/agb", "/tmp"];

/// Returns the directory that relative paths start from.
pub(super) fn home() -> RemotePath {
    DIRECTORIES.first().and_then(|home| home.parse().ok()).unwrap_or_else(RemotePath::root)
}

/// Released sessions that are remembered.
const REMEMBERED: usize = 10_000;

/// A session that exists.
pub(super) struct AgbSession {
    /// Its id in the protocol.
    pub(super) id: String,
    /// What the store has.
    pub(super) session: Session,
}

impl AgbSession {
    /// Returns the place of a path in the session.
    pub(super) fn at(&self, path: RemotePath) -> SessionPath {
        SessionPath { session: self.session.id.clone(), path }
    }

    /// Returns it as a place where programs run.
    pub(super) fn program_session(&self) -> ProgramSession<'_> {
        ProgramSession { id: &self.id, session: &self.session.id, home: home() }
    }

    pub(super) fn label(&self, name: &str) -> Option<&str> {
        self.session.labels.as_ref()?.get(name).map(String::as_str)
    }

    pub(super) fn status(&self) -> &'static str {
        match self.session.status {
            SessionStatus::Stopped => wire::status::PAUSED,
            _ => wire::status::RUNNING,
        }
    }
}

/// Sessions that were released and whose status was not requested since. The next request for it answers
/// `DELETING`, because the service's releases take time.
#[derive(Default)]
pub(super) struct ReleasedSessions(Mutex<HashSet<String>>);

impl ReleasedSessions {
    pub(super) fn remember(&self, id: &str) {
        let mut released = lock(&self.0);
        if released.len() < REMEMBERED {
            released.insert(id.to_owned());
        }
    }

    pub(super) fn forget(&self, id: &str) -> bool {
        lock(&self.0).remove(id)
    }
}
