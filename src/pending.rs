//! Files and directories in the making: under a temporary name until they are complete.
//!
//! This is the only way in which bytes reach a disk under a name that anybody asked for. Whatever
//! happens before [`Pending::place`], the old target is untouched; what a killed process leaves is
//! known by its name and free of its lock, so that [`sweep`] can tell it from a live one.

use std::fmt;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use cap_fs_ext::{DirExt, OpenOptionsSyncExt};
use cap_std::fs::{Dir, OpenOptions};

use crate::body::{Body, Summary};
use crate::error::{Error, Kind, Result};

/// From so many bytes on, a file is sent to the disk while it is written.
const LARGE: u64 = 32 * 1024 * 1024;

/// How long a file is written to before it is sent to the disk again.
const PAUSE: Duration = Duration::from_millis(50);

/// How every temporary name begins.
const PREFIX: &str = ".wharf-";

/// Something that is being made, locked by this process. Dropped before it is placed, it is gone.
pub struct Pending<'a> {
    within: &'a Dir,
    name: Option<String>,
    held: File,
}

impl<'a> Pending<'a> {
    /// A new empty file within a directory, which must be on the file system of its later place.
    pub fn file(within: &'a Dir) -> io::Result<Self> {
        loop {
            let name = temporary_name()?;
            let mut options = OpenOptions::new();
            let file = within.open_with(&name, options.write(true).read(true).create_new(true))?.into_std();
            if let Some(pending) = Self::lock(within, name, file)? {
                return Ok(pending);
            }
        }
    }

    /// A new empty directory within a directory, and its handle.
    pub fn directory(within: &'a Dir) -> io::Result<(Self, Dir)> {
        loop {
            let name = temporary_name()?;
            within.create_dir(&name)?;
            let dir = match within.open_dir_nofollow(&name) {
                Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
                other => other?,
            };
            let held = handle_of(&dir)?;
            if let Some(pending) = Self::lock(within, name, held)? {
                return Ok((pending, dir));
            }
        }
    }

    /// None where a sweep took the name away before the lock was taken.
    fn lock(within: &'a Dir, name: String, held: File) -> io::Result<Option<Self>> {
        held.lock()?;
        let there = within.try_exists(&name)?;
        Ok(there.then_some(Pending { within, name: Some(name), held }))
    }

    /// Writes all of a body into the file; `name` is what messages call it.
    pub async fn fill(&mut self, body: &mut Body, name: impl fmt::Display) -> Result<Summary> {
        let doing = |e: io::Error| Error::io(format!("writing `{name}`"), &e);
        let mut behind = None;
        let mut written = 0;
        while let Some(block) = body.next().await? {
            self.held.write_all(&block).map_err(doing)?;
            written += block.len() as u64;
            if behind.is_none() && written >= LARGE {
                behind = Some(WriteBehind::start(self.held.try_clone().map_err(doing)?));
            }
        }
        drop(behind);
        let summary = body.summary()?;
        let kept = self.held.metadata().map_err(doing)?.len();
        if kept != summary.bytes {
            let what = format!("{} bytes were written to `{name}` and the disk holds {kept}", summary.bytes);
            return Err(Error::new(Kind::Unverified, what));
        }
        Ok(summary.clone())
    }

    /// The open file, or the handle of the directory.
    pub fn handle(&mut self) -> &mut File {
        &mut self.held
    }

    /// Renames it to `name` in `dir`, in place of any file that is there.
    pub fn place(mut self, dir: &Dir, name: impl AsRef<Path>) -> io::Result<()> {
        if let Some(pending) = &self.name {
            self.within.rename(pending, dir, name)?;
            self.name = None;
        }
        Ok(())
    }

    /// Gives a file the name `name` in `dir`, or fails where that name is taken.
    pub fn place_new(self, dir: &Dir, name: impl AsRef<Path>) -> io::Result<()> {
        match &self.name {
            // The second name is given first: dropping `self` then takes the temporary one away.
            Some(pending) => self.within.hard_link(pending, dir, name),
            None => Ok(()),
        }
    }
}

/// Sends a file to the disk while it is still being written, so that the sync at its end has
/// little left to wait for.
struct WriteBehind {
    ended: Arc<(Mutex<bool>, Condvar)>,
}

impl WriteBehind {
    fn start(file: File) -> Self {
        let ended = Arc::new((Mutex::new(false), Condvar::new()));
        let theirs = Arc::clone(&ended);
        std::thread::spawn(move || {
            let (over, signal) = &*theirs;
            let mut over = over.lock().unwrap_or_else(PoisonError::into_inner);
            while !*over {
                drop(over);
                // The sync that counts comes later, and reports what is wrong.
                drop(file.sync_data());
                over = theirs.0.lock().unwrap_or_else(PoisonError::into_inner);
                over = signal.wait_timeout(over, PAUSE).unwrap_or_else(PoisonError::into_inner).0;
            }
        });
        WriteBehind { ended }
    }
}

