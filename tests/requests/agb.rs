//! AGB cloud: the Python SDK 0.12.0 and its TypeScript sibling.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::StreamExt;
use serde_json::{Value, json};
use wharf_client::backend::exec::{CommandEvent, CommandLine, NewCommand, ProgramInput};
use wharf_client::backend::{
    Backend, ByteRange, FetchOptions, LabelPatch, MkdirOptions, NewResource, NewSession, PageRequest, PutOptions,
    SessionQuery, agb,
};
use wharf_client::http::{Credentials, Options};
use wharf_core::error::Result;
use wharf_core::model::{Labels, ResourceKind, SessionId, SessionPath};
use wharf_wire::agb::{self as wire, AgbOperation as Op};
use wharf_wire::route::Operation as _;

use crate::capture::{Capture, Content, Exception, Shape, compare};
use crate::content::Sample;
use crate::recorder::{RecordedRequest, Recorder, Reply};

/// The headers that matter.
const HEADERS: &[&str] = &["authorization", "content-type", "x-access-token"];

/// What our client never asks for: desktops, links, lists of tools, contexts themselves.
const NEVER: &[Op] = &[
    Op::GetMcpResource,
    Op::ListTools,
    Op::GetLink,
    Op::GetCdpLink,
    Op::ListContexts,
    Op::GetContext,
    Op::ModifyContext,
    Op::ListContextFiles,
    Op::DeleteContext,
    Op::ClearContext,
];

/// Tools that it never calls: moves are commands.
const NEVER_TOOLS: &[&str] = &[
    wire::name::EDIT_FILE,
    wire::name::MOVE_FILE,
    wire::name::SEARCH_FILES,
    wire::name::READ_MULTIPLE_FILES,
    wire::name::GET_FILE_CHANGE,
    wire::name::GET_METRICS,
    "no_such_tool",
];

const EXCEPTIONS: &[Exception] = &[
    ("no telemetry goes along", |recorded, _| {
        recorded.query.remove("sdkStats");
    }),
    ("JSON and spaces have many spellings in a query", |recorded, ours| {
        for (name, value) in &mut recorded.query {
            if let Some(other) = ours.query.get(name)
                && same(&decoded(value), &decoded(other))
            {
                value.clone_from(other);
            }
        }
    }),
    ("JSON within JSON has many spellings", |recorded, ours| {
        if let (Content::Json(recorded), Content::Json(ours)) = (&mut recorded.body, &ours.body) {
            respell(recorded, ours);
        }
    }),
    ("an empty object goes where TypeScript sends nothing, as in Python", |recorded, ours| {
        if recorded.body == Content::Bytes(Vec::new()) && ours.body == Content::Json(json!({})) {
            recorded.body = ours.body.clone();
            recorded.headers.insert("content-type".to_owned(), "application/json".to_owned());
        }
    }),
    ("a listing without a limit comes in pages of 50", |recorded, _| {
        if operation(recorded) == Some(Op::ListSessions)
            && recorded.query.get("maxResults").is_some_and(|most| most == "10")
        {
            recorded.query.insert("maxResults".to_owned(), "50".to_owned());
        }
    }),
    ("files are read in blocks that fit into a message, and never as text", |recorded, ours| {
        for name in ["length", "format"] {
            copy_argument(recorded, ours, wire::name::READ_FILE, name);
        }
    }),
    ("a file is written under a temporary name, verified, and then renamed", |recorded, ours| {
        copy_argument(recorded, ours, wire::name::WRITE_FILE, "path");
    }),
    ("a command is started in the background, in the home", |recorded, ours| {
        for name in ["command", "cwd", "timeout_ms"] {
            copy_argument(recorded, ours, wire::name::SHELL, name);
        }
    }),
    ("the variables of a command are words of it", |recorded, _| {
        let Some((name, mut args)) = tool(recorded) else { return };
        if let (true, Some(_)) = (name == wire::name::SHELL, args.as_object_mut().and_then(|args| args.remove("envs")))
            && let Content::Json(body) = &mut recorded.body
        {
            body["args"] = args.to_string().into();
        }
    }),
    ("code has the time that the SDKs give it by default", |recorded, ours| {
        copy_argument(recorded, ours, wire::name::RUN_CODE, "timeout_s");
    }),
    ("every transfer has a directory of its own", |recorded, ours| {
        for name in ["filePath", "path"] {
            if let (Some(value), Some(other)) = (recorded.query.get_mut(name), ours.query.get(name))
                && decoded(other).contains("/home/agb/file_transfer/wharf-")
            {
                value.clone_from(other);
            }
        }
    }),
    ("a sync is asked for by its kind from the first time on", |recorded, ours| {
        if operation(recorded) == Some(Op::GetContextInfo)
            && let Some(kind) = ours.query.get("taskType")
        {
            recorded.query.entry("taskType".to_owned()).or_insert_with(|| kind.clone());
        }
    }),
    ("an upload to storage says no type, whatever the user of an SDK says", |recorded, _| {
        if recorded.method == "PUT" {
            recorded.headers.remove("content-type");
        }
    }),
];

