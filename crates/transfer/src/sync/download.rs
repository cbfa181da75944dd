//! Syncs of a directory of a session to this machine.

use std::cell::RefCell;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use futures_util::StreamExt;
use futures_util::stream;

use super::compare::{Equality, SameLength};
use super::delete::EntryDeletion;
use super::dest_tree::{DestKind, ExtraEntry};
use super::expected::ExpectedFiles;
use super::upload::not_empty;
use super::{Pass, SourceFacts, SyncEnds, SyncOptions, SyncPlan, SyncRun, local_tree, not_a_directory};
use crate::Transfer;
use crate::dest::DestDir;
use crate::download_items::{self, DownloadItem, DownloadState};
use crate::engine::{FileWatch, Label, RunningFiles};
use crate::remote_walk::{RemoteEntry, RemoteFile, RemoteWalk};
use crate::results::Results;
use crate::verify;
use crate::walk::WalkKind;
use wharf_client::backend::{FetchOptions, TreeOptions};
use wharf_core::error::{Error, Result};
use wharf_core::model::receipt::SkipReason;
use wharf_core::model::{Receipt, RemotePath, SessionPath, Timestamp};
use wharf_core::platform::shown;
use wharf_core::sync_ledger::{SyncedFile, SyncedFiles};

/// The files that are being fetched, and those that were.
struct FetchedFiles {
    dest: Rc<DestDir>,
    expected: ExpectedFiles<ExpectedDownload>,
    done: RefCell<Vec<(RemotePath, SyncedFile)>>,
}

/// A file that is about to be fetched.
struct ExpectedDownload {
    /// The path below the destination.
    below: String,
    path: RemotePath,
    remote_modified_at: Option<Timestamp>,
}

impl FetchedFiles {
    /// Adds a file that is about to be fetched.
    fn expect(&self, found: &RemoteEntry, remote_modified_at: Option<Timestamp>) {
        let (below, path) = (found.below.clone(), found.path.path.clone());
        let expected = ExpectedDownload { below, path, remote_modified_at };
        self.expected.add(self.dest.shown(&found.below), expected);
    }
}

impl FileWatch for Rc<FetchedFiles> {
    fn begun(&self, _: &Label) {}

    fn ended(&self, receipt: &Receipt) {
        if let Some((expected, size, sha256)) = self.expected.take_copied(receipt)
            && let Ok(Some(meta)) = self.dest.look(&expected.below)
        {
            let ExpectedDownload { path, remote_modified_at, .. } = expected;
            let local_modified_at = local_tree::modified_at(&meta);
            self.done.borrow_mut().push((path, SyncedFile { size, sha256, remote_modified_at, local_modified_at }));
        }
    }
}

