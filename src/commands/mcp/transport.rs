//! Messages on stdin and stdout: a line each. A message that is too long or not valid is answered here.

use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::mem;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use rmcp::RoleServer;
use rmcp::model::{ClientNotification, ClientRequest, GetExtensions, JsonRpcMessage, RequestId};
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::envelope::{Envelope, EnvelopeId, EnvelopeScanner};
use super::limits::LAST;
use super::lines::{LONGEST_LINE, Line, read_lines};
use super::message::{CALL_TOOL, message};
use super::results;
use crate::output::{Relay, RelaySender};
use wharf_core::body::open_stdin;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::sync::lock;
use wharf_core::thread;
use wharf_wire::json::{JsonError, VALUES, check};

/// The error codes of JSON-RPC 2.0.
const PARSE_ERROR: i32 = -32700;
const INVALID_REQUEST: i32 = -32600;

/// The bytes of requests that are read before their answers are written: two lines of the longest.
const ROOM: u32 = 32 << 20;

/// The bytes that a short request counts for. So 128 are read: half of them wait for others, so that a cancellation behind
/// them is read.
const LEAST_ROOM: u32 = ROOM / 128;

/// Messages on stdin and stdout.
pub(super) struct StdioTransport {
    lines: mpsc::Receiver<Line>,
    /// Answers that are given here.
    answers: VecDeque<Bytes>,
    /// A request that waits for room.
    waiting: Option<WaitingRequest>,
    /// The room for requests, in bytes.
    room: Arc<Semaphore>,
    /// The requests that wait for an answer, by the number that the SDK knows each one by. A number is used once: the SDK
    /// would take the late answer to a cancelled request for that to a new request with the same id.
    unanswered: HashMap<i64, UnansweredRequest>,
    /// The number of the next request.
    next: i64,
    out: RelaySender,
    relay: Relay,
    client: Arc<ClientState>,
    session: ProtocolSession,
    /// Once the client has left: when to stop waiting for the answers.
    end: Option<Instant>,
}

/// Whether the SDK has begun a session. Before that, a notification would end the server.
enum ProtocolSession {
    NotBegun,
    /// The request of this number may have begun it. One that has not is answered with an error before the next message is
    /// read.
    MayHaveBegun(i64),
    Begun,
}

/// A request that waits for room.
struct WaitingRequest {
    message: RxJsonRpcMessage<RoleServer>,
    bytes: u32,
}

/// A request that waits for an answer.
struct UnansweredRequest {
    /// The id that the client gave it.
    id: RequestId,
    room: RequestRoom,
}

/// What a request takes up while it is worked on, and until its answer is written.
#[derive(Clone)]
struct RequestRoom {
    _permit: Arc<OwnedSemaphorePermit>,
}

/// What is known of the client.
#[derive(Default)]
struct ClientState {
    /// Set when the client has left.
    left: watch::Sender<bool>,
    /// Why stdin cannot be read, or stdout cannot be written to.
    failure: Mutex<Option<Error>>,
}

/// Tells when the client has left: stdin ended, or stdout was closed.
pub(super) struct ClientPresence(Arc<ClientState>);

impl ClientState {
    /// Notes why messages can no longer be exchanged; the first reason is kept.
    fn fail(&self, error: Error) {
        lock(&self.failure).get_or_insert(error);
    }
}

impl ClientPresence {
    /// Waits until the client has left.
    pub(super) async fn left(&self) {
        // The sender is kept here, so that the channel is not closed.
        let _ = self.0.left.subscribe().wait_for(|left| *left).await;
    }

    /// Reads no more messages, as if the client had left.
    pub(super) fn dismiss(&self) {
        self.0.left.send_replace(true);
    }

    /// Returns the error of stdin or stdout, unless the reader of stdout has closed it.
    pub(super) fn failure(&self) -> Result<()> {
        lock(&self.0.failure).take().filter(|error| error.kind() != Kind::Closed).map_or(Ok(()), Err)
    }
}

impl StdioTransport {
    /// Starts reading stdin.
    ///
    /// # Errors
    /// `io` if stdin or stdout is closed.
    pub(super) fn open() -> Result<(Self, ClientPresence)> {
        let stdin = open_stdin()?;
        let mut relay = Relay::stdout();
        let out = relay.sender()?;
        // One line waits while another one is read: both may be long.
        let (sender, lines) = mpsc::channel(1);
        let client = Arc::<ClientState>::default();
        let state = Arc::clone(&client);
        thread::spawn(move || {
            // An error ends the input, like its end.
            if let Err(e) = read_lines(stdin, LONGEST_LINE, |line| sender.blocking_send(line).is_ok()) {
                state.fail(Error::io("reading stdin", &e));
            }
        })
        .map_err(|e| Error::io("reading stdin", &e))?;
        let transport = StdioTransport {
            lines,
            answers: VecDeque::new(),
            waiting: None,
            room: Arc::new(Semaphore::new(ROOM as usize)),
            unanswered: HashMap::new(),
            next: 1,
            out,
            relay,
            client: Arc::clone(&client),
            session: ProtocolSession::NotBegun,
            end: None,
        };
        Ok((transport, ClientPresence(client)))
    }

