//! The process: signals, timeouts, readers that go away.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::time::Duration;

use rustix::process::Signal;

use crate::sandbox::{Running, Sandbox};

/// A sandbox with a session `s1` and a file `s1:/x`.
fn stage() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    sandbox.put("s1:/x", "old");
    sandbox
}

/// An upload from a pipe that is held open, of which some bytes have reached the store's disk.
fn under_way(sandbox: &Sandbox, args: &[&str]) -> Running {
    let mut upload = sandbox.wharf(["files", "upload", "-"].iter().chain(args)).stdin_held().start();
    upload.write(&vec![7; 600_000]);
    upload.wait_for_bytes(&sandbox.store());
    upload
}

#[test]
fn a_signal_ends_an_upload_without_a_trace() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 143)] {
        let sandbox = stage();
        for args in [&["s1:/x"][..], &["s1:/new/y"], &["--name", "stored"]] {
            let upload = under_way(&sandbox, args);
            upload.signal(signal);
            let run = upload.finish();
            run.code(code).says(&["interrupted"]);
            assert_eq!(sandbox.unfinished(), [""; 0], "{signal:?} {args:?}");
        }
        assert_eq!(sandbox.cat("s1:/x"), "old");
        assert_eq!(sandbox.paths("s1:/"), ["/x"]);
        assert_eq!(sandbox.run(["files", "ls"]).ok().stdout(), "[]\n");
    }
}

#[test]
fn a_signal_is_reported_as_an_object_to_programs() {
    let sandbox = stage();
    let upload = under_way(&sandbox, &["s1:/x", "--format", "json"]);
    upload.signal(Signal::TERM);
    assert_eq!(upload.finish().code(143).error()["kind"], "interrupted");
}

#[test]
fn a_signal_ends_a_wait_for_a_document_on_standard_input() {
    let sandbox = stage();
    let wait = |args: &[&str]| {
        let running = sandbox.wharf(args.iter().chain(&["--format=json"])).stdin_held().start();
        running.wait_for_handlers();
        std::thread::sleep(Duration::from_millis(100));
        running.signal(Signal::INT);
        running
    };
    let waits = [wait(&["sessions", "create"]), wait(&["sessions", "create", "--body", "-"])];
    let runs = waits.map(Running::finish);
    for run in &runs {
        run.code(130);
    }
    assert_eq!(sandbox.run(["sessions", "list", "-q"]).ok().lines(), ["s1"]);
    for run in &runs {
        assert_eq!(run.error()["kind"], "interrupted");
    }
}

#[test]
fn a_timeout_ends_an_upload_without_a_trace() {
    let sandbox = stage();
    let call = sandbox.wharf(["files", "upload", "-", "s1:/x", "--timeout", "500ms", "--format=json"]);
    let mut upload = call.stdin_held().start();
    upload.write(&vec![7; 600_000]);
    assert_eq!(upload.finish().code(124).error()["kind"], "deadline");
    assert_eq!(sandbox.cat("s1:/x"), "old");
    assert_eq!(sandbox.unfinished(), [""; 0]);
}

#[test]
fn a_timeout_ends_a_wait_for_the_writer_of_a_fifo() {
    let sandbox = stage();
    sandbox.fifo("fifo");
    sandbox.run(["files", "upload", "fifo", "s1:/y", "--timeout", "200ms"]).code(124);
    assert_eq!(sandbox.unfinished(), [""; 0]);
}

#[test]
fn a_timeout_ends_a_wait_for_the_reader_of_a_fifo() {
    let sandbox = stage();
    sandbox.fifo("fifo");
    sandbox.run(["files", "download", "s1:/x", "fifo", "--timeout", "200ms"]).code(124);
}

#[test]
fn a_timeout_ends_a_wait_for_a_document_on_standard_input() {
    let sandbox = stage();
    for args in [&["sessions", "create"][..], &["sessions", "create", "--body", "-"], &["resources", "add", "s1"]] {
        sandbox.wharf(args.iter().chain(&["--timeout", "200ms"])).stdin_held().run().code(124);
    }
    assert_eq!(sandbox.run(["sessions", "list", "-q"]).ok().lines(), ["s1"]);
}

#[test]
fn a_timeout_ends_a_wait_for_a_reader_of_standard_output() {
    let sandbox = stage();
    sandbox.put("s1:/large", vec![1; 1_000_000]);
    let (_reader, writer) = std::io::pipe().unwrap();
    sandbox.wharf(["files", "cat", "s1:/large", "--timeout", "200ms"]).stdout_to(writer).run().code(124);
}

#[test]
fn a_timeout_that_is_long_enough_changes_nothing() {
    let sandbox = stage();
    assert_eq!(sandbox.run(["files", "cat", "s1:/x", "--timeout", "1h"]).ok().stdout(), "old");
    for bad in ["", "soon", "-1s"] {
        sandbox.run(["files", "cat", "s1:/x", &format!("--timeout={bad}")]).code(2);
    }
}

