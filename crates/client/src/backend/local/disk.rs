//! The files: directory handles that nothing leaves, what is in the making, and its durability.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once};

use cap_fs_ext::DirExt;
use cap_std::ambient_authority;
use cap_std::fs::Dir;

use crate::backend::ByteRange;
use wharf_core::advice::{Setting, Step};
use wharf_core::body::Body;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{RemotePath, SessionId, SessionPath};
use wharf_core::platform;
use wharf_core::platform::names::NameRules;
use wharf_core::removal::{self, FEW, Leftovers};
use wharf_core::staging::{self, RemovalFailure, StagedRemoval, StagingEntry};
use wharf_core::sync::lock;
use wharf_core::walk::open_handle;

/// The hint for a file system that cannot hold a database.
pub(super) const NO_NETWORK: &str =
    "a network file system may lack locks or shared memory: choose a WHARF_HOME on a local disk";

/// The hint for a mount point that blocks a removal.
pub(super) const UNMOUNT: &str = "unmount it first: wharf removes nothing behind a mount point";

/// The longest name, in bytes.
pub(super) const NAME_MAX: usize = 255;

/// More changed directories than this are made durable by one sync of the file system.
const SYNC_EACH: usize = 64;

/// The sticky bit, which means nothing else on a directory of one owner.
const MARK: u32 = 0o1000;

/// The durability of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Changes survive a power cut: they are synced.
    Synced,
    /// Changes survive a killed process. A power cut may lose those since
    /// [`Backend::flush`](crate::backend::Backend::flush).
    Process,
    /// Changes last as long as the process: no other process uses the home.
    None,
}

/// The directories of the store.
pub(super) struct Disk {
    home: PathBuf,
    sessions: Dir,
    store: Dir,
    usage: Dir,
    tmp: Dir,
    swept: Once,
    unsynced: Mutex<UnsyncedChanges>,
}

/// The directories whose entries have changed since the last sync.
#[derive(Default)]
struct UnsyncedChanges {
    directories: BTreeSet<PathBuf>,
    bulk: bool,
}

impl Disk {
    /// Opens the directories, making those that are missing, for their owner only.
    pub(super) fn open(home: &Path) -> Result<Self> {
        let doing = |e: &io::Error| {
            Error::io(format!("opening the data directory `{}`", home.display()), e)
                .of_kind(Kind::Io)
                .hint("set WHARF_HOME to a directory on a writable disk")
        };
        platform::create_private_dir(home).map_err(|e| doing(&e))?;
        let root = Dir::open_ambient_dir(home, ambient_authority()).map_err(|e| doing(&e))?;
        if let Some(owner) = platform::foreign_owner(&root) {
            let what = format!("the data directory `{}` belongs to another user: {owner}", home.display());
            return Err(Error::new(Kind::Io, what)
                .hint("set WHARF_HOME to a directory of your own, or run the command as that user"));
        }
        let room = |name: &str| {
            let doing = |e: &io::Error| doing(e).context(format!("`{name}`"));
            match root.open_dir_nofollow(name) {
                Err(e) if e.kind() == io::ErrorKind::NotFound => {
                    match platform::create_private_dir_in(&root, name) {
                        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(doing(&e)),
                        _ => {}
                    }
                    root.open_dir_nofollow(name).map_err(|e| doing(&e))
                }
                Err(_) if platform::entry_metadata(&root, name).is_ok_and(|meta| meta.is_symlink()) => {
                    Err(link_refused(&home.join(name)))
                }
                other => other.map_err(|e| doing(&e)),
            }
        };
        let tmp = room("tmp")?;
        // Without locks the database would wait for a lock that is never released.
        match open_handle(&tmp).map(|handle| handle.try_lock_shared()) {
            Ok(Err(TryLockError::Error(e))) if platform::lacks_locks(&e) => return Err(doing(&e).hint(NO_NETWORK)),
            _ => {}
        }
        Ok(Disk {
            home: home.to_owned(),
            sessions: room("sessions")?,
            store: room("store")?,
            usage: room("usage")?,
            tmp,
            swept: Once::new(),
            unsynced: Mutex::default(),
        })
    }

