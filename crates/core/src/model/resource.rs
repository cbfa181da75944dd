//! Resources: what is mounted into a session.

use crate::feature::Feature;
use serde::{Deserialize, Serialize};

use super::{FileId, Provider, SessionId, Timestamp};

/// A resource that is mounted in a session: the object `resource`.
#[derive(Debug, Clone, Serialize)]
pub struct Resource {
    /// The id. A memory store has none.
    pub id: Option<String>,
    /// The session.
    pub session: SessionId,
    /// The kind of the resource.
    pub kind: ResourceKind,
    /// The stored file, for a file.
    pub file_id: Option<FileId>,
    /// The mount path, as the backend answered.
    pub mount_path: Option<String>,
    /// The time of mounting.
    pub created_at: Option<Timestamp>,
    /// The time of the last change.
    pub updated_at: Option<Timestamp>,
    /// The provider's own object.
    pub provider: Provider,
}

/// The kind of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourceKind {
    /// A read-only copy of a stored file.
    File,
    /// A clone of a repository.
    GithubRepository,
    /// A memory store.
    MemoryStore,
    /// A persistent context.
    Context,
    /// A kind that wharf does not know.
    #[serde(skip_deserializing)]
    Unknown,
}

impl ResourceKind {
    /// Returns the word in output and in `type` of a SPEC.
    pub const fn word(self) -> &'static str {
        match self {
            ResourceKind::File => "file",
            ResourceKind::GithubRepository => "github_repository",
            ResourceKind::MemoryStore => "memory_store",
            ResourceKind::Context => "context",
            ResourceKind::Unknown => "unknown",
        }
    }
}

impl Feature {
    /// Returns the feature that a backend needs to mount a resource of this kind.
    pub const fn of_resource(kind: ResourceKind) -> Self {
        match kind {
            ResourceKind::File => Feature::ResourceFile,
            ResourceKind::GithubRepository => Feature::ResourceGithubRepository,
            ResourceKind::MemoryStore => Feature::ResourceMemoryStore,
            ResourceKind::Context => Feature::ResourceContext,
            ResourceKind::Unknown => Feature::Resources,
        }
    }
}
