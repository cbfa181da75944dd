//! Sessions.

use hyper::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::agent_simulation::SimulatedSession;
use super::checks::{check_metadata, known_only};
use super::page::{self, CreationFilter, Order, PageCursor, SortKey};
use super::session_state::SessionState;
use super::usage::SessionUsage;
use super::{AnthropicEmulator, ApiError, ApiResult, DOCUMENT_MAX, events};
use crate::answer::{self, HttpResponse, now};
use crate::request::ApiRequest;
use wharf_client::backend::NewSession;
use wharf_core::model::Timestamp;
use wharf_core::random;
use wharf_wire::anthropic::error::code;
use wharf_wire::anthropic::events::kind;
use wharf_wire::anthropic::sessions::{self as wire, SessionBudget, filter, status};
use wharf_wire::anthropic::{
    AnthropicSession, Deleted, NewAnthropicSession, Nullable, SessionEvent, UpdateSession, resources,
};

/// What takes the place of an agent's own settings.
const OVERRIDES: [&str; 5] = ["model", "system", "tools", "mcp_servers", "skills"];

impl AnthropicEmulator {
    pub(super) async fn create_session(&self, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let asked: NewAnthropicSession = request.document(DOCUMENT_MAX).await?;
        Ok(answer::json(StatusCode::OK, &self.create(asked).await?))
    }

    pub(super) fn get_session(&self, id: &str) -> ApiResult<HttpResponse> {
        Ok(answer::json(StatusCode::OK, &self.shown(self.sessions.load(id)?)))
    }

    pub(super) async fn update_session(&self, id: &str, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let update: UpdateSession = request.document(DOCUMENT_MAX).await?;
        let _changing = self.changing.lock().await;
        let mut state = self.sessions.load(id)?;
        self.still_open(&state)?;
        if update.agent.is_some() {
            self.check_idle(id, "changed")?;
        }
        let cost = self.simulation.with(id, |simulated| simulated.cost());
        let event = change(&mut state, update, cost)?;
        self.sessions.save(&mut state)?;
        self.simulation.with(id, |simulated| {
            if !event.extra.is_empty() {
                simulated.happens(event);
            }
            simulated.prepare(&state.session);
        });
        // A pause may have ended, with messages behind it.
        self.start_agent(id);
        Ok(answer::json(StatusCode::OK, &self.shown(state)))
    }

    pub(super) async fn delete_session(&self, id: &str) -> ApiResult<HttpResponse> {
        let _changing = self.changing.lock().await;
        self.sessions.load(id)?;
        self.check_idle(id, "deleted")?;
        if let Some(agent) = &self.agent {
            agent.end(id).await;
        }
        self.backend.sessions().delete(&id.parse()?, false).await?;
        self.sessions.forget(id)?;
        self.simulation.with(id, SimulatedSession::deleted);
        Ok(answer::json(StatusCode::OK, &Deleted::of(id, Deleted::SESSION)))
    }

    /// Archives a session. A second time changes nothing; what the service does then is unknown.
    pub(super) async fn archive_session(&self, id: &str) -> ApiResult<HttpResponse> {
        let _changing = self.changing.lock().await;
        let mut state = self.sessions.load(id)?;
        if state.session.archived_at.is_none() {
            self.check_idle(id, "archived")?;
            state.session.archived_at = Some(now());
            self.sessions.save(&mut state)?;
            self.simulation.with(id, super::agent_simulation::SimulatedSession::end);
        }
        Ok(answer::json(StatusCode::OK, &self.shown(state)))
    }

    /// Refuses to do something to a session that is running.
    fn check_idle(&self, id: &str, done: &str) -> ApiResult<()> {
        match self.simulation.status(id) {
            status::RUNNING | status::RESCHEDULING => {
                let why = "interrupt it and wait until it is idle";
                Err(ApiError::bad(format!("Session `{id}` is running and cannot be {done}: {why}.")))
            }
            _ => Ok(()),
        }
    }

