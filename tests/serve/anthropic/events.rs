//! Events: sent, listed, followed.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::stage::{ReplyChecks, data};
use crate::stage::{Server, Stage, wait_until};

/// The types of the events of a session.
fn kinds(server: &Server, query: &str) -> Vec<String> {
    let list = server.look(query);
    data(&list).iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_turn_ends_at_once_or_when_it_is_told_to() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let session = server.empty();
    let events = format!("{session}/events");
    let status = || server.look(&session)["status"].as_str().unwrap().to_owned();
    assert_eq!(status(), "idle");
    server.say(&session, "hello");
    assert_eq!(status(), "idle");
    server.say(&session, "sleep 500ms");
    assert_eq!(status(), "running");
    wait_until("the end of the turn", || status() == "idle");
    server.say(&session, "reschedule");
    assert_eq!(status(), "rescheduling");
    let interrupt = json!({ "events": [{ "type": "user.interrupt" }] });
    let sent = server.ask("POST", &events, &interrupt).fine();
    assert_eq!((&sent["data"][0]["type"], &sent["data"][0]["processed_at"]), (&json!("user.interrupt"), &Value::Null));
    assert_eq!(status(), "idle");
    server.say(&session, "fail");
    assert_eq!(status(), "terminated");
    server.ask("POST", &events, &interrupt).bad();
    let begun = ["user.message", "session.status_running", "span.model_request_start"];
    let said = ["agent.message", "span.model_request_end", "session.usage", "session.status_idle"];
    let all = [
        begun.as_slice(),
        &said,
        &begun,
        &said,
        &begun,
        &["span.model_request_end", "session.status_rescheduled"],
        &["user.interrupt", "session.usage", "session.status_idle"],
        &begun,
        &["span.model_request_end", "session.error", "session.status_terminated"],
    ]
    .concat();
    assert_eq!(kinds(&server, &events), all);
    let query = format!("{events}?types[]=user.interrupt&types[]=session.error&order=desc");
    assert_eq!(kinds(&server, &query), ["session.error", "user.interrupt"]);
    let page = server.look(&format!("{events}?limit=4"));
    let next = page["next_page"].as_str().unwrap();
    assert_eq!(kinds(&server, &format!("{events}?limit=2&page={next}")), all[4..6]);
    assert!(data(&page).iter().all(|event| event["processed_at"].is_string() && event["id"].is_string()));
}

#[test]
fn events_that_no_client_sends_are_refused() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let session = server.empty();
    let text = json!([{ "type": "text", "text": "x" }]);
    for events in [
        json!([]),
        json!([{ "type": "agent.message", "content": text }]),
        json!([{ "type": "user.message" }]),
        json!([{ "type": "user.tool_confirmation", "tool_use_id": "sevt_1", "result": "maybe" }]),
        // Nothing was called.
        json!([{ "type": "user.tool_confirmation", "tool_use_id": "sevt_1", "result": "allow" }]),
        json!([{ "type": "user.custom_tool_result", "custom_tool_use_id": "sevt_1", "content": text }]),
        json!([{ "type": "system.message", "content": text }, { "type": "user.interrupt" }]),
        json!([{ "type": "user.define_outcome", "description": "x" }]),
    ] {
        server.ask("POST", &format!("{session}/events"), &json!({ "events": events })).bad();
    }
    server.ask("POST", &format!("{session}/events"), &json!({ "event": [] })).bad();
    assert!(kinds(&server, &format!("{session}/events")).is_empty());
    for path in ["events", "events/stream", "resources"] {
        let path = format!("/v1/sessions/sesn_gone/{path}");
        server.ask("GET", &path, &Value::Null).refused(404, "not_found_error", None);
    }
    server.ask("GET", &format!("{session}/events/stream?event_deltas[]=user.message"), &Value::Null).bad();
}

#[test]
fn a_stream_tells_what_happens_from_now_on_and_ends_with_the_session() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let session = server.empty();
    server.say(&session, "before");
    let mut stream = server.follow(&format!("{session}/events/stream?event_deltas%5B%5D=agent.message"));
    let frames = thread::scope(|scope| {
        scope.spawn(|| {
            server.say(&session, "sleep 300ms");
            // No other request reads the session meanwhile: the open stream alone advances the simulation.
            thread::sleep(Duration::from_millis(900));
            server.ask("DELETE", &session, &Value::Null).fine();
        });
        stream.by_ref().map(|event| event["type"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    });
    let expected = [
        "user.message",
        "user.message",
        "session.status_running",
        "span.model_request_start",
        "event_start",
        "event_delta",
        "event_delta",
        "agent.message",
        "span.model_request_end",
        "session.usage",
        "session.status_idle",
        "session.deleted",
    ];
    assert_eq!(frames, expected);
}
