//! Transfers that are run again: what is there already, and what an earlier run did not come to.

use std::fs::{self, File, FileTimes};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, SystemTime};

use rustix::process::Signal;
use serde_json::Value;

use crate::sandbox::{Run, Running, Sandbox, open_to_write, tree, wait_until};

/// A sandbox with a tree of three files here and the same one at `s1:/tree`.
fn stage() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    for name in ["a", "b", "d/c"] {
        sandbox.write(format!("tree/{name}"), name);
    }
    sandbox.run(["files", "upload", "tree", "s1:/tree"]).ok();
    sandbox
}

/// Writes other content of the same length, and sets the time.
fn rewrite(path: &Path, content: &str, time: SystemTime) {
    fs::write(path, content).unwrap();
    touch(path, time);
}

fn touch(path: &Path, time: SystemTime) {
    File::options().append(true).open(path).unwrap().set_times(FileTimes::new().set_modified(time)).unwrap();
}

fn time_of(path: &Path) -> SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

fn up(sandbox: &Sandbox, extra: &[&str]) -> Run {
    sandbox.run(["files", "upload", "tree", "s1:/tree"].iter().chain(extra))
}

fn down(sandbox: &Sandbox, extra: &[&str]) -> Run {
    sandbox.run(["files", "download", "s1:/tree", "tree"].iter().chain(extra))
}

#[test]
fn a_tree_onto_itself_by_each_word() {
    for (word, code, status) in
        [("overwrite", 0, "copied"), ("skip", 0, "skipped"), ("error", 5, "failed conflict"), ("update", 0, "skipped")]
    {
        let sandbox = stage();
        let all = ["a", "b", "d/c"].map(|name| format!("{name} {status}"));
        assert_eq!(up(&sandbox, &["--if-exists", word]).code(code).outcomes("s1:/tree"), all, "{word}");
        assert_eq!(down(&sandbox, &["--if-exists", word]).code(code).outcomes("tree"), all, "{word}");
        // What is missing comes, whatever the word.
        fs::remove_file(sandbox.path("tree/b")).unwrap();
        let run = down(&sandbox, &["--if-exists", word]);
        assert_eq!(run.one_of(&[0, 10]).outcomes("tree"), [&all[0], "b copied", &all[2]], "{word}");
    }
}

#[test]
fn update_sends_what_has_another_size_or_time() {
    let sandbox = stage();
    let inside = sandbox.inside("s1", "tree");
    rewrite(&sandbox.path("tree/a"), "longer", time_of(&inside.join("a")));
    touch(&sandbox.path("tree/b"), SystemTime::UNIX_EPOCH);
    let run = up(&sandbox, &["--if-exists", "update"]);
    assert_eq!(run.ok().outcomes("s1:/tree"), ["a copied", "b copied", "d/c skipped"]);
    run.says(&["2 files copied (", "), 1 skipped (1: size and time are equal)\n"]);
    assert_eq!(time_of(&inside.join("b")), SystemTime::UNIX_EPOCH, "the time comes along, so that the next is quick");
    rewrite(&inside.join("a"), "1", SystemTime::now());
    let run = down(&sandbox, &["--if-exists", "update"]);
    assert_eq!(run.ok().outcomes("tree"), ["a copied", "b skipped", "d/c skipped"]);
    assert_eq!(sandbox.read("tree/a"), "1");
}

