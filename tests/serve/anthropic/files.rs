//! Listings of files with all their cursors, and what of a file can be had.

use serde_json::{Value, json};

use super::stage::{MANAGED, OLD_FILES, ReplyChecks, data, id, ids};
use crate::stage::Stage;

#[test]
fn the_old_cursors_lead_forwards_and_backwards() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let mut all: Vec<String> = (0..7).map(|n| server.store(&format!("{n}"), b"x")).collect();
    all.reverse();
    let list = |query: &str| server.with(OLD_FILES, "GET", &format!("/v1/files?limit=3{query}"), "").fine();
    let first = list("");
    assert_eq!((ids(&first), &first["has_more"]), (all[..3].to_vec(), &json!(true)));
    let last = list(&format!("&after_id={}", all[5]));
    assert_eq!((ids(&last), &last["has_more"]), (all[6..].to_vec(), &json!(false)));
    let back = list(&format!("&before_id={}", all[5]));
    assert_eq!((ids(&back), &back["has_more"]), (all[2..5].to_vec(), &json!(true)));
    let front = list(&format!("&before_id={}", all[2]));
    assert_eq!((ids(&front), &front["has_more"]), (all[..2].to_vec(), &json!(false)));
    // A file that goes leaves its place behind.
    server.with("", "DELETE", &format!("/v1/files/{}", all[2]), "").fine();
    assert_eq!(ids(&list(&format!("&after_id={}", all[2]))), all[3..6]);
    server.with(OLD_FILES, "GET", "/v1/files?after_id=file_never", "").bad();
}

#[test]
fn cursors_do_not_mix() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let all: Vec<String> = (0..3).map(|n| server.store(&format!("{n}"), b"x")).collect();
    let page = server.with("", "GET", "/v1/files?limit=1", "").fine()["next_page"].as_str().unwrap().to_owned();
    assert!(page.starts_with("page_"), "{page}");
    let two = server.with("", "GET", &format!("/v1/files?limit=5&page={page}"), "").fine();
    assert_eq!((ids(&two), &two["next_page"]), (vec![all[1].clone(), all[0].clone()], &Value::Null));
    let file = &all[0];
    for (betas, query) in [
        ("", format!("after_id={file}")),
        (OLD_FILES, format!("page={page}")),
        (OLD_FILES, format!("ids[]={file}")),
        (MANAGED, format!("after_id={file}&page={page}")),
        (MANAGED, format!("after_id={file}&before_id={file}")),
        ("", format!("ids[]={file}&limit=2")),
        ("", format!("ids[]={file}&page={page}")),
        ("", "page=page_x".to_owned()),
        ("", "limit=0".to_owned()),
        ("", "limit=1001".to_owned()),
        ("", "scope_id=sesn_1".to_owned()),
        (MANAGED, "scope_id=nightly".to_owned()),
    ] {
        server.with(betas, "GET", &format!("/v1/files?{query}"), "").bad();
    }
    assert_eq!(ids(&server.with(MANAGED, "GET", &format!("/v1/files?after_id={}", all[1]), "").fine()), all[..1]);
    server.with(MANAGED, "GET", "/v1/files?scope_id=sesn_gone", "").refused(404, "not_found_error", None);
}

#[test]
fn files_by_id_leave_out_those_that_are_not_there() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let (a, b) = (server.store("a", b"x"), server.store("b", b"x"));
    let query = format!("ids%5B%5D={a}&ids%5B%5D=file_gone&ids%5B%5D={b}&ids%5B%5D={a}");
    let found = server.with("", "GET", &format!("/v1/files?{query}"), "").fine();
    assert_eq!((ids(&found), &found["next_page"]), (vec![b, a], &Value::Null));
    let many: Vec<String> = (0..101).map(|n| format!("ids[]=file_{n}")).collect();
    server.with("", "GET", &format!("/v1/files?{}", many.join("&")), "").bad();
}

#[test]
fn what_a_user_uploaded_is_never_given_back() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let file = server.store("a.csv", b"x");
    let path = format!("/v1/files/{file}");
    let content = format!("{path}/content");
    server.with("", "GET", &content, "").refused(400, "invalid_request_error", Some("file_not_downloadable"));
    let session = server.open(&json!([{ "type": "file", "file_id": file, "mount_path": "/a.csv" }]));
    let copy = session["resources"][0]["file_id"].as_str().unwrap();
    assert_ne!(copy, file);
    let (shown, content) = (format!("/v1/files/{copy}"), format!("/v1/files/{copy}/content"));
    let shown = server.look(&shown);
    assert_eq!((&shown["filename"], &shown["downloadable"]), (&json!("a.csv"), &json!(false)));
    assert_eq!(shown["scope"], json!({ "type": "session", "id": session["id"] }));
    server.with("", "GET", &content, "").refused(400, "invalid_request_error", Some("file_not_downloadable"));
    server.with("", "DELETE", &format!("/v1/files/{copy}"), "").bad();
    // The original goes, the copy stays.
    let gone = server.with("", "DELETE", &path, "").fine();
    assert_eq!(gone, json!({ "id": file, "type": "file_deleted" }));
    for method in ["GET", "DELETE"] {
        server.with("", method, &path, "").refused(404, "not_found_error", None);
    }
    assert_eq!(server.files_of(&id(&session)).len(), 1);
    assert_eq!(data(&server.look("/v1/files")), Vec::<Value>::new());
    server.with("", "GET", "/v1/files/file_01%2F..%2Fx%20y", "").refused(404, "not_found_error", None);
}
