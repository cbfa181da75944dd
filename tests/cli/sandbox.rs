//! The stage of every test: a directory of its own, a bare environment, and the binary.

use std::ffi::OsStr;
use std::fs::{File, Permissions};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use std::{fs, str};

use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::mask::mask;

/// The binary under test.
pub(crate) const WHARF: &str = env!("CARGO_BIN_EXE_wharf");

/// No test waits longer than this for anything.
const LIMIT: Duration = Duration::from_secs(60);

/// A directory with everything that one test needs: a working directory, a home, and a store.
pub(crate) struct Sandbox {
    root: TempDir,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        let sandbox = Sandbox { root: TempDir::with_prefix("wharf-cli-").unwrap() };
        for room in ["work", "user", "config"] {
            fs::create_dir(sandbox.root.path().join(room)).unwrap();
        }
        sandbox
    }

    /// A path below the directory that commands run in.
    pub(crate) fn path(&self, below: impl AsRef<Path>) -> PathBuf {
        self.root.path().join("work").join(below)
    }

    /// `WHARF_HOME`; the binary makes it.
    pub(crate) fn store(&self) -> PathBuf {
        self.root.path().join("store")
    }

    /// The configuration file's directory.
    pub(crate) fn config(&self) -> PathBuf {
        self.root.path().join("config")
    }

    /// Writes a file in the working directory, with its parents.
    pub(crate) fn write(&self, below: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// Makes a FIFO in the working directory.
    pub(crate) fn fifo(&self, below: impl AsRef<Path>) -> PathBuf {
        let path = self.path(below);
        make_fifo(&path);
        path
    }

    /// What a file in the working directory holds.
    pub(crate) fn read(&self, below: impl AsRef<Path>) -> String {
        String::from_utf8(fs::read(self.path(below)).unwrap()).unwrap()
    }

    /// Everything below a directory of the working directory, in order, directories with a slash.
    pub(crate) fn tree(&self, below: &str) -> Vec<String> {
        tree(&self.path(below))
    }

    /// The command line `wharf ARGS...`, ready to be changed and run.
    pub(crate) fn wharf<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Call {
        let mut command = Command::new(WHARF);
        command.args(args).env_clear().envs(self.environment()).current_dir(self.path(""));
        Call { command, input: Input::Null, output: None }
    }

    /// The variables that every command gets, and no other.
    pub(crate) fn environment(&self) -> [(&'static str, PathBuf); 7] {
        let root = self.root.path();
        [
            ("HOME", root.join("user")),
            ("WHARF_HOME", self.store()),
            ("XDG_DATA_HOME", root.join("data")),
            ("XDG_CONFIG_HOME", self.config()),
            ("PATH", "/usr/bin:/bin".into()),
            ("TZ", "UTC".into()),
            ("COLUMNS", "200".into()),
        ]
    }

    /// A line of shell in which `$WHARF` is the binary, for a backend of a server where one is named.
    pub(crate) fn shell(&self, line: &str, at: Option<(&Served<'_>, &str)>) -> Call {
        let mut command = Command::new("/bin/bash");
        command.args(["-c", line]).env_clear().envs(self.environment()).env("WHARF", WHARF).current_dir(self.path(""));
        let call = Call { command, input: Input::Null, output: None };
        match at {
            Some((served, backend)) => served.dress(backend, call),
            None => call,
        }
    }

    /// Runs `wharf ARGS...` with nothing on standard input.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Run {
        self.wharf(args).run()
    }

    /// Starts `wharf serve ARGS...` with a store of its own, and waits until it listens.
    pub(crate) fn serve(&self, args: &[&str]) -> Served<'_> {
        self.serve_on_path("/usr/bin:/bin", args)
    }

    /// A server for all backends in whose sessions programs are looked up on this path.
    pub(crate) fn serve_on_path(&self, path: &str, args: &[&str]) -> Served<'_> {
        let served = self.root.path().join("served");
        let mut command = self.wharf(["serve", "--store", served.to_str().unwrap()]).command;
        command.env("PATH", path);
        let mut child = command.args(args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut variables: Vec<(String, String)> = Vec::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // It says everything at once, and this last.
        while !variables.iter().any(|(name, _)| name == "AGB_API_KEY") {
            let line = lines.next().expect("it ended before it listened").unwrap();
            let variable = line.strip_prefix("export ").and_then(|rest| rest.split_once('='));
            variables.extend(variable.map(|(name, value)| (name.to_owned(), value.trim_matches('\'').to_owned())));
        }
        Served { sandbox: self, child, variables }
    }

    /// A new session's id.
    pub(crate) fn session(&self) -> String {
        let run = self.run(["sessions", "create", "-q"]);
        run.ok().stdout().trim_end().to_owned()
    }

    /// A new stored file's id.
    pub(crate) fn stored(&self, name: &str, content: impl Into<Vec<u8>>) -> String {
        let run = self.wharf(["files", "upload", "-", "--name", name, "-q"]).stdin(content).run();
        run.ok().stdout().trim_end().to_owned()
    }

    /// Puts a file into a session.
    pub(crate) fn put(&self, target: &str, content: impl Into<Vec<u8>>) {
        self.wharf(["files", "upload", "-", target]).stdin(content).run().ok();
    }

    /// What a file in a session holds.
    pub(crate) fn cat(&self, target: &str) -> String {
        self.run(["files", "cat", target]).ok().stdout().to_owned()
    }

    /// The paths in a session below a target, in order, directories with a slash.
    pub(crate) fn paths(&self, target: &str) -> Vec<String> {
        let listing = self.run(["files", "ls", "-R", target]).ok().json();
        let path = |entry: &Value| {
            let slash = if entry["kind"] == "directory" { "/" } else { "" };
            format!("{}{slash}", entry["path"].as_str().unwrap())
        };
        listing.as_array().unwrap().iter().map(path).collect()
    }

    /// Where a session's file is on this machine.
    pub(crate) fn inside(&self, session: &str, below: &str) -> PathBuf {
        let run = self.run(["sessions", "get", session, "--transform", "provider.path", "-r"]);
        PathBuf::from(run.ok().stdout().trim_end()).join(below)
    }

    /// The names that are left where things are made.
    pub(crate) fn unfinished(&self) -> Vec<String> {
        tree(&self.store().join("tmp"))
    }
}

