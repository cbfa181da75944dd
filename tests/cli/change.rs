//! `files mkdir`, `files mv` and `files rm`.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::json;

use crate::sandbox::Sandbox;

/// A sandbox with these files in a session `s1`, each holding its own path.
fn with(paths: &[&str]) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    for path in paths {
        sandbox.put(&format!("s1:{path}"), *path);
    }
    sandbox
}

#[test]
fn mkdir_makes_parents_and_takes_a_directory_that_exists_as_success() {
    let sandbox = with(&["/file"]);
    let run = sandbox.run(["files", "mkdir", "s1:/a/b/c", "s1:x"]);
    assert_eq!(run.ok().column("path"), ["/a/b/c", "/x"]);
    assert_eq!(run.column("kind"), ["directory", "directory"]);
    assert_eq!(sandbox.run(["files", "mkdir", "-p", "s1:/a/b/c"]).ok().column("path"), ["/a/b/c"]);
    sandbox.run(["files", "mkdir", "s1:/"]).ok();
    assert_eq!(sandbox.paths("s1:/"), ["/a/", "/a/b/", "/a/b/c/", "/file", "/x/"]);
    sandbox.run(["files", "mkdir", "s1:/file"]).code(5);
    sandbox.run(["files", "mkdir", "s1:/file/below"]).code(5);
    sandbox.run(["files", "mkdir", "gone:/x"]).code(4);
    let run = sandbox.run(["files", "mkdir", "s1:/file", "s1:/fine"]);
    assert_eq!(run.code(10).column("path"), ["/fine"]);
    sandbox.run(["files", "mkdir", "s1:/a/../b"]).code(2);
    sandbox.run(["files", "mkdir", "file_1"]).code(2);
    sandbox.run(["files", "mkdir"]).code(2);
}

#[test]
fn mkdir_without_parents_needs_the_parent_and_a_free_name() {
    let sandbox = with(&[]);
    sandbox.run(["files", "mkdir", "--no-parents", "s1:/a/b"]).code(4).says(&["--no-parents"]);
    sandbox.run(["files", "mkdir", "--no-parents", "s1:/a"]).ok();
    sandbox.run(["files", "mkdir", "--no-parents", "s1:/a/b"]).ok();
    sandbox.run(["files", "mkdir", "--no-parents", "s1:/a"]).code(5);
    assert_eq!(sandbox.paths("s1:/"), ["/a/", "/a/b/"]);
}

#[test]
fn mkdir_gives_the_mode_that_is_asked_for() {
    let sandbox = with(&[]);
    for mode in ["755", "0700", "777", "1777"] {
        let target = format!("s1:/deep/{mode}");
        let run = sandbox.run(["files", "mkdir", "--mode", mode, &target]);
        assert_eq!(run.ok().at("/0/mode"), format!("{mode:0>4}"));
    }
    assert_eq!(sandbox.run(["files", "stat", "s1:/deep"]).ok().at("/mode"), "0755");
    for bad in ["", "8", "rwx", "77777", "-1"] {
        sandbox.run(["files", "mkdir", &format!("--mode={bad}"), "s1:/x"]).code(2);
    }
}

#[test]
fn mv_renames_replaces_a_file_and_goes_into_a_directory_that_is_spelled_as_one() {
    let sandbox = with(&["/a", "/b", "/d/x"]);
    let mv = |from: &str, to: &str| sandbox.run(["files", "mv", from, to]).ok().column("path");
    assert_eq!(mv("s1:/a", "s1:/c"), ["/c"]);
    assert_eq!(mv("s1:/c", "s1:/b"), ["/b"]);
    assert_eq!(sandbox.cat("s1:/b"), "/a");
    assert_eq!(mv("s1:/b", "s1:/d/"), ["/d/b"]);
    assert_eq!(mv("s1:/d/b", "s1:"), ["/b"]);
    assert_eq!(mv("s1:/d", "s1:/e"), ["/e"]);
    assert_eq!(mv("s1:/e", "s1:/e"), ["/e"]);
    assert_eq!(sandbox.paths("s1:/"), ["/b", "/e/", "/e/x"]);
}

