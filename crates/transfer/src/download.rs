//! Downloads of session files, directories and stored files, with a receipt for each file.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::rc::Rc;

use futures_util::stream::{self, StreamExt};
use tokio::sync::mpsc;

use super::dest::{DestDir, stream};
pub use super::download_items::FileTarget;
use super::download_items::{self, DownloadItem, DownloadState, LocalDest, SourceInfo};
use super::engine::RunningFiles;
use super::event::TransferEvent;
use super::plan::{self, Budget, Destination, RemoteSource, TransferSize};
use super::remote_walk::{RemoteEntry, RemoteWalk};
use super::results::{Results, Sink};
use super::walk::WalkKind;
use super::{BULK, Transfer};
use wharf_client::backend::{Limits, RemoteTree, TreeOptions};
use wharf_core::advice::Step;
use wharf_core::error::{Error, Result};
use wharf_core::model::{Entry, EntryKind, Receipt, SessionPath};
use wharf_core::platform::shown;

/// A target that was looked at, with the walk of a directory.
struct OpenSource<'a> {
    one: SourceInfo,
    tree: Option<BufferedWalk<'a>>,
}

/// A walk, and the entries that it returned before the download began.
pub(super) struct BufferedWalk<'a> {
    found: VecDeque<RemoteEntry>,
    walk: RemoteWalk<'a>,
    /// Whether the walk is at its end.
    ended: bool,
    /// Whether all entries of the walk were counted before.
    counted: bool,
}

impl BufferedWalk<'_> {
    /// Returns the next entry; `None` at the end.
    pub(super) async fn next(&mut self) -> Option<RemoteEntry> {
        match self.found.pop_front() {
            Some(found) => Some(found),
            None if self.ended => None,
            None => self.walk.next().await,
        }
    }
}

/// A target with its destination.
enum DownloadTarget<'a> {
    File(SourceInfo, LocalDest),
    Tree(BufferedWalk<'a>, Rc<DestDir>),
}

/// The most memory for entries that were read before the download began, in bytes. A larger tree is opened again.
const BUFFER_BYTES: usize = 8 << 20;

/// The most items that wait for a download.
const QUEUE: usize = 1000;

