//! Microsoft Foundry's hosted agents: sessions, their files, and what agents answer.
//!
//! Behind every name that an agent can have stands one that exists. What it answers says the text, see `script.rs`, or
//! the agent's command. The protocols of agents are those of the vendor's container runtime (\[runtime\]:
//! azure-ai-agentserver-core 2.2.0, -responses 2.3.0, -invocations 1.2.0). What the sources of [`wire`] leave open was
//! decided here, next to where it is done.

mod agent_state;
mod agent_work;
mod agents;
mod conversations;
mod deleted;
mod files;
mod ids;
mod invocation;
mod invocations;
mod log_stream;
mod refusal;
mod response;
mod response_items;
mod response_request;
mod response_store;
mod responses;
mod session_log;
mod sessions;
mod sse;
mod turns;

use std::sync::Arc;

use async_trait::async_trait;
use hyper::header::HeaderValue;
use hyper::{HeaderMap, Method, StatusCode};

use self::agent_state::AgentRegistry;
use self::agent_work::AgentWorker;
use self::deleted::DeletedSessions;
use self::invocation::InvocationStore;
use self::refusal::{Refusal, RuntimeError};
use self::response_store::ResponseStore;
use self::session_log::SessionLogs;
use self::turns::RunningTurns;
use super::agent_program::AgentProgram;
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

/// The most bytes of a body for an agent: files travel in it as base64.
const PROMPT_MAX: u64 = 32 << 20;

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
    agent: Arc<AgentWorker>,
    turns: Arc<RunningTurns>,
    logs: Arc<SessionLogs>,
    responses: ResponseStore,
    invocations: InvocationStore,
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
        let id = request_id();
        match self.answered(&request).await {
            Ok(answer) => named(answer, &id),
            Err(Refusal::Runtime(error)) => named(error.answer(&id), &id),
            Err(Refusal::Gateway(error)) => self.failure(error.status, error.code.as_deref(), &error.message),
        }
    }

    async fn stop(&self) {
        self.turns.end_all().await;
        self.agent.end_all().await;
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
        if status.as_u16() >= 400 {
            let source = HeaderValue::from_static(refusal::source_of(status));
            answer.headers_mut().insert(wire::ERROR_SOURCE, source);
        }
        answer
    }
}

impl FoundryEmulator {
    /// Returns the dialect in front of a store. `program` does the agents' work, where a program does.
    pub(super) fn new(backend: Arc<dyn Backend>, program: Option<AgentProgram>) -> Self {
        FoundryEmulator {
            backend,
            agents: AgentRegistry::default(),
            deleted: DeletedSessions::default(),
            agent: Arc::new(AgentWorker::new(program)),
            turns: Arc::default(),
            logs: Arc::default(),
            responses: ResponseStore::default(),
            invocations: InvocationStore::default(),
        }
    }

    async fn answered(&self, request: &ApiRequest) -> Result<HttpResponse, Refusal> {
        use FoundryOperation as Op;
        let found = find(&request.method, &request.path);
        let (operation, path) = found.map_err(|error| ApiError::no_route(error, &request.method))?;
        let (agent, session) = (path.get("agent"), path.get("session"));
        if operation != Op::ListAgents && !wire::is_agent_name(agent) {
            return Err(ApiError::bad("an agent's name has 1 to 63 letters, digits and hyphens").into());
        }
        check(&request.headers, &request.query)?;
        let answer = match operation {
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
            Op::SessionLog | Op::VersionLog => self.session_log(agent, session, request).await,
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
                return self.protocols(operation, agent, &path, request).await;
            }
        };
        Ok(answer?)
    }

    /// Answers an operation of the protocols that agents speak.
    async fn protocols(
        &self,
        operation: FoundryOperation,
        agent: &str,
        path: &Parameters,
        request: &ApiRequest,
    ) -> Result<HttpResponse, Refusal> {
        use FoundryOperation as Op;
        match operation {
            Op::CreateConversation => Ok(self.create_conversation(agent, request).await?),
            Op::GetConversation => Ok(self.get_conversation(agent, path.get("conversation"))?),
            Op::Invoke => self.invoke(agent, request).await,
            Op::GetInvocation => self.get_invocation(agent, path.get("invocation")),
            Op::CancelInvocation => self.cancel_invocation(agent, path.get("invocation")).await,
            Op::InvocationDocs => {
                let what = "No OpenAPI spec registered";
                Err(RuntimeError::of_agent(StatusCode::NOT_FOUND, "not_found", what).into())
            }
            _ => self.responses(operation, agent, path.get("response"), request).await,
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
