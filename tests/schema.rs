//! What the binary prints, held against the JSON Schemas in `docs/schema`.
//!
//! One walk through the verbs collects every kind of object. Each is checked as it comes, and
//! then spoilt in every way that its schema must notice: a schema that lets everything pass, or
//! that nothing was held against, fails here too.

#![cfg(unix)]
#![allow(clippy::disallowed_methods, reason = "tests set their own stage")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::{Map, Value, json};
use wharf_core::error::Kind;

/// Where the schemas are.
fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema")
}

/// Every schema by its name, as JSON.
fn sources() -> BTreeMap<String, Value> {
    let files = fs::read_dir(directory()).expect("docs/schema is there");
    let paths = files.map(|file| file.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "json"));
    paths
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let text = fs::read_to_string(&path).unwrap();
            let schema = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{name}.json: {e}"));
            (name, schema)
        })
        .collect()
}

/// The compiled schemas, and what was held against them.
struct SchemaChecks {
    schemas: Schemas,
    compiled: BTreeMap<String, SchemaIndex>,
    seen: BTreeMap<String, Vec<Value>>,
}

impl SchemaChecks {
    fn open() -> Self {
        let mut schemas = Schemas::new();
        let mut compiler = Compiler::new();
        compiler.enable_format_assertions();
        let compiled = sources()
            .into_keys()
            .map(|name| {
                let path = directory().join(format!("{name}.json"));
                let index = compiler.compile(path.to_str().unwrap(), &mut schemas).unwrap_or_else(|e| panic!("{e:#}"));
                (name, index)
            })
            .collect();
        SchemaChecks { schemas, compiled, seen: BTreeMap::new() }
    }

    /// What is wrong with an object, if anything is.
    fn fault(&self, name: &str, object: &Value) -> Option<String> {
        let index = self.compiled.get(name).unwrap_or_else(|| panic!("there is no docs/schema/{name}.json"));
        self.schemas.validate(object, *index).err().map(|e| format!("{e:#}"))
    }

    /// Holds an object against its schema.
    fn hold(&mut self, name: &str, object: &Value) {
        if let Some(fault) = self.fault(name, object) {
            panic!("not a valid {name}: {object:#}\n{fault}");
        }
        self.seen.entry(name.to_owned()).or_default().push(object.clone());
    }

    /// Holds each of an array against a schema.
    fn hold_all(&mut self, name: &str, objects: &Value) {
        for object in objects.as_array().expect("an array") {
            self.hold(name, object);
        }
    }

    /// The first object of a kind that fits.
    fn sample(&self, name: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let seen = self.seen.get(name).map_or(&[][..], Vec::as_slice);
        seen.iter().find(|object| fits(object)).unwrap_or_else(|| panic!("no such {name} was seen")).clone()
    }
}

/// A directory of its own, with the store and some local files.
struct Stage {
    dir: tempfile::TempDir,
}

/// What a command left.
struct Run {
    args: String,
    code: i32,
    stdout: String,
    stderr: String,
}