    /// Creates a session with all that was asked for, or none at all.
    async fn create(&self, asked: NewAnthropicSession) -> ApiResult<AnthropicSession> {
        known_only("", &asked.extra)?;
        check_metadata(&asked.metadata)?;
        let agent = self.catalogue.settings(asked.agent.id(), asked.agent.version())?;
        let agent = with_overrides(agent, &asked.agent)?;
        let self_hosted = self.catalogue.environment_of(&asked.environment_id)?;
        let on_site = |word: &str| [resources::kind::FILE, resources::kind::REPOSITORY].contains(&word);
        if self_hosted && asked.resources.iter().any(|resource| on_site(&resource.kind)) {
            return Err(ApiError::bad("resources: a self_hosted environment takes no files and repositories"));
        }
        if asked.initial_events.len() > wire::INITIAL_EVENTS_MAX {
            return Err(ApiError::bad(format!("initial_events: at most {}", wire::INITIAL_EVENTS_MAX)));
        }
        if !asked.initial_events.is_empty() {
            events::check(&asked.initial_events, &[kind::MESSAGE, kind::OUTCOME])?;
        }
        if let Some(budget) = &asked.budget {
            check_budget(budget)?;
            check_budgetable(&agent)?;
        }
        let made = now();
        let id = random::id("sesn")?;
        let agent_id = asked.agent.id().to_owned();
        let session = AnthropicSession {
            kind: AnthropicSession::KIND.to_owned(),
            id: id.clone(),
            status: status::IDLE.to_owned(),
            title: asked.title,
            agent: serde_json::from_value(agent).map_err(|e| ApiError::bad(format!("agent: {e}")))?,
            environment_id: Some(asked.environment_id.clone()),
            metadata: asked.metadata,
            resources: Vec::new(),
            vault_ids: asked.vault_ids.clone(),
            outcome_evaluations: Vec::new(),
            stats: json!({ "active_seconds": 0.0, "duration_seconds": 0.0 }),
            usage: SessionUsage::default().shown(),
            budget: asked.budget,
            created_at: Some(made),
            updated_at: Some(made),
            archived_at: None,
            extra: Map::from_iter([("deployment_id".to_owned(), Value::Null)]),
        };
        let mut state = SessionState::new(session);
        // No other request sees it before it is kept.
        let new = NewSession {
            id: Some(id.parse()?),
            agent: Some(agent_id),
            environment: Some(asked.environment_id),
            vaults: asked.vault_ids,
            ..NewSession::default()
        };
        self.backend.sessions().create(new).await?;
        let mounted = async {
            for resource in asked.resources {
                self.mount(&mut state, resource).await?;
            }
            self.sessions.save(&mut state)
        };
        let mounted: ApiResult<()> = mounted.await;
        if let Err(refusal) = mounted {
            self.backend.sessions().delete(&id.parse()?, false).await?;
            return Err(refusal);
        }
        if asked.initial_events.is_empty() {
            return Ok(self.shown(state));
        }
        self.take(&state.session, asked.initial_events)?;
        // Made running, however short that is [docs].
        let status = self.simulation.first_status(&id);
        Ok(AnthropicSession { status: status.to_owned(), ..self.shown(state) })
    }

    pub(super) fn list_sessions(&self, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let query = &request.query;
        let order = Order::of(request, Order::Newest)?;
        let limit = page::limit(request, wire::PAGE_DEFAULT, wire::PAGE_SURE)?;
        let cursor = PageCursor::of(request, order)?;
        let created = CreationFilter::of(request)?;
        let version = match query.get(filter::AGENT_VERSION).map(str::parse::<u64>) {
            None => None,
            Some(Ok(version @ 1..)) if query.get(filter::AGENT).is_some() => Some(version),
            Some(_) => return Err(ApiError::bad("agent_version: a number from 1, with agent_id")),
        };
        let archived = page::flag(request, filter::ARCHIVED)?;
        let at_cursor = cursor.as_ref().and_then(|cursor| Timestamp::from_microsecond(cursor.key.at).ok());
        if at_cursor.is_some_and(|at| !created.holds(at)) {
            return Err(ApiError::bad("page: this cursor lies outside of the times that are asked for"));
        }
        let statuses = page::words(request, filter::STATUSES, &status::LISTED)?;
        let fits = |session: &AnthropicSession| {
            let is = |name: &str, value: Option<&str>| query.get(name).is_none_or(|asked| value == Some(asked));
            let has_store = |id: &str| session.resources.iter().any(|one| one.memory_store_id.as_deref() == Some(id));
            (archived || session.archived_at.is_none())
                && (statuses.is_empty() || statuses.contains(&session.status.as_str()))
                && is(filter::AGENT, Some(session.agent.id.as_str()))
                && version.is_none_or(|version| session.agent.version == Some(version))
                && is(filter::DEPLOYMENT, None)
                && query.get(filter::MEMORY_STORE).is_none_or(has_store)
                && session.created_at.is_none_or(|at| created.holds(at))
        };
        let all = self.sessions.all()?.into_iter().map(|state| self.shown(state)).filter(fits);
        let sort_key = |session: &AnthropicSession| {
            SortKey::of(session.created_at.map_or(0, Timestamp::as_microsecond), &session.id)
        };
        let cut = page::cut(all.map(|one| (sort_key(&one), one)).collect(), order, cursor.as_ref(), limit);
        let before = Nullable::or_null(cut.before.clone());
        let mut list = page::plain(cut);
        list.prev_page = before;
        Ok(answer::json(StatusCode::OK, &list))
    }