impl Drop for WriteBehind {
    fn drop(&mut self) {
        *self.ended.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.ended.1.notify_all();
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            remove(self.within, name);
        }
    }
}

/// Something that was taken out of sight in one step, into a locked directory of its own. Dropped
/// before [`Withdrawn::discard`], it comes back.
#[must_use = "what is dropped comes back"]
pub struct Withdrawn<'a> {
    // The directory goes when this does.
    _pending: Pending<'a>,
    cell: Dir,
    dir: Dir,
    name: String,
    taken: bool,
}

/// What a withdrawn thing is called meanwhile.
const WITHDRAWN: &str = "withdrawn";

impl<'a> Withdrawn<'a> {
    /// Takes `name` out of `dir`; where there is nothing, nothing is withdrawn.
    pub fn take(tmp: &'a Dir, dir: &Dir, name: &str) -> io::Result<Self> {
        let (pending, cell) = Pending::directory(tmp)?;
        let taken = match dir.rename(name, &cell, WITHDRAWN) {
            Ok(()) => true,
            Err(e) if e.kind() == io::ErrorKind::NotFound => false,
            Err(e) => return Err(e),
        };
        Ok(Withdrawn { _pending: pending, cell, dir: dir.try_clone()?, name: name.to_owned(), taken })
    }

    /// Removes it for good. What cannot be removed now is out of sight, and swept later.
    pub fn discard(mut self) {
        self.taken = false;
    }
}

impl Drop for Withdrawn<'_> {
    fn drop(&mut self) {
        if self.taken {
            drop(self.cell.rename(WITHDRAWN, &self.dir, &self.name));
        }
    }
}

/// A handle of a directory itself that can be locked, synced and given a mode: the one inside of a
/// `Dir` may be good for nothing but opening what is below.
pub fn handle_of(dir: &Dir) -> io::Result<File> {
    Ok(dir.open(".")?.into_std())
}

/// Removes what dead processes left within a directory of temporary things.
pub fn sweep(tmp: &Dir) {
    for entry in tmp.entries().into_iter().flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if !name.starts_with(PREFIX) {
            continue;
        }
        let mut options = OpenOptions::new();
        let Ok(held) = tmp.open_with(&name, options.read(true).nonblock(true)).map(cap_std::fs::File::into_std) else {
            continue;
        };
        // The lock is held until the name is gone: a writer that waits for it sees that it is.
        if held.try_lock().is_ok() {
            remove(tmp, &name);
        }
    }
}

fn remove(dir: &Dir, name: &str) {
    drop(dir.remove_file(name).or_else(|_| dir.remove_dir_all(name)));
}

fn temporary_name() -> io::Result<String> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(format!("{PREFIX}{}", crate::body::hex(&bytes)))
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

    fn names(dir: &Dir) -> Vec<String> {
        dir.entries().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn dropped_it_leaves_nothing_and_placed_it_replaces() {
        let (_at, dir) = room();
        dir.write("x", "old").unwrap();
        let mut pending = Pending::file(&dir).unwrap();
        pending.handle().write_all(b"half").unwrap();
        drop(pending);
        assert_eq!(names(&dir), ["x"]);
        let mut pending = Pending::file(&dir).unwrap();
        pending.handle().write_all(b"new").unwrap();
        pending.place(&dir, "x").unwrap();
        assert_eq!((dir.read_to_string("x").unwrap().as_str(), names(&dir).len()), ("new", 1));
    }

    #[test]
    fn place_new_never_replaces() {
        let (_at, dir) = room();
        dir.write("x", "old").unwrap();
        let error = Pending::file(&dir).unwrap().place_new(&dir, "x").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        Pending::file(&dir).unwrap().place_new(&dir, "y").unwrap();
        let mut left = names(&dir);
        left.sort();
        assert_eq!(left, ["x", "y"]);
    }

    #[test]
    fn a_sweep_takes_the_dead_and_leaves_the_living() {
        let (_at, dir) = room();
        dir.write(".wharf-dead", "").unwrap();
        dir.create_dir_all(".wharf-dead-dir/below").unwrap();
        dir.write("mine", "").unwrap();
        let mut alive = Pending::file(&dir).unwrap();
        let (_alive_dir, _) = Pending::directory(&dir).unwrap();
        sweep(&dir);
        assert_eq!(names(&dir).len(), 3, "{:?}", names(&dir));
        alive.handle().write_all(b"still here").unwrap();
        alive.place(&dir, "done").unwrap();
        assert_eq!(dir.read_to_string("done").unwrap(), "still here");
    }

    #[test]
    fn withdrawn_things_come_back_unless_discarded() {
        let (_at, dir) = room();
        dir.create_dir_all("d/e").unwrap();
        drop(Withdrawn::take(&dir, &dir, "d").unwrap());
        assert!(dir.is_dir("d/e"));
        Withdrawn::take(&dir, &dir, "d").unwrap().discard();
        assert!(names(&dir).is_empty());
        Withdrawn::take(&dir, &dir, "missing").unwrap().discard();
    }
}
