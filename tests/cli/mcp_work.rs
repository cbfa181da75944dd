//! `wharf mcp`: commands and agents in sessions.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::mcp_client::McpClient;
use crate::sandbox::{Sandbox, Served, wait_until};

const KIB: usize = 1024;

/// A sandbox whose local agent is a shell.
fn with_agent() -> Sandbox {
    let sandbox = Sandbox::new();
    fs::create_dir_all(sandbox.config().join("wharf")).unwrap();
    let profile = "profile = 'a'\n[profiles.a]\nbackend = 'local'\nagent_command = ['sh']\n";
    fs::write(sandbox.config().join("wharf/config.toml"), profile).unwrap();
    sandbox
}

fn local(sandbox: &Sandbox) -> (McpClient, String) {
    let mut client = McpClient::connect(sandbox.wharf(["mcp", "--allow-local-exec"]));
    let session = client.session();
    (client, session)
}

/// Connects to a server for a hosted backend and one of its agents.
fn connect_hosted(served: &Served<'_>, backend: &str, agent: &str) -> McpClient {
    let server = served.wharf(backend, ["mcp"]).env("WHARF_ENVIRONMENT", "env_1").env("WHARF_AGENT", agent);
    McpClient::connect(server)
}

fn script(session: &str, script: &str, more: &Value) -> Value {
    let mut arguments = json!({ "sessionId": session, "command": ["sh", "-c", script] });
    arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    arguments
}

/// Whether a process of this number runs.
fn is_alive(process: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}

/// Waits for a file of a session that holds a number of a process.
fn process_in(sandbox: &Sandbox, session: &str, name: &str) -> String {
    let path = sandbox.inside(session, name);
    wait_until("the process has written its number", || fs::read_to_string(&path).is_ok_and(|it| it.ends_with('\n')));
    fs::read_to_string(path).unwrap().trim().to_owned()
}

#[test]
fn a_command_runs_with_its_words_input_and_status() {
    let sandbox = Sandbox::new();
    let (mut client, session) = local(&sandbox);
    let run = client.ok(
        "session_exec",
        &json!({
            "sessionId": session, "command": ["printf", "%s|", "a b", "$HOME"], "cwd": "/",
        }),
    );
    assert_eq!(
        run,
        json!({
            "exit_code": 0, "stdout": "a b|$HOME|", "stderr": "", "stdout_bytes": 10, "stderr_bytes": 0,
            "truncated": false, "timed_out": false,
        })
    );
    let more = json!({ "stdinText": "in\n", "env": { "X": "y" } });
    let run = client.ok("session_exec", &script(&session, "cat; echo $X >&2; exit 3", &more));
    assert_eq!((&run["exit_code"], &run["stdout"], &run["stderr"]), (&json!(3), &json!("in\n"), &json!("y\n")));
    let run = client.ok("session_exec", &script(&session, "printf '\\377'", &json!({})));
    assert_eq!((&run["encoding"], &run["stdout"]), (&json!("base64"), &json!("/w==")));
    let run = client.ok("session_exec", &script(&session, "cat", &json!({})));
    assert_eq!(run["stdout"], "", "the messages of the client are not the input of a command");
    let error = client.error("session_exec", &json!({ "sessionId": session, "command": ["no-such-program"] }));
    assert!(error["message"].as_str().unwrap().contains("no-such-program"), "{error}");
    client.fails("usage", "session_exec", &script(&session, "", &json!({ "env": { "A=B": "" } })));
    client.fails("usage", "session_exec", &script(&session, "", &json!({ "env": { "A": "\0" } })));
    client.fails("usage", "session_exec", &script(&session, "echo a\0b", &json!({})));
    client.fails("usage", "session_exec", &script(&session, "true", &json!({ "cwd": "a\0b" })));
    client.fails("usage", "session_exec", &json!({ "sessionId": session, "command": [""] }));
    client.fails("not_found", "session_exec", &script("no-session", "true", &json!({})));
}

#[test]
fn output_is_kept_up_to_32_kib_and_says_what_is_missing() {
    let sandbox = Sandbox::new();
    let (mut client, session) = local(&sandbox);
    let mut run = |count: usize| {
        let line = format!("head -c {count} /dev/zero | tr '\\0' x; head -c {count} /dev/zero | tr '\\0' y >&2");
        client.ok("session_exec", &script(&session, &line, &json!({})))
    };
    let whole = run(32 * KIB);
    assert_eq!((&whole["truncated"], &whole["stdout_bytes"]), (&json!(false), &json!(32 * KIB)));
    assert_eq!(whole["stdout"], "x".repeat(32 * KIB));
    let cut = run(32 * KIB + 1);
    assert_eq!((&cut["truncated"], &cut["stderr_bytes"]), (&json!(true), &json!(32 * KIB + 1)));
    assert_eq!(cut["stderr"], "y".repeat(32 * KIB));
    let text = "x".repeat(64 * KIB);
    let fits = client.ok("session_exec", &script(&session, "wc -c", &json!({ "stdinText": text })));
    assert_eq!(fits["stdout"].as_str().unwrap().trim(), "65536");
    client.fails("limit", "session_exec", &script(&session, "wc -c", &json!({ "stdinText": format!("{text}x") })));
}

