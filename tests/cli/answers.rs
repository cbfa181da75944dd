//! Services that answer something else than they should: what is relied on is required, and what is not an answer is never
//! taken for an empty one. One bad entry of a listing is an error of its own.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::azure::{Azure, json_of, principal};
use crate::endpoint::{Endpoint, RecordedRequest, Reply};
use crate::sandbox::{Call, Run, Sandbox};

/// A call of a service: the method and the end of its path, what is in its body, and what it answers.
#[derive(Clone)]
struct Route(&'static str, &'static str, Value);

/// What of an answer is relied on: JSON pointers, those after `?` of fields that may be missing.
type Fields = &'static [&'static str];

fn answered(asked: &RecordedRequest, routes: &[Route]) -> Reply {
    let line = asked.line.split('?').next().unwrap().trim_end_matches(" HTTP/1.1");
    let (method, path) = line.split_once(' ').unwrap();
    let of = |Route(call, body, _): &&Route| {
        let (wanted, end) = call.split_once(' ').unwrap();
        wanted == method && path.ends_with(end) && asked.body.contains(body)
    };
    match routes.iter().find(of) {
        Some(Route(_, _, Value::Null)) => (204, String::new(), String::new()),
        Some(Route(_, _, Value::String(text))) => (200, String::new(), text.clone()),
        Some(Route(_, _, answer)) => json_of(200, answer),
        None => json_of(404, &json!({ "error": { "code": "not_found", "message": asked.line }, "code": "x.NotFound" })),
    }
}

/// A backend's command line in a sandbox with the files `f` and `b`, against a service with these calls.
struct Stage {
    sandbox: Sandbox,
    service: Endpoint,
    backend: &'static str,
}

impl Stage {
    fn of(backend: &'static str, answer: impl Fn(&RecordedRequest) -> Reply + Send + Sync + 'static) -> Self {
        let sandbox = Sandbox::new();
        sandbox.write("f", "text\n");
        sandbox.write("b", b"\0\xff");
        Stage { sandbox, service: Endpoint::new(answer), backend }
    }

    fn new(backend: &'static str, routes: Vec<Route>) -> Self {
        Self::of(backend, move |asked| answered(asked, &routes))
    }

    fn wharf(&self, args: &[&str]) -> Call {
        let url = self.service.url();
        let args = [&["--retries", "0"], args].concat();
        let call = self.sandbox.wharf(args).env("WHARF_BACKEND", self.backend);
        match self.backend {
            "foundry" => call
                .env("FOUNDRY_PROJECT_ENDPOINT", format!("{url}/api/projects/p"))
                .env("WHARF_FOUNDRY_TOKEN", "token-of-a-test")
                .env("WHARF_AGENT", "a1"),
            "anthropic" => call
                .env("ANTHROPIC_BASE_URL", url)
                .env("ANTHROPIC_API_KEY", "key-of-a-test")
                .env("WHARF_AGENT", "agent_1")
                .env("WHARF_ENVIRONMENT", "env_1"),
            _ => call.env("AGB_ENDPOINT", url).env("AGB_API_KEY", "key-of-a-test").env("WHARF_IMAGE", "image-1"),
        }
    }

    fn run(&self, args: &[&str]) -> Run {
        self.wharf(args).run()
    }
}

/// What stands in the place of a whole answer.
fn others() -> Vec<Value> {
    vec![
        json!({ "error": { "code": "Throttled", "message": "slow down" } }),
        json!({ "code": "Throttled" }),
        json!({}),
        json!([]),
        json!([{}]),
        json!(7),
        Value::String(String::new()),
        Value::String("<html>log in</html>".to_owned()),
    ]
}

/// The answer with one field removed, null and of other types; without its first word where it may be missing.
fn changed(answer: &Value, field: &str) -> Vec<(String, Value)> {
    let (optional, pointer) = field.strip_prefix('?').map_or((false, field), |pointer| (true, pointer));
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let with = |change: &dyn Fn(&mut Value)| {
        let mut answer = answer.clone();
        change(answer.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer} is not there")));
        answer
    };
    let set = |value: Value| {
        with(&|at| match at {
            Value::Object(members) => drop(members.insert(name.to_owned(), value.clone())),
            Value::Array(items) => items[name.parse::<usize>().unwrap()] = value.clone(),
            _ => panic!("{pointer}"),
        })
    };
    let there = answer.pointer(pointer).unwrap_or(&Value::Null).clone();
    let mut all = vec![(format!("{pointer} is null"), set(Value::Null))];
    if !optional {
        let removed = with(&|at| match at {
            Value::Object(members) => drop(members.remove(name)),
            Value::Array(items) => items.clear(),
            _ => panic!("{pointer}"),
        });
        if !answer.pointer(parent).unwrap().is_array() {
            all.push((format!("{pointer} is missing"), removed));
        }
    }
    for other in [json!(true), json!(-1.5), json!("\u{1}"), json!([7]), json!({ "error": {} })] {
        let same = std::mem::discriminant(&other) == std::mem::discriminant(&there);
        if !same {
            all.push((format!("{pointer} is {other}"), set(other)));
        }
    }
    all
}

