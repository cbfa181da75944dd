//! Events: sent, listed, and streamed as they happen.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use hyper::StatusCode;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::agent_simulation::{AgentSimulation, is_immediate};
use super::checks::known_only;
use super::event_log::{LoggedEvent, StreamFrame};
use super::page::{self, CreationFilter, Order, PageCursor, SortKey};
use super::{AnthropicEmulator, ApiError, ApiResult, DOCUMENT_MAX, threads};
use crate::answer::{self, HttpResponse};
use crate::event_stream::HEARTBEAT;
use crate::request::ApiRequest;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::Timestamp;
use wharf_core::random;
use wharf_wire::anthropic::events::{self as wire, kind};
use wharf_wire::anthropic::{AnthropicSession, Nullable, SendEvents, SentEvents, SessionEvent};

/// How much a stream sends at once, in bytes, so that a client that does not read costs no more memory.
const BLOCK: usize = 64 << 10;

/// What a stream can be asked to preview \[docs\]. The agent here does not think.
const PREVIEWS: [&str; 2] = ["agent.message", "agent.thinking"];

/// The most of them that one stream is asked for \[docs\].
const PREVIEWS_MAX: usize = 100;

impl AnthropicEmulator {
    pub(super) async fn send_events(&self, session: &str, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let sent: SendEvents = request.document(DOCUMENT_MAX).await?;
        known_only("", &sent.extra)?;
        let _changing = self.changing.lock().await;
        let kept = self.sessions.load(session)?;
        self.still_open(&kept)?;
        check(&sent.events, &kind::SENT)?;
        threads::check(session, &sent.events)?;
        self.check_waiting(session, &sent.events)?;
        self.check_calls(session, &sent.events)?;
        let data = self.take(&kept.session, sent.events)?;
        Ok(answer::json(StatusCode::OK, &SentEvents { data }))
    }

    /// Answers with the stream of what happens in a session.
    pub(super) fn stream_events(&self, session: &str, request: &ApiRequest) -> ApiResult<HttpResponse> {
        self.sessions.load(session)?;
        let previews = page::words(request, wire::DELTAS, &PREVIEWS)?;
        if previews.len() > PREVIEWS_MAX {
            return Err(ApiError::bad(format!("{}: at most {PREVIEWS_MAX}", wire::DELTAS)));
        }
        let previews = PREVIEWS.into_iter().filter(|kind| previews.contains(kind)).collect();
        Ok(EventStream::answer(Arc::clone(&self.simulation), session, previews))
    }

    /// Refuses what a session does not take while it waits \[skill\].
    fn check_waiting(&self, session: &str, events: &[SessionEvent]) -> ApiResult<()> {
        let (paused, asks) =
            self.simulation.with(session, |simulated| (simulated.is_paused(), simulated.requires_action()));
        let is_message = |event: &&SessionEvent| [kind::MESSAGE, kind::OUTCOME, kind::SYSTEM].contains(&&*event.kind);
        if let Some(event) = events.iter().find(is_message).filter(|_| paused) {
            let what = format!("Session `{session}` has reached its budget and takes no {}", event.kind);
            return Err(ApiError::bad(format!("{what}: raise the budget, or remove it.")));
        }
        match events {
            [only] if asks && only.kind == kind::SYSTEM => Err(ApiError::bad(format!(
                "Session `{session}` waits for answers to tools and takes no {}.",
                only.kind
            ))),
            _ => Ok(()),
        }
    }

    /// Refuses answers to calls of tools that the session has not seen.
    fn check_calls(&self, session: &str, events: &[SessionEvent]) -> ApiResult<()> {
        for (at, event) in events.iter().enumerate() {
            let (key, calls): (_, &[_]) = match event.kind.as_str() {
                kind::CONFIRMATION => ("tool_use_id", &[kind::TOOL_USE, kind::MCP_TOOL_USE]),
                kind::RESULT => ("tool_use_id", &[kind::TOOL_USE]),
                kind::CUSTOM_RESULT => ("custom_tool_use_id", &[kind::CUSTOM_TOOL_USE]),
                _ => continue,
            };
            let id = event.extra.get(key).and_then(Value::as_str).unwrap_or_default();
            let is_call = |logged: &Arc<LoggedEvent>| {
                let called: Option<SessionEvent> =
                    calls.contains(&&*logged.kind).then(|| serde_json::from_str(logged.json.get()).ok()).flatten();
                called.is_some_and(|called| called.id.as_deref() == Some(id))
            };
            if !self.simulation.with(session, |life| life.history().any(is_call)) {
                return Err(ApiError::bad(format!("events.{at}.{key}: no tool call `{id}` in session `{session}`")));
            }
        }
        Ok(())
    }

