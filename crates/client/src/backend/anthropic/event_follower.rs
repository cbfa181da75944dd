//! Following a session: the stream of what happens, and the history of what was missed.
//!
//! A stream does not repeat what happened before it was opened, and its end says nothing about the session \[recorded\].
//! So the stream is opened first, then the history is read; every end of a stream is a break, after which both are
//! done again.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use serde_json::value::RawValue;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::client::{AnthropicClient, parsed};
use super::event_view::{self, EventView};
use super::listing;
use crate::backend::PageRequest;
use crate::backend::follow_pace::FollowPace;
use crate::backend::page::Cursors;
use crate::http::{Class, ServerEvent, ServerEvents};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{SessionId, Timestamp};
use wharf_wire::anthropic::AnthropicOperation;
use wharf_wire::anthropic::event_answers::{EventAnswer, IdleAnswer, StopReason};
use wharf_wire::anthropic::events::{DELTAS, SINCE, kind};
use wharf_wire::json;

/// A position in the history of a session.
#[derive(Debug, Clone)]
pub(super) struct EventPosition {
    id: String,
    at: Timestamp,
}

impl EventPosition {
    /// Returns the id of the marked event.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Returns whether `event` is the marked one or happened before it.
    pub(super) fn covers(&self, event: &EventAnswer) -> bool {
        event.id.as_deref() == Some(&self.id) || event.processed_at.is_some_and(|at| at < self.at)
    }
}

/// What comes of following a session.
pub(super) enum FollowStep {
    /// An event.
    Event(Box<FollowedEvent>),
    /// An event that cannot be read, as it comes for the first time.
    Unreadable(Error),
    /// The history was read to its end.
    CaughtUp,
}

/// An event, and whether it came for the first time.
pub(super) struct FollowedEvent {
    pub(super) envelope: EventAnswer,
    pub(super) view: EventView,
    pub(super) is_new: bool,
}

/// An event as it came, with what every event has.
struct ReceivedEvent {
    text: Box<RawValue>,
    envelope: Result<EventAnswer>,
}

impl ReceivedEvent {
    fn new(text: Box<RawValue>) -> Self {
        let envelope = parsed(&text, "event");
        ReceivedEvent { text, envelope }
    }
}

/// Follows a session. Each event comes once as new.
pub(super) struct EventFollower {
    client: Arc<AnthropicClient>,
    session: SessionId,
    /// Whether texts are wanted while they are written.
    previews: bool,
    state: State,
    ready: VecDeque<ReceivedEvent>,
    seen: SeenEvents,
    /// The newest event that is of no interest, as are those before it.
    mark: Option<EventPosition>,
    /// From when on the history is of interest.
    since: Option<Timestamp>,
    /// When an event came last, or the history was read.
    fresh: Instant,
    pace: FollowPace,
    reconnects: u32,
    /// Whether the history was read and that was not said yet.
    caught_up: bool,
}

enum State {
    /// To be opened, not before then.
    Closed(Instant),
    /// Open, and the history is being read from a cursor on.
    Reading { stream: ServerEvents, cursor: Option<String>, cursors: Cursors },
    /// Open, and nothing was missed.
    Open(ServerEvents),
}

impl EventFollower {
    /// Opens the stream of a session. What happened before is not read.
    ///
    /// # Errors
    /// Those of the service.
    pub(super) async fn open(client: &Arc<AnthropicClient>, session: &SessionId) -> Result<Self> {
        let mut follower = Self::new(client, session, true);
        follower.state = State::Open(follower.stream().await?);
        Ok(follower)
    }

    /// Returns a follower of what happened in a session after `mark`, and happens.
    pub(super) fn after(client: &Arc<AnthropicClient>, session: &SessionId, mark: EventPosition) -> Self {
        let mut follower = Self::new(client, session, true);
        follower.begin_after(mark);
        follower
    }

    /// Returns a follower of all that happened in a session, since then where there is a time, and happens.
    pub(super) fn whole(client: &Arc<AnthropicClient>, session: &SessionId, since: Option<Timestamp>) -> Self {
        EventFollower { since, ..Self::new(client, session, false) }
    }

    fn new(client: &Arc<AnthropicClient>, session: &SessionId, previews: bool) -> Self {
        EventFollower {
            client: Arc::clone(client),
            session: session.clone(),
            previews,
            state: State::Closed(Instant::now()),
            ready: VecDeque::new(),
            seen: SeenEvents::default(),
            mark: None,
            since: None,
            fresh: Instant::now(),
            pace: FollowPace::new(),
            reconnects: 0,
            caught_up: false,
        }
    }