/// Runs a command against the service as it is, and with each call's answer changed in each way.
fn refuses(backend: &'static str, routes: &[Route], args: &[&str], calls: &[(usize, Fields)]) {
    let sound = Stage::new(backend, routes.to_vec());
    sound.run(args).ok();
    for (index, fields) in calls {
        let Route(call, _, answer) = &routes[*index];
        let mut all: Vec<_> = fields.iter().flat_map(|field| changed(answer, field)).collect();
        // Where nothing is to be said, nothing is right.
        let wrong = |other: &Value| !(answer.is_null() && other == "");
        if backend == "agb" {
            // Its clients take a number for text.
            all.retain(|(_, other)| !other.to_string().contains("-1.5"));
        }
        all.extend(others().into_iter().filter(wrong).map(|other| (format!("it is {other}"), other)));
        for (what, other) in all {
            let mut routes = routes.to_vec();
            routes[*index].2 = other;
            let stage = Stage::new(backend, routes);
            let run = stage.run(args);
            let shown = run.stdout();
            assert!(run.has_code(8), "{backend} {args:?}, {call}: {what}: {}{shown}", run.stderr());
            assert!(!shown.contains("\"deleted\": true") && !shown.contains("copied"), "{args:?}: {what}: {shown}");
            assert!(matches!(shown, "" | "[]\n") || shown.contains("\"failed\""), "{args:?}: {what}: {shown}");
            assert_eq!(stage.sandbox.tree(""), ["b", "f"], "{args:?}: {what} wrote something");
        }
    }
}

fn foundry_session(id: &str) -> Value {
    json!({
        "agent_session_id": id, "version_indicator": { "type": "version_ref", "agent_version": "7" },
        "status": "active", "created_at": 1_795_219_200, "last_accessed_at": 1_795_219_200, "expires_at": 1_797_811_200,
    })
}

const FOUNDRY_SESSION: Fields =
    &["/agent_session_id", "/version_indicator", "/version_indicator/agent_version", "/status", "/created_at"];

fn foundry_file(name: &str) -> Value {
    json!({ "name": name, "size": 5, "is_directory": false, "modified_time": 0 })
}

fn foundry_version(name: &str) -> Value {
    json!({
        "object": "agent.version", "id": "x:7", "name": name, "version": "7", "status": "active", "description": "",
        "created_at": 1_795_219_200, "metadata": { "team": "blue" }, "definition": { "kind": "hosted", "model": "m" },
    })
}

fn foundry_agent(name: &str) -> Value {
    json!({
        "object": "agent", "id": name, "name": name, "state": "enabled", "versions": { "latest": foundry_version(name) },
    })
}

const FOUNDRY_AGENT: Fields = &["/name", "/versions", "/versions/latest", "/versions/latest/version"];

fn foundry() -> Vec<Route> {
    let route = |call, answer| Route(call, "", answer);
    vec![
        route(
            "GET /a1/endpoint/sessions",
            json!({ "data": [foundry_session("s1")], "has_more": false, "last_id": "s1" }),
        ),
        route("GET /sessions/s1", foundry_session("s1")),
        route("POST /a1/endpoint/sessions", foundry_session("s1")),
        route(
            "GET /a1/versions",
            json!({ "data": [{ "id": "v7", "version": "7", "status": "active" }], "has_more": false }),
        ),
        route("DELETE /sessions/s1", Value::Null),
        route("POST /sessions/s1:stop", Value::Null),
        route("PUT /files/content", json!({ "path": "f", "bytes_written": 5, "success": true })),
        route("GET /files/stat", json!({ "name": "d", "path": "d", "is_dir": true })),
        route("GET /sessions/s1/files", json!({ "path": "", "entries": [], "has_more": false })),
        route("POST /files/mkdir", Value::Null),
        route("DELETE /sessions/s1/files", Value::Null),
        route("GET /p/agents", json!({ "data": [foundry_agent("a1")], "has_more": false, "last_id": "a1" })),
        route("GET /agents/a1", foundry_agent("a1")),
        route("GET /versions/7", foundry_version("a1")),
    ]
}

#[test]
fn foundrys_answers_have_what_is_relied_on() {
    let routes = foundry();
    let refuses = |args: &[&str], calls: &[(usize, Fields)]| refuses("foundry", &routes, args, calls);
    refuses(&["sessions", "list"], &[(0, &["/data", "?/has_more"])]);
    refuses(&["sessions", "get", "s1"], &[(1, FOUNDRY_SESSION)]);
    refuses(&["sessions", "wait", "s1"], &[(1, &[])]);
    refuses(
        &["sessions", "create"],
        &[(2, FOUNDRY_SESSION), (3, &["/data", "/data/0", "/data/0/version", "?/has_more"])],
    );
    refuses(&["sessions", "delete", "s1"], &[(1, &[]), (4, &[])]);
    refuses(&["sessions", "delete", "s1", "--missing-ok"], &[(1, &["/status"]), (4, &[])]);
    refuses(&["sessions", "stop", "s1"], &[(1, &[]), (5, &[])]);
    refuses(&["files", "upload", "f", "s1:/f"], &[(6, &["/path", "/bytes_written", "?/success"])]);
    refuses(&["files", "stat", "s1:/d"], &[(7, &["/is_dir", "?/size"])]);
    refuses(&["files", "ls", "s1:/"], &[(8, &["/entries", "?/has_more"])]);
    refuses(&["files", "ls", "-R", "s1:/"], &[(8, &["/entries"])]);
    refuses(&["files", "mkdir", "s1:/d"], &[(7, &["/is_dir"])]);
    refuses(&["files", "rm", "-r", "s1:/d"], &[(10, &[])]);
    refuses(&["agents", "list"], &[(11, &["/data", "?/has_more"])]);
    refuses(&["agents", "get", "a1"], &[(12, FOUNDRY_AGENT)]);
    let version: Fields = &["/name", "/version", "/created_at", "/metadata", "?/metadata/team", "/definition"];
    refuses(&["agents", "get", "a1", "--version", "7"], &[(13, version)]);
    // What a tree holds is known before its directory is made.
    refuses_to_download("foundry", &routes, "s1:/d", &[(7, &["/is_dir"]), (8, &["/entries", "?/has_more"])]);
}

