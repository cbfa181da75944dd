//! AGB cloud: sessions, their files by tools and by presigned URLs, contexts.
//!
//! Sessions and their files are the store's. Objects, to which presigned URLs lead, are kept in a
//! store of their own that goes with the server; contexts and syncs are remembered while it runs.
//! Nothing runs in a session: `shell` knows a few commands, see `shell`, and `run_code` is
//! refused. What the sources of [`wire`] leave open was decided here, next to where it is done.

mod change;
mod commands;
mod contexts;
mod files;
mod find;
mod objects;
mod route;
mod sessions;
mod shell;
mod source;
mod sync;
mod tools;

use std::sync::Arc;

use async_trait::async_trait;
use hyper::header::HeaderValue;
use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use self::change::Changes;
use self::contexts::Contexts;
use self::objects::Signer;
use self::route::Call;
use self::sessions::Leaving;
use super::answer::{self, Answer};
use super::dialect::Dialect;
use super::refusal::{Refusal, Result};
use super::request::Request;
use super::token;
use wharf_client::backend::SessionFiles;
use wharf_client::backend::local::Local;
use wharf_core::error::Kind;
use wharf_core::random;
use wharf_wire::agb as wire;

/// The most bytes of a body that is a document: more than the service takes in one message.
const DOCUMENT_MAX: u64 = 4 << 20;

pub(super) use route::OPERATIONS;

/// The variables by which clients find the service at `origin`.
pub(super) fn variables(origin: &str) -> Vec<(&'static str, String)> {
    vec![("AGB_ENDPOINT", origin.to_owned()), ("AGB_API_KEY", token::TOKEN.to_owned())]
}

/// The dialect.
pub(super) struct Agb {
    origin: String,
    backend: Arc<Local>,
    /// Where objects are kept: a session for each context, a file for each object.
    objects: Arc<Local>,
    signer: Signer,
    contexts: Contexts,
    leaving: Leaving,
    changes: Changes,
}

/// What this service alone says no with.
impl Refusal {
    fn no_call() -> Self {
        Self::not_found("there is no call of this path")
    }

    /// A failure within HTTP 200.
    fn within(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::OK, message).code(code)
    }

    /// The session is not there, or not any more.
    fn no_session() -> Self {
        Self::bad(wire::code::NO_SESSION_MESSAGE).code(wire::code::NO_SESSION)
    }
}

#[async_trait]
impl Dialect for Agb {
    fn claims(&self, path: &str) -> bool {
        route::claims(path)
    }

    fn operation(&self, method: &Method, path: &str) -> &'static str {
        Call::find(method, path).map_or(route::UNKNOWN, Call::operation)
    }

    async fn answer(&self, request: Request) -> Answer {
        match self.answered(&request).await {
            Ok(answer) => answer,
            Err(refusal) if refusal.kind == Some(Kind::NotFound) => {
                self.failure(StatusCode::BAD_REQUEST, Some(wire::code::of(404)), &refusal.message)
            }
            Err(refusal) => self.failure(refusal.status, refusal.code.as_deref(), &refusal.message),
        }
    }

    fn failure(&self, status: StatusCode, code: Option<&str>, message: &str) -> Answer {
        let code = code.unwrap_or_else(|| wire::code::of(status.as_u16()));
        // Within HTTP 200 the body alone tells the status [recorded].
        let told = match status {
            StatusCode::OK if code.ends_with("NotFound") => 404,
            StatusCode::OK if code == wire::code::INTERNAL => 500,
            StatusCode::OK => 400,
            status => u64::from(status.as_u16()),
        };
        let envelope = wire::Envelope {
            code: Some(code.to_owned()),
            message: Some(message.to_owned()),
            success: false,
            http_status_code: Some(told),
            ..wire::Envelope::default()
        };
        named(status, envelope)
    }
}

