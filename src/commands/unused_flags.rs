//! Flags that a command would accept and ignore: it is refused before it does anything, because a
//! flag that means something was meant.

use super::behaviour::Behaviour;
use super::{Cx, GlobalFlags};
use wharf_client::backend::{Feature, registry};
use wharf_core::error::{Error, Result};

/// # Errors
/// `usage` for a flag that has no meaning for this command; `unsupported` for one that has none for
/// this backend.
pub(super) fn refuse(cx: &Cx, global: &GlobalFlags, behaviour: Behaviour) -> Result<()> {
    if global.session.is_some() && !behaviour.takes_session {
        return Err(Error::usage("--session is what :PATH means, and this command takes no :PATH")
            .hint("where a command is about a session, name that as an argument"));
    }
    if global.transform.is_some() && !behaviour.prints_objects {
        return Err(Error::usage("--transform is for objects, and this command prints none").hint("leave it out"));
    }
    if global.null && !global.quiet && global.transform.is_none() {
        return Err(Error::usage("--null ends what -q and --transform print").hint("add -q or --transform"));
    }
    if global.agent.is_some() && behaviour.uses_backend && !behaviour.creates_session {
        let backend = cx.settings()?.backend.value.clone().unwrap_or_default();
        registry::require(registry::find(&backend)?.capabilities, Feature::CallAgent)?;
    }
    Ok(())
}
