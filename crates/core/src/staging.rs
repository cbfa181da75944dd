//! Staging files and directories: they have a temporary name until they are complete.
//!
//! This is the only way in which bytes reach a disk under a name that a caller chose. Whatever
//! happens before [`StagingEntry::persist`], the old target is untouched.
//!
//! In a directory that is ours, a temporary name begins with `.wharf-`; what a killed process leaves
//! is free of its lock, and [`sweep`] removes it. In a directory of the user's, a file has no name
//! at all until it is complete, where the system can do that (`O_TMPFILE`): nothing is left when the
//! process is killed. Where it cannot, and for the moment in which a complete file takes the place of
//! another, the name has a fingerprint of this very file, and [`sweep_unfinished`] removes nothing
//! without it.

use std::ffi::OsStr;
use std::fmt;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use cap_fs_ext::{DirExt, FollowSymlinks, OpenOptionsFollowExt, OpenOptionsSyncExt};
use cap_std::fs::{Dir, Metadata, OpenOptions};
use sha2::{Digest as _, Sha256};

use crate::body::{Body, Digest, hex};
use crate::error::{Error, Kind, Result};
use crate::platform;
use crate::random;
use crate::removal::{FEW, Leftovers, remove};
use crate::sync::lock;
use crate::thread;
use crate::walk::open_handle;

/// The size in bytes from which a file is synced while it is written.
const LARGE: u64 = 32 * 1024 * 1024;

/// The interval between syncs while a file is written.
const PAUSE: Duration = Duration::from_millis(50);

/// How every temporary name begins.
const PREFIX: &str = ".wharf-";

/// The number of random bytes that follow, in hexadecimal.
const NUMBER: usize = 8;

/// What stands before a tag.
const TAG: char = '.';

/// What stands before a fingerprint.
const FINGERPRINT: char = '-';

/// A staging file or directory, locked by this process. It is removed when dropped before it is persisted.
pub struct StagingEntry<'a> {
    within: &'a Dir,
    name: Option<String>,
    held: File,
}

/// The access that a file gets when it is persisted.
#[derive(Debug, Clone, Copy)]
pub struct Access<'a> {
    /// The regular file that it replaces, whose owner, group, read and write bits and ACL it keeps.
    pub replaced: Option<&'a Metadata>,
    /// Whether those who may read it may run it.
    pub executable: bool,
    /// The permission bits that a new file has at least, where the directory has no default ACL.
    pub at_least: u32,
}

impl<'a> StagingEntry<'a> {
    /// A new empty file in the directory of its later place, which is the user's: with the group, the
    /// ACL and the label that the directory gives it, and without a name where the system can do that.
    pub fn beside(within: &'a Dir) -> io::Result<Self> {
        if let Some(held) = platform::create_nameless(within)? {
            return Ok(StagingEntry { within, name: None, held });
        }
        let mut pending = loop {
            let name = temporary_name("")?;
            let mut options = OpenOptions::new();
            let held = within.open_with(&name, options.write(true).read(true).create_new(true))?.into_std();
            if let Some(pending) = Self::lock(within, name, held)? {
                break pending;
            }
        };
        // A file whose process is killed before it has a fingerprint stays.
        let temporary = pending.fingerprinted_name()?;
        if let Some(name) = &pending.name
            && within.rename(name, within, &temporary).is_ok()
        {
            pending.name = Some(temporary);
        }
        Ok(pending)
    }

    /// Returns a new name with the fingerprint of this file.
    fn fingerprinted_name(&self) -> io::Result<String> {
        let number = random::hex::<NUMBER>().map_err(io::Error::other)?;
        let identity = platform::identity(&self.held.metadata()?);
        Ok(format!("{PREFIX}{number}{FINGERPRINT}{}", fingerprint(&number, &identity)))
    }

    /// Sets the access that the file has at the place `name` in `dir`.
    pub fn set_access(&mut self, dir: &Dir, name: &str, access: Access<'_>) -> io::Result<()> {
        match access.replaced {
            Some(replaced) => platform::keep_access(&self.held, dir, name, replaced, access.executable),
            None => platform::set_new_access(&self.held, dir, access.at_least, access.executable),
        }
    }

