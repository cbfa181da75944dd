//! What is known of the names of sessions during a command.

use std::collections::{HashMap, HashSet};

use wharf_core::model::{Session, SessionId, Timestamp};

/// Names that were resolved, and the sessions that were listed for them.
#[derive(Default)]
pub(super) struct ResolvedNames {
    /// The session of each name, so that a name is looked up and asked about once.
    pub(super) known: HashMap<String, SessionId>,
    /// The sessions that may be changed: the question about each was answered with yes.
    pub(super) confirmed: HashSet<SessionId>,
    /// All sessions, if they were listed.
    pub(super) listed: Option<Vec<ListedSession>>,
}

/// A session as a listing shows it.
#[derive(Clone)]
pub(super) struct ListedSession {
    pub(super) id: SessionId,
    pub(super) title: Option<String>,
    pub(super) created_at: Option<Timestamp>,
}

impl ListedSession {
    pub(super) fn of(session: Session) -> Self {
        ListedSession { id: session.id, title: session.title, created_at: session.created_at }
    }
}
