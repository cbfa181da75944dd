//! The process: parse, run, report, exit code.

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::error::ErrorKind;
use tokio::sync::mpsc;

use super::cx::{Cx, read_format};
use super::{Cli, Command, Global, WELCOME, parse};
use crate::config::env;
use crate::error::{Error, Kind, Result};
use crate::output::{Color, Format, report};
use crate::platform;

/// How long a command may take to clean up after a signal before the process ends anyway.
const GRACE: Duration = Duration::from_secs(2);

/// Runs the program.
///
/// # Panics
/// In builds with debug assertions, when the first argument asks for it.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    std::panic::set_hook(Box::new(|panic| bug(&panic.to_string())));
    let args: Vec<OsString> = args.into_iter().collect();
    // Outside of the grammar and of every release, so that a test can see what a user would.
    #[cfg(debug_assertions)]
    assert!(args.get(1).is_none_or(|word| word != "panic-for-test"), "on purpose");
    match parse(args.clone()) {
        Ok(cli) => {
            let (machine, color) = (asks_for_machine_errors(&cli.global), cli.global.color);
            match execute(cli) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => {
                    let error = report::of_anyhow(error);
                    report::report(&error, machine, color);
                    ExitCode::from(error.kind().exit_code())
                }
            }
        }
        Err(error) => refuse(&error, &args),
    }
}

fn execute(cli: Cli) -> anyhow::Result<()> {
    let started = Instant::now();
    let Cli { global, command } = cli;
    let configured = !matches!(
        command,
        None | Some(
            Command::Completions(_) | Command::Man(_) | Command::Backends | Command::Config(super::config::Verb::Path)
        )
    );
    let cx = Cx::new(&global, configured)?;
    let Some(command) = command else {
        return Ok(cx.out.bytes(WELCOME.as_bytes()).and_then(|()| cx.out.flush())?);
    };
    if global.verbose || global.debug {
        cx.introduce();
    }
    let signals = listen().context("watching for signals")?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().build().context("starting the runtime")?;
    let result = runtime.block_on(race(command.run(&cx), global.timeout, signals));
    // What was written before a failure is still data.
    let flushed = cx.out.flush();
    let result = result.and(flushed).map_err(|error| cx.sign(error));
    if global.debug {
        cx.out.note(format!("took {} ms", started.elapsed().as_millis()));
    }
    if result.is_ok() {
        cx.out.release_notes();
    }
    Ok(result?)
}

/// Runs a command against the clock and the signals. Whichever ends it early drops it, and what it
/// had in the making goes with it.
async fn race(
    work: impl Future<Output = Result<()>>,
    timeout: Option<Duration>,
    mut signals: mpsc::UnboundedReceiver<Kind>,
) -> Result<()> {
    let deadline = async {
        match timeout {
            Some(timeout) => tokio::time::sleep(timeout).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        biased;
        Some(kind) = signals.recv() => Err(Error::new(kind, "interrupted").hint("what was complete is kept; nothing is left half-done")),
        () = deadline => Err(Error::new(Kind::Deadline, "--timeout ran out").hint("what was complete is kept; run it again with more time")),
        result = work => result,
    }
}

/// A channel of the signals that ask the process to stop. One that is not heeded in time, because
/// the process waits for something that does not come, and a second one, end it at once.
fn listen() -> std::io::Result<mpsc::UnboundedReceiver<Kind>> {
    let (sender, receiver) = mpsc::unbounded_channel();
    let mut first = true;
    platform::watch_signals(move |kind| {
        if !std::mem::take(&mut first) || sender.send(kind).is_err() {
            leave(kind);
        }
        std::thread::spawn(move || {
            std::thread::sleep(GRACE);
            leave(kind);
        });
    })?;
    Ok(receiver)
}

#[allow(clippy::exit, reason = "the main thread does not answer, and the caller asked to stop")]
fn leave(kind: Kind) -> ! {
    std::process::exit(i32::from(kind.exit_code()))
}

/// A panic is a bug: one line, where to report it, exit 1.
#[allow(clippy::exit, reason = "a panic hook has no caller to return to")]
fn bug(panic: &str) {
    let what = panic.lines().collect::<Vec<_>>().join(" ");
    let error = Error::new(Kind::Internal, format!("this is a bug in wharf {}: {what}", env!("CARGO_PKG_VERSION")))
        .hint(report::WHERE);
    report::report(&error, false, Color::Auto);
    std::process::exit(i32::from(Kind::Internal.exit_code()))
}

/// Help and version are data; everything else is a usage error.
fn refuse(error: &clap::Error, args: &[OsString]) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // A reader that went away has seen enough.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    if machine_words(args) {
        let text = error.to_string();
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let said: Vec<_> =
            lines.clone().take_while(|line| !line.starts_with("tip:") && !line.starts_with("Usage:")).collect();
        let what = said.join(" ").trim_start_matches("error: ").to_owned();
        let tip = lines.clone().find_map(|line| line.strip_prefix("tip: ")).unwrap_or("see `wharf --help`").to_owned();
        report::report(&Error::usage(what).hint(tip), true, Color::Never);
    } else {
        let _ = error.print();
    }
    ExitCode::from(Kind::Usage.exit_code())
}

fn asks_for_machine_errors(global: &Global) -> bool {
    let format = global.format.or_else(|| env::text(env::FORMAT).and_then(|word| read_format(&word).ok()));
    matches!(format, Some(Format::Json | Format::Jsonl | Format::Yaml))
}

/// The same, of a command line that could not be read.
fn machine_words(args: &[OsString]) -> bool {
    let words: Vec<_> = args.iter().filter_map(|arg| arg.to_str()).collect();
    let flag = words.iter().enumerate().find_map(|(at, word)| match *word {
        "--format" => words.get(at + 1).copied(),
        word => word.strip_prefix("--format="),
    });
    let format = flag.and_then(|word| read_format(word).ok());
    asks_for_machine_errors(&Global { format, ..Global::default() })
}
