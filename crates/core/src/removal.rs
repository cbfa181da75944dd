//! Removal of files and directory trees, with a report of what could not be removed.
//!
//! Nothing behind a mount point is removed, because it does not belong to the session.
//!
//! A removal is not a [`DirWalk`](crate::walk::DirWalk): it removes the files of a directory while it lists it, opens
//! directories whose modes forbid it, and returns to each directory to remove it, several times if another program
//! keeps filling it. Both share `NestedDirs`, which manages the handles.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use cap_fs_ext::DirExt;
use cap_std::fs::Dir;

use crate::platform;
use crate::walk::{NestedDirs, open_handle};

/// The maximum number of leftovers that are named; the others are counted.
const NAMED: usize = 3;

/// The failures after which a removal gives up if it will be repeated later anyway.
pub const FEW: u64 = 64;

/// The attempts to remove a name whose type another program keeps changing; with the pauses, about one second.
const TRIES: u32 = 64;

/// The further attempts to empty a directory that another program keeps filling.
const PASSES: u32 = 8;

/// The entries that could not be removed, with reasons. Paths are relative to the directory of the removal.
#[derive(Debug, Default)]
#[must_use = "what is left must be reported"]
pub struct Leftovers {
    named: Vec<(PathBuf, String)>,
    count: u64,
}

impl Leftovers {
    /// Returns the leftover of one failure.
    pub fn of(path: impl Into<PathBuf>, error: &io::Error) -> Self {
        let mut left = Leftovers::default();
        left.add(path.into(), error);
        left
    }

    /// Returns whether everything was removed.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Prefixes all paths with `base`.
    pub fn below(mut self, base: &Path) -> Self {
        for (path, _) in &mut self.named {
            *path = if path.as_os_str().is_empty() { base.to_owned() } else { base.join(&*path) };
        }
        self
    }

    /// Adds the leftovers of another removal.
    pub fn merge(&mut self, other: Leftovers) {
        self.count += other.count;
        self.named.extend(other.named);
        self.named.truncate(NAMED);
    }

    fn add(&mut self, path: PathBuf, error: &io::Error) {
        self.count += 1;
        if self.named.len() < NAMED {
            self.named.push((path, crate::error::reason(error)));
        }
    }
}

/// Formats the named paths with their reasons, and the number of further ones.
impl fmt::Display for Leftovers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, (path, reason)) in self.named.iter().enumerate() {
            let comma = if n == 0 { "" } else { ", " };
            write!(f, "{comma}`{}`: {reason}", path.display())?;
        }
        match self.count.saturating_sub(self.named.len() as u64) {
            0 => Ok(()),
            more => write!(f, ", and {more} more"),
        }
    }
}

/// Removes a file, a link or a directory tree of any depth as far as possible; gives up after `patience` failures. A
/// name that does not exist counts as removed.
pub fn remove(dir: &Dir, name: &OsStr, patience: u64) -> Leftovers {
    let meta = match platform::entry_metadata(dir, name) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Leftovers::default(),
        Err(e) => return Leftovers::of(name, &e),
        Ok(meta) => meta,
    };
    let mut removal = Removal { levels: NestedDirs::new(), left: Leftovers::default(), patience };
    if meta.is_dir() {
        let first_level = dir.try_clone().map(|dir| removal.levels.push(OsString::new(), dir, RemovalLevel::default()));
        match first_level {
            Ok(()) => {
                let _ = removal.enter(name);
            }
            Err(e) => removal.left.add(name.into(), &e),
        }
        removal.run(1);
    } else if let Err(e) = unlink(dir, name) {
        removal.left.add(name.into(), &e);
    }
    removal.left
}

/// Removes the content of a directory, as [`remove`] does, and keeps the directory itself.
pub fn empty(dir: &Dir, patience: u64) -> Leftovers {
    let mut removal = Removal { levels: NestedDirs::new(), left: Leftovers::default(), patience };
    // Another program may create entries in the meantime.
    for _ in 0..PASSES {
        match dir.try_clone() {
            Ok(dir) => removal.levels.push(OsString::new(), dir, RemovalLevel::default()),
            Err(e) => removal.left.add(PathBuf::new(), &e),
        }
        removal.clear();
        removal.run(1);
        removal.levels = NestedDirs::new();
        if !removal.left.is_empty() || dir.entries().is_ok_and(|mut entries| entries.next().is_none()) {
            break;
        }
    }
    removal.left
}

/// A removal in progress. `levels` are the directories from the top of the tree to the one that is being emptied.
struct Removal {
    levels: NestedDirs<RemovalLevel>,
    left: Leftovers,
    patience: u64,
}

