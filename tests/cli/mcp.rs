//! `wharf mcp`: the protocol, the tools that are offered, sessions, and what a client may do wrong.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
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
fn notifications_before_a_session_are_ignored() {
    let sandbox = Sandbox::new();
    let cancelled = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 9 } });
    for early in ["ping", "tools/list", "initialize", "server/discover", "tools/call"] {
        let mut client = McpClient::start(sandbox.wharf(["mcp"]));
        client.write(format!("{{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"{early}\",\"params\":{{}}}}\n").as_bytes());
        client.send(&cancelled);
        client.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        client.initialize();
        client.session();
        client.leave().ok();
    }
}

#[test]
fn a_late_answer_to_a_cancelled_request_is_not_the_answer_to_a_new_one_with_its_id() {
    let sandbox = Sandbox::new();
    let mut client = connect(&sandbox, &["--allow-local-exec"]);
    let session = client.session();
    let command = |script: &str| {
        let arguments = json!({ "sessionId": session, "command": ["sh", "-c", script] });
        let params = json!({ "name": "session_exec", "arguments": arguments });
        json!({ "jsonrpc": "2.0", "id": "again", "method": "tools/call", "params": params })
    };
    let id = json!("again");
    client.send(&command("trap 'echo >ended; exit' TERM; echo >runs; while :; do sleep 0.02; done"));
    wait_until("the command runs", || sandbox.inside(&session, "runs").exists());
    client.send(&command("echo another"));
    assert_eq!(client.answer(&id)["error"]["code"], -32600, "the id is taken");
    client.cancel(&id);
    client.send(&command("while [ ! -e ended ]; do sleep 0.02; done; sleep 0.3; echo second"));
    assert_eq!(client.answer(&id)["result"]["structuredContent"]["stdout"], "second\n");
    client.cancel(&id);
    client.send(&command("echo third"));
    assert_eq!(client.answer(&id)["result"]["structuredContent"]["stdout"], "third\n");
    client.leave().ok();
}

#[test]
fn agents_that_calls_name_are_not_kept_without_end() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let mut client = McpClient::connect(served.wharf("foundry", ["mcp"]));
    for agent in 0..100 {
        client.ok("session_list", &json!({ "agentName": format!("agent-{agent}") }));
    }
    let open = fs::read_dir(format!("/proc/{}/fd", client.server().id())).unwrap().count();
    assert!(open < 60, "{open} files are open");
    client.leave().ok();
}

#[test]
fn stdin_that_cannot_be_read_is_an_error() {
    Sandbox::new().shell("$WHARF mcp </", None).run().code(5).says(&["reading stdin"]);
}

#[test]
fn a_line_above_the_limit_is_answered_by_its_id() {
    let sandbox = Sandbox::new();
    let mut client = connect(&sandbox, &[]);
    let before = client.server().peak_memory();
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
    let longest = 1 << 20;
    for (length, kind) in [(longest, "usage"), (longest + 1, "limit")] {
        client.write(format!("{head}{}{tail}\n", "y".repeat(length - head.len() - tail.len())).as_bytes());
        let answer = client.answer(&json!("edge"));
        assert_eq!(answer["result"]["structuredContent"]["error"]["kind"], kind);
    }
    let more = client.server().peak_memory().zip(before).map(|(after, before)| after - before);
    assert!(more.is_none_or(|more| more < 9 << 20), "{more:?}");
    client.leave().ok();
    // The longest content that is written in the longest way.
    let mut client = connect(&sandbox, &["--max-inline", "4MiB"]);
    let session = client.session();
    let content = "\\u0001".repeat(4 << 20);
    let call = format!(
        r#"{{"jsonrpc":"2.0","id":"full","method":"tools/call","params":{{"name":"session_file_upload","arguments":{{"sessionId":"{session}","filePath":"f","contentText":"{content}"}}}}}}"#
    );
    client.write(call.as_bytes());
    client.write(b"\n");
    assert_eq!(client.answer(&json!("full"))["result"]["structuredContent"]["bytes"], 4 << 20);
    client.leave().ok();
}

