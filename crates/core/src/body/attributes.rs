//! What goes along with a file.

use crate::model::Timestamp;

/// What goes along with a file where the destination keeps it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Attributes {
    /// When its content was last changed.
    pub modified_at: Option<Timestamp>,
    /// Whether it is a program.
    pub executable: bool,
}
