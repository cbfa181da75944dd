//! AGB cloud: sessions, their files and the contexts that are loaded into them.
//!
//! The types, paths and limits of the protocol, and the source of each fact, are in [`wire`]; decisions about what
//! the sources leave open are documented where they are made. All calls go through the API and need only the id of a
//! session, so that a command needs no preparatory call.
//!
//! - `client.rs`: requests; `credentials.rs`: the key; `capabilities.rs`: what the service can do
//! - `errors.rs`: what the service says of an error, in three places
//! - `sessions.rs`, `labels.rs`, `contexts.rs`: sessions and what is bound to them
//! - `poll.rs`: pauses between looks at work of the service
//! - `tools.rs`: calls of tools, and of the shell among them
//! - `stat.rs`: what paths hold; `files.rs`: what is done with them
//! - `exec.rs`: commands; `job.rs`: the directory of one, `running.rs`: following it; `run_code.rs`: code
//! - `put.rs`, `fetch.rs`: contents; small ones go through tools, others through `presigned.rs`
//! - `cleanup.rs`: what is left where work ends early
//! - `bundle.rs`: many small files at once; `bundle_put.rs` and `bundle_fetch.rs`: their two ways

mod bundle;
mod bundle_fetch;
mod bundle_put;
mod capabilities;
mod cleanup;
mod client;
mod contexts;
mod credentials;
mod errors;
mod exec;
mod fetch;
mod files;
mod job;
mod labels;
mod poll;
mod presigned;
mod put;
mod run_code;
mod running;
mod sessions;
mod stat;
mod stat_each;
mod tools;

use std::sync::Arc;

pub use self::capabilities::CAPABILITIES;
use self::client::AgbClient;
use self::contexts::AgbContexts;
use self::exec::AgbExec;
use self::sessions::AgbSessions;
use self::stat::AgbFiles;
use super::{Backend, Capabilities, Check, Exec, PageRequest, Resources, SessionFiles, SessionQuery, Sessions};
use crate::http::{Auth, Options};
use async_trait::async_trait;
use futures_util::future::join;
use wharf_core::config::{Settings, env};
use wharf_core::error::Result;
use wharf_wire::agb as wire;

/// Creates the backend from the settings.
///
/// # Errors
/// `usage` for an invalid address.
pub fn open(settings: &Settings) -> Result<Box<dyn Backend>> {
    // Without a scheme it is that of TLS [sdk].
    let named = env::text(env::AGB_ENDPOINT).map(|endpoint| match endpoint.trim() {
        whole if whole.contains("://") => whole.to_owned(),
        host => format!("https://{host}"),
    });
    let endpoint = settings.endpoint(named).unwrap_or_else(|| wire::ENDPOINT.to_owned());
    let mut options = Options::new(CAPABILITIES.backend, endpoint).configured(settings);
    let key = Arc::new(credentials::ApiKey::new(settings)?);
    options.auth = Some(Arc::clone(&key) as Arc<dyn Auth>);
    options.answers.clone_from(&settings.answers);
    let backend = AgbBackend::new(options, settings.image.value.clone(), Some(key))?;
    Ok(Box::new(backend))
}

/// Creates the backend for a service; `image` is the default image of new sessions.
///
/// # Errors
/// `usage` for an address that cannot be one.
pub fn with(options: Options, image: Option<String>) -> Result<Box<dyn Backend>> {
    Ok(Box::new(AgbBackend::new(options, image, None)?))
}

/// The parts of the backend, which share a client.
struct AgbBackend {
    client: Arc<AgbClient>,
    sessions: AgbSessions,
    files: AgbFiles,
    contexts: AgbContexts,
    exec: AgbExec,
}

impl AgbBackend {
    fn new(options: Options, image: Option<String>, key: Option<Arc<credentials::ApiKey>>) -> Result<Self> {
        let undated = Options { deadline: None, ..options.clone() };
        let exec = AgbExec { client: Arc::new(AgbClient::new(undated, image.clone())?) };
        let client = Arc::new(AgbClient { key, ..AgbClient::new(options, image)? });
        let contexts = AgbContexts { client: Arc::clone(&client) };
        Ok(AgbBackend {
            sessions: AgbSessions { client: Arc::clone(&client), contexts: contexts.clone() },
            files: AgbFiles::new(Arc::clone(&client)),
            contexts,
            exec,
            client,
        })
    }
}

#[async_trait]
impl Backend for AgbBackend {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn sessions(&self) -> &dyn Sessions {
        &self.sessions
    }

    fn files(&self) -> Option<&dyn SessionFiles> {
        Some(&self.files)
    }

    fn resources(&self) -> Option<&dyn Resources> {
        Some(&self.contexts)
    }

    fn exec(&self) -> Option<&dyn Exec> {
        Some(&self.exec)
    }

    fn origin(&self) -> String {
        format!("{} {}", CAPABILITIES.backend, self.client.endpoint.trim_end_matches('/'))
    }

    async fn clean_up(&self) -> Result<()> {
        let (files, exec) = join(self.client.clean_up(), self.exec.client.clean_up()).await;
        files.and(exec)
    }

    async fn diagnose(&self) -> Vec<Check> {
        let query = SessionQuery::default();
        let listed = self.sessions.list(&query, PageRequest::default()).await;
        let image = self.client.image.clone().unwrap_or_else(|| "none: each new session names its own".to_owned());
        let key = match &self.client.key {
            Some(key) => Some(Check { name: "key", outcome: key.origin().await }),
            None => None,
        };
        let found = [
            Check { name: "endpoint", outcome: Ok(self.client.endpoint.clone()) },
            Check { name: "image", outcome: Ok(image) },
            Check { name: "sessions", outcome: listed.and_then(|page| page.count("sessions")) },
        ];
        key.into_iter().chain(found).collect()
    }
}
