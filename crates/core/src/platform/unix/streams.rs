//! The standard streams of this process.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{FileType, OFlags, SeekFrom};
use rustix::io::Errno;

use super::files::key;
use crate::platform::{FileKey, StdinKind};

/// Returns the identities of the standard streams that are regular files.
pub fn files_of_streams() -> Vec<(&'static str, FileKey)> {
    let streams = [
        ("standard input", rustix::stdio::stdin()),
        ("standard output", rustix::stdio::stdout()),
        ("standard error", rustix::stdio::stderr()),
    ];
    let file = |(name, stream): (_, BorrowedFd<'_>)| {
        let meta = File::from(stream.try_clone_to_owned().ok()?).metadata().ok()?;
        meta.is_file().then(|| (name, key(&meta)))
    };
    streams.into_iter().filter_map(file).collect()
}

/// Returns standard output. Unlike [`io::stdout`], it fails if stdout is closed.
///
/// # Errors
/// Fails if stdout is not open for writing.
pub fn stdout() -> io::Result<impl Write + Send> {
    stream(rustix::stdio::stdout(), OFlags::RDONLY, "writing")
}

/// Returns standard error. If it is closed, each write fails.
pub fn stderr() -> impl Write + Send {
    StdStream(rustix::stdio::stderr())
}

/// Returns whether stderr accepts a line without blocking, within `wait`.
pub fn stderr_ready(wait: Duration) -> bool {
    is_ready(rustix::stdio::stderr(), PollFlags::OUT, wait)
}

/// Waits until the reader of stdout is gone, if stdout is a pipe, a socket or a terminal. Returns false if that cannot be
/// learned.
pub fn wait_for_closed_stdout() -> bool {
    // Nothing is asked for: an error and a hang-up are always reported.
    wait_for_hang_up(rustix::stdio::stdout(), PollFlags::empty())
}

/// Waits until the writers of stdin are gone, if stdin is a pipe, a socket or a terminal, also if there is more to read.
/// Returns false if that cannot be learned.
pub fn wait_for_closed_stdin() -> bool {
    // The writer of a socket may only have shut it down.
    #[cfg(target_os = "linux")]
    let shut_down = PollFlags::RDHUP;
    #[cfg(not(target_os = "linux"))]
    let shut_down = PollFlags::empty();
    wait_for_hang_up(rustix::stdio::stdin(), shut_down)
}

fn wait_for_hang_up(stream: BorrowedFd<'_>, also: PollFlags) -> bool {
    loop {
        let mut polled = [PollFd::new(&stream, also)];
        match poll(&mut polled, None) {
            Ok(_) => {
                let [polled] = polled;
                return polled.revents().intersects(PollFlags::ERR | PollFlags::HUP | also);
            }
            Err(Errno::INTR) => {}
            Err(_) => return false,
        }
    }
}

fn is_ready(stream: BorrowedFd<'_>, ready: PollFlags, wait: Duration) -> bool {
    let Ok(timeout) = wait.try_into() else { return true };
    !matches!(poll(&mut [PollFd::new(&stream, ready)], Some(&timeout)), Ok(0))
}

/// Returns standard input. Unlike [`io::stdin`], it fails if stdin is closed.
///
/// # Errors
/// Fails if stdin is closed or not open for reading.
pub fn stdin() -> io::Result<impl Read + Send> {
    let stdin = rustix::stdio::stdin();
    if leads_nowhere(stdin) { Err(not_open("reading")) } else { stream(stdin, OFlags::WRONLY, "reading") }
}

/// Fails if output to stdout would be lost without the user's intention.
pub fn stdout_is_kept() -> io::Result<()> {
    if leads_nowhere(rustix::stdio::stdout()) { Err(not_open("writing")) } else { Ok(()) }
}

fn stream(stream: BorrowedFd<'static>, other_way: OFlags, what: &str) -> io::Result<StdStream> {
    let closed = rustix::fs::fcntl_getfl(stream)? & OFlags::RWMODE == other_way;
    if closed { Err(not_open(what)) } else { Ok(StdStream(stream)) }
}

/// Returns the error of a standard stream that is closed or open in the wrong direction.
fn not_open(what: &str) -> io::Error {
    io::Error::other(format!("it is closed, or not open for {what}"))
}

/// A standard stream, without a buffer.
struct StdStream(BorrowedFd<'static>);

impl StdStream {
    /// Calls `act` until it does not return EAGAIN, which occurs if another process with this stream has made it
    /// non-blocking.
    fn when_ready<T>(
        &self,
        ready: PollFlags,
        mut act: impl FnMut(BorrowedFd<'_>) -> Result<T, Errno>,
    ) -> io::Result<T> {
        loop {
            match act(self.0) {
                Err(Errno::AGAIN) => drop(poll(&mut [PollFd::new(&self.0, ready)], None)?),
                done => return Ok(done?),
            }
        }
    }
}

impl Read for StdStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.when_ready(PollFlags::IN, |stream| rustix::io::read(stream, &mut *buffer))
    }
}

impl Write for StdStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.when_ready(PollFlags::OUT, |stream| rustix::io::write(stream, bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns whether a standard stream is `/dev/null`, opened for reading and writing. Rust's runtime opens it in this
/// way in place of a stream that was closed when the process started (rust#83904), and the two cannot be distinguished.
/// A shell opens `</dev/null` and `>/dev/null` in one direction only, but Python's `DEVNULL` and daemons use both. So
/// this is checked only for a stream whose content the user asked to read or write.
fn leads_nowhere(stream: BorrowedFd<'_>) -> bool {
    let both_ways = rustix::fs::fcntl_getfl(stream).is_ok_and(|flags| flags & OFlags::RWMODE == OFlags::RDWR);
    let (Ok(stat), Ok(null)) = (rustix::fs::fstat(stream), rustix::fs::stat("/dev/null")) else { return false };
    let device = FileType::from_raw_mode(stat.st_mode) == FileType::CharacterDevice;
    both_ways && device && stat.st_rdev == null.st_rdev
}

/// Fails if the process cannot open `more` additional files.
pub fn check_handles(more: i32) -> io::Result<()> {
    // Duplicating a descriptor returns the first free number from the given one. Two duplicates test the limit at a
    // fraction of the cost of `more` of them.
    let copy = |from| rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stderr(), from);
    let first = copy(3)?.as_raw_fd();
    copy(first.saturating_add(more - 1)).map(drop).map_err(|_| Errno::MFILE.into())
}

/// Returns the type of stdin.
pub fn stdin_kind() -> StdinKind {
    let stdin = rustix::stdio::stdin();
    let Ok(stat) = rustix::fs::fstat(stdin) else { return StdinKind::Other };
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::Fifo | FileType::Socket => StdinKind::Document,
        FileType::RegularFile if rustix::fs::seek(stdin, SeekFrom::Current(0)) == Ok(0) => StdinKind::Document,
        _ => StdinKind::Other,
    }
}

/// Returns whether stdin has data, or its end, within `wait`.
pub fn stdin_ready(wait: Duration) -> bool {
    is_ready(rustix::stdio::stdin(), PollFlags::IN, wait)
}
