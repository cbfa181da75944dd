//! Agents and environments: as much as a session needs of them \[types\].

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Extra, Metadata, Nullable, given_time, or_default, time};
use wharf_core::model::Timestamp;

/// The most agents or environments on a page \[types\].
pub const PAGE_MAX: usize = 100;

/// Agents or environments on a page by default \[types\].
pub const PAGE_DEFAULT: usize = 20;

/// The query parameter that names a version of an agent, from 1.
pub const VERSION: &str = "version";

/// An agent, and what a session has of the one that it was made with.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct AnthropicAgent {
    /// `agent`.
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    pub kind: String,
    /// The id: `agent_...`.
    #[serde(default, deserialize_with = "or_default")]
    pub id: String,
    /// The version, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// The name, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The purpose, for people.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub description: Nullable<String>,
    /// The system prompt.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub system: Nullable<String>,
    /// The model that it thinks with: an object in answers, where a request may have a word.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub model: Nullable<Value>,
    /// The metadata; the copy in a session has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// The time of creation; the copy in a session has no times.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "time")]
    pub created_at: Option<Timestamp>,
    /// The time of the last change.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "time")]
    pub updated_at: Option<Timestamp>,
    /// The time of archiving; none before that.
    #[serde(default, skip_serializing_if = "Nullable::is_absent", deserialize_with = "given_time")]
    pub archived_at: Nullable<Timestamp>,
    /// Tools, servers, skills and what is not known here.
    #[serde(flatten)]
    pub extra: Extra,
}

/// An environment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AnthropicEnvironment {
    /// `environment`.
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    pub kind: String,
    /// The id: `env_...`.
    pub id: String,
    /// The name, for people, which is unique.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    /// The purpose, for people.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub description: Nullable<String>,
    /// The configuration: `{"type":"cloud",...}` or `{"type":"self_hosted"}`.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub config: Nullable<Value>,
    /// The metadata: text by name.
    #[serde(default, deserialize_with = "or_default")]
    pub metadata: Metadata,
    /// The time of creation.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "time")]
    pub created_at: Option<Timestamp>,
    /// The time of the last change.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "time")]
    pub updated_at: Option<Timestamp>,
    /// The time of archiving; none before that.
    #[serde(default, skip_serializing_if = "Nullable::is_absent", deserialize_with = "given_time")]
    pub archived_at: Nullable<Timestamp>,
    /// Fields that these types do not name.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The fields of an agent that a client relies on: those that it uses are required, the rest is in the answer's own
/// text.
#[derive(Debug, Clone, Deserialize)]
pub struct AgentVersionAnswer {
    /// As in [`AnthropicAgent::id`].
    pub id: String,
    /// As in [`AnthropicAgent::version`].
    pub version: u64,
    /// As in [`AnthropicAgent::name`].
    pub name: String,
    /// As in [`AnthropicAgent::description`].
    #[serde(default)]
    pub description: Option<String>,
    /// As in [`AnthropicAgent::model`].
    pub model: ModelAnswer,
    /// As in [`AnthropicAgent::metadata`].
    pub metadata: Metadata,
    /// As in [`AnthropicAgent::created_at`].
    #[serde(default, deserialize_with = "time")]
    pub created_at: Option<Timestamp>,
    /// As in [`AnthropicAgent::updated_at`].
    #[serde(default, deserialize_with = "time")]
    pub updated_at: Option<Timestamp>,
    /// As in [`AnthropicAgent::archived_at`].
    #[serde(default, deserialize_with = "time")]
    pub archived_at: Option<Timestamp>,
}

/// The field of a model that a client relies on.
#[derive(Debug, Clone, Deserialize)]
pub struct ModelAnswer {
    /// The name of the model.
    pub id: String,
}

/// The fields of an environment that a client relies on.
#[derive(Debug, Clone, Deserialize)]
pub struct EnvironmentAnswer {
    /// As in [`AnthropicEnvironment::id`].
    pub id: String,
    /// As in [`AnthropicEnvironment::name`].
    pub name: String,
    /// As in [`AnthropicEnvironment::description`].
    #[serde(default)]
    pub description: Option<String>,
    /// As in [`AnthropicEnvironment::metadata`].
    pub metadata: Metadata,
    /// As in [`AnthropicEnvironment::created_at`].
    #[serde(default, deserialize_with = "time")]
    pub created_at: Option<Timestamp>,
    /// As in [`AnthropicEnvironment::updated_at`].
    #[serde(default, deserialize_with = "time")]
    pub updated_at: Option<Timestamp>,
    /// As in [`AnthropicEnvironment::archived_at`].
    #[serde(default, deserialize_with = "time")]
    pub archived_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_keeps_what_is_not_known_here() {
        let text = r#"{"type":"agent","id":"agent_1","version":3,"name":"analyst","description":null,"system":"Be brief.","model":{"id":"m"},"tools":[],"execution_identity":{"type":"service_account"}}"#;
        let agent: AnthropicAgent = serde_json::from_str(text).unwrap();
        assert_eq!((agent.id.as_str(), agent.version), ("agent_1", Some(3)));
        assert_eq!(serde_json::to_string(&agent).unwrap(), text);
        let bare: AnthropicAgent = serde_json::from_str("{}").unwrap();
        assert_eq!((bare.id.as_str(), bare.version), ("", None));
    }
}
