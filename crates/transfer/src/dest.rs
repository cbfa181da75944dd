//! The local destination of a download: each file is staged, verified and renamed.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use cap_fs_ext::MetadataExt;
use cap_std::ambient_authority;
use cap_std::fs::{Dir, Metadata};

use super::verify;
use super::written_files::{Name, WrittenFiles};
use wharf_client::backend::GetResult;
use wharf_core::advice::Step;
use wharf_core::body::{Attributes, Body, Digest, FileCheck};
use wharf_core::error::{Error, Result};
use wharf_core::model::{FileId, Verified};
use wharf_core::platform;
use wharf_core::platform::names::NameRules;
use wharf_core::staging::{Access, StagingEntry, sweep_unfinished};
use wharf_core::walk::open_handle;

/// The most bytes of a name and of a path that most systems accept.
const NAME: usize = 255;
const PATH: usize = 4096;

/// A local directory that files are written to. It is opened once, so that nothing is written outside of it, whatever
/// is renamed or linked during the download.
pub struct DestDir {
    /// `None` where the directory does not exist and a dry run does not create it.
    dir: Option<Dir>,
    path: PathBuf,
    /// The directory below it that was written to last.
    last: RefCell<Option<(String, Rc<Dir>)>>,
    /// Directories in which names changed that are still to be made durable, unless there are many.
    changed: RefCell<HashMap<String, Dir>>,
    /// Whether a directory was created.
    made: Cell<bool>,
    /// Those of the directory and its parents that were created to open it, the deepest first.
    created: Vec<PathBuf>,
    /// The parents of files that were created in it, and are not kept without those files, the deepest last.
    parents: RefCell<Option<Vec<String>>>,
    /// Whether something could not be written to it.
    failed: Cell<bool>,
    /// Directories in which the files of killed runs were removed, by device and inode.
    swept: RefCell<HashSet<(u64, u64)>>,
    /// Asked whether a file may be replaced.
    replaces: Option<FileCheck>,
}

/// A file that was written.
#[derive(Debug)]
pub struct Written {
    /// Length and hash of the content.
    pub digest: Digest,
    /// The verification of the content.
    pub verified: Verified,
    /// The stored file that has the content.
    pub file_id: Option<FileId>,
}

/// Options for writing a file.
pub struct WriteOptions<'a> {
    /// Fail with `conflict` where the name exists.
    pub keep_existing: bool,
    /// Many files follow: durability may wait for [`DestDir::sync`].
    pub bulk: bool,
    /// The files that this run wrote before.
    pub written: &'a WrittenFiles,
}

impl DestDir {
    /// Opens a directory. With `make` it and its parents are created; without, it need not exist, and is not written to.
    ///
    /// # Errors
    /// Those of the disk; without `make`, those that creating it would have.
    pub fn open(path: &Path, make: bool) -> Result<Self> {
        // `out/.` cannot be created where `out` does not exist; `out` can.
        let path: &Path = &path.components().collect::<PathBuf>();
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        let doing = |e: io::Error| Error::io(format!("opening the directory `{}`", path.display()), &e);
        let created = if make { create_dir_all(path, &doing)? } else { Vec::new() };
        let dir = match Dir::open_ambient_dir(path, ambient_authority()) {
            Err(e) if e.kind() == io::ErrorKind::NotFound && !make => {
                if path.ancestors().find(|path| path.symlink_metadata().is_ok()).is_some_and(|path| !path.is_dir()) {
                    // A link to something that does not exist.
                    return Err(doing(io::ErrorKind::AlreadyExists.into()));
                }
                check_creatable(path).map_err(doing)?;
                None
            }
            opened => Some(opened.map_err(doing)?),
        };
        Ok(Self::at(dir, path.to_owned(), created))
    }

