//! Session files: what lies below a session's directory.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use cap_fs_ext::DirExt;
use cap_std::fs::{Dir, Metadata};
use futures_util::stream::{self, BoxStream, StreamExt};

use super::capabilities::CAPABILITIES;
use super::disk::{UNMOUNT, check_names, follow, read_range, real_path, refused};
use super::home::LocalHome;
use super::resources::{forget, unsettle};
use super::session_lock::SessionGuard;
use crate::backend::path_errors::{directory_in_the_way, missing, no_directory, taken, vanished};
use crate::backend::{
    Capabilities, FetchOptions, GetResult, MkdirOptions, PutOptions, PutResult, RemoteHash, SessionFiles,
};
use wharf_core::advice::{Setting, Step};
use wharf_core::body::Source;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::entry::Mode;
use wharf_core::model::{Entry, EntryKind, FileId, Provider, RemotePath, SessionId, SessionPath, Timestamp};
use wharf_core::platform;
use wharf_core::staging::{Access, StagingEntry, is_temporary_name, is_unfinished};
use wharf_core::walk::{DirWalk, is_vanished, open_handle};

/// The size in bytes from which the target is checked before the source is read.
const LARGE: u64 = 1024 * 1024;

/// The files in sessions of a home.
pub(super) struct LocalFiles {
    pub(super) home: Arc<LocalHome>,
}