    /// Applies the events that a client sent, and returns them as the answer has them: it calls those queued that the
    /// service queues \[docs\], even if they were dealt with meanwhile.
    pub(super) fn take(&self, session: &AnthropicSession, events: Vec<SessionEvent>) -> ApiResult<Vec<SessionEvent>> {
        self.simulation.with(&session.id, |simulated| simulated.prepare(session));
        let mut echoes = Vec::new();
        for mut event in events {
            event.id = Some(random::id("sevt")?);
            if event.kind == kind::OUTCOME {
                event.extra.insert("outcome_id".to_owned(), random::id("outc")?.into());
            }
            let mut echo = event.clone();
            let taken = self.simulation.with(&session.id, |simulated| simulated.takes(event));
            echo.processed_at = Nullable::or_null(taken.filter(|_| is_immediate(&echo.kind)));
            echoes.push(echo);
        }
        self.start_agent(&session.id);
        Ok(echoes)
    }

    /// Starts the agent's command if a turn of the session waits for it.
    pub(super) fn start_agent(&self, session: &str) {
        if let Some(agent) = &self.agent {
            agent.start(session);
        }
    }

    pub(super) fn list_events(&self, session: &str, request: &ApiRequest) -> ApiResult<HttpResponse> {
        self.sessions.load(session)?;
        let order = Order::of(request, Order::Oldest)?;
        let limit = page::limit(request, wire::PAGE_MAX, wire::PAGE_MAX)?;
        let cursor = PageCursor::of(request, order)?;
        let created = CreationFilter::of(request)?;
        let types = page::words(request, wire::TYPES, &kind::LISTED)?;
        let wanted = |event: &LoggedEvent| {
            (types.is_empty() || types.contains(&event.kind.as_str())) && event.at.is_none_or(|at| created.holds(at))
        };
        let index = match &cursor {
            Some(PageCursor { before: true, .. }) => return Err(ApiError::bad("page: not a cursor of this listing")),
            Some(cursor) => Some(usize::try_from(cursor.key.at).unwrap_or_default()),
            None => None,
        };
        // One more than the page has says whether another one follows.
        let part = self.simulation.with(session, |simulated| {
            let len = simulated.history_len();
            let span = match order {
                Order::Oldest => index.map_or(0, |index| index.saturating_add(1))..len,
                Order::Newest => 0..index.map_or(len, |index| index.min(len)),
            };
            let indexes =
                (0..span.len()).map(|n| if order == Order::Oldest { span.start + n } else { span.end - 1 - n });
            let events =
                indexes.filter_map(|index| Some((index, simulated.event(index).filter(|event| wanted(event))?)));
            let key = |index| SortKey::of(i64::try_from(index).unwrap_or(i64::MAX), "");
            events.map(|(index, event)| (key(index), event.json.clone())).take(limit + 1).collect()
        });
        let cut = page::cut::<Box<RawValue>>(part, order, cursor.as_ref(), limit);
        Ok(answer::json(StatusCode::OK, &page::plain(cut)))
    }
}

