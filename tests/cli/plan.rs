//! What is known before anything is done: `--dry-run`, and the limits that refuse a whole transfer.

use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, symlink};

use crate::sandbox::{Run, Sandbox, tree};

fn stage() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    sandbox
}

/// Everything that a run could change: each path with its mode, time, size and number on the disk.
fn look(sandbox: &Sandbox) -> Vec<String> {
    let paths = [sandbox.path(""), sandbox.store()]
        .into_iter()
        .flat_map(|root| tree(&root).into_iter().map(move |name| root.join(name.trim_end_matches('/'))));
    // The database has helpers that come and go with every reader.
    let paths = paths.filter(|path| !path.to_string_lossy().contains("wharf.db-"));
    paths
        .map(|path| {
            let meta = fs::symlink_metadata(&path).unwrap();
            let (mode, time, size, number) = (meta.mode(), meta.modified().unwrap(), meta.size(), meta.ino());
            format!("{} {mode:o} {time:?} {size} {number}", path.display())
        })
        .collect()
}

/// Runs it dry, which must change nothing.
#[track_caller]
fn dry(sandbox: &Sandbox, args: &[&str]) -> Run {
    let before = look(sandbox);
    let run = sandbox.run(["files"].iter().chain(args).chain(&["--dry-run"]));
    let changed: Vec<_> = look(sandbox).into_iter().filter(|line| !before.contains(line)).collect();
    assert_eq!(changed, [""; 0], "{args:?}");
    assert_eq!(look(sandbox).len(), before.len(), "{args:?}");
    run
}

/// Runs it dry and then in earnest, which must end as was predicted: with these receipts.
#[track_caller]
fn check(sandbox: &Sandbox, args: &[&str], to: &str) -> Vec<String> {
    let dry = dry(sandbox, args);
    let run = sandbox.run(["files"].iter().chain(args));
    let codes = if dry.stderr().contains("error: ") { &[4, 5, 10][..] } else { &[0] };
    dry.one_of(codes);
    run.one_of(codes);
    let done = run.outcomes(to);
    let predicted: Vec<_> = dry.outcomes(to).iter().map(|line| line.replace("planned", "copied")).collect();
    assert_eq!(done, predicted, "{args:?}");
    done
}

#[test]
fn a_dry_upload_says_what_a_run_would_do_and_does_nothing() {
    let sandbox = stage();
    sandbox.write("tree/a", "12345");
    sandbox.write("tree/d/b", "123");
    fs::create_dir(sandbox.path("tree/empty")).unwrap();
    let run = dry(&sandbox, &["upload", "tree", "s1:/new/x"]);
    assert_eq!(run.ok().outcomes("s1:/new/x"), ["a planned", "d/b planned"]);
    assert_eq!(run.at("/0/bytes"), 5);
    for unknown in ["id", "sha256", "verified", "error"] {
        assert!(run.json()[0][unknown].is_null(), "{unknown}");
    }
    run.says(&["2 files would be copied (8 B)\n"]);
    check(&sandbox, &["upload", "tree", "s1:/new/x"], "s1:/new/x");
    check(&sandbox, &["upload", "tree", "tree/a", "s1:/several"], "s1:/several");
    check(&sandbox, &["upload", "tree/a", "s1:/one/file"], "s1:/one");
    let quiet = dry(&sandbox, &["upload", "tree", "s1:/y", "-q"]);
    assert_eq!(quiet.ok().stdout(), "s1:/y/a\ns1:/y/d/b\n");
    assert_eq!(quiet.stderr(), "");
}

