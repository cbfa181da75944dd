//! How much a session takes, as a setting, counted right whatever happened to its directory.

use std::fs;

use crate::sandbox::{Run, Running, Sandbox, wait_until};

/// A sandbox with a session `s1`, and a run of wharf where sessions take 1000 bytes and 3 mounts.
fn stage() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    for size in [1, 400, 600, 601, 1000, 1001] {
        sandbox.write(format!("f{size}"), vec![b'x'; size]);
    }
    sandbox
}

fn limited(sandbox: &Sandbox, args: &[&str]) -> Run {
    sandbox.wharf(args).env("WHARF_SESSION_BYTES", "1000").env("WHARF_SESSION_MOUNTS", "3").run()
}

#[test]
fn a_session_takes_what_it_may_and_not_a_byte_more() {
    let sandbox = stage();
    let put = |name: &str, to: &str| limited(&sandbox, &["files", "upload", name, &format!("s1:/{to}")]);
    put("f1001", "a").code(6).says(&["at most 1000 bytes", "nothing was transferred"]);
    put("f400", "a").ok();
    put("f601", "b").code(6).says(&["at most 1000 bytes", "WHARF_SESSION_BYTES"]);
    put("f600", "b").ok();
    put("f1", "c").code(6);
    put("f600", "b").ok();
    put("f400", "b").ok();
    put("f601", "b").code(6);
    assert_eq!(sandbox.cat("s1:/b").len(), 400, "what is refused leaves the old file");
    assert_eq!(sandbox.paths("s1:/"), ["/a", "/b"]);
    put("f601", "a").code(6);
    limited(&sandbox, &["files", "rm", "s1:/b"]).ok();
    put("f600", "c").ok();
    assert!(sandbox.unfinished().is_empty());
}

#[test]
fn a_pipe_is_cut_off_where_the_room_ends() {
    let sandbox = stage();
    let mut upload =
        sandbox.wharf(["files", "upload", "-", "s1:/endless"]).env("WHARF_SESSION_BYTES", "100kB").stdin_held().start();
    // It reads on only as long as there is room, so that this ends.
    for _ in 0..100 {
        upload.write(&[b'x'; 10_000]);
    }
    upload.finish().code(6).says(&["only 100000 bytes"]);
    assert!(sandbox.paths("s1:/").is_empty());
    assert!(sandbox.unfinished().is_empty());
}

#[test]
fn what_another_program_does_in_the_directory_counts() {
    let sandbox = stage();
    let inside = sandbox.inside("s1", "");
    let put = |name: &str, to: &str| limited(&sandbox, &["files", "upload", name, &format!("s1:/{to}")]);
    // What another program did is seen at the next count, which comes the later the longer the last one took.
    let refused = |name: &str, to: &str| {
        wait_until("a new count", || {
            let run = put(name, to);
            if run.one_of(&[0, 6]).has_code(0) {
                sandbox.run(["files", "rm", &format!("s1:/{to}")]).ok();
            }
            run.has_code(6)
        });
    };
    put("f1", "a").ok();
    fs::create_dir_all(inside.join("deep/er")).unwrap();
    fs::write(inside.join("deep/er/made-by-another"), [0; 900]).unwrap();
    refused("f400", "b");
    put("f1", "b").ok();
    fs::remove_dir_all(inside.join("deep")).unwrap();
    put("f600", "c").ok();
    // A file without content on the disk counts as long as it says it is.
    fs::File::create(inside.join("sparse")).unwrap().set_len(1 << 40).unwrap();
    refused("f1", "d");
    put("f400", "c").ok();
}

#[test]
fn a_count_that_cannot_be_right_is_made_anew() {
    let sandbox = stage();
    let count = sandbox.store().join("usage/s1");
    let put = |name: &str, to: &str| limited(&sandbox, &["files", "upload", name, &format!("s1:/{to}")]);
    put("f600", "a").ok();
    // Ignored: the count of a killed process, a damaged count, and the count of another session.
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_micros();
    for wrong in [format!("1 1000 {now} 999999999999\n"), "half a li".to_owned(), format!("7 0 {now} 999999999999\n")] {
        fs::write(&count, &wrong).unwrap();
        put("f400", "b").ok();
        fs::write(&count, &wrong).unwrap();
        put("f1", "c").code(6);
        limited(&sandbox, &["files", "rm", "s1:/b"]).ok();
    }
    limited(&sandbox, &["sessions", "delete", "s1"]).ok();
    assert!(!count.exists());
    limited(&sandbox, &["sessions", "create", "--id", "s1"]).ok();
    put("f1000", "a").ok();
}

#[test]
fn many_at_once_share_the_room_exactly() {
    let sandbox = stage();
    let runs: Vec<_> = (0..30)
        .map(|n| {
            sandbox.wharf(["files", "upload", "f1000", &format!("s1:/{n}")]).env("WHARF_SESSION_BYTES", "10kB").start()
        })
        .collect();
    let runs: Vec<Run> = runs.into_iter().map(Running::finish).collect();
    let there = sandbox.paths("s1:/").len();
    assert_eq!(there, 10);
    assert_eq!(runs.iter().filter(|run| run.stderr().is_empty()).count(), there);
}

#[test]
fn mounts_are_limited_by_number_and_by_bytes() {
    let sandbox = stage();
    let id = sandbox.stored("m", "x".repeat(400));
    let add = |path: &str| limited(&sandbox, &["resources", "add", "s1", &format!("{id}:{path}")]);
    add("/a").ok();
    add("/b").ok();
    add("/c").code(6).says(&["at most 1000 bytes"]);
    limited(&sandbox, &["files", "rm", "s1:/a"]).ok();
    let small = sandbox.stored("m", "x");
    let add = |path: &str| limited(&sandbox, &["resources", "add", "s1", &format!("{small}:{path}")]);
    add("/c").ok();
    add("/d").ok();
    add("/e").code(6).says(&["at most 3 resources", "WHARF_SESSION_MOUNTS"]);
    let spec = |path: &str| format!("--resource={id}:{path}");
    let create = ["sessions", "create", "--id", "s2", &spec("/a"), &spec("/b"), &spec("/c")];
    limited(&sandbox, &create).code(6);
    sandbox.run(["sessions", "get", "s2"]).code(4);
    limited(&sandbox, &create[..6]).ok();
}

#[test]
fn the_limits_are_settings() {
    let sandbox = stage();
    let put =
        |value: &str| sandbox.wharf(["files", "upload", "f1001", "s1:/a"]).env("WHARF_SESSION_BYTES", value).run();
    put("1kB").code(6);
    put("1KiB").ok();
    put("none").ok();
    put("much").code(2).says(&["WHARF_SESSION_BYTES", "invalid size"]);
    let file = sandbox.write("c.toml", "[profiles.small]\nsession_bytes = '1 kB'\nsession_mounts = 1\n");
    let small = |args: &[&str]| sandbox.wharf(args).env("WHARF_CONFIG", &file).env("WHARF_PROFILE", "small").run();
    let listed = small(&["config", "get", "session_bytes"]);
    assert_eq!((listed.ok().at("/value"), listed.at("/origin")), ("1 kB".into(), "profile: small".into()));
    small(&["files", "upload", "f1001", "s1:/b"]).code(6);
    assert_eq!(small(&["config", "get", "session_mounts"]).at("/value"), "1");
    assert_eq!(sandbox.run(["backends"]).ok().at("/0/limits/session_bytes"), 10_737_418_240_u64);
}
