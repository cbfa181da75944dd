//! How each command behaves as a process: one table instead of questions in many places.

use super::{Command, config, files, sessions};

/// How a command behaves as a process.
#[derive(Debug, Clone, Copy)]
pub(super) struct Behaviour {
    /// It reads settings, and fails where they are invalid.
    pub(super) reads_settings: bool,
    /// It prints objects, so that `--format`, `--transform` and `-q` mean something.
    pub(super) prints_objects: bool,
    /// It sends requests to the chosen backend.
    pub(super) uses_backend: bool,
    /// It creates a session.
    pub(super) creates_session: bool,
    /// It works in the session of `--session` or the profile, or shows which one that is.
    pub(super) takes_session: bool,
    /// It receives all signals itself, for example to pass them on to a child process. Any other command is
    /// dropped by the first signal.
    pub(super) handles_signals: bool,
    /// Its exit status is that of another command: every failure of wharf itself is
    /// [`WHARF_FAILED`](super::process::WHARF_FAILED). The format comes from the command line alone.
    pub(super) passes_status: bool,
}

impl Command {
    /// Returns how the command behaves as a process.
    pub(super) fn behaviour(&self) -> Behaviour {
        let tool = Behaviour {
            reads_settings: true,
            prints_objects: true,
            uses_backend: false,
            creates_session: false,
            takes_session: false,
            handles_signals: false,
            passes_status: false,
        };
        let client = Behaviour { uses_backend: true, ..tool };
        let document = Behaviour { reads_settings: false, prints_objects: false, ..tool };
        match self {
            Command::Sessions(verb) => {
                Behaviour { creates_session: matches!(verb, sessions::SessionsCommand::Create(_)), ..client }
            }
            Command::Files(verb) => Behaviour {
                prints_objects: !matches!(verb, files::FilesCommand::Cat(_)),
                takes_session: true,
                ..client
            },
            Command::Resources(_) => client,
            Command::Exec(_) => Behaviour { takes_session: true, handles_signals: true, passes_status: true, ..client },
            Command::Backends => Behaviour { reads_settings: false, ..tool },
            Command::Config(config::ConfigCommand::Path) => Behaviour { takes_session: true, ..document },
            Command::Config(_) => Behaviour { takes_session: true, ..tool },
            Command::Doctor => client,
            #[cfg(feature = "emulator")]
            Command::Serve(_) => Behaviour { handles_signals: true, ..document },
            Command::Completions(_) | Command::Man(_) => document,
        }
    }
}

/// Returns [`Behaviour::passes_status`] of the command with this name, for a command line that cannot be parsed.
pub(super) fn passes_status(name: &str) -> bool {
    name == "exec"
}

#[cfg(test)]
mod tests {
    use super::super::{grammar, parse};
    use super::*;

    /// A command line of each command.
    const LINES: &[&str] = &[
        "sessions list",
        "files ls",
        "resources list s1",
        "exec s1 ls",
        "backends",
        "config list",
        "doctor",
        #[cfg(feature = "emulator")]
        "serve",
        "completions bash",
        "man man1",
    ];

    #[test]
    fn the_status_policy_of_a_name_is_that_of_its_command() {
        for command in grammar().get_subcommands() {
            let name = command.get_name();
            let line = LINES.iter().find(|line| line.split(' ').next() == Some(name));
            let line = line.unwrap_or_else(|| panic!("add a command line of `{name}`"));
            let words = ["wharf"].into_iter().chain(line.split(' ')).map(Into::into);
            let parsed = parse(words).unwrap_or_else(|e| panic!("{e}")).command.unwrap();
            assert_eq!(passes_status(name), parsed.behaviour().passes_status, "{name}");
        }
    }
}
