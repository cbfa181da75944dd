//! The result of a command in a session.

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

/// A block of output: the object `event` of types `stdout` and `stderr`.
///
/// It has all members of the events of agents, which are `null` here.
#[derive(Debug, Serialize)]
pub struct OutputEvent<'a> {
    /// `stdout` or `stderr`.
    #[serde(rename = "type")]
    pub stream: &'static str,
    /// The backend's name for it.
    pub id: Option<&'a str>,
    /// Its number in this run, from 1.
    pub seq: u64,
    /// When it came.
    pub at: Timestamp,
    /// The session.
    pub session: &'a SessionId,
    /// The agent's thread.
    pub thread: Option<&'a str>,
    /// The bytes.
    pub text: &'a str,
    /// How they are written.
    pub encoding: Encoding,
    /// The tool that was called.
    pub tool: Option<&'a str>,
    /// A new status.
    pub status: Option<&'a str>,
    /// Why a turn ended.
    pub stop_reason: Option<&'a str>,
    /// Tokens.
    pub usage: Option<&'a Value>,
    /// Money.
    pub cost: Option<&'a Value>,
    /// What went wrong.
    pub error: Option<&'a Error>,
    /// The provider's name for the event's type.
    pub provider_type: Option<&'a str>,
    /// The provider's own object.
    pub provider: Option<&'a Value>,
}

impl<'a> OutputEvent<'a> {
    /// Returns the event of a block that came now.
    pub fn new(stream: &'static str, seq: u64, session: &'a SessionId, text: &'a str, encoding: Encoding) -> Self {
        OutputEvent {
            stream,
            id: None,
            seq,
            at: Timestamp::now(),
            session,
            thread: None,
            text,
            encoding,
            tool: None,
            status: None,
            stop_reason: None,
            usage: None,
            cost: None,
            error: None,
            provider_type: None,
            provider: None,
        }
    }
}
