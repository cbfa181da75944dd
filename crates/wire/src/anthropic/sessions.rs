//! Sessions \[types, docs\].

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::agents::AnthropicAgent;
use super::events::SessionEvent;
use super::resources::{ResourceParams, SessionResource};
use super::{Extra, Metadata, Nullable, or_default, time};
use wharf_core::model::Timestamp;

/// Sessions on a page by default. The figure is that of other listings; for
/// sessions it is unknown, and so is the most.
pub const PAGE_DEFAULT: usize = 20;

/// The most sessions on a page that a client may ask for and be sure: that of agents; unknown for
/// sessions.
pub const PAGE_SURE: usize = 100;

/// The most events that a session can be made with \[docs\].
pub const INITIAL_EVENTS_MAX: usize = 50;

/// The words for a session's state \[types\]. An open set.
pub mod status {
    /// The session waits for input.
    pub const IDLE: &str = "idle";
    /// The agent works.
    pub const RUNNING: &str = "running";
    /// The service retries after a failure that may be temporary.
    pub const RESCHEDULING: &str = "rescheduling";
    /// Broken for good, or archived.
    pub const TERMINATED: &str = "terminated";
    /// All that a listing can be asked for.
    pub const LISTED: [&str; 4] = [IDLE, RUNNING, RESCHEDULING, TERMINATED];
}

/// The query parameters of a listing \[recorded\].
pub mod filter {
    /// Of this agent.
    pub const AGENT: &str = "agent_id";
    /// Of this version of it; not without the agent.
    pub const AGENT_VERSION: &str = "agent_version";
    /// Also those that were archived: `true`.
    pub const ARCHIVED: &str = "include_archived";
    /// One of these statuses, as often as needed.
    pub const STATUSES: &str = "statuses[]";
    /// `asc` or `desc`, by creation; `desc` by default.
    pub const ORDER: &str = "order";
    /// Made in this deployment.
    pub const DEPLOYMENT: &str = "deployment_id";
    /// Lists sessions with this memory store.
    pub const MEMORY_STORE: &str = "memory_store_id";
    /// Made later, not before, earlier, or not after.
    pub const CREATED: [&str; 4] = [AFTER, FROM, BEFORE, TO];
    /// Created after this time.
    pub const AFTER: &str = "created_at[gt]";
    /// Created at this time or later.
    pub const FROM: &str = "created_at[gte]";
    /// Created before this time.
    pub const BEFORE: &str = "created_at[lt]";
    /// Created at this time or earlier.
    pub const TO: &str = "created_at[lte]";
    /// All of them.
    pub const ALL: &[&str] = &[
        AGENT,
        AGENT_VERSION,
        ARCHIVED,
        STATUSES,
        ORDER,
        DEPLOYMENT,
        MEMORY_STORE,
        AFTER,
        FROM,
        BEFORE,
        TO,
        super::super::list::LIMIT,
        super::super::list::PAGE,
    ];
}

/// The agent of a new session.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum AgentRef {
    /// The newest version of this one.
    Id(String),
    /// A version, or a version with other settings.
    Object(AgentObject),
}

/// An agent with more than its id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgentObject {
    /// [`AgentObject::AGENT`] or [`AgentObject::OVERRIDES`].
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    pub kind: String,
    /// The agent.
    pub id: String,
    /// The version, from 1; the newest where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// For [`AgentObject::OVERRIDES`], what takes the place of the agent's own: `model`, `system`,
    /// `tools`, `mcp_servers`, `skills`; and what is not known here.
    #[serde(flatten)]
    pub extra: Extra,
}

impl AgentObject {
    /// The agent as it is.
    pub const AGENT: &'static str = "agent";
    /// The agent with other settings.
    pub const OVERRIDES: &'static str = "agent_with_overrides";
}

impl AgentRef {
    /// Returns a reference to an agent, in a version if one is given.
    pub fn of(id: impl Into<String>, version: Option<u64>) -> Self {
        match version {
            None => AgentRef::Id(id.into()),
            version => AgentRef::Object(AgentObject {
                kind: AgentObject::AGENT.to_owned(),
                id: id.into(),
                version,
                extra: Extra::new(),
            }),
        }
    }

    /// Returns the id of the agent.
    pub fn id(&self) -> &str {
        match self {
            AgentRef::Id(id) => id,
            AgentRef::Object(object) => &object.id,
        }
    }

    /// Returns the version of the agent.
    pub fn version(&self) -> Option<u64> {
        match self {
            AgentRef::Id(_) => None,
            AgentRef::Object(object) => object.version,
        }
    }
}

/// By way of a value: what serde keeps of an untagged choice does not know numbers of any length.
impl<'de> Deserialize<'de> for AgentRef {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        match Value::deserialize(reader)? {
            Value::String(id) => Ok(AgentRef::Id(id)),
            object => AgentObject::deserialize(object).map(AgentRef::Object).map_err(serde::de::Error::custom),
        }
    }
}