#[test]
fn update_by_checksum_looks_at_contents_and_not_at_times() {
    let sandbox = stage();
    let inside = sandbox.inside("s1", "tree");
    let [by_time, by_content] = [&["--if-exists", "update"][..], &["--if-exists", "update", "--checksum"]];
    let expected = ["a copied", "b skipped", "d/c skipped"];
    let change = |root: &Path, content: &str, other: &Path| {
        rewrite(&root.join("a"), content, time_of(&other.join("a")));
        touch(&root.join("b"), SystemTime::UNIX_EPOCH + Duration::from_secs(1));
    };
    change(&sandbox.path("tree"), "A", &inside);
    let run = up(&sandbox, by_content);
    assert_eq!(run.ok().outcomes("s1:/tree"), expected);
    run.says(&["2 skipped (2: size and hash are equal)\n"]);
    assert_eq!(sandbox.cat("s1:/tree/a"), "A");
    assert_eq!(up(&sandbox, by_time).ok().outcomes("s1:/tree"), ["a skipped", "b copied", "d/c skipped"]);
    change(&inside, "Z", &sandbox.path("tree"));
    touch(&inside.join("b"), SystemTime::UNIX_EPOCH);
    assert_eq!(down(&sandbox, by_content).ok().outcomes("tree"), expected);
    assert_eq!(sandbox.read("tree/a"), "Z");
    assert_eq!(down(&sandbox, by_time).ok().outcomes("tree"), ["a skipped", "b copied", "d/c skipped"]);
}

#[test]
fn a_checksum_is_for_update_and_nothing_else() {
    let sandbox = stage();
    for extra in [&["--checksum"][..], &["--checksum", "--if-exists", "skip"]] {
        up(&sandbox, extra).code(2).says(&["--if-exists update"]);
        down(&sandbox, extra).code(2).says(&["--if-exists update"]);
    }
}

#[test]
fn what_cannot_be_compared_is_sent() {
    let sandbox = stage();
    let pipe =
        sandbox.wharf(["files", "upload", "-", "s1:/tree/a", "--if-exists=update", "--checksum"]).stdin("a").run();
    assert_eq!(pipe.ok().outcomes("s1:/tree"), ["a copied"]);
    fs::remove_file(sandbox.path("tree/a")).unwrap();
    fs::create_dir(sandbox.path("tree/a")).unwrap();
    assert_eq!(down(&sandbox, &["--if-exists", "update"]).code(10).outcomes("tree")[0], "a failed conflict");
}

/// Creates a sparse file that takes longer to transfer than a test waits.
fn endless(path: &Path) {
    File::create(path).unwrap().set_len(4 << 30).unwrap();
}

/// Whether a process has bytes in a file without a name, or in one with a name of its own making in
/// `making`, where the system has no others.
fn is_making(process: &Running, making: &Path) -> bool {
    let held = fs::read_dir(format!("/proc/{}/fd", process.id())).into_iter().flatten().flatten();
    let mut held = held.filter(|fd| {
        let target = fs::read_link(fd.path()).unwrap_or_default();
        target.to_string_lossy().ends_with(" (deleted)") && fs::metadata(fd.path()).is_ok_and(|meta| meta.len() > 0)
    });
    let mut named = fs::read_dir(making).into_iter().flatten().flatten().filter(|entry| {
        let name = entry.file_name();
        name.to_string_lossy().starts_with(".wharf-") && entry.metadata().is_ok_and(|meta| meta.len() > 0)
    });
    held.next().is_some() || named.next().is_some()
}

/// An upload or a download of a tree that is at its third file, which does not end.
fn under_way(sandbox: &Sandbox, args: &[&str], making: &Path) -> Running {
    let call = sandbox.wharf(["files"].iter().chain(args).chain(&["--receipt", "receipts"]));
    let running = call.start();
    wait_until("receipts, and a file in the making", || {
        let lines = fs::read_to_string(sandbox.path("receipts")).unwrap_or_default().lines().count();
        lines == 2 && is_making(&running, making)
    });
    running
}

/// A sandbox with a tree of which the third file does not end, here and at `s1:/tree`.
fn long_stage() -> Sandbox {
    let sandbox = stage();
    for root in [sandbox.path("tree"), sandbox.inside("s1", "tree")] {
        endless(&root.join("c"));
    }
    sandbox
}

const UP: [&str; 3] = ["upload", "tree", "s1:/new"];
const DOWN: [&str; 3] = ["download", "s1:/tree", "new"];

