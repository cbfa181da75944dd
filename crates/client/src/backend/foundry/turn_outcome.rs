//! What a turn returns: its events, and then how it ended.

use std::collections::VecDeque;
use std::sync::Arc;

use super::client::FoundryClient;
use super::turn_records::TurnRecords;
use crate::backend::turn::{TurnEnd, TurnEvent};
use wharf_core::model::{Event, SessionId};

/// The events of a turn that were not returned yet, and its end once that is known.
pub(super) struct TurnOutcome {
    client: Arc<FoundryClient>,
    session: SessionId,
    records: TurnRecords,
    ready: VecDeque<TurnEvent>,
    end: Option<TurnEnd>,
}

impl TurnOutcome {
    pub(super) fn new(client: &Arc<FoundryClient>, session: &SessionId, records: TurnRecords) -> Self {
        let (client, session) = (Arc::clone(client), session.clone());
        TurnOutcome { client, session, records, ready: VecDeque::new(), end: None }
    }

    /// Adds events.
    pub(super) fn push(&mut self, events: impl IntoIterator<Item = Event>) {
        self.ready.extend(events.into_iter().map(|event| TurnEvent::Event(Box::new(event))));
    }

    /// Takes the end, which is returned after all events.
    pub(super) fn end(&mut self, end: TurnEnd) {
        self.end = Some(end);
    }

    /// Returns whether the end is known.
    pub(super) fn has_ended(&self) -> bool {
        self.end.is_some()
    }

    /// Keeps the id of the turn for other processes.
    pub(super) fn record(&self, protocol: &str, id: &str, conversation: Option<&str>) {
        self.records.begin(&self.session, protocol, id, conversation);
    }

    /// Returns the next event, or the end of the turn with this id; none if neither came yet. Nothing is lost where the
    /// future is dropped.
    pub(super) async fn next(&mut self, id: Option<&str>) -> Option<TurnEvent> {
        if let Some(event) = self.ready.pop_front() {
            return Some(event);
        }
        let end = self.end.as_ref()?;
        if let Some(id) = id {
            self.records.end(&self.session, id);
        }
        let error = match &end.error {
            Some(error) => Some(self.client.explained(&self.session, error).await),
            None => None,
        };
        let end = self.end.take()?;
        Some(TurnEvent::Ended(Box::new(TurnEnd { error, ..end })))
    }
}
