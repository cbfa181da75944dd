//! What every backend must do, in process, on the library's traits.
//!
//! `stage.rs` lists the backends: add a constructor there and all that stands here runs on it.
//! `behaviour/` states the contract in single sentences; `model.rs` states it once more as a plain
//! tree in memory, and `sequence.rs` plays random operations on both. What a backend lacks by its
//! capabilities must fail as `unsupported` and change nothing. Where two things are wrong at once the
//! contract does not say which of them is reported.

#![cfg(unix)]
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests set their own stage, and a panic is how they fail"
)]

mod anthropic;
mod behaviour;
mod capabilities;
mod content;
mod foundry;
mod lean;
mod model;
mod room;
mod sequence;
mod stage;
