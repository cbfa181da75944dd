//! The client: requests to the service, and cached answers.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::value::RawValue;

use super::errors;
use super::known::{KnownFile, TakenPaths};
use super::unmounted::AbandonedUpload;
use super::view::View;
use crate::backend::page::unreadable;
use crate::http::{Auth, Class, Http, Options, Request, ServiceAnswer};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{FileId, SessionId, SessionPath};
use wharf_wire::anthropic::events::PAGE_MAX;
use wharf_wire::anthropic::{self as wire, AnthropicOperation};
use wharf_wire::json;

/// The time between two listings that have to be equal. Files appear one to three seconds after a session becomes
/// idle \[skill\].
const SETTLE: Duration = Duration::from_secs(4);

/// How long a stream of events may bring none. Tools may run for longer: it costs two requests to look.
const QUIET: Duration = Duration::from_secs(60);

/// Settings of the client beside those of the connection.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The source of the credentials, for display.
    pub login: Option<String>,
    /// Beta features to send beside the required ones.
    pub betas: Vec<String>,
    /// The default agent of new sessions.
    pub agent: Option<String>,
    /// The default environment of new sessions.
    pub environment: Option<String>,
    /// The minimum time between two equal listings of an agent's files after which the listing counts as complete.
    pub settle: Duration,
    /// The time without an event on a stream after which the history is read again.
    pub quiet: Duration,
}

impl Default for Setup {
    fn default() -> Self {
        Setup { login: None, betas: Vec::new(), agent: None, environment: None, settle: SETTLE, quiet: QUIET }
    }
}

/// The client of the service: requests and cached answers.
pub(super) struct AnthropicClient {
    pub(super) http: Http,
    pub(super) endpoint: String,
    pub(super) auth: Option<Arc<dyn Auth>>,
    pub(super) setup: Setup,
    /// Stored files that were requested before: they never change, so that a download does not request them again.
    pub(super) seen: Mutex<HashMap<FileId, KnownFile>>,
    /// The mounted paths of each session, so that not every upload requests them.
    pub(super) taken: tokio::sync::Mutex<HashMap<SessionId, TakenPaths>>,
    /// The paths that this process is about to mount.
    pub(super) coming: Mutex<HashSet<SessionPath>>,
    /// The files of each session at the last listing.
    pub(super) views: Mutex<HashMap<SessionId, (Instant, Arc<View>)>>,
    /// Paths at which a resource was mounted or unmounted since the last listing.
    pub(super) touched: Mutex<HashSet<SessionPath>>,
    /// Uploads that were abandoned before they were mounted.
    pub(super) abandoned: Mutex<Vec<AbandonedUpload>>,
    /// How many events are requested at once: fewer, where they are long.
    pub(super) history_page: AtomicUsize,
}

impl AnthropicClient {
    /// Returns a client to which nothing has been sent yet.
    ///
    /// # Errors
    /// `usage` for an address that cannot be one.
    pub(super) fn new(mut options: Options, mut setup: Setup) -> Result<Self> {
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
        let http = Http::new(Options { error_parser: errors::parse, ..options })?;
        Ok(AnthropicClient {
            http,
            endpoint,
            auth,
            setup,
            seen: Mutex::default(),
            taken: tokio::sync::Mutex::default(),
            coming: Mutex::default(),
            views: Mutex::default(),
            touched: Mutex::default(),
            abandoned: Mutex::default(),
            history_page: AtomicUsize::new(PAGE_MAX),
        })
    }

    /// Returns a request for files of the workspace, which needs no beta feature \[docs\].
    pub(super) fn plain(&self, class: Class, operation: AnthropicOperation, ids: &[&str]) -> Request<'_> {
        self.call(class, operation, ids, &[])
    }

    /// Returns a request for sessions, which require a beta feature \[docs\].
    pub(super) fn gated(&self, class: Class, operation: AnthropicOperation, ids: &[&str]) -> Request<'_> {
        self.call(class, operation, ids, &[wire::beta::MANAGED_AGENTS])
    }

    /// Returns a request. The beta features of the user come first, as in the official clients \[recorded\].
    fn call(&self, class: Class, operation: AnthropicOperation, ids: &[&str], needed: &[&str]) -> Request<'_> {
        let request = self.http.operation(class, operation, ids).header(wire::VERSION_HEADER, wire::VERSION);
        let others = needed.iter().copied().filter(|name| !self.setup.betas.iter().any(|known| known == name));
        let line = wire::beta_line(self.setup.betas.iter().map(String::as_str).chain(others));
        if line.is_empty() { request } else { request.header(wire::BETA_HEADER, &line) }
    }
}

/// Accepts a deletion that finds nothing because an earlier attempt succeeded.
pub(super) fn gone(deleted: Result<ServiceAnswer>) -> Result<()> {
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
            let what = format!("the service answered a deletion with another object: {}", json::excerpt(&deleted.id));
            Err(Error::new(Kind::Unavailable, what))
        }
    }
}

/// Parses an object of the service; `what` names it in errors.
pub(super) fn parsed<'a, T: serde::Deserialize<'a>>(text: &'a RawValue, what: &str) -> Result<T> {
    json::object(text.get().as_bytes()).map_err(|e| unreadable(what, text, e))
}
