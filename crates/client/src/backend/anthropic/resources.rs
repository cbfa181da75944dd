//! What is mounted into sessions.

use std::fmt::Display;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::capabilities::CAPABILITIES;
use super::client::{AnthropicClient, gone, parsed};
use super::store::AnthropicStore;
use super::{listing, view};
use crate::backend::page::unreadable;
use crate::backend::{Capabilities, Feature, FileStore, NewResource, Page, PageRequest, Resources};
use crate::http::Class;
use wharf_core::advice::Step;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{FileId, Provider, RemotePath, Resource, ResourceKind, SessionId, SessionPath};
use wharf_wire::anthropic::resources::{PAGE_MAX, UPLOADS, kind};
use wharf_wire::anthropic::{self as wire, AnthropicOperation};

/// The resources of sessions.
#[derive(Clone)]
pub(super) struct AnthropicResources {
    pub(super) client: Arc<AnthropicClient>,
    pub(super) store: AnthropicStore,
}

#[async_trait]
impl Resources for AnthropicResources {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn takes(&self, kind: ResourceKind) -> Result<()> {
        match kind {
            ResourceKind::File => Ok(()),
            ResourceKind::GithubRepository | ResourceKind::MemoryStore => Err(Error::new(
                Kind::Unsupported,
                format!("a session that is there takes no resource of type {}", kind.word()),
            )
            .hint(format!("give it when the session is created: {}", Step::CreateSessionWithResource))
            .from_backend(CAPABILITIES.backend)),
            ResourceKind::Context | ResourceKind::Unknown => Err(CAPABILITIES.unsupported(Feature::of_resource(kind))),
        }
    }

    fn mount_point(&self, path: &RemotePath) -> Result<RemotePath> {
        let path = file_path(path)?;
        if view::is_output(&path) { Err(agent_only(&path)) } else { Ok(path) }
    }

    /// Mounts a resource. It is unknown what the service does with a path that is mounted already, so that such a
    /// request is not sent. The service cannot recognize a repeated request.
    async fn add(&self, session: &SessionId, new: NewResource) -> Result<Resource> {
        self.takes(new.kind)?;
        check(&new)?;
        let content = self.asked_for(new).await?;
        let at = match content.get("mount_path") {
            Some(Value::String(path)) => view::mount_path(&path.parse()?),
            _ => return Err(Error::new(Kind::Internal, "a mount without a path")),
        };
        let parse_mount_path = SessionPath { session: session.clone(), path: at };
        let reserved = self.reserve(&parse_mount_path, false).await?;
        let mounted = self.mount(&parse_mount_path, &content).await;
        self.release(reserved, mounted.as_ref().ok()).await;
        mounted
    }

    async fn list(&self, session: &SessionId, page: PageRequest) -> Result<Page<Resource>> {
        let request = self.client.gated(Class::Safe, AnthropicOperation::ListResources, &[session.as_str()]);
        listing::page_of(&listing::paged(request, &page, PAGE_MAX).send().await?, |text| read(session, text))
    }

    async fn get(&self, session: &SessionId, id: &str) -> Result<Resource> {
        let ids = [session.as_str(), id];
        let answer = self.client.gated(Class::Safe, AnthropicOperation::GetResource, &ids).send().await?;
        read(session, answer.object()?)
    }

    /// Changes a repository's token, the only field that the service can change. Traces do not show the token.
    async fn update(&self, session: &SessionId, id: &str, document: Map<String, Value>) -> Result<Resource> {
        let ids = [session.as_str(), id];
        let request = self.client.gated(Class::Idempotent, AnthropicOperation::UpdateResource, &ids).json(&document);
        let request = match document.get("authorization_token") {
            Some(Value::String(token)) => request.hide(token),
            _ => request,
        };
        let answer = request.send().await?;
        read(session, answer.object()?)
    }

    async fn remove(&self, session: &SessionId, id: &str) -> Result<()> {
        let ids = [session.as_str(), id];
        gone(self.client.gated(Class::Idempotent, AnthropicOperation::DeleteResource, &ids).send().await)
    }
}

impl AnthropicResources {
    /// Sends the request for a mount. If the path was taken meanwhile, the service reports only that the request is
    /// invalid.
    pub(super) async fn mount(&self, at: &SessionPath, content: &Map<String, Value>) -> Result<Resource> {
        let class = Class::Once(Step::ListResources { session: None });
        let request = self.client.gated(class, AnthropicOperation::AddResource, &[at.session.as_str()]);
        match request.json(content).send().await {
            Ok(answer) => read(&at.session, answer.object()?),
            Err(error) if error.status() == Some(400) && self.is_mounted(at).await => {
                Err(error.of_kind(Kind::Conflict))
            }
            Err(error) => Err(error),
        }
    }

    /// Returns the fields of a resource to be mounted. A file without a path gets one from its name: the service
    /// would use its id, which tells the agent nothing.
    pub(super) async fn asked_for(&self, new: NewResource) -> Result<Map<String, Value>> {
        let mut content = Map::from_iter([("type".to_owned(), new.kind.word().into())]);
        if let Some(id) = &new.file_id {
            content.insert("file_id".to_owned(), id.as_str().into());
        }
        let path = match (new.kind, new.mount_path, &new.file_id) {
            (ResourceKind::File, None, Some(id)) => {
                let name = self.store.get(id).await?.filename;
                Some(view::request_path(&named(&name, id)))
            }
            (ResourceKind::File, Some(path), _) => Some(view::request_path(&parse_mount_path(&path)?)),
            (_, path, _) => path,
        };
        if let Some(path) = path {
            content.insert("mount_path".to_owned(), path.into());
        }
        content.extend(new.extra);
        Ok(content)
    }
}

