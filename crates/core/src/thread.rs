//! Threads that nothing joins: they wait for a pipe or a name server, and end with the process.

use std::io;
use std::thread::Builder;

/// Starts a thread.
///
/// # Errors
/// The limits of the user or of a container are reached; `std::thread::spawn` panics there.
pub fn spawn(work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    Builder::new().spawn(work).map(drop).map_err(refused)
}

/// Says it in plain words.
fn refused(error: io::Error) -> io::Error {
    match error.kind() {
        // EAGAIN, which is about anything.
        io::ErrorKind::WouldBlock => io::Error::new(
            io::ErrorKind::OutOfMemory,
            "no more threads can be started; see `ulimit -u` and the process limit of the container",
        ),
        _ => error,
    }
}
