//! Sessions that were deleted, as far as listings need them.

use std::collections::HashMap;
use std::sync::Mutex;

use wharf_core::model::{SessionId, Timestamp};
use wharf_core::sync::lock;

/// Ids of deleted sessions that are remembered.
const REMEMBERED: usize = 10_000;

/// The creation times of deleted sessions: a client that deletes what it lists continues with the id of a session
/// that was deleted. What the service does then is unknown; here the listing continues after that place.
#[derive(Default)]
pub(super) struct DeletedSessions(Mutex<HashMap<SessionId, Timestamp>>);

impl DeletedSessions {
    pub(super) fn remember(&self, id: SessionId, made: Option<Timestamp>) {
        let mut deleted = lock(&self.0);
        if let Some(made) = made.filter(|_| deleted.len() < REMEMBERED) {
            deleted.insert(id, made);
        }
    }

    pub(super) fn made(&self, id: &SessionId) -> Option<Timestamp> {
        lock(&self.0).get(id).copied()
    }
}
