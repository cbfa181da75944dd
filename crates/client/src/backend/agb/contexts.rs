//! Contexts as resources: persistent storage that is loaded into a session at its creation.
//!
//! The service has no calls to add a context to a running session or to remove one.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::Value;

use super::capabilities::CAPABILITIES;
use super::client::{AgbClient, send};
use super::poll::PollTimer;
use crate::backend::{Capabilities, Feature, NewResource, Page, PageRequest, Resources};
use wharf_core::advice::Step;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Provider, RemotePath, Resource, ResourceKind, SessionId};
use wharf_wire::agb::{self as wire, AgbOperation};
use wharf_wire::agb::{Persistence, SyncItem, SyncState};
use wharf_wire::json;

/// The time limit for loading the contexts of a new session, as in the SDKs.
const LOADING: Duration = Duration::from_secs(300);

/// The hint for naming a context.
const SPEC: &str = "write {type: context, context_id: SdkCtx-..., mount_path: /home/agb/data}";

/// The contexts in sessions.
#[derive(Clone)]
pub(super) struct AgbContexts {
    pub(super) client: Arc<AgbClient>,
}

#[async_trait]
impl Resources for AgbContexts {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    async fn add(&self, _: &SessionId, new: NewResource) -> Result<Resource> {
        match new.kind {
            ResourceKind::Context => {
                Err(bound("loaded into", &format!("name it at the creation: {}", Step::CreateSessionWithResource)))
            }
            kind => Err(CAPABILITIES.unsupported(Feature::of_resource(kind))),
        }
    }

    /// Lists one resource for each path of a context. The context of transfers is left out.
    async fn list(&self, session: &SessionId, page: PageRequest) -> Result<Page<Resource>> {
        let request = self.client.get(AgbOperation::GetContextInfo).query("sessionId", session.as_str());
        let reply = send(request).await?;
        let info: wire::ContextInfo = reply.data()?;
        let items = info.items().ok_or_else(unreadable)?;
        if items.is_empty() && page.cursor.is_none() {
            // An empty answer does not prove that the session exists.
            self.client.must_be_there(session).await?;
        }
        let own = if items.is_empty() { None } else { self.client.transfer_context(session).await.ok() };
        let received = items.len();
        let mut found: Vec<(String, String, Vec<SyncItem>)> = Vec::new();
        let mut unknown = Vec::new();
        for item in items {
            let item = match item {
                Ok(item) => item,
                Err(text) => {
                    unknown.push(Err(no_context(&text)));
                    continue;
                }
            };
            let (Some(id), Some(path)) = (item.context_id.clone(), item.path.clone()) else { continue };
            if own.as_ref().is_some_and(|own| own.id == id) {
                continue;
            }
            match found.iter_mut().find(|(known, at, _)| (known, at) == (&id, &path)) {
                Some((.., items)) => items.push(item),
                None => found.push((id, path, vec![item])),
            }
        }
        let resource = |(id, path, items): (String, String, Vec<SyncItem>)| Resource {
            id: Some(id),
            session: session.clone(),
            kind: ResourceKind::Context,
            file_id: None,
            mount_path: Some(path),
            created_at: None,
            updated_at: None,
            provider: Provider::of(&items),
        };
        let items = found.into_iter().map(|one| Ok(resource(one))).chain(unknown).collect();
        Ok(Page { items, received, next: None })
    }

    async fn get(&self, session: &SessionId, id: &str) -> Result<Resource> {
        let mut unknown = None;
        for resource in self.list(session, PageRequest::default()).await?.items {
            match resource {
                Ok(resource) if resource.id.as_deref() == Some(id) => return Ok(resource),
                Ok(_) => {}
                Err(error) => drop(unknown.get_or_insert(error)),
            }
        }
        // What cannot be read may be the one that was asked for.
        Err(unknown.unwrap_or_else(|| {
            Error::not_found(format!("context `{id}` not found in session `{session}`"))
                .hint(format!("{} shows those that are", Step::ListResources { session: Some(session.as_str()) }))
        }))
    }

    async fn remove(&self, _: &SessionId, _: &str) -> Result<()> {
        Err(bound("taken out of", "what is in it goes back when the session is deleted"))
    }
}

impl AgbContexts {
    /// Waits until the contexts of a new session are loaded. If the service reports none of them, there is nothing to
    /// wait for \[sdk\].
    pub(super) async fn wait(&self, session: &SessionId, asked: &[Persistence]) -> Result<()> {
        if asked.is_empty() {
            return Ok(());
        }
        let mut patience = PollTimer::new(Duration::from_millis(20), Duration::from_secs(2), LOADING);
        loop {
            let request = self.client.get(AgbOperation::GetContextInfo).query("sessionId", session.as_str());
            let info: wire::ContextInfo = send(request).await?.data()?;
            let items = info.items().ok_or_else(unreadable)?;
            let items =
                items.into_iter().map(|item| item.map_err(|text| no_context(&text))).collect::<Result<Vec<_>>>()?;
            if let Some(failed) = items.iter().find(|item| item.state() == SyncState::Failed) {
                let (id, why) =
                    (failed.context_id.as_deref().unwrap_or("?"), failed.reason().unwrap_or("no reason is given"));
                return Err(Error::new(Kind::Unavailable, format!("a context could not be loaded ({why}): `{id}`")));
            }
            if items.iter().all(|item| item.state() == SyncState::Done) {
                return Ok(());
            }
            if !patience.wait().await {
                let waited = LOADING.as_secs();
                return Err(Error::new(Kind::Unavailable, format!("after {waited} s contexts are still being loaded")));
            }
        }
    }
}

