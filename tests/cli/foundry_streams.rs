//! Agents of Microsoft Foundry whose service breaks, repeats, lies or says nothing: a turn ends with its terminal event
//! and nothing else, its text comes whole and once, and a message is sent at most once.

use std::collections::HashMap;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::azure::json_of;
use crate::endpoint::{Endpoint, RecordedRequest, Reply, UNTIL_CLOSE};
use crate::frames::{FRAME_FORMS, frame, frames};
use crate::sandbox::{Call, Run, Sandbox};

const TOKEN: &str = "token-of-a-test";

/// The response, as its events have it.
fn response(status: &str, mut members: Value) -> Value {
    let mut response = json!({ "id": "caresp_1", "object": "response", "status": status, "agent_session_id": "s1" });
    response.as_object_mut().unwrap().append(members.as_object_mut().unwrap());
    response
}

/// A message of the agent, as the output has it.
fn message(id: &str, text: &str) -> Value {
    let content = json!([{ "type": "output_text", "text": text, "annotations": [] }]);
    json!({ "id": id, "type": "message", "role": "assistant", "status": "completed", "content": content })
}

fn call() -> Value {
    json!({ "id": "mcp_1", "type": "mcp_call", "name": "wc", "server_label": "files", "arguments": "{}", "output": "811" })
}

/// The response when it is complete.
fn complete() -> Value {
    let usage = json!({ "input_tokens": 12, "output_tokens": 4, "input_tokens_details": { "cached_tokens": 2 } });
    let output = json!([message("msg_1", "One text."), call(), message("msg_2", "Another.")]);
    response("completed", json!({ "output": output, "usage": usage }))
}

fn failed() -> Value {
    response("failed", json!({ "output": [], "error": { "code": "server_error", "message": "boom" } }))
}

/// The events of a plain turn, without their numbers.
fn plain() -> Vec<Value> {
    let state = |kind: &str| json!({ "type": kind, "response": response("in_progress", json!({ "output": [] })) });
    let item = |kind: &str, item: Value| json!({ "type": kind, "output_index": 0, "item": item });
    let text = |kind: &str, item: &str, name: &str, text: &str| {
        let mut event = json!({ "type": kind, "item_id": item, "output_index": 0, "content_index": 0 });
        event[name] = text.into();
        event
    };
    let delta = |id: &str, piece: &str| text("response.output_text.delta", id, "delta", piece);
    let done = |id: &str, whole: &str| text("response.output_text.done", id, "text", whole);
    vec![
        state("response.created"),
        state("response.in_progress"),
        item("response.output_item.added", message("msg_1", "")),
        delta("msg_1", "One "),
        delta("msg_1", "text."),
        done("msg_1", "One text."),
        item("response.output_item.done", message("msg_1", "One text.")),
        item("response.output_item.done", call()),
        delta("msg_2", "An"),
        delta("msg_2", "other."),
        done("msg_2", "Another."),
        item("response.output_item.done", message("msg_2", "Another.")),
        json!({ "type": "response.completed", "response": complete() }),
    ]
}

/// The events with their numbers.
fn turn() -> Vec<Value> {
    numbered(plain())
}

fn numbered(mut events: Vec<Value>) -> Vec<Value> {
    for (number, event) in events.iter_mut().enumerate() {
        event["sequence_number"] = number.into();
    }
    events
}

/// What the text of that turn looks like on stdout.
const SAID: &str = "One text.\nAnother.\n";

/// An answer that is a stream, in the session.
fn stream(content: impl Into<String>) -> Reply {
    (200, "content-type: text/event-stream\r\nx-agent-session-id: s1\r\n".to_owned(), content.into())
}

/// The answer with one more header.
fn with(mut reply: Reply, header: &str) -> Reply {
    reply.1 += header;
    reply
}

/// The answer, whose connection breaks after the content.
fn cut(reply: Reply) -> Reply {
    with(reply, "content-length: 1048576\r\n")
}

fn refused(status: u16, code: &str, message: &str) -> Reply {
    json_of(status, &json!({ "error": { "code": code, "message": message } }))
}

/// Answers: the beginning of a request, a part of it, and what is answered to the first one, the second one, and so on.
/// The last answer is given again.
type Route = (&'static str, &'static str, Vec<Reply>);

fn route(method: &'static str, path: &'static str, replies: &[Reply]) -> Route {
    (method, path, replies.to_vec())
}

const CREATE: &str = "/openai/responses?";
const INVOKE: &str = "/invocations?";
const RESUME: &str = "&stream=true";
const READ: &str = "/responses/caresp_1?";
const LOOK: &str = "/invocations/inv-1?";

/// A service with a session and an agent.
struct Script {
    protocol: &'static str,
    routes: Vec<Route>,
}

