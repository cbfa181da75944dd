//! Receipts and deletions: what was done, one object each.

use serde::{Serialize, Serializer};

use super::{FileId, Provider, RemotePath, SessionId};
use crate::error::Error;

/// The result of one file of a transfer.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The backend, which the error in the output names.
    pub backend: Option<&'static str>,
    /// The stored file's id, or the session path where there is none.
    pub id: Option<String>,
    /// The source, as the user named it.
    pub source: String,
    /// The destination.
    pub destination: Option<String>,
    /// The outcome.
    pub outcome: Outcome,
    /// The number of bytes at the destination.
    pub bytes: Option<u64>,
    /// The SHA-256 of the bytes that were sent or received, in hexadecimal.
    pub sha256: Option<String>,
    /// The verification of the content at the destination.
    pub verified: Option<Verified>,
    /// The stored file that holds the content.
    pub file_id: Option<FileId>,
    /// The media type of the stored file; not part of the output.
    pub mime_type: Option<String>,
    /// The id of the resource that mounts the stored file.
    pub resource_id: Option<String>,
    /// The provider's own object for the stored file, which only `--format raw` prints.
    pub provider: Provider,
}

/// The outcome of one file of a transfer.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The file is at its destination.
    Copied,
    /// The file was skipped, as the options ask.
    Skipped(SkipReason),
    /// The file is not at its destination.
    Failed(Error),
    /// In a dry run: a run would transfer the file.
    Planned,
    /// What was at the destination and not at the source was deleted.
    Deleted,
    /// In a dry run: a run would delete what is at the destination.
    PlannedDeletion,
}

impl Outcome {
    /// Returns the status in output.
    pub const fn status(&self) -> ReceiptStatus {
        match self {
            Outcome::Copied => ReceiptStatus::Copied,
            Outcome::Skipped(_) => ReceiptStatus::Skipped,
            Outcome::Failed(_) => ReceiptStatus::Failed,
            Outcome::Planned => ReceiptStatus::Planned,
            Outcome::Deleted => ReceiptStatus::Deleted,
            Outcome::PlannedDeletion => ReceiptStatus::PlannedDeletion,
        }
    }

    /// Returns the error of a file that failed.
    pub const fn error(&self) -> Option<&Error> {
        match self {
            Outcome::Failed(error) => Some(error),
            _ => None,
        }
    }
}

/// The object in output. It has an error for a skipped file too, which says why in words.
#[derive(Serialize)]
struct ReceiptObject<'a> {
    id: &'a Option<String>,
    source: &'a str,
    destination: &'a Option<String>,
    status: ReceiptStatus,
    bytes: Option<u64>,
    sha256: &'a Option<String>,
    verified: Option<Verified>,
    file_id: &'a Option<FileId>,
    resource_id: &'a Option<String>,
    error: Option<Error>,
}

impl Serialize for Receipt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let error = match &self.outcome {
            Outcome::Copied | Outcome::Planned | Outcome::Deleted | Outcome::PlannedDeletion => None,
            Outcome::Failed(error) => Some(error.clone()),
            Outcome::Skipped(reason) => Some(Error::conflict(format!("skipped: {}", reason.words()))),
        };
        let error = error.map(|error| match self.backend {
            Some(backend) => error.from_backend(backend),
            None => error,
        });
        ReceiptObject {
            id: &self.id,
            source: &self.source,
            destination: &self.destination,
            status: self.outcome.status(),
            bytes: self.bytes,
            sha256: &self.sha256,
            verified: self.verified,
            file_id: &self.file_id,
            resource_id: &self.resource_id,
            error,
        }
        .serialize(serializer)
    }
}

/// The reason why a file was skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SkipReason {
    /// The destination exists.
    Exists,
    /// The file at the destination has the same size and time.
    SameTime,
    /// The file at the destination has the same size, and came there after the source was changed last.
    Older,
    /// The file at the destination has the same size and hash.
    SameHash,
    /// Neither side has changed since wharf transferred the file.
    Unchanged,
    /// An earlier command uploaded the same content under the same name to the file store, where it still is.
    Stored,
    /// The source is a link.
    Link,
    /// The source is a directory without files, which the backend does not store.
    EmptyDirectory,
    /// An earlier run was killed before this file reached its place.
    Unfinished,
}

