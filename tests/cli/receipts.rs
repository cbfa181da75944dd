//! `--receipt FILE`: each receipt on a line of a file, as it happens.

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;

use serde_json::Value;

use crate::sandbox::{Sandbox, open_to_write, wait_until};

/// A sandbox with a session `s1` and a tree of two files.
fn stage() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    sandbox.write("tree/a", "a");
    sandbox.write("tree/b", "b");
    sandbox
}

/// The lines of the file.
fn kept(sandbox: &Sandbox) -> Vec<Value> {
    sandbox.read("receipts").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_receipt_is_in_the_file_as_soon_as_its_file_is_done() {
    let sandbox = stage();
    let fifo = sandbox.fifo("fifo");
    sandbox.write("receipts", "of an earlier run, which was much longer than this one\n".repeat(100));
    let call = ["files", "upload", "tree", "fifo", "tree/a", "s1:/x", "--receipt", "receipts"];
    let mut running = sandbox.wharf(call).start();
    let mut pipe = open_to_write(&fifo);
    wait_until("two receipts", || sandbox.read("receipts").lines().count() == 2);
    pipe.write_all(b"more").unwrap();
    let before = kept(&sandbox);
    assert!(running.is_running());
    assert_eq!(before.iter().map(|line| line["source"].as_str().unwrap()).collect::<Vec<_>>(), ["tree/a", "tree/b"]);
    drop(pipe);
    let run = running.finish();
    assert_eq!(run.ok().json(), Value::from(kept(&sandbox)), "the file is what standard output says");
    assert_eq!(run.outcomes("s1:/x"), ["a copied", "fifo copied", "tree/a copied", "tree/b copied"]);
}

#[test]
fn the_file_has_every_status_in_every_direction() {
    let sandbox = stage();
    let check = |args: &[&str], code: i32| {
        let run = sandbox.run(["files"].iter().chain(args).chain(&["--receipt", "receipts"]));
        assert_eq!(run.code(code).json(), Value::from(kept(&sandbox)), "{args:?}");
        run.column("status")
    };
    assert_eq!(check(&["upload", "tree", "s1:/x", "--dry-run"], 0), ["planned", "planned"]);
    symlink("missing", sandbox.write("bad/good", "1").with_file_name("broken")).unwrap();
    assert_eq!(check(&["upload", "tree", "bad", "s1:/x", "--jobs=1"], 10), ["copied", "copied", "failed", "copied"]);
    assert_eq!(check(&["upload", "tree", "s1:/x/tree", "--if-exists", "skip"], 0), ["skipped", "skipped"]);
    assert_eq!(check(&["upload", "tree/a"], 0), ["copied"]);
    assert_eq!(check(&["download", "s1:/x/tree", "out"], 0), ["copied", "copied"]);
    assert_eq!(check(&["download", "s1:/gone", "out"], 4), ["failed"]);
}

#[test]
fn the_file_is_the_same_whatever_is_printed() {
    let sandbox = stage();
    sandbox.run(["files", "upload", "tree", "s1:/x", "--receipt", "receipts"]).ok();
    let first = sandbox.read("receipts");
    for extra in [&["-q"][..], &["--format", "table"], &["--format", "yaml"], &["--transform", "status"]] {
        sandbox.run(["files", "upload", "tree", "s1:/x", "--receipt", "receipts"].iter().chain(extra)).ok();
        assert_eq!(sandbox.read("receipts"), first, "{extra:?}");
    }
}

#[test]
fn a_file_that_cannot_be_opened_is_said_before_anything_is_sent() {
    let sandbox = stage();
    sandbox.put("s1:/d/x", "x");
    for (path, code) in [("no/such/directory", 4), ("tree", 5), ("tree/a/below", 5)] {
        for args in [["upload", "tree", "s1:/x"], ["download", "s1:/d", "out"]] {
            let run = sandbox.run(["files"].iter().chain(&args).chain(&["--receipt", path]));
            assert_eq!(run.code(code).says(&["receipt file", path]).stdout(), "");
        }
    }
    assert_eq!(sandbox.paths("s1:/"), ["/d/", "/d/x"]);
    assert_eq!(sandbox.tree(""), ["tree/", "tree/a", "tree/b"]);
}

#[test]
fn a_disk_that_takes_no_receipt_ends_the_run_and_what_was_done_is_still_told() {
    let sandbox = stage();
    let run = sandbox.run(["files", "upload", "tree", "s1:/x", "--receipt", "/dev/full"]);
    run.code(12).says(&["writing the receipt file `/dev/full`", "no space"]);
    assert_eq!(run.outcomes("s1:/x"), ["a copied"]);
    assert_eq!(sandbox.paths("s1:/x"), ["/x/a"], "no other is begun");
}

#[test]
fn bytes_on_standard_output_have_neither_receipts_nor_plan() {
    let sandbox = stage();
    sandbox.put("s1:/a", "a");
    fs::write(sandbox.path("receipts"), "kept").unwrap();
    for flag in ["--receipt=receipts", "--dry-run"] {
        let run = sandbox.run(["files", "download", "s1:/a", "-", flag]);
        assert_eq!(run.code(2).says(&[flag.split('=').next().unwrap(), "`-`"]).stdout(), "");
    }
    assert_eq!(sandbox.read("receipts"), "kept");
}
