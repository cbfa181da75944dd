//! The protocol `responses`: sessions, modes, and what is refused.

use serde_json::{Value, json};

use super::stage::{Answered, RESPONSES, asking, kinds, response, resumable, text};
use crate::stage::{S1, Stage, wait_until};

#[test]
fn the_session_is_that_of_the_body_or_the_conversation_or_the_previous_response_or_a_new_one() {
    let stage = Stage::new();
    let server = stage.session(&[]);
    let session = |body: Value| server.agent("POST", RESPONSES, &body).session();
    let named = server.agent("POST", RESPONSES, &json!({ "input": "hi", "agent_session_id": "s1" }));
    assert_eq!((named.session().as_str(), &named.fine()["agent_session_id"]), ("s1", &json!("s1")));
    let other = session(json!({ "input": "hi", "session_id": "s1" }));
    assert_ne!(other, "s1");
    let made = server.get(&format!("/agents/a1/endpoint/sessions/{other}")).ok().json();
    assert_eq!(made["version_indicator"]["agent_version"], "1");

    let conversation = server.agent("POST", "/openai/conversations", &json!({})).fine();
    assert_eq!(conversation["object"], "conversation");
    let id = conversation["id"].as_str().unwrap();
    assert_eq!(server.agent("GET", &format!("/openai/conversations/{id}"), &Value::Null).fine(), conversation);
    server.agent("GET", "/openai/conversations/conv_none", &Value::Null).refused(404, "not_found", "user");
    let first = session(json!({ "input": "hi", "conversation": id }));
    assert_eq!(session(json!({ "input": "hi", "conversation": { "id": id } })), first);
    assert_eq!(session(json!({ "input": "hi", "conversation": id, "agent_session_id": "s1" })), "s1");
    let previous = named.json()["id"].clone();
    assert_eq!(session(json!({ "input": "hi", "previous_response_id": previous })), "s1");

    // A stopped session wakes, and one that is gone is not made again.
    server.send("POST", &format!("{S1}:stop"), "").is(204, "");
    assert_eq!(session(json!({ "input": "hi", "agent_session_id": "s1" })), "s1");
    assert_eq!(server.get(S1).json()["status"], "active");
    let none = server.agent("POST", RESPONSES, &json!({ "input": "hi", "agent_session_id": "none" }));
    none.refused(404, "not_found", "user");
    server.send("DELETE", S1, "").is(204, "");
    assert_ne!(session(json!({ "input": "hi", "previous_response_id": previous })), "s1");
}

#[test]
fn a_stream_has_the_events_of_the_runtime_in_its_order() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let body = json!({ "input": "echo a b\nsleep 10ms\necho c", "stream": true });
    let events: Vec<_> = server.open_events("POST", RESPONSES, &body).collect();
    let delta = "response.output_text.delta";
    let expected = [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        delta,
        delta,
        delta,
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ];
    assert_eq!(kinds(&events, 0), expected);
    let whole = &events[10]["response"];
    assert_eq!((text(whole).as_str(), &events[7]["text"]), ("a bc", &json!("a bc")));
    assert_eq!(whole["usage"]["output_tokens"], 1);
    let mut stored = server.response(&whole["id"]);
    assert_eq!((&stored["status"], &stored["background"]), (&json!("completed"), &json!(false)));
    assert_eq!(stored["output"], whole["output"]);
    assert_eq!(stored["output"][0].take()["content"], whole["output"][0]["content"]);
}