    /// Opens a directory below this one, which `make` creates.
    pub fn enter(self, name: &str, make: bool) -> Result<Self> {
        let path = self.path.join(name);
        let mut created = self.created.clone();
        if make {
            if self.look(name)?.is_none() {
                created.insert(0, path.clone());
            }
            self.mkdir(name)?;
        }
        self.check_dry_run_directory(name, &WrittenFiles::default())?;
        let dir = match self.dir.as_ref().map(|dir| dir.open_dir(name)) {
            None => None,
            Some(Err(e)) if e.kind() == io::ErrorKind::NotFound && !make => None,
            Some(opened) => Some(opened.map_err(|e| self.refused("opening the directory", name, &e))?),
        };
        Ok(Self::at(dir, path, created))
    }

    /// Returns a destination in a directory that is open already. Parents of files that are created in it are
    /// [discarded](DestDir::discard_if_empty) like those of the directory. `replaces` is asked before a file is replaced.
    pub(crate) fn of_open(dir: Dir, path: PathBuf, replaces: FileCheck) -> Self {
        let parents = RefCell::new(Some(Vec::new()));
        DestDir { parents, replaces: Some(replaces), ..Self::at(Some(dir), path, Vec::new()) }
    }

    fn at(dir: Option<Dir>, path: PathBuf, created: Vec<PathBuf>) -> Self {
        DestDir {
            dir,
            path,
            last: RefCell::default(),
            changed: RefCell::default(),
            made: Cell::new(false),
            created,
            parents: RefCell::default(),
            failed: Cell::new(false),
            swept: RefCell::default(),
            replaces: None,
        }
    }

    /// Returns the parent of `below`, which is created where it does not exist. Files of killed runs are removed from it.
    fn parent_of(&self, below: &str) -> Result<Rc<Dir>> {
        let parent = below.rsplit_once('/').map_or("", |(parent, _)| parent);
        if let Some((at, dir)) = &*self.last.borrow()
            && at == parent
            && platform::is_at(dir, self.dir()?, if parent.is_empty() { "." } else { parent })
        {
            return Ok(Rc::clone(dir));
        }
        let opened = if parent.is_empty() {
            self.dir()?.try_clone()
        } else {
            self.make_parents(parent)?;
            self.dir()?.open_dir(parent)
        };
        let dir = Rc::new(opened.map_err(|e| self.refused("opening the directory", parent, &e))?);
        let first = dir.dir_metadata().is_ok_and(|meta| self.swept.borrow_mut().insert((meta.dev(), meta.ino())));
        if first {
            sweep_unfinished(&dir);
        }
        *self.last.borrow_mut() = Some((parent.to_owned(), Rc::clone(&dir)));
        Ok(dir)
    }

    /// Returns the path of `below` as people read it.
    pub fn shown(&self, below: &str) -> String {
        platform::shown(self.path.join(below))
    }

    /// Returns the open directory.
    ///
    /// # Errors
    /// `not_found` if it does not exist, which only a dry run accepts.
    pub(crate) fn dir(&self) -> Result<&Dir> {
        self.dir.as_ref().ok_or_else(|| Error::not_found(format!("directory `{}` not found", self.path.display())))
    }

    /// Returns the metadata of what is at `below`, without following a link; `None` where nothing is.
    pub fn look(&self, below: &str) -> Result<Option<Metadata>> {
        match self.dir.as_ref().map(|dir| platform::entry_metadata(dir, below)) {
            None => Ok(None),
            Some(Ok(meta)) => Ok(Some(meta)),
            Some(Err(e)) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Some(Err(e)) => Err(self.refused("looking at", below, &e)),
        }
    }

    /// Returns the SHA-256 of the file at `below`, in hexadecimal.
    pub async fn hash(&self, below: &str) -> Result<String> {
        let doing = |e: io::Error| self.refused("reading", below, &e);
        let file = platform::open_regular_below(self.dir()?, Path::new(below)).map_err(doing)?;
        let length = file.metadata().map_err(doing)?.len();
        Body::of_file(file, self.shown(below), length, true).sha256().await
    }

    /// Creates a directory and its parents.
    pub fn mkdir(&self, below: &str) -> Result<()> {
        self.check_name(below)?;
        self.made.set(true);
        self.dir()?.create_dir_all(below).map_err(|e| self.refused("creating the directory", below, &e))
    }

