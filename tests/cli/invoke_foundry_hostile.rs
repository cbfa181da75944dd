//! Agents and gateways of Microsoft Foundry that number, name, spell and cut things in ways of their own: a turn that
//! succeeded is a success, its text comes whole and once, and no message is sent twice.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::azure::json_of;
use crate::endpoint::{Endpoint, RecordedRequest, Reply};
use crate::frames::frame;
use crate::sandbox::{Call, Sandbox};

const SESSION: &str = "session-0001";

/// The answers to everything but messages; none for those.
fn project(line: &str, protocol: &str) -> Option<Reply> {
    if line.contains("/endpoint/sessions/") {
        let version = json!({ "type": "version_ref", "agent_version": "1" });
        let session =
            json!({ "agent_session_id": SESSION, "version_indicator": version, "status": "active", "created_at": 1 });
        return Some(json_of(200, &session));
    }
    if line.contains("/versions/1?") {
        let definition = json!({ "kind": "hosted", "protocol_versions": [{ "protocol": protocol, "version": "1" }] });
        let version = json!({ "id": "a1:1", "name": "a1", "version": "1", "created_at": 1, "metadata": {}, "definition": definition });
        return Some(json_of(200, &version));
    }
    line.contains(":logstream").then(|| events(String::new()))
}

fn events(content: String) -> Reply {
    (200, "content-type: text/event-stream\r\n".to_owned(), content)
}

/// A service whose agent answers messages, and all that follows them, like this.
fn service(protocol: &'static str, answer: impl Fn(&RecordedRequest) -> Reply + Send + Sync + 'static) -> Endpoint {
    Endpoint::new(move |asked| project(&asked.line, protocol).unwrap_or_else(|| answer(asked)))
}

fn wharf(sandbox: &Sandbox, url: &str, args: &[&str]) -> Call {
    let call = sandbox.wharf([&["-b", "foundry"], args].concat()).env("WHARF_AGENT", "a1");
    call.env("WHARF_FOUNDRY_TOKEN", "token").env("FOUNDRY_PROJECT_ENDPOINT", format!("{url}/api/projects/p"))
}

/// The result of a message, which ends with this code.
fn result(code: i32, service: &Endpoint) -> Value {
    let sandbox = Sandbox::new();
    let args = ["invoke", SESSION, "go", "--format", "json"];
    wharf(&sandbox, &service.url(), &args).run().code(code).json()
}

fn response(status: &str, output: impl Into<Value>, mut fields: Value) -> Value {
    let output: Value = output.into();
    let mut response = json!({ "id": "r1", "object": "response", "status": status, "output": output });
    response.as_object_mut().unwrap().append(fields.as_object_mut().unwrap());
    response
}

fn message(id: &Value, text: &str) -> Value {
    json!({ "type": "message", "id": id, "content": [{ "type": "output_text", "text": text }] })
}

fn created() -> Value {
    json!({ "type": "response.created", "response": response("in_progress", json!([]), json!({})) })
}

fn delta(text: &str) -> Value {
    json!({ "type": "response.output_text.delta", "item_id": "m1", "content_index": 0, "delta": text })
}

fn whole(text: &str) -> Value {
    json!({ "type": "response.output_text.done", "item_id": "m1", "content_index": 0, "text": text })
}

fn completed(response: impl Into<Value>) -> Value {
    let response: Value = response.into();
    json!({ "type": "response.completed", "response": response })
}

/// A service that streams these events with these numbers, and knows no other way to tell of them.
fn streams(all: &[Value], numbers: &[Value]) -> Endpoint {
    let mut content = String::new();
    for (event, number) in all.iter().zip(numbers) {
        let mut event = event.clone();
        if !number.is_null() {
            event["sequence_number"] = number.clone();
        }
        content.push_str(&frame(&event));
    }
    service("responses", move |asked| {
        if asked.line.starts_with("POST") && !asked.line.contains("/cancel") {
            return events(content.clone());
        }
        json_of(404, &json!({ "error": { "code": "not_found", "message": "no response r1" } }))
    })
}

fn counted(all: &[Value]) -> Endpoint {
    streams(all, &(0..all.len()).map(Value::from).collect::<Vec<_>>())
}

/// A turn that says `hello`, whose response is this one.
fn hello(response: Value) -> [Value; 5] {
    [created(), delta("he"), delta("llo"), whole("hello"), completed(response)]
}

#[test]
fn numbers_of_events_that_say_nothing_lose_nothing() {
    let turn = hello(response("completed", json!([]), json!({})));
    for numbers in [
        json!([1, 2, 3, 4, 5]),
        json!([-1, 0, 1, 2, 3]),
        json!([0, 0, 0, 0, 0]),
        json!([0, 1, 0, 0, 2]),
        json!(["0", "1", "2", "3", "4"]),
        json!([0.0, 1.0, 2.0, 3.0, 4.0]),
        json!([null, null, null, null, null]),
    ] {
        let result = result(0, &streams(&turn, numbers.as_array().unwrap()));
        assert_eq!((&result["text"], &result["reconnects"]), (&json!("hello"), &json!(0)), "{numbers}");
        // The user's message, the state, two pieces, the text and the end.
        assert_eq!(result["events"], 6, "{numbers}");
    }
}

