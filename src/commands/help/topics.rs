//! The topics of `wharf help`.

use std::fmt::Write as _;

use wharf_core::config::env;
use wharf_core::error::Kind;

/// A topic: its name, what it is about, and its text.
type Topic = (&'static str, &'static str, fn() -> String);

/// All topics.
pub(in crate::commands) const TOPICS: &[Topic] = &[
    ("exit-codes", "what the exit status says", exit_codes),
    ("targets", "how sessions, paths and files are named", || include_str!("targets.txt").to_owned()),
    ("transform", "how --transform selects fields", || include_str!("transform.txt").to_owned()),
    ("environment", "variables that wharf reads", environment),
];

/// The widest line, in columns.
const WIDTH: usize = 80;

/// Returns the text of a topic.
pub(in crate::commands) fn topic(name: &str) -> Option<String> {
    TOPICS.iter().find(|(known, ..)| *known == name).map(|(_, _, text)| text())
}

fn exit_codes() -> String {
    let mut text = String::from("Exit codes\n\n");
    let _ = writeln!(text, "{:>5}  {:<14}everything that was asked for is done and verified", 0, "");
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Closed) {
        let start = format!("{:>5}  {:<14}", kind.exit_code(), kind.word());
        text.push_str(&wrapped(&start, kind.meaning()));
    }
    text.push_str(
        "\nwharf exec, with and run -- COMMAND end with the status of the command: 128 + N\n\
         if signal N ended it, 126 or 127 if it cannot be started, and 125 for every\n\
         failure of wharf itself. With --format json, jsonl or yaml, error.kind is the\n\
         word in the second column.\n",
    );
    text
}

fn environment() -> String {
    let mut text = String::from("Environment variables\n");
    for group in env::GROUPS {
        let _ = write!(text, "\n{}:\n", group.title);
        for variable in group.variables {
            let _ = writeln!(text, "  {}", variable.names.join(", "));
            text.push_str(&wrapped("      ", &variable.meaning.trim().replace('`', "'")));
        }
    }
    text
}

/// Returns `text` behind `start`, in lines that are indented as far as that.
fn wrapped(start: &str, text: &str) -> String {
    let mut out = start.to_owned();
    let indent = start.chars().count();
    let mut column = indent;
    for word in text.split_whitespace() {
        let width = word.chars().count();
        if column > indent && column + 1 + width > WIDTH {
            let _ = write!(out, "\n{:indent$}", "");
            column = indent;
        } else if column > indent {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
    out.push('\n');
    out
}