/// Checks that a new resource has all required fields.
pub(super) fn check(new: &NewResource) -> Result<()> {
    let needs = |name: &str, there: bool| {
        let lacking = || Error::usage(format!("a resource of type {} needs `{name}`", new.kind.word()));
        if there { Ok(()) } else { Err(lacking()) }
    };
    match new.kind {
        ResourceKind::File => {
            needs("file_id", new.file_id.is_some())?;
            new.mount_path.as_deref().map_or(Ok(()), |path| parse_mount_path(path).map(drop))
        }
        ResourceKind::GithubRepository => needs("url", new.extra.contains_key("url")),
        ResourceKind::MemoryStore => needs("memory_store_id", new.extra.contains_key("memory_store_id")),
        ResourceKind::Context | ResourceKind::Unknown => Err(CAPABILITIES.unsupported(Feature::of_resource(new.kind))),
    }
}

/// Returns the path in the session for a mount path of the user.
fn parse_mount_path(path: &str) -> Result<RemotePath> {
    file_path(&RemotePath::resolve(path, &UPLOADS.parse()?)?)
}

/// Returns the path in the session for a path at which a file is to be mounted.
fn file_path(path: &RemotePath) -> Result<RemotePath> {
    let path = view::mount_path(path);
    if path.is_root() || UPLOADS.parse::<RemotePath>()?.is_within(&path) {
        return Err(Error::usage(format!("a mount path names a file, and `{path}` is a directory")));
    }
    path.check_length().map(|()| path)
}

/// Returns the error of writing to the directory that only the agent writes to.
pub(super) fn agent_only(path: &dyn Display) -> Error {
    Error::new(Kind::Unsupported, format!("only the agent writes here: `{path}`"))
        .hint(format!("upload to a path below {}", CAPABILITIES.home))
        .from_backend(CAPABILITIES.backend)
}

/// Returns the path of a file with its own name, as one segment.
fn named(name: &str, id: &FileId) -> RemotePath {
    let name = name.replace(['/', '\0'], "_");
    let name = if matches!(name.as_str(), "" | "." | "..") { id.as_str() } else { &name };
    UPLOADS.parse().unwrap_or_else(|_| RemotePath::root()).join(name)
}

/// Parses a resource.
fn read(session: &SessionId, text: &RawValue) -> Result<Resource> {
    let seen: wire::ResourceAnswer = parsed(text, "resource")?;
    if let Some(name) = seen.missing() {
        return Err(unreadable("resource", text, format!("missing field `{name}`")));
    }
    let named = |e: Error| unreadable("resource", text, e);
    Ok(Resource {
        id: seen.id,
        session: session.clone(),
        kind: match seen.kind.as_str() {
            kind::FILE => ResourceKind::File,
            kind::REPOSITORY => ResourceKind::GithubRepository,
            kind::MEMORY_STORE => ResourceKind::MemoryStore,
            _ => ResourceKind::Unknown,
        },
        file_id: seen.file_id.map(|id| id.parse()).transpose().map_err(named)?,
        mount_path: seen.mount_path,
        created_at: seen.created_at,
        updated_at: seen.updated_at,
        provider: Provider::of(&text),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> Resource {
        read(&"sesn_1".parse().unwrap(), &RawValue::from_string(text.to_owned()).unwrap()).unwrap()
    }

    #[test]
    fn resources_of_every_kind_are_read() {
        let file = seen(r#"{"type":"file","id":"sesrsc_1","file_id":"file_1","mount_path":"/mnt/session/uploads/x"}"#);
        assert_eq!((file.kind, file.id.as_deref()), (ResourceKind::File, Some("sesrsc_1")));
        let store = seen(r#"{"type":"memory_store","memory_store_id":"m","mount_path":"/mnt/memory/m"}"#);
        assert_eq!((store.kind, store.id, store.created_at), (ResourceKind::MemoryStore, None, None));
        let odd = seen(r#"{"type":"of_tomorrow","id":"sesrsc_3"}"#);
        assert_eq!((odd.kind, odd.mount_path), (ResourceKind::Unknown, None));
    }

    #[test]
    fn a_mount_path_names_a_file() {
        for (path, wanted) in [
            ("x", "/mnt/session/uploads/x"),
            ("/in/x", "/mnt/session/uploads/in/x"),
            ("/mnt/session/uploads/x", "/mnt/session/uploads/x"),
            ("/mnt/else/x", "/mnt/else/x"),
        ] {
            assert_eq!(parse_mount_path(path).unwrap().as_str(), wanted);
        }
        for bad in ["", "/", ".", "/mnt", "/mnt/session/uploads", "/a/../b"] {
            assert_eq!(parse_mount_path(bad).unwrap_err().kind(), Kind::Usage, "{bad}");
        }
        let id: FileId = "file_1".parse().unwrap();
        for (name, wanted) in [("a b.csv", "a b.csv"), ("..", "file_1"), ("a/b", "a_b")] {
            assert_eq!(named(name, &id).as_str(), format!("{UPLOADS}/{wanted}"));
        }
    }
}
