//! AGB cloud: sessions, their files by tools and by presigned URLs, contexts.
//!
//! Sessions and their files are the store's. Objects, to which presigned URLs lead, are kept in a
//! store of their own that goes with the server; contexts and syncs are remembered while it runs.
//! Nothing runs in a session unless the server was asked to run commands, see `exec`: `shell` knows a few
//! commands, see `shell`, and `run_code` is refused. What the sources of [`wire`] leave open was decided here,
//! next to where it is done.

mod calls;
mod code;
mod commands;
mod context_state;
mod contexts;
mod exec;
mod files;
mod find;
mod objects;
mod query;
mod session;
mod sessions;
mod shell;
mod signer;
mod snapshots;
mod source;
mod stream;
mod sync;
mod tools;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use hyper::header::HeaderValue;
use hyper::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use self::context_state::ContextRegistry;
use self::session::ReleasedSessions;
use self::signer::Signer;
use self::snapshots::Snapshots;
use super::answer::{self, HttpResponse};
use super::api_error::{ApiError, ApiResult};
use super::dialect::{self, Dialect};
use super::request::{ApiRequest, RequestBody};
use super::runner::ProgramRunner;
use super::token;
use wharf_client::backend::SessionFiles;
use wharf_client::backend::local::Local;
use wharf_core::error::Kind;
use wharf_core::random;
use wharf_core::sync::lock;
use wharf_wire::agb::{self as wire, AgbOperation};
use wharf_wire::route::{NoRoute, Operation as _};
use wharf_wire::routes;

/// The most bytes of a body that is a document: more than the service takes in one message.
const DOCUMENT_MAX: u64 = 4 << 20;

routes! {
    /// The operations behind the addresses that the API gives out, which every service chooses for itself.
    enum OwnOperation {
        /// Calls a tool of a session without the API.
        CallDirectly = "tools.call", POST "/link/{session_id}/callTool";
        /// Runs code of a session on a WebSocket.
        StreamCode = "tools.stream", GET "/link/{session_id}/ws";
        /// Stores an object, by a presigned URL.
        PutObject = "files.upload", PUT "/oss/{context}/{*key}";
        /// Returns an object, by a presigned URL.
        GetObject = "files.download", GET "/oss/{context}/{*key}";
    }
}

/// What the paths begin with that are this service's.
const CLAIMED: [&str; 5] = ["/mcp/", "/sdk/", "/internet/", "/link/", "/oss/"];

/// Returns the names that faults have for the operations.
pub(super) fn operations() -> Vec<&'static str> {
    dialect::names::<AgbOperation>().chain(dialect::names::<OwnOperation>()).collect()
}

/// Returns the longer names that faults have for operations on tools.
pub(super) fn parts() -> &'static [&'static str] {
    &calls::CALLS
}

/// Returns the variables by which clients find the service at `origin`, and the key for it.
pub(super) fn variables(origin: &str, key: &str) -> Vec<(&'static str, String)> {
    vec![("AGB_ENDPOINT", origin.to_owned()), ("AGB_API_KEY", key.to_owned())]
}

/// The dialect.
pub(super) struct AgbEmulator {
    origin: String,
    backend: Arc<Local>,
    /// Where objects are kept: a session for each context, a file for each object.
    objects: Arc<Local>,
    signer: Signer,
    contexts: ContextRegistry,
    released: ReleasedSessions,
    snapshots: Snapshots,
    /// Runs what tools are asked to run, if anything does.
    runner: Option<Arc<ProgramRunner>>,
    /// Connections on which code is streamed.
    streams: Mutex<JoinSet<()>>,
}

/// What this service alone says no with.
impl ApiError {
    /// Returns a failure within HTTP 200.
    fn in_success(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::OK, message).code(code)
    }

    /// Returns the error for a session that does not exist.
    fn no_session() -> Self {
        Self::bad(wire::code::NO_SESSION_MESSAGE).code(wire::code::NO_SESSION)
    }
}

