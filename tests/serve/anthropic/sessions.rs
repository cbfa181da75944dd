//! Sessions: made, changed, listed, ended.

use serde_json::{Value, json};

use super::stage::{ReplyChecks, data, id, ids};
use crate::stage::{Stage, names};

fn create(more: &Value) -> Value {
    let mut body = json!({ "agent": "agent_1", "environment_id": "env_1" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

#[test]
fn a_session_is_made_whole_or_not_at_all() {
    let stage = Stage::new();
    let server = stage.serve(&["--store", "store"]);
    let file = server.store("a.csv", b"x");
    let many: serde_json::Map<String, Value> = (0..17).map(|n| (format!("k{n}"), json!("v"))).collect();
    let store = |n: usize| json!({ "type": "memory_store", "memory_store_id": format!("memstore_{n}") });
    let stores: Vec<Value> = (0..9).map(store).collect();
    let mount = |path: &str| json!({ "type": "file", "file_id": file, "mount_path": path });
    let events: Vec<Value> = (0..51).map(|_| json!({ "type": "user.message", "content": [] })).collect();
    for (more, code) in [
        (json!({ "tilte": "x" }), None),
        (json!({ "agent": { "type": "agent", "id": "agent_1", "system": "x" } }), None),
        (json!({ "agent": { "type": "agent_with_overrides", "id": "agent_1", "model": null } }), None),
        (json!({ "agent": { "type": "agent_with_overrides", "id": "agent_1", "name": "x" } }), None),
        (json!({ "agent": 7 }), None),
        (json!({ "metadata": { "k": "x".repeat(513) } }), Some("invalid_metadata")),
        (json!({ "metadata": { "x".repeat(65): "v" } }), Some("invalid_metadata")),
        (json!({ "metadata": many }), Some("invalid_metadata")),
        (json!({ "metadata": { "k": 1 } }), None),
        (json!({ "resources": [mount("/x"), { "type": "disk" }] }), None),
        (json!({ "resources": [mount("/x"), mount("x")] }), None),
        (json!({ "resources": [mount("/x"), mount("/x/y")] }), None),
        (json!({ "resources": [mount("/../x")] }), None),
        (json!({ "resources": [mount("/")] }), None),
        (json!({ "resources": [{ "type": "file", "file_id": file, "url": "u" }] }), None),
        (json!({ "resources": [{ "type": "file" }] }), None),
        (json!({ "resources": [{ "type": "github_repository" }] }), None),
        (json!({ "resources": stores }), None),
        (json!({ "initial_events": [{ "type": "user.interrupt" }] }), None),
        (json!({ "initial_events": events }), None),
        (json!({ "budget": {} }), None),
    ] {
        server.ask("POST", "/v1/sessions", &create(&more)).refused(400, "invalid_request_error", code);
    }
    for (more, code) in [
        (json!({ "agent": "helper" }), None),
        (json!({ "agent": { "type": "agent", "id": "agent_1", "version": 2 } }), None),
        (json!({ "environment_id": "python" }), Some("environment_not_found")),
        (json!({ "resources": [mount("/x"), { "type": "file", "file_id": "file_gone" }] }), None),
    ] {
        server.ask("POST", "/v1/sessions", &create(&more)).refused(404, "not_found_error", code);
    }
    server.ask("POST", "/v1/sessions", &json!({ "agent": "agent_1" })).bad();
    assert!(data(&server.look("/v1/sessions")).is_empty());
    assert!(names(&stage.path("store/sessions")).is_empty());
}

#[test]
fn a_change_sets_and_takes_away_and_leaves_the_rest() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let budget = json!({ "type": "limit", "max_list_cost": { "amount": "2500", "currency": "USD" } });
    let metadata = json!({ "team": "blue", "draft": "yes" });
    let body = create(&json!({ "title": "t", "metadata": metadata, "budget": budget }));
    let made = server.ask("POST", "/v1/sessions", &body).fine();
    let path = format!("/v1/sessions/{}", id(&made));
    let change = |body: Value| server.ask("POST", &path, &body);
    assert_eq!(change(json!({})).fine()["title"], "t");
    let changed = change(json!({ "metadata": { "draft": null, "new": "1", "never": null } })).fine();
    assert_eq!((&changed["metadata"], &changed["title"]), (&json!({ "team": "blue", "new": "1" }), &json!("t")));
    assert_eq!(change(json!({ "title": null, "budget": null })).fine()["title"], Value::Null);
    let tools = json!([{ "type": "custom", "name": "x" }]);
    let changed = change(json!({ "agent": { "tools": tools } })).fine();
    assert_eq!((&changed["agent"]["tools"], &changed["budget"]), (&tools, &Value::Null));
    assert_eq!(server.look(&path), changed);
    assert!(changed["updated_at"].as_str() > made["updated_at"].as_str());
    let added = change(json!({ "budget": budget }));
    added.refused(400, "invalid_request_error", Some("budget_create_only"));
    for bad in [
        json!({ "vault_ids": [] }),
        json!({ "agent": { "model": "m" } }),
        json!({ "tilte": "x" }),
        json!({ "title": 7 }),
    ] {
        change(bad).bad();
    }
    change(json!({ "metadata": { "k": "x".repeat(513) } })).refused(
        400,
        "invalid_request_error",
        Some("invalid_metadata"),
    );
    assert_eq!(server.look(&path)["metadata"], changed["metadata"]);
    server.ask("POST", "/v1/sessions/sesn_gone", &json!({})).refused(404, "not_found_error", None);
}

#[test]
fn listings_take_filters_and_cursors_in_both_directions() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let mut all: Vec<String> = (0..7).map(|_| server.empty().rsplit('/').next().unwrap().to_owned()).collect();
    all.reverse();
    let list = |query: &str| server.look(&format!("/v1/sessions?{query}"));
    let first = list("limit=3");
    assert_eq!((ids(&first), &first["prev_page"]), (all[..3].to_vec(), &Value::Null));
    let next = first["next_page"].as_str().unwrap();
    let second = list(&format!("limit=2&page={next}"));
    assert_eq!(ids(&second), all[3..5]);
    let back = second["prev_page"].as_str().unwrap();
    assert_eq!(ids(&list(&format!("limit=2&page={back}"))), all[1..3]);
    let oldest = list("order=asc&limit=100");
    assert_eq!(ids(&oldest), all.iter().rev().cloned().collect::<Vec<_>>());
    assert_eq!(oldest["next_page"], Value::Null);
    server.say(&format!("/v1/sessions/{}", all[2]), "sleep");
    assert_eq!(ids(&list("statuses[]=running&statuses[]=rescheduling")), [all[2].clone()]);
    assert_eq!(ids(&list("statuses%5B%5D=idle")).len(), 6);
    assert_eq!(ids(&list("agent_id=agent_1&agent_version=1")).len(), 7);
    assert!(ids(&list("agent_id=agent_2")).is_empty() && ids(&list("deployment_id=depl_1")).is_empty());
    let made = server.look(&format!("/v1/sessions/{}", all[4]))["created_at"].as_str().unwrap().to_owned();
    assert_eq!(ids(&list(&format!("created_at[gt]={made}"))), all[..4]);
    assert_eq!(ids(&list(&format!("created_at%5Bgte%5D={made}&limit=100"))), all[..5]);
    assert_eq!(ids(&list(&format!("created_at[lt]={made}"))), all[5..]);
    for query in [
        "limit=0",
        "limit=101",
        "order=up",
        "agent_version=1",
        "agent_id=agent_1&agent_version=0",
        "created_at[gt]=yesterday",
        "include_archived=yes",
        &format!("order=asc&page={next}"),
        &format!("created_at[lt]={made}&page={next}"),
    ] {
        server.ask("GET", &format!("/v1/sessions?{query}"), &Value::Null).bad();
    }
}

#[test]
fn a_session_that_runs_is_not_ended_and_one_that_ended_is_left_alone() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let file = server.store("a", b"x");
    let path = server.empty();
    server.say(&path, "sleep");
    assert_eq!(server.look(&path)["status"], "running");
    let archive = format!("{path}/archive");
    assert!(server.ask("DELETE", &path, &Value::Null).bad().contains("running"));
    server.ask("POST", &archive, &Value::Null).bad();
    server.ask("POST", &path, &json!({ "agent": { "tools": [] } })).bad();
    server.ask("POST", &path, &json!({ "title": "works" })).fine();
    server.ask("POST", &format!("{path}/events"), &json!({ "events": [{ "type": "user.interrupt" }] })).fine();
    let archived = server.ask("POST", &archive, &Value::Null).fine();
    assert_eq!(archived["status"], "terminated");
    assert_eq!(server.ask("POST", &archive, &Value::Null).fine(), archived);
    assert!(data(&server.look("/v1/sessions")).is_empty());
    assert_eq!(data(&server.look("/v1/sessions?include_archived=true")), [archived]);
    let message = json!({ "events": [{ "type": "user.message", "content": [] }] });
    for (path, body) in [
        (path.clone(), json!({ "title": "x" })),
        (format!("{path}/events"), message),
        (format!("{path}/resources"), json!({ "type": "file", "file_id": file })),
    ] {
        server.ask("POST", &path, &body).bad();
    }
    let gone = server.ask("DELETE", &path, &Value::Null).fine();
    assert_eq!(gone["type"], "session_deleted");
    for method in ["GET", "DELETE"] {
        server.ask(method, &path, &Value::Null).refused(404, "not_found_error", None);
    }
}

