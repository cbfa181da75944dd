//! `wharf exec` on the local backend: bytes, formats, statuses, signals.

use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::sandbox::{Run, Running, Sandbox, WHARF};

/// A sandbox with a session `s1`.
fn stage() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    sandbox
}

fn exec(sandbox: &Sandbox, args: &[&str]) -> Run {
    sandbox.run(["exec", "s1"].iter().chain(args))
}

/// Starts a script that prints `go`, and waits for that.
fn under_way(sandbox: &Sandbox, args: &[&str], script: &str) -> Running {
    let script = format!("echo go; {script}");
    let mut running = sandbox.wharf(["exec", "s1"].iter().chain(args).chain(&["--", "sh", "-c", &script])).start();
    let mut first = [0; 3];
    running.take_stdout().read_exact(&mut first).unwrap();
    assert_eq!(&first, b"go\n");
    running
}

#[test]
fn words_are_not_parsed_again_and_bytes_are_not_changed() {
    let sandbox = stage();
    let run = exec(&sandbox, &["--", "printf", "%s|", "a b", "", "$HOME", "'\"", "*"]);
    assert_eq!(run.ok().stdout(), "a b||$HOME|'\"|*|");
    let run = exec(&sandbox, &["--shell", r"printf '\377\000\001'; echo oops >&2"]);
    assert_eq!((run.ok().bytes(), run.stderr()), (&b"\xff\0\x01"[..], "oops\n"));
    let input: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let run = sandbox.wharf(["exec", "s1", "-i", "--", "cat"]).stdin(input.clone()).run();
    assert!(run.ok().bytes() == input, "{} bytes", run.bytes().len());
}

#[test]
fn a_word_may_hold_any_bytes_or_none() {
    let sandbox = stage();
    let words =
        [&b"exec"[..], b"s1", b"--", b"printf", b"%s|", b"a\nb", b"\xff\xfe", b"", b"-i"].map(OsStr::from_bytes);
    assert_eq!(sandbox.run(words).ok().bytes(), b"a\nb|\xff\xfe||-i|");
}

#[test]
fn what_the_system_refuses_as_too_long_is_126() {
    let sandbox = stage();
    // Linux takes no string of 128 KiB, whatever the limit of all together.
    let file = sandbox.write("vars", format!("LONG={}\n", "x".repeat(500_000)));
    let run = exec(&sandbox, &["--env-file", file.to_str().unwrap(), "--", "true"]);
    run.code(if cfg!(target_os = "linux") { 126 } else { 0 });
}

#[test]
fn a_command_reads_stdin_only_when_it_is_asked_to() {
    let sandbox = stage();
    let run = sandbox.wharf(["exec", "s1", "--", "cat"]).stdin("not for cat").run();
    assert_eq!(run.ok().stdout(), "");
    let run = sandbox.shell("printf '1\\n2\\n3\\n' | while read n; do $WHARF exec s1 -- echo $n; done", None).run();
    assert_eq!(run.ok().stdout(), "1\n2\n3\n");
    let run = sandbox.shell("printf '1\\n2\\n' | { $WHARF exec s1 -i -- sh -c 'read n; echo $n'; cat; }", None).run();
    assert_eq!(run.ok().lines().first(), Some(&"1"));
    let run = sandbox.shell("$WHARF exec s1 -- cat <&-; echo $?; $WHARF exec s1 -i -- cat <&-; echo $?", None).run();
    assert_eq!(run.ok().stdout(), "0\n125\n");
}

