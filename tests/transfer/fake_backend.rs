//! A backend in memory whose behaviour a test sets, including wrong answers, and which counts its calls.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use wharf_client::backend::{
    Backend, Capabilities, Check, Feature, FetchOptions, FileStore, GetResult, Limits, MkdirOptions, NewResource,
    NewSession, NewStoredFile, Page, PageRequest, PutOptions, PutResult, RemoteHash, Resources, SessionFiles,
    SessionQuery, Sessions, TimeOf,
};
use wharf_core::body::{Attributes, Body, Digest, Source, hex};
use wharf_core::error::{Details, Error, Kind, Result};
use wharf_core::model::{
    Entry, EntryKind, FileId, Provider, RemotePath, Resource, Session, SessionId, SessionPath, SessionStatus,
    StoredFile, Timestamp,
};

static CAPABILITIES: Capabilities = Capabilities {
    backend: "other",
    account: None,
    home: "/",
    outputs: "/outputs",
    proof: "sha256",
    jobs: 8,
    limits: Limits { file_bytes: None, session_bytes: None, mounts: None },
    usable: &[SessionStatus::Running],
    features: &[
        Feature::SessionFiles,
        Feature::SyncUpload,
        Feature::Mkdir,
        Feature::Move,
        Feature::StoredFiles,
        Feature::Resources,
    ],
    generated_ids: &[],
};

/// Bytes that the other side sends at once.
const PIECE: usize = 1000;

/// What the calls are called that change something there.
const WRITES: [&str; 5] = ["put", "mkdir", "remove", "upload", "delete"];

/// What a path holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    File(Vec<u8>),
    Directory,
    Link(String),
    Fifo,
}

/// A node with its attributes.
#[derive(Debug, Clone)]
pub(crate) struct StoredNode {
    pub(crate) node: Node,
    pub(crate) modified_at: Option<Timestamp>,
    pub(crate) executable: bool,
}

/// What the backend reports about an uploaded file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum PutReport {
    Hash,
    UppercaseHash,
    Size,
    Nothing,
    WrongHash,
    WrongSize,
}

/// What the backend reports about the hash of a downloaded file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum HashReport {
    Hash,
    WrongHash,
    Streamed,
    Nothing,
}

/// What the backend reports about the length of a downloaded file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum LengthReport {
    True,
    Missing,
    Wrong(u64),
}

pub(crate) type Listing = Box<dyn Fn(&RemotePath) -> BoxStream<'static, Result<Entry>> + Send + Sync>;
pub(crate) type Fetch = Box<dyn Fn(&str, usize) -> Option<Result<GetResult>> + Send + Sync>;
pub(crate) type Pace = Box<dyn Fn(&str) -> BoxFuture<'static, ()> + Send + Sync>;
type BlockHook = Box<dyn Fn(usize) + Send + Sync>;
type FailureHook = Box<dyn Fn(&str, &str) -> Option<Error> + Send + Sync>;
type PathHook = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// A backend whose behaviour the test sets.
pub(crate) struct FakeBackend {
    pub(crate) limits: Limits,
    pub(crate) tells: PutReport,
    pub(crate) knows: HashReport,
    pub(crate) time_of: TimeOf,
    pub(crate) hashes_contents: bool,
    pub(crate) length: LengthReport,
    /// Lists this instead of what is there.
    pub(crate) listing: Option<Listing>,
    /// Hands this out instead of what is there, for the path and the how-manieth call.
    pub(crate) fetch: Option<Fetch>,
    /// What a call waits for before it goes on.
    pub(crate) pace: Option<Pace>,
    /// Called after each block of an upload with its number.
    pub(crate) between: Option<BlockHook>,
    /// Why a call (its name and its path) fails.
    pub(crate) refuse: Option<FailureHook>,
    /// Says that a file was put elsewhere.
    pub(crate) elsewhere: Option<PathHook>,
    /// Reads this number of bytes of an upload, and then starts again.
    pub(crate) retries_after: Option<usize>,
    /// Flips a bit of what it stores.
    pub(crate) damages: bool,
    /// Keeps neither what it is asked nor what it is sent.
    pub(crate) forgets: bool,
    pub(crate) nodes: Mutex<BTreeMap<String, StoredNode>>,
    pub(crate) calls: Mutex<Vec<(&'static str, String)>>,
    pub(crate) gauge: Arc<Gauge>,
}

/// How much goes on at once.
#[derive(Default)]
pub(crate) struct Gauge {
    now: AtomicUsize,
    most: AtomicUsize,
}

struct RunningCall(Arc<Gauge>);

impl RunningCall {
    fn on(gauge: &Arc<Gauge>) -> Self {
        let now = gauge.now.fetch_add(1, SeqCst) + 1;
        gauge.most.fetch_max(now, SeqCst);
        RunningCall(Arc::clone(gauge))
    }
}

impl Drop for RunningCall {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, SeqCst);
    }
}

