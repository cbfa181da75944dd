//! Conversion of JSON to YAML that parsers of YAML 1.1 and 1.2 read as the same data.

use std::cell::Cell;
use std::fmt;

use indexmap::IndexMap;
use serde::ser::Error as _;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;
use serde_saphyr::DoubleQuoted;

/// The maximum nesting of lists and objects, which is also the limit of `serde_json`.
const MAX_DEPTH: usize = 128;

/// The error of a conversion to YAML.
#[derive(Debug, thiserror::Error)]
pub enum YamlError {
    /// The text is not a JSON value.
    #[error("not valid JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A part of the text cannot be written as YAML: a string with an unpaired surrogate, or too deep nesting.
    #[error("cannot be written as YAML: {0}")]
    Yaml(#[from] serde_saphyr::SerializeError),
}

/// Converts a JSON value to a YAML document in block style.
///
/// The order of keys and all digits of numbers are preserved. The document ends with a line break and has no document
/// marker. If an object has duplicate keys, the last one counts.
///
/// # Errors
/// Fails if the text is not a JSON value, is nested deeper than 128 levels, or has a string that is not Unicode.
pub fn from_json(json: &str) -> Result<String, YamlError> {
    let mut text = String::new();
    write_document(json, &mut text)?;
    Ok(text)
}

/// Writes the YAML document of a JSON value to `sink`, in parts. The YAML of deeply nested JSON is many times larger,
/// and does not have to be in memory as a whole.
///
/// # Errors
/// Those of [`from_json`] and of `sink`. What was written before an error is not a complete document.
pub fn write_document(json: &str, sink: &mut dyn fmt::Write) -> Result<(), YamlError> {
    let verbatim = Verbatim::default();
    write(&YamlValue::new(json, &verbatim)?, &verbatim, sink)
}

/// Converts a JSON value to an item of a YAML list, see [`from_json`].
///
/// The items form a list when they are written one after another, so that a listing can be printed while it arrives.
///
/// # Errors
/// Those of [`from_json`].
pub fn list_item(json: &str) -> Result<String, YamlError> {
    let mut text = String::new();
    write_item(json, &mut text)?;
    Ok(text)
}

/// Writes an item as [`list_item`] does, in parts.
///
/// # Errors
/// Those of [`write_document`].
pub fn write_item(json: &str, sink: &mut dyn fmt::Write) -> Result<(), YamlError> {
    let verbatim = Verbatim::default();
    write(&[YamlValue::new(json, &verbatim)?], &verbatim, sink)
}

fn write(value: &impl Serialize, verbatim: &Verbatim, sink: &mut dyn fmt::Write) -> Result<(), YamlError> {
    let options = serde_saphyr::ser_options! {
        // Folding would break long lines without spaces.
        folded_wrap_chars: usize::MAX,
    };
    let mut output = YamlWriter { sink, verbatim };
    serde_saphyr::to_fmt_writer_with_options(&mut output, value, options)?;
    verbatim.check_written::<serde_saphyr::SerializeError>()?;
    Ok(())
}

/// A scalar that is written unchanged, bypassing the serializer.
///
/// Serde has no type for numbers of any size and precision, and the serializer ignores its wrapper for quoted strings
/// in keys. Such a scalar is stored here and serialized as a zero, which [`YamlWriter`] replaces with the scalar.
#[derive(Default)]
struct Verbatim(Cell<Option<String>>);

impl Verbatim {
    fn serialize<S: Serializer>(&self, scalar: String, serializer: S) -> Result<S::Ok, S::Error> {
        self.check_written()?;
        self.0.set(Some(scalar));
        serializer.serialize_u64(0)
    }

    /// Fails if the serializer has not written the zero of the last scalar in one piece.
    fn check_written<E: serde::ser::Error>(&self) -> Result<(), E> {
        match self.0.take() {
            None => Ok(()),
            Some(scalar) => Err(E::custom(format_args!("{scalar} was not written"))),
        }
    }
}

/// The output of the serializer, with the stored scalars in place of their zeros.
struct YamlWriter<'a> {
    sink: &'a mut dyn fmt::Write,
    verbatim: &'a Verbatim,
}

impl fmt::Write for YamlWriter<'_> {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        let scalar = if part == "0" { self.verbatim.0.take() } else { None };
        self.sink.write_str(scalar.as_deref().unwrap_or(part))
    }
}

/// A JSON value, parsed while it is serialized.
struct YamlValue<'a> {
    json: &'a RawValue,
    depth: usize,
    verbatim: &'a Verbatim,
}

