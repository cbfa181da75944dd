//! Sessions: each is one of the store, which keeps the image and the labels as labels of its own.

use std::fmt;
use std::time::Duration;

use serde_json::json;

use super::query::{limit, required};
use super::session::{AgbSession, DIRECTORIES, IMAGE};
use super::{AgbEmulator, ApiError, ApiResult, DOCUMENT_MAX, done, good, tools, value, whole};
use crate::answer::HttpResponse;
use crate::faults::REQUESTED;
use crate::request::ApiRequest;
use wharf_client::backend::{Backend as _, LabelPatch, MkdirOptions, NewSession, PageRequest, SessionQuery};
use wharf_core::error::{Error, Kind};
use wharf_core::model::{Labels, Session, SessionId, SessionPath, Timestamp};
use wharf_core::random;
use wharf_wire::agb as wire;
use wharf_wire::url::Query;

/// What the store's names of these sessions begin with. No agent of another dialect has an
/// underscore in its name.
const PREFIX: &str = "agb_";

/// What the store's names of a user's labels begin with.
const LABEL: &str = "agb.label.";

/// Default for the seconds without use after which a session is gone: the longer of the two
/// numbers that the documentation has.
const TIMEOUT: u64 = 30 * 60;

/// Sessions that the store is asked for at a time.
const STEP: usize = 500;

/// The image whose sessions tell where their tools can be called directly.
const DIRECT_IMAGE: &str = "agb-code-space-2";

/// Ports that a link can lead to \[the SDK's tests\].
const PORTS: std::ops::RangeInclusive<u16> = 30_100..=30_199;

/// Where a page ends: the last session on it, and when it was made. A client that deletes what it
/// lists goes on with a session that is gone, and does not lose its place.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct ListPosition {
    made: i64,
    id: String,
}

impl ListPosition {
    fn of(found: &AgbSession) -> Self {
        let made = found.session.created_at.map_or(0, Timestamp::as_microsecond);
        ListPosition { made, id: found.id.clone() }
    }

    fn read(token: &str) -> Option<Self> {
        let (made, id) = token.split_once('.')?;
        Some(ListPosition { made: made.parse().ok()?, id: id.to_owned() })
    }
}

impl fmt::Display for ListPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.made, self.id)
    }
}

impl AgbEmulator {
    /// Returns the session of that id.
    pub(super) async fn find(&self, id: &str) -> ApiResult<AgbSession> {
        let local = local_id(id).ok_or_else(ApiError::no_session)?;
        let session = match self.backend.sessions().get(&local).await {
            Err(e) if e.kind() == Kind::NotFound => {
                // One that expired leaves nothing running.
                self.end_programs(id).await;
                return Err(ApiError::no_session());
            }
            found => found?,
        };
        let found = AgbSession { id: id.to_owned(), session };
        if found.label(IMAGE).is_some() { Ok(found) } else { Err(ApiError::no_session()) }
    }

    async fn end_programs(&self, id: &str) {
        if let Some(runner) = &self.runner {
            runner.end(id).await;
        }
    }

    /// Returns the session that a query names.
    pub(super) async fn find_in(&self, query: &Query) -> ApiResult<AgbSession> {
        self.find(required(query, "sessionId")?).await
    }

    async fn find_of(&self, request: &ApiRequest) -> ApiResult<AgbSession> {
        let asked: wire::SessionRef = request.document(DOCUMENT_MAX).await?;
        self.find(&asked.session_id).await
    }

    pub(super) async fn create(&self, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let image = required(&request.query, "imageId")?;
        let asked: wire::NewAgbSession = request.document(DOCUMENT_MAX).await?;
        if asked.context_id.is_some() || asked.session_id.is_some() {
            return Err(ApiError::bad("what contextId and sessionId mean here is not known"));
        }
        let given = asked.labels.as_deref().map_or_else(|| Some(Labels::new()), wire::read_labels);
        let given = given.ok_or_else(|| ApiError::bad("labels is a JSON object in a string"))?;
        let mut labels: Labels = given.into_iter().map(|(name, value)| (format!("{LABEL}{name}"), value)).collect();
        labels.insert(IMAGE.to_owned(), image.to_owned());
        let loaded = asked.persistence_data_list.unwrap_or_default();
        let unknown = loaded.iter().find(|item| !self.contexts.has(&item.context_id));
        let trouble = match unknown {
            Some(item) => Some(format!("Context {} not found", item.context_id)),
            None => request.response_fault.inside.then(|| REQUESTED.to_owned()),
        };
        if let Some(err_msg) = trouble {
            // A failure within a success [recorded].
            let refused =
                wire::CreatedSession { success: Some(false.into()), err_msg: Some(err_msg), ..Default::default() };
            return Ok(good(value(refused)));
        }
        let id = format!("session-{}", random::hex::<10>()?);
        let local = local_id(&id).ok_or_else(ApiError::no_session)?;
        let new = NewSession {
            id: Some(local.clone()),
            labels,
            ttl: Some(Duration::from_secs(asked.timeout.filter(|seconds| *seconds > 0).unwrap_or(TIMEOUT))),
            image: Some(image.to_owned()),
            ..NewSession::default()
        };
        let session = self.backend.sessions().create(new).await?;
        let files = self.files();
        for directory in DIRECTORIES {
            let at = SessionPath { session: local.clone(), path: directory.parse()? };
            files.mkdir(&at, MkdirOptions { parents: true, mode: None, bulk: true }).await?;
        }
        let found = AgbSession { id, session };
        for item in loaded {
            self.attach(&found, &item.context_id, &item.path).await?;
        }
        let direct = self.direct(&found);
        let made = wire::CreatedSession {
            session_id: Some(found.id.clone()),
            success: Some(true.into()),
            err_msg: Some(String::new()),
            app_instance_id: Some(format!("ai-{}", tail(&found.id))),
            resource_id: Some(format!("p-{}", tail(&found.id))),
            resource_url: Some(self.page(&found)),
            task_id: Some(format!("task-{}", tail(&found.id))),
            network_interface_ip: Some(String::new()),
            link_url: direct.as_ref().map(|(link, ..)| link.clone()),
            ws_url: direct.as_ref().and_then(|_| self.stream_url(&found)),
            token: direct.as_ref().map(|(_, token, _)| token.clone()),
            tool_list: direct.map(|(.., tools)| tools.into()),
        };
        Ok(good(value(made)))
    }

