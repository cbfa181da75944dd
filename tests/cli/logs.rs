//! `wharf sessions logs`: of the sandboxes of Microsoft Foundry, and of local turns.

use std::fs;
use std::io::{BufRead, BufReader};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::azure::json_of;
use crate::endpoint::{Endpoint, RecordedRequest, Reply};
use crate::sandbox::{Call, Run, Sandbox, Served};

fn json_lines(run: &Run) -> Vec<Value> {
    run.lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A session of Foundry in the emulator, whose agent writes its prompt to stderr.
struct Stage<'s> {
    served: Served<'s>,
    session: String,
}

impl<'s> Stage<'s> {
    fn new(sandbox: &'s Sandbox, faults: &[&str]) -> Self {
        let faults = faults.iter().flat_map(|fault| ["--fault", fault]);
        let options: Vec<_> = ["--agent-command", "sh -c 'cat >&2'"].into_iter().chain(faults).collect();
        let served = sandbox.serve(&options);
        let session = served.wharf("foundry", ["sessions", "create", "-q"]).run();
        let session = session.ok().stdout().trim_end().to_owned();
        Stage { served, session }
    }

    fn say(&self, text: &str) {
        self.served.wharf("foundry", ["invoke", &self.session, text]).run().ok();
    }

    fn call(&self, args: &[&str]) -> Call {
        self.served.wharf("foundry", [&["sessions", "logs", &self.session], args].concat())
    }

    fn run(&self, args: &[&str]) -> Run {
        self.call(args).run()
    }
}

#[test]
fn the_lines_of_a_session_are_listed_by_kind_and_number() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &[]);
    stage.say("one\ntwo");
    stage.say("three");
    let all = stage.run(&["-q"]);
    let lines = all.ok().lines();
    // The first one is the platform's.
    assert_eq!((lines[1], lines[2], lines[4]), ("one", "two", "three"));
    assert!(lines.len() == 6 && lines[3].ends_with("completed"), "{lines:?}");
    assert_eq!(stage.run(&["-q", "--tail", "2"]).ok().lines(), lines[4..]);
    let objects = stage.run(&["--format", "json", "--tail", "2"]).ok().json();
    assert_eq!((&objects[0]["type"], &objects[0]["text"]), (&json!("stderr"), &json!("three")));
    assert_eq!((&objects[0]["seq"], &objects[1]["seq"]), (&json!(1), &json!(2)));
    assert_eq!((&objects[0]["session"], &objects[0]["provider_type"]), (&json!(stage.session), &json!("log")));
    assert!(objects[0]["at"].is_string() && objects[0]["provider"]["message"] == "three", "{objects:#}");
    let system = stage.run(&["--format", "jsonl", "--kind", "system"]);
    let system = json_lines(system.ok());
    assert!(system.iter().all(|line| line["type"] == "status"), "{system:?}");
    assert!(system.iter().any(|line| line["text"].as_str().unwrap().ends_with("started")), "{system:?}");
    stage.run(&["--tail", "0"]).code(2);
    stage.run(&["--tail", "301"]).code(2).says(&["from 1 to 300"]);
    stage.run(&["--tail", "300"]).ok();
    stage.served.wharf("foundry", ["sessions", "logs", "missing-session"]).run().code(4);
    for (backend, id) in [("anthropic", "sesn_1"), ("agb", "s-1")] {
        stage.served.wharf(backend, ["sessions", "logs", id]).run().code(7);
    }
}

#[test]
fn a_log_is_followed_through_breaks_without_a_repeated_line_until_the_session_ends() {
    for faults in [
        &[][..],
        &["sessions.log:drop@event2 x1"],
        &["sessions.log:drop@event3 x1", "sessions.log:silent-end@event2 x1", "sessions.log:503 x1"],
    ] {
        let sandbox = Sandbox::new();
        let stage = Stage::new(&sandbox, faults);
        stage.say("one\ntwo");
        let mut following = stage.call(&["-f", "-q", "--kind", "console"]).start();
        let mut lines = BufReader::new(following.take_stdout()).lines().map(Result::unwrap);
        let mut next = || loop {
            let line = lines.next();
            // What became of a turn, and what the platform says.
            if line.as_ref().is_none_or(|line| !line.ends_with("completed") && !line.contains("container")) {
                return line;
            }
        };
        assert_eq!((next().as_deref(), next().as_deref()), (Some("one"), Some("two")), "{faults:?}");
        stage.say("three");
        assert_eq!(next().as_deref(), Some("three"), "{faults:?}");
        stage.say("three");
        stage.say("four");
        assert_eq!((next().as_deref(), next().as_deref()), (Some("three"), Some("four")), "{faults:?}");
        stage.served.wharf("foundry", ["sessions", "delete", &stage.session]).run().ok();
        assert_eq!(next(), None, "{faults:?}");
        following.finish().ok();
    }
}

