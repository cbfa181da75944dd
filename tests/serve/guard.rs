//! Who is answered: programs of this machine, and no web page that only seems to be on it.

use std::io::Write;

use serde_json::{Value, json};

use super::stage::{S1, Stage, read};

fn request(host: &str, headers: &str) -> String {
    format!(
        "PUT /api/projects/p1{S1}/files/content?path=x&api-version=v1 HTTP/1.1\r\nhost: {host}\r\n\
         authorization: Bearer any\r\nconnection: close\r\ncontent-length: 3\r\n{headers}\r\nabc"
    )
}

#[test]
fn a_page_that_rebinds_its_name_or_comes_from_elsewhere_reads_and_writes_nothing() {
    let stage = Stage::new();
    let server = stage.session(&[]);
    let port = server.address.rsplit(':').next().unwrap();
    let own = format!("localhost:{port}");
    for (host, headers) in [
        (format!("evil.test:{port}"), String::new()),
        (format!("127.0.0.1.evil.test:{port}"), String::new()),
        (server.address.clone(), "origin: http://evil.test\r\n".to_owned()),
        (server.address.clone(), "origin: null\r\n".to_owned()),
        (own.clone(), "origin: http://localhost:1\r\n".to_owned()),
    ] {
        server.raw(request(&host, &headers).as_bytes()).unwrap().is(403, "session_not_accessible");
        assert_eq!(server.read("x"), None, "{host} {headers}");
    }
    let twice = request(&own, &format!("host: {own}\r\n"));
    assert_eq!(server.raw(twice.as_bytes()).unwrap().status, 400);
    assert_eq!(server.read("x"), None);
    for (host, headers) in [
        (own.clone(), String::new()),
        // A tunnel may have another port.
        ("localhost:1".to_owned(), String::new()),
        (own.clone(), format!("origin: http://{own}\r\n")),
    ] {
        server.raw(request(&host, &headers).as_bytes()).unwrap().is(201, "");
    }
    assert_eq!(server.read("x").as_deref(), Some(&b"abc"[..]));
}

#[test]
fn every_dialect_and_a_faulty_one_refuses_in_its_own_form() {
    let stage = Stage::new();
    let server = stage.serve(&["--fault", "*:500 x1"]);
    for (path, code_at, code) in [
        ("/api/projects/p1/agents", "/error/code", json!("session_not_accessible")),
        ("/v1/sessions", "/error/type", json!("permission_error")),
        ("/_emulator/anthropic/sessions/s1/outputs", "/error/type", json!("permission_error")),
        ("/sdk/ListSession", "/code", json!("AccessDenied")),
        ("//mcp", "/code", json!("AccessDenied")),
        ("/link/s1/callTool", "/code", json!("AccessDenied")),
        ("/nowhere", "/error/code", Value::Null),
    ] {
        let mut stream = server.connect();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: evil.test\r\nconnection: close\r\n\r\n").unwrap();
        let reply = read(stream).unwrap();
        let body = reply.json();
        assert_eq!((reply.status, body.pointer(code_at)), (403, Some(&code)), "{path}: {body}");
        let messages = [&body["error"]["message"], &body["message"]];
        assert_eq!(
            messages.iter().filter(|text| text.as_str().is_some_and(|text| text.contains("`evil.test`"))).count(),
            1
        );
    }
    // The fault still applies to accepted requests.
    assert_eq!(server.get("/agents/a1/endpoint/sessions").status, 500);
}