/// The budget of a session: the agent pauses when it has cost this much at list price \[types\].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionBudget {
    /// `limit`.
    #[serde(rename = "type")]
    kind: String,
    max_list_cost: MaxListCost,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MaxListCost {
    /// Whole cents, as a text.
    amount: String,
    /// `USD`.
    currency: String,
}

impl SessionBudget {
    const KIND: &'static str = "limit";
    const CURRENCY: &'static str = "USD";

    /// Returns a budget of this many US cents.
    pub fn limit(cents: u64) -> Self {
        let max_list_cost = MaxListCost { amount: cents.to_string(), currency: Self::CURRENCY.to_owned() };
        SessionBudget { kind: Self::KIND.to_owned(), max_list_cost }
    }

    /// Returns the US cents of a valid budget.
    pub fn cap(&self) -> Option<u64> {
        let MaxListCost { amount, currency } = &self.max_list_cost;
        let is_valid = self.kind == Self::KIND
            && currency == Self::CURRENCY
            // Numbers with a sign are none.
            && amount.bytes().all(|byte| byte.is_ascii_digit());
        amount.parse().ok().filter(|cents| is_valid && *cents > 0)
    }
}

/// The body of a call that makes a session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewAnthropicSession {
    /// The agent.
    pub agent: AgentRef,
    /// The id of the environment.
    pub environment_id: String,
    /// A title for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "or_default")]
    pub metadata: Metadata,
    /// The resources to mount at the start.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "or_default")]
    pub resources: Vec<ResourceParams>,
    /// Vaults with the agent's credentials.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "or_default")]
    pub vault_ids: Vec<String>,
    /// What happens at once: `user.message` and `user.define_outcome`. With any, the session is
    /// made running.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "or_default")]
    pub initial_events: Vec<SessionEvent>,
    /// The [`SessionBudget`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Value>,
    /// Fields that these types do not name.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The body of a call that changes a session; what is not there stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct UpdateSession {
    /// The title; null takes it away.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub title: Nullable<String>,
    /// Labels to set, and with null to take away; the others stay.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "or_default")]
    pub metadata: BTreeMap<String, Option<String>>,
    /// `tools` and `mcp_servers`, each instead of the whole list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Extra>,
    /// Another budget; null takes it away for good.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub budget: Nullable<Value>,
    /// Reserved: the service refuses it \[docs\].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vault_ids: Option<Vec<String>>,
    /// Fields that these types do not name.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A session, as every call on one answers it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AnthropicSession {
    /// `session`.
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    pub kind: String,
    /// The id: `sesn_...`, and `session_...` in some answers.
    pub id: String,
    /// A word of [`status`].
    #[serde(default, deserialize_with = "or_default")]
    pub status: String,
    /// A title for people.
    #[serde(default)]
    pub title: Option<String>,
    /// The agent, as it was when the session was created.
    #[serde(default, deserialize_with = "or_default")]
    pub agent: AnthropicAgent,
    /// The id of the environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment_id: Option<String>,
    /// Labels.
    #[serde(default, deserialize_with = "or_default")]
    pub metadata: Metadata,
    /// The mounted resources.
    #[serde(default, deserialize_with = "or_default")]
    pub resources: Vec<SessionResource>,
    /// Vaults with the agent's credentials.
    #[serde(default, deserialize_with = "or_default")]
    pub vault_ids: Vec<String>,
    /// The evaluations of the defined outcomes.
    #[serde(default, deserialize_with = "or_default")]
    pub outcome_evaluations: Vec<Value>,
    /// The times that the session worked.
    #[serde(default)]
    pub stats: Value,
    /// The tokens that the session used.
    #[serde(default)]
    pub usage: Value,
    /// The budget.
    #[serde(default)]
    pub budget: Option<Value>,
    /// The time of creation.
    #[serde(default, deserialize_with = "time")]
    pub created_at: Option<Timestamp>,
    /// The time of the last change.
    #[serde(default, deserialize_with = "time")]
    pub updated_at: Option<Timestamp>,
    /// The time of archiving; none before that.
    #[serde(default, deserialize_with = "time")]
    pub archived_at: Option<Timestamp>,
    /// Fields that these types do not name, and `deployment_id`.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The fields of a session that a client relies on.
