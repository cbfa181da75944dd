//! Agents and their versions, as far as a client relies on them \[types\].

use std::collections::BTreeMap;

use serde::Deserialize;

/// The kind of agents that have sessions, and the query parameter of a listing that selects it.
pub const HOSTED: (&str, &str) = ("kind", "hosted");

/// The value of [`FoundryAgent::state`] for an agent that rejects all requests.
pub const DISABLED: &str = "disabled";

/// An agent.
#[derive(Debug, Clone, Deserialize)]
pub struct FoundryAgent {
    /// The name, by which calls name the agent.
    pub name: String,
    /// `enabled` or [`DISABLED`]; where it lacks, nothing is known against the agent.
    #[serde(default)]
    pub state: Option<String>,
    /// The versions, of which an answer has the newest that is not a draft.
    pub versions: NewestVersion,
}

/// The newest version of an agent.
#[derive(Debug, Clone, Deserialize)]
pub struct NewestVersion {
    /// The version.
    pub latest: FoundryAgentVersion,
}

/// A version of an agent.
#[derive(Debug, Clone, Deserialize)]
pub struct FoundryAgentVersion {
    /// The name of the agent.
    pub name: String,
    /// The version, as in a [`VersionIndicator`](super::VersionIndicator).
    pub version: String,
    /// As in [`AgentVersion::status`](super::AgentVersion::status).
    #[serde(default)]
    pub status: Option<String>,
    /// The description; may be empty \[live\].
    #[serde(default)]
    pub description: Option<String>,
    /// The time of creation, in seconds since 1970.
    pub created_at: i64,
    /// At most 16 pairs of text.
    pub metadata: BTreeMap<String, String>,
    /// The definition of the agent.
    pub definition: AgentDefinition,
}

/// The definition of an agent.
#[derive(Debug, Clone, Deserialize)]
pub struct AgentDefinition {
    /// The name of the model's deployment; a hosted agent has none.
    #[serde(default)]
    pub model: Option<String>,
    /// The protocols that a hosted agent speaks.
    #[serde(default)]
    pub protocol_versions: Option<Vec<ProtocolVersion>>,
}

/// What a message relies on of a version of an agent.
#[derive(Debug, Clone, Deserialize)]
pub struct SpokenProtocols {
    /// What a [`VersionIndicator`](super::VersionIndicator) calls the version.
    pub version: String,
    /// How the agent is made.
    pub definition: AgentDefinition,
}

/// A protocol that a hosted agent speaks.
#[derive(Debug, Clone, Deserialize)]
pub struct ProtocolVersion {
    /// Such as [`responses::PROTOCOL`](super::responses::PROTOCOL).
    pub protocol: String,
}

/// The states of versions.
pub mod version_status {
    /// The version is being deployed.
    pub const CREATING: &str = "creating";
    /// The deployment failed.
    pub const FAILED: &str = "failed";
    /// The version is being deleted.
    pub const DELETING: &str = "deleting";
    /// The version was deleted.
    pub const DELETED: &str = "deleted";
}
