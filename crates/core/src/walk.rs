//! The one walk of local directories: what lies below a directory handle, name by name, of any depth.
//!
//! [`DirWalk`] follows no link and applies no filter: its callers decide for each directory whether to enter it,
//! and keep a value of their own for each level. [`crate::removal`] works on the same `NestedDirs` in another order:
//! it removes files while it lists, and directories on the way back.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use cap_fs_ext::DirExt;
use cap_std::fs::{Dir, Metadata};

/// Levels that keep their handles while what is below them is walked.
const KEPT: usize = 24;

/// Below those, one level keeps its handle for each stretch of path of this length in bytes, which is far less than
/// the system takes in one call.
const STRETCH: usize = 1024;

/// Opens a directory itself, to lock it, to sync it or to give it a mode: the handle within a [`Dir`] may be good for
/// nothing but opening what is below.
pub fn open_handle(dir: &Dir) -> io::Result<File> {
    Ok(dir.open(".")?.into_std())
}

/// Directories that lie in each other, of which only some keep their handles: a level that gave its own up is
/// opened again from the nearest one above, without following a link.
pub(crate) struct NestedDirs<T> {
    levels: Vec<NestedDir<T>>,
}

struct NestedDir<T> {
    name: OsString,
    dir: Option<Arc<Dir>>,
    value: T,
}

impl<T> NestedDirs<T> {
    pub(crate) fn new() -> Self {
        NestedDirs { levels: Vec::new() }
    }

    pub(crate) fn depth(&self) -> usize {
        self.levels.len()
    }

    /// Adds the innermost directory. The level above gives its handle up where one near above keeps its own.
    pub(crate) fn push(&mut self, name: OsString, dir: Dir, value: T) {
        let bare = self.levels.iter().rev().skip(1).take_while(|level| level.dir.is_none());
        let stretch: usize = bare.map(|level| level.name.len() + 1).sum();
        let depth = self.levels.len();
        if let Some(level) = self.levels.last_mut()
            && depth > KEPT
            && stretch + level.name.len() < STRETCH
        {
            level.dir = None;
        }
        self.levels.push(NestedDir { name, dir: Some(Arc::new(dir)), value });
    }

    /// Removes the innermost directory, and returns its name.
    pub(crate) fn pop(&mut self) -> Option<(OsString, T)> {
        self.levels.pop().map(|level| (level.name, level.value))
    }

    pub(crate) fn last(&self) -> Option<&T> {
        self.levels.last().map(|level| &level.value)
    }

