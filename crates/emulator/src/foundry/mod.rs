//! Microsoft Foundry's hosted agents: sessions and their files.
//!
//! Behind every name that an agent can have stands one that exists. Nothing runs in a session: calls
//! that would talk to an agent are answered with 501. What the sources of [`wire`] leave open was
//! decided here, next to where it is done.

mod agent_state;
mod agents;
mod deleted;
mod files;
mod sessions;

use std::sync::Arc;

use async_trait::async_trait;
use hyper::header::HeaderValue;
use hyper::{HeaderMap, Method, StatusCode};

use self::agent_state::AgentRegistry;
use self::deleted::DeletedSessions;
use super::answer::{self, HttpResponse};
use super::api_error::{ApiError, ApiResult};
use super::dialect::{self, Dialect};
use super::request::ApiRequest;
use super::token;
use wharf_client::backend::Backend;
use wharf_core::random;
use wharf_wire::foundry::{self as wire, FoundryOperation};
use wharf_wire::route::{NoRoute, Operation as _, Parameters};
use wharf_wire::url::Query;

/// The most bytes of a body that is a document.
const DOCUMENT_MAX: u64 = 1 << 20;

/// What the paths of projects begin with.
const PROJECTS: &str = "/api/projects/";

/// The project that the variables name. Any other is the same one.
const PROJECT: &str = "/api/projects/wharf";

/// Returns the variables by which clients find the service at `origin`, and the key for it.
pub(super) fn variables(origin: &str, key: &str) -> Vec<(&'static str, String)> {
    let endpoint = format!("{origin}{PROJECT}");
    vec![
        ("FOUNDRY_PROJECT_ENDPOINT", endpoint.clone()),
        ("AZURE_AI_PROJECT_ENDPOINT", endpoint),
        ("WHARF_FOUNDRY_TOKEN", key.to_owned()),
    ]
}

/// The dialect.
pub(super) struct FoundryEmulator {
    backend: Arc<dyn Backend>,
    agents: AgentRegistry,
    deleted: DeletedSessions,
}

#[async_trait]
impl Dialect for FoundryEmulator {
    fn claims(&self, path: &str) -> bool {
        path.starts_with(PROJECTS)
    }

    fn operation(&self, method: &Method, path: &str) -> &'static str {
        find(method, path).map_or(dialect::UNKNOWN, |(operation, _)| operation.route().name)
    }

    async fn answer(&self, request: ApiRequest) -> HttpResponse {
        let answer = match self.answered(&request).await {
            Ok(answer) => answer,
            Err(refusal) => return self.failure(refusal.status, refusal.code.as_deref(), &refusal.message),
        };
        named(answer, &request_id())
    }

    fn failure(&self, status: StatusCode, code: Option<&str>, message: &str) -> HttpResponse {
        let id = request_id();
        let code = code.unwrap_or_else(|| wire::code_of(status.as_u16()));
        let body = wire::FoundryError {
            error: wire::FoundryErrorBody {
                code: Some(code.to_owned()),
                message: message.to_owned(),
                kind: Some("error".to_owned()),
                details: Vec::new(),
                additional_info: Some(wire::AdditionalInfo { request_id: Some(id.clone()) }),
            },
        };
        let mut answer = named(answer::json(status, &body), &id);
        let reason = match status {
            StatusCode::BAD_GATEWAY => Some("SandboxIdle"),
            StatusCode::GATEWAY_TIMEOUT => Some("ProxyTimeout"),
            _ => None,
        };
        if let Some(reason) = reason {
            answer.headers_mut().insert(wire::GATEWAY_REASON, HeaderValue::from_static(reason));
        }
        answer
    }
}

impl FoundryEmulator {
    pub(super) fn new(backend: Arc<dyn Backend>) -> Self {
        FoundryEmulator { backend, agents: AgentRegistry::default(), deleted: DeletedSessions::default() }
    }

