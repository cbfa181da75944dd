//! `wharf invoke` and `sessions interrupt` on Microsoft Foundry, whose service and agents the emulator plays.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::sandbox::{Call, Run, Running, Sandbox, Served, wait_until};

const AGENTS: &str = "/api/projects/wharf/agents/a1";

/// A server with these options, and a session there.
struct Stage<'s> {
    sandbox: &'s Sandbox,
    served: Served<'s>,
    session: String,
}

impl<'s> Stage<'s> {
    /// One whose agent speaks `responses`.
    fn new(sandbox: &'s Sandbox, options: &[&str]) -> Self {
        Self::speaking(sandbox, options, None)
    }

    /// One whose agent speaks these protocols.
    fn speaking(sandbox: &'s Sandbox, options: &[&str], protocols: Option<&[&str]>) -> Self {
        let log = sandbox.path("log.jsonl");
        drop(fs::remove_file(&log));
        let served = sandbox.serve(&[&["--log", log.to_str().unwrap()], options].concat());
        if let Some(protocols) = protocols {
            let protocols: Vec<_> =
                protocols.iter().map(|name| json!({ "protocol": name, "version": "1.0.0" })).collect();
            let version = json!({ "definition": { "kind": "hosted", "protocol_versions": protocols } });
            served.post(&format!("{AGENTS}/versions?api-version=v1"), version.to_string().as_bytes());
        }
        let session = served.wharf("foundry", ["sessions", "create", "-q"]).run();
        let session = session.ok().stdout().trim_end().to_owned();
        Stage { sandbox, served, session }
    }

    fn wharf(&self, args: &[&str]) -> Call {
        self.served.wharf("foundry", args)
    }

    fn run(&self, args: &[&str]) -> Run {
        self.wharf(args).run()
    }

    fn invoke(&self, args: &[&str]) -> Run {
        self.run(&[&["invoke", &self.session], args].concat())
    }

    /// The result of an invocation with `--format json`, which ends with this code.
    fn result(&self, code: i32, args: &[&str]) -> Value {
        self.run(&[&["--format", "json", "invoke", &self.session], args].concat()).code(code).json()
    }

    /// An invocation that is under way.
    fn start(&self, args: &[&str]) -> Running {
        let before = self.asked("agents.invoke");
        let running = self.wharf(&[&["--format", "json", "invoke", &self.session], args].concat()).start();
        let started = || self.log(&[]).iter().filter(|line| line.contains("started")).count();
        wait_until("the agent works", || started() > before);
        running
    }

    /// The lines of the session's log, of both kinds.
    fn log(&self, args: &[&str]) -> Vec<String> {
        let of = |kind: &str| {
            let run = self.run(&[&["sessions", "logs", &self.session, "-q", "--kind", kind], args].concat());
            run.ok().lines().into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        [of("system"), of("console")].concat()
    }

    /// How often the server was asked for this. It writes a line when an answer has ended.
    fn asked(&self, operation: &str) -> usize {
        let lines = self.sandbox.read("log.jsonl");
        let asked = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        asked.filter(|line| line["operation"] == operation).count()
    }
}

#[test]
fn the_text_goes_to_stdout_and_everything_else_to_stderr() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &[]);
    let run = stage.invoke(&["echo one two"]);
    assert_eq!(run.ok().stdout(), "one two\n");
    run.says(&["done in", " in, ", " out"]);
    assert!(!run.stderr().contains('$'), "{}", run.stderr());
    let tool = stage.invoke(&["tool bash {\"command\":\"wc -l data.csv\"}"]);
    assert_eq!(tool.ok().stdout(), "All done.\n");
    tool.says(&["bash", "ok 0."]);
    let quiet = stage.invoke(&["-q", "echo one"]);
    assert_eq!((quiet.ok().stdout(), quiet.stderr()), ("one\n", ""));
    sandbox.write("prompt.md", "echo from a file");
    assert_eq!(stage.invoke(&["-f", "prompt.md"]).ok().stdout(), "from a file\n");
    let piped = stage.wharf(&["invoke", ":", "-"]).env("WHARF_SESSION", &stage.session).stdin("echo stdin").run();
    assert_eq!(piped.ok().stdout(), "stdin\n");
    let raw = stage.run(&["--format", "raw", "invoke", &stage.session, "echo raw"]);
    let frames: Vec<Value> = raw.ok().lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(frames.last().unwrap()["type"], "response.completed");
}

