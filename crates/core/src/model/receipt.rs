//! Receipts and deletions: what was done, one object each.

use serde::{Serialize, Serializer};

use super::{FileId, Provider, RemotePath, SessionId};
use crate::error::Error;

/// What became of one file of a transfer.
#[derive(Debug, Serialize)]
pub struct Receipt {
    /// The stored file's id, or the session path where there is none.
    pub id: Option<String>,
    /// Where it came from, as it was named.
    pub source: String,
    /// Where it went.
    pub destination: Option<String>,
    /// What happened.
    pub status: ReceiptStatus,
    /// Bytes at the destination.
    pub bytes: Option<u64>,
    /// SHA-256 of the bytes that were sent or received, in hexadecimal.
    pub sha256: Option<String>,
    /// How far the destination verified the content.
    pub verified: Option<Verified>,
    /// The stored file that holds the content.
    pub file_id: Option<FileId>,
    /// The resource that mounts it.
    pub resource_id: Option<String>,
    /// Why it failed or was skipped.
    pub error: Option<Error>,
    /// Why it was left alone; `error` says it in words.
    #[serde(skip)]
    pub skipped: Option<SkipReason>,
    /// What the provider says of the stored file.
    #[serde(skip)]
    pub provider: Provider,
}

/// Why a file was left alone, as asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SkipReason {
    /// Its name is taken at the destination.
    Exists,
    /// The file at the destination has the same size and time.
    SameTime,
    /// The file at the destination has the same size, and came there after the source was changed last.
    Older,
    /// The file at the destination has the same size and hash.
    SameHash,
    /// It is a link.
    Link,
    /// It is a directory without a file in it, and the backend keeps none.
    EmptyDirectory,
    /// An earlier run was killed before this file reached its place.
    Unfinished,
}

impl SkipReason {
    /// The reason in words.
    pub const fn words(self) -> &'static str {
        match self {
            SkipReason::Exists => "it exists at the destination",
            SkipReason::SameTime => "size and time are equal",
            SkipReason::Older => "size is equal, and the source is older",
            SkipReason::SameHash => "size and hash are equal",
            SkipReason::Link => "it is a link",
            SkipReason::EmptyDirectory => "a directory is not kept here without a file in it",
            SkipReason::Unfinished => "an earlier run of wharf left it unfinished",
        }
    }

    /// Whether there is a file of this name at the destination.
    pub const fn is_at_destination(self) -> bool {
        match self {
            SkipReason::Exists | SkipReason::SameTime | SkipReason::Older | SkipReason::SameHash => true,
            SkipReason::Link | SkipReason::EmptyDirectory | SkipReason::Unfinished => false,
        }
    }
}

impl Receipt {
    /// For a file that a run would transfer.
    pub fn planned(source: &str, destination: String, bytes: Option<u64>) -> Self {
        Receipt {
            id: None,
            source: source.to_owned(),
            destination: Some(destination),
            status: ReceiptStatus::Planned,
            bytes,
            sha256: None,
            verified: None,
            file_id: None,
            resource_id: None,
            error: None,
            skipped: None,
            provider: Provider::default(),
        }
    }

    /// For a file that is not at its destination.
    pub fn failed(source: &str, destination: Option<String>, error: Error) -> Self {
        Receipt {
            id: None,
            source: source.to_owned(),
            destination,
            status: ReceiptStatus::Failed,
            bytes: None,
            sha256: None,
            verified: None,
            file_id: None,
            resource_id: None,
            error: Some(error),
            skipped: None,
            provider: Provider::default(),
        }
    }

    /// For a file that was left alone, as asked for; `id` is its session path or stored file, where there
    /// is one.
    pub fn skipped(source: &str, destination: String, id: &str, reason: SkipReason) -> Self {
        let error = Error::conflict(format!("skipped: {}", reason.words()));
        let receipt = Self::failed(source, Some(destination), error);
        let id = reason.is_at_destination().then(|| id.to_owned());
        Receipt { id, status: ReceiptStatus::Skipped, skipped: Some(reason), ..receipt }
    }
}

/// What happened to one file of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptStatus {
    /// It is at its destination.
    Copied,
    /// It was left alone, as asked for.
    Skipped,
    /// It is not at its destination.
    Failed,
    /// A run would transfer it: nothing was done.
    Planned,
}

impl ReceiptStatus {
    /// The word in output.
    pub const fn word(self) -> &'static str {
        match self {
            ReceiptStatus::Copied => "copied",
            ReceiptStatus::Skipped => "skipped",
            ReceiptStatus::Failed => "failed",
            ReceiptStatus::Planned => "planned",
        }
    }
}

/// How far a destination verified its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verified {
    /// Its SHA-256 equals the source's.
    Sha256,
    /// Its length equals the source's, and so does the MD5 that a storage on the way told.
    Md5,
    /// Its length equals the source's.
    Size,
    /// Not verified, for this reason.
    None(&'static str),
}

impl std::fmt::Display for Verified {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Verified::Sha256 => f.write_str("sha256"),
            Verified::Md5 => f.write_str("md5"),
            Verified::Size => f.write_str("size"),
            Verified::None(reason) => write!(f, "none: {reason}"),
        }
    }
}

impl Serialize for Verified {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What was removed, or would be.
#[derive(Debug, Serialize)]
pub struct Deletion {
    /// What it was.
    #[serde(flatten)]
    pub what: DeletionTarget,
    /// False for what `--dry-run` left and for what `-f` and `--missing-ok` did not find.
    pub deleted: bool,
    /// Whether it was not found; output leaves this to `-q`.
    #[serde(skip)]
    pub missing: bool,
}

/// The subject of a deletion.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeletionTarget {
    /// A session, a stored file or a resource.
    Id(String),
    /// A path in a session.
    #[serde(untagged)]
    Path {
        /// Its session, which output leaves to `-q`.
        #[serde(skip)]
        session: SessionId,
        /// The path.
        path: RemotePath,
    },
}
