//! A walk of the entries below a directory handle, to any depth.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use cap_fs_ext::DirExt;
use cap_std::fs::{Dir, Metadata};

/// The number of levels that keep their handles while deeper levels are walked.
const KEPT: usize = 24;

/// Below those, one level keeps its handle for each `STRETCH` bytes of path, which is far less than the system
/// accepts in one call.
const STRETCH: usize = 1024;

/// A walk whose caller decides for each directory whether to go in. It follows no link and needs
/// few handles: a level that gave its own up is opened again from the nearest one above.
pub struct DirWalk {
    levels: Vec<WalkLevel>,
}

struct WalkLevel {
    name: OsString,
    dir: Option<Arc<Dir>>,
    /// The names still to come, the last one first.
    left: Vec<OsString>,
}

impl DirWalk {
    /// A walk of what is in `dir`.
    pub fn new(dir: Dir) -> io::Result<Self> {
        let mut walk = DirWalk { levels: Vec::new() };
        walk.push(OsString::new(), dir)?;
        Ok(walk)
    }

    /// How many directories the last name lies in.
    pub fn depth(&self) -> usize {
        self.levels.len()
    }

    /// Goes into the directory of this name, which the walk gave last; false where something
    /// else or nothing is there by now.
    pub fn enter(&mut self, name: &OsStr) -> io::Result<bool> {
        let Some(dir) = self.levels.last().and_then(|level| level.dir.as_ref()) else { return Ok(false) };
        let dir = match dir.open_dir_nofollow(name) {
            Err(e) if is_other(&e) => return Ok(false),
            opened => opened?,
        };
        let bare = self.levels.iter().rev().skip(1).take_while(|level| level.dir.is_none());
        let stretch: usize = bare.map(|level| level.name.len() + 1).sum();
        let depth = self.levels.len();
        if let Some(level) = self.levels.last_mut()
            && depth > KEPT
            && stretch + level.name.len() < STRETCH
        {
            level.dir = None;
        }
        self.push(name.to_owned(), dir)?;
        Ok(true)
    }

    fn push(&mut self, name: OsString, dir: Dir) -> io::Result<()> {
        let mut left =
            dir.entries()?.map(|entry| entry.map(|entry| entry.file_name())).collect::<io::Result<Vec<_>>>()?;
        left.sort_unstable_by(|a, b| b.cmp(a));
        self.levels.push(WalkLevel { name, dir: Some(Arc::new(dir)), left });
        Ok(())
    }

    /// The directory that the last name lies in.
    pub fn dir(&mut self) -> io::Result<&Arc<Dir>> {
        if self.levels.last().is_some_and(|level| level.dir.is_none()) {
            self.reopen()?;
        }
        self.levels.last().and_then(|level| level.dir.as_ref()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn reopen(&mut self) -> io::Result<()> {
        let kept = self.levels.iter().rposition(|level| level.dir.is_some()).unwrap_or(0);
        let below: PathBuf = self.levels.iter().skip(kept + 1).map(|level| &level.name).collect();
        let dir = self.levels.get(kept).and_then(|level| level.dir.as_ref()).map(|dir| dir.open_dir_nofollow(below));
        let dir = dir.ok_or(io::ErrorKind::NotFound)??;
        if let Some(level) = self.levels.last_mut() {
            level.dir = Some(Arc::new(dir));
        }
        Ok(())
    }
}

/// Each name and what it is; what vanished meanwhile is left out.
impl Iterator for DirWalk {
    type Item = io::Result<(OsString, Metadata)>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let level = self.levels.last_mut()?;
            let Some(name) = level.left.pop() else {
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
        let mut walk = DirWalk::new(root.try_clone().unwrap()).unwrap();
        let names: Vec<_> = std::iter::from_fn(|| walk.next()).map(|found| found.unwrap().0).collect();
        let mut walk = DirWalk::new(root.try_clone().unwrap()).unwrap();
        walk.next().unwrap().unwrap();
        root.remove_dir("gone").unwrap();
        root.remove_dir("link").unwrap();
        root.symlink("/", "link").unwrap_err();
        root.symlink(".", "link").unwrap();
        for name in names {
            assert!(!walk.enter(&name).unwrap());
        }
        assert_eq!(walk.depth(), 1);
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
        let mut walk = DirWalk::new(root).unwrap();
        let (mut files, mut directories, mut deepest, mut handles) = (0, 0, 0, 0);
        while let Some(found) = walk.next() {
            let (name, meta) = found.unwrap();
            if meta.is_dir() {
                directories += 1;
                walk.enter(&name).unwrap();
                deepest = deepest.max(walk.depth());
                handles = handles.max(walk.levels.iter().filter(|level| level.dir.is_some()).count());
            } else {
                files += 1;
            }
        }
        assert_eq!((files, directories, deepest), (3000, 3000, 3001));
        assert!(handles < 64, "{handles}");
    }
}