    /// A new empty file within a directory, which must be on the file system of its later place.
    pub fn file(within: &'a Dir) -> io::Result<Self> {
        Self::tagged(within, "")
    }

    /// The same with a tag in its name, which [`sweep`] tells if this process does not come to the
    /// end of what it is about to do.
    pub fn tagged(within: &'a Dir, tag: &str) -> io::Result<Self> {
        loop {
            let name = temporary_name(tag)?;
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
            let name = temporary_name("")?;
            within.create_dir(&name)?;
            let dir = match within.open_dir_nofollow(&name) {
                Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
                other => other?,
            };
            let held = open_handle(&dir)?;
            if let Some(pending) = Self::lock(within, name, held)? {
                return Ok((pending, dir));
            }
        }
    }

    /// Another name, within a directory, of a file below `dir`.
    pub fn link(within: &'a Dir, dir: &Dir, path: impl AsRef<Path>) -> io::Result<Self> {
        loop {
            let name = temporary_name("")?;
            dir.hard_link(&path, within, &name)?;
            let held = within.open(&name)?.into_std();
            if let Some(pending) = Self::lock(within, name, held)? {
                return Ok(pending);
            }
        }
    }

    /// None where a sweep took the name away before the lock was taken. A file system without locks
    /// will do: what cannot be locked is never swept.
    fn lock(within: &'a Dir, name: String, held: File) -> io::Result<Option<Self>> {
        match held.lock() {
            Err(e) if platform::lacks_locks(&e) => {}
            locked => locked?,
        }
        let there = within.symlink_metadata(&name).is_ok();
        Ok(there.then_some(StagingEntry { within, name: Some(name), held }))
    }

    /// Writes all of a body into the file; `name` is what messages call it.
    pub async fn fill(&mut self, body: &mut Body, name: impl fmt::Display) -> Result<Digest> {
        let doing = |e: io::Error| Error::io(format!("writing `{name}`"), &e);
        let mut behind = None;
        let mut written = 0;
        while let Some(block) = body.next().await? {
            written += block.len() as u64;
            self.held.write_all(&block).map_err(doing)?;
            if behind.is_none() && written >= LARGE {
                behind = Some(WriteBehind::start(self.held.try_clone().map_err(doing)?));
            }
        }
        drop(behind);
        let summary = body.digest()?;
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
    pub fn persist(mut self, dir: &Dir, name: impl AsRef<Path>) -> io::Result<()> {
        if self.name.is_none() {
            match platform::give_name(&self.held, dir, name.as_ref()) {
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                named => return named,
            }
            // Only a file with a name can take the place of another. Locked, it is not swept.
            match self.held.lock() {
                Err(e) if platform::lacks_locks(&e) => {}
                locked => locked?,
            }
            let temporary = self.fingerprinted_name()?;
            platform::give_name(&self.held, dir, Path::new(&temporary))?;
            if let Err(e) = dir.rename(&temporary, dir, name) {
                drop(dir.remove_file(&temporary));
                return Err(e);
            }
        } else if let Some(pending) = &self.name {
            self.within.rename(pending, dir, name)?;
            self.name = None;
        }
        Ok(())
    }

    /// The same for another name of a file, which `name` may be one of already: renaming does nothing
    /// then, and the temporary one goes with `self`.
    pub fn persist_link(self, dir: &Dir, name: impl AsRef<Path>) -> io::Result<()> {
        self.name.as_ref().map_or(Ok(()), |pending| self.within.rename(pending, dir, name))
    }

    /// Gives a file the name `name` in `dir`, or fails where that name is taken.
    pub fn persist_noclobber(self, dir: &Dir, name: impl AsRef<Path>) -> io::Result<()> {
        match &self.name {
            // The second name is given first: dropping `self` then takes the temporary one away.
            Some(pending) => self.within.hard_link(pending, dir, name),
            None => platform::give_name(&self.held, dir, name.as_ref()),
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
        // Without it, the sync at the end takes longer.
        drop(thread::spawn(move || {
            let (over, signal) = &*theirs;
            let mut over = lock(over);
            while !*over {
                drop(over);
                // The sync that counts comes later, and reports what is wrong.
                drop(file.sync_data());
                over = lock(&theirs.0);
                over = signal.wait_timeout(over, PAUSE).unwrap_or_else(PoisonError::into_inner).0;
            }
        }));
        WriteBehind { ended }
    }
}

impl Drop for WriteBehind {
    fn drop(&mut self) {
        *lock(&self.ended.0) = true;
        self.ended.1.notify_all();
    }
}

impl Drop for StagingEntry<'_> {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            // What cannot be removed is left to the next sweep.
            drop(remove(self.within, name.as_ref(), FEW));
        }
    }
}

