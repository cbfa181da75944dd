//! The local store under load and under sudden death: many processes at once, and none of them
//! sure to live. Each check looks at what a user could see, and at what must not be left behind.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that cannot set its stage has failed")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Duration;

struct Store {
    root: tempfile::TempDir,
}

impl Store {
    fn new() -> Self {
        Store { root: tempfile::tempdir().unwrap() }
    }

    fn path(&self, below: &str) -> PathBuf {
        self.root.path().join(below)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wharf"));
        command.args(args).env_clear().env("HOME", self.root.path()).env("WHARF_HOME", self.path("store"));
        command.current_dir(self.root.path()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn start(&self, args: &[&str]) -> Child {
        self.command(args).spawn().unwrap()
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    #[track_caller]
    fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn lines(&self, args: &[&str]) -> BTreeSet<String> {
        self.ok(args).lines().map(str::to_owned).collect()
    }

    /// Nothing is unfinished once a command has swept.
    fn assert_clean(&self) {
        self.ok(&["sessions", "create", "--id", "sweeper"]);
        self.ok(&["sessions", "delete", "sweeper"]);
        let left: Vec<_> = fs::read_dir(self.path("store/tmp")).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(left.is_empty(), "{left:?}");
        let directories: BTreeSet<String> = fs::read_dir(self.path("store/sessions"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(directories, self.lines(&["sessions", "list", "-q"]), "directories and sessions");
    }
}

/// The exit codes of all, which ran at the same time.
fn codes(children: Vec<Child>) -> Vec<i32> {
    children.into_iter().map(|child| child.wait_with_output().unwrap().status.code().unwrap()).collect()
}

fn content(tag: usize, size: usize) -> Vec<u8> {
    let line = format!("{tag:08}\n");
    line.bytes().cycle().take(size).collect()
}

/// Whether bytes are one whole content, and of which tag.
fn tag_of(bytes: &[u8], size: usize) -> Option<usize> {
    let tag = std::str::from_utf8(bytes.get(..8)?).ok()?.parse().ok()?;
    (bytes == content(tag, size)).then_some(tag)
}

/// Bytes of what many write at once.
const SIZE: usize = 300_000;

#[test]
fn two_hundred_processes_lose_nothing() {
    let store = Store::new();
    // The store does not exist yet: all processes try to create it.
    let ids: Vec<String> = (0..100).map(|n| format!("s{n:03}")).collect();
    let all = codes(ids.iter().chain(&ids).map(|id| store.start(&["sessions", "create", "--id", id])).collect());
    assert_eq!(all.iter().filter(|code| **code == 0).count(), 100, "each name once: {all:?}");
    assert_eq!(all.iter().filter(|code| **code == 5).count(), 100, "the second is a conflict: {all:?}");
    assert_eq!(store.lines(&["sessions", "list", "-q"]), ids.iter().cloned().collect());

    for n in 0..8 {
        fs::write(store.path(&format!("f{n}")), content(n, SIZE)).unwrap();
    }
    let id = store.ok(&["files", "upload", "f0", "-q"]).trim().to_owned();
    let mut children = Vec::new();
    for n in 0..200 {
        let source = format!("f{}", n % 8);
        let own = format!("s000:/own/{n}");
        let mount = format!("{id}:/mnt/{n}");
        children.push(match n % 5 {
            0 | 1 => store.start(&["files", "upload", &source, "s000:/same"]),
            2 => store.start(&["files", "upload", &source, &own]),
            3 => store.start(&["files", "ls", "s000:/", "-R"]),
            _ => store.start(&["resources", "add", "s000", &mount]),
        });
    }
    assert!(codes(children).iter().all(|code| *code == 0));
    assert!(tag_of(&fs::read(store.path("store/sessions/s000/same")).unwrap(), SIZE).is_some());
    assert_eq!(store.lines(&["files", "ls", "s000:/own", "-q"]).len(), 40);
    assert_eq!(store.lines(&["resources", "list", "s000", "-q"]).len(), 40);

    let children = ids.iter().chain(&ids).map(|id| store.start(&["sessions", "delete", id])).collect();
    let mut all = codes(children);
    all.sort_unstable();
    assert_eq!((all.first(), all.get(99), all.get(100), all.last()), (Some(&0), Some(&0), Some(&4), Some(&4)));
    assert!(store.lines(&["sessions", "list", "-q"]).is_empty());
    store.assert_clean();
}

#[test]
fn a_deleted_session_does_not_come_back_under_its_writers() {
    let store = Store::new();
    fs::write(store.path("f"), content(1, 200_000)).unwrap();
    for round in 0..12 {
        store.ok(&["sessions", "create", "--id", "s1"]);
        let writers: Vec<_> = (0..6).map(|n| store.start(&["files", "upload", "f", &format!("s1:/{n}")])).collect();
        thread::sleep(Duration::from_millis(round * 2));
        let deleted = store.run(&["sessions", "delete", "s1"]);
        assert!(deleted.status.success(), "{}", String::from_utf8_lossy(&deleted.stderr));
        for code in codes(writers) {
            assert!(matches!(code, 0 | 4 | 5), "{code}");
        }
        assert_eq!(store.run(&["sessions", "get", "s1"]).status.code(), Some(4));
        assert!(!store.path("store/sessions/s1").exists());
    }
    store.assert_clean();
}

/// What a killed operation may leave: the old state or the new one.
struct KilledOperation {
    args: Vec<String>,
    check: fn(&Store),
}

const BIG: usize = 3_000_000;
/// Files in the tree, which are in four directories.
const TREE: usize = 40;

fn is_old_or_new(path: &Path) {
    let bytes = fs::read(path).unwrap();
    assert!(tag_of(&bytes, BIG).is_some(), "{} holds half a file of {} bytes", path.display(), bytes.len());
}

fn blows(round: usize, id: &str) -> KilledOperation {
    let args = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    match round % 6 {
        0 => KilledOperation {
            args: args(&["files", "upload", if round.is_multiple_of(4) { "new" } else { "old" }, "s1:/target"]),
            check: |store| is_old_or_new(&store.path("store/sessions/s1/target")),
        },
        1 => KilledOperation {
            args: args(&["files", "download", "s1:/target", "fetched"]),
            check: |store| is_old_or_new(&store.path("fetched")),
        },
        2 => KilledOperation {
            args: args(&["resources", "add", "s1", &format!("{id}:/mnt/{round}")]),
            check: |store| {
                let mounted = store.lines(&["resources", "list", "s1", "--transform", "mount_path", "-r"]);
                for path in &mounted {
                    is_old_or_new(&store.path("store/sessions/s1").join(path.trim_start_matches('/')));
                }
                let files = store.run(&["files", "ls", "s1:/mnt", "--transform", "path", "-r"]);
                let files = String::from_utf8(files.stdout).unwrap().lines().map(str::to_owned).collect();
                assert_eq!(mounted, files, "each mount has its file, and each file its mount");
            },
        },
        3 if round % 4 == 3 => KilledOperation {
            args: args(&["sessions", "create", "--id", "s3", "--resource", id]),
            check: |store| {
                let there = store.run(&["files", "ls", "s3:/", "-q"]);
                let whole = String::from_utf8_lossy(&there.stdout).lines().count() == 1;
                assert!(there.status.code() == Some(4) || whole, "half a session");
                store.ok(&["sessions", "delete", "s3", "--missing-ok"]);
                store.ok(&["sessions", "create", "--id", "s3"]);
                store.ok(&["sessions", "delete", "s3"]);
            },
        },
        3 => KilledOperation {
            args: args(&["files", "mv", "s1:/from", "s1:/to"]),
            check: |store| {
                let names = store.lines(&["files", "ls", "s1:/", "-q"]);
                assert_eq!(names.contains("s1:/from"), !names.contains("s1:/to"), "{names:?}");
                store.run(&["files", "mv", "s1:/to", "s1:/from"]);
            },
        },
        4 => KilledOperation {
            args: args(&["files", "rm", "-r", "s1:/tree"]),
            check: |store| {
                let left = store.run(&["files", "ls", "s1:/tree", "-R", "-q"]);
                let count = String::from_utf8_lossy(&left.stdout).lines().count();
                assert!(left.status.code() == Some(4) || count == TREE + 4, "{count} of the tree are left");
                store.ok(&["files", "upload", "tree", "s1:/tree", "-q"]);
            },
        },
        _ => KilledOperation {
            args: args(&["sessions", "delete", "s2"]),
            check: |store| {
                let there = store.run(&["files", "ls", "s2:/", "-R", "-q"]);
                let count = String::from_utf8_lossy(&there.stdout).lines().count();
                assert!(there.status.code() == Some(4) || count == TREE + 5, "{count} of the session are left");
                if !there.status.success() {
                    store.ok(&["sessions", "create", "--id", "s2"]);
                    store.ok(&["files", "upload", "tree", "s2:/tree", "-q"]);
                }
            },
        },
    }
}

/// Times spread over the life of a command, the same in each run.
struct Times(u64);

impl Default for Times {
    fn default() -> Self {
        Times(0x2545_F491_4F6C_DD1D)
    }
}

impl Times {
    fn next(&mut self) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        Duration::from_micros(self.0 % 45_000)
    }
}

#[test]
fn three_hundred_sudden_deaths_leave_the_old_or_the_new() {
    let store = Store::new();
    fs::write(store.path("old"), content(1, BIG)).unwrap();
    fs::write(store.path("new"), content(2, BIG)).unwrap();
    fs::write(store.path("fetched"), content(1, BIG)).unwrap();
    for n in 0..TREE {
        let path = store.path(&format!("tree/{}/{n}", n % 4));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "x").unwrap();
    }
    for id in ["s1", "s2"] {
        store.ok(&["sessions", "create", "--id", id]);
        store.ok(&["files", "upload", "tree", &format!("{id}:/tree"), "-q"]);
    }
    store.ok(&["files", "upload", "old", "s1:/target"]);
    store.ok(&["files", "upload", "tree/0/0", "s1:/from"]);
    let id = store.ok(&["files", "upload", "old", "-q"]).trim().to_owned();
    let mut times = Times::default();
    let mut killed = 0;
    for round in 0..300 {
        let blow = blows(round, &id);
        let words: Vec<&str> = blow.args.iter().map(String::as_str).collect();
        let mut child = store.start(&words);
        thread::sleep(times.next());
        killed += i32::from(child.try_wait().unwrap().is_none());
        let _ = child.kill();
        child.wait().unwrap();
        (blow.check)(&store);
        if round % 50 == 49 {
            let mounted = store.lines(&["resources", "list", "s1", "-q"]);
            if !mounted.is_empty() {
                let ids = mounted.iter().map(String::as_str);
                store.ok(&["resources", "delete", "s1"].into_iter().chain(ids).collect::<Vec<_>>());
            }
        }
    }
    assert!(killed > 60, "only {killed} of 300 were killed in time: the test tests nothing");
    store.assert_clean();
    store.ok(&["doctor"]);
}

#[test]
fn sudden_deaths_in_the_file_store_leave_no_content_without_a_name() {
    let store = Store::new();
    let mut times = Times::default();
    for round in 0..80 {
        fs::write(store.path("f"), content(round, BIG)).unwrap();
        let stored = store.lines(&["files", "ls", "-q"]);
        let words = match stored.first() {
            Some(id) if round % 2 == 1 => vec!["files", "rm", id],
            _ => vec!["files", "upload", "f"],
        };
        let mut child = store.start(&words);
        thread::sleep(times.next());
        let _ = child.kill();
        child.wait().unwrap();
        for id in store.lines(&["files", "ls", "-q"]) {
            let bytes = store.run(&["files", "cat", &id]).stdout;
            assert!(tag_of(&bytes, BIG).is_some(), "{id} holds half a file of {} bytes", bytes.len());
        }
    }
    store.assert_clean();
    let contents = |store: &Store| {
        let shelves = fs::read_dir(store.path("store/store")).unwrap().map(|shelf| shelf.unwrap().path());
        let all = shelves.flat_map(|shelf| fs::read_dir(shelf).unwrap()).map(|entry| entry.unwrap().file_name());
        all.map(|name| name.into_string().unwrap()).collect::<BTreeSet<_>>()
    };
    assert_eq!(contents(&store), store.lines(&["files", "ls", "--transform", "provider.sha256", "-r"]));
}

#[test]
fn a_store_of_a_newer_format_is_refused_and_left_as_it_is() {
    let store = Store::new();
    store.ok(&["sessions", "create", "--id", "s1"]);
    let database = store.path("store/wharf.db");
    let format = |version: i64| {
        let connection = rusqlite::Connection::open(&database).unwrap();
        connection.pragma_update(None, "user_version", version).unwrap();
    };
    let ours: i64 = {
        let connection = rusqlite::Connection::open(&database).unwrap();
        connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
    };
    format(99);
    for args in [&["sessions", "list"][..], &["sessions", "create", "--id", "s2"], &["files", "ls"]] {
        let refused = store.run(args);
        assert_eq!(refused.status.code(), Some(12), "{args:?}");
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(said.contains("newer wharf, in format 99") && said.contains("hint: "), "{said}");
    }
    format(ours);
    assert_eq!(store.lines(&["sessions", "list", "-q"]), BTreeSet::from(["s1".to_owned()]));
}

#[test]
fn a_lost_database_costs_no_file() {
    let store = Store::new();
    fs::write(store.path("f"), "precious").unwrap();
    for id in ["s1", "s2"] {
        store.ok(&["sessions", "create", "--id", id]);
        store.ok(&["files", "upload", "f", &format!("{id}:/f")]);
    }
    for name in ["wharf.db", "wharf.db-wal", "wharf.db-shm"] {
        let _ = fs::remove_file(store.path("store").join(name));
    }
    let refused = store.run(&["sessions", "create", "--id", "s1"]);
    assert_eq!(refused.status.code(), Some(5), "a name that is in the way is not taken over");
    store.ok(&["sessions", "create", "--id", "s3"]);
    store.ok(&["sessions", "delete", "s3"]);
    for id in ["s1", "s2"] {
        let path = store.path("store/sessions").join(id).join("f");
        assert_eq!(fs::read_to_string(path).unwrap(), "precious");
    }
}
