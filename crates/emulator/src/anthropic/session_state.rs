//! Sessions, as they were last changed: all of them in memory, and each change written down where
//! the store stays, so that it outlives the server and other servers hear of it. Outputs are files of
//! the store's session, and so are copies in a store that stays.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ApiError, ApiResult};
use crate::answer::now;
use crate::journal::{Journal, JournalLine};
use wharf_core::model::{RemotePath, SessionPath, Timestamp};
use wharf_core::sync::lock;
use wharf_wire::anthropic as wire;
use wharf_wire::anthropic::files::FileScope;

/// The part with the session alone, whose name comes first, and the beginnings of those with what
/// belongs to it, which go on with its number.
const DOCUMENT: &str = "document";
const RESOURCE: &str = "resource.";
const OUTPUT: &str = "output.";

/// A session with all that belongs to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct SessionState {
    /// As it is shown, but for status and resources.
    pub(super) session: wire::AnthropicSession,
    #[serde(skip)]
    pub(super) resources: Vec<Arc<MountedResource>>,
    #[serde(skip)]
    pub(super) outputs: Vec<Arc<OutputFile>>,
    /// The number of the last resource or output.
    next: i64,
}

/// Something mounted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct MountedResource {
    #[serde(rename = "place")]
    pub(super) number: i64,
    pub(super) resource: wire::SessionResource,
    /// The session's copy, for a file. Its content is at the mount path where clients can look there.
    pub(super) copy: Option<wire::File>,
}

/// What an agent made, or would have made. Its content is at [`OutputFile::path`], because two may have one name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct OutputFile {
    #[serde(rename = "place")]
    pub(super) number: i64,
    pub(super) file: wire::File,
    /// When it is there.
    pub(super) from: Timestamp,
}

impl MountedResource {
    /// Returns whether this is the resource with the id `id`.
    pub(super) fn is(&self, id: &str) -> bool {
        self.resource.id.as_deref() == Some(id)
    }

    /// Returns where it is mounted, for a file.
    pub(super) fn path(&self) -> Option<RemotePath> {
        self.copy.as_ref().and(self.resource.mount_path.as_deref())?.parse().ok()
    }
}

impl OutputFile {
    /// Returns where the content of an output is in its session: not in the agent's directory of results, where it may
    /// be changed.
    pub(super) fn path(id: &str) -> wharf_core::error::Result<RemotePath> {
        format!("/var/outputs/{id}").parse()
    }

    /// Returns the object of an output that is there from now on.
    pub(super) fn object(session: &str, id: &str, filename: &str, size: u64) -> wire::File {
        let guessed = mime_guess::from_path(filename).first_raw().unwrap_or("application/octet-stream");
        wire::File {
            id: id.to_owned(),
            kind: wire::File::KIND.to_owned(),
            filename: filename.to_owned(),
            mime_type: Some(guessed.to_owned()),
            size_bytes: Some(size),
            created_at: Some(now()),
            downloadable: Some(true),
            expires_at: wire::Nullable::Null,
            scope: wire::Nullable::Value(FileScope::session(session)),
            extra: serde_json::Map::new(),
        }
    }
}

impl SessionState {
    /// Returns the state of a session that has nothing yet.
    pub(super) fn new(session: wire::AnthropicSession) -> Self {
        SessionState { session, resources: Vec::new(), outputs: Vec::new(), next: 0 }
    }

    /// Returns the number of a new resource or output: they are listed in this order.
    pub(super) fn next_number(&mut self) -> i64 {
        self.next += 1;
        self.next
    }

    /// Adds an output, which is there from the time when it was created.
    pub(super) fn add_output(&mut self, file: wire::File) {
        let (number, from) = (self.next_number(), file.created_at.unwrap_or_else(now));
        self.outputs.push(Arc::new(OutputFile { number, file, from }));
    }

    /// Returns the files that belong to it now: copies, and outputs whose time has come.
    pub(super) fn files(&self) -> impl Iterator<Item = &wire::File> {
        let now = Timestamp::now();
        let outputs = self.outputs.iter().filter(move |output| output.from <= now).map(|output| &output.file);
        self.resources.iter().filter_map(|mounted| mounted.copy.as_ref()).chain(outputs)
    }

    /// Returns the ids of all files that belong to it, or will.
    fn ids(&self) -> impl Iterator<Item = &str> {
        let copies = self.resources.iter().filter_map(|mounted| mounted.copy.as_ref());
        copies.chain(self.outputs.iter().map(|output| &output.file)).map(|file| file.id.as_str())
    }

    /// Returns the id of the session.
    pub(super) fn id(&self) -> &str {
        &self.session.id
    }

    /// Returns a path inside it.
    pub(super) fn at(&self, path: RemotePath) -> ApiResult<SessionPath> {
        Ok(SessionPath { session: self.id().parse()?, path })
    }

    /// Returns what must be written to the journal: what differs from `before`, or everything.
    fn changes(&self, before: Option<&SessionState>) -> Vec<(String, Value)> {
        let mut changes = vec![(DOCUMENT.to_owned(), value(self))];
        let resources = before.map_or(&[][..], |before| &before.resources);
        compare(resources, &self.resources, |one| one.number, RESOURCE, &mut changes);
        let outputs = before.map_or(&[][..], |before| &before.outputs);
        compare(outputs, &self.outputs, |one| one.number, OUTPUT, &mut changes);
        changes
    }
}