/// Something that is to disappear: taken out of sight in one step, into a locked directory of its
/// own, or left in place where the system refuses to move it. Dropped before
/// [`StagedRemoval::commit`], it comes back.
#[must_use = "what is dropped comes back"]
pub struct StagedRemoval<'a> {
    dir: Dir,
    name: PathBuf,
    moved: Option<MovedEntry<'a>>,
}

struct MovedEntry<'a> {
    /// The directory that it was moved into, which goes when this does.
    cell: StagingEntry<'a>,
    dir: Dir,
}

impl<'a> StagedRemoval<'a> {
    /// Takes `name` out of `dir`; where there is nothing, nothing is withdrawn.
    pub fn stage(tmp: &'a Dir, dir: &Dir, name: &str) -> io::Result<Self> {
        let mut withdrawn = StagedRemoval { dir: dir.try_clone()?, name: name.into(), moved: None };
        if platform::has_mounts(dir, &withdrawn.name) {
            return Ok(withdrawn);
        }
        let (cell, within) = StagingEntry::directory(tmp)?;
        match dir.rename(name, &within, base_name(&withdrawn.name)) {
            Ok(()) => withdrawn.moved = Some(MovedEntry { cell, dir: within }),
            Err(e) if e.kind() == io::ErrorKind::NotFound || is_refused_move(&e) => {}
            Err(e) => return Err(e),
        }
        Ok(withdrawn)
    }

    /// Whether it is still where it was, because it cannot be moved.
    pub fn is_in_place(&self) -> bool {
        self.moved.is_none()
    }

    /// Removes it for good.
    ///
    /// # Errors
    /// What is left, with the place where it is now.
    pub fn commit(mut self) -> std::result::Result<(), RemovalFailure> {
        let moved = self.moved.take();
        let (dir, name) = match &moved {
            Some(moved) => (&moved.dir, base_name(&self.name)),
            None => (&self.dir, &*self.name),
        };
        let left = remove(dir, name.as_os_str(), u64::MAX);
        if left.is_empty() {
            return Ok(());
        }
        Err(match moved {
            Some(MovedEntry { mut cell, .. }) => {
                let below = PathBuf::from(cell.name.take().unwrap_or_default());
                RemovalFailure::Moved(left.below(&below))
            }
            None => RemovalFailure::InPlace(left),
        })
    }
}

impl Drop for StagedRemoval<'_> {
    fn drop(&mut self) {
        if let Some(moved) = &self.moved {
            drop(moved.dir.rename(base_name(&self.name), &self.dir, &self.name));
        }
    }
}

/// What is left of something that was discarded.
#[derive(Debug)]
pub enum RemovalFailure {
    /// It is among the temporary things, which the paths begin at.
    Moved(Leftovers),
    /// It is where it was.
    InPlace(Leftovers),
}

fn base_name(path: &Path) -> &Path {
    path.file_name().map_or(path, Path::new)
}

/// Whether an error says that something cannot be moved, though its content may be removed: another
/// file system, a mount point, an owner or an attribute that forbids it.
fn is_refused_move(error: &io::Error) -> bool {
    // Without a number it is not the system that refuses, but the directory handle.
    error.raw_os_error().is_some()
        && matches!(
            error.kind(),
            io::ErrorKind::CrossesDevices | io::ErrorKind::ResourceBusy | io::ErrorKind::PermissionDenied
        )
}

