//! What comes from the other side is not trusted: links, names, documents and paths that mean harm.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use rusqlite::Connection;

use crate::sandbox::{Run, Sandbox};

/// A sandbox with a session `s1`, and something outside that nothing may touch.
fn stage() -> (Sandbox, PathBuf) {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    sandbox.write("outside/secret", "secret");
    sandbox.write("mine", "mine");
    let outside = sandbox.path("outside");
    (sandbox, outside)
}

fn assert_untouched(sandbox: &Sandbox) {
    assert_eq!(sandbox.tree("outside"), ["secret"]);
    assert_eq!(sandbox.read("outside/secret"), "secret");
}

#[test]
fn links_that_lead_out_of_a_session_are_not_followed() {
    let (sandbox, outside) = stage();
    let inside = sandbox.inside("s1", "");
    symlink(&outside, inside.join("abs")).unwrap();
    symlink("../../../work/outside", inside.join("rel")).unwrap();
    symlink("..", inside.join("up")).unwrap();
    for link in ["abs", "rel", "up/sessions/s1/rel"] {
        let at = |path: &str| format!("s1:/{link}{path}");
        sandbox.run(["files", "cat", &at("/secret")]).code(5);
        sandbox.run(["files", "download", &at("/secret"), "x"]).code(5);
        sandbox.run(["files", "upload", "mine", &at("/new")]).code(5);
        sandbox.run(["files", "upload", "mine", &at("/")]).code(5);
        sandbox.run(["files", "upload", "mine", &at("/secret")]).code(5);
        sandbox.run(["files", "mkdir", &at("/new")]).code(5);
        sandbox.run(["files", "rm", &at("/secret")]).code(5);
        sandbox.run(["files", "mv", &at("/secret"), "s1:/x"]).code(5);
        sandbox.put("s1:/own", "own");
        sandbox.run(["files", "mv", "s1:/own", &at("/own")]).code(5);
        sandbox.run(["resources", "add", "s1", &format!("@mine:/{link}/m")]).code(5);
        sandbox.run(["files", "stat", &at("/secret")]).code(5);
        assert_untouched(&sandbox);
        assert!(!sandbox.path("x").exists());
    }
    assert_eq!(sandbox.run(["files", "ls"]).ok().stdout(), "[]\n", "the mounts' uploads are undone");
}

#[test]
fn a_link_where_a_directory_is_to_be_listed_or_made_is_not_walked_through() {
    let (sandbox, outside) = stage();
    symlink(&outside, sandbox.inside("s1", "link")).unwrap();
    assert_eq!(sandbox.run(["files", "ls", "-R", "s1:/"]).ok().column("path"), ["/link"]);
    assert_eq!(sandbox.run(["files", "ls", "-R", "s1:/link"]).ok().column("kind"), ["symlink"]);
    sandbox.write("tree/new", "new");
    sandbox.run(["files", "upload", "tree", "s1:/link"]).code(5);
    sandbox.run(["files", "mkdir", "s1:/link"]).code(5);
    sandbox.run(["files", "download", "s1:/link", "out"]).code(5);
    sandbox.run(["files", "rm", "-r", "s1:/link"]).ok();
    assert_untouched(&sandbox);
    assert_eq!(sandbox.paths("s1:/"), [""; 0]);
}

#[test]
fn a_session_whose_directory_became_a_link_is_not_followed() {
    let (sandbox, outside) = stage();
    let inside = sandbox.inside("s1", "");
    fs::remove_dir(&inside).unwrap();
    symlink(&outside, sandbox.store().join("sessions/s1")).unwrap();
    for args in [
        &["ls", "s1:/"][..],
        &["cat", "s1:/secret"],
        &["upload", "mine", "s1:/x"],
        &["rm", "s1:/secret"],
        &["mkdir", "s1:/d"],
    ] {
        let run = sandbox.run(["files"].iter().chain(args));
        assert_ne!(run.stderr(), "", "{args:?}");
        assert!(!run.stdout().contains("\"secret\""), "{args:?}: {}", run.stdout());
        assert_untouched(&sandbox);
    }
    sandbox.run(["sessions", "delete", "s1"]).ok();
    assert_untouched(&sandbox);
}

#[test]
fn a_session_whose_directory_is_gone_can_still_be_deleted() {
    let (sandbox, _) = stage();
    fs::remove_dir(sandbox.inside("s1", "")).unwrap();
    sandbox.run(["files", "ls", "s1:/"]).code(5).says(&["sessions delete"]);
    sandbox.run(["sessions", "delete", "s1"]).ok();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
}

