//! Another program that is fast: while a command runs, what it looks at is exchanged, thousands of
//! times, for a link that leads out, a FIFO, a socket or a device. Nothing outside may be read or
//! changed, nothing may be waited for, and nothing may be left behind.

#![cfg(unix)]
#![allow(
    dead_code,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests set their own stage, which they share with `tests/cli`, and a panic is how they fail"
)]

#[path = "cli/mask.rs"]
mod mask;
#[path = "cli/outside.rs"]
mod outside;
#[path = "cli/sandbox.rs"]
mod sandbox;

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags, RenameFlags};

use outside::{Outside, assert_no_secret, assert_silent};
use sandbox::Sandbox;

/// How long each test goes on.
const LONG: Duration = Duration::from_secs(11);

/// How a command may end: done, nothing there, something in the way, no kind of file, partly done.
const CODES: [i32; 5] = [0, 4, 5, 7, 10];

/// What takes the place of a file or a directory.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Intruder {
    LinkToDirectory,
    LinkToFile,
    LinkToFifo,
    Fifo,
    Socket,
    Device,
}

const INTRUDERS: [Intruder; 6] = [
    Intruder::LinkToDirectory,
    Intruder::LinkToFile,
    Intruder::LinkToFifo,
    Intruder::Fifo,
    Intruder::Socket,
    Intruder::Device,
];

/// The setting of a test: a session `s1`, files outside it, and a FIFO that must not be opened.
struct Stage {
    sandbox: Sandbox,
    outside: Outside,
    fifo: Fifo,
    inside: PathBuf,
    intruders: Vec<Intruder>,
}

impl Stage {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        sandbox.run(["sessions", "create", "--id", "s1"]).ok();
        sandbox.write("mine", "mine");
        for name in ["f", "d/f", "sub/f", "sub/deep/f"] {
            sandbox.write(format!("small/{name}"), "mine");
        }
        fs::create_dir(sandbox.path("shelf")).unwrap();
        let mut intruders = INTRUDERS.to_vec();
        if !device(&sandbox.path("probe")) {
            intruders.retain(|intruder| *intruder != Intruder::Device);
        }
        let outside = Outside::new(&sandbox);
        let fifo = Fifo::new(&sandbox);
        let inside = sandbox.inside("s1", "");
        Stage { sandbox, outside, fifo, inside, intruders }
    }

    /// Puts an intruder on the shelf, under this name.
    fn intruder(&self, kind: Intruder, name: &str) {
        let path = self.shelf(name);
        match kind {
            Intruder::LinkToDirectory => symlink(self.outside.path(""), path).unwrap(),
            Intruder::LinkToFile => symlink(self.outside.path("secret"), path).unwrap(),
            Intruder::LinkToFifo => symlink(&self.fifo.path, path).unwrap(),
            Intruder::Fifo => fs::hard_link(&self.fifo.path, path).unwrap(),
            Intruder::Socket => drop(UnixListener::bind(path).unwrap()),
            Intruder::Device => assert!(device(&path)),
        }
    }

    fn shelf(&self, name: &str) -> PathBuf {
        self.sandbox.path("shelf").join(name)
    }

    /// Calls `round` with each kind of intruder on the shelf, to be exchanged for each of `names` in
    /// `root`, at different speeds, again and again.
    fn rounds(&self, root: &Path, names: &[&str], round: impl Fn(Swap<'_>)) {
        let start = Instant::now();
        let mut cycle = 0;
        while start.elapsed() < LONG {
            for kind in &self.intruders {
                clear(&self.shelf(""));
                tree(root);
                self.intruder(*kind, "x");
                let at = root.join(names[cycle % names.len()]);
                round(Swap { at: &at, shelf: &self.shelf("x"), pause: PAUSES[(cycle + cycle / names.len()) % 4] });
                self.outside.assert_untouched();
                self.fifo.assert_closed();
            }
            cycle += 1;
        }
        eprintln!("{cycle} times {} rounds", self.intruders.len());
        assert_no_secret(&self.inside);
        self.sandbox.run(["sessions", "create", "--id", "last"]).ok();
        assert_eq!(self.sandbox.unfinished(), [""; 0]);
        self.sandbox.run(["doctor"]).ok();
    }

    /// Runs a command, which may fail, but only as a command may.
    #[track_caller]
    fn run(&self, args: &[&str]) {
        let run = self.sandbox.run(args);
        assert_silent(run.one_of(&CODES));
    }
}

