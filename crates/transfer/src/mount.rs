//! Uploads that are to be mounted. They are verified like all others, and deleted or named in the error where they are
//! not mounted.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use tokio::time::{Instant, timeout_at};

use super::Transfer;
use super::engine::{ItemResult, RunningFiles};
use super::mount_plan::{MountPlan, prefixed};
use super::plan::LocalSource;
use super::results::{Results, Sink};
use super::reuse::NamedUploads;
use super::upload::empty_directory;
use super::upload_items::{self, UploadItem};
use super::upload_store::StoreUpload;
use wharf_client::backend::{Backend, NewResource, NewStoredFile};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{FileId, Outcome, Receipt, RemotePath, ResourceKind, Session};
use wharf_core::verdict::Verdict;

/// The time for deleting uploads after a cancellation.
const UNDOING: Duration = Duration::from_secs(3);

/// The number of uploads that are deleted at once.
const DELETIONS: usize = 16;

/// A file or directory that a session is to have from its start.
#[derive(Debug, Clone)]
pub struct MountSource {
    /// The file or directory.
    pub source: LocalSource,
    /// The path in the session of a file, or below which the contents of a directory go.
    pub path: RemotePath,
}

/// A stored file that was uploaded for a session.
#[derive(Debug, Clone)]
pub struct StagedFile {
    /// The stored file.
    pub id: FileId,
    /// The path in the session at which it is to be mounted.
    pub path: RemotePath,
}

impl StagedFile {
    /// Returns the resource for the request that creates the session.
    pub fn resource(&self) -> NewResource {
        NewResource {
            kind: ResourceKind::File,
            file_id: Some(self.id.clone()),
            mount_path: Some(self.path.to_string()),
            extra: serde_json::Map::new(),
        }
    }
}

/// The stored files that a command uploads to mount them.
///
/// A session that exists gets them one by one: [`upload`](MountUploads::upload), then a [`mount`](MountUploads::mount)
/// for each. A session that is to be created gets them with its creation:
///
/// ```no_run
/// use wharf_client::backend::NewSession;
/// use wharf_core::error::Result;
/// use wharf_core::model::Session;
/// use wharf_transfer::Transfer;
/// use wharf_transfer::mount::{MountSource, MountUploads};
/// use wharf_transfer::results::Sink;
///
/// /// Creates a session with files and directories of this machine in it.
/// async fn create(transfer: Transfer<'_>, new: NewSession, sources: &[MountSource], sink: Sink<'_>) -> Result<Session> {
///     let mut uploads = MountUploads::new(transfer);
///     let files = uploads.stage(sources, "", &new.resources, sink).await?;
///     let ids: Vec<_> = files.iter().map(|file| file.id.clone()).collect();
///     let mut new = new;
///     new.resources.extend(files.iter().map(|file| file.resource()));
///     let created = uploads.mount(&ids, transfer.backend.sessions().create(new)).await;
///     uploads.report(created.as_ref(), sink)?;
///     created
/// }
/// ```
pub struct MountUploads<'a> {
    transfer: Transfer<'a>,
    left: Vec<FileId>,
    /// The media types of the uploads, as far as the backend reports them.
    mime_types: HashMap<FileId, String>,
    /// The receipts of [`MountUploads::stage`], whose destinations are paths without a session.
    receipts: Vec<Receipt>,
    /// The time at which deleting must end, after a cancellation.
    end: Option<Instant>,
}

impl<'a> MountUploads<'a> {
    /// Returns an object without uploads.
    pub fn new(transfer: Transfer<'a>) -> Self {
        let (left, mime_types, receipts) = (Vec::new(), HashMap::new(), Vec::new());
        MountUploads { transfer, left, mime_types, receipts, end: None }
    }

    /// Uploads and verifies local files, and returns their ids in the order of `sources`. If one of them fails, the others
    /// are deleted again.
    ///
    /// # Errors
    /// Those of [`Transfer::upload_to_store`]; that of a cancellation.
    pub async fn upload(&mut self, sources: &[LocalSource]) -> Result<Vec<FileId>> {
        if sources.is_empty() {
            return Ok(Vec::new());
        }
        let mut receipts = Vec::new();
        let (new, named) = (NewStoredFile::default(), NamedUploads::default());
        let mut keep = |receipt: &Receipt| {
            receipts.push(receipt.clone());
            Ok(())
        };
        let verdict = Box::pin(self.transfer.upload_to_store(sources, &new, &named, &mut keep)).await;
        let mut made = Vec::new();
        for receipt in &receipts {
            if let (Outcome::Copied, Some(id)) = (&receipt.outcome, &receipt.file_id) {
                made.push((receipt.source.clone(), id.clone()));
                self.mime_types.extend(receipt.mime_type.clone().map(|kind| (id.clone(), kind)));
            }
        }
        let mut ids = Vec::new();
        for source in sources {
            let found = made.iter().position(|(name, _)| *name == source.name);
            ids.extend(found.map(|found| made.swap_remove(found).1));
        }
        match verdict.map_err(|error| of_failed(error, &receipts)) {
            Ok(()) if ids.len() == sources.len() => Ok(ids),
            Ok(()) => Err(self.undo(&ids, Error::new(Kind::Internal, "an upload has no id")).await),
            Err(error) => Err(self.undo(&ids, error).await),
        }
    }

