//! What the headers of a request must have, and what its names of features change.

use serde_json::{Value, json};

use super::stage::{MANAGED, OLD_FILES, ReplyChecks};
use crate::stage::Stage;

#[test]
fn both_headers_with_a_credential_are_taken_and_none_is_not() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    for (path, headers, status) in [
        ("/v1/files", "x-api-key: k\r\nanthropic-version: 2023-06-01\r\n", 200),
        ("/v1/files", "authorization: Bearer k\r\nanthropic-version: 2026-10-21\r\n", 200),
        ("/v1/files?beta=true", "x-api-key: k\r\nanthropic-version: 2023-06-01\r\n", 200),
        ("/v1/files", "anthropic-version: 2026-10-21\r\n", 401),
        ("/v1/files", "x-api-key: k\r\n", 400),
        ("/v1/files", "x-api-key: k\r\nanthropic-version: 2020-01-01\r\n", 400),
    ] {
        let head = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n");
        let reply = server.raw(head.as_bytes()).unwrap();
        match status {
            200 => drop(reply.fine()),
            401 => drop(reply.refused(401, "authentication_error", None)),
            _ => drop(reply.bad()),
        }
    }
}

#[test]
fn sessions_do_not_exist_without_their_feature() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    for path in ["/v1/sessions", "/v1/agents", "/v1/environments", "/v1/sessions/sesn_1/events/stream"] {
        for betas in ["", OLD_FILES] {
            server.with(betas, "GET", path, "").refused(404, "not_found_error", None);
        }
    }
    server.look("/v1/sessions");
    assert!(server.with("what-2026-01-01", "GET", "/v1/files", "").bad().contains("what-2026-01-01"));
    server.with(&format!("{MANAGED},agent-memory-2026-07-22"), "GET", "/v1/sessions", "").bad();
    // Of two lines the first counts.
    let two = format!("{MANAGED}\r\nanthropic-beta: what-2026-01-01");
    server.with(&two, "GET", "/v1/sessions", "").fine();
}

#[test]
fn listings_of_files_have_the_form_that_the_features_ask_for() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    for n in 0..3 {
        server.store(&format!("{n}.txt"), b"x");
    }
    let members = |betas: &str| {
        let list = server.with(betas, "GET", "/v1/files?limit=2", "").fine();
        let file = list["data"][0].as_object().unwrap();
        let names = |object: &serde_json::Map<String, Value>| object.keys().cloned().collect::<Vec<_>>();
        let extra: Vec<_> = names(file).into_iter().skip(7).collect();
        (names(list.as_object().unwrap()), extra)
    };
    let old = ["data", "has_more", "first_id", "last_id"].map(String::from).to_vec();
    let new = ["data", "next_page"].map(String::from).to_vec();
    let both = ["data", "next_page", "has_more", "first_id", "last_id"].map(String::from).to_vec();
    assert_eq!(members(""), (new, vec!["expires_at".to_owned()]));
    assert_eq!(members(OLD_FILES), (old.clone(), vec![]));
    assert_eq!(members(MANAGED), (both, vec!["expires_at".to_owned(), "scope".to_owned()]));
    assert_eq!(members(&format!("{MANAGED},{OLD_FILES}")), (old, vec!["scope".to_owned()]));
    let last = server.with(MANAGED, "GET", "/v1/files", "").fine();
    assert_eq!((&last["has_more"], &last["next_page"]), (&json!(false), &Value::Null));
}
