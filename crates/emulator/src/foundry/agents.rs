//! Agents and their versions: as much as a client needs to find out which version to ask for.
//!
//! Behind every name is an agent with a version `1`. What clients change of one is kept while the
//! server runs, and listings have the agents that clients used.

use hyper::StatusCode;
use serde_json::{Map, Value, json};

use super::agent_state::{missing, place, unknown, version};
use super::sessions::limit;
use super::{ApiError, ApiResult, DOCUMENT_MAX, FoundryEmulator, flag};
use crate::answer::{self, HttpResponse};
use crate::request::ApiRequest;
use wharf_wire::url::Query;

/// Kinds of agents that a listing can be asked for \[py\].
const KINDS: [&str; 5] = ["prompt", "hosted", "workflow", "external", "voice"];

/// What a change of an agent may hold \[py\].
const CHANGEABLE: [&str; 2] = ["agent_endpoint", "agent_card"];

impl FoundryEmulator {
    /// Returns the agents that clients used.
    pub(super) fn list_agents(&self, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let kind = request.query.get("kind");
        if kind.is_some_and(|kind| !KINDS.contains(&kind)) {
            return Err(ApiError::bad(format!("kind is one of {}", KINDS.join(", "))));
        }
        let agents = self.agents.known();
        let fits = |shown: &Value| {
            kind.is_none_or(|kind| shown.pointer("/versions/latest/definition/kind").is_some_and(|known| known == kind))
        };
        let all = agents.known.iter().filter_map(|(name, agent)| Some((agent.place, agent.shown(name)?)));
        let all: Vec<(usize, Value)> = all.filter(|(_, shown)| fits(shown)).collect();
        let place =
            |id: &str| agents.known.get(id).map(|agent| agent.place).or_else(|| agents.departed.get(id).copied());
        page(all, place, &request.query)
    }

    pub(super) fn get_agent(&self, agent: &str) -> ApiResult<HttpResponse> {
        let shown = self.agents.look(agent).shown(agent).ok_or_else(|| missing(agent))?;
        Ok(answer::json(StatusCode::OK, &shown))
    }

    pub(super) async fn update_agent(&self, agent: &str, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let given: Map<String, Value> = request.document(DOCUMENT_MAX).await?;
        if let Some(name) = given.keys().find(|name| !CHANGEABLE.contains(&name.as_str())) {
            return Err(ApiError::bad(format!("{name} cannot be changed")));
        }
        let shown = self.agents.change(agent, |known| {
            let mut details = Value::Object(std::mem::take(&mut known.details));
            merge(&mut details, given.into());
            known.details = details.as_object().cloned().unwrap_or_default();
            known.shown(agent)
        });
        Ok(answer::json(StatusCode::OK, &shown.ok_or_else(|| missing(agent))?))
    }

    pub(super) async fn delete_agent(&self, agent: &str, query: &Query) -> ApiResult<HttpResponse> {
        self.end_sessions(agent, None, query).await?;
        let mut agents = self.agents.known();
        if let Some(gone) = agents.known.remove(agent) {
            agents.departed.insert(agent.to_owned(), gone.place);
        }
        let answer = json!({ "object": "agent.deleted", "name": agent, "deleted": true });
        Ok(answer::json(StatusCode::OK, &answer))
    }

    /// Enables or disables an agent. A second time changes nothing \[py\].
    pub(super) fn set_enabled(&self, agent: &str, enabled: bool) -> HttpResponse {
        self.agents.change(agent, |known| known.disabled = !enabled);
        answer::empty(StatusCode::NO_CONTENT)
    }

    pub(super) fn list_versions(&self, agent: &str, query: &Query) -> ApiResult<HttpResponse> {
        let versions = self.agents.look(agent).versions;
        let all = (1..).zip(versions).filter_map(|(place, version)| Some((place, version?))).collect();
        let place = |id: &str| id.strip_prefix(agent)?.strip_prefix(':')?.parse().ok();
        page(all, place, query)
    }

    pub(super) async fn create_version(&self, agent: &str, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let given: Map<String, Value> = request.document(DOCUMENT_MAX).await?;
        if !given.get("definition").is_some_and(Value::is_object) {
            return Err(ApiError::bad("definition is missing"));
        }
        let made = self.agents.change(agent, |known| {
            let made = version(agent, known.versions.len() + 1, given);
            known.versions.push(Some(made.clone()));
            made
        });
        Ok(answer::json(StatusCode::OK, &made))
    }