impl<'a> YamlValue<'a> {
    fn new(json: &'a str, verbatim: &'a Verbatim) -> Result<Self, YamlError> {
        Ok(Self { json: serde_json::from_str(json)?, depth: 0, verbatim })
    }

    fn inner(&self, json: &'a RawValue) -> Self {
        Self { json, depth: self.depth + 1, verbatim: self.verbatim }
    }
}

impl Serialize for YamlValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.depth > MAX_DEPTH {
            return Err(S::Error::custom("nested too deep"));
        }
        let json = self.json.get();
        match json.as_bytes().first() {
            Some(b'{') => {
                let entries: IndexMap<String, &RawValue> = parse(json)?;
                serializer.collect_map(entries.into_iter().map(|(text, value)| {
                    let key = YamlKey { text, verbatim: self.verbatim };
                    (key, self.inner(value))
                }))
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = parse(json)?;
                serializer.collect_seq(items.into_iter().map(|item| self.inner(item)))
            }
            Some(b'"') => {
                let text: String = parse(json)?;
                if is_like_number(&text) || is_misread_in_block(&text) {
                    DoubleQuoted(text).serialize(serializer)
                } else {
                    serializer.serialize_str(&text)
                }
            }
            Some(b't' | b'f') => serializer.serialize_bool(parse(json)?),
            Some(b'n') => serializer.serialize_unit(),
            _ => self.verbatim.serialize(yaml_number(json), serializer),
        }
    }
}

fn parse<'a, T: Deserialize<'a>, E: serde::ser::Error>(json: &'a str) -> Result<T, E> {
    serde_json::from_str(json).map_err(E::custom)
}

struct YamlKey<'a> {
    text: String,
    verbatim: &'a Verbatim,
}

impl Serialize for YamlKey<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // YAML requires another syntax for keys with more than 1024 characters, which the serializer must choose. It
        // quotes numbers of that length itself.
        if self.text.len() <= 1000 && is_like_number(&self.text) {
            let quoted = format!("\"{}\"", self.text);
            self.verbatim.serialize(quoted, serializer)
        } else {
            serializer.serialize_str(&self.text)
        }
    }
}

/// Returns whether a string has only characters of decimal numbers and times.
///
/// The serializer quotes strings that YAML reads as numbers. Some parsers read more strings as numbers: ruamel.yaml
/// reads `-_`, and JavaScript's yaml in YAML 1.1 reads `E7` and `0:30`. So all such strings are quoted.
fn is_like_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || b"+-._eE:".contains(&byte))
}

/// Returns whether a string with several lines must be quoted instead of written as a block.
///
/// If the first line of a block begins with white space, or a line consists of white space, parsers disagree on the
/// indentation (js-yaml at the root of a document, JavaScript's yaml at the end).
fn is_misread_in_block(text: &str) -> bool {
    text.contains('\n')
        && (text.starts_with(char::is_whitespace)
            || text.split('\n').any(|line| !line.is_empty() && line.trim().is_empty()))
}

