//! What a backend is: a trait object with a part for each noun, and its capabilities as data.
//!
//! Commands ask [`Backend::capabilities`] before they send anything, so that what a backend cannot
//! do is an error of its own and never half a run. A part that a backend lacks is absent; a verb that
//! it lacks within a part has a default body. A new backend is a folder here, a line in [`registry`]
//! and the conformance suite.
//!
//! A backend is a client (requests, tools, the disk) and a struct for each part with a handle on it.

pub mod agb;
pub mod anthropic;
pub mod body_document;
pub mod capability;
pub mod foundry;
pub mod local;
pub mod page;
mod path_errors;
pub mod proof;
mod range;
pub mod registry;
mod spool;
mod tree;

use std::time::Duration;

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use serde_json::{Map, Value};

pub use capability::{Capabilities, Limits};
pub use page::{Page, PageRequest};
pub use wharf_core::feature::Feature;

use wharf_core::body::{Body, Source};
use wharf_core::error::{Error, Result};
use wharf_core::model::{
    Entry, EntryKind, FileId, Labels, RemotePath, Resource, ResourceKind, Session, SessionId, SessionPath,
    SessionStatus, StoredFile, Timestamp,
};

/// Somewhere that sessions live: what it is, and a part for each noun.
///
/// A part that a backend lacks is absent, which is the default.
#[async_trait]
pub trait Backend: Send + Sync {
    /// Returns what the backend can do.
    fn capabilities(&self) -> &'static Capabilities;
    /// Returns how much the backend takes, as it is set up.
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
    /// Returns the part for what is mounted into sessions.
    fn resources(&self) -> Option<&dyn Resources> {
        None
    }

    /// Which service or store this is: two backends with the same one have the same sessions.
    fn origin(&self) -> String {
        self.capabilities().backend.to_owned()
    }

    /// Makes everything durable that this process wrote and that the backend has not yet promised
    /// to keep, and tidies up after work that was interrupted. Called once, before a command that
    /// wrote reports what came of it.
    ///
    /// # Errors
    /// What could not be kept; what an interrupted work left behind, by name.
    async fn flush(&self) -> Result<()> {
        Ok(())
    }

    /// Looks at itself: can it be reached, are the credentials good, does a round trip work?
    async fn diagnose(&self) -> Vec<Check>;

    /// What works and should be changed nevertheless: what was looked at, and what is wrong with it.
    fn warnings(&self) -> Vec<(&'static str, Error)> {
        Vec::new()
    }
}

/// One thing that `doctor` looked at.
#[derive(Debug)]
pub struct Check {
    /// What was checked.
    pub name: &'static str,
    /// What was seen, or what is wrong.
    pub outcome: Result<String>,
}

/// A session to be made.
#[derive(Debug, Clone, Default)]
pub struct NewSession {
    /// The caller's own name for it.
    pub id: Option<SessionId>,
    /// A title for people.
    pub title: Option<String>,
    /// Labels.
    pub labels: Labels,
    /// How long it may idle before it goes away.
    pub ttl: Option<Duration>,
    /// The agent that works in it.
    pub agent: Option<String>,
    /// The agent's version.
    pub agent_version: Option<String>,
    /// The environment that it runs in.
    pub environment: Option<String>,
    /// The image that it starts from.
    pub image: Option<String>,
    /// Vaults with its agent's credentials.
    pub vaults: Vec<String>,
    /// What is mounted from the start.
    pub resources: Vec<NewResource>,
    /// Members of `--body` that are the provider's own, handed over as they are.
    pub extra: Map<String, Value>,
}

impl NewSession {
    /// Returns the features that a backend needs to make this session, in the order in which they are checked.
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
        ];
        let kinds = self.resources.iter().map(|resource| Feature::of_resource(resource.kind));
        asked.into_iter().filter_map(|(asked, feature)| asked.then_some(feature)).chain(kinds)
    }
}

