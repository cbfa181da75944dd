//! Anthropic: three generations of the Python SDK, the TypeScript SDK, and the command line `ant`.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use wharf_client::backend::anthropic::{self, Setup};
use wharf_client::backend::turn::{Attachment, EventQuery, NewMessage, ToolAnswer};
use wharf_client::backend::{
    AgentQuery, Backend, FetchOptions, NewResource, NewStoredFile, PageRequest, Resources, SessionFilters,
    SessionQuery, body_document,
};
use wharf_client::http::{Credentials, Options};
use wharf_core::error::Result;
use wharf_core::model::{AgentId, FileId, SessionId};
use wharf_wire::anthropic::beta;

use crate::capture::{Capture, Content, Exception, Shape, compare};
use crate::content::Sample;
use crate::recorder::{RecordedRequest, Recorder, Reply};

/// The headers that matter. What is accepted is JSON or bytes whatever is asked for.
const HEADERS: &[&str] =
    &["anthropic-beta", "anthropic-version", "anthropic-workspace-id", "authorization", "content-type", "x-api-key"];

/// What our client never does, by how the operation begins.
const NEVER: &[&str] = &[
    // It makes no agents.
    "agents.create",
    "environments.create",
    // It sends one event of a kind at a time, and of contents text and stored files.
    "sessions.events.send (every other",
    "events.send user.message (image and document blocks)",
    "events.send user.custom_tool_result (rich)",
    "events.send user.tool_result",
    "events.send user.interrupt (one thread)",
    "events.send user.define_outcome",
    "events.send interrupt + user.message",
    // A history is read from its beginning or from a time on, whatever is shown of it.
    "events list types",
    "sessions.events.list (every filter)",
    "events.list (filters)",
    // An upload has a name, and one that the service would refuse is not sent.
    "files.upload (bare bytes)",
    "files.upload (path, quote in name)",
    // Pages are walked forwards, and one file is asked for by its own path.
    "files.list (before_id",
    "files.list (ids)",
    // An id that holds a slash is none.
    "files.retrieve_metadata (id that needs escaping)",
    // Nothing is sent without credentials.
    "no credential",
    // Only names that are needed or asked for are sent, and headers as the user gives them.
    "files list two betas",
    "auth: env ANTHROPIC_CUSTOM_HEADERS",
];

const EXCEPTIONS: &[Exception] = &[
    ("a key goes into the header of its own, and of two credentials the key alone", |recorded, _| {
        if let Some(key) = key(recorded) {
            recorded.headers.remove("authorization");
            recorded.headers.insert("x-api-key".to_owned(), key);
        }
    }),
    ("the newest version of the protocol, whichever the SDK sends", |recorded, ours| {
        recorded.headers.insert("anthropic-version".to_owned(), ours.headers["anthropic-version"].clone());
    }),
    ("a flag in the query that the newest clients left out", |recorded, _| {
        recorded.query.remove("beta");
    }),
    ("files need no name of a feature, and the old one would bring the old listing", |recorded, _| {
        if let Some(line) = recorded.headers.get_mut("anthropic-beta") {
            let kept: Vec<_> = line.split(',').filter(|name| *name != beta::FILES).map(str::to_owned).collect();
            *line = kept.join(",");
        }
        recorded.headers.retain(|name, value| name != "anthropic-beta" || !value.is_empty());
    }),
    ("listings are requested in the largest pages unless a limit is given", |recorded, ours| {
        if recorded.method == "GET" && ours.query.contains_key("limit") {
            recorded.query.entry("limit".to_owned()).or_insert_with(|| ours.query["limit"].clone());
        }
    }),
    ("a listing that is looked through here is asked for in whole pages", |recorded, ours| {
        if recorded.query.contains_key("statuses%5B%5D") {
            recorded.query.insert("limit".to_owned(), ours.query["limit"].clone());
        }
    }),
    ("who is running may be waiting for another try as well", |recorded, _| {
        if let Some(all) = recorded.query.get_mut("statuses%5B%5D") {
            *all = all.replace("&running", "&rescheduling&running");
        }
    }),
    ("a file is mounted under its name, and never under its id", |recorded, ours| {
        let name = |resource: &mut Value| {
            if resource["type"] == "file" && resource["mount_path"].is_null() {
                resource["mount_path"] = json!("/sample.bin");
            }
        };
        if let (Content::Json(recorded), Content::Json(_)) = (&mut recorded.body, &ours.body) {
            if recorded.get("file_id").is_some() {
                name(recorded);
            }
            recorded["resources"].as_array_mut().into_iter().flatten().for_each(name);
            if recorded["resources"].is_null()
                && let Some(members) = recorded.as_object_mut()
            {
                members.remove("resources");
            }
        }
    }),
    (
        "of what is written, the agent's text is shown, and a stream without previews is one that is only listed",
        |recorded, ours| {
            if ours.query.contains_key("event_deltas%5B%5D") {
                recorded.query.insert("event_deltas%5B%5D".to_owned(), ours.query["event_deltas%5B%5D"].clone());
            }
        },
    ),
    ("a stored file is shown under its own name", |recorded, _| {
        if let Content::Json(body) = &mut recorded.body {
            for block in body.pointer_mut("/events/0/content").and_then(Value::as_array_mut).into_iter().flatten() {
                block.as_object_mut().map(|block| block.shift_remove("title"));
            }
        }
    }),
    ("only a request with a content says its type, and a boundary is each client's own", |recorded, ours| {
        match ours.headers.get("content-type") {
            Some(kind) if matches!(recorded.body, Content::Form(_)) => {
                recorded.headers.insert("content-type".to_owned(), kind.clone());
            }
            None => drop(recorded.headers.remove("content-type")),
            Some(_) => {}
        }
    }),
    ("nothing beside a file's type is said of it", |recorded, _| {
        if let Content::Form(parts) = &mut recorded.body {
            let kind = &mut parts[0]["content_type"];
            if let Some((plain, _)) = kind.as_str().and_then(|kind| kind.split_once(';')) {
                *kind = json!(plain);
            }
        }
    }),
];

