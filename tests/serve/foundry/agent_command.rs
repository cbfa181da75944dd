//! A command that does the agent's work: `--agent-command`.

use serde_json::{Value, json};

use super::stage::{Answered, RESPONSES, asking, response, resumable, text};
use crate::stage::{Server, Stage, processes, wait_until};

/// Sends a request below the project with the server's key.
fn keyed(server: &Server, method: &str, path: &str, body: &str) -> crate::stage::Reply {
    let head = server.head(method, path, &format!("content-length: {}\r\n", body.len()));
    let head = head.replace("Bearer any", &format!("Bearer {}", server.key()));
    server.raw(format!("{head}{body}").as_bytes()).unwrap()
}

#[test]
fn a_command_answers_in_the_session_and_its_results_are_files() {
    let stage = Stage::new();
    let agent = r#"sh -c 'read -r line; printf "é$line"; sleep 0.1; echo "$line" >"$WHARF_OUTPUTS/report.txt"; echo " in $(basename "$WHARF_OUTPUTS")"; echo note >&2'"#;
    let server = stage.serve(&["--agent-command", agent]);
    assert_eq!(server.try_send("GET", "/agents/a1/endpoint/sessions", "").unwrap().status, 401);
    let body = json!({ "input": "sleep", "stream": true });
    let events: Vec<_> = server.open_events("POST", RESPONSES, &body).collect();
    let deltas: Vec<_> = events.iter().filter_map(|event| event["delta"].as_str()).collect();
    assert_eq!(deltas, ["ésleep", " in outputs\n"]);
    let whole = &events.last().unwrap()["response"];
    assert_eq!((text(whole).as_str(), &whole["usage"]), ("ésleep in outputs\n", &Value::Null));
    let session = format!("/agents/a1/endpoint/sessions/{}", whole["agent_session_id"].as_str().unwrap());
    assert_eq!(keyed(&server, "GET", &format!("{session}/files/content?path=outputs/report.txt"), "").body, b"sleep\n");
    let log = session.replace("/endpoint/", "/") + ":logstream?follow=false&kind=console";
    let log = String::from_utf8(keyed(&server, "GET", &log, "").body).unwrap();
    assert!(log.contains(r#""stream":"stderr","message":"note""#), "{log}");
}

#[test]
fn another_status_is_a_failure_with_the_words_of_stderr() {
    let stage = Stage::new();
    let server = stage.serve(&["--agent-command", "sh -c 'echo half; echo no model >&2; exit 3'"]);
    let failed = server.respond(&asking("hello"));
    let why = "the agent's command ended with status 3: no model";
    assert_eq!((&failed["status"], &failed["error"]["message"]), (&json!("failed"), &json!(why)));
    keyed(&server, "POST", "/agents/a1/versions", r#"{"definition":{"kind":"hosted"}}"#).ok();
    let error = server.agent("POST", "/invocations", &asking("hello")).fine();
    assert_eq!(error["error"]["message"], why);
}

#[test]
fn the_end_of_a_turn_of_a_session_and_of_the_server_kills_the_command() {
    let stage = Stage::new();
    let mut server = stage.serve(&["--agent-command", "sh -c 'sleep 4244.5 & echo begun; sleep 4244.5'"]);
    let begin = || {
        let mut events = server.open_events("POST", RESPONSES, &resumable("hello"));
        let made = events.next().unwrap()["response"].clone();
        wait_until("two processes", || processes("4244.5") == 2);
        made
    };
    let made = begin();
    server.agent("POST", &format!("{}/cancel", response(&made["id"])), &Value::Null).fine();
    assert_eq!(processes("4244.5"), 0);
    let session = |made: &Value| format!("/agents/a1/endpoint/sessions/{}", made["agent_session_id"].as_str().unwrap());
    let made = begin();
    assert_eq!(keyed(&server, "POST", &format!("{}:stop", session(&made)), "").status, 204);
    assert_eq!((processes("4244.5"), &server.response(&made["id"])["status"]), (0, &json!("cancelled")));
    let made = begin();
    assert_eq!(keyed(&server, "DELETE", &session(&made), "").status, 204);
    assert_eq!((processes("4244.5"), &server.response(&made["id"])["status"]), (0, &json!("cancelled")));
    begin();
    server.stop();
    wait_until("the end of the processes", || processes("4244.5") == 0);
    assert_eq!(stage.left_behind(), [""; 0]);
}
