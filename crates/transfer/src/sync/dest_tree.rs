//! What is at the destination of a sync, and what of it the source lacks.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::path::{Path, PathBuf};

use super::compare::Precision;
use wharf_core::error::Error;
use wharf_core::model::Timestamp;

/// The entries of the destination by their paths below it. What is in a directory that the filter excludes is not among them.
#[derive(Default)]
pub(super) struct DestTree {
    /// In the order of paths, what is in a directory follows it directly.
    entries: BTreeMap<PathBuf, DestEntry>,
    /// Whether the destination exists.
    pub(super) exists: bool,
    /// Device and inode of the destination, if it is on this machine.
    pub(super) key: Option<(u64, u64)>,
    /// What could not be read, with the path for people: nothing is deleted then.
    pub(super) failures: Vec<(String, Error)>,
    /// The precision of its times.
    pub(super) precision: Precision,
    /// Whether an entry is in the way of something of the source.
    has_obstacles: bool,
}

/// An entry of the destination.
#[derive(Debug)]
pub(super) struct DestEntry {
    pub(super) kind: DestKind,
    pub(super) bytes: Option<u64>,
    pub(super) modified_at: Option<Timestamp>,
    /// Whether it stays whatever the source has: something in it is excluded, or belongs to another file system.
    kept: bool,
    /// Whether it was deleted.
    gone: bool,
    at_source: Counterpart,
}

/// The kind of an entry. Links are not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DestKind {
    File,
    Directory,
    Link,
    /// A FIFO, a socket, a device.
    Special,
}

/// What the source has at the path of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counterpart {
    Nothing,
    /// Something that the entry can stay or be overwritten for.
    Same,
    /// Something that the entry is in the way of.
    Other,
}

/// An entry that the source lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ExtraEntry {
    /// The path below the destination.
    pub(super) below: PathBuf,
    pub(super) is_directory: bool,
}

/// An entry that is in the way of something of the source.
pub(super) struct Obstacle<'a> {
    /// Its path below the destination.
    pub(super) below: &'a Path,
    pub(super) is_directory: bool,
    /// Whether it was deleted.
    pub(super) is_gone: bool,
    /// Whether it stays whatever the source has.
    pub(super) is_kept: bool,
}

impl DestEntry {
    pub(super) fn new(kind: DestKind, bytes: Option<u64>, modified_at: Option<Timestamp>) -> Self {
        DestEntry { kind, bytes, modified_at, kept: false, gone: false, at_source: Counterpart::Nothing }
    }

    /// Returns the entry as one that stays in any case.
    pub(super) fn kept(self, kept: bool) -> Self {
        DestEntry { kept, ..self }
    }

    fn is_extra(&self) -> bool {
        !self.kept && self.at_source != Counterpart::Same
    }
}

impl DestTree {
    /// Adds an entry; its parents come first.
    pub(super) fn add(&mut self, below: PathBuf, entry: DestEntry) {
        if entry.kind == DestKind::File
            && let Some(time) = entry.modified_at
        {
            self.precision.add(time);
        }
        if entry.kept {
            self.keep_parents(&below);
        }
        self.entries.insert(below, entry);
    }

    /// Keeps the directories above a path.
    pub(super) fn keep_parents(&mut self, below: &Path) {
        for parent in parents(below) {
            match self.entries.get_mut(parent) {
                Some(entry) if entry.kept => return,
                Some(entry) => entry.kept = true,
                None => {}
            }
        }
    }

    /// Keeps an entry with everything in it: the source has something there that is not transferred.
    pub(super) fn keep(&mut self, below: &Path) {
        self.keep_parents(below);
        let from = (Bound::Included(below), Bound::Unbounded);
        for (_, entry) in self.entries.range_mut::<Path, _>(from).take_while(|(path, _)| path.starts_with(below)) {
            entry.kept = true;
        }
    }

    /// Notes that the source has a file, or a directory, at a path.
    pub(super) fn match_source(&mut self, below: &Path, is_directory: bool) {
        for parent in parents(below) {
            if self.set(parent, true) {
                break;
            }
        }
        self.set(below, is_directory);
    }

    /// Notes what the source has at one path; returns whether this was known.
    fn set(&mut self, below: &Path, is_directory: bool) -> bool {
        let Some(entry) = self.entries.get_mut(below) else { return false };
        let fits = match entry.kind {
            DestKind::Directory => is_directory,
            // A write replaces a link, and not what it points to.
            DestKind::File | DestKind::Link => !is_directory,
            DestKind::Special => false,
        };
        let at_source = if fits { Counterpart::Same } else { Counterpart::Other };
        let is_known = entry.at_source == at_source;
        if !is_known {
            entry.at_source = at_source;
            self.has_obstacles |= !fits;
        }
        is_known
    }

    /// Returns what is at a path.
    pub(super) fn get(&self, below: &Path) -> Option<&DestEntry> {
        self.entries.get(below)
    }

    /// Returns whether there are files, and none has a time.
    pub(super) fn lacks_times(&self) -> bool {
        let mut files = self.entries.values().filter(|entry| entry.kind == DestKind::File).peekable();
        files.peek().is_some() && files.all(|entry| entry.modified_at.is_none())
    }

