//! What happened in sessions: the record of their turns.

use std::collections::VecDeque;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::{BoxStream, try_unfold};

use super::capabilities::CAPABILITIES;
use super::db::RowPage;
use super::home::LocalHome;
use super::record::EventRows;
use super::recorded_turn::RecordReader;
use crate::backend::turn::{Activity, EventQuery, Events, Followed};
use crate::backend::{Capabilities, Page, PageRequest};
use wharf_core::error::{Kind, Result};
use wharf_core::model::{Event, EventKind, SessionId};

/// The events of a home's sessions.
pub(super) struct LocalEvents {
    pub(super) home: Arc<LocalHome>,
}

#[async_trait]
impl Events for LocalEvents {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    async fn list(&self, session: &SessionId, query: &EventQuery, page: PageRequest) -> Result<Page<Event>> {
        let cut = RowPage::new(&page)?;
        let row = self.home.live(session)?.seq;
        let rows =
            EventRows { after: cut.after.unwrap_or(0), since: query.since, limit: cut.rows, ..EventRows::of(row) };
        let rows = self.home.recorded(session, &rows)?;
        Ok(cut.page(rows, |(seq, _)| *seq, |(_, event)| Ok(event)))
    }

    fn follow<'a>(&'a self, session: &SessionId, query: &EventQuery) -> BoxStream<'a, Result<Followed>> {
        let begun = self.home.live(session).map(|live| {
            RecordReader::new(&self.home, session, EventRows { since: query.since, ..EventRows::of(live.seq) })
        });
        let state = FollowState { reader: begun, ready: VecDeque::new(), has_caught_up: false };
        try_unfold(state, |mut state| async move {
            let next = state.next().await?;
            Ok(next.map(|followed| (followed, state)))
        })
        .boxed()
    }
}

/// A session whose record is being followed.
struct FollowState {
    reader: Result<RecordReader>,
    ready: VecDeque<Event>,
    has_caught_up: bool,
}

impl FollowState {
    /// Returns what comes next; `None` once the session is gone.
    async fn next(&mut self) -> Result<Option<Followed>> {
        let reader = self.reader.as_mut().map_err(|error| error.clone())?;
        loop {
            if let Some(event) = self.ready.pop_front() {
                let activity = match event.kind {
                    EventKind::User => Activity::Working,
                    EventKind::Status => Activity::Done,
                    _ => Activity::Same,
                };
                return Ok(Some(Followed::Event(Box::new(event), activity)));
            }
            match reader.read() {
                Ok(events) => self.ready.extend(events),
                Err(error) if error.kind() == Kind::NotFound => return Ok(None),
                Err(error) => return Err(error),
            }
            if self.ready.is_empty() {
                if !self.has_caught_up {
                    self.has_caught_up = true;
                    return Ok(Some(Followed::CaughtUp));
                }
                reader.wait().await;
            }
        }
    }
}
