//! Contents inside of messages, and their limits.

use std::ops::RangeInclusive;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use wharf_core::error::{Error, Kind, Result};

/// The limits of contents inside of messages, in bytes. A content above its limit is an error, and is never cut.
#[derive(Debug, Clone, Copy)]
pub(super) struct InlineLimits {
    /// Of a text in UTF-8.
    pub(super) text: u64,
    /// Of bytes in base64, decoded.
    pub(super) base64: u64,
    /// Whether a larger content can be a local file.
    pub(super) local_files: bool,
}

/// The values of `--max-inline`: an answer has a content twice, and must fit into a message.
const RANGE: RangeInclusive<u64> = 1 << 10..=4 << 20;

/// The encoding of a content in a result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum InlineEncoding {
    /// Text where it is UTF-8 without NUL, else base64.
    #[default]
    Auto,
    Text,
    Base64,
}

impl InlineLimits {
    /// Returns limits of `bytes` for text and base64, or the default ones.
    ///
    /// # Errors
    /// `usage` for a number that is too small or too large.
    pub(super) fn new(bytes: Option<u64>, local_files: bool) -> Result<Self> {
        match bytes {
            None => Ok(InlineLimits { text: 64 << 10, base64: 32 << 10, local_files }),
            Some(bytes) if RANGE.contains(&bytes) => Ok(InlineLimits { text: bytes, base64: bytes, local_files }),
            Some(bytes) => Err(Error::usage(format!("invalid limit of --max-inline: {bytes} bytes"))
                .hint("use a size from 1KiB to 4MiB")),
        }
    }

    /// Returns the length of the longest line of a client in bytes: a content in JSON, in which a byte may be written as
    /// `\u001b`, and the other arguments.
    pub(super) fn line(&self) -> usize {
        const ESCAPED: u64 = 6;
        const OTHERS: u64 = 640 << 10;
        usize::try_from(OTHERS + ESCAPED * self.text.max(self.base64)).unwrap_or(usize::MAX)
    }

    /// Checks a text of an argument. The caller adds what to do instead.
    ///
    /// # Errors
    /// `limit` for one that is too large.
    pub(super) fn check_text(&self, name: &str, text: &str) -> Result<()> {
        if text.len() as u64 <= self.text { Ok(()) } else { Err(too_large(name, text.len() as u64, self.text)) }
    }

    /// Decodes an argument in base64. The caller adds what to do instead.
    ///
    /// # Errors
    /// `limit` for one that is too large; `usage` for invalid base64.
    pub(super) fn decode(&self, name: &str, text: &str) -> Result<Vec<u8>> {
        let padding = text.bytes().rev().take(2).filter(|byte| *byte == b'=').count() as u64;
        let bytes = (text.len() as u64 / 4 * 3).saturating_sub(padding);
        if bytes > self.base64 {
            return Err(too_large(name, bytes, self.base64));
        }
        STANDARD.decode(text).map_err(|e| Error::usage(format!("{name} is not valid base64: {e}")))
    }

    /// Returns the error of a content that does not fit into a result.
    pub(super) fn content_too_large(&self, name: &str, bytes: u64, limit: u64) -> Error {
        let part = "read a part with offset and length";
        let hint = if self.local_files { format!("use localPath, or {part}") } else { part.to_owned() };
        too_large(name, bytes, limit).hint(hint)
    }

    /// Returns how many bytes of a content are read at most: one more than a limit shows that it is too large.
    pub(super) fn most(&self, encoding: InlineEncoding) -> u64 {
        match encoding {
            InlineEncoding::Auto => self.text.max(self.base64),
            InlineEncoding::Text => self.text,
            InlineEncoding::Base64 => self.base64,
        }
    }