#[test]
fn directory_and_variables_are_those_of_the_flags() {
    let sandbox = stage();
    sandbox.put("s1:/d/f", "inside");
    assert_eq!(exec(&sandbox, &["-w", "d", "--", "cat", "f"]).ok().stdout(), "inside");
    assert_eq!(exec(&sandbox, &["--workdir", "/d", "--", "cat", "f"]).ok().stdout(), "inside");
    let file = sandbox.write("vars", "# comment\n\nA=file\nB=two words\nPASSED\n");
    let file = file.to_str().unwrap();
    let script = "echo \"$A|$B|$PASSED|$WHARF_SESSION|$WHARF_BACKEND\"; ls -d \"$WHARF_OUTPUTS\" >&2";
    let args = ["exec", "s1", "--env-file", file, "-e", "A=flag", "--shell", script];
    let run = sandbox.wharf(args).env("PASSED", "on").run();
    assert_eq!(run.ok().stdout(), "flag|two words|on|s1|local\n");
    assert!(run.stderr().trim_end().ends_with("/outputs"), "{}", run.stderr());
    exec(&sandbox, &["--shell", "echo 7 >$WHARF_OUTPUTS/r"]).ok();
    assert_eq!(sandbox.cat("s1:@outputs/r"), "7\n");
    let script = "printf '%s|' \"$A\" \"$B\" \"$C\" \"${NEVER_SET-unset}\"";
    let words = ["exec", "s1", "-e", "A=x=y=", "-e", "B=1", "-e", "B=2", "-e", "NEVER_SET", "--shell", script, "-e"];
    let words = words.map(OsStr::new).into_iter().chain([OsStr::from_bytes(b"C=\xff\n")]);
    assert_eq!(sandbox.run(words).ok().bytes(), b"x=y=|2|\xff\n|unset|");
    let run = sandbox.wharf(["exec", ":", "--session", "s1", "--", "pwd"]).run();
    assert!(run.ok().stdout().trim_end().ends_with("/s1"), "{}", run.stdout());
}

#[test]
fn the_status_is_the_commands_own_and_125_is_wharfs() {
    let sandbox = stage();
    sandbox.write("store-is-a-file", "");
    for (args, code) in [
        (&["--", "true"][..], 0),
        (&["--", "sh", "-c", "exit 1"], 1),
        (&["--", "sh", "-c", "exit 125"], 125),
        (&["--", "sh", "-c", "exit 255"], 255),
        (&["--", "sh", "-c", "kill -9 $$"], 137),
        (&["--", "/"], 126),
        (&["--", "no-such-command"], 127),
        (&["-w", "none", "--", "true"], 125),
        (&["--timeout", "50ms", "--", "sleep", "60"], 124),
        (&["--bad-flag", "--", "true"], 125),
        (&[], 125),
        (&["--", ""], 125),
        (&["-e", "=x", "--", "true"], 125),
        (&["-e", "", "--", "true"], 125),
        (&["-e", "A B=x", "--", "true"], 125),
        (&["--env-file", "none", "--", "true"], 125),
        (&["--shell", "true", "--", "true"], 125),
        (&["--language", "python", "-"], 125),
        (&["--format", "raw", "--", "true"], 125),
        (&["--transform", "(", "--", "true"], 125),
        (&["-b", "none", "--", "true"], 125),
    ] {
        exec(&sandbox, args).code(code);
    }
    sandbox.run(["exec", "none", "--", "true"]).code(125).says(&["none", "sessions list"]);
    sandbox.run(["exec", "--", "true"]).code(125);
    assert_eq!(sandbox.run(["exec", "none", "--format", "json", "--", "true"]).code(125).error()["kind"], "not_found");
    assert_eq!(exec(&sandbox, &["--", "no-such-command"]).code(127).stdout(), "");
}

#[test]
fn backends_without_commands_say_so_before_anything_is_sent() {
    let sandbox = stage();
    let served = sandbox.serve(&[]);
    for backend in ["anthropic", "foundry"] {
        let run = served.wharf(backend, ["exec", "s1", "--format", "json", "--", "true"]).run();
        assert_eq!(run.code(125).error()["kind"], "unsupported", "{backend}");
    }
}