    /// Returns where a session's tools can be called directly, what opens that, and which there are.
    fn direct(&self, found: &AgbSession) -> Option<(String, String, String)> {
        (found.label(IMAGE)? == DIRECT_IMAGE).then(|| {
            let link = format!("{}/link/{}", self.origin, found.id);
            (link, self.signer.token(&found.id), tools::list())
        })
    }

    /// Returns the address of a page to look at a session with, which is not there.
    fn page(&self, found: &AgbSession) -> String {
        format!("{}/app?authcode={}", self.origin, self.signer.token(&found.id))
    }

    pub(super) async fn session(&self, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let found = self.find_of(request).await?;
        let direct = self.direct(&found);
        let detail = wire::SessionDetail {
            session_id: Some(found.id.clone()),
            status: Some(found.status().to_owned()),
            app_instance_id: Some(format!("ai-{}", tail(&found.id))),
            resource_id: Some(format!("p-{}", tail(&found.id))),
            resource_url: Some(self.page(&found)),
            link_url: direct.as_ref().map(|(link, ..)| link.clone()),
            ws_url: direct.as_ref().and_then(|_| self.stream_url(&found)),
            token: direct.as_ref().map(|(_, token, _)| token.clone()),
            tool_list: direct.map(|(.., tools)| tools.into()),
        };
        Ok(good(value(detail)))
    }

    pub(super) async fn status(&self, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let asked: wire::SessionRef = request.document(DOCUMENT_MAX).await?;
        let status = match self.find(&asked.session_id).await {
            Ok(found) => found.status(),
            Err(_) if self.released.forget(&asked.session_id) => wire::status::DELETING,
            Err(refusal) => return Err(refusal),
        };
        Ok(good(json!({ "sessionId": asked.session_id, "status": status })))
    }

    pub(super) async fn resource(&self, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let found = self.find_of(request).await?;
        let desktop = wire::DesktopInfo {
            app_id: Some("wharf-serve".to_owned()),
            auth_code: Some(self.signer.token(&found.id)),
            connection_properties: Some("{\"authMode\":\"Session\"}".to_owned()),
            resource_id: Some(format!("p-{}", tail(&found.id))),
            resource_type: Some("AIAgent".to_owned()),
            ticket: Some(self.signer.token(&found.id)),
        };
        let resource = wire::McpResource {
            resource_url: Some(self.page(&found)),
            desktop_info: Some(desktop),
            session_id: Some(found.id),
        };
        Ok(good(value(resource)))
    }

    pub(super) async fn touch(&self, query: &Query) -> ApiResult<HttpResponse> {
        let found = self.find_in(query).await?;
        self.backend.sessions().touch(&found.session.id).await?;
        Ok(done())
    }

    /// Replaces all labels \[the SDK's tests\]. None at all are refused, as the SDKs do themselves.
    pub(super) async fn set_labels(&self, query: &Query) -> ApiResult<HttpResponse> {
        let found = self.find_in(query).await?;
        let wanted = wire::read_labels(required(query, "Labels")?).filter(|labels| !labels.is_empty());
        let wanted = wanted.ok_or_else(|| ApiError::bad("Labels is a JSON object with at least one label"))?;
        if wanted.iter().any(|(name, value)| name.trim().is_empty() || value.trim().is_empty()) {
            return Err(ApiError::bad("a label has a name and a value"));
        }
        let set: Labels = wanted.into_iter().map(|(name, value)| (format!("{LABEL}{name}"), value)).collect();
        let known = found.session.labels.iter().flatten().map(|(name, _)| name);
        let remove = known.filter(|name| name.starts_with(LABEL) && !set.contains_key(*name)).cloned().collect();
        self.backend.sessions().label(&found.session.id, LabelPatch { set, remove }).await?;
        Ok(done())
    }

