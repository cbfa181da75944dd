//! Cleanup of uploads that were dropped before their mount.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::files::AnthropicFiles;
use super::unmounted::{Dropped, PendingMount};
use crate::backend::FileStore;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Resource, SessionPath};
use wharf_core::sync::lock;

/// The time limit of the cleanup: a process that was asked to stop is ended after 5 s.
const TIDYING: Duration = Duration::from_secs(3);

impl AnthropicFiles {
    /// Cleans up after dropped uploads.
    ///
    /// # Errors
    /// `unavailable`, which names what remains.
    pub(super) async fn tidy(&self) -> Result<()> {
        let dropped = std::mem::take(&mut *lock(&self.client.dropped));
        let end = Instant::now() + TIDYING;
        let (mut left, mut files) = (Vec::new(), Vec::new());
        for one in dropped {
            let told = match timeout_at(end, self.look_after(&one)).await {
                Ok(told) => told,
                Err(_) => Some(one.name()),
            };
            if told.is_some() {
                files.extend(one.file());
            }
            left.extend(told);
        }
        if left.is_empty() { Ok(()) } else { Err(Error::new(Kind::Unavailable, left.join("; ")).leaving(files)) }
    }

    /// Cleans up after one dropped upload as far as possible; returns what to report.
    async fn look_after(&self, one: &Dropped) -> Option<String> {
        match one {
            Dropped::Sending { .. } => Some(one.name()),
            Dropped::Stored(upload) => match self.store.delete(&upload.id).await {
                Ok(()) => None,
                Err(error) if error.kind() == Kind::NotFound => None,
                Err(_) => Some(one.name()),
            },
            // Whether the old file goes or stays is for the service to say: the new one is kept.
            Dropped::Unmounting(upload) => match self.mounted(&upload.place).await {
                Ok(None) => self.finish(upload).await,
                _ => Some(one.name()),
            },
            Dropped::Mounting { upload, replaces } => match self.mounted(&upload.place).await {
                Ok(Some(_)) => Some(format!("`{}` is mounted, from `{}`", upload.place, upload.id)),
                Ok(None) if *replaces => self.finish(upload).await,
                _ => Some(one.name()),
            },
        }
    }

    /// Mounts an upload for which another file was unmounted.
    async fn finish(&self, upload: &PendingMount) -> Option<String> {
        let mounted =
            async { self.resources.mount(&upload.place, &self.resources.asked_for(upload.resource()).await?).await };
        match mounted.await {
            Ok(_) => Some(format!("`{}` was replaced, by `{}`", upload.place, upload.id)),
            Err(_) => Some(format!("{}; what was mounted there is not any more", upload.remains())),
        }
    }

    /// Returns the resource at a path now.
    async fn mounted(&self, place: &SessionPath) -> Result<Option<Resource>> {
        let mounts = self.resources.mounts(&place.session).await?;
        let is_it = |mount: &Resource| mount.mount_path.as_deref() == Some(place.path.as_str());
        // What cannot be read may be mounted there.
        mounts.into_iter().find(|mount| mount.as_ref().map_or(true, is_it)).transpose()
    }
}
