//! Small files in bundles, on AGB cloud: how many requests they take, and what becomes of each when something fails.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use rustix::process::Signal;
use serde_json::Value;

use crate::sandbox::{Run, Sandbox, Served, wait_until};

const FILES: usize = 40;

/// Writes a directory of small files, two of them with names that need care.
fn write_files(sandbox: &Sandbox) {
    for number in 0..FILES - 3 {
        sandbox.write(format!("in/d{}/f{number}", number % 3), format!("content {number}\n"));
    }
    sandbox.write("in/new\nline", b"\xff\0binary");
    sandbox.write("in/it's -n", "");
    let program = sandbox.write("in/run.sh", "#!/bin/sh\n");
    fs::set_permissions(program, PermissionsExt::from_mode(0o755)).unwrap();
}

/// Writes a directory of twelve small files.
fn write_dozen(sandbox: &Sandbox) {
    for number in 0..12 {
        sandbox.write(format!("in/f{number}"), format!("content {number}\n"));
    }
}

/// A server that runs commands, with these options, and a session there. Programs in `bin` go before those of the system.
fn serve<'s>(sandbox: &'s Sandbox, options: &[&str]) -> (Served<'s>, String) {
    let log = sandbox.path("requests.log").to_str().unwrap().to_owned();
    let path = format!("{}:/usr/bin:/bin", sandbox.path("bin").display());
    let served = sandbox.serve_on_path(&path, &[&["--exec", "--log", &log], options].concat());
    let id = served.wharf("agb", ["sessions", "create", "-q"]).run().ok().stdout().trim_end().to_owned();
    (served, id)
}

fn wharf(served: &Served<'_>, args: &[&str]) -> Run {
    served.wharf("agb", [args, &["--format", "json"]].concat()).run()
}

fn requests(sandbox: &Sandbox) -> usize {
    sandbox.read("requests.log").lines().count()
}

fn column(run: &Run, field: &str, value: &str) -> usize {
    run.json().as_array().unwrap().iter().filter(|receipt| receipt[field] == value).count()
}

/// Writes a program that sessions find before that of the system.
fn write_program(sandbox: &Sandbox, name: &str, script: &str) {
    let path = sandbox.write(format!("bin/{name}"), format!("#!/bin/sh\n{script}\n"));
    fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
}

/// What is in the session beside the files: nothing temporary stays.
fn temporary(served: &Served<'_>, id: &str) -> Vec<String> {
    let listed = wharf(served, &["files", "ls", "-R", &format!("{id}:/")]);
    let paths: Vec<_> =
        listed.json().as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap().to_owned()).collect();
    paths.into_iter().filter(|path| path.contains(".wharf") || path.contains("file_transfer/")).collect()
}

#[test]
fn small_files_take_a_third_of_a_request_at_most_and_are_verified() {
    let sandbox = Sandbox::new();
    write_files(&sandbox);
    let (served, id) = serve(&sandbox, &[]);
    let target = format!("{id}:/tmp/d");
    let before = requests(&sandbox);
    let up = wharf(&served, &["files", "upload", "in", &target, "-v"]);
    assert_eq!((column(up.ok(), "status", "copied"), column(&up, "verified", "sha256")), (FILES, FILES));
    up.says(&["concurrency: up to 40 files at once, in bundles"]);
    let sent = requests(&sandbox) - before;
    assert!(sent * 10 <= FILES * 3, "{sent} requests for {FILES} files");
    assert!(temporary(&served, &id).is_empty());
    let before = requests(&sandbox);
    let down = wharf(&served, &["files", "download", &target, "out"]);
    assert_eq!((column(down.ok(), "status", "copied"), column(&down, "verified", "sha256")), (FILES, FILES));
    // Each directory is listed with one request.
    let received = requests(&sandbox) - before - 4;
    assert!(received * 10 <= FILES * 3, "{received} requests for {FILES} files");
    assert!(temporary(&served, &id).is_empty());
    assert_eq!(sandbox.tree("out"), sandbox.tree("in"));
    for name in ["new\nline", "it's -n", "run.sh", "d1/f1"] {
        let [one, other] = ["in", "out"].map(|root| sandbox.path(format!("{root}/{name}")));
        assert_eq!(fs::read(&one).unwrap(), fs::read(&other).unwrap(), "{name:?}");
        let [one, other] = [one, other].map(|path| path.metadata().unwrap());
        assert_eq!(one.modified().unwrap(), other.modified().unwrap(), "{name:?}");
        assert_eq!(one.permissions().mode() & 0o111, other.permissions().mode() & 0o111, "{name:?}");
    }
}

