//! `wharf mcp`: the protocol, the tools that are offered, sessions, and what a client may do wrong.

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::mcp_client::McpClient;
use crate::sandbox::{Sandbox, wait_until};

fn connect(sandbox: &Sandbox, args: &[&str]) -> McpClient {
    McpClient::connect(sandbox.wharf(["mcp"].iter().chain(args)))
}

#[test]
fn sessions_are_created_listed_stopped_and_deleted() {
    let sandbox = Sandbox::new();
    let mut client = connect(&sandbox, &[]);
    let created = client.ok("session_create", &json!({ "title": "one", "labels": { "a": "b" }, "ttl": "30m" }));
    assert_eq!(
        (&created["backend"], &created["title"], &created["labels"]),
        (&json!("local"), &json!("one"), &json!({ "a": "b" }))
    );
    assert!(created["expires_at"].is_string() && created.get("provider").is_none(), "{created}");
    let id = json!({ "sessionId": created["id"] });
    assert_eq!(client.ok("session_get", &id)["id"], created["id"]);
    let other = client.ok("session_create", &json!({ "sessionId": "my-own-id" }))["id"].clone();
    client.fails("conflict", "session_create", &json!({ "sessionId": "my-own-id" }));
    client.fails("usage", "session_create", &json!({ "sessionId": "short" }));
    client.fails("usage", "session_create", &json!({ "ttl": "soon" }));
    client.fails("usage", "session_create", &json!({ "maxCostUsd": "much" }));
    client.fails("unsupported", "session_create", &json!({ "maxCostUsd": "1.50" }));
    let page = client.ok("session_list", &json!({ "limit": 1 }));
    assert_eq!(page["sessions"][0]["id"], other, "newest first: {page}");
    let next = client.ok("session_list", &json!({ "limit": 1, "after": page["next_cursor"] }));
    assert_eq!((&next["sessions"][0]["id"], next.get("next_cursor")), (&created["id"], None));
    let labelled = client.ok("session_list", &json!({ "labels": { "a": "b" } }));
    assert_eq!(labelled["sessions"].as_array().unwrap().len(), 1);
    client.fails("usage", "session_list", &json!({ "after": "rubbish" }));
    client.fails("unsupported", "session_list", &json!({ "before": "x" }));
    assert_eq!(client.ok("session_stop", &id)["status"], "stopped");
    assert_eq!(client.ok("session_delete", &id), json!({ "id": created["id"], "deleted": true }));
    assert_eq!(client.ok("session_delete", &id), json!({ "id": created["id"], "deleted": false }));
    let error = client.fails("not_found", "session_get", &id);
    let fields: BTreeSet<_> = error.as_object().unwrap().keys().map(String::as_str).collect();
    let run = sandbox.run(["--format", "json", "sessions", "get", created["id"].as_str().unwrap()]);
    let plain: Value = serde_json::from_str(run.code(4).stderr()).unwrap();
    let plain = plain["error"].as_object().unwrap();
    assert_eq!(fields, plain.keys().map(String::as_str).collect(), "the error is that of the command line");
    assert_eq!((&error["kind"], &error["message"]), (&plain["kind"], &plain["message"]));
    assert!(error["hint"].as_str().unwrap().contains("session_list"), "the hint names a tool: {error}");
    client.leave().ok().says(&[]);
}

#[test]
fn the_offered_tools_follow_the_flags() {
    let sandbox = Sandbox::new();
    let tools = |args: &[&str]| connect(&sandbox, args).tools();
    let all = tools(&["--allow-local-exec"]);
    assert!(all.len() > 15 && all.contains(&"session_exec".to_owned()), "{all:?}");
    let careful = tools(&[]);
    let missing: Vec<_> = all.iter().filter(|name| !careful.contains(name)).collect();
    assert_eq!(missing, ["agent_invoke", "session_exec"]);
    let readers = tools(&["--read-only", "--allow-local-exec"]);
    assert_eq!(
        readers.iter().map(String::as_str).collect::<BTreeSet<_>>(),
        BTreeSet::from([
            "backend_get",
            "resource_list",
            "session_events",
            "session_file_download",
            "session_file_list",
            "session_file_stat",
            "session_get",
            "session_list",
            "session_logstream",
        ])
    );
    assert_eq!(tools(&["--tools", "resources"]), ["resource_add", "resource_list", "resource_delete", "backend_get"]);
    sandbox.run(["mcp", "--tools", "nothing"]).code(2).says(&["nothing", "sessions", "files"]);
    let mut client = connect(&sandbox, &["--read-only"]);
    client.fails("unsupported", "session_create", &json!({}));
    client.fails("unsupported", "session_exec", &json!({}));
    let mut client = connect(&sandbox, &["--tools", "files"]);
    client.fails("unsupported", "session_create", &json!({}));
}

