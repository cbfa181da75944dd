//! What stops `wharf run`: signals, the time limit, and readers of its output that stall or go away.

use std::fs;
use std::io::{Read, pipe};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::invoke_local::{is_alive, stage};
use crate::run::sessions;
use crate::run_services::Services;
use crate::sandbox::{Call, Running, Sandbox, wait_until};

/// A run of a script that says where its process id is, and whose output is `got`.
struct Stage {
    sandbox: Sandbox,
    /// The file with the id of the process that works.
    pid: PathBuf,
}

impl Stage {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        let pid = sandbox.path("pid");
        Stage { sandbox, pid }
    }

    /// A run whose script writes an output and the id of a child, and goes on.
    fn call(&self, flags: &[&str], script: &str) -> Call {
        let script = format!("echo r >\"$WHARF_OUTPUTS\"/r; sleep 61 & echo $! >'{}'; {script}", self.pid.display());
        let words = [&["run", "--out", "@outputs:got"], flags, &["--", "sh", "-c", &script]].concat();
        self.sandbox.wharf(words)
    }

    /// Starts it, and waits until it works.
    fn under_way(&self, flags: &[&str], script: &str) -> Running {
        let running = self.call(flags, script).start();
        self.wait_for_work();
        running
    }

    fn wait_for_work(&self) {
        wait_until("it works", || fs::read_to_string(&self.pid).is_ok_and(|text| text.ends_with('\n')));
    }

    /// Nothing of the run is left, or will be soon where it says so.
    #[track_caller]
    fn is_over(&self) {
        wait_until("no run goes on", || self.sandbox.run(["runs", "list", "-q"]).ok().stdout().is_empty());
        assert_eq!(sessions(&self.sandbox), "");
        let process = fs::read_to_string(&self.pid).unwrap();
        wait_until("the child has ended", || !is_alive(process.trim()));
    }
}

#[test]
fn a_signal_stops_the_work_and_deletes_the_session_without_a_download() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let stage = Stage::new();
        let running = stage.under_way(&["--format", "json"], "wait");
        running.signal(signal);
        let run = running.finish();
        // It is gone when wharf ends.
        assert_eq!(sessions(&stage.sandbox), "", "{signal:?}");
        let object = run.code(code).json();
        assert_eq!((&object["exit_code"], &object["work"]["status"]), (&json!(code), &json!("killed")), "{object:#}");
        assert_eq!((&object["downloads"], &object["cleanup"]["status"]), (&json!([]), &json!("deleted")));
        assert_eq!(object["error"]["kind"], "interrupted");
        assert!(!stage.sandbox.path("got").exists());
        stage.is_over();
    }
}

#[test]
fn a_second_signal_leaves_at_once_and_the_session_is_deleted_nevertheless() {
    let stage = Stage::new();
    let running = stage.under_way(&[], "trap '' INT TERM; while :; do sleep 0.1; done");
    running.signal(Signal::INT);
    // Both have to be seen.
    std::thread::sleep(Duration::from_millis(200));
    running.signal(Signal::INT);
    let begun = Instant::now();
    let _ = running.finish().code(130);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert!(!stage.sandbox.path("got").exists());
    stage.is_over();
}

/// Sends a signal to a run while a request of it stalls, and looks that nothing is left.
fn stopped_at(backend: &str, fault: &str) {
    let sandbox = Sandbox::new();
    sandbox.write("data", "x");
    let services = Services::with_agents(&sandbox, &["--fault", fault]);
    let work = if backend == "agb" { &["--", "sleep", "30"][..] } else { &["sleep 30"] };
    let running = services.call(backend, &[&["--in", "data", "--out", "@outputs"], work].concat()).start();
    running.wait_for_handlers();
    // A request that stalls is not in the log.
    std::thread::sleep(Duration::from_secs(1));
    running.signal(Signal::INT);
    let begun = Instant::now();
    let _ = running.finish().code(130);
    assert!(begun.elapsed() < Duration::from_secs(30), "{backend} {fault}: {:?}", begun.elapsed());
    services.is_empty(backend);
}