#[async_trait]
impl Dialect for AgbEmulator {
    fn claims(&self, path: &str) -> bool {
        let path = one_slash(path);
        path == "/mcp" || CLAIMED.iter().any(|start| path.starts_with(start))
    }

    fn operation(&self, method: &Method, path: &str) -> &'static str {
        let path = one_slash(path);
        let service = dialect::name::<AgbOperation>(method, path);
        service.or_else(|| dialect::name::<OwnOperation>(method, path)).unwrap_or(dialect::UNKNOWN)
    }

    fn parts(&self, operation: &str) -> &'static [&'static str] {
        if operation == AgbOperation::CallTool.route().name { &calls::CALLS } else { &[] }
    }

    async fn part(&self, _operation: &str, body: &RequestBody) -> Option<&'static str> {
        calls::call_name(&body.peek(DOCUMENT_MAX).await)
    }

    fn is_signed(&self, method: &Method, path: &str) -> bool {
        OwnOperation::find(method, one_slash(path)).is_ok()
    }

    async fn stop(&self) {
        let mut streams = std::mem::take(&mut *lock(&self.streams));
        streams.shutdown().await;
        if let Some(runner) = &self.runner {
            runner.end_all().await;
        }
    }

    async fn answer(&self, request: ApiRequest) -> HttpResponse {
        match self.answered(&request).await {
            Ok(answer) => answer,
            Err(refusal) if refusal.kind == Some(Kind::NotFound) => {
                self.failure(StatusCode::BAD_REQUEST, Some(wire::code::of(404)), &refusal.message)
            }
            Err(refusal) => self.failure(refusal.status, refusal.code.as_deref(), &refusal.message),
        }
    }

    fn failure(&self, status: StatusCode, code: Option<&str>, message: &str) -> HttpResponse {
        let code = code.unwrap_or_else(|| wire::code::of(status.as_u16()));
        // Within HTTP 200 the body alone has the status [recorded].
        let reported = match status {
            StatusCode::OK if code.ends_with("NotFound") => 404,
            StatusCode::OK if code == wire::code::INTERNAL => 500,
            StatusCode::OK => 400,
            status => u64::from(status.as_u16()),
        };
        let envelope = wire::AgbEnvelope {
            code: Some(code.to_owned()),
            message: Some(message.to_owned()),
            success: false,
            http_status_code: Some(reported),
            ..wire::AgbEnvelope::default()
        };
        named(status, envelope)
    }
}

impl AgbEmulator {
    /// Returns the dialect at `origin`, whose objects are kept in `objects`. If commands and code really run, `exec` is a
    /// directory for the server's own files.
    ///
    /// # Errors
    /// `io` where the system gives no random bytes to sign with.
    pub(super) fn new(
        origin: String,
        backend: Arc<Local>,
        objects: Arc<Local>,
        exec: Option<PathBuf>,
    ) -> wharf_core::error::Result<Self> {
        let runner = exec.map(|scratch| Arc::new(ProgramRunner::new(Arc::clone(&backend), scratch)));
        let (signer, contexts) = (Signer::new()?, ContextRegistry::default());
        let (released, snapshots) = (ReleasedSessions::default(), Snapshots::default());
        Ok(AgbEmulator {
            origin,
            backend,
            objects,
            signer,
            contexts,
            released,
            snapshots,
            runner,
            streams: Mutex::default(),
        })
    }

    /// Returns the files of all sessions.
    fn files(&self) -> &dyn SessionFiles {
        self.backend.session_files()
    }

