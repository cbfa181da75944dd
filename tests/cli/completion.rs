//! Completion of what is there: what the scripts of `wharf completions` get. Shells with it are in tests/terminal.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use crate::sandbox::{Call, Run, Sandbox, WHARF, tree};

/// Asks as the script for zsh does: a line for each word after the first one, each with its text after a tab.
fn asked(call: Call) -> Run {
    call.env("WHARF_COMPLETE", "zsh").run()
}

fn words_of(run: &Run) -> Vec<String> {
    assert_eq!(run.ok().stderr(), "", "completion is silent");
    run.stdout().lines().skip(1).map(|line| line.split('\t').next().unwrap().to_owned()).collect()
}

/// The line of a completion: `wharf -- wharf WORDS...`.
fn line<'a>(words: &[&'a str]) -> Vec<&'a str> {
    [&["--", "wharf"], words].concat()
}

fn complete(sandbox: &Sandbox, words: &[&str]) -> Vec<String> {
    words_of(&asked(sandbox.wharf(line(words))))
}

#[test]
fn what_is_there_is_completed() {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s-1", "--title", "first: one", "--label", "team=blue", "-q"]).ok();
    sandbox.run(["sessions", "create", "--id", "s-2", "--title", "second", "-q"]).ok();
    sandbox.put("s-1:/data/a.csv", "a");
    sandbox.put("s-1:/data/b/c", "c");
    sandbox.put("s-1:/.hidden", "h");
    let file = sandbox.stored("report.csv", "r");
    let resource =
        sandbox.run(["resources", "add", "s-1", &format!("{file}:/in/r"), "-q"]).ok().stdout().trim().to_owned();
    sandbox.write("local.csv", "l");
    sandbox.write("dir/a.csv", "a");
    sandbox.write("dir.csv", "d");
    for (words, expected) in [
        (&["sessions", "get", ""][..], &["s-2", "s-1", "@last"][..]),
        (&["sessions", "get", "@"], &["@second", "@first: one", "@last"]),
        (&["sessions", "delete", "s-2", "s-1"], &["s-1"]),
        (&["-s", ""], &["s-2", "s-1", "@last"]),
        (&["sessions", "list", "--label", ""], &["team=blue"]),
        // A title with a colon cannot stand before one.
        (&["files", "ls", "@"], &["@second:", "@last:"]),
        (&["files", "ls", "s"], &["s-2:", "s-1:"]),
        (&["files", "ls", "s-1:"], &["s-1:data/", "s-1:in/"]),
        (&["files", "ls", "s-1:/."], &["s-1:/.hidden"]),
        (&["files", "cat", "s-1:/data/"], &["s-1:/data/a.csv", "s-1:/data/b/"]),
        (&["files", "cat", "@last:/"], &[]),
        (&["-s", "s-1", "files", "ls", ":/da"], &[":/data/"]),
        (&["files", "cat", &file[..9]], &[&file]),
        (&["files", "mkdir", "file"], &[]),
        (&["files", "upload", "--into", "s-1"], &["s-1:"]),
        (&["files", "upload", "x", "s-1"], &["s-1:"]),
        (&["resources", "get", "s-1", ""], &[&resource]),
        (&["resources", "get", "@last", ""], &[]),
        (&["-b", ""], &["local", "anthropic", "foundry", "agb"]),
        (&["-b", "foundry", "sessions", "get", ""], &[]),
        (&["--format", "js"], &["json", "jsonl"]),
        (&["config", "get", "back"], &["backend"]),
        (&["config", "set", "agent"], &["agent", "agent_command"]),
        (&["help", "exit"], &["exit-codes"]),
        (&["help", "files", "ups"], &[]),
        (&["help", "files", "upl"], &["upload"]),
        (&["exec", "s-1", "--", "l"], &[]),
        (&["sessions", "wait", "--for", "del"], &["deleting", "deleted"]),
        (&["sessions", "create", "--resource", "@di"], &["@dir.csv", "@dir/"]),
        (&["run", "--resource", "@dir/"], &["@dir/a.csv"]),
        (&["resources", "add", "s-1", "@./dir/a"], &["@./dir/a.csv"]),
        (&["sessions", "create", "--resource", "@nowhere/"], &[]),
    ] {
        assert_eq!(complete(&sandbox, words), expected, "{words:?}");
    }
    let flags = complete(&sandbox, &["files", "ls", "s-1:", "--"]);
    assert!(flags.iter().position(|flag| flag == "--recursive") < flags.iter().position(|flag| flag == "--backend"));
    assert!(!flags.contains(&"--max-items".to_owned()), "it is hidden");
}

