//! Downloads of session files, directories and stored files, with a receipt for each file.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use futures_util::stream::{self, Stream, StreamExt};
use tokio::sync::mpsc;

use super::bundle::{BundleShare, Bundles, Work};
use super::dest::{DestDir, WriteOptions, Written, WrittenFiles, is_stream, open_stream, stream};
use super::engine::{ItemResult, Label, RunningFiles, WorkResult};
use super::event::TransferEvent;
use super::plan::{self, Budget, BudgetShare, Destination, RemoteSource, TransferSize};
use super::remote_walk::{RemoteEntry, RemoteFile, RemoteWalk};
use super::results::{Results, Sink};
use super::walk::WalkKind;
use super::{BULK, IfExists, Transfer, verify};
use wharf_client::backend::{FetchOptions, GetResult, Limits, RemoteHash, RemoteTree, TreeOptions};
use wharf_client::http::after_tries;
use wharf_core::advice::Step;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::receipt::SkipReason;
use wharf_core::model::{Entry, EntryKind, FileId, Outcome, Receipt, SessionId, SessionPath, Timestamp};
use wharf_core::platform::shown;

/// A session path, or a stored file by its id.
#[derive(Debug, Clone)]
pub enum FileTarget {
    /// The path of a file or a directory in a session.
    Session(SessionPath),
    /// A stored file.
    Stored(FileId),
}