#[derive(Default)]
struct RemovalLevel {
    /// Subdirectories that are still to be removed.
    below: Vec<OsString>,
    /// Whether an entry of this directory could not be removed.
    stays: bool,
    /// The number of earlier passes over the directory.
    passes: u32,
}

impl Removal {
    /// Removes directories until `base` levels remain.
    fn run(&mut self, base: usize) {
        loop {
            let depth = self.levels.depth();
            let Some(level) = self.levels.last_mut() else { return };
            if self.left.count >= self.patience {
                level.below.clear();
            }
            if let Some(name) = level.below.pop() {
                let _ = self.enter(&name);
            } else if depth <= base {
                return;
            } else {
                self.leave();
            }
        }
    }

    fn fail(&mut self, name: &OsStr, error: &io::Error) {
        let path = self.levels.path(name);
        self.left.add(path, error);
        if let Some(level) = self.levels.last_mut() {
            level.stays = true;
        }
    }

    /// Opens a subdirectory of the last level and removes its files; returns false if it could not be opened.
    fn enter(&mut self, name: &OsStr) -> bool {
        match self.open(name) {
            Ok(Some(dir)) => {
                self.levels.push(name.to_owned(), dir, RemovalLevel::default());
                self.clear();
                true
            }
            Ok(None) => false,
            Err(e) => {
                self.fail(name, &e);
                false
            }
        }
    }

    /// Opens a directory; returns `None` if the name no longer exists, or was another type of file and has been
    /// removed.
    fn open(&mut self, name: &OsStr) -> io::Result<Option<Dir>> {
        let parent = &Arc::clone(self.levels.dir()?);
        for attempt in 0..TRIES {
            pause(attempt);
            if platform::is_mount_point(parent, Path::new(name)) {
                return Err(mounted());
            }
            let dir = match retry_unlocked(parent, name, || parent.open_dir_nofollow(name)) {
                Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(e) if is_exchanged(&e) || !is_dir(parent, name) => match unlink(parent, name) {
                    Err(e) if is_exchanged(&e) || is_dir(parent, name) => continue,
                    done => return done.map(|()| None),
                },
                opened => opened?,
            };
            let mode = dir.dir_metadata().ok().and_then(|meta| platform::mode(&meta));
            if mode.is_some_and(|mode| mode & 0o700 != 0o700) {
                // If this fails, for example in another user's directory, the removals in it report the error.
                drop(open_handle(&dir).and_then(|handle| platform::set_mode(&handle, 0o700)));
            }
            return Ok(Some(dir));
        }
        Err(io::Error::new(io::ErrorKind::ResourceBusy, "another program keeps changing it"))
    }

    /// Removes the files of the last level, and collects its subdirectories.
    fn clear(&mut self) {
        let entries = match self.levels.dir().and_then(|dir| dir.entries()) {
            Ok(entries) => entries,
            Err(e) => return self.fail(OsStr::new(""), &e),
        };
        for entry in entries {
            let entry = match entry {
                Ok(entry) => entry,
                Err(e) => return self.fail(OsStr::new(""), &e),
            };
            let name = entry.file_name();
            let removed = match self.levels.dir() {
                Ok(_) if entry.file_type().is_ok_and(|kind| kind.is_dir()) => None,
                Ok(dir) => match unlink(dir, &name) {
                    Err(e) if is_exchanged(&e) || is_dir(dir, &name) => None,
                    done => Some(done),
                },
                Err(e) => Some(Err(e)),
            };
            match (removed, self.levels.last_mut()) {
                (None, Some(level)) => level.below.push(name),
                (Some(Err(e)), _) => self.fail(&name, &e),
                _ => {}
            }
            if self.left.count >= self.patience {
                return;
            }
        }
    }

    /// Removes the directory of the last level, unless it still has entries.
    fn leave(&mut self) {
        let Some((name, level)) = self.levels.pop() else { return };
        if level.stays || self.left.count >= self.patience {
            if let Some(above) = self.levels.last_mut() {
                above.stays = true;
            }
            return;
        }
        match self.levels.dir().and_then(|dir| remove_dir(dir, &name)) {
            // Another program created an entry in it.
            Err(e) if e.kind() == io::ErrorKind::DirectoryNotEmpty && level.passes < PASSES => {
                if self.enter(&name)
                    && let Some(again) = self.levels.last_mut()
                {
                    again.passes = level.passes + 1;
                }
            }
            Err(e) => self.fail(&name, &e),
            Ok(()) => {}
        }
    }
}

