//! What AGB's SDKs were recorded to send, sent again in order: the answers have the recorded shape.
//!
//! `tests/data/wire/agb.jsonl` holds requests of the Python SDK and of its TypeScript sibling (`python`,
//! `ts`) as they came to a recorder, each with the answer that the SDK took as good. It is one story:
//! what one request made, later ones need. Ids and URLs of the recorder stand for those that the
//! server gave in the same place. `agb-work.jsonl` holds calls that run commands and code, each for itself.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use super::stage::{Session, data};
use crate::captures::differences;
use crate::stage::{Reply, Server, Stage};

/// The recorder's own names, and what they stand for.
#[derive(Default)]
struct Names(Vec<(String, String)>);

impl Names {
    fn learn(&mut self, recorded: &str, real: &str) {
        self.0.retain(|(known, _)| known != recorded);
        self.0.push((recorded.to_owned(), real.to_owned()));
    }

    fn real(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (recorded, real)| text.replace(recorded, real))
    }

    /// Learns from an answer what the recorder's names are now.
    fn compare(&mut self, recorded: &Value, real: &Value) {
        for name in ["sessionId", "contextId", "id", "token"] {
            if let (Some(recorded), Some(real)) = (recorded[name].as_str(), real[name].as_str()) {
                self.learn(recorded, real);
            }
        }
    }
}

/// Calls a tool of a session.
fn tool(server: &Server, session: &str, name: &str, args: &Value) {
    let body = json!({ "args": args.to_string(), "sessionId": session, "name": name });
    let reply = server.agb("POST", "/mcp?autoGenSession=false", &body);
    assert_eq!(reply.json()["data"]["isError"], false, "{name} {args}: {}", reply.json());
}

/// Makes what the recorder had by other means before a request.
fn prepare(server: &Server, capture: &Value, names: &mut Names, begun: &mut Vec<String>) {
    let chapter = match (capture["client"].as_str().unwrap(), capture["operation"].as_str().unwrap()) {
        ("python", operation) => operation,
        (client, "session.create (labels, timeout)") => client,
        (_, operation) => operation,
    };
    if begun.iter().any(|known| known == chapter) {
        return;
    }
    begun.push(chapter.to_owned());
    let first = names.real("session-00000000000000000001");
    let demo = json!({ "path": "/home/agb/demo" });
    match chapter {
        "session.create (minimal)" | "ts" => {
            let made = server.agb("GET", "/sdk/GetContext?name=proj-a&allowCreate=true", &Value::Null).json();
            names.learn("SdkCtx-0000000000000001", made["data"]["id"].as_str().unwrap());
        }
        "file.read (bytes, three chunks)" => {
            for (name, bytes) in [("bin.dat", 40_000), ("empty.txt", 0), ("big.txt", 50_000)] {
                let args = json!({ "path": format!("/home/agb/demo/{name}"), "content": "x".repeat(bytes) });
                tool(server, &first, "write_file", &args);
            }
        }
        "file.download" => {
            let args = json!({ "path": "/home/agb/file_transfer/down.bin", "content": "down" });
            tool(server, &first, "write_file", &args);
        }
        "link: file.write and read" => {
            tool(server, &names.real("session-00000000000000000004"), "create_directory", &demo);
        }
        "file.writeFile (create_new)" => tool(server, &first, "create_directory", &demo),
        _ => {}
    }
}

