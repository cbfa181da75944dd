//! Sessions of one agent.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::capabilities::CAPABILITIES;
use super::client::{FoundryClient, checked};
use super::listing::{self, RawList};
use crate::backend::page::{Cursors, cursor_stuck, unreadable};
use crate::backend::{Capabilities, NewSession, Page, PageRequest, SessionQuery, Sessions, body_document};
use crate::http::{Class, ServiceAnswer};
use wharf_core::advice::{Setting, Step};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Provider, Session, SessionId, SessionStatus, Timestamp};
use wharf_core::random;
use wharf_wire::foundry::{self as wire, FoundryOperation};
use wharf_wire::json;

/// The sessions of one agent.
pub(super) struct FoundrySessions {
    pub(super) client: Arc<FoundryClient>,
}

#[async_trait]
impl Sessions for FoundrySessions {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    /// Reads `agent_session_id` and `version_indicator`, beside the common fields.
    fn read_document(&self, mut document: Map<String, Value>) -> Result<(NewSession, Vec<String>)> {
        let own = document.shift_remove("agent_session_id").filter(|id| !id.is_null());
        let version = document.shift_remove("version_indicator").filter(|version| !version.is_null());
        let (mut new, unknown) = body_document::session(document)?;
        let wrong = |name: &str, e: serde_json::Error| Error::usage(format!("`{name}` in the body: {e}")).caused_by(&e);
        if let Some(id) = own {
            let id: String = serde_json::from_value(id).map_err(|e| wrong("agent_session_id", e))?;
            new.id = Some(id.parse()?);
        }
        if let Some(version) = version {
            let version: wire::VersionIndicator =
                serde_json::from_value(version).map_err(|e| wrong("version_indicator", e))?;
            new.agent_version = Some(version.agent_version);
        }
        Ok((new, unknown))
    }

    /// Creates a session with an id that the client always sets, so that a repeated request creates one session: the
    /// second one fails because the id is taken \[expected; no source has seen it\].
    async fn create(&self, new: NewSession) -> Result<Session> {
        self.check(&new)?;
        let agent = match (&self.client.agent, &new.agent) {
            (Some(mine), Some(other)) if mine != other => {
                let what = format!("the document names another agent than the settings: `{other}` and not `{mine}`");
                return Err(Error::usage(what).hint(format!(
                    "a session belongs to one agent: set it with {}, WHARF_AGENT or the profile",
                    Setting::Agent
                )));
            }
            (_, Some(agent)) => checked(agent)?,
            (_, None) => self.client.agent()?,
        };
        let version = match new.agent_version {
            Some(version) => version,
            None => self.client.newest_version(agent).await?,
        };
        let id = match &new.id {
            Some(id) => id.to_string(),
            // Underscores and digits were accepted [live].
            None => random::id("wharf")?,
        };
        let asked = wire::NewFoundrySession {
            agent_session_id: Some(id.clone()),
            version_indicator: Some(wire::VersionIndicator::of(version)),
        };
        let mut content = new.extra;
        if let Ok(Value::Object(asked)) = serde_json::to_value(&asked) {
            content.extend(asked);
        }
        let request = self.client.call_of(agent, Class::Idempotent, FoundryOperation::CreateSession, &[]);
        match request.json(&content).send().await {
            Ok(answer) => session_of(agent, &answer),
            Err(error) if error.kind() == Kind::Conflict && new.id.is_none() => {
                // The id is random: an earlier attempt created the session.
                self.client.one(agent, &id).await.map_err(|_| error)
            }
            Err(error) if error.kind() == Kind::Conflict && error.hint_text().is_none() => {
                Err(error.hint(format!("choose another {}, or delete it first", Setting::SessionId)))
            }
            Err(error) if error.kind() == Kind::NotFound => Err(error.hint(format!(
                "check that agent `{agent}` and the requested version exist: {}",
                Step::ListAgentVersions { agent }
            ))),
            Err(error) if error.is_uncertain() => {
                let list = Step::ListSessions;
                Err(error.hint(format!("it may have taken effect; {list} shows whether the session `{id}` exists")))
            }
            Err(error) => Err(error),
        }
    }

