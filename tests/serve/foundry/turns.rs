//! What the agent does where a text says so.

use serde_json::{Value, json};

use super::stage::{Answered, RESPONSES, asking, kinds, resumable, text};
use crate::stage::{Server, Stage};

fn streamed(server: &Server, text: &str) -> Vec<Value> {
    server.open_events("POST", RESPONSES, &json!({ "input": text, "stream": true })).collect()
}

#[test]
fn a_handler_that_raises_has_a_form_in_every_mode() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    server.agent("POST", RESPONSES, &asking("fail")).refused(500, "server_error", "upstream");
    let events = streamed(&server, "fail");
    let internal = "An internal server error occurred.";
    let error = json!({ "type": "error", "message": internal, "param": null, "code": null, "sequence_number": 0 });
    assert_eq!(events, [error]);
    let failed = server.respond(&json!({ "input": "fail", "background": true }));
    assert_eq!((&failed["status"], &failed["error"]["code"]), (&json!("failed"), &json!("server_error")));
    // After it has begun, the response itself fails.
    let events = streamed(&server, "echo half\nfail");
    assert_eq!(kinds(&events, 0).last(), Some(&"response.failed"));
    assert_eq!(events.last().unwrap()["response"]["error"]["message"], internal);
}

#[test]
fn a_response_fails_or_stays_incomplete_or_is_a_refusal() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let failed = server.respond(&asking("echo half\nexhaust"));
    assert_eq!((&failed["status"], &failed["output"]), (&json!("failed"), &json!([])));
    assert_eq!(failed["error"], json!({ "code": "server_error", "message": "asked for" }));
    let incomplete = server.respond(&asking("echo half\nbudget"));
    assert_eq!((&incomplete["status"], text(&incomplete).as_str()), (&json!("incomplete"), "half"));
    assert_eq!(incomplete["incomplete_details"], json!({ "reason": "max_output_tokens" }));
    assert_eq!(streamed(&server, "budget").last().unwrap()["type"], "response.incomplete");
    assert_eq!(streamed(&server, "exhaust").last().unwrap()["type"], "response.failed");
    let events = streamed(&server, "refuse");
    let expected = [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        "response.refusal.delta",
        "response.refusal.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ];
    assert_eq!(kinds(&events, 0), expected);
    assert_eq!(events[8]["response"]["output"][0]["content"][0]["type"], "refusal");
}

#[test]
fn tools_functions_and_approvals_are_items() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let events = streamed(&server, "echo a\ntool bash {\"command\":\"ls\"}\necho b");
    let items: Vec<_> = events.iter().filter(|event| event["type"] == "response.output_item.done").collect();
    let types: Vec<_> = items.iter().map(|event| event["item"]["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["message", "function_call", "function_call_output", "message"]);
    let places: Vec<_> = items.iter().map(|event| event["output_index"].as_u64().unwrap()).collect();
    assert_eq!(places, [0, 1, 2, 3]);
    let (call, output) = (&items[1]["item"], &items[2]["item"]);
    assert_eq!((&call["name"], &call["arguments"]), (&json!("bash"), &json!("{\"command\":\"ls\"}")));
    assert_eq!((&output["call_id"], &output["output"]), (&call["call_id"], &json!("ok")));
    kinds(&events, 0);

    let asked = server.respond(&asking("ask bash {}\ncustom weather {\"city\":\"Oslo\"}\necho never"));
    let types: Vec<_> = asked["output"].as_array().unwrap().iter().map(|item| item["type"].as_str().unwrap()).collect();
    assert_eq!((types, &asked["status"]), (vec!["mcp_approval_request", "function_call"], &json!("completed")));
}

#[test]
fn many_deltas_are_one_message() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let events = server.open_events("POST", RESPONSES, &resumable("repeat 20000 echo x"));
    let events: Vec<_> = events.collect();
    assert_eq!(kinds(&events, 0).len(), 20_008);
    assert_eq!(text(&events.last().unwrap()["response"]), "x".repeat(20_000));
}

#[test]
fn streams_without_events_have_comments() {
    let stage = Stage::new();
    let server = stage.serve(&[]);
    let mut events = server.open_events("POST", RESPONSES, &json!({ "input": "sleep 6s", "stream": true }));
    assert_eq!(events.by_ref().last().unwrap()["type"], "response.completed");
    assert_eq!(events.comments, 1);
}
