//! Errors of stdout.

use std::io;

use wharf_core::error::{Error, Kind};

/// Converts an error of writing to stdout.
pub(super) fn stdout_error(error: &io::Error) -> Error {
    if error.kind() == io::ErrorKind::BrokenPipe { closed() } else { unwritten(error) }
}

/// Returns the error of stdout that cannot be written to.
pub(super) fn unwritten(error: &io::Error) -> Error {
    Error::io("writing to stdout", error)
}

/// Returns the error of stdout whose reader is gone.
pub(super) fn closed() -> Error {
    Error::new(Kind::Closed, "stdout was closed by its reader")
}
