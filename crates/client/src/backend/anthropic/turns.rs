//! Turns of an agent.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use tokio::time::{Instant, timeout};

use super::capabilities::CAPABILITIES;
use super::client::AnthropicClient;
use super::event_follower::{self, EventFollower, FollowStep, FollowedEvent};
use super::event_view::{self, Meaning};
use crate::backend::Capabilities;
use crate::backend::turn::{
    Attachment, Awaited, NewMessage, PendingCall, RunningTurn, ToolAnswer, TurnEnd, TurnEvent, Turns,
};
use wharf_core::advice::{Setting, Step};
use wharf_core::clock::until;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Event, EventKind, SessionId, Timestamp, TokenUsage, ToolCall, TurnStatus};
use wharf_wire::anthropic::event_answers::{ModelUsage, StopReason};
use wharf_wire::anthropic::events::{kind, stop};
use wharf_wire::anthropic::sessions::status;
use wharf_wire::anthropic::{SendEvents, SessionEvent};

/// The time limit for the report that the session is idle, after the service gave up on a turn.
const FAILING: Duration = Duration::from_secs(5);

/// The longest message, in bytes of JSON: an event that is longer than 4 MiB is not read.
const LONGEST_MESSAGE: usize = 3 << 20;

/// The time limit for the report of a turn's cost.
const COST: Duration = Duration::from_secs(5);

/// Calls that may have to be answered, at most: one that lies further back is reported as one of another client.
const MOST_CALLS: usize = 1000;

/// The agents of a workspace's sessions. Their client has no deadline: a turn that is out of time is stopped by more
/// calls.
pub(super) struct AnthropicTurns {
    pub(super) client: Arc<AnthropicClient>,
}

#[async_trait]
impl Turns for AnthropicTurns {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    /// Sends a message. The stream is opened first, so that nothing of the turn is missed, and what the history has
    /// until then is of other turns.
    async fn start(&self, session: &SessionId, message: NewMessage) -> Result<Box<dyn RunningTurn>> {
        self.check(&message)?;
        let events = message_events(&message)?;
        let length = serde_json::to_vec(&events).map_or(0, |json| json.len());
        if length > LONGEST_MESSAGE {
            // It could neither be read on the stream nor in the history.
            let most = LONGEST_MESSAGE >> 20;
            return Err(Error::usage(format!("a message has at most {most} MiB here, and this one {length} bytes"))
                .hint("upload the text, and name the file in a short prompt"));
        }
        let prepare = async {
            let follower = EventFollower::open(&self.client, session).await?;
            let newest = event_follower::newest(&self.client, session, &[]).await?;
            Ok::<_, Error>((follower, newest, self.client.snapshot(session).await?))
        };
        let (mut follower, newest, before) = tokio::select! {
            prepared = prepare => prepared?,
            error = message.gate.closed() => return Err(error),
        };
        let is_idle = before.status == status::IDLE;
        if is_idle && let Some(call) = &newest.waits_for {
            // The message would wait for that answer, which may never come.
            let step = Step::FollowTurn { session: Some(session.as_str()) };
            return Err(Error::new(
                Kind::NeedsAction,
                format!("the agent waits for an answer to {call:?} from before"),
            )
            .hint(format!("answer it first: {step}")));
        }
        let (mark, cents) = (newest.mark, before.cents()?);
        message.gate.pass()?;
        let id = self.client.send_once(session, &events, mark.as_ref()).await?;
        let cost_before = match (&mark, cents) {
            _ if !is_idle => None,
            // Nothing happened yet, so nothing was paid.
            (None, None) => Some(0),
            (_, cents) => cents,
        };
        if let Some(mark) = mark {
            follower.begin_after(mark);
        }
        Ok(Box::new(AnthropicTurn { cost_before, ..AnthropicTurn::new(&self.client, session, follower, id) }))
    }