#[test]
fn json_and_jsonl_end_with_one_result_whatever_happens() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &[]);
    for (prompt, code, status, kind) in [
        ("echo one", 0, "completed", Value::Null),
        ("refuse", 14, "refused", json!("agent_failed")),
        ("budget", 14, "failed", json!("agent_failed")),
        ("exhaust", 14, "failed", json!("agent_failed")),
        ("fail", 14, "failed", json!("agent_failed")),
        ("ask rm {}", 13, "needs_action", json!("needs_action")),
        ("custom weather {}", 13, "needs_action", json!("needs_action")),
    ] {
        let result = stage.result(code, &[prompt]);
        assert_eq!((&result["status"], &result["error"]["kind"]), (&json!(status), &kind), "{prompt}: {result:#}");
        assert_eq!((&result["agent"], &result["cost"], &result["denied"]), (&json!("a1"), &Value::Null, &json!([])));
        assert_eq!(result["pending"].as_array().unwrap().len(), usize::from(code == 13), "{prompt}: {result:#}");
        let lines = stage.run(&["--format", "jsonl", "invoke", &stage.session, prompt]);
        let lines: Vec<Value> =
            lines.code(code).lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        let (last, events) = lines.split_last().unwrap();
        assert_eq!(
            (&last["type"], &last["status"], &last["events"]),
            (&json!("result"), &json!(status), &json!(events.len()))
        );
        assert!(events.iter().enumerate().all(|(at, event)| event["type"] != "result" && event["seq"] == at + 1));
        assert_eq!(events[0]["type"], "user", "{prompt}");
    }
    let missing = stage.run(&["--format", "json", "invoke", "missing-session", "echo x"]);
    assert_eq!(missing.code(4).json()["status"], "failed");
}

#[test]
fn an_agent_is_spoken_to_in_the_protocol_that_its_version_names() {
    let sandbox = Sandbox::new();
    for (protocols, text) in [
        (&["responses"][..], "hi\n"),
        (&["invocations"], "{\"output\":\"hi\"}\n"),
        (&["a2a", "invocations"], "{\"output\":\"hi\"}\n"),
        (&["invocations", "responses"], "hi\n"),
    ] {
        let stage = Stage::speaking(&sandbox, &[], Some(protocols));
        assert_eq!(stage.invoke(&["echo hi"]).ok().stdout(), text, "{protocols:?}");
        for protocol in ["responses", "invocations"] {
            let before = stage.asked("agents.invoke");
            let run = stage.invoke(&["echo hi", "--protocol", protocol]);
            if protocols.contains(&protocol) {
                assert_eq!(run.ok().stdout(), if protocol == "responses" { "hi\n" } else { "{\"output\":\"hi\"}\n" });
            } else {
                run.code(7).says(&[&format!("does not speak `{protocol}`"), protocols[0]]);
                assert_eq!(stage.asked("agents.invoke"), before, "nothing is sent");
            }
        }
    }
    let stage = Stage::speaking(&sandbox, &[], Some(&["a2a"]));
    stage.invoke(&["echo hi"]).code(7).says(&["a2a"]);
    // An empty list says nothing: the service refuses.
    let stage = Stage::speaking(&sandbox, &[], Some(&[]));
    stage.invoke(&["echo hi"]).code(7).says(&["501"]);
}