#[test]
fn a_log_whose_stream_stays_open_is_read_to_its_last_line() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &["sessions.log:stall@400"]);
    stage.say("one\ntwo\nthree\nfour\nfive\nsix");
    let begun = Instant::now();
    let run = stage.run(&["-q"]);
    let lines = run.ok().lines();
    assert!(lines.contains(&"one") && !lines.contains(&"six"), "{lines:?}");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    let cut = Stage::new(&sandbox, &["sessions.log:drop@event2"]);
    cut.say("one\ntwo");
    cut.run(&["-q"]).code(8);
}

#[test]
fn a_reader_that_goes_away_ends_the_following() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &[]);
    stage.say("one\ntwo");
    let line = format!("$WHARF sessions logs {} -f -q | head -n 1; echo ${{PIPESTATUS[0]}}", stage.session);
    let following = sandbox.shell(&line, Some((&stage.served, "foundry"))).start();
    std::thread::spawn({
        let say = stage.served.wharf("foundry", ["invoke", &stage.session, "three"]);
        move || drop(say.run())
    });
    let run = following.finish();
    assert_eq!(run.ok().lines().len(), 2);
    stage.run(&["-f", "-q", "--timeout", "1s"]).code(124);
}

/// A service with a session whose log is at one of the two routes, or at none.
struct Logged {
    sandbox: Sandbox,
    service: Endpoint,
}

impl Logged {
    fn new(log: impl Fn(&RecordedRequest) -> Reply + Send + Sync + 'static) -> Self {
        let service = Endpoint::new(move |asked| {
            if asked.line.contains(":logstream") {
                return log(asked);
            }
            if asked.line.contains("/sessions/s1?") {
                let version = json!({ "type": "version_ref", "agent_version": "7" });
                return json_of(
                    200,
                    &json!({ "agent_session_id": "s1", "version_indicator": version,
                    "status": "active", "created_at": 1_795_219_200 }),
                );
            }
            missing()
        });
        Logged { sandbox: Sandbox::new(), service }
    }

    fn run(&self, args: &[&str]) -> Run {
        let args = [&["sessions", "logs"], args].concat();
        let call = self.sandbox.wharf(args).env("WHARF_BACKEND", "foundry").env("WHARF_AGENT", "a1");
        call.env("FOUNDRY_PROJECT_ENDPOINT", format!("{}/api/projects/p", self.service.url()))
            .env("WHARF_FOUNDRY_TOKEN", "token-of-a-test")
            .run()
    }
}

fn missing() -> Reply {
    json_of(404, &json!({ "error": { "code": "not_found", "message": "x" } }))
}

fn streamed(data: &[&str]) -> Reply {
    let frames = data.iter().map(|data| format!("event: log\ndata: {data}\n\n"));
    (200, "content-type: text/event-stream\r\n".to_owned(), frames.collect())
}

#[test]
fn the_other_route_is_asked_where_the_first_one_is_missing() {
    for status in [404, 405, 501] {
        let stage = Logged::new(move |asked| {
            if asked.line.contains("/versions/7/sessions/s1:logstream") {
                return streamed(&["one"]);
            }
            json_of(status, &json!({ "error": { "code": "x", "message": "x" } }))
        });
        assert_eq!(stage.run(&["s1", "-q"]).ok().stdout(), "one\n", "{status}");
    }
    let neither = Logged::new(|_| missing());
    neither.run(&["s1"]).code(4);
    neither.run(&["s2"]).code(4);
    let first = Logged::new(|_| streamed(&["one"]));
    first.run(&["s1", "--kind", "system", "--tail", "7"]).ok();
    let asked = first.service.asked(":logstream");
    assert!(asked.len() == 1 && !asked[0].line.contains("/versions/"), "{asked:?}");
    for word in ["kind=system", "tail=7", "follow=false", "api-version=v1"] {
        assert!(asked[0].line.contains(word), "{}", asked[0].line);
    }
}

