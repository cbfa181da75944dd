//! A tree in a session, entry by entry, with its links followed and its filter asked.

use futures_util::stream::{BoxStream, StreamExt};

use super::Options;
use super::filter::{FilterDecision, ListingFilter};
use super::links::LinkPolicy;
use wharf_client::backend::{RemoteTree, SessionFiles};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::receipt::SkipReason;
use wharf_core::model::{Entry, EntryKind, RemotePath, SessionPath, Timestamp};

/// Something in the tree.
pub(super) struct Found {
    /// Where it is.
    pub(super) at: SessionPath,
    /// Its path below the root, `/`-separated.
    pub(super) below: String,
    /// What it is.
    pub(super) what: What,
}

/// What was found.
pub(super) enum What {
    Directory { meant: bool },
    File { bytes: Option<u64>, modified_at: Option<Timestamp> },
    Skipped(SkipReason),
    Excluded,
    Failed(Error),
}

/// A walk of a tree in a session.
pub(super) struct RemoteWalk<'a> {
    files: &'a dyn SessionFiles,
    filter: ListingFilter<'a>,
    links: LinkPolicy,
    /// The root, as the entries name it.
    asked: SessionPath,
    /// The root without links, once a link asks for it: what a link may not leave.
    root: Option<RemotePath>,
    open: Option<(Branch, BoxStream<'a, Result<Entry>>)>,
    branches: Vec<Branch>,
    /// The directories of the links that were followed.
    parents: Vec<LinkParent>,
    over: bool,
}

/// A directory that is still to be listed: the root, or what a link points to.
struct Branch {
    root: RemotePath,
    /// Where it goes below the destination, with a slash at its end.
    below: String,
    /// The directory of the link that led here, as an index of [`RemoteWalk::parents`].
    through: Option<usize>,
}

/// A directory with a link that was followed.
struct LinkParent {
    path: RemotePath,
    /// The one that led to this one.
    through: Option<usize>,
}

impl<'a> RemoteWalk<'a> {
    /// The walk of a tree that was opened; of anything else than a directory, of nothing.
    pub(super) fn new(files: &'a dyn SessionFiles, tree: RemoteTree<'a>, options: &'a Options) -> Self {
        let branch = Branch { root: tree.at.path.clone(), below: String::new(), through: None };
        RemoteWalk {
            files,
            filter: ListingFilter::new(&options.filter),
            links: LinkPolicy::new(options.links),
            asked: tree.at,
            root: None,
            open: tree.entries.map(|entries| (branch, entries)),
            branches: Vec::new(),
            parents: Vec::new(),
            over: false,
        }
    }

    /// The next entry; `None` at the end of the tree, or after an error that ends it.
    pub(super) async fn next(&mut self) -> Option<Found> {
        loop {
            if self.over {
                return None;
            }
            // A listing need not make its reader wait: make room for whoever asks to stop.
            tokio::task::coop::consume_budget().await;
            let entry = match self.entry().await {
                Ok(Some(entry)) => entry,
                Ok(None) => return None,
                Err(error) => {
                    self.over = self.open.is_none();
                    return Some(Found { at: self.asked.clone(), below: String::new(), what: What::Failed(error) });
                }
            };
            if let Some(found) = self.found(entry).await {
                return Some(found);
            }
        }
    }

    /// The next entry of the listing that is open, or of the next branch.
    async fn entry(&mut self) -> Result<Option<Entry>> {
        loop {
            if let Some((_, listing)) = &mut self.open {
                match listing.next().await {
                    Some(entry) => return entry.map(Some),
                    None => self.open = None,
                }
            }
            let Some(branch) = self.branches.pop() else { return Ok(None) };
            let listing = self.files.list(&self.asked.at(branch.root.clone()), true).await?;
            self.open = Some((branch, listing));
        }
    }

    async fn found(&mut self, entry: Entry) -> Option<Found> {
        let (branch, _) = self.open.as_ref()?;
        let at = self.asked.at(entry.path.clone());
        if entry.path == branch.root || !entry.path.is_within(&branch.root) {
            // Where it would go is anybody's guess.
            let root = self.asked.at(branch.root.clone());
            let error = if entry.path == branch.root && entry.kind != EntryKind::Directory {
                Error::conflict(format!("this is no directory any more: `{root}`"))
            } else {
                Error::new(Kind::Unavailable, format!("the listing of `{root}` holds what is not below it: `{at}`"))
                    .hint("the other side does not keep to the protocol: do not trust it")
            };
            return Some(Found { at, below: String::new(), what: What::Failed(error) });
        }
        let below = format!("{}{}", branch.below, entry.path.below(&branch.root));
        let what = match self.filter.judge(&below, entry.kind == EntryKind::Directory)? {
            FilterDecision::Exclude => Ok(What::Excluded),
            _ if entry.kind == EntryKind::Symlink => self.link(&at, &entry, &below).await,
            verdict => of(&at, entry.kind, entry.size, entry.modified_at, verdict),
        };
        Some(Found { at, below, what: what.unwrap_or_else(What::Failed) })
    }

    /// What a link stands for.
    async fn link(&mut self, at: &SessionPath, entry: &Entry, below: &str) -> Result<What> {
        if let Some(reason) = self.links.skip(at)? {
            return Ok(What::Skipped(reason));
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
            return of(at, found.kind, found.size, found.modified_at, FilterDecision::Include);
        }
        let verdict = self.filter.judge(below, true).unwrap_or(FilterDecision::Exclude);
        if verdict == FilterDecision::Exclude {
            return Ok(What::Excluded);
        }
        let through = self.open.as_ref().and_then(|(branch, _)| branch.through);
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
        self.branches.push(Branch { root: target.path, below: format!("{below}/"), through });
        Ok(What::Directory { meant: verdict == FilterDecision::Include })
    }

    /// Whether one of the links that led to `through` is in `directory`.
    fn led_through(&self, directory: &RemotePath, through: Option<usize>) -> bool {
        let parent = |index: Option<usize>| index.and_then(|index| self.parents.get(index));
        std::iter::successors(parent(through), |last| parent(last.through))
            .any(|parent| parent.path.is_within(directory))
    }
}

fn of(
    at: &SessionPath,
    kind: EntryKind,
    bytes: Option<u64>,
    modified_at: Option<Timestamp>,
    verdict: FilterDecision,
) -> Result<What> {
    match kind {
        EntryKind::Directory => Ok(What::Directory { meant: verdict == FilterDecision::Include }),
        EntryKind::File => Ok(What::File { bytes, modified_at }),
        EntryKind::Symlink | EntryKind::Other => {
            Err(Error::new(Kind::Unsupported, format!("this is neither file nor directory: `{at}`")))
        }
    }
}
