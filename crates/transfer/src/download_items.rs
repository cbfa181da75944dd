//! The items of a download.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::PathBuf;
use std::rc::Rc;

use super::TransferOptions;
use super::bundle::BundleShare;
use super::dest::DestDir;
use super::engine::RunningFiles;
use super::plan::{Budget, RemoteSource, TransferSize};
use super::remote_walk::{RemoteEntry, RemoteFile};
use super::walk::WalkKind;
use super::written_files::WrittenFiles;
use wharf_core::model::{FileId, Receipt, SessionId, SessionPath, Timestamp};

/// A session path, or a stored file by its id.
#[derive(Debug, Clone)]
pub enum FileTarget {
    /// The path of a file or a directory in a session.
    Session(SessionPath),
    /// A stored file.
    Stored(FileId),
}

impl FileTarget {
    pub(super) fn name(&self) -> String {
        match self {
            FileTarget::Session(at) => at.to_string(),
            FileTarget::Stored(id) => id.to_string(),
        }
    }
}

/// A file or a directory to download, as it was when it was looked at.
pub(super) struct SourceInfo {
    pub(super) wanted: FileTarget,
    pub(super) source: RemoteSource,
    pub(super) bytes: Option<u64>,
    pub(super) modified_at: Option<Timestamp>,
}

impl SourceInfo {
    /// Returns the session of the file.
    pub(super) fn session(&self) -> Option<SessionId> {
        match &self.wanted {
            FileTarget::Session(at) => Some(at.session.clone()),
            FileTarget::Stored(_) => None,
        }
    }
}

/// The destination of one target.
pub(super) struct LocalDest {
    pub(super) path: PathBuf,
    /// Whether the user named the parent, and the last part of the path is the remote name.
    pub(super) by_name: bool,
}

/// One thing to do.
pub(super) enum DownloadItem {
    /// A file that is a target itself.
    Single(SourceInfo, LocalDest),
    /// A file of a directory; `decided` is whether its destination was looked at and the file was counted.
    Leaf {
        one: SourceInfo,
        dest: Rc<DestDir>,
        below: String,
        decided: bool,
    },
    Directory(SessionPath, Rc<DestDir>, String),
    Excluded(String),
    Decided(Box<Receipt>),
}

/// The state that all files of a download share.
pub(super) struct DownloadState {
    pub(super) bulk: bool,
    pub(super) budget: Budget,
    pub(super) written: WrittenFiles,
    pub(super) dest_dirs: RefCell<HashMap<PathBuf, Rc<DestDir>>>,
    pub(super) running: RunningFiles,
}

impl DownloadState {
    /// Returns the state of a download that has fetched nothing yet.
    pub(super) fn new(options: &TransferOptions, bulk: bool, running: RunningFiles) -> Self {
        let written = WrittenFiles::with_reserved(options.reserved.as_ref());
        DownloadState { bulk, budget: Budget::new(options), written, dest_dirs: RefCell::default(), running }
    }
}

/// Returns what counts of a download in a bundle; nothing for one that travels alone.
pub(super) fn share(item: &DownloadItem) -> Option<BundleShare> {
    match item {
        DownloadItem::Leaf { one, decided: false, .. } => match &one.wanted {
            FileTarget::Session(at) => Some(BundleShare { bytes: one.bytes?, path_bytes: at.path.as_str().len() }),
            FileTarget::Stored(_) => None,
        },
        _ => None,
    }
}

/// Returns the item for an entry of a directory.
pub(super) fn item(RemoteEntry { path: at, below, kind }: RemoteEntry, dest: &Rc<DestDir>) -> Option<DownloadItem> {
    let (name, destination) = (at.to_string(), dest.shown(&below));
    match kind {
        WalkKind::File(RemoteFile { bytes, modified_at, .. }) => {
            let source = RemoteSource { name, base: None, is_directory: false };
            let one = SourceInfo { wanted: FileTarget::Session(at), source, bytes, modified_at };
            Some(DownloadItem::Leaf { one, dest: Rc::clone(dest), below, decided: false })
        }
        WalkKind::Directory { included, .. } => included.then(|| DownloadItem::Directory(at, Rc::clone(dest), below)),
        WalkKind::Excluded => Some(DownloadItem::Excluded(name)),
        WalkKind::Skipped(why) => {
            Some(DownloadItem::Decided(Box::new(Receipt::skipped(&name, destination, &name, why))))
        }
        WalkKind::Failed(error) => {
            dest.mark_failed();
            let destination = (!below.is_empty()).then_some(destination);
            Some(DownloadItem::Decided(Box::new(Receipt::failed(&name, destination, error))))
        }
    }
}

pub(super) fn count(total: &mut TransferSize, found: &RemoteEntry) {
    match found.kind {
        WalkKind::File(RemoteFile { bytes, .. }) => total.add(&found.below, bytes),
        WalkKind::Directory { included: true, .. } => total.add_directory(),
        _ => {}
    }
}
