//! Parameters of a query.

use super::{ApiError, ApiResult};
use wharf_wire::url::Query;

/// The most sessions on a page. The service's number is unknown.
const PAGE_MAX: usize = 100;

/// Returns the value of a parameter that an operation needs.
pub(super) fn required<'q>(query: &'q Query, name: &str) -> ApiResult<&'q str> {
    query
        .get(name)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| ApiError::bad(format!("the query parameter {name} is missing")))
}

/// Returns the number of items on a page, at most [`PAGE_MAX`].
pub(super) fn limit(query: &Query, default: usize) -> ApiResult<usize> {
    match query.get("maxResults").map(str::parse::<usize>) {
        None => Ok(default),
        Some(Ok(limit @ 1..)) => Ok(limit.min(PAGE_MAX)),
        Some(_) => Err(ApiError::bad("maxResults is a number from 1")),
    }
}
