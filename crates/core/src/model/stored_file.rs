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
    /// Its name: `file_...`.
    pub id: FileId,
    /// The file name that it was uploaded under. Not unique, and no path.
    pub filename: String,
    /// Bytes.
    pub size: Option<u64>,
    /// Media type.
    pub mime_type: Option<String>,
    /// When it was uploaded.
    pub created_at: Option<Timestamp>,
    /// Whether its content can be fetched again.
    pub downloadable: Option<bool>,
    /// The session that it belongs to or is mounted in, where a listing asked for one.
    pub scope: Option<Scope>,
    /// The provider's own object.
    pub provider: Provider,
}

/// What a stored file belongs to.
#[derive(Debug, Clone, Serialize)]
pub struct Scope {
    /// Always `session` today.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The session.
    pub id: SessionId,
}

/// A stored file's name. All that wharf knows of it is its beginning.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct FileId(String);

impl FileId {
    /// How every stored file's name begins.
    pub const PREFIX: &'static str = "file_";

    /// The name as text.
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
