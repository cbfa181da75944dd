//! Changes of directories, for `get_file_change`.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use serde_json::{Value, json};

use wharf_core::model::{Entry, EntryKind, Timestamp};
use wharf_core::sync::lock;

/// The last snapshot of each watched directory, by session and path.
#[derive(Default)]
pub(super) struct Snapshots(Mutex<HashMap<(String, String), Snapshot>>);

/// The entries below a directory by path: whether each is a directory, its size, and when it changed.
type Snapshot = BTreeMap<String, (bool, u64, Option<Timestamp>)>;

impl Snapshots {
    /// Forgets a session.
    pub(super) fn forget(&self, session: &str) {
        lock(&self.0).retain(|(known, _), _| known != session);
    }

    /// Keeps the entries below a directory, and returns the changes since the call before: none for the first call.
    pub(super) fn changes(&self, session: &str, path: &str, entries: Vec<Entry>) -> Vec<Value> {
        let of = |entry: Entry| {
            let seen = (entry.kind == EntryKind::Directory, entry.size.unwrap_or_default(), entry.modified_at);
            (entry.path.to_string(), seen)
        };
        let now: Snapshot = entries.into_iter().map(of).collect();
        let before = lock(&self.0).insert((session.to_owned(), path.to_owned()), now.clone());
        let Some(before) = before else { return Vec::new() };
        let event = |event: &str, path: &str, is_directory: bool| {
            let kind = if is_directory { "directory" } else { "file" };
            json!({ "eventType": event, "path": path, "pathType": kind })
        };
        let present = now.iter().filter_map(|(path, seen)| match before.get(path) {
            None => Some(event("create", path, seen.0)),
            // A directory changes with every name in it, which has an event of its own.
            Some(known) if known != seen && !seen.0 => Some(event("modify", path, seen.0)),
            Some(_) => None,
        });
        let removed = before.iter().filter(|(path, _)| !now.contains_key(*path));
        present.chain(removed.map(|(path, seen)| event("delete", path, seen.0))).collect()
    }
}