impl Script {
    fn new(routes: Vec<Route>) -> Self {
        Script { protocol: "responses", routes }
    }

    fn streamed(content: impl Into<String>) -> Self {
        Self::new(vec![route("POST", CREATE, &[stream(content)])])
    }

    fn invoked(routes: Vec<Route>) -> Self {
        Script { protocol: "invocations", routes }
    }

    fn answer(&self, seen: &Mutex<HashMap<usize, usize>>, asked: &RecordedRequest) -> Reply {
        let found = self.routes.iter().position(|(method, part, _)| {
            asked.line.starts_with(method) && asked.line.contains(part) && !asked.line.contains("/cancel")
                || asked.line.starts_with(method) && *part == "/cancel" && asked.line.contains(part)
        });
        if let Some(found) = found {
            let mut seen = seen.lock().unwrap();
            let count = seen.entry(found).or_default();
            *count += 1;
            let replies = &self.routes[found].2;
            return replies[(*count - 1).min(replies.len() - 1)].clone();
        }
        let path = asked.line.split(['?', ' ']).nth(1).unwrap();
        if path.ends_with("/versions/7") {
            let definition =
                json!({ "kind": "hosted", "protocol_versions": [{ "protocol": self.protocol, "version": "1" }] });
            return json_of(
                200,
                &json!({ "object": "agent.version", "id": "a1:7", "name": "a1", "version": "7",
                "status": "active", "created_at": 1_795_219_200, "metadata": {}, "definition": definition }),
            );
        }
        if path.ends_with("/sessions/s1") {
            let version = json!({ "type": "version_ref", "agent_version": "7" });
            return json_of(
                200,
                &json!({ "agent_session_id": "s1", "version_indicator": version, "status": "active",
                "created_at": 1_795_219_200, "last_accessed_at": 1_795_219_200, "expires_at": 1_797_811_200 }),
            );
        }
        if path.ends_with("/cancel") {
            return json_of(200, &response("cancelled", json!({ "output": [] })));
        }
        if asked.line.contains(RESUME) {
            // What follows on the event that came last.
            let after = asked.line.split("starting_after=").nth(1).map(|rest| rest.split(['&', ' ']).next().unwrap());
            let first = after.map_or(0, |after| after.parse::<usize>().unwrap() + 1);
            return stream(frames(&turn()[first..]));
        }
        refused(404, "not_found", "not here")
    }
}

struct Stage {
    sandbox: Sandbox,
    service: Endpoint,
}

impl Stage {
    fn new(script: Script) -> Self {
        let seen = Mutex::default();
        Stage { sandbox: Sandbox::new(), service: Endpoint::new(move |asked| script.answer(&seen, asked)) }
    }

    fn call(&self, args: &[&str]) -> Call {
        let call = self.sandbox.wharf(args).env("WHARF_BACKEND", "foundry").env("WHARF_AGENT", "a1");
        call.env("FOUNDRY_PROJECT_ENDPOINT", format!("{}/api/projects/p", self.service.url()))
            .env("WHARF_FOUNDRY_TOKEN", TOKEN)
    }

    fn invoke(&self) -> Run {
        self.call(&["invoke", "s1", "go"]).run()
    }

    fn result(&self, code: i32) -> Value {
        self.call(&["--format", "json", "invoke", "s1", "go"]).run().code(code).json()
    }

    /// How often a message was sent.
    fn sent(&self) -> usize {
        self.service
            .asked("POST ")
            .iter()
            .filter(|asked| asked.line.contains(CREATE) || asked.line.contains(INVOKE))
            .count()
    }

    fn cancelled(&self) -> usize {
        self.service.asked("/cancel").len()
    }
}

/// Invokes the agent once with each form of the output, each time of a new service. In every one there is one result, of
/// this status, as the last line; no secret is shown. Returns the result and what the text form did.
#[track_caller]
fn each_form(script: impl Fn() -> Script, code: i32, status: &str) -> (Value, Run) {
    let text = Stage::new(script()).invoke();
    text.code(code);
    let json = Stage::new(script()).call(&["--format", "json", "invoke", "s1", "go"]).run();
    let result = json.code(code).json();
    let lines = Stage::new(script()).call(&["--format", "jsonl", "invoke", "s1", "go"]).run();
    let lines: Vec<Value> = lines.code(code).lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (last, events) = lines.split_last().unwrap();
    assert!(events.iter().all(|event| event["type"] != "result"), "{lines:?}");
    for result in [&result, last] {
        assert_eq!((&result["type"], &result["status"]), (&json!("result"), &json!(status)), "{result:#}");
        assert_eq!((&result["session"], &result["backend"]), (&json!("s1"), &json!("foundry")), "{result:#}");
        assert_eq!(result["error"].is_null(), code == 0, "{result:#}");
        assert!(!result["error"].to_string().contains(TOKEN), "{result:#}");
    }
    assert_eq!(last["events"], events.len());
    assert!(!text.stderr().contains(TOKEN) && !text.stderr().contains('\u{1b}'), "{:?}", text.stderr());
    (result, text)
}

