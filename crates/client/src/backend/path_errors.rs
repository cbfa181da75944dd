//! The errors of paths that every backend shares.

use wharf_core::advice::Step;
use wharf_core::error::Error;
use wharf_core::model::{EntryKind, SessionPath};

/// Returns the `not_found` error of a path.
pub(super) fn missing(at: &SessionPath) -> Error {
    Error::not_found(format!("`{at}` not found"))
        .hint(format!("{} lists what exists", Step::ListFiles { session: Some(at.session.as_str()) }))
}

/// Returns the `not_found` error of a path that was listed and is gone.
pub(super) fn vanished(at: &SessionPath) -> Error {
    Error::not_found(format!("`{at}` was removed while it was listed")).hint(AGAIN)
}

/// Returns the `conflict` of a directory that was listed, and is something else by now.
pub(super) fn no_longer_directory(at: &SessionPath) -> Error {
    Error::conflict(format!("no longer a directory: `{at}`")).hint(AGAIN)
}

/// The hint for a path that another program changes while it is read.
const AGAIN: &str = "run the command again when nothing changes it";

/// Returns the `conflict` of a path that exists and must stay.
pub fn taken(at: &SessionPath) -> Error {
    Error::conflict(format!("`{at}` already exists"))
}

/// Returns the `conflict` of an entry at the path of a new directory.
pub(super) fn occupied(at: &SessionPath, kind: EntryKind) -> Error {
    if kind == EntryKind::Directory { taken(at) } else { no_directory(at) }
}

/// Returns the `conflict` of a directory where a file is expected.
pub(super) fn is_directory(at: &SessionPath) -> Error {
    Error::conflict(format!("`{at}` is a directory"))
}

/// Returns the `conflict` of a directory at the path of a new file.
pub fn directory_in_the_way(at: &SessionPath) -> Error {
    let slash = if at.path.is_root() { "" } else { "/" };
    is_directory(at).hint(format!("remove or move it; to put a single file inside, add a slash: `{at}{slash}`"))
}

/// Returns the `conflict` of an entry that is not a directory where one is needed.
pub fn no_directory(at: &SessionPath) -> Error {
    Error::conflict(format!("not a directory: `{at}`")).hint(format!("remove or move `{at}`, or choose another path"))
}
