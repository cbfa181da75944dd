//! Pages of listings.

use serde::Deserialize;

use crate::backend::PageRequest;
use crate::backend::page::{LONGEST, MOST, cursor_stuck};
use crate::http::Request;
use wharf_core::error::Result;
use wharf_wire::foundry as wire;
use wharf_wire::json::Items;

/// A page, each item as raw JSON.
#[derive(Deserialize)]
pub(super) struct RawList<'a> {
    #[serde(borrow)]
    pub(super) data: Items<'a, MOST>,
    #[serde(default)]
    last_id: Option<String>,
    /// If missing, there is no next page \[live\].
    #[serde(default)]
    has_more: bool,
}

impl RawList<'_> {
    /// Returns the cursor of the next page; `last` is the id of the last item, if known. The last page has a
    /// `last_id` too \[live\]: only `has_more` says that there is another.
    pub(super) fn next(self, last: Option<String>) -> Result<Option<String>> {
        self.has_more.then(|| self.last_id.or(last).ok_or_else(cursor_stuck)).transpose()
    }
}

/// Adds the parameters of a page to a request: newest first, by `order=desc` \[contract\].
pub(super) fn paged<'a>(request: Request<'a>, page: &PageRequest) -> Request<'a> {
    let limit = page.limit.unwrap_or(wire::PAGE_MAX).clamp(1, wire::PAGE_MAX).to_string();
    let request = request.query("order", "desc").query("limit", &limit).at_most(LONGEST);
    match &page.cursor {
        Some(after) => request.query("after", after),
        None => request,
    }
}
