//! Pages of listings, in both forms that there are.

use std::collections::HashSet;

use serde_json::value::RawValue;

use crate::backend::PageRequest;
use crate::backend::page::standing_still;
use crate::error::Result;
use crate::http::{Answer, Request};
use crate::wire::anthropic::list::{AFTER, LIMIT, PAGE};
use crate::wire::anthropic::{List, Next};

/// A page as it was written: its items, and the cursor of the next one.
pub(super) struct Listed {
    pub(super) items: Vec<Box<RawValue>>,
    pub(super) next: Option<String>,
}

/// Asks for a page: at most `most` items, and so many where nobody says.
pub(super) fn ask<'a>(request: Request<'a>, page: &PageRequest, most: usize) -> Request<'a> {
    let request = request.query(LIMIT, &page.limit.unwrap_or(most).clamp(1, most).to_string());
    match page.cursor.as_deref().and_then(|cursor| cursor.split_once(':')) {
        Some((name, value)) if name == AFTER => request.query(AFTER, value),
        Some((_, value)) => request.query(PAGE, value),
        None => request,
    }
}

/// Reads a page. A cursor of ours says which parameter it belongs to.
pub(super) fn read(answer: &Answer, before: Option<&str>) -> Result<Listed> {
    let list: List<Box<RawValue>> = answer.json()?;
    listed(list, before)
}

fn listed(list: List<Box<RawValue>>, before: Option<&str>) -> Result<Listed> {
    let next = match list.next() {
        Some(Next::Page(cursor)) => Some(format!("{PAGE}:{cursor}")),
        Some(Next::After(id)) => Some(format!("{AFTER}:{id}")),
        // The official clients stop at an empty page too, whatever it says [recorded].
        None if list.has_more == Some(true) && !list.data.is_empty() => return Err(standing_still()),
        None => None,
    };
    if next.is_some() && next.as_deref() == before {
        return Err(standing_still());
    }
    Ok(Listed { items: list.data, next })
}

/// A listing that is wanted whole: what to ask next.
#[derive(Default)]
pub(super) struct Walk(HashSet<String>);

impl Walk {
    /// The request of the page that this cursor leads to.
    pub(super) fn on(&mut self, next: Option<String>) -> Result<Option<PageRequest>> {
        let Some(next) = next else { return Ok(None) };
        if !self.0.insert(next.clone()) {
            return Err(standing_still());
        }
        Ok(Some(PageRequest { cursor: Some(next), limit: None }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(text: &str, before: Option<&str>) -> Result<Option<String>> {
        listed(serde_json::from_str(text).unwrap(), before).map(|listed| listed.next)
    }

    #[test]
    fn both_forms_lead_on_and_end() {
        let page = r#"{"data":[{"id":"a","n":1.0}],"next_page":"page_1"}"#;
        assert_eq!(next(page, None).unwrap().as_deref(), Some("page:page_1"));
        let ids = r#"{"data":[{}],"has_more":true,"first_id":"a","last_id":"file_b"}"#;
        assert_eq!(next(ids, Some("page:page_1")).unwrap().as_deref(), Some("after_id:file_b"));
        for last in [r#"{"data":[]}"#, r#"{"data":[{}],"next_page":null}"#, r#"{"data":[],"has_more":true}"#] {
            assert_eq!(next(last, Some("page:page_1")).unwrap(), None, "{last}");
        }
        let list: List<Box<RawValue>> = serde_json::from_str(page).unwrap();
        assert_eq!(list.data[0].get(), r#"{"id":"a","n":1.0}"#, "an item is kept as it was written");
    }

    #[test]
    fn a_cursor_that_stands_still_or_runs_in_a_circle_is_an_error() {
        assert!(next(r#"{"data":[{}],"next_page":"p"}"#, Some("page:p")).is_err());
        assert!(next(r#"{"data":[{}],"has_more":true}"#, None).is_err());
        let mut walk = Walk::default();
        let mut on = |cursor: &str| walk.on(Some(cursor.to_owned())).map(|page| page.unwrap().cursor.unwrap());
        assert_eq!((on("b").unwrap().as_str(), on("c").unwrap().as_str()), ("b", "c"));
        assert!(on("b").is_err());
    }
}
