//! Output streams of programs, and terminals.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use crate::platform::TerminalSize;
use crate::thread;

/// A second handle on the output of a program.
pub struct OutputProbe(OwnedFd);

/// The reader of a program's output.
pub trait OutputReader: AsFd + tokio::io::AsyncRead + Unpin + Send {}

impl<T: AsFd + tokio::io::AsyncRead + Unpin + Send> OutputReader for T {}

impl OutputProbe {
    /// Duplicates the handle of `stream`.
    pub fn of(stream: &impl AsFd) -> io::Result<Self> {
        stream.as_fd().try_clone_to_owned().map(OutputProbe)
    }

    /// Returns the number of bytes that can be read without blocking.
    pub fn waiting(&self) -> u64 {
        // Linux delivers a terminal's output to its reader with a delay, unless the reader polls.
        let _ = poll(&mut [PollFd::new(&self.0, PollFlags::IN)], Some(&Timespec { tv_sec: 0, tv_nsec: 0 }));
        rustix::io::ioctl_fionread(&self.0).unwrap_or(0)
    }

    /// Sets the size of the terminal that the output belongs to.
    pub fn resize(&self, size: TerminalSize) -> io::Result<()> {
        let size = rustix::termios::Winsize { ws_row: size.rows, ws_col: size.columns, ws_xpixel: 0, ws_ypixel: 0 };
        Ok(rustix::termios::tcsetwinsize(&self.0, size)?)
    }
}

/// The error code of Linux for reading from a terminal that all processes have closed.
pub(crate) const TERMINAL_CLOSED: i32 = Errno::IO.raw_os_error();

/// The raw mode of the terminal on stdin. Dropping it restores the previous mode.
pub struct RawMode(rustix::termios::Termios);

impl RawMode {
    /// Sets raw mode; returns `None` if stdin is not a terminal.
    pub fn of_stdin() -> Option<Self> {
        let stdin = rustix::stdio::stdin();
        let before = rustix::termios::tcgetattr(stdin).ok()?;
        let mut raw = before.clone();
        raw.make_raw();
        rustix::termios::tcsetattr(stdin, rustix::termios::OptionalActions::Now, &raw).ok()?;
        Some(RawMode(before))
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        let stdin = rustix::stdio::stdin();
        let _ = rustix::termios::tcsetattr(stdin, rustix::termios::OptionalActions::Now, &self.0);
    }
}

/// Calls `on_resize` in a thread whenever the size of the terminal changes, until it returns false.
pub fn watch_resizes(mut on_resize: impl FnMut() -> bool + Send + 'static) -> io::Result<()> {
    let mut signals = signal_hook::iterator::Signals::new([signal_hook::consts::SIGWINCH])?;
    thread::spawn(move || {
        for _ in signals.forever() {
            if !on_resize() {
                return;
            }
        }
    })
}
