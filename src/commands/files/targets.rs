//! Parsing of the arguments that name files.

use crate::commands::Cx;
use crate::commands::session_name::SessionUse;
use wharf_core::error::Result;
use wharf_core::model::Target;
use wharf_transfer::download::FileTarget;

/// Parses `SESSION:PATH` and ids of stored files.
///
/// # Errors
/// `usage` for a name that is neither; those of finding the session.
pub(super) async fn targets<'a>(
    cx: &Cx,
    names: impl IntoIterator<Item = &'a String>,
    usage: SessionUse<'_>,
) -> Result<Vec<FileTarget>> {
    // All are parsed before a name is looked for.
    let parsed = names.into_iter().map(|name| Target::parse(name)).collect::<Result<Vec<_>>>()?;
    let mut targets = Vec::new();
    for target in parsed {
        targets.push(match target {
            Target::Session { session, path } => FileTarget::Session(cx.at(session, &path, usage).await?),
            Target::Stored(id) => FileTarget::Stored(id),
        });
    }
    Ok(targets)
}
