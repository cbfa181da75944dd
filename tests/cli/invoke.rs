//! `wharf invoke`, `sessions events`, `interrupt` and `confirm` on Anthropic's managed agents, which the emulator plays.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::sandbox::{Call, Run, Sandbox, Served, wait_until};

/// A server with these faults, and a session there.
struct Stage<'s> {
    served: Served<'s>,
    session: String,
}

impl<'s> Stage<'s> {
    fn new(sandbox: &'s Sandbox, options: &[&str]) -> Self {
        let log = sandbox.path("log.jsonl");
        let served = sandbox.serve(&[&["--log", log.to_str().unwrap()], options].concat());
        let create = ["sessions", "create", "--agent", "agent_1", "--environment", "env_1", "-q"];
        let session = served.wharf("anthropic", create).run().ok().stdout().trim_end().to_owned();
        Stage { served, session }
    }

    fn wharf(&self, args: &[&str]) -> Call {
        self.served.wharf("anthropic", args)
    }

    fn run(&self, args: &[&str]) -> Run {
        self.wharf(args).run()
    }

    fn invoke(&self, args: &[&str]) -> Run {
        self.run(&[&["invoke", &self.session], args].concat())
    }

    /// The events of the session's history with this type.
    fn events(&self, kind: &str) -> Vec<Value> {
        let listed = self.run(&["sessions", "events", &self.session, "--type", kind]);
        listed.ok().json().as_array().unwrap().clone()
    }

    /// The result of an invocation with `--format json`, which ends with this code.
    fn result(&self, code: i32, args: &[&str]) -> Value {
        self.run(&[&["--format", "json", "invoke", &self.session], args].concat()).code(code).json()
    }
}

#[test]
fn the_text_goes_to_stdout_and_everything_else_to_stderr() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &[]);
    let run = stage.invoke(&["echo one two"]);
    assert_eq!(run.ok().stdout(), "one two\n");
    run.says(&["done in", "in, 2 out", "4.0k cached", "list price $0."]);
    let tool = stage.invoke(&["tool bash {\"command\":\"wc -l data.csv\"}"]);
    assert_eq!(tool.ok().stdout(), "All done.\n");
    tool.says(&["bash  wc -l data.csv ... ok 0."]);
    let quiet = stage.invoke(&["-q", "echo one"]);
    assert_eq!((quiet.ok().stdout(), quiet.stderr()), ("one\n", ""));
    sandbox.write("prompt.md", "echo from a file");
    assert_eq!(stage.invoke(&["-f", "prompt.md"]).ok().stdout(), "from a file\n");
    let piped = stage.wharf(&["invoke", &stage.session, "-"]).stdin("echo from stdin").run();
    assert_eq!(piped.ok().stdout(), "from stdin\n");
    assert_eq!(stage.wharf(&["invoke", ":", "echo a"]).env("WHARF_SESSION", &stage.session).run().ok().stdout(), "a\n");
}

#[test]
fn what_is_no_prompt_is_a_usage_error_before_anything_is_sent() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &[]);
    let before = sandbox.read("log.jsonl").lines().count();
    stage.invoke(&[]).code(2).says(&["a prompt is missing", "stdin"]);
    stage.invoke(&[""]).code(2).says(&["empty"]);
    stage.wharf(&["invoke", &stage.session, "-"]).stdin(b"\xff").run().code(2).says(&["not UTF-8"]);
    stage.invoke(&["-f", "missing.md"]).code(4);
    stage.invoke(&["--tool", "weather", "x"]).code(2).says(&["NAME=COMMAND"]);
    stage.invoke(&["--tool", "weather='sh", "x"]).code(2).says(&["quote"]);
    stage.invoke(&["--follow", "x"]).code(2);
    stage.invoke(&["--attach", "missing.csv", "x"]).code(4);
    stage.invoke(&["--attach", "-", "x"]).code(2).says(&["--attach takes files, not stdin", "`./-`"]);
    stage.invoke(&["--attach", ".", "x"]).code(2).says(&["--attach takes files, not a directory", "files upload"]);
    stage.invoke(&["- one point"]).code(2).says(&["-- '- one point'"]);
    assert_eq!(sandbox.read("log.jsonl").lines().count(), before);
}

