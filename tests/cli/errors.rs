//! Errors: exit codes, two lines for people, one object for programs.

use std::fs::{self, File};
use std::process::Command;

use serde_json::Value;

use crate::sandbox::{Mounts, Run, Sandbox};

const MEMBERS: [&str; 9] =
    ["kind", "message", "hint", "backend", "status", "code", "request_id", "retryable", "retry_after"];

/// A sandbox with a session `s1` and a file in it.
fn stage() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    sandbox.put("s1:/a", "a");
    sandbox.write("a", "a");
    sandbox
}

/// Commands that fail without help from outside, each with its kind and its code.
const FAILURES: [(&[&str], &str, i32); 12] = [
    (&["sessions", "create", "--id", "x"], "usage", 2),
    (&["sessions", "lisst"], "usage", 2),
    (&["sessions", "get"], "usage", 2),
    (&["files", "cat", "s1"], "usage", 2),
    (&["sessions", "get", "gone"], "not_found", 4),
    (&["sessions", "create", "--id", "s1"], "conflict", 5),
    (&["sessions", "archive", "s1"], "unsupported", 7),
    (&["files", "download", "s1:/a", "s1:/gone", "out/"], "partial", 10),
    (&["sessions", "list", "--transform", "nothing"], "no_match", 11),
    (&["sessions", "delete", "--label", "a=b", "--yes"], "no_match", 11),
    (&["files", "download", "s1:/a", "/dev/full"], "io", 12),
    (&["sessions", "wait", "s1", "--for", "stopped", "--timeout", "50ms"], "deadline", 124),
];

/// Those of them that the grammar itself refuses.
const OF_THE_GRAMMAR: [&[&str]; 2] = [&["sessions", "lisst"], &["sessions", "get"]];

#[test]
fn programs_get_one_object_on_standard_error_and_nothing_else() {
    let sandbox = stage();
    for format in ["json", "jsonl", "yaml"] {
        for (args, kind, code) in FAILURES {
            let run = sandbox.run(args.iter().copied().chain(["--format", format]));
            let error = run.code(code).error();
            let members: Vec<_> = error.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(members, MEMBERS, "{args:?}");
            assert_eq!(error["kind"], kind, "{args:?}");
            assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "{args:?}");
            assert!(error["retryable"].is_boolean(), "{args:?}");
            assert!(!error["message"].as_str().unwrap().contains('\n'), "{args:?}");
        }
    }
}

/// One line of what, and at most one of what to do next.
#[track_caller]
fn assert_two_lines(run: &Run) {
    // Of several files, a line before it counts what became of them.
    let lines: Vec<_> = run.stderr().lines().skip_while(|line| line.contains(" copied (")).collect();
    assert!(lines[0].starts_with("error: "), "{lines:?}");
    assert!(lines.len() <= 2 && lines.get(1).is_none_or(|line| line.starts_with("hint: ")), "{lines:?}");
    assert!(!run.stderr().contains('\u{1b}'), "no colour off a terminal: {lines:?}");
}

#[test]
fn people_get_one_line_of_what_and_one_of_what_to_do() {
    let sandbox = stage();
    for (args, _, code) in FAILURES.iter().filter(|(args, ..)| !OF_THE_GRAMMAR.contains(args)) {
        assert_two_lines(sandbox.run(*args).code(*code));
    }
}

#[test]
fn an_error_of_the_grammar_is_two_lines_too() {
    let sandbox = stage();
    for args in OF_THE_GRAMMAR {
        let run = sandbox.run(args);
        assert_two_lines(run.code(2));
    }
}

#[test]
fn the_format_variable_asks_for_objects_too() {
    let sandbox = stage();
    for (args, kind, code) in FAILURES {
        let run = sandbox.wharf(args).env("WHARF_FORMAT", "json").run();
        assert_eq!(run.code(code).error()["kind"], kind, "{args:?}");
    }
    let run = sandbox.wharf(["sessions", "get", "gone", "--format", "table"]).env("WHARF_FORMAT", "json").run();
    run.code(4).says(&["error: "]);
    for spelled in [&["--format=JSON", "sessions", "get", "gone"][..], &["sessions", "--format", "yaml", "nonsense"]] {
        assert!(sandbox.run(spelled).error()["kind"].is_string());
    }
}

#[test]
fn a_profiles_format_asks_for_objects_too() {
    let sandbox = stage();
    fs::create_dir_all(sandbox.config().join("wharf")).unwrap();
    fs::write(sandbox.config().join("wharf/config.toml"), "profile = \"p\"\n[profiles.p]\nformat = \"json\"\n")
        .unwrap();
    assert_eq!(sandbox.run(["sessions", "get", "gone"]).code(4).error()["kind"], "not_found");
}

