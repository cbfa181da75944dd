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
    /// The backend's name for this run.
    pub id: Option<String>,
    /// The session.
    pub session: SessionId,
    /// The backend.
    pub backend: &'static str,
    /// The command's words, or one text that the session's shell or interpreter ran.
    pub command: Vec<String>,
    /// How it ended.
    pub status: ExecStatus,
    /// The command's status, as a shell has it: 128 and the signal where a signal ended it.
    pub exit_code: Option<u8>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// What it wrote to its standard output, at most 1 MiB.
    pub stdout: Option<String>,
    /// What it wrote to its standard error, at most 1 MiB.
    pub stderr: Option<String>,
    /// How `stdout` and `stderr` are written.
    pub encoding: Encoding,
    /// Bytes that it wrote to its standard output.
    pub stdout_bytes: u64,
    /// Bytes that it wrote to its standard error.
    pub stderr_bytes: u64,
    /// Whether `stdout` or `stderr` lacks its middle.
    pub truncated: bool,
    /// What an interpreter displayed, by MIME type.
    pub results: Option<Vec<Map<String, Value>>>,
    /// When it was started.
    pub started_at: Timestamp,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// Why its end is not known, or was not its own.
    pub error: Option<Error>,
    /// The provider's own object.
    pub provider: Provider,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExecStatus {
    /// By itself, or by a signal of its own.
    Exited,
    /// The time limit ran out.
    TimedOut,
    /// It was interrupted, or its reader went away.
    Killed,
    /// It could not be started, or its end was not learned.
    Unknown,
}

/// How bytes are written as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// They are UTF-8.
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
