//! Standard streams and signals as they were handed over: what is closed or open the wrong way is an
//! error where it is used, what was ignored stays ignored, and a question ends with Ctrl-C.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::sandbox::{Run, Running, Sandbox, WHARF};

/// Runs a line of shell in which `$WHARF` is the binary.
fn shell(sandbox: &Sandbox, line: &str) -> Run {
    sandbox.shell(line, None).run()
}

#[test]
fn contents_are_not_written_to_a_standard_output_that_is_closed() {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    sandbox.put("s1:/d", "data");
    let stored = sandbox.stored("d", "data");
    for args in ["cat s1:/d", "download s1:/d -", &format!("cat {stored}"), &format!("download {stored} -")] {
        // Closed, and open the wrong way.
        for to in [">&-", "1</dev/null", ">&- 2>&- <&-"] {
            let run = shell(&sandbox, &format!("\"$WHARF\" files {args} {to}"));
            run.code(12);
            assert!(to.contains("2>") || run.stderr().contains("stdout"), "{args} {to}: {}", run.stderr());
        }
        for to in [">/dev/null", ">out", "| cat", "2>&-"] {
            shell(&sandbox, &format!("set -o pipefail; \"$WHARF\" files {args} {to}")).ok();
        }
    }
}

#[test]
fn contents_of_services_are_not_either() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    for backend in ["anthropic", "foundry", "agb"] {
        let log = sandbox.shell("\"$WHARF\" files cat s1:/d >&-", Some((&served, backend))).run();
        log.code(12).says(&["stdout"]);
        let log = sandbox.shell("\"$WHARF\" files download s1:/d - >&-", Some((&served, backend))).run();
        log.code(12).says(&["stdout"]);
    }
}

#[test]
fn nothing_is_done_where_standard_output_is_open_for_reading_only() {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    sandbox.write("a", "a");
    for args in [
        "--help",
        "--version",
        "backends",
        "completions bash",
        "config list",
        "sessions list",
        "sessions get s1",
        "sessions create --id s2",
        "sessions delete s1",
        "files upload a s1:/a",
        "files ls s1:/",
        "files mkdir s1:/d",
        "resources list s1",
    ] {
        shell(&sandbox, &format!("\"$WHARF\" {args} 1</dev/null")).code(12).says(&["stdout"]);
    }
    assert_eq!(sandbox.run(["sessions", "list", "-q"]).ok().lines(), ["s1"]);
    assert_eq!(sandbox.paths("s1:/"), [""; 0]);
}

/// Python's `subprocess.DEVNULL`, Node's `ignore` and daemons open `/dev/null` both ways.
#[test]
fn results_may_be_thrown_away_both_ways() {
    let sandbox = Sandbox::new();
    sandbox.write("a", "a");
    for args in ["sessions create --id s1", "files upload a s1:/a", "files stat s1:/a", "sessions list", "doctor"] {
        shell(&sandbox, &format!("\"$WHARF\" {args} 0<>/dev/null 1<>/dev/null 2<>/dev/null")).ok();
    }
    assert_eq!(sandbox.cat("s1:/a"), "a");
}

#[test]
fn a_standard_input_that_cannot_be_read_is_not_an_empty_file() {
    let sandbox = Sandbox::new();
    sandbox.write("a", "a");
    sandbox.write("log.jsonl", "");
    let served = sandbox.serve(&["--log", sandbox.path("log.jsonl").to_str().unwrap()]);
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    for at in [None, Some((&served, "anthropic")), Some((&served, "foundry")), Some((&served, "agb"))] {
        for from in ["<&-", "0>/dev/null", "0<>/dev/null"] {
            for args in ["- s1:e", "- s1:e --dry-run", "a - s1:e", "- --name e"] {
                let run = sandbox.shell(&format!("\"$WHARF\" files upload {args} {from}"), at).run();
                run.code(12).says(&["standard input"]);
            }
        }
    }
    assert_eq!(sandbox.read("log.jsonl"), "", "nothing is sent, the file beside it neither");
    assert_eq!(sandbox.paths("s1:/"), [""; 0]);
    assert_eq!(sandbox.run(["files", "ls"]).ok().stdout(), "[]\n");
    // What is empty on purpose is.
    shell(&sandbox, "\"$WHARF\" files upload - s1:/empty </dev/null").ok();
    assert_eq!(sandbox.paths("s1:/"), ["/empty"]);
    shell(&sandbox, "\"$WHARF\" sessions create --body - <&-").code(12).says(&["standard input"]);
    shell(&sandbox, "\"$WHARF\" sessions create --id s2 <&-").ok();
}

