//! AGB cloud: sessions, their files and the contexts that are loaded into them.
//!
//! The types, paths and limits of the protocol, and where each fact comes from, are in [`wire`]; what
//! its sources leave open is said here, next to where it is decided. All calls go through the API:
//! nothing but a session's id is needed for them, so that a command costs no call to get ready.
//!
//! - `credentials.rs`: the key
//! - `errors.rs`: what the service says of an error, in three places
//! - `sessions.rs`, `labels.rs`, `contexts.rs`: sessions and what is bound to them
//! - `poll.rs`: pauses between looks at work of the service
//! - `tools.rs`: calls of tools, and of the shell among them
//! - `look.rs`: what paths hold; `files.rs`: what is done with them
//! - `put.rs`, `fetch.rs`: contents; small ones go through tools, others through `presigned.rs`

mod contexts;
mod credentials;
mod errors;
mod fetch;
mod files;
mod labels;
mod look;
mod poll;
mod presigned;
mod put;
mod sessions;
mod tools;

use std::sync::Arc;

use async_trait::async_trait;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use self::contexts::AgbContexts;
use self::look::AgbFiles;
use self::presigned::Gates;
use self::sessions::AgbSessions;
use super::capability::Limits;
use super::{Backend, Capabilities, Feature, Finding, PageRequest, Resources, SessionFiles, SessionQuery, Sessions};
use crate::http::redact;
use crate::http::{Answer, Auth, Class, Http, Options, Request};
use wharf_core::config::{Settings, env};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Provider, SessionId, SessionStatus};
use wharf_wire::agb::{self as wire, AgbOperation};

/// What AGB cloud can do.
pub static CAPABILITIES: Capabilities = Capabilities {
    backend: "agb",
    account: Some("an API key: AGB_API_KEY"),
    home: "/tmp",
    proof: "md5, size; sha256 of small text",
    jobs: 16,
    limits: Limits { file_bytes: None, session_bytes: None, mounts: None },
    usable: &[SessionStatus::Running],
    features: &[
        Feature::SessionLabels,
        Feature::SessionTtl,
        Feature::SessionResources,
        Feature::SessionImage,
        Feature::SessionTouch,
        Feature::SessionFiles,
        Feature::Verify,
        Feature::Mkdir,
        Feature::Move,
        Feature::Resources,
        Feature::ResourceContext,
    ],
};

/// Makes the client as the settings have it.
///
/// # Errors
/// `usage` where the address is none.
pub fn open(settings: &Settings) -> Result<Box<dyn Backend>> {
    // Without a scheme it is that of TLS [sdk].
    let named = env::text(env::AGB_ENDPOINT).map(|endpoint| match endpoint.trim() {
        whole if whole.contains("://") => whole.to_owned(),
        host => format!("https://{host}"),
    });
    let endpoint = settings.endpoint(named).unwrap_or_else(|| wire::ENDPOINT.to_owned());
    let mut options = Options::new(CAPABILITIES.backend, endpoint).configured(settings);
    let key = Arc::new(credentials::Key::new(settings)?);
    options.auth = Some(Arc::clone(&key) as Arc<dyn Auth>);
    options.answers.clone_from(&settings.answers);
    let client = AgbClient { key: Some(key), ..AgbClient::new(options, settings.image.value.clone())? };
    Ok(Box::new(Agb::from(client)))
}

/// The same for a service that is known; `image` is what a session is made from where nobody names
/// one.
///
/// # Errors
/// `usage` for an address that cannot be one.
pub fn with(options: Options, image: Option<String>) -> Result<Box<dyn Backend>> {
    Ok(Box::new(Agb::from(AgbClient::new(options, image)?)))
}

/// The parts of the backend, which share the client.
struct Agb {
    client: Arc<AgbClient>,
    sessions: AgbSessions,
    files: AgbFiles,
    contexts: AgbContexts,
}

impl From<AgbClient> for Agb {
    fn from(client: AgbClient) -> Self {
        let client = Arc::new(client);
        let contexts = AgbContexts { client: Arc::clone(&client) };
        Agb {
            sessions: AgbSessions { client: Arc::clone(&client), contexts: contexts.clone() },
            files: AgbFiles::new(Arc::clone(&client)),
            contexts,
            client,
        }
    }
}

