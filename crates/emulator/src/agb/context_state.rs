//! The contexts of a server, each with its objects, and their syncs. They are lost when the server ends.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use crate::api_error::{ApiError, ApiResult};
use wharf_core::model::Timestamp;
use wharf_core::random;
use wharf_core::sync::lock;
use wharf_wire::agb as wire;

/// All contexts, and what goes on between them and sessions.
#[derive(Default)]
pub(super) struct ContextRegistry(Mutex<ContextState>);

#[derive(Default)]
pub(super) struct ContextState {
    /// The oldest first.
    pub(super) contexts: Vec<StoredContext>,
    sessions: HashMap<String, SessionContexts>,
}

/// A context.
pub(super) struct StoredContext {
    pub(super) context: wire::Context,
    /// The session whose files pass through it, where it is one of the service's own.
    pub(super) session: Option<String>,
    pub(super) objects: BTreeMap<String, ObjectInfo>,
}

/// An object: what is known of it beside its content.
#[derive(Debug, Clone)]
pub(super) struct ObjectInfo {
    pub(super) etag: String,
    pub(super) size: u64,
    pub(super) made: Timestamp,
    pub(super) changed: Timestamp,
}

/// What a session has of contexts.
#[derive(Default)]
pub(super) struct SessionContexts {
    /// Contexts that stay, and where they are in it.
    pub(super) attached: Vec<(String, String)>,
    pub(super) tasks: Vec<SyncTask>,
}

impl ContextRegistry {
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut ContextState) -> T) -> T {
        change(&mut lock(&self.0))
    }

    /// Returns whether there is one of that id.
    pub(super) fn has(&self, id: &str) -> bool {
        self.change(|state| state.contexts.iter().any(|held| held.context.id == id))
    }

    /// Returns the result of `change` on the context with an id; `None` if there is none.
    pub(super) fn with<T>(&self, id: &str, change: impl FnOnce(&mut StoredContext) -> T) -> Option<T> {
        self.change(|state| state.contexts.iter_mut().find(|held| held.context.id == id).map(change))
    }

    /// Returns the result of `change` on the contexts of a session.
    pub(super) fn of_session<T>(&self, id: &str, change: impl FnOnce(&mut SessionContexts) -> T) -> T {
        self.change(|state| change(state.sessions.entry(id.to_owned()).or_default()))
    }

    /// Forgets a session; gives the contexts that were for it alone.
    pub(super) fn forget(&self, session: &str) -> Vec<String> {
        self.change(|state| {
            state.sessions.remove(session);
            let (own, others) = std::mem::take(&mut state.contexts)
                .into_iter()
                .partition(|held| held.session.as_deref() == Some(session));
            state.contexts = others;
            let own: Vec<StoredContext> = own;
            own.into_iter().map(|held| held.context.id).collect()
        })
    }
}

impl StoredContext {
    /// Returns a new context.
    pub(super) fn new(name: &str, session: Option<&str>) -> ApiResult<Self> {
        let now = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let context = wire::Context {
            id: format!("SdkCtx-{}", random::hex::<8>()?),
            name: name.to_owned(),
            create_time: Some(now.clone()),
            last_used_time: Some(now),
            state: Some(wire::Context::AVAILABLE.to_owned()),
        };
        Ok(StoredContext { context, session: session.map(str::to_owned), objects: BTreeMap::new() })
    }
}

/// A sync of a context.
pub(super) struct SyncTask {
    pub(super) item: wire::SyncItem,
    /// How often the sync is still reported as running; `u32::MAX` for one that never ends.
    pub(super) pending_reports: u32,
}

impl SyncTask {
    /// Returns the state to report this time.
    pub(super) fn report(&mut self) -> wire::SyncItem {
        if self.pending_reports == 0 {
            return self.item.clone();
        }
        self.pending_reports -= u32::from(self.pending_reports != u32::MAX);
        let status = Some(wire::SyncItem::RUNNING.to_owned());
        wire::SyncItem { status, error_message: Some(String::new()), finish_time: Some(0), ..self.item.clone() }
    }
}

/// Returns the key of an object: its path without the first slash.
pub(super) fn key(path: &str) -> ApiResult<String> {
    let key = path.trim_start_matches('/');
    let odd = key.is_empty() || key.contains('\0') || key.split('/').any(|part| part.is_empty() || part == "..");
    if odd { Err(ApiError::in_success(wire::code::INVALID, "filePath is not allowed")) } else { Ok(key.to_owned()) }
}
