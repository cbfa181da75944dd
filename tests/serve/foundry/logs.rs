//! The log of a session.

use serde_json::{Value, json};

use super::stage::{Events, RESPONSES, asking};
use crate::stage::{Reply, S1, Server, Stage};

const LOG: &str = "/agents/a1/sessions/s1:logstream";

fn follow(server: &Server, path: &str) -> Events {
    server.open_raw(server.head("GET", path, "").as_bytes())
}

fn messages(reply: &Reply) -> Vec<String> {
    let text = String::from_utf8(reply.ok().body.clone()).unwrap();
    let message = |frame: &str| {
        let data = frame.strip_prefix("event: log\ndata: ").expect(frame);
        let event: Value = serde_json::from_str(data).unwrap();
        assert!(event["timestamp"].is_string(), "{event}");
        format!("{}: {}", event["stream"].as_str().unwrap(), event["message"].as_str().unwrap())
    };
    text.split_terminator("\n\n").map(message).collect()
}

#[test]
fn a_log_has_what_became_of_each_turn() {
    let stage = Stage::new();
    let server = stage.session(&[]);
    let log = |query: &str| messages(&server.get(&format!("{LOG}?follow=false{query}")));
    let connected = "status: Successfully connected to container".to_owned();
    assert_eq!(log("").as_slice(), std::slice::from_ref(&connected));
    let body = json!({ "input": "hi", "agent_session_id": "s1" });
    let first = server.respond(&body)["id"].as_str().unwrap().to_owned();
    server.agent("POST", RESPONSES, &json!({ "input": "fail", "agent_session_id": "s1" }));
    let lines = log("");
    assert_eq!(
        lines[..3],
        [connected.clone(), format!("status: Response {first} started"), format!("stderr: Response {first} completed")]
    );
    assert!(lines[4].ends_with("failed: the handler raised an exception: asked for"), "{lines:?}");
    assert_eq!(log("&tail=1"), [connected.clone(), lines[4].clone()]);
    assert_eq!(log("&kind=console"), [connected.clone(), lines[2].clone(), lines[4].clone()]);
    assert_eq!(log("&kind=system"), [connected, lines[1].clone(), lines[3].clone()]);
    for bad in ["tail=0", "tail=301", "tail=x", "kind=other", "follow=maybe"] {
        server.get(&format!("{LOG}?{bad}")).is(400, "invalid_request");
    }
    server.get("/agents/a1/sessions/none:logstream").is(404, "not_found");
}

#[test]
fn a_log_is_followed_until_the_session_is_deleted() {
    let stage = Stage::new();
    let server = stage.session(&[]);
    let mut streams = [LOG, "/agents/a1/versions/1/sessions/s1:logstream"].map(|path| follow(&server, path));
    for stream in &mut streams {
        assert_eq!(stream.next().unwrap()["message"], "Successfully connected to container");
    }
    server.respond(&json!({ "input": "hi", "agent_session_id": "s1" }));
    server.respond(&asking("in another session"));
    let mut lines = Vec::new();
    for stream in &mut streams {
        lines.push(stream.by_ref().take(2).map(|event| event["message"].clone()).collect::<Vec<_>>());
    }
    assert_eq!(lines[0], lines[1]);
    assert!(lines[0][1].as_str().unwrap().ends_with(" completed"));
    server.send("DELETE", S1, "").is(204, "");
    for mut stream in streams {
        assert_eq!(stream.next(), None);
    }
}
