//! A store that is old, broken, read-only, or on a file system that is not enough for it: a clear
//! word, the right code, and nothing lost.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use crate::sandbox::{Call, Mounts, Sandbox, tree};

/// A sandbox whose store has a session with a file and a mount, and a stored file.
fn stage() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    sandbox.put("s1:/dir/precious", "precious");
    let id = sandbox.stored("x", "stored");
    sandbox.run(["resources", "add", "s1", &format!("{id}:/mnt/x")]).ok();
    sandbox.write("f", "new");
    sandbox
}

/// Every regular file of a store but the database and what is known of sizes, with its bytes.
fn files(store: &Path) -> Vec<(String, Vec<u8>)> {
    let all = ["sessions", "store"]
        .into_iter()
        .flat_map(|room| tree(&store.join(room)).into_iter().map(move |name| format!("{room}/{name}")));
    all.filter(|name| !name.ends_with('/')).map(|name| (name.clone(), fs::read(store.join(name)).unwrap())).collect()
}

#[test]
fn an_older_store_is_taken_over_with_all_that_is_in_it() {
    for format in [
        include_str!("../data/store/format-1.sql"),
        include_str!("../data/store/format-2.sql"),
        include_str!("../data/store/format-3.sql"),
        include_str!("../data/store/format-4.sql"),
    ] {
        take_over(format);
    }
}

fn take_over(format: &str) {
    let sandbox = Sandbox::new();
    let store = sandbox.store();
    let sha256 = "2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806";
    for name in ["sessions/old/dir/one", "sessions/old/mnt/one", &format!("store/2c/{sha256}")] {
        fs::create_dir_all(store.join(name).parent().unwrap()).unwrap();
        fs::write(store.join(name), "one\n").unwrap();
    }
    let database = Connection::open(store.join("wharf.db")).unwrap();
    database.execute_batch(format).unwrap();
    drop(database);
    // Many at once: one of them takes it over.
    let runs: Vec<_> = (0..20).map(|_| sandbox.wharf(["sessions", "get", "old"]).start()).collect();
    for run in runs {
        let run = run.finish();
        assert_eq!((run.ok().at("/title"), run.at("/labels/team")), ("An old one".into(), "blue".into()));
    }
    assert_eq!(sandbox.cat("old:/dir/one"), "one\n");
    assert_eq!(sandbox.run(["files", "cat", "file_9a184cf4186eec686d3201c4"]).ok().stdout(), "one\n");
    assert_eq!(sandbox.run(["resources", "list", "old"]).ok().column("mount_path"), ["/mnt/one"]);
    sandbox.run(["resources", "delete", "old", "--mount-path", "/mnt/one"]).ok();
    sandbox.run(["doctor"]).ok();
    sandbox.run(["sessions", "delete", "old"]).ok();
    assert!(sandbox.run(["sessions", "list", "-q"]).ok().stdout().is_empty());
}

/// What happens to a database's bytes.
type Damage = fn(Vec<u8>) -> Vec<u8>;

#[test]
fn a_damaged_database_is_reported_and_costs_no_file() {
    let damage: [(&str, Damage); 4] = [
        ("no header", |mut bytes| {
            bytes[..100].fill(0);
            bytes
        }),
        ("a page of noise", |mut bytes| {
            bytes[4096..12_288].fill(0xa5);
            bytes
        }),
        ("half of it", |bytes| bytes[..bytes.len() / 2 + 7].to_vec()),
        ("something else", |_| b"this is a shopping list\n".repeat(400)),
    ];
    for (what, damaged) in damage {
        let sandbox = stage();
        let database = sandbox.store().join("wharf.db");
        let whole = fs::read(&database).unwrap();
        fs::write(&database, damaged(whole)).unwrap();
        let before = files(&sandbox.store());
        assert_eq!(before.len(), 3);

        let commands: [&[&str]; 7] = [
            &["sessions", "list"],
            &["sessions", "create"],
            &["sessions", "create", "--id", "s1"],
            &["sessions", "delete", "s1"],
            &["files", "upload", "f", "s1:/dir/precious"],
            &["files", "rm", "-r", "s1:/dir"],
            &["files", "ls", "s1:/"],
        ];
        for args in commands {
            sandbox
                .run(args)
                .code(12)
                .says(&["hint: no file was changed; `wharf doctor` reports what can be recovered"]);
        }
        let doctor = sandbox.run(["doctor", "--format=json"]);
        let checks = doctor.code(10).json();
        let found = checks.as_array().unwrap().iter().find(|check| check["check"] == "directories").unwrap();
        let (detail, hint) = (found["detail"].as_str().unwrap(), found["hint"].as_str().unwrap());
        assert!(
            detail.contains("can be recovered: 1 with 2 files of 14 bytes") && detail.ends_with(": s1"),
            "{detail}"
        );
        assert!(hint.contains("move `wharf.db*` away"), "{hint}");
        assert_eq!(files(&sandbox.store()), before, "{what}");

        // What the hint says works: a new database, and the files come into a new session.
        for name in ["wharf.db", "wharf.db-wal", "wharf.db-shm"] {
            drop(fs::remove_file(sandbox.store().join(name)));
        }
        sandbox.run(["sessions", "create", "--id", "s2"]).ok();
        let old = sandbox.store().join("sessions/s1");
        sandbox.run(["files", "upload", old.to_str().unwrap(), "s2:/"]).ok();
        assert_eq!(sandbox.cat("s2:/dir/precious"), "precious");
        let doctor = sandbox.run(["doctor"]);
        doctor.code(10).says(&["belong to no session", "s1"]);
    }
}

