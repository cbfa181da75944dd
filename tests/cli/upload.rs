//! `files upload`: where things land, and what is sent.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::sandbox::{Sandbox, open_to_write, wait_until};

/// A sandbox with a session `s1` and a few local files.
fn stage() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    for name in ["a.txt", "b.txt", "tree/one", "tree/deep/two"] {
        sandbox.write(name, name);
    }
    fs::create_dir(sandbox.path("tree/empty")).unwrap();
    sandbox
}

/// Uploads, and gives the destinations in the receipts.
fn landed(sandbox: &Sandbox, args: &[&str]) -> Vec<String> {
    sandbox.run(["files", "upload"].iter().chain(args)).ok().column("destination")
}

#[test]
fn one_file_goes_to_the_path_or_into_the_directory_that_is_spelled_as_one() {
    let sandbox = stage();
    for (to, at) in [
        ("s1:/d/x.txt", "/d/x.txt"),
        ("s1:/e/", "/e/a.txt"),
        ("s1:/f/.", "/f/a.txt"),
        ("s1:", "/a.txt"),
        ("s1:.", "/a.txt"),
        ("s1:rel/x", "/rel/x"),
        ("s1:/", "/a.txt"),
        ("s1://g///h/./i", "/g/h/i"),
    ] {
        assert_eq!(landed(&sandbox, &["a.txt", to]), [format!("s1:{at}")], "{to}");
        assert_eq!(sandbox.cat(&format!("s1:{at}")), "a.txt", "{to}");
    }
}

#[test]
fn one_directory_puts_its_contents_under_the_destination_however_that_is_spelled() {
    for to in ["s1:/d", "s1:/d/", "s1:d/."] {
        let sandbox = stage();
        assert_eq!(landed(&sandbox, &["tree", to]), ["s1:/d/deep/two", "s1:/d/one"], "{to}");
        assert_eq!(sandbox.paths("s1:/"), ["/d/", "/d/deep/", "/d/deep/two", "/d/empty/", "/d/one"], "{to}");
        landed(&sandbox, &["tree/", to]);
        assert_eq!(sandbox.paths("s1:/").len(), 5, "a second time it lands on itself");
    }
    let sandbox = stage();
    landed(&sandbox, &["tree", "s1:/"]);
    assert_eq!(sandbox.paths("s1:/"), ["/deep/", "/deep/two", "/empty/", "/one"]);
}

#[test]
fn several_sources_go_into_the_destination_by_name() {
    let sandbox = stage();
    assert_eq!(landed(&sandbox, &["a.txt", "./b.txt", "s1:/d"]), ["s1:/d/a.txt", "s1:/d/b.txt"]);
    assert_eq!(
        landed(&sandbox, &["a.txt", "tree", "s1:/e/"]),
        ["s1:/e/a.txt", "s1:/e/tree/deep/two", "s1:/e/tree/one"]
    );
    assert_eq!(landed(&sandbox, &["tree/deep/..", "a.txt", "s1:/f"])[0], "s1:/f/tree/deep/two");
}

#[test]
fn into_puts_any_number_by_name() {
    let sandbox = stage();
    assert_eq!(landed(&sandbox, &["a.txt", "--into", "s1:/d"]), ["s1:/d/a.txt"]);
    assert_eq!(landed(&sandbox, &["tree", "--into", "s1:/d"]), ["s1:/d/tree/deep/two", "s1:/d/tree/one"]);
    assert_eq!(
        landed(&sandbox, &["--file", "a.txt", "--file", "b.txt", "--into=s1:e"]),
        ["s1:/e/a.txt", "s1:/e/b.txt"]
    );
    sandbox.run(["files", "upload", "a.txt", "s1:/x", "--into", "s1:/d"]).code(2);
}

#[test]
fn two_sources_of_one_name_are_a_usage_error_before_anything_is_sent() {
    let sandbox = stage();
    sandbox.write("other/a.txt", "other");
    sandbox.run(["files", "upload", "a.txt", "other/a.txt", "s1:/d"]).code(2).says(&["a.txt"]);
    sandbox.run(["files", "upload", "tree", "other/../tree/", "s1:/d"]).code(2);
    assert_eq!(sandbox.paths("s1:/"), [""; 0]);
}

