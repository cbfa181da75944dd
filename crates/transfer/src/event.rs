//! The events of a transfer, for progress and receipts.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use wharf_core::model::Receipt;
use wharf_core::model::receipt::SkipReason;

/// Something happened.
pub enum Event<'a> {
    /// The size of the work, as far as it is known.
    Planned {
        /// Files.
        files: u64,
        /// Bytes; `None` where a pipe is among them, or where more files may be found.
        bytes: Option<u64>,
    },
    /// A file is on its way.
    Started {
        /// What people call it; its receipt's `source`.
        name: &'a str,
        /// Its length, where it is known.
        bytes: Option<u64>,
        /// How many bytes passed so far, for a progress bar.
        passed: Arc<AtomicU64>,
    },
    /// A file is tried again after this.
    Retried {
        /// What people call it.
        name: &'a str,
        /// Why.
        error: &'a wharf_core::error::Error,
    },
    /// A file is done, in one way or another.
    Finished(&'a Receipt),
    /// A filter left this out.
    Excluded(&'a str),
    /// All is done, in one way or another.
    Ended(&'a TransferSummary),
}

/// The result of a transfer in numbers.
#[derive(Debug, Default)]
pub struct TransferSummary {
    /// Files at their destination, or, of a dry run, that would be.
    pub copied: u64,
    /// Bytes in them.
    pub bytes: u64,
    /// Files that were left alone, as asked for, by reason.
    pub skipped: BTreeMap<SkipReason, u64>,
    /// What filters left out; of a directory, not what is in it.
    pub excluded: u64,
    /// Files that are not at their destination.
    pub failed: u64,
    /// Files that were not begun, because the transfer ended early.
    pub not_begun: u64,
    /// Whether it was a dry run, which sends nothing.
    pub dry_run: bool,
    /// Whether it was stopped before its end.
    pub cut_short: bool,
}

impl TransferSummary {
    /// Files that are at their destination now.
    pub(super) fn arrived(&self) -> u64 {
        let there = self.skipped.iter().filter(|(reason, _)| reason.is_at_destination());
        self.copied + there.map(|(_, count)| count).sum::<u64>()
    }

    /// Whether no file is at the destination, and none failed.
    pub fn is_empty(&self) -> bool {
        self.arrived() + self.failed == 0 && !self.cut_short
    }
}

/// A watcher of a transfer.
pub trait Observer {
    /// Called in order, from the transfer's own thread.
    fn on(&self, event: Event<'_>);
}

/// Ignores all events.
pub struct Silent;

impl Observer for Silent {
    fn on(&self, _event: Event<'_>) {}
}