/// The same for a download of a tree, whose directory may be there already.
fn refuses_to_download(backend: &'static str, routes: &[Route], target: &str, calls: &[(usize, Fields)]) {
    for (index, fields) in calls {
        let Route(call, _, answer) = &routes[*index];
        let mut all: Vec<_> = fields.iter().flat_map(|field| changed(answer, field)).collect();
        all.extend(others().into_iter().map(|other| (format!("it is {other}"), other)));
        for (what, other) in all {
            let mut routes = routes.to_vec();
            routes[*index].2 = other;
            let stage = Stage::new(backend, routes);
            let run = stage.run(&["files", "download", target, "dst"]);
            assert!(run.has_code(8), "{target}, {call}: {what}: {}{}", run.stderr(), run.stdout());
            let left = stage.sandbox.tree("");
            assert!(left.iter().all(|name| ["b", "f", "dst/"].contains(&name.as_str())), "{what} left {left:?}");
        }
    }
}

fn anthropic_session(id: &str) -> Value {
    json!({
        "type": "session", "id": id, "status": "idle", "title": null, "metadata": { "a": "b" },
        "agent": { "type": "agent", "id": "agent_1", "version": 1 }, "archived_at": null,
        "created_at": "2026-11-20T09:01:00Z", "updated_at": "2026-11-20T09:01:00Z",
    })
}

const ANTHROPIC_SESSION: Fields = &["/id", "/status", "/metadata", "?/metadata/a", "/agent", "/agent/id"];

fn anthropic_file(id: &str) -> Value {
    json!({
        "type": "file", "id": id, "filename": "f", "mime_type": "text/plain", "size_bytes": 5, "downloadable": true,
        "created_at": "2026-11-20T09:01:00Z", "scope": null,
    })
}

const ANTHROPIC_FILE: Fields = &["/id", "/filename", "/size_bytes", "?/downloadable"];

fn mount(id: &str) -> Value {
    json!({
        "type": "file", "id": id, "file_id": "file_copy", "mount_path": format!("/mnt/session/uploads/{id}"),
        "created_at": "2026-11-20T09:01:00Z", "updated_at": "2026-11-20T09:01:00Z",
    })
}

const MOUNT: Fields = &["/type", "/id", "/file_id", "/mount_path"];

fn agent(id: &str) -> Value {
    json!({
        "type": "agent", "id": id, "version": 1, "name": "analyst", "description": null, "metadata": { "a": "b" },
        "model": { "id": "m" }, "archived_at": null, "created_at": "2026-11-20T09:01:00Z",
        "updated_at": "2026-11-20T09:01:00Z",
    })
}

const AGENT: Fields = &["/id", "/version", "/name", "/metadata", "?/metadata/a", "/model", "/model/id"];

fn environment(id: &str) -> Value {
    json!({
        "type": "environment", "id": id, "name": "python", "description": null, "metadata": { "a": "b" },
        "config": { "type": "cloud" }, "archived_at": null, "created_at": "2026-11-20T09:01:00Z",
        "updated_at": "2026-11-20T09:01:00Z",
    })
}

const ENVIRONMENT: Fields = &["/id", "/name", "/metadata", "?/metadata/a"];

fn anthropic() -> Vec<Route> {
    let route = |call, answer| Route(call, "", answer);
    let list = |item: Value| json!({ "data": [item], "next_page": null });
    vec![
        route("GET /v1/sessions", list(anthropic_session("sesn_1"))),
        route("GET /sessions/sesn_1", anthropic_session("sesn_1")),
        route("POST /v1/sessions", anthropic_session("sesn_1")),
        route("POST /sessions/sesn_1", anthropic_session("sesn_1")),
        route("POST /sesn_1/archive", anthropic_session("sesn_1")),
        route("DELETE /sessions/sesn_1", json!({ "id": "sesn_1", "type": "session_deleted" })),
        route("GET /v1/files", list(anthropic_file("file_1"))),
        route("GET /files/file_1", anthropic_file("file_1")),
        route("POST /v1/files", anthropic_file("file_1")),
        route("DELETE /files/file_1", json!({ "id": "file_1", "type": "file_deleted" })),
        route("GET /sesn_1/resources", list(mount("sesrsc_1"))),
        route("GET /resources/sesrsc_1", mount("sesrsc_1")),
        route("POST /sesn_1/resources", mount("sesrsc_2")),
        route("DELETE /resources/sesrsc_1", json!({ "id": "sesrsc_1", "type": "session_resource_deleted" })),
        route("GET /v1/agents", list(agent("agent_1"))),
        route("GET /agents/agent_1", agent("agent_1")),
        route("GET /agent_1/versions", list(agent("agent_1"))),
        route("GET /v1/environments", list(environment("env_1"))),
        route("GET /environments/env_1", environment("env_1")),
    ]
}