#[test]
fn dialects_do_not_see_each_other_and_sessions_outlive_the_server() {
    let stage = Stage::new();
    let (path, before) = {
        let server = stage.session(&["--store", "store"]);
        let file = server.store("a.csv", b"1,2");
        let made = server.open(&json!([{ "type": "file", "file_id": file, "mount_path": "/a.csv" }]));
        let path = format!("/v1/sessions/{}", id(&made));
        server.leave(&path, "filename=out", b"out");
        assert_eq!(data(&server.look("/v1/sessions")).len(), 1);
        server.ask("GET", "/v1/sessions/a1.s1", &Value::Null).refused(404, "not_found_error", None);
        let foundry = server.get("/agents/a1/endpoint/sessions").ok().json();
        assert_eq!(foundry["data"].as_array().unwrap().len(), 1);
        let before = server.look(&path);
        (path, before)
    };
    let copy = stage.path("store").join(path.trim_start_matches("/v1/")).join("mnt/session/uploads/a.csv");
    assert_eq!(std::fs::read(copy).unwrap(), b"1,2");
    let server = stage.serve(&["--store", "store"]);
    assert_eq!(server.look(&path), before);
    let files = server.files_of(&path);
    assert_eq!(files.len(), 2);
    let output = files.iter().find(|file| file["filename"] == "out").unwrap();
    assert_eq!(server.with("", "GET", &format!("/v1/files/{}/content", id(output)), "").body, b"out");
    // One that is killed leaves what it answered, too.
    let (resource, title) = (format!("{path}/resources/{}", id(&before["resources"][0])), json!({ "title": "new" }));
    server.ask("POST", &path, &title).fine();
    server.ask("DELETE", &resource, &Value::Null).fine();
    let gone = server.empty();
    server.ask("DELETE", &gone, &Value::Null).fine();
    let before = server.look(&path);
    // Two servers of one store hear of each other.
    let other = stage.serve(&["--store", "store"]);
    assert_eq!(other.look(&path), before);
    other.ask("POST", &path, &json!({ "title": "theirs" })).fine();
    let shared = other.empty();
    let before = server.look(&path);
    assert_eq!(before["title"], "theirs");
    server.ask("DELETE", &shared, &Value::Null).fine();
    other.ask("GET", &shared, &Value::Null).refused(404, "not_found_error", None);
    server.signal(rustix::process::Signal::KILL);
    drop(other);
    drop(server);
    let server = stage.serve(&["--store", "store"]);
    assert_eq!(server.look(&path), before);
    assert_eq!((&before["title"], &before["resources"]), (&json!("theirs"), &json!([])));
    assert_eq!(data(&server.look("/v1/sessions")).len(), 1);
    server.ask("GET", &gone, &Value::Null).refused(404, "not_found_error", None);
}
