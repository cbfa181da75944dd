//! Sessions of managed agents.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use tokio::time::{Instant, sleep};

use super::agents::version_number;
use super::capabilities::CAPABILITIES;
use super::client::{AnthropicClient, gone, parsed};
use super::listing;
use super::resources::AnthropicResources;
use crate::backend::page::unreadable;
use crate::backend::{
    Capabilities, LabelPatch, NewSession, Page, PageRequest, SessionChange, SessionFilters, SessionQuery, Sessions,
    body_document,
};
use crate::http::{Class, ServiceAnswer};
use wharf_core::advice::{Setting, Step};
use wharf_core::config::env;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Labels, Provider, Session, SessionId, SessionMount, SessionStatus};
use wharf_wire::anthropic::Nullable;
use wharf_wire::anthropic::sessions::{AgentObject, AgentRef, SessionBudget, filter, status};
use wharf_wire::anthropic::{self as wire, AnthropicOperation};

/// The time limit for creating a session: the service answers when everything is mounted \[skill\], and the official
/// clients wait for ten minutes.
const PATIENCE: Duration = Duration::from_secs(600);

/// The time limit for an agent to stop after an interrupt.
const STOPPING: Duration = Duration::from_secs(120);

/// The sessions of a workspace.
pub(super) struct AnthropicSessions {
    pub(super) client: Arc<AnthropicClient>,
    pub(super) resources: AnthropicResources,
}

#[async_trait]
impl Sessions for AnthropicSessions {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn read_document(&self, document: Map<String, Value>) -> Result<(NewSession, Vec<String>)> {
        body_document::session(document)
    }

    fn check(&self, new: &NewSession) -> Result<()> {
        CAPABILITIES.require_all(new.features())?;
        agent(new, self.client.setup.agent.as_deref())?;
        self.environment(new)?;
        check_labels(&new.labels)?;
        new.resources.iter().try_for_each(super::resources::check)
    }

    /// Creates a session. The service cannot recognize a repeated request: if the answer is lost, the request is not
    /// sent again.
    async fn create(&self, new: NewSession) -> Result<Session> {
        self.check(&new)?;
        let agent = agent(&new, self.client.setup.agent.as_deref())?;
        let environment_id = self.environment(&new)?.to_owned();
        let mut extra = new.extra;
        extra.shift_remove("agent");
        let content = wire::NewAnthropicSession {
            agent,
            environment_id,
            title: new.title,
            metadata: new.labels,
            resources: Vec::new(),
            vault_ids: new.vaults,
            initial_events: Vec::new(),
            budget: None,
            extra: Map::new(),
        };
        let written = serde_json::to_value(&content);
        let budget = new.max_cost.map(|cents| serde_json::to_value(SessionBudget::limit(cents)));
        let (Ok(Value::Object(mut content)), Ok(budget)) = (written, budget.transpose()) else {
            return Err(Error::new(Kind::Internal, "the session cannot be written as a JSON object"));
        };
        if !new.resources.is_empty() {
            let (mut resources, mut places) = (Vec::new(), HashSet::new());
            for new in new.resources {
                let resource = self.resources.asked_for(new).await?;
                if let Some(Value::String(path)) = resource.get("mount_path")
                    && !places.insert(path.clone())
                {
                    return Err(Error::conflict(format!("two resources would be mounted at one path: `{path}`"))
                        .hint("use another path for one of them: `FILE_ID:/path`"));
                }
                resources.push(Value::Object(resource));
            }
            content.insert("resources".to_owned(), resources.into());
        }
        content.extend(extra);
        // A flag goes before the document.
        content.extend(budget.map(|budget| ("budget".to_owned(), budget)));
        let hidden: Vec<String> = content.get("resources").into_iter().flat_map(tokens).collect();
        let class = Class::Once(Step::ListSessions);
        let request =
            self.client.gated(class, AnthropicOperation::CreateSession, &[]).read_timeout(PATIENCE).json(&content);
        let answer = hidden.iter().fold(request, |request, token| request.hide(token)).send().await?;
        let session = session_of(&answer)?;
        Ok(Session { mounts: mounted(answer.object()?), ..session })
    }

