//! The command line: a file for each noun, with its arguments and their implementation.
//!
//! A command turns flags into calls of the crates below and passes records to `output`; it never prints. [`run`] is the
//! whole program, [`Cli`] is the grammar, and [`Cx`] is the context of a command.

#![allow(clippy::doc_markdown, reason = "doc comments of arguments are help texts, in which backticks are noise")]

pub mod advice;
mod agents;
mod args;
mod backends;
mod behaviour;
mod child;
mod compat;
mod completion;
mod completions;
mod config;
mod cx;
mod doctor;
mod environments;
mod exec;
mod exit_status;
mod files;
mod help;
mod invoke;
mod mcp;
mod process;
mod question;
mod resolved_names;
mod resources;
mod run;
mod runs;
#[cfg(feature = "emulator")]
mod serve;
mod session_name;
mod sessions;
mod skill;
mod spec;
mod stdin;
mod synced_files;
mod tool_advice;
mod unused_flags;
mod uploads;
mod used_files;
mod with;

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

pub use self::args::GlobalFlags;
pub use self::cx::Cx;
pub use self::process::run;
use crate::output::print_styled;
use wharf_core::error::{Kind, Result};

/// The name of the program in its help.
const NAME: &str = "wharf";

/// Move files in and out of the sessions of hosted agents, and verify them
#[derive(Debug, Parser)]
#[command(
    name = NAME,
    version,
    propagate_version = true,
    max_term_width = help::WIDTH,
    subcommand_required = false,
    disable_help_subcommand = true,
    after_help = after_help()
)]
pub struct Cli {
    #[command(flatten)]
    global: GlobalFlags,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Returns the examples of `wharf --help` and all exit codes.
fn after_help() -> String {
    let kinds = Kind::ALL.into_iter().filter(|kind| !matches!(kind, Kind::Internal | Kind::Closed));
    let codes = kinds.map(|kind| format!("{} {}", kind.exit_code(), kind.word().replace('_', " ")));
    format!(
        "{}\n\
        Examples:\n  \
        wharf sessions create --title 'first try' --label team=blue\n  \
        wharf files upload ./data SESSION:/data\n  \
        wharf files download SESSION:/data ./results\n\n\
        Run 'wharf COMMAND --help' for the options of a command.\n\
        Exit codes: 0 done and verified, {}.",
        help::list_of_topics(),
        codes.collect::<Vec<_>>().join(", ")
    )
}

#[derive(Debug, Subcommand)]
#[command(defer = true)]
enum Command {
    /// Create, list and delete sessions
    #[command(
        subcommand,
        after_help = "Examples:\n  \
            wharf sessions create --title nightly --label team=blue\n  \
            wharf sessions list --label team=blue\n  \
            wharf sessions get @last\n  \
            wharf sessions delete SESSION\n\n\
            SESSION is an id, the first characters of an id that a service made (at least\n\
            six after its prefix), @last (the session created last here) or @TITLE. Verbs\n\
            that change something take the last three only on a terminal, and ask."
    )]
    Sessions(sessions::SessionsCommand),
    /// Upload, download and list files, in sessions or stored
    #[command(
        subcommand,
        after_help = "Examples:\n  \
            wharf files upload ./data SESSION:/data\n  \
            wharf files ls SESSION:/ -R\n  \
            wharf files download SESSION:/data ./results"
    )]
    Files(files::FilesCommand),
    /// Mount stored files and other resources into a session
    #[command(
        subcommand,
        after_help = "Examples:\n  \
            wharf resources add SESSION @./data.csv:/in/data.csv\n  \
            wharf resources list SESSION\n  \
            wharf resources delete SESSION --mount-path /in/data.csv"
    )]
    Resources(resources::ResourcesCommand),
    /// List the agents that sessions can be created with
    #[command(
        subcommand,
        after_help = "Examples:\n  \
            wharf agents list\n  \
            wharf agents list agent_123      # its versions\n  \
            wharf agents get agent_123 --version 2"
    )]
    Agents(agents::AgentsCommand),
    /// List the environments that sessions can be created in
    #[command(
        subcommand,
        after_help = "Examples:\n  \
            wharf environments list\n  \
            wharf environments get env_123"
    )]
    Environments(environments::EnvironmentsCommand),
    /// Run a command in a session
    #[command(after_help = exec::EXAMPLES)]
    Exec(exec::ExecArgs),
    /// Let the agent of a session work
    #[command(after_help = invoke::EXAMPLES)]
    Invoke(invoke::InvokeArgs),
    /// Create a session, upload, let it work, download, and delete it
    #[command(after_help = run::EXAMPLES)]
    Run(Box<run::RunArgs>),
    /// Run a command of this machine with a session of its own
    #[command(after_help = with::EXAMPLES)]
    With(Box<with::WithArgs>),
    /// List and finish what is left of runs
    #[command(
        subcommand,
        after_help = "Examples:\n  \
            wharf runs list\n  \
            wharf runs prune --older-than 7d"
    )]
    Runs(runs::RunsCommand),
    /// List the backends and their features
    #[command(after_help = "Example:\n  wharf backends --format table")]
    Backends,
    /// Show settings and where they come from, and change profiles
    #[command(
        subcommand,
        after_help = "Examples:\n  \
            wharf config list\n  \
            wharf config init -b anthropic --agent agent_123\n  \
            wharf config set environment env_123"
    )]
    Config(config::ConfigCommand),
    /// Check configuration, credentials, backend and clock
    #[command(after_help = "Example:\n  wharf doctor -b anthropic")]
    Doctor,
    /// Run an emulator of hosted services for tests; any key is accepted
    #[cfg(feature = "emulator")]
    #[command(after_help = serve::EXAMPLES)]
    Serve(serve::ServeArgs),
    /// Serve sessions, files and agents as tools of the Model Context Protocol
    #[command(after_help = mcp::EXAMPLES)]
    Mcp(mcp::McpArgs),
    /// Install or print instructions for coding agents
    #[command(
        subcommand,
        after_help = "Examples:\n  \
            wharf skill install\n  \
            wharf skill show"
    )]
    Skill(skill::SkillCommand),
    /// Print a completion script for a shell
    Completions(completions::CompletionsArgs),
    /// Write the manual pages into a directory
    Man(completions::ManArgs),
    /// List the options of all commands
    #[command(after_help = "Example:\n  wharf options")]
    Options,
    /// Show the help of a command or a topic
    #[command(after_help = "Examples:\n  wharf help files upload\n  wharf help targets")]
    Help(help::HelpArgs),
}