/// Makes a FIFO, by the program: not every system has the call that rustix would make.
pub(crate) fn make_fifo(path: &Path) {
    assert!(Command::new("mkfifo").args(["-m", "600"]).arg(path).status().unwrap().success(), "{}", path.display());
}

/// Everything below a directory, in order; a directory ends in a slash.
pub(crate) fn tree(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() && !path.is_symlink() {
                found.push(format!("{name}/"));
                open.push(path);
            } else {
                found.push(name);
            }
        }
    }
    found.sort();
    found
}

/// Whether the tests run as root, so that they can do what a user cannot.
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// A file that cannot be removed, or a directory in which nothing can be made, until this is dropped: it is immutable for
/// root, and the directory has no write permission for everyone else.
pub(crate) struct Pinned(PathBuf);

impl Pinned {
    pub(crate) fn new(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        assert!(pin(&path, true), "no file can be immutable here: run the tests as a user who is not root");
        Pinned(path)
    }

    /// Returns the error text of the operating system for a forbidden change.
    pub(crate) fn reason() -> &'static str {
        if is_root() { "operation not permitted" } else { "permission denied" }
    }

    /// Lets it be changed, at the place where it is by now.
    pub(crate) fn release(mut self, at: PathBuf) {
        self.0 = at;
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        assert!(pin(&self.0, false) || thread::panicking(), "{} still cannot be changed", self.0.display());
    }
}

fn pin(path: &Path, pinned: bool) -> bool {
    if is_root() {
        let done = Command::new("chattr").arg(if pinned { "+i" } else { "-i" }).arg(path).output();
        return done.is_ok_and(|output| output.status.success());
    }
    let directory = if path.is_dir() { path } else { path.parent().unwrap() };
    fs::set_permissions(directory, Permissions::from_mode(if pinned { 0o555 } else { 0o755 })).is_ok()
}

/// Mounts that only chosen commands see, in a namespace that goes with this.
pub(crate) struct Mounts(Child);