#[test]
fn anthropics_answers_have_what_is_relied_on() {
    let routes = anthropic();
    let refuses = |args: &[&str], calls: &[(usize, Fields)]| refuses("anthropic", &routes, args, calls);
    let page: Fields = &["/data", "?/has_more"];
    refuses(&["sessions", "list"], &[(0, page)]);
    refuses(&["sessions", "get", "sesn_1"], &[(1, ANTHROPIC_SESSION)]);
    refuses(&["sessions", "create"], &[(2, ANTHROPIC_SESSION)]);
    refuses(&["sessions", "label", "sesn_1", "c=d"], &[(3, &["/metadata"])]);
    refuses(&["sessions", "archive", "sesn_1"], &[(4, &["/id"])]);
    let deleted: Fields = &["/id", "?/type"];
    refuses(&["sessions", "delete", "sesn_1", "--missing-ok"], &[(5, deleted)]);
    refuses(&["sessions", "delete", "--label", "a=b", "--yes"], &[(0, page), (5, deleted)]);
    refuses(&["sessions", "delete", "--label", "a=b", "--yes", "--missing-ok"], &[(0, page)]);
    refuses(&["files", "ls"], &[(6, page)]);
    refuses(&["files", "stat", "file_1"], &[(7, ANTHROPIC_FILE)]);
    refuses(&["files", "upload", "f"], &[(8, ANTHROPIC_FILE)]);
    refuses(&["files", "rm", "file_1"], &[(9, deleted)]);
    refuses(&["files", "ls", "sesn_1:/", "-R"], &[(6, page), (10, page)]);
    refuses(&["files", "rm", "sesn_1:/sesrsc_1"], &[(10, page), (13, deleted)]);
    refuses(&["files", "upload", "f", "sesn_1:/new"], &[(8, &["/id", "/size_bytes"]), (10, page), (12, MOUNT)]);
    refuses(&["resources", "list", "sesn_1"], &[(10, page)]);
    refuses(&["resources", "get", "sesn_1", "sesrsc_1"], &[(11, MOUNT)]);
    refuses(&["resources", "add", "sesn_1", "file_1:/new"], &[(12, MOUNT)]);
    refuses(&["resources", "delete", "sesn_1", "sesrsc_1"], &[(13, deleted)]);
    refuses(&["agents", "list"], &[(14, page)]);
    refuses(&["agents", "get", "agent_1"], &[(15, AGENT)]);
    refuses(&["agents", "list", "agent_1"], &[(16, page)]);
    refuses(&["environments", "list"], &[(17, page)]);
    refuses(&["environments", "get", "env_1"], &[(18, ENVIRONMENT)]);
    refuses_to_download("anthropic", &routes, "sesn_1:/mnt/session/outputs", &[(6, page), (10, page)]);
    let mut still_there = routes.clone();
    still_there[5].2 = anthropic_session("sesn_1");
    let stage = Stage::new("anthropic", still_there);
    stage.run(&["sessions", "delete", "sesn_1"]).code(8).says(&["a deletion"]);
}

fn agb_of(data: &Value) -> Value {
    json!({ "requestId": "r", "code": "ok", "message": "", "success": true, "httpStatusCode": 200, "data": data })
}

fn tool(text: &str) -> Value {
    agb_of(&json!({ "content": [{ "type": "text", "text": text }], "isError": false }))
}

fn ran(stdout: &str) -> Value {
    tool(&json!({ "stdout": stdout, "stderr": "", "exit_code": 0 }).to_string())
}

const TOOL: Fields = &[
    "/success",
    "/data",
    "/data/content",
    "/data/content/0",
    "/data/content/0/type",
    "/data/content/0/text",
    "?/data/isError",
];

fn agb() -> Vec<Route> {
    let route = |call, answer| Route(call, "", answer);
    let state = json!([{ "contextId": "c1", "path": "/d", "status": "Success", "taskType": "download" }]);
    let status = json!([{ "type": "data", "data": state.to_string() }]).to_string();
    let item = |id: &str| json!({ "sessionId": id, "sessionStatus": "RUNNING" });
    vec![
        route("GET /sdk/ListSession", agb_of(&json!([item("s1"), item("s2")]))),
        route("POST /mcp/getSession", agb_of(&json!({ "sessionId": "s1", "status": "RUNNING" }))),
        route("GET /sdk/GetLabel", agb_of(&json!({ "labels": "{\"a\":\"b\"}" }))),
        route("POST /mcp/createSession", agb_of(&json!({ "sessionId": "s1", "success": true }))),
        route("POST /mcp/getSessionInfo", agb_of(&json!({ "sessionId": "s1", "status": "RUNNING" }))),
        route("GET /sdk/GetContextInfo", agb_of(&json!({ "contextStatus": status }))),
        Route("POST /mcp", "'-maxdepth' '1'", ran("0 d 4096 1 755 tmp/1 f 5 1 644 x/")),
        Route("POST /mcp", "mkdir", ran("")),
        Route("POST /mcp", "create_directory", tool("ok")),
        route("POST /sdk/SetLabel", agb_of(&Value::Null)),
        route("POST /mcp/refreshSessionIdleTime", agb_of(&Value::Null)),
        Route("POST /mcp", "'-maxdepth' '0'", ran("0 d 4096 1 755 d/")),
    ]
}

