//! Sessions: each is one of the store, which keeps the agent, the id and the rest as labels.

use std::collections::VecDeque;
use std::time::Duration;

use hyper::StatusCode;
use sha2::{Digest as _, Sha256};

use super::refusal::Refusal;
use super::{ApiError, ApiResult, DOCUMENT_MAX, FoundryEmulator, ids};
use crate::answer::{self, HttpResponse};
use crate::request::ApiRequest;
use wharf_client::backend::{LabelPatch, NewSession, PageRequest, SessionQuery};
use wharf_core::body::hex;
use wharf_core::error::{Error, Kind};
use wharf_core::model::{Labels, Session, SessionId, SessionStatus, Timestamp};
use wharf_wire::foundry as wire;
use wharf_wire::url::{Query, escape};

/// The labels of a session of this dialect.
const AGENT: &str = "foundry.agent";
const ID: &str = "foundry.id";
const VERSION: &str = "foundry.version";
const STOPPED_AT: &str = "foundry.stopped_at";

/// Sessions that the store is asked for at a time.
const STEP: usize = 500;

/// Where one listing begins or ends.
struct SessionCursor {
    id: SessionId,
    /// When it was made, if it is gone.
    made: Option<Timestamp>,
}

impl FoundryEmulator {
    pub(super) async fn get_session(&self, agent: &str, id: &str) -> ApiResult<HttpResponse> {
        Ok(answer::json(StatusCode::OK, &shown(&self.find_session(agent, id).await?)))
    }

    /// Stops a session. One that is stopped already stays so \[docs\]; `--fault` gives the 409.
    pub(super) async fn stop_session(&self, agent: &str, id: &str) -> ApiResult<HttpResponse> {
        let found = self.find_session(agent, id).await?;
        self.turns.end_session(&found.id).await;
        if found.status != SessionStatus::Stopped {
            let sessions = self.backend.sessions();
            sessions.stop(&found.id).await?;
            let now = Timestamp::now().as_second().to_string();
            let set = Labels::from([(STOPPED_AT.to_owned(), now)]);
            sessions.label(&found.id, LabelPatch { set, remove: Vec::new() }).await?;
        }
        Ok(answer::empty(StatusCode::NO_CONTENT))
    }

    /// Deletes a session. One that does not exist counts as deleted \[contract\].
    pub(super) async fn remove_session(&self, agent: &str, id: &str) -> ApiResult<HttpResponse> {
        match self.find_session(agent, id).await {
            Ok(found) => self.delete_session(found).await?,
            Err(refusal) if refusal.status == StatusCode::NOT_FOUND => {}
            Err(refusal) => return Err(refusal),
        }
        Ok(answer::empty(StatusCode::NO_CONTENT))
    }

    pub(super) async fn find_session(&self, agent: &str, id: &str) -> ApiResult<Session> {
        let local = local_id(agent, id).map_err(|_| missing(id))?;
        match self.backend.sessions().get(&local).await {
            Err(e) if e.kind() == Kind::NotFound => Err(missing(id)),
            found => Ok(found?),
        }
    }

    /// Deletes a session that is there, or was a moment ago.
    pub(super) async fn delete_session(&self, session: Session) -> ApiResult<()> {
        self.turns.end_session(&session.id).await;
        match self.backend.sessions().delete(&session.id, false).await {
            Err(e) if e.kind() != Kind::NotFound => Err(e.into()),
            _ => {
                self.logs.forget(&session.id);
                self.deleted.remember(session.id, session.created_at);
                Ok(())
            }
        }
    }

    /// Returns the sessions of an agent, or of one version of it.
    pub(super) async fn sessions_of(&self, agent: &str, version: Option<&str>) -> ApiResult<Vec<Session>> {
        let mut labels = Labels::from([(AGENT.to_owned(), agent.to_owned())]);
        labels.extend(version.map(|version| (VERSION.to_owned(), version.to_owned())));
        let asked = SessionQuery { labels, ..SessionQuery::default() };
        let (mut all, mut from) = (Vec::new(), None);
        loop {
            let step = PageRequest { cursor: from, limit: Some(STEP) };
            let found = self.backend.sessions().list(&asked, step).await?;
            all.extend(found.items.into_iter().collect::<Result<Vec<_>, _>>()?);
            from = found.next;
            if from.is_none() {
                return Ok(all);
            }
        }
    }

