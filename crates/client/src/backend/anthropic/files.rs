//! A session's files, as a [`View`].
//!
//! The service mounts copies of stored files and offers the files of the agent; it has no call that reads, writes or
//! lists a path. So writing a path is an upload and a mount, and only files of the agent can be read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::stream::{self, BoxStream, StreamExt};

use super::capabilities::CAPABILITIES;
use super::client::AnthropicClient;
use super::known::{KnownFile, KnownMount};
use super::resources::{AnthropicResources, agent_only};
use super::store::{AnthropicStore, uploaded};
use super::unmounted::{AbandonedUpload, PendingMount, StepNote};
use super::view::{self, NodeKind, View};
use crate::backend::page::Pager;
use crate::backend::path_errors::{directory_in_the_way, is_directory, no_directory};
use crate::backend::verify::verify_upload;
use crate::backend::{
    Capabilities, FetchOptions, FileStore, GetResult, NewStoredFile, Page, PutOptions, PutResult, RemoteTree,
    Resources, SessionFiles, TimeOf, TreeOptions,
};
use wharf_core::advice::{Setting, Step};
use wharf_core::body::Source;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{
    Entry, EntryKind, FileId, Provider, RemotePath, Resource, ResourceKind, SessionId, SessionPath, StoredFile,
};
use wharf_core::sync::lock;

/// The time for which a listing is reused by later downloads.
const FRESH: Duration = Duration::from_secs(60);

/// The maximum number of mounts or files of a session: all are kept in memory to find paths.
const MOST: usize = 10_000;
const BYTES: usize = 4 << 20;

/// The most listings while waiting for an agent that keeps creating files.
const LOOKS: u32 = 15;

/// A path that is reserved for a pending mount, and the resource that the mount replaces.
pub(super) struct ReservedPath {
    client: Arc<AnthropicClient>,
    target: SessionPath,
    replaces: Option<String>,
    /// Whether it is known what is at the path now.
    is_settled: bool,
}

/// The files in sessions.
pub(super) struct AnthropicFiles {
    pub(super) client: Arc<AnthropicClient>,
    pub(super) store: AnthropicStore,
    pub(super) resources: AnthropicResources,
}

#[async_trait]
impl SessionFiles for AnthropicFiles {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn time_of(&self) -> TimeOf {
        TimeOf::Arrival
    }

    /// Directories exist through their files.
    fn creates_parents(&self) -> bool {
        true
    }

    fn mounts_uploads(&self) -> bool {
        true
    }

    /// Uploads a file, compares the length and mounts it. A file that is mounted at the path is unmounted between the
    /// two, unless it is to be kept: the old file stays until the new one is stored. The stored file stays, and the
    /// result names it and the mount.
    async fn put(&self, at: &SessionPath, source: &dyn Source, options: PutOptions) -> Result<PutResult> {
        let target = at.at(view::mount_path(&at.path));
        if view::is_output(&target.path) {
            return Err(agent_only(&target));
        }
        let reserved = self.resources.reserve(&target, !options.keep_existing).await?;
        let put = self.upload_and_mount(&reserved, source, options.expires_in).await;
        let mounted = put.as_ref().ok().map(|(_, resource)| resource);
        self.resources.release(reserved, mounted).await;
        let (stored, resource) = put?;
        let path = match &resource.mount_path {
            Some(path) => path.parse().map_err(|e: Error| e.of_kind(Kind::Unavailable).context("the answered path"))?,
            None => target.path,
        };
        Ok(PutResult { path, resource_id: resource.id, ..stored })
    }

    async fn fetch(&self, at: &SessionPath, options: FetchOptions) -> Result<GetResult> {
        // What was just listed need not be listed again for every file of a tree.
        let known = self.lately(&at.session);
        let view = match known {
            Some(view) if view.find(at).is_ok() => view,
            _ => self.view(&at.session).await?,
        };
        let path = view.find(at)?;
        let seen = view.entry(&at.at(path.clone()));
        match view.what(path) {
            NodeKind::Directory => Err(is_directory(at)),
            NodeKind::Mount(_, ResourceKind::File) => Err(uploaded(&format!("`{at}`"))),
            NodeKind::Mount(..) => {
                Err(Error::new(Kind::Unsupported, format!("the service shows nothing of this: `{at}`"))
                    .from_backend(CAPABILITIES.backend))
            }
            NodeKind::Output(id) => {
                let size = seen.as_ref().and_then(|entry| entry.size).or(options.size);
                let seen = KnownFile::made(size, seen.and_then(|entry| entry.modified_at));
                self.store.content(&id, seen, options).await
            }
        }
    }