#[async_trait]
impl SessionFiles for LocalFiles {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    async fn put(&self, at: &SessionPath, source: &dyn Source, options: PutOptions) -> Result<PutResult> {
        CAPABILITIES.require_all(options.features())?;
        let doing = |e: io::Error| refused(format!("writing `{at}`"), &e);
        let guard = self.home.enter(&at.session)?;
        self.home.woken(&guard)?;
        let mut there = self.home.check_target(&guard, at, options.keep_existing)?;
        let mut room = None;
        let small = source.len().is_some_and(|bytes| bytes < LARGE);
        if !options.bulk || !small {
            // So that a large file is not read in vain; of many, most are small.
            room = self.home.usage(&guard)?.room(source.len(), bytes_of(there.as_ref()))?;
        }
        let beside = guard.nearest_dir(&at.path).map_err(doing)?;
        // What is mounted in a session is not made durable with the rest of the store.
        let bulk = options.bulk && platform::device(&beside) == platform::device(&guard.dir);
        let mut staged = StagingEntry::beside(&beside).map_err(doing)?;
        // A deletion waits for a small file of this machine, and for nothing else that may take long.
        let mut held = (small && source.is_at_hand()).then_some(guard);
        let mut body = source.open().await?;
        if let Some(most) = room {
            let (mut left, name) = (most, at.to_string());
            body = body.inspect(move |block| {
                left = left.checked_sub(block.len() as u64).ok_or_else(|| {
                    Error::new(
                        Kind::Limit,
                        format!("only {most} bytes may be written, and the source has more: `{name}`"),
                    )
                    .hint("no part of it was kept; upload less, or remove files first")
                })?;
                Ok(())
            });
        }
        let sent = staged.fill(&mut body, at).await?;
        let attributes = source.attributes();
        let finish = |staged: &mut StagingEntry<'_>, there: Option<&Metadata>| {
            let access = Access { replaced: there, executable: attributes.executable, at_least: 0o644 };
            staged.set_access(&beside, at.path.name(), access)?;
            if let Some(time) = attributes.modified_at {
                staged.handle().set_modified(time.into())?;
            }
            if bulk { Ok(()) } else { staged.handle().sync_all() }
        };
        finish(&mut staged, there.as_ref()).map_err(doing)?;
        let guard = if let Some(guard) = held.take() {
            guard
        } else {
            // Much may have changed while the bytes came.
            let guard = self.home.enter(&at.session)?;
            self.home.woken(&guard)?;
            let now = self.home.check_target(&guard, at, options.keep_existing)?;
            if now.as_ref().map(access_of) != there.as_ref().map(access_of) {
                finish(&mut staged, now.as_ref()).map_err(doing)?;
            }
            there = now;
            guard
        };
        let mut usage = self.home.usage(&guard)?;
        usage.add(sent.bytes, bytes_of(there.as_ref()))?;
        let parent = self.home.make_parents(&guard, at, options.bulk)?;
        let placed = if options.keep_existing {
            staged.persist_noclobber(&parent, at.path.name())
        } else {
            staged.persist(&parent, at.path.name())
        };
        placed.map_err(doing)?;
        drop(usage);
        self.home.disk()?.changed_in(at, bulk);
        Ok(PutResult {
            path: at.path.clone(),
            size: Some(sent.bytes),
            sha256: Some(sent.sha256.clone()),
            file_id: None,
            resource_id: None,
            md5: false,
            sent,
        })
    }

    fn hashes_contents(&self) -> bool {
        true
    }

    async fn check_put(&self, at: &SessionPath) -> Result<()> {
        let guard = self.home.enter(&at.session)?;
        let there = self.home.check_target(&guard, at, false)?;
        let doing = |e: io::Error| refused(format!("writing `{at}`"), &e);
        let beside = guard.nearest_dir(&at.path).map_err(doing)?;
        platform::check_writable(&beside, Path::new(at.path.name()), there.as_ref()).map_err(doing)
    }

    async fn fetch(&self, at: &SessionPath, options: FetchOptions) -> Result<GetResult> {
        self.home.live(&at.session)?;
        let dir = self.home.disk()?.session(&at.session)?;
        let doing = |e: io::Error| match e.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => missing(at),
            io::ErrorKind::IsADirectory => Error::conflict(format!("not a regular file: `{at}`")),
            _ => refused(format!("reading `{at}`"), &e),
        };
        let file = platform::open_regular_below(&dir, Path::new(at.path.relative())).map_err(doing)?;
        let attributes = platform::attributes(&file.metadata().map_err(doing)?);
        let body = read_range(file, at.to_string(), options.range)?;
        Ok(GetResult { body, attributes, sha256: RemoteHash::Streamed, file_id: None })
    }

    async fn stat(&self, at: &SessionPath) -> Result<Entry> {
        let seq = self.home.live(&at.session)?.seq;
        let dir = self.home.disk()?.session(&at.session)?;
        let meta = look(&dir, at)?.ok_or_else(|| missing(at))?;
        let mount = self.home.mounts(seq)?.remove(at.path.as_str());
        Ok(entry(at.clone(), &meta, mount, &dir))
    }

    async fn list<'a>(&'a self, at: &SessionPath, recursive: bool) -> Result<BoxStream<'a, Result<Entry>>> {
        let seq = self.home.live(&at.session)?.seq;
        let dir = self.home.disk()?.session(&at.session)?;
        let meta = look(&dir, at)?.ok_or_else(|| missing(at))?;
        let mounts = self.home.mounts(seq)?;
        if !meta.is_dir() {
            let mount = mounts.get(at.path.as_str()).cloned();
            return Ok(stream::iter([Ok(entry(at.clone(), &meta, mount, &dir))]).boxed());
        }
        let below = if at.path.is_root() { dir.try_clone() } else { dir.open_dir_nofollow(at.path.relative()) };
        let walk = below
            .and_then(|below| DirWalk::new(below, at.clone()))
            .map_err(|e| refused(format!("listing `{at}`"), &e))?;
        let (home, session) = (&*self.home, at.session.clone());
        let listing = LocalListing { home, session, dir, mounts, recursive, walk, is_over: false };
        Ok(stream::iter(listing).boxed())
    }

    async fn resolve(&self, at: &SessionPath) -> Result<SessionPath> {
        self.home.live(&at.session)?;
        let dir = self.home.disk()?.session(&at.session)?;
        if at.path.is_root() {
            return Ok(at.clone());
        }
        let real = follow(&dir, &at.path).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Error::not_found(format!("broken link: `{at}`")),
            _ => refused(format!("following the link `{at}`"), &e),
        })?;
        Ok(at.at(real))
    }

    async fn mkdir(&self, at: &SessionPath, options: MkdirOptions) -> Result<Entry> {
        let guard = self.home.enter(&at.session)?;
        let dir = &guard.dir;
        check_names(at)?;
        let path = Path::new(at.path.relative());
        self.home.woken(&guard)?;
        let made = if options.parents && at.path.is_root() {
            Err(io::ErrorKind::AlreadyExists.into())
        } else {
            dir.create_dir(path)
        };
        let made = match made {
            Err(e) if e.kind() == io::ErrorKind::NotFound && options.parents => {
                self.home.make_parents(&guard, at, options.bulk)?;
                dir.create_dir(path)
            }
            other => other,
        };
        match made {
            Ok(()) => {}
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists && options.parents && dir.is_dir(path) => {
                return self.stat(at).await;
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                return Err(Error::not_found(format!("the parent directory does not exist: `{at}`"))
                    .hint(format!("leave out {} to create the parents too", Setting::NoParents)));
            }
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists && !dir.is_dir(path) => return Err(no_directory(at)),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => return Err(taken(at)),
            Err(e) => return Err(refused(format!("creating the directory `{at}`"), &e)),
        }
        if let Some(mode) = options.mode {
            let doing = |e: io::Error| refused(format!("setting the mode of `{at}`"), &e);
            let handle = dir.open_dir_nofollow(path).and_then(|dir| open_handle(&dir)).map_err(doing)?;
            // The group of what is made in it comes from above, whatever mode it has.
            let inherited =
                platform::entry_metadata(dir, path).ok().and_then(|meta| platform::mode(&meta)).unwrap_or(0) & 0o2000;
            platform::set_mode(&handle, mode | inherited).map_err(doing)?;
        }
        self.home.disk()?.changed_in(at, options.bulk);
        self.stat(at).await
    }

    async fn rename(&self, from: &SessionPath, to: &RemotePath) -> Result<Entry> {
        let guard = self.home.enter(&from.session)?;
        let dir = &guard.dir;
        let target = from.at(to.clone());
        if from.path.is_root() || to.is_within(&from.path) && *to != from.path {
            return Err(Error::conflict(format!("a directory cannot be moved into itself: `{from}` to `{target}`")));
        }
        self.home.refuse_mounted(guard.seq, dir, &from.path, NestedMounts::Count)?;
        self.home.refuse_mounted(guard.seq, dir, to, NestedMounts::Ignore)?;
        look(dir, from)?.ok_or_else(|| missing(from))?;
        if *to != from.path {
            refuse_there(look(dir, &target)?.as_ref(), &target, false)?;
            let doing = |e: io::Error| match e.kind() {
                io::ErrorKind::NotFound => {
                    Error::not_found(format!("the directory to move into does not exist: `{target}`"))
                        .hint(format!("create it first: {}", Step::MakeDirectory))
                }
                io::ErrorKind::CrossesDevices | io::ErrorKind::ResourceBusy => {
                    Error::conflict(format!("a mount point is between `{from}` and `{target}`")).hint(format!(
                        "copy it: {}, {}; then remove `{from}`",
                        Step::Download { target: &from.to_string(), dest: "./copy" },
                        Step::Upload { source: "./copy", target: &target.to_string() }
                    ))
                }
                _ => refused(format!("moving `{from}` to `{target}`"), &e),
            };
            self.home.woken(&guard)?;
            dir.rename(from.path.relative(), dir, to.relative()).map_err(doing)?;
            self.home.disk()?.changed_in(from, false);
            self.home.disk()?.changed_in(&target, false);
        }
        self.stat(&target).await
    }

    async fn remove(&self, at: &SessionPath, recursive: bool) -> Result<()> {
        let guard = self.home.enter(&at.session)?;
        let dir = &guard.dir;
        if at.path.is_root() {
            return Err(Error::conflict(format!("the root of a session cannot be removed: `{at}`"))
                .hint("remove its contents, or delete the session"));
        }
        let meta = look(dir, at)?.ok_or_else(|| missing(at))?;
        let path = Path::new(at.path.relative());
        match self.home.woken(&guard) {
            // A removal makes room on a full disk, where nothing can be noted.
            Err(e) if e.kind() == Kind::Io => {}
            noted => noted?,
        }
        if meta.is_dir() && !recursive {
            dir.remove_dir(path).map_err(|e| match e.kind() {
                io::ErrorKind::DirectoryNotEmpty => Error::conflict(format!("directory is not empty: `{at}`"))
                    .hint(format!("add {} to remove it with its contents", Setting::Recursive)),
                _ => refused(format!("removing `{at}`"), &e),
            })?;
        } else {
            // A tree is taken out of sight in one step, and its mounts with it.
            let disk = self.home.disk()?;
            let mounts = if self.home.mounts(guard.seq)?.is_empty() { None } else { Some(real_path(dir, &at.path)?) };
            if let Some(real) = &mounts {
                self.home.db()?.write("removing files", |tx| unsettle(tx, guard.seq, real))?;
            }
            let withdrawn = disk.withdraw(dir, at.path.relative())?;
            disk.changed_in(at, false);
            // Mounts stay unsettled where it fails: each counts exactly if its file is still there.
            disk.discard(withdrawn, format_args!("removing `{at}`"), &disk.session_path(&at.session))?;
            if let Some(real) = &mounts {
                self.home.db()?.write("removing files", |tx| forget(tx, guard.seq, real))?;
            }
        }
        self.home.disk()?.changed_in(at, false);
        Ok(())
    }

    async fn check_remove(&self, at: &SessionPath) -> Result<()> {
        let guard = self.home.enter(&at.session)?;
        let meta = look(&guard.dir, at)?.ok_or_else(|| missing(at))?;
        if platform::has_mounts(&guard.dir, Path::new(at.path.relative())) {
            return Err(Error::new(Kind::Io, format!("removing `{at}`: it is a mount point")).hint(UNMOUNT));
        }
        let doing = |e: io::Error| refused(format!("removing `{at}`"), &e);
        let beside = guard.nearest_dir(&at.path).map_err(doing)?;
        platform::check_writable(&beside, Path::new(at.path.name()), Some(&meta)).map_err(doing)
    }
}

