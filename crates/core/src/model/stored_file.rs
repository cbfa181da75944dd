//! Stored files: immutable uploads in the workspace, known by id.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::{Provider, SessionId, Timestamp};
use crate::advice::Step;
use crate::error::{Error, Result};

/// An immutable upload, outside any session.
#[derive(Debug, Clone, Serialize)]
pub struct StoredFile {
    /// The id: `file_...`.
    pub id: FileId,
    /// The file name at the upload. It is not unique, and has no directories.
    pub filename: String,
    /// The size in bytes.
    pub size: Option<u64>,
    /// The media type.
    pub mime_type: Option<String>,
    /// The time of the upload.
    pub created_at: Option<Timestamp>,
    /// Whether the content can be downloaded.
    pub downloadable: Option<bool>,
    /// The session that the file belongs to or is mounted in, in the listing of a session's files.
    pub scope: Option<Scope>,
    /// The provider's own object.
    pub provider: Provider,
}

/// The owner of a stored file.
#[derive(Debug, Clone, Serialize)]
pub struct Scope {
    /// Always `session` today.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The session.
    pub id: SessionId,
}

/// The id of a stored file. Only its prefix has a meaning.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct FileId(String);

impl FileId {
    /// The prefix of all ids.
    pub const PREFIX: &'static str = "file_";

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for FileId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let rest = text.strip_prefix(Self::PREFIX).unwrap_or_default();
        if rest.is_empty() || rest.contains(['/', ':']) || text.chars().any(char::is_control) {
            return Err(Error::usage(format!("invalid stored file id {text:?}")).hint(format!(
                "a stored file's id begins with `file_`; {} lists them",
                Step::ListStoredFiles { scope: None }
            )));
        }
        Ok(FileId(text.to_owned()))
    }
}

impl fmt::Display for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