    async fn stat(&self, at: &SessionPath) -> Result<Entry> {
        let view = self.view(&at.session).await?;
        self.entry(&view, at).await
    }

    /// Returns an entry from a recent listing, unless this process changed its path since.
    async fn stat_lately(&self, at: &SessionPath) -> Result<Entry> {
        let touched = lock(&self.client.touched).contains(&at.at(view::mount_path(&at.path)));
        match self.lately(&at.session) {
            Some(view) if !touched => self.entry(&view, at).await,
            _ => self.stat(at).await,
        }
    }

    async fn list<'a>(&'a self, at: &SessionPath, recursive: bool) -> Result<BoxStream<'a, Result<Entry>>> {
        let view = self.view(&at.session).await?;
        let at = at.at(view.find(at)?.clone());
        Ok(match view.entry(&at) {
            Some(entry) if entry.kind != EntryKind::Directory => stream::iter([Ok(entry)]).boxed(),
            _ => entries(&view, &at, recursive),
        })
    }

    /// Opens the files of a session. Files of the agent appear some time after they were written \[docs\]: two equal
    /// listings at that distance are required.
    async fn open_tree<'a>(&'a self, at: &SessionPath, options: TreeOptions) -> Result<RemoteTree<'a>> {
        let mut view = self.view(&at.session).await?;
        let outputs: RemotePath = wharf_wire::anthropic::resources::OUTPUTS.parse()?;
        let target = view::mount_path(&at.path);
        let there = view.find(at).ok().and_then(|path| view.entry(&at.at(path.clone())));
        let is_file = there.is_some_and(|entry| entry.kind != EntryKind::Directory);
        let late = target.is_within(&outputs) || outputs.is_within(&target);
        if options.settle && late && !is_file {
            let mut looks = 1;
            loop {
                tokio::time::sleep(self.client.setup.settle).await;
                let next = self.view(&at.session).await?;
                looks += 1;
                let same = next.outputs() == view.outputs();
                view = next;
                if same {
                    break;
                }
                if looks > LOOKS {
                    return Err(Error::conflict(format!("the agent is still writing files: `{}`", at.session)).hint(
                        format!(
                            "wait for it: {}, or use the files that exist now: {}",
                            Step::WaitForSession { id: at.session.as_str(), deleted: false },
                            Setting::NoSettle
                        ),
                    ));
                }
            }
        }
        if !options.all {
            view.check_names(&at.path)?;
        }
        let root = self.entry(&view, at).await?;
        let at = at.at(root.path.clone());
        let entries = (root.kind == EntryKind::Directory).then(|| entries(&view, &at, true));
        Ok(RemoteTree { at, root, entries })
    }

    async fn resolve(&self, at: &SessionPath) -> Result<SessionPath> {
        let view = self.view(&at.session).await?;
        view.find(at).map(|path| at.at(path.clone()))
    }

    /// Unmounts a resource. A file of the agent cannot be removed: only its copy in the file store could be deleted.
    async fn remove(&self, at: &SessionPath, recursive: bool) -> Result<()> {
        let view = self.view(&at.session).await?;
        let path = view.find(at)?.clone();
        let here = at.at(path.clone());
        let mut mounts = Vec::new();
        match view.what(&path) {
            NodeKind::Directory if path.is_root() => {
                return Err(Error::conflict(format!("the root of a session cannot be removed: `{at}`"))
                    .hint("remove its contents, or delete the session"));
            }
            NodeKind::Directory if !recursive => {
                return Err(is_directory(at).hint(format!("add {} to unmount all that is in it", Setting::Recursive)));
            }
            NodeKind::Directory => {
                for entry in view.below(&here, true) {
                    mounts.extend(mount_of(&view, &at.at(entry.path))?);
                }
            }
            _ => mounts.extend(mount_of(&view, &here)?),
        }
        for id in mounts {
            match self.resources.remove(&at.session, &id).await {
                Err(error) if error.kind() == Kind::NotFound && recursive => {}
                other => other?,
            }
        }
        if let Some(taken) = self.client.taken.lock().await.get_mut(&at.session) {
            taken.there = None;
        }
        // What cannot be read may lie there, and cannot be unmounted.
        let left = view.what(&path).is_directory().then(|| view.faults(&path, true).next().cloned()).flatten();
        left.map_or(Ok(()), Err)
    }
}