#[test]
fn mv_never_replaces_a_directory_and_never_goes_into_itself() {
    let sandbox = with(&["/a", "/d/x", "/e/y"]);
    sandbox.run(["files", "mkdir", "s1:/empty"]).ok();
    let before = sandbox.paths("s1:/");
    for (from, to) in [
        ("/a", "/d"),
        ("/a", "/empty"),
        ("/d", "/e"),
        ("/d", "/empty"),
        ("/d", "/a"),
        ("/d", "/d/"),
        ("/d", "/d/below"),
        ("/a", "/a/below"),
    ] {
        sandbox.run(["files", "mv", &format!("s1:{from}"), &format!("s1:{to}")]).code(5);
    }
    assert_eq!(sandbox.paths("s1:/"), before);
    sandbox.run(["files", "mv", "s1:/a", "s1:/d"]).code(5).says(&["/d/"]);
}

#[test]
fn the_root_is_never_moved() {
    let sandbox = with(&["/d/x"]);
    for (from, to) in [("/", "/x"), ("", "/"), ("/", "/d"), ("/", "/d/"), (".", "/new/")] {
        sandbox.run(["files", "mv", &format!("s1:{from}"), &format!("s1:{to}")]).code(5);
    }
    assert_eq!(sandbox.paths("s1:/"), ["/d/", "/d/x"]);
}

#[test]
fn mv_needs_a_source_and_a_directory_to_go_to_in_the_same_session() {
    let sandbox = with(&["/a"]);
    sandbox.run(["sessions", "create", "--id", "s2"]).ok();
    sandbox.run(["files", "mv", "s1:/gone", "s1:/x"]).code(4);
    sandbox.run(["files", "mv", "s1:/a", "s1:/gone/x"]).code(4).says(&["mkdir"]);
    sandbox.run(["files", "mv", "s1:/a", "s1:/gone/"]).code(4);
    let run = sandbox.run(["files", "mv", "s1:/a", "s2:/a", "--format", "json"]);
    assert_eq!(run.code(7).error()["kind"], "unsupported");
    sandbox.run(["files", "mv", "s1:/a", "file_1"]).code(2);
    sandbox.run(["files", "mv", "s1:/a"]).code(2);
    assert_eq!(sandbox.paths("s1:/"), ["/a"]);
}

#[test]
fn rm_removes_files_and_empty_directories_and_more_only_with_r() {
    let sandbox = with(&["/a", "/b", "/d/x", "/d/deep/y", "/kept"]);
    sandbox.run(["files", "mkdir", "s1:/empty"]).ok();
    let run = sandbox.run(["files", "rm", "s1:/a", "s1:/empty"]);
    assert_eq!(run.ok().json(), json!([{"path": "/a", "deleted": true}, {"path": "/empty", "deleted": true}]));
    sandbox.run(["files", "rm", "s1:/d"]).code(5).says(&["-r"]);
    assert_eq!(sandbox.paths("s1:/d").len(), 3, "nothing is gone");
    assert_eq!(sandbox.run(["files", "delete", "-r", "s1:/d"]).ok().column("path"), ["/d"]);
    sandbox.run(["files", "rm", "--recursive", "s1:/b"]).ok();
    assert_eq!(sandbox.paths("s1:/"), ["/kept"]);
    assert_eq!(sandbox.unfinished(), [""; 0]);
}

#[test]
fn rm_tells_what_is_missing_unless_forced() {
    let sandbox = with(&["/a", "/b"]);
    sandbox.run(["files", "rm", "s1:/gone"]).code(4);
    sandbox.run(["files", "rm", "s1:/gone", "s1:/gone2"]).code(4);
    assert_eq!(sandbox.run(["files", "rm", "s1:/gone", "s1:/a"]).code(10).column("path"), ["/a"]);
    let run = sandbox.run(["files", "rm", "-f", "s1:/gone", "s1:/b"]);
    assert_eq!(run.ok().json(), json!([{"path": "/gone", "deleted": false}, {"path": "/b", "deleted": true}]));
    sandbox.run(["files", "rm", "-rf", "s1:/gone"]).ok();
    sandbox.run(["files", "rm", "-f", "file_gone"]).ok();
    sandbox.run(["files", "rm", "file_gone"]).code(4);
    sandbox.run(["files", "rm", "s1:/a/b/../c"]).code(2);
    sandbox.run(["files", "rm"]).code(2);
}

