//! `wharf mcp`: answers that do not reach the client, and requests beyond the limits.

use std::collections::BTreeSet;
use std::io::Write;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::mcp_client::McpClient;
use crate::sandbox::{Sandbox, wait_until};

fn connect(sandbox: &Sandbox, args: &[&str]) -> McpClient {
    McpClient::connect(sandbox.wharf(["mcp"].iter().chain(args)))
}

fn call(id: impl Into<Value>, tool: &str, arguments: &Value) -> String {
    let params = json!({ "name": tool, "arguments": arguments });
    let call = json!({ "jsonrpc": "2.0", "id": id.into(), "method": "tools/call", "params": params });
    format!("{call}\n")
}

fn cancellation(id: impl Into<Value>) -> String {
    let params = json!({ "requestId": id.into() });
    format!("{}\n", json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params }))
}

fn listed(sandbox: &Sandbox) -> BTreeSet<String> {
    sandbox.run(["sessions", "list", "-q"]).ok().stdout().lines().map(str::to_owned).collect()
}

#[test]
fn a_session_whose_creation_was_cancelled_at_any_time_is_named_by_an_answer_or_deleted() {
    let sandbox = Sandbox::new();
    let mut client = connect(&sandbox, &[]);
    for round in 0..60_u64 {
        client.write(call(1000 + round, "session_create", &json!({})).as_bytes());
        // The cancellation arrives before, during and after the work.
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_micros(round * 150) {
            thread::yield_now();
        }
        client.write(cancellation(1000 + round).as_bytes());
    }
    client.close();
    let answers = client.rest();
    let run = client.finish();
    let named: BTreeSet<_> = answers
        .iter()
        .filter_map(|answer| answer["result"]["structuredContent"]["id"].as_str())
        .map(str::to_owned)
        .collect();
    assert!(listed(&sandbox).is_subset(&named), "{answers:?}\n{}", run.ok().stderr());
}

#[test]
fn a_session_whose_answer_cannot_be_written_is_deleted() {
    let sandbox = Sandbox::new();
    // Of the version without `initialize`: the first answer is that to the call.
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {},
    });
    let params = json!({ "name": "session_create", "arguments": {}, "_meta": meta });
    let request = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    sandbox.write("request", format!("{request}\n"));
    let run = sandbox.shell("$WHARF mcp <request", None).run();
    assert!(run.ok().stdout().contains("structuredContent"), "the session is created: {}", run.stdout());
    let before = listed(&sandbox);
    assert_eq!(before.len(), 1);
    let run = sandbox.shell("$WHARF mcp <request >/dev/full", None).run();
    run.code(12).says(&["session_create has no answer", "was deleted"]);
    assert_eq!(listed(&sandbox), before);
}

#[test]
fn what_stays_although_its_call_has_no_answer_is_reported() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&["--fault", "tools.call.create_directory:latency=400ms x1"]);
    let mut client = McpClient::connect(served.wharf("agb", ["mcp"]));
    let session = client.session();
    let directory = json!({ "sessionId": session, "path": "made" });
    let id = client.begin("tools/call", &json!({ "name": "session_file_mkdir", "arguments": directory }));
    // Nothing shows that the request is under way.
    thread::sleep(Duration::from_millis(200));
    client.cancel(&id);
    let made = json!({ "sessionId": session, "filePath": "made" });
    wait_until("the directory is made", || client.call("session_file_stat", &made)["isError"] == false);
    client.leave().ok().says(&["session_file_mkdir", "was done, and has no answer", "made"]);
}

#[test]
fn requests_beyond_the_limit_are_refused_while_others_are_read() {
    let sandbox = Sandbox::new();
    let mut client = connect(&sandbox, &["--allow-local-exec"]);
    let session = client.session();
    let sleep = json!({ "sessionId": session, "command": ["sleep", "600"] });
    // 64 run, 64 wait for them in the server, and 1,024 wait for these.
    let lines: String = (0..128 + 1024 + 3).map(|id| call(format!("c{id}"), "session_exec", &sleep)).collect();
    client.write(lines.as_bytes());
    let is_refused = |message: &Value| message["error"]["code"] == -32000;
    for _ in 0..3 {
        let refused = client.wait_for(is_refused);
        assert!(refused["error"]["message"].as_str().unwrap().contains("1024 requests"), "{refused}");
    }
    assert!(client.request("ping", &json!({}))["result"].is_object(), "pings are answered");
    // A cancellation makes a place, and is read although it stands behind.
    client.write(cancellation("c1000").as_bytes());
    client.write(call("c1000", "session_exec", &sleep).as_bytes());
    client.write(call("more", "session_exec", &sleep).as_bytes());
    assert_eq!(client.wait_for(is_refused)["id"], "more");
    let begun = Instant::now();
    client.close();
    let answers = client.rest();
    client.finish().ok();
    assert_eq!(answers.len(), 128 + 1024, "each of the others is answered");
    assert!(answers.iter().all(|answer| answer["result"]["isError"] == true));
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
}

