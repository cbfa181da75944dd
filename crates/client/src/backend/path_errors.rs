//! What every backend says of a path where nothing is, or where something is in the way.

use wharf_core::advice::Step;
use wharf_core::error::Error;
use wharf_core::model::SessionPath;

/// Nothing is there: `not_found`.
pub(super) fn missing(at: &SessionPath) -> Error {
    Error::not_found(format!("there is nothing at this path: `{at}`"))
        .hint(format!("{} shows what is there", Step::ListFiles { session: Some(at.session.as_str()) }))
}

/// Something is there that is to stay: `conflict`.
pub(super) fn taken(at: &SessionPath) -> Error {
    Error::conflict(format!("this exists already: `{at}`"))
}

/// A directory is there, and no content: `conflict`.
pub(super) fn is_directory(at: &SessionPath) -> Error {
    Error::conflict(format!("this is a directory: `{at}`"))
}

/// A directory is where a file is to go: `conflict`.
pub(super) fn directory_in_the_way(at: &SessionPath) -> Error {
    is_directory(at).hint(format!("to put it inside, add a slash: `{at}{}`", if at.path.is_root() { "" } else { "/" }))
}

/// Something else is where a directory is needed: `conflict`.
pub(super) fn no_directory(at: &SessionPath) -> Error {
    Error::conflict(format!("this is no directory: `{at}`"))
        .hint(format!("remove or move `{at}`, or choose another path"))
}
