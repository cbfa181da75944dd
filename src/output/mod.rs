//! Output for people and scripts: the only module that writes to stdout and stderr.
//!
//! Commands hand over records and never print. [`Output`] knows the format; a [`Listing`] takes
//! records one by one and writes them as they come. How each record looks to people is in
//! `records`, errors are reported in `report`, and `progress` watches transfers.

mod bar_terminal;
pub mod escape;
pub mod human;
mod listing;
pub mod progress;
mod receipt_file;
mod records;
pub mod report;
mod stderr;
pub mod table;
pub mod yaml;

use std::cell::{Cell, RefCell};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::sync::Arc;
use std::time::Instant;

use clap::ValueEnum;
use serde::Serialize;
use serde_json::Value;

pub use self::escape::{TerminalText, unfinished};
pub use self::listing::{Listing, TableView};
use self::progress::Progress;
pub use self::receipt_file::ReceiptFile;
pub use self::records::{CapabilitiesView, ENTRY_LONG, ENTRY_SHORT};
use self::stderr::Stderr;
pub use self::table::{Align, Column};
use wharf_core::config::answers::Answers;
use wharf_core::config::env;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Outcome, Provider, Receipt};
use wharf_core::platform;
use wharf_transfer::event::{Event, Observer};

/// The highest number of files whose receipts are all shown at a terminal.
const FEW: u64 = 20;

/// The size of the pieces in which long text is written, in bytes.
const PART: usize = 16 * 1024;

/// `--format`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table on a terminal, JSON otherwise.
    #[default]
    Auto,
    /// A table.
    Table,
    /// JSON; a listing is one array
    Json,
    /// One JSON object per line
    Jsonl,
    /// YAML; a listing is one list.
    Yaml,
    /// The answer of the service as it is
    Raw,
}

impl Format {
    /// Returns the name of the format on the command line.
    pub fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// Reads the name of a format, in any case.
    ///
    /// # Errors
    /// `usage`, with all names.
    pub fn parse(name: &str) -> Result<Self> {
        Format::from_str(name, true).map_err(|_| {
            let names: Vec<_> = Format::value_variants().iter().map(|format| format.name()).collect();
            Error::usage(format!("invalid format {name:?}")).hint(format!("formats are {}", names.join(", ")))
        })
    }

    /// Returns whether errors are printed as JSON with this format.
    pub fn is_machine(self) -> bool {
        match self {
            Format::Json | Format::Jsonl | Format::Yaml => true,
            Format::Auto | Format::Table | Format::Raw => false,
        }
    }
}

/// `--color`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, as the environment has it.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How a command's results are to look.
#[derive(Debug, Default)]
pub struct OutputOptions {
    /// The format.
    pub format: Format,
    /// Scalars of a transform as bare text.
    pub raw_output: bool,
    /// Names only.
    pub quiet: bool,
    /// NUL instead of newline after each name.
    pub null: bool,
    /// What to extract from each object.
    pub transform: Option<String>,
    /// Colour.
    pub color: Color,
    /// When to show progress.
    pub progress: progress::ProgressMode,
    /// Say more.
    pub verbose: bool,
    /// What services answered to requests that changed something, for [`Format::Raw`].
    pub answers: Option<Answers>,
}

/// An object that a command shows.
pub trait Record: Serialize + Sized {
    /// What several of them are called.
    const NOUN: &'static str;
    /// Their table.
    const VIEW: TableView<Self>;
    /// Whether `raw` prints the answers to the requests that it took, one each, in its place.
    const BY_ANSWERS: bool = false;
    /// What `-q` prints; nothing for what is not there.
    fn key(&self) -> Option<String>;
    /// Whether it tells of a failure rather than of a thing: `--transform` has nothing to extract from it.
    fn is_failure(&self) -> bool {
        false
    }
    /// The provider's own object.
    fn provider(&self) -> Option<&Provider> {
        None
    }
}

/// Stdout and stderr of the process, with the chosen format.
pub struct Output {
    options: OutputOptions,
    format: Format,
    transform: Option<wharf_gjson::Path>,
    terminal: bool,
    colour: bool,
    out: RefCell<BufWriter<Box<dyn Write>>>,
    stderr: Arc<Stderr>,
    planned: Cell<u64>,
    closed: Cell<bool>,
}

impl Output {
    /// Determines the format and parses the transform.
    ///
    /// # Errors
    /// `usage` for a transform that cannot be read, with the column of the error.
    pub fn new(options: OutputOptions) -> Result<Self> {
        let terminal = io::stdout().is_terminal();
        let out = platform::stdout().map_err(|e| unwritten(&e))?;
        let format = match options.format {
            Format::Auto if terminal => Format::Table,
            Format::Auto => Format::Json,
            chosen => chosen,
        };
        let transform = options.transform.as_deref().map(read_transform).transpose()?;
        Ok(Output {
            colour: wants_colour(options.color, terminal),
            format,
            transform,
            terminal,
            out: RefCell::new(BufWriter::with_capacity(64 * 1024, Box::new(out))),
            stderr: Arc::new(Stderr::new(options.format.is_machine())),
            planned: Cell::new(0),
            closed: Cell::new(false),
            options,
        })
    }