    /// Returns the message of a line, if it is for the server and needs no room. An answer to one that is not valid is
    /// added to [`StdioTransport::answers`]; a request waits in [`StdioTransport::waiting`].
    fn accept(&mut self, line: Line) -> Option<RxJsonRpcMessage<RoleServer>> {
        let length = match &line {
            Line::Whole(bytes) => bytes.len(),
            Line::TooLong(_) => 0,
        };
        let mut message = match read_message(line) {
            Ok(message) => message?,
            Err(answer) => {
                self.answers.extend(answer.map(|answer| line_of(&answer)));
                return None;
            }
        };
        match &mut message {
            JsonRpcMessage::Request(request) => {
                if self.number_of(&request.id).is_some() {
                    // The client could not tell two answers with the same id apart.
                    let error = "another request with this id is still being worked on";
                    let error = json!({ "code": INVALID_REQUEST, "message": error });
                    self.answers.push_back(line_of(&json!({ "jsonrpc": "2.0", "id": request.id, "error": error })));
                    return None;
                }
                let bytes = u32::try_from(length).unwrap_or(u32::MAX).clamp(LEAST_ROOM, ROOM);
                self.waiting = Some(WaitingRequest { message, bytes });
                return None;
            }
            JsonRpcMessage::Notification(notification) => {
                if let ClientNotification::CancelledNotification(cancelled) = &mut notification.notification
                    && let Some(id) = &cancelled.params.request_id
                {
                    // One that was answered already is ignored.
                    let number = self.number_of(id)?;
                    cancelled.params.request_id = Some(RequestId::Number(number));
                    // It gets no answer, but takes up room until its work has ended.
                    self.unanswered.remove(&number);
                }
            }
            _ => {}
        }
        if matches!(self.session, ProtocolSession::MayHaveBegun(_)) {
            self.session = ProtocolSession::Begun;
        }
        matches!(self.session, ProtocolSession::Begun).then_some(message)
    }

    /// Returns the number of the request to which the client gave this id, if it waits for its answer.
    fn number_of(&self, id: &RequestId) -> Option<i64> {
        self.unanswered.iter().find(|(_, request)| request.id == *id).map(|(number, _)| *number)
    }

    /// Takes the request that waits, which has room now.
    fn admit(&mut self, permit: OwnedSemaphorePermit) -> Option<RxJsonRpcMessage<RoleServer>> {
        let mut message = self.waiting.take()?.message;
        if let JsonRpcMessage::Request(request) = &mut message {
            let number = self.next;
            self.next += 1;
            let room = RequestRoom { _permit: Arc::new(permit) };
            request.request.extensions_mut().insert(room.clone());
            let id = mem::replace(&mut request.id, RequestId::Number(number));
            self.unanswered.insert(number, UnansweredRequest { id, room });
            if !matches!(self.session, ProtocolSession::Begun) {
                match &request.request {
                    ClientRequest::InitializeRequest(_) => self.session = ProtocolSession::Begun,
                    ClientRequest::PingRequest(_) | ClientRequest::DiscoverRequest(_) => {}
                    _ => self.session = ProtocolSession::MayHaveBegun(number),
                }
            }
        }
        Some(message)
    }

    /// Waits until all requests are answered. The SDK ends soon after the messages do, and gives up answers that come later.
    async fn settle(&mut self) {
        self.client.left.send_replace(true);
        let end = *self.end.get_or_insert_with(|| Instant::now() + LAST);
        tokio::select! {
            _ = self.room.acquire_many(ROOM) => {}
            () = self.out.closed() => {}
            () = sleep_until(end) => {}
        }
    }
}

impl Transport<RoleServer> for StdioTransport {
    type Error = Error;