impl Mounts {
    /// Runs a script of `mount` commands in a new namespace.
    pub(crate) fn new(script: &str) -> Self {
        let mut command = Command::new("unshare");
        if !is_root() {
            command.arg("--map-root-user");
        }
        command.args(["--mount", "--propagation=private", "sh", "-ec"]);
        command.arg(format!("{script}\necho ready; read -r end"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("`unshare` of util-linux");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        if line != "ready\n" {
            drop(child.wait());
            panic!("nothing can be mounted here, not even in a namespace of its own: run the tests as root");
        }
        Mounts(child)
    }

    /// A small file system in memory, at a directory that is made for it.
    pub(crate) fn tmpfs(at: &Path, options: &str) -> Self {
        fs::create_dir_all(at).unwrap();
        Self::new(&format!("mount -t tmpfs -o {options} tmpfs '{}'", at.display()))
    }

    fn enter(&self) -> Command {
        let mut command = Command::new("/usr/bin/nsenter");
        command.args(["--target", &self.0.id().to_string(), "--mount"]);
        if !is_root() {
            command.args(["--user", "--preserve-credentials"]);
        }
        command
    }

    /// The same command line, where it sees the mounts.
    pub(crate) fn with(&self, call: Call) -> Call {
        let mut command = self.enter();
        let cwd = call.command.get_current_dir().unwrap().to_owned();
        command.args(["sh", "-c", "cd \"$0\" && exec \"$@\""]).arg(cwd);
        call.under(command)
    }

    /// Runs a script where it sees the mounts, and gives what it prints.
    pub(crate) fn run(&self, script: &str) -> String {
        let done = self.enter().args(["sh", "-ec", script]).stderr(Stdio::inherit()).output().unwrap();
        assert!(done.status.success(), "{script}");
        String::from_utf8(done.stdout).unwrap()
    }
}

impl Drop for Mounts {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        drop(self.0.wait());
    }
}

/// A server, until it is dropped.
pub(crate) struct Served<'a> {
    sandbox: &'a Sandbox,
    child: Child,
    variables: Vec<(String, String)>,
}

impl Served<'_> {
    /// Returns a call of `wharf ARGS...` that is configured for that backend of the server, with agent `a1` or an image.
    pub(crate) fn wharf<S: AsRef<OsStr>>(&self, backend: &str, args: impl IntoIterator<Item = S>) -> Call {
        self.dress(backend, self.sandbox.wharf(args))
    }

    /// The variables by which a command uses that backend of the server.
    fn dress(&self, backend: &str, call: Call) -> Call {
        let mut call = call.env("WHARF_BACKEND", backend);
        // A backend needs either an image or an agent.
        call = match backend {
            "agb" => call.env("WHARF_IMAGE", "agb-code-space-1"),
            _ => call.env("WHARF_AGENT", "a1"),
        };
        for (name, value) in &self.variables {
            call = call.env(name, value);
        }
        call
    }
}

impl Served<'_> {
    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until the server has closed all connections: the log has every request then. A stream whose client has left is
    /// logged when the server notices that.
    pub(crate) fn wait_for_closed_connections(&self) {
        let port: u16 = self.variable("ANTHROPIC_BASE_URL").rsplit(':').next().unwrap().parse().unwrap();
        let local = format!(":{port:04X}");
        // The states of proc_pid_net(5): the server listens in state 0A, and waits for lost packets in 06.
        let is_open = |line: &str| {
            let fields: Vec<_> = line.split_whitespace().collect();
            fields.len() > 3 && fields[1].ends_with(&local) && !["0A", "06"].contains(&fields[3])
        };
        // Other systems have no such file.
        let sockets = || fs::read_to_string("/proc/net/tcp").unwrap_or_default();
        wait_until("the connections are closed", || !sockets().lines().any(is_open));
    }

    /// What it says that a variable is to be.
    pub(crate) fn variable(&self, name: &str) -> &str {
        self.variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap()
    }

    /// Leaves a file in a session of the Anthropic dialect as its agent would; gives its id.
    pub(crate) fn leave(&self, session: &str, query: &str, content: &[u8]) -> String {
        let path = format!("/_emulator/anthropic/sessions/{session}/outputs?{query}");
        self.post(&path, content)["id"].as_str().unwrap().to_owned()
    }

    /// Sends a document to the Anthropic or the Foundry dialect.
    pub(crate) fn post(&self, path: &str, content: &[u8]) -> Value {
        self.ask("POST", path, content)
    }

    /// Reads a document there.
    pub(crate) fn get(&self, path: &str) -> Value {
        self.ask("GET", path, b"")
    }

    fn ask(&self, method: &str, path: &str, content: &[u8]) -> Value {
        let address = self.variable("ANTHROPIC_BASE_URL").strip_prefix("http://").unwrap();
        let mut socket = std::net::TcpStream::connect(address).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\nx-api-key: k\r\n\
             authorization: Bearer k\r\ncontent-type: application/json\r\nanthropic-version: 2026-10-21\r\n\
             anthropic-beta: managed-agents-2026-04-01\r\ncontent-length: {}\r\n\r\n",
            content.len()
        );
        socket.write_all(&[head.as_bytes(), content].concat()).unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }
}