#[test]
fn each_backend_offers_the_tools_that_it_can_serve() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    for (backend, has, lacks) in [
        ("anthropic", "session_confirm", "session_exec"),
        ("foundry", "session_file_mkdir", "resource_add"),
        ("agb", "session_exec", "agent_invoke"),
    ] {
        let mut client = McpClient::connect(served.wharf(backend, ["mcp"]));
        let tools = client.tools();
        assert!(tools.contains(&has.to_owned()) && !tools.contains(&lacks.to_owned()), "{backend}: {tools:?}");
        client.fails("unsupported", lacks, &json!({}));
        let about = client.ok("backend_get", &json!({}));
        assert_eq!((&about["backend"], &about["limits"]["inline_text_bytes"]), (&json!(backend), &json!(65536)));
    }
}

#[test]
fn the_project_and_the_agent_of_a_call_are_checked() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let mut client = McpClient::connect(served.wharf("foundry", ["mcp"]));
    let endpoint = served.variable("FOUNDRY_PROJECT_ENDPOINT").to_owned();
    let own = json!({ "projectEndpoint": format!("{endpoint}/"), "agentName": "a1" });
    let session = client.ok("session_create", &own);
    assert_eq!(session["agent"], "a1");
    client.fails("usage", "session_list", &json!({ "projectEndpoint": "https://elsewhere.example/api/projects/p" }));
    let other = client.ok("session_create", &json!({ "agentName": "a2" }));
    assert_eq!(other["agent"], "a2");
    let listed = |client: &mut McpClient, agent: &str| {
        let page = client.ok("session_list", &json!({ "agentName": agent }));
        page["sessions"].as_array().unwrap().iter().map(|session| session["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        (listed(&mut client, "a1"), listed(&mut client, "a2")),
        (vec![session["id"].clone()], vec![other["id"].clone()])
    );
    client.fails("usage", "session_list", &json!({ "agentName": "not a name" }));
    let mut local = connect(&sandbox, &["-b", "local"]);
    local.fails("unsupported", "session_list", &json!({ "agentName": "a1" }));
}

#[test]
fn arguments_that_are_wrong_are_results_that_the_model_sees() {
    let sandbox = Sandbox::new();
    let mut client = connect(&sandbox, &[]);
    for (tool, arguments, words) in [
        ("no_such_tool", json!({}), "unknown tool"),
        ("session_get", json!({}), "`sessionId` is missing"),
        ("session_get", json!({ "sessionId": 5 }), "`sessionId` must be a string"),
        ("session_get", json!({ "sessionId": "s1", "verbose": true }), "unknown argument: `verbose`"),
        ("session_list", json!({ "limit": 101 }), "`limit` must be a whole number from 1 to 100"),
        ("session_list", json!({ "limit": 0 }), "`limit`"),
        ("session_list", json!({ "order": "up" }), "`order` must be one of asc, desc"),
        ("session_create", json!({ "labels": { "a": 1 } }), "`labels.a` must be a string"),
        ("session_get", json!({ "sessionId": "a:b" }), "a:b"),
    ] {
        let error = client.fails("usage", tool, &arguments);
        assert!(error["message"].as_str().unwrap().contains(words), "{tool} {arguments}: {error}");
    }
    for params in [json!({ "name": "session_list", "arguments": [1] }), json!({ "arguments": {} }), json!("x")] {
        let answer = client.request("tools/call", &params);
        assert_eq!(answer["result"]["structuredContent"]["error"]["kind"], "usage", "{params}: {answer}");
    }
    let unknown = client.request("no/such/method", &json!({}));
    assert_eq!(unknown["error"]["code"], -32601, "{unknown}");
    client.session();
}

#[test]
fn garbage_is_answered_and_brings_nothing_down() {
    let sandbox = Sandbox::new();
    let mut client = McpClient::start(sandbox.wharf(["mcp"]));
    // What comes before a session, and what is not a message.
    client.write(b"\n\r\n  \ngarbage\n");
    let answer = client.wait_for(|message| message["id"].is_null());
    assert_eq!(answer["error"]["code"], -32700, "{answer}");
    client.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
    client.send(&json!({ "jsonrpc": "2.0", "id": 100, "result": {} }));
    client.write(b"\xff\xfe\x00\n[1,2]\nnull\n{\"id\":7,\"method\":\"x\"}\n");
    assert_eq!(client.answer(&json!(7))["error"]["code"], -32600);
    let too_early = client.request("tools/list", &json!({}));
    assert!(too_early["error"].is_object(), "{too_early}");
    let info = json!({ "name": "test", "version": "1" });
    let begin = json!({ "protocolVersion": "1900-01-01", "capabilities": {}, "clientInfo": info });
    let begun = client.request("initialize", &begin);
    assert!(begun["result"]["protocolVersion"].as_str().unwrap() > "2024", "another version is offered: {begun}");
    client.write(b"{\"jsonrpc\":\"2.0\",\"id\":\"cut\",\"method\":\"tools/call\",\"params\":{\n");
    let cut = client.answer(&json!("cut"));
    assert_eq!(cut["result"]["structuredContent"]["error"]["kind"], "usage", "{cut}");
    assert!(client.request("ping", &json!({}))["result"].is_object());
    client.session();
    client.leave().ok();
}

#[test]
fn a_line_above_the_limit_is_answered_by_its_id() {
    let sandbox = Sandbox::new();
    let mut client = connect(&sandbox, &[]);
    let filler = "x".repeat(20 << 20);
    let arguments = format!("{{\"sessionId\":\"s1\",\"filePath\":\"f\",\"contentText\":\"{filler}\"}}");
    let call = format!("\"params\":{{\"name\":\"session_file_upload\",\"arguments\":{arguments}}}");
    client.write(format!("{{{call},\"id\":\"late\",\"method\":\"tools/call\",\"jsonrpc\":\"2.0\"}}\n").as_bytes());
    let answer = client.answer(&json!("late"));
    assert_eq!(answer["result"]["isError"], true);
    assert_eq!(answer["result"]["structuredContent"]["error"]["kind"], "limit");
    client.write(format!("{{\"jsonrpc\":\"2.0\",\"id\":77,\"method\":\"ping\",\"params\":\"{filler}\"}}\n").as_bytes());
    let answer = client.answer(&json!(77));
    assert_eq!(answer["error"]["code"], -32600, "{answer}");
    client.session();
    // The longest line that is read, and one byte more.
    let head =
        r#"{"jsonrpc":"2.0","id":"edge","method":"tools/call","params":{"name":"session_get","arguments":{"x":""#;
    let tail = "\"}}}";
    for (length, kind) in [(16 << 20, "usage"), ((16 << 20) + 1, "limit")] {
        client.write(format!("{head}{}{tail}\n", "y".repeat(length - head.len() - tail.len())).as_bytes());
        let answer = client.answer(&json!("edge"));
        assert_eq!(answer["result"]["structuredContent"]["error"]["kind"], kind);
    }
    client.leave().ok();
}

#[test]
fn the_server_ends_with_its_client() {
    let sandbox = Sandbox::new();
    let run = sandbox.wharf(["mcp"]).run();
    assert_eq!((run.ok().stdout(), run.stderr()), ("", ""), "stdin is empty");
    connect(&sandbox, &[]).leave().ok();
    // In the middle of a line.
    let mut client = connect(&sandbox, &[]);
    client.write(b"{\"jsonrpc\":\"2.0\",\"id\":5,\"meth");
    client.leave().ok();
    // stdout is closed first.
    let mut server = sandbox.wharf(["mcp"]).stdin_held().start();
    drop(server.take_stdout());
    server.write(b"garbage\ngarbage\n");
    wait_until("the server has ended", || !server.is_running());
    server.finish().ok();
    sandbox.shell("$WHARF mcp <&-", None).run().code(12);
}

#[test]
fn signals_and_the_time_limit_end_the_server_as_they_end_other_commands() {
    let sandbox = Sandbox::new();
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130)] {
        let client = connect(&sandbox, &[]);
        client.signal(signal);
        client.finish().code(code);
    }
    let begun = Instant::now();
    connect(&sandbox, &["--timeout", "1s"]).finish().code(124);
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn calls_run_at_the_same_time() {
    let sandbox = Sandbox::new();
    let mut client = connect(&sandbox, &["--allow-local-exec"]);
    let session = client.session();
    let fifo = sandbox.inside(&session, "fifo");
    crate::sandbox::make_fifo(&fifo);
    let exec = |script: &str| json!({ "sessionId": session, "command": ["sh", "-c", script] });
    let slow = client.begin_call("session_exec", &exec("read line <fifo; echo $line"));
    let quick = client.ok("session_exec", &exec("echo quick"));
    assert_eq!(quick["stdout"], "quick\n");
    client.ok("session_exec", &exec("echo released >fifo"));
    assert_eq!(client.answer(&slow)["result"]["structuredContent"]["stdout"], "released\n");
    let many: Vec<_> = (0..200).map(|_| client.begin_call("session_get", &json!({ "sessionId": session }))).collect();
    for id in many {
        assert_eq!(client.answer(&id)["result"]["isError"], false);
    }
}

