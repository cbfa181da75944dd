//! Sessions.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::capabilities::CAPABILITIES;
use super::client::{AgbClient, AgbReply, send, shown};
use super::contexts::AgbContexts;
use super::poll::PollTimer;
use super::{contexts, job, labels};
use crate::backend::page::unreadable;
use crate::backend::{Capabilities, LabelPatch, NewSession, Page, PageRequest, SessionQuery, Sessions, body_document};
use crate::http::Class;
use wharf_core::advice::{Setting, Step};
use wharf_core::config::env;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Labels, Provider, Session, SessionId, SessionStatus};
use wharf_wire::agb::{self as wire, AgbOperation};
use wharf_wire::json;

/// The largest page of sessions. The service's own limit is unknown; that of `AgentBay` is 100.
const PAGE: usize = 50;

/// The time limit for releasing a session, as in the SDKs.
const RELEASE: Duration = Duration::from_secs(300);

/// The sessions of an account.
pub(super) struct AgbSessions {
    pub(super) client: Arc<AgbClient>,
    pub(super) contexts: AgbContexts,
}

#[async_trait]
impl Sessions for AgbSessions {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    /// Reads `imageId`, `timeout`, `persistenceDataList` and `mcpPolicyId`, and labels as a mapping or in the format
    /// of the service, beside the common fields.
    fn read_document(&self, mut document: Map<String, Value>) -> Result<(NewSession, Vec<String>)> {
        let mut take = |name: &str| document.shift_remove(name).filter(|value| !value.is_null());
        let (image, timeout, policy) = (take("imageId"), take("timeout"), take("mcpPolicyId"));
        let list = take("persistenceDataList");
        let written = match take("labels") {
            Some(Value::String(text)) => Some(labels::of_text(&text)?),
            Some(other) => Some(body_document::labels("labels", other)?),
            None => None,
        };
        let (mut new, unknown) = body_document::session(document)?;
        let wrong = |name: &str, wanted: &str| Error::usage(format!("`{name}` in the body must be {wanted}"));
        let text = |name: &str, value: Value| match value {
            Value::String(text) => Ok(text),
            _ => Err(wrong(name, "a text")),
        };
        if let Some(image) = image {
            new.image = Some(text("imageId", image)?);
        }
        if let Some(timeout) = timeout {
            let seconds = timeout.as_u64().ok_or_else(|| wrong("timeout", "a number of seconds"))?;
            new.ttl = Some(Duration::from_secs(seconds));
        }
        if let Some(policy) = policy {
            new.extra.insert("mcpPolicyId".to_owned(), text("mcpPolicyId", policy)?.into());
        }
        if let Some(list) = list {
            new.resources.extend(contexts::of_document(list)?);
        }
        new.labels.extend(written.unwrap_or_default());
        Ok((new, unknown))
    }

    /// Creates a session. A successful status may contain a failure. The request has no id of the client, so that it
    /// is not sent again if its answer is lost.
    async fn create(&self, new: NewSession) -> Result<Session> {
        self.check(&new)?;
        labels::check(&new.labels)?;
        let image = new.image.as_ref().or(self.client.image.as_ref()).ok_or_else(|| {
            let hint = Setting::Image.missing("agb-code-space-1", env::IMAGE).to_string();
            Error::usage("a session of AGB cloud needs an image, and none is set").hint(hint)
        })?;
        let loaded = new.resources.iter().map(contexts::persistence).collect::<Result<Vec<_>>>()?;
        let asked = wire::NewAgbSession {
            labels: (!new.labels.is_empty()).then(|| wire::write_labels(&new.labels)),
            timeout: new.ttl.map(seconds),
            persistence_data_list: (!loaded.is_empty()).then(|| loaded.clone()),
            ..wire::NewAgbSession::default()
        };
        let mut content = new.extra;
        if let Ok(Value::Object(asked)) = serde_json::to_value(&asked) {
            content.extend(asked);
        }
        let class = Class::Once(Step::ListSessions);
        let request = self.client.call(class, AgbOperation::CreateSession);
        let reply = send(request.query("imageId", image).json(&content)).await?;
        let made: wire::CreatedSession = reply.data()?;
        if let Some(why) = made.failure() {
            return Err(not_made(&reply, why));
        }
        let id = read_id(made.session_id.as_deref().unwrap_or_default())?;
        if let Err(error) = self.contexts.wait(&id, &loaded).await {
            if self.delete(&id, true).await.is_ok() {
                return Err(error);
            }
            let delete = Step::DeleteSession { id: Some(id.as_str()), force: false };
            return Err(error.hint(format!("the session exists nevertheless: {delete}")));
        }
        // The answer tells no status. A session that is there is not lost because of that.
        let status = self.client.status(&id).await.ok().flatten().unwrap_or(SessionStatus::Unknown);
        Ok(session(id, status, Some(new.labels), reply.provider()))
    }