/// Refuses events that a client does not send, or not here or so.
pub(super) fn check(events: &[SessionEvent], allowed: &[&str]) -> ApiResult<()> {
    if events.is_empty() {
        return Err(ApiError::bad("events: at least one"));
    }
    for (at, event) in events.iter().enumerate() {
        let kind = event.kind.as_str();
        if !allowed.contains(&kind) {
            return Err(ApiError::bad(format!("events.{at}.type: {kind:?} cannot be sent here")));
        }
        let has = |name: &str, fits: fn(&Value) -> bool| match event.extra.get(name) {
            Some(value) if fits(value) => Ok(()),
            _ => Err(ApiError::bad(format!("events.{at}.{name}: Field required"))),
        };
        match kind {
            kind::MESSAGE | kind::SYSTEM => has("content", Value::is_array)?,
            kind::CONFIRMATION => {
                has("tool_use_id", Value::is_string)?;
                has("result", |result| result == "allow" || result == "deny")?;
            }
            kind::CUSTOM_RESULT => has("custom_tool_use_id", Value::is_string)?,
            kind::RESULT => has("tool_use_id", Value::is_string)?,
            kind::OUTCOME => {
                has("description", Value::is_string)?;
                has("rubric", Value::is_object)?;
            }
            _ => {}
        }
        if kind == kind::SYSTEM && at + 1 != events.len() {
            return Err(ApiError::bad(format!("events.{at}: a {kind} comes last")));
        }
    }
    Ok(())
}

/// A client's stream of a session.
struct EventStream {
    simulation: Arc<AgentSimulation>,
    session: String,
    /// The types that the client wants to preview.
    previews: Vec<&'static str>,
    /// The event whose preview it has seen the start of. One that began before the stream is not previewed \[docs\].
    previewed: Option<Arc<str>>,
    /// The number of the next frame.
    next: usize,
    changed: watch::Receiver<()>,
    ended: bool,
}

impl EventStream {
    /// Returns a stream of what happens from now on \[docs\].
    fn answer(simulation: Arc<AgentSimulation>, session: &str, previews: Vec<&'static str>) -> HttpResponse {
        let (next, changed) = simulation.with(session, |simulated| simulated.log().subscribe());
        let session = session.to_owned();
        let follow = EventStream { simulation, session, previews, previewed: None, next, changed, ended: false };
        let frames = stream::try_unfold(follow, |mut follow| async move {
            Ok(follow.next().await?.map(|frames| (Bytes::from(frames), follow)))
        });
        // So that the other side sees that it is open.
        let first = stream::iter([Ok(Bytes::from_static(b": open\n\n"))]);
        answer::stream("text/event-stream; charset=utf-8", first.chain(frames).boxed())
    }

    /// Returns what is sent next; `None` after the end of the session.
    ///
    /// # Errors
    /// If the client reads so slowly that this is no longer known.
    async fn next(&mut self) -> Result<Option<String>> {
        let beat = tokio::time::Instant::now() + HEARTBEAT;
        while !self.ended {
            let (frames, until, over) = self.simulation.with(&self.session, |simulated| {
                (simulated.log().read(self.next, BLOCK), simulated.until(), simulated.is_over())
            });
            let frames = frames.ok_or_else(|| Error::new(Kind::Unavailable, "the client reads too slowly"))?;
            self.next += frames.len();
            self.ended = over && frames.is_empty() || frames.last().is_some_and(StreamFrame::is_last);
            let wanted: String = frames.iter().filter(|frame| self.wants(frame)).map(StreamFrame::text).collect();
            if !wanted.is_empty() {
                return Ok(Some(wanted));
            }
            if !frames.is_empty() || self.ended {
                continue;
            }
            let wake = match until.map(|until| until.duration_since(Timestamp::now())) {
                Some(left) => beat.min(tokio::time::Instant::now() + left.try_into().unwrap_or(Duration::ZERO)),
                None => beat,
            };
            tokio::select! {
                changed = self.changed.changed() => if changed.is_err() { break },
                () = tokio::time::sleep_until(wake) => {}
            }
            if tokio::time::Instant::now() >= beat {
                return Ok(Some(format!("event: ping\ndata: {}\n\n", json!({ "type": "ping" }))));
            }
        }
        Ok(None)
    }

    /// Returns whether the client wants a frame.
    fn wants(&mut self, frame: &StreamFrame) -> bool {
        match frame {
            StreamFrame::Event(_) => true,
            StreamFrame::PreviewStart { event, kind } => {
                let asked = self.previews.contains(kind);
                if asked {
                    self.previewed = Some(Arc::clone(event));
                }
                asked
            }
            StreamFrame::PreviewDelta { event, .. } => self.previewed.as_ref() == Some(event),
        }
    }
}
