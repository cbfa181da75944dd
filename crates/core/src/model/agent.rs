//! Agents and environments: what a session is created with.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::{Labels, Provider, Timestamp};
use crate::error::{Error, Result};

/// A version of an agent: the object `agent`.
#[derive(Debug, Clone, Serialize)]
pub struct Agent {
    /// The name of the object's type.
    #[serde(rename = "type")]
    pub object: &'static str,
    /// The id by which a new session names the agent.
    pub id: AgentId,
    /// The backend.
    pub backend: &'static str,
    /// The name for people.
    pub name: String,
    /// The version, as a new session names it.
    pub version: String,
    /// Whether sessions can be created with it.
    pub status: AgentStatus,
    /// The description.
    pub description: Option<String>,
    /// The name of the model.
    pub model: Option<String>,
    /// The labels; `None` where the backend does not tell.
    pub labels: Option<Labels>,
    /// The time at which the agent was created.
    pub created_at: Option<Timestamp>,
    /// The time of the last change: when this version was created.
    pub updated_at: Option<Timestamp>,
    /// The time at which the agent was archived.
    pub archived_at: Option<Timestamp>,
    /// The provider's own object.
    pub provider: Provider,
}

impl Agent {
    /// The value of [`Agent::object`].
    pub const OBJECT: &'static str = "agent";
}

/// An environment in which sessions run: the object `environment`.
#[derive(Debug, Clone, Serialize)]
pub struct Environment {
    /// The name of the object's type.
    #[serde(rename = "type")]
    pub object: &'static str,
    /// The id by which a new session names the environment.
    pub id: AgentId,
    /// The backend.
    pub backend: &'static str,
    /// The name for people.
    pub name: String,
    /// The description.
    pub description: Option<String>,
    /// The labels; `None` where the backend does not tell.
    pub labels: Option<Labels>,
    /// The time of creation.
    pub created_at: Option<Timestamp>,
    /// The time of the last change.
    pub updated_at: Option<Timestamp>,
    /// The time at which the environment was archived.
    pub archived_at: Option<Timestamp>,
    /// The provider's own object.
    pub provider: Provider,
}

impl Environment {
    /// The value of [`Environment::object`].
    pub const OBJECT: &'static str = "environment";
}

/// The id of an agent or an environment: one word that no command line takes for an option.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct AgentId(String);

impl AgentId {
    /// The longest id, in bytes.
    const MAX_LEN: usize = 256;

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AgentId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let fault = if text.is_empty() {
            "is empty"
        } else if text.len() > Self::MAX_LEN {
            "is longer than 256 bytes"
        } else if text.starts_with('-') {
            "begins with `-`, which reads as an option"
        } else if text.chars().any(|c| c.is_control() || c.is_whitespace()) || text == "." || text == ".." {
            "is not one word"
        } else {
            return Ok(AgentId(text.to_owned()));
        };
        Err(Error::usage(format!("the id {fault}: {text:?}")))
    }
}

impl fmt::Display for AgentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether sessions can be created with a version of an agent. The provider's word is under `provider`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentStatus {
    /// They can.
    Active,
    /// The agent is being deployed.
    Creating,
    /// The deployment failed.
    Failed,
    /// The agent is disabled.
    Disabled,
    /// The agent is read-only.
    Archived,
    /// The agent is being deleted, or was deleted.
    Deleting,
    /// The backend does not tell, or uses a word that wharf does not know.
    Unknown,
}

impl AgentStatus {
    /// Returns the word in output.
    pub const fn word(self) -> &'static str {
        match self {
            AgentStatus::Active => "active",
            AgentStatus::Creating => "creating",
            AgentStatus::Failed => "failed",
            AgentStatus::Disabled => "disabled",
            AgentStatus::Archived => "archived",
            AgentStatus::Deleting => "deleting",
            AgentStatus::Unknown => "unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_would_read_as_something_else_are_refused() {
        for bad in ["", "-x", "a b", "a\nb", "a\u{1b}b", ".", "..", "\u{a0}", &"x".repeat(257)] {
            assert!(bad.parse::<AgentId>().is_err(), "{bad:?}");
        }
        for good in ["a", "agent_01Qw", "order-agent", "env_1", "ünï", "a/b"] {
            assert_eq!(good.parse::<AgentId>().map(|id| id.to_string()).ok().as_deref(), Some(good));
        }
    }
}
