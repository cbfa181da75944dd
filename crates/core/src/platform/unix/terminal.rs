//! Output streams of programs, and terminals.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use crate::platform::TerminalSize;
use crate::thread;

/// A second handle on an output stream.
pub struct OutputProbe(OwnedFd);

/// A stream of a program's output.
pub trait OutputReader: AsFd + tokio::io::AsyncRead + Unpin + Send {}

impl<T: AsFd + tokio::io::AsyncRead + Unpin + Send> OutputReader for T {}

impl OutputProbe {
    /// Makes a handle on `stream`.
    pub fn of(stream: &impl AsFd) -> io::Result<Self> {
        stream.as_fd().try_clone_to_owned().map(OutputProbe)
    }

    /// Returns how many bytes can be read without waiting.
    pub fn waiting(&self) -> u64 {
        // Linux moves a terminal's output to its reader a little later, unless its reader polls.
        let _ = poll(&mut [PollFd::new(&self.0, PollFlags::IN)], Some(&Timespec { tv_sec: 0, tv_nsec: 0 }));
        rustix::io::ioctl_fionread(&self.0).unwrap_or(0)
    }

    /// Sets the size of the terminal behind it.
    pub fn resize(&self, size: TerminalSize) -> io::Result<()> {
        let size = rustix::termios::Winsize { ws_row: size.rows, ws_col: size.columns, ws_xpixel: 0, ws_ypixel: 0 };
        Ok(rustix::termios::tcsetwinsize(&self.0, size)?)
    }
}

/// What Linux answers to a read from a terminal that every process has closed.
pub(crate) const TERMINAL_CLOSED: i32 = Errno::IO.raw_os_error();

/// A terminal that passes every key on. Dropped, it is as it was before.
pub struct RawMode(rustix::termios::Termios);

impl RawMode {
    /// Changes the terminal on stdin; none where stdin is not a terminal.
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

/// Calls `on_resize` in a thread of its own whenever the terminal's size changes, until it returns false.
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
