//! A local tree, entry by entry: parents first, names in order, one directory in memory at a time.

use std::fs::{self, DirEntry, FileType};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Kind};

/// Something below the root of a walk.
#[derive(Debug)]
pub struct Found {
    /// Where it is on this machine.
    pub path: PathBuf,
    /// Its path below the root, `/`-separated.
    pub below: String,
    /// What it is.
    pub what: What,
}

/// What a walk found.
#[derive(Debug)]
pub enum What {
    /// A directory.
    Directory,
    /// A regular file of so many bytes.
    File(u64),
    /// Something that cannot be sent.
    Failed(Error),
}

/// Walks the tree below `root`, which is a directory. A link inside the tree stands for what it
/// points to; one that leaves the tree or runs in a circle is a failed item.
pub struct Walk {
    root: PathBuf,
    open: Vec<Level>,
    failed: Option<Found>,
}

struct Level {
    path: PathBuf,
    /// The path without links, by which a circle is seen.
    real: PathBuf,
    below: String,
    left: Vec<DirEntry>,
}

impl Walk {
    /// A walk of the directory `root`.
    pub fn new(root: &Path) -> Self {
        let real = fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
        let mut walk = Walk { root: real.clone(), open: Vec::new(), failed: None };
        walk.enter(root.to_owned(), real, String::new());
        walk
    }

    fn enter(&mut self, path: PathBuf, real: PathBuf, below: String) {
        match fs::read_dir(&path).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
            Ok(mut left) => {
                left.sort_by_cached_key(|entry| std::cmp::Reverse(entry.file_name()));
                self.open.push(Level { path, real, below, left });
            }
            Err(e) => {
                let error = Error::io(format!("reading the directory `{}`", path.display()), &e);
                self.failed = Some(Found { path, below, what: What::Failed(error) });
            }
        }
    }

    /// What is at a path of the innermost directory, and its path without links.
    fn judge(&self, path: &Path, kind: FileType) -> Result<(What, PathBuf), Error> {
        let io = |e: io::Error| Error::io(format!("reading `{}`", path.display()), &e);
        let real = if kind.is_symlink() { self.follow(path)? } else { self.real_of(path) };
        let meta = fs::metadata(path).map_err(io)?;
        if meta.is_dir() {
            Ok((What::Directory, real))
        } else if meta.is_file() {
            Ok((What::File(meta.len()), real))
        } else {
            Err(Error::new(Kind::Unsupported, format!("this is neither file nor directory: `{}`", path.display()))
                .hint("name it by itself to read it to its end"))
        }
    }

    fn real_of(&self, path: &Path) -> PathBuf {
        let parent = self.open.last().map_or(&self.root, |level| &level.real);
        path.file_name().map_or_else(|| parent.clone(), |name| parent.join(name))
    }

    fn follow(&self, path: &Path) -> Result<PathBuf, Error> {
        let target =
            fs::canonicalize(path).map_err(|e| Error::io(format!("following the link `{}`", path.display()), &e))?;
        if !target.starts_with(&self.root) {
            return Err(Error::conflict(format!("this link leaves the source tree: `{}`", path.display()))
                .hint("name its target as a source of its own, or put a copy in its place"));
        }
        if self.open.iter().any(|level| level.real.starts_with(&target)) {
            return Err(Error::conflict(format!("this link runs in a circle: `{}`", path.display())));
        }
        Ok(target)
    }
}

impl Iterator for Walk {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        loop {
            if let Some(failed) = self.failed.take() {
                return Some(failed);
            }
            let level = self.open.last_mut()?;
            let Some(entry) = level.left.pop() else {
                self.open.pop();
                continue;
            };
            let path = level.path.join(entry.file_name());
            let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
                let error = Error::usage(format!("this name is not UTF-8: `{}`", path.display())).hint("rename it");
                return Some(Found { path, below: level.below.clone(), what: What::Failed(error) });
            };
            let below = if level.below.is_empty() { name } else { format!("{}/{name}", level.below) };
            let judged = entry
                .file_type()
                .map_err(|e| Error::io(format!("reading `{}`", path.display()), &e))
                .and_then(|kind| self.judge(&path, kind));
            let what = match judged {
                Ok((What::Directory, real)) => {
                    self.enter(path.clone(), real, below.clone());
                    What::Directory
                }
                Ok((what, _)) => what,
                Err(error) => What::Failed(error),
            };
            return Some(Found { path, below, what });
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn seen(root: &Path) -> Vec<String> {
        let line = |found: Found| match found.what {
            What::Directory => format!("{}/", found.below),
            What::File(bytes) => format!("{} {bytes}", found.below),
            What::Failed(error) => format!("{} {}", found.below, error.kind().word()),
        };
        Walk::new(root).map(line).collect()
    }

    #[test]
    fn parents_first_and_names_in_order() {
        let dir = tempfile::tempdir().unwrap();
        for path in ["b/deep/x", "a", "c"] {
            fs::create_dir_all(dir.path().join(path).parent().unwrap()).unwrap();
            fs::write(dir.path().join(path), "1").unwrap();
        }
        fs::create_dir(dir.path().join("empty")).unwrap();
        assert_eq!(seen(dir.path()), ["a 1", "b/", "b/deep/", "b/deep/x 1", "c 1", "empty/"]);
    }

    #[test]
    fn links_are_followed_inside_and_nowhere_else() {
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret"), "x").unwrap();
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("d")).unwrap();
        fs::write(dir.path().join("d/f"), "12").unwrap();
        symlink("d/f", dir.path().join("l-file")).unwrap();
        symlink("d", dir.path().join("l-dir")).unwrap();
        symlink("..", dir.path().join("d/up")).unwrap();
        symlink(outside.path().join("secret"), dir.path().join("out")).unwrap();
        symlink("missing", dir.path().join("broken")).unwrap();
        fs::create_dir(dir.path().join("e")).unwrap();
        symlink("../d", dir.path().join("e/to-d")).unwrap();
        symlink("../e", dir.path().join("d/to-e")).unwrap();
        let expected = "broken not_found, d/, d/f 2, d/to-e/, d/to-e/to-d conflict, d/up conflict, e/, e/to-d/, \
            e/to-d/f 2, e/to-d/to-e conflict, e/to-d/up conflict, l-dir/, l-dir/f 2, l-dir/to-e/, \
            l-dir/to-e/to-d conflict, l-dir/up conflict, l-file 2, out conflict";
        assert_eq!(seen(dir.path()).join(", "), expected);
    }
}