    /// Lists sessions, newest first unless the user wants another order. The service does not know labels: this
    /// client filters them, so that a page may be empty although more follow.
    async fn list(&self, query: &SessionQuery, page: PageRequest) -> Result<Page<Session>> {
        let mut request = self.client.gated(Class::Safe, AnthropicOperation::ListSessions, &[]);
        let wanted = |status: SessionStatus| query.statuses.contains(&status);
        for (name, value) in named(&query.filters) {
            request = request.query(name, value);
        }
        if query.filters.include_archived || wanted(SessionStatus::Archived) {
            request = request.query(filter::ARCHIVED, "true");
        }
        for word in words_for(&query.statuses) {
            request = request.query(filter::STATUSES, word);
        }
        // Of a page that is looked through here all is of use.
        let picked = !query.labels.is_empty() || !query.statuses.is_empty();
        let page = PageRequest { limit: page.limit.filter(|_| !picked), ..page };
        let answer = listing::paged(request, &page, wire::sessions::PAGE_SURE).send().await?;
        let mut listed = listing::page_of(&answer, read)?;
        let picked = |session: &Session| {
            let labels = session.labels.as_ref();
            let labelled = query.labels.iter().all(|(name, value)| labels.and_then(|all| all.get(name)) == Some(value));
            labelled && (query.statuses.is_empty() || wanted(session.status))
        };
        // One that cannot be read may be wanted.
        listed.items.retain(|session| session.as_ref().map_or(true, picked));
        Ok(listed)
    }

    async fn get(&self, id: &SessionId) -> Result<Session> {
        self.client.session(id).await
    }

    /// Deletes a session. The service rejects this while the agent works \[docs\], with an unspecific 400.
    async fn delete(&self, id: &SessionId, force: bool) -> Result<()> {
        let patience = Instant::now() + STOPPING;
        loop {
            let request = self.client.gated(Class::Idempotent, AnthropicOperation::DeleteSession, &[id.as_str()]);
            let error = match gone(request.send().await) {
                Ok(()) => {
                    self.client.forget(id).await;
                    return Ok(());
                }
                Err(error) if matches!(error.status(), Some(400 | 409)) => error,
                Err(error) => return Err(error),
            };
            if self.get(id).await?.status != SessionStatus::Running {
                return Err(error);
            }
            if !force {
                return Err(running(id).hint(format!(
                    "wait for it: {}, or interrupt it: {}",
                    Step::WaitForSession { id: id.as_str(), deleted: false },
                    Step::DeleteSession { id: Some(id.as_str()), force: true }
                )));
            }
            self.interrupt_and_wait(id, patience).await?;
        }
    }

    async fn label(&self, id: &SessionId, patch: LabelPatch) -> Result<Session> {
        if patch.set.is_empty() && patch.remove.is_empty() {
            return self.get(id).await;
        }
        self.update(id, SessionChange { labels: patch, ..SessionChange::default() }).await
    }

    async fn update(&self, id: &SessionId, change: SessionChange) -> Result<Session> {
        let SessionChange { title, labels, extra } = change;
        check_labels(&labels.set)?;
        let mut metadata: BTreeMap<String, Option<String>> =
            labels.remove.into_iter().map(|name| (name, None)).collect();
        metadata.extend(labels.set.into_iter().map(|(name, value)| (name, Some(value))));
        let title = title.map_or(Nullable::Absent, Nullable::or_null);
        let content = wire::UpdateSession { title, metadata, extra, ..wire::UpdateSession::default() };
        let request =
            self.client.gated(Class::Idempotent, AnthropicOperation::UpdateSession, &[id.as_str()]).json(&content);
        session_of(&request.send().await?)
    }

    /// Archives a session. The answer for an archived session is unknown; it counts as success.
    async fn interrupt(&self, id: &SessionId) -> Result<Session> {
        self.client.send_interrupt(id).await?;
        self.get(id).await
    }

    async fn archive(&self, id: &SessionId) -> Result<Session> {
        let request = self.client.gated(Class::Idempotent, AnthropicOperation::ArchiveSession, &[id.as_str()]);
        match request.send().await {
            Ok(answer) => session_of(&answer),
            Err(error) if matches!(error.status(), Some(400 | 409)) => {
                let session = self.get(id).await?;
                match session.status {
                    SessionStatus::Archived => Ok(session),
                    SessionStatus::Running => Err(running(id).hint(format!(
                        "wait for it first: {}",
                        Step::WaitForSession { id: id.as_str(), deleted: false }
                    ))),
                    _ => Err(error),
                }
            }
            Err(error) => Err(error),
        }
    }
}

impl AnthropicClient {
    /// Returns one session.
    pub(super) async fn session(&self, id: &SessionId) -> Result<Session> {
        session_of(&self.gated(Class::Safe, AnthropicOperation::GetSession, &[id.as_str()]).send().await?)
    }
}

