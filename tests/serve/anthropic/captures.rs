//! What the official clients were recorded to send, sent again, by all their generations.
//!
//! `tests/data/wire/anthropic.jsonl` begins with examples of answers, which were checked against the
//! types of the newest Python client; behind them are requests of the Python and TypeScript clients
//! and of the command line (`ant`) as they came to a recorder, each once. The recorder knew nothing
//! of the service, so that an answer is compared with the example of its kind: members and types.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::{Value, json};
use wharf_wire::anthropic as wire;

use super::stage::{MANAGED, ReplyChecks, id};
use crate::stage::{Reply, Server, Stage};

/// What a recorded id stands for is made anew for each request.
fn stand_ins(server: &Server, capture: &Value) -> Vec<(&'static str, String)> {
    let file = server.store("data.csv", b"1,2");
    let other = server.store("other.csv", b"3,4");
    let session = server.open(&json!([
        { "type": "file", "file_id": file, "mount_path": "/mounted.csv" },
        { "type": "github_repository", "url": "u" },
    ]));
    let path = format!("/v1/sessions/{}", id(&session));
    if capture["body"]["json"]["budget"].is_null() && capture["body"]["json"].get("budget").is_some() {
        server.ask("POST", &path, &json!({ "budget": null })).fine();
    }
    let mut calls = Vec::new();
    if capture["path"].as_str().unwrap().contains("/events") {
        server.say(&path, "hello");
    }
    if capture["body"].to_string().contains("sevt_01x") {
        let [tool, custom] = server.calls(&path);
        calls.extend([("sevt_01x", tool.clone()), ("sevt_01y", custom), ("sevt_01z", tool)]);
    }
    // Only what a session made can be downloaded.
    let file = if capture["path"].as_str().unwrap().ends_with("/content") {
        server.leave(&path, "filename=out.bin", b"content")
    } else {
        file
    };
    let page = server.with(MANAGED, "GET", "/v1/files?limit=1", "").fine()["next_page"].as_str().unwrap().to_owned();
    let mut all: Vec<_> =
        [("page_2", page), ("file_01Rec0002", other.clone()), ("file_01Rec0005", other.clone())].into();
    let (copy, repository) = (id(&session["resources"][0]), id(&session["resources"][1]));
    all.extend([("sesrsc_01Rec", copy), ("sesrsc_01Git", repository), ("file_2", other)]);
    all.extend(calls);
    for name in ["sesn_01Rec0001", "sesn_1", "sesn_p"] {
        all.push((name, id(&session)));
    }
    for name in ["file_01Rec0001", "file_both", "file_tok", "file_ws", "file_1"] {
        all.push((name, file.clone()));
    }
    all
}

/// The bytes of a recorded request.
fn request(server: &Server, capture: &Value) -> Vec<u8> {
    let ids = stand_ins(server, capture);
    let replaced = |text: &str| {
        // Only a whole id is one: `file_id` is none, and neither is `file_01%2F..`.
        ids.iter().fold(text.to_owned(), |text, (name, id)| {
            let mut out = String::new();
            let mut rest = text.as_str();
            while let Some(at) = rest.find(name) {
                let end = at + name.len();
                let whole = !rest[end..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
                out += &rest[..at];
                out += if whole { id } else { name };
                rest = &rest[end..];
            }
            out + rest
        })
    };
    let [method, path, query] = ["method", "path", "query"].map(|name| capture[name].as_str().unwrap());
    let (path, query) = (replaced(path), replaced(query));
    let mark = if query.is_empty() { "" } else { "?" };
    let mut head =
        format!("{method} {path}{mark}{query} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n", server.address);
    for (name, value) in capture["headers"].as_object().unwrap() {
        for value in value.as_array().unwrap_or(&vec![value.clone()]) {
            let _ = write!(head, "{name}: {}\r\n", value.as_str().unwrap().replace("<boundary>", "b-1"));
        }
    }
    let body = match &capture["body"] {
        Value::Null => Vec::new(),
        body if body["multipart"].is_array() => parts(&body["multipart"]),
        body => replaced(&body["json"].to_string()).into_bytes(),
    };
    [format!("{head}content-length: {}\r\n\r\n", body.len()).as_bytes(), &body].concat()
}

fn parts(recorded: &Value) -> Vec<u8> {
    let mut all = Vec::new();
    for part in recorded.as_array().unwrap() {
        let mut head = format!("Content-Disposition: {}", part["raw_disposition"].as_str().unwrap());
        if let Some(kind) = part["content_type"].as_str() {
            let _ = write!(head, "\r\nContent-Type: {kind}");
        }
        let length = usize::try_from(part["bytes"].as_u64().unwrap()).unwrap();
        let content = part["value"].as_str().map_or_else(|| vec![7; length], |text| text.as_bytes().to_vec());
        all.push((head, content));
    }
    let all: Vec<_> = all.iter().map(|(head, content)| (head.as_str(), content.as_slice())).collect();
    super::stage::form(&all).1
}

/// Returns the name of the example that the answer of a call follows, or `None` where it has no document.
fn example(method: &str, path: &str) -> Option<&'static str> {
    let parts: Vec<&str> = path.split('/').skip(2).collect();
    Some(match (parts.as_slice(), method) {
        (["files"], "POST") | (["files", _], "GET") => "file",
        (["files"], _) => "file-list-page",
        (["files", _], _) => "deleted-file",
        (["sessions"], "GET") => "session-list",
        (["sessions", _], "DELETE") => "deleted-session",
        (["sessions"] | ["sessions", _] | ["sessions", _, "archive"], _) => "session",
        (["sessions", _, "resources"], "GET") => "resource-list",
        (["sessions", _, "resources", "sesrsc_01Git"], "POST") => "resource-github",
        (["sessions", _, "resources", _], "DELETE") => "deleted-resource",
        (["sessions", _, "resources", ..], _) => "resource-file",
        (["sessions", _, "events"], "POST") => "events-send-response",
        (["sessions", _, "events"], _) => "event-list",
        (["agents"], "POST") | (["agents", _], _) => "agent",
        (["environments"], "POST") | (["environments", _], _) => "environment",
        _ => return None,
    })
}

