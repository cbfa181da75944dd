//! Staging files and directories, which have a temporary name, or none, until they are complete.
//!
//! All files that wharf writes under a name from the user are written through this module. Until
//! [`StagingEntry::persist`] succeeds, the old target is untouched.
//!
//! In wharf's own directories, a temporary name begins with `.wharf-`. [`sweep`] removes entries whose lock is free
//! because their process was killed. In a user's directory, a file has no name until it is complete, if the system
//! supports that (`O_TMPFILE`), so a killed process leaves nothing. If the system does not, and while a complete file
//! replaces another one, the temporary name contains a fingerprint of the file's identity, and [`sweep_unfinished`]
//! removes only files whose fingerprint matches.

use std::ffi::OsStr;
use std::fmt;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use cap_fs_ext::{DirExt, FollowSymlinks, OpenOptionsFollowExt, OpenOptionsSyncExt};
use cap_std::ambient_authority;
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

/// The prefix of all temporary names.
const PREFIX: &str = ".wharf-";

/// The number of random bytes in a temporary name; they are written in hexadecimal.
const NUMBER: usize = 8;

/// The separator before a tag.
const TAG: char = '.';

/// The separator before a fingerprint.
const FINGERPRINT: char = '-';

/// A staging file or directory, locked by this process. Dropping it before it is persisted removes it.
///
/// ```
/// use std::io::Write as _;
///
/// use cap_std::ambient_authority;
/// use cap_std::fs::Dir;
/// use wharf_core::staging::StagingEntry;
///
/// # fn main() -> std::io::Result<()> {
/// # let temporary = tempfile::tempdir()?;
/// # let path = temporary.path();
/// let dir = Dir::open_ambient_dir(path, ambient_authority())?;
/// let mut entry = StagingEntry::beside(&dir)?;
/// entry.handle().write_all(b"complete")?;
/// assert!(!dir.exists("a.txt"));
///
/// entry.persist(&dir, "a.txt")?;
/// assert_eq!(dir.read("a.txt")?, b"complete");
/// # Ok(())
/// # }
/// ```
pub struct StagingEntry<'a> {
    parent: &'a Dir,
    name: Option<String>,
    held: File,
}

/// The access rights that a file gets when it is persisted.
#[derive(Debug, Clone, Copy)]
pub struct Access<'a> {
    /// The regular file that is replaced: its owner, group, read and write bits and ACL are kept.
    pub replaced: Option<&'a Metadata>,
    /// Whether the file gets the execute bit for everyone with the read bit.
    pub executable: bool,
    /// The permission bits that a new file has at least, unless the directory has a default ACL.
    pub at_least: u32,
}

impl<'a> StagingEntry<'a> {
    /// Creates an empty file in the user's directory in which it will be persisted. It has the group, ACL and security
    /// label that the directory gives to new files, and no name if the system supports that.
    pub fn beside(parent: &'a Dir) -> io::Result<Self> {
        if let Some(held) = platform::create_nameless(parent)? {
            return Ok(StagingEntry { parent, name: None, held });
        }
        let mut pending = loop {
            let name = temporary_name("")?;
            let mut options = OpenOptions::new();
            let held = parent.open_with(&name, options.write(true).read(true).create_new(true))?.into_std();
            if let Some(pending) = Self::lock(parent, name, held)? {
                break pending;
            }
        };
        // If the process is killed before this rename, the file remains.
        let temporary = pending.fingerprinted_name()?;
        if let Some(name) = &pending.name
            && parent.rename(name, parent, &temporary).is_ok()
        {
            pending.name = Some(temporary);
        }
        Ok(pending)
    }

    /// Returns a new temporary name with the fingerprint of this file.
    fn fingerprinted_name(&self) -> io::Result<String> {
        let number = random::hex::<NUMBER>().map_err(io::Error::other)?;
        let identity = platform::identity(&self.held.metadata()?);
        Ok(format!("{PREFIX}{number}{FINGERPRINT}{}", fingerprint(&number, &identity)))
    }

    /// Sets the access rights that the file will have as `name` in `dir`.
    pub fn set_access(&mut self, dir: &Dir, name: &str, access: Access<'_>) -> io::Result<()> {
        match access.replaced {
            Some(replaced) => platform::keep_access(&self.held, dir, name, replaced, access.executable),
            None => platform::set_new_access(&self.held, dir, access.at_least, access.executable),
        }
    }

    /// Creates an empty file in `parent`, which must be on the same file system as the destination.
    pub fn file(parent: &'a Dir) -> io::Result<Self> {
        Self::tagged(parent, "")
    }

    /// Creates an empty file, as [`StagingEntry::file`] does, with a tag in its name. If the process is killed,
    /// [`sweep`] reports the tag.
    pub fn tagged(parent: &'a Dir, tag: &str) -> io::Result<Self> {
        loop {
            let name = temporary_name(tag)?;
            let mut options = OpenOptions::new();
            let file = parent.open_with(&name, options.write(true).read(true).create_new(true))?.into_std();
            if let Some(pending) = Self::lock(parent, name, file)? {
                return Ok(pending);
            }
        }
    }

