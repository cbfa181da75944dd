//! Checks that several operations make of what a client sent.

use crate::api_error::{ApiError, ApiResult};
use wharf_wire::anthropic as wire;

/// Refuses unknown fields, so that a misspelt one is an error.
pub(super) fn known_only(what: &str, extra: &wire::Extra) -> ApiResult<()> {
    match extra.keys().next() {
        None => Ok(()),
        Some(name) => Err(ApiError::bad(format!("{what}{name}: Extra inputs are not permitted"))),
    }
}

/// Refuses more metadata than the service takes.
pub(super) fn check_metadata(metadata: &wire::Metadata) -> ApiResult<()> {
    let fits = |(name, value): (&String, &String)| {
        (1..=wire::METADATA_NAME_MAX).contains(&name.chars().count())
            && value.chars().count() <= wire::METADATA_VALUE_MAX
    };
    if metadata.len() <= wire::METADATA_MAX && metadata.iter().all(fits) {
        return Ok(());
    }
    let what = format!(
        "metadata has at most {} names of 1 to {} characters with values of at most {}",
        wire::METADATA_MAX,
        wire::METADATA_NAME_MAX,
        wire::METADATA_VALUE_MAX
    );
    Err(ApiError::bad(what).code(wire::error::code::INVALID_METADATA))
}
