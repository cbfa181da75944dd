//! A backend with sessions and files and nothing else, made of one that has more.

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use serde_json::{Map, Value};
use wharf_client::backend::capability::Limits;
use wharf_client::backend::{
    Backend, Capabilities, Check, Feature, FetchOptions, GetResult, NewSession, Page, PageRequest, PutOptions,
    PutResult, SessionFiles, SessionQuery, Sessions,
};
use wharf_core::body::Source;
use wharf_core::error::Result;
use wharf_core::model::{Entry, Session, SessionId, SessionPath, SessionStatus};

static CAPABILITIES: Capabilities = Capabilities {
    backend: "lean",
    account: None,
    home: "/",
    outputs: "/outputs",
    proof: "sha256",
    jobs: 1,
    limits: Limits { file_bytes: None, session_bytes: None, mounts: None },
    usable: &[SessionStatus::Running],
    features: &[Feature::SessionFiles, Feature::Verify, Feature::SyncUpload],
    generated_ids: &[],
};

/// Hands on what it has, and refuses the rest.
pub(crate) struct MinimalBackend(Box<dyn Backend>);

impl MinimalBackend {
    pub(crate) fn over(backend: Box<dyn Backend>) -> Self {
        MinimalBackend(backend)
    }

    fn all_files(&self) -> Result<&dyn SessionFiles> {
        self.0.require_files()
    }
}

fn mine(session: Session) -> Session {
    Session { backend: CAPABILITIES.backend, ..session }
}

#[async_trait]
impl Backend for MinimalBackend {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn sessions(&self) -> &dyn Sessions {
        self
    }

    fn files(&self) -> Option<&dyn SessionFiles> {
        Some(self)
    }

    async fn flush(&self) -> Result<()> {
        self.0.flush().await
    }

    async fn diagnose(&self) -> Vec<Check> {
        self.0.diagnose().await
    }
}

#[async_trait]
impl Sessions for MinimalBackend {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn read_document(&self, document: Map<String, Value>) -> Result<(NewSession, Vec<String>)> {
        self.0.sessions().read_document(document)
    }

    async fn create(&self, new: NewSession) -> Result<Session> {
        self.check(&new)?;
        self.0.sessions().create(new).await.map(mine)
    }

    async fn list(&self, query: &SessionQuery, page: PageRequest) -> Result<Page<Session>> {
        if !query.labels.is_empty() {
            return Err(CAPABILITIES.unsupported(Feature::SessionLabels));
        }
        let page = self.0.sessions().list(query, page).await?;
        let items = page.items.into_iter().map(|item| item.map(mine)).collect();
        Ok(Page { items, received: page.received, next: page.next })
    }

    async fn get(&self, id: &SessionId) -> Result<Session> {
        self.0.sessions().get(id).await.map(mine)
    }

    async fn delete(&self, id: &SessionId, force: bool) -> Result<()> {
        self.0.sessions().delete(id, force).await
    }
}

#[async_trait]
impl SessionFiles for MinimalBackend {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    async fn put(&self, at: &SessionPath, source: &dyn Source, options: PutOptions) -> Result<PutResult> {
        self.all_files()?.put(at, source, options).await
    }

    async fn fetch(&self, at: &SessionPath, options: FetchOptions) -> Result<GetResult> {
        self.all_files()?.fetch(at, options).await
    }

    async fn stat(&self, at: &SessionPath) -> Result<Entry> {
        self.all_files()?.stat(at).await
    }

    async fn list<'a>(&'a self, at: &SessionPath, recursive: bool) -> Result<BoxStream<'a, Result<Entry>>> {
        self.all_files()?.list(at, recursive).await
    }

    async fn resolve(&self, at: &SessionPath) -> Result<SessionPath> {
        self.all_files()?.resolve(at).await
    }

    async fn remove(&self, at: &SessionPath, recursive: bool) -> Result<()> {
        self.all_files()?.remove(at, recursive).await
    }
}
