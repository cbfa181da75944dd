//! Writes JSON as YAML that readers of YAML 1.1 and of YAML 1.2 take for the same data.

use std::cell::Cell;
use std::fmt;

use indexmap::IndexMap;
use serde::ser::Error as _;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;
use serde_saphyr::DoubleQuoted;

/// How deep lists and objects may nest; the limit of `serde_json` too.
const MAX_DEPTH: usize = 128;

/// Why a text could not be written as YAML.
#[derive(Debug, thiserror::Error)]
pub enum YamlError {
    /// The text is not one JSON value.
    #[error("not valid JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A part of it has no YAML form: a string with half a surrogate pair, or too deep a nesting.
    #[error("cannot be written as YAML: {0}")]
    Yaml(#[from] serde_saphyr::SerializeError),
}

/// Turns one JSON value into the body of one YAML document, in block style.
///
/// Keys keep their order and numbers every digit. The text ends with a line break and has no
/// document marker. Of keys that occur twice in an object the last one counts.
///
/// # Errors
///
/// When the text is not one JSON value, nests deeper than 128 levels, or has a string that is not
/// Unicode.
pub fn from_json(json: &str) -> Result<String, YamlError> {
    let mut text = String::new();
    write_document(json, &mut text)?;
    Ok(text)
}

/// Writes the YAML of a JSON text to `sink`, in parts: the YAML of deeply nested JSON is many times as large, and need not
/// be in memory.
///
/// # Errors
///
/// Those of [`from_json`] and of `sink`. What was written before an error is not a complete document.
pub fn write_document(json: &str, sink: &mut dyn fmt::Write) -> Result<(), YamlError> {
    let verbatim = Verbatim::default();
    write(&YamlValue::new(json, &verbatim)?, &verbatim, sink)
}

/// Turns one JSON value into one item of a YAML list, see [`from_json`].
///
/// Items one after another make one list, so a listing can be printed while it comes in.
///
/// # Errors
///
/// As [`from_json`].
pub fn list_item(json: &str) -> Result<String, YamlError> {
    let mut text = String::new();
    write_item(json, &mut text)?;
    Ok(text)
}

/// As [`list_item`], part by part.
///
/// # Errors
///
/// As [`write_document`].
pub fn write_item(json: &str, sink: &mut dyn fmt::Write) -> Result<(), YamlError> {
    let verbatim = Verbatim::default();
    write(&[YamlValue::new(json, &verbatim)?], &verbatim, sink)
}

fn write(value: &impl Serialize, verbatim: &Verbatim, sink: &mut dyn fmt::Write) -> Result<(), YamlError> {
    let options = serde_saphyr::ser_options! {
        // Folding would break long lines where their text has no breaks.
        folded_wrap_chars: usize::MAX,
    };
    let mut output = YamlWriter { sink, verbatim };
    serde_saphyr::to_fmt_writer_with_options(&mut output, value, options)?;
    verbatim.check_written::<serde_saphyr::SerializeError>()?;
    Ok(())
}

/// A scalar to be written as it is, past the serialiser.
///
/// Serde has no type for a number of any size and precision, and the serialiser's wrapper for
/// quoted strings has no effect on keys. Such a scalar is left here and serialised as a zero, in
/// place of which [`YamlWriter`] writes the scalar.
#[derive(Default)]
struct Verbatim(Cell<Option<String>>);

impl Verbatim {
    fn serialize<S: Serializer>(&self, scalar: String, serializer: S) -> Result<S::Ok, S::Error> {
        self.check_written()?;
        self.0.set(Some(scalar));
        serializer.serialize_u64(0)
    }

    /// Fails if the serialiser has not written the last scalar's zero in one piece.
    fn check_written<E: serde::ser::Error>(&self) -> Result<(), E> {
        match self.0.take() {
            None => Ok(()),
            Some(scalar) => Err(E::custom(format_args!("{scalar} was not written"))),
        }
    }
}

/// What the serialiser writes, with the verbatim scalars in place of their zeros.
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

/// A JSON value, taken apart while it is serialised.
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
        // Readers take a key of more than 1024 characters only in a longer form, which the
        // serialiser has to choose; it quotes numbers of that length itself.
        if self.text.len() <= 1000 && is_like_number(&self.text) {
            let quoted = format!("\"{}\"", self.text);
            self.verbatim.serialize(quoted, serializer)
        } else {
            serializer.serialize_str(&self.text)
        }
    }
}

/// Whether a string has only the characters of decimal numbers and times.
///
/// The serialiser quotes what YAML takes for a number. Readers go further: ruamel.yaml takes `-_`
/// for one, and JavaScript's yaml, of YAML 1.1, `E7` and `0:30`. So all of the kind are quoted.
fn is_like_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || b"+-._eE:".contains(&byte))
}

/// Whether a string of several lines is to be quoted instead of written as a block.
///
/// Where the first line of a block starts with white space, or any has nothing else, readers
/// disagree on its indentation (js-yaml at the root of a document, JavaScript's yaml at the end).
fn is_misread_in_block(text: &str) -> bool {
    text.contains('\n')
        && (text.starts_with(char::is_whitespace)
            || text.split('\n').any(|line| !line.is_empty() && line.trim().is_empty()))
}

/// A JSON number as YAML, with all its digits.
///
/// With an exponent YAML 1.1 takes it for a number only if it has a point too, and a sign in the
/// exponent.
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
            Value::Object(members) => members.into_iter().map(|(name, value)| (name, doubles(value))).collect(),
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