#[test]
fn json_is_one_object_with_all_members() {
    let sandbox = stage();
    let run = exec(&sandbox, &["--format", "json", "--", "sh", "-c", "echo out; echo err >&2; kill -15 $$"]);
    let object = run.code(143).json();
    for (member, value) in [
        ("type", Value::from("exec")),
        ("session", "s1".into()),
        ("backend", "local".into()),
        ("command", ["sh", "-c", "echo out; echo err >&2; kill -15 $$"].map(Value::from).to_vec().into()),
        ("status", "exited".into()),
        ("exit_code", 143.into()),
        ("signal", 15.into()),
        ("stdout", "out\n".into()),
        ("stderr", "err\n".into()),
        ("encoding", "utf-8".into()),
        ("stdout_bytes", 4.into()),
        ("stderr_bytes", 4.into()),
        ("truncated", false.into()),
        ("results", Value::Null),
        ("error", Value::Null),
        ("provider", Value::Null),
    ] {
        assert_eq!(object[member], value, "{member}");
    }
    let object = exec(&sandbox, &["--format", "json", "--shell", r"printf '\377'"]).ok().json();
    assert_eq!((&object["stdout"], &object["encoding"]), (&"/w==".into(), &"base64".into()));
    let object = exec(&sandbox, &["--format", "json", "--shell", "head -c 3000000 /dev/zero | tr '\\0' x"]).ok().json();
    assert_eq!((&object["truncated"], &object["stdout_bytes"]), (&true.into(), &3_000_000.into()));
    assert_eq!(object["stdout"].as_str().map(str::len), Some(1 << 20));
    let object = exec(&sandbox, &["--format", "json", "--timeout", "50ms", "--", "sleep", "60"]).code(124).json();
    assert_eq!((&object["status"], &object["error"]["kind"]), (&"timed_out".into(), &"deadline".into()));
    let object = exec(&sandbox, &["--format", "json", "--", "no-such-command"]).code(127).json();
    assert_eq!((&object["status"], &object["error"]["kind"]), (&"unknown".into(), &"not_found".into()));
    assert_eq!(exec(&sandbox, &["--transform", "stdout", "-r", "--", "echo", "x"]).ok().stdout(), "x\n\n");
    let run = sandbox.wharf(["exec", "s1", "--", "echo", "x"]).env("WHARF_FORMAT", "json").run();
    assert_eq!(run.ok().stdout(), "x\n", "scripts that set the variable go on getting bytes");
}

#[test]
fn jsonl_is_events_and_then_the_object() {
    let sandbox = stage();
    let script = r"printf '\303'; sleep 0.2; printf '\244\n'; echo e >&2";
    let run = exec(&sandbox, &["--format", "jsonl", "--shell", script]);
    let lines: Vec<Value> = run.ok().lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (last, events) = lines.split_last().unwrap();
    assert_eq!((&last["type"], &last["stdout"], &last["exit_code"]), (&"exec".into(), &"\u{e4}\n".into(), &0.into()));
    let text = |stream: &str| -> String {
        events.iter().filter(|event| event["type"] == stream).filter_map(|event| event["text"].as_str()).collect()
    };
    assert_eq!((text("stdout"), text("stderr")), ("\u{e4}\n".to_owned(), "e\n".to_owned()));
    assert!(events.iter().enumerate().all(|(at, event)| event["seq"] == at + 1 && event["session"] == "s1"));
}

#[test]
fn signals_end_the_command_and_what_it_started() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 143)] {
        let sandbox = stage();
        let running = under_way(&sandbox, &[], "sleep 61 & echo $! >pid; wait");
        let pid = sandbox.inside("s1", "pid");
        until(|| fs::read_to_string(&pid).is_ok_and(|text| text.ends_with('\n')));
        running.signal(signal);
        running.finish().code(code);
        let pid = fs::read_to_string(&pid).unwrap();
        until(|| !is_alive(pid.trim()));
    }
}

#[test]
fn a_timeout_ends_what_the_command_started() {
    let sandbox = stage();
    let script = "sleep 64 & echo $! >pid; wait";
    exec(&sandbox, &["--timeout", "500ms", "--", "sh", "-c", script]).code(124);
    let pid = fs::read_to_string(sandbox.inside("s1", "pid")).unwrap();
    until(|| !is_alive(pid.trim()));
}

