//! Syncs: the destination becomes the source. What is equal stays, what differs is transferred by the engine of uploads
//! and downloads, and what the source lacks is deleted if that is asked for.
//!
//! A sync is planned first ([`Transfer::plan_sync_upload`], [`Transfer::plan_sync_download`]): both sides are listed once,
//! and nothing is changed. Then it is run ([`Transfer::sync`]): deletions come after all transfers have succeeded, and
//! what was in the way of something is transferred last.

mod compare;
mod delete;
mod dest_tree;
mod download;
mod expected;
mod local_tree;
mod remote_tree;
mod upload;

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use self::compare::{Precision, SyncComparison};
use self::dest_tree::{DestTree, ExtraEntry};
use super::Transfer;
use super::event::{NotDeleted, TransferEvent};
use super::plan::{LocalSource, TransferSize};
use super::remote_walk::RemoteEntry;
use super::results::{Results, Sink};
use wharf_client::backend::TimeOf;
use wharf_core::advice::{Setting, Step};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Receipt, RemotePath, SessionPath};
use wharf_core::platform::shown;
use wharf_core::sync_ledger::{SyncedFile, SyncedFiles};

/// What a sync does beside transferring what differs.
#[derive(Debug, Clone, Copy, Default)]
pub struct SyncOptions {
    /// Whether to delete what the source lacks.
    pub delete: bool,
    /// The most entries that may be deleted.
    pub max_delete: Option<u64>,
}

/// A sync of which everything is known before anything is changed.
pub struct SyncPlan {
    ends: SyncEnds,
    tree: DestTree,
    comparison: SyncComparison,
    size: TransferSize,
    delete: bool,
    deletions: Vec<ExtraEntry>,
    not_deleted: Option<NotDeleted>,
    /// The part of the source because of which nothing is deleted.
    source_failure: Option<(String, Error)>,
}

/// Source and destination.
enum SyncEnds {
    Upload { source: LocalSource, to: SessionPath },
    Download { from: SessionPath, items: Vec<RemoteEntry>, to: PathBuf },
}

/// What is known of the source.
#[derive(Default)]
struct SourceFacts {
    size: TransferSize,
    precision: Precision,
    /// The first part of it that could not be read, and why.
    failure: Option<(String, Error)>,
}

impl SourceFacts {
    /// Notes that a part could not be read.
    fn fail(&mut self, part: &str, error: &Error) {
        self.failure.get_or_insert_with(|| (part.to_owned(), error.clone()));
    }
}

/// Is told of recorded files of the session before they are written.
type Changing<'r> = &'r dyn Fn(&[RemotePath]);

/// The state of a sync that runs.
struct SyncRun<'r> {
    tree: DestTree,
    comparison: SyncComparison,
    bulk: bool,
    /// Whether deletions were asked for.
    delete: bool,
    changing: Changing<'r>,
    records: RefCell<Vec<(RemotePath, SyncedFile)>>,
}

/// Which files of the source are transferred.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pass {
    /// Those that nothing is in the way of, and those that fail because it stays.
    Free,
    /// Those that something is in the way of which is to be deleted.
    Blocked,
}

impl SyncPlan {
    /// Returns the number of entries that are to be deleted.
    pub fn deletions(&self) -> usize {
        self.deletions.len()
    }

    /// Returns the paths below the destination that are to be deleted; directories end with `/`.
    pub fn deleted_names(&self) -> impl Iterator<Item = String> {
        self.deletions.iter().rev().map(|entry| {
            let slash = if entry.is_directory { "/" } else { "" };
            format!("{}{slash}", shown(&entry.below))
        })
    }

    /// Returns whether the source has no files, so that deletions leave nothing that it has.
    pub fn is_source_empty(&self) -> bool {
        self.size.files == 0
    }
}

impl SyncRun<'_> {
    /// Returns the conflict of a path that something is in the way of which was not deleted.
    ///
    /// # Errors
    /// `conflict`.
    fn check_free(&self, below: &Path, is_directory: bool, shown: impl FnOnce(&Path) -> String) -> Result<()> {
        let Some(obstacle) = self.tree.obstacle(below).filter(|obstacle| !obstacle.is_gone) else { return Ok(()) };
        let kind = if obstacle.is_directory {
            "a directory"
        } else if obstacle.below == below && !is_directory {
            "neither a file nor a directory"
        } else {
            "not a directory"
        };
        let path = shown(obstacle.below);
        let hint = if obstacle.is_kept {
            format!(
                "it stays, since it or something in it is excluded, skipped or mounted: move it away, or leave it out: {}",
                Setting::Exclude
            )
        } else if self.delete {
            "nothing was deleted in its place: see the other errors".to_owned()
        } else {
            format!("{} replaces it", Setting::Delete)
        };
        Err(Error::conflict(format!("the destination is {kind}, unlike the source: `{path}`")).hint(hint))
    }

    /// Returns whether the path of a file of the source belongs to a pass.
    fn is_in(&self, pass: Pass, below: &Path) -> bool {
        let waits = self.tree.obstacle(below).is_some_and(|obstacle| !obstacle.is_kept);
        waits == (pass == Pass::Blocked)
    }
}

