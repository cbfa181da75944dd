//! Parsing of the arguments that name files.

use crate::commands::Cx;
use wharf_core::error::Result;
use wharf_core::model::Target;
use wharf_transfer::download::FileTarget;

/// Parses `SESSION:PATH` and ids of stored files.
///
/// # Errors
/// `usage` for a name that is neither.
pub(super) fn targets<'a>(cx: &Cx, names: impl IntoIterator<Item = &'a String>) -> Result<Vec<FileTarget>> {
    names
        .into_iter()
        .map(|name| match Target::parse(name)? {
            Target::Session { session, path } => cx.at(session, &path).map(FileTarget::Session),
            Target::Stored(id) => Ok(FileTarget::Stored(id)),
        })
        .collect()
}
