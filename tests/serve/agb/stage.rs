//! A session of the dialect of AGB cloud, and requests about it.

use serde_json::{Value, json};

use crate::stage::{Reply, Server};

pub(crate) const NONE: Value = Value::Null;

/// A session of this dialect, and requests about it.
pub(crate) struct Session<'s> {
    server: &'s Server,
    pub(crate) id: String,
}

/// The answer's `data`, which came with success.
#[track_caller]
pub(crate) fn data(reply: &Reply) -> Value {
    let answer = reply.json();
    assert_eq!(
        (reply.status, &answer["success"], &answer["httpStatusCode"]),
        (200, &json!(true), &json!(200)),
        "{answer}"
    );
    assert_eq!(reply.header("x-request-id"), answer["requestId"].as_str());
    answer["data"].clone()
}

/// A failure with this status and code.
#[track_caller]
pub(crate) fn fails(reply: &Reply, status: u16, code: &str) {
    let answer = reply.json();
    assert_eq!((reply.status, &answer["success"], &answer["code"]), (status, &json!(false), &json!(code)), "{answer}");
    assert!(answer["message"].as_str().is_some_and(|message| !message.is_empty()), "{answer}");
}

/// A value of a query.
pub(crate) fn escaped(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

impl<'s> Session<'s> {
    pub(crate) fn new(server: &'s Server) -> Self {
        Self::with(server, "agb-code-space-1", &json!({}))
    }

    #[track_caller]
    pub(crate) fn with(server: &'s Server, image: &str, body: &Value) -> Self {
        let made = data(&server.agb("POST", &format!("/mcp/createSession?imageId={image}"), body));
        assert_eq!(made["success"], true);
        Session { server, id: made["sessionId"].as_str().unwrap().to_owned() }
    }

    /// A call with the session in the query.
    pub(crate) fn call(&self, method: &str, path: &str, rest: &str) -> Reply {
        self.server.agb(method, &format!("{path}?sessionId={}{rest}", self.id), &NONE)
    }

    /// A call with the session in the body.
    pub(crate) fn post(&self, path: &str) -> Reply {
        self.server.agb("POST", path, &json!({ "sessionId": self.id }))
    }

    /// What a tool tells, and whether it failed.
    #[track_caller]
    pub(crate) fn tool(&self, name: &str, args: &Value) -> (String, bool) {
        let body = json!({ "args": args.to_string(), "sessionId": self.id, "name": name });
        let result = data(&self.server.agb("POST", "/mcp?autoGenSession=false", &body));
        let content = result["content"].as_array().unwrap();
        assert_eq!((content.len(), &content[0]["type"]), (1, &json!("text")));
        (content[0]["text"].as_str().unwrap().to_owned(), result["isError"].as_bool().unwrap())
    }

    #[track_caller]
    pub(crate) fn good(&self, name: &str, args: &Value) -> String {
        let (text, failed) = self.tool(name, args);
        assert!(!failed, "{name} {args}: {text}");
        text
    }

    #[track_caller]
    pub(crate) fn bad(&self, name: &str, args: &Value, words: &str) {
        let (text, failed) = self.tool(name, args);
        assert!(failed && text.contains(words) && text.contains("Error code:-32602"), "{name} {args}: {text}");
        assert!(!text.contains("agb_"), "a name of the store: {text}");
    }

    #[track_caller]
    pub(crate) fn write(&self, path: &str, content: &str) {
        self.good("write_file", &json!({ "path": path, "content": content }));
    }

    pub(crate) fn read(&self, path: &str) -> Option<String> {
        let (text, failed) = self.tool("read_file", &json!({ "path": path }));
        (!failed).then_some(text)
    }

    /// What a command tells, and its exit status.
    #[track_caller]
    pub(crate) fn run(&self, command: &str) -> (String, i64) {
        let text = self.good("shell", &json!({ "command": command, "timeout_ms": 1000 }));
        let told: Value = serde_json::from_str(&text).unwrap();
        let code = told["exit_code"].as_i64().unwrap();
        assert_eq!(
            told["stderr"] == "",
            code == 0 || command.starts_with("test") || command.starts_with("false"),
            "{told}"
        );
        assert_eq!(told["traceId"] == "", code == 0, "{told}");
        (told["stdout"].as_str().unwrap().to_owned(), code)
    }

    /// The context that files pass through.
    pub(crate) fn transfer(&self) -> String {
        let loaded =
            data(&self.call("POST", "/sdk/GetAndLoadInternalContext", "&contextTypes=%5B%22file_transfer%22%5D"));
        assert_eq!(loaded[0]["contextPath"], "/home/agb/file_transfer");
        loaded[0]["contextId"].as_str().unwrap().to_owned()
    }

    /// A presigned URL's target on the server.
    #[track_caller]
    pub(crate) fn url(&self, call: &str, context: &str, file: &str) -> String {
        let path = format!("/sdk/GetContextFile{call}Url?contextId={context}&filePath={}", escaped(file));
        let url = data(&self.server.agb("POST", &path, &NONE))["url"].as_str().unwrap().to_owned();
        url.split_once(&self.server.address).unwrap().1.to_owned()
    }

    /// Puts an object, without a word on its type.
    pub(crate) fn put(&self, target: &str, content: &[u8], headers: &str) -> Option<Reply> {
        let head = format!(
            "PUT {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n",
            content.len()
        );
        self.server.raw(&[head.as_bytes(), content].concat())
    }

    pub(crate) fn fetch(&self, target: &str, headers: &str) -> Reply {
        let head = format!("GET {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n");
        self.server.raw(head.as_bytes()).unwrap()
    }

    pub(crate) fn sync(&self, context: &str, directory: &str, mode: &str) -> Reply {
        self.call("POST", "/sdk/SyncContext", &format!("&contextId={context}&path={}&mode={mode}", escaped(directory)))
    }

    /// How the syncs of a directory are, as words with their reasons.
    pub(crate) fn states(&self, directory: &str) -> Vec<(String, String)> {
        let told = data(&self.call("GET", "/sdk/GetContextInfo", &format!("&path={}", escaped(directory))));
        let Ok(blocks) = serde_json::from_str::<Value>(told["contextStatus"].as_str().unwrap()) else {
            return Vec::new();
        };
        let items: Value = serde_json::from_str(blocks[0]["data"].as_str().unwrap()).unwrap();
        let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
        items.as_array().unwrap().iter().map(|item| (text(item, "status"), text(item, "errorMessage"))).collect()
    }
}
