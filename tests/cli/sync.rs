//! `files sync`: what it asks, refuses, prints and records.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use serde_json::Value;

use crate::sandbox::{Mounts, Run, Sandbox, Served, tree};

/// A sandbox with the session `s1` and a tree of three files here.
fn stage() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    for name in ["a", "b", "d/c"] {
        sandbox.write(format!("tree/{name}"), name);
    }
    sandbox
}

fn sync(sandbox: &Sandbox, args: &[&str]) -> Run {
    sandbox.run(["files", "sync"].iter().chain(args))
}

/// The operations of the requests so far, which are then forgotten.
fn requests(sandbox: &Sandbox) -> Vec<String> {
    let log = sandbox.read("log.jsonl");
    fs::write(sandbox.path("log.jsonl"), "").unwrap();
    let operation = |line: &str| serde_json::from_str::<Value>(line).unwrap()["operation"].as_str().unwrap().to_owned();
    log.lines().map(operation).collect()
}

fn session(served: &Served<'_>, backend: &str) -> String {
    served.wharf(backend, ["sessions", "create", "-q"]).run().ok().stdout().trim_end().to_owned()
}

#[test]
fn a_tree_is_synced_both_ways_and_summed_up() {
    let sandbox = stage();
    let run = sync(&sandbox, &["tree", "s1:/tree"]);
    assert_eq!(run.ok().outcomes("s1:/tree"), ["a copied", "b copied", "d/c copied"]);
    fs::remove_file(sandbox.path("tree/b")).unwrap();
    sandbox.write("tree/a", "longer");
    let run = sync(&sandbox, &["tree", "s1:/tree", "--delete", "--dry-run"]);
    assert_eq!(run.ok().outcomes("s1:/tree"), ["a planned", "b planned_deletion", "d/c skipped"]);
    run.says(&["1 file would be copied (6 B), 1 unchanged, 1 would be deleted\n"]);
    let run = sync(&sandbox, &["tree", "s1:/tree", "--delete"]);
    assert_eq!(run.ok().outcomes("s1:/tree"), ["a copied", "b deleted", "d/c skipped"]);
    run.says(&["1 file copied (6 B in ", "), 1 unchanged, 1 deleted\n"]);
    sandbox.write("out/old/x", "x");
    let run = sync(&sandbox, &["s1:/tree", "out", "--delete", "--format", "agent"]);
    assert_eq!(run.ok().lines()[2..4], ["deleted out/old/x from=s1:/tree/old/x", "deleted out/old from=s1:/tree/old"]);
    assert_eq!(tree(&sandbox.path("out")), ["a", "d/", "d/c"]);
    let run = sync(&sandbox, &["s1:/tree", "out", "--delete", "-q"]);
    assert_eq!((run.ok().lines(), run.stderr()), (vec!["s1:/tree/a", "s1:/tree/d/c"], ""));
}

#[test]
fn what_is_not_a_sync_of_two_directories_is_refused() {
    let sandbox = stage();
    sandbox.put("s1:/file", "x");
    for (args, code, words) in [
        (["tree", "other"], 2, "both local"),
        (["s1:/a", "s1:/b"], 2, "both in a session"),
        (["", "s1:/b"], 2, "SOURCE is empty"),
        (["tree", ""], 2, "DEST is empty"),
        (["-", "s1:/b"], 2, "not of `-`"),
        (["s1:/a", "-"], 2, "not of `-`"),
        (["tree/a", "s1:/b"], 2, "not a directory"),
        (["s1:/file", "out"], 2, "not a directory"),
        (["missing", "s1:/b"], 4, "missing"),
        (["s1:/missing", "out"], 4, "missing"),
        (["tree", "s2:/x"], 4, "s2"),
        (["tree", "s1:/file"], 5, "not a directory"),
        (["s1:/", "tree/a"], 5, "tree/a"),
    ] {
        sync(&sandbox, &args).code(code).says(&[words]);
    }
    for flags in [["--max-delete", "3"], ["--yes", "-q"]] {
        sync(&sandbox, &[&["tree", "s1:/x"], &flags[..]].concat()).code(2).says(&["--delete"]);
    }
    assert!(!sandbox.path("out").exists());
    assert_eq!(sandbox.paths("s1:/"), ["/file"]);
    sandbox.run(["sync", "tree", "s1:/x"]).code(2).says(&["wharf files sync"]);
}

