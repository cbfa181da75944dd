//! JSON from a service, checked before anything is made of it.
//!
//! A few bytes of JSON can take a thousand times their size in memory: as a tree of values, or indented on the way out.
//! [`read`] refuses what nests too deeply or has too many values before it parses. [`Items`] bounds the length of a
//! list whose items are read one by one.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// Levels that lists and objects may nest. All output formats can write an object of this depth within one of ours.
const DEPTH: usize = 100;

/// Values in one object, those in its fields included.
pub const VALUES: usize = 50_000;

/// Bytes of one object.
pub const BYTES: usize = 4 << 20;

/// Characters of outside text that an error repeats.
const EXCERPT: usize = 200;

/// The reason why a text is not the expected JSON.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// Lists and objects nest too deeply.
    #[error("it nests deeper than {DEPTH} levels")]
    Deep,
    /// There are too many values in it.
    #[error("it has more than {VALUES} values")]
    Values,
    /// It is too long.
    #[error("it is longer than {} MiB", BYTES >> 20)]
    Long,
    /// It is another type than an object.
    #[error("it is not an object")]
    NotObject,
    /// It is not JSON, or lacks a field, or has a field of another type.
    #[error("{0}")]
    Parse(#[from] serde_json::Error),
}

/// Reads one value: an object of a service, or a document that stands in a string.
///
/// # Errors
/// Those of [`JsonError`], except for [`JsonError::NotObject`].
pub fn read<'a, T: Deserialize<'a>>(text: &'a [u8]) -> Result<T, JsonError> {
    if text.len() > BYTES {
        return Err(JsonError::Long);
    }
    check(text, VALUES)?;
    Ok(serde_json::from_slice(text)?)
}

/// Reads one object. Without this check a list would do for a struct, its items for the fields in their order.
///
/// # Errors
/// Those of [`JsonError`].
pub fn object<'a, T: Deserialize<'a>>(text: &'a [u8]) -> Result<T, JsonError> {
    is_object(text)?;
    read(text)
}

/// Reads an object that holds a list of [`Items`], each of which is still to be read by itself.
///
/// # Errors
/// Those of [`JsonError`], except for [`JsonError::Values`] and [`JsonError::Long`].
pub fn page<'a, T: Deserialize<'a>>(text: &'a [u8]) -> Result<T, JsonError> {
    is_object(text)?;
    check(text, usize::MAX)?;
    Ok(serde_json::from_slice(text)?)
}

fn is_object(text: &[u8]) -> Result<(), JsonError> {
    // What is not even JSON has a better error of its own.
    match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'[' | b'"' | b'0'..=b'9' | b'-' | b't' | b'f' | b'n') => Err(JsonError::NotObject),
        _ => Ok(()),
    }
}

/// Reads a field that can do without its value: one of another type counts as missing.
///
/// # Errors
/// Those of the text around it.
pub(crate) fn lenient<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    let text = <&'de RawValue>::deserialize(from)?;
    Ok(serde_json::from_str(text.get()).ok())
}

/// Reads a count: a number, also one with a fraction of zero, or text that is one. Anything else counts as missing.
///
/// # Errors
/// Those of the text around it.
pub fn count<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    let text = <&'de RawValue>::deserialize(from)?.get().trim_matches('"');
    let whole = text.split_once('.').filter(|(_, rest)| rest.bytes().all(|digit| digit == b'0'));
    Ok(whole.map_or(text, |(whole, _)| whole).parse().ok())
}

/// Checks depth and number of values. Takes any bytes: what is not JSON is for the parser to refuse.
///
/// # Errors
/// `Deep` and `Values`.
pub fn check(text: &[u8], values: usize) -> Result<(), JsonError> {
    let (mut depth, mut seen) = (0_usize, 1_usize);
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => loop {
                match bytes.next() {
                    Some(b'\\') => drop(bytes.next()),
                    Some(b'"') | None => break,
                    Some(_) => {}
                }
            },
            b'{' | b'[' => {
                depth += 1;
                seen += 1;
                if depth > DEPTH {
                    return Err(JsonError::Deep);
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => seen += 1,
            _ => {}
        }
        if seen > values {
            return Err(JsonError::Values);
        }
    }
    Ok(())
}

/// The items of a list, at most `MOST` of them, each as it was written.
#[derive(Debug)]
pub struct Items<'a, const MOST: usize>(pub Vec<&'a RawValue>);

impl<'de: 'a, 'a, const MOST: usize> Deserialize<'de> for Items<'a, MOST> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct List<const MOST: usize>;
        impl<'de, const MOST: usize> Visitor<'de> for List<MOST> {
            type Value = Vec<&'de RawValue>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a list of at most {MOST} items")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some(item) = items.next_element()? {
                    if all.len() == MOST {
                        return Err(A::Error::custom(format_args!("more than {MOST} items")));
                    }
                    all.push(item);
                }
                Ok(all)
            }
        }
        reader.deserialize_seq(List::<MOST>).map(Items)
    }
}

