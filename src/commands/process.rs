//! The process: parsing, running, reporting and the exit code.

use std::ffi::OsString;
use std::io;
use std::pin::pin;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use tokio::sync::mpsc;

use super::behaviour::Behaviour;
use super::cx::Cx;
use super::exit_status::exit_code;
use super::{
    Cli, Command, WELCOME, advice, behaviour, compat, completion, grammar, help, parse, question, unused_flags,
};
use crate::output::print_styled;
use crate::output::report::{self, ErrorForm, ReportStyle};
use crate::output::{CiReport, Color, Format, ReportFormat, escape};
use wharf_core::config::env;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::platform::{self, SignalEvent};
use wharf_core::sync::lock;
use wharf_core::thread;
use wharf_transfer::cancellation::{Cancellation, cancel_error};

/// The time that a command has to clean up after a signal or `--timeout` before the process ends anyway.
const GRACE: Duration = Duration::from_secs(1);

/// The number of files that the process must be able to open; with fewer, a command would fail at an arbitrary point.
const HANDLES: i32 = 32;

/// Reports errors, from any thread of the process.
#[derive(Clone)]
struct Reporter {
    form: Arc<Mutex<ErrorForm>>,
    color: Color,
    /// Whether the causes of an error are printed: `--debug`.
    causes: bool,
    /// Whether the command passes on the status of another command.
    passes_status: Arc<AtomicBool>,
    /// The status of another command, if the command failed with it; else 0.
    status: Arc<AtomicU8>,
    /// The report of `--report`.
    ci: Arc<OnceLock<Arc<CiReport>>>,
}

impl Reporter {
    fn report(&self, error: &Error) {
        let &Reporter { color, causes, .. } = self;
        let form = *lock(&self.form);
        let ci = self.ci.get();
        if report::report(error, ReportStyle { form, color, causes, for_runner: ci.is_some() })
            && let Some(ci) = ci
        {
            ci.annotate(Some(error));
        }
    }

    /// Begins the report of `--report`.
    fn begin_report(&self, args: &[OsString], shares_stderr: bool) {
        let _ = self.ci.set(Arc::new(CiReport::new(verb_of(args), shares_stderr)));
    }

    /// Reports an error and ends the process from any thread.
    #[allow(clippy::exit, reason = "the main thread does not respond, and the caller asked to stop")]
    fn leave(&self, error: &Error) -> ! {
        self.report(error);
        std::process::exit(i32::from(self.exit_code(error.kind())))
    }

    /// Returns the exit code of a failure.
    fn exit_code(&self, kind: Kind) -> u8 {
        exit_code(kind, self.passes_status.load(Ordering::Relaxed))
    }
}

/// Runs the program.
///
/// # Panics
/// In builds with debug assertions, if the first argument is `panic-for-test`.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    advice::install();
    let args: Vec<OsString> = args.into_iter().collect();
    if let Some(code) = completion::answer(&args, grammar) {
        return code;
    }
    let reporter = Reporter {
        form: Arc::new(Mutex::new(error_form(&args))),
        color: Color::Auto,
        causes: false,
        passes_status: Arc::default(),
        status: Arc::default(),
        ci: Arc::default(),
    };
    let ci = Arc::clone(&reporter.ci);
    let bugs = reporter.clone();
    std::panic::set_hook(Box::new(move |panic| bugs.leave(&bug(&panic.to_string()))));
    // Not in the grammar and not in release builds: it lets a test see how a panic is reported.
    #[cfg(debug_assertions)]
    assert!(args.get(1).is_none_or(|word| word != "panic-for-test"), "on purpose");
    let result = match compat::adapt(args.clone(), grammar) {
        Ok(args) => match parse(&args) {
            Ok(cli) => {
                if let Some(behaviour) = cli.command.as_ref().map(Command::behaviour)
                    && behaviour.report.is_some()
                {
                    reporter.begin_report(&args, behaviour.shares_stderr);
                }
                let reporter = Reporter { color: cli.global.color, causes: cli.global.debug, ..reporter.clone() };
                execute(cli, &reporter).map_err(|error| (report::of_anyhow(error), reporter))
            }
            Err(error) => {
                if error.use_stderr() && asks_for_report(&args) {
                    reporter.begin_report(&args, false);
                }
                answer(&error, &args).map(|()| 0).map_err(|error| {
                    reporter.passes_status.store(passes_status(&args), Ordering::Relaxed);
                    (error, reporter)
                })
            }
        },
        Err(error) => Err((error, reporter)),
    };
    match result {
        Ok(status) => {
            if let Some(ci) = ci.get() {
                ci.annotate(None);
                ci.finish(status, None);
            }
            ExitCode::from(status)
        }
        Err((error, reporter)) => {
            let error = advice::with_next_step(with_help(error, &args));
            reporter.report(&error);
            let status = match reporter.status.load(Ordering::Relaxed) {
                0 => reporter.exit_code(error.kind()),
                status => status,
            };
            if let Some(ci) = ci.get() {
                ci.finish(status, Some(&error));
            }
            ExitCode::from(status)
        }
    }
}