    /// Creates the parents of a file, and notes those that are not kept without it.
    fn make_parents(&self, below: &str) -> Result<()> {
        if let Some(parents) = &mut *self.parents.borrow_mut() {
            let ends = below.match_indices('/').map(|(end, _)| end).chain([below.len()]);
            for parent in ends.filter_map(|end| below.get(..end)) {
                // Others may create it as well: it is theirs then.
                if self.dir()?.create_dir(parent).is_ok() {
                    parents.push(parent.to_owned());
                }
            }
        }
        self.mkdir(below)
    }

    /// Fails where a run could not create a directory.
    pub(crate) fn check_dry_run_directory(&self, below: &str, written: &WrittenFiles) -> Result<()> {
        self.check_name(below)?;
        let no_directory = |path| Error::conflict(format!("not a directory: `{}`", self.shown(path)));
        let mut at = Some(below);
        while let Some(path) = at.filter(|path| !path.is_empty()) {
            let name = self.directory_and_name(path);
            let free = match self.look(path)? {
                Some(there) if there.is_dir() => written.planned(&name) != Some(false),
                Some(there) if there.is_symlink() => self.dir()?.is_dir(path) && written.planned(&name) != Some(false),
                Some(_) => false,
                None => written.plan(&name, true),
            };
            if !free {
                return Err(no_directory(path));
            }
            at = path.rsplit_once('/').map(|(parent, _)| parent);
        }
        Ok(())
    }

    /// Returns whether a run would have created a directory of this name by then.
    pub(crate) fn plans_directory(&self, below: &str, written: &WrittenFiles) -> bool {
        written.planned(&self.directory_and_name(below)) == Some(true)
    }

    /// Fails where a run could not write a file.
    pub(crate) fn check_dry_run(&self, below: &str, there: Option<&Metadata>, written: &WrittenFiles) -> Result<()> {
        if let Some(there) = there {
            self.check_place(below, there)?;
            written.keep(there);
        }
        self.check_name(below)?;
        if let Some((parent, _)) = below.rsplit_once('/') {
            self.check_dry_run_directory(parent, written)?;
        }
        self.check_name_writable(below, there).map_err(|e| self.refused("writing", below, &e))?;
        if written.plan(&self.directory_and_name(below), false) { Ok(()) } else { Err(self.taken(below)) }
    }

    /// Fails where the nearest existing directory does not allow to create or replace the name.
    fn check_name_writable(&self, below: &str, there: Option<&Metadata>) -> io::Result<()> {
        let Some(dir) = &self.dir else { return Ok(()) };
        let mut above = below;
        while let Some((parent, name)) = above.rsplit_once('/') {
            if let Ok(dir) = dir.open_dir(parent) {
                return platform::check_writable(&dir, Path::new(name), there);
            }
            above = parent;
        }
        platform::check_writable(dir, Path::new(above), there)
    }

    /// Fails where the system does not accept a name, or is likely not to: it cannot be asked before the parent exists.
    fn check_name(&self, below: &str) -> Result<()> {
        if let Some(why) = below.split('/').find_map(|name| NameRules::HERE.problem(name)) {
            let what = format!("invalid file name: `{}`: {why}", self.shown(below));
            return Err(Error::usage(what).hint("download it alone, under another name"));
        }
        if below.len() < PATH && below.split('/').all(|name| name.len() <= NAME) {
            return Ok(());
        }
        Err(self.refused("making", below, &io::ErrorKind::InvalidFilename.into()))
    }

    /// Returns the deepest existing directory above `below`, and the path below it.
    fn directory_and_name(&self, below: &str) -> Name {
        let Some(dir) = &self.dir else { return (0, 0, self.shown(below)) };
        let mut cut = below.len();
        while let Some(parent) = below.get(..cut).and_then(|head| head.rfind('/')) {
            if let Ok(meta) = dir.metadata(below.get(..parent).unwrap_or_default()) {
                return (meta.dev(), meta.ino(), below.get(parent + 1..).unwrap_or_default().to_owned());
            }
            cut = parent;
        }
        let (dev, ino) = dir.dir_metadata().map_or((0, 0), |meta| (meta.dev(), meta.ino()));
        (dev, ino, below.to_owned())
    }

