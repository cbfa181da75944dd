//! The differences between operating systems.
//!
//! `unix` and `other.rs` provide the same functions. No other module depends on the operating system.

pub mod names;
#[cfg(not(unix))]
mod other;
pub mod process;
pub mod program;
#[cfg(unix)]
mod unix;

use std::fs::File;
use std::io;
use std::path::Path;

use cap_fs_ext::MetadataExt as _;

use crate::error::Kind;

#[cfg(not(unix))]
pub use other::*;
#[cfg(unix)]
pub use unix::*;

/// Kills the processes whose initial environment has `variable` with one of `values`, as far as this user may read it.
/// Returns whether there were any; never on systems other than Linux.
pub fn kill_processes_with(variable: &str, values: &[String]) -> bool {
    let processes = processes_with(variable, values);
    for process in &processes {
        // It may have ended meanwhile.
        drop(send_signal(*process, Signal::Kill));
    }
    !processes.is_empty()
}

/// The size of a terminal, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalSize {
    /// The number of rows.
    pub rows: u16,
    /// The number of columns.
    pub columns: u16,
}

/// A signal that asks the process to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignalEvent {
    /// The signal.
    pub signal: Signal,
    /// Whether a terminal sent it to all of its processes, rather than a program to this one alone.
    pub from_terminal: bool,
}

/// A signal that ends a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT, which Ctrl-C sends.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// SIGHUP: the terminal was closed.
    HangUp,
    /// SIGPIPE: the reader of a pipe is gone.
    Pipe,
    /// SIGKILL.
    Kill,
}

impl Signal {
    /// Returns the kind of the error that a command ends with after this signal.
    pub const fn kind(self) -> Kind {
        match self {
            Signal::Interrupt => Kind::Interrupted,
            Signal::Terminate | Signal::HangUp | Signal::Pipe | Signal::Kill => Kind::Terminated,
        }
    }
}

/// The identity of a file, regardless of its name: device and inode number.
pub type FileKey = (u64, u64);

/// Returns the identity of an open file.
///
/// # Errors
/// Those of the disk.
pub(crate) fn key_of_file(file: &File) -> io::Result<FileKey> {
    let meta = cap_std::fs::Metadata::from_file(file)?;
    Ok((meta.dev(), meta.ino()))
}

/// Locks a file that only this user can read, and creates it if it does not exist, until the returned one is dropped.
///
/// # Errors
/// Those of the disk; what is not a regular file is not waited for.
pub(crate) fn lock_private(path: &Path) -> io::Result<File> {
    create_private_file(path)?;
    // Opened for reading first: that waits for no pipe.
    drop(open_regular(path)?);
    let file = File::options().write(true).open(path)?;
    set_mode(&file, 0o600)?;
    file.lock()?;
    Ok(file)
}

/// Returns a path as text, for messages and JSON; bytes that are not UTF-8 are written as `\xff`.
pub fn shown(path: impl AsRef<Path>) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for chunk in path.as_ref().as_os_str().as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// Returns the error of opening something that is not a regular file.
pub(crate) fn not_regular() -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::IsADirectory, "not a regular file")
}

/// The type of stdin, which decides whether a command reads it without being told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StdinKind {
    /// A pipe, or a regular file at its beginning: the caller provides a document.
    Document,
    /// A terminal, a device, or a file that another program is reading; it is not read.
    Other,
}