/// A new tree with the names that there are outside too.
fn tree(at: &Path) {
    clear(at);
    for name in ["f", "d/f", "sub/f", "sub/deep/f"] {
        let path = at.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "mine").unwrap();
    }
}

/// Makes a device that reads as nothing, or tells that this cannot be done here.
fn device(path: &Path) -> bool {
    let [major, minor] = if cfg!(target_os = "macos") { ["3", "2"] } else { ["1", "3"] };
    let made = Command::new("mknod").args(["-m", "666"]).arg(path).args(["c", major, minor]).output().unwrap();
    let made = made.status.success();
    if !made {
        eprintln!("SKIPPED: only root can make devices, so that none can be in the way here");
    }
    made
}

/// Removes what is below a directory, and makes it where it is not there.
fn clear(path: &Path) {
    if path.symlink_metadata().is_ok_and(|meta| !meta.is_dir()) {
        fs::remove_file(path).unwrap();
    } else if path.exists() {
        fs::remove_dir_all(path).unwrap();
    }
    fs::create_dir_all(path).unwrap();
}

/// A FIFO with a thread that waits at its other end and notices when another process opens it.
struct Fifo {
    path: PathBuf,
    opened: Arc<AtomicBool>,
}

impl Fifo {
    fn new(sandbox: &Sandbox) -> Self {
        let path = sandbox.fifo("fifo");
        let opened = Arc::new(AtomicBool::new(false));
        let (theirs, at) = (Arc::clone(&opened), path.clone());
        thread::spawn(move || {
            if File::options().write(true).open(at).is_ok() {
                theirs.store(true, Relaxed);
            }
        });
        Fifo { path, opened }
    }

    #[track_caller]
    fn assert_closed(&self) {
        assert!(!self.opened.load(Relaxed), "a FIFO was opened");
    }
}

impl Drop for Fifo {
    fn drop(&mut self) {
        // Ends the wait of the thread.
        drop(rustix::fs::open(&self.path, OFlags::RDONLY | OFlags::NONBLOCK, Mode::empty()));
    }
}

/// How many turns of doing nothing there are at most between two exchanges.
const PAUSES: [u64; 4] = [1, 3_000, 100_000, 1_000_000];

/// What is to be exchanged for what.
struct Swap<'a> {
    at: &'a Path,
    shelf: &'a Path,
    pause: u64,
}

impl Swap<'_> {
    /// Runs `work` while another thread exchanges the two without end. That one holds their
    /// directories, and goes on when these are moved.
    fn during(&self, work: impl FnOnce()) {
        let open = |path: &Path| File::open(path.parent().unwrap()).unwrap();
        let (a, b) = (open(self.at), open(self.shelf));
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut random: u64 = 0x2545_F491_4F6C_DD1D;
                while !over.load(Relaxed) {
                    exchange(&a, self.at.file_name().unwrap(), &b, self.shelf.file_name().unwrap());
                    random ^= random << 13;
                    random ^= random >> 7;
                    random ^= random << 17;
                    for _ in 0..random % self.pause {
                        std::hint::spin_loop();
                    }
                }
            });
            // The other thread ends even where an assertion fails.
            let done = catch_unwind(AssertUnwindSafe(work));
            over.store(true, Relaxed);
            done.unwrap_or_else(|panic| resume_unwind(panic));
        });
    }
}

