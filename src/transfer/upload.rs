//! Uploads: one source after another, a receipt for each file.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use async_trait::async_trait;

use super::event::{Event, Observer};
use super::plan::{self, Destination, LocalSource};
use super::tally::{Ledger, Sink};
use super::walk::{Walk, What};
use super::{BULK, IfExists};
use crate::backend::{Backend, FileStore, MkdirOptions, NewStoredFile, PutOptions, SessionFiles, Stored};
use crate::body::{Attributes, Body, LocalFile, Source, Stdin};
use crate::error::{Error, Kind, Result};
use crate::model::{EntryKind, FileId, Receipt, ReceiptStatus, SessionPath, Verified};

/// An upload that is under way.
pub struct Upload<'a> {
    /// Where it goes.
    pub backend: &'a dyn Backend,
    /// What to do with what is there.
    pub if_exists: IfExists,
    /// Who watches.
    pub observer: &'a dyn Observer,
}

impl Upload<'_> {
    /// Puts files and trees into a session.
    ///
    /// # Errors
    /// `usage` before anything is sent; then the verdict over all receipts.
    pub async fn to_session(
        &self,
        sources: &[LocalSource],
        to: &Destination<SessionPath>,
        sink: Sink<'_>,
    ) -> Result<()> {
        self.backend.need_files()?;
        let places = plan::upload(sources, to)?;
        let bulk = self.announce(sources) > BULK;
        let mut ledger = Ledger::new(self.backend, self.observer, sink);
        for (source, place) in sources.iter().zip(&places) {
            let done = match &source.path {
                Some(root) if source.is_directory => {
                    self.tree(root, place, bulk, &mut ledger).await?;
                    continue;
                }
                Some(path) => self.put(LocalFile::new(path), &source.name, place, bulk).await,
                None => self.put(Ok(Stdin), &source.name, place, bulk).await,
            };
            ledger.enter(done)?;
        }
        self.backend.settle().await?;
        ledger.verdict()
    }

    /// Puts the contents of a directory under a path, empty directories too.
    async fn tree(&self, root: &Path, place: &SessionPath, bulk: bool, ledger: &mut Ledger<'_>) -> Result<()> {
        if let Err(error) = self.make_directory(place, bulk).await {
            return ledger.enter(Receipt::failed(&root.display().to_string(), Some(place.to_string()), error));
        }
        for found in Walk::new(root) {
            let name = found.path.display().to_string();
            let at = match place.path.descend(&found.below) {
                Ok(path) => place.at(path),
                Err(error) => {
                    ledger.enter(Receipt::failed(&name, None, error))?;
                    continue;
                }
            };
            let done = match found.what {
                What::Directory => match self.make_directory(&at, bulk).await {
                    Ok(()) => continue,
                    Err(error) => Receipt::failed(&name, Some(at.to_string()), error),
                },
                What::File(file) => self.put(Ok(file), &name, &at, bulk).await,
                What::Failed(error) => Receipt::failed(&name, Some(at.to_string()), error),
            };
            ledger.enter(done)?;
        }
        Ok(())
    }

    async fn make_directory(&self, at: &SessionPath, bulk: bool) -> Result<()> {
        let files = self.backend.need_files()?;
        if at.path.is_root() {
            // There is nothing to make; whether the session is there shows at the first call.
            return files.stat(at).await.map(drop);
        }
        files.mkdir(at, MkdirOptions { parents: true, mode: None, bulk }).await.map(drop)
    }

    /// Puts files into the workspace's file store.
    ///
    /// # Errors
    /// `usage` for a directory or a source without a name; then the verdict over all receipts.
    pub async fn to_store(&self, sources: &[LocalSource], mime_type: Option<&str>, sink: Sink<'_>) -> Result<()> {
        let store = self.backend.need_store()?;
        let mut named = Vec::new();
        for source in sources {
            if source.is_directory {
                return Err(Error::usage(format!("a directory cannot be a stored file: `{}`", source.name))
                    .hint("name a session to put it into: `SESSION:/path`"));
            }
            let name = source.base.as_deref().ok_or_else(|| {
                Error::usage(format!("this source has no file name: `{}`", source.name)).hint("give one: --name NAME")
            })?;
            named.push((source, NewStoredFile { filename: name.to_owned(), mime_type: mime_type.map(str::to_owned) }));
        }
        self.announce(sources);
        let mut ledger = Ledger::new(self.backend, self.observer, sink);
        for (source, new) in named {
            let done = match &source.path {
                Some(path) => self.store(store, LocalFile::new(path), &source.name, new).await,
                None => self.store(store, Ok(Stdin), &source.name, new).await,
            };
            ledger.enter(done)?;
        }
        self.backend.settle().await?;
        ledger.verdict()
    }

    /// The first, cheap walk: how much there is to do. Gives the number of files.
    fn announce(&self, sources: &[LocalSource]) -> u64 {
        let (mut files, mut bytes) = (0, Some(0_u64));
        for source in sources {
            match &source.path {
                Some(path) if source.is_directory => {
                    for found in Walk::new(path) {
                        if let What::File(file) = found.what {
                            files += 1;
                            bytes = bytes.zip(file.len()).map(|(sum, size)| sum + size);
                        }
                    }
                }
                path => {
                    let length = path.as_ref().and_then(|path| LocalFile::new(path).ok()).and_then(|file| file.len());
                    files += 1;
                    bytes = bytes.zip(length).map(|(sum, length)| sum + length);
                }
            }
        }
        self.observer.on(Event::Planned { files, bytes });
        files
    }

    async fn put(&self, source: Result<impl Source>, name: &str, at: &SessionPath, bulk: bool) -> Receipt {
        let put = async {
            let files = self.backend.need_files()?;
            let source = self.watched(source?, name);
            if let Some(reason) = self.reason_to_skip(files, &source, at).await? {
                return Ok(Err(reason));
            }
            let options = PutOptions { keep_existing: self.if_exists == IfExists::Error, bulk };
            files.put(at, &source, options).await.map(Ok)
        };
        match put.await {
            Ok(Ok(stored)) => receipt(name, &at.at(stored.path.clone()).to_string(), stored),
            Ok(Err(reason)) => Receipt::skipped(name, at.to_string(), &at.to_string(), reason),
            Err(error) => Receipt::failed(name, Some(at.to_string()), error),
        }
    }

    async fn store(
        &self,
        store: &dyn FileStore,
        source: Result<impl Source>,
        name: &str,
        new: NewStoredFile,
    ) -> Receipt {
        let upload = async {
            let source = self.watched(source?, name);
            store.upload(new, &source).await
        };
        match upload.await {
            Ok((file, stored)) => receipt(name, file.id.as_str(), stored),
            Err(error) => Receipt::failed(name, None, error),
        }
    }

    fn watched<S: Source>(&self, source: S, name: &str) -> Watched<S> {
        let passed = Arc::new(AtomicU64::new(0));
        self.observer.on(Event::Started { name, bytes: source.len(), passed: Arc::clone(&passed) });
        Watched { source, passed }
    }

    async fn reason_to_skip(
        &self,
        files: &dyn SessionFiles,
        source: &dyn Source,
        at: &SessionPath,
    ) -> Result<Option<&'static str>> {
        if !matches!(self.if_exists, IfExists::Skip | IfExists::Update) {
            return Ok(None);
        }
        let entry = match files.stat(at).await {
            Ok(entry) => entry,
            Err(error) if error.kind() == Kind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let same = entry.kind == EntryKind::File
            && source.len().is_some()
            && entry.size == source.len()
            && entry.modified_at.is_some()
            && entry.modified_at == source.attributes().modified_at;
        Ok(match self.if_exists {
            IfExists::Skip => Some("it exists at the destination"),
            IfExists::Update if same => Some("size and time are equal"),
            _ => None,
        })
    }
}

