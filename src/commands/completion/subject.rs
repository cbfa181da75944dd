//! What the value of an argument names, by the name that the help gives to it.

use clap::{Arg, ValueHint};

/// What a value names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// A session.
    Session,
    /// A path in a session, and what else a value in this place can be.
    Target {
        /// The id of a stored file.
        stored: bool,
        /// A file of this machine.
        local: bool,
    },
    /// A stored file.
    StoredFile {
        /// A file of this machine as well.
        local: bool,
    },
    /// A resource of the session on the line.
    Resource,
    Agent,
    Environment,
    Backend,
    Profile,
    /// A key of a profile.
    Key,
    /// The name of a setting.
    Setting,
    /// A label with its value.
    Label,
    /// A status to wait for.
    Status,
    /// A command or a topic of the help.
    Help,
    /// A file of this machine.
    LocalFile,
    /// A directory of this machine.
    LocalDirectory,
}

impl Subject {
    /// Returns what the value of an argument of a command names; `None` for a text, a number and possible values.
    pub(super) fn of(command: &str, arg: &Arg) -> Option<Self> {
        if !arg.get_action().takes_values() || !arg.get_possible_values().is_empty() {
            return None;
        }
        let name = arg.get_value_names().and_then(<[_]>::first).map_or("", |name| name.as_str());
        Some(match (arg.get_id().as_str(), name) {
            ("backend", _) => Subject::Backend,
            ("profile", _) => Subject::Profile,
            ("session", _) | (_, "SESSION") => Subject::Session,
            ("agent" | "agent_id", _) | (_, "AGENT") => Subject::Agent,
            ("environment", _) | (_, "ENVIRONMENT") => Subject::Environment,
            (_, "TARGET") if command != "mkdir" => Subject::Target { stored: true, local: false },
            (_, "TARGET" | "FROM" | "TO" | "SESSION:DIR") => Subject::Target { stored: false, local: false },
            (_, "SOURCE... [DEST]") => Subject::Target { stored: false, local: true },
            (_, "SOURCE" | "DEST") if command == "sync" => Subject::Target { stored: false, local: true },
            (_, "TARGET... [DEST]") => Subject::Target { stored: true, local: true },
            (_, "FILE_ID") | ("resource" | "specs", "SPEC") => Subject::StoredFile { local: false },
            (_, "FILE|FILE_ID") => Subject::StoredFile { local: true },
            (_, "RESOURCE") => Subject::Resource,
            ("name", "KEY") => Subject::Key,
            ("name", "SETTING") => Subject::Setting,
            ("label" | "metadata" | "changes", _) => Subject::Label,
            ("goal", _) => Subject::Status,
            (_, "COMMAND|TOPIC") => Subject::Help,
            _ => match arg.get_value_hint() {
                ValueHint::FilePath | ValueHint::AnyPath | ValueHint::CommandWithArguments => Subject::LocalFile,
                ValueHint::DirPath => Subject::LocalDirectory,
                _ => return None,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names of values that name nothing that exists.
    const TEXTS: &[&str] = &[
        "TEXT",
        "N",
        "TIME",
        "SIZE",
        "URL",
        "NAME",
        "ID",
        "KEY",
        "K:V",
        "PATH",
        "TOKEN",
        "TYPE",
        "MODE",
        "A-B",
        "PATTERN",
        "VERSION",
        "USD",
        "GLOB",
        "NAME=COMMAND",
        "PROMPT",
        "ID|new",
        "ID|TIME",
        "NAME[=VALUE]",
        "SCRIPT",
        "RUN",
        "LANGUAGE",
        "ADDR",
        "SPEC",
        "VALUE",
        "TOOL_USE",
        "PATH[:LOCAL]",
        "COMMAND",
    ];

    fn check(command: &clap::Command) {
        for arg in command.get_arguments().filter(|arg| arg.get_action().takes_values()) {
            let name = arg.get_value_names().and_then(<[_]>::first).map_or("", |name| name.as_str());
            let is_known = Subject::of(command.get_name(), arg).is_some()
                || !arg.get_possible_values().is_empty()
                || TEXTS.contains(&name)
                // The working directory of a command in a session.
                || (arg.get_id() == "cwd" && name == "DIR");
            assert!(is_known, "say what {name} of {} {} names", command.get_name(), arg.get_id());
        }
        command.get_subcommands().for_each(check);
    }

    #[test]
    fn each_value_is_completed_or_known_to_be_a_text() {
        check(&crate::commands::grammar());
    }

    #[test]
    fn what_is_remote_is_not_completed_with_files_of_this_machine() {
        let grammar = crate::commands::grammar();
        let files = grammar.find_subcommand("files").unwrap();
        let first = |verb: &str| {
            let verb = files.find_subcommand(verb).unwrap();
            Subject::of(verb.get_name(), verb.get_positionals().next().unwrap()).unwrap()
        };
        for verb in ["ls", "stat", "cat", "rm"] {
            assert_eq!(first(verb), Subject::Target { stored: true, local: false }, "{verb}");
        }
        for verb in ["mkdir", "mv"] {
            assert_eq!(first(verb), Subject::Target { stored: false, local: false }, "{verb}");
        }
        assert_eq!(first("sync"), Subject::Target { stored: false, local: true });
        assert_eq!(first("upload"), Subject::Target { stored: false, local: true });
        assert_eq!(first("download"), Subject::Target { stored: true, local: true });
    }
}
