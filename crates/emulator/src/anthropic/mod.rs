//! Anthropic: files, and the sessions of managed agents with their resources and events.
//!
//! Nothing runs in a session; `life.rs` says what a message does instead. What the sources of
//! [`wire`] leave open was decided here, next to where it is done, and is told in `docs/serve.md`.

mod agents;
mod betas;
mod events;
mod files;
mod kept;
mod life;
mod outputs;
mod page;
mod resources;
mod route;
mod sessions;
mod threads;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use hyper::header::HeaderValue;
use hyper::{Method, StatusCode};

use self::agents::Catalogue;
use self::betas::Betas;
use self::kept::Sessions;
use self::life::Lives;
use self::page::Place;
use self::route::Route;
use super::answer::{self, Answer};
use super::dialect::Dialect;
use super::refusal::{Refusal, Result};
use super::request::Request;
use super::token;
use wharf_client::backend::Backend;
use wharf_core::error::Kind;
use wharf_core::model::Timestamp;
use wharf_core::random;
use wharf_wire::anthropic as wire;
use wharf_wire::anthropic::DOCUMENT_MAX;
use wharf_wire::url::Query;

pub(super) use route::OPERATIONS;

/// The variables by which clients find the service at `origin`.
pub(super) fn variables(origin: &str) -> Vec<(&'static str, String)> {
    vec![("ANTHROPIC_BASE_URL", origin.to_owned()), ("ANTHROPIC_API_KEY", token::TOKEN.to_owned())]
}

/// The dialect. What is not in the store goes with the server: agents, environments, events, when
/// uploads expire.
pub(super) struct Anthropic {
    backend: Arc<dyn Backend>,
    catalogue: Catalogue,
    lives: Arc<Lives>,
    /// When uploads expire that do.
    expiries: Mutex<HashMap<String, Timestamp>>,
    sessions: Sessions,
    /// Where files stood in listings that were deleted since.
    departed: Mutex<HashMap<String, Place>>,
    /// Held while a session is changed: read, changed, written.
    changing: tokio::sync::Mutex<()>,
}

#[async_trait]
impl Dialect for Anthropic {
    fn claims(&self, path: &str) -> bool {
        path.starts_with("/v1/") || path.starts_with(route::OWN)
    }

    fn operation(&self, method: &Method, path: &str) -> &'static str {
        Route::find(method, path).map_or(route::UNKNOWN, |route| route.operation())
    }

    fn is_upload(&self, operation: &str) -> bool {
        matches!(operation, "files.upload" | "outputs.add")
    }

    async fn answer(&self, request: Request) -> Answer {
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

    fn failure(&self, status: StatusCode, code: Option<&str>, message: &str) -> Answer {
        let id = request_id();
        let body = wire::ErrorAnswer::of(status.as_u16(), code, message, &id);
        named(answer::json(status, &body), &id)
    }
}

impl Anthropic {
    /// In front of a store, which is at a known place if it stays.
    ///
    /// # Errors
    /// `io` where what is kept beside that store cannot be read or written.
    pub(super) fn new(backend: Arc<dyn Backend>, stays: Option<&Path>) -> wharf_core::error::Result<Self> {
        Ok(Anthropic {
            backend,
            catalogue: Catalogue::default(),
            lives: Arc::default(),
            expiries: Mutex::default(),
            sessions: Sessions::open(stays)?,
            departed: Mutex::default(),
            changing: tokio::sync::Mutex::default(),
        })
    }

    async fn answered(&self, request: &Request) -> Result<Answer> {
        let route = Route::find(&request.method, &request.path)?;
        known_parameters(&route, &request.query)?;
        if let Route::Output(session) = &route {
            return self.add_output(session, request).await;
        }
        let betas = Betas::check(&request.headers)?;
        if !route.is_files() && !betas.managed {
            let what = format!("Not found: this path needs `{}: {}`", wire::BETA_HEADER, wire::beta::MANAGED_AGENTS);
            return Err(Refusal::not_found(what));
        }
        match route {
            Route::Files(call) => self.files(call, betas, request).await,
            Route::File(id, call) => self.file(&id, call, betas).await,
            Route::Sessions(call) => self.sessions(call, request).await,
            Route::Session(id, call) => self.session(&id, call, request).await,
            Route::Resources(id, call) => self.resources(&id, call, request).await,
            Route::Resource(id, resource, call) => self.resource(&id, &resource, call, request).await,
            Route::Events(id, call) => self.events(&id, call, request).await,
            Route::Threads(id) => self.threads(&id, request),
            Route::Thread(id, thread, call) => self.thread(&id, &thread, call, request),
            Route::Agents(call) => self.catalogue.agents(call, request).await,
            Route::Agent(id, call) => self.catalogue.agent(&id, call, request).await,
            Route::Environments(call) => self.catalogue.environments(call, request).await,
            Route::Environment(id, call) => self.catalogue.environment(&id, call, request).await,
            Route::Output(_) => Err(Refusal::not_found("there is no call of this path")),
        }
    }
}

/// What a lock protects, whoever panicked while holding it.
fn held<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Refuses parameters that a call does not have. Older clients add `beta=true` to each \[recorded\].
fn known_parameters(route: &Route, query: &Query) -> Result<()> {
    let known = route.parameters();
    match query.pairs().find(|(name, _)| *name != "beta" && !known.contains(name)) {
        None => Ok(()),
        Some((name, _)) => Err(Refusal::bad(format!("{name}: Extra inputs are not permitted"))),
    }
}

/// Refuses members that nobody knows: here a misspelt one is an error, not a silence.
fn known_only(what: &str, extra: &wire::Extra) -> Result<()> {
    match extra.keys().next() {
        None => Ok(()),
        Some(name) => Err(Refusal::bad(format!("{what}{name}: Extra inputs are not permitted"))),
    }
}

/// Refuses more metadata than the service takes.
fn check_metadata(metadata: &wire::Metadata) -> Result<()> {
    let fits = |(name, value): (&String, &String)| {
        (1..=wire::METADATA_NAME_MAX).contains(&name.chars().count())
            && value.chars().count() <= wire::METADATA_VALUE_MAX
    };
    if metadata.len() <= wire::METADATA_MAX && metadata.iter().all(fits) {
        return Ok(());
    }
    let what = format!(
        "metadata has at most {} names of 1 to {} characters with values of at most {}",
        wire::METADATA_MAX,
        wire::METADATA_NAME_MAX,
        wire::METADATA_VALUE_MAX
    );
    Err(Refusal::bad(what).code(wire::error::code::INVALID_METADATA))
}

/// The answer with the service's name for the request.
fn named(mut answer: Answer, id: &str) -> Answer {
    if let Ok(id) = HeaderValue::from_str(id) {
        answer.headers_mut().insert(wire::REQUEST_ID, id);
    }
    answer
}

fn request_id() -> String {
    // Where a system has no random bytes the names of requests are the least of its troubles.
    random::id("req").unwrap_or_else(|_| "req_0".to_owned())
}
