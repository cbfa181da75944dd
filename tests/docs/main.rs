//! The documentation: its command blocks are run, and what is generated in it is compared with the code.

#![cfg(unix)]
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests set their own stage, and a panic is how they fail"
)]

mod blocks;
mod generated;
mod reference;

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// Returns the names of README.md and docs/*.md.
fn documents() -> Vec<String> {
    let mut names: Vec<PathBuf> = fs::read_dir(root().join("docs"))
        .unwrap_or_else(|e| panic!("docs: {e}"))
        .map(|file| Path::new("docs").join(file.unwrap().file_name()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    names.sort();
    names.insert(0, "README.md".into());
    names.into_iter().map(|path| path.to_str().unwrap().to_owned()).collect()
}