impl Default for FakeBackend {
    fn default() -> Self {
        let root = StoredNode { node: Node::Directory, modified_at: None, executable: false };
        FakeBackend {
            limits: CAPABILITIES.limits,
            tells: PutReport::Hash,
            knows: HashReport::Streamed,
            time_of: TimeOf::Source,
            hashes_contents: false,
            length: LengthReport::True,
            listing: None,
            fetch: None,
            pace: None,
            between: None,
            refuse: None,
            elsewhere: None,
            retries_after: None,
            damages: false,
            forgets: false,
            nodes: Mutex::new(BTreeMap::from([("/".to_owned(), root)])),
            calls: Mutex::default(),
            gauge: Arc::default(),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A moment that no clock of a test shows.
pub(crate) fn long_ago() -> Timestamp {
    "2020-02-02T02:02:02.123456789Z".parse().unwrap()
}

/// The files `/t/0` to `/t/N`, each with its number in it.
pub(crate) fn numbered(count: usize) -> FakeBackend {
    let other = FakeBackend::default();
    for number in 0..count {
        other.set(&format!("/t/{number}"), Node::File(number.to_string().into_bytes()));
    }
    other
}

impl FakeBackend {
    /// Files with these contents, and their directories.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let other = FakeBackend::default();
        for (path, content) in files {
            other.set(path, Node::File(content.as_bytes().to_vec()));
        }
        other
    }

    /// Puts something there, and its parents.
    pub(crate) fn set(&self, path: &str, node: Node) {
        let mut nodes = lock(&self.nodes);
        let at: RemotePath = path.parse().unwrap();
        let mut above = at.parent();
        while let Some(parent) = above {
            let directory = StoredNode { node: Node::Directory, modified_at: None, executable: false };
            nodes.entry(parent.to_string()).or_insert(directory);
            above = parent.parent();
        }
        nodes.insert(at.to_string(), StoredNode { node, modified_at: Some(long_ago()), executable: false });
    }

    pub(crate) fn change(&self, path: &str, change: impl FnOnce(&mut StoredNode)) {
        change(lock(&self.nodes).get_mut(path).expect(path));
    }

    /// What a file holds there; nothing where there is none.
    pub(crate) fn content(&self, path: &str) -> Option<Vec<u8>> {
        match lock(&self.nodes).get(path).map(|held| held.node.clone()) {
            Some(Node::File(content)) => Some(content),
            _ => None,
        }
    }

    /// The paths of all files.
    pub(crate) fn files_there(&self) -> Vec<String> {
        let nodes = lock(&self.nodes);
        nodes.iter().filter(|(_, held)| matches!(held.node, Node::File(_))).map(|(path, _)| path.clone()).collect()
    }

    /// How often it was asked to do this.
    pub(crate) fn count(&self, call: &str) -> usize {
        lock(&self.calls).iter().filter(|(other, _)| *other == call).count()
    }

    /// How often it was asked to change something.
    pub(crate) fn writes(&self) -> usize {
        WRITES.iter().map(|call| self.count(call)).sum()
    }

    /// The paths with which it was asked to do this, in order.
    pub(crate) fn asked(&self, call: &str) -> Vec<String> {
        lock(&self.calls).iter().filter(|(other, _)| *other == call).map(|(_, path)| path.clone()).collect()
    }

    pub(crate) fn forget_calls(&self) {
        lock(&self.calls).clear();
    }

    /// How many files were on their way at once, at most.
    pub(crate) fn most_at_once(&self) -> usize {
        self.gauge.most.load(SeqCst)
    }

    pub(crate) fn now(&self) -> usize {
        self.gauge.now.load(SeqCst)
    }

    fn note(&self, call: &'static str, path: &str) -> Result<()> {
        if !self.forgets {
            lock(&self.calls).push((call, path.to_owned()));
        }
        self.refuse.as_ref().and_then(|refuse| refuse(call, path)).map_or(Ok(()), Err)
    }

    fn held(&self, path: &str) -> Result<StoredNode> {
        lock(&self.nodes).get(path).cloned().ok_or_else(|| Error::not_found(format!("nothing is here: `{path}`")))
    }

    /// The path without links.
    fn real(&self, path: &RemotePath) -> Result<RemotePath> {
        let mut at = RemotePath::root();
        let mut left: Vec<String> = path.as_str().split('/').rev().map(str::to_owned).collect();
        let mut links = 0;
        while let Some(part) = left.pop().filter(|_| links < 100) {
            match part.as_str() {
                "" | "." => continue,
                ".." => at = at.parent().unwrap_or_else(RemotePath::root),
                part => at = at.join(part),
            }
            if let Node::Link(target) = self.held(at.as_str())?.node {
                links += 1;
                at = if target.starts_with('/') { RemotePath::root() } else { at.parent().unwrap() };
                left.extend(target.split('/').rev().map(str::to_owned));
            }
        }
        if links < 100 { Ok(at) } else { Err(Error::conflict(format!("links without end: `{path}`"))) }
    }

    async fn read(&self, source: &dyn Source) -> Result<(Vec<u8>, Digest)> {
        if let Some(bytes) = self.retries_after {
            let mut body = source.open().await?;
            let mut came = 0;
            while came < bytes {
                came += body.next().await?.map_or(bytes, |block| block.len());
            }
        }
        let mut body = source.open().await?;
        let mut content = Vec::new();
        let mut number = 0;
        while let Some(block) = body.next().await? {
            content.extend_from_slice(&block);
            if let Some(between) = &self.between {
                between(number);
            }
            number += 1;
        }
        Ok((content, body.digest()?.clone()))
    }

    /// Stores what was read at a path.
    fn keep(&self, path: &str, mut content: Vec<u8>, sent: Digest, attributes: Attributes) -> Result<PutResult> {
        if self.damages
            && let Some(byte) = content.last_mut()
        {
            *byte ^= 1;
        }
        if !self.forgets {
            self.set(path, Node::File(content));
            self.change(path, |held| {
                let written = (self.time_of == TimeOf::Write).then(Timestamp::now);
                (held.modified_at, held.executable) = (written.or(attributes.modified_at), attributes.executable);
            });
        }
        let result = self.elsewhere.as_ref().and_then(|elsewhere| elsewhere(path)).unwrap_or_else(|| path.to_owned());
        let sha256 = match self.tells {
            PutReport::Hash => Some(sent.sha256.clone()),
            PutReport::UppercaseHash => Some(sent.sha256.to_uppercase()),
            PutReport::WrongHash => Some(hex(&Sha256::digest(b"something else"))),
            PutReport::Size | PutReport::WrongSize | PutReport::Nothing => None,
        };
        let size = match self.tells {
            PutReport::WrongSize => Some(sent.bytes + 1),
            PutReport::Size => Some(sent.bytes),
            _ => None,
        };
        Ok(PutResult { path: result.parse()?, size, sha256, file_id: None, resource_id: None, md5: false, sent })
    }

    fn hand_out(&self, path: &str) -> Result<GetResult> {
        let number = self.asked("fetch").iter().filter(|other| *other == path).count();
        if let Some(fetched) = self.fetch.as_ref().and_then(|fetch| fetch(path, number)) {
            return fetched;
        }
        let held = self.held(self.real(&path.parse()?)?.as_str())?;
        let Node::File(content) = held.node else {
            return Err(Error::conflict(format!("not a file: `{path}`")));
        };
        let sha256 = match self.knows {
            HashReport::Hash => RemoteHash::Known(hex(&Sha256::digest(&content))),
            HashReport::WrongHash => RemoteHash::Known(hex(&Sha256::digest(b"something else"))),
            HashReport::Streamed => RemoteHash::Streamed,
            HashReport::Nothing => RemoteHash::Unknown,
        };
        let length = match self.length {
            LengthReport::True => Some(content.len() as u64),
            LengthReport::Missing => None,
            LengthReport::Wrong(length) => Some(length),
        };
        let going = RunningCall::on(&self.gauge);
        let wait = self.pace.as_ref().map(|pace| pace(path));
        let pieces: Vec<_> = content.chunks(PIECE).map(Bytes::copy_from_slice).map(Ok).collect();
        // Only what was waited for is sent, and the file is on its way until all was.
        let blocks = stream::once(async move {
            if let Some(wait) = wait {
                wait.await;
            }
            stream::iter(pieces)
        });
        let blocks = blocks.flatten().chain(stream::poll_fn(move |_| {
            let _going = &going;
            std::task::Poll::Ready(None)
        }));
        let attributes = Attributes { modified_at: held.modified_at, executable: held.executable };
        Ok(GetResult { body: Body::of_stream(length, blocks.boxed()), attributes, sha256, file_id: None })
    }
}

/// A body of these pieces, which ends as the last one says.
pub(crate) fn body(length: Option<u64>, pieces: Vec<Result<Bytes>>) -> GetResult {
    let body = Body::of_stream(length, stream::iter(pieces).boxed());
    GetResult { body, attributes: Attributes::default(), sha256: RemoteHash::Unknown, file_id: None }
}

/// A connection that broke, and may hold the next time.
pub(crate) fn broken(retryable: bool, retry_after: Option<std::time::Duration>) -> Error {
    Error::new(Kind::Unavailable, "the connection broke").details(Details {
        retryable,
        retry_after,
        ..Details::default()
    })
}

/// An entry of a listing.
pub(crate) fn entry(path: &str, kind: EntryKind, size: Option<u64>) -> Entry {
    let path: RemotePath = path.parse().unwrap();
    Entry {
        session: "s1".parse().unwrap(),
        name: path.name().to_owned(),
        path,
        kind,
        size,
        modified_at: Some(long_ago()),
        mode: None,
        file_id: None,
        provider: Provider::default(),
    }
}

/// Lists these, wherever one looks.
pub(crate) fn lists(entries: Vec<Entry>) -> Listing {
    Box::new(move |_| stream::iter(entries.clone()).map(Ok).boxed())
}

#[async_trait]
impl Backend for FakeBackend {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn limits(&self) -> Limits {
        self.limits
    }

    fn sessions(&self) -> &dyn Sessions {
        self
    }

    fn files(&self) -> Option<&dyn SessionFiles> {
        Some(self)
    }

    fn store(&self) -> Option<&dyn FileStore> {
        Some(self)
    }

    fn resources(&self) -> Option<&dyn Resources> {
        Some(self)
    }

    async fn flush(&self) -> Result<()> {
        self.note("settle", "")
    }

    async fn diagnose(&self) -> Vec<Check> {
        Vec::new()
    }
}

#[async_trait]
impl SessionFiles for FakeBackend {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn time_of(&self) -> TimeOf {
        self.time_of
    }

    fn hashes_contents(&self) -> bool {
        self.hashes_contents
    }

    async fn put(&self, at: &SessionPath, source: &dyn Source, options: PutOptions) -> Result<PutResult> {
        self.note("put", at.path.as_str())?;
        let _going = RunningCall::on(&self.gauge);
        if let Some(pace) = &self.pace {
            pace(at.path.as_str()).await;
        }
        let (content, sent) = self.read(source).await?;
        if options.keep_existing && self.held(at.path.as_str()).is_ok() {
            return Err(Error::conflict(format!("`{at}` already exists")));
        }
        self.keep(at.path.as_str(), content, sent, source.attributes())
    }

    async fn fetch(&self, at: &SessionPath, _: FetchOptions) -> Result<GetResult> {
        self.note("fetch", at.path.as_str())?;
        self.hand_out(at.path.as_str())
    }

    async fn stat(&self, at: &SessionPath) -> Result<Entry> {
        self.note("stat", at.path.as_str())?;
        let held = self.held(at.path.as_str())?;
        Ok(described(at.path.as_str(), &held))
    }

    async fn list<'a>(&'a self, at: &SessionPath, recursive: bool) -> Result<BoxStream<'a, Result<Entry>>> {
        self.note("list", at.path.as_str())?;
        if let Some(listing) = &self.listing {
            return Ok(listing(&at.path));
        }
        assert!(recursive, "the engine lists whole trees");
        let nodes = lock(&self.nodes);
        let below = nodes.iter().filter(|(path, _)| {
            **path != *at.path.as_str() && path.parse::<RemotePath>().is_ok_and(|path| path.is_within(&at.path))
        });
        let entries: Vec<_> = below.map(|(path, held)| Ok(described(path, held))).collect();
        Ok(stream::iter(entries).boxed())
    }

