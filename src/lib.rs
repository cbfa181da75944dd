//! `wharf`: sessions, files and resources of hosted agents, from one command line.
//!
//! The rooms, from the ground up; each imports only from those before it: `error`, `model`,
//! `body` and `pool` (bytes in motion), `platform`, `pending` (files in the making), `removal` and `walk`,
//! `upload_log`, `config`,
//! `http` and `wire`, `backend`, `transfer` and `serve`, `output`, `commands`.
//! `docs/architecture.md` says what belongs where.

#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests set their own stage"))]

pub mod backend;
pub mod body;
pub mod commands;
pub mod config;
pub mod error;
pub mod http;
pub mod model;
pub mod output;
pub mod pending;
pub mod platform;
pub mod pool;
pub mod random;
pub mod removal;
pub mod serve;
pub mod transfer;
pub mod upload_log;
pub mod walk;
pub mod wire;
