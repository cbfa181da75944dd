//! What happened in sessions, and what happens.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::{BoxStream, try_unfold};
use serde_json::value::RawValue;

use super::capabilities::CAPABILITIES;
use super::client::{AnthropicClient, parsed};
use super::event_follower::{EventFollower, FollowStep, FollowedEvent};
use super::event_view::{self, Meaning};
use super::listing;
use crate::backend::turn::{Activity, EventQuery, Events, Followed};
use crate::backend::{Capabilities, Page, PageRequest};
use wharf_core::error::Result;
use wharf_core::model::{Event, SessionId};
use wharf_wire::anthropic::event_answers::EventAnswer;
use wharf_wire::anthropic::events::SINCE;

/// The events of a workspace's sessions.
pub(super) struct AnthropicEvents {
    pub(super) client: Arc<AnthropicClient>,
}

#[async_trait]
impl Events for AnthropicEvents {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    async fn list(&self, session: &SessionId, query: &EventQuery, page: PageRequest) -> Result<Page<Event>> {
        let since = query.since.map(|since| since.to_string());
        let parameters: Vec<_> = since.as_deref().map(|since| (SINCE, since)).into_iter().collect();
        let answer = listing::history(&self.client, session, &page, &parameters).await?;
        listing::page_of(&answer, |item| read(session, item))
    }

    fn follow<'a>(&'a self, session: &SessionId, query: &EventQuery) -> BoxStream<'a, Result<Followed>> {
        let follower = EventFollower::whole(&self.client, session, query.since);
        let events = try_unfold((follower, false), |(mut follower, ended)| async move {
            if ended {
                return Ok(None);
            }
            loop {
                let FollowedEvent { view, is_new, .. } = match follower.next().await? {
                    FollowStep::Event(event) => *event,
                    FollowStep::Unreadable(error) => {
                        return Ok(Some((Followed::Unreadable(error), (follower, false))));
                    }
                    FollowStep::CaughtUp => return Ok(Some((Followed::CaughtUp, (follower, false)))),
                };
                let ends = matches!(view.meaning, Meaning::Terminated | Meaning::Deleted);
                if is_new {
                    let activity = activity(&view.meaning);
                    return Ok(Some((Followed::Event(Box::new(view.event), activity), (follower, ends))));
                }
                if ends {
                    return Ok(None);
                }
            }
        });
        events.boxed()
    }
}

fn read(session: &SessionId, item: &RawValue) -> Result<Event> {
    let envelope: EventAnswer = parsed(item, "event")?;
    event_view::read(session, &envelope, item).map(|view| view.event)
}

fn activity(meaning: &Meaning) -> Activity {
    match meaning {
        Meaning::Idle(reason, _) if reason.is_open() => Activity::Working,
        Meaning::Running => Activity::Working,
        Meaning::Idle(..) | Meaning::Terminated | Meaning::Deleted => Activity::Done,
        _ => Activity::Same,
    }
}
