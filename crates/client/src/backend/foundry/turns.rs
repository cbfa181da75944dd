//! Talking to the agents of sessions.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;

use super::agent_protocol::word;
use super::capabilities::CAPABILITIES;
use super::client::FoundryClient;
use super::invocation_turn::InvocationTurn;
use super::message::new_response;
use super::response_turn::ResponseTurn;
use super::turn_records::{TurnRecord, TurnRecords};
use crate::backend::Capabilities;
use crate::backend::turn::{MessageProtocol, NewMessage, RunningTurn, Turns};
use crate::http::Class;
use wharf_core::advice::Step;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Encoding, Event, EventKind, SessionId, Timestamp};
use wharf_core::sync::lock;
use wharf_wire::foundry::responses::ConversationAnswer;
use wharf_wire::foundry::{FoundryOperation, responses};

/// The agent of sessions.
pub(super) struct FoundryTurns {
    /// Has no deadline: a turn that is out of time is stopped by more calls.
    pub(super) client: Arc<FoundryClient>,
    /// The protocol that a session's agent was found to speak.
    protocols: Mutex<HashMap<SessionId, MessageProtocol>>,
}

impl FoundryTurns {
    pub(super) fn new(client: Arc<FoundryClient>) -> Self {
        FoundryTurns { client, protocols: Mutex::default() }
    }

    async fn protocol(&self, session: &SessionId, asked: Option<MessageProtocol>) -> Result<MessageProtocol> {
        let known = lock(&self.protocols).get(session).copied();
        if let Some(known) = known.filter(|known| asked.is_none_or(|asked| asked == *known)) {
            return Ok(known);
        }
        let found = self.client.protocol_of(session, asked).await?;
        lock(&self.protocols).insert(session.clone(), found);
        Ok(found)
    }
}

#[async_trait]
impl Turns for FoundryTurns {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    async fn has_conversations(&self, session: &SessionId, protocol: Option<MessageProtocol>) -> Result<bool> {
        Ok(self.protocol(session, protocol).await? == MessageProtocol::Responses)
    }

    async fn begin_conversation(&self, session: &SessionId, protocol: Option<MessageProtocol>) -> Result<String> {
        if self.protocol(session, protocol).await? == MessageProtocol::Invocations {
            return Err(without_conversations());
        }
        // A second one that was never used does no harm.
        let request = self.client.call(Class::Idempotent, FoundryOperation::CreateConversation, &[])?;
        let answer = request.json(&serde_json::json!({})).send().await?;
        Ok(answer.object::<ConversationAnswer>()?.id)
    }

    async fn start(&self, session: &SessionId, message: NewMessage) -> Result<Box<dyn RunningTurn>> {
        self.check(&message)?;
        let protocol = tokio::select! {
            protocol = self.protocol(session, message.protocol) => protocol?,
            error = message.gate.closed() => return Err(error),
        };
        let records = self.client.turn_records()?;
        match protocol {
            MessageProtocol::Responses => {
                let new = new_response(session, &message)?;
                message.gate.pass()?;
                let sent = Box::pin(Arc::clone(&self.client).create_response(new));
                let turn = ResponseTurn::new(&self.client, session, message.conversation, records, sent);
                Ok(Box::new(turn.after(user_event(session, message.text))))
            }
            MessageProtocol::Invocations => {
                if message.conversation.is_some() {
                    return Err(without_conversations());
                }
                if !message.attachments.is_empty() {
                    return Err(Error::new(Kind::Unsupported, "an agent that speaks `invocations` is shown no files")
                        .hint("upload them into the session, and name them in the prompt"));
                }
                message.gate.pass()?;
                let user = user_event(session, message.text.clone());
                let sent = Box::pin(Arc::clone(&self.client).create_invocation(session.clone(), message.text));
                Ok(Box::new(InvocationTurn::new(&self.client, session, records, sent).after(user)))
            }
        }
    }

    /// Follows the newest turn of the session that was begun on this machine: the service has no list of them.
    async fn follow(&self, session: &SessionId) -> Result<Box<dyn RunningTurn>> {
        let records = self.client.turn_records()?;
        let Some(record) = records.of(session).into_iter().next() else {
            self.client.session(session).await?;
            return Err(unknown_turn());
        };
        if record.protocol == responses::PROTOCOL {
            Ok(Box::new(ResponseTurn::of_record(&self.client, session, records, record)))
        } else {
            Ok(Box::new(InvocationTurn::of_record(&self.client, session, records, record)))
        }
    }
}

/// Returns the event of a message, of which the service tells nothing.
fn user_event(session: &SessionId, text: String) -> Event {
    Event {
        at: Some(Timestamp::now()),
        text: Some(text),
        encoding: Some(Encoding::Utf8),
        ..Event::new(EventKind::User, session)
    }
}

fn without_conversations() -> Error {
    Error::new(Kind::Unsupported, "an agent that speaks `invocations` has no conversations")
        .hint("leave out the conversation: what the agent remembers is its own affair")
}

fn unknown_turn() -> Error {
    Error::conflict("no turn of this session is known on this machine, and the service has no list of them")
}

impl FoundryClient {
    /// Returns the turns that were begun on this machine.
    ///
    /// # Errors
    /// `usage` without an agent.
    pub(super) fn turn_records(&self) -> Result<TurnRecords> {
        Ok(TurnRecords::new(self.records.clone(), &self.endpoint, self.agent()?))
    }

    /// Stops the turns of a session that were begun on this machine.
    ///
    /// # Errors
    /// `conflict` if none is known and the session may be working; those of the service.
    pub(super) async fn interrupt(&self, session: &SessionId) -> Result<()> {
        let records = self.turn_records()?;
        let known = records.of(session);
        if known.is_empty() {
            return Err(
                unknown_turn().hint(format!("stop the session: {}", Step::StopSession { id: Some(session.as_str()) }))
            );
        }
        let mut failed = None;
        for TurnRecord { id, protocol, .. } in known.iter().filter(|record| !record.ended) {
            let stopped = if *protocol == word(MessageProtocol::Responses) {
                self.cancel_response(id).await.map(drop)
            } else {
                self.cancel_invocation(session, id).await
            };
            match stopped {
                // It may be gone.
                Err(error) if error.kind() != Kind::NotFound => failed = failed.or(Some(error)),
                _ => records.end(session, id),
            }
        }
        failed.map_or(Ok(()), Err)
    }
}
