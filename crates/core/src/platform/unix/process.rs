//! Signals and processes.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, LazyLock};

use rustix::io::Errno;
use rustix::process::{Pid, kill_process, kill_process_group};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::low_level::siginfo::Cause;

use crate::platform::{Signal, SignalEvent};
use crate::thread;

/// Calls `on_signal` in a thread of its own, for every signal that asks the process to stop. One that
/// was ignored when the process began stays ignored, here and in its children: that is what `nohup`
/// and a shell's `&` ask for. `asked` is set by the signal itself, before anything else happens.
pub fn watch_signals(
    asked: &Arc<AtomicBool>,
    mut on_signal: impl FnMut(SignalEvent) + Send + 'static,
) -> io::Result<()> {
    let ignored = ignored_signals();
    let watched: Vec<_> =
        [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| ignored & (1 << (signal - 1)) == 0).collect();
    for signal in &watched {
        signal_hook::flag::register(*signal, Arc::clone(asked))?;
    }
    // With a handler, a write beyond `ulimit -f` is an error instead of the end. Children get the default back.
    if ignored & (1 << (SIGXFSZ - 1)) == 0 {
        signal_hook::flag::register(SIGXFSZ, Arc::default())?;
    }
    // Where SIGCHLD is ignored, as a parent may leave it, the system keeps no status of a program that ended.
    signal_hook::flag::register(SIGCHLD, Arc::default())?;
    let mut signals = SignalsInfo::<WithOrigin>::new(watched)?;
    thread::spawn(move || {
        for origin in signals.forever() {
            let signal = match origin.signal {
                SIGINT => Signal::Interrupt,
                SIGHUP => Signal::HangUp,
                _ => Signal::Terminate,
            };
            on_signal(SignalEvent { signal, from_terminal: origin.cause == Cause::Kernel });
        }
    })
}

/// The signals that this process ignores, a bit for each. Only Linux tells.
fn ignored_signals() -> u64 {
    // Room for all of it: the file has no length that would tell how much there is to read.
    let mut status = String::with_capacity(4096);
    let _ = File::open("/proc/self/status").and_then(|mut file| file.read_to_string(&mut status));
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

/// Sends a signal to another process.
pub fn send_signal(process: u32, signal: Signal) -> io::Result<()> {
    Ok(kill_process(pid(process)?, number(signal))?)
}

/// Sends a signal to every process of a group, also to those that are stopped. A group that has ended is not an error.
pub fn signal_group(leader: u32, signal: Signal) -> io::Result<()> {
    let group = pid(leader)?;
    // A process that is stopped gets other signals than SIGKILL when it goes on.
    let sent = kill_process_group(group, number(signal));
    match sent.and_then(|()| kill_process_group(group, rustix::process::Signal::CONT)) {
        Err(Errno::SRCH) => Ok(()),
        other => Ok(other?),
    }
}

fn pid(process: u32) -> io::Result<Pid> {
    i32::try_from(process).ok().and_then(Pid::from_raw).ok_or_else(|| io::ErrorKind::NotFound.into())
}

const fn number(signal: Signal) -> rustix::process::Signal {
    match signal {
        Signal::Interrupt => rustix::process::Signal::INT,
        Signal::Terminate => rustix::process::Signal::TERM,
        Signal::HangUp => rustix::process::Signal::HUP,
        Signal::Pipe => rustix::process::Signal::PIPE,
        Signal::Kill => rustix::process::Signal::KILL,
    }
}

/// What Linux calls this run of the system.
static BOOT: LazyLock<String> =
    LazyLock::new(|| std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default());

/// Returns when a process started, as a word to compare: the boot and the moment since then. Another process that
/// got the same number later has another word. None where there is no such process, or it has ended.
pub fn process_start(process: u32) -> Option<String> {
    if cfg!(target_os = "linux") {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // The name of the program, in parentheses, may hold anything.
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
        if matches!(fields.next(), Some("Z" | "X")) {
            return None;
        }
        // Field 22 of proc(5); the state was field 3.
        let start = fields.nth(18)?;
        return Some(format!("{}-{start}", BOOT.trim()));
    }
    let said = std::process::Command::new("/bin/ps").args(["-o", "lstart=", "-p", &process.to_string()]).output();
    let start = String::from_utf8(said.ok()?.stdout).ok()?;
    Some(start.trim().to_owned()).filter(|start| !start.is_empty())
}

/// Returns the processes of this user that were started with a variable of one of these values in their environment.
/// Only Linux tells.
pub fn processes_with(variable: &str, values: &[String]) -> Vec<u32> {
    let wanted: HashSet<Vec<u8>> = values.iter().map(|value| format!("{variable}={value}").into_bytes()).collect();
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let is_wanted = |process: &u32| {
        let environment = std::fs::read(format!("/proc/{process}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|entry| wanted.contains(entry))
    };
    numbers.filter(is_wanted).collect()
}

/// Returns the signal that ended a process, where one did.
pub fn ending_signal(status: ExitStatus) -> Option<i32> {
    status.signal()
}

/// What a shell would call the end of a process: its status, or 128 and the signal that killed it.
pub fn exit_status(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}