impl Transfer<'_> {
    /// Lists a directory of a session and a local directory that is to become its copy. `known` is what is recorded of
    /// files below `from`.
    ///
    /// # Errors
    /// `usage` for a source that is not a directory; those of listing both sides; `limit`.
    pub async fn plan_sync_download(
        &self,
        from: SessionPath,
        to: PathBuf,
        options: &SyncOptions,
        known: SyncedFiles,
    ) -> Result<SyncPlan> {
        let files = self.backend.require_files()?;
        let mut tree = local_tree::read(&to, self.options).await?;
        let how = TreeOptions { settle: !self.options.no_settle, all: self.options.all };
        let opened = files.open_tree(&from, how).await?;
        if opened.entries.is_none() {
            return Err(not_a_directory(&from.to_string(), true));
        }
        let (mut facts, mut items) = (SourceFacts::default(), Vec::new());
        let mut walk = RemoteWalk::new(files, opened, self.options);
        while let Some(found) = walk.next().await {
            let below = Path::new(&found.below);
            match &found.kind {
                WalkKind::File(file) => {
                    self.options.check_free(&to.join(below))?;
                    file.modified_at.into_iter().for_each(|time| facts.precision.add(time));
                    tree.match_source(below, false);
                }
                WalkKind::Directory { included: true, .. } => tree.match_source(below, true),
                WalkKind::Directory { .. } | WalkKind::Excluded => {}
                WalkKind::Skipped(_) => tree.keep(below),
                WalkKind::Failed(error) => facts.fail(&found.path.to_string(), error),
            }
            download_items::count(&mut facts.size, &found);
            items.push(found);
        }
        facts.size.check(&wharf_client::backend::Limits::default(), self.options)?;
        self.complete_plan(SyncEnds::Download { from, items, to }, tree, facts, options, known)
    }

    pub(super) async fn run_sync_download(
        &self,
        run: &mut SyncRun<'_>,
        items: Vec<RemoteEntry>,
        from: &SessionPath,
        to: &Path,
        deletions: Vec<ExtraEntry>,
        results: &mut Results<'_>,
    ) -> Result<()> {
        let dest = match DestDir::open(to, !self.options.dry_run).and_then(|dest| is_same(dest, run, to)) {
            Ok(dest) => Rc::new(dest),
            Err(error) => return results.record(Receipt::failed(&from.to_string(), Some(shown(to)), error)),
        };
        let fetching = Rc::new(FetchedFiles {
            dest: Rc::clone(&dest),
            expected: ExpectedFiles::default(),
            done: RefCell::default(),
        });
        let running = RunningFiles::new(self.options).watched_by(Rc::clone(&fetching));
        let state = DownloadState::new(self.options, run.bulk, running);
        let (free, blocked): (Vec<_>, Vec<_>) =
            items.into_iter().partition(|found| run.is_in(Pass::Free, Path::new(&found.below)));
        let label = |below: &Path| Label {
            source: format!("{}/{}", from.to_string().trim_end_matches('/'), shown(below)),
            destination: Some(shown(to.join(below))),
        };
        let ended = async {
            self.fetch_pass(run, &state, free, &fetching, results).await?;
            let delete = async |entry: &ExtraEntry| delete(&dest, &state, entry, self.options.dry_run);
            self.delete_extra(run, &state.running, deletions, label, delete, results).await?;
            if blocked.is_empty() { Ok(()) } else { self.fetch_pass(run, &state, blocked, &fetching, results).await }
        };
        let ended = ended.await;
        run.records.borrow_mut().append(&mut fetching.done.borrow_mut());
        if dest.discard_if_empty(ended.is_err()) { ended } else { ended.and(dest.sync(run.bulk)) }
    }

    /// Fetches those of these files that differ.
    async fn fetch_pass(
        &self,
        run: &SyncRun<'_>,
        state: &DownloadState,
        items: Vec<RemoteEntry>,
        fetching: &FetchedFiles,
        results: &mut Results<'_>,
    ) -> Result<()> {
        let dest = &fetching.dest;
        let left = |found| async move { self.left_to_fetch(run, state, found, dest, fetching).await };
        let judged = stream::iter(items).map(left).buffer_unordered(self.options.jobs.max(1));
        let judged = judged.filter_map(std::future::ready);
        self.fetch_items(judged, std::future::ready(()), state, results).await
    }

    /// Returns what is left to do of an entry, if anything is.
    async fn left_to_fetch(
        &self,
        run: &SyncRun<'_>,
        state: &DownloadState,
        found: RemoteEntry,
        dest: &Rc<DestDir>,
        fetching: &FetchedFiles,
    ) -> Option<DownloadItem> {
        let below = Path::new(&found.below);
        let failed = |error| {
            dest.mark_failed();
            let receipt = Receipt::failed(&found.path.to_string(), Some(dest.shown(&found.below)), error);
            Some(DownloadItem::Decided(Box::new(receipt)))
        };
        match &found.kind {
            WalkKind::File(file) => match self.judge_download(run, state, &found, file, dest).await {
                Ok(Some(receipt)) => return Some(DownloadItem::Decided(Box::new(receipt))),
                Ok(None) => fetching.expect(&found, file.modified_at),
                Err(error) => return failed(error),
            },
            WalkKind::Directory { included: true, .. } => {
                if run.tree.has_directory(below) {
                    return None;
                }
                if let Err(error) = run.check_free(below, true, |path| shown_in(dest, path)) {
                    return failed(error);
                }
                if self.options.dry_run && run.tree.obstacle(below).is_some() {
                    return None;
                }
            }
            _ => {}
        }
        download_items::item(found, dest)
    }

    /// Returns the receipt of a file that is not fetched: it is equal, or its place is taken in a dry run.
    async fn judge_download(
        &self,
        run: &SyncRun<'_>,
        state: &DownloadState,
        found: &RemoteEntry,
        file: &RemoteFile,
        dest: &DestDir,
    ) -> Result<Option<Receipt>> {
        let (name, destination, below) = (found.path.to_string(), dest.shown(&found.below), Path::new(&found.below));
        run.check_free(below, false, |path| shown_in(dest, path))?;
        if let Some(reason) = self.reason_to_keep_local(run, found, file, dest).await? {
            if let Some(meta) = dest.look(&found.below)? {
                state.written.keep(&meta);
            }
            return Ok(Some(Receipt::skipped(&name, destination, &name, reason)));
        }
        // What is in the way now is not in the way of a run.
        let is_planned = self.options.dry_run && run.tree.obstacle(below).is_some();
        Ok(is_planned.then(|| Receipt::planned(&name, Some(destination), file.bytes)))
    }

    /// Returns why the local file is the one of the source.
    async fn reason_to_keep_local(
        &self,
        run: &SyncRun<'_>,
        found: &RemoteEntry,
        file: &RemoteFile,
        dest: &DestDir,
    ) -> Result<Option<SkipReason>> {
        let Some(there) = run.tree.get(Path::new(&found.below)) else { return Ok(None) };
        let Some(bytes) = file.bytes.filter(|bytes| there.bytes == Some(*bytes)) else { return Ok(None) };
        if there.kind != DestKind::File {
            return Ok(None);
        }
        let same_length = SameLength { bytes, local: there.modified_at, remote: file.modified_at };
        let theirs = match run.comparison.compare(&found.path.path, &same_length) {
            Equality::Equal(reason) => return Ok(Some(reason)),
            Equality::Different => return Ok(None),
            Equality::IfHash(sha256) => sha256,
            Equality::IfRemoteHash => {
                let options = FetchOptions { size: Some(bytes), ..FetchOptions::default() };
                let fetched = self.backend.require_files()?.fetch(&found.path, options).await?;
                let Some(sha256) = verify::hash_of(fetched).await? else { return Ok(None) };
                sha256
            }
        };
        let sha256 = dest.hash(&found.below).await?;
        if !sha256.eq_ignore_ascii_case(&theirs) {
            return Ok(None);
        }
        let (remote_modified_at, local_modified_at) = (file.modified_at, there.modified_at);
        let known = SyncedFile { size: bytes, sha256, remote_modified_at, local_modified_at };
        run.records.borrow_mut().push((found.path.path.clone(), known));
        Ok(Some(SkipReason::SameHash))
    }
}