#[test]
fn files_of_this_machine_are_offered_only_where_one_is_meant() {
    let sandbox = Sandbox::new();
    for (words, files) in [
        (&["files", "ls", ""][..], "words"),
        (&["sessions", "get", ""], "words"),
        (&["files", "upload", ""], "files"),
        (&["files", "upload", "a", ""], "files"),
        (&["files", "upload", "a", "s-1:/"], "words"),
        (&["files", "download", ""], "words"),
        (&["files", "download", "s-1:/a", ""], "files"),
        (&["files", "download", "--into", ""], "directories"),
        (&["--ca-cert", ""], "files"),
        (&["--ca-cert=x"], "files"),
        (&["invoke", "s-1", ""], "words"),
        (&["sessions", "create", "--title", ""], "words"),
    ] {
        let run = asked(sandbox.wharf(line(words)));
        assert_eq!(run.ok().stdout().lines().next(), Some(files), "{words:?}");
    }
}

#[test]
fn a_hosted_backend_is_asked_within_the_limit_and_the_next_request_has_its_answer() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&["--fault", "*:latency=2s"]);
    let created = served.wharf("foundry", ["sessions", "create", "-q"]).run();
    let session = created.ok().stdout().trim().to_owned();
    let ask = |words: &[&str]| {
        let begun = Instant::now();
        let run = asked(served.wharf("foundry", line(words)));
        (words_of(&run), begun.elapsed())
    };
    let begins = &session[..3];
    let questions =
        [&["sessions", "get", begins][..], &["agents", "get", ""], &["files", "ls", &format!("{session}:/")]];
    let times = questions.map(|words| {
        let (found, time) = ask(words);
        assert_eq!(found, [""; 0], "{words:?}");
        assert!(time < Duration::from_millis(1500), "{words:?}: {time:?}");
        time
    });
    // Other tests run at the same time.
    assert!(times.iter().any(|time| *time < Duration::from_millis(300)), "{times:?}");
    // It was asked once more, by a process that nothing waits for.
    let begun = Instant::now();
    while ask(questions[0]).0 != [session.as_str()] {
        assert!(begun.elapsed() < Duration::from_secs(30), "the answer did not come");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn an_answer_is_kept_for_its_user_and_its_backend_for_a_short_time() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let made = served
        .wharf(
            "anthropic",
            ["sessions", "create", "--agent", "agent_1", "--environment", "env_1", "--title", "kept", "-q"],
        )
        .run();
    let session = made.ok().stdout().trim().to_owned();
    let call = || served.wharf("anthropic", line(&["sessions", "get", "sesn"]));
    assert_eq!(words_of(&asked(call())), [session.as_str()]);
    let cache = sandbox.store().join("completion");
    let files = tree(&cache);
    assert_eq!(files.len(), 1, "{files:?}");
    let path = cache.join(&files[0]);
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let content = fs::read_to_string(&path).unwrap();
    assert!(content.contains("kept") && !content.contains(served.variable("ANTHROPIC_API_KEY")), "{content}");
    let elsewhere = tempfile::tempdir().unwrap();
    let home = elsewhere.path().as_os_str();
    let delete = served.wharf("anthropic", ["sessions", "delete", &session]);
    delete.env("WHARF_HOME", home).env("XDG_CACHE_HOME", home).run().ok();
    assert_eq!(words_of(&asked(call())), [session.as_str()], "it was asked a moment ago");
    for other in [
        call().env("ANTHROPIC_API_KEY", "another"),
        call().env("WHARF_BACKEND", "foundry"),
        call().env("ANTHROPIC_BASE_URL", "http://127.0.0.1:1"),
    ] {
        assert_eq!(words_of(&asked(other)), [""; 0], "an answer to another question");
    }
    // A command that reads leaves the answer, and one that changes something removes it.
    served.wharf("anthropic", ["sessions", "list"]).run().ok();
    assert_eq!(words_of(&asked(call())), [session.as_str()]);
    let another = ["sessions", "create", "--agent", "agent_1", "--environment", "env_1", "-q"];
    let another = served.wharf("anthropic", another).run();
    assert_eq!(words_of(&asked(call())), [another.ok().stdout().trim()]);
}

