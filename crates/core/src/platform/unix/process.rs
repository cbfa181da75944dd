//! Signals and processes.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read};
use std::iter::successors;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::{ExitStatusExt, parent_id};
use std::path::Path;
use std::process::ExitStatus;
use std::str::SplitWhitespace;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, LazyLock};

use rustix::io::Errno;
use rustix::process::{Pid, getpgid, getpgrp, kill_process, kill_process_group};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::low_level::siginfo::Cause;

use crate::platform::{Signal, SignalEvent};
use crate::thread;

/// Calls `on_signal` in a thread for each signal that asks the process to stop. The signal handler sets `asked` before
/// that. A signal that was ignored when the process started stays ignored, here and in child processes, as `nohup` and
/// `&` in a shell require.
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
    // With a handler for SIGXFSZ, a write beyond `ulimit -f` fails instead of ending the process. Child processes have
    // the default handler again.
    if ignored & (1 << (SIGXFSZ - 1)) == 0 {
        signal_hook::flag::register(SIGXFSZ, Arc::default())?;
    }
    // If SIGCHLD is ignored, which can be inherited, the system does not keep the exit status of child processes.
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

/// Returns the signals that this process ignores, as a bit mask; 0 on systems other than Linux.
fn ignored_signals() -> u64 {
    // The file reports no length, so the buffer is allocated for all of it.
    let mut status = String::with_capacity(4096);
    let _ = File::open("/proc/self/status").and_then(|mut file| file.read_to_string(&mut status));
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

/// The error code for a program that is neither in a format of this system nor begins with `#!`.
pub const UNKNOWN_FORMAT: i32 = Errno::NOEXEC.raw_os_error();

/// Makes this process the leader of a session of its own, without a terminal: signals of the terminal and to the group
/// do not reach it. One that leads a group stays where it is.
pub fn leave_session() {
    let _ = rustix::process::setsid();
}

/// Sends a signal to a process.
pub fn send_signal(process: u32, signal: Signal) -> io::Result<()> {
    Ok(kill_process(pid(process)?, number(signal))?)
}

/// Sends a signal to all processes of a group, and resumes stopped ones. A group that has ended is not an error.
pub fn signal_group(leader: u32, signal: Signal) -> io::Result<()> {
    let group = pid(leader)?;
    // A stopped process receives signals other than SIGKILL when it is resumed.
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

/// The id of the current boot on Linux.
static BOOT: LazyLock<String> =
    LazyLock::new(|| std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default());

/// Returns an opaque text for the start of a process, which is the boot id and the time since boot on Linux. It
/// distinguishes a process from a later one with the same id. `None` if the process does not exist or has ended.
pub fn process_start(process: u32) -> Option<String> {
    if cfg!(target_os = "linux") {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        let mut fields = stat_fields(&stat)?;
        if matches!(fields.next(), Some("Z" | "X")) {
            return None;
        }
        // Field 22 in proc(5); the state above is field 3.
        let start = fields.nth(18)?;
        return Some(format!("{}-{start}", BOOT.trim()));
    }
    let said = std::process::Command::new("/bin/ps").args(["-o", "lstart=", "-p", &process.to_string()]).output();
    let start = String::from_utf8(said.ok()?.stdout).ok()?;
    Some(start.trim().to_owned()).filter(|start| !start.is_empty())
}

/// Returns the fields of `/proc/PID/stat` from the state on, which is field 3 in proc(5).
fn stat_fields(stat: &str) -> Option<SplitWhitespace<'_>> {
    // The program's name, in parentheses, may contain any character.
    Some(stat.rsplit_once(')')?.1.split_whitespace())
}

/// Returns whether this process is `process`, is in its process group or descends from it. Of the ancestors, only the
/// parent is known on systems other than Linux.
pub fn belongs_to(process: u32) -> bool {
    let parent = |of: &u32| {
        let stat = std::fs::read_to_string(format!("/proc/{of}/stat")).ok()?;
        stat_fields(&stat)?.nth(1)?.parse().ok()
    };
    let own = [std::process::id(), getpgrp().as_raw_pid().unsigned_abs()];
    let mut ancestors = successors(Some(parent_id()), parent).take(ANCESTORS);
    own.contains(&process) || ancestors.any(|ancestor| ancestor == process)
}

/// The number of ancestors that are looked at, in case numbers are given again meanwhile.
const ANCESTORS: usize = 1000;

/// Returns the processes whose initial environment has `variable` with one of `values`, as far as this user may read
/// it; empty on systems other than Linux.
pub(in crate::platform) fn processes_with(variable: &str, values: &[String]) -> Vec<u32> {
    processes_with_entries(&values.iter().map(|value| format!("{variable}={value}").into_bytes()).collect())
}

/// Returns the processes whose initial environment has one of these entries.
fn processes_with_entries(wanted: &HashSet<Vec<u8>>) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let is_wanted = |process: &u32| {
        let environment = std::fs::read(format!("/proc/{process}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|entry| wanted.contains(entry))
    };
    numbers.filter(is_wanted).collect()
}

/// Returns the process groups of the processes whose initial environment has `variable` with the value `value`, as far as
/// this user may read it; empty on systems other than Linux.
pub fn group_leaders_with(variable: &str, value: &Path) -> Vec<u32> {
    let wanted = [variable.as_bytes(), b"=", value.as_os_str().as_bytes()].concat();
    let group = |process| getpgid(pid(process).ok()).ok().map(|group| group.as_raw_pid().unsigned_abs());
    processes_with_entries(&HashSet::from([wanted])).into_iter().filter_map(group).collect()
}

/// Returns the signal that ended a process; `None` if it exited.
pub fn ending_signal(status: ExitStatus) -> Option<i32> {
    status.signal()
}

/// Returns the exit status as shells report it: the process's status, or 128 plus the signal that ended it.
pub fn exit_status(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}
