//! Microsoft Foundry's hosted agents: sessions and their files.
//!
//! Behind every name that an agent can have stands one that exists. Nothing runs in a session: calls
//! that would talk to an agent are answered with 501. What the sources of [`wire`] leave open was
//! decided here, next to where it is done.

mod agents;
mod files;
mod route;
mod sessions;

use std::sync::Arc;

use async_trait::async_trait;
use hyper::header::HeaderValue;
use hyper::{HeaderMap, Method, StatusCode};

use self::agents::Agents;
use self::route::Route;
use self::sessions::Departed;
use super::answer::{self, Answer};
use super::dialect::Dialect;
use super::refusal::{Refusal, Result};
use super::request::Request;
use super::token;
use wharf_client::backend::Backend;
use wharf_core::random;
use wharf_wire::foundry as wire;
use wharf_wire::url::Query;

/// The most bytes of a body that is a document.
const DOCUMENT_MAX: u64 = 1 << 20;

/// The project that commands are told of. Any other is the same one.
const PROJECT: &str = "/api/projects/wharf";

pub(super) use route::OPERATIONS;

/// The variables by which clients find the service at `origin`.
pub(super) fn variables(origin: &str) -> Vec<(&'static str, String)> {
    let endpoint = format!("{origin}{PROJECT}");
    vec![
        ("FOUNDRY_PROJECT_ENDPOINT", endpoint.clone()),
        ("AZURE_AI_PROJECT_ENDPOINT", endpoint),
        ("WHARF_FOUNDRY_TOKEN", token::TOKEN.to_owned()),
    ]
}

/// The dialect.
pub(super) struct Foundry {
    backend: Arc<dyn Backend>,
    agents: Agents,
    departed: Departed,
}

#[async_trait]
impl Dialect for Foundry {
    fn claims(&self, path: &str) -> bool {
        path.starts_with("/api/projects/")
    }

    fn operation(&self, method: &Method, path: &str) -> &'static str {
        Route::find(method, path).map_or(route::UNKNOWN, |route| route.operation())
    }

    async fn answer(&self, request: Request) -> Answer {
        let answer = match self.answered(&request).await {
            Ok(answer) => answer,
            Err(refusal) => return self.failure(refusal.status, refusal.code.as_deref(), &refusal.message),
        };
        named(answer, &request_id())
    }

    fn failure(&self, status: StatusCode, code: Option<&str>, message: &str) -> Answer {
        let id = request_id();
        let code = code.unwrap_or_else(|| wire::code_of(status.as_u16()));
        let body = wire::ErrorAnswer {
            error: wire::ErrorBody {
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

impl Foundry {
    pub(super) fn new(backend: Arc<dyn Backend>) -> Self {
        Foundry { backend, agents: Agents::default(), departed: Departed::default() }
    }

    async fn answered(&self, request: &Request) -> Result<Answer> {
        let route = Route::find(&request.method, &request.path)?;
        check(&request.headers, &request.query)?;
        match route {
            Route::Agents => self.list_agents(request),
            Route::Agent(agent, call) => self.agent(&agent, call, request).await,
            Route::Sessions(agent, call) => self.sessions(&agent, call, request).await,
            Route::Session(agent, id, call) => self.session(&agent, &id, call).await,
            Route::Files(agent, id, call) => self.files(&agent, &id, call, request).await,
            Route::Protocol(agent) => {
                self.agents.enabled(&agent)?;
                let what = "no agent runs behind `wharf serve`: it has sessions and their files";
                Err(Refusal::new(StatusCode::NOT_IMPLEMENTED, what))
            }
        }
    }
}

/// A query parameter that is true or false; false where it is not there.
fn flag(query: &Query, name: &str) -> Result<bool> {
    match query.get(name) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Refusal::bad(format!("{name} is true or false"))),
    }
}

/// What every call needs: a token and a version of the protocol.
fn check(headers: &HeaderMap, query: &Query) -> Result<()> {
    if !token::is_given(headers) {
        let what = "a bearer token is missing; any will do here";
        return Err(Refusal::new(StatusCode::UNAUTHORIZED, what));
    }
    match query.get("api-version") {
        None => Err(Refusal::bad("the query parameter api-version is missing")),
        Some(version) if version == wire::API_VERSION || wire::OLD_API_VERSIONS.contains(&version) => Ok(()),
        Some(version) => Err(Refusal::bad(format!("api-version {version:?} is not known; there is v1"))),
    }
}

/// The answer with the names that the service and its gateway have for the request.
fn named(mut answer: Answer, id: &str) -> Answer {
    let part = |from: usize, to: usize| id.get(from..to).unwrap_or_default();
    let uuid = [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-");
    for (name, id) in [(wire::REQUEST_ID, id), (wire::GATEWAY_REQUEST_ID, &uuid)] {
        if let Ok(id) = HeaderValue::from_str(id) {
            answer.headers_mut().insert(name, id);
        }
    }
    answer
}

/// A new name for a request: 32 hexadecimal digits.
fn request_id() -> String {
    // Where a system has no random bytes the names of requests are the least of its troubles.
    random::hex::<16>().unwrap_or_else(|_| "0".repeat(32))
}
