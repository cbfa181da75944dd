//! Talking to the agent of a session, and what happened there.

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use tokio::sync::watch;

use super::{Capabilities, Feature, Page, PageRequest};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Cost, Event, FileId, Provider, SessionId, Timestamp, TokenUsage, ToolCall, TurnStatus};

/// A message to the agent of a session.
#[derive(Debug, Clone, Default)]
pub struct NewMessage {
    /// The text.
    pub text: String,
    /// Files that the agent is shown. For a backend that has `Feature::InvokeAttach`.
    pub attachments: Vec<Attachment>,
    /// An instruction to the agent besides the user's text. For a backend that has `Feature::InvokeSystem`.
    pub system: Option<String>,
    /// The conversation that the message belongs to. For a backend that has `Feature::InvokeConversation`.
    pub conversation: Option<String>,
    /// The protocol to use, if the agent speaks several. For a backend that has `Feature::InvokeProtocol`.
    pub protocol: Option<MessageProtocol>,
    /// Whether it may still be sent.
    pub gate: SendGate,
}

/// Whether a message may still be sent: a user may stop before it was.
#[derive(Debug, Clone, Default)]
pub struct SendGate(watch::Sender<GateState>);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum GateState {
    #[default]
    Open,
    Passed,
    Closed,
}

impl SendGate {
    /// Keeps the message from being sent. Returns whether that was in time.
    pub fn close(&self) -> bool {
        self.0.send_if_modified(|state| {
            let is_open = *state == GateState::Open;
            if is_open {
                *state = GateState::Closed;
            }
            is_open
        });
        *self.0.borrow() == GateState::Closed
    }

    /// Waits until the message must not be sent any more.
    pub(super) async fn closed(&self) -> Error {
        match self.0.subscribe().wait_for(|state| *state == GateState::Closed).await.map(|_| ()) {
            Ok(()) => not_sent(),
            Err(_) => std::future::pending().await,
        }
    }

    /// Lets the message pass: from now on it counts as sent.
    ///
    /// # Errors
    /// `interrupted` where the gate was closed.
    pub(super) fn pass(&self) -> Result<()> {
        self.0.send_if_modified(|state| {
            if *state == GateState::Open {
                *state = GateState::Passed;
            }
            false
        });
        if *self.0.borrow() == GateState::Closed { Err(not_sent()) } else { Ok(()) }
    }
}

fn not_sent() -> Error {
    Error::new(Kind::Interrupted, "the message was not sent")
}

/// A protocol in which a message is sent to an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageProtocol {
    /// Messages with text and files, in the form of the `OpenAI` Responses API.
    Responses,
    /// Bytes whose form is the agent's own.
    Invocations,
}

/// A file that the agent is shown.
#[derive(Debug, Clone)]
pub enum Attachment {
    /// A stored file of the workspace.
    Stored {
        /// The file.
        file: FileId,
        /// Whether it is shown as an image, and not as a document.
        is_image: bool,
    },
    /// A file that travels in the message, for a backend without stored files.
    Inline {
        /// The name of the file, which tells its media type.
        name: String,
        /// The content.
        bytes: Bytes,
    },
}

impl NewMessage {
    /// Returns the features that the message needs.
    pub fn features(&self) -> impl Iterator<Item = Feature> {
        let asked = [
            (!self.attachments.is_empty(), Feature::InvokeAttach),
            (self.system.is_some(), Feature::InvokeSystem),
            (self.conversation.is_some(), Feature::InvokeConversation),
            (self.protocol.is_some(), Feature::InvokeProtocol),
        ];
        asked.into_iter().filter_map(|(asked, feature)| asked.then_some(feature))
    }
}

/// An event of a running turn.
#[derive(Debug)]
pub enum TurnEvent {
    /// An event in the session.
    Event(Box<Event>),
    /// The turn waits until these calls of tools are answered.
    Waits(Vec<PendingCall>),
    /// The turn ended: nothing follows.
    Ended(Box<TurnEnd>),
}

/// A call of a tool that waits for an answer.
#[derive(Debug, Clone)]
pub struct PendingCall {
    /// The call.
    pub call: ToolCall,
    /// The kind of answer that the call waits for.
    pub awaits: Awaited,
}

/// The kind of answer that a call of a tool waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awaited {
    /// Whether the tool may run.
    Confirmation,
    /// The result of the caller's own tool.
    Result,
}

/// The end of a turn.
#[derive(Debug)]
pub struct TurnEnd {
    /// The status of the turn.
    pub status: TurnStatus,
    /// The reason why the agent stopped, in the provider's word.
    pub stop_reason: Option<String>,
    /// The error.
    pub error: Option<Error>,
    /// The tokens of the turn.
    pub usage: Option<TokenUsage>,
    /// The cost of the turn.
    pub cost: Option<Cost>,
    /// Calls that wait for an answer which cannot be given here.
    pub pending: Vec<ToolCall>,
    /// The provider's own object.
    pub provider: Provider,
}

impl TurnEnd {
    /// Returns an end of which nothing but the status is known.
    pub fn new(status: TurnStatus) -> Self {
        TurnEnd {
            status,
            stop_reason: None,
            error: None,
            usage: None,
            cost: None,
            pending: Vec::new(),
            provider: Provider::default(),
        }
    }
}

/// An answer to a call of a tool.
#[derive(Debug, Clone)]
pub enum ToolAnswer {
    /// The tool may run.
    Allow,
    /// The tool must not run, and why.
    Deny(Option<String>),
    /// The result of a tool of the caller.
    Result {
        /// The output of the tool.
        text: String,
        /// Whether it failed.
        is_error: bool,
    },
}