#[test]
fn an_invocation_has_the_form_that_the_agent_likes() {
    let sandbox = Sandbox::new();
    let stage = Stage::speaking(&sandbox, &[], Some(&["invocations"]));
    for (prompt, text) in [
        ("reply text\necho one two", "one two\n"),
        ("{\"message\":\"echo json\"}", "{\"output\":\"json\"}\n"),
        ("reply later\necho later", "\"output\":\"later\""),
        ("reply sse\necho a b", "{\"delta\":\"a \"}\n{\"delta\":\"b\"}\n"),
    ] {
        let run = stage.invoke(&[prompt]);
        assert!(run.ok().stdout().contains(text), "{prompt}: {}", run.stdout());
    }
    let result = stage.result(0, &["reply text\necho one"]);
    assert_eq!((&result["text"], &result["usage"]), (&json!("one"), &Value::Null));
    assert!(result["id"].is_string(), "{result:#}");
    stage.invoke(&["reply text\nfail"]).code(14).says(&["Internal server error"]);
    stage.invoke(&["reply text\nexhaust"]).code(14).says(&["asked for"]);
    stage.invoke(&["reply sse\necho a\nfail"]).code(8);
    stage.invoke(&["reply later\nexhaust"]).code(14).says(&["asked for"]);
    stage.invoke(&["reply accepted\necho x"]).code(8).says(&["may still be working"]);
    sandbox.write("a.csv", "a\n");
    stage.invoke(&["echo x", "--attach", "a.csv"]).code(7).says(&["shown no files", "upload"]);
    stage.invoke(&["echo x", "--conversation", "new"]).code(7).says(&["no conversations"]);
    stage.invoke(&["echo x", "--conversation", "conv_1"]).code(7).says(&["no conversations"]);
}

#[test]
fn a_conversation_is_begun_and_continued() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &[]);
    let first = stage.result(0, &["--conversation", "new", "echo one"]);
    let id = first["conversation"].as_str().unwrap().to_owned();
    let second = stage.result(0, &["--conversation", &id, "echo two"]);
    assert_eq!((&second["conversation"], &second["text"]), (&json!(id), &json!("two")));
    assert_eq!(stage.asked("conversations.create"), 1);
    assert_eq!(stage.result(0, &["echo alone"])["conversation"], Value::Null);
    // A second message while the agent works.
    let running = stage.start(&["--conversation", &id, "sleep 60s"]);
    stage.invoke(&["--conversation", &id, "echo x"]).code(5).says(&["another conversation"]);
    running.signal(Signal::INT);
    running.finish().code(130);
    stage.invoke(&["--conversation", &id, "echo x"]).ok();
}

#[test]
fn files_travel_in_the_message() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &[]);
    sandbox.write("data.csv", "a,b\n");
    sandbox.write("plot.png", b"\x89PNG\r\n\x1a\n");
    sandbox.write("file_abc", "x");
    let result = stage.result(0, &["--attach", "data.csv", "--attach", "plot.png", "echo seen"]);
    assert_eq!(result["text"], "seen");
    let path = format!("{AGENTS}/endpoint/protocols/openai/responses/{}/input_items", result["id"].as_str().unwrap());
    let items = stage.served.get(&format!("{path}?api-version=v1"));
    let content = items["data"][0]["content"].as_array().unwrap().clone();
    assert_eq!(content[0], json!({ "type": "input_text", "text": "echo seen" }));
    assert_eq!((&content[1]["type"], &content[1]["filename"]), (&json!("input_file"), &json!("data.csv")));
    assert_eq!(content[1]["file_data"], "data:text/csv;base64,YSxiCg==");
    assert_eq!((&content[2]["type"], &content[2]["detail"]), (&json!("input_image"), &json!("auto")));
    assert_eq!(content[2]["image_url"], "data:image/png;base64,iVBORw0KGgo=");
    let before = stage.asked("agents.invoke");
    stage.invoke(&["--attach", "file_abc", "echo x"]).code(2).says(&["no stored files", "`./file_abc`"]);
    stage.invoke(&["--attach", "missing.csv", "echo x"]).code(4);
    let large = fs::File::create(sandbox.path("large")).unwrap();
    large.set_len((20 << 20) + 1).unwrap();
    stage.invoke(&["--attach", "large", "echo x"]).code(2).says(&["at most 20 MiB", "upload"]);
    large.set_len(15 << 20).unwrap();
    stage.invoke(&["--attach", "large", "--attach", "large", "echo x"]).code(2).says(&["at most 20 MiB", "upload"]);
    assert_eq!(stage.asked("agents.invoke"), before, "nothing is sent");
    stage.invoke(&["--attach", "./file_abc", "echo named"]).ok();
    stage.invoke(&["--system", "x", "echo x"]).code(7);
    stage.invoke(&["--on-ask", "allow", "echo x"]).code(7);
}