/// What is left where the transfer went to.
fn arrived(sandbox: &Sandbox, args: [&str; 3]) -> Vec<String> {
    tree(&if args == UP { sandbox.inside("s1", "new") } else { sandbox.path("new") })
}

fn making(sandbox: &Sandbox, args: [&str; 3]) -> std::path::PathBuf {
    if args == UP { sandbox.inside("s1", "new") } else { sandbox.path("new") }
}

#[test]
fn after_a_sudden_death_only_the_rest_is_transferred() {
    for args in [UP, DOWN] {
        let sandbox = long_stage();
        let running = under_way(&sandbox, &args, &making(&sandbox, args));
        running.signal(Signal::KILL);
        drop(running.finish());
        let receipts = sandbox.read("receipts");
        assert!(receipts.lines().all(|line| line.contains("\"status\":\"copied\"")), "they survive: {receipts}");
        let left: Vec<_> = arrived(&sandbox, args).into_iter().filter(|name| !name.starts_with(".wharf-")).collect();
        assert_eq!(left, ["a", "b"], "{args:?}");
        drop(sandbox.write("new/.wharf-of-mine", "mine"));
        for root in [sandbox.path("tree"), sandbox.inside("s1", "tree")] {
            fs::write(root.join("c"), "short now").unwrap();
        }
        let again = sandbox.run(["files"].iter().chain(&args).chain(&["--if-exists", "update"]));
        let to = if args == UP { "s1:/new" } else { "new" };
        assert_eq!(again.ok().outcomes(to), ["a skipped", "b skipped", "c copied", "d/c copied"], "{args:?}");
        assert_eq!(sandbox.unfinished(), [""; 0]);
        let names = sandbox.tree("new").into_iter().filter(|name| name.starts_with(".wharf-"));
        assert_eq!(names.collect::<Vec<_>>(), [".wharf-of-mine"], "what was left is swept, and nothing else");
        let once_more = sandbox.run(["files"].iter().chain(&args).chain(&["--if-exists=update", "--checksum"]));
        once_more.ok().says(&["0 files copied (", "4 skipped (4: size and hash are equal)\n"]);
    }
}

/// It ended early by itself: what was done is reported, and nothing half-done is left.
#[track_caller]
fn assert_ended(sandbox: &Sandbox, run: &Run, args: [&str; 3], kind: &str) {
    let to = if args == UP { "s1:/new" } else { "new" };
    assert_eq!(run.outcomes(to), ["a copied", "b copied", &format!("c failed {kind}")], "{args:?}");
    let lines: Vec<Value> = sandbox.read("receipts").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(Value::from(lines), run.json());
    assert_eq!(arrived(sandbox, args), ["a", "b"], "{args:?}");
    assert_eq!(sandbox.unfinished(), [""; 0]);
    run.says(&["2 files copied (", "), 1 failed, 1 not begun\nerror: "]);
}

#[test]
fn what_a_signal_ends_has_a_receipt_for_all_that_was_begun() {
    for (signal, code, args) in
        [(Signal::INT, 130, UP), (Signal::TERM, 143, UP), (Signal::HUP, 143, DOWN), (Signal::INT, 130, DOWN)]
    {
        let sandbox = long_stage();
        let running = under_way(&sandbox, &args, &making(&sandbox, args));
        running.signal(signal);
        let run = running.finish();
        run.code(code).says(&["interrupted"]);
        assert_ended(&sandbox, &run, args, "interrupted");
    }
}

#[test]
fn what_a_timeout_ends_has_a_receipt_for_all_that_was_begun() {
    let sandbox = long_stage();
    let call = ["files"].iter().chain(&DOWN).chain(&["--receipt", "receipts", "--timeout", "1500ms"]);
    let run = sandbox.run(call);
    run.code(124).says(&["--timeout ran out"]);
    assert_ended(&sandbox, &run, DOWN, "deadline");
}

