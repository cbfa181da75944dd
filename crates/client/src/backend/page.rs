//! Pages of a listing, and the pager that follows them.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use wharf_core::advice::Setting;
use wharf_core::error::{Cause, Error, Kind, Result};
use wharf_wire::json;

/// A request for a page of a listing.
#[derive(Debug, Clone, Default)]
pub struct PageRequest {
    /// The cursor of the backend; `None` for the first page.
    pub cursor: Option<String>,
    /// The maximum number of items.
    pub limit: Option<usize>,
}

/// A page of a listing.
#[derive(Debug)]
pub struct Page<T> {
    /// The items. An item that cannot be read is an `Err`, and the others are kept.
    pub items: Vec<Result<T>>,
    /// The number of items that the backend returned, before filtering by this client.
    pub received: usize,
    /// The cursor of the next page; `None` at the end.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Returns a text with the number of items, for `doctor`.
    ///
    /// # Errors
    /// What is wrong with the first item that cannot be read.
    pub(super) fn count(self, noun: &str) -> Result<String> {
        let more = if self.next.is_some() { "or more " } else { "" };
        let items = self.items.into_iter().collect::<Result<Vec<_>>>()?;
        Ok(format!("{} {more}{noun}", items.len()))
    }
}

/// The largest page that is accepted, in bytes.
pub(super) const LONGEST: usize = 8 << 20;

/// The maximum number of items on a page; no page is requested with more than 1,000.
pub(super) const MOST: usize = 10_000;

/// The maximum number of pages of a listing.
const PAGES: usize = 100_000;

/// The maximum number of consecutive pages without an item.
const EMPTY_PAGES: usize = 1000;

/// The longest cursor, in bytes. A longer one does not fit into a request line.
const CURSOR: usize = 8192;

/// Returns the error of a listing that announces more pages without a new cursor.
pub(super) fn cursor_stuck() -> Error {
    Error::new(Kind::Unavailable, "the listing's cursor does not advance")
        .hint("the service answered the same page twice; try again later")
}

/// Returns the error of an object that cannot be read: `what` the object should be, and why reading failed.
pub(super) fn unreadable(what: &str, item: &RawValue, why: impl Into<Box<dyn std::error::Error>>) -> Error {
    let cause = Cause::of(why.into().as_ref()).map(&json::excerpt);
    let message = format!("the service sent an invalid {what} ({cause}): {}", json::name(item));
    Error::new(Kind::Unavailable, message).with_cause(cause)
}

/// The cursors of one listing. Each is followed once, so that a listing ends. Memory is bounded: only hashes are
/// kept, of a limited number of pages.
#[derive(Debug, Default)]
pub(crate) struct Cursors {
    hasher: RandomState,
    seen: HashSet<u64>,
    empty: usize,
}

impl Cursors {
    /// Records the cursor of the next page; `received` is the number of items on the current one.
    ///
    /// # Errors
    /// `unavailable` for a cursor that was followed before, that is empty or too long, and after too many pages without
    /// an item; `limit` after too many pages.
    pub(crate) fn follow(&mut self, next: &str, received: usize) -> Result<()> {
        self.empty = if received == 0 { self.empty + 1 } else { 0 };
        if self.empty > EMPTY_PAGES {
            let what = format!("the listing goes on after {EMPTY_PAGES} pages without an item");
            return Err(Error::new(Kind::Unavailable, what).hint("try again later"));
        }
        if next.len() > CURSOR {
            let what = format!("the listing's cursor has {} bytes, more than a request can carry", next.len());
            return Err(Error::new(Kind::Unavailable, what));
        }
        if next.is_empty() || !self.seen.insert(self.hasher.hash_one(next)) {
            return Err(cursor_stuck());
        }
        if self.seen.len() > PAGES {
            return Err(Error::new(Kind::Limit, format!("the listing has more than {PAGES} pages"))
                .hint(format!("narrow it down, or read it in parts: {}", Setting::Limit.to("N"))));
        }
        Ok(())
    }
}

