//! Standard input: who reads it, when, and who never touches it.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::sandbox::{Sandbox, WHARF};

#[test]
fn a_pipe_that_says_nothing_ends_a_create_after_five_seconds_and_names_the_ways_out() {
    let sandbox = Sandbox::new();
    let session = sandbox.session();
    let start = Instant::now();
    // Both at once, because each takes its time.
    let create = sandbox.wharf(["sessions", "create"]).stdin_held().start();
    let add = sandbox.wharf(["resources", "add", &session]).stdin_held().start();
    for run in [create.finish(), add.finish()] {
        run.code(2).says(&["--body -", "</dev/null"]);
        assert_eq!(run.stdout(), "");
    }
    let took = start.elapsed();
    assert!(took >= Duration::from_millis(4900), "{took:?}");
    assert_eq!(sandbox.run(["sessions", "list"]).ok().column("id"), [session], "nothing was made");
}

#[test]
fn what_was_read_unasked_is_told() {
    let sandbox = Sandbox::new();
    let script = "printf 'a: 1\\nb: 2\\n' | while read -r n; do \"$WHARF\" sessions create -q; done";
    let run = sandbox.shell(script, None).run();
    assert_eq!(run.ok().lines().len(), 1);
    run.says(&["read a document of 5 bytes from stdin\n"]);
    let made = sandbox.wharf(["sessions", "create", "--format", "json"]).stdin("title: x\n").run();
    assert_eq!(made.ok().stderr().trim_end(), "read a document of 9 bytes from stdin");
    let added = sandbox.wharf(["resources", "add", "s1"]).stdin("type: file\n").run();
    added.says(&["read a document of 11 bytes from stdin\n"]);
    for run in [
        sandbox.wharf(["sessions", "create", "--body", "-"]).stdin("title: x\n").run(),
        sandbox.wharf(["sessions", "create"]).stdin("").run(),
        sandbox.run(["sessions", "create"]),
    ] {
        assert_eq!(run.ok().stderr(), "");
    }
}

#[test]
fn a_command_that_waits_for_a_document_says_so() {
    let sandbox = Sandbox::new();
    sandbox.fifo("fifo");
    let waiting = |args: &[&str], some: &str| {
        let mut running = sandbox.wharf(args).stdin_held().start();
        running.write(some.as_bytes());
        running
    };
    // All at once, because each takes its time.
    let runs = [
        waiting(&["sessions", "create", "--timeout", "2s"], ""),
        waiting(&["sessions", "create", "--timeout", "2s"], "title: x\n"),
        waiting(&["sessions", "create", "--timeout", "2s", "--body", "-"], ""),
        waiting(&["sessions", "create", "--timeout", "2s", "--body", "fifo"], ""),
        waiting(&["resources", "add", "s1", "--timeout", "2s"], ""),
    ];
    for run in runs.map(crate::sandbox::Running::finish) {
        run.code(124).says(&["waiting for the end of a document from"]);
    }
    let silent = waiting(&["sessions", "create", "--timeout", "2s", "--format", "json"], "").finish();
    assert_eq!(silent.code(124).error()["kind"], "deadline", "standard error is for programs");
}

#[test]
fn a_pipe_that_speaks_late_is_read_to_its_end() {
    let sandbox = Sandbox::new();
    let mut create = sandbox.wharf(["sessions", "create"]).stdin_held().start();
    std::thread::sleep(Duration::from_millis(100));
    create.write(b"title: ");
    std::thread::sleep(Duration::from_millis(100));
    create.write(b"slow\n");
    create.close();
    assert_eq!(create.finish().ok().at("/title"), "slow");
}

#[test]
fn a_pipe_or_a_file_without_a_byte_is_no_document() {
    let sandbox = Sandbox::new();
    let empty = sandbox.write("empty", "");
    assert!(sandbox.wharf(["sessions", "create"]).stdin("").run().ok().at("/title").is_null());
    let file = File::open(empty).unwrap();
    assert!(sandbox.wharf(["sessions", "create"]).stdin_from(file).run().ok().at("/title").is_null());
}

#[test]
fn a_partly_read_file_on_stdin_keeps_its_position() {
    let sandbox = Sandbox::new();
    let path = sandbox.write("list.txt", "one\ntitle: not ours\n");
    let mut file = File::open(path).unwrap();
    file.seek(SeekFrom::Start(4)).unwrap();
    let run = sandbox.wharf(["sessions", "create"]).stdin_from(file.try_clone().unwrap()).run();
    assert!(run.ok().at("/title").is_null());
    assert_eq!(file.stream_position().unwrap(), 4);
}