    async fn resolve(&self, at: &SessionPath) -> Result<SessionPath> {
        self.note("resolve", at.path.as_str())?;
        Ok(at.at(self.real(&at.path)?))
    }

    async fn mkdir(&self, at: &SessionPath, _: MkdirOptions) -> Result<Entry> {
        self.note("mkdir", at.path.as_str())?;
        match self.held(at.path.as_str()) {
            Ok(held) if held.node != Node::Directory => return Err(Error::conflict("not a directory")),
            Ok(_) => {}
            Err(_) => self.set(at.path.as_str(), Node::Directory),
        }
        self.stat(at).await
    }

    async fn rename(&self, _: &SessionPath, _: &RemotePath) -> Result<Entry> {
        unreachable!("a transfer renames nothing there")
    }

    async fn remove(&self, at: &SessionPath, recursive: bool) -> Result<()> {
        self.note("remove", at.path.as_str())?;
        assert!(!recursive, "a transfer removes no tree");
        lock(&self.nodes).remove(at.path.as_str());
        Ok(())
    }
}

fn described(path: &str, held: &StoredNode) -> Entry {
    let (kind, size) = match &held.node {
        Node::File(content) => (EntryKind::File, Some(content.len() as u64)),
        Node::Directory => (EntryKind::Directory, None),
        Node::Link(_) => (EntryKind::Symlink, None),
        Node::Fifo => (EntryKind::Other, None),
    };
    Entry { modified_at: held.modified_at, ..entry(path, kind, size) }
}

