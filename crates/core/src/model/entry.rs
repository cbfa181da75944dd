//! Session files: what a path inside a session holds.

use std::fmt;

use serde::{Serialize, Serializer};

use super::{FileId, Provider, RemotePath, SessionId, Timestamp};

/// An entry at a path inside a session: the object `entry`.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// The session.
    pub session: SessionId,
    /// The absolute path.
    pub path: RemotePath,
    /// The last part of the path; `/` for the root.
    pub name: String,
    /// The kind of the entry.
    pub kind: EntryKind,
    /// The size in bytes, of a file.
    pub size: Option<u64>,
    /// The time of the last change of the content.
    pub modified_at: Option<Timestamp>,
    /// The permission bits.
    pub mode: Option<Mode>,
    /// The stored file that is mounted here.
    pub file_id: Option<FileId>,
    /// The provider's own object.
    pub provider: Provider,
}

/// The kind of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link, not its target.
    Symlink,
    /// A FIFO, a socket, a device.
    Other,
}

impl EntryKind {
    /// Returns the word in output.
    pub const fn word(self) -> &'static str {
        match self {
            EntryKind::File => "file",
            EntryKind::Directory => "directory",
            EntryKind::Symlink => "symlink",
            EntryKind::Other => "other",
        }
    }
}

/// Permission bits, written as four octal digits in a string: `"0755"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mode(pub u32);

impl Mode {
    /// Returns the mode of a file that replaces one of this mode: it keeps the read and write bits, and neither
    /// setuid, setgid nor sticky. With `executable`, every reader may run it.
    #[must_use]
    pub fn of_replacement(self, executable: bool) -> Self {
        Mode(self.0 & 0o666).runnable(executable)
    }

    /// Returns this mode; with `executable`, every reader may also run the file.
    #[must_use]
    pub(crate) fn runnable(self, executable: bool) -> Self {
        if executable { Mode(self.0 | ((self.0 & 0o444) >> 2)) } else { self }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04o}", self.0 & 0o7777)
    }
}

impl Serialize for Mode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
