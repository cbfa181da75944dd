//! Microsoft Foundry hosted agents: sessions and their files, as they look on the wire.
//!
//! Where a fact comes from is said as a word in brackets:
//!
//! - \[contract\] the public API description, `Azure/azure-rest-api-specs`, data plane of AI Foundry;
//! - \[recorded\] requests that the official Python and JavaScript clients 2.10.0 sent to a recorder;
//! - \[live\] answers of the service in the public recordings of the SDKs' own tests;
//! - \[types\] the types of the official Python client 2.10.0;
//! - \[azd\] the source of the Azure Developer CLI's agent extension;
//! - \[docs\] the product's documentation of August 2026.
//!
//! What no source tells is called *unknown*. A reader of answers ignores fields that it does not
//! know, because the protocol gains some every few months.

pub mod agents;
pub mod invocations;
pub mod logs;
mod operations;
pub mod responses;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use wharf_core::model::Timestamp;

pub use operations::FoundryOperation;

/// The value of the query parameter `api-version`, which every call needs \[contract, recorded\].
pub const API_VERSION: &str = "v1";

/// The versions that older clients sent, and that the service lists in `api-supported-versions` \[live\].
pub const OLD_API_VERSIONS: [&str; 3] = ["1.0", "2025-05-15-preview", "2025-11-15-preview"];

/// The OAuth scope of tokens \[recorded\].
pub const SCOPE: &str = "https://ai.azure.com/.default";

/// A header by which a client acts for an end user. Two names are in circulation, and the sources do
/// not agree on which call takes which, so that each goes along with every call.
#[derive(Debug)]
pub struct IdentityHeader {
    /// The header.
    pub header: &'static str,
    /// The rule for values, for people.
    pub rule: &'static str,
    /// Whether a value may be sent.
    pub takes: fn(&str) -> bool,
}

/// The end user on whose behalf the caller, which needs a right for it, calls \[contract: invocations;
/// azd: every call\].
pub const USER_IDENTITY: IdentityHeader = IdentityHeader {
    header: "x-ms-user-identity",
    rule: "1 to 256 letters, digits and `.`, `_`, `:`, `-`, `@`",
    takes: is_user_identity,
};

/// What sessions are kept apart by, where the endpoint's isolation is set to a header \[docs\]. The
/// service takes any text; a header takes this.
pub const ISOLATION_KEY: IdentityHeader = IdentityHeader {
    header: "x-ms-user-isolation-key",
    rule: "1 to 1024 characters of ASCII without control characters, and no space at either end",
    takes: is_isolation_key,
};

fn is_user_identity(value: &str) -> bool {
    (1..=256).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:-@".contains(&b))
}

fn is_isolation_key(value: &str) -> bool {
    (1..=1024).contains(&value.len()) && value.bytes().all(|b| (b' '..=b'~').contains(&b)) && value.trim() == value
}

/// The most bytes of one upload. The contract says 50 MB and not which; this is the larger reading.
pub const UPLOAD_MAX: u64 = 52_428_800;

/// Bytes of an entry's name \[contract, which says characters\].
pub const NAME_MAX: usize = 255;

/// Characters of an agent's name: letters, digits and hyphens \[contract\].
pub const AGENT_NAME_MAX: usize = 63;

/// The most sessions on a page \[contract\].
pub const PAGE_MAX: usize = 100;

/// Sessions on a page by default \[contract\].
pub const PAGE_DEFAULT: usize = 20;

/// Seconds after its last use at which a session is gone: 30 days \[recorded, live\].
pub const SESSION_LIFE: u64 = 2_592_000;

/// The service's name for a request, in every answer \[live\].
pub const REQUEST_ID: &str = "x-request-id";

/// The gateway's name for a request, in every answer \[live\].
pub const GATEWAY_REQUEST_ID: &str = "apim-request-id";

/// The client's own name for a request, the same in every try of it \[py, js\].
pub const CLIENT_REQUEST_ID: &str = "x-ms-client-request-id";

/// A header of the gateway's answers such as 502 and 504: the reason why a session could not answer \[azd\].
pub const GATEWAY_REASON: &str = "x-adc-response-details";

/// Whose fault an error is, in every error of the agent's container: [`USER`], [`PLATFORM`] or [`UPSTREAM`]
/// \[runtime\].
pub const ERROR_SOURCE: &str = "x-platform-error-source";

/// The request is at fault.
pub const USER: &str = "user";

