//! Output for people and scripts: the only module that writes to stdout and stderr.
//!
//! Commands pass records and never print. [`Output`] knows the format, and a [`Listing`] writes records as they arrive.
//! The tables of records are in `records`, `report` prints errors, and `progress` displays transfers.

mod agent_line;
mod bar_terminal;
mod cell;
mod ci_report;
pub mod escape;
mod format;
pub mod human;
mod listing;
mod matrix;
mod objects;
pub mod progress;
mod receipt_file;
mod record;
mod records;
mod relay;
pub mod report;
mod stderr;
mod stdout_errors;
mod styled;
pub mod table;
mod terminal;
mod transform_hint;
mod watch;
pub mod yaml;
mod yaml_chunks;

use std::cell::{Cell, OnceCell, RefCell};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::rc::Rc;
use std::sync::Arc;

use tokio::sync::oneshot;

pub use self::agent_line::{AgentLine, LinePart};
pub use self::cell::TableCell;
pub use self::ci_report::{CiReport, ReportFormat};
pub use self::escape::TerminalText;
pub use self::format::Format;
pub use self::listing::Listing;
pub use self::matrix::MatrixRow;
use self::progress::ProgressMode;
pub use self::receipt_file::ReceiptFile;
pub use self::record::{Record, TableView};
pub use self::records::{AgentVersionView, CapabilitiesView, ENTRY_LONG, ENTRY_SHORT, LogRecord};
pub use self::relay::{OutputRelays, Relay, RelaySender};
use self::report::{ErrorForm, ReportStyle};
use self::stderr::Stderr;
use self::stdout_errors::{closed, stdout_error, unwritten};
pub use self::styled::{print_styled, print_words};
pub use self::table::{Align, Column, Fit};
pub use self::terminal::{Color, wants_colour};
use wharf_core::config::answers::Answers;
use wharf_core::error::{Error, Result};
use wharf_core::model::{Outcome, Receipt};
use wharf_core::{platform, thread};

/// The number of files above which successful receipts are not printed on a terminal.
const FEW: u64 = 20;

/// The same number with [`Format::Agent`].
const FEW_FOR_AGENTS: u64 = 5;

/// The size in bytes of the parts in which long text is written.
const PART: usize = 16 * 1024;

/// The output flags of a command.
#[derive(Debug, Default)]
pub struct OutputOptions {
    /// The format.
    pub format: Format,
    /// Whether scalar results of the transform are printed without JSON quotes.
    pub raw_output: bool,
    /// Whether only names are printed.
    pub quiet: bool,
    /// Whether names end with NUL instead of a line break.
    pub null: bool,
    /// The path to select from each object.
    pub transform: Option<String>,
    /// The use of colour.
    pub color: Color,
    /// The display of progress.
    pub progress: progress::ProgressMode,
    /// Whether times for people are in UTC instead of the local time zone.
    pub utc: bool,
    /// Whether additional notes are printed.
    pub verbose: bool,
    /// Whether errors are printed with their causes.
    pub causes: bool,
    /// The answers of services to requests that changed something, for [`Format::Raw`].
    pub answers: Option<Answers>,
}

/// The stdout and stderr of the process, with the chosen format.
pub struct Output {
    options: OutputOptions,
    format: Format,
    transform: Option<wharf_gjson::Path>,
    terminal: bool,
    colour: bool,
    out: RefCell<BufWriter<Box<dyn Write>>>,
    stderr: Arc<Stderr>,
    /// The report of `--report`, if there is one.
    ci: OnceCell<Arc<CiReport>>,
    planned: Cell<u64>,
    closed: Cell<bool>,
}

impl Output {
    /// Chooses the format and parses the transform.
    ///
    /// # Errors
    /// `usage` for an invalid transform, with the column of the mistake; `io` if stdout is closed.
    pub fn new(mut options: OutputOptions) -> Result<Self> {
        let terminal = io::stdout().is_terminal();
        let out = platform::stdout().map_err(|e| unwritten(&e))?;
        let format = match options.format {
            Format::Auto if terminal => Format::Table,
            Format::Auto => Format::Json,
            chosen => chosen,
        };
        if format == Format::Agent && options.progress == ProgressMode::Auto {
            options.progress = ProgressMode::None;
        }
        let transform = options.transform.as_deref().map(read_transform).transpose()?;
        Ok(Output {
            colour: wants_colour(options.color, terminal),
            format,
            transform,
            terminal,
            out: RefCell::new(BufWriter::with_capacity(64 * 1024, Box::new(out))),
            stderr: Arc::new(Stderr::new(options.format.error_form() == ErrorForm::Json)),
            ci: OnceCell::new(),
            planned: Cell::new(0),
            closed: Cell::new(false),
            options,
        })
    }

