//! Listings, a page for each call.

use serde::Serialize;
use serde_json::{Map, Value};

use super::bounded::shorten_texts;
use super::call::McpCall;
use super::results::{ToolOutput, fields};
use wharf_client::backend::page::Pager;
use wharf_client::backend::{Page, PageRequest};
use wharf_core::error::{Error, Result};
use wharf_core::verdict::Verdict;

/// The name of the cursor in results.
const NEXT_CURSOR: &str = "next_cursor";

/// The items of a page, and the errors of those that cannot be read.
#[derive(Default)]
pub(super) struct ListingPage {
    items: Vec<Value>,
    verdict: Verdict,
    /// The longest text of an item, if texts are shortened.
    text_bytes: Option<usize>,
}

impl ListingPage {
    /// Adds an item.
    ///
    /// # Errors
    /// `internal` for what is not an object.
    pub(super) fn push(&mut self, item: Result<impl Serialize>) -> Result<()> {
        match item {
            Ok(item) => {
                let mut item = without_provider(&item)?;
                if let Some(most) = self.text_bytes {
                    shorten_texts(&mut item, most);
                }
                self.items.push(Value::Object(item));
                self.verdict.succeeded();
            }
            Err(error) => self.verdict.failed(error),
        }
        Ok(())
    }

    /// Returns the number of items.
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    /// Returns the page as a result.
    pub(super) fn finish(self, name: &'static str, next: Option<String>) -> ToolOutput {
        let mut fields = Map::from_iter([(name.to_owned(), Value::Array(self.items))]);
        fields.extend(next.map(|next| (NEXT_CURSOR.to_owned(), Value::String(next))));
        ToolOutput { fields, error: self.verdict.into_result(name).err() }
    }
}

/// Returns the fields of an object without the provider's own object, which is large.
///
/// # Errors
/// `internal` for what is not an object.
pub(super) fn without_provider(object: &impl Serialize) -> Result<Map<String, Value>> {
    let mut fields = fields(object)?;
    fields.shift_remove("provider");
    Ok(fields)
}

/// Returns the items of a listing from `after` on, at most `limit`. Texts in them are shortened to `text_bytes`.
///
/// # Errors
/// `usage` for an invalid cursor; those of `fetch`.
pub(super) async fn collect_pages<T: Serialize>(
    call: &McpCall<'_>,
    name: &'static str,
    after: Option<&str>,
    limit: usize,
    text_bytes: Option<usize>,
    mut fetch: impl AsyncFnMut(PageRequest) -> Result<Page<T>>,
) -> Result<ToolOutput> {
    let mut pager = Pager::new(call.backend.capabilities().backend, after, Some(limit)).map_err(invalid_cursor)?;
    let (mut page, mut next) = (ListingPage { text_bytes, ..ListingPage::default() }, None);
    while let Some(request) = pager.request()? {
        let (items, more) = pager.take(fetch(request).await?);
        items.into_iter().try_for_each(|item| page.push(item))?;
        next = more;
    }
    Ok(page.finish(name, next))
}

/// Returns the error of a cursor in the words of the tools.
pub(super) fn invalid_cursor(error: Error) -> Error {
    error.hint("take `after` from the next_cursor of the page before")
}