    /// Returns a listing of records with their usual table.
    pub fn listing<T: Record>(&self) -> Listing<'_, T> {
        Listing::new(self, T::VIEW)
    }

    /// Returns a listing of records with another table.
    pub fn listing_as<T: Record>(&self, view: TableView<T>) -> Listing<'_, T> {
        Listing::new(self, view)
    }

    /// Prints one object.
    pub fn one<T: Record>(&self, record: &T) -> Result<()> {
        if self.options.quiet || self.transform.is_some() || self.format == Format::Raw {
            let mut listing = self.listing();
            listing.push(record)?;
            return listing.finish();
        }
        let json = to_json(record)?;
        match self.format {
            Format::Jsonl => self.line(&self.safe_json(&json)),
            Format::Yaml => self.yaml(&json, yaml::write_document),
            Format::Table => self.text(&fields(&json, self.width(), self.colour)),
            Format::Auto | Format::Json | Format::Raw => self.pretty(&json, 0).and_then(|()| self.text("\n")),
        }
    }

    /// What came of the subjects of a verb, one object for one, a listing for several, and then the
    /// verdict over them.
    ///
    /// # Errors
    /// The verdict; then as [`Listing::finish`].
    pub fn objects<T: Record>(&self, subjects: usize, records: &[T], verdict: Result<()>) -> Result<()> {
        match records {
            [record] if subjects == 1 => verdict.and(self.one(record)),
            [] if subjects == 1 => verdict,
            records => {
                let mut listing = self.listing();
                records.iter().try_for_each(|record| listing.push(record))?;
                listing.conclude(verdict)
            }
        }
    }

    /// Writes bytes as they are: the content of a file, a script.
    pub fn bytes(&self, bytes: &[u8]) -> Result<()> {
        if self.closed.get() {
            return Err(closed());
        }
        let result = self.out.borrow_mut().write_all(bytes);
        self.written(result)
    }

    /// Fails if bytes written to stdout would be lost.
    ///
    /// # Errors
    /// `io`, before anything is fetched.
    pub fn expect_bytes(&self) -> Result<()> {
        platform::stdout_is_kept()
            .map_err(|e| unwritten(&e).hint("to throw it away write `>/dev/null`, which is open for writing only"))
    }

    /// Flushes everything that was written.
    pub fn flush(&self) -> Result<()> {
        let result = self.out.borrow_mut().flush();
        self.written(result)
    }

    /// Prints a note to stderr. If errors are printed as JSON, the note waits until the command has succeeded,
    /// so that an error is the only output on stderr.
    pub fn note(&self, text: impl Into<String>) {
        self.stderr.note(text.into());
    }

    /// Prints at once what the command waits for. If errors are printed as JSON, nothing is printed: a late note
    /// would be useless.
    pub fn note_now(&self, text: impl Into<String>) {
        if !self.machine_errors() {
            self.note(text);
        }
    }

    /// Returns a function that prints notes, for callers that outlive this borrow, such as the trace of requests.
    pub fn noter(&self) -> Arc<dyn Fn(String) + Send + Sync> {
        let stderr = Arc::clone(&self.stderr);
        Arc::new(move |text| stderr.note(text))
    }

    /// Prints a note that is useful at a terminal only.
    pub fn tip(&self, text: impl Into<String>) {
        if self.terminal && io::stderr().is_terminal() && !self.options.quiet && self.transform.is_none() {
            self.note(text);
        }
    }

    /// Prints the notes that wait.
    pub fn release_notes(&self) {
        self.stderr.release();
    }

    /// Watches a transfer of `names`, until the guard is dropped.
    pub fn watch(&self, names: &[String]) -> TransferWatch<'_> {
        let from = match names {
            [one] => format!("`{one}`"),
            several => format!("any of the {} sources", several.len()),
        };
        let when = self.options.progress;
        *self.stderr.progress() = Progress::start(when, self.machine_errors());
        TransferWatch { output: self, since: Instant::now(), from, summary: RefCell::default() }
    }

    /// Whether a person at a terminal wants to see this receipt. Of many files, only what failed; the
    /// rest is in the summary.
    pub fn wants(&self, receipt: &Receipt) -> bool {
        let many = self.planned.get() > FEW && self.options.format == Format::Auto && self.is_for_people();
        let told = matches!(receipt.outcome, Outcome::Copied | Outcome::Skipped(_));
        !(many && told) || self.options.verbose
    }

    /// Whether the pages of a listing are wanted as the service wrote them.
    pub fn wants_pages(&self) -> bool {
        self.format == Format::Raw && !self.options.quiet
    }

    /// Whether nothing is said of how results are to look, and no person looks at them: a file's content
    /// can go to standard output.
    pub fn is_left_to_bytes(&self) -> bool {
        let unsaid = matches!(self.options.format, Format::Auto | Format::Raw);
        unsaid && !self.terminal && !self.options.quiet && self.transform.is_none()
    }

    /// Returns the format that was asked for in place of a command's bytes; none where bytes are wanted.
    pub fn object_format(&self) -> Option<Format> {
        match self.options.format {
            Format::Auto | Format::Table => self.transform.is_some().then_some(Format::Json),
            format => Some(format),
        }
    }

    /// A note on what the results on standard output do not show where they go elsewhere.
    pub fn aside(&self, text: impl Into<String>) {
        if !self.terminal && !self.options.quiet {
            self.note(text);
        }
    }

    /// Whether errors are to be JSON.
    pub fn machine_errors(&self) -> bool {
        self.options.format.is_machine()
    }

    /// Whether a person looks at the results.
    pub fn is_for_people(&self) -> bool {
        self.format == Format::Table && !self.options.quiet && self.transform.is_none()
    }

    fn text(&self, text: &str) -> Result<()> {
        let progress = self.stderr.progress();
        match progress.as_ref().filter(|_| self.terminal) {
            Some(progress) => progress.suspend(|| self.bytes(text.as_bytes()).and_then(|()| self.flush())),
            None => self.bytes(text.as_bytes()),
        }
    }

    fn line(&self, line: &str) -> Result<()> {
        self.text(&format!("{line}\n"))
    }

    /// JSON on many lines, `margin` levels to the right, in parts: indented it may be much longer than it is.
    fn pretty(&self, json: &str, margin: usize) -> Result<()> {
        let mut part = String::with_capacity(PART);
        wharf_gjson::pretty_into(json, margin, &mut |token| {
            part.push_str(token);
            if part.len() < PART {
                return Ok(());
            }
            let written = self.text(&self.safe_json(&part));
            part.clear();
            written
        })?;
        self.text(&self.safe_json(&part))
    }

    /// YAML in parts, as `write` makes it of JSON. What cannot be written leaves nothing behind.
    fn yaml(&self, json: &str, write: Yaml) -> Result<()> {
        let mut short = YamlChunks { output: None, part: String::new(), failed: None, long: false };
        write(json, &mut short).map_err(|e| unwritable(&e))?;
        if !short.long {
            return self.text(&self.safe_lines(&short.part));
        }
        let mut parts = YamlChunks { output: Some(self), part: String::new(), failed: None, long: false };
        let written = write(json, &mut parts);
        match parts.failed {
            Some(error) => Err(error),
            None => written.map_err(|e| unwritable(&e)).and_then(|()| self.text(&self.safe_lines(&parts.part))),
        }
    }

    /// A name or the result of a transform, with its end.
    fn item(&self, item: &str) -> Result<()> {
        let end = if self.options.null { '\0' } else { '\n' };
        let shown = if self.terminal { escape::for_terminal(item) } else { item.into() };
        self.text(&format!("{shown}{end}"))
    }

    fn safe_json<'a>(&self, json: &'a str) -> std::borrow::Cow<'a, str> {
        if self.terminal { escape::json_for_terminal(json) } else { json.into() }
    }

    fn safe_lines(&self, text: &str) -> String {
        if !self.terminal {
            return text.to_owned();
        }
        let mut safe = String::with_capacity(text.len());
        for line in text.lines() {
            safe.push_str(&escape::for_terminal(line));
            safe.push('\n');
        }
        safe
    }

    /// The columns of the terminal; none where nothing needs to fit.
    fn width(&self) -> Option<usize> {
        if !self.terminal {
            return None;
        }
        terminal_columns()
    }

    fn written(&self, result: io::Result<()>) -> Result<()> {
        result.map_err(|e| {
            if e.kind() == io::ErrorKind::BrokenPipe {
                self.closed.set(true);
                closed()
            } else {
                unwritten(&e)
            }
        })
    }
}