/// Returns the entries of a view below a directory, and errors for those that it cannot show.
fn entries(view: &View, at: &SessionPath, recursive: bool) -> BoxStream<'static, Result<Entry>> {
    let mut entries: Vec<_> = view.below(at, recursive).map(Ok).collect();
    entries.extend(view.faults(&at.path, recursive).cloned().map(Err));
    stream::iter(entries).boxed()
}

impl AnthropicFiles {
    /// Returns the entry of a view at a path.
    async fn entry(&self, view: &View, at: &SessionPath) -> Result<Entry> {
        let path = view.find(at)?.clone();
        let mut entry =
            view.entry(&at.at(path)).ok_or_else(|| Error::new(Kind::Internal, "a path without an entry"))?;
        if let (EntryKind::File, None, Some(id)) = (entry.kind, entry.size, &entry.file_id) {
            // The files of the session need not hold what is mounted.
            entry.size = self.store.get(id).await.ok().and_then(|file| file.size);
        }
        Ok(entry)
    }

    /// Returns the current files of a session.
    async fn view(&self, session: &SessionId) -> Result<Arc<View>> {
        let (mounts, files) = tokio::try_join!(self.resources.mounts(session), self.scoped(session))?;
        let view = Arc::new(View::new(mounts, files));
        lock(&self.client.views).insert(session.clone(), (Instant::now(), Arc::clone(&view)));
        Ok(view)
    }

    /// Returns all files of a session.
    async fn scoped(&self, session: &SessionId) -> Result<Vec<Result<StoredFile>>> {
        let mut all = BoundedItems::new();
        while let Some(request) = all.pager.request()? {
            all.take(self.store.list(Some(session), request).await?, |file| &file.provider)?;
        }
        Ok(all.items)
    }

    /// Returns the files of a session from the last listing, if it is recent.
    fn lately(&self, session: &SessionId) -> Option<Arc<View>> {
        let views = lock(&self.client.views);
        views.get(session).filter(|(when, _)| when.elapsed() < FRESH).map(|(_, view)| Arc::clone(view))
    }

    async fn upload_and_mount(
        &self,
        reserved: &ReservedPath,
        source: &dyn Source,
        expires_in: Option<Duration>,
    ) -> Result<(PutResult, Resource)> {
        let target = &reserved.target;
        let new = NewStoredFile { filename: self.store.name_to_mount(target.path.name()), mime_type: None, expires_in };
        let (file, stored) = self.store.upload(new, source).await?;
        let upload = PendingMount { target: target.clone(), id: file.id };
        let mut note = StepNote::new(&self.client.abandoned, Some(AbandonedUpload::Stored(upload.clone())));
        let content = match verify_upload(&target.to_string(), &stored) {
            Ok(_) => self.resources.asked_for(upload.resource()).await,
            Err(error) => Err(error),
        };
        let content = match content {
            Ok(content) => content,
            Err(error) => {
                let error = self.undo(&upload.id, error).await;
                note.done();
                return Err(error);
            }
        };
        if let Some(old) = &reserved.replaces {
            note.at(AbandonedUpload::Unmounting(upload.clone()));
            match self.resources.remove(&target.session, old).await {
                Ok(()) => {}
                Err(error) if error.kind() == Kind::NotFound => {}
                Err(error) => {
                    let error = error.context(format!("unmounting what `{target}` holds"));
                    let error = self.undo(&upload.id, error).await;
                    note.done();
                    return Err(error);
                }
            }
        }
        note.at(AbandonedUpload::Mounting { upload: upload.clone(), replaces: reserved.replaces.is_some() });
        let mounted = self.resources.mount(target, &content).await;
        let result = match mounted {
            Ok(resource) => Ok((stored, resource)),
            Err(error) if reserved.replaces.is_some() => Err(unmounted(&upload, error)),
            Err(error) => Err(self.undo(&upload.id, error).await),
        };
        note.done();
        result
    }

