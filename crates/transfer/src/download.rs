//! Downloads: session files, trees and stored files to this machine, a receipt for each file.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use futures_util::stream::{self, StreamExt};
use tokio::sync::mpsc;

use super::engine::{Done, Label, Running};
use super::event::Event;
use super::land::{Claims, Ground, Landed, Landing, is_stream, open_stream, stream};
use super::plan::{self, Budget, Destination, RemoteSource, Scale};
use super::remote::{Found, RemoteWalk, What};
use super::results::{Results, Sink};
use super::{BULK, IfExists, Transfer, prove};
use wharf_client::backend::{FetchOptions, GetResult, Limits, RemoteHash, RemoteTree, TreeOptions};
use wharf_client::http::after_tries;
use wharf_core::advice::Step;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::receipt::SkipReason;
use wharf_core::model::{Entry, EntryKind, FileId, Outcome, Receipt, SessionPath, Timestamp};
use wharf_core::platform::shown;

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

/// Something to be fetched, looked at.
struct Looked {
    wanted: Wanted,
    source: RemoteSource,
    bytes: Option<u64>,
    modified_at: Option<Timestamp>,
}

/// A target as it was opened: what it is, and what is below it where it is a directory.
struct Opened<'a> {
    one: Looked,
    tree: Option<Ahead<'a>>,
}

/// A walk of a tree, and what it found before it was asked for.
struct Ahead<'a> {
    found: VecDeque<Found>,
    walk: RemoteWalk<'a>,
    /// Whether the walk came to its end.
    ended: bool,
    /// Whether all that the walk finds was counted before.
    counted: bool,
}

/// One target and where it goes.
enum Target<'a> {
    File(Looked, Spot),
    Tree(Ahead<'a>, Rc<Ground>),
}

/// What is found of a tree while it is measured is kept for the download, up to this many bytes; a larger tree is
/// opened again.
const KEPT: usize = 8 << 20;

/// Files and directories that the walk of a tree is ahead of the downloads.
const AHEAD: usize = 1000;

/// A place on this machine.
struct Spot {
    path: PathBuf,
    /// The caller named the directory and not the name in it.
    by_name: bool,
}

/// One thing to be done.
enum Item {
    /// A file that was named itself.
    Single(Looked, Spot),
    /// A file of a tree.
    Leaf(Looked, Rc<Ground>, String),
    Directory(SessionPath, Rc<Ground>, String),
    Excluded(String),
    Decided(Box<Receipt>),
}

/// What the files of a download share.
struct Shared {
    bulk: bool,
    budget: Budget,
    claims: Claims,
    grounds: RefCell<HashMap<PathBuf, Rc<Ground>>>,
    running: Running,
}

