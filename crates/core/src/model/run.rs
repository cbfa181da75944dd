//! A session that existed for one piece of work: the object `run`.

use serde::Serialize;
use serde_json::value::RawValue;

use super::{ExecResult, SessionId, Timestamp, TurnResult};
use crate::error::Error;

/// The result of `wharf run`: the object `run`.
#[derive(Debug, Serialize)]
pub struct RunResult {
    /// The name of the object's type.
    #[serde(rename = "type")]
    pub object: &'static str,
    /// The id of the run, which its session carries.
    pub id: String,
    /// The session, if one was created or named.
    pub session: Option<SessionId>,
    /// The backend.
    pub backend: &'static str,
    /// The steps, in their order.
    pub steps: Vec<RunStep>,
    /// The receipts of the inputs.
    pub uploads: Vec<Box<RawValue>>,
    /// The result of the work, if it began.
    pub work: Option<RunWork>,
    /// The receipts of the outputs.
    pub downloads: Vec<Box<RawValue>>,
    /// What became of the session.
    pub cleanup: Cleanup,
    /// The exit status of the process.
    pub exit_code: u8,
    /// The error that decided the exit status.
    pub error: Option<Error>,
}

/// The result of the work of a run.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum RunWork {
    /// Of a command.
    Exec(ExecResult),
    /// Of a message to an agent.
    Turn(TurnResult),
}

/// A step of a run.
#[derive(Debug, Serialize)]
pub struct RunStep {
    /// Which step.
    pub name: RunStepName,
    /// How it ended.
    pub status: RunStepStatus,
    /// When it began; `None` for a step that was skipped.
    pub started_at: Option<Timestamp>,
    /// How long it took, in milliseconds.
    pub duration_ms: Option<u64>,
}

impl RunStep {
    /// Returns a step that did not begin.
    pub fn skipped(name: RunStepName) -> Self {
        RunStep { name, status: RunStepStatus::Skipped, started_at: None, duration_ms: None }
    }
}

/// The name of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RunStepName {
    /// The session is created.
    Create,
    /// The inputs are uploaded.
    Upload,
    /// The command or the agent works.
    Work,
    /// The outputs are downloaded.
    Download,
    /// The session and the stored files are deleted.
    Cleanup,
}

impl RunStepName {
    /// All steps, in their order.
    pub const ALL: [Self; 5] = [Self::Create, Self::Upload, Self::Work, Self::Download, Self::Cleanup];

    /// Returns the word in output.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Upload => "upload",
            Self::Work => "work",
            Self::Download => "download",
            Self::Cleanup => "cleanup",
        }
    }
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RunStepStatus {
    /// It succeeded.
    Completed,
    /// It failed, or was stopped.
    Failed,
    /// It did not begin.
    Skipped,
}

/// What became of a run's session and stored files.
#[derive(Debug, Clone, Serialize)]
pub struct Cleanup {
    /// What became of the session.
    pub status: CleanupStatus,
    /// How many stored files were deleted.
    pub files_deleted: usize,
    /// What could not be deleted, and why.
    pub error: Option<Error>,
}

/// What became of a run's session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CleanupStatus {
    /// It is gone.
    Deleted,
    /// It stays, as was asked for.
    Kept,
    /// It may still exist.
    Failed,
    /// None was created, or it is not that of the run.
    NotNeeded,
}

impl CleanupStatus {
    /// Returns the status in words, for a report.
    pub const fn words(self) -> &'static str {
        match self {
            CleanupStatus::Deleted => "deleted",
            CleanupStatus::Kept => "kept",
            CleanupStatus::Failed => "may still exist",
            CleanupStatus::NotNeeded => "was not created",
        }
    }
}

impl Cleanup {
    /// Returns the result where the session stays, as was asked for.
    pub fn kept() -> Self {
        Cleanup { status: CleanupStatus::Kept, files_deleted: 0, error: None }
    }

    /// Returns the result where the session may still exist.
    pub fn failed(error: Error) -> Self {
        Cleanup { status: CleanupStatus::Failed, files_deleted: 0, error: Some(error) }
    }

    /// Returns the result where the run has no session of its own.
    pub fn not_needed() -> Self {
        Cleanup { status: CleanupStatus::NotNeeded, files_deleted: 0, error: None }
    }
}