#[test]
fn a_noun_alone_prints_its_page() {
    let sandbox = stage();
    for noun in ["sessions", "files", "resources", "config", "runs", "agents", "environments"] {
        let page = sandbox.run([noun, "--help"]);
        for args in [&[noun][..], &["--format=json", noun], &["help", noun], &[noun, "-h"]] {
            let run = sandbox.run(args);
            assert_eq!((run.ok().stdout(), run.stderr()), (page.ok().stdout(), ""), "{args:?}");
        }
    }
}

#[test]
fn verbs_of_other_tools_are_told_which_command_is_meant() {
    let sandbox = stage();
    for (args, says) in [
        (&["upload", "a", "s1:/"][..], "`wharf files upload`"),
        (&["cp", "a", "s1:/"], "`wharf files upload` or `wharf files download`"),
        (&["ls"], "`wharf files ls`"),
        (&["-b", "local", "rm", "s1:/x"], "`wharf files rm`"),
        (&["ps"], "`wharf sessions list`"),
        (&["seesions"], "sessions"),
        (&["files", "put"], "wharf files --help"),
        (&["help", "nothing"], "exit-codes, targets, transform, environment"),
    ] {
        sandbox.run(args).code(2).says(&[says]);
    }
}

#[test]
fn topics_and_options_are_printed() {
    let sandbox = stage();
    for (args, says) in [
        (&["help", "exit-codes"][..], "10  partial"),
        (&["help", "targets"], "SESSION:@outputs"),
        (&["help", "transform"], "{id,status}"),
        (&["help", "environment"], "WHARF_HOME"),
        (&["options"], "--base-url <URL>"),
        (&["help"], "wharf help targets"),
        (&["help", "files", "upload"], "Usage: wharf files upload"),
    ] {
        let run = sandbox.run(args);
        assert!(run.ok().stdout().contains(says), "{args:?}: {}", run.stdout());
    }
}

#[test]
fn results_that_were_complete_before_a_failure_are_still_printed() {
    let sandbox = stage();
    let run = sandbox.run(["--format", "json", "sessions", "get", "s1", "gone"]);
    assert_eq!(run.code(10).column("id"), ["s1"]);
    assert_eq!(run.error()["kind"], "partial");
}

#[test]
fn a_receipts_error_has_the_same_members() {
    let sandbox = stage();
    let run = sandbox.run(["files", "download", "s1:/gone", "x"]);
    let error = run.code(4).at("/0/error");
    let members: Vec<_> = error.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, MEMBERS);
}

#[test]
fn a_store_that_cannot_be_opened_is_an_error_of_the_local_disk() {
    let sandbox = stage();
    let file = sandbox.path("a");
    for home in [file.clone(), file.join("below"), "/dev/null".into(), "/proc/nowhere".into()] {
        for args in [&["sessions", "list"][..], &["sessions", "create"], &["files", "ls"], &["files", "upload", "a"]] {
            let run = sandbox.wharf(args.iter().chain(&["--format=json"])).env("WHARF_HOME", &home).run();
            let error = run.code(12).error();
            assert_eq!(error["kind"], "io", "{home:?} {args:?}: {error}");
            assert!(error["hint"].as_str().unwrap().contains("WHARF_HOME"), "{error}");
        }
    }
}

#[test]
fn a_database_that_is_none_is_an_error_of_the_local_disk() {
    let sandbox = stage();
    for name in ["wharf.db", "wharf.db-wal", "wharf.db-shm"] {
        drop(fs::remove_file(sandbox.store().join(name)));
    }
    fs::write(sandbox.store().join("wharf.db"), "not a database, but long enough to be one".repeat(100)).unwrap();
    let run = sandbox.run(["--format=json", "sessions", "list"]);
    assert_eq!(run.code(12).error()["kind"], "io");
    assert_eq!(fs::read_to_string(sandbox.store().join("sessions/s1/a")).unwrap(), "a", "files stay");
}

#[test]
fn standard_output_that_takes_nothing_is_an_io_error() {
    let sandbox = stage();
    for args in [
        &["sessions", "list"][..],
        &["files", "cat", "s1:/a"],
        &["completions", "bash"],
        &["sessions", "list", "-q"],
        &[],
    ] {
        let run = sandbox.wharf(args).stdout_to(File::options().write(true).open("/dev/full").unwrap()).run();
        run.code(12).says(&["stdout"]);
    }
}

#[test]
fn help_and_version_that_cannot_be_written_are_no_success() {
    let sandbox = stage();
    for flag in ["--help", "--version"] {
        let run = sandbox.wharf([flag]).stdout_to(File::options().write(true).open("/dev/full").unwrap()).run();
        run.code(12);
    }
}

