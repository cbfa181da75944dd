//! Threads, environments and agents: what of them a client can ask for and change.

use std::io::{BufRead, BufReader, Write as _};

use serde_json::{Value, json};

use super::stage::{MANAGED, ReplyChecks, data, id};
use crate::stage::Stage;

#[test]
fn a_session_has_its_primary_thread() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let opened = server.open(&json!([]));
    let session = format!("/v1/sessions/{}", id(&opened));
    let threads = format!("{session}/threads");
    let thread = data(&server.look(&threads)).pop().unwrap();
    let path = format!("{threads}/{}", id(&thread));
    assert_eq!(server.look(&path), thread);
    for (name, value) in [
        ("type", json!("session_thread")),
        ("session_id", opened["id"].clone()),
        ("status", json!("idle")),
        ("parent_thread_id", Value::Null),
        ("archived_at", Value::Null),
        ("stats", Value::Null),
        ("usage", Value::Null),
        ("created_at", opened["created_at"].clone()),
    ] {
        assert_eq!(thread[name], value, "{name}");
    }
    assert_eq!(thread["agent"]["id"], "agent_1");
    assert!(thread["agent"].get("multiagent").is_none() && id(&thread).starts_with("sthr_"));

    // It does what the session does, and its history is the session's.
    server.say(&session, "sleep");
    assert_eq!(server.look(&path)["status"], "running");
    assert!(data(&server.look(&format!("{threads}?statuses[]=idle"))).is_empty());
    assert_eq!(data(&server.look(&format!("{threads}?statuses[]=idle&statuses[]=running&limit=1"))).len(), 1);
    let interrupt = |thread: &str| json!({ "events": [{ "type": "user.interrupt", "session_thread_id": thread }] });
    server.ask("POST", &format!("{session}/events"), &interrupt("sthr_other")).bad();
    assert_eq!(server.look(&path)["status"], "running", "nothing of a refused request is done");
    server.ask("POST", &format!("{session}/events"), &interrupt(&id(&thread))).fine();
    let ended = server.look(&path);
    assert_eq!(ended["status"], "idle");
    assert!(ended["stats"]["active_seconds"].is_number());
    assert!(ended["usage"]["input_tokens"].is_number());
    let events = server.look(&format!("{path}/events"));
    assert_eq!(events, server.look(&format!("{session}/events")));
    let first = server.look(&format!("{path}/events?limit=1"));
    let rest = format!("{path}/events?page={}", first["next_page"].as_str().unwrap());
    assert_eq!([data(&first), data(&server.look(&rest))].concat(), data(&events));

    let mut stream = server.connect();
    stream.write_all(server.asking("GET", &format!("{path}/stream"), MANAGED, "").as_bytes()).unwrap();
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    assert!(lines.by_ref().any(|line| line == ": open"));
    server.say(&session, "hello");
    assert!(lines.by_ref().any(|line| line == "event: user.message"));
    assert!(lines.by_ref().any(|line| line == "event: session.status_idle"));

    server.ask("POST", &format!("{path}/archive"), &Value::Null).bad();
    for (method, path) in [
        ("GET", format!("{threads}/sthr_none")),
        ("GET", format!("{threads}/sthr_none/events")),
        ("GET", format!("{threads}/sthr_none/stream")),
        ("POST", format!("{threads}/sthr_none/archive")),
        ("GET", "/v1/sessions/sesn_none/threads".to_owned()),
    ] {
        server.ask(method, &path, &Value::Null).refused(404, "not_found_error", None);
    }
    server.ask("POST", &format!("{session}/archive"), &Value::Null).fine();
    let archived = server.look(&path);
    assert!(archived["archived_at"].is_string() && archived["status"] == "terminated");
}