/// Notes what is new among `after` and what is gone since `before`, both by their numbers. What is the
/// same was not copied.
fn compare<T: Serialize>(
    before: &[Arc<T>],
    after: &[Arc<T>],
    number: fn(&T) -> i64,
    part: &str,
    changes: &mut Vec<(String, Value)>,
) {
    let at = |all: &[Arc<T>], one: &T| all.binary_search_by_key(&number(one), |other| number(other)).ok();
    for one in after {
        let known = at(before, one).and_then(|at| before.get(at));
        if !known.is_some_and(|known| Arc::ptr_eq(known, one)) {
            changes.push((format!("{part}{}", number(one)), value(one.as_ref())));
        }
    }
    let gone = before.iter().filter(|one| at(after, one).is_none());
    changes.extend(gone.map(|one| (format!("{part}{}", number(one)), Value::Null)));
}

/// Puts what a line says at its number, or takes away what was there.
fn replace<T: DeserializeOwned>(all: &mut Vec<Arc<T>>, number: &str, value: Value, number_of: fn(&T) -> i64) {
    let Ok(number) = number.parse::<i64>() else { return };
    all.retain(|one| number_of(one) != number);
    if let Ok(one) = serde_json::from_value(value) {
        let at = all.partition_point(|other| number_of(other) < number);
        all.insert(at, Arc::new(one));
    }
}

fn value(document: &impl Serialize) -> Value {
    serde_json::to_value(document).unwrap_or_default()
}

/// Returns the id of the primary thread of a session.
pub(super) fn primary_thread(session: &str) -> String {
    format!("sthr_{}", session.split_once('_').map_or(session, |(_, rest)| rest))
}

/// All sessions.
pub(super) struct SessionRegistry {
    journal: Journal,
    known: Mutex<SessionIndex>,
}

#[derive(Default)]
struct SessionIndex {
    sessions: HashMap<String, SessionState>,
    /// Which session a file belongs to.
    owners: HashMap<String, String>,
}

impl SessionIndex {
    fn insert(&mut self, state: SessionState) {
        own(&mut self.owners, &state);
        self.sessions.insert(state.id().to_owned(), state);
    }

    /// Applies a line of the journal. A line that cannot be read is of another version.
    fn apply(&mut self, (id, part, value): JournalLine) {
        let Some(state) = self.sessions.get_mut(&id) else {
            if let (DOCUMENT, Ok(state)) = (part.as_str(), serde_json::from_value::<SessionState>(value)) {
                self.insert(state);
            }
            return;
        };
        if let Some(number) = part.strip_prefix(RESOURCE) {
            replace(&mut state.resources, number, value, |one| one.number);
        } else if let Some(number) = part.strip_prefix(OUTPUT) {
            replace(&mut state.outputs, number, value, |one| one.number);
        } else if value.is_null() {
            return self.forget(&id);
        } else if let Ok(SessionState { session, next, .. }) = serde_json::from_value(value) {
            (state.session, state.next) = (session, next);
        }
        own(&mut self.owners, state);
    }

    fn forget(&mut self, id: &str) {
        for file in self.sessions.remove(id).iter().flat_map(SessionState::ids) {
            self.owners.remove(file);
        }
    }
}

/// Notes whose the files of a session are. Who owned one that is gone stays known: where it is looked
/// for, it is not.
fn own(owners: &mut HashMap<String, String>, state: &SessionState) {
    for file in state.ids() {
        if !owners.contains_key(file) {
            owners.insert(file.to_owned(), state.id().to_owned());
        }
    }
}

impl SessionRegistry {
    /// Returns the sessions of a store that is kept; none for any other.
    pub(super) fn open(store: Option<&Path>) -> wharf_core::error::Result<Self> {
        Ok(SessionRegistry { journal: Journal::open(store, "anthropic.jsonl")?, known: Mutex::default() })
    }

    /// Returns whether they outlive the server, and others can look at them.
    pub(super) fn stay(&self) -> bool {
        self.journal.stays()
    }

    /// Returns the sessions that are known now.
    fn known(&self) -> ApiResult<MutexGuard<'_, SessionIndex>> {
        let mut known = lock(&self.known);
        self.journal.read_new()?.into_iter().for_each(|line| known.apply(line));
        Ok(known)
    }

    /// Returns a session of this dialect, or 404.
    pub(super) fn load(&self, id: &str) -> ApiResult<SessionState> {
        let known = self.known()?.sessions.get(id).cloned();
        known.ok_or_else(|| ApiError::not_found(format!("Session `{id}` not found.")))
    }

    /// Keeps a session that was changed, now.
    pub(super) fn save(&self, state: &mut SessionState) -> ApiResult<()> {
        // A clock that was set back does not make a change older than the one before.
        state.session.updated_at = state.session.updated_at.max(Some(now()));
        let mut known = self.known()?;
        self.journal.write(state.id(), || state.changes(known.sessions.get(state.id())))?;
        known.insert(state.clone());
        Ok(())
    }

    /// Forgets a session.
    pub(super) fn forget(&self, id: &str) -> ApiResult<()> {
        let mut known = self.known()?;
        let Some(state) = known.sessions.get(id) else { return Ok(()) };
        let gone = || state.changes(None).into_iter().map(|(part, _)| (part, Value::Null)).collect();
        self.journal.write(id, gone)?;
        known.forget(id);
        Ok(())
    }

    /// Returns all sessions of this dialect, in no order.
    pub(super) fn all(&self) -> ApiResult<Vec<SessionState>> {
        Ok(self.known()?.sessions.values().cloned().collect())
    }

    /// Returns the session that a file belongs to, where there is one.
    pub(super) fn owner(&self, file: &str) -> ApiResult<Option<SessionState>> {
        let known = self.known()?;
        let state = known.owners.get(file).and_then(|session| known.sessions.get(session));
        Ok(state.filter(|state| state.files().any(|known| known.id == file)).cloned())
    }
}
