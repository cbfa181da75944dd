//! Detection of flags that have no effect on a command.

use super::behaviour::Behaviour;
use super::{Cx, GlobalFlags};
use wharf_client::backend::{Capabilities, Feature, registry};
use wharf_core::error::{Error, Result};

/// Fails if a global flag has no effect on the command.
///
/// # Errors
/// `usage` for a flag that does not apply to the command; `unsupported` for one that does not apply to the backend.
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
    if !behaviour.uses_backend {
        return Ok(());
    }
    if global.agent.is_some() && behaviour.names_agent {
        return Err(Error::usage("--agent has no effect on this command").hint("give the agent as an argument"));
    }
    if global.agent.is_some() && !behaviour.creates_session {
        registry::require(chosen(cx)?, Feature::CallAgent)?;
    }
    let hosted = [
        ("--base-url", global.base_url.is_some()),
        ("--token-file", global.token_file.is_some()),
        ("--ca-cert", global.ca_cert.is_some()),
        ("--header", !global.header.is_empty()),
    ];
    match hosted.into_iter().find(|(_, given)| *given) {
        Some((flag, _)) => require_service(chosen(cx)?, flag),
        None => Ok(()),
    }
}

/// Returns the capabilities of the chosen backend, without opening it.
fn chosen(cx: &Cx) -> Result<&'static Capabilities> {
    Ok(registry::find(cx.settings()?.backend.value.as_deref().unwrap_or_default())?.capabilities)
}

/// Checks that the backend sends requests, which `flag` applies to.
///
/// # Errors
/// `usage` if it does not.
fn require_service(backend: &Capabilities, flag: &str) -> Result<()> {
    if backend.account.is_some() {
        return Ok(());
    }
    let services = registry::ALL.iter().map(|entry| entry.capabilities);
    let services: Vec<_> = services.filter(|it| it.account.is_some()).map(|it| it.backend).collect();
    Err(Error::usage(format!("{flag} has no effect: the backend `{}` sends no requests", backend.backend))
        .hint(format!("leave it out, or choose a service with --backend: {}", services.join(", "))))
}
