//! A client of the Model Context Protocol: a line is a message.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::sandbox::{Call, Run, Running};

/// No test waits longer than this for a message.
const LIMIT: Duration = Duration::from_secs(60);

/// A client, with the server that it started.
pub(crate) struct McpClient {
    server: Running,
    messages: Receiver<Value>,
    /// Messages that came before the one that was waited for.
    early: VecDeque<Value>,
    last: u64,
}

impl McpClient {
    /// Starts a server and sends nothing.
    pub(crate) fn start(call: Call) -> Self {
        let mut server = call.stdin_held().start();
        let stdout = BufReader::new(server.take_stdout());
        let (sender, messages) = channel();
        thread::spawn(move || {
            for line in stdout.split(b'\n') {
                let line = line.unwrap();
                let message = serde_json::from_slice(&line);
                let message = message.unwrap_or_else(|e| json!({ "not a message": e.to_string(), "line": line }));
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        McpClient { server, messages, early: VecDeque::new(), last: 0 }
    }

    /// Starts a server and begins a session with it.
    pub(crate) fn connect(call: Call) -> Self {
        let mut client = Self::start(call);
        client.initialize();
        client
    }

    /// Begins a session.
    pub(crate) fn initialize(&mut self) {
        let info = json!({ "name": "test", "version": "1" });
        let begin = json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": info });
        let begun = self.request("initialize", &begin);
        assert_eq!(begun["result"]["serverInfo"]["name"], "wharf", "{begun}");
        self.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
    }

    /// Sends bytes as they are.
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        self.server.write(bytes);
    }

    /// Sends a message.
    pub(crate) fn send(&mut self, message: &Value) {
        self.server.write(format!("{message}\n").as_bytes());
    }

    /// Sends a request, and returns its id.
    pub(crate) fn begin(&mut self, method: &str, params: &Value) -> Value {
        self.last += 1;
        let id = json!(self.last);
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    /// Begins a call of a tool that reports its progress, with the id of the request as its token.
    pub(crate) fn begin_call(&mut self, tool: &str, arguments: &Value) -> Value {
        let token = json!({ "progressToken": self.last + 1 });
        self.begin("tools/call", &json!({ "name": tool, "arguments": arguments, "_meta": token }))
    }

    /// Returns the next message that `is_wanted`; others are kept.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, is_wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.early.iter().position(&is_wanted) {
            return self.early.remove(at).unwrap();
        }
        loop {
            let message = self.messages.recv_timeout(LIMIT).expect("a message in time");
            assert!(message["jsonrpc"] == "2.0", "stdout carries messages only: {message}");
            if is_wanted(&message) {
                return message;
            }
            self.early.push_back(message);
        }
    }

    /// Returns the answer to a request.
    #[track_caller]
    pub(crate) fn answer(&mut self, id: &Value) -> Value {
        self.wait_for(|message| message["id"] == *id && message.get("method").is_none())
    }

    /// Sends a request, and returns the answer.
    #[track_caller]
    pub(crate) fn request(&mut self, method: &str, params: &Value) -> Value {
        let id = self.begin(method, params);
        self.answer(&id)
    }

    /// Calls a tool, and returns its result.
    #[track_caller]
    pub(crate) fn call(&mut self, tool: &str, arguments: &Value) -> Value {
        let answer = self.request("tools/call", &json!({ "name": tool, "arguments": arguments }));
        assert!(answer["error"].is_null(), "{tool}: {answer}");
        answer["result"].clone()
    }

    /// Calls a tool that succeeds, and returns its fields.
    #[track_caller]
    pub(crate) fn ok(&mut self, tool: &str, arguments: &Value) -> Value {
        let result = self.call(tool, arguments);
        assert_eq!(result["isError"], false, "{tool} {arguments}: {result}");
        result["structuredContent"].clone()
    }

    /// Calls a tool that fails, and returns its error.
    #[track_caller]
    pub(crate) fn error(&mut self, tool: &str, arguments: &Value) -> Value {
        let result = self.call(tool, arguments);
        assert_eq!(result["isError"], true, "{tool} {arguments}: {result}");
        result["structuredContent"]["error"].clone()
    }

    /// Calls a tool that fails with an error of this kind.
    #[track_caller]
    pub(crate) fn fails(&mut self, kind: &str, tool: &str, arguments: &Value) -> Value {
        let error = self.error(tool, arguments);
        assert_eq!(error["kind"], kind, "{tool} {arguments}: {error}");
        error
    }

    /// Cancels a request.
    pub(crate) fn cancel(&mut self, id: &Value) {
        self.send(&json!({
            "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id, "reason": "test" }
        }));
    }

    /// Returns the names of the tools.
    #[track_caller]
    pub(crate) fn tools(&mut self) -> Vec<String> {
        let answer = self.request("tools/list", &json!({}));
        let tools = answer["result"]["tools"].as_array().unwrap_or_else(|| panic!("{answer}"));
        tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
    }

    /// Returns a new session.
    #[track_caller]
    pub(crate) fn session(&mut self) -> String {
        self.ok("session_create", &json!({}))["id"].as_str().unwrap().to_owned()
    }

    /// Returns the messages that were not waited for, and those that come until the server closes stdout.
    pub(crate) fn rest(&mut self) -> Vec<Value> {
        let mut rest: Vec<_> = self.early.drain(..).collect();
        while let Ok(message) = self.messages.recv_timeout(LIMIT) {
            rest.push(message);
        }
        rest
    }

    /// The server.
    pub(crate) fn server(&self) -> &Running {
        &self.server
    }

    /// Sends a signal to the server.
    pub(crate) fn signal(&self, signal: Signal) {
        self.server.signal(signal);
    }

    /// Ends stdin, and waits for the end of the server.
    pub(crate) fn leave(mut self) -> Run {
        self.server.close();
        self.server.finish()
    }

    /// Waits for the end of the server.
    pub(crate) fn finish(self) -> Run {
        self.server.finish()
    }

    /// Ends stdin.
    pub(crate) fn close(&mut self) {
        self.server.close();
    }
}