    async fn answered(&self, request: &ApiRequest) -> ApiResult<HttpResponse> {
        use FoundryOperation as Op;
        let found = find(&request.method, &request.path);
        let (operation, path) = found.map_err(|error| ApiError::no_route(error, &request.method))?;
        let (agent, session) = (path.get("agent"), path.get("session"));
        if operation != Op::ListAgents && !wire::is_agent_name(agent) {
            return Err(ApiError::bad("an agent's name has 1 to 63 letters, digits and hyphens"));
        }
        check(&request.headers, &request.query)?;
        match operation {
            Op::ListAgents => self.list_agents(request),
            Op::GetAgent => self.get_agent(agent),
            Op::UpdateAgent => self.update_agent(agent, request).await,
            Op::DeleteAgent => self.delete_agent(agent, &request.query).await,
            Op::EnableAgent => Ok(self.set_enabled(agent, true)),
            Op::DisableAgent => Ok(self.set_enabled(agent, false)),
            Op::ListVersions => self.list_versions(agent, &request.query),
            Op::CreateVersion => self.create_version(agent, request).await,
            Op::GetVersion => self.get_version(agent, path.get("version")),
            Op::DeleteVersion => self.delete_version(agent, path.get("version"), &request.query).await,
            Op::ImportVersion | Op::DownloadCode => {
                let what = "the emulator does not keep the code of agents: create a version with a definition";
                Err(ApiError::new(StatusCode::NOT_IMPLEMENTED, what))
            }
            Op::CreateSession => self.create_session(agent, request).await,
            Op::ListSessions => self.list_sessions(agent, &request.query).await,
            Op::GetSession => self.get_session(agent, session).await,
            Op::StopSession => self.stop_session(agent, session).await,
            Op::DeleteSession => self.remove_session(agent, session).await,
            Op::SessionLog | Op::VersionLog => self.session_log(agent, session).await,
            Op::UploadFile | Op::DownloadFile | Op::ListDirectory | Op::DeletePath | Op::CreateDirectory | Op::Stat => {
                self.files(operation, agent, session, request).await
            }
            Op::CreateResponse
            | Op::GetResponse
            | Op::DeleteResponse
            | Op::CancelResponse
            | Op::ListInputItems
            | Op::CreateConversation
            | Op::GetConversation
            | Op::Invoke
            | Op::GetInvocation
            | Op::CancelInvocation
            | Op::InvocationDocs => {
                self.agents.enabled(agent)?;
                let what = "the emulator does not run agents: it has sessions and their files";
                Err(ApiError::new(StatusCode::NOT_IMPLEMENTED, what))
            }
        }
    }
}

/// Returns the operation of a path below any project.
fn find(method: &Method, path: &str) -> Result<(FoundryOperation, Parameters), NoRoute> {
    let below = path.strip_prefix(PROJECTS).and_then(|path| path.find('/').filter(|at| *at > 0).map(|at| &path[at..]));
    FoundryOperation::find(method, below.ok_or(NoRoute::Path)?)
}

/// Returns a query parameter that is true or false; false where it is not there.
fn flag(query: &Query, name: &str) -> ApiResult<bool> {
    match query.get(name) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(ApiError::bad(format!("{name} is true or false"))),
    }
}

/// Checks what every call needs: a token and a version of the protocol.
fn check(headers: &HeaderMap, query: &Query) -> ApiResult<()> {
    if !token::is_given(headers) {
        let what = "a bearer token is missing; any will do here";
        return Err(ApiError::new(StatusCode::UNAUTHORIZED, what));
    }
    match query.get("api-version") {
        None => Err(ApiError::bad("the query parameter api-version is missing")),
        Some(version) if version == wire::API_VERSION || wire::OLD_API_VERSIONS.contains(&version) => Ok(()),
        Some(version) => Err(ApiError::bad(format!("api-version {version:?} is not known; there is v1"))),
    }
}

/// Returns the answer with the names that the service and its gateway have for the request.
fn named(mut answer: HttpResponse, id: &str) -> HttpResponse {
    let part = |from: usize, to: usize| id.get(from..to).unwrap_or_default();
    let uuid = [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-");
    for (name, id) in [(wire::REQUEST_ID, id), (wire::GATEWAY_REQUEST_ID, &uuid)] {
        if let Ok(id) = HeaderValue::from_str(id) {
            answer.headers_mut().insert(name, id);
        }
    }
    answer
}

/// Returns a new name for a request: 32 hexadecimal digits.
fn request_id() -> String {
    // Where a system has no random bytes the names of requests are the least of its troubles.
    random::hex::<16>().unwrap_or_else(|_| "0".repeat(32))
}
