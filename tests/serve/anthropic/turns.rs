//! What the agent does where a message says so.

use std::io::{Read as _, Write as _};

use serde_json::{Value, json};

use super::stage::{MANAGED, ReplyChecks, id, kinds};
use crate::stage::{Server, Stage};

/// The events of a session after the first `count`.
fn since(server: &Server, session: &str, count: usize) -> Vec<Value> {
    server.history(session).split_off(count)
}

/// The `stop_reason` of the last event, which is that the session is idle.
#[track_caller]
fn stop_reason(events: &[Value]) -> Value {
    let last = events.last().unwrap();
    assert_eq!(last["type"], "session.status_idle");
    last["stop_reason"].clone()
}

fn confirm(tool: &Value, result: &str) -> Value {
    json!([{ "type": "user.tool_confirmation", "tool_use_id": tool["id"], "result": result }])
}

/// A session with a budget, in cents.
fn with_budget(server: &Server, cents: &str) -> String {
    let budget = json!({ "type": "limit", "max_list_cost": { "amount": cents, "currency": "USD" } });
    let body = json!({ "agent": "agent_1", "environment_id": "env_1", "budget": budget });
    format!("/v1/sessions/{}", id(&server.ask("POST", "/v1/sessions", &body).fine()))
}

#[test]
fn previews_are_for_streams_that_ask_and_never_in_the_history() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let session = server.empty();
    let mut plain = server.follow(&format!("{session}/events/stream"));
    let mut previewed = server.follow(&format!("{session}/events/stream?event_deltas[]=agent.message"));
    let sent = server
        .tell(&session, &json!([{ "type": "user.message", "content": [{ "type": "text", "text": "echo a  b\nc" }] }]));
    let to_idle = |stream: &mut dyn Iterator<Item = Value>| {
        let mut seen = Vec::new();
        for event in stream {
            seen.push(event);
            if seen.last().unwrap()["type"] == "session.status_idle" {
                break;
            }
        }
        seen
    };
    let (plain, previewed) = (to_idle(&mut plain), to_idle(&mut previewed));
    let is_preview = |event: &&Value| event["type"] == "event_start" || event["type"] == "event_delta";
    assert!(!plain.iter().any(|event| is_preview(&event)));
    let message = plain.iter().find(|event| event["type"] == "agent.message").unwrap();
    assert_eq!(message["content"], json!([{ "type": "text", "text": "a  b\nc" }]));
    let previews: Vec<_> = previewed.iter().filter(is_preview).collect();
    assert_eq!(
        *previews[0],
        json!({ "type": "event_start", "event": { "type": "agent.message", "id": message["id"] } })
    );
    let told: String = previews[1..]
        .iter()
        .map(|delta| {
            assert_eq!((&delta["event_id"], &delta["delta"]["index"]), (&message["id"], &json!(0)));
            delta["delta"]["content"]["text"].as_str().unwrap()
        })
        .collect();
    assert_eq!((told.as_str(), previews.len()), ("a  b\nc", 5));

    // The client's own event comes queued and then processed, and is in the history once.
    let own: Vec<_> = plain.iter().filter(|event| event["type"] == "user.message").collect();
    assert_eq!(own.iter().map(|event| event["processed_at"].is_null()).collect::<Vec<_>>(), [true, false]);
    assert!(own.iter().all(|event| event["id"] == sent[0]["id"]));
    assert_eq!(server.history(&session), plain[1..]);
}