/// The page size if the backend leaves the choice to the client.
const PAGE: usize = 500;

/// Follows a listing page by page until `limit` items were returned or the listing ends.
#[derive(Debug)]
pub struct Pager {
    backend: &'static str,
    cursor: Option<String>,
    skip: usize,
    left: Option<usize>,
    /// The page size, if the client chooses one.
    size: Option<usize>,
    done: bool,
    cursors: Cursors,
    /// The reason why the pager cannot continue after the current page.
    broken: Option<Error>,
}

/// The value of `--page`: the cursor of a page and how many of its items were already shown. Opaque to users, so that
/// the format may change.
#[derive(Serialize, Deserialize)]
struct PageToken {
    b: String,
    c: Option<String>,
    s: usize,
}

impl Pager {
    /// Returns a pager that begins at the start, or at the position of `token`.
    ///
    /// # Errors
    /// `usage` for a token that no listing of this backend gave.
    pub fn new(backend: &'static str, token: Option<&str>, limit: Option<usize>) -> Result<Self> {
        let (cursor, skip) = match token {
            None => (None, 0),
            Some(text) => {
                let token: Option<PageToken> =
                    BASE64_URL_SAFE_NO_PAD.decode(text).ok().and_then(|json| serde_json::from_slice(&json).ok());
                match token.filter(|token| token.b == backend) {
                    Some(token) => (token.c, token.s),
                    None => {
                        return Err(Error::usage(format!("invalid page token for `{backend}`: {text:?}"))
                            .hint("take the token from the line `more: TOKEN` of the listing before"));
                    }
                }
            }
        };
        let mut cursors = Cursors::default();
        if let Some(cursor) = &cursor {
            // A page that leads back to this one would begin the circle again.
            cursors.follow(cursor, 1)?;
        }
        Ok(Pager {
            backend,
            cursor,
            skip,
            left: limit,
            size: Some(PAGE),
            done: limit == Some(0),
            cursors,
            broken: None,
        })
    }

    /// Returns a pager over a whole listing, with page sizes that the backend chooses.
    pub fn whole() -> Self {
        Pager {
            backend: "",
            cursor: None,
            skip: 0,
            left: None,
            size: None,
            done: false,
            cursors: Cursors::default(),
            broken: None,
        }
    }

    /// Returns the request for the next page, or `None` at the end.
    ///
    /// # Errors
    /// Those of `Cursors::follow`, so that a listing cannot run for ever.
    pub fn request(&mut self) -> Result<Option<PageRequest>> {
        if self.done {
            return Ok(None);
        }
        if let Some(error) = self.broken.take() {
            self.done = true;
            return Err(error);
        }
        let limit = self.size.map(|size| self.left.map_or(size, |left| left.saturating_add(self.skip).min(size)));
        Ok(Some(PageRequest { cursor: self.cursor.clone(), limit }))
    }

    /// Accepts a page; returns the items to show, and the token to continue from if `limit` cut the page.
    pub fn take<T>(&mut self, page: Page<T>) -> (Vec<Result<T>>, Option<String>) {
        let mut items = page.items;
        let received = items.len();
        items.drain(..self.skip.min(received));
        let kept = self.left.map_or(items.len(), |left| left.min(items.len()));
        let shown = self.skip.min(received) + kept;
        items.truncate(kept);
        self.left = self.left.map(|left| left - kept);
        if let Some(next) = &page.next {
            self.broken = self.cursors.follow(next, page.received).err();
        }
        let (cursor, skip) = if shown < received { (self.cursor.take(), shown) } else { (page.next, 0) };
        let more = skip > 0 || cursor.is_some();
        (self.cursor, self.skip) = (cursor, skip);
        self.done = !more || self.left == Some(0);
        (items, (more && self.done).then(|| self.token()))
    }

    fn token(&self) -> String {
        token(self.backend, self.cursor.clone(), self.skip)
    }
}