#[test]
fn a_download_stays_below_its_destination() {
    let (sandbox, outside) = stage();
    sandbox.put("s1:/t/d/new", "new");
    sandbox.put("s1:/t/f", "new");
    fs::create_dir(sandbox.path("to")).unwrap();
    symlink(&outside, sandbox.path("to/d")).unwrap();
    symlink(outside.join("secret"), sandbox.path("to/f")).unwrap();
    let run = sandbox.run(["files", "download", "s1:/t", "to"]);
    run.code(10);
    assert_untouched(&sandbox);
    assert_eq!(sandbox.read("to/f"), "new", "the link is replaced, not followed");
    assert!(!sandbox.path("to/f").is_symlink());
    assert!(sandbox.path("to/d").is_symlink());
}

#[test]
fn a_stored_name_that_is_a_path_writes_nothing_elsewhere() {
    let (sandbox, outside) = stage();
    let id = sandbox.stored("good", "evil");
    let database = Connection::open(sandbox.store().join("wharf.db")).unwrap();
    let absolute = outside.join("secret");
    for name in ["../outside/secret", absolute.to_str().unwrap(), "outside/secret", "..", ".", "", "a/", "./mine"] {
        database.execute("UPDATE stored_file SET filename = ?1", [name]).unwrap();
        fs::create_dir_all(sandbox.path("here")).unwrap();
        let run = sandbox.wharf(["files", "download", &id]).cwd(sandbox.path("here")).run();
        run.code(5).says(&["DEST"]);
        sandbox.run(["files", "download", &id, "here/"]).code(5);
        sandbox.run(["files", "download", &id, "--into", "here"]).code(5);
        assert_eq!(sandbox.tree("here"), [""; 0], "{name:?}");
        assert_untouched(&sandbox);
        sandbox.run(["files", "download", &id, "chosen"]).ok();
        assert_eq!(sandbox.read("chosen"), "evil");
    }
    database.execute("UPDATE stored_file SET filename = '../up'", []).unwrap();
    sandbox.run(["resources", "add", "s1", &id]).code(2);
    sandbox.run(["resources", "add", "s1", &format!("{id}:/fine")]).ok();
    assert_eq!(sandbox.read("mine"), "mine");
}

#[test]
fn documents_that_explode_are_refused() {
    let (sandbox, _) = stage();
    let level = |n: usize| format!("a{n}: &a{n} [{}]", vec![format!("*a{}", n - 1); 10].join(", "));
    let laughs: Vec<String> = std::iter::once("a0: &a0 [x, x, x, x]".to_owned()).chain((1..12).map(level)).collect();
    let laughs = laughs.join("\n");
    let deep_json = format!("{{\"a\": {}", "[".repeat(200_000));
    let deep_yaml = format!("a: {}", "[".repeat(200_000));
    let deep_map: Vec<String> = (0..5000).map(|n| " ".repeat(n) + "k:").collect();
    let deep_map = deep_map.join("\n");
    for bad in [laughs, deep_json, deep_yaml, deep_map] {
        sandbox.wharf(["sessions", "create", "--body", "-"]).stdin(bad).run().code(2);
    }
    let spec = format!("{{a: {}", "{".repeat(10_000));
    sandbox.run(["sessions", "create", "--resource", &spec]).code(2);
    assert_eq!(sandbox.run(["sessions", "list", "-q"]).ok().lines(), ["s1"]);
}

#[test]
fn transforms_that_nest_without_end_are_refused() {
    let (sandbox, _) = stage();
    for path in [
        "{".repeat(20_000),
        "[".repeat(20_000),
        "#(".repeat(20_000),
        format!("{}id{}", "{".repeat(9000), "}".repeat(9000)),
    ] {
        let run = sandbox.run(["sessions", "list", "--transform", &path]);
        run.code(2);
    }
}

#[test]
fn paths_that_leave_a_session_are_usage_errors() {
    let (sandbox, _) = stage();
    for path in ["..", "../x", "/..", "/a/../..", "a/../../x", "/../../../work/outside/secret"] {
        let target = format!("s1:{path}");
        for verb in ["ls", "stat", "cat", "mkdir", "rm"] {
            sandbox.run(["files", verb, &target]).code(2);
        }
        sandbox.run(["files", "upload", "mine", &target]).code(2);
        sandbox.run(["files", "download", &target, "x"]).code(2);
        sandbox.run(["files", "mv", &target, "s1:/x"]).code(2);
        sandbox.run(["files", "mv", "s1:/x", &target]).code(2);
        sandbox.run(["resources", "add", "s1", &format!("@mine:{path}")]).code(2);
        sandbox.run(["sessions", "create", "--resource", &format!("@mine:{path}")]).code(2);
    }
    assert_untouched(&sandbox);
    assert_eq!(sandbox.run(["files", "ls"]).ok().stdout(), "[]\n", "no upload is left");
    assert_eq!(sandbox.run(["sessions", "list", "-q"]).ok().lines(), ["s1"]);
}