    async fn answered(&self, request: &ApiRequest) -> ApiResult<HttpResponse> {
        use AgbOperation as Op;
        let no_route = |error| ApiError::no_route(error, &request.method);
        let path = one_slash(&request.path);
        // These have signatures and tokens of their own.
        match OwnOperation::find(&request.method, path) {
            Ok((OwnOperation::CallDirectly, path)) => return self.call_directly(path.get("session_id"), request).await,
            Ok((OwnOperation::StreamCode, path)) => return self.stream_code(path.get("session_id"), request).await,
            Ok((OwnOperation::PutObject | OwnOperation::GetObject, path)) => {
                return Ok(self.object(path.get("context"), path.get("key"), request).await);
            }
            Err(NoRoute::Path) => {}
            Err(error) => return Err(no_route(error)),
        }
        let (operation, _) = Op::find(&request.method, path).map_err(no_route)?;
        if !token::is_given(&request.headers) {
            return Err(ApiError::new(StatusCode::UNAUTHORIZED, "a bearer key is missing; any will do here"));
        }
        let query = &request.query;
        match operation {
            Op::CreateSession => self.create(request).await,
            Op::ListSessions => self.list(query).await,
            Op::GetSession => self.session(request).await,
            Op::GetSessionInfo => self.status(request).await,
            Op::GetMcpResource => self.resource(request).await,
            Op::RefreshIdleTime => self.touch(query).await,
            Op::SetLabels => self.set_labels(query).await,
            Op::GetLabels => self.labels(query).await,
            Op::ReleaseSessionAsync | Op::ReleaseSession => self.release(request).await,
            Op::GetLink | Op::GetCdpLink => self.link(query).await,
            Op::ListTools => Self::list_tools(query),
            Op::CallTool => self.call_tool(request).await,
            Op::LoadInternalContext => self.load_context(query).await,
            Op::GetUploadUrl => self.presigned(&Method::PUT, query),
            Op::GetDownloadUrl => self.presigned(&Method::GET, query),
            Op::SyncContext => self.sync(request).await,
            Op::GetContextInfo => self.sync_status(query).await,
            Op::ListContexts => self.list_contexts(query),
            Op::GetContext => self.get_context(query),
            Op::ModifyContext => self.rename_context(query),
            Op::ClearContext => self.clear_context(query).await,
            Op::DeleteContext => self.delete_context(query).await,
            Op::ListContextFiles => self.context_files(query),
            Op::DeleteContextFile => self.delete_context_file(query).await,
        }
    }
}

/// Returns the path with one slash at its start: a client whose endpoint ends in a slash sends two \[recorded\].
fn one_slash(path: &str) -> &str {
    let extra = path.bytes().take_while(|byte| *byte == b'/').count().saturating_sub(1);
    path.get(extra..).unwrap_or(path)
}

/// Returns a success with `data`.
fn good(data: Value) -> HttpResponse {
    whole(wire::AgbEnvelope::of(Some(data)))
}

/// Returns a success without anything.
fn done() -> HttpResponse {
    whole(wire::AgbEnvelope::of(None))
}

/// Returns a success that is made up already.
fn whole(envelope: wire::AgbEnvelope) -> HttpResponse {
    named(StatusCode::OK, wire::AgbEnvelope { http_status_code: Some(200), ..envelope })
}

/// Returns the answer with a name for the request.
fn named(status: StatusCode, envelope: wire::AgbEnvelope) -> HttpResponse {
    let id = request_id();
    let mut answer = answer::json(status, &wire::AgbEnvelope { request_id: Some(id.clone()), ..envelope });
    if let Ok(id) = HeaderValue::from_str(&id) {
        answer.headers_mut().insert(wire::REQUEST_ID, id);
    }
    answer
}

/// Returns a document as a JSON value.
fn value(document: impl serde::Serialize) -> Value {
    serde_json::to_value(document).unwrap_or_else(|_| json!({}))
}

/// Returns a new name for a request, in the form of a UUID.
fn request_id() -> String {
    // Where a system has no random bytes the names of requests are the least of its troubles.
    random::uuid().unwrap_or_else(|_| "00000000-0000-4000-8000-000000000000".to_owned())
}
