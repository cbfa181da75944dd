//! What completion asks a backend for.

use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout_at};

use wharf_client::backend::page::Pager;
use wharf_client::backend::{AgentQuery, Backend, Page, PageRequest, SessionQuery};
use wharf_core::error::{Error, Result};
use wharf_core::model::{EntryKind, SessionId, SessionPath};

/// The highest number of things that a service is asked for, which the cache has room for.
const MOST_OF_SERVICE: usize = 2500;

/// The same on this machine, where time alone limits a list.
const MOST: usize = 50_000;

/// Returns the highest number of things that a backend is asked for.
fn most(backend: &dyn Backend) -> usize {
    if backend.capabilities().account.is_some() { MOST_OF_SERVICE } else { MOST }
}

/// A question to a backend.
pub(super) enum BackendQuestion {
    Sessions,
    StoredFiles,
    Agents,
    Environments,
    Resources(SessionId),
    /// The entries of a directory.
    Directory(SessionPath),
}

/// A thing of a backend.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ListedItem {
    /// The id, or the name in a directory.
    pub(super) id: String,
    /// The title, or the name, for people.
    pub(super) title: Option<String>,
    /// The labels, as `K=V`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) labels: Vec<String>,
    /// Whether it is a directory.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) is_directory: bool,
}

impl ListedItem {
    fn new(id: &(impl ToString + ?Sized), title: Option<String>) -> Self {
        ListedItem { id: id.to_string(), title, ..ListedItem::default() }
    }
}

/// The answer of a backend, as far as it came in time.
pub(super) struct ListedItems {
    pub(super) items: Vec<ListedItem>,
    pub(super) is_whole: bool,
}

impl BackendQuestion {
    /// Returns the part of a cache key that names this question.
    pub(super) fn key(&self) -> String {
        match self {
            BackendQuestion::Sessions => "sessions".to_owned(),
            BackendQuestion::StoredFiles => "stored files".to_owned(),
            BackendQuestion::Agents => "agents".to_owned(),
            BackendQuestion::Environments => "environments".to_owned(),
            BackendQuestion::Resources(session) => format!("resources {session}"),
            BackendQuestion::Directory(at) => format!("directory {at}"),
        }
    }

    /// Asks a backend until `until` at the latest.
    ///
    /// # Errors
    /// Those of the backend; `unsupported` if it lacks what is asked for.
    pub(super) async fn ask(&self, backend: &dyn Backend, until: Instant) -> Result<ListedItems> {
        let most = most(backend);
        match self {
            BackendQuestion::Sessions => {
                let query = SessionQuery::default();
                let list = async |page| backend.sessions().list(&query, page).await;
                all(until, most, list, |session| {
                    let labels = session.labels.into_iter().flatten().map(|(name, value)| format!("{name}={value}"));
                    ListedItem { labels: labels.collect(), ..ListedItem::new(&session.id, session.title) }
                })
                .await
            }
            BackendQuestion::StoredFiles => {
                let store = backend.require_store()?;
                let list = async |page| store.list(None, page).await;
                all(until, most, list, |file| ListedItem::new(&file.id, Some(file.filename))).await
            }
            BackendQuestion::Agents => {
                let agents = backend.require_agents()?;
                let query = AgentQuery::default();
                let list = async |page| agents.list(&query, page).await;
                all(until, most, list, |agent| ListedItem::new(&agent.id, Some(agent.name))).await
            }
            BackendQuestion::Environments => {
                let environments = backend.require_environments()?;
                let list = async |page| environments.list(false, page).await;
                all(until, most, list, |environment| ListedItem::new(&environment.id, Some(environment.name))).await
            }
            BackendQuestion::Resources(session) => {
                let resources = backend.require_resources()?;
                let list = async |page| resources.list(session, page).await;
                let title = |path: Option<String>, file: Option<String>| path.or(file);
                all(until, most, list, |resource| {
                    let file = resource.file_id.map(|id| id.to_string());
                    ListedItem::new(&resource.id.unwrap_or_default(), title(resource.mount_path, file))
                })
                .await
            }
            BackendQuestion::Directory(at) => entries(backend, at, until, most).await,
        }
    }
}

/// Collects the pages of a listing.
async fn all<T>(
    until: Instant,
    most: usize,
    mut list: impl AsyncFnMut(PageRequest) -> Result<Page<T>>,
    item: impl Fn(T) -> ListedItem,
) -> Result<ListedItems> {
    let (mut items, mut walk) = (Vec::new(), Pager::whole());
    while let Some(request) = walk.request()? {
        let Ok(page) = timeout_at(until, list(request)).await else {
            return Ok(ListedItems { items, is_whole: false });
        };
        items.extend(walk.take(page?).0.into_iter().flatten().map(&item).filter(|item| !item.id.is_empty()));
        if items.len() >= most {
            items.truncate(most);
            break;
        }
    }
    Ok(ListedItems { items, is_whole: true })
}

/// Collects the entries of a directory.
async fn entries(backend: &dyn Backend, at: &SessionPath, until: Instant, most: usize) -> Result<ListedItems> {
    let mut items = Vec::new();
    let collected = timeout_at(until, async {
        let mut entries = backend.require_files()?.list(at, false).await?.take(most);
        while let Some(entry) = entries.next().await {
            // One that cannot be read is not named either.
            let Ok(entry) = entry else { continue };
            // The entry of a file is the answer for the file itself.
            if entry.path != at.path {
                let is_directory = entry.kind == EntryKind::Directory;
                items.push(ListedItem { is_directory, ..ListedItem::new(entry.path.name(), None) });
            }
        }
        Ok::<_, Error>(())
    });
    match collected.await {
        Ok(done) => done.map(|()| ListedItems { items, is_whole: true }),
        Err(_) => Ok(ListedItems { items, is_whole: false }),
    }
}
