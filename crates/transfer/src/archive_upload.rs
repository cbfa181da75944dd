//! Uploads of the entries of a tar archive, which is read once and never held as a whole.
//!
//! The archive may be hostile. A path that is absolute, leads upwards or is not text, a link that leads out of the archive,
//! and what is neither a file nor a directory nor a link are failures of their own, and the other entries arrive.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use futures_util::stream;
use tokio::sync::mpsc;

use super::Transfer;
use super::archive_input;
use super::archive_source::ArchiveSource;
use super::engine::{ItemResult, RunningFiles};
use super::event::TransferEvent;
use super::filter::{FilterDecision, ListingFilter};
use super::links::LinkPolicy;
use super::plan::LocalSource;
use super::results::{Results, Sink};
use super::upload_items::UploadItem;
use super::upload_root::{KnownDirs, UploadRoot};
use wharf_client::backend::{BundleLimits, FetchOptions, SessionFiles};
use wharf_core::advice::Setting;
use wharf_core::body::{Attributes, Source};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{EntryKind, Outcome, Receipt, RemotePath, SessionPath};
use wharf_core::tar::{ArchiveEntry, ArchiveReader, EntryType};

/// The largest content that is held in memory, in bytes: it can be sent again, and others can be sent at the same time.
const SMALL: u64 = 64 * 1024;

/// The most bytes of a bundle, which are held in memory.
const BUNDLE_BYTES: u64 = 512 * 1024;

/// The most files of an archive: their paths are remembered.
const ENTRIES: usize = 1_000_000;

/// The most links from one to the next that are followed, as in Linux.
const LONGEST_CHAIN: usize = 40;

/// The most links of an archive that are followed.
const LINKS: usize = 10_000;

/// The items that wait for an upload.
const QUEUE: usize = 4;

/// A link in an archive that leads to a path in the archive.
struct ArchiveLink {
    name: String,
    below: String,
    target: String,
}

/// What is known of an archive while it is read.
struct ArchiveState<'a> {
    filter: ListingFilter<'a>,
    links: LinkPolicy,
    /// The hashes of the paths of files and links.
    paths: HashSet<u64>,
    hasher: RandomState,
    /// The links to follow once all files are there, and the place of each by the hash of its path.
    followed: Vec<ArchiveLink>,
    places: HashMap<u64, usize>,
    /// The largest file that the backend takes, in bytes.
    file_bytes: Option<u64>,
}

/// What to do with an entry.
enum EntryPlan {
    File(String),
    Directory(String),
    Failed(Error),
    Skipped(Outcome),
    Excluded,
    /// It has no part in the upload, or is done later.
    Nothing,
}

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
                    self.observer.on(TransferEvent::Planned { files: state.paths.len() as u64, bytes: None });
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

impl<'a> ArchiveState<'a> {
    fn new(transfer: &Transfer<'a>) -> Self {
        ArchiveState {
            filter: ListingFilter::new(&transfer.options.filter),
            links: LinkPolicy::new(transfer.options.links),
            paths: HashSet::new(),
            hasher: RandomState::new(),
            followed: Vec::new(),
            places: HashMap::new(),
            file_bytes: transfer.backend.limits().file_bytes,
        }
    }

    /// Returns whether a file of the archive has this path.
    fn has(&self, below: &str) -> bool {
        let path = self.hasher.hash_one(below);
        self.paths.contains(&path) && !self.places.contains_key(&path)
    }

    /// Decides about an entry.
    ///
    /// # Errors
    /// `limit` for an archive with too many entries.
    fn plan(&mut self, entry: &ArchiveEntry, name: &str) -> Result<EntryPlan> {
        let below = match path_of(&entry.path, name) {
            Ok(below) => below,
            Err(error) => return Ok(EntryPlan::Failed(error)),
        };
        let is_directory = matches!(entry.kind, EntryType::Directory);
        if below.is_empty() {
            let what = format!("the entry has the path of the archive itself: `{name}`");
            return Ok(if is_directory { EntryPlan::Nothing } else { EntryPlan::Failed(Error::conflict(what)) });
        }
        match self.filter.judge(&below, is_directory) {
            None | Some(FilterDecision::Descend) => return Ok(EntryPlan::Nothing),
            Some(FilterDecision::Exclude) => return Ok(EntryPlan::Excluded),
            Some(FilterDecision::Include) => {}
        }
        match &entry.kind {
            EntryType::Directory => Ok(EntryPlan::Directory(below)),
            EntryType::File => self.plan_file(entry, below, name),
            EntryType::Symlink(target) => {
                let parent = below.rfind('/').and_then(|end| below.get(..end)).unwrap_or_default();
                let target = link_target(parent, target, name);
                self.plan_link(below, name, target)
            }
            EntryType::HardLink(target) => {
                let target = link_target("", target, name);
                self.plan_link(below, name, target)
            }
            EntryType::Other(what) => {
                Ok(EntryPlan::Failed(Error::new(Kind::Unsupported, format!("the entry is {what}: `{name}`")).hint(
                    format!("only files, directories and links are unpacked; leave it out: {}", Setting::Exclude),
                )))
            }
        }
    }