/// Removes an entry that is not a directory, and never what it points to. A name that does not exist counts as removed.
///
/// # Errors
/// Those of the disk; `ResourceBusy` for a mount point.
pub fn unlink(dir: &Dir, name: &OsStr) -> io::Result<()> {
    match dir.remove_file(name) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(_) if platform::is_mount_point(dir, Path::new(name)) => Err(mounted()),
        done => done,
    }
}

/// Waits before an attempt, longer each time. Without pauses, this process and one that keeps replacing the name can
/// alternate in such a way that each attempt meets the wrong type.
fn pause(attempt: u32) {
    std::thread::sleep(Duration::from_micros(u64::from(attempt * attempt) * 10));
}

/// Removes an empty directory, or whatever has replaced it.
pub fn remove_dir(dir: &Dir, name: &OsStr) -> io::Result<()> {
    for attempt in 0..TRIES {
        pause(attempt);
        match dir.remove_dir(name) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(_) if platform::is_mount_point(dir, Path::new(name)) => return Err(mounted()),
            Err(e) if is_exchanged(&e) || !is_dir(dir, name) => match unlink(dir, name) {
                Err(e) if is_exchanged(&e) || is_dir(dir, name) => {}
                done => return done,
            },
            done => return done,
        }
    }
    Err(io::Error::new(io::ErrorKind::ResourceBusy, "another program keeps changing it"))
}

/// Returns whether an error means that the type of an entry has changed.
fn is_exchanged(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory)
}

fn is_dir(dir: &Dir, name: &OsStr) -> bool {
    platform::entry_metadata(dir, name).is_ok_and(|meta| meta.is_dir())
}

/// Returns the error of an entry that is kept because of a mount point.
pub fn mounted() -> io::Error {
    io::Error::new(io::ErrorKind::ResourceBusy, "it is a mount point")
}

/// Runs `act` on the directory `name`; if its mode forbids that, changes the mode and runs it again.
fn retry_unlocked<T>(parent: &Dir, name: impl AsRef<Path>, act: impl Fn() -> io::Result<T>) -> io::Result<T> {
    match act() {
        Err(e)
            if e.kind() == io::ErrorKind::PermissionDenied && platform::unlock_dir(parent, name.as_ref()).is_ok() =>
        {
            act()
        }
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cap_std::ambient_authority;

    fn room() -> (tempfile::TempDir, Dir) {
        let at = tempfile::tempdir().unwrap();
        let dir = Dir::open_ambient_dir(at.path(), ambient_authority()).unwrap();
        (at, dir)
    }

    fn deep(dir: &Dir, depth: usize) {
        let mut below = dir.try_clone().unwrap();
        for _ in 0..depth {
            below.create_dir("d").unwrap();
            below.write("f", "").unwrap();
            below = below.open_dir("d").unwrap();
        }
    }

    #[test]
    fn a_tree_of_any_depth_is_removed() {
        let (_at, dir) = room();
        dir.create_dir("x").unwrap();
        deep(&dir.open_dir("x").unwrap(), 5_000);
        assert!(remove(&dir, OsStr::new("x"), u64::MAX).is_empty());
        assert_eq!(dir.entries().unwrap().count(), 0);
        deep(&dir, 100);
        assert!(empty(&dir, u64::MAX).is_empty());
        assert_eq!(dir.entries().unwrap().count(), 0);
        assert!(remove(&dir, OsStr::new("missing"), u64::MAX).is_empty());
    }

    #[test]
    fn leftovers_are_named_and_counted() {
        let mut left = Leftovers::default();
        assert!(left.is_empty());
        for n in 0..5 {
            left.merge(Leftovers::of(format!("d/{n}"), &io::Error::from_raw_os_error(1)));
        }
        let said = left.below(Path::new("/tmp/x")).to_string();
        assert!(said.starts_with("`/tmp/x/d/0`: operation not permitted, `/tmp/x/d/1`: "), "{said}");
        assert!(said.ends_with("`/tmp/x/d/2`: operation not permitted, and 2 more"), "{said}");
        assert_eq!(Leftovers::of("", &io::Error::other("no")).below(Path::new("/a")).to_string(), "`/a`: no");
    }

    #[cfg(unix)]
    #[test]
    fn modes_of_ones_own_directories_keep_nothing() {
        let (at, dir) = room();
        dir.create_dir_all("x/y").unwrap();
        dir.write("x/y/f", "").unwrap();
        for name in ["x/y", "x"] {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(at.path().join(name), std::fs::Permissions::from_mode(0o0)).unwrap();
        }
        let left = remove(&dir, OsStr::new("x"), u64::MAX);
        assert!(left.is_empty(), "{left}");
    }
}