#[test]
fn a_command_is_stopped_by_its_time_limit_a_cancellation_and_the_end_of_the_client() {
    let sandbox = Sandbox::new();
    let (mut client, session) = local(&sandbox);
    let begun = Instant::now();
    let endless = |name: &str| format!("echo $$ >{name}; echo begun; exec sleep 600");
    let run = client.ok("session_exec", &script(&session, &endless("p1"), &json!({ "timeoutSeconds": 1 })));
    assert_eq!((&run["exit_code"], &run["timed_out"], &run["stdout"]), (&json!(null), &json!(true), &json!("begun\n")));
    // One that ignores the signal is killed.
    let stubborn = "trap '' TERM; echo $$ >p2; while :; do sleep 1; done";
    let run = client.ok("session_exec", &script(&session, stubborn, &json!({ "timeoutSeconds": 1 })));
    assert_eq!(run["timed_out"], true);
    let id = client.begin_call("session_exec", &script(&session, &endless("p3"), &json!({ "timeoutSeconds": 900 })));
    let cancelled = process_in(&sandbox, &session, "p3");
    client.cancel(&id);
    wait_until("the command has ended", || !is_alive(&cancelled));
    client.begin_call("session_exec", &script(&session, &endless("p4"), &json!({})));
    let left = process_in(&sandbox, &session, "p4");
    client.leave().ok();
    for process in ["p1", "p2"].map(|name| process_in(&sandbox, &session, name)).into_iter().chain([left]) {
        assert!(!is_alive(&process), "{process}");
    }
    assert!(begun.elapsed() < Duration::from_secs(50));
}

#[test]
fn a_command_does_not_get_the_credentials_of_the_server() {
    let sandbox = Sandbox::new();
    let profile = "profile = 'a'\n[profiles.a]\nbackend = 'local'\nsecret_env = 'OWN_SECRET'\n";
    fs::create_dir_all(sandbox.config().join("wharf")).unwrap();
    fs::write(sandbox.config().join("wharf/config.toml"), profile).unwrap();
    let names = [
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_AUTH_TOKEN",
        "WHARF_FOUNDRY_TOKEN",
        "AZURE_CLIENT_SECRET",
        "AGB_API_KEY",
        "OWN_SECRET",
    ];
    let call =
        names.iter().fold(sandbox.wharf(["mcp", "--allow-local-exec"]), |call, name| call.env(name, "planted-secret"));
    let mut client = McpClient::connect(call.env("OTHER", "inherited"));
    let session = client.session();
    let run = client.ok("session_exec", &script(&session, "env", &json!({})));
    let variables = run["stdout"].as_str().unwrap();
    assert!(variables.contains("OTHER=inherited") && !variables.contains("planted-secret"), "{variables}");
    let given = json!({ "env": { "AGB_API_KEY": "given" } });
    assert_eq!(client.ok("session_exec", &script(&session, "echo $AGB_API_KEY", &given))["stdout"], "given\n");
}

#[test]
fn a_long_text_of_an_agent_lacks_its_middle_and_says_so() {
    let sandbox = with_agent();
    for (args, most) in [(&[][..], 64 * KIB), (&["--max-inline", "1KiB"], KIB)] {
        let mut client = McpClient::connect(sandbox.wharf(["mcp", "--allow-local-exec"].iter().chain(args)));
        let session = client.session();
        let mut invoke = |bytes: usize| {
            let text = format!("head -c {bytes} /dev/zero | tr '\\0' x");
            client.ok("agent_invoke", &json!({ "sessionId": session, "inputText": text }))
        };
        let whole = invoke(most);
        assert_eq!((&whole["bytes"], whole.get("truncated")), (&json!(most), None));
        assert_eq!(whole["text"], "x".repeat(most));
        let cut = invoke(most + 100);
        assert_eq!((&cut["bytes"], &cut["truncated"]), (&json!(most + 100), &json!(true)));
        let text = cut["text"].as_str().unwrap();
        assert!(text.contains("\n[... 100 bytes are left out ...]\n") && text.len() < most + 50, "{}", text.len());
        assert_eq!(cut["sha256"].as_str().map(str::len), Some(64));
    }
}