/// Removes what dead processes left within a directory of temporary things, and reports what it
/// could not remove. `tagged` hears the tag of each that bore one, and says whether what it stood
/// for is done. Gives up on each after `patience` failures.
pub fn sweep(tmp: &Dir, patience: u64, mut tagged: impl FnMut(&str) -> bool) -> Leftovers {
    let mut left = Leftovers::default();
    for entry in tmp.entries().into_iter().flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let Some(rest) = name.strip_prefix(PREFIX) else { continue };
        let (number, tag) = rest.split_once(TAG).map_or((rest, None), |(number, tag)| (number, Some(tag)));
        if number.len() != 2 * NUMBER || !number.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            // A file of another program in a shared directory.
            continue;
        }
        let mut options = OpenOptions::new();
        let held = match tmp.open_with(&name, options.read(true).nonblock(true)).map(cap_std::fs::File::into_std) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
            Err(e) => {
                left.merge(Leftovers::of(name, &e));
                continue;
            }
            Ok(held) => held,
        };
        // The lock is held until the name is gone: a writer that waits for it sees that it is.
        if held.try_lock().is_ok() && tag.is_none_or(&mut tagged) {
            left.merge(remove(tmp, name.as_ref(), patience));
        }
    }
    left
}

/// Removes from a directory of the user what killed processes left there, and nothing else.
pub fn sweep_unfinished(dir: &Dir) {
    for entry in dir.entries().into_iter().flatten().flatten() {
        let name = entry.file_name();
        if split_fingerprint(&name).is_none() {
            continue;
        }
        let mut options = OpenOptions::new();
        options.read(true).nonblock(true).follow(FollowSymlinks::No);
        let Ok(held) = dir.open_with(&name, &options).map(cap_std::fs::File::into_std) else { continue };
        let ours =
            held.metadata().is_ok_and(|meta| meta.is_file() && has_fingerprint_of(&name, &platform::identity(&meta)));
        if ours && held.try_lock().is_ok() {
            drop(dir.remove_file(&name));
        }
    }
}

/// Returns whether this program gave the name, in a directory of the user, to a file that was never completed or never
/// renamed to its destination.
pub fn is_unfinished(name: &OsStr, meta: &Metadata) -> bool {
    meta.is_file() && has_fingerprint_of(name, &platform::identity_below(meta))
}

fn has_fingerprint_of(name: &OsStr, identity: &str) -> bool {
    split_fingerprint(name).is_some_and(|(number, claimed)| fingerprint(number, identity) == claimed)
}

/// Returns the number and the fingerprint of a name that has both.
fn split_fingerprint(name: &OsStr) -> Option<(&str, &str)> {
    let (number, fingerprint) = name.to_str()?.strip_prefix(PREFIX)?.split_once(FINGERPRINT)?;
    let is_number = |text: &str| text.len() == 2 * NUMBER && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_number(number) && is_number(fingerprint)).then_some((number, fingerprint))
}

/// Returns the fingerprint of a file of this identity in a name with this number.
fn fingerprint(number: &str, identity: &str) -> String {
    let mut digest = hex(&Sha256::digest(format!("wharf unfinished {number} {identity}")));
    digest.truncate(2 * NUMBER);
    digest
}