#[test]
fn a_budget_ends_the_turn_that_reaches_it_with_6() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &[]);
    let create = |more: &[&str]| {
        let create = ["sessions", "create", "--agent", "agent_1", "--environment", "env_1", "-q"];
        stage.run(&[&create, more].concat())
    };
    sandbox.write("body.yaml", "budget: {type: limit, max_list_cost: {amount: '2500', currency: USD}}\n");
    let budget_of = |id: &str| {
        let shown = stage.run(&["sessions", "get", id, "--transform", "provider.budget.max_list_cost.amount", "-r"]);
        shown.ok().stdout().trim_end().to_owned()
    };
    for (more, cents) in [
        (&["--body", "body.yaml"][..], "2500"),
        (&["--max-cost", "2.5"], "250"),
        (&["--body", "body.yaml", "--max-cost", "0.03"], "3"),
    ] {
        let id = create(more).ok().stdout().trim_end().to_owned();
        assert_eq!(budget_of(&id), cents, "{more:?}");
    }
    let id = create(&["--max-cost", "0.03"]).ok().stdout().trim_end().to_owned();
    let capped = Stage { served: stage.served, session: id };
    let steps: Vec<_> = (1..=9).map(|step| format!("echo {step}")).collect();
    let result = capped.result(6, &[&steps.join("\n")]);
    assert_eq!((&result["status"], &result["stop_reason"]), (&json!("limited"), &json!("budget_reached")));
    assert_eq!((&result["error"]["kind"], &result["cost"]["amount"]), (&json!("limit"), &json!("0.03")), "{result}");
    assert_eq!(result["text"], "1\n2\n3", "nothing is said that is not paid for");
    capped.invoke(&["echo more"]).code(2).says(&["has reached its budget"]);
    let raise = |amount: &str| {
        let budget = format!("budget: {{type: limit, max_list_cost: {{amount: '{amount}', currency: USD}}}}");
        capped.wharf(&["sessions", "update", &capped.session, "--body", "-"]).stdin(budget).run()
    };
    raise("3").code(2).says(&["above what the session has cost"]);
    raise("50").ok();
    capped.run(&["sessions", "wait", &capped.session]).ok();
    assert_eq!(capped.invoke(&["echo more"]).ok().stdout(), "more\n");
    let texts: Vec<_> = capped.events("text").iter().map(|event| event["text"].clone()).collect();
    assert_eq!(texts.len(), 10, "what was left of the first turn: {texts:?}");
}

#[test]
fn a_budget_is_checked_before_anything_is_sent() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &[]);
    let sent = || sandbox.read("log.jsonl").lines().count();
    let before = sent();
    for bad in ["0", "-1", "+1", "1.005", "1e3", "NaN", "", "$5", "1000001"] {
        let create = stage.run(&["sessions", "create", "--agent", "agent_1", "--max-cost", bad]);
        create.code(2).says(&["--max-cost", "2.50"]);
    }
    for backend in ["local", "foundry", "agb"] {
        let create = ["sessions", "create", "--max-cost", "1"];
        stage.served.wharf(backend, create).run().code(7).says(&["sessions create --max-cost"]);
    }
    assert_eq!(sent(), before);
    let agent = stage.served.post("/v1/agents", br#"{"name":"free","model":"free-1"}"#);
    let agent = agent["id"].as_str().unwrap();
    let create = ["sessions", "create", "--agent", agent, "--environment", "env_1", "--max-cost", "1"];
    stage.run(&create).code(7).says(&["list price", "--max-cost"]);
    let update = ["sessions", "update", &stage.session, "--body", "-"];
    let budget = "budget: {type: limit, max_list_cost: {amount: '50', currency: USD}}";
    stage.wharf(&update).stdin(budget).run().code(2).says(&["only a new session gets a budget", "--max-cost USD"]);
}

