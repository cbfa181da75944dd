//! Pages: where an item stands in a listing, and cursors that say so.
//!
//! A cursor holds a place and not an item, so that a client which deletes what it lists keeps its
//! place.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{ApiError, ApiResult};
use crate::request::ApiRequest;
use wharf_core::model::Timestamp;
use wharf_wire::anthropic::sessions::filter;
use wharf_wire::anthropic::{ListPage, Nullable, list};

/// Where an item stands: by a time or a number, then by id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SortKey {
    pub(super) at: i64,
    pub(super) id: String,
}

impl SortKey {
    pub(super) fn of(at: i64, id: &str) -> Self {
        SortKey { at, id: id.to_owned() }
    }
}

/// Which items come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// The oldest.
    Oldest,
    /// The newest.
    Newest,
}

impl Order {
    /// Returns the page that a request asks for.
    pub(super) fn of(request: &ApiRequest, default: Order) -> ApiResult<Self> {
        match request.query.get("order") {
            None => Ok(default),
            Some("asc") => Ok(Order::Oldest),
            Some("desc") => Ok(Order::Newest),
            Some(_) => Err(ApiError::bad("order: asc or desc")),
        }
    }
}

/// Where a page begins or ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PageCursor {
    pub(super) key: SortKey,
    /// The page lies before that place, not behind it.
    pub(super) before: bool,
    pub(super) order: Order,
}

impl PageCursor {
    fn text(&self) -> String {
        let order = if self.order == Order::Oldest { 'a' } else { 'd' };
        let side = if self.before { '<' } else { '>' };
        let plain = format!("{order}{side}{}:{}", self.key.at, self.key.id);
        format!("page_{}", URL_SAFE_NO_PAD.encode(plain))
    }

    fn read(text: &str) -> Option<Self> {
        let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(text.strip_prefix("page_")?).ok()?).ok()?;
        let (at, id) = plain.get(2..)?.split_once(':')?;
        let order = if plain.starts_with('a') { Order::Oldest } else { Order::Newest };
        let key = SortKey::of(at.parse().ok()?, id);
        Some(PageCursor { key, before: plain.get(1..2)? == "<", order })
    }

    /// Returns the one that a request has.
    pub(super) fn of(request: &ApiRequest, order: Order) -> ApiResult<Option<Self>> {
        let Some(text) = request.query.get(list::PAGE) else { return Ok(None) };
        match Self::read(text) {
            Some(cursor) if cursor.order == order => Ok(Some(cursor)),
            Some(_) => Err(ApiError::bad("page: this cursor is of a listing in another order")),
            None => Err(ApiError::bad("page: not a cursor of this service")),
        }
    }
}

/// Returns how many items a page is to have.
pub(super) fn limit(request: &ApiRequest, default: usize, most: usize) -> ApiResult<usize> {
    let limit = match request.query.get(list::LIMIT).map(str::parse) {
        None => default,
        Some(Ok(limit)) if (1..=most).contains(&limit) => limit,
        Some(_) => return Err(ApiError::bad(format!("limit: 1 to {most}"))),
    };
    // A fault may want smaller ones.
    Ok(request.response_fault.page.map_or(limit, |page| limit.min(page)))
}

/// Returns the words that a filter is given, all of which must be known: a misspelt one would find nothing.
pub(super) fn words<'a>(request: &'a ApiRequest, name: &str, known: &[&str]) -> ApiResult<Vec<&'a str>> {
    let asked: Vec<&str> = request.query.all(name).collect();
    match asked.iter().find(|word| !known.contains(word)) {
        None => Ok(asked),
        Some(word) => Err(ApiError::bad(format!("{name}: {word:?} is none of {}", known.join(", ")))),
    }
}

/// A page, and what lies on both sides of it.
pub(super) struct PageSlice<T> {
    pub(super) items: Vec<T>,
    pub(super) next: Option<String>,
    pub(super) before: Option<String>,
    /// Whether there is more in the direction of the cursor.
    pub(super) more: bool,
}

