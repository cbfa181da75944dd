//! The exit status of failures.

use wharf_core::error::Kind;

/// The exit status of failures of wharf itself, if the status of another command is passed on.
const WHARF_FAILED: u8 = 125;

/// The exit status after stdout was closed by its reader, if the status of another command is passed on: the one that
/// shells report for SIGPIPE.
const PIPE_CLOSED: u8 = 141;

/// Returns the exit code of a failure of a command that passes on the status of another one, or does not.
pub(super) fn exit_code(kind: Kind, passes_status: bool) -> u8 {
    match kind {
        kind if kind.is_stop() => kind.exit_code(),
        Kind::Closed if passes_status => PIPE_CLOSED,
        _ if passes_status => WHARF_FAILED,
        kind => kind.exit_code(),
    }
}
