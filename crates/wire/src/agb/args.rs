//! The arguments of tools.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::answer::number;

/// Reads a tool's arguments.
///
/// # Errors
/// Where one is missing or of another type.
pub fn arguments<T: DeserializeOwned>(args: Map<String, Value>) -> serde_json::Result<T> {
    serde_json::from_value(Value::Object(args))
}

/// The arguments of a tool that needs a path alone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PathOnly {
    /// The path.
    pub path: String,
}

/// The arguments of `read_file`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ReadFile {
    /// The path.
    pub path: String,
    /// The first byte, counted from 0. That it counts bytes of a text too, the SDKs assume.
    #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// The number of bytes; 0 for all.
    #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")]
    pub length: Option<u64>,
    /// [`ReadFile::BINARY`] for base64; text without it, in which a character at either end may be cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
}

impl ReadFile {
    /// The format that is base64.
    pub const BINARY: &'static str = "binary";
}

/// The arguments of `write_file`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WriteFile {
    /// The path.
    pub path: String,
    /// Text: there is no form for other bytes.
    pub content: String,
    /// [`WriteFile::OVERWRITE`] where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
}

impl WriteFile {
    /// Replaces the content.
    pub const OVERWRITE: &'static str = "overwrite";
    /// Appends to the content.
    pub const APPEND: &'static str = "append";
    /// Only where nothing is there; sent by one of the two SDKs alone.
    pub const CREATE_NEW: &'static str = "create_new";
}

/// The arguments of `edit_file`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EditFile {
    /// The path.
    pub path: String,
    /// The edits, applied in order; each replaces the first match \[sibling\].
    pub edits: Vec<Edit>,
    /// Whether nothing is to be changed.
    #[serde(default)]
    pub dry_run: bool,
}

/// A change of a text.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Edit {
    /// The text to replace.
    pub old_text: String,
    /// The replacement.
    pub new_text: String,
}

/// The arguments of `move_file`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MoveFile {
    /// The path to move.
    pub source: String,
    /// The new path. The effect on an existing file is uncertain.
    pub destination: String,
}

/// The arguments of `search_files`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchFiles {
    /// Below which directory.
    pub path: String,
    /// A name with `*` and `?`.
    pub pattern: String,
    /// Names that are left out; one SDK of the sibling joins them with commas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclude_patterns: Option<Value>,
}

impl SearchFiles {
    /// Returns the patterns that are left out, in either form.
    pub fn excluded(&self) -> Vec<String> {
        match &self.exclude_patterns {
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(Value::String(text)) => {
                text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The arguments of `read_multiple_files`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReadFiles {
    /// The paths.
    pub paths: Vec<String>,
}

/// The arguments of `shell`. Each call is a shell of its own \[docs\].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Shell {
    /// The command line for `sh`.
    pub command: String,
    /// Milliseconds; at most 50,000 on the sibling.
    #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// The working directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cwd: Option<String>,
    /// Variables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub envs: Option<Map<String, Value>>,
}

/// The arguments of `run_code`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunCode {
    /// The code.
    pub code: String,
    /// `python`, `javascript`, `java` or `r`.
    pub language: String,
    /// Seconds.
    #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")]
    pub timeout_s: Option<u64>,
}
