//! The host of the tools, and one call.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tokio::time::Instant;

use super::catalog::Catalog;
use super::creation::{CallCreation, Created};
use super::inline::InlineLimits;
use super::limits::SETTLED;
use super::progress::{ByteWatch, CallProgress};
use crate::commands::Cx;
use crate::commands::used_files::UsedFiles;
use wharf_client::backend::{Backend, Feature, registry};
use wharf_core::body::{FileCheck, Source};
use wharf_core::clock::until;
use wharf_core::config::{Flags, Settings};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{SessionId, SessionPath};
use wharf_transfer::cancellation::Cancellation;
use wharf_transfer::dest::DestDir;
use wharf_transfer::roots::LocalRoots;
use wharf_transfer::{Transfer, TransferOptions};

/// The host of the tools.
pub(super) struct ToolHost<'a> {
    pub(super) cx: &'a Cx,
    pub(super) catalog: Catalog,
    pub(super) limits: InlineLimits,
    pub(super) roots: LocalRoots,
    pub(super) read_only: bool,
    /// Ends all calls.
    pub(super) stop: Cancellation,
    /// When all calls were stopped.
    stopped: Cell<Option<Instant>>,
    /// Backends for other agents than that of the settings, by their names.
    agents: RefCell<HashMap<String, Rc<dyn Backend>>>,
}

/// The backend of a call.
pub(super) enum CallBackend<'a> {
    /// The one of the settings.
    Configured(&'a dyn Backend),
    /// One for another agent.
    OtherAgent(Rc<dyn Backend>),
}

impl<'a> Deref for CallBackend<'a> {
    type Target = dyn Backend + 'a;

    fn deref(&self) -> &Self::Target {
        match self {
            CallBackend::Configured(backend) => *backend,
            CallBackend::OtherAgent(backend) => &**backend,
        }
    }
}

/// A call of a tool.
pub(super) struct McpCall<'a> {
    pub(super) host: &'a ToolHost<'a>,
    pub(super) backend: CallBackend<'a>,
    pub(super) progress: CallProgress<'a>,
    /// Asks the call to end.
    pub(super) cancellation: &'a Cancellation,
    pub(super) arguments: Cell<Map<String, Value>>,
    /// What the call has created.
    pub(super) creation: &'a Cell<Option<CallCreation>>,
}

/// The number of other agents whose connections are kept.
const OTHER_AGENTS: usize = 8;

/// The arguments that choose the service and the agent.
const PROJECT: &str = "projectEndpoint";
const AGENT: &str = "agentName";

impl<'a> ToolHost<'a> {
    /// Returns a host.
    pub(super) fn new(cx: &'a Cx, catalog: Catalog, limits: InlineLimits, roots: LocalRoots, read_only: bool) -> Self {
        let (stop, stopped, agents) = (Cancellation::default(), Cell::default(), RefCell::default());
        ToolHost { cx, catalog, limits, roots, read_only, stop, stopped, agents }
    }

    /// Stops all calls.
    pub(super) fn stop_calls(&self, why: Kind) {
        self.stopped.set(self.stopped.get().or_else(|| Some(Instant::now())));
        self.stop.cancel(why);
    }

    /// Waits until no call can wait any longer, because all of them were stopped.
    pub(super) async fn given_up(&self) {
        self.stop.cancelled().await;
        until(self.stopped.get().map(|stopped| stopped + SETTLED)).await;
    }

