//! Microsoft Foundry: the Python and JavaScript SDKs, and the Azure Developer CLI as read from its source.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::StreamExt;
use serde_json::{Value, json};
use wharf_client::backend::{
    AgentQuery, Backend, FetchOptions, MkdirOptions, NewSession, PageRequest, PutOptions, SessionQuery, foundry,
};
use wharf_client::http::{Auth, Credentials, Options};
use wharf_core::error::Result;
use wharf_core::model::{AgentId, SessionPath};

use crate::capture::{Capture, Content, Exception, Shape, compare};
use crate::content::Sample;
use crate::foundry_work;
use crate::recorder::{RecordedRequest, Recorder, Reply};

const PROJECT: &str = "/api/projects/p1";

/// The headers that matter. Not the names of the client, nor what it accepts: answers are JSON or
/// bytes whatever is asked for.
const HEADERS: &[&str] = &[
    "authorization",
    "content-length",
    "content-type",
    "foundry-features",
    "transfer-encoding",
    "x-ms-client-request-id",
    "x-ms-user-identity",
];

/// What our client never does.
const NEVER: &[&str] = &[
    // azd names the session in a member that the runtime ignores, and the conversation by an object.
    "responses",
    // A conversation has what came before.
    "responses.create (previous_response_id)",
    // A prompt is the body for an agent.
    "invocations docs/openapi.json",
    // A session whose id holds a slash cannot be named in a grammar that has SESSION:PATH.
    "odd_session_id",
];

const EXCEPTIONS: &[Exception] = &[
    ("the token and the name of a request are each client's own", |recorded, ours| {
        for name in ["authorization", "x-ms-client-request-id"] {
            if let Some(value) = ours.headers.get(name) {
                recorded.headers.insert(name.to_owned(), value.clone());
            }
        }
    }),
    ("a path is sent without its leading slash, as answers have it", |recorded, _| {
        if let Some(path) = recorded.query.get_mut("path") {
            *path = path.strip_prefix("%2F").unwrap_or(path).to_owned();
            *path = path.trim_start_matches('/').replace('/', "%2F");
        }
        if let Content::Json(Value::Object(body)) = &mut recorded.body
            && let Some(Value::String(path)) = body.get_mut("path")
        {
            *path = path.trim_start_matches('/').to_owned();
        }
    }),
    (
        "a session is always named, a new one by an id of ours, so that a lost answer makes no second one",
        |recorded, ours| {
            copy(recorded, ours, "agent_session_id");
        },
    ),
    ("a version is always named: without one it is the newest that is active", |recorded, ours| {
        copy(recorded, ours, "version_indicator");
    }),
    (
        "listings are requested in the largest pages unless a limit is given, all but files newest first",
        |recorded, _| {
            let of_files = recorded.path.ends_with("/files");
            let of_others = ["/sessions", "/agents", "/versions"].iter().any(|end| recorded.path.ends_with(end));
            if recorded.method == "GET" && (of_others || of_files) {
                recorded.query.entry("limit".to_owned()).or_insert_with(|| "100".to_owned());
                recorded.query.remove("order");
            }
            if recorded.method == "GET" && of_others {
                recorded.query.insert("order".to_owned(), "desc".to_owned());
            }
        },
    ),
    (
        "pages are walked forwards only, and `pagination_token` is a word of azd that the contract lacks",
        |recorded, _| {
            recorded.query.remove("before");
            recorded.query.remove("pagination_token");
        },
    ),
    ("whether a removal is recursive is always said, as azd does", |recorded, _| {
        if recorded.method == "DELETE" && recorded.path.ends_with("/files") {
            recorded.query.entry("recursive".to_owned()).or_insert_with(|| "false".to_owned());
        }
    }),
    ("a content of unknown length is kept first, and sent with its length", |recorded, ours| {
        if recorded.headers.remove("transfer-encoding").is_some() {
            recorded.headers.insert("content-length".to_owned(), ours.headers["content-length"].clone());
        }
    }),
    ("a deletion has no content and says no length, as in JavaScript", |recorded, _| {
        if recorded.method == "DELETE" {
            recorded.headers.remove("content-length");
        }
    }),
    ("JSON has many spellings of one length", |recorded, ours| {
        if let (Content::Json(_), Some(length)) = (&recorded.body, ours.headers.get("content-length")) {
            recorded.headers.insert("content-length".to_owned(), length.clone());
        }
    }),
    ("azd was read and not run: what its library adds is not in the capture", |recorded, ours| {
        if !recorded.headers.contains_key("x-ms-client-request-id") || ours.headers.contains_key("content-length") {
            for name in ["content-length", "x-ms-client-request-id"] {
                if let (None, Some(value)) = (recorded.headers.get(name), ours.headers.get(name)) {
                    recorded.headers.insert(name.to_owned(), value.clone());
                }
            }
        }
    }),
    (
        "a response is a stream, runs in the background and is stored, so that it can be resumed, and names its session",
        |recorded, ours| {
            if recorded.path.ends_with("/responses") {
                for name in ["stream", "background", "store"] {
                    copy(recorded, ours, name);
                }
            }
        },
    ),
    ("the log is asked with the query of azd on the route of the SDKs too", |recorded, _| {
        if recorded.path.ends_with(":logstream") {
            for (name, value) in [("kind", "console"), ("tail", "300"), ("follow", "false")] {
                recorded.query.entry(name.to_owned()).or_insert_with(|| value.to_owned());
            }
        }
    }),
    ("what has no content has no type", |recorded, _| {
        if recorded.method == "POST" && recorded.body == Content::Bytes(Vec::new()) {
            recorded.headers.remove("content-type");
        }
    }),
    ("the opt-ins of azd and of the SDKs are not needed [recorded]", |recorded, _| {
        recorded.headers.remove("foundry-features");
    }),
];

