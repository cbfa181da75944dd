//! Uploads on their way to a mount, and what becomes of one whose work was dropped on the way.
//!
//! A transfer that is stopped drops the futures of its files wherever they are. One that was dropped
//! between an upload and its mount leaves a stored file that is named nowhere else: it is noted here
//! and looked after by `tidy.rs`, which deletes it, or names it where it may be in use.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

use crate::backend::NewResource;
use wharf_core::advice::Step;
use wharf_core::body::Body;
use wharf_core::model::{FileId, ResourceKind, SessionPath};
use wharf_core::sync::lock;

/// Work that was dropped.
#[derive(Debug, Clone)]
pub(super) enum Dropped {
    /// All bytes of an upload had been read, and its answer had not come.
    Sending {
        /// The file name that it was sent under.
        name: String,
    },
    /// The file was stored, and nothing had been asked of the session.
    Stored(PendingMount),
    /// What is mounted at the path was to be unmounted, or had been.
    Unmounting(PendingMount),
    /// The mount was asked for. `replaces` says whether another file had been unmounted for it.
    Mounting {
        /// The upload.
        upload: PendingMount,
        /// Whether something was unmounted for it.
        replaces: bool,
    },
}

/// A stored file and the path that it is for.
#[derive(Debug, Clone)]
pub(super) struct PendingMount {
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

    /// Ends the note: the work is done, or its caller reports what is left.
    pub(super) fn done(&mut self) {
        self.step = None;
    }
}

impl Drop for Note<'_> {
    fn drop(&mut self) {
        lock(self.list).extend(self.step.take());
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
            lock(self.list).push(Dropped::Sending { name: self.name.to_owned() });
        }
    }
}

impl PendingMount {
    /// What is mounted for it.
    pub(super) fn resource(&self) -> NewResource {
        NewResource {
            kind: ResourceKind::File,
            file_id: Some(self.id.clone()),
            mount_path: Some(self.place.path.to_string()),
            extra: serde_json::Map::new(),
        }
    }

    pub(super) fn remains(&self) -> String {
        format!("the upload for `{}` remains as `{}`", self.place, self.id)
    }
}

impl Dropped {
    /// The stored file, where its id is known.
    pub(super) fn file(&self) -> Option<String> {
        match self {
            Dropped::Sending { .. } => None,
            Dropped::Stored(upload) | Dropped::Unmounting(upload) | Dropped::Mounting { upload, .. } => {
                Some(upload.id.to_string())
            }
        }
    }

    pub(super) fn name(&self) -> String {
        match self {
            Dropped::Sending { name } => {
                let list = Step::ListStoredFiles { scope: None };
                format!("an upload of `{name}` was on its way: {list} shows whether it is there")
            }
            Dropped::Stored(upload) => upload.remains(),
            Dropped::Unmounting(upload) | Dropped::Mounting { upload, .. } => {
                let list = Step::ListResources { session: Some(upload.place.session.as_str()) };
                format!("{}; {list} shows what is mounted", upload.remains())
            }
        }
    }
}
