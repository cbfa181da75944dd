//! Which protocol an agent speaks.

use super::client::FoundryClient;
use super::sessions::version_of;
use crate::backend::turn::MessageProtocol;
use crate::http::Class;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::SessionId;
use wharf_wire::foundry::agents::SpokenProtocols;
use wharf_wire::foundry::{FoundryOperation, invocations, responses};
use wharf_wire::json;

impl FoundryClient {
    /// Returns the protocol in which a session's agent is sent a message: the one that is asked for, or the one that
    /// its version names, `responses` if it names both.
    ///
    /// The session is requested in any case: the service creates one for an id that it does not know (?).
    ///
    /// # Errors
    /// `not_found` for a session or a version that does not exist; `unsupported` if the agent speaks neither, or not the
    /// one that is asked for.
    pub(super) async fn protocol_of(
        &self,
        session: &SessionId,
        asked: Option<MessageProtocol>,
    ) -> Result<MessageProtocol> {
        let agent = self.agent()?;
        let request = self.call_of(agent, Class::Safe, FoundryOperation::GetSession, &[session.as_str()]);
        let answer = request.send().await?;
        let version = version_of(&answer)?;
        let request = self.call_of(agent, Class::Safe, FoundryOperation::GetVersion, &[&version]);
        let version: SpokenProtocols = match request.send().await {
            Ok(answer) => answer.object()?,
            // A version that was deleted has sessions that go on.
            Err(error) if error.kind() == Kind::NotFound => return Ok(asked.unwrap_or(MessageProtocol::Responses)),
            Err(error) => return Err(error),
        };
        // Without a list nothing is known against either.
        let Some(listed) = version.definition.protocol_versions.filter(|listed| !listed.is_empty()) else {
            return Ok(asked.unwrap_or(MessageProtocol::Responses));
        };
        let speaks = |protocol| listed.iter().any(|listed| listed.protocol == word(protocol));
        let found = match asked {
            Some(asked) => Some(asked).filter(|asked| speaks(*asked)),
            None => [MessageProtocol::Responses, MessageProtocol::Invocations].into_iter().find(|one| speaks(*one)),
        };
        found.ok_or_else(|| {
            let names: Vec<_> = listed.iter().map(|listed| json::excerpt(&listed.protocol)).collect();
            let wanted = asked.map_or("`responses` or `invocations`".to_owned(), |asked| format!("`{}`", word(asked)));
            Error::new(Kind::Unsupported, format!("agent `{agent}` does not speak {wanted}")).hint(format!(
                "version {} speaks: {}",
                json::excerpt(&version.version),
                names.join(", ")
            ))
        })
    }
}

/// Returns the name of a protocol in the definition of an agent's version.
pub(super) fn word(protocol: MessageProtocol) -> &'static str {
    match protocol {
        MessageProtocol::Responses => responses::PROTOCOL,
        MessageProtocol::Invocations => invocations::PROTOCOL,
    }
}
