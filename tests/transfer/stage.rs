//! What every test needs: a temporary directory, a transfer with an observer, and its result.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use tempfile::TempDir;
use wharf_client::backend::{Backend, NewStoredFile};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::target::names_directory;
use wharf_core::model::{Receipt, ReceiptStatus, RemotePath, SessionPath};
use wharf_core::sync_ledger::SyncedFile;
use wharf_transfer::cancellation::Cancellation;
use wharf_transfer::download::FileTarget;
use wharf_transfer::event::{Observer, TransferEvent};
use wharf_transfer::plan::{Destination, LocalSource};
use wharf_transfer::reuse::NamedUploads;
use wharf_transfer::sync::SyncOptions;
use wharf_transfer::{Transfer, TransferOptions};

/// Makes a FIFO, by the program: not every system has the call that rustix would make.
pub(crate) fn make_fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success(), "{}", path.display());
}

/// A receipt, kept.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) source: String,
    pub(crate) destination: Option<String>,
    pub(crate) status: ReceiptStatus,
    pub(crate) bytes: Option<u64>,
    pub(crate) verified: Option<String>,
    pub(crate) error: Option<Error>,
}

impl Line {
    pub(crate) fn kind(&self) -> Option<Kind> {
        self.error.as_ref().map(Error::kind)
    }
}

/// All that came of a transfer.
#[derive(Debug)]
pub(crate) struct TransferResult {
    pub(crate) verdict: Result<()>,
    pub(crate) lines: Vec<Line>,
    /// How often a file was tried again.
    pub(crate) retried: usize,
    /// The largest share of its length that any file was ever seen to have passed, in percent.
    pub(crate) most_passed: u64,
}

impl TransferResult {
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        self.verdict.as_ref().unwrap_or_else(|error| panic!("{error}: {:?}", self.lines));
        self
    }

    /// It ended with an error of this kind.
    #[track_caller]
    pub(crate) fn fails(self, kind: Kind) -> Self {
        let error = self.error();
        assert_eq!(error.kind(), kind, "{error}: {:?}", self.lines);
        self
    }

    #[track_caller]
    pub(crate) fn error(&self) -> &Error {
        self.verdict.as_ref().expect_err("it should fail")
    }

    pub(crate) fn count(&self, status: ReceiptStatus) -> usize {
        self.lines.iter().filter(|line| line.status == status).count()
    }

    pub(crate) fn copied(&self) -> usize {
        self.count(ReceiptStatus::Copied)
    }

    /// The kinds of what failed, in order.
    pub(crate) fn kinds(&self) -> Vec<Kind> {
        self.lines.iter().filter(|line| line.status == ReceiptStatus::Failed).filter_map(Line::kind).collect()
    }

    /// The only receipt.
    #[track_caller]
    pub(crate) fn only(&self) -> &Line {
        assert_eq!(self.lines.len(), 1, "{:?}", self.lines);
        &self.lines[0]
    }
}

/// Watches one transfer.
#[derive(Default)]
struct Watch {
    retried: RefCell<usize>,
    passed: RefCell<Vec<(u64, Arc<AtomicU64>)>>,
    most: RefCell<u64>,
}

impl Observer for Watch {
    fn on(&self, event: TransferEvent<'_>) {
        match event {
            TransferEvent::Retried { .. } => *self.retried.borrow_mut() += 1,
            TransferEvent::Started { bytes: Some(bytes), passed, .. } if bytes > 0 => {
                self.passed.borrow_mut().push((bytes, passed));
            }
            _ => {}
        }
        for (bytes, passed) in self.passed.borrow().iter() {
            let share = passed.load(Relaxed) * 100 / bytes;
            let most = (*self.most.borrow()).max(share);
            *self.most.borrow_mut() = most;
        }
    }
}

/// What a sync records.
pub(crate) type Records = Vec<(RemotePath, SyncedFile)>;