fn token(backend: &str, cursor: Option<String>, skip: usize) -> String {
    let token = PageToken { b: backend.to_owned(), c: cursor, s: skip };
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&token).unwrap_or_default())
}

/// Returns the token of a listing without pages: the number of items that were shown.
pub fn offset_token(backend: &'static str, shown: usize) -> String {
    token(backend, None, shown)
}

/// Returns the number of items in an [`offset_token`].
///
/// # Errors
/// As [`Pager::new`].
pub fn offset_of(backend: &'static str, token: &str) -> Result<usize> {
    Pager::new(backend, Some(token), None).map(|pager| pager.skip)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a page of a backend with `total` items and pages of `size`, whatever was requested.
    fn fetch(request: &PageRequest, total: usize, size: usize) -> Page<usize> {
        let start: usize = request.cursor.as_deref().map_or(0, |c| c.parse().unwrap());
        let end = (start + size).min(total);
        Page {
            items: (start..end).map(Ok).collect(),
            received: end - start,
            next: (end < total).then(|| end.to_string()),
        }
    }

    #[test]
    fn any_limit_over_any_page_size_shows_each_item_once() {
        for total in [0, 1, 5, 12] {
            for size in [1, 3, 5, 20] {
                for limit in 1..=13 {
                    let (mut seen, mut token) = (Vec::new(), None);
                    loop {
                        let mut pager = Pager::new("x", token.as_deref(), Some(limit)).unwrap();
                        let mut cut = None;
                        let before = seen.len();
                        while let Some(request) = pager.request().unwrap() {
                            let (items, more) = pager.take(fetch(&request, total, size));
                            seen.extend(items.into_iter().map(Result::unwrap));
                            cut = more;
                        }
                        assert!(seen.len() - before <= limit);
                        let Some(next) = cut else { break };
                        token = Some(next);
                    }
                    assert_eq!(seen, (0..total).collect::<Vec<_>>(), "total {total} size {size} limit {limit}");
                }
            }
        }
    }

    #[test]
    fn a_foreign_token_is_a_usage_error() {
        assert!(Pager::new("local", Some("rubbish"), None).is_err());
        let token = Pager::new("agb", None, None).unwrap().token();
        assert!(Pager::new("local", Some(&token), None).is_err());
    }

    fn page(cursor: &str, received: usize) -> Page<usize> {
        Page { items: (0..received).map(Ok).collect(), received, next: Some(cursor.to_owned()) }
    }

    #[test]
    fn a_cursor_is_followed_once() {
        for circle in [&["a"][..], &["a", "b"], &["a", "b", "c", "d", "e"], &[""]] {
            let mut pager = Pager::new("x", None, None).unwrap();
            let mut followed = 0;
            let error = loop {
                match pager.request() {
                    Ok(_) => assert_eq!(pager.take(page(circle[followed % circle.len()], 1)).0.len(), 1),
                    Err(error) => break error,
                }
                followed += 1;
            };
            assert_eq!(error.kind(), Kind::Unavailable);
            assert_eq!(followed, if circle == [""] { 1 } else { circle.len() + 1 }, "pages");
        }
        let token = token("x", Some("a".to_owned()), 0);
        let mut pager = Pager::new("x", Some(&token), None).unwrap();
        pager.take(page("b", 1));
        pager.take(page("a", 1));
        assert!(pager.request().is_err(), "the pager began there");
    }

    #[test]
    fn a_listing_without_items_and_one_without_an_end_are_given_up() {
        let follow = |received: usize| {
            let mut cursors = Cursors::default();
            (0..).map(|number| cursors.follow(&number.to_string(), received)).find_map(Result::err).unwrap()
        };
        assert_eq!((follow(0).kind(), follow(1).kind()), (Kind::Unavailable, Kind::Limit));
        assert!(Cursors::default().follow(&"x".repeat(CURSOR + 1), 1).is_err());
    }
}
