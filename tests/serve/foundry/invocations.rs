//! The protocol `invocations`.

use serde_json::{Value, json};

use super::stage::Answered;
use crate::stage::{Reply, Server, Stage, wait_until};

/// A server whose agent `a1` speaks every protocol, with a session `s1`.
fn serve(stage: &Stage) -> Server {
    let server = stage.serve(&[]);
    server.send("POST", "/agents/a1/versions", r#"{"definition":{"kind":"hosted"}}"#).ok();
    let version = json!({ "type": "version_ref", "agent_version": "2" });
    let body = json!({ "agent_session_id": "s1", "version_indicator": version }).to_string();
    server.send("POST", "/agents/a1/endpoint/sessions", body).is(201, "");
    server
}

fn invoke(server: &Server, text: &str) -> Reply {
    server.raw(&server.to_agent("POST", "/invocations?agent_session_id=s1", text.as_bytes())).unwrap()
}

fn id(reply: &Reply) -> String {
    reply.header("x-agent-invocation-id").expect("x-agent-invocation-id").to_owned()
}

#[test]
fn the_session_is_only_in_the_query_and_an_id_that_cannot_be_one_is_replaced() {
    let stage = Stage::new();
    let server = serve(&stage);
    let session = |query: &str| {
        let reply = server.agent("POST", &format!("/invocations{query}"), &json!({ "agent_session_id": "s1" }));
        reply.fine();
        assert_eq!(id(&reply).len(), 36);
        reply.session()
    };
    assert_eq!(session("?agent_session_id=s1"), "s1");
    let made = session("");
    assert_ne!(made, "s1");
    assert_eq!(session(&format!("?agent_session_id={made}")), made);
    for odd in ["a%20b", "%2F", "%C3%A9"] {
        assert_eq!(session(&format!("?agent_session_id={odd}")).len(), 50);
    }
    server.agent("POST", "/invocations?agent_session_id=none", &json!({})).refused(404, "not_found", "user");
}

#[test]
fn the_first_line_chooses_the_form_of_the_answer() {
    let stage = Stage::new();
    let server = serve(&stage);
    assert_eq!(invoke(&server, "echo a\necho b").fine(), json!({ "output": "ab" }));
    assert_eq!(invoke(&server, r#"{"message":"hi"}"#).fine(), json!({ "output": "All done." }));
    let text = invoke(&server, "reply text\necho plain");
    assert_eq!((text.body.as_slice(), text.header("content-type")), (&b"plain"[..], Some("text/plain; charset=utf-8")));
    let reply = invoke(&server, r#"{"input":"reply sse\necho a b"}"#);
    assert_eq!(reply.header("content-type"), Some("text/event-stream; charset=utf-8"));
    let done = json!({ "invocation_id": id(&reply), "session_id": "s1" });
    let expected = format!("data: {{\"delta\":\"a \"}}\n\ndata: {{\"delta\":\"b\"}}\n\nevent: done\ndata: {done}\n\n");
    assert_eq!(String::from_utf8(reply.body).unwrap(), expected);
}

#[test]
fn an_agent_fails_by_a_status_by_an_object_or_by_the_end_of_the_connection() {
    let stage = Stage::new();
    let server = serve(&stage);
    let error = json!({ "error": { "code": "agent_error", "message": "asked for" } });
    for form in ["", "reply sse\n"] {
        let raised = invoke(&server, &format!("{form}fail"));
        assert_eq!(raised.refused(500, "internal_error", "upstream"), "Internal server error");
        assert_eq!(raised.session(), "s1");
    }
    assert_eq!(invoke(&server, "echo x\nexhaust").fine(), error);
    let events = String::from_utf8(invoke(&server, "reply sse\necho x\nexhaust").body).unwrap();
    assert_eq!(events, format!("data: {{\"delta\":\"x\"}}\n\ndata: {error}\n\n"));
    let cut = invoke(&server, "reply sse\necho x\nsleep 50ms\nfail");
    assert_eq!((cut.status, cut.complete), (200, false));
}

#[test]
fn long_work_is_accepted_polled_and_cancelled() {
    let stage = Stage::new();
    let server = serve(&stage);
    let get = |id: &str| server.agent("GET", &format!("/invocations/{id}"), &Value::Null);
    let cancel = |id: &str| server.agent("POST", &format!("/invocations/{id}/cancel"), &Value::Null);
    let begun = invoke(&server, "reply later\nsleep 200ms\necho done");
    let first = id(&begun);
    assert_eq!((begun.status, begun.json()), (202, json!({ "invocation_id": first, "status": "queued" })));
    let running = get(&first);
    assert_eq!((&running.fine()["status"], running.header("retry-after")), (&json!("running"), Some("1")));
    wait_until("the end", || get(&first).json()["status"] == "completed");
    assert_eq!(get(&first).fine(), json!({ "invocation_id": first, "status": "completed", "output": "done" }));
    let failed = id(&invoke(&server, "reply later\nexhaust"));
    wait_until("the failure", || get(&failed).json()["error"]["message"] == "asked for");
    let endless = id(&invoke(&server, "reply later\nsleep"));
    assert_eq!(cancel(&endless).fine(), json!({ "invocation_id": endless, "status": "cancelled" }));
    assert_eq!(get(&endless).fine()["status"], "cancelled");

    let silent = invoke(&server, "reply accepted");
    assert_eq!(silent.status, 202);
    let silent = id(&silent);
    assert_eq!(get(&silent).refused(404, "not_found", "upstream"), "get_invocation not implemented");
    assert_eq!(cancel(&silent).refused(404, "not_found", "upstream"), "cancel_invocation not implemented");
    let docs = server.agent("GET", "/invocations/docs/openapi.json", &Value::Null);
    assert_eq!(docs.refused(404, "not_found", "upstream"), "No OpenAPI spec registered");
}
