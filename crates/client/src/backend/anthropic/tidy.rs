//! Cleanup of uploads that were abandoned before their mount.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::files::AnthropicFiles;
use super::unmounted::{AbandonedUpload, PendingMount};
use crate::backend::FileStore;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Resource, SessionPath};
use wharf_core::sync::lock;

/// The time limit of the cleanup: a process that was asked to stop is ended after 5 s.
const TIDYING: Duration = Duration::from_secs(3);

impl AnthropicFiles {
    /// Cleans up after abandoned uploads.
    ///
    /// # Errors
    /// `unavailable`, which names what remains.
    pub(super) async fn tidy(&self) -> Result<()> {
        let abandoned = std::mem::take(&mut *lock(&self.client.abandoned));
        let end = Instant::now() + TIDYING;
        let (mut left, mut files) = (Vec::new(), Vec::new());
        for one in abandoned {
            let report = match timeout_at(end, self.look_after(&one)).await {
                Ok(report) => report,
                Err(_) => Some(one.name()),
            };
            if report.is_some() {
                files.extend(one.file());
            }
            left.extend(report);
        }
        if left.is_empty() { Ok(()) } else { Err(Error::new(Kind::Unavailable, left.join("; ")).leaving(files)) }
    }

    /// Cleans up after one abandoned upload as far as possible; returns what to report.
    async fn look_after(&self, one: &AbandonedUpload) -> Option<String> {
        match one {
            AbandonedUpload::Sending { .. } => Some(one.name()),
            AbandonedUpload::Stored(upload) => self.discard(one, upload).await,
            // Whether the old file goes or stays is for the service to say: the new one is kept.
            AbandonedUpload::Unmounting(upload) => match self.mounted(&upload.target).await {
                Ok(None) => self.finish(upload).await,
                _ => Some(one.name()),
            },
            AbandonedUpload::Mounting { upload, replaces } => match self.mounted(&upload.target).await {
                Ok(Some(_)) => Some(format!("`{}` is mounted, from `{}`", upload.target, upload.id)),
                Ok(None) if *replaces => self.finish(upload).await,
                // If the request is carried out nevertheless, the session has a copy.
                Ok(None) => self.discard(one, upload).await,
                Err(_) => Some(one.name()),
            },
        }
    }

    /// Deletes an upload that is not mounted; returns what to report.
    async fn discard(&self, one: &AbandonedUpload, upload: &PendingMount) -> Option<String> {
        match self.store.delete(&upload.id).await {
            Ok(()) => None,
            Err(error) if error.kind() == Kind::NotFound => None,
            Err(_) => Some(one.name()),
        }
    }

    /// Mounts an upload for which another file was unmounted.
    async fn finish(&self, upload: &PendingMount) -> Option<String> {
        let mounted =
            async { self.resources.mount(&upload.target, &self.resources.asked_for(upload.resource()).await?).await };
        match mounted.await {
            Ok(_) => Some(format!("`{}` was replaced, by `{}`", upload.target, upload.id)),
            Err(_) => Some(format!("{}; what was mounted there is not any more", upload.remains())),
        }
    }

    /// Returns the resource at a path now.
    async fn mounted(&self, target: &SessionPath) -> Result<Option<Resource>> {
        let mounts = self.resources.mounts(&target.session).await?;
        let is_it = |mount: &Resource| mount.mount_path.as_deref() == Some(target.path.as_str());
        // What cannot be read may be mounted there.
        mounts.into_iter().find(|mount| mount.as_ref().map_or(true, is_it)).transpose()
    }
}