#[test]
fn a_session_that_a_cancelled_message_created_is_deleted() {
    let sandbox = with_agent();
    let mut client = McpClient::connect(sandbox.wharf(["mcp", "--allow-local-exec"]));
    for leaves in [false, true] {
        let text = "echo $$ >p; exec sleep 600";
        let id = client.begin_call("agent_invoke", &json!({ "inputText": text }));
        let listed =
            || sandbox.run(["sessions", "list", "-q"]).ok().stdout().lines().map(str::to_owned).collect::<Vec<_>>();
        wait_until("a session was created", || listed().len() == 1);
        let process = process_in(&sandbox, &listed()[0], "p");
        if leaves {
            client.close();
            let answer = client.answer(&id);
            let error = &answer["result"]["structuredContent"]["error"];
            assert!(error["hint"].as_str().unwrap().contains("was deleted"), "{answer}");
        } else {
            client.cancel(&id);
        }
        wait_until("the session is deleted", || listed().is_empty());
        assert!(!is_alive(&process));
    }
    client.finish().ok();
}

#[test]
fn a_session_that_a_cancelled_message_to_a_hosted_agent_created_is_deleted() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    for (backend, agent) in [("anthropic", "agent_1"), ("foundry", "a1")] {
        let mut client = connect_hosted(&served, backend, agent);
        let id = client.begin_call("agent_invoke", &json!({ "inputText": "sleep 60s" }));
        client.wait_for(|message| message["method"] == "notifications/progress");
        client.cancel(&id);
        wait_until("the session is deleted", || client.ok("session_list", &json!({}))["sessions"] == json!([]));
        client.leave().ok();
    }
}

#[test]
fn commands_run_in_hosted_sessions() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&["--exec"]);
    let mut client = McpClient::connect(served.wharf("agb", ["mcp"]));
    let session = client.session();
    let run = client.ok("session_exec", &script(&session, "echo $((6*7)); cat", &json!({ "stdinText": "in" })));
    assert_eq!((&run["exit_code"], &run["stdout"]), (&json!(0), &json!("42\nin")));
}