    /// Writes bytes unchanged, such as the content of a file.
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
    /// `io`, so that nothing is fetched in vain.
    pub fn expect_bytes(&self) -> Result<()> {
        platform::stdout_is_kept()
            .map_err(|e| unwritten(&e).hint("to throw it away write `>/dev/null`, which is open for writing only"))
    }

    /// Fails if stdout is a terminal, which `what` is not for.
    ///
    /// # Errors
    /// `usage`, before anything is fetched.
    pub fn expect_pipe(&self, what: &str) -> Result<()> {
        if self.terminal {
            return Err(Error::usage(format!("{what} is not written to a terminal"))
                .hint("redirect stdout: `> FILE`, or `| tar x`"));
        }
        Ok(())
    }

    /// Reports to a CI system as well from now on.
    pub fn report_to(&self, ci: Arc<CiReport>) {
        self.stderr.is_read_by_runner();
        let _ = self.ci.set(ci);
    }

    /// Adds a row to the summary of `--report`, if there is one.
    pub fn report_fact(&self, name: &'static str, value: &str) {
        if let Some(ci) = self.ci.get() {
            ci.fact(name, value);
        }
    }

    /// Adds something that failed to `--report`, if there is one.
    pub fn report_failure(&self, item: &str, error: &Error) {
        if let Some(ci) = self.ci.get() {
            ci.failure(item, error);
        }
    }

    /// Captures stdout from now on, for a command that passes it to a [`Relay`].
    pub fn capture(&self) -> Captured {
        let captured = Captured::default();
        *self.out.borrow_mut() = BufWriter::new(Box::new(captured.clone()));
        captured
    }

    /// Waits until the reader of stdout is gone, and returns the error of that.
    pub async fn reader_left(&self) -> Error {
        let (sender, left) = oneshot::channel();
        let waits = thread::spawn(move || {
            if platform::wait_for_closed_stdout() {
                let _ = sender.send(());
            }
        });
        match (waits, left.await) {
            (Ok(()), Ok(())) => closed(),
            // That shows when something is written.
            _ => std::future::pending().await,
        }
    }

    /// Returns the relays of the standard streams. Until that of stderr is [settled](Self::settle_stderr), notes go through
    /// it as well, so that a reader of stderr that stalls holds up nothing.
    pub fn relays(&self) -> OutputRelays {
        let (stderr, notes) = Relay::stderr();
        self.stderr.relay(notes);
        OutputRelays { stdout: Relay::stdout(), stderr }
    }

    /// Returns what passes blocks to the relay of stderr, if there is one.
    pub fn stderr_blocks(&self) -> Option<RelaySender> {
        self.stderr.blocks()
    }

    /// Ends the relay of stderr. Notes that its reader does not take are lost.
    pub fn settle_stderr(&self) {
        self.stderr.settle();
    }

    /// Flushes stdout.
    pub fn flush(&self) -> Result<()> {
        let result = self.out.borrow_mut().flush();
        self.written(result)
    }

    /// Prints a note to stderr. If errors are printed as JSON, the note waits until the command has succeeded,
    /// so that an error is the only output on stderr.
    pub fn note(&self, text: impl Into<String>) {
        self.stderr.note(text.into());
    }

    /// Shows a question on stderr, and leaves the cursor behind it.
    pub fn prompt(&self, question: &str) {
        self.stderr.prompt(question, "");
    }

    /// Shows a line of a question on stderr.
    pub fn prompt_line(&self, line: &str) {
        self.stderr.prompt(line, "\n");
    }

    /// Prints at once what the command is waiting for. Prints nothing if errors are printed as JSON, because the note
    /// would be late.
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

    /// Prints a note with an error that does not decide the exit code.
    pub fn note_error(&self, error: &Error) {
        match self.error_form() {
            ErrorForm::Lines => report::lines(error).into_iter().for_each(|line| self.note(line)),
            ErrorForm::Text | ErrorForm::Json => self.note(format!("error: {error}")),
        }
    }

    /// Suggests the next command, if stdout and stderr are terminals or an agent reads the results.
    pub fn suggest(&self, command: &str) {
        let line = format!("next: {command}");
        if self.is_for_agents() {
            // An error of stdout is reported when it is flushed.
            let _ = self.line(&line);
        } else if self.terminal && io::stderr().is_terminal() && !self.options.quiet && self.transform.is_none() {
            self.note(line);
        }
    }

    /// Prints the notes that were held back.
    pub fn release_notes(&self) {
        self.stderr.release();
    }

