//! Flags that a command would accept and ignore: it is refused before it does anything, because a
//! flag that means something was meant.

use super::{Command, Cx, Global, config, files, sessions};
use crate::backend::{Feature, registry};
use crate::error::{Error, Result};

/// # Errors
/// `usage` for a flag that has no meaning for this command; `unsupported` for one that has none for
/// this backend.
pub(super) fn refuse(cx: &Cx, global: &Global, command: &Command) -> Result<()> {
    if global.session.is_some() && !takes_session(command) {
        return Err(Error::usage("--session is what :PATH means, and this command takes no :PATH")
            .hint("where a command is about a session, name that as an argument"));
    }
    if global.transform.is_some() && !prints_objects(command) {
        return Err(Error::usage("--transform is for objects, and this command prints none").hint("leave it out"));
    }
    if global.null && !global.quiet && global.transform.is_none() {
        return Err(Error::usage("--null ends what -q and --transform print").hint("add -q or --transform"));
    }
    if global.agent.is_some() && is_sent(command) && !creates(command) {
        let backend = cx.settings()?.backend.value.clone().unwrap_or_default();
        if !registry::find(&backend)?.capabilities.has(Feature::CallAgent) {
            return Err(registry::unsupported(&backend, Feature::CallAgent));
        }
    }
    Ok(())
}

/// Whether something of the command may be in the session that is chosen, or shows it.
fn takes_session(command: &Command) -> bool {
    matches!(command, Command::Files(_) | Command::Config(_))
}

fn prints_objects(command: &Command) -> bool {
    match command {
        Command::Files(files::Verb::Cat(_))
        | Command::Config(config::Verb::Path)
        | Command::Serve(_)
        | Command::Completions(_)
        | Command::Man(_) => false,
        Command::Sessions(_)
        | Command::Files(_)
        | Command::Resources(_)
        | Command::Backends
        | Command::Config(_)
        | Command::Doctor => true,
    }
}

/// Whether a backend is asked for something.
fn is_sent(command: &Command) -> bool {
    matches!(command, Command::Sessions(_) | Command::Files(_) | Command::Resources(_))
}

fn creates(command: &Command) -> bool {
    matches!(command, Command::Sessions(sessions::Verb::Create(_)))
}
