//! Anthropic: files, and the sessions of managed agents with their resources and events.
//!
//! `agent_simulation.rs` says what a message does. What the sources of
//! [`wire`] leave open was decided here, next to where it is done, and is documented in `docs/serve.md`.

mod agent_command;
mod agent_simulation;
mod agents;
mod betas;
mod body_source;
mod checks;
mod event_log;
mod events;
mod files;
mod outputs;
mod page;
mod resources;
mod session_state;
mod sessions;
mod threads;
mod usage;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use hyper::header::HeaderValue;
use hyper::{Method, StatusCode};

use self::agent_command::AgentCommand;
use self::agent_simulation::AgentSimulation;
use self::agents::AgentCatalogue;
use self::betas::Betas;
use self::page::SortKey;
use self::session_state::SessionRegistry;
use super::agent_program::AgentProgram;
use super::answer::{self, HttpResponse};
use super::api_error::{ApiError, ApiResult};
use super::dialect::{self, Dialect};
use super::request::ApiRequest;
use wharf_client::backend::Backend;
use wharf_client::backend::local::Local;
use wharf_core::error::Kind;
use wharf_core::model::Timestamp;
use wharf_core::random;
use wharf_wire::anthropic::sessions::filter;
use wharf_wire::anthropic::{
    self as wire, AnthropicOperation, DOCUMENT_MAX, events as wire_events, files as wire_files, list,
};
use wharf_wire::route::Operation as _;
use wharf_wire::routes;
use wharf_wire::url::Query;

routes! {
    /// The operations that only the emulator has.
    enum OwnOperation {
        /// Adds an output file, as an agent would have made it.
        AddOutput = "outputs.add", POST "/_emulator/anthropic/sessions/{session_id}/outputs";
    }
}

/// What the paths of the emulator's own operations begin with.
const OWN: &str = "/_emulator/anthropic/";

/// Returns the names that faults have for the operations.
pub(super) fn operations() -> Vec<&'static str> {
    dialect::names::<AnthropicOperation>().chain(dialect::names::<OwnOperation>()).collect()
}

/// Returns the variables by which clients find the service at `origin`, and the key for it.
pub(super) fn variables(origin: &str, key: &str) -> Vec<(&'static str, String)> {
    vec![("ANTHROPIC_BASE_URL", origin.to_owned()), ("ANTHROPIC_API_KEY", key.to_owned())]
}

/// The dialect. What is not in the store goes with the server: agents, environments, events, when
/// uploads expire.
pub(super) struct AnthropicEmulator {
    backend: Arc<dyn Backend>,
    catalogue: AgentCatalogue,
    simulation: Arc<AgentSimulation>,
    /// When uploads expire that do.
    expiries: Mutex<HashMap<String, Timestamp>>,
    sessions: Arc<SessionRegistry>,
    /// The command that does the agent's work, where one does.
    agent: Option<Arc<AgentCommand>>,
    /// Where files stood in listings that were deleted since.
    departed: Mutex<HashMap<String, SortKey>>,
    /// Held while a session is changed: read, changed, written.
    changing: Arc<tokio::sync::Mutex<()>>,
}

#[async_trait]
impl Dialect for AnthropicEmulator {
    fn claims(&self, path: &str) -> bool {
        path.starts_with("/v1/") || path.starts_with(OWN)
    }

    fn operation(&self, method: &Method, path: &str) -> &'static str {
        let service = dialect::name::<AnthropicOperation>(method, path);
        service.or_else(|| dialect::name::<OwnOperation>(method, path)).unwrap_or(dialect::UNKNOWN)
    }

    fn is_upload(&self, operation: &str) -> bool {
        matches!(operation, "files.upload" | "outputs.add")
    }

    async fn answer(&self, request: ApiRequest) -> HttpResponse {
        match self.answered(&request).await {
            Ok(answer) => named(answer, &request_id()),
            Err(refusal) => {
                // What conflicts is to this service a request for what cannot be: its clients would
                // send it again after a 409.
                let conflicts = refusal.kind == Some(Kind::Conflict);
                let status = if conflicts { StatusCode::BAD_REQUEST } else { refusal.status };
                self.failure(status, refusal.code.as_deref(), &refusal.message)
            }
        }
    }

    async fn stop(&self) {
        if let Some(agent) = &self.agent {
            agent.end_all().await;
        }
    }

    fn failure(&self, status: StatusCode, code: Option<&str>, message: &str) -> HttpResponse {
        let id = request_id();
        let body = wire::AnthropicError::of(status.as_u16(), code, message, &id);
        named(answer::json(status, &body), &id)
    }
}

impl AnthropicEmulator {
    /// Returns the dialect in front of a store, whose directory is known if it is kept. `agent` does the
    /// agent's work, where a program does.
    ///
    /// # Errors
    /// `io` where what is kept beside that store cannot be read or written.
    pub(super) fn new(
        backend: Arc<Local>,
        stays: Option<&Path>,
        agent: Option<AgentProgram>,
    ) -> wharf_core::error::Result<Self> {
        let simulation = Arc::new(AgentSimulation::new(agent.is_some()));
        let sessions = Arc::new(SessionRegistry::open(stays)?);
        let changing: Arc<tokio::sync::Mutex<()>> = Arc::default();
        let agent = agent.map(|program| {
            let (backend, simulation) = (Arc::clone(&backend), Arc::clone(&simulation));
            let (sessions, changing) = (Arc::clone(&sessions), Arc::clone(&changing));
            Arc::new(AgentCommand::new(program, backend, simulation, sessions, changing))
        });
        Ok(AnthropicEmulator {
            backend,
            catalogue: AgentCatalogue::default(),
            simulation,
            expiries: Mutex::default(),
            sessions,
            agent,
            departed: Mutex::default(),
            changing,
        })
    }