#[test]
fn a_request_whose_id_cannot_be_used_is_answered() {
    let sandbox = Sandbox::new();
    let mut client = connect(&sandbox, &[]);
    let long = format!("\"{}\"", "x".repeat(2000));
    for (id, code) in
        [("null", -32600), ("true", -32600), ("[]", -32600), ("{}", -32600), ("\"\\ud800\"", -32700), (&*long, -32600)]
    {
        client.write(format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"method\":\"tools/call\"}}\n").as_bytes());
        let answer = client.answer(&json!(null));
        assert_eq!(answer["error"]["code"], code, "{id}: {answer}");
        client.write(format!("{{\"id\":{id},\"method\":\"ping\",\n").as_bytes());
        assert_eq!(client.answer(&json!(null))["error"]["code"], -32700, "{id}");
    }
    client.write(b"[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]\n");
    let batch = client.answer(&json!(null));
    assert!(batch["error"]["message"].as_str().unwrap().contains("batches are not supported"), "{batch}");
    client.leave().ok();
}

#[test]
fn a_line_of_many_values_is_refused_before_it_is_parsed() {
    let sandbox = Sandbox::new();
    let mut client = connect(&sandbox, &[]);
    let call = |values: usize| {
        let list = "1,".repeat(values);
        format!(
            "{{\"jsonrpc\":\"2.0\",\"id\":\"v\",\"method\":\"tools/call\",\"params\":{{\"name\":\"session_get\",\"arguments\":{{\"x\":[{list}1]}}}}}}\n"
        )
    };
    for (values, kind) in [(49_000, "usage"), (600_000, "limit")] {
        client.write(call(values).as_bytes());
        let answer = client.answer(&json!("v"));
        assert_eq!(answer["result"]["structuredContent"]["error"]["kind"], kind, "{values}");
    }
    let peak = client.server().peak_memory();
    assert!(peak.is_none_or(|peak| peak < 40 << 20), "{peak:?}");
    let long = "x".repeat(1 << 19);
    let error = client.error("session_get", &json!({ "sessionId": long }));
    assert!(error["message"].as_str().unwrap().len() < 4096, "an argument is not repeated as a whole");
    client.leave().ok();
}

#[test]
fn reading_stops_while_answers_are_not_read() {
    let sandbox = Sandbox::new();
    let mut server = sandbox.wharf(["mcp"]).stdin_held().start();
    let (mut stdout, mut stdin) = (server.take_stdout(), server.take_stdin());
    let begin = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#;
    let sent = Arc::new(AtomicUsize::new(0));
    let writing = {
        let sent = Arc::clone(&sent);
        std::thread::spawn(move || {
            writeln!(stdin, "{begin}").unwrap();
            for id in 1..=20_000 {
                writeln!(
                    stdin,
                    r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"backend_get"}}}}"#
                )
                .unwrap();
                sent.store(id, Ordering::Relaxed);
            }
        })
    };
    let mut last = 0;
    wait_until("no more requests are read", || {
        std::thread::sleep(Duration::from_secs(1));
        let now = sent.load(Ordering::Relaxed);
        now > 0 && std::mem::replace(&mut last, now) == now
    });
    assert!(last < 10_000, "{last} requests were read");
    let mut answers = String::new();
    stdout.read_to_string(&mut answers).unwrap();
    writing.join().unwrap();
    assert_eq!(answers.lines().count(), 20_001, "each request is answered once answers are read");
    server.finish().ok();
}

#[test]
fn a_call_that_ends_late_after_the_client_has_left_is_answered() {
    let sandbox = Sandbox::new();
    let mut client = connect(&sandbox, &["--allow-local-exec"]);
    let session = client.session();
    // It ends 5 s after the signal that it ignores.
    let stubborn =
        json!({ "sessionId": session, "command": ["sh", "-c", "trap '' TERM; echo >p; while :; do sleep 1; done"] });
    let id = client.begin_call("session_exec", &stubborn);
    let file = sandbox.inside(&session, "p");
    wait_until("the command runs", || file.exists());
    client.close();
    let answer = client.answer(&id);
    assert_eq!(answer["result"]["structuredContent"]["error"]["kind"], "interrupted", "{answer}");
    client.finish().ok();
}

