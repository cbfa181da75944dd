//! A session's files, as a [`View`].
//!
//! The service mounts copies of stored files and hands out what the agent made; it has no call that
//! reads, writes or lists a path. So an upload to a path is an upload and a mount, and only what the
//! agent made can be fetched.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::stream::{self, BoxStream, StreamExt};

use super::listing::Walk;
use super::store::{Seen, stored_name, uploaded};
use super::view::{self, View, What};
use super::{Anthropic, CAPABILITIES, held, lacks};
use crate::backend::occupied::{directory_in_the_way, is_directory};
use crate::backend::{
    Feature, FetchOptions, Fetched, FileStore, Gather, MkdirOptions, NewResource, NewStoredFile, PageRequest,
    PutOptions, Resources, SessionFiles, Stored,
};
use crate::body::Source;
use crate::error::{Error, Kind, Result};
use crate::model::{Entry, EntryKind, FileId, RemotePath, Resource, ResourceKind, SessionId, SessionPath, StoredFile};

/// As long a listing serves to find what is fetched after it.
const FRESH: Duration = Duration::from_secs(60);

/// After so many looks an agent that goes on making files is not waited for.
const LOOKS: u32 = 15;

/// The paths of a session at which something is mounted.
#[derive(Default)]
pub(super) struct Taken {
    /// As was last heard; nothing before anybody asked.
    there: Option<BTreeSet<RemotePath>>,
    /// What this process is about to mount.
    coming: BTreeSet<RemotePath>,
}

/// A path that is set aside for a mount that is on its way.
pub(super) struct Reserved(SessionPath);

#[async_trait]
impl SessionFiles for Anthropic {
    /// Uploads and mounts. The stored file stays, and its name and the mount's are told.
    async fn put(&self, at: &SessionPath, source: &dyn Source, _options: PutOptions) -> Result<Stored> {
        let place = at.at(view::place(&at.path));
        if view::is_output(&place.path) {
            return Err(Error::new(Kind::Unsupported, format!("only the agent writes here: `{place}`"))
                .hint(format!("upload to a path below {}", CAPABILITIES.home))
                .from_backend(CAPABILITIES.backend));
        }
        let reserved = self.reserve(&place).await?;
        let put = self.upload_and_mount(&place, source).await;
        let mounted = put.as_ref().ok().map(|(_, resource)| resource);
        self.release(reserved, mounted).await;
        let (stored, resource) = put?;
        let path = match &resource.mount_path {
            Some(path) => path.parse().map_err(|e: Error| e.of_kind(Kind::Unavailable).context("the answered path"))?,
            None => place.path,
        };
        Ok(Stored { path, resource_id: resource.id, ..stored })
    }

    async fn fetch(&self, at: &SessionPath, options: FetchOptions) -> Result<Fetched> {
        // What was just listed need not be listed again for every file of a tree.
        let known = self.lately(&at.session);
        let view = match known {
            Some(view) if view.find(at).is_ok() => view,
            _ => self.view(&at.session).await?,
        };
        let path = view.find(at)?;
        let seen = view.entry(&at.at(path.clone()));
        match view.what(path) {
            What::Directory => Err(is_directory(at)),
            What::Mount(_, ResourceKind::File) => Err(uploaded(&format!("`{at}`"))),
            What::Mount(..) => Err(Error::new(Kind::Unsupported, format!("the service shows nothing of this: `{at}`"))
                .from_backend(CAPABILITIES.backend)),
            What::Output(id) => {
                let size = seen.as_ref().and_then(|entry| entry.size).or(options.size);
                let seen = Seen::made(size, seen.and_then(|entry| entry.modified_at));
                self.content(&id, seen, options.range).await
            }
        }
    }

    async fn stat(&self, at: &SessionPath) -> Result<Entry> {
        let view = self.view(&at.session).await?;
        let path = view.find(at)?.clone();
        let mut entry =
            view.entry(&at.at(path)).ok_or_else(|| Error::new(Kind::Internal, "a path without an entry"))?;
        if let (EntryKind::File, None, Some(id)) = (entry.kind, entry.size, &entry.file_id) {
            // The files of the session need not hold what is mounted.
            entry.size = FileStore::get(self, id).await.ok().and_then(|file| file.size);
        }
        Ok(entry)
    }