impl Transfer<'_> {
    /// Fetches files and trees to this machine; `directories` says whether trees may be among them.
    ///
    /// # Errors
    /// `usage` and `limit` before anything is fetched; then the verdict over all receipts.
    pub async fn download(
        &self,
        wanted: &[Wanted],
        to: &Destination<PathBuf>,
        directories: bool,
        sink: Sink<'_>,
    ) -> Result<()> {
        let _heeding = self.stop.heed();
        let mut results = Results::new(self, sink);
        let (mut opened, mut missing) = (Vec::new(), Vec::new());
        for wanted in wanted {
            let found = match self.unless_stopped(self.open(wanted)).await {
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
        // A target that was not found still counts for where the others go.
        let sources: Vec<_> = opened.iter().map(|opened| opened.one.source.clone()).collect();
        let to = Destination { into: to.into || wanted.len() > 1, ..to.clone() };
        let places = plan::download(&sources, &to)?;
        let mut scale = match self.unless_stopped(self.look_ahead(&mut opened, &places)).await {
            Ok(scale) => scale?,
            Err(why) => {
                missing.into_iter().try_for_each(|receipt| results.record(receipt))?;
                return results.finish(Err(why));
            }
        };
        scale.check(&Limits::default(), self.options)?;
        // What was looked for in vain is told once nothing can be refused as a whole any more.
        missing.into_iter().try_for_each(|receipt| results.record(receipt))?;
        let shared = Shared {
            bulk: scale.files > BULK,
            budget: Budget::new(self.options),
            claims: Claims::keeping_off(self.options.reserved.as_ref()),
            grounds: RefCell::default(),
            running: Running::new(self.options),
        };
        let mut targets = Vec::new();
        for (Opened { one, tree }, path) in opened.into_iter().zip(places) {
            let spot = Spot { path, by_name: to.takes_by_name(sources.len(), one.source.is_directory) };
            match tree {
                Some(tree) => match self.root_ground(&spot, &shared) {
                    Ok(ground) => targets.push(Target::Tree(tree, ground)),
                    Err(error) => {
                        results.record(Receipt::failed(&one.source.name, Some(shown(&spot.path)), error))?;
                    }
                },
                None => targets.push(Target::File(one, spot)),
            }
        }
        let (sender, receiver) = mpsc::channel(AHEAD);
        let items = stream::unfold(receiver, async |mut receiver| Some((receiver.recv().await?, receiver)))
            .take_while(|_| std::future::ready(!shared.budget.is_over()));
        let work = async |item| self.do_fetch(item, &shared).await;
        let feed = self.feed(targets, &mut scale, &shared.budget, sender);
        let mut ended = self.run(items, feed, &shared.running, work, &mut results).await;
        results.expect(scale.files);
        for ground in shared.grounds.borrow().values() {
            if !ground.discard_if_empty(ended.is_err()) {
                ended = ended.and(ground.settle(shared.bulk));
            }
        }
        results.finish(ended)
    }

    /// Hands files to `write`, one after another.
    pub async fn stream(&self, wanted: &[Wanted], write: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let mut looked = VecDeque::new();
        if self.options.max_files.is_some() || self.options.max_bytes.is_some() {
            let mut scale = Scale::default();
            for wanted in wanted {
                let one = self.open(wanted).await?.one;
                scale.add(&one.source.name, one.bytes);
                looked.push_back(one);
            }
            scale.check(&Limits::default(), self.options)?;
        }
        let budget = Budget::new(self.options);
        let mut scale = Scale::default();
        for wanted in wanted {
            let one = match looked.pop_front() {
                Some(one) => one,
                None => self.open(wanted).await?.one,
            };
            if one.source.is_directory {
                return Err(Error::conflict(format!(
                    "a directory cannot be written to standard output: `{}`",
                    one.source.name
                ))
                .hint("give a DEST directory instead of `-`"));
            }
            scale.add(&one.source.name, one.bytes);
            self.observer.on(Event::Planned { files: scale.files, bytes: scale.bytes() });
            let landed = stream(self.fetch_within(&one, one.bytes, 0, &budget).await?, write).await?;
            budget.spend(landed.summary.bytes);
        }
        Ok(())
    }

    /// Looks at a target, once: what is read of a tree later belongs to this look.
    async fn open(&self, wanted: &Wanted) -> Result<Opened<'_>> {
        let (base, tree, bytes, modified_at) = match wanted {
            Wanted::Session(at) => {
                let how = TreeOptions { settle: !self.options.no_settle, all: self.options.all };
                let tree = self.backend.require_files()?.open_tree(at, how).await?;
                let base = (!at.path.is_root()).then(|| at.path.name().to_owned());
                let (size, modified_at) = (tree.root.size, tree.root.modified_at);
                (base, tree.entries.is_some().then_some(tree), size, modified_at)
            }
            Wanted::Stored(id) => {
                let file = self.backend.require_store()?.get(id).await?;
                (Some(file.filename), None, file.size, file.created_at)
            }
        };
        let tree = tree.map(|tree| self.walk(tree)).transpose()?;
        let source = RemoteSource { name: wanted.name(), base, is_directory: tree.is_some() };
        Ok(Opened { one: Looked { wanted: wanted.clone(), source, bytes, modified_at }, tree })
    }

    fn walk<'a>(&'a self, tree: RemoteTree<'a>) -> Result<Ahead<'a>> {
        let walk = RemoteWalk::new(self.backend.require_files()?, tree, self.options);
        Ok(Ahead { found: VecDeque::new(), walk, ended: false, counted: false })
    }

    /// What is at a path: what a link points to, under the name of the link.
    async fn stat(&self, at: &SessionPath) -> Result<Entry> {
        let files = self.backend.require_files()?;
        let entry = files.stat(at).await?;
        if entry.kind == EntryKind::Symlink { files.stat(&files.resolve(at).await?).await } else { Ok(entry) }
    }

    /// The size of a file as it is now.
    async fn size(&self, wanted: &Wanted) -> Result<Option<u64>> {
        match wanted {
            Wanted::Session(at) => Ok(self.stat(at).await?.size),
            Wanted::Stored(id) => Ok(self.backend.require_store()?.get(id).await?.size),
        }
    }

    /// Walks ahead, before anything is fetched: to the end where there are limits or a reserved file, else until it
    /// is known whether there are many files.
    async fn look_ahead<'a>(&'a self, opened: &mut [Opened<'a>], places: &[PathBuf]) -> Result<Scale> {
        let options = self.options;
        let to_end = options.max_files.is_some() || options.max_bytes.is_some() || options.reserved.is_some();
        let (mut scale, mut kept, mut all) = (Scale::default(), 0, true);
        for (Opened { one, tree }, place) in opened.iter_mut().zip(places) {
            let Some(tree) = tree else {
                options.check_free(place)?;
                scale.add(&one.source.name, one.bytes);
                continue;
            };
            let mut lost = false;
            while !tree.ended && (to_end || scale.files <= BULK && kept <= KEPT) {
                let Some(found) = tree.walk.next().await else {
                    tree.ended = true;
                    break;
                };
                if let What::File { .. } = found.what {
                    options.check_free(&place.join(&found.below))?;
                }
                count(&mut scale, &found);
                if scale.is_over(options) {
                    // A listing need not have an end.
                    return Ok(scale);
                }
                kept += size_of::<Found>() + found.at.path.as_str().len() + found.below.len();
                lost = to_end && kept > KEPT;
                if !lost {
                    tree.found.push_back(found);
                }
            }
            all &= tree.ended;
            if let (true, Wanted::Session(at)) = (lost, &one.wanted) {
                let again = TreeOptions { settle: false, all: options.all };
                let again = self.backend.require_files()?.open_tree(at, again).await?;
                *tree = Ahead { counted: true, ..self.walk(again)? };
            }
        }
        let bytes = scale.bytes().filter(|_| all);
        self.observer.on(Event::Planned { files: scale.files, bytes });
        Ok(scale)
    }

    /// Takes what there is to do to those who do it, and counts what was not counted before.
    async fn feed(&self, targets: Vec<Target<'_>>, scale: &mut Scale, budget: &Budget, items: mpsc::Sender<Item>) {
        for target in targets {
            let (mut tree, ground) = match target {
                Target::Tree(tree, ground) => (tree, ground),
                Target::File(one, spot) => {
                    if items.send(Item::Single(one, spot)).await.is_err() {
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
                            count(scale, &found);
                        }
                        found
                    }
                };
                if let Some(item) = item(found, &ground)
                    && items.send(item).await.is_err()
                {
                    return;
                }
            }
        }
        self.observer.on(Event::Planned { files: scale.files, bytes: scale.bytes() });
    }

    /// The directory that a tree goes to. Where the caller named only its parent, a link that has
    /// this name does not lead out of that.
    fn root_ground(&self, spot: &Spot, shared: &Shared) -> Result<Rc<Ground>> {
        let make = !self.options.dry_run;
        let ground = match (spot.path.parent(), spot.path.file_name().and_then(|name| name.to_str())) {
            (Some(parent), Some(name)) if spot.by_name => Ground::open(parent, make)?.enter(name, make)?,
            _ => Ground::open(&spot.path, make)?,
        };
        let ground = Rc::new(ground);
        shared.grounds.borrow_mut().insert(spot.path.clone(), Rc::clone(&ground));
        Ok(ground)
    }

    async fn do_fetch(&self, item: Item, shared: &Shared) -> Done {
        match item {
            Item::Excluded(name) => Done::Excluded(name),
            Item::Decided(receipt) => Done::Receipt(receipt),
            Item::Directory(at, ground, below) => {
                let dry_run = self.options.dry_run;
                let make =
                    || if dry_run { ground.foresee_directory(&below, &shared.claims) } else { ground.mkdir(&below) };
                let made = shared.budget.count_directory().and_then(|()| make());
                match made {
                    Ok(()) => Done::Nothing,
                    Err(error) => Done::from(Receipt::failed(&at.to_string(), Some(ground.shown(&below)), error)),
                }
            }
            Item::Leaf(one, ground, below) => {
                let place = ground.shown(&below);
                let label = Label { source: one.source.name.clone(), destination: Some(place.clone()) };
                let landed = async {
                    let done = self.land(&one, &ground, &below, &place, shared).await;
                    done.unwrap_or_else(|error| {
                        ground.fail();
                        Receipt::failed(&one.source.name, Some(place.clone()), error)
                    })
                };
                Done::from(shared.running.track(label, landed).await)
            }
            Item::Single(one, spot) => {
                let place = shown(&spot.path);
                let label = Label { source: one.source.name.clone(), destination: Some(place.clone()) };
                let landed = async {
                    let done = self.single(&one, &spot, shared).await;
                    done.unwrap_or_else(|error| Receipt::failed(&one.source.name, Some(place), error))
                };
                Done::from(shared.running.track(label, landed).await)
            }
        }
    }

    /// Fetches one file. Only where the caller named its place, and not just a directory for it, a
    /// link, a FIFO or a device there is what the caller means.
    async fn single(&self, one: &Looked, spot: &Spot, shared: &Shared) -> Result<Receipt> {
        let (name, mut path) = (&one.source.name, spot.path.clone());
        if !spot.by_name {
            if self.options.dry_run && is_stream(&path) {
                return Ok(Receipt::planned(name, Some(shown(&path)), one.bytes));
            }
            if let Some(mut file) = open_stream(&path)? {
                shared.budget.count_file()?;
                let fetched = self.fetch_within(one, one.bytes, 0, &shared.budget).await?;
                let mut write = |block: &[u8]| {
                    file.write_all(block).map_err(|e| Error::io(format!("writing `{}`", shown(&path)), &e))
                };
                let landed = stream(fetched, &mut write).await?;
                shared.budget.spend(landed.summary.bytes);
                return Ok(receipt(name, shown(&path), landed));
            }
            if path.is_symlink() {
                path = path.canonicalize().unwrap_or(path);
            }
        }
        let file_name = path.file_name().ok_or_else(|| {
            Error::usage(format!("this destination has no file name: `{}`", shown(&path)))
                .hint("add one, or a slash for a directory")
        })?;
        let file_name = file_name.to_str().ok_or_else(|| {
            Error::usage(format!("the name of a file that is made has to be UTF-8: `{}`", shown(&path)))
                .hint("choose another name, and rename it afterwards; its directory may have any name")
        })?;
        let parent = path.parent().unwrap_or(Path::new("."));
        let known = shared.grounds.borrow().get(parent).map(Rc::clone);
        let ground = if let Some(ground) = known {
            ground
        } else {
            let ground = Rc::new(Ground::open(parent, !self.options.dry_run)?);
            shared.grounds.borrow_mut().insert(parent.to_owned(), Rc::clone(&ground));
            ground
        };
        self.land(one, &ground, file_name, &shown(&path), shared).await.inspect_err(|_| ground.fail())
    }

    async fn land(&self, one: &Looked, ground: &Ground, below: &str, place: &str, shared: &Shared) -> Result<Receipt> {
        let (name, options) = (&one.source.name, self.options);
        let keep = options.if_exists == IfExists::Error;
        let there = ground.look(below)?;
        if let Some(there) = &there {
            if shared.claims.hold(there) {
                return Err(ground.taken(below));
            }
            if let Some(reason) = self.reason_to_keep(one, ground, below, there).await? {
                shared.claims.keep(there);
                return Ok(Receipt::skipped(name, place.to_owned(), name, reason));
            }
            if keep {
                return Err(ground.exists(below));
            }
        }
        if options.dry_run && options.if_exists == IfExists::Skip && ground.foresees_directory(below, &shared.claims) {
            return Ok(Receipt::skipped(name, place.to_owned(), name, SkipReason::Exists));
        }
        shared.budget.count_file()?;
        if options.dry_run {
            drop(shared.budget.claim(one.bytes)?);
            ground.foresee(below, there.as_ref(), &shared.claims)?;
            shared.budget.spend(one.bytes.unwrap_or(0));
            return Ok(Receipt::planned(name, Some(place.to_owned()), one.bytes));
        }
        let landing = Landing { keep_existing: keep, bulk: shared.bulk, claims: &shared.claims };
        let (mut tried, mut size) = (0, one.bytes);
        loop {
            let landed = match self.fetch_within(one, size, tried, &shared.budget).await {
                Ok(fetched) => ground.land(below, fetched, &landing).await,
                Err(error) if error.kind() == Kind::Unverified => Err(error),
                Err(error) => return Err(error),
            };
            match landed {
                // It may have changed since it was listed: then it is fetched as what it is now.
                Err(error) if error.kind() == Kind::Unverified && size == one.bytes => {
                    match self.size(&one.wanted).await {
                        Ok(now) if now != size => size = now,
                        _ => return Err(error),
                    }
                }
                // What was cut off on its way may come whole the next time.
                Err(error) if error.kind() == Kind::Unavailable && error.is_retryable() => {
                    let (pace, asked) = (&shared.running.pace, error.retry_after());
                    tried = error.tries().max(tried + 1);
                    let Some(wait) = pace.wait(tried - 1, asked) else { return Err(counted(error, tried)) };
                    self.observer.on(Event::Retried { name, error: &error });
                    if let Some(asked) = asked {
                        pace.hold(asked);
                    }
                    tokio::time::sleep(wait).await;
                    let _ = pace.ready().await;
                }
                Err(error) => return Err(error),
                Ok(landed) => {
                    shared.budget.spend(landed.summary.bytes);
                    return Ok(receipt(name, place.to_owned(), landed));
                }
            }
        }
    }

    async fn reason_to_keep(
        &self,
        one: &Looked,
        ground: &Ground,
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
            RemoteHash::Streamed if self.options.checksum => prove::hash(&mut fetched).await?.sha256,
            RemoteHash::Streamed | RemoteHash::Unknown => return Ok(None),
        };
        Ok(ground.hash(below).await?.eq_ignore_ascii_case(&theirs).then_some(SkipReason::SameHash))
    }

    async fn fetch(&self, one: &Looked, size: Option<u64>, tried: u32) -> Result<GetResult> {
        let options = FetchOptions { range: None, size, tried };
        match &one.wanted {
            Wanted::Session(at) => self.backend.require_files()?.fetch(at, options).await,
            Wanted::Stored(id) => self.backend.require_store()?.fetch(id, options).await,
        }
    }

    /// Fetches a file of `size` bytes, after `tried` tries that failed, watched and within the budget.
    async fn fetch_within(&self, one: &Looked, size: Option<u64>, tried: u32, budget: &Budget) -> Result<GetResult> {
        let mut share = budget.claim(size)?;
        let GetResult { body, attributes, sha256, file_id } = self.fetch(one, size, tried).await?;
        let passed = Arc::new(AtomicU64::new(0));
        self.observer.on(Event::Started { name: &one.source.name, bytes: size, passed: Arc::clone(&passed) });
        let body = body.inspect(move |block| share.take(block.len() as u64)).counted(passed);
        Ok(GetResult { body, attributes, sha256, file_id })
    }
}