    /// Deletes an upload that could not be mounted. An upload that may be mounted nevertheless stays.
    async fn undo(&self, id: &FileId, error: Error) -> Error {
        if error.is_uncertain() {
            return error.context(format!("the upload stays as `{id}`")).leaving([id.to_string()]);
        }
        match self.store.delete(id).await {
            Ok(()) if error.kind() == Kind::Unverified => error.hint("the copy was removed: upload it again"),
            Ok(()) => error,
            Err(left) if left.kind() == Kind::NotFound => error,
            Err(left) => {
                let hint = error.hint_text().map(|hint| format!("{hint}; ")).unwrap_or_default();
                let hint = format!("{hint}it cannot be deleted: {}", left.message());
                error.context(format!("the upload remains as `{id}`")).hint(hint).leaving([id.to_string()])
            }
        }
    }
}

impl Drop for ReservedPath {
    fn drop(&mut self) {
        lock(&self.client.touched).insert(self.target.clone());
        lock(&self.client.coming).remove(&self.target);
        // After an upload that was left, what is there is found out by asking.
        if !self.is_settled
            && let Ok(mut all) = self.client.taken.try_lock()
            && let Some(taken) = all.get_mut(&self.target.session)
        {
            taken.there = None;
        }
    }
}

impl AnthropicClient {
    /// Drops the cached state of a session.
    pub(super) async fn forget(&self, session: &SessionId) {
        lock(&self.views).remove(session);
        self.taken.lock().await.remove(session);
    }
}

impl AnthropicResources {
    /// Returns all resources of a session.
    pub(super) async fn mounts(&self, session: &SessionId) -> Result<Vec<Result<Resource>>> {
        let mut all = BoundedItems::new();
        while let Some(request) = all.pager.request()? {
            all.take(self.list(session, request).await?, |mount| &mount.provider)?;
        }
        Ok(all.items)
    }

    /// Returns whether a resource is mounted at a path now.
    pub(super) async fn is_mounted(&self, at: &SessionPath) -> bool {
        let mounts = self.mounts(&at.session).await.unwrap_or_default();
        mounts.into_iter().flatten().any(|mount| mount.mount_path.as_deref() == Some(at.path.as_str()))
    }

    /// Reserves a path, so that no other upload of this process uses it.
    ///
    /// # Errors
    /// `conflict` where something is there that may not be replaced, or above, or below; `usage` for a path that is too
    /// long; what listing the mounts says.
    pub(super) async fn reserve(&self, target: &SessionPath, replace: bool) -> Result<ReservedPath> {
        target.path.check_length()?;
        let mut all = self.client.taken.lock().await;
        let taken = all.entry(target.session.clone()).or_default();
        let known =
            taken.there.as_ref().map(|(when, there)| (when.elapsed() < FRESH, room_for(there, target, replace)));
        let replaces = match known {
            // What was heard a while ago may be over.
            Some((_, Ok(None))) => None,
            Some((true, Ok(Some(old)))) => Some(old),
            _ => {
                let mounts = self.mounts(&target.session).await?;
                let there: BTreeMap<_, _> = mounts.iter().flatten().filter_map(KnownMount::of).collect();
                let (_, there) = taken.there.insert((Instant::now(), there));
                room_for(there, target, replace)?
            }
        };
        let mut coming = lock(&self.client.coming);
        check_free(coming.iter().filter(|at| at.session == target.session).map(|at| &at.path), target)?;
        coming.insert(target.clone());
        Ok(ReservedPath { client: Arc::clone(&self.client), target: target.clone(), replaces, is_settled: false })
    }

    /// Ends a reservation; `mounted` is the resource that was mounted, possibly at another path.
    pub(super) async fn release(&self, mut reserved: ReservedPath, mounted: Option<&Resource>) {
        let mut all = self.client.taken.lock().await;
        if let Some(taken) = all.get_mut(&reserved.target.session) {
            match (&mut taken.there, mounted) {
                (Some((_, there)), Some(mount)) => there.extend(KnownMount::of(mount)),
                // What is there after a replacement that failed is found out by asking.
                (there, None) if reserved.replaces.is_some() => *there = None,
                _ => {}
            }
        }
        reserved.is_settled = true;
    }
}