#[test]
fn json_and_jsonl_end_with_one_result_whatever_happens() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &[]);
    let done = stage.result(0, &["echo one"]);
    assert_eq!(done["status"], "completed");
    assert_eq!((&done["text"], &done["stop_reason"]), (&json!("one"), &json!("end_turn")));
    assert_eq!((&done["error"], &done["pending"], &done["reconnects"]), (&Value::Null, &json!([]), &json!(0)));
    assert!(done["id"].as_str().unwrap().starts_with("sevt_") && done["cost"]["amount"].is_string(), "{done}");
    for (prompt, code, status, kind) in [
        ("refuse", 14, "refused", "agent_failed"),
        ("budget", 6, "limited", "limit"),
        ("exhaust", 14, "failed", "agent_failed"),
        ("fail", 14, "failed", "agent_failed"),
        ("echo after the end", 5, "failed", "conflict"),
    ] {
        // A budget that is used up is not raised by another message.
        let stage = if prompt == "fail" || prompt.starts_with("echo") { &stage } else { &Stage::new(&sandbox, &[]) };
        let result = stage.result(code, &[prompt]);
        assert_eq!((&result["status"], &result["error"]["kind"]), (&json!(status), &json!(kind)), "{prompt}: {result}");
    }
    let stage = Stage::new(&sandbox, &[]);
    let lines = stage.run(&["--format", "jsonl", "invoke", &stage.session, "tool bash {}"]);
    let lines: Vec<Value> = lines.ok().lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (result, events) = lines.split_last().unwrap();
    assert_eq!((&result["type"], &result["events"]), (&json!("result"), &json!(events.len())));
    assert!(events.iter().enumerate().all(|(at, event)| event["seq"] == at + 1 && event["session"] == *stage.session));
    let kinds: Vec<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    for kind in ["user", "status", "tool_call", "tool_result", "text_delta", "text", "usage"] {
        assert!(kinds.contains(&kind), "{kind}: {kinds:?}");
    }
    let raw = stage.run(&["--format", "raw", "invoke", &stage.session, "echo raw"]);
    let frames: Vec<Value> = raw.ok().lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(frames.last().unwrap()["type"], "session.status_idle");
    assert_eq!(stage.run(&["--transform", "text", "invoke", &stage.session, "echo t"]).ok().stdout(), "\"t\"\n");
    let unsent = stage.run(&["--format", "json", "invoke", "sesn_missing", "echo t"]);
    assert_eq!(unsent.code(4).json()["status"], "failed");
}

#[test]
fn a_tool_that_asks_is_answered_by_the_flags_or_ends_the_turn_with_13() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &[]);
    let ask = "ask bash {\"command\":\"rm -r build\"}";
    let run = stage.invoke(&[ask]);
    run.code(13).says(&["the agent waits for an answer: bash", "--allow-tool"]);
    assert_eq!(stage.events("user.interrupt").len(), 1, "the turn is stopped");
    let result = stage.result(13, &[ask]);
    assert_eq!((&result["status"], &result["pending"][0]["name"]), (&json!("needs_action"), &json!("bash")));
    stage.invoke(&["--allow-tool", "ba*", ask]).ok();
    stage.invoke(&["--allow-tool", "ls", "--allow-tool", "bash", ask]).ok();
    stage.invoke(&["--on-ask", "allow", ask]).ok();
    stage.invoke(&["--allow-tool", "other", ask]).code(13);
    stage.invoke(&["--on-ask", "deny", ask]).code(13).says(&["denied", "--allow-denied"]);
    let denied = stage.result(0, &["--on-ask", "deny", "--allow-denied", ask]);
    assert_eq!((&denied["status"], &denied["denied"][0]["name"]), (&json!("completed"), &json!("bash")));
    let answers = stage.events("user.tool_confirmation");
    let of = |result: &str| answers.iter().filter(|event| event["provider"]["result"] == result).count();
    assert_eq!((of("allow"), of("deny")), (3, 2));
}

#[test]
fn a_tool_of_the_caller_is_a_command_without_a_shell() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &[]);
    let custom = "custom weather {\"city\":\"Oslo; touch x\"}";
    let run = stage.invoke(&["--tool", "weather=cat", custom]);
    assert_eq!(run.ok().stdout(), "{\"city\":\"Oslo; touch x\"}\n");
    let words = stage.invoke(&["--tool", "weather=printf '%s|' 'a b' $HOME", custom]);
    assert_eq!(words.ok().stdout(), "a b|$HOME|\n");
    stage.invoke(&["--tool", "weather=false", custom]).ok();
    stage.invoke(&["--tool", "weather=/nowhere/no-such-command", custom]).ok();
    let answers = stage.events("user.custom_tool_result");
    let failed = answers.iter().filter(|event| event["provider"]["is_error"] == true).count();
    assert_eq!((answers.len(), failed), (4, 2));
    let binary = stage.invoke(&["--tool", "weather=printf '\\377'", custom]);
    binary.ok().says(&["tool weather: what `printf` wrote is not UTF-8"]);
    let answer = stage.events("user.custom_tool_result").pop().unwrap();
    assert_eq!(answer["provider"]["is_error"], true);
    stage.invoke(&["--tool", "other=cat", custom]).code(13).says(&["weather"]);
    stage.invoke(&[custom]).code(13).says(&["--tool"]);
}

