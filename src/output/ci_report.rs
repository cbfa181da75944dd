//! Reports for CI systems: annotations on stderr, and a table in the summary of the step.
//!
//! GitHub's runner reads both streams of a step line by line. A line is a command of the workflow if it begins with
//! `::NAME ...::`, after any white space, or if it contains `##[NAME ...]` anywhere (actions/runner,
//! `ActionCommand.cs`). Text that comes from outside is escaped in annotations here and in all other lines of stderr by
//! [`escape::for_runner`]. Of each kind of annotation, the runner keeps the first 10 of a step, and of a message 4096
//! characters (`ExecutionContext.cs`). It takes no summary above 1 MiB (`FileCommandManager.cs`).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use clap::ValueEnum;

use super::{escape, human, report};
use wharf_core::config::env;
use wharf_core::error::{Error, Kind};
use wharf_core::model::{Outcome, Receipt};
use wharf_core::platform::shown;
use wharf_core::sync::lock;
use wharf_transfer::event::{TransferEvent, TransferSummary};

/// `--report`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// Annotations and a step summary of GitHub Actions
    Github,
}

/// The number of failures with an annotation of their own. Two of the runner's ten are left for the error of the command
/// and for the runner's own, about the exit status.
const ANNOTATIONS: usize = 8;

/// The number of failures in the summary.
const ROWS: usize = 100;

/// The size of the summary in bytes from which no further failure is listed.
const SUMMARY_BYTES: usize = 128 * 1024;

/// The largest file of a summary that the runner takes, in bytes.
const FILE_BYTES: u64 = 1024 * 1024;

/// The room for the end of the summary in bytes: two numbers of at most 20 digits, and words.
const REST_BYTES: usize = 120;

/// The longest name and the longest text of a failure, in bytes.
const NAME_BYTES: usize = 400;
const TEXT_BYTES: usize = 1000;

/// A report of one command for a CI system. Its memory does not grow with the number of failures.
pub struct CiReport {
    /// The command, such as `wharf files upload`.
    title: String,
    /// Whether another program writes to stderr as well, so that the last line may be incomplete.
    shares_stderr: bool,
    state: Mutex<ReportState>,
}

#[derive(Default)]
struct ReportState {
    facts: Vec<(&'static str, String)>,
    transfers: Vec<TransferRow>,
    /// How the files of the transfer that runs were verified.
    verified: BTreeMap<String, u64>,
    /// The first failures.
    failures: Vec<FailureRow>,
    /// All failures.
    failed: u64,
}

/// The totals of a transfer.
struct TransferRow {
    source: String,
    cells: Vec<(&'static str, String)>,
}

/// A failure, with texts that are safe to show and not too long.
struct FailureRow {
    item: String,
    kind: &'static str,
    message: String,
    hint: String,
    /// The file of this machine that failed, relative to the workspace.
    file: Option<String>,
}

impl FailureRow {
    fn new(item: &str, error: &Error, file: Option<String>) -> Self {
        let hint: Vec<_> = error.hint_text().unwrap_or_default().lines().map(escape::for_terminal).collect();
        FailureRow {
            item: cut(&escape::for_terminal(item), NAME_BYTES),
            kind: error.kind().word(),
            message: cut(&escape::for_terminal(error.message()), TEXT_BYTES),
            hint: cut(&hint.join(" "), TEXT_BYTES),
            file,
        }
    }
}

impl CiReport {
    /// Begins the report of a command.
    pub fn new(title: String, shares_stderr: bool) -> Self {
        CiReport { title, shares_stderr, state: Mutex::default() }
    }

    /// Adds a row to the summary.
    pub(super) fn fact(&self, name: &'static str, value: &str) {
        lock(&self.state).facts.push((name, cut(&escape::for_terminal(value), NAME_BYTES)));
    }

    /// Adds something that failed.
    pub(super) fn failure(&self, item: &str, error: &Error) {
        self.add(item, error, || None);
    }

    fn add(&self, item: &str, error: &Error, file: impl FnOnce() -> Option<String>) {
        let mut state = lock(&self.state);
        state.failed += 1;
        if state.failures.len() < ROWS {
            let file = if state.failures.len() < ANNOTATIONS { file() } else { None };
            state.failures.push(FailureRow::new(item, error, file));
        }
    }