/// Returns the page of `items` that a cursor asks for.
pub(super) fn cut<T>(
    mut items: Vec<(SortKey, T)>,
    order: Order,
    cursor: Option<&PageCursor>,
    limit: usize,
) -> PageSlice<T> {
    items.sort_by(|(a, _), (b, _)| if order == Order::Oldest { a.cmp(b) } else { b.cmp(a) });
    let is_before = |key: &SortKey, mark: &SortKey| if order == Order::Oldest { key < mark } else { key > mark };
    let (start, end) = match cursor {
        None => (0, limit.min(items.len())),
        Some(PageCursor { key, before: true, .. }) => {
            let end = items.partition_point(|(at, _)| is_before(at, key));
            (end.saturating_sub(limit), end)
        }
        Some(PageCursor { key, .. }) => {
            let start = items.partition_point(|(at, _)| is_before(at, key) || at == key);
            (start, items.len().min(start.saturating_add(limit)))
        }
    };
    let mark =
        |at: Option<&(SortKey, T)>, before| at.map(|(key, _)| PageCursor { key: key.clone(), before, order }.text());
    let next = if end < items.len() { mark(items.get(end.wrapping_sub(1)), false) } else { None };
    let before = if start > 0 { mark(items.get(start), true) } else { None };
    let more = if cursor.is_some_and(|cursor| cursor.before) { start > 0 } else { end < items.len() };
    let items = items.into_iter().skip(start).take(end - start).map(|(_, item)| item).collect();
    PageSlice { items, next, before, more }
}

/// Returns the form of most listings: `data` and `next_page`.
pub(super) fn plain<T>(cut: PageSlice<T>) -> ListPage<T> {
    ListPage {
        data: cut.items,
        next_page: Nullable::or_null(cut.next),
        prev_page: Nullable::Absent,
        has_more: None,
        first_id: Nullable::Absent,
        last_id: Nullable::Absent,
        extra: serde_json::Map::new(),
    }
}

/// The times between which something is to have been made.
#[derive(Debug, Default)]
pub(super) struct CreationFilter {
    after: Vec<(Timestamp, bool)>,
    before: Vec<(Timestamp, bool)>,
}

impl CreationFilter {
    /// Returns the page that a request asks for.
    pub(super) fn of(request: &ApiRequest) -> ApiResult<Self> {
        let mut created = CreationFilter::default();
        for name in filter::CREATED {
            let Some(text) = request.query.get(name) else { continue };
            let at: Timestamp = text.parse().map_err(|_| ApiError::bad(format!("{name}: no time in RFC 3339")))?;
            let bounds = if name.contains("[g") { &mut created.after } else { &mut created.before };
            bounds.push((at, name.ends_with("e]")));
        }
        Ok(created)
    }

    /// Returns whether a time is among them.
    pub(super) fn holds(&self, at: Timestamp) -> bool {
        self.after.iter().all(|(from, itself)| at > *from || *itself && at == *from)
            && self.before.iter().all(|(to, itself)| at < *to || *itself && at == *to)
    }
}

/// Returns a query parameter that is true or false.
pub(super) fn flag(request: &ApiRequest, name: &str) -> ApiResult<bool> {
    match request.query.get(name) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(ApiError::bad(format!("{name}: true or false"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(numbers: std::ops::Range<i64>) -> Vec<(SortKey, i64)> {
        numbers.map(|at| (SortKey::of(at, "x"), at)).collect()
    }

    #[test]
    fn pages_in_both_directions_hold_everything_once() {
        for (order, all) in [(Order::Oldest, [0, 1, 2, 3, 4, 5, 6]), (Order::Newest, [6, 5, 4, 3, 2, 1, 0])] {
            let (mut seen, mut cursor, mut last) = (Vec::new(), None, None);
            loop {
                let cut = cut(items(0..7), order, cursor.as_ref(), 3);
                seen.extend(cut.items);
                last = cut.before.or(last);
                match cut.next.as_deref().map(PageCursor::read) {
                    None => break,
                    Some(next) => cursor = next,
                }
            }
            assert_eq!(seen, all);
            let back = cut(items(0..7), order, PageCursor::read(&last.unwrap()).as_ref(), 3);
            assert_eq!((back.items, back.more), (all[3..6].to_vec(), true));
        }
    }

    #[test]
    fn a_place_stays_when_its_item_goes() {
        let first = cut(items(0..7), Order::Newest, None, 3);
        let cursor = PageCursor::read(&first.next.unwrap()).unwrap();
        assert_eq!(cut(items(0..3), Order::Newest, Some(&cursor), 3).items, [2, 1, 0]);
        assert!(cut(items(5..7), Order::Newest, Some(&cursor), 3).items.is_empty());
    }

    #[test]
    fn what_is_no_cursor_is_not_taken_for_one() {
        for text in ["", "page_", "page_!", "page_eA", "x"] {
            assert_eq!(PageCursor::read(text), None, "{text}");
        }
    }
}
