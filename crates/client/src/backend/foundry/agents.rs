//! Hosted agents of the project, and their versions.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::value::RawValue;

use super::capabilities::CAPABILITIES;
use super::client::{FoundryClient, checked};
use super::listing::{self, RawList};
use crate::backend::page::unreadable;
use crate::backend::{AgentQuery, Agents, Capabilities, Page, PageRequest};
use crate::http::{Class, Request};
use wharf_core::error::{Error, Result};
use wharf_core::model::{Agent, AgentId, AgentStatus, Provider, Timestamp};
use wharf_wire::foundry::agents::{DISABLED, FoundryAgent, FoundryAgentVersion, HOSTED, version_status};
use wharf_wire::foundry::{AgentVersion, FoundryOperation};
use wharf_wire::json;

/// The hosted agents of a project.
pub(super) struct FoundryAgents {
    pub(super) client: Arc<FoundryClient>,
}

#[async_trait]
impl Agents for FoundryAgents {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    /// Lists hosted agents: those of other kinds have no sessions.
    async fn list(&self, query: &AgentQuery, page: PageRequest) -> Result<Page<Agent>> {
        CAPABILITIES.require_all(query.features())?;
        let request = self.client.project(Class::Safe, FoundryOperation::ListAgents, &[]);
        agents(request.query(HOSTED.0, HOSTED.1), &page, agent).await
    }

    async fn versions(&self, id: &AgentId, page: PageRequest) -> Result<Page<Agent>> {
        let name = checked(id.as_str())?;
        let request = self.client.project(Class::Safe, FoundryOperation::ListVersions, &[name]);
        agents(request, &page, version_of_agent).await
    }

    async fn get(&self, id: &AgentId, version: Option<&str>) -> Result<Agent> {
        let name = checked(id.as_str())?;
        let Some(version) = version else {
            let request = self.client.project(Class::Safe, FoundryOperation::GetAgent, &[name]);
            return agent(request.send().await?.object()?);
        };
        let version: AgentId = version.parse()?;
        let ids = [name, version.as_str()];
        let request = self.client.project(Class::Safe, FoundryOperation::GetVersion, &ids);
        version_of_agent(request.send().await?.object()?)
    }
}

async fn agents(
    request: Request<'_>,
    page: &PageRequest,
    read: impl Fn(&RawValue) -> Result<Agent>,
) -> Result<Page<Agent>> {
    let answer = listing::paged(request, page).send().await?;
    let listed: RawList<'_> = answer.page()?;
    let received = listed.data.0.len();
    let items = listed.data.0.iter().map(|text| read(text)).collect();
    Ok(Page { items, received, next: listed.next(None)? })
}

/// Parses an agent, in its newest version.
fn agent(text: &RawValue) -> Result<Agent> {
    let seen: FoundryAgent = json::object(text.get().as_bytes()).map_err(|e| unreadable("agent", text, e))?;
    let agent = of_version(seen.versions.latest, text)?;
    let disabled = seen.state.is_some_and(|state| state.eq_ignore_ascii_case(DISABLED));
    let status = if disabled { AgentStatus::Disabled } else { agent.status };
    let name = seen.name;
    Ok(Agent { id: id(&name, text)?, name, status, ..agent })
}

/// Parses a version of an agent.
fn version_of_agent(text: &RawValue) -> Result<Agent> {
    of_version(json::object(text.get().as_bytes()).map_err(|e| unreadable("agent", text, e))?, text)
}

fn of_version(seen: FoundryAgentVersion, text: &RawValue) -> Result<Agent> {
    let version: AgentId = seen.version.parse().map_err(|e: Error| unreadable("agent", text, e))?;
    Ok(Agent {
        object: Agent::OBJECT,
        id: id(&seen.name, text)?,
        backend: CAPABILITIES.backend,
        name: seen.name,
        version: version.to_string(),
        status: seen.status.as_deref().map_or(AgentStatus::Unknown, status_of),
        description: seen.description.filter(|text| !text.is_empty()),
        model: seen.definition.model.filter(|name| !name.is_empty()),
        labels: Some(seen.metadata),
        created_at: None,
        updated_at: Timestamp::from_second(seen.created_at).ok(),
        archived_at: None,
        provider: Provider::of(&text),
    })
}

/// Returns the id by which calls name an agent: its name.
fn id(name: &str, text: &RawValue) -> Result<AgentId> {
    checked(name).and_then(str::parse).map_err(|e| unreadable("agent", text, e))
}

/// Returns the status for a state name. The set of names is open.
fn status_of(word: &str) -> AgentStatus {
    match word.to_ascii_lowercase().as_str() {
        AgentVersion::ACTIVE => AgentStatus::Active,
        version_status::CREATING => AgentStatus::Creating,
        version_status::FAILED => AgentStatus::Failed,
        version_status::DELETING | version_status::DELETED => AgentStatus::Deleting,
        _ => AgentStatus::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn seen(state: &str, status: &str, description: &str) -> Agent {
        let version = json!({
            "id": "a1:7", "name": "a1", "version": "7", "status": status, "description": description,
            "created_at": 1_795_219_200, "metadata": {"team": "blue"}, "definition": {"kind": "hosted"},
        });
        let text = json!({"id": "a1", "name": "a1", "state": state, "versions": {"latest": version}});
        agent(&RawValue::from_string(text.to_string()).unwrap()).unwrap()
    }

    #[test]
    fn words_for_states_are_an_open_set() {
        for (state, status, wanted) in [
            ("enabled", "active", AgentStatus::Active),
            ("enabled", "Creating", AgentStatus::Creating),
            ("enabled", "deleted", AgentStatus::Deleting),
            ("enabled", "of tomorrow", AgentStatus::Unknown),
            ("disabled", "active", AgentStatus::Disabled),
        ] {
            assert_eq!(seen(state, status, "").status, wanted, "{state} {status}");
        }
    }

    #[test]
    fn what_the_service_leaves_out_is_unknown() {
        let bare = seen("enabled", "active", "");
        assert_eq!((bare.description, bare.model, bare.created_at), (None, None, None));
        assert_eq!(seen("enabled", "active", "sums up").description.as_deref(), Some("sums up"));
    }
}
