//! The interface of objects that commands print.

use serde::Serialize;

use super::agent_line::AgentLine;
use super::cell::TableCell;
use super::table::Column;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::Provider;

/// The table of a type of record.
pub struct TableView<T> {
    /// The columns.
    pub columns: &'static [Column],
    /// Returns the cells of a record, one for each column.
    pub cells: fn(&T) -> Vec<TableCell>,
}

/// An object that commands print.
pub trait Record: Serialize + Sized {
    /// The plural name of the objects, for messages.
    const NOUN: &'static str;
    /// The table of the objects.
    const VIEW: TableView<Self>;
    /// The line of an object in `--format agent`.
    const LINE: AgentLine<Self>;
    /// Whether `--format raw` prints the answers to the requests for the record instead of the record.
    const BY_ANSWERS: bool = false;
    /// Returns what `-q` prints; `None` to print nothing.
    fn key(&self) -> Option<String>;
    /// Returns whether the record reports a failure. `--transform` ignores such records.
    fn is_failure(&self) -> bool {
        false
    }
    /// Returns whether the record counts in the last line of `--format agent`.
    fn is_counted(&self) -> bool {
        true
    }
    /// Returns the provider's object.
    fn provider(&self) -> Option<&Provider> {
        None
    }
}

/// Serializes a record as JSON on one line.
pub(super) fn to_json(record: &impl Serialize) -> Result<String> {
    let json = serde_json::to_string(record)
        .map_err(|e| Error::new(Kind::Internal, format!("a record could not be written as JSON: {e}")).caused_by(&e))?;
    // The provider's object is kept as it came, on several lines perhaps; no string of JSON holds an end of a line.
    Ok(if json.contains(['\n', '\r']) { json.replace(['\n', '\r'], " ") } else { json })
}