#[test]
fn a_tool_is_used_and_one_that_asks_waits_for_every_answer() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let session = server.empty();
    server.say(&session, "tool bash {\"command\":\"ls\"}\nask bash {\"command\":\"rm x\"}\nask write {}\necho done");
    let asked = server.history(&session);
    let expected = [
        "user.message",
        "session.status_running",
        "span.model_request_start",
        "agent.tool_use",
        "span.model_request_end",
        "agent.tool_result",
        "span.model_request_start",
        "agent.tool_use",
        "agent.tool_use",
        "span.model_request_end",
        "session.status_idle",
    ];
    assert_eq!(kinds(&asked), expected);
    assert_eq!((&asked[3]["evaluated_permission"], &asked[3]["input"]["command"]), (&json!("allow"), &json!("ls")));
    let (first, second) = (&asked[7], &asked[8]);
    assert_eq!((&first["name"], &first["evaluated_permission"]), (&json!("bash"), &json!("ask")));
    assert_eq!(stop_reason(&asked)["event_ids"], json!([first["id"], second["id"]]));
    assert_eq!(server.look(&session)["status"], "idle");

    // A note alone is refused now, a message waits, an answer to something else changes nothing.
    let note = json!({ "events": [{ "type": "system.message", "content": [{ "type": "text", "text": "x" }] }] });
    server.ask("POST", &format!("{session}/events"), &note).bad();
    server.say(&session, "later");
    server.tell(&session, &confirm(&asked[3], "deny"));
    server.tell(&session, &confirm(second, "allow"));
    let rest = since(&server, &session, asked.len());
    let confirmed = "user.tool_confirmation";
    assert_eq!(kinds(&rest), [confirmed, confirmed, "session.status_idle", "user.message"]);
    assert_eq!(rest[2]["stop_reason"], json!({ "type": "requires_action", "event_ids": [first["id"]] }));
    assert_eq!(rest[3]["processed_at"], Value::Null);
    let denial = json!([{
        "type": "user.tool_confirmation", "tool_use_id": first["id"], "result": "deny", "deny_message": "not now",
    }]);
    server.tell(&session, &denial);
    let rest = since(&server, &session, asked.len() + 3);
    let turn =
        ["span.model_request_start", "agent.message", "span.model_request_end", "session.usage", "session.status_idle"];
    let results = [confirmed, "session.status_running", "agent.tool_result", "agent.tool_result"];
    let next = ["user.message", "session.status_running"];
    assert_eq!(kinds(&rest), [&results[..], &turn, &next, &turn].concat());
    assert_eq!((&rest[2]["tool_use_id"], &rest[2]["is_error"]), (&first["id"], &json!(true)));
    assert_eq!(rest[2]["content"][0]["text"], "not now");
    assert_eq!((&rest[3]["tool_use_id"], &rest[3]["is_error"]), (&second["id"], &json!(false)));
    let times: Vec<_> = server.history(&session).iter().map(|event| event["processed_at"].to_string()).collect();
    assert!(times.is_sorted(), "{times:?}");
}

#[test]
fn a_tool_of_the_client_gets_its_result_and_an_interrupt_ends_the_wait() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let session = server.empty();
    server.say(&session, "custom weather {\"city\":\"Oslo\"}");
    let asked = server.history(&session);
    let tool = &asked[3];
    assert_eq!((&tool["type"], &tool["input"]["city"]), (&json!("agent.custom_tool_use"), &json!("Oslo")));
    assert_eq!(stop_reason(&asked), json!({ "type": "requires_action", "event_ids": [tool["id"]] }));
    let content = json!([{ "type": "text", "text": "7 degrees" }]);
    let result = json!([{ "type": "user.custom_tool_result", "custom_tool_use_id": tool["id"], "content": content }]);
    assert!(server.tell(&session, &result)[0]["processed_at"].is_string());
    let rest = since(&server, &session, asked.len());
    assert_eq!(rest[3]["content"], content, "the agent says what the tool answered");
    assert_eq!(stop_reason(&rest)["type"], "end_turn");

    server.say(&session, "ask bash {}");
    let before = server.history(&session).len();
    server.tell(&session, &json!([{ "type": "user.interrupt" }]));
    let rest = since(&server, &session, before);
    assert_eq!(kinds(&rest), ["user.interrupt", "session.usage", "session.status_idle"]);
    assert_eq!(stop_reason(&rest)["type"], "end_turn");
}

#[test]
fn a_turn_may_be_refused_or_exhausted_and_the_session_goes_on() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let session = server.empty();
    server.say(&session, "refuse");
    let refused = server.history(&session);
    assert_eq!(stop_reason(&refused)["type"], "refusal");
    assert_eq!(refused.last().unwrap()["stop_details"]["type"], "refusal");
    server.say(&session, "exhaust");
    let exhausted = since(&server, &session, refused.len());
    assert_eq!(stop_reason(&exhausted)["type"], "retries_exhausted");
    let errors: Vec<_> = exhausted.iter().filter(|event| event["type"] == "session.error").collect();
    let retries: Vec<_> = errors.iter().map(|event| &event["error"]["retry_status"]["type"]).collect();
    assert_eq!(retries, ["retrying", "exhausted"]);
    server.say(&session, "hello");
    assert_eq!(stop_reason(&server.history(&session))["type"], "end_turn");
    server.say(&session, "fail");
    let failed = server.history(&session);
    assert_eq!(failed[failed.len() - 2]["error"]["retry_status"]["type"], "terminal");
    assert_eq!(failed.last().unwrap()["type"], "session.status_terminated");
}