    /// Returns whether to print a receipt. With many files, only failures are printed on a terminal and for agents, and
    /// the summary counts the others.
    pub fn wants(&self, receipt: &Receipt) -> bool {
        let planned = self.planned.get();
        let many = match self.options.format {
            Format::Auto => planned > FEW && self.is_for_people(),
            Format::Agent => planned > FEW_FOR_AGENTS && self.is_for_agents(),
            _ => false,
        };
        let succeeded = matches!(receipt.outcome, Outcome::Copied | Outcome::Skipped(_) | Outcome::Deleted);
        !(many && succeeded) || self.options.verbose
    }

    /// Returns whether listings are printed as the pages of the service.
    pub fn wants_pages(&self) -> bool {
        self.format == Format::Raw && !self.options.quiet
    }

    /// Returns whether no output format was chosen and stdout is not a terminal, so that the content of a file can be
    /// written to stdout.
    pub fn is_left_to_bytes(&self) -> bool {
        let unsaid = matches!(self.options.format, Format::Auto | Format::Raw);
        unsaid && !self.terminal && !self.options.quiet && self.transform.is_none()
    }

    /// Returns the format of a result object that replaces the output of a command; `None` to pass on the output.
    pub fn object_format(&self) -> Option<Format> {
        match self.options.format {
            Format::Auto | Format::Table | Format::Agent => self.transform.is_some().then_some(Format::Json),
            format => Some(format),
        }
    }

    /// Prints a note about what is written to stdout, unless stdout is a terminal.
    pub fn aside(&self, text: impl Into<String>) {
        if !self.terminal && !self.options.quiet && self.format != Format::Agent {
            self.note(text);
        }
    }

    /// Prints an error that does not end the command.
    pub fn report(&self, error: &Error) {
        let OutputOptions { color, causes, .. } = self.options;
        let for_runner = self.ci.get().is_some();
        report::report(error, ReportStyle { form: self.error_form(), color, causes, for_runner });
    }

    /// Returns whether only names are printed.
    pub fn is_quiet(&self) -> bool {
        self.options.quiet
    }

    /// Returns the form of errors.
    pub fn error_form(&self) -> ErrorForm {
        self.options.format.error_form()
    }

    /// Returns whether errors are printed as JSON.
    pub fn machine_errors(&self) -> bool {
        self.error_form() == ErrorForm::Json
    }

    /// Returns whether the command may ask questions.
    pub fn may_ask(&self) -> bool {
        self.format != Format::Agent
    }

    /// Returns whether results are lines for agents.
    pub fn is_for_agents(&self) -> bool {
        self.format == Format::Agent && !self.options.quiet && self.transform.is_none()
    }

    /// Returns whether results are printed for people.
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

    /// Prints an empty line between two tables.
    pub fn separate(&self) -> Result<()> {
        self.line("")
    }

    fn line(&self, line: &str) -> Result<()> {
        // A long line is not copied.
        self.text(line).and_then(|()| self.text("\n"))
    }

    /// Writes JSON on several lines, indented by `margin` levels. Writes in parts, because the indented text can be
    /// much longer than the JSON.
    fn pretty(&self, json: &str, margin: usize) -> Result<()> {
        let mut part = String::with_capacity(PART);
        wharf_gjson::pretty_into(json, margin, &mut |token| {
            if token.len() < PART {
                part.push_str(token);
            }
            if part.len() < PART && token.len() < PART {
                return Ok(());
            }
            let written = self.text(&self.safe_json(&part));
            part.clear();
            // A long token is not copied.
            if token.len() < PART { written } else { written.and_then(|()| self.text(&self.safe_json(token))) }
        })?;
        self.text(&self.safe_json(&part))
    }

    /// Writes a name or a result of the transform, with its terminator.
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

    /// Returns the width of the terminal in columns; `None` if stdout is not a terminal.
    fn width(&self) -> Option<usize> {
        if !self.terminal {
            return None;
        }
        terminal::columns()
    }

    fn written(&self, result: io::Result<()>) -> Result<()> {
        result.map_err(|e| {
            if e.kind() == io::ErrorKind::BrokenPipe {
                self.closed.set(true);
            }
            stdout_error(&e)
        })
    }
}

/// The captured output to stdout.
#[derive(Debug, Clone, Default)]
pub struct Captured(Rc<RefCell<Vec<u8>>>);

impl Captured {
    /// Returns the output since the last call.
    pub fn take(&self) -> Vec<u8> {
        self.0.take()
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Parses a transform. Mistakes that GJSON would ignore are errors, before anything is sent.
fn read_transform(text: &str) -> Result<wharf_gjson::Path> {
    let parsed = wharf_gjson::Path::parse(text).and_then(|path| path.problem().cloned().map_or(Ok(path), Err));
    parsed.map_err(|problem| {
        Error::usage(format!("bad --transform at column {}: {}: `{text}`", problem.column, problem.message))
            .hint("it is a GJSON path, such as `id`, `labels.team` or `{id,status}`")
    })
}
