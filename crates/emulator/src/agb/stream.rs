//! Code whose output is streamed: the WebSocket of a session (`--exec`), one JSON object a frame \[recorded\].

use std::sync::Arc;
use std::time::Instant;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures_util::{SinkExt as _, StreamExt as _};
use hyper::header::{
    CONNECTION, HeaderMap, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use hyper::{StatusCode, upgrade};
use hyper_util::rt::TokioIo;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self, Message};

use super::code::{CodeError, CodeOutcome, not_run, prepare};
use super::session::AgbSession;
use super::tools::ToolCallResult;
use super::{AgbEmulator, ApiError, ApiResult, DOCUMENT_MAX};
use crate::answer::{self, HttpResponse};
use crate::request::ApiRequest;
use crate::runner::{ProgramRunner, take_text};
use wharf_client::backend::exec::{CommandEvent, OutputStream};
use wharf_wire::agb as wire;
use wharf_wire::agb::text::ToolError;

/// What an accepted key is hashed with (RFC 6455, section 1.3).
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Frames that wait for their client: with more, the code waits as well.
const FRAMES: usize = 16;

/// A call of a method by a frame.
struct StreamCall {
    /// The client's name for it, which each frame about it has.
    id: String,
    /// Whom the client called, who answers.
    target: String,
    data: Map<String, Value>,
}

impl AgbEmulator {
    /// Returns where code of a session is streamed, if it runs.
    pub(super) fn stream_url(&self, found: &AgbSession) -> Option<String> {
        let socket = self.origin.replacen("http", "ws", 1);
        self.runner.as_ref().map(|_| format!("{socket}/link/{}/ws", found.id))
    }

    /// Opens the WebSocket of a session.
    pub(super) async fn stream_code(&self, id: &str, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let runner = self.runner.as_ref().ok_or_else(|| ApiError::not_found("this server streams nothing"))?;
        let expired = || ApiError::new(StatusCode::UNAUTHORIZED, "token expired");
        let token = request.headers.get(wire::TOKEN_HEADER).and_then(|value| value.to_str().ok());
        if token != Some(&*self.signer.token(id)) {
            return Err(expired());
        }
        let found = Arc::new(self.find(id).await.map_err(|_| expired())?);
        let answer = handshake(&request.headers)?;
        let upgrade = request.upgrade.clone().ok_or_else(|| ApiError::bad("this connection cannot be upgraded"))?;
        let connection = serve(upgrade, Arc::clone(runner), found);
        let mut streams = wharf_core::sync::lock(&self.streams);
        while streams.try_join_next().is_some() {}
        // How a connection ends is its client's to know.
        streams.spawn(async move { drop(connection.await) });
        Ok(answer)
    }
}

/// Returns the answer to a handshake (RFC 6455, section 4.2).
fn handshake(headers: &HeaderMap) -> ApiResult<HttpResponse> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let asks = text(UPGRADE).is_some_and(|protocol| protocol.eq_ignore_ascii_case("websocket"));
    let (Some(key), Some("13"), true) = (text(SEC_WEBSOCKET_KEY), text(SEC_WEBSOCKET_VERSION), asks) else {
        return Err(ApiError::bad("this is not a handshake of a WebSocket in version 13"));
    };
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, format!("{key}{GUID}").as_bytes());
    let accept = HeaderValue::from_str(&BASE64_STANDARD.encode(hash)).map_err(|_| ApiError::bad("a bad key"))?;
    let mut answer = answer::empty(StatusCode::SWITCHING_PROTOCOLS);
    answer.headers_mut().extend([
        (CONNECTION, HeaderValue::from_static("upgrade")),
        (UPGRADE, HeaderValue::from_static("websocket")),
        (SEC_WEBSOCKET_ACCEPT, accept),
    ]);
    Ok(answer)
}

/// Serves one connection to its end, with which its code ends as well.
async fn serve(
    upgrade: upgrade::OnUpgrade,
    runner: Arc<ProgramRunner>,
    found: Arc<AgbSession>,
) -> tungstenite::Result<()> {
    let Ok(upgraded) = upgrade.await else { return Ok(()) };
    let most = usize::try_from(DOCUMENT_MAX).ok();
    let config = WebSocketConfig::default().max_message_size(most).max_frame_size(most);
    let mut socket = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await;
    let (sender, mut frames) = mpsc::channel(FRAMES);
    let mut calls = JoinSet::new();
    loop {
        tokio::select! {
            message = socket.next() => match message {
                None => return Ok(()),
                Some(Ok(Message::Text(text))) => {
                    // Without a name for the call there is nothing to answer with.
                    if let Some(call) = StreamCall::read(&text) {
                        calls.spawn(call.run(Arc::clone(&runner), Arc::clone(&found), sender.clone()));
                    }
                }
                Some(message) => drop(message?),
            },
            Some(frame) = frames.recv() => socket.send(Message::text::<String>(frame)).await?,
            Some(_) = calls.join_next() => {}
        }
    }
}