#[test]
fn a_line_of_any_form_is_shown() {
    let long = "x".repeat(100_000);
    let known = r#"{"timestamp":"2026-11-20T09:02:01Z","stream":"stdout","message":"known\u001b[31m"}"#;
    let stage = Logged::new(move |_| {
        streamed(&[known, "plain", "[1]", r#"{"level":"info","text":"x"}"#, r#"{"message":7}"#, "{", &long, ""])
    });
    let run = stage.run(&["s1", "--format", "jsonl"]);
    let lines = json_lines(run.ok());
    let of =
        |name: &str| lines.iter().map(|line| line[name].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>();
    assert_eq!(of("type")[..3], ["stdout", "other", "other"]);
    assert_eq!(
        of("text")[..6],
        ["known\u{1b}[31m", "plain", "[1]", r#"{"level":"info","text":"x"}"#, r#"{"message":7}"#, "{"]
    );
    assert_eq!(of("text")[6].len(), 100_000);
    assert_eq!((&lines[0]["at"], &lines[3]["provider"]["level"]), (&json!("2026-11-20T09:02:01Z"), &json!("info")));
    assert_eq!(
        stage.run(&["s1", "--tail", "2", "--format", "jsonl"]).ok().lines().len(),
        2,
        "not every service heeds it"
    );
}

#[test]
fn lines_that_are_alike_are_all_shown_where_the_stream_did_not_break() {
    let opened = Mutex::new(0);
    let stage = Logged::new(move |_| {
        let mut opened = opened.lock().unwrap();
        *opened += 1;
        match *opened {
            1 => streamed(&["a", "a", "b"]),
            2 => streamed(&["a", "a", "b", "c", "c"]),
            _ => missing(),
        }
    });
    assert_eq!(stage.run(&["s1", "-f", "-q"]).ok().lines(), ["a", "a", "b", "c", "c"]);
}

#[test]
fn local_logs_are_what_agents_wrote_to_stderr() {
    let sandbox = Sandbox::new();
    fs::create_dir_all(sandbox.config().join("wharf")).unwrap();
    let profile = "profile = 'a'\n[profiles.a]\nbackend = 'local'\nagent_command = ['sh']\n";
    fs::write(sandbox.config().join("wharf/config.toml"), profile).unwrap();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    let logs = |args: &[&str]| sandbox.run([&["sessions", "logs", "s1"], args].concat());
    assert_eq!(logs(&["-q"]).ok().stdout(), "");
    sandbox.run(["invoke", "s1", "echo out; echo one >&2; printf 'tw' >&2; sleep 0.3; echo o >&2"]).ok();
    sandbox.run(["invoke", "s1", "printf 'no end' >&2"]).ok();
    assert_eq!(logs(&["-q"]).ok().lines(), ["one", "two", "no end"]);
    assert_eq!(logs(&["-q", "--tail", "2"]).ok().lines(), ["two", "no end"]);
    let objects = logs(&["--format", "json"]).ok().json();
    assert_eq!(
        (&objects[1]["type"], &objects[1]["text"], &objects[1]["seq"]),
        (&json!("stderr"), &json!("two"), &json!(2))
    );
    logs(&["--kind", "system"]).code(7).says(&["console"]);
    sandbox.run(["sessions", "logs", "missing"]).code(4);
    let mut following = sandbox.wharf(["sessions", "logs", "s1", "-f", "-q", "--tail", "1"]).start();
    let mut lines = BufReader::new(following.take_stdout()).lines().map(Result::unwrap);
    assert_eq!(lines.next().as_deref(), Some("no end"));
    sandbox.run(["invoke", "s1", "echo three >&2; echo four >&2"]).ok();
    assert_eq!((lines.next().as_deref(), lines.next().as_deref()), (Some("three"), Some("four")));
    sandbox.run(["sessions", "delete", "s1"]).ok();
    assert_eq!(lines.next(), None);
    following.finish().ok();
}