impl AnthropicSessions {
    fn environment<'a>(&'a self, new: &'a NewSession) -> Result<&'a str> {
        new.environment.as_deref().or(self.client.setup.environment.as_deref()).ok_or_else(|| {
            let set = Setting::Environment.missing("ENVIRONMENT_ID", env::ENVIRONMENT);
            Error::usage("a session needs an environment, and none is named")
                .hint(format!("{set}; {} shows the ids", Step::ListEnvironments))
        })
    }

    /// Interrupts the agent, and waits until it has stopped.
    async fn interrupt_and_wait(&self, id: &SessionId, patience: Instant) -> Result<()> {
        self.client.send_interrupt(id).await?;
        let mut pause = Duration::from_millis(100);
        while self.get(id).await?.status == SessionStatus::Running {
            if Instant::now() > patience {
                return Err(running(id).hint("its agent was interrupted and goes on; try again later"));
            }
            sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(2));
        }
        Ok(())
    }
}

/// Returns the tokens of repositories, which are never shown.
fn tokens(resources: &Value) -> Vec<String> {
    let token = |resource: &Value| resource.get("authorization_token")?.as_str().map(str::to_owned);
    resources.as_array().into_iter().flatten().filter_map(token).collect()
}

fn running(id: &SessionId) -> Error {
    Error::conflict(format!("the agent of session `{id}` is running")).from_backend(CAPABILITIES.backend)
}

/// Returns the agent with its version and its own settings.
fn agent(new: &NewSession, or_else: Option<&str>) -> Result<AgentRef> {
    let Some(id) = new.agent.as_deref().or(or_else) else {
        let set = Setting::Agent.missing("AGENT_ID", env::AGENT);
        return Err(Error::usage("a session needs an agent, and none is named")
            .hint(format!("{set}; {} shows the ids", Step::ListAgents)));
    };
    let version = new.agent_version.as_deref().map(version_number).transpose()?;
    Ok(match new.extra.get("agent") {
        Some(Value::Object(others)) => AgentRef::Object(AgentObject {
            kind: AgentObject::OVERRIDES.to_owned(),
            id: id.to_owned(),
            version,
            extra: others.clone(),
        }),
        _ => AgentRef::of(id, version),
    })
}

/// Checks the labels against the limits of the service \[types\].
fn check_labels(labels: &Labels) -> Result<()> {
    let limit = |what: String| Err(Error::new(Kind::Limit, what).from_backend(CAPABILITIES.backend));
    if labels.len() > wire::METADATA_MAX {
        return limit(format!(
            "a session has at most {} labels here, and these are {}",
            wire::METADATA_MAX,
            labels.len()
        ));
    }
    for (name, value) in labels {
        if name.chars().count() > wire::METADATA_NAME_MAX {
            return limit(format!(
                "the name of a label has at most {} characters here: {name:?}",
                wire::METADATA_NAME_MAX
            ));
        }
        if value.chars().count() > wire::METADATA_VALUE_MAX {
            return limit(format!("a label has at most {} characters here: {name:?}", wire::METADATA_VALUE_MAX));
        }
    }
    Ok(())
}

/// Returns the service's names of the statuses in a query; none, which lists all, if it has no name for one of them.
fn words_for(statuses: &[SessionStatus]) -> Vec<&'static str> {
    let mut words = Vec::new();
    for status in statuses {
        words.extend(match status {
            SessionStatus::Idle => &[status::IDLE][..],
            SessionStatus::Running => &[status::RUNNING, status::RESCHEDULING],
            SessionStatus::Failed | SessionStatus::Archived => &[status::TERMINATED],
            _ => return Vec::new(),
        });
    }
    words.sort_unstable();
    words.dedup();
    words
}

/// Parses the session in an answer.
fn session_of(answer: &ServiceAnswer) -> Result<Session> {
    read(answer.object()?)
}

/// Parses a session.
fn read(text: &RawValue) -> Result<Session> {
    let seen: wire::SessionAnswer = parsed(text, "session")?;
    let status = match seen.status.as_str() {
        status::IDLE => SessionStatus::Idle,
        status::RUNNING | status::RESCHEDULING => SessionStatus::Running,
        status::TERMINATED if seen.archived_at.is_some() => SessionStatus::Archived,
        status::TERMINATED => SessionStatus::Failed,
        _ => SessionStatus::Unknown,
    };
    Ok(Session {
        id: seen.id.parse().map_err(|e: Error| unreadable("session", text, e))?,
        backend: CAPABILITIES.backend,
        status,
        title: seen.title,
        labels: Some(seen.metadata),
        created_at: seen.created_at,
        updated_at: seen.updated_at,
        expires_at: None,
        agent: Some(seen.agent.id).filter(|id| !id.is_empty()),
        mounts: Vec::new(),
        provider: Provider::of(&text),
    })
}