    async fn list<'a>(&'a self, at: &SessionPath, recursive: bool) -> Result<BoxStream<'a, Result<Entry>>> {
        let view = self.view(&at.session).await?;
        let at = at.at(view.find(at)?.clone());
        let mut entries: Vec<Result<Entry>> = match view.entry(&at) {
            Some(entry) if entry.kind != EntryKind::Directory => vec![Ok(entry)],
            _ => view.below(&at, recursive).map(Ok).collect(),
        };
        if at.path.is_root() && recursive {
            entries.extend(view.faults().iter().cloned().map(Err));
        }
        Ok(stream::iter(entries).boxed())
    }

    /// What the agent made comes to light only a while after it is done \[docs\]: two looks that see
    /// the same have to lie that far apart.
    async fn gather(&self, at: &SessionPath, how: Gather) -> Result<()> {
        let mut view = self.view(&at.session).await?;
        let outputs: RemotePath = crate::wire::anthropic::resources::OUTPUTS.parse()?;
        let place = view::place(&at.path);
        let there = view.find(at).ok().and_then(|path| view.entry(&at.at(path.clone())));
        let is_file = there.is_some_and(|entry| entry.kind != EntryKind::Directory);
        let late = place.is_within(&outputs) || outputs.is_within(&place);
        if how.settle && late && !is_file {
            let mut looks = 1;
            loop {
                tokio::time::sleep(self.setup.settle).await;
                let next = self.view(&at.session).await?;
                looks += 1;
                let same = next.outputs() == view.outputs();
                view = next;
                if same {
                    break;
                }
                if looks > LOOKS {
                    return Err(Error::conflict(format!("the agent goes on making files: `{}`", at.session))
                        .hint("wait for it: `wharf sessions wait`, or take what is there: --no-settle"));
                }
            }
        }
        if how.all { Ok(()) } else { view.check_names(&at.path) }
    }

    async fn resolve(&self, at: &SessionPath) -> Result<SessionPath> {
        let view = self.view(&at.session).await?;
        view.find(at).map(|path| at.at(path.clone()))
    }

    async fn mkdir(&self, _: &SessionPath, _: MkdirOptions) -> Result<Entry> {
        Err(lacks(Feature::Mkdir))
    }

    async fn rename(&self, _: &SessionPath, _: &RemotePath) -> Result<Entry> {
        Err(lacks(Feature::Move))
    }

    /// Unmounts. What the agent made is not removed by removing the file that the service made of it.
    async fn remove(&self, at: &SessionPath, recursive: bool) -> Result<()> {
        let view = self.view(&at.session).await?;
        let path = view.find(at)?.clone();
        let here = at.at(path.clone());
        let mut mounts = Vec::new();
        match view.what(&path) {
            What::Directory if path.is_root() => {
                return Err(Error::conflict(format!("the root of a session is never removed: `{at}`"))
                    .hint("remove what is in it, or delete the session"));
            }
            What::Directory if !recursive => {
                return Err(is_directory(at).hint("add -r to unmount all that is in it"));
            }
            What::Directory => {
                for entry in view.below(&here, true) {
                    mounts.extend(mount_of(&view, &at.at(entry.path))?);
                }
            }
            _ => mounts.extend(mount_of(&view, &here)?),
        }
        for id in mounts {
            match Resources::remove(self, &at.session, &id).await {
                Err(error) if error.kind() == Kind::NotFound && recursive => {}
                other => other?,
            }
        }
        if let Some(taken) = self.taken.lock().await.get_mut(&at.session) {
            taken.there = None;
        }
        Ok(())
    }
}

impl Anthropic {
    /// A session's files, as they are now.
    async fn view(&self, session: &SessionId) -> Result<Arc<View>> {
        let (mounts, files) = tokio::try_join!(self.mounts(session), self.scoped(session))?;
        let view = Arc::new(View::new(mounts, files));
        held(&self.views).insert(session.clone(), (Instant::now(), Arc::clone(&view)));
        Ok(view)
    }

    /// All that is mounted.
    async fn mounts(&self, session: &SessionId) -> Result<Vec<Resource>> {
        let (mut walk, mut page, mut found) = (Walk::default(), Some(PageRequest::default()), Vec::new());
        while let Some(request) = page {
            let part = Resources::list(self, session, request).await?;
            found.extend(part.items);
            page = walk.on(part.next)?;
        }
        Ok(found)
    }

    /// Whether something is mounted at a path now.
    pub(super) async fn is_mounted(&self, at: &SessionPath) -> bool {
        let mounts = self.mounts(&at.session).await.unwrap_or_default();
        mounts.iter().any(|mount| mount.mount_path.as_deref() == Some(at.path.as_str()))
    }

    /// All files that belong to a session.
    async fn scoped(&self, session: &SessionId) -> Result<Vec<StoredFile>> {
        let (mut walk, mut page, mut found) = (Walk::default(), Some(PageRequest::default()), Vec::new());
        while let Some(request) = page {
            let part = FileStore::list(self, Some(session), request).await?;
            found.extend(part.items);
            page = walk.on(part.next)?;
        }
        Ok(found)
    }

