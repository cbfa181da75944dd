//! A local tree, entry by entry: parents first, names in order, one directory in memory at a time.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, DirEntry, FileType};

use crate::body::LocalFile;
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
    /// A regular file.
    File(LocalFile),
    /// Something that cannot be sent.
    Failed(Error),
}

/// Walks the tree below `root`, which is a directory. A link inside the tree stands for what it
/// points to; one that leaves the tree or runs in a circle is a failed item. The root is opened once,
/// and everything below relative to it, so that a link that is put in the way meanwhile leads nowhere
/// else either.
pub struct Walk {
    root: PathBuf,
    open: Vec<Level>,
    failed: Option<Found>,
}

struct Level {
    root: Arc<Dir>,
    path: PathBuf,
    /// The path below the root without links: by it everything is opened, and a circle is seen.
    real: PathBuf,
    below: String,
    left: Vec<DirEntry>,
}

impl Walk {
    /// A walk of the directory `root`.
    pub fn new(root: &Path) -> Self {
        let real = fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
        let mut walk = Walk { root: real, open: Vec::new(), failed: None };
        match Dir::open_ambient_dir(&walk.root, ambient_authority()) {
            Ok(dir) => walk.enter(Arc::new(dir), root.to_owned(), PathBuf::new(), String::new()),
            Err(e) => walk.failed = Some(unreadable(root.to_owned(), String::new(), &e)),
        }
        walk
    }

    fn enter(&mut self, root: Arc<Dir>, path: PathBuf, real: PathBuf, below: String) {
        let at = if real.as_os_str().is_empty() { Path::new(".") } else { &real };
        match root.read_dir(at).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
            Ok(mut left) => {
                left.sort_by_cached_key(|entry| std::cmp::Reverse(entry.file_name()));
                self.open.push(Level { root, path, real, below, left });
            }
            Err(e) => self.failed = Some(unreadable(path, below, &e)),
        }
    }

    /// What is at a path of the innermost directory; for a directory, its path without links.
    fn judge(&self, level: &Level, path: &Path, kind: FileType) -> Result<(What, PathBuf), Error> {
        let io = |e: io::Error| Error::io(format!("reading `{}`", path.display()), &e);
        let real = level.real.join(path.file_name().unwrap_or_default());
        let real = if kind.is_symlink() { self.follow(&real, path)? } else { real };
        let meta = level.root.metadata(&real).map_err(io)?;
        if meta.is_dir() {
            Ok((What::Directory, real))
        } else if meta.is_file() {
            let file = LocalFile::below(&level.root, real, path.display().to_string(), &meta);
            Ok((What::File(file), PathBuf::new()))
        } else {
            Err(Error::new(Kind::Unsupported, format!("this is neither file nor directory: `{}`", path.display()))
                .hint("name it by itself to read it to its end"))
        }
    }

    /// Where the link at `real`, which is shown as `path`, leads to below the root.
    fn follow(&self, real: &Path, path: &Path) -> Result<PathBuf, Error> {
        let target = fs::canonicalize(self.root.join(real))
            .map_err(|e| Error::io(format!("following the link `{}`", path.display()), &e))?;
        let Ok(target) = target.strip_prefix(&self.root) else {
            return Err(Error::conflict(format!("this link leaves the source tree: `{}`", path.display()))
                .hint("name its target as a source of its own, or put a copy in its place"));
        };
        if self.open.iter().any(|level| level.real.starts_with(target)) {
            return Err(Error::conflict(format!("this link runs in a circle: `{}`", path.display())));
        }
        Ok(target.to_owned())
    }
}

fn unreadable(path: PathBuf, below: String, error: &io::Error) -> Found {
    let error = Error::io(format!("reading the directory `{}`", path.display()), error);
    Found { path, below, what: What::Failed(error) }
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
            let level = self.open.last()?;
            let root = Arc::clone(&level.root);
            let judged = entry
                .file_type()
                .map_err(|e| Error::io(format!("reading `{}`", path.display()), &e))
                .and_then(|kind| self.judge(level, &path, kind));
            let what = match judged {
                Ok((What::Directory, real)) => {
                    self.enter(root, path.clone(), real, below.clone());
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
    use crate::body::Source;
    use std::os::unix::fs::symlink;

    fn seen(root: &Path) -> Vec<String> {
        let line = |found: Found| match found.what {
            What::Directory => format!("{}/", found.below),
            What::File(file) => format!("{} {}", found.below, file.len().unwrap_or_default()),
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
