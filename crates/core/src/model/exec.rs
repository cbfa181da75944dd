//! The result of a command in a session.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Provider, SessionId, Timestamp};
use crate::error::Error;

/// A command that ran in a session: the object `exec`.
#[derive(Debug, Serialize)]
pub struct ExecResult {
    /// The name of the object's type.
    #[serde(rename = "type")]
    pub object: &'static str,
    /// The backend's id of this run.
    pub id: Option<String>,
    /// The session.
    pub session: SessionId,
    /// The backend.
    pub backend: &'static str,
    /// The command's words, or one text that the session's shell or interpreter ran.
    pub command: Vec<String>,
    /// The way in which the command ended.
    pub status: ExecStatus,
    /// The exit status, as in a shell: 128 plus the signal if a signal ended the command.
    pub exit_code: Option<u8>,
    /// The signal that ended the command.
    pub signal: Option<i32>,
    /// The output on stdout, at most 1 MiB.
    pub stdout: Option<String>,
    /// The output on stderr, at most 1 MiB.
    pub stderr: Option<String>,
    /// The encoding of `stdout` and `stderr`.
    pub encoding: Encoding,
    /// The number of bytes on stdout.
    pub stdout_bytes: u64,
    /// The number of bytes on stderr.
    pub stderr_bytes: u64,
    /// Whether `stdout` or `stderr` lacks its middle.
    pub truncated: bool,
    /// The results that an interpreter displayed, by MIME type.
    pub results: Option<Vec<Map<String, Value>>>,
    /// The time of the start.
    pub started_at: Timestamp,
    /// The duration, in milliseconds.
    pub duration_ms: u64,
    /// The error, if the command did not end by itself or its end is unknown.
    pub error: Option<Error>,
    /// The provider's own object.
    pub provider: Provider,
}

/// The way in which a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExecStatus {
    /// The command ended by itself, or by a signal that wharf did not send.
    Exited,
    /// The time limit ran out.
    TimedOut,
    /// The command was interrupted, or the reader of its output went away.
    Killed,
    /// The command could not be started, or its end is unknown.
    Unknown,
}

/// The encoding of bytes as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// UTF-8: the text is the bytes.
    #[serde(rename = "utf-8")]
    Utf8,
    /// Base64 with padding.
    Base64,
}

impl Encoding {
    /// Writes bytes as text: as they are if they are UTF-8, else in base64.
    pub fn encode(bytes: &[u8]) -> (String, Self) {
        match std::str::from_utf8(bytes) {
            Ok(text) => (text.to_owned(), Encoding::Utf8),
            Err(_) => (STANDARD.encode(bytes), Encoding::Base64),
        }
    }
}