impl Stage {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("tree/below")).unwrap();
        for path in ["a.txt", "b.bin", "tree/c", "tree/below/d"] {
            fs::write(dir.path().join(path), format!("content of {path}")).unwrap();
        }
        fs::create_dir(dir.path().join("broken")).unwrap();
        symlink("nowhere", dir.path().join("broken/link")).unwrap();
        Stage { dir }
    }

    /// Runs the binary; the words of `line` are its arguments.
    fn run(&self, line: &str) -> Run {
        let output = Command::new(env!("CARGO_BIN_EXE_wharf"))
            .args(line.split_whitespace())
            .current_dir(self.dir.path())
            .env_clear()
            .env("HOME", self.dir.path())
            .env("WHARF_HOME", self.dir.path().join("store"))
            .stdin(Stdio::null())
            .output()
            .expect("the binary runs");
        Run {
            args: line.to_owned(),
            code: output.status.code().expect("no signal ended it"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Stage {
    /// The receipts that `--receipt` wrote to a file.
    fn lines_of(&self, book: &mut SchemaChecks, name: &str) -> Vec<Value> {
        let text = fs::read_to_string(self.dir.path().join(name)).unwrap();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
        for line in &lines {
            book.hold("receipt", line);
        }
        lines
    }
}

impl Run {
    /// The exit code must be this.
    fn code(self, wanted: i32) -> Self {
        assert_eq!(self.code, wanted, "`wharf {}`: {}", self.args, self.stderr);
        self
    }

    fn ok(self) -> Self {
        self.code(0)
    }

    /// Standard output as one JSON value.
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("`wharf {}`: {e}: {}", self.args, self.stdout))
    }

    /// Standard output is one object of a kind.
    fn one(self, book: &mut SchemaChecks, name: &str) -> Value {
        let object = self.json();
        assert!(object.is_object(), "`wharf {}` printed no object: {object}", self.args);
        book.hold(name, &object);
        object
    }

    /// Checks that stdout is an array of `count` objects of a schema.
    fn array(self, book: &mut SchemaChecks, name: &str, count: usize) -> Vec<Value> {
        let Value::Array(objects) = self.json() else { panic!("`wharf {}` printed no array", self.args) };
        self.several(book, name, count, objects)
    }

    /// Checks that stdout has `count` lines, each an object of a schema.
    fn lines(self, book: &mut SchemaChecks, name: &str, count: usize) -> Vec<Value> {
        let objects = self.stdout.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
        self.several(book, name, count, objects)
    }

    fn several(self, book: &mut SchemaChecks, name: &str, count: usize, objects: Vec<Value>) -> Vec<Value> {
        assert_eq!(objects.len(), count, "`wharf {}`: {}", self.args, self.stdout);
        for object in &objects {
            book.hold(name, object);
        }
        objects
    }

    /// Standard error is one error object, whose kind is that of the exit code.
    fn error(&self, book: &mut SchemaChecks, kind: Kind) {
        assert_eq!(self.code, i32::from(kind.exit_code()), "`wharf {}`: {}", self.args, self.stderr);
        let report: Value = serde_json::from_str(&self.stderr)
            .unwrap_or_else(|e| panic!("`wharf {}`: {e}: {}", self.args, self.stderr));
        book.hold("error", &report);
        assert_eq!(report["error"]["kind"], kind.word(), "`wharf {}`", self.args);
    }
}

#[test]
fn every_object_fits_its_schema_and_no_spoilt_one_does() {
    let mut book = SchemaChecks::open();
    let stage = Stage::new();
    sessions(&stage, &mut book);
    transfers(&stage, &mut book);
    entries(&stage, &mut book);
    mounts(&stage, &mut book);
    commands(&stage, &mut book);
    runs(&stage, &mut book);
    agents(&stage, &mut book);
    turns(&stage, &mut book);
    errors(&stage, &mut book);
    surroundings(&stage, &mut book);
    deletions(&stage, &mut book);

    let used: Vec<_> = book.seen.keys().collect();
    assert_eq!(used, book.compiled.keys().collect::<Vec<_>>(), "schemas that were used, and those that there are");
    for (name, objects) in &book.seen {
        for object in objects {
            spoil_each_member(&book, name, object);
        }
    }
    spoil_by_hand(&book);
}

fn sessions(stage: &Stage, book: &mut SchemaChecks) {
    let made =
        stage.run("sessions create --id s1 --title first --label team=blue --label n=1 --ttl 1h --agent agent_1");
    let made = made.ok().one(book, "session");
    assert!(made["expires_at"].is_string() && made["agent"].is_string(), "{made}");
    let bare = stage.run("sessions create --id s2 --wait").ok().one(book, "session");
    assert!(bare["title"].is_null() && bare["expires_at"].is_null() && bare["agent"].is_null(), "{bare}");
    let listed = stage.run("sessions list").ok().array(book, "session", 2);
    assert_eq!(stage.run("sessions list --format jsonl").ok().lines(book, "session", 2), listed);
    stage.run("sessions get s1").ok().one(book, "session");
    stage.run("sessions get s1 s2").ok().array(book, "session", 2);
    stage.run("sessions wait s1").ok().one(book, "session");
    stage.run("sessions touch s1").ok().one(book, "session");
    let stopped = stage.run("sessions stop s1").ok().one(book, "session");
    assert_eq!(stopped["status"], "stopped");

    let labels = stage.run("sessions label s1 team=red n-").ok().json();
    assert_eq!(labels, json!({"team": "red"}), "labels are printed as a plain map");

    // An expired session is not listed and not found.
    stage.run("sessions create --id brief --ttl 1s").ok().one(book, "session");
    std::thread::sleep(std::time::Duration::from_millis(1100));
    stage.run("sessions list").ok().array(book, "session", 2);
    stage.run("sessions get brief --format json").error(book, Kind::NotFound);
}

fn transfers(stage: &Stage, book: &mut SchemaChecks) {
    stage.run("files upload tree s1:/tree").ok().array(book, "receipt", 2);
    let stored = stage.run("files upload a.txt b.bin").ok().array(book, "receipt", 2);
    assert_eq!(stored[0]["id"], stored[0]["file_id"], "a stored file's receipt is known by its id");

    let some = stage.run("files upload a.txt broken s1:/in/ --format json --jobs 1").code(10);
    some.error(book, Kind::Partial);
    let some = some.array(book, "receipt", 2);
    assert_eq!((&some[0]["status"], &some[1]["status"]), (&json!("copied"), &json!("failed")));
    let skipped = stage.run("files upload a.txt s1:/in/ --if-exists skip").ok().array(book, "receipt", 1);
    assert_eq!(skipped[0]["status"], "skipped");
    let planned = stage.run("files upload tree s1:/plan --dry-run").ok().array(book, "receipt", 2);
    assert_eq!(planned[0]["status"], "planned");
    let again = stage.run("files upload a.txt --dry-run").ok().array(book, "receipt", 1);
    assert_eq!((&again[0]["status"], &again[0]["id"]), (&json!("skipped"), &stored[0]["id"]), "it was not deleted");
    let planned = stage.run("files upload tree/c --dry-run --receipt lines").ok().array(book, "receipt", 1);
    assert!(planned[0]["destination"].is_null(), "a stored file has no id yet: {planned:?}");
    assert_eq!(stage.lines_of(book, "lines"), planned);
    let some = stage.run("files upload a.txt broken tree s1:/in/ --if-exists skip --receipt other").code(10);
    assert_eq!(Value::from(stage.lines_of(book, "other")), some.json(), "one of each status");

    stage.run("files download s1:/tree out").ok().array(book, "receipt", 2);
    fs::write(stage.dir.path().join("out/old"), "").unwrap();
    let planned = stage.run("files sync s1:/tree out --delete --dry-run").ok().array(book, "receipt", 3);
    assert!(planned.iter().any(|receipt| receipt["status"] == "planned_deletion"), "{planned:?}");
    let synced = stage.run("files sync s1:/tree out --delete").ok().array(book, "receipt", 3);
    assert!(synced.iter().any(|receipt| receipt["status"] == "deleted"), "{synced:?}");
    stage.run("files download s1:/tree out --if-exists skip --format jsonl").ok().lines(book, "receipt", 2);
    let gone = stage.run("files download s1:/gone s1:/tree/c out2/ --format jsonl").code(10);
    gone.error(book, Kind::Partial);
    gone.lines(book, "receipt", 2);
    let id = stored[0]["id"].as_str().unwrap();
    stage.run(&format!("files download {id} copy.txt")).ok().array(book, "receipt", 1);

    stage.run("files ls").ok().array(book, "stored_file", 2);
    stage.run(&format!("files stat {id}")).ok().one(book, "stored_file");
}

fn entries(stage: &Stage, book: &mut SchemaChecks) {
    let session = stage.run("sessions get s1").ok().one(book, "session");
    let path = Path::new(session["provider"]["path"].as_str().expect("a local session says where it is")).to_owned();
    symlink("in/a.txt", path.join("link")).unwrap();
    let socket = UnixListener::bind(path.join("socket")).unwrap();
    stage.run("files mkdir s1:/empty s1:/made --mode 700").ok().array(book, "entry", 2);
    stage.run("files mv s1:/made s1:/moved").ok().array(book, "entry", 1);
    stage.run("files stat s1:/").ok().one(book, "entry");

    let all = stage.run("files ls -R s1:/").ok().json();
    let all = all.as_array().unwrap();
    for kind in ["file", "directory", "symlink", "other"] {
        let found = all.iter().find(|entry| entry["kind"] == kind).unwrap_or_else(|| panic!("no {kind} in {all:?}"));
        book.hold("entry", found);
        assert_eq!(found["size"].is_number(), kind == "file", "{found}");
    }
    assert_eq!(stage.run("files ls -R s1:/ --format jsonl").ok().lines(book, "entry", all.len()), *all);
    drop(socket);
}

fn mounts(stage: &Stage, book: &mut SchemaChecks) {
    let files = stage.run("files ls").ok().array(book, "stored_file", 2);
    let id = files[0]["id"].as_str().unwrap();
    let resource = stage.run(&format!("resources add s1 {id}:/mnt/one")).ok().one(book, "resource");
    stage.run("resources add s1 @a.txt:/mnt/two @b.bin:/mnt/three").ok().array(book, "resource", 2);
    stage.run("resources list s1").ok().array(book, "resource", 3);
    let id = resource["id"].as_str().unwrap();
    stage.run(&format!("resources get s1 {id}")).ok().one(book, "resource");
    let mounted = stage.run("files stat s1:/mnt/one").ok().one(book, "entry");
    assert_eq!(mounted["file_id"], resource["file_id"]);
    let scoped = stage.run("files ls --scope-id s1").ok().array(book, "stored_file", 3);
    assert_eq!(scoped[0]["scope"], json!({"type": "session", "id": "s1"}));
}

fn commands(stage: &Stage, book: &mut SchemaChecks) {
    let ended = stage.run("exec s1 --format json -- sh -c true").ok().one(book, "exec");
    assert_eq!((&ended["exit_code"], &ended["signal"]), (&json!(0), &json!(null)));
    let failed = stage.run("exec s1 --format json -- no-such-command").code(127).one(book, "exec");
    assert_eq!(failed["error"]["kind"], "not_found");
    let run = stage.run("exec s1 --format jsonl -- echo text");
    let (exec, events): (Vec<_>, Vec<_>) = run
        .ok()
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .partition(|object| object["type"] == "exec");
    book.hold_all("exec", &exec.into());
    book.hold_all("event", &events.into());
}

fn runs(stage: &Stage, book: &mut SchemaChecks) {
    let script = format!(
        "export WHARF_CONFIG=runs.toml; w='{wharf} -b local --format jsonl run'\n\
         $w --in a.txt --out @outputs:back -- sh -c 'cp a.txt $WHARF_OUTPUTS; echo why >&2'\n\
         $w --out gone:x --keep on-failure -- false\n\
         $w --profile a hello\n",
        wharf = env!("CARGO_BIN_EXE_wharf")
    );
    fs::write(stage.dir.path().join("runs.sh"), script).unwrap();
    fs::write(stage.dir.path().join("runs.toml"), "[profiles.a]\nagent_command = ['cat']\n").unwrap();
    let run = stage.run("serve --backend anthropic -- sh runs.sh").ok();
    let objects = run.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let (runs, events): (Vec<_>, Vec<_>) = objects.partition(|object| object["type"] == "run");
    let [done, failed, turn] = &*runs else { panic!("{runs:?}") };
    assert_eq!(
        (&done["uploads"][0]["status"], &done["downloads"][0]["verified"]),
        (&json!("copied"), &json!("sha256"))
    );
    assert_eq!((&done["work"]["stderr"], &done["cleanup"]["status"]), (&json!("why\n"), &json!("deleted")));
    let status = |step: usize| failed["steps"][step]["status"].as_str().unwrap();
    assert_eq!([status(1), status(2), status(3), status(4)], ["skipped", "failed", "failed", "completed"]);
    assert_eq!((&failed["exit_code"], &failed["cleanup"]["status"]), (&json!(1), &json!("kept")));
    assert_eq!(turn["work"]["text"], "hello");
    book.hold_all("run", &runs.into());
    book.hold_all("event", &events.into());
}

/// The emulator has an agent and an environment behind every id that begins as theirs do.
fn agents(stage: &Stage, book: &mut SchemaChecks) {
    let served = |backend: &str, line: &str| {
        let wharf = env!("CARGO_BIN_EXE_wharf");
        stage.run(&format!("serve -- {wharf} -b {backend} --format json {line}"))
    };
    let agent = served("anthropic", "agents get agent_1").ok().one(book, "agent");
    assert_eq!((&agent["id"], &agent["version"], &agent["status"]), (&json!("agent_1"), &json!("1"), &json!("active")));
    served("anthropic", "agents list agent_1").ok().array(book, "agent", 1);
    served("anthropic", "agents list").ok().array(book, "agent", 0);
    let agent = served("foundry", "agents get a1").ok().one(book, "agent");
    assert_eq!((&agent["id"], &agent["model"]), (&json!("a1"), &json!(null)));
    served("foundry", "agents get a1 --version 1").ok().one(book, "agent");
    served("anthropic", "environments get env_1").ok().one(book, "environment");
    served("anthropic", "environments list").ok().array(book, "environment", 0);
}

fn turns(stage: &Stage, book: &mut SchemaChecks) {
    let script = format!(
        "id=$({wharf} sessions create --agent agent_1 --environment env_1 -q)\n\
         for prompt in 'echo one' 'tool bash {{}}' 'ask bash {{}}' 'custom weather {{}}' refuse fail; do\n\
         {wharf} invoke $id --format jsonl \"$prompt\"\n\
         {wharf} invoke $id --format jsonl --on-ask deny \"$prompt\"\n\
         done\n\
         {wharf} sessions events $id --format jsonl\n\
         export WHARF_CONFIG=local.toml; l='-b local --profile a --format jsonl'\n\
         {wharf} $l invoke s1 'printf \"a\\\\377\"; echo why >&2'\n\
         {wharf} $l invoke s1 'exit 3'\n\
         {wharf} $l sessions events s1\n",
        wharf = env!("CARGO_BIN_EXE_wharf")
    );
    fs::write(stage.dir.path().join("turns.sh"), script).unwrap();
    fs::write(stage.dir.path().join("local.toml"), "[profiles.a]\nagent_command = ['sh']\n").unwrap();
    let run = stage.run("serve --backend anthropic -- sh turns.sh").ok();
    let objects = run.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let (results, events): (Vec<_>, Vec<_>) = objects.partition(|object| object["type"] == "result");
    let statuses: Vec<_> = results.iter().map(|result| result["status"].as_str().unwrap()).collect();
    for status in ["completed", "needs_action", "refused", "failed"] {
        assert!(statuses.contains(&status), "{status}: {statuses:?}");
    }
    let local = results.iter().filter(|result| result["backend"] == "local");
    assert_eq!(local.map(|result| &result["stop_reason"]).collect::<Vec<_>>(), ["exit 0", "exit 3"]);
    for kind in
        ["user", "text", "text_delta", "stderr", "tool_call", "tool_result", "needs_action", "status", "usage", "error"]
    {
        assert!(events.iter().any(|event| event["type"] == kind), "{kind}");
    }
    book.hold_all("result", &results.into());
    book.hold_all("event", &events.into());
}

fn errors(stage: &Stage, book: &mut SchemaChecks) {
    for (line, kind) in [
        ("sessions frobnicate --format json", Kind::Usage),
        ("sessions list --transform #( --format jsonl", Kind::Usage),
        ("sessions delete --label team=red --format yaml", Kind::Usage),
        ("sessions get gone --format json", Kind::NotFound),
        ("files upload gone.txt s1:/x --format json", Kind::NotFound),
        ("files rm s1:/tree --format json", Kind::Conflict),
        ("sessions create --id s1 --format jsonl", Kind::Conflict),
        ("files upload a.txt s1:/mnt/one --format yaml", Kind::Conflict),
        ("sessions archive s1 --format json", Kind::Unsupported),
        ("sessions list --transform nothing --format json", Kind::NoMatch),
        ("sessions delete --label no=such --format json", Kind::NoMatch),
        ("sessions get s1 gone --format jsonl", Kind::Partial),
        ("sessions wait s1 --for idle --timeout 200ms --format json", Kind::Deadline),
    ] {
        stage.run(line).error(book, kind);
    }
}

fn surroundings(stage: &Stage, book: &mut SchemaChecks) {
    book.hold_all("backend", &stage.run("backends").ok().json());
    let settings = stage.run("config list --session s1").ok().json();
    book.hold_all("setting", &settings);
    for origin in ["flag", "default", "environment: WHARF_HOME"] {
        let named = settings.as_array().unwrap().iter().any(|setting| setting["origin"] == origin);
        assert!(named, "no setting from {origin}");
    }
    stage.run("config get backend").ok().one(book, "setting");
    for _ in 0..2 {
        book.hold_all("skill_file", &stage.run("skill install --dir skill").ok().json());
    }
    book.hold_all("check", &stage.run("doctor").ok().json());
    // Where something is wrong the checks come all the same, with a hint.
    let broken = stage.run("doctor --backend nothing").code(10).json();
    assert!(broken.as_array().unwrap().iter().any(|check| check["ok"] == false), "{broken}");
    book.hold_all("check", &broken);
}

fn deletions(stage: &Stage, book: &mut SchemaChecks) {
    let left = |objects: &[Value]| objects.iter().all(|object| object["deleted"] == false);
    let gone = |objects: &[Value]| objects.iter().all(|object| object["deleted"] == true);
    // A rehearsal names all that would go: three directories and three files.
    assert!(left(&stage.run("files rm -r s1:/tree s1:/in --dry-run").ok().array(book, "deletion", 2)));
    assert!(left(&stage.run("files rm -f s1:/gone").ok().array(book, "deletion", 1)));
    assert!(gone(&stage.run("files rm -r s1:/tree s1:/in").ok().array(book, "deletion", 2)));
    assert!(gone(&stage.run("resources delete s1 --mount-path /mnt/one").ok().array(book, "deletion", 1)));
    let files = stage.run("files ls").ok().json();
    let id = files[0]["id"].as_str().unwrap();
    assert!(left(&stage.run(&format!("files rm {id} --dry-run")).ok().array(book, "deletion", 1)));
    assert!(gone(&stage.run(&format!("files rm {id}")).ok().array(book, "deletion", 1)));
    assert!(left(&stage.run("sessions delete --label team=red --dry-run").ok().array(book, "deletion", 1)));
    assert!(left(&stage.run("sessions delete gone --missing-ok").ok().array(book, "deletion", 1)));
    assert!(gone(&stage.run("sessions delete s1 --format jsonl").ok().lines(book, "deletion", 1)));
}

/// Removes each field, gives it a wrong type, and adds an unknown one: the schema must reject all of them.
fn spoil_each_member(book: &SchemaChecks, name: &str, object: &Value) {
    for (what, spoilt) in spoilt(object) {
        assert!(book.fault(name, &spoilt).is_some(), "{what}, it is still a {name}: {spoilt:#}");
    }
}

/// The ways to spoil an object and the objects in it. A provider's own may be anything.
fn spoilt(object: &Value) -> Vec<(String, Value)> {
    let Value::Object(members) = object else { return Vec::new() };
    let mut unknown = members.clone();
    unknown.insert("unknown_member".to_owned(), json!(1));
    let mut all = vec![("with an unknown member".to_owned(), unknown.into())];
    for (name, value) in members {
        let mut without = members.clone();
        without.shift_remove(name);
        all.push((format!("without `{name}`"), without.into()));
        let changed = |value: Value| {
            let mut changed: Map<String, Value> = members.clone();
            changed.insert(name.clone(), value);
            Value::from(changed)
        };
        match name.as_str() {
            // These may be anything.
            "provider" | "input" => {}
            "labels" => all.push(("with a label that is a number".to_owned(), changed(json!({"team": 1})))),
            _ => {
                all.push((format!("with a wrong type of `{name}`"), changed(json!([{"wrong": "type"}]))));
                let inside = spoilt(value).into_iter();
                all.extend(inside.map(|(what, value)| (format!("in `{name}` {what}"), changed(value))));
            }
        }
    }
    all
}

fn spoil_runs_by_hand(book: &SchemaChecks) {
    let run = book.sample("run", |run| run["work"]["type"] == "exec");
    spoil("run", &run, book, "/steps/0/name", &json!(["begin", null]));
    spoil("run", &run, book, "/steps/0/status", &json!(["done", null]));
    spoil("run", &run, book, "/steps", &json!([[], null]));
    spoil("run", &run, book, "/uploads", &json!([[{}], null]));
    spoil("run", &run, book, "/work", &json!([{}, 1]));
    spoil("run", &run, book, "/cleanup/status", &json!(["done", null]));
    spoil("run", &run, book, "/exit_code", &json!([-1, 256, null]));
}

/// Values that are no such value, though some have its type.
fn spoil_by_hand(book: &SchemaChecks) {
    let receipt = |status: &str| book.sample("receipt", |receipt| receipt["status"] == status);
    for other in [receipt("planned"), receipt("deleted")] {
        spoil("receipt", &other, book, "/status", &json!(["copied", "failed", "skipped", null]));
        spoil("receipt", &other, book, "/id", &json!(["s1:/x"]));
        spoil("receipt", &other, book, "/verified", &json!(["sha256"]));
    }
    let (copied, failed) = (receipt("copied"), receipt("failed"));
    let time = json!([
        "",
        "2026-01-01",
        "2026-01-01T00:00:00",
        "2026-01-01T00:00:00+01:00",
        "2026-13-01T00:00:00Z",
        "2026-01-01 00:00:00Z",
        "2026-01-01T00:00:00z",
    ]);
    let hashes = json!(["ab", "A".repeat(64), "g".repeat(64), "a".repeat(65)]);
    let session = book.sample("session", |_| true);
    spoil("session", &session, book, "/id", &json!(["", "a", "-x", "a:b", "file_1", "a\nb"]));
    spoil("session", &session, book, "/backend", &json!(["cloud", null]));
    spoil("session", &session, book, "/status", &json!(["active", "", null]));
    spoil("session", &session, book, "/labels", &json!([{"a": null}, {"a": {}}, []]));
    spoil("session", &session, book, "/created_at", &time);
    spoil("session", &session, book, "/expires_at", &time);
    spoil("session", &session, book, "/agent", &json!([""]));
    let file = book.sample("entry", |entry| entry["kind"] == "file");
    spoil("entry", &file, book, "/path", &json!(["a", "", null]));
    spoil("entry", &file, book, "/kind", &json!(["dir", null]));
    spoil("entry", &file, book, "/size", &json!([-1, 1.5, "1"]));
    spoil("entry", &file, book, "/modified_at", &time);
    spoil("entry", &file, book, "/mode", &json!(["755", "0888", "00755", 755]));
    spoil("entry", &file, book, "/file_id", &json!(["", "file_", "sesn_1"]));
    let stored = book.sample("stored_file", |_| true);
    spoil("stored_file", &stored, book, "/id", &json!(["f", null]));
    spoil("stored_file", &stored, book, "/created_at", &time);
    spoil("stored_file", &stored, book, "/scope", &json!([{"type": "agent", "id": "s1"}, {"id": "s1"}, {}]));
    let resource = book.sample("resource", |_| true);
    spoil("resource", &resource, book, "/kind", &json!(["dir", null]));
    spoil("resource", &resource, book, "/mount_path", &json!(["a", ""]));
    spoil("resource", &resource, book, "/created_at", &time);
    spoil("receipt", &copied, book, "/status", &json!(["failed", "skipped", "done", null]));
    spoil("receipt", &copied, book, "/error", &json!([failed["error"]]));
    spoil("receipt", &copied, book, "/sha256", &hashes);
    spoil("receipt", &copied, book, "/verified", &json!(["none", "none: ", "sha1", true, null]));
    spoil("receipt", &failed, book, "/status", &json!(["copied"]));
    spoil("receipt", &failed, book, "/error", &json!([null, "text", {}]));
    spoil("receipt", &failed, book, "/error/kind", &json!(["closed", "bad", null]));
    spoil("receipt", &receipt("skipped"), book, "/error", &json!([null]));
    let exec = book.sample("exec", |_| true);
    spoil("exec", &exec, book, "/type", &json!(["event", null]));
    spoil("exec", &exec, book, "/status", &json!(["done", null]));
    spoil("exec", &exec, book, "/exit_code", &json!([-1, 256]));
    spoil("exec", &exec, book, "/encoding", &json!(["utf8", null]));
    spoil("exec", &exec, book, "/results", &json!([[{"text": 1}], [{}], [1]]));
    spoil("exec", &exec, book, "/started_at", &time);
    spoil_runs_by_hand(book);
    let event = book.sample("event", |_| true);
    spoil("event", &event, book, "/type", &json!(["exec", null]));
    spoil("event", &event, book, "/seq", &json!([0, null]));
    let agent = book.sample("agent", |_| true);
    spoil("agent", &agent, book, "/type", &json!(["environment", null]));
    spoil("agent", &agent, book, "/id", &json!(["", "-x", "a b", null]));
    spoil("agent", &agent, book, "/backend", &json!(["local", null]));
    spoil("agent", &agent, book, "/version", &json!([1, "", null]));
    spoil("agent", &agent, book, "/status", &json!(["enabled", null]));
    spoil("agent", &agent, book, "/description", &json!([""]));
    spoil("agent", &agent, book, "/created_at", &time);
    let environment = book.sample("environment", |_| true);
    spoil("environment", &environment, book, "/type", &json!(["agent", null]));
    spoil("environment", &environment, book, "/id", &json!(["", "-x", "a b", null]));
    spoil("environment", &environment, book, "/backend", &json!(["foundry", null]));
    spoil("environment", &environment, book, "/archived_at", &time);
    spoil("event", &event, book, "/encoding", &json!(["latin1"]));
    spoil("event", &event, book, "/at", &time);
    let priced = book.sample("result", |result| !result["cost"].is_null());
    spoil("result", &priced, book, "/type", &json!(["event", null]));
    spoil("result", &priced, book, "/status", &json!(["done", null]));
    spoil("result", &priced, book, "/text", &json!([null]));
    spoil("result", &priced, book, "/cost/amount", &json!(["", "one", "-0.01", 0.01, null]));
    spoil("result", &priced, book, "/cost/currency", &json!(["usd", "", null]));
    spoil("result", &priced, book, "/started_at", &time);
    let deletion = book.sample("deletion", |deletion| deletion["path"].is_string());
    spoil("deletion", &deletion, book, "/path", &json!(["/", "a", null]));
    spoil("deletion", &deletion, book, "/deleted", &json!(["true", null]));
    let error = book.sample("error", |_| true);
    spoil("error", &error, book, "/error/kind", &json!(["closed", "bad", null]));
    spoil("error", &error, book, "/error/message", &json!(["", null]));
    spoil("error", &error, book, "/error/status", &json!([0, "404"]));
    spoil("error", &error, book, "/error/retryable", &json!([null, 0]));
    spoil("error", &error, book, "/error/retry_after", &json!([-1, "1"]));
    let installed = book.sample("skill_file", |_| true);
    spoil("skill_file", &installed, book, "/status", &json!(["copied", null]));
    let setting = book.sample("setting", |_| true);
    spoil("setting", &setting, book, "/origin", &json!(["unknown", "environment: ", null]));

    let mut both = deletion;
    both["id"] = json!("s1");
    assert!(book.fault("deletion", &both).is_some(), "a deletion of an id and a path");
    let mut unverified = copied;
    unverified["verified"] = json!("none: the backend reports neither length nor hash");
    assert_eq!(book.fault("receipt", &unverified), None);
}

/// Puts each of `values` at `pointer`: none may pass.
fn spoil(name: &str, object: &Value, book: &SchemaChecks, pointer: &str, values: &Value) {
    for value in values.as_array().unwrap() {
        let mut spoilt = object.clone();
        *spoilt.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer} in {object}")) = value.clone();
        assert!(book.fault(name, &spoilt).is_some(), "this is still a {name}: {spoilt:#}");
    }
}