    /// Returns a content as fields of a result.
    ///
    /// # Errors
    /// `limit` for one that is too large; `usage` for one that is not text where text was asked for.
    pub(super) fn encode(&self, name: &str, content: Vec<u8>, encoding: InlineEncoding) -> Result<Map<String, Value>> {
        let bytes = content.len() as u64;
        let check = |limit: u64| if bytes <= limit { Ok(()) } else { Err(self.content_too_large(name, bytes, limit)) };
        let is_binary = encoding == InlineEncoding::Base64 || encoding == InlineEncoding::Auto && content.contains(&0);
        let content = match String::from_utf8(content) {
            Ok(text) if !is_binary => {
                check(self.text)?;
                return Ok(Map::from_iter([
                    ("encoding".to_owned(), json!("text")),
                    ("content".to_owned(), Value::String(text)),
                ]));
            }
            Ok(text) => text.into_bytes(),
            Err(_) if encoding == InlineEncoding::Text => {
                return Err(Error::usage(format!("{name} is not text in UTF-8")).hint("ask for the encoding base64"));
            }
            Err(error) => error.into_bytes(),
        };
        check(self.base64)?;
        Ok(Map::from_iter([
            ("encoding".to_owned(), json!("base64")),
            ("contentBase64".to_owned(), Value::String(STANDARD.encode(content))),
        ]))
    }
}

fn too_large(name: &str, bytes: u64, limit: u64) -> Error {
    Error::new(Kind::Limit, format!("{name} has {bytes} bytes, and a message carries at most {limit}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: InlineLimits = InlineLimits { text: 8, base64: 4, local_files: true };

    #[test]
    fn arguments_are_accepted_up_to_the_limit() {
        assert!(LIMITS.check_text("x", "12345678").is_ok());
        assert_eq!(LIMITS.check_text("x", "123456789").unwrap_err().kind(), Kind::Limit);
        assert_eq!(LIMITS.decode("x", "MTIzNA==").unwrap(), b"1234");
        assert_eq!(LIMITS.decode("x", "MTIzNDU=").unwrap_err().kind(), Kind::Limit);
        assert_eq!(LIMITS.decode("x", "").unwrap(), b"");
        for bad in ["MTI", "M=IzNA==", "MT zNA", "\u{e9}"] {
            assert_eq!(LIMITS.decode("x", bad).unwrap_err().kind(), Kind::Usage, "{bad}");
        }
    }

    #[test]
    fn limits_are_sensible() {
        for (bytes, is_valid) in [(0, false), (1023, false), (1 << 10, true), (4 << 20, true), (u64::MAX, false)] {
            assert_eq!(InlineLimits::new(Some(bytes), false).is_ok(), is_valid, "{bytes}");
        }
        let hint = |local_files| {
            let limits = InlineLimits::new(None, local_files).unwrap();
            limits.content_too_large("x", 1, 0).hint_text().map(|hint| hint.contains("localPath"))
        };
        assert_eq!((hint(true), hint(false)), (Some(true), Some(false)));
    }

    #[test]
    fn contents_are_returned_up_to_the_limit_of_their_encoding() {
        use InlineEncoding::{Auto, Base64, Text};
        let kind =
            |content: &[u8], encoding| LIMITS.encode("x", content.to_vec(), encoding).map_err(|error| error.kind());
        assert_eq!(kind(b"12345678", Auto).unwrap()["content"], "12345678");
        assert_eq!(kind(b"123456789", Auto), Err(Kind::Limit));
        assert_eq!(kind(b"\xff\xfe\xfd\xfc", Auto).unwrap()["contentBase64"], "//79/A==");
        assert_eq!(kind(b"\xff\xfe\xfd\xfc\xfb", Auto), Err(Kind::Limit));
        assert_eq!(kind(b"1234", Base64).unwrap()["contentBase64"], "MTIzNA==");
        assert_eq!(kind(b"12345", Base64), Err(Kind::Limit));
        assert_eq!(kind(b"\xff", Text), Err(Kind::Usage));
        assert_eq!(kind(b"a\0b", Auto).unwrap()["encoding"], "base64");
        assert_eq!(kind(b"a\0b", Text).unwrap()["content"], "a\0b");
    }
}