    /// Creates an empty directory in `parent`; returns it with a handle of its own.
    pub fn directory(parent: &'a Dir) -> io::Result<(Self, Dir)> {
        loop {
            let name = temporary_name("")?;
            parent.create_dir(&name)?;
            let dir = match parent.open_dir_nofollow(&name) {
                Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
                other => other?,
            };
            let held = open_handle(&dir)?;
            if let Some(pending) = Self::lock(parent, name, held)? {
                return Ok((pending, dir));
            }
        }
    }

    /// Creates a hard link in `parent` to the file at `path` below `dir`.
    pub fn link(parent: &'a Dir, dir: &Dir, path: impl AsRef<Path>) -> io::Result<Self> {
        loop {
            let name = temporary_name("")?;
            dir.hard_link(&path, parent, &name)?;
            let held = parent.open(&name)?.into_std();
            if let Some(pending) = Self::lock(parent, name, held)? {
                return Ok(pending);
            }
        }
    }

    /// Locks a new entry; returns `None` if a sweep removed its name before. File systems without locks are supported:
    /// entries that cannot be locked are never swept.
    fn lock(parent: &'a Dir, name: String, held: File) -> io::Result<Option<Self>> {
        match held.lock() {
            Err(e) if platform::lacks_locks(&e) => {}
            locked => locked?,
        }
        let there = platform::entry_metadata(parent, &name).is_ok();
        Ok(there.then_some(StagingEntry { parent, name: Some(name), held }))
    }

    /// Writes a body to the file, to its end. `name` is the destination, for messages.
    ///
    /// # Errors
    /// Those of the body and the disk; `unverified` if the file's size differs from the number of bytes written.
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
            let what = format!("wrote {} bytes to `{name}`, but the file has {kept}", summary.bytes);
            return Err(Error::new(Kind::Unverified, what).hint("check the disk, and run the command again"));
        }
        Ok(summary.clone())
    }

    /// Returns the open file, or the handle of the directory.
    pub fn handle(&mut self) -> &mut File {
        &mut self.held
    }

    /// Renames the entry to `name` in `dir`, and replaces a file there.
    pub fn persist(mut self, dir: &Dir, name: impl AsRef<Path>) -> io::Result<()> {
        if self.name.is_none() {
            match platform::give_name(&self.held, dir, name.as_ref()) {
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                named => return named,
            }
            // Only a file with a name can replace another one. The lock protects that name from sweeps.
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
            self.parent.rename(pending, dir, name)?;
            self.name = None;
        }
        Ok(())
    }

    /// Renames a hard link to `name` in `dir`. If `name` is a link to the same file already, the rename has no effect,
    /// and dropping `self` removes the temporary name.
    pub fn persist_link(self, dir: &Dir, name: impl AsRef<Path>) -> io::Result<()> {
        self.name.as_ref().map_or(Ok(()), |pending| self.parent.rename(pending, dir, name))
    }

    /// Renames the file to `name` in `dir`.
    ///
    /// # Errors
    /// `AlreadyExists` if the name is taken.
    pub fn persist_noclobber(self, dir: &Dir, name: impl AsRef<Path>) -> io::Result<()> {
        match &self.name {
            // A hard link fails if the name exists, unlike a rename. Dropping `self` removes the temporary name.
            Some(pending) => self.parent.hard_link(pending, dir, name),
            None => platform::give_name(&self.held, dir, name.as_ref()),
        }
    }
}

/// Syncs a file in the background while it is written, so that the final sync takes less time.
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
            // If this fails, the next sweep tries again.
            drop(remove(self.parent, name.as_ref(), FEW));
        }
    }
}

/// A file or directory tree that is about to be removed. It is moved into a locked directory in one step, or left in
/// place if the system refuses to move it. Dropping it before [`StagedRemoval::commit`] moves it back.
#[must_use = "what is dropped comes back"]
pub struct StagedRemoval<'a> {
    dir: Dir,
    name: PathBuf,
    moved: Option<MovedEntry<'a>>,
}

struct MovedEntry<'a> {
    /// The temporary directory that the entry was moved into.
    cell: StagingEntry<'a>,
    dir: Dir,
}

impl<'a> StagedRemoval<'a> {
    /// Moves `name` in `dir` to a temporary directory in `tmp`. If there is no such entry, nothing is moved.
    pub fn stage(tmp: &'a Dir, dir: &Dir, name: &str) -> io::Result<Self> {
        let mut withdrawn = StagedRemoval { dir: dir.try_clone()?, name: name.into(), moved: None };
        if platform::has_mounts(dir, &withdrawn.name) {
            return Ok(withdrawn);
        }
        let (cell, parent) = StagingEntry::directory(tmp)?;
        match dir.rename(name, &parent, base_name(&withdrawn.name)) {
            Ok(()) => withdrawn.moved = Some(MovedEntry { cell, dir: parent }),
            Err(e) if e.kind() == io::ErrorKind::NotFound || is_refused_move(&e) => {}
            Err(e) => return Err(e),
        }
        Ok(withdrawn)
    }

