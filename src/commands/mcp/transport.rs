//! Messages on stdin and stdout: a line each. A message that is too long or not valid is answered here.

use std::collections::HashMap;
use std::future::Future;
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use rmcp::RoleServer;
use rmcp::model::{ClientNotification, ClientRequest, GetExtensions, GetMeta, JsonRpcMessage, RequestId};
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};

use super::delivery::AnswerDelivery;
use super::direct::{DirectAnswers, Place};
use super::incoming::{INVALID_REQUEST, NO_ROOM, error_line, line_of, read_message};
use super::limits::LAST;
use super::lines::{Line, read_lines};
use super::presence::{ClientPresence, ClientState, stdin_closed};
use super::waiting::{WaitingRequest, WaitingRequests};
use crate::output::{Relay, RelaySender};
use wharf_core::body::open_stdin;
use wharf_core::clock::until;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::thread;

/// The time for which no answer may be taken by the client before the end of stdin is looked for without reading on.
const STALL: Duration = Duration::from_millis(500);

/// Messages on stdin and stdout.
pub(super) struct StdioTransport {
    lines: mpsc::Receiver<Line>,
    /// Answers that are given here.
    direct: DirectAnswers,
    /// Requests that wait for room.
    waiting: WaitingRequests,
    /// The length of the longest line, in bytes.
    longest: usize,
    /// The room for requests that are worked on, in bytes.
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
    /// Since when no line is read, because the client takes no answers.
    stalled: Option<Instant>,
    /// Tells that the other end of stdin was closed, once that was asked for.
    stdin_end: Option<watch::Receiver<bool>>,
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

/// A request that waits for an answer.
struct UnansweredRequest {
    /// The id that the client gave it.
    id: RequestId,
    room: RequestRoom,
    /// Takes that the answer was written; dropped where there will be none.
    written: oneshot::Sender<()>,
}

/// What a request takes up while it is worked on, and until its answer is written.
#[derive(Clone)]
struct RequestRoom {
    _permit: Arc<OwnedSemaphorePermit>,
}

impl StdioTransport {
    /// Starts reading stdin, in lines of at most `longest` bytes.
    ///
    /// # Errors
    /// `io` if stdin or stdout is closed.
    pub(super) fn open(longest: usize) -> Result<(Self, ClientPresence)> {
        let stdin = open_stdin()?;
        let mut relay = Relay::stdout();
        let out = relay.sender()?;
        // One line waits while another one is read: both may be long.
        let (sender, lines) = mpsc::channel(1);
        let client = Arc::<ClientState>::default();
        let state = Arc::clone(&client);
        thread::spawn(move || {
            // An error ends the input, like its end.
            if let Err(e) = read_lines(stdin, longest, |line| sender.blocking_send(line).is_ok()) {
                state.fail(Error::io("reading stdin", &e));
            }
        })
        .map_err(|e| Error::io("reading stdin", &e))?;
        let waiting = WaitingRequests::new(longest);
        let room = Arc::new(Semaphore::new(waiting.whole_room() as usize));
        let transport = StdioTransport {
            lines,
            direct: DirectAnswers::start(out.clone()),
            waiting,
            longest,
            room,
            unanswered: HashMap::new(),
            next: 1,
            out,
            relay,
            client: Arc::clone(&client),
            session: ProtocolSession::NotBegun,
            stalled: None,
            stdin_end: None,
            end: None,
        };
        Ok((transport, ClientPresence(client)))
    }

    /// Returns the message of a line, if the SDK is to work on it now. What is answered here is passed to
    /// [`StdioTransport::direct`]; a request without room waits in [`StdioTransport::waiting`].
    fn accept(&mut self, line: Line, place: Place) -> Option<RxJsonRpcMessage<RoleServer>> {
        let mut message = match read_message(&line, self.longest) {
            Ok(message) => message?,
            Err(answer) => {
                if let Some(answer) = answer {
                    self.direct.send(line_of(&answer), place);
                }
                return None;
            }
        };
        if matches!(self.session, ProtocolSession::MayHaveBegun(_)) {
            self.session = ProtocolSession::Begun;
        }
        match &mut message {
            JsonRpcMessage::Request(request) => {
                let refusal = match &request.request {
                    // It needs no work, and shows that the server reads on.
                    ClientRequest::PingRequest(_) => {
                        let answer = json!({ "jsonrpc": "2.0", "id": request.id, "result": {} });
                        self.direct.send(line_of(&answer), place);
                        return None;
                    }
                    _ if self.number_of(&request.id).is_some() || self.waiting.has(&request.id) => {
                        // The client could not tell two answers with the same id apart.
                        Some("another request with this id is still being worked on")
                    }
                    ClientRequest::InitializeRequest(_) | ClientRequest::DiscoverRequest(_) => None,
                    // A request of the version without `initialize` names that version.
                    own if !matches!(self.session, ProtocolSession::Begun)
                        && own.get_meta().protocol_version().is_none() =>
                    {
                        Some("no session has begun: send `initialize` first")
                    }
                    _ => None,
                };
                if let Some(refusal) = refusal {
                    self.direct.send(error_line(&request.id, INVALID_REQUEST, refusal), place);
                    return None;
                }
                let Line::Whole(line) = line else { return None };
                if self.waiting.first_room().is_none()
                    && let Ok(permit) = Arc::clone(&self.room).try_acquire_many_owned(self.waiting.room(line.len()))
                {
                    return Some(self.admit(message, permit));
                }
                let waiting = WaitingRequest { id: request.id.clone(), line };
                if let Err(reason) = self.waiting.push(waiting) {
                    let error = format!("too many requests: {reason}; send this one again after others are answered");
                    self.direct.send(error_line(&request.id, NO_ROOM, &error), place);
                }
                return None;
            }
            JsonRpcMessage::Notification(notification) => {
                if let ClientNotification::CancelledNotification(cancelled) = &mut notification.notification
                    && let Some(id) = &cancelled.params.request_id
                {
                    if self.waiting.remove(id) {
                        return None;
                    }
                    // One that was answered already is ignored.
                    let number = self.number_of(id)?;
                    cancelled.params.request_id = Some(RequestId::Number(number));
                    // It gets no answer, but takes up room until its work has ended.
                    self.unanswered.remove(&number);
                }
            }
            _ => {}
        }
        matches!(self.session, ProtocolSession::Begun).then_some(message)
    }