#[test]
#[cfg(unix)]
fn a_limit_on_the_size_of_files_is_an_error_and_not_the_end_of_the_process() {
    let sandbox = Sandbox::new();
    let limited = |kib: u32, args: &[&str]| {
        let mut shell = Command::new("/bin/bash");
        shell.args(["-c", &format!("ulimit -f {kib}; exec \"$@\""), "bash"]);
        sandbox.wharf(args).under(shell).run()
    };
    limited(1, &["sessions", "create"]).code(12).says(&["`ulimit -f`"]);
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    sandbox.write("small", "small");
    sandbox.write("large", vec![1; 3_000_000]);
    let run = limited(1000, &["files", "upload", "small", "large", "s1:/"]);
    let receipts = run.code(10).says(&["the file is too large", "ulimit -f"]).json();
    assert_eq!([&receipts[0]["status"], &receipts[1]["status"]], ["copied", "failed"]);
    sandbox.run(["files", "upload", "large", "s1:/"]).ok();
    limited(1000, &["files", "download", "s1:/large", "copy"]).code(12).says(&["the file is too large"]);
    assert!(!sandbox.path("copy").exists());
}

#[test]
fn a_store_on_a_full_disk_is_not_taken_for_one_on_a_network() {
    let sandbox = Sandbox::new();
    let disk = sandbox.path("disk");
    let mounts = Mounts::tmpfs(&disk, "size=1m");
    let run = |args: &[&str]| mounts.with(sandbox.wharf(args).env("WHARF_HOME", disk.join("store"))).run();
    run(&["sessions", "create", "--id", "s1"]).ok();
    let fill = disk.join("fill").display().to_string();
    mounts.run(&format!("! head -c 2000000 /dev/zero >'{fill}' 2>/dev/null"));
    for args in [&["sessions", "list"][..], &["sessions", "create"], &["sessions", "delete", "s1"]] {
        run(args).code(12).says(&["hint: the disk", "free some space"]);
    }
    mounts.run(&format!("rm '{fill}'"));
    assert_eq!(run(&["sessions", "list", "-q"]).ok().stdout(), "s1\n");
}

#[test]
fn a_full_disk_leaves_the_old_target_and_no_half_file() {
    let sandbox = Sandbox::new();
    let disk = sandbox.path("disk");
    let mounts = Mounts::tmpfs(&disk, "size=1m");
    let run = |args: &[&str]| mounts.with(sandbox.wharf(args).env("WHARF_HOME", disk.join("store"))).run();
    run(&["sessions", "create", "--id", "s1"]).ok();
    sandbox.write("old", "old");
    sandbox.write("large", vec![1; 2_000_000]);
    run(&["files", "upload", "old", "s1:/x"]).ok();
    let upload = run(&["files", "upload", "large", "s1:/x", "--format=json"]);
    assert_eq!(upload.code(12).error()["kind"], "io");
    assert_eq!(run(&["files", "cat", "s1:/x"]).ok().stdout(), "old");
    run(&["files", "upload", "large", "s1:/new"]).code(12);
    run(&["files", "upload", "large"]).code(12);
    assert_eq!(run(&["files", "ls", "s1:/", "-R"]).ok().column("path"), ["/x"]);
    assert_eq!(run(&["files", "ls"]).ok().stdout(), "[]\n");
    let there = |script: &str| mounts.run(&format!("cd '{}' && {script}", disk.display()));
    assert_eq!(there("ls -A store/tmp"), "");
    let large = sandbox.wharf(["files", "upload", "-", "--name", "large", "-q"]).stdin(vec![1; 2_000_000]).run();
    let id = large.ok().stdout().trim_end();
    there("printf old >target");
    for to in ["disk/target", "disk/new"] {
        mounts.with(sandbox.wharf(["files", "download", id, to])).run().code(12);
    }
    assert_eq!(there("cat target; ls"), "oldstore\ntarget\n");
}

/// A release has no command that panics.
#[test]
#[cfg(debug_assertions)]
fn a_panic_is_one_line_and_a_place_to_report_it() {
    let sandbox = Sandbox::new();
    let run = sandbox.run(["panic-for-test"]);
    let lines: Vec<_> = run.code(1).stderr().lines().collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].starts_with(&format!("error: this is a bug in wharf {}", env!("CARGO_PKG_VERSION"))), "{lines:?}");
    assert!(lines[1].starts_with("hint: ") && lines[1].contains("report"), "{lines:?}");
    assert_eq!(run.stdout(), "");
}

#[test]
#[cfg(debug_assertions)]
fn a_panic_is_one_object_where_programs_read() {
    let sandbox = Sandbox::new();
    for run in [
        sandbox.run(["panic-for-test", "--format", "json"]),
        sandbox.wharf(["panic-for-test"]).env("WHARF_FORMAT", "json").run(),
    ] {
        assert_eq!(run.code(1).error()["kind"], "internal");
    }
}

