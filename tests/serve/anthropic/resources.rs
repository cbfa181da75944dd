//! What is mounted in sessions.

use serde_json::{Value, json};

use super::stage::{ReplyChecks, data, id};
use crate::stage::Stage;

#[test]
fn files_land_where_the_service_puts_them() {
    let stage = Stage::new();
    let server = stage.serve(&["--store", "store"]);
    let file = server.store("a.csv", b"1,2");
    let session = server.empty();
    let resources = format!("{session}/resources");
    let add = |more: Value| {
        let mut body = json!({ "type": "file", "file_id": file });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        server.ask("POST", &resources, &body)
    };
    for (asked, at) in [
        (json!({ "mount_path": "/in/a.csv" }), "/mnt/session/uploads/in/a.csv".to_owned()),
        (json!({ "mount_path": "b.csv" }), "/mnt/session/uploads/b.csv".to_owned()),
        (json!({ "mount_path": "/mnt/session/uploads/c.csv" }), "/mnt/session/uploads/c.csv".to_owned()),
        (json!({}), format!("/mnt/session/uploads/{file}")),
        (json!({ "mount_path": null }), String::new()),
    ] {
        let reply = add(asked);
        if at.is_empty() {
            // The same place a second time.
            reply.bad();
            continue;
        }
        let made = reply.fine();
        assert_eq!(made["mount_path"], at);
        let inside = stage.path("store").join(session.trim_start_matches("/v1/")).join(&at[1..]);
        assert_eq!(std::fs::read(inside).unwrap(), b"1,2");
        assert_eq!(server.look(&format!("{resources}/{}", id(&made))), made);
    }
    for bad in [
        json!({ "type": "github_repository", "url": "u" }),
        json!({ "type": "memory_store", "memory_store_id": "memstore_1" }),
        json!({ "type": "file", "file_id": file, "mount_path": "/x", "access": "read_only" }),
        json!({ "type": "file" }),
        json!({}),
    ] {
        server.ask("POST", &resources, &bad).bad();
    }
    let one = data(&server.look(&resources)).remove(0);
    let path = format!("{resources}/{}", id(&one));
    server.ask("POST", &path, &json!({ "authorization_token": "t" })).bad();
    let gone = server.ask("DELETE", &path, &Value::Null).fine();
    assert_eq!(gone, json!({ "id": one["id"], "type": "session_resource_deleted" }));
    server.ask("DELETE", &path, &Value::Null).refused(404, "not_found_error", None);
    assert_eq!((data(&server.look(&resources)).len(), server.files_of(&session).len()), (3, 3));
    // Its place is free again.
    add(json!({ "mount_path": "/in/a.csv" })).fine();
}

#[test]
fn a_path_is_taken_whether_the_store_stays_or_not() {
    let stage = Stage::new();
    for args in [&[][..], &["--store", "store"]] {
        let server = stage.serve(args);
        let (file, session) = (server.store("a", b"x"), server.empty());
        let resources = format!("{session}/resources");
        let body = |path: &str| json!({ "type": "file", "file_id": file, "mount_path": path });
        let first = server.ask("POST", &resources, &body("/in/a")).fine();
        for taken in ["/in/a", "/in/a/b", "/in"] {
            server.ask("POST", &resources, &body(taken)).bad();
        }
        server.ask("POST", &resources, &body("/in/ab")).fine();
        // The uploaded file is not needed any more.
        server.ask("DELETE", &format!("/v1/files/{file}"), &Value::Null).fine();
        let copy = json!({ "type": "file", "file_id": first["file_id"], "mount_path": "/copy" });
        let again = server.ask("POST", &format!("{}/resources", server.empty()), &copy);
        assert_eq!(again.fine()["mount_path"], "/mnt/session/uploads/copy", "{args:?}");
    }
}

#[test]
fn an_output_of_one_session_can_be_mounted_in_another() {
    let stage = Stage::new();
    let server = stage.serve(&["--store", "store"]);
    let (from, to) = (server.empty(), server.empty());
    let output = server.leave(&from, "filename=out.csv", b"out");
    let body = json!({ "type": "file", "file_id": output, "mount_path": "/in.csv" });
    let made = server.ask("POST", &format!("{to}/resources"), &body).fine();
    let inside = stage.path("store").join(to.trim_start_matches("/v1/")).join("mnt/session/uploads/in.csv");
    assert_eq!(std::fs::read(inside).unwrap(), b"out");
    let copy = server.look(&format!("/v1/files/{}", made["file_id"].as_str().unwrap()));
    assert_eq!((&copy["filename"], &copy["downloadable"]), (&json!("out.csv"), &json!(false)));
    server.ask("DELETE", &from, &Value::Null).fine();
    server.ask("GET", &format!("/v1/files/{output}"), &Value::Null).refused(404, "not_found_error", None);
    assert_eq!(server.files_of(&to).len(), 1);
}

#[test]
fn repositories_and_memory_stores_are_there_from_the_start_only() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let session = server.open(&json!([
        { "type": "github_repository", "url": "https://github.example/acme/etl.git", "authorization_token": "ghp_s" },
        { "type": "memory_store", "memory_store_id": "memstore_1" },
    ]));
    assert!(!session.to_string().contains("ghp_s"));
    let (repository, memory) = (&session["resources"][0], &session["resources"][1]);
    assert_eq!((&repository["mount_path"], &repository["checkout"]), (&json!("/workspace/etl"), &Value::Null));
    let members: Vec<_> = memory.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = ["type", "memory_store_id", "mount_path", "access", "instructions", "name", "description"];
    assert_eq!(members, expected);
    let path = format!("/v1/sessions/{}/resources/{}", id(&session), id(repository));
    let rotated = server.ask("POST", &path, &json!({ "authorization_token": "ghp_n" })).fine();
    assert!(rotated["updated_at"].as_str() > repository["updated_at"].as_str());
    assert!(!rotated.to_string().contains("ghp_n"));
    server.ask("POST", &path, &json!({ "url": "u" })).bad();
    server.ask("POST", &path, &json!({ "authorization_token": "t", "url": "u" })).bad();
    let hosted = json!({ "name": "mine", "config": { "type": "self_hosted" } });
    let hosted = id(&server.ask("POST", "/v1/environments", &hosted).fine());
    let body = json!({ "agent": "agent_1", "environment_id": hosted, "resources": [{ "type": "github_repository", "url": "u" }] });
    server.ask("POST", "/v1/sessions", &body).bad();
}

#[test]
fn a_session_takes_five_hundred_files_and_lists_them_in_order() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let file = server.store("a", b"x");
    let mount = |n: usize| json!({ "type": "file", "file_id": file, "mount_path": format!("/{n:03}") });
    let session = server.open(&(0..500).map(mount).collect());
    let resources = format!("/v1/sessions/{}/resources", id(&session));
    assert!(server.ask("POST", &resources, &mount(500)).bad().contains("500"));
    let all = data(&server.look(&resources));
    assert_eq!(all, *session["resources"].as_array().unwrap());
    let (mut paged, mut page) = (Vec::new(), String::new());
    loop {
        let list = server.look(&format!("{resources}?limit=128{page}"));
        paged.extend(data(&list));
        match list["next_page"].as_str() {
            None => break,
            Some(next) => page = format!("&page={next}"),
        }
    }
    assert_eq!(paged, all);
    assert_eq!(all[499]["mount_path"], "/mnt/session/uploads/499");
}
