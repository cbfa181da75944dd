//! Anthropic: files, and the sessions of managed agents with their resources and events, as they
//! look on the wire.
//!
//! Where a fact comes from is said as a word in brackets:
//!
//! - \[recorded\] requests that the official clients sent to a recorder: Python 2.11.0, 1.17.0 and
//!   0.118.0, TypeScript 1.11.0, and the command line 1.20.0;
//! - \[types\] the generated types of those clients;
//! - \[docs\] the public documentation of August to October 2026;
//! - \[skill\] the public skills repository of July 2026.
//!
//! What a client reads of an object is a type of its own (`SessionAnswer`, `FileAnswer`): every field that it relies on is
//! required there, and nothing else costs memory.
//!
//! What no source tells is called *unknown*. Every other object keeps the fields that are not known here
//! in `extra`, because the protocol gains some every few weeks; words such as statuses and types of
//! events are open sets and plain text for the same reason. A field that is null reads as one that
//! is not there, except where the difference counts: see [`Nullable`].

pub mod agents;
pub mod error;
pub mod event_answers;
pub mod events;
pub mod files;
pub mod list;
mod nullable;
mod operations;
pub mod resources;
pub mod sessions;

use std::fmt::Write as _;

use serde::{Deserialize, Deserializer};

pub use agents::{AnthropicAgent, AnthropicEnvironment};
pub use error::{AnthropicError, kind_of};
pub use events::{SendEvents, SentEvents, SessionEvent};
pub use files::{File, FileAnswer};
pub use list::{Deleted, DeletedAnswer, ListPage, Next};
pub use nullable::Nullable;
pub use operations::AnthropicOperation;
pub use resources::{ResourceAnswer, ResourceParams, SessionResource};
pub use sessions::{AgentRef, AnthropicSession, NewAnthropicSession, SessionAnswer, UpdateSession};

use wharf_core::model::Timestamp;

/// The URL of the service \[types\].
pub const BASE_URL: &str = "https://api.anthropic.com";

/// The header with the version of the protocol, which every call needs.
pub const VERSION_HEADER: &str = "anthropic-version";

/// The newest version \[recorded, docs\]. For files and sessions it differs from the old one in
/// nothing that the types show.
pub const VERSION: &str = "2026-10-21";

/// Versions that older clients send \[recorded\].
pub const OLD_VERSIONS: [&str; 1] = ["2023-06-01"];

/// The header with an API key. Newer clients send the same key as a bearer token \[recorded\].
pub const KEY_HEADER: &str = "x-api-key";

/// The header with names of features, one line of them. Of several lines the first counts \[docs\].
pub const BETA_HEADER: &str = "anthropic-beta";

/// The service's name for a request, in every answer \[docs\].
pub const REQUEST_ID: &str = "request-id";

/// A header of answers: whether to retry, regardless of the status \[recorded\].
pub const SHOULD_RETRY: &str = "x-should-retry";

