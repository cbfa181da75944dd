//! Sending events to a session, each at most once.

use std::time::Duration;

use serde_json::Value;
use tokio::time::sleep;

use super::client::{AnthropicClient, parsed};
use super::event_follower::EventPosition;
use super::listing;
use crate::backend::turn::ToolAnswer;
use crate::http::Class;
use wharf_core::advice::Step;
use wharf_core::error::{Details, Error, Kind, Result};
use wharf_core::model::SessionId;
use wharf_wire::anthropic::event_answers::{EventAnswer, SentAnswer};
use wharf_wire::anthropic::events::kind;
use wharf_wire::anthropic::{AnthropicOperation, SendEvents, SessionEvent};

/// How often an event whose answer was lost is looked for, with a pause in between: it may still be on its way.
const LOOKS: u32 = 3;

impl AnthropicClient {
    /// Sends events that must not be sent twice. If the answer is lost, the history tells whether they arrived, as far
    /// back as `mark`. Returns the id of the first event, if the service tells it.
    ///
    /// # Errors
    /// Those of the service; an uncertain one if the answer was lost, or names no event, and the history does not have
    /// the events.
    pub(super) async fn send_once(
        &self,
        session: &SessionId,
        events: &SendEvents,
        mark: Option<&EventPosition>,
    ) -> Result<Option<String>> {
        let class = Class::Once(Step::ListEvents { session: None });
        match self.send_events(session, class, events).await {
            Err(error) if error.is_uncertain() => {
                let Some(first) = events.events.first() else { return Err(error) };
                match self.find_sent(session, first, mark).await {
                    Ok(Some(id)) => Ok(Some(id)),
                    _ => Err(error),
                }
            }
            Err(error) if error.status() == Some(400) => Err(self.or_ended(session, error).await),
            // Its id tells its turn from another one's.
            Ok(None) => match events.events.first() {
                Some(first) => match self.find_sent(session, first, mark).await {
                    Ok(Some(id)) => Ok(Some(id)),
                    _ => Err(unnamed(session, first)),
                },
                None => Ok(None),
            },
            sent => sent,
        }
    }

    /// Returns why events were refused: a session that has ended takes none, and the service says so as of any other
    /// wrong request.
    async fn or_ended(&self, session: &SessionId, error: Error) -> Error {
        match self.snapshot(session).await {
            Ok(snapshot) if snapshot.has_ended() => Error::new(Kind::Conflict, "the session has ended")
                .hint(format!("its events are kept: {}", Step::ListEvents { session: Some(session.as_str()) })),
            _ => error,
        }
    }

    /// Stops what the agent of a session does.
    ///
    /// # Errors
    /// Those of the service.
    pub(super) async fn send_interrupt(&self, session: &SessionId) -> Result<()> {
        let interrupt = SendEvents::one(SessionEvent::interrupt());
        self.send_events(session, Class::Idempotent, &interrupt).await.map(drop)
    }

    /// Answers a call of a tool.
    ///
    /// # Errors
    /// As [`AnthropicClient::send_once`].
    pub(super) async fn send_answer(&self, session: &SessionId, call: &str, answer: ToolAnswer) -> Result<()> {
        self.send_once(session, &SendEvents::one(answer_event(call, answer)), None).await.map(drop)
    }

    async fn send_events(&self, session: &SessionId, class: Class, events: &SendEvents) -> Result<Option<String>> {
        let request = self.gated(class, AnthropicOperation::SendEvents, &[session.as_str()]);
        let answer = request.json(events).send().await?;
        let sent: SentAnswer = parsed(answer.object()?, "list of sent events")?;
        let first = sent.data.and_then(|events| events.into_iter().next());
        Ok(first.and_then(|event| event.id).filter(|id| !id.is_empty()))
    }

    /// Looks for an event that was sent, among those after `mark`. Returns its id.
    async fn find_sent(
        &self,
        session: &SessionId,
        sent: &SessionEvent,
        mark: Option<&EventPosition>,
    ) -> Result<Option<String>> {
        for look in 0..LOOKS {
            sleep(Duration::from_millis(500) * look).await;
            let answer = listing::newest_events(self, session, &[&sent.kind]).await?;
            for item in listing::read(&answer)?.items {
                let event: EventAnswer = parsed(item, "event")?;
                if mark.is_some_and(|mark| mark.covers(&event)) {
                    break;
                }
                let found: Value = parsed(item, "event")?;
                if sent.extra.iter().all(|(name, value)| found.get(name).is_some_and(|found| has(found, value))) {
                    return Ok(event.id);
                }
            }
        }
        Ok(None)
    }
}

/// Returns the error of an event that the service accepted without naming it, and that is not in the history.
fn unnamed(session: &SessionId, sent: &SessionEvent) -> Error {
    let what = format!("the service accepted `{}` without naming it, and the history does not have it", sent.kind);
    let look = Step::ListEvents { session: Some(session.as_str()) };
    Error::new(Kind::Unavailable, format!("{what}; it may have happened"))
        .hint(format!("it was not sent again; {look} shows whether it did"))
        .details(Details { uncertain: true, ..Details::default() })
}

/// Returns whether `found` has all of `sent`: a service may add fields to what it was sent.
fn has(found: &Value, sent: &Value) -> bool {
    match (found, sent) {
        (Value::Object(found), Value::Object(sent)) => {
            sent.iter().all(|(name, value)| found.get(name).is_some_and(|found| has(found, value)))
        }
        (Value::Array(found), Value::Array(sent)) => {
            found.len() == sent.len() && found.iter().zip(sent).all(|(found, sent)| has(found, sent))
        }
        _ => found == sent,
    }
}

fn answer_event(call: &str, answer: ToolAnswer) -> SessionEvent {
    let confirmation = |result: &str| {
        SessionEvent::of(kind::CONFIRMATION).with("tool_use_id", call.into()).with("result", result.into())
    };
    match answer {
        ToolAnswer::Allow => confirmation("allow"),
        ToolAnswer::Deny(None) => confirmation("deny"),
        ToolAnswer::Deny(Some(message)) => confirmation("deny").with("deny_message", message.into()),
        ToolAnswer::Result { text, is_error } => SessionEvent::of(kind::CUSTOM_RESULT)
            .with("custom_tool_use_id", call.into())
            .with("is_error", is_error.into())
            .with("content", serde_json::json!([{ "type": "text", "text": text }])),
    }
}
