//! What a backend does with the files in sessions.

use async_trait::async_trait;
use futures_util::stream::{self, BoxStream, StreamExt as _};

use super::file_content::{FetchOptions, GetResult, MkdirOptions, PutOptions, PutResult, TimeOf, TreeOptions};
use super::{BundleDownload, BundleLimits, BundleUpload, Capabilities, FetchedBundle};
use wharf_core::body::Source;
use wharf_core::error::Result;
use wharf_core::feature::Feature;
use wharf_core::model::{Entry, EntryKind, RemotePath, SessionId, SessionPath};

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

/// Returns the result of [`SessionFiles::stat_lately`] for each of these paths, with a request for each.
pub(super) async fn stat_one_by_one<F>(files: &F, session: &SessionId, paths: &[RemotePath]) -> Vec<Result<Entry>>
where
    F: SessionFiles + ?Sized,
{
    let stat = async |path: &RemotePath| {
        let at = SessionPath { session: session.clone(), path: path.clone() };
        files.stat_lately(&at).await
    };
    stream::iter(paths).map(stat).buffered(ASKED_AT_ONCE).collect().await
}

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
        stat_one_by_one(self, session, paths).await
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