#[test]
fn nothing_that_goes_wrong_is_heard_and_nothing_is_made() {
    let sandbox = Sandbox::new();
    let nothing: [&str; 0] = [];
    for words in [
        &["sessions", "get", ""][..],
        &["files", "ls", "nope:/"],
        &["-b", "nope", "sessions", "get", ""],
        &["--timeout", "never", "sessions", "get", ""],
        &["--profile", "nope", "sessions", "get", ""],
        &["-b", "anthropic", "sessions", "get", ""],
        &["-b", "foundry", "--base-url", "http://127.0.0.1:1", "sessions", "get", ""],
        &["nope", "nope", "x"],
        &["files", "ls", "a\u{0}b:/"],
    ] {
        let words: Vec<&str> = words.iter().map(|word| word.split('\0').next().unwrap()).collect();
        assert_eq!(complete(&sandbox, &words), nothing, "{words:?}");
    }
    let made = tree(&sandbox.store());
    assert!(made.iter().all(|name| name.starts_with("completion/")), "{made:?}");
    // A database that is empty, of another program, or of another version stays as it is.
    let database = sandbox.store().join("wharf.db");
    let mut older = [0; 4096];
    older[..16].copy_from_slice(b"SQLite format 3\0");
    older[63] = 1;
    for content in [&b""[..], b"SQLite format 3\0", &b"garbage".repeat(100), &older] {
        fs::write(&database, content).unwrap();
        let before = tree(&sandbox.store());
        assert_eq!(complete(&sandbox, &["sessions", "get", ""]), nothing);
        assert_eq!((tree(&sandbox.store()), fs::read(&database).unwrap()), (before, content.to_vec()));
    }
    fs::create_dir(sandbox.config().join("wharf")).unwrap();
    fs::write(sandbox.config().join("wharf/config.toml"), "profile = 1").unwrap();
    assert_eq!(complete(&sandbox, &["sessions", "get", ""]), nothing);
}

#[test]
fn no_program_is_started_for_a_secret() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.config().join("wharf")).unwrap();
    let ran = sandbox.path("ran");
    let config =
        format!("[profiles.p]\nbackend = 'anthropic'\nsecret_command = ['/usr/bin/touch', '{}']\n", ran.display());
    fs::write(sandbox.config().join("wharf/config.toml"), config).unwrap();
    assert_eq!(complete(&sandbox, &["--profile", ""]), ["p"]);
    assert_eq!(complete(&sandbox, &["--profile", "p", "sessions", "get", ""]), [""; 0]);
    assert!(!ran.exists(), "the secret was asked for");
    // A pipe has its token once.
    let pipe = sandbox.fifo("pipe");
    let words = ["-b", "anthropic", "--token-file", pipe.to_str().unwrap(), "sessions", "get", ""];
    assert_eq!(complete(&sandbox, &words), [""; 0]);
    let az = sandbox.write("bin/az", format!("#!/bin/sh\ntouch {}\n", ran.display()));
    fs::set_permissions(&az, fs::Permissions::from_mode(0o755)).unwrap();
    let project = ["-b", "foundry", "--agent", "a1", "--base-url", "http://127.0.0.1:1", "sessions", "get", ""];
    let call = sandbox.wharf(line(&project)).env("PATH", format!("{}:/usr/bin:/bin", sandbox.path("bin").display()));
    assert_eq!(words_of(&asked(call)), [""; 0]);
    assert!(!ran.exists(), "az was started");
}

#[test]
fn only_a_script_turns_a_call_into_a_completion() {
    let sandbox = Sandbox::new();
    for (name, value) in
        [("COMPLETE", "bash"), ("WHARF_COMPLETE", "1"), ("WHARF_COMPLETE", "bash"), ("WHARF_COMPLETE", "")]
    {
        let run = sandbox.wharf(["backends", "-q"]).env(name, value).run();
        assert!(run.ok().stdout().starts_with("local\n"), "{name}={value}");
    }
    sandbox.wharf(["--", "nope"]).env("WHARF_COMPLETE", "1").run().code(2);
}

#[test]
fn bash_gets_words_as_they_are_to_stand_on_the_line() {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s-1", "--title", "$(touch pwned) `x` \"q\"", "-q"]).ok();
    for name in ["$(touch pwned)", "a b", "it's", "x;y", "w\nv", "e\u{1b}[2J", "-rf"] {
        sandbox.put(&format!("s-1:/d/{name}"), "x");
    }
    let reply = |line: &str, replaced: &str| {
        let call = sandbox.wharf(["--", line, replaced, "9"]).env("WHARF_COMPLETE", "bash");
        call.run().ok().stdout().lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    let words = reply("wharf files cat s-1:/d/", "/d/");
    assert_eq!(words.len(), 5, "{words:?}: two names cannot be typed");
    assert_eq!(reply("wharf sessions get @\\$", "@\\$"), ["@\\$\\(touch\\ pwned\\)\\ \\`x\\`\\ \\\"q\\\" "]);
    // bash itself reads them back, and obeys none.
    for word in words {
        let script = format!("printf %s s-1:{word} | xargs -0 \"$WHARF\" files cat");
        sandbox.shell(&script, None).run().ok();
    }
    assert!(!sandbox.path("pwned").exists());
    assert!(WHARF.ends_with("wharf"));
}