    /// Takes failures and totals from the events of a transfer of `source`.
    pub(super) fn observe(&self, source: &str, event: &TransferEvent<'_>) {
        match event {
            TransferEvent::Finished(receipt) => self.receipt(receipt),
            TransferEvent::Ended(summary) => {
                let mut state = lock(&self.state);
                let verified = std::mem::take(&mut state.verified);
                let source = cut(&escape::for_terminal(source), NAME_BYTES);
                state.transfers.push(TransferRow { source, cells: totals(summary, &verified) });
            }
            _ => {}
        }
    }

    fn receipt(&self, receipt: &Receipt) {
        match &receipt.outcome {
            Outcome::Failed(error) => self.add(&receipt.source, error, || {
                // One of them is on this machine.
                in_workspace(&receipt.source).or_else(|| in_workspace(receipt.destination.as_deref()?))
            }),
            Outcome::Copied => {
                let how = receipt.verified.map_or_else(|| "none".to_owned(), |verified| verified.to_string());
                *lock(&self.state).verified.entry(how).or_default() += 1;
            }
            Outcome::Skipped(_) | Outcome::Planned | Outcome::Deleted | Outcome::PlannedDeletion => {}
        }
    }

    /// Prints the annotations; `error` is the one that the command failed with.
    pub fn annotate(&self, error: Option<&Error>) {
        let lines = self.annotations(error.filter(|error| error.kind() != Kind::Closed));
        if !lines.is_empty() {
            self.say(&lines.join("\n"));
        }
    }

    /// Prints lines at the start of a line, in one call, so that no other process writes between them.
    fn say(&self, lines: &str) {
        report::say(&format!("{}{lines}", if self.shares_stderr { "\n" } else { "" }));
    }

    fn annotations(&self, error: Option<&Error>) -> Vec<String> {
        let state = lock(&self.state);
        let annotated = state.failures.iter().take(ANNOTATIONS);
        let mut lines: Vec<String> = annotated
            .map(|failure| {
                let message = if failure.message.contains(&failure.item) {
                    failure.message.clone()
                } else {
                    format!("{}: {}", failure.item, failure.message)
                };
                self.annotation("error", failure.kind, failure.file.as_deref(), &[&message, &with_label(&failure.hint)])
            })
            .collect();
        if let Some(error) = error.filter(|error| !is_listed(&state, error)) {
            let failure = FailureRow::new("", error, None);
            let more = match state.failed.saturating_sub(lines.len() as u64) {
                0 => String::new(),
                more => format!("{more} of {} failures have no annotation of their own", state.failed),
            };
            lines.push(self.annotation(
                "error",
                failure.kind,
                None,
                &[&failure.message, &with_label(&failure.hint), &more],
            ));
        }
        lines
    }

    /// Returns a command that makes an annotation. The first text is the message, the others are lines below it.
    fn annotation(&self, command: &str, kind: &str, file: Option<&str>, texts: &[&str]) -> String {
        let title = property(&format!("{}: {kind}", self.title));
        let file = file.map(|file| format!(",file={}", property(file))).unwrap_or_default();
        let texts: Vec<_> = texts.iter().filter(|text| !text.is_empty()).copied().collect();
        format!("::{command} title={title}{file}::{}", data(&texts.join("\n")))
    }

    /// Ends the report: appends it to the summary of the step, if there is one. A summary that cannot be written changes
    /// nothing but for a warning.
    pub fn finish(&self, status: u8, error: Option<&Error>) {
        let Some(path) = env::path(env::GITHUB_STEP_SUMMARY) else { return };
        if let Err(problem) = self.append(&path, status, error) {
            let path = escape::for_terminal(&shown(&path)).into_owned();
            let message = format!("the step summary `{path}` was not written: {problem}");
            self.say(&self.annotation("warning", "summary", None, &[&message]));
        }
    }

    fn append(&self, path: &Path, status: u8, error: Option<&Error>) -> Result<(), String> {
        let reason = |e: &io::Error| wharf_core::error::reason(e);
        let there = match path.metadata() {
            Err(e) if e.kind() == io::ErrorKind::NotFound => 0,
            Err(e) => return Err(reason(&e)),
            // Opening a pipe could wait forever.
            Ok(meta) if !meta.is_file() => return Err("it is not a regular file".to_owned()),
            Ok(meta) => meta.len(),
        };
        // What other programs wrote may end within a line, and a table needs an empty line before it.
        let begin = if there > 0 { "\n\n" } else { "" };
        let room = FILE_BYTES.saturating_sub(there + begin.len() as u64);
        let room = usize::try_from(room).unwrap_or(usize::MAX).min(SUMMARY_BYTES);
        let text = self.summary(status, error, room).ok_or("it would be longer than the 1 MiB that a step may have")?;
        let mut file = OpenOptions::new().append(true).create(true).open(path).map_err(|e| reason(&e))?;
        file.write_all(format!("{begin}{text}").as_bytes()).map_err(|e| reason(&e))
    }