#[test]
fn notes_wait_until_it_is_known_that_there_is_no_error() {
    let sandbox = stage();
    let body = r#"{"stranger": 1}"#;
    let bad = sandbox.wharf(["--format=json", "sessions", "create", "--id", "s1"]).stdin(body).run();
    assert_eq!(bad.code(5).error()["kind"], "conflict");
    let good = sandbox.wharf(["--format=json", "sessions", "create", "--id", "s2"]).stdin(body).run();
    good.ok().says(&["stranger"]);
    let verbose = sandbox.run(["--format=json", "--debug", "-v", "sessions", "get", "gone"]);
    let error: Value = verbose.code(4).error();
    assert_eq!(error["kind"], "not_found");
}

#[test]
fn debug_prints_the_causes_of_an_error() {
    let sandbox = Sandbox::new();
    let list = ["sessions", "list", "--backend", "agb", "--token-file", "gone"];
    let missing = |flags: &[&str]| sandbox.run([&list[..], flags].concat());
    let cause = "cause: No such file or directory (os error 2)";
    let run = missing(&["--debug"]);
    assert!(run.code(3).stderr().lines().any(|line| line == cause), "{}", run.stderr());
    assert!(!missing(&[]).code(3).stderr().contains("cause:"));
    assert_eq!(missing(&["--debug", "--format", "json"]).code(3).error()["kind"], "auth");
}

#[test]
fn a_store_that_is_held_for_long_is_unavailable_and_worth_another_try() {
    let sandbox = stage();
    let holder = rusqlite::Connection::open(sandbox.store().join("wharf.db")).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = sandbox.run(["sessions", "create", "--id", "s2", "--format", "json"]).code(8).error();
    assert_eq!((&error["kind"], &error["retryable"]), (&"unavailable".into(), &true.into()));
    sandbox.run(["sessions", "list"]).ok();
    holder.execute_batch("ROLLBACK").unwrap();
    sandbox.run(["sessions", "create", "--id", "s2"]).ok();
}

#[test]
fn a_value_that_begins_with_a_dash_is_told_how_to_be_written() {
    let sandbox = Sandbox::new();
    for (args, said) in [
        (&["sessions", "create", "--title", "-5 degrees"][..], "`--title='-5 degrees'`"),
        (&["sessions", "create", "--title", "-it's"], r"`--title='-it'\''s'`"),
        (&["sessions", "create", "--label", "-a=b"], "`--label=-a=b`"),
        (&["files", "upload", "x", "--name", "--y"], "`--name=--y`"),
        (&["sessions", "list", "--page", "-x"], "`--page=-x`"),
    ] {
        sandbox.run(args).code(2).says(&[said, "--help"]);
    }
    let made = sandbox.run(["sessions", "create", "--title=-5 degrees"]);
    assert_eq!(made.ok().at("/title"), "-5 degrees");
    let none = sandbox.run(["sessions", "create", "--wait", "-5"]);
    assert!(!none.code(2).stderr().contains("--wait="), "{}", none.stderr());
}

#[test]
fn too_few_open_files_and_a_full_temporary_directory_are_told_as_what_they_are() {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    sandbox.write("a", "a");
    for limit in 8..30 {
        let run = sandbox.shell(&format!("ulimit -n {limit}; \"$WHARF\" files upload a s1:/a"), None).run();
        run.code(12).says(&["too many open files", "ulimit -n"]);
    }
    // What it was started with counts.
    let inherited = "ulimit -n 40; \"$WHARF\" files upload a s1:/a 3<a 4<a 5<a 6<a 7<a 8<a 9<a";
    sandbox.shell(inherited, None).run().code(12).says(&["too many open files", "ulimit -n"]);
    sandbox.shell("ulimit -n 64; \"$WHARF\" files upload a s1:/a", None).run().ok();
    let served = sandbox.serve(&[]);
    let full = sandbox.path("full");
    let mounts = Mounts::tmpfs(&full, "size=64k");
    let spooled = |to: &str| {
        let line = format!(
            "\"$WHARF\" sessions create -q >id </dev/null && cat | TMPDIR={to} \"$WHARF\" files upload - $(cat id):/x"
        );
        mounts.with(sandbox.shell(&line, Some((&served, "foundry"))).stdin(vec![0; 300_000])).run()
    };
    spooled("/nowhere").code(12).says(&["set TMPDIR", "`/nowhere`"]);
    let serve = sandbox.wharf(["serve", "--", "true"]).env("TMPDIR", "/nowhere").run();
    serve.code(12).says(&["set TMPDIR", "`/nowhere`"]);
    spooled(full.to_str().unwrap()).code(12).says(&["set TMPDIR", full.to_str().unwrap()]);
}