/// What is to be done for something of a tree.
fn item(Found { at, below, what }: Found, ground: &Rc<Ground>) -> Option<Item> {
    let (name, place) = (at.to_string(), ground.shown(&below));
    match what {
        What::File { bytes, modified_at } => {
            let source = RemoteSource { name, base: None, is_directory: false };
            let one = Looked { wanted: Wanted::Session(at), source, bytes, modified_at };
            Some(Item::Leaf(one, Rc::clone(ground), below))
        }
        What::Directory { meant } => meant.then(|| Item::Directory(at, Rc::clone(ground), below)),
        What::Excluded => Some(Item::Excluded(name)),
        What::Skipped(why) => Some(Item::Decided(Box::new(Receipt::skipped(&name, place, &name, why)))),
        What::Failed(error) => {
            ground.fail();
            let place = (!below.is_empty()).then_some(place);
            Some(Item::Decided(Box::new(Receipt::failed(&name, place, error))))
        }
    }
}

fn count(scale: &mut Scale, found: &Found) {
    match found.what {
        What::File { bytes, .. } => scale.add(&found.below, bytes),
        What::Directory { meant: true } => scale.add_directory(),
        _ => {}
    }
}

/// An error that says how often the file was tried, where the backend did not count.
fn counted(error: Error, tries: u32) -> Error {
    if error.tries() == tries {
        return error;
    }
    let message = format!("{}{}", error.message(), after_tries(tries));
    error.with_message(message)
}

fn receipt(source: &str, place: String, landed: Landed) -> Receipt {
    Receipt {
        id: Some(landed.file_id.as_ref().map_or(source, FileId::as_str).to_owned()),
        bytes: Some(landed.summary.bytes),
        sha256: Some(landed.summary.sha256),
        verified: Some(landed.verified),
        file_id: landed.file_id,
        ..Receipt::new(source, Some(place), Outcome::Copied)
    }
}