#[test]
fn a_stream_that_breaks_is_resumed_and_the_message_is_sent_once() {
    let faults: Vec<String> = (0..13)
        .map(|event| format!("invoke:drop@event{event} x1"))
        .chain((1..13).map(|event| format!("invoke:silent-end@event{event} x1")))
        .collect();
    thread::scope(|scope| {
        for faults in faults.chunks(9) {
            scope.spawn(move || {
                for fault in faults {
                    let sandbox = Sandbox::new();
                    let stage = Stage::new(&sandbox, &["--fault", fault]);
                    let first =
                        stage.run(&["--format", "jsonl", "invoke", &stage.session, "tool bash {}\necho one two"]);
                    let lines = first.lines();
                    let result: Value = serde_json::from_str(lines.last().unwrap()).unwrap();
                    if fault.contains("drop@event0") || fault.contains("silent-end@event1 ") {
                        // Its id is not known.
                        assert_eq!(first.code(8).says(&["may"]).lines().len(), lines.len());
                        assert_eq!(result["status"], "unknown", "{fault}");
                    } else {
                        assert_eq!((&first.ok().has_code(0), &result["text"]), (&true, &json!("one two")), "{fault}");
                        assert_eq!(result["reconnects"], 1, "{fault}");
                    }
                    let second = stage.invoke(&["tool bash {}\necho one two"]);
                    assert_eq!(second.ok().stdout(), "one two\n", "{fault}");
                    wait_until("both are answered", || stage.asked("agents.invoke") == 2);
                }
            });
        }
    });
    let sandbox = Sandbox::new();
    // Resumed streams break as well.
    let stage = Stage::new(&sandbox, &["--fault", "invoke:drop@event3 x1", "--fault", "responses.get:drop@event2 x3"]);
    let result = stage.result(0, &["echo one two three four five"]);
    assert_eq!((&result["text"], &result["reconnects"]), (&json!("one two three four five"), &json!(4)));
}

#[test]
fn a_stream_with_comments_alone_is_opened_again() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &["--fault", "invoke:keepalive-only x1"]);
    // The id of the response is in its first event: without that, the turn cannot be found again.
    stage.invoke(&["--timeout", "2s", "echo one\nsleep 60s"]).code(124).says(&["may"]);
    assert_eq!(stage.invoke(&["echo two"]).ok().stdout(), "two\n");
    let faults = ["--fault", "invoke:drop@event3 x1", "--fault", "responses.get:keepalive-only x2"];
    let stage = Stage::new(&sandbox, &faults);
    let result = stage.result(0, &["echo one two"]);
    assert_eq!((&result["text"], &result["reconnects"]), (&json!("one two"), &json!(3)));
    // One that goes on and brings no event.
    let stage =
        Stage::new(&sandbox, &["--fault", "invoke:drop@event3 x1", "--fault", "responses.get:keepalive-only x1"]);
    let call = stage.wharf(&["invoke", &stage.session, "echo one\nsleep 64s\necho two"]);
    assert_eq!(call.run_within(Duration::from_secs(100)).ok().stdout(), "onetwo\n");
    wait_until("it was opened again", || stage.asked("responses.get") == 2);
}

#[test]
fn a_message_whose_answer_was_lost_is_sent_once() {
    for (protocols, fault, code, turns) in [
        ("responses", "invoke:reset@end x1", 8, 1),
        ("responses", "invoke:reset x1", 8, 0),
        ("responses", "invoke:429 x1 retry-after=0", 0, 1),
        ("responses", "invoke:424 x1", 0, 1),
        ("responses", "invoke:502 x1", 0, 1),
        ("responses", "invoke:500 x1", 8, 0),
        ("invocations", "invoke:reset@end x1", 8, 1),
        ("invocations", "invoke:reset x1", 8, 0),
        ("invocations", "invoke:424 x1", 0, 1),
        ("invocations", "invoke:truncate x1", 8, 1),
    ] {
        let sandbox = Sandbox::new();
        let stage = Stage::speaking(&sandbox, &["--fault", fault], Some(&[protocols]));
        let run = stage.invoke(&["echo once"]);
        assert!(run.has_code(code), "{protocols}, {fault}: {}", run.stderr());
        if code == 8 {
            run.says(&["may", "wharf sessions logs"]);
        }
        let started = stage.log(&[]).iter().filter(|line| line.contains("started")).count();
        assert_eq!(started, turns, "{protocols}, {fault}");
    }
}