#[test]
fn a_command_that_is_stopped_ends_when_it_is_asked_to() {
    let sandbox = stage();
    let begun = Instant::now();
    exec(&sandbox, &["--timeout", "300ms", "--", "sh", "-c", "kill -STOP $$"]).code(124);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn what_goes_on_in_the_background_holds_nothing_up() {
    for flags in [&[][..], &["-t"]] {
        let sandbox = stage();
        let begun = Instant::now();
        let script = "trap '' HUP; sleep 65 & echo $! >pid; echo done";
        let run = exec(&sandbox, &[flags, &["--", "sh", "-c", script]].concat());
        assert_eq!(run.ok().stdout().trim_end(), "done");
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        let pid = fs::read_to_string(sandbox.inside("s1", "pid")).unwrap();
        assert!(is_alive(pid.trim()), "it was left alone");
        let pid = Pid::from_raw(pid.trim().parse().unwrap()).unwrap();
        kill_process(pid, Signal::KILL).unwrap();
    }
}

#[test]
fn a_command_that_ignores_a_signal_is_killed_by_the_second_one() {
    let sandbox = stage();
    let running = under_way(&sandbox, &[], "trap '' INT; echo $$ >pid; while :; do sleep 0.1; done");
    let pid = sandbox.inside("s1", "pid");
    until(|| fs::read_to_string(&pid).is_ok_and(|text| text.ends_with('\n')));
    running.signal(Signal::INT);
    std::thread::sleep(Duration::from_millis(300));
    running.signal(Signal::INT);
    let begun = Instant::now();
    running.finish().code(130);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    let pid = fs::read_to_string(&pid).unwrap();
    until(|| !is_alive(pid.trim()));
}

#[test]
fn a_reader_that_goes_away_ends_the_command() {
    let sandbox = stage();
    let script = "$WHARF exec s1 -- sh -c 'echo $$ >pid; exec yes' | head -n 1; echo ${PIPESTATUS[0]}";
    let run = sandbox.shell(script, None).run();
    assert_eq!(run.ok().lines(), ["y", "141"]);
    let pid = fs::read_to_string(sandbox.inside("s1", "pid")).unwrap();
    until(|| !is_alive(pid.trim()));
}

#[test]
fn a_reader_that_stalls_does_not_keep_the_command_from_being_stopped() {
    let sandbox = stage();
    for format in [&[][..], &["--format", "jsonl"]] {
        for (signals, code) in [(&[Signal::INT][..], 130), (&[Signal::TERM], 143), (&[Signal::INT, Signal::INT], 130)] {
            let mut running =
                under_way_unread(&sandbox, &[format, &["--", "sh", "-c", "echo $$ >pid; exec yes"]].concat());
            let unread = running.take_stdout();
            let since = Instant::now();
            for signal in signals {
                running.signal(*signal);
                std::thread::sleep(Duration::from_millis(50));
            }
            running.finish().code(code);
            assert!(since.elapsed() < Duration::from_secs(8), "{format:?} {signals:?}");
            let process = fs::read_to_string(sandbox.inside("s1", "pid")).unwrap();
            until(|| !is_alive(process.trim()));
            drop(unread);
        }
    }
    let script = "trap '' TERM PIPE; echo $$ >pid; exec yes";
    let mut running = under_way_unread(&sandbox, &["--timeout", "1s", "--", "sh", "-c", script]);
    let unread = running.take_stdout();
    running.finish().code(124).says(&["the command was stopped"]);
    let process = fs::read_to_string(sandbox.inside("s1", "pid")).unwrap();
    until(|| !is_alive(process.trim()));
    drop(unread);
}

/// Starts a command whose stdout is not read, and waits until it has written its process number.
fn under_way_unread(sandbox: &Sandbox, args: &[&str]) -> Running {
    let pid = sandbox.inside("s1", "pid");
    drop(fs::remove_file(&pid));
    let running = sandbox.wharf(["exec", "s1"].iter().chain(args)).start();
    until(|| fs::read_to_string(&pid).is_ok_and(|pid| pid.ends_with('\n')));
    // Long enough for the pipe to be full.
    std::thread::sleep(Duration::from_millis(200));
    running
}

#[test]
fn a_pipe_that_another_program_made_non_blocking_loses_nothing() {
    let sandbox = stage();
    let (mut reader, writer) = std::io::pipe().unwrap();
    rustix::io::ioctl_fionbio(&writer, true).unwrap();
    let script = "head -c 3000000 /dev/zero; exit 5";
    let running = sandbox.wharf(["exec", "s1", "--", "sh", "-c", script]).stdout_to(writer).start();
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes.len(), 3_000_000);
    running.finish().code(5);
}

#[test]
fn output_that_cannot_be_written_is_125_whatever_the_command_says() {
    let sandbox = stage();
    for format in [&[][..], &["--format", "json"]] {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let args = [&["exec", "s1"], format, &["--", "sh", "-c", "echo out; exit 3"]].concat();
        let run = sandbox.wharf(args).stdout_to(full).run();
        // The command may have ended before stdout refuses its output.
        assert!(["not whole", "was stopped"].iter().any(|hint| run.stderr().contains(hint)), "{}", run.stderr());
        run.code(125).says(&["no space left"]);
    }
}

