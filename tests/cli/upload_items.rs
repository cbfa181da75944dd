//! `files upload`, item by item: what fails, what is skipped, and what the exit code says of it.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

use serde_json::Value;

use crate::sandbox::{Run, Sandbox};

fn stage() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    sandbox
}

/// The receipt whose source ends so.
fn receipt(run: &Run, source: &str) -> Value {
    let receipts = run.json();
    let found = receipts.as_array().unwrap().iter().find(|r| r["source"].as_str().unwrap().ends_with(source));
    found.unwrap_or_else(|| panic!("no receipt of {source} in {receipts:#}")).clone()
}

#[test]
fn a_source_that_is_missing_is_not_found() {
    let sandbox = stage();
    for args in [&["missing.txt", "s1:/x"][..], &["missing.txt"], &["missing/", "s1:/x"], &["m1", "m2", "s1:/d"]] {
        let run = sandbox.run(["files", "upload", "--format", "json"].iter().chain(args));
        assert_eq!(run.code(4).error()["kind"], "not_found", "{args:?}");
        assert_eq!(run.stdout(), "", "{args:?}");
    }
    assert_eq!(sandbox.paths("s1:/"), [""; 0]);
    assert_eq!(sandbox.run(["files", "ls"]).ok().stdout(), "[]\n");
}

#[test]
fn all_sources_are_looked_at_before_the_first_byte_leaves() {
    let sandbox = stage();
    sandbox.write("a.txt", "a");
    sandbox.write("tree/b", "b");
    symlink("nowhere", sandbox.path("dangling")).unwrap();
    let _socket = UnixListener::bind(sandbox.path("socket")).unwrap();
    for (bad, code) in [("missing.txt", 4), ("dangling", 4), ("", 4), ("a.txt/below", 5), ("socket", 7)] {
        for args in
            [&["a.txt", "tree", bad, "s1:/d"][..], &["a.txt", bad], &[bad, "a.txt", "s1:/d"], &["--file=a.txt", bad]]
        {
            for extra in [&[][..], &["--dry-run"]] {
                let run = sandbox.run(["files", "upload"].iter().chain(args).chain(extra));
                assert_eq!(run.code(code).stdout(), "", "{args:?}");
                run.says(&["nothing was sent"]);
            }
        }
        let run = sandbox.wharf(["files", "upload", "-", bad]).stdin("in").run();
        run.code(code).says(&["nothing was sent"]);
    }
    let run = sandbox.run(["files", "upload", "m1", "a.txt", "m2", "s1:/d"]);
    run.code(4).says(&["m1", "m2"]);
    for noun in [&["resources", "add", "s1"][..], &["sessions", "create", "--id", "s2", "--resource"]] {
        let specs: &[&str] =
            if noun.len() == 3 { &["@a.txt", "@missing.txt"] } else { &["@a.txt", "--resource", "@missing.txt"] };
        sandbox.run(noun.iter().chain(specs)).code(4).says(&["missing.txt", "nothing was sent"]);
    }
    assert_eq!(sandbox.paths("s1:/"), [""; 0]);
    assert_eq!(sandbox.run(["files", "ls"]).ok().stdout(), "[]\n", "nor in the file store");
    assert_eq!(sandbox.run(["sessions", "list", "-q"]).ok().stdout(), "s1\n");
}

#[test]
fn a_session_without_its_colon_is_told_from_a_local_file() {
    let sandbox = stage();
    sandbox.write("a.txt", "a");
    let made = sandbox.session();
    let upload = |args: &[&str]| sandbox.run(["files", "upload"].iter().chain(args));
    for (args, hint) in [
        (&["a.txt", &made][..], format!("`{made}:/`")),
        (&["a.txt", "s1"], "`s1:/`".to_owned()),
        (&[&made, "a.txt"], format!("`{made}:/`")),
        (&["a.txt", &format!("{made}/data/x")], format!("`{made}:/data/x`")),
        (&["-", &made], format!("`{made}:/`")),
        (&["--file", "a.txt", &made], format!("`{made}:/`")),
        (&["a.txt", &made, "--dry-run"], format!("`{made}:/`")),
    ] {
        let run = upload(args);
        assert_eq!(run.code(4).stdout(), "", "{args:?}");
        run.says(&["is not a local file", &format!("did you mean {hint}")]);
    }
    assert!(!upload(&["a.txt", "missing.csv"]).code(4).stderr().contains("did you mean"));
    upload(&["a.txt", "--into", &made]).code(2).says(&[&format!("`{made}:/`")]);
    assert_eq!(sandbox.run(["files", "ls"]).ok().stdout(), "[]\n", "nothing went to the file store");
    // A file of this name is a file.
    sandbox.write(&made, "named so");
    upload(&[&made, "s1:/named"]).ok();
    assert_eq!(sandbox.cat("s1:/named"), "named so");
}