#[test]
fn a_body_named_by_a_flag_leaves_standard_input_alone() {
    let sandbox = Sandbox::new();
    sandbox.write("body.yaml", "title: from the file\n");
    let mut input = File::open(sandbox.write("input.yaml", "title: from stdin\n")).unwrap();
    let call = sandbox.wharf(["sessions", "create", "--body", "body.yaml"]).stdin_from(input.try_clone().unwrap());
    assert_eq!(call.run().ok().at("/title"), "from the file");
    assert_eq!(input.stream_position().unwrap(), 0);
}

#[test]
fn no_other_command_touches_standard_input() {
    let sandbox = Sandbox::new();
    let session = sandbox.session();
    let stored = sandbox.stored("stored.txt", "x");
    sandbox.write("a.txt", "a");
    sandbox.put(&format!("{session}:/a.txt"), "a");
    let mut input = File::open(sandbox.write("input", "title: not for you\n")).unwrap();
    let at = |path: &str| format!("{session}:{path}");
    let commands: &[&[&str]] = &[
        &["sessions", "list"],
        &["sessions", "get", &session],
        &["sessions", "label", &session, "a=b"],
        &["sessions", "wait", &session],
        &["sessions", "touch", &session],
        &["sessions", "stop", &session],
        &["files", "upload", "a.txt", &at("/b.txt")],
        &["files", "upload", "a.txt"],
        &["files", "download", &at("/a.txt"), "out.txt"],
        &["files", "ls", &at("/")],
        &["files", "stat", &at("/a.txt")],
        &["files", "cat", &at("/a.txt")],
        &["files", "mkdir", &at("/d")],
        &["files", "mv", &at("/b.txt"), &at("/c.txt")],
        &["files", "rm", &at("/c.txt")],
        &["resources", "add", &session, &format!("{stored}:/m1")],
        &["resources", "add", &session, "--file-id", &stored, "--mount-path", "/m2"],
        &["resources", "add", &session, "--file", "a.txt", "--mount-path", "/m3"],
        &["resources", "list", &session],
        &["resources", "delete", &session, "--mount-path", "/m1"],
        &["backends"],
        &["config", "list"],
        &["doctor"],
        &["completions", "bash"],
        &["sessions", "delete", &session],
    ];
    for args in commands {
        sandbox.wharf(*args).stdin_from(input.try_clone().unwrap()).run().ok();
        assert_eq!(input.stream_position().unwrap(), 0, "{args:?}");
    }
}

#[test]
fn a_shell_loop_that_reads_names_runs_once_for_each_of_them() {
    let sandbox = Sandbox::new();
    let made = ["s1", "s2", "s3"];
    for id in made {
        sandbox.run(["sessions", "create", "--id", id]).ok();
    }
    sandbox.write("a.txt", "a");
    let script = r#"
        "$WHARF" sessions list -q | while read -r id; do
            "$WHARF" sessions touch "$id" -q && "$WHARF" files upload a.txt "$id:/a.txt" -q &&
            "$WHARF" sessions label "$id" seen=yes >labels
        done"#;
    let output = Command::new("/bin/sh")
        .args(["-ec", script])
        .env_clear()
        .envs(sandbox.environment())
        .env("WHARF", WHARF)
        .current_dir(sandbox.path(""))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed, "s3\ns3:/a.txt\ns2\ns2:/a.txt\ns1\ns1:/a.txt\n");
    let seen = sandbox.run(["sessions", "list", "--label", "seen=yes"]);
    assert_eq!(seen.ok().json().as_array().unwrap().len(), made.len());
}

#[test]
fn a_here_document_is_a_body() {
    let sandbox = Sandbox::new();
    let script = "\"$WHARF\" sessions create --label from=flag <<'END'\ntitle: written here\nlabels: {from: body}\nEND";
    let output = Command::new("/bin/sh")
        .args(["-ec", script])
        .env_clear()
        .envs(sandbox.environment())
        .env("WHARF", WHARF)
        .current_dir(sandbox.path(""))
        .output()
        .unwrap();
    let made: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&made["title"], &made["labels"]), (&json!("written here"), &json!({"from": "flag"})));
}

#[test]
fn a_socket_that_is_held_open_after_the_document_is_waited_for() {
    let sandbox = Sandbox::new();
    let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
    let create = sandbox.wharf(["sessions", "create"]).stdin_from(std::os::fd::OwnedFd::from(theirs)).start();
    (&ours).write_all(b"title: through a socket\n").unwrap();
    drop(ours);
    assert_eq!(create.finish().ok().at("/title"), "through a socket");
}
