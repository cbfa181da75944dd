//! Flags that have no effect on a command are an error, before the command does anything.

use super::behaviour::Behaviour;
use super::{Cx, GlobalFlags};
use wharf_client::backend::{Feature, registry};
use wharf_core::error::{Error, Result};

/// # Errors
/// `usage` for a flag that has no meaning for this command; `unsupported` for one that has none for
/// this backend.
pub(super) fn refuse(cx: &Cx, global: &GlobalFlags, behaviour: Behaviour) -> Result<()> {
    if global.session.is_some() && !behaviour.takes_session {
        return Err(Error::usage("--session has no effect: this command takes no :PATH")
            .hint("give the session as an argument"));
    }
    if global.transform.is_some() && !behaviour.prints_objects {
        return Err(Error::usage("--transform has no effect: this command prints no objects").hint("leave it out"));
    }
    if global.null && !global.quiet && global.transform.is_none() {
        return Err(Error::usage("--null has no effect without -q or --transform").hint("add -q or --transform"));
    }
    if global.agent.is_some() && behaviour.uses_backend && !behaviour.creates_session {
        let backend = cx.settings()?.backend.value.clone().unwrap_or_default();
        registry::require(registry::find(&backend)?.capabilities, Feature::CallAgent)?;
    }
    Ok(())
}
