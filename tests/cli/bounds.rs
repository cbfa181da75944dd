//! Services whose answers have no measure: whatever comes, the process stays small, and says why it gives up.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::sandbox::{Call, Run, Sandbox};

/// The most memory that a process may ever have, in KiB.
const MOST: usize = 64 << 10;

/// Writes the content of an answer to the request with this first line.
type Content = Arc<dyn Fn(&str, &mut dyn Write) -> io::Result<()> + Send + Sync>;

/// How an answer is sent.
#[derive(Clone)]
struct Service {
    status: u16,
    headers: String,
    gzip: bool,
    content: Content,
}

impl Service {
    fn new(content: impl Fn(&str, &mut dyn Write) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Service { status: 200, headers: String::new(), gzip: false, content: Arc::new(content) }
    }

    fn of(parts: Vec<Part>) -> Self {
        Self::new(move |_, out| parts.iter().try_for_each(|part| part.write(out)))
    }
}

/// A part of a content, as often as is said.
#[derive(Debug, Clone)]
struct Part(String, usize);

impl Part {
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let Part(text, count) = self;
        let at_once = (64 << 10) / text.len().max(1) + 1;
        let block = text.repeat(at_once.min(*count));
        let mut left = *count;
        while left > 0 {
            let now = left.min(at_once);
            out.write_all(&block.as_bytes()[..now * text.len()])?;
            left -= now;
        }
        Ok(())
    }
}

fn part(text: &str, count: usize) -> Part {
    Part(text.to_owned(), count)
}

/// The service on a port of its own, until it is dropped.
struct Listening(SocketAddr, Arc<AtomicBool>);

impl Listening {
    fn new(service: Service) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, over) = (listener.local_addr().unwrap(), Arc::<AtomicBool>::default());
        let ended = Arc::clone(&over);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if ended.load(Ordering::Relaxed) {
                    return;
                }
                let service = service.clone();
                // Where the client goes away, so does the answer.
                thread::spawn(move || drop(answer(&service, stream)));
            }
        });
        Listening(address, over)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.1.store(true, Ordering::Relaxed);
        drop(TcpStream::connect(self.0));
    }
}

fn answer(service: &Service, stream: TcpStream) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.set_write_timeout(Some(Duration::from_secs(10)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first)?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? <= 2 {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let mut out = stream;
    let packed = if service.gzip { "content-encoding: gzip\r\n" } else { "" };
    let Service { status, headers, content, .. } = service;
    write!(out, "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-type: application/json\r\n{packed}{headers}\r\n")?;
    if service.gzip {
        let mut packed = GzEncoder::new(&mut out, Compression::fast());
        content(&first, &mut packed)?;
        packed.finish()?;
        return Ok(());
    }
    let mut out = io::BufWriter::new(out);
    content(&first, &mut out)?;
    out.flush()
}

fn wharf(sandbox: &Sandbox, backend: &str, service: &Listening, args: &[&str]) -> Call {
    let url = format!("http://{}", service.0);
    let args = [&["--retries", "0"], args].concat();
    let call = sandbox.wharf(args).env("WHARF_BACKEND", backend).env("WHARF_AGENT", "a1");
    match backend {
        "foundry" => call
            .env("FOUNDRY_PROJECT_ENDPOINT", format!("{url}/api/projects/p"))
            .env("WHARF_FOUNDRY_TOKEN", "token-of-a-test"),
        "anthropic" => call.env("ANTHROPIC_BASE_URL", url).env("ANTHROPIC_API_KEY", "key-of-a-test"),
        _ => call.env("AGB_ENDPOINT", url).env("AGB_API_KEY", "key-of-a-test").without_env("WHARF_AGENT"),
    }
}

/// Runs a command to its end; the most memory that it ever had, in KiB, or 0 where it ended before the first look.
fn measured(call: Call) -> (Run, usize) {
    let running = call.stdout_to(File::options().write(true).open("/dev/null").unwrap()).start();
    let status = format!("/proc/{}/status", running.id());
    let watching = thread::spawn(move || {
        let mut most = 0;
        while let Ok(text) = fs::read_to_string(&status)
            && let Some(line) = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))
        {
            most = line.trim().trim_end_matches(" kB").parse().unwrap();
            thread::sleep(Duration::from_millis(1));
        }
        most
    });
    let run = running.finish();
    (run, watching.join().unwrap())
}