/// Stored files lie at `/stored/FILE_ID`, where no session path of a test is.
fn shelf(id: &FileId) -> String {
    format!("/stored/{id}")
}

fn stored_file(id: &FileId, filename: &str, size: Option<u64>) -> StoredFile {
    StoredFile {
        id: id.clone(),
        filename: filename.to_owned(),
        size,
        mime_type: None,
        created_at: Some(long_ago()),
        downloadable: Some(true),
        scope: None,
        provider: Provider::default(),
    }
}

#[async_trait]
impl FileStore for FakeBackend {
    fn name_to_mount(&self, name: &str) -> String {
        name.replace(':', "_")
    }

    async fn upload(&self, new: NewStoredFile, source: &dyn Source) -> Result<(StoredFile, PutResult)> {
        self.note("upload", &new.filename)?;
        let _going = RunningCall::on(&self.gauge);
        if let Some(pace) = &self.pace {
            pace(&new.filename).await;
        }
        let (content, sent) = self.read(source).await?;
        let id: FileId = format!("file_{}", new.filename).parse()?;
        let stored = self.keep(&shelf(&id), content, sent, source.attributes())?;
        Ok((stored_file(&id, &new.filename, stored.size), PutResult { file_id: Some(id), ..stored }))
    }

    async fn list(&self, _: Option<&SessionId>, _: PageRequest) -> Result<Page<StoredFile>> {
        unreachable!("a transfer lists no stored files")
    }

