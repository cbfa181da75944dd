//! The oldest Rust that is promised.

use std::process::Command;

use serde_json::Value;

use crate::{read, root};

/// Returns a version as numbers, such as `[1, 89, 0]`.
fn numbers(version: &str) -> [u32; 3] {
    let mut parts = version.split('.').map(|part| part.parse().expect(version));
    [(); 3].map(|()| parts.next().unwrap_or(0))
}

/// Returns what a cargo or rustc command prints.
fn printed(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{program} {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// `cargo build` only says so to a user of an older compiler, and clippy's `incompatible_msrv` knows the standard
/// library alone.
#[test]
fn the_declared_rust_version_is_enough_for_all_dependencies_and_stands_in_the_documents() {
    let compiler = printed("rustc", &["-vV"]);
    let host = compiler.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc names its host");
    // Only packages of this system were downloaded for the build.
    let metadata =
        printed(env!("CARGO"), &["metadata", "--locked", "--offline", "--format-version=1", "--filter-platform", host]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100, "only {} packages", packages.len());
    let version = |package: &Value| package["rust_version"].as_str().map(str::to_owned);
    let (ours, others): (Vec<_>, Vec<_>) = packages.iter().partition(|package| package["source"].is_null());
    let declared = env!("CARGO_PKG_RUST_VERSION");
    for package in ours {
        assert_eq!(version(package).as_deref(), Some(declared), "{}", package["name"]);
    }
    for package in others {
        if let Some(needed) = version(package) {
            assert!(numbers(&needed) <= numbers(declared), "{} needs Rust {needed}", package["name"]);
        }
    }
    for name in ["README.md", "CONTRIBUTING.md"] {
        assert!(read(name).contains(&format!("({declared} or newer)")), "{name} does not say Rust {declared}");
    }
}
