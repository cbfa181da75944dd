//! A backend with sessions and files and nothing else, made of one that has more.

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use serde_json::{Map, Value};
use wharf_client::backend::capability::Limits;
use wharf_client::backend::{
    Backend, Capabilities, Feature, FetchOptions, Fetched, FileStore, Finding, LabelPatch, MkdirOptions, NewSession,
    Page, PageRequest, PutOptions, Resources, SessionFiles, SessionQuery, Sessions, Stored, registry,
};
use wharf_core::body::Source;
use wharf_core::error::{Error, Result};
use wharf_core::model::{Entry, RemotePath, Session, SessionId, SessionPath, SessionStatus};

static CAPABILITIES: Capabilities = Capabilities {
    backend: "lean",
    account: None,
    home: "/",
    proof: "sha256",
    jobs: 1,
    limits: Limits { file_bytes: None, session_bytes: None, mounts: None },
    usable: &[SessionStatus::Running],
    features: &[Feature::SessionFiles, Feature::Verify],
};

/// Hands on what it has, and refuses the rest.
pub(crate) struct Lean(Box<dyn Backend>);

impl Lean {
    pub(crate) fn over(backend: Box<dyn Backend>) -> Self {
        Lean(backend)
    }

    fn all_files(&self) -> Result<&dyn SessionFiles> {
        self.0.need_files()
    }
}

fn lacks(feature: Feature) -> Error {
    registry::unsupported(CAPABILITIES.backend, feature)
}

fn mine(session: Session) -> Session {
    Session { backend: CAPABILITIES.backend, ..session }
}

#[async_trait]
impl Backend for Lean {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn sessions(&self) -> &dyn Sessions {
        self
    }

    fn files(&self) -> Option<&dyn SessionFiles> {
        Some(self)
    }

    fn store(&self) -> Option<&dyn FileStore> {
        None
    }

    fn resources(&self) -> Option<&dyn Resources> {
        None
    }

    async fn settle(&self) -> Result<()> {
        self.0.settle().await
    }

    async fn examine(&self) -> Vec<Finding> {
        self.0.examine().await
    }
}

#[async_trait]
impl Sessions for Lean {
    fn read_document(&self, document: Map<String, Value>) -> Result<(NewSession, Vec<String>)> {
        self.0.sessions().read_document(document)
    }

    async fn create(&self, new: NewSession) -> Result<Session> {
        let asked = [
            (new.title.is_some(), Feature::SessionTitle),
            (!new.labels.is_empty(), Feature::SessionLabels),
            (new.ttl.is_some(), Feature::SessionTtl),
            (new.id.is_some(), Feature::SessionId),
            (!new.resources.is_empty(), Feature::SessionResources),
            (new.agent.is_some(), Feature::SessionAgent),
            (new.agent_version.is_some(), Feature::SessionAgentVersion),
            (new.environment.is_some(), Feature::SessionEnvironment),
            (!new.vaults.is_empty(), Feature::SessionVaults),
            (new.image.is_some(), Feature::SessionImage),
        ];
        match asked.into_iter().find(|(asked, _)| *asked) {
            Some((_, feature)) => Err(lacks(feature)),
            None => self.0.sessions().create(new).await.map(mine),
        }
    }

    async fn list(&self, query: &SessionQuery, page: PageRequest) -> Result<Page<Session>> {
        if !query.labels.is_empty() {
            return Err(lacks(Feature::SessionLabels));
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

    async fn label(&self, _: &SessionId, _: LabelPatch) -> Result<Session> {
        Err(lacks(Feature::SessionLabels))
    }

    async fn touch(&self, _: &SessionId) -> Result<Session> {
        Err(lacks(Feature::SessionTouch))
    }

    async fn stop(&self, _: &SessionId) -> Result<Session> {
        Err(lacks(Feature::SessionStop))
    }

    async fn archive(&self, _: &SessionId) -> Result<Session> {
        Err(lacks(Feature::SessionArchive))
    }
}

#[async_trait]
impl SessionFiles for Lean {
    async fn put(&self, at: &SessionPath, source: &dyn Source, options: PutOptions) -> Result<Stored> {
        self.all_files()?.put(at, source, options).await
    }

    async fn fetch(&self, at: &SessionPath, options: FetchOptions) -> Result<Fetched> {
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

    async fn mkdir(&self, _: &SessionPath, _: MkdirOptions) -> Result<Entry> {
        Err(lacks(Feature::Mkdir))
    }

    async fn rename(&self, _: &SessionPath, _: &RemotePath) -> Result<Entry> {
        Err(lacks(Feature::Move))
    }

    async fn remove(&self, at: &SessionPath, recursive: bool) -> Result<()> {
        self.all_files()?.remove(at, recursive).await
    }
}