#[test]
fn an_agent_is_invoked_and_its_events_and_logs_are_listed() {
    let sandbox = with_agent();
    let (mut client, session) = local(&sandbox);
    let invoke = |text: &str| json!({ "sessionId": session, "inputText": text });
    let turn = client.ok("agent_invoke", &invoke("echo hello; echo oops >&2; echo result >$WHARF_OUTPUTS/r"));
    let hash = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
    let expected =
        json!({ "text": "hello\n", "bytes": 6, "sha256": hash, "stop_reason": "exit 0", "session": session });
    assert_eq!(turn, expected);
    let result = json!({ "sessionId": session, "filePath": "@outputs/r" });
    assert_eq!(client.ok("session_file_download", &result)["content"], "result\n");
    let failed = client.call("agent_invoke", &invoke("echo before; exit 3"));
    let fields = &failed["structuredContent"];
    assert_eq!(
        (&failed["isError"], &fields["error"]["kind"], &fields["text"]),
        (&json!(true), &json!("agent_failed"), &json!("before\n"))
    );
    let events = client.ok("session_events", &json!({ "sessionId": session }));
    let kinds = |page: &Value| {
        let events = page["events"].as_array().unwrap();
        events.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(kinds(&events).iter().any(|kind| kind == "user"), "{events}");
    let texts = client.ok("session_events", &json!({ "sessionId": session, "types": ["text"], "limit": 1 }));
    assert_eq!((kinds(&texts), &texts["events"][0]["text"]), (vec!["text".to_owned()], &json!("hello\n")));
    let next = json!({ "sessionId": session, "types": ["text"], "after": texts["next_cursor"] });
    let rest = client.ok("session_events", &next);
    assert_eq!((&rest["events"][0]["text"], rest.get("next_cursor")), (&json!("before\n"), None));
    client.fails("not_found", "session_events", &json!({ "sessionId": session, "after": "no-such-event" }));
    // A page has 64 KiB, and a longer text lacks its middle.
    client.ok("agent_invoke", &invoke("head -c 40000 /dev/zero | tr '\\0' a"));
    client.ok("agent_invoke", &invoke("head -c 40000 /dev/zero | tr '\\0' b"));
    client.ok("agent_invoke", &invoke("head -c 70000 /dev/zero | tr '\\0' c"));
    let mut after = rest["events"][0]["id"].clone();
    let mut read = String::new();
    let mut pages = 0;
    while !after.is_null() {
        let page = client.ok("session_events", &json!({ "sessionId": session, "types": ["text"], "after": after }));
        for event in page["events"].as_array().unwrap() {
            read.push_str(event["text"].as_str().unwrap());
            assert!(event.get("truncated").is_none() || event["text_bytes"].as_u64() > Some(64 << 10), "{event}");
        }
        after = page["next_cursor"].clone();
        pages += 1;
    }
    assert!(pages > 1 && read.matches('a').count() == 40_000 && read.matches('b').count() == 40_000, "{pages}");
    let log = client.ok("session_logstream", &json!({ "sessionId": session }));
    assert_eq!(log["lines"][0]["text"].as_str().map(str::trim_end), Some("oops"), "{log}");
    let new = client.ok("agent_invoke", &json!({ "inputText": "echo $WHARF_SESSION" }));
    assert_eq!(new["text"].as_str().unwrap().trim(), new["session"], "a session was created");
    client.fails("usage", "agent_invoke", &invoke(" "));
    client.fails("unsupported", "agent_invoke", &json!({ "inputText": "x", "conversationId": "c" }));
}

#[test]
fn a_turn_reports_its_progress_and_is_stopped_by_a_cancellation_and_its_time_limit() {
    let sandbox = with_agent();
    let (mut client, session) = local(&sandbox);
    let endless = |name: &str| format!("echo $$ >{name}; echo begun; exec sleep 600");
    let invoke = |text: &str, more: &Value| {
        let mut arguments = json!({ "sessionId": session, "inputText": text });
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        arguments
    };
    let id = client.begin_call("agent_invoke", &invoke(&endless("p1"), &json!({})));
    let progress = client.wait_for(|message| message["method"] == "notifications/progress");
    assert_eq!(progress["params"]["progressToken"], id);
    let cancelled = process_in(&sandbox, &session, "p1");
    client.cancel(&id);
    wait_until("the agent was interrupted", || !is_alive(&cancelled));
    let events = || {
        let run = sandbox.run(["--format", "json", "sessions", "events", &session, "--type", "status"]);
        run.ok().json().as_array().unwrap().clone()
    };
    wait_until("the turn has ended", || {
        events().last().is_some_and(|event| event["status"].as_str().is_some_and(|status| status.contains("interrupt")))
    });
    let late = client.call("agent_invoke", &invoke(&endless("p2"), &json!({ "timeoutSeconds": 1 })));
    let fields = &late["structuredContent"];
    assert_eq!((&fields["error"]["kind"], &fields["text"]), (&json!("deadline"), &json!("begun\n")), "{late}");
    assert!(!is_alive(&process_in(&sandbox, &session, "p2")));
    client.begin_call("agent_invoke", &invoke(&endless("p3"), &json!({})));
    let left = process_in(&sandbox, &session, "p3");
    client.leave().ok();
    assert!(!is_alive(&left));
}

#[test]
fn a_hosted_turn_waits_for_a_confirmation_and_goes_on() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let mut client = connect_hosted(&served, "anthropic", "agent_1");
    let session = client.session();
    let invoke = |text: &str| json!({ "sessionId": session, "inputText": text });
    let plain = client.ok("agent_invoke", &invoke("echo hello"));
    assert_eq!((&plain["text"], &plain["session"]), (&json!("hello"), &json!(session)));
    assert!(plain["usage"].is_object(), "{plain}");
    let asked = client.ok("agent_invoke", &invoke("ask bash {\"command\":\"ls\"}"));
    let call = &asked["pending"][0];
    assert_eq!(call["name"], "bash", "{asked}");
    client.fails("needs_action", "agent_invoke", &invoke("echo again"));
    let answer = json!({ "sessionId": session, "toolUseId": call["id"], "decision": "allow" });
    let done = client.ok("session_confirm", &answer);
    assert_eq!(done["stop_reason"], "end_turn", "{done}");
    assert_eq!(client.ok("agent_invoke", &invoke("echo again"))["text"], "again");
    client.fails(
        "usage",
        "session_confirm",
        &json!({
            "sessionId": session, "toolUseId": call["id"], "decision": "allow", "message": "x",
        }),
    );
}

#[test]
fn a_cancelled_turn_of_a_hosted_agent_is_interrupted() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    for (backend, agent) in [("anthropic", "agent_1"), ("foundry", "a1")] {
        let mut client = connect_hosted(&served, backend, agent);
        let session = client.session();
        let invoke = json!({ "sessionId": session, "inputText": "sleep 60s" });
        let id = client.begin_call("agent_invoke", &invoke);
        let status =
            |client: &mut McpClient| client.ok("session_get", &json!({ "sessionId": session }))["status"].clone();
        wait_until("the agent works", || {
            client.wait_for(|message| message["method"] == "notifications/progress" || message["id"] == id);
            true
        });
        client.cancel(&id);
        wait_until("the agent has stopped", || {
            let turn = client.call("agent_invoke", &json!({ "sessionId": session, "inputText": "echo free" }));
            turn["structuredContent"]["text"] == "free"
        });
        assert!(status(&mut client).is_string());
    }
}