#[test]
fn an_object_that_would_be_lost_is_125_before_the_command_runs() {
    let sandbox = stage();
    for flags in ["--format json", "--format jsonl", "--format yaml", "--transform stdout"] {
        let run = sandbox.shell(&format!("$WHARF exec s1 {flags} -- touch ran >&-; echo $?"), None).run();
        assert_eq!(run.ok().says(&["closed", ">/dev/null"]).stdout(), "125\n", "{flags}");
    }
    assert!(!sandbox.inside("s1", "ran").exists());
    let run = sandbox.shell("$WHARF exec s1 -- touch ran >&-; echo $?", None).run();
    assert_eq!(run.ok().stdout(), "0\n", "the output of a command may be empty");
}

#[test]
fn a_command_goes_on_without_the_reader_of_its_stderr() {
    let sandbox = stage();
    let script = "seq 100000 >&2; echo done >ran; exit 3";
    let line = format!("$WHARF exec s1 -- sh -c '{script}' 2>&1 >/dev/null | head -n 1; echo ${{PIPESTATUS[0]}}");
    assert_eq!(sandbox.shell(&line, None).run().ok().lines(), ["1", "3"]);
    assert!(sandbox.inside("s1", "ran").exists());
}

#[test]
fn a_program_without_a_known_format_is_126_with_a_hint() {
    let sandbox = stage();
    let script = sandbox.write("job", "echo hello");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    sandbox.run([OsStr::new("files"), "upload".as_ref(), script.as_ref(), "s1:/job".as_ref()]).ok();
    for flags in [&[][..], &["-e", "PATH=/usr/bin:/bin"]] {
        exec(&sandbox, &[flags, &["--", "./job"]].concat()).code(126).says(&["#!/bin/sh", "sh ./job"]);
    }
    assert_eq!(exec(&sandbox, &["--", "sh", "./job"]).ok().stdout(), "hello\n");
}

#[test]
fn a_command_does_not_delete_the_session_that_it_runs_in() {
    let sandbox = stage();
    let begun = Instant::now();
    for script in ["exec $WHARF sessions delete s1 --force", "$WHARF sessions delete s1 --force; exit $?"] {
        for flags in [&[][..], &["-t"]] {
            let args = [&["exec", "s1"], flags, &["--", "sh", "-c", script]].concat();
            let run = sandbox.wharf(args).env("WHARF", WHARF).run();
            let said = run.code(5).stdout().to_owned() + run.stderr();
            assert!(said.contains("from outside"), "{said}");
        }
    }
    let nested = "setsid -w $WHARF sessions delete s1 --force";
    sandbox.wharf(["exec", "s1", "--shell", nested]).env("WHARF", WHARF).run().code(5).says(&["from outside"]);
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    sandbox.run(["sessions", "delete", "s1", "--force"]).ok();
}

#[test]
fn a_session_is_kept_while_its_command_runs_and_force_ends_both() {
    let sandbox = stage();
    let running = under_way(&sandbox, &[], "sleep 62");
    sandbox.run(["sessions", "stop", "s1"]).code(5).says(&["running", "sessions interrupt s1"]);
    assert_eq!(sandbox.run(["sessions", "get", "s1"]).ok().json()["status"], "running");
    sandbox.run(["sessions", "delete", "s1"]).code(5).says(&["running", "--force"]);
    sandbox.run(["sessions", "delete", "s1", "--dry-run"]).code(5);
    sandbox.run(["sessions", "delete", "s1", "--force"]).ok();
    running.finish().code(143);
    sandbox.run(["sessions", "get", "s1"]).code(4);
    // A killed wharf holds nothing once its command has ended.
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    let killed = under_way(&sandbox, &[], "echo $$ >pid; exec sleep 63");
    let pid = sandbox.inside("s1", "pid");
    until(|| fs::read_to_string(&pid).is_ok_and(|text| text.ends_with('\n')));
    killed.signal(Signal::KILL);
    until(|| !is_alive(&killed.id().to_string()));
    sandbox.run(["sessions", "delete", "s1"]).code(5);
    sandbox.run(["sessions", "delete", "s1", "--force"]).ok();
}