/// A turn of an agent that is being followed. Dropped, it goes on.
#[async_trait]
pub trait RunningTurn: Send {
    /// Returns the provider's id of the message.
    fn id(&self) -> Option<&str>;
    /// Returns whether the service has taken the message: an error before that is one of sending it.
    fn has_begun(&self) -> bool {
        true
    }
    /// Returns the agent, if it is known.
    fn agent(&self) -> Option<&str> {
        None
    }
    /// Returns the conversation that the turn belongs to.
    fn conversation(&self) -> Option<&str> {
        None
    }
    /// Returns how often a broken stream was resumed.
    fn reconnects(&self) -> u32;
    /// Returns the next event. Nothing is lost where the future is dropped.
    ///
    /// # Errors
    /// Where it cannot be learned any more how the turn ends.
    async fn next(&mut self) -> Result<TurnEvent>;
    /// Answers the call with this id, at most once; one that waits no more is not answered.
    ///
    /// # Errors
    /// Where the answer may not have arrived.
    async fn answer(&mut self, call: &str, answer: ToolAnswer) -> Result<()>;
    /// Stops the agent's work. The turn ends after it.
    ///
    /// # Errors
    /// If the request may not have reached the service.
    async fn interrupt(&mut self) -> Result<()>;
}

/// Talking to the agent of a session.
#[async_trait]
pub trait Turns: Send + Sync {
    /// Returns what the backend can do.
    fn capabilities(&self) -> &'static Capabilities;
    /// Checks a message, as far as possible before anything is sent.
    ///
    /// # Errors
    /// `unsupported` for what the backend lacks.
    fn check(&self, message: &NewMessage) -> Result<()> {
        self.capabilities().require_all(message.features())
    }
    /// Returns whether messages to the agent of a session can belong to conversations.
    ///
    /// # Errors
    /// Those of the service.
    async fn has_conversations(&self, session: &SessionId, protocol: Option<MessageProtocol>) -> Result<bool> {
        let _ = (session, protocol);
        Ok(false)
    }
    /// Begins a conversation. For a backend that has `Feature::InvokeConversation`.
    ///
    /// # Errors
    /// `usage` if the agent of the session has none; those of the service.
    async fn begin_conversation(&self, session: &SessionId, protocol: Option<MessageProtocol>) -> Result<String> {
        let _ = (session, protocol);
        Err(self.capabilities().unsupported(Feature::InvokeConversation))
    }
    /// Sends a message, at most once, and follows the turn that it begins.
    ///
    /// # Errors
    /// Where the message was not sent, or may not have been.
    async fn start(&self, session: &SessionId, message: NewMessage) -> Result<Box<dyn RunningTurn>>;
    /// Follows the turn that runs, from its message on, or the last one if none runs. Sends nothing.
    ///
    /// # Errors
    /// `conflict` if there was no turn yet.
    async fn follow(&self, session: &SessionId) -> Result<Box<dyn RunningTurn>>;
    /// Answers the call of a tool with this id, at most once. For a backend that has `Feature::InvokeTools`.
    ///
    /// # Errors
    /// Those of the service; an uncertain one if the answer may not have arrived.
    async fn answer(&self, session: &SessionId, call: &str, answer: ToolAnswer) -> Result<()> {
        let _ = (session, call, answer);
        Err(self.capabilities().unsupported(Feature::InvokeTools))
    }
}

/// The events that a listing returns.
#[derive(Debug, Clone, Default)]
pub struct EventQuery {
    /// Those that happened at that time or later.
    pub since: Option<Timestamp>,
}

/// An item of a followed session.
#[derive(Debug)]
pub enum Followed {
    /// An event, and the agent's activity after it.
    Event(Box<Event>, Activity),
    /// An event that cannot be read.
    Unreadable(Error),
    /// All that had happened came; from now on events come as they happen.
    CaughtUp,
}

/// The activity of a session's agent after an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// The activity is unchanged.
    Same,
    /// The agent works, or waits for an answer.
    Working,
    /// The turn is over.
    Done,
}

/// Lists and follows the events of sessions.
#[async_trait]
pub trait Events: Send + Sync {
    /// Returns what the backend can do.
    fn capabilities(&self) -> &'static Capabilities;
    /// Lists what happened, the oldest first.
    ///
    /// # Errors
    /// `not_found`, and those of the service.
    async fn list(&self, session: &SessionId, query: &EventQuery, page: PageRequest) -> Result<Page<Event>>;
    /// Lists what happened, and then what happens, each event once. The stream ends with the session.
    fn follow<'a>(&'a self, session: &SessionId, query: &EventQuery) -> BoxStream<'a, Result<Followed>>;
}

/// Which lines of a session's log are listed.
#[derive(Debug, Clone, Default)]
pub struct LogQuery {
    /// How many of the last lines; as many as there are if `None`.
    pub tail: Option<u32>,
    /// Whether lines follow as they are written.
    pub follow: bool,
    /// Which log.
    pub kind: LogKind,
}

/// One of the logs of a session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogKind {
    /// What the agent's program writes.
    #[default]
    Console,
    /// What the platform writes that runs it.
    System,
}

/// The logs of sessions: what the programs of their agents write beside their answers.
#[async_trait]
pub trait Logs: Send + Sync {
    /// Lists the lines of a log, the oldest first, as events of the kinds `stdout`, `stderr`, `status` and `other`. If
    /// lines are followed, the stream ends with the session.
    ///
    /// # Errors
    /// `usage` for a query that the service does not take; `not_found`, and those of the service.
    async fn read(&self, session: &SessionId, query: &LogQuery) -> Result<BoxStream<'_, Result<Event>>>;
}