    /// Returns the backend that the arguments choose.
    pub(super) fn backend(&self, arguments: &Map<String, Value>) -> Result<CallBackend<'a>> {
        let backend = self.cx.backend()?;
        let text = |name: &str| arguments.get(name).and_then(Value::as_str);
        for name in [PROJECT, AGENT] {
            if text(name).is_some() && !backend.capabilities().has(Feature::CallAgent) {
                let what = format!("backend `{}` has no {name}", backend.capabilities().backend);
                return Err(Error::new(Kind::Unsupported, what).hint("leave it out"));
            }
        }
        if let Some(endpoint) = text(PROJECT) {
            let origin = backend.origin();
            let own = origin.split_once(' ').map_or("", |(_, endpoint)| endpoint);
            if endpoint.trim_end_matches('/') != own {
                return Err(Error::usage(format!("{PROJECT} is not the one of this server: {endpoint:?}"))
                    .hint(format!("leave it out, or write `{own}`")));
            }
        }
        let settings = self.cx.settings()?;
        match text(AGENT).filter(|agent| settings.agent.value.as_deref() != Some(agent)) {
            None => Ok(CallBackend::Configured(backend)),
            Some(agent) => {
                if let Some(known) = self.agents.borrow().get(agent) {
                    return Ok(CallBackend::OtherAgent(Rc::clone(known)));
                }
                let flags = Flags { agent: Some(agent.to_owned()), ..self.cx.flags().clone() };
                let opened = registry::open(&Settings::resolve(&flags, registry::choosers())?)?;
                let opened: Rc<dyn Backend> = Rc::from(opened);
                let mut agents = self.agents.borrow_mut();
                if agents.len() >= OTHER_AGENTS {
                    // Calls in progress keep theirs.
                    agents.clear();
                }
                agents.insert(agent.to_owned(), Rc::clone(&opened));
                Ok(CallBackend::OtherAgent(opened))
            }
        }
    }
}

impl McpCall<'_> {
    /// Returns the file that `localPath` names as a source.
    ///
    /// # Errors
    /// Those of [`LocalRoots::source`]; `usage` for a file that belongs to wharf, such as one with credentials.
    pub(super) fn local_source(&self, path: &str) -> Result<Arc<dyn Source>> {
        self.host.roots.source(path, self.check_local(path)?)
    }

    /// Returns the directory and the path below it that `localPath` names.
    ///
    /// # Errors
    /// Those of [`LocalRoots::destination`]; `usage` for a file that belongs to wharf.
    pub(super) fn local_destination(&self, path: &str) -> Result<(DestDir, String)> {
        self.host.roots.destination(path, self.check_local(path)?)
    }

    /// Fails if a path is that of a file that belongs to wharf. Returns a check for what the path leads to later.
    fn check_local(&self, path: &str) -> Result<FileCheck> {
        let (used, path) = (UsedFiles::of(self.host.cx)?, self.host.roots.path(path)?);
        used.check("localPath", &path)?;
        Ok(FileCheck::new(move |key| used.check_file("localPath", &path, key)))
    }

    /// Takes the arguments, which were checked against the schema.
    ///
    /// # Errors
    /// `usage` for a value of another form.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_value(Value::Object(self.arguments.take()))
            .map_err(|e| Error::usage(format!("invalid arguments: {e}")))
    }

    /// Notes what the call has created, as soon as that is known.
    pub(super) fn note_created(&self, what: Created) {
        let agent = match &self.backend {
            CallBackend::Configured(_) => None,
            CallBackend::OtherAgent(backend) => Some(Rc::clone(backend)),
        };
        self.creation.set(Some(CallCreation { what, agent }));
    }

    /// Returns the path in a session that an argument names.
    ///
    /// # Errors
    /// `usage` for an invalid session or path.
    pub(super) fn at(&self, session: &str, path: &str) -> Result<SessionPath> {
        let session: SessionId = session.parse()?;
        Ok(SessionPath { session, path: self.host.cx.resolve(path)? })
    }

    /// Runs work with a transfer whose progress is reported.
    pub(super) async fn transfer<T>(
        &self,
        options: &TransferOptions,
        work: impl AsyncFnOnce(Transfer<'_>) -> Result<T>,
    ) -> Result<T> {
        let watch = ByteWatch::default();
        let transfer = Transfer { backend: &*self.backend, options, observer: &watch, cancellation: self.cancellation };
        self.progress.follow(&watch, work(transfer)).await
    }
}