    /// Returns the summary in at most `room` bytes, with as many failures as there is room for; `None` if there is not
    /// even room for a summary without failures.
    fn summary(&self, status: u8, error: Option<&Error>, room: usize) -> Option<String> {
        let state = lock(&self.state);
        // In a block of HTML, which ends with an empty line, nothing is read as Markdown.
        let mut text = format!("### {}\n\n<table>\n", html(&self.title));
        let failed = error.filter(|error| error.kind() != Kind::Closed);
        let kind = failed.map(|error| format!(" ({})", error.kind().word())).unwrap_or_default();
        let facts = state.facts.iter().map(|(name, value)| (*name, code(value)));
        for (name, cell) in [("Exit status", format!("{status}{kind}"))].into_iter().chain(facts) {
            let _ = writeln!(text, "<tr><th align=\"left\">{name}</th><td>{cell}</td></tr>");
        }
        if let Some(error) = failed.filter(|error| !is_listed(&state, error)) {
            let error = FailureRow::new("", error, None);
            for (name, value) in [("Error", &error.message), ("Hint", &error.hint)] {
                if !value.is_empty() {
                    let _ = writeln!(text, "<tr><th align=\"left\">{name}</th><td>{}</td></tr>", code(value));
                }
            }
        }
        text.push_str("</table>\n");
        text.push_str(&table_of_transfers(&state.transfers));
        if text.len() + REST_BYTES > room {
            return None;
        }
        let mut listed = 0;
        for failure in &state.failures {
            let head = "\n<table>\n<tr><th>Failed</th><th>Kind</th><th>Error</th><th>Hint</th></tr>\n";
            let head = if listed == 0 { head } else { "" };
            let cells = [&failure.item, failure.kind, &failure.message, &failure.hint];
            let row = format!("{head}<tr>{}</tr>\n", cells.map(|cell| format!("<td>{}</td>", code(cell))).concat());
            if text.len() + row.len() + REST_BYTES > room {
                break;
            }
            text.push_str(&row);
            listed += 1;
        }
        if listed > 0 {
            text.push_str("</table>\n");
        }
        if state.failed > listed {
            let _ = writeln!(text, "\n{} of {} failures are not listed.", state.failed - listed, state.failed);
        }
        Some(text)
    }
}

/// Returns a hint as a line of an annotation.
fn with_label(hint: &str) -> String {
    if hint.is_empty() { String::new() } else { format!("hint: {hint}") }
}

/// Returns whether the error of the command is that of its only failure.
fn is_listed(state: &ReportState, error: &Error) -> bool {
    state.failed == 1
        && state.failures.first().is_some_and(|only| only.message == FailureRow::new("", error, None).message)
}

/// Returns the totals of a transfer, each with its title.
fn totals(summary: &TransferSummary, verified: &BTreeMap<String, u64>) -> Vec<(&'static str, String)> {
    let TransferSummary { copied, bytes, excluded, deleted, failed, not_begun, dry_run, .. } = summary;
    let skipped = if summary.skipped.is_empty() { "0".to_owned() } else { human::skipped(summary) };
    let verified: Vec<_> = verified.iter().map(|(how, count)| format!("{count} {how}")).collect();
    let mut cells = vec![
        (if *dry_run { "Would be copied" } else { "Copied" }, copied.to_string()),
        ("Bytes", bytes.to_string()),
        ("Size", human::size(*bytes)),
        ("Skipped", skipped.replace(" skipped", "")),
        ("Excluded", excluded.to_string()),
        ("Failed", failed.to_string()),
        ("Not begun", not_begun.to_string()),
        ("Verified", verified.join(", ")),
    ];
    if summary.is_sync {
        cells.push((if *dry_run { "Would be deleted" } else { "Deleted" }, deleted.to_string()));
    }
    cells
}

fn table_of_transfers(transfers: &[TransferRow]) -> String {
    let Some(first) = transfers.first() else { return String::new() };
    let titles: Vec<_> = first.cells.iter().map(|(title, _)| format!("<th>{title}</th>")).collect();
    let mut text = format!("\n<table>\n<tr><th>Source</th>{}</tr>\n", titles.concat());
    for row in transfers {
        let cells: Vec<_> = row.cells.iter().map(|(_, cell)| format!("<td>{}</td>", html(cell))).collect();
        let _ = writeln!(text, "<tr><td>{}</td>{}</tr>", code(&row.source), cells.concat());
    }
    text.push_str("</table>\n");
    text
}

/// Returns the path of a file of this machine, relative to the workspace of the job; `None` if it is not in there.
fn in_workspace(name: &str) -> Option<String> {
    let workspace = env::path(env::GITHUB_WORKSPACE)?.canonicalize().ok()?;
    let path = PathBuf::from(name);
    path.symlink_metadata().ok()?;
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let place = directory.canonicalize().ok()?.join(path.file_name()?);
    let below = place.strip_prefix(workspace).ok()?;
    let names: Option<Vec<_>> = below.iter().map(|name| name.to_str()).collect();
    let below = names?.join("/");
    // A name that cannot be shown is in the message.
    (escape::for_terminal(&below) == below).then_some(below)
}

/// Escapes the message of a command of the workflow, as `escapeData` in actions/toolkit.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a command of the workflow, as `escapeProperty` in actions/toolkit.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Returns text from outside as HTML. In code, GitHub looks for no names, links or emoji.
fn code(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("<code>{}</code>", html(text)) }
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// Cuts a text to at most `most` bytes, and shows that it was cut.
fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let end = (0..=most).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    format!("{}...", text.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> CiReport {
        CiReport::new("wharf files upload".to_owned(), false)
    }

    #[test]
    fn a_million_failures_take_the_memory_and_the_room_of_a_few() {
        let report = report();
        let (name, message) = ("n'".repeat(10_000), "<&\n".repeat(10_000));
        for _ in 0..1_000_000 {
            let error = Error::new(Kind::Io, if lock(&report.state).failed < 200 { message.as_str() } else { "x" });
            report.failure(if lock(&report.state).failed < 200 { &name } else { "n" }, &error);
        }
        assert_eq!(lock(&report.state).failures.len(), ROWS);
        let error = Error::new(Kind::Partial, "1000000 of 1000000 files failed");
        let summary = report.summary(10, Some(&error), SUMMARY_BYTES).unwrap();
        assert!(summary.len() <= SUMMARY_BYTES && summary.contains(" of 1000000 failures are not listed."));
        let lines = report.annotations(Some(&error));
        assert_eq!(lines.len(), ANNOTATIONS + 1);
        assert!(lines.iter().all(|line| line.len() < 8192), "{lines:?}");
        assert!(lines[ANNOTATIONS].ends_with("%0A999992 of 1000000 failures have no annotation of their own"));
    }

    #[test]
    fn failures_are_left_out_of_a_summary_without_room_and_the_totals_come_first() {
        let report = report();
        (0..9).for_each(|_| report.failure("a.csv", &Error::new(Kind::Io, "x")));
        let whole = report.summary(10, None, SUMMARY_BYTES).unwrap();
        let less = report.summary(10, None, whole.len()).unwrap();
        assert!(less.len() <= whole.len() && less.contains(" of 9 failures are not listed."), "{less}");
        assert_eq!(report.summary(10, None, 100), None);
    }

    #[test]
    fn no_text_ends_the_part_of_a_command_or_of_a_table_that_it_is_in() {
        assert_eq!(property("a%0A,b: c\r\n::error::x"), "a%250A%2Cb%3A c%0D%0A%3A%3Aerror%3A%3Ax");
        assert_eq!(data("100%\r\n::error::x,y"), "100%25%0D%0A::error::x,y");
        let report = report();
        report.failure("</code></td>|`x`\n\n<script>alert('\"')</script>&lt;", &Error::new(Kind::Io, "::a::\r\nb"));
        let summary = report.summary(12, None, SUMMARY_BYTES).unwrap();
        let cell = "<td><code>&lt;/code&gt;&lt;/td&gt;|`x`\\n\\n&lt;script&gt;alert(&#39;&quot;&#39;)&lt;/script&gt;&amp;lt;</code></td>";
        assert!(summary.contains(cell) && summary.contains("<td><code>::a::\\r\\nb</code></td>"), "{summary}");
        let lines = report.annotations(None);
        assert_eq!(lines[0].split_once("::").unwrap().0, "");
        assert!(!lines[0].contains(['\n', '\r']), "{lines:?}");
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!((cut("aä", 3).as_str(), cut("aä", 2).as_str(), cut("äb", 0).as_str()), ("aä", "a...", "..."));
    }
}