#[test]
fn a_session_without_a_shell_gets_files_one_by_one() {
    let sandbox = Sandbox::new();
    write_files(&sandbox);
    let log = sandbox.path("requests.log").to_str().unwrap().to_owned();
    let served = sandbox.serve(&["--log", &log]);
    let id = served.wharf("agb", ["sessions", "create", "-q"]).run().ok().stdout().trim_end().to_owned();
    let target = format!("{id}:/tmp/d");
    let up = served.wharf("agb", ["files", "upload", "in", &target, "-v", "--format", "json"]).run();
    assert_eq!(column(up.ok(), "status", "copied"), FILES);
    up.says(&["40 files go one by one", "no shell"]);
    let down = wharf(&served, &["files", "download", &target, "out"]);
    assert_eq!((column(down.ok(), "status", "copied"), down.stderr().contains("one by one")), (FILES, false));
    assert_eq!(sandbox.tree("out"), sandbox.tree("in"));
}

#[test]
fn a_file_that_fails_in_a_bundle_fails_alone() {
    let sandbox = Sandbox::new();
    write_files(&sandbox);
    let (served, id) = serve(&sandbox, &[]);
    let target = format!("{id}:/tmp/d");
    wharf(&served, &["files", "mkdir", "-p", &format!("{target}/d1/f1/below")]).ok();
    wharf(&served, &["files", "upload", "in/it's -n", &format!("{target}/d2")]).ok();
    let up = wharf(&served, &["files", "upload", "in", &target]);
    // A directory is in the way of one file, and a file in that of a directory.
    let in_d2 = (0..FILES - 3).filter(|number| number % 3 == 2).count();
    let receipts = up.code(10).json();
    let failed: Vec<_> = receipts.as_array().unwrap().iter().filter(|one| one["status"] == "failed").collect();
    assert_eq!((failed.len(), column(&up, "status", "copied")), (in_d2 + 1, FILES - in_d2 - 1));
    assert!(failed.iter().all(|one| one["error"]["kind"] == "conflict"), "{failed:?}");
    assert!(temporary(&served, &id).is_empty());
}

#[test]
fn what_exists_is_kept_where_that_is_asked_for() {
    let sandbox = Sandbox::new();
    write_files(&sandbox);
    let (served, id) = serve(&sandbox, &[]);
    let target = format!("{id}:/tmp/d");
    sandbox.write("old", "old");
    wharf(&served, &["files", "upload", "old", &format!("{target}/d0/f0")]).ok();
    let up = wharf(&served, &["files", "upload", "in", &target, "--if-exists", "error"]);
    assert_eq!((column(up.code(10), "status", "failed"), column(&up, "status", "copied")), (1, FILES - 1));
    assert_eq!(served.wharf("agb", ["files", "cat", &format!("{target}/d0/f0")]).run().ok().stdout(), "old");
    for (how, skipped) in [("update", FILES - 1), ("skip", FILES), ("overwrite", 0)] {
        let again = wharf(&served, &["files", "upload", "in", &target, "--if-exists", how]);
        assert_eq!(column(again.ok(), "status", "skipped"), skipped, "{how}");
    }
    let down = wharf(&served, &["files", "download", &target, "out"]);
    assert_eq!(column(down.ok(), "status", "copied"), FILES);
    fs::remove_file(sandbox.path("out/run.sh")).unwrap();
    let again = wharf(&served, &["files", "download", &target, "out", "--if-exists", "skip"]);
    assert_eq!((column(again.ok(), "status", "skipped"), column(&again, "status", "copied")), (FILES - 1, 1));
}

