//! Objects that commands show.

use serde::Serialize;

use super::table::Column;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::Provider;

/// How records look in a table.
pub struct TableView<T> {
    /// The columns.
    pub columns: &'static [Column],
    /// A record's cells.
    pub cells: fn(&T) -> Vec<String>,
}

/// An object that a command shows.
pub trait Record: Serialize + Sized {
    /// What several of them are called.
    const NOUN: &'static str;
    /// Their table.
    const VIEW: TableView<Self>;
    /// Whether `raw` prints the answers to the requests that it took, one each, in its place.
    const BY_ANSWERS: bool = false;
    /// What `-q` prints; nothing for what is not there.
    fn key(&self) -> Option<String>;
    /// Whether it tells of a failure rather than of a thing: `--transform` has nothing to extract from it.
    fn is_failure(&self) -> bool {
        false
    }
    /// The provider's own object.
    fn provider(&self) -> Option<&Provider> {
        None
    }
}

/// Returns a record as JSON on one line.
pub(super) fn to_json(record: &impl Serialize) -> Result<String> {
    serde_json::to_string(record)
        .map_err(|e| Error::new(Kind::Internal, format!("a record could not be written as JSON: {e}")))
}