#[test]
fn session_names_cannot_reach_other_sessions_or_the_store() {
    let (sandbox, _) = stage();
    sandbox.put("s1:/x", "x");
    for name in ["../sessions/s1", "s1/../s1", "..", "./s1", "s1/"] {
        let run = sandbox.run(["files", "cat", &format!("{name}:/x")]);
        assert_ne!(run.stderr(), "", "{name}");
        assert_eq!(run.stdout(), "", "{name}");
        sandbox.run(["sessions", "delete", name]).code(2);
    }
    assert_eq!(sandbox.cat("s1:/x"), "x");
}

/// Words that mean harm to a terminal.
const EVIL: &str = "x\u{1b}]52;c;aGk\u{7}\u{202e}";

#[track_caller]
fn assert_escaped(run: &Run) {
    let bad = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!run.stderr().contains(bad), "{:?}", run.stderr());
    assert!(run.stderr().starts_with("error: "), "{:?}", run.stderr());
}

#[test]
fn names_in_errors_are_escaped_for_people() {
    let (sandbox, _) = stage();
    for args in [
        &["sessions", "get", EVIL][..],
        &["files", "cat", &format!("s1:/{EVIL}")],
        &["files", "upload", EVIL, "s1:/d/"],
        &["files", "cat", EVIL],
        &["sessions", "list", "--transform", &format!("{{{EVIL}")],
        &["config", "get", EVIL],
        &["sessions", "list", "--profile", EVIL],
        &["sessions", "list", "--label", EVIL],
        &["sessions", "create", "--resource", EVIL],
        &["sessions", "create", "--body", EVIL],
    ] {
        assert_escaped(&sandbox.run(args));
    }
}

#[test]
fn words_that_the_grammar_refuses_are_escaped_for_people() {
    let (sandbox, _) = stage();
    for args in [&["sessions", EVIL][..], &["sessions", "list", "--format", EVIL], &["files", "ls", "s1:/", EVIL]] {
        assert_escaped(&sandbox.run(args));
    }
}

/// A command line that may have so few files open at once.
fn with_few_handles(sandbox: &Sandbox, args: &[&str]) -> Run {
    let line = format!("ulimit -n 64 && exec {} \"$@\"", env!("CARGO_BIN_EXE_wharf"));
    let output = std::process::Command::new("/bin/sh")
        .args(["-c", &line, "sh"])
        .args(args)
        .env_clear()
        .envs(sandbox.environment())
        .current_dir(sandbox.path(""))
        .output();
    Run::of(args, output.unwrap())
}

#[test]
fn a_tree_deeper_than_any_path_is_listed_counted_and_removed() {
    let (sandbox, _) = stage();
    let root = Dir::open_ambient_dir(sandbox.inside("s1", ""), ambient_authority()).unwrap();
    root.create_dir("beside").unwrap();
    let mut dir = root.try_clone().unwrap();
    for _ in 0..1500 {
        dir.create_dir("dd").unwrap();
        dir = dir.open_dir("dd").unwrap();
    }
    dir.write("end", "x").unwrap();
    let listed = with_few_handles(&sandbox, &["files", "ls", "-R", "s1:/", "-q"]);
    assert_eq!(listed.ok().lines().len(), 1502);
    assert!(listed.lines().last().unwrap().ends_with("dd/end"));
    with_few_handles(&sandbox, &["files", "upload", "mine", "s1:/beside/mine"]).ok();
    let end = (*listed.lines().last().unwrap()).to_owned();
    for args in [["files", "stat", end.as_str()], ["files", "cat", end.as_str()], ["files", "rm", end.as_str()]] {
        sandbox.run(args).code(2).says(&["too long", "hint: "]);
    }
    let fetched = with_few_handles(&sandbox, &["files", "download", "s1:/", "fetched"]);
    fetched.code(10).says(&["too long"]);
    assert_eq!(sandbox.read("fetched/beside/mine"), "mine");
    with_few_handles(&sandbox, &["files", "rm", "-r", "s1:/dd"]).ok();
    assert_eq!(sandbox.paths("s1:/"), ["/beside/", "/beside/mine"]);
    assert!(sandbox.unfinished().is_empty());
    with_few_handles(&sandbox, &["sessions", "delete", "s1"]).ok();
    assert!(sandbox.unfinished().is_empty());
}