/// Schemas are closed, require every member, and describe each.
#[test]
fn schemas_keep_the_rules_of_the_house() {
    for (name, schema) in sources() {
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{name}");
        assert!(schema["title"].is_string(), "{name} has no title");
        look_at(&name, &schema);
    }
}

fn look_at(place: &str, schema: &Value) {
    assert!(schema["description"].as_str().is_some_and(|text| text.ends_with('.')), "{place} has no description");
    if let Some(members) = schema["properties"].as_object() {
        assert_eq!(schema["additionalProperties"], json!(false), "{place} is open");
        let required: Vec<_> = schema["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        // A deletion has one of two names.
        let wanted = members.keys().filter(|member| place != "deletion" || *member == "deleted");
        assert_eq!(required, wanted.collect::<Vec<_>>(), "{place} requires not every member in order");
        for (member, schema) in members {
            look_at(&format!("{place}.{member}"), schema);
        }
    }
    for (definition, schema) in schema["$defs"].as_object().into_iter().flatten() {
        look_at(&format!("{place}.{definition}"), schema);
    }
}

#[test]
fn the_kinds_of_errors_are_those_of_the_program() {
    let error = &sources()["error"]["$defs"]["error"]["properties"]["kind"]["enum"];
    let mut kinds: Vec<_> = Kind::ALL.iter().filter(|kind| **kind != Kind::Closed).map(|kind| kind.word()).collect();
    kinds.dedup();
    assert_eq!(*error, json!(kinds));
}

/// The table of `docs/schema/README.md` names every schema.
#[test]
fn the_readme_names_every_schema() {
    let readme = fs::read_to_string(directory().join("README.md")).expect("docs/schema/README.md is there");
    for name in sources().keys() {
        assert!(readme.contains(&format!("({name}.json)")), "docs/schema/README.md does not link {name}.json");
    }
}