    /// Returns a warning if other users may read the data directory.
    pub(super) fn exposed(&self) -> Option<Error> {
        let mode = self.home.metadata().ok().map(|meta| platform::mode_of(&meta))??;
        let home = self.home.display();
        (mode & 0o077 != 0).then(|| {
            Error::new(Kind::Io, format!("other users can read the data directory `{home}`: its mode is {mode:04o}"))
                .hint(format!("make it private: `chmod 700 {home}`"))
        })
    }

    /// Returns the path of a session's files on this machine.
    pub(super) fn session_path(&self, id: &SessionId) -> PathBuf {
        self.home.join("sessions").join(id.as_str())
    }

    /// Returns the names of all directories that are or were those of sessions.
    pub(super) fn session_names(&self) -> io::Result<BTreeSet<String>> {
        let names = self.sessions.entries()?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
        names.collect()
    }

    /// Opens the directory of that name, with or without a session.
    pub(super) fn session_dir(&self, name: &str) -> io::Result<Dir> {
        self.sessions.open_dir_nofollow(name)
    }

    /// Returns whether a directory exists and is complete.
    pub(super) fn is_complete(&self, name: &str) -> bool {
        self.session_dir(name).is_ok_and(|dir| !is_marked(&dir))
    }

    /// Returns whether `dir` is the directory of a session.
    pub(super) fn is_session(&self, id: &SessionId, dir: &Dir) -> bool {
        platform::is_at(dir, &self.sessions, id.as_str())
    }