impl Command {
    async fn run(self, cx: &Cx) -> Result<()> {
        match self {
            Command::Sessions(verb) => verb.run(cx).await,
            Command::Files(verb) => verb.run(cx).await,
            Command::Resources(verb) => verb.run(cx).await,
            Command::Agents(verb) => verb.run(cx).await,
            Command::Environments(verb) => verb.run(cx).await,
            Command::Exec(args) => args.run(cx).await,
            Command::Invoke(args) => Box::pin(args.run(cx)).await,
            Command::Run(args) => Box::pin(args.run(cx)).await,
            Command::With(args) => Box::pin(args.run(cx)).await,
            Command::Runs(verb) => verb.run(cx).await,
            Command::Backends => backends::run(cx),
            Command::Config(verb) => verb.run(cx).await,
            Command::Doctor => doctor::run(cx).await,
            #[cfg(feature = "emulator")]
            Command::Serve(args) => args.run(cx).await,
            Command::Mcp(args) => Box::pin(args.run(cx)).await,
            Command::Skill(verb) => verb.run(cx).await,
            Command::Completions(args) => args.run(cx, grammar()),
            Command::Man(args) => args.run(Cli::command()),
            Command::Options => print_styled(&help::options()),
            Command::Help(args) => args.run(Cli::command()),
        }
    }
}

/// The output of `wharf` without arguments.
const WELCOME: &str = "\
wharf moves files into and out of the sessions of hosted agents, and verifies
each one.

Three commands to start with (no account needed):
  wharf sessions create --title 'first try'     # create a session, print its id
  wharf files upload ./data SESSION:/data       # upload a directory
  wharf files ls SESSION:/ -R                   # list all files in it

