//! Files \[types, docs\].

use serde::{Deserialize, Serialize};

use super::{Extra, Nullable, given_time, or_default, some, time};
use wharf_core::model::Timestamp;

/// The most bytes of a file. The sources say 500 MB and not which; this is the larger reading.
pub const FILE_MAX: u64 = 524_288_000;

/// Characters of a file's name \[docs\].
pub const NAME_MAX: usize = 255;

/// The characters that a file's name must not contain, besides the control characters up to U+001F \[docs\].
pub const NAME_FORBIDDEN: [char; 9] = ['<', '>', ':', '"', '|', '?', '*', '\\', '/'];

/// The name of a file without one, to which the extension of its type is added \[types\].
pub const UNNAMED: &str = "unnamed";

/// The most files on a page \[types\].
pub const PAGE_MAX: usize = 1000;

/// Files on a page by default \[types\].
pub const PAGE_DEFAULT: usize = 20;

/// The most ids that one listing takes \[types\].
pub const IDS_MAX: usize = 100;

/// The query parameter with a session's id, which takes its files out. It needs
/// [`beta::MANAGED_AGENTS`](super::beta::MANAGED_AGENTS) \[docs\].
pub const SCOPE: &str = "scope_id";

/// The query parameter with one of several ids, as often as needed \[recorded\].
pub const IDS: &str = "ids[]";

/// The part of an upload's form with the content. It comes last \[recorded\].
pub const FILE_PART: &str = "file";

/// The part of an upload's form with a time to live \[recorded\].
pub const EXPIRES_PART: &str = "expires_in_seconds";

/// The allowed lifetimes, in seconds: an hour to 90 days \[types\].
pub const EXPIRES: std::ops::RangeInclusive<u64> = 3600..=7_776_000;

/// Returns whether the service takes `name` for a file \[docs\].
pub fn is_name(name: &str) -> bool {
    (1..=NAME_MAX).contains(&name.chars().count()) && !name.chars().any(|c| c < '\u{20}' || NAME_FORBIDDEN.contains(&c))
}

/// A file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct File {
    /// The id: `file_...`.
    pub id: String,
    /// `file`.
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    pub kind: String,
    /// The name that it was uploaded under, which is not unique.
    #[serde(default, deserialize_with = "or_default")]
    pub filename: String,
    /// The media type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// Bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
    /// The time of creation.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "time")]
    pub created_at: Option<Timestamp>,
    /// Whether its content can be fetched: what a session or a tool made, and never what a user
    /// uploaded \[docs\].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub downloadable: Option<bool>,
    /// The time of expiry; missing with [`beta::FILES`](super::beta::FILES).
    #[serde(default, skip_serializing_if = "Nullable::is_absent", deserialize_with = "given_time")]
    pub expires_at: Nullable<Timestamp>,
    /// The owner of the file; only with [`beta::MANAGED_AGENTS`](super::beta::MANAGED_AGENTS).
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub scope: Nullable<FileScope>,
    /// Fields that these types do not name.
    #[serde(flatten)]
    pub extra: Extra,
}

impl File {
    /// The value of [`File::kind`].
    pub const KIND: &'static str = "file";
}

/// The fields of a file that a client relies on.
#[derive(Debug, Clone, Deserialize)]
pub struct FileAnswer {
    /// As in [`File::id`].
    pub id: String,
    /// As in [`File::filename`].
    pub filename: String,
    /// As in [`File::mime_type`].
    #[serde(default)]
    pub mime_type: Option<String>,
    /// As in [`File::size_bytes`].
    pub size_bytes: u64,
    /// As in [`File::created_at`].
    #[serde(default, deserialize_with = "time")]
    pub created_at: Option<Timestamp>,
    /// As in [`File::downloadable`].
    #[serde(default, deserialize_with = "some")]
    pub downloadable: Option<bool>,
    /// As in [`File::scope`].
    #[serde(default)]
    pub scope: Option<ScopeAnswer>,
}

/// The fields of a scope that a client relies on.
#[derive(Debug, Clone, Deserialize)]
pub struct ScopeAnswer {
    /// As in [`FileScope::kind`].
    #[serde(rename = "type")]
    pub kind: String,
    /// As in [`FileScope::id`].
    pub id: String,
}

/// The owner of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileScope {
    /// [`FileScope::SESSION`], the only kind there is.
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    pub kind: String,
    /// The session.
    #[serde(default, deserialize_with = "or_default")]
    pub id: String,
}

impl FileScope {
    /// The only kind.
    pub const SESSION: &'static str = "session";

    /// Returns the scope of a session.
    pub fn session(id: impl Into<String>) -> Self {
        FileScope { kind: Self::SESSION.to_owned(), id: id.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files() {
        for good in ["a", "sales report.csv", "résumé ü.txt", ".x", "odd%22name", &"ü".repeat(255)] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "a/b", "a\\b", "c:d", "a\nb", "q?", &"x".repeat(256)] {
            assert!(!is_name(bad), "{bad}");
        }
    }

    #[test]
    fn a_file_comes_back_as_it_went_whatever_it_holds() {
        let text = r#"{"id":"file_1","type":"file","filename":"report.pdf","mime_type":"application/pdf","size_bytes":918273,"created_at":"2026-11-20T09:14:05.123456Z","downloadable":true,"expires_at":null,"scope":{"type":"session","id":"sesn_1"},"new":{"a":1.50}}"#;
        let file: File = serde_json::from_str(text).unwrap();
        assert_eq!(file.scope.value(), Some(&FileScope::session("sesn_1")));
        assert_eq!(serde_json::to_string(&file).unwrap(), text);
    }

    #[test]
    fn a_file_may_lack_what_older_versions_do_not_have() {
        let text = r#"{"id":"file_1","filename":null,"created_at":"soon","downloadable":null,"scope":null}"#;
        let file: File = serde_json::from_str(text).unwrap();
        assert_eq!((file.filename.as_str(), file.created_at, file.downloadable), ("", None, None));
        assert!(file.expires_at.is_absent() && file.scope == Nullable::Null);
    }
}
