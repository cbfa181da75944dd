//! `wharf run` and `wharf with`, killed at any moment of any phase: nothing is left of them after one sweep, and
//! everything else stays.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::run_services::{Services, create_flags};
use crate::sandbox::{Call, Sandbox, wait_until};
use crate::with::{clean_up, kill_at_any_moment, rounds};

/// The ids of the processes that were started by wharf in this sandbox, and by what it started; not those with these ids.
fn processes(sandbox: &Sandbox, except: &[u32]) -> Vec<u32> {
    let store = sandbox.store();
    let wanted = [b"WHARF_HOME=", store.as_os_str().as_bytes()].concat();
    let Ok(all) = fs::read_dir("/proc") else { return Vec::new() };
    let ids = all.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let is_ours = |id: &u32| {
        let environment = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable == wanted)
    };
    ids.filter(|id| !except.contains(id) && is_ours(id)).collect()
}

/// The work of a run: it has children, reads an input, and leaves an output.
const WORK: &str = "sleep 0.03 & (sleep 0.02; cat data/a.csv) >\"$WHARF_OUTPUTS\"/r; wait";

/// The words of a run with two inputs and, in odd rounds, an output: it takes some services seconds to have them all.
fn run_words<'a>(create: &[&'a str], round: u32, work: &[&'a str]) -> Vec<&'a str> {
    let output: &[&str] = if round.is_multiple_of(2) { &[] } else { &["--out", "@outputs:results"] };
    [&["run"], create, &["--in", "data", "--in", "one.txt"], output, work].concat()
}

fn write_inputs(sandbox: &Sandbox) {
    sandbox.write("data/a.csv", "a,b\n");
    sandbox.write("one.txt", "one\n");
}

/// Kills runs and looks at what is left.
fn killed_on(services: &Services<'_>, backend: &str, rounds: u32, calls: impl Fn(u32) -> Vec<Call>) {
    let everything = || {
        let stored = if backend == "local" || backend == "anthropic" {
            services.list(backend, &["files", "ls", "-q"])
        } else {
            String::new()
        };
        (services.list(backend, &["sessions", "list", "-q"]), stored)
    };
    services.served.wharf(backend, [&["sessions", "create", "-q"], create_flags(backend)].concat()).run().ok();
    if backend == "local" || backend == "anthropic" {
        services.served.wharf(backend, ["files", "upload", "one.txt"]).run().ok();
    }
    let others = everything();
    kill_at_any_moment(rounds, calls);
    clean_up(|words| services.served.wharf(backend, words));
    assert_eq!(everything(), others, "{backend}");
    wait_until("no process of a run lives", || processes(services.sandbox, &[services.served.id()]).is_empty());
    if backend == "local" {
        // The next command that writes removes what was being made or removed.
        services.sandbox.run(["run", "--", "true"]).ok();
        assert_eq!(services.sandbox.unfinished(), [""; 0]);
    }
}

fn killed(backend: &str, rounds: u32, work: &[&str], faults: &[&str]) {
    let sandbox = Sandbox::new();
    write_inputs(&sandbox);
    let options: Vec<_> = faults.iter().flat_map(|fault| ["--fault", fault]).collect();
    let services = Services::with_agents(&sandbox, &options);
    let call = |round| services.served.wharf(backend, run_words(create_flags(backend), round, work));
    killed_on(&services, backend, rounds, |round| vec![call(round)]);
}

/// The answer to every seventh creation is lost, and to some deletions.
const FAULTS: [&str; 6] = [
    "sessions.create:reset@end x1 skip=3",
    "sessions.create:reset@end x2 skip=9",
    "sessions.create:reset@end x1 skip=20",
    "sessions.delete:reset@end x2 skip=2",
    "sessions.delete:503 x2 skip=7",
    "sessions.delete:reset@end x1 skip=15",
];

#[test]
fn nothing_is_left_of_a_local_run_with_a_command() {
    killed("local", rounds(), &["--", "sh", "-c", WORK], &[]);
}

#[test]
fn nothing_is_left_of_a_local_run_with_an_agent() {
    killed("local", rounds() / 5, &[WORK], &[]);
}

#[test]
fn nothing_is_left_of_a_run_on_anthropic() {
    killed("anthropic", rounds() / 5, &[WORK], &FAULTS);
}

#[test]
fn nothing_is_left_of_a_run_on_foundry() {
    killed("foundry", rounds() / 5, &[WORK], &FAULTS);
}

#[test]
fn nothing_is_left_of_a_run_on_agb() {
    killed("agb", rounds() / 5, &["--", "sh", "-c", WORK], &FAULTS);
}

#[test]
fn nothing_is_left_of_runs_that_are_killed_at_once() {
    let sandbox = Sandbox::new();
    write_inputs(&sandbox);
    let services = Services::with_agents(&sandbox, &[]);
    killed_on(&services, "local", rounds() / 5, |round| {
        let command = run_words(&[], round, &["--", "sh", "-c", WORK]);
        let agent = run_words(&[], round, &[WORK]);
        let with = ["with", "--", "sh", "-c", "sleep 0.05 & wait"];
        vec![sandbox.wharf(command), sandbox.wharf(agent), sandbox.wharf(with), sandbox.wharf(with)]
    });
}

#[test]
fn what_the_command_of_a_killed_run_started_ends() {
    for words in [&["--", "sh", "-c", "sleep 63 & echo $! >$PID; wait"][..], &["sleep 63 & echo $! >$PID; wait"]] {
        let sandbox = Sandbox::new();
        let services = Services::with_agents(&sandbox, &[]);
        let pid = sandbox.path("pid");
        let running = services.call("local", words).env("PID", &pid).start();
        wait_until("it works", || fs::read_to_string(&pid).is_ok_and(|text| text.ends_with('\n')));
        running.signal(Signal::KILL);
        let begun = Instant::now();
        drop(running.finish());
        wait_until("no process of the run lives", || processes(&sandbox, &[services.served.id()]).is_empty());
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
        assert_eq!(services.list("local", &["sessions", "list", "-q"]), "");
    }
}
