//! `wharf serve` over a socket: raw requests to the binary, as any client could send them.
//!
//! `stage.rs` starts servers and sends requests; each other file is a topic.

#![cfg(unix)]
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests set their own stage, and a panic is how they fail"
)]

mod agb;
mod anthropic;
mod captures;
mod command;
mod cursors;
mod faults;
mod foundry;
mod guard;
mod log;
mod routes;
mod stage;
mod uploads;
