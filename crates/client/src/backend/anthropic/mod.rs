//! Anthropic's managed agents: sessions, the workspace's files, and what is mounted.
//!
//! The types, paths and limits of the protocol, and where each fact comes from, are in [`wire`]; what
//! its sources leave open is said here, next to where it is decided. The service has no call that
//! lists a session's directories: `view` makes them up from what is mounted and from what the
//! agent made.

mod credentials;
mod errors;
mod files;
mod listing;
mod resources;
mod sessions;
mod store;
mod tidy;
mod unmounted;
mod view;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use serde_json::value::RawValue;

use self::credentials::Login;
use self::files::{AnthropicFiles, Taken};
use self::resources::AnthropicResources;
use self::sessions::AnthropicSessions;
use self::store::{AnthropicStore, Seen};
use self::unmounted::Dropped;
use self::view::View;
use super::capability::Limits;
use super::page::unreadable;
use super::{
    Backend, Capabilities, Feature, FileStore, Finding, PageRequest, Resources, SessionFiles, SessionQuery, Sessions,
};
use crate::http::{Answer, Auth, Class, Http, Options, Request};
use wharf_core::config::{Settings, env};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{FileId, SessionId, SessionPath, SessionStatus};
use wharf_wire::anthropic::{self as wire, AnthropicOperation};
use wharf_wire::json;

/// What Anthropic's service can do.
pub static CAPABILITIES: Capabilities = Capabilities {
    backend: "anthropic",
    account: Some("an API key or a token: ANTHROPIC_API_KEY, ANTHROPIC_AUTH_TOKEN"),
    home: wire::resources::UPLOADS,
    proof: "size",
    // About 500 requests about files a minute are allowed [docs], and an upload to a path takes two.
    jobs: 8,
    limits: Limits { file_bytes: Some(wire::files::FILE_MAX), session_bytes: None, mounts: None },
    usable: &[SessionStatus::Idle],
    features: &[
        Feature::SessionTitle,
        Feature::SessionLabels,
        Feature::SessionResources,
        Feature::SessionAgent,
        Feature::SessionAgentVersion,
        Feature::SessionEnvironment,
        Feature::SessionVaults,
        Feature::SessionFilters,
        Feature::SessionUpdate,
        Feature::SessionArchive,
        Feature::SessionFiles,
        Feature::StoredFiles,
        Feature::FileExpiry,
        Feature::Beta,
        Feature::Resources,
        Feature::ResourceUpdate,
        Feature::ResourceFile,
        Feature::ResourceGithubRepository,
        Feature::ResourceMemoryStore,
    ],
};

/// The time between two listings that have to be equal. Files come to light one to three seconds after a session is idle \[skill\].
const SETTLE: Duration = Duration::from_secs(4);

/// Makes the client as the settings have it.
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

/// What a client has to know beside how to reach the service.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Where the credentials come from, for people.
    pub login: Option<String>,
    /// Names of features beside those that are needed.
    pub betas: Vec<String>,
    /// The agent of new sessions, where nobody names one.
    pub agent: Option<String>,
    /// Their environment.
    pub environment: Option<String>,
    /// How long two listings of what an agent made have to be apart, and equal, to be taken for all of
    /// it.
    pub settle: Duration,
}

impl Default for Setup {
    fn default() -> Self {
        Setup { login: None, betas: Vec::new(), agent: None, environment: None, settle: SETTLE }
    }
}

/// The same for a service that is known.
///
/// # Errors
/// `usage` for an address that cannot be one.
pub fn with(mut options: Options, mut setup: Setup) -> Result<Box<dyn Backend>> {
    // Of two lines the service reads the first [docs], and a header of the user's would take the
    // place of ours.
    options.headers.retain(|name, value| {
        let line = name.eq_ignore_ascii_case(wire::BETA_HEADER);
        if line {
            setup.betas.extend(value.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()));
        }
        !line
    });
    let (endpoint, auth) = (options.base_url.clone(), options.auth.clone());
    let http = Http::new(Options { envelope: errors::envelope, ..options })?;
    let client = Arc::new(AnthropicClient {
        http,
        endpoint,
        auth,
        setup,
        seen: Mutex::default(),
        taken: tokio::sync::Mutex::default(),
        views: Mutex::default(),
        touched: Mutex::default(),
        dropped: Mutex::default(),
    });
    let store = AnthropicStore { client: Arc::clone(&client) };
    let resources = AnthropicResources { client: Arc::clone(&client), store: store.clone() };
    Ok(Box::new(Anthropic {
        sessions: AnthropicSessions { client: Arc::clone(&client), resources: resources.clone() },
        files: AnthropicFiles { client: Arc::clone(&client), store: store.clone(), resources: resources.clone() },
        store,
        resources,
        client,
    }))
}

