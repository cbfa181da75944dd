//! Requests to an agent, and streams of events.

use std::io::{BufRead, BufReader, Write as _};

use serde_json::{Value, json};

use crate::stage::{Reply, Server};

/// Where the agent `a1` is spoken to.
pub(super) const AGENT: &str = "/agents/a1/endpoint/protocols";

/// Where its responses are.
pub(super) const RESPONSES: &str = "/openai/responses";

/// What a reply is to be.
pub(super) trait Answered {
    /// It is 200 and a document.
    #[track_caller]
    fn fine(&self) -> Value;
    /// It is an error of the runtime, with this code, whose fault is that of `source`; gives its message.
    #[track_caller]
    fn refused(&self, status: u16, code: &str, source: &str) -> String;
    /// The session that it is about.
    #[track_caller]
    fn session(&self) -> String;
}

impl Answered for Reply {
    fn fine(&self) -> Value {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.body));
        assert!(self.complete, "{self:?}");
        self.json()
    }

    fn refused(&self, status: u16, code: &str, source: &str) -> String {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        let error = self.json()["error"].clone();
        assert_eq!(error["code"], code, "{error}");
        assert_eq!(self.header("x-platform-error-source"), Some(source), "{error}");
        error["message"].as_str().unwrap().to_owned()
    }

    fn session(&self) -> String {
        self.header("x-agent-session-id").expect("x-agent-session-id").to_owned()
    }
}

impl Server {
    /// The bytes of a request to the agent, with the server's key.
    pub(super) fn to_agent(&self, method: &str, path: &str, body: &[u8]) -> Vec<u8> {
        let head = self.head(method, &format!("{AGENT}{path}"), &format!("content-length: {}\r\n", body.len()));
        let head = head.replace("Bearer any", &format!("Bearer {}", self.key()));
        [head.as_bytes(), body].concat()
    }

    /// Sends a request to the agent.
    #[track_caller]
    pub(super) fn agent(&self, method: &str, path: &str, body: &Value) -> Reply {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.raw(&self.to_agent(method, path, body.as_bytes()))
            .unwrap_or_else(|| panic!("no answer to {method} {path}"))
    }

    /// Makes a response; gives it.
    #[track_caller]
    pub(super) fn respond(&self, body: &Value) -> Value {
        self.agent("POST", RESPONSES, body).fine()
    }

    /// The response with this id, as it is now.
    #[track_caller]
    pub(super) fn response(&self, id: &Value) -> Value {
        self.agent("GET", &response(id), &Value::Null).fine()
    }

    /// Opens a stream of events.
    #[track_caller]
    pub(super) fn open_events(&self, method: &str, path: &str, body: &Value) -> Events {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.open_raw(&self.to_agent(method, path, body.as_bytes()))
    }

    /// Opens the stream that this request asks for.
    #[track_caller]
    pub(super) fn open_raw(&self, request: &[u8]) -> Events {
        let mut stream = self.connect();
        stream.write_all(request).unwrap();
        let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
        let status = lines.next().unwrap();
        assert!(status.starts_with("HTTP/1.1 200"), "{status}");
        assert!(lines.any(|line| line.is_empty()));
        Events { lines: Box::new(lines), comments: 0 }
    }
}

/// The path of a response.
pub(super) fn response(id: &Value) -> String {
    format!("{RESPONSES}/{}", id.as_str().unwrap())
}

/// A body that asks for a response with a text.
pub(super) fn asking(text: &str) -> Value {
    json!({ "input": text })
}

/// The same, streamed and in the background.
pub(super) fn resumable(text: &str) -> Value {
    json!({ "input": text, "stream": true, "background": true, "store": true })
}

/// The events of a stream as they come.
pub(super) struct Events {
    lines: Box<dyn Iterator<Item = String>>,
    /// How many comments came.
    pub(super) comments: usize,
}

impl Events {
    /// Waits for a comment; gives the lines of events before it.
    pub(super) fn until_comment(&mut self) -> Vec<String> {
        let before = self.lines.by_ref().take_while(|line| !line.starts_with(": "));
        before.filter(|line| line.starts_with("data: ")).collect()
    }
}

impl Iterator for Events {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        let mut name = None;
        loop {
            let line = self.lines.next()?;
            if line.starts_with(": ") {
                self.comments += 1;
            } else if let Some(event) = line.strip_prefix("event: ") {
                name = Some(event.to_owned());
            } else if let Some(data) = line.strip_prefix("data: ") {
                let event: Value = serde_json::from_str(data).ok()?;
                if let (Some(name), Some(kind)) = (name, event["type"].as_str()) {
                    assert_eq!(name, kind);
                }
                return Some(event);
            }
        }
    }
}

/// The types of events, which have sequence numbers without holes from `first` on.
#[track_caller]
pub(super) fn kinds(events: &[Value], first: usize) -> Vec<&str> {
    for (number, event) in events.iter().enumerate() {
        assert_eq!(event["sequence_number"], first + number, "{event}");
    }
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

/// The text of a response's messages.
pub(super) fn text(response: &Value) -> String {
    let items = response["output"].as_array().unwrap().iter();
    let parts = items.filter_map(|item| item["content"].as_array()).flatten();
    parts.filter_map(|part| part["text"].as_str()).collect()
}
