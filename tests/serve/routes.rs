//! Each call: its status, its answer, and what it refuses.

use serde_json::{Value, json};

use crate::stage::{S1, Stage};

#[test]
fn a_session_is_made_read_stopped_woken_and_deleted() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let made = server.create("a1", "s1").json();
    let (created, used) = (made["created_at"].as_i64().unwrap(), made["last_accessed_at"].as_i64().unwrap());
    let version = json!({ "type": "version_ref", "agent_version": "1" });
    let whole = json!({
        "agent_session_id": "s1", "version_indicator": version, "status": "active",
        "created_at": created, "last_accessed_at": used, "expires_at": used + 2_592_000,
    });
    assert_eq!(made, whole);
    assert_eq!(server.get(S1).ok().json(), whole);

    assert_eq!(server.send("POST", &format!("{S1}:stop"), "").is(204, "").body, b"");
    let stopped = server.get(S1).json();
    assert_eq!(stopped["status"], "idle");
    assert!(stopped["stopped_at"].as_i64().unwrap() >= created);
    server.send("POST", &format!("{S1}:stop"), "").is(204, "");
    assert_eq!(server.get(S1).json()["stopped_at"], stopped["stopped_at"]);
    server.put("/x", "y");
    let woken = server.get(S1).json();
    assert_eq!((&woken["status"], &woken["stopped_at"]), (&"active".into(), &stopped["stopped_at"]));

    server.send("DELETE", S1, "").is(204, "");
    server.send("DELETE", S1, "").is(204, "");
    server.get(S1).is(404, "not_found");
    server.send("POST", &format!("{S1}:stop"), "").is(404, "not_found");
    server.create("a1", "s1");
    assert_eq!(server.list(""), [""; 0], "a new session of an old name is empty");
}

#[test]
fn a_missing_id_and_version_are_generated() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let sessions = "/agents/a1/endpoint/sessions";
    for body in ["", "{}"] {
        let made = server.send("POST", sessions, body);
        let id = made.is(201, "").json()["agent_session_id"].as_str().unwrap().to_owned();
        assert_eq!((id.len(), &id[16..18]), (50, "00"), "{id}");
        assert_eq!(made.json()["version_indicator"]["agent_version"], "1");
    }
    for bad in [
        "[]",
        "{",
        r#"{"agent_session_id":""}"#,
        r#"{"agent_session_id":7}"#,
        r#"{"version_indicator":{"type":"latest","agent_version":"7"}}"#,
        r#"{"version_indicator":{"type":"version_ref","agent_version":"@latest"}}"#,
        r#"{"version_indicator":{"type":"version_ref","agent_version":""}}"#,
        r#"{"version_indicator":{"type":"version_ref"}}"#,
    ] {
        server.send("POST", sessions, bad).is(400, "invalid_request");
    }
    server.create("a1", "s1");
    server.send("POST", sessions, r#"{"agent_session_id":"s1"}"#).is(409, "conflict");
    server.create("a2", "s1");
    server.send("POST", sessions, " ".repeat(2 << 20)).is(413, "payload_too_large");
}

#[test]
fn sessions_of_odd_names_are_their_own() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let long = "x".repeat(200);
    let ids = ["a", "a/b c:d", "a%2Fb", "..", "-x", "file_1", "ünï", "a.b", &long];
    for id in ids {
        server.create("a1", id);
        let escaped = wharf_wire::url::escape(id);
        let at = format!("/agents/a1/endpoint/sessions/{escaped}");
        server.send("PUT", &format!("{at}/files/content?path=name"), id).is(201, "");
        assert_eq!(server.get(&format!("{at}/files/content?path=name")).body, id.as_bytes(), "{id}");
        assert_eq!(server.get(&at).json()["agent_session_id"], id);
    }
    let listed = server.get("/agents/a1/endpoint/sessions").json();
    let listed: Vec<_> = listed["data"].as_array().unwrap().iter().map(|s| s["agent_session_id"].clone()).collect();
    assert_eq!(listed, ids);
}