#[test]
fn the_root_is_never_removed() {
    let sandbox = with(&["/a"]);
    for root in ["s1:/", "s1:", "s1:.", "s1://", "s1:/./"] {
        sandbox.run(["files", "rm", "-rf", "s1:/a", root]).code(2).says(&["sessions delete"]);
    }
    assert_eq!(sandbox.paths("s1:/"), ["/a"], "not even what was named before it");
}

#[test]
fn rm_dry_run_prints_what_rm_would_print_and_removes_nothing() {
    let sandbox = with(&["/a", "/d/x", "/d/deep/y"]);
    let id = sandbox.stored("stored", "1");
    let rm = |extra: &[&str]| sandbox.run(["files", "rm", "-r", "s1:/d", "s1:/a", &id].iter().chain(extra));
    let rehearsal = rm(&["--dry-run"]);
    assert_eq!(
        rehearsal.ok().json(),
        json!([{"path": "/d", "deleted": false}, {"path": "/a", "deleted": false}, {"id": id, "deleted": false}])
    );
    assert_eq!(rm(&["--dry-run", "-q"]).ok().lines(), ["s1:/d", "s1:/a", &id]);
    sandbox.run(["files", "rm", "--dry-run", "s1:/d"]).code(5).says(&["-r"]);
    sandbox.run(["files", "rm", "--dry-run", "s1:/gone"]).code(4);
    let forced = sandbox.run(["files", "rm", "--dry-run", "-f", "s1:/gone"]);
    assert_eq!(forced.ok().json(), json!([{"path": "/gone", "deleted": false}]));
    assert_eq!(sandbox.paths("s1:/").len(), 5);
    assert_eq!(sandbox.cat(&id), "1");
    assert_eq!(rm(&["-q"]).ok().lines(), ["s1:/d", "s1:/a", &id]);
    assert_eq!(sandbox.paths("s1:/"), [""; 0]);
}

#[test]
fn stored_files_are_removed_by_id_and_what_was_mounted_stays() {
    let sandbox = with(&[]);
    let (first, second) = (sandbox.stored("1", "1"), sandbox.stored("2", "2"));
    sandbox.run(["resources", "add", "s1", &format!("{first}:/m")]).ok();
    let run = sandbox.run(["files", "rm", &first, "--file-id", &second]);
    assert_eq!(run.ok().column("deleted"), ["true", "true"]);
    assert_eq!(sandbox.run(["files", "ls"]).ok().json(), json!([]));
    assert_eq!(sandbox.cat("s1:/m"), "1");
    sandbox.run(["files", "cat", &first]).code(4);
}

#[test]
fn r_means_recursive_on_rm_and_raw_output_has_its_long_form() {
    let sandbox = with(&["/a"]);
    let run = sandbox.run(["files", "rm", "--raw-output", "--transform", "path", "s1:/a"]);
    assert_eq!(run.ok().stdout(), "/a\n");
}

#[test]
fn removing_a_link_or_a_tree_with_links_leaves_their_targets() {
    let sandbox = with(&["/d/x", "/target/y"]);
    let outside = sandbox.write("outside/z", "z");
    let inside = sandbox.inside("s1", "");
    symlink(outside.parent().unwrap(), inside.join("d/out")).unwrap();
    symlink("../target", inside.join("d/in")).unwrap();
    symlink("target", inside.join("alone")).unwrap();
    sandbox.run(["files", "rm", "s1:/alone"]).ok();
    sandbox.run(["files", "rm", "-r", "s1:/d"]).ok();
    assert_eq!(sandbox.paths("s1:/"), ["/target/", "/target/y"]);
    assert_eq!(fs::read_to_string(outside).unwrap(), "z");
}