    /// The same as they were a moment ago, if somebody looked.
    fn lately(&self, session: &SessionId) -> Option<Arc<View>> {
        let views = held(&self.views);
        views.get(session).filter(|(when, _)| when.elapsed() < FRESH).map(|(_, view)| Arc::clone(view))
    }

    /// Forgets what is known of a session.
    pub(super) async fn forget(&self, session: &SessionId) {
        held(&self.views).remove(session);
        self.taken.lock().await.remove(session);
    }

    async fn upload_and_mount(&self, place: &SessionPath, source: &dyn Source) -> Result<(Stored, Resource)> {
        let new = NewStoredFile { filename: stored_name(place.path.name()), ..NewStoredFile::default() };
        let (file, stored) = FileStore::upload(self, new, source).await?;
        let new = NewResource {
            kind: ResourceKind::File,
            file_id: Some(file.id.clone()),
            mount_path: Some(place.path.to_string()),
            extra: serde_json::Map::new(),
        };
        let mounted = match self.asked_for(new).await {
            Ok(content) => self.mount(place, &content).await,
            Err(error) => Err(error),
        };
        match mounted {
            Ok(resource) => Ok((stored, resource)),
            Err(error) => Err(self.undo(&file.id, error).await),
        }
    }

    /// Deletes an upload that could not be mounted. One that may be mounted all the same stays.
    async fn undo(&self, id: &FileId, error: Error) -> Error {
        let hint = error.hint_text().map(|hint| format!("{hint}; ")).unwrap_or_default();
        if error.is_uncertain() {
            return error.hint(format!("{hint}the upload stays as `{id}`"));
        }
        match FileStore::delete(self, id).await {
            Ok(()) => error,
            Err(left) => error.hint(format!("{hint}the upload remains as `{id}`: {}", left.message())),
        }
    }

    /// Sets a path aside, so that nobody else in this process takes it.
    ///
    /// # Errors
    /// `conflict` where something is there, or above, or below; what listing the mounts says.
    pub(super) async fn reserve(&self, place: &SessionPath) -> Result<Reserved> {
        let mut all = self.taken.lock().await;
        let taken = all.entry(place.session.clone()).or_default();
        let known = taken.there.as_ref().is_some_and(|there| check_free(there, place).is_ok());
        if !known {
            // What was heard may be over.
            let mounts = self.mounts(&place.session).await?;
            let there = mounts.iter().filter_map(|mount| mount.mount_path.as_deref()?.parse().ok()).collect();
            check_free(taken.there.insert(there), place)?;
        }
        check_free(&taken.coming, place)?;
        taken.coming.insert(place.path.clone());
        Ok(Reserved(place.clone()))
    }

    /// Ends a reservation: something is mounted now, maybe elsewhere, or nothing is.
    pub(super) async fn release(&self, Reserved(place): Reserved, mounted: Option<&Resource>) {
        let mut all = self.taken.lock().await;
        let Some(taken) = all.get_mut(&place.session) else { return };
        taken.coming.remove(&place.path);
        if let (Some(there), Some(mount)) = (&mut taken.there, mounted) {
            there.extend(mount.mount_path.as_deref().and_then(|path| path.parse().ok()));
        }
    }
}

/// What to unmount at a path; nothing for a directory.
fn mount_of(view: &View, at: &SessionPath) -> Result<Option<String>> {
    let refused = |what: &str, hint: String| {
        Err(Error::new(Kind::Unsupported, format!("{what}: `{at}`")).hint(hint).from_backend(CAPABILITIES.backend))
    };
    match view.what(&at.path) {
        What::Directory => Ok(None),
        What::Mount(Some(id), _) => Ok(Some(id)),
        What::Mount(None, _) => {
            refused("what is mounted here has no id to unmount it by", "it goes with the session".to_owned())
        }
        What::Output(id) => refused(
            "what the agent made cannot be removed from its session",
            format!("the file that the service made of it can: `wharf files rm {id}`"),
        ),
    }
}

/// Whether something could be mounted at a path.
fn check_free(taken: &BTreeSet<RemotePath>, place: &SessionPath) -> Result<()> {
    let path = &place.path;
    let home = CAPABILITIES.home.parse::<RemotePath>()?;
    if path.is_root() || home.is_within(path) {
        return Err(directory_in_the_way(place));
    }
    if taken.contains(path) {
        return Err(Error::conflict(format!("a stored file is mounted here, read-only: `{place}`"))
            .hint(format!("unmount it first: `wharf files rm {place}`")));
    }
    let mut above = path.parent();
    while let Some(parent) = above {
        if taken.contains(&parent) {
            return Err(Error::conflict(format!("this is no directory: `{}`", place.at(parent))));
        }
        above = parent.parent();
    }
    if taken.iter().any(|other| other.is_within(path)) {
        return Err(directory_in_the_way(place));
    }
    Ok(())
}