    pub(crate) fn last_mut(&mut self) -> Option<&mut T> {
        self.levels.last_mut().map(|level| &mut level.value)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &T> {
        self.levels.iter().map(|level| &level.value)
    }

    /// Returns the path of a name in the innermost directory.
    pub(crate) fn path(&self, name: &OsStr) -> PathBuf {
        self.levels.iter().map(|level| &*level.name).chain([name]).filter(|name| !name.is_empty()).collect()
    }

    /// Returns the innermost directory, opened again where its handle was given up.
    pub(crate) fn dir(&mut self) -> io::Result<&Arc<Dir>> {
        let kept = self.levels.iter().rposition(|level| level.dir.is_some()).unwrap_or(0);
        if kept + 1 < self.levels.len() {
            let below: PathBuf = self.levels.iter().skip(kept + 1).map(|level| &level.name).collect();
            let above = self.levels.get(kept).and_then(|level| level.dir.as_ref());
            let dir = above.map(|dir| dir.open_dir_nofollow(below)).ok_or(io::ErrorKind::NotFound)??;
            if let Some(level) = self.levels.last_mut() {
                level.dir = Some(Arc::new(dir));
            }
        }
        self.levels.last().and_then(|level| level.dir.as_ref()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

/// A walk whose caller decides for each directory whether to enter it. It follows no link and needs few handles.
///
/// `T` is what the caller knows of a directory: its path, as the caller writes it.
pub struct DirWalk<T> {
    levels: NestedDirs<WalkLevel<T>>,
}

struct WalkLevel<T> {
    /// The names still to come, the last one first.
    left: Vec<OsString>,
    value: T,
}

impl<T> DirWalk<T> {
    /// Returns a walk of what is in `dir`.
    ///
    /// # Errors
    /// Those of listing the directory.
    pub fn new(dir: Dir, value: T) -> io::Result<Self> {
        let mut walk = DirWalk { levels: NestedDirs::new() };
        walk.push(OsString::new(), dir, value)?;
        Ok(walk)
    }

    /// Returns what the caller knows of the directory that the last name lies in.
    pub fn within(&self) -> Option<&T> {
        self.levels.last().map(|level| &level.value)
    }

    /// Returns what the caller knows of the directories that the last name lies in, the root first.
    pub fn ancestors(&self) -> impl Iterator<Item = &T> {
        self.levels.values().map(|level| &level.value)
    }

    /// Enters the directory of this name, which the walk gave last; false where something else or nothing is there
    /// by now.
    ///
    /// # Errors
    /// Those of opening and listing the directory.
    pub fn enter(&mut self, name: &OsStr, value: T) -> io::Result<bool> {
        let dir = match self.levels.dir().and_then(|dir| dir.open_dir_nofollow(name)) {
            Err(e) if is_other(&e) => return Ok(false),
            opened => opened?,
        };
        self.push(name.to_owned(), dir, value)?;
        Ok(true)
    }

    fn push(&mut self, name: OsString, dir: Dir, value: T) -> io::Result<()> {
        let mut left =
            dir.entries()?.map(|entry| entry.map(|entry| entry.file_name())).collect::<io::Result<Vec<_>>>()?;
        left.sort_unstable_by(|a, b| b.cmp(a));
        self.levels.push(name, dir, WalkLevel { left, value });
        Ok(())
    }

    /// Returns the directory that the last name lies in.
    ///
    /// # Errors
    /// Those of opening it again.
    pub fn dir(&mut self) -> io::Result<&Arc<Dir>> {
        self.levels.dir()
    }
}

/// Each name and what it is; what vanished meanwhile is left out.
impl<T> Iterator for DirWalk<T> {
    type Item = io::Result<(OsString, Metadata)>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some(name) = self.levels.last_mut()?.left.pop() else {
                self.levels.pop();
                continue;
            };
            // Where the directory itself is gone, so are all its names.
            let looked = self.dir().and_then(|dir| dir.symlink_metadata(&name));
            match looked {
                Err(e) if is_other(&e) => {}
                looked => return Some(looked.map(|meta| (name, meta))),
            }
        }
    }
}

/// Whether a name stands for nothing, or for something else than a directory.
fn is_other(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use cap_std::ambient_authority;

    #[test]
    fn what_takes_the_place_of_a_directory_is_not_gone_into() {
        let at = tempfile::tempdir().unwrap();
        let root = Dir::open_ambient_dir(at.path(), ambient_authority()).unwrap();
        for name in ["gone", "link"] {
            root.create_dir(name).unwrap();
        }
        let mut walk = DirWalk::new(root.try_clone().unwrap(), ()).unwrap();
        let names: Vec<_> = std::iter::from_fn(|| walk.next()).map(|found| found.unwrap().0).collect();
        let mut walk = DirWalk::new(root.try_clone().unwrap(), ()).unwrap();
        walk.next().unwrap().unwrap();
        root.remove_dir("gone").unwrap();
        root.remove_dir("link").unwrap();
        root.symlink("/", "link").unwrap_err();
        root.symlink(".", "link").unwrap();
        for name in names {
            assert!(!walk.enter(&name, ()).unwrap());
        }
        assert_eq!(walk.ancestors().count(), 1);
    }

    #[test]
    fn a_tree_that_no_path_can_name_is_walked_with_few_handles() {
        let at = tempfile::tempdir().unwrap();
        let root = Dir::open_ambient_dir(at.path(), ambient_authority()).unwrap();
        let long = "x".repeat(200);
        let mut dir = root.try_clone().unwrap();
        for depth in 0..3000 {
            let name = if depth % 50 == 0 { long.as_str() } else { "d" };
            dir.create_dir(name).unwrap();
            dir.write("z", "").unwrap();
            dir = dir.open_dir(name).unwrap();
        }
        let mut walk = DirWalk::new(root, ()).unwrap();
        let (mut files, mut directories, mut deepest, mut handles) = (0, 0, 0, 0);
        while let Some(found) = walk.next() {
            let (name, meta) = found.unwrap();
            if meta.is_dir() {
                directories += 1;
                walk.enter(&name, ()).unwrap();
                deepest = deepest.max(walk.levels.depth());
                handles = handles.max(walk.levels.levels.iter().filter(|level| level.dir.is_some()).count());
            } else {
                files += 1;
            }
        }
        assert_eq!((files, directories, deepest), (3000, 3000, 3001));
        assert!(handles < 64, "{handles}");
    }
}