/// Returns what is mounted according to the answer to a creation. What cannot be read is left out: the session exists.
fn mounted(text: &RawValue) -> Vec<SessionMount> {
    let seen: Option<wire::sessions::MountedAnswer<'_>> = parsed(text, "session").ok();
    let resources = seen.into_iter().flat_map(|seen| seen.resources);
    let mount = |text: &RawValue| {
        let resource: wire::ResourceAnswer = parsed(text, "resource").ok()?;
        Some(SessionMount { resource_id: resource.id?, path: resource.mount_path? })
    };
    resources.filter_map(mount).collect()
}

/// Returns the filters that have a value, by the names of the query \[docs\].
fn named(filters: &SessionFilters) -> impl Iterator<Item = (&'static str, &str)> {
    let all = [
        (filter::AGENT, &filters.agent),
        (filter::AGENT_VERSION, &filters.agent_version),
        (filter::AFTER, &filters.created_after),
        (filter::FROM, &filters.created_from),
        (filter::BEFORE, &filters.created_before),
        (filter::TO, &filters.created_until),
        (filter::DEPLOYMENT, &filters.deployment),
        (filter::MEMORY_STORE, &filters.memory_store),
        (filter::ORDER, &filters.order),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn seen(status: &str, archived_at: Option<&str>) -> Session {
        let text = json!({
            "id": "sesn_1", "status": status, "archived_at": archived_at, "metadata": { "a": "b" }, "agent": { "id": "agent_1" },
        });
        read(&RawValue::from_string(text.to_string()).unwrap()).unwrap()
    }

    #[test]
    fn statuses_are_those_of_the_contract() {
        let archived = Some("2026-11-20T09:01:00Z");
        for (word, archived_at, status) in [
            ("idle", None, SessionStatus::Idle),
            ("running", None, SessionStatus::Running),
            ("rescheduling", None, SessionStatus::Running),
            ("terminated", None, SessionStatus::Failed),
            ("terminated", archived, SessionStatus::Archived),
            ("of_tomorrow", None, SessionStatus::Unknown),
        ] {
            assert_eq!(seen(word, archived_at).status, status, "{word}");
        }
        let session = seen("idle", None);
        assert_eq!(session.labels, Some(Labels::from([("a".to_owned(), "b".to_owned())])));
        assert_eq!((session.agent.as_deref(), session.created_at), (Some("agent_1"), None));
    }

    #[test]
    fn statuses_are_asked_for_in_the_services_words() {
        assert_eq!(words_for(&[SessionStatus::Running, SessionStatus::Idle]), ["idle", "rescheduling", "running"]);
        assert_eq!(words_for(&[SessionStatus::Failed, SessionStatus::Archived]), ["terminated"]);
        assert!(words_for(&[SessionStatus::Idle, SessionStatus::Stopped]).is_empty());
        assert!(words_for(&[]).is_empty());
    }

    #[test]
    fn an_agent_is_named_by_its_id_or_with_more() {
        let read = |document: Value| {
            let Value::Object(document) = document else { panic!("no mapping") };
            let (new, unknown) = body_document::session(document).unwrap();
            assert!(unknown.is_empty(), "{unknown:?}");
            agent(&new, None).map(|agent| serde_json::to_value(agent).unwrap())
        };
        assert_eq!(read(json!({ "agent": "agent_1" })).unwrap(), json!("agent_1"));
        let pinned = json!({ "type": "agent", "id": "agent_1", "version": 3 });
        assert_eq!(read(json!({ "agent": pinned.clone() })).unwrap(), pinned);
        let other = json!({ "type": "agent_with_overrides", "id": "agent_1", "system": null, "tools": [] });
        assert_eq!(read(json!({ "agent": other.clone() })).unwrap(), other);
        assert_eq!(read(json!({})).unwrap_err().kind(), Kind::Usage);
        let bad = json!({ "agent": { "id": "agent_1", "version": "newest" } });
        assert_eq!(read(bad).unwrap_err().kind(), Kind::Usage);
    }

    #[test]
    fn labels_have_limits() {
        let labels = |names: usize, name: usize, value: usize| -> Labels {
            (0..names).map(|n| (format!("{n:0>name$}"), "v".repeat(value))).collect()
        };
        assert!(check_labels(&labels(16, 64, 512)).is_ok());
        for over in [labels(17, 2, 1), labels(1, 65, 1), labels(1, 1, 513)] {
            assert_eq!(check_labels(&over).unwrap_err().kind(), Kind::Limit);
        }
    }
}