/// The bytes of a recorded request.
fn request(server: &Server, capture: &Value, names: &Names, url: Option<&str>, token: &str) -> Vec<u8> {
    let operation = capture["operation"].as_str().unwrap();
    let text = |name: &str| names.real(capture[name].as_str().unwrap());
    let mut query = text("query").replace("nextToken=2&", &format!("nextToken={token}&"));
    if operation == "link: session.create" {
        // Sessions of this image alone tell where their tools can be called directly.
        query = query.replace("agb-code-space-1", "agb-code-space-2");
    }
    let target = match url.filter(|_| text("path").starts_with("/oss/")) {
        Some(url) => url.split_once(&server.address).unwrap().1.to_owned(),
        None => format!("{}?{query}", text("path")),
    };
    let body = match &capture["body"] {
        Value::Null => Vec::new(),
        body if body["json"] != Value::Null => names.real(&body["json"].to_string()).into_bytes(),
        body => vec![7; usize::try_from(body["length"].as_u64().unwrap()).unwrap()],
    };
    let mut head = format!("{} {target} HTTP/1.1\r\n", capture["method"].as_str().unwrap());
    let _ = write!(head, "host: {}\r\nconnection: close\r\ncontent-length: {}\r\n", server.address, body.len());
    for (name, value) in capture["headers"].as_object().unwrap() {
        let _ = write!(head, "{name}: {}\r\n", names.real(value.as_str().unwrap()));
    }
    [head.as_bytes(), b"\r\n", &body].concat()
}

/// What is known to differ, and why.
fn is_known(operation: &str, path: &str, difference: &str) -> bool {
    match operation {
        // The recorder signed no `Content-Type` and took one nevertheless.
        "file.upload (first use, content type)" => path.starts_with("/oss/") && difference.starts_with("status 403"),
        // Nothing runs here: it is the tool's own error.
        "command.execute (exit code 3)" | "code.run" | "code.run (alias js, timeout)" | "code.run (code raises)" => {
            difference == "isError true"
        }
        // One of the forms that the SDKs take.
        "command.execute (isError with JSON text)" => difference == "isError false",
        // There is no streaming.
        "link: session.create" | "link: session.get" => difference == ".data.wsUrl lacks",
        _ => false,
    }
}

/// What the direct route answers, whose `data` is an object or that as JSON in a string.
fn opened(capture: &Value, mut answer: Value) -> Value {
    if capture["path"].as_str().unwrap().starts_with("/link/")
        && let Some(inner) = answer["data"].as_str()
    {
        answer["data"] = serde_json::from_str::<Value>(inner).unwrap()["result"].take();
    } else if answer["data"]["result"] != Value::Null {
        answer["data"] = answer["data"]["result"].take();
    }
    answer
}

fn compare(capture: &Value, reply: &Reply) -> Vec<String> {
    let recorded = &capture["answer"];
    let mut wrong = Vec::new();
    if recorded["status"] != reply.status {
        wrong.push(format!("status {}: {}", reply.status, String::from_utf8_lossy(&reply.body)));
    } else if let body @ Value::Object(_) = &recorded["body"]["json"] {
        let (body, answered) = (&opened(capture, body.clone()), opened(capture, reply.json()));
        wrong.extend(differences("", body, &answered));
        for (name, recorded, answered) in [
            ("success", &body["success"], &answered["success"]),
            ("code", &body["code"], &answered["code"]),
            ("isError", &body["data"]["isError"], &answered["data"]["isError"]),
        ] {
            if recorded != answered {
                wrong.push(format!("{name} {answered}"));
            }
        }
        if capture["path"].as_str().unwrap().starts_with("/oss/") && reply.header("etag").is_none() {
            wrong.push("no ETag".to_owned());
        }
    }
    wrong
}