/// Runs each of these in a thread of its own, because they wait.
fn at_once<T: Send + 'static>(all: Vec<T>, one: fn(T)) {
    let threads: Vec<_> = all.into_iter().map(|item| thread::spawn(move || one(item))).collect();
    let failed = threads.into_iter().filter_map(|thread| thread.join().err()).count();
    assert_eq!(failed, 0, "some of these failed");
}

#[test]
fn every_form_of_a_frame_is_read() {
    let mut events = plain();
    events.insert(3, json!({ "type": "response.agent.sings", "song": [1] }));
    events.insert(3, json!({ "type": "response.reasoning_summary_text.delta", "delta": "hm" }));
    for form in FRAME_FORMS {
        let noise = ": keep-alive\n\nevent: ping\ndata: {\"type\": \"ping\"}\n\n\n\n";
        let content: String = numbered(events.clone()).iter().map(form).collect();
        let stage = Stage::new(Script::streamed(format!("\u{feff}{noise}{content}{noise}data: [DONE]\n\n")));
        assert_eq!(stage.invoke().ok().stdout(), SAID);
        assert_eq!(stage.sent(), 1);
    }
    let result = Stage::new(Script::streamed(frames(&numbered(events)))).result(0);
    assert_eq!((&result["text"], &result["tools"]), (&json!("One text.\nAnother."), &json!(1)));
    assert_eq!((&result["usage"]["input_tokens"], &result["usage"]["output_tokens"]), (&json!(10), &json!(4)));
    assert_eq!((&result["id"], &result["stop_reason"]), (&json!("caresp_1"), &json!("completed")));
    assert_eq!((&result["cost"], &result["reconnects"]), (&json!(null), &json!(0)));
}

#[test]
fn a_cut_after_each_event_loses_and_repeats_nothing() {
    let all: Vec<_> = (0..turn().len()).flat_map(|at| ["end", "half", "break"].map(|how| (at, how))).collect();
    at_once(all, |(at, how)| {
        let all = turn();
        let next = frame(&all[at]);
        let (first, half) = (frames(&all[..at]), &next[..next.len() / 2]);
        let reply = match how {
            "end" => stream(first),
            "half" => stream(first + half),
            _ => cut(stream(first + half)),
        };
        let stage = Stage::new(Script::new(vec![route("POST", CREATE, &[reply])]));
        let run = stage.call(&["--format", "jsonl", "invoke", "s1", "go"]).run();
        let lines: Vec<Value> = run.lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        let (result, events) = lines.split_last().unwrap();
        assert_eq!(stage.sent(), 1, "{how} at {at}");
        if at == 0 {
            // Not even its id is known.
            run.code(8).says(&["may", "wharf sessions logs s1"]);
            assert_eq!(result["status"], "unknown", "{result:#}");
            return;
        }
        run.ok();
        assert_eq!(
            (&result["text"], &result["reconnects"]),
            (&json!("One text.\nAnother."), &json!(1)),
            "{how} at {at}"
        );
        let mut numbers: Vec<_> =
            events.iter().filter_map(|event| event["provider"]["sequence_number"].as_u64()).collect();
        let count = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), count, "{how} at {at}: an event came twice");
    });
}