#[test]
fn a_database_of_something_else_is_left_alone() {
    let sandbox = Sandbox::new();
    fs::create_dir_all(sandbox.store()).unwrap();
    let at = sandbox.store().join("wharf.db");
    let other = Connection::open(&at).unwrap();
    other.execute_batch("CREATE TABLE mine (x); INSERT INTO mine VALUES (1);").unwrap();
    sandbox.run(["sessions", "create"]).code(12).says(&["not a database of wharf", "hint: "]);
    assert_eq!(other.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)), Ok(1));
}

/// The command line, on a store somewhere else.
fn on(sandbox: &Sandbox, store: &Path, args: &[&str]) -> Call {
    sandbox.wharf(args).env("WHARF_HOME", store)
}

#[test]
fn a_read_only_store_is_an_error_of_the_disk_and_stays_as_it_is() {
    let sandbox = stage();
    let disk = sandbox.path("disk");
    let mounts = Mounts::tmpfs(&disk, "size=20m");
    let store = disk.join("store");
    let mounted = |script: &str| mounts.run(&format!("cd '{}' && {script}", disk.display()));
    mounted(&format!("cp -r '{}' store && mount -o remount,bind,ro \"$PWD\"", sandbox.store().display()));
    let files = || mounted("find store -type f ! -name '*.db-*' -exec sha256sum {} +");
    let on = |store: &Path, args: &[&str]| mounts.with(on(&sandbox, store, args)).run();
    let before = files();
    assert!(before.contains("sessions/s1/dir/precious"), "{before}");
    let commands: [&[&str]; 7] = [
        &["sessions", "list"],
        &["sessions", "create"],
        &["sessions", "delete", "s1"],
        &["files", "upload", "f", "s1:/dir/precious"],
        &["files", "upload", "f"],
        &["files", "rm", "-r", "s1:/dir"],
        &["files", "mkdir", "s1:/new"],
    ];
    for args in commands {
        on(&store, args).code(12).says(&["hint: "]);
    }
    on(&disk.join("new"), &["sessions", "list"]).code(12).says(&["read-only", "hint: set WHARF_HOME"]);
    assert_eq!(files(), before);
    mounted("mount -o remount,bind,rw \"$PWD\"");
    on(&store, &["files", "upload", "f", "s1:/dir/precious"]).ok();
    on(&store, &["doctor"]).ok();
}

/// A library that takes something away from the system, built from `tests/data`.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn library(sandbox: &Sandbox, name: &str) -> std::path::PathBuf {
    let library = sandbox.path(format!("{name}.so"));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/{name}.c"));
    let built = std::process::Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(source).status();
    assert!(built.unwrap().success(), "the C compiler that SQLite needs anyway");
    library
}

