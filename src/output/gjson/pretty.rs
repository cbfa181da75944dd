//! The two plain ways to print JSON: on many lines, and on one. Both take any JSON text of any depth
//! and keep the keys' order and the numbers' form. `@pretty` is not here but in `layout.rs`.

use std::borrow::Cow;

use super::limits::MAX_DEPTH;
use super::scan::{part, string_end};

/// The JSON on many lines: two spaces for each level, one item on each line, and empty containers
/// as `[]` and `{}`. No line break at the end.
///
/// Below 256 levels the lines go no further to the right, so that the size stays in proportion.
#[must_use]
pub fn pretty(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + json.len() / 2);
    let mut depth = 0_usize;
    let mut tokens = Tokens { json, at: 0 }.peekable();
    while let Some(token) = tokens.next() {
        match token {
            "{" | "[" => {
                out.push_str(token);
                if let Some(close) = tokens.next_if(|next| matches!(*next, "}" | "]")) {
                    out.push_str(close);
                } else {
                    depth += 1;
                    new_line(&mut out, depth);
                }
            }
            "}" | "]" => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push_str(token);
            }
            "," => {
                out.push(',');
                new_line(&mut out, depth);
            }
            ":" => out.push_str(": "),
            _ => out.push_str(token),
        }
    }
    out
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    for _ in 0..depth.min(MAX_DEPTH) {
        out.push_str("  ");
    }
}

/// The JSON without any white space that has no meaning; borrowed if it has none.
#[must_use]
pub fn ugly(json: &str) -> Cow<'_, str> {
    let length: usize = Tokens { json, at: 0 }.map(str::len).sum();
    if length == json.len() {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(length);
    out.extend(Tokens { json, at: 0 });
    Cow::Owned(out)
}

/// The tokens of a JSON text: punctuation marks, strings, and runs of all that is neither these nor
/// white space.
struct Tokens<'t> {
    json: &'t str,
    at: usize,
}

impl<'t> Iterator for Tokens<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let bytes = self.json.as_bytes();
        let rest = bytes.get(self.at..)?;
        let start = self.at + rest.iter().position(|byte| *byte > b' ')?;
        let ends = |byte: &u8| *byte <= b' ' || b"{}[],:\"".contains(byte);
        self.at = match bytes.get(start)? {
            b'"' => string_end(bytes, start + 1),
            b'{' | b'}' | b'[' | b']' | b',' | b':' => start + 1,
            _ => {
                let rest = bytes.get(start..)?;
                start + rest.iter().position(ends).unwrap_or(rest.len())
            }
        };
        Some(part(self.json, start, self.at))
    }
}
