//! What a backend does with the files in sessions.

use std::time::Duration;

use async_trait::async_trait;
use futures_util::stream::{self, BoxStream, StreamExt as _};

use super::{BundleDownload, BundleLimits, BundleUpload, Capabilities, FetchedBundle};
use wharf_core::body::{Body, Source};
use wharf_core::error::{Error, Result};
use wharf_core::feature::Feature;
use wharf_core::model::{Entry, EntryKind, FileId, RemotePath, SessionId, SessionPath};

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