/// Returns the operation that a request is for; storage has none.
fn operation(shape: &Shape) -> Option<Op> {
    Op::find(&shape.method.parse().unwrap(), &shape.path).ok().map(|(operation, _)| operation)
}

fn decoded(value: &str) -> String {
    percent_encoding::percent_decode_str(&value.replace('+', " ")).decode_utf8().unwrap().into_owned()
}

/// Whether two texts are the same, or the same JSON.
fn same(one: &str, other: &str) -> bool {
    let json = |text: &str| serde_json::from_str::<Value>(text).ok().filter(|json| !json.is_number());
    one == other || json(one).is_some_and(|one| json(other) == Some(one))
}

/// Takes over how our request spells JSON that it has in a string.
fn respell(recorded: &mut Value, ours: &Value) {
    match (recorded, ours) {
        (Value::Object(recorded), Value::Object(ours)) => {
            for (name, value) in recorded {
                if let Some(other) = ours.get(name) {
                    respell(value, other);
                }
            }
        }
        (Value::Array(recorded), Value::Array(ours)) => {
            recorded.iter_mut().zip(ours).for_each(|(recorded, ours)| respell(recorded, ours));
        }
        (Value::String(recorded), Value::String(ours)) if same(recorded, ours) => recorded.clone_from(ours),
        _ => {}
    }
}

/// The tool that a request calls, and its arguments.
fn tool(shape: &Shape) -> Option<(String, Value)> {
    let Content::Json(body) = &shape.body else { return None };
    Some((body["name"].as_str()?.to_owned(), serde_json::from_str(body["args"].as_str()?).ok()?))
}

/// Takes over an argument of our call, and its spelling.
fn copy_argument(recorded: &mut Shape, ours: &Shape, of: &str, name: &str) {
    let (Some((known, mut args)), Some((_, other))) = (tool(recorded), tool(ours)) else { return };
    if known != of || args.get(name) == other.get(name) {
        return;
    }
    if let (Some(args), Some(value)) = (args.as_object_mut(), other.get(name)) {
        args.insert(name.to_owned(), value.clone());
    }
    if let Content::Json(body) = &mut recorded.body {
        body["args"] = args.to_string().into();
        let Content::Json(ours) = &ours.body else { return };
        respell(body, ours);
    }
}

fn is_never(capture: &Capture) -> bool {
    let recorded = capture.shape(HEADERS);
    // The direct route saves nothing where a command is one process; a release syncs by itself.
    if recorded.path.starts_with("/link/") || operation(&recorded).is_some_and(|operation| NEVER.contains(&operation)) {
        return true;
    }
    let of_transfer = recorded.query.contains_key("path");
    if operation(&recorded) == Some(Op::SyncContext) && !of_transfer {
        return true;
    }
    // Nor does it look into a user's contexts.
    if recorded.query.get("contextId").is_some_and(|id| !id.contains("filetransfer")) {
        return true;
    }
    let Some((name, args)) = tool(&recorded) else { return false };
    // Nothing is appended, and what does not fit into a message goes another way.
    let written = args["mode"] != "overwrite" || args["content"].as_str().is_some_and(|text| text.len() > 50_000);
    NEVER_TOOLS.contains(&&*name) || name == wire::name::WRITE_FILE && written
}

/// What is answered to what our client asks beside the recorded request: a session where all goes
/// well, whose image has no commands that tell anything.
struct FixedAnswers {
    /// The length of every file.
    size: u64,
    released: AtomicBool,
}

