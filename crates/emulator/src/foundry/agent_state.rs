//! The agents that clients used, with what was changed of them.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use hyper::StatusCode;
use serde_json::{Map, Value, json};

use super::refusal::RuntimeError;
use crate::api_error::{ApiError, ApiResult};
use wharf_core::model::Timestamp;
use wharf_core::sync::lock;

/// The code of a 403 for an agent that was disabled. The status is in the notes of clients, the code
/// ours.
const DISABLED: &str = "agent_disabled";

/// Every agent that clients used.
#[derive(Default)]
pub(super) struct AgentRegistry(Mutex<KnownAgents>);

#[derive(Default)]
pub(super) struct KnownAgents {
    pub(super) known: HashMap<String, AgentState>,
    /// Where agents stood in listings that were deleted since: a client that deletes what it lists
    /// goes on behind one that is gone.
    pub(super) departed: HashMap<String, usize>,
    /// How many were made.
    made: usize,
}

/// One of them.
#[derive(Debug, Clone)]
pub(super) struct AgentState {
    /// Its place in listings.
    pub(super) place: usize,
    /// The place in the list is the version, less one; nothing for one that was deleted.
    pub(super) versions: Vec<Option<Value>>,
    pub(super) disabled: bool,
    /// What was set of [`CHANGEABLE`].
    pub(super) details: Map<String, Value>,
}

impl AgentState {
    pub(super) fn new(name: &str, place: usize) -> Self {
        let versions = vec![Some(version(name, 1, Map::new()))];
        AgentState { place, versions, disabled: false, details: Map::new() }
    }

    pub(super) fn latest(&self) -> Option<&Value> {
        self.versions.iter().flatten().next_back()
    }

    pub(super) fn version(&self, version: &str) -> Option<&Value> {
        let found = self.versions.get(place(version)?)?.as_ref()?;
        // Of `01`, too, the number is 1.
        found.get("version").is_some_and(|known| known == version).then_some(found)
    }

    /// Returns the agent as the SDKs read it; `None` without a version.
    pub(super) fn shown(&self, name: &str) -> Option<Value> {
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

impl AgentRegistry {
    pub(super) fn known(&self) -> MutexGuard<'_, KnownAgents> {
        lock(&self.0)
    }

    /// Returns the agent of that name, whether or not a client used it before.
    pub(super) fn look(&self, name: &str) -> AgentState {
        self.known().known.get(name).cloned().unwrap_or_else(|| AgentState::new(name, 0))
    }

    pub(super) fn change<T>(&self, name: &str, change: impl FnOnce(&mut AgentState) -> T) -> T {
        let shelf = &mut *self.known();
        let agent = shelf.known.entry(name.to_owned()).or_insert_with(|| {
            shelf.made += 1;
            AgentState::new(name, shelf.made)
        });
        change(agent)
    }

    /// Returns the version that a new session gets: the one that is asked for, or the newest.
    pub(super) fn choose(&self, name: &str, asked: Option<String>) -> ApiResult<String> {
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

    /// Refuses a protocol that a version of an agent does not speak, as the runtime refuses what it has no handler for.
    pub(super) fn require_protocol(&self, name: &str, version: &str, protocol: &str) -> Result<(), RuntimeError> {
        let agent = self.look(name);
        if agent.version(version).is_none_or(|version| speaks(version, protocol)) {
            return Ok(());
        }
        let what = format!("Version {version} of agent {name} does not speak {protocol}");
        Err(RuntimeError::of_agent(StatusCode::NOT_IMPLEMENTED, "not_implemented", &what))
    }

    /// Refuses what a disabled agent does not do.
    pub(super) fn enabled(&self, name: &str) -> ApiResult<()> {
        if self.look(name).disabled {
            let what = format!("Agent {name} is disabled");
            return Err(ApiError::new(StatusCode::FORBIDDEN, what).code(DISABLED));
        }
        Ok(())
    }
}

/// Returns whether a version of an agent speaks a protocol. One that names no protocols speaks all \[ours\].
fn speaks(version: &Value, protocol: &str) -> bool {
    let definition = version.get("definition");
    let member = |name: &str| definition.and_then(|definition| definition.get(name)?.as_array());
    let spoken = member("protocol_versions").or_else(|| member("container_protocol_versions"));
    spoken.is_none_or(|spoken| spoken.iter().any(|one| one.get("protocol").is_some_and(|name| name == protocol)))
}

/// Returns a version as the SDKs read it.
pub(super) fn version(agent: &str, number: usize, given: Map<String, Value>) -> Value {
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

pub(super) fn missing(agent: &str) -> ApiError {
    ApiError::not_found(format!("Agent {agent} does not exist"))
}

pub(super) fn unknown(agent: &str, version: &str) -> ApiError {
    ApiError::not_found(format!("Version {version} of agent {agent} does not exist"))
}

/// Returns where a version is in the list.
pub(super) fn place(version: &str) -> Option<usize> {
    version.parse::<usize>().ok()?.checked_sub(1)
}