#[test]
fn a_response_in_the_background_needs_the_store_and_can_be_polled() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let refused = server.agent("POST", RESPONSES, &json!({ "input": "x", "background": true, "store": false }));
    assert_eq!(refused.refused(400, "unsupported_parameter", "user"), "background=true requires store=true");
    let made = server.respond(&json!({ "input": "sleep 200ms\necho done", "background": true }));
    assert_eq!((&made["status"], &made["output"]), (&json!("in_progress"), &json!([])));
    let at = response(&made["id"]);
    let flight = server.agent("DELETE", &at, &Value::Null).refused(400, "invalid_request_error", "user");
    assert_eq!(flight, "Cannot delete an in-flight response.");
    let stream = server.agent("GET", &format!("{at}?stream=true"), &Value::Null);
    assert!(stream.refused(400, "invalid_request_error", "user").ends_with("not created with stream=true."));
    wait_until("the end", || server.response(&made["id"])["status"] == "completed");
    assert_eq!(text(&server.response(&made["id"])), "done");
    let late = server.agent("POST", &format!("{at}/cancel"), &Value::Null);
    assert_eq!(late.refused(400, "invalid_request_error", "user"), "Cannot cancel a completed response.");
    let gone = server.agent("DELETE", &at, &Value::Null).fine();
    assert_eq!(gone, json!({ "id": made["id"], "object": "response", "deleted": true }));
    server.agent("GET", &at, &Value::Null).refused(404, "invalid_request_error", "user");
}

#[test]
fn a_stream_in_the_background_goes_on_without_its_client_and_is_resumed_after_any_event() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let mut events = server.open_events("POST", RESPONSES, &resumable("echo one\nsleep 300ms\necho two"));
    let mut before: Vec<_> = events.by_ref().take(5).collect();
    drop(events);
    let id = before[0]["response"]["id"].clone();
    let resume = |after: &str| {
        let at = format!("{}?stream=true{after}", response(&id));
        server.open_events("GET", &at, &Value::Null).collect::<Vec<_>>()
    };
    let rest = resume("&starting_after=4");
    assert_eq!(kinds(&rest, 5).last(), Some(&"response.completed"));
    before.extend(rest);
    assert_eq!(resume(""), before);
    assert_eq!(resume("&starting_after=99"), [Value::Null; 0]);
    assert_eq!(text(&server.response(&id)), "onetwo");
    let bad = server.agent("GET", &format!("{}?stream=true&starting_after=x", response(&id)), &Value::Null);
    assert_eq!(bad.refused(400, "invalid_request_error", "user"), "starting_after must be an integer");
    assert_eq!(bad.json()["error"]["param"], "starting_after");
}

#[test]
fn a_plain_stream_and_a_plain_request_are_cancelled_when_the_client_leaves() {
    let stage = Stage::new();
    let server = stage.session(&[]);
    let body = json!({ "input": "echo one\nsleep", "stream": true });
    let mut events = server.open_events("POST", RESPONSES, &body);
    let id = events.next().unwrap()["response"]["id"].clone();
    assert_eq!(server.response(&id)["status"], "in_progress");
    let refused = server.agent("POST", &format!("{}/cancel", response(&id)), &Value::Null);
    assert_eq!(refused.refused(400, "invalid_request_error", "user"), "Cannot cancel a synchronous response.");
    drop(events);
    wait_until("the cancellation", || server.response(&id)["status"] == "cancelled");
    assert_eq!(server.response(&id)["output"], json!([]));
    let resumed = server.agent("GET", &format!("{}?stream=true&starting_after=1", response(&id)), &Value::Null);
    assert!(resumed.refused(400, "invalid_request_error", "user").ends_with("not created with background=true."));

    let plain = json!({ "input": "sleep", "conversation": "c1", "agent_session_id": "s1" });
    let mut stream = server.connect();
    std::io::Write::write_all(&mut stream, &server.to_agent("POST", RESPONSES, plain.to_string().as_bytes())).unwrap();
    let next = || server.agent("POST", RESPONSES, &json!({ "input": "hi", "conversation": "c1" }));
    wait_until("the first turn", || next().status == 409);
    assert!(next().refused(409, "conversation_locked", "user").starts_with("Conversation is locked"));
    drop(stream);
    wait_until("the end of the first turn", || next().status == 200);
}

#[test]
fn a_cancelled_response_says_so_and_its_stream_ends() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let mut events = server.open_events("POST", RESPONSES, &resumable("echo one\nsleep"));
    let id = events.next().unwrap()["response"]["id"].clone();
    let cancel = || server.agent("POST", &format!("{}/cancel", response(&id)), &Value::Null).fine();
    let cancelled = cancel();
    assert_eq!((&cancelled["status"], &cancelled["output"]), (&json!("cancelled"), &json!([])));
    let last = events.last().unwrap();
    assert_eq!((&last["type"], &last["response"]["status"]), (&json!("response.failed"), &json!("cancelled")));
    assert_eq!(cancel(), cancelled);
}