#[test]
fn a_download_to_a_session_or_to_nothing_is_a_usage_error() {
    let sandbox = stage();
    sandbox.put("s1:/a", "a");
    let made = sandbox.session();
    for args in [&["s1:/a", &made][..], &["s1:/a", "-o", &made], &["s1:/a", "s1:/a", &made]] {
        let run = sandbox.run(["files", "download"].iter().chain(args));
        assert_eq!(run.code(2).stdout(), "");
        run.says(&[&format!("`{made}:/PATH`"), &format!("`./{made}`")]);
    }
    for args in [&["s1:/a", ""][..], &["s1:/a", "-o", ""]] {
        sandbox.run(["files", "download"].iter().chain(args)).code(2).says(&["DEST is empty"]);
    }
    assert_eq!(sandbox.tree(""), [""; 0]);
    sandbox.put(&format!("{made}:/d/x"), "x");
    sandbox.run(["files", "download", &format!("{made}:/d"), &made]).ok();
    assert_eq!(sandbox.tree(""), [format!("{made}/"), format!("{made}/x")], "a directory of the session's own name");
    fs::remove_dir_all(sandbox.path(&made)).unwrap();
    sandbox.run(["files", "download", "s1:/a", &format!("./{made}")]).ok();
    sandbox.run(["files", "download", "s1:/a", &made]).ok();
    assert_eq!(sandbox.read(&made), "a", "what is there is a local file");
    sandbox.run(["files", "mv", "s1:/a", &made]).code(2).says(&[&format!("`{made}:/`")]);
    sandbox.write("local.txt", "a");
    sandbox.run(["resources", "add", "s1", "local.txt"]).code(2).says(&["`@local.txt`"]);
    sandbox.run(["resources", "add", "s1", "local.txt:/in/x"]).code(2).says(&["`@local.txt:/in/x`"]);
}

#[test]
fn one_bad_file_of_several_is_partial_and_has_its_error_in_its_receipt() {
    let sandbox = stage();
    sandbox.write("tree/a.txt", "a");
    symlink("nowhere", sandbox.path("tree/missing.txt")).unwrap();
    sandbox.write("tree/z.txt", "b");
    let run = sandbox.run(["files", "upload", "tree", "s1:/d", "--format", "json", "--jobs=1"]);
    let error = run.code(10).error();
    assert_eq!(error["kind"], "partial");
    assert!(error["message"].as_str().unwrap().contains("1 of 3"), "{error}");
    assert_eq!(run.column("status"), ["copied", "failed", "copied"]);
    let failed = receipt(&run, "missing.txt");
    assert_eq!(failed["error"]["kind"], "not_found");
    for unknown in ["bytes", "sha256", "verified", "file_id", "resource_id"] {
        assert!(failed[unknown].is_null(), "{failed}");
    }
    assert!(receipt(&run, "a.txt")["error"].is_null());
    assert_eq!(sandbox.paths("s1:/"), ["/d/", "/d/a.txt", "/d/z.txt"]);
}

#[test]
fn failures_of_different_kinds_are_partial_and_of_one_kind_are_that_kind() {
    let sandbox = stage();
    sandbox.write("tree/a.txt", "a");
    sandbox.put("s1:/d/a.txt/below", "in the way");
    sandbox.run(["files", "upload", "tree/a.txt", "s1:/d/"]).code(5);
    symlink("nowhere", sandbox.path("tree/missing")).unwrap();
    sandbox.run(["files", "upload", "tree", "s1:/d"]).code(10);
    fs::remove_file(sandbox.path("tree/a.txt")).unwrap();
    symlink("nowhere", sandbox.path("tree/missing2")).unwrap();
    sandbox.run(["files", "upload", "tree", "s1:/d"]).code(4);
}

#[test]
fn a_session_that_is_missing_is_not_found() {
    let sandbox = stage();
    sandbox.write("tree/a", "a");
    sandbox.write("b", "b");
    for args in [&["b", "gone:/x"][..], &["tree", "gone:/x"], &["b", "tree", "gone:/"], &["tree", "gone:/"]] {
        sandbox.run(["files", "upload"].iter().chain(args)).code(4).says(&["gone"]);
    }
    assert_eq!(sandbox.unfinished(), [""; 0]);
}

