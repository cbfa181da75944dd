//! Flags that would be ignored: they work, or the command is refused before it does anything.

use crate::sandbox::Sandbox;

/// A sandbox with a session `s1` with a file in it, and a local file.
fn stage() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    sandbox.put("s1:/d/a", "a");
    sandbox.write("a", "a");
    sandbox
}

#[test]
fn a_session_that_is_named_on_the_command_line_is_listed() {
    let sandbox = stage();
    sandbox.stored("stored", "1");
    for args in
        [&["-s", "s1", "files", "ls"][..], &["files", "ls", "--session", "s1"], &["files", "ls", ":", "-s", "s1"]]
    {
        assert_eq!(sandbox.run(args).ok().column("path"), ["/d"], "{args:?}");
    }
    assert_eq!(sandbox.run(["files", "ls", "-R", "-s", "s1", "-q"]).ok().stdout(), "s1:/d\ns1:/d/a\n");
    sandbox.run(["files", "ls", "-s", "gone"]).code(4).says(&["gone"]);
    sandbox.run(["files", "ls", "-s", ""]).code(2);
    sandbox.run(["files", "ls", "-s", "s1", "--scope-id", "s1"]).code(2).says(&["--session", "--scope-id"]);
    sandbox.run(["files", "ls", "-R"]).code(2).says(&["SESSION:/ -R"]);
    // What the environment says is for :PATH alone.
    let run = sandbox.wharf(["files", "ls"]).env("WHARF_SESSION", "s1").run();
    assert_eq!(run.ok().column("filename"), ["stored"]);
}

#[test]
fn a_session_on_the_command_line_without_a_destination_sends_nothing() {
    let sandbox = stage();
    let run = sandbox.run(["-s", "s1", "files", "upload", "a"]);
    assert_eq!(run.code(2).stdout(), "");
    run.says(&["DEST is missing", "`:/`"]);
    assert_eq!(sandbox.run(["files", "ls"]).ok().stdout(), "[]\n");
    sandbox.run(["-s", "s1", "files", "upload", "a", ":/"]).ok();
    sandbox.wharf(["files", "upload", "a", "-q"]).env("WHARF_SESSION", "s1").run().ok();
}

#[test]
fn a_flag_that_a_verb_would_ignore_is_a_usage_error() {
    let sandbox = stage();
    for args in [
        &["sessions", "list", "-s", "s1"][..],
        &["sessions", "get", "s1", "-s", "s1"],
        &["sessions", "delete", "s1", "-s", "other"],
        &["sessions", "create", "-s", "s1"],
        &["resources", "list", "s1", "-s", "s1"],
        &["backends", "-s", "s1"],
        &["doctor", "-s", "s1"],
        &["files", "cat", "s1:/d/a", "--transform", "id"],
        &["config", "path", "--transform", "id"],
        &["completions", "bash", "--transform", "id"],
        &["sessions", "list", "-0"],
        &["files", "ls", "s1:/", "--null"],
        &["sessions", "list", "--base-url", "https://api.example"],
        &["sessions", "list", "-b", "local", "--token-file", "a"],
        &["sessions", "list", "--ca-cert", "a"],
        &["sessions", "create", "--header", "x-team: blue"],
        &["doctor", "--header", "x-team: blue"],
        &["files", "upload", "a", "--if-exists", "skip"],
        &["files", "upload", "a", "--if-exists", "update", "--checksum"],
        &["files", "download", "s1:/d/a", "-", "--if-exists", "skip"],
        &["files", "download", "s1:/d/a", "-", "--dry-run"],
        &["resources", "add", "s1", "@a", "--type", "memory_store"],
        &["resources", "get", "s1", "one", "--resource-id", "two"],
    ] {
        for format in ["auto", "json"] {
            let run = sandbox.run(args.iter().chain(&["--format", format]));
            assert_eq!(run.code(2).stdout(), "", "{args:?}");
            assert!(run.stderr().contains("hint"), "{args:?}: {}", run.stderr());
        }
    }
    assert_eq!(sandbox.run(["sessions", "list", "-q"]).ok().stdout(), "s1\n", "nothing was done");
    assert_eq!(sandbox.run(["files", "ls"]).ok().stdout(), "[]\n");
    sandbox.run(["files", "upload", "a", "--if-exists", "overwrite"]).ok();
}