    fn send(&mut self, mut item: TxJsonRpcMessage<RoleServer>) -> impl Future<Output = Result<()>> + Send + 'static {
        if let (JsonRpcMessage::Error(answer), ProtocolSession::MayHaveBegun(number)) = (&item, &self.session)
            && answer.id == Some(RequestId::Number(*number))
        {
            self.session = ProtocolSession::NotBegun;
        }
        let id = match &mut item {
            JsonRpcMessage::Response(answer) => Some(&mut answer.id),
            JsonRpcMessage::Error(answer) => answer.id.as_mut(),
            _ => None,
        };
        let is_answer = id.is_some();
        let room = id.and_then(|id| {
            let RequestId::Number(number) = id else { return None };
            let request = self.unanswered.remove(number)?;
            *id = request.id;
            Some(request.room)
        });
        let out = self.out.clone();
        async move {
            if is_answer && room.is_none() {
                // The request was cancelled.
                return Ok(());
            }
            let line = serde_json::to_value(&item)
                .map(|message| line_of(&message))
                .map_err(|e| Error::new(Kind::Internal, format!("an answer cannot be written: {e}")))?;
            drop(item);
            let is_sent = out.send(&line).await;
            drop(room);
            if is_sent { Ok(()) } else { Err(Error::new(Kind::Closed, "the client reads no answers")) }
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        // Nothing is lost where the future is dropped: what was read is kept until it is passed on.
        loop {
            if self.end.is_some() {
                self.settle().await;
                return None;
            }
            while let Some(answer) = self.answers.front() {
                if !self.out.send(answer).await {
                    break;
                }
                self.answers.pop_front();
            }
            let mut left = self.client.left.subscribe();
            let room = Arc::clone(&self.room);
            tokio::select! {
                biased;
                () = self.out.closed() => {}
                _ = left.wait_for(|left| *left) => {}
                Ok(room) = room.acquire_many_owned(self.waiting.as_ref().map_or(0, |waiting| waiting.bytes)),
                    if self.waiting.is_some() => return self.admit(room),
                line = self.lines.recv(), if self.waiting.is_none() => if let Some(line) = line {
                    match self.accept(line) {
                        Some(message) => return Some(message),
                        None => continue,
                    }
                },
            }
            self.settle().await;
            return None;
        }
    }

    async fn close(&mut self) -> Result<()> {
        let ended = self.relay.finish().await;
        if let Err(error) = &ended {
            self.client.fail(error.clone());
        }
        ended
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
                .hint("send less at once, and a large content as a file");
            return Err(Some(refusal(envelope, INVALID_REQUEST, &error)));
        }
    };
    // RFC 8259 section 8.1 allows to ignore a byte order mark.
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let refuse = |code, error: &Error| Err(Some(refusal(EnvelopeScanner::scan(text), code, error)));
    if let Err(JsonError::Values) = check(text, VALUES) {
        let error = Error::new(Kind::Limit, format!("a message has more than {VALUES} values"));
        return refuse(INVALID_REQUEST, &error.hint("send less at once"));
    }
    let value: Value = match serde_json::from_slice(text) {
        Ok(value) => value,
        Err(error) => return refuse(PARSE_ERROR, &Error::usage(format!("a message is not valid JSON: {error}"))),
    };
    let invalid = match message(value) {
        Ok(message) => return Ok(message),
        Err(invalid) => invalid,
    };
    let envelope = EnvelopeScanner::scan(text);
    if envelope.id == EnvelopeId::Absent && envelope.method.is_some() {
        // A notification is never answered.
        return Err(None);
    }
    let error = Error::usage(invalid.text());
    Err(Some(refusal(envelope, INVALID_REQUEST, &error)))
}

/// Returns the answer to a message that is not accepted: for a call of a tool a result, which the model sees.
fn refusal(envelope: Envelope, code: i32, error: &Error) -> Value {
    match envelope {
        Envelope { id: EnvelopeId::Usable(id), method: Some(method) } if method == CALL_TOOL => {
            json!({ "jsonrpc": "2.0", "id": id, "result": results::failure(error) })
        }
        Envelope { id, .. } => {
            let id = if let EnvelopeId::Usable(id) = id { id } else { Value::Null };
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
        let long = format!(r#"{{"jsonrpc":"2.0","id":"{}","method":"ping"}}"#, "x".repeat(1024));
        let broken = format!(r#"{{"id":"{}","method":"ping","#, "x".repeat(1024));
        let cases = [
            (&*long, None, INVALID_REQUEST),
            (&*broken, None, PARSE_ERROR),
            ("garbage", None, PARSE_ERROR),
            ("{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"tools/list\"", Some(json!(3)), PARSE_ERROR),
            ("[1,2]", None, INVALID_REQUEST),
            ("{\"id\":\"a\",\"method\":\"tools/list\"}", Some(json!("a")), INVALID_REQUEST),
            ("{\"jsonrpc\":\"1.0\",\"id\":4,\"method\":\"ping\"}", Some(json!(4)), INVALID_REQUEST),
            ("null", None, INVALID_REQUEST),
            (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, None, INVALID_REQUEST),
            (r#"{"jsonrpc":"2.0","id":true,"method":"ping"}"#, None, INVALID_REQUEST),
            (r#"{"jsonrpc":"2.0","id":[],"method":"tools/call"}"#, None, INVALID_REQUEST),
            (r#"{"jsonrpc":"2.0","id":{},"method":"tools/call"}"#, None, INVALID_REQUEST),
            (r#"{"jsonrpc":"2.0","id":"\ud800","method":"ping"}"#, None, PARSE_ERROR),
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
        let envelope = Envelope { id: EnvelopeId::Usable(json!(6)), method: Some(CALL_TOOL.to_owned()) };
        let answer = read_message(Line::TooLong(envelope)).unwrap_err().unwrap();
        assert_eq!(answer["result"]["structuredContent"]["error"]["kind"], "limit");
    }
}