#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn where_no_thread_can_be_started_a_command_needs_none_or_says_so() {
    let sandbox = stage();
    let library = library(&sandbox, "no-threads");
    let fifo = sandbox.fifo("fifo");
    sandbox.write("large", vec![b'x'; 40 << 20]);
    let with = |most: &str, args: &[&str]| sandbox.wharf(args).env("LD_PRELOAD", &library).env("MOST_THREADS", most);
    let says = "no more threads can be started";
    with("0", &["sessions", "list"]).run().code(12).says(&[says, "hint: "]);
    // One is what waits for signals.
    with("1", &["files", "upload", "large", "s1:/large"]).run().ok();
    with("1", &["--timeout", "1m", "sessions", "list"]).run().ok();
    with("1", &["files", "upload", "-", "s1:/piped"]).stdin("x").run().code(12).says(&[says]);
    with("1", &["sessions", "create", "--body", "fifo"]).run().code(12).says(&[says]);
    with("1", &["files", "upload", "f", "s1:/f", "--ignore-file", "fifo"]).run().code(12).says(&[says]);
    with("0", &["sessions", "list"]).env("WHARF_CONFIG", &fifo).run().code(12).says(&[says]);
    let foundry =
        ["-b", "foundry", "--agent", "a", "--base-url", "http://localhost:9/api/projects/p", "--token-file", "fifo"];
    with("1", &[&foundry[..], &["sessions", "list"]].concat()).run().code(12).says(&[says]);
    // A name is looked up in a thread; nothing is asked, because there is none.
    let anthropic = ["-b", "anthropic", "--base-url", "https://wharf.invalid", "--retries", "0", "sessions", "list"];
    with("1", &anthropic).env("ANTHROPIC_API_KEY", "k").run().code(8).says(&[says]);
}

#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn a_store_without_locks_or_shared_memory_is_refused_at_once() {
    let sandbox = stage();
    let library = library(&sandbox, "no-locks");
    let before = files(&sandbox.store());
    for lacking in ["NO_LOCKS", "NO_SHARED_MEMORY"] {
        let run = |args: &[&str]| sandbox.wharf(args).env("LD_PRELOAD", &library).env(lacking, "1").run();
        let commands: [&[&str]; 5] = [
            &["sessions", "list"],
            &["sessions", "create"],
            &["files", "upload", "f", "s1:/dir/precious"],
            &["files", "rm", "-r", "s1:/dir"],
            &["sessions", "delete", "s1"],
        ];
        for args in commands {
            run(args).code(12).says(&["hint: a network file system may lack locks or shared memory"]);
        }
        let new = sandbox.path("new");
        let run = on(&sandbox, &new, &["sessions", "create"]).env("LD_PRELOAD", &library).env(lacking, "1").run();
        run.code(12).says(&["choose a WHARF_HOME on a local disk"]);
    }
    assert_eq!(files(&sandbox.store()), before);
    sandbox.run(["doctor"]).ok();
}

#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn a_download_needs_no_locks_where_it_goes() {
    let sandbox = stage();
    let library = library(&sandbox, "no-locks");
    // The store's own locks hold: only what lies in this directory cannot be locked.
    let to = sandbox.path("to");
    fs::create_dir(&to).unwrap();
    let run = sandbox
        .wharf(["files", "download", "s1:/dir", "to"])
        .env("LD_PRELOAD", &library)
        .env("NO_LOCKS_BELOW", to.canonicalize().unwrap())
        .run();
    run.ok();
    assert_eq!(sandbox.read("to/precious"), "precious");
    assert_eq!(sandbox.tree("to"), ["precious"]);
}

#[test]
fn content_that_a_killed_process_left_without_a_name_is_removed() {
    let sandbox = stage();
    let sha256 = |byte: u8| format!("{byte:02x}").repeat(32);
    let place = |sha256: &str| sandbox.store().join(format!("store/{}/{sha256}", &sha256[..2]));
    for byte in [1, 2] {
        let place = place(&sha256(byte));
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, "left").unwrap();
    }
    // Of the first, a mark of the dead process says that it may have no name.
    fs::write(sandbox.store().join(format!("tmp/.wharf-0123456789abcdef.{}", sha256(1))), "").unwrap();
    let id = sandbox.stored("y", "stored");
    assert!(!place(&sha256(1)).exists());
    assert!(place(&sha256(2)).exists(), "content without a mark stays");
    assert!(sandbox.unfinished().is_empty());
    // A mark of content that has a name costs only the mark.
    let stored = sandbox.run(["files", "stat", &id, "--transform", "provider.sha256", "-r"]);
    let stored = stored.ok().stdout().trim_end();
    fs::write(sandbox.store().join(format!("tmp/.wharf-0123456789abcdef.{stored}")), "").unwrap();
    sandbox.run(["files", "rm", &sandbox.stored("z", "other")]).ok();
    assert!(sandbox.unfinished().is_empty());
    assert_eq!(sandbox.run(["files", "cat", &id]).ok().stdout(), "stored");
}
