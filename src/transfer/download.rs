//! Downloads: one target after another, a receipt for each file.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use futures_util::StreamExt;

use super::event::{Event, Observer};
use super::land::{Ground, Landed, open_stream, stream};
use super::plan::{self, Destination, RemoteSource};
use super::tally::{Ledger, Sink};
use super::{BULK, IfExists};
use crate::backend::{Backend, Expected, Fetched};
use crate::error::{Error, Kind, Result};
use crate::model::{Entry, EntryKind, FileId, Receipt, ReceiptStatus, RemotePath, SessionPath, Timestamp};

/// Something on the other side to be fetched.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// A path in a session.
    Session(SessionPath),
    /// A stored file.
    Stored(FileId),
}

impl Wanted {
    fn name(&self) -> String {
        match self {
            Wanted::Session(at) => at.to_string(),
            Wanted::Stored(id) => id.to_string(),
        }
    }
}

/// A download that is under way.
pub struct Download<'a> {
    /// Where it comes from.
    pub backend: &'a dyn Backend,
    /// What to do with what is there.
    pub if_exists: IfExists,
    /// Who watches.
    pub observer: &'a dyn Observer,
}

/// Something to be fetched, looked at.
struct Looked {
    wanted: Wanted,
    source: RemoteSource,
    bytes: Option<u64>,
    modified_at: Option<Timestamp>,
}

/// A tree that is being fetched.
struct Tree {
    root: RemotePath,
    branches: Vec<Branch>,
}

/// A directory of the tree that is still to be listed: its root, or what a link points to.
struct Branch {
    root: RemotePath,
    /// Where it goes below the destination, with a slash at its end.
    below: String,
    /// The directories of the links that led here.
    through: Vec<RemotePath>,
}

/// What an entry of a tree stands for.
enum Leaf {
    Directory,
    File(Looked),
}

