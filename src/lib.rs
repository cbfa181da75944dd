//! `wharf`: sessions, files and resources of hosted agents, from one command line.
//!
//! This package is the command line. What it uses is in `crates/`; `docs/architecture.md` describes each crate.

#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests prepare their own files"))]

pub mod commands;
pub mod output;