#[test]
fn usage_and_cost_add_up_and_the_session_pauses_at_its_budget() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let session = with_budget(&server, "3");
    let cost = || server.look(&session)["usage"]["list_cost"].clone();
    assert_eq!(cost(), json!({ "amount": "0", "currency": "USD" }));
    server.say(&session, "hello");
    let first = server.history(&session);
    let (request, usage) = (&first[4]["model_usage"], &first[5]);
    assert_eq!(first[4]["model_request_start_id"], first[2]["id"]);
    assert_eq!(
        (&usage["usage"]["input_tokens"], &usage["budget"]["type"]),
        (&request["input_tokens"], &json!("limit"))
    );
    assert_eq!(server.look(&session)["usage"], usage["usage"]);
    assert_eq!(cost()["amount"], "1");

    server.say(&session, "budget");
    let reached = since(&server, &session, first.len());
    let end = ["session.thread_status_idle", "session.usage", "session.status_idle"];
    assert_eq!(kinds(&reached)[reached.len() - 3..], end);
    assert_eq!(stop_reason(&reached)["type"], "budget_reached");
    assert_eq!(cost()["amount"], "3");
    // Nothing that a client sends goes on with it, and a message is refused.
    let message = json!({ "events": [{ "type": "user.message", "content": [{ "type": "text", "text": "x" }] }] });
    assert!(server.ask("POST", &format!("{session}/events"), &message).bad().contains("budget"));
    server.tell(&session, &json!([{ "type": "user.interrupt" }]));
    assert_eq!(server.history(&session).last().unwrap()["type"], "user.interrupt");
    let raise = |cents: &str| {
        let budget = json!({ "type": "limit", "max_list_cost": { "amount": cents, "currency": "USD" } });
        server.ask("POST", &session, &json!({ "budget": budget }))
    };
    raise("3").refused(400, "invalid_request_error", Some("budget_not_raised"));
    raise("4").fine();
    assert_eq!(stop_reason(&server.history(&session))["type"], "end_turn");
    // The last cent is spent by a turn that ends by itself.
    server.say(&session, "echo one\necho two\necho three");
    assert_eq!(stop_reason(&server.history(&session))["type"], "budget_reached");
    server.ask("POST", &session, &json!({ "budget": null })).fine();
    server.say(&session, "hello");
    assert_eq!(stop_reason(&server.history(&session))["type"], "end_turn");
}

#[test]
fn a_turn_of_many_events_is_streamed_and_listed_whole() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let session = server.empty();
    let stream = server.follow(&format!("{session}/events/stream"));
    server.say(&session, "repeat 20000 echo x");
    let mut streamed = Vec::new();
    for event in stream.skip(1) {
        let is_idle = event["type"] == "session.status_idle";
        streamed.push(id(&event));
        if is_idle {
            break;
        }
    }
    assert_eq!(streamed.len(), 60_004);
    let listed = |order: &str| {
        let (mut all, mut page) = (Vec::new(), String::new());
        loop {
            let list = server.look(&format!("{session}/events?order={order}{page}"));
            all.extend(super::stage::ids(&list));
            match list["next_page"].as_str() {
                Some(next) => page = format!("&page={next}"),
                None => break all,
            }
        }
    };
    assert_eq!(listed("asc"), streamed);
    streamed.reverse();
    assert_eq!(listed("desc"), streamed);
    let last = server.look(&format!("{session}/events?order=desc&limit=1&types[]=agent.message"));
    assert_eq!((super::stage::ids(&last).len(), last["next_page"].is_string()), (1, true));
}

#[test]
fn a_stream_that_is_not_read_is_cut_off_and_nothing_is_missing_in_the_history() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let session = server.empty();
    let path = format!("{session}/events/stream?event_deltas[]=agent.message");
    let mut stalled = server.connect();
    stalled.write_all(server.asking("GET", &path, MANAGED, "").as_bytes()).unwrap();
    let mut begin = [0; 15];
    stalled.read_exact(&mut begin).unwrap();
    assert_eq!(&begin, b"HTTP/1.1 200 OK");
    // More previews than are kept for streams.
    let words = "x ".repeat(2_000_000);
    server.say(&session, &format!("echo {words}"));
    let history = server.history(&session);
    assert_eq!(history[3]["content"][0]["text"].as_str().map(str::len), Some(words.len() - 1));
    assert_eq!(stop_reason(&history)["type"], "end_turn");
    let mut rest = Vec::new();
    drop(stalled.read_to_end(&mut rest));
    assert!(!rest.ends_with(b"0\r\n\r\n"), "it was not said to be whole");
    let text = String::from_utf8_lossy(&rest);
    assert!(!text.contains("session.status_idle"), "{} bytes", rest.len());

    let mut stream = server.follow(&path);
    server.say(&session, "hello");
    assert!(stream.any(|event| event["type"] == "session.status_idle"), "a new stream is whole");
}
