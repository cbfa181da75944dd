//! Threads that are never joined, because they may wait for a pipe or a name server. They end with the process.

use std::io;
use std::thread::Builder;

/// Starts a thread.
///
/// # Errors
/// Fails if the user or the container may start no more threads, where `std::thread::spawn` panics.
pub fn spawn(work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    Builder::new().spawn(work).map(drop).map_err(refused)
}

/// Returns the error of the system in plain words.
fn refused(error: io::Error) -> io::Error {
    match error.kind() {
        // EAGAIN, whose own words do not name a resource.
        io::ErrorKind::WouldBlock => io::Error::new(
            io::ErrorKind::OutOfMemory,
            "no more threads can be started; see `ulimit -u` and the process limit of the container",
        ),
        _ => error,
    }
}
