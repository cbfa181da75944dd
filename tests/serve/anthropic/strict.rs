//! What is misspelt is refused, and not passed over.

use serde_json::{Value, json};

use super::stage::{ReplyChecks, id};
use crate::stage::Stage;

#[test]
fn a_query_parameter_that_a_call_does_not_have_is_refused() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let agent = id(&server.ask("POST", "/v1/agents", &json!({ "name": "a", "model": "m" })).fine());
    let environment = id(&server.ask("POST", "/v1/environments", &json!({ "name": "e" })).fine());
    let file = server.store("a.csv", b"x");
    let opened = server.open(&json!([{ "type": "file", "file_id": file }]));
    let session = format!("/v1/sessions/{}", id(&opened));
    let resource = format!("{session}/resources/{}", id(&opened["resources"][0]));
    let thread = format!("{session}/threads/{}", id(&server.look(&format!("{session}/threads"))["data"][0]));
    let reads = [
        "/v1/files".to_owned(),
        format!("/v1/files/{file}"),
        "/v1/sessions".to_owned(),
        session.clone(),
        format!("{session}/resources"),
        resource.clone(),
        format!("{session}/events"),
        format!("{session}/threads"),
        thread.clone(),
        format!("{thread}/events"),
        "/v1/agents".to_owned(),
        format!("/v1/agents/{agent}"),
        format!("/v1/agents/{agent}/versions"),
        "/v1/environments".to_owned(),
        format!("/v1/environments/{environment}"),
    ];
    for path in &reads {
        server.look(path);
        // Older clients add this to every call.
        server.look(&format!("{path}?beta=true"));
        for query in ["bogus=1", "beta=true&limitt=1", "statuses=idle", "Page=x", "=1"] {
            let said = server.ask("GET", &format!("{path}?{query}"), &Value::Null).bad();
            assert!(said.ends_with("Extra inputs are not permitted"), "{path}?{query}: {said}");
        }
    }
    for path in [format!("{session}/events/stream"), format!("{thread}/stream")] {
        server.ask("GET", &format!("{path}?bogus=1"), &Value::Null).bad();
    }
    // Nothing of what is refused is done.
    for (method, path) in [
        ("POST", format!("{session}/archive")),
        ("POST", session.clone()),
        ("DELETE", resource),
        ("DELETE", session.clone()),
        ("DELETE", format!("/v1/files/{file}")),
        ("DELETE", format!("/v1/environments/{environment}")),
        ("POST", format!("/v1/agents/{agent}/archive")),
        ("POST", "/v1/sessions".to_owned()),
        ("POST", "/v1/agents".to_owned()),
        ("POST", "/v1/environments".to_owned()),
    ] {
        server.ask(method, &format!("{path}?bogus=1"), &json!({})).bad();
    }
    assert_eq!(server.look(&session), opened);
    for path in &reads {
        server.look(path);
    }
    let output = format!("/_emulator/anthropic/sessions/{}/outputs?filename=x&expires=1s", id(&opened));
    server.with("", "POST", &output, "x").bad();
    // Each parameter is of the calls that have it.
    for (path, query) in [
        (format!("/v1/agents/{agent}"), "limit=1"),
        ("/v1/agents".to_owned(), "created_at[gt]=2026-01-01T00:00:00Z"),
        (format!("/v1/agents/{agent}/versions"), "include_archived=true"),
        ("/v1/environments".to_owned(), "order=asc"),
        (format!("{session}/resources"), "order=asc"),
        (format!("{thread}/events"), "types[]=user.message"),
        ("/v1/sessions".to_owned(), "scope_id=x"),
    ] {
        server.ask("GET", &format!("{path}?{query}"), &Value::Null).bad();
    }
}