/// In one step where the system can; what is not there any more is left alone.
fn exchange(a: &File, of_a: &std::ffi::OsStr, b: &File, of_b: &std::ffi::OsStr) {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    if rustix::fs::renameat_with(a, of_a, b, of_b, RenameFlags::EXCHANGE) != Err(rustix::io::Errno::INVAL) {
        return;
    }
    let _ = rustix::fs::renameat(a, of_a, b, "between");
    let _ = rustix::fs::renameat(b, of_b, a, of_a);
    let _ = rustix::fs::renameat(b, "between", b, of_b);
}

/// `docker cp` looked at a path in a container and used it later, when it was a link to the host.
#[test]
fn cve_2018_15664_what_is_swapped_into_a_session_leads_nowhere() {
    let stage = Stage::new();
    let out = stage.sandbox.path("out");
    stage.rounds(&stage.inside, &["d", "f"], |swap| {
        clear(&out);
        swap.during(|| {
            stage.run(&["files", "ls", "-R", "s1:/"]);
            stage.run(&["files", "download", "s1:/", "out"]);
            stage.run(&["files", "cat", "s1:/f", "s1:/d/f", "s1:/f", "s1:/d/f"]);
            stage.run(&["files", "download", "s1:/d/f", "out/single"]);
            stage.run(&["files", "download", "s1:/f", "-"]);
            stage.run(&["files", "stat", "s1:/d/f", "s1:/f", "s1:/d"]);
            stage.run(&["files", "download", "s1:/d", "out/d"]);
            stage.run(&["files", "ls", "s1:/d"]);
        });
        assert_no_secret(&out);
    });
}

/// Kubernetes and runc looked at the path of a mount and used it later, when it was a link to the host.
#[test]
fn cve_2021_25741_cve_2021_30465_what_is_swapped_into_a_session_is_not_written_through() {
    let stage = Stage::new();
    let id = stage.sandbox.stored("stored", "mine");
    let unmount = || stage.run(&["resources", "delete", "s1", "--mount-path", "/d/mount"]);
    stage.rounds(&stage.inside, &["d", "f"], |swap| {
        swap.during(|| {
            stage.run(&["files", "upload", "mine", "s1:/d/new"]);
            stage.run(&["files", "upload", "mine", "s1:/f"]);
            stage.run(&["files", "upload", "small", "s1:/"]);
            stage.run(&["resources", "add", "s1", &format!("{id}:/d/mount")]);
            stage.run(&["files", "mkdir", "s1:/d/x/y", "s1:/d/sub", "--mode", "777"]);
            stage.run(&["files", "mv", "s1:/d/f", "s1:/d/g"]);
            stage.run(&["files", "mv", "s1:/sub/f", "s1:/d/sub/f"]);
            unmount();
            stage.run(&["files", "rm", "s1:/d/g"]);
        });
        unmount();
    });
}

/// Rust's own `remove_dir_all` saw a directory, and went into the link that it was by then.
#[test]
fn cve_2022_21658_what_is_swapped_into_a_tree_is_not_removed_through() {
    let mut stage = Stage::new();
    // Whatever else is there is removed like a file.
    stage.intruders = vec![Intruder::LinkToDirectory];
    let at = stage.inside.join("t");
    stage.rounds(&at, &["d", "sub/deep", "f", "sub"], |swap| {
        for n in 0..40 {
            fs::create_dir_all(at.join(format!("sub/{n}"))).unwrap();
        }
        swap.during(|| stage.run(&["files", "rm", "-r", "s1:/t"]));
        tree(&at);
        swap.during(|| stage.run(&["sessions", "delete", "s1"]));
        stage.sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    });
}

/// rsync looked at a file of the sender, and read what a link in its place pointed to.
#[test]
fn cve_2024_12747_what_is_swapped_into_a_source_is_not_read() {
    let stage = Stage::new();
    stage.rounds(&stage.sandbox.path("source"), &["f", "d", "sub/f", "sub/deep"], |swap| {
        swap.during(|| {
            for _ in 0..4 {
                stage.run(&["files", "upload", "source", "s1:/copy"]);
            }
        });
        assert_no_secret(&stage.inside);
        clear(&stage.inside);
    });
}