#[derive(Debug, Clone, Deserialize)]
pub struct SessionAnswer {
    /// As in [`AnthropicSession::id`].
    pub id: String,
    /// As in [`AnthropicSession::status`].
    pub status: String,
    /// As in [`AnthropicSession::title`].
    #[serde(default)]
    pub title: Option<String>,
    /// As in [`AnthropicSession::agent`].
    pub agent: AgentAnswer,
    /// As in [`AnthropicSession::metadata`].
    pub metadata: Metadata,
    /// As in [`AnthropicSession::created_at`].
    #[serde(default, deserialize_with = "time")]
    pub created_at: Option<Timestamp>,
    /// As in [`AnthropicSession::updated_at`].
    #[serde(default, deserialize_with = "time")]
    pub updated_at: Option<Timestamp>,
    /// As in [`AnthropicSession::archived_at`].
    #[serde(default, deserialize_with = "time")]
    pub archived_at: Option<Timestamp>,
}

/// The resources of a session, each as its own text.
#[derive(Debug, Deserialize)]
pub struct MountedAnswer<'a> {
    /// As in [`AnthropicSession::resources`].
    #[serde(borrow, default)]
    pub resources: Vec<&'a RawValue>,
}

/// The field of a session's agent that a client relies on.
#[derive(Debug, Clone, Deserialize)]
pub struct AgentAnswer {
    /// As in [`AnthropicAgent::id`].
    pub id: String,
}

impl AnthropicSession {
    /// The value of [`AnthropicSession::kind`].
    pub const KIND: &'static str = "session";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_whole_cents_as_a_text() {
        let text = r#"{"type":"limit","max_list_cost":{"amount":"250","currency":"USD"}}"#;
        assert_eq!(serde_json::to_string(&SessionBudget::limit(250)).unwrap(), text);
        let cap = |text: &str| serde_json::from_str::<SessionBudget>(text).ok().and_then(|budget| budget.cap());
        assert_eq!(cap(text), Some(250));
        for (good, bad) in [
            ("250", "0"),
            ("250", "+250"),
            ("250", "2.50"),
            ("250", ""),
            ("\"250\"", "250"),
            ("USD", "EUR"),
            ("limit", "goal"),
            ("\"type\"", "\"x\":1,\"type\""),
        ] {
            assert_eq!(cap(&text.replace(good, bad)), None, "{bad}");
        }
    }

    #[test]
    fn an_agent_is_a_word_or_an_object() {
        for text in [
            r#""agent_1""#,
            r#"{"type":"agent","id":"agent_1","version":3}"#,
            r#"{"type":"agent_with_overrides","id":"agent_1","model":{"id":"m"},"system":null,"tools":[]}"#,
        ] {
            let read: AgentRef = serde_json::from_str(text).unwrap();
            assert_eq!(read.id(), "agent_1");
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
        assert_eq!(serde_json::to_string(&AgentRef::of("agent_1", None)).unwrap(), r#""agent_1""#);
        assert_eq!(AgentRef::of("agent_1", Some(3)).version(), Some(3));
        assert!(serde_json::from_str::<AgentRef>("7").is_err());
    }

    #[test]
    fn a_new_session_sends_what_was_given_and_nothing_else() {
        let text = r#"{"agent":{"type":"agent","id":"agent_1","version":3},"environment_id":"env_1","title":"t","metadata":{"team":"blue"},"resources":[{"type":"file","file_id":"file_1","mount_path":"/x"}],"vault_ids":["vlt_1"],"tomorrow":1}"#;
        let read: NewAnthropicSession = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
        let nulls = r#"{"agent":"agent_1","environment_id":"env_1","title":null,"metadata":null,"resources":null,"vault_ids":null,"initial_events":null,"budget":null}"#;
        let read: NewAnthropicSession = serde_json::from_str(nulls).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), r#"{"agent":"agent_1","environment_id":"env_1"}"#);
    }

    #[test]
    fn a_change_tells_null_from_nothing() {
        for text in ["{}", r#"{"title":null,"metadata":{"a":"b","c":null},"budget":null}"#, r#"{"vault_ids":[]}"#] {
            let read: UpdateSession = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
    }

    #[test]
    fn a_session_is_read_with_everything_and_with_next_to_nothing() {
        let text = r#"{"type":"session","id":"sesn_1","status":"idle","title":null,"agent":{"type":"agent","id":"agent_1","version":3},"environment_id":"env_1","metadata":{},"resources":[],"vault_ids":[],"outcome_evaluations":[],"stats":{"active_seconds":12.5},"usage":{"input_tokens":1200},"budget":null,"created_at":"2026-11-20T09:01:00Z","updated_at":"2026-11-20T09:02:00Z","archived_at":null,"deployment_id":"depl_1"}"#;
        let read: AnthropicSession = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
        let bare = r#"{"id":"sesn_1","agent":null,"metadata":null,"resources":null,"usage":null,"created_at":null}"#;
        let read: AnthropicSession = serde_json::from_str(bare).unwrap();
        assert_eq!((read.status.as_str(), read.agent.id.as_str(), read.created_at), ("", "", None));
    }
}