#[test]
fn stdout_that_cannot_be_written_is_an_error() {
    let sandbox = Sandbox::new();
    let begin = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#;
    for to in [">/dev/full", ">&-"] {
        let run = sandbox.shell(&format!("echo '{begin}' | $WHARF mcp {to}"), None).run();
        run.code(12).says(&["stdout"]);
    }
}

#[test]
fn a_client_that_closes_stdout_while_nothing_happens_is_noticed() {
    let sandbox = Sandbox::new();
    let mut server = sandbox.wharf(["mcp"]).stdin_held().start();
    drop(server.take_stdout());
    wait_until("the server has ended", || !server.is_running());
    server.finish().ok();
}

#[test]
fn long_titles_are_shortened_in_listings() {
    let sandbox = Sandbox::new();
    let mut client = connect(&sandbox, &[]);
    let title = "t".repeat(3000);
    let created = client.ok("session_create", &json!({ "title": title, "labels": { "a": "b" } }));
    assert_eq!((&created["title"], created.get("truncated")), (&json!(title), None));
    let listed = client.ok("session_list", &json!({}))["sessions"][0].clone();
    let short = listed["title"].as_str().unwrap();
    assert!(short.len() < 1100 && short.contains("[... 1976 bytes are left out ...]"), "{listed}");
    assert_eq!(listed["truncated"], true);
}

