//! What a session's files are: a tree in memory with the documented rules, and nothing else.
//!
//! The documentation fixes a kind for each fault. Where several are there at once it does not say
//! which one is reported, so that a refusal is the set of all kinds that fit.

use std::collections::BTreeMap;

use wharf_client::backend::{Capabilities, Feature};
use wharf_core::error::Kind;
use wharf_core::model::{EntryKind, FileId};

use crate::room::Line;

/// One thing to do. Written by `Debug` so that it can be pasted as a test case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Op {
    Put { at: &'static str, bytes: Bytes, keep_existing: bool, bulk: bool },
    Mkdir { at: &'static str, parents: bool },
    Rename { from: &'static str, to: &'static str },
    Remove { at: &'static str, recursive: bool },
    Stat { at: &'static str },
    List { at: &'static str, recursive: bool },
    Resolve { at: &'static str },
    Fetch { at: &'static str, range: Option<(u64, Option<u64>)> },
    Mount { at: &'static str, stored: usize },
    Unmount { at: &'static str },
}

/// A letter, repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bytes(pub(crate) usize, pub(crate) char);

impl Bytes {
    pub(crate) fn to_vec(self) -> Vec<u8> {
        self.1.to_string().repeat(self.0).into_bytes()
    }
}

/// What is seen of an operation that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Observation {
    Done,
    Lines(Vec<Line>),
    Content(Vec<u8>),
}

/// The stored files that can be mounted.
pub(crate) type Stored = Vec<(FileId, Vec<u8>)>;

/// The parts of a path. In the order of these a directory comes before what is in it, and that
/// before its next neighbour.
type Path = Vec<&'static str>;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    Directory,
    File(Bytes),
    Mount(usize),
}

/// A session of a backend with these capabilities.
pub(crate) struct Model<'a> {
    capabilities: &'static Capabilities,
    stored: &'a Stored,
    tree: BTreeMap<Path, Node>,
    /// The mounts, oldest first.
    mounts: Vec<Path>,
}

type Outcome = Result<Observation, Vec<Kind>>;

impl<'a> Model<'a> {
    /// An empty session.
    pub(crate) fn new(capabilities: &'static Capabilities, stored: &'a Stored) -> Self {
        Model { capabilities, stored, tree: BTreeMap::from([(Path::new(), Node::Directory)]), mounts: Vec::new() }
    }

    /// Does it, or says in which ways it may be refused; then nothing has changed.
    pub(crate) fn play(&mut self, op: &Op) -> Outcome {
        if !needs(op).iter().all(|feature| self.capabilities.features.contains(feature)) {
            return Err(vec![Kind::Unsupported]);
        }
        match *op {
            Op::Put { at, bytes, keep_existing, .. } => self.put(path(at), bytes, keep_existing),
            Op::Mkdir { at, parents } => self.mkdir(&path(at), parents),
            Op::Rename { from, to } => self.rename(&path(from), &path(to)),
            Op::Remove { at, recursive } => self.remove(&path(at), recursive),
            Op::Stat { at } => self.stat(&path(at)),
            Op::List { at, recursive } => self.list(&path(at), recursive),
            Op::Resolve { at } => self.stat(&path(at)).map(|_| Observation::Done),
            Op::Fetch { at, range } => self.fetch(&path(at), range),
            Op::Mount { at, stored } => self.mount(path(at), stored),
            Op::Unmount { at } => self.unmount(&path(at)),
        }
    }

    /// Every path with what it holds, parents first and names in order.
    pub(crate) fn lines(&self) -> Vec<Line> {
        self.lines_below(&Path::new(), true)
    }

    /// Every file's path and content.
    pub(crate) fn contents(&self) -> impl Iterator<Item = (String, Vec<u8>)> {
        self.tree.iter().filter_map(|(path, node)| Some((path.join("/"), self.content(node)?)))
    }

    /// Where the mounts are, oldest first.
    pub(crate) fn mounts(&self) -> Vec<String> {
        self.mounts.iter().map(|path| path.join("/")).collect()
    }

    fn put(&mut self, at: Path, bytes: Bytes, keep_existing: bool) -> Outcome {
        let in_the_way = match self.tree.get(&at) {
            Some(Node::Directory | Node::Mount(_)) => true,
            Some(Node::File(_)) => keep_existing,
            None => self.below_a_file(&at),
        };
        refuse(&[(in_the_way, Kind::Conflict)])?;
        self.make_parents(&at);
        self.tree.insert(at, Node::File(bytes));
        Ok(Observation::Done)
    }

    fn mkdir(&mut self, at: &Path, parents: bool) -> Outcome {
        let taken = match self.tree.get(at) {
            Some(Node::Directory) => !parents,
            Some(_) => true,
            None => self.below_a_file(at),
        };
        refuse(&[(taken, Kind::Conflict), (!parents && self.lacks_parent(at), Kind::NotFound)])?;
        self.make_parents(at);
        self.tree.insert(at.clone(), Node::Directory);
        self.stat(at)
    }

    fn rename(&mut self, from: &Path, to: &Path) -> Outcome {
        let elsewhere = from != to;
        let moved: Vec<(Path, Node)> = self.within(from).map(|(path, node)| (path.clone(), node.clone())).collect();
        let of_directory = self.tree.get(from) == Some(&Node::Directory);
        let unmoved = moved.iter().any(|(_, node)| matches!(node, Node::Mount(_)));
        let in_the_way = match self.tree.get(to) {
            Some(Node::Directory | Node::Mount(_)) => true,
            Some(Node::File(_)) => of_directory,
            None => self.below_a_file(to),
        };
        refuse(&[
            (moved.is_empty(), Kind::NotFound),
            (from.is_empty() || unmoved, Kind::Conflict),
            (elsewhere && (to.starts_with(from) || in_the_way), Kind::Conflict),
            (elsewhere && self.lacks_parent(to), Kind::NotFound),
        ])?;
        for (path, _) in &moved {
            self.tree.remove(path);
        }
        for (path, node) in moved {
            self.tree.insert([to, &path[from.len()..]].concat(), node);
        }
        self.stat(to)
    }

    fn remove(&mut self, at: &Path, recursive: bool) -> Outcome {
        let full = self.within(at).count() > 1;
        refuse(&[
            (at.is_empty(), Kind::Conflict),
            (!self.tree.contains_key(at), Kind::NotFound),
            (full && !recursive, Kind::Conflict),
        ])?;
        self.tree.retain(|path, _| !path.starts_with(at));
        self.mounts.retain(|path| !path.starts_with(at));
        Ok(Observation::Done)
    }

    fn stat(&self, at: &Path) -> Outcome {
        match self.tree.get(at) {
            Some(node) => Ok(Observation::Lines(vec![self.line(at, node)])),
            None => Err(vec![Kind::NotFound]),
        }
    }

    fn list(&self, at: &Path, recursive: bool) -> Outcome {
        match self.tree.get(at) {
            Some(Node::Directory) => Ok(Observation::Lines(self.lines_below(at, recursive))),
            _ => self.stat(at),
        }
    }

    fn fetch(&self, at: &Path, range: Option<(u64, Option<u64>)>) -> Outcome {
        let node = self.tree.get(at).ok_or_else(|| vec![Kind::NotFound])?;
        let mut content = self.content(node).ok_or_else(|| vec![Kind::Conflict])?;
        if let Some((first, last)) = range {
            let first = usize::try_from(first).unwrap();
            refuse(&[(first > 0 && first >= content.len(), Kind::Usage)])?;
            content.truncate(last.map_or(usize::MAX, |last| usize::try_from(last).unwrap() + 1));
            content.drain(..first);
        }
        Ok(Observation::Content(content))
    }

    fn mount(&mut self, at: Path, stored: usize) -> Outcome {
        let taken = self.tree.contains_key(&at) || self.below_a_file(&at);
        let full = self.capabilities.limits.mounts.is_some_and(|most| self.mounts.len() >= most as usize);
        refuse(&[(taken, Kind::Conflict), (at.is_empty(), Kind::Usage), (full, Kind::Limit)])?;
        self.make_parents(&at);
        self.mounts.push(at.clone());
        self.tree.insert(at, Node::Mount(stored));
        Ok(Observation::Done)
    }

    fn unmount(&mut self, at: &Path) -> Outcome {
        refuse(&[(!self.mounts.contains(at), Kind::NotFound)])?;
        self.remove(at, false)
    }

    /// A path and all that is below it.
    fn within(&self, at: &Path) -> impl Iterator<Item = (&Path, &Node)> {
        self.tree.range(at.clone()..).take_while({
            let at = at.clone();
            move |(path, _)| path.starts_with(&at)
        })
    }

    fn below_a_file(&self, at: &Path) -> bool {
        ancestors(at).any(|above| self.tree.get(above).is_some_and(|node| *node != Node::Directory))
    }

    fn lacks_parent(&self, at: &Path) -> bool {
        at.split_last().is_some_and(|(_, parent)| !self.tree.contains_key(parent))
    }

    fn make_parents(&mut self, at: &Path) {
        for above in ancestors(at) {
            self.tree.entry(above.to_vec()).or_insert(Node::Directory);
        }
    }

    fn content(&self, node: &Node) -> Option<Vec<u8>> {
        match node {
            Node::Directory => None,
            Node::File(bytes) => Some(bytes.to_vec()),
            Node::Mount(stored) => Some(self.stored[*stored].1.clone()),
        }
    }

    fn lines_below(&self, at: &Path, recursive: bool) -> Vec<Line> {
        let below = self.within(at).filter(|(path, _)| path.len() > at.len());
        let wanted = below.filter(|(path, _)| recursive || path.len() == at.len() + 1);
        wanted.map(|(path, node)| self.line(path, node)).collect()
    }

    fn line(&self, at: &Path, node: &Node) -> Line {
        let path = at.join("/");
        match node {
            Node::Directory => Line { path, kind: EntryKind::Directory, size: None, file_id: None },
            Node::File(bytes) => Line { path, kind: EntryKind::File, size: Some(bytes.0 as u64), file_id: None },
            Node::Mount(stored) => {
                let (id, content) = &self.stored[*stored];
                let size = Some(content.len() as u64);
                Line { path, kind: EntryKind::File, size, file_id: Some(id.clone()) }
            }
        }
    }
}

fn path(at: &'static str) -> Path {
    at.split('/').filter(|part| !part.is_empty()).collect()
}

/// The directories that must be there for a path to be, the root first.
fn ancestors<'p>(at: &'p [&'static str]) -> impl Iterator<Item = &'p [&'static str]> {
    (0..at.len()).map(move |length| &at[..length])
}

fn needs(op: &Op) -> &'static [Feature] {
    match op {
        Op::Mkdir { .. } => &[Feature::SessionFiles, Feature::Mkdir],
        Op::Rename { .. } => &[Feature::SessionFiles, Feature::Move],
        Op::Mount { .. } | Op::Unmount { .. } => &[Feature::Resources, Feature::ResourceFile],
        _ => &[Feature::SessionFiles],
    }
}

/// Every kind of fault that is there.
fn refuse(faults: &[(bool, Kind)]) -> Result<(), Vec<Kind>> {
    let there: Vec<Kind> = faults.iter().filter(|(there, _)| *there).map(|(_, kind)| *kind).collect();
    if there.is_empty() { Ok(()) } else { Err(there) }
}
