//! What differs between operating systems, and nothing else.
//!
//! `unix` and `other.rs` offer the same functions; no other module depends on the operating system.

pub mod names;
#[cfg(not(unix))]
mod other;
pub mod process;
pub mod program;
#[cfg(unix)]
mod unix;

use std::path::Path;

use crate::error::Kind;

#[cfg(not(unix))]
pub use other::*;
#[cfg(unix)]
pub use unix::*;

/// The size of a terminal, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalSize {
    /// Rows.
    pub rows: u16,
    /// Columns.
    pub columns: u16,
}

/// A signal that asks the process to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignalEvent {
    /// Which one.
    pub signal: Signal,
    /// Whether it went to every process of a terminal, and not to this one alone.
    pub from_terminal: bool,
}

/// Signals that ask a process to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-C, mostly.
    Interrupt,
    /// A polite end.
    Terminate,
    /// A terminal that is gone.
    HangUp,
    /// The reader of a pipe is gone.
    Pipe,
    /// The end that cannot be refused.
    Kill,
}

impl Signal {
    /// What it is as an error.
    pub const fn kind(self) -> Kind {
        match self {
            Signal::Interrupt => Kind::Interrupted,
            Signal::Terminate | Signal::HangUp | Signal::Pipe | Signal::Kill => Kind::Terminated,
        }
    }
}

/// What a file is, whatever name it is reached by: its device and its number there.
pub type FileKey = (u64, u64);

/// A path for people and for JSON, which is text: bytes that are not UTF-8 are written `\xff`.
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

/// What standard input is, as far as reading it unasked is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StdinKind {
    /// A pipe, or a regular file at its beginning: a caller put a document there.
    Document,
    /// A terminal, a device, or a file that another program is reading: not read.
    Other,
}