#[test]
fn a_file_onto_an_existing_directory_is_a_conflict_that_says_what_to_add() {
    let sandbox = stage();
    sandbox.put("s1:/d/kept", "kept");
    let run = sandbox.run(["files", "upload", "a.txt", "s1:/d"]);
    run.code(5).says(&["s1:/d/"]);
    assert_eq!(run.at("/0/status"), "failed");
    assert_eq!(run.at("/0/error/kind"), "conflict");
    assert_eq!(sandbox.paths("s1:/"), ["/d/", "/d/kept"]);
}

#[test]
fn what_is_in_the_way_of_a_tree_is_a_failed_item_and_the_rest_arrives() {
    let sandbox = stage();
    sandbox.put("s1:/d/deep", "a file where a directory should be");
    let run = sandbox.run(["files", "upload", "tree", "s1:/d"]);
    run.code(10);
    assert_eq!(sandbox.cat("s1:/d/one"), "tree/one");
    assert_eq!(sandbox.cat("s1:/d/deep"), "a file where a directory should be");
    sandbox.put("s1:/plain", "a file");
    sandbox.run(["files", "upload", "tree", "s1:/plain"]).code(5);
    sandbox.run(["files", "upload", "a.txt", "s1:/plain/below"]).code(5);
    assert_eq!(sandbox.cat("s1:/plain"), "a file");
}

#[test]
fn without_a_destination_files_are_stored_under_their_names() {
    let sandbox = stage();
    let run = sandbox.run(["files", "upload", "a.txt", "tree/one", "--file", "b.txt"]);
    let receipts = run.ok().json();
    for receipt in receipts.as_array().unwrap() {
        assert!(receipt["file_id"].as_str().unwrap().starts_with("file_"));
        assert_eq!(receipt["id"], receipt["file_id"]);
    }
    let names = sandbox.run(["files", "ls"]).ok().column("filename");
    assert_eq!(names.len(), 3);
    assert!(["a.txt", "one", "b.txt"].iter().all(|name| names.contains(&(*name).to_owned())), "{names:?}");
    sandbox.run(["files", "upload", "tree"]).code(2).says(&["tree"]);
    sandbox.run(["files", "upload"]).code(2);
    sandbox.run(["files", "upload", "s1:/x"]).code(2);
}

#[test]
fn the_same_content_is_stored_twice_under_two_ids() {
    let sandbox = stage();
    let (first, second) = (sandbox.stored("x.txt", "same"), sandbox.stored("y.txt", "same"));
    assert_ne!(first, second);
    sandbox.run(["files", "rm", &first]).ok();
    assert_eq!(sandbox.cat(&second), "same");
}

#[test]
fn the_name_and_the_media_type_of_a_stored_file_can_be_given() {
    let sandbox = stage();
    let stored = |args: &[&str], content: &str| {
        let run = sandbox.wharf(["files", "upload", "-q"].iter().chain(args)).stdin(content).run();
        let run = sandbox.run(["files", "stat", run.ok().stdout().trim_end()]);
        (run.ok().at("/filename"), run.at("/mime_type"), run.at("/size"))
    };
    assert_eq!(
        stored(&["-", "--name", "x.csv", "--mime-type", "text/x"], "1,2"),
        (json!("x.csv"), json!("text/x"), json!(3))
    );
    assert_eq!(stored(&["-", "--name", "x.csv"], ""), (json!("x.csv"), json!("text/csv"), json!(0)));
    assert_eq!(
        stored(&["a.txt", "--name", "renamed.json"], ""),
        (json!("renamed.json"), json!("application/json"), json!(5))
    );
    assert_eq!(stored(&["a.txt"], ""), (json!("a.txt"), json!("text/plain"), json!(5)));
    for bad in ["", ".", "..", "a/b", &"x".repeat(256)] {
        sandbox.wharf(["files", "upload", "-", "--name", bad]).stdin("x").run().code(2);
    }
    sandbox.wharf(["files", "upload", "-"]).stdin("x").run().code(2).says(&["--name"]);
    sandbox.run(["files", "upload", "a.txt", "b.txt", "--name", "c"]).code(2);
    sandbox.run(["files", "upload", "a.txt", "s1:/x", "--mime-type", "text/x"]).code(2);
    assert_eq!(sandbox.run(["files", "ls"]).ok().json().as_array().unwrap().len(), 4);
}