#[test]
fn files_are_written_read_listed_and_removed() {
    let stage = Stage::new();
    let server = stage.session(&[]);
    let written = server.put("%2Fdata%2Fin%2Freport.csv", "id,total\n").json();
    let whole = json!({ "path": "data/in/report.csv", "bytes_written": 9, "success": true, "source_type": "stream" });
    assert_eq!(written, whole);
    let file = format!("{S1}/files/content?path=data/in/report.csv");
    let read = server.get(&file);
    assert_eq!((read.ok().body.as_slice(), read.header("content-length")), (&b"id,total\n"[..], Some("9")));
    assert_eq!(read.header("content-type"), Some("application/octet-stream"));
    let name = "attachment; filename=report.csv; filename*=UTF-8''report.csv";
    assert_eq!(read.header("content-disposition"), Some(name));

    server.put("data/b.txt", "");
    let listing = server.get(&format!("{S1}/files?path=/data/&limit=1&order=desc")).ok().json();
    let entry = |name: &str, size: u64, directory: bool| json!({ "name": name, "size": size, "is_directory": directory, "modified_time": 0 });
    let entries = [entry("b.txt", 0, false), entry("in", 0, true)];
    assert_eq!(listing, json!({ "path": "data", "entries": entries, "has_more": false }));
    for home in ["", "?path=", "?path=.", "?path=/"] {
        let listing = server.get(&format!("{S1}/files{home}")).ok().json();
        assert_eq!(listing, json!({ "path": "", "entries": [entry("data", 0, true)], "has_more": false }), "{home}");
    }

    let stat = server.get(&format!("{S1}/files/stat?path=/data/in/report.csv")).ok().json();
    assert_eq!([&stat["name"], &stat["path"]], ["report.csv", "data/in/report.csv"]);
    assert_eq!((&stat["is_dir"], &stat["size"]), (&false.into(), &9.into()));
    assert!(stat["modified_time"].as_i64().unwrap() > 1_700_000_000);
    assert_eq!(server.get(&format!("{S1}/files/stat?path=/")).ok().json()["is_dir"], true);

    let files = format!("{S1}/files");
    server.send("DELETE", &format!("{files}?path=/data"), "").is(409, "directory_not_empty");
    server.send("DELETE", &format!("{files}?path=/data&recursive=false"), "").is(409, "directory_not_empty");
    server.send("DELETE", &format!("{files}?path=/data/b.txt"), "").is(204, "");
    server.send("DELETE", &format!("{files}?path=/data/b.txt"), "").is(404, "not_found");
    server.send("DELETE", &format!("{files}?path=/data&recursive=true"), "").is(204, "");
    assert_eq!(server.list(""), [""; 0]);
    server.send("DELETE", &format!("{files}?path=/&recursive=true"), "").is(409, "conflict");
    server.send("DELETE", &format!("{files}?path=/x&recursive=yes"), "").is(400, "invalid_request");
}

#[test]
fn directories_are_made_one_at_a_time() {
    let stage = Stage::new();
    let server = stage.session(&[]);
    let mkdir = |path: &str| server.send("POST", &format!("{S1}/files/mkdir"), json!({ "path": path }).to_string());
    mkdir("/a/b").is(404, "not_found");
    assert_eq!(mkdir("/a").is(204, "").body, b"");
    mkdir("a/b").is(204, "");
    mkdir("/a").is(409, "conflict");
    mkdir("/").is(409, "conflict");
    server.put("f", "");
    mkdir("/f/x").is(409, "conflict");
    mkdir("..").is(400, "invalid_request");
    let send = |body: Value| server.send("POST", &format!("{S1}/files/mkdir"), body.to_string());
    send(json!({ "path": "/p/q/r", "createParents": true, "mode": "0700" })).is(204, "");
    send(json!({ "path": "/p/q/r", "createParents": true })).is(204, "");
    send(json!({ "path": "/p/q", "createParents": false })).is(409, "conflict");
    send(json!({ "path": "/o/x", "createParents": false })).is(404, "not_found");
    send(json!({ "path": "/f/x", "createParents": true })).is(409, "conflict");
    send(json!({ "path": "/m", "mode": "755" })).is(204, "");
    send(json!({ "path": "/n", "mode": 0o711 })).is(204, "");
    for bad in [json!("rwx"), json!("888"), json!(""), json!(true)] {
        send(json!({ "path": "/bad", "mode": bad })).is(400, "invalid_request");
    }
    for (path, mode) in [("p/q/r", 0o700), ("m", 0o755), ("n", 0o711)] {
        assert_eq!(server.get(&format!("{S1}/files/stat?path={path}")).ok().json()["mode"], mode, "{path}");
    }
    server.send("POST", &format!("{S1}/files/mkdir"), "{}").is(400, "invalid_request");
    assert_eq!(server.list("a"), ["b"]);
    assert_eq!(server.list("a/b"), [""; 0]);
}