#[test]
fn stored_and_local_files_are_shown_to_the_agent() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &[]);
    sandbox.write("data.csv", "a,b\n");
    sandbox.write("plot.png", b"\x89PNG\r\n\x1a\n");
    let stored = stage.run(&["files", "upload", "data.csv", "--transform", "file_id", "-r"]);
    let stored = stored.ok().stdout().trim_end().to_owned();
    stage.invoke(&["--attach", "data.csv", "--attach", &stored, "--attach", "plot.png", "echo seen"]).ok();
    let sent = stage.events("user.message");
    let content = sent.last().unwrap()["provider"]["content"].as_array().unwrap().clone();
    let kinds: Vec<_> = content.iter().map(|block| block["type"].as_str().unwrap().to_owned()).collect();
    assert_eq!(kinds, ["text", "document", "document", "image"]);
    assert_eq!(content[2]["source"], json!({ "type": "file", "file_id": stored }));
    stage.invoke(&["--attach", "file_missing", "echo seen"]).code(4);
    let count = || stage.run(&["files", "ls", "-q"]).ok().lines().len();
    let before = count();
    stage.run(&["invoke", "sesn_missing", "--attach", "data.csv", "echo seen"]).code(4);
    assert_eq!(count(), before, "what was uploaded for a message that was not sent is deleted");
}

#[test]
fn an_instruction_goes_with_the_message() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &[]);
    stage.invoke(&["--system", "Be brief.", "echo a"]).ok();
    assert_eq!(stage.events("system.message")[0]["provider"]["content"][0]["text"], "Be brief.");
}

#[test]
fn ctrl_c_and_the_time_limit_stop_the_agent() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &[]);
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let before = stage.events("user.interrupt").len();
        let running = stage.wharf(&["--format", "json", "invoke", &stage.session, "sleep 60s"]).start();
        wait_until("the message is there", || !stage.events("session.status_running").is_empty());
        wait_until("the agent works", || {
            stage.run(&["sessions", "get", &stage.session, "--transform", "status", "-r"]).stdout() == "running\n"
        });
        running.signal(signal);
        let begun = Instant::now();
        let run = running.finish();
        assert!(begun.elapsed() < Duration::from_secs(5));
        assert_eq!(run.code(code).json()["status"], "interrupted");
        assert_eq!(stage.events("user.interrupt").len(), before + 1);
    }
    let late = stage.run(&["--timeout", "1s", "--format", "json", "invoke", &stage.session, "sleep 60s"]);
    assert_eq!(late.code(124).json()["status"], "timed_out");
    wait_until("the session is idle", || {
        stage.run(&["sessions", "get", &stage.session, "--transform", "status", "-r"]).stdout() == "idle\n"
    });
}

#[test]
fn follow_sends_nothing_and_shows_the_turn_from_its_message_on() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &[]);
    stage.invoke(&["--follow"]).code(5).says(&["no message"]);
    stage.invoke(&["echo of the turn before"]).ok();
    let sent = stage.events("user.message").len();
    let running = stage.wharf(&["invoke", &stage.session, "sleep 2s"]).start();
    wait_until("the agent reads the message", || stage.events("user.message").len() > sent);
    let followed = stage.invoke(&["--follow"]);
    let first = running.finish();
    assert_eq!(followed.ok().stdout(), first.ok().stdout());
    assert_eq!(stage.invoke(&["--follow"]).ok().stdout(), first.stdout(), "a turn that is over");
    let running = stage.wharf(&["invoke", &stage.session, "sleep 3s"]).start();
    wait_until("the agent reads the message", || stage.events("user.message").len() > sent + 1);
    let detached = stage.wharf(&["invoke", &stage.session, "--follow", "--timeout", "500ms"]).run();
    detached.code(124).says(&["not interrupted"]);
    running.finish().ok();
    assert_eq!(stage.events("user.interrupt").len(), 0);
}