#[test]
fn lost_answers_to_questions_and_cancellations_are_asked_for_again() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &["--fault", "invoke:drop@event2 x1", "--fault", "responses.get:reset@end x2"]);
    assert_eq!(stage.invoke(&["echo one two"]).ok().stdout(), "one two\n");
    let faults = ["--fault", "invocations.get:reset@end x2", "--fault", "invocations.get:503 x1"];
    let stage = Stage::speaking(&sandbox, &faults, Some(&["invocations"]));
    assert!(stage.invoke(&["reply later\nsleep 1s\necho one"]).ok().stdout().contains("one"));
    for (protocol, fault, prompt) in [
        ("responses", "responses.cancel:reset@end x1", "sleep 60s"),
        ("invocations", "invocations.cancel:reset@end x1", "reply later\nsleep 60s"),
    ] {
        let stage = Stage::speaking(&sandbox, &["--fault", fault], Some(&[protocol]));
        let running = stage.start(&[prompt]);
        running.signal(Signal::INT);
        let run = running.finish();
        assert_eq!(run.code(130).json()["status"], "interrupted", "{protocol}");
        run.says(&["the agent was stopped"]);
        wait_until("the agent has stopped", || stage.log(&[]).iter().any(|line| line.ends_with("cancelled")));
    }
}

#[test]
fn ctrl_c_and_the_time_limit_stop_the_agent() {
    let sandbox = Sandbox::new();
    for (protocol, prompt) in [("responses", "echo a\nsleep 60s"), ("invocations", "reply later\nsleep 60s")] {
        let stage = Stage::speaking(&sandbox, &[], Some(&[protocol]));
        let cancelled = || stage.log(&[]).iter().filter(|line| line.ends_with("cancelled")).count();
        for (number, (signal, code)) in [(Signal::INT, 130), (Signal::TERM, 143)].into_iter().enumerate() {
            let running = stage.start(&[prompt]);
            running.signal(signal);
            let begun = Instant::now();
            let run = running.finish();
            assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
            assert_eq!(run.code(code).says(&["the agent was stopped"]).json()["status"], "interrupted");
            assert_eq!(cancelled(), number + 1);
        }
        let late = stage.run(&["--timeout", "1s", "--format", "json", "invoke", &stage.session, prompt]);
        assert_eq!(late.code(124).json()["status"], "timed_out");
        assert_eq!(cancelled(), 3);
    }
    // The connection of a plain invocation is all that holds its agent.
    let stage = Stage::speaking(&sandbox, &[], Some(&["invocations"]));
    let running = stage.start(&["reply sse\necho a\nsleep 60s"]);
    running.signal(Signal::INT);
    let run = running.finish();
    assert_eq!(run.code(130).json()["status"], "interrupted");
    run.says(&["may still be working"]);
    wait_until("the agent has stopped", || stage.log(&[]).iter().any(|line| line.ends_with("cancelled")));
    // One that has not answered.
    let running = stage.start(&["reply text\nsleep 60s"]);
    running.signal(Signal::INT);
    let begun = Instant::now();
    let run = running.finish();
    assert_eq!(run.code(130).json()["status"], "interrupted");
    run.says(&["may still be working"]);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn an_interrupt_that_the_service_does_not_take_is_not_told_as_one() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &["--fault", "responses.cancel:500"]);
    let running = stage.start(&["sleep 60s", "--retries", "0"]);
    running.signal(Signal::INT);
    let run = running.finish();
    assert_eq!(run.code(130).json()["status"], "interrupted");
    run.says(&["may not have been asked to stop", "wharf sessions interrupt"]);
    // The second signal does not wait for an answer.
    let stage = Stage::new(&sandbox, &["--fault", "responses.cancel:stall"]);
    let running = stage.start(&["sleep 60s"]);
    running.signal(Signal::INT);
    thread::sleep(Duration::from_millis(300));
    running.signal(Signal::INT);
    let begun = Instant::now();
    assert_eq!(running.finish().code(130).json()["status"], "interrupted");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn an_agent_whose_answer_is_late_is_stopped_once_it_has_a_name() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &["--fault", "invoke:latency=2s"]);
    let run = stage.run(&["--timeout", "1s", "--format", "json", "invoke", &stage.session, "sleep 60s"]);
    assert_eq!(run.code(124).says(&["the agent was stopped"]).json()["status"], "timed_out");
    assert!(stage.log(&[]).iter().any(|line| line.ends_with("cancelled")));
}