/// The names that go into [`BETA_HEADER`].
pub mod beta {
    /// Without it sessions, agents and environments do not exist: 404 \[docs\]. A listing of files by
    /// session needs it as well.
    pub const MANAGED_AGENTS: &str = "managed-agents-2026-04-01";
    /// The old listing of files. Not needed for anything else since August 2026 \[docs\].
    pub const FILES: &str = "files-api-2025-04-14";
    /// For memory stores, and never together with [`MANAGED_AGENTS`] \[docs\].
    pub const MEMORY: &str = "agent-memory-2026-07-22";
    /// For a token of a user \[types\].
    const OAUTH: &str = "oauth-2025-04-20";
    /// For the exchange of a token of another issuer \[types\].
    const FEDERATION: &str = "oidc-federation-2026-04-01";
    /// The names that the SDKs list, those above among them: Python 2.14.0 and TypeScript 1.14.0 list
    /// the same \[types\].
    pub const LISTED: [&str; 60] = [
        "admin-user-sign-out-2026-10-08",
        "advisor-tool-2026-03-01",
        "agent-memory-2026-07-22",
        "analytics-usage-cost-2026-08-24",
        "cache-diagnosis-2026-04-07",
        "ce-claude-code-managed-settings-2026-10-06",
        "ce-plugins-2026-09-01",
        "ce-user-management-2026-07-13",
        "code-execution-2025-05-22",
        "compact-2026-01-12",
        "compact-2026-09-04",
        "computer-use-2024-10-22",
        "computer-use-2025-01-24",
        "computer-use-2025-11-24",
        "context-1m-2025-08-07",
        "context-management-2025-06-27",
        "dev-full-thinking-2025-05-14",
        "dreaming-2026-04-21",
        "efs-2026-10-01",
        "experimental-claude-tag-2026-10-21",
        "extended-cache-ttl-2025-04-11",
        "fallback-credit-2026-06-01",
        "fallback-credit-2026-07-01",
        "fast-mode-2026-02-01",
        "files-api-2025-04-14",
        "google-managed-data-controls-2026-09-01",
        "inline-tools-2026-09-15",
        "interleaved-thinking-2025-05-14",
        "managed-agents-2026-04-01",
        "mcp-client-2025-04-04",
        "mcp-client-2025-11-20",
        "mcp-client-2026-09-15",
        "mcp-tunnels-2026-06-22",
        "message-batches-2024-09-24",
        "message-threads-2026-08-12",
        "mid-conversation-output-config-2026-07-01",
        "mid-conversation-system-clear-at-2026-08-21",
        "mid-conversation-tool-changes-2026-07-01",
        "model-context-window-exceeded-2025-08-26",
        "output-128k-2025-02-19",
        "output-300k-2026-03-24",
        "pdfs-2024-09-25",
        "prompt-caching-2024-07-31",
        "server-side-fallback-2026-06-01",
        "server-side-fallback-2026-07-01",
        "skills-2025-10-02",
        "spend-limit-reads-2026-09-26",
        "structured-outputs-2025-11-13",
        "task-budgets-2026-03-13",
        "telemetry-destinations-2026-08-11",
        "thinking-binding-controls-2026-08-01",
        "thinking-display-updates-2026-08-18",
        "thinking-token-count-2026-05-13",
        "token-counting-2024-11-01",
        "token-efficient-tools-2025-02-19",
        "user-profiles-2026-03-24",
        "user-profiles-2026-08-18",
        "user-profiles-2026-09-04",
        "user-profiles-billing-2026-10-01",
        "webhooks-2026-10-07",
    ];

    /// Returns whether a name is one of those above.
    pub fn is_known(name: &str) -> bool {
        LISTED.contains(&name) || [OAUTH, FEDERATION].contains(&name)
    }
}

/// The most bytes of a body that is a document: 32 MB \[docs\], in the larger reading.
pub const DOCUMENT_MAX: u64 = 32 << 20;

/// The names in the metadata of one object \[types\].
pub const METADATA_MAX: usize = 16;

/// Characters of a name in metadata \[types\].
pub const METADATA_NAME_MAX: usize = 64;

/// Characters of a value in metadata \[types\].
pub const METADATA_VALUE_MAX: usize = 512;

/// Names and values that users give an object.
pub type Metadata = std::collections::BTreeMap<String, String>;

/// Members that are not known here.
pub type Extra = serde_json::Map<String, serde_json::Value>;

/// Returns a value of [`BETA_HEADER`]: the names with commas between.
pub fn beta_line<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut line = String::new();
    for name in names {
        let comma = if line.is_empty() { "" } else { "," };
        // Writing to a String cannot fail.
        let _ = write!(line, "{comma}{name}");
    }
    line
}

/// Returns a field that may be null, which then means its default.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(reader: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(reader)?.unwrap_or_default())
}

/// Returns a time in RFC 3339; nothing where it is null or another text.
fn time<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(reader)?;
    Ok(text.and_then(|text| text.parse().ok()))
}

/// Returns a field that may be missing and is never null.
fn some<'de, D: Deserializer<'de>, T: Deserialize<'de>>(reader: D) -> Result<Option<T>, D::Error> {
    T::deserialize(reader).map(Some)
}

/// Returns the same where null is not the same as nothing; another text reads as null.
fn given_time<'de, D: Deserializer<'de>>(reader: D) -> Result<Nullable<Timestamp>, D::Error> {
    time(reader).map(Nullable::or_null)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_listed_names_of_features_are_known_and_others_are_not() {
        for name in [beta::MANAGED_AGENTS, beta::FILES, beta::MEMORY] {
            assert!(beta::LISTED.contains(&name), "{name}");
        }
        assert!(beta::LISTED.is_sorted() && beta::is_known("oauth-2025-04-20"));
        assert!(!beta::is_known("managed-agents-2026-04-02") && !beta::is_known(""));
    }

    #[test]
    fn names_of_features_go_on_one_line() {
        assert_eq!(beta_line([]), "");
        assert_eq!(beta_line([beta::MANAGED_AGENTS, beta::FILES]), "managed-agents-2026-04-01,files-api-2025-04-14");
    }
}
