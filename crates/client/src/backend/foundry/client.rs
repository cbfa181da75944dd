//! The client: requests for one agent.

use std::path::PathBuf;
use std::sync::Arc;

use super::credentials::Chain;
use super::errors;
use crate::http::{Class, Http, Options, Request};
use wharf_core::advice::{Setting, Step};
use wharf_core::config::env;
use wharf_core::error::{Error, Result};
use wharf_core::random;
use wharf_wire::foundry::{self as wire, FoundryOperation};

/// Settings of the client beside those of the connection.
#[derive(Debug, Clone, Default)]
pub struct FoundrySetup {
    /// The agent.
    pub agent: Option<String>,
    /// The directory in which the turns of sessions are kept, if there is one.
    pub records: Option<PathBuf>,
}

/// The client of the service for one agent.
pub(super) struct FoundryClient {
    pub(super) http: Http,
    pub(super) endpoint: String,
    pub(super) agent: Option<String>,
    /// The source of credentials, if known.
    pub(super) chain: Option<Arc<Chain>>,
    /// The directory in which the turns of sessions are kept, if there is one.
    pub(super) records: Option<PathBuf>,
}

impl FoundryClient {
    pub(super) fn new(options: Options, setup: FoundrySetup) -> Result<Self> {
        let FoundrySetup { agent, records } = setup;
        let endpoint = options.base_url.clone();
        let http = Http::new(Options { error_parser: errors::parse, ..options })?;
        Ok(FoundryClient { http, endpoint, agent, chain: None, records })
    }

    /// Returns the name of the agent.
    pub(super) fn agent(&self) -> Result<&str> {
        let Some(agent) = &self.agent else {
            let set = Setting::Agent.missing("NAME", env::AGENT);
            return Err(Error::usage("a session of Microsoft Foundry belongs to an agent, and none is set")
                .hint(format!("{set}; {} shows the names", Step::ListAgents)));
        };
        checked(agent)
    }

    /// Returns a request for the agent, or for one of its sessions if `ids` has an id.
    pub(super) fn call(&self, class: Class, operation: FoundryOperation, ids: &[&str]) -> Result<Request<'_>> {
        Ok(self.call_of(self.agent()?, class, operation, ids))
    }

    pub(super) fn call_of(&self, agent: &str, class: Class, operation: FoundryOperation, ids: &[&str]) -> Request<'_> {
        let parameters: Vec<&str> = [agent].into_iter().chain(ids.iter().copied()).collect();
        self.project(class, operation, &parameters)
    }

    /// Returns a request for the project.
    pub(super) fn project(&self, class: Class, operation: FoundryOperation, ids: &[&str]) -> Request<'_> {
        let request = self.http.operation(class, operation, ids).query("api-version", wire::API_VERSION);
        // No name for it is better than two alike.
        match random::uuid() {
            Ok(id) => request.header(wire::CLIENT_REQUEST_ID, &id),
            Err(_) => request,
        }
    }
}

/// Returns the name of an agent after checking that it is valid.
pub(super) fn checked(agent: &str) -> Result<&str> {
    if wire::is_agent_name(agent) {
        return Ok(agent);
    }
    Err(Error::usage(format!("invalid name of an agent of Microsoft Foundry: {agent:?}"))
        .hint(format!("it has 1 to {} letters, digits and hyphens", wire::AGENT_NAME_MAX)))
}