/// Whether a turn is kept that has not ended.
fn is_kept(sandbox: &Sandbox) -> bool {
    let all = fs::read_dir(sandbox.store().join("turns")).into_iter().flatten().flatten();
    let mut texts = all.filter_map(|file| fs::read_to_string(file.path()).ok());
    texts.any(|text| text.contains("\"ended\":false"))
}

#[test]
fn a_turn_whose_wharf_was_killed_is_followed_and_interrupted() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &[]);
    stage.run(&["sessions", "interrupt", &stage.session]).code(5).says(&["no turn", "wharf sessions stop"]);
    stage.invoke(&["--follow"]).code(5).says(&["no turn"]);
    let killed = |prompt: &str| {
        let running = stage.start(&[prompt]);
        wait_until("its id is kept", || is_kept(&sandbox));
        running.signal(Signal::KILL);
        drop(running);
    };
    killed("echo one\nsleep 3s\necho two");
    let detached = stage.invoke(&["--follow", "--timeout", "500ms"]);
    detached.code(124).says(&["not interrupted"]);
    let followed = stage.run(&["--format", "json", "invoke", &stage.session, "--follow"]);
    assert_eq!(followed.ok().json()["text"], "onetwo");
    assert_eq!(stage.invoke(&["--follow"]).ok().stdout(), "onetwo\n", "a turn that is over");
    // Work that was accepted has its own way to be asked for.
    let later = Stage::speaking(&sandbox, &[], Some(&["invocations"]));
    let running = later.start(&["reply later\nsleep 60s"]);
    wait_until("its id is kept", || is_kept(&sandbox));
    running.signal(Signal::KILL);
    drop(running);
    later.run(&["sessions", "interrupt", &later.session]).ok();
    later.invoke(&["--follow"]).code(130);
    // A turn that ended needs no interrupt.
    stage.run(&["sessions", "interrupt", &stage.session]).ok();
    killed("echo three\nsleep 60s");
    stage.run(&["sessions", "interrupt", &stage.session]).ok();
    wait_until("the agent has stopped", || stage.log(&[]).iter().any(|line| line.ends_with("cancelled")));
    stage.invoke(&["--follow"]).code(130);
    stage.run(&["sessions", "interrupt", "missing-session"]).one_of(&[4, 5]);
}

#[test]
fn the_error_of_an_agent_that_failed_has_the_end_of_its_log() {
    let sandbox = Sandbox::new();
    let command = "sh -c 'for n in 1 2 3 4 5 6 7; do echo line $n >&2; done; printf \"\\033[31mred\\n\" >&2; exit 3'";
    let served = sandbox.serve(&["--agent-command", command]);
    let session = served.wharf("foundry", ["sessions", "create", "-q"]).run().ok().stdout().trim_end().to_owned();
    let run = served.wharf("foundry", ["invoke", &session, "x"]).run();
    run.code(14).says(&["the session's log ends with", "line 7", "red"]);
    assert!(!run.stderr().contains("line 1\n") && !run.stderr().contains('\u{1b}'), "{:?}", run.stderr());
    let secret = served.variable("WHARF_FOUNDRY_TOKEN");
    assert!(!run.stderr().contains(secret), "{}", run.stderr());
    let json = served.wharf("foundry", ["--format", "json", "invoke", &session, "x"]).run();
    assert!(json.code(14).json()["error"]["hint"].as_str().unwrap().contains("line 7"), "{}", json.stdout());
}
