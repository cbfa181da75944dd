//! What a session says of itself besides its events.

use serde::Deserialize;

use super::client::{AnthropicClient, parsed};
use super::event_view;
use crate::http::Class;
use wharf_core::error::Result;
use wharf_core::model::SessionId;
use wharf_wire::anthropic::AnthropicOperation;
use wharf_wire::anthropic::event_answers::UsageAnswer;
use wharf_wire::anthropic::sessions::status;

/// The status of a session, and what it used.
#[derive(Deserialize)]
pub(super) struct SessionSnapshot {
    pub(super) status: String,
    #[serde(default)]
    archived_at: Option<String>,
    #[serde(default)]
    usage: Option<UsageAnswer>,
}

impl SessionSnapshot {
    /// Returns whether the session takes no more events.
    pub(super) fn has_ended(&self) -> bool {
        self.archived_at.is_some() || self.status == status::TERMINATED
    }

    /// Returns the list price of all turns until now, in cents.
    ///
    /// # Errors
    /// `unavailable` for a price that cannot be read.
    pub(super) fn cents(&self) -> Result<Option<u64>> {
        let cost = self.usage.as_ref().and_then(|usage| usage.list_cost.as_ref());
        Ok(cost.map(event_view::cents).transpose()?.flatten())
    }
}

impl AnthropicClient {
    /// Returns what a session says of itself.
    pub(super) async fn snapshot(&self, session: &SessionId) -> Result<SessionSnapshot> {
        let answer = self.gated(Class::Safe, AnthropicOperation::GetSession, &[session.as_str()]).send().await?;
        parsed(answer.object()?, "session")
    }
}
