//! Backends: a trait object with a part for each noun, and its capabilities as data.
//!
//! Commands check [`Backend::capabilities`] before they send anything, so that a missing feature is an error of its
//! own and never a partial run. A part that a backend lacks is absent; an operation that it lacks within a part has a
//! default body. A new backend is a directory here, a line in [`registry`] and a run of the conformance suite.
//!
//! A backend is a client (requests, tools, the disk) and a struct for each part with a handle on it.

pub mod agb;
pub mod agents;
pub mod anthropic;
pub mod body_document;
pub mod bundle;
pub mod capability;
pub mod exec;
mod follow_pace;
pub mod foundry;
pub mod local;
mod made_directories;
pub mod page;
mod path_errors;
pub mod program_turn;
mod range;
pub mod registry;
mod spool;
mod text_blocks;
mod tree;
pub mod turn;
pub mod verify;

use std::time::Duration;

use async_trait::async_trait;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use serde_json::{Map, Value};

pub use agents::{AgentQuery, Agents, Environments};
pub use bundle::{BundleDownload, BundleLimits, BundleUpload, FetchedBundle};
pub use capability::{Capabilities, IdForm, Limits};
pub use exec::Exec;
pub use page::{Page, PageRequest};
pub use turn::{Events, Logs, Turns};
pub use wharf_core::feature::Feature;

use wharf_core::body::{Body, Source};
use wharf_core::error::{Error, Result};
use wharf_core::model::{
    Entry, EntryKind, FileId, Labels, RemotePath, Resource, ResourceKind, Session, SessionId, SessionPath,
    SessionStatus, StoredFile, Timestamp,
};

/// A service or store that holds sessions, with a part for each noun.
///
/// A part that a backend lacks is absent, which is the default.
#[async_trait]
pub trait Backend: Send + Sync {
    /// Returns what the backend can do.
    fn capabilities(&self) -> &'static Capabilities;
    /// Returns the limits of the backend with its current settings.
    fn limits(&self) -> Limits {
        self.capabilities().limits
    }
    /// Returns the part for sessions.
    fn sessions(&self) -> &dyn Sessions;
    /// Returns the part for the files inside sessions.
    fn files(&self) -> Option<&dyn SessionFiles> {
        None
    }
    /// Returns the part for the workspace's stored files.
    fn store(&self) -> Option<&dyn FileStore> {
        None
    }
    /// Returns the part for resources that are mounted into sessions.
    fn resources(&self) -> Option<&dyn Resources> {
        None
    }
    /// Returns the part for the agents that sessions are created with.
    fn agents(&self) -> Option<&dyn Agents> {
        None
    }
    /// Returns the part for the environments that sessions are created in.
    fn environments(&self) -> Option<&dyn Environments> {
        None
    }
    /// Returns the part that runs commands in sessions.
    fn exec(&self) -> Option<&dyn Exec> {
        None
    }

    /// Returns the part for what happens in sessions.
    fn events(&self) -> Option<&dyn Events> {
        None
    }
    /// Returns the part for the logs of sessions.
    fn logs(&self) -> Option<&dyn Logs> {
        None
    }
    /// Returns the part that talks to the agents of sessions.
    fn turns(&self) -> Option<&dyn Turns> {
        None
    }

    /// Returns the identity of the service or store: two backends of one origin have the same sessions.
    fn origin(&self) -> String {
        self.capabilities().backend.to_owned()
    }

    /// Makes the writes of killed processes final: what cannot be seen afterwards never will be. Called before something is
    /// given up because it is not there.
    ///
    /// # Errors
    /// Those of the store. A service decides by itself.
    async fn settle(&self) -> Result<()> {
        Ok(())
    }

    /// Makes all writes of this process durable, and cleans up after interrupted work. Called once, before a command
    /// that wrote reports its result.
    ///
    /// # Errors
    /// What could not be kept; what an interrupted work left behind, by name.
    async fn flush(&self) -> Result<()> {
        Ok(())
    }

    /// Checks whether the backend is reachable, whether the credentials are valid, and whether a round trip works.
    async fn diagnose(&self) -> Vec<Check>;

    /// Returns warnings about settings that work and should be changed: the name of the check, and the problem.
    fn warnings(&self) -> Vec<(&'static str, Error)> {
        Vec::new()
    }
}