/// Fails if the destination is no longer the directory that was listed.
fn is_same(dest: DestDir, run: &SyncRun<'_>, to: &Path) -> Result<DestDir> {
    if let Some(key) = run.tree.key {
        let now = dest.dir().ok().map(local_tree::key_of).transpose();
        let now = now.map_err(|e| Error::io(format!("opening the directory `{}`", shown(to)), &e))?;
        if now != Some(key) {
            return Err(Error::conflict(format!("another program replaced the destination: `{}`", shown(to)))
                .hint("run the command again when nothing changes it"));
        }
    }
    Ok(dest)
}

fn shown_in(dest: &DestDir, below: &Path) -> String {
    below.to_str().map_or_else(|| shown(below), |below| dest.shown(below))
}

/// Deletes an entry of the destination that the source lacks.
fn delete(dest: &DestDir, state: &DownloadState, entry: &ExtraEntry, dry_run: bool) -> Result<EntryDeletion> {
    let path = shown_in(dest, &entry.below);
    let failed = |e: &io::Error| match e.kind() {
        io::ErrorKind::DirectoryNotEmpty => not_empty(&path),
        _ => Error::io(format!("deleting `{path}`"), e),
    };
    if dry_run {
        return Ok(EntryDeletion::Gone);
    }
    // A disk that takes two names for the same one has a file of the source under this name.
    let spare = |meta: &cap_std::fs::Metadata| state.written.contains(meta);
    let is_gone = local_tree::remove(dest.dir()?, &entry.below, entry.is_directory, spare).map_err(|e| failed(&e))?;
    Ok(if is_gone { EntryDeletion::Gone } else { EntryDeletion::Spared })
}
