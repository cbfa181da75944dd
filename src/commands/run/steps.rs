//! The steps of a run: what is said of them on stderr, and in the object `run`.

use tokio::time::Instant;

use crate::commands::Cx;
use wharf_core::clock::millis;
use wharf_core::error::Result;
use wharf_core::model::{RunStep, RunStepName, RunStepStatus, Timestamp};

/// The steps of a run, as far as they went.
pub(super) struct RunSteps(Vec<RunStep>);

/// A step that goes on.
pub(super) struct BegunStep {
    name: RunStepName,
    started_at: Timestamp,
    started: Instant,
}

impl BegunStep {
    pub(super) fn new(name: RunStepName) -> Self {
        BegunStep { name, started_at: Timestamp::now(), started: Instant::now() }
    }
}

impl RunSteps {
    pub(super) fn new() -> Self {
        RunSteps(RunStepName::ALL.into_iter().map(RunStep::skipped).collect())
    }

    /// Notes the end of a step.
    pub(super) fn end(&mut self, step: &BegunStep, has_succeeded: bool) {
        if let Some(slot) = self.0.iter_mut().find(|slot| slot.name == step.name) {
            *slot = RunStep {
                name: step.name,
                status: if has_succeeded { RunStepStatus::Completed } else { RunStepStatus::Failed },
                started_at: Some(step.started_at),
                duration_ms: Some(millis(step.started.elapsed())),
            };
        }
    }

    /// Does a step, and notes how it ends.
    ///
    /// # Errors
    /// Those of `work`.
    pub(super) async fn during<T>(&mut self, name: RunStepName, work: impl Future<Output = Result<T>>) -> Result<T> {
        let step = BegunStep::new(name);
        let done = work.await;
        self.end(&step, done.is_ok());
        done
    }

    /// Returns all steps.
    pub(super) fn into_vec(self) -> Vec<RunStep> {
        self.0
    }
}

/// Says on stderr how a step went, unless another program reads it.
pub(super) fn say(cx: &Cx, step: RunStepName, what: &str) {
    if !cx.out.is_quiet() {
        cx.out.note_now(format!("{}: {what}", step.word()));
    }
}