/// A check of `doctor`.
#[derive(Debug)]
pub struct Check {
    /// The name of the check.
    pub name: &'static str,
    /// The finding, or the problem.
    pub outcome: Result<String>,
}

/// A session to be created.
#[derive(Debug, Clone, Default)]
pub struct NewSession {
    /// The id that the caller chose.
    pub id: Option<SessionId>,
    /// A title for people.
    pub title: Option<String>,
    /// Labels.
    pub labels: Labels,
    /// The time that the session may be idle before it expires.
    pub ttl: Option<Duration>,
    /// The agent of the session.
    pub agent: Option<String>,
    /// The agent's version.
    pub agent_version: Option<String>,
    /// The environment of the session.
    pub environment: Option<String>,
    /// The image of the session.
    pub image: Option<String>,
    /// Vaults with credentials of the agent.
    pub vaults: Vec<String>,
    /// The budget: the list price at which the agent pauses, in US cents.
    pub max_cost: Option<u64>,
    /// Resources that are mounted at creation.
    pub resources: Vec<NewResource>,
    /// Fields of `--body` that are passed on to the provider unchanged.
    pub extra: Map<String, Value>,
}

impl NewSession {
    /// Returns the features that a backend needs to create this session, in the order in which they are checked.
    pub fn features(&self) -> impl Iterator<Item = Feature> {
        let asked = [
            (self.title.is_some(), Feature::SessionTitle),
            (!self.labels.is_empty(), Feature::SessionLabels),
            (self.ttl.is_some(), Feature::SessionTtl),
            (self.id.is_some(), Feature::SessionId),
            (!self.resources.is_empty(), Feature::SessionResources),
            (self.agent.is_some(), Feature::SessionAgent),
            (self.agent_version.is_some(), Feature::SessionAgentVersion),
            (self.environment.is_some(), Feature::SessionEnvironment),
            (!self.vaults.is_empty(), Feature::SessionVaults),
            (self.image.is_some(), Feature::SessionImage),
            (self.max_cost.is_some(), Feature::SessionBudget),
        ];
        let kinds = self.resources.iter().map(|resource| Feature::of_resource(resource.kind));
        asked.into_iter().filter_map(|(asked, feature)| asked.then_some(feature)).chain(kinds)
    }
}

/// The sessions that a listing returns.
#[derive(Debug, Clone, Default)]
pub struct SessionQuery {
    /// Sessions with all of these labels.
    pub labels: Labels,
    /// Sessions in one of these statuses; in any status if empty.
    pub statuses: Vec<SessionStatus>,
    /// Further filters, for a backend that has [`Feature::SessionFilters`].
    pub filters: SessionFilters,
}

/// Filters of a listing that only some services have. A value is passed on as the user wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionFilters {
    /// Include archived sessions.
    pub include_archived: bool,
    /// Sessions of this agent.
    pub agent: Option<String>,
    /// Sessions of this version of the agent.
    pub agent_version: Option<String>,
    /// Sessions created after this time.
    pub created_after: Option<String>,
    /// Sessions created at this time or later.
    pub created_from: Option<String>,
    /// Sessions created before this time.
    pub created_before: Option<String>,
    /// Sessions created at this time or earlier.
    pub created_until: Option<String>,
    /// Sessions created in this deployment.
    pub deployment: Option<String>,
    /// Sessions with this memory store.
    pub memory_store: Option<String>,
    /// Order by creation: `asc` or `desc`.
    pub order: Option<String>,
}

impl SessionQuery {
    /// Returns the features that a backend needs to answer this query.
    pub fn features(&self) -> impl Iterator<Item = Feature> {
        let labels = (!self.labels.is_empty()).then_some(Feature::SessionLabels);
        let filters = (self.filters != SessionFilters::default()).then_some(Feature::SessionFilters);
        labels.into_iter().chain(filters)
    }
}

/// A change of a session's labels.
#[derive(Debug, Clone, Default)]
pub struct LabelPatch {
    /// Set or change these.
    pub set: Labels,
    /// Remove these.
    pub remove: Vec<String>,
}

/// A change of a session.
#[derive(Debug, Clone, Default)]
pub struct SessionChange {
    /// A new title, or none to remove it.
    pub title: Option<Option<String>>,
    /// Labels to set and to remove.
    pub labels: LabelPatch,
    /// Fields of `--body` that are passed on to the provider unchanged.
    pub extra: Map<String, Value>,
}