/// Executes a command line; returns the exit status.
fn execute(cli: Cli, reporter: &Reporter) -> anyhow::Result<u8> {
    let started = Instant::now();
    let Cli { global, command } = cli;
    let behaviour = command.as_ref().map(Command::behaviour);
    reporter.passes_status.store(behaviour.is_some_and(|it| it.passes_status), Ordering::Relaxed);
    let is = |property: fn(Behaviour) -> bool| behaviour.is_some_and(property);
    let cx = Cx::new(&global, is(|it| it.reads_settings), is(|it| it.passes_status))?;
    *lock(&reporter.form) = cx.out.error_form();
    if let Some(ci) = reporter.ci.get() {
        cx.out.report_to(Arc::clone(ci));
    }
    let (Some(command), Some(behaviour)) = (command, behaviour) else {
        return Ok(cx.out.bytes(WELCOME.as_bytes()).and_then(|()| cx.out.flush()).map(|()| 0)?);
    };
    unused_flags::refuse(&cx, &global, behaviour)?;
    if global.verbose || global.debug {
        cx.print_settings();
    }
    platform::check_handles(HANDLES).map_err(|e| Error::io("preparing to run", &e))?;
    let signals = listen(reporter, &cx).map_err(|e| Error::io("watching for signals", &e))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting the runtime")?;
    let result = runtime.block_on(race(command.run(&cx), &cx, global.timeout, signals, reporter));
    let result = runtime.block_on(cx.clean_up(result));
    if behaviour.changes_lists {
        cx.forget_completions();
    }
    cx.out.settle_stderr();
    // Output before a failure is valid.
    let flushed = cx.out.flush();
    let result = result.and(flushed).map_err(|error| cx.with_backend_name(error));
    if global.debug {
        cx.out.note(format!("took {} ms", started.elapsed().as_millis()));
    }
    if result.is_ok() {
        cx.out.release_notes();
    }
    let status = cx.status.get();
    reporter.status.store(status, Ordering::Relaxed);
    result?;
    Ok(status)
}

/// Runs a command until it ends, a signal arrives, or `timeout` is over. In the latter cases the command is cancelled
/// or dropped, which removes unfinished files. Work may take the signals over with [`Cx::signals`].
async fn race(
    work: impl Future<Output = Result<()>>,
    cx: &Cx,
    timeout: Option<Duration>,
    mut signals: mpsc::UnboundedReceiver<SignalEvent>,
    reporter: &Reporter,
) -> Result<()> {
    let cancellation = &cx.cancellation;
    let signal = async {
        loop {
            match signals.recv().await {
                Some(event) => {
                    if let Some(event) = cx.pass_signal(event) {
                        return event.signal.kind();
                    }
                }
                None => std::future::pending().await,
            }
        }
    };
    let deadline = async {
        match timeout {
            Some(timeout) => {
                leave_after(timeout.saturating_add(GRACE), Kind::Deadline, cancellation, reporter);
                tokio::time::sleep(timeout).await;
            }
            None => std::future::pending().await,
        }
    };
    let mut work = pin!(work);
    let why = tokio::select! {
        biased;
        why = signal => why,
        () = deadline => Kind::Deadline,
        result = &mut work => return result,
    };
    if cancellation.is_registered() {
        // Registered work reports its results; it is dropped if that takes too long.
        cancellation.cancel(why);
        match tokio::time::timeout(cancellation.patience(), work).await {
            // This error names what remains.
            Ok(Err(error)) if error.kind() == why => return Err(error),
            _ => {}
        }
    }
    let error = cancel_error(why);
    // A question comes before everything that it is about.
    Err(if question::is_open(cx) { error.hint("nothing was changed") } else { error })
}

