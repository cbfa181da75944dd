//! Failures on purpose of calls to agents.

use serde_json::{Value, json};

use super::stage::{Answered, RESPONSES, asking, resumable, text};
use crate::stage::{S1, Stage};

#[test]
fn errors_of_the_gateway_say_whose_fault_they_are() {
    let stage = Stage::new();
    let server =
        stage.serve(&["--fault", "invoke:424 x1", "--fault", "invoke:502 x1", "--fault", "responses.get:429 x1"]);
    let ask = || server.agent("POST", RESPONSES, &asking("hi"));
    ask().refused(424, "session_not_ready", "platform");
    let idle = ask();
    assert_eq!((idle.status, idle.header("x-adc-response-details")), (502, Some("SandboxIdle")));
    assert_eq!(idle.header("x-platform-error-source"), Some("platform"));
    let made = ask().fine();
    server.agent("GET", &super::stage::response(&made["id"]), &Value::Null).refused(
        429,
        "rate_limit_exceeded",
        "platform",
    );
    server.get("/agents/a1/nothing").refused(404, "not_found", "user");
}

#[test]
fn streams_break_and_the_agent_in_the_background_goes_on() {
    let stage = Stage::new();
    let server = stage.session(&["--fault", "invoke:drop@event3 x1", "--fault", "invoke:silent-end@event2 x1"]);
    let open = |body: &Value| {
        let request = server.to_agent("POST", RESPONSES, body.to_string().as_bytes());
        server.raw(&request).unwrap()
    };
    let dropped = open(&resumable("echo one\nsleep 100ms\necho two"));
    assert_eq!((dropped.complete, dropped.body.windows(7).filter(|part| part == b"event: ").count()), (false, 3));
    let head = String::from_utf8_lossy(&dropped.body).into_owned();
    let created = head.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
    let id = serde_json::from_str::<Value>(created).unwrap()["response"]["id"].clone();
    let at = format!("{}?stream=true&starting_after=2", super::stage::response(&id));
    let rest: Vec<_> = server.open_events("GET", &at, &Value::Null).collect();
    assert_eq!(rest.last().unwrap()["type"], "response.completed");
    let silent = open(&json!({ "input": "echo one", "stream": true }));
    assert!(silent.complete && !silent.body.ends_with(b"\n\n"), "{silent:?}");
    assert!(open(&json!({ "input": "echo one", "stream": true })).body.ends_with(b"\n\n"));
}

#[test]
fn logs_and_events_of_invocations_break_too() {
    let stage = Stage::new();
    let faults = ["--fault", "sessions.log:drop@event1 x1", "--fault", "invoke:drop@event1 x1"];
    let server = stage.session(&faults);
    let log = server.get("/agents/a1/sessions/s1:logstream");
    assert_eq!((log.status, log.complete), (200, false));
    server.send("POST", "/agents/a1/versions", r#"{"definition":{"kind":"hosted"}}"#).ok();
    let invoke = || server.raw(&server.to_agent("POST", "/invocations", b"reply sse\necho a b")).unwrap();
    let (first, second) = (invoke(), invoke());
    assert_eq!((first.complete, first.body.as_slice()), (false, &b"data: {\"delta\":\"a \"}\n\n"[..]));
    assert!(second.complete);
}

#[test]
fn streams_have_only_comments_where_that_is_asked_for() {
    let stage = Stage::new();
    let faults = ["--fault", "sessions.log:keepalive-only", "--fault", "invoke:keepalive-only"];
    let server = stage.session(&faults);
    server.send("POST", "/agents/a1/versions", r#"{"definition":{"kind":"hosted"}}"#).ok();
    let log = server.head("GET", "/agents/a1/sessions/s1:logstream", "");
    let mut streams = [
        server.open_events("POST", RESPONSES, &resumable("echo one\nsleep")),
        server.open_events("POST", "/invocations", &json!({ "message": "reply sse\necho one\nsleep" })),
        server.open_raw(log.as_bytes()),
    ];
    for stream in &mut streams {
        assert_eq!(stream.until_comment(), [""; 0]);
    }
}

#[test]
fn an_answer_that_is_lost_at_its_end_was_given() {
    let stage = Stage::new();
    let server = stage.session(&["--fault", "invoke:reset@end x2"]);
    let mut body = json!({ "input": "sleep 10ms\necho done", "agent_session_id": "s1", "conversation": "c1" });
    for stream in [false, true] {
        body["stream"] = stream.into();
        assert!(server.raw(&server.to_agent("POST", RESPONSES, body.to_string().as_bytes())).is_none());
    }
    body["stream"] = false.into();
    let log = server.get("/agents/a1/sessions/s1:logstream?follow=false");
    assert_eq!(String::from_utf8_lossy(&log.body).matches(" completed").count(), 2);
    assert_eq!(text(&server.respond(&body)), "done");
    server.get(S1).ok();
}