    /// Uploads and verifies files and the contents of directories for a session that is to be created, and returns those
    /// that were uploaded, in the order of `sources`. The names of the stored files begin with `prefix`, those in the
    /// session do not. `others` are the resources that the session gets besides.
    ///
    /// Paths and limits are checked before anything is sent. An empty directory is skipped. If a file fails, the others are
    /// deleted again, and the receipts go to `sink`; otherwise [`MountUploads::report`] has them once it is decided what
    /// becomes of the files.
    ///
    /// # Errors
    /// `usage`, `conflict`, `unsupported` and `limit` before anything is sent; then the verdict over the files that failed;
    /// that of a cancellation.
    pub async fn stage(
        &mut self,
        sources: &[MountSource],
        prefix: &str,
        others: &[NewResource],
        sink: Sink<'_>,
    ) -> Result<Vec<StagedFile>> {
        if sources.is_empty() {
            return Ok(Vec::new());
        }
        let transfer = self.transfer;
        let _guard = transfer.cancellation.register();
        transfer.backend.require_store()?;
        let mut receipts = Vec::new();
        let mut keep = |receipt: &Receipt| {
            receipts.push(receipt.clone());
            Ok(())
        };
        let staged = RefCell::new(Vec::new());
        let mut results = Results::new(&transfer, &mut keep);
        let size = async {
            let mut plan = MountPlan::new(transfer.backend, others)?;
            transfer
                .measure(sources.iter().map(|one| &one.source), |number, below, name| {
                    // A path that is not valid fails when the file is to be sent.
                    let path = sources.get(number).and_then(|one| one.path.descend(below).ok());
                    path.map_or(Ok(()), |path| plan.add(&path, name).map(drop))
                })
                .await
        };
        let ended = match transfer.unless_cancelled(size).await {
            Ok(size) => {
                let size = size?;
                size.check(&transfer.backend.limits(), transfer.options)?;
                results.expect(size.files);
                let ended = self.send(sources, prefix, others, &staged, &mut results).await;
                transfer.flush(ended).await
            }
            Err(why) => Err(why),
        };
        let verdict = results.finish(ended);
        self.receipts = receipts;
        let mut staged = staged.into_inner();
        staged.sort_unstable_by_key(|(number, _)| *number);
        let files: Vec<StagedFile> = staged.into_iter().map(|(_, file)| file).collect();
        let Err(error) = verdict else { return Ok(files) };
        let ids: Vec<_> = files.into_iter().map(|file| file.id).collect();
        let error = of_failed(error, &self.receipts);
        let error = self.undo(&ids, error).await;
        self.report(Err(&error), sink)?;
        Err(error)
    }

    /// Uploads the files of `sources`, and adds those that are complete to `staged`, with their numbers in the order of
    /// the sources.
    async fn send(
        &self,
        sources: &[MountSource],
        prefix: &str,
        others: &[NewResource],
        staged: &RefCell<Vec<(usize, StagedFile)>>,
        results: &mut Results<'_>,
    ) -> Result<()> {
        let transfer = self.transfer;
        let store = transfer.backend.require_store()?;
        // What came since the sizes were added up is checked like all others.
        let plan = RefCell::new(MountPlan::new(transfer.backend, others)?);
        let items = sources.iter().flat_map(|one| {
            // A file keeps its own name, whatever it is called in the session.
            let own_name = one.source.base.as_deref().filter(|_| !one.source.is_directory);
            let items = upload_items::of(&one.source, &one.path, transfer.options);
            items.map(move |item| (item, own_name))
        });
        let running = RunningFiles::new(transfer.options);
        let work = async |(number, (item, own_name)): (usize, (UploadItem, Option<&str>))| match item {
            UploadItem::Excluded(name) => ItemResult::Excluded(name),
            UploadItem::Done(receipt) => ItemResult::Receipt(receipt),
            UploadItem::Decided { name, at, outcome } => {
                ItemResult::from(Receipt::new(&name, at.map(|at| at.to_string()), *outcome))
            }
            UploadItem::Directory { name, at } => ItemResult::from(empty_directory(&name, at.to_string())),
            UploadItem::Send { name, source, at } => {
                let added = plan.borrow_mut().add(&at, &name);
                let path = match added {
                    Ok(path) => path,
                    Err(error) => return ItemResult::from(Receipt::failed(&name, Some(at.to_string()), error)),
                };
                let filename = prefixed(prefix, &store.name_to_mount(own_name.unwrap_or(path.name())));
                let new = NewStoredFile { filename, mime_type: None, expires_in: transfer.options.expires_in };
                let upload = StoreUpload { name, source, new, mount_point: Some(path.clone()), copies: None };
                let receipt = transfer.store(upload, &running).await;
                if let (Outcome::Copied, Some(id)) = (&receipt.outcome, receipt.file_id.clone()) {
                    staged.borrow_mut().push((number, StagedFile { id, path }));
                }
                ItemResult::from(receipt)
            }
        };
        transfer.run(stream::iter(items.enumerate()), std::future::ready(()), &running, work, results).await
    }