#[test]
fn standard_input_goes_to_a_path_or_under_a_name() {
    let sandbox = stage();
    let up = |args: &[&str]| sandbox.wharf(["files", "upload"].iter().chain(args)).stdin("piped").run();
    assert_eq!(up(&["-", "s1:/x"]).ok().at("/0/source"), "-");
    up(&["-", "s1:/d/", "--name", "y"]).ok();
    up(&["-", "a.txt", "s1:/e"]).code(2);
    up(&["-", "s1:/d/"]).code(2).says(&["--name"]);
    up(&["-", "-", "s1:/d/"]).code(2);
    up(&["-", "s1:/d/", "--name", "a/b"]).code(2);
    up(&["-", "s1:/d/", "--name", ".."]).code(2);
    assert_eq!((sandbox.cat("s1:/x"), sandbox.cat("s1:/d/y")), ("piped".into(), "piped".into()));
    assert_eq!(sandbox.paths("s1:/"), ["/d/", "/d/y", "/x"]);
}

#[test]
fn a_fifo_is_read_to_its_end() {
    let sandbox = stage();
    let fifo = sandbox.fifo("fifo");
    let content = vec![7; 1_300_000];
    let upload = sandbox.wharf(["files", "upload", "fifo", "s1:/from-fifo"]).start();
    open_to_write(&fifo).write_all(&content).unwrap();
    assert_eq!(upload.finish().ok().at("/0/bytes"), content.len());
    assert_eq!(sandbox.run(["files", "cat", "s1:/from-fifo"]).ok().bytes(), content);
}

#[test]
fn a_receipt_has_the_hash_of_what_arrived() {
    let sandbox = stage();
    sandbox.write("abc", "abc");
    let run = sandbox.run(["files", "upload", "abc", "s1:/abc"]);
    let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(
        run.ok().at("/0"),
        json!({
            "id": "s1:/abc", "source": "abc", "destination": "s1:/abc", "status": "copied", "bytes": 3, "sha256": sha256,
            "verified": "sha256", "file_id": null, "resource_id": null, "error": null
        })
    );
    assert_eq!(run.json().as_array().unwrap().len(), 1);
}

#[test]
fn empty_and_large_files_arrive_as_they_are() {
    let sandbox = stage();
    let large: Vec<u8> = (0..1_500_001_u32).map(|i| (i % 251) as u8).collect();
    for (name, content) in [("empty", Vec::new()), ("large", large)] {
        sandbox.write(name, &content);
        let run = sandbox.run(["files", "upload", name, &format!("s1:/{name}")]);
        assert_eq!(run.ok().at("/0/bytes"), content.len());
        assert_eq!(fs::read(sandbox.inside("s1", name)).unwrap(), content, "{name}");
        sandbox.run(["files", "download", &format!("s1:/{name}"), "back"]).ok();
        assert_eq!(fs::read(sandbox.path("back")).unwrap(), content, "{name}");
    }
}

#[test]
fn the_exec_bit_and_the_modification_time_travel_both_ways() {
    let sandbox = stage();
    let time = SystemTime::UNIX_EPOCH + Duration::new(1_234_567_890, 123_456_789);
    for (name, mode) in [("plain", 0o640), ("tool", 0o750)] {
        let path = sandbox.write(name, name);
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
    }
    sandbox.run(["files", "upload", "plain", "tool", "s1:/"]).ok();
    let modes = |args: &[&str]| sandbox.run(["files", "stat"].iter().chain(args)).ok().column("mode");
    assert_eq!(modes(&["s1:/plain", "s1:/tool"]), ["0644", "0755"]);
    let stat = sandbox.run(["files", "stat", "s1:/tool"]);
    assert_eq!(stat.ok().at("/modified_at"), "2009-02-13T23:31:30.123456789Z");
    sandbox.run(["files", "download", "s1:/", "back"]).ok();
    for (name, executable) in [("plain", false), ("tool", true)] {
        let meta = fs::metadata(sandbox.path("back").join(name)).unwrap();
        assert_eq!(meta.permissions().mode() & 0o111 != 0, executable, "{name}");
        assert_eq!(meta.modified().unwrap(), time, "{name}");
    }
}

