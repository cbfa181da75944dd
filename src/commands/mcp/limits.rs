//! How many calls run at once, and how long they may take to end.

use std::time::Duration;

/// The number of calls that run at once; others wait.
pub(super) const CALLS: usize = 64;

/// The time that a call has to end by itself once it is stopped.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// The time in which the answers to all calls must be written once the client has left or the server was asked to stop.
pub(super) const LAST: Duration = Duration::from_secs(12);
