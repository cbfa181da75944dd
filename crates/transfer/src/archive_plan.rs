//! What becomes of each entry of a tar archive, by what came before it.
//!
//! The archive may be hostile. A path that is absolute, leads upwards or is not text, a link that leads out of the archive,
//! and what is neither a file nor a directory nor a link are failures of their own, and the other entries arrive.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use super::Transfer;
use super::filter::{FilterDecision, ListingFilter};
use super::links::LinkPolicy;
use wharf_core::advice::Setting;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Outcome, RemotePath};
use wharf_core::tar::{ArchiveEntry, EntryType};

/// The most files of an archive, and the most directories: their paths are remembered.
const ENTRIES: usize = 1_000_000;

/// The most links from one to the next that are followed, as in Linux.
const LONGEST_CHAIN: usize = 40;

/// The most links of an archive that are followed.
const LINKS: usize = 10_000;

/// A link in an archive that leads to a path in the archive.
pub(super) struct ArchiveLink {
    pub(super) name: String,
    pub(super) below: String,
    pub(super) target: String,
}

/// What is known of an archive while it is read.
pub(super) struct ArchiveState<'a> {
    filter: ListingFilter<'a>,
    links: LinkPolicy,
    /// The hashes of the paths of files and links.
    paths: HashSet<u64>,
    /// The hashes of the paths of directories, with those that files need.
    directories: HashSet<u64>,
    hasher: RandomState,
    /// The links to follow once all files are there, and the place of each by the hash of its path.
    followed: Vec<ArchiveLink>,
    places: HashMap<u64, usize>,
    /// The largest file that the backend takes, in bytes.
    file_bytes: Option<u64>,
}

/// What to do with an entry.
pub(super) enum EntryPlan {
    File(String),
    Directory(String),
    Failed(Error),
    Skipped(Outcome),
    Excluded,
    /// It has no part in the upload, or is done later.
    Nothing,
}

impl<'a> ArchiveState<'a> {
    /// Returns what is known before the first entry.
    pub(super) fn new(transfer: &Transfer<'a>) -> Self {
        ArchiveState {
            filter: ListingFilter::new(&transfer.options.filter),
            links: LinkPolicy::new(transfer.options.links),
            paths: HashSet::new(),
            directories: HashSet::new(),
            hasher: RandomState::new(),
            followed: Vec::new(),
            places: HashMap::new(),
            file_bytes: transfer.backend.limits().file_bytes,
        }
    }

    /// Returns how many files and links there were so far.
    pub(super) fn files(&self) -> u64 {
        self.paths.len() as u64
    }

    /// Returns whether a file of the archive has this path.
    pub(super) fn has(&self, below: &str) -> bool {
        let path = self.hasher.hash_one(below);
        self.paths.contains(&path) && !self.places.contains_key(&path)
    }

    /// Decides about an entry.
    ///
    /// # Errors
    /// `limit` for an archive with too many entries.
    pub(super) fn plan(&mut self, entry: &ArchiveEntry, name: &str) -> Result<EntryPlan> {
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
            EntryType::Directory if self.has(&below) || !self.remember_parents(&below)? => {
                Ok(EntryPlan::Failed(occupied(name)))
            }
            EntryType::Directory => {
                self.remember_directory(&below)?;
                Ok(EntryPlan::Directory(below))
            }
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
        // Files may be sent after directories that follow them: what is in the way of what is decided here.
        if self.directories.contains(&self.hasher.hash_one(&below)) || !self.remember_parents(&below)? {
            return Ok(EntryPlan::Failed(occupied(name)));
        }
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
    pub(super) fn resolved_links(&mut self) -> Vec<ArchiveLink> {
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

    /// Remembers the directories above a path; returns false where one of them is a file of the archive.
    fn remember_parents(&mut self, below: &str) -> Result<bool> {
        for (end, _) in below.rmatch_indices('/') {
            let parent = below.get(..end).unwrap_or_default();
            if self.has(parent) {
                return Ok(false);
            }
            if !self.remember_directory(parent)? {
                break;
            }
        }
        Ok(true)
    }

    /// Remembers the path of a directory; returns whether it is new.
    fn remember_directory(&mut self, below: &str) -> Result<bool> {
        if self.directories.len() >= ENTRIES {
            return Err(Error::new(Kind::Limit, format!("the archive has more than {ENTRIES} directories"))
                .hint("files that arrived before are complete; split the archive"));
        }
        Ok(self.directories.insert(self.hasher.hash_one(below)))
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
pub(super) fn shown(path: &[u8]) -> String {
    const SHOWN: usize = 4096;
    match path.get(..SHOWN) {
        Some(head) if path.len() > SHOWN => format!("{}…", String::from_utf8_lossy(head)),
        _ => String::from_utf8_lossy(path).into_owned(),
    }
}

fn taken(name: &str) -> Error {
    Error::conflict(format!("the archive has this path twice: `{name}`"))
        .hint("only the first one is uploaded; write the archive anew, without the older one")
}

fn occupied(name: &str) -> Error {
    Error::conflict(format!("the archive has a file and a directory of the same path: `{name}`"))
        .hint("only the first one is uploaded; write the archive anew, with one of them")
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
