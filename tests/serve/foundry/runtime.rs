//! Answers of the vendor's container runtime, asked for again: the emulator's have the same form.
//!
//! `tests/data/wire/foundry-runtime.jsonl` has 34 requests with the answers of azure-ai-agentserver-core 2.2.0,
//! -responses 2.3.0 and -invocations 1.2.0 around an agent that echoes. The emulator's agent says something else, and ids
//! and times differ: status, headers, fields, types, and the order of events are compared.

use serde_json::{Value, json};

use super::stage::kinds;
use crate::captures::differences;
use crate::stage::{Reply, Server, Stage, wait_until};

/// The session that recorded requests name.
const NAMED: &str = "sess-client-0001";

/// What the emulator's agent needs to hear to do what the recorded one did.
fn body(recorded: &Value) -> Value {
    let slow = "echo part0\nsleep 100ms\necho part1\nsleep 100ms\necho part2\nsleep 100ms\necho part3\nsleep 100ms\necho part4\nsleep 100ms\necho part5";
    let mut body = recorded.clone();
    match body["input"].as_str() {
        Some("slow") => body["input"] = slow.into(),
        Some("boom") => body["input"] = "fail".into(),
        Some(_) => body["input"] = "echo hi".into(),
        None if body["boom"] == true => body = json!({ "message": "fail" }),
        None if body["long"] == true => body = json!({ "message": "reply accepted" }),
        None if body["stream"] == true && body.get("input").is_none() => body["message"] = "echo 0\necho 1".into(),
        None => {}
    }
    body
}

/// The events of a stream, without comments.
fn events(text: &str) -> Vec<Value> {
    let data = text.split("\n\n").filter_map(|frame| frame.split('\n').find_map(|line| line.strip_prefix("data: ")));
    data.map(|data| serde_json::from_str(data).unwrap()).collect()
}

/// What is known to differ, and why.
fn is_known(operation: &str, difference: &str) -> bool {
    // The recorded agent counts no tokens, and has no version.
    difference.ends_with("usage is new")
        || difference.ends_with("usage is another type")
        || difference.ends_with("agent_reference.version is new")
        // What the agent makes of a body is its own.
        || operation.starts_with("invocations (") && (difference.contains("echo") || difference.contains("output") || difference.contains("delta"))
        // A container has a session from its start. Here, what is refused has none.
        || difference == "x-agent-session-id: "
        // Of a response that never began, the runtime tells the session once.
        || operation == "then GET" && difference == ".agent_session_id is new"
}

/// Sends a recorded request: its body is changed, and its path has the id of the request before it.
fn send(server: &Server, capture: &Value, id: Option<&str>) -> Reply {
    let words = |name: &str| capture[name].as_str().unwrap();
    let mut path = words("path").to_owned();
    if let Some(id) = id.filter(|_| capture["follows"] == true) {
        let recorded = path.split('/').nth(2).unwrap().to_owned();
        path = path.replace(&recorded, id);
    }
    let path = if path.starts_with("/responses") { format!("/openai{path}") } else { path };
    let path = if words("query").is_empty() { path } else { format!("{path}?{}", words("query")) };
    let body = match &capture["body"] {
        Value::Null => String::new(),
        recorded => body(recorded).to_string(),
    };
    let request = server.to_agent(words("method"), &path, body.as_bytes());
    if capture["leaves"] == true {
        let seen = server.open_raw(&request).take(5).collect::<Vec<_>>();
        let frames: Vec<_> = seen.iter().map(|event| format!("data: {event}\n\n")).collect();
        return Reply::streamed(&frames.concat());
    }
    server.raw(&request).unwrap_or_else(|| panic!("no answer to {}", words("operation")))
}

fn compare(capture: &Value, reply: &Reply) -> Vec<String> {
    let (operation, recorded) = (capture["operation"].as_str().unwrap(), &capture["answer"]);
    let mut wrong = Vec::new();
    if recorded["status"] != reply.status {
        wrong.push(format!("status {}: {}", reply.status, String::from_utf8_lossy(&reply.body)));
    }
    let leaves = capture["leaves"] == true;
    for (name, value) in recorded["headers"].as_object().unwrap().iter().filter(|_| !leaves) {
        let found = reply.header(name).unwrap_or_default();
        let same = match name.as_str() {
            "x-agent-invocation-id" => found.len() == 36,
            "x-agent-session-id" => (found == NAMED) == (value == NAMED) && !found.is_empty(),
            "content-type" => found.starts_with(value.as_str().unwrap().split(';').next().unwrap()),
            _ => found == value,
        };
        if !same {
            wrong.push(format!("{name}: {found}"));
        }
    }
    if let Some(text) = recorded["text"].as_str() {
        let (recorded, answered) = (events(text), events(&String::from_utf8_lossy(&reply.body)));
        if recorded.first().is_some_and(|event| event["type"].is_string()) {
            let first = answered[0]["sequence_number"].as_u64().unwrap();
            let len = if leaves { 5 } else { recorded.len() };
            if kinds(&answered, usize::try_from(first).unwrap())
                != kinds(&recorded, usize::try_from(first).unwrap())[..len]
            {
                wrong.push("other events".to_owned());
            }
        }
        for (recorded, answered) in recorded.iter().zip(&answered) {
            wrong.extend(differences(recorded["type"].as_str().unwrap_or_default(), recorded, answered));
        }
    } else {
        wrong.extend(differences("", &recorded["json"], &reply.json()));
        for name in ["code", "message", "param"] {
            let (recorded, answered) = (&recorded["json"]["error"][name], &reply.json()["error"][name]);
            let id_in_it = name == "param" && operation.starts_with("responses GET");
            if recorded != answered && !id_in_it {
                wrong.push(format!("{name}: {answered}"));
            }
        }
        if recorded["json"]["status"] != reply.json()["status"] {
            wrong.push(format!("status {}", reply.json()["status"]));
        }
    }
    wrong.retain(|difference| !is_known(operation, difference));
    wrong
}

#[test]
fn the_emulator_answers_as_the_runtime_does() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    server.send("POST", "/agents/a1/versions", r#"{"definition":{"kind":"hosted"}}"#).ok();
    let version = json!({ "type": "version_ref", "agent_version": "2" });
    let session = json!({ "agent_session_id": NAMED, "version_indicator": version }).to_string();
    server.send("POST", "/agents/a1/endpoint/sessions", session).is(201, "");
    let (mut seen, mut wrong, mut last) = (0, Vec::new(), None::<String>);
    for line in include_str!("../../data/wire/foundry-runtime.jsonl").lines() {
        let capture: Value = serde_json::from_str(line).unwrap();
        let operation = capture["operation"].as_str().unwrap();
        let now = |id: &Option<String>| server.response(&json!(id.clone().unwrap()))["status"].clone();
        match operation {
            "GET later" => wait_until("the end", || now(&last) == "completed"),
            "GET afterwards" if capture["answer"]["json"]["status"] == "cancelled" => {
                wait_until("the cancellation", || now(&last) == "cancelled");
            }
            _ => {}
        }
        let reply = send(&server, &capture, last.as_deref());
        seen += 1;
        wrong.extend(compare(&capture, &reply).into_iter().map(|difference| format!("{operation}: {difference}")));
        if capture["follows"] == false {
            let streamed = events(&String::from_utf8_lossy(&reply.body));
            let id = match streamed.first() {
                Some(created) => created["response"]["id"].clone(),
                None if reply.body.starts_with(b"{") => reply.json()["id"].clone(),
                None => Value::Null,
            };
            last = id.as_str().or_else(|| reply.header("x-agent-invocation-id")).map(str::to_owned);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(seen, 34);
}