    /// Returns whether the entry is still at its place because it could not be moved.
    pub fn is_in_place(&self) -> bool {
        self.moved.is_none()
    }

    /// Removes the entry permanently.
    ///
    /// # Errors
    /// What could not be removed, and where it is now.
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

/// The reason why a removal is incomplete.
#[derive(Debug)]
pub enum RemovalFailure {
    /// The entry was moved to the temporary directory, which the paths are relative to.
    Moved(Leftovers),
    /// The entry is at its original place.
    InPlace(Leftovers),
}

fn base_name(path: &Path) -> &Path {
    path.file_name().map_or(path, Path::new)
}

/// Returns whether an error means that an entry cannot be moved although its content may be removable: another file
/// system, a mount point, an owner or an attribute that forbids it.
fn is_refused_move(error: &io::Error) -> bool {
    // Errors without a code are from the directory handle, not from the system.
    error.raw_os_error().is_some()
        && matches!(
            error.kind(),
            io::ErrorKind::CrossesDevices | io::ErrorKind::ResourceBusy | io::ErrorKind::PermissionDenied
        )
}

/// Opens a directory of wharf's own that only the user can read. It is created where it lacks, and what killed processes
/// left there is removed.
///
/// # Errors
/// `PermissionDenied` for a directory of another user; those of the system.
pub fn open_private_dir(path: &Path) -> io::Result<Dir> {
    platform::create_private_dir(path)?;
    let dir = Dir::open_ambient_dir(path, ambient_authority())?;
    if platform::foreign_owner(&dir).is_some() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    drop(sweep(&dir, FEW, |_| true));
    Ok(dir)
}

/// Writes a file that only the user can read, in place of the one with this name.
///
/// # Errors
/// Those of the system: the old file stays.
pub fn write_private(dir: &Dir, name: &str, content: &[u8]) -> io::Result<()> {
    let mut file = StagingEntry::file(dir)?;
    platform::set_mode(file.handle(), 0o600)?;
    file.handle().write_all(content)?;
    file.persist(dir, name)
}

/// Removes entries that killed processes left in a temporary directory, and returns what could not be removed. For an
/// entry with a tag, `tagged` returns whether the tagged operation is finished, so that the entry can be removed. Gives
/// up on an entry after `patience` failures.
pub fn sweep(tmp: &Dir, patience: u64, mut tagged: impl FnMut(&str) -> bool) -> Leftovers {
    let mut left = Leftovers::default();
    for entry in tmp.entries().into_iter().flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let Some(rest) = name.strip_prefix(PREFIX) else { continue };
        let (number, tag) = rest.split_once(TAG).map_or((rest, None), |(number, tag)| (number, Some(tag)));
        if number.len() != 2 * NUMBER || !number.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            // Another program's file in a shared directory.
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
        // The lock is held until the name is removed: a writer that waits for it then sees that its name is gone.
        if held.try_lock().is_ok() && tag.is_none_or(&mut tagged) {
            left.merge(remove(tmp, name.as_ref(), patience));
        }
    }
    left
}

/// Removes unfinished files of killed processes from a user's directory, and no other files.
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

/// Returns whether wharf gave this name to a file in a user's directory that was never completed, or never renamed to
/// its destination.
pub fn is_unfinished(name: &OsStr, meta: &Metadata) -> bool {
    meta.is_file() && has_fingerprint_of(name, &platform::identity_below(meta))
}

/// Returns whether a name has the form of the temporary names of wharf, for a file that is no longer there.
pub fn is_temporary_name(name: &OsStr) -> bool {
    split_fingerprint(name).is_some()
}

fn has_fingerprint_of(name: &OsStr, identity: &str) -> bool {
    split_fingerprint(name).is_some_and(|(number, claimed)| fingerprint(number, identity) == claimed)
}

/// Splits a temporary name into its random digits and its fingerprint; `None` for any other name.
fn split_fingerprint(name: &OsStr) -> Option<(&str, &str)> {
    let (number, fingerprint) = name.to_str()?.strip_prefix(PREFIX)?.split_once(FINGERPRINT)?;
    let is_number = |text: &str| text.len() == 2 * NUMBER && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_number(number) && is_number(fingerprint)).then_some((number, fingerprint))
}

/// Returns the fingerprint for a file with this identity in a name with these random digits.
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

    /// Creates a file as a killed process leaves it on a system without nameless files.
    fn leave(dir: &Dir) -> String {
        let file = dir.create("x").unwrap().into_std();
        let pending = StagingEntry { parent: dir, name: None, held: file };
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
        let meta = |dir: &Dir, name: &str| platform::entry_metadata(dir, name).unwrap();
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
