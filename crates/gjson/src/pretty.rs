//! The two plain ways to print JSON: on many lines, and on one. Both take any JSON text of any depth
//! and keep the keys' order and the numbers' form. `@pretty` is not here but in `layout.rs`.

use std::borrow::Cow;
use std::convert::Infallible;

use super::limits::MAX_DEPTH;
use super::scan::{part, string_end};

/// The JSON on many lines: two spaces for each level, one item on each line, and empty containers
/// as `[]` and `{}`. No line break at the end.
///
/// Below 256 levels the lines go no further to the right, so that the size stays in proportion.
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

/// Writes what [`pretty`] makes, part by part and `margin` levels further to the right. Of deep nesting it makes many times the
/// text's own size, which need not be in memory.
///
/// # Errors
/// The first error of `write`.
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