#[test]
fn targets_that_cannot_be_meant_are_usage_errors() {
    let sandbox = stage();
    sandbox.write("a.txt", "a");
    for to in ["s1:/../x", "s1:../x", "s1:/a/../../x", "x:/y", "file_1:/x", "-s:/x", ":/x"] {
        sandbox.run(["files", "upload", "--", "a.txt", to]).code(2);
    }
    sandbox.run(["files", "upload", "s1:/x", "a.txt"]).code(2).says(&["./s1:/x"]);
    sandbox.run(["files", "upload", "s1:/x", "s1:/y"]).code(2);
    assert_eq!(sandbox.paths("s1:/"), [""; 0]);
}

#[test]
fn the_chosen_session_fills_a_path_without_one() {
    let sandbox = stage();
    sandbox.write("a.txt", "a");
    let run = sandbox.wharf(["files", "upload", "a.txt", ":/x"]).env("WHARF_SESSION", "s1").run();
    assert_eq!(run.ok().at("/0/destination"), "s1:/x");
    let run = sandbox.wharf(["files", "upload", "a.txt", ":", "-s", "s1"]).env("WHARF_SESSION", "other").run();
    assert_eq!(run.ok().at("/0/destination"), "s1:/a.txt");
    assert_eq!(sandbox.run(["files", "cat", ":/x", "--session", "s1"]).ok().stdout(), "a");
    sandbox.run(["files", "upload", "a.txt", ":/x"]).code(2).says(&["--session", "WHARF_SESSION"]);
}

#[test]
fn links_inside_the_tree_are_followed() {
    let sandbox = stage();
    sandbox.write("tree/d/file", "content");
    symlink("d/file", sandbox.path("tree/to-file")).unwrap();
    symlink("d", sandbox.path("tree/to-dir")).unwrap();
    sandbox.run(["files", "upload", "tree", "s1:/"]).ok();
    assert_eq!(sandbox.paths("s1:/"), ["/d/", "/d/file", "/to-dir/", "/to-dir/file", "/to-file"]);
    assert_eq!(sandbox.cat("s1:/to-dir/file"), "content");
    assert!(fs::symlink_metadata(sandbox.inside("s1", "to-file")).unwrap().is_file(), "no link arrives");
}

#[test]
fn a_source_that_is_itself_a_link_means_what_it_points_to() {
    let sandbox = stage();
    sandbox.write("tree/a", "a");
    symlink("tree", sandbox.path("to-tree")).unwrap();
    symlink("tree/a", sandbox.path("to-file")).unwrap();
    sandbox.run(["files", "upload", "to-tree", "s1:/d"]).ok();
    sandbox.run(["files", "upload", "to-file", "s1:/e"]).ok();
    assert_eq!((sandbox.cat("s1:/d/a"), sandbox.cat("s1:/e")), ("a".into(), "a".into()));
}

#[test]
fn a_link_that_leaves_the_tree_runs_in_a_circle_or_leads_nowhere_is_a_failed_item() {
    let sandbox = stage();
    sandbox.write("secret", "secret");
    sandbox.write("tree/d/good", "good");
    symlink("../secret", sandbox.path("tree/out")).unwrap();
    symlink("/etc", sandbox.path("tree/etc")).unwrap();
    symlink("..", sandbox.path("tree/d/up")).unwrap();
    symlink("missing", sandbox.path("tree/broken")).unwrap();
    symlink("loop", sandbox.path("tree/loop")).unwrap();
    let run = sandbox.run(["files", "upload", "tree", "s1:/"]);
    run.code(10);
    for bad in ["tree/out", "tree/etc", "tree/d/up", "tree/broken", "tree/loop"] {
        let receipt = receipt(&run, bad);
        assert_eq!(receipt["status"], "failed", "{receipt}");
        assert!(receipt["error"]["kind"].is_string(), "{receipt}");
    }
    assert_eq!(receipt(&run, "tree/out")["error"]["kind"], "conflict");
    assert_eq!(sandbox.paths("s1:/"), ["/d/", "/d/good"]);
    fs::remove_dir_all(sandbox.path("tree/d")).unwrap();
    for other in ["broken", "loop"] {
        fs::remove_file(sandbox.path("tree").join(other)).unwrap();
    }
    sandbox.run(["files", "upload", "tree", "s1:/e"]).code(5);
}

