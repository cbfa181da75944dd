//! Syncs of a local directory to a session.

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::rc::Rc;

use futures_util::StreamExt;
use futures_util::stream;

use super::compare::{Equality, SameLength};
use super::delete::EntryDeletion;
use super::dest_tree::{DestEntry, DestKind, ExtraEntry};
use super::expected::ExpectedFiles;
use super::{Pass, SourceFacts, SyncEnds, SyncOptions, SyncPlan, SyncRun, keeps_times, not_a_directory, remote_tree};
use crate::Transfer;
use crate::engine::{FileWatch, Label, RunningFiles};
use crate::local_walk::LocalWalk;
use crate::plan::LocalSource;
use crate::results::Results;
use crate::upload::readable;
use crate::upload_items::{self, UploadItem};
use crate::upload_root::UploadRoot;
use crate::verify;
use crate::walk::WalkKind;
use wharf_client::backend::{Feature, FetchOptions, SessionFiles, TimeOf};
use wharf_core::body::Source;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::receipt::SkipReason;
use wharf_core::model::{Receipt, RemotePath, SessionPath, Timestamp};
use wharf_core::platform::shown;
use wharf_core::sync_ledger::{SyncedFile, SyncedFiles};

/// The most files whose records end with one change of the record.
const CHANGED_AT_ONCE: usize = 256;

/// A file that was sent, with the times on this machine at which that began and ended.
struct SentFile {
    path: RemotePath,
    file: SyncedFile,
    begun: Timestamp,
    ended: Timestamp,
}

/// The files that are being sent, and those that were.
struct SentFiles {
    /// Whether the files keep the times of the source.
    keep_times: bool,
    expected: ExpectedFiles<ExpectedUpload>,
    sent: RefCell<Vec<SentFile>>,
}

/// A file that is about to be sent.
struct ExpectedUpload {
    path: RemotePath,
    local_modified_at: Option<Timestamp>,
    begun: Timestamp,
}

impl SentFiles {
    fn new(keep_times: bool) -> Self {
        SentFiles { keep_times, expected: ExpectedFiles::default(), sent: RefCell::default() }
    }

    /// Adds a file that is about to be sent.
    fn expect(&self, at: SessionPath, local_modified_at: Option<Timestamp>) {
        let destination = at.to_string();
        let expected = ExpectedUpload { path: at.path, local_modified_at, begun: Timestamp::now() };
        self.expected.add(destination, expected);
    }
}

impl FileWatch for Rc<SentFiles> {
    fn begun(&self, label: &Label) {
        self.expected.change(label, |file| file.begun = Timestamp::now());
    }

    fn ended(&self, receipt: &Receipt) {
        if let Some((expected, size, sha256)) = self.expected.take_copied(receipt) {
            let ExpectedUpload { path, local_modified_at, begun } = expected;
            let remote_modified_at = local_modified_at.filter(|_| self.keep_times);
            let file = SyncedFile { size, sha256, remote_modified_at, local_modified_at };
            self.sent.borrow_mut().push(SentFile { path, file, begun, ended: Timestamp::now() });
        }
    }
}

impl SyncRun<'_> {
    /// Ends the validity of what is recorded of the files that are about to be sent.
    fn end_records<'i>(&self, items: impl Iterator<Item = &'i UploadItem>) {
        let recorded = items.filter_map(|item| match item {
            UploadItem::Send { at, .. } if self.comparison.has_record(at) => Some(at.clone()),
            _ => None,
        });
        let recorded: Vec<_> = recorded.collect();
        if !recorded.is_empty() {
            (self.changing)(&recorded);
        }
    }
}