impl Transfer<'_> {
    /// Downloads files and directories; `directories` is whether these are allowed.
    ///
    /// # Errors
    /// `usage` and `limit` before anything is fetched; then the verdict over all receipts.
    pub async fn download(
        &self,
        wanted: &[FileTarget],
        to: &Destination<PathBuf>,
        directories: bool,
        sink: Sink<'_>,
    ) -> Result<()> {
        let _guard = self.cancellation.register();
        let mut results = Results::new(self, sink);
        let (mut opened, mut missing) = (Vec::new(), Vec::new());
        for wanted in wanted {
            let found = match self.unless_cancelled(self.open(wanted)).await {
                Ok(found) => found,
                Err(why) => {
                    missing.into_iter().try_for_each(|receipt| results.record(receipt))?;
                    return results.finish(Err(why));
                }
            };
            match found {
                Ok(found) => opened.push(found),
                Err(error) => missing.push(Receipt::failed(&wanted.name(), None, error)),
            }
        }
        if let Some(directory) =
            opened.iter().map(|opened| &opened.one).find(|one| one.source.is_directory && !directories)
        {
            return Err(Error::usage(format!("a directory needs a DEST: `{}`", directory.source.name)).hint(format!(
                "say where its contents go: {}",
                Step::Download { target: "SESSION:/dir", dest: "./dir" }
            )));
        }
        // The destinations of the others must not depend on whether one target was found.
        let sources: Vec<_> = opened.iter().map(|opened| opened.one.source.clone()).collect();
        let to = Destination { into: to.into || wanted.len() > 1, ..to.clone() };
        let destinations = plan::download(&sources, &to)?;
        let mut total = match self.unless_cancelled(self.look_ahead(&mut opened, &destinations)).await {
            Ok(total) => total?,
            Err(why) => {
                missing.into_iter().try_for_each(|receipt| results.record(receipt))?;
                return results.finish(Err(why));
            }
        };
        total.check(&Limits::default(), self.options)?;
        // Targets that were not found have receipts once the download cannot be refused as a whole any more.
        missing.into_iter().try_for_each(|receipt| results.record(receipt))?;
        let state = DownloadState::new(self.options, total.files > BULK, RunningFiles::new(self.options));
        let mut targets = Vec::new();
        for (OpenSource { one, tree }, path) in opened.into_iter().zip(destinations) {
            let destination = LocalDest { path, by_name: to.takes_by_name(sources.len(), one.source.is_directory) };
            match tree {
                Some(tree) => match self.open_dest_dir(&destination, &state) {
                    Ok(dest) => targets.push(DownloadTarget::Tree(tree, dest)),
                    Err(error) => {
                        results.record(Receipt::failed(&one.source.name, Some(shown(&destination.path)), error))?;
                    }
                },
                None => targets.push(DownloadTarget::File(one, destination)),
            }
        }
        let (sender, receiver) = mpsc::channel(QUEUE);
        let items = stream::unfold(receiver, async |mut receiver| Some((receiver.recv().await?, receiver)))
            .take_while(|_| std::future::ready(!state.budget.is_over()));
        let feed = self.feed(targets, &mut total, &state.budget, sender);
        let mut ended = self.fetch_items(items, feed, &state, &mut results).await;
        results.expect(total.files);
        for dest in state.dest_dirs.borrow().values() {
            if !dest.discard_if_empty(ended.is_err()) {
                ended = ended.and(dest.sync(state.bulk));
            }
        }
        results.finish(ended)
    }

    /// Downloads a file to a path below a directory that is open, which no link leads out of.
    ///
    /// # Errors
    /// `usage` for a directory, before anything is fetched; the error of the file.
    pub async fn download_below(&self, wanted: &FileTarget, dest: DestDir, below: &str, sink: Sink<'_>) -> Result<()> {
        let _guard = self.cancellation.register();
        let mut results = Results::new(self, sink);
        let one = match self.unless_cancelled(self.open(wanted)).await {
            Ok(Ok(OpenSource { tree: Some(_), .. })) => {
                return Err(Error::usage(format!("a directory cannot be written to a file: `{}`", wanted.name())));
            }
            Ok(Ok(OpenSource { one, .. })) => one,
            Ok(Err(error)) => {
                results.record(Receipt::failed(&wanted.name(), Some(dest.shown(below)), error))?;
                return results.finish(Ok(()));
            }
            Err(why) => return results.finish(Err(why)),
        };
        results.expect(1);
        self.observer.on(TransferEvent::Planned { files: 1, bytes: one.bytes });
        let state = DownloadState::new(self.options, false, RunningFiles::new(self.options));
        let dest = Rc::new(dest);
        let leaf = DownloadItem::Leaf { one, dest: Rc::clone(&dest), below: below.to_owned(), decided: false };
        let items = stream::iter([leaf]);
        let mut ended = self.fetch_items(items, std::future::ready(()), &state, &mut results).await;
        if !dest.discard_if_empty(ended.is_err()) {
            ended = ended.and(dest.sync(false));
        }
        results.finish(ended)
    }

    /// Downloads files to `write`, one after another, or one directory as a tar archive, if `allow_archive` does not fail.
    ///
    /// # Errors
    /// `limit` before anything is written; the first error of a file or of `write`.
    pub async fn stream(
        &self,
        wanted: &[FileTarget],
        allow_archive: impl FnOnce() -> Result<()>,
        write: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let mut known = VecDeque::new();
        if let [wanted] = wanted {
            let OpenSource { one, tree } = self.open(wanted).await?;
            if let Some(tree) = tree {
                allow_archive()?;
                return self.stream_tree(tree, write).await;
            }
            known.push_back(one);
        }
        if self.options.max_files.is_some() || self.options.max_bytes.is_some() {
            let mut total = TransferSize::default();
            for wanted in wanted.iter().skip(known.len()) {
                known.push_back(self.open(wanted).await?.one);
            }
            for one in &known {
                total.add(&one.source.name, one.bytes);
            }
            total.check(&Limits::default(), self.options)?;
        }
        let budget = Budget::new(self.options);
        let mut total = TransferSize::default();
        for wanted in wanted {
            let one = match known.pop_front() {
                Some(one) => one,
                None => self.open(wanted).await?.one,
            };
            if one.source.is_directory {
                return Err(Error::conflict(format!(
                    "a directory cannot be written to stdout beside other targets: `{}`",
                    one.source.name
                ))
                .hint("write it by itself, as a tar archive, or give a DEST directory instead of `-`"));
            }
            total.add(&one.source.name, one.bytes);
            self.observer.on(TransferEvent::Planned { files: total.files, bytes: total.bytes() });
            let done = stream(self.fetch_within(&one, one.bytes, 0, &budget).await?, write).await?;
            budget.spend(done.digest.bytes);
        }
        Ok(())
    }

    /// Looks at a target, once: the walk of a directory reads the same snapshot.
    async fn open(&self, wanted: &FileTarget) -> Result<OpenSource<'_>> {
        let (base, tree, bytes, modified_at) = match wanted {
            FileTarget::Session(at) => {
                let how = TreeOptions { settle: !self.options.no_settle, all: self.options.all };
                let tree = self.backend.require_files()?.open_tree(at, how).await?;
                let base = (!at.path.is_root()).then(|| at.path.name().to_owned());
                let (size, modified_at) = (tree.root.size, tree.root.modified_at);
                (base, tree.entries.is_some().then_some(tree), size, modified_at)
            }
            FileTarget::Stored(id) => {
                let file = self.backend.require_store()?.get(id).await?;
                (Some(file.filename), None, file.size, file.created_at)
            }
        };
        let tree = tree.map(|tree| self.walk(tree)).transpose()?;
        let source = RemoteSource { name: wanted.name(), base, is_directory: tree.is_some() };
        Ok(OpenSource { one: SourceInfo { wanted: wanted.clone(), source, bytes, modified_at }, tree })
    }

    fn walk<'a>(&'a self, tree: RemoteTree<'a>) -> Result<BufferedWalk<'a>> {
        let walk = RemoteWalk::new(self.backend.require_files()?, tree, self.options);
        Ok(BufferedWalk { found: VecDeque::new(), walk, ended: false, counted: false })
    }

    /// Returns what is at a path, following a link.
    async fn stat(&self, at: &SessionPath) -> Result<Entry> {
        let files = self.backend.require_files()?;
        let entry = files.stat(at).await?;
        if entry.kind == EntryKind::Symlink { files.stat(&files.resolve(at).await?).await } else { Ok(entry) }
    }

    /// Returns the current size of a file.
    pub(super) async fn size(&self, wanted: &FileTarget) -> Result<Option<u64>> {
        match wanted {
            FileTarget::Session(at) => Ok(self.stat(at).await?.size),
            FileTarget::Stored(id) => Ok(self.backend.require_store()?.get(id).await?.size),
        }
    }

    /// Reads entries before anything is fetched: all of them where there are limits or a reserved file, otherwise until
    /// it is known whether there are many files.
    async fn look_ahead<'a>(&'a self, opened: &mut [OpenSource<'a>], destinations: &[PathBuf]) -> Result<TransferSize> {
        let options = self.options;
        let to_end = options.max_files.is_some() || options.max_bytes.is_some() || options.reserved.is_some();
        let (mut total, mut kept, mut all) = (TransferSize::default(), 0, true);
        for (OpenSource { one, tree }, destination) in opened.iter_mut().zip(destinations) {
            let Some(tree) = tree else {
                options.check_free(destination)?;
                total.add(&one.source.name, one.bytes);
                continue;
            };
            let mut lost = false;
            while !tree.ended && (to_end || total.files <= BULK && kept <= BUFFER_BYTES) {
                let Some(found) = tree.walk.next().await else {
                    tree.ended = true;
                    break;
                };
                if let WalkKind::File(_) = found.kind {
                    options.check_free(&destination.join(&found.below))?;
                }
                download_items::count(&mut total, &found);
                if total.is_over(options) {
                    // A listing may be endless.
                    return Ok(total);
                }
                kept += size_of::<RemoteEntry>() + found.path.path.as_str().len() + found.below.len();
                lost = to_end && kept > BUFFER_BYTES;
                if !lost {
                    tree.found.push_back(found);
                }
            }
            all &= tree.ended;
            if let (true, FileTarget::Session(at)) = (lost, &one.wanted) {
                let again = TreeOptions { settle: false, all: options.all };
                let again = self.backend.require_files()?.open_tree(at, again).await?;
                *tree = BufferedWalk { counted: true, ..self.walk(again)? };
            }
        }
        let bytes = total.bytes().filter(|_| all);
        self.observer.on(TransferEvent::Planned { files: total.files, bytes });
        Ok(total)
    }

    /// Sends the items of all targets to the downloads, and counts those that were not counted before.
    async fn feed(
        &self,
        targets: Vec<DownloadTarget<'_>>,
        total: &mut TransferSize,
        budget: &Budget,
        items: mpsc::Sender<DownloadItem>,
    ) {
        for target in targets {
            let (mut tree, dest) = match target {
                DownloadTarget::Tree(tree, dest) => (tree, dest),
                DownloadTarget::File(one, destination) => {
                    if items.send(DownloadItem::Single(one, destination)).await.is_err() {
                        return;
                    }
                    continue;
                }
            };
            while !budget.is_over() {
                let found = match tree.found.pop_front() {
                    Some(found) => found,
                    None if tree.ended => break,
                    None => {
                        let Some(found) = tree.walk.next().await else { break };
                        if !tree.counted {
                            download_items::count(total, &found);
                        }
                        found
                    }
                };
                if let Some(item) = download_items::item(found, &dest)
                    && items.send(item).await.is_err()
                {
                    return;
                }
            }
        }
        self.observer.on(TransferEvent::Planned { files: total.files, bytes: total.bytes() });
    }

    /// Opens the destination of a directory. Where the user named only the parent, a link of this name does not lead out
    /// of it.
    fn open_dest_dir(&self, destination: &LocalDest, state: &DownloadState) -> Result<Rc<DestDir>> {
        let make = !self.options.dry_run;
        let dest = match (destination.path.parent(), destination.path.file_name().and_then(|name| name.to_str())) {
            (Some(parent), Some(name)) if destination.by_name => DestDir::open(parent, make)?.enter(name, make)?,
            _ => DestDir::open(&destination.path, make)?,
        };
        let dest = Rc::new(dest);
        state.dest_dirs.borrow_mut().insert(destination.path.clone(), Rc::clone(&dest));
        Ok(dest)
    }
}
