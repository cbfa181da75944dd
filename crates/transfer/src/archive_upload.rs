//! Uploads of the entries of a tar archive, which is read once and never held as a whole.

use std::sync::Arc;

use futures_util::stream;
use tokio::sync::mpsc;

use super::Transfer;
use super::archive_input;
use super::archive_plan::{ArchiveLink, ArchiveState, EntryPlan, shown};
use super::archive_source::ArchiveSource;
use super::engine::{ItemResult, RunningFiles};
use super::event::TransferEvent;
use super::plan::LocalSource;
use super::results::{Results, Sink};
use super::upload_items::UploadItem;
use super::upload_root::{KnownDirs, UploadRoot};
use wharf_client::backend::{BundleLimits, FetchOptions, SessionFiles};
use wharf_core::advice::Setting;
use wharf_core::body::{Attributes, Source};
use wharf_core::error::{Error, Result};
use wharf_core::model::{EntryKind, Outcome, Receipt, SessionPath};
use wharf_core::tar::{ArchiveEntry, ArchiveReader};

/// The largest content that is held in memory, in bytes: it can be sent again, and others can be sent at the same time.
const SMALL: u64 = 64 * 1024;

/// The most bytes of a bundle, which are held in memory.
const BUNDLE_BYTES: u64 = 512 * 1024;

/// The items that wait for an upload.
const QUEUE: usize = 4;