#[test]
fn a_dry_upload_predicts_what_is_in_the_way() {
    let sandbox = stage();
    sandbox.write("tree/a", "a");
    sandbox.write("tree/b", "b");
    sandbox.write("tree/d/c", "c");
    sandbox.write("tree/e/f/g", "g");
    symlink("/etc/passwd", sandbox.path("tree/out")).unwrap();
    sandbox.run(["files", "mkdir", "s1:/x/a"]).ok();
    sandbox.put("s1:/x/d", "a file where a directory is wanted");
    sandbox.put("s1:/x/e/f", "the same, deeper");
    let id = sandbox.stored("m", "mounted");
    sandbox.run(["resources", "add", "s1", &format!("{id}:/x/b")]).ok();
    let done = check(&sandbox, &["upload", "tree", "s1:/x"], "s1:/x");
    assert!(done.iter().all(|line| line.ends_with("failed conflict")), "{done:?}");
    check(&sandbox, &["upload", "tree/a", "s1:/x"], "s1:/x");
    check(&sandbox, &["upload", "tree/a", "s1:/x/d/"], "s1:/x");
    check(&sandbox, &["upload", "tree", "s1:/x/d"], "s1:/x");
    symlink("missing", sandbox.write("bad/good", "1").with_file_name("broken")).unwrap();
    check(&sandbox, &["upload", "bad", "tree/a", "s1:/y"], "s1:/y");
    check(&sandbox, &["upload", "tree/a", "gone:/x"], "gone:/x");
    check(&sandbox, &["upload", "tree", "gone:/x"], "gone:/x");
}

#[test]
fn a_dry_transfer_predicts_what_the_word_for_what_exists_makes_of_it() {
    let sandbox = stage();
    for word in ["error", "skip", "update", "overwrite"] {
        let (to, out) = (format!("s1:/{word}"), format!("out-{word}"));
        sandbox.write("tree/a", "a");
        sandbox.write("tree/d/b", "b");
        sandbox.run(["files", "upload", "tree", &to]).ok();
        sandbox.run(["files", "download", &to, &out]).ok();
        sandbox.write("tree/a", word);
        sandbox.write("tree/new", "new");
        check(&sandbox, &["upload", "tree", &to, "--if-exists", word], &to);
        check(&sandbox, &["download", &to, &out, "--if-exists", word], &out);
        fs::remove_file(sandbox.path("tree/new")).unwrap();
    }
}

#[test]
fn a_dry_download_says_what_a_run_would_do_and_does_nothing() {
    let sandbox = stage();
    sandbox.put("s1:/x/a", "12345");
    sandbox.put("s1:/x/d/b", "123");
    sandbox.run(["files", "mkdir", "s1:/x/empty"]).ok();
    let run = dry(&sandbox, &["download", "s1:/x", "new/out"]);
    assert_eq!(run.ok().outcomes("new/out"), ["a planned", "d/b planned"]);
    run.says(&["2 files would be copied (8 B)\n"]);
    check(&sandbox, &["download", "s1:/x", "new/out"], "new/out");
    check(&sandbox, &["download", "s1:/x", "s1:/x/a", "several"], "several");
    check(&sandbox, &["download", "s1:/x/a"], "");
    let id = sandbox.stored("m", "stored");
    check(&sandbox, &["download", &id], "");
    check(&sandbox, &["download", &id, "deep/er/"], "");
}

#[test]
fn a_dry_download_predicts_what_is_in_the_way() {
    let sandbox = stage();
    for path in ["a", "d/b", "e/f/g"] {
        sandbox.put(&format!("s1:/x/{path}"), path);
    }
    symlink("/etc/passwd", sandbox.inside("s1", "x/out")).unwrap();
    sandbox.write("out/a/below", "a directory where a file is wanted");
    sandbox.write("out/d", "a file where a directory is wanted");
    sandbox.write("out/e/f", "the same, deeper");
    check(&sandbox, &["download", "s1:/x", "out"], "out");
    check(&sandbox, &["download", "s1:/x/a", "out"], "out");
    check(&sandbox, &["download", "s1:/x", "out/d"], "out");
    sandbox.write("a", "here already");
    check(&sandbox, &["download", "s1:/x/a"], "");
}