/// The parts of the backend, which share the client.
struct Anthropic {
    client: Arc<AnthropicClient>,
    sessions: AnthropicSessions,
    files: AnthropicFiles,
    store: AnthropicStore,
    resources: AnthropicResources,
}

/// The service: its requests, and what was heard of it.
struct AnthropicClient {
    http: Http,
    endpoint: String,
    auth: Option<Arc<dyn Auth>>,
    setup: Setup,
    /// What was looked at is not looked at again right before it is fetched: stored files never change.
    seen: Mutex<HashMap<FileId, Seen>>,
    /// The paths of each session at which something is, so that not every upload asks for them.
    taken: tokio::sync::Mutex<HashMap<SessionId, Taken>>,
    /// Each session's files when they were last listed.
    views: Mutex<HashMap<SessionId, (Instant, Arc<View>)>>,
    /// Paths at which something was mounted or unmounted since.
    touched: Mutex<HashSet<SessionPath>>,
    /// Uploads whose work was dropped before they were mounted.
    dropped: Mutex<Vec<Dropped>>,
}

impl AnthropicClient {
    /// A request about files of the workspace, which needs no name of a feature \[docs\].
    fn plain(&self, class: Class, operation: AnthropicOperation, ids: &[&str]) -> Request<'_> {
        self.call(class, operation, ids, &[])
    }

    /// A request about sessions, which do not exist without the name of the feature \[docs\].
    fn gated(&self, class: Class, operation: AnthropicOperation, ids: &[&str]) -> Request<'_> {
        self.call(class, operation, ids, &[wire::beta::MANAGED_AGENTS])
    }

    /// The user's names of features come first, as in the official clients \[recorded\].
    fn call(&self, class: Class, operation: AnthropicOperation, ids: &[&str], needed: &[&str]) -> Request<'_> {
        let request = self.http.operation(class, operation, ids).header(wire::VERSION_HEADER, wire::VERSION);
        let others = needed.iter().copied().filter(|name| !self.setup.betas.iter().any(|known| known == name));
        let line = wire::beta_line(self.setup.betas.iter().map(String::as_str).chain(others));
        if line.is_empty() { request } else { request.header(wire::BETA_HEADER, &line) }
    }
}

/// What a mutex guards; whoever panicked left it whole.
fn held<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A deletion that finds nothing, because an earlier try of it did it, has what it wanted.
fn gone(deleted: Result<Answer>) -> Result<()> {
    let answer = match deleted {
        Err(error) if error.kind() == Kind::NotFound && error.is_uncertain() => return Ok(()),
        other => other?,
    };
    if answer.status == 204 {
        return answer.nothing();
    }
    match answer.object::<wire::DeletedAnswer>()? {
        deleted if deleted.is_one() => Ok(()),
        deleted => {
            let what = format!("the service answered a deletion with what is none: {}", json::excerpt(&deleted.id));
            Err(Error::new(Kind::Unavailable, what))
        }
    }
}

/// What the service wrote, read as what it should be.
fn parsed<'a, T: serde::Deserialize<'a>>(text: &'a RawValue, what: &str) -> Result<T> {
    json::object(text.get().as_bytes()).map_err(|e| unreadable(what, text, e))
}

#[async_trait]
impl Backend for Anthropic {
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

    fn origin(&self) -> String {
        format!("{} {}", CAPABILITIES.backend, self.client.endpoint.trim_end_matches('/'))
    }

    async fn settle(&self) -> Result<()> {
        self.files.tidy().await
    }

    async fn examine(&self) -> Vec<Finding> {
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
            Finding { check: "service", outcome: Ok(self.client.endpoint.clone()) },
            Finding { check: "login", outcome: login.map(|from| from.unwrap_or_else(|| "given".to_owned())) },
            Finding { check: "files", outcome: answered(files) },
            Finding { check: "sessions", outcome: answered(sessions) },
        ]
    }
}