impl Drop for Served<'_> {
    fn drop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        drop(self.child.wait());
    }
}

enum Input {
    Null,
    Bytes(Vec<u8>),
    From(Stdio),
    Held,
}

/// A command line that is not running yet.
pub(crate) struct Call {
    command: Command,
    input: Input,
    output: Option<Stdio>,
}

impl Call {
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn without_env(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    pub(crate) fn cwd(mut self, path: impl AsRef<Path>) -> Self {
        self.command.current_dir(path);
        self
    }

    /// A pipe that gives these bytes and ends.
    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = Input::Bytes(bytes.into());
        self
    }

    /// A file, or the end of a pipe.
    pub(crate) fn stdin_from(mut self, from: impl Into<Stdio>) -> Self {
        self.input = Input::From(from.into());
        self
    }

    /// A pipe that stays open until [`Running::close`].
    pub(crate) fn stdin_held(mut self) -> Self {
        self.input = Input::Held;
        self
    }

    /// Somewhere else for standard output to go.
    pub(crate) fn stdout_to(mut self, to: impl Into<Stdio>) -> Self {
        self.output = Some(to.into());
        self
    }

    /// The same for a process that modes keep out, as they do not keep out root.
    pub(crate) fn bound_by_modes(self) -> Self {
        if !is_root() {
            return self;
        }
        let mut setpriv = Command::new("/usr/bin/setpriv");
        setpriv.arg("--bounding-set=-dac_override,-dac_read_search");
        self.under(setpriv)
    }

    /// The same, run by another program, whose last argument it becomes.
    pub(crate) fn under(mut self, mut command: Command) -> Self {
        command.arg(self.command.get_program()).args(self.command.get_args()).env_clear();
        command.envs(self.command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.current_dir(self.command.get_current_dir().unwrap());
        self.command = command;
        self
    }

    /// The same for the user with this number, who is in no group; only root can do that.
    pub(crate) fn run_by(self, user: u32) -> Self {
        assert!(is_root(), "only root can become another user");
        let mut command = Command::new("/usr/bin/setpriv");
        command.args([format!("--reuid={user}"), format!("--regid={user}"), "--clear-groups".to_owned()]);
        self.under(command)
    }

    /// Runs it to its end.
    pub(crate) fn run(self) -> Run {
        self.start().finish()
    }

    /// Runs it to an end that takes longer than others do, up to this time.
    pub(crate) fn run_within(self, most: Duration) -> Run {
        let (mut running, begun) = (self.start(), Instant::now());
        while running.is_running() && begun.elapsed() < most {
            thread::sleep(Duration::from_millis(100));
        }
        running.finish()
    }

    /// Starts it.
    pub(crate) fn start(mut self) -> Running {
        let (from, bytes, held) = match self.input {
            Input::Null => (Stdio::null(), None, false),
            Input::Bytes(bytes) => (Stdio::piped(), Some(bytes), false),
            Input::From(from) => (from, None, false),
            Input::Held => (Stdio::piped(), None, true),
        };
        let to = self.output.unwrap_or_else(Stdio::piped);
        self.command.stdin(from).stdout(to).stderr(Stdio::piped());
        let line = format!("{:?}", self.command.get_args().collect::<Vec<_>>());
        let mut child = self.command.spawn().unwrap();
        let mut stdin = child.stdin.take();
        if let (Some(bytes), Some(mut pipe)) = (bytes, stdin.take_if(|_| !held)) {
            // A command that does not read it all is not to be waited for.
            thread::spawn(move || drop(pipe.write_all(&bytes)));
        }
        let stderr = drain(child.stderr.take().unwrap());
        Running { line, stdin, stdout: child.stdout.take(), stderr, child }
    }
}

fn drain(mut pipe: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).unwrap();
        bytes
    })
}

