//! Documents from `--body` and stdin: a YAML or JSON mapping in the provider's own format.

use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// Parses a document that must be a mapping. JSON is tried first, because it preserves numbers exactly. `name` is the
/// document's name for messages.
///
/// # Errors
/// `usage` with the position of the error, if `text` is neither YAML nor JSON, or not a mapping.
pub fn mapping(text: &str, name: &str) -> Result<Map<String, Value>> {
    match value(text, name)? {
        Value::Object(map) => Ok(map),
        Value::Null => Ok(Map::new()),
        _ => Err(Error::usage(format!("{name} is not a mapping")).hint("write `key: value` lines, or a JSON object")),
    }
}

/// Parses a YAML or JSON value. Empty text is `null`.
pub fn value(text: &str, name: &str) -> Result<Value> {
    let text = text.trim_start_matches('\u{feff}');
    // Not `trim`: YAML treats Unicode white space as text.
    if text.bytes().all(|byte| b" \t\r\n".contains(&byte)) {
        return Ok(Value::Null);
    }
    if let Ok(value) = serde_json::from_str(text) {
        return Ok(value);
    }
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options(text, options).map_err(|e| {
        let what = e.to_string().lines().next().unwrap_or_default().to_owned();
        Error::usage(format!("{name} is neither YAML nor JSON: {what}")).hint("check the indentation and the quotes")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_and_json_give_the_same() {
        let yaml = mapping("title: no\nlabels:\n  on: yes\n  n: '1'\nttl: 1h\n", "x").unwrap();
        let json = mapping(r#"{"title":"no","labels":{"on":"yes","n":"1"},"ttl":"1h"}"#, "x").unwrap();
        assert_eq!(yaml, json);
    }

    #[test]
    fn what_is_no_mapping_is_refused() {
        for bad in ["- a\n- b\n", "just text", "a: b\n c: d\n", "a: 1\na: 2\n", "{"] {
            assert!(mapping(bad, "x").is_err(), "{bad:?}");
        }
        assert!(mapping("", "x").unwrap().is_empty());
        assert!(mapping(" \r\n\t", "x").unwrap().is_empty());
        assert_eq!(value("\u{3000}\n", "x").unwrap(), "\u{3000}");
        assert_eq!(value("\u{feff}{\"a\":1}", "x").unwrap()["a"], 1);
    }
}
