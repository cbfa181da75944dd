//! Checks the arguments of a call against the input schema of its tool.

use serde_json::{Map, Value};

use wharf_core::error::{Error, Result};

/// Checks arguments against the keywords of JSON Schema that the tools use. Integers that are written with a fraction of
/// zero, which JSON Schema allows, are written without it.
///
/// # Errors
/// `usage` for a missing, an unknown or an invalid argument, by its name.
pub(super) fn check(schema: &Value, arguments: &mut Map<String, Value>) -> Result<()> {
    object(schema, arguments, "")
}

fn object(schema: &Value, fields: &mut Map<String, Value>, at: &str) -> Result<()> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let required = schema.get("required").and_then(Value::as_array);
    let mut required = required.into_iter().flatten().filter_map(Value::as_str);
    if let Some(missing) = required.find(|name| !fields.contains_key(*name)) {
        return Err(Error::usage(format!("the argument `{at}{missing}` is missing")));
    }
    for (name, value) in fields {
        let own = properties.and_then(|properties| properties.get(name));
        match own.or(schema.get("additionalProperties")) {
            Some(Value::Bool(false)) => {
                let error = Error::usage(format!("unknown argument: `{at}{name}`"));
                let known: Vec<_> = properties.into_iter().flat_map(Map::keys).map(String::as_str).collect();
                return Err(if known.is_empty() {
                    error.hint("the tool takes none")
                } else {
                    error.hint(format!("the tool takes {}", known.join(", ")))
                });
            }
            Some(schema) => any(schema, value, &format!("{at}{name}"))?,
            None => {}
        }
    }
    Ok(())
}

fn any(schema: &Value, value: &mut Value, at: &str) -> Result<()> {
    let wrong = |what: String| Err(Error::usage(format!("the argument `{at}` must be {what}")));
    let number = |name: &str| schema.get(name).and_then(Value::as_i64);
    match schema.get("type").and_then(Value::as_str) {
        Some("string") if !value.is_string() => return wrong("a string".to_owned()),
        Some("boolean") if !value.is_boolean() => return wrong("true or false".to_owned()),
        Some("integer") => {
            if let Some(whole) = whole(value) {
                *value = whole.into();
            }
            let (least, most) = (number("minimum").unwrap_or(i64::MIN), number("maximum").unwrap_or(i64::MAX));
            if value.as_i64().is_none_or(|value| !(least..=most).contains(&value)) {
                return wrong(match (number("minimum"), number("maximum")) {
                    (Some(least), Some(most)) => format!("a whole number from {least} to {most}"),
                    (Some(least), None) => format!("a whole number from {least}"),
                    _ => "a whole number".to_owned(),
                });
            }
        }
        Some("object") => match value.as_object_mut() {
            Some(fields) => object(schema, fields, &format!("{at}."))?,
            None => return wrong("an object".to_owned()),
        },
        Some("array") => {
            let Some(items) = value.as_array_mut() else { return wrong("an array".to_owned()) };
            if number("minItems").is_some_and(|least| i64::try_from(items.len()).is_ok_and(|count| count < least)) {
                return wrong("an array that is not empty".to_owned());
            }
            if let Some(schema) = schema.get("items") {
                items
                    .iter_mut()
                    .enumerate()
                    .try_for_each(|(index, item)| any(schema, item, &format!("{at}[{index}]")))?;
            }
        }
        _ => {}
    }
    if let Some(words) = schema.get("enum").and_then(Value::as_array)
        && !words.contains(&*value)
    {
        let words: Vec<_> = words.iter().filter_map(Value::as_str).collect();
        return wrong(format!("one of {}", words.join(", ")));
    }
    Ok(())
}

/// Returns the integer that a number with a fraction of zero is.
fn whole(value: &Value) -> Option<i64> {
    /// Above it, not all integers are numbers of this type.
    const MOST: f64 = 9_007_199_254_740_992.0;
    let number = value.as_f64().filter(|number| value.is_f64() && number.fract() == 0.0 && number.abs() <= MOST)?;
    #[allow(clippy::cast_possible_truncation, reason = "it is an integer in the range of i64")]
    Some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_argument_is_checked_and_named() {
        let schema = json!({
            "type": "object",
            "properties": {
                "text": { "type": "string" },
                "count": { "type": "integer", "minimum": 1, "maximum": 3 },
                "flag": { "type": "boolean" },
                "word": { "type": "string", "enum": ["a", "b"] },
                "map": { "type": "object", "additionalProperties": { "type": "string" } },
                "list": { "type": "array", "items": { "type": "string" }, "minItems": 1 },
            },
            "required": ["text"],
            "additionalProperties": false
        });
        let run = |mut value: Value| check(&schema, value.as_object_mut().unwrap()).map_err(|error| error.to_string());
        let whole = json!({ "text": "", "count": 3, "flag": true, "word": "b", "map": { "k": "v" }, "list": ["x"] });
        assert_eq!(run(whole), Ok(()));
        let mut written = json!({ "text": "", "count": 3.0 });
        check(&schema, written.as_object_mut().unwrap()).unwrap();
        assert_eq!(written["count"].as_u64(), Some(3));
        let cases = [
            (json!({}), "`text` is missing"),
            (json!({ "text": 1 }), "`text` must be a string"),
            (json!({ "text": null }), "`text` must be a string"),
            (json!({ "text": "", "other": 1 }), "unknown argument: `other`"),
            (json!({ "text": "", "count": 0 }), "`count` must be a whole number from 1 to 3"),
            (json!({ "text": "", "count": 4 }), "`count`"),
            (json!({ "text": "", "count": 1.5 }), "`count`"),
            (json!({ "text": "", "count": "1" }), "`count`"),
            (json!({ "text": "", "flag": "true" }), "`flag` must be true or false"),
            (json!({ "text": "", "word": "c" }), "`word` must be one of a, b"),
            (json!({ "text": "", "map": { "k": 1 } }), "`map.k` must be a string"),
            (json!({ "text": "", "list": [] }), "`list` must be an array that is not empty"),
            (json!({ "text": "", "list": ["x", 2] }), "`list[1]` must be a string"),
        ];
        for (arguments, expected) in cases {
            let error = run(arguments.clone()).unwrap_err();
            assert!(error.contains(expected), "{arguments}: {error}");
        }
    }
}