/// Whether mounts below a path are in the way, or only one at the path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NestedMounts {
    Count,
    Ignore,
}

impl LocalHome {
    /// Fails if a file cannot be written; returns the regular file that it would replace.
    pub(super) fn check_target(
        &self,
        guard: &SessionGuard,
        at: &SessionPath,
        keep_existing: bool,
    ) -> Result<Option<Metadata>> {
        check_names(at)?;
        if guard.live.mounted {
            self.refuse_mounted(guard.seq, &guard.dir, &at.path, NestedMounts::Ignore)?;
        }
        if at.path.is_root() {
            refuse_there(look(&guard.dir, at)?.as_ref(), at, keep_existing)?;
            return Ok(None);
        }
        let parent = guard.parent_of(&at.path).map_err(|e| refused(format!("looking at `{at}`"), &e))?;
        let Some(parent) = parent else { return Ok(None) };
        let there = look_in(&parent, at)?;
        refuse_there(there.as_ref(), at, keep_existing)?;
        if there.is_some() && platform::is_mount_point(&parent, Path::new(at.path.name())) {
            return Err(Error::conflict(format!("the file is a mount point and cannot be replaced: `{at}`"))
                .hint("unmount it, or upload to another path"));
        }
        Ok(there.filter(Metadata::is_file))
    }

