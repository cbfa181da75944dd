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
    /// It names agents by its arguments.
    pub(super) names_agent: bool,
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
            names_agent: false,
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
            Command::Agents(_) => Behaviour { names_agent: true, ..client },
            Command::Resources(_) | Command::Environments(_) => client,
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

/// Returns whether a command of this name passes on another one's status: for a command line that cannot be read.
pub(super) fn passes_status(name: &str) -> bool {
    name == "exec"
}