#[test]
fn a_confirmation_of_another_process_lets_the_turn_go_on() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &[]);
    // The session waits: the turn was begun by a client that went away.
    let body =
        json!({ "events": [{ "type": "user.message", "content": [{ "type": "text", "text": "ask bash {}" }] }] });
    stage.served.post(&format!("/v1/sessions/{}/events", stage.session), body.to_string().as_bytes());
    wait_until("the agent asks", || !stage.events("needs_action").is_empty());
    let waiting = stage.invoke(&["--follow"]);
    waiting.code(13).says(&["waits for an answer: bash", "not interrupted"]);
    assert!(!waiting.stderr().contains("done in"), "{}", waiting.stderr());
    let call = stage.events("tool_call")[0]["tool"]["id"].as_str().unwrap().to_owned();
    let confirm = |words: &[&str]| stage.run(&[&["sessions", "confirm", &stage.session, &call], words].concat());
    confirm(&["allow", "--message", "x"]).code(2);
    confirm(&["maybe"]).code(2);
    stage.run(&["sessions", "confirm", &stage.session, "sevt_other", "allow"]).code(2).says(&["sevt_other"]);
    confirm(&["deny", "--message", "not in production"]).ok();
    let followed = stage.invoke(&["--follow", "--allow-denied"]);
    assert_eq!(followed.ok().stdout(), "All done.\n");
    assert_eq!(stage.events("user.tool_confirmation")[0]["provider"]["deny_message"], "not in production");
}

#[test]
fn events_are_listed_filtered_and_followed() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &[]);
    stage.invoke(&["tool bash {}"]).ok();
    let list = |args: &[&str]| stage.run(&[&["sessions", "events", &stage.session], args].concat());
    let all = list(&[]).ok().json();
    let all = all.as_array().unwrap();
    assert!(all.len() > 8 && all.iter().enumerate().all(|(at, event)| event["seq"] == at + 1), "{all:?}");
    assert_eq!(stage.events("text").len(), 1);
    assert_eq!(stage.events("agent.message"), stage.events("text"));
    let middle = all[3]["id"].as_str().unwrap();
    let ids = |run: &Run| run.json().as_array().unwrap().iter().map(|event| event["id"].clone()).collect::<Vec<_>>();
    let wanted: Vec<_> = all[4..].iter().map(|event| event["id"].clone()).collect();
    assert_eq!(ids(list(&["--since", middle]).ok()), wanted);
    let time = all[3]["at"].as_str().unwrap();
    assert!(ids(list(&["--since", time]).ok()).ends_with(&wanted));
    list(&["--since", "sevt_missing"]).code(4);
    list(&["--since", middle, "--page", "anthropic:x"]).code(2).says(&["--since", "--page"]);
    let followed = list(&["--until", "idle", "--format", "jsonl"]);
    assert_eq!(followed.ok().lines().len(), all.len());
    let text = list(&["--until", "idle", "--type", "text", "--transform", "text", "-r"]);
    assert_eq!(text.ok().stdout(), "All done.\n");
    // One that comes while the session is followed.
    let following = stage.wharf(&["sessions", "events", &stage.session, "-f", "-q"]).start();
    stage.invoke(&["echo more"]).ok();
    stage.run(&["sessions", "delete", &stage.session, "--yes"]).ok();
    let run = following.finish();
    assert!(run.ok().lines().len() > all.len() + 4, "{}", run.stdout());
}

#[test]
fn a_broken_stream_is_resumed_without_a_gap_and_without_a_repeated_event() {
    let sandbox = Sandbox::new();
    let whole = Stage::new(&sandbox, &[]).invoke(&["tool bash {}"]).ok().stdout().to_owned();
    for fault in ["drop@event", "silent-end@", "keepalive-only@"] {
        let effects: Vec<String> = match fault {
            "drop@event" => (1..12).map(|event| format!("drop@event{event}")).collect(),
            "silent-end@" => vec!["silent-end".to_owned(), "silent-end x3".to_owned()],
            _ => vec!["drop@event2 x2".to_owned()],
        };
        for effect in effects {
            let times = if effect.contains(" x") { String::new() } else { " x1".to_owned() };
            let fault = format!("events.stream:{effect}{times}");
            let stage = Stage::new(&sandbox, &["--fault", &fault]);
            let lines = stage.run(&["--format", "jsonl", "invoke", &stage.session, "tool bash {}"]);
            let lines: Vec<Value> = lines.ok().lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
            let (result, events) = lines.split_last().unwrap();
            assert_eq!(result["text"], whole.trim_end(), "{fault}");
            let mut ids: Vec<_> = events
                .iter()
                .filter(|event| event["type"] != "text_delta" && event["provider_type"] != "event_start")
                .map(|event| (event["id"].to_string(), event["at"].is_null()))
                .collect();
            let count = ids.len();
            ids.sort();
            ids.dedup();
            assert_eq!(ids.len(), count, "{fault}: an event came twice");
            assert_eq!(stage.events("user.message").len(), 1, "{fault}");
            let text = stage.invoke(&["echo a text of some words"]);
            assert_eq!(text.ok().stdout(), "a text of some words\n", "{fault}");
        }
    }
}