#[test]
fn an_empty_source_deletes_everything_only_if_that_is_expected() {
    let sandbox = stage();
    sync(&sandbox, &["tree", "s1:/tree"]).ok();
    fs::create_dir(sandbox.path("empty")).unwrap();
    let delete = |flags: &[&str]| sync(&sandbox, &[&["empty", "s1:/tree", "--delete"], flags].concat());
    delete(&[]).code(2).says(&["this would delete 4 entries of `s1:/tree`, since `empty` has no files", "--yes"]);
    delete(&["--max-delete", "3"]).code(6).says(&["4 entries would be deleted, and --max-delete is 3"]);
    assert_eq!(delete(&["--dry-run"]).ok().column("status"), ["planned_deletion"; 4]);
    assert_eq!(sandbox.paths("s1:/tree").len(), 4);
    assert_eq!(delete(&["--yes"]).ok().column("status"), ["deleted"; 4]);
    assert_eq!(delete(&[]).ok().column("status"), [""; 0], "there is nothing to ask for");
    sync(&sandbox, &["tree", "s1:/tree"]).ok();
    assert_eq!(delete(&["--max-delete", "4"]).ok().column("status"), ["deleted"; 4]);
    // The other way.
    sync(&sandbox, &["s1:/tree", "tree", "--delete"]).code(2).says(&["4 entries of `tree`"]);
    assert_eq!(sandbox.read("tree/d/c"), "d/c");
}

#[test]
fn a_link_that_leads_outside_is_deleted_and_its_target_stays() {
    let sandbox = stage();
    sandbox.put("s1:/tree/a", "a");
    sandbox.write("kept/file", "kept");
    sandbox.write("out/b", "");
    symlink(sandbox.path("kept"), sandbox.path("out/link")).unwrap();
    symlink(sandbox.path("out"), sandbox.path("alias")).unwrap();
    sync(&sandbox, &["s1:/tree", "alias", "--delete"]).ok();
    assert_eq!((tree(&sandbox.path("out")), sandbox.read("kept/file")), (vec!["a".to_owned()], "kept".to_owned()));
}

#[test]
fn a_directory_that_cannot_be_read_keeps_everything() {
    for side in ["tree/locked", "out/locked"] {
        let sandbox = stage();
        sync(&sandbox, &["tree", "s1:/tree"]).ok();
        for name in ["out/old", "tree/locked/x", "out/locked/x"] {
            sandbox.write(name, "");
        }
        sandbox.put("s1:/tree/old", "");
        let locked = sandbox.path(side);
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
        let args = if side.starts_with("tree") {
            ["files", "sync", "tree", "s1:/tree", "--delete"]
        } else {
            ["files", "sync", "s1:/tree", "out", "--delete"]
        };
        let run = sandbox.wharf(args).bound_by_modes().run();
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o755)).unwrap();
        let whose = if side.starts_with("tree") { "source" } else { "destination" };
        run.code(10).says(&[&format!("nothing deleted: the {whose} could not be read whole")]);
        assert_eq!(sandbox.cat("s1:/tree/old"), "");
        assert!(sandbox.path("out/old").exists());
    }
}

#[test]
fn nothing_behind_a_mount_is_deleted() {
    let sandbox = stage();
    sandbox.put("s1:/tree/a", "a");
    sandbox.write("out/old/mount/.keep", "");
    sandbox.write("out/old/x", "");
    let mounts = Mounts::tmpfs(&sandbox.path("out/old/mount"), "size=1m");
    mounts.run(&format!("echo mine > '{}'", sandbox.path("out/old/mount/file").display()));
    let run = mounts.with(sandbox.wharf(["files", "sync", "s1:/tree", "out", "--delete"])).run();
    assert_eq!(run.ok().outcomes("out"), ["a copied", "old/x deleted"]);
    assert_eq!(mounts.run(&format!("cat '{}'", sandbox.path("out/old/mount/file").display())).trim(), "mine");
}

#[test]
fn the_file_of_the_receipts_and_the_home_are_not_deleted() {
    let sandbox = stage();
    sync(&sandbox, &["tree", "s1:/tree"]).ok();
    sandbox.write("out/old", "");
    let run = sync(&sandbox, &["s1:/tree", "out", "--delete", "--receipt", "out/receipts.jsonl"]);
    assert_eq!((run.ok().json().as_array().unwrap().len(), sandbox.read("out/receipts.jsonl").lines().count()), (4, 4));
    sync(&sandbox, &["tree", "s1:/tree", "--receipt", "tree/receipts"]).code(2).says(&["--exclude"]);
    assert!(!sandbox.path("tree/receipts").exists(), "nothing is left of the file");
    sandbox.put("s1:/tree/log", "");
    sync(&sandbox, &["s1:/tree", "out", "--receipt", "out/log"]).code(2);
    let run = sync(&sandbox, &["s1:/tree", sandbox.store().parent().unwrap().to_str().unwrap(), "--delete"]);
    run.code(2).says(&["WHARF_HOME"]);
}