#[test]
fn a_file_that_is_opened_never_takes_the_place_of_a_standard_stream() {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    sandbox.write("tree/a", "content");
    symlink("missing", sandbox.path("tree/gone")).unwrap();
    shell(&sandbox, "\"$WHARF\" files upload tree s1:/t/tree --debug <&- >&- 2>&-").code(10);
    shell(&sandbox, "\"$WHARF\" files download s1:/t out --debug <&- >&- 2>&-").ok();
    shell(&sandbox, "\"$WHARF\" files download s1:/gone x --receipt receipts <&- >&- 2>&-").code(4);
    assert_eq!(sandbox.cat("s1:/t/tree/a"), "content");
    assert_eq!(sandbox.read("out/tree/a"), "content");
    assert_eq!(sandbox.read("receipts").lines().count(), 1);
    sandbox.run(["doctor"]).ok();
}

/// An upload from a pipe that is held open, begun by a shell that ignores signals.
fn under_way(sandbox: &Sandbox, ignored: &str) -> Running {
    let line = format!("trap '' {ignored}; exec \"$WHARF\" files upload - s1:/x");
    let mut upload = sandbox.shell(&line, None).stdin_held().start();
    upload.write(&vec![7; 600_000]);
    upload.wait_for_bytes(&sandbox.store());
    upload
}

#[test]
fn a_signal_that_was_ignored_at_the_start_stays_ignored() {
    for (ignored, sent) in [
        ("HUP", &[Signal::HUP][..]),
        ("INT", &[Signal::INT]),
        ("TERM", &[Signal::TERM]),
        ("HUP INT TERM", &[Signal::HUP, Signal::INT, Signal::TERM, Signal::HUP]),
    ] {
        let sandbox = Sandbox::new();
        sandbox.run(["sessions", "create", "--id", "s1"]).ok();
        let mut upload = under_way(&sandbox, ignored);
        for signal in sent {
            upload.signal(*signal);
        }
        upload.write(b"the end");
        upload.close();
        upload.finish().ok();
        assert!(sandbox.cat("s1:/x").ends_with("the end"), "{ignored}");
    }
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    let upload = under_way(&sandbox, "HUP");
    upload.signal(Signal::TERM);
    upload.finish().code(143);
}

#[test]
fn it_stays_ignored_in_what_wharf_runs() {
    let sandbox = Sandbox::new();
    let status = "grep SigIgn /proc/self/status";
    let beside = shell(&sandbox, &format!("trap '' HUP INT; exec \"$WHARF\" serve -- {status}"));
    let mask = |text: &str| u64::from_str_radix(text.trim().rsplit('\t').next().unwrap(), 16).unwrap();
    assert_eq!(mask(beside.ok().stdout()) & 0b100_0000_0000_0011, 0b11);
    let none = shell(&sandbox, &format!("exec \"$WHARF\" serve -- {status}"));
    assert_eq!(mask(none.ok().stdout()) & 0b100_0000_0000_0011, 0);
    // A program that prints a secret.
    let script = sandbox.write("secret", "#!/bin/sh\ngrep SigIgn /proc/self/status >mask; echo key\n");
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let config = format!(
        "[profiles.a]\nbackend = 'anthropic'\nbase_url = 'http://127.0.0.1:9'\nsecret_command = ['{}']\n",
        script.display()
    );
    std::fs::create_dir_all(sandbox.config().join("wharf")).unwrap();
    std::fs::write(sandbox.config().join("wharf/config.toml"), config).unwrap();
    shell(&sandbox, "trap '' HUP; exec \"$WHARF\" --profile a sessions list --retries 0").code(8);
    assert_eq!(mask(&sandbox.read("mask")) & 0b100_0000_0000_0011, 0b1);
}