/// What makes YAML of JSON.
type Yaml = fn(&str, &mut dyn std::fmt::Write) -> Result<(), yaml::YamlError>;

/// YAML on its way: lines are handed on when there are enough of them, or, without an output, forgotten.
struct YamlChunks<'a> {
    output: Option<&'a Output>,
    part: String,
    failed: Option<Error>,
    long: bool,
}

impl std::fmt::Write for YamlChunks<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.part.push_str(text);
        if self.part.len() < PART || !text.ends_with('\n') {
            return Ok(());
        }
        self.long = true;
        let part = std::mem::take(&mut self.part);
        let written = self.output.map_or(Ok(()), |output| output.text(&output.safe_lines(&part)));
        written.map_err(|error| {
            self.failed = Some(error);
            std::fmt::Error
        })
    }
}

/// Ends the watching of a transfer when dropped.
pub struct TransferWatch<'a> {
    output: &'a Output,
    since: Instant,
    /// What is transferred, for people.
    from: String,
    summary: RefCell<Option<String>>,
}

impl Observer for TransferWatch<'_> {
    fn on(&self, event: Event<'_>) {
        let verbose = self.output.options.verbose;
        match &event {
            Event::Planned { files, .. } => self.output.planned.set(*files),
            Event::Excluded(name) if verbose => self.output.note(format!("excluded: {name}")),
            Event::Retried { name, error } if verbose => self.output.note(format!("again: {name}: {error}")),
            // Said whatever is asked for: what prints nothing else would look like a success with files.
            Event::Ended(summary) if summary.is_empty() => self.output.note(human::nothing(summary, &self.from)),
            Event::Ended(summary) => {
                let several = self.output.planned.get() > 1;
                *self.summary.borrow_mut() = human::summary(summary, several, self.since.elapsed());
            }
            _ => {}
        }
        if let Some(progress) = self.output.stderr.progress().as_ref() {
            progress.on(event);
        }
    }
}