#[test]
fn a_record_that_cannot_be_changed_is_not_believed_later() {
    let sandbox = stage();
    let served = sandbox.serve(&[]);
    let session = session(&served, "foundry");
    let mounts = Mounts::tmpfs(&sandbox.store(), "size=256k,mode=700");
    let run = |args: &[&str]| mounts.with(served.wharf("foundry", args)).run();
    let to = format!("{session}:/tree");
    run(&["files", "sync", "tree", &to]).ok();
    let fill = sandbox.store().join("fill").display().to_string();
    mounts.run(&format!("! head -c 1000000 /dev/zero >'{fill}' 2>/dev/null"));
    sandbox.write("other", "x");
    run(&["files", "upload", "other", &format!("{to}/a")]).ok();
    mounts.run(&format!("rm '{fill}'"));
    let again = run(&["files", "sync", "tree", &to]);
    assert!(again.ok().outcomes(&to).contains(&"a copied".to_owned()), "{:?}", again.outcomes(&to));
}

#[test]
fn an_upload_to_anthropic_is_unsupported_before_any_request() {
    let sandbox = stage();
    let served = sandbox.serve(&["--log", sandbox.path("log.jsonl").to_str().unwrap()]);
    served.wharf("anthropic", ["files", "sync", "tree", "sesn_1:/x"]).run().code(7).says(&["files sync SESSION:/dir"]);
    assert!(fs::read_to_string(sandbox.path("log.jsonl")).unwrap_or_default().is_empty());
}

#[test]
fn what_is_recorded_saves_requests_until_the_session_is_deleted() {
    for backend in ["foundry", "agb"] {
        let sandbox = Sandbox::new();
        for number in 0..30 {
            sandbox.write(format!("tree/{}/{number}", number % 3), number.to_string());
        }
        let served = sandbox.serve(&["--log", sandbox.path("log.jsonl").to_str().unwrap()]);
        let session = session(&served, backend);
        let target = format!("{session}:tree");
        let run = |args: &[&str]| served.wharf(backend, [&["files", "sync"], args].concat()).run();
        run(&["tree", &target]).ok();
        requests(&sandbox);
        run(&["tree", &target, "--delete"]).ok().says(&["30 unchanged"]);
        let asked = requests(&sandbox);
        // Four directories are listed, and the root of the sync is looked at.
        assert!(asked.len() <= 6, "{backend}: {asked:?}");
        run(&[&target, "out"]).ok().says(&["30 files copied"]);
        requests(&sandbox);
        run(&[&target, "out", "--delete"]).ok().says(&["30 unchanged"]);
        let asked = requests(&sandbox);
        assert!(asked.len() <= 6, "{backend}: {asked:?}");

        let record = sandbox.store().join("synced.jsonl");
        let mode = record.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode, fs::read_to_string(&record).unwrap().lines().count()), (0o600, 60));
        if backend == "foundry" {
            // Without a record, nothing tells that a file is equal.
            fs::write(&record, "{\"damaged").unwrap();
            run(&["tree", &target]).ok().says(&["record of synced files is damaged", "30 files copied"]);
        }
        served.wharf(backend, ["sessions", "delete", &session]).run().ok();
        assert_eq!(fs::read_to_string(&record).unwrap(), "");
    }
}

#[test]
fn a_file_that_wharf_itself_changed_is_not_taken_for_the_one_that_it_synced() {
    let sandbox = Sandbox::new();
    sandbox.write("tree/a", "one");
    sandbox.write("tree/b", "bee");
    sandbox.write("other", "six");
    // The second sync is carried out, and its answer is lost.
    let served = sandbox.serve(&["--fault", "files.upload:500@end skip=2 x1"]);
    let session = session(&served, "foundry");
    let (target, file) = (format!("{session}:tree"), format!("{session}:tree/a"));
    let run = |args: &[&str]| served.wharf("foundry", args).run();
    let syncs = |says: &str| {
        run(&["files", "sync", "tree", &target]).ok().says(&[says]);
        assert_eq!(run(&["files", "cat", &file]).ok().stdout(), "one");
    };
    syncs("2 files copied");
    sandbox.write("tree/a", "two");
    assert!(!run(&["files", "sync", "tree", &target, "--retries", "0"]).has_code(0));
    sandbox.write("tree/a", "one");
    syncs("1 file copied");
    syncs("2 unchanged");
    run(&["files", "upload", "other", &file]).ok();
    syncs("1 file copied");
    run(&["files", "rm", &file]).ok();
    run(&["files", "upload", "other", &format!("{session}:x")]).ok();
    syncs("1 file copied");
    // An agent may have changed anything, and the service lists no times.
    run(&["invoke", &session, "echo done"]).ok();
    syncs("2 files copied");
    syncs("2 unchanged");
}

