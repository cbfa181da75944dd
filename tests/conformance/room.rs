//! A session to play in: calls with short names whose answers are compared with what was sent.

use std::fmt;

use futures_util::TryStreamExt as _;
use wharf_client::backend::{
    ByteRange, FetchOptions, GetResult, MkdirOptions, NewResource, NewSession, NewStoredFile, Page, PageRequest,
    PutOptions, PutResult, RemoteHash,
};
use wharf_core::body::Source;
use wharf_core::error::Result;
use wharf_core::model::{Entry, EntryKind, FileId, Resource, ResourceKind, SessionId, SessionPath};

use crate::content::{Content, summary};
use crate::stage::Stage;

/// A session of its own.
pub(crate) struct Room<'a> {
    pub(crate) stage: &'a Stage,
    pub(crate) id: SessionId,
}

/// What a listing must tell of a path: the same on every backend.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// Below the backend's home, without a leading slash.
    pub(crate) path: String,
    pub(crate) kind: EntryKind,
    pub(crate) size: Option<u64>,
    /// What is mounted there.
    pub(crate) file_id: Option<FileId>,
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.path, self.kind.word())?;
        self.size.map_or(Ok(()), |size| write!(f, " of {size}"))?;
        self.file_id.as_ref().map_or(Ok(()), |id| write!(f, " from {id}"))
    }
}

impl<'a> Room<'a> {
    /// A new empty session.
    pub(crate) async fn new(stage: &'a Stage) -> Self {
        let session = stage.sessions().create(NewSession::default()).await.unwrap();
        Room { stage, id: session.id }
    }

    /// A path below the backend's home.
    pub(crate) fn at(&self, path: &str) -> SessionPath {
        let home = self.stage.capabilities().home;
        SessionPath { session: self.id.clone(), path: format!("{home}/{path}").parse().unwrap() }
    }

    /// Puts a file; what is there is replaced.
    pub(crate) async fn put(&self, path: &str, bytes: &[u8]) -> Result<()> {
        self.put_with(path, bytes, PutOptions::default()).await
    }

    /// Puts a file where nothing is yet.
    pub(crate) async fn put_new(&self, path: &str, bytes: &[u8]) -> Result<()> {
        self.put_with(path, bytes, PutOptions { keep_existing: true, bulk: false, expires_in: None }).await
    }

    pub(crate) async fn put_with(&self, path: &str, bytes: &[u8], options: PutOptions) -> Result<()> {
        let stored = self.put_from(path, &Content(bytes), options).await?;
        assert_receipt(self.stage, &stored, bytes);
        assert_eq!(stored.path, self.at(path).path);
        Ok(())
    }

    pub(crate) async fn put_from(&self, path: &str, source: &dyn Source, options: PutOptions) -> Result<PutResult> {
        self.stage.backend.require_files()?.put(&self.at(path), source, options).await
    }

    /// What a file holds.
    pub(crate) async fn read(&self, path: &str) -> Result<Vec<u8>> {
        drain(self.stage.backend.require_files()?.fetch(&self.at(path), FetchOptions::default()).await?).await
    }

    /// The bytes of a range, its last one included.
    pub(crate) async fn read_range(&self, path: &str, first: u64, last: Option<u64>) -> Result<Vec<u8>> {
        let range = Some(ByteRange { first, last });
        drain(
            self.stage
                .backend
                .require_files()?
                .fetch(&self.at(path), FetchOptions { range, ..FetchOptions::default() })
                .await?,
        )
        .await
    }

    pub(crate) async fn stat(&self, path: &str) -> Result<Line> {
        self.stage.backend.require_files()?.stat(&self.at(path)).await.map(|entry| self.line(&entry))
    }

    /// The entries of a directory, or the tree below it.
    pub(crate) async fn list(&self, path: &str, recursive: bool) -> Result<Vec<Line>> {
        let entries = self.stage.backend.require_files()?.list(&self.at(path), recursive).await?;
        entries.map_ok(|entry| self.line(&entry)).try_collect().await
    }

    /// Every path in the session, in order; a directory ends in a slash.
    pub(crate) async fn paths(&self) -> Vec<String> {
        let lines = self.list("", true).await.unwrap();
        let slash = |line: &Line| if line.kind == EntryKind::Directory { "/" } else { "" };
        lines.iter().map(|line| format!("{}{}", line.path, slash(line))).collect()
    }

    /// What a path means.
    pub(crate) async fn resolve(&self, path: &str) -> Result<SessionPath> {
        self.stage.backend.require_files()?.resolve(&self.at(path)).await
    }

    pub(crate) async fn mkdir(&self, path: &str, parents: bool) -> Result<Line> {
        self.mkdir_with(path, MkdirOptions { parents, ..MkdirOptions::default() }).await
    }

    pub(crate) async fn mkdir_with(&self, path: &str, options: MkdirOptions) -> Result<Line> {
        let made = self.stage.backend.require_files()?.mkdir(&self.at(path), options).await?;
        assert_eq!(made.path, self.at(path).path);
        Ok(self.line(&made))
    }

    pub(crate) async fn rename(&self, from: &str, to: &str) -> Result<Line> {
        let moved = self.stage.backend.require_files()?.rename(&self.at(from), &self.at(to).path).await?;
        assert_eq!(moved.path, self.at(to).path);
        Ok(self.line(&moved))
    }

