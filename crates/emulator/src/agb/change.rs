//! `get_file_change`: what happened in a directory since it was last asked for.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use serde_json::json;

use super::Agb;
use super::session::AgbSession;
use super::tools::{Outcome, trouble};
use wharf_core::model::{EntryKind, Timestamp};

/// How directories looked when they were last asked for, by session and path.
#[derive(Default)]
pub(super) struct Changes(Mutex<HashMap<(String, String), Look>>);

/// The entries of a directory, all that is below it too.
type Look = BTreeMap<String, (bool, u64, Option<Timestamp>)>;

impl Changes {
    /// Forgets a session.
    pub(super) fn forget(&self, session: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|(known, _), _| known != session);
    }
}

impl Agb {
    /// The first call begins, and tells nothing.
    pub(super) async fn file_change(&self, found: &AgbSession, path: &str) -> Outcome {
        let at = Self::path(path)?;
        let entries = self.children(found, &at, true).await.map_err(|e| trouble("Failed to watch", path, &e))?;
        let of = |entry: wharf_core::model::Entry| {
            let seen = (entry.kind == EntryKind::Directory, entry.size.unwrap_or_default(), entry.modified_at);
            (entry.path.to_string(), seen)
        };
        let now: Look = entries.into_iter().map(of).collect();
        let key = (found.id.clone(), at.to_string());
        let before = self.changes.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, now.clone());
        let mut events = Vec::new();
        let mut tell = |event: &str, path: &str, is_directory: bool| {
            let kind = if is_directory { "directory" } else { "file" };
            events.push(json!({ "eventType": event, "path": path, "pathType": kind }));
        };
        if let Some(before) = before {
            for (path, seen) in &now {
                match before.get(path) {
                    None => tell("create", path, seen.0),
                    // A directory changes with every name in it, which is told already.
                    Some(known) if known != seen && !seen.0 => tell("modify", path, seen.0),
                    Some(_) => {}
                }
            }
            for (path, seen) in before.iter().filter(|(path, _)| !now.contains_key(*path)) {
                tell("delete", path, seen.0);
            }
        }
        Ok(serde_json::to_string(&events).unwrap_or_default())
    }
}