impl FileTarget {
    fn name(&self) -> String {
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

/// The destination of one target.
pub(super) struct LocalDest {
    path: PathBuf,
    /// Whether the user named the parent, and the last part of the path is the remote name.
    by_name: bool,
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
        let state = DownloadState {
            bulk: total.files > BULK,
            budget: Budget::new(self.options),
            written: WrittenFiles::with_reserved(self.options.reserved.as_ref()),
            dest_dirs: RefCell::default(),
            running: RunningFiles::new(self.options),
        };
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
        if ended.is_err() {
            ended = self.flush(ended).await;
        }
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
        let state = DownloadState {
            bulk: false,
            budget: Budget::new(self.options),
            written: WrittenFiles::with_reserved(self.options.reserved.as_ref()),
            dest_dirs: RefCell::default(),
            running: RunningFiles::new(self.options),
        };
        let dest = Rc::new(dest);
        let leaf = DownloadItem::Leaf { one, dest: Rc::clone(&dest), below: below.to_owned(), decided: false };
        let items = stream::iter([leaf]);
        let work = async |item| self.do_fetch(item, &state).await;
        let mut ended = self.run(items, std::future::ready(()), &state.running, work, &mut results).await;
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
                count(&mut total, &found);
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
                            count(total, &found);
                        }
                        found
                    }
                };
                if let Some(item) = item(found, &dest)
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

    /// Does items, and fetches small files in bundles where the backend has them. `feed` runs beside that, and may be what
    /// makes the items.
    pub(super) async fn fetch_items(
        &self,
        items: impl Stream<Item = DownloadItem>,
        feed: impl Future<Output = ()>,
        state: &DownloadState,
        results: &mut Results<'_>,
    ) -> Result<()> {
        let work = async |work| match work {
            Work::One(item) => WorkResult::from(self.do_fetch(item, state).await),
            Work::Bundle(items) => self.fetch_bundle(items, state).await.map(Work::One),
        };
        let items = pin!(items);
        let items = Bundles::new(items, self.bundle_limits(), share);
        Box::pin(self.run(items, feed, &state.running, work, results)).await
    }

    async fn do_fetch(&self, item: DownloadItem, state: &DownloadState) -> ItemResult {
        match item {
            DownloadItem::Excluded(name) => ItemResult::Excluded(name),
            DownloadItem::Decided(receipt) => ItemResult::Receipt(receipt),
            DownloadItem::Directory(at, dest, below) => {
                let dry_run = self.options.dry_run;
                let make =
                    || if dry_run { dest.check_dry_run_directory(&below, &state.written) } else { dest.mkdir(&below) };
                let made = state.budget.count_directory().and_then(|()| make());
                match made {
                    Ok(()) => ItemResult::Nothing,
                    Err(error) => ItemResult::from(Receipt::failed(&at.to_string(), Some(dest.shown(&below)), error)),
                }
            }
            DownloadItem::Leaf { one, dest, below, decided } => {
                let destination = dest.shown(&below);
                let label = Label { source: one.source.name.clone(), destination: Some(destination.clone()) };
                let done = async {
                    let done = if decided {
                        self.fetch_decided(&one, &dest, &below, &destination, state).await
                    } else {
                        self.fetch_to(&one, &dest, &below, &destination, state).await
                    };
                    done.unwrap_or_else(|error| {
                        dest.mark_failed();
                        Receipt::failed(&one.source.name, Some(destination.clone()), error)
                    })
                };
                ItemResult::from(state.running.track(label, done).await)
            }
            DownloadItem::Single(one, dest) => {
                let destination = shown(&dest.path);
                let label = Label { source: one.source.name.clone(), destination: Some(destination.clone()) };
                let done = async {
                    let done = self.single(&one, &dest, state).await;
                    done.unwrap_or_else(|error| Receipt::failed(&one.source.name, Some(destination), error))
                };
                ItemResult::from(state.running.track(label, done).await)
            }
        }
    }

    /// Downloads one file. A link, a FIFO or a device at the destination is used only where the user named it, and not just
    /// its directory.
    async fn single(&self, one: &SourceInfo, destination: &LocalDest, state: &DownloadState) -> Result<Receipt> {
        let (name, mut path) = (&one.source.name, destination.path.clone());
        if !destination.by_name {
            if self.options.dry_run && is_stream(&path) {
                return Ok(Receipt::planned(name, Some(shown(&path)), one.bytes));
            }
            if let Some(mut file) = open_stream(&path)? {
                state.budget.count_file()?;
                let fetched = self.fetch_within(one, one.bytes, 0, &state.budget).await?;
                let mut write = |block: &[u8]| {
                    file.write_all(block).map_err(|e| Error::io(format!("writing `{}`", shown(&path)), &e))
                };
                let done = stream(fetched, &mut write).await?;
                state.budget.spend(done.digest.bytes);
                return Ok(receipt(name, shown(&path), done));
            }
            if path.is_symlink() {
                path = path.canonicalize().unwrap_or(path);
            }
        }
        let file_name = path.file_name().ok_or_else(|| {
            Error::usage(format!("the destination has no file name: `{}`", shown(&path)))
                .hint("add one, or a slash for a directory")
        })?;
        let file_name = file_name.to_str().ok_or_else(|| {
            Error::usage(format!("the name of a new file must be UTF-8: `{}`", shown(&path)))
                .hint("choose another name, and rename the file afterwards; its directory may have any name")
        })?;
        let parent = path.parent().unwrap_or(Path::new("."));
        let known = state.dest_dirs.borrow().get(parent).map(Rc::clone);
        let dest = if let Some(dest) = known {
            dest
        } else {
            let dest = Rc::new(DestDir::open(parent, !self.options.dry_run)?);
            state.dest_dirs.borrow_mut().insert(parent.to_owned(), Rc::clone(&dest));
            dest
        };
        self.fetch_to(one, &dest, file_name, &shown(&path), state).await.inspect_err(|_| dest.mark_failed())
    }

    async fn fetch_to(
        &self,
        one: &SourceInfo,
        dest: &DestDir,
        below: &str,
        destination: &str,
        state: &DownloadState,
    ) -> Result<Receipt> {
        match self.decide(one, dest, below, destination, state).await? {
            Some(receipt) => Ok(receipt),
            None => self.fetch_decided(one, dest, below, destination, state).await,
        }
    }

    /// Looks at the destination of a file and counts the file; returns the receipt of one that is not fetched.
    pub(super) async fn decide(
        &self,
        one: &SourceInfo,
        dest: &DestDir,
        below: &str,
        destination: &str,
        state: &DownloadState,
    ) -> Result<Option<Receipt>> {
        let (name, options) = (&one.source.name, self.options);
        let there = dest.look(below)?;
        if let Some(there) = &there {
            if state.written.contains(there) {
                return Err(dest.taken(below));
            }
            if let Some(reason) = self.reason_to_keep(one, dest, below, there).await? {
                state.written.keep(there);
                return Ok(Some(Receipt::skipped(name, destination.to_owned(), name, reason)));
            }
            if options.if_exists == IfExists::Error {
                return Err(dest.exists(below));
            }
        }
        if options.dry_run && options.if_exists == IfExists::Skip && dest.plans_directory(below, &state.written) {
            return Ok(Some(Receipt::skipped(name, destination.to_owned(), name, SkipReason::Exists)));
        }
        state.budget.count_file()?;
        if options.dry_run {
            drop(state.budget.claim(one.bytes)?);
            dest.check_dry_run(below, there.as_ref(), &state.written)?;
            state.budget.spend(one.bytes.unwrap_or(0));
            return Ok(Some(Receipt::planned(name, Some(destination.to_owned()), one.bytes)));
        }
        Ok(None)
    }

    /// Returns the options for writing files.
    pub(super) fn write_options<'s>(&self, state: &'s DownloadState) -> WriteOptions<'s> {
        let keep_existing = self.options.if_exists == IfExists::Error;
        WriteOptions { keep_existing, bulk: state.bulk, written: &state.written }
    }

    async fn fetch_decided(
        &self,
        one: &SourceInfo,
        dest: &DestDir,
        below: &str,
        destination: &str,
        state: &DownloadState,
    ) -> Result<Receipt> {
        let (name, write_options) = (&one.source.name, self.write_options(state));
        let (mut tried, mut size) = (0, one.bytes);
        loop {
            let done = match self.fetch_within(one, size, tried, &state.budget).await {
                Ok(fetched) => dest.write(below, fetched, &write_options).await,
                Err(error) if error.kind() == Kind::Unverified => Err(error),
                Err(error) => return Err(error),
            };
            match done {
                // A file that changed after it was listed is fetched with its current size.
                Err(error) if error.kind() == Kind::Unverified && size == one.bytes => {
                    match self.size(&one.wanted).await {
                        Ok(now) if now != size => size = now,
                        _ => return Err(error),
                    }
                }
                // The download was cut off: the next try may be complete.
                Err(error) if error.kind() == Kind::Unavailable && error.is_retryable() => {
                    let (pace, asked) = (&state.running.pace, error.retry_after());
                    tried = error.tries().max(tried + 1);
                    let Some(wait) = pace.wait(tried - 1, asked) else { return Err(counted(error, tried)) };
                    self.observer.on(TransferEvent::Retried { name, error: &error });
                    if let Some(asked) = asked {
                        pace.hold(asked);
                    }
                    tokio::time::sleep(wait).await;
                    let _ = pace.ready().await;
                }
                Err(error) => return Err(error),
                Ok(done) => {
                    state.budget.spend(done.digest.bytes);
                    return Ok(receipt(name, destination.to_owned(), done));
                }
            }
        }
    }

    async fn reason_to_keep(
        &self,
        one: &SourceInfo,
        dest: &DestDir,
        below: &str,
        there: &cap_std::fs::Metadata,
    ) -> Result<Option<SkipReason>> {
        match self.options.if_exists {
            IfExists::Skip => return Ok(Some(SkipReason::Exists)),
            IfExists::Update => {}
            IfExists::Overwrite | IfExists::Error => return Ok(None),
        }
        if !there.is_file() || one.bytes.is_none() || Some(there.len()) != one.bytes {
            return Ok(None);
        }
        let time = there.modified().ok().and_then(|time| Timestamp::try_from(time.into_std()).ok());
        if !self.options.checksum && time.is_some() && time == one.modified_at {
            return Ok(Some(SkipReason::SameTime));
        }
        let mut fetched = self.fetch(one, one.bytes, 0).await?;
        let theirs = match &fetched.sha256 {
            RemoteHash::Known(sha256) => sha256.clone(),
            RemoteHash::Streamed if self.options.checksum => verify::hash(&mut fetched).await?.sha256,
            RemoteHash::Streamed | RemoteHash::Unknown => return Ok(None),
        };
        Ok(dest.hash(below).await?.eq_ignore_ascii_case(&theirs).then_some(SkipReason::SameHash))
    }

    async fn fetch(&self, one: &SourceInfo, size: Option<u64>, tried: u32) -> Result<GetResult> {
        let options = FetchOptions { range: None, size, tried };
        match &one.wanted {
            FileTarget::Session(at) => self.backend.require_files()?.fetch(at, options).await,
            FileTarget::Stored(id) => self.backend.require_store()?.fetch(id, options).await,
        }
    }

    /// Fetches a file of `size` bytes within the budget, after `tried` failed tries, and reports its progress.
    pub(super) async fn fetch_within(
        &self,
        one: &SourceInfo,
        size: Option<u64>,
        tried: u32,
        budget: &Budget,
    ) -> Result<GetResult> {
        let share = budget.claim(size)?;
        let fetched = self.fetch(one, size, tried).await?;
        Ok(self.watched_download(&one.source.name, size, share, fetched))
    }

    /// Returns a fetched file of `bytes` bytes whose progress is reported, and whose content fails if it exceeds the budget.
    pub(super) fn watched_download(
        &self,
        name: &str,
        bytes: Option<u64>,
        mut share: BudgetShare,
        GetResult { body, attributes, sha256, file_id }: GetResult,
    ) -> GetResult {
        let passed = Arc::new(AtomicU64::new(0));
        self.observer.on(TransferEvent::Started { name, bytes, passed: Arc::clone(&passed) });
        let body = body.inspect(move |block| share.take(block.len() as u64)).counted(passed);
        GetResult { body, attributes, sha256, file_id }
    }
}

/// Returns what counts of a download in a bundle; nothing for one that travels alone.
fn share(item: &DownloadItem) -> Option<BundleShare> {
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

/// Adds the number of tries to an error, unless the backend counted them.
fn counted(error: Error, tries: u32) -> Error {
    if error.tries() == tries {
        return error;
    }
    let message = format!("{}{}", error.message(), after_tries(tries));
    error.with_message(message)
}

pub(super) fn receipt(source: &str, destination: String, done: Written) -> Receipt {
    Receipt {
        id: Some(done.file_id.as_ref().map_or(source, FileId::as_str).to_owned()),
        bytes: Some(done.digest.bytes),
        sha256: Some(done.digest.sha256),
        verified: Some(done.verified),
        file_id: done.file_id,
        ..Receipt::new(source, Some(destination), Outcome::Copied)
    }
}