    pub(crate) async fn remove(&self, path: &str, recursive: bool) -> Result<()> {
        self.stage.backend.require_files()?.remove(&self.at(path), recursive).await
    }

    pub(crate) async fn mount(&self, path: &str, file: &FileId) -> Result<Resource> {
        let resource = self.stage.backend.require_resources()?.add(&self.id, self.resource(path, file)).await?;
        assert_eq!((resource.kind, &resource.session), (ResourceKind::File, &self.id));
        assert_eq!(resource.file_id.as_ref(), Some(file));
        assert_eq!(resource.mount_path.as_deref(), Some(self.at(path).path.as_str()));
        assert!(resource.id.is_some());
        Ok(resource)
    }

    /// A stored file that is to be mounted.
    pub(crate) fn resource(&self, path: &str, file: &FileId) -> NewResource {
        NewResource {
            kind: ResourceKind::File,
            file_id: Some(file.clone()),
            mount_path: Some(self.at(path).path.to_string()),
            extra: serde_json::Map::new(),
        }
    }

    /// The mounts, oldest first: where they are, below the backend's home, and their ids.
    pub(crate) async fn mounts(&self) -> Result<Vec<(String, String)>> {
        let resources = self.stage.backend.require_resources()?;
        let found = pages(None, async |page| resources.list(&self.id, page).await).await?;
        let home = self.at("").path;
        let place = |resource: Resource| {
            let path: wharf_core::model::RemotePath = resource.mount_path.unwrap().parse().unwrap();
            (path.below(&home).to_owned(), resource.id.unwrap())
        };
        Ok(found.into_iter().map(place).collect())
    }

    /// Unmounts what is mounted at a path; where nothing is, something that does not exist.
    pub(crate) async fn unmount(&self, path: &str) -> Result<()> {
        let mounts = if self.stage.backend.resources().is_some() { self.mounts().await? } else { Vec::new() };
        let id = mounts.into_iter().find(|(at, _)| at == path).map_or_else(|| "sesrsc_none".to_owned(), |(_, id)| id);
        self.stage.backend.require_resources()?.remove(&self.id, &id).await
    }

    pub(crate) async fn delete(&self) -> Result<()> {
        self.stage.sessions().delete(&self.id, true).await
    }

    /// Checks what an entry says of itself, and keeps what backends agree on.
    fn line(&self, entry: &Entry) -> Line {
        assert_eq!(entry.session, self.id);
        assert_eq!(entry.name, entry.path.name());
        let home = self.at("").path;
        assert!(entry.path.is_within(&home), "`{}` is not below `{home}`", entry.path);
        Line {
            path: entry.path.below(&home).to_owned(),
            kind: entry.kind,
            size: entry.size,
            file_id: entry.file_id.clone(),
        }
    }
}

/// Stores a file in the workspace.
pub(crate) async fn store(stage: &Stage, filename: &str, bytes: &[u8]) -> Result<FileId> {
    let new = NewStoredFile { filename: filename.to_owned(), mime_type: None, expires_in: None };
    let (file, stored) = stage.backend.require_store()?.upload(new, &Content(bytes)).await?;
    assert_receipt(stage, &stored, bytes);
    assert_eq!(stored.file_id.as_ref(), Some(&file.id));
    assert_eq!((file.filename.as_str(), file.size), (filename, Some(bytes.len() as u64)));
    Ok(file.id)
}

/// A receipt tells the truth, and as much of it as the backend's capabilities promise.
pub(crate) fn assert_receipt(stage: &Stage, stored: &PutResult, bytes: &[u8]) {
    let expected = summary(bytes);
    assert_eq!(stored.sent, expected);
    assert!(stored.size.is_none_or(|size| size == expected.bytes), "{stored:?}");
    assert!(stored.sha256.as_ref().is_none_or(|hash| *hash == expected.sha256), "{stored:?}");
    if stage.capabilities().proof == "sha256" {
        assert!(stored.size.is_some() && stored.sha256.is_some(), "{stored:?}");
    }
}

/// All bytes of a fetched file, which must be what its length and hashes say.
pub(crate) async fn drain(fetched: GetResult) -> Result<Vec<u8>> {
    let mut body = fetched.body;
    let announced = body.len();
    let mut bytes = Vec::new();
    while let Some(block) = body.next().await? {
        bytes.extend_from_slice(&block);
    }
    assert_eq!(body.digest()?, &summary(&bytes));
    assert!(announced.is_none_or(|length| length == bytes.len() as u64), "{announced:?} of {}", bytes.len());
    if let RemoteHash::Known(hash) = fetched.sha256 {
        assert_eq!(hash, summary(&bytes).sha256);
    }
    Ok(bytes)
}

/// Every item of a listing, from pages of this size.
pub(crate) async fn pages<T>(
    size: Option<usize>,
    mut fetch: impl AsyncFnMut(PageRequest) -> Result<Page<T>>,
) -> Result<Vec<T>> {
    let mut items = Vec::new();
    let mut cursor = None;
    loop {
        let page = fetch(PageRequest { cursor: cursor.clone(), limit: size }).await?;
        items.extend(page.items.into_iter().collect::<Result<Vec<_>>>()?);
        assert!(page.next.is_none() || page.next != cursor, "a cursor that stands still: {cursor:?}");
        cursor = page.next;
        if cursor.is_none() {
            return Ok(items);
        }
    }
}