impl StreamCall {
    fn read(text: &str) -> Option<Self> {
        let mut frame: Map<String, Value> = serde_json::from_str(text).ok()?;
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        let id = text(frame.get("invocationId")).or_else(|| text(frame.get("requestId")))?;
        let target = text(frame.get("target")).unwrap_or_default();
        let data = match frame.remove("data") {
            Some(Value::Object(data)) => data,
            Some(Value::String(data)) => serde_json::from_str(&data).unwrap_or_default(),
            _ => Map::new(),
        };
        Some(StreamCall { id, target, data })
    }

    /// Returns a frame about the call.
    fn frame(&self, data: &Value) -> String {
        json!({ "invocationId": self.id, "source": self.target, "target": "SDK", "data": data }).to_string()
    }

    /// Runs the code, and sends what happens. A connection that has ended drops this.
    async fn run(self, runner: Arc<ProgramRunner>, found: Arc<AgbSession>, frames: mpsc::Sender<String>) {
        let method = self.data.get("method").and_then(Value::as_str);
        if method != Some(wire::name::RUN_CODE) {
            let why = format!("unknown method {}", method.unwrap_or_default());
            drop(frames.send(self.frame(&json!({ "error": why }))).await);
            return;
        }
        let begun = Instant::now();
        let outcome = self
            .stream(&runner, &found, &frames)
            .await
            .unwrap_or_else(|e| CodeOutcome { result: Vec::new(), error: Some(CodeError::new(e.to_string())) });
        let mut last: Vec<Value> = outcome.result.into_iter().map(shown).collect();
        let error = outcome.error.as_ref();
        last.extend(error.map(|error| {
            let details = json!({ "code": error.name, "message": error.value, "traceId": "" });
            json!({ "phase": "event", "eventType": "error", "error": details })
        }));
        last.push(json!({
            "phase": "end",
            "status": if error.is_some() { "failed" } else { "success" },
            "executionCount": runner.count(&found.id),
            "executionTime": begun.elapsed().as_secs_f64(),
            "executionError": error.map(CodeError::line),
        }));
        for data in last {
            drop(frames.send(self.frame(&data)).await);
        }
    }

    async fn stream(
        &self,
        runner: &ProgramRunner,
        found: &AgbSession,
        frames: &mpsc::Sender<String>,
    ) -> ToolCallResult<CodeOutcome> {
        let (program, result) = prepare(runner, &self.code())?;
        let limit = program.limit;
        let mut command = runner.start(found.program_session(), program).await.map_err(|e| not_run(&e))?;
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let read = async {
            loop {
                let event = command.next().await?;
                let ended = matches!(event, CommandEvent::Ended(_));
                if let CommandEvent::Output(stream, bytes) = &event {
                    let rest = if *stream == OutputStream::Stdout { &mut stdout } else { &mut stderr };
                    rest.extend_from_slice(bytes);
                }
                for (name, rest) in [("stdout", &mut stdout), ("stderr", &mut stderr)] {
                    let chunk = take_text(rest, ended);
                    if !chunk.is_empty() {
                        let data = json!({ "phase": "event", "eventType": name, "chunk": chunk });
                        drop(frames.send(self.frame(&data)).await);
                    }
                }
                if let CommandEvent::Ended(end) = event {
                    return Ok(end.status.code());
                }
            }
        };
        let ended: Result<wharf_core::error::Result<u8>, _> = timeout(limit, read).await;
        let code = ended.map_err(|_| ToolError::timeout())?.map_err(|e| not_run(&e))?;
        Ok(result.read(code.into()))
    }

    /// Returns the code of a call.
    fn code(&self) -> wire::RunCode {
        let of = |name: &str| self.data.get("params").and_then(|params| params.get(name));
        let text = |name: &str| of(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let timeout_s = of("timeoutS").and_then(Value::as_u64);
        wire::RunCode { code: text("code"), language: text("language"), timeout_s }
    }
}

/// Returns the event of an item that code displayed.
fn shown(mut item: Map<String, Value>) -> Value {
    let main = item.remove("isMainResult").unwrap_or(Value::Bool(false));
    json!({ "phase": "event", "eventType": "result", "result": { "isMainResult": main, "mime": item } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_handshake_is_that_of_the_standard() {
        // RFC 6455, section 1.3.
        let headers = |version: &'static str| {
            HeaderMap::from_iter([
                (UPGRADE, HeaderValue::from_static("WebSocket")),
                (SEC_WEBSOCKET_KEY, HeaderValue::from_static("dGhlIHNhbXBsZSBub25jZQ==")),
                (SEC_WEBSOCKET_VERSION, HeaderValue::from_static(version)),
            ])
        };
        let answer = handshake(&headers("13")).unwrap();
        assert_eq!(answer.headers()[SEC_WEBSOCKET_ACCEPT], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assert!(handshake(&headers("8")).is_err() && handshake(&HeaderMap::new()).is_err());
    }
}