/// Runs a command against a service and holds it to its bounds; `codes` are how it may end.
#[track_caller]
fn bounded(backend: &str, service: Service, args: &[&str], codes: &[i32], what: &str) -> usize {
    let sandbox = Sandbox::new();
    let listening = Listening::new(service);
    let (run, most) = measured(wharf(&sandbox, backend, &listening, args));
    assert!(most < MOST, "{backend} {args:?}, {what}: {most} KiB");
    assert!(codes.iter().any(|code| run.has_code(*code)), "{backend} {args:?}, {what}: {}", run.stderr());
    assert!(run.stderr().len() < 8000, "{backend} {args:?}, {what}: a long error");
    most
}

/// A command, and the answer to it around one value that it does not know.
struct UnknownValueCase {
    args: &'static [&'static str],
    /// What stands before an object, what is in it, and what stands behind it.
    list: [&'static str; 2],
    object: &'static str,
}

impl UnknownValueCase {
    /// The answer with `value` in its object.
    fn with(&self, value: Vec<Part>) -> Vec<Part> {
        let [before, behind] = self.list;
        let mut parts = vec![part(&format!("{before}{},\"x\":", self.object.strip_suffix('}').unwrap()), 1)];
        parts.extend(value);
        parts.push(part(&format!("}}{behind}"), 1));
        parts
    }
}

