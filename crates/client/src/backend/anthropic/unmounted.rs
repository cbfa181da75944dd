//! Uploads on their way to a mount, and what becomes of one whose work was dropped on the way.
//!
//! A transfer that is stopped drops the futures of its files wherever they are. One that was dropped
//! between an upload and its mount leaves a stored file that is named nowhere else: it is noted here
//! and looked after by [`AnthropicFiles::tidy`], which deletes it, or names it where it may be in use.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::files::AnthropicFiles;
use super::held;
use crate::backend::{FileStore, NewResource};
use wharf_core::body::Body;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{FileId, Resource, ResourceKind, SessionPath};

/// How long tidying up may take: a process that was asked to stop is ended after 5 s.
const TIDYING: Duration = Duration::from_secs(3);

/// Work that was dropped.
#[derive(Debug, Clone)]
pub(super) enum Dropped {
    /// All bytes of an upload had been read, and its answer had not come.
    Sending {
        /// The file name that it was sent under.
        name: String,
    },
    /// The file was stored, and nothing had been asked of the session.
    Stored(Upload),
    /// What is mounted at the path was to be unmounted, or had been.
    Unmounting(Upload),
    /// The mount was asked for. `replaces` says whether another file had been unmounted for it.
    Mounting {
        /// The upload.
        upload: Upload,
        /// Whether something was unmounted for it.
        replaces: bool,
    },
}

/// A stored file and the path that it is for.
#[derive(Debug, Clone)]
pub(super) struct Upload {
    pub(super) place: SessionPath,
    pub(super) id: FileId,
}

/// Notes what it holds when it is dropped.
pub(super) struct Note<'a> {
    list: &'a Mutex<Vec<Dropped>>,
    step: Option<Dropped>,
}

impl<'a> Note<'a> {
    pub(super) fn new(list: &'a Mutex<Vec<Dropped>>, step: Option<Dropped>) -> Self {
        Note { list, step }
    }

    /// The work has come this far.
    pub(super) fn at(&mut self, step: Dropped) {
        self.step = Some(step);
    }

    /// The work is done, or whoever did it says what became of it.
    pub(super) fn done(&mut self) {
        self.step = None;
    }
}

impl Drop for Note<'_> {
    fn drop(&mut self) {
        held(self.list).extend(self.step.take());
    }
}

/// Watches an upload whose answer has not come, and notes it when it is dropped after its last byte.
pub(super) struct Sending<'a> {
    list: &'a Mutex<Vec<Dropped>>,
    name: &'a str,
    bytes: Option<u64>,
    passed: Arc<AtomicU64>,
    done: bool,
}

impl<'a> Sending<'a> {
    pub(super) fn new(list: &'a Mutex<Vec<Dropped>>, name: &'a str, bytes: Option<u64>) -> Self {
        Sending { list, name, bytes, passed: Arc::default(), done: false }
    }

    /// Sees all that passes in a reading, and nothing of the one before.
    pub(super) fn see(&self, body: Body) -> Body {
        self.passed.store(0, Relaxed);
        let passed = Arc::clone(&self.passed);
        body.inspect(move |block| {
            passed.fetch_add(block.len() as u64, Relaxed);
            Ok(())
        })
    }

    /// The answer has come.
    pub(super) fn done(&mut self) {
        self.done = true;
    }
}

impl Drop for Sending<'_> {
    fn drop(&mut self) {
        let sent = self.bytes.is_some_and(|bytes| self.passed.load(Relaxed) >= bytes);
        if !self.done && sent {
            held(self.list).push(Dropped::Sending { name: self.name.to_owned() });
        }
    }
}

impl Upload {
    /// What is mounted for it.
    pub(super) fn resource(&self) -> NewResource {
        NewResource {
            kind: ResourceKind::File,
            file_id: Some(self.id.clone()),
            mount_path: Some(self.place.path.to_string()),
            extra: serde_json::Map::new(),
        }
    }

    fn remains(&self) -> String {
        format!("the upload for `{}` remains as `{}`", self.place, self.id)
    }
}

impl AnthropicFiles {
    /// Looks after what was dropped.
    ///
    /// # Errors
    /// `unavailable`, which names what remains.
    pub(super) async fn tidy(&self) -> Result<()> {
        let dropped = std::mem::take(&mut *held(&self.client.dropped));
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

    /// Ends what was dropped as well as can be; gives what is to be said about it.
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

    /// Mounts what another file was unmounted for.
    async fn finish(&self, upload: &Upload) -> Option<String> {
        let mounted =
            async { self.resources.mount(&upload.place, &self.resources.asked_for(upload.resource()).await?).await };
        match mounted.await {
            Ok(_) => Some(format!("`{}` was replaced, by `{}`", upload.place, upload.id)),
            Err(_) => Some(format!("{}; what was mounted there is not any more", upload.remains())),
        }
    }

    /// What is mounted at a path now.
    async fn mounted(&self, place: &SessionPath) -> Result<Option<Resource>> {
        let mounts = self.resources.mounts(&place.session).await?;
        let is_it = |mount: &Resource| mount.mount_path.as_deref() == Some(place.path.as_str());
        // What cannot be read may be mounted there.
        mounts.into_iter().find(|mount| mount.as_ref().map_or(true, is_it)).transpose()
    }
}

impl Dropped {
    /// The stored file, where its id is known.
    fn file(&self) -> Option<String> {
        match self {
            Dropped::Sending { .. } => None,
            Dropped::Stored(upload) | Dropped::Unmounting(upload) | Dropped::Mounting { upload, .. } => {
                Some(upload.id.to_string())
            }
        }
    }

    fn name(&self) -> String {
        match self {
            Dropped::Sending { name } => {
                format!("an upload of `{name}` was on its way: `wharf files ls` shows whether it is there")
            }
            Dropped::Stored(upload) => upload.remains(),
            Dropped::Unmounting(upload) | Dropped::Mounting { upload, .. } => {
                format!("{}; `wharf resources list {}` shows what is mounted", upload.remains(), upload.place.session)
            }
        }
    }
}