#[test]
fn a_signal_at_a_request_that_stalls_leaves_nothing() {
    std::thread::scope(|scope| {
        for (backend, fault) in [
            ("agb", "sessions.create:stall x1"),
            ("agb", "tools.call:stall x1"),
            ("agb", "tools.call:stall x2 skip=3"),
            ("agb", "tools.call:stall x1 skip=9"),
            ("anthropic", "files.upload:stall x1"),
            ("anthropic", "sessions.create:stall x1"),
            ("anthropic", "sessions.create:stall@end x1"),
            ("anthropic", "events.send:stall x1"),
            ("foundry", "files.upload:stall x1"),
            ("foundry", "agents.invoke:stall x1"),
        ] {
            scope.spawn(move || stopped_at(backend, fault));
        }
    });
}

#[test]
fn a_time_limit_stops_the_work_and_the_outputs_arrive() {
    let stage = Stage::new();
    let begun = Instant::now();
    let run = stage.call(&["--timeout", "1s"], "trap 'exit 0' TERM; wait").run();
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    assert_eq!((run.code(124).stdout(), stage.sandbox.read("got/r")), ("", "r\n".into()));
    assert_eq!(sessions(&stage.sandbox), "");
    stage.is_over();
}

#[test]
fn a_time_limit_that_ends_before_the_work_begins_leaves_nothing() {
    let stage = Stage::new();
    stage.call(&["--timeout", "1ms"], "wait").run().code(124);
    wait_until("no run goes on", || stage.sandbox.run(["runs", "list", "-q"]).ok().stdout().is_empty());
    assert_eq!(sessions(&stage.sandbox), "");
}

#[test]
fn the_work_goes_on_to_its_end_where_the_reader_of_stdout_goes_away() {
    for flags in [&[][..], &["--format", "jsonl"]] {
        let stage = Stage::new();
        let script =
            "kill $!; echo a; until [ -e \"$GO\" ]; do sleep 0.02; done; echo b; echo c; echo d >\"$WHARF_OUTPUTS\"/d";
        let go = stage.sandbox.path("go");
        let mut running = stage.call(flags, script).env("GO", &go).start();
        let mut first = [0; 1];
        running.take_stdout().read_exact(&mut first).unwrap();
        fs::write(&go, "").unwrap();
        assert_eq!(running.finish().ok().stderr().matches("error").count(), 0);
        assert_eq!(stage.sandbox.read("got/d"), "d\n");
        stage.is_over();
    }
    let sandbox = stage();
    let script = "$WHARF run --out @outputs:got 'echo a; sleep 0.2; echo b; echo c; echo r >$WHARF_OUTPUTS/r' | head -n 1; \
                  echo ${PIPESTATUS[0]}";
    assert_eq!(sandbox.shell(script, None).run().ok().lines(), ["a", "0"]);
    assert_eq!((sandbox.read("got/r").as_str(), sessions(&sandbox).as_str()), ("r\n", "s1\n"));
}

#[test]
fn a_reader_that_is_gone_from_the_start_changes_nothing() {
    let stage = Stage::new();
    for flags in [&[][..], &["--format", "json"], &["--transform", "exit_code"]] {
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        let run = stage.call(flags, "kill $!; echo a; exit 3").stdout_to(writer).run();
        run.code(3);
        assert_eq!(stage.sandbox.read("got/r"), "r\n", "{flags:?}");
        stage.is_over();
    }
}

#[test]
fn a_stalled_reader_does_not_keep_the_session_after_a_signal() {
    for (flags, script) in [
        (&[][..], "exec yes"),
        (&["--format", "jsonl"], "exec yes"),
        (&["--format", "json"], "head -c 500000 /dev/zero | tr '\\0' x; exit 0"),
    ] {
        let stage = Stage::new();
        let mut running = stage.call(flags, script).start();
        let unread = running.take_stdout();
        stage.wait_for_work();
        // Until the pipe is full.
        std::thread::sleep(Duration::from_millis(500));
        running.signal(Signal::INT);
        std::thread::sleep(Duration::from_millis(200));
        running.signal(Signal::INT);
        let begun = Instant::now();
        let _ = running.finish().code(130);
        assert!(begun.elapsed() < Duration::from_secs(10), "{flags:?}: {:?}", begun.elapsed());
        if script == "exec yes" {
            stage.is_over();
        } else {
            assert_eq!(sessions(&stage.sandbox), "");
        }
        drop(unread);
    }
}