/// The operations on sessions.
///
/// Optional operations have default bodies that fail with `unsupported`: a backend implements those that its
/// capabilities name.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Returns what the backend can do.
    fn capabilities(&self) -> &'static Capabilities;
    /// Reads a `--body` document in the provider's format; returns the unknown fields as well, which are passed on.
    fn read_document(&self, document: Map<String, Value>) -> Result<(NewSession, Vec<String>)>;
    /// Checks a new session, as far as possible before anything is sent.
    fn check(&self, new: &NewSession) -> Result<()> {
        self.capabilities().require_all(new.features())
    }
    /// Creates a session with all that was requested, or no session at all.
    async fn create(&self, new: NewSession) -> Result<Session>;
    /// Returns a page of sessions, newest first.
    async fn list(&self, query: &SessionQuery, page: PageRequest) -> Result<Page<Session>>;
    /// Returns a session; `not_found` if it does not exist or has expired.
    async fn get(&self, id: &SessionId) -> Result<Session>;
    /// Deletes a session and its contents.
    async fn delete(&self, id: &SessionId, force: bool) -> Result<()>;
    /// Deletes a session that the caller created. Succeeds if it is gone, or fails with `not_found`: it need not be looked at
    /// before.
    async fn delete_own(&self, id: &SessionId, force: bool) -> Result<()> {
        self.delete(id, force).await
    }
    /// Fails if [`Sessions::delete`] would fail, as far as that is known in advance; changes nothing.
    async fn check_delete(&self, id: &SessionId) -> Result<()> {
        self.get(id).await.map(drop)
    }
    /// Changes labels; with an empty patch, returns the session unchanged. For a backend that has
    /// [`Feature::SessionLabels`].
    async fn label(&self, id: &SessionId, patch: LabelPatch) -> Result<Session> {
        let _ = (id, patch);
        Err(self.capabilities().unsupported(Feature::SessionLabels))
    }
    /// Changes the title, labels and other fields that the provider can change. For a backend that has
    /// [`Feature::SessionUpdate`].
    async fn update(&self, id: &SessionId, change: SessionChange) -> Result<Session> {
        let _ = (id, change);
        Err(self.capabilities().unsupported(Feature::SessionUpdate))
    }
    /// Resets the idle timer and wakes the session. For a backend that has [`Feature::SessionTouch`].
    async fn touch(&self, id: &SessionId) -> Result<Session> {
        let _ = id;
        Err(self.capabilities().unsupported(Feature::SessionTouch))
    }
    /// Stops a session: frees its compute resources and keeps its files. For a backend that has
    /// [`Feature::SessionStop`].
    async fn stop(&self, id: &SessionId) -> Result<Session> {
        let _ = id;
        Err(self.capabilities().unsupported(Feature::SessionStop))
    }
    /// Stops what runs in a session: the agent's turn, commands. For a backend that has [`Feature::Interrupt`].
    async fn interrupt(&self, id: &SessionId) -> Result<Session> {
        let _ = id;
        Err(self.capabilities().unsupported(Feature::Interrupt))
    }
    /// Archives a session: only its history is kept. For a backend that has [`Feature::SessionArchive`].
    async fn archive(&self, id: &SessionId) -> Result<Session> {
        let _ = id;
        Err(self.capabilities().unsupported(Feature::SessionArchive))
    }
}

/// A range of bytes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteRange {
    /// The first byte, counted from 0.
    pub first: u64,
    /// The last byte, inclusive; to the end of the file if `None`.
    pub last: Option<u64>,
}

impl ByteRange {
    /// Returns the offset and the number of bytes to read in a file of `size` bytes.
    ///
    /// # Errors
    /// `usage` where the range begins past the end.
    pub fn resolve(self, size: u64) -> Result<(u64, u64)> {
        if self.first > 0 && self.first >= size {
            return Err(Error::usage(format!(
                "the range begins at byte {}, past the end of the file: {size} bytes",
                self.first
            ))
            .hint("ranges count from 0: the last byte of a file of 10 bytes is `9-9`"));
        }
        let end = self.last.map_or(size, |last| last.saturating_add(1).min(size));
        Ok((self.first, end.saturating_sub(self.first)))
    }
}

