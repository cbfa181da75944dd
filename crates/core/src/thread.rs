//! Detached threads. They may wait for a pipe or a name server, so they are never joined and end with the process.

use std::io;
use std::thread::Builder;

/// Starts a detached thread.
///
/// # Errors
/// Fails if the user or the container may not start more threads, where `std::thread::spawn` panics.
pub fn spawn(work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    Builder::new().spawn(work).map(drop).map_err(refused)
}

/// Replaces the system's message if it does not name the resource that is exhausted.
fn refused(error: io::Error) -> io::Error {
    match error.kind() {
        // EAGAIN: "resource temporarily unavailable" does not say which resource.
        io::ErrorKind::WouldBlock => io::Error::new(
            io::ErrorKind::OutOfMemory,
            "no more threads can be started; see `ulimit -u` and the process limit of the container",
        ),
        _ => error,
    }
}