#[test]
fn events_that_come_twice_or_in_another_order_or_not_at_all_do_not_change_the_text() {
    let mut cases = vec![("twice", turn().into_iter().flat_map(|event| [event.clone(), event]).collect::<Vec<_>>())];
    for at in [3, 4, 8] {
        let mut swapped = turn();
        swapped.swap(at, at + 1);
        cases.push(("swapped", swapped));
        let mut hole = turn();
        hole.remove(at);
        cases.push(("a hole", hole));
    }
    let mut late = turn();
    let first = late.remove(3);
    late.insert(5, first);
    cases.push(("late", late));
    at_once(cases, |(what, events)| {
        let stage = Stage::new(Script::streamed(frames(&events)));
        assert_eq!(stage.invoke().ok().stdout(), SAID, "{what}");
        assert_eq!(stage.sent(), 1, "{what}");
    });
    // The hole is there also when the stream is resumed: the whole texts have what the pieces lack.
    let holes = || {
        let mut events = turn();
        events.remove(9);
        let rest = stream(frames(&events[9..]));
        Script::new(vec![route("POST", CREATE, &[stream(frames(&events))]), route("GET", RESUME, &[rest])])
    };
    let (result, text) = each_form(holes, 0, "completed");
    assert_eq!((&result["text"], text.stdout()), (&json!("One text.\nAnother."), SAID));
    // What is missing right before the end may be the text, if the end does not repeat it.
    let lost = || {
        let mut events = turn();
        events[12]["response"]["output"] = json!([]);
        events.drain(8..12);
        Script::streamed(frames(&events))
    };
    let (result, text) = each_form(lost, 0, "completed");
    assert_eq!((&result["text"], text.stdout()), (&json!("One text.\nAnother."), SAID));
    // Where nothing was lost, the end of the stream need not repeat the text.
    let mut short = turn();
    short[12]["response"]["output"] = json!([]);
    let stage = Stage::new(Script::streamed(frames(&short)));
    assert_eq!(stage.invoke().ok().stdout(), SAID);
    assert!(stage.service.asked(READ).is_empty());
    // Events without numbers cannot be counted.
    let unnumbered = || {
        let whole = json_of(200, &complete());
        let first = stream(frames(&plain()[..9]));
        Script::new(vec![route("POST", CREATE, &[first]), route("GET", READ, &[whole])])
    };
    let (result, text) = each_form(unnumbered, 0, "completed");
    assert_eq!((&result["text"], text.stdout()), (&json!("One text.\nAnother."), SAID));
}

#[test]
fn only_the_terminal_event_ends_the_turn() {
    let done = "data: [DONE]\n\n";
    let running = || response("in_progress", json!({ "output": [] }));
    let cases: Vec<(&str, Reply, Value, i32)> = vec![
        ("done", stream(format!("{}{done}", frames(&turn()[..12]))), complete(), 0),
        ("done, failed", stream(format!("{}{done}", frames(&turn()[..12]))), failed(), 14),
        ("it ended", stream(frames(&turn()[..12])), response("incomplete", json!({ "output": [] })), 14),
        ("not a stream", json_of(200, &running()), complete(), 0),
        ("queued", json_of(200, &response("queued", json!({}))), failed(), 14),
    ];
    at_once(cases, |(what, first, then, code)| {
        let read = [json_of(200, &response("in_progress", json!({ "output": [] }))), json_of(200, &then)];
        // The stream cannot be resumed.
        let routes = vec![
            route("POST", CREATE, &[first]),
            route("GET", RESUME, &[refused(400, "invalid_request_error", "not created with stream=true")]),
            route("GET", READ, &read),
        ];
        let stage = Stage::new(Script::new(routes));
        let run = stage.invoke();
        run.code(code);
        if code == 0 {
            assert_eq!(run.stdout(), SAID, "{what}");
        }
        assert_eq!(stage.sent(), 1, "{what}");
    });
}

#[test]
fn each_end_has_its_code_and_one_result() {
    let first = |end: &Value| {
        let mut events = plain();
        events.truncate(5);
        events.push(end.clone());
        frames(&numbered(events))
    };
    let hostile = format!("no \u{1b}[31m{TOKEN}\u{7}\u{202e}");
    let incomplete = |reason: Value| response("incomplete", json!({ "output": [], "incomplete_details": reason }));
    let error = json!({ "code": "server_error", "message": hostile });
    let of = |kind: &str, response: Value| json!({ "type": kind, "response": response });
    let refusal = json!({ "id": "msg_1", "type": "message", "content": [{ "type": "refusal", "refusal": hostile }] });
    let asks = json!({ "id": "mcpr_1", "type": "mcp_approval_request", "name": "rm", "server_label": "files", "arguments": "{}" });
    let function =
        json!({ "id": "fc_1", "call_id": "call_1", "type": "function_call", "name": "weather", "arguments": "{}" });
    let completed = |output: Value| of("response.completed", response("completed", json!({ "output": [output] })));
    for (end, code, status, word) in [
        (of("response.failed", failed()), 14, "failed", "boom"),
        (of("response.failed", response("failed", json!({ "error": error }))), 14, "failed", "no "),
        (of("response.failed", response("failed", json!({}))), 14, "failed", "no reason"),
        // A cancelled response ends its stream so.
        (of("response.failed", response("cancelled", json!({ "output": [] }))), 130, "interrupted", "interrupted"),
        (
            of("response.incomplete", incomplete(json!({ "reason": "max_output_tokens" }))),
            14,
            "failed",
            "max_output_tokens",
        ),
        (of("response.incomplete", incomplete(Value::Null)), 14, "failed", "incomplete"),
        (json!({ "type": "error", "message": hostile, "code": null, "param": null }), 14, "failed", "no "),
        (json!({ "type": "x", "error": { "code": 500, "message": hostile } }), 14, "failed", "no "),
        (completed(refusal), 14, "refused", "refused"),
        (completed(asks), 13, "needs_action", "files/rm"),
        (completed(function), 13, "needs_action", "weather"),
    ] {
        let (result, text) = each_form(|| Script::streamed(first(&end)), code, status);
        text.says(&[word]);
        assert!(result["events"].as_u64().unwrap() > 0, "{result:#}");
    }
}

