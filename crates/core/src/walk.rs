//! The walk of local directory trees of any depth.
//!
//! [`DirWalk`] follows no links and applies no filter: the caller decides which directories to enter, and attaches a
//! value to each. [`crate::removal`] uses the same `NestedDirs` in another order: it removes files while it lists, and
//! directories on the way back.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use cap_fs_ext::DirExt;
use cap_std::fs::{Dir, Metadata};

use crate::platform;

/// The number of outer levels that keep their handles.
const KEPT: usize = 24;

/// The maximum length in bytes of a path between two levels that keep their handles, below the first [`KEPT`] ones. It
/// is far below the limit of a system call.
const STRETCH: usize = 1024;

/// Opens the directory itself, to lock it, sync it or change its mode. The handle in a [`Dir`] may be usable only to
/// open entries (`O_PATH`).
pub fn open_handle(dir: &Dir) -> io::Result<File> {
    Ok(dir.open(".")?.into_std())
}

/// A chain of nested directories, of which only some keep their handles open. A level without a handle is reopened from
/// the nearest level above that has one, without following links.
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

    /// Appends a directory. Closes the handle of the level above, if a level not far above it keeps its own.
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

    /// Removes the innermost directory; returns its name and value.
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

    /// Returns the path of `name` in the innermost directory, relative to the outermost one.
    pub(crate) fn path(&self, name: &OsStr) -> PathBuf {
        self.levels.iter().map(|level| &*level.name).chain([name]).filter(|name| !name.is_empty()).collect()
    }

    /// Returns the innermost directory; reopens it if its handle was closed.
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

/// A walk through a directory tree. It yields each name with the metadata of its entry, in order of names, and enters only
/// the directories that the caller asks for. Links are not followed, and few handles are open at a time. An entry that was
/// removed after its directory was listed is an error, see [`is_vanished`]: whether it may be missing is for the caller to
/// decide.
///
/// `T` is a value that the caller attaches to each directory, such as its path:
///
/// ```
/// use cap_std::ambient_authority;
/// use cap_std::fs::Dir;
/// use wharf_core::walk::DirWalk;
///
/// # fn main() -> std::io::Result<()> {
/// let dir = Dir::open_ambient_dir("src/config", ambient_authority())?;
/// let mut walk = DirWalk::new(dir, "config/".to_owned())?;
/// let mut files = Vec::new();
/// while let Some((name, meta)) = walk.next() {
///     let meta = meta?;
///     let path = format!("{}{}", walk.current().map_or("", String::as_str), name.display());
///     if meta.is_dir() {
///         walk.enter(&name, format!("{path}/"))?;
///     } else {
///         files.push(path);
///     }
/// }
/// assert!(files.contains(&"config/mod.rs".to_owned()));
/// # Ok(())
/// # }
/// ```
pub struct DirWalk<T> {
    levels: NestedDirs<WalkLevel<T>>,
}

struct WalkLevel<T> {
    /// The remaining names, in reverse order.
    left: Vec<OsString>,
    value: T,
}

impl<T> DirWalk<T> {
    /// Starts a walk through `dir`.
    ///
    /// # Errors
    /// Fails if the directory cannot be listed.
    pub fn new(dir: Dir, value: T) -> io::Result<Self> {
        let mut walk = DirWalk { levels: NestedDirs::new() };
        walk.push(OsString::new(), dir, value)?;
        Ok(walk)
    }

    /// Returns the value of the directory of the last entry.
    pub fn current(&self) -> Option<&T> {
        self.levels.last().map(|level| &level.value)
    }

    /// Returns the values of the directories above the last entry, the root first.
    pub fn ancestors(&self) -> impl Iterator<Item = &T> {
        self.levels.values().map(|level| &level.value)
    }

    /// Enters the directory `name`, which must be the last entry; returns false if it no longer exists or is not a
    /// directory any more.
    ///
    /// # Errors
    /// Fails if the directory cannot be opened or listed.
    pub fn enter(&mut self, name: &OsStr, value: T) -> io::Result<bool> {
        let opened = self.levels.dir().and_then(|dir| dir.open_dir_nofollow(name));
        match opened.and_then(|dir| self.push(name.to_owned(), dir, value)) {
            Err(e) if is_vanished(&e) => Ok(false),
            entered => entered.map(|()| true),
        }
    }

    fn push(&mut self, name: OsString, dir: Dir, value: T) -> io::Result<()> {
        let mut left =
            dir.entries()?.map(|entry| entry.map(|entry| entry.file_name())).collect::<io::Result<Vec<_>>>()?;
        left.sort_unstable_by(|a, b| b.cmp(a));
        self.levels.push(name, dir, WalkLevel { left, value });
        Ok(())
    }

    /// Returns the directory of the last entry.
    ///
    /// # Errors
    /// Fails if it cannot be reopened.
    pub fn dir(&mut self) -> io::Result<&Arc<Dir>> {
        self.levels.dir()
    }
}

impl<T> Iterator for DirWalk<T> {
    type Item = (OsString, io::Result<Metadata>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some(name) = self.levels.last_mut()?.left.pop() else {
                self.levels.pop();
                continue;
            };
            let meta = self.dir().and_then(|dir| platform::entry_metadata(dir, &name));
            return Some((name, meta));
        }
    }
}

/// Returns whether an error of a walk means that the name no longer exists, or is no longer a directory.
pub fn is_vanished(error: &io::Error) -> bool {
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
        let names: Vec<_> = std::iter::from_fn(|| walk.next()).map(|(name, _)| name).collect();
        let mut walk = DirWalk::new(root.try_clone().unwrap(), ()).unwrap();
        walk.next().unwrap().1.unwrap();
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
    fn what_is_removed_after_it_was_listed_is_an_error() {
        let at = tempfile::tempdir().unwrap();
        let root = Dir::open_ambient_dir(at.path(), ambient_authority()).unwrap();
        for path in ["d", "d/x", "f"] {
            root.create_dir(path).unwrap();
        }
        let mut walk = DirWalk::new(root.try_clone().unwrap(), ()).unwrap();
        let (name, meta) = walk.next().unwrap();
        assert!(meta.is_ok() && walk.enter(&name, ()).unwrap());
        root.remove_dir_all("d").unwrap();
        root.remove_dir("f").unwrap();
        let left: Vec<_> = walk.map(|(name, meta)| (name, is_vanished(&meta.unwrap_err()))).collect();
        assert_eq!(left, [("x".into(), true), ("f".into(), true)]);
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
        while let Some((name, meta)) = walk.next() {
            if meta.unwrap().is_dir() {
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