/// Options for reading a file.
#[derive(Debug, Clone, Copy, Default)]
pub struct FetchOptions {
    /// The range to read; the whole file if `None`.
    pub range: Option<ByteRange>,
    /// The number of failed attempts of this caller to read the file, which count as used retries.
    pub tried: u32,
    /// The size that a listing or `stat` reported before. A backend whose download does not state the size compares
    /// the content with this one, and asks for the size if it is missing.
    pub size: Option<u64>,
}

/// Options for writing a file.
#[derive(Debug, Clone, Copy, Default)]
pub struct PutOptions {
    /// Fail with `conflict` if the path exists.
    pub keep_existing: bool,
    /// Many files follow: durability may wait for [`Backend::flush`].
    pub bulk: bool,
    /// How long the file is kept; without a limit if `None`. For a backend that has [`Feature::FileExpiry`].
    pub expires_in: Option<Duration>,
}

impl PutOptions {
    /// Returns the features that a backend needs to write a file with these options.
    pub(crate) fn features(&self) -> impl Iterator<Item = Feature> {
        self.expires_in.map(|_| Feature::FileExpiry).into_iter()
    }
}

/// The meaning of a file's time in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeOf {
    /// The modification time of the source, which an upload preserves.
    Source,
    /// The time at which the file was created in the session.
    Arrival,
    /// The time of the last write in the session, if the service reports one: an upload does not set it.
    Write,
}

/// Options for creating a directory.
#[derive(Debug, Clone, Copy, Default)]
pub struct MkdirOptions {
    /// Create parents, and accept an existing directory.
    pub parents: bool,
    /// Permission bits.
    pub mode: Option<u32>,
    /// Many files follow: durability may wait for [`Backend::flush`].
    pub bulk: bool,
}

/// The report of a destination about an upload.
#[derive(Debug, Clone)]
pub struct PutResult {
    /// The path of the file, as the backend reports it.
    pub path: RemotePath,
    /// The size in bytes.
    pub size: Option<u64>,
    /// SHA-256 in hexadecimal.
    pub sha256: Option<String>,
    /// The id of the stored file.
    pub file_id: Option<FileId>,
    /// The id of the resource that mounts the file.
    pub resource_id: Option<String>,
    /// Whether a storage service on the way confirmed the MD5 of the content.
    pub md5: bool,
    /// The digest of the content that was sent.
    pub sent: wharf_core::body::Digest,
}

/// A file that is being read.
pub struct GetResult {
    /// The content of the file.
    pub body: Body,
    /// The attributes of the file.
    pub attributes: wharf_core::body::Attributes,
    /// The SHA-256 that the backend reports.
    pub sha256: RemoteHash,
    /// The id of the stored file.
    pub file_id: Option<FileId>,
}

/// The report of a backend about the SHA-256 of a file that it sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemoteHash {
    /// The backend recorded this hash, in hexadecimal, when the file was stored.
    Known(String),
    /// The backend hashes the file while reading it: the hash of the body is the hash of the backend.
    Streamed,
    /// The backend reports no hash.
    Unknown,
}

/// Options for opening a directory tree.
#[derive(Debug, Clone, Copy)]
pub struct TreeOptions {
    /// Wait until no new files appear, if the backend shows the files of an agent late.
    pub settle: bool,
    /// Accept several files with one name, and give each its own path.
    pub all: bool,
}

/// The entry at a path and all entries below it, listed once for a whole command.
pub struct RemoteTree<'a> {
    /// The path, with a link followed.
    pub at: SessionPath,
    /// The entry at the path.
    pub root: Entry,
    /// All entries below a directory, parents first; `None` for anything else.
    pub entries: Option<BoxStream<'a, Result<Entry>>>,
}

/// The number of paths that are asked for in parallel.
const ASKED_AT_ONCE: usize = 16;