impl Drop for TransferWatch<'_> {
    fn drop(&mut self) {
        self.output.stderr.progress().take();
        let silent = self.output.options.quiet || self.output.machine_errors();
        if let Some(summary) = self.summary.take().filter(|_| !silent) {
            self.output.note(summary);
        }
    }
}

/// The columns of the terminal.
fn terminal_columns() -> Option<usize> {
    let asked = env::text(env::COLUMNS).and_then(|columns| columns.parse().ok());
    asked.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)))
}

fn unwritten(error: &io::Error) -> Error {
    Error::io("writing to stdout", error)
}

fn closed() -> Error {
    Error::new(Kind::Closed, "stdout was closed by its reader")
}

/// Whether `--color`, then `NO_COLOR`, `CLICOLOR_FORCE`, TERM and CLICOLOR, then the terminal, say so.
pub fn wants_colour(asked: Color, terminal: bool) -> bool {
    match asked {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if env::text(env::NO_COLOR).is_some() => false,
        Color::Auto if env::text(env::CLICOLOR_FORCE).is_some_and(|force| force != "0") => true,
        // Windows knows no TERM, and its terminals colour.
        Color::Auto if env::text(env::TERM).map_or(!cfg!(windows), |term| term == "dumb") => false,
        Color::Auto if env::text(env::CLICOLOR).is_some_and(|wanted| wanted == "0") => false,
        Color::Auto => terminal,
    }
}

/// Refuses what GJSON itself would take and make little of, before anything is sent.
fn read_transform(text: &str) -> Result<wharf_gjson::Path> {
    let parsed = wharf_gjson::Path::parse(text).and_then(|path| path.problem().cloned().map_or(Ok(path), Err));
    parsed.map_err(|problem| {
        Error::usage(format!("bad --transform at column {}: {}: `{text}`", problem.column, problem.message))
            .hint("it is a GJSON path, such as `id`, `labels.team` or `{id,status}`")
    })
}

fn to_json(record: &impl Serialize) -> Result<String> {
    serde_json::to_string(record)
        .map_err(|e| Error::new(Kind::Internal, format!("a record could not be written as JSON: {e}")))
}

fn to_yaml(json: &str) -> Result<String> {
    yaml::from_json(json).map_err(|e| unwritable(&e))
}

fn unwritable(error: &yaml::YamlError) -> Error {
    Error::new(Kind::Usage, error.to_string()).hint("use --format json")
}

/// An object as lines of name and value, for people. What is unknown is left out.
fn fields(json: &str, width: Option<usize>, colour: bool) -> String {
    const COLUMNS: &[Column] = &[
        Column { name: "FIELD", align: Align::Left, flex: false },
        Column { name: "VALUE", align: Align::Left, flex: true },
    ];
    let Ok(Value::Object(members)) = serde_json::from_str(json) else { return format!("{json}\n") };
    let mut table = table::Table::new(COLUMNS, width, colour);
    let mut text = String::new();
    for (name, value) in members {
        if value.is_null() || name == "provider" {
            continue;
        }
        let shown = human::value(&name, &value);
        text.extend(table.row([&name, &shown].map(|cell| escape::for_terminal(cell).into_owned()).into()));
    }
    text.extend(table.finish());
    text
}