#[test]
fn each_receipt_is_on_its_way_before_the_next_source_is_read() {
    let sandbox = stage();
    let fifo = sandbox.fifo("fifo");
    let to = sandbox.path("receipts");
    let upload = sandbox
        .wharf(["files", "upload", "a.txt", "fifo", "s1:/d", "--format", "jsonl"])
        .stdout_to(fs::File::create(&to).unwrap())
        .start();
    let writer = open_to_write(&fifo);
    wait_until("the first receipt", || fs::read_to_string(&to).unwrap().ends_with('\n'));
    let first: Value = serde_json::from_str(&fs::read_to_string(&to).unwrap()).unwrap();
    assert_eq!(first["destination"], "s1:/d/a.txt");
    drop(writer);
    upload.finish().ok();
    assert_eq!(fs::read_to_string(&to).unwrap().lines().count(), 2);
}

/// Files that the kernel makes up have a length of 0, or of a page, and other bytes come of them.
#[cfg(target_os = "linux")]
#[test]
fn a_file_whose_length_is_made_up_is_sent_as_it_is() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    let (version, online) = ("/proc/version", "/sys/devices/system/cpu/online");
    let settled = [("WHARF_ENVIRONMENT", "env_1"), ("WHARF_IMAGE", "agb-code-space-1")];
    for (backend, agent) in [("local", "a1"), ("anthropic", "agent_1"), ("foundry", "a1"), ("agb", "a1")] {
        let wharf = |args: &[&str]| {
            let call = served.wharf(backend, args).env("WHARF_AGENT", agent);
            settled.into_iter().fold(call, |call, (name, value)| call.env(name, value)).run()
        };
        let id = wharf(&["sessions", "create", "-q"]).ok().stdout().trim_end().to_owned();
        wharf(&["sessions", "wait", &id, "--timeout", "10s"]).ok();
        for path in [version, online] {
            let content = std::fs::read_to_string(path).unwrap();
            let at = format!("{id}:up/f{}", path.len());
            assert_eq!(wharf(&["files", "upload", path, &at, "--dry-run"]).ok().column("status"), ["planned"]);
            let sent = wharf(&["files", "upload", path, &at]);
            assert_eq!(sent.ok().column("bytes"), [content.len().to_string()], "{backend} {path}");
            if backend != "anthropic" {
                assert_eq!(wharf(&["files", "cat", &at]).ok().stdout(), content, "{backend} {path}");
            }
        }
        // Below a tree as well, and beside files that are empty or have holes.
        sandbox.write("tree/empty", "");
        let holes = fs::File::create(sandbox.path("tree/holes")).unwrap();
        holes.set_len(100_000).unwrap();
        let tree = wharf(&["files", "upload", "tree", "/proc/self/net/snmp", &format!("{id}:up/tree")]);
        let mut bytes = tree.ok().column("bytes");
        bytes.sort();
        assert_eq!((bytes.len(), &bytes[0][..], &bytes[1][..]), (3, "0", "100000"), "{backend}: {bytes:?}");
    }
    let whole = sandbox.run(["files", "upload", "/proc/sys/kernel/random", "s1:/random", "--exclude", "*_wakeup*"]);
    let sizes = whole.ok().column("bytes");
    assert!(sizes.len() > 2 && sizes.iter().all(|size| size != "0"), "{sizes:?}");
}

#[test]
fn a_source_with_the_store_in_it_is_not_copied_into_itself() {
    let sandbox = Sandbox::new();
    let session = sandbox.session();
    let store = sandbox.store();
    let above = store.parent().unwrap().to_str().unwrap();
    for words in [&["files", "upload"][..], &["files", "sync"]] {
        let run = sandbox.run([words, &[above, &format!("{session}:/x"), "--format", "json"]].concat());
        let receipts = run.code(5).json();
        let failed: Vec<_> = receipts.as_array().unwrap().iter().filter(|one| one["status"] == "failed").collect();
        assert!(failed.len() == 1 && failed[0]["error"]["kind"] == "conflict", "{receipts}");
        let listed = sandbox.run(["files", "ls", "-R", &format!("{session}:/x")]);
        assert!(!listed.ok().stdout().contains("wharf.db"));
    }
    let name = store.file_name().unwrap().to_str().unwrap();
    sandbox.run(["files", "upload", above, &format!("{session}:/y"), "--exclude", name]).ok();
    sandbox.run(["files", "upload", store.to_str().unwrap(), &format!("{session}:/z")]).code(5).says(&["the store"]);
}