#[test]
fn answers_that_are_no_streams_have_their_codes_and_one_result() {
    let upstream = |status, code| with(refused(status, code, TOKEN), "x-platform-error-source: upstream\r\n");
    let error = json!({ "error": { "code": "server_error", "message": "boom" } });
    for (protocol, reply, code, status) in [
        ("both", upstream(500, "server_error"), 14, "failed"),
        ("both", upstream(501, "not_implemented"), 7, "failed"),
        ("both", json_of(200, &error), 14, "failed"),
        ("both", refused(409, "conversation_locked", "Conversation is locked"), 5, "failed"),
        ("both", refused(400, "invalid_request", "no input"), 2, "failed"),
        ("both", refused(403, "Forbidden", TOKEN), 3, "failed"),
        ("both", (503, String::new(), "<html>".to_owned()), 8, "unknown"),
        ("responses", json_of(200, &json!({})), 8, "unknown"),
        ("responses", json_of(200, &failed()), 14, "failed"),
        ("responses", (200, String::new(), "<html>log in</html>".to_owned()), 8, "unknown"),
        ("responses", cut(json_of(200, &complete())), 8, "unknown"),
        ("invocations", json_of(202, &json!({})), 8, "unknown"),
        ("invocations", cut(json_of(200, &json!({ "output": "x" }))), 8, "unknown"),
    ] {
        for (name, path) in [("responses", CREATE), ("invocations", INVOKE)] {
            if protocol != "both" && protocol != name {
                continue;
            }
            let script = || Script { protocol: name, routes: vec![route("POST", path, std::slice::from_ref(&reply))] };
            let (_, text) = each_form(script, code, status);
            if code == 8 {
                text.says(&["may"]);
            }
            let stage = Stage::new(script());
            stage.invoke().code(code);
            assert_eq!(stage.sent(), 1, "{reply:?}");
        }
    }
}

#[test]
fn an_agent_that_works_in_another_session_is_stopped() {
    let other = |reply: Reply| (reply.0, reply.1.replace("session-id: s1", "session-id: s2"), reply.2);
    let mut events = turn();
    events[0]["response"]["agent_session_id"] = "s2".into();
    let mut whole = complete();
    whole["agent_session_id"] = "s2".into();
    let mut last = turn();
    last[12]["response"]["agent_session_id"] = "s2".into();
    for (what, reply) in [
        ("the header", other(stream(frames(&turn())))),
        ("the header of an object", with(json_of(200, &complete()), "x-agent-session-id: s2\r\n")),
        ("the first event", stream(frames(&events))),
        ("the last event", stream(frames(&last))),
        ("the object", json_of(200, &whole)),
    ] {
        let script = || Script::new(vec![route("POST", CREATE, std::slice::from_ref(&reply))]);
        let (result, text) = each_form(script, 5, "unknown");
        text.says(&["another session", "s2"]);
        assert_eq!(result["error"]["kind"], "conflict", "{what}");
        let stage = Stage::new(script());
        stage.invoke().code(5);
        assert_eq!((stage.sent(), stage.cancelled()), (1, 1), "{what}");
    }
    // A name of any length and form.
    events[0]["response"]["agent_session_id"] = format!("\u{1b}[31m{}", "s".repeat(100_000)).into();
    let run = Stage::new(Script::streamed(frames(&events))).invoke();
    assert!(run.code(5).stderr().len() < 2000 && !run.stderr().contains('\u{1b}'), "{} bytes", run.stderr().len());
    let invocation = with(json_of(200, &json!({ "output": "x" })), "x-agent-session-id: s2\r\n");
    let script = || Script::invoked(vec![route("POST", INVOKE, std::slice::from_ref(&invocation))]);
    let (_, text) = each_form(script, 5, "unknown");
    text.says(&["another session", "s2"]);
}