impl Transfer<'_> {
    /// Decides what is deleted, and completes the plan.
    ///
    /// # Errors
    /// `limit` if more would be deleted than may be.
    fn complete_plan(
        &self,
        ends: SyncEnds,
        tree: DestTree,
        source: SourceFacts,
        options: &SyncOptions,
        known: SyncedFiles,
    ) -> Result<SyncPlan> {
        let not_deleted = if source.failure.is_some() {
            Some(NotDeleted::SourceIncomplete)
        } else if tree.failures.is_empty() {
            None
        } else {
            Some(NotDeleted::DestinationIncomplete)
        };
        let not_deleted = not_deleted.filter(|_| options.delete);
        let deletions = if options.delete && not_deleted.is_none() { tree.extra() } else { Vec::new() };
        if let Some(most) = options.max_delete
            && deletions.len() as u64 > most
        {
            let what = format!("{} entries would be deleted, and {} is {most}", deletions.len(), Setting::MaxDelete);
            return Err(Error::new(Kind::Limit, what)
                .hint("nothing was transferred or deleted; a dry run without the limit lists them"));
        }
        let precision = tree.precision.coarser(source.precision);
        let comparison = SyncComparison::new(self.options.checksum, self.backend.require_files()?, precision, known);
        let SourceFacts { size, failure, .. } = source;
        let (delete, source_failure) = (options.delete, failure.filter(|_| options.delete));
        Ok(SyncPlan { ends, tree, comparison, size, delete, deletions, not_deleted, source_failure })
    }

    /// Runs a sync. The files that are equal on both sides afterwards are added to `records`. `changing` is called before
    /// recorded files of the session are written: if that fails halfway, the record is wrong.
    ///
    /// # Errors
    /// The verdict over all receipts.
    pub async fn sync(
        &self,
        plan: SyncPlan,
        sink: Sink<'_>,
        changing: &dyn Fn(&[RemotePath]),
        records: &mut Vec<(RemotePath, SyncedFile)>,
    ) -> Result<()> {
        let _guard = self.cancellation.register();
        self.observer.on(TransferEvent::Planned { files: plan.size.files, bytes: plan.size.bytes() });
        let mut results = Results::new(self, sink).of_sync();
        results.expect(plan.size.files);
        let SyncPlan { ends, mut tree, comparison, size, delete, deletions, not_deleted, source_failure } = plan;
        for (name, error) in std::mem::take(&mut tree.failures) {
            results.record(Receipt::failed(&name, Some(name.clone()), error))?;
        }
        if let Some(why) = not_deleted {
            results.keep_all(why);
        }
        let bulk = size.files > super::BULK;
        let mut run = SyncRun { tree, comparison, bulk, delete, changing, records: RefCell::default() };
        let ended = match ends {
            SyncEnds::Upload { source, to } => {
                let ended = self.run_sync_upload(&mut run, &source, &to, deletions, &mut results).await;
                self.flush(ended).await
            }
            SyncEnds::Download { from, items, to } => {
                self.run_sync_download(&mut run, items, &from, &to, deletions, &mut results).await
            }
        };
        // A part that could be read later leaves the destination with what should have been deleted.
        if let Some((part, error)) = source_failure
            && !results.has_failed()
            && ended.is_ok()
        {
            results.record(Receipt::failed(&part, None, error))?;
        }
        if !self.options.dry_run {
            records.append(&mut run.records.take());
        }
        results.finish(ended)
    }
}

/// Returns the error of a source that is not a directory.
fn not_a_directory(name: &str, is_remote: bool) -> Error {
    let step = if is_remote {
        Step::Download { target: "SESSION:/FILE", dest: "./FILE" }
    } else {
        Step::Upload { source: "./FILE", target: "SESSION:/FILE" }
    };
    Error::usage(format!("the source is not a directory: `{name}`")).hint(format!("for one file: {step}"))
}

/// Returns whether an uploaded file gets the time of its source.
fn keeps_times(time_of: TimeOf) -> bool {
    time_of == TimeOf::Source
}
