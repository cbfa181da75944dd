//! Pages of a listing, and the one way to walk them.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::error::{Error, Kind, Result};

/// Where in a listing to go on, and how much is wanted.
#[derive(Debug, Clone, Default)]
pub struct PageRequest {
    /// The backend's own cursor; from the start where there is none.
    pub cursor: Option<String>,
    /// At most so many items are of use.
    pub limit: Option<usize>,
}

/// A part of a listing.
#[derive(Debug)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<String>,
    /// The provider's own answer, byte for byte.
    pub raw: Option<Box<RawValue>>,
}

/// A listing that says that there is more and not where.
pub(super) fn standing_still() -> Error {
    Error::new(Kind::Unavailable, "the listing's cursor does not move on")
        .hint("the service answered the same page twice; try again later")
}

/// Items on a page where the backend leaves the choice to us.
const PAGE: usize = 500;

/// Walks a listing page by page until `limit` items were taken or it ends.
#[derive(Debug)]
pub struct Walk {
    backend: &'static str,
    cursor: Option<String>,
    skip: usize,
    left: Option<usize>,
    done: bool,
}

/// What `--page` takes: the cursor of a page and how many of its items were already shown.
/// Opaque to users, so that it may change.
#[derive(Serialize, Deserialize)]
struct Token {
    b: String,
    c: Option<String>,
    s: usize,
}

impl Walk {
    /// From the start, or from where `token` says.
    ///
    /// # Errors
    /// `usage` for a token that no listing of this backend gave.
    pub fn new(backend: &'static str, token: Option<&str>, limit: Option<usize>) -> Result<Self> {
        let (cursor, skip) = match token {
            None => (None, 0),
            Some(text) => {
                let token: Option<Token> =
                    BASE64_URL_SAFE_NO_PAD.decode(text).ok().and_then(|json| serde_json::from_slice(&json).ok());
                match token.filter(|token| token.b == backend) {
                    Some(token) => (token.c, token.s),
                    None => {
                        return Err(Error::usage(format!(
                            "this page token is not from a listing of `{backend}`: {text:?}"
                        ))
                        .hint("take the token from the line `more: TOKEN` of the listing before"));
                    }
                }
            }
        };
        Ok(Walk { backend, cursor, skip, left: limit, done: limit == Some(0) })
    }

    /// What to ask the backend for; `None` when nothing more is wanted.
    pub fn request(&self) -> Option<PageRequest> {
        let limit = self.left.map_or(PAGE, |left| left.saturating_add(self.skip).min(PAGE));
        (!self.done).then(|| PageRequest { cursor: self.cursor.clone(), limit: Some(limit) })
    }

    /// Takes a page: gives the items to show, and the token to go on from if `limit` cut here.
    ///
    /// # Errors
    /// `unavailable` where the backend's cursor stands still, so that a listing cannot run for ever.
    pub fn take<T>(&mut self, page: Page<T>) -> Result<(Vec<T>, Option<String>)> {
        let mut items = page.items;
        let received = items.len();
        items.drain(..self.skip.min(received));
        let kept = self.left.map_or(items.len(), |left| left.min(items.len()));
        let shown = self.skip.min(received) + kept;
        items.truncate(kept);
        self.left = self.left.map(|left| left - kept);
        if page.next.is_some() && page.next == self.cursor {
            return Err(Error::new(crate::error::Kind::Unavailable, "the listing's cursor does not move on")
                .hint("the service answered the same page twice; try again later"));
        }
        let (cursor, skip) = if shown < received { (self.cursor.take(), shown) } else { (page.next, 0) };
        let more = skip > 0 || cursor.is_some();
        (self.cursor, self.skip) = (cursor, skip);
        self.done = !more || self.left == Some(0);
        Ok((items, (more && self.done).then(|| self.token())))
    }

    fn token(&self) -> String {
        let token = Token { b: self.backend.to_owned(), c: self.cursor.clone(), s: self.skip };
        BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&token).unwrap_or_default())
    }
}

/// The token of a listing that has no pages of its own: how many items were shown.
pub fn offset_token(backend: &'static str, shown: usize) -> String {
    Walk { backend, cursor: None, skip: shown, left: None, done: true }.token()
}

/// How many items an [`offset_token`] says were shown.
///
/// # Errors
/// As [`Walk::new`].
pub fn offset_of(backend: &'static str, token: &str) -> Result<usize> {
    Walk::new(backend, Some(token), None).map(|walk| walk.skip)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A backend with `total` items and pages of `size`, whatever was asked for.
    fn fetch(request: &PageRequest, total: usize, size: usize) -> Page<usize> {
        let start: usize = request.cursor.as_deref().map_or(0, |c| c.parse().unwrap());
        let end = (start + size).min(total);
        Page { items: (start..end).collect(), next: (end < total).then(|| end.to_string()), raw: None }
    }

    #[test]
    fn any_limit_over_any_page_size_shows_each_item_once() {
        for total in [0, 1, 5, 12] {
            for size in [1, 3, 5, 20] {
                for limit in 1..=13 {
                    let (mut seen, mut token) = (Vec::new(), None);
                    loop {
                        let mut walk = Walk::new("x", token.as_deref(), Some(limit)).unwrap();
                        let mut cut = None;
                        let before = seen.len();
                        while let Some(request) = walk.request() {
                            let (items, more) = walk.take(fetch(&request, total, size)).unwrap();
                            seen.extend(items);
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
        assert!(Walk::new("local", Some("rubbish"), None).is_err());
        let token = Walk::new("agb", None, None).unwrap().token();
        assert!(Walk::new("local", Some(&token), None).is_err());
    }

    #[test]
    fn a_cursor_that_stands_still_ends_the_walk() {
        let mut walk = Walk::new("x", None, None).unwrap();
        walk.take(Page { items: vec![1], next: Some("c".into()), raw: None }).unwrap();
        assert!(walk.take(Page { items: vec![2], next: Some("c".into()), raw: None }).is_err());
    }
}