#[test]
fn ids_and_bodies_are_checked_as_the_runtime_checks_them() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let get = |path: &str| server.agent("GET", &format!("{RESPONSES}{path}"), &Value::Null);
    let unknown = format!("/caresp_{}", "0".repeat(50));
    assert_eq!(get("/caresp_unknown").refused(400, "invalid_parameters", "user"), "Malformed identifier.");
    assert!(get(&unknown).refused(404, "invalid_request_error", "user").ends_with("was not found"));
    get(&format!("{unknown}/input_items")).refused(404, "invalid_request_error", "user");
    for (body, param) in [
        (json!({ "input": 3 }), "$.input"),
        (json!({ "input": "x", "stream": "yes" }), "$.stream"),
        (json!({ "input": "x", "agent_session_id": 7 }), "$.agent_session_id"),
    ] {
        let reply = server.agent("POST", RESPONSES, &body);
        reply.refused(400, "invalid_request", "user");
        let error = reply.json()["error"].clone();
        assert_eq!(error["details"][0]["param"], param, "{error}");
        assert_eq!(error["additionalInfo"]["request_id"].as_str(), reply.header("x-request-id"));
    }
    server.agent("POST", RESPONSES, &json!([])).refused(400, "invalid_request", "user");
    let previous = json!({ "input": "x", "previous_response_id": "resp_1" });
    server.agent("POST", RESPONSES, &previous).refused(400, "invalid_parameters", "user");

    let hidden = server.respond(&json!({ "input": "x", "store": false }));
    server.agent("GET", &response(&hidden["id"]), &Value::Null).refused(404, "invalid_request_error", "user");
    let items = json!([{ "role": "user", "content": "one" }, { "role": "user", "content": [{ "type": "input_text", "text": "echo two" }] }]);
    let made = server.respond(&json!({ "input": items }));
    assert_eq!(text(&made), "two");
    let list = get(&format!("/{}/input_items?limit=1", made["id"].as_str().unwrap())).fine();
    assert_eq!((&list["data"][0]["content"][0]["text"], &list["has_more"]), (&json!("echo two"), &json!(true)));
    let after = list["last_id"].as_str().unwrap();
    let rest = get(&format!("/{}/input_items?after={after}", made["id"].as_str().unwrap())).fine();
    assert_eq!((&rest["data"][0]["content"], &rest["has_more"]), (&json!("one"), &json!(false)));
}

#[test]
fn only_the_protocols_of_the_version_are_spoken() {
    let stage = Stage::new();
    let server = stage.session(&[]);
    let invoke =
        |session: &str| server.agent("POST", &format!("/invocations?agent_session_id={session}"), &asking("hi"));
    let sessions = || server.get("/agents/a1/endpoint/sessions").json()["data"].as_array().unwrap().len();
    invoke("s1").refused(501, "not_implemented", "upstream");
    server.agent("POST", "/invocations", &asking("hi")).refused(501, "not_implemented", "upstream");
    assert_eq!(sessions(), 1, "what is refused makes no session");
    let only = json!({ "definition": { "kind": "hosted", "protocol_versions": [{ "protocol": "invocations", "version": "1" }] } });
    server.send("POST", "/agents/a1/versions", only.to_string()).ok();
    invoke("s1").refused(501, "not_implemented", "upstream");
    assert_eq!(server.agent("POST", "/invocations", &asking("hi")).fine(), json!({ "output": "All done." }));
    server.agent("POST", RESPONSES, &asking("hi")).refused(501, "not_implemented", "upstream");
    server.respond(&json!({ "input": "hi", "agent_session_id": "s1" }));
    server.send("POST", "/agents/a1:disable", "").ok();
    server.agent("POST", RESPONSES, &asking("hi")).refused(403, "agent_disabled", "user");
}