#[test]
fn whether_files_exist_is_asked_for_together() {
    let sandbox = Sandbox::new();
    write_files(&sandbox);
    let (served, id) = serve(&sandbox, &[]);
    let target = format!("{id}:/tmp/d");
    wharf(&served, &["files", "upload", "in", &target]).ok();
    for how in ["skip", "update"] {
        wharf(&served, &["files", "rm", &format!("{target}/d0/f0")]).ok();
        let before = requests(&sandbox);
        let again = wharf(&served, &["files", "upload", "in", &target, "--if-exists", how]);
        assert_eq!(
            (column(again.ok(), "status", "skipped"), column(&again, "status", "copied")),
            (FILES - 1, 1),
            "{how}"
        );
        let asked = requests(&sandbox) - before;
        assert!(asked * 10 <= FILES * 3, "{how}: {asked} requests for {FILES} files");
    }
}

#[test]
fn the_files_of_a_sync_travel_in_bundles() {
    let sandbox = Sandbox::new();
    write_files(&sandbox);
    let (served, id) = serve(&sandbox, &[]);
    let target = format!("{id}:/tmp/d");
    let sync = |from: &str, to: &str, copied: usize| {
        let before = requests(&sandbox);
        let run = wharf(&served, &["files", "sync", from, to]);
        assert_eq!((column(run.ok(), "status", "copied"), column(&run, "status", "skipped")), (copied, FILES - copied));
        assert_eq!(column(&run, "verified", "sha256"), copied);
        requests(&sandbox) - before
    };
    let sent = sync("in", &target, FILES);
    // Both sides are listed before.
    assert!(sent * 10 <= FILES * 4, "{sent} requests for {FILES} files");
    // Each directory is listed with one request.
    let received = sync(&target, "out", FILES) - 4;
    assert!(received * 10 <= FILES * 4, "{received} requests for {FILES} files");
    assert_eq!(sandbox.tree("out"), sandbox.tree("in"));
    for number in 0..FILES / 2 {
        sandbox.write(format!("in/d{}/f{number}", number % 3), format!("changed {number}\n"));
    }
    let sent = sync("in", &target, FILES / 2);
    assert!(sent * 10 <= FILES * 4, "{sent} requests for {FILES} files");
    sync("in", &target, 0);
    sync(&target, "out", FILES / 2);
    sync(&target, "out", 0);
    assert!(temporary(&served, &id).is_empty());
}

#[test]
fn small_files_of_an_archive_travel_in_bundles() {
    let sandbox = Sandbox::new();
    write_files(&sandbox);
    // One that is read while it is sent.
    sandbox.write("in/large", vec![7; 200_000]);
    let (served, id) = serve(&sandbox, &[]);
    let target = format!("{id}:/tmp/d");
    let before = requests(&sandbox);
    let line = format!("rm in/new* && tar cf - -C in . | $WHARF files upload - {target}/ --untar --format json");
    let up = sandbox.shell(&line, Some((&served, "agb"))).run();
    assert_eq!((column(up.ok(), "status", "copied"), column(&up, "verified", "sha256")), (FILES, FILES - 1));
    let sent = requests(&sandbox) - before;
    assert!(sent * 10 <= FILES * 6, "{sent} requests for {FILES} files");
    wharf(&served, &["files", "download", &target, "out"]).ok();
    assert_eq!(sandbox.tree("out"), sandbox.tree("in"));
    assert_eq!(fs::read(sandbox.path("out/large")).unwrap(), vec![7; 200_000]);
}

