//! Help: the page of a command, the options of all commands, and topics.

mod topics;

use std::ffi::OsString;
use std::fmt::Write as _;

use clap::builder::StyledStr;
use clap::{ArgAction, Args, Command};

pub(super) use self::topics::TOPICS;
use self::topics::topic;
use super::args::GlobalFlags;
use crate::output::print_styled;
use wharf_core::error::{Error, Result};
use wharf_core::platform::shown;

/// The width of help, in columns.
pub(super) const WIDTH: usize = 78;

/// The line below the options of a command.
const MORE: &str = "See 'wharf options' for the options of all commands.";

/// Verbs that other tools have, and the command that does this here.
const ELSEWHERE: &[(&str, &str)] = &[
    ("upload", "files upload"),
    ("put", "files upload"),
    ("push", "files upload"),
    ("download", "files download"),
    ("get", "files download"),
    ("pull", "files download"),
    ("cp", "files upload` or `wharf files download"),
    ("copy", "files upload` or `wharf files download"),
    ("sync", "files sync"),
    ("rsync", "files sync"),
    ("rclone", "files sync"),
    ("mirror", "files sync"),
    ("ls", "files ls"),
    ("dir", "files ls"),
    ("cat", "files cat"),
    ("rm", "files rm"),
    ("mv", "files mv"),
    ("mkdir", "files mkdir"),
    ("stat", "files stat"),
    ("list", "sessions list"),
    ("ps", "sessions list"),
    ("create", "sessions create"),
    ("new", "sessions create"),
    ("start", "sessions create"),
    ("delete", "sessions delete"),
    ("stop", "sessions stop"),
    ("wait", "sessions wait"),
    ("logs", "sessions logs"),
    ("events", "sessions events"),
    ("label", "sessions label"),
    ("interrupt", "sessions interrupt"),
    ("kill", "sessions interrupt"),
    ("mount", "resources add"),
    ("ask", "invoke"),
    ("prompt", "invoke"),
    ("shell", "exec"),
    ("ssh", "exec"),
    ("login", "config init"),
    ("init", "config init"),
    ("set", "config set"),
    ("version", "--version"),
];

/// Returns the command that does what this verb of other tools does.
pub(super) fn elsewhere(verb: &str) -> Option<&'static str> {
    ELSEWHERE.iter().find(|(name, _)| *name == verb).map(|(_, here)| *here)
}

#[derive(Debug, Args)]
pub(super) struct HelpArgs {
    /// Command or topic
    #[arg(value_name = "COMMAND|TOPIC")]
    words: Vec<OsString>,
}

impl HelpArgs {
    /// Prints the page of a command, or a topic.
    ///
    /// # Errors
    /// `usage` for what is neither; `io` for stdout.
    pub(super) fn run(&self, root: Command) -> Result<()> {
        if let [word] = &*self.words
            && let Some(text) = word.to_str().and_then(topic)
        {
            return print_styled(&text.into());
        }
        let mut command = &root;
        for word in &self.words {
            command = command.find_subcommand(word).ok_or_else(|| {
                let topics: Vec<_> = TOPICS.iter().map(|(name, ..)| *name).collect();
                Error::usage(format!("`{}` is neither a command nor a topic", shown(word)))
                    .hint(format!("see `wharf --help`; topics are {}", topics.join(", ")))
            })?;
        }
        let words: Vec<_> = std::iter::once(OsString::from("wharf")).chain(self.words.iter().cloned()).collect();
        print_styled(&page(root, &words))
    }
}

/// Returns the page of the command that a command line asks help for: its own options, one a line. With `--help` or
/// `wharf help`, options have their whole description.
pub(super) fn page(mut root: Command, args: &[OsString]) -> StyledStr {
    root.build();
    let mut command = &root;
    for word in args.iter().skip(1) {
        command = command.find_subcommand(word).unwrap_or(command);
    }
    let is_short = args.iter().any(|arg| arg == "-h");
    of(command.clone(), command.get_name() == root.get_name(), is_short).render_help()
}

/// Returns a command whose help has its own options.
fn of(command: Command, is_root: bool, is_short: bool) -> Command {
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let command = command.mut_args(|arg| {
        let is_hidden =
            arg.is_hide_set() || arg.is_global_set() || matches!(arg.get_action(), ArgAction::Version) && !is_root;
        match arg.get_long_help().filter(|_| !is_short).cloned() {
            _ if matches!(arg.get_action(), ArgAction::Help) => arg.help("Print help"),
            Some(long) => arg.help(long),
            None => arg,
        }
        .hide(is_hidden)
    });
    let between = if after.is_empty() { "" } else { "\n\n" };
    command.after_help(format!("{MORE}{between}{after}")).max_term_width(WIDTH)
}

/// Returns the page of the options of all commands.
pub(super) fn options() -> StyledStr {
    let command = GlobalFlags::augment_args(Command::new("wharf")).disable_help_flag(true).max_term_width(WIDTH);
    command.mut_args(|arg| arg.help_heading("Options of all commands")).help_template("{all-args}\n").render_help()
}

/// Returns the list of topics, for the help of `wharf` itself.
pub(super) fn list_of_topics() -> String {
    let mut text = String::from("Topics:\n");
    for (name, about, _) in TOPICS {
        let _ = writeln!(text, "  wharf help {name:<14}{about}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::grammar;

    #[test]
    fn the_commands_of_suggestions_exist() {
        let grammar = grammar();
        for (verb, here) in ELSEWHERE {
            assert!(grammar.find_subcommand(verb).is_none(), "{verb}");
            for line in here.split("` or `wharf ").filter(|line| !line.starts_with('-')) {
                let found = line.split(' ').try_fold(&grammar, |command, word| command.find_subcommand(word));
                assert!(found.is_some(), "{here}");
            }
        }
    }

    #[test]
    fn a_page_has_the_commands_own_options_and_fits_a_screen() {
        fn look(command: &Command, path: &str) {
            for below in command.get_subcommands().filter(|it| it.get_name() != "help" && !it.is_hide_set()) {
                let path = format!("{path} {}", below.get_name());
                let words: Vec<OsString> = path.split(' ').chain(["--help"]).map(Into::into).collect();
                let page = page(grammar(), &words).to_string();
                assert!(page.lines().count() <= 70, "{path}: {} lines", page.lines().count());
                assert!(page.lines().all(|line| line.chars().count() <= WIDTH), "{path}: {page}");
                assert!(!page.contains("--base-url") && !page.contains("-V, --version"), "{path}");
                assert!(page.contains("--help") && page.contains("wharf options"), "{path}: {page}");
                if below.has_subcommands() {
                    look(below, &path);
                } else {
                    assert!(page.contains("Example"), "{path}: an example");
                }
            }
        }
        look(&grammar(), "wharf");
        let options = options().to_string();
        assert!(options.contains("--base-url") && options.contains("WHARF_BACKEND"), "{options}");
        assert!(options.lines().all(|line| line.chars().count() <= WIDTH), "{options}");
    }

    #[test]
    fn topics_are_narrow_and_plain() {
        for (name, ..) in TOPICS {
            let text = topic(name).unwrap();
            let long = text.lines().find(|line| line.chars().count() > 80);
            assert_eq!(long, None, "{name}");
            assert!(text.lines().count() > 5 && !text.contains('\t'), "{name}");
        }
        assert!(topic("nothing").is_none());
    }
}
