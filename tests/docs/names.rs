//! Tests that documents name as evidence exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::{documents, read, root};

/// Returns the cells of the columns `test` and `tests` of all tables of a document, without their headers.
fn cells(text: &str) -> Vec<&str> {
    fn row(line: &str) -> Option<Vec<&str>> {
        let inner = line.strip_prefix("| ")?.strip_suffix(" |")?;
        Some(inner.split(" | ").collect())
    }
    let mut found = Vec::new();
    let mut column = None;
    for line in text.lines() {
        match (row(line), column) {
            (None, _) if line.starts_with("|---") => {}
            (None, _) => column = None,
            (Some(header), None) => {
                let wanted = header.iter().position(|name| matches!(*name, "test" | "tests"));
                column = Some(wanted);
            }
            (Some(cells), Some(Some(wanted))) => found.extend(cells.get(wanted)),
            (Some(_), Some(None)) => {}
        }
    }
    found
}

/// Returns the names of all tests in the Rust files below a directory.
fn collect(directory: &Path, names: &mut BTreeSet<String>) {
    let Ok(files) = fs::read_dir(directory) else { return };
    for file in files {
        let path = file.unwrap().path();
        if path.is_dir() {
            collect(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let mut is_test = false;
            for line in text.lines().map(str::trim) {
                let function = line.trim_start_matches("async ").strip_prefix("fn ");
                if let Some(name) = function.and_then(|rest| rest.split('(').next()) {
                    if is_test {
                        names.insert(name.to_owned());
                    }
                    is_test = false;
                } else if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                    is_test = true;
                }
            }
        }
    }
}

/// A cell holds names of tests in backticks, or the words "not tested".
#[test]
fn tests_that_tables_name_exist() {
    let mut tests = BTreeSet::new();
    for directory in ["src", "tests", "crates"] {
        collect(&root().join(directory), &mut tests);
    }
    let mut seen = 0;
    for document in documents() {
        for cell in cells(&read(&document)) {
            let names: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
            assert!(!names.is_empty() || cell == "not tested", "{document}: no test is named: {cell}");
            for name in names {
                assert!(tests.contains(name), "{document}: no test is called `{name}`");
                seen += 1;
            }
        }
    }
    assert!(seen > 40, "only {seen} names were found: the check does not look");
}

#[test]
fn cells_of_test_columns_are_found() {
    let text =
        "| a | test |\n|---|---|\n| b | `c` |\n\n| test | d |\n|---|---|\n| `e`, `f` | g |\n\n| h |\n|---|\n| i |\n";
    assert_eq!(cells(text), ["`c`", "`e`, `f`"]);
}
