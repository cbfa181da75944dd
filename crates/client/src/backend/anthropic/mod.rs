//! Anthropic's managed agents: sessions, the files of the workspace, and mounted resources.
//!
//! The types, paths and limits of the protocol, and the source of each fact, are in [`wire`]; decisions about what
//! the sources leave open are documented where they are made. The service has no call that lists the directories of a
//! session: `view` derives them from the mounts and the files of the agent.

mod agents;
mod capabilities;
mod client;
mod credentials;
mod environments;
mod errors;
mod event_follower;
mod event_sender;
mod event_view;
mod events;
mod files;
mod known;
mod listing;
mod resources;
mod sessions;
mod snapshot;
mod store;
mod tidy;
mod turns;
mod unmounted;
mod view;

use std::sync::Arc;

use async_trait::async_trait;

use self::agents::AnthropicAgents;
pub use self::capabilities::CAPABILITIES;
use self::client::AnthropicClient;
pub use self::client::Setup;
use self::credentials::Login;
use self::environments::AnthropicEnvironments;
use self::events::AnthropicEvents;
use self::files::AnthropicFiles;
use self::resources::AnthropicResources;
use self::sessions::AnthropicSessions;
use self::store::AnthropicStore;
use self::turns::AnthropicTurns;
use super::{
    Agents, Backend, Capabilities, Check, Environments, Events, FileStore, PageRequest, Resources, SessionFiles,
    SessionQuery, Sessions, Turns,
};
use crate::http::Options;
use wharf_core::config::{Settings, env};
use wharf_core::error::Result;
use wharf_wire::anthropic as wire;

/// Creates the backend from the settings.
///
/// # Errors
/// `usage` for an address or a token file that cannot be one.
pub fn open(settings: &Settings) -> Result<Box<dyn Backend>> {
    let endpoint = settings.endpoint(env::text(env::ANTHROPIC_BASE_URL)).unwrap_or_else(|| wire::BASE_URL.to_owned());
    let mut options = Options::new(CAPABILITIES.backend, endpoint).configured(settings);
    let login = Login::of(settings)?;
    let setup = Setup {
        login: login.named(),
        betas: settings.betas.clone(),
        agent: settings.agent.value.clone(),
        environment: settings.environment.value.clone(),
        ..Setup::default()
    };
    options.auth = Some(Arc::new(login));
    options.answers.clone_from(&settings.answers);
    with(options, setup)
}

/// Creates the backend for a service.
///
/// # Errors
/// `usage` for an address that cannot be one.
pub fn with(options: Options, setup: Setup) -> Result<Box<dyn Backend>> {
    let undated = Options { deadline: None, ..options.clone() };
    let turns = AnthropicTurns { client: Arc::new(AnthropicClient::new(undated, setup.clone())?) };
    let client = Arc::new(AnthropicClient::new(options, setup)?);
    let store = AnthropicStore { client: Arc::clone(&client) };
    let resources = AnthropicResources { client: Arc::clone(&client), store: store.clone() };
    Ok(Box::new(AnthropicBackend {
        sessions: AnthropicSessions { client: Arc::clone(&client), resources: resources.clone() },
        files: AnthropicFiles { client: Arc::clone(&client), store: store.clone(), resources: resources.clone() },
        store,
        resources,
        agents: AnthropicAgents { client: Arc::clone(&client) },
        environments: AnthropicEnvironments { client: Arc::clone(&client) },
        events: AnthropicEvents { client: Arc::clone(&client) },
        turns,
        client,
    }))
}

/// The parts of the backend, which share a client.
struct AnthropicBackend {
    client: Arc<AnthropicClient>,
    sessions: AnthropicSessions,
    files: AnthropicFiles,
    store: AnthropicStore,
    resources: AnthropicResources,
    agents: AnthropicAgents,
    environments: AnthropicEnvironments,
    events: AnthropicEvents,
    turns: AnthropicTurns,
}

#[async_trait]
impl Backend for AnthropicBackend {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn sessions(&self) -> &dyn Sessions {
        &self.sessions
    }

    fn files(&self) -> Option<&dyn SessionFiles> {
        Some(&self.files)
    }

    fn store(&self) -> Option<&dyn FileStore> {
        Some(&self.store)
    }

    fn resources(&self) -> Option<&dyn Resources> {
        Some(&self.resources)
    }

    fn agents(&self) -> Option<&dyn Agents> {
        Some(&self.agents)
    }

    fn environments(&self) -> Option<&dyn Environments> {
        Some(&self.environments)
    }

    fn events(&self) -> Option<&dyn Events> {
        Some(&self.events)
    }

    fn turns(&self) -> Option<&dyn Turns> {
        Some(&self.turns)
    }

    fn origin(&self) -> String {
        format!("{} {}", CAPABILITIES.backend, self.client.endpoint.trim_end_matches('/'))
    }

    async fn flush(&self) -> Result<()> {
        self.files.tidy().await
    }

    async fn diagnose(&self) -> Vec<Check> {
        let one = || PageRequest { cursor: None, limit: Some(1) };
        let login = match &self.client.auth {
            Some(auth) => auth.credentials().await.map(|_| self.client.setup.login.clone()),
            None => Ok(None),
        };
        let answered = |ok: Result<String>| ok.map(|_| "answered".to_owned());
        let files = self.store.list(None, one()).await.and_then(|page| page.count("files"));
        let sessions = self.sessions.list(&SessionQuery::default(), one()).await;
        let sessions = sessions.and_then(|page| page.count("sessions"));
        vec![
            Check { name: "service", outcome: Ok(self.client.endpoint.clone()) },
            Check { name: "login", outcome: login.map(|from| from.unwrap_or_else(|| "given".to_owned())) },
            Check { name: "files", outcome: answered(files) },
            Check { name: "sessions", outcome: answered(sessions) },
        ]
    }
}
