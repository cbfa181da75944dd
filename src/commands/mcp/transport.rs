//! Messages on stdin and stdout: a line each. A message that is too long or not valid is answered here.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use rmcp::RoleServer;
use rmcp::model::JsonRpcMessage;
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};

use super::envelope::{Envelope, EnvelopeScanner};
use super::lines::{LONGEST_LINE, Line, read_lines};
use super::message::{CALL_TOOL, message};
use super::results;
use crate::output::{Relay, RelaySender};
use wharf_core::body::open_stdin;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::thread;

/// The error codes of JSON-RPC 2.0.
const PARSE_ERROR: i32 = -32700;
const INVALID_REQUEST: i32 = -32600;

/// Messages on stdin and stdout.
pub(super) struct StdioTransport {
    lines: mpsc::Receiver<Line>,
    /// Answers that are given here.
    answers: VecDeque<Bytes>,
    out: RelaySender,
    relay: Relay,
    /// Set when the client has left.
    left: Arc<watch::Sender<bool>>,
    /// Whether a request came: a session does not begin with anything else.
    begun: bool,
}

/// Tells when the client has left: stdin ended, or stdout was closed.
pub(super) struct ClientPresence(Arc<watch::Sender<bool>>);

impl ClientPresence {
    /// Waits until the client has left.
    pub(super) async fn left(&self) {
        // The sender is kept here, so that the channel is not closed.
        let _ = self.0.subscribe().wait_for(|left| *left).await;
    }

    /// Reads no more messages, as if the client had left.
    pub(super) fn dismiss(&self) {
        self.0.send_replace(true);
    }
}

impl StdioTransport {
    /// Starts reading stdin.
    ///
    /// # Errors
    /// `io` if stdin is closed.
    pub(super) fn open() -> Result<(Self, ClientPresence)> {
        let stdin = open_stdin()?;
        let mut relay = Relay::stdout();
        let out = relay.sender()?;
        // One line waits while another one is read: both may be long.
        let (sender, lines) = mpsc::channel(1);
        thread::spawn(move || {
            // An error ends the input, like its end.
            drop(read_lines(stdin, LONGEST_LINE, |line| sender.blocking_send(line).is_ok()));
        })
        .map_err(|e| Error::io("reading stdin", &e))?;
        let left = Arc::new(watch::Sender::new(false));
        let transport =
            StdioTransport { lines, answers: VecDeque::new(), out, relay, left: Arc::clone(&left), begun: false };
        Ok((transport, ClientPresence(left)))
    }

    /// Returns the message of a line, if it is for the server; an answer to one that is not valid is added to
    /// [`StdioTransport::answers`].
    fn accept(&mut self, line: Line) -> Option<RxJsonRpcMessage<RoleServer>> {
        let message = match read_message(line) {
            Ok(Some(message)) => message,
            Ok(None) => return None,
            Err(answer) => {
                self.answers.extend(answer.map(|answer| line_of(&answer)));
                return None;
            }
        };
        self.begun |= matches!(message, JsonRpcMessage::Request(_));
        self.begun.then_some(message)
    }
}

impl Transport<RoleServer> for StdioTransport {
    type Error = Error;

    fn send(&mut self, item: TxJsonRpcMessage<RoleServer>) -> impl Future<Output = Result<(), Error>> + Send + 'static {
        let out = self.out.clone();
        async move {
            let line = serde_json::to_value(&item)
                .map(|message| line_of(&message))
                .map_err(|e| Error::new(Kind::Internal, format!("an answer cannot be written: {e}")))?;
            if out.send(&line).await { Ok(()) } else { Err(Error::new(Kind::Closed, "the client reads no answers")) }
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        let mut left = self.left.subscribe();
        loop {
            // Nothing is lost where the future is dropped: an answer leaves the queue after it was passed on.
            while let Some(answer) = self.answers.front() {
                if !self.out.send(answer).await {
                    break;
                }
                self.answers.pop_front();
            }
            let line = tokio::select! {
                line = self.lines.recv() => line,
                () = self.out.closed() => None,
                _ = left.wait_for(|left| *left) => None,
            };
            let Some(line) = line else {
                self.left.send_replace(true);
                return None;
            };
            if let Some(message) = self.accept(line) {
                return Some(message);
            }
        }
    }

