//! Who is told of what goes on between this process and a service.

use std::fmt;
use std::sync::Arc;

/// Takes lines for people. No secret is in them.
#[derive(Clone)]
pub struct TraceSink {
    /// Whether headers and contents are wanted as well.
    pub detail: bool,
    /// Takes one line.
    pub say: Arc<dyn Fn(String) + Send + Sync>,
}

impl fmt::Debug for TraceSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TraceSink").field("detail", &self.detail).finish_non_exhaustive()
    }
}