    /// Returns the handle below which all paths of a session are opened.
    pub(super) fn session(&self, id: &SessionId) -> Result<Dir> {
        self.sessions.open_dir_nofollow(id.as_str()).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => {
                Error::conflict(format!("the directory of this session is gone: `{}`", self.session_path(id).display()))
                    .hint(format!(
                        "another program removed it; {} removes the rest",
                        Step::DeleteSession { id: Some(id.as_str()), force: false }
                    ))
            }
            _ => Error::io(format!("opening `{}`", self.session_path(id).display()), &e),
        })
    }

    /// Returns the directory of stored files.
    pub(super) fn store(&self) -> &Dir {
        &self.store
    }

    /// Returns the directory of the sessions' sizes.
    pub(super) fn usage(&self) -> &Dir {
        &self.usage
    }

    /// Creates a file that has no visible name until it is persisted.
    pub(super) fn staging_file(&self) -> Result<StagingEntry<'_>> {
        StagingEntry::file(&self.tmp).map_err(|e| Error::io("creating a temporary file", &e))
    }

    /// Creates another name of a file below `dir`, which is not visible until it is persisted.
    #[cfg(feature = "emulator")]
    pub(super) fn staging_link(&self, dir: &Dir, path: &str) -> io::Result<StagingEntry<'_>> {
        StagingEntry::link(&self.tmp, dir, path)
    }

    /// Creates a directory that is not visible until it is persisted.
    pub(super) fn staging_dir(&self) -> Result<(StagingEntry<'_>, Dir)> {
        StagingEntry::directory(&self.tmp).map_err(|e| Error::io("creating a temporary directory", &e))
    }

    /// Makes a new session's directory visible. Until [`Disk::finish_session`] it bears a mark: a
    /// directory with the mark and without a row never belonged to a session, and one without the mark is
    /// never removed, even if the database knows nothing of it.
    pub(super) fn persist_session(&self, mut staged: StagingEntry<'_>, id: &SessionId) -> Result<()> {
        let doing = |e: io::Error| match e.kind() {
            io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
                Error::conflict(format!(
                    "the path exists and belongs to no session: `{}`",
                    self.session_path(id).display()
                ))
                .hint(format!("move it away, or choose another {}", Setting::SessionId))
            }
            _ => Error::io(format!("creating the session `{id}`"), &e),
        };
        if let Ok(dir) = self.sessions.open_dir_nofollow(id.as_str())
            && is_marked(&dir)
        {
            // What is left of it is in the way below.
            drop(self.withdraw(&self.sessions, id.as_str())?.commit());
        }
        platform::set_mode(staged.handle(), MARK | 0o700).map_err(doing)?;
        staged.persist(&self.sessions, id.as_str()).map_err(doing)?;
        self.changed(self.home.join("sessions"), false);
        Ok(())
    }

    /// Removes the mark from a session's directory.
    pub(super) fn finish_session(&self, id: &SessionId) -> Result<()> {
        let done = self.session(id).map(|dir| open_handle(&dir).and_then(|handle| platform::set_mode(&handle, 0o700)));
        done?.map_err(|e| Error::io(format!("creating the session `{id}`"), &e))
    }

    /// Opens a session's directory to remove it; none where it does not exist.
    pub(super) fn open_to_remove(&self, id: &SessionId) -> io::Result<Option<Dir>> {
        // What works in it may have shut even its owner out.
        drop(platform::unlock_dir(&self.sessions, Path::new(id.as_str())));
        match self.sessions.open_dir_nofollow(id.as_str()) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            opened => opened.map(Some),
        }
    }

    /// Returns what a mount in a session's directory would leave of it.
    pub(super) fn mount_within(&self, id: &SessionId) -> Option<Leftovers> {
        let mounted = platform::has_mounts(&self.sessions, Path::new(id.as_str()));
        mounted.then(|| Leftovers::of(self.session_path(id), &removal::mounted()))
    }

    /// Removes everything in a session's directory; the leftovers are named by their paths on this
    /// machine. Gives up after `patience` failures.
    pub(super) fn empty_session(&self, id: &SessionId, dir: &Dir, patience: u64) -> Leftovers {
        removal::empty(dir, patience).below(&self.session_path(id))
    }

    /// Removes a session's directory, which is empty, or anything else that has its name.
    pub(super) fn remove_session_dir(&self, id: &SessionId) -> Leftovers {
        self.changed(self.home.join("sessions"), false);
        match removal::remove_dir(&self.sessions, OsStr::new(id.as_str())) {
            Ok(()) => Leftovers::default(),
            Err(e) => Leftovers::of(self.session_path(id), &e),
        }
    }

    /// Takes a name out of `dir`, in one step where the system allows it.
    pub(super) fn withdraw(&self, dir: &Dir, name: &str) -> Result<StagedRemoval<'_>> {
        StagedRemoval::stage(&self.tmp, dir, name).map_err(|e| refused(format!("removing `{name}`"), &e))
    }

    /// Removes for good what was withdrawn from the directory `from`.
    ///
    /// # Errors
    /// `io` that names what is left, where it is, and what happens to it.
    pub(super) fn discard(
        &self,
        withdrawn: StagedRemoval<'_>,
        doing: impl std::fmt::Display,
        from: &Path,
    ) -> Result<()> {
        let (left, hint) = match withdrawn.commit() {
            Ok(()) => return Ok(()),
            Err(RemovalFailure::Moved(left)) => (
                left.below(&self.home.join("tmp")),
                format!("later commands try to remove the rest, and {} lists it", Step::Diagnose { backend: None }),
            ),
            Err(RemovalFailure::InPlace(left)) => (
                left.below(from),
                "correct the cause (owner, attributes, a mount), then run the command again".to_owned(),
            ),
        };
        Err(Error::new(Kind::Io, format!("{doing}: not everything could be removed: {left}")).hint(hint))
    }

    /// Notes that a directory of a session has a new or a lost name.
    pub(super) fn changed_in(&self, at: &SessionPath, bulk: bool) {
        let parent = at.path.parent().unwrap_or_else(RemotePath::root);
        self.changed(self.session_path(&at.session).join(parent.relative()), bulk);
    }

    /// Notes that the stored files have a new or a lost name.
    pub(super) fn changed_store(&self, directory: &str) {
        self.changed(self.home.join("store").join(directory), false);
        self.changed(self.home.join("store"), false);
    }

    fn changed(&self, directory: PathBuf, bulk: bool) {
        let mut unsynced = lock(&self.unsynced);
        unsynced.bulk |= bulk || unsynced.directories.len() >= SYNC_EACH;
        if !unsynced.bulk {
            unsynced.directories.insert(directory);
        }
    }

    /// Notes that the next sync must include the whole file system.
    pub(super) fn changed_throughout(&self) {
        lock(&self.unsynced).bulk = true;
    }

    /// Syncs all noted changes.
    pub(super) fn flush(&self) -> Result<()> {
        let unsynced = std::mem::take(&mut *lock(&self.unsynced));
        let doing = |e: io::Error| Error::io("syncing the changes", &e);
        if unsynced.bulk {
            let handle = open_handle(&self.tmp).map_err(doing)?;
            return platform::sync_file_system(&handle).map_err(doing);
        }
        for directory in unsynced.directories {
            match platform::sync_directory(&directory) {
                // Another program moved or replaced it.
                Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
                other => other.map_err(doing)?,
            }
        }
        Ok(())
    }

    /// Creates a marker for the content `sha256`, which may have no row for a moment. If this process is killed before
    /// it drops the marker, the next process checks the content.
    pub(super) fn mark(&self, sha256: &str) -> Result<StagingEntry<'_>> {
        StagingEntry::tagged(&self.tmp, sha256).map_err(|e| Error::io("creating a temporary file", &e))
    }

    /// Removes what killed processes left, once per process. `look_after` is called for each content with a marker;
    /// returns whether it was checked.
    pub(super) fn sweep(&self, look_after: impl FnMut(&str) -> bool) {
        self.swept.call_once(|| drop(staging::sweep(&self.tmp, FEW, look_after)));
    }

    /// Tries once more to remove what earlier commands left; returns what still cannot be removed.
    pub(super) fn sweep_again(&self, look_after: impl FnMut(&str) -> bool) -> Leftovers {
        staging::sweep(&self.tmp, u64::MAX, look_after).below(&self.home.join("tmp"))
    }
}