    async fn close(&mut self) -> Result<()> {
        self.relay.finish().await
    }
}

/// Returns a message as a line.
fn line_of(message: &Value) -> Bytes {
    Bytes::from(format!("{message}\n"))
}

/// Returns the message of a line, if it needs work.
///
/// # Errors
/// The answer to a line that is not a message, if it needs one.
fn read_message(line: Line) -> Result<Option<RxJsonRpcMessage<RoleServer>>, Option<Value>> {
    let bytes = match line {
        Line::Whole(bytes) => bytes,
        Line::TooLong(envelope) => {
            let error = Error::new(Kind::Limit, format!("a message has more than {LONGEST_LINE} bytes"))
                .hint("send a large content as a file: localPath");
            return Err(Some(refusal(envelope, INVALID_REQUEST, &error)));
        }
    };
    // RFC 8259 section 8.1 allows to ignore a byte order mark.
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let value: Value = match serde_json::from_slice(text) {
        Ok(value) => value,
        Err(error) => {
            let error = Error::usage(format!("a message is not valid JSON: {error}"));
            return Err(Some(refusal(EnvelopeScanner::scan(text), PARSE_ERROR, &error)));
        }
    };
    if let Ok(message) = message(value) {
        return Ok(message);
    }
    let envelope = EnvelopeScanner::scan(text);
    if envelope.id.is_none() && envelope.method.is_some() {
        // A notification is never answered.
        return Err(None);
    }
    let error = Error::usage("not a valid JSON-RPC 2.0 message");
    Err(Some(refusal(envelope, INVALID_REQUEST, &error)))
}

/// Returns the answer to a message that is not accepted: for a call of a tool a result, which the model sees.
fn refusal(envelope: Envelope, code: i32, error: &Error) -> Value {
    match envelope {
        Envelope { id: Some(id), method: Some(method) } if method == CALL_TOOL => {
            json!({ "jsonrpc": "2.0", "id": id, "result": results::failure(error) })
        }
        Envelope { id, .. } => {
            json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": error.to_string() } })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str) -> Option<Value> {
        read_message(Line::Whole(text.into())).unwrap_err()
    }

    #[test]
    fn what_is_not_a_message_is_answered_with_its_id() {
        let cases = [
            ("garbage", None, PARSE_ERROR),
            ("{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"tools/list\"", Some(json!(3)), PARSE_ERROR),
            ("[1,2]", None, INVALID_REQUEST),
            ("{\"id\":\"a\",\"method\":\"tools/list\"}", Some(json!("a")), INVALID_REQUEST),
            ("{\"jsonrpc\":\"1.0\",\"id\":4,\"method\":\"ping\"}", Some(json!(4)), INVALID_REQUEST),
            ("null", None, INVALID_REQUEST),
        ];
        for (text, id, code) in cases {
            let answer = answer(text).unwrap();
            assert_eq!(answer["id"], id.unwrap_or_default(), "{text}");
            assert_eq!(answer["error"]["code"], code, "{text}");
        }
        assert_eq!(answer("{\"jsonrpc\":\"3\",\"method\":\"notifications/x\"}"), None, "a notification has no answer");
    }

    #[test]
    fn a_call_of_a_tool_is_answered_with_a_result() {
        let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
        let text = format!(r#"{{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{deep}}}"#);
        let answer = answer(&text).unwrap();
        assert_eq!((&answer["id"], &answer["result"]["isError"]), (&json!(5), &json!(true)));
        assert_eq!(answer["result"]["structuredContent"]["error"]["kind"], "usage");
        let envelope = Envelope { id: Some(json!(6)), method: Some(CALL_TOOL.to_owned()) };
        let answer = read_message(Line::TooLong(envelope)).unwrap_err().unwrap();
        assert_eq!(answer["result"]["structuredContent"]["error"]["kind"], "limit");
    }
}
