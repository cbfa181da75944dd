//! Requests of a client, and what most of them need to be there.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};

use serde_json::{Value, json};

use crate::stage::{Reply, Server};

pub(super) const MANAGED: &str = "managed-agents-2026-04-01";
pub(super) const OLD_FILES: &str = "files-api-2025-04-14";

/// What a reply is to be.
pub(super) trait ReplyChecks {
    /// It is 200 and a document.
    #[track_caller]
    fn fine(&self) -> Value;
    /// It is an error in the service's form, of this type and with this code.
    #[track_caller]
    fn refused(&self, status: u16, kind: &str, code: Option<&str>) -> String;
    /// It is 400, without a code.
    #[track_caller]
    fn bad(&self) -> String {
        self.refused(400, "invalid_request_error", None)
    }
}

impl ReplyChecks for Reply {
    fn fine(&self) -> Value {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.body));
        assert!(self.header("request-id").is_some_and(|id| id.starts_with("req_")), "{self:?}");
        assert!(self.complete, "{self:?}");
        self.json()
    }

    fn refused(&self, status: u16, kind: &str, code: Option<&str>) -> String {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        let body = self.json();
        assert_eq!((&body["type"], &body["error"]["type"]), (&"error".into(), &kind.into()), "{body}");
        assert_eq!(body["error"]["details"]["error_code"].as_str(), code, "{body}");
        assert_eq!(body["request_id"].as_str(), self.header("request-id"), "{body}");
        let message = body["error"]["message"].as_str().unwrap().to_owned();
        assert!(!message.is_empty(), "{body}");
        message
    }
}

impl Server {
    /// The head of a request with a key, the newest version and these names of features.
    pub(super) fn asking(&self, method: &str, path: &str, betas: &str, headers: &str) -> String {
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n", self.address);
        let _ = write!(head, "x-api-key: {}\r\nanthropic-version: 2026-10-21\r\n", self.key());
        if !betas.is_empty() {
            let _ = write!(head, "anthropic-beta: {betas}\r\n");
        }
        head + headers + "\r\n"
    }

    /// Sends a request with these names of features.
    #[track_caller]
    pub(super) fn with(&self, betas: &str, method: &str, path: &str, body: impl AsRef<[u8]>) -> Reply {
        let body = body.as_ref();
        let head = self.asking(method, path, betas, &format!("content-length: {}\r\n", body.len()));
        self.raw(&[head.as_bytes(), body].concat()).unwrap_or_else(|| panic!("no answer to {method} {path}"))
    }

    /// The same, as calls about sessions need it.
    #[track_caller]
    pub(super) fn ask(&self, method: &str, path: &str, body: &Value) -> Reply {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.with(MANAGED, method, path, body)
    }

    /// `GET` of a document.
    #[track_caller]
    pub(super) fn look(&self, path: &str) -> Value {
        self.ask("GET", path, &Value::Null).fine()
    }

    /// Sends a form of these parts: their heads, and their contents.
    #[track_caller]
    pub(super) fn form(&self, betas: &str, parts: &[(&str, impl AsRef<[u8]>)]) -> Reply {
        let (kind, body) = form(parts);
        let headers = format!("content-type: {kind}\r\ncontent-length: {}\r\n", body.len());
        let head = self.asking("POST", "/v1/files", betas, &headers);
        self.raw(&[head.as_bytes(), &body].concat()).expect("no answer to an upload")
    }