    /// Follows the turn that begins with the newest message that the agent has read.
    async fn follow(&self, session: &SessionId) -> Result<Box<dyn RunningTurn>> {
        let begins = event_follower::newest(&self.client, session, &[kind::MESSAGE, kind::OUTCOME]).await?;
        let Some(mark) = begins.mark else {
            return Err(Error::new(Kind::Conflict, "the agent of this session has read no message yet")
                .hint(format!("send one: {}", Step::Invoke { session: Some(session.as_str()) })));
        };
        let id = Some(mark.id().to_owned());
        let follower = EventFollower::after(&self.client, session, mark);
        Ok(Box::new(AnthropicTurn { begun: true, ..AnthropicTurn::new(&self.client, session, follower, id) }))
    }

    async fn answer(&self, session: &SessionId, call: &str, answer: ToolAnswer) -> Result<()> {
        self.client.send_answer(session, call, answer).await
    }
}

/// Returns the events of a message.
///
/// # Errors
/// `usage` for a file that is no stored one.
fn message_events(message: &NewMessage) -> Result<SendEvents> {
    let mut content = vec![json!({ "type": "text", "text": message.text })];
    for attachment in &message.attachments {
        let Attachment::Stored { file, is_image } = attachment else {
            return Err(Error::usage("a file that is shown to the agent has to be stored first"));
        };
        let kind = if *is_image { "image" } else { "document" };
        content.push(json!({ "type": kind, "source": { "type": "file", "file_id": file.as_str() } }));
    }
    let mut events = vec![SessionEvent::of(kind::MESSAGE).with("content", content.into())];
    if let Some(text) = &message.system {
        // It belongs to the event before it, and comes last [docs].
        let content = json!([{ "type": "text", "text": text }]);
        events.push(SessionEvent::of(kind::SYSTEM).with("content", content));
    }
    Ok(SendEvents { events, extra: serde_json::Map::default() })
}

/// A turn that is being followed.
struct AnthropicTurn {
    client: Arc<AnthropicClient>,
    session: SessionId,
    follower: EventFollower,
    /// The message; none where the service did not tell its id.
    id: Option<String>,
    /// Whether the agent has read the message: an end before that is another turn's, also in a session that was idle
    /// when the message was sent, since another client can send one at the same time.
    begun: bool,
    /// Whether the turn is to be interrupted once it has begun: until then, that would stop another one.
    interrupts: bool,
    used: ModelUsage,
    /// The list price of all turns before this one, in cents; none where it is not known, or where another turn
    /// happened in between.
    cost_before: Option<u64>,
    /// Calls of tools that may have to be answered, by the ids of their events.
    calls: BTreeMap<String, PendingCall>,
    /// The previews whose beginning came, each with how often the stream had been opened by then.
    previews: BTreeMap<String, u32>,
    /// The calls that the service waits for, until the history was read.
    waiting: Option<Vec<String>>,
    /// Events that arrived and were not returned yet.
    ready: VecDeque<TurnEvent>,
    /// The end of the turn, until it is complete.
    end: Option<TurnEnd>,
    /// The answer that was refused, until it is known whether its call still waits: another client may have answered.
    refused: Option<(String, Error)>,
    /// The error for which the service gave up, and the time limit until the session is idle.
    failing: Option<(Error, Instant)>,
}

#[async_trait]
impl RunningTurn for AnthropicTurn {
    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn reconnects(&self) -> u32 {
        self.follower.reconnects()
    }

