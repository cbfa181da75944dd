//! `files download`: destinations, files that are never changed, and verification.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::{FileTypeExt, MetadataExt, symlink};
use std::path::PathBuf;

use serde_json::json;

use crate::sandbox::{Sandbox, tree};

/// A sandbox with files in a session `s1`.
fn stage() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    for path in ["a.txt", "b.txt", "tree/one", "tree/deep/two"] {
        sandbox.put(&format!("s1:/{path}"), path);
    }
    sandbox.run(["files", "mkdir", "s1:/tree/empty"]).ok();
    sandbox
}

fn down(sandbox: &Sandbox, args: &[&str]) -> Vec<String> {
    sandbox.run(["files", "download"].iter().chain(args)).ok().column("destination")
}

#[test]
fn one_file_goes_to_the_path_or_into_the_directory_that_is_spelled_as_one() {
    let sandbox = stage();
    for (to, at) in
        [("x", "x"), ("d/e/x", "d/e/x"), ("f/", "f/a.txt"), ("g/.", "g/a.txt"), (".", "a.txt"), ("./y", "y")]
    {
        down(&sandbox, &["s1:/a.txt", to]);
        assert_eq!(sandbox.read(at), "a.txt", "{to}");
    }
    let absolute = sandbox.path("h/x");
    down(&sandbox, &["s1:/a.txt", absolute.to_str().unwrap()]);
    assert_eq!(sandbox.read("h/x"), "a.txt");
    sandbox.run(["files", "get", "s1:/a.txt", "--output", "o"]).ok();
    sandbox.run(["files", "download", "s1:/a.txt", "-o", "p/"]).ok();
    assert_eq!((sandbox.read("o"), sandbox.read("p/a.txt")), ("a.txt".into(), "a.txt".into()));
}

#[test]
fn one_directory_puts_its_contents_under_the_destination_however_that_is_spelled() {
    for to in ["out", "out/", "./out//"] {
        let sandbox = stage();
        down(&sandbox, &["s1:/tree", to]);
        assert_eq!(sandbox.tree("out"), ["deep/", "deep/two", "empty/", "one"], "{to}");
        down(&sandbox, &["s1:/tree/", to]);
        assert_eq!(sandbox.tree("out").len(), 4, "a second time it lands on itself");
    }
    let sandbox = stage();
    down(&sandbox, &["s1:/", "all"]);
    assert_eq!(
        sandbox.tree("all"),
        ["a.txt", "b.txt", "tree/", "tree/deep/", "tree/deep/two", "tree/empty/", "tree/one"]
    );
}

#[test]
fn a_directory_that_ends_in_a_dot_is_made_like_any_other() {
    let sandbox = stage();
    down(&sandbox, &["s1:/tree", "out/."]);
    assert_eq!(sandbox.tree("out"), ["deep/", "deep/two", "empty/", "one"]);
}

#[test]
fn several_targets_go_into_the_destination_by_name() {
    let sandbox = stage();
    down(&sandbox, &["s1:/a.txt", "s1:/tree", "out"]);
    assert_eq!(sandbox.tree("out"), ["a.txt", "tree/", "tree/deep/", "tree/deep/two", "tree/empty/", "tree/one"]);
    down(&sandbox, &["s1:/tree", "--into", "into"]);
    assert_eq!(sandbox.tree("into/tree"), ["deep/", "deep/two", "empty/", "one"]);
    down(&sandbox, &["s1:/a.txt", "--into", "into2"]);
    assert_eq!(sandbox.tree("into2"), ["a.txt"]);
    sandbox.run(["files", "download", "s1:/a.txt", "s1:/tree/../a.txt", "x"]).code(2);
    sandbox.put("s1:/other/a.txt", "other");
    sandbox.run(["files", "download", "s1:/a.txt", "s1:/other/a.txt", "y"]).code(2).says(&["a.txt"]);
    assert!(!sandbox.path("y").exists());
}

#[test]
fn two_destinations_are_a_usage_error() {
    let sandbox = stage();
    sandbox.run(["files", "download", "s1:/a.txt", "x", "--into", "d"]).code(2);
    sandbox.run(["files", "download", "s1:/a.txt", "x", "-o", "y"]).code(2);
    sandbox.run(["files", "download", "s1:/a.txt", "-o", "y", "--into", "d"]).code(2);
    assert_eq!(sandbox.tree(""), [""; 0]);
}