    fn plan_file(&mut self, entry: &ArchiveEntry, below: String, name: &str) -> Result<EntryPlan> {
        if !self.remember(&below)? {
            return Ok(EntryPlan::Failed(taken(name)));
        }
        match self.file_bytes.filter(|limit| entry.size > *limit) {
            Some(limit) => Ok(EntryPlan::Failed(Error::new(
                Kind::Limit,
                format!("`{name}` has {} bytes; this backend takes files of at most {limit}", entry.size),
            ))),
            None => Ok(EntryPlan::File(below)),
        }
    }

    fn plan_link(&mut self, below: String, name: &str, target: Result<String>) -> Result<EntryPlan> {
        match self.links.skip(name) {
            Ok(Some(reason)) => return Ok(EntryPlan::Skipped(Outcome::Skipped(reason))),
            Ok(None) => {}
            Err(error) => return Ok(EntryPlan::Failed(error)),
        }
        let target = match target {
            Ok(target) => target,
            Err(error) => return Ok(EntryPlan::Failed(error)),
        };
        if self.followed.len() >= LINKS {
            let what = format!("more than {LINKS} links are in the archive: `{name}`");
            let hint = format!("{} leaves them out", Setting::Links.to("skip"));
            return Ok(EntryPlan::Failed(Error::new(Kind::Limit, what).hint(hint)));
        }
        if !self.remember(&below)? {
            return Ok(EntryPlan::Failed(taken(name)));
        }
        self.places.insert(self.hasher.hash_one(&below), self.followed.len());
        self.followed.push(ArchiveLink { name: name.to_owned(), below, target });
        Ok(EntryPlan::Nothing)
    }

    /// Takes the links. One that leads to another link leads where that one leads, wherever it is in the archive.
    fn resolved_links(&mut self) -> Vec<ArchiveLink> {
        let targets: Vec<_> = self.followed.iter().map(|link| self.end_of(link)).collect();
        let links = std::mem::take(&mut self.followed);
        links.into_iter().zip(targets).map(|(link, target)| ArchiveLink { target, ..link }).collect()
    }

    /// Returns the path at the end of a chain of links. In a circle it is that of a link, which is no file.
    fn end_of(&self, first: &ArchiveLink) -> String {
        let next = |link: &ArchiveLink| self.followed.get(*self.places.get(&self.hasher.hash_one(&link.target))?);
        let chain = std::iter::successors(Some(first), |link| next(link)).take(LONGEST_CHAIN);
        chain.last().unwrap_or(first).target.clone()
    }

    /// Remembers the path of a file; returns whether it is new.
    fn remember(&mut self, below: &str) -> Result<bool> {
        if self.paths.len() >= ENTRIES {
            return Err(Error::new(Kind::Limit, format!("the archive has more than {ENTRIES} files"))
                .hint("files that arrived before are complete; split the archive"));
        }
        Ok(self.paths.insert(self.hasher.hash_one(below)))
    }
}

/// Returns the path of an entry for receipts and messages. Of one that no system could open, it is the beginning.
fn shown(path: &[u8]) -> String {
    const SHOWN: usize = 4096;
    match path.get(..SHOWN) {
        Some(head) if path.len() > SHOWN => format!("{}…", String::from_utf8_lossy(head)),
        _ => String::from_utf8_lossy(path).into_owned(),
    }
}

fn taken(name: &str) -> Error {
    Error::conflict(format!("the archive has this path twice: `{name}`"))
        .hint("the first one was uploaded; write the archive anew, without the older one")
}

/// Returns the path of an entry below the root of the archive.
///
/// # Errors
/// `conflict` for a path that does not stay below the root, or that is not text.
fn path_of(path: &[u8], name: &str) -> Result<String> {
    let refused = |why: &str| Err(Error::conflict(format!("{why}: {name:?}")));
    // Before anything is done for each of its parts.
    if path.len() > RemotePath::MAX_BYTES {
        return Err(Error::new(Kind::Limit, format!("the path of the entry has {} bytes", path.len()))
            .hint(format!("a path has at most {} bytes", RemotePath::MAX_BYTES)));
    }
    let Ok(text) = std::str::from_utf8(path) else { return refused("the path of the entry is not UTF-8") };
    if text.starts_with('/') {
        return refused("the path of the entry is absolute");
    }
    if text.chars().any(char::is_control) {
        return refused("the path of the entry has control characters");
    }
    let parts: Vec<_> = text.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    if parts.contains(&"..") {
        return refused("the path of the entry leads out of its directory");
    }
    if text.is_empty() {
        return refused("the path of the entry is empty");
    }
    Ok(parts.join("/"))
}

/// Returns the path in the archive that a link in `parent` leads to.
///
/// # Errors
/// `conflict` for a target that is outside of the archive.
fn link_target(parent: &str, target: &[u8], name: &str) -> Result<String> {
    let outside = || {
        Error::conflict(format!("the link leads out of the archive: `{name}`"))
            .hint(format!("{} leaves links out", Setting::Links.to("skip")))
    };
    let text = std::str::from_utf8(target).ok().filter(|text| !text.starts_with('/') && !text.is_empty());
    let mut parts: Vec<&str> = parent.split('/').filter(|part| !part.is_empty()).collect();
    for part in text.ok_or_else(outside)?.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop().ok_or_else(outside)?),
            part => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}
