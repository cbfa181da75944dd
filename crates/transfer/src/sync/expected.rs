//! The files of a sync that are on their way, and what is to be recorded of each once it has arrived.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::engine::Label;
use wharf_core::model::{Outcome, Receipt};

/// Files by their destinations, as receipts name them.
pub(super) struct ExpectedFiles<T>(RefCell<HashMap<String, T>>);

impl<T> Default for ExpectedFiles<T> {
    fn default() -> Self {
        ExpectedFiles(RefCell::default())
    }
}

impl<T> ExpectedFiles<T> {
    /// Adds a file that is about to be transferred.
    pub(super) fn add(&self, destination: String, file: T) {
        self.0.borrow_mut().insert(destination, file);
    }

    /// Changes what is known of a file, if it is expected.
    pub(super) fn change(&self, label: &Label, change: impl FnOnce(&mut T)) {
        if let Some(destination) = &label.destination {
            self.0.borrow_mut().get_mut(destination).map(change);
        }
    }

    /// Takes out the file that a receipt is about. Returns it with its size in bytes and its SHA-256 if it was transferred.
    pub(super) fn take_copied(&self, receipt: &Receipt) -> Option<(T, u64, String)> {
        let file = self.0.borrow_mut().remove(receipt.destination.as_ref()?)?;
        match (&receipt.outcome, receipt.bytes, &receipt.sha256) {
            (Outcome::Copied, Some(size), Some(sha256)) => Some((file, size, sha256.clone())),
            _ => None,
        }
    }
}