/// The operations on files in sessions.
///
/// Optional operations have default bodies that fail with `unsupported`: a backend implements those that its
/// capabilities name.
#[async_trait]
pub trait SessionFiles: Send + Sync {
    /// Returns what the backend can do.
    fn capabilities(&self) -> &'static Capabilities;
    /// Returns the meaning of an uploaded file's time.
    fn time_of(&self) -> TimeOf {
        TimeOf::Source
    }
    /// Returns whether the backend hashes contents where they are, so that comparing two hashes transfers nothing.
    fn hashes_contents(&self) -> bool {
        false
    }
    /// Returns whether an upload is a stored file that is mounted. It replaces one that is mounted at its path, and files
    /// that are known before their session go in with its creation, which saves a request for each.
    fn mounts_uploads(&self) -> bool {
        false
    }
    /// Returns whether [`SessionFiles::put`] creates parents without a request of its own, so that no directory has to be
    /// created for the files that go into it.
    fn creates_parents(&self) -> bool {
        false
    }
    /// Writes a file and creates its parents: the file is complete or unchanged.
    async fn put(&self, at: &SessionPath, source: &dyn Source, options: PutOptions) -> Result<PutResult>;
    /// Fails if [`SessionFiles::put`] would fail, as far as that is known in advance; changes nothing.
    async fn check_put(&self, at: &SessionPath) -> Result<()> {
        let _ = at;
        Ok(())
    }
    /// Returns the bounds of bundles, which take fewer requests than their files one by one. For a backend that has
    /// [`Feature::Bundles`].
    fn bundles(&self) -> Option<BundleLimits> {
        None
    }
    /// Writes several files and creates their parents, and returns the result of each: every file is complete or
    /// unchanged.
    ///
    /// # Errors
    /// `unsupported` where the session lacks what it takes. After an error, all files may be written one by one.
    async fn put_bundle(
        &self,
        session: &SessionId,
        files: &[BundleUpload],
        options: PutOptions,
    ) -> Result<Vec<Result<PutResult>>> {
        let _ = (session, files, options);
        Err(self.capabilities().unsupported(Feature::Bundles))
    }
    /// Reads several files. Files that the bundle lacks, or all after an error, may be read one by one.
    ///
    /// # Errors
    /// `unsupported` where the session lacks what it takes.
    async fn fetch_bundle(&self, session: &SessionId, files: &[BundleDownload]) -> Result<Box<dyn FetchedBundle>> {
        let _ = (session, files);
        Err(self.capabilities().unsupported(Feature::Bundles))
    }
    /// Reads a file, or a range of it. Fails with `unverified` if its length differs from the reported one.
    async fn fetch(&self, at: &SessionPath, options: FetchOptions) -> Result<GetResult>;
    /// Returns the entry at a path, without following a link.
    async fn stat(&self, at: &SessionPath) -> Result<Entry>;
    /// Returns the entry at a path for one of many files of a transfer. A recent answer may be reused if this process
    /// has not changed the path since.
    async fn stat_lately(&self, at: &SessionPath) -> Result<Entry> {
        self.stat(at).await
    }
    /// Returns the result of [`SessionFiles::stat_lately`] for each of these paths of a session, in their order.
    async fn stat_each(&self, session: &SessionId, paths: &[RemotePath]) -> Vec<Result<Entry>> {
        let stat = async |path: &RemotePath| {
            let at = SessionPath { session: session.clone(), path: path.clone() };
            self.stat_lately(&at).await
        };
        stream::iter(paths).map(stat).buffered(ASKED_AT_ONCE).collect().await
    }
    /// Returns the entries of a directory by name, or all entries below it, parents first; for anything else than a
    /// directory, its own entry.
    async fn list<'a>(&'a self, at: &SessionPath, recursive: bool) -> Result<BoxStream<'a, Result<Entry>>>;
    /// Opens the entry at a path, following a link, with all that is below it. A backend that reports a whole tree in
    /// one answer takes the root and the entries from that answer; other backends list each directory once.
    ///
    /// ```
    /// use futures_util::TryStreamExt as _;
    /// use wharf_client::backend::{SessionFiles, TreeOptions};
    /// use wharf_core::error::Result;
    /// use wharf_core::model::SessionPath;
    ///
    /// /// Returns the size of all files at a path and below it, in bytes.
    /// async fn size(files: &dyn SessionFiles, at: &SessionPath) -> Result<u64> {
    ///     let tree = files.open_tree(at, TreeOptions { settle: true, all: true }).await?;
    ///     let mut bytes = tree.root.size.unwrap_or(0);
    ///     if let Some(mut entries) = tree.entries {
    ///         while let Some(entry) = entries.try_next().await? {
    ///             bytes += entry.size.unwrap_or(0);
    ///         }
    ///     }
    ///     Ok(bytes)
    /// }
    /// ```
    ///
    /// # Errors
    /// Those of [`SessionFiles::stat`] and [`SessionFiles::list`]; `conflict` where several files have one name
    /// and the options do not accept that.
    async fn open_tree<'a>(&'a self, at: &SessionPath, options: TreeOptions) -> Result<RemoteTree<'a>> {
        let _ = options;
        let (mut at, mut root) = (at.clone(), self.stat(at).await?);
        if root.kind == EntryKind::Symlink {
            at = self.resolve(&at).await?;
            root = self.stat(&at).await?;
        }
        let entries = if root.kind == EntryKind::Directory { Some(self.list(&at, true).await?) } else { None };
        Ok(RemoteTree { at, root, entries })
    }
    /// Returns a path with all links in it resolved; it never leaves the session.
    async fn resolve(&self, at: &SessionPath) -> Result<SessionPath>;
    /// Creates a directory. For a backend that has [`Feature::Mkdir`].
    async fn mkdir(&self, at: &SessionPath, options: MkdirOptions) -> Result<Entry> {
        let _ = (at, options);
        Err(self.capabilities().unsupported(Feature::Mkdir))
    }
    /// Creates a directory with its parents, or accepts an existing one, for files that follow. For a backend that has
    /// [`Feature::Mkdir`].
    async fn ensure_directory(&self, at: &SessionPath, bulk: bool) -> Result<()> {
        self.mkdir(at, MkdirOptions { parents: true, mode: None, bulk }).await.map(drop)
    }
    /// Moves an entry within a session; replaces a file, never a directory. For a backend that has [`Feature::Move`].
    async fn rename(&self, from: &SessionPath, to: &RemotePath) -> Result<Entry> {
        let _ = (from, to);
        Err(self.capabilities().unsupported(Feature::Move))
    }
    /// Removes a file or an empty directory; with `recursive`, a directory with its contents.
    async fn remove(&self, at: &SessionPath, recursive: bool) -> Result<()>;
    /// Fails if [`SessionFiles::remove`] would fail, as far as that is known in advance; changes nothing.
    async fn check_remove(&self, at: &SessionPath) -> Result<()> {
        let _ = at;
        Ok(())
    }
}