    /// Returns a session as answers have it now.
    pub(super) fn shown(&self, state: SessionState) -> AnthropicSession {
        let over = state.session.archived_at.is_some();
        let status = if over { status::TERMINATED } else { self.simulation.status(state.id()) };
        let resources = state.resources.iter().map(|mounted| mounted.resource.clone()).collect();
        let mut session = AnthropicSession { status: status.to_owned(), resources, ..state.session };
        self.simulation.show_usage(&mut session);
        session
    }
}

/// Returns the cap of a budget, in cents.
fn check_budget(budget: &Value) -> ApiResult<u64> {
    let read = SessionBudget::deserialize(budget).map_err(|e| ApiError::bad(format!("budget: {e}")))?;
    read.cap().ok_or_else(|| ApiError::bad("budget: a `limit` in whole cents above 0, as a string, in USD"))
}

/// Fails for an agent whose model has no list price.
fn check_budgetable(agent: &Value) -> ApiResult<()> {
    match agent.pointer("/model/id").and_then(Value::as_str) {
        Some(model) if model.starts_with("claude-") => Ok(()),
        model => {
            let what = format!("budget: the model {:?} has no list price", model.unwrap_or_default());
            Err(ApiError::bad(what).code(code::NOT_BUDGETABLE))
        }
    }
}

/// Applies an update to a session that has cost `cost` cents, and returns the event that the stream has of it.
fn change(state: &mut SessionState, update: UpdateSession, cost: u64) -> ApiResult<SessionEvent> {
    known_only("", &update.extra)?;
    if update.vault_ids.is_some() {
        return Err(ApiError::bad("vault_ids: cannot be changed"));
    }
    let session = &mut state.session;
    let mut event = SessionEvent::of(kind::UPDATED);
    if !update.title.is_absent() {
        session.title = update.title.value().cloned();
        event = event.with("title", json!(session.title));
    }
    if !update.metadata.is_empty() {
        let mut metadata = session.metadata.clone();
        for (name, value) in update.metadata {
            match value {
                Some(value) => metadata.insert(name, value),
                None => metadata.remove(&name),
            };
        }
        check_metadata(&metadata)?;
        session.metadata = metadata;
        event = event.with("metadata", json!(session.metadata));
    }
    if let Some(agent) = update.agent {
        for (name, value) in agent {
            let value = match name.as_str() {
                "tools" => super::agents::tools(&value),
                "mcp_servers" => value,
                _ => return Err(ApiError::bad(format!("agent.{name}: Extra inputs are not permitted"))),
            };
            session.agent.extra.insert(name, value);
        }
        event = event.with("agent", json!(session.agent));
    }
    match update.budget {
        Nullable::Absent => return Ok(event),
        Nullable::Null => session.budget = None,
        Nullable::Value(_) if session.budget.is_none() => {
            let what = "budget: cannot be added to a session that was made without one";
            return Err(ApiError::bad(what).code(code::BUDGET_CREATE_ONLY));
        }
        Nullable::Value(budget) => {
            if check_budget(&budget)? <= cost {
                let what = format!("budget: must exceed what the session has cost, {cost} cents");
                return Err(ApiError::bad(what).code(code::BUDGET_NOT_RAISED));
            }
            session.budget = Some(budget);
        }
    }
    Ok(event.with("budget", json!(session.budget)))
}

/// Returns an agent's settings with what a session has instead.
fn with_overrides(mut agent: Value, asked: &wire::AgentRef) -> ApiResult<Value> {
    let wire::AgentRef::Object(object) = asked else { return Ok(agent) };
    match object.kind.as_str() {
        wire::AgentObject::AGENT => known_only("agent.", &object.extra)?,
        wire::AgentObject::OVERRIDES => {
            for (name, value) in &object.extra {
                let known = OVERRIDES.contains(&name.as_str());
                let Some(settings) = agent.as_object_mut().filter(|_| known) else {
                    return Err(ApiError::bad(format!("agent.{name}: Extra inputs are not permitted")));
                };
                match name.as_str() {
                    "model" if value.is_null() => return Err(ApiError::bad("agent.model: cannot be null")),
                    "model" => settings.insert(name.clone(), super::agents::model(value)?),
                    "tools" => settings.insert(name.clone(), super::agents::tools(value)),
                    _ => settings.insert(name.clone(), value.clone()),
                };
            }
        }
        other => return Err(ApiError::bad(format!("agent.type: {other:?} is not known"))),
    }
    Ok(agent)
}
