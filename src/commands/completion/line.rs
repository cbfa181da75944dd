//! What stands on the line in front of the word that is being completed.

use std::ffi::OsString;

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use crate::commands::GlobalFlags;

/// The parts of a line that may be incomplete.
#[derive(Default)]
pub(super) struct TypedLine {
    /// The name of the innermost command.
    pub(super) command: String,
    /// The ids of flags with their values.
    flags: Vec<(String, OsString)>,
    /// The arguments that belong to no flag.
    pub(super) positionals: Vec<String>,
    /// Whether a `--` stands in front of the word, so that it cannot be a flag.
    pub(super) is_escaped: bool,
}

impl TypedLine {
    /// Reads the words in front of the word that is being completed, of which the first one is the program.
    pub(super) fn read(grammar: &Command, words: &[String]) -> Self {
        let mut line = TypedLine::default();
        let mut command = grammar;
        let mut words = words.iter().skip(1);
        while let Some(word) = words.next() {
            let flag = if line.is_escaped { None } else { TypedFlag::find(command, word) };
            if line.is_escaped {
                line.positionals.push(word.clone());
            } else if word == "--" {
                line.is_escaped = true;
            } else if let Some(TypedFlag { arg, value }) = flag {
                if arg.get_action().takes_values()
                    && let Some(value) = value.or_else(|| words.next().cloned())
                {
                    line.flags.push((arg.get_id().to_string(), value.into()));
                }
            } else if word.starts_with('-') && word.len() > 1 {
                // A flag without a value, or one that is unknown.
            } else if let Some(below) = command.find_subcommand(word).filter(|_| line.positionals.is_empty()) {
                command = below;
            } else {
                line.positionals.push(word.clone());
            }
        }
        command.get_name().clone_into(&mut line.command);
        line
    }

    /// Returns the value of a flag.
    pub(super) fn flag(&self, id: &str) -> Option<&str> {
        self.flags.iter().find(|(name, _)| name == id)?.1.to_str()
    }

    /// Returns the flags that every command takes; `None` if one of them has an invalid value.
    pub(super) fn global_flags(&self) -> Option<GlobalFlags> {
        let grammar = GlobalFlags::augment_args(Command::new("wharf")).no_binary_name(true).args_override_self(true);
        let long = |id: &str| grammar.get_arguments().find(|arg| arg.get_id() == id).and_then(Arg::get_long);
        let words: Vec<OsString> = self
            .flags
            .iter()
            .filter_map(|(id, value)| {
                let mut word = OsString::from(format!("--{}=", long(id)?));
                word.push(value);
                Some(word)
            })
            .collect();
        let matches: ArgMatches = grammar.clone().try_get_matches_from(words).ok()?;
        GlobalFlags::from_arg_matches(&matches).ok()
    }
}

/// A flag of the line, and the value in its own word.
struct TypedFlag<'a> {
    arg: &'a Arg,
    value: Option<String>,
}

impl<'a> TypedFlag<'a> {
    /// Returns the flag that a word is, or the one in a group of short flags that takes a value.
    fn find(command: &'a Command, word: &str) -> Option<Self> {
        if let Some(long) = word.strip_prefix("--") {
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (long, None),
            };
            let is_named = |arg: &&Arg| {
                arg.get_long() == Some(name) || arg.get_all_aliases().is_some_and(|aliases| aliases.contains(&name))
            };
            return command.get_arguments().find(is_named).map(|arg| TypedFlag { arg, value });
        }
        let group = word.strip_prefix('-')?;
        group.char_indices().find_map(|(at, sign)| {
            let arg = command.get_arguments().find(|arg| arg.get_short() == Some(sign))?;
            let rest = group.get(at + sign.len_utf8()..).filter(|rest| !rest.is_empty());
            let value = rest.map(|rest| rest.strip_prefix('=').unwrap_or(rest).to_owned());
            arg.get_action().takes_values().then_some(TypedFlag { arg, value })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> TypedLine {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        TypedLine::read(&crate::commands::grammar(), &words)
    }

    #[test]
    fn flags_and_arguments_are_told_apart() {
        let line = read("wharf -b foundry files --profile=work -qs sesn_1 cat a b -- -c");
        assert_eq!((line.command.as_str(), line.is_escaped), ("cat", true));
        assert_eq!(line.positionals, ["a", "b", "-c"]);
        let flags = line.global_flags().unwrap();
        assert_eq!(flags.backend.as_deref(), Some("foundry"));
        assert_eq!((flags.profile.as_deref(), flags.session.as_deref()), (Some("work"), Some("sesn_1")));
        assert_eq!(line.flag("profile"), Some("work"));
    }

    #[test]
    fn a_line_that_cannot_be_run_is_read_as_far_as_possible() {
        let line = read("wharf resources get --unknown sessions -bx delete");
        assert_eq!(
            (line.command.as_str(), &line.positionals[..]),
            ("get", &["sessions".to_owned(), "delete".to_owned()][..])
        );
        assert_eq!(line.flag("backend"), Some("x"));
        assert!(read("wharf --timeout never sessions").global_flags().is_none());
        let twice = read("wharf -b local sessions list -b agb").global_flags().unwrap();
        assert_eq!(twice.backend.as_deref(), Some("agb"));
        assert_eq!(read("wharf sessions list -b").command, "list");
    }
}