    /// Lists sessions, newest first. The service has no filters: this client filters statuses, so that a page may be empty although more follow.
    async fn list(&self, query: &SessionQuery, page: PageRequest) -> Result<Page<Session>> {
        CAPABILITIES.require_all(query.features())?;
        let request = self.client.call(Class::Safe, FoundryOperation::ListSessions, &[])?;
        let answer = listing::paged(request, &page).send().await?;
        let listed: RawList<'_> = answer.page()?;
        let agent = self.client.agent()?;
        let received = listed.data.0.len();
        let (mut items, mut last) = (Vec::new(), None);
        for text in &listed.data.0 {
            let read = read(agent, text);
            last = read.as_ref().ok().map(|(_, id)| id.clone());
            let wanted = |session: &Session| query.statuses.is_empty() || query.statuses.contains(&session.status);
            items.extend(read.map(|(session, _)| session.filter(wanted)).transpose());
        }
        Ok(Page { items, received, next: listed.next(last)? })
    }

    async fn get(&self, id: &SessionId) -> Result<Session> {
        self.client.session(id).await
    }

    /// Deletes a session. Requests it first, because deleting a missing session is answered with success \[contract\].
    async fn delete(&self, id: &SessionId, force: bool) -> Result<()> {
        self.get(id).await?;
        self.delete_own(id, force).await
    }

    /// A deletion that finds nothing has succeeded.
    async fn delete_own(&self, id: &SessionId, _force: bool) -> Result<()> {
        let request = self.client.call(Class::Idempotent, FoundryOperation::DeleteSession, &[id.as_str()])?;
        match request.send().await {
            Err(error) if error.kind() == Kind::NotFound => Ok(()),
            Err(error) => Err(error),
            Ok(answer) => match answer.nothing() {
                Ok(()) => Ok(()),
                // The answer is not that of a deletion: only a look tells whether it was one.
                Err(error) => match self.get(id).await {
                    Err(gone) if gone.kind() == Kind::NotFound => Ok(()),
                    _ => Err(error),
                },
            },
        }
    }

    /// Stops a session. If it is stopped already, the answer is 204 \[docs\] or a 409 with its own code \[azd\].
    async fn stop(&self, id: &SessionId) -> Result<Session> {
        let request = self.client.call(Class::Idempotent, FoundryOperation::StopSession, &[id.as_str()])?;
        match request.send().await {
            Err(error) if error.code() == Some(wire::ALREADY_STOPPED) => {}
            other => other?.nothing()?,
        }
        self.get(id).await
    }

    /// Stops the turns of a session that are known on this machine.
    async fn interrupt(&self, id: &SessionId) -> Result<Session> {
        let session = self.get(id).await?;
        self.client.interrupt(id).await?;
        Ok(session)
    }
}

impl FoundryClient {
    /// Returns one session of the agent.
    pub(super) async fn session(&self, id: &SessionId) -> Result<Session> {
        self.one(self.agent()?, id.as_str()).await
    }

    /// Returns a session; `not_found` if the service reports that it is gone.
    async fn one(&self, agent: &str, id: &str) -> Result<Session> {
        let request = self.call_of(agent, Class::Safe, FoundryOperation::GetSession, &[id]);
        session_of(agent, &request.send().await?)
    }

