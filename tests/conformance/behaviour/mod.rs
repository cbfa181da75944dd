//! The contract in single sentences.

mod change;
mod deleted;
mod files;
mod labels;
mod mounts;
mod names;
mod reading;
mod sessions;
mod stored;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::stage::{STAGES, Stage, wait_for};

/// Runs a behaviour on every backend, and says on which of them it does not hold.
#[track_caller]
#[allow(clippy::needless_pass_by_value, reason = "a behaviour is written where it is handed over")]
fn everywhere(behaviour: impl AsyncFn(&Stage)) {
    let mut broken = Vec::new();
    for open in STAGES {
        let stage = open();
        if catch_unwind(AssertUnwindSafe(|| wait_for(behaviour(&stage)))).is_err() {
            broken.push(stage.capabilities().backend);
        }
    }
    assert!(broken.is_empty(), "this does not hold on {broken:?}");
}