#[test]
fn a_message_whose_answer_was_lost_is_sent_once() {
    for (fault, code, messages) in [
        ("events.send:reset@end x1", 0, 1),
        ("events.send:reset x1", 8, 0),
        ("events.send:503 x1", 8, 0),
        ("events.send:429 x1 retry-after=0", 0, 1),
    ] {
        let sandbox = Sandbox::new();
        let stage = Stage::new(&sandbox, &["--fault", fault]);
        let run = stage.invoke(&["echo once"]);
        run.one_of(&[0, code]);
        if code == 0 {
            assert_eq!(run.ok().stdout(), "once\n", "{fault}");
        } else if run.has_code(8) {
            run.says(&["may"]);
        }
        let sent = stage.events("user.message").len();
        assert!(sent <= 1 && (sent == messages || run.has_code(0)), "{fault}: {sent}");
    }
}

#[test]
fn a_backend_without_agents_says_so_before_anything_is_sent() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    let agb = |args: &[&str]| served.wharf("agb", args).env("WHARF_IMAGE", "image-1").run();
    agb(&["invoke", "s-1", "x"]).code(7).says(&["wharf exec"]);
    agb(&["sessions", "events", "s-1"]).code(7);
    agb(&["sessions", "confirm", "s-1", "call", "allow"]).code(7);
}

#[test]
fn invocations_at_the_same_time_each_print_their_own_turn() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &[]);
    let calls: Vec<_> = (0..6)
        .map(|number| {
            let text = format!("echo of {number}");
            (number, stage.wharf(&["invoke", &stage.session, &text]).start())
        })
        .collect();
    for (number, call) in calls {
        assert_eq!(call.finish().ok().stdout(), format!("of {number}\n"));
    }
}

#[test]
fn a_pattern_allows_whole_names_of_tools_only() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &[]);
    for (glob, code) in [("rm", 0), ("r*", 0), ("RM", 13), ("other/rm", 13), ("*", 0), ("!rm", 2), ("", 2), ("rm/", 2)]
    {
        stage.invoke(&["ask rm {}", "--allow-tool", glob]).code(code);
    }
    stage.invoke(&["ask server/rm {}", "--allow-tool", "rm"]).code(13);
    stage.invoke(&["ask server/rm {}", "--allow-tool", "server/*"]).ok();
}

#[test]
fn what_ends_before_the_first_request_has_no_result() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &[]);
    let missing = stage.run(&["--format", "json", "invoke", &stage.session, "go", "--attach", "missing"]);
    assert_eq!(missing.code(4).stdout(), "");
}

#[test]
fn a_tool_whose_stderr_is_not_read_does_not_keep_the_agent_from_being_stopped() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &[]);
    sandbox.fifo("stalled");
    let line = format!(
        "exec 3<>stalled; $WHARF invoke {} 'custom weather {{}}' --tool 'weather=sh -c \"yes >&2\"' \
         --timeout 1s 2>&3; echo $?",
        stage.session
    );
    let begun = Instant::now();
    assert_eq!(sandbox.shell(&line, Some((&stage.served, "anthropic"))).run().ok().stdout(), "124\n");
    assert!(begun.elapsed() < Duration::from_secs(9), "{:?}", begun.elapsed());
    assert_eq!(stage.events("user.interrupt").len(), 1);
}

#[test]
fn events_are_followed_until_their_reader_goes_away() {
    let sandbox = Sandbox::new();
    let stage = Stage::new(&sandbox, &[]);
    stage.invoke(&["echo a"]).ok();
    let line = format!("$WHARF sessions events {} -f -q | head -n 1 | wc -l; echo ${{PIPESTATUS[0]}}", stage.session);
    let following = sandbox.shell(&line, Some((&stage.served, "anthropic"))).start();
    let begun = Instant::now();
    assert_eq!(following.finish().ok().lines(), ["1", "0"]);
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}