/// Returns a name for an object that cannot be read: the first of its names that is there, as it was written, or its beginning.
pub fn name(item: &RawValue) -> String {
    #[derive(Deserialize)]
    struct Names<'a> {
        #[serde(borrow)]
        id: Option<&'a RawValue>,
        #[serde(borrow)]
        agent_session_id: Option<&'a RawValue>,
        #[serde(borrow, rename = "sessionId")]
        session_id: Option<&'a RawValue>,
        #[serde(borrow)]
        name: Option<&'a RawValue>,
        #[serde(borrow)]
        filename: Option<&'a RawValue>,
        #[serde(borrow)]
        mount_path: Option<&'a RawValue>,
    }
    let names: Option<Names<'_>> = object(item.get().as_bytes()).ok();
    let named = names.and_then(|names| {
        let Names { id, agent_session_id, session_id, name, filename, mount_path } = names;
        [id, agent_session_id, session_id, name, filename, mount_path].into_iter().flatten().next()
    });
    excerpt(named.unwrap_or(item).get())
}

/// Returns the beginning of a text from outside in one line, without control characters.
pub fn excerpt(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut shown: String = plain.take(EXCERPT).collect();
    if text.chars().nth(EXCERPT).is_some() {
        shown.push('…');
    }
    shown
}

/// Returns the same text with NUL for each half of a surrogate pair without its other half, which no string can hold.
/// No name and no path holds NUL, so that a check of those refuses this one and not the whole text.
pub(crate) fn mended(text: &[u8]) -> Cow<'_, [u8]> {
    with_halves(text, *b"\\u0000")
}

/// Returns the same text with U+FFFD for each half of a surrogate pair without its other half: a program that cuts its
/// text by UTF-16 units writes them.
pub fn with_whole_characters(text: &[u8]) -> Cow<'_, [u8]> {
    with_halves(text, *b"\\ufffd")
}

fn with_halves(text: &[u8], replacement: [u8; 6]) -> Cow<'_, [u8]> {
    let unit = |at: usize| -> Option<u16> {
        let digits = text.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let mut mended: Option<Vec<u8>> = None;
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'\\')) {
        at += found;
        match unit(at) {
            Some(0xd800..=0xdbff) if matches!(unit(at + 6), Some(0xdc00..=0xdfff)) => at += 12,
            Some(0xd800..=0xdfff) => {
                if let Some(place) = mended.get_or_insert_with(|| text.to_vec()).get_mut(at..at + 6) {
                    place.copy_from_slice(&replacement);
                }
                at += 6;
            }
            _ => at += 2,
        }
    }
    mended.map_or(Cow::Borrowed(text), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[derive(Debug, Deserialize)]
    struct Page<'a> {
        #[serde(borrow)]
        data: Items<'a, 3>,
    }

    #[test]
    fn depth_and_values_are_bounded_before_anything_is_parsed() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(read::<Value>(nested(DEPTH).as_bytes()).is_ok());
        assert!(matches!(read::<Value>(nested(DEPTH + 1).as_bytes()), Err(JsonError::Deep)));
        // Not even closed: the parser would not get far, and is not asked.
        assert!(matches!(read::<Value>("[".repeat(1_000_000).as_bytes()), Err(JsonError::Deep)));
        let wide = |values: usize| format!("[{}0]", "0,".repeat(values - 2));
        assert!(read::<Value>(wide(VALUES).as_bytes()).is_ok());
        assert!(matches!(read::<Value>(wide(VALUES + 1).as_bytes()), Err(JsonError::Values)));
        let text = format!(r#""{}""#, "[\\\",".repeat(VALUES));
        assert!(read::<String>(text.as_bytes()).is_ok(), "what stands in a string does not count");
        assert!(matches!(read::<String>(format!("\"{}\"", "x".repeat(BYTES)).as_bytes()), Err(JsonError::Long)));
    }

    #[test]
    fn a_list_is_not_an_object_and_items_are_counted() {
        let items = |text: &str| page::<Page<'_>>(text.as_bytes()).map(|page| page.data.0.len());
        assert_eq!(items(r#"{"data":[1,"\ud800",{}],"new":null}"#).unwrap(), 3);
        for bad in
            ["[[1]]", r#"{"data":[1,2,3,4]}"#, r#"{"data":null}"#, r#"{"data":{}}"#, "{}", r#"{"error":{}}"#, "", "<"]
        {
            assert!(items(bad).is_err(), "{bad}");
        }
        assert!(matches!(object::<Value>(b" [1]"), Err(JsonError::NotObject)));
    }

    #[test]
    fn what_cannot_be_read_is_named_as_it_was_written() {
        let named = |text: &str| name(&RawValue::from_string(text.to_owned()).unwrap());
        assert_eq!(named(r#"{"size":1,"name":"a\ud800"}"#), r#""a\ud800""#);
        assert_eq!(named(r#"{"name":"x","id":7}"#), "7");
        assert_eq!(named("[1, 2]"), "[1, 2]");
        assert_eq!(named(&format!("[\"{}\"]", "x".repeat(999))).chars().count(), EXCERPT + 1);
    }

    #[test]
    fn halves_of_surrogate_pairs_are_mended_and_nothing_else() {
        for (text, wanted) in [
            (r#""a\ud800b""#, "a\0b"),
            (r#""\udc00\ud800""#, "\0\0"),
            (r#""\ud83d\ude00""#, "😀"),
            (r#""\ud83d\ud83d\ude00""#, "\0😀"),
            (r#""\\ud800\\\ud800""#, "\\ud800\\\0"),
            (r#""é\n\u00e9""#, "é\né"),
        ] {
            assert_eq!(serde_json::from_slice::<String>(&mended(text.as_bytes())).unwrap(), wanted, "{text}");
        }
        assert!(matches!(mended(b"\"\\n\\u"), Cow::Borrowed(_)));
    }
}
