//! Environments of the workspace.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::value::RawValue;

use super::capabilities::CAPABILITIES;
use super::client::{AnthropicClient, parsed};
use super::listing;
use crate::backend::page::unreadable;
use crate::backend::{Environments, Page, PageRequest};
use crate::http::Class;
use wharf_core::error::{Error, Result};
use wharf_core::model::{AgentId, Environment, Provider};
use wharf_wire::anthropic::AnthropicOperation;
use wharf_wire::anthropic::agents::{EnvironmentAnswer, PAGE_MAX};
use wharf_wire::anthropic::sessions::filter;

/// The environments of a workspace.
pub(super) struct AnthropicEnvironments {
    pub(super) client: Arc<AnthropicClient>,
}

#[async_trait]
impl Environments for AnthropicEnvironments {
    /// Lists environments. The order is the service's, which no source tells.
    async fn list(&self, include_archived: bool, page: PageRequest) -> Result<Page<Environment>> {
        let mut request = self.client.gated(Class::Safe, AnthropicOperation::ListEnvironments, &[]);
        if include_archived {
            request = request.query(filter::ARCHIVED, "true");
        }
        listing::page_of(&listing::paged(request, &page, PAGE_MAX).send().await?, read)
    }

    async fn get(&self, id: &AgentId) -> Result<Environment> {
        let request = self.client.gated(Class::Safe, AnthropicOperation::GetEnvironment, &[id.as_str()]);
        read(request.send().await?.object()?)
    }
}

/// Parses an environment.
fn read(text: &RawValue) -> Result<Environment> {
    let seen: EnvironmentAnswer = parsed(text, "environment")?;
    Ok(Environment {
        object: Environment::OBJECT,
        id: seen.id.parse().map_err(|e: Error| unreadable("environment", text, e))?,
        backend: CAPABILITIES.backend,
        name: seen.name,
        description: seen.description.filter(|text| !text.is_empty()),
        labels: Some(seen.metadata),
        created_at: seen.created_at,
        updated_at: seen.updated_at,
        archived_at: seen.archived_at,
        provider: Provider::of(&text),
    })
}
