//! What is mounted in sessions \[types, docs\].

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Extra, Nullable, or_default, some, time};
use wharf_core::model::Timestamp;

/// Below this, paths of mounted files are rooted since August 2026 \[docs\].
pub const UPLOADS: &str = "/mnt/session/uploads";

/// The directory of results: files that an agent leaves here become files of its session \[docs\].
pub const OUTPUTS: &str = "/mnt/session/outputs";

/// Below this, memory stores are mounted \[docs\].
pub const MEMORY: &str = "/mnt/memory";

/// Below this, repositories are mounted by default \[types\].
pub const WORKSPACE: &str = "/workspace";

/// The files of one session. The figure was 100, then 999, and is 500 in the newest source \[docs\].
pub const FILES_MAX: u32 = 500;

/// The memory stores of one session \[docs\].
pub const MEMORY_STORES_MAX: usize = 8;

/// Characters of the instructions for a memory store \[types\].
pub const INSTRUCTIONS_MAX: usize = 4096;

/// The most resources on a page; all of them by default \[types\].
pub const PAGE_MAX: usize = 1000;

/// The words for what a resource is \[types\]. An open set.
pub mod kind {
    /// A read-only copy of a file; the only kind that can be added to a session that is there.
    pub const FILE: &str = "file";
    /// A clone of a repository.
    pub const REPOSITORY: &str = "github_repository";
    /// A memory store.
    pub const MEMORY_STORE: &str = "memory_store";
}

/// Returns where the service mounts a file that `asked` to be mounted there: `/in/x` lies at
/// `/mnt/session/uploads/in/x` \[docs\]. That a path which is below there already stays is unknown.
pub fn mounted_at(asked: &str) -> String {
    match asked.strip_prefix(UPLOADS) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => asked.to_owned(),
        _ => format!("{UPLOADS}/{}", asked.trim_start_matches('/')),
    }
}

/// A resource to mount. Its kind decides which fields it has.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct ResourceParams {
    /// A word of [`kind`].
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    pub kind: String,
    /// The file, of which the session gets a copy with an id of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_id: Option<String>,
    /// The mount path, for a file or a repository. A file without one is mounted under its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mount_path: Option<String>,
    /// The repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The token that fetches a private repository. A secret: no answer repeats it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_token: Option<String>,
    /// `{"type":"branch","name":...}` or `{"type":"commit","sha":...}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkout: Option<Value>,
    /// The memory store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_store_id: Option<String>,
    /// `read_write`, or `read_only`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<String>,
    /// Instructions for the agent's use of the memory store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// Fields that these types do not name.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ResourceParams {
    /// Returns the parameters of a file.
    pub fn file(id: impl Into<String>, mount_path: Option<String>) -> Self {
        ResourceParams { kind: kind::FILE.to_owned(), file_id: Some(id.into()), mount_path, ..Self::default() }
    }
}

/// Without what may be secret.
impl fmt::Debug for ResourceParams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ResourceParams { kind, file_id, mount_path, .. } = self;
        f.debug_struct("NewResource")
            .field("kind", kind)
            .field("file_id", file_id)
            .field("mount_path", mount_path)
            .finish_non_exhaustive()
    }
}

/// A change of a resource; repositories only \[types\].
#[derive(Clone, Serialize, Deserialize)]
pub struct UpdateResource {
    /// The new token. A secret.
    pub authorization_token: String,
    /// Fields that these types do not name.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A mounted resource. Its kind decides which fields it has.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SessionResource {
    /// A word of [`kind`].
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    pub kind: String,
    /// The id. A memory store has none \[types\].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The session's copy of a file: another id than the one that was asked for, which nothing here
    /// names \[docs\].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_id: Option<String>,
    /// The repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The memory store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_store_id: Option<String>,
    /// The path in the session, which differs from the requested one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mount_path: Option<String>,
    /// As in [`ResourceParams::checkout`].
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub checkout: Nullable<Value>,
    /// As in [`ResourceParams::access`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<String>,
    /// As in [`ResourceParams::instructions`].
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub instructions: Nullable<String>,
    /// The memory store's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The purpose of the memory store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The time of mounting.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "time")]
    pub created_at: Option<Timestamp>,
    /// The time of the last change.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "time")]
    pub updated_at: Option<Timestamp>,
    /// Fields that these types do not name.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The fields of a resource that a client relies on.
#[derive(Debug, Clone, Deserialize)]
pub struct ResourceAnswer {
    /// As in [`SessionResource::kind`].
    #[serde(rename = "type")]
    pub kind: String,
    /// As in [`SessionResource::id`].
    #[serde(default, deserialize_with = "some")]
    pub id: Option<String>,
    /// As in [`SessionResource::file_id`].
    #[serde(default, deserialize_with = "some")]
    pub file_id: Option<String>,
    /// As in [`SessionResource::mount_path`].
    #[serde(default, deserialize_with = "some")]
    pub mount_path: Option<String>,
    /// As in [`SessionResource::created_at`].
    #[serde(default, deserialize_with = "time")]
    pub created_at: Option<Timestamp>,
    /// As in [`SessionResource::updated_at`].
    #[serde(default, deserialize_with = "time")]
    pub updated_at: Option<Timestamp>,
}

impl ResourceAnswer {
    /// Returns the first field that a resource of its kind has always and this one lacks \[types\].
    pub fn missing(&self) -> Option<&'static str> {
        let file = self.kind == kind::FILE;
        let needs = [
            ("id", file || self.kind == kind::REPOSITORY, self.id.is_some()),
            ("file_id", file, self.file_id.is_some()),
            ("mount_path", file || self.kind == kind::REPOSITORY, self.mount_path.is_some()),
        ];
        needs.into_iter().find(|(_, needed, there)| *needed && !there).map(|(name, ..)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_mounted_below_one_directory() {
        for (asked, at) in [
            ("/sales.csv", "/mnt/session/uploads/sales.csv"),
            ("in/x", "/mnt/session/uploads/in/x"),
            ("/mnt/session/uploads/x", "/mnt/session/uploads/x"),
            ("/mnt/session/uploads2/x", "/mnt/session/uploads/mnt/session/uploads2/x"),
        ] {
            assert_eq!(mounted_at(asked), at);
        }
    }

    #[test]
    fn resources_of_every_kind_come_back_as_they_went() {
        for text in [
            r#"{"type":"file","id":"sesrsc_1","file_id":"file_1","mount_path":"/mnt/session/uploads/x","created_at":"2026-11-20T09:01:00Z","updated_at":"2026-11-20T09:01:00Z"}"#,
            r#"{"type":"github_repository","id":"sesrsc_2","url":"u","mount_path":"/workspace/etl","checkout":{"type":"branch","name":"main"}}"#,
            r#"{"type":"memory_store","memory_store_id":"memstore_1","mount_path":"/mnt/memory/m","access":"read_only","instructions":null,"name":"n","description":""}"#,
            r#"{"type":"of_tomorrow","id":"sesrsc_3","what":[1]}"#,
        ] {
            let read: SessionResource = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
    }

    #[test]
    fn a_token_is_sent_and_not_shown() {
        let text = r#"{"type":"github_repository","url":"u","authorization_token":"ghp_secret"}"#;
        let new: ResourceParams = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&new).unwrap(), text);
        assert!(!format!("{new:?}").contains("secret"));
    }
}