/// Takes over a member that only our request has.
fn copy(recorded: &mut Shape, ours: &Shape, name: &str) {
    if let (Content::Json(Value::Object(recorded)), Content::Json(Value::Object(ours))) =
        (&mut recorded.body, &ours.body)
        && recorded.get(name).is_none()
        && let Some(value) = ours.get(name)
    {
        recorded.insert(name.to_owned(), value.clone());
    }
}

struct Token;

#[async_trait]
impl Auth for Token {
    async fn credentials(&self) -> Result<Credentials> {
        Credentials::bearer("the-token")
    }
}

/// What is answered to what our client asks beside the recorded request.
fn aside(sent: &RecordedRequest) -> Reply {
    let session = json!({
        "agent_session_id": sent.path.rsplit('/').next(), "status": "active", "created_at": 1_795_219_200,
        "version_indicator": {"type": "version_ref", "agent_version": "7"},
    });
    let version = json!({"id": "v7", "object": "agent.version", "name": "a", "version": "7", "status": "active"});
    Reply::json(&match sent.path.rsplit('/').next() {
        Some("versions") => json!({"data": [version], "has_more": false}),
        Some("stat") => json!({"name": "x", "path": "x", "is_dir": true}),
        Some("files") => json!({"path": "", "entries": [], "has_more": false}),
        _ => session,
    })
}

/// Does with our client what a recorded client did. What it makes of the answer is for other tests.
async fn drive(backend: &dyn Backend, capture: &Capture) -> Result<()> {
    if foundry_work::is_about(capture.path()) {
        return foundry_work::drive(backend, capture).await;
    }
    let (sessions, files) = (backend.sessions(), backend.files().unwrap());
    let operation = capture.operation();
    let id = capture.path().split_once("/sessions/").map(|(_, rest)| rest.split(['/', ':']).next().unwrap());
    let session = || id.unwrap().parse().unwrap();
    let at = || {
        let query = capture.shape(&[]).query;
        let asked = query.get("path").map(|path| percent_encoding::percent_decode_str(path).decode_utf8().unwrap());
        let path = asked.as_deref().or_else(|| capture.body()["json"]["path"].as_str()).unwrap_or("/");
        SessionPath { session: session(), path: path.parse().unwrap() }
    };
    if operation.contains("create") || operation.contains("post") {
        let body = &capture.body()["json"];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let new = NewSession {
            id: text(&body["agent_session_id"]).map(|id| id.parse().unwrap()),
            agent_version: text(&body["version_indicator"]["agent_version"]),
            ..NewSession::default()
        };
        return sessions.create(new).await.map(drop);
    }
    if operation.contains("upload") || operation.contains("put") {
        let sample = Sample { bytes: capture.content(), is_pipe: operation.ends_with("generator") };
        return files.put(&at(), &sample, PutOptions::default()).await.map(drop);
    }
    let (agents, agent) = (backend.agents().unwrap(), "order-agent".parse::<AgentId>()?);
    match operation {
        "agent_list_hosted" => agents.list(&AgentQuery::default(), PageRequest::default()).await.map(drop),
        "agent_get" => agents.get(&agent, None).await.map(drop),
        "agent_versions" => agents.versions(&agent, PageRequest::default()).await.map(drop),
        "agent_version" => agents.get(&agent, Some("6")).await.map(drop),
        "session_list_all_pages" | "session_list" | "session_list_limit_order_before" => {
            let limit = capture.shape(&[]).query.get("limit").map(|limit| limit.parse().unwrap());
            sessions.list(&SessionQuery::default(), PageRequest { limit, cursor: None }).await.map(drop)
        }
        "session_stop" | "error_409_stop" => sessions.stop(&session()).await.map(drop),
        "session_delete" => sessions.delete(&session(), false).await,
        "file_download" => {
            let size = Some(capture.reply().body.len() as u64);
            let mut body = files.fetch(&at(), FetchOptions { size, ..FetchOptions::default() }).await?.body;
            while body.next().await?.is_some() {}
            Ok(())
        }
        "file_list_default" | "file_list_path_limit" | "file_list_two_pages" | "file_list" => {
            files.list(&at(), false).await?.collect::<Vec<_>>().await.into_iter().try_for_each(|entry| entry.map(drop))
        }
        "file_delete" | "file_delete_nonrecursive_explicit" | "error_409_dir" | "error_409dir" => {
            files.remove(&at(), false).await
        }
        "file_delete_recursive" => files.remove(&at(), true).await,
        "file_mkdir_generic" | "file_mkdir" => files.mkdir(&at(), MkdirOptions::default()).await.map(drop),
        "file_stat_generic" | "file_stat" => files.stat(&at()).await.map(drop),
        _ => sessions.get(&session()).await.map(drop),
    }
}

