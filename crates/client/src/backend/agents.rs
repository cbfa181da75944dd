//! Agents and environments, read-only: what a new session can be created with.

use async_trait::async_trait;

use super::{Capabilities, Feature, Page, PageRequest};
use wharf_core::error::Result;
use wharf_core::model::{Agent, AgentId, Environment};

/// The agents that a listing returns. A value is passed on as the user wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentQuery {
    /// Include archived agents.
    pub include_archived: bool,
    /// Agents created at this time or later.
    pub created_from: Option<String>,
    /// Agents created at this time or earlier.
    pub created_until: Option<String>,
}

impl AgentQuery {
    /// Returns the features that a backend needs to answer this query.
    pub fn features(&self) -> impl Iterator<Item = Feature> {
        (*self != AgentQuery::default()).then_some(Feature::AgentFilters).into_iter()
    }
}

/// The operations on agents.
#[async_trait]
pub trait Agents: Send + Sync {
    /// Returns what the backend can do.
    fn capabilities(&self) -> &'static Capabilities;
    /// Returns a page of the agents with which sessions can be created, each in its newest version, newest first.
    async fn list(&self, query: &AgentQuery, page: PageRequest) -> Result<Page<Agent>>;
    /// Returns a page of the versions of an agent, newest first.
    async fn versions(&self, id: &AgentId, page: PageRequest) -> Result<Page<Agent>>;
    /// Returns a version of an agent; the newest one if `version` is `None`.
    async fn get(&self, id: &AgentId, version: Option<&str>) -> Result<Agent>;
}

/// The operations on environments.
#[async_trait]
pub trait Environments: Send + Sync {
    /// Returns a page of environments, newest first.
    async fn list(&self, include_archived: bool, page: PageRequest) -> Result<Page<Environment>>;
    /// Returns an environment.
    async fn get(&self, id: &AgentId) -> Result<Environment>;
}
