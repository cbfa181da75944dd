//! What requests for the contents of files say, and what their answers have.

use std::time::Duration;

use wharf_core::body::Body;
use wharf_core::error::{Error, Result};
use wharf_core::feature::Feature;
use wharf_core::model::{FileId, RemotePath};

/// A range of bytes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteRange {
    /// The first byte, counted from 0.
    pub first: u64,
    /// The last byte, inclusive; to the end of the file if `None`.
    pub last: Option<u64>,
}

impl ByteRange {
    /// Returns the offset and the number of bytes to read in a file of `size` bytes.
    ///
    /// # Errors
    /// `usage` where the range begins past the end.
    pub fn resolve(self, size: u64) -> Result<(u64, u64)> {
        if self.first > 0 && self.first >= size {
            return Err(Error::usage(format!(
                "the range begins at byte {}, past the end of the file: {size} bytes",
                self.first
            ))
            .hint(match size.checked_sub(1) {
                Some(last) => format!("bytes count from 0: the last one of this file is {last}"),
                None => "the file is empty".to_owned(),
            }));
        }
        let end = self.last.map_or(size, |last| last.saturating_add(1).min(size));
        Ok((self.first, end.saturating_sub(self.first)))
    }
}

/// Options for reading a file.
#[derive(Debug, Clone, Copy, Default)]
pub struct FetchOptions {
    /// The range to read; the whole file if `None`.
    pub range: Option<ByteRange>,
    /// The number of failed attempts of this caller to read the file, which count as used retries.
    pub tried: u32,
    /// The size that a listing or `stat` reported before. A backend whose download does not state the size compares
    /// the content with this one, and asks for the size if it is missing.
    pub size: Option<u64>,
}

/// Options for writing a file.
#[derive(Debug, Clone, Copy, Default)]
pub struct PutOptions {
    /// Fail with `conflict` if the path exists.
    pub keep_existing: bool,
    /// Many files follow: durability may wait for [`Backend::flush`](super::Backend::flush).
    pub bulk: bool,
    /// How long the file is kept; without a limit if `None`. For a backend that has [`Feature::FileExpiry`].
    pub expires_in: Option<Duration>,
}

impl PutOptions {
    /// Returns the features that a backend needs to write a file with these options.
    pub(crate) fn features(&self) -> impl Iterator<Item = Feature> {
        self.expires_in.map(|_| Feature::FileExpiry).into_iter()
    }
}

/// The meaning of a file's time in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeOf {
    /// The modification time of the source, which an upload preserves.
    Source,
    /// The time at which the file was created in the session.
    Arrival,
    /// The time of the last write in the session, if the service reports one: an upload does not set it.
    Write,
}

/// Options for creating a directory.
#[derive(Debug, Clone, Copy, Default)]
pub struct MkdirOptions {
    /// Create parents, and accept an existing directory.
    pub parents: bool,
    /// Permission bits.
    pub mode: Option<u32>,
    /// Many files follow: durability may wait for [`Backend::flush`](super::Backend::flush).
    pub bulk: bool,
}

/// The report of a destination about an upload.
#[derive(Debug, Clone)]
pub struct PutResult {
    /// The path of the file, as the backend reports it.
    pub path: RemotePath,
    /// The size in bytes.
    pub size: Option<u64>,
    /// SHA-256 in hexadecimal.
    pub sha256: Option<String>,
    /// The id of the stored file.
    pub file_id: Option<FileId>,
    /// The id of the resource that mounts the file.
    pub resource_id: Option<String>,
    /// Whether a storage service on the way confirmed the MD5 of the content.
    pub md5: bool,
    /// The digest of the content that was sent.
    pub sent: wharf_core::body::Digest,
}

/// A file that is being read.
pub struct GetResult {
    /// The content of the file.
    pub body: Body,
    /// The attributes of the file.
    pub attributes: wharf_core::body::Attributes,
    /// The SHA-256 that the backend reports.
    pub sha256: RemoteHash,
    /// The id of the stored file.
    pub file_id: Option<FileId>,
}

/// The report of a backend about the SHA-256 of a file that it sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemoteHash {
    /// The backend recorded this hash, in hexadecimal, when the file was stored.
    Known(String),
    /// The backend hashes the file while reading it: the hash of the body is the hash of the backend.
    Streamed,
    /// The backend reports no hash.
    Unknown,
}

/// Options for opening a directory tree.
#[derive(Debug, Clone, Copy)]
pub struct TreeOptions {
    /// Wait until no new files appear, if the backend shows the files of an agent late.
    pub settle: bool,
    /// Accept several files with one name, and give each its own path.
    pub all: bool,
}
