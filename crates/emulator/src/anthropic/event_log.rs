//! What has happened in a session, in the form in which clients read it: the history, and what its streams are still to
//! be sent.
//!
//! A stream that falls too far behind is cut off, so that a reader which stalls costs no more memory. As on the service,
//! it is for the client to open another one and to read the history.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};
use tokio::sync::watch;

use wharf_core::model::Timestamp;
use wharf_wire::anthropic::SessionEvent;
use wharf_wire::anthropic::events::kind;

/// The most that is kept for streams, in bytes, beside what the history has anyway: more than the previews of a turn
/// with several hundred thousand events.
const KEPT: usize = 64 << 20;

/// What has happened in a session.
pub(super) struct EventLog {
    /// The events, the oldest first.
    history: Vec<Arc<LoggedEvent>>,
    /// What streams are sent, the oldest first. Without streams, nothing is kept.
    frames: VecDeque<StreamFrame>,
    /// The number of the first of them.
    first: usize,
    /// The bytes that they hold.
    size: usize,
    changed: watch::Sender<()>,
}

/// An event as clients read it.
#[derive(Debug)]
pub(super) struct LoggedEvent {
    pub(super) kind: String,
    /// When it was dealt with; none while it waits.
    pub(super) at: Option<Timestamp>,
    pub(super) json: Box<RawValue>,
}

/// What streams are sent.
#[derive(Debug, Clone)]
pub(super) enum StreamFrame {
    Event(Arc<LoggedEvent>),
    /// The preview of an event begins.
    PreviewStart {
        event: Arc<str>,
        kind: &'static str,
    },
    /// A part of the text of that event.
    PreviewDelta {
        event: Arc<str>,
        text: String,
    },
}

impl Default for EventLog {
    fn default() -> Self {
        let (history, frames) = (Vec::new(), VecDeque::new());
        EventLog { history, frames, first: 0, size: 0, changed: watch::Sender::new(()) }
    }
}

impl LoggedEvent {
    pub(super) fn of(event: &SessionEvent) -> Arc<Self> {
        let json = to_raw_value(event).unwrap_or_default();
        Arc::new(LoggedEvent { kind: event.kind.clone(), at: event.processed_at.value().copied(), json })
    }
}

impl StreamFrame {
    /// Returns the text that is sent.
    pub(super) fn text(&self) -> String {
        let frame = |kind: &str, data: &str| format!("event: {kind}\ndata: {data}\n\n");
        match self {
            StreamFrame::Event(event) => frame(&event.kind, event.json.get()),
            StreamFrame::PreviewStart { event, kind } => {
                let event = json!({ "type": kind, "id": **event });
                frame(kind::PREVIEW_START, &json!({ "type": kind::PREVIEW_START, "event": event }).to_string())
            }
            StreamFrame::PreviewDelta { event, text } => {
                let content = json!({ "type": "text", "text": text });
                let delta = json!({ "type": "content_delta", "index": 0, "content": content });
                let data = json!({ "type": kind::PREVIEW_DELTA, "event_id": **event, "delta": delta });
                frame(kind::PREVIEW_DELTA, &data.to_string())
            }
        }
    }

    /// Returns whether nothing follows.
    pub(super) fn is_last(&self) -> bool {
        matches!(self, StreamFrame::Event(event) if [kind::TERMINATED, kind::DELETED].contains(&event.kind.as_str()))
    }

    /// Returns the bytes that it holds and the history does not.
    fn size(&self) -> usize {
        let own = match self {
            StreamFrame::Event(event) if event.at.is_none() => event.json.get().len(),
            StreamFrame::Event(_) | StreamFrame::PreviewStart { .. } => 0,
            StreamFrame::PreviewDelta { text, .. } => text.len(),
        };
        size_of::<Self>() + own
    }
}

impl EventLog {
    /// Returns the events, the oldest first.
    pub(super) fn history(&self) -> &[Arc<LoggedEvent>] {
        &self.history
    }

    /// Adds an event, and sends it to the streams.
    pub(super) fn happened(&mut self, event: &SessionEvent) {
        let event = LoggedEvent::of(event);
        self.history.push(Arc::clone(&event));
        self.send(StreamFrame::Event(event));
    }

    /// Forgets the events.
    pub(super) fn clear(&mut self) {
        self.history = Vec::new();
    }

    /// Sends something to the streams that there are.
    pub(super) fn send(&mut self, frame: StreamFrame) {
        self.size += frame.size();
        self.frames.push_back(frame);
        let kept = if self.changed.is_closed() { 0 } else { KEPT };
        while self.size > kept
            && let Some(frame) = self.frames.pop_front()
        {
            self.first += 1;
            self.size -= frame.size();
        }
        self.changed.send_replace(());
    }

    /// Begins a stream: returns the number of the first frame that it is sent, and a receiver that is notified of each.
    pub(super) fn subscribe(&self) -> (usize, watch::Receiver<()>) {
        (self.first + self.frames.len(), self.changed.subscribe())
    }

    /// Returns the frames from a number on, up to the one with which they have `most` bytes of text; `None` where the
    /// first of them is no longer kept.
    pub(super) fn read(&self, from: usize, most: usize) -> Option<Vec<StreamFrame>> {
        let mut room = most;
        let fits = |frame: &&StreamFrame| {
            let before = room;
            let len = match frame {
                StreamFrame::Event(event) => event.json.get().len(),
                StreamFrame::PreviewStart { .. } | StreamFrame::PreviewDelta { .. } => frame.size(),
            };
            room = room.saturating_sub(len);
            before > 0
        };
        Some(self.frames.iter().skip(from.checked_sub(self.first)?).take_while(fits).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delta(text: &str) -> StreamFrame {
        StreamFrame::PreviewDelta { event: "sevt_1".into(), text: text.to_owned() }
    }

    #[test]
    fn nothing_is_kept_for_streams_that_are_not_there() {
        let mut log = EventLog::default();
        log.happened(&SessionEvent::message("one"));
        assert_eq!((log.frames.len(), log.size, log.history().len()), (0, 0, 1));
        let (from, receiver) = log.subscribe();
        log.happened(&SessionEvent::message("two"));
        log.send(delta("three"));
        assert_eq!(log.read(from, usize::MAX).unwrap().len(), 2);
        assert_eq!(log.read(from, 1).unwrap().len(), 1);
        drop(receiver);
        log.send(delta("four"));
        assert_eq!((log.frames.len(), log.size), (0, 0));
    }

    #[test]
    fn a_stream_that_is_not_read_costs_a_limited_memory() {
        let mut log = EventLog::default();
        let (from, _receiver) = log.subscribe();
        let text = "x".repeat(1 << 20);
        for _ in 0..KEPT >> 20 {
            log.send(delta(&text));
        }
        assert!(log.size <= KEPT);
        assert!(log.read(from, usize::MAX).is_none(), "it was cut off");
        let (from, _receiver) = log.subscribe();
        log.send(delta("new"));
        assert_eq!(log.read(from, usize::MAX).unwrap().len(), 1);
    }
}