impl Transfer<'_> {
    /// Uploads the files and directories of a tar archive, which gzip may have compressed, below a directory.
    ///
    /// # Errors
    /// `unsupported` for what is not an archive, before anything is sent; `io` and `conflict` for one that is cut off or
    /// damaged; the verdict over all receipts.
    pub async fn upload_archive(&self, source: &LocalSource, to: &SessionPath, sink: Sink<'_>) -> Result<()> {
        let _guard = self.cancellation.register();
        self.backend.require_files()?;
        let mut results = Results::new(self, sink);
        let mut reader = ArchiveReader::new(archive_input::open(source)?, &source.name);
        let begun = async {
            let first = reader.next().await?;
            self.make_root(to, true).await.map(|()| first)
        };
        let first = match self.unless_cancelled(begun).await {
            Ok(first) => first?,
            Err(why) => return results.finish(Err(why)),
        };
        let running = RunningFiles::new(self.options);
        let (sender, receiver) = mpsc::channel(QUEUE);
        let root = &UploadRoot::created(to);
        let items = stream::unfold(receiver, async |mut receiver| Some(((receiver.recv().await?, root), receiver)));
        let mut state = ArchiveState::new(self);
        let mut read = Ok(());
        let feed = async { read = self.feed_archive(reader, first, to, &mut state, sender).await };
        let limits =
            self.bundle_limits().map(|limits| BundleLimits { bytes: limits.bytes.min(BUNDLE_BYTES), ..limits });
        let mut ended = self.send_items(items, limits, feed, true, &running, &mut results).await.and(read);
        if ended.is_ok() {
            let (links, known) = (state.resolved_links(), KnownDirs::default());
            let work = async |link| self.follow_in_archive(link, to, &state, &running, &known).await;
            ended = self.run(stream::iter(links), std::future::ready(()), &running, work, &mut results).await;
        }
        results.finish(self.flush(ended).await)
    }

    /// Reads the archive, and sends its entries to the uploads.
    async fn feed_archive(
        &self,
        mut reader: ArchiveReader,
        first: Option<ArchiveEntry>,
        to: &SessionPath,
        state: &mut ArchiveState<'_>,
        items: mpsc::Sender<UploadItem>,
    ) -> Result<()> {
        // A file creates its parents, so that a directory is an item of its own only if nothing in it follows.
        let mut bare: Option<(String, String)> = None;
        let mut next = first;
        while let Some(entry) = next {
            let name = shown(&entry.path);
            let plan = state.plan(&entry, &name)?;
            if let EntryPlan::File(below) | EntryPlan::Directory(below) = &plan
                && let Some((directory, name)) = bare.take()
                && !below.strip_prefix(&directory).is_some_and(|rest| rest.starts_with('/'))
            {
                self.send_directory(&directory, name, to, &items).await?;
            }
            let outcome = match plan {
                EntryPlan::Nothing => None,
                EntryPlan::Excluded => {
                    let _ = items.send(UploadItem::Excluded(name)).await;
                    None
                }
                EntryPlan::Directory(below) => {
                    bare = Some((below, name));
                    None
                }
                EntryPlan::File(below) => {
                    self.observer.on(TransferEvent::Planned { files: state.files(), bytes: None });
                    self.send_file(&mut reader, &entry, name, &below, to, &items).await?;
                    None
                }
                EntryPlan::Failed(error) => Some((name, Outcome::Failed(error))),
                EntryPlan::Skipped(outcome) => Some((name, outcome)),
            };
            if let Some((name, outcome)) = outcome {
                let _ = items.send(UploadItem::Decided { name, at: None, outcome: Box::new(outcome) }).await;
            }
            next = reader.next().await?;
        }
        match bare {
            Some((directory, name)) => self.send_directory(&directory, name, to, &items).await,
            None => Ok(()),
        }
    }

    async fn send_directory(
        &self,
        below: &str,
        name: String,
        to: &SessionPath,
        items: &mpsc::Sender<UploadItem>,
    ) -> Result<()> {
        // The directory that everything goes to exists.
        if !below.is_empty() {
            let _ = items.send(UploadItem::Directory { name, at: to.path.descend(below)? }).await;
        }
        Ok(())
    }

    /// Sends a file to the uploads, and its content while it is read.
    ///
    /// # Errors
    /// Those of reading the archive, which the upload of the file fails with as well.
    async fn send_file(
        &self,
        reader: &mut ArchiveReader,
        entry: &ArchiveEntry,
        name: String,
        below: &str,
        to: &SessionPath,
        items: &mpsc::Sender<UploadItem>,
    ) -> Result<()> {
        let at = to.path.descend(below)?;
        let attributes = Attributes { modified_at: entry.modified_at, executable: entry.executable };
        let send = async |name, source: ArchiveSource| {
            // Without a reader of the items, the transfer was cancelled.
            let _ = items.send(UploadItem::Send { name, source: Ok(Arc::new(source)), at: at.clone() }).await;
        };
        if entry.size <= SMALL {
            let mut content = Vec::new();
            loop {
                match reader.content().await {
                    Ok(Some(part)) => content.extend_from_slice(&part),
                    Ok(None) => break,
                    Err(error) => {
                        let outcome = Box::new(Outcome::Failed(error.clone()));
                        let _ = items.send(UploadItem::Decided { name, at: Some(at.clone()), outcome }).await;
                        return Err(error);
                    }
                }
            }
            send(name.clone(), ArchiveSource::whole(name, content, attributes)).await;
            return Ok(());
        }
        let (source, parts) = ArchiveSource::piped(name.clone(), entry.size, attributes);
        send(name, source).await;
        loop {
            match reader.content().await {
                Ok(Some(part)) => {
                    if parts.send(Ok(part)).await.is_err() {
                        // The upload ended early: what is left of the content is skipped.
                        return Ok(());
                    }
                }
                Ok(None) => return Ok(()),
                Err(error) => {
                    let _ = parts.send(Err(error.clone())).await;
                    return Err(error);
                }
            }
        }
    }

    /// Uploads a copy of the file in the archive that a link leads to.
    async fn follow_in_archive(
        &self,
        link: ArchiveLink,
        to: &SessionPath,
        state: &ArchiveState<'_>,
        running: &RunningFiles,
        known: &KnownDirs,
    ) -> ItemResult {
        let at = match to.path.descend(&link.below) {
            Ok(at) => at,
            Err(error) => return ItemResult::from(Receipt::failed(&link.name, None, error)),
        };
        let source = async {
            if !state.has(&link.target) {
                let what = format!("the link leads to no file in the archive: `{}` to `{}`", link.name, link.target);
                return Err(Error::conflict(what)
                    .hint(format!("archive what it leads to, or use {}", Setting::Links.to("skip"))));
            }
            let files = self.backend.require_files()?;
            let target = to.at(to.path.descend(&link.target)?);
            if self.options.dry_run {
                return Ok(Arc::new(ArchiveSource::whole(link.name.clone(), Vec::new(), Attributes::default())) as _);
            }
            copy_of(files, &target, &link.name).await
        };
        let source: Result<Arc<dyn Source>> = source.await;
        self.do_item(UploadItem::Send { name: link.name.clone(), source, at }, to, true, running, known).await
    }
}

/// Returns the content of a file that was uploaded.
async fn copy_of(files: &dyn SessionFiles, target: &SessionPath, name: &str) -> Result<Arc<dyn Source>> {
    let entry = files.stat(target).await?;
    if entry.kind != EntryKind::File {
        return Err(Error::conflict(format!("not a file: `{target}`, which the link `{name}` leads to")));
    }
    let fetched = files.fetch(target, FetchOptions { size: entry.size, ..FetchOptions::default() }).await?;
    let size = fetched.body.len().or(entry.size).unwrap_or(0);
    let attributes =
        Attributes { modified_at: fetched.attributes.modified_at.or(entry.modified_at), ..fetched.attributes };
    Ok(Arc::new(ArchiveSource::once(name.to_owned(), size, attributes, fetched.body)))
}