#[test]
fn a_filter_by_a_word_that_is_not_known_is_refused() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let session = server.empty();
    for (path, query) in [
        ("/v1/sessions", "statuses[]=bogus"),
        ("/v1/sessions", "statuses[]=idle&statuses[]=Idle"),
        ("/v1/sessions", "statuses%5B%5D="),
        ("/v1/sessions", "order=up"),
        ("/v1/sessions", "include_archived=yes"),
        ("/v1/sessions", "created_at[gte]=yesterday"),
        ("/v1/agents", "include_archived=1"),
        (&*format!("{session}/threads"), "statuses[]=archived"),
        (&*format!("{session}/events"), "types[]=user.mesage"),
        // Not one of those that a listing can be asked for.
        (&*format!("{session}/events"), "types[]=session.deleted"),
        (&*format!("{session}/events/stream"), "event_deltas[]=agent.tool_use"),
    ] {
        let said = server.ask("GET", &format!("{path}?{query}"), &Value::Null).bad();
        assert!(said.contains(query.split(['[', '%', '=']).next().unwrap()), "{said}");
    }
    for status in ["idle", "running", "rescheduling", "terminated"] {
        server.look(&format!("/v1/sessions?statuses[]={status}"));
        server.look(&format!("{session}/threads?statuses[]={status}"));
    }
    for kind in ["user.message", "session.thread_created", "workflow_run.phase_ended", "span.model_request_end"] {
        server.look(&format!("{session}/events?types[]={kind}"));
    }
}

#[test]
fn the_names_of_features_that_the_sdks_list_are_known() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let listed = wharf_wire::anthropic::beta::LISTED;
    assert_eq!(listed.len(), 60);
    for name in listed {
        server.with(name, "GET", "/v1/files", "").fine();
    }
    let others = listed.iter().filter(|name| !name.starts_with("agent-memory")).copied().collect::<Vec<_>>();
    server.with(&others.join(","), "GET", "/v1/sessions", "").fine();
    for name in ["managed-agents-2026-04-02", "files-api", "x"] {
        assert!(server.with(name, "GET", "/v1/files", "").bad().contains(name));
    }
}

#[test]
fn all_times_have_six_decimals() {
    fn times(value: &Value, at: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => members.iter().for_each(|(name, value)| times(value, name, found)),
            Value::Array(items) => items.iter().for_each(|item| times(item, at, found)),
            Value::String(text) if at.ends_with("_at") => found.push(text.clone()),
            _ => {}
        }
    }
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let file = server.store("a.csv", b"x");
    let part = "Content-Disposition: form-data; name=\"expires_in_seconds\"";
    let content = "Content-Disposition: form-data; name=\"file\"; filename=\"b\"";
    let expiring = server.form("", &[(part, &b"3600"[..]), (content, &b"x"[..])]).fine();
    let agent = server.ask("POST", "/v1/agents", &json!({ "name": "a", "model": "m" })).fine();
    let agent_path = format!("/v1/agents/{}", id(&agent));
    let environment = server.ask("POST", "/v1/environments", &json!({ "name": "e" })).fine();
    let environment_path = format!("/v1/environments/{}", id(&environment));
    let session =
        server.open(&json!([{ "type": "file", "file_id": file }, { "type": "github_repository", "url": "u" }]));
    let path = format!("/v1/sessions/{}", id(&session));
    server.say(&path, "sleep 1ms");
    server.leave(&path, "filename=x&after=1ms&expires_in=1h", b"x");
    let answers = [
        server.look(&format!("/v1/files/{file}")),
        expiring,
        server.ask("POST", &agent_path, &json!({ "name": "b" })).fine(),
        server.ask("POST", &format!("{agent_path}/archive"), &Value::Null).fine(),
        server.look(&format!("{agent_path}/versions")),
        server.ask("POST", &environment_path, &json!({ "name": "f" })).fine(),
        server.ask("POST", &format!("{environment_path}/archive"), &Value::Null).fine(),
        server.ask("POST", &path, &json!({ "title": "t" })).fine(),
        server
            .ask(
                "POST",
                &format!("{path}/resources/{}", id(&session["resources"][1])),
                &json!({ "authorization_token": "t" }),
            )
            .fine(),
        server.look(&format!("{path}/events")),
        server.look(&format!("{path}/threads")),
        server.look(&format!("{path}/resources")),
        server.files_of(&path).into(),
        server.ask("POST", &format!("{path}/archive"), &Value::Null).fine(),
        server.look(&path),
        session,
    ];
    let mut found = Vec::new();
    for answer in &answers {
        times(answer, "", &mut found);
    }
    let decimals = |time: &String| time.trim_end_matches('Z').split_once('.').map_or(0, |(_, rest)| rest.len());
    let others: Vec<_> = found.iter().filter(|time| decimals(time) != 6).collect();
    assert!(found.len() > 40 && others.is_empty(), "{} times, {others:?}", found.len());
}
