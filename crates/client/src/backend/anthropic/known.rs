//! Cached facts about stored files and mounts, which save requests.

use std::collections::BTreeMap;
use std::time::Instant;

use wharf_core::model::{RemotePath, Resource, ResourceKind, StoredFile, Timestamp};

/// The facts about a file that a download needs.
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

    /// Returns the facts about a file of an agent.
    pub(super) fn made(size: Option<u64>, created_at: Option<Timestamp>) -> Self {
        KnownFile { size, downloadable: Some(true), created_at }
    }
}

/// The mounted paths of a session.
#[derive(Default)]
pub(super) struct TakenPaths {
    /// The last listing and its time; `None` before the first one.
    pub(super) there: Option<(Instant, BTreeMap<RemotePath, KnownMount>)>,
}

/// A mount; it has an id if it is a file that can be unmounted.
pub(super) struct KnownMount(pub(super) Option<String>);

impl KnownMount {
    pub(super) fn of(resource: &Resource) -> Option<(RemotePath, Self)> {
        let file = resource.id.clone().filter(|_| resource.kind == ResourceKind::File);
        Some((resource.mount_path.as_deref()?.parse().ok()?, KnownMount(file)))
    }
}