    /// Returns the newest usable version of an agent.
    pub(super) async fn newest_version(&self, agent: &str) -> Result<String> {
        let mut after: Option<String> = None;
        let mut cursors = Cursors::default();
        loop {
            let mut request = self.call_of(agent, Class::Safe, FoundryOperation::ListVersions, &[]);
            request = request.query("order", "desc").query("limit", &wire::PAGE_DEFAULT.to_string());
            if let Some(after) = &after {
                request = request.query("after", after);
            }
            let page: wire::AgentVersionList = request.send().await?.object()?;
            let (last, received) = (page.data.last().map(|version| version.id.clone()), page.data.len());
            let usable = |status: &Option<String>| {
                status.as_ref().is_none_or(|status| status.eq_ignore_ascii_case(wire::AgentVersion::ACTIVE))
            };
            if let Some(version) = page.data.into_iter().find(|version| usable(&version.status)) {
                return Ok(version.version);
            }
            if !page.has_more {
                return Err(Error::conflict(format!("agent `{agent}` has no active version")).hint(format!(
                    "deploy it, or wait until a version is active, or name one with {}",
                    Setting::AgentVersion
                )));
            }
            let next = page.last_id.or(last).ok_or_else(cursor_stuck)?;
            cursors.follow(&next, received)?;
            after = Some(next);
        }
    }
}

/// Returns the version of the agent of the session in an answer.
pub(super) fn version_of(answer: &ServiceAnswer) -> Result<String> {
    let seen: wire::SessionVersion = answer.object()?;
    Ok(seen.version_indicator.agent_version)
}

/// Parses the session in an answer.
fn session_of(agent: &str, answer: &ServiceAnswer) -> Result<Session> {
    let (session, id) = read(agent, answer.object()?)?;
    session.ok_or_else(|| Error::not_found(format!("session `{id}` no longer exists")))
}

/// Parses a session and its id; the session is `None` if it is gone.
fn read(agent: &str, text: &RawValue) -> Result<(Option<Session>, String)> {
    let seen: wire::FoundrySession = json::object(text.get().as_bytes()).map_err(|e| unreadable("session", text, e))?;
    let id = seen.agent_session_id;
    let Some(status) = status_of(&seen.status) else { return Ok((None, id)) };
    let time = |seconds: i64| Timestamp::from_second(seconds).ok();
    let session = Session {
        id: id.parse().map_err(|e: Error| unreadable("session", text, e))?,
        backend: CAPABILITIES.backend,
        status,
        title: None,
        labels: None,
        created_at: time(seen.created_at),
        updated_at: seen.last_accessed_at.and_then(time),
        expires_at: seen.expires_at.and_then(time),
        agent: Some(agent.to_owned()),
        mounts: Vec::new(),
        provider: Provider::of(&text),
    };
    Ok((Some(session), id))
}

/// Returns the status for a state name; `None` if the session is gone. The set of names is open: `running` was
/// observed as well \[azd\].
fn status_of(word: &str) -> Option<SessionStatus> {
    Some(match word.to_ascii_lowercase().as_str() {
        wire::status::CREATING => SessionStatus::Creating,
        wire::status::ACTIVE | wire::status::UPDATING | "running" => SessionStatus::Running,
        wire::status::IDLE => SessionStatus::Idle,
        wire::status::FAILED => SessionStatus::Failed,
        wire::status::DELETING => SessionStatus::Deleting,
        wire::status::DELETED | wire::status::EXPIRED => return None,
        _ => SessionStatus::Unknown,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(status: &str) -> Option<Session> {
        let text = format!(
            r#"{{"agent_session_id":"s1","version_indicator":{{"type":"version_ref","agent_version":"7"}},
            "status":"{status}","created_at":1795219200,"new":1.0}}"#
        );
        read("a1", &RawValue::from_string(text).unwrap()).unwrap().0
    }

    #[test]
    fn words_for_states_are_an_open_set() {
        for (word, status) in [
            ("active", SessionStatus::Running),
            ("Running", SessionStatus::Running),
            ("updating", SessionStatus::Running),
            ("idle", SessionStatus::Idle),
            ("hibernating", SessionStatus::Unknown),
        ] {
            assert_eq!(seen(word).unwrap().status, status, "{word}");
        }
        assert!(seen("deleted").is_none() && seen("expired").is_none());
    }

    #[test]
    fn what_the_service_wrote_is_kept_and_what_it_left_out_is_unknown() {
        let session = seen("active").unwrap();
        assert!(session.provider.text().unwrap().contains(r#""new":1.0"#));
        assert_eq!((session.updated_at, session.labels, session.agent.as_deref()), (None, None, Some("a1")));
    }
}