#[test]
fn a_dry_upload_to_the_file_store_stores_nothing() {
    let sandbox = stage();
    sandbox.write("a", "a");
    sandbox.write("b", "b");
    let run = dry(&sandbox, &["upload", "a", "b"]);
    assert_eq!(run.ok().column("status"), ["planned", "planned"]);
    assert_eq!(run.column("destination"), ["null"; 2]);
    assert_eq!(dry(&sandbox, &["upload", "a", "b", "gone"]).code(4).stdout(), "");
    assert_eq!(dry(&sandbox, &["upload", "a", "-q"]).ok().stdout(), "", "there is no id yet");
    assert_eq!(sandbox.run(["files", "ls"]).ok().stdout(), "[]\n");
}

#[test]
fn a_dry_run_reads_no_pipe_and_waits_for_none() {
    let sandbox = stage();
    sandbox.fifo("fifo");
    sandbox.wharf(["files", "upload", "-", "s1:/x", "--dry-run"]).stdin_held().run().ok();
    sandbox.run(["files", "upload", "fifo", "s1:/x", "--dry-run"]).ok();
    sandbox.put("s1:/a", "a");
    sandbox.run(["files", "download", "s1:/a", "fifo", "--dry-run"]).ok();
}

#[test]
fn a_download_of_too_much_is_refused_before_a_byte_of_it_comes() {
    let sandbox = stage();
    for n in 0..5 {
        sandbox.put(&format!("s1:/x/{n}"), "1234567890");
    }
    for (flags, code) in [
        (["--max-files", "5"], 0),
        (["--max-files", "4"], 6),
        (["--max-size", "50"], 0),
        (["--max-size", "49"], 6),
        (["--max-size", "0"], 6),
    ] {
        for extra in [&[][..], &["--dry-run"], &["--jobs=3"]] {
            let run = sandbox.run(["files", "download", "s1:/x", "out"].iter().chain(&flags).chain(extra));
            run.code(code);
            if code == 6 {
                assert_eq!(run.says(&[flags[0], flags[1], "--exclude"]).stdout(), "[]\n");
            }
            assert_eq!(sandbox.path("out").exists(), code == 0 && extra != ["--dry-run"], "{flags:?} {extra:?}");
            drop(fs::remove_dir_all(sandbox.path("out")));
        }
    }
    let some = ["--max-files", "4", "--max-size=40B", "--exclude", "0"];
    sandbox.run(["files", "download", "s1:/x", "out"].iter().chain(&some)).ok();
    let id = sandbox.stored("m", "1234567890");
    sandbox.run(["files", "download", &id, "s1:/x", "m", "--max-size", "59"]).code(6);
    sandbox.run(["files", "download", &id, "m", "--max-size", "9"]).code(6);
    assert!(!sandbox.path("m").exists());
    for bad in ["--max-size=much", "--max-files=-1", "--max-files=x"] {
        sandbox.run(["files", "download", "s1:/x", "out", bad]).code(2);
    }
}

#[test]
fn an_upload_of_more_than_a_session_takes_is_refused_before_the_first_byte() {
    let sandbox = stage();
    for n in 0..5 {
        sandbox.write(format!("tree/{n}"), vec![b'x'; 250]);
    }
    File::create(sandbox.path("huge")).unwrap().set_len(1 << 40).unwrap();
    let up = |args: &[&str]| {
        let call = sandbox.wharf(["files", "upload"].iter().chain(args));
        call.env("WHARF_SESSION_BYTES", "1kB").run()
    };
    for extra in [&[][..], &["--dry-run"], &["--jobs=4"]] {
        let run = up(&[&["tree", "s1:/x"], extra].concat());
        assert_eq!(run.code(6).says(&["at most 1000 bytes", "1250", "nothing was transferred"]).stdout(), "[]\n");
    }
    up(&["tree/0", "huge", "s1:/x"]).code(6);
    assert_eq!(sandbox.paths("s1:/"), [""; 0], "not even a directory");
    up(&["tree", "s1:/x", "--exclude", "4"]).ok();
    assert_eq!(sandbox.paths("s1:/x").len(), 4);
}