#[test]
fn without_a_destination_a_file_comes_here_and_replaces_nothing() {
    let sandbox = stage();
    down(&sandbox, &["s1:/a.txt"]);
    assert_eq!(sandbox.read("a.txt"), "a.txt");
    sandbox.write("b.txt", "mine");
    let run = sandbox.run(["files", "download", "s1:/b.txt", "--format", "json"]);
    assert_eq!(run.code(5).error()["kind"], "conflict");
    assert_eq!(sandbox.read("b.txt"), "mine");
    let run = sandbox.run(["files", "download", "s1:/tree/one", "s1:/b.txt"]);
    assert_eq!(run.code(10).column("status"), ["copied", "failed"]);
    assert_eq!((sandbox.read("one"), sandbox.read("b.txt")), ("tree/one".into(), "mine".into()));
    sandbox.run(["files", "download", "s1:/tree"]).code(2).says(&["DEST"]);
    sandbox.run(["files", "download", "s1:/"]).code(2);
    sandbox.run(["files", "download"]).code(2);
    sandbox.run(["files", "download", "out"]).code(2).says(&["out:/"]);
}

#[test]
fn if_exists_overwrites_by_default_and_skips_or_fails_when_asked() {
    let sandbox = stage();
    let get = |extra: &[&str]| sandbox.run(["files", "download", "s1:/a.txt", "x"].iter().chain(extra));
    sandbox.write("x", "old");
    assert_eq!(get(&["--if-exists", "skip"]).ok().at("/0/status"), "skipped");
    assert_eq!(get(&["--if-exists", "error"]).code(5).at("/0/error/kind"), "conflict");
    assert_eq!(sandbox.read("x"), "old");
    assert_eq!(get(&[]).ok().at("/0/status"), "copied");
    assert_eq!(sandbox.read("x"), "a.txt");
    assert_eq!(get(&["--if-exists", "update"]).ok().at("/0/status"), "skipped", "size and time are equal");
    sandbox.write("x", "A.TXT");
    assert_eq!(get(&["--if-exists", "update"]).ok().at("/0/status"), "copied");
    assert_eq!(sandbox.read("x"), "a.txt");
}

#[test]
fn if_exists_update_skips_a_stored_file_of_equal_size_and_hash() {
    let sandbox = Sandbox::new();
    let id = sandbox.stored("x", "same");
    sandbox.write("x", "same");
    let run = sandbox.run(["files", "download", &id, "x", "--if-exists", "update"]);
    assert_eq!(run.ok().at("/0/status"), "skipped");
}

#[test]
fn a_file_onto_a_directory_is_a_conflict_that_says_what_to_add() {
    let sandbox = stage();
    sandbox.write("d/kept", "kept");
    sandbox.run(["files", "download", "s1:/a.txt", "d"]).code(5).says(&["d/`"]);
    sandbox.write("plain", "plain");
    sandbox.run(["files", "download", "s1:/tree", "plain"]).code(5);
    sandbox.run(["files", "download", "s1:/a.txt", "plain/below"]).code(5);
    assert_eq!(sandbox.tree(""), ["d/", "d/kept", "plain"]);
}

#[test]
fn a_dash_is_standard_output_and_nothing_else_goes_there() {
    let sandbox = stage();
    let run = sandbox.run(["files", "download", "s1:/a.txt", "s1:/b.txt", "-"]);
    assert_eq!(run.ok().stdout(), "a.txtb.txt");
    assert_eq!(sandbox.run(["files", "download", "s1:/a.txt", "-o", "-", "--format", "json"]).ok().stdout(), "a.txt");
    let id = sandbox.stored("s", "stored");
    assert_eq!(sandbox.run(["files", "download", "--file-id", &id, "-"]).ok().stdout(), "stored");
    assert_eq!(sandbox.run(["files", "download", "s1:/tree", "s1:/a.txt", "-"]).code(5).stdout(), "");
    assert_eq!(sandbox.tree(""), [""; 0]);
}

