//! The engine of transfers, in process, against another side that lies, breaks off and never ends.
//!
//! `other.rs` is that side: a backend in memory that a test tells what to do, because the local one
//! cannot lie. `stage.rs` is what every test stands on. Each other file is one thing that must hold.

#![cfg(unix)]
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests set their own stage, and a panic is how they fail"
)]

mod changing;
mod cut_off;
mod cve;
mod dry_run;
mod fake_backend;
mod folding;
mod hostile;
mod limits;
mod many;
mod memory;
mod mount;
mod repeat;
mod stage;
mod stopped;
mod sync;
mod verification;