    /// Treats everything up to `mark` as seen.
    pub(super) fn begin_after(&mut self, mark: EventPosition) {
        (self.since, self.mark) = (Some(mark.at), Some(mark));
    }

    /// Returns whether all that happened until now came.
    pub(super) fn has_caught_up(&self) -> bool {
        matches!(self.state, State::Open(_)) && self.ready.is_empty() && !self.caught_up
    }

    /// Opens the stream again, and reads the history.
    pub(super) fn read_again(&mut self) {
        self.state = State::Closed(Instant::now());
    }

    /// Returns how often the stream was opened again.
    pub(super) fn reconnects(&self) -> u32 {
        self.reconnects
    }

    /// Returns the next event. Nothing is lost where the future is dropped.
    ///
    /// # Errors
    /// Those of the service that do not pass; `unavailable` where streams break again and again.
    pub(super) async fn next(&mut self) -> Result<FollowStep> {
        loop {
            if let Some(ReceivedEvent { text, envelope }) = self.ready.pop_front() {
                let envelope = match envelope {
                    Ok(envelope) => envelope,
                    Err(error) => return Ok(FollowStep::Unreadable(error)),
                };
                let is_new = self.seen.insert(&envelope);
                let view = match event_view::read(&self.session, &envelope, &text) {
                    Ok(view) => view,
                    Err(_) if !is_new => continue,
                    Err(error) => return Ok(FollowStep::Unreadable(error)),
                };
                let view = view.without_secrets(|text| self.client.http.scrub(text));
                return Ok(FollowStep::Event(Box::new(FollowedEvent { envelope, view, is_new })));
            }
            if std::mem::take(&mut self.caught_up) {
                return Ok(FollowStep::CaughtUp);
            }
            self.advance().await?;
        }
    }

    async fn advance(&mut self) -> Result<()> {
        match &mut self.state {
            State::Closed(at) => {
                sleep_until(*at).await;
                match self.stream().await {
                    Ok(stream) => {
                        self.state = State::Reading { stream, cursor: None, cursors: Cursors::default() };
                    }
                    Err(error) if passes(&error) => self.broke(error)?,
                    Err(error) => return Err(error),
                }
            }
            State::Reading { cursor, .. } => {
                let cursor = cursor.clone();
                match self.page(cursor).await {
                    Ok(()) => {}
                    Err(error) if passes(&error) => self.broke(error)?,
                    Err(error) => return Err(error),
                }
            }
            State::Open(stream) => {
                // A stream may be silent, or say only that it is there, while events are lost on the way.
                let quiet = self.fresh + self.client.setup.quiet;
                match timeout_at(quiet, stream.next()).await {
                    Err(_) => self.state = State::Closed(Instant::now()),
                    Ok(Ok(Some(frame))) => self.frame(&frame)?,
                    Ok(Ok(None)) => self.broke(Error::new(Kind::Unavailable, "the stream of events ended"))?,
                    Ok(Err(error)) => self.broke(error)?,
                }
            }
        }
        Ok(())
    }

    /// Opens the stream.
    async fn stream(&mut self) -> Result<ServerEvents> {
        let mut request = self.client.gated(Class::Safe, AnthropicOperation::StreamEvents, &[self.session.as_str()]);
        if self.previews {
            request = request.query(DELTAS, kind::AGENT_MESSAGE);
        }
        self.fresh = Instant::now();
        Ok(ServerEvents::new(request.fetch().await?))
    }

    /// Reads a page of the history.
    async fn page(&mut self, cursor: Option<String>) -> Result<()> {
        let since = self.since.map(|since| since.to_string());
        let parameters: Vec<_> = since.as_deref().map(|since| (SINCE, since)).into_iter().collect();
        let is_first = cursor.is_none();
        let page = PageRequest { cursor, limit: None };
        let answer = listing::history(&self.client, &self.session, &page, &parameters).await?;
        let page = listing::read(&answer)?;
        let State::Reading { stream, mut cursors, .. } =
            std::mem::replace(&mut self.state, State::Closed(Instant::now()))
        else {
            return Ok(());
        };
        let received = page.items.len();
        let events: Vec<_> = page.items.into_iter().map(|item| ReceivedEvent::new(item.to_owned())).collect();
        let is_marked = |event: &ReceivedEvent| {
            let mark = self.mark.as_ref().map(|mark| mark.id.as_str());
            mark.is_some() && event.envelope.as_ref().is_ok_and(|event| event.id.as_deref() == mark)
        };
        // The listing begins with what happened at the time of the mark.
        let before = if is_first { events.iter().position(is_marked).map_or(0, |at| at + 1) } else { 0 };
        self.ready.extend(events.into_iter().skip(before));
        self.state = if let Some(next) = page.next {
            cursors.follow(&next, received)?;
            State::Reading { stream, cursor: Some(next), cursors }
        } else {
            self.caught_up = true;
            State::Open(stream)
        };
        self.fresh = Instant::now();
        Ok(())
    }