    /// Uploads a file; gives its id.
    #[track_caller]
    pub(super) fn store(&self, name: &str, content: &[u8]) -> String {
        let head = format!("Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"");
        id(&self.form("", &[(&head, content)]).fine())
    }

    /// Makes a session with these resources; gives it.
    #[track_caller]
    pub(super) fn open(&self, resources: &Value) -> Value {
        let body = json!({ "agent": "agent_1", "environment_id": "env_1", "resources": resources });
        self.ask("POST", "/v1/sessions", &body).fine()
    }

    /// Makes a session with nothing in it; gives its path.
    #[track_caller]
    pub(super) fn empty(&self) -> String {
        format!("/v1/sessions/{}", id(&self.open(&json!([]))))
    }

    /// Says something in a session.
    #[track_caller]
    pub(super) fn say(&self, session: &str, text: &str) {
        let content = json!([{ "type": "text", "text": text }]);
        let body = json!({ "events": [{ "type": "user.message", "content": content }] });
        self.ask("POST", &format!("{session}/events"), &body).fine();
    }

    /// Sends events in a session; gives what the answer says of them.
    #[track_caller]
    pub(super) fn tell(&self, session: &str, events: &Value) -> Vec<Value> {
        data(&self.ask("POST", &format!("{session}/events"), &json!({ "events": events })).fine())
    }

    /// Lets the agent of a session call a tool of its own and one of the client; gives the ids of the calls, which are
    /// answered.
    #[track_caller]
    pub(super) fn calls(&self, session: &str) -> [String; 2] {
        self.say(session, "tool bash {}\ncustom weather {}");
        let history = self.history(session);
        let ids = ["agent.tool_use", "agent.custom_tool_use"]
            .map(|kind| id(history.iter().find(|event| event["type"] == kind).unwrap()));
        self.tell(
            session,
            &json!([{ "type": "user.custom_tool_result", "custom_tool_use_id": ids[1], "content": [] }]),
        );
        ids
    }

    /// The history of a session.
    #[track_caller]
    pub(super) fn history(&self, session: &str) -> Vec<Value> {
        data(&self.look(&format!("{session}/events")))
    }

    /// Opens a stream of events; gives them as they come, until it ends.
    #[track_caller]
    pub(super) fn follow(&self, path: &str) -> impl Iterator<Item = Value> + use<> {
        let mut stream = self.connect();
        stream.write_all(self.asking("GET", path, MANAGED, "").as_bytes()).unwrap();
        let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
        assert!(lines.by_ref().any(|line| line == ": open"), "it says that it is open");
        std::iter::from_fn(move || {
            let name = lines.by_ref().find_map(|line| line.strip_prefix("event: ").map(str::to_owned))?;
            let event: Value = serde_json::from_str(lines.next()?.strip_prefix("data: ")?).ok()?;
            assert_eq!(event["type"], name);
            Some(event)
        })
    }

    /// Leaves an output in a session; gives its id.
    #[track_caller]
    pub(super) fn leave(&self, session: &str, query: &str, content: &[u8]) -> String {
        let session = session.rsplit('/').next().unwrap();
        let path = format!("/_emulator/anthropic/sessions/{session}/outputs?{query}");
        id(&self.with("", "POST", &path, content).fine())
    }

    /// The files of a session.
    #[track_caller]
    pub(super) fn files_of(&self, session: &str) -> Vec<Value> {
        let session = session.rsplit('/').next().unwrap();
        data(&self.look(&format!("/v1/files?limit=1000&scope_id={session}")))
    }
}

/// A form and its type.
pub(super) fn form(parts: &[(&str, impl AsRef<[u8]>)]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (head, content) in parts {
        body.extend_from_slice(format!("--b-1\r\n{head}\r\n\r\n").as_bytes());
        body.extend_from_slice(content.as_ref());
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--b-1--\r\n");
    ("multipart/form-data; boundary=b-1".to_owned(), body)
}

#[track_caller]
pub(super) fn id(object: &Value) -> String {
    object["id"].as_str().unwrap_or_else(|| panic!("no id: {object}")).to_owned()
}

#[track_caller]
pub(super) fn data(list: &Value) -> Vec<Value> {
    list["data"].as_array().unwrap_or_else(|| panic!("no list: {list}")).clone()
}

/// The types of events.
#[track_caller]
pub(super) fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

#[track_caller]
pub(super) fn ids(list: &Value) -> Vec<String> {
    data(list).iter().map(id).collect()
}
