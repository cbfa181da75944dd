//! Microsoft Foundry: messages to agents, conversations, and the log of a session.

use futures_util::StreamExt;
use serde_json::{Value, json};
use wharf_client::backend::Backend;
use wharf_client::backend::turn::{Attachment, LogKind, LogQuery, MessageProtocol, NewMessage, RunningTurn, TurnEvent};
use wharf_core::error::Result;
use wharf_core::model::{EventKind, SessionId};

use crate::capture::Capture;
use crate::recorder::{RecordedRequest, Reply};

/// The session where a recorded request names none: the one of the answers.
const SESSION: &str = "1f2e3d4c5b6a7980000Abcd1234Efgh5678Ijkl9012Mnop345";

/// Whether a recorded request is about an agent's work.
pub(crate) fn is_about(path: &str) -> bool {
    path.contains("/protocols/") || path.ends_with(":logstream")
}

fn refused(status: u16) -> Reply {
    Reply { status, ..Reply::json(&json!({ "error": { "code": "not_found", "message": "not here" } })) }
}

/// What is answered to what our client asks beside the recorded request; `None` for what is not about work.
pub(crate) fn aside(capture: &Capture, sent: &RecordedRequest) -> Option<Reply> {
    let response = |status: &str| Reply::json(&json!({ "id": "caresp_1", "object": "response", "status": status }));
    let events = (0..9).map(|number| {
        let response = json!({ "id": "caresp_1", "status": "in_progress" });
        let kind = if number == 0 { "response.created" } else { "response.in_progress" };
        format!("data: {}\n\n", json!({ "type": kind, "sequence_number": number, "response": response }))
    });
    let is_resumed = capture.shape(&[]).query.contains_key("starting_after");
    let end = sent.path.rsplit('/').next().unwrap();
    Some(match (&*sent.method, end) {
        ("POST", "responses") if is_resumed => Reply {
            headers: vec![("content-type".to_owned(), "text/event-stream".to_owned())],
            body: events.collect::<String>().into_bytes(),
            ..Reply::json(&Value::Null)
        },
        ("POST", "responses") => response("in_progress"),
        ("GET", "caresp_1") if sent.query.contains("stream=true") => refused(400),
        ("GET", "caresp_1") => response("completed"),
        ("POST", "invocations") => {
            let accepted =
                Reply::json(&json!({ "invocation_id": capture.path().split('/').nth(6), "status": "queued" }));
            Reply { status: 202, ..accepted }
        }
        ("GET", _) if sent.path.contains("/invocations/") => Reply::json(&json!({ "status": "completed" })),
        ("GET", _) if sent.path.ends_with(":logstream") => refused(404),
        ("GET", "7") if sent.path.contains("/versions/") => {
            let protocols = ["responses", "invocations"].map(|name| json!({ "protocol": name, "version": "1.0.0" }));
            Reply::json(&json!({
                "object": "agent.version", "id": "x:7", "name": "order-agent", "version": "7", "status": "active",
                "created_at": 1_795_219_200, "metadata": {},
                "definition": { "kind": "hosted", "protocol_versions": protocols },
            }))
        }
        _ => return None,
    })
}

/// Does with our client what a recorded client did.
pub(crate) async fn drive(backend: &dyn Backend, capture: &Capture) -> Result<()> {
    let (shape, body) = (capture.shape(&[]), capture.body());
    let in_path = capture.path().split_once("/sessions/").map(|(_, rest)| rest.split(':').next().unwrap());
    let named = in_path.or(shape.query.get("agent_session_id").map(String::as_str));
    let named = named.or(body["json"]["agent_session_id"].as_str()).unwrap_or(SESSION);
    let session: SessionId = named.parse()?;
    if capture.path().ends_with(":logstream") {
        let tail = shape.query.get("tail").map(|tail| tail.parse().unwrap());
        let query = LogQuery { tail, follow: false, kind: LogKind::Console };
        let lines = backend.logs().unwrap().read(&session, &query).await?.collect::<Vec<_>>().await;
        assert!(!lines.is_empty());
        return lines.into_iter().try_for_each(|line| line.map(drop));
    }
    let turns = backend.turns().unwrap();
    let protocol =
        if capture.path().contains("/openai/") { MessageProtocol::Responses } else { MessageProtocol::Invocations };
    if capture.path().ends_with("/conversations") {
        return turns.begin_conversation(&session, Some(protocol)).await.map(drop);
    }
    let mut turn = turns.start(&session, NewMessage { protocol: Some(protocol), ..message(capture) }).await?;
    if capture.path().ends_with("/cancel") {
        until_begun(&mut *turn).await?;
        drop(turn);
        return backend.sessions().interrupt(&session).await.map(drop);
    }
    loop {
        if let TurnEvent::Ended(end) = turn.next().await? {
            return end.error.map_or(Ok(()), Err);
        }
    }
}

/// Reads the events of a turn until its id is known.
async fn until_begun(turn: &mut dyn RunningTurn) -> Result<()> {
    loop {
        match turn.next().await? {
            TurnEvent::Event(event) if event.kind == EventKind::Status => return Ok(()),
            TurnEvent::Ended(end) => panic!("it ended: {end:?}"),
            _ => {}
        }
    }
}

/// Returns the message of a recorded request, or any one.
fn message(capture: &Capture) -> NewMessage {
    let body = &capture.body()["json"];
    let parts = body["input"][0]["content"].as_array().cloned().unwrap_or_default();
    let data = |part: &Value, name: &str| {
        let (_, data) = part[name].as_str().unwrap().split_once("base64,").unwrap();
        bytes::Bytes::from(base64::Engine::decode(&base64::engine::general_purpose::STANDARD, data).unwrap())
    };
    let attachments = parts.iter().filter_map(|part| match part["type"].as_str().unwrap() {
        "input_image" => Some(Attachment::Inline { name: "a.png".to_owned(), bytes: data(part, "image_url") }),
        "input_file" => {
            let name = part["filename"].as_str().unwrap().to_owned();
            Some(Attachment::Inline { name, bytes: data(part, "file_data") })
        }
        _ => None,
    });
    let text = match (body["input"].as_str(), parts.first()) {
        (Some(text), _) => text.to_owned(),
        (None, Some(part)) => part["text"].as_str().unwrap().to_owned(),
        (None, None) if capture.path().ends_with("/invocations") => String::from_utf8(capture.content()).unwrap(),
        (None, None) => "hi".to_owned(),
    };
    let conversation = body["conversation"].as_str().map(str::to_owned);
    NewMessage { text, attachments: attachments.collect(), conversation, ..NewMessage::default() }
}