/// A transfer to or from `backend`.
pub(crate) struct Run<'a> {
    pub(crate) backend: &'a dyn Backend,
    pub(crate) options: TransferOptions,
    pub(crate) cancellation: Cancellation,
}

/// As the command line has it where nothing is said.
/// A local source; one that is not there is as if it had disappeared after it was looked at.
fn source(path: &Path) -> LocalSource {
    let name = path.to_str().unwrap().to_owned();
    LocalSource::look(&name, None).unwrap_or_else(|_| LocalSource {
        content: None,
        base: path.file_name().and_then(|base| base.to_str()).map(str::to_owned),
        path: Some(path.to_owned()),
        is_directory: false,
        name,
    })
}

pub(crate) fn options() -> TransferOptions {
    TransferOptions { jobs: 1, retries: 2, ..TransferOptions::default() }
}

pub(crate) fn run(backend: &dyn Backend, options: TransferOptions) -> Run<'_> {
    Run { backend, options, cancellation: Cancellation::default() }
}

pub(crate) fn session(path: &str) -> SessionPath {
    SessionPath { session: "s1".parse().unwrap(), path: path.parse().unwrap() }
}

impl Run<'_> {
    async fn observe(
        &self,
        work: impl AsyncFnOnce(Transfer<'_>, &mut dyn FnMut(&Receipt) -> Result<()>) -> Result<()>,
    ) -> TransferResult {
        let watch = Watch::default();
        let mut lines = Vec::new();
        let transfer = Transfer {
            backend: self.backend,
            options: &self.options,
            observer: &watch,
            cancellation: &self.cancellation,
        };
        let verdict = work(transfer, &mut |receipt| {
            lines.push(Line {
                source: receipt.source.clone(),
                destination: receipt.destination.clone(),
                status: receipt.outcome.status(),
                bytes: receipt.bytes,
                verified: receipt.verified.map(|verified| verified.to_string()),
                error: receipt.outcome.error().cloned(),
            });
            Ok(())
        })
        .await;
        TransferResult { verdict, lines, retried: watch.retried.take(), most_passed: watch.most.take() }
    }

    pub(crate) async fn upload_all(&self, sources: &[&Path], to: &str) -> TransferResult {
        let sources: Vec<_> = sources.iter().map(|path| source(path)).collect();
        let to = Destination { path: session(to), as_directory: names_directory(to), into: false };
        self.observe(async |transfer, sink| transfer.upload(&sources, &to, sink).await).await
    }

    pub(crate) fn upload(&self, source: &Path, to: &str) -> TransferResult {
        wait_for(self.upload_all(&[source], to))
    }

    pub(crate) fn upload_to_store(&self, sources: &[&Path]) -> TransferResult {
        let sources: Vec<_> = sources.iter().map(|path| source(path)).collect();
        wait_for(self.observe(async |transfer, sink| {
            transfer.upload_to_store(&sources, &NewStoredFile::default(), &NamedUploads::default(), sink).await
        }))
    }

    pub(crate) async fn download_all(&self, wanted: &[&str], to: &Path) -> TransferResult {
        let wanted: Vec<_> = wanted.iter().map(|name| target(name)).collect();
        let to = Destination { path: to.to_owned(), as_directory: false, into: false };
        self.observe(async |transfer, sink| transfer.download(&wanted, &to, true, sink).await).await
    }

    pub(crate) fn download(&self, wanted: &str, to: &Path) -> TransferResult {
        wait_for(self.download_all(&[wanted], to))
    }

    /// Syncs to `/t`, by what is recorded in `known`, to which new records are added.
    pub(crate) fn sync_up(&self, source: &Path, how: SyncOptions, known: &mut Records) -> TransferResult {
        wait_for(self.observe(async |transfer, sink| {
            let synced = known.iter().cloned().collect();
            let plan = transfer.plan_sync_upload(self::source(source), session("/t"), &how, synced).await?;
            transfer.sync(plan, sink, &|_| (), known).await
        }))
    }

    /// Syncs from `/t`, by what is recorded in `known`, to which new records are added.
    pub(crate) fn sync_down(&self, to: &Path, how: SyncOptions, known: &mut Records) -> TransferResult {
        wait_for(self.observe(async |transfer, sink| {
            let synced = known.iter().cloned().collect();
            let plan = transfer.plan_sync_download(session("/t"), to.to_owned(), &how, synced).await?;
            transfer.sync(plan, sink, &|_| (), known).await
        }))
    }

    /// What was written, whatever the verdict.
    pub(crate) fn stream(&self, wanted: &[&str]) -> (Result<()>, Vec<u8>) {
        let wanted: Vec<_> = wanted.iter().map(|name| target(name)).collect();
        let watch = Watch::default();
        let transfer = Transfer {
            backend: self.backend,
            options: &self.options,
            observer: &watch,
            cancellation: &self.cancellation,
        };
        let mut came = Vec::new();
        let mut write = |block: &[u8]| {
            came.extend_from_slice(block);
            Ok(())
        };
        (wait_for(transfer.stream(&wanted, || Ok(()), &mut write)), came)
    }
}