    /// Returns whether there is a directory at a path.
    pub(super) fn has_directory(&self, below: &Path) -> bool {
        self.get(below).is_some_and(|entry| entry.kind == DestKind::Directory)
    }

    /// Returns the entry that is in the way of a path of the source, or was before it was deleted: at the path, or in place
    /// of a directory above it.
    pub(super) fn obstacle(&self, below: &Path) -> Option<Obstacle<'_>> {
        if !self.has_obstacles {
            return None;
        }
        let paths = std::iter::once(below).chain(parents(below));
        let mut found = paths.filter_map(|path| self.entries.get_key_value(path));
        let (path, entry) = found.find(|(_, entry)| entry.at_source == Counterpart::Other)?;
        let is_directory = entry.kind == DestKind::Directory;
        Some(Obstacle { below: path, is_directory, is_gone: entry.gone, is_kept: entry.kept })
    }

    /// Returns whether an entry is in the way of something.
    pub(super) fn has_obstacles(&self) -> bool {
        self.has_obstacles
    }

    /// Returns what the source lacks, or has something else for; what is in a directory comes before it.
    pub(super) fn extra(&self) -> Vec<ExtraEntry> {
        let extra = self.entries.iter().rev().filter(|(_, entry)| entry.is_extra());
        extra
            .map(|(below, entry)| ExtraEntry { below: below.clone(), is_directory: entry.kind == DestKind::Directory })
            .collect()
    }

    /// Notes that an entry was deleted.
    pub(super) fn removed(&mut self, below: &Path) {
        if let Some(entry) = self.entries.get_mut(below) {
            entry.gone = true;
        }
    }
}

/// Returns the directories above a path, the innermost first.
fn parents(below: &Path) -> impl Iterator<Item = &Path> {
    below.ancestors().skip(1).filter(|path| !path.as_os_str().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tree with these entries: `d/` is a directory, `l@` a link, `p|` a FIFO.
    fn tree(entries: &[&str]) -> DestTree {
        let mut tree = DestTree::default();
        for entry in entries {
            let kind = match entry.chars().last() {
                Some('/') => DestKind::Directory,
                Some('@') => DestKind::Link,
                Some('|') => DestKind::Special,
                _ => DestKind::File,
            };
            tree.add(entry.trim_end_matches(['/', '@', '|']).into(), DestEntry::new(kind, Some(1), None));
        }
        tree
    }

    fn extra(tree: &DestTree) -> String {
        let extra = tree.extra();
        extra.iter().map(|extra| extra.below.to_str().unwrap()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_the_source_lacks_is_extra_and_comes_before_its_directory() {
        let mut tree = tree(&["a", "d/", "d/x", "d/e/", "d/e/y", "d-", "f/", "f/z", "l@"]);
        tree.match_source(Path::new("d/x"), false);
        assert_eq!(extra(&tree), "l f/z f d- d/e/y d/e a");
        assert!(!tree.has_obstacles());
    }

    #[test]
    fn a_directory_with_something_that_stays_stays() {
        let mut tree = tree(&["d/", "d/e/", "d/e/x", "d/y", "k/", "k/l/", "k/l/m"]);
        tree.keep_parents(Path::new("d/e/excluded"));
        tree.keep(Path::new("k/l"));
        assert_eq!(extra(&tree), "d/y d/e/x");
    }

    #[test]
    fn what_stays_is_in_the_way_and_is_not_extra() {
        let mut tree = tree(&["d/", "d/e", "k/"]);
        tree.add("d/excluded".into(), DestEntry::new(DestKind::File, None, None).kept(true));
        tree.keep(Path::new("k"));
        for path in ["d", "k"] {
            tree.match_source(Path::new(path), false);
            assert!(tree.obstacle(Path::new(path)).is_some_and(|found| found.is_kept), "{path}");
        }
        assert_eq!(extra(&tree), "d/e");
    }

    #[test]
    fn what_has_another_kind_than_at_the_source_is_in_the_way() {
        let mut tree = tree(&["a", "d/", "d/x", "l@", "p|", "r@"]);
        tree.match_source(Path::new("a/new/file"), false);
        tree.match_source(Path::new("d"), false);
        tree.match_source(Path::new("l"), false);
        tree.match_source(Path::new("p"), false);
        tree.match_source(Path::new("r/file"), false);
        tree.match_source(Path::new("r/other"), false);
        let obstacle = |tree: &DestTree, path: &str| tree.obstacle(Path::new(path)).map(|found| found.below.to_owned());
        assert_eq!(obstacle(&tree, "a/new/file"), Some("a".into()));
        assert_eq!(obstacle(&tree, "d"), Some("d".into()));
        assert_eq!(obstacle(&tree, "p"), Some("p".into()));
        assert_eq!(obstacle(&tree, "r/other"), Some("r".into()));
        assert_eq!((obstacle(&tree, "l"), obstacle(&tree, "other")), (None, None));
        assert_eq!(extra(&tree), "r p d/x d a");
        for gone in tree.extra() {
            tree.removed(&gone.below);
        }
        assert!(tree.obstacle(Path::new("a/new/file")).is_some_and(|found| found.is_gone && !found.is_directory));
    }
}
