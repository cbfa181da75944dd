//! Uploads that are not mounted yet, and the record of those that were abandoned.
//!
//! A cancelled transfer drops the futures of its files at any point. A future that is dropped between an upload and
//! its mount leaves a stored file that nothing else names: it is recorded here, and `tidy.rs` deletes it, or reports
//! it if it may be in use.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

use crate::backend::NewResource;
use wharf_core::advice::Step;
use wharf_core::body::Body;
use wharf_core::model::{FileId, ResourceKind, SessionPath};
use wharf_core::sync::lock;

/// An upload that was dropped before its mount, with the step that it had reached.
#[derive(Debug, Clone)]
pub(super) enum AbandonedUpload {
    /// The upload was sent completely, and its answer had not arrived.
    Sending {
        /// The file name of the upload.
        name: String,
    },
    /// The file was stored, and no request for the session was sent.
    Stored(PendingMount),
    /// The resource at the path was about to be unmounted, or had been.
    Unmounting(PendingMount),
    /// The mount was requested.
    Mounting {
        /// The upload.
        upload: PendingMount,
        /// Whether another resource was unmounted for the upload.
        replaces: bool,
    },
}

/// A stored file and the path to mount it at.
#[derive(Debug, Clone)]
pub(super) struct PendingMount {
    pub(super) target: SessionPath,
    pub(super) id: FileId,
}

/// Records its step when it is dropped.
pub(super) struct StepNote<'a> {
    list: &'a Mutex<Vec<AbandonedUpload>>,
    step: Option<AbandonedUpload>,
}

impl<'a> StepNote<'a> {
    pub(super) fn new(list: &'a Mutex<Vec<AbandonedUpload>>, step: Option<AbandonedUpload>) -> Self {
        StepNote { list, step }
    }

    /// Sets the current step.
    pub(super) fn at(&mut self, step: AbandonedUpload) {
        self.step = Some(step);
    }

    /// Ends the record: the upload is complete, or the caller reports what is left.
    pub(super) fn done(&mut self) {
        self.step = None;
    }
}

impl Drop for StepNote<'_> {
    fn drop(&mut self) {
        lock(self.list).extend(self.step.take());
    }
}

/// Watches an upload, and records it if it is dropped after its last byte and before its answer.
pub(super) struct UploadWatch<'a> {
    list: &'a Mutex<Vec<AbandonedUpload>>,
    name: &'a str,
    bytes: Option<u64>,
    passed: Arc<AtomicU64>,
    done: bool,
}

impl<'a> UploadWatch<'a> {
    pub(super) fn new(list: &'a Mutex<Vec<AbandonedUpload>>, name: &'a str, bytes: Option<u64>) -> Self {
        UploadWatch { list, name, bytes, passed: Arc::default(), done: false }
    }

    /// Watches the bytes of a body from its start, and forgets those of an earlier attempt.
    pub(super) fn see(&self, body: Body) -> Body {
        self.passed.store(0, Relaxed);
        let passed = Arc::clone(&self.passed);
        body.inspect(move |block| {
            passed.fetch_add(block.len() as u64, Relaxed);
            Ok(())
        })
    }

    /// Records that the answer arrived.
    pub(super) fn done(&mut self) {
        self.done = true;
    }
}

impl Drop for UploadWatch<'_> {
    fn drop(&mut self) {
        let sent = self.bytes.is_some_and(|bytes| self.passed.load(Relaxed) >= bytes);
        if !self.done && sent {
            lock(self.list).push(AbandonedUpload::Sending { name: self.name.to_owned() });
        }
    }
}

impl PendingMount {
    /// Returns the resource to mount for the upload.
    pub(super) fn resource(&self) -> NewResource {
        NewResource {
            kind: ResourceKind::File,
            file_id: Some(self.id.clone()),
            mount_path: Some(self.target.path.to_string()),
            extra: serde_json::Map::new(),
        }
    }

    pub(super) fn remains(&self) -> String {
        format!("the upload for `{}` remains as `{}`", self.target, self.id)
    }
}

impl AbandonedUpload {
    /// Returns the id of the stored file, if known.
    pub(super) fn file(&self) -> Option<String> {
        match self {
            AbandonedUpload::Sending { .. } => None,
            AbandonedUpload::Stored(upload)
            | AbandonedUpload::Unmounting(upload)
            | AbandonedUpload::Mounting { upload, .. } => Some(upload.id.to_string()),
        }
    }

    pub(super) fn name(&self) -> String {
        match self {
            AbandonedUpload::Sending { name } => {
                let list = Step::ListStoredFiles { scope: None };
                format!("an upload of `{name}` was on its way: {list} shows whether it is there")
            }
            AbandonedUpload::Stored(upload) => upload.remains(),
            AbandonedUpload::Unmounting(upload) | AbandonedUpload::Mounting { upload, .. } => {
                let list = Step::ListResources { session: Some(upload.target.session.as_str()) };
                format!("{}; {list} shows what is mounted", upload.remains())
            }
        }
    }
}
