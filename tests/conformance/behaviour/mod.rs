//! The contract in single sentences.

mod agents;
mod change;
mod deleted;
mod exec;
mod files;
mod labels;
mod mounts;
mod names;
mod reading;
mod sessions;
mod stored;
mod sync;
mod turns;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::stage::{STAGES, Stage, VIEWS, wait_for};

/// Runs a behaviour on every backend, and says on which of them it does not hold.
#[track_caller]
fn everywhere(behaviour: impl AsyncFn(&Stage)) {
    on(STAGES.iter(), behaviour);
}

/// The same for a behaviour that does not need files that can be read again.
#[track_caller]
fn in_views_too(behaviour: impl AsyncFn(&Stage)) {
    on(STAGES.iter().chain(VIEWS), behaviour);
}

#[track_caller]
#[allow(clippy::needless_pass_by_value, reason = "a behaviour is written where it is handed over")]
fn on<'a>(stages: impl Iterator<Item = &'a fn() -> Stage>, behaviour: impl AsyncFn(&Stage)) {
    let mut broken = Vec::new();
    for open in stages {
        let stage = open();
        if catch_unwind(AssertUnwindSafe(|| wait_for(behaviour(&stage)))).is_err() {
            broken.push(stage.capabilities().backend);
        }
    }
    assert!(broken.is_empty(), "this does not hold on {broken:?}");
}