    /// Lists sessions. The service filters labels and this client filters statuses, so that a page may be empty
    /// although more follow. The order is that of the service.
    async fn list(&self, query: &SessionQuery, page: PageRequest) -> Result<Page<Session>> {
        CAPABILITIES.require_all(query.features())?;
        let limit = page.limit.unwrap_or(PAGE).clamp(1, PAGE).to_string();
        let mut request = self.client.get(AgbOperation::ListSessions).query("maxResults", &limit);
        if let Some(token) = &page.cursor {
            request = request.query("nextToken", token);
        }
        // Sent always, `{}` for all [recorded].
        let reply = send(request.query("labels", &wire::write_labels(&query.labels))).await?;
        let listed: Vec<Box<RawValue>> = reply.data()?;
        let received = listed.len();
        let wanted = |session: &Session| query.statuses.is_empty() || query.statuses.contains(&session.status);
        let items = listed.iter().filter_map(|text| item(text).map(|item| item.filter(wanted)).transpose()).collect();
        Ok(Page { items, received, next: reply.envelope.next().map(str::to_owned) })
    }

    /// Returns a session, with its labels from a second call.
    async fn get(&self, id: &SessionId) -> Result<Session> {
        let detail = async { send(self.client.post_session(Class::Safe, AgbOperation::GetSession, id)).await };
        let (reply, labels) = futures_util::future::try_join(detail, self.client.labels(id)).await?;
        let seen: wire::SessionDetail = reply.data()?;
        let word = seen.status.ok_or_else(|| reply.lacks("a status"))?;
        let status = status_of(&word).ok_or_else(|| gone(id))?;
        Ok(session(id.clone(), status, Some(labels), reply.provider()))
    }

    /// Deletes a session. Requests it first, so that a repeated release can be distinguished from one of a missing
    /// session.
    async fn delete(&self, id: &SessionId, force: bool) -> Result<()> {
        self.client.must_be_there(id).await?;
        self.delete_own(id, force).await
    }

    /// Releases a session, and waits until the service has done that.
    async fn delete_own(&self, id: &SessionId, _force: bool) -> Result<()> {
        let request = self.client.post_session(Class::Idempotent, AgbOperation::ReleaseSessionAsync, id);
        match send(request).await {
            Err(error) if error.kind() == Kind::NotFound => return Ok(()),
            other => drop(other?),
        }
        let mut patience = PollTimer::new(Duration::from_millis(20), Duration::from_secs(1), RELEASE);
        loop {
            match self.client.status(id).await {
                Ok(None) => return Ok(()),
                Err(error) if error.kind() == Kind::NotFound => return Ok(()),
                Err(error) => {
                    return Err(error.context("the session was released, but its deletion could not be confirmed"));
                }
                Ok(Some(_)) => {}
            }
            if !patience.wait().await {
                let waited = RELEASE.as_secs();
                return Err(Error::new(
                    Kind::Unavailable,
                    format!("after {waited} s it is still being deleted: `{id}`"),
                )
                .hint(format!("wait for it: {}", Step::WaitForSession { id: id.as_str(), deleted: true })));
            }
        }
    }

    async fn label(&self, id: &SessionId, patch: LabelPatch) -> Result<Session> {
        self.client.change_labels(id, patch).await?;
        self.get(id).await
    }

    async fn interrupt(&self, id: &SessionId) -> Result<Session> {
        job::stop_all(&self.client, id).await?;
        self.get(id).await
    }

    async fn touch(&self, id: &SessionId) -> Result<Session> {
        let request = self.client.post(Class::Idempotent, AgbOperation::RefreshIdleTime);
        send(request.query("sessionId", id.as_str())).await?;
        self.get(id).await
    }
}

