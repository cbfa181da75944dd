//! `wharf with` and `wharf runs`: a session for a command, which is deleted whatever ends wharf.

use std::fs;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::sandbox::{Call, Sandbox, Served, make_fifo, wait_until};

/// The rounds of the tests that kill wharf at any moment: those of `WHARF_KILL_ROUNDS`, on services a fifth of them.
pub(crate) fn rounds() -> u32 {
    std::env::var("WHARF_KILL_ROUNDS").map_or(20, |rounds| rounds.parse().unwrap())
}

fn ids(sandbox: &Sandbox) -> String {
    sandbox.run(["sessions", "list", "-q"]).ok().stdout().to_owned()
}

/// Waits until no process of a run lives, sweeps once, and looks that nothing is left of any run.
pub(crate) fn clean_up(call: impl Fn(&[&str]) -> Call) {
    let list = || call(&["runs", "list"]).run().ok().stdout().trim().to_owned();
    loop {
        wait_until("no process of a run lives", || !list().contains("running"));
        call(&["runs", "prune"]).run().ok();
        let left = list();
        // The watchdog may have begun between the two: it does what the sweep would have done.
        if !left.contains("running") {
            assert_eq!(left, "[]");
            return;
        }
    }
}

#[test]
fn the_command_finds_its_session_and_its_status_is_passed_on() {
    let sandbox = Sandbox::new();
    let script = "echo $WHARF_SESSION $WHARF_BACKEND $WHARF_OUTPUTS; cat; exit 3";
    let run = sandbox.wharf(["with", "--title", "one", "--", "sh", "-c", script]).stdin("input\n").run();
    let lines = run.code(3).lines();
    let session = lines[0].strip_suffix(" local /outputs").unwrap();
    assert!(session.starts_with("run_") && lines[1..] == ["input"], "{lines:?}");
    assert_eq!((ids(&sandbox).as_str(), run.stderr()), ("", ""));
    assert_eq!(sandbox.run(["runs", "list", "-q"]).ok().stdout(), "");
    assert_eq!(sandbox.tree(".").iter().filter(|path| path.contains("run_")).count(), 0);
}

#[test]
fn each_failure_of_wharf_is_125_and_a_command_that_cannot_start_is_126_or_127() {
    let sandbox = Sandbox::new();
    for (words, status, says) in [
        (&["with", "--", "no-such-program"][..], 127, "no-such-program"),
        (&["with", "--", "/"], 126, "starting"),
        (&["with"], 125, "COMMAND"),
        (&["with", "--keep", "sometimes", "--", "true"], 125, "sometimes"),
        (&["with", "--image", "x", "--ttl", "0s", "--", "true"], 125, "ttl"),
        (&["-b", "anthropic", "with", "--", "true"], 125, "error"),
        (&["with", "--", "sh", "-c", "kill -KILL $$"], 137, ""),
    ] {
        let run = sandbox.run(words.iter().copied());
        assert!(run.code(status).stderr().contains(says), "{words:?}: {}", run.stderr());
    }
    assert_eq!(ids(&sandbox), "");
}