fn target(name: &str) -> FileTarget {
    if name.starts_with("file_") {
        FileTarget::Stored(name.parse().unwrap())
    } else {
        FileTarget::Session(session(name))
    }
}

/// Runs a future to its end, which must come soon.
#[track_caller]
pub(crate) fn wait_for<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let within = async { tokio::time::timeout(std::time::Duration::from_secs(120), future).await };
    runtime.block_on(within).expect("it should come to an end")
}

/// A directory on this machine.
pub(crate) struct Room(TempDir);

impl Room {
    pub(crate) fn new() -> Self {
        Room(tempfile::tempdir().unwrap())
    }

    /// A room with these files; a name that ends in a slash is a directory.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let room = Room::new();
        for (name, content) in files {
            if let Some(name) = name.strip_suffix('/') {
                fs::create_dir_all(room.at(name)).unwrap();
            } else {
                room.write(name, content);
            }
        }
        room
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file that was last changed long ago.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.at(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        age(&path);
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.at(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Everything below a directory of it, in order; a directory ends in a slash.
    pub(crate) fn names(&self, name: &str) -> Vec<String> {
        let slash = |seen: &FileState| if seen.kind == "directory" { "/" } else { "" };
        snapshot(&self.at(name)).iter().map(|(path, seen)| format!("{path}{}", slash(seen))).collect()
    }

    /// Nothing in it is half-written.
    #[track_caller]
    pub(crate) fn assert_nothing_in_the_making(&self) {
        let left: Vec<_> = self.names("").into_iter().filter(|name| name.contains(".wharf-")).collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

/// Makes a file look as if it was last changed long ago.
pub(crate) fn age(path: &Path) {
    let file = fs::OpenOptions::new().write(true).open(path).unwrap();
    file.set_modified(crate::fake_backend::long_ago().into()).unwrap();
}

/// What is at a path.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FileState {
    pub(crate) kind: &'static str,
    content: Vec<u8>,
    mode: u32,
    modified: (i64, i64),
}

/// Everything below a directory, links being themselves.
pub(crate) fn snapshot(root: &Path) -> BTreeMap<String, FileState> {
    let mut found = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir).into_iter().flatten() {
            let path = entry.unwrap().path();
            let meta = path.symlink_metadata().unwrap();
            let (kind, content) = match meta.file_type() {
                kind if kind.is_dir() => ("directory", Vec::new()),
                kind if kind.is_symlink() => {
                    ("link", fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes())
                }
                kind if kind.is_file() => ("file", fs::read(&path).unwrap()),
                _ => ("other", Vec::new()),
            };
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            found.insert(
                name,
                FileState { kind, content, mode: meta.mode(), modified: (meta.mtime(), meta.mtime_nsec()) },
            );
            if kind == "directory" {
                open.push(path);
            }
        }
    }
    found
}
