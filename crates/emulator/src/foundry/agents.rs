//! Agents and their versions: as much as a client needs to find out which version to ask for.
//!
//! Behind every name is an agent with a version `1`. What clients change of one is kept while the
//! server runs, and listings have the agents that clients used.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hyper::StatusCode;
use serde_json::{Map, Value, json};

use super::{ApiError, DOCUMENT_MAX, Foundry, Result};
use crate::answer::{self, Answer};
use crate::request::Request;
use wharf_core::model::Timestamp;
use wharf_wire::url::Query;

/// The code of a 403 for an agent that was disabled. The status is in the notes of clients, the code
/// ours.
const DISABLED: &str = "agent_disabled";

/// Kinds of agents that a listing can be asked for \[py\].
const KINDS: [&str; 5] = ["prompt", "hosted", "workflow", "external", "voice"];

/// What a change of an agent may hold \[py\].
const CHANGEABLE: [&str; 2] = ["agent_endpoint", "agent_card"];

/// Every agent that clients used.
#[derive(Default)]
pub(super) struct Agents(Mutex<Shelf>);

#[derive(Default)]
struct Shelf {
    known: HashMap<String, Agent>,
    /// Where agents stood in listings that were deleted since: a client that deletes what it lists
    /// goes on behind one that is gone.
    departed: HashMap<String, usize>,
    /// How many were made.
    made: usize,
}

/// One of them.
#[derive(Debug, Clone)]
struct Agent {
    /// Its place in listings.
    place: usize,
    /// The place in the list is the version, less one; nothing for one that was deleted.
    versions: Vec<Option<Value>>,
    disabled: bool,
    /// What was set of [`CHANGEABLE`].
    details: Map<String, Value>,
}

impl Agent {
    fn new(name: &str, place: usize) -> Self {
        let versions = vec![Some(version(name, 1, Map::new()))];
        Agent { place, versions, disabled: false, details: Map::new() }
    }

    fn latest(&self) -> Option<&Value> {
        self.versions.iter().flatten().next_back()
    }

    fn version(&self, version: &str) -> Option<&Value> {
        let found = self.versions.get(place(version)?)?.as_ref()?;
        // Of `01`, too, the number is 1.
        found.get("version").is_some_and(|known| known == version).then_some(found)
    }

    /// As the SDKs read it; nothing without a version.
    fn shown(&self, name: &str) -> Option<Value> {
        let state = if self.disabled { "disabled" } else { "enabled" };
        let mut shown = json!({
            "object": "agent",
            "id": name,
            "name": name,
            "state": state,
            "configuration_state": state,
            "versions": { "latest": self.latest()? },
        });
        if let Some(shown) = shown.as_object_mut() {
            shown.extend(self.details.clone());
        }
        Some(shown)
    }
}

impl Agents {
    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The agent of that name, whether or not a client used it before.
    fn look(&self, name: &str) -> Agent {
        self.shelf().known.get(name).cloned().unwrap_or_else(|| Agent::new(name, 0))
    }

    fn change<T>(&self, name: &str, change: impl FnOnce(&mut Agent) -> T) -> T {
        let shelf = &mut *self.shelf();
        let agent = shelf.known.entry(name.to_owned()).or_insert_with(|| {
            shelf.made += 1;
            Agent::new(name, shelf.made)
        });
        change(agent)
    }

    /// The version that a new session gets: the one that is asked for, or the newest.
    pub(super) fn choose(&self, name: &str, asked: Option<String>) -> Result<String> {
        self.enabled(name)?;
        let agent = self.look(name);
        let chosen = match &asked {
            Some(version) => agent.version(version),
            None => agent.latest(),
        };
        let chosen = chosen.and_then(|version| version.get("version")?.as_str()).map(str::to_owned);
        let chosen = chosen.ok_or_else(|| match asked {
            Some(version) => unknown(name, &version),
            None => missing(name),
        })?;
        // From now on it is in listings.
        self.change(name, |_| ());
        Ok(chosen)
    }

    /// Refuses what a disabled agent does not do.
    pub(super) fn enabled(&self, name: &str) -> Result<()> {
        if self.look(name).disabled {
            let what = format!("Agent {name} is disabled");
            return Err(ApiError::new(StatusCode::FORBIDDEN, what).code(DISABLED));
        }
        Ok(())
    }
}

/// One version, as the SDKs read it.
fn version(agent: &str, number: usize, given: Map<String, Value>) -> Value {
    let mut object = json!({
        "object": "agent.version",
        "id": format!("{agent}:{number}"),
        "name": agent,
        "version": number.to_string(),
        "status": "active",
        "created_at": Timestamp::now().as_second(),
        "metadata": {},
        "description": "",
        "definition": {
            "kind": "hosted",
            "cpu": "1",
            "memory": "2Gi",
            "protocol_versions": [{ "protocol": "responses", "version": "1.0.0" }],
        },
    });
    for (name, value) in given {
        if let Some(known) =
            object.get_mut(&name).filter(|_| matches!(&*name, "metadata" | "description" | "definition"))
        {
            *known = value;
        }
    }
    object
}

