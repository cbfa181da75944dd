//! What a backend does with sessions.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Map, Value};

use super::{Capabilities, NewResource, Page, PageRequest};
use wharf_core::error::Result;
use wharf_core::feature::Feature;
use wharf_core::model::{Labels, Session, SessionId, SessionStatus};

/// A session to be created.
#[derive(Debug, Clone, Default)]
pub struct NewSession {
    /// The id that the caller chose.
    pub id: Option<SessionId>,
    /// A title for people.
    pub title: Option<String>,
    /// Labels.
    pub labels: Labels,
    /// The time that the session may be idle before it expires.
    pub ttl: Option<Duration>,
    /// The agent of the session.
    pub agent: Option<String>,
    /// The agent's version.
    pub agent_version: Option<String>,
    /// The environment of the session.
    pub environment: Option<String>,
    /// The image of the session.
    pub image: Option<String>,
    /// Vaults with credentials of the agent.
    pub vaults: Vec<String>,
    /// The budget: the list price at which the agent pauses, in US cents.
    pub max_cost: Option<u64>,
    /// Resources that are mounted at creation.
    pub resources: Vec<NewResource>,
    /// Fields of `--body` that are passed on to the provider unchanged.
    pub extra: Map<String, Value>,
}

impl NewSession {
    /// Returns the features that a backend needs to create this session, in the order in which they are checked.
    pub fn features(&self) -> impl Iterator<Item = Feature> {
        let asked = [
            (self.title.is_some(), Feature::SessionTitle),
            (!self.labels.is_empty(), Feature::SessionLabels),
            (self.ttl.is_some(), Feature::SessionTtl),
            (self.id.is_some(), Feature::SessionId),
            (!self.resources.is_empty(), Feature::SessionResources),
            (self.agent.is_some(), Feature::SessionAgent),
            (self.agent_version.is_some(), Feature::SessionAgentVersion),
            (self.environment.is_some(), Feature::SessionEnvironment),
            (!self.vaults.is_empty(), Feature::SessionVaults),
            (self.image.is_some(), Feature::SessionImage),
            (self.max_cost.is_some(), Feature::SessionBudget),
        ];
        let kinds = self.resources.iter().map(|resource| Feature::of_resource(resource.kind));
        asked.into_iter().filter_map(|(asked, feature)| asked.then_some(feature)).chain(kinds)
    }
}

/// The sessions that a listing returns.
#[derive(Debug, Clone, Default)]
pub struct SessionQuery {
    /// Sessions with all of these labels.
    pub labels: Labels,
    /// Sessions in one of these statuses; in any status if empty.
    pub statuses: Vec<SessionStatus>,
    /// Further filters, for a backend that has [`Feature::SessionFilters`].
    pub filters: SessionFilters,
}

/// Filters of a listing that only some services have. A value is passed on as the user wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionFilters {
    /// Include archived sessions.
    pub include_archived: bool,
    /// Sessions of this agent.
    pub agent: Option<String>,
    /// Sessions of this version of the agent.
    pub agent_version: Option<String>,
    /// Sessions created after this time.
    pub created_after: Option<String>,
    /// Sessions created at this time or later.
    pub created_from: Option<String>,
    /// Sessions created before this time.
    pub created_before: Option<String>,
    /// Sessions created at this time or earlier.
    pub created_until: Option<String>,
    /// Sessions created in this deployment.
    pub deployment: Option<String>,
    /// Sessions with this memory store.
    pub memory_store: Option<String>,
    /// Order by creation: `asc` or `desc`.
    pub order: Option<String>,
}

impl SessionQuery {
    /// Returns the features that a backend needs to answer this query.
    pub fn features(&self) -> impl Iterator<Item = Feature> {
        let labels = (!self.labels.is_empty()).then_some(Feature::SessionLabels);
        let filters = (self.filters != SessionFilters::default()).then_some(Feature::SessionFilters);
        labels.into_iter().chain(filters)
    }
}

