//! The receipts of one transfer, as they come: reported, counted, and summed up.

use super::Transfer;
use super::event::{NotDeleted, Observer, ReachedConcurrency, TransferEvent, TransferSummary};
use wharf_core::advice::{Setting, Step};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Outcome, Receipt};
use wharf_core::verdict::Verdict;

/// Receives each receipt as it comes.
pub type Sink<'a> = &'a mut dyn FnMut(&Receipt) -> Result<()>;

/// Reports each receipt, and counts it.
pub(super) struct Results<'a> {
    backend: &'static str,
    observer: &'a dyn Observer,
    sink: Sink<'a>,
    verdict: Verdict,
    summary: TransferSummary,
    /// Files of the transfer, as far as is known.
    expected: u64,
    /// The fewest files that must be at their destination in the end.
    required: Option<u64>,
}

impl<'a> Results<'a> {
    /// Returns the results of a transfer that has none yet.
    pub(super) fn new(transfer: &Transfer<'a>, sink: Sink<'a>) -> Self {
        Results {
            backend: transfer.backend.capabilities().backend,
            observer: transfer.observer,
            sink,
            verdict: Verdict::default(),
            summary: TransferSummary { dry_run: transfer.options.dry_run, ..TransferSummary::default() },
            expected: 0,
            required: transfer.options.required,
        }
    }

    /// Marks the transfer as one that makes the destination equal to the source.
    pub(super) fn of_sync(mut self) -> Self {
        self.summary.is_sync = true;
        self
    }

    /// Sets how many files the transfer has.
    pub(super) fn expect(&mut self, files: u64) {
        self.expected = files;
    }

    /// Reports and counts the result of one file.
    ///
    /// # Errors
    /// Those of the sink.
    pub(super) fn record(&mut self, receipt: Receipt) -> Result<()> {
        let receipt = Receipt { backend: Some(self.backend), ..receipt };
        self.observer.on(TransferEvent::Finished(&receipt));
        (self.sink)(&receipt)?;
        match receipt.outcome {
            Outcome::Failed(error) => {
                self.summary.failed += 1;
                self.verdict.failed(error.from_backend(self.backend));
                return Ok(());
            }
            Outcome::Skipped(reason) => *self.summary.skipped.entry(reason).or_default() += 1,
            Outcome::Deleted | Outcome::PlannedDeletion => self.summary.deleted += 1,
            Outcome::Copied | Outcome::Planned => {
                self.summary.copied += 1;
                self.summary.bytes = self.summary.bytes.saturating_add(receipt.bytes.unwrap_or(0));
            }
        }
        self.verdict.succeeded();
        Ok(())
    }

    /// Reports and counts what a filter excluded.
    pub(super) fn excluded(&mut self, name: &str) {
        self.summary.excluded += 1;
        self.observer.on(TransferEvent::Excluded(name));
    }

    /// Returns whether a file failed so far.
    pub(super) fn has_failed(&self) -> bool {
        self.summary.failed > 0
    }

    /// Notes that nothing is deleted.
    pub(super) fn keep_all(&mut self, why: NotDeleted) {
        self.summary.not_deleted = Some(why);
    }

    /// Notes how many files were transferred at once.
    pub(super) fn reached(&mut self, concurrency: ReachedConcurrency) {
        self.summary.concurrency = Some(concurrency);
    }

    /// Returns the result of the transfer; `ended` is the error that ended it early, if one did.
    pub(super) fn finish(mut self, ended: Result<()>) -> Result<()> {
        if ended.is_err() {
            let TransferSummary { copied, skipped, failed, .. } = &self.summary;
            let entered = copied + failed + skipped.values().sum::<u64>();
            self.summary.not_begun = self.expected.saturating_sub(entered);
            self.summary.cut_short = true;
        }
        self.observer.on(TransferEvent::Ended(&self.summary));
        ended.and(self.verdict.into_result("files"))?;
        match self.required {
            Some(required) if self.summary.arrived() < required => Err(too_few(&self.summary, required)),
            _ => Ok(()),
        }
    }
}

fn too_few(summary: &TransferSummary, required: u64) -> Error {
    let arrived = match summary.arrived() {
        0 => "no file".to_owned(),
        1 => "1 file".to_owned(),
        more => format!("{more} files"),
    };
    let verb = if summary.dry_run { "would arrive" } else { "arrived" };
    let excluded = match summary.excluded {
        0 => String::new(),
        some => format!(" ({some} excluded)"),
    };
    Error::new(Kind::NoMatch, format!("{arrived} {verb}, and {} is {required}{excluded}", Setting::Require))
        .hint(format!("list what exists with {}; files that arrived are complete", Step::ListFilesRecursively))
}