/// A terminal: our end and the other.
fn terminal() -> (File, Stdio, Stdio) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let theirs = File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap();
    (File::from(ours), theirs.try_clone().unwrap().into(), theirs.into())
}

/// `sessions delete --label a=b` at a terminal that shows its question.
fn asked(sandbox: &Sandbox) -> (File, std::process::Child) {
    sandbox.run(["sessions", "create", "--id", "s1", "--label", "a=b"]).ok();
    let (mut ours, stdin, stderr) = terminal();
    let mut command = Command::new(WHARF);
    command.args(["sessions", "delete", "--label", "a=b"]).env_clear().envs(sandbox.environment());
    let child = command.stdin(stdin).stdout(Stdio::null()).stderr(stderr).spawn().unwrap();
    drop(command);
    wait_for_text(&mut ours, "[y/N]");
    (ours, child)
}

/// Reads what a terminal shows until it contains a text.
fn wait_for_text(terminal: &mut File, text: &str) {
    let mut shown = Vec::new();
    while !String::from_utf8_lossy(&shown).contains(text) {
        let mut byte = [0];
        assert_eq!(terminal.read(&mut byte).unwrap(), 1);
        shown.push(byte[0]);
    }
}

#[test]
fn a_profile_is_made_of_answers_and_of_none_after_a_signal() {
    let asked = |sandbox: &Sandbox| {
        let (ours, stdin, stderr) = terminal();
        let mut command = Command::new(WHARF);
        command.args(["config", "init", "--agent", "agent_1"]).env_clear().envs(sandbox.environment());
        (ours, command.stdin(stdin).stdout(Stdio::null()).stderr(stderr).spawn().unwrap())
    };
    let sandbox = Sandbox::new();
    let (mut ours, mut child) = asked(&sandbox);
    wait_for_text(&mut ours, "backend (local, anthropic, foundry, agb) [local]: ");
    ours.write_all(b"anthropic\n").unwrap();
    wait_for_text(&mut ours, "environment of new sessions");
    ours.write_all(b" env_1\n").unwrap();
    wait_for_text(&mut ours, "next: ");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let set = |name: &str| sandbox.run(["config", "get", name, "-q"]).ok().stdout().trim_end().to_owned();
    assert_eq!([set("backend"), set("agent"), set("environment")], ["anthropic", "agent_1", "env_1"]);

    let sandbox = Sandbox::new();
    let (mut ours, mut child) = asked(&sandbox);
    wait_for_text(&mut ours, "[local]: ");
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    ours.write_all(b"anthropic\n").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(!sandbox.config().join("wharf").exists());
}

#[test]
fn a_question_ends_with_the_signal_and_an_answer_after_it_does_not_count() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 143)] {
        for pause in [0, 20] {
            let sandbox = Sandbox::new();
            let (mut ours, mut child) = asked(&sandbox);
            let start = Instant::now();
            kill_process(Pid::from_child(&child), signal).unwrap();
            std::thread::sleep(Duration::from_millis(pause));
            ours.write_all(b"y\n").unwrap();
            assert_eq!(child.wait().unwrap().code(), Some(code), "{signal:?}");
            assert!(start.elapsed() < Duration::from_millis(900), "{:?}", start.elapsed());
            assert_eq!(sandbox.run(["sessions", "list", "-q"]).ok().lines(), ["s1"], "{signal:?} {pause}");
        }
    }
}

#[test]
fn a_question_is_answered() {
    for (answer, code, left) in [("y\n", 0, &[][..]), ("n\n", 5, &["s1"]), ("\n", 5, &["s1"])] {
        let sandbox = Sandbox::new();
        let (mut ours, mut child) = asked(&sandbox);
        ours.write_all(answer.as_bytes()).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(code), "{answer:?}");
        assert_eq!(sandbox.run(["sessions", "list", "-q"]).ok().lines(), left, "{answer:?}");
    }
}