/// A change of a session's labels.
#[derive(Debug, Clone, Default)]
pub struct LabelPatch {
    /// Set or change these.
    pub set: Labels,
    /// Remove these.
    pub remove: Vec<String>,
}

/// A change of a session.
#[derive(Debug, Clone, Default)]
pub struct SessionChange {
    /// A new title, or none to remove it.
    pub title: Option<Option<String>>,
    /// Labels to set and to remove.
    pub labels: LabelPatch,
    /// Fields of `--body` that are passed on to the provider unchanged.
    pub extra: Map<String, Value>,
}

/// The operations on sessions.
///
/// Optional operations have default bodies that fail with `unsupported`: a backend implements those that its
/// capabilities name.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Returns what the backend can do.
    fn capabilities(&self) -> &'static Capabilities;
    /// Reads a `--body` document in the provider's format; returns the unknown fields as well, which are passed on.
    fn read_document(&self, document: Map<String, Value>) -> Result<(NewSession, Vec<String>)>;
    /// Checks a new session, as far as possible before anything is sent.
    fn check(&self, new: &NewSession) -> Result<()> {
        self.capabilities().require_all(new.features())
    }
    /// Creates a session with all that was requested, or no session at all.
    async fn create(&self, new: NewSession) -> Result<Session>;
    /// Returns a page of sessions, newest first.
    async fn list(&self, query: &SessionQuery, page: PageRequest) -> Result<Page<Session>>;
    /// Returns a session; `not_found` if it does not exist or has expired.
    async fn get(&self, id: &SessionId) -> Result<Session>;
    /// Deletes a session and its contents.
    async fn delete(&self, id: &SessionId, force: bool) -> Result<()>;
    /// Deletes a session that the caller created. Succeeds if it is gone, or fails with `not_found`: it need not be looked at
    /// before.
    async fn delete_own(&self, id: &SessionId, force: bool) -> Result<()> {
        self.delete(id, force).await
    }
    /// Fails if [`Sessions::delete`] would fail, as far as that is known in advance; changes nothing.
    async fn check_delete(&self, id: &SessionId) -> Result<()> {
        self.get(id).await.map(drop)
    }
    /// Changes labels; with an empty patch, returns the session unchanged. For a backend that has
    /// [`Feature::SessionLabels`].
    async fn label(&self, id: &SessionId, patch: LabelPatch) -> Result<Session> {
        let _ = (id, patch);
        Err(self.capabilities().unsupported(Feature::SessionLabels))
    }
    /// Changes the title, labels and other fields that the provider can change. For a backend that has
    /// [`Feature::SessionUpdate`].
    async fn update(&self, id: &SessionId, change: SessionChange) -> Result<Session> {
        let _ = (id, change);
        Err(self.capabilities().unsupported(Feature::SessionUpdate))
    }
    /// Resets the idle timer and wakes the session. For a backend that has [`Feature::SessionTouch`].
    async fn touch(&self, id: &SessionId) -> Result<Session> {
        let _ = id;
        Err(self.capabilities().unsupported(Feature::SessionTouch))
    }
    /// Stops a session: frees its compute resources and keeps its files. For a backend that has
    /// [`Feature::SessionStop`].
    async fn stop(&self, id: &SessionId) -> Result<Session> {
        let _ = id;
        Err(self.capabilities().unsupported(Feature::SessionStop))
    }
    /// Stops what runs in a session: the agent's turn, commands. For a backend that has [`Feature::Interrupt`].
    async fn interrupt(&self, id: &SessionId) -> Result<Session> {
        let _ = id;
        Err(self.capabilities().unsupported(Feature::Interrupt))
    }
    /// Archives a session: only its history is kept. For a backend that has [`Feature::SessionArchive`].
    async fn archive(&self, id: &SessionId) -> Result<Session> {
        let _ = id;
        Err(self.capabilities().unsupported(Feature::SessionArchive))
    }
}
