//! The receiver of the lines that `--verbose` and `--debug` print about requests.

use std::fmt;
use std::sync::Arc;

/// Receives lines about requests and responses, without secrets.
#[derive(Clone)]
pub struct TraceSink {
    /// Whether headers and contents are included.
    pub detail: bool,
    /// Prints one line.
    pub say: Arc<dyn Fn(String) + Send + Sync>,
}

impl fmt::Debug for TraceSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TraceSink").field("detail", &self.detail).finish_non_exhaustive()
    }
}
