//! How many calls run at once, and how long they may take to end.

use std::time::Duration;

/// The number of calls that run at once; others wait.
pub(super) const CALLS: usize = 64;

/// The time that a call has to end by itself once it is stopped.
pub(super) const PATIENCE: Duration = Duration::from_secs(9);

/// The time for undoing what a call made whose answer does not reach the client.
pub(super) const UNDOING: Duration = Duration::from_secs(3);

/// The time in which a call that is stopped must have ended and have undone what it made.
pub(super) const SETTLED: Duration = Duration::from_millis(10_500);

/// The time in which the answers to all calls must be written once the client has left or the server was asked to stop.
pub(super) const LAST: Duration = Duration::from_secs(11);
