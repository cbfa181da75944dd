//! The receipts of a run's transfers.

use serde_json::value::{RawValue, to_raw_value};

use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::Receipt;

/// The receipts of one direction.
pub(super) struct Receipts {
    /// Whether they are kept, for the object `run`.
    keeps: bool,
    kept: Vec<Box<RawValue>>,
}

impl Receipts {
    pub(super) fn new(keeps: bool) -> Self {
        Receipts { keeps, kept: Vec::new() }
    }

    /// Takes a receipt.
    ///
    /// # Errors
    /// `internal` if it cannot be written as JSON.
    pub(super) fn add(&mut self, receipt: &Receipt) -> Result<()> {
        if self.keeps {
            let json = to_raw_value(receipt).map_err(|e| {
                Error::new(Kind::Internal, format!("a receipt could not be written as JSON: {e}")).caused_by(&e)
            })?;
            self.kept.push(json);
        }
        Ok(())
    }

    pub(super) fn into_vec(self) -> Vec<Box<RawValue>> {
        self.kept
    }
}
