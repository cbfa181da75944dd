//! The walk of a directory in a session, which follows links and applies the filter.

use futures_util::stream::{BoxStream, StreamExt};

use super::TransferOptions;
use super::filter::{FilterDecision, ListingFilter};
use super::links::LinkPolicy;
use super::walk::{WalkEntry, WalkKind};
use wharf_client::backend::{RemoteTree, SessionFiles};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::entry::Mode;
use wharf_core::model::{Entry, EntryKind, RemotePath, SessionPath, Timestamp};

/// An entry of a directory in a session.
pub(super) type RemoteEntry = WalkEntry<SessionPath, RemoteFile, RemoteFile>;

type RemoteKind = WalkKind<RemoteFile, RemoteFile>;

/// The properties of a file or a directory in a listing.
#[derive(Debug)]
pub(super) struct RemoteFile {
    pub(super) bytes: Option<u64>,
    pub(super) modified_at: Option<Timestamp>,
    pub(super) mode: Option<Mode>,
}

impl RemoteFile {
    fn of(entry: &Entry) -> Self {
        RemoteFile { bytes: entry.size, modified_at: entry.modified_at, mode: entry.mode }
    }
}

/// A walk of a directory in a session.
pub(super) struct RemoteWalk<'a> {
    files: &'a dyn SessionFiles,
    filter: ListingFilter<'a>,
    links: LinkPolicy,
    /// The root, as the paths of entries name it.
    asked: SessionPath,
    /// The root without links, which a link may not leave; unknown until the first link.
    root: Option<RemotePath>,
    open: Option<(RemoteSubtree, BoxStream<'a, Result<Entry>>)>,
    subtrees: Vec<RemoteSubtree>,
    /// The directories of the links that were followed.
    parents: Vec<LinkParent>,
    over: bool,
}

/// A directory that is still to be listed: the root, or what a link points to.
struct RemoteSubtree {
    root: RemotePath,
    /// The path below the destination, with a slash at its end.
    below: String,
    /// The directory of the link that led here, as an index into [`RemoteWalk::parents`].
    through: Option<usize>,
}

/// A directory with a link that was followed.
struct LinkParent {
    path: RemotePath,
    /// The directory of the link that led to this one, as the same index.
    through: Option<usize>,
}

impl<'a> RemoteWalk<'a> {
    /// Returns the walk of a tree that was opened; it is empty for anything else than a directory.
    pub(super) fn new(files: &'a dyn SessionFiles, tree: RemoteTree<'a>, options: &'a TransferOptions) -> Self {
        let subtree = RemoteSubtree { root: tree.at.path.clone(), below: String::new(), through: None };
        RemoteWalk {
            files,
            filter: ListingFilter::new(&options.filter),
            links: LinkPolicy::new(options.links),
            asked: tree.at,
            root: None,
            open: tree.entries.map(|entries| (subtree, entries)),
            subtrees: Vec::new(),
            parents: Vec::new(),
            over: false,
        }
    }

    /// Returns the next entry; `None` at the end, or after an error that ends the walk.
    pub(super) async fn next(&mut self) -> Option<RemoteEntry> {
        loop {
            if self.over {
                return None;
            }
            // A listing may always have an entry ready: let a cancellation be seen.
            tokio::task::coop::consume_budget().await;
            let entry = match self.entry().await {
                Ok(Some(entry)) => entry,
                Ok(None) => return None,
                Err(error) => {
                    self.over = self.open.is_none();
                    return Some(RemoteEntry {
                        path: self.asked.clone(),
                        below: String::new(),
                        kind: RemoteKind::Failed(error),
                    });
                }
            };
            if let Some(found) = self.found(entry).await {
                return Some(found);
            }
        }
    }

    /// Returns the next entry of the open listing, or of the next subtree.
    async fn entry(&mut self) -> Result<Option<Entry>> {
        loop {
            if let Some((_, listing)) = &mut self.open {
                match listing.next().await {
                    Some(entry) => return entry.map(Some),
                    None => self.open = None,
                }
            }
            let Some(subtree) = self.subtrees.pop() else { return Ok(None) };
            let listing = self.files.list(&self.asked.at(subtree.root.clone()), true).await?;
            self.open = Some((subtree, listing));
        }
    }

