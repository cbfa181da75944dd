//! Links between documents lead to a file, and to a heading, that exist; so do names of source files.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{documents, read, root};

/// Returns the targets of a document's links, without those to other sites.
fn targets(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://")).collect()
}

/// Returns the anchor that a repository host makes of a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

fn has_heading(text: &str, wanted: &str) -> bool {
    text.lines().filter(|line| line.starts_with('#')).any(|line| anchor(line.trim_start_matches('#').trim()) == wanted)
}

#[test]
fn links_lead_somewhere() {
    let mut seen = 0;
    for name in documents() {
        let directory = Path::new(&name).parent().unwrap();
        let text = read(&name);
        for target in targets(&text) {
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let file = if file.is_empty() { Path::new(&name).to_owned() } else { directory.join(file) };
            assert!(root().join(&file).exists(), "{name}: {target}");
            let found = heading.is_empty() || has_heading(&read(file.to_str().unwrap()), heading);
            assert!(found, "{name}: {target}: no such heading");
            seen += 1;
        }
    }
    assert!(seen > 50, "only {seen} links were found: the check does not look");
}

/// Returns whether a path is that of a Rust source file.
fn is_source(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "rs")
}

/// Returns the paths of source files that a document has as inline code.
fn source_names(text: &str) -> Vec<&str> {
    let code = text.split('`').skip(1).step_by(2);
    code.filter(|code| is_source(code) && !code.contains(char::is_whitespace)).collect()
}

/// Adds the paths of all source files below a directory, relative to the root of the repository.
fn source_files(directory: &str, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(root().join(directory)).unwrap_or_else(|e| panic!("{directory}: {e}")) {
        let entry = entry.unwrap();
        let path = format!("{directory}/{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            source_files(&path, files);
        } else if is_source(&path) {
            // Documents shorten `crates/NAME/src/FILE` to `NAME/FILE`.
            files.push(path.replace("/src/", "/").into());
            files.push(path.into());
        }
    }
}

#[test]
fn source_files_that_documents_name_exist() {
    let mut files = Vec::new();
    for directory in ["src", "crates", "tests", "fuzz/fuzz_targets"] {
        source_files(directory, &mut files);
    }
    let mut seen = 0;
    for name in documents().iter().filter(|name| *name != "CHANGELOG.md") {
        for source in source_names(&read(name)) {
            assert!(files.iter().any(|file| file.ends_with(source)), "{name}: no source file `{source}`");
            seen += 1;
        }
    }
    assert!(seen > 50, "only {seen} names were found: the check does not look");
}

/// Returns the paths that a document has as inline code: they begin with a directory of the repository.
fn path_names(text: &str) -> Vec<&str> {
    let top = ["src/", "crates/", "tests/", "docs/", "fuzz/", "benches/", "completions/", ".ci/"];
    let is_path = |code: &&str| {
        top.iter().any(|top| code.starts_with(top)) && !code.contains(|c: char| c.is_whitespace() || "*{<".contains(c))
    };
    text.split('`').skip(1).step_by(2).filter(is_path).collect()
}

#[test]
fn paths_that_documents_name_exist() {
    let mut seen = 0;
    for name in documents().iter().filter(|name| *name != "CHANGELOG.md") {
        for path in path_names(&read(name)).into_iter().filter(|path| !is_source(path)) {
            assert!(root().join(path).exists(), "{name}: no file or directory `{path}`");
            seen += 1;
        }
    }
    assert!(seen > 10, "only {seen} paths were found: the check does not look");
}

#[test]
fn modules_that_the_lints_name_exist() {
    let mut files = Vec::new();
    source_files("crates", &mut files);
    let lints = read("clippy.toml");
    let modules: Vec<_> = lints.split('`').skip(1).step_by(2).collect();
    assert!(modules.len() > 3, "{modules:?}");
    for module in modules {
        let path = module.trim_start_matches("wharf_").replace("::", "/");
        let names = ["", "/mod"].map(|end| format!("{path}{end}.rs"));
        let is_there = files.iter().any(|file| names.iter().any(|name| file.ends_with(name)));
        assert!(is_there, "no module `{module}`");
    }
}

#[test]
fn anchors_are_those_of_repository_hosts() {
    assert_eq!(anchor("Exit codes"), "exit-codes");
    assert_eq!(anchor("The emulator: `wharf serve`"), "the-emulator-wharf-serve");
    assert_eq!(targets("a [b](c.md#d) [e](https://f) [`g`](h)"), ["c.md#d", "h"]);
    assert_eq!(source_names("`a.rs`, `b/c.rs d` and `e`\n```\nf\n```\n`g/h.rs`"), ["a.rs", "g/h.rs"]);
}