impl AgbClient {
    /// Returns the status of a session; `None` if the service reports that it is gone.
    async fn status(&self, id: &SessionId) -> Result<Option<SessionStatus>> {
        let reply = send(self.post_session(Class::Safe, AgbOperation::GetSessionInfo, id)).await?;
        let seen: wire::SessionDetail = reply.data()?;
        Ok(status_of(&seen.status.ok_or_else(|| reply.lacks("a status"))?))
    }

    /// Fails unless the session exists.
    pub(super) async fn must_be_there(&self, id: &SessionId) -> Result<()> {
        self.status(id).await?.map(drop).ok_or_else(|| gone(id))
    }
}

/// Returns the duration in whole seconds, rounded up: the service accepts no fractions.
fn seconds(ttl: Duration) -> u64 {
    ttl.as_secs() + u64::from(ttl.subsec_nanos() > 0)
}

/// Returns the error of a creation that failed with a successful status. The service gives only a sentence
/// \[recorded\].
fn not_made(reply: &AgbReply, why: &str) -> Error {
    let lower = why.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let kind = if wire::is_not_found(None, Some(why)) || has(&["not exist"]) {
        Kind::NotFound
    } else if has(&["quota", "limit", "capacity", "exceed"]) {
        Kind::Limit
    } else {
        Kind::Unavailable
    };
    let reported = crate::http::ServiceError {
        message: Some(why.to_owned()),
        kind: Some(kind),
        code: reply.envelope.code.clone().filter(|code| !code.eq_ignore_ascii_case(wire::code::OK)),
        request_id: reply.envelope.request_id.clone(),
        ..crate::http::ServiceError::default()
    };
    reply.answer.error(reported).context("no session was created")
}

fn session(id: SessionId, status: SessionStatus, labels: Option<Labels>, provider: Provider) -> Session {
    Session {
        id,
        backend: CAPABILITIES.backend,
        status,
        title: None,
        labels,
        created_at: None,
        updated_at: None,
        expires_at: None,
        agent: None,
        mounts: Vec::new(),
        provider,
    }
}

fn read_id(id: &str) -> Result<SessionId> {
    id.parse().map_err(|e: Error| {
        Error::new(Kind::Unavailable, format!("the service sent an invalid id: {}", json::excerpt(e.message())))
    })
}

/// Reads a session of a listing; `None` if it is gone.
fn item(text: &RawValue) -> Result<Option<Session>> {
    let bad = |e: Box<dyn std::error::Error>| unreadable("session", text, e);
    let seen: wire::SessionItem = json::object(text.get().as_bytes()).map_err(|e| bad(e.into()))?;
    let word = seen.session_status.ok_or_else(|| bad("missing field `sessionStatus`".into()))?;
    let id = seen.session_id.parse().map_err(|e: Error| bad(e.into()))?;
    Ok(status_of(&word).map(|status| session(id, status, None, shown(text))))
}

pub(super) fn gone(id: &SessionId) -> Error {
    Error::not_found(format!("session `{id}` no longer exists"))
        .hint(format!("{} lists the existing ones", Step::ListSessions))
}

/// Returns the status for a state name; `None` if the session is gone. The set of names is open, and the name for a
/// usable session is not known for certain.
fn status_of(word: &str) -> Option<SessionStatus> {
    let word = word.to_ascii_uppercase();
    Some(match &*word {
        wire::status::RUNNING | "ACTIVE" | "AVAILABLE" | "READY" => SessionStatus::Running,
        wire::status::RESUMING | "CREATING" | "PENDING" | "STARTING" => SessionStatus::Creating,
        wire::status::PAUSING | wire::status::PAUSED => SessionStatus::Stopped,
        wire::status::DELETING => SessionStatus::Deleting,
        word if wire::status::is_gone(word) => return None,
        _ => SessionStatus::Unknown,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_states_are_an_open_set() {
        for (word, status) in [
            ("RUNNING", Some(SessionStatus::Running)),
            ("running", Some(SessionStatus::Running)),
            ("PAUSED", Some(SessionStatus::Stopped)),
            ("Deleting", Some(SessionStatus::Deleting)),
            ("FINISH", None),
            ("deleted", None),
            ("HIBERNATING", Some(SessionStatus::Unknown)),
        ] {
            assert_eq!(status_of(word), status, "{word}");
        }
    }

    #[test]
    fn a_time_to_live_is_never_shorter_than_was_asked_for() {
        assert_eq!(seconds(Duration::from_secs(300)), 300);
        assert_eq!(seconds(Duration::from_millis(1500)), 2);
    }
}
