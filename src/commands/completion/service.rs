//! The backend of the line, asked within a time limit and through a cache.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;
use tokio::time::Instant;

use super::query::{BackendQuestion, ListedItem, ListedItems};
use crate::commands::GlobalFlags;
use crate::commands::cx::resolve_path;
use crate::commands::session_name::agent_of_sessions;
use wharf_client::backend::{Backend, registry};
use wharf_core::config::secret::Secret;
use wharf_core::config::{Flags, Settings, env};
use wharf_core::last_session::{LastSession, LastSessions};
use wharf_core::model::{RemotePath, SessionId, SessionName};
use wharf_core::private_cache::PrivateCache;

/// How long an answer of a hosted backend is used.
const FRESH: SignedDuration = SignedDuration::from_secs(30);

/// How long a hosted backend that gave no answer is not asked again.
const PAUSE: SignedDuration = SignedDuration::from_secs(5);

/// The time that a request may take beyond that of completion.
const PATIENCE: Duration = Duration::from_secs(1);

/// The backend of the line. What fails is not there: completion is silent.
pub(super) struct LineBackend {
    settings: Option<Settings>,
    backend: OnceLock<Option<Box<dyn Backend>>>,
    cache: Option<PrivateCache>,
    runtime: Option<Runtime>,
    /// The time until which the backend may answer.
    until: Instant,
    /// Whether a question is asked although a process before this one got no answer.
    insists: bool,
    is_late: AtomicBool,
}

/// What is kept for a question.
#[derive(Serialize, Deserialize)]
enum KeptItems {
    /// The answer.
    Whole(Vec<ListedItem>),
    /// What came in time, which may be nothing, or nothing because the backend failed.
    Part(Vec<ListedItem>),
}

impl LineBackend {
    /// Creates a handle on the backend that flags, the environment and the configuration choose. Nothing is opened yet.
    /// It may answer until `until`.
    pub(super) fn new(global: Option<&GlobalFlags>, until: Instant, insists: bool) -> Self {
        let settings = global.and_then(|global| {
            let flags = Flags {
                // Requests are dropped before that, so that an answer that is late is told from a failure.
                deadline: Some(until.into_std() + PATIENCE),
                connect_timeout: Some(PATIENCE),
                retries: Some(0),
                only_looks: true,
                ..global.layer()
            };
            Settings::resolve(&flags, registry::choosers()).ok()
        });
        let cache = settings.as_ref().and_then(Settings::completion_cache);
        LineBackend {
            settings,
            backend: OnceLock::new(),
            cache: cache.map(|dir| PrivateCache::new(dir, "completion")),
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().ok(),
            until,
            insists,
            is_late: AtomicBool::new(false),
        }
    }

    /// Returns whether a hosted backend did not answer in time.
    pub(super) fn is_late(&self) -> bool {
        self.is_late.load(Ordering::Relaxed)
    }

    /// Returns the settings of the line.
    pub(super) fn settings(&self) -> Option<&Settings> {
        self.settings.as_ref()
    }

    /// Returns the backend of the line.
    pub(super) fn backend(&self) -> Option<&dyn Backend> {
        let open = || {
            let settings = self.settings.as_ref()?;
            can_be_read(settings).then(|| registry::open(settings).ok())?
        };
        self.backend.get_or_init(open).as_deref()
    }

    /// Returns what the backend answers to a question.
    pub(super) fn items(&self, query: &BackendQuestion) -> Vec<ListedItem> {
        self.all_items(&[query]).pop().unwrap_or_default()
    }

    /// Returns what the backend answers to several questions, which are asked at the same time.
    pub(super) fn all_items(&self, queries: &[&BackendQuestion]) -> Vec<Vec<ListedItem>> {
        let (Some(backend), Some(runtime)) = (self.backend(), &self.runtime) else { return Vec::new() };
        runtime.block_on(join_all(queries.iter().map(|query| self.answer(backend, query))))
    }

