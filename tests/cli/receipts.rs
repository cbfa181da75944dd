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
        drop(fs::remove_file(sandbox.path("receipts")));
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
        fs::remove_file(sandbox.path("receipts")).unwrap();
        sandbox.run(["files", "upload", "tree", "s1:/x", "--receipt", "receipts"].iter().chain(extra)).ok();
        assert_eq!(sandbox.read("receipts"), first, "{extra:?}");
    }
}

#[test]
fn a_file_that_cannot_be_opened_is_said_before_anything_is_sent() {
    let sandbox = stage();
    sandbox.put("s1:/d/x", "x");
    fs::create_dir(sandbox.path("dir")).unwrap();
    for (path, code) in [("no/such/directory", 4), ("dir", 5), ("tree/a/below", 5)] {
        for args in [["upload", "tree", "s1:/x"], ["download", "s1:/d", "out"]] {
            let run = sandbox.run(["files"].iter().chain(&args).chain(&["--receipt", path]));
            assert_eq!(run.code(code).says(&["receipt file", path]).stdout(), "");
        }
    }
    assert_eq!(sandbox.paths("s1:/"), ["/d/", "/d/x"]);
    assert_eq!(sandbox.tree(""), ["dir/", "tree/", "tree/a", "tree/b"]);
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

/// What stands in every file that is not to be lost.
const PRECIOUS: &str = "important\n";

/// A sandbox with a session that holds files, and files here that are not to be lost.
fn precious() -> Sandbox {
    let sandbox = stage();
    sandbox.put("s1:/d", PRECIOUS);
    sandbox.put("s1:/t/a", "a");
    for name in ["k", "d", "tree/keep", "ignore", ".env", "token", "outside", "out/a", "out/t/a"] {
        sandbox.write(name, PRECIOUS);
    }
    symlink("k", sandbox.path("soft")).unwrap();
    fs::hard_link(sandbox.path("k"), sandbox.path("hard")).unwrap();
    symlink("../outside", sandbox.path("tree/link")).unwrap();
    symlink("tree", sandbox.path("other-tree")).unwrap();
    sandbox
}

#[test]
fn a_file_that_the_command_uses_takes_no_receipts() {
    let sandbox = precious();
    let stored = sandbox.stored("k", "k");
    let inside = sandbox.inside("s1", "d");
    let database = sandbox.store().join("wharf.db");
    let before = sandbox.tree("");
    let follow = ["--links", "follow"];
    for (args, receipt) in [
        (&["upload", "tree", "s1:/x"][..], "tree/a"),
        (&["upload", "tree", "s1:/x"], "tree/keep"),
        (&["upload", "tree", "s1:/x"], "other-tree/keep"),
        (&["upload", "other-tree", "s1:/x"], "tree/keep"),
        (&["upload", "tree", "s1:/x"], "tree/new"),
        (&["upload", "tree", "k", "s1:/x"], "tree/../tree/new"),
        (&["upload", "tree", "s1:/x", follow[0], follow[1]], "outside"),
        (&["upload", "k", "s1:/k"], "k"),
        (&["upload", "k", "s1:/k"], "./k"),
        (&["upload", "k", "s1:/k"], "soft"),
        (&["upload", "k", "s1:/k"], "hard"),
        (&["upload", "soft", "s1:/k"], "k"),
        (&["upload", "tree/a", "s1:/k"], "hard"),
        (&["upload", "k"], "k"),
        (&["upload", "tree/a", "s1:/k", "--ignore-file", "ignore"], "ignore"),
        (&["upload", "tree/a", "s1:/k", "-b", "anthropic", "--token-file", "token"], "token"),
        (&["upload", "tree/a", "s1:/k", "-b", "anthropic", "--ca-cert", "token"], "token"),
        (&["upload", "tree/a", "s1:/k"], ".env"),
        (&["upload", "tree/a", "s1:/k"], inside.to_str().unwrap()),
        (&["upload", "tree/a", "s1:/k"], database.to_str().unwrap()),
        (&["upload", "tree/a", "s1:/k"], "-"),
        (&["download", "s1:/d", "d"], "d"),
        (&["download", "s1:/d", "new"], "new"),
        (&["download", "s1:/d", "."], "d"),
        (&["download", "s1:/d"], "d"),
        (&["download", "s1:/d", "--into", "out"], "out/d"),
        (&["download", "s1:/t", "out"], "out/a"),
        (&["download", "s1:/t", "."], "a"),
        (&["download", "s1:/t", "s1:/d", "out"], "out/t/a"),
        (&["download", "s1:/gone", "s1:/d", "out"], "out/d"),
        (&["download", &stored, "."], "k"),
        (&["download", "s1:/t", "other", "--ignore-file", "ignore"], "ignore"),
        (&["download", "s1:/d", "other"], inside.to_str().unwrap()),
    ] {
        for dry in [&[][..], &["--dry-run"]] {
            let run = sandbox.run(["files"].iter().chain(args).chain(dry).chain(&["--receipt", receipt]));
            run.code(2).says(&["receipt"]);
            assert!(!run.stdout().contains('{'), "{args:?} {receipt}");
        }
    }
    assert_eq!(sandbox.tree(""), before, "nothing new is left");
    for name in ["k", "d", "tree/keep", "ignore", ".env", "token", "outside", "out/a", "out/t/a"] {
        assert_eq!(sandbox.read(name), PRECIOUS, "{name}");
    }
    assert_eq!(sandbox.cat("s1:/d"), PRECIOUS);
    assert_eq!(sandbox.paths("s1:/"), ["/d", "/t/", "/t/a"]);
}

#[test]
fn a_standard_stream_takes_no_receipts() {
    let sandbox = precious();
    for line in [
        "upload - s1:/x --receipt k <k",
        "upload tree s1:/x --receipt new >new",
        "upload tree s1:/x --receipt new 2>new",
    ] {
        let run = sandbox.shell(&format!("\"$WHARF\" files {line}"), None).run();
        run.code(2);
        assert!(run.stderr().contains("standard") || sandbox.read("new").contains("standard"), "{line}");
    }
    assert_eq!(sandbox.read("k"), PRECIOUS);
    sandbox.shell("\"$WHARF\" files upload tree/a s1:/x --receipt /dev/stderr", None).run().ok().says(&["\"copied\""]);
}

#[test]
fn it_is_the_same_on_every_backend() {
    let sandbox = precious();
    let served = sandbox.serve(&[]);
    let settled = [("WHARF_ENVIRONMENT", "env_1"), ("WHARF_IMAGE", "agb-code-space-1")];
    for (backend, agent) in [("anthropic", "agent_1"), ("foundry", "a1"), ("agb", "a1")] {
        let wharf = |args: &[&str]| {
            let call = served.wharf(backend, args).env("WHARF_AGENT", agent);
            settled.into_iter().fold(call, |call, (name, value)| call.env(name, value)).run()
        };
        let id = wharf(&["sessions", "create", "-q"]).ok().stdout().trim_end().to_owned();
        wharf(&["sessions", "wait", &id, "--timeout", "10s"]).ok();
        wharf(&["files", "upload", "tree/a", &format!("{id}:data/a")]).ok();
        for (args, receipt) in [
            (["upload", "k", &format!("{id}:k")], "k"),
            (["upload", "tree", &format!("{id}:x")], "tree/keep"),
            (["download", &format!("{id}:data"), "out"], "out/a"),
            (["download", &format!("{id}:data/a"), "out/"], "out/a"),
        ] {
            let run = wharf(&["files", args[0], args[1], args[2], "--receipt", receipt]);
            run.code(2).says(&["receipt"]);
            assert_eq!(sandbox.read(receipt), PRECIOUS, "{backend}: {args:?}");
        }
    }
}

#[test]
fn what_is_left_out_or_not_reached_may_take_receipts() {
    let sandbox = precious();
    sandbox
        .run(["files", "upload", "tree", "s1:/x", "--receipt", "tree/new", "--exclude", "new", "--exclude", "link"])
        .ok();
    assert_eq!(sandbox.read("tree/new").lines().count(), 3);
    assert_eq!(sandbox.paths("s1:/x"), ["/x/a", "/x/b", "/x/keep"]);
    sandbox.run(["files", "download", "s1:/t", "out", "--receipt", "out/receipts"]).ok();
    assert_eq!(sandbox.read("out/receipts").lines().count(), 1);
    sandbox.run(["files", "download", "s1:/t", "out", "--receipt", "out/receipts"]).ok();
    assert_eq!(sandbox.read("out/receipts").lines().count(), 2);
}

#[test]
fn receipts_of_earlier_runs_stay() {
    let sandbox = stage();
    let run = || sandbox.run(["files", "upload", "tree", "s1:/x", "--receipt", "receipts"]);
    assert!(!run().ok().stderr().contains("earlier"));
    let first = sandbox.read("receipts");
    run().ok().says(&["receipts of earlier runs stay in `receipts`"]);
    assert_eq!(sandbox.read("receipts"), first.repeat(2));
    // A run that was killed, or whose disk was full, leaves half a line.
    sandbox.write("receipts", format!("{first}{{\"id\":"));
    run().ok();
    assert_eq!(sandbox.read("receipts"), format!("{first}{{\"id\":\n{first}"));
}

#[test]
fn a_file_that_holds_something_else_takes_no_receipts() {
    let sandbox = precious();
    for args in [["upload", "tree", "s1:/x"], ["download", "s1:/t", "other"]] {
        let run = sandbox.run(["files"].iter().chain(&args).chain(&["--receipt", "outside"]));
        run.code(2).says(&["something else than receipts", "`outside`"]);
    }
    assert_eq!(sandbox.read("outside"), PRECIOUS);
}

#[test]
fn other_files_that_wharf_writes_destroy_nothing_either() {
    let sandbox = precious();
    // A manual page is not written through a link.
    fs::create_dir(sandbox.path("man")).unwrap();
    symlink("../outside", sandbox.path("man/wharf.1")).unwrap();
    sandbox.run(["man", "man"]).ok();
    assert_eq!(sandbox.read("outside"), PRECIOUS);
    assert!(sandbox.read("man/wharf.1").contains(".TH"));
    assert!(sandbox.tree("man").iter().all(|page| page.ends_with(".1")), "{:?}", sandbox.tree("man"));
    sandbox.run(["man", "man"]).ok();
    // A log is not in the store.
    sandbox.run(["sessions", "create"]).ok();
    let store = sandbox.store();
    let log = store.join("wharf.db");
    let before = fs::read(&log).unwrap();
    let args = ["serve", "--store", store.to_str().unwrap(), "--log", log.to_str().unwrap(), "--", "true"];
    sandbox.run(args).code(2).says(&["--log", "the store"]);
    assert_eq!(fs::read(&log).unwrap(), before);
}
