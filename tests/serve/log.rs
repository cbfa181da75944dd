//! `--log`: a line for each request, and no secret in it.

use std::fs;

use serde_json::Value;
use wharf_wire::agb::AgbOperation;
use wharf_wire::anthropic::AnthropicOperation;
use wharf_wire::foundry::FoundryOperation;
use wharf_wire::route::Operation;

use crate::stage::{S1, Stage, wait_until};

#[test]
fn each_request_is_a_line() {
    let stage = Stage::new();
    let mut server =
        stage.session(&["--log", "log.jsonl", "--fault", "download:truncate@50%", "--fault", "stop:reset"]);
    let path = stage.path("log.jsonl");
    let lines = |wanted: usize| {
        wait_until("a line for each request", || fs::read_to_string(&path).unwrap().lines().count() == wanted);
        let text = fs::read_to_string(&path).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>()
    };
    server.put("x", "0123456789");
    server.get(&format!("{S1}/files/content?path=x&access_token=hidden-1&sig=hidden-2"));
    server.try_send("POST", &format!("{S1}:stop"), "");
    server.get("/agents/a1/nothing").is(404, "not_found");
    let lines = lines(5);
    let column = |name: &str| lines.iter().map(|line| line[name].clone()).collect::<Vec<_>>();
    let operations = ["sessions.create", "files.upload", "files.download", "sessions.stop", "unknown"];
    assert_eq!(column("operation"), operations);
    assert_eq!(column("status"), [201.into(), 201.into(), 200.into(), Value::Null, 404.into()]);
    assert_eq!(column("method"), ["POST", "PUT", "GET", "POST", "GET"]);
    assert_eq!((&lines[1]["bytes_in"], &lines[2]["bytes_out"]), (&10.into(), &5.into()));
    assert_eq!(lines[2]["faults"], serde_json::json!(["download:truncate@50%"]));
    assert!(lines[1].get("faults").is_none());
    assert_eq!(lines[1]["path"], format!("/api/projects/p1{S1}/files/content"));
    assert_eq!(lines[2]["query"], "path=x&access_token=***&sig=***&api-version=v1");
    for line in &lines {
        assert!(line["time"].as_str().unwrap().ends_with('Z') && line["duration_ms"].is_u64(), "{line}");
    }
    let text = fs::read_to_string(&path).unwrap();
    assert!(!text.contains("hidden") && !text.contains("Bearer"), "{text}");

    assert_eq!(server.stop(), 130);
    let again = stage.serve(&["--log", "log.jsonl"]);
    again.get("/agents/a1").ok();
    wait_until("the log grows", || fs::read_to_string(&path).unwrap().lines().count() == 6);
}

/// Returns a request for each operation of a table, with ids that nothing has, and the operation's name.
fn requests<O: Operation>(base: &str, query: &str) -> Vec<(String, &'static str)> {
    let request = |operation: &O| {
        let route = operation.route();
        let ids = vec!["a1"; route.path.matches('{').count()];
        let path = route.build(&ids).unwrap();
        (format!("{} {base}{path}{query}", route.method), route.name)
    };
    O::ALL.iter().map(request).collect()
}

#[test]
fn every_operation_of_the_route_tables_is_answered_under_its_name() {
    let stage = Stage::new();
    let server = stage.serve(&["--log", "log.jsonl"]);
    let foundry = requests::<FoundryOperation>("/api/projects/p1", "?api-version=v1");
    let all = [foundry, requests::<AnthropicOperation>("", ""), requests::<AgbOperation>("", "")].concat();
    for (request, _) in &all {
        let head = format!(
            "{request} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer any\r\nanthropic-version: 2026-10-21\r\n\
             anthropic-beta: managed-agents-2026-04-01\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
            server.address
        );
        let reply = server.raw(head.as_bytes()).unwrap();
        let body = String::from_utf8_lossy(&reply.body);
        assert!(reply.status != 405 && !body.contains("unknown path"), "{request}: {} {body}", reply.status);
    }
    let path = stage.path("log.jsonl");
    wait_until("a line for each request", || fs::read_to_string(&path).unwrap().lines().count() == all.len());
    let text = fs::read_to_string(&path).unwrap();
    for (line, (request, name)) in text.lines().zip(&all) {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["operation"], *name, "{request}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_log_that_takes_no_more_is_reported_once_and_the_server_goes_on() {
    let stage = Stage::new();
    let mut server = stage.serve(&["--log", "/dev/full"]);
    let mut stderr = server.child.stderr.take().unwrap();
    for _ in 0..3 {
        server.get("/agents/a1").ok();
    }
    assert_eq!(server.stop(), 130);
    let mut said = String::new();
    std::io::Read::read_to_string(&mut stderr, &mut said).unwrap();
    let warnings: Vec<_> = said.lines().filter(|line| line.starts_with("warning: ")).collect();
    assert!(matches!(warnings[..], [one] if one.contains("/dev/full") && one.contains("no space left")), "{said}");
}

#[test]
fn a_log_that_cannot_be_written_is_an_error_at_the_start() {
    let stage = Stage::new();
    let run = stage.run(&["--log", "none/log", "--", "true"]);
    assert_eq!(run.status.code(), Some(4), "{run:?}");
    assert_eq!(stage.left_behind(), [""; 0]);
}
