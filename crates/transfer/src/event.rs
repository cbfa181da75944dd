//! The events of a transfer, for progress and receipts.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use wharf_core::model::Receipt;
use wharf_core::model::receipt::SkipReason;

/// An event of a transfer.
pub enum TransferEvent<'a> {
    /// The size of the transfer, as far as it is known.
    Planned {
        /// Files.
        files: u64,
        /// Bytes; `None` where a pipe is among them, or where more files may be found.
        bytes: Option<u64>,
    },
    /// The transfer of a file began.
    Started {
        /// The `source` of its receipt.
        name: &'a str,
        /// The length in bytes, if known.
        bytes: Option<u64>,
        /// The number of bytes that were transferred so far, for a progress bar.
        passed: Arc<AtomicU64>,
    },
    /// A try failed, and the file is tried again.
    Retried {
        /// The `source` of its receipt.
        name: &'a str,
        /// The error of the try that failed.
        error: &'a wharf_core::error::Error,
    },
    /// Files that were to travel together go one by one.
    Unbundled {
        /// The number of files.
        files: usize,
        /// The reason.
        error: &'a wharf_core::error::Error,
    },
    /// A file is finished, whatever its outcome.
    Finished(&'a Receipt),
    /// A filter excluded this.
    Excluded(&'a str),
    /// The transfer ended, whatever its result.
    Ended(&'a TransferSummary),
}

/// The result of a transfer in numbers.
#[derive(Debug, Default)]
pub struct TransferSummary {
    /// Files that were copied, or that a dry run would copy.
    pub copied: u64,
    /// Bytes in these files.
    pub bytes: u64,
    /// Files that were skipped, as the options ask for, by reason.
    pub skipped: BTreeMap<SkipReason, u64>,
    /// Files and directories that filters excluded; what is in these directories is not counted.
    pub excluded: u64,
    /// Entries of the destination that were deleted because the source lacks them, or that a dry run would delete.
    pub deleted: u64,
    /// Whether it made the destination equal to the source.
    pub is_sync: bool,
    /// Why nothing was deleted, if that was asked for.
    pub not_deleted: Option<NotDeleted>,
    /// Files that are not at their destination.
    pub failed: u64,
    /// Files whose transfer did not begin, because it ended early.
    pub not_begun: u64,
    /// Whether it was a dry run, which transfers nothing.
    pub dry_run: bool,
    /// Whether it was stopped before its end.
    pub cut_short: bool,
    /// How many files were transferred at once; `None` before the first one.
    pub concurrency: Option<ReachedConcurrency>,
}

/// Why nothing was deleted that the source lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotDeleted {
    /// A part of the source could not be read.
    SourceIncomplete,
    /// A part of the destination could not be read.
    DestinationIncomplete,
    /// Something failed before.
    Failures,
}

/// How many files were transferred at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReachedConcurrency {
    /// The most files and bundles at the same time.
    pub highest: usize,
    /// The most files at the same time, with those in bundles.
    pub files: usize,
    /// The maximum of the options.
    pub ceiling: usize,
    /// Why there were not more.
    pub held_back: HeldBack,
}

/// What kept a transfer from moving more files at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldBack {
    /// There were not enough files, or finding and preparing them took the time.
    Files,
    /// The maximum of the options.
    Ceiling,
    /// More files at once were not faster.
    Speed,
    /// The service refused requests because of its load.
    Refusals,
}

impl TransferSummary {
    /// Returns the number of files that are at their destination now.
    pub(super) fn arrived(&self) -> u64 {
        let there = self.skipped.iter().filter(|(reason, _)| reason.is_at_destination());
        self.copied + there.map(|(_, count)| count).sum::<u64>()
    }

    /// Returns whether no file is at its destination, and none failed.
    pub fn is_empty(&self) -> bool {
        self.arrived() + self.failed + self.deleted == 0 && !self.cut_short
    }
}

/// Receives the events of a transfer.
pub trait Observer {
    /// Receives an event. Events arrive in order, on the thread of the transfer.
    fn on(&self, event: TransferEvent<'_>);
}

/// Ignores all events.
pub struct Silent;

impl Observer for Silent {
    fn on(&self, _event: TransferEvent<'_>) {}
}