    fn refuse_mounted(&self, session: i64, dir: &Dir, path: &RemotePath, below: NestedMounts) -> Result<()> {
        let mounts = self.mounts(session)?;
        if mounts.is_empty() {
            return Ok(());
        }
        let path = real_path(dir, path)?;
        let hit = mounts.keys().find(|mount| {
            mount.as_str() == path.as_str()
                || below == NestedMounts::Count && mount.parse::<RemotePath>().is_ok_and(|mount| mount.is_within(&path))
        });
        match hit {
            Some(mount) => Err(Error::conflict(format!("a stored file is mounted read-only at `{mount}`"))
                .hint(format!("unmount it first: {}", Step::DeleteResourceByPath { session: None }))),
            None => Ok(()),
        }
    }

    /// Returns the stored files that are mounted in a session, by path.
    fn mounts(&self, session: i64) -> Result<HashMap<String, FileId>> {
        let rows = self.db()?.read("reading the mounts", |c| {
            c.prepare_cached("SELECT mount_path, file_id FROM resource WHERE session = ?1")?
                .query_map([session], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?
                .collect::<rusqlite::Result<Vec<_>>>()
        })?;
        rows.into_iter().map(|(path, id)| Ok((path, id.parse()?))).collect()
    }

    /// Returns the parent directory of a path, and creates it if missing.
    pub(super) fn make_parents(&self, guard: &SessionGuard, at: &SessionPath, bulk: bool) -> Result<Arc<Dir>> {
        let parent = at.at(at.path.parent().unwrap_or_else(RemotePath::root));
        let doing = |e: io::Error| refused(format!("creating the directory `{parent}`"), &e);
        if let Some(dir) = guard.parent_of(&at.path).map_err(doing)? {
            return Ok(dir);
        }
        guard.dir.create_dir_all(parent.path.relative()).map_err(|e| match e.kind() {
            io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
                let mut above = std::iter::successors(Some(parent.path.clone()), RemotePath::parent);
                let there = above.find(|path| platform::entry_metadata(&guard.dir, path.relative()).is_ok());
                no_directory(&at.at(there.unwrap_or_else(|| parent.path.clone())))
            }
            _ => doing(e),
        })?;
        let mut made = Some(parent.path.clone());
        while let Some(path) = made {
            self.disk()?.changed_in(&at.at(path.clone()), bulk);
            made = path.parent();
        }
        guard.parent_of(&at.path).map_err(doing)?.ok_or_else(|| missing(&parent))
    }
}

/// Fails if a directory is at the path, or, with `keep`, any entry.
fn refuse_there(there: Option<&Metadata>, at: &SessionPath, keep: bool) -> Result<()> {
    match there {
        Some(meta) if meta.is_dir() => Err(directory_in_the_way(at)),
        Some(_) if keep => Err(taken(at)),
        _ => Ok(()),
    }
}

