//! The log of a session: what its container writes \[recorded, azd\].

use serde::Deserialize;

use wharf_core::model::Timestamp;

/// Query parameters.
pub mod parameter {
    /// `console` or `system`.
    pub const KIND: &str = "kind";
    /// How many of the last lines are wanted: 1 to [`TAIL_MAX`](super::TAIL_MAX).
    pub const TAIL: &str = "tail";
    /// Whether lines are sent as they are written: `true` or `false`.
    pub const FOLLOW: &str = "follow";
}

/// The most lines that can be asked for \[azd\].
pub const TAIL_MAX: u32 = 300;

/// The words of [`LoggedLine::stream`].
pub mod stream {
    /// Standard output of the container.
    pub const STDOUT: &str = "stdout";
    /// Standard error of the container.
    pub const STDERR: &str = "stderr";
}

/// A line of the log. The contract calls it opaque; these fields were recorded.
#[derive(Debug, Deserialize)]
pub struct LoggedLine {
    /// When it was written.
    #[serde(default)]
    pub timestamp: Option<Timestamp>,
    /// A word of [`stream`], `status`, or another.
    #[serde(default)]
    pub stream: Option<String>,
    /// The text.
    #[serde(default)]
    pub message: Option<String>,
}