/// Which sessions a listing wants.
#[derive(Debug, Clone, Default)]
pub struct SessionQuery {
    /// All of these labels.
    pub labels: Labels,
    /// One of these statuses; all where it is empty.
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

/// What to change of a session's labels.
#[derive(Debug, Clone, Default)]
pub struct LabelPatch {
    /// Set or change these.
    pub set: Labels,
    /// Remove these.
    pub remove: Vec<String>,
}

/// What to change of a session.
#[derive(Debug, Clone, Default)]
pub struct SessionChange {
    /// Another title, or none.
    pub title: Option<Option<String>>,
    /// Labels to set and to remove.
    pub labels: LabelPatch,
    /// Members of `--body` that are the provider's own, handed over as they are.
    pub extra: Map<String, Value>,
}

/// The sessions of a backend.
///
/// Optional verbs have default bodies that fail with `unsupported`: a backend states those that its
/// capabilities name.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Returns what the backend can do.
    fn capabilities(&self) -> &'static Capabilities;
    /// Reads a `--body` document in the provider's own shape; gives the members that it does not
    /// know as well, which are handed over nevertheless.
    fn read_document(&self, document: Map<String, Value>) -> Result<(NewSession, Vec<String>)>;
    /// What is wrong with a session that is to be made, as far as that shows before anything is sent.
    fn check(&self, new: &NewSession) -> Result<()> {
        self.capabilities().require_all(new.features())
    }
    /// Makes a session, with everything that was asked for, or none at all.
    async fn create(&self, new: NewSession) -> Result<Session>;
    /// One page, newest first.
    async fn list(&self, query: &SessionQuery, page: PageRequest) -> Result<Page<Session>>;
    /// One session. `not_found` where there is none or it expired.
    async fn get(&self, id: &SessionId) -> Result<Session>;
    /// Deletes a session and all that is in it.
    async fn delete(&self, id: &SessionId, force: bool) -> Result<()>;
    /// Fails where [`Sessions::delete`] would, as far as that shows beforehand; changes nothing.
    async fn foresee_delete(&self, id: &SessionId) -> Result<()> {
        self.get(id).await.map(drop)
    }
    /// Changes labels; with an empty patch, just reads them. For a backend that has
    /// [`Feature::SessionLabels`].
    async fn label(&self, id: &SessionId, patch: LabelPatch) -> Result<Session> {
        let _ = (id, patch);
        Err(self.capabilities().unsupported(Feature::SessionLabels))
    }
    /// Changes the title, labels and what else the provider lets be changed. For a backend that has
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
    /// Frees the compute and keeps the files. For a backend that has [`Feature::SessionStop`].
    async fn stop(&self, id: &SessionId) -> Result<Session> {
        let _ = id;
        Err(self.capabilities().unsupported(Feature::SessionStop))
    }
    /// Keeps the history and nothing else. For a backend that has [`Feature::SessionArchive`].
    async fn archive(&self, id: &SessionId) -> Result<Session> {
        let _ = id;
        Err(self.capabilities().unsupported(Feature::SessionArchive))
    }
}

/// Bytes of a file to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteRange {
    /// The first byte, counted from 0.
    pub first: u64,
    /// The last byte, itself included; to the end where there is none.
    pub last: Option<u64>,
}