fn receipt(source: &str, destination: &str, stored: Stored) -> Receipt {
    let compared = match (&stored.sha256, stored.size) {
        (Some(sha256), _) if *sha256 != stored.sent.sha256 => Err("hash"),
        (_, Some(size)) if size != stored.sent.bytes => Err("length"),
        (Some(_), _) => Ok(Verified::Sha256),
        (None, Some(_)) => Ok(Verified::Size),
        (None, None) => Ok(Verified::None("the backend told neither length nor hash")),
    };
    let (status, verified, error) = match compared {
        Ok(verified) => (ReceiptStatus::Copied, Some(verified), None),
        Err(what) => {
            let error =
                Error::new(Kind::Unverified, format!("the {what} at `{destination}` differs from the source's"))
                    .hint("the copy that is there is not to be trusted: upload it again");
            (ReceiptStatus::Failed, None, Some(error))
        }
    };
    Receipt {
        id: Some(stored.file_id.as_ref().map_or_else(|| destination.to_owned(), FileId::to_string)),
        source: source.to_owned(),
        destination: Some(destination.to_owned()),
        status,
        bytes: stored.size.or(Some(stored.sent.bytes)),
        sha256: Some(stored.sent.sha256),
        verified,
        file_id: stored.file_id,
        resource_id: stored.resource_id,
        error,
    }
}

/// A source whose bytes are counted as they pass, anew at each reading.
struct Watched<S> {
    source: S,
    passed: Arc<AtomicU64>,
}

#[async_trait]
impl<S: Source> Source for Watched<S> {
    fn name(&self) -> &str {
        self.source.name()
    }

    fn len(&self) -> Option<u64> {
        self.source.len()
    }

    fn attributes(&self) -> Attributes {
        self.source.attributes()
    }

    async fn open(&self) -> Result<Body> {
        self.passed.store(0, std::sync::atomic::Ordering::Relaxed);
        Ok(self.source.open().await?.counted(Arc::clone(&self.passed)))
    }
}