/// The items of a listing, up to a limit of memory.
struct BoundedItems<T> {
    items: Vec<Result<T>>,
    bytes: usize,
    pager: Pager,
}

impl<T> BoundedItems<T> {
    fn new() -> Self {
        BoundedItems { items: Vec::new(), bytes: 0, pager: Pager::whole() }
    }

    /// Adds the items of a page.
    ///
    /// # Errors
    /// `limit` for more items than fit.
    fn take(&mut self, page: Page<T>, provider: fn(&T) -> &Provider) -> Result<()> {
        for item in self.pager.take(page).0 {
            self.bytes += item.as_ref().ok().and_then(|item| provider(item).text()).map_or(0, str::len);
            self.items.push(item);
        }
        if self.items.len() <= MOST && self.bytes <= BYTES {
            return Ok(());
        }
        let what = format!("the session has more than {MOST} mounts or files, or {} MiB of them", BYTES >> 20);
        Err(Error::new(Kind::Limit, what)
            .hint(format!("fetch files by their ids: {}", Step::ListStoredFiles { scope: Some("SESSION") })))
    }
}

/// Returns the error of a path that holds neither the old file nor the new one.
fn unmounted(upload: &PendingMount, error: Error) -> Error {
    let PendingMount { target, id } = upload;
    let resource = format!("{id}:{}", target.path);
    let mount = Step::AddResource { session: target.session.as_str(), resource: &resource };
    let hint = format!("the old file is unmounted, and the new one is stored but not mounted: {mount}");
    error.context(format!("mounting `{id}` at `{target}`")).hint(hint).leaving([id.to_string()])
}

/// Returns whether a resource can be mounted at a path, and the id of the resource that it would replace.
fn room_for(there: &BTreeMap<RemotePath, KnownMount>, target: &SessionPath, replace: bool) -> Result<Option<String>> {
    match there.get(&target.path) {
        Some(KnownMount(Some(id))) if replace => Ok(Some(id.clone())),
        _ => check_free(there.keys(), target).map(|()| None),
    }
}

/// Returns the id of the resource to unmount at a path; `None` for a directory.
fn mount_of(view: &View, at: &SessionPath) -> Result<Option<String>> {
    let refused = |what: &str, hint: String| {
        Err(Error::new(Kind::Unsupported, format!("{what}: `{at}`")).hint(hint).from_backend(CAPABILITIES.backend))
    };
    match view.what(&at.path) {
        NodeKind::Directory => Ok(None),
        NodeKind::Mount(Some(id), _) => Ok(Some(id)),
        NodeKind::Mount(None, _) => {
            refused("what is mounted here has no id to unmount it by", "it goes with the session".to_owned())
        }
        NodeKind::Output(id) => refused(
            "what the agent made cannot be removed from its session",
            format!("the file that the service made of it can: {}", Step::DeleteStoredFile { id: Some(id.as_str()) }),
        ),
    }
}

/// Fails unless a resource could be mounted at a path.
fn check_free<'a>(taken: impl Iterator<Item = &'a RemotePath>, target: &SessionPath) -> Result<()> {
    let taken: BTreeSet<&RemotePath> = taken.collect();
    let path = &target.path;
    let home = CAPABILITIES.home.parse::<RemotePath>()?;
    if path.is_root() || home.is_within(path) {
        return Err(directory_in_the_way(target));
    }
    if taken.contains(path) {
        return Err(Error::conflict(format!("a stored file is mounted read-only at `{target}`"))
            .hint(format!("unmount it first: {}", Step::RemoveFile { target: Some(&target.to_string()) })));
    }
    let mut above = path.parent();
    while let Some(parent) = above {
        if taken.contains(&parent) {
            return Err(no_directory(&target.at(parent)));
        }
        above = parent.parent();
    }
    if taken.iter().any(|other| other.is_within(path)) {
        return Err(directory_in_the_way(target));
    }
    Ok(())
}