fn temporary_name(tag: &str) -> io::Result<String> {
    let name = random::hex::<NUMBER>().map_err(io::Error::other)?;
    Ok(if tag.is_empty() { format!("{PREFIX}{name}") } else { format!("{PREFIX}{name}{TAG}{tag}") })
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
        let mut pending = StagingEntry::file(&dir).unwrap();
        pending.handle().write_all(b"half").unwrap();
        drop(pending);
        assert_eq!(names(&dir), ["x"]);
        let mut pending = StagingEntry::file(&dir).unwrap();
        pending.handle().write_all(b"new").unwrap();
        pending.persist(&dir, "x").unwrap();
        assert_eq!((dir.read_to_string("x").unwrap().as_str(), names(&dir).len()), ("new", 1));
    }

    #[test]
    fn place_new_never_replaces() {
        let (_at, dir) = room();
        dir.write("x", "old").unwrap();
        let error = StagingEntry::file(&dir).unwrap().persist_noclobber(&dir, "x").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        StagingEntry::file(&dir).unwrap().persist_noclobber(&dir, "y").unwrap();
        let mut left = names(&dir);
        left.sort();
        assert_eq!(left, ["x", "y"]);
    }

    #[test]
    fn a_sweep_takes_the_dead_and_leaves_the_living() {
        let (_at, dir) = room();
        dir.write(".wharf-00000000000000de", "").unwrap();
        dir.create_dir_all(".wharf-00000000000000d1/below").unwrap();
        dir.write("mine", "").unwrap();
        let mut alive = StagingEntry::file(&dir).unwrap();
        let (_alive_dir, _) = StagingEntry::directory(&dir).unwrap();
        assert!(sweep(&dir, FEW, |_| false).is_empty());
        assert_eq!(names(&dir).len(), 3, "{:?}", names(&dir));
        alive.handle().write_all(b"still here").unwrap();
        alive.persist(&dir, "done").unwrap();
        assert_eq!(dir.read_to_string("done").unwrap(), "still here");
    }

    #[test]
    fn a_mark_stays_until_what_it_stands_for_is_done() {
        let (_at, dir) = room();
        drop(StagingEntry::tagged(&dir, "done").unwrap());
        assert!(names(&dir).is_empty());
        dir.write(".wharf-0123456789abcdef.abc", "").unwrap();
        let _alive = StagingEntry::tagged(&dir, "alive").unwrap();
        for done in [false, true] {
            let mut heard = Vec::new();
            let left = sweep(&dir, FEW, |tag| {
                heard.push(tag.to_owned());
                done
            });
            assert!(left.is_empty());
            assert_eq!((heard, names(&dir).len()), (vec!["abc".to_owned()], if done { 1 } else { 2 }));
        }
    }

    #[test]
    fn withdrawn_things_come_back_unless_discarded() {
        let (_at, dir) = room();
        dir.create_dir_all("d/e").unwrap();
        drop(StagedRemoval::stage(&dir, &dir, "d").unwrap());
        assert!(dir.is_dir("d/e"));
        StagedRemoval::stage(&dir, &dir, "d").unwrap().commit().unwrap();
        assert!(names(&dir).is_empty());
        StagedRemoval::stage(&dir, &dir, "missing").unwrap().commit().unwrap();
    }

    /// What a killed process leaves where files in the making have names.
    fn leave(dir: &Dir) -> String {
        let file = dir.create("x").unwrap().into_std();
        let pending = StagingEntry { within: dir, name: None, held: file };
        let name = pending.fingerprinted_name().unwrap();
        dir.rename("x", dir, &name).unwrap();
        name
    }

    #[test]
    fn in_a_users_directory_only_what_has_its_own_fingerprint_is_swept() {
        let (_at, dir) = room();
        let (_other_at, other) = room();
        let name = leave(&dir);
        let copied = leave(&dir);
        // Names of the right shape, and of the right shape for another file.
        let kept = [".wharf-00000000000000de", ".wharf-00000000000000de-00000000000000de", ".wharf-x", "mine"];
        for name in kept {
            dir.write(name, "mine").unwrap();
        }
        dir.copy(&copied, &other, &copied).unwrap();
        let meta = |dir: &Dir, name: &str| dir.symlink_metadata(name).unwrap();
        assert!(is_unfinished(name.as_ref(), &meta(&dir, &name)));
        assert!(!is_unfinished(copied.as_ref(), &meta(&other, &copied)));
        sweep_unfinished(&other);
        assert_eq!(names(&other), [copied]);
        sweep_unfinished(&dir);
        let mut left = names(&dir);
        left.sort();
        assert_eq!(left, kept);
    }

    #[test]
    fn beside_its_place_a_file_is_made_replaced_and_never_swept() {
        let (_at, dir) = room();
        for (old, new) in [(None, "one"), (Some("one"), "two")] {
            assert_eq!(dir.read_to_string("x").ok().as_deref(), old);
            let mut pending = StagingEntry::beside(&dir).unwrap();
            pending.handle().write_all(new.as_bytes()).unwrap();
            sweep_unfinished(&dir);
            pending.persist(&dir, "x").unwrap();
            assert_eq!((dir.read_to_string("x").unwrap().as_str(), names(&dir).len()), (new, 1));
        }
        let error = StagingEntry::beside(&dir).unwrap().persist_noclobber(&dir, "x").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        drop(StagingEntry::beside(&dir).unwrap());
        assert_eq!(names(&dir), ["x"]);
    }
}