Next: 'wharf files download', 'wharf sessions delete'. See 'wharf --help'.
";

/// Returns the grammar with the arguments of all commands.
///
/// Parsing does not need it: clap builds the arguments of a command when that command is chosen.
pub fn grammar() -> clap::Command {
    let mut grammar = Cli::command();
    grammar.build();
    grammar
}

/// Parses the command line.
fn parse(args: &[OsString]) -> Result<Cli, clap::Error> {
    parse_named(args).unwrap_or_else(|| Cli::try_parse_from(args))
}

/// Parses a command line with the grammar of the command and the verb that it names, or of the options alone. clap copies
/// the global flags into each command that it knows, which would take longer than everything else here. `None` if that
/// fails: the whole grammar knows why.
fn parse_named(args: &[OsString]) -> Option<Result<Cli, clap::Error>> {
    let options = clap::Command::new(NAME).version(env!("CARGO_PKG_VERSION")).disable_help_subcommand(true);
    let grammar = GlobalFlags::augment_args(options);
    if args.iter().skip(1).all(|word| word.as_encoded_bytes().starts_with(b"-")) {
        let error = grammar.try_get_matches_from(args).err()?;
        return (error.kind() == ErrorKind::DisplayVersion).then_some(Err(error));
    }
    // If a word is not a command but a flag's value, the rest of the line is not in its grammar.
    let grammar = grammar.subcommand(named_command(args)?);
    Cli::from_arg_matches(&grammar.try_get_matches_from(args).ok()?).ok().map(Ok)
}

/// Returns the command that a command line names. A noun has the verb that is named, and no other.
fn named_command(args: &[OsString]) -> Option<clap::Command> {
    let mut words = args.iter().skip(1).take_while(|word| *word != "--");
    if let Some(verbs) = words.find_map(|word| verbs(word.to_str()?)) {
        let verb = words.find_map(|word| verbs.find_subcommand(word))?;
        return Some(clap::Command::new(verbs.get_name().to_owned()).subcommand(verb.clone()));
    }
    let commands = Command::augment_subcommands(clap::Command::new(NAME));
    args.iter().skip(1).find_map(|word| commands.find_subcommand(word)).cloned()
}