/// Returns a channel of the signals that ask the process to stop. A second signal ends the process at once, and so
/// does one that is not handled in time because the process is blocked, unless work handles the signals itself.
fn listen(reporter: &Reporter, cx: &Cx) -> io::Result<mpsc::UnboundedReceiver<SignalEvent>> {
    let (sender, receiver) = mpsc::unbounded_channel();
    let (reporter, cancellation) = (reporter.clone(), cx.cancellation.clone());
    let handled = Arc::clone(&cx.handles_signals);
    let mut first = true;
    platform::watch_signals(&cx.asked, move |asked| {
        let kind = asked.signal.kind();
        let sent = sender.send(asked).is_ok();
        if handled.load(Ordering::SeqCst) && sent {
            return;
        }
        if !std::mem::take(&mut first) || !sent {
            reporter.leave(&cancel_error(kind));
        }
        leave_after(GRACE, kind, &cancellation, &reporter);
    })?;
    Ok(receiver)
}

/// Ends the process after `wait` if it still runs because its main thread is blocked. Work that has acknowledged its
/// cancellation gets more time.
fn leave_after(wait: Duration, why: Kind, cancellation: &Cancellation, reporter: &Reporter) {
    let (reporter, cancellation) = (reporter.clone(), cancellation.clone());
    // If no thread can be started, a second signal still ends the process.
    drop(thread::spawn(move || {
        std::thread::sleep(wait);
        if cancellation.is_acknowledged() {
            std::thread::sleep(cancellation.patience());
        }
        reporter.leave(&cancel_error(why));
    }));
}

/// Returns the error of a panic, in one line with a hint to report it.
fn bug(panic: &str) -> Error {
    let what = panic.lines().collect::<Vec<_>>().join(" ");
    Error::new(Kind::Internal, format!("this is a bug in wharf {}: {what}", env!("CARGO_PKG_VERSION")))
        .hint(report::WHERE)
}

/// Handles the result of clap: help and version are printed, anything else is a usage error.
fn answer(error: &clap::Error, args: &[OsString]) -> Result<()> {
    match error.kind() {
        ErrorKind::DisplayVersion => print_styled(&error.render()),
        ErrorKind::DisplayHelp | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            print_styled(&help::page(Cli::command(), args))
        }
        ErrorKind::InvalidSubcommand => Err(unknown_command(error, args)),
        _ => Err(misuse(&error.to_string(), dashed_value(error, args).as_deref(), &verb_of(args))),
    }
}

/// Returns a hint for a value that begins with a dash and was parsed as a flag.
fn dashed_value(error: &clap::Error, args: &[OsString]) -> Option<String> {
    let Some(ContextValue::String(found)) = error.get(ContextKind::InvalidArg) else { return None };
    let words: Vec<_> = args.iter().map(|arg| arg.to_string_lossy()).collect();
    let pair = words.iter().zip(words.iter().skip(1)).find(|(flag, value)| {
        let long = flag.strip_prefix("--").filter(|long| !long.is_empty());
        value.starts_with(found.as_str()) && long.is_some_and(|long| takes_value(&grammar(), long))
    });
    let Some((flag, value)) = pair else {
        // What holds a space is a text, and no flag that was misspelled.
        let text = words.iter().find(|word| word.starts_with(found.as_str()) && word.contains(' '))?;
        return Some(format!("for a text that begins with a dash write `-- {}`", escape::shell_word(text)));
    };
    let value = escape::shell_word(value);
    Some(format!("for a value that begins with a dash write `{flag}={value}`"))
}

/// Returns whether a flag with this name takes a value in any command.
fn takes_value(command: &clap::Command, long: &str) -> bool {
    let mut flags = command.get_arguments().filter(|arg| arg.get_long() == Some(long));
    flags.any(|arg| arg.get_action().takes_values()) || command.get_subcommands().any(|verb| takes_value(verb, long))
}