#[test]
fn a_terminal_of_which_nothing_is_known_gets_no_escapes() {
    let sandbox = Sandbox::new();
    for (term, colours) in [(None, false), (Some(""), false), (Some("dumb"), false), (Some("xterm-256color"), true)] {
        for args in [&["sessions", "get", "nope"][..], &["sessions"], &["--help"]] {
            let (mut ours, out, err) = terminal();
            let mut command = Command::new(WHARF);
            command.args(args).env_clear().envs(sandbox.environment());
            command.envs(term.map(|term| ("TERM", term))).stdin(Stdio::null()).stdout(out).stderr(err);
            let mut child = command.spawn().unwrap();
            drop(command);
            child.wait().unwrap();
            let mut shown = [0; 4096];
            let length = ours.read(&mut shown).unwrap();
            assert_eq!(shown[..length].contains(&0x1b), colours, "{term:?} {args:?}");
        }
    }
}

#[test]
fn the_time_runs_out_while_a_small_file_is_waited_for() {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    sandbox.write("a", "a");
    let fifo = sandbox.fifo("fifo");
    let served = sandbox.serve(&[]);
    let late = |call: crate::sandbox::Call| {
        let start = Instant::now();
        let run = call.run();
        run.code(124);
        assert!(start.elapsed() < Duration::from_millis(1900), "{:?}", start.elapsed());
    };
    let waits = ["--timeout", "700ms"];
    late(sandbox.wharf(["sessions", "list"].iter().chain(&waits)).env("WHARF_CONFIG", &fifo));
    late(sandbox.wharf(["files", "upload", "a", "s1:/a", "--ignore-file", "fifo"].iter().chain(&waits)));
    late(sandbox.wharf(["sessions", "create", "--body", "fifo"].iter().chain(&waits)));
    for backend in ["anthropic", "foundry", "agb"] {
        late(served.wharf(backend, ["sessions", "list", "--token-file", "fifo"].iter().chain(&waits)));
    }
    sandbox.wharf(["sessions", "list"]).env("WHARF_CONFIG", "/dev/zero").run().code(2).says(&["larger than"]);
    served.wharf("anthropic", ["sessions", "list", "--token-file", "/dev/zero"]).run().code(3);
    let certificates = served.wharf("anthropic", ["sessions", "list", "--ca-cert", "/dev/zero"]);
    certificates.env("ANTHROPIC_BASE_URL", "https://127.0.0.1:9").run().code(2).says(&["larger than"]);
}

#[test]
fn each_line_answers_the_question_above_it() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let create = ["sessions", "create", "--agent", "agent_1", "--environment", "env_1", "-q"];
    let session = served.wharf("anthropic", create).run().ok().stdout().trim_end().to_owned();
    let events = |kind: &str, member: &str| {
        let list = ["sessions", "events", &session, "--type", kind, "--transform", member, "-r"];
        let listed = served.wharf("anthropic", list).run();
        listed.ok().stdout().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let invoke = |args: &[&str]| {
        let (ours, stdin, stderr) = terminal();
        let mut command = Command::new(WHARF);
        command.args(["invoke", &session]).args(args).env_clear().envs(sandbox.environment());
        command.env("WHARF_BACKEND", "anthropic");
        for name in ["ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY"] {
            command.env(name, served.variable(name));
        }
        (ours, command.stdin(stdin).stdout(Stdio::null()).stderr(stderr).spawn().unwrap())
    };
    let (mut ours, mut child) = invoke(&["ask first {}\nask second {}"]);
    wait_for_text(&mut ours, "allow first? [y/N] ");
    ours.write_all(b"n\n").unwrap();
    wait_for_text(&mut ours, "n\r\nallow second? [y/N] ");
    ours.write_all(b"y\n").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(13));
    assert_eq!(events("user.tool_confirmation", "provider.result"), ["deny", "allow"]);

    let (mut ours, mut child) = invoke(&[]);
    wait_for_text(&mut ours, "> ");
    ours.write_all(b"ask third {}\n").unwrap();
    wait_for_text(&mut ours, "allow third? [y/N] ");
    let calls = events("tool_call", "tool.id");
    served.wharf("anthropic", ["sessions", "confirm", &session, calls.last().unwrap(), "allow", "-q"]).run().ok();
    wait_for_text(&mut ours, "> ");
    // The question was given up, and the next line is the next message.
    ours.write_all(b"echo next\n").unwrap();
    wait_for_text(&mut ours, "done in");
    wait_for_text(&mut ours, "> ");
    ours.write_all(b"\x04").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(events("user.message", "text").last().unwrap(), "echo next");
}
