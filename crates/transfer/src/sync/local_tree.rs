//! The destination of a sync on this machine.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use cap_fs_ext::{DirExt, MetadataExt};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, Metadata};

use super::dest_tree::{DestEntry, DestKind, DestTree};
use crate::TransferOptions;
use crate::filter::FilterDecision;
use wharf_core::error::{Error, Result};
use wharf_core::model::Timestamp;
use wharf_core::platform::{self, bytes_of, shown};
use wharf_core::removal;
use wharf_core::staging::is_unfinished;
use wharf_core::walk::{DirWalk, is_vanished};

/// A directory that the walk is in.
struct ScannedDir {
    below: PathBuf,
    /// The same with `/` between names, for the filter.
    bytes: Vec<u8>,
    /// Whether it belongs to another file system than the root.
    is_foreign: bool,
}

/// Reads the destination. A link at its path is followed, links in it are not.
///
/// # Errors
/// Those of opening it; a destination that does not exist is empty.
pub(super) async fn read(root: &Path, options: &TransferOptions) -> Result<DestTree> {
    let mut tree = DestTree::default();
    let failed = |path: &Path, e: &io::Error| Error::io(format!("reading the directory `{}`", shown(path)), e);
    let dir = match Dir::open_ambient_dir(root, ambient_authority()) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(tree),
        opened => opened.map_err(|e| failed(root, &e))?,
    };
    tree.exists = true;
    tree.key = Some(key_of(&dir).map_err(|e| failed(root, &e))?);
    let top = ScannedDir { below: PathBuf::new(), bytes: Vec::new(), is_foreign: false };
    let mut walk = DirWalk::new(dir, top).map_err(|e| failed(root, &e))?;
    while let Some((name, meta)) = walk.next() {
        // A tree may be large: let a signal be seen.
        tokio::task::coop::consume_budget().await;
        let Some(ScannedDir { below, bytes, is_foreign }) = walk.current() else { break };
        let meta = match meta {
            Ok(meta) => meta,
            // What was removed is no longer at the destination.
            Err(e) if is_vanished(&e) => continue,
            Err(e) => {
                let path = root.join(below).join(&name);
                tree.failures.push((shown(&path), failed(&path, &e)));
                continue;
            }
        };
        let (below, is_foreign) = (below.join(&name), *is_foreign);
        let above: &[u8] = if bytes.is_empty() { b"" } else { b"/" };
        let bytes = [bytes.as_slice(), above, &bytes_of(&name)].concat();
        let verdict = options.filter.judge(&bytes, meta.is_dir());
        if is_unfinished(&name, &meta) {
            tree.keep_parents(&below);
            continue;
        }
        if verdict == FilterDecision::Exclude {
            tree.add(below, entry(&meta).kept(true));
            continue;
        }
        let path = root.join(&below);
        let is_reserved = options.check_free(&path).is_err();
        let kept = is_foreign || is_reserved || verdict == FilterDecision::Descend;
        let is_mount = meta.is_dir() && walk.dir().is_ok_and(|dir| platform::is_mount_point(dir, Path::new(&name)));
        tree.add(below.clone(), entry(&meta).kept(kept || is_mount));
        if meta.is_dir() {
            let directory = ScannedDir { below, bytes, is_foreign: is_foreign || is_mount };
            if let Err(e) = walk.enter(&name, directory) {
                tree.failures.push((shown(&path), failed(&path, &e)));
            }
        }
    }
    Ok(tree)
}

fn entry(meta: &Metadata) -> DestEntry {
    let (kind, bytes) = if meta.is_dir() {
        (DestKind::Directory, None)
    } else if meta.is_symlink() {
        (DestKind::Link, None)
    } else if meta.is_file() {
        (DestKind::File, Some(meta.len()))
    } else {
        (DestKind::Special, None)
    };
    DestEntry::new(kind, bytes, modified_at(meta))
}

/// Returns device and inode of a directory.
pub(super) fn key_of(dir: &Dir) -> io::Result<(u64, u64)> {
    dir.dir_metadata().map(|meta| (meta.dev(), meta.ino()))
}

/// Returns the modification time of a file.
pub(super) fn modified_at(meta: &Metadata) -> Option<Timestamp> {
    meta.modified().ok().and_then(|time| Timestamp::try_from(time.into_std()).ok())
}

/// Removes a file, a link or an empty directory below a directory, without following a link or crossing a mount point.
/// One that does not exist counts as removed. `spare` decides about what is there now; returns whether it is gone.
pub(super) fn remove(
    root: &Dir,
    below: &Path,
    is_directory: bool,
    spare: impl FnOnce(&Metadata) -> bool,
) -> io::Result<bool> {
    let is_gone = |e: &io::Error| matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory);
    let mut dir = root.try_clone()?;
    for name in below.parent().into_iter().flatten() {
        if platform::is_mount_point(&dir, Path::new(name)) {
            return Err(removal::mounted());
        }
        dir = match dir.open_dir_nofollow(name) {
            Err(e) if is_gone(&e) => return Ok(true),
            opened => opened?,
        };
    }
    let name = below.file_name().unwrap_or(OsStr::new("."));
    match platform::entry_metadata(&dir, name) {
        Err(e) if is_gone(&e) => return Ok(true),
        Err(e) => return Err(e),
        Ok(meta) if spare(&meta) => return Ok(false),
        Ok(meta) if meta.is_dir() != is_directory => {
            return Err(io::Error::other("another program put something else in its place"));
        }
        Ok(_) => {}
    }
    if platform::is_mount_point(&dir, Path::new(name)) {
        return Err(removal::mounted());
    }
    if is_directory { removal::remove_dir(&dir, name) } else { removal::unlink(&dir, name) }.map(|()| true)
}