#[test]
fn what_is_no_file_or_no_path_is_refused() {
    let stage = Stage::new();
    let server = stage.session(&[]);
    server.put("d/f", "old");
    let content = |path: &str| format!("{S1}/files/content?path={path}");
    let long = "x".repeat(256);
    for path in ["..", "/a/../b", "a%00b", &long] {
        server.send("PUT", &content(path), "x").is(400, "invalid_request");
        server.get(&content(path)).is(400, "invalid_request");
    }
    server.send("PUT", &content("d"), "x").is(409, "conflict");
    server.send("PUT", &content(""), "x").is(409, "conflict");
    server.send("PUT", &content("d/f/g"), "x").is(409, "conflict");
    server.send("PUT", &format!("{S1}/files/content"), "x").is(400, "invalid_request");
    server.get(&content("d")).is(409, "conflict");
    server.get(&content("none")).is(404, "not_found");
    server.get(&format!("{S1}/files/stat?path=none")).is(404, "not_found");
    server.get(&format!("{S1}/files?path=none")).is(404, "not_found");
    server.get(&format!("{S1}/files?path=d/f")).is(400, "invalid_request");
    for query in ["limit=0", "limit=101", "limit=x", "order=size"] {
        server.get(&format!("{S1}/files?{query}")).is(400, "invalid_request");
    }
    let none = "/agents/a1/endpoint/sessions/none";
    for (method, path, body) in [
        ("GET", "/files", ""),
        ("GET", "/files/content?path=x", ""),
        ("PUT", "/files/content?path=x", "x"),
        ("GET", "/files/stat?path=x", ""),
        ("DELETE", "/files?path=x", ""),
        ("POST", "/files/mkdir", r#"{"path":"x"}"#),
    ] {
        let reply = server.send(method, &format!("{none}{path}"), body);
        let error = reply.is(404, "not_found").json();
        assert_eq!(error["error"]["message"], "Session none does not exist", "{method} {path}");
    }
    assert_eq!(server.read("d/f").unwrap(), b"old");
}

#[test]
fn no_error_shows_what_the_store_calls_a_session() {
    let stage = Stage::new();
    let server = stage.session(&[]);
    server.put("d/f", "");
    for reply in [
        server.get(&format!("{S1}/files/content?path=d")),
        server.send("PUT", &format!("{S1}/files/content?path=d"), "x"),
    ] {
        let message = reply.is(409, "conflict").json()["error"]["message"].to_string();
        assert!(message.contains("s1:/d") && !message.contains("a1.s1"), "{message}");
    }
}

#[test]
fn a_token_and_a_version_of_the_protocol_are_needed() {
    let stage = Stage::new();
    let server = stage.session(&[]);
    let raw = |headers: &str, query: &str| {
        let path = "/api/projects/p1/agents/a1/endpoint/sessions";
        let request = format!("GET {path}{query} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n");
        server.raw(request.as_bytes()).unwrap()
    };
    let token = "authorization: Bearer whatever\r\n";
    raw(token, "?api-version=v1").ok();
    raw(token, "?api-version=2025-11-15-preview").ok();
    raw(token, "").is(400, "invalid_request");
    raw(token, "?api-version=v9").is(400, "invalid_request");
    raw(token, "?api-version=v1&after=%ff").is(400, "invalid_request");
    for none in ["", "authorization: Bearer \r\n", "authorization: Basic eDp4\r\n", "api-key: x\r\n"] {
        raw(none, "?api-version=v1").is(401, "Unauthorized");
    }
}

#[test]
fn what_is_no_call_says_so() {
    let stage = Stage::new();
    let server = stage.session(&[]);
    server.get("/agents/a1/nothing").is(404, "not_found");
    server.get("/deployments").is(404, "not_found");
    server.get("/agents/a_1/endpoint/sessions").is(400, "invalid_request");
    server.send("PUT", "/agents/a1/endpoint/sessions", "").is(405, "method_not_allowed");
    server.send("POST", &format!("{S1}/files/content?path=x"), "").is(405, "method_not_allowed");
    server.send("POST", "/agents/a1/endpoint/protocols/a2a", "{}").is(404, "not_found");
    let elsewhere = server.raw(b"GET /v2/sessions HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    assert_eq!(elsewhere.status, 404);
    assert!(elsewhere.json()["error"]["message"].is_string());
}

#[test]
fn agents_are_listed_changed_switched_off_and_deleted() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let names = |query: &str| {
        let list = server.get(&format!("/agents{query}")).ok().json();
        let names: Vec<_> =
            list["data"].as_array().unwrap().iter().map(|agent| agent["name"].as_str().unwrap().to_owned()).collect();
        (names, list["has_more"].as_bool().unwrap())
    };
    assert_eq!(names(""), (vec![], false));
    server.get("/agents/looked-at").ok();
    for name in ["a1", "a2", "a3"] {
        let body = r#"{"definition":{"kind":"hosted","cpu":"1","memory":"2Gi"}}"#;
        server.send("POST", &format!("/agents/{name}/versions"), body).is(200, "");
    }
    server.create("a4", "s");
    let all = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(names(""), (all(&["a4", "a3", "a2", "a1"]), false));
    assert_eq!(names("?limit=3&order=asc"), (all(&["a1", "a2", "a3"]), true));
    assert_eq!(names("?order=asc&after=a3"), (all(&["a4"]), false));
    assert_eq!(names("?before=a1&limit=2"), (all(&["a3", "a2"]), true));
    assert_eq!(names("?kind=hosted&limit=1"), (all(&["a4"]), true));
    assert_eq!(names("?kind=prompt"), (vec![], false));
    for bad in ["?kind=robot", "?limit=0", "?order=up", "?after=never"] {
        server.get(&format!("/agents{bad}")).is(400, "invalid_request");
    }
    server.send("POST", "/agents", "{}").is(405, "method_not_allowed");

    let agent = server.get("/agents/a1").ok().json();
    assert_eq!((&agent["state"], &agent["configuration_state"]), (&"enabled".into(), &"enabled".into()));
    let endpoint = json!({ "agent_endpoint": { "authorization_schemes": [{ "type": "Entra" }], "x": 1 } });
    server.send("PATCH", "/agents/a1", endpoint.to_string()).is(200, "");
    let patch = r#"{"agent_endpoint":{"x":null},"agent_card":{"version":"1","skills":[]}}"#;
    let changed = server.send("PATCH", "/agents/a1", patch).ok().json();
    assert_eq!(changed["agent_endpoint"], json!({ "authorization_schemes": [{ "type": "Entra" }] }));
    assert_eq!(changed, server.get("/agents/a1").ok().json());
    server.send("PATCH", "/agents/a1", r#"{"state":"disabled"}"#).is(400, "invalid_request");

    // A session that is there goes on, and no other begins.
    server.send("PUT", "/agents/a4/endpoint/sessions/s/files/content?path=x", "x").is(201, "");
    for (verb, state) in [("disable", "disabled"), ("disable", "disabled"), ("enable", "enabled")] {
        assert_eq!(server.send("POST", &format!("/agents/a4:{verb}"), "").is(204, "").body, b"");
        assert_eq!(server.get("/agents/a4").ok().json()["state"], state);
        let status = if state == "enabled" { (201, "") } else { (403, "agent_disabled") };
        server.send("POST", "/agents/a4/endpoint/sessions", "{}").is(status.0, status.1);
        server.get("/agents/a4/endpoint/sessions/s/files/content?path=x").is(200, "");
    }
    server.send("POST", "/agents/a4:pause", "").is(404, "not_found");
    server.get("/agents/a4:enable").is(405, "method_not_allowed");

    // What has sessions is deleted with them, and only when that is asked for.
    server.send("DELETE", "/agents/a4/versions/1", "").is(409, "conflict");
    server.send("DELETE", "/agents/a4", "").is(409, "conflict");
    server.send("DELETE", "/agents/a4?force=maybe", "").is(400, "invalid_request");
    server.send("DELETE", "/agents/a4?force=true", "").is(200, "");
    server.get("/agents/a4/endpoint/sessions/s").is(404, "not_found");
    assert_eq!(names("?after=a4"), (all(&["a3", "a2", "a1"]), false));
}

#[test]
fn a_session_of_a_version_that_is_not_there_is_refused() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let create = |version: &str| {
        let body = json!({ "version_indicator": { "type": "version_ref", "agent_version": version } });
        server.send("POST", "/agents/a1/endpoint/sessions", body.to_string())
    };
    for version in ["2", "7", "x", "01"] {
        create(version).is(404, "not_found");
    }
    assert_eq!(server.get("/agents/a1/endpoint/sessions").ok().json()["data"], json!([]));
    server.send("POST", "/agents/a1/versions", r#"{"definition":{"kind":"hosted"}}"#).ok();
    create("2").is(201, "");
    server.send("DELETE", "/agents/a1/versions/2", "").is(409, "conflict");
    server.send("DELETE", "/agents/a1/versions/2?force=true", "").ok();
    create("2").is(404, "not_found");
    let chosen = server.send("POST", "/agents/a1/endpoint/sessions", "{}").ok().json();
    assert_eq!(chosen["version_indicator"]["agent_version"], "1");
    server.send("DELETE", "/agents/a1/versions/1?force=true", "").ok();
    server.send("POST", "/agents/a1/endpoint/sessions", "{}").is(404, "not_found");
    server.get("/agents/a1").is(404, "not_found");
}

#[test]
fn agents_have_versions_to_ask_for() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let versions = |query: &str| {
        let list = server.get(&format!("/agents/a1/versions{query}")).ok().json();
        let words = |list: &Value| {
            list.as_array().unwrap().iter().map(|v| v["version"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        (words(&list["data"]), list["has_more"].as_bool().unwrap())
    };
    assert_eq!(versions("?order=desc&limit=1"), (vec!["1".to_owned()], false));
    let agent = server.get("/agents/a1").ok().json();
    assert_eq!((&agent["name"], &agent["versions"]["latest"]["status"]), (&"a1".into(), &"active".into()));
    let made = server.send("POST", "/agents/a1/versions", r#"{"definition":{"kind":"hosted"},"description":"d"}"#);
    assert_eq!((&made.ok().json()["version"], &made.json()["description"]), (&"2".into(), &"d".into()));
    assert_eq!(versions("?limit=1"), (vec!["2".to_owned()], true));
    assert_eq!(versions("?order=asc"), (vec!["1".to_owned(), "2".to_owned()], false));
    assert_eq!(server.get("/agents/a1/versions/2").ok().json()["definition"], json!({ "kind": "hosted" }));
    server.send("DELETE", "/agents/a1/versions/2", "").ok();
    server.get("/agents/a1/versions/2").is(404, "not_found");
    server.get("/agents/a1/versions/x").is(404, "not_found");
    server.send("POST", "/agents/a1/versions", "{}").is(400, "invalid_request");
    for _ in 0..3 {
        server.send("POST", "/agents/a1/versions", r#"{"definition":{"kind":"hosted"}}"#).ok();
    }
    let all = |numbers: &[&str]| numbers.iter().map(|number| (*number).to_owned()).collect::<Vec<_>>();
    assert_eq!(versions("?limit=2"), (all(&["5", "4"]), true));
    assert_eq!(versions("?limit=2&after=a1:4"), (all(&["3", "1"]), false));
    assert_eq!(versions("?before=a1:1&limit=2"), (all(&["4", "3"]), true));
    assert_eq!(versions("?after=a1:2"), (all(&["1"]), false), "a cursor that was deleted keeps its place");
    server.get("/agents/a1/versions?after=x").is(400, "invalid_request");
    server.get("/agents/a1/versions?order=up").is(400, "invalid_request");
    server.send("POST", "/agents/a1/versions:import", r#"{"manifest_id":"m"}"#).is(501, "not_implemented");
    server.get("/agents/a1/code:download").is(501, "not_implemented");
    server.send("DELETE", "/agents/a1", "").ok();
}
