//! What agents would leave, put there by the emulator's own call.

use serde_json::json;

use super::stage::{MANAGED, ReplyChecks, data, id};
use crate::stage::{Stage, wait_until};

#[test]
fn an_output_is_a_file_of_its_session_that_can_be_had() {
    let stage = Stage::new();
    let server = stage.serve(&["--store", "store"]);
    let (session, other) = (server.empty(), server.empty());
    let content: Vec<u8> = (0..300_000).map(|n| u8::try_from(n % 251).unwrap()).collect();
    let file = server.leave(&session, "filename=report.pdf", &content);
    let shown = server.look(&format!("/v1/files/{file}"));
    assert_eq!((&shown["mime_type"], &shown["size_bytes"]), (&json!("application/pdf"), &json!(300_000)));
    assert_eq!((&shown["downloadable"], &shown["scope"]["type"]), (&json!(true), &json!("session")));
    assert_eq!(server.files_of(&session), [shown]);
    assert!(server.files_of(&other).is_empty() && data(&server.look("/v1/files")).is_empty());
    let had = server.with("", "GET", &format!("/v1/files/{file}/content"), "");
    assert_eq!((had.status, had.header("content-type")), (200, Some("application/pdf")));
    assert_eq!(had.header("content-length"), Some("300000"));
    let name = "attachment; filename=report.pdf; filename*=UTF-8''report.pdf";
    assert_eq!(had.header("content-disposition"), Some(name));
    assert!(had.body == content);
    server.with("", "DELETE", &format!("/v1/files/{file}"), "").fine();
    assert!(server.files_of(&session).is_empty());
}

#[test]
fn names_may_be_hostile_and_the_same() {
    let stage = Stage::new();
    let server = stage.serve(&["--store", "store"]);
    let session = server.empty();
    for (query, name) in [
        ("filename=a.txt", "a.txt"),
        ("filename=a.txt", "a.txt"),
        ("filename=..%2F..%2Fx", "../../x"),
        ("filename=%2Fetc%2Fpasswd", "/etc/passwd"),
        ("filename=", ""),
        ("filename=a%0D%0Ab", "a\r\nb"),
        ("filename=CON", "CON"),
        ("filename=%E2%80%AEtxt.exe", "\u{202e}txt.exe"),
    ] {
        let file = server.leave(&session, query, name.as_bytes());
        assert_eq!(server.look(&format!("/v1/files/{file}"))["filename"], name);
        let had = server.with("", "GET", &format!("/v1/files/{file}/content"), "");
        assert_eq!((had.status, had.body.as_slice()), (200, name.as_bytes()));
    }
    assert_eq!(server.files_of(&session).len(), 8);
}

#[test]
fn an_output_may_come_late_and_go_by_itself() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let session = server.empty();
    let late = server.leave(&session, "filename=late&after=700ms", b"x");
    assert!(server.files_of(&session).is_empty());
    server.with("", "GET", &format!("/v1/files/{late}"), "").refused(404, "not_found_error", None);
    wait_until("the late output", || server.files_of(&session).iter().any(|file| id(file) == late));
    let gone = server.leave(&session, "filename=gone&expires_in=0s", b"x");
    let content = format!("/v1/files/{gone}/content");
    server.with("", "GET", &content, "").refused(404, "not_found_error", Some("file_expired"));
    assert_eq!(server.files_of(&session).len(), 2);
    let kept = server.leave(&session, "filename=kept&downloadable=false", b"x");
    server.with("", "GET", &format!("/v1/files/{kept}/content"), "").refused(
        400,
        "invalid_request_error",
        Some("file_not_downloadable"),
    );
    let own = "/_emulator/anthropic/sessions";
    let never = format!("/_emulator{}/outputs?filename=x&after=99999999h", session.replace("/v1", "/anthropic"));
    server.with("", "POST", &never, "x").bad();
    server.with("", "POST", &format!("{own}/sesn_gone/outputs?filename=x"), "").refused(404, "not_found_error", None);
    server.with("", "POST", &format!("/_emulator{}/outputs", session.replace("/v1", "/anthropic")), "x").bad();
    server.with(MANAGED, "GET", &format!("{own}/x/outputs"), "").refused(405, "invalid_request_error", None);
}
