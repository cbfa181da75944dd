//! What a transfer says on standard error, and how many files it moves at once.

use std::fs;
use std::os::unix::fs::symlink;

use crate::sandbox::Sandbox;

/// A sandbox with a session `s1` and a tree of three files.
fn stage() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    for name in ["a", "b", "d/c"] {
        sandbox.write(format!("tree/{name}"), "12345");
    }
    sandbox
}

/// The line without the seconds that it took.
#[track_caller]
fn line(stderr: &str) -> String {
    let line = stderr.lines().next().unwrap_or_default();
    match line.split_once(" in ") {
        Some((head, tail)) => format!("{head}{}", tail.split_once(" s").expect("seconds").1),
        None => line.to_owned(),
    }
}

#[test]
fn several_files_are_summed_up_in_a_line() {
    let sandbox = stage();
    let said = |args: &[&str]| line(sandbox.run(["files"].iter().chain(args)).stderr());
    assert_eq!(said(&["upload", "tree", "s1:/x"]), "3 files copied (15 B)");
    assert_eq!(said(&["download", "s1:/x", "out"]), "3 files copied (15 B)");
    assert_eq!(said(&["upload", "tree/a", "tree/b"]), "2 files copied (10 B)");
    symlink("a", sandbox.path("tree/link")).unwrap();
    symlink("/etc/passwd", sandbox.path("tree/out")).unwrap();
    fs::remove_file(sandbox.path("out/b")).unwrap();
    let skip = ["--links", "skip", "--if-exists", "skip"];
    assert_eq!(
        said(&[&["upload", "tree", "s1:/x", "--exclude", "b"], &skip[..]].concat()),
        "0 files copied (0 B), 4 skipped (2: it exists at the destination; 2: it is a link), 1 excluded"
    );
    assert_eq!(
        said(&["upload", "tree", "s1:/x", "--if-exists=update", "--exclude=/b"]),
        "1 file copied (5 B), 2 skipped (2: size and time are equal), 1 excluded, 1 failed"
    );
    assert_eq!(said(&["download", "s1:/x", "out", "--if-exists", "error"]), "2 files copied (10 B), 2 failed");
    assert_eq!(said(&["download", "s1:/x", "new", "--dry-run"]), "4 files would be copied (20 B)");
    symlink("missing", sandbox.write("bad/good", "12345").with_file_name("broken")).unwrap();
    assert_eq!(said(&["upload", "bad", "s1:/y"]), "1 file copied (5 B), 1 failed");
}

#[test]
fn one_file_needs_no_summary() {
    let sandbox = stage();
    for args in [
        &["upload", "tree/a", "s1:/x"][..],
        &["upload", "tree/d", "s1:/x/"],
        &["upload", "tree/a"],
        &["upload", "tree/a", "s1:/x", "--if-exists=skip"],
        &["download", "s1:/c", "out"],
        &["download", "s1:/c", "s1:/c", "-"],
    ] {
        sandbox.put("s1:/c", "c");
        sandbox.run(["files", "rm", "-rf", "s1:/x"]).ok();
        assert_eq!(sandbox.run(["files"].iter().chain(args)).ok().stderr(), "", "{args:?}");
    }
    let failed = sandbox.run(["files", "download", "s1:/gone", "out"]);
    assert!(failed.code(4).stderr().starts_with("error: "), "{}", failed.stderr());
}

#[test]
fn quiet_and_machine_formats_print_no_summary() {
    let sandbox = stage();
    for extra in [&["-q"][..], &["--format=json"], &["--format=jsonl"], &["--format=yaml"]] {
        for args in [["upload", "tree", "s1:/x"], ["download", "s1:/x", "out"]] {
            assert_eq!(sandbox.run(["files"].iter().chain(&args).chain(extra)).ok().stderr(), "", "{extra:?}");
        }
    }
    symlink("missing", sandbox.path("tree/broken")).unwrap();
    let failed = sandbox.run(["files", "upload", "tree", "s1:/x", "--format", "json"]);
    assert_eq!(failed.code(10).error()["kind"], "partial");
    let failed = sandbox.run(["files", "upload", "tree", "s1:/x", "-q"]);
    assert!(failed.code(10).stderr().starts_with("error: "), "{}", failed.stderr());
    fs::remove_file(sandbox.path("tree/broken")).unwrap();
    for extra in [&["--format=table"][..], &["--transform=id"], &["--format=raw"]] {
        let run = sandbox.run(["files", "upload", "tree", "s1:/x"].iter().chain(extra));
        assert_eq!(line(run.ok().stderr()), "3 files copied (15 B)", "{extra:?}");
    }
}