#[test]
fn a_slow_reader_gets_the_whole_object_after_the_time_limit() {
    let stage = Stage::new();
    let script = "head -c 900000 /dev/zero | tr '\\0' x; wait";
    let mut running = stage.call(&["--timeout", "1500ms", "--format", "json"], script).start();
    let mut stdout = running.take_stdout();
    stage.wait_for_work();
    wait_until("the session is gone", || sessions(&stage.sandbox).is_empty());
    // Longer than wharf would need to end.
    std::thread::sleep(Duration::from_millis(500));
    let mut text = String::new();
    stdout.read_to_string(&mut text).unwrap();
    running.finish().code(124);
    let object: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&object["exit_code"], &object["work"]["stdout_bytes"]), (&json!(124), &json!(900_000)));
    stage.is_over();
}

#[test]
fn a_stalled_reader_does_not_keep_the_session_after_the_time_limit() {
    for (to, script) in [("1", "exec yes"), ("2", "exec yes >&2")] {
        let stage = Stage::new();
        stage.sandbox.fifo("stalled");
        let script = format!("echo r >$WHARF_OUTPUTS/r; sleep 61 & echo $! >{}; {script}", stage.pid.display());
        let line = format!(
            "exec 3<>stalled; $WHARF run --timeout 2s --out @outputs:got -- sh -c '{script}' {to}>&3 & \
             wait $!; echo $?"
        );
        let begun = Instant::now();
        let run = stage.sandbox.shell(&line, None).run();
        assert!(begun.elapsed() < Duration::from_secs(25), "{to}: {:?}", begun.elapsed());
        assert_eq!((run.ok().stdout(), stage.sandbox.read("got/r")), ("124\n", "r\n".into()), "{to}");
        stage.is_over();
    }
}

#[test]
fn a_stalled_reader_of_stderr_does_not_keep_the_session_after_a_signal() {
    let stage = Stage::new();
    stage.sandbox.fifo("stalled");
    let script = format!("sleep 61 & echo $! >{}; exec yes >&2", stage.pid.display());
    let line = format!(
        "exec 3<>stalled; set -m; $WHARF run -- sh -c '{script}' 2>&3 & \
         until [ -s pid ]; do sleep 0.02; done; sleep 0.5; kill -INT $!; wait $!; echo $?"
    );
    let begun = Instant::now();
    let run = stage.sandbox.shell(&line, None).run();
    assert_eq!(run.ok().lines().last(), Some(&"130"));
    assert!(begun.elapsed() < Duration::from_secs(25), "{:?}", begun.elapsed());
    stage.is_over();
}

#[test]
fn a_prompt_is_stopped_as_a_command_is() {
    let sandbox = stage();
    let pid = sandbox.path("pid");
    let prompt = format!("echo r >$WHARF_OUTPUTS/r; sleep 61 & echo $! >'{}'; wait", pid.display());
    let call = |flags: &[&str]| {
        drop(fs::remove_file(&pid));
        sandbox.wharf([&["run", "--format", "json", "--out", "@outputs:got"], flags, &[&prompt]].concat())
    };
    let is_over = || {
        assert_eq!(sessions(&sandbox), "s1\n");
        let process = fs::read_to_string(&pid).unwrap();
        wait_until("the child has ended", || !is_alive(process.trim()));
    };
    let running = call(&[]).start();
    wait_until("it works", || fs::read_to_string(&pid).is_ok_and(|text| text.ends_with('\n')));
    running.signal(Signal::INT);
    let object = running.finish().code(130).json();
    assert_eq!((&object["work"]["status"], &object["downloads"]), (&json!("interrupted"), &json!([])), "{object:#}");
    assert_eq!((&object["exit_code"], &object["cleanup"]["status"]), (&json!(130), &json!("deleted")));
    is_over();
    assert!(!sandbox.path("got").exists());
    let object: Value = call(&["--timeout", "500ms"]).run().code(124).json();
    assert_eq!((&object["work"]["status"], &object["exit_code"]), (&json!("timed_out"), &json!(124)), "{object:#}");
    assert_eq!(sandbox.read("got/r"), "r\n");
    is_over();
}