/// Why a recorded request is refused here, and would be by the service.
fn refusal(capture: &Value) -> Option<(u16, &'static str)> {
    let text = |name: &str| capture[name].as_str().unwrap();
    let betas = capture["headers"]["anthropic-beta"].to_string();
    match () {
        () if text("path").contains("%2F") => Some((404, "not_found_error")),
        () if capture["headers"].get("authorization").or(capture["headers"].get("x-api-key")).is_none() => {
            Some((401, "authentication_error"))
        }
        // Names of features that the recording made up.
        () if ["some-feature", "from-env", "a-2026"].iter().any(|name| betas.contains(name)) => {
            Some((400, "invalid_request_error"))
        }
        // An old cursor, asked for in a new way.
        () if text("operation").contains("through extra_query") => Some((400, "invalid_request_error")),
        () => None,
    }
}

/// What an answer may have as null, whatever an example has \[types\].
const NULLABLE: [&str; 4] = [".next_page", ".title", ".system", ".checkout"];

/// Where two values differ in members or types. What is null in the example may be anything, lengths
/// of arrays do not count, and of arrays only items of one type are compared.
fn differences(at: &str, example: &Value, answered: &Value, wrong: &mut Vec<String>) {
    match (example, answered) {
        (Value::Null, _) => {}
        (_, Value::Null) if NULLABLE.iter().any(|name| at.ends_with(name)) => {}
        (Value::Object(example), Value::Object(answered)) => {
            let last = at.rsplit('.').next().unwrap_or_default();
            let free = ["metadata", "stats", "usage"].contains(&last);
            for (name, value) in example.iter().filter(|_| !free) {
                match answered.get(name) {
                    Some(answered) => differences(&format!("{at}.{name}"), value, answered, wrong),
                    None => wrong.push(format!("{at}.{name} lacks")),
                }
            }
            let new = answered.keys().filter(|name| !free && !example.contains_key(*name));
            wrong.extend(new.map(|name| format!("{at}.{name} is new")));
        }
        (Value::Array(example), Value::Array(answered)) => {
            for answered in answered {
                let like = example.iter().find(|example| example["type"] == answered["type"]);
                if let Some(example) = like {
                    differences(&format!("{at}[]"), example, answered, wrong);
                }
            }
        }
        (example, answered) if std::mem::discriminant(example) == std::mem::discriminant(answered) => {}
        _ => wrong.push(format!("{at} is another type")),
    }
}

/// What is known to differ, and why.
fn is_known(capture: &Value, difference: &str) -> bool {
    let betas = capture["headers"]["anthropic-beta"].to_string();
    let (managed, old) = (betas.contains("managed-agents"), betas.contains("files-api"));
    match difference {
        ".expires_at lacks" | ".data[].expires_at lacks" | ".next_page lacks" => old,
        ".scope is new" | ".data[].scope is new" => managed,
        ".has_more is new" | ".first_id is new" | ".last_id is new" => managed || old,
        // The types have them, and the examples leave them out.
        ".deployment_id is new" | ".model.inference_geo is new" => true,
        // The example's network is not limited.
        other => other.starts_with(".config.networking."),
    }
}

