//! The command line as a user has it: every test runs the binary in a sandbox of its own.
//!
//! `sandbox.rs` is the stage; each other file is a topic. What is stated here is the contract, so a
//! test that fails is a bug of the binary until the contract says otherwise.

#![cfg(unix)]
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests set their own stage, and a panic is how they fail"
)]

mod agb;
mod agb_faults;
mod agent_format;
mod agents;
mod answers;
mod anthropic;
mod archives;
mod azure;
#[cfg(target_os = "linux")]
mod bounds;
mod broken;
mod browse;
mod bundles;
mod change;
mod ci_report;
mod completion;
mod completions;
mod config;
mod config_change;
mod create;
mod credentials;
mod cve;
mod deletion;
mod download;
mod endpoint;
mod errors;
mod event_streams;
mod everywhere;
mod exec;
mod exec_agb;
mod faults;
mod filters;
mod flags;
mod foundry_streams;
mod frames;
mod from_ant;
mod from_azd;
mod home;
mod hostile;
mod invoke;
mod invoke_foundry;
mod invoke_foundry_hostile;
mod invoke_local;
mod landing;
mod lengths;
mod limits;
mod links;
mod logins;
mod logs;
mod looks;
mod mask;
mod mcp;
mod mcp_answers;
mod mcp_client;
mod mcp_files;
mod mcp_hints;
mod mcp_private;
mod mcp_work;
mod names;
mod numbers;
mod output;
mod outside;
mod plan;
mod process;
mod receipts;
mod repeat;
mod requests;
mod resources;
mod run;
mod run_kill;
mod run_services;
mod run_stops;
mod sandbox;
mod session_names;
mod sessions;
mod skill;
mod stdin;
mod stored_files;
mod streams;
mod summary;
mod sync;
mod transform;
mod upload;
mod upload_items;
mod with;

/// The tests in a file without a `mod` line never run.
#[test]
fn no_file_of_this_directory_is_forgotten() {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli");
    let main = include_str!("main.rs");
    let mut seen = 0;
    for file in sandbox::tree(std::path::Path::new(here)) {
        let Some(module) = file.strip_suffix(".rs").filter(|name| *name != "main") else { continue };
        assert!(main.contains(&format!("\nmod {module};\n")), "main.rs does not include {file}");
        seen += 1;
    }
    assert!(seen > 10, "{seen} files");
}