const FOUNDRY: &str = r#"{"agent_session_id":"s1","version_indicator":{"type":"version_ref","agent_version":"7"},"status":"active","created_at":1795219200}"#;
const SESSION: &str = r#"{"id":"sesn_1","status":"idle","metadata":{},"agent":{"id":"agent_1"}}"#;
const FILE: &str = r#"{"id":"file_1","filename":"f","size_bytes":5,"downloadable":true}"#;
const MOUNT: &str = r#"{"type":"file","id":"r","file_id":"file_1","mount_path":"/mnt/session/uploads/x"}"#;
const DATA: [&str; 2] = [r#"{"data":["#, "]}"];

const AROUND: [(&str, &[UnknownValueCase]); 3] = [
    (
        "foundry",
        &[
            UnknownValueCase { args: &["sessions", "list"], list: DATA, object: FOUNDRY },
            UnknownValueCase { args: &["sessions", "get", "s1"], list: ["", ""], object: FOUNDRY },
            UnknownValueCase {
                args: &["files", "stat", "s1:/d"],
                list: ["", ""],
                object: r#"{"is_dir":false,"size":5}"#,
            },
            UnknownValueCase {
                args: &["files", "ls", "s1:/"],
                list: [r#"{"entries":["#, "]}"],
                object: r#"{"name":"a","is_directory":false,"size":5}"#,
            },
        ],
    ),
    (
        "anthropic",
        &[
            UnknownValueCase { args: &["sessions", "list"], list: DATA, object: SESSION },
            UnknownValueCase { args: &["sessions", "get", "sesn_1"], list: ["", ""], object: SESSION },
            UnknownValueCase { args: &["files", "ls"], list: DATA, object: FILE },
            UnknownValueCase { args: &["files", "stat", "file_1"], list: ["", ""], object: FILE },
            UnknownValueCase { args: &["resources", "list", "sesn_1"], list: DATA, object: MOUNT },
        ],
    ),
    (
        "agb",
        &[
            UnknownValueCase {
                args: &["sessions", "list"],
                list: [r#"{"success":true,"data":["#, "]}"],
                object: r#"{"sessionId":"s1","sessionStatus":"RUNNING"}"#,
            },
            UnknownValueCase {
                args: &["sessions", "get", "s1"],
                list: [r#"{"success":true,"data":"#, "}"],
                object: r#"{"status":"RUNNING"}"#,
            },
        ],
    ),
];

/// Values that are small on the wire and large in memory, or have no measure at all.
fn values() -> Vec<(&'static str, Vec<Part>)> {
    vec![
        ("deep nesting", vec![part("[", 1_000_000), part("]", 1_000_000)]),
        ("deep objects", vec![part(r#"{"a":"#, 200_000), part("0", 1), part("}", 200_000)]),
        ("an array without an end", vec![part("[0", 1), part(",0", 4_000_000)]),
        ("a wide array", vec![part("[0", 1), part(",0", 1_500_000), part("]", 1)]),
        ("a wide object", vec![part(r#"{"a":0"#, 1), part(r#","a":0"#, 600_000), part("}", 1)]),
        ("many objects", vec![part("[{}", 1), part(",{}", 1_000_000), part("]", 1)]),
        ("a long text", vec![part("\"", 1), part("x", 100_000_000), part("\"", 1)]),
        ("a long number", vec![part("1", 8_000_000)]),
    ]
}

/// Values that are within all bounds, and as large as those let them be.
fn allowed() -> Vec<(&'static str, Vec<Part>)> {
    vec![
        ("the widest at the deepest", vec![part("[", 95), part("0", 1), part(",0", 49_000), part("]", 95)]),
        ("many lines", vec![part("\"", 1), part("x\\n", 1_300_000), part("\"", 1)]),
        ("what terminals obey", vec![part("\"", 1), part("\\u202e", 600_000), part("\"", 1)]),
        ("a text", vec![part("\"", 1), part("x", 4_000_000), part("\"", 1)]),
    ]
}

#[test]
fn a_value_of_any_size_stays_small_in_memory() {
    for (backend, commands) in AROUND {
        for around in commands {
            for (what, value) in values() {
                for gzip in [false, true] {
                    let service = Service { gzip, ..Service::of(around.with(value.clone())) };
                    bounded(backend, service, around.args, &[8], what);
                }
            }
        }
    }
}

#[test]
fn a_value_that_is_allowed_stays_small_in_every_format() {
    let formats = ["json", "yaml", "table", "raw"];
    let commands = AROUND.iter().flat_map(|(backend, commands)| commands.iter().map(move |around| (*backend, around)));
    for (i, (backend, around)) in commands.enumerate() {
        for (j, (what, value)) in allowed().into_iter().enumerate() {
            // Each format meets each value, and each command; not each pair of these both.
            let chosen = if i == 0 { &formats[..] } else { &formats[(i + j) % formats.len()..][..1] };
            for format in chosen {
                let args = [around.args, &["--format", format]].concat();
                bounded(backend, Service::of(around.with(value.clone())), &args, &[0], what);
            }
        }
    }
}

#[test]
fn a_list_of_any_length_stays_small_in_memory() {
    for (backend, commands) in AROUND {
        for around in commands.iter().filter(|around| around.list[0].ends_with('[')) {
            let [before, behind] = around.list;
            let list = |item: &str, count: usize, behind: &str| {
                Service::of(vec![
                    part(&format!("{before}{}", around.object), 1),
                    part(&format!(",{item}"), count),
                    part(behind, 1),
                ])
            };
            // Items that cannot be read are as many errors.
            for (what, item) in [("numbers", "0"), ("objects", "{}"), ("items", around.object)] {
                bounded(backend, list(item, 1_000_000, behind), around.args, &[6, 8], what);
                bounded(backend, list(item, 9_000, behind), around.args, &[0, 8, 10], what);
            }
            bounded(backend, list(around.object, usize::MAX, ""), around.args, &[6, 8], "without an end");
            let gzip = Service { gzip: true, ..list(around.object, 10_000_000, behind) };
            bounded(backend, gzip, around.args, &[6, 8], "packed");
        }
    }
}

#[test]
fn packed_and_broken_answers_stay_small_in_memory() {
    for (backend, commands) in AROUND {
        for around in commands {
            let blanks = Service { gzip: true, ..Service::of(vec![part(" ", 500_000_000)]) };
            bounded(backend, blanks, around.args, &[8], "a packed answer of blanks");
        }
        // Errors and headers are read in one way for all commands.
        let around = &commands[0];
        for status in [400, 404, 500] {
            for (what, value) in values() {
                let service = Service { status, ..Service::of(around.with(value)) };
                bounded(backend, service, around.args, &[2, 4, 8], what);
            }
            let gzip = Service { status, gzip: true, ..Service::of(vec![part("[", 100_000_000)]) };
            bounded(backend, gzip, around.args, &[2, 4, 8], "a packed error");
        }
        for (what, headers) in [
            ("a long header", format!("x-long: {}\r\n", "x".repeat(2_000_000))),
            ("many headers", "x-many: 1\r\n".repeat(20_000)),
            ("a length beyond all measure", format!("content-length: {}\r\n", u64::MAX)),
            ("a length that is none", "content-length: -1\r\n".to_owned()),
        ] {
            let service = Service { headers, ..Service::of(around.with(vec![part("0", 1)])) };
            bounded(backend, service, around.args, &[8], what);
        }
    }
}

#[test]
fn what_a_tool_says_stays_small_in_memory() {
    let text = |text: Vec<Part>| {
        let mut parts = vec![part(r#"{"success":true,"data":{"content":[{"type":"text","text":""#, 1)];
        parts.extend(text);
        parts.push(part(r#""}],"isError":false}}"#, 1));
        Service::of(parts)
    };
    let ran = |stdout: Vec<Part>| {
        let mut parts = vec![part(r#"{\"exit_code\":0,\"stderr\":\"\",\"stdout\":\""#, 1)];
        parts.extend(stdout);
        parts.push(part(r#"\"}"#, 1));
        text(parts)
    };
    let ls = ["files", "ls", "s1:/tmp"];
    let entries = |count: usize| ran(vec![part("0 d 4096 1 755 tmp/", 1), part("1 f 5 1 644 name/", count)]);
    bounded("agb", entries(90_000), &ls, &[0], "many entries");
    bounded("agb", entries(120_000), &ls, &[6], "more entries than are listed");
    bounded("agb", entries(1_000_000), &ls, &[8], "entries without an end");
    bounded(
        "agb",
        ran(vec![part("0 d 4096 1 755 tmp/1 f 5 1 644 ", 1), part("n", 3_500_000), part("/", 1)]),
        &ls,
        &[8],
        "a name",
    );
    // Without `find`, lines of the tools' own, each of which would cost a call.
    for (what, lines) in [("lines", r"[FILE] a\n"), ("no lines", r"\n"), ("keys", r"a:\n")] {
        bounded("agb", text(vec![part(r"[DIR] a\n", 1), part(lines, 350_000)]), &ls, &[6, 8], what);
    }
    for (what, value) in values() {
        let mut nested = vec![part("{\\\"exit_code\\\":0,\\\"x\\\":", 1)];
        nested.extend(value.into_iter().map(|Part(text, count)| Part(text.replace('"', "\\\""), count)));
        nested.push(part("}", 1));
        bounded("agb", text(nested), &ls, &[0, 6, 8], what);
    }
}

/// Pages that go on for ever, each with other items and another cursor.
fn endless(item: impl Fn(usize) -> String + Send + Sync + 'static, list: &'static str, size: usize) -> Service {
    let count = AtomicUsize::new(0);
    Service::new(move |_, out| {
        let page = count.fetch_add(1, Ordering::Relaxed);
        let items: Vec<_> = (0..size).map(|number| item(page * size + number)).collect();
        let ends =
            format!("\"has_more\":true,\"last_id\":\"l{page}\",\"next_page\":\"n{page}\",\"nextToken\":\"t{page}\"");
        write!(out, "{{\"success\":true,\"{list}\":[{}],{ends}}}", items.join(","))
    })
}

#[test]
fn pages_without_an_end_stay_small_in_memory() {
    let foundry = |number: usize| FOUNDRY.replace("s1", &format!("s{number}"));
    let session = |number: usize| SESSION.replace("sesn_1", &format!("sesn_{number}"));
    let file = |number: usize| FILE.replace("file_1", &format!("file_{number}"));
    let entry = |number: usize| format!(r#"{{"name":"{number}","is_directory":false,"size":5}}"#);
    let mount = |number: usize| MOUNT.replace("/x", &format!("/{number}"));
    let agb = |number: usize| format!(r#"{{"sessionId":"s{number}","sessionStatus":"RUNNING"}}"#);
    // Streams go on until the time is over; what has to be held is given up.
    let (on, over): (&[i32], &[i32]) = (&[124], &[6, 124]);
    let args = ["sessions", "list", "--timeout", "3s"];
    let most = bounded("foundry", endless(foundry, "data", 100), &args, on, "sessions");
    assert!(most > 1024, "nothing was measured");
    bounded("foundry", endless(entry, "entries", 5000), &["files", "ls", "s1:/", "--timeout", "15s"], over, "entries");
    bounded("anthropic", endless(session, "data", 100), &["sessions", "list", "--timeout", "3s"], on, "sessions");
    bounded("anthropic", endless(file, "data", 1000), &["files", "ls", "--timeout", "3s"], on, "files");
    bounded(
        "anthropic",
        endless(mount, "data", 1000),
        &["resources", "list", "sesn_1", "--timeout", "3s"],
        on,
        "mounts",
    );
    for args in [&["files", "ls", "-R", "sesn_1:/"][..], &["files", "stat", "sesn_1:/x"]] {
        bounded("anthropic", endless(mount, "data", 1000), args, over, "what a session holds");
    }
    bounded("agb", endless(agb, "data", 50), &["sessions", "list", "--timeout", "3s"], on, "sessions");
    let labelled = move |number: usize| session(number).replace(r#""metadata":{}"#, r#""metadata":{"a":"b"}"#);
    let args = ["sessions", "delete", "--label", "a=b", "--yes", "--missing-ok"];
    bounded("anthropic", endless(labelled, "data", 1000), &args, over, "what is to be deleted");
    for (backend, list, args) in [
        ("foundry", "data", &["sessions", "list"][..]),
        ("foundry", "entries", &["files", "ls", "s1:/"]),
        ("anthropic", "data", &["files", "ls"]),
        ("agb", "data", &["sessions", "list"]),
    ] {
        bounded(backend, endless(|_| String::new(), list, 0), args, &[8], "pages without items");
    }
}

#[test]
fn trees_without_an_end_stay_small_in_memory() {
    let directory = |name: &str| format!(r#"{{"name":"{name}","is_directory":true,"size":0}}"#);
    let of = |items: Vec<String>| Service::new(move |_, out| write!(out, r#"{{"entries":[{}]}}"#, items.join(",")));
    let list = ["files", "ls", "-R", "s1:/", "--timeout", "5s"];
    bounded("foundry", of(vec![directory("d")]), &list, &[10, 124], "a directory in itself");
    bounded("foundry", of((0..1000).map(|n| directory(&n.to_string())).collect()), &list, &[124], "a wide tree");
    let wide = || (0..40_000).map(|n| directory(&format!("{n:05}"))).collect();
    bounded("foundry", of(wide()), &list, &[10, 124], "a tree that is wide on every level");
}

/// The memory that a turn of 200,000 events may add to a turn of a few, in KiB.
const LONG_TURN: usize = 20 << 10;

#[test]
fn a_turn_of_many_events_stays_small_in_memory() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let create = ["sessions", "create", "--agent", "agent_1", "--environment", "env_1", "-q"];
    let session = served.wharf("anthropic", create).run().ok().stdout().trim_end().to_owned();
    let peak = |args: &[&str]| {
        let (run, most) = measured(served.wharf("anthropic", args));
        run.ok();
        most
    };
    let few = peak(&["invoke", &session, "tool bash {}"]);
    assert!(few > 0, "the command ended before its memory was looked at");
    // Each is a call and its result, and the beginning and the end of a request to the model.
    let many = peak(&["invoke", &session, "repeat 50000 tool bash {}"]);
    assert!(many < few + LONG_TURN, "invoke: {few} KiB, then {many} KiB");
    let followed = peak(&["sessions", "events", &session, "--until", "idle", "--format", "jsonl"]);
    assert!(followed < few + LONG_TURN, "events: {few} KiB, then {followed} KiB");
}

#[test]
fn a_response_of_many_pieces_stays_small_in_memory() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&["--fault", "invoke:drop@event150000 x2"]);
    let session = served.wharf("foundry", ["sessions", "create", "-q"]).run().ok().stdout().trim_end().to_owned();
    let peak = |args: &[&str]| {
        let (run, most) = measured(served.wharf("foundry", args));
        run.ok();
        most
    };
    let few = peak(&["invoke", &session, "echo x\nsleep 100ms\necho x"]);
    assert!(few > 0, "the command ended before its memory was looked at");
    for args in [&[][..], &["--format", "jsonl"], &["--format", "json"]] {
        let many = peak(&[args, &["invoke", &session, "repeat 200000 echo x"]].concat());
        assert!(many < few + LONG_TURN, "{args:?}: {few} KiB, then {many} KiB");
    }
}

#[test]
fn the_object_of_a_long_text_takes_twice_its_size() {
    let sandbox = Sandbox::new();
    fs::create_dir_all(sandbox.config().join("wharf")).unwrap();
    let profile = "profile = 'a'\n[profiles.a]\nbackend = 'local'\nagent_command = ['sh']\n";
    fs::write(sandbox.config().join("wharf/config.toml"), profile).unwrap();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    let peak = |format: &str, mebibytes: usize| {
        let script = format!("head -c {} /dev/zero | tr '\\0' x", mebibytes << 20);
        let (run, most) = measured(sandbox.wharf(["--format", format, "invoke", "s1", &script]));
        run.ok();
        most
    };
    for (format, more) in [("json", 64), ("jsonl", 16)] {
        let (small, large) = (peak(format, 1), peak(format, 1 + more));
        // 16 MiB more are for what the allocator keeps.
        assert!(large < small + ((2 * more + 16) << 10), "{format}: {small} KiB, then {large} KiB");
    }
}
