//! Agents and their versions: as much as a client needs to find out which version to ask for.
//!
//! Every agent has a version `1`. Those that a client adds are kept while the server runs.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use hyper::StatusCode;
use serde_json::{Map, Value, json};

use super::route::AgentCall;
use super::{DOCUMENT_MAX, Foundry, Refusal, Result};
use crate::model::Timestamp;
use crate::serve::answer::{self, Answer};
use crate::serve::request::Request;

/// What clients added, by agent; the place in the list is the version, less one.
#[derive(Default)]
pub(super) struct Agents(Mutex<HashMap<String, Vec<Option<Value>>>>);

impl Agents {
    fn change<T>(&self, agent: &str, change: impl FnOnce(&mut Vec<Option<Value>>) -> T) -> T {
        let mut agents = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let versions = agents.entry(agent.to_owned()).or_insert_with(|| vec![Some(version(agent, 1, Map::new()))]);
        change(versions)
    }

    /// The version that a session gets where nobody chooses.
    pub(super) fn newest(&self, agent: &str) -> String {
        let newest = self.change(agent, |versions| versions.iter().rposition(Option::is_some));
        (newest.unwrap_or(0) + 1).to_string()
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

impl Foundry {
    pub(super) async fn agent(&self, agent: &str, call: AgentCall, request: &Request) -> Result<Answer> {
        let unknown = |version: &str| Refusal::not_found(format!("Version {version} of agent {agent} does not exist"));
        match call {
            AgentCall::Get => {
                let latest = self.agents.change(agent, |versions| versions.iter().flatten().next_back().cloned());
                let answer = json!({ "object": "agent", "id": agent, "name": agent, "versions": { "latest": latest } });
                Ok(answer::json(StatusCode::OK, &answer))
            }
            AgentCall::Remove => {
                self.agents.0.lock().unwrap_or_else(PoisonError::into_inner).remove(agent);
                let answer = json!({ "object": "agent.deleted", "name": agent, "deleted": true });
                Ok(answer::json(StatusCode::OK, &answer))
            }
            AgentCall::Versions => {
                let mut found: Vec<Value> =
                    self.agents.change(agent, |versions| versions.iter().flatten().cloned().collect());
                if request.query.get("order") != Some("asc") {
                    found.reverse();
                }
                if let Some(after) = request.query.get("after") {
                    let at = found.iter().position(|known| known.get("id").is_some_and(|id| id == after));
                    found.drain(..at.map_or(found.len(), |at| at + 1));
                }
                let limit = super::sessions::limit(&request.query)?;
                let more = found.len() > limit;
                found.truncate(limit);
                let id = |known: Option<&Value>| known.and_then(|known| known.get("id").cloned());
                let (first, last) = (id(found.first()), id(found.last()));
                let mut answer = json!({ "object": "list", "data": found, "has_more": more });
                for (name, id) in [("first_id", first), ("last_id", last)] {
                    if let (Some(id), Some(answer)) = (id, answer.as_object_mut()) {
                        answer.insert(name.to_owned(), id);
                    }
                }
                Ok(answer::json(StatusCode::OK, &answer))
            }
            AgentCall::Publish => {
                let given = request.document(DOCUMENT_MAX).await?;
                let made = self.agents.change(agent, |versions| {
                    let made = version(agent, versions.len() + 1, given);
                    versions.push(Some(made.clone()));
                    made
                });
                Ok(answer::json(StatusCode::OK, &made))
            }
            AgentCall::Version(version) => {
                let found =
                    self.agents.change(agent, |versions| place(&version).and_then(|at| versions.get(at)?.clone()));
                found.map(|found| answer::json(StatusCode::OK, &found)).ok_or_else(|| unknown(&version))
            }
            AgentCall::Retire(version) => {
                let gone =
                    self.agents.change(agent, |versions| place(&version).and_then(|at| versions.get_mut(at)?.take()));
                gone.ok_or_else(|| unknown(&version))?;
                let answer =
                    json!({ "object": "agent.version.deleted", "name": agent, "version": version, "deleted": true });
                Ok(answer::json(StatusCode::OK, &answer))
            }
        }
    }
}

/// Where a version is in the list.
fn place(version: &str) -> Option<usize> {
    version.parse::<usize>().ok()?.checked_sub(1)
}