/// Returns a noun with its verbs; `None` for another word.
fn verbs(noun: &str) -> Option<clap::Command> {
    let add_verbs = match noun {
        "sessions" => sessions::SessionsCommand::augment_subcommands,
        "files" => files::FilesCommand::augment_subcommands,
        "resources" => resources::ResourcesCommand::augment_subcommands,
        "agents" => agents::AgentsCommand::augment_subcommands,
        "environments" => environments::EnvironmentsCommand::augment_subcommands,
        "runs" => runs::RunsCommand::augment_subcommands,
        "config" => config::ConfigCommand::augment_subcommands,
        "skill" => skill::SkillCommand::augment_subcommands,
        _ => return None,
    };
    Some(add_verbs(clap::Command::new(noun.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::help::WIDTH;
    use super::*;

    #[test]
    fn the_grammar_is_sound() {
        grammar().debug_assert();
    }

    /// Returns each command with its full name.
    fn all(command: &clap::Command, name: &str) -> Vec<(String, clap::Command)> {
        let below = command.get_subcommands().flat_map(|below| all(below, &format!("{name} {}", below.get_name())));
        std::iter::once((name.to_owned(), command.clone())).chain(below).collect()
    }

    #[test]
    fn the_grammar_of_the_named_command_reads_a_line_as_the_whole_one_does() {
        let lines = [
            ("exec s1 -w d --timeout 5s -- ls -l", true),
            ("--format json -q sessions list --limit 3", true),
            ("--session exec exec s1 -- true", true),
            ("files download --transform sessions s1:/a b", true),
            ("config set agent a1", true),
            ("backends", true),
            ("--session exec files ls", true),
            // The first word that is the name of a command is a flag's value.
            ("--agent-command exec serve", false),
            ("exec", false),
            ("sessions list --no-such-flag", false),
            ("exec --help", false),
            ("help exec", true),
            ("sessions --format json list", true),
            ("-q files --session list ls", true),
            ("config init", true),
            ("exec s1 -- files ls", true),
            // The first word that is the name of a noun is not one.
            ("exec files ls", false),
            ("--agent agents sessions list", false),
            // The first word that is the name of a verb is a flag's value.
            ("sessions --session list get s1", false),
            ("files --session stat ls", false),
            ("sessions", false),
            ("sessions no-such-verb", false),
            ("sessions --help", false),
            ("sessions list --version", false),
            ("--debug --version", true),
            ("-V", true),
            ("no-such-command --version", false),
            ("", false),
        ];
        for (line, named) in lines {
            let words = || std::iter::once("wharf").chain(line.split_whitespace()).map(OsString::from);
            let show = |cli: Cli| format!("{cli:?}");
            let text = |error: clap::Error| error.to_string();
            let read = parse_named(&words().collect::<Vec<_>>());
            assert_eq!(read.is_some(), named, "{line}");
            let whole = Cli::try_parse_from(words()).map(show).map_err(text);
            assert!(read.is_none_or(|read| read.map(show).map_err(text) == whole), "{line}");
            let parsed = parse(&words().collect::<Vec<_>>()).map(show).map_err(text);
            assert_eq!(parsed, whole, "{line}");
        }
    }

    #[test]
    fn the_verbs_of_each_noun_are_known_without_the_whole_grammar() {
        let names = |noun: &clap::Command| {
            noun.get_subcommands().map(|verb| verb.get_name().to_owned()).filter(|name| name != "help").collect()
        };
        for command in grammar().get_subcommands() {
            let whole: Vec<String> = names(command);
            let known = verbs(command.get_name()).as_ref().map(names).unwrap_or_default();
            assert_eq!(known, whole, "{}", command.get_name());
        }
    }

    /// clap would set the global flag to the argument's value as well.
    #[test]
    fn no_positional_argument_has_the_id_of_a_global_flag() {
        let grammar = grammar();
        let globals: Vec<_> = grammar.get_arguments().map(clap::Arg::get_id).collect();
        for (name, command) in all(&grammar, "wharf").iter().skip(1) {
            let same = command.get_positionals().find(|arg| globals.contains(&arg.get_id()));
            assert!(same.is_none(), "{name}: rename the field `{}`", same.map_or("", |arg| arg.get_id().as_str()));
        }
    }

    #[test]
    fn help_is_narrow_and_shows_no_marks_of_documentation() {
        let grammar = grammar();
        let commands = all(&grammar, "wharf");
        assert!(commands.len() > 30, "all verbs are looked at");
        for (name, mut command) in commands {
            let hidden: Vec<_> =
                command.get_arguments().filter_map(|arg| arg.get_long_help().or(arg.get_help())).collect();
            let hidden = hidden.iter().map(ToString::to_string).collect::<String>();
            for text in [command.render_help().to_string(), command.render_long_help().to_string(), hidden] {
                let marked = text.lines().find(|line| line.contains('`') || line.contains("[`"));
                assert_eq!(marked, None, "{name}");
            }
            let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            // A paragraph is one line, or broken by hand.
            let mut lines = after.lines().zip(after.lines().skip(1).chain([""]));
            let broken = lines.find(|(line, next)| {
                line.chars().count() > WIDTH && (line.starts_with(' ') || !next.trim().is_empty())
            });
            assert_eq!(broken, None, "{name}: the line would be broken once more");
            // A shell that gets the line as it is must not take an explanation for arguments.
            let examples = after.lines().skip_while(|line| !line.starts_with("Example")).skip(1);
            let examples = examples.take_while(|line| !line.is_empty());
            let explained = examples.filter_map(|line| line.trim_start().strip_prefix("wharf ")?.split_once("   "));
            let mut explanations = explained.map(|(_, after)| after.trim_start());
            assert_eq!(explanations.find(|text| !text.starts_with("# ")), None, "{name}");
            let page = command.render_help().to_string();
            let long = page.lines().find(|line| line.chars().count() > WIDTH);
            assert_eq!(long, None, "{name}: wider than {WIDTH} columns");
        }
        assert!(!WELCOME.contains('`'));
    }
}