/// The key of a recorded request, in either form; the recording's keys begin with `sk-`.
fn key(recorded: &Shape) -> Option<String> {
    let bearer = recorded.headers.get("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let bearer = bearer.filter(|value| value.starts_with("sk-")).map(str::to_owned);
    recorded.headers.get("x-api-key").cloned().or(bearer)
}

/// What is answered: as much as our client needs to go on.
fn answer(sent: &RecordedRequest) -> Reply {
    let parts: Vec<&str> = sent.path.split('/').filter(|part| !matches!(*part, "" | "pre" | "v1")).collect();
    let file = json!({ "id": "file_1", "filename": "sample.bin", "size_bytes": 8, "downloadable": true });
    let session = json!({ "id": "sesn_1", "status": "idle", "metadata": {}, "agent": { "id": "agent_1" } });
    let resource = json!({ "type": "file", "id": "sesrsc_1", "file_id": "file_2", "mount_path": "/m" });
    Reply::json(&match (sent.method.as_str(), parts.as_slice()) {
        ("GET", ["files", _, "content"]) => return Reply { status: 200, headers: Vec::new(), body: vec![7; 8] },
        ("GET", ["files" | "sessions" | "agents" | "environments"] | [_, _, "resources" | "versions"]) => {
            json!({ "data": [], "next_page": null })
        }
        ("POST", ["sessions", _, "events"]) => json!({ "data": [{ "type": "user.message", "id": "sevt_1" }] }),
        ("GET", ["sessions", _, "events"]) => json!({ "data": [], "next_page": null }),
        ("GET", ["sessions", _, "events", "stream"]) => {
            let deleted = json!({ "type": "session.deleted", "id": "sevt_2", "processed_at": "2026-11-20T09:00:00Z" });
            let headers = vec![("content-type".to_owned(), "text/event-stream".to_owned())];
            return Reply { status: 200, headers, body: format!("data: {deleted}\n\n").into_bytes() };
        }
        ("DELETE", [.., id]) => json!({ "id": id, "type": "session_deleted" }),
        (_, ["files", ..]) => file,
        (_, ["agents", ..]) => {
            json!({ "id": "agent_1", "version": 2, "name": "a", "model": { "id": "m" }, "metadata": {} })
        }
        (_, ["environments", ..]) => json!({ "id": "env_1", "name": "e", "metadata": {} }),
        (_, [_, _, "resources", ..]) => resource,
        _ => session,
    })
}

/// Does with our client what a recorded client did.
async fn drive(backend: &dyn Backend, capture: &Capture) -> Result<()> {
    let (sessions, store, resources) = (backend.sessions(), backend.store().unwrap(), backend.resources().unwrap());
    let recorded = capture.shape(&[]);
    let parts: Vec<&str> = capture.path().split('/').filter(|part| !matches!(*part, "" | "pre" | "v1")).collect();
    let body = &capture.body()["json"];
    let page = || {
        let asked = |name: &str| recorded.query.get(name).cloned();
        let page = asked("page").map(|cursor| format!("page:{cursor}"));
        let cursor = page.or_else(|| asked("after_id").map(|id| format!("after_id:{id}")));
        PageRequest { cursor, limit: asked("limit").map(|limit| limit.parse().unwrap()) }
    };
    let file = |id: &str| id.parse::<FileId>().unwrap();
    let session = |id: &str| id.parse::<SessionId>().unwrap();
    match (recorded.method.as_str(), parts.as_slice()) {
        ("POST", ["files"]) => upload(backend, &recorded).await,
        ("GET", ["files"]) => {
            let scope = recorded.query.get("scope_id").map(|id| session(id));
            store.list(scope.as_ref(), page()).await.map(drop)
        }
        ("GET", ["files", id]) => store.get(&file(id)).await.map(drop),
        ("GET", ["files", id, "content"]) => {
            let mut body = store.fetch(&file(id), FetchOptions::default()).await?.body;
            while body.next().await?.is_some() {}
            Ok(())
        }
        ("DELETE", ["files", id]) => store.delete(&file(id)).await,
        ("POST", ["sessions"]) => {
            let (mut new, unknown) = sessions.read_document(body.as_object().unwrap().clone())?;
            assert!(unknown.is_empty(), "{unknown:?}");
            // As the flag makes it.
            let budget = new.extra.shift_remove("budget");
            new.max_cost = budget.map(|budget| budget["max_list_cost"]["amount"].as_str().unwrap().parse().unwrap());
            sessions.create(new).await.map(drop)
        }
        ("GET", ["sessions"]) => sessions.list(&filters(&recorded), page()).await.map(drop),
        ("GET", ["sessions", id]) => sessions.get(&session(id)).await.map(drop),
        ("DELETE", ["sessions", id]) => sessions.delete(&session(id), false).await,
        ("POST", ["sessions", id, "archive"]) => sessions.archive(&session(id)).await.map(drop),
        ("POST", ["sessions", id]) => {
            let change = body_document::change(body.as_object().unwrap().clone())?;
            sessions.update(&session(id), change).await.map(drop)
        }
        ("POST", ["sessions", id, "resources"]) => add(resources, &session(id), body).await,
        ("GET", ["sessions", id, "resources"]) => resources.list(&session(id), page()).await.map(drop),
        ("GET", ["sessions", id, "resources", one]) => resources.get(&session(id), one).await.map(drop),
        ("POST", ["sessions", id, "resources", one]) => {
            resources.update(&session(id), one, body.as_object().unwrap().clone()).await.map(drop)
        }
        ("DELETE", ["sessions", id, "resources", one]) => resources.remove(&session(id), one).await,
        ("POST", ["sessions", id, "events"]) => send(backend, &session(id), &body["events"]).await,
        ("GET", ["sessions", id, "events"]) => {
            let query = EventQuery::default();
            backend.events().unwrap().list(&session(id), &query, page()).await.map(drop)
        }
        ("GET", ["sessions", id, "events", "stream"]) if recorded.query.contains_key("event_deltas%5B%5D") => {
            let message = NewMessage { text: "hi".to_owned(), ..NewMessage::default() };
            backend.turns().unwrap().start(&session(id), message).await.map(drop)
        }
        ("GET", ["sessions", id, "events", "stream"]) => {
            let events = backend.events().unwrap();
            let mut steps = events.follow(&session(id), &EventQuery::default());
            while let Some(step) = steps.next().await {
                step?;
            }
            Ok(())
        }
        ("GET", ["agents" | "environments", ..]) => look_up(backend, &recorded, &parts, page()).await,
        other => panic!("{}: {other:?}", capture.name()),
    }
}

/// Sends recorded events: a message with an instruction, an answer to a call, or an interrupt.
async fn send(backend: &dyn Backend, session: &SessionId, events: &Value) -> Result<()> {
    let (turns, first) = (backend.turns().unwrap(), &events[0]);
    let text = |at: &Value| at["content"][0]["text"].as_str().unwrap_or_default().to_owned();
    let word = |name: &str| first[name].as_str().map(str::to_owned);
    match first["type"].as_str().unwrap() {
        "user.message" => {
            let blocks = first["content"].as_array().unwrap().iter().skip(1);
            let attachments = blocks.map(|block| Attachment::Stored {
                file: block["source"]["file_id"].as_str().unwrap().parse().unwrap(),
                is_image: block["type"] == "image",
            });
            let attachments = attachments.collect();
            let system = events.get(1).map(text);
            turns
                .start(session, NewMessage { text: text(first), attachments, system, ..NewMessage::default() })
                .await
                .map(drop)
        }
        "user.tool_confirmation" if first["result"] == "allow" => {
            turns.answer(session, &word("tool_use_id").unwrap(), ToolAnswer::Allow).await
        }
        "user.tool_confirmation" => {
            turns.answer(session, &word("tool_use_id").unwrap(), ToolAnswer::Deny(word("deny_message"))).await
        }
        "user.custom_tool_result" => {
            let answer = ToolAnswer::Result { text: text(first), is_error: first["is_error"] == true };
            turns.answer(session, &word("custom_tool_use_id").unwrap(), answer).await
        }
        "user.interrupt" => backend.sessions().interrupt(session).await.map(drop),
        other => panic!("an event that the client does not send: {other}"),
    }
}

/// Lists or looks up agents and environments.
async fn look_up(backend: &dyn Backend, recorded: &Shape, parts: &[&str], page: PageRequest) -> Result<()> {
    let (agents, environments) = (backend.agents().unwrap(), backend.environments().unwrap());
    let asked = |name: &str| {
        let value =
            recorded.query.iter().find(|(known, _)| percent_decode_str(known).decode_utf8().unwrap() == name)?;
        Some(percent_decode_str(value.1).decode_utf8().unwrap().into_owned())
    };
    let id = parts.get(1).map(|id| id.parse::<AgentId>().unwrap());
    let include_archived = asked("include_archived").is_some();
    match (parts, id) {
        (["agents"], _) => {
            let (created_from, created_until) = (asked("created_at[gte]"), asked("created_at[lte]"));
            let query = AgentQuery { include_archived, created_from, created_until };
            agents.list(&query, page).await.map(drop)
        }
        (["agents", _, "versions"], Some(id)) => agents.versions(&id, page).await.map(drop),
        (["agents", _], Some(id)) => agents.get(&id, asked("version").as_deref()).await.map(drop),
        (["environments"], _) => environments.list(include_archived, page).await.map(drop),
        (["environments", _], Some(id)) => environments.get(&id).await.map(drop),
        other => panic!("{other:?}"),
    }
}

async fn add(resources: &dyn Resources, session: &SessionId, body: &Value) -> Result<()> {
    let (new, _): (NewResource, _) = body_document::resource(body.as_object().unwrap().clone())?;
    resources.add(session, new).await.map(drop)
}

async fn upload(backend: &dyn Backend, recorded: &Shape) -> Result<()> {
    let Content::Form(parts) = &recorded.body else { panic!("no form: {recorded:?}") };
    let parts = parts.as_array().unwrap();
    let part = parts.last().unwrap();
    let text = |name: &str| part[name].as_str().unwrap().to_owned();
    let named = text("content_type");
    let new = NewStoredFile {
        filename: text("filename"),
        // The type that a name suggests is for our client to find.
        mime_type: Some(named).filter(|kind| kind == "application/octet-stream"),
        expires_in: (parts.len() > 1)
            .then(|| Duration::from_secs(parts[0]["value"].as_str().unwrap().parse().unwrap())),
    };
    let bytes = vec![7; usize::try_from(part["bytes"].as_u64().unwrap()).unwrap()];
    backend.store().unwrap().upload(new, &Sample { bytes, is_pipe: false }).await.map(drop)
}

/// The filters of a recorded listing, of which some are of the service's own.
fn filters(recorded: &Shape) -> SessionQuery {
    let mut query = SessionQuery::default();
    for (name, value) in &recorded.query {
        let decoded = |text: &str| percent_decode_str(text).decode_utf8().unwrap().into_owned();
        match decoded(name).as_str() {
            "limit" | "page" | "beta" => {}
            "statuses[]" => {
                query.statuses = value.split('&').map(|word| clap::ValueEnum::from_str(word, true).unwrap()).collect();
            }
            "include_archived" => query.filters.include_archived = decoded(value) == "true",
            name => *filter(&mut query.filters, name) = Some(decoded(value)),
        }
    }
    query
}

fn filter<'a>(filters: &'a mut SessionFilters, name: &str) -> &'a mut Option<String> {
    match name {
        "agent_id" => &mut filters.agent,
        "agent_version" => &mut filters.agent_version,
        "created_at[gt]" => &mut filters.created_after,
        "created_at[gte]" => &mut filters.created_from,
        "created_at[lt]" => &mut filters.created_before,
        "created_at[lte]" => &mut filters.created_until,
        "deployment_id" => &mut filters.deployment,
        "memory_store_id" => &mut filters.memory_store,
        "order" => &mut filters.order,
        other => panic!("a filter that the client does not send: {other}"),
    }
}