impl ByteRange {
    /// Where to start and how many bytes to read in a file of `size` bytes.
    ///
    /// # Errors
    /// `usage` where the range begins past the end.
    pub fn within(self, size: u64) -> Result<(u64, u64)> {
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

/// What to read of a file.
#[derive(Debug, Clone, Copy, Default)]
pub struct FetchOptions {
    /// These bytes; all of them where there is no range.
    pub range: Option<ByteRange>,
    /// How often fetching it has failed, by this caller: further tries count on from there.
    pub tried: u32,
    /// The size that a listing or `stat` told before. A backend that cannot tell from its own records what it
    /// hands out compares this with what comes, and looks for itself where it is missing.
    pub size: Option<u64>,
}

/// How a file is to be written.
#[derive(Debug, Clone, Copy, Default)]
pub struct PutOptions {
    /// Fail with `conflict` where something is there already.
    pub keep_existing: bool,
    /// Many files follow: durability may wait for [`Backend::flush`].
    pub bulk: bool,
    /// How long the file is kept; for good where nothing is said. For a backend that has
    /// [`Feature::FileExpiry`].
    pub expires_in: Option<Duration>,
}

impl PutOptions {
    /// Returns the features that a backend needs to write a file in this way.
    pub(crate) fn features(&self) -> impl Iterator<Item = Feature> {
        self.expires_in.map(|_| Feature::FileExpiry).into_iter()
    }
}

/// What the time of a file in a session says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeOf {
    /// When the source was changed last: an upload carries that along.
    Source,
    /// When the file came to be there.
    Arrival,
}

/// How a directory is to be made.
#[derive(Debug, Clone, Copy, Default)]
pub struct MkdirOptions {
    /// Make parents, and take an existing directory as success.
    pub parents: bool,
    /// Permission bits.
    pub mode: Option<u32>,
    /// Many files follow: durability may wait for [`Backend::flush`].
    pub bulk: bool,
}

/// What a destination says that it holds after an upload.
#[derive(Debug, Clone)]
pub struct PutResult {
    /// Where it is, as the backend answered.
    pub path: RemotePath,
    /// Bytes.
    pub size: Option<u64>,
    /// SHA-256 in hexadecimal.
    pub sha256: Option<String>,
    /// The stored file behind it.
    pub file_id: Option<FileId>,
    /// The resource that mounts it.
    pub resource_id: Option<String>,
    /// Whether a storage on the way told the MD5 of what was sent.
    pub md5: bool,
    /// What passed on the way.
    pub sent: wharf_core::body::Digest,
}

/// A file that is being fetched.
pub struct GetResult {
    /// Its content.
    pub body: Body,
    /// What goes along with it.
    pub attributes: wharf_core::body::Attributes,
    /// What the backend tells of its hash.
    pub sha256: RemoteHash,
    /// The stored file that it is.
    pub file_id: Option<FileId>,
}

/// What a backend tells of the SHA-256 of a file that it hands out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemoteHash {
    /// It kept this one, in hexadecimal, when the file was stored.
    Known(String),
    /// It hashes the file as it reads it: the body's own hash is the backend's.
    Streamed,
    /// Nothing.
    Unknown,
}

/// How a tree is opened.
#[derive(Debug, Clone, Copy)]
pub struct TreeOptions {
    /// Wait until no new files appear, where a backend shows the files of an agent late.
    pub settle: bool,
    /// Accept several files of one name, each under a name of its own.
    pub all: bool,
}

/// What a path holds, looked at once for all that a command does with it.
pub struct RemoteTree<'a> {
    /// The path; of a link, the path that it leads to.
    pub at: SessionPath,
    /// What is there.
    pub root: Entry,
    /// All that is below a directory, parents first; `None` for anything else.
    pub entries: Option<BoxStream<'a, Result<Entry>>>,
}

/// The files inside sessions.
///
/// Optional verbs have default bodies that fail with `unsupported`: a backend states those that its
/// capabilities name.
#[async_trait]
pub trait SessionFiles: Send + Sync {
    /// Returns what the backend can do.
    fn capabilities(&self) -> &'static Capabilities;
    /// What the time of an uploaded file says.
    fn time_of(&self) -> TimeOf {
        TimeOf::Source
    }
    /// Whether an upload replaces a stored file that is mounted at its path.
    fn replaces_mounts(&self) -> bool {
        false
    }
    /// Writes a file, making parents: all of it or nothing.
    async fn put(&self, at: &SessionPath, source: &dyn Source, options: PutOptions) -> Result<PutResult>;
    /// Fails where [`SessionFiles::put`] would, as far as that shows beforehand; changes nothing.
    async fn foresee_put(&self, at: &SessionPath) -> Result<()> {
        let _ = at;
        Ok(())
    }
    /// Reads a file, or a range of it. `unverified` where it is not as long as the backend said.
    async fn fetch(&self, at: &SessionPath, options: FetchOptions) -> Result<GetResult>;
    /// What a path holds; a link is itself.
    async fn stat(&self, at: &SessionPath) -> Result<Entry>;
    /// The same for one of many files of a transfer: an answer of a moment ago will do, as long as this
    /// process has changed nothing at the path since.
    async fn stat_lately(&self, at: &SessionPath) -> Result<Entry> {
        self.stat(at).await
    }
    /// The entries of a directory by name, or the whole tree below it, parents first; for anything
    /// else than a directory, itself.
    async fn list<'a>(&'a self, at: &SessionPath, recursive: bool) -> Result<BoxStream<'a, Result<Entry>>>;
    /// Opens what is at a path, a link followed, with all that is below it. The entries belong to the same look
    /// as the root wherever the backend has a whole tree in one answer; elsewhere each directory is listed once.
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
    /// What a path means once every link in it is followed, which never leads out of the session.
    async fn resolve(&self, at: &SessionPath) -> Result<SessionPath>;
    /// Makes a directory. For a backend that has [`Feature::Mkdir`].
    async fn mkdir(&self, at: &SessionPath, options: MkdirOptions) -> Result<Entry> {
        let _ = (at, options);
        Err(self.capabilities().unsupported(Feature::Mkdir))
    }
    /// Moves inside one session; replaces a file, never a directory. For a backend that has
    /// [`Feature::Move`].
    async fn rename(&self, from: &SessionPath, to: &RemotePath) -> Result<Entry> {
        let _ = (from, to);
        Err(self.capabilities().unsupported(Feature::Move))
    }
    /// Removes a file, or a directory that is empty or taken with all that is in it.
    async fn remove(&self, at: &SessionPath, recursive: bool) -> Result<()>;
    /// Fails where [`SessionFiles::remove`] would, as far as that shows beforehand; changes nothing.
    async fn foresee_remove(&self, at: &SessionPath) -> Result<()> {
        let _ = at;
        Ok(())
    }
}