    /// Returns the error for a name that exists.
    pub fn exists(&self, below: &str) -> Error {
        self.refused("writing", below, &io::ErrorKind::AlreadyExists.into())
    }

    /// Returns the error for a name at which there is a file that this run wrote. Where the disk keeps no birth times, it may
    /// be one that another program wrote, with the inode of a file that is gone.
    pub fn taken(&self, below: &str) -> Error {
        Error::conflict(format!(
            "another file of this run has the same name on this file system, or another program wrote it: `{}`",
            self.shown(below)
        ))
        .hint("if no other program writes there, download it alone, under another name; else run the command again")
    }

    fn check_place(&self, below: &str, there: &Metadata) -> Result<()> {
        let path = self.shown(below);
        if there.is_file() || there.is_symlink() {
            let mounted = self.dir.as_ref().is_some_and(|dir| platform::is_mount_point(dir, Path::new(below)));
            if mounted {
                let what = format!("the file is a mount point and cannot be replaced: `{path}`");
                return Err(Error::conflict(what).hint(format!("write into it: {}", Step::PrintInto { path: &path })));
            }
            Ok(())
        } else if there.is_dir() {
            Err(Error::conflict(format!("`{path}` is a directory"))
                .hint(format!("remove or move it; to put a single file inside, add a slash: `{path}/`")))
        } else {
            Err(Error::conflict(format!("`{path}` is neither a file nor a directory"))
                .hint("name it by itself to write to it"))
        }
    }

    /// Fails where a file cannot be written; returns the regular file that it would replace.
    fn check(&self, below: &str, options: &WriteOptions<'_>) -> Result<Option<Metadata>> {
        match self.look(below)? {
            Some(there) if options.written.contains(&there) => Err(self.taken(below)),
            Some(there) => {
                self.check_place(below, &there)?;
                let there = Some(there).filter(Metadata::is_file);
                if let (Some(there), Some(replaces)) = (&there, &self.replaces) {
                    replaces.check((there.dev(), there.ino()))?;
                }
                Ok(there)
            }
            None => Ok(None),
        }
    }

    /// Writes a file at `below` and creates its parents. The name is given to the whole, verified content or not at all.
    ///
    /// # Errors
    /// Those of the source and of the disk; `unverified` for a wrong content; `conflict` for a name that cannot be replaced.
    pub async fn write(&self, below: &str, mut fetched: GetResult, options: &WriteOptions<'_>) -> Result<Written> {
        self.check_name(below)?;
        let doing = |e: io::Error| self.refused("writing", below, &e);
        let (parent, name) = below.rsplit_once('/').unwrap_or(("", below));
        let dir = self.parent_of(below)?;
        self.check(below, options)?;
        let mut pending = StagingEntry::beside(&dir).map_err(doing)?;
        let digest = pending.fill(&mut fetched.body, self.shown(below)).await?;
        let verified = verify::verify_download(&fetched, &digest)?;
        // Another download may have written the name in the meantime.
        let replaced = self.check(below, options)?;
        let Attributes { modified_at, executable } = fetched.attributes;
        let access = Access { replaced: replaced.as_ref(), executable, at_least: 0 };
        pending.set_access(&dir, name, access).map_err(doing)?;
        if let Some(time) = modified_at {
            pending.handle().set_modified(time.into()).map_err(doing)?;
        }
        // The sync at the end does not reach file systems that are mounted below.
        if !options.bulk || platform::device(&dir) != platform::device(self.dir()?) {
            pending.handle().sync_all().map_err(doing)?;
            self.note_changed(parent)?;
        }
        let meta = Metadata::from_file(pending.handle()).map_err(doing)?;
        let persisted =
            if options.keep_existing { pending.persist_noclobber(&dir, name) } else { pending.persist(&dir, name) };
        persisted.map_err(doing)?;
        options.written.add(&meta);
        Ok(Written { digest, verified, file_id: fetched.file_id })
    }