impl Transfer<'_> {
    /// Lists a local directory and a directory of a session that is to become its copy. `known` is what is recorded of
    /// files below `to`.
    ///
    /// # Errors
    /// `unsupported` before anything is sent; `usage` for a source that is not a directory; those of listing the
    /// destination; `limit`.
    pub async fn plan_sync_upload(
        &self,
        source: LocalSource,
        to: SessionPath,
        options: &SyncOptions,
        known: SyncedFiles,
    ) -> Result<SyncPlan> {
        self.backend.require(Feature::SyncUpload)?;
        let root = source.path.as_deref().filter(|_| source.is_directory);
        let root = root.ok_or_else(|| not_a_directory(&source.name, false))?;
        let mut tree = remote_tree::read(self.backend.require_files()?, &to, self.options).await?;
        let mut facts = SourceFacts::default();
        for found in LocalWalk::new(root, self.options) {
            // A tree may be large: let a signal be seen.
            tokio::task::coop::consume_budget().await;
            let below = Path::new(&found.below);
            match found.kind {
                WalkKind::File(file) => {
                    self.options.check_free(&found.path)?;
                    facts.size.add(file.name(), file.len());
                    file.attributes().modified_at.into_iter().for_each(|time| facts.precision.add(time));
                    tree.match_source(below, false);
                }
                WalkKind::Directory { included: true, .. } => tree.match_source(below, true),
                WalkKind::Directory { .. } | WalkKind::Excluded => {}
                WalkKind::Skipped(_) => tree.keep(below),
                WalkKind::Failed(error) => facts.fail(&shown(&found.path), &error),
            }
        }
        facts.size.check(&self.backend.limits(), self.options)?;
        self.complete_plan(SyncEnds::Upload { source, to }, tree, facts, options, known)
    }

    pub(super) async fn run_sync_upload(
        &self,
        run: &mut SyncRun<'_>,
        source: &LocalSource,
        to: &SessionPath,
        deletions: Vec<ExtraEntry>,
        results: &mut Results<'_>,
    ) -> Result<()> {
        if !run.tree.exists
            && let Err(error) = self.unless_cancelled(self.make_root(to, run.bulk)).await?
        {
            return results.record(Receipt::failed(&source.name, Some(to.to_string()), error));
        }
        let sending = Rc::new(SentFiles::new(keeps_times(self.time_of())));
        let running = RunningFiles::new(self.options).watched_by(Rc::clone(&sending));
        let ended = self.send_all(run, (source, to), deletions, &running, &sending, results).await;
        let sent = sending.sent.take();
        let recorded = self.unless_cancelled(self.record_sent(run, to, &sent)).await;
        if recorded.is_err() {
            // There is no time to ask for more.
            run.records.borrow_mut().extend(sent.into_iter().map(|SentFile { path, file, .. }| (path, file)));
        }
        ended.and(recorded)
    }

    /// Sends what differs, and deletes what the source lacks.
    async fn send_all(
        &self,
        run: &mut SyncRun<'_>,
        (source, to): (&LocalSource, &SessionPath),
        deletions: Vec<ExtraEntry>,
        running: &RunningFiles,
        sending: &SentFiles,
        results: &mut Results<'_>,
    ) -> Result<()> {
        self.send_pass(run, Pass::Free, (source, to), running, sending, results).await?;
        let files = self.backend.require_files()?;
        let root = source.path.as_deref().unwrap_or(Path::new("."));
        let label = |below: &Path| {
            let destination = path_of(to, below).map_or_else(|_| below.display().to_string(), |at| at.to_string());
            Label { source: shown(root.join(below)), destination: Some(destination) }
        };
        let was_missing = Cell::new(false);
        let delete = async |entry: &ExtraEntry| {
            let at = path_of(to, &entry.below)?;
            let removed =
                if self.options.dry_run { files.check_remove(&at).await } else { files.remove(&at, false).await };
            match removed {
                // Where directories are not kept without files, they are gone with these.
                Err(error) if error.kind() == Kind::NotFound => {
                    was_missing.set(true);
                    Ok(EntryDeletion::Gone)
                }
                Err(error) if error.kind() == Kind::Conflict && entry.is_directory => Err(not_empty(&at.to_string())),
                removed => removed.map(|()| EntryDeletion::Gone),
            }
        };
        self.delete_extra(run, running, deletions, label, delete, results).await?;
        // The same is answered if the session is gone.
        if was_missing.get()
            && let Err(error) = files.stat(&to.at(RemotePath::root())).await
        {
            return results.record(Receipt::failed(&source.name, Some(to.to_string()), error));
        }
        if run.tree.has_obstacles() {
            self.send_pass(run, Pass::Blocked, (source, to), running, sending, results).await?;
        }
        Ok(())
    }

    /// Sends the files of a pass that differ.
    async fn send_pass(
        &self,
        run: &SyncRun<'_>,
        pass: Pass,
        (source, to): (&LocalSource, &SessionPath),
        running: &RunningFiles,
        sending: &SentFiles,
        results: &mut Results<'_>,
    ) -> Result<()> {
        let items = upload_items::of(source, &to.path, self.options);
        let items = items.filter(|item| match item {
            UploadItem::Send { at, .. }
            | UploadItem::Directory { at, .. }
            | UploadItem::Decided { at: Some(at), .. } => run.is_in(pass, Path::new(at.below(&to.path))),
            UploadItem::Excluded(_) | UploadItem::Decided { at: None, .. } | UploadItem::Done(_) => pass == Pass::Free,
        });
        let root = &UploadRoot::created(to);
        let left = |item| async move { Some((self.left_to_send(run, to, item, sending).await?, root)) };
        let judged = stream::iter(items).map(left).buffer_unordered(self.options.jobs.max(1));
        let judged = judged.filter_map(std::future::ready).ready_chunks(CHANGED_AT_ONCE);
        let judged = judged.flat_map(|chunk| {
            run.end_records(chunk.iter().map(|(item, _)| item));
            stream::iter(chunk)
        });
        let (limits, feed) = (self.bundle_limits(), std::future::ready(()));
        self.send_items(judged, limits, feed, run.bulk, running, results).await
    }

    /// Returns what is left to do of an item; `None` for a directory that is there, or that a dry run has nothing to say of.
    async fn left_to_send(
        &self,
        run: &SyncRun<'_>,
        to: &SessionPath,
        item: UploadItem,
        sending: &SentFiles,
    ) -> Option<UploadItem> {
        let failed = |name: &str, at: RemotePath, error| {
            UploadItem::Done(Box::new(Receipt::failed(name, Some(to.at(at).to_string()), error)))
        };
        Some(match item {
            UploadItem::Send { name, source: Ok(source), at } => {
                match self.judge_upload(run, to, source.as_ref(), &name, &at).await {
                    Ok(Some(receipt)) => UploadItem::Done(Box::new(receipt)),
                    Ok(None) => {
                        sending.expect(to.at(at.clone()), source.attributes().modified_at);
                        UploadItem::Send { name, source: Ok(source), at }
                    }
                    Err(error) => failed(&name, at, error),
                }
            }
            UploadItem::Directory { name, at } => {
                let below = Path::new(at.below(&to.path));
                if run.tree.has_directory(below) {
                    return None;
                }
                match run.check_free(below, true, |path| shown_at(to, path)) {
                    Err(error) => failed(&name, at, error),
                    Ok(()) if self.options.dry_run => return None,
                    Ok(()) => UploadItem::Directory { name, at },
                }
            }
            other => other,
        })
    }

    fn time_of(&self) -> TimeOf {
        self.backend.files().map_or(TimeOf::Source, SessionFiles::time_of)
    }

    /// Returns the receipt of a file that is not sent: it is equal, cannot be sent, or this is a dry run.
    async fn judge_upload(
        &self,
        run: &SyncRun<'_>,
        to: &SessionPath,
        source: &dyn Source,
        name: &str,
        path: &RemotePath,
    ) -> Result<Option<Receipt>> {
        let (at, below) = (to.at(path.clone()), Path::new(path.below(&to.path)));
        let destination = at.to_string();
        run.check_free(below, false, |path| shown_at(to, path))?;
        if let Some(there) = run.tree.get(below)
            && let Some(reason) = self.reason_to_stay(run, source, there, &at).await?
        {
            return Ok(Some(Receipt::skipped(name, destination.clone(), &destination, reason)));
        }
        if !self.options.dry_run {
            return Ok(None);
        }
        if run.tree.obstacle(below).is_none() {
            self.backend.require_files()?.check_put(&at).await?;
        }
        readable(source).await?;
        Ok(Some(Receipt::planned(name, Some(destination), source.announced_len())))
    }

    /// Returns why the file at the destination is the one of the source.
    async fn reason_to_stay(
        &self,
        run: &SyncRun<'_>,
        source: &dyn Source,
        there: &DestEntry,
        at: &SessionPath,
    ) -> Result<Option<SkipReason>> {
        let Some(bytes) = source.announced_len().filter(|bytes| there.bytes == Some(*bytes)) else { return Ok(None) };
        if there.kind != DestKind::File {
            return Ok(None);
        }
        let local = source.attributes().modified_at;
        let file = SameLength { bytes, local, remote: there.modified_at };
        let theirs = match run.comparison.compare(&at.path, &file) {
            Equality::Equal(reason) => return Ok(Some(reason)),
            Equality::Different => return Ok(None),
            Equality::IfHash(sha256) => sha256,
            Equality::IfRemoteHash => {
                let options = FetchOptions { size: Some(bytes), ..FetchOptions::default() };
                match verify::hash_of(self.backend.require_files()?.fetch(at, options).await?).await? {
                    Some(sha256) => sha256,
                    None => return Ok(None),
                }
            }
        };
        let sha256 = source.open().await?.sha256().await?;
        if !sha256.eq_ignore_ascii_case(&theirs) {
            return Ok(None);
        }
        let known = SyncedFile { size: bytes, sha256, remote_modified_at: there.modified_at, local_modified_at: local };
        run.records.borrow_mut().push((at.path.clone(), known));
        Ok(Some(SkipReason::SameHash))
    }

    /// Records the files that were sent. A service that sets their times itself is asked for them once, at the end.
    async fn record_sent(&self, run: &SyncRun<'_>, to: &SessionPath, sent: &[SentFile]) {
        let record = |one: &SentFile, remote_modified_at| {
            let file = SyncedFile { remote_modified_at, ..one.file.clone() };
            run.records.borrow_mut().push((one.path.clone(), file));
        };
        if sent.is_empty() || self.time_of() != TimeOf::Write || run.tree.lacks_times() {
            return sent.iter().for_each(|one| record(one, one.file.remote_modified_at));
        }
        let Ok(files) = self.backend.require_files() else { return };
        // If nothing is known of the files, they are sent again.
        let Ok(tree) = remote_tree::read(files, to, self.options).await else { return };
        let time = |sent: &SentFile| {
            let there = tree.get(Path::new(sent.path.below(&to.path)))?;
            (there.bytes == Some(sent.file.size)).then_some(there.modified_at)
        };
        // No file was written before it began to be sent: that bounds how far the clock of the service is ahead. What was
        // written later than that after it had been sent was changed by another program.
        let nanoseconds = |from: Timestamp, to: Timestamp| to.as_nanosecond() - from.as_nanosecond();
        let ahead = sent.iter().filter_map(|sent| Some(nanoseconds(sent.begun, time(sent)??))).min().unwrap_or(0);
        for one in sent {
            let Some(written) = time(one) else { continue };
            if written.is_none_or(|written| nanoseconds(one.ended, written) <= ahead + PRECISION) {
                record(one, written);
            }
        }
    }
}

/// The precision of the times of services, in nanoseconds.
const PRECISION: i128 = 1_000_000_000;

/// Returns the path in the session of an entry below the destination.
fn path_of(to: &SessionPath, below: &Path) -> Result<SessionPath> {
    let text =
        below.to_str().ok_or_else(|| Error::usage(format!("a path in a session is UTF-8: `{}`", shown(below))))?;
    Ok(to.at(to.path.descend(text)?))
}

fn shown_at(to: &SessionPath, below: &Path) -> String {
    path_of(to, below).map_or_else(|_| shown(below), |at| at.to_string())
}

/// Returns the error of a directory into which another program put something.
pub(super) fn not_empty(path: &str) -> Error {
    Error::conflict(format!("the directory is not empty, although the source lacks it: `{path}`"))
        .hint("another program put something into it: sync again")
}