#[test]
fn a_call_that_is_cancelled_before_it_begins_is_not_run() {
    let sandbox = Sandbox::new();
    let mut client = connect(&sandbox, &["--allow-local-exec"]);
    let session = client.session();
    let sleep = json!({ "sessionId": session, "command": ["sleep", "1"] });
    let busy: Vec<_> = (0..64).map(|_| client.begin_call("session_exec", &sleep)).collect();
    let late = client.begin_call("session_create", &json!({}));
    client.cancel(&late);
    for id in busy {
        assert_eq!(client.answer(&id)["result"]["isError"], false);
    }
    let sessions = client.ok("session_list", &json!({}))["sessions"].clone();
    assert_eq!(sessions.as_array().map(Vec::len), Some(1), "{sessions}");
}

#[test]
fn a_session_that_was_being_created_when_the_call_was_cancelled_is_deleted() {
    let sandbox = Sandbox::new();
    let log = sandbox.path("log.jsonl");
    let served = sandbox.serve(&["--fault", "create:latency=1s x1", "--log", log.to_str().unwrap()]);
    let mut client = McpClient::connect(served.wharf("foundry", ["mcp"]));
    let id = client.begin_call("session_create", &json!({}));
    // Nothing shows that the request is under way.
    std::thread::sleep(std::time::Duration::from_millis(300));
    client.cancel(&id);
    wait_until("the session is gone again", || {
        let log = fs::read_to_string(&log).unwrap_or_default();
        log.contains("sessions.create") && log.contains("sessions.delete")
    });
    assert_eq!(client.ok("session_list", &json!({}))["sessions"], json!([]));
}

