//! The answers of the Go library on our own paths and documents, which the engine must give as well.

#![allow(clippy::expect_used, reason = "a test that cannot read its data has failed")]

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use wharf_gjson::{Path, Selection, answer, get, pretty, text, ugly};

fn data(name: &str) -> String {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/gjson");
    fs::read_to_string(directory.join(name)).expect("the oracle's data is there")
}

fn documents() -> serde_json::Map<String, Value> {
    serde_json::from_str(&data("documents.json")).expect("the documents are JSON")
}

fn field<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name}"))
}

#[test]
fn agrees_with_the_oracle() {
    let documents = documents();
    let mut total = 0;
    let mut wrong = Vec::new();
    for line in data("cases.jsonl").lines() {
        total += 1;
        let case: Value = serde_json::from_str(line).expect("a case is JSON");
        let json = documents[field(&case, "document")].as_str().expect("text");
        let path = field(&case, "path");
        let wanted = (case["exists"] == true).then(|| field(&case, "raw"));
        let parsed = match Path::parse(path) {
            Ok(parsed) => parsed,
            Err(error) => {
                wrong.push(format!("{path:?}: {error}"));
                continue;
            }
        };
        let got = get(json, &parsed);
        // The answer leaves the text as it is, and tells only what paths with several parts do not find.
        let plain = !path.contains(['{', '[', '#', '@', '!']);
        let told = match answer(json, &parsed) {
            Ok(Selection::Matched(text)) => Some(text) == got,
            Ok(Selection::Partial { text, missed }) => !plain && !missed.is_empty() && Some(text) == got,
            Ok(Selection::Missed) => !plain || got.is_none(),
            Err(_) => false,
        };
        if !told {
            wrong.push(format!("{path:?}: another answer than {got:?}"));
        }
        if got.as_deref() != wanted {
            wrong.push(format!("{path:?}: {got:?}, not {wanted:?}"));
        } else if case["type"] == "String" && text(&got.unwrap_or_default()) != field(&case, "string") {
            wrong.push(format!("{path:?}: another text"));
        }
    }
    let summary = format!("{} of {total} cases are wrong", wrong.len());
    assert!(wrong.is_empty(), "{summary}:\n{}", wrong.join("\n"));
    assert_eq!(total, 508);
}

/// `more_cases.jsonl`: answers of the same library on texts and paths that were made for this, some
/// by hand, most by chance: `json`, `path`, and `raw`, which is null where nothing is selected.
#[test]
fn agrees_on_more_cases() {
    let mut wrong = Vec::new();
    for line in data("more_cases.jsonl").lines() {
        let case: Value = serde_json::from_str(line).expect("a case is JSON");
        let (json, path) = (field(&case, "json"), field(&case, "path"));
        let got = Path::parse(path).map(|path| get(json, &path));
        if got.as_ref().ok().and_then(Option::as_deref) != case["raw"].as_str() {
            wrong.push(format!("{path:?} of {json}: {got:?}, not {}", case["raw"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn prints_the_documents_as_serde_json_does() {
    for (name, json) in documents() {
        let json = json.as_str().expect("text");
        if name == "lines" || name == "dups" {
            continue; // not one value; not one that serde_json keeps
        }
        assert_eq!(
            serde_json::from_str::<Value>(&pretty(json)).expect("JSON"),
            serde_json::from_str::<Value>(json).expect("JSON")
        );
        assert_eq!(ugly(&pretty(json)), ugly(json));
    }
}