/// Returns the size in bytes of a file that is to be replaced.
pub(super) fn bytes_of(there: Option<&Metadata>) -> u64 {
    there.map_or(0, Metadata::len)
}

/// Returns the attributes that a file takes over from the one that it replaces.
fn access_of(meta: &Metadata) -> impl PartialEq + use<> {
    (platform::identity_below(meta), platform::mode(meta), platform::owner(meta))
}

/// Returns the metadata of a path, without following a link.
fn look(dir: &Dir, at: &SessionPath) -> Result<Option<Metadata>> {
    seen(if at.path.is_root() { dir.dir_metadata() } else { platform::entry_metadata(dir, at.path.relative()) }, at)
}

/// Returns the metadata of a path's name in its parent directory, without following a link.
fn look_in(parent: &Dir, at: &SessionPath) -> Result<Option<Metadata>> {
    seen(platform::entry_metadata(parent, at.path.name()), at)
}

fn seen(meta: io::Result<Metadata>, at: &SessionPath) -> Result<Option<Metadata>> {
    match meta {
        Ok(meta) => Ok(Some(meta)),
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(e) => Err(refused(format!("looking at `{at}`"), &e)),
    }
}

fn entry(at: SessionPath, meta: &Metadata, mount: Option<FileId>, dir: &Dir) -> Entry {
    let kind = match meta.file_type() {
        t if t.is_file() => EntryKind::File,
        t if t.is_dir() => EntryKind::Directory,
        t if t.is_symlink() => EntryKind::Symlink,
        _ => EntryKind::Other,
    };
    let provider = match kind {
        EntryKind::Symlink => dir
            .read_link_contents(at.path.relative())
            .map(|target| Provider::of(&serde_json::json!({ "target": target.to_string_lossy() })))
            .unwrap_or_default(),
        _ => Provider::default(),
    };
    Entry {
        name: at.path.name().to_owned(),
        kind,
        size: (kind == EntryKind::File).then(|| meta.len()),
        modified_at: meta.modified().ok().and_then(|time| Timestamp::try_from(time.into_std()).ok()),
        mode: platform::mode(meta).map(Mode),
        file_id: mount,
        provider,
        session: at.session,
        path: at.path,
    }
}

/// Lists a directory, parents before children, names in order. What is removed meanwhile is an error, and so is the end of
/// the session, which ends the listing.
struct LocalListing<'a> {
    home: &'a LocalHome,
    session: SessionId,
    dir: Dir,
    mounts: HashMap<String, FileId>,
    recursive: bool,
    /// The walk, with the path of each directory that it is in.
    walk: DirWalk<SessionPath>,
    /// Whether the session is gone.
    is_over: bool,
}

impl LocalListing<'_> {
    fn entry(&mut self, name: OsString, meta: &io::Result<Metadata>) -> Result<Entry> {
        let current = self.walk.current().ok_or_else(|| Error::new(Kind::Internal, "a walk left its root"))?;
        let name = name.into_string().map_err(|name| {
            let what = format!("a name in `{current}` is not UTF-8: `{}`", platform::shown(&name));
            Error::conflict(what).hint("rename it inside the session")
        })?;
        let at = current.at(current.path.join(&name));
        let failed = |e: &io::Error| refused(format!("listing `{at}`"), e);
        let meta = match meta {
            Ok(meta) => meta,
            Err(e) if is_vanished(e) => return Err(self.vanished(&at)),
            Err(e) => return Err(failed(e)),
        };
        if self.recursive && meta.is_dir() {
            match self.walk.enter(OsStr::new(&name), at.clone()) {
                Ok(true) => {}
                Ok(false) => return Err(self.vanished(&at)),
                Err(e) => return Err(failed(&e)),
            }
        }
        let mount = self.mounts.get(at.path.as_str()).cloned();
        Ok(entry(at, meta, mount, &self.dir))
    }

    /// Returns the error of an entry that is gone: that of the session, if it is gone with it.
    fn vanished(&mut self, at: &SessionPath) -> Error {
        match self.home.live(&self.session) {
            Ok(_) => vanished(at),
            Err(error) => {
                self.is_over = true;
                error
            }
        }
    }
}

impl Iterator for LocalListing<'_> {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Result<Entry>> {
        while !self.is_over {
            let (name, meta) = self.walk.next()?;
            let is_temporary = match &meta {
                Ok(meta) => is_unfinished(&name, meta),
                Err(e) => is_vanished(e) && is_temporary_name(&name),
            };
            // A file that wharf has not finished does not exist for users.
            if !is_temporary {
                return Some(self.entry(name, &meta));
            }
        }
        None
    }
}