#[test]
fn a_session_is_kept_as_asked_for_and_pruned_later() {
    let sandbox = Sandbox::new();
    sandbox.run(["with", "--keep", "on-failure", "--", "true"]).ok();
    assert_eq!(ids(&sandbox), "");
    let failed = sandbox.run(["with", "--keep", "on-failure", "--", "false"]);
    let kept = ids(&sandbox);
    assert!(failed.code(1).stderr().contains(kept.trim()), "{}", failed.stderr());
    let listed = sandbox.run(["runs", "list", "--format", "json"]).json();
    assert_eq!((&listed[0]["status"], &listed[0]["session"]), (&"kept".into(), &kept.trim().into()));
    let stopped = sandbox.run(["--timeout", "300ms", "with", "--keep", "always", "--", "sleep", "9"]);
    let both = ids(&sandbox);
    let timed_out = both.lines().find(|id| *id != kept.trim()).unwrap();
    stopped.code(124).says(&["the session is kept", timed_out]);
    sandbox.run(["sessions", "delete", timed_out]).ok();
    // A kept one is never swept, and never pruned by accident.
    sandbox.run(["with", "--", "true"]).ok();
    sandbox.run(["runs", "prune"]).ok();
    sandbox.run(["runs", "prune", "--older-than", "1h", "--yes"]).ok();
    assert_eq!(ids(&sandbox), kept);
    sandbox.run(["runs", "prune", "--older-than", "0s"]).code(2).says(&["--yes"]);
    let due = sandbox.run(["runs", "prune", "--older-than", "0s", "--dry-run", "-q"]);
    assert_eq!((due.ok().lines().len(), ids(&sandbox)), (2, kept.clone()));
    // What works in it is not of the run.
    let script = "echo >works; while [ ! -e end ]; do sleep 0.02; done";
    let working = sandbox.wharf(["exec", kept.trim(), "--", "sh", "-c", script]).start();
    wait_until("the command runs", || sandbox.inside(kept.trim(), "works").exists());
    sandbox.run(["runs", "prune", "--older-than", "0s", "--yes"]).code(10).says(&["finishing the run"]);
    fs::write(sandbox.inside(kept.trim(), "end"), "").unwrap();
    working.finish().ok();
    sandbox.run(["runs", "prune", "--older-than", "0s", "--yes"]).ok();
    assert_eq!((ids(&sandbox).as_str(), sandbox.run(["runs", "list", "-q"]).stdout()), ("", ""));
}

#[test]
fn a_time_limit_ends_the_command_and_its_session() {
    let sandbox = Sandbox::new();
    let begun = Instant::now();
    let run = sandbox.run(["--timeout", "500ms", "with", "--", "sleep", "100"]);
    run.code(124);
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    clean_up(|words| sandbox.wharf(words));
    assert_eq!(ids(&sandbox), "");
}

#[test]
fn a_signal_reaches_the_command_whose_session_is_deleted_then() {
    let sandbox = Sandbox::new();
    let ready = sandbox.path("ready");
    let script = format!("trap 'exit 7' TERM; touch '{}'; while :; do sleep 0.02; done", ready.display());
    let running = sandbox.wharf(["with", "--", "sh", "-c", &script]).start();
    wait_until("the command runs", || ready.exists());
    running.signal(Signal::TERM);
    let _ = running.finish().code(7);
    assert_eq!(ids(&sandbox), "");
}

/// Starts the calls of each round at once and kills them at some moment, from before their journals are written to after
/// their sessions are deleted. Even and odd rounds may differ.
pub(crate) fn kill_at_any_moment(rounds: u32, calls: impl Fn(u32) -> Vec<Call>) {
    let start = |round| calls(round).into_iter().map(Call::start).collect::<Vec<_>>();
    let whole = [0, 1].map(|round| {
        let begun = Instant::now();
        for running in start(round) {
            drop(running.finish());
        }
        begun.elapsed() * 11 / 10
    });
    for round in 0..rounds {
        let running = start(round);
        std::thread::sleep(whole[round as usize % 2] * (round * 7919 % rounds) / rounds);
        for running in &running {
            running.signal(Signal::KILL);
        }
        for running in running {
            drop(running.finish());
        }
    }
}

#[test]
fn nothing_is_left_of_a_run_that_was_killed_at_any_moment() {
    let sandbox = Sandbox::new();
    let other = sandbox.session();
    kill_at_any_moment(rounds(), |_| vec![sandbox.wharf(["with", "--label", "a=b", "--", "sleep", "0.02"])]);
    clean_up(|words| sandbox.wharf(words));
    assert_eq!(ids(&sandbox).trim(), other, "another session stays");
}

/// The same on an emulated service.
fn killed_on(backend: &str, served: &Served<'_>, create: &[&str]) {
    let words: Vec<&str> = ["with"].iter().chain(create).copied().chain(["--", "sleep", "0.02"]).collect();
    let other = served.wharf(backend, [&["sessions", "create", "-q"][..], create].concat()).run();
    kill_at_any_moment(rounds() / 5, |_| vec![served.wharf(backend, &words)]);
    clean_up(|words| served.wharf(backend, words));
    let left = served.wharf(backend, ["sessions", "list", "-q"]).run();
    assert_eq!(left.ok().stdout(), other.ok().stdout(), "{backend}");
}

