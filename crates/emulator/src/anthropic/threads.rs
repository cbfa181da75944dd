//! Threads. Nothing starts another thread: each session has its primary one, which is called after it.

use hyper::StatusCode;
use serde_json::{Value, json};

use super::page::{self, Order, PageCursor, SortKey};
use super::session_state::{SessionState, primary_thread};
use super::{AnthropicEmulator, ApiError, ApiResult};
use crate::answer::{self, HttpResponse};
use crate::request::ApiRequest;
use wharf_core::model::Timestamp;
use wharf_wire::anthropic::events::kind;
use wharf_wire::anthropic::sessions::{filter, status};
use wharf_wire::anthropic::{AnthropicSession, SessionEvent};

/// The most threads on a page, and as many as there are where a request names no limit \[types\].
const PAGE_MAX: usize = 1000;

impl AnthropicEmulator {
    pub(super) fn list_threads(&self, session: &str, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let session = self.shown(self.sessions.load(session)?);
        let limit = page::limit(request, PAGE_MAX, PAGE_MAX)?;
        let cursor = PageCursor::of(request, Order::Oldest)?;
        let statuses = page::words(request, filter::STATUSES, &status::LISTED)?;
        let fits = statuses.is_empty() || statuses.contains(&session.status.as_str());
        let at = session.created_at.map_or(0, Timestamp::as_microsecond);
        let all = fits.then(|| (SortKey::of(at, ""), self.primary(&session))).into_iter().collect();
        let cut = page::cut(all, Order::Oldest, cursor.as_ref(), limit);
        Ok(answer::json(StatusCode::OK, &page::plain(cut)))
    }

    pub(super) fn get_thread(&self, session: &str, id: &str) -> ApiResult<HttpResponse> {
        let state = self.session_of_thread(session, id)?;
        Ok(answer::json(StatusCode::OK, &self.primary(&self.shown(state))))
    }

    /// Refuses to archive the primary thread, the only one. What the service does then is unknown.
    pub(super) fn archive_thread(&self, session: &str, id: &str) -> ApiResult<HttpResponse> {
        self.session_of_thread(session, id)?;
        Err(ApiError::bad(format!("Thread `{id}` is the primary one: archive session `{session}`.")))
    }

    pub(super) fn list_thread_events(&self, session: &str, id: &str, request: &ApiRequest) -> ApiResult<HttpResponse> {
        self.session_of_thread(session, id)?;
        self.list_events(session, request)
    }

    pub(super) fn stream_thread(&self, session: &str, id: &str, request: &ApiRequest) -> ApiResult<HttpResponse> {
        self.session_of_thread(session, id)?;
        self.stream_events(session, request)
    }

    fn session_of_thread(&self, session: &str, id: &str) -> ApiResult<SessionState> {
        let state = self.sessions.load(session)?;
        if id != primary_thread(session) {
            return Err(ApiError::not_found(format!("Thread `{id}` not found.")));
        }
        Ok(state)
    }

    /// Returns a session's primary thread \[types\].
    fn primary(&self, session: &AnthropicSession) -> Value {
        let happened = |kinds: &[&str]| {
            self.simulation
                .with(&session.id, |simulated| simulated.history().any(|event| kinds.contains(&event.kind.as_str())))
        };
        let mut agent = serde_json::to_value(&session.agent).unwrap_or_default();
        if let Some(fields) = agent.as_object_mut() {
            fields.shift_remove("multiagent");
        }
        let mut usage = session.usage.clone();
        if let Some(fields) = usage.as_object_mut() {
            fields.shift_remove("list_cost");
        }
        let mut stats = session.stats.clone();
        if let Some(fields) = stats.as_object_mut() {
            fields.insert("startup_seconds".to_owned(), json!(0.0));
        }
        json!({
            "type": "session_thread",
            "id": primary_thread(&session.id),
            "session_id": session.id,
            "parent_thread_id": Value::Null,
            "workflow_run_id": Value::Null,
            "status": session.status,
            "agent": agent,
            "stats": if happened(&[kind::RUNNING, kind::RESCHEDULED]) { stats } else { Value::Null },
            "usage": if happened(&[kind::IDLE]) { usage } else { Value::Null },
            "created_at": session.created_at,
            "updated_at": session.updated_at,
            "archived_at": session.archived_at,
        })
    }
}

/// Refuses events for threads that a session does not have.
pub(super) fn check(session: &str, events: &[SessionEvent]) -> ApiResult<()> {
    for event in events {
        match event.extra.get("session_thread_id") {
            None | Some(Value::Null) => {}
            Some(thread) if *thread == primary_thread(session) => {}
            Some(thread) => {
                return Err(ApiError::bad(format!("session_thread_id: no thread {thread} in this session")));
            }
        }
    }
    Ok(())
}
