//! `--transform`: any path on any JSON ends, answers with JSON, and is refused for one reason only.
//!
//! The input is a path, a line break and a JSON text.

#![no_main]

use std::borrow::Cow;
use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use serde::de::IgnoredAny;
use serde_json::Value;
use wharf::output::{Output, OutputOptions};
use wharf_core::error::Kind;
use wharf_gjson::{Path, Selection};

fuzz_target!(|input: &str| {
    let (path, json) = input.split_once('\n').unwrap_or((input, "null"));
    let valid = serde_json::from_str::<IgnoredAny>(json).is_ok();
    check_printing(json, valid);
    check_refusal(path);
    let Ok(parsed) = Path::parse(path) else { return };
    let start = Instant::now();
    let found = wharf_gjson::try_get(json, &parsed);
    let quick = start.elapsed() < Duration::from_millis(100);
    if !valid {
        return;
    }
    if let Ok(Some(raw)) = &found {
        assert!(is_json(raw), "{path:?} made {raw:?} of {json:?}");
        check_text(raw);
    }
    // What comes near the bounds of an evaluation is evaluated once.
    if !quick {
        return;
    }
    assert!(found.is_err() || found.as_ref().ok() == Some(&wharf_gjson::get(json, &parsed)));
    match wharf_gjson::answer(json, &parsed) {
        Ok(Selection::Matched(text) | Selection::Partial { text, .. }) => {
            assert_eq!(found.as_ref().ok(), Some(&Some(text)));
        }
        Ok(Selection::Missed) | Err(_) => {}
    }
    // A step that changes nothing changes nothing, unless it is one too many.
    if let Ok(longer) = Path::parse(&format!("@this|{path}")) {
        let same = wharf_gjson::try_get(json, &longer);
        assert!(found.is_err() || same.is_err() || found == same, "{found:?} is not {same:?}");
    }
    check_spaces(path, json, &parsed);
});

/// White space between the tokens means nothing, but to a modifier that makes a string of it.
fn check_spaces(path: &str, json: &str, parsed: &Path) {
    let (short, long) = (wharf_gjson::ugly(json), wharf_gjson::pretty(json));
    let (short, long) = (wharf_gjson::try_get(&short, parsed), wharf_gjson::try_get(&long, parsed));
    if let (Ok(short), Ok(long), false) = (short, long, path.contains("@tostr")) {
        let tokens = |raw: Option<Cow<'_, str>>| raw.map(|raw| wharf_gjson::ugly(&raw).into_owned());
        assert_eq!(tokens(short), tokens(long), "{path:?} of {json:?}");
    }
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// A path with a problem has it in every position and for every caller; the command refuses exactly those.
fn check_refusal(text: &str) {
    let parsed = Path::parse(text);
    let problem = match &parsed {
        Ok(path) => {
            assert_eq!(path.as_str(), text);
            path.problem().cloned()
        }
        Err(error) => Some(error.clone()),
    };
    let last_column = text.chars().count() + 1;
    assert!(problem.as_ref().is_none_or(|problem| (1..=last_column).contains(&problem.column)), "{problem:?}");

    let options = OutputOptions { transform: Some(text.to_owned()), ..OutputOptions::default() };
    match (&problem, Output::new(options)) {
        (None, Ok(_)) => {}
        (Some(problem), Err(error)) => {
            assert_eq!(error.kind(), Kind::Usage);
            assert!(error.to_string().contains(&problem.message), "{error} is not {problem}");
        }
        (problem, _) => panic!("{text:?} has {problem:?}, and yet"),
    }

    if let (Ok(path), Ok(longer)) = (parsed, Path::parse(&format!("@this|{text}"))) {
        let moved = longer.problem().map(|problem| (problem.column - 6, &problem.message));
        assert_eq!(moved, path.problem().map(|problem| (problem.column, &problem.message)), "{text:?}");
    }
}

/// The printers agree with each other and with `serde_json`, and keep what is printed.
fn check_printing(json: &str, valid: bool) {
    let all = Path::parse("@valid").expect("a path");
    assert_eq!(wharf_gjson::get(json, &all).is_some(), valid, "{json:?}");
    let (short, long) = (wharf_gjson::ugly(json), wharf_gjson::pretty(json));
    let _ = wharf_gjson::text(json);
    if !valid {
        return;
    }
    assert!(is_json(&short) && is_json(&long), "{json:?}");
    assert!(!short.contains('\n'));
    assert_eq!(wharf_gjson::ugly(&long), short);
    assert_eq!(wharf_gjson::pretty(&short), long);
    // Of some numbers, and of what is very deep, serde_json has no value.
    if let Ok(value) = serde_json::from_str::<Value>(json) {
        assert_eq!(serde_json::from_str::<Value>(&short).ok(), Some(value.clone()));
        let plain = value.to_string();
        assert_eq!(wharf_gjson::ugly(&plain), plain);
        assert_eq!(Some(wharf_gjson::pretty(&plain)), serde_json::to_string_pretty(&value).ok());
    }
}

/// The text of a string, where it is one that `serde_json` can hold.
fn check_text(raw: &str) {
    match serde_json::from_str::<String>(raw) {
        Ok(text) => assert_eq!(wharf_gjson::text(raw), text),
        Err(_) => assert!(raw.starts_with('"') || wharf_gjson::text(raw) == raw),
    }
}
