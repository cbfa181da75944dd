//! The reference of the command line, from clap's command tree.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use clap::{Arg, Command};

/// Returns the section of each command, and of the options that every command takes.
pub(crate) fn commands() -> String {
    let all = tree();
    let mut text = String::from("| command | |\n|---|---|\n");
    for (path, command) in all.iter().filter(|(_, command)| !command.has_subcommands()) {
        let _ = writeln!(text, "| [`{path}`](#{}) | {} |", path.replace(' ', "-"), prose(&about(command)));
    }
    let _ = write!(text, "\n### Global options\n\n{}", options(&all[0].1, Arg::is_global_set));
    for (path, command) in &all {
        let _ = write!(text, "\n### {path}\n\n{}\n\n", prose(&about(command)));
        let usage = command.clone().render_usage().to_string();
        let _ = write!(text, "```text\n{}\n```\n", usage.trim_start_matches("Usage: ").trim_end());
        let own = options(command, |arg| !arg.is_global_set());
        let _ = write!(text, "{}{own}", if own.is_empty() { "" } else { "\n" });
        if let Some(after) = command.get_after_long_help().or(command.get_after_help()) {
            let _ = write!(text, "\n{}", notes(&after.to_string()));
        }
    }
    text
}

/// Returns the names of all environment variables in help texts.
pub(crate) fn variables() -> BTreeSet<String> {
    let all = tree();
    let arguments = all.iter().flat_map(|(_, command)| command.get_arguments());
    arguments.filter_map(|arg| variable(&help(arg)).map(|(_, name)| name.to_owned())).collect()
}

/// Returns every command that help shows, with its whole name, in the order of the help.
fn tree() -> Vec<(String, Command)> {
    fn collect(command: &Command, path: &str, all: &mut Vec<(String, Command)>) {
        all.push((path.to_owned(), command.clone()));
        for below in command.get_subcommands().filter(|it| !it.is_hide_set() && it.get_name() != "help") {
            collect(below, &format!("{path} {}", below.get_name()), all);
        }
    }
    let grammar = wharf::commands::grammar();
    let mut all = Vec::new();
    collect(&grammar, grammar.get_name(), &mut all);
    all
}

fn about(command: &Command) -> String {
    command.get_long_about().or(command.get_about()).map(ToString::to_string).unwrap_or_default()
}

fn help(arg: &Arg) -> String {
    arg.get_long_help().or(arg.get_help()).map(ToString::to_string).unwrap_or_default()
}

/// Returns the arguments of a command that `wanted` picks, as lists below their headings.
fn options(command: &Command, wanted: impl Fn(&Arg) -> bool) -> String {
    let mut lists: Vec<(&str, String)> = Vec::new();
    for arg in command.get_arguments().filter(|arg| !arg.is_hide_set() && wanted(arg)) {
        if matches!(arg.get_id().as_str(), "help" | "version") {
            continue;
        }
        let heading = match arg.get_help_heading() {
            Some(heading) => heading,
            None if arg.is_positional() => "Arguments",
            None => "Options",
        };
        let item = item(arg);
        match lists.iter_mut().find(|(known, _)| *known == heading) {
            Some((_, list)) => list.push_str(&item),
            None => lists.push((heading, item)),
        }
    }
    lists.sort_by_key(|(heading, _)| *heading != "Arguments");
    // The section of the global options needs no heading of its own.
    let lists = lists.iter().map(|(heading, list)| match *heading {
        "Global options" => list.clone(),
        heading => format!("**{heading}**\n\n{list}"),
    });
    lists.collect::<Vec<_>>().join("\n")
}