#[test]
fn a_text_comes_once_whatever_its_items_are_called_and_in_whatever_form_it_came() {
    let end = |output: Value| completed(response("completed", output, json!({})));
    let item = |id: &str, text: &str| json!({ "type": "response.output_item.done", "item": message(&json!(id), text) });
    for (turn, text) in [
        // Another id each time, or none.
        (
            vec![delta("hello"), whole("hello"), item("m2", "hello"), end(json!([message(&json!("m3"), "hello")]))],
            "hello",
        ),
        (vec![whole("hello"), end(json!([message(&Value::Null, "hello")]))], "hello"),
        // The same id for two texts, and the same text twice.
        (
            vec![whole("one"), whole("two"), end(json!([message(&json!("m1"), "one"), message(&json!("m1"), "two")]))],
            "one\ntwo",
        ),
        (vec![whole("one"), end(json!([message(&json!("m1"), "one"), message(&json!("m2"), "one")]))], "one\none"),
        // In one form only.
        (vec![delta("hel"), delta("lo"), end(Value::Null)], "hello"),
        (vec![item("m1", "hello"), end(json!([]))], "hello"),
        (vec![end(json!([message(&json!("m1"), "hello")]))], "hello"),
    ] {
        let turn = [&[created()], &*turn].concat();
        assert_eq!(result(0, &counted(&turn))["text"], text, "{turn:?}");
    }
}

#[test]
fn fields_of_other_types_do_not_fail_a_turn() {
    let said = || message(&json!("m1"), "hello");
    let call = json!({ "type": "function_call", "call_id": "c1", "name": "f", "arguments": { "a": 1 } });
    let answer = json!({ "type": "function_call_output", "call_id": "c1", "output": { "rows": 2 } });
    for (status, output, fields) in [
        ("completed", json!([said()]), json!({ "usage": { "input_tokens": -1, "output_tokens": 1e30 } })),
        ("completed", json!([said()]), json!({ "usage": "none", "error": "", "incomplete_details": [] })),
        ("completed", json!([{ "id": "x" }, 7, said()]), json!({})),
        ("completed", json!([{ "type": "message", "content": [{ "text": "hello" }] }]), json!({})),
        ("completed", json!([{ "type": "message", "content": "hello" }]), json!({})),
        ("completed", json!([call, answer, said()]), json!({})),
        ("Completed", json!([said()]), json!({ "agent_session_id": "" })),
        ("in_progress", json!([said()]), json!({ "agent_session_id": SESSION })),
    ] {
        let turn = hello(response(status, output, fields));
        let result = result(0, &counted(&turn));
        assert_eq!((&result["text"], &result["status"]), (&json!("hello"), &json!("completed")), "{turn:?}");
    }
    let usage = json!({ "usage": { "input_tokens": 12.0, "output_tokens": "5" } });
    let result = result(0, &counted(&hello(response("completed", json!([said()]), usage))));
    assert_eq!(json!([result["usage"]["input_tokens"], result["usage"]["output_tokens"]]), json!([12, 5]));
}

#[test]
fn half_a_surrogate_pair_in_a_piece_does_not_fail_a_turn() {
    let text = "smile 😀";
    let end = completed(response("completed", json!([message(&json!("m1"), text)]), json!({})));
    let turn: String = [created(), delta("smile HIGH"), delta("LOW"), whole(text), end].iter().map(frame).collect();
    let turn = turn.replace("HIGH", "\\ud83d").replace("LOW", "\\ude00");
    let result = result(0, &service("responses", move |_| events(turn.clone())));
    assert_eq!(json!([result["text"], result["reconnects"]]), json!([text, 0]));
}

#[test]
fn an_error_that_is_a_text_is_a_failure_of_the_agent() {
    for error in ["event: error\ndata: {\"error\":\"out of rows\"}\n\n", "event: error\ndata: out of rows\n\n"] {
        let turn = format!("{}{error}", frame(&created()));
        let result = result(14, &service("responses", move |_| events(turn.clone())));
        assert!(result["error"]["message"].as_str().unwrap().contains("out of rows"), "{result}");
    }
    for answer in [
        json!({ "error": "out of rows" }),
        json!({ "status": 500, "error": { "code": "rows", "message": "out of rows" } }),
        json!({ "error": { "code": "out of rows", "message": { "rows": 0 } } }),
    ] {
        let result = result(14, &service("invocations", move |_| json_of(200, &answer)));
        assert!(result["error"]["message"].as_str().unwrap().contains("out of rows"), "{result}");
    }
    for answer in [json!({ "error": null, "rows": 1 }), json!({ "error": false }), json!({ "error": "" })] {
        assert_eq!(result(0, &service("invocations", move |_| json_of(200, &answer)))["status"], "completed");
    }
}