/// The platform that runs the agent failed.
pub const PLATFORM: &str = "platform";

/// The agent's own program failed.
pub const UPSTREAM: &str = "upstream";

/// The software of the agent's container, in each of its answers: one without it did not come from there
/// \[runtime\].
pub const CONTAINER: &str = "x-platform-server";

/// The words for a session's state \[contract\]. An open set: others were seen.
pub mod status {
    /// The sandbox starts.
    pub const CREATING: &str = "creating";
    /// The sandbox runs.
    pub const ACTIVE: &str = "active";
    /// The sandbox is suspended, and its files are kept.
    pub const IDLE: &str = "idle";
    /// Reserved.
    pub const UPDATING: &str = "updating";
    /// Broken for good.
    pub const FAILED: &str = "failed";
    /// Being removed.
    pub const DELETING: &str = "deleting";
    /// Gone.
    pub const DELETED: &str = "deleted";
    /// Gone after [`SESSION_LIFE`](super::SESSION_LIFE).
    pub const EXPIRED: &str = "expired";
}

/// Returns whether `name` can be an agent's \[contract\].
pub fn is_agent_name(name: &str) -> bool {
    (1..=AGENT_NAME_MAX).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// The body of a call that makes a session. There are no fields for labels, environment, image or
/// time to live \[contract\].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct NewFoundrySession {
    /// The caller's own id, one of its kind within the agent; made up where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_session_id: Option<String>,
    /// The agent's version. Without it, and without any body, the endpoint chooses \[docs\].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_indicator: Option<VersionIndicator>,
}

/// The version of an agent that backs a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionIndicator {
    /// [`VersionIndicator::REF`], the only kind there is \[contract\].
    #[serde(rename = "type")]
    pub kind: String,
    /// One version such as `7`; `@latest` is not taken \[docs\].
    pub agent_version: String,
}

impl VersionIndicator {
    /// The only kind.
    pub const REF: &'static str = "version_ref";

    /// Returns a reference to a version.
    pub fn of(version: impl Into<String>) -> Self {
        VersionIndicator { kind: Self::REF.to_owned(), agent_version: version.into() }
    }
}

/// A version of an agent, as far as a session needs it \[contract, live\].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AgentVersion {
    /// The id, which is the cursor of a listing.
    #[serde(default)]
    pub id: String,
    /// The version, as in a [`VersionIndicator`].
    pub version: String,
    /// [`AgentVersion::ACTIVE`], or why it cannot be used yet; where it lacks, nothing is known against it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

impl AgentVersion {
    /// The version can be used.
    pub const ACTIVE: &'static str = "active";
}

/// A page of versions.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AgentVersionList {
    /// The versions, the newest first where `order=desc` was asked for.
    pub data: Vec<AgentVersion>,
    /// The id of the last, which is `after` of the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_id: Option<String>,
    /// Whether there is a next page; where it lacks, there is none.
    #[serde(default)]
    pub has_more: bool,
}

/// A session, as every call on one answers it \[contract, live\]. Times are seconds since 1970, UTC.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FoundrySession {
    /// The id of the session.
    pub agent_session_id: String,
    /// The version that it was made with.
    pub version_indicator: VersionIndicator,
    /// A word of [`status`].
    pub status: String,
    /// The time of creation, in seconds since 1970.
    pub created_at: i64,
    /// The time of the last use, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_accessed_at: Option<i64>,
    /// The time of expiry, in seconds since 1970; every use moves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    /// The time at which the sandbox was last seen stopped, in seconds since 1970; missing before that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_at: Option<i64>,
}

/// What a message relies on of a session.
#[derive(Debug, Clone, Deserialize)]
pub struct SessionVersion {
    /// The version that the session was created with.
    pub version_indicator: VersionIndicator,
}

/// A page of sessions. The last page says `has_more: false` and has a `last_id` all the same; an
/// empty one has no ids \[live\].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SessionList {
    /// The sessions, the oldest first unless `order=desc` was asked for.
    pub data: Vec<FoundrySession>,
    /// The id of the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_id: Option<String>,
    /// The id of the last, which is `after` of the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_id: Option<String>,
    /// Whether there is a next page; where it lacks, there is none.
    #[serde(default)]
    pub has_more: bool,
}

/// The answer to an upload: 201 \[live\]. There is no checksum.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UploadResponse {
    /// The path, without a leading slash even if one was sent.
    pub path: String,
    /// The number of bytes that arrived.
    pub bytes_written: u64,
    /// Not in the contract.
    #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub success: Option<bool>,
    /// Not in the contract; `stream` in every recording.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_type: Option<String>,
}