/// Returns the error of a link in place of a file of the store.
pub(super) fn link_refused(path: &Path) -> Error {
    Error::new(Kind::Io, format!("wharf does not follow links in its store: `{}`", path.display()))
        .hint("move what it leads to into its place, or set WHARF_HOME to where all of it is")
}

/// Returns whether a session's directory is incomplete.
fn is_marked(dir: &Dir) -> bool {
    dir.dir_metadata().is_ok_and(|meta| platform::mode(&meta).is_some_and(|mode| mode & MARK != 0))
}

/// Fails if a name is too long for the disk, before any parent is created.
pub(super) fn check_names(at: &SessionPath) -> Result<()> {
    if let Some(why) =
        at.path.as_str().split('/').filter(|name| !name.is_empty()).find_map(|name| NameRules::HERE.problem(name))
    {
        return Err(Error::usage(format!("invalid file name: `{at}`: {why}")));
    }
    if at.path.as_str().split('/').any(|name| name.len() > NAME_MAX) {
        return Err(Error::usage(format!("a name in this path is longer than {NAME_MAX} bytes: `{at}`")));
    }
    Ok(())
}

/// Returns a body for an open file, or for a range of it.
pub(super) fn read_range(mut file: File, name: String, range: Option<ByteRange>) -> Result<Body> {
    let doing = |e: io::Error| Error::io(format!("reading `{name}`"), &e);
    let size = file.metadata().map_err(doing)?.len();
    match range {
        None => Ok(Body::of_file(file, name, size, true)),
        Some(range) => {
            let (start, length) = range.resolve(size)?;
            io::Seek::seek(&mut file, io::SeekFrom::Start(start)).map_err(doing)?;
            Ok(Body::of_file(file, name, length, false))
        }
    }
}

/// Returns a path with all links in it resolved; it never leaves `dir`.
pub(super) fn follow(dir: &Dir, path: &RemotePath) -> io::Result<RemotePath> {
    let real = platform::canonicalize_below(dir, Path::new(path.relative()))?;
    let real = real.to_str().and_then(|real| NameRules::HERE.with_slashes(real).parse().ok());
    real.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "its target is not UTF-8"))
}

/// Returns `path` with the links in its parents resolved, and its last segment unchanged, so that two names of one
/// file become equal.
pub(super) fn real_path(dir: &Dir, path: &RemotePath) -> Result<RemotePath> {
    let mut names = Vec::new();
    let mut at = path.clone();
    while let Some(parent) = at.parent() {
        names.push(at.name().to_owned());
        at = parent;
        if at.is_root() {
            break;
        }
        match follow(dir, &at) {
            Ok(real) => {
                at = real;
                break;
            }
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
            Err(e) => return Err(refused(format!("looking at `{at}`"), &e)),
        }
    }
    Ok(names.iter().rev().fold(at, |path, name| path.join(name)))
}

/// Returns the error of a call below a session's handle. The handle rejects links that leave it.
pub(super) fn refused(doing: impl std::fmt::Display, error: &io::Error) -> Error {
    if error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none() {
        return Error::new(Kind::Conflict, format!("{doing}: a link on the way leads outside the session"))
            .hint(format!("{} removes the link itself", Step::RemoveFile { target: None }));
    }
    Error::io(doing, error)
}
