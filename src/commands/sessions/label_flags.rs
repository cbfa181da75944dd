//! Labels as flags give them.

use wharf_core::error::{Error, Result};
use wharf_core::model::Labels;
use wharf_core::model::session::check_label;

/// Reads the values of `--label`.
///
/// # Errors
/// `usage` for one that is not `name=value`, or whose name is invalid.
pub(super) fn labels(texts: &[String]) -> Result<Labels> {
    texts.iter().map(|text| label(text)).collect()
}

/// Reads one value of `--label`.
///
/// # Errors
/// As [`labels`].
pub(super) fn label(text: &str) -> Result<(String, String)> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| Error::usage(format!("invalid label {text:?}")).hint("write `name=value`"))?;
    check_label(name)?;
    Ok((name.to_owned(), value.to_owned()))
}
