//! Faults, by the words that all dialects have in common.

use std::io::{Read as _, Write as _};

use serde_json::{Value, json};

use super::stage::{ReplyChecks, data, ids};
use crate::stage::{Stage, wait_until};

#[test]
fn errors_have_the_form_of_the_service() {
    let stage = Stage::new();
    let server = stage.serve(&[
        "--fault",
        "sessions.get:429 x1 retry-after=3 code=enforced_spend_limit_reached",
        "--fault",
        "sessions.get:529 x1",
        "--fault",
        "resources:503 x1",
    ]);
    let session = server.empty();
    let limited = server.ask("GET", &session, &Value::Null);
    limited.refused(429, "rate_limit_error", Some("enforced_spend_limit_reached"));
    assert_eq!(limited.header("retry-after"), Some("3"));
    server.ask("GET", &session, &Value::Null).refused(529, "overloaded_error", None);
    server.ask("GET", &format!("{session}/resources"), &Value::Null).refused(503, "api_error", None);
    server.look(&session);
}

#[test]
fn an_answer_may_be_lost_after_the_deed() {
    let stage = Stage::new();
    let server = stage.serve(&["--fault", "sessions.create:reset@end x1", "--fault", "upload:reset@50% x1"]);
    let body = json!({ "agent": "agent_1", "environment_id": "env_1" }).to_string();
    let headers = format!("content-length: {}\r\n", body.len());
    let head = server.asking("POST", "/v1/sessions", super::stage::MANAGED, &headers);
    assert!(server.raw(format!("{head}{body}").as_bytes()).is_none());
    assert_eq!(data(&server.look("/v1/sessions")).len(), 1);
    let (kind, form) = super::stage::form(&[("Content-Disposition: form-data; name=\"file\"; filename=\"a\"", b"x")]);
    let headers = format!("content-type: {kind}\r\ncontent-length: {}\r\n", form.len());
    let head = server.asking("POST", "/v1/files", "", &headers);
    assert!(server.raw(&[head.as_bytes(), &form].concat()).is_none());
    assert!(data(&server.look("/v1/files")).is_empty());
}

#[test]
fn pages_may_be_small_and_sizes_a_lie() {
    let stage = Stage::new();
    let server = stage.serve(&["--fault", "files.list:page=2", "--fault", "files.upload:bytes_written=9 x1"]);
    let head = "Content-Disposition: form-data; name=\"file\"; filename=\"a\"";
    assert_eq!(server.form("", &[(head, b"x")]).fine()["size_bytes"], 9);
    for _ in 0..4 {
        server.store("a", b"x");
    }
    let first = server.look("/v1/files?limit=1000");
    assert_eq!(ids(&first).len(), 2);
    let next = first["next_page"].as_str().unwrap();
    assert_eq!(ids(&server.look(&format!("/v1/files?limit=1000&page={next}"))).len(), 2);
}

#[test]
fn a_stream_breaks_at_an_event_ends_within_one_or_has_none() {
    let stage = Stage::new();
    let server = stage.serve(&[
        "--fault",
        "events.stream:drop@event2 x1",
        "--fault",
        "events.stream:silent-end@event2 x1",
        "--fault",
        "events.stream:keepalive-only x1",
        "--fault",
        "sessions.get:drop@event1",
    ]);
    let session = server.empty();
    let stream = || {
        let mut stream = server.connect();
        let path = format!("{session}/events/stream");
        stream.write_all(server.asking("GET", &path, super::stage::MANAGED, "").as_bytes()).unwrap();
        // Answered, it is open.
        let mut first = [0; 12];
        stream.read_exact(&mut first).unwrap();
        assert_eq!(&first, b"HTTP/1.1 200");
        stream
    };
    let streams = [stream(), stream(), stream(), stream()];
    server.say(&session, "hello");
    wait_until("the end of the turn", || server.look(&session)["status"] == "idle");
    server.ask("DELETE", &session, &Value::Null).fine();
    let [dropped, ended, silent, whole] = streams.map(|mut stream| {
        let mut bytes = b"HTTP/1.1 200".to_vec();
        // What is cut off is not an end of the connection's bytes.
        drop(stream.read_to_end(&mut bytes));
        String::from_utf8(bytes).unwrap()
    });
    let is_proper = |text: &str| text.ends_with("\r\n0\r\n\r\n");
    let events = |text: &str| text.matches("event: ").count();
    assert_eq!((events(&whole), is_proper(&whole)), (9, true), "{whole}");
    assert_eq!((events(&dropped), is_proper(&dropped)), (2, false), "{dropped}");
    assert_eq!((events(&ended), is_proper(&ended)), (2, true), "{ended}");
    assert!(!ended.contains("\n\n\r\n0\r\n"), "the last frame is not whole: {ended}");
    assert_eq!((events(&silent), is_proper(&silent)), (0, true), "{silent}");
    assert!(silent.contains(": open"), "{silent}");
}