    pub(super) async fn create_session(&self, agent: &str, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let asked: wire::NewFoundrySession = request.document(DOCUMENT_MAX).await?;
        let version = match asked.version_indicator {
            None => None,
            Some(indicator) if indicator.kind != wire::VersionIndicator::REF => {
                return Err(ApiError::bad(format!("version_indicator.type is `{}`", wire::VersionIndicator::REF)));
            }
            Some(indicator) if indicator.agent_version.is_empty() || indicator.agent_version.starts_with('@') => {
                return Err(ApiError::bad("version_indicator.agent_version is one version such as `7`"));
            }
            Some(indicator) => Some(indicator.agent_version),
        };
        if asked.agent_session_id.as_deref() == Some("") {
            return Err(ApiError::bad("agent_session_id is empty"));
        }
        let made = self.open_session(agent, asked.agent_session_id, version).await?;
        Ok(answer::json(StatusCode::CREATED, &shown(&made)))
    }

    /// Creates a session for an agent that is to answer in a protocol.
    pub(super) async fn open_session_for(&self, agent: &str, protocol: &str) -> Result<Session, Refusal> {
        let version = self.agents.choose(agent, None)?;
        self.agents.require_protocol(agent, &version, protocol)?;
        Ok(self.open_session(agent, None, Some(version)).await?)
    }

    /// Returns a session in which an agent is to answer in a protocol, and wakes it.
    pub(super) async fn use_session(&self, agent: &str, id: &str, protocol: &str) -> Result<Session, Refusal> {
        let found = self.find_session(agent, id).await?;
        self.agents.require_protocol(agent, &version_of(&found), protocol)?;
        Ok(self.backend.sessions().touch(&found.id).await?)
    }

    /// Creates a session, with a new id and the newest version of the agent where they are not given.
    async fn open_session(&self, agent: &str, id: Option<String>, version: Option<String>) -> ApiResult<Session> {
        let version = self.agents.choose(agent, version)?;
        let id = id.map_or_else(ids::plain, Ok)?;
        let labels = [(AGENT, agent), (ID, &id), (VERSION, &version)];
        let new = NewSession {
            id: Some(local_id(agent, &id)?),
            labels: labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            ttl: Some(Duration::from_secs(wire::SESSION_LIFE)),
            agent: Some(agent.to_owned()),
            agent_version: Some(version.clone()),
            ..NewSession::default()
        };
        match self.backend.sessions().create(new).await {
            Ok(made) => Ok(made),
            // The status is what is expected; no source has seen it.
            Err(e) if e.kind() == Kind::Conflict => {
                Err(ApiError::new(StatusCode::CONFLICT, format!("Session {id} exists already")))
            }
            Err(e) => Err(e.into()),
        }
    }

    pub(super) async fn list_sessions(&self, agent: &str, query: &Query) -> ApiResult<HttpResponse> {
        let limit = limit(query)?;
        // Without a word, the oldest came first [live].
        let newest_first = match query.get("order") {
            None | Some("asc") => false,
            Some("desc") => true,
            Some(_) => return Err(ApiError::bad("order is asc or desc")),
        };
        let cursor = async |name: &str| match query.get(name) {
            None => Ok(None),
            Some(id) => self.cursor(agent, id).await.map(Some),
        };
        let (after, before) = (cursor("after").await?, cursor("before").await?);
        let (newer, older) = if newest_first { (&after, &before) } else { (&before, &after) };
        // The store lists the newest first. A page that lies next to its older end is the last one
        // of those that fit.
        let at_older_end = newest_first == (before.is_some() && after.is_none());
        let mut page: VecDeque<Session> = VecDeque::new();
        let mut more = false;
        let mut inside = newer.is_none();
        let asked =
            SessionQuery { labels: Labels::from([(AGENT.to_owned(), agent.to_owned())]), ..SessionQuery::default() };
        let mut from = None;
        'walk: loop {
            let step = PageRequest { cursor: from, limit: Some(STEP) };
            let found = self.backend.sessions().list(&asked, step).await?;
            for session in found.items {
                let session = session?;
                if !inside {
                    match newer {
                        Some(cursor) if cursor.id == session.id => {
                            inside = true;
                            continue;
                        }
                        Some(cursor) if cursor.is_newer_than(&session) => inside = true,
                        _ => continue,
                    }
                }
                if older.as_ref().is_some_and(|cursor| cursor.id == session.id || !cursor.is_older_than(&session)) {
                    break 'walk;
                }
                if page.len() == limit {
                    more = true;
                    if !at_older_end {
                        break 'walk;
                    }
                    page.pop_front();
                }
                page.push_back(session);
            }
            from = found.next;
            if from.is_none() {
                break;
            }
        }
        let mut data: Vec<_> = page.iter().map(shown).collect();
        if !newest_first {
            data.reverse();
        }
        let id = |session: Option<&wire::FoundrySession>| session.map(|session| session.agent_session_id.clone());
        let (first_id, last_id) = (id(data.first()), id(data.last()));
        Ok(answer::json(StatusCode::OK, &wire::SessionList { data, first_id, last_id, has_more: more }))
    }

    async fn cursor(&self, agent: &str, id: &str) -> ApiResult<SessionCursor> {
        let unknown = || ApiError::bad(format!("no session {id} to begin or end a page at"));
        let local = local_id(agent, id).map_err(|_| unknown())?;
        match self.backend.sessions().get(&local).await {
            Ok(_) => Ok(SessionCursor { id: local, made: None }),
            Err(e) if e.kind() == Kind::NotFound => match self.deleted.made(&local) {
                None => Err(unknown()),
                made => Ok(SessionCursor { id: local, made }),
            },
            Err(e) => Err(e.into()),
        }
    }
}