impl Download<'_> {
    /// Fetches files and trees to this machine.
    ///
    /// # Errors
    /// `usage` before anything is asked for; then the verdict over all receipts.
    pub async fn to_disk(
        &self,
        wanted: &[Wanted],
        to: &Destination<PathBuf>,
        directories: bool,
        sink: Sink<'_>,
    ) -> Result<()> {
        let mut ledger = Ledger::new(self.backend, self.observer, sink);
        let mut looked = Vec::new();
        for wanted in wanted {
            match self.look(wanted).await {
                Ok(found) => looked.push(found),
                Err(error) => ledger.enter(Receipt::failed(&wanted.name(), None, error))?,
            }
        }
        if let Some(directory) = looked.iter().find(|one| one.source.is_directory && !directories) {
            return Err(Error::usage(format!("a directory needs a DEST: `{}`", directory.source.name))
                .hint("say where its contents go: `wharf files download SESSION:/dir ./dir`"));
        }
        // A target that was not found still counts for where the others go.
        let sources: Vec<_> = looked.iter().map(|one| one.source.clone()).collect();
        let to = Destination { into: to.into || wanted.len() > 1, ..to.clone() };
        let places = plan::download(&sources, &to)?;
        let bulk = self.announce(&looked).await? > BULK;
        for (one, place) in looked.iter().zip(places) {
            let by_name = to.takes_by_name(sources.len(), one.source.is_directory);
            match &one.wanted {
                Wanted::Session(root) if one.source.is_directory => {
                    self.tree(root, &place, by_name, bulk, &mut ledger).await?;
                }
                _ => {
                    let done = self.single(one, &place, by_name, bulk).await;
                    ledger.enter(done)?;
                }
            }
        }
        ledger.verdict()
    }

    /// Hands files to `write`, one after another.
    pub async fn to_stream(&self, wanted: &[Wanted], write: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        for wanted in wanted {
            let one = self.look(wanted).await?;
            if one.source.is_directory {
                return Err(Error::conflict(format!(
                    "a directory cannot be written to standard output: `{}`",
                    one.source.name
                ))
                .hint("give a DEST directory instead of `-`"));
            }
            self.observer.on(Event::Planned { files: 1, bytes: one.bytes });
            let fetched = self.watched(self.fetch(&one.wanted).await?, &one.source.name, one.bytes);
            stream(fetched, write).await?;
        }
        Ok(())
    }

    async fn look(&self, wanted: &Wanted) -> Result<Looked> {
        let (base, is_directory, bytes, modified_at) = match wanted {
            Wanted::Session(at) => {
                let entry = self.backend.need_files()?.stat(at).await?;
                let base = (!at.path.is_root()).then(|| at.path.name().to_owned());
                (base, entry.kind == EntryKind::Directory, entry.size, entry.modified_at)
            }
            Wanted::Stored(id) => {
                let file = self.backend.need_store()?.get(id).await?;
                (Some(file.filename), false, file.size, file.created_at)
            }
        };
        let source = RemoteSource { name: wanted.name(), base, is_directory };
        Ok(Looked { wanted: wanted.clone(), source, bytes, modified_at })
    }

    async fn announce(&self, looked: &[Looked]) -> Result<u64> {
        let (mut files, mut bytes) = (0, Some(0_u64));
        for one in looked {
            match &one.wanted {
                Wanted::Session(root) if one.source.is_directory => {
                    let mut entries = self.backend.need_files()?.list(root, true).await?;
                    while let Some(entry) = entries.next().await {
                        if let Ok(entry) = entry
                            && entry.kind == EntryKind::File
                        {
                            files += 1;
                            bytes = bytes.zip(entry.size).map(|(sum, size)| sum + size);
                        }
                    }
                }
                _ => {
                    files += 1;
                    bytes = bytes.zip(one.bytes).map(|(sum, size)| sum + size);
                }
            }
        }
        self.observer.on(Event::Planned { files, bytes });
        Ok(files)
    }

    async fn tree(
        &self,
        root: &SessionPath,
        place: &Path,
        by_name: bool,
        bulk: bool,
        ledger: &mut Ledger<'_>,
    ) -> Result<()> {
        let ground = match (place.parent(), place.file_name().and_then(|name| name.to_str())) {
            // The caller named the parent: a link that has this name does not lead out of it.
            (Some(parent), Some(name)) if by_name => Ground::open(parent, true).and_then(|ground| ground.enter(name)),
            _ => Ground::open(place, true),
        };
        let mut ground = match ground {
            Ok(ground) => ground,
            Err(error) => return ledger.enter(Receipt::failed(&root.to_string(), Some(shown(place)), error)),
        };
        let files = self.backend.need_files()?;
        let mut tree = Tree { root: files.resolve(root).await?.path, branches: Vec::new() };
        tree.branches.push(Branch { root: tree.root.clone(), below: String::new(), through: Vec::new() });
        while let Some(branch) = tree.branches.pop() {
            let mut entries = files.list(&root.at(branch.root.clone()), true).await?;
            while let Some(entry) = entries.next().await {
                let entry = match entry {
                    Ok(entry) => entry,
                    Err(error) => {
                        ledger.enter(Receipt::failed(&root.to_string(), None, error))?;
                        continue;
                    }
                };
                let at = root.at(entry.path.clone());
                let below = format!("{}{}", branch.below, entry.path.below(&branch.root));
                let found = self.follow(&mut tree, &branch, entry, &below).await;
                let done = match found {
                    Ok(Leaf::Directory) => match ground.mkdir(&below) {
                        Ok(()) => continue,
                        Err(error) => Receipt::failed(&at.to_string(), Some(shown(&place.join(&below))), error),
                    },
                    Ok(Leaf::File(one)) => self.land(&one, &mut ground, &below, &place.join(&below), bulk).await,
                    Err(error) => Receipt::failed(&at.to_string(), Some(shown(&place.join(&below))), error),
                };
                ledger.enter(done)?;
            }
        }
        ground.settle(bulk)
    }

    /// What an entry of a tree stands for. A link inside the tree stands for what it points to; one
    /// that leaves the tree or runs in a circle is an error.
    async fn follow(&self, tree: &mut Tree, branch: &Branch, entry: Entry, below: &str) -> Result<Leaf> {
        let at = SessionPath { session: entry.session.clone(), path: entry.path.clone() };
        let (kind, bytes, modified_at) = match entry.kind {
            EntryKind::Symlink => {
                let files = self.backend.need_files()?;
                let target = files.resolve(&at).await?;
                if !target.path.is_within(&tree.root) {
                    return Err(Error::conflict(format!("this link leaves the tree that was asked for: `{at}`"))
                        .hint(format!("fetch what it points to by itself: `{target}`")));
                }
                let found = files.stat(&target).await?;
                if found.kind == EntryKind::Directory {
                    let mut through = branch.through.clone();
                    through.extend(entry.path.parent());
                    if through.iter().any(|dir| dir.is_within(&target.path)) {
                        return Err(Error::conflict(format!("this link runs in a circle: `{at}`")));
                    }
                    tree.branches.push(Branch { root: target.path, below: format!("{below}/"), through });
                }
                (found.kind, found.size, found.modified_at)
            }
            kind => (kind, entry.size, entry.modified_at),
        };
        match kind {
            EntryKind::Directory => Ok(Leaf::Directory),
            EntryKind::File => {
                let source = RemoteSource { name: at.to_string(), base: None, is_directory: false };
                Ok(Leaf::File(Looked { wanted: Wanted::Session(at), source, bytes, modified_at }))
            }
            EntryKind::Symlink | EntryKind::Other => {
                Err(Error::new(Kind::Unsupported, format!("this is neither file nor directory: `{at}`")))
            }
        }
    }

    /// Fetches one file. Only where the caller named its place, and not just a directory for it, a
    /// link, a FIFO or a device there is what the caller means.
    async fn single(&self, one: &Looked, place: &Path, by_name: bool, bulk: bool) -> Receipt {
        let name = &one.source.name;
        let landed = async {
            if !by_name && let Some(mut file) = open_stream(place)? {
                let fetched = self.watched(self.fetch(&one.wanted).await?, name, one.bytes);
                let mut write = |block: &[u8]| {
                    file.write_all(block).map_err(|e| Error::io(format!("writing `{}`", place.display()), &e))
                };
                return Ok(receipt(name, place, stream(fetched, &mut write).await?));
            }
            let place = if !by_name && place.is_symlink() {
                place.canonicalize().unwrap_or_else(|_| place.to_owned())
            } else {
                place.to_owned()
            };
            let file_name = place.file_name().and_then(|name| name.to_str()).ok_or_else(|| {
                Error::usage(format!("this destination has no file name: `{}`", place.display()))
                    .hint("add one, or a slash for a directory")
            })?;
            let mut ground = Ground::open(place.parent().unwrap_or(Path::new(".")), true)?;
            let done = self.land(one, &mut ground, file_name, &place, bulk).await;
            ground.settle(bulk)?;
            Ok(done)
        };
        landed.await.unwrap_or_else(|error| Receipt::failed(name, Some(shown(place)), error))
    }

    async fn land(&self, one: &Looked, ground: &mut Ground, below: &str, place: &Path, bulk: bool) -> Receipt {
        let name = &one.source.name;
        let landed = async {
            let there = ground.look(below)?;
            if let Some(reason) = there.as_ref().and_then(|there| self.reason_to_skip(one, there)) {
                return Ok(Err(reason));
            }
            let fetched = self.fetch(&one.wanted).await?;
            if self.if_exists == IfExists::Update
                && there.is_some_and(|there| there.is_file() && Some(there.len()) == fetched.body.len())
                && let Expected::Known(sha256) = &fetched.sha256
                && ground.hash(below).await? == *sha256
            {
                return Ok(Err("size and hash are equal"));
            }
            let fetched = self.watched(fetched, name, one.bytes);
            ground.land(below, fetched, self.if_exists == IfExists::Error, bulk).await.map(Ok)
        };
        match landed.await {
            Ok(Ok(landed)) => receipt(name, place, landed),
            Ok(Err(reason)) => Receipt::skipped(name, shown(place), name, reason),
            Err(error) => Receipt::failed(name, Some(shown(place)), error),
        }
    }

    fn reason_to_skip(&self, one: &Looked, there: &cap_std::fs::Metadata) -> Option<&'static str> {
        let time = there.modified().ok().and_then(|time| Timestamp::try_from(time.into_std()).ok());
        let same = there.is_file() && Some(there.len()) == one.bytes && time.is_some() && time == one.modified_at;
        match self.if_exists {
            IfExists::Skip => Some("it exists at the destination"),
            IfExists::Update if same => Some("size and time are equal"),
            _ => None,
        }
    }

    async fn fetch(&self, wanted: &Wanted) -> Result<Fetched> {
        match wanted {
            Wanted::Session(at) => self.backend.need_files()?.fetch(at, None).await,
            Wanted::Stored(id) => self.backend.need_store()?.fetch(id, None).await,
        }
    }

    fn watched(&self, mut fetched: Fetched, name: &str, bytes: Option<u64>) -> Fetched {
        let passed = Arc::new(AtomicU64::new(0));
        self.observer.on(Event::Started { name, bytes, passed: Arc::clone(&passed) });
        fetched.body = fetched.body.counted(passed);
        fetched
    }
}

fn receipt(source: &str, place: &Path, landed: Landed) -> Receipt {
    Receipt {
        id: Some(source.to_owned()),
        source: source.to_owned(),
        destination: Some(shown(place)),
        status: ReceiptStatus::Copied,
        bytes: Some(landed.summary.bytes),
        sha256: Some(landed.summary.sha256),
        verified: Some(landed.verified),
        file_id: source.parse().ok(),
        resource_id: None,
        error: None,
    }
}

fn shown(place: &Path) -> String {
    place.display().to_string()
}