/// The service: its requests and its tools.
struct AgbClient {
    http: Http,
    endpoint: String,
    image: Option<String>,
    /// Where the key comes from, if it is known.
    key: Option<Arc<credentials::Key>>,
    /// Where presigned transfers pass through, for each session.
    gates: Gates,
}

impl AgbClient {
    fn new(options: Options, image: Option<String>) -> Result<Self> {
        let endpoint = options.base_url.clone();
        let http = Http::new(Options { envelope: errors::envelope, is_failure: errors::is_failure, ..options })?;
        Ok(AgbClient { http, endpoint, image, key: None, gates: Gates::default() })
    }
}

/// An answer that says that all is well.
struct Reply {
    answer: Answer,
    envelope: wire::AgbEnvelope,
}

impl Reply {
    /// What was asked for.
    fn data<T: DeserializeOwned>(&self) -> Result<T> {
        self.envelope.data().ok_or_else(|| self.lacks("what was asked for"))
    }

    /// An answer without something that is always there.
    fn lacks(&self, what: &str) -> Error {
        self.answer.error(crate::http::Told {
            message: Some(format!("{what} is not in the answer")),
            request_id: self.envelope.request_id.clone(),
            ..crate::http::Told::default()
        })
    }

    /// The same as the service wrote it, and as it may be shown.
    fn provider(&self) -> Provider {
        #[derive(serde::Deserialize)]
        struct Data {
            #[serde(alias = "Data")]
            data: Box<RawValue>,
        }
        serde_json::from_slice(&self.answer.bytes).map_or_else(|_| Provider::default(), |data: Data| shown(&data.data))
    }
}

/// An object of the service, whose secrets only `--format raw` shows.
fn shown(text: &RawValue) -> Provider {
    let mut masked = wire::value(text.get().as_bytes()).unwrap_or_default();
    redact::json(&mut masked);
    Provider::masked(text, &masked)
}

impl AgbClient {
    /// Returns a request for an operation. Every one says that it is JSON, as the SDKs' do.
    fn call(&self, class: Class, operation: AgbOperation) -> Request<'_> {
        self.http.operation(class, operation, &[]).header("content-type", "application/json")
    }

    /// A `GET` whose parameters are in its query.
    fn ask(&self, operation: AgbOperation) -> Request<'_> {
        self.call(Class::Safe, operation)
    }

    /// A `POST` whose parameters are in its query; its body is an empty object \[recorded\].
    fn tell(&self, class: Class, operation: AgbOperation) -> Request<'_> {
        self.call(class, operation).json(&serde_json::Map::new())
    }

    /// A `POST` about one session.
    fn tell_of(&self, class: Class, operation: AgbOperation, id: &SessionId) -> Request<'_> {
        self.call(class, operation).json(&wire::SessionRef { session_id: id.to_string() })
    }
}

/// Sends a request and reads the envelope of its answer.
async fn send(request: Request<'_>) -> Result<Reply> {
    let answer = request.send().await?;
    match wire::AgbEnvelope::read(&answer.bytes) {
        Some(envelope) => Ok(Reply { answer, envelope }),
        // The client has refused everything else: see `errors::is_failure`.
        None => Err(Error::new(Kind::Internal, "an answer without an envelope")),
    }
}

#[async_trait]
impl Backend for Agb {
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

    async fn examine(&self) -> Vec<Finding> {
        let query = SessionQuery::default();
        let listed = self.sessions.list(&query, PageRequest::default()).await;
        let image =
            self.client.image.clone().unwrap_or_else(|| "none: each `sessions create` names its own".to_owned());
        let key = match &self.client.key {
            Some(key) => Some(Finding { check: "key", outcome: key.origin().await }),
            None => None,
        };
        let found = [
            Finding { check: "endpoint", outcome: Ok(self.client.endpoint.clone()) },
            Finding { check: "image", outcome: Ok(image) },
            Finding { check: "sessions", outcome: listed.and_then(|page| page.count("sessions")) },
        ];
        key.into_iter().chain(found).collect()
    }
}