    async fn next(&mut self) -> Result<TurnEvent> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(event);
            }
            if self.end.is_some() {
                self.complete_end().await;
                continue;
            }
            if self.begun && self.interrupts {
                // Where the service does not hear of it, that shows when the turn does not end.
                let _ = self.client.send_interrupt(&self.session).await;
                self.interrupts = false;
            }
            let overdue = self.failing.as_ref().map(|(_, until)| *until);
            let followed = tokio::select! {
                followed = self.follower.next() => Some(followed?),
                () = until(overdue) => None,
            };
            match followed {
                Some(FollowStep::Event(event)) => self.take(*event),
                // It may be what the turn is about.
                Some(FollowStep::Unreadable(error)) => return Err(error),
                Some(FollowStep::CaughtUp) => {
                    if let Some((call, error)) = self.refused.take()
                        && self.calls.contains_key(&call)
                    {
                        return Err(error);
                    }
                }
                None => self.end = Some(TurnEnd::new(TurnStatus::Failed)),
            }
            if self.end.is_none()
                && self.follower.has_caught_up()
                && let Some(ids) = self.waiting.take()
            {
                let calls = ids.iter().filter_map(|id| self.calls.get(id).cloned()).collect();
                self.ready.push_back(TurnEvent::Waits(calls));
            }
        }
    }

    async fn answer(&mut self, call: &str, answer: ToolAnswer) -> Result<()> {
        // Another client may have answered it.
        if self.calls.contains_key(call) {
            match self.client.send_answer(&self.session, call, answer).await {
                Ok(()) => drop(self.calls.remove(call)),
                Err(error) if matches!(error.status(), Some(400 | 404 | 409)) => {
                    self.refused = Some((call.to_owned(), error));
                    self.follower.read_again();
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn interrupt(&mut self) -> Result<()> {
        if self.end.is_some() {
            return Ok(());
        }
        self.interrupts = true;
        if !self.begun {
            return Err(Error::new(Kind::Conflict, "the agent has not read the message yet"));
        }
        self.client.send_interrupt(&self.session).await?;
        self.interrupts = false;
        Ok(())
    }
}

impl AnthropicTurn {
    fn new(client: &Arc<AnthropicClient>, session: &SessionId, follower: EventFollower, id: Option<String>) -> Self {
        AnthropicTurn {
            client: Arc::clone(client),
            session: session.clone(),
            follower,
            id,
            begun: false,
            interrupts: false,
            used: ModelUsage::default(),
            cost_before: None,
            calls: BTreeMap::new(),
            previews: BTreeMap::new(),
            waiting: None,
            ready: VecDeque::new(),
            end: None,
            refused: None,
            failing: None,
        }
    }

    /// Takes an event. The end of the turn counts also where it was seen before.
    fn take(&mut self, followed: FollowedEvent) {
        let FollowedEvent { envelope, view, is_new } = followed;
        if matches!(view.meaning, Meaning::Read) && (self.id.is_none() || envelope.id == self.id) {
            self.begun = true;
        }
        match &view.meaning {
            Meaning::Deleted => {
                let error = Error::new(Kind::NotFound, "the session was deleted while its agent worked");
                self.end = Some(TurnEnd { error: Some(error), ..TurnEnd::new(TurnStatus::Failed) });
            }
            Meaning::Terminated => {
                let error = Error::new(Kind::AgentFailed, "the session was terminated");
                self.end = Some(TurnEnd { error: Some(error), ..TurnEnd::new(TurnStatus::Failed) });
            }
            Meaning::Idle(reason, why) if self.begun && !reason.is_open() => {
                self.end = Some(end_of(reason, why.as_deref()));
            }
            Meaning::Failing(error) if self.begun => {
                self.failing = Some((error.clone(), Instant::now() + FAILING));
            }
            _ => {}
        }
        if !self.begun && matches!(view.meaning, Meaning::Used(_) | Meaning::Idle(..)) {
            self.cost_before = None;
        }
        let is_own = self.id.is_some() && envelope.id == self.id;
        if let Some(id) = view.event.id.as_ref().filter(|_| view.event.kind == EventKind::Text) {
            self.previews.remove(id);
        }
        if !is_new || !(self.begun || is_own) {
            return;
        }
        match view.meaning {
            Meaning::PreviewStart => {
                if let Some(id) = view.event.id.clone().filter(|_| self.previews.len() < MOST_CALLS) {
                    self.previews.insert(id, self.follower.reconnects());
                }
            }
            // After a gap, the rest of a preview does not continue its beginning.
            Meaning::PreviewDelta if !self.previews(view.event.id.as_deref()) => return,
            Meaning::ToolCall(awaits) => self.take_call(view.event.tool.as_ref(), awaits),
            Meaning::Answered(call) => drop(self.calls.remove(&call)),
            Meaning::Idle(reason, _) if reason.is_open() => self.waiting = Some(reason.event_ids),
            Meaning::Running => self.waiting = None,
            Meaning::Used(usage) => {
                self.previews.clear();
                self.add(usage);
            }
            _ => {}
        }
        self.ready.push_back(TurnEvent::Event(Box::new(view.event)));
    }

    /// Remembers a call that may have to be answered.
    fn take_call(&mut self, call: Option<&ToolCall>, awaits: Awaited) {
        if let Some((id, call)) = call.and_then(|call| Some((call.id.clone()?, call.clone())))
            && !matches!(call.permission.as_deref(), Some("allow" | "deny"))
            && self.calls.len() < MOST_CALLS
        {
            self.calls.insert(id, PendingCall { call, awaits });
        }
    }

    /// Returns whether the beginning of this preview came, and all of it since then.
    fn previews(&self, id: Option<&str>) -> bool {
        let begun = id.and_then(|id| self.previews.get(id));
        begun.is_some_and(|reconnects| *reconnects == self.follower.reconnects())
    }

    fn add(&mut self, usage: ModelUsage) {
        let sum = |all: &mut Option<u64>, more: Option<u64>| {
            if let Some(more) = more {
                *all = Some(all.unwrap_or(0).saturating_add(more));
            }
        };
        sum(&mut self.used.input_tokens, usage.input_tokens);
        sum(&mut self.used.output_tokens, usage.output_tokens);
        sum(&mut self.used.cache_read_input_tokens, usage.cache_read_input_tokens);
        sum(&mut self.used.cache_creation_input_tokens, usage.cache_creation_input_tokens);
    }

    /// Completes the end of the turn with its cost and with what is known of its failure. The end stays where the
    /// future is dropped.
    async fn complete_end(&mut self) {
        // The cost is optional: a turn does not fail if the service does not report it in time.
        let cost = match self.cost_before {
            Some(before) => match timeout(COST, self.client.snapshot(&self.session))
                .await
                .map(|after| after.and_then(|after| after.cents()))
            {
                Ok(Ok(after)) => after.and_then(|after| after.checked_sub(before)).map(event_view::list_price),
                Ok(Err(error)) => {
                    let error = Some(error.context("what the turn cost is not known"));
                    let at = Some(Timestamp::now());
                    let event = Event { at, error, ..Event::new(EventKind::Error, &self.session) };
                    self.ready.push_back(TurnEvent::Event(Box::new(event)));
                    None
                }
                Err(_) => None,
            },
            None => None,
        };
        let Some(end) = self.end.take() else { return };
        let failure = self.failing.take().map(|(error, _)| error);
        // An error before the end is a failure even if the reason looks like a success [live: nbramia/LifeOS 115].
        let (status, error) = match (end.status, failure) {
            (TurnStatus::Completed | TurnStatus::Failed, Some(error)) => (TurnStatus::Failed, Some(error)),
            (status, _) => (status, end.error),
        };
        let usage = event_view::of_request(self.used);
        let usage = (usage != TokenUsage::default()).then_some(usage);
        self.ready.push_back(TurnEvent::Ended(Box::new(TurnEnd { status, error, usage, cost, ..end })));
    }
}

/// Returns how a turn ended that left the session idle.
fn end_of(reason: &StopReason, why: Option<&str>) -> TurnEnd {
    let (status, error) = match reason.kind.as_str() {
        stop::END_TURN => (TurnStatus::Completed, None),
        stop::BUDGET_REACHED => {
            let hint =
                format!("the agent goes on once the session's `budget` is raised or removed; see {}", Setting::MaxCost);
            (TurnStatus::Limited, Some(Error::new(Kind::Limit, "the session's budget is used up").hint(hint)))
        }
        stop::REFUSAL => {
            let why = why.map(|why| format!(": {why}")).unwrap_or_default();
            (TurnStatus::Refused, Some(Error::new(Kind::AgentFailed, format!("the agent refused{why}"))))
        }
        kind => {
            let error = Error::new(Kind::AgentFailed, format!("the agent stopped: {kind}"));
            (TurnStatus::Failed, Some(error))
        }
    };
    TurnEnd { stop_reason: Some(reason.kind.clone()), error, ..TurnEnd::new(status) }
}
