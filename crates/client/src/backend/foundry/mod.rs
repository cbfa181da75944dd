//! Microsoft Foundry's hosted agents: sessions and their files.
//!
//! Every call is for one agent, which the settings name. The types, paths and limits of the protocol, and the source
//! of each fact, are in [`wire`]; decisions about what the sources leave open are documented where they are made. A
//! path is sent without its leading slash, as in answers.

mod agent_protocol;
mod agents;
mod capabilities;
mod client;
mod credentials;
mod errors;
mod files;
mod invocation_turn;
mod listing;
mod logs;
mod message;
mod response_reader;
mod response_turn;
mod sessions;
mod turn_outcome;
mod turn_records;
mod turns;

use std::sync::Arc;

use async_trait::async_trait;

use self::agents::FoundryAgents;
pub use self::capabilities::CAPABILITIES;
use self::client::FoundryClient;
pub use self::client::FoundrySetup;
use self::credentials::Chain;
use self::files::FoundryFiles;
use self::logs::FoundryLogs;
use self::sessions::FoundrySessions;
use self::turns::FoundryTurns;
use super::{Agents, Backend, Capabilities, Check, Logs, PageRequest, SessionFiles, SessionQuery, Sessions, Turns};
use crate::http::{Auth, Options};
use wharf_core::config::{Settings, env};
use wharf_core::error::{Error, Result};
use wharf_wire::foundry as wire;

/// The directory of [`turn_records`] in the home.
const TURNS: &str = "turns";

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
    let records = settings.home().ok().map(|home| home.join(TURNS));
    FoundryBackend::opened(options, FoundrySetup { agent: settings.agent.value.clone(), records }, Some(&chain))
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
pub fn with(options: Options, setup: FoundrySetup) -> Result<Box<dyn Backend>> {
    FoundryBackend::opened(options, setup, None)
}

/// The parts of the backend, which share a client.
struct FoundryBackend {
    client: Arc<FoundryClient>,
    sessions: FoundrySessions,
    files: FoundryFiles,
    agents: FoundryAgents,
    logs: FoundryLogs,
    turns: FoundryTurns,
}

impl FoundryBackend {
    fn opened(options: Options, setup: FoundrySetup, chain: Option<&Arc<Chain>>) -> Result<Box<dyn Backend>> {
        let undated = FoundryClient::new(Options { deadline: None, ..options.clone() }, setup.clone())?;
        let client = FoundryClient::new(options, setup)?;
        let [undated, client] =
            [undated, client].map(|client| Arc::new(FoundryClient { chain: chain.cloned(), ..client }));
        Ok(Box::new(FoundryBackend {
            sessions: FoundrySessions { client: Arc::clone(&client) },
            files: FoundryFiles::new(Arc::clone(&client)),
            agents: FoundryAgents { client: Arc::clone(&client) },
            logs: FoundryLogs { client: Arc::clone(&undated) },
            turns: FoundryTurns::new(undated),
            client,
        }))
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

    fn logs(&self) -> Option<&dyn Logs> {
        Some(&self.logs)
    }

    fn turns(&self) -> Option<&dyn Turns> {
        Some(&self.turns)
    }

    fn origin(&self) -> String {
        format!("{} {}", CAPABILITIES.backend, self.client.endpoint.trim_end_matches('/'))
    }

    async fn flush(&self) -> Result<()> {
        self.files.end_transfer();
        Ok(())
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
    fn an_agent_is_needed_and_asked_for() {
        let error = with(Options::new("foundry", "https://service.test"), FoundrySetup::default())
            .and_then(|backend| futures_util::FutureExt::now_or_never(backend.sessions().get(&"s1".parse()?)).unwrap())
            .unwrap_err();
        assert_eq!(error.kind(), Kind::Usage);
        let hint = error.hint_text().unwrap();
        assert!(["Agent=NAME", "ListAgents"].iter().all(|word| hint.contains(word)), "{hint}");
        assert_eq!(client::checked("a.b").unwrap_err().kind(), Kind::Usage);
    }
}
