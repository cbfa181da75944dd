//! A table of how each command behaves as a process.

use std::ffi::OsString;

use super::{Command, config, files, sessions, skill};
use crate::output::ReportFormat;

/// The behaviour of a command as a process.
#[derive(Debug, Clone, Copy)]
pub(super) struct Behaviour {
    /// Whether it reads settings, and fails if they are invalid.
    pub(super) reads_settings: bool,
    /// Whether it prints objects, to which `--format`, `--transform` and `-q` apply.
    pub(super) prints_objects: bool,
    /// Whether it sends requests to the chosen backend.
    pub(super) uses_backend: bool,
    /// Whether it can change what the chosen backend lists.
    pub(super) changes_lists: bool,
    /// Whether it creates a session.
    pub(super) creates_session: bool,
    /// Whether its arguments name agents.
    pub(super) names_agent: bool,
    /// Whether it uses the session of `--session` or the profile, or prints which one that is.
    pub(super) takes_session: bool,
    /// Whether its exit status is that of another command. Failures of wharf itself then have the status
    /// [`WHARF_FAILED`](super::process::WHARF_FAILED), and only the command line decides the format.
    pub(super) passes_status: bool,
    /// Whether other programs write to stderr as well, so that its last line may be incomplete.
    pub(super) shares_stderr: bool,
    /// The CI system that it reports to.
    pub(super) report: Option<ReportFormat>,
}

impl Command {
    /// Returns the behaviour of the command as a process.
    pub(super) fn behaviour(&self) -> Behaviour {
        let tool = Behaviour {
            reads_settings: true,
            prints_objects: true,
            uses_backend: false,
            changes_lists: false,
            creates_session: false,
            names_agent: false,
            takes_session: false,
            passes_status: false,
            shares_stderr: false,
            report: None,
        };
        let reader = Behaviour { uses_backend: true, ..tool };
        let client = Behaviour { changes_lists: true, ..reader };
        let document = Behaviour { reads_settings: false, prints_objects: false, ..tool };
        match self {
            Command::Sessions(verb) => Behaviour {
                changes_lists: verb.changes_lists(),
                creates_session: matches!(verb, sessions::SessionsCommand::Create(_)),
                takes_session: verb.takes_session(),
                ..client
            },
            Command::Files(verb) => Behaviour {
                prints_objects: !matches!(verb, files::FilesCommand::Cat(_)),
                changes_lists: verb.changes_lists(),
                takes_session: true,
                report: verb.report(),
                ..client
            },
            Command::Agents(_) => Behaviour { names_agent: true, ..reader },
            Command::Environments(_) => reader,
            Command::Resources(_) => client,
            Command::Exec(_) => Behaviour { takes_session: true, passes_status: true, ..client },
            Command::Invoke(_) => Behaviour { takes_session: true, ..client },
            Command::Run(args) => Behaviour {
                creates_session: true,
                takes_session: true,
                passes_status: args.is_command(),
                shares_stderr: true,
                report: args.report(),
                ..client
            },
            Command::With(args) => Behaviour {
                prints_objects: false,
                creates_session: true,
                passes_status: true,
                shares_stderr: true,
                report: args.report(),
                ..client
            },
            Command::Runs(_) => client,
            Command::Backends => Behaviour { reads_settings: false, ..tool },
            Command::Config(config::ConfigCommand::Path) => Behaviour { takes_session: true, ..document },
            Command::Config(
                config::ConfigCommand::Init(_) | config::ConfigCommand::Set(_) | config::ConfigCommand::Unset(_),
            ) => Behaviour { reads_settings: false, ..tool },
            Command::Config(_) => Behaviour { takes_session: true, ..tool },
            Command::Doctor => reader,
            Command::Mcp(_) => Behaviour { prints_objects: false, creates_session: true, ..client },
            #[cfg(feature = "emulator")]
            Command::Serve(_) => document,
            Command::Skill(skill::SkillCommand::Install(_)) => Behaviour { reads_settings: false, ..tool },
            Command::Skill(skill::SkillCommand::Show)
            | Command::Completions(_)
            | Command::Man(_)
            | Command::Options
            | Command::Help(_) => document,
        }
    }
}

/// Returns [`Behaviour::passes_status`] of the command with this name, for a command line that cannot be parsed.
pub(super) fn passes_status(name: &str, args: &[OsString]) -> bool {
    match name {
        "exec" | "with" => true,
        "run" => args.iter().any(|arg| arg == "--"),
        _ => false,
    }
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
        "agents list",
        "environments list",
        "exec s1 ls",
        "invoke s1 hello",
        "run hello",
        "run -- true",
        "with true",
        "runs list",
        "backends",
        "config list",
        "doctor",
        "mcp",
        #[cfg(feature = "emulator")]
        "serve",
        "skill show",
        "completions bash",
        "man man1",
        "options",
        "help",
    ];

    #[test]
    fn the_status_policy_of_a_name_is_that_of_its_command() {
        let grammar = grammar();
        for name in grammar.get_subcommands().map(clap::Command::get_name) {
            let mut lines = LINES.iter().filter(|line| line.split(' ').next() == Some(name)).peekable();
            assert!(lines.peek().is_some(), "add a command line of `{name}`");
            for line in lines {
                let words: Vec<OsString> = ["wharf"].into_iter().chain(line.split(' ')).map(Into::into).collect();
                let parsed = parse(&words).unwrap_or_else(|e| panic!("{e}")).command.unwrap();
                assert_eq!(passes_status(name, &words), parsed.behaviour().passes_status, "{line}");
            }
        }
    }
}
