//! Attributes of a file that are transferred with it.

use crate::model::Timestamp;

/// The attributes of a file, which are set at the destination if it supports them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Attributes {
    /// The time of the last change to the content.
    pub modified_at: Option<Timestamp>,
    /// Whether the file is executable.
    pub executable: bool,
}
