//! GJSON paths: the engine behind `--transform PATH`.
//!
//! A path such as `friends.#(age>45)#.name` selects a part of a JSON text, or builds a new text from it. The engine is
//! compatible with the Go library tidwall/gjson, and like that library it works on the text: a selection is a slice of
//! the input, so numbers keep their notation and duplicate keys are preserved.
//!
//! Callers need [`Path::parse`] and [`answer`]; [`get`] is the interface of the Go library. GJSON leaves out the parts
//! of a multipath or a `#` that do not match; [`answer`] also reports them.
//!
//! `split.rs` splits a path, `build.rs` and `special.rs` compile it to nodes (`path.rs`), and `eval.rs` evaluates them
//! with `query.rs` and `modifier.rs`. They are based on the JSON scanner (`scan.rs`) and the limits of an evaluation
//! (`limits.rs`).
//!
//! Unlike the Go library, the engine never returns text that is not JSON: it selects nothing inside strings, and
//! neither invalid JSON in a `!` literal nor in the input of `@fromstr`.

mod arguments;
mod build;
mod escape;
mod eval;
mod glob;
mod layout;
mod limits;
mod modifier;
mod path;
mod pretty;
mod query;
mod scan;
mod selection;
mod special;
mod split;
mod valid;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

pub use limits::Limit;
pub use path::{Path, SyntaxError};
pub use pretty::{pretty, pretty_into, ugly};
pub use selection::Selection;

/// Returns the text that the path selects in `json`, which must be valid JSON. `None` if nothing matches, or if the
/// evaluation exceeds a limit; [`try_get`] distinguishes the two.
#[must_use]
pub fn get<'a>(json: &'a str, path: &Path) -> Option<Cow<'a, str>> {
    try_get(json, path).ok().flatten()
}

/// Returns what [`get`] returns, with an error for an exceeded limit.
///
/// # Errors
/// Fails if the path and the JSON are nested too deeply, or the result or the work is too large for the input.
pub fn try_get<'a>(json: &'a str, path: &Path) -> Result<Option<Cow<'a, str>>, Limit> {
    eval::Engine::new(path, json).run(json, path.start, 0)
}

/// Returns what the path selects in `json`, which must be valid JSON, and which of its parts did not match.
///
/// # Errors
/// Those of [`try_get`].
///
/// ```
/// use wharf_gjson::{Path, Selection, answer};
///
/// let json = r#"{"id": "file_1", "size": 3}"#;
/// let path: Path = "{id,nosuch}".parse()?;
/// let text = r#"{"id":"file_1"}"#.into();
/// assert_eq!(answer(json, &path), Ok(Selection::Partial { text, missed: vec!["nosuch".to_owned()] }));
/// assert_eq!(answer(json, &"{nosuch}".parse()?), Ok(Selection::Missed));
/// # Ok::<(), wharf_gjson::SyntaxError>(())
/// ```
pub fn answer<'a>(json: &'a str, path: &Path) -> Result<Selection<'a>, Limit> {
    let engine = eval::Engine::new(path, json);
    let text = engine.run(json, path.start, 0)?;
    Ok(engine.answer(text))
}

/// Decodes a JSON string literal; returns any other JSON text unchanged.
#[must_use]
pub fn text(raw: &str) -> Cow<'_, str> {
    if raw.starts_with('"') { escape::unescape(scan::inside(raw)) } else { Cow::Borrowed(raw) }
}