#[test]
fn a_command_ends_by_itself_when_its_directory_is_removed() {
    let sandbox = stage();
    let running = under_way(&sandbox, &["-i"], "read line; exit 7");
    fs::remove_dir_all(sandbox.inside("s1", "")).unwrap();
    running.finish().code(7);
    exec(&sandbox, &["--", "true"]).code(125).says(&["is gone"]);
    sandbox.run(["sessions", "delete", "s1"]).ok();
}

#[cfg(target_os = "linux")]
#[test]
fn a_command_that_fills_the_disk_keeps_its_status_and_room_can_be_made() {
    let sandbox = Sandbox::new();
    let mounts = crate::sandbox::Mounts::tmpfs(&sandbox.store(), "size=2m,mode=700");
    let run = |args: &[&str]| mounts.with(sandbox.wharf(args)).run();
    run(&["sessions", "create", "--id", "s1"]).ok();
    let fill = "head -c 10000000 /dev/zero >big || exit 7";
    run(&["exec", "s1", "--shell", fill]).code(7).says(&["No space left"]);
    run(&["exec", "s1", "--", "true"]).code(125).says(&["full"]);
    run(&["files", "rm", "s1:/big"]).ok();
    run(&["exec", "s1", "--", "true"]).ok();
    run(&["exec", "s1", "--shell", fill]).code(7);
    run(&["sessions", "delete", "s1"]).ok();
    run(&["run", "--", "sh", "-c", fill]).code(7);
    assert_eq!(run(&["sessions", "list", "-q"]).ok().stdout(), "", "nothing is left");
}

#[cfg(target_os = "linux")]
#[test]
fn a_command_whose_process_was_not_noted_holds_its_session_after_wharf_was_killed() {
    let sandbox = stage();
    let script = "sleep 61 & echo $! >pid; echo go; while :; do sleep 0.05; done";
    let mut running = sandbox.wharf(["exec", "s1", "--", "sh", "-c", script]).start();
    let mut stdout = running.take_stdout();
    stdout.read_exact(&mut [0; 3]).unwrap();
    running.signal(Signal::KILL);
    drop((running.finish(), stdout));
    // As if wharf had been killed between starting the command and noting its process.
    let store = rusqlite::Connection::open(sandbox.store().join("wharf.db")).unwrap();
    assert_eq!(store.execute("UPDATE command SET process = 4000000, started = 'before'", []).unwrap(), 1);
    let pid = fs::read_to_string(sandbox.inside("s1", "pid")).unwrap();
    sandbox.run(["sessions", "delete", "s1"]).code(5).says(&["a command is running", "--force"]);
    sandbox.run(["sessions", "delete", "s1", "--force"]).ok();
    assert!(!std::path::Path::new(&format!("/proc/{}/fd/0", pid.trim())).exists());
}

/// Runs a script that prints `bytes` of one line, and returns the peak of wharf's memory in KiB, as the script sees it.
#[cfg(target_os = "linux")]
fn peak(sandbox: &Sandbox, flags: &[&str], bytes: u64) -> (u64, Run) {
    let script = format!("head -c {bytes} /dev/zero | tr '\\0' x; grep VmHWM /proc/$PPID/status >peak");
    let run = exec(sandbox, &[flags, &["--", "sh", "-c", &script]].concat());
    let text = fs::read_to_string(sandbox.inside("s1", "peak")).unwrap();
    (text.split_whitespace().nth(1).unwrap().parse().unwrap(), run)
}

#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_what_a_command_writes() {
    let sandbox = stage();
    let formats = [(&[][..], 256 << 20), (&["--format", "json"], 100_000_000), (&["--format", "jsonl"], 100_000_000)];
    for (flags, bytes) in formats {
        let (small, _) = peak(&sandbox, flags, 4 << 20);
        let (large, run) = peak(&sandbox, flags, bytes);
        assert!(large < small + (4 << 10), "{flags:?}: {small} and {large} KiB");
        if flags.is_empty() {
            assert_eq!(run.ok().bytes().len() as u64, bytes);
            continue;
        }
        let end = run.ok().stdout().trim_end().rfind(if flags[1] == "jsonl" { "\n{" } else { "{" }).unwrap();
        let object: Value = serde_json::from_str(&run.stdout()[end..]).unwrap();
        assert_eq!((&object["stdout_bytes"], &object["truncated"]), (&bytes.into(), &true.into()));
        assert_eq!(object["stdout"].as_str().map(str::len), Some(1 << 20));
    }
}

