//! Microsoft Foundry's hosted agents: sessions and their files.
//!
//! Every call is for one agent, which the settings name. The types, paths and limits of the protocol, and the source
//! of each fact, are in [`wire`]; decisions about what the sources leave open are documented where they are made. A
//! path is sent without its leading slash, as in answers.

mod agents;
mod capabilities;
mod client;
mod credentials;
mod errors;
mod files;
mod listing;
mod sessions;

use std::sync::Arc;

use async_trait::async_trait;

use self::agents::FoundryAgents;
pub use self::capabilities::CAPABILITIES;
use self::client::FoundryClient;
use self::credentials::Chain;
use self::files::FoundryFiles;
use self::sessions::FoundrySessions;
use super::{Agents, Backend, Capabilities, Check, PageRequest, SessionFiles, SessionQuery, Sessions};
use crate::http::{Auth, Options};
use wharf_core::config::{Settings, env};
use wharf_core::error::{Error, Result};
use wharf_wire::foundry as wire;

/// Creates the backend from the settings.
///
/// # Errors
/// `usage` where no project is named, or by no good address.
pub fn open(settings: &Settings) -> Result<Box<dyn Backend>> {
    let named = env::FOUNDRY_ENDPOINT.into_iter().find_map(env::text);
    let endpoint = settings.endpoint(named).ok_or_else(|| {
        Error::usage("the endpoint of the Microsoft Foundry project is not set").hint(format!(
            "set {} to https://ACCOUNT.services.ai.azure.com/api/projects/PROJECT",
            env::FOUNDRY_ENDPOINT.join(" or ")
        ))
    })?;
    let mut options = Options::new(CAPABILITIES.backend, endpoint).configured(settings);
    let chain = Arc::new(Chain::new(settings, &options)?);
    options.auth = Some(Arc::clone(&chain) as Arc<dyn Auth>);
    options.headers.extend(acting(settings)?);
    // Not before: what a login answers is a token.
    options.answers.clone_from(&settings.answers);
    let client = FoundryClient { chain: Some(chain), ..FoundryClient::new(options, settings.agent.value.clone())? };
    Ok(Box::new(FoundryBackend::from(client)))
}

/// Returns the headers that name the end user, which are sent with every call.
fn acting(settings: &Settings) -> Result<Vec<(String, String)>> {
    let known = [
        ("user_identity", &settings.user_identity, wire::USER_IDENTITY),
        ("isolation_key", &settings.isolation_key, wire::ISOLATION_KEY),
    ];
    let mut headers = Vec::new();
    for (name, setting, wire::IdentityHeader { header, rule, takes }) in known {
        let Some(value) = &setting.value else { continue };
        if !takes(value) {
            let what = format!("{name} ({}) cannot be sent: {value:?}", setting.origin);
            return Err(Error::usage(what).hint(format!("it is {rule}")));
        }
        headers.push((header.to_owned(), value.clone()));
    }
    Ok(headers)
}

/// Creates the backend for a service.
///
/// # Errors
/// `usage` for an address that cannot be one.
pub fn with(options: Options, agent: Option<String>) -> Result<Box<dyn Backend>> {
    Ok(Box::new(FoundryBackend::from(FoundryClient::new(options, agent)?)))
}

/// The parts of the backend, which share a client.
struct FoundryBackend {
    client: Arc<FoundryClient>,
    sessions: FoundrySessions,
    files: FoundryFiles,
    agents: FoundryAgents,
}

impl From<FoundryClient> for FoundryBackend {
    fn from(client: FoundryClient) -> Self {
        let client = Arc::new(client);
        FoundryBackend {
            sessions: FoundrySessions { client: Arc::clone(&client) },
            files: FoundryFiles::new(Arc::clone(&client)),
            agents: FoundryAgents { client: Arc::clone(&client) },
            client,
        }
    }
}

#[async_trait]
impl Backend for FoundryBackend {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn sessions(&self) -> &dyn Sessions {
        &self.sessions
    }

    fn files(&self) -> Option<&dyn SessionFiles> {
        Some(&self.files)
    }

    fn agents(&self) -> Option<&dyn Agents> {
        Some(&self.agents)
    }

    async fn diagnose(&self) -> Vec<Check> {
        let mut findings = vec![Check { name: "project", outcome: Ok(self.client.endpoint.clone()) }];
        if let Some(chain) = &self.client.chain {
            findings.extend(chain.diagnose().await);
            if findings.iter().any(|finding| finding.outcome.is_err()) {
                // Every further call would say the same.
                return findings;
            }
        }
        let agent = match self.client.agent() {
            Ok(agent) => self.client.newest_version(agent).await.map(|version| format!("{agent}, version {version}")),
            Err(error) => Err(error),
        };
        let listed = self.sessions.list(&SessionQuery::default(), PageRequest::default()).await;
        findings.push(Check { name: "agent", outcome: agent });
        findings.push(Check { name: "sessions", outcome: listed.and_then(|page| page.count("sessions")) });
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wharf_core::error::Kind;

    #[test]
    fn an_agent_is_needed_and_is_asked_for_by_all_its_names() {
        let error = with(Options::new("foundry", "https://service.test"), None)
            .and_then(|backend| futures_util::FutureExt::now_or_never(backend.sessions().get(&"s1".parse()?)).unwrap())
            .unwrap_err();
        assert_eq!(error.kind(), Kind::Usage);
        let hint = error.hint_text().unwrap();
        assert!(["Agent=NAME", "WHARF_AGENT", "profile"].iter().all(|word| hint.contains(word)), "{hint}");
        assert_eq!(client::checked("a.b").unwrap_err().kind(), Kind::Usage);
    }
}