    async fn answer(&self, backend: &dyn Backend, query: &BackendQuestion) -> Vec<ListedItem> {
        // The local store is fast, and another process may change it at any time.
        let is_hosted = backend.capabilities().account.is_some();
        let Some(cache) = self.cache.as_ref().filter(|_| is_hosted) else {
            return query.ask(backend, self.until).await.map_or_else(|_| Vec::new(), |answer| answer.items);
        };
        let key = self.key(backend, query);
        match cache.get(&key).map(|kept| kept.value) {
            Some(KeptItems::Whole(items)) => return items,
            Some(KeptItems::Part(items)) if !self.insists => return items,
            Some(KeptItems::Part(_)) | None => {}
        }
        let (kept, time) = match query.ask(backend, self.until).await {
            // A second process has had all the time that there is.
            Ok(ListedItems { items, is_whole }) if is_whole || self.insists => (KeptItems::Whole(items), FRESH),
            Ok(ListedItems { items, .. }) => {
                self.is_late.store(true, Ordering::Relaxed);
                (KeptItems::Part(items), PAUSE)
            }
            Err(_) => (KeptItems::Part(Vec::new()), PAUSE),
        };
        if let Ok(end) = Timestamp::now().checked_add(time) {
            cache.put(&key, &kept, end);
        }
        match kept {
            KeptItems::Whole(items) | KeptItems::Part(items) => items,
        }
    }

    /// Returns the cache key of a question: the answer depends on the service, on who asks, and for whom.
    fn key(&self, backend: &dyn Backend, query: &BackendQuestion) -> String {
        let Some(settings) = &self.settings else { return String::new() };
        let named = [
            &settings.profile,
            &settings.agent,
            &settings.environment,
            &settings.user_identity,
            &settings.isolation_key,
        ];
        let chosen_by = registry::choosers().filter(|chooser| chooser.backend == backend.capabilities().backend);
        let variables = chosen_by.flat_map(|chooser| chooser.variables).map(|name| env::text(name));
        let token_file = settings.token_file().ok().flatten().map(|path| path.display().to_string());
        let parts = named.map(|setting| setting.value.clone()).into_iter().chain(variables).chain([token_file]);
        let parts: Vec<String> = parts.map(|part| format!("{part:?}")).collect();
        format!("{}\n{}\n{}", backend.origin(), parts.join("\n"), query.key())
    }

    /// Returns the session that was created last here, for `@last`.
    pub(super) fn last_session(&self) -> Option<LastSession> {
        let backend = self.backend()?;
        let settings = self.settings()?;
        let agent = agent_of_sessions(settings, backend.capabilities());
        LastSessions::new(settings.home().ok()?).of(&backend.origin(), agent).ok()?
    }

    /// Returns the session that a text names, where an empty text is the chosen session.
    pub(super) fn session(&self, text: &str) -> Option<SessionId> {
        let chosen = self.settings()?.session.value.as_deref();
        let name: SessionName = if text.is_empty() { chosen? } else { text }.parse().ok()?;
        let only = |is_meant: &dyn Fn(&ListedItem) -> bool| {
            let items = self.items(&BackendQuestion::Sessions);
            let mut meant = items.iter().filter(|item| is_meant(item));
            let found = meant.next()?.id.parse().ok();
            found.filter(|_| meant.next().is_none())
        };
        match name {
            SessionName::Id(id) if self.backend()?.capabilities().may_be_beginning(id.as_str()) => {
                only(&|item| item.id.starts_with(id.as_str()))
            }
            SessionName::Id(id) => Some(id),
            SessionName::Last => self.last_session().map(|last| last.session),
            SessionName::Title(title) => only(&|item| item.title.as_deref() == Some(title.as_str())),
        }
    }

    /// Returns a directory as it was typed in a path in a session.
    pub(super) fn directory(&self, typed: &str) -> Option<RemotePath> {
        resolve_path(self.backend()?.capabilities(), typed).ok()
    }
}

/// Returns whether the secret can be read again and again without a program: a pipe has it once.
fn can_be_read(settings: &Settings) -> bool {
    let is_file = |path: &std::path::PathBuf| path.is_file();
    settings.token_file().is_ok_and(|path| path.is_none_or(is_file))
        && match &settings.secret {
            Some(Secret::Command(_)) => false,
            Some(Secret::File(path)) => is_file(path),
            Some(Secret::Env(_)) | None => true,
        }
}