#[test]
fn a_transfer_that_finds_no_file_says_so_whatever_is_asked_for() {
    let sandbox = stage();
    fs::create_dir_all(sandbox.path("empty/in/it")).unwrap();
    sandbox.run(["files", "mkdir", "s1:/empty"]).ok();
    let quiet =
        ["--format=auto", "-q", "--format=json", "--format=jsonl", "--format=yaml", "--format=raw", "--transform=id"];
    for extra in quiet {
        for (args, line) in [
            (&["upload", "empty", "s1:/e"][..], "nothing was transferred: no files in `empty`\n"),
            (&["download", "s1:/empty", "out"], "nothing was transferred: no files in `s1:/empty`\n"),
            (&["download", "s1:/empty", "out", "--dry-run"], "nothing would be transferred: no files in `s1:/empty`\n"),
            (
                &["upload", "tree", "s1:/e", "--exclude", "*"],
                "nothing was transferred: no files in `tree` (3 excluded)\n",
            ),
            (
                &["upload", "tree/d", "empty", "s1:/e", "--exclude", "c"],
                "nothing was transferred: no files in any of the 2 sources (1 excluded)\n",
            ),
        ] {
            let run = sandbox.run(["files"].iter().chain(args).chain(&[extra]));
            let stdout = if matches!(extra, "--format=auto" | "--format=json" | "--format=yaml") { "[]\n" } else { "" };
            assert_eq!((run.ok().stdout(), run.stderr()), (stdout, line), "{args:?} {extra}");
        }
    }
}

#[test]
fn what_was_left_alone_or_failed_is_not_an_empty_result() {
    let sandbox = stage();
    sandbox.run(["files", "upload", "tree", "s1:/x"]).ok();
    for (args, code) in [
        (&["upload", "tree", "s1:/x", "--if-exists", "skip"][..], 0),
        (&["download", "s1:/gone", "out"], 4),
        (&["rm", "-f", "s1:/gone"], 0),
    ] {
        let run = sandbox.run(["files"].iter().chain(args));
        assert!(!run.code(code).stderr().contains("nothing was"), "{args:?}: {}", run.stderr());
    }
}

#[test]
fn links_and_directories_that_are_left_out_are_no_names_to_go_on_with() {
    let sandbox = stage();
    fs::create_dir_all(sandbox.path("links")).unwrap();
    symlink("nowhere", sandbox.path("links/one")).unwrap();
    let run = sandbox.run(["files", "upload", "links", "s1:/e", "--links=skip", "-q"]);
    let line = "nothing was transferred: no files in `links` (1 skipped (1: it is a link))\n";
    assert_eq!((run.ok().stdout(), run.stderr()), ("", line));
    let run = sandbox.run(["files", "upload", "links", "s1:/e", "--links=skip", "--format=json"]);
    assert_eq!((run.ok().at("/0/status"), run.at("/0/id")), ("skipped".into(), serde_json::Value::Null));
    symlink("a", sandbox.path("tree/link")).unwrap();
    let run = sandbox.run(["files", "upload", "tree", "s1:/x", "--links=skip", "-q", "--jobs=1"]);
    assert_eq!(run.ok().stdout(), "s1:/x/a\ns1:/x/b\ns1:/x/d/c\n");
    // Where a directory is not kept without a file in it, there is nothing either.
    fs::create_dir_all(sandbox.path("empty/in")).unwrap();
    let served = sandbox.serve(&[]);
    let wharf = |args: &[&str]| served.wharf("anthropic", args).env("WHARF_ENVIRONMENT", "env_1").run();
    let id = wharf(&["sessions", "create", "-q", "--agent", "agent_1"]).ok().stdout().trim_end().to_owned();
    let run = wharf(&["files", "upload", "empty", &format!("{id}:/e"), "-q"]);
    assert_eq!(run.ok().stdout(), "");
    run.says(&["nothing was transferred", "a directory is not kept here without a file in it"]);
}