/// rsync used paths where it held directories: what it wrote went where a new link led.
#[test]
fn cve_2026_43619_what_is_swapped_into_a_destination_is_not_written_through() {
    let stage = Stage::new();
    stage.sandbox.run(["files", "upload", "small", "s1:/t"]).ok();
    let to = stage.sandbox.path("to");
    stage.rounds(&to, &["f", "d", "sub/f", "sub"], |swap| {
        swap.during(|| {
            for flag in ["overwrite", "update", "skip", "error"] {
                stage.run(&["files", "download", "s1:/t", "to", "--if-exists", flag]);
            }
            stage.run(&["files", "download", "s1:/t/f", "s1:/t/sub", "to"]);
        });
        assert_no_secret(&to);
        let left = sandbox::tree(&to).into_iter().find(|name| name.contains(".wharf-"));
        assert_eq!(left, None, "what is not finished goes");
    });
}

/// A directory that got a new file is synced at the end; by then it may be something else.
#[test]
fn what_takes_the_place_of_a_written_directory_is_not_opened() {
    let stage = Stage::new();
    let gate = stage.sandbox.fifo("gate");
    for kind in stage.intruders.clone() {
        tree(&stage.inside);
        clear(&stage.shelf(""));
        stage.intruder(kind, "x");
        // The second source keeps it waiting, with the first in its place.
        let upload = stage.sandbox.wharf(["files", "upload", "mine", "gate", "s1:/d"]).start();
        let writer = sandbox::open_to_write(&gate);
        fs::rename(stage.inside.join("d"), stage.inside.join("was-d")).unwrap();
        fs::rename(stage.shelf("x"), stage.inside.join("d")).unwrap();
        drop(writer);
        assert_eq!(upload.finish().code(10).column("status"), ["copied", "failed"], "{kind:?}");
        assert_eq!(stage.sandbox.cat("s1:/was-d/mine"), "mine");
        stage.outside.assert_untouched();
        stage.fifo.assert_closed();
    }
}

/// What cannot be read as a file is not opened to find that out.
#[test]
fn a_fifo_a_socket_and_a_device_are_not_opened() {
    let stage = Stage::new();
    let source = stage.sandbox.path("source");
    for kind in INTRUDERS.into_iter().filter(|kind| stage.intruders.contains(kind)) {
        for root in [&stage.inside, &source] {
            clear(root);
            clear(&stage.sandbox.path("shelf"));
            stage.intruder(kind, "x");
            fs::rename(stage.shelf("x"), root.join("x")).unwrap();
        }
        let expected = if matches!(kind, Intruder::Fifo | Intruder::Socket | Intruder::Device) { 7 } else { 5 };
        stage.sandbox.run(["files", "cat", "s1:/x"]).code(5);
        stage.sandbox.run(["files", "download", "s1:/", "to"]).code(expected);
        stage.sandbox.run(["files", "upload", "source", "s1:/copy"]).code(expected);
        stage.sandbox.run(["files", "upload", "mine", "s1:/x"]).ok();
        assert_eq!(stage.sandbox.cat("s1:/x"), "mine", "{kind:?}");
        // Where a tree goes to, they are in the way; a link is replaced.
        clear(&stage.sandbox.path("to"));
        fs::rename(source.join("x"), stage.sandbox.path("to/x")).unwrap();
        let run = stage.sandbox.run(["files", "download", "s1:/x", "to/"]);
        let is_link = stage.sandbox.path("to/x").is_symlink();
        assert!(!is_link, "{kind:?}");
        run.code(if expected == 7 { 5 } else { 0 });
        stage.fifo.assert_closed();
        stage.outside.assert_untouched();
    }
}