#[test]
fn the_end_of_stdin_ends_a_server_whose_answers_are_not_read() {
    let sandbox = Sandbox::new();
    let mut server = sandbox.wharf(["mcp"]).stdin_held().start();
    let (stdout, mut stdin) = (server.take_stdout(), server.take_stdin());
    let begin = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#;
    writeln!(stdin, "{begin}").unwrap();
    for id in 1..=2000 {
        writeln!(stdin, r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/list"}}"#).unwrap();
    }
    let begun = Instant::now();
    drop(stdin);
    wait_until("the server has ended", || !server.is_running());
    assert!(begun.elapsed() < Duration::from_secs(14), "{:?}", begun.elapsed());
    drop(stdout);
    server.finish().ok();
}

#[test]
fn what_is_wrong_with_the_begin_of_a_session_is_said() {
    let sandbox = Sandbox::new();
    let mut client = McpClient::start(sandbox.wharf(["mcp"]));
    for method in ["tools/list", "tools/call", "no/such"] {
        let early = client.request(method, &json!({ "name": "session_list" }));
        assert!(early["error"]["message"].as_str().unwrap().contains("send `initialize` first"), "{early}");
    }
    assert!(client.request("ping", &json!({}))["result"].is_object());
    let info = json!({ "name": "test", "version": "1" });
    for version in [json!(null), json!(5), json!({})] {
        let begin = json!({ "protocolVersion": version, "capabilities": {}, "clientInfo": info });
        let begun = client.request("initialize", &begin);
        assert_eq!(begun["error"]["code"], -32602, "{begun}");
        assert!(begun["error"]["message"].as_str().unwrap().contains("`protocolVersion` must be a string"), "{begun}");
    }
    let begun = client.request("initialize", &json!({ "capabilities": {} }));
    assert!(begun["error"]["message"].as_str().unwrap().contains("protocolVersion"), "{begun}");
    let begun = client.request("initialize", &json!({ "protocolVersion": "2025-06-18" }));
    assert!(begun["error"]["message"].as_str().unwrap().contains("`initialize`: missing field"), "{begun}");
    client.initialize();
    client.session();
    client.leave().ok();
}

#[test]
fn an_id_is_repeated_up_to_its_limit() {
    let sandbox = Sandbox::new();
    let mut client = connect(&sandbox, &[]);
    let (longest, long) = ("i".repeat(1024), "i".repeat(1025));
    for line in [
        format!("{{\"jsonrpc\":\"2.0\",\"id\":\"{longest}\",\"method\":\"ping\"}}\n"),
        format!("{{\"id\":\"{longest}\",\"method\":\"ping\"\n"),
    ] {
        client.write(line.as_bytes());
        client.answer(&json!(longest));
        client.write(line.replace(&longest, &long).as_bytes());
        assert!(client.answer(&json!(null))["error"].is_object());
    }
    client.leave().ok();
}

#[test]
fn each_error_of_a_tool_says_what_to_do_next() {
    let sandbox = Sandbox::new();
    sandbox.shell("mkdir shared; ln -s loop shared/loop", None).run().ok();
    let mut client = connect(&sandbox, &["--root", "shared", "--allow-local-exec"]);
    let session = client.session();
    let file = |name: &str| json!({ "sessionId": session, "filePath": "f", "localPath": name });
    let mut long = vec!["x".repeat(100_000); 40];
    long[0] = "echo".to_owned();
    client.write(call("a", "session_file_upload", &file("loop")).as_bytes());
    client.write(call("b", "session_exec", &json!({ "sessionId": session, "command": long })).as_bytes());
    client.write(b"{\"jsonrpc\":\"2.0\",\"id\":\"c\",\"method\":\"tools/call\",\"params\":{\"name\":\"x\\ud800\"}}\n");
    client.write(b"{\"jsonrpc\":\"2.0\",\"id\":\"d\",\"method\":\"tools/call\",\"params\":{\"name\":4}}\n");
    client.write(b"{\"jsonrpc\":\"2.0\",\"id\":\"e\",\"method\":\"tools/call\",\"params\":{\"name\":");
    let answers: Vec<_> = ["a", "b", "c", "d"].iter().map(|id| client.answer(&json!(id))).collect();
    client.close();
    let cut = client.answer(&json!("e"));
    for answer in answers.iter().chain([&cut]) {
        let result = &answer["result"];
        let hint = result["structuredContent"]["error"]["hint"].as_str();
        assert!(hint.is_some_and(|hint| !hint.is_empty()), "{answer}");
        assert_eq!(result["content"][0]["text"].as_str().unwrap().lines().count(), 2, "{answer}");
    }
    client.finish().ok();
    let run = sandbox.run(["mcp", "-b", "local", "--root", "none"]);
    assert_eq!(run.code(4).stderr().lines().count(), 2, "{}", run.stderr());
}