#[test]
fn recorded_requests_are_answered_in_the_recorded_shape() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let (mut names, mut begun, mut url, mut token) = (Names::default(), Vec::new(), None, String::new());
    names.learn("SESSION_TOKEN", "SESSION_TOKEN");
    let (mut seen, mut wrong) = (0, Vec::new());
    for line in include_str!("../../data/wire/agb.jsonl").lines() {
        let capture: Value = serde_json::from_str(line).unwrap();
        prepare(&server, &capture, &mut names, &mut begun);
        let reply = server.raw(&request(&server, &capture, &names, url.as_deref(), &token)).expect(line);
        seen += 1;
        let (operation, path) = (capture["operation"].as_str().unwrap(), capture["path"].as_str().unwrap());
        for difference in compare(&capture, &reply) {
            if !is_known(operation, path, &difference) {
                wrong.push(format!("{} {operation}, {path}: {difference}", capture["client"]));
            }
        }
        if let (Ok(answered), recorded) =
            (serde_json::from_slice::<Value>(&reply.body), &capture["answer"]["body"]["json"])
        {
            let (recorded, answered) = (recorded, &answered);
            if let Some(next) = answered["nextToken"].as_str().filter(|next| !next.is_empty()) {
                next.clone_into(&mut token);
            }
            let (recorded, answered) = (&recorded["data"], &answered["data"]);
            names.compare(recorded, answered);
            if path.ends_with("GetAndLoadInternalContext") {
                names.compare(&recorded[0], &answered[0]);
            }
            url = answered["url"].as_str().map(str::to_owned).or(url);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(seen, 173);
}

/// The form of the result that was recorded, where it is not the newest one.
fn form(operation: &str) -> Option<&'static str> {
    Some(match operation {
        "shell (isError, JSON text)" => "error-code",
        "shell (isError, plain text: 127)" => "error-text",
        "shell (plain text, no error: old image)" | "run_code (plain text)" => "text",
        "shell (JSON text without exit_code)" => "no-status",
        "shell (direct route, isError)" => "error",
        "run_code (older form: logs, results, error)" => "logs",
        "run_code (content text)" => "content",
        _ => return None,
    })
}

/// The text of a tool's result as JSON, where it is an object.
fn object(result: &Value) -> Option<Value> {
    serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).ok().filter(Value::is_object)
}

#[test]
fn recorded_commands_and_code_are_answered_in_the_recorded_shape() {
    let stage = Stage::new();
    let (mut seen, mut wrong) = (0, Vec::new());
    for line in include_str!("../../data/wire/agb-work.jsonl").lines() {
        let capture: Value = serde_json::from_str(line).unwrap();
        let operation = capture["operation"].as_str().unwrap();
        seen += 1;
        if ["run_code (language JS)", "run_code (language node)"].contains(&operation)
            && !Path::new("/usr/bin/node").exists()
        {
            continue;
        }
        let fault = form(operation).map(|form| format!("tools.call:result={form}"));
        let faults = fault.iter().flat_map(|fault| ["--fault", fault]);
        let server = stage.serve(&std::iter::once("--exec").chain(faults).collect::<Vec<_>>());
        let session = Session::with(&server, "agb-code-space-2", &json!({}));
        let told = data(&session.post("/mcp/getSession"));
        let direct = capture["path"].as_str().unwrap().starts_with("/link/");
        let token = told["token"].as_str().unwrap();
        let mut names = Names::default();
        names.learn("session-00000000000000000001", &session.id);
        names.learn("/link/callTool", &format!("/link/{}/callTool", session.id));
        names.learn("my_codespace", "wuying_codespace");
        names.learn("SESSION_TOKEN", token);
        names.learn("<token>", if direct { token } else { server.key() });
        tool(&server, &session.id, "create_directory", &json!({ "path": "/tmp/work" }));
        let reply = server.raw(&request(&server, &capture, &names, None, "")).expect(line);
        let mut differ = compare(&capture, &reply);
        let recorded = opened(&capture, capture["answer"]["body"]["json"].clone());
        let answered = opened(&capture, reply.json());
        match (object(&recorded["data"]), object(&answered["data"])) {
            (Some(recorded), Some(answered)) => differ.extend(differences("text", &recorded, &answered)),
            (None, None) => {}
            (_, answered) => differ.push(format!("the text is another kind: {answered:?}")),
        }
        // The recorder left these out.
        let left_out = [".code is new", ".requestId is new", "code 200"];
        differ.retain(|difference| !(direct && left_out.contains(&difference.as_str())));
        differ.retain(|difference| operation != "shell (direct route, isError)" || difference != "text.traceId is new");
        wrong.extend(differ.into_iter().map(|difference| format!("{operation}: {difference}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(seen, 19);
}