/// A command that runs.
pub(crate) struct Running {
    line: String,
    stdin: Option<ChildStdin>,
    stdout: Option<ChildStdout>,
    stderr: JoinHandle<Vec<u8>>,
    child: Child,
}

impl Running {
    /// Writes to its held-open standard input; whether it is read is for the test to see.
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        drop(self.stdin.as_mut().unwrap().write_all(bytes));
    }

    /// Ends its standard input.
    pub(crate) fn close(&mut self) {
        self.stdin = None;
    }

    /// Its standard output, for a test that reads along or goes away.
    pub(crate) fn take_stdout(&mut self) -> ChildStdout {
        self.stdout.take().unwrap()
    }

    /// Its standard input, for a test that writes from a thread.
    pub(crate) fn take_stdin(&mut self) -> ChildStdin {
        self.stdin.take().unwrap()
    }

    /// The most memory that it has used so far, in bytes, where the system tells.
    pub(crate) fn peak_memory(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        Some(peak.trim().strip_suffix(" kB")?.parse::<u64>().ok()? << 10)
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// Waits until it catches signals, where the system tells.
    pub(crate) fn wait_for_handlers(&self) {
        let status = format!("/proc/{}/status", self.child.id());
        if !Path::new(&status).exists() {
            thread::sleep(Duration::from_millis(500));
            return;
        }
        wait_until("signals are caught", || {
            let status = fs::read_to_string(&status).unwrap_or_default();
            let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
            caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 0b10 != 0)
        });
    }

    /// Waits until some bytes of a file that it makes have reached the disk: the file has no name until it
    /// is complete, or a temporary one in `store`.
    #[track_caller]
    pub(crate) fn wait_for_bytes(&self, store: &Path) {
        let handles = format!("/proc/{}/fd", self.child.id());
        let in_the_making = |path: &Path| {
            let Ok(meta) = path.metadata() else { return false };
            let temporary = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".wharf-"));
            meta.is_file() && meta.len() > 0 && (meta.nlink() == 0 || temporary)
        };
        let found =
            |dir: &Path| dir.read_dir().is_ok_and(|dir| dir.flatten().any(|entry| in_the_making(&entry.path())));
        wait_until("bytes in the making", || found(Path::new(&handles)) || found(&store.join("tmp")));
    }

    /// Whether it has not ended.
    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Waits for its end. A pipe that is held stays open until then.
    pub(crate) fn finish(mut self) -> Run {
        let (done, watched) = mpsc::channel::<()>();
        let pid = self.pid();
        let watch = thread::spawn(move || {
            let late = watched.recv_timeout(LIMIT) == Err(mpsc::RecvTimeoutError::Timeout);
            if late {
                let _ = kill_process(pid, Signal::KILL);
            }
            late
        });
        let mut stdout = Vec::new();
        if let Some(mut pipe) = self.stdout.take() {
            pipe.read_to_end(&mut stdout).unwrap();
        }
        let stderr = self.stderr.join().unwrap();
        let status = self.child.wait().unwrap();
        drop(done);
        assert!(!watch.join().unwrap(), "{} did not end within {LIMIT:?}", self.line);
        Run { line: self.line, status, stdout, stderr }
    }
}

