//! Common parts of all wharf crates: errors, the model, settings, bodies of transfers, and files on disk.

#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests prepare their own files"))]

pub mod advice;
pub mod body;
pub mod clock;
pub mod config;
pub mod error;
pub mod feature;
pub mod last_session;
mod line_log;
pub mod load;
pub mod model;
pub mod platform;
pub mod pool;
pub mod private_cache;
pub mod random;
pub mod removal;
pub mod run_journal;
pub mod staging;
pub mod sync;
pub mod sync_ledger;
pub mod tar;
pub mod thread;
pub mod upload_log;
pub mod utf8;
pub mod verdict;
pub mod walk;