/// Runs one capture against our client, and gives what it sent.
async fn sent_for(capture: &Capture) -> (Vec<RecordedRequest>, Result<()>) {
    let recorded = capture.shape(HEADERS);
    let recorder = Recorder::start(Box::new(answer)).await;
    let base = if capture.path().starts_with("/pre/") { "/pre/" } else { "" };
    let mut options = Options::new("anthropic", format!("{}{base}", recorder.origin));
    let token = recorded.headers.get("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let credentials = match key(&recorded) {
        Some(key) => Credentials::key("x-api-key", &key),
        None => Credentials::bearer(token.unwrap()),
    };
    options.auth = Some(Arc::new(credentials.unwrap()));
    options.retries = 0;
    if let Some(workspace) = recorded.headers.get("anthropic-workspace-id") {
        options.headers.insert("anthropic-workspace-id".to_owned(), workspace.clone());
    }
    let line = recorded.headers.get("anthropic-beta").map(String::as_str).unwrap_or_default();
    // What a call needs is for our client to know.
    let gated = ["/v1/sessions", "/v1/agents", "/v1/environments"];
    let is_needed =
        gated.iter().any(|start| capture.path().starts_with(start)) || recorded.query.contains_key("scope_id");
    let asked = |name: &&str| !name.is_empty() && *name != beta::FILES && !(is_needed && *name == beta::MANAGED_AGENTS);
    let setup = Setup { betas: line.split(',').filter(asked).map(str::to_owned).collect(), ..Setup::default() };
    let backend = anthropic::with(options, setup).unwrap();
    let result = drive(&*backend, capture).await;
    (recorder.got(), result)
}

#[tokio::test]
async fn our_requests_are_those_of_the_official_clients() {
    let mut needed = BTreeSet::new();
    let mut compared = 0;
    for capture in Capture::all("anthropic").into_iter().chain(Capture::all("anthropic-events")) {
        if NEVER.iter().any(|start| capture.operation().starts_with(start)) {
            continue;
        }
        let name = capture.name();
        let recorded = capture.shape(HEADERS);
        let (sent, result) = sent_for(&capture).await;
        assert!(result.is_ok(), "{name}: {result:?}");
        let all: Vec<_> = sent.iter().map(|sent| Shape::sent(sent, "", HEADERS)).collect();
        let ours = all.iter().find(|ours| ours.is_about(&recorded));
        let ours = ours.unwrap_or_else(|| panic!("{name}: none is {} {}: {all:#?}", recorded.method, recorded.path));
        needed.extend(compare(&name, &recorded, ours, EXCEPTIONS));
        compared += 1;
    }
    assert!(compared > 80, "only {compared} captures were compared");
    let dead: Vec<_> = EXCEPTIONS.iter().map(|(why, _)| *why).filter(|why| !needed.contains(why)).collect();
    assert!(dead.is_empty(), "exceptions that nothing needs: {dead:?}");
}
