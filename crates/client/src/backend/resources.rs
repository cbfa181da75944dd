//! What a backend does with resources that are mounted into sessions.

use async_trait::async_trait;
use serde_json::{Map, Value};

use super::{Capabilities, Page, PageRequest};
use wharf_core::error::{Error, Result};
use wharf_core::feature::Feature;
use wharf_core::model::{FileId, RemotePath, Resource, ResourceKind, SessionId};

/// A resource to be mounted.
#[derive(Debug, Clone)]
pub struct NewResource {
    /// The kind of the resource.
    pub kind: ResourceKind,
    /// The stored file, for a file.
    pub file_id: Option<FileId>,
    /// The path to mount the resource at; derived from the file's name if `None`.
    pub mount_path: Option<String>,
    /// Fields of the SPEC that are passed on to the provider.
    pub extra: Map<String, Value>,
}

/// The operations on resources that are mounted into sessions.
///
/// Optional operations have default bodies that fail with `unsupported`: a backend implements those that its
/// capabilities name.
#[async_trait]
pub trait Resources: Send + Sync {
    /// Returns what the backend can do.
    fn capabilities(&self) -> &'static Capabilities;
    /// Fails unless a resource of this kind can be mounted into an existing session.
    fn takes(&self, kind: ResourceKind) -> Result<()> {
        let _ = kind;
        Ok(())
    }
    /// Returns the path in a session at which a file is mounted that was asked for at `path`.
    ///
    /// # Errors
    /// `usage` for a path that is a directory in each session; `unsupported` for one that only the agent writes to.
    fn mount_point(&self, path: &RemotePath) -> Result<RemotePath> {
        if path.is_root() {
            return Err(Error::usage(format!("a mount path names a file, and `{path}` is a directory")));
        }
        Ok(path.clone())
    }
    /// Mounts a resource. Fails with `conflict` if its path is taken.
    async fn add(&self, session: &SessionId, new: NewResource) -> Result<Resource>;
    /// Returns a page of resources, oldest first.
    async fn list(&self, session: &SessionId, page: PageRequest) -> Result<Page<Resource>>;
    /// Returns a resource.
    async fn get(&self, session: &SessionId, id: &str) -> Result<Resource>;
    /// Changes the fields of a resource that the provider can change. For a backend that has
    /// [`Feature::ResourceUpdate`].
    async fn update(&self, session: &SessionId, id: &str, document: Map<String, Value>) -> Result<Resource> {
        let _ = (session, id, document);
        Err(self.capabilities().unsupported(Feature::ResourceUpdate))
    }
    /// Unmounts a resource.
    async fn remove(&self, session: &SessionId, id: &str) -> Result<()>;
}