    /// Marks a directory and its parents up to this one as changed: their names are synced at the end.
    fn note_changed(&self, below: &str) -> Result<()> {
        let mut at = below;
        let mut changed = self.changed.borrow_mut();
        while !changed.contains_key(at) {
            let opened = if at.is_empty() { self.dir()?.try_clone() } else { self.dir()?.open_dir(at) };
            changed.insert(at.to_owned(), opened.map_err(|e| self.refused("opening the directory", at, &e))?);
            at = at.rsplit_once('/').map_or("", |(parent, _)| parent);
        }
        Ok(())
    }

    /// Marks the directory as one to which something could not be written.
    pub(crate) fn mark_failed(&self) {
        self.failed.set(true);
    }

    /// Removes the directories that were created to open this one if they are empty and something failed. Returns whether
    /// one was removed. Directories below this one belong to the source and stay.
    pub(crate) fn discard_if_empty(&self, failed: bool) -> bool {
        if !failed && !self.failed.get() {
            return false;
        }
        let parents = self.parents.take().unwrap_or_default();
        let is_gone = |below: &String| self.dir.as_ref().is_some_and(|dir| dir.remove_dir(below).is_ok());
        let below = parents.iter().rev().take_while(|below| is_gone(below)).count();
        let here = self.created.iter().take_while(|path| std::fs::remove_dir(path).is_ok()).count();
        below + here > 0
    }

    /// Syncs what was written.
    pub fn sync(&self, bulk: bool) -> Result<()> {
        let doing = |e: io::Error| self.refused("syncing the directory", ".", &e);
        let Some(dir) = self.dir.as_ref() else { return Ok(()) };
        if bulk && (self.made.get() || self.last.borrow().is_some()) {
            open_handle(dir).and_then(|handle| platform::sync_file_system(&handle)).map_err(doing)?;
        } else if self.made.get() {
            self.note_changed("")?;
        }
        self.changed.borrow().values().try_for_each(|dir| open_handle(dir)?.sync_all()).map_err(doing)
    }

    fn refused(&self, doing: &str, below: &str, error: &io::Error) -> Error {
        let path = self.path.join(below);
        if error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none() {
            return Error::conflict(format!(
                "{doing} `{}`: a link on the way leads out of the destination",
                path.display()
            ))
            .hint("remove the link, or choose another destination");
        }
        Error::io(format!("{doing} `{}`", path.display()), error)
    }
}

/// Creates a directory and its parents, and returns those that did not exist, the deepest first.
///
/// # Errors
/// `conflict` if something else is there; others in the words of `doing`.
fn create_dir_all(path: &Path, doing: &impl Fn(io::Error) -> Error) -> Result<Vec<PathBuf>> {
    if path.exists() && !path.is_dir() {
        return Err(Error::conflict(format!("not a directory: `{}`", platform::shown(path)))
            .hint("name a directory, or move what is there"));
    }
    let mut created = Vec::new();
    let missing = |path: &&Path| !path.as_os_str().is_empty() && !path.exists();
    let missing: Vec<_> = path.ancestors().take_while(missing).collect();
    for path in missing.into_iter().rev() {
        match std::fs::create_dir(path) {
            Ok(()) => created.insert(0, path.to_owned()),
            Err(_) if path.is_dir() => {}
            Err(e) => {
                created.iter().take_while(|path| std::fs::remove_dir(path).is_ok()).for_each(drop);
                return Err(doing(e));
            }
        }
    }
    std::fs::create_dir_all(path).map(|()| created).map_err(doing)
}

/// Fails where the nearest existing directory does not allow to create one in it.
fn check_creatable(path: &Path) -> io::Result<()> {
    let Some(above) = path.ancestors().skip(1).find(|above| above.as_os_str().is_empty() || above.is_dir()) else {
        return Ok(());
    };
    let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
    platform::check_writable(&Dir::open_ambient_dir(above, ambient_authority())?, Path::new("."), None)
}