    /// Returns the number of the request to which the client gave this id, if it waits for its answer.
    fn number_of(&self, id: &RequestId) -> Option<i64> {
        self.unanswered.iter().find(|(_, request)| request.id == *id).map(|(number, _)| *number)
    }

    /// Returns the first request that waits, for which there is room now.
    fn admit_first(&mut self, permit: OwnedSemaphorePermit) -> Option<RxJsonRpcMessage<RoleServer>> {
        let line = Line::Whole(self.waiting.pop()?.line);
        // It was parsed before.
        let message = read_message(&line, self.longest).ok().flatten()?;
        Some(self.admit(message, permit))
    }

    /// Returns a message for the SDK; a request takes up room.
    fn admit(
        &mut self,
        mut message: RxJsonRpcMessage<RoleServer>,
        permit: OwnedSemaphorePermit,
    ) -> RxJsonRpcMessage<RoleServer> {
        if let JsonRpcMessage::Request(request) = &mut message {
            let number = self.next;
            self.next += 1;
            let room = RequestRoom { _permit: Arc::new(permit) };
            let (written, delivery) = AnswerDelivery::new();
            request.request.extensions_mut().insert(room.clone());
            request.request.extensions_mut().insert(delivery);
            let id = mem::replace(&mut request.id, RequestId::Number(number));
            self.unanswered.insert(number, UnansweredRequest { id, room, written });
            if !matches!(self.session, ProtocolSession::Begun) {
                match &request.request {
                    ClientRequest::InitializeRequest(_) => self.session = ProtocolSession::Begun,
                    ClientRequest::DiscoverRequest(_) => {}
                    _ => self.session = ProtocolSession::MayHaveBegun(number),
                }
            }
        }
        message
    }

    /// Waits until all requests are answered. The SDK ends soon after the messages do, and gives up answers that come later.
    /// Returns requests that have waited until now.
    async fn settle(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        self.client.left.send_replace(true);
        let end = *self.end.get_or_insert_with(|| Instant::now() + LAST);
        loop {
            let first = self.waiting.first_room();
            let permit = tokio::select! {
                biased;
                () = self.out.closed() => return None,
                () = sleep_until(end) => return None,
                Ok(permit) = Arc::clone(&self.room).acquire_many_owned(first.unwrap_or(self.waiting.whole_room())) => permit,
            };
            if first.is_some() {
                if let Some(message) = self.admit_first(permit) {
                    return Some(message);
                }
                continue;
            }
            tokio::select! {
                biased;
                () = self.out.closed() => {}
                () = sleep_until(end) => {}
                () = self.direct.written() => {}
            }
            return None;
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
        let request = id.and_then(|id| {
            let RequestId::Number(number) = id else { return None };
            let request = self.unanswered.remove(number)?;
            *id = request.id.clone();
            Some(request)
        });
        let out = self.out.clone();
        async move {
            if is_answer && request.is_none() {
                // The request was cancelled.
                return Ok(());
            }
            let line = serde_json::to_value(&item)
                .map(|message| line_of(&message))
                .map_err(|e| Error::new(Kind::Internal, format!("an answer cannot be written: {e}")))?;
            drop(item);
            // Where stdout has failed, `receive` ends.
            match request {
                None => {
                    out.send(&line).await;
                }
                Some(UnansweredRequest { written, room, .. }) => {
                    let is_written = out.send_written(&line).await;
                    drop(room);
                    if is_written {
                        // A call that does not need to know has ended.
                        let _ = written.send(());
                    }
                }
            }
            Ok(())
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        // Nothing is lost where the future is dropped: what was read is kept until it is passed on.
        loop {
            if self.end.is_some() {
                return self.settle().await;
            }
            if !self.direct.is_full() {
                self.stalled = None;
            } else if self.stalled.is_none() {
                self.stalled = Some(Instant::now());
            }
            let mut left = self.client.left.subscribe();
            let (first, place) = (self.waiting.first_room(), self.direct.place());
            let lines = &mut self.lines;
            let read = async move {
                let place = place.await?;
                lines.recv().await.map(|line| (line, place))
            };
            let stalled = self.stalled.map(|since| since + STALL);
            let (room, stdin_end) = (Arc::clone(&self.room), &mut self.stdin_end);
            tokio::select! {
                biased;
                () = self.out.closed() => {}
                _ = left.wait_for(|left| *left) => {}
                Ok(permit) = room.acquire_many_owned(first.unwrap_or(0)), if first.is_some() => {
                    match self.admit_first(permit) {
                        Some(message) => return Some(message),
                        None => continue,
                    }
                }
                read = read => if let Some((line, place)) = read {
                    match self.accept(line, place) {
                        Some(message) => return Some(message),
                        None => continue,
                    }
                },
                // The client writes no more, and takes no answers.
                () = async { until(stalled).await; stdin_closed(stdin_end).await }, if stalled.is_some() => {}
            }
            return self.settle().await;
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
