//! Texts of others in results, shortened where they are long. A shortened text says so.

use std::mem;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::commands::exec::excerpt::Excerpt;
use wharf_core::body::hex;

/// The longest text of an error, in bytes: a longer one repeats an argument.
const ERROR_BYTES: usize = 2 << 10;

/// The longest title, label or other text of a session in a listing, in bytes.
pub(super) const TITLE_BYTES: usize = 1 << 10;

/// A text of any length, of which the start and the end are kept, and the length and the hash of the whole.
pub(super) struct BoundedText {
    excerpt: Excerpt,
    bytes: u64,
    hash: Sha256,
}

impl BoundedText {
    /// Returns an empty text that keeps at most `limit` bytes.
    pub(super) fn new(limit: u64) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        BoundedText { excerpt: Excerpt::new(limit), bytes: 0, hash: Sha256::new() }
    }

    /// Adds text at the end. Length and hash are those of the bytes; what is kept has U+FFFD for those that are not UTF-8.
    pub(super) fn push(&mut self, text: &[u8]) {
        self.bytes += text.len() as u64;
        self.hash.update(text);
        self.excerpt.push(String::from_utf8_lossy(text).as_bytes());
    }

    /// Returns the text as fields of a result.
    pub(super) fn into_fields(mut self) -> Map<String, Value> {
        let is_cut = self.excerpt.is_cut();
        let text = self.excerpt.take_around(|left_out| format!("\n[... {left_out} bytes are left out ...]\n"));
        let mut fields = Map::from_iter([
            ("text".to_owned(), json!(String::from_utf8_lossy(&text))),
            ("bytes".to_owned(), json!(self.bytes)),
            ("sha256".to_owned(), json!(hex(&self.hash.finalize()))),
        ]);
        if is_cut {
            fields.insert(TRUNCATED.to_owned(), json!(true));
        }
        fields
    }
}

/// The field that says that texts of an object are shortened.
const TRUNCATED: &str = "truncated";

/// Shortens a text of an error.
pub(super) fn shorten_error(text: &str) -> String {
    shortened(text, ERROR_BYTES).unwrap_or_else(|| text.to_owned())
}

/// Shortens the texts of an object, also those and the names of objects in it, to at most `limit` bytes each, and adds
/// [`TRUNCATED`] if there are any.
pub(super) fn shorten_texts(object: &mut Map<String, Value>, limit: usize) {
    if shorten_in(object.values_mut(), limit) {
        object.insert(TRUNCATED.to_owned(), json!(true));
    }
}

fn shorten_in<'a>(values: impl Iterator<Item = &'a mut Value>, limit: usize) -> bool {
    let mut any = false;
    for value in values {
        any |= match value {
            Value::String(text) => shortened(text, limit).map(|short| *text = short).is_some(),
            Value::Array(items) => shorten_in(items.iter_mut(), limit),
            // Both are needed.
            Value::Object(fields) => shorten_names(fields, limit) | shorten_in(fields.values_mut(), limit),
            _ => false,
        };
    }
    any
}

/// Shortens the names of fields, which are those of labels. Those that become the same differ by their position.
fn shorten_names(fields: &mut Map<String, Value>, limit: usize) -> bool {
    if fields.keys().all(|name| name.len() <= limit) {
        return false;
    }
    let mut all = Map::new();
    for (name, value) in mem::take(fields) {
        let mut name = shortened(&name, limit).unwrap_or(name);
        while all.contains_key(&name) {
            name = format!("{name} ({})", all.len() + 1);
        }
        all.insert(name, value);
    }
    *fields = all;
    true
}

/// Returns the start and the end of a text that is longer than `limit` bytes.
fn shortened(text: &str, limit: usize) -> Option<String> {
    if text.len() <= limit {
        return None;
    }
    let mut excerpt = Excerpt::new(limit);
    excerpt.push(text.as_bytes());
    let short = excerpt.take_around(|left_out| format!("[... {left_out} bytes are left out ...]"));
    Some(String::from_utf8_lossy(&short).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_whole_up_to_the_limit_and_says_what_is_missing() {
        let fields = |text: &str| {
            let mut bounded = BoundedText::new(8);
            text.split_inclusive('b').for_each(|part| bounded.push(part.as_bytes()));
            Value::Object(bounded.into_fields())
        };
        let hash = "ef797c8118f02dfb649607dd5d3f8c7623048c9c063d532cc95c5ed7a898a64f";
        assert_eq!(fields("12345678"), json!({ "text": "12345678", "bytes": 8, "sha256": hash }));
        let cut = fields("aaaabbbbcccc");
        assert_eq!(
            (&cut["text"], &cut["bytes"], &cut["truncated"]),
            (&json!("aaaa\n[... 4 bytes are left out ...]\ncccc"), &json!(12), &json!(true))
        );
    }

    #[test]
    fn long_texts_of_an_object_are_shortened_wherever_they_are() {
        let mut object = Map::new();
        object.insert("title".to_owned(), json!("äääää"));
        object.insert("labels".to_owned(), json!({ "a": ["123456789"], "b": 1 }));
        shorten_texts(&mut object, 8);
        let expected = json!({
            "title": "ää[... 2 bytes are left out ...]ää",
            "labels": { "a": ["1234[... 1 bytes are left out ...]6789"], "b": 1 }, "truncated": true,
        });
        assert_eq!(Value::Object(object.clone()), expected);
        let mut object = Map::new();
        object.insert("labels".to_owned(), json!({ "aaaabbcccc": 1, "aaaaddcccc": 2, "12345678": "123456789" }));
        shorten_texts(&mut object, 8);
        let expected = json!({
            "labels": {
                "aaaa[... 2 bytes are left out ...]cccc": 1,
                "aaaa[... 2 bytes are left out ...]cccc (2)": 2,
                "12345678": "1234[... 1 bytes are left out ...]6789",
            },
            "truncated": true,
        });
        assert_eq!(Value::Object(object.clone()), expected);
        let before = object.clone();
        shorten_texts(&mut object, 100);
        assert_eq!(object, before);
        assert_eq!(shorten_error("short"), "short");
        assert!(shorten_error(&"x".repeat(1 << 20)).len() < ERROR_BYTES + 100);
    }
}
