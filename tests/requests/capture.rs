//! Recorded requests, and how two requests are compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::recorder::{RecordedRequest, Reply};

/// A recorded exchange.
#[derive(Clone)]
pub(crate) struct Capture(Value);

impl Capture {
    /// All that were recorded of a service.
    pub(crate) fn all(service: &str) -> Vec<Capture> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/wire/{service}.jsonl"));
        let text = fs::read_to_string(path).unwrap();
        // Examples of answers stand among them.
        let all = text.lines().map(|line| Capture(serde_json::from_str(line).unwrap()));
        all.filter(|capture| !capture.0["method"].is_null()).collect()
    }

    fn text(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap_or_else(|| panic!("a capture without `{name}`"))
    }

    pub(crate) fn operation(&self) -> &str {
        self.text("operation")
    }

    /// The client and the operation, which name a capture.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.text("client"), self.operation())
    }

    pub(crate) fn method(&self) -> &str {
        self.text("method")
    }

    /// The path without the place of the service.
    pub(crate) fn path(&self) -> &str {
        self.text("path")
    }

    pub(crate) fn body(&self) -> &Value {
        &self.0["body"]
    }

    /// The bytes of the request. Of contents that were not kept the recording has the length and the
    /// rule: 0, 1, 2, 0, 1, 2, and so on.
    pub(crate) fn content(&self) -> Vec<u8> {
        bytes(self.body())
    }

    /// What was answered.
    pub(crate) fn reply(&self) -> Reply {
        let answer = &self.0["answer"];
        let headers = answer["headers"].as_object().into_iter().flatten();
        Reply {
            status: u16::try_from(answer["status"].as_u64().unwrap()).unwrap(),
            headers: headers.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect(),
            body: bytes(&answer["body"]),
        }
    }

    /// The request as it is compared: with the headers that are named.
    pub(crate) fn shape(&self, headers: &[&str]) -> Shape {
        let all = self.0["headers"].as_object().unwrap();
        // Of a header on two lines the service reads the first.
        let kept = headers.iter().filter_map(|name| {
            let value = all.get(*name)?;
            Some((*name, value.as_str().or_else(|| value[0].as_str()).unwrap()))
        });
        let body = match (&self.body()["json"], &self.body()["multipart"]) {
            (Value::Null, Value::Null) => Content::Bytes(self.content()),
            (Value::Null, parts) => Content::Form(parts.clone()),
            (json, _) => Content::Json(json.clone()),
        };
        Shape::new(self.text("method"), self.path(), self.text("query"), kept, body)
    }
}

fn bytes(body: &Value) -> Vec<u8> {
    if body.is_null() {
        Vec::new()
    } else if !body["json"].is_null() {
        body["json"].to_string().into_bytes()
    } else if let Some(text) = body["text"].as_str() {
        text.as_bytes().to_vec()
    } else {
        (0..body["length"].as_u64().unwrap()).map(|at| u8::try_from(at % 3).unwrap()).collect()
    }
}

/// What a request carries.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    /// Compared as JSON: the order of fields does not matter.
    Json(Value),
    /// Compared byte by byte.
    Bytes(Vec<u8>),
    /// The parts of a form, each with its name, the file's name, its type, and its length or its text.
    Form(Value),
}

/// What of a request is compared.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shape {
    pub(crate) method: String,
    /// As it was sent, escapes included.
    pub(crate) path: String,
    /// As it was sent, escapes included; the order does not matter.
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Content,
}

impl Shape {
    fn new<'a>(
        method: &str,
        path: &str,
        query: &str,
        headers: impl Iterator<Item = (&'a str, &'a str)>,
        body: Content,
    ) -> Self {
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let mut query: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))) {
            // One that is there several times has all its values.
            let all = query.entry(name.to_owned()).or_default();
            *all = if all.is_empty() { value.to_owned() } else { format!("{all}&{value}") };
        }
        Shape {
            method: method.to_owned(),
            path: path.to_owned(),
            query,
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            body,
        }
    }

    /// Our request, below the place of the service.
    pub(crate) fn sent(sent: &RecordedRequest, base: &str, headers: &[&str]) -> Self {
        let path = sent.path.strip_prefix(base).unwrap_or_else(|| panic!("not below {base}: {}", sent.path));
        let kept = headers.iter().filter_map(|name| Some((*name, sent.headers.get(*name)?.as_str())));
        let json = sent.headers.get("content-type").is_some_and(|kind| kind.starts_with("application/json"));
        let kind = sent.headers.get("content-type").map(String::as_str).unwrap_or_default();
        let body = if json && !sent.body.is_empty() {
            Content::Json(serde_json::from_slice(&sent.body).unwrap())
        } else if let Some((_, boundary)) = kind.split_once("multipart/form-data; boundary=") {
            Content::Form(parts(&sent.body, boundary))
        } else {
            Content::Bytes(sent.body.clone())
        };
        Shape::new(&sent.method, path, &sent.query, kept, body)
    }

    /// Whether a recorded request can be meant by this one.
    pub(crate) fn is_about(&self, other: &Shape) -> bool {
        (&self.method, &self.path) == (&other.method, &other.path)
    }
}

/// The parts of a form, as recordings have them.
fn parts(body: &[u8], boundary: &str) -> Value {
    let text = String::from_utf8(body.to_vec()).unwrap();
    let line = format!("--{boundary}");
    let all = text.strip_suffix("--\r\n").unwrap().split(&line).skip(1).filter(|part| !part.is_empty());
    let part = |part: &str| {
        let (head, content) = part.strip_prefix("\r\n").unwrap().split_once("\r\n\r\n").unwrap();
        let content = content.strip_suffix("\r\n").unwrap();
        let line = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        let said = line("Content-Disposition").unwrap();
        let word = |name: &str| said.split(&format!("; {name}=\"")).nth(1)?.split('"').next();
        let mut part = json!({
            "name": word("name"), "filename": word("filename"), "content_type": line("Content-Type"),
            "raw_disposition": said, "bytes": content.len(),
        });
        if word("filename").is_none() {
            part["value"] = content.into();
        }
        part
    };
    all.map(part).collect()
}

/// What may differ: a name, which says why, and what makes the recorded request ours.
pub(crate) type Exception = (&'static str, fn(&mut Shape, &Shape));

/// Compares two requests, and says which exceptions were needed.
pub(crate) fn compare(name: &str, recorded: &Shape, ours: &Shape, exceptions: &[Exception]) -> BTreeSet<&'static str> {
    let mut expected = recorded.clone();
    let mut needed = BTreeSet::new();
    for (why, change) in exceptions {
        let before = expected.clone();
        change(&mut expected, ours);
        if expected != before {
            needed.insert(*why);
        }
    }
    assert_eq!(*ours, expected, "{name}: ours is on the left, the recorded one on the right");
    needed
}