#[test]
fn numbers_outside_of_their_limits_are_refused() {
    let sandbox = Sandbox::new();
    let mut client = connect(&sandbox, &["--allow-local-exec"]);
    let session = client.session();
    for (tool, name, least, most) in [
        ("session_list", "limit", 1, Some(100)),
        ("session_file_list", "limit", 1, Some(5000)),
        ("session_events", "limit", 1, Some(1000)),
        ("session_logstream", "maxLines", 1, Some(300)),
        ("session_exec", "timeoutSeconds", 1, None),
    ] {
        let with = |number: i64| {
            let mut arguments = json!({ name: number });
            if tool != "session_list" {
                arguments["sessionId"] = json!(session);
            }
            if tool == "session_exec" {
                arguments["command"] = json!(["true"]);
            }
            arguments
        };
        client.ok(tool, &with(least));
        client.fails("usage", tool, &with(least - 1));
        if let Some(most) = most {
            client.ok(tool, &with(most));
            client.fails("usage", tool, &with(most + 1));
        }
    }
}

#[test]
fn no_secret_is_in_any_answer() {
    let sandbox = Sandbox::new();
    let secret = "sk-ant-planted-secret-0123456789";
    let served = sandbox.serve(&["--fault", "*:401 x9"]);
    let call = served.wharf("anthropic", ["mcp", "--debug"]).env("ANTHROPIC_API_KEY", secret);
    let mut client = McpClient::connect(call);
    client.fails("auth", "session_list", &json!({}));
    client.ok("backend_get", &json!({}));
    client.close();
    let rest = client.rest();
    assert!(!format!("{rest:?}").contains(secret));
    assert!(!client.finish().ok().stderr().contains(secret));
}

#[test]
fn settings_that_cannot_work_end_the_server_before_it_serves() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path("file"), "").unwrap();
    sandbox.run(["mcp", "--root", "missing"]).code(4).says(&["missing"]);
    sandbox.run(["mcp", "--root", "file"]).code(2).says(&["not a directory", "file"]);
    sandbox.run(["mcp", "-b", "foundry"]).code(2).says(&["FOUNDRY_PROJECT_ENDPOINT"]);
    sandbox.run(["mcp", "--max-inline", "much"]).code(2).says(&["much"]);
}