/// What a stored file is to be called.
#[derive(Debug, Clone, Default)]
pub struct NewStoredFile {
    /// Its file name.
    pub filename: String,
    /// Its media type.
    pub mime_type: Option<String>,
    /// How long it is kept; without a limit if `None`.
    pub expires_in: Option<Duration>,
}

impl NewStoredFile {
    /// Returns the features that a backend needs to store this file.
    pub(crate) fn features(&self) -> impl Iterator<Item = Feature> {
        self.expires_in.map(|_| Feature::FileExpiry).into_iter()
    }
}

/// The workspace's stored files.
#[async_trait]
pub trait FileStore: Send + Sync {
    /// Uploads a file: all of it or nothing.
    async fn upload(&self, new: NewStoredFile, source: &dyn Source) -> Result<(StoredFile, PutResult)>;
    /// One page, newest first; of one session where `scope` names it.
    async fn list(&self, scope: Option<&SessionId>, page: PageRequest) -> Result<Page<StoredFile>>;
    /// One stored file.
    async fn get(&self, id: &FileId) -> Result<StoredFile>;
    /// Reads its content, or a range of it.
    async fn fetch(&self, id: &FileId, options: FetchOptions) -> Result<GetResult>;
    /// Deletes it. What was mounted from it stays.
    async fn delete(&self, id: &FileId) -> Result<()>;
}

/// Something to be mounted.
#[derive(Debug, Clone)]
pub struct NewResource {
    /// What it is.
    pub kind: ResourceKind,
    /// The stored file, for a file.
    pub file_id: Option<FileId>,
    /// Where to mount it; made from the file's name where there is none.
    pub mount_path: Option<String>,
    /// Members of the SPEC that are the provider's own.
    pub extra: Map<String, Value>,
}

/// What is mounted into sessions.
///
/// Optional verbs have default bodies that fail with `unsupported`: a backend states those that its
/// capabilities name.
#[async_trait]
pub trait Resources: Send + Sync {
    /// Returns what the backend can do.
    fn capabilities(&self) -> &'static Capabilities;
    /// Whether something of this kind can be mounted into a session that is there already.
    fn takes(&self, kind: ResourceKind) -> Result<()> {
        let _ = kind;
        Ok(())
    }
    /// Mounts something. `conflict` where its path is taken.
    async fn add(&self, session: &SessionId, new: NewResource) -> Result<Resource>;
    /// One page, oldest first.
    async fn list(&self, session: &SessionId, page: PageRequest) -> Result<Page<Resource>>;
    /// One resource.
    async fn get(&self, session: &SessionId, id: &str) -> Result<Resource>;
    /// Changes what the provider lets be changed of a resource. For a backend that has
    /// [`Feature::ResourceUpdate`].
    async fn update(&self, session: &SessionId, id: &str, document: Map<String, Value>) -> Result<Resource> {
        let _ = (session, id, document);
        Err(self.capabilities().unsupported(Feature::ResourceUpdate))
    }
    /// Unmounts it.
    async fn remove(&self, session: &SessionId, id: &str) -> Result<()>;
}

/// Where `expires_at` comes from: the last use and how long a session may idle.
pub fn expiry(used_at: Timestamp, ttl: Duration) -> Option<Timestamp> {
    jiff::SignedDuration::try_from(ttl).ok().and_then(|ttl| used_at.checked_add(ttl).ok())
}