#[test]
fn agbs_answers_have_what_is_relied_on() {
    let routes = agb();
    let refuses = |args: &[&str], calls: &[(usize, Fields)]| refuses("agb", &routes, args, calls);
    refuses(&["sessions", "list"], &[(0, &["/success", "/data"])]);
    refuses(&["sessions", "get", "s1"], &[(1, &["/success", "/data", "/data/status"]), (2, &["/success", "/data"])]);
    refuses(&["sessions", "create"], &[(3, &["/success", "/data", "/data/sessionId"])]);
    refuses(&["sessions", "label", "s1", "c=d"], &[(2, &["/data"]), (9, &["/success"])]);
    refuses(&["sessions", "touch", "s1"], &[(10, &["/success"])]);
    refuses(&["resources", "list", "s1"], &[(5, &["/success", "/data", "/data/contextStatus"])]);
    refuses(&["files", "ls", "s1:/tmp"], &[(6, TOOL)]);
    refuses(&["files", "mkdir", "s1:/tmp/d"], &[(8, &["/success", "/data"])]);
    // Only what goes before the removal can be sound here: what goes after it finds the session still there.
    for change in changed(&routes[4].2, "/data/status").into_iter().map(|(_, change)| change).chain(others()) {
        if change.to_string().contains("-1.5") {
            continue;
        }
        let mut routes = routes.clone();
        routes[4].2 = change;
        Stage::new("agb", routes).run(&["sessions", "delete", "s1", "--missing-ok"]).code(8);
    }
}

#[test]
fn agbs_tools_did_nothing_unless_they_say_so() {
    // The output of a command without its status, and answers of something else in its place.
    for text in ["{}", "[]", r#"{"error":{"code":"Throttled"}}"#, r#"{"stdout":""}"#, r#"{"exit_code":null}"#, "busy"] {
        let mut routes = agb();
        routes.insert(0, Route("POST /mcp", "rm -rf", tool(text)));
        let stage = Stage::new("agb", routes);
        let run = stage.run(&["files", "rm", "-r", "s1:/tmp/d"]);
        run.code(8);
        assert!(!run.stdout().contains("true"), "{text}: {}", run.stdout());
    }
}

