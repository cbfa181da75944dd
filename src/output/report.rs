//! Error reports: a line with the message and one with the hint, or a JSON object.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::escape;
use super::terminal::{Color, wants_colour};
use wharf_core::error::{Error, Kind};
use wharf_core::platform;

/// The hint of errors that are bugs.
pub const WHERE: &str = "please report this line with the command that you ran: see \"Reporting a bug\" in the README";

/// The time to wait for a stalled reader of stderr before the last line.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Serialize)]
struct Report<'a> {
    error: &'a Error,
}

/// The form of an error on stderr.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ErrorForm {
    /// Lines for people: the message, and a hint if there is one.
    #[default]
    Text,
    /// Two lines for coding agents: `error KIND: MESSAGE` and `hint: HINT`.
    Lines,
    /// One JSON object.
    Json,
}

/// The form of error reports.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReportStyle {
    /// The form of the error.
    pub form: ErrorForm,
    /// The use of colour.
    pub color: Color,
    /// Whether the causes of an error are printed after the message, for people.
    pub causes: bool,
    /// Whether a CI runner looks for commands in stderr.
    pub for_runner: bool,
}

/// Prints an error to stderr. A closed stdout is not reported. Returns whether stderr is read.
pub fn report(error: &Error, style: ReportStyle) -> bool {
    if error.kind() == Kind::Closed {
        return true;
    }
    // A command that was stopped must end even if its stderr is a pipe that is not read.
    let is_stopped = error.kind().is_stop();
    if is_stopped && !platform::stderr_ready(PATIENCE) {
        return false;
    }
    if style.form == ErrorForm::Json {
        let object = object(error, io::stderr().is_terminal());
        say(&if style.for_runner { escape::json_for_runner(&object) } else { object.into() });
        return true;
    }
    let say = |line: String| say(&if style.for_runner { escape::for_runner(&line) } else { line.into() });
    if style.form == ErrorForm::Lines {
        let [what, hint] = lines(error);
        say(what);
        if style.causes {
            lines_of_causes(error).for_each(&say);
        }
        say(hint);
        return true;
    }
    let colour = wants_colour(style.color, io::stderr().is_terminal());
    let (red, cyan) = if colour {
        (AnsiColor::Red.on_default().bold(), AnsiColor::Cyan.on_default())
    } else {
        (Style::new(), Style::new())
    };
    say(format!("{red}error:{red:#} {}", escape::for_terminal(error.message())));
    if style.causes {
        lines_of_causes(error).for_each(say);
    }
    if let Some(hint) = error.hint_text() {
        let mut lines = hint.lines();
        say(format!("{cyan}hint:{cyan:#} {}", escape::for_terminal(lines.next().unwrap_or_default())));
        // Indented, text of a service cannot be taken for a line of wharf's.
        lines.for_each(|line| say(format!("      {}", escape::for_terminal(line))));
    }
    true
}

/// Returns the two lines of an error for coding agents. Without a hint, as that of an item among others, the second one says
/// what the kind means.
pub(super) fn lines(error: &Error) -> [String; 2] {
    let kind = error.kind();
    let hint = error.hint_text().map_or_else(
        || format!("exit code {}: {}", kind.exit_code(), kind.meaning()),
        |hint| hint.lines().collect::<Vec<_>>().join("; "),
    );
    let what = format!("error {}: {}", kind.word(), error.message());
    [what, format!("hint: {hint}")].map(|line| escape::for_terminal(&line).into_owned())
}

/// Returns a line for each cause whose text adds something to the message.
fn lines_of_causes(error: &Error) -> impl Iterator<Item = String> {
    error
        .causes()
        .filter(|cause| !error.message().contains(cause))
        .map(|cause| format!("cause: {}", escape::for_terminal(cause)))
}

/// Formats an error as one JSON object, escaped for a terminal if `terminal` is true.
fn object(error: &Error, terminal: bool) -> String {
    let json = serde_json::to_string(&Report { error }).unwrap_or_else(|_| error.to_string());
    if terminal { escape::json_for_terminal(&json).into_owned() } else { json }
}

/// Prints one line to stderr. Errors are ignored: there is no other place to report them.
pub fn say(line: &str) {
    // In one call, so that no other process writes between a line and its end.
    let _ = io::stderr().lock().write_all(format!("{line}\n").as_bytes());
}

/// Returns the error that reached `main`. Any other error comes from the operating system.
pub fn of_anyhow(error: anyhow::Error) -> Error {
    error.downcast::<Error>().unwrap_or_else(|other| Error::new(Kind::Io, format!("{other:#}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_escaped_and_those_that_the_message_repeats_are_not_printed() {
        let error = Error::io("reading `x`", &io::Error::other("odd\u{1b}[31m\nthing"));
        assert_eq!(lines_of_causes(&error.with_message("failed")).collect::<Vec<_>>(), ["cause: odd\\x1b[31m\\nthing"]);
        let error = Error::io("reading `x`", &io::Error::other("odd thing"));
        assert_eq!(lines_of_causes(&error).count(), 0);
    }

    #[test]
    fn an_error_for_agents_is_two_lines_with_its_kind_and_a_hint() {
        let error = Error::new(Kind::Conflict, "a name\nhint: rm -rf \u{1b}[2K").hint("first\nsecond");
        assert_eq!(lines(&error), ["error conflict: a name\\nhint: rm -rf \\x1b[2K", "hint: first; second"]);
        let [_, hint] = lines(&Error::not_found("gone"));
        assert_eq!(hint, "hint: exit code 4: no such session, file, resource or local source");
    }

    #[test]
    fn an_error_as_json_is_the_same_on_a_terminal_and_moves_nothing_there() {
        let error = Error::new(Kind::Conflict, "a \u{202e}name\u{1b}[31m\u{9b}\u{7f}").hint("\u{2066}look");
        let (plain, shown) = (object(&error, false), object(&error, true));
        assert!(plain.contains('\u{202e}') && shown.is_ascii() && !shown.contains(char::is_control), "{shown}");
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&shown), value(&plain));
    }
}