/// Whether a request of ours is the one that was recorded, and not another one at the same path. A capture holds the first
/// page of a listing; what follows it is empty here.
fn is_meant(recorded: &Shape, ours: &Shape) -> bool {
    let is_streamed = |shape: &Shape| shape.query.contains_key("stream");
    recorded.is_about(ours) && !ours.query.contains_key("after") && is_streamed(recorded) == is_streamed(ours)
}

/// Runs one capture against our client, and gives what it sent.
async fn sent_for(capture: &Capture) -> (Vec<RecordedRequest>, Result<()>) {
    let (recorded, reply, asked) = (capture.shape(HEADERS), capture.reply(), capture.clone());
    let recorder = Recorder::start(Box::new(move |sent| {
        let ours = Shape::sent(sent, PROJECT, HEADERS);
        if is_meant(&recorded, &ours) {
            return reply.clone();
        }
        let is_work = foundry_work::is_about(asked.path());
        is_work.then(|| foundry_work::aside(&asked, sent)).flatten().unwrap_or_else(|| aside(sent))
    }))
    .await;
    let mut options = Options::new("foundry", format!("{}{PROJECT}", recorder.origin));
    options.auth = Some(Arc::new(Token));
    options.retries = 0;
    if let Some(identity) = capture.shape(HEADERS).headers.get("x-ms-user-identity") {
        options.headers.insert("x-ms-user-identity".to_owned(), identity.clone());
    }
    let agent = capture.path().split('/').nth(2).unwrap_or("order-agent");
    let home = tempfile::tempdir().unwrap();
    let setup = foundry::FoundrySetup { agent: Some(agent.to_owned()), records: Some(home.path().join("turns")) };
    let backend = foundry::with(options, setup).unwrap();
    let result = drive(&*backend, capture).await;
    (recorder.got(), result)
}

#[tokio::test]
async fn our_requests_are_those_of_the_official_clients() {
    let mut needed = BTreeSet::new();
    let mut compared = 0;
    for capture in Capture::all("foundry").into_iter().chain(Capture::all("foundry-work")) {
        if NEVER.contains(&capture.operation()) {
            continue;
        }
        let name = capture.name();
        let recorded = capture.shape(HEADERS);
        let (sent, result) = sent_for(&capture).await;
        // A session that says that it was stopped already is one that is stopped.
        let refused = capture.reply().status >= 400 && capture.operation() != "error_409_stop";
        assert_eq!(result.is_err(), refused, "{name}: {result:?}");
        let all: Vec<_> = sent.iter().map(|sent| Shape::sent(sent, PROJECT, HEADERS)).collect();
        let ours = all.iter().find(|ours| is_meant(&recorded, ours));
        let ours = ours.unwrap_or_else(|| panic!("{name}: none is {} {}: {all:#?}", recorded.method, recorded.path));
        let id = ours.headers["x-ms-client-request-id"].as_bytes();
        assert!(id.len() == 36 && (id[14], id[8]) == (b'4', b'-'), "{name}: no UUID of version 4: {ours:?}");
        needed.extend(compare(&name, &recorded, ours, EXCEPTIONS));
        compared += 1;
    }
    assert!(compared > 80, "only {compared} captures were compared");
    let dead: Vec<_> = EXCEPTIONS.iter().map(|(why, _)| *why).filter(|why| !needed.contains(why)).collect();
    assert!(dead.is_empty(), "exceptions that nothing needs: {dead:?}");
}