/// Converts a JSON number to YAML, with all digits.
///
/// YAML 1.1 reads a number with an exponent as a number only if it has a decimal point and a sign in the exponent.
fn yaml_number(json: &str) -> String {
    let Some((digits, exponent)) = json.split_once(['e', 'E']) else {
        return json.to_owned();
    };
    let point = if digits.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with(['+', '-']) { "" } else { "+" };
    format!("{digits}{point}e{sign}{exponent}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    /// What the readers in `tests/yaml/readers.py` are tried with too, one JSON value a line.
    const CASES: &str = include_str!("../../tests/yaml/cases.jsonl");

    fn value(json: &str) -> Value {
        serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
    }

    fn read(yaml: &str) -> Value {
        serde_saphyr::from_str(yaml).unwrap_or_else(|error| panic!("{yaml}\n{error}"))
    }

    #[test]
    fn block_style_in_the_order_of_keys() {
        let json = r#"{"z":1,"a":[{"b":"x","c":[]},[2,{}],null],"m":"two\nlines\n","t":true}"#;
        assert_eq!(
            from_json(json).unwrap(),
            "z: 1\na:\n- b: x\n  c: []\n- - 2\n  - {}\n- null\nm: |\n  two\n  lines\nt: true\n"
        );
    }

    #[test]
    fn items_make_one_list() {
        let jsons = [r#"{"a":1,"b":[2]}"#, "[]", "[1,[2]]", r#""x\ny\n\n""#, "null", "{}", r#""- a""#];
        let yaml: String = jsons.iter().map(|json| list_item(json).unwrap()).collect();
        assert!(yaml.starts_with("- a: 1\n  b:\n  - 2\n- []\n- - 1\n  - - 2\n- |+\n"), "{yaml}");
        assert_eq!(read(&yaml), value(&format!("[{}]", jsons.join(","))));
    }

    #[test]
    fn numbers_keep_their_digits() {
        for (json, yaml) in [
            ("0", "0"),
            ("-0", "-0"),
            ("-17", "-17"),
            ("340282366920938463463374607431768211455", "340282366920938463463374607431768211455"),
            ("-170141183460469231731687303715884105729", "-170141183460469231731687303715884105729"),
            ("1.0", "1.0"),
            ("0.1000000000000000000001", "0.1000000000000000000001"),
            ("1e5", "1.0e+5"),
            ("1E+5", "1.0e+5"),
            ("1e-07", "1.0e-07"),
            ("-2.50e10", "-2.50e+10"),
            ("1e400", "1.0e+400"),
        ] {
            assert_eq!(from_json(json).unwrap(), format!("{yaml}\n"));
            assert_eq!(from_json(&format!(" [ {json} ] ")).unwrap(), format!("- {yaml}\n"));
            assert_eq!(from_json(&format!("{{\"0\":{json}}}")).unwrap(), format!("\"0\": {yaml}\n"));
        }
    }

    #[test]
    fn misread_strings_are_quoted() {
        for text in ["-_", "E7", "0:30", "1.2.3", "0", "", "=", "<<", "no", "2026-01-01"] {
            let json = json!({ text: text }).to_string();
            assert_eq!(from_json(&json).unwrap(), format!("\"{text}\": \"{text}\"\n"));
        }
        assert_eq!(from_json(r#"" a\nb""#).unwrap(), "\" a\\nb\"\n");
        assert_eq!(from_json(r#""a\n \n""#).unwrap(), "\"a\\n \\n\"\n");
    }

    #[test]
    fn long_lines_are_not_folded() {
        let text = "word ".repeat(1000) + "end";
        assert_eq!(from_json(&json!(text).to_string()).unwrap(), format!("{text}\n"));
    }

    #[test]
    fn last_of_equal_keys_counts() {
        assert_eq!(from_json(r#"{"a":1,"b":2,"a":3}"#).unwrap(), "a: 3\nb: 2\n");
    }

    #[test]
    fn what_is_refused() {
        for json in ["", "{", "1 2", "nul", "[1,]", "01"] {
            assert!(matches!(from_json(json), Err(YamlError::Json(_))), "{json}");
        }
        let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(from_json(&deep(128)).is_ok());
        for json in [r#""\ud800""#, &deep(1 << 17)] {
            assert!(matches!(from_json(json), Err(YamlError::Yaml(_))));
            assert!(matches!(list_item(json), Err(YamlError::Yaml(_))));
        }
    }

    /// Replaces every number that is not an integer by the nearest double, which is the precision that a
    /// YAML reader keeps.
    fn doubles(value: Value) -> Value {
        match value {
            Value::Number(n) if !n.is_i64() && !n.is_u64() => n.as_f64().map_or(Value::Number(n), Value::from),
            Value::Array(items) => items.into_iter().map(doubles).collect(),
            Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, doubles(value))).collect(),
            other => other,
        }
    }

    /// Compared as text, for the order of keys.
    #[test]
    fn cases_read_back() {
        // Not the numbers by themselves: some have more digits than a double.
        let is_number = |json: &str| json.starts_with(|c: char| c == '-' || c.is_ascii_digit());
        for json in CASES.lines().filter(|json| !is_number(json)) {
            let (found, wanted) = (read(&from_json(json).unwrap()), value(json));
            assert_eq!(doubles(found).to_string(), doubles(wanted.clone()).to_string());
            let (found, wanted) = (read(&list_item(json).unwrap()), json!([wanted]));
            assert_eq!(doubles(found).to_string(), doubles(wanted).to_string());
        }
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![any::<String>(), r#"[ \t\n\r:#?,!&*|>%@`'"\[\]{}=<~\\a-]{0,8}"#, "[0-9+._eExob:TZ-]{0,8}",]
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            text().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 30, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((text(), inner), 0..4)
                    .prop_map(|entries| Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn whatever_reads_back(value in any_json()) {
            let yaml = from_json(&value.to_string()).unwrap();
            prop_assert_eq!(read(&yaml).to_string(), value.to_string(), "{}", yaml);
        }
    }
}
