//! Agents of the workspace.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::value::RawValue;

use super::capabilities::CAPABILITIES;
use super::client::{AnthropicClient, parsed};
use super::listing;
use crate::backend::page::unreadable;
use crate::backend::{AgentQuery, Agents, Capabilities, Page, PageRequest};
use crate::http::{Class, Request};
use wharf_core::error::{Error, Result};
use wharf_core::model::{Agent, AgentId, AgentStatus, Provider};
use wharf_wire::anthropic::AnthropicOperation;
use wharf_wire::anthropic::agents::{AgentVersionAnswer, PAGE_MAX, VERSION};
use wharf_wire::anthropic::sessions::filter;

/// The agents of a workspace.
pub(super) struct AnthropicAgents {
    pub(super) client: Arc<AnthropicClient>,
}

#[async_trait]
impl Agents for AnthropicAgents {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    /// Lists agents. The order is the service's, which no source tells.
    async fn list(&self, query: &AgentQuery, page: PageRequest) -> Result<Page<Agent>> {
        let mut request = self.client.gated(Class::Safe, AnthropicOperation::ListAgents, &[]);
        if query.include_archived {
            request = request.query(filter::ARCHIVED, "true");
        }
        for (name, value) in [(filter::FROM, &query.created_from), (filter::TO, &query.created_until)] {
            if let Some(value) = value {
                request = request.query(name, value);
            }
        }
        agents(request, &page).await
    }

    async fn versions(&self, id: &AgentId, page: PageRequest) -> Result<Page<Agent>> {
        agents(self.client.gated(Class::Safe, AnthropicOperation::ListAgentVersions, &[id.as_str()]), &page).await
    }

    async fn get(&self, id: &AgentId, version: Option<&str>) -> Result<Agent> {
        let mut request = self.client.gated(Class::Safe, AnthropicOperation::GetAgent, &[id.as_str()]);
        if let Some(version) = version {
            request = request.query(VERSION, &version_number(version)?.to_string());
        }
        read(request.send().await?.object()?)
    }
}

/// Returns the number that a user's word for a version is.
pub(super) fn version_number(text: &str) -> Result<u64> {
    match text.parse() {
        Ok(version @ 1..) => Ok(version),
        _ => Err(Error::usage(format!("versions of agents are numbers from 1: {text:?}"))),
    }
}

async fn agents(request: Request<'_>, page: &PageRequest) -> Result<Page<Agent>> {
    listing::page_of(&listing::paged(request, page, PAGE_MAX).send().await?, read)
}

/// Parses a version of an agent.
fn read(text: &RawValue) -> Result<Agent> {
    let seen: AgentVersionAnswer = parsed(text, "agent")?;
    Ok(Agent {
        object: Agent::OBJECT,
        id: seen.id.parse().map_err(|e: Error| unreadable("agent", text, e))?,
        backend: CAPABILITIES.backend,
        name: seen.name,
        version: seen.version.to_string(),
        status: if seen.archived_at.is_some() { AgentStatus::Archived } else { AgentStatus::Active },
        description: seen.description.filter(|text| !text.is_empty()),
        model: Some(seen.model.id),
        labels: Some(seen.metadata),
        created_at: seen.created_at,
        updated_at: seen.updated_at,
        archived_at: seen.archived_at,
        provider: Provider::of(&text),
    })
}
