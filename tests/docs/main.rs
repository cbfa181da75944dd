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
mod bytes;
mod ci;
mod generated;
mod links;
mod names;
mod reference;
mod skill;
mod toolchain;

use std::fs;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// Returns the names of all Markdown files of the root, docs/ and docs/schema/, README.md first.
fn documents() -> Vec<String> {
    let mut names: Vec<String> = ["", "docs/", "docs/schema/"]
        .into_iter()
        .flat_map(|directory| {
            let files = fs::read_dir(root().join(directory)).unwrap_or_else(|e| panic!("{directory}: {e}"));
            files.map(move |file| format!("{directory}{}", file.unwrap().file_name().to_str().unwrap()))
        })
        .filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "md"))
        .collect();
    names.sort_by_key(|name| (name != "README.md", name.clone()));
    names
}