#[test]
fn a_directory_stays_with_what_could_not_be_deleted_in_it_and_says_so() {
    let sandbox = stage();
    let served = sandbox.serve(&["--fault", "files.delete:500 x1"]);
    let session = session(&served, "foundry");
    let target = format!("{session}:tree");
    let run = |args: &[&str]| served.wharf("foundry", args).run();
    run(&["files", "sync", "tree", &target]).ok();
    fs::remove_dir_all(sandbox.path("tree/d")).unwrap();
    let failed = run(&["files", "sync", "tree", &target, "--delete", "--retries", "0"]);
    assert!(failed.has_code(10), "{}", failed.stderr());
    assert!(failed.stdout().contains("something in it was not deleted"), "{}", failed.stdout());
    run(&["files", "sync", "tree", &target, "--delete"]).ok().says(&["2 deleted"]);
}

/// Directories that are listed by their parent, and not found when they are listed themselves.
#[test]
fn a_directory_that_is_gone_when_it_is_listed_is_an_error_and_deletes_nothing() {
    let missing = ["--fault", "files.list:404 skip=1"];
    let session_gone = [&missing[..], &["--fault", "sessions.get:404"]].concat();
    for (faults, words, failed) in
        [(&missing[..], "` was removed while it was listed", 2), (&session_gone[..], "listing `", 1)]
    {
        let sandbox = Sandbox::new();
        for name in ["a", "d/b", "e/c"] {
            sandbox.write(format!("tree/{name}"), name);
            sandbox.write(format!("out/{name}"), name);
        }
        let served = sandbox.serve(&[]);
        let session = session(&served, "foundry");
        let target = format!("{session}:tree");
        served.wharf("foundry", ["files", "upload", "tree", &target]).run().ok();
        drop(served);
        let run = |args: &[&str]| sandbox.serve(faults).wharf("foundry", args).run();
        let synced = run(&["files", "sync", &target, "out", "--delete"]);
        synced.code(10).says(&[words, "nothing deleted: the source could not be read whole"]);
        assert_eq!(tree(&sandbox.path("out")), ["a", "d/", "d/b", "e/", "e/c"]);
        assert_eq!(synced.column("status").iter().filter(|status| *status == "failed").count(), failed);
        run(&["files", "download", &target, "new"]).code(10).says(&[words]);
        run(&["files", "ls", "-R", &target]).code(10).says(&[words]);
        run(&["files", "download", &target, "-"]).one_of(&[4, 10]).says(&[words]);
        // The other way: what is at the destination is not known.
        fs::remove_dir_all(sandbox.path("tree/d")).unwrap();
        let synced = run(&["files", "sync", "tree", &target, "--delete"]);
        synced.code(10).says(&["nothing deleted: the destination could not be read whole"]);
    }
}

#[test]
fn a_listing_that_a_service_cuts_off_deletes_nothing() {
    let faults = ["truncate@50%", "truncate@50% skip=1", "500 skip=2", "reset@end skip=2", "page=1 skip=9"];
    for fault in faults {
        let sandbox = Sandbox::new();
        for name in ["a", "d/b", "e/c"] {
            sandbox.write(format!("tree/{name}"), name);
            sandbox.write(format!("out/{name}"), name);
        }
        sandbox.write("out/d/mine", "");
        let served = sandbox.serve(&[]);
        let session = session(&served, "foundry");
        let target = format!("{session}:tree");
        served.wharf("foundry", ["files", "upload", "tree", &target]).run().ok();
        drop(served);
        let fault = format!("files.list:{fault}");
        let served = sandbox.serve(&["--fault", &fault]);
        let run = served.wharf("foundry", ["files", "sync", &target, "out", "--delete", "--retries", "0"]).run();
        let is_whole = fault.contains("page=1");
        assert_eq!(
            (run.has_code(0), sandbox.path("out/d/mine").exists()),
            (is_whole, !is_whole),
            "{fault}: {}",
            run.stderr()
        );
        assert!(sandbox.path("out/e/c").exists());
    }
}