/// A directory with its direct children, in no order. The contract has `limit`, `after` and
/// `before` here; the service was seen to take no notice of `limit` and to give no ids \[live\].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Directory {
    /// The directory, without a leading slash; nothing for the session's home.
    #[serde(default)]
    pub path: String,
    /// The entries of the directory.
    pub entries: Vec<DirectoryEntry>,
    /// The name of the first entry, where it pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_id: Option<String>,
    /// The name of the last entry, where it pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_id: Option<String>,
    /// Whether there is a next page; where it lacks, there is none.
    #[serde(default)]
    pub has_more: bool,
}

/// One child of a directory.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DirectoryEntry {
    /// The name of the entry.
    pub name: String,
    /// Bytes; 0 for a directory.
    #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Whether it is a directory \[contract, live\].
    #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub is_directory: Option<bool>,
    /// Whether the entry is a directory, as another client expects it \[azd\].
    #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub is_dir: Option<bool>,
    /// See [`modified_at`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified_time: Option<Value>,
}

impl DirectoryEntry {
    /// Returns whether it is a directory, by whichever name says so; `None` where neither does.
    pub fn is_directory(&self) -> Option<bool> {
        self.is_directory.or(self.is_dir)
    }
}

/// The description of a path. Only one client is known to request it \[azd\].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PathInfo {
    /// The last part of the path.
    #[serde(default)]
    pub name: String,
    /// The path.
    #[serde(default)]
    pub path: String,
    /// Whether it is a directory.
    #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub is_dir: Option<bool>,
    /// Whether the path is a directory, as listings name it.
    #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub is_directory: Option<bool>,
    /// Bytes of a file.
    #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Permission bits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<u32>,
    /// See [`modified_at`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified_time: Option<Value>,
}

impl PathInfo {
    /// Returns whether it is a directory, by whichever name says so; `None` where neither does.
    pub fn is_directory(&self) -> Option<bool> {
        self.is_dir.or(self.is_directory)
    }
}

/// Returns a field that may be missing and is never null.
fn some<'de, D: Deserializer<'de>, T: Deserialize<'de>>(reader: D) -> Result<Option<T>, D::Error> {
    T::deserialize(reader).map(Some)
}

/// Milliseconds since 1970 are so large from 1973 on, and seconds are not before the year 5138.
const MILLISECONDS: u64 = 100_000_000_000;

/// Returns the time of a `modified_time`: seconds, milliseconds or RFC 3339, which all were seen \[azd\]. `None` for 0,
/// the only value that the service was seen to answer \[live\].
pub fn modified_at(value: Option<&Value>) -> Option<Timestamp> {
    match value? {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => match number.as_i64()? {
            0 => None,
            large if large.unsigned_abs() >= MILLISECONDS => Timestamp::from_millisecond(large).ok(),
            seconds => Timestamp::from_second(seconds).ok(),
        },
        _ => None,
    }
}

/// The body of a call that makes a directory \[azd\]. The newest sources say that parents are not
/// made. The fields for a mode and for parents are unknown: those of the MCP tool are read, and
/// parents are never asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewDirectory {
    /// The directory.
    pub path: String,
    /// Permission bits: a guess after [`PathInfo::mode`], sent as a number and only where a user asks
    /// for a mode. A text such as `"755"` is read as octal.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "mode")]
    pub mode: Option<u32>,
    /// Whether parents are made as well.
    #[serde(rename = "createParents", default, skip_serializing_if = "Option::is_none")]
    pub create_parents: Option<bool>,
}

/// Parses permission bits: a number, or octal digits in a text.
fn mode<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<u32>, D::Error> {
    match Option::<Value>::deserialize(reader)? {
        None => Ok(None),
        Some(Value::String(digits)) => u32::from_str_radix(&digits, 8)
            .map(Some)
            .map_err(|_| D::Error::custom("mode: octal digits such as \"755\"")),
        Some(number) => serde_json::from_value(number).map(Some).map_err(D::Error::custom),
    }
}

/// The body of an answer that is an error \[live\]. Gateways answer other things: plain text, a
/// page, nothing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FoundryError {
    /// The error.
    pub error: FoundryErrorBody,
}