    pub(super) fn get_version(&self, agent: &str, version: &str) -> ApiResult<HttpResponse> {
        let known = self.agents.look(agent);
        let found = known.version(version).ok_or_else(|| unknown(agent, version))?;
        Ok(answer::json(StatusCode::OK, found))
    }

    pub(super) async fn delete_version(&self, agent: &str, version: &str, query: &Query) -> ApiResult<HttpResponse> {
        self.agents.look(agent).version(version).ok_or_else(|| unknown(agent, version))?;
        self.end_sessions(agent, Some(version), query).await?;
        self.agents.change(agent, |known| place(version).and_then(|at| known.versions.get_mut(at)?.take()));
        let answer = json!({ "object": "agent.version.deleted", "name": agent, "version": version, "deleted": true });
        Ok(answer::json(StatusCode::OK, &answer))
    }

    /// Refuses to delete an agent or a version that has sessions, or deletes them with it \[py\].
    async fn end_sessions(&self, agent: &str, version: Option<&str>, query: &Query) -> ApiResult<()> {
        let force = flag(query, "force")?;
        let sessions = self.sessions_of(agent, version).await?;
        if !force && !sessions.is_empty() {
            let what = match version {
                Some(version) => format!("Version {version} of agent {agent} has sessions: {}", sessions.len()),
                None => format!("Agent {agent} has sessions: {}", sessions.len()),
            };
            let what = format!("{what}; force=true deletes them with it");
            return Err(ApiError::new(StatusCode::CONFLICT, what));
        }
        for session in sessions {
            self.delete_session(session).await?;
        }
        Ok(())
    }
}

/// Returns a page of objects, each with its place, the last first unless `order=asc`. A cursor is an id,
/// whose place `place` knows even where its object is gone.
fn page(mut all: Vec<(usize, Value)>, place: impl Fn(&str) -> Option<usize>, query: &Query) -> ApiResult<HttpResponse> {
    let limit = limit(query)?;
    let oldest_first = match query.get("order") {
        None | Some("desc") => false,
        Some("asc") => true,
        Some(_) => return Err(ApiError::bad("order is asc or desc")),
    };
    all.sort_by_key(|(place, _)| *place);
    if !oldest_first {
        all.reverse();
    }
    let cursor = |name: &str| match query.get(name) {
        None => Ok(None),
        Some(id) => place(id).map(Some).ok_or_else(|| ApiError::bad(format!("{name}: there is nothing called {id}"))),
    };
    let (after, before) = (cursor("after")?, cursor("before")?);
    let precedes = |a: usize, b: usize| if oldest_first { a < b } else { a > b };
    all.retain(|(place, _)| {
        after.is_none_or(|after| precedes(after, *place)) && before.is_none_or(|before| precedes(*place, before))
    });
    let more = all.len() > limit;
    // A page before something is the one next to it.
    let skip = if before.is_some() && after.is_none() { all.len().saturating_sub(limit) } else { 0 };
    let data: Vec<Value> = all.into_iter().skip(skip).take(limit).map(|(_, object)| object).collect();
    let id = |object: Option<&Value>| object.and_then(|object| object.get("id").cloned());
    let mut list = json!({ "object": "list", "has_more": more });
    if let Some(list) = list.as_object_mut() {
        // An empty page has no ids [live].
        list.extend(id(data.first()).map(|id| ("first_id".to_owned(), id)));
        list.extend(id(data.last()).map(|id| ("last_id".to_owned(), id)));
        list.insert("data".to_owned(), data.into());
    }
    Ok(answer::json(StatusCode::OK, &list))
}

/// Applies a merge patch (RFC 7396).
fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    let Some(members) = target.as_object_mut() else { return };
    for (name, value) in patch {
        if value.is_null() {
            members.shift_remove(&name);
        } else {
            merge(members.entry(name).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merge_patch_sets_removes_and_replaces() {
        let mut target = json!({ "a": { "b": 1, "c": 2 }, "d": [1], "e": 3 });
        merge(&mut target, json!({ "a": { "b": null, "x": { "y": null } }, "d": [2], "e": null }));
        assert_eq!(target, json!({ "a": { "c": 2, "x": {} }, "d": [2] }));
    }
}