#[test]
fn a_pipe_that_says_nothing_does_not_keep_it_from_ending() {
    for (extra, code) in [(&["--timeout", "2s"][..], 124), (&[], 130)] {
        let sandbox = stage();
        let fifo = sandbox.fifo("fifo");
        sandbox.write("b", "b");
        let call =
            sandbox.wharf(["files", "upload", "tree", "fifo", "b", "s1:/new", "--format=json"].iter().chain(extra));
        let running = call.start();
        let mut pipe = open_to_write(&fifo);
        pipe.write_all(b"half").unwrap();
        wait_until("the tree has arrived", || sandbox.inside("s1", "new/tree/d/c").exists());
        if extra.is_empty() {
            running.wait_for_handlers();
            std::thread::sleep(Duration::from_millis(100));
            running.signal(Signal::INT);
        }
        let run = running.finish();
        let kind = if code == 124 { "deadline" } else { "interrupted" };
        let failed = format!("fifo failed {kind}");
        let expected = [&failed, "tree/a copied", "tree/b copied", "tree/d/c copied"];
        assert_eq!(run.code(code).outcomes("s1:/new"), expected);
        assert_eq!(run.error()["kind"], kind);
        assert_eq!(sandbox.paths("s1:/new").len(), 5, "neither the pipe nor what comes after it");
        assert_eq!(sandbox.unfinished(), [""; 0]);
    }
}

#[test]
fn after_a_run_that_failed_half_way_update_sends_the_rest_on_every_backend() {
    for backend in ["local", "anthropic", "agb", "foundry"] {
        let sandbox = Sandbox::new();
        let served = sandbox.serve(&[]);
        let run = |args: &[&str]| served.wharf(backend, args).env("WHARF_ENVIRONMENT", "env_1").run();
        let agent = if backend == "anthropic" { "agent_1" } else { "a1" };
        let create = served.wharf(backend, ["sessions", "create", "-q"]).env("WHARF_ENVIRONMENT", "env_1");
        let create = if backend == "agb" { create } else { create.env("WHARF_AGENT", agent) }.run();
        let id = create.ok().stdout().trim_end().to_owned();
        for name in ["a", "b", "d/c"] {
            sandbox.write(format!("tree/{name}"), name);
        }
        std::os::unix::fs::symlink("/etc/hostname", sandbox.path("tree/bad")).unwrap();
        let to = format!("{id}:in");
        let upload = |extra: &[&str]| run(&[&["files", "upload", "tree", to.as_str()], extra].concat());
        upload(&[]).code(10);
        std::fs::remove_file(sandbox.path("tree/bad")).unwrap();
        sandbox.write("tree/bad", "good now");
        rewrite(&sandbox.path("tree/b"), "longer than before", SystemTime::now());
        let again = upload(&["--if-exists", "update"]).ok().json();
        let status = |name: &str| {
            let source = format!("tree/{name}");
            let receipt = again.as_array().unwrap().iter().find(|receipt| receipt["source"] == source.as_str());
            receipt.unwrap()["status"].as_str().unwrap().to_owned()
        };
        // Foundry keeps no times, by which the others know.
        let same = if backend == "foundry" { "copied" } else { "skipped" };
        assert_eq!(["a", "b", "bad", "d/c"].map(status), [same, "copied", "copied", same], "{backend}");
        let sizes = run(&["files", "ls", "-R", &to, "--transform", "{path,size,kind}"]);
        for (name, size) in [("a", 1), ("b", 18), ("bad", 8), ("d/c", 3)] {
            let is_it = |line: &&str| line.contains(&format!("/in/{name}\"")) && line.contains(&format!(":{size},"));
            assert!(sizes.ok().lines().iter().any(is_it), "{backend}: {name}: {}", sizes.stdout());
        }
        // Overwriting, which is what happens where nothing is said, replaces everywhere.
        upload(&[]).ok();
    }
}