fn compare(capture: &Value, reply: &Reply, examples: &HashMap<String, Value>) -> Vec<String> {
    let [method, path] = ["method", "path"].map(|name| capture[name].as_str().unwrap());
    let mut wrong = Vec::new();
    if path.ends_with("/content") {
        if reply.body != b"content" {
            wrong.push("another content".to_owned());
        }
    } else if let Some(example) = example(method, path) {
        differences("", &examples[example], &reply.fine(), &mut wrong);
        wrong.retain(|difference| !is_known(capture, difference));
    } else {
        reply.fine();
    }
    wrong
}

#[test]
fn recorded_requests_are_answered_in_the_documented_shape() {
    let captures = include_str!("../../data/wire/anthropic.jsonl");
    let stage = Stage::new();
    let server = stage.serve(&[]);
    // The agents and versions that the recording names.
    for agent in ["agent_01Rec", "agent_in"] {
        for name in ["2", "3"] {
            server.ask("POST", &format!("/v1/agents/{agent}"), &json!({ "name": name })).fine();
        }
    }
    let (mut examples, mut seen, mut wrong) = (HashMap::new(), 0, Vec::new());
    for line in captures.lines() {
        let capture: Value = serde_json::from_str(line).unwrap();
        if let Some(name) = capture["example"].as_str() {
            examples.insert(name.to_owned(), capture["json"].clone());
            continue;
        }
        seen += 1;
        let name = format!("{} {}", capture["client"], capture["operation"]);
        if capture["path"].as_str().unwrap().starts_with("/pre/") {
            // A base URL with a path of its own, which the emulator's has not.
            continue;
        }
        if capture["path"].as_str().unwrap().ends_with("/stream") {
            continue;
        }
        if capture["path"] == "/v1/environments" && capture["method"] == "POST" {
            // Their names are one of their kind, and all clients chose the same.
            let list = server.look("/v1/environments");
            for environment in list["data"].as_array().unwrap() {
                server.ask("DELETE", &format!("/v1/environments/{}", id(environment)), &Value::Null).fine();
            }
        }
        let reply = server.raw(&request(&server, &capture)).expect(&name);
        match refusal(&capture) {
            Some((status, kind)) => drop(reply.refused(status, kind, None)),
            None if reply.status != 200 => {
                wrong.push(format!("{name}: {} {}", reply.status, String::from_utf8_lossy(&reply.body)));
            }
            None => {
                let differences = compare(&capture, &reply, &examples);
                wrong.extend(differences.iter().map(|difference| format!("{name}: {difference}")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!((examples.len(), seen), (16, 187));
}

/// What a recorded answer has and another lacks, or has as another type. What is null there may be
/// anything.
fn lacking(at: &str, recorded: &Value, answered: &Value, wrong: &mut Vec<String>) {
    match (recorded, answered) {
        (Value::Null, _) => {}
        (Value::Object(recorded), Value::Object(answered)) => {
            for (name, value) in recorded {
                match answered.get(name) {
                    Some(answered) => lacking(&format!("{at}.{name}"), value, answered, wrong),
                    None => wrong.push(format!("{at}.{name} lacks")),
                }
            }
        }
        (Value::Array(recorded), Value::Array(answered)) => {
            if recorded.len() > answered.len() {
                wrong.push(format!("{at} has {} items", answered.len()));
            }
            recorded.iter().zip(answered).for_each(|(one, other)| lacking(&format!("{at}[]"), one, other, wrong));
        }
        (one, other) if std::mem::discriminant(one) == std::mem::discriminant(other) => {}
        _ => wrong.push(format!("{at} is another type: {answered}")),
    }
}

/// `tests/data/wire/anthropic-turns.jsonl` has requests of the newest Python client with the answers
/// that it took for good.
#[test]
fn recorded_turns_are_answered_with_every_recorded_member() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let (mut session, mut seen, mut wrong) = (String::new(), 0, Vec::new());
    let mut calls = [String::new(), String::new()];
    for line in include_str!("../../data/wire/anthropic-turns.jsonl").lines() {
        let capture: Value = serde_json::from_str(line).unwrap();
        let thread = session.replace("sesn_", "sthr_");
        let live = |text: &str| {
            let text = text.replace("sesn_01Ab3CdEfGh", &session).replace("sthr_01", &thread);
            text.replace("sevt_01b", &calls[0]).replace("sevt_01k", &calls[1])
        };
        let text = |name: &str| live(capture[name].as_str().unwrap());
        let mark = if text("query").is_empty() { "" } else { "?" };
        let path = format!("{}{mark}{}", text("path"), text("query"));
        let body = serde_json::from_str(&live(&capture["body"].to_string())).unwrap();
        let answered = server.ask(&text("method"), &path, &body).fine();
        lacking("", &capture["answer"], &answered, &mut wrong);
        wrong.iter_mut().skip(seen).for_each(|what| *what = format!("{}: {what}", capture["operation"]));
        seen = wrong.len();
        if session.is_empty() {
            session = id(&answered);
            calls = server.calls(&format!("/v1/sessions/{session}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(!session.is_empty());
}

/// Reads a document as a type and writes it again.
#[track_caller]
fn again<T: serde::Serialize + serde::de::DeserializeOwned>(name: &str, document: &Value) {
    let read: T = serde_json::from_value(document.clone()).unwrap_or_else(|e| panic!("{name}: {e}"));
    assert_eq!(serde_json::to_value(&read).unwrap(), *document, "{name}");
}

/// Reads an answer as the client does, which requires what it relies on.
#[track_caller]
fn relied_on(name: &str, document: &Value) {
    fn read<T: serde::de::DeserializeOwned>(name: &str, document: &Value) -> T {
        serde_json::from_value(document.clone()).unwrap_or_else(|e| panic!("{name}: {e}"))
    }
    let items = || document["data"].as_array().into_iter().flatten();
    let resource =
        |document: &Value| assert_eq!(read::<wire::ResourceAnswer>(name, document).missing(), None, "{name}");
    match name {
        "file" | "file-scoped" => drop(read::<wire::FileAnswer>(name, document)),
        "file-list-page" | "file-list-ids" => items().for_each(|one| drop(read::<wire::FileAnswer>(name, one))),
        "session" => drop(read::<wire::SessionAnswer>(name, document)),
        "session-list" => items().for_each(|one| drop(read::<wire::SessionAnswer>(name, one))),
        "resource-list" => items().for_each(resource),
        "resource-file" | "resource-github" | "resource-memory" => resource(document),
        "deleted-file" | "deleted-session" | "deleted-resource" => {
            assert!(read::<wire::DeletedAnswer>(name, document).is_one(), "{name}");
        }
        _ => {}
    }
}

#[test]
fn our_own_types_keep_what_was_recorded_and_documented() {
    let mut seen = 0;
    for line in include_str!("../../data/wire/anthropic.jsonl").lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let (name, document) = match line["example"].as_str() {
            Some(name) => (name.to_owned(), &line["json"]),
            None => (
                format!("{} {}", line["method"].as_str().unwrap(), line["path"].as_str().unwrap()),
                &line["body"]["json"],
            ),
        };
        if document.is_null() {
            continue;
        }
        seen += 1;
        relied_on(&name, document);
        match name.as_str() {
            "file" | "file-scoped" => again::<wire::File>(&name, document),
            "file-list-page" => again::<wire::ListPage<wire::File>>(&name, document),
            "session" => again::<wire::AnthropicSession>(&name, document),
            "session-list" => again::<wire::ListPage<wire::AnthropicSession>>(&name, document),
            "resource-list" => again::<wire::ListPage<wire::SessionResource>>(&name, document),
            "resource-file" | "resource-github" | "resource-memory" => again::<wire::SessionResource>(&name, document),
            "deleted-file" | "deleted-session" | "deleted-resource" => again::<wire::Deleted>(&name, document),
            "event-list" => again::<wire::ListPage<wire::SessionEvent>>(&name, document),
            "events-send-response" => again::<wire::SentEvents>(&name, document),
            "agent" => again::<wire::AnthropicAgent>(&name, document),
            "environment" => again::<wire::AnthropicEnvironment>(&name, document),
            "POST /v1/sessions" => again::<wire::NewAnthropicSession>(&name, document),
            name if name.ends_with("/events") => again::<wire::SendEvents>(name, document),
            name if name.ends_with("/resources") => again::<wire::ResourceParams>(name, document),
            name if name.contains("/resources/") => again::<wire::resources::UpdateResource>(name, document),
            name if name.starts_with("POST /v1/sessions/") => again::<wire::UpdateSession>(name, document),
            name => {
                // The catalogue's requests, which nothing of ours makes.
                assert!(["POST /v1/agents", "POST /v1/environments"].contains(&name), "{name}");
            }
        }
    }
    assert_eq!(seen, 60);
}