#[test]
fn a_fifo_or_a_device_is_written_to_and_never_replaced() {
    let sandbox = stage();
    let large = vec![3; 1_000_000];
    sandbox.put("s1:/large", large.clone());
    let fifo = sandbox.fifo("fifo");
    let running = sandbox.wharf(["files", "download", "s1:/large", "fifo"]).start();
    let mut came = Vec::new();
    File::open(&fifo).unwrap().read_to_end(&mut came).unwrap();
    assert_eq!(came, large);
    assert_eq!(running.finish().ok().at("/0/bytes"), large.len());
    assert!(fs::symlink_metadata(&fifo).unwrap().file_type().is_fifo());
    let before = fs::metadata("/dev/null").unwrap().ino();
    sandbox.run(["files", "download", "s1:/large", "/dev/null"]).ok();
    let after = fs::metadata("/dev/null").unwrap();
    assert!(after.file_type().is_char_device() && after.ino() == before);
}

#[test]
fn a_disk_that_is_full_is_an_io_error_and_the_old_target_stays() {
    let sandbox = stage();
    let run = sandbox.run(["--format=json", "files", "download", "s1:/a.txt", "/dev/full"]);
    assert_eq!(run.code(12).error()["kind"], "io");
    assert_eq!(run.at("/0/status"), "failed");
}

#[test]
fn a_destination_that_is_a_link_to_a_file_means_that_file() {
    let sandbox = stage();
    sandbox.write("real/x", "old");
    symlink("real/x", sandbox.path("link")).unwrap();
    down(&sandbox, &["s1:/a.txt", "link"]);
    assert_eq!(sandbox.read("real/x"), "a.txt");
    assert!(sandbox.path("link").is_symlink());
}

#[test]
fn a_stored_file_comes_by_its_id_under_its_name() {
    let sandbox = Sandbox::new();
    let id = sandbox.stored("report.csv", "1,2");
    let run = sandbox.run(["files", "download", &id]);
    assert_eq!(run.ok().at("/0/id"), id);
    assert_eq!(run.at("/0/file_id"), id);
    assert_eq!(run.at("/0/verified"), "sha256");
    assert_eq!(sandbox.read("report.csv"), "1,2");
    down(&sandbox, &["--file-id", &id, "other/"]);
    down(&sandbox, &[&id, "named"]);
    assert_eq!((sandbox.read("other/report.csv"), sandbox.read("named")), ("1,2".into(), "1,2".into()));
    sandbox.run(["files", "download", "file_nowhere", "x"]).code(4).says(&["file_nowhere"]);
}

#[test]
fn what_is_missing_is_not_found_and_makes_nothing() {
    let sandbox = stage();
    sandbox.run(["files", "download", "s1:/gone", "x"]).code(4);
    sandbox.run(["files", "download", "s1:/gone"]).code(4);
    sandbox.run(["files", "download", "s1:/gone", "-"]).code(4);
    sandbox.run(["files", "download", "gone:/a.txt", "x"]).code(4);
    assert_eq!(sandbox.tree(""), [""; 0]);
    let run = sandbox.run(["files", "download", "s1:/gone", "s1:/a.txt", "d"]);
    assert_eq!(run.code(10).column("status"), ["failed", "copied"]);
    assert_eq!(sandbox.tree("d"), ["a.txt"]);
}

#[test]
fn a_receipt_has_the_hash_of_what_came() {
    let sandbox = stage();
    sandbox.put("s1:/abc", "abc");
    let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(
        sandbox.run(["files", "download", "s1:/abc", "x"]).ok().json(),
        json!([{
            "id": "s1:/abc", "source": "s1:/abc", "destination": "x", "status": "copied", "bytes": 3, "sha256": sha256,
            "verified": "sha256", "file_id": null, "resource_id": null, "error": null
        }])
    );
}

/// The file that holds the content of the one stored file.
fn blob(sandbox: &Sandbox) -> PathBuf {
    let store = sandbox.store().join("store");
    let blobs: Vec<_> = tree(&store).into_iter().filter(|name| !name.ends_with('/')).collect();
    let [blob] = blobs.as_slice() else { panic!("{blobs:?}") };
    store.join(blob)
}

