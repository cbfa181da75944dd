//! Completion of what is there: the answer to the scripts of `wharf completions`.
//!
//! A script runs wharf with `WHARF_COMPLETE` set to its shell and the line behind `--`. clap's engine finds out which
//! argument the word is, [`Subject`] what its value names, and [`Candidates`] the words. Everything is silent and takes at
//! most [`LIMIT`]; nothing is changed except for the cache of answers of hosted backends.

mod candidates;
mod line;
mod query;
mod reply;
mod service;
mod shell_words;
mod static_script;
mod subject;

use std::ffi::OsString;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use clap_complete::engine::{self, ArgValueCompleter};

use self::candidates::Candidates;
use self::line::TypedLine;
use self::reply::{ScriptRequest, ScriptShell};
use self::service::LineBackend;
pub(super) use self::static_script::static_script;
use self::subject::Subject;
use super::args::GLOBAL_HEADING;
use crate::output::print_words;
use wharf_core::config::env;
use wharf_core::{platform, thread};

/// The script for bash.
pub(super) const BASH: &str = include_str!("wharf.bash");
/// The script for zsh.
pub(super) const ZSH: &str = include_str!("wharf.zsh");
/// The script for fish.
pub(super) const FISH: &str = include_str!("wharf.fish");

/// The time within which the process answers.
const LIMIT: Duration = Duration::from_millis(250);

/// The part of it that is left when a backend has had its time.
const RESERVE: Duration = Duration::from_millis(50);

/// The time that a process has which fills the cache after a backend was too slow.
const PATIENCE: Duration = Duration::from_secs(5);

/// Answers the request of a completion script about a line of `grammar`; `None` if the process was not started by one.
pub(super) fn answer(args: &[OsString], grammar: fn() -> clap::Command) -> Option<ExitCode> {
    let shell = env::text(env::COMPLETE)?;
    let [_, dashes, words @ ..] = args else { return None };
    let words: Vec<String> = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let request = ScriptRequest::read(&shell, &words).filter(|_| dashes == "--")?;
    // Whatever goes wrong, the line of the user stays as it is.
    std::panic::set_hook(Box::new(|_| leave()));
    let is_for_cache = request.shell == ScriptShell::Cache;
    let limit = if is_for_cache { PATIENCE } else { LIMIT };
    if is_for_cache {
        platform::leave_session();
    }
    let begun = Instant::now();
    let words = request.words.clone();
    let (sender, reply) = mpsc::channel();
    // A disk or a name server may block this thread, which ends with the process.
    let started = thread::spawn(move || {
        let (reply, is_late) = complete(&request, grammar, begun + limit.saturating_sub(RESERVE));
        let _ = sender.send((reply, is_late));
        // Dropping what waits for a name server would wait for it as well.
        std::thread::park();
    });
    if started.is_err() {
        return Some(ExitCode::SUCCESS);
    }
    let (reply, is_late) = reply.recv_timeout(limit.saturating_sub(begun.elapsed())).unwrap_or_default();
    print_words(&reply);
    if is_late && !is_for_cache {
        fill_cache(&words);
    }
    Some(ExitCode::SUCCESS)
}

#[allow(clippy::exit, reason = "the thread that panicked cannot return")]
fn leave() {
    std::process::exit(0)
}

/// Returns the reply to a request, for which a backend is asked until `until`, and whether a hosted backend did not answer in time.
fn complete(request: &ScriptRequest, grammar: fn() -> clap::Command, until: Instant) -> (String, bool) {
    let whole = grammar();
    let (_, before) = request.words.split_last().unwrap_or((&String::new(), &[]));
    let line = TypedLine::read(&whole, before);
    let is_escaped = line.is_escaped;
    let service = LineBackend::new(line.global_flags().as_ref(), until.into(), request.shell == ScriptShell::Cache);
    let candidates = Arc::new(Candidates::new(grammar, line, service));
    let words: Vec<OsString> = request.words.iter().map(OsString::from).collect();
    let at = words.len() - 1;
    let mut found = engine::complete(&mut with_completers(whole, &candidates), words, at, None).unwrap_or_default();
    // The command's own flags first.
    found.sort_by_key(|word| word.get_tag().is_some_and(|tag| tag.to_string() == GLOBAL_HEADING));
    let reply = request.reply(found, candidates.local(), is_escaped);
    let is_late = candidates.service.is_late();
    // See the caller.
    std::mem::forget(candidates);
    (reply, is_late)
}

/// Adds a completer to each argument whose value names something.
fn with_completers(command: clap::Command, candidates: &Arc<Candidates>) -> clap::Command {
    let name = command.get_name().to_owned();
    let with_completer = |arg: clap::Arg| match Subject::of(&name, &arg) {
        Some(subject) => {
            let candidates = Arc::clone(candidates);
            arg.add(ArgValueCompleter::new(move |part: &std::ffi::OsStr| {
                part.to_str().map_or_else(Vec::new, |part| candidates.of(subject, part))
            }))
        }
        None => arg,
    };
    command.mut_args(with_completer).mut_subcommands(|below| with_completers(below, candidates))
}

/// Starts a process that asks once more and keeps the answer for the next request: a service that is far away takes longer
/// than a person waits for a list.
fn fill_cache(words: &[String]) {
    let Ok(program) = std::env::current_exe() else { return };
    let mut command = Command::new(program);
    command.arg("--").args(words).env(env::COMPLETE, "cache");
    let started = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    // It ends by itself after a few seconds.
    drop(started);
}