    pub(super) async fn labels(&self, query: &Query) -> ApiResult<HttpResponse> {
        let found = self.find_in(query).await?;
        let known = found.session.labels.iter().flatten();
        let own = known.filter_map(|(name, value)| Some((name.strip_prefix(LABEL)?.to_owned(), value.clone())));
        let labels: Labels = own.collect();
        let text = if labels.is_empty() { String::new() } else { wire::write_labels(&labels) };
        Ok(good(json!({ "labels": text })))
    }

    /// Releases a session; what is loaded into it is brought back to its context first.
    pub(super) async fn release(&self, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let found = self.find_of(request).await?;
        self.end_programs(&found.id).await;
        self.detach(&found).await?;
        // What was started meanwhile is ended by force.
        match self.backend.sessions().delete(&found.session.id, self.runner.is_some()).await {
            Err(e) if e.kind() == Kind::NotFound => return Err(ApiError::no_session()),
            deleted => deleted?,
        }
        self.released.remember(&found.id);
        self.snapshots.forget(&found.id);
        Ok(done())
    }

    pub(super) async fn link(&self, query: &Query) -> ApiResult<HttpResponse> {
        let found = self.find_in(query).await?;
        let port = match query.get("port").map(str::parse) {
            None => String::new(),
            Some(Ok(port)) if PORTS.contains(&port) => format!("/{port}"),
            Some(_) => return Err(ApiError::bad(format!("port is {} to {}", PORTS.start(), PORTS.end()))),
        };
        Ok(good(json!({ "url": format!("{}/internet/link/{}{port}", self.origin, found.id) })))
    }

    pub(super) async fn list(&self, query: &Query) -> ApiResult<HttpResponse> {
        let limit = limit(query, wire::PAGE_DEFAULT)?;
        let mut asked = SessionQuery::default();
        let wanted = query.get("labels").map_or_else(|| Some(Labels::new()), wire::read_labels);
        let wanted = wanted.ok_or_else(|| ApiError::bad("labels is a JSON object"))?;
        asked.labels = wanted.into_iter().map(|(name, value)| (format!("{LABEL}{name}"), value)).collect();
        let own = |session: &Session| Some(session.id.as_str().strip_prefix(PREFIX)?.to_owned());
        let from = match query.get("nextToken").filter(|token| !token.is_empty()) {
            None => None,
            Some(token) => {
                Some(ListPosition::read(token).ok_or_else(|| ApiError::bad("nextToken is not of this listing"))?)
            }
        };
        let mut all = Vec::new();
        let mut cursor = None;
        loop {
            let page = self.backend.sessions().list(&asked, PageRequest { cursor, limit: Some(STEP) }).await?;
            let sessions = page.items.into_iter().collect::<Result<Vec<_>, _>>()?;
            let found = sessions.into_iter().filter_map(|session| Some(AgbSession { id: own(&session)?, session }));
            all.extend(
                found.filter(|found| found.label(IMAGE).is_some()).map(|found| (ListPosition::of(&found), found)),
            );
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        // Sessions that were made at once may be in the store in another order than their times.
        all.sort_by(|(one, _), (other, _)| other.cmp(one));
        let count = all.len() as u64;
        let mut rest = all.into_iter().filter(|(mark, _)| from.as_ref().is_none_or(|from| mark < from));
        let mut last = None;
        let mut items = Vec::new();
        for (mark, found) in rest.by_ref().take(limit) {
            let session_status = Some(found.status().to_owned());
            items.push(wire::SessionItem { session_id: found.id, session_status });
            last = Some(mark);
        }
        let next = last.filter(|_| rest.next().is_some()).map(|last| last.to_string());
        Ok(whole(wire::AgbEnvelope {
            next_token: Some(next.unwrap_or_default()),
            max_results: Some(limit as u64),
            count: Some(count),
            ..wire::AgbEnvelope::of(Some(value(items)))
        }))
    }
}

/// Returns the id of a session in the store; `None` for a text that cannot be an id here.
fn local_id(id: &str) -> Option<SessionId> {
    let fits = (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    format!("{PREFIX}{id}").parse::<SessionId>().map_err(|_: Error| ()).ok().filter(|_| fits)
}

/// Returns the part of an id that is its own.
fn tail(id: &str) -> &str {
    id.rsplit('-').next().unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_the_store_are_apart_from_those_of_other_dialects() {
        let name = local_id("session-00000000000000000001").unwrap();
        assert_eq!(name.as_str(), "agb_session-00000000000000000001");
        for bad in ["", "a.b", "a/b", "..", "a b", "\u{e9}", &"x".repeat(65)] {
            assert!(local_id(bad).is_none(), "{bad:?}");
        }
        assert_eq!(tail("session-12"), "12");
    }
}
