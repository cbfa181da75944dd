//! The files that a download wrote.

use std::cell::RefCell;
use std::collections::hash_map::{Entry, HashMap, RandomState};
use std::hash::BuildHasher;
use std::time::UNIX_EPOCH;

use cap_fs_ext::MetadataExt;
use cap_std::fs::Metadata;

use super::reserved::Reserved;
use wharf_core::platform::FileKey;
use wharf_core::platform::names::NameRules;

/// The files that a run wrote, by their inodes. If a disk takes two names for the same one, the first file is found under
/// the second name, whatever the disk's rule is.
#[derive(Default)]
pub struct WrittenFiles {
    /// The files by device and number of the group of their inodes. A disk gives new files inodes that follow each other, so
    /// that a million files take little memory.
    files: RefCell<HashMap<(u64, u64), InodeGroup>>,
    reserved: Option<FileKey>,
    /// The names that a dry run would create, by a hash, and whether to a directory.
    names: RefCell<HashMap<u64, bool>>,
    key: RandomState,
}

/// Some of 64 files whose inodes follow each other.
#[derive(Default)]
struct InodeGroup {
    /// A bit for each.
    files: u64,
    /// The birth time of the first file, in milliseconds since 1970.
    first: i64,
    /// The birth time of each file after that, in milliseconds and in the order of the bits. A file that is younger only has
    /// the inode of one that another program replaced or removed. Two bytes, since there may be a million of them: what is
    /// further away counts as the furthest.
    born: Vec<i16>,
}

impl InodeGroup {
    /// Returns the position of the birth time of a file.
    fn position(&self, bit: u64) -> usize {
        (self.files & (bit - 1)).count_ones() as usize
    }

    /// Returns a birth time after that of the first file.
    fn after_first(&self, born: i64) -> i16 {
        let after = born.saturating_sub(self.first);
        i16::try_from(after).unwrap_or(if after < 0 { i16::MIN } else { i16::MAX })
    }

    fn contains(&self, bit: u64, born: Option<i64>) -> bool {
        let born = born.map(|born| self.after_first(born));
        self.files & bit != 0
            && born.zip(self.born.get(self.position(bit))).is_none_or(|(born, latest)| born <= *latest)
    }

    fn add(&mut self, bit: u64, born: Option<i64>) {
        if self.files == 0 {
            self.first = born.unwrap_or_default();
        }
        let (position, born) = (self.position(bit), born.map_or(i16::MAX, |born| self.after_first(born)));
        if self.files & bit == 0 {
            self.files |= bit;
            self.born.insert(position, born);
        } else if let Some(latest) = self.born.get_mut(position) {
            *latest = born.max(*latest);
        }
    }
}

/// Device and inode of an existing directory, and the path below it.
pub(super) type Name = (u64, u64, String);

impl WrittenFiles {
    /// Returns the files of a run that wrote nothing yet; the reserved file counts as written.
    pub(crate) fn with_reserved(reserved: Option<&Reserved>) -> Self {
        WrittenFiles { reserved: reserved.map(Reserved::key), ..WrittenFiles::default() }
    }

    /// Returns whether this run wrote or kept this file under another name.
    pub fn contains(&self, meta: &Metadata) -> bool {
        if self.reserved == Some((meta.dev(), meta.ino())) {
            return true;
        }
        let (group, bit) = group_of(meta);
        self.files.borrow().get(&group).is_some_and(|group| group.contains(bit, born(meta)))
    }

    /// Adds a file that was skipped, unless it has several names: it may be skipped under each.
    pub fn keep(&self, meta: &Metadata) {
        if meta.is_file() && meta.nlink() == 1 {
            self.add(meta);
        }
    }

    /// Adds a name that a run would create; false where the run would have created it before. Only a hash of each name is
    /// kept, because there may be many.
    pub(super) fn plan(&self, name: &Name, to_directory: bool) -> bool {
        match self.names.borrow_mut().entry(self.number(name)) {
            Entry::Vacant(free) => {
                free.insert(to_directory);
                true
            }
            Entry::Occupied(taken) => to_directory && *taken.get(),
        }
    }

    /// Returns whether a run would have created a directory (true) or a file (false) of this name by then.
    pub(super) fn planned(&self, name: &Name) -> Option<bool> {
        self.names.borrow().get(&self.number(name)).copied()
    }

    /// Returns a hash of a name, which is equal for all names that the system takes for the same one.
    fn number(&self, (dev, ino, below): &Name) -> u64 {
        self.key.hash_one((dev, ino, NameRules::HERE.folded(below)))
    }

    pub(super) fn add(&self, meta: &Metadata) {
        let (group, bit) = group_of(meta);
        self.files.borrow_mut().entry(group).or_default().add(bit, born(meta));
    }
}

/// Returns device and number of the group of a file, and its bit in that.
fn group_of(meta: &Metadata) -> ((u64, u64), u64) {
    ((meta.dev(), meta.ino() / 64), 1 << (meta.ino() % 64))
}

/// Returns the birth time of a file in milliseconds since 1970; `None` if the disk keeps none.
fn born(meta: &Metadata) -> Option<i64> {
    let time = meta.created().ok()?.into_std().duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(time.as_millis()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_younger_file_with_the_inode_of_a_written_one_is_another_one() {
        let mut group = InodeGroup::default();
        let all = [(3, Some(1_000)), (0, Some(1_002)), (63, Some(900_000)), (7, Some(-900_000)), (9, None)];
        for (bit, born) in all {
            group.add(1 << bit, born);
        }
        for (bit, born) in all {
            assert!(group.contains(1 << bit, born) && group.contains(1 << bit, None), "{bit}");
        }
        assert!(!group.contains(1 << 20, None), "none of the others was written");
        let younger: Vec<bool> = all.map(|(bit, _)| group.contains(1 << bit, Some(1_003))).into();
        assert_eq!(younger, [false, false, true, false, true]);
        group.add(1 << 3, Some(1_003));
        assert!(group.contains(1 << 3, Some(1_003)), "it was written again");
    }
}