#[test]
fn a_bundle_in_trouble_loses_no_file() {
    for fault in [
        "tools.call.shell:reset@end x1 skip=2",
        "tools.call.shell:reset x1 skip=2",
        "tools.call.shell:500 x1 skip=3",
        "tools.call.shell:result=text",
        "tools.call.shell:result=no-status",
        "contexts.sync:sync=failed x1",
        "contexts.sync:sync=partial x1",
        "contexts.sync:sync=missing x1",
        "files.upload:503",
        "files.download:truncate@50% x1",
        "files.download:503",
        "contexts.upload_url:500",
        "contexts.download_url:500",
    ] {
        let sandbox = Sandbox::new();
        let outside = sandbox.write("outside", "sentinel");
        write_dozen(&sandbox);
        let (served, id) = serve(&sandbox, &["--fault", fault]);
        let target = format!("{id}:/tmp/d");
        let retries = ["--retries", "1"];
        let up = wharf(&served, &[&["files", "upload", "in", &target][..], &retries].concat());
        assert_eq!(column(up.ok(), "status", "copied"), 12, "{fault}");
        let down = wharf(&served, &[&["files", "download", &target, "out"][..], &retries].concat());
        assert_eq!(column(down.ok(), "status", "copied"), 12, "{fault}");
        assert_eq!(sandbox.tree("out"), sandbox.tree("in"), "{fault}");
        for number in 0..12 {
            assert_eq!(sandbox.read(format!("out/f{number}")), format!("content {number}\n"), "{fault}");
        }
        assert_eq!(temporary(&served, &id), Vec::<String>::new(), "{fault}");
        assert_eq!(fs::read_to_string(outside).unwrap(), "sentinel");
    }
}

#[test]
fn a_source_that_vanished_fails_alone() {
    let sandbox = Sandbox::new();
    write_files(&sandbox);
    // It cannot be opened; its length is that of another process's memory.
    symlink("/proc/self/mem", sandbox.path("in/odd")).unwrap();
    let (served, id) = serve(&sandbox, &[]);
    let up = wharf(&served, &["files", "upload", "in", &format!("{id}:/tmp/d"), "--links", "follow"]);
    let receipts = up.json();
    let failed: Vec<&Value> = receipts.as_array().unwrap().iter().filter(|one| one["status"] == "failed").collect();
    assert_eq!((failed.len(), column(&up, "status", "copied")), (1, FILES), "{failed:?}");
}

#[test]
fn an_interrupted_upload_is_reported_for_each_file() {
    let sandbox = Sandbox::new();
    write_files(&sandbox);
    let (served, id) = serve(&sandbox, &["--fault", "contexts.status:latency=2s x1"]);
    let target = format!("{id}:/tmp/d");
    let running = served.wharf("agb", ["files", "upload", "in", &target, "--format", "json"]).start();
    wait_until("the sync", || sandbox.read("requests.log").contains("contexts.sync"));
    running.signal(Signal::INT);
    let run = running.finish();
    assert_eq!(column(run.code(130), "status", "failed"), FILES);
    wait_until("the end of the clean-up", || temporary(&served, &id).is_empty());
}

#[test]
fn an_interrupted_download_leaves_nothing_in_the_session() {
    let sandbox = Sandbox::new();
    write_files(&sandbox);
    sandbox.write("large", vec![0; 1 << 20]);
    let (served, id) = serve(&sandbox, &["--fault", "contexts.status:latency=600ms skip=2"]);
    let (target, large) = (format!("{id}:/tmp/d"), format!("{id}:/tmp/large"));
    wharf(&served, &["files", "upload", "in", &target]).ok();
    wharf(&served, &["files", "upload", "large", &large]).ok();
    let syncs = || sandbox.read("requests.log").matches("contexts.sync").count();
    for args in [&["download", &target, "out"], &["sync", &target, "out"], &["download", &large, "out/large"]] {
        for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
            let before = syncs();
            let running = served.wharf("agb", [&["files"][..], args].concat()).start();
            wait_until("the sync", || syncs() > before);
            running.signal(signal);
            running.finish().code(code);
            assert_eq!(temporary(&served, &id), Vec::<String>::new(), "{args:?}");
        }
    }
}

