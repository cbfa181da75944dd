//! Encoding and decoding of JSON string literals.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Decodes the inside of a string literal. Stops at a character or escape that is invalid in a literal. An unpaired
/// surrogate becomes U+FFFD.
pub(super) fn unescape(inside: &str) -> Cow<'_, str> {
    if !inside.contains('\\') {
        return Cow::Borrowed(inside);
    }
    let mut out = String::with_capacity(inside.len());
    let mut chars = inside.chars();
    while let Some(ch) = chars.next() {
        match ch {
            '\\' => {}
            '\0'..='\x1f' => break,
            _ => {
                out.push(ch);
                continue;
            }
        }
        match chars.next() {
            Some(same @ ('"' | '\\' | '/')) => out.push(same),
            Some('b') => out.push('\x08'),
            Some('f') => out.push('\x0c'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('u') => {
                let Some((ch, rest)) = code_point(chars.as_str()) else {
                    break;
                };
                out.push(ch);
                chars = rest.chars();
            }
            _ => break,
        }
    }
    Cow::Owned(out)
}

/// Decodes the four hexadecimal digits after `\u`, and the following escape if both form a surrogate pair; returns the
/// character and the remaining text.
fn code_point(digits: &str) -> Option<(char, &str)> {
    let (unit, rest) = code_unit(digits)?;
    if !(0xD800..0xE000).contains(&unit) {
        return Some((char::from_u32(u32::from(unit))?, rest));
    }
    // The escape after a surrogate is consumed even if the two do not form a pair.
    let (pair, rest) = match rest.strip_prefix("\\u").and_then(code_unit) {
        Some((low, rest)) => (vec![unit, low], rest),
        None => (vec![unit], rest),
    };
    let ch = match char::decode_utf16(pair).next() {
        Some(Ok(ch)) => ch,
        _ => char::REPLACEMENT_CHARACTER,
    };
    Some((ch, rest))
}

fn code_unit(digits: &str) -> Option<(u16, &str)> {
    let (digits, rest) = digits.split_at_checked(4)?;
    Some((u16::from_str_radix(digits, 16).unwrap_or(0), rest))
}

/// Encodes `text` as a JSON string literal. Escapes `<`, `>` and `&` too, like Go's encoder.
pub(super) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for ch in text.chars() {
        match ch {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\x08' => out.push_str("\\b"),
            '\x0c' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\x1f' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(ch));
            }
            _ => out.push(ch),
        }
    }
    out.push('"');
    out
}