#[test]
fn an_answer_without_a_token_is_no_login() {
    let mut bodies: Vec<String> = others()
        .iter()
        .map(|other| match other {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
        .collect();
    for bad in [
        json!({ "access_token": null, "expires_in": 3600, "token_type": "Bearer" }),
        json!({ "access_token": 7, "expires_in": 3600, "token_type": "Bearer" }),
        json!({ "access_token": "", "expires_in": 3600, "token_type": "Bearer" }),
        json!({ "access_token": ["PLANTED-a"], "expires_in": 3600, "token_type": "Bearer" }),
        json!({ "expires_in": 3600, "token_type": "Bearer" }),
        json!({ "access_token": "PLANTED-a", "expires_in": {}, "token_type": "Bearer" }),
    ] {
        bodies.push(bad.to_string());
    }
    let answers = Arc::new(Mutex::new(String::new()));
    let shared = Arc::clone(&answers);
    let azure =
        Azure::of(move |_| (200, "content-type: application/json\r\n".to_owned(), shared.lock().unwrap().clone()));
    for body in bodies {
        answers.lock().unwrap().clone_from(&body);
        let run = principal(azure.list(), "tenant-1", "PLANTED-secret").run();
        run.one_of(&[3, 8]);
        assert_eq!(run.stdout(), "", "{body}");
    }
}

/// Lists with a sound entry before and behind a bad one.
fn lists_the_rest(
    backend: &'static str,
    routes: &[Route],
    index: usize,
    list: &str,
    fields: Fields,
    (args, column): (&[&str], &str),
) {
    let items = routes[index].2.pointer(list).unwrap().as_array().unwrap();
    let [first, middle, last] = &items[..] else { panic!("three items") };
    let mut all: Vec<_> = fields.iter().flat_map(|field| changed(middle, field)).collect();
    if backend == "agb" {
        // Its clients take a number for text.
        all.retain(|(_, other)| !other.to_string().contains("-1.5"));
    }
    all.extend(
        [json!({ "error": { "code": "Throttled" } }), json!({}), json!([]), json!(7), Value::Null]
            .map(|bad| (bad.to_string(), bad)),
    );
    let sound = Stage::new(backend, routes.to_vec());
    let wanted = sound.run(args).ok().column(column);
    assert_eq!(wanted.len(), 3, "{wanted:?}");
    for (what, bad) in all {
        let mut routes = routes.to_vec();
        *routes[index].2.pointer_mut(list).unwrap() = json!([first, bad, last]);
        let stage = Stage::new(backend, routes);
        let run = stage.run(args);
        assert!(run.has_code(10), "{backend} {args:?}: {what}: {}{}", run.stderr(), run.stdout());
        run.says(&["1 of 3"]);
        assert_eq!(run.column(column), [wanted[0].clone(), wanted[2].clone()], "{args:?}: {what}");
        for format in ["jsonl", "yaml", "table"] {
            let run = stage.run(&[args, &["--format", format]].concat());
            run.code(10);
            assert!(
                run.stdout().contains(&wanted[0]) && run.stdout().contains(&wanted[2]),
                "{format}: {}",
                run.stdout()
            );
        }
    }
}

#[test]
fn one_bad_entry_of_a_listing_is_an_error_of_its_own() {
    let mut routes = foundry();
    routes[0].2["data"] = ["s1", "s2", "s3"].map(foundry_session).into();
    routes[8].2["entries"] = ["a", "b", "c"].map(foundry_file).into();
    lists_the_rest("foundry", &routes, 0, "/data", FOUNDRY_SESSION, (&["sessions", "list"], "id"));
    let file: Fields = &["/name", "/is_directory", "/size"];
    lists_the_rest("foundry", &routes, 8, "/entries", file, (&["files", "ls", "s1:/"], "path"));
    routes[11].2["data"] = ["a1", "a2", "a3"].map(foundry_agent).into();
    lists_the_rest("foundry", &routes, 11, "/data", FOUNDRY_AGENT, (&["agents", "list"], "id"));
    let mut routes = anthropic();
    routes[14].2["data"] = ["agent_1", "agent_2", "agent_3"].map(agent).into();
    routes[16].2["data"] = routes[14].2["data"].clone();
    routes[17].2["data"] = ["env_1", "env_2", "env_3"].map(environment).into();
    lists_the_rest("anthropic", &routes, 14, "/data", AGENT, (&["agents", "list"], "id"));
    lists_the_rest("anthropic", &routes, 16, "/data", AGENT, (&["agents", "list", "agent_1"], "id"));
    lists_the_rest("anthropic", &routes, 17, "/data", ENVIRONMENT, (&["environments", "list"], "id"));
    routes[0].2["data"] = ["sesn_1", "sesn_2", "sesn_3"].map(anthropic_session).into();
    routes[6].2["data"] = ["file_1", "file_2", "file_3"].map(anthropic_file).into();
    routes[10].2["data"] = ["sesrsc_1", "sesrsc_2", "sesrsc_3"].map(mount).into();
    lists_the_rest("anthropic", &routes, 0, "/data", ANTHROPIC_SESSION, (&["sessions", "list"], "id"));
    lists_the_rest("anthropic", &routes, 6, "/data", ANTHROPIC_FILE, (&["files", "ls"], "id"));
    lists_the_rest("anthropic", &routes, 10, "/data", MOUNT, (&["resources", "list", "sesn_1"], "id"));
    routes[6].2["data"] = json!([]);
    lists_the_rest("anthropic", &routes, 10, "/data", MOUNT, (&["files", "ls", "sesn_1:/mnt/session/uploads"], "path"));
    let mut routes = agb();
    let item = |id: &str| json!({ "sessionId": id, "sessionStatus": "RUNNING" });
    routes[0].2["data"] = ["s1", "s2", "s3"].map(item).into();
    lists_the_rest("agb", &routes, 0, "/data", &["/sessionId", "/sessionStatus"], (&["sessions", "list"], "id"));
}

#[test]
fn sessions_of_unknown_age_are_named_also_where_others_cannot_be_read() {
    let mut routes = anthropic();
    let sessions = ["sesn_1", "sesn_2"].map(|id| {
        let mut session = anthropic_session(id);
        session["created_at"] = Value::Null;
        session
    });
    routes[0].2["data"] = json!([sessions[0], { "type": "session" }, sessions[1]]);
    let run = Stage::new("anthropic", routes).run(&["sessions", "list", "--older-than", "0s"]);
    run.code(8).says(&["2 sessions are left out, because the time of creation is not known: sesn_1, sesn_2"]);
}

/// Half of a surrogate pair, which JSON can write and no string can hold.
const HALF: &str = r"\ud800";

#[test]
fn a_name_that_no_string_can_hold_is_named_as_it_was_written() {
    let bad = |answer: &Value| Value::String(answer.to_string().replace("HALF", HALF));
    let mut routes = foundry();
    routes[0].2 = bad(&json!({ "data": [foundry_session("s1"), foundry_session("xHALF")], "has_more": false }));
    routes[8].2 = bad(&json!({ "entries": [foundry_file("good"), foundry_file("xHALF")], "has_more": false }));
    let stage = Stage::new("foundry", routes);
    let run = stage.run(&["sessions", "list"]);
    assert_eq!(run.code(10).says(&[r"x\ud800"]).column("id"), ["s1"]);
    let run = stage.run(&["files", "ls", "s1:/"]);
    assert_eq!(run.code(10).says(&[r"x\ud800"]).column("name"), ["good"]);
    let run = stage.run(&["files", "download", "s1:/", "dst", "--dry-run"]);
    assert_eq!(run.code(10).json().as_array().unwrap().len(), 2);

    let mut routes = anthropic();
    routes[0].2 = bad(&json!({ "data": [anthropic_session("sesn_1"), anthropic_session("sesn_HALF")] }));
    routes[6].2 = bad(&json!({ "data": [anthropic_file("file_1"), anthropic_file("file_HALF")] }));
    let stage = Stage::new("anthropic", routes);
    assert_eq!(stage.run(&["sessions", "list"]).code(10).says(&[r"sesn_\ud800"]).column("id"), ["sesn_1"]);
    assert_eq!(stage.run(&["files", "ls"]).code(10).says(&[r"file_\ud800"]).column("id"), ["file_1"]);

    let mut routes = agb();
    let item = |id: &str| json!({ "sessionId": id, "sessionStatus": "RUNNING" });
    routes[0].2 = bad(&agb_of(&json!([item("s1"), item("xHALF")])));
    let found = ran("0 d 4096 1 755 tmp/1 f 5 1 644 good/1 f 5 1 644 xHALF/").to_string();
    // Twice within strings: the tool's text is JSON in JSON.
    routes[6].2 = Value::String(found.replace("HALF", r"\\ud800"));
    let stage = Stage::new("agb", routes);
    assert_eq!(stage.run(&["sessions", "list"]).code(10).column("id"), ["s1"]);
    assert_eq!(stage.run(&["files", "ls", "s1:/tmp"]).code(10).column("name"), ["good"]);
}

#[test]
fn an_unknown_half_of_a_pair_harms_no_format() {
    let mut routes = foundry();
    let mut odd = foundry_session("s2");
    odd["of_tomorrow"] = json!("HALF");
    let list = json!({ "data": [foundry_session("s1"), odd, foundry_session("s3")], "has_more": false });
    routes[0].2 = Value::String(list.to_string().replace("HALF", HALF));
    let stage = Stage::new("foundry", routes);
    assert_eq!(stage.run(&["sessions", "list"]).ok().lines().iter().filter(|line| line.contains(HALF)).count(), 1);
    // YAML has no form for it: that one is missing, and said so.
    let run = stage.run(&["sessions", "list", "--format", "yaml"]);
    run.code(10).says(&["1 of 3"]);
    assert!(run.stdout().contains("s1") && run.stdout().contains("s3"), "{}", run.stdout());
}

#[test]
fn a_directory_that_cannot_be_listed_does_not_hide_the_others() {
    for (status, bad) in
        [(400, "{}"), (403, "{}"), (500, "{}"), (200, "{}"), (200, r#"{"error":{"code":"Throttled"}}"#)]
    {
        let stage = Stage::of("foundry", move |asked| {
            let directory = |name: &str| json!({ "name": name, "size": 0, "is_directory": true });
            let line = &asked.line;
            if line.contains("/files/stat") {
                return json_of(200, &json!({ "name": "d", "is_dir": true }));
            }
            if line.contains("/files/content") {
                return (200, String::new(), "12345".to_owned());
            }
            if line.contains("path=d%2Fb") {
                return (status, "content-type: application/json\r\n".to_owned(), bad.to_owned());
            }
            let entries = match line {
                line if line.contains("path=d%2F") => vec![foundry_file("x")],
                _ => ["a", "b", "c"].map(directory).into(),
            };
            json_of(200, &json!({ "entries": entries, "has_more": false }))
        });
        let run = stage.run(&["files", "ls", "-R", "s1:/d"]);
        run.code(10).says(&["1 of 6", "listing `s1:/d/b`"]);
        assert_eq!(run.column("path"), ["/d/a", "/d/a/x", "/d/b", "/d/c", "/d/c/x"], "{status} {bad}");
        let run = stage.run(&["files", "download", "s1:/d", "dst"]);
        run.code(10).says(&["`s1:/d/b`"]);
        assert_eq!(stage.sandbox.tree("dst"), ["a/", "a/x", "b/", "c/", "c/x"], "{status} {bad}");
        assert_eq!(run.json().as_array().unwrap().len(), 3);
    }
}

#[test]
fn what_cannot_be_read_is_neither_deleted_by_its_labels_nor_passed_over() {
    let mut routes = anthropic();
    let (mut bad, mut other) = (anthropic_session("sesn_2"), anthropic_session("sesn_3"));
    bad["metadata"] = json!(["a", "b"]);
    other["metadata"] = json!({});
    for (sessions, deleted, codes) in [
        (json!([anthropic_session("sesn_1"), bad, other]), &["sesn_1"][..], [10, 10]),
        (json!([bad, other]), &[], [8, 8]),
        (json!([other]), &[], [11, 0]),
    ] {
        routes[0].2["data"] = sessions;
        for (code, missing_ok) in codes.into_iter().zip([&[][..], &["--missing-ok"]]) {
            let stage = Stage::new("anthropic", routes.clone());
            let run = stage.run(&[&["sessions", "delete", "--label", "a=b", "--yes"], missing_ok].concat());
            run.code(code);
            let asked = stage.service.asked("DELETE");
            assert_eq!(asked.len(), deleted.len(), "{:?}", asked.first());
            assert!(asked.iter().zip(deleted).all(|(asked, id)| asked.line.contains(id)));
        }
    }
}

#[test]
fn what_cannot_be_read_may_be_what_was_asked_for() {
    let mut routes = anthropic();
    routes[10].2["data"] = json!([mount("sesrsc_1"), { "type": "file", "id": "sesrsc_2" }]);
    let stage = Stage::new("anthropic", routes);
    stage.run(&["files", "stat", "sesn_1:/sesrsc_1"]).ok();
    for args in [
        &["files", "stat", "sesn_1:/other"][..],
        &["files", "rm", "-f", "sesn_1:/other"],
        &["files", "download", "sesn_1:/other", "dst"],
        &["resources", "delete", "sesn_1", "--mount-path", "/other"],
    ] {
        stage.run(args).code(8).says(&["sesrsc_2"]);
    }
    // Where only the agent writes nothing is mounted.
    stage.run(&["files", "stat", "sesn_1:/mnt/session/outputs/other"]).code(4);
    let run = stage.run(&["files", "rm", "-r", "sesn_1:/mnt/session/uploads"]);
    run.code(8);
    assert!(!run.stdout().contains("true"), "{}", run.stdout());
}

/// Pages with one item each, whose cursors are `cursors` in their order, again and again.
fn circle(backend: &'static str, cursors: &'static [&'static str]) -> Stage {
    let count = AtomicUsize::new(0);
    Stage::of(backend, move |asked| {
        let line = &asked.line;
        if line.contains("/files/stat") {
            return json_of(200, &json!({ "name": "d", "is_dir": true }));
        }
        let number = count.fetch_add(1, Ordering::Relaxed);
        let cursor = cursors[number % cursors.len()];
        let foundry = |list: &str, item: Value| json!({ list: [item], "has_more": true, "last_id": cursor });
        let anthropic = |item: Value| match cursor.strip_prefix("after:") {
            Some(id) => json!({ "data": [item], "has_more": true, "last_id": id }),
            None => json!({ "data": [item], "next_page": cursor }),
        };
        let mut version = json!({ "id": "v", "version": "7", "status": "failed" });
        version["id"] = number.to_string().into();
        json_of(
            200,
            &match (backend, line) {
                ("foundry", line) if line.contains("/versions") => foundry("data", version),
                ("foundry", line) if line.contains("/files") => foundry("entries", foundry_file(&number.to_string())),
                ("foundry", _) => foundry("data", foundry_session(&format!("s{number}"))),
                ("anthropic", line) if line.contains("/resources") => anthropic(mount(&format!("sesrsc_{number}"))),
                ("anthropic", line) if line.contains("/files") => anthropic(anthropic_file(&format!("file_{number}"))),
                ("anthropic", _) => anthropic(anthropic_session(&format!("sesn_{number}"))),
                _ => {
                    let mut answer =
                        agb_of(&json!([{ "sessionId": format!("s{number}"), "sessionStatus": "RUNNING" }]));
                    answer["nextToken"] = cursor.into();
                    answer
                }
            },
        )
    })
}

#[test]
fn each_cursor_is_followed_once() {
    let listings: [(&str, &[&[&str]]); 3] = [
        (
            "foundry",
            &[
                &["sessions", "list"],
                &["sessions", "create"],
                &["files", "ls", "s1:/d"],
                &["files", "ls", "-R", "s1:/d"],
                &["files", "download", "s1:/d", "dst"],
            ],
        ),
        (
            "anthropic",
            &[
                &["sessions", "list"],
                &["files", "ls"],
                &["resources", "list", "sesn_1"],
                &["sessions", "delete", "--label", "no=one", "--yes", "--missing-ok"],
                &["resources", "delete", "sesn_1", "--mount-path", "/x"],
            ],
        ),
        ("agb", &[&["sessions", "list"], &["sessions", "delete", "--label", "a=b", "--yes"]]),
    ];
    for (backend, commands) in listings {
        for args in commands {
            for cursors in [&["a"][..], &["a", "b"], &["a", "b", "c", "d"], &["after:a", "after:b"]] {
                let stage = circle(backend, cursors);
                let run = stage.run(args);
                assert!(run.has_code(8), "{backend} {args:?} {cursors:?}: {}{}", run.stderr(), run.stdout());
                run.says(&["cursor"]);
                assert!(stage.service.asked("DELETE").is_empty(), "nothing may be deleted");
                // The first page, and then each cursor once; some commands walk twice.
                let asked: Vec<_> =
                    stage.service.asked("").into_iter().filter(|asked| !asked.line.contains("stat")).collect();
                let lines: HashSet<_> =
                    asked.iter().map(|asked| asked.line.split('?').next().unwrap().to_owned()).collect();
                let most = 2 * lines.len() * (cursors.len() + 1);
                assert!(asked.len() <= most, "{backend} {args:?} {cursors:?}: {} requests", asked.len());
            }
        }
    }
}

#[test]
fn an_empty_cursor_is_not_followed() {
    let empty = |backend: &'static str, args: &[&str], code: i32| {
        let stage = circle(backend, &[""]);
        stage.run(args).code(code);
        assert_eq!(stage.service.asked("").iter().filter(|asked| !asked.line.contains("stat")).count(), 1, "{args:?}");
    };
    // It says that there is more.
    empty("foundry", &["sessions", "list"], 8);
    empty("foundry", &["files", "ls", "s1:/d"], 8);
    // That is how this service ends a listing [recorded], and how the official clients of the other read it.
    empty("agb", &["sessions", "list"], 0);
    empty("anthropic", &["sessions", "list"], 0);
}

#[test]
fn a_listing_that_breaks_off_is_closed_and_an_error() {
    let stage = circle("foundry", &["a"]);
    let run = stage.run(&["sessions", "list"]);
    assert_eq!(run.code(8).column("id"), ["s0", "s1"]);
}

#[test]
fn doctor_says_what_is_wrong_with_such_a_service() {
    for (backend, routes) in [("foundry", foundry()), ("anthropic", anthropic()), ("agb", agb())] {
        for other in others() {
            let broken = routes.iter().map(|Route(call, body, _)| Route(call, body, other.clone())).collect();
            let run = Stage::new(backend, broken).run(&["doctor"]);
            run.one_of(&[3, 8, 10]);
        }
    }
}

#[test]
fn what_something_else_does_not_find_is_not_missing() {
    for backend in ["foundry", "anthropic", "agb"] {
        for body in ["", "<html>Not Found</html>", "{}", r#"{"message":"Not Found"}"#] {
            let stage = Stage::of(backend, move |_| (404, String::new(), body.to_owned()));
            for args in [
                &["sessions", "delete", "sesn_1", "--missing-ok"][..],
                &["sessions", "wait", "sesn_1", "--for", "deleted"],
                &["sessions", "get", "sesn_1"],
                &["files", "rm", "-f", "sesn_1:/tmp/x"],
                &["files", "ls", "-R", "sesn_1:/"],
            ] {
                let run = stage.run(args);
                assert!(run.has_code(8), "{backend} {args:?} {body}: {}{}", run.stderr(), run.stdout());
            }
        }
    }
}