/// Writes a content to a device, a FIFO or standard output, which nothing can be renamed onto. What was written before
/// an error stays written.
pub async fn stream(mut fetched: GetResult, write: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<Written> {
    while let Some(block) = fetched.body.next().await? {
        write(&block)?;
    }
    let digest = fetched.body.digest().cloned()?;
    let verified = verify::verify_download(&fetched, &digest)?;
    Ok(Written { digest, verified, file_id: fetched.file_id })
}

/// Returns whether a path is a device or a FIFO.
pub fn is_stream(path: &Path) -> bool {
    path.metadata().is_ok_and(|meta| platform::is_stream(&meta))
}

/// Opens a device or a FIFO for writing; `None` for anything else.
pub(crate) fn open_stream(path: &Path) -> Result<Option<File>> {
    let doing = |e: io::Error| Error::io(format!("opening `{}`", path.display()), &e);
    if !is_stream(path) {
        return Ok(None);
    }
    let file = OpenOptions::new().write(true).open(path).map_err(doing)?;
    if !platform::is_stream(&file.metadata().map_err(doing)?) {
        return Err(Error::conflict(format!("another program created a file there: `{}`", path.display()))
            .hint("run the command again when nothing changes it"));
    }
    Ok(Some(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_claimed_under_each_of_its_names() {
        let (dir, written) = (tempfile::tempdir().unwrap(), WrittenFiles::default());
        let dir = Dir::open_ambient_dir(dir.path(), ambient_authority()).unwrap();
        written.add(&Metadata::from_file(&dir.create("a").unwrap().into_std()).unwrap());
        dir.hard_link("a", &dir, "b").unwrap();
        dir.rename("a", &dir, "c").unwrap();
        for name in ["b", "c"] {
            assert!(written.contains(&platform::entry_metadata(&dir, name).unwrap()), "{name}");
        }
        dir.create("d").unwrap();
        assert!(!written.contains(&platform::entry_metadata(&dir, "d").unwrap()));
    }

    #[test]
    fn a_file_that_the_check_refuses_is_not_replaced() {
        let (root, written) = (tempfile::tempdir().unwrap(), WrittenFiles::default());
        let dir = Dir::open_ambient_dir(root.path(), ambient_authority()).unwrap();
        for name in ["mine", "theirs"] {
            dir.create(name).unwrap();
        }
        let mine = platform::key_of(&root.path().join("mine")).unwrap();
        let refuse = move |key| if key == mine { Err(Error::usage("it is private")) } else { Ok(()) };
        let dest = DestDir::of_open(dir.try_clone().unwrap(), root.path().to_owned(), FileCheck::new(refuse));
        let options = WriteOptions { keep_existing: false, bulk: false, written: &written };
        let is_free = |name: &str| dest.check(name, &options).is_ok();
        assert!(!is_free("mine") && is_free("theirs") && is_free("new"));
        // What is there counts when the name is given, not what was there before.
        dir.rename("mine", &dir, "theirs").unwrap();
        assert!(is_free("mine") && !is_free("theirs"));
    }

    #[test]
    fn a_new_file_with_the_number_of_one_that_is_gone_is_not_claimed() {
        let (dir, written) = (tempfile::tempdir().unwrap(), WrittenFiles::default());
        let dir = Dir::open_ambient_dir(dir.path(), ambient_authority()).unwrap();
        let meta = Metadata::from_file(&dir.create("written").unwrap().into_std()).unwrap();
        written.add(&meta);
        // A file of the run that is younger says nothing about this one.
        written.add(&Metadata::from_file(&dir.create("later").unwrap().into_std()).unwrap());
        dir.remove_file("written").unwrap();
        for _ in 0..10_000 {
            dir.create("other").unwrap();
            let other = platform::entry_metadata(&dir, "other").unwrap();
            // Some disks never reuse an inode, and some keep no birth times. They are compared in milliseconds.
            let millis = |meta: &Metadata| {
                let born = meta.created().ok()?.into_std().duration_since(std::time::UNIX_EPOCH).ok()?;
                Some(born.as_millis())
            };
            let (same, born) = (other.ino() == meta.ino(), millis(&other) != millis(&meta));
            assert!(!written.contains(&other) || same && !born);
            if same && born {
                return;
            }
            dir.remove_file("other").unwrap();
        }
    }
}