fn unreadable() -> Error {
    Error::new(Kind::Unavailable, "the service sent an invalid state of contexts")
}

/// Returns the error of a context state that cannot be read.
fn no_context(text: &str) -> Error {
    Error::new(Kind::Unavailable, format!("the service sent an invalid context: {}", json::excerpt(text)))
}

fn bound(what: &str, alternative: &str) -> Error {
    Error::new(
        Kind::Unsupported,
        format!("a context cannot be {what} a running session: the service has no call for it"),
    )
    .hint(alternative)
    .from_backend(CAPABILITIES.backend)
}

/// A context as `--resource` and a document describe it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ContextSpec {
    #[serde(alias = "context_id", alias = "id")]
    context_id: String,
    /// An object, or a string that contains its JSON.
    #[serde(default)]
    policy: Option<Value>,
}

/// Returns the request for a context.
pub(super) fn persistence(new: &NewResource) -> Result<Persistence> {
    let named: ContextSpec = serde_json::from_value(Value::Object(new.extra.clone()))
        .map_err(|e| Error::usage(format!("invalid context: {e}")).hint(SPEC).caused_by(&e))?;
    let path = new
        .mount_path
        .as_deref()
        .ok_or_else(|| Error::usage(format!("the context has no mount path: `{}`", named.context_id)).hint(SPEC))?;
    let home: RemotePath = CAPABILITIES.home.parse()?;
    let policy = match named.policy {
        None => policy().to_string(),
        Some(Value::String(text)) => text,
        Some(policy) => policy.to_string(),
    };
    let path = RemotePath::resolve(path, &home)?.to_string();
    Ok(Persistence { context_id: named.context_id, path, policy: Some(policy) })
}

/// Reads `persistenceDataList` of a document.
pub(super) fn of_document(list: Value) -> Result<Vec<NewResource>> {
    let wrong = |e: serde_json::Error| Error::usage(format!("`persistenceDataList` in the body: {e}")).caused_by(&e);
    let list: Vec<Persistence> = serde_json::from_value(list).map_err(wrong)?;
    let resource = |item: Persistence| {
        let mut extra = serde_json::Map::new();
        extra.insert("context_id".to_owned(), item.context_id.into());
        if let Some(policy) = item.policy {
            extra.insert("policy".to_owned(), policy.into());
        }
        NewResource { kind: ResourceKind::Context, file_id: None, mount_path: Some(item.path), extra }
    };
    Ok(list.into_iter().map(resource).collect())
}

/// Returns the default synchronization policy of a context, as in the SDK \[recorded\]. The service silently ignores
/// a context without one \[sdk\].
fn policy() -> Value {
    serde_json::json!({
        "uploadPolicy": { "autoUpload": true, "uploadStrategy": "UploadBeforeResourceRelease", "uploadMode": "File" },
        "downloadPolicy": { "autoDownload": true, "downloadStrategy": "DownloadAsync" },
        "deletePolicy": { "syncLocalFile": true },
        "extractPolicy": { "extract": true, "deleteSrcFile": true, "extractToCurrentFolder": false },
        "recyclePolicy": { "lifecycle": "Lifecycle_Forever", "paths": [""] },
        "bwList": { "whiteLists": [] },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn asked(extra: &Value, mount_path: Option<&str>) -> Result<Persistence> {
        let Value::Object(extra) = extra.clone() else { panic!("an object") };
        let mount_path = mount_path.map(str::to_owned);
        persistence(&NewResource { kind: ResourceKind::Context, file_id: None, mount_path, extra })
    }

    #[test]
    fn a_context_needs_a_name_and_a_place_and_always_has_a_policy() {
        let one = asked(&json!({ "context_id": "SdkCtx-1" }), Some("data")).unwrap();
        assert_eq!((one.context_id.as_str(), one.path.as_str()), ("SdkCtx-1", "/tmp/data"));
        assert_eq!(serde_json::from_str::<Value>(&one.policy.unwrap()).unwrap(), policy());
        let own = asked(&json!({ "contextId": "c", "policy": { "x": 1 } }), Some("/d")).unwrap();
        assert_eq!(own.policy.as_deref(), Some(r#"{"x":1}"#));
        for (extra, path) in [
            (json!({}), Some("/d")),
            (json!({ "context_id": "c" }), None),
            (json!({ "context_id": "c", "x": 1 }), Some("/d")),
        ] {
            assert_eq!(asked(&extra, path).unwrap_err().kind(), Kind::Usage, "{extra}");
        }
    }

    #[test]
    fn the_services_own_list_means_the_same() {
        let list = json!([{ "contextId": "c", "path": "/d", "policy": "{}" }]);
        let new = of_document(list).unwrap();
        assert_eq!(persistence(&new[0]).unwrap().policy.as_deref(), Some("{}"));
        assert_eq!(of_document(json!({})).unwrap_err().kind(), Kind::Usage);
    }
}