#[test]
fn no_error_names_what_only_the_command_line_has() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    sandbox.write("shared/f", "f");
    let mut wrong = Vec::new();
    for (backend, agent) in [("local", ""), ("anthropic", "agent_1"), ("foundry", "a1"), ("agb", "")] {
        let mut call = served.wharf(backend, ["mcp", "--allow-local-exec", "--root", "shared"]);
        if !agent.is_empty() {
            call = call.env("WHARF_ENVIRONMENT", "env_1").env("WHARF_AGENT", agent);
        }
        let mut client = McpClient::connect(call);
        let session = client.session();
        client.call("session_file_upload", &json!({ "sessionId": session, "filePath": "d/f", "contentText": "f" }));
        let none = "no-such-session-1";
        let mut errors = Vec::new();
        for (tool, arguments) in [
            ("session_create", json!({ "sessionId": session })),
            ("session_create", json!({ "sessionId": "my-own-id-1", "ttl": "0s" })),
            ("session_create", json!({ "ttl": "0s" })),
            ("session_create", json!({ "maxCostUsd": "0" })),
            ("session_create", json!({ "maxCostUsd": "1" })),
            ("session_create", json!({ "labels": { "a b": "c" } })),
            ("session_create", json!({ "title": "a\0b" })),
            ("session_create", json!({ "agentName": "" })),
            ("session_create", json!({ "agentName": "no-such-agent" })),
            ("session_create", json!({ "projectEndpoint": "http://other" })),
            ("session_get", json!({ "sessionId": none })),
            ("session_get", json!({ "sessionId": "@last" })),
            ("session_get", json!({ "sessionId": "" })),
            ("session_get", json!({ "sessionId": "a/b" })),
            ("session_get", json!({ "sessionId": "x" })),
            ("session_get", json!({ "sessionId": "a\0b" })),
            ("session_list", json!({ "after": "rubbish" })),
            ("session_list", json!({ "labels": { "": "" } })),
            ("session_list", json!({ "order": "asc" })),
            ("session_stop", json!({ "sessionId": none })),
            ("session_delete", json!({ "sessionId": "a b" })),
            ("session_interrupt", json!({ "sessionId": none })),
            ("session_events", json!({ "sessionId": none })),
            ("session_logstream", json!({ "sessionId": none })),
            ("session_file_list", json!({ "sessionId": session, "path": "none" })),
            ("session_file_list", json!({ "sessionId": session, "path": "d/f" })),
            ("session_file_list", json!({ "sessionId": none })),
            ("session_file_stat", json!({ "sessionId": session, "filePath": "none" })),
            ("session_file_stat", json!({ "sessionId": session, "filePath": "../x" })),
            ("session_file_stat", json!({ "sessionId": session, "filePath": "a\0b" })),
            ("session_file_mkdir", json!({ "sessionId": session, "path": "x/y", "createParents": false })),
            ("session_file_mkdir", json!({ "sessionId": session, "path": "d/f" })),
            ("session_file_mkdir", json!({ "sessionId": session, "path": "d", "mode": "755" })),
            ("session_file_delete", json!({ "sessionId": session, "filePath": "d" })),
            ("session_file_delete", json!({ "sessionId": session, "filePath": "none" })),
            ("session_file_download", json!({ "sessionId": session, "filePath": "d" })),
            ("session_file_download", json!({ "sessionId": session, "filePath": "none" })),
            ("session_file_download", json!({ "sessionId": session, "filePath": "d", "localPath": "x" })),
            ("session_file_download", json!({ "sessionId": session, "filePath": "d/f", "localPath": "f" })),
            ("session_file_download", json!({ "sessionId": session, "filePath": "d/f", "offset": 9 })),
            ("session_file_upload", json!({ "sessionId": session, "filePath": "d/f/g", "contentText": "" })),
            ("session_file_upload", json!({ "sessionId": session, "filePath": "d", "contentText": "" })),
            ("session_file_upload", json!({ "sessionId": none, "filePath": "d", "contentText": "" })),
            ("session_file_upload", json!({ "sessionId": session, "filePath": "n", "localPath": "none" })),
            ("session_file_upload", json!({ "sessionId": session, "filePath": "n", "localPath": "/etc/passwd" })),
            (
                "session_file_upload",
                json!({ "sessionId": session, "filePath": "n", "contentText": "x".repeat(1 << 17) }),
            ),
            ("resource_add", json!({ "sessionId": session, "fileId": "file_none", "mountPath": "/m" })),
            ("resource_add", json!({ "sessionId": session, "localPath": "f", "mountPath": "/d/f/g" })),
            ("resource_delete", json!({ "sessionId": session, "mountPath": "/none" })),
            ("resource_delete", json!({ "sessionId": session, "resourceId": "none" })),
            ("resource_list", json!({ "sessionId": none })),
            ("agent_invoke", json!({ "sessionId": session, "inputText": "hello", "conversationId": "c" })),
            ("agent_invoke", json!({ "sessionId": session, "inputText": "a\0b" })),
            ("agent_invoke", json!({ "sessionId": none, "inputText": "hello" })),
            ("session_confirm", json!({ "sessionId": session, "toolUseId": "none", "decision": "allow" })),
            ("session_exec", json!({ "sessionId": none, "command": ["true"] })),
            ("session_exec", json!({ "sessionId": session, "command": ["true"], "cwd": "none" })),
            ("session_exec", json!({ "sessionId": session, "command": ["true"], "cwd": "d/f" })),
        ] {
            let result = client.call(tool, &arguments);
            if result["isError"] == true {
                errors.push((tool, arguments, result["structuredContent"]["error"].clone()));
            }
        }
        assert!(errors.len() > 35, "{backend}: {}", errors.len());
        errors.retain(|(_, _, error)| {
            // Flags of the server are for its user.
            let own = ["--root", "--allow-local-exec"];
            let mut texts = ["message", "hint"].iter().filter_map(|name| error[*name].as_str());
            let is_clean = |text: &str| {
                let text = own.iter().fold(text.to_owned(), |text, flag| text.replace(flag, ""));
                !text.contains("--") && !text.contains("wharf ") && !text.contains("SESSION")
            };
            error["kind"] == "internal" || error["kind"] == "io" || !texts.all(is_clean)
        });
        wrong.extend(
            errors.into_iter().map(|(tool, arguments, error)| format!("{backend} {tool} {arguments}: {error}")),
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
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
    sandbox.run(["mcp", "--max-inline", "0"]).code(2).says(&["1KiB"]);
    sandbox.run(["mcp", "--max-inline", "1GiB"]).code(2).says(&["4MiB"]);
}
