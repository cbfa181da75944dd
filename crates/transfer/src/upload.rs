//! Uploads of files and directories to a session, with a receipt for each file.

use std::ops::Deref;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::stream::{self, Stream};

use super::bundle::{Bundles, Work};
use super::engine::{ItemResult, Label, RunningFiles, WorkResult};
use super::event::TransferEvent;
use super::local_walk::LocalWalk;
use super::plan::{self, Destination, LocalSource, TransferSize};
use super::results::{Results, Sink};
use super::upload_items::{self, UploadItem};
use super::upload_root::{self, KnownDirs, UploadRoot};
use super::walk::WalkKind;
use super::{BULK, IfExists, Transfer, verify};
use wharf_client::backend::{BundleLimits, Feature, FetchOptions, PutOptions, PutResult, TimeOf};
use wharf_core::body::{Body, MapSource, Source};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::receipt::SkipReason;
use wharf_core::model::{Entry, EntryKind, FileId, Outcome, Receipt, RemotePath, SessionPath, Verified};

impl Transfer<'_> {
    /// Uploads files and directories to a session.
    ///
    /// # Errors
    /// `usage` and `limit` before anything is sent; then the verdict over all receipts.
    pub async fn upload(&self, sources: &[LocalSource], to: &Destination<SessionPath>, sink: Sink<'_>) -> Result<()> {
        self.backend.require_files()?;
        self.upload_each(sources, &plan::upload(sources, to)?, sink).await
    }

    /// Uploads each file to the path of the same position, and the contents of each directory below it.
    ///
    /// # Errors
    /// `limit` before anything is sent; then the verdict over all receipts.
    pub async fn upload_each(
        &self,
        sources: &[LocalSource],
        destinations: &[SessionPath],
        sink: Sink<'_>,
    ) -> Result<()> {
        let _guard = self.cancellation.register();
        self.backend.require_files()?;
        let mut results = Results::new(self, sink);
        let mut files = vec![0; sources.len()];
        let measured = self.measure(sources, |number, _, _| {
            files.get_mut(number).into_iter().for_each(|files| *files += 1);
            Ok(())
        });
        let total = match self.unless_cancelled(measured).await {
            Ok(total) => total?,
            Err(why) => return results.finish(Err(why)),
        };
        total.check(&self.backend.limits(), self.options)?;
        results.expect(total.files);
        let ends: Vec<_> = sources.iter().zip(destinations).zip(files).collect();
        let ended = self.send(&ends, total.files > BULK, &mut results).await;
        results.finish(self.flush(ended).await)
    }

    /// Uploads sources to their destinations; each comes with its number of files.
    async fn send(
        &self,
        ends: &[((&LocalSource, &SessionPath), u64)],
        bulk: bool,
        results: &mut Results<'_>,
    ) -> Result<()> {
        let mut open = Vec::new();
        for &((source, destination), files) in ends {
            let root = UploadRoot::prepare(self, source, files, destination, bulk);
            match self.unless_cancelled(root).await? {
                Ok(root) => open.push((source, root)),
                Err(error) => results.record(Receipt::failed(&source.name, Some(destination.to_string()), error))?,
            }
        }
        let items = open.iter().flat_map(|(source, root)| {
            let items = upload_items::of(source, &root.at.path, self.options);
            items.map(move |item| (item, root))
        });
        let running = RunningFiles::new(self.options);
        let (limits, feed) = (self.bundle_limits(), std::future::ready(()));
        self.send_items(stream::iter(items), limits, feed, bulk, &running, results).await
    }

    /// Does items, each with the destination of its source, and sends small files in bundles within these limits. `feed`
    /// runs beside that, and may be what makes the items.
    pub(super) async fn send_items<'r>(
        &self,
        items: impl Stream<Item = (UploadItem, &'r UploadRoot<'r>)>,
        limits: Option<BundleLimits>,
        feed: impl Future<Output = ()>,
        bulk: bool,
        running: &RunningFiles,
        results: &mut Results<'_>,
    ) -> Result<()> {
        let known = &KnownDirs::default();
        let work = |work: Work<(UploadItem, &'r UploadRoot<'r>)>| async move {
            match work {
                Work::One((item, root)) => WorkResult::from(root.do_item(self, item, bulk, running, known).await),
                Work::Bundle(items) => self.send_bundle(items, bulk, running).await.map(Work::One),
            }
        };
        let items = pin!(items);
        let items = Bundles::new(items, limits, upload_root::share);
        Box::pin(self.run(items, feed, running, work, results)).await
    }

    /// Flushes the backend. The error of a transfer that ended early names what it left behind.
    pub(super) async fn flush(&self, ended: Result<()>) -> Result<()> {
        if self.options.dry_run {
            return ended;
        }
        Error::after_clean_up(ended, self.backend.flush().await)
    }

    /// Walks all sources without reading contents, and returns the size of the transfer. `seen` is called for each file
    /// with the number of its source, its path below that, which is empty for the source itself, and its name.
    ///
    /// # Errors
    /// `usage` for the reserved file; that of `seen`.
    pub(super) async fn measure(
        &self,
        sources: impl IntoIterator<Item = &LocalSource>,
        mut seen: impl FnMut(usize, &str, &str) -> Result<()>,
    ) -> Result<TransferSize> {
        let mut total = TransferSize::default();
        for (number, source) in sources.into_iter().enumerate() {
            match &source.path {
                Some(root) if source.is_directory => {
                    for found in LocalWalk::new(root, self.options) {
                        // A tree may be large: let a cancellation be seen.
                        tokio::task::coop::consume_budget().await;
                        if let WalkKind::File(file) = found.kind {
                            self.options.check_free(&found.path)?;
                            seen(number, &found.below, file.name())?;
                            total.add(file.name(), file.len());
                        }
                    }
                    continue;
                }
                path => {
                    path.as_deref().map_or(Ok(()), |path| self.options.check_free(path))?;
                    let length = source.content().ok().and_then(|content| content.len());
                    total.add(&source.name, length);
                }
            }
            seen(number, "", &source.name)?;
        }
        self.observer.on(TransferEvent::Planned { files: total.files, bytes: total.bytes() });
        Ok(total)
    }

    /// Creates the directory that the contents of a local directory go to.
    pub(super) async fn make_root(&self, at: &SessionPath, bulk: bool) -> Result<()> {
        let files = self.backend.require_files()?;
        if at.path.is_root() || !self.backend.capabilities().has(Feature::Mkdir) {
            // There is nothing to create, but the session must exist.
            return files.stat(&at.at(RemotePath::root())).await.map(drop);
        }
        if self.options.dry_run {
            return self.check_dry_run_directory(at, &KnownDirs::default()).await;
        }
        files.ensure_directory(at, bulk).await
    }

    /// Does one item of a source whose destination is `root`.
    pub(super) async fn do_item(
        &self,
        item: UploadItem,
        root: &SessionPath,
        bulk: bool,
        running: &RunningFiles,
        known: &KnownDirs,
    ) -> ItemResult {
        match item {
            UploadItem::Excluded(name) => ItemResult::Excluded(name),
            UploadItem::Done(receipt) => ItemResult::Receipt(receipt),
            UploadItem::Decided { name, at, outcome } => {
                ItemResult::from(Receipt::new(&name, at.map(|at| root.at(at).to_string()), *outcome))
            }
            UploadItem::Directory { name, at } if !self.backend.capabilities().has(Feature::Mkdir) => {
                ItemResult::from(empty_directory(&name, root.at(at).to_string()))
            }
            UploadItem::Directory { name, at } => {
                let at = root.at(at);
                let made = if self.options.dry_run {
                    self.check_dry_run_directory(&at, known).await
                } else {
                    match self.backend.require_files() {
                        Ok(files) => files.ensure_directory(&at, bulk).await,
                        Err(error) => Err(error),
                    }
                };
                match made {
                    Ok(()) => ItemResult::Nothing,
                    Err(error) => ItemResult::from(Receipt::failed(&name, Some(at.to_string()), error)),
                }
            }
            UploadItem::Send { name, source, at } => {
                let at = root.at(at);
                let label = Label { source: name.clone(), destination: Some(at.to_string()) };
                let sent = async {
                    let put = async { self.put(source?, &name, &at, bulk, known).await };
                    put.await.unwrap_or_else(|error| Receipt::failed(&name, Some(at.to_string()), error))
                };
                ItemResult::from(running.track(label, sent).await)
            }
        }
    }

    async fn put(
        &self,
        source: Arc<dyn Source>,
        name: &str,
        at: &SessionPath,
        bulk: bool,
        known: &KnownDirs,
    ) -> Result<Receipt> {
        let files = self.backend.require_files()?;
        let options = self.options;
        let shown = at.to_string();
        // One request less where the answer does not matter.
        let before = if options.if_exists != IfExists::Overwrite || options.verify || options.dry_run {
            match files.stat_lately(at).await {
                Ok(entry) => Some(Some(entry)),
                Err(error) if error.kind() == Kind::NotFound => Some(None),
                Err(error) => return Err(error),
            }
        } else {
            None
        };
        if let Some(Some(there)) = &before
            && let Some(reason) = self.reason_to_leave(there, source.as_ref(), at).await?
        {
            return Ok(Receipt::skipped(name, shown.clone(), &shown, reason));
        }
        if options.dry_run {
            self.check_dry_run(at, before.flatten().as_ref(), known).await?;
            files.check_put(at).await?;
            readable(source.as_ref()).await?;
            return Ok(Receipt::planned(name, Some(shown), source.announced_len()));
        }
        let source = self.watched(source, name);
        let (keep_existing, expires_in) = (options.if_exists == IfExists::Error, options.expires_in);
        let put = PutOptions { keep_existing, bulk, expires_in };
        let stored = files.put(at, &source, put).await?;
        // The backend chose another path, so it is unknown whether it replaced something.
        let made = before.map(|there| there.is_none()).filter(|_| stored.path == at.path);
        let at = at.at(stored.path.clone());
        let verified = self.verify(&at, &stored, made).await;
        Ok(receipt(name, &at.to_string(), stored, verified))
    }

    /// Returns a source whose progress is reported.
    pub(super) fn watched<S>(&self, source: S, name: &str) -> impl Source + use<S>
    where
        S: Deref<Target = dyn Source> + Send + Sync,
    {
        let passed = Arc::new(AtomicU64::new(0));
        self.observer.on(TransferEvent::Started { name, bytes: source.announced_len(), passed: Arc::clone(&passed) });
        MapSource::new(source, move |body: Body| {
            // A retry reads from the start and is counted from zero.
            passed.store(0, Ordering::Relaxed);
            body.counted(Arc::clone(&passed))
        })
    }

    pub(super) async fn reason_to_leave(
        &self,
        there: &Entry,
        source: &dyn Source,
        at: &SessionPath,
    ) -> Result<Option<SkipReason>> {
        match self.options.if_exists {
            IfExists::Skip => return Ok(Some(SkipReason::Exists)),
            IfExists::Update => {}
            IfExists::Overwrite | IfExists::Error => return Ok(None),
        }
        let size = source.announced_len();
        if there.kind != EntryKind::File || size.is_none() || there.size != size {
            return Ok(None);
        }
        let files = self.backend.require_files()?;
        if !self.options.checksum {
            let (theirs, ours) = (there.modified_at, source.attributes().modified_at);
            return Ok(match files.time_of() {
                TimeOf::Source | TimeOf::Write => (theirs.is_some() && theirs == ours).then_some(SkipReason::SameTime),
                TimeOf::Arrival => {
                    theirs.zip(ours).is_some_and(|(theirs, ours)| ours < theirs).then_some(SkipReason::Older)
                }
            });
        }
        if source.len().is_none() {
            // It can be read only once, and the upload reads it.
            return Ok(None);
        }
        let fetched = match files.fetch(at, FetchOptions::default()).await {
            Err(error) if error.kind() == Kind::Unsupported => return Ok(None),
            fetched => fetched?,
        };
        let Some(theirs) = verify::hash_of(fetched).await? else { return Ok(None) };
        let ours = source.open().await?.sha256().await?;
        Ok(ours.eq_ignore_ascii_case(&theirs).then_some(SkipReason::SameHash))
    }
}

/// Returns the receipt of a directory that has no file in it, where directories are not kept.
pub(super) fn empty_directory(name: &str, destination: String) -> Receipt {
    Receipt::new(name, Some(destination), Outcome::Skipped(SkipReason::EmptyDirectory))
}

/// Fails if a run could not read a file. A pipe is not opened, because that would consume from it.
pub(super) async fn readable(source: &dyn Source) -> Result<()> {
    if source.len().is_some() {
        source.open().await?;
    }
    Ok(())
}

pub(super) fn receipt(source: &str, destination: &str, stored: PutResult, verified: Result<Verified>) -> Receipt {
    let (outcome, verified) = match verified {
        Ok(verified) => (Outcome::Copied, Some(verified)),
        Err(error) => (Outcome::Failed(error), None),
    };
    Receipt {
        id: Some(stored.file_id.as_ref().map_or_else(|| destination.to_owned(), FileId::to_string)),
        bytes: stored.size.or(Some(stored.sent.bytes)),
        sha256: Some(stored.sent.sha256),
        verified,
        file_id: stored.file_id,
        resource_id: stored.resource_id,
        ..Receipt::new(source, Some(destination.to_owned()), outcome)
    }
}