#[test]
fn nothing_is_left_on_a_service_of_a_run_that_was_killed() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    killed_on("anthropic", &served, &["--agent", "agent_1", "--environment", "env_1"]);
    killed_on("foundry", &served, &[]);
    killed_on("agb", &served, &["--image", "agb-code-space-1"]);
}

#[test]
fn a_session_whose_creation_or_deletion_lost_its_answer_is_deleted() {
    let sandbox = Sandbox::new();
    for fault in ["sessions.create:reset@end x1", "sessions.delete:reset@end x1", "sessions.delete:503 x2"] {
        let served = sandbox.serve(&["--fault", fault]);
        for (backend, create) in [
            ("anthropic", &["--agent", "agent_1", "--environment", "env_1"][..]),
            ("foundry", &[]),
            ("agb", &["--image", "agb-code-space-1"]),
        ] {
            let words: Vec<&str> = ["with"].iter().chain(create).copied().chain(["--", "true"]).collect();
            let run = served.wharf(backend, &words).run();
            assert!(run.has_code(0) || run.has_code(125), "{backend} {fault}: {}", run.stderr());
            clean_up(|words| served.wharf(backend, words));
            let left = served.wharf(backend, ["sessions", "list", "-q"]).run();
            assert_eq!(left.ok().stdout(), "", "{backend} {fault}");
        }
    }
}

#[test]
fn a_run_that_could_not_be_finished_is_finished_by_the_next_one() {
    let sandbox = Sandbox::new();
    let kept = sandbox.run(["with", "--keep", "always", "--", "true"]);
    let session = ids(&sandbox);
    assert!(kept.ok().stderr().contains(session.trim()));
    let journal = fs::read_dir(sandbox.store().join("runs")).unwrap().next().unwrap().unwrap().path();
    // As if the machine had lost power before the deletion.
    let text = fs::read_to_string(&journal).unwrap();
    let lines: Vec<_> = text.split_inclusive('\n').filter(|line| !line.contains("kept")).collect();
    fs::write(&journal, lines.concat().replace("\"keeps\":true", "\"keeps\":false")).unwrap();
    assert_eq!(sandbox.run(["runs", "list", "--format", "json"]).json()[0]["status"], "abandoned");
    sandbox.run(["with", "--", "sleep", "0.5"]).ok();
    assert_eq!((ids(&sandbox).as_str(), sandbox.run(["runs", "list", "-q"]).stdout()), ("", ""));
}

#[test]
fn a_session_that_is_kept_in_any_case_survives_a_kill() {
    let sandbox = Sandbox::new();
    let running = sandbox.wharf(["with", "--keep", "always", "--", "sh", "-c", "echo $$ >pid; sleep 30"]).start();
    let pid = sandbox.path("pid");
    wait_until("the command runs", || fs::read_to_string(&pid).is_ok_and(|text| text.ends_with('\n')));
    let session = ids(&sandbox);
    running.signal(Signal::KILL);
    drop(running.finish());
    sandbox.run(["with", "--", "sleep", "0.5"]).ok();
    sandbox.run(["runs", "prune"]).ok();
    assert_eq!(ids(&sandbox), session);
    assert_eq!(sandbox.run(["runs", "list", "--format", "json"]).json()[0]["status"], "kept");
    sandbox.run(["runs", "prune", "--older-than", "0s", "--yes"]).ok();
    assert_eq!(ids(&sandbox), "");
}

#[test]
fn a_session_that_took_the_id_of_the_runs_own_is_left_alone() {
    let sandbox = Sandbox::new();
    let script = "\"$0\" sessions delete mine >/dev/null && \"$0\" sessions create -q --id mine </dev/null";
    sandbox.run(["with", "--id", "mine", "--", "sh", "-c", script, env!("CARGO_BIN_EXE_wharf")]).ok();
    assert_eq!(ids(&sandbox).trim(), "mine");
    assert_eq!(sandbox.run(["runs", "list", "-q"]).ok().stdout(), "");
    sandbox.run(["sessions", "delete", "mine"]).ok();
    sandbox.run(["with", "--id", "mine", "--", "true"]).ok();
    assert_eq!(ids(&sandbox), "");
}

