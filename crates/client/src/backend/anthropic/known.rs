//! What the client remembers of stored files and of mounts, so that it does not ask twice.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use wharf_core::model::{RemotePath, Resource, ResourceKind, StoredFile, Timestamp};

/// What has to be known of a file before its content is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownFile {
    pub(super) size: Option<u64>,
    pub(super) downloadable: Option<bool>,
    pub(super) created_at: Option<Timestamp>,
}

impl KnownFile {
    pub(super) fn of(file: &StoredFile) -> Self {
        KnownFile { size: file.size, downloadable: file.downloadable, created_at: file.created_at }
    }

    /// Of a file that an agent made.
    pub(super) fn made(size: Option<u64>, created_at: Option<Timestamp>) -> Self {
        KnownFile { size, downloadable: Some(true), created_at }
    }
}

/// The paths of a session at which something is mounted.
#[derive(Default)]
pub(super) struct TakenPaths {
    /// As was last heard, and when; nothing before the first question.
    pub(super) there: Option<(Instant, BTreeMap<RemotePath, KnownMount>)>,
    /// What this process is about to mount.
    pub(super) coming: BTreeSet<RemotePath>,
}

/// What is mounted at a path: its id, if it is a file that can be unmounted.
pub(super) struct KnownMount(pub(super) Option<String>);

impl KnownMount {
    pub(super) fn of(resource: &Resource) -> Option<(RemotePath, Self)> {
        let file = resource.id.clone().filter(|_| resource.kind == ResourceKind::File);
        Some((resource.mount_path.as_deref()?.parse().ok()?, KnownMount(file)))
    }
}