#[test]
fn what_a_killed_process_left_is_swept_and_what_a_living_one_makes_is_not() {
    let sandbox = stage();
    let dead = under_way(&sandbox, &["s1:/x"]);
    dead.signal(Signal::KILL);
    drop(dead.finish());
    // Where a file can be made without a name, nothing is left; elsewhere, and by older versions, this is.
    fs::write(sandbox.store().join("tmp/.wharf-0123456789abcdef"), "left").unwrap();
    let mut living = sandbox.wharf(["files", "upload", "-", "s1:/y"]).stdin_held().start();
    living.write(&vec![8; 600_000]);
    living.wait_for_bytes(&sandbox.store());
    sandbox.stored("z", "another writer, which sweeps");
    assert!(!sandbox.store().join("tmp/.wharf-0123456789abcdef").exists());
    living.close();
    assert_eq!(living.finish().ok().at("/0/bytes"), 600_000);
    assert_eq!(sandbox.cat("s1:/x"), "old");
    assert_eq!(sandbox.unfinished(), [""; 0]);
}

/// A sandbox with a session `s1` of some thousand files, made as an agent would.
fn crowd() -> Sandbox {
    let sandbox = stage();
    let inside = sandbox.inside("s1", "");
    for n in 0..4000 {
        fs::write(inside.join(format!("a-file-with-a-rather-long-name-{n:05}")), "").unwrap();
    }
    sandbox
}

#[test]
fn a_reader_that_went_away_is_no_error() {
    let sandbox = crowd();
    for extra in [
        &["--format=table"][..],
        &["--format=json"],
        &["--format=jsonl"],
        &["--format=yaml"],
        &["-q"],
        &["--transform=path"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let run = sandbox.wharf(["files", "ls", "-R", "s1:/"].iter().chain(extra)).stdout_to(writer).run();
        assert_eq!(run.ok().stderr(), "", "{extra:?}");
        let mut running = sandbox.wharf(["files", "ls", "-Rl", "s1:/"].iter().chain(extra)).start();
        let mut reader = BufReader::new(running.take_stdout());
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        drop(reader);
        assert!(!line.is_empty(), "{extra:?}");
        assert_eq!(running.finish().ok().stderr(), "", "{extra:?}");
    }
    for args in [&["--help"][..], &["--version"], &["completions", "bash"], &["files", "cat", "s1:/x"], &[]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let run = sandbox.wharf(args).stdout_to(writer).run();
        assert_eq!(run.ok().stderr(), "", "{args:?}");
    }
}

#[test]
fn a_reader_of_a_files_first_bytes_is_no_error() {
    let sandbox = stage();
    sandbox.put("s1:/large", vec![b'x'; 1_000_000]);
    for args in [&["cat", "s1:/large"][..], &["download", "s1:/large", "-"]] {
        let mut running = sandbox.wharf(["files"].iter().chain(args)).start();
        let mut byte = [0];
        running.take_stdout().read_exact(&mut byte).unwrap();
        assert_eq!(byte, *b"x");
        assert_eq!(running.finish().ok().stderr(), "", "{args:?}");
    }
}

#[test]
fn a_transfer_continues_when_the_output_pipe_is_closed() {
    let sandbox = stage();
    for n in 0..20 {
        sandbox.write(format!("tree/{n:02}"), "x");
    }
    let closed = |args: &[&str]| {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let run = sandbox.wharf(args).stdout_to(writer).run();
        let said = run.ok().stderr().lines().filter(|line| !line.contains(" files copied (")).count();
        assert_eq!(said, 0, "{args:?}: {}", run.stderr());
    };
    closed(&["files", "upload", "tree", "s1:/d"]);
    assert_eq!(sandbox.paths("s1:/d").len(), 20);
    closed(&["files", "download", "s1:/d", "out"]);
    assert_eq!(sandbox.tree("out").len(), 20);
    closed(&["files", "mkdir", "s1:/1", "s1:/2", "s1:/3"]);
    closed(&["files", "mv", "s1:/1", "s1:/4"]);
    closed(&["files", "rm", "-r", "s1:/2", "s1:/3", "s1:/d"]);
    assert_eq!(sandbox.paths("s1:/"), ["/4/", "/x"]);
    closed(&["resources", "add", "s1", "@tree/00", "@tree/01"]);
    assert_eq!(sandbox.paths("s1:/"), ["/00", "/01", "/4/", "/x"]);
    closed(&["sessions", "delete", "s1"]);
    assert_eq!(sandbox.run(["sessions", "list"]).ok().stdout(), "[]\n");
}

#[test]
fn a_failure_keeps_its_exit_code_when_the_output_pipe_is_closed() {
    let sandbox = stage();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let run = sandbox.wharf(["files", "download", "s1:/gone", "y"]).stdout_to(writer).run();
    run.code(4).says(&["gone"]);
}

#[test]
fn a_long_listing_is_streamed() {
    let sandbox = crowd();
    let mut running = sandbox.wharf(["files", "ls", "s1:/", "--format=json"]).start();
    let mut reader = BufReader::new(running.take_stdout());
    let mut head = String::new();
    for _ in 0..5 {
        reader.read_line(&mut head).unwrap();
    }
    assert!(running.is_running(), "the pipe is full, and the listing is not done");
    assert!(head.starts_with("[\n  {\n"), "{head}");
    let rest: String = reader.lines().map(|line| line.unwrap() + "\n").collect();
    let all: serde_json::Value = serde_json::from_str(&(head + &rest)).unwrap();
    assert_eq!(all.as_array().unwrap().len(), 4001);
    running.finish().ok();
}