#[test]
fn an_environment_is_changed_and_keeps_what_is_not_given() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let network = json!({ "type": "limited", "allowed_hosts": ["a.example"] });
    let body = json!({
        "name": "python", "description": "d", "metadata": { "a": "1", "b": "2", "c": "3" },
        "config": { "type": "cloud", "networking": network },
    });
    let made = server.ask("POST", "/v1/environments", &body).fine();
    let whole = json!({
        "type": "limited", "allowed_hosts": ["a.example"], "allow_mcp_servers": false, "allow_package_managers": false,
    });
    assert_eq!(made["config"]["networking"], whole);
    let path = format!("/v1/environments/{}", id(&made));
    let change = |body: Value| server.ask("POST", &path, &body);

    let same = change(json!({ "name": null, "config": null, "scope": null })).fine();
    for member in ["name", "description", "config", "metadata", "scope", "created_at"] {
        assert_eq!(same[member], made[member], "{member}");
    }
    assert!(same["updated_at"].as_str() > made["updated_at"].as_str());
    let changed = change(json!({
        "name": "python-2", "description": null, "metadata": { "a": null, "b": "", "d": "4" }, "scope": "account",
        "config": { "type": "cloud", "networking": { "type": "limited", "allow_mcp_servers": true } },
    }))
    .fine();
    let network = &changed["config"]["networking"];
    assert_eq!((&network["allowed_hosts"], &network["allow_mcp_servers"]), (&json!(["a.example"]), &json!(true)));
    assert_eq!((&changed["name"], &changed["description"]), (&json!("python-2"), &Value::Null));
    assert_eq!((&changed["metadata"], &changed["scope"]), (&json!({ "c": "3", "d": "4" }), &json!("account")));
    assert_eq!(server.look(&path), changed);
    let packages =
        |more: Value| json!({ "config": { "type": "cloud", "packages": { "pip": ["x"] }, "networking": more } });
    change(packages(Value::Null)).bad();
    change(packages(json!({ "type": "limited", "allow_package_managers": true }))).fine();
    let open = change(json!({ "config": { "type": "cloud", "networking": { "type": "unrestricted" } } })).fine();
    assert_eq!(open["config"]["packages"]["pip"], json!(["x"]), "packages stay");

    server.ask("POST", "/v1/environments", &json!({ "name": "other" })).fine();
    change(json!({ "name": "other" })).refused(409, "conflict_error", None);
    for bad in [
        json!({ "nmae": "x" }),
        json!({ "name": 7 }),
        json!({ "scope": "world" }),
        json!({ "config": { "type": "desktop" } }),
        json!({ "config": { "type": "cloud", "cpu": 1 } }),
        json!({ "config": { "type": "cloud", "networking": { "type": "limited", "hosts": [] } } }),
        json!({ "config": { "type": "cloud", "networking": { "type": "limited", "allowed_hosts": "x" } } }),
        json!({ "config": { "type": "cloud", "networking": { "type": "limited", "allow_mcp_servers": "yes" } } }),
        json!({ "config": { "type": "cloud", "packages": { "brew": [] } } }),
        json!({ "config": { "type": "cloud", "packages": { "pip": "pandas" } } }),
        json!({ "config": { "type": "self_hosted", "networking": {} } }),
    ] {
        change(bad).bad();
    }
    change(json!({ "metadata": { "k": 1 } })).refused(400, "invalid_request_error", Some("invalid_metadata"));
    assert_eq!(server.look(&path), open, "nothing of a refused change is done");
    assert_eq!(
        change(json!({ "config": { "type": "self_hosted" } })).fine()["config"],
        json!({ "type": "self_hosted" })
    );
    server.ask("POST", &format!("{path}/archive"), &Value::Null).fine();
    change(json!({ "name": "x" })).refused(400, "invalid_request_error", Some("environment_archived"));
    // An environment that was never created can be changed as well.
    assert_eq!(server.ask("POST", "/v1/environments/env_any", &json!({ "name": "n" })).fine()["id"], "env_any");
    assert_eq!(server.look("/v1/environments/env_any")["name"], "n");
    server.ask("POST", "/v1/environments/none", &json!({})).refused(
        404,
        "not_found_error",
        Some("environment_not_found"),
    );
}

#[test]
fn an_archived_agent_has_its_versions_and_takes_no_change() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let body = json!({ "name": "a", "model": "m", "system": "s", "metadata": { "a": "1", "b": "2" } });
    let made = server.ask("POST", "/v1/agents", &body).fine();
    let path = format!("/v1/agents/{}", id(&made));
    let second = server.ask("POST", &path, &json!({ "metadata": { "a": null, "c": "3" }, "system": null })).fine();
    assert_eq!((&second["metadata"], &second["system"]), (&json!({ "b": "2", "c": "3" }), &Value::Null));
    for bad in [json!({ "name": null }), json!({ "name": "" }), json!({ "model": null }), json!({ "nmae": "x" })] {
        server.ask("POST", &path, &bad).bad();
    }
    let archived = server.ask("POST", &format!("{path}/archive"), &Value::Null).fine();
    assert_eq!(server.ask("POST", &format!("{path}/archive"), &Value::Null).fine(), archived);
    let numbers = |query: &str| -> Vec<Value> {
        data(&server.look(&format!("{path}/versions{query}"))).iter().map(|agent| agent["version"].clone()).collect()
    };
    assert_eq!(numbers(""), [json!(2), json!(1)]);
    assert_eq!(numbers("?limit=1"), [json!(2)]);
    server.ask("POST", &path, &json!({ "name": "b" })).bad();
    assert_eq!(server.look(&path), archived);
    assert!(data(&server.look("/v1/agents")).is_empty());
    assert_eq!(data(&server.look("/v1/agents?include_archived=true")), [archived]);
}