impl SkipReason {
    /// Returns the reason in words.
    pub const fn words(self) -> &'static str {
        match self {
            SkipReason::Exists => "it exists at the destination",
            SkipReason::SameTime => "size and time are equal",
            SkipReason::Older => "size is equal, and the source is older",
            SkipReason::SameHash => "size and hash are equal",
            SkipReason::Unchanged => "no side has changed since it was transferred",
            SkipReason::Stored => "it was uploaded before and is unchanged",
            SkipReason::Link => "it is a link",
            SkipReason::EmptyDirectory => "a directory is not kept here without a file in it",
            SkipReason::Unfinished => "an earlier run of wharf left it unfinished",
        }
    }

    /// Returns whether the file at the destination was found to be that of the source.
    pub const fn is_unchanged(self) -> bool {
        matches!(self, SkipReason::SameTime | SkipReason::SameHash | SkipReason::Unchanged)
    }

    /// Returns whether a file of this name is at the destination.
    pub const fn is_at_destination(self) -> bool {
        match self {
            SkipReason::Exists
            | SkipReason::SameTime
            | SkipReason::Older
            | SkipReason::SameHash
            | SkipReason::Unchanged
            | SkipReason::Stored => true,
            SkipReason::Link | SkipReason::EmptyDirectory | SkipReason::Unfinished => false,
        }
    }
}

impl Receipt {
    /// Returns the receipt of a file with this outcome, of which nothing else is known.
    pub fn new(source: &str, destination: Option<String>, outcome: Outcome) -> Self {
        Receipt {
            backend: None,
            id: None,
            source: source.to_owned(),
            destination,
            outcome,
            bytes: None,
            sha256: None,
            verified: None,
            file_id: None,
            mime_type: None,
            resource_id: None,
            provider: Provider::default(),
        }
    }

    /// Returns the receipt of a file that a run would transfer.
    pub fn planned(source: &str, destination: Option<String>, bytes: Option<u64>) -> Self {
        Receipt { bytes, ..Self::new(source, destination, Outcome::Planned) }
    }

    /// Returns the receipt of a file that is not at its destination.
    pub fn failed(source: &str, destination: Option<String>, error: Error) -> Self {
        Self::new(source, destination, Outcome::Failed(error))
    }

    /// Returns the receipt of a file that was skipped, as the options ask for; `id` is its session path or stored
    /// file, where there is one.
    pub fn skipped(source: &str, destination: String, id: &str, reason: SkipReason) -> Self {
        let id = reason.is_at_destination().then(|| id.to_owned());
        Receipt { id, ..Self::new(source, Some(destination), Outcome::Skipped(reason)) }
    }
}

/// The status of a receipt, as output names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptStatus {
    /// The file is at its destination.
    Copied,
    /// The file was skipped, as the options ask.
    Skipped,
    /// The file is not at its destination.
    Failed,
    /// In a dry run: a run would transfer the file.
    Planned,
    /// What was at the destination and not at the source was deleted.
    Deleted,
    /// In a dry run: a run would delete what is at the destination.
    PlannedDeletion,
}

impl ReceiptStatus {
    /// Returns the word in output.
    pub const fn word(self) -> &'static str {
        match self {
            ReceiptStatus::Copied => "copied",
            ReceiptStatus::Skipped => "skipped",
            ReceiptStatus::Failed => "failed",
            ReceiptStatus::Planned => "planned",
            ReceiptStatus::Deleted => "deleted",
            ReceiptStatus::PlannedDeletion => "planned_deletion",
        }
    }
}

/// The verification of the content at a destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verified {
    /// The SHA-256 equals that of the source.
    Sha256,
    /// The length equals that of the source, and so does the MD5 that a storage service reports.
    Md5,
    /// The length equals that of the source.
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

/// An object that was removed, or would be: the object `deletion`.
#[derive(Debug, Serialize)]
pub struct Deletion {
    /// The removed object.
    #[serde(flatten)]
    pub what: DeletionTarget,
    /// False for what `--dry-run` left and for what `-f` and `--missing-ok` did not find.
    pub deleted: bool,
    /// Whether the object was not found, which only `-q` respects.
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
        /// The session, which only `-q` prints.
        #[serde(skip)]
        session: SessionId,
        /// The path.
        path: RemotePath,
    },
}