fn missing(agent: &str) -> ApiError {
    ApiError::not_found(format!("Agent {agent} does not exist"))
}

fn unknown(agent: &str, version: &str) -> ApiError {
    ApiError::not_found(format!("Version {version} of agent {agent} does not exist"))
}

impl Foundry {
    /// The agents that clients used.
    pub(super) fn list_agents(&self, request: &Request) -> Result<Answer> {
        let kind = request.query.get("kind");
        if kind.is_some_and(|kind| !KINDS.contains(&kind)) {
            return Err(ApiError::bad(format!("kind is one of {}", KINDS.join(", "))));
        }
        let shelf = self.agents.shelf();
        let fits = |shown: &Value| {
            kind.is_none_or(|kind| shown.pointer("/versions/latest/definition/kind").is_some_and(|known| known == kind))
        };
        let all = shelf.known.iter().filter_map(|(name, agent)| Some((agent.place, agent.shown(name)?)));
        let all: Vec<(usize, Value)> = all.filter(|(_, shown)| fits(shown)).collect();
        let place = |id: &str| shelf.known.get(id).map(|agent| agent.place).or_else(|| shelf.departed.get(id).copied());
        page(all, place, &request.query)
    }

    pub(super) fn get_agent(&self, agent: &str) -> Result<Answer> {
        let shown = self.agents.look(agent).shown(agent).ok_or_else(|| missing(agent))?;
        Ok(answer::json(StatusCode::OK, &shown))
    }

    pub(super) async fn update_agent(&self, agent: &str, request: &Request) -> Result<Answer> {
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

    pub(super) async fn delete_agent(&self, agent: &str, query: &Query) -> Result<Answer> {
        self.end_sessions(agent, None, query).await?;
        let mut shelf = self.agents.shelf();
        if let Some(gone) = shelf.known.remove(agent) {
            shelf.departed.insert(agent.to_owned(), gone.place);
        }
        let answer = json!({ "object": "agent.deleted", "name": agent, "deleted": true });
        Ok(answer::json(StatusCode::OK, &answer))
    }

    /// Enables or disables an agent. A second time changes nothing \[py\].
    pub(super) fn set_enabled(&self, agent: &str, enabled: bool) -> Answer {
        self.agents.change(agent, |known| known.disabled = !enabled);
        answer::empty(StatusCode::NO_CONTENT)
    }

    pub(super) fn list_versions(&self, agent: &str, query: &Query) -> Result<Answer> {
        let versions = self.agents.look(agent).versions;
        let all = (1..).zip(versions).filter_map(|(place, version)| Some((place, version?))).collect();
        let place = |id: &str| id.strip_prefix(agent)?.strip_prefix(':')?.parse().ok();
        page(all, place, query)
    }

    pub(super) async fn create_version(&self, agent: &str, request: &Request) -> Result<Answer> {
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

    pub(super) fn get_version(&self, agent: &str, version: &str) -> Result<Answer> {
        let known = self.agents.look(agent);
        let found = known.version(version).ok_or_else(|| unknown(agent, version))?;
        Ok(answer::json(StatusCode::OK, found))
    }

    pub(super) async fn delete_version(&self, agent: &str, version: &str, query: &Query) -> Result<Answer> {
        self.agents.look(agent).version(version).ok_or_else(|| unknown(agent, version))?;
        self.end_sessions(agent, Some(version), query).await?;
        self.agents.change(agent, |known| place(version).and_then(|at| known.versions.get_mut(at)?.take()));
        let answer = json!({ "object": "agent.version.deleted", "name": agent, "version": version, "deleted": true });
        Ok(answer::json(StatusCode::OK, &answer))
    }

    /// Refuses to delete an agent or a version that has sessions, or deletes them with it \[py\].
    async fn end_sessions(&self, agent: &str, version: Option<&str>, query: &Query) -> Result<()> {
        let force = super::flag(query, "force")?;
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

/// Where a version is in the list.
fn place(version: &str) -> Option<usize> {
    version.parse::<usize>().ok()?.checked_sub(1)
}

/// A page of objects, each with its place, the last first unless `order=asc`. A cursor is an id,
/// whose place `place` knows even where its object is gone.
fn page(mut all: Vec<(usize, Value)>, place: impl Fn(&str) -> Option<usize>, query: &Query) -> Result<Answer> {
    let limit = super::sessions::limit(query)?;
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

/// A merge patch (RFC 7396).
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
