//! A message that is being prepared.

use super::attachments::Attachments;
use super::turn::TurnFollower;
use wharf_client::backend::turn::{MessageProtocol, NewMessage, RunningTurn, SendGate, Turns};
use wharf_core::error::Result;

/// The value of `--conversation` that begins one.
pub(super) const NEW_CONVERSATION: &str = "new";

/// A message that is being prepared, without its text.
pub(super) struct Draft {
    pub(super) attachments: Attachments,
    pub(super) system: Option<String>,
    /// The conversation, or [`NEW_CONVERSATION`].
    pub(super) conversation: Option<String>,
    pub(super) protocol: Option<MessageProtocol>,
}

impl Draft {
    /// Sends the message. What was uploaded for it is deleted if it was not sent. The instruction and the files go with
    /// one message only.
    ///
    /// # Errors
    /// Where it was not sent, or may not have been.
    pub(super) async fn send(
        &mut self,
        follower: &TurnFollower<'_>,
        turns: &dyn Turns,
        text: String,
        gate: &SendGate,
    ) -> Result<Box<dyn RunningTurn>> {
        let (cx, session) = (follower.cx, follower.session);
        if self.conversation.as_deref() == Some(NEW_CONVERSATION) {
            self.conversation = Some(turns.begin_conversation(session, self.protocol).await?);
        }
        let message = NewMessage {
            text,
            attachments: self.attachments.prepare(cx, session).await?,
            system: self.system.take(),
            conversation: self.conversation.clone(),
            protocol: self.protocol,
            gate: gate.clone(),
        };
        self.attachments.send(cx, turns.start(session, message)).await
    }
}
