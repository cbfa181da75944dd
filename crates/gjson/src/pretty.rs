//! Printing JSON on several lines or on one. Both functions accept JSON of any depth and preserve the order of keys and
//! the notation of numbers. The modifier `@pretty` is in `layout.rs`.

use std::borrow::Cow;
use std::convert::Infallible;

use super::limits::MAX_DEPTH;
use super::scan::{part, string_end};

/// Formats JSON on several lines: two spaces per level, one item per line, empty containers as `[]` and `{}`, and no
/// line break at the end.
///
/// The indentation ends at 256 levels, so that the size of the output stays proportional to the input.
#[must_use]
pub fn pretty(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + json.len() / 2);
    let written: Result<(), Infallible> = pretty_into(json, 0, &mut |part| {
        out.push_str(part);
        Ok(())
    });
    match written {
        Ok(()) => out,
        Err(never) => match never {},
    }
}

/// Writes the output of [`pretty`] in parts, indented by `margin` levels. Deeply nested JSON becomes many times larger,
/// and does not have to be in memory as a whole.
///
/// # Errors
/// Returns the first error of `write`.
pub fn pretty_into<E>(json: &str, margin: usize, write: &mut impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
    let mut depth = margin;
    let mut tokens = Tokens { json, at: 0 }.peekable();
    while let Some(token) = tokens.next() {
        match token {
            "{" | "[" => {
                write(token)?;
                if let Some(close) = tokens.next_if(|next| matches!(*next, "}" | "]")) {
                    write(close)?;
                } else {
                    depth += 1;
                    new_line(depth, write)?;
                }
            }
            "}" | "]" => {
                depth = depth.saturating_sub(1);
                new_line(depth, write)?;
                write(token)?;
            }
            "," => {
                write(",")?;
                new_line(depth, write)?;
            }
            ":" => write(": ")?,
            _ => write(token)?,
        }
    }
    Ok(())
}

fn new_line<E>(depth: usize, write: &mut impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
    write("\n")?;
    (0..depth.min(MAX_DEPTH)).try_for_each(|_| write("  "))
}

/// Removes insignificant white space from JSON; borrows the text if it has none.
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

/// The tokens of a JSON text: punctuation, strings, and runs of other characters except white space.
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