/// Starts `head` on NULs, each of which takes six bytes in JSON, and returns the peak of wharf's memory in KiB when the
/// object is complete.
#[cfg(target_os = "linux")]
fn peak_of_object(sandbox: &Sandbox, bytes: u64) -> u64 {
    let bytes = bytes.to_string();
    let args = ["exec", "s1", "--format", "json", "--", "head", "-c", &bytes, "/dev/zero"];
    let mut running = sandbox.wharf(args).start();
    let mut stdout = running.take_stdout();
    let mut object = vec![0; 1];
    stdout.read_exact(&mut object).unwrap();
    let status = fs::read_to_string(format!("/proc/{}/status", running.id())).unwrap();
    stdout.read_to_end(&mut object).unwrap();
    running.finish().ok();
    let object: Value = serde_json::from_slice(&object).unwrap();
    assert_eq!(object["stdout_bytes"].as_u64().unwrap().to_string(), bytes);
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn the_object_of_a_command_takes_twice_its_length_in_memory() {
    let sandbox = stage();
    let (small, large) = (peak_of_object(&sandbox, 20_000), peak_of_object(&sandbox, 4 << 20));
    // 1 MiB of NULs is 6 MiB of JSON: once as JSON, and once on its way to stdout.
    assert!(large < small + (16 << 10), "{small} and {large} KiB");
}

#[test]
fn many_commands_run_at_once_in_one_session() {
    let sandbox = stage();
    let all: Vec<_> = (0..200)
        .map(|n| sandbox.wharf(["exec", "s1", "--", "sh", "-c", &format!("echo {n} >f{n}; exit 3")]).start())
        .collect();
    for one in all {
        one.finish().code(3);
    }
    assert_eq!(sandbox.paths("s1:/").iter().filter(|path| path.starts_with("/f")).count(), 200);
    sandbox.run(["sessions", "delete", "s1"]).ok();
}

#[test]
fn a_terminal_is_given_where_it_is_asked_for() {
    let sandbox = stage();
    let run = exec(&sandbox, &["-t", "--", "sh", "-c", "test -t 0 && test -t 1 && test -t 2 && echo yes"]);
    assert_eq!(run.ok().stdout(), "yes\r\n");
    let run =
        sandbox.wharf(["exec", "s1", "-i", "-t", "--", "sh", "-c", "stty -echo; cat; echo end"]).stdin("x\n").run();
    assert!(run.ok().stdout().ends_with("x\r\nend\r\n"), "{}", run.stdout());
    assert_eq!(exec(&sandbox, &["--", "sh", "-c", "test -t 1 || echo no"]).ok().stdout(), "no\n");
}

#[test]
fn a_terminal_passes_on_input_that_ends_without_a_newline() {
    let sandbox = stage();
    let run = sandbox.wharf(["exec", "s1", "-it", "--", "cat"]).stdin("abc").run();
    assert!(run.ok().stdout().contains("abc"), "{}", run.stdout());
}

#[test]
fn a_status_is_known_where_signals_of_children_are_ignored() {
    let sandbox = stage();
    let run = sandbox.shell("trap '' CHLD; exec \"$WHARF\" exec s1 -- sh -c 'echo out; exit 3'", None).run();
    assert_eq!(run.code(3).stdout(), "out\n");
}

#[test]
fn output_that_another_process_passes_on_is_not_lost() {
    let sandbox = stage();
    let script = "mkfifo pipe; (sleep 0.03; cat) <pipe & exec >pipe; echo one; echo two";
    for _ in 0..5 {
        assert_eq!(exec(&sandbox, &["--shell", &format!("rm -f pipe; {script}")]).ok().stdout(), "one\ntwo\n");
    }
}

#[test]
fn output_may_be_thrown_away() {
    let sandbox = stage();
    // As Python's subprocess.DEVNULL: open for reading and writing.
    let null = fs::OpenOptions::new().read(true).write(true).open("/dev/null").unwrap();
    sandbox.wharf(["exec", "s1", "--", "sh", "-c", "echo x; exit 3"]).stdout_to(null).run().code(3);
}

fn is_alive(process: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}

#[track_caller]
fn until(done: impl Fn() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_secs(20), "it never came");
        std::thread::sleep(Duration::from_millis(10));
    }
}