/// Returns the error of a word that names no command, with the command that is meant.
fn unknown_command(error: &clap::Error, args: &[OsString]) -> Error {
    let found = match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(found)) => found.as_str(),
        _ => "",
    };
    match help::elsewhere(found).filter(|_| verb_of(args) == "wharf") {
        Some(here) => Error::usage(format!("unrecognized command `{found}`")).hint(format!("write `wharf {here}`")),
        None => misuse(&error.to_string(), None, &verb_of(args)),
    }
}

/// Converts clap's message of several lines to a message and a hint.
fn misuse(text: &str, tip: Option<&str>, verb: &str) -> Error {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let said: Vec<_> = lines().take_while(|line| !line.starts_with("tip:") && !line.starts_with("Usage:")).collect();
    let what = said.join(" ").trim_start_matches("error: ").to_owned();
    let help = format!("see `{verb} --help`");
    let tips: Vec<_> = match tip {
        Some(tip) => vec![tip],
        // clap's hint for passing a flag as a value rarely helps if a flag is misspelled.
        None => lines().filter_map(|line| line.strip_prefix("tip: ")).filter(|tip| !tip.contains("'-- ")).collect(),
    };
    let what = NUMBERS.iter().fold(what, |what, (raw, plain)| what.replace(raw, plain));
    Error::usage(what.replace(" For more information, try '--help'.", "")).hint(if tips.is_empty() {
        help
    } else {
        format!("{}; {help}", tips.join("; "))
    })
}

/// The messages of Rust's number parser, with replacements in plain words.
const NUMBERS: [(&str, &str); 5] = [
    ("invalid digit found in string", "it is not a whole number"),
    ("cannot parse integer from empty string", "it is empty"),
    ("number would be zero for non-zero type", "the smallest is 1"),
    ("number too large to fit in target type", "it is too large"),
    ("number too small to fit in target type", "it is too small"),
];

/// Adds a reference to the command's help to a usage error without a hint.
fn with_help(error: Error, args: &[OsString]) -> Error {
    match (error.kind(), error.hint_text()) {
        (Kind::Usage, None) => error.hint(format!("see `{} --help`", verb_of(args))),
        _ => error,
    }
}

/// Returns the command of a command line that cannot be parsed, as far as it can be recognized.
fn verb_of(args: &[OsString]) -> String {
    let mut verb = "wharf".to_owned();
    let Ok(read) = Cli::command().ignore_errors(true).try_get_matches_from(args) else { return verb };
    let mut rest = &read;
    while let Some((name, below)) = rest.subcommand() {
        verb = format!("{verb} {name}");
        rest = below;
    }
    verb
}

/// Returns whether a command line that may be invalid belongs to a command that passes on the status of another one.
fn passes_status(args: &[OsString]) -> bool {
    verb_of(args).strip_prefix("wharf ").is_some_and(|name| behaviour::passes_status(name, args))
}

/// Returns whether a command line that is invalid has `--report`.
fn asks_for_report(args: &[OsString]) -> bool {
    let words: Vec<_> = args.iter().take_while(|arg| *arg != "--").filter_map(|arg| arg.to_str()).collect();
    let value = value_of(&words, "--report");
    value.is_some_and(|word| <ReportFormat as clap::ValueEnum>::from_str(word, false).is_ok())
}

/// Returns the value of a flag in words that may be no valid command line.
fn value_of<'a>(words: &[&'a str], flag: &str) -> Option<&'a str> {
    words.iter().enumerate().find_map(|(at, word)| match word.strip_prefix(flag)? {
        "" => words.get(at + 1).copied(),
        rest => rest.strip_prefix('='),
    })
}

/// Returns the form of errors that a command line asks for, which may be invalid.
fn error_form(args: &[OsString]) -> ErrorForm {
    let words: Vec<_> = args.iter().filter_map(|arg| arg.to_str()).collect();
    let flag = value_of(&words, "--format").and_then(|word| Format::parse(word).ok());
    let format = flag.or_else(|| env::text(env::FORMAT).and_then(|word| Format::parse(&word).ok()));
    format.unwrap_or_default().error_form()
}
