//! What a transfer tells while it runs.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::tally::Summary;
use wharf_core::model::Receipt;

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
        /// How many bytes passed so far, for whoever draws to look at.
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
    Ended(&'a Summary),
}

/// Whoever watches a transfer.
pub trait Observer {
    /// Called in order, from the transfer's own thread.
    fn on(&self, event: Event<'_>);
}

/// Nobody watches.
pub struct Silent;

impl Observer for Silent {
    fn on(&self, _event: Event<'_>) {}
}