impl FixedAnswers {
    fn answer(&self, sent: &RecordedRequest) -> Reply {
        let good = |data: Value| Reply::json(&json!({ "requestId": "r", "success": true, "data": data }));
        let text =
            |text: &str, is_error| good(json!({ "content": [{ "type": "text", "text": text }], "isError": is_error }));
        let ours = Shape::sent(sent, "", HEADERS);
        let url = |name: &str| decoded(ours.query.get(name).map_or("", String::as_str));
        if let Some((name, args)) = tool(&ours) {
            let command = args["command"].as_str().unwrap_or_default();
            return match &*name {
                wire::name::GET_FILE_INFO => text(&format!("size: {}\nisDirectory: false", self.size), false),
                wire::name::SHELL if ["mkdir", "mv", "cp", "rm"].iter().any(|known| command.starts_with(known)) => {
                    text(r#"{"stdout":"","stderr":"","exit_code":0}"#, false)
                }
                wire::name::SHELL => text("Execution failed. Error code:127 Error message: not found", true),
                _ => text("", false),
            };
        }
        let state = |status: &str| {
            let item = wire::SyncItem {
                context_id: Some("SdkCtx-filetransfer0001".to_owned()),
                path: Some(url("path")),
                status: Some(status.to_owned()),
                task_type: Some(url("taskType")),
                ..wire::SyncItem::default()
            };
            good(serde_json::to_value(wire::ContextInfo::of(&[item])).unwrap())
        };
        match operation(&ours) {
            Some(Op::GetSessionInfo) if self.released.load(Ordering::Relaxed) => {
                let gone = json!({ "code": wire::code::NO_SESSION, "success": false });
                Reply { status: 400, ..Reply::json(&gone) }
            }
            Some(Op::GetSession | Op::GetSessionInfo) => good(json!({ "status": "RUNNING" })),
            Some(Op::ReleaseSessionAsync) => good(Value::Null),
            Some(Op::GetLabels) => good(json!({ "labels": "" })),
            Some(Op::LoadInternalContext) => good(json!([{
                "contextId": "SdkCtx-filetransfer0001", "contextType": "file_transfer",
                "contextPath": "/home/agb/file_transfer",
            }])),
            Some(Op::GetUploadUrl | Op::GetDownloadUrl) => good(json!({ "url": object(sent) })),
            Some(Op::GetContextInfo) if ours.query.contains_key("path") => state("Success"),
            Some(Op::GetContextInfo) => good(json!({ "contextStatus": "" })),
            _ => good(json!({ "sessionId": "session-1" })),
        }
    }
}

/// The object that the recorded URLs lead to, on this recorder.
fn object(sent: &RecordedRequest) -> String {
    let host = &sent.headers["host"];
    format!("http://{host}{OBJECT}?Expires=1795248000&OSSAccessKeyId=KEYID&Signature=SIG%3D")
}

/// All recorded objects are given this place, since ours have names of their own.
const OBJECT: &str = "/oss/SdkCtx-filetransfer0001/home/agb/file_transfer/object";

/// A recorded request, whose object has the place of all.
fn recorded(capture: &Capture) -> Shape {
    let mut shape = capture.shape(HEADERS);
    if shape.path.starts_with("/oss/") {
        OBJECT.clone_into(&mut shape.path);
    }
    shape
}

/// What a recorded call runs, if it runs something.
fn command(tool: &str, args: &Value) -> Option<CommandLine> {
    let text = |name: &str| args[name].as_str().unwrap_or_default().to_owned();
    match tool {
        wire::name::SHELL => Some(CommandLine::Script(text("command"))),
        // Aliases are resolved by the client, as in the SDKs.
        wire::name::RUN_CODE => {
            let language = if text("language") == "javascript" { "JS".to_owned() } else { text("language") };
            Some(CommandLine::Code { language, code: text("code") })
        }
        _ => None,
    }
}

async fn run(backend: &dyn Backend, id: &SessionId, command: CommandLine, env: &Value) -> Result<()> {
    let env = env.as_object().into_iter().flatten();
    let env = env.map(|(name, value)| (name.clone(), value.as_str().unwrap().into())).collect();
    let (withheld, input) = (Vec::new(), ProgramInput::Empty);
    let new = NewCommand { command, cwd: None, env, withheld, input, terminal: None };
    let mut running = backend.require_exec()?.start(id, new).await?;
    while let CommandEvent::Output(..) = running.next().await? {}
    Ok(())
}

/// Does with our client what a recorded client did. What it makes of the answer is for other tests.
async fn drive(backend: &dyn Backend, capture: &Capture, content: Vec<u8>) -> Result<()> {
    let (sessions, files) = (backend.sessions(), backend.files().unwrap());
    let shape = recorded(capture);
    let query = |name: &str| shape.query.get(name).map(|value| decoded(value));
    let body = &capture.body()["json"];
    let id = query("sessionId").or_else(|| body["sessionId"].as_str().map(str::to_owned));
    let id: SessionId = id.as_deref().unwrap_or("session-1").parse().unwrap();
    let at = |path: &str| SessionPath { session: id.clone(), path: path.parse().unwrap() };
    let labels = |text: &str| wire::read_labels(text).unwrap();
    let put = async |path: &str, bytes: Vec<u8>| {
        let sample = Sample { bytes, is_pipe: false };
        files.put(&at(path), &sample, PutOptions::default()).await.map(drop)
    };
    if let Some((name, args)) = tool(&shape) {
        if let Some(command) = command(&name, &args) {
            return run(backend, &id, command, &args["envs"]).await;
        }
        let path = args["path"].as_str().unwrap();
        let number = |name: &str| args[name].as_u64().unwrap_or_default();
        return match &*name {
            wire::name::GET_FILE_INFO => files.stat(&at(path)).await.map(drop),
            wire::name::LIST_DIRECTORY => {
                let listed = files.list(&at(path), false).await?.collect::<Vec<_>>().await;
                listed.into_iter().try_for_each(|entry| entry.map(drop))
            }
            wire::name::READ_FILE => {
                let (first, length) = (number("offset"), number("length"));
                let last = (length > 0).then(|| first + length - 1);
                let mut body = files
                    .fetch(
                        &at(path),
                        FetchOptions { range: Some(ByteRange { first, last }), ..FetchOptions::default() },
                    )
                    .await?
                    .body;
                while body.next().await?.is_some() {}
                Ok(())
            }
            wire::name::WRITE_FILE => put(path, args["content"].as_str().unwrap().as_bytes().to_vec()).await,
            wire::name::CREATE_DIRECTORY => {
                files.mkdir(&at(path), MkdirOptions { parents: true, ..MkdirOptions::default() }).await.map(drop)
            }
            wire::name::DELETE_FILE => files.remove(&at(path), false).await,
            other => panic!("{other} is neither compared nor left out"),
        };
    }
    let down = query("mode").or_else(|| query("taskType")).as_deref() == Some("upload");
    match operation(&shape) {
        Some(Op::CreateSession) => {
            let text = |value: &Value| value.as_str().map(str::to_owned);
            let context = |item: &Value| NewResource {
                kind: ResourceKind::Context,
                file_id: None,
                mount_path: text(&item["path"]),
                extra: [("context_id".to_owned(), item["contextId"].clone())].into_iter().collect(),
            };
            let mut new = NewSession {
                image: query("imageId"),
                labels: body["labels"].as_str().map_or_else(Labels::new, labels),
                ttl: body["timeout"].as_u64().map(std::time::Duration::from_secs),
                resources: body["persistenceDataList"].as_array().into_iter().flatten().map(context).collect(),
                ..NewSession::default()
            };
            if !body["mcpPolicyId"].is_null() {
                new.extra.insert("mcpPolicyId".to_owned(), body["mcpPolicyId"].clone());
            }
            sessions.create(new).await.map(drop)
        }
        Some(Op::ListSessions) => {
            let asked = SessionQuery { labels: labels(&query("labels").unwrap()), ..SessionQuery::default() };
            // The SDKs send their default limit; wharf sends none.
            let limit = query("maxResults").and_then(|most| most.parse().ok()).filter(|most| *most != 10);
            sessions.list(&asked, PageRequest { limit, cursor: query("nextToken") }).await.map(drop)
        }
        Some(Op::GetSession) => sessions.get(&id).await.map(drop),
        Some(Op::RefreshIdleTime) => sessions.touch(&id).await.map(drop),
        Some(Op::GetSessionInfo | Op::ReleaseSessionAsync) => sessions.delete(&id, false).await,
        Some(Op::GetLabels) => sessions.label(&id, LabelPatch::default()).await.map(drop),
        Some(Op::SetLabels) => {
            let patch = LabelPatch { set: labels(&query("Labels").unwrap()), remove: Vec::new() };
            sessions.label(&id, patch).await.map(drop)
        }
        Some(Op::GetContextInfo) if query("path").is_none() => {
            backend.require_resources()?.list(&id, PageRequest::default()).await.map(drop)
        }
        Some(Op::GetDownloadUrl) => fetch_large(files, &at("/tmp/large")).await,
        _ if down || shape.method == "GET" && shape.path == OBJECT => fetch_large(files, &at("/tmp/large")).await,
        _ => put("/tmp/binary", content).await,
    }
}

async fn fetch_large(files: &dyn wharf_client::backend::SessionFiles, at: &SessionPath) -> Result<()> {
    let mut body = files.fetch(at, FetchOptions::default()).await?.body;
    while body.next().await?.is_some() {}
    Ok(())
}

/// Runs one capture against our client, and gives what it sent.
async fn sent_for(capture: &Capture) -> (Vec<RecordedRequest>, Result<()>) {
    let (shape, reply) = (recorded(capture), capture.reply());
    let content = match &shape.body {
        Content::Bytes(bytes) if !bytes.is_empty() => bytes.clone(),
        _ => vec![0; 64],
    };
    let args = tool(&shape).map(|(_, args)| args).unwrap_or_default();
    let number = |name: &str| args[name].as_u64().unwrap_or_default();
    let size = match args["content"].as_str() {
        Some(text) => text.len() as u64,
        None if args.get("offset").is_some() => number("offset") + number("length").max(1),
        // Too large for the tools: it is downloaded.
        None if shape.method == "GET" || shape.query.values().any(|value| value == "upload") => 1 << 20,
        None if operation(&shape) == Some(Op::GetDownloadUrl) => 1 << 20,
        None => content.len() as u64,
    };
    let aside = FixedAnswers { size, released: AtomicBool::new(false) };
    let told = AtomicBool::new(false);
    let of_transfer = matches!(operation(&shape), Some(Op::GetUploadUrl | Op::GetDownloadUrl | Op::GetContextInfo));
    let about = recorded(capture);
    let recorder = Recorder::start(Box::new(move |sent| {
        let ours = Shape::sent(sent, "", HEADERS);
        let meant = about.is_about(&ours) && tool(&about).map(|(name, _)| name) == tool(&ours).map(|(name, _)| name);
        if operation(&ours) == Some(Op::ReleaseSessionAsync) {
            aside.released.store(true, Ordering::Relaxed);
        }
        // The recorded answers to the steps of a transfer are about another directory.
        if meant && !of_transfer && !told.swap(true, Ordering::Relaxed) { reply.clone() } else { aside.answer(sent) }
    }))
    .await;
    let mut options = Options::new("agb", recorder.origin.clone());
    options.auth = Some(Arc::new(Credentials::bearer("akm-test").unwrap()));
    options.retries = 0;
    let backend = agb::with(options, None).unwrap();
    let result = drive(&*backend, capture, content).await;
    (recorder.got(), result)
}

#[tokio::test]
async fn our_requests_are_those_of_the_official_clients() {
    let mut needed = BTreeSet::new();
    let mut compared = 0;
    for capture in Capture::all("agb").into_iter().chain(Capture::all("agb-commands")) {
        if is_never(&capture) {
            continue;
        }
        let name = format!("{} {}", capture.name(), capture.path());
        let recorded = recorded(&capture);
        let (sent, result) = sent_for(&capture).await;
        let all: Vec<_> = sent.iter().map(|sent| Shape::sent(sent, "", HEADERS)).collect();
        let called = |shape: &Shape| tool(shape).map(|(name, _)| name);
        let ours = all.iter().find(|ours| recorded.is_about(ours) && called(ours) == called(&recorded));
        let ours = ours.unwrap_or_else(|| {
            let sent: Vec<_> = all.iter().map(|ours| (&ours.method, &ours.path, called(ours))).collect();
            panic!("{name}: none is {} {}: {sent:#?}, {result:?}", recorded.method, recorded.path)
        });
        needed.extend(compare(&name, &recorded, ours, EXCEPTIONS));
        compared += 1;
    }
    assert!(compared > 80, "only {compared} captures were compared");
    let dead: Vec<_> = EXCEPTIONS.iter().map(|(why, _)| *why).filter(|why| !needed.contains(why)).collect();
    assert!(dead.is_empty(), "exceptions that nothing needs: {dead:?}");
}

#[tokio::test]
async fn no_call_of_a_tool_can_start_a_session() {
    let aside = FixedAnswers { size: 3, released: AtomicBool::new(false) };
    let recorder = Recorder::start(Box::new(move |sent| aside.answer(sent))).await;
    let mut options = Options::new("agb", recorder.origin.clone());
    options.auth = Some(Arc::new(Credentials::bearer("akm-test").unwrap()));
    let backend = agb::with(options, None).unwrap();
    let files = backend.require_files().unwrap();
    let at = SessionPath { session: "session-1".parse().unwrap(), path: "/tmp/f".parse().unwrap() };
    let sample = Sample { bytes: b"abc".to_vec(), is_pipe: false };
    files.put(&at, &sample, PutOptions::default()).await.unwrap();
    files.stat(&at).await.unwrap();
    files.remove(&at, false).await.unwrap();
    let calls: Vec<_> = recorder.got().into_iter().filter(|sent| sent.path == Op::CallTool.route().path).collect();
    assert!(calls.len() > 4 && calls.iter().all(|sent| sent.query == "autoGenSession=false"), "{}", calls.len());
}