#[test]
fn what_is_no_file_among_the_journals_blocks_nothing() {
    let sandbox = Sandbox::new();
    sandbox.run(["with", "--", "true"]).ok();
    let runs = sandbox.store().join("runs");
    let fifo = runs.join("run_fifo.json");
    make_fifo(&fifo);
    std::os::unix::fs::symlink("run_fifo.json", runs.join("run_link.json")).unwrap();
    for words in [&["runs", "list", "-q"][..], &["with", "--", "sleep", "0.2"], &["runs", "prune", "-q"]] {
        let running = sandbox.wharf(words).start();
        let begun = Instant::now();
        let run = running.finish();
        assert!(run.ok().stdout().is_empty() && begun.elapsed() < Duration::from_secs(10), "{words:?}");
    }
    assert!(fifo.exists());
}

/// Stops a run in the middle of its uploads, and looks that they go with it, and nothing else.
fn stopped_while_it_uploads(fault: &str, is_killed: bool) {
    let sandbox = Sandbox::new();
    sandbox.write("data.csv", "a,b\n");
    let served = sandbox.serve(&["--fault", fault]);
    let files = || served.wharf("anthropic", ["files", "ls", "-q"]).run().ok().stdout().to_owned();
    served.wharf("anthropic", ["files", "upload", "data.csv"]).run().ok();
    let other = files();
    let path = sandbox.path("data.csv");
    let (one, two) = (format!("@{}:/in/one.csv", path.display()), format!("@{}:/in/two.csv", path.display()));
    let words = ["with", "--agent", "agent_1", "--environment", "env_1", "--resource", &one, "--resource", &two];
    let running = served.wharf("anthropic", words.iter().chain(&["--", "true"])).start();
    if is_killed {
        wait_until("a file is uploaded", || files() != other);
        running.signal(Signal::KILL);
    }
    assert!(!running.finish().has_code(0), "{fault}");
    clean_up(|words| served.wharf("anthropic", words));
    assert_eq!(files(), other, "{fault}");
}

#[test]
fn files_whose_upload_was_not_noted_are_deleted() {
    stopped_while_it_uploads("files.upload:reset@end skip=1", false);
    stopped_while_it_uploads("files.upload:latency=3s skip=2", true);
}

#[test]
fn a_creation_that_is_refused_is_not_looked_for() {
    let sandbox = Sandbox::new();
    let session = sandbox.session();
    let begun = Instant::now();
    sandbox.run(["with", "--id", &session, "--", "true"]).code(125).says(&["already exists"]);
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    assert_eq!(ids(&sandbox).trim(), session);
}

#[test]
fn the_sessions_of_runs_that_died_long_ago_are_waited_for_once() {
    let sandbox = Sandbox::new();
    sandbox.run(["with", "--keep", "always", "--", "true"]).ok();
    let runs = sandbox.store().join("runs");
    let kept = sandbox.run(["runs", "list", "-q"]).ok().stdout().trim().to_owned();
    let journal = fs::read_to_string(runs.join(format!("{kept}.json"))).unwrap();
    let journal = journal.replace("\"keeps\":true", "\"keeps\":false");
    for number in 0..4 {
        // As if they had been killed before their sessions were created.
        let run = format!("run_{number}");
        fs::write(
            runs.join(format!("{run}.json")),
            format!("{}\n", journal.lines().next().unwrap().replace(&kept, &run)),
        )
        .unwrap();
    }
    let begun = Instant::now();
    assert_eq!(sandbox.run(["runs", "prune", "-q"]).ok().lines().len(), 4);
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
}

#[test]
fn the_second_process_ends_once_another_one_has_finished_the_run() {
    let sandbox = Sandbox::new();
    let begun = Instant::now();
    sandbox.run(["runs", "watch", "run_1"]).ok();
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}