    /// Takes a frame of the stream.
    fn frame(&mut self, frame: &ServerEvent) -> Result<()> {
        if frame.data.is_empty() || frame.name == kind::PING {
            return Ok(());
        }
        let text: Result<Box<RawValue>, _> = json::object(frame.data.as_bytes());
        let Ok(text) = text else {
            return self.broke(Error::new(Kind::Unavailable, "the stream of events holds what is not a JSON object"));
        };
        let event = ReceivedEvent::new(text);
        match event.envelope.as_ref().map(|envelope| envelope.kind.as_str()) {
            Ok(kind::PING) => Ok(()),
            Ok(kind::STREAM_ERROR) => {
                let what = format!("the stream of events failed: {}", json::excerpt(event.text.get()));
                self.broke(Error::new(Kind::Unavailable, self.client.http.scrub(&what)))
            }
            _ => {
                self.pace.succeeded();
                self.fresh = Instant::now();
                self.ready.push_back(event);
                Ok(())
            }
        }
    }

    /// Prepares the next stream after one broke.
    ///
    /// # Errors
    /// `error`, where streams break again and again.
    fn broke(&mut self, error: Error) -> Result<()> {
        let due = self.pace.failed(error)?;
        self.reconnects += 1;
        self.state = State::Closed(due);
        Ok(())
    }
}

/// Returns whether an error may pass: the official clients give up on any other 4xx \[recorded\].
fn passes(error: &Error) -> bool {
    match error.status() {
        Some(status) => matches!(status, 408 | 409 | 429) || status >= 500,
        None => error.kind() == Kind::Unavailable,
    }
}

/// The events that came. An event that a client sent comes twice: when it is queued, and when it is read \[skill\].
#[derive(Default)]
struct SeenEvents {
    hasher: RandomState,
    hashes: HashSet<u64>,
}

impl SeenEvents {
    /// Returns whether an event comes for the first time. Previews have no id of their own and are always new.
    fn insert(&mut self, event: &EventAnswer) -> bool {
        let read = event.processed_at.is_some();
        match event.id.as_deref().filter(|id| !id.is_empty()) {
            Some(id) => self.hashes.insert(self.hasher.hash_one((id, read))),
            // Some interrupts have no id [skill].
            None if read => self.hashes.insert(self.hasher.hash_one((&event.kind, event.processed_at))),
            None => true,
        }
    }
}

/// What the newest events of a session tell.
pub(super) struct NewestEvents {
    /// The position of the newest one that was processed; none where there is none.
    pub(super) mark: Option<EventPosition>,
    /// The first call of a tool that the session waits for.
    pub(super) waits_for: Option<String>,
}

/// Reads the newest events, those of `types` if there are any.
///
/// # Errors
/// Those of the service.
pub(super) async fn newest(client: &AnthropicClient, session: &SessionId, types: &[&str]) -> Result<NewestEvents> {
    let answer = listing::newest_events(client, session, types).await?;
    let page = listing::read(&answer)?;
    let mark = page.items.iter().find_map(|item| {
        let event: EventAnswer = parsed(item, "event").ok()?;
        Some(EventPosition { id: event.id.filter(|id| !id.is_empty())?, at: event.processed_at? })
    });
    let is_status = |event: &EventAnswer| matches!(event.kind.as_str(), kind::IDLE | kind::RUNNING | kind::TERMINATED);
    let status = page.items.iter().find(|item| parsed(item, "event").is_ok_and(|event| is_status(&event)));
    let idle = status.and_then(|item| parsed::<IdleAnswer>(item, "event").ok());
    let reason = idle.map(|idle| idle.stop_reason).filter(StopReason::is_open);
    Ok(NewestEvents { mark, waits_for: reason.and_then(|reason| reason.event_ids.into_iter().next()) })
}