#[test]
fn work_that_begins_after_an_interrupt_is_cleaned_up_as_well() {
    let sandbox = Sandbox::new();
    write_files(&sandbox);
    let [waits, goes] = ["waits", "goes"].map(|name| sandbox.path(name));
    let (served, id) = serve(&sandbox, &[]);
    let target = format!("{id}:/tmp/d");
    wharf(&served, &["files", "upload", "in", &target]).ok();
    let script = format!(
        ": >'{}'; while [ ! -e '{}' ]; do sleep 0.01; done; exec /bin/mkdir \"$@\"",
        waits.display(),
        goes.display()
    );
    write_program(&sandbox, "mkdir", &script);
    let running = served.wharf("agb", ["files", "download", &target, "out"]).start();
    wait_until("the start of the work", || waits.exists());
    let before = requests(&sandbox);
    running.signal(Signal::INT);
    // The object and the paths are removed.
    wait_until("the first clean-up", || requests(&sandbox) >= before + 2);
    fs::write(goes, "").unwrap();
    running.finish().code(130);
    assert_eq!(temporary(&served, &id), Vec::<String>::new());
}

#[test]
fn a_bundle_whose_programs_fail_loses_no_file() {
    let sandbox = Sandbox::new();
    write_dozen(&sandbox);
    let (served, id) = serve(&sandbox, &[]);
    let programs = ["tar", "sha256sum", "stat", "head", "mkdir", "cat", "chmod", "mv"];
    for keep in ["overwrite", "error"] {
        for (number, name) in programs.iter().enumerate().filter(|(_, name)| keep == "overwrite" || **name != "cat") {
            let target = format!("{id}:/tmp/{keep}{number}");
            wharf(&served, &["files", "mkdir", &target]).ok();
            write_program(&sandbox, name, "exit 1");
            let args = ["files", "upload", "in", &target, "--if-exists", keep, "-v", "--format", "json"];
            let up = served.wharf("agb", args).run();
            fs::remove_file(sandbox.path("bin").join(name)).unwrap();
            if *name == "mv" {
                // Single files are moved by it as well.
                up.code(8).says(&["moving the file to its path", "exit status 1"]);
                let receipts = up.json();
                let kinds = receipts.as_array().unwrap().iter().map(|receipt| &receipt["error"]["kind"]);
                assert!(kinds.clone().all(|kind| kind == "unavailable"), "{keep}: {receipts}");
            } else {
                assert_eq!(column(up.ok(), "status", "copied"), 12, "{keep}, {name}");
                assert_eq!(
                    up.stderr().contains("12 files go one by one"),
                    *name != "chmod",
                    "{keep}, {name}: {}",
                    up.stderr()
                );
            }
            assert!(!up.stderr().contains("()"), "{keep}, {name}: {}", up.stderr());
            assert_eq!(temporary(&served, &id), Vec::<String>::new(), "{keep}, {name}");
            let down = wharf(&served, &["files", "download", &target, "out"]);
            assert_eq!(down.ok().json().as_array().unwrap().len(), if *name == "mv" { 0 } else { 12 });
        }
    }
}

#[test]
fn a_mode_that_cannot_be_kept_fails_its_file() {
    let sandbox = Sandbox::new();
    write_dozen(&sandbox);
    let (served, id) = serve(&sandbox, &[]);
    let target = format!("{id}:/tmp/d");
    wharf(&served, &["files", "upload", "in", &target]).ok();
    served.wharf("agb", ["exec", &id, "-w", "/tmp/d", "--", "chmod", "600", "f3"]).run().ok();
    sandbox.write("in/f3", "new");
    write_program(&sandbox, "chmod", "exit 1");
    let up = wharf(&served, &["files", "upload", "in", &target]);
    assert_eq!((column(up.code(10), "status", "failed"), column(&up, "status", "copied")), (1, 11));
    up.says(&["stat or chmod: exit status 1"]);
    assert_eq!(served.wharf("agb", ["files", "cat", &format!("{target}/f3")]).run().ok().stdout(), "content 3\n");
}