impl Agb {
    /// The dialect at `origin`, whose objects are kept in `objects`.
    ///
    /// # Errors
    /// `io` where the system gives no random bytes to sign with.
    pub(super) fn new(origin: String, backend: Arc<Local>, objects: Arc<Local>) -> wharf_core::error::Result<Self> {
        let (signer, contexts) = (Signer::new()?, Contexts::default());
        let (leaving, changes) = (Leaving::default(), Changes::default());
        Ok(Agb { origin, backend, objects, signer, contexts, leaving, changes })
    }

    /// The files of all sessions.
    fn files(&self) -> &dyn SessionFiles {
        &*self.backend
    }

    async fn answered(&self, request: &Request) -> Result<Answer> {
        let call = Call::find(&request.method, &request.path)?;
        match call {
            // These have signatures and tokens of their own.
            Call::PutObject | Call::GetObject => return Ok(self.object(call, request).await),
            Call::UseDirectly => return self.call_directly(request).await,
            _ => {}
        }
        if !token::is_given(&request.headers) {
            return Err(Refusal::new(StatusCode::UNAUTHORIZED, "a bearer key is missing; any will do here"));
        }
        match call {
            Call::CreateSession => self.create(request).await,
            Call::ListSessions => self.list(&request.query).await,
            Call::GetSession => self.session(request).await,
            Call::SessionStatus => self.status(request).await,
            Call::SessionInfo => self.resource(request).await,
            Call::Touch => self.touch(&request.query).await,
            Call::SetLabels => self.set_labels(&request.query).await,
            Call::GetLabels => self.labels(&request.query).await,
            Call::Release => self.release(request).await,
            Call::Link | Call::CdpLink => self.link(&request.query).await,
            Call::ListTools => tools::listed(&request.query),
            Call::UseTool => self.call_tool(request).await,
            Call::LoadContext => self.load_context(&request.query).await,
            Call::UploadUrl => self.presigned(&Method::PUT, &request.query),
            Call::DownloadUrl => self.presigned(&Method::GET, &request.query),
            Call::Sync => self.sync(request).await,
            Call::SyncStatus => self.sync_status(&request.query).await,
            Call::ListContexts => self.list_contexts(&request.query),
            Call::GetContext => self.get_context(&request.query),
            Call::RenameContext => self.rename_context(&request.query),
            Call::ClearContext => self.clear_context(&request.query).await,
            Call::DeleteContext => self.delete_context(&request.query).await,
            Call::ContextFiles => self.context_files(&request.query),
            Call::DeleteContextFile => self.delete_context_file(&request.query).await,
            Call::PutObject | Call::GetObject | Call::UseDirectly => Err(Refusal::no_call()),
        }
    }
}

/// A success with `data`.
fn good(data: Value) -> Answer {
    whole(wire::Envelope::of(Some(data)))
}

/// A success without anything.
fn done() -> Answer {
    whole(wire::Envelope::of(None))
}

/// A success that is made up already.
fn whole(envelope: wire::Envelope) -> Answer {
    named(StatusCode::OK, wire::Envelope { http_status_code: Some(200), ..envelope })
}

/// The answer with a name for the request.
fn named(status: StatusCode, envelope: wire::Envelope) -> Answer {
    let id = request_id();
    let mut answer = answer::json(status, &wire::Envelope { request_id: Some(id.clone()), ..envelope });
    if let Ok(id) = HeaderValue::from_str(&id) {
        answer.headers_mut().insert(wire::REQUEST_ID, id);
    }
    answer
}

/// What a document of ours is as a value.
fn value(document: impl serde::Serialize) -> Value {
    serde_json::to_value(document).unwrap_or_else(|_| json!({}))
}

/// A new name for a request, in the form of a UUID.
fn request_id() -> String {
    // Where a system has no random bytes the names of requests are the least of its troubles.
    random::uuid().unwrap_or_else(|_| "00000000-0000-4000-8000-000000000000".to_owned())
}