#[test]
fn a_message_is_sent_again_only_where_the_agent_did_not_get_it() {
    let asleep = with(refused(502, "bad_gateway", "idle"), "x-adc-response-details: SandboxIdle\r\n");
    let lost = json_of(424, &json!({ "error": { "message": "x" } }));
    for (what, first, code, sent) in [
        ("not ready", refused(424, "session_not_ready", "starting"), 0, 2),
        ("asleep", asleep.clone(), 0, 2),
        ("a container that answers", with(asleep, "x-platform-server: core/2.2.0\r\n"), 8, 1),
        ("rate limit", with(refused(429, "rate_limit_exceeded", "slow"), "retry-after: 0\r\n"), 0, 2),
        ("another 424", lost, 8, 1),
        ("server error", refused(500, "server_error", "x"), 8, 1),
        ("overloaded", refused(503, "service_unavailable", "x"), 0, 2),
        ("a proxy", (503, String::new(), "upstream connect error or disconnect/reset before headers".to_owned()), 8, 1),
        ("an agent that is busy", with(refused(429, "busy", "x"), "x-platform-error-source: upstream\r\n"), 6, 1),
        (
            "an agent that is overloaded",
            with(refused(503, "busy", "x"), "x-platform-error-source: upstream\r\n"),
            14,
            1,
        ),
        ("time", refused(504, "gateway_timeout", "x"), 8, 1),
        ("locked", refused(409, "conversation_locked", "x"), 5, 1),
    ] {
        for (protocol, path, then) in [
            ("responses", CREATE, stream(frames(&turn()))),
            ("invocations", INVOKE, stream("data: One text.\n\ndata: Another.\n\n")),
        ] {
            let routes = vec![route("POST", path, &[first.clone(), then])];
            let stage = Stage::new(Script { protocol, routes });
            let run = stage.invoke();
            assert!(run.has_code(code), "{protocol}, {what}: {}", run.stderr());
            assert_eq!(stage.sent(), sent, "{protocol}, {what}");
            if code == 0 {
                assert_eq!(run.stdout(), SAID, "{protocol}, {what}");
            }
        }
    }
}

#[test]
fn a_service_that_refuses_the_background_is_asked_once_more_without() {
    let refusal = refused(400, "unsupported_parameter", "background=true is not supported");
    let routes = || vec![route("POST", CREATE, &[refusal.clone(), stream(frames(&turn()))])];
    let stage = Stage::new(Script::new(routes()));
    assert_eq!(stage.invoke().ok().stdout(), SAID);
    let bodies: Vec<Value> =
        stage.service.asked(CREATE).iter().map(|asked| serde_json::from_str(&asked.body).unwrap()).collect();
    let common = |mode: Value| {
        let mut body = json!({ "input": "go", "agent_session_id": "s1", "stream": true });
        body.as_object_mut().unwrap().extend(mode.as_object().unwrap().clone());
        body
    };
    assert_eq!(bodies, [common(json!({ "background": true, "store": true })), common(json!({}))]);
    let always = Stage::new(Script::new(vec![route("POST", CREATE, std::slice::from_ref(&refusal))]));
    always.invoke().code(2);
    assert_eq!(always.sent(), 2);
}

#[test]
fn a_plain_stream_that_breaks_is_no_success() {
    let refusal = refused(400, "unsupported_parameter", "background=true is not supported");
    let broken = cut(stream(frames(&turn()[..12])));
    let cancelled = json_of(200, &response("cancelled", json!({ "output": [] })));
    let gone = refused(404, "invalid_request_error", "response was not found");
    let running = json_of(200, &response("in_progress", json!({ "output": [] })));
    for (what, read, code, status) in [
        ("the agent was cancelled", vec![cancelled.clone()], 8, "failed"),
        ("it is being cancelled", vec![running, cancelled], 8, "failed"),
        ("it is not stored", vec![gone], 8, "unknown"),
    ] {
        let script = || {
            let created = route("POST", CREATE, &[refusal.clone(), broken.clone()]);
            Script::new(vec![created, route("GET", READ, &read)])
        };
        let (result, _) = each_form(script, code, status);
        assert_eq!(result["reconnects"], 1, "{what}");
        let stage = Stage::new(script());
        stage.invoke().code(code);
        assert_eq!((stage.sent(), stage.service.asked(RESUME).len()), (2, 0), "{what}");
    }
}

#[test]
fn a_response_of_another_id_is_not_taken_for_this_one() {
    let mut other = turn();
    other[12]["response"]["id"] = "caresp_2".into();
    let routes =
        vec![route("POST", CREATE, &[stream(frames(&other))]), route("GET", READ, &[json_of(200, &complete())])];
    let stage = Stage::new(Script::new(routes));
    assert_eq!(stage.invoke().ok().stdout(), SAID);
    assert_eq!((stage.sent(), stage.service.asked(READ).len()), (1, 1));
}