/// The error.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FoundryErrorBody {
    /// A word for programs; may be null.
    pub code: Option<String>,
    /// A sentence for people.
    #[serde(default)]
    pub message: String,
    /// `error`.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Empty in every recording.
    #[serde(default)]
    pub details: Vec<Value>,
    /// More.
    #[serde(rename = "additionalInfo", default, skip_serializing_if = "Option::is_none")]
    pub additional_info: Option<AdditionalInfo>,
}

/// More about an error.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct AdditionalInfo {
    /// The id of the request, as in the header [`REQUEST_ID`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// Returns the word that goes with an error's status where nothing else is known. Those of 401, 403, 404,
/// 424, 429 and 500 were seen or are read by a client; the others are ours.
pub const fn code_of(status: u16) -> &'static str {
    match status {
        400 => "invalid_request",
        401 => "Unauthorized",
        403 => "session_not_accessible",
        404 => "not_found",
        405 => "method_not_allowed",
        409 => "conflict",
        413 => "payload_too_large",
        424 => "session_not_ready",
        429 => "rate_limit_exceeded",
        501 => "not_implemented",
        502 => "bad_gateway",
        503 => "service_unavailable",
        504 => "gateway_timeout",
        507 => "storage_limit_exceeded",
        _ => "server_error",
    }
}

/// The code of a 409 for a session that is stopped already \[azd\].
pub const ALREADY_STOPPED: &str = "session_already_stopped";

/// The codes of errors that pass: a 424 while the sandbox comes up \[issue 515 of the service's
/// samples\], and a version that is being deployed \[azd\].
pub const NOT_READY: [&str; 2] = ["session_not_ready", "AgentVersionNotReady"];

/// What a gateway says in [`GATEWAY_REASON`] of a sandbox that is suspended \[azd\].
pub const SANDBOX_IDLE: &str = "SandboxIdle";

/// The code of a 409 for a directory that is not empty. The status is in the contract, the code ours.
pub const NOT_EMPTY: &str = "directory_not_empty";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_acted_for_is_what_a_header_takes() {
        let (identity, key) = (USER_IDENTITY.takes, ISOLATION_KEY.takes);
        assert!(identity("user-1.a_b:c@example.org") && identity(&"x".repeat(256)));
        assert!(!identity("") && !identity(&"x".repeat(257)) && !identity("a b") && !identity("ä") && !identity("a/b"));
        assert!(key("tenant 7/user 3 #~") && !key("") && !key(" a") && !key("a\r\nb: c") && !key("ä"));
    }

    #[test]
    fn both_words_for_a_directory_and_all_forms_of_a_time_are_read() {
        let entry = |json: &str| serde_json::from_str::<DirectoryEntry>(json).unwrap();
        assert_eq!(entry(r#"{"name":"a","is_directory":true,"is_dir":true,"new":1}"#).is_directory(), Some(true));
        assert_eq!(entry(r#"{"name":"a","is_dir":false}"#).is_directory(), Some(false));
        assert_eq!(entry(r#"{"name":"a"}"#).is_directory(), None);
        for null in ["size", "is_directory", "is_dir"] {
            let text = format!(r#"{{"name":"a","{null}":null}}"#);
            assert!(serde_json::from_str::<DirectoryEntry>(&text).is_err(), "{null}");
        }
        let time = "2026-11-21T00:00:00Z".parse().ok();
        for json in ["1795219200", "1795219200000", r#""2026-11-21T00:00:00Z""#] {
            let json = format!(r#"{{"name":"a","modified_time":{json}}}"#);
            assert_eq!(modified_at(entry(&json).modified_time.as_ref()), time, "{json}");
        }
        assert_eq!(modified_at(entry(r#"{"name":"a","modified_time":0}"#).modified_time.as_ref()), None);
    }

    #[test]
    fn answers_may_lack_what_the_service_was_seen_to_leave_out() {
        let list: SessionList = serde_json::from_str(r#"{"data":[]}"#).unwrap();
        assert!(!list.has_more && list.last_id.is_none());
        let error: FoundryError = serde_json::from_str(r#"{"error":{"code":null,"message":"m","param":1}}"#).unwrap();
        assert_eq!((error.error.code, error.error.message.as_str()), (None, "m"));
    }

    #[test]
    fn names_of_agents() {
        for good in ["a", "order-agent", "A1", &"x".repeat(63)] {
            assert!(is_agent_name(good), "{good}");
        }
        for bad in ["", "a.b", "a b", "ä", &"x".repeat(64)] {
            assert!(!is_agent_name(bad), "{bad}");
        }
    }
}
