//! What our clients send beside what the official clients were recorded to send.
//!
//! `tests/data/wire/NAME.jsonl` holds the recorded requests with their answers. Each is answered to
//! our client by a recorder, and the two requests must be equal but for the exceptions that the
//! service's own file lists by name. Every recorded request is compared or stands in a list of those
//! that our client never makes; an exception that nothing needs fails the test.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests set their own stage, and a panic is how they fail"
)]

mod agb;
mod agb_bare;
mod anthropic;
mod capture;
mod content;
mod foundry;
mod foundry_work;
mod recorder;
mod routes;