#[test]
fn special_files_in_a_tree_are_failed_items_and_are_not_waited_for() {
    let sandbox = stage();
    sandbox.write("tree/good", "good");
    sandbox.fifo("tree/fifo");
    let _socket = UnixListener::bind(sandbox.path("tree/socket")).unwrap();
    let run = sandbox.run(["files", "upload", "tree", "s1:/"]);
    run.code(10);
    assert_eq!(receipt(&run, "tree/fifo")["status"], "failed");
    assert_eq!(receipt(&run, "tree/socket")["status"], "failed");
    assert_eq!(sandbox.paths("s1:/"), ["/good"]);
}

#[test]
fn if_exists_overwrites_by_default_and_skips_or_fails_when_asked() {
    let sandbox = stage();
    sandbox.write("a.txt", "new");
    let up = |extra: &[&str]| sandbox.run(["files", "upload", "a.txt", "s1:/x"].iter().chain(extra));
    sandbox.put("s1:/x", "old");
    let run = up(&["--if-exists", "skip"]);
    assert_eq!(run.ok().at("/0/status"), "skipped");
    assert_eq!(run.at("/0/id"), "s1:/x", "the session path, as for every receipt without a stored file");
    assert_eq!(sandbox.cat("s1:/x"), "old");
    let run = up(&["--if-exists", "error"]);
    assert_eq!(run.code(5).at("/0/error/kind"), "conflict");
    assert_eq!(sandbox.cat("s1:/x"), "old");
    up(&["--if-exists", "overwrite"]).ok();
    assert_eq!(sandbox.cat("s1:/x"), "new");
    sandbox.write("a.txt", "newer");
    assert_eq!(up(&[]).ok().at("/0/status"), "copied");
    assert_eq!(sandbox.cat("s1:/x"), "newer");
    up(&["--if-exists", "ask"]).code(2);
    for choice in ["skip", "error", "update"] {
        let run = sandbox.run(["files", "upload", "a.txt", &format!("s1:/{choice}"), "--if-exists", choice]);
        assert_eq!(run.ok().at("/0/status"), "copied", "nothing was there");
    }
}

#[test]
fn if_exists_update_skips_what_is_equal_and_sends_what_differs() {
    let sandbox = stage();
    sandbox.write("tree/same", "same");
    sandbox.write("tree/longer", "1");
    sandbox.write("tree/touched", "2");
    sandbox.run(["files", "upload", "tree", "s1:/"]).ok();
    let update = |extra: &[&str]| {
        let run = sandbox.run(["files", "upload", "tree", "s1:/", "--if-exists", "update"].iter().chain(extra));
        let receipts = run.ok().json();
        let copied = receipts.as_array().unwrap().iter().filter(|receipt| receipt["status"] == "copied");
        copied.map(|receipt| receipt["source"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(update(&[]), [""; 0]);
    sandbox.write("tree/longer", "1234");
    sandbox.write("tree/touched", "3");
    sandbox.write("tree/new", "new");
    assert_eq!(update(&[]), ["tree/longer", "tree/new", "tree/touched"]);
    assert_eq!(sandbox.cat("s1:/touched"), "3");
    let run = sandbox.wharf(["files", "upload", "-", "s1:/same", "--if-exists", "update"]).stdin("same").run();
    assert_eq!(run.ok().at("/0/status"), "copied", "neither time nor hash of a pipe is known");
}

#[test]
fn an_upload_replaces_a_link_and_never_what_it_points_to() {
    let sandbox = stage();
    sandbox.write("a.txt", "new");
    let outside = sandbox.write("outside.txt", "outside");
    symlink(&outside, sandbox.inside("s1", "link")).unwrap();
    sandbox.run(["files", "upload", "a.txt", "s1:/link"]).ok();
    assert_eq!(sandbox.read("outside.txt"), "outside");
    assert_eq!(sandbox.cat("s1:/link"), "new");
}

#[test]
fn flags_that_people_type_by_habit_change_nothing() {
    let sandbox = stage();
    sandbox.write("tree/a", "a");
    sandbox.run(["files", "upload", "-r", "tree", "s1:/d"]).ok();
    sandbox.run(["files", "download", "-r", "s1:/d", "out"]).ok();
    assert_eq!(sandbox.tree("out"), ["a"]);
    sandbox.run(["files", "mkdir", "-p", "s1:/x/y"]).ok();
    assert_eq!(sandbox.paths("s1:/x"), ["/x/y/"]);
}
