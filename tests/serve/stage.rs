//! A server of the binary with a store of its own, and requests over a plain socket.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

/// No test waits longer than this for anything.
pub(crate) const LIMIT: Duration = Duration::from_secs(20);

/// The session that most tests work in, of the agent `a1`.
pub(crate) const S1: &str = "/agents/a1/endpoint/sessions/s1";

/// A directory with everything that a server writes, which must be empty of temporary things after.
pub(crate) struct Stage {
    root: TempDir,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let root = TempDir::with_prefix("wharf-serve-test-").unwrap();
        fs::create_dir(root.path().join("tmp")).unwrap();
        Stage { root }
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.root.path().join(below)
    }

    /// What is in the directory for temporary things.
    pub(crate) fn left_behind(&self) -> Vec<String> {
        names(&self.path("tmp"))
    }

    /// What is in the making in the store named `store`: beside what it is to be, or where the store makes things.
    pub(crate) fn unfinished(&self) -> Vec<PathBuf> {
        let (mut open, mut found) = (vec![self.path("store")], Vec::new());
        while let Some(dir) = open.pop() {
            let made_here = dir.ends_with("tmp");
            for path in fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path()) {
                if made_here || path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b".wharf-")) {
                    found.push(path);
                } else if path.is_dir() {
                    open.push(path);
                }
            }
        }
        found
    }

    /// `wharf serve ARGS...` in a bare environment.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wharf"));
        command.arg("serve").args(args).env_clear().current_dir(self.root.path()).stdin(Stdio::null());
        let home = self.path("home");
        command.envs([("HOME", home), ("TMPDIR", self.path("tmp")), ("PATH", "/usr/bin:/bin".into())]);
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Starts it without a command, and waits until it listens.
    pub(crate) fn serve(&self, args: &[&str]) -> Server {
        Self::start(&mut self.command(args))
    }

    /// Starts it by a command of the stage, and waits until it listens.
    pub(crate) fn start(command: &mut Command) -> Server {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut variables = Vec::new();
        while variables.len() < 3 {
            let line = lines.next().expect("it ended before it listened").unwrap();
            if let Some((name, value)) = line.strip_prefix("export ").and_then(|rest| rest.split_once('=')) {
                variables.push((name.to_owned(), value.trim_matches('\'').to_owned()));
            }
        }
        let endpoint = variables[0].1.clone();
        let address = endpoint.split('/').nth(2).unwrap().to_owned();
        Server { child, address, variables }
    }

    /// The same, with a session `s1` of the agent `a1`.
    pub(crate) fn session(&self, args: &[&str]) -> Server {
        let server = self.serve(args);
        server.create("a1", "s1");
        server
    }
}

/// The names in a directory.
pub(crate) fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A server that runs.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) address: String,
    pub(crate) variables: Vec<(String, String)>,
}

/// An answer, as far as it came.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Whether the body has the length that was announced, or its last chunk.
    pub(crate) complete: bool,
    /// Whether the connection was torn down.
    pub(crate) reset: bool,
}

impl Reply {
    /// The answer with this stream, as far as it was read.
    pub(crate) fn streamed(text: &str) -> Self {
        Reply { status: 200, headers: Vec::new(), body: text.into(), complete: false, reset: false }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// It has this status, and for an error the envelope with this code.
    #[track_caller]
    pub(crate) fn is(&self, status: u16, code: &str) -> &Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        assert!(self.complete, "{self:?}");
        let id = self.header("x-request-id").expect("x-request-id");
        assert_eq!(id.len(), 32);
        assert_eq!(self.header("apim-request-id").map(str::len), Some(36));
        if status >= 400 {
            let error = &self.json()["error"];
            assert_eq!(error["code"], code, "{error}");
            assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "{error}");
            assert_eq!((&error["type"], &error["details"]), (&"error".into(), &serde_json::json!([])));
            assert_eq!(error["additionalInfo"]["request_id"], id);
            assert_eq!(self.header("content-type"), Some("application/json; charset=utf-8"));
        }
        self
    }

    #[track_caller]
    pub(crate) fn ok(&self) -> &Self {
        assert!((200..300).contains(&self.status), "{}: {}", self.status, String::from_utf8_lossy(&self.body));
        self.is(self.status, "")
    }
}