    async fn get(&self, id: &FileId) -> Result<StoredFile> {
        self.note("get", id.as_str())?;
        let held = self.held(&shelf(id))?;
        Ok(stored_file(id, id.as_str(), described(&shelf(id), &held).size))
    }

    async fn fetch(&self, id: &FileId, _: FetchOptions) -> Result<GetResult> {
        self.note("fetch", id.as_str())?;
        self.hand_out(&shelf(id))
    }

    async fn delete(&self, id: &FileId) -> Result<()> {
        self.note("delete", id.as_str())?;
        lock(&self.nodes).remove(&shelf(id));
        Ok(())
    }
}

/// A transfer asks for paths only: what it uploads is mounted by the caller.
#[async_trait]
impl Resources for FakeBackend {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn mount_point(&self, path: &RemotePath) -> Result<RemotePath> {
        if path.is_within(&CAPABILITIES.outputs.parse()?) {
            return Err(Error::new(Kind::Unsupported, "only the agent writes here"));
        }
        let mounts: RemotePath = "/mnt".parse()?;
        if path.is_within(&mounts) { Ok(path.clone()) } else { mounts.descend(path.relative()) }
    }

    async fn add(&self, _: &SessionId, _: NewResource) -> Result<Resource> {
        unreachable!()
    }
    async fn list(&self, _: &SessionId, _: PageRequest) -> Result<Page<Resource>> {
        unreachable!()
    }
    async fn get(&self, _: &SessionId, _: &str) -> Result<Resource> {
        unreachable!()
    }
    async fn remove(&self, _: &SessionId, _: &str) -> Result<()> {
        unreachable!()
    }
}

/// Nothing of this is asked for by a transfer.
#[async_trait]
impl Sessions for FakeBackend {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn read_document(&self, _: Map<String, Value>) -> Result<(NewSession, Vec<String>)> {
        unreachable!()
    }
    async fn create(&self, _: NewSession) -> Result<Session> {
        unreachable!()
    }
    async fn list(&self, _: &SessionQuery, _: PageRequest) -> Result<Page<Session>> {
        unreachable!()
    }
    async fn get(&self, _: &SessionId) -> Result<Session> {
        unreachable!()
    }
    async fn delete(&self, _: &SessionId, _: bool) -> Result<()> {
        unreachable!()
    }
}