#[test]
fn flags_for_requests_are_accepted_by_services_and_by_commands_without_a_backend() {
    let sandbox = stage();
    let flags = ["--header", "x-team: blue"];
    for verb in [&["sessions", "list"][..], &["doctor"]] {
        let run = sandbox.run(verb.iter().chain(&flags));
        run.code(2).says(&["--header has no effect", "`local`", "--backend", "anthropic, foundry, agb"]);
    }
    sandbox.run(["config", "list"].iter().chain(&flags)).ok();
    let served = sandbox.serve(&[]);
    for backend in ["anthropic", "foundry", "agb"] {
        served.wharf(backend, ["sessions", "list"].iter().chain(&flags)).run().ok();
    }
}

#[test]
fn an_agent_is_for_new_sessions_and_for_the_service_that_asks_for_it() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    for backend in ["local", "anthropic", "agb"] {
        for args in
            [&["sessions", "list"][..], &["sessions", "get", "s1"], &["files", "ls"], &["resources", "list", "s1"]]
        {
            let run = served.wharf(backend, args.iter().chain(&["--agent", "a1"])).run();
            assert_eq!(run.code(7).stdout(), "", "{backend} {args:?}");
            run.says(&["--agent", "--agent-id"]);
        }
    }
    served.wharf("foundry", ["sessions", "list", "--agent", "a1"]).run().ok();
    for backend in ["local", "anthropic"] {
        // A setting of the environment is for those commands that have a use for it.
        served.wharf(backend, ["sessions", "list"]).env("WHARF_AGENT", "a1").run().ok();
    }
    sandbox.run(["sessions", "create", "--agent", "a1"]).ok();
    sandbox.run(["config", "list", "--agent", "a1"]).ok();
}

#[test]
fn a_usage_error_names_the_values_that_are_possible_or_the_help_of_its_command() {
    let sandbox = stage();
    for (args, words) in [
        (&["sessions", "list", "--status", "runing"][..], &["running", "stopped", "wharf sessions list --help"][..]),
        (&["sessions", "list", "--order", "up"], &["asc, desc", "wharf sessions list --help"]),
        (&["sessions", "wait", "s1", "--for", "runing"], &["running", "deleted", "wharf sessions wait --help"]),
        (
            &["files", "upload", "a", "s1:/", "--if-exists", "x"],
            &["overwrite, skip, error, update", "wharf files upload --help"],
        ),
        (
            &["files", "get", "s1:/d", "x", "--links", "x"],
            &["follow-inside, skip, follow, error", "wharf files download --help"],
        ),
        (&["-b", "local", "sessions", "list", "--format", "x"], &["auto, table, json", "wharf sessions list --help"]),
        (&["sessions", "list", "--color", "x"], &["auto, always, never", "wharf sessions list --help"]),
        (&["sessions", "list", "--progress", "x"], &["bar, lines, none", "wharf sessions list --help"]),
        (&["completions", "x"], &["bash", "zsh", "wharf completions --help"]),
        (&["sessions", "list", "-b", "x"], &["local", "anthropic", "foundry", "agb"]),
        (&["resources", "add", "s1", "file_1", "--type", "x"], &["github_repository", "memory_store"]),
        (&["sessions", "list", "--limit", "0"], &["the smallest is 1", "wharf sessions list --help"]),
        (&["sessions", "list", "--retries", "x"], &["not a whole number", "wharf sessions list --help"]),
        (&["files", "upload", "a", "s1:/x", "--jobs", "0"], &["from 1 to 256", "wharf files upload --help"]),
        (&["files", "upload", "a", "s1:/x", "--max-size", "1"], &["--max-size", "wharf files upload --help"]),
        (&["sessions", "get"], &["SESSION", "wharf sessions get --help"]),
        (&["sessions", "lisst"], &["list", "wharf sessions --help"]),
        (&["--bogus", "sessions", "list"], &["--bogus", "--help"]),
    ] {
        let run = sandbox.run(args);
        assert_eq!(run.code(2).stdout(), "", "{args:?}");
        run.says(words);
        assert!(!run.stderr().contains("as a value"), "{}", run.stderr());
    }
}

#[test]
fn quiet_does_not_name_what_was_not_there_to_be_removed() {
    let sandbox = stage();
    assert_eq!(sandbox.run(["files", "rm", "-f", "s1:/gone", "s1:/d/a", "-q"]).ok().stdout(), "s1:/d/a\n");
    let run = sandbox.run(["sessions", "delete", "--missing-ok", "gone", "-q"]);
    assert_eq!(run.ok().stdout(), "");
    sandbox.put("s1:/d/a", "a");
    let dry = sandbox.run(["files", "rm", "s1:/d/a", "-q", "--dry-run"]);
    assert_eq!(dry.ok().stdout(), "s1:/d/a\n", "what a run would remove");
    let run = sandbox.run(["files", "rm", "-f", "s1:/gone"]);
    assert_eq!(run.ok().at("/0/deleted"), false);
}