    async fn found(&mut self, entry: Entry) -> Option<RemoteEntry> {
        let (subtree, _) = self.open.as_ref()?;
        let at = self.asked.at(entry.path.clone());
        if entry.path == subtree.root || !entry.path.is_within(&subtree.root) {
            // It has no place at the destination.
            let root = self.asked.at(subtree.root.clone());
            let error = if entry.path == subtree.root && entry.kind != EntryKind::Directory {
                Error::conflict(format!("no longer a directory: `{root}`"))
            } else {
                Error::new(Kind::Unavailable, format!("the listing of `{root}` contains a path outside of it: `{at}`"))
                    .hint("the service violates the protocol: do not trust its answers")
            };
            return Some(RemoteEntry { path: at, below: String::new(), kind: RemoteKind::Failed(error) });
        }
        let below = format!("{}{}", subtree.below, entry.path.below(&subtree.root));
        let kind = match self.filter.judge(&below, entry.kind == EntryKind::Directory)? {
            FilterDecision::Exclude => Ok(RemoteKind::Excluded),
            _ if entry.kind == EntryKind::Symlink => self.link(&at, &entry, &below).await,
            verdict => of(&at, &entry, verdict),
        };
        Some(RemoteEntry { path: at, below, kind: kind.unwrap_or_else(RemoteKind::Failed) })
    }

    /// Returns the kind of what a link points to.
    async fn link(&mut self, at: &SessionPath, entry: &Entry, below: &str) -> Result<RemoteKind> {
        if let Some(reason) = self.links.skip(at)? {
            return Ok(RemoteKind::Skipped(reason));
        }
        let root = match &self.root {
            Some(root) => root.clone(),
            None => self.files.resolve(&self.asked).await?.path,
        };
        self.root = Some(root.clone());
        let target = self.files.resolve(at).await?;
        let instead = format!("fetch what it points to by itself: `{target}`");
        self.links.check_target(at, target.path.is_within(&root), "the tree that was asked for", &instead)?;
        let found = self.files.stat(&target).await?;
        if found.kind != EntryKind::Directory {
            return of(at, &found, FilterDecision::Include);
        }
        let verdict = self.filter.judge(below, true).unwrap_or(FilterDecision::Exclude);
        if verdict == FilterDecision::Exclude {
            return Ok(RemoteKind::Excluded);
        }
        let through = self.open.as_ref().and_then(|(subtree, _)| subtree.through);
        // Below the root, entries are named by the path that was asked for, which may lead through links.
        let parent = match entry.path.parent().filter(|parent| *parent != self.asked.path) {
            Some(parent) if through.is_none() => root.descend(parent.below(&self.asked.path))?,
            Some(parent) => parent,
            None => root,
        };
        let is_circle = parent.is_within(&target.path) || self.led_through(&target.path, through);
        self.links.enter(at, is_circle)?;
        self.parents.push(LinkParent { path: parent, through });
        let through = self.parents.len().checked_sub(1);
        self.subtrees.push(RemoteSubtree { root: target.path, below: format!("{below}/"), through });
        Ok(RemoteKind::Directory { included: verdict == FilterDecision::Include, known: RemoteFile::of(&found) })
    }

    /// Returns whether one of the links that led to `through` is in `directory`.
    fn led_through(&self, directory: &RemotePath, through: Option<usize>) -> bool {
        let parent = |index: Option<usize>| index.and_then(|index| self.parents.get(index));
        std::iter::successors(parent(through), |last| parent(last.through))
            .any(|parent| parent.path.is_within(directory))
    }
}

fn of(at: &SessionPath, entry: &Entry, verdict: FilterDecision) -> Result<RemoteKind> {
    let known = RemoteFile::of(entry);
    match entry.kind {
        EntryKind::Directory => Ok(RemoteKind::Directory { included: verdict == FilterDecision::Include, known }),
        EntryKind::File => Ok(RemoteKind::File(known)),
        EntryKind::Symlink | EntryKind::Other => {
            Err(Error::new(Kind::Unsupported, format!("`{at}` is neither a file nor a directory")))
        }
    }
}
