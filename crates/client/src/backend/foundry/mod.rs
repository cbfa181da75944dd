//! Microsoft Foundry's hosted agents: sessions and their files.
//!
//! Every call is about one agent, which the settings name. The types, paths and limits of the
//! protocol, and where each fact comes from, are in [`wire`]; what its sources leave open is said
//! here, next to where it is decided. A path is sent without its leading slash, as answers have it.

mod credentials;
mod errors;
mod files;
mod sessions;

use std::sync::Arc;

use async_trait::async_trait;

use self::credentials::Chain;
use self::files::FoundryFiles;
use self::sessions::FoundrySessions;
use super::capability::Limits;
use super::{Backend, Capabilities, Feature, Finding, PageRequest, SessionFiles, SessionQuery, Sessions};
use crate::http::{Auth, Class, Http, Options, Request};
use wharf_core::config::{Settings, env};
use wharf_core::error::{Error, Result};
use wharf_core::model::SessionStatus;
use wharf_core::random;
use wharf_wire::foundry::{self as wire, FoundryOperation};

/// What Microsoft Foundry can do.
pub static CAPABILITIES: Capabilities = Capabilities {
    backend: "foundry",
    account: Some(
        "Microsoft Entra: a token, a service principal, a workload or managed identity, `az login` or `azd auth login`",
    ),
    home: "/",
    proof: "bytes_written",
    jobs: 16,
    limits: Limits { file_bytes: Some(wire::UPLOAD_MAX), session_bytes: None, mounts: None },
    // Whether a file call wakes a suspended session no source says.
    usable: &[SessionStatus::Running, SessionStatus::Idle],
    features: &[
        Feature::SessionId,
        Feature::SessionAgent,
        Feature::SessionAgentVersion,
        Feature::CallAgent,
        Feature::SessionStop,
        Feature::SessionFiles,
        Feature::Mkdir,
        Feature::MkdirMode,
        Feature::UserIdentity,
        Feature::IsolationKey,
        Feature::Verify,
    ],
};

/// Makes the client as the settings have it.
///
/// # Errors
/// `usage` where no project is named, or by no good address.
pub fn open(settings: &Settings) -> Result<Box<dyn Backend>> {
    let named = env::FOUNDRY_ENDPOINT.into_iter().find_map(env::text);
    let endpoint = settings.endpoint(named).ok_or_else(|| {
        Error::usage("the project of Microsoft Foundry is not known").hint(format!(
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
    Ok(Box::new(Foundry::from(client)))
}

/// The headers by which this is done for an end user, on every call.
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

/// The same for a service that is known.
///
/// # Errors
/// `usage` for an address that cannot be one.
pub fn with(options: Options, agent: Option<String>) -> Result<Box<dyn Backend>> {
    Ok(Box::new(Foundry::from(FoundryClient::new(options, agent)?)))
}

/// The service as seen by one agent: its requests.
struct FoundryClient {
    http: Http,
    endpoint: String,
    agent: Option<String>,
    /// Where credentials come from, if it is known.
    chain: Option<Arc<Chain>>,
}

/// The parts of the backend, which share the client.
struct Foundry {
    client: Arc<FoundryClient>,
    sessions: FoundrySessions,
    files: FoundryFiles,
}

impl From<FoundryClient> for Foundry {
    fn from(client: FoundryClient) -> Self {
        let client = Arc::new(client);
        Foundry {
            sessions: FoundrySessions { client: Arc::clone(&client) },
            files: FoundryFiles::new(Arc::clone(&client)),
            client,
        }
    }
}

impl FoundryClient {
    fn new(options: Options, agent: Option<String>) -> Result<Self> {
        let endpoint = options.base_url.clone();
        let http = Http::new(Options { envelope: errors::envelope, ..options })?;
        Ok(FoundryClient { http, endpoint, agent, chain: None })
    }

    /// The agent that all is about.
    fn agent(&self) -> Result<&str> {
        let Some(agent) = &self.agent else {
            return Err(Error::usage("the sessions of Microsoft Foundry belong to an agent, and none is named")
                .hint("name it: `--agent NAME`, WHARF_AGENT, or `agent` in the profile"));
        };
        checked(agent)
    }

    /// Returns a request about the agent, or about one of its sessions where `ids` has an id.
    fn call(&self, class: Class, operation: FoundryOperation, ids: &[&str]) -> Result<Request<'_>> {
        Ok(self.call_of(self.agent()?, class, operation, ids))
    }

    fn call_of(&self, agent: &str, class: Class, operation: FoundryOperation, ids: &[&str]) -> Request<'_> {
        let parameters: Vec<&str> = [agent].into_iter().chain(ids.iter().copied()).collect();
        let request = self.http.operation(class, operation, &parameters).query("api-version", wire::API_VERSION);
        // No name for it is better than two alike.
        match random::uuid() {
            Ok(id) => request.header(wire::CLIENT_REQUEST_ID, &id),
            Err(_) => request,
        }
    }
}

/// A name that an agent can have.
fn checked(agent: &str) -> Result<&str> {
    if wire::is_agent_name(agent) {
        return Ok(agent);
    }
    Err(Error::usage(format!("this is no name of an agent of Microsoft Foundry: {agent:?}"))
        .hint(format!("it has 1 to {} letters, digits and hyphens", wire::AGENT_NAME_MAX)))
}

#[async_trait]
impl Backend for Foundry {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn sessions(&self) -> &dyn Sessions {
        &self.sessions
    }

    fn files(&self) -> Option<&dyn SessionFiles> {
        Some(&self.files)
    }

    async fn examine(&self) -> Vec<Finding> {
        let mut findings = vec![Finding { check: "project", outcome: Ok(self.client.endpoint.clone()) }];
        if let Some(chain) = &self.client.chain {
            findings.extend(chain.examine().await);
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
        findings.push(Finding { check: "agent", outcome: agent });
        findings.push(Finding { check: "sessions", outcome: listed.and_then(|page| page.count("sessions")) });
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
        assert!(["--agent", "WHARF_AGENT", "profile"].iter().all(|word| hint.contains(word)), "{hint}");
        assert_eq!(checked("a.b").unwrap_err().kind(), Kind::Usage);
    }
}
