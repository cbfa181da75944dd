//! GJSON paths: the engine behind `--transform PATH`.
//!
//! A path such as `friends.#(age>45)#.name` selects a part of a JSON text, or makes a new one of it.
//! The engine agrees with the Go library tidwall/gjson, and like that one it works on the text: what
//! it selects is a slice of the input, so numbers keep their form and duplicate keys their place.
//!
//! Where to start reading: [`Path::parse`] and [`answer`] are all that a caller needs; [`get`] is what the Go library has. A path is cut up
//! by `split.rs`, made into nodes (`path.rs`) by `build.rs` and `special.rs`, and applied by `eval.rs`, which asks
//! `query.rs` and `modifier.rs`. Below these are the JSON scanner (`scan.rs`) and the bounds of an
//! evaluation (`limits.rs`). GJSON leaves out what a multipath or a `#` does not find; [`answer`] also
//! says what that was.
//!
//! Where the original would answer with text that is not JSON, this one does not: it selects nothing
//! inside of strings, and neither in a `!` literal nor by `@fromstr` text that is not JSON.

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

/// The text that the path selects in `json`, which must be valid JSON; `None` where nothing matches,
/// or where that cannot be told within the bounds (which [`try_get`] tells apart).
#[must_use]
pub fn get<'a>(json: &'a str, path: &Path) -> Option<Cow<'a, str>> {
    try_get(json, path).ok().flatten()
}

/// As [`get`], but says if the evaluation was given up.
///
/// # Errors
///
/// When the path and the JSON are nested too deeply for each other, or when the result is much
/// larger or takes much longer than such an input should.
pub fn try_get<'a>(json: &'a str, path: &Path) -> Result<Option<Cow<'a, str>>, Limit> {
    eval::Engine::new(path, json).run(json, path.start, 0)
}

/// What the path selects in `json`, which must be valid JSON, and whether all that it names was there.
///
/// # Errors
///
/// As [`try_get`].
///
/// # Examples
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

/// The text of a JSON string literal, without its quotes and escapes; any other JSON text as it is.
#[must_use]
pub fn text(raw: &str) -> Cow<'_, str> {
    if raw.starts_with('"') { escape::unescape(scan::inside(raw)) } else { Cow::Borrowed(raw) }
}
