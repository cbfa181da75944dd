//! Pages of listings, in both formats of the service.

use std::sync::atomic::Ordering;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::client::AnthropicClient;
use crate::backend::page::{LONGEST, MOST, cursor_stuck};
use crate::backend::{Page, PageRequest};
use crate::http::{Class, Request, ServiceAnswer, is_too_long};
use wharf_core::error::Result;
use wharf_core::model::SessionId;
use wharf_wire::anthropic::events::{PAGE_MAX, TYPES};
use wharf_wire::anthropic::list::{AFTER, LIMIT, PAGE};
use wharf_wire::anthropic::{AnthropicOperation, Next};
use wharf_wire::json::Items;

/// The fewest events of a page that are requested without being asked for.
const FEWEST: usize = 20;

/// The number of newest events that are searched. Messages that wait have no time.
const NEWEST: usize = 20;

/// A page as raw JSON: its items, and the cursor of the next page.
#[derive(Debug)]
pub(super) struct RawPage<'a> {
    pub(super) items: Vec<&'a RawValue>,
    pub(super) next: Option<String>,
}

/// The fields of a page, in both formats: see [`wharf_wire::anthropic::RawPage`].
#[derive(Deserialize)]
struct List<'a> {
    #[serde(borrow)]
    data: Items<'a, MOST>,
    #[serde(default)]
    next_page: Option<String>,
    #[serde(default)]
    has_more: bool,
    #[serde(default)]
    last_id: Option<String>,
}

/// Adds the parameters of a page to a request: at most `most` items, which is also the default.
pub(super) fn paged<'a>(request: Request<'a>, page: &PageRequest, most: usize) -> Request<'a> {
    let request = request.at_most(LONGEST).query(LIMIT, &page.limit.unwrap_or(most).clamp(1, most).to_string());
    match page.cursor.as_deref().and_then(|cursor| cursor.split_once(':')) {
        Some((name, value)) if name == AFTER => request.query(AFTER, value),
        Some((_, value)) => request.query(PAGE, value),
        None => request,
    }
}

/// Requests a page of the history of a session, with these parameters besides those of the page. A page of long events
/// may be longer than accepted: then fewer are requested, from then on too.
///
/// # Errors
/// Those of the service.
pub(super) async fn history(
    client: &AnthropicClient,
    session: &SessionId,
    page: &PageRequest,
    parameters: &[(&str, &str)],
) -> Result<ServiceAnswer> {
    let usual = client.history_page.load(Ordering::Relaxed);
    let mut limit = page.limit.unwrap_or(usual).min(usual);
    loop {
        let request = client.gated(Class::Safe, AnthropicOperation::ListEvents, &[session.as_str()]);
        let request = parameters.iter().fold(request, |request, (name, value)| request.query(name, value));
        let fewer = PageRequest { limit: Some(limit), ..page.clone() };
        match paged(request, &fewer, PAGE_MAX).send().await {
            Err(error) if limit > 1 && is_too_long(&error) => {
                limit /= 4;
                if page.limit.is_none_or(|wanted| wanted >= FEWEST) {
                    client.history_page.store(limit.max(FEWEST), Ordering::Relaxed);
                }
                limit = limit.max(1);
            }
            answered => return answered,
        }
    }
}

/// Requests the newest events of a session, those of `types` if there are any.
///
/// # Errors
/// Those of the service.
pub(super) async fn newest_events(
    client: &AnthropicClient,
    session: &SessionId,
    types: &[&str],
) -> Result<ServiceAnswer> {
    let types = types.iter().map(|kind| (TYPES, *kind));
    let parameters: Vec<_> = std::iter::once(("order", "desc")).chain(types).collect();
    history(client, session, &PageRequest { cursor: None, limit: Some(NEWEST) }, &parameters).await
}

/// Parses a page and each of its items.
///
/// # Errors
/// For a page that cannot be read. An item that cannot be read is an error of its own.
pub(super) fn page_of<T>(answer: &ServiceAnswer, parse: impl FnMut(&RawValue) -> Result<T>) -> Result<Page<T>> {
    let RawPage { items, next } = read(answer)?;
    let received = items.len();
    Ok(Page { items: items.into_iter().map(parse).collect(), received, next })
}

/// Parses a page. The returned cursor states the query parameter that it belongs to.
pub(super) fn read(answer: &ServiceAnswer) -> Result<RawPage<'_>> {
    listed(answer.page()?)
}

fn listed(List { data: Items(items), next_page, has_more, last_id }: List<'_>) -> Result<RawPage<'_>> {
    let next = match Next::of(next_page, Some(has_more), last_id) {
        Some(Next::Page(cursor)) => Some(format!("{PAGE}:{cursor}")),
        Some(Next::After(id)) => Some(format!("{AFTER}:{id}")),
        // The official clients stop at an empty page too, whatever it says [recorded].
        None if has_more && !items.is_empty() => return Err(cursor_stuck()),
        None => None,
    };
    Ok(RawPage { items, next })
}

#[cfg(test)]
mod tests {
    use super::*;
    use wharf_wire::json;

    fn next(text: &str) -> Option<Result<Option<String>>> {
        json::page(text.as_bytes()).ok().map(|list| listed(list).map(|listed| listed.next))
    }

    #[test]
    fn both_forms_lead_on_and_end() {
        let page = r#"{"data":[{"id":"a","n":1.0}],"next_page":"page_1"}"#;
        assert_eq!(next(page).unwrap().unwrap().as_deref(), Some("page:page_1"));
        let ids = r#"{"data":[{}],"has_more":true,"first_id":"a","last_id":"file_b"}"#;
        assert_eq!(next(ids).unwrap().unwrap().as_deref(), Some("after_id:file_b"));
        for last in [r#"{"data":[]}"#, r#"{"data":[{}],"next_page":null}"#, r#"{"data":[],"has_more":true}"#] {
            assert_eq!(next(last).unwrap().unwrap(), None, "{last}");
        }
        let list: List<'_> = json::page(page.as_bytes()).unwrap();
        assert_eq!(list.data.0[0].get(), r#"{"id":"a","n":1.0}"#, "an item is kept as it was written");
    }

    #[test]
    fn what_leads_nowhere_is_an_error_and_what_has_no_items_is_no_page() {
        for nowhere in [r#"{"data":[{}],"has_more":true}"#, r#"{"data":[{}],"has_more":true,"last_id":""}"#] {
            assert!(next(nowhere).unwrap().is_err(), "{nowhere}");
        }
        for other in
            ["{}", "[]", r#"{"data":null}"#, r#"{"data":{}}"#, r#"{"data":[],"next_page":7}"#, r#"{"error":{}}"#]
        {
            assert!(next(other).is_none(), "{other}");
        }
    }
}