impl SessionCursor {
    /// Returns whether it is gone and was made after `session`.
    fn is_newer_than(&self, session: &Session) -> bool {
        self.made.is_some_and(|made| session.created_at < Some(made))
    }

    /// Returns whether it is there, or was made before `session`.
    fn is_older_than(&self, session: &Session) -> bool {
        self.made.is_none_or(|made| session.created_at > Some(made))
    }
}

/// Returns the id of a session in the store: the id of the service is unique within its agent only.
pub(super) fn local_id(agent: &str, id: &str) -> Result<SessionId, Error> {
    let name = format!("{agent}.{}", escape(id));
    if name.len() <= SessionId::MAX_LEN {
        name.parse()
    } else {
        format!("{agent}.{}", hex(&Sha256::digest(id))).parse()
    }
}

/// Returns the answer to a question about a session that is not there.
pub(super) fn missing(id: &str) -> ApiError {
    ApiError::not_found(format!("Session {id} does not exist"))
}

/// Returns the id of a session in the protocol.
pub(super) fn public_id(session: &Session) -> String {
    shown(session).agent_session_id
}

/// Returns the version of the agent that a session has.
pub(super) fn version_of(session: &Session) -> String {
    shown(session).version_indicator.agent_version
}

/// Returns a session of the store in the protocol's form.
fn shown(session: &Session) -> wire::FoundrySession {
    let labels = session.labels.as_ref();
    let label = |name: &str| labels.and_then(|labels| labels.get(name)).cloned();
    let seconds = |time: Option<Timestamp>| time.map(Timestamp::as_second);
    let status = match session.status {
        SessionStatus::Stopped => wire::status::IDLE,
        _ => wire::status::ACTIVE,
    };
    wire::FoundrySession {
        agent_session_id: label(ID).unwrap_or_else(|| session.id.to_string()),
        version_indicator: wire::VersionIndicator::of(label(VERSION).unwrap_or_default()),
        status: status.to_owned(),
        created_at: seconds(session.created_at).unwrap_or_default(),
        last_accessed_at: seconds(session.updated_at),
        expires_at: seconds(session.expires_at),
        stopped_at: label(STOPPED_AT).and_then(|seconds| seconds.parse().ok()),
    }
}

/// Returns how many items a page is to have.
pub(super) fn limit(query: &Query) -> ApiResult<usize> {
    match query.get("limit").map(str::parse) {
        None => Ok(wire::PAGE_DEFAULT),
        Some(Ok(limit @ 1..=wire::PAGE_MAX)) => Ok(limit),
        Some(_) => Err(ApiError::bad(format!("limit is 1 to {}", wire::PAGE_MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_id_has_a_name_in_the_store_of_its_own() {
        let long = "x".repeat(100);
        let name = "n".repeat(63);
        let mut names: Vec<_> =
            [("a", "b-c"), ("a-b", "c"), ("a", "b.c"), ("a", "b/c:d"), ("a", "b%2Fc:d"), ("a", ".."), (&*name, &*long)]
                .map(|(agent, id)| local_id(agent, id).expect(id).to_string())
                .into();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 7, "{names:?}");
    }
}