#[test]
fn an_invocation_is_text_json_or_events_to_its_proper_end() {
    let text = |content: &str| (200, "content-type: text/plain\r\n".to_owned(), content.to_owned());
    let cases = [
        ("text", text("one\ntwo"), 0, "one\ntwo\n"),
        ("json", json_of(200, &json!({ "output": "x" })), 0, "{\"output\":\"x\"}\n"),
        ("events", stream(": keep-alive\n\ndata: one\n\nevent: done\ndata: {}\n\n"), 0, "one\n{}\n"),
        ("[DONE]", stream("data: one\n\ndata: [DONE]\n\n"), 0, "one\n"),
        ("nothing", text(""), 0, ""),
        ("a frame that is cut", stream("data: one\n\ndata: tw"), 8, "one\n"),
        ("a frame without its end", stream("data: one\n\ndata: two\n"), 8, "one\n"),
        ("a stream that breaks", cut(stream("data: one\n\n")), 8, "one\n"),
        ("text that breaks", cut(text("one\n")), 8, "one\n"),
        ("events without a length", with(stream("data: one\n\n"), UNTIL_CLOSE), 8, "one\n"),
        ("text without a length", with(text("one\n"), UNTIL_CLOSE), 8, "one\n"),
        ("json without a length", with(json_of(200, &json!({ "output": "x" })), UNTIL_CLOSE), 8, ""),
        (
            "an error event",
            stream("data: one\n\nevent: error\ndata: {\"message\":\"boom\"}\n\n"),
            14,
            "one\n{\"message\":\"boom\"}\n",
        ),
        (
            "an error object",
            stream("data: {\"error\":{\"code\":1,\"message\":\"boom\"}}\n\n"),
            14,
            "{\"error\":{\"code\":1,\"message\":\"boom\"}}\n",
        ),
    ];
    for (what, reply, code, said) in cases {
        let script = || Script::invoked(vec![route("POST", INVOKE, std::slice::from_ref(&reply))]);
        let status = match code {
            0 => "completed",
            8 => "unknown",
            _ => "failed",
        };
        let (result, text) = each_form(script, code, status);
        assert_eq!(text.stdout(), said, "{what}");
        // Of a text that is not known to be whole, a result says nothing.
        let whole = if code == 8 { "" } else { said.trim_end() };
        assert_eq!(result["text"].as_str().unwrap().trim_end(), whole, "{what}");
        let words: &[&str] = match code {
            8 if what.ends_with("a length") && !what.contains("events") => &["broken connection", "HTTP/1.0"],
            8 => &["may still be working"],
            14 => &["boom"],
            _ => &[],
        };
        text.says(words);
    }
}

#[test]
fn an_answer_of_an_agent_may_be_long() {
    let text = "x".repeat(5 << 20);
    let reply = json_of(200, &json!({ "output": text }));
    let stage = Stage::new(Script::invoked(vec![route("POST", INVOKE, &[reply])]));
    assert_eq!(stage.invoke().ok().stdout(), format!("{{\"output\":\"{text}\"}}\n"));
    let mut whole = complete();
    whole["output"] = json!([message("msg_1", &text)]);
    let stage = Stage::new(Script::new(vec![route("POST", CREATE, &[json_of(200, &whole)])]));
    assert_eq!(stage.invoke().ok().stdout(), format!("{text}\n"));
    whole["output"] = json!([message("msg_1", &"x".repeat(17 << 20))]);
    let stage = Stage::new(Script::new(vec![route("POST", CREATE, &[json_of(200, &whole)])]));
    stage.invoke().code(8).says(&["longer than 16 MiB", "may still be working"]);
}

/// An answer that accepts the work.
fn accepted() -> Reply {
    let reply = json_of(202, &json!({ "invocation_id": "inv-1", "status": "queued" }));
    with(reply, "x-agent-invocation-id: inv-1\r\nx-agent-session-id: s1\r\nretry-after: 1\r\n")
}

#[test]
fn work_that_was_accepted_is_asked_for_until_it_says_that_it_has_ended() {
    let told = |mut members: Value| {
        members["invocation_id"] = "inv-1".into();
        with(json_of(200, &members), "retry-after: 1\r\n")
    };
    let unknown = refused(404, "not_found", "not registered");
    let running = told(json!({ "status": "running" }));
    let error = json!({ "code": "agent_error", "message": "boom" });
    let done = told(json!({ "status": "completed", "output": "x" }));
    let cases = vec![
        ("done", vec![unknown.clone(), running.clone(), done.clone()], 0, "completed"),
        ("a lost answer", vec![cut(running.clone()), refused(503, "service_unavailable", "x"), done], 0, "completed"),
        ("failed", vec![running.clone(), told(json!({ "status": "failed", "error": error }))], 14, "failed"),
        ("an error alone", vec![told(json!({ "error": error }))], 14, "failed"),
        ("cancelled", vec![running, told(json!({ "status": "cancelled" }))], 130, "interrupted"),
        ("not implemented", vec![refused(404, "not_found", "get_invocation not implemented")], 8, "unknown"),
        ("gone", vec![refused(403, "Forbidden", "x")], 3, "unknown"),
    ];
    at_once(cases, |(what, looks, code, status)| {
        let script = || Script::invoked(vec![route("POST", INVOKE, &[accepted()]), route("GET", LOOK, &looks)]);
        let stage = Stage::new(script());
        let run = stage.invoke();
        assert!(run.has_code(code), "{what}: {}", run.stderr());
        assert_eq!(stage.sent(), 1, "{what}");
        let (result, _) = each_form(script, code, status);
        assert_eq!(result["id"], "inv-1", "{what}");
        if code == 8 {
            assert_eq!(stage.service.asked(LOOK).len(), 1, "{what}");
            run.says(&["may still be working"]);
        }
    });
}