/// Replaces a stored content, which is read-only on purpose.
fn damage(sandbox: &Sandbox, content: &[u8]) {
    let path = blob(sandbox);
    fs::remove_file(&path).unwrap();
    fs::write(path, content).unwrap();
}

#[test]
fn damaged_content_is_unverified_and_leaves_the_old_target_or_nothing() {
    let sandbox = Sandbox::new();
    let id = sandbox.stored("x.txt", "precious");
    let session = sandbox.session();
    sandbox.write("old", "old");
    for bad in [&b"precioUs"[..], b"precious and more", b"preci", b""] {
        damage(&sandbox, bad);
        let run = sandbox.run(["--format=json", "files", "download", &id, "new"]);
        assert_eq!(run.code(9).error()["kind"], "unverified", "{bad:?}");
        assert_eq!(run.at("/0/status"), "failed");
        sandbox.run(["files", "download", &id, "old"]).code(9);
        sandbox.run(["files", "download", &id]).code(9);
        sandbox.run(["files", "download", &id, "-"]).code(9);
        sandbox.run(["files", "cat", &id]).code(9);
        sandbox.run(["resources", "add", &session, &id]).code(9);
        sandbox.run(["sessions", "create", "--resource", &id]).code(9);
        assert_eq!(sandbox.tree(""), ["old"], "{bad:?}");
        assert_eq!(sandbox.read("old"), "old");
    }
    assert_eq!(sandbox.paths(&format!("{session}:/")), [""; 0]);
    assert_eq!(sandbox.unfinished(), [""; 0]);
    sandbox.stored("again.txt", "precious");
    assert_eq!(sandbox.cat(&id), "precious", "uploading it again heals the store");
}

#[test]
fn content_that_is_gone_from_the_store_is_no_success() {
    let sandbox = Sandbox::new();
    let id = sandbox.stored("x.txt", "precious");
    fs::remove_file(blob(&sandbox)).unwrap();
    let run = sandbox.run(["files", "download", &id, "new"]);
    assert_eq!(run.code(4).at("/0/status"), "failed");
    assert_eq!(sandbox.tree(""), [""; 0]);
}

#[test]
fn links_to_files_inside_the_tree_are_followed() {
    let sandbox = stage();
    let inside = sandbox.inside("s1", "");
    symlink("deep/two", inside.join("tree/link")).unwrap();
    symlink("../one", inside.join("tree/deep/up")).unwrap();
    sandbox.run(["files", "download", "s1:/tree", "out"]).ok();
    assert_eq!((sandbox.read("out/link"), sandbox.read("out/deep/up")), ("tree/deep/two".into(), "tree/one".into()));
    assert!(!sandbox.path("out/link").is_symlink());
}

#[test]
fn links_to_directories_inside_the_tree_are_followed() {
    let sandbox = stage();
    symlink("deep", sandbox.inside("s1", "tree/link")).unwrap();
    sandbox.run(["files", "download", "s1:/tree", "out"]).ok();
    assert_eq!(sandbox.read("out/link/two"), "tree/deep/two");
}

/// Makes these links in the tree, downloads it, and expects each of them to fail and the rest to arrive.
fn assert_fails(links: &[(&str, &str)]) {
    let sandbox = stage();
    sandbox.write("secret", "secret");
    for (name, target) in links {
        symlink(target, sandbox.inside("s1", &format!("tree/{name}"))).unwrap();
    }
    let run = sandbox.run(["files", "download", "s1:/tree", "out"]);
    let receipts = run.code(10).json();
    let failed = receipts.as_array().unwrap().iter().filter(|receipt| receipt["status"] == "failed");
    assert_eq!(failed.count(), links.len(), "{receipts:#}");
    assert_eq!(sandbox.tree("out"), ["deep/", "deep/two", "empty/", "one"]);
}

#[test]
fn links_that_leave_the_session_or_lead_nowhere_are_failed_items() {
    assert_fails(&[("out", "/etc/passwd"), ("up", "../../../../work/secret"), ("broken", "missing"), ("loop", "loop")]);
}

#[test]
fn links_that_leave_the_source_tree_are_failed_items() {
    assert_fails(&[("beside", "../a.txt")]);
}