    async fn answered(&self, request: &ApiRequest) -> ApiResult<HttpResponse> {
        use AnthropicOperation as Op;
        let no_route = |error| ApiError::no_route(error, &request.method);
        if request.path.starts_with(OWN) {
            let (OwnOperation::AddOutput, path) =
                OwnOperation::find(&request.method, &request.path).map_err(no_route)?;
            known_parameters(&["filename", "after", "mime_type", "expires_in", "downloadable"], &request.query)?;
            return self.add_output(path.get("session_id"), request).await;
        }
        let (operation, path) = Op::find(&request.method, &request.path).map_err(no_route)?;
        known_parameters(parameters(operation), &request.query)?;
        let betas = Betas::check(&request.headers)?;
        let (file, session) = (path.get("file_id"), path.get("session_id"));
        // Operations on files of the workspace need no name of a feature.
        let files_operations = [Op::UploadFile, Op::ListFiles, Op::GetFile, Op::DownloadFile, Op::DeleteFile];
        if !files_operations.contains(&operation) && !betas.managed {
            let needed = format!("{}: {}", wire::BETA_HEADER, wire::beta::MANAGED_AGENTS);
            return Err(ApiError::not_found(format!("Not found: this path needs `{needed}`")));
        }
        let (resource, thread) = (path.get("resource_id"), path.get("thread_id"));
        let (agent, environment) = (path.get("agent_id"), path.get("environment_id"));
        match operation {
            Op::UploadFile => self.upload_file(betas, request).await,
            Op::ListFiles => self.list_files(betas, request).await,
            Op::GetFile => self.get_file(file, betas).await,
            Op::DownloadFile => self.download_file(file).await,
            Op::DeleteFile => self.delete_file(file).await,
            Op::CreateSession => self.create_session(request).await,
            Op::ListSessions => self.list_sessions(request),
            Op::GetSession => self.get_session(session),
            Op::UpdateSession => self.update_session(session, request).await,
            Op::DeleteSession => self.delete_session(session).await,
            Op::ArchiveSession => self.archive_session(session).await,
            Op::AddResource => self.add_resource(session, request).await,
            Op::ListResources => self.list_resources(session, request),
            Op::GetResource => self.get_resource(session, resource),
            Op::UpdateResource => self.update_resource(session, resource, request).await,
            Op::DeleteResource => self.delete_resource(session, resource).await,
            Op::SendEvents => self.send_events(session, request).await,
            Op::ListEvents => self.list_events(session, request),
            Op::StreamEvents => self.stream_events(session, request),
            Op::ListThreads => self.list_threads(session, request),
            Op::GetThread => self.get_thread(session, thread),
            Op::ArchiveThread => self.archive_thread(session, thread),
            Op::ListThreadEvents => self.list_thread_events(session, thread, request),
            Op::StreamThread => self.stream_thread(session, thread, request),
            Op::CreateAgent => self.catalogue.create_agent(request).await,
            Op::ListAgents => self.catalogue.list_agents(request),
            Op::GetAgent => self.catalogue.get_agent(agent, request),
            Op::UpdateAgent => self.catalogue.update_agent(agent, request).await,
            Op::ListAgentVersions => self.catalogue.list_agent_versions(agent, request),
            Op::ArchiveAgent => self.catalogue.archive_agent(agent),
            Op::CreateEnvironment => self.catalogue.create_environment(request).await,
            Op::ListEnvironments => self.catalogue.list_environments(request),
            Op::GetEnvironment => self.catalogue.get_environment(environment),
            Op::UpdateEnvironment => self.catalogue.update_environment(environment, request).await,
            Op::DeleteEnvironment => self.catalogue.delete_environment(environment),
            Op::ArchiveEnvironment => self.catalogue.archive_environment(environment),
        }
    }
}

/// Returns the query parameters that an operation takes, beside `beta` \[types\].
fn parameters(operation: AnthropicOperation) -> &'static [&'static str] {
    use AnthropicOperation as Op;
    match operation {
        Op::ListFiles => &[list::LIMIT, list::PAGE, list::AFTER, list::BEFORE, wire_files::IDS, wire_files::SCOPE],
        Op::ListSessions => filter::ALL,
        Op::ListResources | Op::ListThreadEvents | Op::ListAgentVersions => &[list::LIMIT, list::PAGE],
        Op::ListEvents => wire_events::FILTERS,
        Op::StreamEvents | Op::StreamThread => &[wire_events::DELTAS],
        Op::ListThreads => &[filter::STATUSES, list::LIMIT, list::PAGE],
        Op::ListAgents => &["created_at[gte]", "created_at[lte]", filter::ARCHIVED, list::LIMIT, list::PAGE],
        Op::GetAgent => &["version"],
        Op::ListEnvironments => &[filter::ARCHIVED, list::LIMIT, list::PAGE],
        _ => &[],
    }
}

/// Refuses parameters that a call does not have. Older clients add `beta=true` to each \[recorded\].
fn known_parameters(known: &[&str], query: &Query) -> ApiResult<()> {
    match query.pairs().find(|(name, _)| *name != "beta" && !known.contains(name)) {
        None => Ok(()),
        Some((name, _)) => Err(ApiError::bad(format!("{name}: Extra inputs are not permitted"))),
    }
}

/// Returns the answer with the service's name for the request.
fn named(mut answer: HttpResponse, id: &str) -> HttpResponse {
    if let Ok(id) = HeaderValue::from_str(id) {
        answer.headers_mut().insert(wire::REQUEST_ID, id);
    }
    answer
}

fn request_id() -> String {
    // Where a system has no random bytes the names of requests are the least of its troubles.
    random::id("req").unwrap_or_else(|_| "req_0".to_owned())
}