#[test]
fn answers_that_tell_nothing_of_the_work_are_not_taken_for_ever() {
    at_once(vec![refused(404, "not_found", "unknown"), json_of(200, &json!({ "progress": 0.5 }))], |look| {
        let routes = vec![route("POST", INVOKE, &[accepted()]), route("GET", LOOK, &[look])];
        let stage = Stage::new(Script::invoked(routes));
        let run = stage.call(&["--format", "json", "invoke", "s1", "go"]).run_within(Duration::from_secs(60));
        assert_eq!(run.code(8).json()["status"], "unknown");
        assert_eq!((stage.sent(), stage.service.asked(LOOK).len()), (1, 15));
    });
}

#[test]
fn a_token_that_the_service_stops_taking_is_read_again_while_the_agent_works() {
    let sandbox = Sandbox::new();
    let token = sandbox.write("token", "token-1");
    let renewed = token.clone();
    let stage = with_renewed_token(sandbox, move || std::fs::write(&renewed, "token-2").unwrap());
    let call = stage.call(&["--format", "json", "invoke", "s1", "go"]).without_env("WHARF_FOUNDRY_TOKEN");
    let run = call.env("WHARF_FOUNDRY_TOKEN_FILE", &token).run();
    assert_eq!(run.ok().json()["status"], "completed");
    assert_eq!(stage.sent(), 1);
}

#[test]
fn a_login_whose_token_the_service_stops_taking_is_asked_for_another_one_while_the_agent_works() {
    let sandbox = Sandbox::new();
    let count = sandbox.path("count");
    let script = format!(
        "#!/bin/sh\necho x >>{0}\nn=$(wc -l <{0})\n\
         echo \"{{\\\"accessToken\\\": \\\"token-$((n))\\\", \\\"expires_on\\\": 4102444800, \\\"tokenType\\\": \\\"Bearer\\\"}}\"\n",
        count.display()
    );
    let az = sandbox.write("bin/az", script);
    std::fs::set_permissions(az, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    sandbox.write("../user/.azure/azureProfile.json", "{}");
    let stage = with_renewed_token(sandbox, || {});
    let run = |args: &[&str]| {
        let path = format!("{}:/usr/bin:/bin", stage.sandbox.path("bin").display());
        let call = stage.call(args).without_env("WHARF_FOUNDRY_TOKEN").env("PATH", path);
        call.env("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:9").run()
    };
    // A token that is some seconds old and refused would not be better the next time: it has to be a kept one.
    run(&["sessions", "get", "s1"]).ok();
    let run = run(&["--format", "json", "invoke", "s1", "go"]);
    assert_eq!(run.ok().json()["status"], "completed");
    assert_eq!((stage.sent(), stage.sandbox.read("count").lines().count()), (1, 2));
}

/// A service whose agent works for a while. From the second question about its work on, for which `renew` prepares, the
/// token is `token-2` and no longer `token-1`.
fn with_renewed_token(sandbox: Sandbox, renew: impl Fn() + Send + Sync + 'static) -> Stage {
    let script = Script::invoked(vec![route("POST", INVOKE, &[accepted()])]);
    let (seen, looks) = (Mutex::default(), Mutex::new(0));
    let service = Endpoint::new(move |asked| {
        if asked.line.contains(LOOK) {
            let mut looks = looks.lock().unwrap();
            *looks += 1;
            if *looks == 2 {
                renew();
            }
            let is_taken =
                asked.header("authorization") == Some(if *looks < 2 { "Bearer token-1" } else { "Bearer token-2" });
            return match (is_taken, *looks) {
                (false, _) => refused(401, "Unauthorized", "the token has expired"),
                (true, 1) => with(json_of(200, &json!({ "status": "running" })), "retry-after: 1\r\n"),
                (true, _) => json_of(200, &json!({ "status": "completed" })),
            };
        }
        script.answer(&seen, asked)
    });
    Stage { sandbox, service }
}