impl Server {
    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        stream.set_write_timeout(Some(LIMIT)).unwrap();
        stream
    }

    /// The head of a request below the project, with a token and the version of the protocol.
    pub(crate) fn head(&self, method: &str, path: &str, headers: &str) -> String {
        let mark = if path.contains('?') { '&' } else { '?' };
        format!(
            "{method} /api/projects/p1{path}{mark}api-version=v1 HTTP/1.1\r\nhost: {}\r\n\
             authorization: Bearer any\r\nconnection: close\r\n{headers}\r\n",
            self.address
        )
    }

    /// The key that clients are told to send.
    pub(crate) fn key(&self) -> &str {
        &self.variables[2].1
    }

    /// Sends bytes and reads the answer to its end.
    pub(crate) fn raw(&self, request: &[u8]) -> Option<Reply> {
        let mut stream = self.connect();
        // A server that refuses early may close before all is sent.
        drop(stream.write_all(request));
        read(stream)
    }

    /// Sends a request and reads its answer; none where the connection ends before one.
    pub(crate) fn try_send(&self, method: &str, path: &str, body: impl AsRef<[u8]>) -> Option<Reply> {
        let body = body.as_ref();
        let head = self.head(method, path, &format!("content-length: {}\r\n", body.len()));
        self.raw(&[head.as_bytes(), body].concat())
    }

    #[track_caller]
    pub(crate) fn send(&self, method: &str, path: &str, body: impl AsRef<[u8]>) -> Reply {
        self.try_send(method, path, body).unwrap_or_else(|| panic!("no answer to {method} {path}"))
    }

    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> Reply {
        self.send("GET", path, "")
    }

    #[track_caller]
    pub(crate) fn create(&self, agent: &str, id: &str) -> Reply {
        let body = format!(
            r#"{{"agent_session_id":"{id}","version_indicator":{{"type":"version_ref","agent_version":"1"}}}}"#
        );
        let reply = self.send("POST", &format!("/agents/{agent}/endpoint/sessions"), body);
        reply.is(201, "");
        reply
    }

    /// Puts a file into `s1`.
    #[track_caller]
    pub(crate) fn put(&self, path: &str, content: impl AsRef<[u8]>) -> Reply {
        let reply = self.send("PUT", &format!("{S1}/files/content?path={path}"), content);
        reply.is(201, "");
        reply
    }

    /// What a file in `s1` holds; none where there is none.
    #[track_caller]
    pub(crate) fn read(&self, path: &str) -> Option<Vec<u8>> {
        let reply = self.get(&format!("{S1}/files/content?path={path}"));
        (reply.status == 200).then_some(reply.body)
    }

    /// The names in a directory of `s1`.
    #[track_caller]
    pub(crate) fn list(&self, path: &str) -> Vec<String> {
        let reply = self.get(&format!("{S1}/files?path={path}"));
        let listing = reply.ok().json();
        listing["entries"].as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap().to_owned()).collect()
    }

    /// Sends a request of AGB's protocol, with a key and a document.
    #[track_caller]
    pub(crate) fn agb(&self, method: &str, target: &str, body: &Value) -> Reply {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let head = format!(
            "{method} {target} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            self.address,
            self.key(),
            body.len()
        );
        self.raw(&[head.as_bytes(), body.as_bytes()].concat()).unwrap_or_else(|| panic!("no answer to {target}"))
    }

    /// Whether bytes of a file have come that is not complete: it has no name yet, or one of its own.
    pub(crate) fn is_making(&self, stage: &Stage) -> bool {
        let open = fs::read_dir(format!("/proc/{}/fd", self.child.id())).into_iter().flatten().flatten();
        let nameless = |path: &PathBuf| path.metadata().is_ok_and(|meta| meta.is_file() && meta.nlink() == 0);
        let nameless = open.map(|entry| entry.path()).filter(nameless);
        nameless.chain(stage.unfinished()).any(|path| path.metadata().is_ok_and(|meta| meta.len() > 0))
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Ends it as Ctrl-C does.
    pub(crate) fn stop(&mut self) -> i32 {
        self.signal(Signal::INT);
        self.child.wait().unwrap().code().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.child.try_wait().unwrap().is_none() {
            let _ = kill_process(Pid::from_child(&self.child), Signal::INT);
            self.child.wait().unwrap();
        }
    }
}

/// Reads an answer until the connection ends; none where it ended without one.
pub(crate) fn read(mut stream: TcpStream) -> Option<Reply> {
    let mut bytes = Vec::new();
    let mut block = vec![0; 64 * 1024];
    let reset = loop {
        match stream.read(&mut block) {
            Ok(0) => break false,
            Ok(got) => bytes.extend_from_slice(&block[..got]),
            Err(e) if e.kind() == std::io::ErrorKind::ConnectionReset => break true,
            Err(e) => panic!("{e}, after {} bytes", bytes.len()),
        }
    };
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().unwrap();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let header = |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let rest = &bytes[end + 4..];
    let (body, complete) = if header("transfer-encoding") == Some("chunked") {
        unchunk(rest)
    } else {
        let length = header("content-length").map_or(0, |length| length.parse().unwrap());
        (rest.to_vec(), rest.len() == length)
    };
    Some(Reply { status, body, complete, reset, headers: headers.clone() })
}

fn unchunk(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    loop {
        let Some(end) = rest.windows(2).position(|window| window == b"\r\n") else { return (body, false) };
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        rest = &rest[end + 2..];
        if size == 0 {
            return (body, true);
        }
        body.extend_from_slice(&rest[..size.min(rest.len())]);
        if rest.len() < size + 2 {
            return (body, false);
        }
        rest = &rest[size + 2..];
    }
}

/// The processes of this user whose command line has a word.
pub(crate) fn processes(word: &str) -> usize {
    let all = fs::read_dir("/proc").unwrap().flatten();
    all.filter(|entry| {
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        line.split(|byte| *byte == 0).any(|part| part == word.as_bytes())
    })
    .count()
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