/// Returns the list item of an argument: how it is typed, what it means, its default, its environment variable and
/// its possible values.
fn item(arg: &Arg) -> String {
    let help = help(arg);
    let (meaning, variable) = match variable(&help) {
        Some((meaning, name)) => (meaning, Some(name)),
        None => (help.as_str(), None),
    };
    let mut text = format!("- {}: {}.", typed(arg), prose(meaning.trim_end_matches('.')));
    let defaults = arg.get_default_values().iter().map(|value| format!("`{}`", value.to_string_lossy()));
    let defaults = defaults.collect::<Vec<_>>().join(", ");
    let takes_values = arg.get_action().takes_values();
    if takes_values && !defaults.is_empty() {
        let _ = write!(text, " Default: {defaults}.");
    }
    if let Some(variable) = variable {
        let _ = write!(text, " Environment variable: `{variable}`.");
    }
    text.push('\n');
    let values = arg.get_possible_values();
    for value in values.iter().filter(|value| takes_values && !value.is_hide_set()) {
        let meaning = value.get_help().map(|help| format!(": {}", prose(&help.to_string()))).unwrap_or_default();
        let _ = writeln!(text, "  - `{}`{meaning}", value.get_name());
    }
    text
}

/// Returns how an argument is typed, such as `` `-b`, `--backend <NAME>` ``.
fn typed(arg: &Arg) -> String {
    let names = if arg.get_action().takes_values() { arg.get_value_names().unwrap_or_default() } else { &[] };
    let values = names.iter().fold(String::new(), |all, name| all + " <" + name + ">");
    let short = arg.get_short().map(|short| format!("`-{short}`"));
    let long = arg.get_long().map(|long| format!("`--{long}{values}`"));
    match (short, long) {
        (Some(short), Some(long)) => format!("{short}, {long}"),
        (Some(short), None) => format!("`{}{values}`", short.trim_matches('`')),
        (None, Some(long)) => long,
        (None, None) => format!("`{arg}`"),
    }
}

/// Splits `[env: NAME]` off the end of a help text.
fn variable(help: &str) -> Option<(&str, &str)> {
    help.trim_end().strip_suffix(']')?.rsplit_once(" [env: ")
}

/// Returns plain text as Markdown: what would be markup is escaped, and lines are joined.
fn prose(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.lines().map(str::trim).collect::<Vec<_>>().join(" ").chars() {
        if matches!(c, '<' | '>' | '*' | '[' | '|' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// Returns the text that follows the options in a help: indented lines become blocks.
fn notes(text: &str) -> String {
    let mut out = String::new();
    let mut lines = text.lines().peekable();
    while let Some(first) = lines.next() {
        if first.trim().is_empty() {
            continue;
        }
        let is_block = first.starts_with(' ');
        let mut run = vec![first];
        while let Some(line) = lines.next_if(|line| !line.trim().is_empty() && line.starts_with(' ') == is_block) {
            run.push(line);
        }
        if is_block {
            let run: Vec<&str> = run.iter().map(|line| line.strip_prefix("  ").unwrap_or(line)).collect();
            let _ = write!(out, "\n```text\n{}\n```\n", run.join("\n"));
        } else {
            let _ = write!(out, "\n{}\n", prose(&run.join("\n")));
        }
    }
    out.trim_start_matches('\n').to_owned()
}

#[test]
fn arguments_are_shown_with_all_that_clap_knows_of_them() {
    let grammar = tree();
    let of = |path: &str, id: &str| {
        let (_, command) = grammar.iter().find(|(known, _)| known == path).expect("a command of this name");
        item(command.get_arguments().find(|arg| arg.get_id() == id).expect("an argument of this name"))
    };
    let backend = of("wharf", "backend");
    assert!(backend.starts_with("- `-b`, `--backend <NAME>`: "), "{backend}");
    assert!(backend.ends_with(". Environment variable: `WHARF_BACKEND`.\n"), "{backend}");
    let color = of("wharf", "color");
    assert!(color.contains(" Default: `auto`.\n  - `auto`: ") && color.contains("\n  - `never`: "), "{color}");
    let quiet = of("wharf", "quiet");
    assert!(quiet.starts_with("- `-q`, `--quiet`: ") && !quiet.contains("Default"), "{quiet}");
    let shell = of("wharf completions", "shell");
    assert!(shell.starts_with("- `<SHELL>`: ") && shell.contains("\n  - `bash`"), "{shell}");
}

#[test]
fn notes_are_prose_and_blocks() {
    let notes = notes("One\ntwo*.\n\nExamples:\n  wharf a\n    b\nThen:\n  c\n");
    assert_eq!(notes, "One two\\*.\n\nExamples:\n\n```text\nwharf a\n  b\n```\n\nThen:\n\n```text\nc\n```\n");
}