#[test]
fn fewer_files_than_required_are_an_exit_code_of_their_own() {
    let sandbox = stage();
    let run = |args: &[&str]| sandbox.run(["files"].iter().chain(args));
    run(&["upload", "tree", "s1:/x", "--require", "3"]).ok();
    let short = run(&["upload", "tree", "s1:/x", "--require", "4", "--format=json"]);
    assert_eq!(short.code(11).column("status"), ["copied", "copied", "copied"], "what arrived is told");
    assert_eq!(short.error()["kind"], "no_match");
    run(&["download", "s1:/x", "out", "--require", "4"]).code(11).says(&["3 files arrived", "--require is 4"]);
    assert_eq!(sandbox.tree("out"), ["a", "b", "d/", "d/c"]);
    // What is there already has arrived before.
    for if_exists in ["skip", "update"] {
        run(&["download", "s1:/x", "out", "--require", "3", "--if-exists", if_exists]).ok();
    }
    run(&["download", "s1:/x", "new", "--require", "3", "--dry-run"]).ok();
    run(&["download", "s1:/x", "new", "--require", "4", "--dry-run"]).code(11).says(&["3 files would arrive"]);
    run(&["upload", "tree", "s1:/x", "--require", "1", "--exclude", "*"])
        .code(11)
        .says(&["no file arrived", "3 excluded"]);
    symlink("a", sandbox.path("tree/link")).unwrap();
    run(&["upload", "tree", "s1:/x", "--require", "4", "--links=skip"]).code(11);
    run(&["upload", "tree/a", "--require", "2"]).code(11);
    // A failure says more.
    symlink("missing", sandbox.path("tree/broken")).unwrap();
    run(&["upload", "tree", "s1:/x", "--require", "9"]).code(10);
    run(&["download", "s1:/x/a", "-", "--require", "1"]).code(2).says(&["--require"]);
}

#[test]
fn a_table_off_a_terminal_has_a_row_for_each_file() {
    let sandbox = stage();
    for n in 0..30 {
        sandbox.write(format!("many/{n:02}"), "x");
    }
    let run = sandbox.run(["files", "upload", "many", "s1:/x", "--format", "table"]);
    assert_eq!(run.ok().lines().len(), 31);
    let run = sandbox.run(["files", "upload", "many", "s1:/x", "--format", "table", "--if-exists", "skip"]);
    assert_eq!(run.ok().lines()[1].split_whitespace().take(3).collect::<Vec<_>>(), ["skipped", "-", "-"]);
}

#[test]
fn several_jobs_do_the_same_as_one() {
    let sandbox = stage();
    for n in 0..100 {
        sandbox.write(format!("tree/many/{n:03}"), format!("content of {n}").repeat(n));
    }
    symlink("missing", sandbox.path("tree/broken")).unwrap();
    let all = |jobs: &str| {
        let flags = ["--jobs", jobs];
        let (there, here) = (format!("s1:/j{jobs}"), format!("out{jobs}"));
        let up = sandbox.run(["files", "upload", "tree", &there].iter().chain(&flags));
        let down = sandbox.run(["files", "download", &there, &here].iter().chain(&flags));
        let hashes = |run: &crate::sandbox::Run| {
            let mut hashes = run.column("sha256");
            hashes.sort();
            hashes
        };
        (
            up.code(10).outcomes(&there),
            hashes(&up),
            sandbox.tree(&here),
            down.ok().outcomes(&here),
            hashes(&down),
            line(up.stderr()),
        )
    };
    let one = all("1");
    assert_eq!(all("4"), one);
    assert_eq!(all("256"), one);
    assert_eq!(sandbox.unfinished(), [""; 0]);
}

#[test]
fn a_number_of_jobs_that_cannot_be_is_a_usage_error_wherever_it_is_said() {
    let sandbox = stage();
    let up = ["files", "upload", "tree", "s1:/x"];
    for bad in ["0", "257", "1000", "x", ""] {
        sandbox.run(up.iter().chain(&["--jobs", bad])).code(2).says(&["jobs"]);
        if !bad.is_empty() {
            let run = sandbox.wharf(up).env("WHARF_JOBS", bad).run();
            run.code(2).says(&["WHARF_JOBS", "from 1 to 256"]);
        }
    }
    sandbox.wharf(up).env("WHARF_JOBS", "x").run().code(2);
    assert_eq!(sandbox.paths("s1:/"), [""; 0]);
    sandbox.wharf(up.iter().chain(&["--jobs=2"])).env("WHARF_JOBS", "x").run().ok();
}