#[test]
fn an_event_that_cannot_be_read_is_not_asked_for_again_and_again() {
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let turn = format!("{}event: response.completed\ndata: {deep}\n\n", frame(&created()));
    let service = service("responses", move |asked| match &*asked.line {
        line if line.starts_with("POST") => events(turn.clone()),
        line if line.contains("stream=true") => events(turn.clone()),
        _ => json_of(200, &response("completed", json!([message(&json!("m1"), "hello")]), json!({}))),
    });
    assert_eq!(result(0, &service)["text"], "hello");
    assert_eq!((service.asked("/responses/r1?").len(), service.asked("stream=true").len()), (1, 0));
}

#[test]
fn a_message_that_the_agent_itself_refused_is_not_sent_again() {
    for status in [429, 503] {
        let service = service("invocations", move |_| {
            let (_, headers, content) = json_of(status, &json!({ "error": { "code": "busy", "message": "later" } }));
            (status, format!("{headers}x-platform-server: azure-ai-agentserver-core/1\r\n"), content)
        });
        let status = result(if status == 429 { 6 } else { 8 }, &service)["error"]["status"].clone();
        assert_eq!(service.asked("POST").len(), 1, "{status}");
    }
}

/// A service that begins its answer to a message, and goes on with it two seconds later.
fn slow_service() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || slow_answer(stream));
        }
    });
    url
}

fn slow_answer(mut stream: TcpStream) {
    let (mut head, mut block) = (Vec::new(), [0; 4096]);
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        match stream.read(&mut block) {
            Ok(bytes) if bytes > 0 => head.extend_from_slice(&block[..bytes]),
            _ => return,
        }
    }
    let line = String::from_utf8_lossy(&head).lines().next().unwrap_or_default().to_owned();
    let is_message = line.starts_with("POST") && !line.contains("/cancel");
    let status = if is_message { "in_progress" } else { "cancelled" };
    let (_, headers, content) =
        project(&line, "responses").unwrap_or_else(|| json_of(200, &response(status, json!([]), json!({}))));
    let head = format!("HTTP/1.1 200 X\r\n{headers}connection: close\r\ncontent-length: {}\r\n\r\n", content.len());
    let (begin, rest) = content.split_at(1);
    let _ = stream.write_all(format!("{head}{begin}").as_bytes());
    if is_message {
        thread::sleep(Duration::from_secs(3));
    }
    let _ = stream.write_all(rest.as_bytes());
}

#[test]
fn a_turn_that_is_stopped_while_its_answer_comes_ends_in_order() {
    let sandbox = Sandbox::new();
    let args = ["invoke", SESSION, "go", "--format", "json", "--timeout", "2s"];
    let result = wharf(&sandbox, &slow_service(), &args).run();
    let result = result.code(124).json();
    assert_eq!(json!([result["id"], result["status"]]), json!(["r1", "timed_out"]), "{result}");
}

/// A frame of a log.
fn line(number: u32) -> String {
    let at = format!("2026-11-27T10:{:02}:{:02}Z", number / 60, number % 60);
    format!("event: log\ndata: {}\n\n", json!({ "timestamp": at, "stream": "stdout", "message": number.to_string() }))
}

#[test]
fn a_log_that_is_opened_again_brings_no_line_of_before_the_tail() {
    let opened = AtomicUsize::new(0);
    let service = Endpoint::new(move |asked| {
        if !asked.line.contains(":logstream") {
            return json_of(404, &json!({ "error": { "code": "not_found", "message": "gone" } }));
        }
        match opened.fetch_add(1, Ordering::SeqCst) {
            // The first heeds the number of lines; what comes after a break is all that there is.
            0 => events((296..=300).map(line).collect()),
            1 => events((1..=302).map(line).collect()),
            _ => json_of(404, &json!({ "error": { "code": "not_found", "message": "gone" } })),
        }
    });
    let sandbox = Sandbox::new();
    let run = wharf(&sandbox, &service.url(), &["sessions", "logs", SESSION, "--tail", "5", "-f", "-q"]).run();
    assert_eq!(run.ok().lines(), ["296", "297", "298", "299", "300", "301", "302"]);
}

#[test]
fn lines_that_came_before_a_log_broke_are_printed() {
    let service = Endpoint::new(|_| {
        let lines = (1..=9).map(line).collect::<String>();
        (200, "content-type: text/event-stream\r\ncontent-length: 100000\r\n".to_owned(), lines)
    });
    let sandbox = Sandbox::new();
    let run = wharf(&sandbox, &service.url(), &["sessions", "logs", SESSION, "--tail", "2", "-q"]).run();
    assert_eq!(run.code(8).lines(), ["8", "9"]);
}

#[test]
fn a_message_relies_on_no_more_of_a_session_and_a_version_than_it_uses() {
    let service = Endpoint::new(|asked| {
        if asked.line.contains("/endpoint/sessions/") {
            return json_of(200, &json!({ "version_indicator": { "type": "version_ref", "agent_version": "1" } }));
        }
        if asked.line.contains("/versions/1?") {
            let definition = json!({ "protocol_versions": [{ "protocol": "invocations" }] });
            return json_of(200, &json!({ "version": "1", "definition": definition }));
        }
        (200, "content-type: text/plain\r\n".to_owned(), "words".to_owned())
    });
    assert_eq!(result(0, &service)["text"], "words");
}