    /// Runs `work`, which mounts `uploads`. If it fails or is cancelled they are deleted again, unless the answer was lost, so
    /// that they may be mounted nevertheless. What was mounted before a cancellation is a copy, and stays.
    ///
    /// # Errors
    /// That of `work`; that of a cancellation.
    pub async fn mount<T>(&mut self, uploads: &[FileId], work: impl Future<Output = Result<T>>) -> Result<T> {
        match self.transfer.unless_cancelled(work).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) if error.is_uncertain() => {
                self.left.extend_from_slice(uploads);
                Err(error)
            }
            Ok(Err(error)) | Err(error) => Err(self.undo(uploads, error).await),
        }
    }

    /// Reports the receipts of [`MountUploads::stage`]. The files are in the session that was created, or failed with the
    /// error of its creation; a receipt names a stored file that is left.
    ///
    /// # Errors
    /// Those of `sink`.
    pub fn report(&mut self, created: Result<&Session, &Error>, sink: Sink<'_>) -> Result<()> {
        let mounted = created.map(|session| {
            let ids = session.mounts.iter().map(|mount| (mount.path.as_str(), &mount.resource_id));
            (&session.id, ids.collect::<HashMap<_, _>>())
        });
        for mut receipt in std::mem::take(&mut self.receipts) {
            match &mounted {
                Ok((session, resources)) => {
                    let path = receipt.destination.take().unwrap_or_default();
                    receipt.resource_id = resources.get(path.as_str()).map(|id| (*id).clone());
                    receipt.destination = Some(format!("{session}:{path}"));
                }
                Err(error) if matches!(receipt.outcome, Outcome::Copied) => {
                    receipt.outcome = Outcome::Failed((*error).clone());
                    receipt.verified = None;
                    if !receipt.file_id.as_ref().is_some_and(|id| self.left.contains(id)) {
                        (receipt.id, receipt.file_id, receipt.bytes, receipt.sha256) = (None, None, None, None);
                    }
                }
                Err(_) => {}
            }
            sink(&receipt)?;
        }
        Ok(())
    }

    /// Returns the media type of an upload, if the backend reported one.
    pub fn mime_type(&self, id: &FileId) -> Option<&str> {
        self.mime_types.get(id).map(String::as_str)
    }

    /// Returns the uploads of which it is unknown whether they are mounted, or that could not be deleted.
    pub fn left(&self) -> &[FileId] {
        &self.left
    }

    async fn undo(&mut self, uploads: &[FileId], error: Error) -> Error {
        self.left.extend(delete_uploads(self.transfer.backend, uploads, &error, &mut self.end).await);
        error
    }
}

/// Returns the error of uploads of which some failed: the others are deleted, so that it is about those alone.
fn of_failed(error: Error, receipts: &[Receipt]) -> Error {
    if error.kind() != Kind::Partial {
        return error;
    }
    let mut failed = Verdict::default();
    receipts.iter().filter_map(|receipt| receipt.outcome.error()).for_each(|error| failed.failed(error.clone()));
    failed.into_result("uploads").err().unwrap_or(error)
}

/// Deletes uploads that are not used, because of `error`. After a cancellation that has to end at `end`, which the first
/// call sets. Returns those that are left.
pub async fn delete_uploads(
    backend: &dyn Backend,
    uploads: &[FileId],
    error: &Error,
    end: &mut Option<Instant>,
) -> Vec<FileId> {
    let stops = error.kind().is_stop();
    let end = stops.then(|| *end.get_or_insert_with(|| Instant::now() + UNDOING));
    let is_left = async |id: &FileId| {
        let deleted = async { backend.require_store()?.delete(id).await };
        let deleted = match end {
            Some(end) => timeout_at(end, deleted).await.unwrap_or_else(|_| Err(error.clone())),
            None => deleted.await,
        };
        deleted.is_err_and(|error| error.kind() != Kind::NotFound).then(|| id.clone())
    };
    stream::iter(uploads).map(is_left).buffered(DELETIONS).filter_map(std::future::ready).collect().await
}