/// What a command did.
#[must_use]
pub(crate) struct Run {
    line: String,
    status: ExitStatus,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Run {
    /// What a command did that the test ran in its own way.
    pub(crate) fn of(line: &[&str], output: Output) -> Self {
        let Output { status, stdout, stderr } = output;
        Run { line: format!("{line:?}"), status, stdout, stderr }
    }

    /// It succeeded.
    #[track_caller]
    pub(crate) fn ok(&self) -> &Self {
        self.code(0)
    }

    /// It ended with this code.
    #[track_caller]
    pub(crate) fn code(&self, code: i32) -> &Self {
        self.one_of(&[code])
    }

    /// Whether it ended with this code.
    pub(crate) fn has_code(&self, code: i32) -> bool {
        self.status.code() == Some(code)
    }

    /// It ended with one of these codes.
    #[track_caller]
    pub(crate) fn one_of(&self, codes: &[i32]) -> &Self {
        assert!(
            self.status.code().is_some_and(|code| codes.contains(&code)),
            "wharf {} ended with {:?} (signal {:?}), not with {codes:?}\n--- stdout\n{}\n--- stderr\n{}",
            self.line,
            self.status.code(),
            self.status.signal(),
            String::from_utf8_lossy(&self.stdout),
            String::from_utf8_lossy(&self.stderr)
        );
        self
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.stdout
    }

    #[track_caller]
    pub(crate) fn stdout(&self) -> &str {
        str::from_utf8(&self.stdout).unwrap()
    }

    #[track_caller]
    pub(crate) fn stderr(&self) -> &str {
        str::from_utf8(&self.stderr).unwrap()
    }

    /// The lines of standard output.
    #[track_caller]
    pub(crate) fn lines(&self) -> Vec<&str> {
        self.stdout().lines().collect()
    }

    /// Standard output as one JSON value.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout).unwrap_or_else(|e| panic!("wharf {}: {e}:\n{}", self.line, self.stdout()))
    }

    /// What a JSON pointer names in standard output.
    #[track_caller]
    pub(crate) fn at(&self, pointer: &str) -> Value {
        let json = self.json();
        json.pointer(pointer).unwrap_or_else(|| panic!("nothing at {pointer} in {json:#}")).clone()
    }

    /// The values of one member of a listing.
    #[track_caller]
    pub(crate) fn column(&self, member: &str) -> Vec<String> {
        let text = |item: &Value| item[member].as_str().map_or_else(|| item[member].to_string(), str::to_owned);
        self.json().as_array().expect("a listing").iter().map(text).collect()
    }

    /// What became of each file, by its place below `to`: `a copied`, `b failed conflict`. In order.
    #[track_caller]
    pub(crate) fn outcomes(&self, to: &str) -> Vec<String> {
        let line = |receipt: &Value| {
            let at = receipt["destination"].as_str().unwrap_or_else(|| panic!("it goes nowhere: {receipt:#}"));
            let below = at.strip_prefix(to).unwrap_or(at).trim_start_matches('/');
            let status = receipt["status"].as_str().unwrap();
            let kind = receipt["error"]["kind"].as_str().filter(|_| status == "failed");
            format!("{below} {status}{}", kind.map(|kind| format!(" {kind}")).unwrap_or_default())
        };
        let mut lines: Vec<_> = self.json().as_array().expect("receipts").iter().map(line).collect();
        lines.sort();
        lines
    }

    /// The one JSON object on standard error, which holds nothing else.
    #[track_caller]
    pub(crate) fn error(&self) -> Value {
        let report: Value = serde_json::from_slice(&self.stderr)
            .unwrap_or_else(|e| panic!("wharf {}: {e}:\n{}", self.line, self.stderr()));
        assert_eq!(self.stderr().lines().count(), 1, "one line: {}", self.stderr());
        report["error"].clone()
    }

    /// Standard error mentions all of these.
    #[track_caller]
    pub(crate) fn says(&self, words: &[&str]) -> &Self {
        for word in words {
            assert!(self.stderr().contains(word), "wharf {}: no {word:?} in:\n{}", self.line, self.stderr());
        }
        self
    }

    /// Standard output with ids and times replaced by their kinds, for comparison.
    #[track_caller]
    pub(crate) fn golden(&self) -> String {
        mask(self.stdout())
    }
}

/// Opens a FIFO for writing as soon as it has a reader; fails where no reader comes in time.
#[track_caller]
pub(crate) fn open_to_write(fifo: &Path) -> File {
    let mut opened = None;
    wait_until("a reader of the FIFO", || {
        opened = rustix::fs::open(fifo, OFlags::WRONLY | OFlags::NONBLOCK, Mode::empty()).ok();
        opened.is_some()
    });
    let file = File::from(opened.unwrap());
    rustix::fs::fcntl_setfl(&file, OFlags::empty()).unwrap();
    file
}

/// Waits until `done`, looking often.
#[track_caller]
pub(crate) fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < LIMIT, "still not: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}