/// A stored file to be created.
#[derive(Debug, Clone, Default)]
pub struct NewStoredFile {
    /// The file name.
    pub filename: String,
    /// The media type.
    pub mime_type: Option<String>,
    /// The time after which the file expires; never if `None`.
    pub expires_in: Option<Duration>,
}

impl NewStoredFile {
    /// Returns the features that a backend needs to store this file.
    pub(crate) fn features(&self) -> impl Iterator<Item = Feature> {
        self.expires_in.map(|_| Feature::FileExpiry).into_iter()
    }
}

/// The operations on the stored files of a workspace.
#[async_trait]
pub trait FileStore: Send + Sync {
    /// Returns the name for a stored file that is to be mounted at a path with this name: some services refuse characters
    /// in the name of a stored file that a path may have.
    fn name_to_mount(&self, name: &str) -> String {
        name.to_owned()
    }
    /// Uploads a file: completely or not at all.
    async fn upload(&self, new: NewStoredFile, source: &dyn Source) -> Result<(StoredFile, PutResult)>;
    /// Returns a page of stored files, newest first; those of one session if `scope` is set.
    async fn list(&self, scope: Option<&SessionId>, page: PageRequest) -> Result<Page<StoredFile>>;
    /// Returns a stored file.
    async fn get(&self, id: &FileId) -> Result<StoredFile>;
    /// Reads the content of a stored file, or a range of it.
    async fn fetch(&self, id: &FileId, options: FetchOptions) -> Result<GetResult>;
    /// Deletes a stored file. Copies that were mounted from it stay.
    async fn delete(&self, id: &FileId) -> Result<()>;
}

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

/// Returns the time at which a session expires: its last use plus `ttl`.
pub fn expiry(used_at: Timestamp, ttl: Duration) -> Option<Timestamp> {
    jiff::SignedDuration::try_from(ttl).ok().and_then(|ttl| used_at.checked_add(ttl).ok())
}
